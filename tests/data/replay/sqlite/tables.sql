-- # Columns, keys and defaults
CREATE TABLE t (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    price REAL DEFAULT 0.5 CHECK (price >= 0),
    made TEXT DEFAULT CURRENT_TIMESTAMP,
    blob,
    code varchar(20) COLLATE NOCASE,
    big UNSIGNED BIG INT,
    money DECIMAL(10, 5)
);
CREATE TABLE pair (a INT, b INT, PRIMARY KEY (a, b));
CREATE TABLE IF NOT EXISTS t (other int);
CREATE TABLE t (other int); -- refused: error
CREATE TABLE "T" (other int); -- refused: error

-- # WITHOUT ROWID and STRICT
CREATE TABLE a (k TEXT PRIMARY KEY, v ANY) STRICT;
CREATE TABLE b (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
CREATE TABLE c (k TEXT PRIMARY KEY, v INTEGER) WITHOUT ROWID, STRICT;
CREATE TABLE d (k VARCHAR(10)) STRICT; -- refused: error
CREATE TABLE e (k TEXT) WITHOUT ROWID; -- refused: error

-- # Generated columns
CREATE TABLE t (a int, b int AS (a * 2), c int GENERATED ALWAYS AS (a + 1) STORED, d text AS (a || 'x') VIRTUAL);
ALTER TABLE t ADD COLUMN e int GENERATED ALWAYS AS (a) VIRTUAL;
ALTER TABLE t ADD COLUMN f int AS (a) STORED;
ALTER TABLE t DROP COLUMN a; -- refused: error
ALTER TABLE t DROP COLUMN e;

-- # AS SELECT
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE copy AS SELECT * FROM source;
CREATE TABLE named AS SELECT id AS number, name || 'x' AS title FROM source;
CREATE TABLE each_kind AS SELECT 1 AS one, 'x' AS text, count(*) AS many, -id AS less, CASE WHEN 1 THEN id END AS perhaps FROM source;

-- # Temporary tables go
CREATE TEMP TABLE gone (a int);
CREATE TEMPORARY VIEW gone_too AS SELECT 1;
CREATE TABLE stays (a int);

-- # Foreign keys, to what is there and what is not
CREATE TABLE parent (id INTEGER PRIMARY KEY, a int, b int, UNIQUE (a, b));
CREATE TABLE child (
    id INTEGER PRIMARY KEY,
    p REFERENCES parent,
    q int REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL,
    a int, b int,
    n int REFERENCES nowhere (id) ON DELETE SET DEFAULT,
    FOREIGN KEY (a, b) REFERENCES parent (a, b) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);

-- # Tables, views and indexes share their names
CREATE TABLE a (x int);
CREATE VIEW a AS SELECT 1; -- refused: error
CREATE INDEX a ON a (x); -- refused: error
CREATE INDEX i ON a (x);
CREATE TABLE i (x int); -- refused: error
CREATE VIEW i AS SELECT 1; -- refused: error
CREATE VIEW IF NOT EXISTS a AS SELECT 1;
CREATE TRIGGER a AFTER INSERT ON a BEGIN SELECT 1; END;

-- # CREATE TABLE that is refused
CREATE TABLE a (x int, x text); -- refused: error
CREATE TABLE a (x int PRIMARY KEY, y int PRIMARY KEY); -- refused: error
CREATE TABLE a (x int, PRIMARY KEY (y)); -- refused: error
CREATE TABLE a (x int, UNIQUE (y)); -- refused: error
CREATE TABLE a (x int, FOREIGN KEY (y) REFERENCES b (z)); -- refused: error
CREATE TABLE a (x int CHECK (y > 0)); -- refused: error
CREATE TABLE a (x TEXT PRIMARY KEY AUTOINCREMENT); -- refused: error
CREATE TABLE sqlite_a (x int); -- refused: error
