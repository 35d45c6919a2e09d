//! `gander rules`: every rule, a line each.

use std::fmt::Write;

use super::{Exit, print};
use crate::diagnostic::Safety;
use crate::project::UserError;
use crate::rules::RULES;
use crate::rules::page::On;

/// Prints the list.
///
/// # Errors
/// When standard output cannot be written to.
pub fn run() -> Result<Exit, UserError> {
    let widest = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in RULES {
        let page = rule.page();
        let on = match page.on {
            On::Default => "default",
            On::Practice => "practice",
            On::Strict => "strict",
        };
        let fix = page.fix.map_or("-", Safety::name);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:widest$}  {:7}  {:11}  {on:8}  {fix:6}  {}",
            rule.id,
            page.severity.name(),
            page.category,
            page.summary
        );
    }
    print(&text)?;
    Ok(Exit::Clean)
}
