//! The catalog.

/// A schema at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {}
