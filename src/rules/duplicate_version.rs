//! Two migrations with one version.

use super::{Check, Cx, HistoryFacts, Rule};

/// `duplicate-version`.
pub const RULE: Rule = Rule {
    id: "duplicate-version",
    page: include_str!("../../rules/duplicate-version.md"),
    down: false,
    check: Check::History(check),
};

fn check(history: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    for (migration, first) in history.replay.sequence.duplicates() {
        let second = migration.up.file;
        // What has run keeps its number, wherever it stands in the order of names.
        let (new, old) = if history.applied.contains(&second) && !history.applied.contains(&first) {
            (first, second)
        } else {
            (second, first)
        };
        let title = history.title(old);
        let consequence = if history.replay.sequence.tool.records {
            "the tool takes them for one"
        } else {
            "one of them will be forgotten"
        };
        let text = history.sources.get(new).text();
        let twin = history.replay.sequence.migrations.iter().find(|other| {
            other.up.file != new
                && other.version == migration.version
                && history.sources.get(other.up.file).text() == text
        });
        let help = match twin {
            Some(twin) => {
                format!("Delete it, and its rollback: it is byte for byte {}.", history.title(twin.up.file))
            }
            None => "Give the migration that has not run the next free version, its rollback too.".to_owned(),
        };
        cx.report(
            history.head(new),
            format!("version {} is taken by {title}: {consequence}", migration.version),
        )
        .help(help)
        .related(history.head(old), "the one that has it");
    }
}
