-- # Generated names
CREATE TABLE p (id int PRIMARY KEY, a int UNIQUE, b int, UNIQUE (a, b));
CREATE TABLE t (
    id int PRIMARY KEY,
    a int UNIQUE CHECK (a > 0) REFERENCES p,
    b int CHECK (b > 0) CHECK (b < 100) REFERENCES p (a) REFERENCES p (id),
    c int, d int,
    UNIQUE (c, d), UNIQUE (d), CHECK (c > d), CHECK (c <> d), CHECK (true), CHECK (c > 0),
    FOREIGN KEY (c, d) REFERENCES p (a, b), FOREIGN KEY (c) REFERENCES p (id),
    EXCLUDE USING btree (c WITH =, d WITH =)
);
ALTER TABLE t ADD UNIQUE (c, d);
ALTER TABLE t ADD CHECK (c > 1);
ALTER TABLE t ADD CHECK (c + d > 1);
ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES p (id);
ALTER TABLE t ADD UNIQUE (c, d);

-- # A generated name that something else has
CREATE TABLE t_a_key (x int);
CREATE SEQUENCE t_pkey;
CREATE TABLE t (a int UNIQUE, b int CHECK (b > 0), PRIMARY KEY (b));
CREATE TABLE u (a int, CONSTRAINT u_a_check CHECK (a > 5), CHECK (a > 0));
CREATE INDEX u_a_key ON u (a);
ALTER TABLE u ADD UNIQUE (a);
ALTER TABLE u ADD CONSTRAINT u_a_key2 CHECK (a > 1);
ALTER TABLE u ADD UNIQUE (a);

-- # ADD CONSTRAINT
CREATE TABLE p (id int PRIMARY KEY, code text);
CREATE TABLE t (a int, b int, c text);
ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a);
ALTER TABLE t ADD CONSTRAINT u UNIQUE (b, c) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE t ADD CONSTRAINT ck CHECK (b > 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES p (id) ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE t ADD CONSTRAINT self FOREIGN KEY (b) REFERENCES t (a) MATCH FULL DEFERRABLE;
ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (int4range(a, b) WITH &&) WHERE (c IS NOT NULL);
ALTER TABLE t VALIDATE CONSTRAINT ck;
ALTER TABLE t ALTER CONSTRAINT fk DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE t ADD CONSTRAINT ck CHECK (b > 1); -- refused: 42710
ALTER TABLE t ADD CONSTRAINT u UNIQUE (c); -- refused: 42P07
ALTER TABLE t ADD CONSTRAINT pk2 PRIMARY KEY (b); -- refused: 42P16
ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (c) REFERENCES p (code); -- refused: 42830
ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (nosuch) REFERENCES p (id); -- refused: 42703
ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (b) REFERENCES p (nosuch); -- refused: 42703
ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (b) REFERENCES nosuch (id); -- refused: 42P01
ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (a, b) REFERENCES p (id); -- refused: 42830
ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (c) REFERENCES p (id); -- refused: 42804
ALTER TABLE t ADD CONSTRAINT ck2 CHECK (nosuch > 0); -- refused: 42703
ALTER TABLE t ADD CONSTRAINT u2 UNIQUE (nosuch); -- refused: 42703
ALTER TABLE t VALIDATE CONSTRAINT nosuch; -- refused: 42704
ALTER TABLE t ALTER CONSTRAINT ck DEFERRABLE; -- refused: 42809
ALTER TABLE t VALIDATE CONSTRAINT fk;

-- # The columns of a primary key are NOT NULL, and stay so
CREATE TABLE t (a int, b int NULL);
ALTER TABLE t ADD PRIMARY KEY (a, b);
ALTER TABLE t DROP CONSTRAINT t_pkey;
CREATE TABLE u (a int, b int, PRIMARY KEY (a, b));
ALTER TABLE u DROP COLUMN b;

-- # USING INDEX
CREATE TABLE t (a int NOT NULL, b int, c int);
CREATE UNIQUE INDEX one ON t (a);
CREATE UNIQUE INDEX two ON t (b, c);
CREATE UNIQUE INDEX partial ON t (c) WHERE c > 0;
CREATE UNIQUE INDEX expression ON t ((c + 1));
CREATE INDEX plain ON t (b);
ALTER TABLE t ADD CONSTRAINT own_name PRIMARY KEY USING INDEX one;
ALTER TABLE t ADD UNIQUE USING INDEX two;
ALTER TABLE t ADD UNIQUE USING INDEX partial; -- refused: 42809
ALTER TABLE t ADD UNIQUE USING INDEX expression; -- refused: 42809
ALTER TABLE t ADD UNIQUE USING INDEX plain; -- refused: 42809
ALTER TABLE t ADD UNIQUE USING INDEX nosuch; -- refused: 42704
ALTER TABLE t ADD UNIQUE USING INDEX two; -- refused: 55000
DROP INDEX own_name; -- refused: 2BP01

-- # DROP CONSTRAINT
CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE t (id int REFERENCES p, code text CONSTRAINT by_code REFERENCES p (code), n int CHECK (n > 0));
ALTER TABLE p DROP CONSTRAINT p_pkey; -- refused: 2BP01
ALTER TABLE p DROP CONSTRAINT p_code_key CASCADE;
ALTER TABLE t DROP CONSTRAINT by_code; -- refused: 42704
ALTER TABLE t DROP CONSTRAINT IF EXISTS by_code;
ALTER TABLE t DROP CONSTRAINT t_n_check, DROP CONSTRAINT t_id_fkey;
ALTER TABLE p DROP CONSTRAINT p_pkey;

-- # RENAME CONSTRAINT and its index are one
CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0));
ALTER TABLE t RENAME CONSTRAINT t_pkey TO pk;
ALTER INDEX t_a_key RENAME TO unique_a;
ALTER TABLE t RENAME CONSTRAINT t_b_check TO positive;
ALTER TABLE t RENAME CONSTRAINT nosuch TO x; -- refused: 42704
ALTER TABLE t RENAME CONSTRAINT positive TO pk; -- refused: 42710
CREATE TABLE taken (x int);
ALTER TABLE t RENAME CONSTRAINT pk TO taken; -- refused: 42P07
ALTER TABLE t RENAME CONSTRAINT positive TO taken;
ALTER TABLE t DROP CONSTRAINT unique_a;

-- # Renaming a table leaves its constraints' names
CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0) REFERENCES t (id));
ALTER TABLE t RENAME TO u;
ALTER TABLE u ADD UNIQUE (b);
ALTER TABLE u ADD CHECK (a > 0);
CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0));

-- # Foreign keys that cannot be
CREATE TABLE nokey (a int, b int UNIQUE);
CREATE UNIQUE INDEX part ON nokey (a) WHERE a > 0;
CREATE VIEW v AS SELECT 1 AS a;
CREATE TEMP TABLE temporary (a int PRIMARY KEY);
CREATE UNLOGGED TABLE unlogged (a int PRIMARY KEY);
CREATE TABLE t (a int REFERENCES nokey); -- refused: 42704
CREATE TABLE t (a int REFERENCES nokey (a)); -- refused: 42830
CREATE TABLE t (a int REFERENCES v (a)); -- refused: 42809
CREATE TABLE t (a int REFERENCES temporary); -- refused: 42P16
CREATE TABLE t (a int REFERENCES unlogged); -- refused: 42P16
CREATE UNIQUE INDEX whole ON nokey (a);
CREATE TABLE t (a int REFERENCES nokey (a));
DROP INDEX whole; -- refused: 2BP01
DROP INDEX whole CASCADE;
CREATE TABLE self (a int REFERENCES self); -- refused: 42704
CREATE TABLE self (a int PRIMARY KEY, b int REFERENCES self);

-- # NOT NULL by name, and CHECK NO INHERIT
CREATE TABLE t (a int CONSTRAINT given NOT NULL, b int CHECK (b > 0) NO INHERIT);
ALTER TABLE t DROP CONSTRAINT given; -- refused: 42704
ALTER TABLE t ADD CONSTRAINT given CHECK (a IS NOT NULL);
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;

-- # One index for two keys that are the same
CREATE TABLE a (x int PRIMARY KEY, UNIQUE (x));
CREATE TABLE b (x int UNIQUE, y int, UNIQUE (x), CONSTRAINT named UNIQUE (x));
CREATE TABLE c (x int, y int, UNIQUE (x, y), UNIQUE (y, x));
CREATE TABLE d (x int UNIQUE NULLS NOT DISTINCT, UNIQUE (x));

-- # CHECK in every form that the server prints otherwise
CREATE TABLE t (
    a int CHECK (a BETWEEN 1 AND 10), b text CHECK (b IN ('x', 'y')), c text CHECK (c NOT IN ('x')), d varchar(5) CHECK (d LIKE 'a%'),
    e int CHECK (e != 0), f int CHECK (((f > 0))), g boolean CHECK (g IS NOT TRUE), h numeric CHECK (h >= 0 AND h <= 1 OR h = 5),
    i text CHECK (lower(i) = i), j text CHECK (i ~ '^[a-z]+$'), k int CHECK (CASE WHEN k > 0 THEN true ELSE false END), l date CHECK (l > '2020-01-01'),
    m text CHECK (char_length(m) > 0), n jsonb CHECK (jsonb_typeof(n) = 'object'), o text CHECK (coalesce(o, '') <> ''), p int CHECK (NOT p = 1),
    CONSTRAINT one_of CHECK (num_nonnulls(a, b) = 1), CHECK (a = ANY (ARRAY[1, 2])), CHECK ((a IS NULL) = (b IS NULL)), CHECK (b SIMILAR TO 'x%')
);
