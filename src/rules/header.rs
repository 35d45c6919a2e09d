//! The comment that a migration begins with, as keys: `-- Date: 2024-01-05`.

use crate::history::comments;
use crate::history::replay::MigrationRun;
use crate::text::{Sources, Span};

/// A key of a header.
pub struct Key<'a> {
    /// As written: `Date`.
    pub name: &'a str,
    /// What keys are compared by.
    pub folded: String,
    /// Where it stands.
    pub span: Span,
}

/// The keys of a migration's header that have something after the colon.
pub fn keys<'a>(run: &MigrationRun<'_>, sources: &'a Sources) -> Vec<Key<'a>> {
    let lines = comments::header(&run.up, sources.get(run.up.part.file));
    lines.into_iter().filter_map(|(span, line)| key(span, line)).collect()
}

/// A few words, a colon, and a value. Sentences, addresses and times have colons too, and some words begin the text itself.
fn key(span: Span, line: &str) -> Option<Key<'_>> {
    const TEXT: &[&str] = &[
        "fix",
        "fixes",
        "bug",
        "perf",
        "note",
        "notes",
        "nb",
        "warning",
        "caution",
        "important",
        "example",
        "step",
        "part",
        "see",
    ];
    let (name, value) = line.split_once(':')?;
    let name = name.trim();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '#' | '(' | ')');
    let fits = name.starts_with(char::is_alphabetic)
        && name.chars().all(is_word)
        && name.split_whitespace().count() <= 3;
    let has_value = !value.trim().is_empty() && !value.starts_with(['/', ':', '\\']);
    let folded = fold(name);
    (fits && has_value && !TEXT.contains(&folded.as_str())).then_some(Key { name, folded, span })
}

/// Without regard to case and to numbers: `Migration 004: …` has the key `Migration`.
pub fn fold(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()));
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// What a key says, in one word for all that say it: `Created at: …` is a date.
pub fn meaning(folded: &str) -> &str {
    match folded {
        "created" | "created at" | "created on" | "created date" | "creation date" | "date created" => "date",
        "authors" | "created by" | "written by" => "author",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_few_words_with_a_value() {
        let folded = |line| key(Span::at(0), line).map(|key| key.folded);
        assert_eq!(folded("Date: 2024-01-05").as_deref(), Some("date"));
        assert_eq!(folded("Migration 004: orders").as_deref(), Some("migration"));
        assert_eq!(folded("Created-By: Ann").as_deref(), Some("created by"));
        assert_eq!(folded("Date:"), None);
        assert_eq!(folded("see https://example.org/x"), None);
        assert_eq!(folded("This is what happens on the first day: nothing"), None);
        assert_eq!(folded("CreateTable"), None);
    }
}
