//! What a rule sees.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::effects::support::{Lack, Surroundings, lack};
use crate::effects::{Effects, LockMode};
use crate::history::Tool;
use crate::history::cost;
use crate::history::replay::{MigrationRun, PartRun, Replay, Step};
use crate::ops::{Conflict, Op, Operation, Statement, Transaction, resolve};
use crate::schema::{Catalog, Dialect, Engine, Lookup, Name, PartitionKind, Relation, Table};
use crate::text::{FileId, Place, Source, Sources, Span};

/// Up or down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// Forward.
    Up,
    /// Back.
    Down,
}

/// What gander.toml says that rules want to know.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// `[tables] small`: not worth an online change.
    pub small_tables: BTreeSet<String>,
    /// `[conventions] header`: keys that every migration's leading comment must have.
    pub header: Option<Vec<String>>,
    /// `[conventions] indexed-columns`: columns that want an index wherever they appear.
    pub indexed_columns: Vec<String>,
    /// `[[history]] rollback`: Some(true) required, Some(false) off, None by practice.
    pub rollback: Option<bool>,
    /// `[conventions] lock-timeout`: Some(true) in the migrations, Some(false) set elsewhere, None by practice.
    pub lock_timeout: Option<bool>,
    /// `[[history]] version-table`.
    pub version_table: Option<String>,
    /// `[[history]] external`: patterns of objects that are made elsewhere.
    pub external: Vec<String>,
    /// `[[history]] foreign-keys`: SQLite enforces them.
    pub foreign_keys: bool,
}

impl Settings {
    /// Whether a table is listed as small.
    pub fn is_small(&self, table: &Name) -> bool {
        self.small_tables.iter().any(|small| *small == table.to_string() || small == table.text())
    }

    /// Whether an object is made elsewhere: one of the patterns fits its name, with its schema or without.
    pub fn is_external(&self, name: &Name) -> bool {
        let full = name.schema.as_ref().map(|schema| format!("{}.{}", schema.key(), name.ident.key()));
        self.external.iter().any(|pattern| {
            let pattern = pattern.to_ascii_lowercase();
            fits(pattern.as_bytes(), name.ident.key().to_ascii_lowercase().as_bytes())
                || full
                    .as_ref()
                    .is_some_and(|full| fits(pattern.as_bytes(), full.to_ascii_lowercase().as_bytes()))
        })
    }
}

/// Whether a text fits a pattern of `*` and `?`.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    // Where the last star stood, and how far it had taken us: the one place to come back to.
    let (mut at, mut here, mut star) = (0, 0, None);
    while here < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[here] => {
                at += 1;
                here += 1;
            }
            Some(_) | None => match star {
                Some((of, taken)) => {
                    star = Some((of, taken + 1));
                    at = of + 1;
                    here = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// A judged part of a migration.
#[derive(Clone, Copy)]
pub struct PartFacts<'a> {
    /// Every file.
    pub sources: &'a Sources,
    /// The sequence, replayed.
    pub replay: &'a Replay<'a>,
    /// Which of its migrations this is.
    pub index: usize,
    /// Up or down.
    pub direction: Direction,
    /// The part, replayed.
    pub run: &'a PartRun,
    /// A second run, straight after the first: one step for each statement.
    pub again: &'a [Step],
    /// What each statement does to a live database; of a DO block without the statements in it.
    pub effects: &'a [Effects],
    /// The other files of the same change: their objects are new, as this one's are.
    pub new_files: &'a BTreeSet<FileId>,
    /// How the migrations before it guarded against a second run.
    pub habits: super::rerun::Habits,
    /// The migrations before it made everything that there was: what they did not make is not there.
    pub complete: bool,
    /// Nothing stood before the first migration, or a baseline says what.
    pub begins: bool,
    /// It is no migration but a canonical schema file, which is built once and may be run again.
    pub canonical: bool,
    /// What gander.toml says.
    pub settings: &'a Settings,
}

impl<'a> PartFacts<'a> {
    /// The migration.
    pub fn migration(&self) -> &'a MigrationRun<'a> {
        &self.replay.runs[self.index]
    }

    /// The migrations before it, in running order.
    pub fn earlier(&self) -> &'a [MigrationRun<'a>] {
        &self.replay.runs[..self.index]
    }

    /// The tool that runs it.
    pub const fn tool(&self) -> &'static Tool {
        self.replay.sequence.tool
    }

    /// For what it is written.
    pub const fn engine(&self) -> Engine {
        self.run.engine
    }

    /// Its dialect.
    pub const fn dialect(&self) -> Dialect {
        self.run.engine.dialect
    }

    /// Its file.
    pub fn source(&self) -> &'a Source {
        self.sources.get(self.run.part.file)
    }

    /// A span of its file as a place.
    pub const fn place(&self, span: Span) -> Place {
        Place::new(self.run.part.file, span)
    }

    /// Its statements.
    pub fn statements(&self) -> &'a [Statement] {
        &self.run.script.statements
    }

    /// Each statement with what is known around it.
    pub fn steps(&self) -> impl Iterator<Item = StepFacts<'a>> {
        let part = *self;
        (0..part.run.steps.len()).map(move |at| StepFacts { part, at })
    }

    /// The place of its first statement; else the start of the part.
    pub fn head(&self) -> Place {
        let span =
            self.statements().first().map_or(Span::at(self.run.part.span.start), |statement| statement.span);
        self.place(span)
    }
}

/// A statement of a judged part.
#[derive(Clone, Copy)]
pub struct StepFacts<'a> {
    /// The part.
    pub part: PartFacts<'a>,
    /// Which of its statements this is.
    pub at: usize,
}

impl<'a> StepFacts<'a> {
    /// The statement.
    pub fn statement(&self) -> &'a Statement {
        &self.part.run.script.statements[self.at]
    }

    /// It, replayed.
    pub fn step(&self) -> &'a Step {
        &self.part.run.steps[self.at]
    }

    /// The catalog before it.
    pub fn before(&self) -> &'a Catalog {
        &self.step().before
    }

    /// The catalog after it.
    pub fn after(&self) -> &'a Catalog {
        self.part.run.steps.get(self.at + 1).map_or(&self.part.run.after, |next| &next.before)
    }

    /// It, in a second run straight after the first.
    pub fn again(&self) -> &'a Step {
        &self.part.again[self.at]
    }

    /// What the server says to one of its operations in a second run, where it refuses what it took in the first.
    pub fn fails_again(&self, op: usize) -> Option<&'a Conflict> {
        let first = self.step().outcomes.get(op)?;
        let again = self.again().outcomes.get(op)?;
        if first.conflict().is_some() { None } else { again.conflict() }
    }

    /// What it does to a live database.
    pub fn effects(&self) -> &'a Effects {
        &self.part.effects[self.at]
    }

    /// What one of its operations does to a live database by itself: of an ALTER TABLE with several actions, what this one asks for.
    pub fn effects_of(&self, op: usize) -> Cow<'a, Effects> {
        if self.statement().ops.len() == 1 {
            return Cow::Borrowed(self.effects());
        }
        Cow::Owned(cost::effects_of_one(self.part.run, self.at, op, self.part.begins))
    }

    /// The tables and materialized views with rows and readers that it locks at least this strongly, partitions with their parent.
    pub fn locked(&self, least: LockMode) -> Vec<Name> {
        let locks = self.effects().locks.iter().filter(|(_, mode)| **mode >= least);
        self.in_use(locks.map(|(name, _)| name))
    }

    /// Those of these relations that are tables or materialized views with rows and readers. Of a partition and its parent only the parent.
    pub fn in_use<'n>(&self, names: impl IntoIterator<Item = &'n Name>) -> Vec<Name> {
        let holds_rows = |name: &Name| match self.before().relation(name) {
            Lookup::Found(Relation::Table(_)) | Lookup::Unknown => true,
            Lookup::Found(Relation::View(view)) => view.materialized,
            Lookup::Found(Relation::Index(_) | Relation::Sequence(_)) | Lookup::Absent => false,
        };
        let all: Vec<&Name> =
            names.into_iter().filter(|name| holds_rows(name) && !self.is_free(name)).collect();
        let has_parent = |name: &Name| {
            self.before()
                .table(name)
                .found()
                .is_some_and(|table| table.parents.iter().any(|parent| all.contains(&parent)))
        };
        all.iter().filter(|name| !has_parent(name)).map(|name| (*name).clone()).collect()
    }

    /// A table, its partitions and heirs, and theirs.
    pub fn family(&self, table: &Name) -> Vec<Name> {
        let mut all = vec![self.resolve(table)];
        let mut at = 0;
        while let Some(parent) = all.get(at).cloned() {
            for child in self.before().children(&parent) {
                if !all.contains(&child) {
                    all.push(child);
                }
            }
            at += 1;
        }
        all
    }

    /// Whether an earlier statement of the part runs in the same transaction; a DO block is one.
    pub fn shares_transaction(&self, earlier: &Self) -> bool {
        let block = |step: &Self| step.statement().within;
        let ends = |at: usize| {
            let ops = &self.part.statements()[at].ops;
            ops.iter().any(|op| matches!(op.kind, Operation::Commit { .. } | Operation::Rollback { .. }))
        };
        (block(self).is_some() && block(self) == block(earlier))
            || (self.in_transaction()
                && self.transaction() == earlier.transaction()
                && !(earlier.at..self.at).any(ends))
    }

    /// A span as a place.
    pub const fn place(&self, span: Span) -> Place {
        self.part.place(span)
    }

    /// The name that an unqualified one means here.
    pub fn resolve(&self, name: &Name) -> Name {
        resolve(self.before(), &self.step().session, name)
    }

    /// The name of what it has made.
    pub fn resolve_after(&self, name: &Name) -> Name {
        resolve(self.after(), &self.step().session, name)
    }

    /// Whether it runs in a transaction, whoever opened it.
    pub fn in_transaction(&self) -> bool {
        self.step().session.in_transaction()
    }

    /// Who opened the transaction that it runs in.
    pub fn transaction(&self) -> Transaction {
        self.step().session.transaction
    }

    /// Whether a table (or materialized view) has no rows and no readers yet, or is not worth an online change: made by this
    /// change, temporary, or listed as small.
    pub fn is_free(&self, name: &Name) -> bool {
        let name = self.resolve(name);
        self.part.settings.is_small(&name)
            || match self.before().relation(&name) {
                Lookup::Found(relation) => {
                    let temporary = matches!(relation, Relation::Table(table) if table.temporary);
                    let own = self.part.run.part.file;
                    let is_new =
                        |place: Place| place.file == own || self.part.new_files.contains(&place.file);
                    temporary || relation.made().is_some_and(is_new)
                }
                Lookup::Absent | Lookup::Unknown => false,
            }
    }

    /// Whether a table has no row here: the migration itself has deleted them all and put none in since, or a statement of it that can only
    /// pass where there is none has passed, if only with this one.
    pub fn is_emptied(&self, name: &Name) -> bool {
        let here = |place: Place| place.file == self.part.run.part.file;
        // What could not be read may have put rows in.
        let start = self.part.run.steps.first().map_or(self.before(), |step| &step.before);
        if self.before().unclear && !start.unclear {
            return false;
        }
        let known = self.table(name).found();
        let was = known.is_some_and(|table| {
            let is_part = table.partition == PartitionKind::Partition;
            table.emptied.is_some_and(here)
                || table.found_empty.is_some_and(here)
                || is_part && table.parents.iter().any(|parent| self.is_emptied(parent))
        });
        let now =
            || self.after().table(&self.resolve_after(name)).found().and_then(|table| table.found_empty);
        was || now().is_some_and(here)
    }

    /// Those of these relations that are in use, and may have a row.
    pub fn with_rows<'n>(&self, names: impl IntoIterator<Item = &'n Name>) -> Vec<Name> {
        self.in_use(names.into_iter().filter(|name| !self.is_emptied(name)))
    }

    /// What of one of its operations the engine, or its version, does not have.
    pub fn lack(&self, op: &Op) -> Option<Lack> {
        let name = match &op.kind {
            Operation::AddColumn { table, .. }
            | Operation::DropColumn { table, .. }
            | Operation::AddConstraint { table, .. }
            | Operation::SetTableOption { table, .. } => Some(&table.name),
            Operation::CreateIndex(create) => Some(&create.table),
            _ => None,
        };
        let around = Surroundings {
            engine: self.part.engine(),
            before: self.before(),
            table: name.map(|name| self.resolve(name)),
            empty: name.is_some_and(|name| self.is_free(name)),
            foreign_keys: self.part.settings.foreign_keys,
            complete: self.part.complete,
        };
        lack(self.statement(), op, &around)
    }

    /// What is known of a table before the statement.
    pub fn table(&self, name: &Name) -> Lookup<'a, Table> {
        self.before().table(&self.resolve(name))
    }
}

/// A whole sequence.
#[derive(Clone, Copy)]
pub struct HistoryFacts<'a> {
    /// Every file.
    pub sources: &'a Sources,
    /// The sequence, replayed.
    pub replay: &'a Replay<'a>,
    /// Migration files that stand on the base branch: for all we know they ran.
    pub applied: &'a BTreeSet<FileId>,
    /// Migration files that are judged.
    pub judged: &'a BTreeSet<FileId>,
    /// Whether a base branch is known.
    pub base_known: bool,
    /// The canonical schema files, read and replayed.
    pub canonical: &'a [Canonical],
    /// Dumps of a running database, read and replayed.
    pub dumps: &'a [Canonical],
    /// Other sequences that share one of those files.
    pub sharing: &'a [&'a Replay<'a>],
    /// Every other sequence of the project.
    pub others: &'a [&'a Replay<'a>],
    /// What gander.toml says.
    pub settings: &'a Settings,
}

impl<'a> HistoryFacts<'a> {
    /// The migration whose way up stands in a file.
    pub fn run_of(&self, file: FileId) -> Option<&'a MigrationRun<'a>> {
        self.replay.runs.iter().find(|run| run.up.part.file == file)
    }

    /// Whether a migration is history only: it stands on the base branch, and nobody asked about it.
    pub fn has_run(&self, file: FileId) -> bool {
        self.base_known && self.applied.contains(&file) && !self.judged.contains(&file)
    }

    /// Where a finding about a whole file stands: at the first statement of its way up, else where it begins.
    pub fn head(&self, file: FileId) -> Place {
        let run = self.run_of(file);
        let first = run.and_then(|run| run.up.script.statements.first()).map(|statement| statement.span);
        let start = run.map_or_else(|| self.sources.get(file).start(), |run| run.up.part.span.start);
        Place::new(file, first.unwrap_or(Span::at(start)))
    }

    /// What people call a migration: its file, or its directory where all files have one name.
    pub fn title(&self, file: FileId) -> String {
        let path = &self.sources.get(file).path;
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_generic = matches!(name, "up.sql" | "down.sql" | "migration.sql");
        let shown = if is_generic { directory.rsplit('/').next().unwrap_or(name) } else { name };
        format!("`{shown}`")
    }
}

/// A canonical schema file, or a dump.
#[derive(Clone, Debug)]
pub struct Canonical {
    /// The file.
    pub file: FileId,
    /// It, replayed over an empty catalog.
    pub run: PartRun,
    /// gander.toml names it; else gander found it.
    pub configured: bool,
    /// What the file built on the base branch; None where it was not there, or where nothing is compared with a base.
    pub base: Option<Catalog>,
}

impl Canonical {
    /// Whether at least half of what it makes is guarded against a second run.
    pub fn is_guarded(&self) -> bool {
        let means = self
            .run
            .script
            .statements
            .iter()
            .flat_map(|statement| &statement.ops)
            .map(|op| super::rerun::means(&op.kind, self.run.engine.dialect, true))
            .filter(|(means, _)| {
                matches!(means, super::rerun::Means::IfNotExists | super::rerun::Means::OrReplace)
            });
        let (guarded, bare): (Vec<_>, Vec<_>) =
            means.partition(|(_, guard)| *guard != crate::ops::Guard::None);
        !guarded.is_empty() && guarded.len() >= bare.len()
    }
}

/// Whether a table is the one in which migrations record themselves: the one that gander.toml names, else one of the usual names.
pub fn is_version_table(part: &PartFacts<'_>, name: &Name) -> bool {
    is_usual_version_table(part.settings, name)
}

/// The same by the settings of a history.
pub fn is_usual_version_table(settings: &Settings, name: &Name) -> bool {
    const USUAL: &[&str] = &[
        "schema_migrations",
        "schema_migration",
        "schema_version",
        "schema_versions",
        "schema_history",
        "schema_info",
        "migrations",
        "migration_history",
        "migration_log",
        "db_version",
        "db_migrations",
        "database_version",
    ];
    match &settings.version_table {
        Some(table) => *table == name.to_string() || table == name.text(),
        None => USUAL.contains(&name.text().to_ascii_lowercase().as_str()),
    }
}
