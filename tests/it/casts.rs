//! The types that PostgreSQL has, what each becomes, and what can refer to what, are what gander says.

use std::collections::BTreeMap;

use gander::schema::casts;

use crate::support::postgres;

/// Types that a column of a migration may have, under the names that the server prints.
const TYPES: &[&str] = &[
    "\"char\"",
    "bigint",
    "bit varying",
    "bit",
    "boolean",
    "box",
    "bytea",
    "character varying",
    "character",
    "cidr",
    "circle",
    "date",
    "double precision",
    "inet",
    "int4range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "oid",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "real",
    "regclass",
    "regtype",
    "smallint",
    "text",
    "time with time zone",
    "time without time zone",
    "timestamp with time zone",
    "timestamp without time zone",
    "tsquery",
    "tstzrange",
    "tsvector",
    "uuid",
    "xid8",
    "xml",
];

/// What became of a statement for each pair of types: `ok`, or the SQLSTATE. `{0}` and `{1}` stand for the types.
fn for_pairs(setup: &str, statement: &str) -> BTreeMap<(String, String), String> {
    let database = postgres::fresh_database();
    let list: Vec<String> = TYPES.iter().map(|ty| format!("'{ty}'")).collect();
    let block = format!(
        "CREATE TABLE told (one text, other text, state text);
         DO $do$
         DECLARE one text; other text;
         BEGIN
             FOREACH one IN ARRAY ARRAY[{list}] LOOP
                 FOREACH other IN ARRAY ARRAY[{list}] LOOP
                     BEGIN
                         EXECUTE replace(replace($${setup}$$, '{{0}}', one), '{{1}}', other);
                         BEGIN
                             EXECUTE replace(replace($${statement}$$, '{{0}}', one), '{{1}}', other);
                             INSERT INTO told VALUES (one, other, 'ok');
                         EXCEPTION WHEN others THEN INSERT INTO told VALUES (one, other, SQLSTATE);
                         END;
                         DROP TABLE IF EXISTS one_table, other_table;
                     EXCEPTION WHEN undefined_object OR feature_not_supported THEN
                         INSERT INTO told VALUES (one, other, 'no key');
                     END;
                 END LOOP;
                 -- What is locked is let go.
                 COMMIT;
             END LOOP;
         END $do$;",
        list = list.join(", ")
    );
    database.run_file_text(&block).expect("the block runs");
    let told = database.query("SELECT one, other, state FROM told").expect("the table is there");
    let each = told.lines().map(|line| {
        let mut parts = line.split('|').map(str::to_owned);
        let mut next = || parts.next().expect("three columns");
        ((next(), next()), next())
    });
    let told: BTreeMap<_, _> = each.collect();
    assert_eq!(told.len(), TYPES.len() * TYPES.len());
    told
}

/// Fails with the pairs of which the two do not say the same.
fn compare(told: &BTreeMap<(String, String), String>, ours: impl Fn(&str, &str, &str) -> Option<String>) {
    let wrong: Vec<String> = told
        .iter()
        .filter_map(|((one, other), state)| Some(format!("{one}, {other}: {}", ours(one, other, state)?)))
        .collect();
    assert!(wrong.is_empty(), "{} pairs:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_a_type_becomes_in_an_assignment() {
    let told = for_pairs("CREATE TABLE one_table (a {0})", "ALTER TABLE one_table ALTER COLUMN a TYPE {1}");
    assert!(told.values().any(|state| state == "42804") && told.values().any(|state| state == "ok"));
    compare(&told, |from, to, state| {
        let server = match state {
            "ok" => true,
            "42804" => false,
            other => return Some(format!("SQLSTATE {other}")),
        };
        (casts::is_assigned(from, to) != server).then(|| format!("the server says {server}"))
    });
}

#[test]
fn what_can_refer_to_what() {
    let told = for_pairs(
        "CREATE TABLE one_table (a {1} PRIMARY KEY)",
        "CREATE TABLE other_table (b {0} REFERENCES one_table)",
    );
    let mut known = 0;
    for ((from, key), state) in &told {
        match (casts::refers(from, key), state.as_str()) {
            (Some(true), "ok") | (Some(false), "42804") => known += 1,
            (None, _) => {}
            (ours, state) => panic!("{from} to {key}: {ours:?}, the server says {state}"),
        }
    }
    assert!(known > 1000, "only {known} pairs are known");
}

#[test]
fn which_casts_are_immutable() {
    let told = for_pairs("CREATE TABLE one_table (a {0})", "CREATE INDEX ON one_table ((a::{1}))");
    let mut changing = 0;
    compare(&told, |from, to, state| {
        let server = match state {
            // Nothing has such a cast.
            "42846" => return None,
            "42P17" => true,
            // No index can hold it, which is asked last.
            "ok" | "42704" => false,
            other => return Some(format!("SQLSTATE {other}")),
        };
        // What is not known to change is let through.
        let ours = casts::is_cast_changing(from, to);
        (ours && !server).then(|| "the server takes it".to_owned())
    });
    for ((from, to), state) in &told {
        changing += usize::from(state == "42P17" && casts::is_cast_changing(from, to));
    }
    assert!(changing > 40, "only {changing} casts are known to change");
}

#[test]
fn which_types_and_functions_there_are() {
    let database = postgres::fresh_database();
    let own =
        "FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype <> 'c' AND typname !~ '^_'";
    let names = database
        .query(&format!("SELECT typname {own} UNION SELECT format_type(oid, NULL) {own}"))
        .expect("pg_type is there");
    let unknown: Vec<&str> = names.lines().filter(|name| !casts::is_own(name)).collect();
    assert!(names.lines().count() > 100 && unknown.is_empty(), "{unknown:?}");
    assert!(!casts::is_own("mood"));
    let immutable = database
        .query("SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'i'")
        .expect("pg_proc is there");
    let wrong: Vec<&str> = immutable.lines().filter(|name| casts::is_changing(name)).collect();
    assert!(immutable.lines().count() > 1000 && wrong.is_empty(), "{wrong:?}");
    assert!(casts::is_changing("now") && casts::is_changing("to_char"));
}
