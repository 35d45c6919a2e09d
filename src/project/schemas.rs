//! Schemas that somebody names by a path: the histories that it is about, or a SQL file as it stands.

use super::config::{Origin, Setting};
use super::error::UserError;
use super::files::Target;
use super::histories::Planned;
use super::open::Project;
use crate::history::{EngineFrom, Guess, Part, guess};
use crate::schema::{Dialect, Engine};
use crate::text::FileId;

/// What a path names.
pub enum Named {
    /// The histories at or below it, or the one that it lies in. Never empty.
    Histories(Vec<Planned>),
    /// A SQL file that is no migration.
    File(FileId),
}

/// What a path names.
///
/// # Errors
/// When there is nothing of the kind, or the project's histories cannot be told.
pub fn named(project: &mut Project, target: &Target) -> Result<Named, UserError> {
    let found = histories(project, Vec::new())?;
    match target {
        Target::Directory(path) => {
            let about = |planned: Vec<Planned>| -> Vec<Planned> {
                planned.into_iter().filter(|one| overlap(&one.sequence.directory, path)).collect()
            };
            let mut all = about(found);
            if all.is_empty() {
                all = about(histories(project, vec![target.clone()])?);
            }
            if all.is_empty() {
                let path = project.display(path);
                return Err(UserError::new(format!("there are no migrations in {path}"))
                    .help("name a directory of migrations, or a SQL file"));
            }
            Ok(Named::Histories(all))
        }
        Target::File(path) => {
            let file = file_of(project, path)?;
            match found.into_iter().find(|one| holder(one, file)) {
                Some(history) => Ok(Named::Histories(vec![history])),
                None => Ok(Named::File(file)),
            }
        }
    }
}

/// The project's histories, with those that only a path names.
fn histories(project: &mut Project, targets: Vec<Target>) -> Result<Vec<Planned>, UserError> {
    let own = std::mem::replace(&mut project.files.targets, targets);
    let found = project.histories();
    project.files.targets = own;
    found
}

/// Whether one of two directories lies in the other.
fn overlap(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        outer.is_empty()
            || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(one, other) || within(other, one)
}

fn file_of(project: &Project, path: &str) -> Result<FileId, UserError> {
    match project.files.files.get(path) {
        Some(file) => Ok(file.id),
        None => Err(UserError::new(format!("cannot read {}", project.display(path)))),
    }
}

/// Whether a file is one of the migrations of a history.
fn holder(planned: &Planned, file: FileId) -> bool {
    planned
        .sequence
        .migrations
        .iter()
        .any(|migration| migration.up.file == file || migration.down.is_some_and(|down| down.file == file))
}

/// One of two things that are compared.
pub enum Side {
    /// What the migrations of a directory build.
    History {
        /// The directory, as it was named.
        target: Target,
        /// Its histories.
        planned: Vec<Planned>,
    },
    /// What one file builds.
    File {
        /// What of it runs: the way up where it is a migration, else the whole.
        part: Part,
        /// For which database it is written.
        guess: Guess,
    },
}

/// Looks at what is compared.
///
/// # Errors
/// When there is nothing of the kind, or the project's histories cannot be told.
pub fn side(project: &mut Project, target: &Target) -> Result<Side, UserError> {
    let Target::File(path) = target else {
        return match named(project, target)? {
            Named::Histories(planned) => Ok(Side::History { target: target.clone(), planned }),
            Named::File(file) => Ok(file_side(project, file)),
        };
    };
    let file = file_of(project, path)?;
    let found = histories(project, Vec::new())?;
    let mut ups = found.iter().flat_map(|one| &one.sequence.migrations);
    if let Some(migration) = ups.rfind(|migration| migration.up.file == file) {
        return Ok(Side::File { part: migration.up, guess: Guess::Sure(migration.engine) });
    }
    // A schema file is written for the database that its history is for.
    let of_history = found.iter().find(|one| {
        one.baseline.contains(&file) || one.canonical.iter().any(|canonical| canonical.file == file)
    });
    let own = file_side(project, file);
    Ok(match (own, of_history) {
        (Side::File { part, guess: Guess::Likely(_) | Guess::Nothing }, Some(history)) => {
            Side::File { part, guess: Guess::Sure(history.sequence.engine) }
        }
        (own, _) => own,
    })
}

fn file_side(project: &Project, file: FileId) -> Side {
    let source = project.files.sources.get(file);
    Side::File { part: Part::whole(file, source), guess: guess(source) }
}

impl Side {
    /// What people call it.
    pub fn title(&self, project: &Project) -> String {
        match self {
            Self::History { target: Target::Directory(path) | Target::File(path), .. } => {
                project.display(path)
            }
            Self::File { part, .. } => project.display(&project.files.sources.get(part.file).path),
        }
    }

    /// For which database it is written.
    fn guess(&self) -> Guess {
        match self {
            Self::File { guess, .. } => *guess,
            Self::History { planned, .. } => match planned.as_slice() {
                [one] => match (one.sequence.foreign_database, one.sequence.engine_from) {
                    (Some(name), _) => Guess::Foreign(name),
                    _ if one.sequence.dialects().len() > 1 => Guess::Nothing,
                    (None, EngineFrom::Assumed) => Guess::Nothing,
                    (None, EngineFrom::Project | EngineFrom::Text) => Guess::Likely(one.sequence.engine),
                    (
                        None,
                        EngineFrom::Asked
                        | EngineFrom::Comment
                        | EngineFrom::Registry
                        | EngineFrom::Directory
                        | EngineFrom::Tool,
                    ) => Guess::Sure(one.sequence.engine),
                },
                // Which of them is meant, the other side may tell.
                _ => Guess::Nothing,
            },
        }
    }
}

/// The database that both sides are for: what `--engine` says, else what they say, else what gander.toml says, else PostgreSQL.
///
/// # Errors
/// When they are written for two databases, or for one that gander does not know.
pub fn common_engine(project: &Project, sides: [&Side; 2]) -> Result<Engine, UserError> {
    if let Some(engine) = project.config.engine.value {
        return Ok(engine);
    }
    let guesses = sides.map(Side::guess);
    let title = |at: usize| sides[at].title(project);
    for (at, guess) in guesses.iter().enumerate() {
        if let Guess::Foreign(name) = guess {
            return Err(UserError::new(format!(
                "{} is written for {name}, which gander does not know",
                title(at)
            ))
            .help("if it is not, say --engine postgres or --engine sqlite"));
        }
    }
    let differ = |one: Engine, other: Engine, verb: &str| {
        UserError::new(format!(
            "{} {verb} for {} and {} for {}: schemas of two databases cannot be compared",
            title(0),
            one.dialect.title(),
            title(1),
            other.dialect.title()
        ))
        .help("if both are for one database, name it with --engine")
    };
    match (guesses[0], guesses[1]) {
        (Guess::Sure(one), Guess::Sure(other)) if one.dialect != other.dialect => {
            Err(differ(one, other, "is written"))
        }
        (Guess::Likely(one), Guess::Likely(other)) if one.dialect != other.dialect => {
            Err(differ(one, other, "seems to be written"))
        }
        // A version goes before none.
        (Guess::Sure(one), Guess::Sure(other)) => Ok(if one.version.is_some() { one } else { other }),
        (Guess::Sure(engine), _) | (_, Guess::Sure(engine)) => Ok(engine),
        (Guess::Likely(engine), _) | (_, Guess::Likely(engine)) => Ok(engine),
        (Guess::Nothing | Guess::Foreign(_), Guess::Nothing | Guess::Foreign(_)) => {
            Ok(configured_engine(project).unwrap_or(Engine::of(Dialect::Postgres)))
        }
    }
}

/// The one engine that gander.toml names.
pub fn configured_engine(project: &Project) -> Option<Engine> {
    let mut all = project.config.histories.iter().filter_map(|history| history.engine.as_ref());
    let first = all.next()?.value;
    all.all(|engine| engine.value == first).then_some(first)
}

/// For which database a file is read that is no migration.
///
/// # Errors
/// When it is written for one that gander does not know.
pub fn engine_of_file(project: &mut Project, file: FileId) -> Result<Engine, UserError> {
    let path = project.files.sources.get(file).path.clone();
    let side = side(project, &Target::File(path))?;
    common_engine(project, [&side, &side])
}

/// The history on a side that is written for `engine`.
///
/// # Errors
/// When there are several, or none.
pub fn history_for(
    project: &mut Project,
    target: &Target,
    planned: Vec<Planned>,
    engine: Engine,
) -> Result<Planned, UserError> {
    let mut fitting = planned.into_iter().filter(|one| speaks(one, engine.dialect));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => return Ok(one),
        (Some(one), Some(other)) => {
            let all: Vec<String> = [one, other]
                .into_iter()
                .chain(fitting)
                .map(|one| project.display(&one.sequence.directory))
                .collect();
            let path = project.display(target_path(target));
            return Err(UserError::new(format!("there are several histories in {path}: {}", all.join(", ")))
                .help("name one of them"));
        }
        (None, _) => {}
    }
    // Read as what it was taken for it is no such history; it may be one when it is read as what the other side is.
    let own = std::mem::replace(
        &mut project.config.engine,
        Setting { value: Some(engine), origin: Origin::Default },
    );
    let again = named(project, target);
    project.config.engine = own;
    let missing = || {
        let path = project.display(target_path(target));
        UserError::new(format!("there are no migrations for {} in {path}", engine.dialect.title()))
    };
    match again? {
        Named::Histories(mut again) if again.len() == 1 && speaks(&again[0], engine.dialect) => {
            again.pop().ok_or_else(missing)
        }
        Named::Histories(_) | Named::File(_) => Err(missing()),
    }
}

fn target_path(target: &Target) -> &str {
    match target {
        Target::File(path) | Target::Directory(path) => path,
    }
}

/// Whether a history has migrations for a dialect.
fn speaks(planned: &Planned, dialect: Dialect) -> bool {
    let migrations = &planned.sequence.migrations;
    planned.sequence.foreign_database.is_none()
        && migrations
            .iter()
            .any(|migration| migration.engine.dialect == dialect || migration.also.contains(&dialect))
}
