//! `gander drift`: what two schemas differ in. Of the two, the left one is what is to become like the right one: a dump like the
//! canonical schema, the canonical schema like what the migrations build.

use super::args::{Drift, Global};
use super::{Exit, complain, in_work_tree, is_read, stdout_terminal, told};
use crate::history::built::{self, Built};
use crate::history::compare::{self, Others};
use crate::history::replay::{self, Replay};
use crate::project::files::Target;
use crate::project::histories::{CanonicalFile, Planned};
use crate::project::schemas::{Side, common_engine, history_for, side};
use crate::project::{Project, UserError, canonical};
use crate::report::drift::{self, Comparison, DriftFormat, Told};
use crate::report::note::{Note, notes};
use crate::schema::{Catalog, Dialect, Difference, Engine, Name, ObjectRef};
use crate::syntax::sql::write_catalog;
use crate::text::Place;

/// Compares.
///
/// # Errors
/// When the project cannot be read, when what is named is no schema, or when there is nothing to compare.
pub fn run(global: &Global, arguments: &Drift) -> Result<Exit, UserError> {
    let named: Vec<&String> = arguments.left.iter().chain(&arguments.right).collect();
    for name in &named {
        refuse_models(name)?;
    }
    let paths: Vec<_> = named.iter().map(|name| name.into()).collect();
    let mut project = in_work_tree(global, &arguments.target, &paths)?;
    let mut exit = told(&project);
    let found = match (named.len(), project.files.targets.as_slice()) {
        (0, _) => alone(&project, arguments)?,
        (_, [left, right]) => {
            let targets = [left.clone(), right.clone()];
            between(&mut project, &targets, arguments)?
        }
        // What is not there was told.
        _ => return Ok(Exit::Error),
    };
    for note in &found.notes {
        if note.serious {
            complain(&UserError::new(note.to_string()));
            exit = Exit::Error;
        } else if !global.quiet {
            super::note(&note.to_string());
        }
    }
    let display = |path: &str| project.display(path);
    let report = drift::Drift {
        sources: &project.files.sources,
        display_path: &display,
        comparisons: &found.comparisons,
        notes: &found.notes,
        terminal: stdout_terminal(global),
        quiet: global.quiet,
    };
    is_read(drift::write(&report, arguments.output_format, &mut std::io::stdout().lock()))?;
    let differs = found.comparisons.iter().any(|comparison| !comparison.differences.is_empty());
    Ok(if differs && !arguments.exit_zero { exit.max(Exit::Findings) } else { exit })
}

/// Models are no sources yet.
fn refuse_models(name: &str) -> Result<(), UserError> {
    let kind = ["sqlalchemy:", "django:", "alembic:"].into_iter().find(|kind| name.starts_with(kind));
    match kind {
        Some(kind) => Err(UserError::new(format!("{name}: `{kind}` sources are not read yet"))
            .help("name a SQL file or a directory of SQL migrations")),
        None => Ok(()),
    }
}

/// What was compared, and what of it cannot be relied on.
#[derive(Default)]
struct Found {
    comparisons: Vec<Comparison>,
    notes: Vec<Note>,
}

impl Found {
    fn note(&mut self, project: &Project, built: &Built, title: &str) {
        let display = |path: &str| project.display(path);
        for note in notes(built, title, &project.files.sources, &display) {
            // What is compared twice is told once.
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }
}

/// One of the two that are compared.
struct Schema<'a> {
    title: String,
    built: Built,
    /// The migrations that built it.
    replay: Option<&'a Replay<'a>>,
}

/// Two things that somebody named.
fn between(project: &mut Project, targets: &[Target; 2], arguments: &Drift) -> Result<Found, UserError> {
    let [left, right] = targets;
    let sides = [side(project, left)?, side(project, right)?];
    let engine = common_engine(project, [&sides[0], &sides[1]])?;
    let titles = [sides[0].title(project), sides[1].title(project)];
    let mut planned: Vec<Option<Planned>> = Vec::new();
    let mut parts = Vec::new();
    for side in sides {
        match side {
            Side::History { target, planned: histories } => {
                planned.push(Some(history_for(project, &target, histories, engine)?));
                parts.push(None);
            }
            Side::File { part, .. } => {
                planned.push(None);
                parts.push(Some(part));
            }
        }
    }
    let sources = &project.files.sources;
    let replays: Vec<Option<Replay<'_>>> = planned
        .iter()
        .map(|one| one.as_ref().map(|one| replay::replay_on(&one.sequence, sources, &one.baseline)))
        .collect();
    let mut schemas = Vec::new();
    for ((title, replay), part) in titles.into_iter().zip(&replays).zip(parts) {
        let built = match (replay, part) {
            (Some(replay), _) => Built::by_migrations(replay, engine.dialect),
            (None, Some(part)) => {
                Built::by_file(&canonical::replayed_part(part, sources.get(part.file), engine))
            }
            (None, None) => continue,
        };
        schemas.push(Schema { title, built, replay: replay.as_ref() });
    }
    let mut found = Found::default();
    let [left, right] = schemas.as_slice() else { return Ok(found) };
    found.note(project, &left.built, &left.title);
    found.note(project, &right.built, &right.title);
    let external = |name: &Name| planned.iter().flatten().any(|one| one.settings.is_external(name));
    let without_tools = [left.replay.is_some(), right.replay.is_some()];
    let others = Others { external: &external, sharing: &[], without_tools };
    let mut differences = left.built.catalog.diff(&right.built.catalog);
    differences.retain(|difference| {
        compare::counts(difference, &[&left.built.catalog, &right.built.catalog], &others)
    });
    found.comparisons.push(comparison(left, right, differences, arguments)?);
    Ok(found)
}

/// Each history's schema files with what its migrations build, and its dumps with those files.
fn alone(project: &Project, arguments: &Drift) -> Result<Found, UserError> {
    let planned = project.histories()?;
    let mut found = Found::default();
    for one in &planned {
        if let Some(database) = one.sequence.foreign_database {
            let text = format!("it is written for {database}, which gander does not know");
            found.notes.push(Note::about(project.display(&one.sequence.directory), text));
        }
    }
    let planned: Vec<&Planned> =
        planned.iter().filter(|one| one.sequence.foreign_database.is_none()).collect();
    let sources = &project.files.sources;
    let replays: Vec<Replay<'_>> =
        planned.iter().map(|one| replay::replay_on(&one.sequence, sources, &one.baseline)).collect();
    for (at, (one, replay)) in planned.iter().zip(&replays).enumerate() {
        let shares = |other: &Planned| {
            other.canonical.iter().any(|file| one.canonical.iter().any(|own| own.file == file.file))
        };
        let sharing: Vec<&Replay<'_>> = (planned.iter().zip(&replays).enumerate())
            .filter(|(index, (other, _))| *index != at && shares(other))
            .map(|(_, (_, replay))| replay)
            .collect();
        let external = |name: &Name| one.settings.is_external(name);
        let others = Others { external: &external, sharing: &sharing, ..Others::NONE };
        of_history(project, one, replay, &others, arguments, &mut found)?;
    }
    if found.comparisons.is_empty() {
        for note in &found.notes {
            super::note(&note.to_string());
        }
        return Err(UserError::new("there is nothing to compare: no history here has a schema file")
            .help("name two: gander drift A B; or set `canonical` of a [[history]] in gander.toml"));
    }
    Ok(found)
}

fn of_history(
    project: &Project,
    planned: &Planned,
    replay: &Replay<'_>,
    others: &Others<'_>,
    arguments: &Drift,
    found: &mut Found,
) -> Result<(), UserError> {
    let engine = planned.sequence.engine;
    let file = |file: &CanonicalFile| {
        let source = project.files.sources.get(file.file);
        let built = Built::by_file(&canonical::replayed(file.file, source, engine));
        Schema { title: project.display(&source.path), built, replay: None }
    };
    let migrations = Schema {
        title: project.display(&planned.sequence.directory),
        built: Built::by_migrations(replay, engine.dialect),
        replay: Some(replay),
    };
    let mut schemas = Vec::new();
    for canonical in &planned.canonical {
        let schema = file(canonical);
        let (left, right) = (&schema.built.catalog, &migrations.built.catalog);
        let differences = compare::told(left, right, others);
        if !canonical.configured && compare::is_something_else(left, right, &differences) {
            let text =
                format!("it is not taken for the schema of {}: too much in it differs", migrations.title);
            found.notes.push(Note::about(schema.title, text));
            continue;
        }
        found.note(project, &schema.built, &schema.title);
        found.note(project, &migrations.built, &migrations.title);
        found.comparisons.push(comparison(&schema, &migrations, differences, arguments)?);
        schemas.push(schema);
    }
    for dump in &planned.dumps {
        let dump = file(dump);
        found.note(project, &dump.built, &dump.title);
        // Without a schema file the migrations say what there is to be.
        let against: Vec<&Schema<'_>> =
            if schemas.is_empty() { vec![&migrations] } else { schemas.iter().collect() };
        for schema in against {
            let (left, right) = (&dump.built.catalog, &schema.built.catalog);
            let mut differences = left.diff(right);
            differences.retain(|difference| compare::counts(difference, &[left, right], others));
            found.note(project, &schema.built, &schema.title);
            found.comparisons.push(comparison(&dump, schema, differences, arguments)?);
        }
    }
    if schemas.is_empty() && planned.dumps.is_empty() {
        let text = "there is no schema file to hold against it";
        found.notes.push(Note::about(migrations.title, text));
    }
    Ok(())
}

fn comparison(
    left: &Schema<'_>,
    right: &Schema<'_>,
    differences: Vec<Difference>,
    arguments: &Drift,
) -> Result<Comparison, UserError> {
    let mut statements = Vec::new();
    let mut left_over = Vec::new();
    if arguments.output_format == DriftFormat::Sql {
        let engine = left.built.engine;
        if engine.dialect == Dialect::Mysql {
            let what = format!("{} is for MySQL, for which gander writes no SQL", left.title);
            return Err(UserError::new(what).help("--output-format text and json are there"));
        }
        statements = write_catalog::migrate(&left.built.catalog, &right.built.catalog, &differences);
        left_over = unwritten(&left.built.catalog, &right.built.catalog, &statements, &differences, engine);
    }
    let told = differences.into_iter().map(|difference| {
        let heading = heading(&difference.object, [&left.built.catalog, &right.built.catalog]);
        let place = |side: &Schema<'_>, made: Option<Place>| match side.replay {
            Some(replay) => {
                let cause = compare::cause(replay, side.built.engine.dialect, &difference);
                cause.map(|cause| cause.place(&difference.object)).or(made)
            }
            None => made,
        };
        let left = place(left, difference.left_made);
        let right = place(right, difference.right_made);
        Told { heading, left, right, difference }
    });
    Ok(Comparison {
        left: left.title.clone(),
        right: right.title.clone(),
        complete: left.built.is_complete() && right.built.is_complete(),
        differences: told.collect(),
        statements,
        left_over,
    })
}

/// What the statements leave of the differences, or add to them. They are read again: nothing that they lack goes unsaid.
fn unwritten(
    left: &Catalog,
    right: &Catalog,
    statements: &[String],
    told: &[Difference],
    engine: Engine,
) -> Vec<Difference> {
    let same = |one: &Difference, other: &Difference| one.kind == other.kind && one.object == other.object;
    let passed_over: Vec<Difference> = left
        .diff(right)
        .into_iter()
        .filter(|difference| !told.iter().any(|told| same(told, difference)))
        .collect();
    let mut rest = built::after(statements, engine, left).diff(right);
    rest.retain(|difference| !passed_over.iter().any(|known| same(known, difference)));
    rest
}

/// What a difference is told under: the table or view that the object belongs to, else the object itself.
fn heading(object: &ObjectRef, catalogs: [&Catalog; 2]) -> String {
    match &object.on {
        Some(on) => {
            let relation = catalogs.iter().find_map(|catalog| catalog.relation(on).found());
            let noun = relation.map_or_else(|| "table".to_owned(), |relation| relation.kind().noun());
            format!("{noun} {on}")
        }
        None => format!("{} {}", object.kind.noun(), object.name),
    }
}
