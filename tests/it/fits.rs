//! Many expressions in many places: what gander says that PostgreSQL refuses, it refuses; and of what it refuses for reasons that
//! gander knows, gander misses only what is told here.

use std::collections::BTreeMap;

use gander::schema::Dialect;

use crate::support::postgres;
use crate::support::side_by_side::{disputed, on_catalog, on_postgres};

/// What there is before.
const SETUP: &str = "
CREATE TYPE mood AS ENUM ('calm', 'happy');
CREATE TYPE colour AS ENUM ('red');
CREATE TYPE pair AS (x int, y text);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN feeling AS mood;
CREATE SEQUENCE numbers;
CREATE FUNCTION own_fixed(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN i; END';
CREATE FUNCTION own_moving(i int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN i; END';
CREATE FUNCTION own_sql(i int) RETURNS int LANGUAGE sql AS 'SELECT i';
CREATE TABLE other (id int PRIMARY KEY, word text UNIQUE, feels mood UNIQUE, at timestamptz UNIQUE, big bigint UNIQUE, amount numeric UNIQUE, \
    code varchar(5) UNIQUE, day date UNIQUE, u uuid UNIQUE, p positive UNIQUE, f feeling UNIQUE);
";

const TYPES: &[&str] = &[
    "int",
    "bigint",
    "smallint",
    "numeric(10,2)",
    "real",
    "double precision",
    "text",
    "varchar(20)",
    "char(3)",
    "boolean",
    "date",
    "timestamp",
    "timestamptz",
    "time",
    "timetz",
    "interval",
    "uuid",
    "json",
    "jsonb",
    "bytea",
    "inet",
    "mood",
    "feeling",
    "positive",
    "pair",
    "text[]",
    "int[]",
    "mood[]",
    "money",
    "oid",
    "name",
    "xml",
    "int4range",
    "tsvector",
    "bit(3)",
    "regclass",
];

const CONSTANTS: &[&str] = &[
    "1",
    "1.5",
    "0",
    "NULL",
    "true",
    "'x'",
    "'1'",
    "''",
    "'calm'",
    "'{}'",
    "'calm'::mood",
    "'calm'::text",
    "'1'::int",
    "-1",
    "+ 1",
    "now()",
    "CURRENT_TIMESTAMP",
    "CURRENT_DATE",
    "LOCALTIMESTAMP",
    "now() AT TIME ZONE 'utc'",
    "(now() AT TIME ZONE 'utc')",
    "timezone('utc', now())",
    "now() + interval '1 day'",
    "CURRENT_DATE + 30",
    "CURRENT_DATE - 1",
    "interval '1 day'",
    "extract(epoch from now())",
    "date_part('year', now())",
    "gen_random_uuid()",
    "gen_random_uuid()::text",
    "random()",
    "floor(random() * 10)",
    "(random() * 10)::int",
    "md5(random()::text)",
    "substr(md5(random()::text), 1, 8)",
    "nextval('numbers')",
    "currval('numbers'::regclass)",
    "CURRENT_USER",
    "SESSION_USER",
    "current_schema()",
    "ARRAY[]::text[]",
    "ARRAY['a','b']",
    "ARRAY[1,2]",
    "'{}'::text[]",
    "'{}'::jsonb",
    "'[]'::json",
    "jsonb_build_object('a', 1)",
    "json_build_array(1)",
    "to_jsonb(1)",
    "'a' || 'b'",
    "'a' || 1",
    "1 + 1",
    "1 + 1.5",
    "1 / 2",
    "2 * 3::bigint",
    "lower('X')",
    "length('x')",
    "coalesce(NULL, 1)",
    "coalesce(1, 2.5)",
    "greatest(1, 2)",
    "CASE WHEN true THEN 1 ELSE 2 END",
    "CASE WHEN true THEN 'a' END",
    "NOT true",
    "1 = 1",
    "1 IN (1, 2)",
    "to_char(now(), 'YYYY')",
    "to_timestamp(0)",
    "'2020-01-01'::date",
    "date '2020-01-01'",
    "B'101'",
    "X'1F'",
    "'\\x00'::bytea",
    "decode('00', 'hex')",
    "'127.0.0.1'::inet",
    "round(1.5)",
    "round(1.55, 1)",
    "abs(-1)",
    "own_fixed(1)",
    "own_moving(1)",
    "ROW(1, 'a')",
    "(1, 'a')",
    "'(1,a)'::pair",
    "txid_current()",
    "clock_timestamp()::date",
    "now()::date",
    "'x'::varchar(2)",
    "'5'::positive",
    "1::positive",
    "to_tsvector('a')",
    "('a' COLLATE \"C\")",
    "other",
    "\"x\"",
    "x.y",
    "(SELECT 1)",
    "count(1)",
    "row_number() OVER ()",
    "'x'::nosuch",
    "sum(1)::int",
    "pi()",
    "version()",
    "array_to_json(ARRAY[1])",
    "'now'::timestamptz",
    "make_interval(days => 3)",
    "'numbers'::regclass",
    "nullif('a', 'b')",
    "1::money",
    "'a'::\"char\"",
    "overlay('a' placing 'b' from 1)",
    "trim(both ' ' from 'a')",
    "position('a' in 'b')",
    "normalize('a', NFC)",
    "xmlelement(name a)",
    "1::bit(3)",
];

/// Over the columns of `wide`.
const EXPRESSIONS: &[&str] = &[
    "i",
    "s",
    "i + 1",
    "i || s",
    "s || i",
    "lower(s)",
    "upper(v)",
    "length(s)",
    "s::int",
    "i::text",
    "d::text",
    "ts::text",
    "tz::text",
    "n::text",
    "b::text",
    "m::text",
    "u::text",
    "j::text",
    "a::text",
    "iv::text",
    "s::date",
    "s::timestamptz",
    "s::timestamp",
    "s::time",
    "s::interval",
    "s::mood",
    "s::jsonb",
    "s::uuid",
    "s::numeric",
    "s::inet",
    "s::regclass",
    "ts::date",
    "tz::date",
    "d::timestamp",
    "d::timestamptz",
    "ts::timestamptz",
    "tz::timestamp",
    "tz AT TIME ZONE 'utc'",
    "ts AT TIME ZONE 'utc'",
    "(tz AT TIME ZONE 'utc')::date",
    "date_trunc('day', ts)",
    "date_trunc('day', tz)",
    "date_trunc('day', d)",
    "date_trunc('day', tz, 'utc')",
    "date_part('year', ts)",
    "date_part('year', tz)",
    "extract(year from d)",
    "extract(epoch from tz)",
    "extract(epoch from ts)",
    "to_char(ts, 'YYYY')",
    "now()",
    "age(ts)",
    "age(ts, ts)",
    "j->>'a'",
    "j->'a'",
    "(j->>'a')::int",
    "(j->>'a')::timestamptz",
    "j @> '{}'",
    "j ? 'a'",
    "a[1]",
    "array_length(a, 1)",
    "array_to_string(a, ',')",
    "coalesce(s, v)",
    "coalesce(i, 0)",
    "nullif(i, 0)",
    "concat(s, v)",
    "s || ' ' || v",
    "md5(s)",
    "to_tsvector(s)",
    "to_tsvector('english', s)",
    "to_tsvector('english'::regconfig, s)",
    "setweight(to_tsvector('simple', s), 'A')",
    "to_jsonb(i)",
    "jsonb_build_object('a', i)",
    "row_to_json(wide)",
    "wide",
    "wide.i",
    "public.wide.i",
    "wide.nosuch",
    "nosuch",
    "nosuch.i",
    "\"I\"",
    "wide.*",
    "own_fixed(i)",
    "own_moving(i)",
    "own_sql(i)",
    "own_moving(nosuch)",
    "random()",
    "i > 0",
    "i = 1 AND s <> ''",
    "s LIKE 'a%'",
    "i BETWEEN 1 AND 2",
    "i IN (1, 2)",
    "i = ANY (ARRAY[1,2])",
    "m = 'calm'",
    "m IN ('calm', 'happy')",
    "m::text = 'calm'",
    "CASE WHEN b THEN i ELSE 0 END",
    "(SELECT 1)",
    "EXISTS (SELECT 1 FROM other WHERE id = i)",
    "i IN (SELECT id FROM other)",
    "count(i)",
    "max(i) > 1",
    "sum(nosuch)",
    "row_number() OVER ()",
    "g",
    "g + 1",
    "tableoid",
    "ctid",
    "xmin",
    "substring(s from 1 for 2)",
    "substr(s, 1)",
    "trim(s)",
    "left(s, 2)",
    "replace(s, 'a', 'b')",
    "regexp_replace(s, 'a', 'b')",
    "s ~ 'a'",
    "split_part(s, ',', 1)",
    "position('a' in s)",
    "abs(i)",
    "round(n, 2)",
    "n * i",
    "n::int",
    "i::numeric",
    "i::boolean",
    "b::int",
    "i::mood",
    "m::colour",
    "s COLLATE \"C\"",
    "(p).x",
    "(p).nosuch",
    "p",
    "iv + iv",
    "ts + iv",
    "tz + iv",
    "d + 1",
    "d + iv",
    "ts - ts",
    "d = ts",
    "d < tz",
    "current_user",
    "session_user = s",
    "ROW(i, s)",
    "i IS NOT NULL",
    "s IS DISTINCT FROM v",
    "nosuch IS NULL",
    "nosuch::text",
    "i::nosuch",
    "lower(nosuch) = s",
    "i + nosuch",
    "CASE WHEN nosuch THEN 1 END",
    "user",
    "value",
    "num_nonnulls(i, s) = 1",
    "btrim(s)",
    "encode(sha256(s::bytea), 'hex')",
    "s::bytea",
    "hashtext(s)",
    "greatest(i, 1)",
    "int4range(i, i)",
    "make_date(i, 1, 1)",
    "to_timestamp(i)",
    "to_date(s, 'YYYY')",
    "normalize(s, NFC)",
    "jsonb_typeof(j) = 'object'",
];

const WIDE: &str = "i int, s text, v varchar(10), d date, ts timestamp, tz timestamptz, n numeric, j jsonb, u uuid, b boolean, m mood, \
    a text[], iv interval, p pair, g int GENERATED ALWAYS AS (i + 1) STORED";

/// Columns of `other`, and types that refer to each.
const REFERRED: &[&str] =
    &["id", "word", "feels", "at", "big", "amount", "code", "day", "u", "p", "f", "id, word", "nosuch"];

/// What gander does not see: the SQLSTATE, how many statements, and what it would have to know.
const MISSED: &[(&str, usize, &str)] = &[
    ("0A000", 5, "no index over a column that every table has"),
    ("22007", 29, "which strings are days and times"),
    ("22P02", 90, "which strings are values of a type"),
    ("42602", 1, "which strings are names"),
    ("42703", 12, "the attributes of a composite type"),
    ("42704", 1, "which types an index can hold"),
    ("42804", 212, "what functions of the history's and rows give; domains that are referred to"),
    ("42846", 13, "which types cannot be cast to each other at all"),
    ("42P01", 48, "the table before the dot, in a place that has one table; names in strings"),
    ("42P10", 6, "no generated column over a column that every table has"),
    ("42P16", 1, "a row is no column of an index"),
    ("42P17", 30, "casts of lists, and functions that are immutable for some types"),
];

fn script() -> String {
    let mut script = SETUP.to_owned();
    let mut number = 0;
    let mut add = |statement: String| {
        number += 1;
        script.push_str(&statement.replace('#', &number.to_string()));
        script.push_str(";\n");
    };
    for ty in TYPES {
        for default in CONSTANTS {
            add(format!("CREATE TABLE t# (a {ty} DEFAULT {default})"));
        }
        for column in REFERRED {
            add(format!("CREATE TABLE t# (a {ty} REFERENCES other ({column}))"));
        }
        add(format!("CREATE TABLE t# (a {ty} GENERATED ALWAYS AS IDENTITY)"));
        add(format!("CREATE TABLE t# (a {ty} REFERENCES other)"));
    }
    add(format!("CREATE TABLE wide ({WIDE})"));
    for expr in EXPRESSIONS {
        for (ty, cast) in [("text", ""), ("int", ""), ("timestamptz", ""), ("text", "::text")] {
            let wide = WIDE.replace("g int GENERATED ALWAYS AS (i + 1) STORED", "g int");
            add(format!("CREATE TABLE t# ({wide}, x {ty} GENERATED ALWAYS AS (({expr}){cast}) STORED)"));
        }
        add(format!("CREATE INDEX ON wide (({expr}))"));
        add(format!("CREATE INDEX ON wide (i) WHERE ({expr}) IS NULL"));
        add(format!("ALTER TABLE wide ADD CHECK (({expr}) IS NOT NULL)"));
        add(format!("CREATE POLICY p# ON wide USING (({expr}) IS NULL)"));
        for ty in ["int", "text", "boolean", "mood"] {
            add(format!(
                "CREATE TABLE t# ({})",
                WIDE.replace("g int GENERATED ALWAYS AS (i + 1) STORED", "g int, x int")
            ));
            add(format!("ALTER TABLE t# ALTER x TYPE {ty} USING ({expr})").replace("t#", "t##"));
        }
    }
    for from in TYPES {
        // Of the others '1' is no value.
        let has_one = ["int", "bigint", "numeric(10,2)", "text", "varchar(20)", "boolean"].contains(from);
        for default in ["", "DEFAULT '1'"].into_iter().take(1 + usize::from(has_one)) {
            for to in TYPES {
                add(format!("CREATE TABLE t# (a {from} {default})"));
                add(format!("ALTER TABLE t## ALTER a TYPE {to}"));
            }
        }
    }
    script
}

#[test]
fn what_gander_refuses_the_server_refuses() {
    let script = placed(&script());
    let database = postgres::fresh_database();
    let server = on_postgres(&database, &script).expect("psql runs it");
    let (ours, _) = on_catalog(&script, Dialect::Postgres, Some(&server.verdicts));
    let differs = disputed(&script, Dialect::Postgres, &server, &ours);
    let lies: Vec<&str> =
        differs.iter().map(|(_, line)| line.as_str()).filter(|line| line.starts_with("refused")).collect();
    assert!(lies.is_empty(), "{} of {}:\n{}", lies.len(), server.verdicts.len(), lies.join("\n"));
    let mut missed: BTreeMap<&str, usize> = BTreeMap::new();
    for line in differs.iter().map(|(_, line)| line.as_str()) {
        let Some(rest) = line.strip_prefix("accepted, not ") else { continue };
        *missed.entry(&rest[..5]).or_default() += 1;
        if std::env::var_os("GANDER_SHOW").is_some() {
            println!("{line}");
        }
    }
    let told: BTreeMap<&str, usize> = MISSED.iter().map(|(state, count, _)| (*state, *count)).collect();
    assert_eq!(missed, told, "of each SQLSTATE so many are missed, and so many are told to be");
}

/// `##`: the number of the statement before.
fn placed(script: &str) -> String {
    let mut out = String::new();
    let mut last = String::new();
    for line in script.lines() {
        let name = line.split_whitespace().nth(2).unwrap_or_default();
        if line.starts_with("CREATE TABLE t") {
            name.clone_into(&mut last);
        }
        match line.split_once("ALTER TABLE t") {
            Some(("", rest)) => {
                let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                out.push_str(&format!("ALTER TABLE {last}{rest}\n"));
            }
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    out
}
