//! The schema that migrations, or one file, build, and what of it cannot be told.

use super::Part;
use super::compare::as_far_as_known;
use super::doubt::{Doubt, doubts};
use super::replay::{PartRun, Replay, run};
use crate::schema::{Catalog, Dialect, Engine};
use crate::syntax::sql;
use crate::text::{FileId, Source};

/// A schema.
#[derive(Clone, Debug)]
pub struct Built {
    /// For what it is written.
    pub engine: Engine,
    /// What there is. Closed where everything is known that there is.
    pub catalog: Catalog,
    /// Whether nothing stood before the first statement, as far as that can be told.
    pub begins: bool,
    /// Statements that are not what they seem.
    pub doubts: Vec<Doubt>,
    /// Migrations that were not read.
    pub unread: Vec<FileId>,
}

impl Built {
    /// What the migrations of one dialect build.
    pub fn by_migrations(replay: &Replay<'_>, dialect: Dialect) -> Self {
        let sequence = replay.sequence;
        let end = replay.end.get(&dialect).cloned().unwrap_or_else(|| Catalog::new(dialect, true));
        let own = sequence.engine;
        let written = replay.runs.iter().map(|run| run.up.engine).find(|engine| engine.dialect == dialect);
        let engine = if own.dialect == dialect { own } else { written.unwrap_or(Engine::of(dialect)) };
        let ups = replay.runs.iter().map(|run| &run.up).filter(|part| part.engine.dialect == dialect);
        Self {
            engine,
            begins: replay.begins(dialect),
            catalog: as_far_as_known(replay, end),
            doubts: replay
                .stood
                .iter()
                .filter(|part| part.engine.dialect == dialect)
                .chain(ups)
                .flat_map(doubts)
                .collect(),
            unread: sequence.unread.iter().map(|unread| unread.file).collect(),
        }
    }

    /// What one file builds out of nothing.
    pub fn by_file(run: &PartRun) -> Self {
        let mut catalog = run.after.clone();
        catalog.end_session();
        Self { engine: run.engine, catalog, begins: true, doubts: doubts(run), unread: Vec::new() }
    }

    /// Whether everything was read, and nothing may have done anything.
    pub fn is_certain(&self) -> bool {
        !self.catalog.unclear
            && self.unread.is_empty()
            && !self.doubts.iter().any(|doubt| doubt.kind.is_serious())
    }

    /// Whether everything that there is is known.
    pub fn is_complete(&self) -> bool {
        self.begins && self.is_certain() && self.catalog.tables().all(|table| !table.open)
    }
}

/// What statements of our own, without semicolons, make of a catalog.
pub fn after(statements: &[String], engine: Engine, before: &Catalog) -> Catalog {
    let source = Source::new("", statements.join(";\n").into_bytes());
    let part = Part::whole(FileId(u32::MAX), &source);
    run(part, engine, sql::read(source.text(), part.span, engine.dialect), before).after
}
