//! A name of more than 63 bytes, which PostgreSQL cuts.

use super::new_names::new_names;
use super::{Check, Cx, Rule, StepFacts};
use crate::schema::LONGEST;

/// `identifier-too-long`.
pub const RULE: Rule = Rule {
    id: "identifier-too-long",
    page: include_str!("../../rules/identifier-too-long.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for name in new_names(step) {
        let text = name.ident.written();
        if text.len() <= LONGEST {
            continue;
        }
        cx.report(
            step.place(name.span),
            format!(
                "the name of {} `{text}` has {} bytes: PostgreSQL keeps `{}` of it",
                name.kind.noun(),
                text.len(),
                name.ident.text()
            ),
        )
        .help(format!("Choose a name of at most {LONGEST} bytes."));
    }
}
