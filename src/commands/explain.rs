//! `gander explain`: a rule's page.

use std::fmt::Write;

use super::args::Explain;
use super::{Exit, print};
use crate::diagnostic::Safety;
use crate::project::UserError;
use crate::project::selection::what_was_meant;
use crate::rules;
use crate::rules::page::On;

/// Prints the page.
///
/// # Errors
/// When there is no such rule.
pub fn run(explain: &Explain) -> Result<Exit, UserError> {
    let wanted = explain.rule.trim().to_ascii_lowercase();
    let Some(rule) = rules::by_id(&wanted) else {
        return Err(
            UserError::new(format!("there is no rule `{}`", explain.rule)).help(what_was_meant(&wanted))
        );
    };
    let page = rule.page();
    let on = match page.on {
        On::Default => "on",
        On::Practice => "on where the repository practises it",
        On::Strict => "off unless selected",
    };
    let fix = match page.fix {
        Some(Safety::Safe) => "safe",
        Some(Safety::Unsafe) => "unsafe",
        Some(Safety::Show) => "shown, not written",
        None => "none",
    };
    let engines: Vec<&str> = page.engines.iter().map(|engine| engine.title()).collect();
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{} · {} · {on} · fix: {fix} · {}\n",
        page.severity.name(),
        page.category,
        engines.join(", ")
    );
    text.push_str(page.body.trim_start());
    print(&text)?;
    Ok(Exit::Clean)
}
