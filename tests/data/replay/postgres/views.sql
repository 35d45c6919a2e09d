-- # Views, and what they are made of
CREATE TABLE t (a int, b text, c int);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW named (x, y) AS SELECT a, b FROM t;
CREATE OR REPLACE VIEW v AS SELECT a, b, c FROM t;
CREATE VIEW over AS SELECT x FROM named;
CREATE TEMP VIEW gone AS SELECT 1 AS x;
CREATE RECURSIVE VIEW r (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5;
CREATE VIEW checked AS SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW secure WITH (security_barrier = true) AS SELECT a FROM t;
CREATE VIEW v AS SELECT a FROM t; -- refused: 42P07
CREATE OR REPLACE VIEW v AS SELECT a FROM t; -- refused: 42P16
CREATE OR REPLACE VIEW v AS SELECT b, a, c FROM t; -- refused: 42P16
CREATE OR REPLACE VIEW v AS SELECT a, b, c::text FROM t; -- refused: 42P16
CREATE OR REPLACE VIEW t AS SELECT 1 AS x; -- refused: 42809
CREATE VIEW x AS SELECT nosuch FROM t; -- refused: 42703
CREATE VIEW x AS SELECT a FROM nosuch; -- refused: 42P01
CREATE VIEW x AS SELECT a, a FROM t; -- refused: 42701
CREATE VIEW x (p, q, r, s) AS SELECT a FROM t; -- refused: 42601
-- left: 42P07, not 42809: CREATE OR REPLACE VIEW t AS SELECT 1 AS x;

-- # What a view reads stays
CREATE TABLE t (a int, b int, c int, d int);
CREATE TABLE u (a int, e int);
CREATE VIEW v AS SELECT t.a, b AS x FROM t WHERE c > 0;
CREATE VIEW w AS SELECT x FROM v;
CREATE VIEW joined AS SELECT p.a, q.e FROM t p JOIN u q ON p.a = q.a;
CREATE VIEW stars AS SELECT * FROM u;
DROP TABLE t; -- refused: 2BP01
DROP VIEW v; -- refused: 2BP01
ALTER TABLE t DROP COLUMN a; -- refused: 2BP01
ALTER TABLE t DROP COLUMN b; -- refused: 2BP01
ALTER TABLE t DROP COLUMN c; -- refused: 2BP01
ALTER TABLE t DROP COLUMN d;
ALTER TABLE u DROP COLUMN e; -- refused: 2BP01
ALTER TABLE u ADD COLUMN f int;
ALTER TABLE u DROP COLUMN f;
ALTER TABLE t ALTER COLUMN c TYPE bigint; -- refused: 0A000
ALTER TABLE t ALTER COLUMN b SET NOT NULL;
ALTER TABLE t DROP COLUMN c CASCADE;
DROP VIEW w; -- refused: 42P01
ALTER TABLE t DROP COLUMN b;

-- # Renames leave views alone, and views are renamed
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE VIEW w AS SELECT a FROM v;
ALTER TABLE t RENAME TO u;
ALTER TABLE u RENAME COLUMN a TO first;
ALTER VIEW v RENAME TO vv;
ALTER VIEW vv RENAME COLUMN a TO x;
ALTER TABLE vv RENAME COLUMN b TO y;
ALTER VIEW vv RENAME COLUMN a TO z; -- refused: 42703
ALTER VIEW IF EXISTS nosuch RENAME TO x;
ALTER VIEW u RENAME TO x; -- refused: 42809
ALTER TABLE w RENAME TO ww;
DROP VIEW vv; -- refused: 2BP01
DROP TABLE vv; -- refused: 42809
DROP VIEW u; -- refused: 42809
DROP MATERIALIZED VIEW vv; -- refused: 42809
DROP VIEW vv, ww;
DROP TABLE u;
-- left: accepted, not 42809: ALTER VIEW u RENAME TO x;

-- # Materialized views
CREATE TABLE t (a int, b int);
CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;
CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1 AS x;
CREATE MATERIALIZED VIEW empty AS SELECT a FROM t WITH NO DATA;
CREATE MATERIALIZED VIEW named (x) AS SELECT a FROM t;
CREATE UNIQUE INDEX m_a ON m (a);
CREATE INDEX ON named (x);
REFRESH MATERIALIZED VIEW CONCURRENTLY m;
REFRESH MATERIALIZED VIEW m;
REFRESH MATERIALIZED VIEW CONCURRENTLY named; -- refused: 55000
REFRESH MATERIALIZED VIEW CONCURRENTLY empty; -- refused: 0A000
REFRESH MATERIALIZED VIEW t; -- refused: 0A000
REFRESH MATERIALIZED VIEW nosuch; -- refused: 42P01
CREATE MATERIALIZED VIEW m AS SELECT 1 AS x; -- refused: 42P07
CREATE OR REPLACE VIEW m AS SELECT 1 AS x; -- refused: 42809
ALTER TABLE t DROP COLUMN b; -- refused: 2BP01
ALTER MATERIALIZED VIEW m RENAME COLUMN a TO x;
ALTER MATERIALIZED VIEW m RENAME TO mm;
DROP VIEW mm; -- refused: 42809
DROP MATERIALIZED VIEW mm;
DROP INDEX m_a; -- refused: 42704
DROP TABLE t CASCADE;
-- left: 42P07, not 42809: CREATE OR REPLACE VIEW m AS SELECT 1 AS x;

-- # CASCADE goes from view to view
CREATE TABLE t (a int);
CREATE VIEW v1 AS SELECT a FROM t;
CREATE VIEW v2 AS SELECT a FROM v1;
CREATE MATERIALIZED VIEW v3 AS SELECT a FROM v2;
CREATE INDEX v3_a ON v3 (a);
CREATE VIEW stays AS SELECT 1 AS a;
DROP VIEW v1 CASCADE;
CREATE VIEW v1 AS SELECT a FROM t;
DROP TABLE t CASCADE;

-- # What a view calls and reads besides tables
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE SEQUENCE s;
CREATE VIEW calls AS SELECT f(1) AS x;
CREATE VIEW casts AS SELECT 'good'::mood AS m;
CREATE VIEW counts AS SELECT nextval('s') AS n;
DROP FUNCTION f(int); -- refused: 2BP01
DROP TYPE mood; -- refused: 2BP01
DROP SEQUENCE s; -- refused: 2BP01
DROP FUNCTION f(int) CASCADE;
DROP TYPE mood CASCADE;
DROP SEQUENCE s CASCADE;
-- left: accepted, not 2BP01: DROP FUNCTION f(int);
-- left: accepted, not 2BP01: DROP TYPE mood;
-- left: accepted, not 2BP01: DROP SEQUENCE s;
-- left: too much: view public.calls
-- left: too much: view public.casts
-- left: too much: view public.counts
-- left: drift: extra-view view `calls`: AS SELECT f(1) AS x / nothing
-- left: drift: extra-view view `casts`: AS SELECT 'good'::mood AS m / nothing
-- left: drift: extra-view view `counts`: AS SELECT nextval('s') AS n / nothing

-- # Queries of every kind
CREATE TABLE t (id int PRIMARY KEY, a int, b text, at timestamptz);
CREATE TABLE u (id int PRIMARY KEY, t_id int REFERENCES t (id), n numeric);
CREATE VIEW q1 AS WITH x AS (SELECT a, count(*) AS n FROM t GROUP BY a) SELECT a, n FROM x WHERE n > 1;
CREATE VIEW q2 AS SELECT t.id, sum(u.n) AS total FROM t LEFT JOIN u ON u.t_id = t.id GROUP BY t.id HAVING sum(u.n) > 0 ORDER BY 2 DESC LIMIT 5;
CREATE VIEW q3 AS SELECT id FROM t UNION ALL SELECT t_id FROM u;
CREATE VIEW q4 AS SELECT id, row_number() OVER (PARTITION BY a ORDER BY at) AS r FROM t;
CREATE VIEW q5 AS SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id) AND b IN ('x', 'y');
CREATE VIEW q6 AS SELECT CASE WHEN a > 0 THEN 'x' ELSE 'y' END AS c, coalesce(b, 'z') AS d, at::date AS e FROM t;
CREATE VIEW q7 AS SELECT t.* FROM t, u WHERE t.id = u.t_id;
CREATE VIEW q8 AS SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, at DESC;
CREATE VIEW q9 AS SELECT (SELECT max(n) FROM u) AS top, x FROM t CROSS JOIN LATERAL (SELECT t.a AS x) s;
CREATE VIEW q10 AS VALUES (1, 'x'), (2, 'y');
