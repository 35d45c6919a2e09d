-- What a PostgreSQL schema holds, one line each; `inventory.rs` tells the same of our catalog.
WITH own_schema AS (
    SELECT oid, nspname FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), brought AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), rel AS (
    SELECT c.*, s.nspname || '.' || c.relname AS shown
    FROM pg_catalog.pg_class c JOIN own_schema s ON s.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid = c.oid)
), typ AS (
    SELECT t.*, s.nspname || '.' || t.typname AS shown
    FROM pg_catalog.pg_type t JOIN own_schema s ON s.oid = t.typnamespace
    WHERE NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND objid = t.oid)
), lines (line) AS (
    SELECT 'schema ' || nspname FROM own_schema WHERE nspname <> 'public'
    UNION ALL
    SELECT 'extension ' || extname FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'
    UNION ALL
    SELECT CASE WHEN relkind = 'f' THEN 'foreign table ' ELSE 'table ' END || shown
        || CASE WHEN relpersistence = 'u' THEN ' unlogged' ELSE '' END
        || CASE WHEN relkind = 'p' THEN ' partitioned' ELSE '' END
        || CASE WHEN relrowsecurity THEN ' row security' ELSE '' END
    FROM rel WHERE relkind IN ('r', 'p', 'f')
    UNION ALL
    SELECT 'view ' || shown FROM rel WHERE relkind = 'v'
    UNION ALL
    SELECT 'materialized view ' || shown FROM rel WHERE relkind = 'm'
    UNION ALL
    SELECT child.shown || ' is a child of ' || parent.shown
    FROM pg_catalog.pg_inherits i JOIN rel child ON child.oid = i.inhrelid JOIN rel parent ON parent.oid = i.inhparent
    WHERE child.relkind IN ('r', 'p', 'f')
    UNION ALL
    SELECT 'sequence ' || q.shown || COALESCE(' owned by ' || t.shown || '.' || a.attname, '')
    FROM rel q
    LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = q.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    LEFT JOIN rel t ON t.oid = d.refobjid
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE q.relkind = 'S'
    UNION ALL
    SELECT 'column ' || t.shown || '.' || a.attname || ' '
        || pg_catalog.replace(pg_catalog.regexp_replace(pg_catalog.format_type(a.atttypid, a.atttypmod), '^("[^"]+"|\w+)\.', ''), '"', '')
        || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || CASE a.attidentity WHEN 'a' THEN ' identity always' WHEN 'd' THEN ' identity by default' ELSE '' END
        || CASE WHEN a.attgenerated = 's' THEN ' generated stored' WHEN a.atthasdef THEN ' default' ELSE '' END
        || CASE WHEN a.attcollation <> y.typcollation THEN COALESCE(' collate ' || co.collname, '') ELSE '' END
    FROM rel t
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
    WHERE t.relkind IN ('r', 'p', 'f')
    UNION ALL
    SELECT 'constraint ' || t.shown || '.' || c.conname
        || CASE c.contype
            WHEN 'p' THEN ' primary key (' || own.columns || ')'
            WHEN 'u' THEN ' unique (' || own.columns || ')'
            WHEN 'c' THEN ' check'
            WHEN 'x' THEN ' exclude'
            WHEN 't' THEN ' trigger'
            WHEN 'f' THEN ' foreign key (' || own.columns || ') to ' || target.shown || ' (' || referenced.columns || ')'
                || CASE c.confdeltype WHEN 'r' THEN ' on delete restrict' WHEN 'c' THEN ' on delete cascade'
                    WHEN 'n' THEN ' on delete set null' WHEN 'd' THEN ' on delete set default' ELSE '' END
                || CASE c.confupdtype WHEN 'r' THEN ' on update restrict' WHEN 'c' THEN ' on update cascade'
                    WHEN 'n' THEN ' on update set null' WHEN 'd' THEN ' on update set default' ELSE '' END
            END
        || CASE WHEN c.convalidated THEN '' ELSE ' not valid' END
        || CASE WHEN c.condeferrable THEN ' deferrable' ELSE '' END
        || CASE WHEN c.condeferred THEN ' initially deferred' ELSE '' END
    FROM pg_catalog.pg_constraint c
    JOIN rel t ON t.oid = c.conrelid
    LEFT JOIN rel target ON target.oid = c.confrelid
    CROSS JOIN LATERAL (
        SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY k.n) AS columns
        FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY k (attnum, n)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
    ) own
    CROSS JOIN LATERAL (
        SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY k.n) AS columns
        FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY k (attnum, n)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum
    ) referenced
    WHERE c.contype <> 'n' AND c.contype <> 't'
    -- What the rows of a foreign key's partitions need is made for each of them, and belongs to the key itself.
    AND NOT (c.contype = 'f' AND c.conparentid <> 0 AND EXISTS (
        SELECT FROM pg_catalog.pg_constraint p WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid))
    UNION ALL
    SELECT 'index ' || i.shown || ' on ' || t.shown
        || CASE WHEN x.indisexclusion THEN ' of an exclude'
        ELSE ' ' || am.amname || ' (' || keys.columns || ')'
            || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
            || COALESCE(' include (' || included.columns || ')', '')
            || CASE WHEN pg_catalog.to_jsonb(x) ->> 'indnullsnotdistinct' = 'true' THEN ' nulls not distinct' ELSE '' END
            || CASE WHEN x.indpred IS NOT NULL THEN ' where' ELSE '' END
        END
    FROM pg_catalog.pg_index x
    JOIN rel i ON i.oid = x.indexrelid
    JOIN rel t ON t.oid = x.indrelid
    JOIN pg_catalog.pg_am am ON am.oid = i.relam
    CROSS JOIN LATERAL (
        SELECT pg_catalog.string_agg(COALESCE(a.attname, '(…)'), ', ' ORDER BY k.n) AS columns
        FROM pg_catalog.unnest(x.indkey) WITH ORDINALITY k (attnum, n)
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
        WHERE k.n <= x.indnkeyatts
    ) keys
    CROSS JOIN LATERAL (
        SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY k.n) AS columns
        FROM pg_catalog.unnest(x.indkey) WITH ORDINALITY k (attnum, n)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
        WHERE k.n > x.indnkeyatts
    ) included
    UNION ALL
    SELECT 'enum ' || typ.shown || ' (' || COALESCE((
        SELECT pg_catalog.string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_catalog.pg_enum WHERE enumtypid = typ.oid), '') || ')'
    FROM typ WHERE typtype = 'e'
    UNION ALL
    SELECT 'composite ' || typ.shown || ' (' || COALESCE((
        SELECT pg_catalog.string_agg(a.attname || ' '
            || pg_catalog.replace(pg_catalog.regexp_replace(pg_catalog.format_type(a.atttypid, a.atttypmod), '^("[^"]+"|\w+)\.', ''), '"', ''), ', ' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = typ.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'
    FROM typ JOIN pg_catalog.pg_class c ON c.oid = typ.typrelid AND c.relkind = 'c'
    WHERE typtype = 'c'
    UNION ALL
    SELECT 'domain ' || shown || ' '
        || pg_catalog.replace(pg_catalog.regexp_replace(pg_catalog.format_type(typbasetype, typtypmod), '^("[^"]+"|\w+)\.', ''), '"', '')
        || CASE WHEN typnotnull THEN ' not null' ELSE '' END
        || CASE WHEN typdefaultbin IS NOT NULL THEN ' default' ELSE '' END
    FROM typ WHERE typtype = 'd'
    UNION ALL
    SELECT 'constraint ' || typ.shown || '.' || c.conname || ' of a domain'
    FROM pg_catalog.pg_constraint c JOIN typ ON typ.oid = c.contypid WHERE c.contype = 'c'
    UNION ALL
    SELECT 'other type ' || shown FROM typ WHERE typtype = 'r' OR (typtype = 'b' AND typcategory <> 'A') OR (typtype = 'p' AND NOT typisdefined)
    UNION ALL
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END || ' ' || s.nspname || '.' || p.proname || '('
        || COALESCE((
            SELECT pg_catalog.string_agg(pg_catalog.replace(pg_catalog.regexp_replace(pg_catalog.format_type(a.oid, NULL), '^("[^"]+"|\w+)\.', ''), '"', ''), ', ' ORDER BY a.n)
            FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY a (oid, n)), '') || ')'
    FROM pg_catalog.pg_proc p JOIN own_schema s ON s.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND objid = p.oid)
    -- A range type brings its constructors along.
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
        AND d.deptype = 'i')
    UNION ALL
    SELECT 'trigger ' || g.tgname || ' on ' || t.shown
    FROM pg_catalog.pg_trigger g JOIN rel t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'policy ' || p.polname || ' on ' || t.shown FROM pg_catalog.pg_policy p JOIN rel t ON t.oid = p.polrelid
    UNION ALL
    SELECT 'rule ' || r.rulename || ' on ' || t.shown
    FROM pg_catalog.pg_rewrite r JOIN rel t ON t.oid = r.ev_class WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'statistics ' || stxname FROM pg_catalog.pg_statistic_ext x JOIN own_schema s ON s.oid = x.stxnamespace
    UNION ALL
    SELECT 'publication ' || pubname FROM pg_catalog.pg_publication
    UNION ALL
    SELECT 'collation ' || collname FROM pg_catalog.pg_collation c JOIN own_schema s ON s.oid = c.collnamespace
    UNION ALL
    SELECT 'event trigger ' || evtname FROM pg_catalog.pg_event_trigger
    UNION ALL
    SELECT 'foreign data wrapper ' || fdwname FROM pg_catalog.pg_foreign_data_wrapper f
    WHERE NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass AND objid = f.oid)
    UNION ALL
    SELECT 'server ' || srvname FROM pg_catalog.pg_foreign_server
    UNION ALL
    SELECT 'text search configuration ' || cfgname FROM pg_catalog.pg_ts_config c JOIN own_schema s ON s.oid = c.cfgnamespace
    UNION ALL
    SELECT 'text search dictionary ' || dictname FROM pg_catalog.pg_ts_dict c JOIN own_schema s ON s.oid = c.dictnamespace
)
SELECT line FROM lines ORDER BY line;
