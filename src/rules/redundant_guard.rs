//! IF NOT EXISTS on what the history has made already, just as it is written here.

use super::guards::{self, Compared};
use super::{Check, Cx, Direction, Rule, StepFacts};

/// `redundant-guard`.
pub const RULE: Rule = Rule {
    id: "redundant-guard",
    page: include_str!("../../rules/redundant-guard.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.direction == Direction::Down {
        return;
    }
    for (index, op) in step.statement().ops.iter().enumerate() {
        let Some(found) = guards::found(step, index, op) else { continue };
        match found.compared {
            Compared::Same => {}
            Compared::OtherKind(_) | Compared::Different(_) => continue,
        }
        let finding = cx
            .report(
                step.place(op.span),
                format!("{} never does anything: the migrations made it before", op.kind.title()),
            )
            .help("Leave the statement out.");
        if let Some(made) = found.made {
            finding.related(made, "it was made here");
        }
    }
}
