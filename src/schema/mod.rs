//! The nouns: names, types, columns, constraints, indexes, expressions, and the catalog that holds them.

pub mod canonical;
mod catalog;
mod diff;
mod engine;
mod expr;
mod name;
mod table;
mod types;

pub use catalog::{
    Catalog, EnumType, Function, Index, Lookup, Member, Other, Relation, Sequence, Slot, Table, TypeEntry,
    TypeKind, View,
};
pub use diff::{Difference, DifferenceKind, Facet, column_text};
pub use engine::{Dialect, Engine, Version};
pub use expr::{Expr, Literal};
pub use name::{Ident, Name, ObjectKind, ObjectRef};
pub use table::{
    Column, Constraint, ConstraintKind, ForeignKey, Generated, GeneratedKind, Identity, IndexKey,
    PartitionKind, ReferentialAction,
};
pub use types::{Family, Type};
