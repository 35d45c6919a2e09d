//! A new migration without a way back, where there should be one.

use super::rollback::{is_irreversible, is_owed};
use super::{Check, Cx, Direction, PartFacts, Rule};
use crate::history::tools::Downs;

/// `missing-rollback`.
pub const RULE: Rule = Rule {
    id: "missing-rollback",
    page: include_str!("../../rules/missing-rollback.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let migration = part.migration().migration;
    if part.direction == Direction::Down
        || migration.down.is_some()
        || migration.goes_back_with_others
        || migration.repeatable
    {
        return;
    }
    if !is_owed(part.replay, part.index, &part.source().path, part.settings) || is_irreversible(part) {
        return;
    }
    let missing = match part.tool().down {
        Downs::None => return,
        Downs::Sections { marker } => format!("a `{marker}` section"),
        Downs::Files { .. } => match part.replay.sequence.down_path(migration, part.sources) {
            Some(path) => format!("`{}`", path.rsplit('/').next().unwrap_or(&path)),
            None => return,
        },
    };
    cx.report(
        part.head(),
        format!("this migration cannot be taken back: it has no {}", missing.trim_start_matches("a ")),
    )
    .help(format!(
        "Write the statements that undo it into {missing}, or say `-- irreversible: why` in the migration."
    ));
}
