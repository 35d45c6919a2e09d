//! What statements do, for programs. The types below are the form of it, apart from ours, so that ours may change.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use super::{Inspection, Shown};
use crate::effects::{LockMode, SecondRun};
use crate::history::cost::Cost;
use crate::schema::{Dialect, Name};

/// The whole output.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    statements: Vec<JsonStatement<'a>>,
}

/// One statement. What cannot be known from the history is null.
#[derive(Serialize)]
struct JsonStatement<'a> {
    path: String,
    line: u32,
    text: &'a str,
    /// `up` or `down`.
    direction: &'static str,
    operations: Vec<&'static str>,
    locks: Option<Vec<JsonLock>>,
    rewrites: Option<Vec<String>>,
    scans: Option<Vec<String>>,
    builds_indexes: Option<Vec<String>>,
    in_transaction: Option<bool>,
    second_run: Option<&'static str>,
}

#[derive(Serialize)]
struct JsonLock {
    relation: String,
    mode: &'static str,
}

/// Writes it.
pub fn write(inspection: &Inspection<'_>, out: &mut impl Write) -> io::Result<()> {
    let all = inspection.shown.iter();
    let statements = all
        .flat_map(|shown| shown.costs.iter().map(move |cost| statement(inspection, shown, cost)))
        .collect();
    serde_json::to_writer_pretty(&mut *out, &Document { version: 1, statements })?;
    writeln!(out)
}

fn statement<'a>(inspection: &'a Inspection<'_>, shown: &Shown, cost: &Cost) -> JsonStatement<'a> {
    let statement = &shown.part.script.statements[cost.at];
    let (line, text) = inspection.text(shown, statement);
    let effects = &cost.effects;
    let names = |names: &BTreeSet<Name>, unknown: bool| {
        (!unknown).then(|| names.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let locks = effects.locks.iter();
    let mode = |mode: &LockMode| match shown.part.engine.dialect {
        Dialect::Postgres | Dialect::Sqlite => mode.name(),
        Dialect::Mysql => mode.in_mysql(),
    };
    let locks: Vec<JsonLock> =
        locks.map(|(name, held)| JsonLock { relation: name.to_string(), mode: mode(held) }).collect();
    JsonStatement {
        path: inspection.path(shown),
        line,
        text,
        direction: if shown.down { "down" } else { "up" },
        operations: statement.ops.iter().map(|op| op.kind.name()).collect(),
        // What is known of the locks is worth knowing where it is not all.
        locks: (!effects.unknown.locks || !locks.is_empty()).then_some(locks),
        rewrites: names(&effects.rewrites, effects.unknown.rewrites),
        scans: names(&effects.scans, effects.unknown.scans),
        builds_indexes: names(&effects.builds, effects.unknown.builds),
        in_transaction: cost.in_transaction,
        second_run: cost.second_run.map(SecondRun::name),
    }
}
