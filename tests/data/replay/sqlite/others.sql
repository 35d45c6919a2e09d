-- # Indexes
CREATE TABLE t (a int, b text, c int);
CREATE INDEX one ON t (a);
CREATE UNIQUE INDEX two ON t (a DESC, b COLLATE NOCASE);
CREATE INDEX three ON t (lower(b), a + c) WHERE c IS NOT NULL;
CREATE INDEX IF NOT EXISTS one ON t (b);
CREATE INDEX ONE ON t (c); -- refused: error
CREATE INDEX four ON t (nosuch); -- refused: error
CREATE INDEX four ON nosuch (a); -- refused: error
CREATE INDEX four ON t (random()); -- refused: error
CREATE INDEX four ON t (a) WHERE (SELECT 1); -- refused: error
CREATE INDEX four ON t (lower(nosuch)); -- refused: error
CREATE INDEX four ON t (a) WHERE nosuch > 0; -- refused: error
CREATE INDEX four ON t ([nosuch]); -- refused: error
CREATE INDEX quoted ON t (a) WHERE a <> "nosuch";
ALTER TABLE t ADD COLUMN g int CHECK (nosuch > 0); -- refused: error
ALTER TABLE t ADD COLUMN g int AS (nosuch); -- refused: error
CREATE TABLE row_number (a int CHECK (rowid > 0 AND oid > 0), CHECK ("nosuch" <> 'x'));
CREATE VIEW v AS SELECT a FROM t;
CREATE INDEX four ON v (a); -- refused: error
DROP INDEX one;
DROP INDEX one; -- refused: error
DROP INDEX IF EXISTS one;
DROP INDEX t; -- refused: error
REINDEX t;

-- # An index of a constraint stays
CREATE TABLE t (a int UNIQUE, b text PRIMARY KEY);
DROP INDEX sqlite_autoindex_t_1; -- refused: error

-- # Views
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT a FROM t;
CREATE VIEW w (x, y) AS SELECT a, b FROM t;
CREATE VIEW nowhere AS SELECT a FROM nosuch;
CREATE VIEW v AS SELECT b FROM t; -- refused: error
CREATE VIEW IF NOT EXISTS v AS SELECT b FROM t;
CREATE OR REPLACE VIEW v AS SELECT b FROM t; -- refused: error
DROP TABLE v; -- refused: error
DROP VIEW t; -- refused: error
DROP TABLE t;
DROP VIEW v;
DROP VIEW IF EXISTS v;
DROP VIEW v; -- refused: error

-- # Triggers
CREATE TABLE t (a int, b int);
CREATE TABLE log (what text);
CREATE VIEW v AS SELECT a FROM t;
CREATE TRIGGER one AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('x'); END;
CREATE TRIGGER two BEFORE UPDATE OF a, b ON t FOR EACH ROW WHEN old.a <> new.a BEGIN INSERT INTO log VALUES ('x'); SELECT raise(ABORT, 'no'); END;
CREATE TRIGGER three INSTEAD OF DELETE ON v BEGIN DELETE FROM t; END;
CREATE TRIGGER one AFTER DELETE ON t BEGIN SELECT 1; END; -- refused: error
CREATE TRIGGER IF NOT EXISTS one AFTER DELETE ON t BEGIN SELECT 1; END;
CREATE TRIGGER one AFTER DELETE ON log BEGIN SELECT 1; END; -- refused: error
CREATE TRIGGER four AFTER DELETE ON nosuch BEGIN SELECT 1; END; -- refused: error
CREATE TRIGGER four AFTER DELETE ON v BEGIN SELECT 1; END; -- refused: error
CREATE TRIGGER four INSTEAD OF DELETE ON t BEGIN SELECT 1; END; -- refused: error
CREATE TRIGGER four AFTER DELETE ON t BEGIN INSERT INTO nosuch VALUES (1); END;
DROP TRIGGER one;
DROP TRIGGER one; -- refused: error
DROP TRIGGER IF EXISTS one;
DROP VIEW v;
DROP TABLE t;

-- # Transactions
BEGIN;
CREATE TABLE a (x int);
COMMIT;
BEGIN IMMEDIATE;
CREATE TABLE b (x int);
ROLLBACK;
CREATE TABLE b (y int);
BEGIN;
CREATE TABLE c (x int);
BEGIN; -- refused: error
SAVEPOINT one;
CREATE TABLE d (x int);
SAVEPOINT two;
ALTER TABLE c ADD COLUMN y int;
ROLLBACK TO two;
ALTER TABLE c ADD COLUMN z int;
RELEASE one;
ROLLBACK TO one; -- refused: error
END;
SAVEPOINT alone;
CREATE TABLE e (x int);
ROLLBACK TO alone;
CREATE TABLE f (x int);
RELEASE alone;
COMMIT; -- refused: error
ROLLBACK; -- refused: error

-- # DROP of what is there and what is not
CREATE TABLE t (a int UNIQUE);
CREATE INDEX i ON t (a);
DROP TABLE nosuch; -- refused: error
DROP TABLE IF EXISTS nosuch;
DROP TABLE main.t;
DROP TABLE t; -- refused: error
DROP INDEX i; -- refused: error
CREATE TABLE t (b int);
CREATE INDEX i ON t (b);

-- # Names without regard to case
CREATE TABLE People (Id INTEGER PRIMARY KEY, "Name" TEXT, [other name] int, `third` int);
CREATE INDEX People_Name ON people (NAME);
ALTER TABLE PEOPLE RENAME COLUMN name TO FullName;
ALTER TABLE people ADD COLUMN FULLNAME int; -- refused: error
ALTER TABLE people RENAME COLUMN fullname TO FullNAME;
DROP INDEX PEOPLE_NAME;
ALTER TABLE people RENAME TO persons;
ALTER TABLE persons DROP COLUMN "other name";

-- # DROP INDEX looks for indexes alone
CREATE TABLE t (a int);
CREATE VIEW v AS SELECT a FROM t;
DROP INDEX IF EXISTS t;
DROP INDEX IF EXISTS v;
DROP VIEW IF EXISTS t; -- refused: error

-- # What changes from one moment to the next has no place where a row is only looked at once
CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP, n INT CHECK (n < random()));
CREATE INDEX one ON t (at) WHERE at < CURRENT_TIMESTAMP; -- refused: error
CREATE INDEX two ON t (n) WHERE changes() > n; -- refused: error
CREATE TABLE u (a INT, b INT AS (random())); -- refused: error
