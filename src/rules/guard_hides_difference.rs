//! IF NOT EXISTS on something that is there already, and is something else.

use super::guards::{self, Compared};
use super::{Check, Cx, Direction, Rule, StepFacts};
use crate::schema::{Difference, ObjectKind};

/// `guard-hides-difference`.
pub const RULE: Rule = Rule {
    id: "guard-hides-difference",
    page: include_str!("../../rules/guard-hides-difference.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    if step.part.direction == Direction::Down {
        return;
    }
    for (index, op) in step.statement().ops.iter().enumerate() {
        let Some(found) = guards::found(step, index, op) else { continue };
        let what = match &found.compared {
            Compared::Same => continue,
            Compared::OtherKind(kind) => format!("there is a {} of that name", kind.noun()),
            Compared::Different(differences) => told(differences),
        };
        let finding = cx
            .report(
                step.place(op.span),
                format!("{} does nothing: it is there already, and {what}", op.kind.title()),
            )
            .label("IF NOT EXISTS looks at the name alone")
            .help("Write the change itself (ALTER …, or DROP and CREATE), or another name.");
        if let Some(made) = found.made {
            finding.related(made, "it was made here");
        }
    }
}

/// The first differences in words.
fn told(differences: &[Difference]) -> String {
    let mut texts: Vec<String> = differences.iter().map(one).collect();
    let more = texts.len().saturating_sub(3);
    texts.truncate(3);
    let mut text = texts.join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

fn one(difference: &Difference) -> String {
    let name = match (difference.object.kind, &difference.object.on) {
        (ObjectKind::Column, Some(table)) => format!("`{table}.{}`", difference.object.name.text()),
        (_, _) => format!("`{}`", difference.object.name),
    };
    match (&difference.left, &difference.right) {
        (None, Some(_)) if difference.kind.is_missing() => format!("has no {name}"),
        (Some(_), None) if difference.kind.is_extra() => format!("has {name}, which this does not say"),
        (left, right) => {
            let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
            format!("{name} is {} there, and {} here", shown(&side(left)), shown(&side(right)))
        }
    }
}

fn shown(text: &str) -> String {
    format!("`{text}`")
}
