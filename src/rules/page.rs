//! A rule's page: the front matter that says when it is on and how severe it is, and the text for people.

use crate::diagnostic::{Safety, Severity};
use crate::schema::Dialect;

/// When a rule is on without being asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    /// Always.
    Default,
    /// Where the repository practises what it asks for, or gander.toml does.
    Practice,
    /// Only by `--select`.
    Strict,
}

/// A page, parsed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// One sentence: what is wrong.
    pub summary: String,
    /// `locking`, `idempotency`, …
    pub category: String,
    /// The usual severity.
    pub severity: Severity,
    /// Where it speaks.
    pub engines: Vec<Dialect>,
    /// When it is on.
    pub on: On,
    /// How far its fix may be trusted; None: it has none.
    pub fix: Option<Safety>,
    /// What its bad examples are proved to do on a real server.
    pub claims: Vec<String>,
    /// Rules that speak in its place where both speak of the same statement or action: they are more specific.
    pub yields_to: Vec<String>,
    /// The Markdown below the front matter.
    pub body: String,
}

impl Page {
    /// Reads a page. The pages are part of the program and a test holds them right: what is missing gets a plain default.
    pub fn parse(text: &str) -> Self {
        let (front, body) =
            text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap_or(("", text));
        let value = |key: &str| {
            front
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
                .map_or("", |value| value.split(" #").next().unwrap_or("").trim())
        };
        let list = |key: &str| -> Vec<String> {
            let inner = value(key).trim_start_matches('[').trim_end_matches(']');
            inner.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
        };
        Self {
            summary: value("summary").to_owned(),
            category: value("category").to_owned(),
            severity: Severity::from_name(value("severity")).unwrap_or(Severity::Warning),
            engines: list("engines")
                .iter()
                .filter_map(|name| crate::schema::Engine::parse(name).ok())
                .map(|engine| engine.dialect)
                .collect(),
            on: match value("on") {
                "practice" => On::Practice,
                "strict" => On::Strict,
                _ => On::Default,
            },
            fix: match value("fix") {
                "safe" => Some(Safety::Safe),
                "unsafe" => Some(Safety::Unsafe),
                "show" => Some(Safety::Show),
                _ => None,
            },
            claims: list("claims"),
            yields_to: list("yields-to"),
            body: body.to_owned(),
        }
    }
}
