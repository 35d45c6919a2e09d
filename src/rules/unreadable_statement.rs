//! A statement that was not understood.

use super::{Check, Cx, Rule, StepFacts};
use crate::ops::Operation;

/// `unreadable-statement`.
pub const RULE: Rule = Rule {
    id: "unreadable-statement",
    page: include_str!("../../rules/unreadable-statement.md"),
    down: true,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in &step.statement().ops {
        let Operation::Opaque { verb, object, expected, at } = &op.kind else { continue };
        report(
            cx,
            step.place(op.span),
            verb,
            object.as_ref().map(ToString::to_string),
            expected,
            step.place(*at),
        );
    }
}

/// One finding, wherever the statement stands.
pub fn report(
    cx: &mut Cx<'_>,
    place: crate::text::Place,
    verb: &str,
    object: Option<String>,
    expected: &str,
    at: crate::text::Place,
) {
    let what = match (&object, verb) {
        (Some(object), _) => format!("this statement about {object} was not understood"),
        (None, "") => "this statement was not understood".to_owned(),
        (None, verb) => format!("this {verb} was not understood"),
    };
    let taken = match object {
        Some(object) => format!("What it does to {object} is unknown from here on."),
        None => "What it changes is unknown from here on.".to_owned(),
    };
    cx.report(place, format!("{what}: expected {expected} here, so no rule has looked at it"))
        .related(at, format!("expected {expected}"))
        .help(format!("{taken} Try the file on an empty database; if it takes the statement, allow this rule here and report it."));
}
