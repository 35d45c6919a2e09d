//! ATTACH PARTITION that reads every row of the partition, or of the default partition.

use super::{Check, Cx, Rule, StepFacts, recipes, words};
use crate::diagnostic::Safety;
use crate::ops::{Operation, Outcome};
use crate::schema::{Bound, Dialect, Name, ObjectKind};

/// `partition-attach-scans`.
pub const RULE: Rule = Rule {
    id: "partition-attach-scans",
    page: include_str!("../../rules/partition-attach-scans.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.dialect() != Dialect::Postgres {
        return;
    }
    for (at, (op, outcome)) in step.statement().ops.iter().zip(&step.step().outcomes).enumerate() {
        let Operation::AttachPartition { table, partition, bound } = &op.kind else { continue };
        if table.kind == ObjectKind::Index || *outcome != Outcome::Done {
            continue;
        }
        let (parent, partition) = (step.resolve(&table.name), step.resolve(partition));
        let effects = step.effects_of(at);
        // The parent is given as well, so that of its partitions only the one that comes in is told apart.
        let read: Vec<Name> = effects
            .scans
            .iter()
            .filter(|name| !step.with_rows(std::iter::once(*name)).is_empty())
            .cloned()
            .collect();
        let is_default = |name: &Name| {
            step.before()
                .table(name)
                .found()
                .is_some_and(|table| table.bound == Some(Bound::Default) && table.parents.contains(&parent))
        };
        let place = step.place(op.span);
        if read.contains(&partition) || read.iter().any(|name| is_below(step, name, &partition)) {
            let builds =
                effects.builds.iter().filter(|index| step.before().index(index).found().is_none()).count();
            let and = if builds > 0 { ", to build the indexes that it lacks" } else { "" };
            let message = format!(
                "attaching `{partition}` to `{parent}` reads every row of it{and}: reads and writes of `{partition}` wait until that is done"
            );
            let what = match bound {
                Some(Bound::Hash(..)) => {
                    "Attach it while it is empty: no CHECK spares a hash partition the reading."
                }
                _ if builds > 0 => {
                    "Create indexes like those of the parent CONCURRENTLY on it first, and add a CHECK of the bound (and NOT NULL): NOT VALID, then VALIDATE CONSTRAINT, then ATTACH PARTITION, each in a transaction of its own."
                }
                _ => {
                    "Add a CHECK of the bound first (and NOT NULL on the key): NOT VALID, then VALIDATE CONSTRAINT, then ATTACH PARTITION, each in a transaction of its own."
                }
            };
            let remedy = recipes::attach_checked(step, op).filter(|_| builds == 0 && read.len() == 1);
            cx.report(place, message).help(what).offer(Safety::Unsafe, remedy);
        } else if let Some(default) = read.iter().find(|name| is_default(name)) {
            let message = format!(
                "attaching `{partition}` to `{parent}` reads every row of its default partition `{default}`: reads and writes of `{default}` wait until that is done"
            );
            cx.report(place, message).help(format!(
                "Add a CHECK to `{default}` first that rules the new bound out: NOT VALID, then VALIDATE CONSTRAINT, then ATTACH PARTITION, each in a transaction of its own."
            ));
        } else if !read.is_empty() {
            let message = format!(
                "attaching `{partition}` to `{parent}` checks every row of it for a foreign key, and reads {}: writes there wait until that is done",
                words::tables(step, &read)
            );
            cx.report(place, message)
                .help("Give the partition the same foreign key first: NOT VALID, then VALIDATE CONSTRAINT, then ATTACH PARTITION.");
        }
    }
}

fn is_below(step: &StepFacts<'_>, name: &Name, table: &Name) -> bool {
    let parents = step.before().table(name).found().map(|known| known.parents.clone()).unwrap_or_default();
    parents.iter().any(|parent| parent == table || is_below(step, parent, table))
}
