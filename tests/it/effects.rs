//! What gander says that a statement locks, rewrites, reads and builds, against what real servers did: `tests/data/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use gander::effects::{self, Around, Effects, SecondRun, second_run};
use gander::ops::{Session, Transaction, apply};
use gander::schema::{Catalog, Dialect, Engine, Version};
use gander::syntax::sql;
use gander::text::{FileId, Span};
use serde_json::Value;

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Aspect {
    Locks,
    Rewrites,
    Scans,
    Builds,
    SecondRun,
}
use Aspect::{Builds, Locks, Rewrites, Scans, SecondRun as Again};

/// Where gander and the server differ, and why that is left so. An entry that agrees fails the test.
const LEFT: &[(&str, Aspect, &str)] = &[
    (
        "add_column/references_default_bad",
        Scans,
        "a row fails the check before the tables are read to their ends",
    ),
    ("alter_type/int_to_bool_using", Again, "which operators a type has is not modelled"),
    (
        "constraint_ops/validate_fk_violated",
        Scans,
        "a row fails the check before the tables are read to their ends",
    ),
    ("dml/cte_delete_insert", Scans, "which rows a WHERE finds by an index is the planner's choice"),
    ("dml/do_loop_backfill", Scans, "which rows a WHERE finds by an index is the planner's choice"),
    ("dml/update_batch_subquery", Scans, "which rows a query in a WHERE finds is the planner's choice"),
    ("dml/update_batch_subquery", Again, "which rows a query in a WHERE finds is not followed"),
    ("dml/update_from", Scans, "how two tables are joined is the planner's choice"),
    ("lock/select_for_update", Scans, "which rows a WHERE finds by an index is the planner's choice"),
    (
        "multi/add_column_and_fk",
        Scans,
        "where the new column has NULL in every row the planner reads one side only",
    ),
];

/// What a script does: the strongest locks, and all that any of its statements writes, reads and builds.
struct Seen {
    locks: Option<BTreeMap<String, String>>,
    rewrites: Option<BTreeSet<String>>,
    scans: Option<BTreeSet<String>>,
    builds: Option<BTreeSet<String>>,
    second: Option<SecondRun>,
}

fn seen(case: &Value, engine: Engine) -> Seen {
    let mut catalog = Catalog::new(Dialect::Postgres, false);
    let mut session = Session::new(engine, FileId(0), Transaction::None);
    for text in [&case["setup_sql"], &case["session_sql"]] {
        run(text.as_str().unwrap_or_default(), &mut catalog, &mut session, true);
    }
    let stood = catalog.clone();
    let all = run(case["statement"].as_str().expect("a text"), &mut catalog, &mut session, true);
    let second = again(case["statement"].as_str().expect("a text"), catalog, engine, &session);
    let mut locks = BTreeMap::new();
    for (name, mode) in all.iter().flat_map(|effects| &effects.locks) {
        let known = stood.relation(name).found().is_some() || stood.type_entry(name).found().is_some();
        if known {
            let held = locks.entry(name.clone()).or_insert(*mode);
            *held = (*held).max(*mode);
        }
    }
    let locks = locks.into_iter().map(|(name, mode)| (name.to_string(), mode.name().to_owned())).collect();
    let names = |of: fn(&Effects) -> &BTreeSet<gander::schema::Name>| -> BTreeSet<String> {
        all.iter().flat_map(of).map(ToString::to_string).collect()
    };
    let known = |unknown: fn(&Effects) -> bool| !all.iter().any(unknown);
    Seen {
        locks: known(|effects| effects.unknown.locks).then_some(locks),
        rewrites: known(|effects| effects.unknown.rewrites).then(|| names(|effects| &effects.rewrites)),
        scans: known(|effects| effects.unknown.scans).then(|| names(|effects| &effects.scans)),
        builds: known(|effects| effects.unknown.builds).then(|| names(|effects| &effects.builds)),
        second,
    }
}

/// The script once more, in a new session: its worst statement.
fn again(script: &str, mut now: Catalog, engine: Engine, first: &Session) -> Option<SecondRun> {
    let read = sql::read(script, Span::new(0, script.len() as u32), engine.dialect);
    let mut session = Session::new(engine, FileId(0), Transaction::None);
    session.settings.clone_from(&first.settings);
    now.end_session();
    let mut all = Some(SecondRun::Noop);
    for statement in &read.statements {
        let one = second_run(statement, &now, &session);
        if one == Some(SecondRun::Fails) {
            return one;
        }
        all = all.zip(one).map(|(all, one)| all.max(one));
        now = apply(&now, statement, &mut session).after;
    }
    all
}

/// What each statement of a script does.
pub fn run(script: &str, catalog: &mut Catalog, session: &mut Session, foreign_keys: bool) -> Vec<Effects> {
    let read = sql::read(script, Span::new(0, script.len() as u32), session.engine.dialect);
    let mut all = Vec::new();
    for statement in &read.statements {
        let around = session.clone();
        let applied = apply(catalog, statement, session);
        all.push(effects::of(
            statement,
            &Around {
                before: catalog,
                after: &applied.after,
                session: &around,
                outcomes: &applied.results,
                foreign_keys,
            },
        ));
        *catalog = applied.after;
    }
    all
}

#[test]
fn statements_cost_what_servers_measured() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("../data/postgres-shown.json")).expect("the data is JSON");
    let mut compared: BTreeMap<Aspect, (u32, u32)> = BTreeMap::new();
    let mut differs: BTreeMap<(String, Aspect), BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for case in &cases {
        let id = case["id"].as_str().expect("a text");
        for (major, result) in case["results"].as_object().expect("results by major") {
            if !result["setup_error"].is_null() || result["locks"].is_null() {
                continue;
            }
            let version = Version { major: major.parse().expect("a major"), minor: 0 };
            let seen = seen(case, Engine { dialect: Dialect::Postgres, version: Some(version) });
            let list = |key: &str| -> Option<BTreeSet<String>> {
                let names = result[key].as_array()?;
                Some(names.iter().map(|name| name.as_str().expect("a name").to_owned()).collect())
            };
            let mut note = |aspect: Aspect, told: String, found: String| {
                let (all, same) = compared.entry(aspect).or_default();
                *all += 1;
                if told == found {
                    *same += 1;
                } else {
                    let how = format!("server {told}, gander {found}");
                    differs
                        .entry((id.to_owned(), aspect))
                        .or_default()
                        .entry(how)
                        .or_default()
                        .push(major.clone());
                }
            };
            let tables_only = result["in_transaction"].as_bool() == Some(false);
            let told: BTreeMap<String, String> = result["locks"]
                .as_object()
                .expect("locks")
                .iter()
                .map(|(name, mode)| (name.clone(), mode.as_str().expect("a mode").to_owned()))
                .collect();
            let found = seen.locks.map(|locks| {
                let listed = |name: &String| !tables_only || told.contains_key(name) || !is_index(case, name);
                locks.into_iter().filter(|(name, _)| listed(name)).collect::<BTreeMap<_, _>>()
            });
            note(
                Locks,
                format!("{told:?}"),
                found.map_or("unknown".to_owned(), |locks| format!("{locks:?}")),
            );
            if let Some(told) = result["second_run"].as_str() {
                let told = if matches!(told, "ok" | "noop") { told } else { "fails" };
                let found = seen.second.map_or("unknown", SecondRun::name);
                note(Again, told.to_owned(), found.to_owned());
            }
            let mut sets = |aspect, key, found: Option<BTreeSet<String>>| {
                let Some(told) = list(key) else { return };
                note(
                    aspect,
                    format!("{told:?}"),
                    found.map_or("unknown".to_owned(), |set| format!("{set:?}")),
                );
            };
            sets(Rewrites, "rewrites", seen.rewrites);
            sets(Scans, "scans", seen.scans);
            sets(Builds, "builds_indexes", seen.builds);
        }
    }
    for (aspect, (all, same)) in &compared {
        println!("{aspect:?}: {same} of {all} agree");
    }
    let mut complaints = Vec::new();
    for ((id, aspect), how) in &differs {
        if !LEFT.iter().any(|(known, of, _)| known == id && of == aspect) {
            let how: Vec<String> =
                how.iter().map(|(how, majors)| format!("{}: {how}", majors.join(" "))).collect();
            complaints.push(format!("{id} ({aspect:?}):\n    {}", how.join("\n    ")));
        }
    }
    for (id, aspect, _) in LEFT {
        if !differs.contains_key(&((*id).to_owned(), *aspect)) {
            complaints.push(format!("{id} ({aspect:?}) agrees: strike it off the list"));
        }
    }
    assert!(complaints.is_empty(), "{} differ:\n{}", complaints.len(), complaints.join("\n"));
}

fn is_index(case: &Value, name: &str) -> bool {
    let mut catalog = Catalog::new(Dialect::Postgres, false);
    let engine = Engine { dialect: Dialect::Postgres, version: None };
    let mut session = Session::new(engine, FileId(0), Transaction::None);
    run(case["setup_sql"].as_str().unwrap_or_default(), &mut catalog, &mut session, true);
    catalog.indexes().any(|index| index.name.to_string() == name)
}

/// Where gander and SQLite differ on whether every row is read, and why that is left so.
const SQLITE_LEFT: &[(&str, &str)] = &[
    ("drop_column/referenced_by_fk", "the table has no rows there"),
    ("misc/update_limit", "how far a LIMIT reads is the planner's choice"),
];

#[test]
fn sqlite_reads_every_row_where_gander_says_so() {
    let data: Value =
        serde_json::from_str(include_str!("../data/sqlite-shown.json")).expect("the data is JSON");
    let engine = Engine { dialect: Dialect::Sqlite, version: Some(Version { major: 3, minor: 40 }) };
    let mut differs = BTreeMap::new();
    let mut compared = 0;
    for case in data["cases"].as_array().expect("a list of cases") {
        let (id, result) = (case["id"].as_str().expect("a text"), &case["result"]);
        let Some(reads) = result["reads_every_row"].as_bool().filter(|_| result["error"].is_null()) else {
            continue;
        };
        let mut catalog = Catalog::new(Dialect::Sqlite, false);
        let mut session = Session::new(engine, FileId(0), Transaction::None);
        let foreign_keys = case["foreign_keys"].as_bool().unwrap_or(true);
        run(case["setup_sql"].as_str().expect("a text"), &mut catalog, &mut session, foreign_keys);
        let all = run(case["statement"].as_str().expect("a text"), &mut catalog, &mut session, foreign_keys);
        let unknown = all.iter().any(|effects| effects.unknown.scans);
        let found = all.iter().any(|effects| !effects.scans.is_empty());
        compared += 1;
        if unknown && !found || found != reads {
            let found = if unknown && !found { "unknown".to_owned() } else { found.to_string() };
            differs.insert(id, format!("server {reads}, gander {found}"));
        }
    }
    println!("{} of {compared} agree", compared - differs.len());
    let known = |id: &str| SQLITE_LEFT.iter().any(|(known, _)| *known == id);
    let mut complaints: Vec<String> =
        differs.iter().filter(|(id, _)| !known(id)).map(|(id, how)| format!("{id}: {how}")).collect();
    let agree = SQLITE_LEFT.iter().filter(|(id, _)| !differs.contains_key(id));
    complaints.extend(agree.map(|(id, _)| format!("{id} agrees: strike it off the list")));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
