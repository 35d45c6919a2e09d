//! SQL: split (never fails), tokens, our own statement parsers over sqlparser's expressions, and writing.

mod bridge;
mod cursor;
mod dml;
mod lex;
mod mysql;
mod opinion;
mod parts;
mod plpgsql;
mod postgres;
mod query;
mod session;
mod split;
mod sqlite;
mod statement;
mod types;
pub mod write;
pub mod write_batches;
pub mod write_catalog;
pub mod write_query;
pub mod write_schema;

pub use cursor::{Cursor, Read, Unread, is_reserved, string_value, unquote};
pub use lex::{Lexer, Token, TokenKind};
pub use split::{Piece, PieceKind, Range, Split, split};

use crate::ops::Statement;
use crate::schema::Dialect;
use crate::text::{Map, Span};

/// SQL text, read.
#[derive(Clone, Default, Debug)]
pub struct Script {
    /// Its statements, in order; those inside a DO block follow it.
    pub statements: Vec<Statement>,
    /// Every comment, in order.
    pub comments: Vec<Span>,
    /// What the bytes are, in order, without a gap.
    pub pieces: Vec<Piece>,
}

/// Reads the bytes of `span` of a file's text. Never fails: what is not understood becomes an `Opaque` operation.
pub fn read(text: &str, span: Span, dialect: Dialect) -> Script {
    let split = split(text, span, dialect);
    let map = Map::Offset(0);
    let mut out = statement::Out::default();
    out.statements.reserve(split.statements.len());
    for range in &split.statements {
        let cursor = Cursor::new(text, &split.tokens[range.first..range.last], dialect, &map);
        statement::read(&cursor, range.whole, &statement::Around::default(), &mut out);
    }
    let mut comments: Vec<Span> = split.comments.iter().map(|token| token.span).collect();
    if !out.comments.is_empty() {
        comments.append(&mut out.comments);
        comments.sort_unstable();
    }
    Script { statements: out.statements, comments, pieces: split.pieces }
}

/// The operations of every statement of a text, one after the other.
#[cfg(test)]
fn operations(text: &str, dialect: Dialect) -> Vec<crate::ops::Operation> {
    let script = read(text, Span::new(0, text.len() as u32), dialect);
    script.statements.into_iter().flat_map(|statement| statement.ops).map(|op| op.kind).collect()
}
