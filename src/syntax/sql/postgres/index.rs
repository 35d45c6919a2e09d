//! CREATE INDEX, and the keys that constraints and partitions have too.

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
    if cursor.eat("WITH") {
        clause::definition(cursor)?;
    }
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
