-- # A volatile function of the user's
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
ALTER TABLE t ADD COLUMN b int DEFAULT f();

-- # A volatile function in SQL that is a constant
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 42';
ALTER TABLE t ADD COLUMN b int DEFAULT f();

-- # NOT NULL with a default
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
ALTER TABLE t ADD COLUMN b int NOT NULL DEFAULT 0;

-- # A default and a foreign key
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT g FROM generate_series(1, 500) g;
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
ALTER TABLE t ADD COLUMN b int DEFAULT 1 REFERENCES p (id);

-- # An index over an expression of the retyped column
CREATE TABLE t (id int PRIMARY KEY, v varchar(20));
INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 500) g;
CREATE INDEX t_v_idx ON t (lower(v));
ALTER TABLE t ALTER COLUMN v TYPE varchar(100);

-- # Another collation
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 500) g;
CREATE INDEX t_v_idx ON t (v);
ALTER TABLE t ALTER COLUMN v TYPE text COLLATE "C";

-- # A timestamp with an index, in UTC
CREATE TABLE t (id int PRIMARY KEY, v timestamp);
INSERT INTO t SELECT g, now() FROM generate_series(1, 500) g;
CREATE INDEX t_v_idx ON t (v);
SET timezone = 'UTC';
ALTER TABLE t ALTER COLUMN v TYPE timestamptz;

-- # An integer that becomes an oid, with an index
CREATE TABLE t (id int PRIMARY KEY, v int);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
CREATE INDEX t_v_idx ON t (v);
ALTER TABLE t ALTER COLUMN v TYPE oid;

-- # A widened column of a foreign key
CREATE TABLE p (code varchar(10) PRIMARY KEY);
INSERT INTO p SELECT g::text FROM generate_series(1, 500) g;
CREATE TABLE t (id int PRIMARY KEY, code varchar(10) REFERENCES p);
INSERT INTO t SELECT g, g::text FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN code TYPE varchar(20);

-- # A widened column that foreign keys refer to
CREATE TABLE p (code varchar(10) PRIMARY KEY);
INSERT INTO p SELECT g::text FROM generate_series(1, 500) g;
CREATE TABLE t (id int PRIMARY KEY, code varchar(10) REFERENCES p);
INSERT INTO t SELECT g, g::text FROM generate_series(1, 500) g;
ALTER TABLE p ALTER COLUMN code TYPE text;

-- # A retyped column of a partitioned table
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
CREATE TABLE pt2 PARTITION OF pt FOR VALUES FROM (300) TO (600);
CREATE INDEX pt_v_idx ON pt (v);
INSERT INTO pt SELECT g, g FROM generate_series(1, 500) g;
ALTER TABLE pt ALTER COLUMN v TYPE bigint;

-- # A domain without constraints, and one with
CREATE DOMAIN plain AS text;
CREATE DOMAIN filled AS text CHECK (VALUE <> '');
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN v TYPE filled;

-- # SET NOT NULL and the CHECK dropped at once
CREATE TABLE t (id int PRIMARY KEY, b text, CONSTRAINT ck CHECK (b IS NOT NULL));
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN b SET NOT NULL, DROP CONSTRAINT ck;

-- # SET NOT NULL where a CHECK says more
CREATE TABLE t (id int PRIMARY KEY, b text, CONSTRAINT ck CHECK (b IS NOT NULL AND b <> ''));
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN b SET NOT NULL;

-- # A column with a sequence and a foreign key goes
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id serial PRIMARY KEY, p_id int REFERENCES p (id));
INSERT INTO p VALUES (1);
ALTER TABLE t DROP COLUMN id, DROP COLUMN p_id;

-- # A referenced key goes with CASCADE
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p (id));
ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE;

-- # A column that a view reads goes with CASCADE
CREATE TABLE t (id int PRIMARY KEY, b text);
CREATE VIEW v AS SELECT b FROM t;
CREATE VIEW w AS SELECT b FROM v;
ALTER TABLE t DROP COLUMN b CASCADE;

-- # The same column in partitions
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
CREATE INDEX pt_v_idx ON pt (v);
INSERT INTO pt SELECT g, g FROM generate_series(1, 200) g;
ALTER TABLE pt DROP COLUMN v;

-- # A foreign key of a partitioned table goes
CREATE TABLE r (id int PRIMARY KEY);
CREATE TABLE pt (id int NOT NULL, r_id int CONSTRAINT pt_fk REFERENCES r (id)) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
ALTER TABLE pt DROP CONSTRAINT pt_fk;

-- # A table with a sequence is dropped, and another one that it refers to stays
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id serial PRIMARY KEY, p_id int REFERENCES p (id));
DROP TABLE t;

-- # A sequence goes with CASCADE
CREATE TABLE t (id serial PRIMARY KEY, b text);
DROP SEQUENCE t_id_seq CASCADE;

-- # A type goes with CASCADE
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE t (id int PRIMARY KEY, m mood);
DROP TYPE mood CASCADE;

-- # A function that a trigger calls goes with CASCADE
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TABLE t (id int PRIMARY KEY);
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trg();
DROP FUNCTION trg() CASCADE;

-- # A new owner
CREATE TABLE t (id serial PRIMARY KEY, b text);
CREATE INDEX t_b_idx ON t (b);
ALTER TABLE t OWNER TO pg_monitor;

-- # Into another schema, with its sequence
CREATE SCHEMA app;
CREATE TABLE t (id serial PRIMARY KEY, b text);
ALTER TABLE t SET SCHEMA app;

-- # A sequence is renamed
CREATE SEQUENCE s;
ALTER SEQUENCE s RENAME TO s2;

-- # Inheritance ends
CREATE TABLE ip (id int, b text);
CREATE TABLE ic () INHERITS (ip);
ALTER TABLE ic NO INHERIT ip;

-- # A table that is typed
CREATE TYPE pair AS (a int, b text);
CREATE TABLE t OF pair;
ALTER TABLE t NOT OF;

-- # A materialized view is refreshed
CREATE TABLE t (id int PRIMARY KEY, b text);
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
CREATE MATERIALIZED VIEW mv AS SELECT id, b FROM t;
CREATE UNIQUE INDEX mv_id_idx ON mv (id);
REFRESH MATERIALIZED VIEW mv;

-- # And concurrently
CREATE TABLE t (id int PRIMARY KEY, b text);
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
CREATE MATERIALIZED VIEW mv AS SELECT id, b FROM t;
CREATE UNIQUE INDEX mv_id_idx ON mv (id);
REFRESH MATERIALIZED VIEW CONCURRENTLY mv;

-- # A materialized view is made
CREATE TABLE t (id int PRIMARY KEY, b text);
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
CREATE VIEW v AS SELECT id FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM v;

-- # A table is made of a query
CREATE TABLE t (id int PRIMARY KEY, b text);
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
CREATE TABLE n AS SELECT b FROM t;

-- # An index of a partitioned table
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
CREATE TABLE pt2 PARTITION OF pt FOR VALUES FROM (300) TO (600);
INSERT INTO pt SELECT g, g FROM generate_series(1, 500) g;
CREATE INDEX pt_v_idx ON pt (v);

-- # An index of a partitioned table goes
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
CREATE INDEX pt_v_idx ON pt (v);
DROP INDEX pt_v_idx;

-- # Attached with a CHECK
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
CREATE TABLE pn (id int NOT NULL, v int, CHECK (id >= 300 AND id < 600));
INSERT INTO pn SELECT g, g FROM generate_series(300, 500) g;
ALTER TABLE pt ATTACH PARTITION pn FOR VALUES FROM (300) TO (600);

-- # Attached where the parent has a foreign key
CREATE TABLE r (id int PRIMARY KEY);
INSERT INTO r SELECT g FROM generate_series(1, 600) g;
CREATE TABLE pt (id int NOT NULL, r_id int REFERENCES r (id)) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
CREATE TABLE pn (id int NOT NULL, r_id int);
INSERT INTO pn SELECT g, g FROM generate_series(300, 500) g;
ALTER TABLE pt ATTACH PARTITION pn FOR VALUES FROM (300) TO (600);

-- # A partition with an index is detached
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
CREATE INDEX pt_v_idx ON pt (v);
ALTER TABLE pt DETACH PARTITION pt1;

-- # A partition is made beside a default one
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pd PARTITION OF pt DEFAULT;
INSERT INTO pt SELECT g, g FROM generate_series(1, 200) g;
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1000) TO (3000);

-- # A trigger of a partitioned table
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
CREATE TRIGGER g AFTER INSERT ON pt FOR EACH ROW EXECUTE FUNCTION trg();

-- # A domain's constraint is validated
CREATE DOMAIN d AS int;
CREATE TABLE t (id int PRIMARY KEY, a d);
CREATE TABLE u (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
ALTER DOMAIN d ADD CONSTRAINT pc CHECK (VALUE > 0) NOT VALID;
ALTER DOMAIN d VALIDATE CONSTRAINT pc;

-- # A composite type that a table uses is renamed
CREATE TYPE pair AS (a int, b text);
ALTER TYPE pair RENAME TO couple;

-- # Statistics go
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
CREATE STATISTICS st ON a, b FROM t;
DROP STATISTICS st;

-- # Rows that refer to others
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT g FROM generate_series(1, 500) g;
CREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p (id));
INSERT INTO t VALUES (1, 1);

-- # Rows of a query
CREATE TABLE s (id int PRIMARY KEY, b text);
INSERT INTO s SELECT g, 'v' FROM generate_series(1, 500) g;
CREATE TABLE t (id int PRIMARY KEY, b text);
INSERT INTO t SELECT id, b FROM s;

-- # Every row is changed
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
CREATE INDEX t_a_idx ON t (a);
UPDATE t SET a = a + 1;

-- # A policy with a query
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY);
CREATE POLICY one ON t USING (id IN (SELECT id FROM p));

-- # A view over a view is replaced
CREATE TABLE t (id int PRIMARY KEY, b text);
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;
CREATE OR REPLACE VIEW w AS SELECT id FROM v WHERE id > 0;

-- # TRUNCATE of a partition
CREATE TABLE pt (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (1) TO (300);
INSERT INTO pt SELECT g, g FROM generate_series(1, 200) g;
TRUNCATE pt1;

-- # A table is logged again
CREATE UNLOGGED TABLE t (id int PRIMARY KEY, b text);
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
ALTER TABLE t SET LOGGED;

-- # CLUSTER by an index
CREATE TABLE t (id int PRIMARY KEY, b text);
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
CLUSTER t USING t_pkey;

-- # A key by an index that is there, under another name
CREATE TABLE t (id int NOT NULL, b text);
CREATE UNIQUE INDEX t_id_idx ON t (id);
INSERT INTO t SELECT g, 'v' FROM generate_series(1, 500) g;
ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_id_idx;

-- # Rows to which others refer
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT g FROM generate_series(1, 500) g;
CREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p (id));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
DELETE FROM p WHERE id = 400;

-- # Rows to which others refer that go along
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT g FROM generate_series(1, 9000) g;
CREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p (id) ON DELETE CASCADE);
INSERT INTO t SELECT g, g FROM generate_series(1, 9000) g;
CREATE INDEX t_p_idx ON t (p_id);
ANALYZE t;
DELETE FROM p WHERE id = 40;

-- # A key to which others refer is changed
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT g FROM generate_series(1, 500) g;
CREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p (id));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
UPDATE p SET id = 1000 WHERE id = 400;

-- # A column that refers to another table is changed
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT g FROM generate_series(1, 500) g;
CREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p (id));
INSERT INTO t SELECT g, g FROM generate_series(1, 100) g;
UPDATE t SET p_id = 7 WHERE id = 4;

-- # Marked for CLUSTER
CREATE TABLE t (id int PRIMARY KEY, b text);
CREATE INDEX t_b_idx ON t (b);
ALTER TABLE t CLUSTER ON t_b_idx;

-- # A constraint that is made and validated by one statement
CREATE TABLE t (id int PRIMARY KEY, a int);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (a > 0) NOT VALID, VALIDATE CONSTRAINT t_a_check;

-- # A foreign key that every partition has already
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT g FROM generate_series(1, 500) g;
CREATE TABLE t (at date NOT NULL, p_id int) PARTITION BY RANGE (at);
CREATE TABLE t_2024 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO t SELECT '2024-02-03', g FROM generate_series(1, 500) g;
ALTER TABLE t_2024 ADD CONSTRAINT t_p_id_fkey FOREIGN KEY (p_id) REFERENCES p NOT VALID;
ALTER TABLE t_2024 VALIDATE CONSTRAINT t_p_id_fkey;
ALTER TABLE t ADD CONSTRAINT t_p_id_fkey FOREIGN KEY (p_id) REFERENCES p (id);

-- # A foreign key that a partition has not validated
CREATE TABLE p (id int PRIMARY KEY);
INSERT INTO p SELECT g FROM generate_series(1, 500) g;
CREATE TABLE t (at date NOT NULL, p_id int) PARTITION BY RANGE (at);
CREATE TABLE t_2024 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO t SELECT '2024-02-03', g FROM generate_series(1, 500) g;
ALTER TABLE t_2024 ADD CONSTRAINT t_p_id_fkey FOREIGN KEY (p_id) REFERENCES p NOT VALID;
ALTER TABLE t ADD CONSTRAINT t_p_id_fkey FOREIGN KEY (p_id) REFERENCES p (id);

-- # A unique constraint that every partition has already
CREATE TABLE t (at date NOT NULL, n int) PARTITION BY RANGE (at);
CREATE TABLE t_2024 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO t SELECT '2024-02-03', g FROM generate_series(1, 500) g;
CREATE UNIQUE INDEX t_2024_key ON t_2024 (n, at);
ALTER TABLE t_2024 ADD CONSTRAINT t_2024_key UNIQUE USING INDEX t_2024_key;
ALTER TABLE t ADD CONSTRAINT t_key UNIQUE (n, at);
-- # A CHECK that says more than the bound
CREATE TABLE pt (d date NOT NULL, k int) PARTITION BY RANGE (d);
CREATE TABLE pn (d date NOT NULL, k int, CHECK (d >= '2024-02-01' AND d <= DATE '2024-11-30'));
INSERT INTO pn SELECT '2024-06-01', g FROM generate_series(1, 500) g;
ALTER TABLE pt ATTACH PARTITION pn FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- # A CHECK with BETWEEN
CREATE TABLE pt (d date NOT NULL, k int) PARTITION BY RANGE (d);
CREATE TABLE pn (d date NOT NULL, k int, CHECK (d BETWEEN '2024-01-01' AND '2024-12-31'));
INSERT INTO pn SELECT '2024-06-01', g FROM generate_series(1, 500) g;
ALTER TABLE pt ATTACH PARTITION pn FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- # A CHECK that says less than the bound
CREATE TABLE pt (d date NOT NULL, k int) PARTITION BY RANGE (d);
CREATE TABLE pn (d date NOT NULL, k int, CHECK (d >= '2024-01-01' AND d <= '2025-01-01'));
INSERT INTO pn SELECT '2024-06-01', g FROM generate_series(1, 500) g;
ALTER TABLE pt ATTACH PARTITION pn FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- # A CHECK of one value of a list
CREATE TABLE pt (k text, v int) PARTITION BY LIST (k);
CREATE TABLE pn (k text NOT NULL, v int, CHECK (k = 'a'));
INSERT INTO pn SELECT 'a', g FROM generate_series(1, 500) g;
ALTER TABLE pt ATTACH PARTITION pn FOR VALUES IN ('a', 'b');

-- # A default partition with a CHECK of earlier days
CREATE TABLE pt (d date NOT NULL, k int) PARTITION BY RANGE (d);
CREATE TABLE pd PARTITION OF pt DEFAULT;
INSERT INTO pt SELECT '2020-06-01', g FROM generate_series(1, 500) g;
ALTER TABLE pd ADD CHECK (d < '2024-01-01');
CREATE TABLE pn PARTITION OF pt FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- # A default partition with a CHECK of two sides
CREATE TABLE pt (d date NOT NULL, k int) PARTITION BY RANGE (d);
CREATE TABLE pd PARTITION OF pt DEFAULT;
INSERT INTO pt SELECT '2020-06-01', g FROM generate_series(1, 500) g;
ALTER TABLE pd ADD CHECK (d IS NULL OR d < '2024-01-01' OR d >= '2025-01-01');
CREATE TABLE pn PARTITION OF pt FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- # A default partition with a CHECK that is too wide
CREATE TABLE pt (d date NOT NULL, k int) PARTITION BY RANGE (d);
CREATE TABLE pd PARTITION OF pt DEFAULT;
INSERT INTO pt SELECT '2020-06-01', g FROM generate_series(1, 500) g;
ALTER TABLE pd ADD CHECK (d < '2024-01-02');
CREATE TABLE pn PARTITION OF pt FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- # A default partition of a list with a CHECK of the others
CREATE TABLE pt (k text, v int) PARTITION BY LIST (k);
CREATE TABLE pd PARTITION OF pt DEFAULT;
INSERT INTO pt SELECT 'x', g FROM generate_series(1, 500) g;
ALTER TABLE pd ADD CHECK (k NOT IN ('a', 'b', 'c'));
CREATE TABLE pn PARTITION OF pt FOR VALUES IN ('a', 'b');

-- # A default partition that is attached with a CHECK of what it takes
CREATE TABLE pt (k text, v int) PARTITION BY LIST (k);
CREATE TABLE pa PARTITION OF pt FOR VALUES IN ('a', 'b');
CREATE TABLE pn (k text, v int, CHECK (k NOT IN ('a', 'b')));
INSERT INTO pn SELECT 'x', g FROM generate_series(1, 500) g;
ALTER TABLE pt ATTACH PARTITION pn DEFAULT;

-- # A default partition that is attached without a CHECK
CREATE TABLE pt (k text, v int) PARTITION BY LIST (k);
CREATE TABLE pa PARTITION OF pt FOR VALUES IN ('a', 'b');
CREATE TABLE pn (k text, v int);
INSERT INTO pn SELECT 'x', g FROM generate_series(1, 500) g;
ALTER TABLE pt ATTACH PARTITION pn DEFAULT;

-- # A cast by way of another type that keeps the values
CREATE TABLE t (id int PRIMARY KEY, v varchar(20));
INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN v TYPE varchar USING v::text::varchar;

-- # A cast by way of another type that does not
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN v TYPE text USING v::varchar(5)::text;

-- # Another column in USING
CREATE TABLE t (id int PRIMARY KEY, a int, b int);
INSERT INTO t SELECT g, g, g FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN a TYPE int USING b;

-- # CLUSTER
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE INDEX t_a_idx ON t (a);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
CLUSTER t USING t_a_idx;

-- # A partition that has the foreign key of its parent
CREATE TABLE u (id int PRIMARY KEY);
INSERT INTO u SELECT g FROM generate_series(1, 500) g;
CREATE TABLE pt (d int NOT NULL, u int REFERENCES u) PARTITION BY RANGE (d);
CREATE TABLE pn (d int NOT NULL, u int REFERENCES u, CHECK (d >= 0 AND d < 100));
INSERT INTO pn SELECT 1, g FROM generate_series(1, 500) g;
ALTER TABLE pt ATTACH PARTITION pn FOR VALUES FROM (0) TO (100);

-- # A partition whose foreign key says something else
CREATE TABLE u (id int PRIMARY KEY);
INSERT INTO u SELECT g FROM generate_series(1, 500) g;
CREATE TABLE pt (d int NOT NULL, u int REFERENCES u) PARTITION BY RANGE (d);
CREATE TABLE pn (d int NOT NULL, u int REFERENCES u ON DELETE CASCADE, CHECK (d >= 0 AND d < 100));
INSERT INTO pn SELECT 1, g FROM generate_series(1, 500) g;
ALTER TABLE pt ATTACH PARTITION pn FOR VALUES FROM (0) TO (100);

-- # A CHECK of the retyped column that the statement makes again NOT VALID
CREATE TABLE t (id int PRIMARY KEY, v varchar(20), CONSTRAINT t_v_check CHECK (v <> ''));
INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 500) g;
ALTER TABLE t DROP CONSTRAINT t_v_check, ALTER COLUMN v TYPE varchar(40), ADD CONSTRAINT t_v_check CHECK (v <> '') NOT VALID;

-- # From a domain with a length to its base type
CREATE DOMAIN label AS varchar(20);
CREATE TABLE t (id int PRIMARY KEY, v label);
INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN v TYPE varchar(20);

-- # From a domain with a length to a type without one
CREATE DOMAIN label AS varchar(20);
CREATE TABLE t (id int PRIMARY KEY, v label);
INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN v TYPE varchar;

-- # To a domain with a length
CREATE DOMAIN label AS varchar(20);
CREATE TABLE t (id int PRIMARY KEY, v varchar(10));
INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN v TYPE label;

-- # From a domain with a scale
CREATE DOMAIN price AS numeric(10, 2);
CREATE TABLE t (id int PRIMARY KEY, v price);
INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
ALTER TABLE t ALTER COLUMN v TYPE numeric(12, 2);

-- # a time zone is added in UTC, with a precision that the column had
SET timezone = 'UTC';
CREATE TABLE visits (id bigint PRIMARY KEY, at timestamp(3));
INSERT INTO visits VALUES (1, now());
ALTER TABLE visits ALTER COLUMN at TYPE timestamptz(3);

-- # a time zone is added in UTC, without a precision
SET timezone = 'UTC';
CREATE TABLE visits (id bigint PRIMARY KEY, at timestamp(3));
INSERT INTO visits VALUES (1, now());
ALTER TABLE visits ALTER COLUMN at TYPE timestamptz;

-- # a time zone goes in UTC, with the full precision
SET timezone = 'UTC';
CREATE TABLE visits (id bigint PRIMARY KEY, at timestamptz(3));
INSERT INTO visits VALUES (1, now());
ALTER TABLE visits ALTER COLUMN at TYPE timestamp(6);
