//! `gander inspect`: what every statement does to a live database.

use std::collections::BTreeMap;

use super::args::{Global, Inspect};
use super::recognised::recognised;
use super::{Exit, choice, is_read, note, scope, stdout_terminal, told};
use crate::history::cost::costs;
use crate::history::replay::{self, PartRun};
use crate::project::config::CommandLine;
use crate::project::{Opening, UserError, open};
use crate::report::inspect::{self, Inspection, Shown};
use crate::schema::Dialect;

/// Shows it.
///
/// # Errors
/// When the project, the configuration or git cannot be read.
pub fn run(global: &Global, arguments: &Inspect) -> Result<Exit, UserError> {
    let project = open(Opening {
        choice: choice(global),
        line: CommandLine {
            engine: arguments.target.engine,
            tool: arguments.target.tool.clone(),
            ..CommandLine::default()
        },
        state: scope::state(&arguments.scope),
        paths: &arguments.paths,
        instead: scope::instead(&arguments.scope)?,
    })?;
    let exit = told(&project);
    let trees = scope::trees(&project, &arguments.scope)?;
    let wanted = scope::wanted(&project, &arguments.scope, &arguments.paths);
    let sources = &project.files.sources;
    let (mut shown, mut history) = (Vec::new(), 0);
    for one in &project.histories()? {
        let sequence = &one.sequence;
        for one in recognised(sequence, "shown") {
            if !global.quiet && (global.verbose || !one.verbose) {
                note(&one.text);
            }
        }
        if sequence.foreign_database.is_some() {
            continue;
        }
        let stands = |part: &PartRun, version: &str| {
            trees.standing(&sources.get(part.part.file).path, Some(version), &wanted).judged
        };
        let replay = replay::replay_on(sequence, sources, &one.baseline);
        let dialects = replay.end.keys().copied();
        let begins: BTreeMap<Dialect, bool> =
            dialects.map(|dialect| (dialect, replay.begins(dialect))).collect();
        for run in &replay.runs {
            let parts = std::iter::once((&run.up, false)).chain(run.down.iter().map(|down| (down, true)));
            for (part, down) in parts {
                if !stands(part, &run.migration.version) {
                    history += usize::from(!down);
                    continue;
                }
                let begins = begins.get(&part.engine.dialect).is_some_and(|begins| *begins);
                let costs = costs(part, begins, one.settings.foreign_keys);
                shown.push(Shown { part: part.clone(), down, costs, tool: sequence.tool.title });
            }
        }
    }
    if shown.is_empty() && !global.quiet {
        let applied = if history > 0 {
            format!("; {history} stand on the base branch: --all shows them")
        } else {
            String::new()
        };
        note(&format!("no migration is new here{applied}"));
    }
    let display = |path: &str| project.display(path);
    let inspection =
        Inspection { sources, display_path: &display, shown: &shown, terminal: stdout_terminal(global) };
    is_read(inspect::write(&inspection, arguments.output_format, &mut std::io::stdout().lock()))?;
    Ok(exit)
}
