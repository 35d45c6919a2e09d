//! A throwaway PostgreSQL server: one per test process, started when the first test asks for a
//! database and gone when the process is, however it ends.
//!
//! Roles belong to the whole server: a test that creates one gives it a name of its own.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::process::output_of;
use super::wire::Connection;

/// An empty database on the server of this test process; dropped with this value.
///
/// Fails the test when PostgreSQL is not installed: a skipped test would look like a passed one.
pub fn fresh_database() -> Database {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let server = server();
    server
        .psql("postgres", &["-c", &format!("CREATE DATABASE {name}")], "")
        .unwrap_or_else(|error| panic!("cannot create a database: {error}"));
    Database { server, name }
}

/// One database, with nothing in it but what the test ran.
pub struct Database {
    server: &'static Server,
    name: String,
}

impl Database {
    /// Runs the text of a migration file as `psql -f` does: statement by statement, each on its
    /// own unless the text says BEGIN, stopping at the first error. What ran before stays.
    pub fn run_file_text(&self, sql: &str) -> Result<(), ServerError> {
        self.server.psql(&self.name, &["-f", "-"], sql).map(drop)
    }

    /// Runs every statement of the text, whatever became of those before it; gives the errors.
    pub fn run_what_runs(&self, sql: &str) -> Vec<ServerError> {
        let mut psql = self.server.command("psql", &self.name);
        psql.args(["-X", "-q", "-v", "VERBOSITY=verbose", "-f", "-"]);
        let output = output_of(&mut psql, sql);
        assert!(output.status.success(), "psql does not run: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        text.lines().map(ServerError::from_psql).filter(|error| !error.sqlstate.is_empty()).collect()
    }

    /// Runs the text in one transaction, as a migration tool that wraps does: an error undoes all of it.
    pub fn run_in_transaction(&self, sql: &str) -> Result<(), ServerError> {
        self.server.psql(&self.name, &["--single-transaction", "-f", "-"], sql).map(drop)
    }

    /// Sends the text as one query, as golang-migrate does: one transaction unless it holds one statement or says otherwise.
    pub fn run_as_one_query(&self, sql: &str) -> Result<(), ServerError> {
        self.server.psql(&self.name, &["-c", sql], "").map(drop)
    }

    /// The rows of a query: a line each, columns separated by `|`.
    pub fn query(&self, sql: &str) -> Result<String, ServerError> {
        let mut rows = self.server.psql(&self.name, &["--no-align", "--tuples-only", "-f", "-"], sql)?;
        rows.truncate(rows.trim_end().len());
        Ok(rows)
    }

    /// What `pg_dump --schema-only` says. Two databases with the same schema give the same text.
    pub fn dump_schema(&self) -> String {
        let mut dump = self.server.command("pg_dump", &self.name);
        let output = output_of(dump.args(["--schema-only", "--no-owner"]), "");
        assert!(output.status.success(), "pg_dump failed: {}", String::from_utf8_lossy(&output.stderr));
        // Newer minor releases print a random key in these two lines.
        let random = |line: &&str| line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ");
        let text = String::from_utf8_lossy(&output.stdout);
        text.split_inclusive('\n').filter(|line| !random(line)).collect()
    }

    /// A connection that shows more than psql does.
    pub fn connect(&self) -> io::Result<Connection> {
        Connection::open(&self.server.directory, &self.name)
    }

    /// For tests that need a client of their own: the command with its environment, connected to this database.
    pub fn command(&self, program: &str) -> Command {
        self.server.command(program, &self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Hundreds of databases would fill the disk; a failure to drop one harms nobody.
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let _ = self.server.psql("postgres", &["-c", &drop], "");
    }
}

/// The first error of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerError {
    /// Five characters as the manual's appendix A lists them; empty when psql itself complained.
    pub sqlstate: String,
    /// The server's message, without its place.
    pub message: String,
    /// The line of the text that was run, counted from 1, where the statement in error ends.
    pub line: Option<u32>,
}

impl ServerError {
    /// Reads what psql prints with `VERBOSITY=verbose`: `psql:<stdin>:7: ERROR:  23502: column …`.
    fn from_psql(stderr: &str) -> Self {
        for line in stderr.lines() {
            let found = ["ERROR:  ", "FATAL:  ", "PANIC:  "].iter().find_map(|word| line.split_once(word));
            let Some((place, said)) = found else { continue };
            let Some((sqlstate, message)) = said.split_once(": ") else { continue };
            if sqlstate.len() == 5 {
                let line = place.trim_end_matches([':', ' ']).rsplit(':').next().and_then(|n| n.parse().ok());
                return Self { sqlstate: sqlstate.into(), message: message.into(), line };
            }
        }
        Self { sqlstate: String::new(), message: stderr.trim().into(), line: None }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{} {}", self.sqlstate, self.message)
    }
}

impl std::error::Error for ServerError {}

/// The server of this process.
struct Server {
    binaries: PathBuf,
    directory: PathBuf,
    /// Its standard input is the server's lifeline, see `KEEPER`.
    _keeper: Child,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| start().unwrap_or_else(|error| panic!("PostgreSQL does not start: {error}")))
}

/// Holds the server while its standard input is open. The other end closes with the test process
/// even when that is killed, so no server is ever left behind.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" \
    -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
    -c autovacuum=off -c timezone=UTC -c statement_timeout=120s >"$2/log" 2>&1 </dev/null &
read -r _
kill -QUIT $!
wait $!
cd /
rm -rf "$2"
"#;

fn start() -> io::Result<Server> {
    let binaries = find_binaries().unwrap_or_else(|| {
        panic!(
            "PostgreSQL's server programs are not installed. `tests/run` installs them and runs the tests."
        )
    });
    let temporary = tempfile::Builder::new().prefix("gander-postgres-").tempdir()?;
    let directory = temporary.path().to_path_buf();
    let user = unprivileged_user()?;
    let as_user = |command: &mut Command| {
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
    };
    if let Some((uid, gid)) = user {
        chown(&directory, Some(uid), Some(gid))?;
    }

    let mut initdb = plain_command(binaries.join("initdb"));
    initdb.args(["--no-sync", "--no-locale", "--auth=trust", "--encoding=UTF8", "--username=postgres", "-D"]);
    initdb.arg(directory.join("data")).current_dir(&directory);
    as_user(&mut initdb);
    let output = output_of(&mut initdb, "");
    if !output.status.success() {
        return Err(io::Error::other(format!("initdb: {}", String::from_utf8_lossy(&output.stderr))));
    }

    let mut keeper = plain_command("sh");
    keeper.args(["-c", KEEPER, "sh"]).arg(&binaries).arg(&directory).current_dir(&directory);
    // A group of its own, so that Ctrl-C reaches the tests first and the keeper can clean up.
    keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    as_user(&mut keeper);
    let server = Server { binaries, directory: directory.clone(), _keeper: keeper.spawn()? };
    let _now_the_keepers = temporary.keep();

    let give_up = Instant::now() + Duration::from_secs(60);
    loop {
        match server.psql("postgres", &["-c", "SELECT 1"], "") {
            Ok(_) => return Ok(server),
            Err(_) if Instant::now() < give_up => sleep(Duration::from_millis(20)),
            Err(error) => {
                let log = fs::read_to_string(directory.join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("{error}\n{log}")));
            }
        }
    }
}

impl Server {
    /// Runs psql with these arguments and this standard input; gives what it printed.
    fn psql(&self, database: &str, arguments: &[&str], input: &str) -> Result<String, ServerError> {
        let mut psql = self.command("psql", database);
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"]).args(arguments);
        let output = output_of(&mut psql, input);
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(ServerError::from_psql(&String::from_utf8_lossy(&output.stderr)))
        }
    }

    fn command(&self, program: &str, database: &str) -> Command {
        let mut command = plain_command(self.binaries.join(program));
        command.env("PGHOST", &self.directory).env("PGUSER", "postgres").env("PGDATABASE", database);
        command.env("PGCLIENTENCODING", "UTF8");
        command
    }
}

/// The directory that holds all the programs of one PostgreSQL: 15 where it is installed, since its
/// behaviour is what the rules' pages tell, else the newest.
fn find_binaries() -> Option<PathBuf> {
    let mut found = Vec::new();
    for pattern in [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
    ] {
        let (before, rest) = pattern.split_once('*')?;
        let (parent, prefix) = before.rsplit_once('/')?;
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(version) = name.strip_prefix(prefix).and_then(|version| version.parse::<u32>().ok()) {
                found.push((version, entry.path().join(rest.trim_start_matches('/'))));
            }
        }
    }
    found.sort_by_key(|(version, _)| (*version == 15, *version));
    let installed = found.into_iter().rev().map(|(_, directory)| directory);

    let configured = Command::new("pg_config").arg("--bindir").output().ok().and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        Some(PathBuf::from(text.trim()))
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<_> = std::env::split_paths(&path).collect();

    let complete = |directory: &PathBuf| {
        ["initdb", "postgres", "psql", "pg_dump"].iter().all(|program| directory.join(program).is_file())
    };
    installed.chain(configured).chain(on_path).find(complete)
}

/// PostgreSQL refuses to run as root: whom to be instead, when we are.
fn unprivileged_user() -> io::Result<Option<(u32, u32)>> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|user| Some((id(&["-u", user])?, id(&["-g", user])?)))
        .map(Some)
        .ok_or_else(|| io::Error::other("running as root, and there is no user postgres or nobody to become"))
}

/// A command that the user's own PostgreSQL settings and language do not touch.
fn plain_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
    command
}
