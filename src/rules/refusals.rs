//! What rules about refused statements share: what the server would refuse of a judged migration, which rule says so, and
//! which older statement is the reason.

use super::{Finding, PartFacts, StepFacts, facts};
use crate::history::replay::{Change, PartRun, Replay, needed};
use crate::ops::{
    self, AlterColumn, AlterType, ColumnDef, Condition, Conflict, InsertSource, Op, Operation, Statement,
};
use crate::schema::{
    Catalog, Constraint, ConstraintKind, Dialect, Expr, Ident, Lookup, Name, ObjectKind, ObjectRef, Table,
};
use crate::text::Place;

/// Why the server refuses, by the rule that says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// What is made is there already.
    Exists,
    /// What is named is not there.
    Missing,
    /// Something depends on what is dropped or changed.
    Depends,
    /// A foreign key refers to what cannot be referred to.
    Reference,
}

/// A statement's operation that the server would refuse.
pub struct Refusal<'a> {
    /// The operation.
    pub op: &'a Op,
    /// What the server would say.
    pub conflict: Conflict,
    /// The older statement since which it would be refused. None: it lies in the statement itself, or what it names was never made.
    pub cause: Option<Change<'a>>,
}

impl Refusal<'_> {
    /// What happens, in one sentence, with PostgreSQL's SQLSTATE.
    pub fn message(&self, dialect: Dialect) -> String {
        let state = match dialect {
            Dialect::Postgres => format!(" (SQLSTATE {})", self.conflict.sqlstate()),
            Dialect::Sqlite | Dialect::Mysql => String::new(),
        };
        format!("{} is refused: {}{state}", self.op.kind.title(), self.conflict)
    }

    /// Adds the older statement to a finding, with what it did.
    pub fn told<'f>(&self, finding: Finding<'f>, did: &str) -> Finding<'f> {
        match self.cause {
            Some(cause) => finding.related(place_of(&cause), did),
            None => finding,
        }
    }

    /// The operations of the older statement.
    pub fn cause_ops(&self) -> impl Iterator<Item = &Operation> {
        self.cause.iter().flat_map(|cause| &cause.statement().ops).map(|op| &op.kind)
    }
}

/// Where the statement of a change stands.
pub fn place_of(change: &Change<'_>) -> Place {
    Place::new(change.part.part.file, change.statement().span)
}

/// What the server would refuse of a statement for one reason. Nothing where the engine has no such statement anyway, where it
/// cannot be told whether the statement runs, or where an older refusal may be the reason.
pub fn refusals<'a>(step: &StepFacts<'a>, why: Why) -> Vec<Refusal<'a>> {
    let mut found = found(step, why);
    if !found.is_empty() && is_never_reached(step) {
        return Vec::new();
    }
    found.retain(|refusal| !needs_what_was_refused(step, refusal.op));
    found
}

fn found<'a>(step: &StepFacts<'a>, why: Why) -> Vec<Refusal<'a>> {
    let statement = step.statement();
    let handled = |condition: &Condition| matches!(condition, Condition::Handled { .. });
    if step.part.canonical || !statement.when.iter().all(handled) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (index, op) in statement.ops.iter().enumerate() {
        let refused = step.step().outcomes.get(index).and_then(ops::Outcome::conflict).cloned();
        // Whether a handler would take it was not asked.
        let unmade = || never_made(step, op, why).filter(|_| statement.when.is_empty());
        let Some(conflict) = refused.clone().or_else(unmade) else { continue };
        if classify(step, op, &conflict) != Some(why)
            || is_elsewhere(step, &conflict)
            || statement.ops.iter().any(|op| step.lack(op).is_some())
        {
            continue;
        }
        let cause = refused.and_then(|_| cause(step, index, &conflict));
        if cause.is_some_and(|cause| may_not_have_run(&cause, why))
            || !is_certain(step, &conflict, cause.as_ref())
            || follows_a_refusal(step, op, (&conflict, why), cause.as_ref())
        {
            continue;
        }
        found.push(Refusal { op, conflict, cause });
    }
    found
}

/// The statements of the part before one.
fn steps_before<'a>(step: &StepFacts<'a>) -> impl Iterator<Item = StepFacts<'a>> {
    let part = step.part;
    (0..step.at).map(move |at| StepFacts { part, at })
}

/// Whether the server refuses a statement before it in the same transaction, and answers to everything after that that the transaction is
/// aborted. SQLite goes on.
fn is_never_reached(step: &StepFacts<'_>) -> bool {
    if step.part.dialect() != Dialect::Postgres || !step.in_transaction() {
        return false;
    }
    let recovers = |at: usize| {
        let ops = &step.part.statements()[at].ops;
        ops.iter().any(|op| matches!(op.kind, Operation::RollbackTo(_)))
    };
    steps_before(step).any(|earlier| {
        step.shares_transaction(&earlier) && is_refused(&earlier) && !(earlier.at..step.at).any(recovers)
    })
}

fn is_refused(step: &StepFacts<'_>) -> bool {
    [Why::Exists, Why::Missing, Why::Depends, Why::Reference].iter().any(|why| !found(step, *why).is_empty())
}

/// Whether it is about something that an earlier statement of the part should have made, where that was refused because there is another
/// one of that name: what does not fit that one says nothing new.
fn needs_what_was_refused(step: &StepFacts<'_>, op: &Op) -> bool {
    let mut names: Vec<Name> =
        needed(&op.kind, step.part.dialect()).into_iter().map(|name| step.resolve(name)).collect();
    names.extend(touched(&op.kind).into_iter().map(|(name, _)| step.resolve(name)));
    match &op.kind {
        Operation::CreateTrigger(create) => names.push(step.resolve(&create.table)),
        Operation::CreatePolicy(create) => names.push(step.resolve(&create.table)),
        Operation::Insert(insert) => names.push(step.resolve(&insert.table)),
        Operation::Update { table, .. } | Operation::Delete { table, .. } => names.push(step.resolve(table)),
        _ => {}
    }
    steps_before(step).filter(|earlier| has_conflict(earlier)).any(|earlier| {
        found(&earlier, Why::Exists).iter().any(|refusal| {
            let made = match &refusal.op.kind {
                Operation::CreateTable(create) => &create.name,
                Operation::CreateView(create) => &create.name,
                Operation::CreateType(create) => &create.name,
                Operation::CreateSequence(create) => &create.name,
                _ => return false,
            };
            names.contains(&earlier.resolve(made))
        })
    })
}

fn has_conflict(step: &StepFacts<'_>) -> bool {
    step.step().outcomes.iter().any(|outcome| outcome.conflict().is_some())
}

fn classify(step: &StepFacts<'_>, op: &Op, conflict: &Conflict) -> Option<Why> {
    let refers = |object: &ObjectRef| {
        let table = object.on.as_ref().unwrap_or(&object.name);
        op.foreign_keys().iter().any(|(_, key, _)| step.resolve(&key.table) == *table)
            && touched(&op.kind).iter().all(|(name, _)| step.resolve(name) != *table)
    };
    let state = match conflict {
        Conflict::Exists(_) => return Some(Why::Exists),
        Conflict::Missing(object) if refers(object) => return Some(Why::Reference),
        Conflict::Missing(_) => return Some(Why::Missing),
        Conflict::Other(state, _) => *state,
    };
    let drops = matches!(
        op.kind,
        Operation::DropColumn { .. }
            | Operation::Drop(_)
            | Operation::DropConstraint { .. }
            | Operation::AlterColumn { change: AlterColumn::Type { .. }, .. }
            | Operation::AlterType { change: AlterType::AlterAttribute { .. }, .. }
    );
    let adds_identity =
        matches!(op.kind, Operation::AlterColumn { change: AlterColumn::AddIdentity { .. }, .. });
    match state {
        "42710" | "42P07" => Some(Why::Exists),
        "42P16" if drops => Some(Why::Depends),
        // A table has one primary key.
        "42P16" => makes_primary_key(&op.kind).then_some(Why::Exists),
        "2BP01" => Some(Why::Depends),
        "0A000" if drops && !matches!(op.kind, Operation::Drop(_)) && !asks(&op.kind) => Some(Why::Depends),
        "42830" => Some(Why::Reference),
        "42704" if !op.foreign_keys().is_empty() => Some(Why::Reference),
        // A label of an enum.
        "22023" => matches!(op.kind, Operation::AlterType { .. }).then_some(Why::Missing),
        "42704" => Some(Why::Missing),
        // Of a column without a value of its own it can only be the reference that does not fit.
        "42804" => (!op.foreign_keys().is_empty() && !gives_values(&op.kind)).then_some(Why::Reference),
        "42809" if matches!(op.kind, Operation::AttachPartition { .. }) => Some(Why::Exists),
        "42809" => is_of_another_kind(&op.kind).then_some(Why::Missing),
        // A view of SQLite's that reads what is gone keeps it from renaming anything.
        "42P01" if matches!(op.kind, Operation::Rename { .. } | Operation::RenameColumn { .. }) => {
            Some(Why::Depends)
        }
        "42P01" => Some(Why::Missing),
        "55000" if adds_identity => is_identity(step, &op.kind).then_some(Why::Exists),
        "55000" => matches!(
            op.kind,
            Operation::AlterColumn {
                change: AlterColumn::DropIdentity(_) | AlterColumn::DropExpression(_),
                ..
            }
        )
        .then_some(Why::Missing),
        _ => None,
    }
}

/// Whether a column that it makes has a default or an expression.
fn gives_values(operation: &Operation) -> bool {
    let gives = |def: &ColumnDef| def.column.default.is_some() || def.column.generated.is_some();
    match operation {
        Operation::CreateTable(create) => create.columns.iter().any(gives),
        Operation::AddColumn { def, .. } => gives(def),
        _ => false,
    }
}

/// Whether a query stands in its USING, where none can.
fn asks(operation: &Operation) -> bool {
    let Operation::AlterColumn { change: AlterColumn::Type { using: Some(using), .. }, .. } = operation
    else {
        return false;
    };
    let mut found = false;
    using.walk(&mut |part| found |= matches!(part, Expr::Query(_)));
    found
}

fn is_of_another_kind(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Drop(_)
            | Operation::AddColumn { .. }
            | Operation::DropColumn { .. }
            | Operation::RenameColumn { .. }
            | Operation::Rename { .. }
    )
}

fn makes_primary_key(operation: &Operation) -> bool {
    let key = |constraint: &Constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. });
    match operation {
        Operation::AddConstraint { constraint, .. } => key(constraint),
        Operation::AddColumn { def, .. } => def.constraints.iter().any(key),
        Operation::CreateTable(_) => true,
        _ => false,
    }
}

fn is_identity(step: &StepFacts<'_>, operation: &Operation) -> bool {
    match operation {
        Operation::AlterColumn { table, column, .. } => {
            let member = step.table(&table.name).and_then(|table| table.column(column.key()));
            member.found().is_some_and(|member| member.column.identity.is_some())
        }
        _ => false,
    }
}

/// The statement since which the operation would be refused for this reason.
fn cause<'a>(step: &StepFacts<'a>, index: usize, conflict: &Conflict) -> Option<Change<'a>> {
    let part: PartFacts<'a> = step.part;
    let replay: &'a Replay<'a> = part.replay;
    replay.last_change(part.dialect(), Some((part.index, step.at)), |catalog| {
        let mut session = (*step.step().session).clone();
        let applied = ops::apply(catalog, step.statement(), &mut session);
        applied.results.get(index).and_then(ops::Outcome::conflict) == Some(conflict)
    })
}

/// Whether it cannot be told that the older statement ran, and did what the refusal rests on.
fn may_not_have_run(cause: &Change<'_>, why: Why) -> bool {
    cause.statement().when.iter().any(|condition| match condition {
        Condition::Handled { .. } => false,
        // What was made unless it was there is there, and what was dropped if it was there is gone.
        Condition::IfAbsent(..) => why == Why::Missing,
        Condition::IfExists(..) => why != Why::Missing,
        Condition::Unknown | Condition::Caught { .. } => true,
    })
}

/// Whether the refusal is certain: nothing was done since that could not be read; and what is missing was seen to go, or was never made
/// in a complete history.
fn is_certain(step: &StepFacts<'_>, conflict: &Conflict, cause: Option<&Change<'_>>) -> bool {
    if step.before().unread != cause.map_or(0, |cause| after(cause).unread) {
        return false;
    }
    let object = match conflict {
        Conflict::Missing(object) => object,
        Conflict::Exists(_) | Conflict::Other(..) => return true,
    };
    let Some(Lookup::Found(table)) = object.on.as_ref().map(|table| step.before().table(table)) else {
        return true;
    };
    let seen_to_go = match object.kind {
        ObjectKind::Column => table.gone.contains(&object.name.ident),
        ObjectKind::Constraint => table.gone_constraints.contains(&object.name.ident),
        _ => return true,
    };
    seen_to_go
        || step.part.complete
            && !(object.kind == ObjectKind::Constraint && may_be_generated(table, &object.name.ident))
}

/// The catalog after the statement of a change.
fn after<'a>(change: &Change<'a>) -> &'a Catalog {
    let part = change.part;
    part.steps.get(change.step + 1).map_or(&part.after, |next| &next.before)
}

/// Whether a constraint may have the name all the same: made up by the server, it differs between versions.
fn may_be_generated(table: &Table, name: &Ident) -> bool {
    let label = name.key().rsplit('_').next().unwrap_or("");
    let label = label.trim_end_matches(|c: char| c.is_ascii_digit());
    table.constraints.iter().any(|(_, constraint)| {
        constraint.name.is_none() && constraint.kind.label().rsplit('_').next() == Some(label)
    })
}

/// Whether the object is made by somebody else, as gander.toml says.
fn is_elsewhere(step: &StepFacts<'_>, conflict: &Conflict) -> bool {
    match conflict {
        Conflict::Exists(object) | Conflict::Missing(object) => {
            step.part.settings.is_external(object.on.as_ref().unwrap_or(&object.name))
        }
        Conflict::Other(..) => false,
    }
}

/// Whether an older statement about the same object was refused: the replay goes on as if it had not been there, so what follows
/// from that says nothing new.
fn follows_a_refusal(
    step: &StepFacts<'_>,
    op: &Op,
    (conflict, why): (&Conflict, Why),
    cause: Option<&Change<'_>>,
) -> bool {
    let own: Vec<(Name, Vec<Ident>)> = match conflict {
        Conflict::Exists(object) | Conflict::Missing(object) => vec![match &object.on {
            Some(table) => (table.clone(), vec![object.name.ident.clone()]),
            None => (object.name.clone(), Vec::new()),
        }],
        Conflict::Other(..) => touched(&op.kind)
            .into_iter()
            .map(|(name, parts)| (step.resolve(name), parts.into_iter().cloned().collect()))
            .collect(),
    };
    let since = cause.map(|cause| (cause.run, cause.step));
    let earlier = step.part.earlier().iter().enumerate().map(|(run, earlier)| (run, &earlier.up));
    let upto = |run: usize, part: &PartRun| {
        if run == step.part.index { step.at } else { part.steps.len() }
    };
    let mut parts = earlier.chain([(step.part.index, step.part.run)]);
    parts.any(|(run, part)| {
        part.engine.dialect == step.part.dialect()
            && (0..upto(run, part))
                .any(|at| since.is_none_or(|since| (run, at) > since) && refuses_about(part, at, &own, why))
    })
}

fn refuses_about(part: &PartRun, at: usize, own: &[(Name, Vec<Ident>)], why: Why) -> bool {
    let (statement, step) = (&part.script.statements[at], &part.steps[at]);
    let refused = step.outcomes.iter().zip(&statement.ops).filter(|(outcome, op)| {
        // It is there though it should have gone, or is missing though it should have been made.
        let counts = match why {
            Why::Exists | Why::Depends => drops_something(&op.kind),
            Why::Missing | Why::Reference => makes_something(&op.kind),
        };
        counts && outcome.conflict().is_some()
    });
    // An unnamed constraint is not the whole table, and nobody can name it later.
    let unnamed = |operation: &Operation| match operation {
        Operation::AddConstraint { constraint, .. } => constraint.name.is_none(),
        _ => false,
    };
    let refused = refused.filter(|(_, op)| !unnamed(&op.kind));
    refused.flat_map(|(_, op)| touched(&op.kind)).any(|(name, parts)| {
        let name = ops::resolve(&step.before, &step.session, name);
        own.iter().any(|(known, known_parts)| {
            *known == name && (parts.is_empty() || known_parts.iter().any(|part| parts.contains(&part)))
        })
    })
}

fn makes_something(operation: &Operation) -> bool {
    matches!(operation, Operation::AddColumn { .. } | Operation::AddConstraint { .. })
        || operation.words().starts_with("CREATE")
        || operation.words().contains(" ADD ")
        || renames(operation)
}

const fn drops_something(operation: &Operation) -> bool {
    matches!(operation, Operation::Drop(_) | Operation::DropColumn { .. } | Operation::DropConstraint { .. })
        || renames(operation)
}

const fn renames(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Rename { .. }
            | Operation::SetSchema { .. }
            | Operation::RenameColumn { .. }
            | Operation::RenameConstraint { .. }
    )
}

/// The relations that an operation is about, each with the columns and constraints of it; none: it is about the whole.
fn touched(operation: &Operation) -> Vec<(&Name, Vec<&Ident>)> {
    match operation {
        Operation::CreateTable(create) => vec![(&create.name, Vec::new())],
        Operation::AddColumn { table, def, .. } => vec![(&table.name, vec![&def.column.name])],
        Operation::DropColumn { table, column, .. } | Operation::AlterColumn { table, column, .. } => {
            vec![(&table.name, vec![column])]
        }
        Operation::AddConstraint { table, constraint } => {
            vec![(&table.name, constraint.name.iter().collect())]
        }
        Operation::DropConstraint { table, constraint, .. }
        | Operation::ValidateConstraint { table, constraint }
        | Operation::AlterConstraint { table, constraint, .. } => vec![(&table.name, vec![constraint])],
        Operation::RenameColumn { table, from, to } | Operation::RenameConstraint { table, from, to } => {
            vec![(&table.name, vec![from, to])]
        }
        Operation::Rename { object, .. } | Operation::SetSchema { object, .. } => {
            vec![(&object.name, Vec::new())]
        }
        Operation::Drop(drop) => drop.objects.iter().map(|object| (&object.name, Vec::new())).collect(),
        Operation::CreateIndex(create) => create.name.iter().map(|name| (name, Vec::new())).collect(),
        Operation::CreateView(create) => vec![(&create.name, Vec::new())],
        Operation::CreateSequence(create) => vec![(&create.name, Vec::new())],
        Operation::CreateType(create) => vec![(&create.name, Vec::new())],
        Operation::CreateDomain(create) => vec![(&create.name, Vec::new())],
        Operation::CreateFunction(create) => vec![(&create.name, Vec::new())],
        Operation::AlterType { name, .. } | Operation::AlterDomain { name, .. } => vec![(name, Vec::new())],
        Operation::AttachPartition { partition, .. } | Operation::DetachPartition { partition, .. } => {
            vec![(partition, Vec::new())]
        }
        _ => Vec::new(),
    }
}

/// What an operation needs and is not there, though the replay does not refuse it: a table that a complete history never made,
/// and rows of a table, or of columns, that are not there.
fn never_made(step: &StepFacts<'_>, op: &Op, why: Why) -> Option<Conflict> {
    if !matches!(why, Why::Missing | Why::Reference) {
        return None;
    }
    let dialect = step.part.dialect();
    let mut names = needed(&op.kind, dialect);
    let mut columns: Option<(&Name, &[Ident])> = None;
    match &op.kind {
        Operation::Insert(insert) => {
            names.push(&insert.table);
            columns = Some((&insert.table, &insert.columns));
            if let InsertSource::Query { reads, .. } = &insert.source {
                names.extend(reads.iter().filter(|read| seen_to_go(step, read)));
            }
        }
        Operation::Update { table, columns: updated, .. } => {
            names.push(table);
            columns = Some((table, updated));
        }
        Operation::Delete { table, .. } => names.push(table),
        Operation::Truncate { tables, .. } => names.extend(tables),
        Operation::CreateView(create) if dialect != Dialect::Sqlite => {
            names.extend(create.reads.iter().filter(|read| seen_to_go(step, read)));
        }
        _ => {}
    }
    let missing = names.into_iter().find(|name| is_missing(step, name));
    if let Some(name) = missing {
        let name = step.resolve(name);
        return Some(Conflict::Missing(ObjectRef { kind: ObjectKind::Table, name, on: None }));
    }
    if why == Why::Missing
        && step.part.complete
        && let Some(conflict) = ops::never_made_type(step.before(), &step.step().session, &op.kind)
    {
        return Some(conflict);
    }
    let (table, columns) = columns?;
    let table = step.table(table).found().filter(|table| table.parents.is_empty())?;
    let column = columns.iter().find(|column| table.column(column.key()).is_absent())?;
    let certain = table.gone.contains(column) || step.part.complete;
    (certain && !step.before().unclear).then(|| {
        Conflict::Missing(ObjectRef {
            kind: ObjectKind::Column,
            name: Name::bare(column.clone()),
            on: Some(table.name.clone()),
        })
    })
}

fn seen_to_go(step: &StepFacts<'_>, name: &Name) -> bool {
    step.before().relation(&step.resolve(name)).is_absent()
}

/// Whether there is no such table: it was seen to go, or a complete history never made it.
fn is_missing(step: &StepFacts<'_>, name: &Name) -> bool {
    let name = step.resolve(name);
    let before = step.before();
    match before.relation(&name) {
        Lookup::Found(_) => false,
        Lookup::Absent => !makes(step.statement(), &name),
        Lookup::Unknown => {
            step.part.complete
                && !before.unclear
                && !before.is_unclear(&name)
                && !makes(step.statement(), &name)
                && !facts::is_version_table(&step.part, &name)
                && is_ours(step, &name)
        }
    }
}

fn makes(statement: &Statement, name: &Name) -> bool {
    statement.ops.iter().any(|op| match &op.kind {
        Operation::CreateTable(create) => create.name.ident == name.ident,
        _ => false,
    })
}

/// Whether a table of that name can only be there if the history made it: neither the server, nor the tool, nor an extension did.
fn is_ours(step: &StepFacts<'_>, name: &Name) -> bool {
    let key = name.ident.key();
    let of_a_tool = ["migration", "schema", "version", "changelog", "changeset", "revision"];
    let of_the_server = ["pg_", "sqlite_"];
    if of_a_tool.iter().any(|word| key.to_ascii_lowercase().contains(word))
        || of_the_server.iter().any(|prefix| key.starts_with(prefix))
    {
        return false;
    }
    let before = step.before();
    let home = name.schema.as_ref().is_none_or(|schema| *schema == "public" || *schema == "main");
    let schema_made = name.schema.as_ref().is_some_and(|schema| {
        let object = ObjectRef { kind: ObjectKind::Schema, name: Name::bare(schema.clone()), on: None };
        before.other(&object).found().is_some()
    });
    let brings_tables = before.others().any(|(object, _)| {
        object.kind == ObjectKind::Extension && !WITHOUT_TABLES.contains(&object.name.ident.key())
    });
    (home || schema_made) && !brings_tables
}

/// Extensions of PostgreSQL's own, and well-known ones, that make no tables (source: their control and SQL files).
const WITHOUT_TABLES: &[&str] = &[
    "plpgsql",
    "pgcrypto",
    "uuid-ossp",
    "citext",
    "hstore",
    "ltree",
    "intarray",
    "pg_trgm",
    "btree_gin",
    "btree_gist",
    "unaccent",
    "fuzzystrmatch",
    "tablefunc",
    "pg_stat_statements",
    "cube",
    "earthdistance",
    "isn",
    "vector",
    "bloom",
];
