//! What gander can be told to do: one file per subcommand. `args` holds the command line's types only.

pub mod args;
pub mod completions;
mod config;
mod drift;
mod explain;
mod fixing;
mod inspect;
mod lint;
mod recognised;
mod rules;
mod schema;
mod scope;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::project::config::{Choice, CommandLine};
use crate::project::files::State;
use crate::project::{Opening, Project, UserError, open};
use crate::report::terminal;
use crate::report::{Terminal, unless_closed};
use args::{Cli, Command, Global, Target};

/// How a run ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// 0: nothing found at or above the failing severity.
    Clean,
    /// 1: findings.
    Findings,
    /// 2: wrong usage or configuration, a git error, a file that cannot be read.
    Error,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Error => Self::from(2),
        }
    }
}

/// Does what the command line says.
pub fn run(cli: &Cli) -> Exit {
    let done = match &cli.command {
        Command::Lint(lint) => lint::run(&cli.global, lint),
        Command::Inspect(inspect) => inspect::run(&cli.global, inspect),
        Command::Drift(drift) => drift::run(&cli.global, drift),
        Command::Schema(schema) => schema::run(&cli.global, schema),
        Command::Explain(explain) => explain::run(&cli.global, explain),
        Command::Rules => rules::run(),
        Command::Config(config) => config::run(&cli.global, config),
        Command::Completions(completions) => completions::run(completions),
    };
    done.unwrap_or_else(|error| {
        complain(&error);
        Exit::Error
    })
}

/// Tells the user what went wrong. The only place that does.
fn complain(error: &UserError) {
    // Where standard error is closed too, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "error: {error}");
}

/// Tells people something beside what they asked for.
fn note(text: &str) {
    // Where standard error is closed, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "note: {text}");
}

/// The project in the work tree, as the configuration and `--engine` and `--tool` have it. `paths`: what was named of it.
fn in_work_tree(global: &Global, target: &Target, paths: &[PathBuf]) -> Result<Project, UserError> {
    let line = CommandLine { engine: target.engine, tool: target.tool.clone(), ..CommandLine::default() };
    open(Opening { choice: choice(global), line, state: State::WorkTree, paths, instead: None })
}

/// Which configuration file to take.
fn choice(global: &Global) -> Choice {
    match (&global.config, global.no_config) {
        (_, true) => Choice::None,
        (Some(path), false) => Choice::File(path.clone()),
        (None, false) => Choice::Nearest,
    }
}

/// Tells what of a project could not be read; what could be is gone on with.
fn told(project: &Project) -> Exit {
    for problem in &project.files.problems {
        complain(problem);
    }
    if project.files.problems.is_empty() { Exit::Clean } else { Exit::Error }
}

/// Prints to standard output. A reader that went away early is no error.
fn print(text: &str) -> Result<(), UserError> {
    let mut out = std::io::stdout().lock();
    unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
        .map_err(|error| UserError::new("cannot write to standard output").source(error))
}

/// Whether the reader of standard output took all of it. One that went away early has got what it wanted.
fn is_read(written: std::io::Result<()>) -> Result<bool, UserError> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(UserError::new("cannot write to standard output").source(error)),
    }
}

/// What standard output can do.
fn stdout_terminal(global: &Global) -> Terminal {
    terminal::look(global.color, std::io::stdout().is_terminal(), &|name| std::env::var(name).ok())
}
