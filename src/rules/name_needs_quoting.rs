//! A name that can only be written in quotes.

use super::new_names::new_names;
use super::{Check, Cx, Rule, StepFacts};
use crate::schema::Dialect;
use crate::syntax::sql::write::quote;
use crate::text::Span;

/// `name-needs-quoting`.
pub const RULE: Rule = Rule {
    id: "name-needs-quoting",
    page: include_str!("../../rules/name-needs-quoting.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    let dialect = step.part.dialect();
    let quotes = match dialect {
        Dialect::Postgres | Dialect::Sqlite => "double quotes",
        Dialect::Mysql => "backticks",
    };
    let all = new_names(step);
    for op in &step.statement().ops {
        let within = |span: Span| op.span.start <= span.start && span.end <= op.span.end;
        let mut names: Vec<&str> = Vec::new();
        for name in all.iter().filter(|name| within(name.span)) {
            let text = name.ident.text();
            if quote(name.ident, dialect) != text && !names.contains(&text) {
                names.push(text);
            }
        }
        let Some(first) = names.first() else { continue };
        let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
        let more = match names.len().saturating_sub(3) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = if names.len() == 1 {
            format!("`{first}` must stand in {quotes} wherever it is named: {}", why(first))
        } else {
            format!("{}{more} must stand in {quotes} wherever they are named", shown.join(", "))
        };
        cx.report(step.place(op.span), message)
            .help("Choose names of lower-case letters, digits and underscores that are no reserved words.");
    }
}

fn why(text: &str) -> &'static str {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        "it has upper-case letters"
    } else if text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        "it is a reserved word"
    } else {
        "it has other characters than letters, digits and underscores, or begins with a digit"
    }
}
