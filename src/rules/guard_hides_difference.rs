//! IF NOT EXISTS on something that is there already, and is something else.

use super::guards::{self, Compared};
use super::words::listed;
use super::{Check, Cx, Direction, Rule, StepFacts};
use crate::ops::{Op, Operation};
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
            Compared::Different(differences) => told(op, differences),
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
fn told(op: &Op, differences: &[Difference]) -> String {
    let told = &differences[..differences.len().min(3)];
    let names = |is: fn(&Difference) -> bool| {
        let names: Vec<String> =
            told.iter().filter(|one| is(one)).map(|one| shown(one.object.name.text())).collect();
        (!names.is_empty()).then(|| listed(&names))
    };
    let noun = if matches!(op.kind, Operation::CreateTable(_)) { "table" } else { "one" };
    let own = verb(op);
    let mut texts: Vec<String> =
        told.iter().filter(|one| !is_extra(one) && !is_missing(one)).map(one).collect();
    texts.extend(
        names(is_extra).map(|names| format!("the {noun} that stands has {names}, this {own} has not")),
    );
    texts.extend(
        names(is_missing).map(|names| format!("the {noun} that stands has no {names}, this {own} has")),
    );
    let mut text = texts.join("; ");
    let more = differences.len() - told.len();
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

fn is_missing(difference: &Difference) -> bool {
    difference.left.is_none() && difference.right.is_some() && difference.kind.is_missing()
}

fn is_extra(difference: &Difference) -> bool {
    difference.left.is_some() && difference.right.is_none() && difference.kind.is_extra()
}

fn one(difference: &Difference) -> String {
    let name = match (difference.object.kind, &difference.object.on) {
        (ObjectKind::Column, Some(table)) => format!("`{table}.{}`", difference.object.name.text()),
        (_, _) => format!("`{}`", difference.object.name),
    };
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
    format!(
        "{name} is {} there, and {} here",
        shown(&side(&difference.left)),
        shown(&side(&difference.right))
    )
}

fn verb(op: &Op) -> String {
    op.kind.words().split(' ').next().unwrap_or_default().to_owned()
}

fn shown(text: &str) -> String {
    format!("`{text}`")
}
