//! `--fix` and `--diff`: applies fixes in memory until none is left, judges again, and writes what is better.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;

use super::args::{Global, Lint};
use super::lint::{Judged, judge};
use super::{Exit, is_read, stdout_terminal};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::fix;
use crate::project::judged::Trees;
use crate::project::{Project, UserError, write};
use crate::report::diff::{self, Change, Reader};
use crate::text::FileId;

/// How often fixes are looked for in what fixes left.
const ROUNDS: usize = 10;

/// Fixes what can be fixed. Afterwards `judged` says what is left.
///
/// # Errors
/// When a file cannot be written.
pub fn run(
    project: &mut Project,
    trees: &Trees,
    global: &Global,
    lint: &Lint,
    judged: &mut Judged,
) -> Result<Exit, UserError> {
    let least = if lint.fixing.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
    let originals: BTreeMap<FileId, Vec<u8>> =
        project.files.sources.iter().map(|(id, source)| (id, source.bytes().to_vec())).collect();
    let mut fixed = 0;
    for _ in 0..ROUNDS {
        let Some(done) = round(project, trees, lint, judged, least)? else { break };
        fixed += done;
    }
    judged.summary.fixed = fixed;
    judged.summary.left_in_applied = left(lint, judged, least);
    let changed: Vec<(FileId, Vec<u8>)> = originals
        .into_iter()
        .filter(|(id, before)| project.files.sources.get(*id).bytes() != before.as_slice())
        .collect();
    if lint.fixing.diff {
        let paths: Vec<String> =
            changed.iter().map(|(id, _)| project.display(&project.files.sources.get(*id).path)).collect();
        let changes: Vec<Change<'_>> = changed
            .iter()
            .zip(&paths)
            .map(|((id, before), path)| Change {
                from: Some(path),
                to: path,
                before,
                after: project.files.sources.get(*id).bytes(),
            })
            .collect();
        let terminal = stdout_terminal(global);
        let reader = if std::io::stdout().is_terminal() { Reader::Person { color: terminal.color } } else { Reader::Program };
        let read = is_read(diff::write(&changes, reader, &mut std::io::stdout().lock()))?;
        return Ok(if changed.is_empty() || !read { Exit::Clean } else { Exit::Findings });
    }
    for (id, before) in &changed {
        let source = project.files.sources.get(*id);
        write::replace(&project.root.join(Path::new(&source.path)), before, source.bytes())?;
    }
    // The index still holds what was staged: the commit must not go through.
    Ok(if lint.scope.staged && !changed.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// One round over every file: the new text of a file is kept only if nothing is worse after it. None when nothing changed.
fn round(project: &mut Project, trees: &Trees, lint: &Lint, judged: &mut Judged, least: Safety) -> Result<Option<usize>, UserError> {
    let mut files: Vec<FileId> = judged
        .findings
        .iter()
        .filter(|finding| may_write(lint, judged, finding.place.file))
        .filter_map(|finding| finding.fix.as_ref())
        .filter(|fix| fix.safety >= least && fix.safety != Safety::Show)
        .flat_map(|fix| fix.edits.iter().map(|(file, _)| *file))
        .collect();
    files.sort();
    files.dedup();
    files.retain(|file| may_write(lint, judged, *file));
    let mut fixed = 0;
    let mut any = false;
    for file in files {
        let source = project.files.sources.get(file);
        let Ok((bytes, count)) = fix::apply(source, file, &judged.findings, least) else { continue };
        if bytes == source.bytes() {
            continue;
        }
        let before = project.files.sources.replace(file, bytes);
        let after = judge(project, trees, lint)?;
        if is_worse(&judged.findings, &after.findings) {
            project.files.sources.put_back(file, before);
            continue;
        }
        *judged = after;
        fixed += count;
        any = true;
    }
    Ok(any.then_some(fixed))
}

fn may_write(lint: &Lint, judged: &Judged, file: FileId) -> bool {
    lint.fixing.fix_applied || !judged.applied.contains(&file)
}

/// Whether there is something now that was not there before: a rule that speaks more often, at that severity or a higher one, or
/// simply more findings.
fn is_worse(before: &[Diagnostic], after: &[Diagnostic]) -> bool {
    let count = |findings: &[Diagnostic]| {
        let mut counts: BTreeMap<&'static str, (usize, Severity)> = BTreeMap::new();
        for finding in findings {
            let entry = counts.entry(finding.rule).or_insert((0, Severity::Advice));
            entry.0 += 1;
            entry.1 = entry.1.max(finding.severity);
        }
        counts
    };
    let old = count(before);
    count(after).iter().any(|(rule, (many, severity))| match old.get(rule) {
        Some((had, had_severity)) => many > had || severity > had_severity,
        None => *severity > Severity::Advice,
    })
}

fn left(lint: &Lint, judged: &Judged, least: Safety) -> usize {
    let fixable = |finding: &&Diagnostic| finding.fix.as_ref().is_some_and(|fix| fix.safety >= least && fix.safety != Safety::Show);
    judged.findings.iter().filter(fixable).filter(|finding| !may_write(lint, judged, finding.place.file)).count()
}
