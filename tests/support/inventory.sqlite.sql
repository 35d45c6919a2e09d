-- What a SQLite schema holds, one line each; `inventory.rs` tells the same of our catalog.
WITH own AS (
    SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'
), lines (line) AS (
    SELECT 'table ' || t.name || CASE WHEN l.wr THEN ' without rowid' ELSE '' END || CASE WHEN l.strict THEN ' strict' ELSE '' END
    FROM own t JOIN pragma_table_list l ON l.schema = 'main' AND l.name = t.name WHERE t.type = 'table'
    UNION ALL
    SELECT 'column ' || t.name || '.' || c.name || CASE WHEN c.type = '' THEN '' ELSE ' ' || lower(replace(c.type, ', ', ',')) END
        -- The rowid is never NULL, whatever was written.
        || CASE WHEN c."notnull" OR (c.pk AND lower(c.type) = 'integer' AND NOT l.wr
            AND (SELECT count(*) FROM pragma_table_info(t.name, 'main') k WHERE k.pk) = 1) THEN ' not null' ELSE '' END
        || CASE c.hidden WHEN 2 THEN ' generated' WHEN 3 THEN ' generated stored' ELSE CASE WHEN c.dflt_value IS NULL THEN '' ELSE ' default' END END
        || CASE WHEN c.pk THEN ' key' ELSE '' END
    FROM own t JOIN pragma_table_list l ON l.schema = 'main' AND l.name = t.name JOIN pragma_table_xinfo(t.name, 'main') c WHERE t.type = 'table'
    UNION ALL
    SELECT t.name || ' foreign key (' || group_concat(k."from", ', ') || ') to ' || k."table" || ' (' || coalesce(group_concat(k."to", ', '), '') || ')'
        || CASE k.on_delete WHEN 'NO ACTION' THEN '' ELSE ' on delete ' || lower(k.on_delete) END
        || CASE k.on_update WHEN 'NO ACTION' THEN '' ELSE ' on update ' || lower(k.on_update) END
    FROM own t JOIN (SELECT t2.name AS owner, f.* FROM own t2 JOIN pragma_foreign_key_list(t2.name, 'main') f WHERE t2.type = 'table' ORDER BY f.id, f.seq) k ON k.owner = t.name
    WHERE t.type = 'table' GROUP BY t.name, k.id
    UNION ALL
    SELECT 'index ' || i.name || ' on ' || t.name || ' btree ('
        || (SELECT group_concat(coalesce(x.name, '(…)'), ', ') FROM (SELECT * FROM pragma_index_xinfo(i.name, 'main') WHERE key ORDER BY seqno) x) || ')'
        || CASE WHEN i."unique" THEN ' unique' ELSE '' END
        || CASE WHEN i.partial THEN ' where' ELSE '' END
    FROM own t JOIN pragma_index_list(t.name, 'main') i WHERE t.type = 'table' AND i.origin = 'c'
    UNION ALL
    SELECT type || ' ' || name FROM own WHERE type IN ('view', 'trigger')
)
SELECT line FROM lines ORDER BY line;
