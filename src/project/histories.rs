//! Which histories there are: those that gander.toml names, else those that are found, and what a PATH names besides;
//! each with its settings and its canonical schema files.

use std::collections::BTreeSet;

use super::config::{Config, History, LockTimeout, Origin, Rollback};
use super::error::UserError;
use super::files::{Files, Target};
use crate::history::{self, Asked, Sequence, Tool, tools};
use crate::rules::Settings;
use crate::schema::Engine;
use crate::text::{FileId, Sources};

/// A history of the project.
pub struct Planned {
    /// Its migrations.
    pub sequence: Sequence,
    /// What gander.toml says about it.
    pub settings: Settings,
    /// Files that must equal what its migrations build.
    pub canonical: Vec<CanonicalFile>,
    /// Dumps of a running database, which must equal those.
    pub dumps: Vec<CanonicalFile>,
    /// Files that say what stood before its first migration.
    pub baseline: Vec<FileId>,
}

/// A canonical schema file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CanonicalFile {
    /// The file.
    pub file: FileId,
    /// gander.toml names it; else it was found by its name and place.
    pub configured: bool,
}

/// The histories of the project, by directory.
///
/// # Errors
/// When gander.toml or `--tool` names a tool that does not exist, or a directory or file that is not there.
pub fn find(files: &Files, config: &Config) -> Result<Vec<Planned>, UserError> {
    // What gander.toml names as a schema file is no migration, wherever it lies and whatever it is called.
    let schema_files: BTreeSet<&str> = config
        .histories
        .iter()
        .flat_map(|history| history.canonical.iter().chain(&history.dumps).chain(&history.baseline))
        .map(|path| path.value.trim_start_matches("./"))
        .collect();
    let listing: Vec<(String, FileId)> = files
        .files
        .iter()
        .filter(|(path, _)| !schema_files.contains(path.as_str()))
        .map(|(path, file)| (path.clone(), file.id))
        .collect();
    let forced = config.tool.value.as_deref().map(tool_of).transpose()?;
    let mut planned = Vec::new();
    let named: Vec<&History> = config.histories.iter().filter(|history| history.path.is_some()).collect();
    for history in &named {
        let path = history.path.as_ref().map_or("", |path| path.value.trim_end_matches('/'));
        let tool = match (forced, &history.tool) {
            (Some(tool), _) => Some(tool),
            (None, Some(tool)) => Some(tool_of(&tool.value)?),
            (None, None) => None,
        };
        let engine = |file: &str| engine_of(config, Some(history), file);
        let asked =
            Asked { tool, engine: &engine, otherwise: history.engine.as_ref().map(|engine| engine.value) };
        let sequences = history::read_directory(path, &listing, &files.sources, &asked);
        if sequences.is_empty() {
            let origin = history.path.as_ref().map_or(Origin::Default, |path| path.origin);
            return Err(config
                .error_at(origin, &format!("there are no migrations in `{path}`"))
                .help("correct the `path`, or remove the [[history]] table"));
        }
        for sequence in sequences {
            let canonical = canonical_files(files, config, &sequence, Some(history))?;
            let dumps = dump_files(files, config, Some(history))?;
            let baseline = baseline_files(files, config, Some(history))?;
            planned.push(Planned {
                settings: settings(config, Some(history)),
                canonical,
                dumps,
                baseline,
                sequence,
            });
        }
    }
    if named.is_empty() {
        // One [[history]] without a path is about whatever is found.
        let history = config.histories.first();
        let engine = |file: &str| engine_of(config, history, file);
        let otherwise = history.and_then(|history| history.engine.as_ref()).map(|engine| engine.value);
        let asked = Asked { tool: forced, engine: &engine, otherwise };
        for sequence in history::discover(&listing, &files.sources, &asked) {
            let canonical = canonical_files(files, config, &sequence, history)?;
            let dumps = dump_files(files, config, history)?;
            let baseline = baseline_files(files, config, history)?;
            planned.push(Planned {
                settings: settings(config, history),
                canonical,
                dumps,
                baseline,
                sequence,
            });
        }
    }
    add_targets(files, config, forced, &listing, &mut planned)?;
    planned.sort_by(|a, b| a.sequence.directory.cmp(&b.sequence.directory));
    Ok(planned)
}

/// What a PATH names and no history holds is read as a history of its own.
fn add_targets(
    files: &Files,
    config: &Config,
    forced: Option<&'static Tool>,
    listing: &[(String, FileId)],
    planned: &mut Vec<Planned>,
) -> Result<(), UserError> {
    for target in &files.targets {
        let (path, covered) = match target {
            Target::File(path) => (path, planned.iter().any(|one| holds(one, &files.sources, path))),
            Target::Directory(path) => {
                let below = |directory: &str| {
                    path.is_empty()
                        || directory == path
                        || directory.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'))
                        || path
                            .strip_prefix(directory)
                            .is_some_and(|rest| directory.is_empty() || rest.starts_with('/'))
                };
                (path, planned.iter().any(|one| below(&one.sequence.directory)))
            }
        };
        if covered {
            continue;
        }
        let engine = |file: &str| engine_of(config, None, file);
        let asked = Asked { tool: forced, engine: &engine, otherwise: None };
        for sequence in history::read_directory(path, listing, &files.sources, &asked) {
            let canonical = canonical_files(files, config, &sequence, None)?;
            planned.push(Planned {
                settings: settings(config, None),
                canonical,
                dumps: Vec::new(),
                baseline: Vec::new(),
                sequence,
            });
        }
    }
    Ok(())
}

fn holds(planned: &Planned, sources: &Sources, path: &str) -> bool {
    let Some(file) = sources.find(path) else { return false };
    let sequence = &planned.sequence;
    let migrations = sequence.migrations.iter();
    migrations.clone().any(|migration| migration.up.file == file)
        || migrations.filter_map(|migration| migration.down).any(|down| down.file == file)
        || sequence.orphan_downs.iter().any(|orphan| orphan.part.file == file)
        || planned.canonical.iter().any(|canonical| canonical.file == file)
}

fn tool_of(name: &str) -> Result<&'static Tool, UserError> {
    tools::by_name(name).ok_or_else(|| {
        let mut known: Vec<&str> = tools::TOOLS.iter().map(|tool| tool.name).collect();
        // A tool with two layouts stands there twice.
        known.dedup();
        UserError::new(format!("there is no tool `{name}`")).help(format!("tools are {}", known.join(", ")))
    })
}

/// The engine that goes before what a file says itself: `--engine`, else the first override that fits.
fn engine_of(config: &Config, history: Option<&History>, file: &str) -> Option<Engine> {
    config.engine.value.or_else(|| {
        let history = history?;
        let fits = history.overrides.iter().find(|one| one.files.iter().any(|glob| glob.matches(file)));
        fits.and_then(|one| one.engine.as_ref()).map(|engine| engine.value)
    })
}

/// What rules want to know of gander.toml.
pub fn settings(config: &Config, history: Option<&History>) -> Settings {
    Settings {
        small_tables: config.tables.small.iter().map(|table| table.value.clone()).collect(),
        header: config.conventions.header.as_ref().map(|header| header.value.clone()),
        indexed_columns: config.conventions.indexed_columns.iter().map(|name| name.value.clone()).collect(),
        rollback: match history.map(|history| history.rollback.value) {
            Some(Rollback::Required) => Some(true),
            Some(Rollback::Off) => Some(false),
            Some(Rollback::Practice) | None => None,
        },
        lock_timeout: match (config.conventions.lock_timeout.value, config.conventions.lock_timeout.origin) {
            (LockTimeout::Outside, _) => Some(false),
            (LockTimeout::File, Origin::Default) => None,
            (LockTimeout::File, Origin::File(_) | Origin::CommandLine(_)) => Some(true),
        },
        version_table: history
            .and_then(|history| history.version_table.as_ref())
            .map(|table| table.value.clone()),
        external: history
            .map_or_else(Vec::new, |history| history.external.iter().map(|glob| glob.text.clone()).collect()),
        foreign_keys: history.is_none_or(|history| history.foreign_keys.value),
    }
}

/// The files that gander.toml names as what stood before the first migration.
fn baseline_files(
    files: &Files,
    config: &Config,
    history: Option<&History>,
) -> Result<Vec<FileId>, UserError> {
    let one = |path: &super::config::Setting<String>| {
        files.files.get(path.value.trim_start_matches("./")).map(|file| file.id).ok_or_else(|| {
            config
                .error_at(path.origin, &format!("there is no file `{}`", path.value))
                .help("correct `baseline` of its [[history]] table")
        })
    };
    history.map_or_else(|| Ok(Vec::new()), |history| history.baseline.iter().map(one).collect())
}

/// The dumps of a running database that gander.toml names.
fn dump_files(
    files: &Files,
    config: &Config,
    history: Option<&History>,
) -> Result<Vec<CanonicalFile>, UserError> {
    let one =
        |path: &super::config::Setting<String>| match files.files.get(path.value.trim_start_matches("./")) {
            Some(file) => Ok(CanonicalFile { file: file.id, configured: true }),
            None => Err(config
                .error_at(path.origin, &format!("there is no file `{}`", path.value))
                .help("correct `dumps` of its [[history]] table")),
        };
    history.map_or_else(|| Ok(Vec::new()), |history| history.dumps.iter().map(one).collect())
}

/// The canonical schema files of a history: those that gander.toml names, else the nearest file of a usual name in its
/// directory or one above it, unless that is a migration itself.
fn canonical_files(
    files: &Files,
    config: &Config,
    sequence: &Sequence,
    history: Option<&History>,
) -> Result<Vec<CanonicalFile>, UserError> {
    const USUAL: &[&str] = &[
        "schema_canonical.sql",
        "schema.sql",
        "structure.sql",
        "db/schema.sql",
        "db/structure.sql",
        "sql/schema.sql",
        "database/schema.sql",
        "schema/schema.sql",
        "dump.sql",
    ];
    if let Some(history) = history.filter(|history| !history.canonical.is_empty()) {
        let one = |path: &super::config::Setting<String>| match files
            .files
            .get(path.value.trim_start_matches("./"))
        {
            Some(file) => Ok(CanonicalFile { file: file.id, configured: true }),
            None => Err(config
                .error_at(path.origin, &format!("there is no file `{}`", path.value))
                .help("correct `canonical` of its [[history]] table")),
        };
        return history.canonical.iter().map(one).collect();
    }
    let is_migration = |file: FileId| sequence.migrations.iter().any(|migration| migration.up.file == file);
    let is_dump = |path: &String| {
        config.histories.iter().flat_map(|history| &history.dumps).any(|dump| dump.value == *path)
    };
    let mut directory = sequence.directory.as_str();
    loop {
        for name in USUAL {
            let path = if directory.is_empty() { (*name).to_owned() } else { format!("{directory}/{name}") };
            if let Some(file) =
                files.files.get(&path).filter(|file| !is_migration(file.id) && !is_dump(&path))
            {
                return Ok(vec![CanonicalFile { file: file.id, configured: false }]);
            }
        }
        match directory.rsplit_once('/') {
            Some((above, _)) => directory = above,
            None if directory.is_empty() => return Ok(Vec::new()),
            None => directory = "",
        }
    }
}
