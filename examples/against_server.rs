//! Runs the histories below some directories on a real server, replays them, and says what differs: which statements are
//! refused here and not there, and what the schemas at the end have not in common. Fails when anything does:
//! `cargo run --example against_server -- [-v] [--engine E] [--tool T] DIRECTORY…`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gander::project::config::{Choice, CommandLine};
use gander::project::files::State;
use gander::project::histories::Planned;
use gander::project::{Opening, Project, open};
use gander::schema::{Dialect, Engine};
use gander::text::{Place, Sources};

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../tests/support"]
mod support {
    pub mod against;
    pub mod postgres;
    pub mod process;
    pub mod sqlite;
    pub mod wire;
}

use support::against::{Kind, Verdict, history};

const HELP: &str = "against_server [-v] [--engine E] [--tool T] DIRECTORY…";

fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    };
    println!(
        "history\ttool\tengine\tmigrations\tunread\tstatements\tserver\tgander\tboth\tfalse\tmissed\tbeyond\tunclear\tdifferences\tneeds\tschema files"
    );
    let mut worst = 0;
    for directory in &options.directories {
        worst = worst.max(match judge(directory, &options) {
            Ok(clean) => u8::from(!clean),
            Err(error) => {
                eprintln!("{}: {error}", directory.display());
                2
            }
        });
    }
    ExitCode::from(worst)
}

struct Options {
    verbose: bool,
    engine: Option<Engine>,
    tool: Option<String>,
    directories: Vec<PathBuf>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self { verbose: false, engine: None, tool: None, directories: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "-v" => options.verbose = true,
                "--engine" => options.engine = Some(Engine::parse(&arguments.next()?).ok()?),
                "--tool" => options.tool = Some(arguments.next()?),
                _ if argument.starts_with('-') => return None,
                _ => options.directories.push(Path::new(&argument).canonicalize().ok()?),
            }
        }
        (!options.directories.is_empty()).then_some(options)
    }
}

/// Runs every history below a directory. True: nothing differs.
fn judge(directory: &Path, options: &Options) -> Result<bool, Box<dyn std::error::Error>> {
    std::env::set_current_dir(directory)?;
    let mut project = open(Opening {
        choice: Choice::Nearest,
        line: CommandLine { engine: options.engine, tool: options.tool.clone(), ..CommandLine::default() },
        state: State::WorkTree,
        paths: &[],
        instead: None,
    })?;
    let planned = project.histories()?;
    let mut clean = true;
    for one in &planned {
        // A directory of a repository: the other histories of it are not asked for.
        if one.sequence.foreign_database.is_some()
            || project.display(&one.sequence.directory).starts_with("..")
        {
            continue;
        }
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            let runs = |migration: &gander::history::Migration| {
                migration.engine.dialect == dialect || migration.also.contains(&dialect)
            };
            if one.sequence.migrations.iter().any(runs) {
                let verdict = history(one, dialect, &mut project.files.sources)?;
                print(&project, directory, one, dialect, &verdict, options.verbose);
                clean &= verdict.is_clean();
            }
        }
    }
    Ok(clean)
}

fn print(
    project: &Project,
    directory: &Path,
    planned: &Planned,
    dialect: Dialect,
    verdict: &Verdict,
    verbose: bool,
) {
    let sequence = &planned.sequence;
    let needs: Vec<&str> = verdict.needs.iter().map(String::as_str).collect();
    // What differs from the replay, what from the server, and what only from the replay.
    let files: Vec<String> = verdict
        .canonical
        .iter()
        .map(|held| {
            let path = &project.files.sources.get(held.file).path;
            format!("{path} {}/{}/{}", held.replay, held.server, held.falsely.len())
        })
        .collect();
    println!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        directory.join(project.display(&sequence.directory)).display(),
        sequence.tool.name,
        Engine::of(dialect),
        sequence.migrations.len(),
        sequence.unread.len(),
        verdict.statements,
        verdict.refused_by_server,
        verdict.refused_by_gander,
        verdict.refused_by_both,
        verdict.count(Kind::False),
        verdict.count(Kind::Missed),
        verdict.count(Kind::Beyond),
        verdict.unclear.len(),
        verdict.differences.len(),
        needs.join(","),
        files.join(","),
    );
    if !verbose {
        return;
    }
    let sources = &project.files.sources;
    for one in &verdict.disagreements {
        println!(
            "  {}\t{}: {}\t| {}",
            one.kind.name(),
            at(sources, one.place),
            one.said,
            head(sources, one.place)
        );
    }
    for place in &verdict.unclear {
        println!("  unclear\t{}\t| {}", at(sources, *place), head(sources, *place));
    }
    for difference in verdict.canonical.iter().flat_map(|held| &held.falsely) {
        println!("  canonical\t{difference}");
    }
    for difference in &verdict.differences {
        let made = difference.left_made.map(|place| at(sources, place)).unwrap_or_default();
        println!("  differs\t{difference}\t{made}");
    }
}

fn at(sources: &Sources, place: Place) -> String {
    let source = sources.get(place.file);
    format!("{}:{}", source.path, source.position(place.span.start).line)
}

/// The beginning of a statement.
fn head(sources: &Sources, place: Place) -> String {
    let words: Vec<&str> = sources.get(place.file).slice(place.span).split_whitespace().collect();
    words.join(" ").chars().take(160).collect()
}
