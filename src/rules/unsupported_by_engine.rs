//! Statements that the engine, or its version, does not have.

use super::{Check, Cx, Direction, Rule, StepFacts};
use crate::effects::support::Lack;
use crate::schema::Dialect;

/// `unsupported-by-engine`.
pub const RULE: Rule = Rule {
    id: "unsupported-by-engine",
    page: include_str!("../../rules/unsupported-by-engine.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    // What stands in a DO block that SQLite has not got is one finding: the block.
    if step.part.direction == Direction::Down
        || (step.part.dialect() == Dialect::Sqlite && step.statement().within.is_some())
    {
        return;
    }
    let engine = step.part.engine();
    let title = engine.dialect.title();
    for op in &step.statement().ops {
        let Some(lack) = step.lack(op) else { continue };
        let (message, help) = match lack {
            Lack::Never(what) => (
                format!("{title} has no {what}: it answers with a syntax error"),
                "Write what the engine has; if the file is for another engine, say so with `-- gander: engine=postgres` or in gander.toml.",
            ),
            Lack::Since(what, version) => (
                format!("{what} came with {version}, and this is for {engine}"),
                "Write what that version has; if the version is wrong, set `engine` in gander.toml.",
            ),
            Lack::Here(why, instead) => (why, instead),
        };
        cx.report(step.place(op.span), message).help(help);
        // Several actions in one ALTER TABLE are one mistake.
        return;
    }
}
