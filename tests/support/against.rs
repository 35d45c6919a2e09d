//! A history, run on a real server and replayed: what became of each statement here and there, and the schema that each
//! of them has at the end.

use std::collections::BTreeSet;
use std::io;

use gander::effects::refuses_transaction;
use gander::history::replay::{self, PartRun};
use gander::history::{Part, Wrap};
use gander::ops::Transaction;
use gander::project::canonical;
use gander::project::histories::Planned;
use gander::schema::{Catalog, Dialect, Difference, Engine};
use gander::syntax::sql;
use gander::text::{FileId, Place, Source, Sources, Span};

use super::wire::{Connection, Refusal};
use super::{postgres, sqlite};

/// What came of a history.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many statements the server was given.
    pub statements: usize,
    /// How many files it refused.
    pub refused_by_server: usize,
    /// How many statements, of those that the server was given, the replay refuses.
    pub refused_by_gander: usize,
    /// How many both refuse.
    pub refused_by_both: usize,
    /// Statements of which the two say otherwise.
    pub disagreements: Vec<Disagreement>,
    /// What the replay (left) and the server (right) have at the end.
    pub differences: Vec<Difference>,
    /// Each schema file of the history, held against both.
    pub canonical: Vec<Held>,
    /// Extensions that the history needs and the server has not.
    pub needs: BTreeSet<String>,
    /// Statements that were not understood, and those after which the replay does not know what there is.
    pub unclear: Vec<Place>,
}

/// A schema file, held against both.
#[derive(Debug)]
pub struct Held {
    /// The file.
    pub file: FileId,
    /// How many differences from the replay there are.
    pub replay: usize,
    /// How many from the server: it knows what the replay cannot.
    pub server: usize,
    /// Those from the replay that are none from the server.
    pub falsely: Vec<Difference>,
}

/// A statement that one of the two refuses.
#[derive(Debug)]
pub struct Disagreement {
    /// Who refuses it, and why that counts.
    pub kind: Kind,
    /// The statement.
    pub place: Place,
    /// What was said.
    pub said: String,
}

/// What kind of disagreement it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Only the replay refuses it.
    False,
    /// Only the server does, because something is there already, or is not there, or hangs on something.
    Missed,
    /// Only the server does, for a reason that a schema does not show: values, functions of the server, spelling.
    Beyond,
}

impl Kind {
    /// One word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::False => "false",
            Self::Missed => "missed",
            Self::Beyond => "beyond",
        }
    }
}

impl Verdict {
    /// Whether replay and server agree on all that a schema shows.
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty()
            && self.canonical.iter().all(|held| held.falsely.is_empty())
            && self.disagreements.iter().all(|one| one.kind == Kind::Beyond)
    }

    /// How many disagreements of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        self.disagreements.iter().filter(|one| one.kind == kind).count()
    }
}

/// Runs the ways up of a history that are written for this dialect on an empty database, and replays them. A file that the
/// server refuses goes as far as its tool lets it go, here and there, and the next one follows. For PostgreSQL nobody else may use
/// the server of this process.
pub fn history(planned: &Planned, dialect: Dialect, sources: &mut Sources) -> io::Result<Verdict> {
    let parts = parts(planned, dialect, sources);
    let files: Vec<FileId> = planned.canonical.iter().map(|canonical| canonical.file).collect();
    let files = if planned.sequence.engine.dialect == dialect { files } else { Vec::new() };
    match dialect {
        Dialect::Postgres => on_postgres(&parts, &files, true, sources),
        Dialect::Sqlite => on_sqlite(&parts, &files, planned.settings.foreign_keys, sources),
        Dialect::Mysql => Err(io::Error::other("there is no server for MySQL here")),
    }
}

/// The same for the text of one file.
pub fn script(text: &str, dialect: Dialect, wrap: Wrap) -> io::Result<Verdict> {
    let mut sources = Sources::default();
    let file = sources.add(Source::new("1.sql", text.as_bytes().to_vec()));
    let part = Part { file, span: Span::new(0, text.len() as u32), wrap, switched_off: None };
    let parts = [(part, Engine::of(dialect))];
    match dialect {
        Dialect::Postgres => on_postgres(&parts, &[], false, &mut sources),
        Dialect::Sqlite => on_sqlite(&parts, &[], true, &mut sources),
        Dialect::Mysql => Err(io::Error::other("there is no server for MySQL here")),
    }
}

fn parts(planned: &Planned, dialect: Dialect, sources: &Sources) -> Vec<(Part, Engine)> {
    let sequence = &planned.sequence;
    let whole = |file: &FileId| {
        let source = sources.get(*file);
        let span = Span::new(source.start(), source.text().len() as u32);
        Part { file: *file, span, wrap: Wrap::Nobody, switched_off: None }
    };
    let baseline = planned.baseline.iter().filter(|_| sequence.engine.dialect == dialect);
    let mut parts: Vec<_> = baseline.map(|file| (whole(file), sequence.engine)).collect();
    for migration in &sequence.migrations {
        if migration.engine.dialect == dialect {
            parts.push((migration.up, migration.engine));
        } else if migration.also.contains(&dialect) {
            parts.push((migration.up, Engine::of(dialect)));
        }
    }
    parts
}

/// `alone`: nobody else uses the server, whose roles are ours.
fn on_postgres(
    parts: &[(Part, Engine)],
    canonical: &[FileId],
    alone: bool,
    sources: &mut Sources,
) -> io::Result<Verdict> {
    // Roles stand before the first migration; which ones, the server says.
    let mut roles = BTreeSet::new();
    let verdict = loop {
        let database = postgres::fresh_database();
        for role in &roles {
            database
                .query(&format!("CREATE ROLE \"{role}\""))
                .map_err(|error| io::Error::other(error.to_string()))?;
        }
        let server = |part: &PartRun, text: &[&str], whole: &str| {
            run_part(&mut database.connect()?, part, text, whole)
        };
        let run = run(parts, sources, server)?;
        let Some(role) = run.missing_role.clone() else {
            break compared(run, database.dump_schema(), Dialect::Postgres, canonical, sources);
        };
        drop(database);
        if alone {
            drop_roles()?;
        }
        if !roles.insert(role.clone()) {
            return Err(io::Error::other(format!("there is no way to make the role {role}")));
        }
    };
    if alone {
        drop_roles()?;
    }
    Ok(verdict)
}

/// Roles belong to the whole server: what one history made is in the way of the next. Takes all of them away: nobody else may be
/// using the server.
fn drop_roles() -> io::Result<()> {
    let database = postgres::fresh_database();
    let drop = "SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE rolname <> 'postgres' AND rolname !~ '^pg_'";
    let dropped = database.query(drop).and_then(|drops| database.run_file_text(&drops.replace('\n', ";\n")));
    dropped.map_err(|error| io::Error::other(error.to_string()))
}

fn on_sqlite(
    parts: &[(Part, Engine)],
    canonical: &[FileId],
    foreign_keys: bool,
    sources: &mut Sources,
) -> io::Result<Verdict> {
    let database = sqlite::fresh_database(foreign_keys);
    let server = |part: &PartRun, text: &[&str], _: &str| {
        let wraps = part.part.wrap == Wrap::Tool;
        let begin = wraps.then_some("BEGIN");
        let script: Vec<&str> = begin.into_iter().chain(text.iter().copied()).collect();
        let mut commit = script.clone();
        // A file that ends its transaction itself leaves nothing to commit.
        if wraps && part.session.transaction == Transaction::Tool {
            commit.push("COMMIT");
        }
        let (ran, error) = database.run_statements(&commit);
        let refused = error.map(|error| {
            let at = ran.saturating_sub(usize::from(wraps));
            let state = error.code.map_or_else(String::new, |code| code.to_string());
            (at, Refusal { state, message: error.message, position: None })
        });
        Ok(Ran { refused, unread: false, undone: false })
    };
    let run = run(parts, sources, server)?;
    let schema = database.query(".schema --nosys").map_err(|error| io::Error::other(error.to_string()))?;
    Ok(compared(run, schema, Dialect::Sqlite, canonical, sources))
}

/// What the server did with a file.
struct Ran {
    /// Which statement it refused: its index among those that stand in no other one.
    refused: Option<(usize, Refusal)>,
    /// It could not read that statement, and had not begun with those before it.
    unread: bool,
    /// The file left a transaction open, which ended with its connection.
    undone: bool,
}

/// Sends a file as its tool does.
fn run_part(
    connection: &mut Connection,
    part: &PartRun,
    statements: &[&str],
    whole: &str,
) -> io::Result<Ran> {
    let mut in_transaction = false;
    match part.part.wrap {
        Wrap::Implicit => {
            let answer = connection.query(whole)?;
            let explicit = matches!(part.session.transaction, Transaction::Explicit(_));
            let mut unread = false;
            let refused = answer.error.map(|refusal| {
                let at = match refusal.position.filter(|_| refusal.state == "42601" && answer.completed == 0)
                {
                    Some(position) => statement_at(whole, position, statements),
                    None => answer.completed,
                };
                unread = at > answer.completed;
                (at, refusal)
            });
            let undone = refused.is_none() && explicit && answer.in_transaction;
            return Ok(Ran { refused, unread, undone });
        }
        Wrap::Tool => in_transaction = connection.query("BEGIN")?.in_transaction,
        Wrap::Nobody | Wrap::Unknown => {}
    }
    for (index, statement) in statements.iter().enumerate() {
        let answer = connection.query(statement)?;
        if let Some(refusal) = answer.error {
            return Ok(Ran { refused: Some((index, refusal)), unread: false, undone: false });
        }
        in_transaction = answer.in_transaction;
    }
    if in_transaction
        && part.part.wrap == Wrap::Tool
        && let Some(refusal) = connection.query("COMMIT")?.error
    {
        let at = statements.len().saturating_sub(1);
        return Ok(Ran { refused: Some((at, refusal)), unread: false, undone: false });
    }
    let undone = in_transaction && matches!(part.part.wrap, Wrap::Nobody | Wrap::Unknown);
    Ok(Ran { refused: None, unread: false, undone })
}

/// Which of the statements of a text stands at a character.
fn statement_at(whole: &str, position: usize, statements: &[&str]) -> usize {
    let start = whole.as_ptr() as usize;
    let at = start + whole.char_indices().nth(position.saturating_sub(1)).map_or(whole.len(), |(at, _)| at);
    statements.iter().rposition(|statement| statement.as_ptr() as usize <= at).unwrap_or(0)
}

/// A history that was run and replayed.
struct Run {
    verdict: Verdict,
    catalog: Catalog,
    missing_role: Option<String>,
}

fn run(
    parts: &[(Part, Engine)],
    sources: &Sources,
    mut server: impl FnMut(&PartRun, &[&str], &str) -> io::Result<Ran>,
) -> io::Result<Run> {
    let dialect = parts.first().map_or(Dialect::Postgres, |(_, engine)| engine.dialect);
    let mut verdict = Verdict::default();
    let mut catalog = Catalog::new(dialect, false);
    // As a history is replayed of which nobody knows that it begins at the beginning: nothing false may be said then either.
    let mut open = Catalog::new(dialect, true);
    for (part, engine) in parts {
        let source = sources.get(part.file);
        let replayed = |catalog: &Catalog| {
            replay::run(*part, *engine, sql::read(source.text(), part.span, dialect), catalog)
        };
        let (part, in_open) = (replayed(&catalog), replayed(&open));
        let statements = &part.script.statements;
        let outermost: Vec<usize> =
            (0..statements.len()).filter(|at| statements[*at].within.is_none()).collect();
        let texts: Vec<&str> = outermost.iter().map(|at| source.slice(statements[*at].span)).collect();
        if texts.is_empty() {
            continue;
        }
        let ran = server(&part, &texts, source.slice(part.part.span))?;
        if let Some((_, refusal)) = &ran.refused
            && let Some(role) = between(refusal, "42704", "role \"", "\" does not exist")
        {
            return Ok(Run { verdict, catalog, missing_role: Some(role.to_owned()) });
        }
        if let Some((_, refusal)) = &ran.refused
            && let Some(extension) = between(refusal, "0A000", "extension \"", "\" is not available")
        {
            verdict.needs.insert(extension.to_owned());
        }
        note(&mut verdict, [&part, &in_open], &outermost, &ran);
        catalog = after(&part, &outermost, &ran);
        open = after(&in_open, &outermost, &ran);
    }
    Ok(Run { verdict, catalog, missing_role: None })
}

fn between<'a>(refusal: &'a Refusal, state: &str, before: &str, after: &str) -> Option<&'a str> {
    (refusal.state == state).then_some(())?;
    refusal.message.strip_prefix(before)?.strip_suffix(after)
}

/// Compares what became of each statement, up to the one that the server refused.
fn note(verdict: &mut Verdict, replays: [&PartRun; 2], outermost: &[usize], ran: &Ran) {
    let part = replays[0];
    let refused_at = ran.refused.as_ref().map(|(at, _)| *at);
    let ends = outermost.iter().skip(1).copied().chain([part.script.statements.len()]);
    for (index, (first, end)) in outermost.iter().copied().zip(ends).enumerate() {
        if refused_at.is_some_and(|at| index > at) {
            break;
        }
        if ran.unread && refused_at != Some(index) {
            continue;
        }
        verdict.statements += 1;
        let place = Place::new(part.part.file, part.script.statements[first].span);
        let after = part.steps.get(end).map_or(&part.after, |step| &step.before);
        let unread = part.script.statements[first..end].iter().any(|statement| statement.is_opaque());
        if unread || (after.unclear && !part.steps[first].before.unclear) {
            verdict.unclear.push(place);
        }
        let mut said = None;
        for at in first..end {
            let statement = &part.script.statements[at];
            for step in replays.map(|part| &part.steps[at]) {
                let conflict = step.outcomes.iter().find_map(|outcome| outcome.conflict());
                said = said.or_else(|| conflict.map(ToString::to_string));
                let outside = step.session.in_transaction()
                    && statement
                        .ops
                        .iter()
                        .any(|op| refuses_transaction(&op.kind, &step.session, &step.before).is_some());
                if outside && refused_at == Some(index) {
                    said = said.or_else(|| Some("it cannot run in a transaction".to_owned()));
                }
            }
        }
        verdict.refused_by_gander += usize::from(said.is_some());
        let refusal = ran.refused.as_ref().filter(|(at, _)| *at == index).map(|(_, refusal)| refusal);
        verdict.refused_by_server += usize::from(refusal.is_some());
        match (said, refusal) {
            (Some(_), Some(_)) => verdict.refused_by_both += 1,
            (Some(said), None) => verdict.disagreements.push(Disagreement { kind: Kind::False, place, said }),
            (None, Some(refusal)) => {
                let said = format!("{} {}", refusal.state, refusal.message).trim_start().to_owned();
                verdict.disagreements.push(Disagreement {
                    kind: kind_of(refusal, part.engine.dialect),
                    place,
                    said,
                });
            }
            (None, None) => {}
        }
    }
}

/// Whether a schema shows why the server refuses.
fn kind_of(refusal: &Refusal, dialect: Dialect) -> Kind {
    let shown = match dialect {
        Dialect::Postgres => matches!(
            refusal.state.as_str(),
            "42P07"
                | "42P06"
                | "42701"
                | "42710"
                | "42723"
                | "42P01"
                | "42703"
                | "42704"
                | "3F000"
                | "2BP01"
                | "42P16"
        ),
        Dialect::Sqlite | Dialect::Mysql => {
            ["no such table", "no such column", "no such index", "already exists", "duplicate column"]
                .iter()
                .any(|said| refusal.message.contains(said))
        }
    };
    if shown { Kind::Missed } else { Kind::Beyond }
}

/// The catalog after a file, as far as the server let it run.
fn after(part: &PartRun, outermost: &[usize], ran: &Ran) -> Catalog {
    let at_begin = |session: &gander::ops::Session| session.at_begin.as_deref().cloned();
    match &ran.refused {
        None if ran.undone => at_begin(&part.session).unwrap_or_else(|| part.after.clone()),
        None => part.after.clone(),
        Some(_) if ran.unread => part.steps.first().map_or(&part.after, |step| &step.before).clone(),
        Some((at, _)) => match outermost.get(*at).and_then(|at| part.steps.get(*at)) {
            Some(step) if step.session.in_transaction() => {
                at_begin(&step.session).unwrap_or_else(|| step.before.clone())
            }
            Some(step) => step.before.clone(),
            None => part.after.clone(),
        },
    }
}

/// Reads what the server has, and compares.
fn compared(run: Run, schema: String, dialect: Dialect, files: &[FileId], sources: &mut Sources) -> Verdict {
    let file = sources.add(Source::new("the server's schema", schema.into_bytes()));
    let read = |file| canonical::replayed(file, sources.get(file), Engine::of(dialect)).after;
    let dumped = read(file);
    let held = |file: &FileId| {
        let shown = read(*file);
        let (mut falsely, server) = (run.catalog.diff(&shown), dumped.diff(&shown));
        let replay = falsely.len();
        falsely
            .retain(|one| !server.iter().any(|other| (one.kind, &one.object) == (other.kind, &other.object)));
        Held { file: *file, replay, server: server.len(), falsely }
    };
    Verdict {
        differences: run.catalog.diff(&dumped),
        canonical: files.iter().map(held).collect(),
        ..run.verdict
    }
}
