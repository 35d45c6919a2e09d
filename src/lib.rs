//! gander looks at database migrations before they fly. The floors, lowest first; a floor uses only those above it in this list.

pub mod text;
pub mod schema;
pub mod ops;
pub mod syntax;
pub mod history;
pub mod diagnostic;
