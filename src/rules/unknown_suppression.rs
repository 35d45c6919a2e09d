//! A suppression comment that names no rule. Reported by the floor that knows of it, not by a check of statements.

use super::{Check, Rule};

/// `unknown-suppression`.
pub const RULE: Rule = Rule {
    id: "unknown-suppression",
    page: include_str!("../../rules/unknown-suppression.md"),
    down: false,
    check: Check::Engine,
};
