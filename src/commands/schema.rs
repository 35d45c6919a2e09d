//! `gander schema`: the schema that the migrations build.

use super::args::{Global, Schema};
use super::{Exit, in_work_tree, is_read, note, told};
use crate::history::built::{self, Built};
use crate::history::{Migration, Sequence, replay};
use crate::project::histories::Planned;
use crate::project::schemas::{Named, engine_of_file, named};
use crate::project::{Project, UserError, canonical, relative_to};
use crate::report::note::{Note, notes};
use crate::report::schema::{self, SchemaFormat, Schemas, Shown};
use crate::schema::{Catalog, Dialect};
use crate::syntax::sql::write_catalog;
use crate::text::FileId;

/// Prints it.
///
/// # Errors
/// When the project cannot be read, or nothing in it has a schema.
pub fn run(global: &Global, arguments: &Schema) -> Result<Exit, UserError> {
    let mut project = in_work_tree(global, &arguments.target, arguments.path.as_slice())?;
    let exit = told(&project);
    let wanted = match (&arguments.path, project.files.targets.first().cloned()) {
        (None, _) => Named::Histories(project.histories()?),
        (Some(_), Some(target)) => named(&mut project, &target)?,
        // That it is not there was told.
        (Some(_), None) => return Ok(Exit::Error),
    };
    let all = match wanted {
        Named::Histories(planned) => of_histories(&project, &planned, arguments)?,
        Named::File(file) => vec![of_file(&mut project, file, arguments)?],
    };
    if arguments.output_format == SchemaFormat::Sql && !all.is_empty() && all.iter().all(is_mysql) {
        return Err(UserError::new(format!("{} is for MySQL, for which gander writes no SQL", all[0].path))
            .help("--output-format json and mermaid are there"));
    }
    let display = |path: &str| project.display(path);
    let schemas = Schemas { sources: &project.files.sources, display_path: &display, all: &all };
    is_read(schema::write(&schemas, arguments.output_format, &mut std::io::stdout().lock()))?;
    Ok(exit)
}

fn of_histories(project: &Project, planned: &[Planned], arguments: &Schema) -> Result<Vec<Shown>, UserError> {
    let mut all = Vec::new();
    let mut foreign = Vec::new();
    for one in planned {
        if let Some(database) = one.sequence.foreign_database {
            let path = project.display(&one.sequence.directory);
            foreign.push(format!("{path} is written for {database}, which gander does not know"));
            continue;
        }
        let (sequence, at) = match &arguments.at {
            None => (one.sequence.clone(), None),
            Some(at) => match migration_at(project, &one.sequence, at) {
                Some(last) => {
                    let path = &project.files.sources.get(one.sequence.migrations[last].up.file).path;
                    (up_to(&one.sequence, last), Some(project.display(path)))
                }
                None => continue,
            },
        };
        all.extend(of_sequence(project, &sequence, &one.baseline, at, arguments.output_format));
    }
    if all.is_empty() {
        return Err(match (foreign.pop(), &arguments.at) {
            (Some(said), _) => UserError::new(said),
            (None, Some(at)) if !planned.is_empty() => unknown_migration(project, planned, at),
            (None, _) => UserError::new("there are no migrations here").help(
                "name a directory of migrations or a SQL file, or set `path` of a [[history]] in gander.toml",
            ),
        });
    }
    for said in foreign {
        note(&said);
    }
    Ok(all)
}

fn is_mysql(shown: &Shown) -> bool {
    shown.engine.dialect == Dialect::Mysql
}

/// The schema of a history; where it serves several databases, that of each of them.
fn of_sequence(
    project: &Project,
    sequence: &Sequence,
    baseline: &[FileId],
    at: Option<String>,
    format: SchemaFormat,
) -> Vec<Shown> {
    let replay = replay::replay_on(sequence, &project.files.sources, baseline);
    let path = project.display(&sequence.directory);
    let mut dialects: Vec<Dialect> = replay.end.keys().copied().collect();
    if dialects.is_empty() {
        dialects.push(sequence.engine.dialect);
    }
    dialects.sort_by_key(|dialect| *dialect != sequence.engine.dialect);
    let one = |dialect| {
        let built = Built::by_migrations(&replay, dialect);
        shown(project, built, path.clone(), Some(sequence.tool.name), at.clone(), format)
    };
    dialects.into_iter().map(one).collect()
}

fn of_file(project: &mut Project, file: FileId, arguments: &Schema) -> Result<Shown, UserError> {
    if arguments.at.is_some() {
        let path = project.display(&project.files.sources.get(file).path);
        return Err(UserError::new(format!("{path} is no migration, so that there is nothing to stop at"))
            .help("leave --at away, or name a directory of migrations"));
    }
    let engine = engine_of_file(project, file)?;
    let source = project.files.sources.get(file);
    let built = Built::by_file(&canonical::replayed(file, source, engine));
    Ok(shown(project, built, project.display(&source.path), None, None, arguments.output_format))
}

fn shown(
    project: &Project,
    built: Built,
    path: String,
    tool: Option<&'static str>,
    at: Option<String>,
    format: SchemaFormat,
) -> Shown {
    let display = |path: &str| project.display(path);
    let mut notes = notes(&built, &path, &project.files.sources, &display);
    let mut statements = Vec::new();
    let mut left_over = Vec::new();
    if format == SchemaFormat::Sql && built.engine.dialect == Dialect::Mysql {
        // Less is known of it than a schema is made of.
        notes.push(Note::about(&path, "gander writes no SQL for MySQL: ask for json or mermaid"));
    } else if format == SchemaFormat::Sql {
        statements = write_catalog::create(&built.catalog);
        // What we write is read again: nothing that it lacks goes unsaid.
        let nothing = Catalog::new(built.engine.dialect, false);
        left_over = built::after(&statements, built.engine, &nothing).diff(&built.catalog);
    }
    Shown {
        path,
        tool,
        engine: built.engine,
        at,
        complete: built.is_complete(),
        notes,
        catalog: built.catalog,
        statements,
        left_over,
    }
}

/// A history as far as one of its migrations.
fn up_to(sequence: &Sequence, last: usize) -> Sequence {
    let mut sequence = sequence.clone();
    sequence.migrations.truncate(last + 1);
    let version = sequence.migrations[last].version.clone();
    let tool = sequence.tool;
    sequence.unread.retain(|unread| tool.order.compare(&unread.version, &version).is_le());
    sequence
}

/// The migration that somebody means by a path, the name of a file or of the directory that is its own, or a version. Of several
/// with one version it is the last.
fn migration_at(project: &Project, sequence: &Sequence, at: &str) -> Option<usize> {
    let wanted = relative_to(&project.current.join(at), &project.root);
    let migrations = &sequence.migrations;
    let any_file = |migration: &Migration, fits: &dyn Fn(&str) -> bool| {
        let mut parts = std::iter::once(&migration.up).chain(&migration.down);
        parts.any(|part| fits(&project.files.sources.get(part.file).path))
    };
    // A name that several migrations have is nobody's: all files of some tools have one.
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut fitting = (0..migrations.len()).filter(|index| any_file(&migrations[*index], fits));
        fitting.next().filter(|_| fitting.next().is_none())
    };
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let folder = |path: &str| path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned());
    let is_named = |name: &str| name == at || name.strip_prefix(at).is_some_and(|rest| rest.starts_with('.'));
    only(&|path| path == wanted)
        .or_else(|| only(&|path| is_named(&name(path))))
        .or_else(|| only(&|path| folder(path) == wanted))
        .or_else(|| only(&|path| name(&folder(path)) == at))
        .or_else(|| {
            let plain = |version: &str| version.trim_start_matches(['v', 'V']).to_owned();
            let version = plain(at);
            if !version.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            migrations.iter().rposition(|migration| {
                let own = plain(&migration.version);
                !own.is_empty() && (own == version || sequence.compare(&own, &version).is_eq())
            })
        })
}

fn unknown_migration(project: &Project, planned: &[Planned], at: &str) -> UserError {
    let migrations = || planned.iter().flat_map(|one| &one.sequence.migrations);
    let name = |migration: &Migration| {
        let path = &project.files.sources.get(migration.up.file).path;
        path.rsplit('/').next().unwrap_or(path).to_owned()
    };
    let wanted = at.rsplit('/').next().unwrap_or(at);
    let mut near: Vec<(usize, String)> = migrations()
        .flat_map(|migration| {
            let by_version = strsim::osa_distance(wanted, &migration.version);
            let by_name = strsim::osa_distance(wanted, &name(migration));
            let holds = !wanted.is_empty() && name(migration).contains(wanted);
            let apart = if holds { 0 } else { by_version.min(by_name) };
            (apart <= wanted.chars().count().max(3) / 3).then(|| (apart, name(migration)))
        })
        .collect();
    near.sort();
    near.dedup();
    let names: Vec<String> = if near.is_empty() {
        let all: Vec<String> = migrations().map(name).collect();
        all.into_iter().rev().take(3).collect()
    } else {
        near.into_iter().map(|(_, name)| name).take(3).collect()
    };
    let help = format!("a version, the name of a file or its path, as in {}", names.join(", "));
    UserError::new(format!("there is no migration `{at}`")).help(help)
}
