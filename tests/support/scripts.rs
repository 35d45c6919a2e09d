//! The scripts of `tests/data/replay` and the SQL of the sample projects: schemas of every kind, for both databases.

use std::fs;
use std::path::{Path, PathBuf};

use gander::schema::Dialect;

use super::pages::project;

/// A script that builds a schema, statement by statement. Some of its statements may be refused.
#[derive(Clone, Debug)]
pub struct Script {
    /// `postgres/tables.sql: a title`.
    pub title: String,
    /// For which database it is.
    pub dialect: Dialect,
    /// Its text.
    pub sql: String,
}

/// The scripts of `tests/data/replay`.
pub fn replay() -> Vec<Script> {
    let mut scripts = Vec::new();
    for (directory, dialect) in [("postgres", Dialect::Postgres), ("sqlite", Dialect::Sqlite)] {
        for path in sql_files(&project().join("tests/data/replay").join(directory)) {
            let text = fs::read_to_string(&path).expect("a script can be read");
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            for part in text.split("-- # ").skip(1) {
                let (title, sql) = part.split_once('\n').expect("a title stands on a line of its own");
                let title = format!("{directory}/{name}: {title}");
                scripts.push(Script { title, dialect, sql: sql.to_owned() });
            }
        }
    }
    scripts
}

/// The SQL of the sample projects, file after file, each in a session of its own. Their faults are theirs.
pub fn fixtures() -> Vec<Script> {
    let projects: [(&str, &[&str]); 6] = [
        ("trading", &["trading/sql/migrations"]),
        ("trading's dashboard", &["trading/sql/migrations", "trading/sql/dashboard_init.sql"]),
        ("trading's schema", &["trading/sql/schema.sql"]),
        ("orders", &["orders/sql/shop_base.sql", "orders/migrations"]),
        ("options", &["options/scripts/database/schema_canonical.sql"]),
        ("explainable", &["explainable/init_db.sql"]),
    ];
    let mut scripts: Vec<Script> =
        projects.iter().map(|(name, paths)| fixture(name, paths, Dialect::Postgres)).collect();
    let both = &["tradebaas/src/storage/trade_history.sql", "tradebaas/migrations"];
    scripts.push(fixture("tradebaas", &both[1..], Dialect::Postgres));
    scripts.push(fixture("tradebaas", both, Dialect::Sqlite));
    scripts
}

fn fixture(name: &str, paths: &[&str], dialect: Dialect) -> Script {
    let mut sql = String::new();
    for path in paths.iter().map(|path| project().join("fixtures").join(path)) {
        for file in if path.is_dir() { sql_files(&path) } else { vec![path] } {
            let text = fs::read_to_string(&file).expect("a migration can be read");
            let is_up = !file.to_string_lossy().contains("_rollback");
            // In a project with two databases each file says for which it is.
            let elsewhere = match dialect {
                Dialect::Sqlite => "Database: PostgreSQL",
                Dialect::Postgres | Dialect::Mysql => "Database: SQLite",
            };
            if is_up && !text.contains(elsewhere) {
                sql.push_str(&text);
                // What a file leaves open ends with its session.
                sql.push_str(if dialect == Dialect::Postgres { "\n;\nROLLBACK;\n" } else { "\n;\n" });
            }
        }
    }
    Script { title: format!("fixtures/{name} ({})", dialect.name()), dialect, sql }
}

fn sql_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    assert!(!files.is_empty(), "no scripts in {}", directory.display());
    files
}
