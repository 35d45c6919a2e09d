//! One script on a server and on our catalog: which statements each refuses, and what schema each has at the end.

use std::fmt::Write;

use gander::effects::refuses_transaction;
use gander::effects::support::{Surroundings, lack};
use gander::ops::{Operation, Session, Statement, Transaction, apply, resolve};
use gander::schema::{Catalog, Dialect, Engine};
use gander::syntax::sql;
use gander::text::{FileId, Span};

use super::inventory::{self, Inventory};
use super::process::output_of;
use super::{postgres, sqlite};

/// What became of a script.
#[derive(Clone, Debug)]
pub struct Played {
    /// One for each of its statements.
    pub verdicts: Vec<Verdict>,
    /// What is there afterwards.
    pub inventory: Inventory,
}

/// What became of a statement. `states` is empty where it ran.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    /// PostgreSQL: the SQLSTATE. One for a server, one for each thing that our catalog holds against it. SQLite: `error`.
    pub states: Vec<String>,
    /// The message.
    pub why: String,
}

/// The places of a script's statements, with their semicolons. What a DO block does is part of the block.
pub fn statements(script: &str, dialect: Dialect) -> Vec<Span> {
    let read = sql::read(script, whole(script), dialect);
    read.statements.iter().filter(|statement| statement.within.is_none()).map(|one| one.whole).collect()
}

fn whole(script: &str) -> Span {
    Span::new(0, u32::try_from(script.len()).expect("a script is short"))
}

/// What stands at a place, with a semicolon at its end.
pub fn text_of(script: &str, span: Span) -> &str {
    &script[span.start as usize..span.end as usize]
}

/// Takes away everything that a script can have left in a database.
const EMPTIED: &str = "
SET client_min_messages = error;
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT pubname AS name FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', one.name); END LOOP;
    FOR one IN SELECT evtname AS name FROM pg_event_trigger LOOP EXECUTE format('DROP EVENT TRIGGER %I', one.name); END LOOP;
    FOR one IN SELECT extname AS name FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION %I CASCADE', one.name); END LOOP;
    FOR one IN SELECT fdwname AS name FROM pg_foreign_data_wrapper LOOP EXECUTE format('DROP FOREIGN DATA WRAPPER %I CASCADE', one.name); END LOOP;
    FOR one IN SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', one.name);
    END LOOP;
END $$;
CREATE SCHEMA public;
GRANT ALL ON SCHEMA public TO PUBLIC;
RESET client_min_messages;
";

/// Runs a script in a database that is emptied first. A statement that is refused in a transaction does not end it: what follows runs
/// as if it had not been there.
pub fn on_postgres(database: &postgres::Database, script: &str) -> Result<Played, String> {
    let mut input = String::new();
    input.push_str("\\set VERBOSITY terse\n\\o /dev/null\n");
    input.push_str(EMPTIED);
    input.push_str("\\set ON_ERROR_ROLLBACK on\n");
    let spans = statements(script, Dialect::Postgres);
    for span in &spans {
        let text = text_of(script, *span).trim_end_matches(';');
        let _ = writeln!(input, "{text}\n;\n\\echo @@ :SQLSTATE :LAST_ERROR_MESSAGE");
    }
    input
        .push_str("\\set ON_ERROR_ROLLBACK off\nROLLBACK;\nRESET ALL;\nSET search_path = pg_catalog;\nSET jit = off;\n\\o\n");
    input.push_str("\\echo @@@\n");
    input.push_str(inventory::POSTGRES);
    input.push_str("\\echo @@@ :SQLSTATE :LAST_ERROR_MESSAGE\n");
    let mut psql = database.command("psql");
    psql.args(["-X", "-q", "--no-align", "--tuples-only"]);
    let output = output_of(&mut psql, &input);
    let told = String::from_utf8_lossy(&output.stdout);
    let mut played = Played { verdicts: Vec::new(), inventory: Inventory::new() };
    let mut parts = told.split("@@@");
    for line in parts.next().unwrap_or_default().lines().filter_map(|line| line.strip_prefix("@@ ")) {
        let (state, why) = line.split_once(' ').unwrap_or((line, ""));
        played.verdicts.push(match state {
            "00000" => Verdict::default(),
            state => Verdict { states: vec![state.to_owned()], why: why.to_owned() },
        });
    }
    played.inventory =
        parts.next().unwrap_or_default().lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let asked = parts.next().is_some_and(|end| end.trim_start().starts_with("00000"));
    if played.verdicts.len() == spans.len() && asked {
        Ok(played)
    } else {
        Err(format!(
            "psql took {} of {} statements:\n{told}\n{}",
            played.verdicts.len(),
            spans.len(),
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

/// The same in an empty SQLite database.
pub fn on_sqlite(database: &sqlite::Database, script: &str) -> Result<Played, String> {
    let spans = statements(script, Dialect::Sqlite);
    let mut input = String::new();
    for span in &spans {
        let text = text_of(script, *span).trim_end_matches(';');
        let _ = writeln!(input, "{text}\n;\n.print @@");
    }
    // Where no transaction is open, ROLLBACK is an error, which says nothing.
    input.push_str(".print @@@\nROLLBACK;\n.print @@@\n");
    input.push_str(inventory::SQLITE);
    let told = database.everything_said(&input);
    let mut parts = told.split("@@@\n");
    let (ran, _, lines) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let mut verdicts: Vec<Verdict> = ran
        .split("@@\n")
        .map(|said| match said.lines().find(|line| line.contains("rror")) {
            Some(line) => Verdict { states: vec!["error".to_owned()], why: line.to_owned() },
            None => Verdict::default(),
        })
        .collect();
    // Behind the last mark stands nothing.
    verdicts.pop();
    let inventory: Inventory = lines.unwrap_or_default().lines().map(str::to_owned).collect();
    if verdicts.len() == spans.len()
        && lines.is_some()
        && !inventory.iter().any(|line| line.contains("rror near line"))
    {
        Ok(Played { verdicts, inventory })
    } else {
        Err(format!("sqlite3 took {} of {} statements:\n{told}", verdicts.len(), spans.len()))
    }
}

/// Replays a script over an empty catalog. What is refused leaves the catalog alone, as on a server; with a server's verdicts, what that
/// one refused, so that a wrong verdict of ours does not make all the others wrong.
pub fn on_catalog(script: &str, dialect: Dialect, server: Option<&[Verdict]>) -> (Played, Catalog) {
    let mut replay = Replay::new(dialect);
    let verdicts = replay.play(script, server);
    let catalog = replay.finish();
    (Played { verdicts, inventory: inventory::of(&catalog) }, catalog)
}

/// A catalog that statements are played to.
#[derive(Clone)]
pub struct Replay {
    /// What is there.
    pub catalog: Catalog,
    /// What the statements find around them.
    pub session: Session,
}

impl Replay {
    /// Nothing is there.
    pub fn new(dialect: Dialect) -> Self {
        // The version that is asked: without one, nothing is too new, nor too old.
        let engine = Engine { dialect, version: Some(Engine::of(dialect).version()) };
        let session = Session::new(engine, FileId(0), Transaction::None);
        Self { catalog: Catalog::new(dialect, false), session }
    }

    /// Plays statements: a verdict for each.
    pub fn play(&mut self, script: &str, server: Option<&[Verdict]>) -> Vec<Verdict> {
        let read = sql::read(script, whole(script), self.session.engine.dialect);
        let mut verdicts: Vec<Verdict> = Vec::new();
        let mut before = self.clone();
        // What stands inside of a block is refused with the whole of it.
        let settle = |replay: &mut Self, verdicts: &[Verdict], before: &Self| {
            let number = verdicts.len().saturating_sub(1);
            let refused = server.and_then(|told| told.get(number)).or(verdicts.last());
            if refused.is_some_and(|verdict| !verdict.states.is_empty()) {
                *replay = before.clone();
            }
        };
        for statement in &read.statements {
            if statement.within.is_none() {
                if !verdicts.is_empty() {
                    settle(self, &verdicts, &before);
                }
                verdicts.push(Verdict::default());
                before = self.clone();
            }
            let Some(verdict) = verdicts.last_mut() else { continue };
            self.step(statement, verdict);
        }
        if !verdicts.is_empty() {
            settle(self, &verdicts, &before);
        }
        verdicts
    }

    fn step(&mut self, statement: &Statement, verdict: &mut Verdict) {
        let sqlite = self.session.engine.dialect == Dialect::Sqlite;
        let mut refuse = |state: &str, why: String| {
            verdict.states.push(if sqlite { "error" } else { state }.to_owned());
            if !verdict.why.is_empty() {
                verdict.why.push_str(" / ");
            }
            verdict.why.push_str(&why);
        };
        for op in &statement.ops {
            if let Operation::Opaque { expected, .. } = &op.kind {
                refuse("42601", format!("not read: {expected} expected"));
                continue;
            }
            let refuses = || refuses_transaction(&op.kind, &self.session, &self.catalog);
            if let Some(why) = self.session.in_transaction().then(refuses).flatten() {
                refuse("25001", why);
            }
            let table = table_of(&op.kind).map(|name| resolve(&self.catalog, &self.session, name));
            let foreign_keys = self.session.settings.get("pragma foreign_keys");
            let around = Surroundings {
                engine: self.session.engine,
                before: &self.catalog,
                table,
                empty: true,
                foreign_keys: foreign_keys.is_some_and(|(value, _)| value == "on" || value == "1"),
                complete: true,
            };
            if let Some(lack) = lack(statement, op, &around) {
                refuse("42601", format!("{lack:?}"));
            }
        }
        let applied = apply(&self.catalog, statement, &mut self.session);
        self.catalog = applied.after;
        for conflict in applied.results.iter().filter_map(|outcome| outcome.conflict()) {
            refuse(conflict.sqlstate(), conflict.to_string());
        }
    }

    /// The end of the session: what was not committed is undone, what was temporary goes.
    pub fn finish(mut self) -> Catalog {
        if self.session.in_transaction() {
            self.play("ROLLBACK;", None);
        }
        self.catalog.end_session();
        self.catalog
    }
}

fn table_of(operation: &Operation) -> Option<&gander::schema::Name> {
    match operation {
        Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::SetTableOption { table, .. } => Some(&table.name),
        Operation::CreateIndex(create) => Some(&create.table),
        _ => None,
    }
}

/// The statements, by number, of which a server and our catalog do not say the same, and how they differ.
pub fn disputed(script: &str, dialect: Dialect, server: &Played, ours: &Played) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let spans = statements(script, dialect);
    for (number, (told, seen)) in server.verdicts.iter().zip(&ours.verdicts).enumerate() {
        let text = text_of(script, spans[number]).split_whitespace().collect::<Vec<_>>().join(" ");
        let line = match (told.states.first(), seen.states.first()) {
            (None, None) => continue,
            (Some(state), None) => format!("accepted, not {state}: {text}  -- {}", told.why),
            (None, Some(state)) => format!("refused with {state}: {text}  -- {}", seen.why),
            (Some(state), Some(_)) if seen.states.contains(state) => continue,
            (Some(state), Some(other)) => {
                format!("{other}, not {state}: {text}  -- {} / {}", told.why, seen.why)
            }
        };
        lines.push((number, line));
    }
    lines
}

/// What only one of two inventories has.
pub fn unlike(prefix: &str, server: &Inventory, ours: &Inventory) -> Vec<String> {
    let missing = server.difference(ours).map(|line| format!("{prefix}missing: {line}"));
    missing.chain(ours.difference(server).map(|line| format!("{prefix}too much: {line}"))).collect()
}

/// A dump, read: its catalog, and what could not be read or was refused.
pub fn read_dump(dump: &str, dialect: Dialect) -> (Catalog, Vec<String>) {
    let (played, catalog) = on_catalog(dump, dialect, None);
    let spans = statements(dump, dialect);
    let refused = spans.iter().zip(&played.verdicts).filter(|(_, verdict)| !verdict.states.is_empty());
    let lines = refused.map(|(span, verdict)| {
        let text = text_of(dump, *span).split_whitespace().collect::<Vec<_>>().join(" ");
        format!("in the dump, refused with {}: {text}  -- {}", verdict.states.join(", "), verdict.why)
    });
    (catalog, lines.collect())
}
