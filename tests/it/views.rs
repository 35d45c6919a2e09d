//! Views as they are written and as PostgreSQL prints them: gander knows the same columns and takes both for the same, and tells
//! from them what was changed. The queries are in `tests/data/views`.

use std::collections::BTreeMap;

use gander::history::replay::run;
use gander::history::{Part, Wrap};
use gander::schema::{Catalog, Dialect, Engine, Ident, Name, Resolved, Version, canonical};
use gander::syntax::sql;
use gander::text::{FileId, Span};

use crate::support::postgres::{Database, fresh_database};

fn data(file: &str) -> String {
    let path = format!("{}/tests/data/views/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// One on each line.
fn queries() -> Vec<String> {
    let lines = data("queries.sql");
    lines.lines().filter(|line| !line.is_empty() && !line.starts_with("--")).map(str::to_owned).collect()
}

/// The catalog that a text builds.
fn catalog(text: &str) -> Catalog {
    let engine = Engine::of(Dialect::Postgres);
    let span = Span::new(0, text.len() as u32);
    let part = Part { file: FileId(0), span, wrap: Wrap::Nobody, switched_off: None };
    let script = sql::read(text, span, Dialect::Postgres);
    run(part, engine, script, &Catalog::new(Dialect::Postgres, false)).after
}

/// Why gander refuses each of these views, a statement each; nothing where it takes it.
fn refusals(tables: &str, views: &str) -> Vec<String> {
    let engine = Engine { dialect: Dialect::Postgres, version: Some(Version { major: 15, minor: 0 }) };
    let part = |text: &str| Part {
        file: FileId(0),
        span: Span::new(0, text.len() as u32),
        wrap: Wrap::Nobody,
        switched_off: None,
    };
    let read = |text: &str| sql::read(text, Span::new(0, text.len() as u32), Dialect::Postgres);
    let before = run(part(tables), engine, read(tables), &Catalog::new(Dialect::Postgres, false)).after;
    let replayed = run(part(views), engine, read(views), &before);
    let state = |step: &gander::history::replay::Step| {
        let conflict = step.outcomes.iter().find_map(|outcome| outcome.conflict());
        conflict.map_or("", |conflict| conflict.sqlstate()).to_owned()
    };
    replayed.steps.iter().map(state).collect()
}

/// What is known of a view's query, where all of it was understood.
fn understood<'c>(catalog: &'c Catalog, view: &str) -> Option<&'c Resolved> {
    let name = Name::qualified(Ident::exact("public"), Ident::exact(view));
    catalog.view(&name).found()?.resolved.as_deref().filter(|resolved| resolved.clear)
}

fn view(name: &str, query: &str) -> String {
    format!("CREATE VIEW {name} AS {query};\n")
}

/// Makes the views that the server takes, and gives each as it prints it, with its schema before everything as in a dump; and why it
/// refuses the others.
fn printed(
    database: &Database,
    views: &[(String, String)],
) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let all: String = views.iter().map(|(name, query)| view(name, query)).collect();
    let errors = database.run_what_runs(&all);
    let refused = errors.into_iter().filter_map(|error| {
        // A line each.
        let (name, _) = views.get(error.line?.checked_sub(1)? as usize)?;
        Some((name.clone(), error.sqlstate))
    });
    let refused = refused.collect();
    let ask = "SET search_path = ''; SELECT relname || E'\\x01' || replace(pg_get_viewdef(oid), E'\\n', ' ') \
               FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace";
    let rows = database.query(ask).expect("the server prints them");
    let one = |row: &str| row.split_once('\u{1}').map(|(name, query)| (name.to_owned(), query.to_owned()));
    (rows.lines().filter_map(one).collect(), refused)
}

/// The columns of every view: name, and type as the server prints it.
fn columns(database: &Database) -> BTreeMap<String, Vec<(String, String)>> {
    let ask = "SELECT c.relname || E'\\x01' || a.attname || E'\\x01' || format_type(a.atttypid, a.atttypmod) \
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
               WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 ORDER BY a.attnum";
    let rows = database.query(ask).expect("the server knows them");
    let mut all: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in rows.lines() {
        let mut parts = row.split('\u{1}').map(str::to_owned);
        if let (Some(view), Some(column), Some(ty)) = (parts.next(), parts.next(), parts.next()) {
            all.entry(view).or_default().push((column, ty));
        }
    }
    all
}

#[test]
fn a_view_is_the_one_that_the_server_dumps() {
    let database = fresh_database();
    let tables = data("tables.sql");
    database.run_file_text(&tables).expect("the tables are made");
    let queries = queries();
    assert!(queries.len() >= 200, "{}", queries.len());
    let names: Vec<String> = (0..queries.len()).map(|i| format!("v{i}")).collect();
    let views: String = names.iter().zip(&queries).map(|(name, query)| view(name, query)).collect();
    database.run_file_text(&views).expect("the views are made");
    let (written, dumped) = (catalog(&format!("{tables}{views}")), catalog(&database.dump_schema()));
    let columns = columns(&database);
    let (mut unclear, mut wrong) = (Vec::new(), Vec::new());
    let (mut typed, mut all) = (0, 0);
    for (name, query) in names.iter().zip(&queries) {
        let (Some(one), Some(other)) = (understood(&written, name), understood(&dumped, name)) else {
            let side = if understood(&written, name).is_none() { "as written" } else { "as printed" };
            unclear.push(format!("{side}: {query}"));
            continue;
        };
        if !canonical::same_query(one, other, Dialect::Postgres) {
            wrong.push(format!("{query}\n    is printed as something else"));
        }
        let expected = &columns[name];
        for (side, resolved) in [("written", one), ("printed", other)] {
            let Some(found) = &resolved.columns else {
                unclear.push(format!("columns, as {side}: {query}"));
                continue;
            };
            let names: Vec<&str> = found.iter().map(|output| output.name.text()).collect();
            if names != expected.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>() {
                wrong.push(format!("{query}\n    as {side} has the columns {names:?}, not {expected:?}"));
                continue;
            }
            for (output, (column, ty)) in found.iter().zip(expected) {
                all += 1;
                let Some(known) = &output.ty else { continue };
                typed += 1;
                if known.to_string() != ty.strip_prefix("public.").unwrap_or(ty) {
                    wrong.push(format!("{query}\n    as {side} has `{column}` of type {ty}, not {known}"));
                }
            }
        }
    }
    println!("{} queries, {} unclear; {typed} of {all} types known", queries.len(), unclear.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), queries.len(), wrong.join("\n"));
    // One in twenty may be too much for us; each is named, so that it is seen when it gets worse.
    assert!(unclear.len() * 20 < queries.len(), "{} unclear:\n{}", unclear.len(), unclear.join("\n"));
    assert!(typed * 10 > all * 9, "only {typed} of {all} types are known");
}

/// What may stand in the place of a word.
const OTHER_WORDS: &[(&str, &[&str])] = &[
    ("AND", &["OR"]),
    ("OR", &["AND"]),
    ("NOT", &[""]),
    ("DESC", &["", "DESC NULLS LAST"]),
    ("ASC", &["DESC"]),
    ("FIRST", &["LAST"]),
    ("LAST", &["FIRST"]),
    ("LEFT", &["", "RIGHT", "FULL"]),
    ("RIGHT", &["LEFT"]),
    ("FULL", &["LEFT"]),
    ("INNER", &["LEFT"]),
    ("JOIN", &["LEFT JOIN"]),
    ("ALL", &["", "ANY"]),
    ("ANY", &["ALL"]),
    ("UNION", &["EXCEPT", "UNION ALL"]),
    ("EXCEPT", &["UNION"]),
    ("INTERSECT", &["UNION"]),
    ("DISTINCT", &[""]),
    ("IN", &["NOT IN"]),
    ("EXISTS", &["NOT EXISTS"]),
    ("LIKE", &["ILIKE", "NOT LIKE"]),
    ("ILIKE", &["LIKE"]),
    ("BETWEEN", &["NOT BETWEEN"]),
    ("IS", &["IS NOT"]),
    ("NULL", &["NOT NULL"]),
    ("TRUE", &["FALSE"]),
    ("true", &["false"]),
    ("WHERE", &["WHERE id > 77 AND"]),
    ("ON", &["ON 1 = 2 AND"]),
    ("HAVING", &["HAVING max(1) = 2 AND"]),
    ("PARTITION", &["ORDER"]),
    ("PRECEDING", &["FOLLOWING"]),
    ("ROWS", &["RANGE", "GROUPS"]),
    ("ROLLUP", &["CUBE"]),
    ("CUBE", &["ROLLUP"]),
    ("MATERIALIZED", &[""]),
    ("RECURSIVE", &[""]),
    ("ORDINALITY", &[""]),
    ("TIES", &["ONLY"]),
    ("ONLY", &["WITH TIES"]),
    ("SHARE", &["UPDATE"]),
    ("UPDATE", &["SHARE"]),
    ("NOWAIT", &["SKIP LOCKED"]),
    ("LIMIT", &["OFFSET", "LIMIT 1 +"]),
    ("ELSE", &["WHEN false THEN"]),
    ("count", &["max", "min"]),
    ("sum", &["avg", "max"]),
    ("avg", &["sum"]),
    ("min", &["max"]),
    ("max", &["min", "count"]),
    ("lower", &["upper"]),
    ("upper", &["lower"]),
    ("lag", &["lead"]),
    ("lead", &["lag"]),
    ("rank", &["dense_rank"]),
    ("row_number", &["rank"]),
    ("coalesce", &["nullif", "greatest"]),
    ("greatest", &["least"]),
    ("json_agg", &["jsonb_agg"]),
    ("array_agg", &["json_agg"]),
    ("bool_and", &["bool_or"]),
    ("round", &["trunc"]),
    ("now", &["clock_timestamp"]),
    ("year", &["month"]),
    ("id", &["id + 1", "customer_id", "parent_id", "category_id", "line"]),
    ("customer_id", &["id", "priority"]),
    ("parent_id", &["id"]),
    ("name", &["email", "path", "name || 'x'"]),
    ("email", &["name"]),
    ("note", &["note || 'x'"]),
    ("total", &["discount", "total * 2"]),
    ("price", &["quantity"]),
    ("quantity", &["price"]),
    ("placed_on", &["shipped_at", "placed_on + 1"]),
    ("shipped_at", &["placed_on"]),
    ("status", &["note", "priority"]),
    ("country", &["name"]),
    ("active", &["NOT active"]),
    ("balance", &["rating", "id"]),
    ("rating", &["balance"]),
    ("tags", &["meta"]),
    ("key", &["value"]),
    ("value", &["key"]),
    ("customers", &["products", "app.events"]),
    ("orders", &["app.events", "items"]),
    ("products", &["categories"]),
    ("categories", &["products"]),
    ("text", &["varchar", "varchar(9)"]),
    ("int", &["bigint", "smallint"]),
    ("integer", &["bigint"]),
    ("bigint", &["integer"]),
    ("numeric", &["real", "numeric(7,1)"]),
    ("date", &["timestamp"]),
];

const OTHER_SYMBOLS: &[(&str, &[&str])] = &[
    ("=", &["<>", "<="]),
    ("<", &["<="]),
    (">", &[">="]),
    (">=", &[">"]),
    ("<=", &["<"]),
    ("<>", &["="]),
    ("!=", &["="]),
    ("+", &["-"]),
    ("-", &["+"]),
    ("*", &["+"]),
    ("/", &["*"]),
    ("->>", &["->"]),
    ("->", &["->>"]),
    ("@>", &["<@"]),
    ("&&", &["@>"]),
    ("~", &["~*", "!~"]),
];

/// The words, numbers, strings and symbols of a query, each with what is before it.
fn pieces(query: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let bytes = query.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let class = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' => 1,
            b'=' | b'<' | b'>' | b'!' | b'+' | b'-' | b'*' | b'/' | b'~' | b'@' | b'&' | b'|' | b'#' => 2,
            b' ' => 3,
            _ => 0,
        };
        at += 1;
        if matches!(bytes[start], b'\'' | b'"') {
            while at < bytes.len() && bytes[at] != bytes[start] {
                at += 1;
            }
            at += 1;
        } else if class(bytes[start]) > 0 {
            while at < bytes.len()
                && class(bytes[at]) == class(bytes[start])
                && !(class(bytes[at]) == 1 && bytes[at] == b'.')
                && bytes[at - 1] != b'.'
            {
                at += 1;
            }
        }
        found.push(&query[start..at]);
    }
    found
}

/// The query with one thing in it changed, for every thing that can be changed. Not each of them is one.
fn changed(query: &str) -> Vec<String> {
    let pieces = pieces(query);
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let mut others: Vec<String> = Vec::new();
        let known = OTHER_WORDS.iter().chain(OTHER_SYMBOLS).filter(|(word, _)| word == piece);
        others.extend(known.flat_map(|(_, others)| others.iter().map(|other| (*other).to_owned())));
        if let Ok(number) = piece.parse::<u64>() {
            others.push((number + 1).to_string());
        }
        if piece.starts_with('\'') && piece.len() > 1 {
            others.push(format!("{}q'", &piece[..piece.len() - 1]));
            others.push(piece.replacen('1', "2", 1));
            others.push(piece.replacen('a', "b", 1));
        }
        if *piece == "::" || *piece == ":" {
            others.push(String::new());
        }
        for other in others.into_iter().filter(|other| other != piece) {
            let mut all: Vec<&str> = pieces.clone();
            all[at] = &other;
            found.push(all.concat());
        }
    }
    // Without its last condition.
    if let Some((before, after)) = query.rsplit_once(" WHERE ")
        && !after.contains([')', ';'])
    {
        let rest = [" GROUP BY ", " ORDER BY ", " LIMIT ", " UNION ", " FOR ", " FETCH "]
            .iter()
            .filter_map(|word| after.find(word))
            .min();
        found.push(format!("{before}{}", rest.map_or("", |at| &after[at..])));
    }
    // Without one of its casts.
    for (at, _) in query.match_indices("::") {
        let end = query[at + 2..]
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(query.len(), |end| at + 2 + end);
        found.push(format!("{}{}", &query[..at], &query[end..]));
    }
    found.sort();
    found.dedup();
    found
}

/// Where gander takes two queries for the same that the server prints differently, and why that is right.
const SAME_ALL_THE_SAME: &[(&str, &str)] = &[
    ("EXISTS (SELECT 2 FROM orders", "EXISTS does not look at what is selected"),
    ("generate_series('2024-01-01', '2024-12-31'::date", "a date becomes the same moment as its text"),
    ("generate_series('2024-01-01'::date, '2024-12-31', ", "a date becomes the same moment as its text"),
];

#[test]
fn a_query_that_was_changed_is_another_one() {
    let database = fresh_database();
    let tables = data("tables.sql");
    database.run_file_text(&tables).expect("the tables are made");
    let queries = queries();
    let mut views: Vec<(String, String)> = Vec::new();
    let mut changes: Vec<Vec<String>> = Vec::new();
    for (i, query) in queries.iter().enumerate() {
        views.push((format!("v{i}"), query.clone()));
        let others = changed(query);
        let names: Vec<String> = (0..others.len()).map(|j| format!("v{i}_{j}")).collect();
        views.extend(names.iter().cloned().zip(others));
        changes.push(names);
    }
    let (printed, refused) = printed(&database, &views);
    let written: BTreeMap<&str, &str> =
        views.iter().map(|(name, query)| (name.as_str(), query.as_str())).collect();
    let all: String = views
        .iter()
        .filter(|(name, _)| printed.contains_key(name))
        .map(|(name, query)| view(name, query))
        .collect();
    let by_hand = catalog(&format!("{tables}{all}"));
    let by_server = catalog(&format!(
        "{tables}{}",
        printed.iter().map(|(name, query)| { view(name, query.trim_end_matches(';')) }).collect::<String>()
    ));
    let (mut told, mut unclear, mut wrong) = (0, Vec::new(), Vec::new());
    for (i, query) in queries.iter().enumerate() {
        let name = format!("v{i}");
        let Some(original) = understood(&by_server, &name) else { continue };
        for change in changes[i].iter().filter(|change| printed.contains_key(*change)) {
            let mutant = written[change.as_str()];
            let Some(one) = understood(&by_hand, change) else {
                unclear.push(mutant);
                continue;
            };
            let Some(other) = understood(&by_server, change) else {
                unclear.push(mutant);
                continue;
            };
            if !canonical::same_query(one, other, Dialect::Postgres) {
                wrong.push(format!("{mutant}\n    is printed as\n{}", printed[change]));
            }
            let expected = printed[change] == printed[&name];
            let found = canonical::same_query(one, original, Dialect::Postgres);
            if found == expected {
                told += usize::from(!expected);
            } else if expected || !SAME_ALL_THE_SAME.iter().any(|(part, _)| mutant.contains(part)) {
                let word = if expected { "is not taken for" } else { "is taken for" };
                wrong.push(format!("{mutant}\n    {word}\n{query}"));
            }
        }
    }
    // What is refused because something is not there, or is there twice, is refused for that by both.
    let all: String = views.iter().map(|(name, query)| view(name, query)).collect();
    let (mut alike, mut others, mut more) = (0, 0, Vec::new());
    for ((name, query), found) in views.iter().zip(refusals(&tables, &all)) {
        let expected = refused.get(name).map_or("", String::as_str);
        match (found.as_str(), expected) {
            ("", "42703" | "42P01" | "42701") => more.push(format!("{expected} {query}")),
            ("", _) => {}
            (found, "") => wrong.push(format!("{query}\n    is refused with `{found}`")),
            // A query can have two faults.
            (found, expected) if found != expected => others += 1,
            (_, _) => alike += 1,
        }
    }
    println!(
        "{} views; {told} changes told, {} unclear; {alike} refused by both, {others} for something else, {} by the server alone",
        printed.len(),
        unclear.len(),
        more.len()
    );
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        alike > 1000 && others * 20 < alike && more.len() * 20 < alike,
        "{alike} {others}\n{}",
        more.join("\n")
    );
    assert!(
        told > 1000 && unclear.len() * 20 < told,
        "{told} told, {} unclear:\n{}",
        unclear.len(),
        unclear.join("\n")
    );
}

/// Each statement does to gander's catalog what it does to the server, refusals included; and in the end both have the same views and
/// the same columns.
const SCRIPTS: &[&str] = &[
    // What a view uses, and what it does not.
    "CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS SELECT a AS b FROM t WHERE c > 0; ALTER TABLE t DROP COLUMN b; ALTER TABLE t DROP COLUMN c; ALTER TABLE t DROP COLUMN a",
    "CREATE TABLE t (a int, b int); CREATE TABLE u (a int, b int); CREATE VIEW v AS SELECT x.a, y.b FROM t x JOIN u y ON x.b = y.a; ALTER TABLE u ADD d int; ALTER TABLE u DROP COLUMN d; ALTER TABLE t DROP COLUMN a; ALTER TABLE u DROP COLUMN b; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS SELECT * FROM t; ALTER TABLE t ADD d int; ALTER TABLE t DROP COLUMN d; ALTER TABLE t DROP COLUMN c",
    "CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS SELECT count(*) AS n, max(a) AS m FROM t; ALTER TABLE t DROP COLUMN b; ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ALTER c TYPE bigint",
    "CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS WITH x AS (SELECT a, b FROM t) SELECT x.a FROM x; ALTER TABLE t DROP COLUMN c; ALTER TABLE t DROP COLUMN b; ALTER TABLE t DROP COLUMN a",
    "CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS SELECT a FROM t WHERE EXISTS (SELECT 1 FROM t s WHERE s.b = t.a); ALTER TABLE t DROP COLUMN c; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS SELECT row_to_json(t) AS j FROM t; ALTER TABLE t DROP COLUMN c; ALTER TABLE t ALTER a TYPE bigint",
    "CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS SELECT a, rank() OVER w FROM t WINDOW w AS (ORDER BY b); ALTER TABLE t DROP COLUMN c; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a int, b int); CREATE TABLE u (a int, c int); CREATE VIEW v AS SELECT a, b FROM t LEFT JOIN u USING (a); ALTER TABLE u DROP COLUMN c; ALTER TABLE u DROP COLUMN a",
    "CREATE TABLE t (a int, b int); CREATE TABLE u (a int, c int); CREATE VIEW v AS SELECT t.a FROM t, LATERAL (SELECT u.a FROM u WHERE u.c = t.b) x; ALTER TABLE t DROP COLUMN b; ALTER TABLE u DROP COLUMN c",
    "CREATE TABLE t (a int, b text[]); CREATE VIEW v AS SELECT x FROM t, unnest(t.b) x; ALTER TABLE t DROP COLUMN a; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT 'a' AS x, b FROM t; ALTER TABLE t DROP COLUMN a",
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t UNION SELECT b FROM t; ALTER TABLE t DROP COLUMN b",
    "CREATE TABLE t (a int, b int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE INDEX i ON m (a); ALTER TABLE t DROP COLUMN b; ALTER TABLE t DROP COLUMN a; ALTER TABLE t DROP COLUMN a CASCADE; DROP INDEX i",
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE VIEW x AS SELECT b FROM t; ALTER TABLE t DROP COLUMN a CASCADE; SELECT 1 FROM x; DROP VIEW v; DROP VIEW w; DROP VIEW x",
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT t.a FROM t t; ALTER TABLE t DROP COLUMN b; ALTER TABLE t DROP a",
    // A view follows what it reads to its new name.
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b AS c FROM t WHERE a > 1; ALTER TABLE t RENAME COLUMN a TO z; ALTER TABLE t DROP COLUMN z; ALTER TABLE t ADD a int; ALTER TABLE t DROP COLUMN a",
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT t.a FROM t; ALTER TABLE t RENAME TO u; ALTER TABLE u DROP COLUMN b; ALTER TABLE u DROP COLUMN a; CREATE TABLE t (a int); DROP TABLE t",
    "CREATE SCHEMA s; CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT t.a FROM t; ALTER TABLE t SET SCHEMA s; ALTER TABLE s.t DROP COLUMN a; ALTER SCHEMA s RENAME TO r; ALTER TABLE r.t DROP COLUMN b; ALTER TABLE r.t DROP COLUMN a",
    "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a + 1 AS n FROM v; ALTER VIEW v RENAME COLUMN a TO b; ALTER VIEW v RENAME TO x; ALTER TABLE x RENAME b TO n; SELECT n FROM w",
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT * FROM t x JOIN t y USING (a); ALTER TABLE t RENAME a TO c",
    "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t; ALTER TABLE t RENAME b TO c; ALTER TABLE t RENAME a TO b; ALTER TABLE t RENAME c TO a",
    // CREATE OR REPLACE VIEW.
    "CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT a FROM t; CREATE OR REPLACE VIEW v AS SELECT a, b FROM t; CREATE OR REPLACE VIEW v AS SELECT a FROM t; CREATE OR REPLACE VIEW v AS SELECT b, a FROM t; CREATE OR REPLACE VIEW v AS SELECT b AS a, b FROM t; CREATE OR REPLACE VIEW v AS SELECT a, b || 'x' AS b FROM t",
    "CREATE TABLE t (a int, b varchar(10)); CREATE VIEW v (x, y) AS SELECT a, b FROM t; CREATE OR REPLACE VIEW v AS SELECT a, b FROM t; CREATE OR REPLACE VIEW v AS SELECT a AS x, b AS y FROM t; CREATE OR REPLACE VIEW v (x, y) AS SELECT a, b::text FROM t; CREATE OR REPLACE VIEW v (x, y) AS SELECT a, b::varchar(9) FROM t",
    "CREATE VIEW v AS SELECT 1 AS a, 'x' AS b, NULL AS c; CREATE OR REPLACE VIEW v AS SELECT 2 AS a, 'y'::text AS b, 'z' AS c; CREATE OR REPLACE VIEW v AS SELECT 2.5 AS a, 'y' AS b, 'z' AS c; CREATE OR REPLACE VIEW v AS SELECT count(*) AS a, 'y' AS b, 'z' AS c",
    "CREATE TABLE t (a serial, b numeric(10,2)); CREATE VIEW v AS SELECT a, b FROM t; CREATE OR REPLACE VIEW v AS SELECT NULL::integer AS a, NULL::numeric(10,2) AS b; CREATE OR REPLACE VIEW v AS SELECT a, b * 1 AS b FROM t; CREATE OR REPLACE VIEW v AS SELECT a, coalesce(b, 0) AS b FROM t",
    "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; ALTER VIEW v RENAME COLUMN a TO b; CREATE OR REPLACE VIEW v AS SELECT a FROM t; CREATE OR REPLACE VIEW v AS SELECT a AS b FROM t",
    "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a, sum(a) OVER (), a::text, 'x'::text, a IS NULL FROM t; ALTER VIEW v RENAME COLUMN sum TO s; ALTER VIEW v RENAME COLUMN text TO s; ALTER VIEW v RENAME COLUMN nothing TO s",
    "CREATE RECURSIVE VIEW v (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM v WHERE n < 5; CREATE OR REPLACE VIEW v AS SELECT 1 AS n; CREATE OR REPLACE VIEW v AS SELECT 'x' AS n",
    // CREATE TABLE … AS.
    "CREATE TABLE t (a int NOT NULL, b varchar(10), c serial); CREATE TABLE u AS SELECT *, a + 1 AS d, count(*) OVER () FROM t; ALTER TABLE u DROP COLUMN nothing; ALTER TABLE u ADD COLUMN count int; ALTER TABLE u ADD COLUMN e int",
    "CREATE TABLE t (a int, b text); CREATE TABLE u (x) AS SELECT a, b FROM t WITH NO DATA; ALTER TABLE u DROP COLUMN a; ALTER TABLE u DROP COLUMN b; ALTER TABLE u DROP COLUMN x",
    "CREATE TABLE t (a int, b text); SELECT a AS x, lower(b) INTO u FROM t WHERE a > 1; ALTER TABLE u RENAME lower TO l; ALTER TABLE u ADD x int",
    "CREATE TABLE t (a int, b text); CREATE TABLE u AS TABLE t; CREATE TABLE w AS VALUES (1, 'x'), (2, NULL); ALTER TABLE w RENAME column2 TO b; ALTER TABLE u DROP COLUMN c",
    "CREATE TABLE t (a int, b text); CREATE TABLE u (x, y, z) AS SELECT a, b FROM t",
    "CREATE TABLE t (a int, b text); CREATE MATERIALIZED VIEW m (x) AS SELECT a, b FROM t; CREATE VIEW v AS SELECT x, b FROM m; ALTER MATERIALIZED VIEW m RENAME COLUMN x TO y; CREATE OR REPLACE VIEW v AS SELECT y AS x, b FROM m; DROP MATERIALIZED VIEW m",
    "CREATE TYPE c AS (x int, y text); CREATE TABLE t (a c, b c[]); CREATE VIEW v AS SELECT (a).x, (a).y AS why, b[1] AS first FROM t; ALTER TABLE t DROP COLUMN b; ALTER TABLE t DROP COLUMN a",
    "CREATE FUNCTION f(int) RETURNS TABLE (x int, y numeric) LANGUAGE sql AS 'SELECT 1, 2.5'; CREATE VIEW v AS SELECT * FROM f(1); CREATE OR REPLACE VIEW v AS SELECT 1 AS x, 2.5 AS y; CREATE OR REPLACE VIEW v AS SELECT 1 AS x, 2 AS y",
];

#[test]
fn what_becomes_of_views_is_what_the_server_makes_of_them() {
    let database = fresh_database();
    let mut wrong = Vec::new();
    for script in SCRIPTS {
        database.run_file_text("DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS r CASCADE; DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA public;").expect("all is gone");
        let engine = Engine { dialect: Dialect::Postgres, version: Some(Version { major: 15, minor: 0 }) };
        let text = format!("{script};\n");
        let span = Span::new(0, text.len() as u32);
        let part = Part { file: FileId(0), span, wrap: Wrap::Nobody, switched_off: None };
        // What is refused leaves no trace: the rest is as if it had not been written.
        let mut kept = Vec::new();
        for statement in script.split("; ") {
            let expected = database
                .run_file_text(&format!("{statement};"))
                .map_or_else(|error| error.sqlstate, |()| String::new());
            let so_far = kept.join("; ");
            let with = format!("{so_far}; {statement};");
            let script = sql::read(&with, Span::new(0, with.len() as u32), Dialect::Postgres);
            let replayed = run(part, engine, script, &Catalog::new(Dialect::Postgres, false));
            let found = replayed
                .steps
                .last()
                .and_then(|step| step.outcomes.iter().find_map(|outcome| outcome.conflict()));
            let found = found.map_or("", |conflict| conflict.sqlstate());
            if found != expected {
                wrong.push(format!("{so_far}; {statement}\n    wanted `{expected}`, found `{found}`"));
            }
            if expected.is_empty() {
                kept.push(statement);
            }
        }
        let (ours, theirs) = (catalog(&format!("{};", kept.join("; "))), catalog(&database.dump_schema()));
        let names = |catalog: &Catalog| {
            catalog
                .relations()
                .map(|(name, relation)| format!("{} {name}", relation.kind().noun()))
                .collect::<Vec<_>>()
        };
        if names(&ours) != names(&theirs) {
            wrong.push(format!("{script}\n    leaves {:?}, not {:?}", names(&ours), names(&theirs)));
        }
        for view in theirs.views() {
            let known = ours.view(&view.name).found();
            match (known.and_then(|known| known.resolved.as_deref()), view.resolved.as_deref()) {
                (Some(one), Some(other)) if one.clear && other.clear && one.columns.is_some() => {
                    if !canonical::same_query(one, other, Dialect::Postgres) {
                        wrong.push(format!("{script}\n    `{}` is something else", view.name));
                    }
                }
                _ => wrong.push(format!("{script}\n    `{}` is not understood", view.name)),
            }
        }
        for table in theirs.tables() {
            let columns = |table: &gander::schema::Table| {
                let each = table.columns.iter().map(|member| {
                    let ty = member.column.ty.as_ref().map(|ty| canonical::without_serial(ty).to_string());
                    format!("{} {}", member.column.name, ty.unwrap_or_default())
                });
                each.collect::<Vec<_>>()
            };
            let known = ours.table(&table.name).found().filter(|table| !table.open);
            if known.map(columns) != Some(columns(table)) {
                wrong.push(format!(
                    "{script}\n    `{}` has {:?}, not {:?}",
                    table.name,
                    known.map(columns),
                    columns(table)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What would take for ever to look into is not understood.
#[test]
fn queries_that_double_at_every_step_end() {
    let stars: String =
        (1..40).map(|n| format!(", t{n} AS (SELECT * FROM t{m} a, t{m} b)", m = n - 1)).collect();
    let recursive = (0..24).fold("SELECT 1 AS a".to_owned(), |inner, n| {
        format!("WITH RECURSIVE r{n} (a) AS ((SELECT a FROM ({inner}) x) UNION ALL SELECT a FROM r{n}) SELECT a FROM r{n}")
    });
    let zones = (0..80).fold("now()".to_owned(), |inner, _| format!("({inner} AT TIME ZONE 'UTC')"));
    let casts = |last: &str| {
        (0..60).fold(last.to_owned(), |inner, n| {
            format!("({inner})::{}", if n % 2 == 0 { "text" } else { "varchar" })
        })
    };
    let queries = [
        format!("WITH t0 AS (SELECT 1 AS a, 2 AS b){stars} SELECT a FROM t39"),
        recursive,
        format!("SELECT {zones} AS z"),
        format!("SELECT {} AS c FROM customers", casts("name")),
        format!(
            "SELECT {} AS c FROM customers",
            casts("email").replace("text", "x").replace("varchar", "text").replace('x', "varchar")
        ),
    ];
    let views: String = queries.iter().enumerate().map(|(n, query)| view(&format!("v{n}"), query)).collect();
    let catalog = catalog(&format!("{}{views}", data("tables.sql")));
    let all: Vec<_> = catalog.views().filter_map(|view| view.resolved.as_deref()).collect();
    assert!(all.len() >= 4, "{}", all.len());
    for one in &all {
        for other in &all {
            canonical::same_query(one, other, Dialect::Postgres);
        }
    }
}

/// SQLite keeps the text of a view: what a star stands for is what it stands for today.
#[test]
fn a_star_of_sqlite_grows_with_its_table() {
    let build = |text: &str| {
        let engine = Engine::of(Dialect::Sqlite);
        let span = Span::new(0, text.len() as u32);
        let part = Part { file: FileId(0), span, wrap: Wrap::Nobody, switched_off: None };
        run(part, engine, sql::read(text, span, Dialect::Sqlite), &Catalog::new(Dialect::Sqlite, false)).after
    };
    let after = build(
        "CREATE TABLE t (a INT, b TEXT); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT b AS c FROM t; \
         ALTER TABLE t ADD c INT; CREATE TABLE u AS SELECT t.*, b AS d FROM t; ALTER TABLE t RENAME COLUMN b TO x;",
    );
    let same = "CREATE TABLE t (a INT, x TEXT, c INT); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT x AS c FROM t;";
    let table = "CREATE TABLE u (a INT, b TEXT, c INT, d TEXT);";
    assert_eq!(after.diff(&build(&format!("{same}{table}"))), []);
    let other = same.replace("x AS c", "a AS c");
    assert_eq!(after.diff(&build(&format!("{other}{table}"))).len(), 1);
}
