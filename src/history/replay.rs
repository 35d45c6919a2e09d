//! A replay of a sequence: every migration in running order over a catalog, one catalog for each dialect.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Migration, Part, Sequence, Wrap};
use crate::ops::{self, Guard, Op, Operation, Outcome, Session, Statement, TableTarget, Transaction};
use crate::schema::{Catalog, Constraint, ConstraintKind, Dialect, Engine, Lookup, Name, ObjectKind};
use crate::syntax::sql::{self, Script};
use crate::text::{FileId, Place, Sources};

/// A sequence, read and replayed.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    /// What was replayed.
    pub sequence: &'a Sequence,
    /// Its migrations, in running order, one for each of the sequence's.
    pub runs: Vec<MigrationRun<'a>>,
    /// What stood before the first of them, where gander.toml names files that say it.
    pub baseline: BTreeMap<Dialect, Catalog>,
    /// Those files, in their order.
    pub stood: Vec<PartRun>,
    /// What all of them built, by dialect.
    pub end: BTreeMap<Dialect, Catalog>,
}

/// One migration, replayed.
#[derive(Clone, Debug)]
pub struct MigrationRun<'a> {
    /// The migration.
    pub migration: &'a Migration,
    /// Its way up.
    pub up: PartRun,
    /// Its way down, run after its way up.
    pub down: Option<PartRun>,
}

/// One direction of a migration, replayed.
#[derive(Clone, Debug)]
pub struct PartRun {
    /// The part.
    pub part: Part,
    /// For what it is written.
    pub engine: Engine,
    /// Its text, read.
    pub script: Script,
    /// One for each of the script's statements.
    pub steps: Vec<Step>,
    /// The catalog afterwards.
    pub after: Catalog,
    /// The session afterwards: what is left open shows there.
    pub session: Session,
}

/// One statement, replayed.
#[derive(Clone, Debug)]
pub struct Step {
    /// The catalog before it.
    pub before: Catalog,
    /// The session before it; shared by the statements that leave it as it is.
    pub session: Arc<Session>,
    /// What became of its operations.
    pub outcomes: Vec<Outcome>,
}

/// Reads and replays a sequence.
pub fn replay<'a>(sequence: &'a Sequence, sources: &Sources) -> Replay<'a> {
    replay_on(sequence, sources, &[])
}

/// Reads and replays a sequence over what the files of its baseline build.
pub fn replay_on<'a>(sequence: &'a Sequence, sources: &Sources, baseline: &[FileId]) -> Replay<'a> {
    let stood = stood_before(sequence, sources, baseline);
    let baseline: BTreeMap<Dialect, Catalog> =
        stood.last().map(|last| (last.engine.dialect, last.after.clone())).into_iter().collect();
    let scripts: Vec<(Script, Option<Script>)> = sequence
        .migrations
        .par_iter()
        .map(|migration| {
            let read =
                |part: &Part| sql::read(sources.get(part.file).text(), part.span, migration.engine.dialect);
            (read(&migration.up), migration.down.as_ref().map(read))
        })
        .collect();
    let mut end = baseline.clone();
    let mut runs = Vec::with_capacity(sequence.migrations.len());
    for (migration, (up, down)) in sequence.migrations.iter().zip(scripts) {
        let dialect = migration.engine.dialect;
        let before = end.remove(&dialect).unwrap_or_else(|| Catalog::new(dialect, true));
        let up = run(migration.up, migration.engine, up, &before);
        end.insert(dialect, up.after.clone());
        let down = migration
            .down
            .as_ref()
            .zip(down)
            .map(|(part, script)| run(*part, migration.engine, script, &up.after));
        for dialect in migration.also.iter().copied() {
            let before = end.remove(&dialect).unwrap_or_else(|| Catalog::new(dialect, true));
            let script = sql::read(sources.get(migration.up.file).text(), migration.up.span, dialect);
            end.insert(dialect, run(migration.up, Engine::of(dialect), script, &before).after);
        }
        runs.push(MigrationRun { migration, up, down });
    }
    end.values_mut().for_each(Catalog::end_session);
    Replay { sequence, runs, baseline, stood, end }
}

fn stood_before(sequence: &Sequence, sources: &Sources, files: &[FileId]) -> Vec<PartRun> {
    let engine = sequence.engine;
    let mut catalog = Catalog::new(engine.dialect, true);
    let one = |file: &FileId| {
        let source = sources.get(*file);
        let part = Part::whole(*file, source);
        let run = run(part, engine, sql::read(source.text(), part.span, engine.dialect), &catalog);
        catalog = run.after.clone();
        run
    };
    files.iter().map(one).collect()
}

/// The statement that last changed something.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// Which migration.
    pub run: usize,
    /// Which statement of its way up.
    pub step: usize,
    /// The part that it stands in.
    pub part: &'a PartRun,
}

impl<'a> Change<'a> {
    /// The statement.
    pub fn statement(&self) -> &'a Statement {
        &self.part.script.statements[self.step]
    }

    /// The catalog before it.
    pub fn before(&self) -> &'a Catalog {
        &self.part.steps[self.step].before
    }

    /// The place of one of its operations.
    pub const fn place(&self, op: &Op) -> Place {
        Place::new(self.part.part.file, op.span)
    }
}

impl Replay<'_> {
    /// The last statement of a way up, before the one at `until`, that changed what `facet` sees of the catalog. Migrations
    /// that leave it as they found it are passed over.
    pub fn last_change<T: PartialEq>(
        &self,
        dialect: Dialect,
        until: Option<(usize, usize)>,
        facet: impl Fn(&Catalog) -> T,
    ) -> Option<Change<'_>> {
        let (last, last_steps) = until.map_or((self.runs.len(), 0), |(run, step)| (run + 1, step));
        for (index, run) in self.runs[..last].iter().enumerate().rev() {
            let part = &run.up;
            if part.engine.dialect != dialect {
                continue;
            }
            let bounded = until.is_some_and(|(run, _)| run == index);
            let steps = if bounded { last_steps } else { part.steps.len() };
            let Some(first) = part.steps.first().filter(|_| steps > 0) else { continue };
            let after = |step: usize| part.steps.get(step + 1).map_or(&part.after, |next| &next.before);
            let mut now = facet(after(steps - 1));
            if facet(&first.before) == now {
                continue;
            }
            for step in (0..steps).rev() {
                let before = facet(&part.steps[step].before);
                if before != now {
                    return Some(Change { run: index, step, part });
                }
                now = before;
            }
        }
        None
    }

    /// What only those of its migrations built whose way up stands in a file that is `kept`.
    pub fn only(&self, dialect: Dialect, kept: impl Fn(FileId) -> bool) -> Catalog {
        let of_dialect: Vec<&PartRun> =
            self.runs.iter().map(|run| &run.up).filter(|part| part.engine.dialect == dialect).collect();
        let first_left_out =
            of_dialect.iter().position(|part| !kept(part.part.file)).unwrap_or(of_dialect.len());
        let start = self.baseline.get(&dialect).cloned().unwrap_or_else(|| Catalog::new(dialect, true));
        let mut catalog = match first_left_out.checked_sub(1) {
            Some(last) => of_dialect[last].after.clone(),
            None => start,
        };
        for part in of_dialect[first_left_out..].iter().filter(|part| kept(part.part.file)) {
            catalog = steps(part.part, part.engine, &part.script.statements, &catalog).1;
        }
        catalog
    }

    /// Whether, behind what stands at a place and up to a migration, something happened that may have changed anything. Of what
    /// stands in none of the migrations that is not known.
    pub fn is_unread_between(&self, place: Place, last: usize) -> bool {
        let parts = || self.runs.iter().map(|run| &run.up);
        let Some(first) = parts().position(|part| part.part.file == place.file) else { return true };
        let (Some(maker), Some(end)) = (self.runs.get(first), self.runs.get(last)) else { return true };
        let statements = &maker.up.script.statements;
        let step = statements.iter().rposition(|statement| statement.span.contains(place.span)).unwrap_or(0);
        let of_dialect = |part: &&PartRun| part.engine.dialect == maker.up.engine.dialect;
        let unread = |part: &PartRun| {
            let before = part.steps.first().map_or(&part.after, |step| &step.before);
            part.after.unclear && (!before.unclear || part.script.statements.iter().any(may_do_anything))
        };
        end.up.after.unclear
            && (maker.up.is_unread_after(step)
                || parts().take(last + 1).skip(first + 1).filter(of_dialect).any(unread))
    }

    /// For each migration, the same about those before it: whether what they did not make was not there when it ran. Where the
    /// others need three tables that nobody made, the history did not begin at the beginning.
    pub fn complete_before_each(&self) -> Vec<bool> {
        let unmade: Vec<BTreeSet<Name>> = self.runs.iter().map(|run| unmade(&run.up)).collect();
        let mut needing: BTreeMap<(Dialect, &Name), usize> = BTreeMap::new();
        for (run, names) in self.runs.iter().zip(&unmade) {
            for name in names {
                *needing.entry((run.up.engine.dialect, name)).or_default() += 1;
            }
        }
        let mut so_far: BTreeMap<Dialect, (bool, bool)> = BTreeMap::new();
        let mut all = Vec::with_capacity(self.runs.len());
        for (run, own) in self.runs.iter().zip(&unmade) {
            let part = &run.up;
            let dialect = part.engine.dialect;
            let (makes, needs) = so_far.entry(dialect).or_default();
            let unclear = part.steps.first().map_or(part.after.unclear, |step| step.before.unclear);
            let others = needing
                .iter()
                .filter(|((of, name), count)| *of == dialect && **count > usize::from(own.contains(*name)));
            let known = self.baseline.contains_key(&dialect) || *makes && !*needs && others.count() < 3;
            all.push(known && !unclear && self.sequence.unread.is_empty());
            *makes |= part
                .script
                .statements
                .iter()
                .flat_map(|statement| &statement.ops)
                .any(|op| matches!(op.kind, Operation::CreateTable(_)));
            *needs |= !own.is_empty();
        }
        all
    }

    /// Whether its migrations made everything that there is: a baseline says what stood before them, or they make tables
    /// and none of them needs one that they did not make.
    pub fn is_complete(&self, dialect: Dialect) -> bool {
        self.sequence.unread.is_empty()
            && self.end.get(&dialect).is_some_and(|end| !end.unclear)
            && self.begins(dialect)
    }

    /// Whether nothing stood before its first migration, or a baseline says what.
    pub fn begins(&self, dialect: Dialect) -> bool {
        if self.baseline.contains_key(&dialect) {
            return true;
        }
        let parts = || self.runs.iter().map(|run| &run.up).filter(|part| part.engine.dialect == dialect);
        let makes = parts().flat_map(|part| &part.script.statements).flat_map(|statement| &statement.ops);
        makes.clone().any(|op| matches!(op.kind, Operation::CreateTable(_))) && !parts().any(needs_more)
    }
}

/// Whether a part needs a table that was never made.
fn needs_more(part: &PartRun) -> bool {
    !unmade(part).is_empty()
}

/// The tables that a part needs and that were never made.
fn unmade(part: &PartRun) -> BTreeSet<Name> {
    let steps = part.script.statements.iter().zip(&part.steps);
    let needed = steps.flat_map(|(statement, step)| {
        let names = statement.ops.iter().flat_map(|op| {
            let partition = match &op.kind {
                // Partitions are often made by something else, as time goes on.
                Operation::AttachPartition { table, partition, .. }
                | Operation::DetachPartition { table, partition, .. } => {
                    (table.kind == ObjectKind::Table).then_some(partition)
                }
                _ => None,
            };
            needed(&op.kind, part.engine.dialect).into_iter().chain(partition)
        });
        names.map(move |name| (statement, step, ops::resolve(&step.before, &step.session, name)))
    });
    needed
        .filter(|(statement, step, name)| {
            let made_here = statement.ops.iter().any(|op| match &op.kind {
                Operation::CreateTable(create) => create.name.ident == name.ident,
                _ => false,
            });
            !made_here
                && match step.before.table(name) {
                    Lookup::Unknown => !step.before.is_unclear(name),
                    Lookup::Found(table) => table.made.is_none(),
                    Lookup::Absent => false,
                }
        })
        .map(|(_, _, name)| name)
        .collect()
}

/// The tables without which a change of the schema cannot be made.
pub fn needed(operation: &Operation, dialect: Dialect) -> Vec<&Name> {
    let is_table = |kind: ObjectKind| matches!(kind, ObjectKind::Table | ObjectKind::ForeignTable);
    let altered = |target: &TableTarget| !target.if_exists && is_table(target.kind);
    match operation {
        Operation::CreateTable(create) => {
            let own = create.columns.iter().flat_map(|def| &def.constraints);
            let all = own.chain(create.constraints.iter().map(|def| &def.constraint));
            let parent = create.partition_of.as_ref().map(|(parent, _)| parent);
            all.filter_map(|constraint| referenced(constraint, dialect)).chain(parent).collect()
        }
        Operation::AttachPartition { table, .. } | Operation::DetachPartition { table, .. } => {
            altered(table).then_some(&table.name).into_iter().collect()
        }
        Operation::AddColumn { table, def, .. } => {
            let referenced = def.constraints.iter().filter_map(|constraint| referenced(constraint, dialect));
            referenced.chain(altered(table).then_some(&table.name)).collect()
        }
        Operation::AddConstraint { table, constraint } => {
            referenced(constraint, dialect).into_iter().chain(altered(table).then_some(&table.name)).collect()
        }
        Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::RenameColumn { table, .. }
        | Operation::RenameConstraint { table, .. } => {
            altered(table).then_some(&table.name).into_iter().collect()
        }
        Operation::Rename { object, if_exists: false, .. } if is_table(object.kind) => vec![&object.name],
        Operation::Drop(drop) if is_table(drop.kind) && drop.guard == Guard::None => {
            drop.objects.iter().map(|object| &object.name).collect()
        }
        Operation::CreateIndex(create) => vec![&create.table],
        _ => Vec::new(),
    }
}

/// The table that a foreign key refers to. SQLite takes references to tables that are not there.
fn referenced(constraint: &Constraint, dialect: Dialect) -> Option<&Name> {
    match &constraint.kind {
        ConstraintKind::ForeignKey(key) => (dialect != Dialect::Sqlite).then_some(&key.table),
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    }
}

/// Replays a script over a catalog.
pub fn run(part: Part, engine: Engine, script: Script, before: &Catalog) -> PartRun {
    let (steps, after, session) = steps(part, engine, &script.statements, before);
    PartRun { part, engine, script, steps, after, session }
}

fn steps(
    part: Part,
    engine: Engine,
    statements: &[Statement],
    before: &Catalog,
) -> (Vec<Step>, Catalog, Session) {
    let transaction = match part.wrap {
        Wrap::Nobody => Transaction::None,
        Wrap::Tool => Transaction::Tool,
        // One statement is its own transaction: a lone CONCURRENTLY is fine.
        Wrap::Implicit if statements.len() == 1 => Transaction::None,
        Wrap::Implicit => Transaction::Implicit,
        Wrap::Unknown => Transaction::Unknown,
    };
    let mut session = Session::new(engine, part.file, transaction);
    let mut catalog = before.clone();
    catalog.end_session();
    if session.in_transaction() {
        session.at_begin = Some(Box::new(catalog.clone()));
    }
    let mut steps = Vec::with_capacity(statements.len());
    let mut shared = Arc::new(session.clone());
    // What there is if nothing ran in this block that may not run.
    let mut otherwise: Option<(Catalog, Session)> = None;
    for statement in statements {
        if statement.within.is_none()
            && let Some((otherwise, _)) = otherwise.take()
        {
            catalog = catalog.or(&otherwise);
        }
        if ops::may_not_run(&catalog, statement, &session) {
            otherwise.get_or_insert_with(|| (catalog.clone(), session.clone()));
        } else if let Some((catalog, session)) = &mut otherwise {
            *catalog = ops::apply(catalog, statement, session).after;
        }
        let changes_session = statement.ops.iter().any(|op| op.kind.is_about_session());
        let applied = ops::apply(&catalog, statement, &mut session);
        let changes_session = changes_session || session.new_labels != shared.new_labels;
        steps.push(Step { before: catalog, session: Arc::clone(&shared), outcomes: applied.results });
        catalog = applied.after;
        if changes_session {
            shared = Arc::new(session.clone());
        }
    }
    if let Some((otherwise, _)) = otherwise {
        catalog = catalog.or(&otherwise);
    }
    (steps, catalog, session)
}

/// Whether a statement may have done anything at all, for what can be told of it.
fn may_do_anything(statement: &Statement) -> bool {
    statement.ops.iter().any(|op| match &op.kind {
        Operation::Opaque { object, .. } => object.is_none(),
        Operation::Query { calls, .. } => !calls.is_empty(),
        Operation::Other { verb } => verb == "EXECUTE" || verb == "IMPORT FOREIGN SCHEMA",
        _ => false,
    })
}

impl PartRun {
    /// Whether, behind one of its statements, something happened that may have changed anything.
    pub fn is_unread_after(&self, step: usize) -> bool {
        let was_clear = self.steps.get(step).is_some_and(|step| !step.before.unclear);
        let rest = self.script.statements.iter().skip(step + 1);
        self.after.unclear && (was_clear || rest.into_iter().any(may_do_anything))
    }

    /// The statements up to and with one run again, straight after they ran; without one, all of them.
    pub fn again_until(&self, last: Option<usize>) -> Vec<Step> {
        let after = last.and_then(|last| self.steps.get(last + 1));
        let (Some(last), Some(after)) = (last, after) else { return self.again() };
        steps(self.part, self.engine, &self.script.statements[..=last], &after.before).0
    }

    /// The same part run again, straight after it ran: one step for each of the script's statements.
    pub fn again(&self) -> Vec<Step> {
        steps(self.part, self.engine, &self.script.statements, &self.after).0
    }
}
