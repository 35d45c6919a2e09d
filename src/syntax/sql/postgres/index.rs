//! CREATE INDEX, and the keys that constraints and partitions have too.

use std::collections::BTreeMap;

use super::{clause, expression, table};
use crate::ops::{CreateIndex, Guard, Op, Operation};
use crate::schema::{Expr, IndexKey, Name};
use crate::syntax::sql::cursor::{Cursor, Read};

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let unique = cursor.is_all(&["CREATE", "UNIQUE"]);
    if !unique && !cursor.is_all(&["CREATE", "INDEX"]) {
        return Ok(None);
    }
    cursor.at += if unique { 2 } else { 1 };
    cursor.expect("INDEX")?;
    let concurrently = cursor.eat("CONCURRENTLY");
    let guard = if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None };
    let named = guard == Guard::IfNotExists || !cursor.is("ON");
    let name = if named { Some(cursor.ident("an index name")?) } else { None };
    cursor.expect("ON")?;
    let only = cursor.eat("ONLY");
    let table = cursor.name("a table")?;
    let name = name.map(|ident| Name { schema: table.schema.clone(), ident });
    let method = if cursor.eat("USING") {
        cursor.ident("an access method")?.text().to_owned()
    } else {
        "btree".to_owned()
    };
    cursor.expect_symbol("(")?;
    let keys = cursor.list(key)?;
    cursor.expect_symbol(")")?;
    let include = if cursor.eat("INCLUDE") { cursor.ident_group("a column name")? } else { Vec::new() };
    let nulls_not_distinct = table::nulls_not_distinct(cursor)?;
    let parameters = if cursor.eat("WITH") { clause::parameters(cursor)? } else { BTreeMap::new() };
    if cursor.eat("TABLESPACE") {
        cursor.ident("a tablespace")?;
    }
    let predicate = if cursor.eat("WHERE") { Some(expression::whole(cursor)?) } else { None };
    let index = CreateIndex {
        name,
        table,
        only,
        unique,
        concurrently,
        guard,
        method,
        keys,
        include,
        nulls_not_distinct,
        predicate,
        parameters,
    };
    Ok(Some(vec![Op { kind: Operation::CreateIndex(Box::new(index)), span: cursor.span_from(first) }]))
}

/// One key of an index: a column, a call or an expression in brackets, and its options.
///
/// # Errors
/// When none is next.
pub fn key(cursor: &mut Cursor<'_>) -> Read<IndexKey> {
    let expr = if cursor.is_symbol("(") { expression::group(cursor)? } else { column_or_call(cursor)? };
    let first = cursor.at;
    if cursor.eat("COLLATE") {
        cursor.name("a collation")?;
    }
    let class = cursor.is_ident() && !cursor.is_any(&["NULLS", "WITH", "WITHOUT"]);
    if class {
        cursor.name("an operator class")?;
        if cursor.is_symbol("(") {
            clause::definition(cursor)?;
        }
    }
    cursor.eat_any(&["ASC", "DESC"]);
    if cursor.eat("NULLS") && cursor.eat_any(&["FIRST", "LAST"]).is_none() {
        return Err(cursor.unread("`FIRST` or `LAST`"));
    }
    Ok(IndexKey { expr, options: cursor.text_between(first, cursor.at) })
}

fn column_or_call(cursor: &mut Cursor<'_>) -> Read<Expr> {
    if cursor.is_ident() && !cursor.nth_is_symbol(1, "(") && !cursor.nth_is_symbol(1, ".") {
        let column = table::column_name(cursor)?;
        return Ok(Expr::Column(vec![column.key().to_owned()]));
    }
    expression::call(cursor)
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{brief, names, one};
    use super::*;

    fn index(text: &str) -> CreateIndex {
        match one(text).map(|ops| ops.into_iter().next().map(|op| op.kind)) {
            Ok(Some(Operation::CreateIndex(index))) => *index,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn keys(index: &CreateIndex) -> String {
        let key = |key: &IndexKey| match key.options.as_str() {
            "" => brief(&key.expr),
            options => format!("{} {options}", brief(&key.expr)),
        };
        index.keys.iter().map(key).collect::<Vec<_>>().join("; ")
    }

    /// From the manual's CREATE INDEX.
    #[test]
    fn keys_are_columns_calls_or_expressions_with_options() {
        for (written, expected) in [
            ("a", "a"),
            ("\"Order\", b DESC", "Order; b DESC"),
            ("type, name, key NULLS FIRST", "type; name; key NULLS FIRST"),
            (
                "a COLLATE \"de_DE\"  text_pattern_ops ASC NULLS LAST",
                "a COLLATE \"de_DE\" text_pattern_ops ASC NULLS LAST",
            ),
            ("lower(a)", "lower(a)"),
            ("lower(a) varchar_pattern_ops", "lower(a) varchar_pattern_ops"),
            ("coalesce(a, 0)", "coalesce(a, 0)"),
            ("app.f(a)", "app.f(a)"),
            ("(a + b) DESC", "(+ a b) DESC"),
            ("(data ->> 'x')", "(->> data 'x')"),
            ("((a)::text)", "a::text"),
            ("a gist_trgm_ops(siglen = 32)", "a gist_trgm_ops(siglen = 32)"),
            ("a public.gin_trgm_ops", "a public.gin_trgm_ops"),
        ] {
            assert_eq!(keys(&index(&format!("CREATE INDEX i ON t ({written})"))), expected, "{written}");
        }
    }

    #[test]
    fn every_clause_is_read() {
        let plain = index("create index on App.\"T\" (a)");
        assert_eq!((plain.name.is_none(), format!("{:?}", plain.table).as_str()), (true, "app.T"));
        assert_eq!(plain.method, "btree");
        assert!(!plain.unique && !plain.concurrently && !plain.only && plain.guard == Guard::None);

        let full = index(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY app.t USING gist (a, b) INCLUDE (c, \"D\") \
             NULLS NOT DISTINCT WITH (fillfactor = 70) TABLESPACE fast WHERE deleted_at IS NULL AND a > 0",
        );
        assert_eq!(format!("{:?}", full.name), "Some(app.i)");
        assert!(full.unique && full.concurrently && full.only && full.nulls_not_distinct);
        assert_eq!((full.guard, full.method.as_str()), (Guard::IfNotExists, "gist"));
        assert_eq!((keys(&full).as_str(), names(&full.include).as_str()), ("a; b", "c,D"));
        assert_eq!(full.predicate.as_ref().map(brief).as_deref(), Some("(AND (IS NULL deleted_at) (> a 0))"));

        assert!(index("CREATE INDEX CONCURRENTLY ON t (a)").concurrently);
        assert!(!index("CREATE UNIQUE INDEX i ON t (a) NULLS DISTINCT").nulls_not_distinct);
    }

    /// Each is a syntax error on PostgreSQL 15.
    #[test]
    fn what_is_no_index_is_not_understood() {
        for (text, expected) in [
            ("CREATE INDEX i t (a)", "`ON`"),
            ("CREATE INDEX IF NOT EXISTS ON t (a)", "an index name"),
            ("CREATE INDEX s.i ON t (a)", "`ON`"),
            ("CREATE INDEX i ON t", "`(`"),
            ("CREATE INDEX i ON t ()", "an expression"),
            ("CREATE INDEX i ON t (a b c)", "`)`"),
            ("CREATE INDEX i ON t (a +)", "`)`"),
            ("CREATE INDEX i ON t (a + b)", "`)`"),
            ("CREATE INDEX i ON t (a::text)", "`)`"),
            ("CREATE INDEX i ON t (a DESC ASC)", "`)`"),
            ("CREATE INDEX i ON t (a) WHERE", "an expression"),
            ("CREATE INDEX i ON t (a) WHERE a = = 1", "an expression"),
            ("CREATE INDEX i ON t (a) WHERE a = 1 TABLESPACE x", "the end of the statement"),
            ("CREATE INDEX UNIQUE i ON t (a)", "an index name"),
            ("CREATE UNIQUE i ON t (a)", "`INDEX`"),
            ("CREATE INDEX CONCURENTLY i ON t (a)", "`ON`"),
        ] {
            assert_eq!(one(text).err().map(|(expected, _)| expected).as_deref(), Some(expected), "{text}");
        }
    }
}
