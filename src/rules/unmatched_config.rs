//! A line of gander.toml that matches nothing. Reported by the floor that knows of it, not by a check of statements.

use super::{Check, Rule};

/// `unmatched-config`.
pub const RULE: Rule = Rule {
    id: "unmatched-config",
    page: include_str!("../../rules/unmatched-config.md"),
    down: false,
    check: Check::Engine,
};
