//! Tests that go through more than one floor: against real servers, real files, real git.

#[path = "../support/mod.rs"]
mod support;

/// The pages' examples run on the servers that they are written for, and do there what the pages claim.
mod servers;
/// Two spellings of one thing are the same to gander where they are the same to PostgreSQL.
mod spellings;
