//! Which functions give another value at every call, as the server says and as gander does.

use std::collections::BTreeMap;

use gander::effects::{Filled, filled};
use gander::ops::{Operation, Session, Transaction};
use gander::schema::{Catalog, Dialect, Engine};
use gander::syntax::sql;
use gander::text::{FileId, Span};

use crate::support::postgres;

/// Whether a column with that function as its default is written into every row; None where gander does not know the function.
fn is_volatile(function: &str) -> Option<bool> {
    let text = format!("ALTER TABLE t ADD COLUMN c text DEFAULT {function}()");
    let script = sql::read(&text, Span::new(0, text.len() as u32), Dialect::Postgres);
    let Operation::AddColumn { def, .. } = &script.statements[0].ops[0].kind else {
        panic!("not understood: {text}");
    };
    let engine = Engine::of(Dialect::Postgres);
    let session = Session::new(engine, FileId(0), Transaction::None);
    match filled(def, &Catalog::new(Dialect::Postgres, false), &session) {
        Some(Filled::Volatile { sure: true, .. }) => Some(true),
        Some(Filled::Volatile { sure: false, .. }) => None,
        None => Some(false),
        Some(other) => panic!("{function}: {other:?}"),
    }
}

/// The functions of a namespace, each with all that `provolatile` says of those that have its name.
fn functions(database: &postgres::Database, namespace: &str) -> BTreeMap<String, String> {
    let rows = database
        .query(&format!(
            "SELECT proname, string_agg(DISTINCT provolatile::text, '') FROM pg_proc
             WHERE pronamespace = '{namespace}'::regnamespace AND prokind = 'f' AND proname ~ '^[a-z_0-9]+$'
             AND prorettype NOT IN ('trigger'::regtype, 'internal'::regtype, 'cstring'::regtype, 'index_am_handler'::regtype,
                                    'table_am_handler'::regtype, 'tsm_handler'::regtype)
             AND NOT proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
             AND proname NOT IN (SELECT word FROM pg_get_keywords())
             GROUP BY 1"
        ))
        .expect("pg_proc is there");
    rows.lines()
        .filter_map(|row| row.split_once('|'))
        .map(|(name, says)| (name.into(), says.into()))
        .collect()
}

#[test]
fn functions_are_as_volatile_as_the_server_says() {
    let database = postgres::fresh_database();
    let (mut wrong, mut unknown, mut volatile) = (Vec::new(), Vec::new(), 0);
    for (name, says) in functions(&database, "pg_catalog") {
        let server = match says.as_str() {
            "v" => Some(true),
            says if says.contains('v') => None,
            _ => Some(false),
        };
        volatile += usize::from(server == Some(true) && is_volatile(&name) == Some(true));
        match (is_volatile(&name), server) {
            (Some(ours), server) if Some(ours) != server => wrong.push((name, says)),
            (None, Some(true)) if !name.starts_with("pg_") && !name.starts_with("binary_upgrade") => {
                unknown.push(name);
            }
            (Some(_) | None, _) => {}
        }
    }
    assert!(volatile > 40, "only {volatile} volatile functions are known");
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn functions_of_extensions_are_as_volatile_as_the_server_says() {
    let database = postgres::fresh_database();
    database
        .run_file_text(
            "CREATE SCHEMA ext; CREATE EXTENSION \"uuid-ossp\" SCHEMA ext; CREATE EXTENSION pgcrypto SCHEMA ext; CREATE EXTENSION hstore SCHEMA ext;",
        )
        .expect("the extensions are there");
    let all = functions(&database, "ext");
    let known: Vec<(&String, bool, &String)> =
        all.iter().filter_map(|(name, says)| Some((name, is_volatile(name)?, says))).collect();
    let wrong: Vec<_> = known.iter().filter(|(_, ours, says)| *ours != (says.as_str() == "v")).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    for name in ["uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "gen_random_bytes", "gen_salt"]
    {
        assert_eq!(is_volatile(name), Some(true), "{name}");
    }
    assert!(known.len() > 10, "{known:?}");
    assert_eq!(is_volatile("generate_ulid"), None);
}
