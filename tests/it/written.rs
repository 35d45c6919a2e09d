//! Expressions and queries that gander writes out are the ones that it read: to PostgreSQL, which prints both alike, to SQLite, which
//! gives the same values for both, and to gander itself.

use std::fmt::Write as _;

use gander::history::replay::run;
use gander::history::{Part, Wrap};
use gander::ops::Operation;
use gander::schema::{Catalog, ConstraintKind, Dialect, Engine, Expr, Ident, Name, Query, View};
use gander::syntax::sql::{self, write_query};
use gander::text::{FileId, Span};

use crate::support::postgres::{Database, fresh_database};
use crate::support::sqlite;

fn data(file: &str) -> String {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// One on each line.
fn lines(file: &str) -> Vec<String> {
    let all = data(file);
    all.lines().filter(|line| !line.is_empty() && !line.starts_with("-- ")).map(str::to_owned).collect()
}

fn operations(text: &str, dialect: Dialect) -> Vec<Operation> {
    let script = sql::read(text, Span::new(0, text.len() as u32), dialect);
    script.statements.into_iter().flat_map(|statement| statement.ops).map(|op| op.kind).collect()
}

/// The query of `CREATE VIEW v AS …`.
fn query_of(text: &str, dialect: Dialect) -> Option<Query> {
    operations(&format!("CREATE VIEW v AS {text}"), dialect).into_iter().find_map(|operation| match operation
    {
        Operation::CreateView(view) => view.tree,
        _ => None,
    })
}

/// The expression of `CHECK (…)`.
fn expr_of(text: &str, dialect: Dialect) -> Option<Expr> {
    let statement = format!("CREATE TABLE u (z int, CHECK ({text}))");
    operations(&statement, dialect).into_iter().find_map(|operation| match operation {
        Operation::CreateTable(table) => {
            table.constraints.iter().find_map(|constraint| match &constraint.constraint.kind {
                ConstraintKind::Check(expr) => Some(expr.clone()),
                _ => None,
            })
        }
        _ => None,
    })
}

/// Without the texts that are for people only.
fn bare(expr: &mut Expr) {
    match expr {
        Expr::Call { arguments: inner, .. } | Expr::Operator { operands: inner, .. } => {
            inner.iter_mut().for_each(bare);
        }
        Expr::Cast { operand, .. } => bare(operand),
        Expr::Query(inner) => {
            inner.text.clear();
            inner.operands.iter_mut().for_each(bare);
            inner.query.each_expr_mut(&mut |expr| bare(expr));
        }
        Expr::Column(_) | Expr::Literal(_) | Expr::Raw { .. } => {}
    }
}

/// The catalog that a text builds.
fn catalog(text: &str) -> Catalog {
    let engine = Engine::of(Dialect::Postgres);
    let span = Span::new(0, text.len() as u32);
    let part = Part { file: FileId(0), span, wrap: Wrap::Nobody, switched_off: None };
    let script = sql::read(text, span, Dialect::Postgres);
    run(part, engine, script, &Catalog::new(Dialect::Postgres, false)).after
}

fn view_in<'c>(catalog: &'c Catalog, name: &str) -> &'c View {
    let name = Name::qualified(Ident::exact("public"), Ident::exact(name));
    catalog.view(&name).found().unwrap_or_else(|| panic!("{name:?} is there"))
}

/// What the server made of two views. How a function was written, and where, is in its trees, and so is how things are called.
const COMPARE: &str = r"
CREATE SCHEMA compare;
CREATE FUNCTION compare.tree(v text) RETURNS text LANGUAGE sql AS $$
    SELECT replace(regexp_replace(ev_action::text, ':(location|stmt_location|stmt_len|funcformat) -?\d+', '', 'g'),
                   ':relid ' || ev_class || ' ', '')
    FROM pg_rewrite WHERE ev_class = v::regclass $$;
CREATE FUNCTION compare.unnamed(v text) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(compare.tree(v), ':(alias|eref) (<>|\{ALIAS :aliasname \S+ :colnames (<>|\([^)]*\))\})|:(ctename|resname) \S+', '', 'g') $$;
CREATE FUNCTION compare.columns(v text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
    FROM pg_attribute WHERE attrelid = v::regclass AND attnum > 0 $$;
CREATE FUNCTION compare.rows(v text, w text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM ((SELECT x::text FROM %1$s x EXCEPT ALL SELECT x::text FROM %2$s x) UNION ALL '
        || '(SELECT x::text FROM %2$s x EXCEPT ALL SELECT x::text FROM %1$s x)) d', v, w) INTO n;
    RETURN CASE WHEN n = 0 THEN 'rows' ELSE n || ' other rows' END;
EXCEPTION WHEN others THEN
    RETURN sqlerrm;
END $$;
CREATE FUNCTION compare.views(v text, w text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN to_regclass(v) IS NULL THEN 'there is no first'
        WHEN to_regclass(w) IS NULL THEN 'there is no second'
        WHEN compare.columns(v) <> compare.columns(w) THEN 'other columns: ' || compare.columns(v) || ' and ' || compare.columns(w)
        WHEN pg_get_viewdef(v::regclass) = pg_get_viewdef(w::regclass) THEN 'text'
        WHEN compare.tree(v) = compare.tree(w) THEN 'tree'
        WHEN compare.unnamed(v) = compare.unnamed(w) THEN 'tree without names'
        ELSE compare.rows(v, w) END $$;
";

/// How alike the server finds two views, for each pair.
fn compared(database: &Database, pairs: &[(String, String)]) -> Vec<String> {
    let mut ask = String::from("SELECT compare.views(v, w) FROM (VALUES ");
    for (at, (one, other)) in pairs.iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        let _ = write!(ask, "{comma}({at}, '{one}', '{other}')");
    }
    ask.push_str(") pairs (at, v, w) ORDER BY at");
    let said = database.query(&ask).expect("the server compares them");
    let said: Vec<String> = said.lines().map(str::to_owned).collect();
    assert_eq!(said.len(), pairs.len());
    said
}

fn view(name: &str, query: &str) -> String {
    format!("CREATE VIEW {name} AS {query};\n")
}

/// Why the server does not make a view.
fn refusal(database: &Database, query: &str) -> String {
    let refused = database.run_in_transaction(&view("refused", query)).err();
    refused.map_or_else(|| "and takes it now".to_owned(), |error| error.to_string())
}

/// Expressions that are read as text alone, for what PostgreSQL's grammar has and our parser has not.
const KEPT_AS_TEXT: &[&str] = &[
    "interval(3) '1.23456 seconds'",
    "concat_ws(', ', VARIADIC tags)",
    "COLLATION FOR (n)",
    "ip <<= inet '10.0.0.0/8' AND ok",
];

/// Expressions that are written as something else, and why that is right.
const SAME_ALL_THE_SAME: &[(&str, &str)] = &[("CURRENT_SCHEMA", "it is what current_schema() gives")];

#[test]
fn an_expression_is_to_postgres_what_was_read() {
    let database = fresh_database();
    database.run_file_text(&data("expressions/tables.sql")).expect("the table is made");
    database.run_file_text(COMPARE).expect("the functions are made");
    let all = lines("expressions/postgres.sql");
    assert!(all.len() > 300, "{}", all.len());
    let (mut wrong, mut views, mut pairs) = (Vec::new(), String::new(), Vec::new());
    let mut shown = Vec::new();
    for (i, text) in all.iter().enumerate() {
        views.push_str(&view(&format!("a{i}"), &format!("SELECT {text} AS x FROM t")));
        let read_back = |written: &str, again: bool| {
            (!again).then(|| format!("{text}\n    is read back otherwise from  {written}"))
        };
        match query_of(&format!("SELECT {text} AS x FROM t"), Dialect::Postgres) {
            Some(tree) => match write_query::query(&tree, Dialect::Postgres) {
                Some(written) => {
                    wrong.extend(read_back(
                        &written,
                        query_of(&written, Dialect::Postgres).as_ref() == Some(&tree),
                    ));
                    views.push_str(&view(&format!("b{i}"), &written));
                    pairs.push((format!("a{i}"), format!("b{i}")));
                    shown.push((text, written));
                }
                None => wrong.push(format!("{text}\n    is not written, in a query")),
            },
            None if KEPT_AS_TEXT.contains(&text.as_str()) => {}
            None => wrong.push(format!("{text}\n    is not read, in a query")),
        }
        match expr_of(text, Dialect::Postgres) {
            Some(mut expr) => match write_query::expr(&expr, Dialect::Postgres) {
                Some(written) => {
                    bare(&mut expr);
                    let again = expr_of(&written, Dialect::Postgres).map(|mut again| {
                        bare(&mut again);
                        again
                    });
                    wrong.extend(read_back(&written, again.as_ref() == Some(&expr)));
                    let query = format!("SELECT {written} AS x FROM t");
                    views.push_str(&view(&format!("c{i}"), &query));
                    pairs.push((format!("a{i}"), format!("c{i}")));
                    shown.push((text, query));
                }
                None => wrong.push(format!("{text}\n    is not written")),
            },
            None => wrong.push(format!("{text}\n    is not read")),
        }
    }
    database.run_what_runs(&views);
    for ((text, written), said) in shown.iter().zip(compared(&database, &pairs)) {
        match said.as_str() {
            "text" | "tree" => {}
            "there is no first" => {
                wrong.push(format!(
                    "{text}\n    {}",
                    refusal(&database, &format!("SELECT {text} AS x FROM t"))
                ));
            }
            "there is no second" => {
                wrong.push(format!("{text}\n    {written}\n    {}", refusal(&database, written)))
            }
            _ if SAME_ALL_THE_SAME.iter().any(|(known, _)| known == text) => {}
            _ => wrong.push(format!("{text}\n    {written}\n    is something else: {said}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

/// Rows for the tables of the views, so that two views can be compared by what they give.
const ROWS: &str = r#"
INSERT INTO customers (id, name, email, country, created_at, active, tags, meta, parent_id, balance, rating, home) VALUES
    (1, 'ann', 'ann@example.com', 'DE', '2024-01-02 03:04:05+00', true, '{a,b}', '{"a": {"b": "7"}, "n": "3", "k": 1}', NULL, 12.50, 1.5, ('s', 'c', 1)),
    (2, 'bob', NULL, 'FR', '2024-05-06 07:08:09+00', false, '{c}', '{"b": 1, "n": "4"}', 1, NULL, 2.5, NULL),
    (3, 'cyd', 'cyd@test.org', NULL, now() - interval '3 days', true, NULL, NULL, 1, 0, NULL, ('t', 'd', 2)),
    (4, 'Dan', 'ann@example.com', 'DE', '2024-01-02', true, '{}', '{}', 2, 7, 0, NULL);
INSERT INTO orders (id, customer_id, status, placed_on, total, shipped_at, note, discount, priority) VALUES
    (1, 1, 'paid', '2024-01-15', 10.00, '2024-01-16 12:00', 'x', 0.6, 1), (2, 1, 'open', '2024-02-15', 20.50, NULL, NULL, NULL, 2),
    (3, 2, 'gone', '2024-02-20', 5.25, '2024-03-01', 'y', 0.1, 1), (4, 3, 'paid', '2024-03-01', 150.00, NULL, 'z', 2, NULL),
    (5, 1, 'sent', '2025-01-01', 20.50, '2025-01-02', '', 0.7, 3), (6, 2, 'paid', '2023-12-31', 99.99, NULL, 'a', NULL, 2);
INSERT INTO products VALUES (1, 'ann', 1, '{"a": 1}', 1.25, 'x', 4), (2, 'pen', 2, NULL, 2, 'y', 5), (3, 'cup', NULL, '[]', NULL, NULL, NULL);
INSERT INTO items VALUES (1, 1, 1, 2, 5.00), (1, 2, 2, 1, 0.50), (2, 1, 2, 30, 0.10), (4, 1, 3, 120, 1.25), (5, 1, 1, 3, 20.00), (6, 1, NULL, 1, 1);
INSERT INTO categories VALUES (1, NULL, 'ann', 'p'), (2, 1, 'pen', 'p.q'), (3, 2, 'end', NULL), (4, NULL, 'far', 'r');
INSERT INTO app.events VALUES
    ('00000000-0000-0000-0000-000000000001', 'k', '{"list": [{"a": 1}, {"a": 2}], "a": 5, "b": 6.5}', '2024-01-01', '10.0.0.1', '1 hour', '{1,2}', '2024-01-01', 1, '10:00', B'01'),
    ('00000000-0000-0000-0000-000000000002', 'l', '{"list": []}', now(), NULL, '2 hours', NULL, '2024-01-02', 2, NULL, NULL);
INSERT INTO stats.daily VALUES ('2024-01-01', 'k', 5, 0.5), ('2024-01-02', 'l', 7, 0.25), ('2024-01-03', 'm', NULL, NULL);
"#;

/// Everything that the views read is called otherwise; two columns change their names with each other.
const RENAMES: &str = "
ALTER TABLE customers RENAME TO clients;
ALTER TABLE clients RENAME COLUMN name TO \"Full Name\";
ALTER TABLE clients RENAME COLUMN email TO swapped;
ALTER TABLE clients RENAME COLUMN parent_id TO parent;
ALTER TABLE clients RENAME COLUMN balance TO \"order\";
ALTER TABLE clients RENAME COLUMN country TO email;
ALTER TABLE clients RENAME COLUMN swapped TO country;
ALTER TABLE orders RENAME COLUMN note TO remark;
ALTER TABLE orders RENAME COLUMN placed_on TO total_on;
ALTER TABLE orders RENAME COLUMN status TO state;
ALTER TABLE items RENAME TO lines;
ALTER TABLE products RENAME COLUMN id TO number;
ALTER TABLE categories RENAME COLUMN id TO key;
ALTER TABLE categories SET SCHEMA stats;
ALTER TABLE app.events SET SCHEMA stats;
ALTER TABLE stats.events RENAME TO event;
ALTER TABLE stats.event RENAME COLUMN kind TO sort;
ALTER TABLE stats.daily RENAME COLUMN day TO date;
";

/// Columns that come later: a star means more then, and a name alone may mean two things.
const ADDITIONS: &str = "
ALTER TABLE clients ADD COLUMN added integer, ADD COLUMN total numeric;
ALTER TABLE orders ADD COLUMN added integer, ADD COLUMN name text;
ALTER TABLE products ADD COLUMN added integer, ADD COLUMN path text;
ALTER TABLE stats.categories ADD COLUMN added integer, ADD COLUMN weight real;
";

/// Compares views with their twins, and says which are not the same. `most_rows`: how many may be shown the same only by their rows.
fn hold(database: &Database, all: &[(String, String, String)], most_rows: usize) -> Vec<String> {
    let twins: String = all.iter().map(|(name, _, written)| view(&format!("{name}_twin"), written)).collect();
    database.run_what_runs(&twins);
    let pairs: Vec<(String, String)> =
        all.iter().map(|(name, ..)| (name.clone(), format!("{name}_twin"))).collect();
    let (mut wrong, mut by_rows) = (Vec::new(), Vec::new());
    for ((_, text, written), said) in all.iter().zip(compared(database, &pairs)) {
        match said.as_str() {
            "text" | "tree" | "tree without names" => {}
            "rows" => by_rows.push(format!("{text}\n    {written}")),
            "there is no second" => {
                wrong.push(format!("{text}\n    {written}\n    {}", refusal(database, written)))
            }
            _ => wrong.push(format!("{text}\n    {written}\n    is something else: {said}")),
        }
    }
    println!("{} views, {} the same by their rows", all.len(), by_rows.len());
    if by_rows.len() > most_rows {
        wrong.push(format!("only the rows are the same of {}:\n{}", by_rows.len(), by_rows.join("\n")));
    }
    for (name, ..) in all {
        database.run_what_runs(&format!("DROP VIEW IF EXISTS {name}_twin;"));
    }
    wrong
}

#[test]
fn a_view_is_to_postgres_what_was_read() {
    let database = fresh_database();
    let tables = data("views/tables.sql");
    database.run_file_text(&tables).expect("the tables are made");
    database.run_file_text(ROWS).expect("the rows are there");
    database.run_file_text(COMPARE).expect("the functions are made");
    let queries = lines("views/queries.sql");
    let names: Vec<String> = (0..queries.len()).map(|i| format!("v{i}")).collect();
    let views: String = names.iter().zip(&queries).map(|(name, query)| view(name, query)).collect();
    database.run_file_text(&views).expect("the views are made");
    let mut text = format!("{tables}{views}");
    let made = catalog(&text);
    let mut wrong = Vec::new();

    // As they were read.
    let mut all = Vec::new();
    for (name, query) in names.iter().zip(&queries) {
        let Some(tree) = query_of(query, Dialect::Postgres) else { continue };
        let Some(written) = write_query::query(&tree, Dialect::Postgres) else {
            wrong.push(format!("{query}\n    is not written"));
            continue;
        };
        if query_of(&written, Dialect::Postgres).as_ref() != Some(&tree) {
            wrong.push(format!("{query}\n    is read back otherwise from  {written}"));
        }
        all.push((name.clone(), query.clone(), written));
    }
    assert!(all.len() * 20 > queries.len() * 19, "only {} of {} are read", all.len(), queries.len());
    wrong.extend(hold(&database, &all, 2));

    // With their names resolved.
    let mut all = Vec::new();
    let mut clear = Vec::new();
    for (name, query) in names.iter().zip(&queries) {
        let Some(resolved) = view_in(&made, name).resolved.as_deref().filter(|resolved| resolved.clear)
        else {
            continue;
        };
        clear.push((name.clone(), query.clone()));
        match write_query::resolved_query(resolved, Dialect::Postgres) {
            Some(written) => all.push((name.clone(), query.clone(), written)),
            None => wrong.push(format!("{query}\n    is not written once it is resolved")),
        }
        let shown = write_query::view_query_in(view_in(&made, name), &made);
        if shown != *query {
            wrong.push(format!("{query}\n    is not shown as it was written: {shown}"));
        }
        let alone = write_query::view_query(view_in(&made, name), Dialect::Postgres);
        // What a function gives is not told by the view alone.
        if alone != *query && !query.contains("top_customers") && !query.contains("orders_of") {
            wrong.push(format!("{query}\n    is not shown as it was written: {alone}"));
        }
    }
    assert!(all.len() * 20 > queries.len() * 19, "only {} of {} are resolved", all.len(), queries.len());
    wrong.extend(hold(&database, &all, 14));

    // Under other names.
    for (change, within, most_rows) in [(RENAMES, false, 14), (ADDITIONS, true, 14)] {
        database.run_file_text(change).expect("the server changes the tables");
        text.push_str(change);
        let changed = catalog(&text);
        let mut all = Vec::new();
        for (name, query) in &clear {
            let known = view_in(&changed, name);
            let written = if within {
                write_query::view_query_in(known, &changed)
            } else {
                write_query::view_query(known, Dialect::Postgres)
            };
            all.push((name.clone(), query.clone(), written));
        }
        wrong.extend(hold(&database, &all, most_rows));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_expression_is_to_sqlite_what_was_read() {
    let database = sqlite::fresh_database(true);
    database.run_file_text(&data("expressions/sqlite_tables.sql")).expect("the table is made");
    let all = lines("expressions/sqlite.sql");
    let mut wrong = Vec::new();
    for text in &all {
        let Some(mut expr) = expr_of(text, Dialect::Sqlite) else {
            wrong.push(format!("{text}\n    is not read"));
            continue;
        };
        let Some(written) = write_query::expr(&expr, Dialect::Sqlite) else {
            wrong.push(format!("{text}\n    is not written"));
            continue;
        };
        bare(&mut expr);
        let again = expr_of(&written, Dialect::Sqlite).map(|mut again| {
            bare(&mut again);
            again
        });
        if again.as_ref() != Some(&expr) {
            wrong.push(format!("{text}\n    is read back otherwise from  {written}"));
        }
        let ask = |text: &str| {
            let ask = format!("SELECT quote({text}), typeof({text}) FROM t ORDER BY rowid");
            database.query(&ask).map_err(|error| error.to_string())
        };
        let (first, second) = (ask(text), ask(&written));
        if first.is_err() || first != second {
            wrong.push(format!("{text}\n    {written}\n    {first:?} and {second:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}
