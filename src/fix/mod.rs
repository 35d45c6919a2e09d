//! Remedies → edits: asks syntax to write them, and applies them until nothing is left. Knows no rule by name.

mod canonical;
mod stages;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Fix, Remedy, Safety};
use crate::history::replay::PartRun;
use crate::lint::History;
use crate::ops::{Op, Operation, Statement};
use crate::schema::Dialect;
use crate::syntax::sql::write;
use crate::text::{Edit, FileId, Overlap, Place, Source, Sources, Span, apply_edits};

/// Where a finding's operation stands.
struct Site<'a> {
    part: &'a PartRun,
    statement: &'a Statement,
    op: Option<&'a Op>,
}

/// Writes out the remedy of every finding that has one.
pub fn write_out(findings: &mut [Diagnostic], sources: &Sources, histories: &[History<'_>]) {
    if !findings.iter().any(|finding| finding.remedy.is_some()) {
        return;
    }
    let wanted: HashSet<(FileId, Span)> = findings
        .iter()
        .filter(|finding| finding.remedy.is_some())
        .map(|finding| (finding.place.file, finding.place.span))
        .collect();
    let sites = sites(histories, &wanted);
    for finding in findings {
        if let Some((safety, remedy)) = &finding.remedy {
            let site = sites.get(&(finding.place.file, finding.place.span));
            finding.fix = match remedy {
                Remedy::WriteCanonical { file, object, columns, words } => {
                    let edits = canonical::write(sources, histories, *file, object, columns, words);
                    edits.map(|edits| Fix {
                        title: "Write it into the schema file".to_owned(),
                        safety: *safety,
                        edits: edits.into_iter().map(|edit| (*file, edit)).collect(),
                        new_files: Vec::new(),
                        renames: Vec::new(),
                    })
                }
                Remedy::NewMigration(operations) => {
                    canonical::migration(sources, histories, finding.place, operations).map(|file| Fix {
                        title: "Write a migration".to_owned(),
                        safety: Safety::Show,
                        edits: Vec::new(),
                        new_files: vec![file],
                        renames: Vec::new(),
                    })
                }
                Remedy::After(operations) => {
                    let edit = after(sources, histories, finding.place, operations);
                    edit.map(|edit| Fix {
                        title: "Add what is missing below it".to_owned(),
                        safety: *safety,
                        edits: vec![(finding.place.file, edit)],
                        new_files: Vec::new(),
                        renames: Vec::new(),
                    })
                }
                Remedy::Stages(all) => {
                    let written =
                        site.and_then(|site| stages::write(sources, histories, finding.place, site, all));
                    written.map(|stages::Written { edits, new_files }| Fix {
                        title: "Do it in steps".to_owned(),
                        safety: *safety,
                        edits,
                        new_files,
                        renames: Vec::new(),
                    })
                }
                Remedy::Retype { at, ty, identity } => {
                    let place = finding.place;
                    statement_at(histories, place).map(|(part, statement)| {
                        let (source, spans) = (sources.get(place.file), (statement.span, *at));
                        let edit = write::retype(source, spans, ty, *identity, part.engine.dialect);
                        Fix {
                            title: "Give it the other type".to_owned(),
                            safety: *safety,
                            edits: vec![(place.file, edit)],
                            new_files: Vec::new(),
                            renames: Vec::new(),
                        }
                    })
                }
                other => fix(sources.get(finding.place.file), finding.place, site, *safety, other),
            };
        }
    }
}

fn sites<'a>(
    histories: &'a [History<'a>],
    wanted: &HashSet<(FileId, Span)>,
) -> HashMap<(FileId, Span), Site<'a>> {
    let mut sites = HashMap::with_capacity(wanted.len());
    for history in histories {
        let runs = history.replay.runs.iter().flat_map(|run| std::iter::once(&run.up).chain(&run.down));
        let canonical = history.canonical.iter().map(|canonical| &canonical.run);
        for part in runs.chain(canonical).filter(|part| history.judged.contains(&part.part.file)) {
            for statement in &part.script.statements {
                let at = |span: Span| (part.part.file, span);
                let only = (statement.ops.len() == 1).then(|| &statement.ops[0]);
                if wanted.contains(&at(statement.span)) {
                    sites.insert(at(statement.span), Site { part, statement, op: only });
                }
                for op in statement.ops.iter().filter(|op| wanted.contains(&at(op.span))) {
                    sites.insert(at(op.span), Site { part, statement, op: Some(op) });
                }
            }
        }
    }
    sites
}

/// The statements below the one that a place lies in.
fn after(
    sources: &Sources,
    histories: &[History<'_>],
    place: Place,
    operations: &[Operation],
) -> Option<Edit> {
    let (part, statement) = statement_at(histories, place)?;
    write::after(sources.get(place.file), statement.span, statement.whole, operations, part.engine.dialect)
}

/// The statement that a place lies in, with the part of a migration that it is of.
fn statement_at<'a>(histories: &'a [History<'_>], place: Place) -> Option<(&'a PartRun, &'a Statement)> {
    let runs = histories.iter().flat_map(|history| &history.replay.runs);
    let mut parts = runs.flat_map(|run| std::iter::once(&run.up).chain(&run.down));
    parts.find_map(|part| {
        let mut around = part.script.statements.iter().filter(|statement| statement.within.is_none());
        let holds = |statement: &&Statement| statement.span.contains(place.span);
        (part.part.file == place.file).then(|| around.find(holds))?.map(|statement| (part, statement))
    })
}

fn fix(
    source: &Source,
    place: Place,
    site: Option<&Site<'_>>,
    safety: Safety,
    remedy: &Remedy,
) -> Option<Fix> {
    let (title, edits): (&str, Vec<Edit>) = match remedy {
        Remedy::Remove(spans) => {
            let mut spans = spans.clone();
            spans.sort();
            ("Take it away", spans.iter().map(|span| write::remove(source, *span)).collect())
        }
        Remedy::RemoveListed(items) => ("Take out what is not needed", write::remove_listed(source, items)),
        Remedy::WriteCanonical { .. }
        | Remedy::NewMigration(_)
        | Remedy::After(_)
        | Remedy::Stages(_)
        | Remedy::Retype { .. } => return None,
        Remedy::AddGuard
        | Remedy::OnConflictDoNothing { .. }
        | Remedy::Concurrently
        | Remedy::Before(_)
        | Remedy::Instead(_)
        | Remedy::SetBefore { .. }
        | Remedy::HandleDuplicate
        | Remedy::Wrap { .. }
        | Remedy::CommitAtEnd { .. }
        | Remedy::Split(_) => at_site(source, place, site?, remedy)?,
    };
    let edits = edits.into_iter().map(|edit| (place.file, edit)).collect();
    Some(Fix { title: title.to_owned(), safety, edits, new_files: Vec::new(), renames: Vec::new() })
}

fn at_site(
    source: &Source,
    place: Place,
    site: &Site<'_>,
    remedy: &Remedy,
) -> Option<(&'static str, Vec<Edit>)> {
    let Site { part, statement, op } = site;
    let dialect = part.engine.dialect;
    Some(match remedy {
        Remedy::AddGuard => {
            ("Add the guard", vec![write::add_guard(source, place.span, &(*op)?.kind, dialect)?])
        }
        Remedy::Concurrently => {
            ("Run it CONCURRENTLY", vec![write::concurrently(source, place.span, &(*op)?.kind, dialect)?])
        }
        Remedy::OnConflictDoNothing { key } => {
            let returning = match &(*op)?.kind {
                Operation::Insert(insert) => insert.returning,
                _ => return None,
            };
            (
                "Leave rows alone that are there",
                vec![write::on_conflict_do_nothing(source, statement.span, returning, key)],
            )
        }
        Remedy::Before(operations) => (
            "Drop it first, if it is there",
            vec![write::before(source, statement.span.start, operations, dialect)?],
        ),
        Remedy::Instead(operations) => (
            "Drop it first, if it is there, and build it in any case",
            vec![
                write::before(source, statement.span.start, operations, dialect)?,
                write::without_guard(source, place.span, dialect)?,
            ],
        ),
        Remedy::SetBefore { at, setting } => (
            "Set the timeout first",
            vec![write::above(source, part.part.span, &part.script.comments, *at, setting, dialect)?],
        ),
        Remedy::HandleDuplicate => (
            "Take the error that it exists already",
            write::handle_duplicate(source, statement.span, statement.whole),
        ),
        Remedy::Wrap { part: span } => {
            let first = part.script.statements.first()?.span.start;
            (
                "Put it between BEGIN and COMMIT",
                write::wrap(source, *span, &part.script.comments, first, last(part)?),
            )
        }
        Remedy::CommitAtEnd { part: span } => {
            ("Write COMMIT at the end", write::commit_at_end(source, *span, last(part)?))
        }
        Remedy::Split(steps) => ("Do it in steps", vec![split(source, statement, (*op)?, steps, dialect)?]),
        Remedy::Remove(_)
        | Remedy::RemoveListed(_)
        | Remedy::WriteCanonical { .. }
        | Remedy::NewMigration(_)
        | Remedy::After(_)
        | Remedy::Stages(_)
        | Remedy::Retype { .. } => return None,
    })
}

/// The end of the last statement, and whether it has its semicolon.
fn last(part: &PartRun) -> Option<(u32, bool)> {
    let last = part.script.statements.iter().rfind(|statement| statement.within.is_none())?;
    Some((last.whole.end, last.whole.end > last.span.end))
}

/// The statement in steps. The first step of ADD COLUMN keeps the author's words, without NOT NULL.
fn split(
    source: &Source,
    statement: &Statement,
    op: &Op,
    steps: &[Vec<Operation>],
    dialect: Dialect,
) -> Option<Edit> {
    let mut lines = Vec::new();
    for step in steps {
        for operation in step {
            lines.push(match operation {
                Operation::AddColumn { table, .. } => {
                    format!(
                        "ALTER TABLE {} {};",
                        write::name(&table.name, dialect),
                        write::without_not_null(source, op.span, dialect)
                    )
                }
                other => format!("{};", write::statement(other, dialect)?),
            });
        }
    }
    // One action of several cannot be replaced by statements: they are shown in the place of the whole.
    Some(Edit::replace(statement.whole, lines.join(source.line_ending())))
}

/// The text of a file with the fixes of these findings that are at least this safe: as many as do not get in each other's way.
/// Gives the new bytes and how many findings were fixed.
///
/// # Errors
/// When a single fix overlaps itself.
pub fn apply(
    source: &Source,
    file: FileId,
    findings: &[Diagnostic],
    least: Safety,
) -> Result<(Vec<u8>, usize), Overlap> {
    let mut taken: BTreeMap<u32, Span> = BTreeMap::new();
    let mut edits: Vec<Edit> = Vec::new();
    let mut fixed = 0;
    for finding in findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safety >= least && fix.safety != Safety::Show)
        else {
            continue;
        };
        let own: Vec<&Edit> = fix.edits.iter().filter(|(of, _)| *of == file).map(|(_, edit)| edit).collect();
        if own.is_empty() || own.iter().any(|edit| collides(&taken, edit.span)) {
            continue;
        }
        for edit in &own {
            taken.insert(edit.span.start, edit.span);
        }
        edits.extend(own.into_iter().cloned());
        fixed += 1;
    }
    apply_edits(source.bytes(), &edits).map(|bytes| (bytes, fixed))
}

/// Two fixes at one place wait for each other: the second is made anew from what the first one left.
fn collides(taken: &BTreeMap<u32, Span>, span: Span) -> bool {
    taken.values().any(|other| other.start <= span.end && span.start <= other.end)
}
