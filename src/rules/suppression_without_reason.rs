//! A suppression comment that gives no reason. Reported by the floor that knows of it, not by a check of statements.

use super::{Check, Rule};

/// `suppression-without-reason`.
pub const RULE: Rule = Rule {
    id: "suppression-without-reason",
    page: include_str!("../../rules/suppression-without-reason.md"),
    down: false,
    check: Check::Engine,
};
