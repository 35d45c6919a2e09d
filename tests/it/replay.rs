//! A script's replay is the schema that a server has after it: the same statements refused, the same objects, no drift to the dump.
//!
//! The scripts are `tests/data/replay/postgres/*.sql` and `tests/data/replay/sqlite/*.sql`; `tests/data/README.md` says how they are written.

use gander::schema::Dialect;

use crate::support::scripts::{self, Script};
use crate::support::side_by_side::{
    Played, disputed, on_catalog, on_postgres, on_sqlite, read_dump, statements, text_of, unlike,
};
use crate::support::workers::in_parallel;
use crate::support::{inventory, postgres, sqlite};

/// A script, and what is known of it.
struct Case {
    /// `postgres/tables.sql: a title`.
    title: String,
    dialect: Dialect,
    sql: String,
    /// The statements that the server refuses, by number, with the SQLSTATE.
    refused: Vec<(usize, String)>,
    /// In what gander is known to differ from the server.
    left: Vec<String>,
    /// It says what the server refuses; the sample projects do not.
    ours: bool,
}

/// `GANDER_SCRIPT=identity` runs the cases in whose titles the word stands.
#[test]
fn a_script_builds_what_a_server_builds() {
    let only = std::env::var("GANDER_SCRIPT").unwrap_or_default();
    let mut cases: Vec<Case> = scripts::replay().into_iter().map(case).collect();
    cases.extend(scripts::fixtures().into_iter().map(|script| Case { ours: false, ..nothing_said(script) }));
    cases.retain(|case| case.title.contains(&only));
    assert!(!cases.is_empty(), "no case was run");
    let mut complaints: Vec<String> =
        in_parallel(&cases, |database, case| check(case, database)).into_iter().flatten().collect();
    complaints.sort();
    let count = complaints.len();
    assert!(
        complaints.is_empty(),
        "{count} of {} scripts are not what they say:\n\n{}\n",
        cases.len(),
        complaints.join("\n")
    );
}

/// What is wrong with a case, where anything is.
fn check(case: &Case, database: &mut Option<postgres::Database>) -> Option<String> {
    let mut complaints = Vec::new();
    let (server, dump) = match case.dialect {
        Dialect::Postgres => {
            let database = database.get_or_insert_with(postgres::fresh_database);
            (on_postgres(database, &case.sql), database.dump_schema())
        }
        Dialect::Sqlite => {
            let database = sqlite::fresh_database(false);
            (on_sqlite(&database, &case.sql), database.schema())
        }
        Dialect::Mysql => return None,
    };
    let server = match server {
        Ok(server) => server,
        Err(error) => return Some(format!("{}: {error}", case.title)),
    };
    let (ours, catalog) = on_catalog(&case.sql, case.dialect, Some(&server.verdicts));
    if case.ours {
        complaints.extend(unannounced(case, &server));
    }
    let disputed = disputed(&case.sql, case.dialect, &server, &ours);
    let mut found: Vec<String> = disputed.into_iter().map(|(_, line)| line).collect();
    found.extend(unlike("", &server.inventory, &ours.inventory));
    let (dumped, lines) = read_dump(&dump, case.dialect);
    found.extend(lines);
    // What the replay lacks and the dump's too was told already.
    let mut more = unlike("in the dump, ", &server.inventory, &inventory::of(&dumped));
    more.retain(|line| !found.iter().any(|known| line.ends_with(known.as_str())));
    found.extend(more);
    found.extend(catalog.diff(&dumped).iter().map(|difference| format!("drift: {difference}")));
    // The messages behind it are for whoever reads it.
    let key = |line: &'_ str| line.split("  -- ").next().unwrap_or_default().trim_end().to_owned();
    for line in found.iter().filter(|line| !case.left.contains(&key(line))) {
        complaints.push(format!("-- left: {line}"));
    }
    for left in case.left.iter().filter(|left| !found.iter().any(|line| key(line) == **left)) {
        complaints.push(format!("-- strike off: {left}"));
    }
    (!complaints.is_empty()).then(|| format!("{}:\n    {}", case.title, complaints.join("\n    ")))
}

/// Where the server does not refuse what the script says that it refuses.
fn unannounced(case: &Case, server: &Played) -> Vec<String> {
    let mut complaints = Vec::new();
    let spans = statements(&case.sql, case.dialect);
    for (number, (span, verdict)) in spans.iter().zip(&server.verdicts).enumerate() {
        let announced = case.refused.iter().find(|(of, _)| *of == number).map(|(_, state)| state.as_str());
        let told = verdict.states.first().map(String::as_str);
        if announced != told {
            let text = text_of(&case.sql, *span).split_whitespace().collect::<Vec<_>>().join(" ");
            complaints
                .push(format!("the server: {told:?} {}, the script: {announced:?}: {text}", verdict.why));
        }
    }
    complaints
}

fn nothing_said(Script { title, dialect, sql }: Script) -> Case {
    Case { title, dialect, sql, refused: Vec::new(), left: Vec::new(), ours: true }
}

/// A script with what its comments say.
fn case(script: Script) -> Case {
    let sql = script.sql.clone();
    let spans = statements(&sql, script.dialect);
    let mut case = nothing_said(script);
    let mut at = 0;
    for line in sql.split_inclusive('\n') {
        let end = at + line.len();
        if let Some((_, left)) = line.split_once("-- left: ") {
            case.left.push(left.trim().to_owned());
        } else if let Some((_, state)) = line.split_once("-- refused: ") {
            let number = spans.iter().filter(|span| (span.start as usize) < end).count();
            let state = state.split_whitespace().next().unwrap_or_default().to_owned();
            case.refused.push((number.checked_sub(1).expect("a statement stands before it"), state));
        }
        at = end;
    }
    case
}
