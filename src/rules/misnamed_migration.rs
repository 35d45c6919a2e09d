//! A file that the tool will not pick up, or not where it seems to stand.

use super::{Check, Cx, HistoryFacts, Rule};
use crate::history::Reason;
use crate::history::tools::Order;
use crate::text::{Place, Span};

/// `misnamed-migration`.
pub const RULE: Rule = Rule {
    id: "misnamed-migration",
    page: include_str!("../../rules/misnamed-migration.md"),
    down: false,
    check: Check::History(check),
};

fn check(history: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    let sequence = history.replay.sequence;
    let tool = sequence.tool;
    let usual = sequence.migrations.iter().rev().find(|migration| !migration.repeatable);
    let usual =
        usual.map_or_else(String::new, |migration| format!(" like {}", history.title(migration.up.file)));
    for stray in &sequence.strays {
        let source = history.sources.get(stray.file);
        let name = source.path.rsplit('/').next().unwrap_or(&source.path);
        let runner = if tool.records { tool.title } else { "who runs the migrations in order" };
        let (message, help) = match stray.reason {
            Reason::WrongName => (
                format!("{runner} passes over `{name}`: it is not named as a migration is"),
                format!("Name it{usual}, or move it out of the directory."),
            ),
            Reason::UnknownExtension => (
                format!("{runner} passes over `{name}`: it does not end in .sql"),
                "Rename it to end in .sql, or move it out of the directory.".to_owned(),
            ),
            Reason::WidthDiffers { has, others } => {
                // Who sorts by value takes any width; what has run must keep its name.
                if history.has_run(stray.file) || (tool.records && tool.order != Order::Text) {
                    continue;
                }
                let digits =
                    |count: u32| if count == 1 { "1 digit".to_owned() } else { format!("{count} digits") };
                (
                    format!(
                        "{} has {}, the others have {others}: taken by name, `{name}` runs at the wrong place",
                        stray.version,
                        digits(has)
                    ),
                    format!("Write the number with {}.", digits(others)),
                )
            }
            Reason::MissingUp => (
                format!("{runner} passes over `{name}`: it has no section that leads up"),
                "Begin its statements with the tool's annotation, or move it out of the directory."
                    .to_owned(),
            ),
            Reason::Unlisted => (
                format!("{runner} passes over `{name}`: it is not in the tool's journal"),
                "Let the tool generate the migration, or move the file out of the directory.".to_owned(),
            ),
        };
        let place = history
            .run_of(stray.file)
            .map_or(Place::new(stray.file, Span::at(source.start())), |_| history.head(stray.file));
        cx.report(place, message).help(help);
    }
}
