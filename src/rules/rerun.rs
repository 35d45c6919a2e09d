//! What rules about a second run share: whether it is a question at all, and how loudly to ask.

use super::{Cx, PartFacts, StepFacts};
use crate::diagnostic::{Remedy, Safety, Severity};
use crate::history::Wrap;
use crate::history::replay::{MigrationRun, Step};
use crate::ops::{Guard, InsertSource, Op, Operation, Outcome};
use crate::schema::{Dialect, Expr, Lookup, Name, ObjectKind};

/// Whether a second run of the statement is to be expected: nobody records what ran; or somebody does, but the statement
/// stands outside the transaction, so that a half-done migration is run again.
pub fn is_question(step: &StepFacts<'_>, cx: &Cx<'_>) -> bool {
    is_run_again(step, cx) && is_reached(step)
}

/// Whether a second run gets as far as the statement: not where one before it fails then, and no guard mends that. UPDATE, say, reads what
/// the migration has dropped since.
fn is_reached(step: &StepFacts<'_>) -> bool {
    let part = &step.part;
    let statements = part.statements();
    let stopped: Vec<usize> = (0..step.at)
        .filter(|at| is_beyond_mending(&StepFacts { part: *part, at: *at }, &part.again[*at]))
        .collect();
    if stopped.is_empty() {
        return true;
    }
    // It is asked of the moment when this statement has just been committed: what is dropped below it may not have been.
    let commits = |at: &usize| {
        let is_commit = |op: &Op| matches!(op.kind, Operation::Commit { .. });
        !part.run.steps[*at].session.in_transaction() || statements[*at].ops.iter().any(is_commit)
    };
    let again = part.run.again_until((step.at..statements.len()).find(commits));
    !stopped.iter().any(|at| is_beyond_mending(&StepFacts { part: *part, at: *at }, &again[*at]))
}

/// Whether rows are read or written where nothing is any more.
fn is_beyond_mending(first: &StepFacts<'_>, again: &Step) -> bool {
    let is_gone = |name: &Name| {
        let name = first.resolve(name);
        first.before().relation(&name).found().is_some()
            && matches!(again.before.relation(&name), Lookup::Absent)
    };
    // Without another table or query in it, what a WHERE names is a column of the one table.
    let has_lost = |table: &Name, read: &[String]| {
        let name = first.resolve(table);
        let (Some(then), Some(now)) =
            (first.before().table(&name).found(), again.before.table(&name).found())
        else {
            return false;
        };
        read.iter().any(|column| {
            then.column(column).found().is_some() && matches!(now.column(column), Lookup::Absent)
        })
    };
    let named = |filter: &Option<Box<Expr>>| {
        filter.as_ref().filter(|filter| !filter.has_query()).map_or_else(Vec::new, |filter| filter.columns())
    };
    let outcomes = first.step().outcomes.iter().zip(&again.outcomes);
    first.statement().ops.iter().zip(outcomes).any(|(op, (then, now))| {
        if *then != Outcome::Done || matches!(now, Outcome::Skipped { .. }) {
            return false;
        }
        let refused = now.conflict().is_some();
        match &op.kind {
            Operation::Insert(insert) => match &insert.source {
                InsertSource::Query { reads, .. } => refused || reads.iter().any(is_gone),
                InsertSource::Values { .. } | InsertSource::Defaults => refused,
            },
            Operation::Update { table, reads, filter, words, .. } => {
                let read: Vec<String> = named(filter).into_iter().chain(words.iter().cloned()).collect();
                refused || reads.iter().any(is_gone) || (reads.is_empty() && has_lost(table, &read))
            }
            Operation::Delete { table, reads, filter, .. } => {
                refused || reads.iter().any(is_gone) || (reads.is_empty() && has_lost(table, &named(filter)))
            }
            Operation::Merge { .. } => refused,
            _ => false,
        }
    })
}

/// Whether a statement before it empties a table that had rows, and nothing fills it again: a second run had better fail than lose what came since.
pub fn empties_again(step: &StepFacts<'_>) -> bool {
    let part = step.part;
    let is_filled = |from: usize, table: &Name| {
        part.statements()[from + 1..].iter().flat_map(|statement| &statement.ops).any(|op| match &op.kind {
            Operation::Insert(insert) => insert.table.ident == table.ident,
            Operation::Copy { table: Some(filled), .. } => filled.ident == table.ident,
            _ => false,
        })
    };
    part.steps().take(step.at).any(|before| {
        let empties = |table: &Name| {
            !before.is_free(table) && before.table(table).found().is_some() && !is_filled(before.at, table)
        };
        before.statement().ops.iter().any(|op| match &op.kind {
            Operation::Truncate { tables, .. } => tables.iter().any(empties),
            Operation::Delete { table, limited: false, .. } => empties(table),
            _ => false,
        })
    })
}

/// Whether anybody may run the migration again.
fn is_run_again(step: &StepFacts<'_>, cx: &Cx<'_>) -> bool {
    let part = &step.part;
    if part.canonical || cx.asked_for {
        return true;
    }
    // The application runs it: whether it records what ran, and wraps it, nobody knows.
    if part.run.part.wrap == Wrap::Unknown {
        return false;
    }
    if !part.tool().records {
        return true;
    }
    // A tool that records and wraps nothing by its nature (Prisma on SQLite): what it does after a failure is its own affair.
    let run = &part.run.part;
    if run.wrap == Wrap::Nobody && run.switched_off.is_none() && !part.tool().detects_concurrently {
        return false;
    }
    // A lone statement happens or does not: nothing is left half done. Only an index that is built CONCURRENTLY leaves an
    // invalid one behind when it fails.
    let lone = part.statements().len() == 1;
    let leaves_something = part.run.part.wrap != Wrap::Implicit
        && step
            .statement()
            .ops
            .iter()
            .any(|op| matches!(&op.kind, Operation::CreateIndex(create) if create.concurrently));
    !step.in_transaction() && (!lone || leaves_something)
}

/// A way to guard against a second run that a team has, or has not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Habit {
    /// IF NOT EXISTS.
    IfNotExists,
    /// IF EXISTS.
    IfExists,
    /// OR REPLACE.
    OrReplace,
    /// A DO block that looks, or a DROP … IF EXISTS before, where the grammar has no guard.
    Otherwise,
    /// ON CONFLICT, or WHERE NOT EXISTS, in an INSERT.
    Insert,
}

/// What the migrations before one did: for each habit, how many could have had it, how many had, and whether the last of them had: who has just
/// begun to guard wants to go on.
#[derive(Clone, Copy, Default, Debug)]
pub struct Habits([(u32, u32, bool); 5]);

impl Habits {
    /// One for each migration, about those before it.
    pub fn before_each(runs: &[MigrationRun<'_>]) -> Vec<Self> {
        let mut so_far = Self::default();
        let mut all = Vec::with_capacity(runs.len());
        for run in runs {
            all.push(so_far);
            so_far.count(run);
        }
        all
    }

    fn count(&mut self, run: &MigrationRun<'_>) {
        let mut seen = [(false, false); 5];
        let mut dropped: Vec<String> = Vec::new();
        for statement in &run.up.script.statements {
            for op in &statement.ops {
                if let Guard::IfExists = means(&op.kind, Dialect::Postgres, true).1 {
                    dropped.extend(op.kind.subject());
                }
                let (habit, guarded) = match (&op.kind, means(&op.kind, Dialect::Postgres, true)) {
                    (Operation::Insert(insert), _) => (Habit::Insert, insert.guards()),
                    // Everybody writes it so.
                    (Operation::CreateExtension { .. }, _) => continue,
                    (_, (Means::IfNotExists, guard)) => (Habit::IfNotExists, guard == Guard::IfNotExists),
                    (_, (Means::IfExists, guard)) => (Habit::IfExists, guard == Guard::IfExists),
                    (_, (Means::OrReplace, guard)) => (Habit::OrReplace, guard == Guard::OrReplace),
                    (operation, (Means::None, _)) if creates(operation) => {
                        // Dropped by the same name before, or asked for.
                        let drops = operation.subject().is_some_and(|subject| dropped.contains(&subject));
                        (Habit::Otherwise, drops || !statement.when.is_empty())
                    }
                    (_, (Means::None, _)) => continue,
                };
                let seen = &mut seen[habit as usize];
                seen.0 = true;
                seen.1 |= guarded;
            }
        }
        for ((could, does, last), (seen_could, seen_does)) in self.0.iter_mut().zip(seen) {
            *could += u32::from(seen_could);
            *does += u32::from(seen_could && seen_does);
            if seen_could {
                *last = seen_does;
            }
        }
    }
}

/// Advice where ten or more earlier migrations could have guarded such a statement and at most one in ten did, and not the last: the team has another way.
pub fn severity(part: &PartFacts<'_>, page: Severity, habit: Habit) -> Severity {
    let (could, does, last) = part.habits.0[habit as usize];
    if could >= 10 && does * 10 <= could && !last { page.min(Severity::Advice) } else { page }
}

/// A guard that the grammar has and a statement lacks: what a rule says about it.
pub struct Lacking {
    /// Which guard.
    pub means: Means,
    /// The habit that softens it.
    pub habit: Habit,
    /// What happens, behind the statement's title.
    pub consequence: &'static str,
    /// What to do.
    pub help: &'static str,
    /// How far the fix may be trusted.
    pub safety: Safety,
}

/// Reports the operations of a statement that lack the guard and that a second run would stumble over.
pub fn report_lacking(step: &StepFacts<'_>, cx: &mut Cx<'_>, lacking: &Lacking) {
    if !is_question(step, cx) || empties_again(step) {
        return;
    }
    for (index, op) in step.statement().ops.iter().enumerate() {
        if means_of(step, &op.kind) != (lacking.means, Guard::None) || step.fails_again(index).is_none() {
            continue;
        }
        let severity = severity(&step.part, Severity::Warning, lacking.habit);
        cx.report(step.place(op.span), format!("{} {}", op.kind.title(), lacking.consequence))
            .severity(severity)
            .help(lacking.help)
            .remedy(lacking.safety, Remedy::AddGuard);
    }
}

/// Whether an operation makes something.
pub const fn creates(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::AddConstraint { .. }
            | Operation::AddColumn { .. }
            | Operation::CreateIndex(_)
            | Operation::CreateType(_)
            | Operation::CreateDomain(_)
            | Operation::CreatePolicy(_)
            | Operation::CreateTrigger(_)
            | Operation::CreatePublication { .. }
            | Operation::CreateOther { .. }
    )
}

/// How a statement guards against a second run, in the grammar of its engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    /// IF NOT EXISTS.
    IfNotExists,
    /// IF EXISTS.
    IfExists,
    /// OR REPLACE.
    OrReplace,
    /// The grammar has no word for it.
    None,
}

/// How an operation could be guarded, and whether it is. `trigger_replace`: the server knows CREATE OR REPLACE TRIGGER.
pub fn means(operation: &Operation, dialect: Dialect, trigger_replace: bool) -> (Means, Guard) {
    let postgres = dialect == Dialect::Postgres;
    let if_not_exists = |known: bool| if known { Means::IfNotExists } else { Means::None };
    let if_exists = |known: bool| if known { Means::IfExists } else { Means::None };
    let or_replace = |known: bool| if known { Means::OrReplace } else { Means::None };
    match operation {
        Operation::CreateTable(create) => (Means::IfNotExists, create.guard),
        Operation::CreateIndex(create) => {
            // With CONCURRENTLY the guard would keep an invalid index; without a name it is refused.
            let known = dialect != Dialect::Mysql && !create.concurrently && create.name.is_some();
            (if_not_exists(known), create.guard)
        }
        Operation::CreateView(create) if create.materialized => (Means::IfNotExists, create.guard),
        Operation::CreateView(create) => {
            (if dialect == Dialect::Sqlite { Means::IfNotExists } else { Means::OrReplace }, create.guard)
        }
        Operation::CreateTrigger(create) => match dialect {
            Dialect::Sqlite => (Means::IfNotExists, create.guard),
            Dialect::Postgres => {
                (or_replace(trigger_replace && create.trigger.constraint.is_none()), create.guard)
            }
            Dialect::Mysql => (Means::None, create.guard),
        },
        Operation::CreateSequence(create) => (Means::IfNotExists, create.guard),
        Operation::CreateSchema { guard, .. } | Operation::CreateExtension { guard, .. } => {
            (Means::IfNotExists, *guard)
        }
        Operation::CreateOther { object, guard, .. } => {
            let known = match object.kind {
                ObjectKind::Statistics
                | ObjectKind::Server
                | ObjectKind::Collation
                | ObjectKind::UserMapping => true,
                ObjectKind::Database | ObjectKind::User | ObjectKind::Event => dialect == Dialect::Mysql,
                ObjectKind::Language | ObjectKind::Transform => return (Means::OrReplace, *guard),
                _ => false,
            };
            (if_not_exists(known), *guard)
        }
        Operation::AddColumn { guard, .. } => (if_not_exists(postgres), *guard),
        Operation::AlterType { change: crate::ops::AlterType::AddValue { guard, .. }, .. } => {
            (Means::IfNotExists, *guard)
        }
        Operation::AlterType { change: crate::ops::AlterType::DropAttribute { guard, .. }, .. } => {
            (Means::IfExists, *guard)
        }
        Operation::AlterDomain { change: crate::ops::AlterDomain::DropConstraint { guard, .. }, .. } => {
            (Means::IfExists, *guard)
        }
        Operation::CreateFunction(create) => (or_replace(postgres), create.guard),
        Operation::CreateRule { guard, .. } => (Means::OrReplace, *guard),
        Operation::Drop(drop) => {
            let known = match dialect {
                Dialect::Postgres | Dialect::Sqlite => true,
                Dialect::Mysql => drop.kind != ObjectKind::Index,
            };
            (if_exists(known), drop.guard)
        }
        Operation::DropColumn { guard, .. }
        | Operation::DropConstraint { guard, .. }
        | Operation::AlterColumn {
            change:
                crate::ops::AlterColumn::DropIdentity(guard) | crate::ops::AlterColumn::DropExpression(guard),
            ..
        } => (if_exists(postgres), *guard),
        _ => (Means::None, Guard::None),
    }
}

/// The means of an operation where it stands.
pub fn means_of(step: &StepFacts<'_>, operation: &Operation) -> (Means, Guard) {
    // CREATE SCHEMA with what is in it takes no IF NOT EXISTS, and what is in it comes and goes with it.
    if let [Op { kind: Operation::CreateSchema { guard, .. }, .. }, _, ..] = step.statement().ops.as_slice() {
        let itself = matches!(operation, Operation::CreateSchema { .. });
        return (Means::None, if itself { *guard } else { Guard::IfNotExists });
    }
    means(operation, step.part.dialect(), step.part.engine().at_least(14, 0))
}
