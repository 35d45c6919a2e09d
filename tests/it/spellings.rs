//! Two spellings of a type, a default or an index: gander takes them for the same where PostgreSQL does.

use gander::history::replay::run;
use gander::history::{Part, Wrap};
use gander::schema::{Catalog, Dialect, Engine};
use gander::syntax::sql;
use gander::text::{FileId, Span};

use crate::support::postgres::fresh_database;

/// A column's type and defaults for it, each compared with each.
const DEFAULTS: &[(&str, &[&str])] = &[
    ("text", &["'x'", "'x'::text", "'x'::character varying", "('x')", "E'x'", "'X'", "'y'"]),
    ("text", &["NULL", "NULL::text", "''"]),
    ("varchar(20)", &["'x'", "'x'::text", "'x'::varchar(20)", "'x '"]),
    ("char(2)", &["'x'", "'x'::bpchar", "'y'"]),
    (
        "integer",
        &["0", "'0'", "'0'::integer", "(0)", "-0", "00", "1", "'1'", "-1", "'-1'::integer", "(-1)", "+1"],
    ),
    ("bigint", &["0", "'0'::bigint", "0::bigint", "1"]),
    ("numeric(10,2)", &["0", "'0'", "0.00", "0.0::numeric", "0.01", "'0.01'", "-0.01"]),
    ("numeric", &["1000", "'1000'", "1000.5", "'1000.5'::numeric"]),
    ("boolean", &["true", "'t'", "'t'::boolean", "TRUE", "'yes'", "false", "'off'", "'f'::bool", "NULL"]),
    (
        "jsonb",
        &[
            "'{}'",
            "'{}'::jsonb",
            "'{ }'",
            "'[]'",
            r#"'{"a": [1, "b c"]}'"#,
            r#"'{"a":[1,"b c"]}'"#,
            r#"'{"a":[1,"bc"]}'"#,
        ],
    ),
    (
        "timestamptz",
        &[
            "now()",
            "NOW()",
            "(now())",
            "CURRENT_TIMESTAMP",
            "current_timestamp",
            "transaction_timestamp()",
            "pg_catalog.now()",
            "now()::timestamptz",
            "clock_timestamp()",
            "statement_timestamp()",
            "'2020-01-01'",
            "'2020-01-01 00:00:00+00'::timestamptz",
            "'2020-01-02'",
        ],
    ),
    (
        "timestamp",
        &[
            "'epoch'",
            "'1970-01-01T00:00:00'",
            "'1970-01-01 00:00:00 UTC'",
            "TIMESTAMP '1970-01-01 00:00:00'",
            "now()",
            "now()::timestamp",
            "CURRENT_TIMESTAMP",
            "(now() AT TIME ZONE 'utc')",
            "timezone('utc', now())",
            "timezone('utc'::text, now())",
            "(now() AT TIME ZONE 'Asia/Tokyo')",
        ],
    ),
    ("date", &["'2020-01-01'", "'2020-01-01'::date", "'2020-01-02'"]),
    (
        "text[]",
        &[
            "'{}'",
            "'{}'::text[]",
            "ARRAY[]::text[]",
            "ARRAY['a','b']",
            "'{a,b}'",
            "ARRAY['a'::text, 'b'::text]",
            "'{a}'",
        ],
    ),
    ("status", &["'open'", "'open'::status", "'open'::public.status", "'closed'"]),
    (
        "uuid",
        &[
            "gen_random_uuid()",
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid",
        ],
    ),
    (
        "interval",
        &[
            "'1 day'",
            "INTERVAL '1 day'",
            "'1 day'::interval",
            "'2 days'",
            "'1 days'",
            "'24 hours'",
            "'1d'",
            "'1 week'",
            "'7 days'",
            "'1 year'",
            "'12 mons'",
            "'01:30'",
            "'90 minutes'",
        ],
    ),
    (
        "text",
        &[
            "upper('a')",
            "upper('a'::text)",
            "pg_catalog.upper('a')",
            "lower('a')",
            "'a' || 'b'",
            "('a'::text || 'b'::text)",
        ],
    ),
    (
        "bigint",
        &[
            "nextval('numbers')",
            "nextval('public.numbers'::regclass)",
            "nextval('numbers'::regclass)",
            "nextval('others')",
        ],
    ),
];

/// Types, each compared with each.
const TYPES: &[&[&str]] = &[
    &["integer", "int", "int4", "INTEGER", "pg_catalog.int4", "bigint", "int8", "smallint", "int2"],
    &[
        "varchar(20)",
        "character varying(20)",
        "char varying(20)",
        "VARCHAR (20)",
        "varchar(21)",
        "varchar",
        "text",
    ],
    &["char", "character", "char(1)", "character(2)", "bpchar"],
    &["numeric", "decimal", "numeric(10)", "decimal(10,0)", "numeric(10, 2)", "dec(10,2)"],
    &[
        "timestamp",
        "timestamp without time zone",
        "timestamptz",
        "timestamp with time zone",
        "timestamp(3)",
        "timestamptz(3)",
        "timestamp(3) with time zone",
    ],
    &["time", "time without time zone", "timetz", "time with time zone"],
    &["float", "float8", "double precision", "float(53)", "real", "float4", "float(24)"],
    &["bool", "boolean"],
    &["int[]", "integer[]", "integer ARRAY", "int[3]", "bigint[]"],
    &["status", "public.status", "\"status\"", "STATUS"],
    &["bit", "bit(1)", "bit varying(3)", "varbit(3)"],
];

/// What follows `CREATE INDEX i`, each compared with each.
const INDEXES: &[&[&str]] = &[
    &[
        "ON t (a)",
        "ON public.t (a)",
        "ON t USING btree (a)",
        "ON t (a ASC)",
        "ON t (a NULLS LAST)",
        "ON t (a text_ops)",
        "ON t (a DESC)",
        "ON t (a DESC NULLS FIRST)",
        "ON t (a DESC NULLS LAST)",
        "ON t (a, b)",
        "ON t (b, a)",
        "ON t USING hash (a)",
    ],
    &["ON t (lower(a))", "ON t (lower(a::text))", "ON t ((lower(a)))", "ON t (LOWER(a))", "ON t (upper(a))"],
    &["ON t (lower(s))", "ON t (lower((s)::text))"],
    &[
        "ON t (n) WHERE n > 0",
        "ON t (n) WHERE (n > (0)::numeric)",
        "ON t (n) WHERE ((n) > 0)",
        "ON t (n) WHERE n > 1",
        "ON t (n)",
    ],
    &["ON t (a) WHERE s IN ('a', 'b')", "ON t (a) WHERE s IN ('b', 'a')"],
    &[
        "ON t (a) WHERE s IN ('a')",
        "ON t (a) WHERE s = 'a'",
        "ON t (a) WHERE s <> 'a'",
        "ON t (a) WHERE s != 'a'",
    ],
    &[
        "ON t (a) WHERE b BETWEEN 1 AND 5",
        "ON t (a) WHERE b >= 1 AND b <= 5",
        "ON t (a) WHERE ((b >= 1) AND (b <= 5))",
        "ON t (a) WHERE b BETWEEN 1 AND 6",
    ],
    &["ON t (a) WHERE d", "ON t (a) WHERE NOT d", "ON t (a) WHERE d IS NOT TRUE", "ON t (a) WHERE (NOT d)"],
    &["ON t (a) WHERE a LIKE 'x%'", "ON t (a) WHERE (a ~~ 'x%'::text)", "ON t (a) WHERE a ILIKE 'x%'"],
    &[
        "ON t (a) WHERE st = 'open'",
        "ON t (a) WHERE st = 'open'::status",
        "ON t (a) WHERE (st = 'open'::public.status)",
        "ON t (a) WHERE st = 'closed'",
    ],
    &["ON t (a) INCLUDE (b)", "ON t (a)", "ON t (a) INCLUDE (b, n)"],
    &[
        "ON t (a COLLATE \"C\")",
        "ON t (a COLLATE pg_catalog.\"C\")",
        "ON t (a COLLATE \"POSIX\")",
        "ON t (a)",
    ],
    &[
        "ON t (a) WHERE a IS NULL AND d",
        "ON t (a) WHERE ((a IS NULL) AND d)",
        "ON t (a) WHERE a IS NOT NULL AND d",
    ],
    &["ON t (COALESCE(s, 'x'))", "ON t (COALESCE(s, 'x'::character varying))", "ON t (COALESCE(s, 'y'))"],
    &["ON t (COALESCE(b, k))", "ON t (COALESCE(b::bigint, k))", "ON t (COALESCE(k, b))"],
    &["ON t ((b + 1))", "ON t ((1 + b))", "ON t (((b) + (1)))"],
    &[
        "ON t USING gin (j)",
        "ON t USING gin (j jsonb_ops)",
        "ON t USING gin (j jsonb_path_ops)",
        "ON t USING GIN (j)",
    ],
];

const SETTING: &str =
    "CREATE TYPE status AS ENUM ('open', 'closed'); CREATE SEQUENCE numbers; CREATE SEQUENCE others;\n";

/// The catalog that a text builds.
fn catalog(text: &str) -> Catalog {
    let engine = Engine::of(Dialect::Postgres);
    let span = Span::new(0, text.len() as u32);
    let part = Part { file: FileId(0), span, wrap: Wrap::Nobody, switched_off: None };
    let script = sql::read(text, span, Dialect::Postgres);
    let unread: Vec<_> = script.statements.iter().filter(|statement| statement.is_opaque()).collect();
    assert!(unread.is_empty(), "{text}\n{unread:?}");
    run(part, engine, script, &Catalog::new(Dialect::Postgres, false)).after
}

/// Whether gander sees no difference between what two texts build.
fn same(left: &str, right: &str) -> bool {
    catalog(&format!("{SETTING}{left}")).diff(&catalog(&format!("{SETTING}{right}"))).is_empty()
}

/// Every pair of a list, each once.
fn pairs<'a>(list: &'a [&'a str]) -> impl Iterator<Item = ((usize, &'a str), (usize, &'a str))> {
    let numbered = || list.iter().copied().enumerate();
    numbered().flat_map(move |one| numbered().skip(one.0 + 1).map(move |other| (one, other)))
}

#[test]
fn defaults_are_the_same_where_the_server_gives_the_same_value() {
    let database = fresh_database();
    database.run_file_text(SETTING).expect("the types are made");
    let mut wrong = Vec::new();
    for (ty, defaults) in DEFAULTS {
        // One column each. Two rows in one transaction, with time between: what stands still is told from what runs.
        let columns: Vec<String> =
            defaults.iter().enumerate().map(|(i, default)| format!("c{i} {ty} DEFAULT {default}")).collect();
        let mut ask = format!("DROP TABLE IF EXISTS d; CREATE TABLE d ({});\n", columns.join(", "));
        ask.push_str("SET timezone = 'America/Lima'; BEGIN; INSERT INTO d DEFAULT VALUES; SELECT pg_sleep(0.002) \\g /dev/null\nINSERT INTO d DEFAULT VALUES; COMMIT; SET timezone = 'UTC';\n");
        for i in 0..defaults.len() {
            let printed = format!(
                "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'd'::regclass AND adnum = {}",
                i + 1
            );
            ask.push_str(&format!(
                "SELECT coalesce(({printed}), 'NULL') || E'\\x01' || coalesce(string_agg(c{i}::text, '|' ORDER BY ctid), '') FROM d;\n"
            ));
        }
        ask.insert_str(0, "SET timezone = 'UTC'; ");
        let rows = database.query(&ask).expect("the server takes them");
        let answers: Vec<(&str, &str)> =
            rows.lines().map(|line| line.split_once('\u{1}').expect("two parts")).collect();
        assert_eq!(answers.len(), defaults.len(), "{rows}");
        for (default, (printed, _)) in defaults.iter().zip(&answers) {
            if !same(
                &format!("CREATE TABLE t (c {ty} DEFAULT {default});"),
                &format!("CREATE TABLE t (c {ty} DEFAULT {printed});"),
            ) {
                wrong.push(format!("{ty}: `{default}` is printed as `{printed}`"));
            }
        }
        for ((i, one), (j, other)) in pairs(defaults) {
            // A sequence never gives the same value twice: there what is printed decides.
            let by_value = answers[i].1 == answers[j].1 && !one.contains("nextval");
            let server = answers[i].0 == answers[j].0 || by_value;
            let ours = same(
                &format!("CREATE TABLE t (c {ty} DEFAULT {one});"),
                &format!("CREATE TABLE t (c {ty} DEFAULT {other});"),
            );
            if ours != server {
                wrong.push(format!(
                    "{ty}: `{one}` and `{other}`: the server says {server}: {:?} {:?}",
                    answers[i], answers[j]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn types_are_the_same_where_the_server_prints_the_same() {
    let database = fresh_database();
    database.run_file_text(SETTING).expect("the types are made");
    let mut wrong = Vec::new();
    for types in TYPES {
        let columns: Vec<String> = types.iter().enumerate().map(|(i, ty)| format!("c{i} {ty}")).collect();
        let ask = format!(
            "DROP TABLE IF EXISTS d; CREATE TABLE d ({}); SELECT format_type(atttypid, atttypmod) FROM pg_attribute \
             WHERE attrelid = 'd'::regclass AND attnum > 0 ORDER BY attnum;",
            columns.join(", ")
        );
        let rows = database.query(&ask).expect("the server takes them");
        let printed: Vec<&str> = rows.lines().collect();
        for ((i, one), (j, other)) in pairs(types) {
            let ours = same(&format!("CREATE TABLE t (c {one});"), &format!("CREATE TABLE t (c {other});"));
            if ours != (printed[i] == printed[j]) {
                wrong.push(format!(
                    "`{one}` and `{other}`: the server prints {} and {}",
                    printed[i], printed[j]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn indexes_are_the_same_where_the_server_prints_the_same() {
    const TABLE: &str = "CREATE TABLE t (a text, b integer, n numeric, s varchar(10), d boolean, st status, j jsonb, k bigint, c text COLLATE \"C\");\n";
    let database = fresh_database();
    database.run_file_text(&format!("{SETTING}{TABLE}")).expect("the table is made");
    let mut wrong = Vec::new();
    for indexes in INDEXES {
        let mut printed = Vec::new();
        for index in *indexes {
            let ask = format!(
                "DROP INDEX IF EXISTS i; CREATE INDEX i {index}; SELECT pg_get_indexdef('i'::regclass);"
            );
            printed.push(database.query(&ask).expect("the server takes it"));
        }
        for (index, printed) in indexes.iter().zip(&printed) {
            if !same(&format!("{TABLE}CREATE INDEX i {index};"), &format!("{TABLE}{printed};")) {
                wrong.push(format!("`{index}` is printed as {printed}"));
            }
        }
        for ((i, one), (j, other)) in pairs(indexes) {
            let ours =
                same(&format!("{TABLE}CREATE INDEX i {one};"), &format!("{TABLE}CREATE INDEX i {other};"));
            if ours != (printed[i] == printed[j]) {
                wrong.push(format!(
                    "`{one}` and `{other}`: the server prints\n  {}\n  {}",
                    printed[i], printed[j]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
