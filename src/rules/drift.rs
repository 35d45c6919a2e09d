//! What a canonical schema file and the migrations disagree about, object by object, and which of the two changed.

use std::collections::BTreeSet;

use super::HistoryFacts;
use super::facts::Canonical;
use crate::diagnostic::Written;
use crate::history::compare::{self, Cause, Others, as_far_as_known, cause, is_about, is_something_else};
use crate::history::replay::Replay;
use crate::ops::{Op, Operation, Outcome, Statement, resolve};
use crate::schema::{
    Catalog, Column, Dialect, Difference, DifferenceKind, Facet, Ident, Lookup, Name, ObjectKind, ObjectRef,
};
use crate::text::Place;

/// An object about which they disagree.
#[derive(Clone, Debug)]
pub struct Disagreement<'a> {
    /// The object. Where a migration renamed it: under its new name.
    pub object: ObjectRef,
    /// In what they differ, the schema file on the left, the migrations on the right. Never empty.
    pub differences: Vec<Difference>,
    /// What the schema file still calls it.
    pub old_name: Option<Difference>,
    /// The statement of a migration that last changed it.
    pub cause: Option<Cause<'a>>,
    /// Which of the two changed, and the other one not.
    pub changed: Changed,
}

/// Which of the two changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changed {
    /// A migration did what the file does not show.
    Migrations,
    /// The file was edited alone.
    File,
}

impl Disagreement<'_> {
    /// What people call the object.
    pub fn title(&self) -> String {
        title(&self.object)
    }
}

/// What people call an object: `orders.note`, table `orders`, index `orders_note_idx`.
pub fn title(object: &ObjectRef) -> String {
    match (&object.kind, &object.on) {
        (ObjectKind::Column, Some(table)) => format!("`{table}.{}`", object.name.text()),
        (
            ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule,
            Some(table),
        ) => format!("{} `{}` of `{table}`", object.kind.noun(), object.name),
        (kind, _) => format!("{} `{}`", kind.noun(), object.name),
    }
}

/// In what of an object a difference lies.
pub const fn what(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Type => "type",
        DifferenceKind::Nullability => "nullability",
        DifferenceKind::Default => "default",
        DifferenceKind::Comment => "comment",
        DifferenceKind::Definition | DifferenceKind::Missing | DifferenceKind::Extra => "definition",
    }
}

/// What they disagree about, by object. Nothing where the file is no schema of these migrations, or where the base branch
/// differed alike.
pub fn disagreements<'a>(facts: &HistoryFacts<'a>, canonical: &Canonical) -> Vec<Disagreement<'a>> {
    let Some((mut differences, known)) = differences(facts, canonical) else { return Vec::new() };
    let dialect = canonical.run.engine.dialect;
    let mut reference = (&canonical.run.after, known);
    let mut to_measure = differences.clone();
    if let Some(base) = &canonical.base {
        let applied = facts.replay.only(dialect, |file| facts.applied.contains(&file));
        let applied = as_far_as_known(facts.replay, applied);
        to_measure = told(facts, base, &applied);
        let old: BTreeSet<_> = to_measure.iter().map(|old| (old.kind, old.object.clone())).collect();
        differences.retain(|difference| !old.contains(&(difference.kind, difference.object.clone())));
        reference = (base, applied);
    }
    if !canonical.configured && is_something_else(reference.0, &reference.1, &to_measure) {
        return Vec::new();
    }
    let mut all: Vec<Disagreement<'_>> = Vec::new();
    let unclear = facts.replay.end.get(&dialect).is_some_and(|end| end.unclear);
    for difference in differences {
        let cause = cause(facts.replay, dialect, &difference);
        // A statement that could not be read may have changed again what was done before it.
        if unclear && !cause.is_some_and(|cause| cause.change.before().unclear) {
            continue;
        }
        let changed = changed(facts, &difference, cause.as_ref());
        match all.iter_mut().find(|known| known.object == difference.object) {
            Some(known) => {
                if changed == Changed::Migrations && known.changed == Changed::File {
                    (known.cause, known.changed) = (cause, changed);
                }
                known.differences.push(difference);
            }
            None => all.push(Disagreement {
                object: difference.object.clone(),
                differences: vec![difference],
                old_name: None,
                cause,
                changed,
            }),
        }
    }
    fold(all)
}

/// Whether a schema file that nobody called canonical describes something else: it differs in more than a third of what both
/// speak of.
pub fn is_no_schema_of(facts: &HistoryFacts<'_>, canonical: &Canonical) -> bool {
    if canonical.configured {
        return false;
    }
    match (differences(facts, canonical), &canonical.base) {
        (Some((differences, known)), None) => is_something_else(&canonical.run.after, &known, &differences),
        (Some(_), Some(base)) => {
            let applied = facts.replay.only(base.dialect, |file| facts.applied.contains(&file));
            let applied = as_far_as_known(facts.replay, applied);
            let old = told(facts, base, &applied);
            is_something_else(base, &applied, &old)
        }
        (None, _) => false,
    }
}

/// Every difference that counts, and the catalog of the migrations that the file was held against.
fn differences(facts: &HistoryFacts<'_>, canonical: &Canonical) -> Option<(Vec<Difference>, Catalog)> {
    let end = facts.replay.end.get(&canonical.run.engine.dialect)?;
    let known = as_far_as_known(facts.replay, end.clone());
    let differences = told(facts, &canonical.run.after, &known);
    Some((differences, known))
}

/// The differences between a schema file and what migrations built that are anybody's business.
fn told(facts: &HistoryFacts<'_>, file: &Catalog, known: &Catalog) -> Vec<Difference> {
    let external = |name: &Name| facts.settings.is_external(name);
    compare::told(file, known, &Others { external: &external, sharing: facts.sharing, ..Others::NONE })
}

/// Whether a difference between two catalogs is anybody's business.
pub fn counts(facts: &HistoryFacts<'_>, difference: &Difference, compared: &[&Catalog]) -> bool {
    let external = |name: &Name| facts.settings.is_external(name);
    let others = Others { external: &external, sharing: facts.sharing, ..Others::NONE };
    compare::counts(difference, compared, &others)
}

/// Which of the two changed. What the file lacks it ought to have, whoever forgot it; for the rest it depends on whether a
/// migration that is still to come did it.
fn changed(facts: &HistoryFacts<'_>, difference: &Difference, cause: Option<&Cause<'_>>) -> Changed {
    if difference.kind.is_missing() {
        return Changed::Migrations;
    }
    let file = cause.map(|cause| cause.change.part.part.file);
    let to_come = file.is_some_and(|file| !facts.applied.contains(&file) || facts.judged.contains(&file));
    if to_come { Changed::Migrations } else { Changed::File }
}

/// One rename is one disagreement, not one about each name; and what became of an index because of its column is no second one.
fn fold(all: Vec<Disagreement<'_>>) -> Vec<Disagreement<'_>> {
    let same_statement = |one: &Disagreement<'_>, other: &Disagreement<'_>| match (&one.cause, &other.cause) {
        (Some(one), Some(other)) => std::ptr::eq(one.change.statement(), other.change.statement()),
        (None, _) | (_, None) => false,
    };
    let renames = |one: &Disagreement<'_>| {
        one.cause.is_some_and(|cause| {
            matches!(
                cause.op.kind,
                Operation::RenameColumn { .. } | Operation::Rename { .. } | Operation::SetSchema { .. }
            )
        })
    };
    let about_index = |one: &Disagreement<'_>| {
        one.cause.is_some_and(|cause| match &cause.op.kind {
            Operation::CreateIndex(_) | Operation::CreateTable(_) => true,
            Operation::Drop(drop) => drop.kind == ObjectKind::Index,
            Operation::Rename { object, .. } | Operation::SetSchema { object, .. } => {
                object.kind == ObjectKind::Index
            }
            _ => false,
        })
    };
    let mut gone = BTreeSet::new();
    let mut old_names: Vec<Option<Difference>> = vec![None; all.len()];
    for (at, one) in all.iter().enumerate() {
        let follows = |object: &ObjectRef| !matches!(object.kind, ObjectKind::Table | ObjectKind::Column);
        let itself = one.object.kind == ObjectKind::Index && about_index(one)
            || one.object.kind != ObjectKind::Index
                && one.cause.is_some_and(|cause| is_about(&cause.op.kind, &one.object));
        if follows(&one.object) && !itself {
            let told = all.iter().any(|other| !follows(&other.object) && same_statement(one, other));
            if told {
                gone.insert(at);
                continue;
            }
        }
        if !one.differences[0].kind.is_missing() || !renames(one) {
            continue;
        }
        let old = all.iter().position(|other| {
            other.object.kind == one.object.kind
                && other.differences[0].kind.is_extra()
                && renames(other)
                && same_statement(one, other)
        });
        if let Some(old) = old.filter(|old| gone.insert(*old)) {
            old_names[at] = Some(all[old].differences[0].clone());
        }
    }
    let named = all.into_iter().zip(old_names).enumerate().filter(|(at, _)| !gone.contains(at));
    named.map(|(_, (one, old_name))| Disagreement { old_name, ..one }).collect()
}

/// What the migrations wrote to make an object as it is, in their order; and the columns that it has in the end.
pub fn written(replay: &Replay<'_>, dialect: Dialect, object: &ObjectRef) -> (Vec<Written>, Vec<Column>) {
    let Some(end) = replay.end.get(&dialect) else { return (Vec::new(), Vec::new()) };
    let columns: Vec<Column> = match (object.kind, &object.on) {
        (ObjectKind::Table, _) => end.table(&object.name).found().map_or_else(Vec::new, |table| {
            table.columns.iter().map(|member| member.column.clone()).collect()
        }),
        (ObjectKind::Column, Some(table)) => {
            let member = end.table(table).and_then(|table| table.column(object.name.ident.key())).found();
            member.map(|member| member.column.clone()).into_iter().collect()
        }
        _ => Vec::new(),
    };
    let mut words = Vec::new();
    collect(replay, dialect, object, None, &mut words);
    if object.kind == ObjectKind::Table {
        words.retain(|word| match &word.operation {
            // Indexes that are gone again, or that were never made because they were there.
            Operation::CreateIndex(_) => end.indexes().any(|index| index.made == Some(word.place)),
            _ => true,
        });
    }
    (words, columns)
}

fn collect(
    replay: &Replay<'_>,
    dialect: Dialect,
    object: &ObjectRef,
    until: Option<(usize, usize)>,
    words: &mut Vec<Written>,
) {
    let there = |catalog: &Catalog| matches!(catalog.facet(DifferenceKind::Missing, object), Facet::Is(_));
    let Some(birth) = replay.last_change(dialect, until, there) else { return };
    for (run, migration) in replay.runs.iter().enumerate().skip(birth.run) {
        if migration.up.engine.dialect != dialect {
            continue;
        }
        for (step, statement) in migration.up.script.statements.iter().enumerate() {
            let before_birth = (run, step) < (birth.run, birth.step);
            if before_birth || until.is_some_and(|until| (run, step) >= until) {
                continue;
            }
            let state = &migration.up.steps[step];
            for (op, outcome) in statement.ops.iter().zip(&state.outcomes) {
                if let Operation::Rename { object: renamed, to, .. } = &op.kind
                    && *outcome == Outcome::Done
                    && (run, step) == (birth.run, birth.step)
                    && words.is_empty()
                    && renamed.kind == ObjectKind::Table
                    && let Some(old) =
                        under_old_name(object, &resolve(&state.before, &state.session, &renamed.name), to)
                {
                    collect(replay, dialect, &old, Some((run, step)), words);
                }
                let resolves =
                    |name: &Name, wanted: &Name| resolve(&state.before, &state.session, name) == *wanted;
                if *outcome != Outcome::Done || !shapes(&op.kind, object, &resolves) {
                    continue;
                }
                if let Operation::RenameColumn { from, .. } = &op.kind
                    && object.kind == ObjectKind::Column
                    && (run, step) == (birth.run, birth.step)
                    && words.is_empty()
                {
                    let old = ObjectRef { name: Name::bare(from.clone()), ..object.clone() };
                    collect(replay, dialect, &old, Some((run, step)), words);
                }
                words.push(Written {
                    operation: op.kind.clone(),
                    place: Place::new(migration.up.part.file, op.span),
                });
            }
        }
    }
}

/// A table that was renamed, or a column of it, under the table's old name.
fn under_old_name(object: &ObjectRef, from: &Name, to: &Ident) -> Option<ObjectRef> {
    match (object.kind, &object.on) {
        (ObjectKind::Column, Some(table)) if table.ident == *to => {
            Some(ObjectRef { on: Some(from.clone()), ..object.clone() })
        }
        (ObjectKind::Table, _) if object.name.ident == *to => {
            Some(ObjectRef { name: from.clone(), ..object.clone() })
        }
        (_, _) => None,
    }
}

/// Whether an operation gives an object its shape.
fn shapes(operation: &Operation, object: &ObjectRef, is: &dyn Fn(&Name, &Name) -> bool) -> bool {
    let whole = object.kind == ObjectKind::Table;
    let table = object.on.as_ref().unwrap_or(&object.name);
    let this = |column: &Ident| whole || *column == object.name.ident;
    match operation {
        Operation::CreateTable(create) => object.kind != ObjectKind::Index && is(&create.name, table),
        Operation::AddColumn { table: target, def, .. } => is(&target.name, table) && this(&def.column.name),
        Operation::DropColumn { table: target, column, .. }
        | Operation::AlterColumn { table: target, column, .. } => {
            object.kind != ObjectKind::Index && is(&target.name, table) && this(column)
        }
        Operation::RenameColumn { table: target, to, .. } => {
            object.kind != ObjectKind::Index && is(&target.name, table) && this(to)
        }
        Operation::AddConstraint { table: target, .. }
        | Operation::DropConstraint { table: target, .. }
        | Operation::ValidateConstraint { table: target, .. }
        | Operation::RenameConstraint { table: target, .. } => whole && is(&target.name, table),
        Operation::CreateIndex(create) => {
            is(&create.table, table)
                && (whole
                    || create.name.as_ref().is_some_and(|name| {
                        object.kind == ObjectKind::Index && name.ident == object.name.ident
                    }))
        }
        _ => false,
    }
}

/// The statement of a schema file that made what stands at a place, with its operation.
pub fn maker(canonical: &Canonical, made: Place) -> Option<(&Statement, &Op)> {
    let statements = canonical.run.script.statements.iter();
    let mut pairs = statements.flat_map(|statement| statement.ops.iter().map(move |op| (statement, op)));
    pairs.rfind(|(_, op)| op.span.contains(made.span) && made.file == canonical.file)
}

/// How a schema file has a column, where it has it.
pub fn column_in<'c>(canonical: &'c Canonical, object: &ObjectRef) -> Option<&'c Column> {
    let table = object.on.as_ref()?;
    match canonical.run.after.table(table).and_then(|table| table.column(object.name.ident.key())) {
        Lookup::Found(member) => Some(&member.column),
        Lookup::Absent | Lookup::Unknown => None,
    }
}
