-- # DROP TABLE
CREATE TABLE p (id serial PRIMARY KEY, a int UNIQUE);
CREATE TABLE c (p_id int REFERENCES p (id), p_a int REFERENCES p (a));
CREATE INDEX p_a ON p (a);
DROP TABLE p; -- refused: 2BP01
DROP TABLE nosuch; -- refused: 42P01
DROP TABLE IF EXISTS nosuch;
DROP TABLE p_a; -- refused: 42809
DROP TABLE p, nosuch; -- refused: 42P01
DROP TABLE IF EXISTS nosuch, p CASCADE;
CREATE TABLE p (id serial PRIMARY KEY);
CREATE TABLE d (p_id int REFERENCES p);
DROP TABLE p, d;
DROP TABLE c RESTRICT;
-- left: 2BP01, not 42P01: DROP TABLE p, nosuch;

-- # DROP CASCADE from table to table
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a);
CREATE TABLE c (b_id int REFERENCES b);
CREATE VIEW va AS SELECT id FROM a;
CREATE VIEW vab AS SELECT va.id FROM va JOIN b ON b.a_id = va.id;
CREATE FUNCTION f(a) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE uses (x a);
DROP TABLE a; -- refused: 2BP01
DROP TABLE a CASCADE;
-- left: too much: column public.uses.x a
-- left: too much: function public.f(a)
-- left: drift: extra-column column `x` of `uses`: a / nothing
-- left: drift: extra-function function `f(a)`: FUNCTION (a) RETURNS integer LANGUAGE sql AS SELECT 1 / nothing

-- # RENAME of everything
CREATE TABLE t (id serial PRIMARY KEY, a int REFERENCES t (id));
CREATE TABLE u (t_id int REFERENCES t (id));
CREATE INDEX i ON t (a);
CREATE TYPE e AS ENUM ('x');
CREATE SEQUENCE s;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE DOMAIN d AS int;
CREATE SCHEMA n;
ALTER TABLE t RENAME TO tt;
ALTER TABLE IF EXISTS t RENAME TO x;
ALTER TABLE t RENAME TO x; -- refused: 42P01
ALTER TABLE tt RENAME TO u; -- refused: 42P07
ALTER TABLE tt RENAME TO i; -- refused: 42P07
ALTER TABLE tt RENAME TO e; -- refused: 42710
ALTER INDEX i RENAME TO ii;
ALTER TYPE e RENAME TO ee;
ALTER TYPE ee RENAME TO tt; -- refused: 42710
ALTER SEQUENCE s RENAME TO ss;
ALTER FUNCTION f() RENAME TO ff;
ALTER DOMAIN d RENAME TO dd;
ALTER SCHEMA n RENAME TO nn;
ALTER TABLE ss RENAME TO sss;
ALTER TABLE ii RENAME TO iii;
ALTER SEQUENCE tt_id_seq RENAME TO x; -- refused: 42P01
CREATE TABLE t (id int);

-- # A table renamed away and back
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE TABLE u (t_id int REFERENCES t (id));
CREATE VIEW v AS SELECT a FROM t;
ALTER TABLE t RENAME TO t_old;
CREATE TABLE t (id int PRIMARY KEY, b int);
ALTER TABLE u ADD COLUMN b int REFERENCES t;
DROP TABLE t_old; -- refused: 2BP01
DROP TABLE t_old CASCADE;

-- # Comments
CREATE TABLE t (a int PRIMARY KEY, b int CHECK (b > 0));
CREATE VIEW v AS SELECT a FROM t;
CREATE TYPE e AS ENUM ('x');
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE INDEX i ON t (b);
CREATE SEQUENCE s;
COMMENT ON TABLE t IS 'a table';
COMMENT ON COLUMN t.a IS 'a column';
COMMENT ON COLUMN v.a IS 'of a view';
COMMENT ON CONSTRAINT t_b_check ON t IS 'a check';
COMMENT ON INDEX i IS 'an index';
COMMENT ON VIEW v IS 'it''s a view';
COMMENT ON TYPE e IS 'a type';
COMMENT ON FUNCTION f(int) IS 'a function';
COMMENT ON SEQUENCE s IS 'a sequence';
COMMENT ON SCHEMA public IS 'the schema';
COMMENT ON TABLE t IS NULL;
COMMENT ON TABLE nosuch IS 'x'; -- refused: 42P01
COMMENT ON COLUMN t.nosuch IS 'x'; -- refused: 42703
COMMENT ON INDEX nosuch IS 'x'; -- refused: 42P01
COMMENT ON CONSTRAINT nosuch ON t IS 'x'; -- refused: 42704
COMMENT ON FUNCTION nosuch() IS 'x'; -- refused: 42883
COMMENT ON TYPE nosuch IS 'x'; -- refused: 42704
COMMENT ON VIEW t IS 'x'; -- refused: 42809
-- left: accepted, not 42883: COMMENT ON FUNCTION nosuch() IS 'x';
-- left: accepted, not 42809: COMMENT ON VIEW t IS 'x';
-- left: 42704, not 42P01: COMMENT ON INDEX nosuch IS 'x';

-- # Extensions
CREATE EXTENSION pgcrypto;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION pg_trgm;
CREATE SCHEMA ext;
CREATE EXTENSION btree_gist SCHEMA ext;
CREATE TABLE t (id uuid DEFAULT uuid_generate_v4(), mail citext UNIQUE, h hstore, b text, EXCLUDE USING gist (b ext.gist_text_ops WITH =));
CREATE INDEX t_b ON t USING gin (b gin_trgm_ops);
CREATE EXTENSION pgcrypto; -- refused: 42710
DROP EXTENSION citext; -- refused: 2BP01
DROP EXTENSION nosuch; -- refused: 42704
DROP EXTENSION IF EXISTS nosuch;
DROP EXTENSION pgcrypto;
ALTER EXTENSION hstore SET SCHEMA ext;
DROP EXTENSION citext CASCADE;
DROP EXTENSION pg_trgm CASCADE;
-- left: accepted, not 2BP01: DROP EXTENSION citext;
-- left: too much: column public.t.mail citext
-- left: too much: constraint public.t.t_mail_key unique (mail)
-- left: too much: index public.t_b on public.t gin (b)
-- left: too much: index public.t_mail_key on public.t btree (mail) unique
-- left: drift: extra-column column `mail` of `t`: citext / nothing
-- left: drift: extra-index index `t_b` of `t`: gin (b gin_trgm_ops) / nothing
-- left: too much: other type public.ghstore
-- left: too much: other type public.hstore
-- left: in the dump, too much: other type ext.ghstore
-- left: in the dump, too much: other type ext.hstore
-- left: drift: extra-constraint constraint `t_mail_key` of `t`: UNIQUE (mail) / nothing

-- # Publications
CREATE TABLE t (a int PRIMARY KEY);
CREATE TABLE u (a int PRIMARY KEY, b int);
CREATE PUBLICATION p FOR TABLE t;
CREATE PUBLICATION whole FOR ALL TABLES;
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA public;
CREATE PUBLICATION p FOR TABLE u; -- refused: 42710
ALTER PUBLICATION p ADD TABLE u (a) WHERE (a > 0);
ALTER PUBLICATION p ADD TABLE u; -- refused: 42710
ALTER PUBLICATION p DROP TABLE t;
ALTER PUBLICATION p SET (publish = 'insert');
ALTER PUBLICATION p RENAME TO pp;
ALTER PUBLICATION pp ADD TABLE nosuch; -- refused: 42P01
ALTER PUBLICATION nosuch ADD TABLE t; -- refused: 42704
DROP PUBLICATION whole;
DROP PUBLICATION whole; -- refused: 42704
DROP PUBLICATION IF EXISTS whole;
DROP TABLE u;
-- left: accepted, not 42P01: ALTER PUBLICATION pp ADD TABLE nosuch;

-- # Grants and owners are nobody's schema
CREATE TABLE t (a int);
GRANT SELECT ON t TO PUBLIC;
REVOKE SELECT ON t FROM PUBLIC;
ALTER TABLE t OWNER TO CURRENT_USER;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
GRANT SELECT ON nosuch TO PUBLIC; -- refused: 42P01
ALTER TABLE nosuch OWNER TO CURRENT_USER; -- refused: 42P01
-- left: accepted, not 42P01: GRANT SELECT ON nosuch TO PUBLIC;

-- # Foreign data
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE t (a int NOT NULL, b text) SERVER s;
ALTER FOREIGN TABLE t ADD COLUMN c int;
ALTER TABLE t DROP COLUMN b;
CREATE FOREIGN TABLE u (a int) SERVER nosuch; -- refused: 42704
DROP TABLE t; -- refused: 42809
DROP SERVER s; -- refused: 2BP01
ALTER FOREIGN TABLE t RENAME TO tt;
DROP FOREIGN TABLE tt;
DROP SERVER s;
DROP FOREIGN DATA WRAPPER w;
-- left: accepted, not 42704: CREATE FOREIGN TABLE u (a int) SERVER nosuch;
-- left: accepted, not 2BP01: DROP SERVER s;

-- # Event triggers, text search, operators, casts
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f(); -- refused: 42710
DROP FUNCTION f(); -- refused: 2BP01
ALTER EVENT TRIGGER e DISABLE;
DROP EVENT TRIGGER e;
CREATE TEXT SEARCH CONFIGURATION c (COPY = english);
CREATE TEXT SEARCH CONFIGURATION c (COPY = english); -- refused: 23505
ALTER TEXT SEARCH CONFIGURATION c RENAME TO cc;
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple);
DROP TEXT SEARCH DICTIONARY d;
-- left: accepted, not 2BP01: DROP FUNCTION f();
-- left: 42710, not 23505: CREATE TEXT SEARCH CONFIGURATION c (COPY = english);

-- # Data goes by
CREATE TABLE t (id int PRIMARY KEY, a text);
INSERT INTO t VALUES (1, 'x'), (2, 'y');
UPDATE t SET a = 'z' WHERE id = 1;
DELETE FROM t WHERE id = 2;
TRUNCATE t;
ANALYZE t;
LOCK TABLE t; -- refused: 25P01
SELECT count(*) FROM t;
INSERT INTO nosuch VALUES (1); -- refused: 42P01
UPDATE t SET nosuch = 1; -- refused: 42703
-- left: accepted, not 25P01: LOCK TABLE t;
