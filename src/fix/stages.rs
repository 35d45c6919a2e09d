//! What one statement would have done, in several migrations: the first in its place where it can be, the others in files of their own.

use super::Site;
use crate::diagnostic::{Stage, Word, Work};
use crate::history::Sequence;
use crate::history::fresh::{Draft, NewFile};
use crate::history::replay::{MigrationRun, PartRun};
use crate::history::tools::Alone;
use crate::lint::History;
use crate::ops::{Drop, Op, Operation, Statement, Transaction};
use crate::schema::{Dialect, Ident, ObjectKind};
use crate::syntax::sql::{write, write_batches, write_catalog};
use crate::text::{Edit, FileId, Place, Source, Sources, Span, apply_edits};

/// Edits of files that stand, and files to be made.
pub struct Written {
    /// Of the file with the statement.
    pub edits: Vec<(FileId, Edit)>,
    /// Path from the project's root, and text.
    pub new_files: Vec<NewFile>,
}

/// Bytes in a line of comment.
const WIDE: usize = 110;

/// Writes the stages. None where a statement of them cannot be written, or the tool does not run what has to run outside a transaction.
pub fn write(
    sources: &Sources,
    histories: &[History<'_>],
    place: Place,
    site: &Site<'_>,
    stages: &[Stage],
) -> Option<Written> {
    let (sequence, run) = histories.iter().find_map(|history| {
        let run = history.replay.runs.iter().find(|run| std::ptr::eq(&run.up, site.part))?;
        Some((history.replay.sequence, run))
    })?;
    let own = Own {
        source: sources.get(place.file),
        part: site.part,
        statement: site.statement,
        op: site.op?,
        one_statement: sequence.tool.fresh.is_some_and(|fresh| matches!(fresh.alone, Alone::OneStatement)),
    };
    if own.statement.within.is_some() {
        return None;
    }
    let (first, rest) = stages.split_first()?;
    let (edits, mut new_files, rest) = match own.stays(first, sequence, run, sources) {
        Some((edits, beside)) => (edits, beside, rest),
        None => (own.taken_out(), Vec::new(), stages),
    };
    let mut edits: Vec<(FileId, Edit)> = edits.into_iter().map(|edit| (place.file, edit)).collect();
    let is_own = matches!(first.up.as_slice(), [Work::Own(_)]);
    if rest.len() == stages.len() {
        edits.extend(own.undone(run, sources, None));
    } else if !is_own && first.down.is_ok() {
        edits.extend(own.undone(run, sources, first.down.as_deref().ok()));
    }
    let mut drafts = Vec::new();
    for stage in rest {
        drafts.extend(own.drafts(stage)?);
    }
    if !drafts.is_empty() {
        new_files.extend(sequence.write(&drafts, sources)?);
    }
    Some(Written { edits, new_files })
}

/// The statement that is replaced.
struct Own<'a> {
    source: &'a Source,
    part: &'a PartRun,
    statement: &'a Statement,
    op: &'a Op,
    one_statement: bool,
}

impl Own<'_> {
    const fn dialect(&self) -> Dialect {
        self.part.engine.dialect
    }

    /// The edits that let a stage stand where the statement stood, and the files that they need beside. None where it cannot.
    fn stays(
        &self,
        stage: &Stage,
        sequence: &Sequence,
        run: &MigrationRun<'_>,
        sources: &Sources,
    ) -> Option<(Vec<Edit>, Vec<NewFile>)> {
        let at = self.part.script.statements.iter().position(|one| std::ptr::eq(one, self.statement))?;
        let session = &self.part.steps.get(at)?.session;
        let mut edits = self.in_place(stage)?;
        if !stage.alone || !session.in_transaction() {
            return Some((edits, Vec::new()));
        }
        // What has to run outside a transaction stays only where nothing else is in it.
        let others: Vec<&Statement> = self
            .part
            .script
            .statements
            .iter()
            .filter(|other| other.within.is_none() && !std::ptr::eq(*other, self.statement))
            .collect();
        let is_control = |statement: &&Statement| {
            let control = |op: &Op| matches!(op.kind, Operation::Begin | Operation::Commit { .. });
            statement.ops.iter().all(control)
        };
        if self.statement.ops.len() > 1 || !others.iter().all(is_control) {
            return None;
        }
        if matches!(session.transaction, Transaction::Explicit(_)) {
            if sequence.tool.records && run.up.part.switched_off.is_none() {
                return None;
            }
            edits.extend(others.iter().map(|other| write::remove(self.source, other.whole)));
            return Some((edits, Vec::new()));
        }
        let (more, beside) = sequence.switch_off(run.migration, sources)?;
        edits.extend(more);
        Some((edits, beside))
    }

    fn in_place(&self, stage: &Stage) -> Option<Vec<Edit>> {
        if let [Work::Own(word)] = stage.up.as_slice() {
            return Some(self.with(*word)?.into_iter().collect());
        }
        if stage.up.is_empty() {
            return Some(self.taken_out());
        }
        let gap = format!(";{}", self.source.line_ending());
        let text = self.texts(&stage.up)?.join(&gap);
        if self.statement.ops.len() == 1 {
            return Some(vec![Edit::replace(self.statement.span, text)]);
        }
        let mut edits = write::remove_listed(self.source, &[self.op.span]);
        let semicolon = if self.statement.whole.end > self.statement.span.end { "" } else { ";" };
        let end = self.source.line_ending();
        edits.push(Edit::insert(self.statement.whole.end, format!("{semicolon}{end}{text};")));
        Some(edits)
    }

    fn taken_out(&self) -> Vec<Edit> {
        if self.statement.ops.len() == 1 {
            vec![write::remove(self.source, self.statement.whole)]
        } else {
            write::remove_listed(self.source, &[self.op.span])
        }
    }

    /// What becomes of the statement that takes it back: it goes with it, since the new migration's way back does that; or these are
    /// written in its place.
    fn undone(
        &self,
        run: &MigrationRun<'_>,
        sources: &Sources,
        instead: Option<&[Work]>,
    ) -> Vec<(FileId, Edit)> {
        let Some(down) = &run.down else { return Vec::new() };
        let source = sources.get(down.part.file);
        let mut edits = Vec::new();
        for statement in down.script.statements.iter().filter(|statement| statement.within.is_none()) {
            for op in statement.ops.iter().filter(|op| takes_back(&self.op.kind, &op.kind)) {
                let instead =
                    instead.and_then(|works| self.texts(&works.iter().map(plain).collect::<Vec<_>>()));
                let own = if statement.ops.len() == 1
                    && let Some(texts) = instead
                {
                    vec![Edit::replace(statement.span, texts.join(&format!(";{}", source.line_ending())))]
                } else if statement.ops.len() == 1 {
                    vec![write::remove(source, statement.whole)]
                } else {
                    write::remove_listed(source, &[op.span])
                };
                edits.extend(own.into_iter().map(|edit| (down.part.file, edit)));
            }
        }
        edits
    }

    /// The edit that puts a word into the author's own; Some(None): none is needed.
    fn with(&self, word: Word) -> Option<Option<Edit>> {
        let (source, span) = (self.source, self.op.span);
        match word {
            Word::AsItIs => Some(None),
            Word::NotValid => Some(Some(Edit::insert(span.end, write::cased(source, span, " NOT VALID")))),
            Word::Concurrently => {
                if self.is_concurrent() {
                    return Some(None);
                }
                write::concurrently(source, span, &self.op.kind, self.dialect()).map(Some)
            }
            Word::Only => write::only(source, span, self.dialect()).map(Some),
        }
    }

    fn is_concurrent(&self) -> bool {
        match &self.op.kind {
            Operation::CreateIndex(create) => create.concurrently,
            Operation::Drop(drop) => drop.concurrently,
            Operation::Reindex { concurrently, .. } => *concurrently,
            _ => false,
        }
    }

    /// The author's own statement with a word more; of several actions the one that it is about.
    fn text(&self, word: Word) -> Option<String> {
        let edit = self.with(word)?;
        let (from, to) = (self.op.span.start, self.op.span.end);
        let edited = match edit {
            Some(edit) => {
                let bytes = apply_edits(self.source.bytes(), std::slice::from_ref(&edit)).ok()?;
                let grown = edit.insert.len() as u32 - (edit.span.end - edit.span.start);
                String::from_utf8(bytes.get(from as usize..(to + grown) as usize)?.to_vec()).ok()?
            }
            None => self.source.slice(self.op.span).to_owned(),
        };
        let first = self.statement.ops.first()?.span.start;
        let before = if from > self.statement.span.start {
            self.source.slice(Span::new(self.statement.span.start, first))
        } else {
            ""
        };
        Some(format!("{before}{edited}"))
    }

    /// The statements of a stage, without semicolons.
    fn texts(&self, works: &[Work]) -> Option<Vec<String>> {
        let dialect = self.dialect();
        let mut texts = Vec::new();
        for work in works {
            match work {
                Work::Operation(operation) => texts.push(write_catalog::operation(operation, dialect)?),
                Work::Precaution(_) if self.one_statement => {}
                Work::Precaution(operation) => texts.push(write_catalog::operation(operation, dialect)?),
                Work::Own(word) => texts.push(self.text(*word)?),
                Work::OwnInBatches { table, key } => {
                    texts.push(write_batches::own(self.source, self.op.span, table, key, dialect)?);
                }
                Work::Fill(fill) => texts.push(write_batches::fill(fill, dialect)?),
                Work::Bridge { view, of } => texts.push(write_batches::bridge(view, of, dialect)),
                Work::Mirror { mirror, gone } => texts.extend(write_batches::mirror(mirror, *gone, dialect)),
            }
        }
        Some(texts)
    }

    /// The migrations of a stage: one; where each may hold one statement only, one for each.
    fn drafts(&self, stage: &Stage) -> Option<Vec<Draft>> {
        let ended = |texts: Vec<String>| texts.into_iter().map(|text| format!("{text};")).collect::<Vec<_>>();
        let up = ended(self.texts(&stage.up)?);
        let down = match &stage.down {
            Ok(works) => Ok(ended(self.texts(works)?)),
            Err(why) => Err((*why).to_owned()),
        };
        let comment = wrapped(&stage.why);
        if !(self.one_statement && stage.alone && up.len() > 1) {
            return Some(vec![Draft { name: stage.name.clone(), comment, alone: stage.alone, up, down }]);
        }
        let backs = down.as_ref().map_or(0, Vec::len);
        let pieces = up.len();
        let piece = |(at, statement): (usize, String)| Draft {
            name: format!("{}_{}", stage.name, at + 1),
            comment: comment.clone(),
            alone: true,
            up: vec![statement],
            down: match &down {
                Ok(statements) if backs == pieces => Ok(vec![statements[at].clone()]),
                Ok(_) => Err("it goes with what the migrations before it made".to_owned()),
                Err(why) => Err(why.clone()),
            },
        };
        Some(up.into_iter().enumerate().map(piece).collect())
    }
}

/// The same where a transaction may be open.
fn plain(work: &Work) -> Work {
    match work {
        Work::Operation(Operation::Drop(drop)) => {
            Work::Operation(Operation::Drop(Drop { concurrently: false, ..drop.clone() }))
        }
        other => other.clone(),
    }
}

/// Whether an operation is the way back of another.
fn takes_back(up: &Operation, down: &Operation) -> bool {
    let one_index = |drop: &Drop, name: &Ident| {
        drop.kind == ObjectKind::Index
            && matches!(drop.objects.as_slice(), [object] if object.name.ident == *name)
    };
    match (up, down) {
        (Operation::CreateIndex(create), Operation::Drop(drop)) => {
            create.name.as_ref().is_some_and(|name| one_index(drop, &name.ident))
        }
        (Operation::Drop(drop), Operation::CreateIndex(create)) => {
            create.name.as_ref().is_some_and(|name| one_index(drop, &name.ident))
        }
        (Operation::AddConstraint { constraint: made, .. }, Operation::DropConstraint { constraint, .. }) => {
            made.name.as_ref() == Some(constraint)
        }
        _ => false,
    }
}

/// A text in lines.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < WIDE => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}
