//! What rules about a second run share: whether it is a question at all, and how loudly to ask.

use super::practice::is_never;
use super::{Cx, PartFacts, StepFacts};
use crate::diagnostic::Severity;
use crate::history::Wrap;
use crate::history::replay::MigrationRun;
use crate::ops::{Guard, Op, Operation};
use crate::schema::{Dialect, ObjectKind};

/// Whether a second run of the statement is to be expected: nobody records what ran; or somebody does, but the statement
/// stands outside the transaction, so that a half-done migration is run again.
pub fn is_question(step: &StepFacts<'_>, cx: &Cx<'_>) -> bool {
    let part = &step.part;
    if part.canonical || !part.tool().records || cx.asked_for {
        return true;
    }
    // A lone statement happens or does not: nothing is left half done. Only an index that is built CONCURRENTLY leaves an
    // invalid one behind when it fails.
    let lone = part.statements().len() == 1;
    let leaves_something = part.run.part.wrap != Wrap::Implicit
        && step.statement().ops.iter().any(|op| matches!(&op.kind, Operation::CreateIndex(create) if create.concurrently));
    !step.in_transaction() && (!lone || leaves_something)
}

/// Advice where ten or more earlier migrations could have guarded such a statement and none did: the team has another way.
pub fn severity(part: &PartFacts<'_>, page: Severity, could: fn(&Operation) -> bool, does: fn(&Operation) -> bool) -> Severity {
    let any = |run: &MigrationRun<'_>, test: fn(&Operation) -> bool| {
        run.up.script.statements.iter().any(|statement| statement.ops.iter().any(|op| test(&op.kind)))
    };
    if is_never(part.earlier(), |run| any(run, could), |run| any(run, does)) { page.min(Severity::Advice) } else { page }
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
            Dialect::Postgres => (or_replace(trigger_replace && !create.constraint), create.guard),
            Dialect::Mysql => (Means::None, create.guard),
        },
        Operation::CreateSequence(create) => (Means::IfNotExists, create.guard),
        Operation::CreateSchema { guard, .. } | Operation::CreateExtension { guard, .. } => (Means::IfNotExists, *guard),
        Operation::CreateOther { object, guard } => {
            let known = match object.kind {
                ObjectKind::Statistics | ObjectKind::Server | ObjectKind::Collation | ObjectKind::UserMapping => true,
                ObjectKind::Database | ObjectKind::User | ObjectKind::Event => dialect == Dialect::Mysql,
                ObjectKind::Language | ObjectKind::Transform => return (Means::OrReplace, *guard),
                _ => false,
            };
            (if_not_exists(known), *guard)
        }
        Operation::AddColumn { guard, .. } => (if_not_exists(postgres), *guard),
        Operation::AlterType { change: crate::ops::AlterType::AddValue { guard, .. }, .. } => (Means::IfNotExists, *guard),
        Operation::AlterType { change: crate::ops::AlterType::DropAttribute { guard, .. }, .. } => (Means::IfExists, *guard),
        Operation::AlterDomain { change: crate::ops::AlterDomain::DropConstraint { guard, .. }, .. } => (Means::IfExists, *guard),
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
            change: crate::ops::AlterColumn::DropIdentity(guard) | crate::ops::AlterColumn::DropExpression(guard),
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
