//! A down file without its up file.

use super::rollback::is_owed;
use super::{Check, Cx, HistoryFacts, Rule};
use crate::text::{Place, Span};

/// `orphan-rollback`.
pub const RULE: Rule = Rule {
    id: "orphan-rollback",
    page: include_str!("../../rules/orphan-rollback.md"),
    down: true,
    check: Check::History(check),
};

fn check(history: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    let sequence = history.replay.sequence;
    for orphan in &sequence.orphan_downs {
        let file = orphan.part.file;
        let earlier = history.replay.runs.iter().take_while(|run| {
            !run.migration.repeatable && sequence.compare(&run.migration.version, &orphan.version).is_le()
        });
        let path = &history.sources.get(file).path;
        if !history.judged.contains(&file)
            || !is_owed(history.replay, earlier.count(), path, history.settings)
        {
            continue;
        }
        let whose = if orphan.name.is_empty() {
            orphan.version.clone()
        } else {
            format!("{}_{}", orphan.version, orphan.name)
        };
        cx.report(Place::new(file, Span::at(orphan.part.span.start)), format!("there is no migration `{whose}` that this could take back"))
            .help("Give it the number and the name of its migration, commit the migration that was left out, or delete this file.");
    }
}
