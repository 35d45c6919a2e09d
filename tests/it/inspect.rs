//! `gander inspect`: what it shows of which migrations, for people and for programs.

use serde_json::{Value, json};

use crate::support::repo::{Repo, Run};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);\n\
                     CREATE INDEX users_email_idx ON users (email);\n";
const ORDERS: &str = "BEGIN;\n\
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\n\
    ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();\n\
    COMMIT;\n\
    CREATE INDEX CONCURRENTLY orders_user_idx ON orders (user_id);\n";

fn shop() -> Repo {
    Repo::files(&[("db/migrations/001_users.sql", USERS), ("db/migrations/002_orders.sql", ORDERS)])
}

/// What was printed, where all went well.
fn printed(run: &Run) -> &str {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
    &run.out
}

fn statements(run: &Run) -> Vec<Value> {
    let document: Value = serde_json::from_str(printed(run)).expect("JSON");
    assert_eq!(document["version"], 1);
    document["statements"].as_array().expect("a list").clone()
}

#[test]
fn programs_get_an_object_for_each_statement() {
    let all = statements(&shop().gander("inspect --output-format json"));
    assert_eq!(all.len(), 7);
    assert_eq!(
        all[4],
        json!({
            "path": "db/migrations/002_orders.sql",
            "line": 3,
            "text": "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()",
            "direction": "up",
            "operations": ["AddColumn"],
            "locks": [
                {"relation": "users", "mode": "ACCESS EXCLUSIVE"},
                {"relation": "users_email_idx", "mode": "ACCESS EXCLUSIVE"},
                {"relation": "users_pkey", "mode": "ACCESS EXCLUSIVE"}
            ],
            "rewrites": ["users"],
            "scans": ["users"],
            "builds_indexes": ["users_email_idx", "users_pkey"],
            "in_transaction": true,
            "second_run": "fails"
        })
    );
    assert_eq!(all[6]["in_transaction"], json!(false));
    assert_eq!(all[6]["builds_indexes"], json!(["orders_user_idx"]));
}

#[test]
fn what_cannot_be_known_is_null() {
    let repo = Repo::files(&[(
        "migrations/001_x.sql",
        "ALTER TABLE ghosts ALTER COLUMN a TYPE text;\nALTER TABEL x;\n",
    )]);
    let all = statements(&repo.gander("inspect --output-format json"));
    assert_eq!(all[0]["locks"], json!([{"relation": "ghosts", "mode": "ACCESS EXCLUSIVE"}]));
    assert_eq!((&all[0]["rewrites"], &all[0]["builds_indexes"]), (&Value::Null, &Value::Null));
    for key in ["locks", "rewrites", "scans", "builds_indexes", "in_transaction", "second_run"] {
        assert_eq!(all[1][key], Value::Null, "{key}");
    }
}

#[test]
fn a_path_narrows_down_and_the_engine_decides() {
    let repo = shop();
    assert_eq!(statements(&repo.gander("inspect db/migrations/001_users.sql --output-format json")).len(), 2);
    let fills = |engine: &str| {
        let line = format!("inspect db/migrations/003_x.sql --engine {engine} --output-format json");
        let repo = Repo::files(&[
            ("db/migrations/001_users.sql", USERS),
            ("db/migrations/003_x.sql", "ALTER TABLE users ADD COLUMN age int DEFAULT 0;\n"),
        ]);
        statements(&repo.gander(&line))[0]["rewrites"].clone()
    };
    assert_eq!((fills("postgres@10"), fills("postgres@11")), (json!(["users"]), json!([])));
}

#[test]
fn a_block_costs_what_stands_in_it_and_ways_down_are_shown() {
    let repo = Repo::files(&[(
        "20240101000000_users.sql",
        "-- +goose Up\nCREATE TABLE users (id bigint PRIMARY KEY);\n-- +goose StatementBegin\nDO $$ BEGIN\n    \
         ALTER TABLE users ADD COLUMN age int;\nEND $$;\n-- +goose StatementEnd\n-- +goose Down\nDROP TABLE users;\n",
    )]);
    let all = statements(&repo.gander("inspect --output-format json"));
    let brief: Vec<(String, &Value)> = all
        .iter()
        .map(|one| (format!("{} {}", one["direction"], one["operations"]), &one["locks"]))
        .collect();
    let users = json!([{"relation": "users", "mode": "ACCESS EXCLUSIVE"}]);
    let key = json!([{"relation": "users", "mode": "ACCESS EXCLUSIVE"}, {"relation": "users_pkey", "mode": "ACCESS EXCLUSIVE"}]);
    assert_eq!(
        brief,
        [
            ("\"up\" [\"CreateTable\"]".to_owned(), &json!([])),
            ("\"up\" [\"Do\"]".to_owned(), &users),
            ("\"down\" [\"Drop\"]".to_owned(), &key),
        ]
    );
}

#[test]
fn people_see_at_a_glance_what_blocks_whom() {
    let run = shop().gander("inspect db/migrations/002_orders.sql");
    let lines: Vec<&str> = printed(&run).lines().collect();
    let words = |at: usize| lines[at].split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(lines[0], "db/migrations/002_orders.sql  (plain SQL for postgres)");
    assert_eq!(words(1), "line statement lock on takes who waits transaction second run");
    assert!(words(3).ends_with("SHARE ROW EXCLUSIVE users instant writes shared fails"), "{}", lines[3]);
    assert!(words(4).ends_with("ACCESS EXCLUSIVE users rewrite reads, writes shared fails"), "{}", lines[4]);
    assert_eq!(
        words(6),
        "held until COMMIT, 1 lock that others wait for: users ACCESS EXCLUSIVE (since line 3)"
    );
    let built = "SHARE UPDATE EXCLUSIVE orders index build nobody must have none fails";
    assert!(words(7).ends_with(built), "{}", lines[7]);
}

#[test]
fn sqlite_rewrites_and_reads() {
    let repo = Repo::files(&[
        ("001_users.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);\n"),
        (
            "002_less.sql",
            "ALTER TABLE users DROP COLUMN age;\nALTER TABLE users ADD COLUMN n INTEGER CHECK (n > 0);\n",
        ),
    ]);
    let all = statements(&repo.gander("inspect 002_less.sql --engine sqlite --output-format json"));
    assert_eq!((&all[0]["rewrites"], &all[0]["scans"]), (&json!(["users"]), &json!(["users"])));
    assert_eq!((&all[1]["rewrites"], &all[1]["scans"]), (&json!([]), &json!(["users"])));
    assert_eq!(all[0]["locks"], json!([]));
}

#[test]
fn what_stands_on_the_base_branch_is_history() {
    let repo = Repo::new();
    repo.write_all(&[("db/migrations/001_users.sql", USERS), ("db/migrations/002_orders.sql", ORDERS)]);
    repo.commit();
    let run = repo.gander("inspect");
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    assert_eq!(run.err, "note: no migration is new here; 2 stand on the base branch: --all shows them\n");
    assert_eq!(statements(&repo.gander("inspect --all --output-format json")).len(), 7);
    assert_eq!(statements(&repo.gander("inspect --quiet --output-format json")).len(), 0);
}

/// What was renamed or moved is not where it was; without its schema it may be found in another one of the search path.
#[test]
fn functions_that_the_history_does_not_show_are_renamed_once() {
    let repo = Repo::files(&[(
        "db/migrations/001_orders.sql",
        "CREATE TABLE orders (id bigint PRIMARY KEY);\n\
         CREATE EXTENSION hstore;\n\
         ALTER FUNCTION app.total(bigint) RENAME TO grand_total;\n\
         ALTER FUNCTION app.total(text) SET SCHEMA archive;\n\
         ALTER FUNCTION total(int) RENAME TO sum_of;\n\
         ALTER FUNCTION total(numeric) SET SCHEMA archive;\n\
         CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1';\n\
         ALTER FUNCTION own() RENAME TO mine;\n\
         ALTER FUNCTION mine() SET SCHEMA public;\n",
    )]);
    let all = statements(&repo.gander("inspect --output-format json"));
    let again: Vec<&Value> = all.iter().map(|statement| &statement["second_run"]).collect();
    let expected = [
        json!("fails"),
        json!("fails"),
        json!("fails"),
        json!("fails"),
        // The search path has one schema: there is no other place for them.
        json!("fails"),
        json!("fails"),
        json!("fails"),
        json!("fails"),
        json!("noop"),
    ];
    assert_eq!(again, expected.iter().collect::<Vec<_>>());
}

/// What is left out is said, as `gander lint` says it.
#[test]
fn what_is_not_shown_is_said() {
    let repo = Repo::files(&[
        ("db/migrations/001_users.sql", USERS),
        ("hive/migrations/V1__a.sql", "CREATE TABLE a (x Int32) ENGINE = MergeTree ORDER BY x;\n"),
        ("hive/migrations/V2__b.sql", "CREATE TABLE b (x Int32) ENGINE = MergeTree ORDER BY x;\n"),
    ]);
    let run = repo.gander("inspect");
    let lint = repo.gander("lint");
    let note = |run: &Run| run.err.lines().find(|line| line.contains("hive/migrations")).map(str::to_owned);
    assert!(run.out.contains("CREATE TABLE users"), "{run:?}");
    let told = note(&run).expect("a note");
    assert!(told.contains("which gander does not know; they were not shown"), "{told}");
    assert_eq!(Some(told.replace("shown", "judged")), note(&lint));
    assert_eq!(repo.gander("inspect --quiet").err, "");
}

#[test]
fn mysql_goes_by_the_manual() {
    let repo = Repo::files(&[
        ("gander.toml", "[[history]]\npath = \"db/migrations\"\nengine = \"mysql@8.0\"\n"),
        ("db/migrations/001_orders.sql", "CREATE TABLE orders (id INT PRIMARY KEY, total INT);\n"),
        ("db/migrations/002_total.sql", "ALTER TABLE orders MODIFY COLUMN total BIGINT;\n"),
    ]);
    let all = statements(&repo.gander("inspect --output-format json"));
    assert_eq!(all[1]["locks"], json!([{"relation": "orders", "mode": "SHARED"}]));
    let run = repo.gander("inspect");
    assert!(run.out.contains("by the manual's tables for InnoDB, not measured"), "{run:?}");
}
