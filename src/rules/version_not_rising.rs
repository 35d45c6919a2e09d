//! A recorded version that is not above the last one.

use super::{Check, Cx, PartFacts, Rule, versions};
use crate::text::Place;

/// `version-not-rising`.
pub const RULE: Rule = Rule {
    id: "version-not-rising",
    page: include_str!("../../rules/version-not-rising.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let Some(table) = versions::table(part) else { return };
    // Where a sequence is for two databases, each has the table, and the numbers go on.
    let last = part.earlier().iter().rev().filter(|run| !run.migration.repeatable).find_map(|run| {
        let last = versions::recorded(&run.up, &table).pop()?;
        Some((Place::new(run.up.part.file, last.span), last))
    });
    let Some((mut place, mut last)) = last else { return };
    for recorded in versions::recorded(part.run, &table) {
        if recorded.numbers <= last.numbers {
            let relation = if recorded.numbers == last.numbers {
                "was recorded before"
            } else {
                "is below the last one"
            };
            cx.report(
                part.place(recorded.span),
                format!("version {} {relation}: `{table}` has {} already", recorded.text, last.text),
            )
            .help("Take the next version.")
            .related(place, format!("records {}", last.text));
            return;
        }
        (place, last) = (part.place(recorded.span), recorded);
    }
}
