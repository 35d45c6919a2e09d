//! `--fix` and `--diff`: applies fixes in memory until none is left, judges again, and writes what is better.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::Path;

use super::args::{Global, Lint};
use super::lint::{Judged, judge};
use super::{Exit, complain, is_read, stdout_terminal};
use crate::diagnostic::{Diagnostic, Fix, Safety, Severity};
use crate::fix;
use crate::project::files::{File, Target};
use crate::project::judged::Trees;
use crate::project::{Project, UserError, write};
use crate::report::diff::{self, Change, Reader};
use crate::rules;
use crate::text::{Edit, FileId, Source, apply_edits};

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
    let mut fixed = BTreeMap::new();
    // First, while each statement stands alone: what the others write beside it would hold it fast.
    let created = if lint.scope.stdin_filename.is_none() {
        with_new_files(project, trees, lint, judged, least, &mut fixed)?
    } else {
        Vec::new()
    };
    for _ in 0..ROUNDS {
        let files = fixable(lint, judged, least);
        if !fix_files(project, trees, lint, judged, least, &files, &mut fixed)? {
            break;
        }
    }
    judged.summary.fixed = fixed.values().sum();
    judged.summary.left_in_applied = left(lint, judged, least);
    let changed: Vec<(FileId, Vec<u8>)> = originals
        .into_iter()
        .filter(|(id, before)| project.files.sources.get(*id).bytes() != before.as_slice())
        .collect();
    if lint.fixing.diff {
        let paths: Vec<String> =
            changed.iter().map(|(id, _)| project.display(&project.files.sources.get(*id).path)).collect();
        let new: Vec<(String, &[u8])> = created
            .iter()
            .map(|id| project.files.sources.get(*id))
            .map(|source| (project.display(&source.path), source.bytes()))
            .collect();
        let mut changes: Vec<Change<'_>> = changed
            .iter()
            .zip(&paths)
            .map(|((id, before), path)| Change {
                from: Some(path),
                to: path,
                before,
                after: project.files.sources.get(*id).bytes(),
            })
            .collect();
        changes.extend(new.iter().map(|(path, after)| Change { from: None, to: path, before: b"", after }));
        let terminal = stdout_terminal(global);
        let reader = if std::io::stdout().is_terminal() {
            Reader::Person { color: terminal.color }
        } else {
            Reader::Program
        };
        let read = is_read(diff::write(&changes, reader, &mut std::io::stdout().lock()))?;
        return Ok(if changed.is_empty() || !read { Exit::Clean } else { Exit::Findings });
    }
    if let Some(Target::File(given)) =
        project.files.targets.last().filter(|_| lint.scope.stdin_filename.is_some())
    {
        // What came from standard input goes to standard output; nothing is written.
        let text = project.files.sources.find(given).map(|id| project.files.sources.get(id).bytes().to_vec());
        is_read(std::io::stdout().lock().write_all(&text.unwrap_or_default()))?;
        return Ok(Exit::Clean);
    }
    let mut exit = Exit::Clean;
    let mut unwritten = false;
    for id in &created {
        let source = project.files.sources.get(*id);
        let created = write::create(&project.root.join(Path::new(&source.path)), source.bytes());
        if let Err(error) = created {
            complain(&error);
            complain(&UserError::new(
                "nothing else was written: what was taken out of one file stands in another",
            ));
            return Ok(Exit::Error);
        }
    }
    if lint.scope.staged && !created.is_empty() {
        exit = Exit::Findings;
    }
    for (id, before) in changed {
        let source = project.files.sources.get(id);
        match write::replace(&project.root.join(Path::new(&source.path)), &before, source.bytes()) {
            // The index still holds what was staged: the commit must not go through.
            Ok(()) if lint.scope.staged => exit = exit.max(Exit::Findings),
            Ok(()) => {}
            Err(error) => {
                complain(&error);
                exit = Exit::Error;
                project.files.sources.replace(id, before);
                fixed.remove(&id);
                unwritten = true;
            }
        }
    }
    if unwritten {
        // What is told is what stands there.
        *judged = judge(project, trees, lint)?;
        judged.summary.fixed = fixed.values().sum();
        judged.summary.left_in_applied = left(lint, judged, least);
    }
    Ok(exit)
}

/// The fixes that make new files, one after the other: each is judged with what those before it made. Gives the files, which are not
/// written yet.
fn with_new_files(
    project: &mut Project,
    trees: &Trees,
    lint: &Lint,
    judged: &mut Judged,
    least: Safety,
    fixed: &mut BTreeMap<FileId, usize>,
) -> Result<Vec<FileId>, UserError> {
    let mut created = Vec::new();
    let mut origin: BTreeMap<FileId, FileId> = BTreeMap::new();
    let mut refused: BTreeSet<(&'static str, String)> = BTreeSet::new();
    loop {
        let next = judged.findings.iter().find_map(|finding| {
            let fix = finding.fix.as_ref().filter(|fix| makes_files(fix))?;
            let may = fix.safety >= least
                && fix.safety != Safety::Show
                && fix.edits.iter().all(|(file, _)| may_write(lint, judged, *file))
                && !refused.contains(&(finding.rule, finding.message.clone()))
                && fix.new_files.iter().all(|(path, _)| !project.files.files.contains_key(path));
            may.then(|| (finding.rule, finding.message.clone(), finding.place.file, fix.clone()))
        });
        let Some((rule, message, file, fix)) = next else { return Ok(created) };
        let Some((before, new)) = put(project, &fix) else {
            refused.insert((rule, message));
            continue;
        };
        let after = judge(project, trees, lint)?;
        // What was moved keeps what else is said about it.
        origin.extend(new.iter().map(|id| (*id, file)));
        let whence =
            |of: FileId| std::iter::successors(Some(of), |of| origin.get(of).copied()).last().unwrap_or(of);
        // What the rounds behind this one mend is no harm.
        let stays = |finding: &&Diagnostic| {
            !finding.fix.as_ref().is_some_and(|fix| fix.safety >= least && !makes_files(fix))
        };
        let left: Vec<Diagnostic> = after.findings.iter().filter(stays).cloned().collect();
        if is_worse(&judged.findings, &left, &whence) {
            for (file, source) in before {
                project.files.sources.put_back(file, source);
            }
            for (path, _) in &fix.new_files {
                project.files.files.remove(path);
            }
            refused.insert((rule, message));
            continue;
        }
        *judged = after;
        created.extend(new);
        *fixed.entry(file).or_insert(0) += 1;
    }
}

/// Files as they were.
type Before = Vec<(FileId, Source)>;

/// Puts a fix with its new files into the project's texts. Gives what stood there before, and the new files. None where its edits
/// overlap.
fn put(project: &mut Project, fix: &Fix) -> Option<(Before, Vec<FileId>)> {
    let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for (file, edit) in &fix.edits {
        by_file.entry(*file).or_default().push(edit.clone());
    }
    let mut texts = Vec::new();
    for (file, edits) in by_file {
        texts.push((file, apply_edits(project.files.sources.get(file).bytes(), &edits).ok()?));
    }
    let replace = |(file, bytes)| (file, project.files.sources.replace(file, bytes));
    let before = texts.into_iter().map(replace).collect();
    let mut new = Vec::new();
    for (path, text) in &fix.new_files {
        let bytes = text.clone().into_bytes();
        // One that was tried before left its text behind.
        let id = match project.files.sources.find(path) {
            Some(id) => {
                project.files.sources.replace(id, bytes);
                id
            }
            None => project.files.sources.add(Source::new(path, bytes)),
        };
        project.files.files.insert(path.clone(), File { id, content: None });
        new.push(id);
    }
    Some((before, new))
}

fn makes_files(fix: &Fix) -> bool {
    !fix.new_files.is_empty()
}

/// The findings whose fixes change one file each, as they are.
fn in_place(findings: &[Diagnostic]) -> Vec<Diagnostic> {
    findings.iter().filter(|finding| !finding.fix.as_ref().is_some_and(makes_files)).cloned().collect()
}

/// The files that fixes of this safety want to change, and may.
fn fixable(lint: &Lint, judged: &Judged, least: Safety) -> Vec<FileId> {
    let mut files: Vec<FileId> = judged
        .findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref())
        .filter(|fix| !makes_files(fix))
        .filter(|fix| fix.safety >= least && fix.safety != Safety::Show)
        .flat_map(|fix| fix.edits.iter().map(|(file, _)| *file))
        .collect();
    files.sort();
    files.dedup();
    files.retain(|file| may_write(lint, judged, *file));
    files
}

/// Fixes files; where that makes anything worse, each half of them by itself, down to the one that does. Says whether anything
/// changed. Judging is what costs, so it is done once for all of them where nothing is wrong.
fn fix_files(
    project: &mut Project,
    trees: &Trees,
    lint: &Lint,
    judged: &mut Judged,
    least: Safety,
    files: &[FileId],
    fixed: &mut BTreeMap<FileId, usize>,
) -> Result<bool, UserError> {
    let mut before = Vec::new();
    let findings = in_place(&judged.findings);
    for file in files {
        let source = project.files.sources.get(*file);
        let Ok((bytes, count)) = fix::apply(source, *file, &findings, least) else { continue };
        if bytes != source.bytes() {
            before.push((*file, count, project.files.sources.replace(*file, bytes)));
        }
    }
    if before.is_empty() {
        return Ok(false);
    }
    let after = judge(project, trees, lint)?;
    if !is_worse(&judged.findings, &after.findings, &|file| file) {
        *judged = after;
        for (file, count, _) in before {
            *fixed.entry(file).or_insert(0) += count;
        }
        return Ok(true);
    }
    for (file, _, source) in before {
        project.files.sources.put_back(file, source);
    }
    if let [file] = files {
        return fix_some(project, trees, lint, judged, least, *file, fixed);
    }
    let (one, other) = files.split_at(files.len() / 2);
    let first = fix_files(project, trees, lint, judged, least, one, fixed)?;
    Ok(fix_files(project, trees, lint, judged, least, other, fixed)? || first)
}

/// Fixes a file that not all of its fixes do good, with as many of them as do.
fn fix_some(
    project: &mut Project,
    trees: &Trees,
    lint: &Lint,
    judged: &mut Judged,
    least: Safety,
    file: FileId,
    fixed: &mut BTreeMap<FileId, usize>,
) -> Result<bool, UserError> {
    let original = project.files.sources.get(file).clone();
    let mut taken: Vec<Diagnostic> = Vec::new();
    let mut best = None;
    for finding in in_place(&judged.findings).iter().filter(|finding| finding.fix.is_some()) {
        taken.push(finding.clone());
        let bytes = match fix::apply(&original, file, &taken, least) {
            Ok((bytes, count)) if count == taken.len() => bytes,
            Ok(_) | Err(_) => {
                taken.pop();
                continue;
            }
        };
        project.files.sources.replace(file, bytes);
        let after = judge(project, trees, lint)?;
        if is_worse(&judged.findings, &after.findings, &|file| file) {
            taken.pop();
        } else {
            best = Some((project.files.sources.get(file).clone(), after));
        }
    }
    let improved = best.is_some();
    project.files.sources.put_back(file, original);
    if let Some((source, after)) = best {
        project.files.sources.put_back(file, source);
        *fixed.entry(file).or_insert(0) += taken.len();
        *judged = after;
    }
    Ok(improved)
}

fn may_write(lint: &Lint, judged: &Judged, file: FileId) -> bool {
    lint.fixing.fix_applied || !judged.applied.contains(&file)
}

/// Whether there is a harm now that was not there before: more findings of a category in a file, or severer ones. `whence`: the file
/// that a new one was made of. Of a category, and
/// not of a rule: a statement that gets another form keeps its harm, and another rule tells it.
fn is_worse(before: &[Diagnostic], after: &[Diagnostic], whence: &dyn Fn(FileId) -> FileId) -> bool {
    let count = |findings: &[Diagnostic]| {
        let mut categories = BTreeMap::new();
        let mut counts: BTreeMap<(FileId, String), (usize, Severity)> = BTreeMap::new();
        for finding in findings {
            let category: &String =
                categories.entry(finding.rule).or_insert_with(|| rules::category(finding.rule));
            let entry =
                counts.entry((whence(finding.place.file), category.clone())).or_insert((0, Severity::Advice));
            entry.0 += 1;
            entry.1 = entry.1.max(finding.severity);
        }
        counts
    };
    let old = count(before);
    count(after).iter().any(|(at, (many, severity))| match old.get(at) {
        Some((had, had_severity)) => many > had || severity > had_severity,
        None => *severity > Severity::Advice,
    })
}

fn left(lint: &Lint, judged: &Judged, least: Safety) -> usize {
    let fixable = |finding: &&Diagnostic| {
        finding.fix.as_ref().is_some_and(|fix| fix.safety >= least && fix.safety != Safety::Show)
    };
    let is_left = |finding: &&Diagnostic| {
        finding.fix.iter().flat_map(|fix| &fix.edits).any(|(file, _)| !may_write(lint, judged, *file))
    };
    judged.findings.iter().filter(fixable).filter(is_left).count()
}
