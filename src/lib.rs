//! gander looks at database migrations before they fly. The floors, lowest first; a floor uses only those above it in this list.

pub mod diagnostic;
pub mod git;
pub mod history;
pub mod ops;
pub mod project;
pub mod schema;
pub mod syntax;
pub mod text;

pub mod report;

pub mod commands;
