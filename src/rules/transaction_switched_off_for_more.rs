//! The tool's transaction is switched off for one statement, and the file holds others too.

use super::{Check, Cx, PartFacts, Rule, StepFacts};
use crate::effects;
use crate::ops::{Op, Operation};
use crate::schema::Name;

/// `transaction-switched-off-for-more`.
pub const RULE: Rule = Rule {
    id: "transaction-switched-off-for-more",
    page: include_str!("../../rules/transaction-switched-off-for-more.md"),
    down: true,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let Some(switch) = part.run.part.switched_off else { return };
    let alone = |step: &StepFacts<'_>| !step.in_transaction() && step.statement().within.is_none();
    let refusing = part.steps().filter(alone).find_map(|step| Some((step, refuses(&step)?)));
    let Some((refusing, what)) = refusing else { return };
    let Some((step, op)) = part.steps().filter(alone).find_map(|step| Some((step, more(&step)?))) else {
        return;
    };
    // What can be run again from its beginning may stop anywhere.
    if !part.steps().any(|step| (0..step.statement().ops.len()).any(|op| step.fails_again(op).is_some())) {
        return;
    }
    let tool = part.tool().title;
    let title = op.kind.title();
    let object = refusing.statement().ops.first().and_then(|op| op.kind.subject());
    let object = object.map_or_else(String::new, |object| format!(" `{object}`"));
    let message = if step.at < refusing.at {
        format!(
            "{tool}'s transaction is off for {what}{object}: when that fails, {title} stays done and the migration cannot be run again"
        )
    } else {
        format!(
            "{tool}'s transaction is off for {what}{object}: when {title} fails, that stays done and the migration cannot be run again"
        )
    };
    cx.report(step.place(op.span), message)
        .help(format!("Leave {what} alone in this migration, and put the rest into one that {tool} runs in a transaction."))
        .related(refusing.place(refusing.statement().span), "this alone needs it")
        .related(crate::text::Place::new(switch.file, switch.span), "switched off here");
}

/// What of a statement cannot run in a transaction.
fn refuses(step: &StepFacts<'_>) -> Option<String> {
    let session = &step.step().session;
    step.statement().ops.iter().find_map(|op| effects::refuses_transaction(&op.kind, session, step.before()))
}

/// The operation of a statement that could have run in a transaction: it changes something that stood before, and nothing speaks for
/// committing it by itself.
fn more<'a>(step: &StepFacts<'a>) -> Option<&'a Op> {
    if refuses(step).is_some() {
        return None;
    }
    step.statement().ops.iter().find(|op| effects::changes_something(&op.kind) && !is_own(step, &op.kind))
}

/// Whether an operation is about what is made here, or is one batch of many.
fn is_own(step: &StepFacts<'_>, operation: &Operation) -> bool {
    let free = |name: &Name| step.is_free(name);
    match operation {
        Operation::ValidateConstraint { .. }
        | Operation::Update { .. }
        | Operation::Delete { .. }
        | Operation::Do
        | Operation::Opaque { .. } => true,
        Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::AlterConstraint { table, .. }
        | Operation::RenameColumn { table, .. }
        | Operation::RenameConstraint { table, .. }
        | Operation::SetTableOption { table, .. } => free(&table.name),
        Operation::CreateIndex(create) => free(&create.table),
        Operation::CreateTrigger(create) => free(&create.table),
        Operation::CreatePolicy(create) => free(&create.table),
        Operation::Insert(insert) => free(&insert.table),
        Operation::Drop(drop) => drop.objects.iter().all(|object| free(&object.name)),
        Operation::Comment { object, .. } => free(object.on.as_ref().unwrap_or(&object.name)),
        _ => false,
    }
}
