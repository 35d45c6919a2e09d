//! What a statement locks, rewrites, reads and builds on the server of this machine, against what gander says.
//!
//! The cases are `tests/data/effects/*.sql`: the last statement of each is measured, inside a transaction, after those before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use gander::effects::{self, Effects, LockMode};
use gander::ops::{Session, Transaction};
use gander::schema::{Catalog, Dialect, Engine, Name, Version};
use gander::syntax::sql;
use gander::text::{FileId, Span};

use crate::effects::run;
use crate::support::pages::project;
use crate::support::postgres;
use crate::support::workers::in_parallel;

/// Before the statement: which relations there are, in which files they lie, and what the session has read of them: it counts on.
const BEFORE: &str = "
CREATE SCHEMA measure;
CREATE TABLE measure.stood AS
    SELECT c.oid, c.relkind, pg_relation_filenode(c.oid) AS node,
           CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'measure');
CREATE TABLE measure.was_read AS SELECT relid, seq_tup_read AS rows FROM pg_stat_xact_all_tables;
BEGIN;
";

/// After it, still in its transaction: what it holds, what lies elsewhere, what was read.
const AFTER: &str = "
SELECT 'lock|' || s.name || '|' || l.mode FROM pg_locks l JOIN measure.stood s ON s.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted;
SELECT 'rewrite|' || s.name FROM measure.stood s JOIN pg_class c ON c.oid = s.oid
    WHERE s.relkind IN ('r', 'm') AND s.node IS DISTINCT FROM pg_relation_filenode(c.oid);
SELECT 'build|' || coalesce(s.name, c.relname) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
    JOIN measure.stood t ON t.oid = i.indrelid LEFT JOIN measure.stood s ON s.oid = c.oid
    WHERE c.relkind = 'i' AND pg_relation_filenode(c.oid) NOT IN (SELECT node FROM measure.stood WHERE node IS NOT NULL);
SELECT 'scan|' || s.name FROM pg_stat_xact_all_tables x JOIN measure.stood s ON s.oid = x.relid
    LEFT JOIN measure.was_read w ON w.relid = x.relid WHERE x.seq_tup_read > coalesce(w.rows, 0);
ROLLBACK;
";

#[derive(PartialEq, Eq, Debug, Default)]
struct Costs {
    locks: BTreeMap<String, String>,
    rewrites: BTreeSet<String>,
    scans: BTreeSet<String>,
    builds: BTreeSet<String>,
}

/// A case: its title, what comes first, and the statement.
struct Case {
    title: String,
    setup: String,
    statement: String,
}

fn cases() -> Vec<Case> {
    let directory = project().join("tests/data/effects");
    let mut paths: Vec<_> = fs::read_dir(directory)
        .expect("the directory is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a text");
        for part in text.split("-- # ").skip(1) {
            let (title, script) = part.split_once('\n').expect("a title");
            let read = sql::read(script, Span::new(0, script.len() as u32), Dialect::Postgres);
            let unread = read.statements.iter().find(|statement| statement.is_opaque());
            assert!(unread.is_none(), "not understood: {title}");
            let last = read.statements.last().expect("a statement").span;
            let (from, to) = (last.start as usize, last.end as usize);
            cases.push(Case {
                title: title.to_owned(),
                setup: script[..from].to_owned(),
                statement: script[from..to].to_owned(),
            });
        }
    }
    cases
}

/// `GANDER_CASE=collation` measures the cases in whose titles the word stands.
#[test]
fn statements_cost_what_this_server_says() {
    let only = std::env::var("GANDER_CASE").unwrap_or_default();
    let mut cases = cases();
    cases.retain(|case| case.title.contains(&only));
    assert!(!cases.is_empty(), "no case was run");
    let complaints: Vec<String> =
        in_parallel(&cases, |_: &mut (), case| complaint(case)).into_iter().flatten().collect();
    assert!(
        complaints.is_empty(),
        "{} of {} differ:\n{}",
        complaints.len(),
        cases.len(),
        complaints.join("\n")
    );
}

fn complaint(case: &Case) -> Option<String> {
    let (told, found) = (measured(case), said(case));
    let found = match found {
        Some(found) => found,
        None => return Some(format!("{}\n    gander does not know", case.title)),
    };
    (told != found).then(|| format!("{}\n    server {told:?}\n    gander {found:?}", case.title))
}

fn measured(case: &Case) -> Costs {
    let database = postgres::fresh_database();
    let script = format!("{}\n{BEFORE}{};\n{AFTER}", case.setup, case.statement);
    let rows = database.query(&script).unwrap_or_else(|error| panic!("{}: {error:?}", case.title));
    let mut costs = Costs::default();
    for row in rows.lines() {
        match row.split('|').collect::<Vec<_>>().as_slice() {
            ["lock", name, mode] => {
                let mode = LockMode::ALL.into_iter().find(|one| spelt(*one) == *mode).expect("a mode");
                let held = costs.locks.entry((*name).to_owned()).or_insert_with(|| mode.name().to_owned());
                if LockMode::from_name(held).is_some_and(|known| known < mode) {
                    *held = mode.name().to_owned();
                }
            }
            ["rewrite", name] => drop(costs.rewrites.insert((*name).to_owned())),
            ["build", name] => drop(costs.builds.insert((*name).to_owned())),
            ["scan", name] => drop(costs.scans.insert((*name).to_owned())),
            // What the statement itself printed.
            _ => {}
        }
    }
    if case.statement.starts_with("TRUNCATE") {
        // It makes new, empty files.
        costs.rewrites.clear();
        costs.builds.clear();
    }
    costs
}

/// `AccessShareLock`.
fn spelt(mode: LockMode) -> String {
    let words = mode.name().split(' ').map(|word| format!("{}{}", &word[..1], word[1..].to_lowercase()));
    words.collect::<String>() + "Lock"
}

fn said(case: &Case) -> Option<Costs> {
    let engine = Engine { dialect: Dialect::Postgres, version: Some(Version { major: 15, minor: 0 }) };
    let mut catalog = Catalog::new(Dialect::Postgres, false);
    let mut session = Session::new(engine, FileId(0), Transaction::None);
    run(&case.setup, &mut catalog, &mut session, true);
    let Effects { locks, rewrites, scans, builds, unknown, .. } =
        run(&case.statement, &mut catalog, &mut session, true).pop()?;
    let known = unknown == effects::Unknown::default();
    let names = |names: BTreeSet<Name>| names.iter().map(ToString::to_string).collect();
    known.then(|| Costs {
        locks: locks.iter().map(|(name, mode)| (name.to_string(), mode.name().to_owned())).collect(),
        rewrites: names(rewrites),
        scans: names(scans),
        builds: names(builds),
    })
}
