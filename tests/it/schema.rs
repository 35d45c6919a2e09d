//! `gander schema`: what it shows of which history, up to which migration, in which form, and what it says that it does not know.

use serde_json::{Value, json};

use crate::support::postgres::fresh_database;
use crate::support::repo::{Repo, Run};

const FIRST: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(10,2) NOT NULL DEFAULT 0);\n";
const SECOND: &str = "CREATE TABLE items (\n    order_id bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,\n    \
                      at integer,\n    sku text UNIQUE,\n    PRIMARY KEY (order_id, at)\n);\n\
                      CREATE INDEX items_sku ON items (lower(sku)) WHERE sku IS NOT NULL;\n";
const THIRD: &str =
    "ALTER TABLE orders ADD COLUMN note text;\nCOMMENT ON COLUMN orders.note IS 'free text';\n";

fn shop() -> Repo {
    Repo::files(&[
        ("db/migrations/001_orders.sql", FIRST),
        ("db/migrations/002_items.sql", SECOND),
        ("db/migrations/003_note.sql", THIRD),
    ])
}

/// What was printed, where all went well.
fn printed(run: &Run) -> &str {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
    &run.out
}

fn failed(run: &Run, said: &[&str]) {
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{run:?}");
    for words in said {
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
}

#[test]
fn sql_builds_the_schema_under_a_line_that_names_the_history() {
    let expected = "-- db/migrations: plain for postgres\n\n\
         CREATE TABLE items (\n    order_id bigint NOT NULL,\n    at integer NOT NULL,\n    sku text,\n    \
         CONSTRAINT items_pkey PRIMARY KEY (order_id, at),\n    CONSTRAINT items_sku_key UNIQUE (sku)\n);\n\n\
         CREATE TABLE orders (\n    id bigint NOT NULL,\n    total numeric(10,2) DEFAULT 0 NOT NULL,\n    note text,\n    \
         CONSTRAINT orders_pkey PRIMARY KEY (id)\n);\n\n\
         CREATE INDEX items_sku ON items (lower(sku)) WHERE sku IS NOT NULL;\n\n\
         ALTER TABLE items ADD CONSTRAINT items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;\n\n\
         COMMENT ON COLUMN orders.note IS 'free text';\n";
    let repo = shop();
    for line in ["schema", "schema db", "schema db/migrations", "schema db/migrations/002_items.sql"] {
        assert_eq!(printed(&repo.gander(line)), expected, "{line}");
    }
    let inside = repo.gander_in("db", "schema migrations");
    assert_eq!(printed(&inside), expected.replace("db/migrations", "migrations"));
}

#[test]
fn at_stops_at_a_migration_however_it_is_named() {
    let repo = shop();
    let names = [
        "002",
        "2",
        "v2",
        "002_items.sql",
        "002_items",
        "db/migrations/002_items.sql",
        "./db/migrations/002_items.sql",
    ];
    for at in names {
        let run = repo.gander(&format!("schema --at {at}"));
        let out = printed(&run);
        assert!(
            out.starts_with("-- db/migrations: plain for postgres, after db/migrations/002_items.sql\n"),
            "{at}: {out}"
        );
        assert!(out.contains("CREATE TABLE items") && !out.contains("note"), "{at}: {out}");
    }
    let inside = repo.gander_in("db/migrations", "schema --at 001_orders.sql --output-format json");
    let tables = &serde_json::from_str::<Value>(printed(&inside)).expect("JSON")["histories"][0]["tables"];
    assert_eq!((tables[0]["name"].as_str(), tables.as_array().map(Vec::len)), (Some("orders"), Some(1)));
}

#[test]
fn a_migration_in_a_directory_of_its_own_is_named_by_it() {
    let repo = Repo::files(&[
        ("prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n"),
        ("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"),
        ("prisma/migrations/20240101000000_orders/migration.sql", FIRST),
        ("prisma/migrations/20240102000000_items/migration.sql", SECOND),
    ]);
    for at in ["20240101000000", "20240101000000_orders", "prisma/migrations/20240101000000_orders"] {
        let run = repo.gander(&format!("schema --at {at}"));
        let out = printed(&run);
        assert!(out.starts_with("-- prisma/migrations: prisma for postgres, after prisma/migrations/20240101000000_orders/migration.sql\n"), "{at}: {out}");
        assert!(out.contains("CREATE TABLE orders") && !out.contains("items"), "{at}: {out}");
    }
    failed(&repo.gander("schema --at migration"), &["there is no migration `migration`"]);
}

#[test]
fn a_migration_that_is_not_there_is_asked_about() {
    let repo = shop();
    let error = repo.gander("schema --at 003_notes.sql");
    failed(&error, &["there is no migration `003_notes.sql`", "as in 003_note.sql"]);
    failed(&repo.gander("schema --at 17"), &["there is no migration `17`", "001_orders.sql"]);
    failed(&repo.gander("schema nowhere"), &["cannot find nowhere"]);
    repo.write("dump.sql", FIRST);
    failed(&repo.gander("schema dump.sql --at 1"), &["dump.sql is no migration"]);
    let empty = Repo::files(&[("src/main.rs", "fn main() {}\n")]);
    failed(&empty.gander("schema"), &["there are no migrations here"]);
    failed(&empty.gander("schema src"), &["there are no migrations in src"]);
}

#[test]
fn a_sql_file_that_is_no_migration_is_read_as_it_is() {
    let repo = shop();
    repo.write("db/schema.sql", "CREATE TABLE only_here (id int);\n");
    let run = repo.gander("schema db/schema.sql");
    assert_eq!(printed(&run), "-- db/schema.sql: postgres\n\nCREATE TABLE only_here (\n    id integer\n);\n");
}

#[test]
fn json_to_the_letter() {
    let repo = shop();
    repo.write("db/migrations/004_rest.sql", "CREATE VIEW big AS SELECT id FROM orders WHERE total > 100;\nCREATE TYPE mood AS ENUM ('sad', 'ok');\n");
    let document: Value =
        serde_json::from_str(printed(&repo.gander("schema --output-format json"))).expect("JSON");
    let column = |name: &str, ty: &str, nullable: bool, default: Value, comment: Value, at: (&str, u32)| {
        json!({
            "name": name, "type": ty, "nullable": nullable, "default": default, "identity": null, "generated": null,
            "collation": null, "comment": comment, "path": at.0, "line": at.1
        })
    };
    let (one, two) = ("db/migrations/001_orders.sql", "db/migrations/002_items.sql");
    let history = &document["histories"][0];
    assert_eq!(document["version"], 1);
    assert_eq!(document["histories"].as_array().map(Vec::len), Some(1));
    let plain = [
        "path",
        "tool",
        "engine",
        "at",
        "complete",
        "notes",
        "sequences",
        "functions",
        "triggers",
        "policies",
        "rules",
        "others",
    ];
    let shown: Vec<&Value> = plain.iter().map(|key| &history[*key]).collect();
    assert_eq!(
        json!(shown),
        json!(["db/migrations", "plain", "postgres", null, true, [], [], [], [], [], [], []])
    );
    assert_eq!(
        history["tables"],
        json!([
            {
                "name": "items", "complete": true, "options": "",
                "columns": [
                    column("order_id", "bigint", false, Value::Null, Value::Null, (two, 2)),
                    column("at", "integer", false, Value::Null, Value::Null, (two, 3)),
                    column("sku", "text", true, Value::Null, Value::Null, (two, 4)),
                ],
                "primary_key": ["order_id", "at"],
                "constraints": [
                    {
                        "name": "items_pkey", "type": "primary key", "columns": ["order_id", "at"], "references": null,
                        "definition": "PRIMARY KEY (order_id, at)", "validated": true, "comment": null, "path": two, "line": 5
                    },
                    {
                        "name": "items_sku_key", "type": "unique", "columns": ["sku"], "references": null,
                        "definition": "UNIQUE (sku)", "validated": true, "comment": null, "path": two, "line": 4
                    },
                    {
                        "name": "items_order_id_fkey", "type": "foreign key", "columns": ["order_id"],
                        "references": {"table": "orders", "columns": ["id"]},
                        "definition": "FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE", "validated": true,
                        "comment": null, "path": two, "line": 2
                    },
                ],
                "indexes": [{
                    "name": "items_sku", "unique": false, "method": "btree", "keys": ["lower(sku)"], "include": [],
                    "where": "sku IS NOT NULL", "definition": "btree (lower(sku)) WHERE (sku IS NOT NULL)", "comment": null,
                    "path": two, "line": 7
                }],
                "comment": null, "path": two, "line": 1
            },
            {
                "name": "orders", "complete": true, "options": "",
                "columns": [
                    column("id", "bigint", false, Value::Null, Value::Null, (one, 1)),
                    column("total", "numeric(10,2)", false, json!("0"), Value::Null, (one, 1)),
                    column("note", "text", true, Value::Null, json!("free text"), ("db/migrations/003_note.sql", 1)),
                ],
                "primary_key": ["id"],
                "constraints": [{
                    "name": "orders_pkey", "type": "primary key", "columns": ["id"], "references": null,
                    "definition": "PRIMARY KEY (id)", "validated": true, "comment": null, "path": one, "line": 1
                }],
                "indexes": [], "comment": null, "path": one, "line": 1
            }
        ])
    );
    let rest = "db/migrations/004_rest.sql";
    assert_eq!(
        history["views"],
        json!([{
            "name": "big", "materialized": false, "columns": [{"name": "id", "type": "bigint"}],
            "query": "SELECT id FROM orders WHERE total > 100", "indexes": [], "comment": null, "path": rest, "line": 1
        }])
    );
    assert_eq!(
        history["types"],
        json!([{
            "name": "mood", "kind": "enum", "labels": ["sad", "ok"], "attributes": [], "definition": "ENUM ('sad', 'ok')",
            "comment": null, "path": rest, "line": 2
        }])
    );
}

#[test]
fn mermaid_shows_keys_and_how_many_rows_there_are_to_one() {
    let repo = shop();
    // Names that its lexer takes for something else, or not at all.
    repo.write(
        "db/migrations/004_odd.sql",
        "CREATE TABLE \"class %\" (pk int PRIMARY KEY REFERENCES orders, \"a b\" text);\n",
    );
    let expected = "erDiagram\n    \
        %% db/migrations: plain for postgres\n    \
        \"class _\" {\n        integer _pk PK, FK \"pk\"\n        text a_b \"a b\"\n    }\n    \
        \"items\" {\n        bigint order_id PK, FK\n        integer at PK\n        text sku UK\n    }\n    \
        \"orders\" {\n        bigint id PK\n        numeric(10_2) total \"numeric(10,2)\"\n        text note\n    }\n    \
        \"orders\" ||--o| \"class _\" : \"pk\"\n    \
        \"orders\" ||--o{ \"items\" : \"order_id\"\n";
    assert_eq!(printed(&repo.gander("schema --output-format mermaid")), expected);
    let optional = Repo::files(&[(
        "a.sql",
        "CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a, one int UNIQUE REFERENCES a, two int NOT NULL REFERENCES a);\n",
    )]);
    let run = optional.gander("schema a.sql --output-format mermaid");
    let lines: Vec<&str> = printed(&run).lines().filter(|line| line.contains(" : ")).map(str::trim).collect();
    assert_eq!(
        lines,
        ["\"a\" |o..o{ \"a\" : \"up\"", "\"a\" |o..o| \"a\" : \"one\"", "\"a\" ||..o{ \"a\" : \"two\""]
    );
}

#[test]
fn several_histories_stand_one_below_the_other() {
    let repo = shop();
    let lite = "CREATE TABLE cache (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID;\n";
    repo.write("local/sqlite/001_cache.sql", lite);
    repo.write("local/sqlite/002_more.sql", "CREATE TABLE more (id INTEGER PRIMARY KEY AUTOINCREMENT);\n");
    let run = repo.gander("schema");
    let heads: Vec<&str> = printed(&run).lines().filter(|line| line.starts_with("--")).collect();
    assert_eq!(heads, ["-- db/migrations: plain for postgres", "-- local/sqlite: plain for sqlite"]);
    let json: Value =
        serde_json::from_str(printed(&repo.gander("schema --output-format json"))).expect("JSON");
    let paths: Vec<&str> =
        json["histories"].as_array().expect("a list").iter().filter_map(|one| one["path"].as_str()).collect();
    assert_eq!(paths, ["db/migrations", "local/sqlite"]);
    // Only those that have the migration.
    let one = repo.gander("schema --at 003");
    assert_eq!(printed(&one).lines().filter(|line| line.starts_with("-- ")).count(), 1);
}

#[test]
fn what_is_printed_for_sqlite_says_so_and_is_read_back() {
    let repo = Repo::files(&[
        (
            "m/001_a.sql",
            "-- gander: engine=sqlite\nCREATE TABLE a (id INTEGER PRIMARY KEY, b, c TEXT DEFAULT 'x' CHECK (c <> ''));\n",
        ),
        (
            "m/002_b.sql",
            "-- gander: engine=sqlite\nCREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; END;\n",
        ),
    ]);
    let run = repo.gander("schema");
    let out = printed(&run);
    assert!(out.starts_with("-- gander: engine=sqlite\n-- m: plain for sqlite\n"), "{out}");
    repo.write("printed.sql", out);
    let drift = repo.gander("drift printed.sql m");
    assert_eq!(
        (drift.code, drift.out.as_str()),
        (0, "printed.sql and m: nothing differs\n"),
        "{}",
        drift.err
    );
}

#[test]
fn what_is_not_known_is_said_in_every_form() {
    let repo = Repo::files(&[
        ("m/001_a.sql", "ALTER TABLE old ADD COLUMN note text;\n"),
        ("m/002_b.sql", "CREATE TABLE a (id int);\n\nALTER TABLE a FROBNICATE;\nCREATE TABLE a (id int);\n"),
    ]);
    let said = [
        "m: it does not begin at the beginning: what stood before is not known",
        "m/002_b.sql:3:1: this statement about table `a` was not understood: expected ",
        "m/002_b.sql:4:1: the server would refuse this: table `a` already exists",
        "m: of 2 tables only a part is known: a, old",
    ];
    for (format, mark) in [("sql", "-- note: "), ("mermaid", "%% note: ")] {
        let run = repo.gander(&format!("schema --output-format {format}"));
        for words in said {
            let line = format!("{mark}{words}");
            assert!(printed(&run).contains(&line), "{line}: {}", run.out);
        }
    }
    let json: Value =
        serde_json::from_str(printed(&repo.gander("schema --output-format json"))).expect("JSON");
    let history = &json["histories"][0];
    assert_eq!(history["complete"], false);
    let notes = history["notes"].as_array().expect("a list");
    let note = |path: &str, line: Option<u32>| {
        notes.iter().any(|note| note["path"] == path && note["line"] == json!(line))
    };
    assert!(note("m", None) && note("m/002_b.sql", Some(3)) && note("m/002_b.sql", Some(4)), "{notes:?}");
    let open: Vec<(&str, bool)> = history["tables"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|table| Some((table["name"].as_str()?, table["complete"].as_bool()?)))
        .collect();
    assert_eq!(open, [("a", false), ("old", false)]);
}

#[test]
fn migrations_in_other_languages_are_told() {
    let go = "package migrations\n\nimport \"github.com/pressly/goose/v3\"\n\nfunc init() { goose.AddMigration(up, down) }\n";
    let repo = Repo::files(&[
        ("m/00001_a.sql", "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n"),
        ("m/00002_b.go", go),
    ]);
    let run = repo.gander("schema");
    assert!(
        printed(&run).contains("-- note: m/00002_b.go: this migration is no SQL and was not read\n"),
        "{}",
        run.out
    );
    let before = repo.gander("schema --at 00001");
    assert!(!printed(&before).contains("note"), "it runs later: {}", before.out);
}

#[test]
fn what_a_baseline_says_stood_before() {
    let repo = Repo::files(&[
        ("gander.toml", "[[history]]\npath = \"m\"\nbaseline = [\"base.sql\"]\n"),
        ("base.sql", "CREATE TABLE old (id int);\n"),
        ("m/001_a.sql", "ALTER TABLE old ADD COLUMN note text;\n"),
    ]);
    let run = repo.gander("schema");
    assert_eq!(
        printed(&run),
        "-- m: plain for postgres\n\nCREATE TABLE old (\n    id integer,\n    note text\n);\n"
    );
    repo.write("base.sql", "CREATE TABLE old (id int);\nALTER TABLE old FROBNICATE;\n");
    let run = repo.gander("schema");
    assert!(printed(&run).contains("-- note: base.sql:2:1: this statement about table `old`"), "{}", run.out);
}

#[test]
fn databases_that_gander_does_not_write_for_are_refused() {
    let repo = Repo::files(&[(
        "migrations/mysql/001_a.sql",
        "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;\n",
    )]);
    failed(&repo.gander("schema migrations/mysql"), &["migrations/mysql is for MySQL", "json and mermaid"]);
    failed(&repo.gander("schema migrations/mysql/001_a.sql"), &["migrations/mysql is for MySQL"]);
    repo.write("migrations/postgres/001_a.sql", "CREATE TABLE a (id bigserial);\n");
    repo.write("migrations/postgres/002_b.sql", "CREATE TABLE b (id bigserial);\n");
    let both = repo.gander("schema");
    let said = "-- migrations/mysql: plain for mysql\n-- note: migrations/mysql: gander writes no SQL for MySQL: ask for json or mermaid\n";
    assert!(printed(&both).starts_with(said) && both.out.contains("CREATE TABLE b"), "{}", both.out);
    assert!(printed(&repo.gander("schema migrations/mysql --output-format mermaid")).contains("int id PK"));
    let foreign = Repo::files(&[(
        "clickhouse/001_a.sql",
        "CREATE TABLE a (id UInt8) ENGINE = MergeTree ORDER BY id;\n",
    )]);
    failed(&foreign.gander("schema clickhouse"), &["clickhouse is written for ClickHouse"]);
    foreign.write(
        "clickhouse/migrations/001_a.sql",
        "CREATE TABLE a (id UInt8) ENGINE = MergeTree ORDER BY id;\n",
    );
    foreign.write("postgres/migrations/001_a.sql", "CREATE TABLE a (id bigserial);\n");
    let others = foreign.gander("schema");
    assert_eq!(
        (others.code, others.out.contains("-- postgres/migrations: plain for postgres\n")),
        (0, true),
        "{others:?}"
    );
    assert!(
        others.err.starts_with("note: clickhouse/migrations is written for ClickHouse"),
        "{}",
        others.err
    );
}

/// A name that begins a comment would hide whatever follows it.
#[test]
fn names_of_any_kind_are_read_back() {
    let text = "CREATE DOMAIN \"*/*\" AS bytea;\nCREATE TYPE \"my-type\" AS ENUM ('a');\nCREATE DOMAIN \"Mixed\" AS text;\n\
                CREATE TABLE \"odd -- table\" (a \"*/*\", b \"my-type\"[], c \"Mixed\", d \"char\", e char, \"select\" int);\n\
                CREATE FUNCTION f(\"the key\" integer) RETURNS \"*/*\" LANGUAGE sql AS 'SELECT NULL::\"*/*\"';\n\
                CREATE VIEW \"Last\" AS SELECT \"select\" FROM \"odd -- table\";\n";
    let repo = Repo::files(&[("a.sql", text)]);
    let run = repo.gander("schema a.sql");
    repo.write("b.sql", printed(&run));
    assert!(!run.out.contains("-- not written"), "{}", run.out);
    let drift = repo.gander("drift a.sql b.sql");
    assert_eq!((drift.code, drift.out.as_str()), (0, "a.sql and b.sql: nothing differs\n"), "{}", drift.err);
    fresh_database().run_file_text(&run.out).unwrap_or_else(|error| panic!("{error}\n{}", run.out));
}
