//! A number is missing between two migrations.

use super::{Check, Cx, HistoryFacts, Rule};

/// `sequence-gap`.
pub const RULE: Rule = Rule {
    id: "sequence-gap",
    page: include_str!("../../rules/sequence-gap.md"),
    down: false,
    check: Check::History(check),
};

fn check(history: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    for gap in history.replay.sequence.gaps() {
        // A gap below what has run is history, and nobody will fill it.
        if history.has_run(gap.before) {
            continue;
        }
        let Some(run) = history.run_of(gap.before) else { continue };
        let version = &run.migration.version;
        let padded = |number: u64| {
            format!("{number:0width$}", width = version.bytes().take_while(u8::is_ascii_digit).count())
        };
        let missing = match gap.last - gap.first {
            0 => format!("{} is", padded(gap.first)),
            1 => format!("{} and {} are", padded(gap.first), padded(gap.last)),
            _ => format!("{} to {} are", padded(gap.first), padded(gap.last)),
        };
        cx.report(history.head(gap.before), format!("{missing} missing before {version}")).help(format!(
            "Commit what was left out, or give this migration the number {}.",
            padded(gap.first)
        ));
    }
}
