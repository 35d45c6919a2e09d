//! What statements do, for people: a table with a row for each lock.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Inspection, Shown};
use crate::effects::{LockMode, SecondRun};
use crate::history::cost::Cost;
use crate::ops::Transaction;
use crate::report::plain::{Ink, boundary_before, counted, one_line, paint};
use crate::schema::{Catalog, Dialect, Lookup, Name, Relation};

/// One line of the table. Only the first of a statement has its line and text.
#[derive(Default)]
struct Row {
    line: String,
    statement: String,
    lock: String,
    on: String,
    takes: &'static str,
    waits: &'static str,
    transaction: &'static str,
    again: &'static str,
}

/// Writes it.
pub fn write(inspection: &Inspection<'_>, out: &mut impl Write) -> io::Result<()> {
    for (at, shown) in inspection.shown.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        migration(inspection, shown, out)?;
    }
    Ok(())
}

fn migration(inspection: &Inspection<'_>, shown: &Shown, out: &mut impl Write) -> io::Result<()> {
    let color = inspection.terminal.color;
    let way = if shown.down { ", way down" } else { "" };
    let title =
        format!("{}  ({} for {}{way})", one_line(&inspection.path(shown)), shown.tool, shown.part.engine);
    writeln!(out, "{}", paint(color, Ink::Bold, &title))?;
    if shown.costs.is_empty() {
        return writeln!(out, "  no statements");
    }
    if shown.part.engine.dialect == Dialect::Mysql {
        writeln!(
            out,
            "  by the manual's tables for InnoDB, not measured; the lock is what LOCK= would say, and each ALTER TABLE waits once for all who use the table"
        )?;
    }
    let head = Row {
        line: "line".to_owned(),
        statement: "statement".to_owned(),
        lock: "lock".to_owned(),
        on: "on".to_owned(),
        takes: "takes",
        waits: "who waits",
        transaction: "transaction",
        again: "second run",
    };
    let statements: Vec<Vec<Row>> = shown.costs.iter().map(|cost| rows(inspection, shown, cost)).collect();
    let all = || statements.iter().flatten();
    let widest = |of: fn(&Row) -> &str, head: &str| {
        all().map(|row| of(row).chars().count()).chain([head.len()]).max().unwrap_or(0)
    };
    let lock = widest(|row| &row.lock, "lock");
    let on = widest(|row| &row.on, "on").min(32);
    let takes = widest(|row| row.takes, head.takes);
    let waits = widest(|row| row.waits, head.waits);
    let tx = widest(|row| row.transaction, head.transaction);
    let again = widest(|row| row.again, head.again);
    let line = widest(|row| &row.line, "line");
    let rest = lock + on + takes + waits + tx + again + line + 16;
    let longest = widest(|row| &row.statement, "statement");
    let statement = inspection.terminal.width.saturating_sub(rest).clamp(28, 64).min(longest);
    let print = |out: &mut dyn Write, row: &Row, ink: Option<Ink>| -> io::Result<()> {
        let text = format!(
            "  {:>line$}  {:statement$}  {:lock$}  {:on$}  {:takes$}  {:waits$}  {:tx$}  {}",
            row.line,
            cut(&row.statement, statement),
            row.lock,
            cut(&row.on, on),
            row.takes,
            row.waits,
            row.transaction,
            row.again
        );
        match ink {
            Some(ink) => writeln!(out, "{}", paint(color, ink, text.trim_end())),
            None => writeln!(out, "{}", text.trim_end()),
        }
    };
    print(out, &head, Some(Ink::Dim))?;
    let mut held: BTreeMap<Name, (LockMode, u32)> = BTreeMap::new();
    for (at, (cost, rows)) in shown.costs.iter().zip(&statements).enumerate() {
        for row in rows {
            let ink = (row.waits == READS && row.takes != INSTANT).then_some(Ink::Red);
            print(out, row, ink)?;
        }
        let line = inspection.text(shown, &shown.part.script.statements[cost.at]).0;
        for (name, mode) in &cost.effects.locks {
            let one = held.entry(name.clone()).or_insert((*mode, line));
            if *mode > one.0 {
                *one = (*mode, line);
            }
        }
        let next = shown.costs.get(at + 1);
        let together = next.is_some_and(|next| shares_transaction(cost.transaction, next.transaction));
        if !together {
            until_commit(&held, shown, cost.transaction, out)?;
            held.clear();
        }
    }
    Ok(())
}

/// Whether a statement and the one after it are committed together.
fn shares_transaction(one: Transaction, next: Transaction) -> bool {
    !matches!(one, Transaction::None | Transaction::Unknown) && one == next
}

/// What is locked until the transaction ends, where one was opened.
fn until_commit(
    held: &BTreeMap<Name, (LockMode, u32)>,
    shown: &Shown,
    transaction: Transaction,
    out: &mut impl Write,
) -> io::Result<()> {
    let before = shown.part.steps.first().map_or(&shown.part.after, |step| &step.before);
    let mut strong: Vec<(&Name, LockMode, u32)> = held
        .iter()
        .filter(|(name, (mode, _))| mode.blocks_writes() && !is_index(before, name))
        .map(|(name, (mode, line))| (name, *mode, *line))
        .collect();
    if matches!(transaction, Transaction::None | Transaction::Unknown) || strong.is_empty() {
        return Ok(());
    }
    strong.sort_by_key(|(_, mode, line)| (std::cmp::Reverse(*mode), *line));
    let names: Vec<String> = strong
        .iter()
        .map(|(name, mode, line)| {
            format!("{name} {} (since line {line})", mode_name(shown.part.engine.dialect, *mode))
        })
        .collect();
    let tables = counted(strong.len(), "lock", "locks");
    writeln!(out, "  held until COMMIT, {tables} that others wait for: {}", one_line(&names.join(", ")))
}

const INSTANT: &str = "instant";
const READS: &str = "reads, writes";

fn rows(inspection: &Inspection<'_>, shown: &Shown, cost: &Cost) -> Vec<Row> {
    let statement = &shown.part.script.statements[cost.at];
    let (line, text) = inspection.text(shown, statement);
    let before = &shown.part.steps[cost.at].before;
    let effects = &cost.effects;
    let builds = |table: &Name| {
        let after = shown.part.steps.get(cost.at + 1).map_or(&shown.part.after, |next| &next.before);
        effects.builds.iter().any(|index| {
            let found = after.index(index).found().or_else(|| before.index(index).found());
            found.is_some_and(|index| index.table.as_ref() == Some(table))
        })
    };
    let takes = |name: &Name| {
        if effects.rewrites.contains(name) {
            "rewrite"
        } else if builds(name) {
            "index build"
        } else if effects.scans.contains(name) {
            "scan"
        } else if effects.unknown.rewrites || effects.unknown.scans {
            "not known"
        } else {
            INSTANT
        }
    };
    let mut named: Vec<(&Name, Option<LockMode>)> = Vec::new();
    let mut locks: Vec<(&Name, &LockMode)> = effects.locks.iter().collect();
    locks.sort_by_key(|(name, mode)| (std::cmp::Reverse(**mode), is_index(before, name), (*name).clone()));
    let only_indexes = locks.iter().all(|(name, _)| is_index(before, name));
    let tables = locks.into_iter().filter(|(name, _)| only_indexes || !is_index(before, name));
    named.extend(tables.map(|(name, mode)| (name, Some(*mode))));
    let worked_on = effects.rewrites.iter().chain(&effects.scans);
    for name in worked_on {
        if !named.iter().any(|(known, _)| *known == name) {
            named.push((name, None));
        }
    }
    let sqlite = shown.part.engine.dialect == Dialect::Sqlite;
    let transaction = match (cost.in_transaction, cost.transaction) {
        (Some(false), Transaction::None) => "must have none",
        (Some(false), _) => "refused in one",
        (_, Transaction::Unknown) => "not known",
        (Some(true), Transaction::None) => "its own",
        (Some(true), _) => "shared",
        (None, _) => "not known",
    };
    let again = match cost.second_run {
        Some(SecondRun::Fails) => "fails",
        Some(SecondRun::Noop) => "does nothing",
        Some(SecondRun::Ok) => "repeats",
        None => "not known",
    };
    let plain = Row {
        line: line.to_string(),
        statement: one_line(text),
        lock: String::new(),
        on: String::new(),
        takes: INSTANT,
        waits: "nobody",
        transaction,
        again,
    };
    if named.is_empty() {
        let known = !effects.unknown.locks;
        return vec![Row {
            takes: if known { INSTANT } else { "not known" },
            waits: match (known, sqlite && cost.changes) {
                (false, _) => "not known",
                (true, true) => "other writers",
                (true, false) => "nobody",
            },
            ..plain
        }];
    }
    let mut rows: Vec<Row> = named
        .into_iter()
        .map(|(name, mode)| Row {
            line: String::new(),
            statement: String::new(),
            lock: mode.map(|mode| mode_name(shown.part.engine.dialect, mode).to_owned()).unwrap_or_default(),
            on: one_line(&name.to_string()),
            takes: takes(name),
            waits: match mode {
                Some(mode) => waits(before, name, mode),
                None if sqlite && cost.changes => "other writers",
                None => "nobody",
            },
            transaction: "",
            again: "",
        })
        .collect();
    if effects.unknown.locks {
        rows.push(Row { on: "perhaps more".to_owned(), ..Row::default() });
    }
    if let Some(first) = rows.first_mut() {
        first.line = line.to_string();
        first.statement = one_line(text);
        first.transaction = transaction;
        first.again = again;
    }
    rows
}

/// What a lock is called.
const fn mode_name(dialect: Dialect, mode: LockMode) -> &'static str {
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => mode.name(),
        Dialect::Mysql => mode.in_mysql(),
    }
}

/// Who has to wait while a lock is held.
fn waits(before: &Catalog, name: &Name, mode: LockMode) -> &'static str {
    let sequence = matches!(before.relation(name), Lookup::Found(Relation::Sequence(_)));
    match (mode.blocks_reads(), mode.blocks_writes()) {
        (_, true) if sequence => "new values",
        (true, _) => READS,
        (false, true) => "writes",
        (false, false) => "nobody",
    }
}

fn is_index(catalog: &Catalog, name: &Name) -> bool {
    catalog.index(name).found().is_some()
}

/// A text cut to so many characters, with an ellipsis where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let end = text.char_indices().nth(width.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    format!("{}…", text[..boundary_before(text, end)].trim_end())
}
