//! Every `applied`, `good` and `fixed` fence of every page runs on a real server, and each page that claims something
//! about its `bad` fences proves it there.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::OnceLock;

use gander::effects::LockMode;
use gander::history::{Part, Wrap};
use gander::ops::{Op, Operation};
use gander::project::histories::Planned;
use gander::schema::Dialect;
use gander::syntax::sql;
use gander::text::{Source, Span};

use crate::support::judge::{Finding, judge};
use crate::support::measure::{Costs, measure};
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
            let measured: Vec<&str> = page.page.claims.iter().map(String::as_str).collect();
            if measured.iter().any(|claim| MEASURED.contains(claim)) {
                for (index, file) in files.iter().enumerate().filter(|(_, file)| file.fence.claims) {
                    let own: Vec<&str> = match &file.fence.instead {
                        Some(claims) => claims.iter().map(String::as_str).collect(),
                        None => measured.clone(),
                    };
                    let proved = match file.fence.kind {
                        Kind::Bad => measure_claims(page, case, &own, &files[..index], file),
                        Kind::Good => disprove_claims(&own, &files[..index], file, &[]),
                        _ => Ok(()),
                    };
                    if let Err(what) = proved {
                        say(file.fence, what);
                    }
                }
            }
            let others = page
                .page
                .claims
                .iter()
                .filter(|claim| *claim != "held" && !MEASURED.contains(&claim.as_str()));
            for claim in others {
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
pub struct File<'a> {
    pub fence: &'a Fence,
    pub dialect: Dialect,
    wrap: Wrap,
    /// Who opens a transaction around what stands there.
    pub wrap_unfixed: Wrap,
    /// Whether it is, or holds, a way up.
    pub forward: bool,
    /// Whether it runs as it stands, or as its `fixed` fence has it.
    runs: bool,
    /// The part of it that runs; for a `bad` fence without `fixed` what stands there.
    pub sql: String,
    /// The part of the `bad` fence, for the proof of a claim.
    pub unfixed: String,
    /// Its statements, those inside another left out, with their places in the fence.
    pub statements: Vec<Written>,
}

/// A statement of a fence.
pub struct Written {
    /// Where it stands in its file.
    pub span: Span,
    /// As it is written.
    pub text: String,
    /// BEGIN, COMMIT and their kin.
    is_control: bool,
    /// BEGIN, or a statement behind which no transaction of the file's own is open.
    starts: bool,
}

/// The migrations of a case with their ways up, or down where that is all there is in a file.
pub fn files(case: &Case) -> Result<Vec<File<'_>>, String> {
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
        let whole = as_it_stands.files.sources.get(id);
        let all = || Span::new(whole.start(), whole.text().len() as u32);
        let span = before.map_or_else(all, |(part, _)| part.span);
        files.push(File {
            statements: written(whole, span, dialect),
            fence,
            dialect,
            wrap: after.map_or(Wrap::Nobody, |(part, _)| part.wrap),
            wrap_unfixed: before.map_or(Wrap::Nobody, |(part, _)| part.wrap),
            forward: after.is_none_or(|(_, forward)| forward),
            runs: fence.kind != Kind::Bad || case.fixed(index).is_some(),
            sql: cut(after, after_fixes.files.sources.get(id)),
            unfixed: cut(before, as_it_stands.files.sources.get(id)),
        });
    }
    Ok(files)
}

fn written(source: &Source, span: Span, dialect: Dialect) -> Vec<Written> {
    let is_control =
        |op: &Op| matches!(op.kind, Operation::Begin | Operation::Commit { .. } | Operation::Rollback { .. });
    let script = sql::read(source.text(), span, dialect);
    let outer = script.statements.iter().filter(|statement| statement.within.is_none());
    outer
        .map(|statement| Written {
            span: statement.span,
            text: source.slice(statement.span).to_owned(),
            is_control: statement.ops.iter().any(is_control),
            starts: statement.ops.iter().any(|op| matches!(op.kind, Operation::Begin)),
        })
        .collect()
}

/// The claims that are proved by measuring.
pub const MEASURED: [&str; 5] = ["blocks-reads", "blocks-writes", "scans", "rewrites", "builds"];

/// Proves, of one table that the finding names, all that the page claims: what was measured of the finding's statement, or, with
/// `held`, of the transaction up to it.
fn measure_claims(
    page: &RulePage,
    case: &Case,
    claims: &[&str],
    before: &[File<'_>],
    file: &File<'_>,
) -> Result<(), String> {
    if file.dialect != Dialect::Postgres {
        return Ok(());
    }
    let judged = judge(page, case, |_, fence| fence.text.clone())?;
    let own = |finding: &&Finding| finding.path == file.fence.path;
    let found = judged.findings.iter().find(own).ok_or("there is no finding to prove")?;
    let at = found.diagnostic.place.span;
    let statement = file.statements.iter().position(|statement| statement.span.contains(at));
    let statement = statement.ok_or("the finding stands at no statement")?;
    let begun = file.statements[..statement].iter().rposition(|statement| statement.starts).map(|at| at + 1);
    let from = match (claims.contains(&"held"), begun, file.wrap) {
        (true, Some(begun), _) => begun,
        (true, None, Wrap::Tool | Wrap::Implicit) => 0,
        (true, None, Wrap::Nobody | Wrap::Unknown) | (false, _, _) => statement,
    };
    let text = |statements: &[Written]| -> String {
        let texts = statements.iter().filter(|statement| !statement.is_control);
        texts.map(|statement| format!("{};\n", statement.text)).collect()
    };
    let databases = after_applied(before)?;
    let database = databases.postgres.unwrap_or_else(postgres::fresh_database);
    let measured = text(&file.statements[from..=statement]);
    let costs =
        measure(&database, &text(&file.statements[..from]), measured.trim_end().trim_end_matches(';'))
            .map_err(|error| format!("it cannot be measured: {error}"))?;
    let related = found.diagnostic.related.iter().map(|related| related.message.as_str());
    let told: String = std::iter::once(found.diagnostic.message.as_str()).chain(related).collect();
    let is_named = |name: &str| {
        let bare = name.rsplit('.').next().unwrap_or(name);
        told.contains(&format!("`{bare}`")) || told.contains(&format!(".{bare}`"))
    };
    let tables: BTreeSet<&String> = costs.locks.keys().chain(&costs.rewrites).chain(&costs.scans).collect();
    let holds = |table: &str| claims.iter().all(|claim| shows(&costs, claim, table));
    if tables.iter().any(|table| is_named(table) && holds(table)) {
        return Ok(());
    }
    Err(format!("no table that is named here has {claims:?}: {costs:?} for\n    {told}"))
}

fn shows(costs: &Costs, claim: &str, table: &str) -> bool {
    let mode = costs.locks.get(table).and_then(|mode| LockMode::from_name(mode));
    match claim {
        "blocks-reads" => mode.is_some_and(LockMode::blocks_reads),
        "blocks-writes" => mode.is_some_and(LockMode::blocks_writes),
        "scans" => costs.scans.contains(table),
        "rewrites" => costs.rewrites.contains(table),
        "builds" => !costs.builds.is_empty(),
        _ => true,
    }
}

/// Proves that no statement of a file that gander says nothing about does to one table all that the page claims of bad ones. Each is
/// measured, and then run. Tables that the same change made are free, and so is what `besides` has.
pub fn disprove_claims(
    claims: &[&str],
    before: &[File<'_>],
    file: &File<'_>,
    besides: &[&str],
) -> Result<(), String> {
    let works = |claim: &&str| matches!(*claim, "scans" | "rewrites" | "builds");
    if file.dialect != Dialect::Postgres || !file.forward || !claims.iter().any(works) {
        return Ok(());
    }
    let mut databases = after_applied(before)?;
    let stood = databases.postgres.as_ref().map_or_else(|| Ok(BTreeSet::new()), tables_of)?;
    for earlier in before.iter().filter(|earlier| earlier.forward && earlier.runs) {
        if earlier.fence.kind != Kind::Applied {
            databases
                .run(earlier)
                .map_err(|error| format!("{} does not run: {error}", earlier.fence.path))?;
        }
    }
    let database = databases.postgres.unwrap_or_else(postgres::fresh_database);
    // What holds for a session only is said again to each.
    let mut session = String::new();
    for statement in file.statements.iter().filter(|statement| !statement.is_control) {
        let old: BTreeSet<(String, String)> = tables_of(&database)?.intersection(&stood).cloned().collect();
        let is_asked = !besides.contains(&statement.text.as_str());
        if let Some(costs) = is_asked.then(|| measure(&database, &session, &statement.text).ok()).flatten() {
            let is_guilty = |table: &str| claims.iter().all(|claim| shows(&costs, claim, table));
            if let Some((table, _)) = old.iter().find(|(table, _)| is_guilty(table)) {
                return Err(format!(
                    "`{table}`: {claims:?} holds of it too, and gander says nothing: {}",
                    statement.text
                ));
            }
        }
        let words = statement.text.to_ascii_uppercase();
        if words.starts_with("SET ") || words.contains("TEMP") {
            session.push_str(&format!("{};\n", statement.text));
        } else {
            database
                .run_file_text(&format!("{session}{};", statement.text))
                .map_err(|error| format!("the server says: {error}"))?;
        }
    }
    Ok(())
}

/// The tables and materialized views that are there, by name and number.
fn tables_of(database: &postgres::Database) -> Result<BTreeSet<(String, String)>, String> {
    let rows = database
        .query(
            "SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname, c.oid FROM pg_class c
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm')
             AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')",
        )
        .map_err(|error| error.to_string())?;
    let split = |row: &str| row.split_once('|').map(|(name, oid)| (name.to_owned(), oid.to_owned()));
    Ok(rows.lines().filter_map(split).collect())
}

/// Proves that what a `then-fails` fence says is taken before the `bad` fence ran, and refused afterwards.
fn then_fails(case: &Case, before: &[File<'_>], file: &File<'_>) -> Option<Result<(), String>> {
    let at = case.fences.iter().position(|fence| std::ptr::eq(fence, file.fence))?;
    let then = &case.then_fails(at)?.text;
    let run = |runs: bool| {
        let mut databases = after_applied(before)?;
        if runs {
            databases
                .run_text(file.dialect, file.wrap_unfixed, &file.unfixed)
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
pub fn after_applied(before: &[File<'_>]) -> Result<Databases, String> {
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
                .run_text(file.dialect, file.wrap_unfixed, &file.unfixed)
                .map_err(|error| format!("its first run fails: {error}"))?;
            refuted(
                databases.run_text(file.dialect, file.wrap_unfixed, &file.unfixed),
                "it runs a second time without an error",
            )
        }
        "rows" => refuted(
            databases.run_text(file.dialect, file.wrap_unfixed, &file.unfixed),
            "it runs, though the tables have rows",
        ),
        "refused" => {
            let error = databases.run_text(file.dialect, file.wrap_unfixed, &file.unfixed).err();
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
            .run_text(file.dialect, file.wrap_unfixed, &file.unfixed)
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
pub struct Failure {
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
pub struct Databases {
    pub postgres: Option<postgres::Database>,
    sqlite: Option<sqlite::Database>,
}

impl Databases {
    pub fn run(&mut self, file: &File<'_>) -> Result<(), Failure> {
        self.run_text(file.dialect, file.wrap, &file.sql)
    }

    /// Runs a text as its tool would. There is no MySQL here: what is written for it is taken on trust.
    pub fn run_text(&mut self, dialect: Dialect, wrap: Wrap, sql: &str) -> Result<(), Failure> {
        match dialect {
            Dialect::Mysql => Ok(()),
            Dialect::Postgres => {
                let database = self.postgres.get_or_insert_with(postgres::fresh_database);
                Ok(match wrap {
                    Wrap::Nobody | Wrap::Unknown => database.run_file_text(sql),
                    Wrap::Tool => database.run_in_transaction(sql),
                    Wrap::Implicit => database.run_as_one_query(sql),
                }?)
            }
            Dialect::Sqlite => {
                let database = self.sqlite.get_or_insert_with(|| sqlite::fresh_database(true));
                Ok(match wrap {
                    Wrap::Nobody | Wrap::Unknown | Wrap::Implicit => database.run_file_text(sql),
                    Wrap::Tool => database.run_in_transaction(sql),
                }?)
            }
        }
    }
}
