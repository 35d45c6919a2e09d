//! The comments of a migration, line by line and without their marks; and which of them a tool has written.

use super::replay::PartRun;
use crate::ops::Operation;
use crate::syntax::sql;
use crate::text::{Source, Span};

/// The lines of comments that belong to a part: those in it, and those above it in its file, where a tool's annotation
/// begins the part further down.
pub fn of<'a>(run: &PartRun, source: &'a Source) -> Vec<&'a str> {
    let above = above(run, source);
    above.iter().chain(&run.script.comments).flat_map(|span| lines(source.slice(*span))).collect()
}

/// The lines of comments that a part begins with: those before its first statement that is more than BEGIN or a setting.
/// What tools write for themselves is left out.
pub fn header<'a>(run: &PartRun, source: &'a Source) -> Vec<(Span, &'a str)> {
    let first =
        run.script.statements.iter().find(|statement| !statement.ops.iter().all(|op| is_preamble(&op.kind)));
    let end = first.map_or(u32::MAX, |statement| statement.span.start);
    let mut spans = above(run, source);
    spans.extend(run.script.comments.iter().take_while(|span| span.start < end));
    spans.into_iter().flat_map(|span| placed_lines(span, source)).collect()
}

/// The lines of every comment in a part, each with its place. What tools write for themselves is left out.
pub fn placed<'a>(run: &PartRun, source: &'a Source) -> Vec<(Span, &'a str)> {
    run.script.comments.iter().flat_map(|span| placed_lines(*span, source)).collect()
}

/// The lines of a comment, each with its place; none of one that a tool has written.
fn placed_lines(comment: Span, source: &Source) -> Vec<(Span, &str)> {
    let text = source.slice(comment);
    let mut all = Vec::new();
    if is_of_tool(text) {
        return all;
    }
    let mut from = 0;
    for line in lines(text) {
        // Lines follow each other: the first place behind the last one is the line's own.
        let Some(at) = text.get(from..).and_then(|rest| rest.find(line)) else { continue };
        let start = comment.start + (from + at) as u32;
        all.push((Span::new(start, start + line.len() as u32), line));
        from += at + line.len();
    }
    all
}

/// Comments between the beginning of the file and that of the part.
fn above(run: &PartRun, source: &Source) -> Vec<Span> {
    let before = Span::new(source.start(), run.part.span.start);
    if before.is_empty() {
        return Vec::new();
    }
    let split = sql::split(source.text(), before, run.engine.dialect);
    split.comments.iter().map(|token| token.span).collect()
}

const fn is_preamble(operation: &Operation) -> bool {
    matches!(operation, Operation::Begin | Operation::Set { .. } | Operation::Pragma { .. })
}

/// The lines of a comment without `--`, `/*`, `*`, `#` and blanks around them; empty ones left out.
fn lines(comment: &str) -> impl Iterator<Item = &str> {
    let comment = comment.strip_prefix("/*").map_or(comment, |rest| rest.strip_suffix("*/").unwrap_or(rest));
    comment.lines().map(bare).filter(|line| !line.is_empty())
}

fn bare(line: &str) -> &str {
    line.trim().trim_start_matches(['-', '*', '#', '|', '=']).trim()
}

/// Whether a tool has written a comment, or reads it: annotations, and what generators and dumps put before each statement.
fn is_of_tool(comment: &str) -> bool {
    let text = comment.trim_start_matches('-').trim_start();
    let annotations = [
        "+goose",
        "+migrate",
        "migrate:",
        "atlas:",
        "tern:",
        "liquibase ",
        "changeset ",
        "rollback ",
        "gander:",
        "irreversible",
        "depends:",
        "requires:",
        "noqa",
        "sqlfluff",
        "squawk-",
        "safety-assured",
        "no-transaction",
        "Up Migration",
        "Down Migration",
    ];
    let dumps = [
        "PostgreSQL database dump",
        "Dumped from database version",
        "Dumped by pg_dump",
        "Data for Name:",
        "TOC entry",
        "MySQL dump",
        "MariaDB dump",
        "phpMyAdmin",
        "Host:",
        "Generation Time:",
        "Server version",
        "PHP Version",
        "Dump completed",
    ];
    // drizzle's statement-breakpoint, graphile-migrate's hashes.
    comment.starts_with("-->")
        || comment.starts_with("--!")
        || annotations.iter().chain(&dumps).any(|start| text.starts_with(start))
        || (text.starts_with("Name:") && text.contains("; Type:"))
}
