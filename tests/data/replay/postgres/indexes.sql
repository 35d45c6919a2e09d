-- # Every part of an index
CREATE TABLE t (a int, b text, c jsonb, d int[], e tsvector, f int4range);
CREATE INDEX one ON t (a);
CREATE UNIQUE INDEX two ON t (a DESC NULLS LAST, b COLLATE "C" text_pattern_ops);
CREATE INDEX three ON t USING gin (c jsonb_path_ops);
CREATE INDEX four ON t USING gin (d);
CREATE INDEX five ON t USING gist (f);
CREATE INDEX six ON t USING hash (a);
CREATE INDEX seven ON t USING brin (a) WITH (pages_per_range = 4);
CREATE INDEX eight ON t ((c ->> 'x'), lower(b)) WHERE a > 0 AND b IS NOT NULL;
CREATE INDEX nine ON t (a) INCLUDE (b, c);
CREATE UNIQUE INDEX ten ON t (a) NULLS NOT DISTINCT;
CREATE INDEX CONCURRENTLY eleven ON t (b);
CREATE INDEX IF NOT EXISTS one ON t (b);
CREATE INDEX ON ONLY t (a, b);
CREATE INDEX one ON t (b); -- refused: 42P07
CREATE INDEX t ON t (a); -- refused: 42P07
CREATE INDEX x ON nosuch (a); -- refused: 42P01
CREATE INDEX x ON t (nosuch); -- refused: 42703
CREATE INDEX x ON t (lower(nosuch)); -- refused: 42703
CREATE INDEX x ON t (a) WHERE nosuch > 0; -- refused: 42703
CREATE INDEX x ON t (a) INCLUDE (nosuch); -- refused: 42703
CREATE INDEX x ON t (now()); -- refused: 42P17
CREATE INDEX x ON t USING nosuch (a); -- refused: 42704
CREATE INDEX x ON t (a nosuch_ops); -- refused: 42704
CREATE INDEX x ON t (a) WHERE b > now()::text; -- refused: 42P17
-- left: accepted, not 42704: CREATE INDEX x ON t (a nosuch_ops);

-- # Names that the server makes up
CREATE TABLE t (a int, b text, c jsonb);
CREATE INDEX ON t (a);
CREATE INDEX ON t (a);
CREATE INDEX ON t (a, b);
CREATE INDEX ON t (lower(b));
CREATE INDEX ON t ((a + 1));
CREATE INDEX ON t ((a + 1), (a + 2), lower(b), upper(b));
CREATE INDEX ON t ((c ->> 'x'));
CREATE INDEX ON t ((b::varchar));
CREATE INDEX ON t ((a::text));
CREATE INDEX ON t ((coalesce(a, 0)));
CREATE INDEX ON t ((b IS NULL));
CREATE INDEX ON t ((CASE WHEN a > 0 THEN 1 END));
CREATE INDEX ON t (a) INCLUDE (b);
CREATE UNIQUE INDEX ON t (b COLLATE "C");
CREATE INDEX ON t ((b COLLATE "C"));
CREATE INDEX ON t ((greatest(a, 1)));
CREATE INDEX ON t ((ARRAY[a]));
CREATE INDEX ON t (substring(b, 1, 2));
CREATE INDEX ON t (substring(b from 1 for 2));
CREATE INDEX ON t ((c -> 'x' ->> 'y'));
CREATE INDEX ON t ((c['x']));
CREATE INDEX ON t (extract(year from timestamp '2020-01-01'));

-- # An index renamed and dropped
CREATE TABLE t (a int UNIQUE, b int);
CREATE INDEX one ON t (a);
CREATE INDEX two ON t (b);
ALTER INDEX one RENAME TO renamed;
ALTER TABLE two RENAME TO also_renamed;
ALTER INDEX IF EXISTS nosuch RENAME TO x;
ALTER INDEX nosuch RENAME TO x; -- refused: 42P01
ALTER INDEX renamed RENAME TO t; -- refused: 42P07
ALTER INDEX t RENAME TO u;
ALTER INDEX renamed SET (fillfactor = 70);
DROP INDEX renamed, also_renamed;
DROP INDEX renamed; -- refused: 42704
DROP INDEX IF EXISTS renamed;
DROP INDEX t_a_key; -- refused: 2BP01
DROP INDEX u_a_key; -- refused: 42704
DROP INDEX u; -- refused: 42809
DROP TABLE u;
-- left: 42704, not 42P01: ALTER INDEX nosuch RENAME TO x;

-- # Concurrently
CREATE TABLE t (a int);
BEGIN;
CREATE INDEX CONCURRENTLY i ON t (a); -- refused: 25001
ROLLBACK;
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);
REINDEX INDEX CONCURRENTLY i;
DROP INDEX CONCURRENTLY i;
DROP INDEX CONCURRENTLY IF EXISTS i;
CREATE INDEX i ON t (a);
CREATE INDEX j ON t (a);
DROP INDEX CONCURRENTLY i, j; -- refused: 0A000
DROP INDEX CONCURRENTLY i CASCADE; -- refused: 0A000

-- # Indexes of materialized views, of views and of partitioned tables
CREATE TABLE t (a int, b int) PARTITION BY LIST (a);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
CREATE MATERIALIZED VIEW m AS SELECT 1 AS x;
CREATE VIEW v AS SELECT 1 AS x;
CREATE INDEX m_x ON m (x);
CREATE INDEX v_x ON v (x); -- refused: 42809
CREATE INDEX t_b ON t (b);
CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2);
CREATE INDEX CONCURRENTLY t_c ON t (b); -- refused: 0A000
DROP INDEX t1_b_idx; -- refused: 2BP01
DROP INDEX t_b;

-- # What an index says, in every form that the server prints otherwise
CREATE TABLE t (a int, b text, c timestamptz, d varchar(10), e jsonb, f boolean);
CREATE INDEX i01 ON t (a ASC);
CREATE INDEX i02 ON t (a DESC NULLS FIRST);
CREATE INDEX i03 ON t (a ASC NULLS LAST);
CREATE INDEX i04 ON t (lower(d));
CREATE INDEX i05 ON t (a) WHERE f;
CREATE INDEX i06 ON t (a) WHERE NOT f;
CREATE INDEX i07 ON t (a) WHERE b IN ('x', 'y');
CREATE INDEX i08 ON t (a) WHERE d = 'x';
CREATE INDEX i09 ON t (a) WHERE (b <> '' AND (a > 0 OR a < -5));
CREATE INDEX i10 ON t (((e -> 'a') ->> 'b'));
CREATE INDEX i11 ON t ((e #>> '{a,b}'));
CREATE INDEX i12 ON t (a) WHERE c >= '2020-01-01'::timestamptz;
CREATE INDEX i13 ON t ((a % 10)) WHERE a BETWEEN 1 AND 5;
CREATE INDEX i14 ON t ((b || d));
CREATE INDEX i15 ON t (to_tsvector('english', b));
CREATE INDEX i16 ON t USING gin (to_tsvector('english'::regconfig, coalesce(b, '') || ' ' || coalesce(d, '')));
CREATE INDEX i17 ON t (date_trunc('day', c AT TIME ZONE 'UTC'));
CREATE INDEX i18 ON t ((c AT TIME ZONE 'UTC'));
CREATE INDEX i19 ON t (b varchar_pattern_ops, d text_pattern_ops);
CREATE INDEX i20 ON t (a int4_ops, b COLLATE "default");
CREATE INDEX i21 ON t ((f IS TRUE), (b IS NULL));
CREATE INDEX i22 ON t (a) WHERE b LIKE 'x%' AND b ~* 'y';
CREATE INDEX i23 ON t (nullif(b, ''));
CREATE INDEX i24 ON t ((a::bigint));
CREATE INDEX i25 ON t (cast(b as date)); -- refused: 42P17
