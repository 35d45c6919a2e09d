//! What the rollback rules share: whether a way back is owed, and what says that there is none.

use super::practice::{is_practice, latest};
use super::{PartFacts, Settings};
use crate::effects::changes_something;
use crate::history::comments;
use crate::history::replay::{MigrationRun, PartRun, Replay};
use crate::history::tools::Downs;
use crate::ops::Operation;
use crate::syntax::sql::PieceKind;
use crate::text::Source;

/// Whether the migration at `index` owes its way back: gander.toml says so, the tool's files carry one as a matter of
/// course, or the migrations before it have one. `path`: of its own file, up or down.
pub fn is_owed(replay: &Replay<'_>, index: usize, path: &str, settings: &Settings) -> bool {
    let of_course = match replay.sequence.tool.down {
        Downs::None => return false,
        Downs::Sections { .. } => true,
        // Who calls one file `up` means to have another one.
        Downs::Files { .. } => {
            let name = path.rsplit('/').next().unwrap_or(path);
            ["up.sql", "down.sql"].iter().any(|end| name == *end || name.ends_with(&format!(".{end}")))
        }
    };
    settings.rollback.unwrap_or_else(|| {
        let earlier = &replay.runs[..index.min(replay.runs.len())];
        let versioned = latest(earlier);
        match of_course {
            true => !only_goes_forward(&versioned, replay.runs.get(index + 1..).unwrap_or_default()),
            false => is_practice(&versioned, |run| run.down.is_some()),
        }
    })
}

/// Ten migrations, and none of them can be taken back: that is a decision. The first of a history are told by those after them.
fn only_goes_forward(earlier: &[&MigrationRun<'_>], later: &[MigrationRun<'_>]) -> bool {
    const MANY: usize = 10;
    let later = later.iter().filter(|run| !run.migration.repeatable);
    let near = earlier.iter().rev().copied().chain(later).take(MANY);
    let goes_back = |run: &MigrationRun<'_>| run.down.as_ref().is_some_and(does_something);
    near.filter(|run| !goes_back(run)).count() == MANY
}

/// Whether a way back may do anything at all. What is called, included or not understood may.
pub fn does_something(down: &PartRun) -> bool {
    let mut ops = down.script.statements.iter().flat_map(|statement| &statement.ops);
    let includes = down.script.pieces.iter().any(|piece| piece.kind == PieceKind::Meta);
    includes
        || ops.any(|op| match &op.kind {
            Operation::Query { calls, .. } => !calls.is_empty(),
            Operation::Other { .. } => true,
            other => changes_something(other),
        })
}

/// Whether a migration says, in either part, that nothing can take it back, and why.
pub fn is_irreversible(part: &PartFacts<'_>) -> bool {
    let run = part.migration();
    let says = |run: &PartRun| says_irreversible(run, part.sources.get(run.part.file));
    says(&run.up) || run.down.as_ref().is_some_and(says)
}

fn says_irreversible(run: &PartRun, source: &Source) -> bool {
    comments::of(run, source).iter().any(|line| {
        let word = line.get(.."irreversible".len()).filter(|word| word.eq_ignore_ascii_case("irreversible"));
        let reason = word.and_then(|word| line[word.len()..].trim_start().strip_prefix(':'));
        reason.is_some_and(|reason| !reason.trim().is_empty())
    })
}
