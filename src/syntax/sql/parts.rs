//! Pieces of CREATE TABLE and CREATE INDEX that SQLite and MySQL write alike.

use std::collections::BTreeMap;

use super::cursor::{Cursor, Read, unquote};
use super::lex::TokenKind;
use super::{bridge, dml, query};
use crate::ops::{CreateView, Guard};
use crate::schema::{ConstraintKind, Dialect, Expr, ForeignKey, Ident, IndexKey, ReferentialAction};

/// `REFERENCES table [(columns)] [ON DELETE …] [ON UPDATE …] [MATCH …]`; adds DEFERRABLE and its kin to `attributes`.
///
/// # Errors
/// When it is not there whole.
pub fn references(
    cursor: &mut Cursor<'_>,
    columns: Vec<Ident>,
    attributes: &mut Vec<String>,
) -> Read<ForeignKey> {
    cursor.expect("REFERENCES")?;
    let table = cursor.name("a table")?;
    let referenced = if cursor.is_symbol("(") { cursor.ident_group("a column")? } else { Vec::new() };
    let (mut on_delete, mut on_update) = (ReferentialAction::NoAction, ReferentialAction::NoAction);
    loop {
        if cursor.eat_all(&["ON", "DELETE"]) {
            on_delete = action(cursor)?;
        } else if cursor.eat_all(&["ON", "UPDATE"]) {
            on_update = action(cursor)?;
        } else if cursor.eat("MATCH") {
            cursor.any_word("`SIMPLE` or `FULL`")?;
        } else if deferrable(cursor, attributes)? {
        } else {
            return Ok(ForeignKey { columns, table, referenced, on_delete, on_update });
        }
    }
}

fn deferrable(cursor: &mut Cursor<'_>, attributes: &mut Vec<String>) -> Read<bool> {
    let first = cursor.at;
    if cursor.eat("INITIALLY") {
        if cursor.eat_any(&["DEFERRED", "IMMEDIATE"]).is_none() {
            return Err(cursor.unread("`DEFERRED` or `IMMEDIATE`"));
        }
    } else if !cursor.eat("DEFERRABLE") && !cursor.eat_all(&["NOT", "DEFERRABLE"]) {
        return Ok(false);
    }
    attributes.push(cursor.text_between(first, cursor.at).to_ascii_uppercase());
    Ok(true)
}

fn action(cursor: &mut Cursor<'_>) -> Read<ReferentialAction> {
    const ACTIONS: &[(&[&str], ReferentialAction)] = &[
        (&["CASCADE"], ReferentialAction::Cascade),
        (&["RESTRICT"], ReferentialAction::Restrict),
        (&["NO", "ACTION"], ReferentialAction::NoAction),
        (&["SET", "NULL"], ReferentialAction::SetNull),
        (&["SET", "DEFAULT"], ReferentialAction::SetDefault),
    ];
    let found = ACTIONS.iter().find(|(words, _)| cursor.eat_all(words));
    found
        .map(|(_, action)| *action)
        .ok_or_else(|| cursor.unread("`CASCADE`, `RESTRICT`, `SET NULL` or `NO ACTION`"))
}

/// `(a, lower(b) DESC, c(10))`.
///
/// # Errors
/// When it is not there.
pub fn index_keys(cursor: &mut Cursor<'_>) -> Read<Vec<IndexKey>> {
    cursor.expect_symbol("(")?;
    let keys = cursor.list(index_key)?;
    cursor.expect_symbol(")")?;
    Ok(keys)
}

fn index_key(cursor: &mut Cursor<'_>) -> Read<IndexKey> {
    let (first, last) = cursor.skip_until(|cursor| cursor.is_any(&["COLLATE", "ASC", "DESC"]));
    let (expr, prefix) = key_expr(cursor, first, last)?;
    let (from, to) = cursor.skip_until(|_| false);
    let mut walk = cursor.inside(from, to);
    if walk.eat("COLLATE") {
        walk.any_word("a collation")?;
    }
    walk.eat_any(&["ASC", "DESC"]);
    walk.expect_end()?;
    let options = format!("{prefix} {}", cursor.text_between(from, to));
    Ok(IndexKey { expr, options: options.trim().to_owned() })
}

/// A key and, in MySQL, the length behind its column.
fn key_expr(cursor: &Cursor<'_>, first: usize, last: usize) -> Read<(Expr, String)> {
    let walk = Cursor { at: first, ..cursor.clone() };
    match (walk.nth(0), last - first) {
        // SQLite takes a string for a column where it expects one.
        (Some(token), 1) if token.kind == TokenKind::String => {
            Ok((Expr::Column(vec![unquote(cursor.text_of(token)).to_ascii_lowercase()]), String::new()))
        }
        (Some(token), 1) if matches!(token.kind, TokenKind::Word | TokenKind::Quoted) => {
            let mut walk = walk;
            Ok((Expr::Column(vec![walk.any_word("a column")?.key().to_owned()]), String::new()))
        }
        (Some(_), 4)
            if cursor.dialect == Dialect::Mysql && walk.nth_is_symbol(1, "(") && !walk.is_symbol("(") =>
        {
            let (expr, _) = key_expr(cursor, first, first + 1)?;
            Ok((expr, cursor.text_between(first + 1, last)))
        }
        _ => Ok((cursor.expr(first, last)?, String::new())),
    }
}

/// The columns of a list of keys that must be columns: `PRIMARY KEY (a, b DESC)`.
///
/// # Errors
/// When one is none.
pub fn key_columns(cursor: &mut Cursor<'_>) -> Read<Vec<Ident>> {
    cursor.expect_symbol("(")?;
    let columns = cursor.list(|cursor| {
        let column = cursor.ident("a column")?;
        if cursor.dialect == Dialect::Mysql && cursor.is_symbol("(") {
            cursor.group()?;
        }
        if cursor.eat("COLLATE") {
            cursor.any_word("a collation")?;
        }
        cursor.eat_any(&["ASC", "DESC"]);
        cursor.eat("AUTOINCREMENT");
        Ok(column)
    })?;
    cursor.expect_symbol(")")?;
    Ok(columns)
}

/// UNIQUE over columns, and nothing more.
pub const fn unique(columns: Vec<Ident>) -> ConstraintKind {
    ConstraintKind::Unique { columns, include: Vec::new(), nulls_not_distinct: false, using_index: None }
}

/// A view from its name on: `name [(columns)] AS query`.
///
/// # Errors
/// When it is not there whole.
pub fn view(cursor: &mut Cursor<'_>, temporary: bool, guard: Guard) -> Read<CreateView> {
    let name = cursor.name("a view")?;
    let columns = if cursor.is_symbol("(") { cursor.ident_group("a column")? } else { Vec::new() };
    cursor.expect("AS")?;
    let (first, mut last) = cursor.skip_rest();
    if cursor.dialect == Dialect::Mysql {
        last = before_check_option(cursor, first, last);
    }
    dml::inner(cursor, first, last)?;
    Ok(CreateView {
        name,
        materialized: false,
        temporary,
        guard,
        columns,
        query: cursor.text_between(first, last),
        tree: bridge::query(cursor, &[(first, last)]),
        reads: query::reads(cursor, first, last),
        words: cursor.words_between(first, last),
        no_data: false,
        parameters: BTreeMap::new(),
    })
}

/// `WITH [CASCADED | LOCAL] CHECK OPTION` at the end of a view.
fn before_check_option(cursor: &Cursor<'_>, first: usize, last: usize) -> usize {
    let mut walk = cursor.clone();
    let mut back = [3, 4].iter().filter_map(|back| last.checked_sub(*back)).filter(|at| *at > first);
    back.find(|at| {
        walk.at = *at;
        walk.eat("WITH") && {
            walk.eat_any(&["CASCADED", "LOCAL"]);
            walk.is_all(&["CHECK", "OPTION"])
        }
    })
    .unwrap_or(last)
}
