//! CREATE and ALTER of types and domains.

use crate::ops::Op;
use crate::syntax::sql::cursor::{Cursor, Read};

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(_cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    Ok(None)
}
