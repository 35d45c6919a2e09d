//! The version history in the comments of a canonical schema does not have the newest migration, or names one that is not there.

use super::facts::{Canonical, is_usual_version_table};
use super::practice::{is_practice, latest};
use super::{Check, Cx, HistoryFacts, Rule};
use crate::history::comments;
use crate::history::replay::MigrationRun;
use crate::ops::{InsertSource, Operation};
use crate::schema::{Expr, Literal};
use crate::text::{Place, Span};

/// `version-history-missing`.
pub const RULE: Rule = Rule {
    id: "version-history-missing",
    page: include_str!("../../rules/version-history-missing.md"),
    down: false,
    check: Check::History(check),
};

fn check(facts: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    for canonical in facts.canonical {
        let dialect = canonical.run.engine.dialect;
        let Some(index) = facts
            .replay
            .runs
            .iter()
            .rposition(|run| run.up.engine.dialect == dialect && !run.migration.repeatable)
        else {
            continue;
        };
        let lines = comments::placed(&canonical.run, facts.sources.get(canonical.file));
        let history = History { facts, lines };
        let earlier = latest(&facts.replay.runs[..index]);
        let practised = is_practice(&earlier, |run| history.mention(run).is_some());
        newest(&history, canonical, index, practised, cx);
        missing_files(&history, canonical, practised, cx);
    }
}

/// The comments of a schema file.
struct History<'a> {
    facts: &'a HistoryFacts<'a>,
    lines: Vec<(Span, &'a str)>,
}

impl History<'_> {
    /// The line that speaks of a migration: of its file, its number, or the version that it records.
    fn mention(&self, run: &MigrationRun<'_>) -> Option<Span> {
        let path = &self.facts.sources.get(run.up.part.file).path;
        let title = self.facts.title(run.up.part.file);
        let title = title.trim_matches('`');
        let stem = stem(title);
        let number = run.migration.version.trim_start_matches(['V', 'v']);
        let recorded = recorded(self.facts, run);
        let by_name = |word: &str| {
            word == title || word == stem || path.ends_with(word) && word.ends_with(title) || {
                let last = word.rsplit('/').next().unwrap_or(word);
                last == title || last == stem
            }
        };
        // A short number may count anything: it must be said what it is.
        let by_number = |line: &str, word: &str| {
            let bare = word.trim_start_matches(['V', 'v', '#']);
            let is_version = bare == number && (number.len() >= 3 || says_version(line));
            is_version || (recorded.iter().any(|version| version == bare) && says_version(line))
        };
        let speaks =
            |(_, line): &&(Span, &str)| words(line).any(|(_, word)| by_name(word) || by_number(line, word));
        self.lines.iter().rfind(speaks).map(|(span, _)| *span)
    }
}

fn newest(history: &History<'_>, canonical: &Canonical, index: usize, practised: bool, cx: &mut Cx<'_>) {
    let facts = history.facts;
    let run = &facts.replay.runs[index];
    let file = run.up.part.file;
    let asked = facts.judged.contains(&file) || facts.judged.contains(&canonical.file);
    if !practised || !asked || history.mention(run).is_some() {
        return;
    }
    let schema = &facts.sources.get(canonical.file).path;
    let message = format!("{} is not in the version history of `{schema}`", facts.title(file));
    let finding = cx.report(facts.head(file), message).help(format!(
        "Write it into the comments of `{schema}`, below the one before: its version, its date, and what it changes."
    ));
    let before = facts.replay.runs[..index].iter().rev().find_map(|run| history.mention(run));
    if let Some(span) = before {
        finding.related(Place::new(canonical.file, span), "the last one that is there");
    }
}

/// Files of the history that the comments name, and that are not there.
fn missing_files(history: &History<'_>, canonical: &Canonical, practised: bool, cx: &mut Cx<'_>) {
    let facts = history.facts;
    if facts.judged.is_empty() {
        return;
    }
    for (span, line) in &history.lines {
        let is_entry = practised || line.split_once(':').is_some_and(|(key, _)| says_migration(key));
        for (at, word) in words(line).filter(|_| is_entry) {
            if !is_of_history(facts, word) || is_there(facts, word) {
                continue;
            }
            let start = span.start + at as u32;
            let place = Place::new(canonical.file, Span::new(start, start + word.len() as u32));
            cx.report(place, format!("the version history names `{word}`, and there is no such file"))
                .help("Correct the name, or bring the file back.");
        }
    }
}

/// Whether a word names a migration as those of the history are named: where they are, from a number on.
fn is_of_history(facts: &HistoryFacts<'_>, word: &str) -> bool {
    let (directory, name) = word.rsplit_once('/').unwrap_or(("", word));
    let numbered = name.trim_start_matches(['V', 'v']).starts_with(|c: char| c.is_ascii_digit());
    let own = facts.replay.sequence.directory.as_str();
    let directory = directory.trim_start_matches("./");
    let is_own = directory.is_empty() || is_end_of(own, directory) || is_end_of(directory, own);
    name.ends_with(".sql") && numbered && is_own
}

/// Whether some file of the project has that path, as far as it was written.
fn is_there(facts: &HistoryFacts<'_>, word: &str) -> bool {
    let word = word.trim_start_matches("./");
    facts.sources.iter().any(|(_, source)| is_end_of(&source.path, word) || is_end_of(word, &source.path))
}

/// Whether a path ends in another one, whole names.
fn is_end_of(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn stem(name: &str) -> &str {
    let name = name.strip_suffix(".sql").unwrap_or(name);
    name.strip_suffix(".up").unwrap_or(name)
}

fn says_version(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["version", "migration", "release", "v"].iter().any(|word| lower.starts_with(word))
        || lower.starts_with(|c: char| c.is_ascii_digit())
}

fn says_migration(key: &str) -> bool {
    let key = key.to_lowercase();
    key.split(|c: char| !c.is_alphabetic()).any(|word| matches!(word, "migration" | "migrations"))
}

/// The words of a line with where they begin, without what stands around them.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let around = |c: char| c.is_whitespace() || "\"'`,;()[]<>|".contains(c);
    let mut next = 0;
    line.split_inclusive(around).filter_map(move |piece| {
        let at = next;
        next += piece.len();
        let word = piece.trim_end_matches(around).trim_end_matches(['.', ':', '!', '?']);
        (!word.is_empty()).then_some((at, word))
    })
}

/// The versions that a migration writes into the table where migrations record themselves.
fn recorded(facts: &HistoryFacts<'_>, run: &MigrationRun<'_>) -> Vec<String> {
    let ops = run.up.script.statements.iter().flat_map(|statement| &statement.ops);
    let mut versions = Vec::new();
    for op in ops {
        let Operation::Insert(insert) = &op.kind else { continue };
        if !is_usual_version_table(facts.settings, &insert.table) {
            continue;
        }
        if let InsertSource::Values { rows, .. } = &insert.source {
            versions.extend(rows.iter().flatten().filter_map(|value| match value {
                Expr::Literal(Literal::String(text)) if text.starts_with(|c: char| c.is_ascii_digit()) => {
                    Some(text.clone())
                }
                Expr::Literal(_)
                | Expr::Column(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Cast { .. }
                | Expr::Query(_)
                | Expr::Raw { .. } => None,
            }));
        }
    }
    versions
}
