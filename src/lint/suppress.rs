//! Suppression comments: `-- gander: allow(rule, rule): reason` for the next statement or the one it shares a line with,
//! `allow-file` for the file; and the findings about those comments themselves.

use std::collections::BTreeMap;

use super::{Input, Selection};
use crate::diagnostic::{Diagnostic, Remedy, Safety};
use crate::history::replay::PartRun;
use crate::ops::Statement;
use crate::rules::{self, Cx, Rule};
use crate::syntax::sql::{Lexer, TokenKind};
use crate::text::{self, FileId, Place, Source, Span};

/// A suppression comment.
struct Allow {
    file: FileId,
    /// The whole comment.
    comment: Span,
    /// The rules that it names, each with its place.
    names: Vec<(String, Span)>,
    has_reason: bool,
    /// What it covers; None for the file.
    scope: Option<Span>,
    used: Vec<bool>,
}

/// What the comments of the judged files say.
#[derive(Default)]
struct Comments {
    allows: Vec<Allow>,
    /// What stands between diesel-guard's `safety-assured:start` and `safety-assured:end`.
    decided: Vec<Place>,
}

/// What somebody decides who writes `safety-assured` around a statement: that it blocks, takes its time, loses what nobody needs, and that
/// the code that runs can live with it. Whether it works at all is no question of that.
const DECIDED: [&str; 4] = ["locking", "backfill", "data-loss", "compatibility"];

fn is_decided(decided: &[Place], finding: &Diagnostic) -> bool {
    decided.iter().any(|block| {
        block.file == finding.place.file && block.span.contains(Span::at(finding.place.span.start))
    }) && rules::by_id(finding.rule).is_some_and(|rule| DECIDED.contains(&rule.page().category.as_str()))
}

/// Takes away what comments allow, and adds what is to be said about the comments. Says how many findings were taken away.
pub fn apply(input: &Input<'_>, findings: Vec<Diagnostic>) -> (Vec<Diagnostic>, usize) {
    let Comments { mut allows, decided } = collect(input);
    if allows.is_empty() && decided.is_empty() {
        return (findings, 0);
    }
    let before = findings.len();
    let mut kept: Vec<Diagnostic> = findings
        .into_iter()
        .filter(|finding| !is_allowed(&mut allows, finding) && !is_decided(&decided, finding))
        .collect();
    let suppressed = before - kept.len();
    let mut about = Vec::new();
    for allow in &allows {
        judge(input.selection, allow, &mut about);
    }
    about.retain(|finding| !input.selection.is_off_in(finding.place.file, finding.rule));
    kept.extend(about);
    (kept, suppressed)
}

fn is_allowed(allows: &mut [Allow], finding: &Diagnostic) -> bool {
    let mut allowed = false;
    for allow in allows.iter_mut().filter(|allow| allow.file == finding.place.file) {
        let covers = allow.scope.is_none_or(|scope| {
            scope.start <= finding.place.span.start && finding.place.span.start <= scope.end
        });
        for (name, used) in allow.names.iter().zip(&mut allow.used).filter(|_| covers) {
            if name.0 == finding.rule {
                *used = true;
                allowed = true;
            }
        }
    }
    allowed
}

/// The suppressions of every judged file, wherever in it they stand: above the first section of a file with two, and in files that hold
/// no migration, too.
fn collect(input: &Input<'_>) -> Comments {
    let mut all = Comments::default();
    for history in input.histories {
        let mut parts: BTreeMap<FileId, Vec<&PartRun>> = BTreeMap::new();
        let ups = history.replay.runs.iter().map(|run| &run.up);
        let downs = history.replay.runs.iter().filter_map(|run| run.down.as_ref());
        let canonical = history.canonical.iter().map(|canonical| &canonical.run);
        for part in ups.chain(downs).chain(canonical) {
            parts.entry(part.part.file).or_default().push(part);
        }
        for file in &history.judged {
            let source = input.sources.get(*file);
            if !source.text().contains("gander:") && !source.text().contains("safety-assured:") {
                continue;
            }
            let parts = parts.get(file).map_or(&[][..], Vec::as_slice);
            let engine = parts.first().map_or(history.replay.sequence.engine, |part| part.engine);
            let whole = Span::new(source.start(), source.text().len() as u32);
            let lexed = Lexer::new(source.text(), whole, engine.dialect)
                .filter(|token| token.kind == TokenKind::Comment);
            let mut comments: Vec<Span> = lexed.map(|token| token.span).collect();
            comments.extend(parts.iter().flat_map(|part| &part.script.comments));
            comments.sort();
            comments.dedup();
            let mut statements: Vec<&Statement> =
                parts.iter().flat_map(|part| &part.script.statements).collect();
            statements.sort_by_key(|statement| statement.span);
            all.decided.extend(assured(source, &comments).into_iter().map(|span| Place::new(*file, span)));
            all.allows
                .extend(comments.into_iter().filter_map(|comment| read(source, *file, comment, &statements)));
        }
    }
    all
}

/// From each `-- safety-assured:start` to its `-- safety-assured:end`; one that never ends assures nothing.
fn assured(source: &Source, comments: &[Span]) -> Vec<Span> {
    let mut blocks = Vec::new();
    let mut start = None;
    for comment in comments {
        match source.slice(*comment).trim_start_matches('-').trim() {
            "safety-assured:start" => start = Some(comment.end),
            "safety-assured:end" => {
                blocks.extend(start.take().map(|start| Span::new(start, comment.start)));
            }
            _ => {}
        }
    }
    blocks
}

/// Reads a comment; None when it is no suppression.
fn read(source: &Source, file: FileId, comment: Span, statements: &[&Statement]) -> Option<Allow> {
    let text = source.slice(comment);
    let inner = text.trim_start_matches(['-', '#', '/', '*']).trim_start();
    let command = inner.strip_prefix("gander:")?.trim_start();
    let (whole_file, list) = match command.strip_prefix("allow-file") {
        Some(list) => (true, list),
        None => (false, command.strip_prefix("allow")?),
    };
    let list = list.trim_start().strip_prefix('(')?;
    let (inside, after) = list.split_once(')')?;
    let reason = after.trim_end_matches(['*', '/']).trim();
    let has_reason = reason.strip_prefix(':').is_some_and(|reason| !reason.trim().is_empty());
    let offset = |part: &str| comment.start + (part.as_ptr() as usize - text.as_ptr() as usize) as u32;
    let names: Vec<(String, Span)> = inside
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| (name.to_owned(), Span::new(offset(name), offset(name) + name.len() as u32)))
        .collect();
    let scope = if whole_file { None } else { Some(covered(source, comment, statements)) };
    let used = vec![false; names.len()];
    Some(Allow { file, comment, names, has_reason, scope, used })
}

/// The statement that shares the comment's line, else the next one, else nothing.
fn covered(source: &Source, comment: Span, statements: &[&Statement]) -> Span {
    let top = || statements.iter().copied().filter(|statement| statement.within.is_none());
    let around = top().find(|statement| statement.span.contains(comment));
    let same_line = |statement: &&Statement| {
        statement.whole.end <= comment.start
            && !source.slice(Span::new(statement.whole.end, comment.start)).contains('\n')
    };
    let before = top().rfind(same_line);
    let next = top().find(|statement| statement.span.start >= comment.end);
    around.or(before).or(next).map_or(Span::at(comment.end), |statement| statement.whole)
}

fn judge(selection: &Selection, allow: &Allow, out: &mut Vec<Diagnostic>) {
    let place = |span: Span| Place::new(allow.file, span);
    if !allow.has_reason
        && let Some(mut cx) = cx(selection, "suppression-without-reason", out)
    {
        cx.report(place(allow.comment), "this suppression gives no reason")
            .help("Write why after a colon: `-- gander: allow(rule): the table has forty rows`.");
    }
    let mut idle = Vec::new();
    for ((name, span), used) in allow.names.iter().zip(&allow.used) {
        match rules::by_id(name) {
            None => {
                if let Some(mut cx) = cx(selection, "unknown-suppression", out) {
                    let nearest = nearest(name).map_or_else(
                        || "`gander rules` lists them.".to_owned(),
                        |nearest| format!("Did you mean `{nearest}`? `gander rules` lists them all."),
                    );
                    cx.report(place(*span), format!("there is no rule `{name}`, so this allows nothing"))
                        .help(nearest);
                }
            }
            Some(rule) if !used && selection.is_on(rule.id) && !selection.is_off_in(allow.file, rule.id) => {
                idle.push((name, *span))
            }
            Some(_) => {}
        }
    }
    let Some(mut cx) = cx(selection, "unused-suppression", out).filter(|_| !idle.is_empty()) else { return };
    let all = idle.len() == allow.names.len();
    let names: Vec<String> = idle.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message = format!("this comment allows {}, which has nothing to say here", names.join(" and "));
    let remedy = if all {
        Remedy::Remove(vec![allow.comment])
    } else {
        Remedy::RemoveListed(idle.iter().map(|(_, span)| *span).collect())
    };
    let at = if all { allow.comment } else { idle[0].1 };
    cx.report(place(at), message).help("Take it away.").remedy(Safety::Safe, remedy);
}

fn cx<'a>(selection: &Selection, id: &str, out: &'a mut Vec<Diagnostic>) -> Option<Cx<'a>> {
    let rule: &'static Rule = rules::by_id(id)?;
    let choice = selection.on.get(rule.id)?;
    Some(Cx::new(rule, choice.severity, choice.asked_for, out))
}

/// The rule whose name comes nearest, if any comes near.
pub fn nearest(name: &str) -> Option<&'static str> {
    text::nearest(name, rules::RULES.iter().map(|rule| rule.id))
}
