//! Every `applied`, `good` and `fixed` fence of every page runs on a real server, and each page that claims something
//! about its `bad` fences proves it there.

use std::fmt::Display;
use std::sync::OnceLock;

use gander::history::{Part, Wrap};
use gander::project::histories::Planned;
use gander::schema::Dialect;
use gander::text::Source;

use crate::support::pages::{At, Case, Fence, Kind, RulePage, all};
use crate::support::tree::{Tree, migration_of};
use crate::support::workers::in_parallel;
use crate::support::{postgres, sqlite};

/// `GANDER_PAGE=sequence-gap` runs the cases of one rule.
#[test]
fn every_page_runs_on_a_real_server() {
    let only = std::env::var("GANDER_PAGE").ok();
    let pages = all();
    let chosen = pages.iter().filter(|page| only.as_ref().is_none_or(|only| *only == page.id));
    let cases: Vec<(&RulePage, &Case)> =
        chosen.flat_map(|page| page.cases.iter().map(move |case| (page, case))).collect();
    assert!(!cases.is_empty(), "no case was run");
    let mut complaints: Vec<String> =
        in_parallel(&cases, |_: &mut (), (page, case)| check(page, case)).into_iter().flatten().collect();
    complaints.sort();
    let count = complaints.len();
    assert!(
        complaints.is_empty(),
        "{count} complaints in {} cases:\n\n{}\n",
        cases.len(),
        complaints.join("\n")
    );
}

/// What a server says against a case.
fn check(page: &RulePage, case: &Case) -> Vec<String> {
    if case.engine.is_some_and(|engine| is_too_new(engine.dialect, engine.version().major)) {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    let mut say =
        |fence: &Fence, what: String| complaints.push(format!("{}: {what}", At(page, case, fence.line)));
    match files(case) {
        Err(what) => say(&case.fences[0], what),
        Ok(files) => {
            let mut databases = Databases::default();
            let (ups, downs): (Vec<&File>, Vec<&File>) =
                files.iter().filter(|file| file.runs).partition(|file| file.forward);
            for file in ups.into_iter().chain(downs.into_iter().rev()) {
                if let Err(error) = databases.run(file) {
                    say(file.fence, format!("the server says: {error}"));
                    break;
                }
            }
            for (index, file) in files.iter().enumerate() {
                if let Some(Err(what)) = then_fails(case, &files[..index], file) {
                    say(file.fence, what);
                }
            }
            for claim in &page.page.claims {
                for (index, file) in files
                    .iter()
                    .enumerate()
                    .filter(|(_, file)| file.fence.kind == Kind::Bad && file.fence.claims)
                {
                    if let Err(what) = prove(claim, &files[..index], file) {
                        say(file.fence, what);
                    }
                }
            }
        }
    }
    complaints
}

/// The newest major version of PostgreSQL that can be asked is the one that is installed.
fn is_too_new(dialect: Dialect, major: u32) -> bool {
    static SERVER: OnceLock<u32> = OnceLock::new();
    dialect == Dialect::Postgres
        && major
            > *SERVER.get_or_init(|| {
                let number =
                    postgres::fresh_database().query("SHOW server_version_num").expect("the server answers");
                number.parse::<u32>().expect("a number") / 10_000
            })
}

/// A file of a case, ready to run.
struct File<'a> {
    fence: &'a Fence,
    dialect: Dialect,
    wrap: Wrap,
    /// Whether it is, or holds, a way up.
    forward: bool,
    /// Whether it runs as it stands, or as its `fixed` fence has it.
    runs: bool,
    /// The part of it that runs; for a `bad` fence without `fixed` what stands there.
    sql: String,
    /// The part of the `bad` fence, for the proof of a claim.
    unfixed: String,
}

/// The migrations of a case with their ways up, or down where that is all there is in a file.
fn files(case: &Case) -> Result<Vec<File<'_>>, String> {
    let as_it_stands = Tree::of(case, |_, fence| fence.text.clone())?;
    let after_fixes = Tree::of(case, |index, fence| case.fixed(index).unwrap_or(fence).text.clone())?;
    let (found, found_fixed) = (as_it_stands.histories()?, after_fixes.histories()?);
    let mut files = Vec::new();
    for (index, fence) in case.fences.iter().enumerate().filter(|(_, fence)| fence.kind.is_migration()) {
        let Some(id) = as_it_stands.files.sources.find(&fence.path) else { continue };
        // Callbacks, strays and orphans are in no history; they are SQL for the case's engine all the same.
        let migration = migration_of(&found, id);
        let dialect = migration.map_or_else(
            || case.engine.map_or(Dialect::Postgres, |engine| engine.dialect),
            |m| m.engine.dialect,
        );
        let part = |found: &[Planned]| {
            let migration = migration_of(found, id)?;
            let up = (migration.up.file == id).then_some((migration.up, true));
            up.or(migration.down.filter(|down| down.file == id).map(|down| (down, false)))
        };
        let cut = |part: Option<(Part, bool)>, source: &Source| match part {
            Some((part, _)) => source.slice(part.span).to_owned(),
            None => source.text().to_owned(),
        };
        let (before, after) = (part(&found), part(&found_fixed));
        files.push(File {
            fence,
            dialect,
            wrap: after.map_or(Wrap::Nobody, |(part, _)| part.wrap),
            forward: after.is_none_or(|(_, forward)| forward),
            runs: fence.kind != Kind::Bad || case.fixed(index).is_some(),
            sql: cut(after, after_fixes.files.sources.get(id)),
            unfixed: cut(before, as_it_stands.files.sources.get(id)),
        });
    }
    Ok(files)
}

/// Proves that what a `then-fails` fence says is taken before the `bad` fence ran, and refused afterwards.
fn then_fails(case: &Case, before: &[File<'_>], file: &File<'_>) -> Option<Result<(), String>> {
    let at = case.fences.iter().position(|fence| std::ptr::eq(fence, file.fence))?;
    let then = &case.then_fails(at)?.text;
    let run = |runs: bool| {
        let mut databases = after_applied(before)?;
        if runs {
            databases
                .run_text(file.dialect, file.wrap, &file.unfixed)
                .map_err(|error| format!("it does not run: {error}"))?;
        }
        Ok(databases.run_text(file.dialect, Wrap::Nobody, then))
    };
    Some(
        run(false)
            .and_then(|first| first.map_err(|error| format!("what should fail then fails before: {error}")))
            .and_then(|()| refuted(run(true)?, "what should fail then does not")),
    )
}

/// A fresh database, after the `applied` fences.
fn after_applied(before: &[File<'_>]) -> Result<Databases, String> {
    let mut databases = Databases::default();
    for earlier in before.iter().filter(|earlier| earlier.fence.kind == Kind::Applied && earlier.forward) {
        databases.run(earlier).map_err(|error| format!("{} does not run: {error}", earlier.fence.path))?;
    }
    Ok(databases)
}

/// Proves on a fresh database, after the `applied` fences before it, that a `bad` fence does what its page claims.
fn prove(claim: &str, before: &[File<'_>], file: &File<'_>) -> Result<(), String> {
    if file.dialect == Dialect::Mysql {
        return Ok(());
    }
    let mut databases = after_applied(before)?;
    match claim {
        "second-run" => {
            databases
                .run_text(file.dialect, file.wrap, &file.unfixed)
                .map_err(|error| format!("its first run fails: {error}"))?;
            refuted(
                databases.run_text(file.dialect, file.wrap, &file.unfixed),
                "it runs a second time without an error",
            )
        }
        "rows" => refuted(
            databases.run_text(file.dialect, file.wrap, &file.unfixed),
            "it runs, though the tables have rows",
        ),
        "refused" => {
            let error = databases.run_text(file.dialect, file.wrap, &file.unfixed).err();
            let error = error.ok_or("the server takes it")?;
            match &file.fence.state {
                Some(state) if *state != error.code => {
                    Err(format!("the server says {}: {error}", error.code))
                }
                None if !error.code.is_empty() => {
                    Err(format!("it does not say claim={}: {error}", error.code))
                }
                Some(_) | None => Ok(()),
            }
        }
        "runs" => databases
            .run_text(file.dialect, file.wrap, &file.unfixed)
            .map_err(|error| format!("it does not run: {error}")),
        "transaction" => {
            // Where the file says BEGIN itself, one more would prove nothing.
            let has_begin = file.unfixed.to_ascii_uppercase().contains("BEGIN;");
            let wrap = if has_begin { file.wrap } else { Wrap::Tool };
            match databases.run_text(file.dialect, wrap, &file.unfixed).err() {
                Some(error) if is_about_transactions(&error) => Ok(()),
                Some(error) => Err(format!("in a transaction it fails for another reason: {error}")),
                None => Err("it runs in a transaction".to_owned()),
            }
        }
        _ => Err(format!("nobody knows how to prove `{claim}`")),
    }
}

fn refuted(result: Result<(), Failure>, otherwise: &str) -> Result<(), String> {
    if result.is_err() { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// 25001 active_sql_transaction, 0A000 feature_not_supported, 2D000 invalid_transaction_termination,
/// 55P04 unsafe_new_enum_value_usage (source: PostgreSQL 15 manual, appendix A). SQLite has words only.
fn is_about_transactions(error: &Failure) -> bool {
    matches!(error.code.as_str(), "25001" | "0A000" | "2D000" | "55P04")
        || (error.code.is_empty() && error.message.contains("from within a transaction"))
}

/// What a server said.
struct Failure {
    /// PostgreSQL's.
    code: String,
    message: String,
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<postgres::ServerError> for Failure {
    fn from(error: postgres::ServerError) -> Self {
        Self { message: error.to_string(), code: error.sqlstate }
    }
}

impl From<sqlite::SqliteError> for Failure {
    fn from(error: sqlite::SqliteError) -> Self {
        Self { message: error.to_string(), code: String::new() }
    }
}

/// One empty database of each kind, made when the first file asks for it.
#[derive(Default)]
struct Databases {
    postgres: Option<postgres::Database>,
    sqlite: Option<sqlite::Database>,
}

impl Databases {
    fn run(&mut self, file: &File<'_>) -> Result<(), Failure> {
        self.run_text(file.dialect, file.wrap, &file.sql)
    }

    /// Runs a text as its tool would. There is no MySQL here: what is written for it is taken on trust.
    fn run_text(&mut self, dialect: Dialect, wrap: Wrap, sql: &str) -> Result<(), Failure> {
        match dialect {
            Dialect::Mysql => Ok(()),
            Dialect::Postgres => {
                let database = self.postgres.get_or_insert_with(postgres::fresh_database);
                Ok(match wrap {
                    Wrap::Nobody => database.run_file_text(sql),
                    Wrap::Tool => database.run_in_transaction(sql),
                    Wrap::Implicit => database.run_as_one_query(sql),
                }?)
            }
            Dialect::Sqlite => {
                let database = self.sqlite.get_or_insert_with(|| sqlite::fresh_database(true));
                Ok(match wrap {
                    Wrap::Nobody | Wrap::Implicit => database.run_file_text(sql),
                    Wrap::Tool => database.run_in_transaction(sql),
                }?)
            }
        }
    }
}
