//! What rules about timeouts share: how long one is, whether one is in force, and how the other migrations set it.

use super::practice::{is_practice, latest};
use super::transactions::transactions;
use super::{PartFacts, StepFacts};
use crate::history::Wrap;
use crate::history::replay::MigrationRun;
use crate::ops::{Operation, Statement};

/// A timeout in milliseconds, as the server reads it: a number, perhaps with a unit (source: the PostgreSQL manual, 19.1.1). None where it
/// is no constant.
pub fn milliseconds(value: &str) -> Option<u64> {
    let value = value.trim();
    let digits = value.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let number: f64 = value[..digits].parse().ok()?;
    let factor = match value[digits..].trim() {
        "us" => 0.001,
        "" | "ms" => 1.0,
        "s" => 1000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    Some((number * factor).round() as u64)
}

/// Whether a setting is made where a statement runs, and is not 0. What cannot be read as a time counts: it is filled in later.
pub fn limits(step: &StepFacts<'_>, name: &str) -> bool {
    let value = step.step().session.settings.get(name);
    value.is_some_and(|(value, _)| milliseconds(value) != Some(0))
}

/// The setting that an operation makes: its value, and whether LOCAL.
pub fn set_by<'o>(operation: &'o Operation, name: &str) -> Option<(&'o str, bool)> {
    match operation {
        Operation::Set { name: set, value: Some(value), local } if set == name => Some((value, *local)),
        _ => None,
    }
}

/// How migrations set a timeout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Custom {
    /// To what.
    pub value: String,
    /// SET LOCAL.
    pub local: bool,
    /// Before everything else, rather than at the statement that needs it.
    pub at_top: bool,
}

/// Whether the migrations before a part set a timeout as a rule.
pub fn is_practised(part: &PartFacts<'_>, name: &str) -> bool {
    is_practice(&latest(part.earlier()), |run| custom_of(run, name).is_some())
}

/// How the latest migration before a part that sets it does so.
pub fn custom(part: &PartFacts<'_>, name: &str) -> Option<Custom> {
    latest(part.earlier()).into_iter().rev().find_map(|run| custom_of(run, name))
}

fn custom_of(run: &MigrationRun<'_>, name: &str) -> Option<Custom> {
    let statements = &run.up.script.statements;
    let ops = statements
        .iter()
        .enumerate()
        .flat_map(|(at, statement)| statement.ops.iter().map(move |op| (at, op)));
    let mut set = ops.filter_map(|(at, op)| Some((at, set_by(&op.kind, name)?)));
    let (at, (value, local)) = set.find(|(_, (value, _))| milliseconds(value) != Some(0))?;
    let at_top = statements[..at].iter().all(is_preparation);
    Some(Custom { value: value.to_owned(), local, at_top })
}

fn is_preparation(statement: &Statement) -> bool {
    statement.ops.iter().all(|op| matches!(op.kind, Operation::Begin | Operation::Set { .. }))
}

/// The setting that a statement lacks, and the byte before which it goes, written as the other migrations write it. None where it would
/// get in the way of an index that is built or dropped CONCURRENTLY: that waits for others by its nature, and one that gives up leaves an
/// invalid index behind.
pub fn lacking(
    step: &StepFacts<'_>,
    name: &str,
    custom: Option<&Custom>,
    default: &str,
) -> Option<(u32, Operation)> {
    let part = &step.part;
    let shares = step.in_transaction() || part.run.part.wrap == Wrap::Implicit;
    let local = shares && custom.is_none_or(|custom| custom.local);
    let at_top = custom.is_some_and(|custom| custom.at_top);
    if !local && part.statements().iter().any(is_concurrent) {
        return None;
    }
    // What stands in a DO block waits with it.
    let mut at = step.at;
    while let Some(outer) = part.statements()[at].within {
        at = outer as usize;
    }
    if at_top {
        let together =
            transactions(part).into_iter().find(|steps| steps.iter().any(|one| one.at == step.at))?;
        let first = if step.in_transaction() { together.first()?.at } else { 0 };
        let is_other = |at: &usize| !is_preparation(&part.statements()[*at]);
        at = (first..=at).find(is_other).unwrap_or(at);
    }
    let value = custom.map_or(default, |custom| custom.value.as_str()).to_owned();
    let setting = Operation::Set { name: name.to_owned(), value: Some(value), local };
    Some((part.statements()[at].span.start, setting))
}

/// Whether a statement builds or drops an index CONCURRENTLY.
pub fn is_concurrent(statement: &Statement) -> bool {
    statement.ops.iter().any(|op| match &op.kind {
        Operation::CreateIndex(create) => create.concurrently,
        Operation::Drop(drop) => drop.concurrently,
        Operation::Reindex { concurrently, .. } => *concurrently,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_the_server_reads_them() {
        let table = [
            ("0", Some(0)),
            ("5000", Some(5000)),
            ("5s", Some(5000)),
            ("5 s", Some(5000)),
            ("1.5min", Some(90_000)),
            ("2h", Some(7_200_000)),
            ("100us", Some(0)),
            ("1d", Some(86_400_000)),
            ("${timeout}", None),
            ("default", None),
            ("5 sec", None),
        ];
        for (value, expected) in table {
            assert_eq!(milliseconds(value), expected, "{value}");
        }
    }
}
