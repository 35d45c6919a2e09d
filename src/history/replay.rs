//! A replay of a sequence: every migration in running order over a catalog, one catalog for each dialect.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Migration, Part, Sequence, Wrap};
use crate::ops::{self, Outcome, Session, Statement, Transaction};
use crate::schema::{Catalog, Dialect, Engine};
use crate::syntax::sql::{self, Script};
use crate::text::Sources;

/// A sequence, read and replayed.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    /// What was replayed.
    pub sequence: &'a Sequence,
    /// Its migrations, in running order, one for each of the sequence's.
    pub runs: Vec<MigrationRun<'a>>,
    /// What all of them built, by dialect.
    pub end: BTreeMap<Dialect, Catalog>,
}

/// One migration, replayed.
#[derive(Clone, Debug)]
pub struct MigrationRun<'a> {
    /// The migration.
    pub migration: &'a Migration,
    /// Its way up.
    pub up: PartRun,
    /// Its way down, run after its way up.
    pub down: Option<PartRun>,
}

/// One direction of a migration, replayed.
#[derive(Clone, Debug)]
pub struct PartRun {
    /// The part.
    pub part: Part,
    /// For what it is written.
    pub engine: Engine,
    /// Its text, read.
    pub script: Script,
    /// One for each of the script's statements.
    pub steps: Vec<Step>,
    /// The catalog afterwards.
    pub after: Catalog,
    /// The session afterwards: what is left open shows there.
    pub session: Session,
}

/// One statement, replayed.
#[derive(Clone, Debug)]
pub struct Step {
    /// The catalog before it.
    pub before: Catalog,
    /// The session before it; shared by the statements that leave it as it is.
    pub session: Arc<Session>,
    /// What became of its operations.
    pub outcomes: Vec<Outcome>,
}

/// Reads and replays a sequence.
pub fn replay<'a>(sequence: &'a Sequence, sources: &Sources) -> Replay<'a> {
    let scripts: Vec<(Script, Option<Script>)> = sequence
        .migrations
        .par_iter()
        .map(|migration| {
            let read = |part: &Part| sql::read(sources.get(part.file).text(), part.span, migration.engine.dialect);
            (read(&migration.up), migration.down.as_ref().map(read))
        })
        .collect();
    let mut end: BTreeMap<Dialect, Catalog> = BTreeMap::new();
    let mut runs = Vec::with_capacity(sequence.migrations.len());
    for (migration, (up, down)) in sequence.migrations.iter().zip(scripts) {
        let dialect = migration.engine.dialect;
        let before = end.remove(&dialect).unwrap_or_else(|| Catalog::new(dialect, true));
        let up = run(migration.up, migration.engine, up, &before);
        end.insert(dialect, up.after.clone());
        let down = migration.down.as_ref().zip(down).map(|(part, script)| run(*part, migration.engine, script, &up.after));
        runs.push(MigrationRun { migration, up, down });
    }
    Replay { sequence, runs, end }
}

/// Replays a script over a catalog.
pub fn run(part: Part, engine: Engine, script: Script, before: &Catalog) -> PartRun {
    let (steps, after, session) = steps(part, engine, &script.statements, before);
    PartRun { part, engine, script, steps, after, session }
}

fn steps(part: Part, engine: Engine, statements: &[Statement], before: &Catalog) -> (Vec<Step>, Catalog, Session) {
    let transaction = match part.wrap {
        Wrap::Nobody => Transaction::None,
        Wrap::Tool => Transaction::Tool,
        // One statement is its own transaction: a lone CONCURRENTLY is fine.
        Wrap::Implicit if statements.len() == 1 => Transaction::None,
        Wrap::Implicit => Transaction::Implicit,
    };
    let mut session = Session::new(engine, part.file, transaction);
    let mut catalog = before.clone();
    catalog.end_session();
    if session.in_transaction() {
        session.at_begin = Some(Box::new(catalog.clone()));
    }
    let mut steps = Vec::with_capacity(statements.len());
    let mut shared = Arc::new(session.clone());
    for statement in statements {
        let changes_session = statement.ops.iter().any(|op| op.kind.is_about_session());
        let applied = ops::apply(&catalog, statement, &mut session);
        steps.push(Step { before: catalog, session: Arc::clone(&shared), outcomes: applied.results });
        catalog = applied.after;
        if changes_session {
            shared = Arc::new(session.clone());
        }
    }
    (steps, catalog, session)
}

impl PartRun {
    /// The same part run again, straight after it ran: one step for each of the script's statements.
    pub fn again(&self) -> Vec<Step> {
        steps(self.part, self.engine, &self.script.statements, &self.after).0
    }
}
