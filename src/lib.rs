//! gander looks at database migrations before they fly: what would break, block, lose or drift.
//!
//! The floors, lowest first. A floor uses only those above it in this list.

/// Spans, source files, lines, edits, and text inside text.
pub mod text;
/// The nouns: names, types, tables, and the catalog that holds them.
pub mod schema;
/// The verbs: what a migration does, and what that does to a catalog.
pub mod ops;
/// Front ends: text to statements and back.
pub mod syntax;
/// What a statement costs, and where it may run.
pub mod effects;
/// Which files are migrations, in which order they run, and a replay of them.
pub mod history;
/// Findings.
pub mod diagnostic;
/// One file and one page for each rule.
pub mod rules;
/// Rules × steps → findings.
pub mod lint;
/// Remedies → edits, and which of them go together.
pub mod fix;
/// Findings as people and machines read them.
pub mod report;
/// Trees of files: work tree, index, commit.
pub mod git;
/// gander.toml, the project's files, what is judged.
pub mod project;
/// One file for each subcommand.
pub mod commands;
