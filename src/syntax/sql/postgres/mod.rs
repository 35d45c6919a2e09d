//! PostgreSQL's DDL: which family of statements reads what.

mod alter_table;
mod clause;
mod drop;
mod expression;
mod foreign;
mod function;
mod index;
mod operator;
mod other;
mod privilege;
mod publication;
mod role;
mod sequence;
mod table;
mod trigger;
mod types;
mod view;

use super::cursor::{Cursor, Read};
use crate::ops::Op;

type Family = fn(&mut Cursor<'_>) -> Read<Option<Vec<Op>>>;

/// Asked in turn: each looks at the first words and leaves the cursor where it was when the statement is none of its own.
const FAMILIES: &[Family] = &[
    table::ops,
    index::ops,
    sequence::ops,
    alter_table::ops,
    drop::ops,
    view::ops,
    types::ops,
    function::ops,
    trigger::ops,
    privilege::ops,
    role::ops,
    foreign::ops,
    publication::ops,
    operator::ops,
    other::ops,
];

/// The operations of the DDL statement at the cursor; None where it is none.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    for family in FAMILIES {
        if let Some(ops) = family(cursor)? {
            return Ok(Some(ops));
        }
    }
    Ok(None)
}
