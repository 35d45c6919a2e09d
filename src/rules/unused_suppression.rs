//! A suppression comment that suppresses nothing. Reported by the floor that knows of it, not by a check of statements.

use super::{Check, Rule};

/// `unused-suppression`.
pub const RULE: Rule = Rule {
    id: "unused-suppression",
    page: include_str!("../../rules/unused-suppression.md"),
    down: false,
    check: Check::Engine,
};
