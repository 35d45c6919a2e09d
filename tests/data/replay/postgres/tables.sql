-- # A table of the commonest columns
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    number varchar(20) NOT NULL UNIQUE,
    placed_at timestamptz NOT NULL DEFAULT now(),
    total numeric(12, 2) NOT NULL DEFAULT 0 CHECK (total >= 0),
    note text,
    tags text[] NOT NULL DEFAULT '{}',
    data jsonb DEFAULT '{}'::jsonb
);
CREATE TABLE IF NOT EXISTS orders (other int);
CREATE TABLE orders (other int); -- refused: 42P07

-- # Every spelling of a type
CREATE TABLE t (
    a int, b int4, c integer, d smallint, e int2, f bigint, g int8,
    h real, i float4, j float, k float8, l double precision, m float(20), n float(30),
    o numeric, p numeric(10), q numeric(10, 2), r decimal(5, 1), s dec,
    u char, v char(3), w character(4), x varchar, y varchar(10), z character varying(7),
    aa text, ab bpchar, ac name, ad "char",
    ba timestamp, bb timestamp(3), bc timestamptz, bd timestamptz(6), be timestamp with time zone, bf timestamp(0) without time zone,
    bg date, bh time, bi timetz, bj time(2) with time zone, bk interval, bl interval day to second, bm interval(3),
    ca bool, cb boolean, cc bit, cd bit(8), ce varbit, cf bit varying(5),
    da bytea, db uuid, dc json, dd jsonb, de xml, df money, dg oid,
    ea inet, eb cidr, ec macaddr, ed point, ee box, ef tsvector, eg tsquery, eh int4range, ei tstzrange, ej int4multirange,
    fa int[], fb int[][], fc text[3], fd varchar(5)[], fe timestamptz[], ff int array, fg numeric(5, 2)[],
    ga nchar(3), gb nchar varying(4), gc national character(2), gd pg_catalog.int4, ge pg_catalog.varchar(3), gf regclass
);

-- # Names are folded unless they are quoted
CREATE TABLE Orders (Id int PRIMARY KEY, "Total" int, "order" int);
CREATE TABLE "Orders" ("Id" int);
CREATE INDEX Orders_Total ON orders ("Total", "order");
ALTER TABLE ORDERS ADD COLUMN NOTE text;
ALTER TABLE orders ADD COLUMN total int;
ALTER TABLE orders DROP COLUMN id;
ALTER TABLE "Orders" DROP COLUMN id; -- refused: 42703

-- # Names are cut at 63 bytes
CREATE TABLE a23456789012345678901234567890123456789012345678901234567890123456789 (
    b23456789012345678901234567890123456789012345678901234567890123456789 int UNIQUE CHECK (b23456789012345678901234567890123456789012345678901234567890123456789 > 0),
    c int
);
CREATE INDEX ON a23456789012345678901234567890123456789012345678901234567890123456789 (c, b23456789012345678901234567890123456789012345678901234567890123456789);
CREATE INDEX i23456789012345678901234567890123456789012345678901234567890123456789 ON a23456789012345678901234567890123456789012345678901234567890123456789 (c);
ALTER TABLE a23456789012345678901234567890123456789012345678901234567890123456789 RENAME COLUMN c TO d23456789012345678901234567890123456789012345678901234567890123456789;
CREATE TABLE a23456789012345678901234567890123456789012345678901234567890123xxxxx (a int); -- refused: 42P07

-- # Kinds of tables
CREATE TEMP TABLE gone (a int);
CREATE TEMPORARY TABLE also_gone AS SELECT 1 AS a;
CREATE UNLOGGED TABLE quick (a int);
CREATE TABLE slow (a int);
CREATE TABLE gone (b text);
ALTER TABLE slow SET UNLOGGED;
ALTER TABLE quick SET LOGGED;
CREATE TABLE nothing ();
CREATE TABLE with_options (a int) WITH (fillfactor = 70) TABLESPACE pg_default;

-- # A temporary table hides another one of its name
CREATE TABLE t (a int);
CREATE TEMP TABLE t (b int);
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE public.t ADD COLUMN d int;
DROP TABLE t;
ALTER TABLE t ADD COLUMN e int;
DROP TABLE t;
DROP TABLE t; -- refused: 42P01

-- # AS SELECT
CREATE TABLE source (id int PRIMARY KEY, name varchar(10) NOT NULL, price numeric(5, 2) DEFAULT 1);
CREATE TABLE copy AS SELECT * FROM source;
CREATE TABLE part AS SELECT id, name AS title, price * 2 AS twice FROM source WHERE false;
CREATE TABLE named (a, b) AS SELECT id, name FROM source WITH NO DATA;
CREATE TABLE typed AS SELECT 1 AS one, 'x'::text AS word, now() AS at, true AS yes, NULL::uuid AS nobody;
SELECT id, name INTO picked FROM source;
CREATE TABLE IF NOT EXISTS copy AS SELECT 1 AS other;
CREATE TABLE copy AS SELECT 1 AS other; -- refused: 42P07
ALTER TABLE copy ADD PRIMARY KEY (id);
ALTER TABLE named DROP COLUMN b;

-- # LIKE
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE source (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(10) COLLATE "C" NOT NULL DEFAULT 'x' CHECK (name <> ''),
    code text UNIQUE,
    m mood,
    twice int GENERATED ALWAYS AS (2 * 2) STORED,
    CONSTRAINT long_enough CHECK (length(name) > 0 AND length(code) > 0)
);
CREATE INDEX source_lower ON source (lower(name)) WHERE code IS NOT NULL;
CREATE STATISTICS source_stat ON name, code FROM source;
COMMENT ON COLUMN source.name IS 'what it is called';
CREATE TABLE plain (LIKE source);
CREATE TABLE with_all (LIKE source INCLUDING ALL);
CREATE TABLE with_some (LIKE source INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
CREATE TABLE with_indexes (LIKE source INCLUDING INDEXES, more int);
CREATE TABLE but_one (LIKE source INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY);
CREATE TABLE with_generated (LIKE source INCLUDING GENERATED INCLUDING IDENTITY);
CREATE TABLE twice (id int, LIKE source); -- refused: 42701

-- # OF a composite type
CREATE TYPE pair AS (a int, b text);
CREATE TABLE pairs OF pair;
CREATE TABLE keyed OF pair (PRIMARY KEY (a), b WITH OPTIONS DEFAULT 'x' NOT NULL);
ALTER TABLE pairs ADD COLUMN c int; -- refused: 42809
ALTER TABLE pairs NOT OF;
ALTER TABLE pairs ADD COLUMN c int;

-- # CREATE TABLE that is refused
CREATE TABLE a (x int, x text); -- refused: 42701
CREATE TABLE a (x nosuch); -- refused: 42704
CREATE TABLE a (x int PRIMARY KEY, y int PRIMARY KEY); -- refused: 42P16
CREATE TABLE a (x int, PRIMARY KEY (y)); -- refused: 42703
CREATE TABLE a (x int REFERENCES nosuch (id)); -- refused: 42P01
CREATE TABLE nosuch.a (x int); -- refused: 3F000
CREATE TABLE a (x int, CONSTRAINT c CHECK (x > 0), CONSTRAINT c CHECK (x < 9)); -- refused: 42710
CREATE TABLE a (x int DEFAULT y); -- refused: 0A000
CREATE TABLE a (x int CHECK (y > 0)); -- refused: 42703
CREATE TABLE a (x serial DEFAULT 1); -- refused: 42601
CREATE TABLE a (x int GENERATED ALWAYS AS IDENTITY DEFAULT 1); -- refused: 42601
CREATE TABLE a (x int NULL NOT NULL); -- refused: 42601
CREATE TABLE a (x int DEFAULT 1 DEFAULT 2); -- refused: 42601
CREATE TABLE b (x int NULL PRIMARY KEY);
CREATE TABLE a (x int DEFAULT NULL NULL);

-- # Tables, views, indexes, sequences and types share their names
CREATE TABLE a (x int);
CREATE VIEW a AS SELECT 1 AS x; -- refused: 42P07
CREATE SEQUENCE a; -- refused: 42P07
CREATE INDEX a ON a (x); -- refused: 42P07
CREATE TYPE a AS ENUM ('x'); -- refused: 42710
CREATE TYPE e AS ENUM ('x');
CREATE TABLE e (x int); -- refused: 42710
CREATE VIEW v AS SELECT 1 AS x;
CREATE TABLE v (x int); -- refused: 42P07
CREATE TABLE IF NOT EXISTS v (x int);
CREATE DOMAIN v AS text; -- refused: 42710
CREATE FUNCTION a() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- # Row security, replica identity and other settings stay with the table
CREATE TABLE t (a int PRIMARY KEY, b text NOT NULL);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
ALTER TABLE t REPLICA IDENTITY FULL;
ALTER TABLE t SET (fillfactor = 50, autovacuum_enabled = false);
ALTER TABLE t RESET (fillfactor);
ALTER TABLE t ALTER COLUMN b SET STORAGE EXTERNAL;
ALTER TABLE t ALTER b SET STATISTICS 500;
ALTER TABLE t CLUSTER ON t_pkey;
CREATE TABLE u (a int);
ALTER TABLE u ENABLE ROW LEVEL SECURITY, ADD COLUMN b int;
ALTER TABLE u DISABLE ROW LEVEL SECURITY;
ALTER TABLE u REPLICA IDENTITY USING INDEX nosuch; -- refused: 42704
ALTER TABLE u CLUSTER ON nosuch; -- refused: 42704

-- # CLUSTER notes the index for the next time
CREATE TABLE t (a int PRIMARY KEY, b int);
CREATE INDEX t_b_idx ON t (b);
CREATE TABLE u (a int PRIMARY KEY, b int);
CREATE INDEX u_b_idx ON u (b);
CREATE TABLE v (a int PRIMARY KEY);
CLUSTER t USING t_b_idx;
CLUSTER u_b_idx ON u;
CLUSTER u USING u_pkey;
CLUSTER v USING nosuch; -- refused: 42704
