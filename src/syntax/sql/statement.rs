//! One statement: which parser reads it, and what becomes of one that none understands.

use super::cursor::{Cursor, Read, Unread};
use super::lex::TokenKind;
use super::{dml, mysql, postgres, session, sqlite};
use crate::ops::{Op, Operation, Statement};
use crate::schema::Dialect;
use crate::text::Span;

/// Reads the statement at the cursor and adds it to `out`, followed by those inside it (a DO block).
/// `whole` is its span with the semicolon, in the file.
pub fn read(cursor: &Cursor<'_>, whole: Span, out: &mut Vec<Statement>) {
    let mut cursor = cursor.clone();
    let span = {
        let mut all = cursor.clone();
        all.skip_rest();
        all.span_from(0)
    };
    let ops = match ops(&mut cursor).and_then(|ops| cursor.expect_end().map(|()| ops)) {
        Ok(ops) => ops,
        Err(unread) => vec![opaque(&cursor, span, unread)],
    };
    out.push(Statement { span, whole, ops, when: Vec::new(), within: None });
}

fn ops(cursor: &mut Cursor<'_>) -> Read<Vec<Op>> {
    if let Some(ops) = session::ops(cursor)? {
        return Ok(ops);
    }
    if let Some(ops) = dml::ops(cursor)? {
        return Ok(ops);
    }
    let ops = match cursor.dialect {
        Dialect::Postgres => postgres::ops(cursor)?,
        Dialect::Sqlite => sqlite::ops(cursor)?,
        Dialect::Mysql => mysql::ops(cursor)?,
    };
    ops.ok_or_else(|| cursor.unread("a statement"))
}

fn opaque(cursor: &Cursor<'_>, span: Span, unread: Unread) -> Op {
    let words = cursor.tokens.iter().take(2).take_while(|token| token.kind == TokenKind::Word);
    let verb = words.map(|token| cursor.text_of(*token).to_ascii_uppercase()).collect::<Vec<_>>().join(" ");
    Op { kind: Operation::Opaque { verb, object: None, expected: unread.expected, at: unread.at }, span }
}
