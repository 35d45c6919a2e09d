//! Views and materialized views.

use std::collections::BTreeMap;

use super::clause;
use crate::ops::{CreateView, Guard, Op, Operation};
use crate::schema::{Alias, Cte, Distinct, Expr, Ident, Name, Query, QueryBody, Select, Source, Target};
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::{bridge, dml, query};

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let mut walk = cursor.clone();
    if !walk.eat("CREATE") {
        return Ok(None);
    }
    let replace = walk.eat_all(&["OR", "REPLACE"]);
    let temporary = walk.eat_any(&["TEMPORARY", "TEMP"]).is_some();
    let recursive = walk.eat("RECURSIVE");
    let plain = walk.eat("VIEW");
    let materialized =
        !plain && !replace && !temporary && !recursive && walk.eat_all(&["MATERIALIZED", "VIEW"]);
    if !plain && !materialized {
        return Ok(None);
    }
    let guard = if materialized && walk.if_not_exists() {
        Guard::IfNotExists
    } else if replace {
        Guard::OrReplace
    } else {
        Guard::None
    };
    let name = walk.name("a view")?;
    let columns = if recursive || walk.is_symbol("(") { walk.ident_group("a column")? } else { Vec::new() };
    if materialized && walk.eat("USING") {
        walk.ident("an access method")?;
    }
    let mut parameters = if walk.eat("WITH") { clause::parameters(&mut walk)? } else { BTreeMap::new() };
    if materialized && walk.eat("TABLESPACE") {
        walk.ident("a tablespace")?;
    }
    walk.expect("AS")?;
    let from = walk.at;
    let (last, no_data) = if materialized { data_clause(&walk) } else { (check_option(&walk), false) };
    if !materialized && last < walk.tokens.len() {
        let mut tail = walk.clone();
        tail.at = last;
        let option = if tail.nth_is(1, "LOCAL") { "local" } else { "cascaded" };
        parameters.insert("check_option".to_owned(), option.to_owned());
    }
    let mut query = body(&walk, from, last, recursive.then_some(&name))?;
    if recursive {
        query.tree = query.tree.map(|tree| recursive_tree(&name, &columns, tree));
    }
    walk.skip_rest();
    *cursor = walk;
    let view = CreateView {
        materialized,
        temporary,
        guard,
        columns,
        query: query.text,
        tree: query.tree,
        reads: query.reads,
        words: query.words,
        no_data,
        parameters,
        name,
    };
    clause::one(cursor, first, Operation::CreateView(Box::new(view)))
}

/// What is known of the query of a view.
struct Body {
    text: String,
    tree: Option<Query>,
    reads: Vec<Name>,
    words: Vec<String>,
}

fn body(cursor: &Cursor<'_>, first: usize, last: usize, own: Option<&Name>) -> Read<Body> {
    let mut here = cursor.clone();
    here.at = first;
    let starts = here.is_any(&["SELECT", "WITH", "VALUES", "TABLE"]) || here.is_symbol("(");
    if !starts || first >= last {
        return Err(here.unread("a query"));
    }
    for op in dml::inner(cursor, first, last)? {
        if !matches!(op.kind, Operation::Query { .. } | Operation::Set { .. }) {
            return Err(here.unread("a query that only reads"));
        }
    }
    let mut reads = query::reads(cursor, first, last);
    reads.retain(|read| Some(read) != own);
    Ok(Body {
        text: cursor.text_between(first, last),
        tree: bridge::query(cursor, &[(first, last)]),
        reads,
        words: cursor.words_between(first, last),
    })
}

/// `CREATE RECURSIVE VIEW v (a) AS q` is `CREATE VIEW v (a) AS WITH RECURSIVE v (a) AS (q) SELECT a FROM v` (PostgreSQL 15 manual, CREATE VIEW).
fn recursive_tree(name: &Name, columns: &[Ident], query: Query) -> Query {
    let columns: Vec<String> = columns.iter().map(|column| column.key().to_owned()).collect();
    let targets =
        columns.iter().map(|column| Target::Expr { expr: Expr::Column(vec![column.clone()]), name: None });
    let from = Source::Relation { name: Name::bare(name.ident.clone()), alias: Alias::default() };
    let select = Select {
        distinct: Distinct::No,
        targets: targets.collect(),
        from: vec![from],
        filter: None,
        group: Vec::new(),
        having: None,
        windows: Vec::new(),
    };
    let own = Cte { name: name.ident.key().to_owned(), columns, query, materialized: None };
    Query { with: vec![own], recursive: true, ..Query::plain(QueryBody::Select(Box::new(select))) }
}

/// Where the query ends and `WITH [CASCADED | LOCAL] CHECK OPTION` begins.
fn check_option(cursor: &Cursor<'_>) -> usize {
    let end = cursor.tokens.len();
    let tails: &[&[&str]] = &[
        &["WITH", "CHECK", "OPTION"],
        &["WITH", "CASCADED", "CHECK", "OPTION"],
        &["WITH", "LOCAL", "CHECK", "OPTION"],
    ];
    tails.iter().find(|tail| ends_with(cursor, tail)).map_or(end, |tail| end - tail.len())
}

/// Where the query ends and `WITH [NO] DATA` begins, and whether it says NO.
fn data_clause(cursor: &Cursor<'_>) -> (usize, bool) {
    let end = cursor.tokens.len();
    if ends_with(cursor, &["WITH", "NO", "DATA"]) {
        (end - 3, true)
    } else if ends_with(cursor, &["WITH", "DATA"]) {
        (end - 2, false)
    } else {
        (end, false)
    }
}

fn ends_with(cursor: &Cursor<'_>, tail: &[&str]) -> bool {
    let mut here = cursor.clone();
    match cursor.tokens.len().checked_sub(tail.len()) {
        Some(at) if at >= cursor.at => {
            here.at = at;
            here.is_all(tail)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{names, one};
    use super::*;

    fn view(text: &str) -> CreateView {
        match one(text).map(|ops| ops.into_iter().next().map(|op| op.kind)) {
            Ok(Some(Operation::CreateView(view))) => *view,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn heads_and_tails() {
        let cases = [
            ("CREATE VIEW v AS SELECT 1", "v ", "SELECT 1"),
            ("CREATE OR REPLACE TEMP VIEW s.v (a, \"B\") AS TABLE t", "s.v or replace temp a,B", "TABLE t"),
            (
                "CREATE VIEW v WITH (security_barrier, security_invoker = true) AS\n  VALUES (1) WITH LOCAL CHECK OPTION",
                "v ",
                "VALUES (1)",
            ),
            ("CREATE VIEW v AS (SELECT a FROM t) WITH CHECK OPTION", "v ", "(SELECT a FROM t)"),
            (
                "CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1 WITH DATA",
                "m materialized if not exists ",
                "SELECT 1",
            ),
            (
                "CREATE MATERIALIZED VIEW m (a) USING heap WITH (fillfactor = 70) TABLESPACE x AS SELECT 1 WITH NO DATA",
                "m materialized empty a",
                "SELECT 1",
            ),
        ];
        for (text, head, query) in cases {
            let view = view(text);
            let mut found = format!("{} ", view.name);
            for (there, word) in [
                (view.materialized, "materialized "),
                (view.guard == Guard::OrReplace, "or replace "),
                (view.guard == Guard::IfNotExists, "if not exists "),
                (view.temporary, "temp "),
                (view.no_data, "empty "),
            ] {
                found.push_str(if there { word } else { "" });
            }
            found.push_str(&names(&view.columns));
            assert_eq!((found.as_str(), view.query.as_str()), (head, query), "{text}");
        }
    }

    #[test]
    fn what_a_view_reads() {
        let cases = [
            ("CREATE VIEW v AS SELECT a FROM t JOIN s.u ON t.id = u.t_id, w", "t s.u w"),
            ("CREATE VIEW v AS WITH c AS (SELECT 1 FROM t) SELECT * FROM c", "t"),
            ("CREATE VIEW v AS SELECT extract(day FROM a) FROM t WHERE EXISTS (SELECT FROM u)", "t u"),
            ("CREATE VIEW v AS SELECT * FROM generate_series(1, 2)", ""),
            ("CREATE RECURSIVE VIEW v (n) AS SELECT n FROM t UNION ALL SELECT n + 1 FROM v WHERE n < 9", "t"),
        ];
        for (text, reads) in cases {
            let found: Vec<String> = view(text).reads.iter().map(ToString::to_string).collect();
            assert_eq!(found.join(" "), reads, "{text}");
        }
        let words = view("CREATE VIEW v AS SELECT a.\"B\", c FROM t a WHERE d = 'e'").words;
        assert_eq!(words, ["B", "a", "c", "d", "t"]);
    }

    #[test]
    fn what_is_no_view() {
        let cases = [
            ("CREATE VIEW v SELECT 1", "`AS`", "SELECT 1"),
            ("CREATE VIEW v AS DELETE FROM t", "a query", "DELETE FROM t"),
            ("CREATE VIEW v AS SELECT a INTO b FROM t", "a query that only reads", "SELECT a INTO b FROM t"),
            ("CREATE RECURSIVE VIEW v AS SELECT 1", "`(`", "AS SELECT 1"),
            ("CREATE VIEW IF NOT EXISTS v AS SELECT 1", "`AS`", "NOT EXISTS v AS SELECT 1"),
            (
                "CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT 1",
                "a statement",
                "CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT 1",
            ),
        ];
        for (text, expected, rest) in cases {
            assert_eq!(one(text), Err((expected.to_owned(), rest.to_owned())), "{text}");
        }
    }
}
