//! `gander drift`: what is compared with what, what is told of it in which form, and when it cannot be told.

use serde_json::{Value, json};

use crate::support::pages::project;
use crate::support::repo::{Repo, Run};

const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\n";

fn differs(run: &Run) -> &str {
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{run:?}");
    &run.out
}

fn same(run: &Run) -> &str {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
    &run.out
}

fn failed(run: &Run, said: &[&str]) {
    assert_eq!(run.code, 2, "{run:?}");
    for words in said {
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
}

/// `kind object`, in their order.
fn found(run: &Run) -> Vec<String> {
    let differences = run.json()["differences"].as_array().expect("a list").clone();
    let word = |one: &Value, key: &str| one[key].as_str().expect("a word").to_owned();
    differences.iter().map(|one| format!("{} {}", word(one, "kind"), word(one, "object"))).collect()
}

/// The schema file of this project says otherwise than its migrations in every way.
fn drifted() -> Repo {
    Repo::files(&[
        (
            "db/schema.sql",
            "CREATE TABLE orders (\n    id bigint PRIMARY KEY,\n    total numeric,\n    fax text DEFAULT 'none',\n    state varchar(10)\n);\n\n\
             CREATE INDEX orders_total_idx ON orders (total);\n\nCREATE VIEW big AS SELECT id FROM orders WHERE total > 10;\n\n\
             CREATE TABLE gone (id int);\n",
        ),
        (
            "db/migrations/001_orders.sql",
            "CREATE TABLE orders (\n    id bigint PRIMARY KEY,\n    total numeric,\n    state varchar(10)\n);\nCREATE VIEW big AS SELECT id FROM orders WHERE total > 100;\n",
        ),
        (
            "db/migrations/002_note.sql",
            "-- wider, and with a remark\nALTER TABLE orders\n    ADD COLUMN note text NOT NULL DEFAULT '',\n    ALTER COLUMN state TYPE varchar(20);\n",
        ),
        (
            "db/migrations/003_total.sql",
            "\nALTER TABLE orders ALTER COLUMN total SET NOT NULL, ADD CHECK (total >= 0);\n",
        ),
    ])
}

#[test]
fn text_says_what_each_side_has_and_where_it_comes_from() {
    let expected = "--- db/schema.sql\n+++ db/migrations\n\n\
        table gone\n  extra\n    - (id integer)  (db/schema.sql:12)\n\n\
        table orders\n  \
        column total: nullability\n    - NULL  (db/schema.sql:3)\n    + NOT NULL  (db/migrations/003_total.sql:2)\n  \
        column fax: extra\n    - text DEFAULT 'none'  (db/schema.sql:4)\n  \
        column state: type\n    - character varying(10)  (db/schema.sql:5)\n    + character varying(20)  (db/migrations/002_note.sql:4)\n  \
        column note: missing\n    + text NOT NULL DEFAULT ''  (db/migrations/002_note.sql:3)\n  \
        constraint orders_total_check: missing\n    + CHECK (total >= 0)  (db/migrations/003_total.sql:2)\n  \
        index orders_total_idx: extra\n    - btree (total)  (db/schema.sql:8)\n\n\
        view big\n  definition\n    - AS SELECT id FROM orders WHERE total > 10  (db/schema.sql:10)\n    \
        + AS SELECT id FROM orders WHERE total > 100  (db/migrations/001_orders.sql:6)\n";
    let repo = drifted();
    // So many differences on so few objects are believed of a file that is named only.
    repo.write("gander.toml", "[[history]]\npath = \"db/migrations\"\ncanonical = [\"db/schema.sql\"]\n");
    let summary = "\n8 differences between db/schema.sql and db/migrations\n";
    assert_eq!(differs(&repo.gander("drift")), format!("{expected}{summary}"));
    assert_eq!(differs(&repo.gander("drift db/schema.sql db/migrations")), format!("{expected}{summary}"));
    assert_eq!(differs(&repo.gander("drift -q")), expected);
    assert_eq!(repo.gander("drift --exit-zero").code, 0);
    let inside = repo.gander_in("db/migrations", "drift ../schema.sql .");
    assert!(differs(&inside).starts_with("--- ../schema.sql\n+++ .\n"), "{}", inside.out);
}

#[test]
fn json_has_both_sides_with_their_places() {
    let repo = drifted();
    let run = repo.gander("drift db/schema.sql db/migrations --output-format json");
    differs(&run);
    assert_eq!(
        found(&run),
        [
            "extra-table gone",
            "column-nullability orders.total",
            "extra-column orders.fax",
            "column-type orders.state",
            "missing-column orders.note",
            "missing-constraint orders.orders_total_check",
            "extra-index orders_total_idx",
            "view-differs big",
        ]
    );
    let document = run.json();
    assert_eq!(document["version"], 1);
    assert_eq!(
        document["comparisons"],
        json!([{"left": "db/schema.sql", "right": "db/migrations", "complete": true, "differences": 8}])
    );
    let (left, right) = ("db/schema.sql", "db/migrations");
    assert_eq!(
        document["differences"][4],
        json!({
            "kind": "missing-column", "object": "orders.note", "left": null, "right": "text NOT NULL DEFAULT ''",
            "path": "db/migrations/002_note.sql", "line": 3,
            "left_source": left, "left_path": left, "left_line": 1,
            "right_source": right, "right_path": "db/migrations/002_note.sql", "right_line": 3
        })
    );
    let extra = &document["differences"][2];
    assert_eq!((&extra["left"], &extra["right"]), (&json!("text DEFAULT 'none'"), &Value::Null));
    assert_eq!((&extra["path"], &extra["line"]), (&json!(left), &json!(4)));
    assert_eq!(document["notes"], json!([]));
}

#[test]
fn sql_makes_the_left_one_into_the_right_one() {
    let repo = Repo::files(&[
        ("a.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, fax text);\n"),
        (
            "b.sql",
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\nCREATE INDEX orders_note ON orders (note);\n",
        ),
    ]);
    let run = repo.gander("drift a.sql b.sql --output-format sql");
    assert_eq!(
        differs(&run),
        "-- makes a.sql into b.sql\nALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN fax;\n\
         CREATE INDEX orders_note ON orders (note);\n"
    );
    assert_eq!(same(&repo.gander("drift a.sql a.sql --output-format sql")), "-- a.sql is a.sql already\n");
}

#[test]
fn what_is_the_same_by_meaning_is_the_same() {
    let repo = Repo::files(&[
        (
            "a.sql",
            "CREATE TABLE t (id serial PRIMARY KEY, a varchar(20) DEFAULT 'x', at timestamptz DEFAULT now(), CHECK (a IN ('x', 'y')));\n",
        ),
        (
            "b.sql",
            "CREATE TABLE public.t (\n    a character varying(20) DEFAULT 'x'::character varying,\n    id integer NOT NULL,\n    \
             at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,\n    \
             CONSTRAINT t_a_check CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])))\n);\n\
             CREATE SEQUENCE public.t_id_seq AS integer OWNED BY public.t.id;\n\
             ALTER TABLE ONLY public.t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq'::regclass);\n\
             ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n",
        ),
    ]);
    assert_eq!(same(&repo.gander("drift a.sql b.sql")), "a.sql and b.sql: nothing differs\n");
    assert_eq!(same(&repo.gander("drift -q a.sql b.sql")), "");
    assert_eq!(found(&repo.gander("drift a.sql b.sql --output-format json")), [""; 0]);
}

#[test]
fn long_texts_show_where_they_part() {
    let function = |middle: &str| {
        let filler = "PERFORM something_or_other();\n".repeat(12);
        format!(
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {filler} {middle} {filler} END $$;\n"
        )
    };
    let repo = Repo::files(&[("a.sql", &function("RAISE 'one';")), ("b.sql", &function("RAISE 'two';"))]);
    let run = repo.gander("drift a.sql b.sql");
    let lines: Vec<&str> =
        differs(&run).lines().filter(|line| line.contains("RAISE")).map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "- …hing_or_other(); RAISE 'one'; PERFORM something_or_…  (a.sql:1)",
            "+ …hing_or_other(); RAISE 'two'; PERFORM something_or_…  (b.sql:1)"
        ]
    );
}

#[test]
fn alone_each_dump_is_held_against_the_schema_file() {
    let toml =
        "[[history]]\npath = \"m\"\ncanonical = [\"schema.sql\"]\ndumps = [\"prod.sql\", \"stage.sql\"]\n";
    let repo = Repo::files(&[
        ("gander.toml", toml),
        ("m/001_orders.sql", ORDERS),
        ("schema.sql", ORDERS),
        (
            "prod.sql",
            "CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE TABLE schema_migrations (version text);\n",
        ),
        ("stage.sql", ORDERS),
    ]);
    let run = repo.gander("drift");
    assert_eq!(
        differs(&run),
        "schema.sql and m: nothing differs\n\n--- prod.sql\n+++ schema.sql\n\ntable orders\n  column total: missing\n    \
         + numeric  (schema.sql:1)\n\n1 difference between prod.sql and schema.sql\nstage.sql and schema.sql: nothing differs\n"
    );
    // Without a schema file the migrations say what there is to be.
    repo.write("gander.toml", toml.replace("canonical = [\"schema.sql\"]\n", ""));
    std::fs::remove_file(repo.root().join("schema.sql")).expect("it is there");
    let run = repo.gander("drift --output-format json");
    assert_eq!(found(&run), ["missing-column orders.total"]);
    assert_eq!(run.json()["differences"][0]["path"], "m/001_orders.sql");
}

#[test]
fn the_sample_project_has_drifted_as_its_readme_says() {
    let repo = Repo::outside();
    repo.copy(&project().join("fixtures/trading"));
    let run = repo.gander("drift --output-format json");
    assert_eq!(found(&run), ["missing-column trades.fee_currency", "missing-index idx_trades_closed_at"]);
    let place = |at: usize| {
        let one = &run.json()["differences"][at];
        (one["path"].as_str().map(str::to_owned), one["line"].as_u64())
    };
    assert_eq!(place(0), (Some("sql/migrations/008_add_fee_currency.sql".to_owned()), Some(7)));
    assert_eq!(place(1), (Some("sql/migrations/009_index_trades_by_close_time.sql".to_owned()), Some(7)));
    // Production is where the schema file is.
    let run = repo.gander("drift sql/schema_production_dump.sql sql/schema.sql");
    assert_eq!(same(&run), "sql/schema_production_dump.sql and sql/schema.sql: nothing differs\n");
}

#[test]
fn where_there_is_nothing_to_compare_it_is_said() {
    let repo = Repo::files(&[("m/001_a.sql", ORDERS), ("m/002_b.sql", "CREATE TABLE b (id int);\n")]);
    failed(
        &repo.gander("drift"),
        &["m: there is no schema file to hold against it", "there is nothing to compare"],
    );
    repo.write(
        "schema.sql",
        "CREATE TABLE x (id int);\nCREATE TABLE y (id int);\nCREATE TABLE z (id int);\n",
    );
    let told = [
        "schema.sql: it is not taken for the schema of m: too much in it differs",
        "there is nothing to compare",
    ];
    failed(&repo.gander("drift"), &told);
    repo.write("gander.toml", "[[history]]\npath = \"m\"\ncanonical = [\"schema.sql\"]\n");
    assert_eq!(repo.gander("drift").code, 1, "whom gander.toml calls canonical is");
}

#[test]
fn sources_that_cannot_be_compared() {
    let repo = Repo::files(&[("a.sql", ORDERS), ("src/main.rs", "fn main() {}\n")]);
    for kind in ["sqlalchemy", "django", "alembic"] {
        let error = repo.gander(&format!("drift {kind}:app a.sql"));
        failed(&error, &[&format!("{kind}:app: `{kind}:` sources are not read yet")]);
    }
    failed(&repo.gander("drift a.sql nowhere.sql"), &["cannot find nowhere.sql"]);
    failed(&repo.gander("drift a.sql src"), &["there are no migrations in src"]);
    failed(&repo.gander("drift a.sql"), &["<B>"]);
    assert_eq!(repo.gander("drift a.sql nowhere.sql").out, "");
}

#[test]
fn the_database_is_what_the_files_say() {
    let lite = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);\n";
    let post = "CREATE TABLE t (id bigserial PRIMARY KEY, a jsonb DEFAULT '{}'::jsonb);\n";
    let plain = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\n";
    let repo = Repo::files(&[
        ("lite.sql", lite),
        ("post.sql", post),
        ("plain.sql", plain),
        ("said.sql", &format!("-- gander: engine=sqlite\n{plain}")),
    ]);
    failed(
        &repo.gander("drift lite.sql post.sql"),
        &["lite.sql is written for SQLite and post.sql for PostgreSQL"],
    );
    failed(&repo.gander("drift said.sql post.sql"), &["cannot be compared", "--engine"]);
    // What says nothing is what the other is. In SQLite the key need not say NOT NULL, and AUTOINCREMENT is a difference.
    assert_eq!(found(&repo.gander("drift plain.sql lite.sql --output-format json")), ["table-differs t"]);
    assert_eq!(same(&repo.gander("drift plain.sql said.sql")), "plain.sql and said.sql: nothing differs\n");
    assert_eq!(found(&repo.gander("drift plain.sql post.sql --output-format json"))[0], "column-type t.id");
    let forced = repo.gander("drift lite.sql post.sql --engine sqlite");
    assert_eq!(forced.code, 1, "{}", forced.err);
    // gander.toml goes before what is assumed.
    let caseless = Repo::files(&[
        ("a.sql", "CREATE TABLE t (id integer, \"A\" integer);\n"),
        ("b.sql", "CREATE TABLE t (id integer, \"a\" integer);\n"),
    ]);
    assert_eq!(caseless.gander("drift a.sql b.sql").code, 1);
    caseless.write("gander.toml", "[[history]]\npath = \"m\"\nengine = \"sqlite\"\n");
    caseless.write("m/001_a.sql", ORDERS);
    assert_eq!(caseless.gander("drift a.sql b.sql").code, 0);
}

#[test]
fn of_a_directory_for_two_databases_the_fitting_half_is_taken() {
    let repo = Repo::files(&[
        ("m/postgres/001_a.sql", "CREATE TABLE t (id bigserial PRIMARY KEY);\n"),
        ("m/postgres/002_b.sql", "ALTER TABLE t ADD COLUMN b jsonb;\n"),
        ("m/sqlite/001_a.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);\n"),
        ("m/sqlite/002_b.sql", "ALTER TABLE t ADD COLUMN b TEXT;\n"),
        ("lite.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT);\n"),
    ]);
    assert_eq!(same(&repo.gander("drift lite.sql m")), "lite.sql and m: nothing differs\n");
    failed(
        &repo.gander("drift m/sqlite m/postgres"),
        &["m/sqlite is written for SQLite and m/postgres for PostgreSQL"],
    );
    repo.write("m/other/001_a.sql", "-- gander: engine=sqlite\nCREATE TABLE u (id INTEGER);\n");
    repo.write("m/other/002_b.sql", "-- gander: engine=sqlite\nCREATE TABLE v (id INTEGER);\n");
    failed(
        &repo.gander("drift lite.sql m"),
        &["there are several histories in m: m/other, m/sqlite", "name one"],
    );
}

#[test]
fn two_directories_and_one_migration() {
    let repo = Repo::files(&[
        ("old/001_a.sql", ORDERS),
        ("old/002_b.sql", "ALTER TABLE orders ADD COLUMN note text;\n"),
        ("new/001_all.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, note text);\n"),
        (
            "db/migrations/20240101000000_a.sql",
            "-- migrate:up\nCREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\n-- migrate:down\nDROP TABLE orders;\n",
        ),
    ]);
    assert_eq!(same(&repo.gander("drift old new")), "old and new: nothing differs\n");
    // Of a migration its way up is taken.
    let run = repo.gander("drift db/migrations/20240101000000_a.sql old/001_a.sql");
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn what_was_not_understood_makes_the_answer_doubtful() {
    let repo = Repo::files(&[
        ("a.sql", ORDERS),
        (
            "b.sql",
            "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\nCREATE TABLE b (id int);\nALTER TABLE orders FROBNICATE;\n",
        ),
    ]);
    let run = repo.gander("drift a.sql b.sql --output-format json");
    failed(&run, &["error: b.sql:3:1: this statement about table `orders` was not understood"]);
    assert_eq!(found(&run), ["missing-table b"], "what is certain is told");
    assert_eq!(run.json()["comparisons"][0]["complete"], false);
    assert_eq!(run.json()["notes"][0]["line"], 3);
    let run = repo.gander("drift b.sql b.sql");
    failed(&run, &["b.sql:3:1"]);
    assert_eq!(run.out, "b.sql and b.sql: nothing differs in what is known of both\n");
    // SQL that is put together when it runs.
    repo.write(
        "b.sql",
        format!(
            "{ORDERS}DO $$ DECLARE go text; BEGIN go := 'DROP TABLE ' || 'orders'; EXECUTE go; END $$;\n"
        ),
    );
    failed(&repo.gander("drift a.sql b.sql"), &["b.sql:2:", "what this statement changes cannot be told"]);
    // What the server would refuse is left out, and said.
    repo.write("b.sql", format!("{ORDERS}{ORDERS}"));
    let run = repo.gander("drift a.sql b.sql");
    assert_eq!(
        (run.code, run.err.as_str()),
        (0, "note: b.sql:2:1: the server would refuse this: table `orders` already exists\n")
    );
    assert_eq!(repo.gander("drift -q a.sql b.sql").err, "");
}

#[test]
fn a_history_that_does_not_begin_at_the_beginning_says_so() {
    let repo = Repo::files(&[
        ("m/001_note.sql", "ALTER TABLE orders ADD COLUMN note text;\n"),
        ("m/002_b.sql", "CREATE TABLE b (id int);\n"),
        (
            "schema.sql",
            "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, note varchar(10));\nCREATE TABLE older (id int);\nCREATE TABLE b (id int);\n",
        ),
    ]);
    let run = repo.gander("drift schema.sql m --output-format json");
    assert_eq!(found(&run), ["column-type orders.note"], "what stood before is nobody's fault");
    assert!(run.err.contains("note: m: it does not begin at the beginning"), "{}", run.err);
    assert_eq!(run.code, 1);
}

#[test]
fn what_is_made_elsewhere_makes_no_difference() {
    let repo = Repo::files(&[
        ("gander.toml", "[[history]]\npath = \"db/migrations\"\nexternal = [\"auth.*\"]\n"),
        (
            "db/migrations/20240101000000_a.sql",
            "-- migrate:up\nCREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\n-- migrate:down\nDROP TABLE orders;\n",
        ),
        (
            "dump.sql",
            &format!(
                "CREATE SCHEMA auth;\nCREATE TABLE auth.users (id int);\nCREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);\n{ORDERS}"
            ),
        ),
    ]);
    assert_eq!(
        same(&repo.gander("drift dump.sql db/migrations")),
        "dump.sql and db/migrations: nothing differs\n"
    );
    assert_eq!(
        same(&repo.gander("drift db/migrations dump.sql")),
        "db/migrations and dump.sql: nothing differs\n"
    );
    // Of two files each says what there is.
    repo.write("plain.sql", ORDERS);
    let run = repo.gander("drift plain.sql dump.sql --output-format json");
    assert_eq!(
        found(&run),
        ["missing-table auth.users", "missing-table schema_migrations", "missing-schema auth"]
    );
    let search = Repo::files(&[
        ("a.sql", "CREATE VIRTUAL TABLE docs USING fts5(body);\n"),
        (
            "b.sql",
            "CREATE VIRTUAL TABLE docs USING fts5(body);\nCREATE TABLE IF NOT EXISTS 'docs_data'(id INTEGER PRIMARY KEY, block BLOB);\n",
        ),
    ]);
    for line in ["drift a.sql b.sql --engine sqlite", "drift b.sql a.sql --engine sqlite"] {
        assert_eq!(search.gander(line).code, 0, "{line}: {}", search.gander(line).out);
    }
}

#[test]
fn two_histories_share_one_schema_file() {
    let toml = "[[history]]\npath = \"shop\"\ncanonical = [\"schema.sql\"]\n\n[[history]]\npath = \"stock\"\ncanonical = [\"schema.sql\"]\n";
    let stock = "CREATE TABLE shelves (id bigint PRIMARY KEY);\n";
    let repo = Repo::files(&[
        ("gander.toml", toml),
        ("schema.sql", &format!("{ORDERS}{stock}")),
        ("shop/001_orders.sql", ORDERS),
        ("stock/001_shelves.sql", stock),
    ]);
    assert_eq!(
        same(&repo.gander("drift")),
        "schema.sql and shop: nothing differs\nschema.sql and stock: nothing differs\n"
    );
}
