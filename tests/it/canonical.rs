//! The canonical schema file: what is held against it, and what the fix writes into it.

use crate::support::postgres::fresh_database;
use crate::support::repo::Repo;

const RULES: &str = "--select canonical-not-updated,migration-missing";

/// A schema file, a migration that it does not know yet, and the file as the fix leaves it.
struct Case {
    name: &'static str,
    schema: &'static str,
    migration: &'static str,
    fixed: &'static str,
}

const CASES: &[Case] = &[
    Case {
        name: "a comment behind the last column stays with it",
        schema: "CREATE TABLE a (\n    id bigint PRIMARY KEY, -- the key\n    total numeric -- with taxes\n);\n",
        migration: "ALTER TABLE a ADD COLUMN note text;",
        fixed: "CREATE TABLE a (\n    id bigint PRIMARY KEY, -- the key\n    total numeric, -- with taxes\n    note text\n);\n",
    },
    Case {
        name: "commas that lead, in small letters",
        schema: "create table a (\n    id bigint primary key\n  , total numeric -- with taxes\n);\n",
        migration: "ALTER TABLE a ADD COLUMN note TEXT DEFAULT 'x' NOT NULL;",
        fixed: "create table a (\n    id bigint primary key\n  , total numeric -- with taxes\n  , note text default 'x' not null\n);\n",
    },
    Case {
        name: "commas that lead a constraint below the only column",
        schema: "CREATE TABLE a (\n    id bigint\n    , CONSTRAINT a_pkey PRIMARY KEY (id)\n);\n",
        migration: "ALTER TABLE a ADD COLUMN note text;",
        fixed: "CREATE TABLE a (\n    id bigint\n    , note text\n    , CONSTRAINT a_pkey PRIMARY KEY (id)\n);\n",
    },
    Case {
        name: "a table on one line",
        schema: "CREATE TABLE a (id bigint PRIMARY KEY, total numeric);",
        migration: "ALTER TABLE a ADD COLUMN note text;",
        fixed: "CREATE TABLE a (id bigint PRIMARY KEY, total numeric, note text);",
    },
    Case {
        name: "a bracket that closes behind the last column",
        schema: "CREATE TABLE a (id bigint PRIMARY KEY,\n                total numeric);\n",
        migration: "ALTER TABLE a ADD COLUMN note text;",
        fixed: "CREATE TABLE a (id bigint PRIMARY KEY,\n                total numeric,\n                note text);\n",
    },
    Case {
        name: "types below each other, in capitals",
        schema: "CREATE TABLE a (\n  id      BIGINT PRIMARY KEY,\n  total   NUMERIC\n);\n",
        migration: "alter table a add column note varchar(20) not null default 'x';",
        fixed: "CREATE TABLE a (\n  id      BIGINT PRIMARY KEY,\n  total   NUMERIC,\n  note    VARCHAR(20) NOT NULL DEFAULT 'x'\n);\n",
    },
    Case {
        name: "line ends of Windows",
        schema: "CREATE TABLE a (\r\n    id bigint PRIMARY KEY\r\n);\r\n",
        migration: "ALTER TABLE a ADD COLUMN note text;\nCREATE INDEX a_note_idx\n    ON a (note);",
        fixed: "CREATE TABLE a (\r\n    id bigint PRIMARY KEY,\r\n    note text\r\n);\r\nCREATE INDEX a_note_idx\r\n    ON a (note);\r\n",
    },
    Case {
        name: "a byte order mark",
        schema: "\u{feff}CREATE TABLE a (\n    id bigint PRIMARY KEY\n);\n",
        migration: "ALTER TABLE a ADD COLUMN note text;",
        fixed: "\u{feff}CREATE TABLE a (\n    id bigint PRIMARY KEY,\n    note text\n);\n",
    },
    Case {
        name: "a column that became what it is in steps",
        schema: "CREATE TABLE a (\n    id bigint PRIMARY KEY\n);\n",
        migration: "ALTER TABLE a ADD COLUMN note varchar(10);\nALTER TABLE a ALTER COLUMN note TYPE text;\n\
                    ALTER TABLE a ALTER COLUMN note SET DEFAULT 'x';\nUPDATE a SET note = 'x' WHERE note IS NULL;\n\
                    ALTER TABLE a ALTER COLUMN note SET NOT NULL;",
        fixed: "CREATE TABLE a (\n    id bigint PRIMARY KEY,\n    note text NOT NULL DEFAULT 'x'\n);\n",
    },
    Case {
        name: "a default that only filled the column",
        schema: "CREATE TABLE a (\n    id bigint PRIMARY KEY\n);\n",
        migration: "ALTER TABLE a ADD COLUMN note text NOT NULL DEFAULT ('x' || 'y') CHECK (note <> '');\n\
                    ALTER TABLE a ALTER COLUMN note DROP DEFAULT;",
        fixed: "CREATE TABLE a (\n    id bigint PRIMARY KEY,\n    note text NOT NULL CHECK (note <> '')\n);\n",
    },
    Case {
        name: "a column that was renamed at once",
        schema: "CREATE TABLE a (\n    id bigint PRIMARY KEY\n);\n",
        migration: "ALTER TABLE a ADD COLUMN remark text DEFAULT 'x';\nALTER TABLE a RENAME COLUMN remark TO note;",
        fixed: "CREATE TABLE a (\n    id bigint PRIMARY KEY,\n    note text DEFAULT 'x'\n);\n",
    },
    Case {
        name: "two columns and a reference",
        schema: "CREATE TABLE a (\n    id bigint PRIMARY KEY\n);\n\nCREATE TABLE b (\n    id bigint PRIMARY KEY\n);\n",
        migration: "ALTER TABLE b\n    ADD COLUMN a_id bigint\n        REFERENCES a (id) ON DELETE SET NULL, -- may be gone\n    ADD COLUMN seen timestamptz DEFAULT now();",
        fixed: "CREATE TABLE a (\n    id bigint PRIMARY KEY\n);\n\nCREATE TABLE b (\n    id bigint PRIMARY KEY,\n    \
                a_id bigint REFERENCES a (id) ON DELETE SET NULL,\n    seen timestamptz DEFAULT now()\n);\n",
    },
    Case {
        name: "a table that took shape in several statements, above the history of versions",
        schema: "BEGIN;\n\nCREATE TABLE IF NOT EXISTS a (\n    id bigint PRIMARY KEY\n);\n\nCOMMIT;\n\n-- Version 1.0.0 (2025-01-01)\n",
        migration: "CREATE TABLE b (\n    id serial,\n    old text,\n    a_id bigint -- whose\n);\nALTER TABLE b DROP COLUMN old;\n\
                    ALTER TABLE b ADD COLUMN note text;\nALTER TABLE b ALTER COLUMN a_id SET NOT NULL;\n\
                    ALTER TABLE b ADD CONSTRAINT b_pkey PRIMARY KEY (id);\n\
                    ALTER TABLE b ADD CONSTRAINT b_a_fk FOREIGN KEY (a_id) REFERENCES a (id) NOT VALID;\n\
                    ALTER TABLE b VALIDATE CONSTRAINT b_a_fk;\n\
                    CREATE INDEX CONCURRENTLY b_a_idx ON b (a_id);",
        fixed: "BEGIN;\n\nCREATE TABLE IF NOT EXISTS a (\n    id bigint PRIMARY KEY\n);\n\n\
                CREATE TABLE IF NOT EXISTS b (\n    id serial,\n    a_id bigint NOT NULL, -- whose\n    note text\n);\n\
                ALTER TABLE b ADD CONSTRAINT b_pkey PRIMARY KEY (id);\n\
                ALTER TABLE b ADD CONSTRAINT b_a_fk FOREIGN KEY (a_id) REFERENCES a (id);\n\
                CREATE INDEX IF NOT EXISTS b_a_idx ON b (a_id);\n\nCOMMIT;\n\n-- Version 1.0.0 (2025-01-01)\n",
    },
    Case {
        name: "a dump, where everything is called by its whole name",
        schema: "SET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n\n\
                 --\n-- Name: a; Type: TABLE\n--\n\nCREATE TABLE public.a (\n    id bigint NOT NULL,\n    number text\n);\n\n\
                 ALTER TABLE ONLY public.a\n    ADD CONSTRAINT a_pkey PRIMARY KEY (id);\n\n\
                 --\n-- Name: a_number_idx; Type: INDEX\n--\n\nCREATE INDEX a_number_idx ON public.a USING btree (number);\n",
        migration: "ALTER TABLE a ADD COLUMN note text;\nCREATE INDEX IF NOT EXISTS a_note_idx ON a (note);\nCREATE TABLE b (id bigint PRIMARY KEY);",
        fixed: "SET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n\n\
                --\n-- Name: a; Type: TABLE\n--\n\nCREATE TABLE public.a (\n    id bigint NOT NULL,\n    number text,\n    note text\n);\n\n\
                ALTER TABLE ONLY public.a\n    ADD CONSTRAINT a_pkey PRIMARY KEY (id);\n\n\
                --\n-- Name: a_number_idx; Type: INDEX\n--\n\nCREATE INDEX a_number_idx ON public.a USING btree (number);\n\
                CREATE INDEX a_note_idx ON public.a (note);\n\nCREATE TABLE public.b (id bigint PRIMARY KEY);\n",
    },
    Case {
        name: "an index on a column that is added further down",
        schema: "CREATE TABLE a (\n    id bigint PRIMARY KEY\n);\n\nCREATE INDEX a_id_idx ON a (id);\n\nCREATE TABLE b (\n    id bigint PRIMARY KEY\n);\n\n\
                 ALTER TABLE a ADD COLUMN note text;\n",
        migration: "CREATE INDEX a_note_idx ON a (note) WHERE note IS NOT NULL;",
        fixed: "CREATE TABLE a (\n    id bigint PRIMARY KEY\n);\n\nCREATE INDEX a_id_idx ON a (id);\n\nCREATE TABLE b (\n    id bigint PRIMARY KEY\n);\n\n\
                ALTER TABLE a ADD COLUMN note text;\n\nCREATE INDEX a_note_idx ON a (note) WHERE note IS NOT NULL;\n",
    },
    Case {
        name: "no semicolon and no line end at the end",
        schema: "CREATE TABLE a (id bigint PRIMARY KEY)",
        migration: "CREATE TABLE b (id bigint PRIMARY KEY);",
        fixed: "CREATE TABLE a (id bigint PRIMARY KEY);\n\nCREATE TABLE b (id bigint PRIMARY KEY);",
    },
];

/// A project whose first migration is the schema file, with a second one that the file does not know.
fn project(case: &Case) -> Repo {
    let repo = Repo::on_branch(&[
        ("gander.toml", "[[history]]\npath = \"migrations\"\ncanonical = [\"schema.sql\"]\n"),
        ("schema.sql", case.schema),
        ("migrations/001_first.sql", case.schema),
    ]);
    repo.write("migrations/002_change.sql", case.migration);
    repo
}

#[test]
fn the_fix_writes_in_the_style_of_the_file_and_not_a_byte_more() {
    let mut wrong = Vec::new();
    for case in CASES {
        let repo = project(case);
        let fixed = repo.gander(&format!("lint --fix {RULES}"));
        let text = repo.text("schema.sql");
        if text != case.fixed || fixed.code != 0 {
            wrong.push(format!("{}: {}{}\n{text}", case.name, fixed.out, fixed.err));
            continue;
        }
        let before = repo.snapshot();
        assert_eq!(repo.gander(&format!("lint --fix {RULES}")).code, 0, "{}", case.name);
        assert_eq!(repo.snapshot(), before, "{}: a second run changes nothing", case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_the_fix_writes_builds_what_the_migrations_build() {
    for case in CASES {
        let (migrated, fresh) = (fresh_database(), fresh_database());
        let run = |database: &crate::support::postgres::Database, text: &str| {
            // A dump leaves the search path empty, which ends with its session.
            database
                .run_file_text(text.trim_start_matches('\u{feff}'))
                .unwrap_or_else(|error| panic!("{}: {error}\n{text}", case.name));
        };
        run(&migrated, case.schema);
        run(&migrated, case.migration);
        run(&fresh, case.fixed);
        assert_eq!(fresh.dump_schema(), migrated.dump_schema(), "{}", case.name);
    }
}

#[test]
fn what_cannot_be_written_safely_is_only_told() {
    let cases = [
        (
            "CREATE TABLE b (id bigint PRIMARY KEY);\nCREATE TABLE a (LIKE b INCLUDING ALL);\n",
            "ALTER TABLE a ADD COLUMN note text;",
        ),
        (
            "DO $$ BEGIN\n    CREATE TABLE a (id bigint PRIMARY KEY);\nEND $$;\n",
            "ALTER TABLE a ADD COLUMN note text;",
        ),
    ];
    let table = "CREATE TABLE a (id bigint PRIMARY KEY);\n";
    let cases = cases.into_iter().chain([(table, "ALTER TABLE a ADD COLUMN note text DEFAULT '${note}';")]);
    for (schema, migration) in cases {
        let repo = Repo::on_branch(&[("schema.sql", schema), ("migrations/001_first.sql", schema)]);
        repo.write("migrations/002_change.sql", migration);
        assert_eq!(
            repo.lint(&format!("--fix {RULES}")),
            ["migrations/002_change.sql canonical-not-updated"],
            "{schema}"
        );
        assert_eq!(repo.text("schema.sql"), schema);
    }
}

const FIRST: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\nCREATE TABLE carts (id bigint PRIMARY KEY);\n";

#[test]
fn what_the_base_branch_differed_in_is_not_told_again() {
    // The file never had orders.total, and has orders.fax that nothing makes.
    let schema = "CREATE TABLE orders (id bigint PRIMARY KEY, fax text);\nCREATE TABLE carts (id bigint PRIMARY KEY);\n";
    let repo = Repo::on_branch(&[("schema.sql", schema), ("migrations/001_first.sql", FIRST)]);
    assert_eq!(repo.lint(RULES), [""; 0]);
    repo.write("migrations/002_note.sql", "ALTER TABLE orders ADD COLUMN note text;\n");
    assert_eq!(repo.lint(RULES), ["migrations/002_note.sql canonical-not-updated"]);
    // The schema file stands on the base branch; written it may be all the same.
    assert_eq!(repo.gander(&format!("lint --fix {RULES}")).code, 0);
    let fixed = "CREATE TABLE orders (id bigint PRIMARY KEY, fax text, note text);\nCREATE TABLE carts (id bigint PRIMARY KEY);\n";
    assert_eq!(repo.text("schema.sql"), fixed);
    // Who asks for everything is told everything.
    let all = ["migrations/001_first.sql canonical-not-updated", "schema.sql migration-missing"];
    assert_eq!(repo.lint(&format!("--all {RULES}")), all);
}

#[test]
fn a_schema_file_that_is_edited_alone_is_told_when_it_is_staged() {
    let repo = Repo::on_branch(&[("schema.sql", FIRST), ("migrations/001_first.sql", FIRST)]);
    let edited = FIRST.replace("total numeric", "total numeric NOT NULL, note text");
    repo.write("schema.sql", edited);
    assert_eq!(repo.lint(&format!("--staged {RULES}")), [""; 0], "it is not staged");
    repo.git("add schema.sql");
    assert_eq!(
        repo.lint(&format!("--staged {RULES}")),
        ["schema.sql migration-missing", "schema.sql migration-missing"]
    );
    let report = repo.gander(&format!("lint --output-format json {RULES}")).json();
    let written: Vec<&str> =
        (0..2).filter_map(|i| report["findings"][i]["fix"]["new_files"][0]["text"].as_str()).collect();
    assert_eq!(
        written,
        [
            "ALTER TABLE orders ALTER COLUMN total SET NOT NULL;\n",
            "ALTER TABLE orders ADD COLUMN note text;\n"
        ]
    );
    assert_eq!(report["findings"][1]["fix"]["new_files"][0]["path"], "migrations/002_add_orders_note.sql");
    assert_eq!(report["findings"][1]["fix"]["safety"], "show");
    repo.write(
        "migrations/002_note.sql",
        "ALTER TABLE orders ADD COLUMN note text, ALTER COLUMN total SET NOT NULL;\n",
    );
    repo.git("add .");
    assert_eq!(repo.lint(&format!("--staged {RULES}")), [""; 0]);
}

#[test]
fn what_is_taken_out_of_the_schema_file_alone_is_told_where_it_was_made() {
    let repo = Repo::on_branch(&[("schema.sql", FIRST), ("migrations/001_first.sql", FIRST)]);
    repo.write("schema.sql", FIRST.replace(", total numeric", ""));
    assert_eq!(repo.lint(RULES), ["migrations/001_first.sql canonical-not-updated"]);
    let dropped = "ALTER TABLE orders DROP COLUMN total;\n";
    repo.write("migrations/002_total.sql", dropped);
    assert_eq!(repo.lint(RULES), [""; 0]);
}

#[test]
fn two_histories_share_one_schema_file() {
    let toml = "[[history]]\npath = \"shop\"\ncanonical = [\"schema.sql\"]\n\n[[history]]\npath = \"stock\"\ncanonical = [\"schema.sql\"]\n";
    let (shop, stock) =
        ("CREATE TABLE orders (id bigint PRIMARY KEY);\n", "CREATE TABLE shelves (id bigint PRIMARY KEY);\n");
    let repo = Repo::files(&[
        ("gander.toml", toml),
        ("schema.sql", &format!("{shop}{stock}")),
        ("shop/001_orders.sql", shop),
        ("stock/001_shelves.sql", stock),
    ]);
    assert_eq!(repo.lint(RULES), [""; 0]);
    repo.write("schema.sql", format!("{shop}{stock}CREATE TABLE lost (id bigint PRIMARY KEY);\n"));
    assert_eq!(repo.lint(RULES), ["schema.sql migration-missing"]);
}

#[test]
fn tables_of_the_tool_and_what_cannot_be_read_make_no_difference() {
    let dump = "CREATE TABLE schema_migrations (version text PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, extra text);\n";
    let up = "-- migrate:up\nCREATE TABLE orders (id bigint PRIMARY KEY);\nALTER TABLE orders FROBNICATE;\n-- migrate:down\nDROP TABLE orders;\n";
    let repo = Repo::files(&[("db/schema.sql", dump), ("db/migrations/20240101000000_orders.sql", up)]);
    assert_eq!(repo.lint(RULES), [""; 0]);
    repo.write("db/migrations/20240101000000_orders.sql", up.replace("ALTER TABLE orders FROBNICATE;\n", ""));
    assert_eq!(repo.lint(RULES), ["db/schema.sql migration-missing"], "only the column that nothing makes");
}

#[test]
fn a_schema_of_something_else_is_passed_over_and_said_so() {
    let repo = Repo::files(&[
        ("schema.sql", "CREATE TABLE x (id int);\nCREATE TABLE y (id int);\nCREATE TABLE z (id int);\n"),
        ("migrations/001_first.sql", FIRST),
    ]);
    assert_eq!(repo.lint(RULES), [""; 0]);
    let told = repo.gander(&format!("lint -v {RULES}")).err;
    assert!(told.contains("schema.sql is not taken for the schema of migrations"), "{told}");
    repo.write("gander.toml", "[[history]]\npath = \"migrations\"\ncanonical = [\"schema.sql\"]\n");
    assert_eq!(repo.lint(RULES).len(), 5, "whom gander.toml calls canonical is");
}
