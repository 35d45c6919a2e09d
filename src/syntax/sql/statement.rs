//! One statement: which parser reads it, and what becomes of one that none understands.

use super::cursor::{Cursor, Read, Unread};
use super::lex::TokenKind;
use super::{dml, mysql, plpgsql, postgres, session, sqlite};
use crate::ops::{Condition, Op, Operation, Statement};
use crate::schema::Dialect;
use crate::text::Span;

/// What was read so far.
#[derive(Default)]
pub struct Out {
    /// The statements of the file, in order; those inside a DO block follow it.
    pub statements: Vec<Statement>,
    /// The comments inside of DO blocks.
    pub comments: Vec<Span>,
}

/// What stands around a statement.
#[derive(Clone, Default)]
pub struct Around {
    /// What must hold for it to run.
    pub when: Vec<Condition>,
    /// The DO block that it stands in.
    pub within: Option<u32>,
    /// How many bodies are open around it.
    pub depth: u32,
}

/// Reads the statement at the cursor and adds it to `out`, followed by those inside it (a DO block).
/// `whole` is its span with the semicolon, in the file.
pub fn read(cursor: &Cursor<'_>, whole: Span, around: &Around, out: &mut Out) {
    let mut walk = cursor.clone();
    let ops = ops(&mut walk).and_then(|ops| walk.expect_end().map(|()| ops));
    push(cursor, whole, ops, around, out);
}

/// Adds the statement that the cursor's tokens are, with what was read of it.
pub fn push(cursor: &Cursor<'_>, whole: Span, ops: Read<Vec<Op>>, around: &Around, out: &mut Out) {
    let span = {
        let mut all = cursor.clone();
        all.skip_rest();
        all.span_from(cursor.at)
    };
    let ops = ops.unwrap_or_else(|unread| vec![opaque(cursor, span, unread)]);
    let does = matches!(ops.as_slice(), [Op { kind: Operation::Do, .. }]);
    let index = out.statements.len() as u32;
    out.statements.push(Statement { span, whole, ops, when: around.when.clone(), within: around.within });
    if does {
        plpgsql::read(cursor, index, around, out);
    }
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

/// What is left of a statement that was not understood: its first words.
pub fn opaque(cursor: &Cursor<'_>, span: Span, unread: Unread) -> Op {
    let words =
        cursor.tokens.iter().skip(cursor.at).take(2).take_while(|token| token.kind == TokenKind::Word);
    let verb = words.map(|token| cursor.text_of(*token).to_ascii_uppercase()).collect::<Vec<_>>().join(" ");
    Op { kind: Operation::Opaque { verb, object: None, expected: unread.expected, at: unread.at }, span }
}
