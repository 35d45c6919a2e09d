//! What stood before a change, and what became of it: what rules about loss and compatibility have in common.

use super::{PartFacts, StepFacts};
use crate::history::replay::{PartRun, Step};
use crate::ops::{self, InsertSource, Op, Operation, Outcome};
use crate::schema::{Body, Catalog, Function, Ident, Lookup, Name, ObjectKind, Relation, View};
use crate::text::Place;

/// The operations of a statement that were done: neither refused nor skipped.
pub fn done<'a>(step: &StepFacts<'a>) -> impl Iterator<Item = &'a Op> {
    let outcomes = step.step().outcomes.iter();
    step.statement()
        .ops
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| **outcome == Outcome::Done)
        .map(|(op, _)| op)
}

/// Whether what was made at a place is of this change.
pub fn is_own(part: &PartFacts<'_>, made: Option<Place>) -> bool {
    made.is_some_and(|made| made.file == part.run.part.file || part.new_files.contains(&made.file))
}

/// Whether something of which the history shows nothing has to be taken for older than the history. `asserted`: the statement fails
/// where it is not there. `is_back`: the migration makes it anew, as who clears the ground does. In a complete history it never was there.
pub const fn is_older(part: &PartFacts<'_>, asserted: bool, is_back: bool) -> bool {
    !part.complete && (asserted || !is_back)
}

/// Whether a statement fails where what it is about is not there: no guard, and no condition around it.
pub fn asserts(step: &StepFacts<'_>, guarded: bool) -> bool {
    !guarded && step.statement().when.is_empty()
}

/// Whether a relation stood before this change, has rows or readers, and is not listed as small.
pub fn relation(step: &StepFacts<'_>, name: &Name, asserted: bool) -> bool {
    let full = step.resolve(name);
    match step.before().relation(&full) {
        _ if step.is_free(name) => false,
        Lookup::Found(_) => true,
        Lookup::Absent => false,
        Lookup::Unknown => {
            is_older(&step.part, asserted, step.part.run.after.relation(&full).found().is_some())
        }
    }
}

/// The same of a type.
pub fn type_entry(step: &StepFacts<'_>, name: &Name, asserted: bool) -> bool {
    let full = step.resolve(name);
    match step.before().type_entry(&full) {
        Lookup::Found(entry) => !is_own(&step.part, entry.made),
        Lookup::Absent => false,
        Lookup::Unknown => {
            is_older(&step.part, asserted, step.part.run.after.type_entry(&full).found().is_some())
        }
    }
}

/// The same of a column.
pub fn column(step: &StepFacts<'_>, table: &Name, column: &Ident, asserted: bool) -> bool {
    if !relation(step, table, asserted) {
        return false;
    }
    let end = step.part.run.after.table(&step.resolve(table));
    match step.table(table).and_then(|table| table.column(column.key())) {
        Lookup::Found(member) => !is_own(&step.part, member.made),
        Lookup::Absent => step.table(table).found().is_none(),
        Lookup::Unknown => asserted || end.and_then(|end| end.column(column.key())).found().is_none(),
    }
}

/// The migrations of this change up to a statement, the last one first, each with how many of its statements ran before.
fn runs_back<'a>(step: &StepFacts<'a>) -> impl Iterator<Item = (&'a PartRun, usize)> {
    let part = step.part;
    let earlier = part.earlier().iter().rev().map(|run| &run.up);
    let new = earlier
        .filter(move |run| part.new_files.contains(&run.part.file) && run.engine.dialect == part.dialect());
    std::iter::once((part.run, step.at)).chain(new.map(|run| (run, run.steps.len())))
}

/// What there was before this change.
pub fn before_change<'a>(step: &StepFacts<'a>) -> &'a Catalog {
    let first = runs_back(step).last().map_or(step.part.run, |(run, _)| run);
    first.steps.first().map_or(&first.after, |step| &step.before)
}

/// From which name to which a statement renames or moves something, resolved.
fn renamed(step: &Step, op: &Op) -> Option<(Name, Name)> {
    let resolve = |name: &Name| ops::resolve(&step.before, &step.session, name);
    match &op.kind {
        Operation::Rename { object, to, .. } => {
            let from = resolve(&object.name);
            let to = Name { schema: from.schema.clone(), ident: to.clone() };
            Some((from, to))
        }
        Operation::SetSchema { object, to, .. } => {
            let from = resolve(&object.name);
            let to = Name { schema: Some(to.clone()), ident: from.ident.clone() };
            Some((from, to))
        }
        _ => None,
    }
}

fn done_of(run: &PartRun, at: usize) -> impl Iterator<Item = &Op> {
    let (statement, step) = (&run.script.statements[at], &run.steps[at]);
    let both = statement.ops.iter().zip(&step.outcomes);
    both.filter(|(_, outcome)| **outcome == Outcome::Done).map(|(op, _)| op)
}

/// The name that something had before this change, where the change renamed it up to this operation.
pub fn first_name(step: &StepFacts<'_>, op: &Op, name: &Name) -> Name {
    let mut name = name.clone();
    for (at, op) in steps_of_change(step, op) {
        match renamed(at, op) {
            Some((from, to)) if to == name => name = from,
            Some(_) | None => {}
        }
    }
    name
}

/// The same of a column of a table, whatever the table was called.
pub fn first_column(step: &StepFacts<'_>, op: &Op, table: &Name, column: &Ident) -> Ident {
    let (mut table, mut column) = (table.clone(), column.clone());
    for (at, op) in steps_of_change(step, op) {
        if let Operation::RenameColumn { table: target, from, to } = &op.kind
            && *to == column
            && ops::resolve(&at.before, &at.session, &target.name) == table
        {
            column = from.clone();
        }
        match renamed(at, op) {
            Some((from, to)) if to == table => table = from,
            Some(_) | None => {}
        }
    }
    column
}

/// Whether the rows that a table had before this change are in the table of that name when the migration is through, or when a later one
/// is: it was left alone, or built anew and filled from what took them over.
pub fn rows_survive(part: &PartFacts<'_>, table: &Name) -> bool {
    let of_dialect = |run: &&PartRun| run.engine.dialect == part.dialect();
    let is_new = |run: &&PartRun| part.new_files.contains(&run.part.file);
    let earlier = || part.earlier().iter().map(|run| &run.up).filter(of_dialect);
    let mut holders = vec![table.clone()];
    // A copy that an older migration began, and that takes the table's place now.
    for run in earlier().filter(|run| !is_new(run)) {
        for at in 0..run.steps.len() {
            for op in done_of(run, at) {
                if let Operation::Insert(_) | Operation::CreateTable(_) = &op.kind {
                    let mut copied = vec![table.clone()];
                    pass_on(&run.steps[at], op, &mut copied);
                    holders.extend(copied.into_iter().filter(|copy| copy != table));
                }
            }
        }
    }
    let mut follow = |run: &PartRun| {
        for at in 0..run.steps.len() {
            for op in done_of(run, at) {
                pass_on(&run.steps[at], op, &mut holders);
            }
        }
        holders.contains(table)
    };
    for run in earlier().filter(is_new) {
        follow(run);
    }
    // Tools that run one statement a migration spread a rebuild over several.
    let later = part.replay.runs[part.index + 1..].iter().map(|run| &run.up).filter(of_dialect);
    std::iter::once(part.run).chain(later).any(follow)
}

/// Whether an earlier statement filled one table from another one, whose place it is to take.
pub fn was_filled_from(step: &StepFacts<'_>, table: &Name, source: &Name) -> bool {
    steps_before(step).any(|(at, op)| {
        let mut holders = vec![source.clone()];
        pass_on(at, op, &mut holders);
        table != source && holders.contains(table)
    })
}

/// Follows rows: which tables have them after an operation.
fn pass_on(step: &Step, op: &Op, holders: &mut Vec<Name>) {
    let resolve = |name: &Name| ops::resolve(&step.before, &step.session, name);
    let reads = |holders: &[Name], names: &[Name]| names.iter().any(|name| holders.contains(&resolve(name)));
    match &op.kind {
        Operation::CreateTable(create) => {
            let mut name = resolve(&create.name);
            if create.temporary && create.name.schema.is_none() {
                name.schema = Some(step.before.temporary_schema());
            }
            let copies = create.from_query
                && create.tree.as_ref().is_none_or(|query| {
                    let mut names = Vec::new();
                    query.each_relation(&mut |name| names.push(name.clone()));
                    reads(holders, &names)
                });
            holders.retain(|holder| *holder != name);
            holders.extend(copies.then_some(name));
        }
        Operation::Insert(insert) => {
            if let InsertSource::Query { reads: from, .. } = &insert.source
                && reads(holders, from)
            {
                holders.push(resolve(&insert.table));
            }
        }
        Operation::AttachPartition { table, partition, .. } if holders.contains(&resolve(partition)) => {
            holders.push(resolve(&table.name));
        }
        Operation::Drop(drop) => {
            let gone: Vec<Name> = drop.objects.iter().map(|object| resolve(&object.name)).collect();
            holders.retain(|holder| drop.kind != ObjectKind::Table || !gone.contains(holder));
        }
        Operation::Truncate { tables, .. } => {
            let emptied: Vec<Name> = tables.iter().map(resolve).collect();
            holders.retain(|holder| !emptied.contains(holder));
        }
        Operation::Delete { table, limited: false, .. } => {
            let emptied = resolve(table);
            holders.retain(|holder| *holder != emptied);
        }
        Operation::Rename { .. } | Operation::SetSchema { .. } => {
            let Some((from, to)) = renamed(step, op) else { return };
            let moves = holders.contains(&from);
            holders.retain(|holder| *holder != from && *holder != to);
            holders.extend(moves.then_some(to));
        }
        _ => {}
    }
}

/// Functions that an older migration made and that have all of these words in their body, which is text to the server: it neither follows
/// a new name in it nor looks at it when something goes.
pub fn bodies<'a>(part: &PartFacts<'a>, words: &[&str]) -> Vec<(&'a Name, Place)> {
    let names_all = |function: &Function| {
        let Some(Body::Text(text)) = &function.body else { return false };
        let said = |word: &&str| {
            let mut all = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            all.any(|one| one.eq_ignore_ascii_case(word))
        };
        words.iter().all(said)
    };
    let all = part.run.after.all_functions();
    let stale = all.filter(|(_, function)| !is_own(part, function.made) && names_all(function));
    stale.filter_map(|(name, function)| Some((name, function.made?))).collect()
}

/// The views of MySQL that read a relation by its name, and stay when the migration is through: it neither refuses nor follows.
pub fn mysql_readers<'a>(step: &StepFacts<'a>, name: &Name) -> Vec<(&'a Name, Place)> {
    let mysql = step.part.dialect() == crate::schema::Dialect::Mysql;
    let end = &step.part.run.after;
    let stays = |view: &View| end.view(&view.name).found().is_some_and(|left| left.made == view.made);
    let views = step.before().views().filter(|view| mysql && view.reads.contains(name) && stays(view));
    views.filter_map(|view| Some((&view.name, view.made?))).collect()
}

/// Whether a relation of that name is an index.
pub fn is_index(catalog: &Catalog, name: &Name) -> bool {
    matches!(catalog.relation(name), Lookup::Found(Relation::Index(_)))
}

/// Every operation that was done before a statement, in this migration and in the older ones, with the step that it was done in.
pub fn steps_before<'a>(step: &StepFacts<'a>) -> impl Iterator<Item = (&'a Step, &'a Op)> {
    let part = step.part;
    let earlier = part.earlier().iter().map(|run| (&run.up, run.up.steps.len()));
    let own = std::iter::once((part.run, step.at));
    earlier.filter(move |(run, _)| run.engine.dialect == part.dialect()).chain(own).flat_map(
        |(run, until)| (0..until).flat_map(move |at| done_of(run, at).map(move |op| (&run.steps[at], op))),
    )
}

/// Every operation of this change that was done before one of a statement's, the last one first, with the step that it was done in.
pub fn steps_of_change<'a>(step: &StepFacts<'a>, op: &Op) -> impl Iterator<Item = (&'a Step, &'a Op)> {
    let own = done(step).take_while(|known| !std::ptr::eq(*known, op)).collect::<Vec<_>>();
    let this = step.step();
    let here = own.into_iter().rev().map(move |op| (this, op));
    here.chain(runs_back(step).flat_map(|(run, until)| {
        (0..until).rev().flat_map(move |at| {
            let mut ops: Vec<&Op> = done_of(run, at).collect();
            ops.reverse();
            ops.into_iter().map(move |op| (&run.steps[at], op))
        })
    }))
}

/// Whether a name was another relation's before this change, which made way for what takes it with this operation.
pub fn made_way(step: &StepFacts<'_>, op: &Op, name: &Name) -> bool {
    let by_this = || steps_of_change(step, op).take_while(|(at, _)| std::ptr::eq(*at, step.step()));
    let moved = || by_this().any(|(at, op)| renamed(at, op).is_some_and(|(from, _)| from == *name));
    let is_free = step.before().relation(name).is_absent() || moved();
    is_free && !before_change(step).relation(name).is_absent()
}
