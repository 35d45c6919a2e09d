//! What a canonical schema file and the migrations disagree about, object by object, and which of the two changed.

use std::collections::BTreeSet;

use super::HistoryFacts;
use super::facts::Canonical;
use crate::diagnostic::Written;
use crate::history::rebuild::rebuilds;
use crate::history::replay::{Change, Replay};
use crate::ops::{Op, Operation, Outcome, Statement, resolve};
use crate::schema::{
    Catalog, Column, Dialect, Difference, DifferenceKind, Facet, Ident, Lookup, Name, ObjectKind, ObjectRef,
};
use crate::text::Place;

/// An object about which they disagree.
#[derive(Clone, Debug)]
pub struct Disagreement<'a> {
    /// The object. Where a migration renamed it: under its new name.
    pub object: ObjectRef,
    /// In what they differ, the schema file on the left, the migrations on the right. Never empty.
    pub differences: Vec<Difference>,
    /// What the schema file still calls it.
    pub old_name: Option<Difference>,
    /// The statement of a migration that last changed it.
    pub cause: Option<Cause<'a>>,
    /// Which of the two changed, and the other one not.
    pub changed: Changed,
}

/// The operation of a migration that changed an object.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    /// The statement.
    pub change: Change<'a>,
    /// Which of its operations.
    pub op: &'a Op,
}

/// Which of the two changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changed {
    /// A migration did what the file does not show.
    Migrations,
    /// The file was edited alone.
    File,
}

impl Disagreement<'_> {
    /// What people call the object.
    pub fn title(&self) -> String {
        title(&self.object)
    }
}

/// What people call an object: `orders.note`, table `orders`, index `orders_note_idx`.
pub fn title(object: &ObjectRef) -> String {
    match (&object.kind, &object.on) {
        (ObjectKind::Column, Some(table)) => format!("`{table}.{}`", object.name.text()),
        (
            ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule,
            Some(table),
        ) => format!("{} `{}` of `{table}`", object.kind.noun(), object.name),
        (kind, _) => format!("{} `{}`", kind.noun(), object.name),
    }
}

/// In what of an object a difference lies.
pub const fn what(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Type => "type",
        DifferenceKind::Nullability => "nullability",
        DifferenceKind::Default => "default",
        DifferenceKind::Comment => "comment",
        DifferenceKind::Definition | DifferenceKind::Missing | DifferenceKind::Extra => "definition",
    }
}

impl Cause<'_> {
    /// Where it stands. A column of a CREATE TABLE has a place of its own.
    pub fn place(&self, object: &ObjectRef) -> Place {
        let column = match &self.op.kind {
            Operation::CreateTable(create) if object.kind == ObjectKind::Column => {
                create.columns.iter().find(|def| def.column.name == object.name.ident).map(|def| def.span)
            }
            Operation::CreateTable(create) if object.kind == ObjectKind::Constraint => create
                .constraints
                .iter()
                .find(|def| def.constraint.name.as_ref() == Some(&object.name.ident))
                .map(|def| def.span),
            _ => None,
        };
        let place = self.change.place(self.op);
        column.map_or(place, |span| Place::new(place.file, span))
    }
}

/// What they disagree about, by object. Nothing where the file is no schema of these migrations, or where the base branch
/// differed alike.
pub fn disagreements<'a>(facts: &HistoryFacts<'a>, canonical: &Canonical) -> Vec<Disagreement<'a>> {
    let Some((mut differences, known)) = differences(facts, canonical) else { return Vec::new() };
    let dialect = canonical.run.engine.dialect;
    let mut reference = (&canonical.run.after, known);
    let mut to_measure = differences.clone();
    if let Some(base) = &canonical.base {
        let applied = facts.replay.only(dialect, |file| facts.applied.contains(&file));
        let applied = as_far_as_known(facts.replay, applied);
        to_measure = told(facts, base, &applied);
        let old: BTreeSet<_> = to_measure.iter().map(|old| (old.kind, old.object.clone())).collect();
        differences.retain(|difference| !old.contains(&(difference.kind, difference.object.clone())));
        reference = (base, applied);
    }
    if !canonical.configured && is_something_else(reference.0, &reference.1, &to_measure) {
        return Vec::new();
    }
    let mut all: Vec<Disagreement<'_>> = Vec::new();
    let unclear = facts.replay.end.get(&dialect).is_some_and(|end| end.unclear);
    for difference in differences {
        let cause = cause(facts.replay, dialect, &difference);
        // A statement that could not be read may have changed again what was done before it.
        if unclear && !cause.is_some_and(|cause| cause.change.before().unclear) {
            continue;
        }
        let changed = changed(facts, &difference, cause.as_ref());
        match all.iter_mut().find(|known| known.object == difference.object) {
            Some(known) => {
                if changed == Changed::Migrations && known.changed == Changed::File {
                    (known.cause, known.changed) = (cause, changed);
                }
                known.differences.push(difference);
            }
            None => all.push(Disagreement {
                object: difference.object.clone(),
                differences: vec![difference],
                old_name: None,
                cause,
                changed,
            }),
        }
    }
    fold(all)
}

/// Whether a schema file that nobody called canonical describes something else: it differs in more than a third of what both
/// speak of.
pub fn is_no_schema_of(facts: &HistoryFacts<'_>, canonical: &Canonical) -> bool {
    if canonical.configured {
        return false;
    }
    match (differences(facts, canonical), &canonical.base) {
        (Some((differences, known)), None) => is_something_else(&canonical.run.after, &known, &differences),
        (Some(_), Some(base)) => {
            let applied = facts.replay.only(base.dialect, |file| facts.applied.contains(&file));
            let applied = as_far_as_known(facts.replay, applied);
            let old = told(facts, base, &applied);
            is_something_else(base, &applied, &old)
        }
        (None, _) => false,
    }
}

/// Every difference that counts, and the catalog of the migrations that the file was held against.
fn differences(facts: &HistoryFacts<'_>, canonical: &Canonical) -> Option<(Vec<Difference>, Catalog)> {
    let end = facts.replay.end.get(&canonical.run.engine.dialect)?;
    let known = as_far_as_known(facts.replay, end.clone());
    let differences = told(facts, &canonical.run.after, &known);
    Some((differences, known))
}

/// The differences between a schema file and what migrations built that are anybody's business. A file that says nothing of a kind of object
/// (functions, comments, policies) does not say that there are none.
fn told(facts: &HistoryFacts<'_>, file: &Catalog, known: &Catalog) -> Vec<Difference> {
    let (in_file, in_history) = (kinds(file), kinds(known));
    let speaks = |kinds: &BTreeSet<ObjectKind>, kind: ObjectKind| match kind {
        ObjectKind::Table | ObjectKind::ForeignTable | ObjectKind::Column | ObjectKind::Index => true,
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate | ObjectKind::Routine => {
            kinds.contains(&ObjectKind::Function)
        }
        ObjectKind::Type | ObjectKind::Domain => kinds.contains(&ObjectKind::Type),
        kind => kinds.contains(&kind),
    };
    let (commented, documented) = (has_comments(file), has_comments(known));
    let mut differences = file.diff(known);
    differences.retain(|difference| {
        let silent = match difference.kind {
            DifferenceKind::Missing => !speaks(&in_file, difference.object.kind),
            DifferenceKind::Extra => !speaks(&in_history, difference.object.kind),
            DifferenceKind::Comment => !(commented && documented),
            DifferenceKind::Type
            | DifferenceKind::Nullability
            | DifferenceKind::Default
            | DifferenceKind::Definition => false,
        };
        !silent && counts(facts, difference)
    });
    differences
}

/// Of which kinds a catalog has any.
fn kinds(catalog: &Catalog) -> BTreeSet<ObjectKind> {
    let mut kinds: BTreeSet<ObjectKind> = catalog.others().map(|(object, _)| object.kind).collect();
    kinds.extend(catalog.relations().map(|(_, relation)| relation.kind()));
    kinds.extend(catalog.types().next().map(|_| ObjectKind::Type));
    kinds.extend(catalog.all_functions().next().map(|_| ObjectKind::Function));
    let constrained = catalog.tables().any(|table| !table.constraints.is_empty());
    kinds.extend(constrained.then_some(ObjectKind::Constraint));
    kinds
}

fn has_comments(catalog: &Catalog) -> bool {
    catalog.tables().any(|table| {
        table.notes.comment.is_some() || table.columns.iter().any(|member| member.comment.is_some())
    })
}

/// The catalog, closed where the history begins at the beginning: what it does not hold is not there.
pub fn as_far_as_known(replay: &Replay<'_>, mut catalog: Catalog) -> Catalog {
    catalog.open = catalog.unclear || !replay.is_complete(catalog.dialect);
    catalog
}

/// Whether a difference is anybody's business: the object is not made elsewhere, by the tool, or by another history.
pub fn counts(facts: &HistoryFacts<'_>, difference: &Difference) -> bool {
    let object = &difference.object;
    let table = object.on.as_ref().unwrap_or(&object.name);
    let plain = plain_name(object);
    let external = facts.settings.is_external(table)
        || (object.kind != ObjectKind::Column && facts.settings.is_external(&plain))
        || (object.kind == ObjectKind::Schema && facts.settings.is_external(&everything_in(object)));
    let extra_table = object.kind == ObjectKind::Table && matches!(difference.kind, DifferenceKind::Extra);
    let of_tool = extra_table && is_kept_by_a_tool(&object.name);
    let elsewhere = difference.kind.is_extra()
        && facts
            .sharing
            .iter()
            .flat_map(|replay| replay.end.values())
            .any(|end| end.table(table).found().is_some());
    let of_virtual = extra_table && is_shadow(facts, &object.name);
    !external && !of_tool && !elsewhere && !of_virtual
}

/// A name that stands for whatever a schema may hold: `auth.*` fits it, `auth.users` does not.
fn everything_in(schema: &ObjectRef) -> Name {
    Name::qualified(schema.name.ident.clone(), Ident::exact(""))
}

/// The name of an object; of a function without its arguments.
fn plain_name(object: &ObjectRef) -> Name {
    match object.name.text().split_once('(') {
        Some((name, _)) => Name { schema: object.name.schema.clone(), ident: Ident::exact(name) },
        None => object.name.clone(),
    }
}

/// Whether SQLite made a table for a virtual one of the migrations. Source: sqlite.org/fts5.html, /fts3.html and /rtree.html.
fn is_shadow(facts: &HistoryFacts<'_>, table: &Name) -> bool {
    const PARTS: &[&str] = &[
        "data", "idx", "content", "docsize", "config", "segments", "segdir", "stat", "node", "parent",
        "rowid",
    ];
    let Some((owner, part)) = table.ident.key().rsplit_once('_') else { return false };
    let owner = Name { schema: table.schema.clone(), ident: Ident::caseless(owner) };
    let end = facts.replay.end.get(&Dialect::Sqlite);
    let is_virtual = end
        .and_then(|end| end.table(&owner).found())
        .is_some_and(|table| table.options.iter().any(|option| option == "VIRTUAL"));
    is_virtual && PARTS.contains(&part)
}

/// Tables in which migration tools keep what ran. Source: each tool's documentation.
pub fn is_kept_by_a_tool(table: &Name) -> bool {
    const TABLES: &[&str] = &[
        "schema_migrations",
        "schema_version",
        "goose_db_version",
        "flyway_schema_history",
        "_sqlx_migrations",
        "__diesel_schema_migrations",
        "_prisma_migrations",
        "__drizzle_migrations",
        "gorp_migrations",
        "atlas_schema_revisions",
        "refinery_schema_history",
        "databasechangelog",
        "databasechangeloglock",
        "pgmigrations",
        "_yoyo_migration",
        "_yoyo_log",
        "_yoyo_version",
        "yoyo_lock",
        "alembic_version",
        "django_migrations",
        "ar_internal_metadata",
        "schema_migration",
        "knex_migrations",
        "knex_migrations_lock",
        "changelog",
    ];
    let of_tool = |schema: &Ident| {
        ["drizzle", "supabase_migrations", "graphile_migrate", "sqitch"].contains(&schema.key())
    };
    TABLES.contains(&table.text().to_ascii_lowercase().as_str()) || table.schema.as_ref().is_some_and(of_tool)
}

/// Whether the two differ in more than a third of what both speak of: their tables, the columns of those that both have,
/// their indexes.
fn is_something_else(file: &Catalog, known: &Catalog, differences: &[Difference]) -> bool {
    let made = |catalog: &Catalog| -> BTreeSet<Name> {
        let tables = catalog.tables().filter(|table| !table.temporary && table.made.is_some());
        tables.map(|table| table.name.clone()).collect()
    };
    let (left, right) = (made(file), made(known));
    let mut objects: BTreeSet<ObjectRef> = BTreeSet::new();
    let table_ref = |name: &Name| ObjectRef { kind: ObjectKind::Table, name: name.clone(), on: None };
    for name in left.intersection(&right) {
        objects.insert(table_ref(name));
        for catalog in [file, known] {
            let columns = catalog.table(name).found().map_or(&[][..], |table| table.columns.as_slice());
            objects.extend(columns.iter().map(|member| ObjectRef {
                kind: ObjectKind::Column,
                name: Name::bare(member.column.name.clone()),
                on: Some(name.clone()),
            }));
            let indexes = catalog.indexes_of(name).filter(|index| index.constraint.is_none());
            objects.extend(indexes.map(|index| ObjectRef {
                kind: ObjectKind::Index,
                name: index.name.clone(),
                on: Some(name.clone()),
            }));
        }
    }
    let measured = |object: &ObjectRef| {
        matches!(object.kind, ObjectKind::Table | ObjectKind::Column | ObjectKind::Index)
    };
    let differing: BTreeSet<ObjectRef> =
        differences.iter().map(|difference| difference.object.clone()).filter(measured).collect();
    objects.extend(differing.iter().cloned());
    3 * differing.len() > objects.len()
}

/// The operation that last changed what the difference is about.
fn cause<'a>(replay: &'a Replay<'_>, dialect: Dialect, difference: &Difference) -> Option<Cause<'a>> {
    let object = &difference.object;
    let change = replay.last_change(dialect, None, |catalog| catalog.facet(difference.kind, object))?;
    if let Some(built) = built_anew(change, object) {
        return Some(built);
    }
    let statement = change.statement();
    let about = |op: &&Op| is_about(&op.kind, object);
    let was_there = matches!(change.before().facet(difference.kind, object), Facet::Is(_));
    let op = if difference.kind.is_extra() && !was_there {
        // That a table is made without a column says nothing of that column: somebody must have taken it away.
        statement.ops.iter().find(|op| about(op) && takes_away(&op.kind))?
    } else {
        statement.ops.iter().find(about).or(statement.ops.first())?
    };
    Some(Cause { change, op })
}

/// Where a table was built anew under its own name, the CREATE TABLE of the new one is what changed it.
fn built_anew<'a>(change: Change<'a>, object: &ObjectRef) -> Option<Cause<'a>> {
    let table = object.on.as_ref().unwrap_or(&object.name);
    let rebuilt = rebuilds(change.part)
        .into_iter()
        .find(|one| one.table == *table && (one.rename == change.step || one.clear == change.step))?;
    let change = Change { step: rebuilt.create, ..change };
    let op = change.statement().ops.iter().find(|op| matches!(op.kind, Operation::CreateTable(_)))?;
    Some(Cause { change, op })
}

/// Whether an operation leaves something less under its old name.
const fn takes_away(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Drop(_)
            | Operation::DropColumn { .. }
            | Operation::RenameColumn { .. }
            | Operation::Rename { .. }
            | Operation::SetSchema { .. }
    )
}

/// Which of the two changed. What the file lacks it ought to have, whoever forgot it; for the rest it depends on whether a
/// migration that is still to come did it.
fn changed(facts: &HistoryFacts<'_>, difference: &Difference, cause: Option<&Cause<'_>>) -> Changed {
    if difference.kind.is_missing() {
        return Changed::Migrations;
    }
    let file = cause.map(|cause| cause.change.part.part.file);
    let to_come = file.is_some_and(|file| !facts.applied.contains(&file) || facts.judged.contains(&file));
    if to_come { Changed::Migrations } else { Changed::File }
}

/// One rename is one disagreement, not one about each name; and what became of an index because of its column is no second one.
fn fold(all: Vec<Disagreement<'_>>) -> Vec<Disagreement<'_>> {
    let same_statement = |one: &Disagreement<'_>, other: &Disagreement<'_>| match (&one.cause, &other.cause) {
        (Some(one), Some(other)) => std::ptr::eq(one.change.statement(), other.change.statement()),
        (None, _) | (_, None) => false,
    };
    let renames = |one: &Disagreement<'_>| {
        one.cause.is_some_and(|cause| {
            matches!(
                cause.op.kind,
                Operation::RenameColumn { .. } | Operation::Rename { .. } | Operation::SetSchema { .. }
            )
        })
    };
    let about_index = |one: &Disagreement<'_>| {
        one.cause.is_some_and(|cause| match &cause.op.kind {
            Operation::CreateIndex(_) | Operation::CreateTable(_) => true,
            Operation::Drop(drop) => drop.kind == ObjectKind::Index,
            Operation::Rename { object, .. } | Operation::SetSchema { object, .. } => {
                object.kind == ObjectKind::Index
            }
            _ => false,
        })
    };
    let mut gone = BTreeSet::new();
    let mut old_names: Vec<Option<Difference>> = vec![None; all.len()];
    for (at, one) in all.iter().enumerate() {
        let follows = |object: &ObjectRef| !matches!(object.kind, ObjectKind::Table | ObjectKind::Column);
        let itself = one.object.kind == ObjectKind::Index && about_index(one)
            || one.object.kind != ObjectKind::Index
                && one.cause.is_some_and(|cause| is_about(&cause.op.kind, &one.object));
        if follows(&one.object) && !itself {
            let told = all.iter().any(|other| !follows(&other.object) && same_statement(one, other));
            if told {
                gone.insert(at);
                continue;
            }
        }
        if !one.differences[0].kind.is_missing() || !renames(one) {
            continue;
        }
        let old = all.iter().position(|other| {
            other.object.kind == one.object.kind
                && other.differences[0].kind.is_extra()
                && renames(other)
                && same_statement(one, other)
        });
        if let Some(old) = old.filter(|old| gone.insert(*old)) {
            old_names[at] = Some(all[old].differences[0].clone());
        }
    }
    let named = all.into_iter().zip(old_names).enumerate().filter(|(at, _)| !gone.contains(at));
    named.map(|(_, (one, old_name))| Disagreement { old_name, ..one }).collect()
}

/// Whether an operation is about an object, by its names.
fn is_about(operation: &Operation, object: &ObjectRef) -> bool {
    let name = &object.name.ident;
    let table = object.on.as_ref().map_or(name, |table| &table.ident);
    match (operation, object.kind) {
        (Operation::CreateTable(create), ObjectKind::Table | ObjectKind::Column) => {
            create.name.ident == *table
        }
        (Operation::AddColumn { table: target, def, .. }, ObjectKind::Column) => {
            target.name.ident == *table && def.column.name == *name
        }
        (
            Operation::DropColumn { table: target, column, .. }
            | Operation::AlterColumn { table: target, column, .. },
            ObjectKind::Column,
        ) => target.name.ident == *table && column == name,
        (Operation::RenameColumn { table: target, from, to }, ObjectKind::Column) => {
            target.name.ident == *table && (from == name || to == name)
        }
        (Operation::Rename { object: renamed, to, .. }, ObjectKind::Table | ObjectKind::Index) => {
            renamed.name.ident == *name || to == name
        }
        (Operation::SetSchema { object: moved, .. }, ObjectKind::Table | ObjectKind::Index) => {
            moved.name.ident == *name
        }
        (Operation::Drop(drop), ObjectKind::Table | ObjectKind::Index) => {
            drop.objects.iter().any(|dropped| dropped.name.ident == *name)
        }
        (Operation::CreateIndex(create), ObjectKind::Index) => match &create.name {
            Some(written) => written.ident == *name,
            None => create.table.ident == *table,
        },
        (Operation::CreateTable(create), ObjectKind::Constraint) => create.name.ident == *table,
        (Operation::AddColumn { table: target, def, .. }, ObjectKind::Constraint) => {
            target.name.ident == *table && !def.constraints.is_empty()
        }
        (Operation::AddConstraint { table: target, constraint }, ObjectKind::Constraint) => {
            target.name.ident == *table && constraint.name.as_ref().is_none_or(|written| written == name)
        }
        (
            Operation::DropConstraint { table: target, constraint, .. }
            | Operation::ValidateConstraint { table: target, constraint }
            | Operation::AlterConstraint { table: target, constraint, .. },
            ObjectKind::Constraint,
        ) => target.name.ident == *table && constraint == name,
        (Operation::RenameConstraint { table: target, from, to }, ObjectKind::Constraint) => {
            target.name.ident == *table && (from == name || to == name)
        }
        (Operation::SetTableOption { table: target, .. }, ObjectKind::Table) => target.name.ident == *name,
        (Operation::CreateView(create), ObjectKind::View | ObjectKind::MaterializedView) => {
            create.name.ident == *name
        }
        (Operation::CreateSequence(create), ObjectKind::Sequence) => create.name.ident == *name,
        (Operation::AlterSequence(alter), ObjectKind::Sequence) => alter.name.ident == *name,
        (Operation::CreateType(create), ObjectKind::Type) => create.name.ident == *name,
        (Operation::CreateDomain(create), ObjectKind::Domain) => create.name.ident == *name,
        (Operation::AlterType { name: altered, .. }, ObjectKind::Type)
        | (Operation::AlterDomain { name: altered, .. }, ObjectKind::Domain) => altered.ident == *name,
        (
            Operation::CreateFunction(create),
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate,
        ) => create.name.ident == plain_name(object).ident,
        (
            Operation::AlterFunction { object: altered, .. },
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate,
        ) => altered.name.ident == plain_name(object).ident,
        (Operation::CreateTrigger(create), ObjectKind::Trigger) => create.name.ident == *name,
        (Operation::CreatePolicy(create), ObjectKind::Policy) => create.name == *name,
        (Operation::AlterPolicy(alter), ObjectKind::Policy) => alter.name == *name,
        (Operation::CreateRule { name: written, .. }, ObjectKind::Rule)
        | (Operation::CreateExtension { name: written, .. }, ObjectKind::Extension)
        | (
            Operation::CreatePublication { name: written, .. }
            | Operation::AlterPublication { name: written, .. },
            ObjectKind::Publication,
        ) => written == name,
        (Operation::CreateSchema { name: Some(written), .. }, ObjectKind::Schema) => written == name,
        (Operation::CreateOther { object: made, .. }, kind) => made.kind == kind && made.name.ident == *name,
        (Operation::Comment { object: about, .. }, _) => {
            about.kind == object.kind && about.name.ident == plain_name(object).ident
        }
        (Operation::Drop(drop), kind) => {
            drop.kind == kind
                && drop.objects.iter().any(|dropped| dropped.name.ident == plain_name(object).ident)
        }
        (Operation::Rename { object: renamed, to, .. }, kind) => {
            renamed.kind == kind && (renamed.name.ident == *name || to == name)
        }
        _ => false,
    }
}

/// What the migrations wrote to make an object as it is, in their order; and the columns that it has in the end.
pub fn written(replay: &Replay<'_>, dialect: Dialect, object: &ObjectRef) -> (Vec<Written>, Vec<Column>) {
    let Some(end) = replay.end.get(&dialect) else { return (Vec::new(), Vec::new()) };
    let columns: Vec<Column> = match (object.kind, &object.on) {
        (ObjectKind::Table, _) => end.table(&object.name).found().map_or_else(Vec::new, |table| {
            table.columns.iter().map(|member| member.column.clone()).collect()
        }),
        (ObjectKind::Column, Some(table)) => {
            let member = end.table(table).and_then(|table| table.column(object.name.ident.key())).found();
            member.map(|member| member.column.clone()).into_iter().collect()
        }
        _ => Vec::new(),
    };
    let mut words = Vec::new();
    collect(replay, dialect, object, None, &mut words);
    if object.kind == ObjectKind::Table {
        words.retain(|word| match &word.operation {
            // Indexes that are gone again, or that were never made because they were there.
            Operation::CreateIndex(_) => end.indexes().any(|index| index.made == Some(word.place)),
            _ => true,
        });
    }
    (words, columns)
}

fn collect(
    replay: &Replay<'_>,
    dialect: Dialect,
    object: &ObjectRef,
    until: Option<(usize, usize)>,
    words: &mut Vec<Written>,
) {
    let there = |catalog: &Catalog| matches!(catalog.facet(DifferenceKind::Missing, object), Facet::Is(_));
    let Some(birth) = replay.last_change(dialect, until, there) else { return };
    for (run, migration) in replay.runs.iter().enumerate().skip(birth.run) {
        if migration.up.engine.dialect != dialect {
            continue;
        }
        for (step, statement) in migration.up.script.statements.iter().enumerate() {
            let before_birth = (run, step) < (birth.run, birth.step);
            if before_birth || until.is_some_and(|until| (run, step) >= until) {
                continue;
            }
            let state = &migration.up.steps[step];
            for (op, outcome) in statement.ops.iter().zip(&state.outcomes) {
                if let Operation::Rename { object: renamed, to, .. } = &op.kind
                    && *outcome == Outcome::Done
                    && (run, step) == (birth.run, birth.step)
                    && words.is_empty()
                    && renamed.kind == ObjectKind::Table
                    && let Some(old) =
                        under_old_name(object, &resolve(&state.before, &state.session, &renamed.name), to)
                {
                    collect(replay, dialect, &old, Some((run, step)), words);
                }
                let resolves =
                    |name: &Name, wanted: &Name| resolve(&state.before, &state.session, name) == *wanted;
                if *outcome != Outcome::Done || !shapes(&op.kind, object, &resolves) {
                    continue;
                }
                if let Operation::RenameColumn { from, .. } = &op.kind
                    && object.kind == ObjectKind::Column
                    && (run, step) == (birth.run, birth.step)
                    && words.is_empty()
                {
                    let old = ObjectRef { name: Name::bare(from.clone()), ..object.clone() };
                    collect(replay, dialect, &old, Some((run, step)), words);
                }
                words.push(Written {
                    operation: op.kind.clone(),
                    place: Place::new(migration.up.part.file, op.span),
                });
            }
        }
    }
}

/// A table that was renamed, or a column of it, under the table's old name.
fn under_old_name(object: &ObjectRef, from: &Name, to: &Ident) -> Option<ObjectRef> {
    match (object.kind, &object.on) {
        (ObjectKind::Column, Some(table)) if table.ident == *to => {
            Some(ObjectRef { on: Some(from.clone()), ..object.clone() })
        }
        (ObjectKind::Table, _) if object.name.ident == *to => {
            Some(ObjectRef { name: from.clone(), ..object.clone() })
        }
        (_, _) => None,
    }
}

/// Whether an operation gives an object its shape.
fn shapes(operation: &Operation, object: &ObjectRef, is: &dyn Fn(&Name, &Name) -> bool) -> bool {
    let whole = object.kind == ObjectKind::Table;
    let table = object.on.as_ref().unwrap_or(&object.name);
    let this = |column: &Ident| whole || *column == object.name.ident;
    match operation {
        Operation::CreateTable(create) => object.kind != ObjectKind::Index && is(&create.name, table),
        Operation::AddColumn { table: target, def, .. } => is(&target.name, table) && this(&def.column.name),
        Operation::DropColumn { table: target, column, .. }
        | Operation::AlterColumn { table: target, column, .. } => {
            object.kind != ObjectKind::Index && is(&target.name, table) && this(column)
        }
        Operation::RenameColumn { table: target, to, .. } => {
            object.kind != ObjectKind::Index && is(&target.name, table) && this(to)
        }
        Operation::AddConstraint { table: target, .. }
        | Operation::DropConstraint { table: target, .. }
        | Operation::ValidateConstraint { table: target, .. }
        | Operation::RenameConstraint { table: target, .. } => whole && is(&target.name, table),
        Operation::CreateIndex(create) => {
            is(&create.table, table)
                && (whole
                    || create.name.as_ref().is_some_and(|name| {
                        object.kind == ObjectKind::Index && name.ident == object.name.ident
                    }))
        }
        _ => false,
    }
}

/// The statement of a schema file that made what stands at a place, with its operation.
pub fn maker(canonical: &Canonical, made: Place) -> Option<(&Statement, &Op)> {
    let statements = canonical.run.script.statements.iter();
    let mut pairs = statements.flat_map(|statement| statement.ops.iter().map(move |op| (statement, op)));
    pairs.rfind(|(_, op)| op.span.contains(made.span) && made.file == canonical.file)
}

/// How a schema file has a column, where it has it.
pub fn column_in<'c>(canonical: &'c Canonical, object: &ObjectRef) -> Option<&'c Column> {
    let table = object.on.as_ref()?;
    match canonical.run.after.table(table).and_then(|table| table.column(object.name.ident.key())) {
        Lookup::Found(member) => Some(&member.column),
        Lookup::Absent | Lookup::Unknown => None,
    }
}
