//! What a statement locks, rewrites, reads and builds on the PostgreSQL of this machine, measured inside a transaction.

use std::collections::{BTreeMap, BTreeSet};

use gander::effects::LockMode;

use super::postgres::{Database, ServerError};

/// What was measured; names of `public` without their schema.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct Costs {
    /// The strongest mode of each relation that stood before, as the manual spells it.
    pub locks: BTreeMap<String, String>,
    /// Tables that lie in another file afterwards.
    pub rewrites: BTreeSet<String>,
    /// Relations of which rows were read one after the other.
    pub scans: BTreeSet<String>,
    /// Indexes of what stood before that were built.
    pub builds: BTreeSet<String>,
}

/// Before the statement: which relations there are, in which files they lie, and what the session has read of them: it counts on.
const BEFORE: &str = "
DROP SCHEMA IF EXISTS measure CASCADE;
CREATE SCHEMA measure;
CREATE TABLE measure.stood AS
    SELECT c.oid, c.relkind, pg_relation_filenode(c.oid) AS node,
           CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'measure');
CREATE TABLE measure.was_read AS SELECT relid, seq_tup_read AS rows FROM pg_stat_xact_all_tables;
BEGIN;
";

/// After it, still in its transaction: what it holds, what lies elsewhere, what was read.
const AFTER: &str = "
SELECT 'lock|' || s.name || '|' || l.mode FROM pg_locks l JOIN measure.stood s ON s.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted;
SELECT 'rewrite|' || s.name FROM measure.stood s JOIN pg_class c ON c.oid = s.oid
    WHERE s.relkind IN ('r', 'm') AND s.node IS DISTINCT FROM pg_relation_filenode(c.oid);
SELECT 'build|' || coalesce(s.name, c.relname) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
    JOIN measure.stood t ON t.oid = i.indrelid LEFT JOIN measure.stood s ON s.oid = c.oid
    WHERE c.relkind = 'i' AND pg_relation_filenode(c.oid) NOT IN (SELECT node FROM measure.stood WHERE node IS NOT NULL);
SELECT 'scan|' || s.name FROM pg_stat_xact_all_tables x JOIN measure.stood s ON s.oid = x.relid
    LEFT JOIN measure.was_read w ON w.relid = x.relid WHERE x.seq_tup_read > coalesce(w.rows, 0);
ROLLBACK;
DROP SCHEMA measure CASCADE;
";

/// Runs `setup`, then measures `statement` (one or more) in a transaction that is rolled back.
///
/// # Errors
/// What the server refuses.
pub fn measure(database: &Database, setup: &str, statement: &str) -> Result<Costs, ServerError> {
    let rows = database.query(&format!("{setup}\n{BEFORE}{statement};\n{AFTER}"))?;
    let mut costs = Costs::default();
    for row in rows.lines() {
        match row.split('|').collect::<Vec<_>>().as_slice() {
            ["lock", name, mode] => {
                let mode = LockMode::ALL.into_iter().find(|one| spelt(*one) == *mode).expect("a mode");
                let held = costs.locks.entry((*name).to_owned()).or_insert_with(|| mode.name().to_owned());
                if LockMode::from_name(held).is_some_and(|known| known < mode) {
                    *held = mode.name().to_owned();
                }
            }
            ["rewrite", name] => drop(costs.rewrites.insert((*name).to_owned())),
            ["build", name] => drop(costs.builds.insert((*name).to_owned())),
            ["scan", name] => drop(costs.scans.insert((*name).to_owned())),
            // What the statement itself printed.
            _ => {}
        }
    }
    if statement.starts_with("TRUNCATE") {
        // It makes new, empty files.
        costs.rewrites.clear();
        costs.builds.clear();
    }
    Ok(costs)
}

/// `AccessShareLock`.
fn spelt(mode: LockMode) -> String {
    let words = mode.name().split(' ').map(|word| format!("{}{}", &word[..1], word[1..].to_lowercase()));
    words.collect::<String>() + "Lock"
}
