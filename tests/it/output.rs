//! What is printed: JSON to the letter, in order, the same each time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::{BAD, GOOD};
use crate::support::pages::project;
use crate::support::repo::Repo;

/// A byte order mark, lines that end as in DOS, letters that are longer than a byte.
const ODD: &str = "\u{feff}-- naïve\r\nCREATE TABLE IF NOT EXISTS straße (id int);\r\n/* 😀 ü */ CREATE INDEX größe ON straße\r\n  (id);";

#[test]
fn json_is_the_contract_to_the_letter() {
    let repo = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
    let report = repo.gander("lint --output-format json").json();
    assert_eq!(report["version"], 1);
    assert_eq!(keys(&report), ["findings", "summary", "version"]);
    for (key, value) in [
        ("files", 2),
        ("migrations", 2),
        ("statements", 2),
        ("findings", 1),
        ("errors", 0),
        ("warnings", 1),
        ("advice", 0),
        ("fixable", 1),
        ("fixed", 0),
        ("suppressed", 0),
    ] {
        assert_eq!(report["summary"][key], value, "{key}");
    }
    let finding = &report["findings"][0];
    for text in ["message", "help"] {
        assert!(!finding[text].as_str().expect("a text").is_empty(), "{text}");
    }
    assert_eq!(
        *finding,
        json!({
            "rule": "missing-if-not-exists", "category": "idempotency", "severity": "warning",
            "message": finding["message"], "help": finding["help"],
            "url": concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/rules/missing-if-not-exists.md"),
            "path": "migrations/002_orders.sql",
            "start": {"line": 1, "column": 1, "offset": 0}, "end": {"line": 1, "column": 44, "offset": 43},
            "related": [],
            "fix": {
                "title": finding["fix"]["title"], "safety": "safe",
                "edits": [{"path": "migrations/002_orders.sql", "start": 13, "end": 13, "insert": "IF NOT EXISTS "}],
                "new_files": [], "renames": [],
            },
        })
    );
}

#[test]
fn json_has_its_keys_where_there_is_nothing() {
    let report = Repo::outside().gander("lint --output-format json").json();
    assert_eq!(report["findings"], json!([]));
    assert_eq!(report["summary"]["files"], 0);

    // Two migrations with one number: nothing can be fixed, and the other one is related.
    let repo = Repo::files(&[("migrations/001_a.sql", GOOD), ("migrations/001_b.sql", GOOD)]);
    let report = repo.gander("lint --output-format json --select duplicate-version").json();
    let finding = &report["findings"][0];
    assert_eq!(finding["fix"], Value::Null);
    assert_eq!(keys(&finding["related"][0]), ["end", "message", "path", "start"]);
    assert_eq!(finding["related"][0]["path"], "migrations/001_a.sql");
    assert_eq!(keys(&finding["related"][0]["start"]), ["column", "line", "offset"]);
}

#[test]
fn offsets_are_bytes_and_columns_are_characters() {
    let repo = Repo::files(&[("001_odd.sql", ODD)]);
    let report = repo
        .gander("lint --output-format json --engine postgres 001_odd.sql --ignore transaction,design")
        .json();
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "missing-if-not-exists");
    // By hand: 3 bytes of mark, 10 + 2 of comment, 43 + 2 of table, 14 of comment and blank.
    assert_eq!(finding["start"], json!({"line": 3, "column": 11, "offset": 74}));
    assert_eq!(finding["end"], json!({"line": 4, "column": 7, "offset": ODD.len() - 1}));
    assert_eq!(&ODD[74..ODD.len() - 1], "CREATE INDEX größe ON straße\r\n  (id)");
    let edit = &finding["fix"]["edits"][0];
    assert_eq!(
        (&edit["start"], &edit["end"], &edit["insert"]),
        (&json!(87), &json!(87), &json!("IF NOT EXISTS "))
    );
    let concise = repo.gander("lint --output-format concise 001_odd.sql --ignore transaction,design").out;
    assert!(concise.starts_with("001_odd.sql:3:11: warning[missing-if-not-exists] "), "{concise}");
}

#[test]
fn a_byte_order_mark_is_no_column() {
    let repo = Repo::files(&[("001_marked.sql", &format!("\u{feff}{BAD}"))]);
    let report = repo.gander("lint --output-format json 001_marked.sql").json();
    assert_eq!(report["findings"][0]["start"], json!({"line": 1, "column": 1, "offset": 3}));
}

/// Every place in every sample project: lines and columns follow from the offsets and the bytes.
#[test]
fn places_agree_with_the_bytes() {
    let mut seen = 0;
    for name in ["trading", "orders", "tradebaas"] {
        let repo = Repo::outside();
        repo.copy(&project().join("fixtures").join(name));
        let report = repo.gander("lint --all --output-format json").json();
        for finding in report["findings"].as_array().expect("findings") {
            for place in std::iter::once(finding).chain(finding["related"].as_array().expect("a list")) {
                let text = repo.text(place["path"].as_str().expect("a path"));
                for end in ["start", "end"] {
                    let offset = place[end]["offset"].as_u64().expect("a number") as usize;
                    let before = &text[..offset];
                    let line = before.matches('\n').count() + 1;
                    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
                    assert_eq!(place[end], json!({"line": line, "column": column, "offset": offset}));
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn findings_are_ordered_by_path_place_and_rule() {
    let two = "CREATE TABLE b (id int PRIMARY KEY);\nCREATE TABLE a (id int PRIMARY KEY);\nBEGIN;\nALTER TABLE old ADD COLUMN x int NOT NULL;\n";
    // Not in the order of the migrations: 10 sorts before 9.
    let repo = Repo::files(&[
        ("z/migrations/10_b.sql", two),
        ("z/migrations/9_a.sql", two),
        ("a/migrations/001_c.sql", two),
        ("a/migrations/002_d.sql", two),
        ("gander.toml", "[lint]\nignore = [\"nonesuch\"]\n"),
    ]);
    let report = repo.gander("lint --output-format json").json();
    let order = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().expect("a text").to_owned();
        (text("path"), finding["start"]["offset"].as_u64(), finding["end"]["offset"].as_u64(), text("rule"))
    };
    let told: Vec<_> = report["findings"].as_array().expect("findings").iter().map(order).collect();
    let mut sorted = told.clone();
    sorted.sort();
    assert_eq!(told, sorted);
    let paths: BTreeSet<&String> = told.iter().map(|(path, ..)| path).collect();
    assert!(told.len() >= 16 && paths.len() == 5, "{told:#?}");
    assert!(
        told.windows(2).any(|two| (&two[0].0, two[0].1) == (&two[1].0, two[1].1)),
        "two rules at one place"
    );
}

#[test]
fn two_runs_print_the_same_bytes() {
    let repo = Repo::outside();
    for name in ["trading", "orders", "tradebaas"] {
        repo.copy(&project().join("fixtures").join(name));
    }
    for format in ["full", "concise", "json", "github"] {
        let line = format!("lint --all --output-format {format}");
        let first = repo.gander(&line);
        assert!(first.out.lines().count() > 15, "{format}: {}", first.out);
        for _ in 0..3 {
            assert_eq!(repo.gander(&line), first, "{format}");
        }
    }
}

#[test]
fn paths_are_relative_to_the_current_directory() {
    let repo = Repo::on_branch(&[("db/migrations/001_users.sql", GOOD), ("app/x", "")]);
    repo.write("db/migrations/002_orders.sql", BAD);
    for (directory, path) in [
        ("", "db/migrations/002_orders.sql"),
        ("db", "migrations/002_orders.sql"),
        ("db/migrations", "002_orders.sql"),
        ("app", "../db/migrations/002_orders.sql"),
    ] {
        let found = format!("{path} missing-if-not-exists");
        assert_eq!(repo.gander_in(directory, "lint --output-format json").found(), [found], "{directory}");
        let concise = repo.gander_in(directory, "lint --output-format concise").out;
        assert!(concise.starts_with(&format!("{path}:1:1: ")), "{directory}: {concise}");
        let full = repo.gander_in(directory, "lint").out;
        assert!(full.contains(&format!("[{path}:1:1]")), "{directory}: {full}");
        let edit = &repo.gander_in(directory, "lint --output-format json").json()["findings"][0]["fix"]["edits"]
            [0]["path"];
        assert_eq!(*edit, path);
        // GitHub knows files by their place in the repository.
        let github = repo.gander_in(directory, "lint --output-format github").out;
        assert!(github.starts_with("::warning file=db/migrations/002_orders.sql,"), "{directory}: {github}");
    }
}

#[test]
fn names_that_are_odd_are_printed_as_they_are() {
    let path = "migrations/002_größe, 5% a:b.sql";
    let repo = Repo::files(&[("migrations/001_users.sql", GOOD), (path, BAD)]);
    assert_eq!(repo.lint(""), [format!("{path} missing-if-not-exists")]);
    assert!(repo.gander("lint --output-format concise").out.starts_with(&format!("{path}:1:1: ")));
}

#[test]
fn what_a_terminal_obeys_does_not_reach_it() {
    let repo = Repo::files(&[(
        "migrations/001_x.sql",
        "CREATE TABLE \"\u{1b}[31mred\u{7}\" (id int PRIMARY KEY);\n",
    )]);
    for format in ["full", "concise", "github"] {
        let run = repo.gander(&format!("lint --color never --output-format {format}"));
        assert_eq!(run.code, 1);
        assert!(!run.out.contains(['\u{1b}', '\u{7}']), "{format}: {:?}", run.out);
    }
    let run = repo.gander("lint --output-format json");
    assert!(!run.out.contains('\u{1b}'), "{:?}", run.out);
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}
