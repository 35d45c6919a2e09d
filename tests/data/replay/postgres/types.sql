-- # Enums
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE nothing AS ENUM ();
ALTER TYPE mood ADD VALUE 'great';
ALTER TYPE mood ADD VALUE 'low' BEFORE 'sad';
ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok';
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine';
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
ALTER TYPE mood ADD VALUE 'ok'; -- refused: 42710
ALTER TYPE mood ADD VALUE 'x' AFTER 'nosuch'; -- refused: 22023
ALTER TYPE mood RENAME VALUE 'nosuch' TO 'x'; -- refused: 22023
ALTER TYPE mood RENAME VALUE 'ok' TO 'great'; -- refused: 42710
CREATE TYPE mood AS ENUM ('x'); -- refused: 42710
CREATE TYPE twice AS ENUM ('x', 'x'); -- refused: 23505
ALTER TYPE nosuch ADD VALUE 'x'; -- refused: 42704

-- # A type that columns have
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood DEFAULT 'ok', n mood[], o mood NOT NULL);
CREATE FUNCTION f(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';
DROP TYPE mood; -- refused: 2BP01
ALTER TYPE mood RENAME TO feeling;
ALTER TABLE t DROP COLUMN n;
DROP FUNCTION f(feeling);
ALTER TABLE t ALTER COLUMN o TYPE text USING o::text;
DROP TYPE feeling; -- refused: 2BP01
DROP TYPE feeling CASCADE;
DROP TYPE feeling; -- refused: 42704
DROP TYPE IF EXISTS feeling;

-- # An enum exchanged for another one
CREATE TYPE status AS ENUM ('new', 'old');
CREATE TABLE t (s status NOT NULL DEFAULT 'new');
ALTER TABLE t ALTER COLUMN s DROP DEFAULT;
ALTER TYPE status RENAME TO status_old;
CREATE TYPE status AS ENUM ('new', 'done');
ALTER TABLE t ALTER COLUMN s TYPE status USING s::text::status;
ALTER TABLE t ALTER COLUMN s SET DEFAULT 'new'::status;
DROP TYPE status_old;

-- # Composite types
CREATE TYPE pair AS (a int, b varchar(10));
CREATE TYPE empty AS ();
ALTER TYPE pair ADD ATTRIBUTE c timestamptz;
ALTER TYPE pair DROP ATTRIBUTE a, ALTER ATTRIBUTE b TYPE text;
ALTER TYPE pair RENAME ATTRIBUTE c TO at;
ALTER TYPE pair DROP ATTRIBUTE IF EXISTS nosuch;
ALTER TYPE pair ADD ATTRIBUTE b int; -- refused: 42701
ALTER TYPE pair DROP ATTRIBUTE nosuch; -- refused: 42703
CREATE TABLE t (p pair);
ALTER TYPE pair ADD ATTRIBUTE d int;
ALTER TYPE pair ALTER ATTRIBUTE b TYPE int; -- refused: 0A000
DROP TYPE pair; -- refused: 2BP01
ALTER TABLE pair RENAME TO x; -- refused: 42809
ALTER TYPE t RENAME TO x; -- refused: 42809
CREATE TYPE of_pair AS (inner_pair pair);
DROP TYPE pair CASCADE;

-- # Domains
CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE DOMAIN positive int NOT NULL DEFAULT 1 CONSTRAINT above CHECK (VALUE > 0) CHECK (VALUE < 100);
CREATE DOMAIN short AS varchar(10) COLLATE "C";
CREATE TABLE t (e email, p positive, s short[]);
ALTER DOMAIN email ADD CHECK (length(VALUE) < 100);
ALTER DOMAIN email ADD CONSTRAINT lower CHECK (lower(VALUE) = VALUE) NOT VALID;
ALTER DOMAIN email VALIDATE CONSTRAINT lower;
ALTER DOMAIN email SET DEFAULT 'a@b';
ALTER DOMAIN email SET NOT NULL;
ALTER DOMAIN positive DROP NOT NULL;
ALTER DOMAIN positive DROP DEFAULT;
ALTER DOMAIN positive DROP CONSTRAINT above;
ALTER DOMAIN positive DROP CONSTRAINT above; -- refused: 42704
ALTER DOMAIN positive DROP CONSTRAINT IF EXISTS above;
ALTER DOMAIN email ADD CONSTRAINT lower CHECK (true); -- refused: 42710
ALTER DOMAIN email RENAME CONSTRAINT lower TO lowered;
ALTER DOMAIN email RENAME TO mail;
ALTER TYPE mail RENAME TO email;
ALTER DOMAIN nosuch SET NOT NULL; -- refused: 42704
CREATE DOMAIN email AS int; -- refused: 42710
DROP DOMAIN email; -- refused: 2BP01
DROP TYPE short; -- refused: 2BP01
DROP DOMAIN email CASCADE;
DROP TYPE short CASCADE;
ALTER DOMAIN t SET NOT NULL; -- refused: 42809

-- # Ranges, shells and base types
CREATE TYPE span AS RANGE (subtype = timestamptz);
CREATE TYPE shell;
CREATE TABLE t (s span, m span_multirange);
DROP TYPE span; -- refused: 2BP01
ALTER TYPE span RENAME TO period;
DROP TYPE shell;
DROP TYPE period CASCADE;
CREATE TYPE intrange AS RANGE (subtype = int4);
CREATE TABLE u (s intrange, m intmultirange);
ALTER TYPE intrange RENAME TO whole;
ALTER TABLE u DROP COLUMN s;
DROP TYPE whole; -- refused: 2BP01

-- # Types in other schemas
CREATE SCHEMA other;
CREATE TYPE other.mood AS ENUM ('x');
CREATE TYPE mood AS ENUM ('y');
CREATE TABLE t (a mood, b other.mood, c other.mood[]);
ALTER TYPE other.mood ADD VALUE 'z';
ALTER TYPE mood SET SCHEMA other; -- refused: 42710
DROP TYPE mood CASCADE;
ALTER TYPE other.mood SET SCHEMA public;

-- # Statistics, collations, casts and operators
CREATE TABLE t (a int, b int);
CREATE STATISTICS s (ndistinct) ON a, b FROM t;
CREATE STATISTICS IF NOT EXISTS s ON a, b FROM t;
CREATE STATISTICS s ON a, b FROM t; -- refused: 42710
ALTER STATISTICS s RENAME TO stat;
CREATE STATISTICS x ON a FROM t; -- refused: 42P17
CREATE STATISTICS x ON a, nosuch FROM t; -- refused: 42703
CREATE COLLATION german (provider = icu, locale = 'de');
CREATE COLLATION IF NOT EXISTS german FROM "C";
CREATE COLLATION german FROM "C"; -- refused: 42710
DROP COLLATION german;
DROP STATISTICS stat;
DROP STATISTICS stat; -- refused: 42704
ALTER TABLE t DROP COLUMN a;

-- # A value that is new in the transaction
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN feeling AS mood;
CREATE TABLE t (id int, m mood, s text, ms mood[], f feeling);
CREATE TABLE parted (m mood) PARTITION BY LIST (m);
BEGIN;
ALTER TYPE mood ADD VALUE 'new';
INSERT INTO t (s) VALUES ('new');
UPDATE t SET s = 'new' WHERE m::text = 'new';
INSERT INTO t (m) VALUES ('new'); -- refused: 55P04
INSERT INTO t VALUES (1, 'ok'), (2, 'new'); -- refused: 55P04
INSERT INTO t (id, m) SELECT 1, 'new'; -- refused: 55P04
INSERT INTO t (id, m) SELECT 1, 'new' WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = 1); -- refused: 55P04
INSERT INTO t (id, f) VALUES (1, 'new'); -- refused: 55P04
UPDATE t SET m = 'new'; -- refused: 55P04
UPDATE t SET m = coalesce(m, 'new'); -- refused: 55P04
UPDATE t SET m = CASE WHEN id = 1 THEN 'new' ELSE m END; -- refused: 55P04
UPDATE t SET ms = '{ok,new}'; -- refused: 55P04
UPDATE t SET ms = ARRAY['new']::mood[]; -- refused: 55P04
UPDATE t SET s = 'x' WHERE m IN ('ok', 'new'); -- refused: 55P04
DELETE FROM t WHERE m = 'new'; -- refused: 55P04
ALTER TABLE t ALTER COLUMN m SET DEFAULT 'new'; -- refused: 55P04
ALTER TABLE t ADD COLUMN n mood DEFAULT 'new'; -- refused: 55P04
ALTER TABLE t ADD CONSTRAINT not_new CHECK (m <> 'new'); -- refused: 55P04
CREATE TABLE u (m mood DEFAULT 'new'::mood); -- refused: 55P04
CREATE TABLE u (m mood CHECK (m <> 'new')); -- refused: 55P04
CREATE TABLE u (f feeling DEFAULT 'new'); -- refused: 55P04
CREATE TABLE parted_new PARTITION OF parted FOR VALUES IN ('new'); -- refused: 55P04
CREATE INDEX by_new ON t (id) WHERE m = 'new'; -- refused: 55P04
CREATE VIEW v AS SELECT id FROM t WHERE m = 'new'; -- refused: 55P04
CREATE POLICY p ON t USING (m = 'new'); -- refused: 55P04
CREATE DOMAIN other AS mood DEFAULT 'new'; -- refused: 55P04
ROLLBACK;
BEGIN;
CREATE TYPE made_here AS ENUM ('a');
CREATE TABLE w (x made_here DEFAULT 'a');
INSERT INTO w VALUES ('a');
COMMIT;

-- # A new value under another name
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (m mood);
BEGIN;
ALTER TYPE mood ADD VALUE 'new';
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
INSERT INTO t (m) VALUES ('blue');
ALTER TYPE mood RENAME VALUE 'new' TO 'fresh';
INSERT INTO t (m) VALUES ('fresh'); -- refused: 55P04
ALTER TYPE mood RENAME TO humour;
INSERT INTO t (m) VALUES ('fresh'); -- refused: 55P04
COMMIT;
INSERT INTO t (m) VALUES ('fresh');

-- # A DO block is a transaction, and a statement by itself
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE t (m mood);
ALTER TYPE mood ADD VALUE 'one';
INSERT INTO t VALUES ('one');
DO $$ BEGIN
    ALTER TYPE mood ADD VALUE 'two';
END $$;
INSERT INTO t VALUES ('two');
