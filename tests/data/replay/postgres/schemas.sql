-- # Schemas
CREATE SCHEMA one;
CREATE SCHEMA IF NOT EXISTS one;
CREATE SCHEMA one; -- refused: 42P06
CREATE TABLE one.t (id serial PRIMARY KEY, a int UNIQUE);
CREATE INDEX t_a ON one.t (a);
CREATE VIEW one.v AS SELECT a FROM one.t;
CREATE TYPE one.mood AS ENUM ('x');
CREATE FUNCTION one.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (a int REFERENCES one.t (id), m one.mood);
DROP SCHEMA one; -- refused: 2BP01
ALTER SCHEMA one RENAME TO two;
ALTER SCHEMA one RENAME TO x; -- refused: 3F000
ALTER TABLE two.t ADD COLUMN b two.mood;
DROP INDEX two.t_a;
DROP FUNCTION two.f();
CREATE SCHEMA empty;
DROP SCHEMA empty;
DROP SCHEMA nosuch; -- refused: 3F000
DROP SCHEMA IF EXISTS nosuch;
DROP SCHEMA two CASCADE;

-- # CREATE SCHEMA with what is in it
CREATE SCHEMA one
    CREATE TABLE t (id int PRIMARY KEY)
    CREATE VIEW v AS SELECT id FROM t
    CREATE INDEX t_i ON t (id);
CREATE SCHEMA AUTHORIZATION CURRENT_USER;
CREATE SCHEMA pg_own; -- refused: 42939
-- left: missing: schema postgres
-- left: drift: missing-schema schema `postgres`: nothing / 

-- # SET SCHEMA takes along what belongs to the table
CREATE SCHEMA one;
CREATE TABLE t (id serial PRIMARY KEY, a int);
CREATE INDEX t_a ON t (a);
CREATE VIEW v AS SELECT a FROM t;
CREATE TABLE u (t_id int REFERENCES t (id));
CREATE TYPE mood AS ENUM ('x');
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SEQUENCE s;
ALTER TABLE t SET SCHEMA one;
ALTER VIEW v SET SCHEMA one;
ALTER TYPE mood SET SCHEMA one;
ALTER FUNCTION f(int) SET SCHEMA one;
ALTER SEQUENCE s SET SCHEMA one;
ALTER TABLE t SET SCHEMA one; -- refused: 42P01
CREATE TABLE t (a int);
ALTER TABLE t SET SCHEMA one; -- refused: 42P07
ALTER TABLE t SET SCHEMA nosuch; -- refused: 3F000
ALTER INDEX one.t_a RENAME TO renamed;

-- # search_path
CREATE SCHEMA one;
CREATE SCHEMA two;
SET search_path TO one, two, public;
CREATE TABLE t (id serial PRIMARY KEY);
CREATE TABLE two.u (a int);
CREATE TABLE public.p (a int);
ALTER TABLE u ADD COLUMN b int;
ALTER TABLE p ADD COLUMN b int REFERENCES t (id);
CREATE TABLE u (c int);
ALTER TABLE u ADD COLUMN d int;
CREATE TYPE mood AS ENUM ('x');
ALTER TABLE p ADD COLUMN m mood;
ALTER TABLE public.p ADD COLUMN many mood[];
CREATE TYPE public.pair AS (one mood);
CREATE DOMAIN public.feeling AS mood;
ALTER TABLE p ADD COLUMN late text;
ALTER TABLE p ALTER late TYPE mood USING late::mood;
CREATE INDEX p_b ON p (b);
CREATE VIEW v AS SELECT b FROM p;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
SET search_path = two;
CREATE TABLE t (x int);
DROP TABLE p; -- refused: 42P01
RESET search_path;
CREATE TABLE t (y int);
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE z (a int); -- refused: 3F000
CREATE TABLE public.z (a int);
SET search_path = nosuch, public;
CREATE TABLE zz (a int);
BEGIN;
SET LOCAL search_path = one;
CREATE TABLE local (a int);
COMMIT;
CREATE TABLE local (b int);
BEGIN;
SET search_path = one;
ROLLBACK;
CREATE TABLE back (a int);
SET search_path = "$user", public;
CREATE TABLE own (a int);

-- # Names with a catalog, and what the server has itself
ALTER TABLE pg_catalog.pg_class ADD COLUMN x int; -- refused: 42501
CREATE TABLE pg_catalog.t (a int); -- refused: 42501
CREATE VIEW v AS SELECT relname FROM pg_class;
CREATE TABLE pg_class (a int);
ALTER TABLE public.pg_class ADD COLUMN b int;
