//! A schema file held against what migrations build: which of the differences are anybody's business, and which statement made
//! each of them.

use std::collections::BTreeSet;

use super::rebuild::rebuilds;
use super::replay::{Change, Replay};
use crate::ops::{Op, Operation};
use crate::schema::{
    Catalog, Dialect, Difference, DifferenceKind, Facet, Ident, Name, ObjectKind, ObjectRef,
};
use crate::text::Place;

/// What else builds the schema that a history builds.
#[derive(Clone, Copy)]
pub struct Others<'a> {
    /// Objects that are made elsewhere.
    pub external: &'a dyn Fn(&Name) -> bool,
    /// Other sequences that share a schema file with it.
    pub sharing: &'a [&'a Replay<'a>],
    /// Which of the two that are compared, left and right, say nothing of the tables that migration tools keep.
    pub without_tools: [bool; 2],
}

impl Others<'_> {
    /// Only the migrations, on the right.
    pub const NONE: Others<'static> =
        Others { external: &|_| false, sharing: &[], without_tools: [false, true] };
}

/// The differences between a schema file and what migrations built that are anybody's business. A file that says nothing of a kind of object
/// (functions, comments, policies) does not say that there are none.
pub fn told(file: &Catalog, known: &Catalog, others: &Others<'_>) -> Vec<Difference> {
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
        !silent && counts(difference, &[file, known], others)
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

/// A catalog of a replay, closed where the history begins at the beginning: what it does not hold is not there.
pub fn as_far_as_known(replay: &Replay<'_>, mut catalog: Catalog) -> Catalog {
    catalog.open = catalog.unclear || !replay.is_complete(catalog.dialect);
    catalog
}

/// Whether a difference is anybody's business: the object is not made elsewhere, by the tool, or by another history.
/// `compared`: the catalogs that it lies between.
pub fn counts(difference: &Difference, compared: &[&Catalog], others: &Others<'_>) -> bool {
    let object = &difference.object;
    let table = object.on.as_ref().unwrap_or(&object.name);
    let plain = plain_name(object);
    let external = (others.external)(table)
        || (object.kind != ObjectKind::Column && (others.external)(&plain))
        || (object.kind == ObjectKind::Schema && (others.external)(&everything_in(object)));
    let lacking = [difference.kind.is_missing(), difference.kind.is_extra()];
    let whole_table = object.kind == ObjectKind::Table && lacking.contains(&true);
    let [in_left, in_right] = others.without_tools;
    let of_tool = whole_table
        && ((lacking[0] && in_left) || (lacking[1] && in_right))
        && is_kept_by_a_tool(&object.name);
    let elsewhere = difference.kind.is_extra()
        && others
            .sharing
            .iter()
            .flat_map(|replay| replay.end.values())
            .any(|end| end.table(table).found().is_some());
    let of_virtual = whole_table && is_shadow(compared, &object.name);
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

/// Whether SQLite made a table for a virtual one that one of the catalogs has. Source: sqlite.org/fts5.html, /fts3.html and /rtree.html.
fn is_shadow(compared: &[&Catalog], table: &Name) -> bool {
    const PARTS: &[&str] = &[
        "data", "idx", "content", "docsize", "config", "segments", "segdir", "stat", "node", "parent",
        "rowid",
    ];
    let Some((owner, part)) = table.ident.key().rsplit_once('_') else { return false };
    let owner = Name { schema: table.schema.clone(), ident: Ident::caseless(owner) };
    let is_virtual = compared
        .iter()
        .filter_map(|catalog| catalog.table(&owner).found())
        .any(|table| table.options.iter().any(|option| option == "VIRTUAL"));
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
pub fn is_something_else(file: &Catalog, known: &Catalog, differences: &[Difference]) -> bool {
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

/// The operation of a migration that changed an object.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    /// The statement.
    pub change: Change<'a>,
    /// Which of its operations.
    pub op: &'a Op,
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

/// The operation that last changed what the difference is about.
pub fn cause<'a>(replay: &'a Replay<'_>, dialect: Dialect, difference: &Difference) -> Option<Cause<'a>> {
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

/// Whether an operation is about an object, by its names.
pub fn is_about(operation: &Operation, object: &ObjectRef) -> bool {
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
