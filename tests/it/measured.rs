//! What a statement locks, rewrites, reads and builds on the server of this machine, against what gander says.
//!
//! The cases are `tests/data/effects/*.sql`: the last statement of each is measured, inside a transaction, after those before it.

use std::collections::BTreeSet;
use std::fs;

use gander::effects::{self, Effects};
use gander::ops::{Session, Transaction};
use gander::schema::{Catalog, Dialect, Engine, Name, Version};
use gander::syntax::sql;
use gander::text::{FileId, Span};

use crate::effects::run;
use crate::support::measure::{Costs, measure};
use crate::support::pages::project;
use crate::support::postgres;
use crate::support::workers::in_parallel;

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
    measure(&database, &case.setup, &case.statement)
        .unwrap_or_else(|error| panic!("{}: {error:?}", case.title))
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
