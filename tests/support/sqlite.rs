//! A throwaway SQLite database, driven through the `sqlite3` program as a team would.

use std::fmt;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::process::output_of;

/// An empty database in a temporary file. `foreign_keys`: are they enforced when a file starts to run?
///
/// Fails the test when sqlite3 is not installed: a skipped test would look like a passed one.
pub fn fresh_database(foreign_keys: bool) -> Database {
    let found = Command::new("sqlite3").arg("-version").stdout(Stdio::null()).status();
    assert!(
        found.is_ok_and(|status| status.success()),
        "sqlite3 is not installed. `tests/run` installs it and runs the tests."
    );
    let directory = tempfile::Builder::new()
        .prefix("gander-sqlite-")
        .tempdir()
        .unwrap_or_else(|error| panic!("cannot make a temporary directory: {error}"));
    Database { directory, foreign_keys }
}

/// One database file; each run is a connection of its own.
pub struct Database {
    directory: TempDir,
    foreign_keys: bool,
}

impl Database {
    /// Runs the text of a migration file as `sqlite3 -bail` does: each statement on its own unless
    /// the text says BEGIN, stopping at the first error. What ran before stays.
    pub fn run_file_text(&self, sql: &str) -> Result<(), SqliteError> {
        self.query(sql).map(drop)
    }

    /// Runs the text in one transaction, as a migration tool that wraps does: an error undoes all of it.
    pub fn run_in_transaction(&self, sql: &str) -> Result<(), SqliteError> {
        self.run_file_text(&format!("BEGIN; {sql}\n;COMMIT;\n"))
    }

    /// The rows of a query: a line each, columns separated by `|`.
    pub fn query(&self, sql: &str) -> Result<String, SqliteError> {
        let (printed, error) = self.shell(sql);
        error.map_or_else(|| Ok(printed.trim_end().to_owned()), Err)
    }

    /// Runs one statement after the other on one connection, up to the first that is refused. Says how many ran.
    pub fn run_statements(&self, statements: &[&str]) -> (usize, Option<SqliteError>) {
        const RAN: &str = "-- ran to its end";
        let script: Vec<String> =
            statements.iter().map(|statement| format!("{statement}\n;\n.print '{RAN}'\n")).collect();
        let (printed, error) = self.shell(&script.concat());
        (printed.lines().filter(|line| *line == RAN).count(), error)
    }

    fn shell(&self, input: &str) -> (String, Option<SqliteError>) {
        let mut sqlite = Command::new("sqlite3");
        // HOME, so that the user's .sqliterc is not read.
        sqlite.env("HOME", self.directory.path()).env_remove("XDG_CONFIG_HOME");
        let pragma = format!("PRAGMA foreign_keys = {};", if self.foreign_keys { "ON" } else { "OFF" });
        sqlite.args(["-bail", "-batch", "-cmd", &pragma]).arg(self.directory.path().join("test.db"));
        let output = output_of(&mut sqlite, input);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = (!output.status.success())
            .then(|| SqliteError::from_shell(&String::from_utf8_lossy(&output.stderr)));
        (printed, error)
    }

    /// What the program prints, answers and errors in their order, when it goes on behind each error.
    pub fn everything_said(&self, sql: &str) -> String {
        let mut shell = Command::new("sh");
        shell.env("HOME", self.directory.path()).env_remove("XDG_CONFIG_HOME");
        let pragma = format!("PRAGMA foreign_keys = {};", if self.foreign_keys { "ON" } else { "OFF" });
        shell.args(["-c", "exec sqlite3 -batch -cmd \"$1\" \"$2\" 2>&1", "sh", &pragma]);
        shell.arg(self.directory.path().join("test.db"));
        String::from_utf8_lossy(&output_of(&mut shell, sql).stdout).into_owned()
    }

    /// What `.schema` says: the CREATE statements as SQLite keeps them, without its own tables.
    pub fn schema(&self) -> String {
        self.query(".schema --nosys").unwrap_or_else(|error| panic!("cannot read the schema: {error}"))
    }
}

/// The first error of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteError {
    /// SQLite's message, without its place: `no such table: trades`.
    pub message: String,
    /// The result code, where the program prints it: 19 is a constraint.
    pub code: Option<u32>,
    /// The line of the text that was run, counted from 1, at or near which the statement stands.
    pub line: Option<u32>,
}

impl SqliteError {
    /// Reads `Parse error near line 3: no such table: t` and `Runtime error near line 2: … failed: t.id (19)`.
    fn from_shell(stderr: &str) -> Self {
        let first = stderr.lines().find(|line| line.contains("rror")).unwrap_or(stderr).trim();
        let (place, said) = match first.split_once(" line ").and_then(|(_, rest)| rest.split_once(": ")) {
            Some((line, said)) => (line.parse().ok(), said),
            None => (None, first),
        };
        let code = said.rsplit_once(" (").and_then(|(_, code)| code.strip_suffix(')')?.parse().ok());
        let message = match (code, said.rsplit_once(" (")) {
            (Some(_), Some((message, _))) => message,
            (_, _) => said,
        };
        Self { message: message.into(), code, line: place }
    }
}

impl fmt::Display for SqliteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)?;
        self.code.map_or(Ok(()), |code| write!(f, " ({code})"))
    }
}

impl std::error::Error for SqliteError {}
