//! Scripts cut out of real migrations: the server and the replay accept and refuse the same statements of them, and have the same
//! schema at the end.

use gander::history::Wrap;
use gander::schema::Dialect;

use crate::support::against::script;

/// For PostgreSQL 15. Each is a file that runs statement by statement.
const POSTGRES: &[&str] = &[
    // What a condition asks for it asks once, before the statements that it guards.
    "CREATE TABLE t (a int);
     DO $$ BEGIN
       IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b') THEN
         ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t ALTER COLUMN b TYPE bigint;
       END IF;
     END $$",
    "CREATE TABLE t (a int);
     DO $$ BEGIN
       IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b') THEN
         ALTER TABLE t ADD COLUMN b int;
       ELSE
         ALTER TABLE t ALTER COLUMN b TYPE text;
       END IF;
       IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b') THEN
         ALTER TABLE t ADD COLUMN b int;
       END IF;
     END $$",
    "CREATE TABLE t (a int);
     DO $$ DECLARE there boolean := EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b');
     BEGIN
       IF NOT there THEN ALTER TABLE t ADD COLUMN b int; END IF;
       IF NOT there THEN ALTER TABLE t ALTER COLUMN b SET NOT NULL; END IF;
       IF there THEN ALTER TABLE t DROP COLUMN b; END IF;
     END $$",
    // Where nobody knows what a condition finds, it is one of the two.
    "CREATE TABLE t (a int);
     DO $$ DECLARE go text := 'SELECT 1'; BEGIN EXECUTE go; END $$;
     DO $$ BEGIN
       IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b') THEN
         ALTER TABLE t RENAME COLUMN a TO b;
       ELSE
         ALTER TABLE t DROP COLUMN a;
       END IF;
     END $$",
    // What may not have run may not have happened: a table of it, a column, a type, and what it takes away.
    "CREATE TABLE z (id int, b int); CREATE TABLE y (id int); CREATE INDEX i ON z (id);
     CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
     DO $$ BEGIN
       IF current_setting('x.y', true) = '1' THEN
         CREATE TABLE x (id int); CREATE INDEX j ON z (id); DROP INDEX i; DROP TABLE y; DROP FUNCTION f();
         ALTER TABLE z ADD COLUMN c int; ALTER TABLE z DROP COLUMN b; ALTER TABLE z ALTER COLUMN id TYPE text;
         ALTER TABLE z ADD CONSTRAINT k CHECK (id <> ''); CREATE EXTENSION pgcrypto; CREATE TYPE m AS ENUM ('a');
         CREATE SEQUENCE s; CREATE VIEW v AS SELECT 1 AS a; CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';
       END IF;
       ALTER TABLE z ADD COLUMN d int;
     END $$;
     ALTER TABLE z DROP COLUMN b; DROP TABLE y; CREATE TABLE x (id int); CREATE TYPE m AS ENUM ('a');
     CREATE FUNCTION h() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION f()",
    "DO $$ DECLARE r record; BEGIN
       FOR r IN SELECT 1 AS x WHERE false LOOP CREATE TABLE l (id int); CREATE INDEX ON l (id); END LOOP;
     END $$",
    // A constraint that is asked for by its name alone.
    "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE s (x int);
     DO $$ BEGIN
       IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 's_x_fkey') THEN
         ALTER TABLE s DROP CONSTRAINT s_x_fkey;
       END IF;
       IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 's_x_fkey') THEN
         ALTER TABLE s ADD CONSTRAINT s_x_fkey FOREIGN KEY (x) REFERENCES u (id);
       END IF;
     END $$;
     ALTER TABLE s DROP CONSTRAINT s_x_fkey",
    // Only 63 bytes of a name count.
    "CREATE TABLE t (a int);
     ALTER TABLE t ADD CONSTRAINT resource_config_check_sessions_worker_base_resource_type_id_unique UNIQUE (a);
     ALTER TABLE t DROP CONSTRAINT resource_config_check_sessions_worker_base_resource_type_id_uni",
    r#"CREATE TABLE t (a int, "ääääääääääääääääääääääääääääääää" int);
     ALTER TABLE t DROP COLUMN "äääääääääääääääääääääääääääääääö""#,
    // A name that the server makes up is free in the whole schema.
    "CREATE TABLE packages (id int CHECK (id <> 0)); ALTER TABLE packages RENAME TO bundles;
     CREATE TABLE packages (id int CHECK (id <> 0));
     ALTER TABLE packages DROP CONSTRAINT packages_id_check1",
    "CREATE TABLE a (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY); ALTER TABLE a RENAME TO b;
     CREATE TABLE a (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, x int REFERENCES b)",
    // What calls a function goes with it.
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TABLE a (x int); CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW EXECUTE PROCEDURE f();
     DROP FUNCTION IF EXISTS f CASCADE;
     CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END' COST 100;
     CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW EXECUTE PROCEDURE f()",
    // What an extension brings, with the comment that it has from its control file.
    "CREATE EXTENSION pg_trgm; CREATE EXTENSION citext;
     CREATE TABLE a (x citext); CREATE INDEX i ON a USING gin ((x::text) gin_trgm_ops)",
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (x int REFERENCES a (id), y int REFERENCES a);
     ALTER TABLE a DROP CONSTRAINT IF EXISTS a_pkey CASCADE;
     ALTER TABLE a ADD COLUMN p int, ADD PRIMARY KEY (id, p)",
    "CREATE SCHEMA s; CREATE EXTENSION pgcrypto WITH SCHEMA s; DROP SCHEMA s CASCADE; CREATE EXTENSION pgcrypto",
    // Expressions that the server prints otherwise than they were written.
    "CREATE EXTENSION citext;
     CREATE TABLE a (m smallint[] CHECK (m <@ ARRAY[1, 2]::smallint[]), n int[][] CHECK (n <> ARRAY[[1, 2]]::int[]),
       t text[] DEFAULT ARRAY['x']::text[], k text, d jsonb, e citext CHECK (e ~ '^[a-z]+$'),
       CHECK (CASE k WHEN 'a' THEN d IS NULL WHEN 'b' THEN d IS NOT NULL END),
       CHECK ((d -> 'n')::jsonb::numeric > 1), CHECK ((d #> '{a,b}')::jsonb IS NOT NULL));
     CREATE DOMAIN o AS citext CHECK (value ~ '^[a-z]+$');
     CREATE INDEX i ON a (e) WHERE e <> 'y'; CREATE POLICY p ON a USING (e = 'x')",
    "CREATE TABLE a (x int, y int, z int);
     CREATE MATERIALIZED VIEW v (x, y, n) AS SELECT x, y, count(DISTINCT z) FROM a GROUP BY (x, y)",
    // SQL that is put together at run time may do anything, to what is known to its last column too.
    "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int, c int);
     CREATE FUNCTION make() RETURNS void LANGUAGE plpgsql AS
       'BEGIN EXECUTE ''ALTER TABLE b ADD CONSTRAINT f FOREIGN KEY (a_id) REFERENCES a, ADD COLUMN d int''; END';
     SELECT make();
     ALTER TABLE b DROP CONSTRAINT f;
     ALTER TABLE b DROP COLUMN d",
    "CREATE TABLE b (id int);
     DO $$ DECLARE go text := 'ALTER TABLE b ADD PRIMARY KEY (id)'; BEGIN EXECUTE go; END $$",
    r#"CREATE TABLE a (key text COLLATE "C" NOT NULL, b int, CHECK (b > 0)); CREATE INDEX i ON a (b, (key COLLATE "C"));
     DO $$ DECLARE go text := 'SELECT 1'; BEGIN EXECUTE go; END $$;
     ALTER TABLE a DROP COLUMN b, ADD COLUMN c int"#,
    "CREATE TABLE b (id int CONSTRAINT odd PRIMARY KEY, x int);
     DO $$ DECLARE go text; BEGIN
       SELECT 'ALTER TABLE b DROP CONSTRAINT ' || conname INTO go FROM pg_constraint
         WHERE conrelid = 'b'::regclass;
       EXECUTE go;
       ALTER TABLE b ADD PRIMARY KEY (x);
     END $$",
];

/// For SQLite.
const SQLITE: &[&str] = &[
    "CREATE TABLE t (a int); ALTER TABLE t RENAME TO u; CREATE INDEX i ON u (a)",
    // The tables in which a virtual table keeps what it has are its own.
    "CREATE VIRTUAL TABLE f USING fts5(x); CREATE TABLE t (a int)",
    "CREATE VIRTUAL TABLE F USING fts4(x, tokenize=porter); CREATE VIRTUAL TABLE r USING rtree(id, a, b)",
];

#[test]
fn scripts_do_on_postgres_what_the_replay_says() {
    judge(POSTGRES, Dialect::Postgres);
}

#[test]
fn scripts_do_on_sqlite_what_the_replay_says() {
    judge(SQLITE, Dialect::Sqlite);
}

fn judge(scripts: &[&str], dialect: Dialect) {
    let mut complaints = Vec::new();
    for text in scripts {
        let verdict = script(text, dialect, Wrap::Nobody).expect("the server answers");
        // Of what nobody understood nothing can be wrong.
        if !verdict.unclear.is_empty() && !text.contains("EXECUTE") {
            complaints.push(format!("{text}\nnot understood: {:?}", verdict.unclear));
        }
        if !verdict.disagreements.is_empty() || !verdict.differences.is_empty() {
            complaints.push(format!("{text}\n{:#?}\n{:#?}", verdict.disagreements, verdict.differences));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

/// What differs is seen: a test that compared nothing would not notice.
#[test]
fn what_is_refused_is_told() {
    let run = |text| script(text, Dialect::Postgres, Wrap::Nobody).expect("the server answers");
    let both = run("CREATE TABLE a (id int); ALTER TABLE a ADD COLUMN id int; CREATE TABLE b (id int)");
    assert_eq!((both.statements, both.refused_by_server, both.refused_by_gander), (2, 1, 1));
    assert!(both.disagreements.is_empty() && both.differences.is_empty(), "{both:?}");
    let one = run("CREATE TABLE a (id int); SELECT 1 / 0; CREATE TABLE b (id int)");
    assert_eq!((one.statements, one.refused_by_server, one.refused_by_gander), (2, 1, 0));
    assert_eq!(one.disagreements.len(), 1, "{one:?}");
}
