//! The nouns: names, types, columns, constraints, indexes, expressions, and the catalog that holds them.

mod access;
pub mod builtin;
pub mod canonical;
pub mod casts;
mod catalog;
mod detail;
pub mod diff;
mod engine;
mod expr;
mod join;
mod mentions;
mod name;
mod query;
mod table;
mod types;
pub mod typing;

pub use catalog::{
    Body, Catalog, EnumType, Function, Index, Lookup, Member, Other, Relation, Sequence, Slot, Table,
    TypeEntry, TypeKind, View, input_types,
};
pub use detail::{
    Argument, ArgumentMode, Detail, Event, Extension, FunctionOptions, Policy, Publication, Published,
    Returns, Rule, Statistics, Timing, Trigger,
};
pub use diff::{Difference, DifferenceKind, Facet, column_text, function_ref, shown_type};
pub use engine::{Dialect, Engine, Version};
pub use expr::{Expr, Literal};
pub use name::{Ident, LONGEST, Name, ObjectKind, ObjectRef, clip};
pub use query::{
    Alias, Cte, Distinct, Entry, JoinKind, JoinOn, Lock, Output, Query, QueryBody, Resolved, Select,
    SetOperator, Source, Subquery, Target,
};
pub use table::{
    Bound, Column, Constraint, ConstraintKind, Exclusion, ForeignKey, Generated, GeneratedKind, Identity,
    IndexKey, Notes, PartitionBy, PartitionKind, ReferentialAction, SequenceOptions, SequenceShape,
};
pub use types::{Family, Type};
