//! PostgreSQL's DDL.

use super::cursor::{Cursor, Read};
use crate::ops::Op;

/// The operations of the statement at the cursor; None where it is no statement of this kind.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(_cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    Ok(None)
}
