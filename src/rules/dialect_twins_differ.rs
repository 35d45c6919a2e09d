//! Migrations that are kept once per database, and that do not build the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Cx, HistoryFacts, Rule};
use crate::history::compare::is_kept_by_a_tool;
use crate::history::replay::{MigrationRun, Replay};
use crate::ops::{AlterColumn, Op, Operation, Outcome};
use crate::schema::{Catalog, Column, Dialect, Ident, Name, ObjectKind, Table, Type};
use crate::text::{Place, Span};

/// `dialect-twins-differ`.
pub const RULE: Rule = Rule {
    id: "dialect-twins-differ",
    page: include_str!("../../rules/dialect-twins-differ.md"),
    down: false,
    check: Check::History(check),
};

fn check(facts: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    for dialect in facts.replay.end.keys().copied() {
        let Some(own) = Side::of(facts.replay, dialect) else { continue };
        let twins: Vec<Side<'_>> = std::iter::once(&facts.replay)
            .chain(facts.others)
            .flat_map(|replay| replay.end.keys().filter_map(|dialect| Side::of(replay, *dialect)))
            .filter(|other| own.is_twin_of(other))
            .collect();
        if twins.is_empty() {
            continue;
        }
        for (index, run) in facts.replay.runs.iter().enumerate() {
            if run.up.engine.dialect == dialect && facts.judged.contains(&run.up.part.file) {
                judge(facts, &own, &twins, index, cx);
            }
        }
    }
}

/// What a history builds in one database.
struct Side<'a> {
    replay: &'a Replay<'a>,
    dialect: Dialect,
    end: &'a Catalog,
    /// The tables by their names without schema, as far as these are clear.
    tables: BTreeMap<String, &'a Table>,
    /// Tables about which a statement was not followed: the server would have refused it, as far as we can tell.
    unsure: BTreeSet<String>,
    /// Nothing is there but these.
    is_closed: bool,
}

impl<'a> Side<'a> {
    fn of(replay: &'a Replay<'a>, dialect: Dialect) -> Option<Self> {
        let end = replay.end.get(&dialect)?;
        let mut tables: BTreeMap<String, &Table> = BTreeMap::new();
        let mut ambiguous = BTreeSet::new();
        for table in end.tables().filter(|table| !table.temporary) {
            if tables.insert(folded(&table.name.ident), table).is_some() {
                ambiguous.insert(folded(&table.name.ident));
            }
        }
        tables.retain(|name, _| !ambiguous.contains(name));
        let is_closed = !end.unclear && ambiguous.is_empty() && replay.is_complete(dialect);
        let unsure = refused(replay, dialect);
        tables.retain(|name, _| !unsure.contains(name));
        Some(Self { replay, dialect, end, tables, unsure, is_closed })
    }

    /// Whether the two are one history for two databases: they lie in directories that only these tell apart (or in one), and build
    /// the same tables but for some.
    fn is_twin_of(&self, other: &Self) -> bool {
        let same = std::ptr::addr_eq(self.replay, other.replay);
        let directories = || {
            let (own, others) = (&self.replay.sequence.directory, &other.replay.sequence.directory);
            own != others && without_database(own) == without_database(others)
        };
        if self.dialect == other.dialect || !(same || directories()) {
            return false;
        }
        if !(same || self.is_in_step_with(other) && other.is_in_step_with(self)) {
            return false;
        }
        let own: BTreeSet<&String> = self.tables.keys().collect();
        let others: BTreeSet<&String> = other.tables.keys().collect();
        let shared = own.intersection(&others).count();
        own.union(&others).count() <= shared * 2
    }

    /// Whether most of its migrations have a twin there: one may be missing, and at most two of five.
    fn is_in_step_with(&self, other: &Self) -> bool {
        let own: Vec<&MigrationRun<'_>> = self.runs().collect();
        let without = own.iter().filter(|run| !other.has_twin(run)).count();
        without <= 1 || without * 5 <= own.len() * 2
    }

    /// Its migrations for its database alone that run once.
    fn runs(&self) -> impl Iterator<Item = &'a MigrationRun<'a>> {
        let dialect = self.dialect;
        self.replay
            .runs
            .iter()
            .filter(move |run| run.up.engine.dialect == dialect && !run.migration.repeatable)
    }

    /// Whether it ever had a table, or a column of one, that it has not in the end.
    fn has_had(&self, table: &str, column: Option<&str>) -> bool {
        let there = |catalog: &Catalog| {
            let name = catalog.tables().find(|known| folded(&known.name.ident) == table);
            name.is_some_and(|known| column.is_none_or(|column| find(known, column).is_some()))
        };
        self.replay.last_change(self.dialect, None, there).is_some()
    }

    /// Whether it is certain that there is no table of that name.
    fn lacks(&self, table: &str) -> bool {
        let ident = match self.dialect {
            Dialect::Postgres => Ident::exact(table),
            Dialect::Sqlite | Dialect::Mysql => Ident::caseless(table),
        };
        let default = match self.dialect {
            Dialect::Postgres => "public",
            Dialect::Sqlite | Dialect::Mysql => "main",
        };
        let unclear = [Name::bare(ident.clone()), Name::qualified(Ident::exact(default), ident)]
            .iter()
            .any(|name| self.end.is_unclear(name) || self.end.view(name).found().is_some());
        self.is_closed && !self.tables.contains_key(table) && !self.unsure.contains(table) && !unclear
    }

    /// What people call it.
    fn title(&self, own: &Self) -> String {
        if std::ptr::addr_eq(self.replay, own.replay) {
            format!("what is for {}", self.dialect.title())
        } else {
            format!("`{}`", self.replay.sequence.directory)
        }
    }

    /// Whether it is the one that speaks where both might.
    fn comes_before(&self, other: &Self) -> bool {
        (&self.replay.sequence.directory, self.dialect) < (&other.replay.sequence.directory, other.dialect)
    }

    /// Whether it has what the twin has not, or not so, and a migration to say it at.
    fn has(&self, one: &Unmatched, twin: &Self, run: &MigrationRun<'a>) -> bool {
        if std::ptr::addr_eq(self.end, twin.end) || !self.has_twin(run) {
            return false;
        }
        let table = self.tables.get(&one.table);
        match (&one.what, &one.column) {
            (What::Made, Some(column)) => table.is_some_and(|table| find(table, column).is_some()),
            (What::Made, None) => table.is_some(),
            (What::Dropped | What::Type(..), _) => false,
        }
    }

    /// Its migrations of the same version or the same name.
    fn twins_of(&self, run: &MigrationRun<'a>) -> impl Iterator<Item = &'a MigrationRun<'a>> {
        let (wanted, dialect) = (run.migration, self.dialect);
        self.replay.runs.iter().filter(move |other| {
            let other = other.migration;
            let serves = other.engine.dialect == dialect || other.also.contains(&dialect);
            let same_name = !wanted.name.is_empty() && wanted.name == other.name;
            serves && (same_version(&wanted.version, &other.version) || same_name)
        })
    }

    fn has_twin(&self, run: &MigrationRun<'a>) -> bool {
        self.twins_of(run).next().is_some()
    }

    /// Whether a twin of a migration speaks of a column.
    fn speaks_of(&self, run: &MigrationRun<'a>, one: &Unmatched) -> bool {
        self.twins_of(run).map(touched).any(|touched| {
            let column = one.column.iter().map(|column| (one.table.clone(), column.clone()));
            touched.tables.contains_key(&one.table)
                || column.into_iter().any(|key| touched.columns.contains_key(&key))
        })
    }
}

/// The tables about which the replay refused a statement.
fn refused(replay: &Replay<'_>, dialect: Dialect) -> BTreeSet<String> {
    let parts = replay.runs.iter().map(|run| &run.up).filter(|part| part.engine.dialect == dialect);
    let steps = parts.flat_map(|part| part.script.statements.iter().zip(&part.steps));
    let ops = steps.flat_map(|(statement, step)| statement.ops.iter().zip(&step.outcomes));
    let mut touched = Touched::default();
    for (op, _) in ops.filter(|(_, outcome)| outcome.conflict().is_some()) {
        touch(op, &mut touched);
    }
    touched.tables.into_keys().chain(touched.columns.into_keys().map(|(table, _)| table)).collect()
}

fn folded(ident: &Ident) -> String {
    ident.key().to_lowercase()
}

fn same_version(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.trim_start_matches(['V', 'v']).trim_start_matches('0').to_owned();
    !one.is_empty() && plain(one) == plain(other)
}

/// A path with the names of databases taken out of its parts.
fn without_database(path: &str) -> String {
    const NAMES: &[&str] = &[
        "postgres",
        "postgresql",
        "pgsql",
        "pg",
        "sqlite",
        "sqlite3",
        "mysql",
        "mariadb",
        "cockroach",
        "cockroachdb",
    ];
    let part = |part: &str| -> String {
        let words = part.split_inclusive(|c: char| !c.is_alphanumeric());
        words
            .map(|word| {
                let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
                if NAMES.contains(&bare.to_lowercase().as_str()) {
                    word.replacen(bare, "*", 1)
                } else {
                    word.to_owned()
                }
            })
            .collect()
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// What a migration did to a table or a column that the twins do not have so.
#[derive(PartialEq, Eq)]
struct Unmatched {
    /// The table, and its column where only that is meant.
    table: String,
    column: Option<String>,
    /// What people call it.
    title: String,
    /// Where it was done.
    span: Span,
    what: What,
}

#[derive(PartialEq, Eq)]
enum What {
    /// It is there, and not in the twin.
    Made,
    /// It is gone, and still in the twin.
    Dropped,
    /// Its type is of another family: here, and in the twin.
    Type(String, String),
}

fn judge(facts: &HistoryFacts<'_>, own: &Side<'_>, twins: &[Side<'_>], index: usize, cx: &mut Cx<'_>) {
    let run = &own.replay.runs[index];
    let touched = touched(run);
    // What several twins do not have is one thing to say.
    let mut lacking: Vec<(Unmatched, Vec<String>)> = Vec::new();
    for twin in twins.iter().filter(|twin| !run.migration.also.contains(&twin.dialect)) {
        let mut unmatched = unmatched(facts, own, twin, run, &touched);
        // Of two types one finding is enough, and what a third one has as well is told there.
        unmatched.retain(|one| {
            !matches!(one.what, What::Type(..)) || own.comes_before(twin) || !twin.speaks_of(run, one)
        });
        unmatched
            .retain(|one| !twins.iter().any(|third| third.comes_before(own) && third.has(one, twin, run)));
        let Some(first) = unmatched.first() else { continue };
        let title = twin.title(own);
        if !twin.has_twin(run) {
            let message = format!("this migration has no twin in {title}: {}", first.said());
            cx.report(facts.head(run.up.part.file), message)
                .help("Write the same for the other database, under the same version, in the same commit.");
            continue;
        }
        for one in unmatched {
            match lacking.iter_mut().find(|(known, _)| *known == one) {
                Some((_, titles)) => titles.push(title.clone()),
                None => lacking.push((one, vec![title.clone()])),
            }
        }
    }
    for (one, titles) in lacking {
        let (there, many) = (titles.join(" and "), titles.len() > 1);
        let message = match &one.what {
            What::Made => {
                let does = if many { "do" } else { "does" };
                format!("{} is made here, and {there} {does} not have it", one.title)
            }
            What::Dropped => {
                let has = if many { "have" } else { "has" };
                format!("{} is gone after this, and {there} still {has} it", one.title)
            }
            What::Type(here, other) => format!("{} is {here} here, and {other} in {there}", one.title),
        };
        cx.report(Place::new(run.up.part.file, one.span), message)
            .help("Do the same for the other database; or say in the migration why only one of them has it.");
    }
}

impl Unmatched {
    fn said(&self) -> String {
        match &self.what {
            What::Made => format!("{} is not there", self.title),
            What::Dropped => format!("{} is still there", self.title),
            What::Type(_, there) => format!("{} is {there} there", self.title),
        }
    }
}

/// What a migration speaks of: tables as a whole, and single columns of others.
#[derive(Default)]
struct Touched {
    tables: BTreeMap<String, Span>,
    columns: BTreeMap<(String, String), Span>,
}

fn touched(run: &MigrationRun<'_>) -> Touched {
    let mut touched = Touched::default();
    for (statement, step) in run.up.script.statements.iter().zip(&run.up.steps) {
        for (op, outcome) in statement.ops.iter().zip(&step.outcomes) {
            if *outcome == Outcome::Done {
                touch(op, &mut touched);
            }
        }
    }
    touched
}

fn touch(op: &Op, touched: &mut Touched) {
    let mut column = |table: &Name, column: &Ident| {
        touched.columns.insert((folded(&table.ident), folded(column)), op.span);
    };
    match &op.kind {
        Operation::AddColumn { table, def, .. } => column(&table.name, &def.column.name),
        Operation::DropColumn { table, column: dropped, .. } => column(&table.name, dropped),
        Operation::AlterColumn { table, column: altered, change: AlterColumn::Type { .. } } => {
            column(&table.name, altered)
        }
        Operation::RenameColumn { table, from, to } => {
            column(&table.name, from);
            column(&table.name, to);
        }
        Operation::CreateTable(create) => {
            touched.tables.insert(folded(&create.name.ident), op.span);
        }
        Operation::Rename { object, to, .. } if object.kind == ObjectKind::Table => {
            touched.tables.insert(folded(&object.name.ident), op.span);
            touched.tables.insert(folded(to), op.span);
        }
        Operation::Drop(drop) if drop.kind == ObjectKind::Table => {
            let names = drop.objects.iter().map(|object| folded(&object.name.ident));
            touched.tables.extend(names.map(|name| (name, op.span)));
        }
        _ => {}
    }
}

fn unmatched(
    facts: &HistoryFacts<'_>,
    own: &Side<'_>,
    twin: &Side<'_>,
    run: &MigrationRun<'_>,
    touched: &Touched,
) -> Vec<Unmatched> {
    let before = run.up.steps.first().map_or(&run.up.after, |step| &step.before);
    let named = |catalog: &'_ Catalog, name: &str| {
        catalog.tables().find(|table| folded(&table.name.ident) == name).cloned()
    };
    let stood = |name: &str| named(before, name);
    let mut all = Vec::new();
    for (name, span) in &touched.tables {
        let one = |table: &Table, what: What| Unmatched {
            table: name.clone(),
            column: None,
            title: format!("table `{}`", table.name.text()),
            span: *span,
            what,
        };
        match (own.tables.get(name), twin.tables.get(name)) {
            (Some(table), None) => {
                let made = is_kept_alike(facts, table) && stood(name).is_none() && !fed_by_trigger(run, name);
                if made && twin.lacks(name) && !twin.has_had(name, None) {
                    all.push(one(table, What::Made));
                }
            }
            (None, Some(table)) => {
                if is_kept_alike(facts, table) && stood(name).is_some() && own.lacks(name) {
                    all.push(one(table, What::Dropped));
                }
            }
            (Some(table), Some(other)) => {
                let pair =
                    Pair { own, twin, table, other, before: stood(name), after: named(&run.up.after, name) };
                let now = table.columns.iter().chain(pair.before.iter().flat_map(|old| &old.columns));
                let columns: BTreeSet<String> = now.map(|member| folded(&member.column.name)).collect();
                all.extend(columns.iter().filter_map(|column| pair.unmatched(column, *span)));
            }
            (None, None) => {}
        }
    }
    let columns = touched.columns.iter().filter(|((table, _), _)| !touched.tables.contains_key(table));
    for ((name, column), span) in columns {
        let (Some(table), Some(other)) = (own.tables.get(name), twin.tables.get(name)) else { continue };
        let pair = Pair { own, twin, table, other, before: stood(name), after: named(&run.up.after, name) };
        all.extend(pair.unmatched(column, *span));
    }
    // One rename is one thing to say.
    let made: BTreeSet<Span> = all.iter().filter(|one| one.what == What::Made).map(|one| one.span).collect();
    all.retain(|one| one.what != What::Dropped || !made.contains(&one.span));
    all.sort_by_key(|one| one.span);
    all
}

/// One table as the two build it.
struct Pair<'a> {
    own: &'a Side<'a>,
    twin: &'a Side<'a>,
    table: &'a Table,
    other: &'a Table,
    /// As it was before the migration, and behind it.
    before: Option<Table>,
    after: Option<Table>,
}

impl Pair<'_> {
    /// A column that only one of the two has, or that holds text in the one and whole numbers in the other.
    fn unmatched(&self, column: &str, span: Span) -> Option<Unmatched> {
        let certain = |side: &Side<'_>, table: &Table| !table.open && !side.end.unclear && is_ordinary(table);
        let had = self.before.as_ref().and_then(|old| find(old, column));
        let has = self.after.as_ref().and_then(|new| find(new, column));
        let name = folded(&self.table.name.ident);
        let what = match (find(self.table, column), find(self.other, column)) {
            (Some(here), None) => {
                // What is computed stands for an index or a check that the database does not have.
                let made = had.is_none()
                    && has.is_some()
                    && here.generated.is_none()
                    && certain(self.twin, self.other);
                (made && !self.twin.has_had(&name, Some(column))).then_some(What::Made)?
            }
            (None, Some(there)) => {
                let dropped = had.is_some()
                    && has.is_none()
                    && there.generated.is_none()
                    && certain(self.own, self.table);
                dropped.then_some(What::Dropped)?
            }
            (Some(here), Some(there)) => {
                let is_new =
                    has.is_some_and(|new| new.ty == here.ty) && had.is_none_or(|old| old.ty != here.ty);
                let (here, there) = (here.ty.as_ref()?, there.ty.as_ref()?);
                let differ = holds(here, self.own.dialect)? != holds(there, self.twin.dialect)?;
                (is_new && differ).then(|| What::Type(here.to_string(), there.to_string()))?
            }
            (None, None) => return None,
        };
        let title = format!("`{}.{column}`", self.table.name.text());
        Some(Unmatched { table: name, column: Some(column.to_owned()), title, span, what })
    }
}

/// Whether a migration makes a trigger that speaks of a table: it stands for an index that the database does not have.
fn fed_by_trigger(run: &MigrationRun<'_>, table: &str) -> bool {
    let ops = run.up.script.statements.iter().flat_map(|statement| &statement.ops);
    ops.into_iter().any(|op| match &op.kind {
        Operation::CreateTrigger(create) => {
            let body = create.trigger.body.as_deref().unwrap_or_default();
            let mut words = body.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| word.eq_ignore_ascii_case(table))
        }
        _ => false,
    })
}

/// A column, where the table has it.
fn find<'t>(table: &'t Table, column: &str) -> Option<&'t Column> {
    table.columns.iter().map(|member| &member.column).find(|known| folded(&known.name) == column)
}

/// Whether a table is one that every database would have: no partition, no index in the shape of a table, not the tool's.
fn is_kept_alike(facts: &HistoryFacts<'_>, table: &Table) -> bool {
    table.made.is_some()
        && table.parents.is_empty()
        && !table.foreign
        && is_ordinary(table)
        && !is_kept_by_a_tool(&table.name)
        && !facts.settings.is_external(&table.name)
}

fn is_ordinary(table: &Table) -> bool {
    !table.options.iter().any(|option| option == "VIRTUAL")
}

/// What a column holds, where databases do not differ in how they write it down: a date, a truth value, an amount may be text in the one
/// and a number in the other.
#[derive(PartialEq, Eq)]
enum Holds {
    WholeNumbers,
    Text,
}

fn holds(ty: &Type, dialect: Dialect) -> Option<Holds> {
    if ty.dimensions > 0 || ty.schema.is_some() {
        return None;
    }
    let word = ty.name.split_whitespace().next().unwrap_or("").to_lowercase();
    match (dialect, word.as_str()) {
        (
            _,
            "integer" | "int" | "bigint" | "smallint" | "mediumint" | "int2" | "int4" | "int8" | "serial"
            | "bigserial",
        ) => Some(Holds::WholeNumbers),
        (
            _,
            "text" | "varchar" | "character" | "char" | "citext" | "tinytext" | "mediumtext" | "longtext",
        ) => Some(Holds::Text),
        (Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql, _) => None,
    }
}
