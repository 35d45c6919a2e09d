//! What an engine, or its version, does not have.
//!
//! Sources: sqlite.org/lang.html and what SQLite 3.40 says to each statement; PostgreSQL's release notes 10–18 and what each
//! major says (SQLSTATE 42601, 0A000, 42809).

use crate::ops::{
    AlterColumn, AlterPublication, ColumnDef, Guard, Op, Operation, Statement, TableOption, TableTarget,
};
use crate::schema::{
    Body, Bound, Catalog, Constraint, ConstraintKind, Detail, Dialect, Engine, Expr, GeneratedKind, Ident,
    Identity, Lookup, Name, ObjectKind, PartitionKind, Published, Table,
};

/// Why the engine refuses an operation whatever the catalog's state: a clause that follows "SQLite has no …" or "… came with …".
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lack {
    /// The engine has not got it at all.
    Never(String),
    /// It came with this version.
    Since(String, &'static str),
    /// The engine refuses it here: a sentence, and what to write instead.
    Here(String, &'static str),
}

/// What to write where SQLite does not change a table.
const REBUILD: &str =
    "Rebuild the table instead: create a new one, copy the rows, drop the old one, rename the new one.";

/// What surrounds an operation.
pub struct Surroundings<'a> {
    /// The engine, with the version that the user named, if any.
    pub engine: Engine,
    /// The catalog before.
    pub before: &'a Catalog,
    /// The table of the operation, resolved.
    pub table: Option<Name>,
    /// That table has no rows yet.
    pub empty: bool,
    /// SQLite enforces foreign keys.
    pub foreign_keys: bool,
    /// The history began with an empty database: what it did not make is not there.
    pub complete: bool,
}

/// What of a statement the engine does not have; None where it has it, as far as we know.
pub fn lack(statement: &Statement, op: &Op, around: &Surroundings<'_>) -> Option<Lack> {
    match around.engine.dialect {
        Dialect::Sqlite => sqlite(statement, op, around),
        Dialect::Postgres => postgres(&op.kind, around),
        Dialect::Mysql => None,
    }
}

fn never(what: impl Into<String>) -> Option<Lack> {
    Some(Lack::Never(what.into()))
}

/// SQLite: the one word or constant that stands there without brackets.
const LOOSE_DEFAULT: &str = "DEFAULT with an expression that is not in brackets";

fn sqlite(statement: &Statement, op: &Op, around: &Surroundings<'_>) -> Option<Lack> {
    let in_alter = |target: &TableTarget| {
        if target.if_exists {
            never("ALTER TABLE IF EXISTS")
        } else if statement.ops.len() > 1 {
            never("ALTER TABLE with several actions")
        } else {
            None
        }
    };
    match &op.kind {
        Operation::AddColumn { table, def, guard } => in_alter(table)
            .or_else(|| if *guard == Guard::None { None } else { never("ADD COLUMN IF NOT EXISTS") })
            .or_else(|| sqlite_add_column(def, around)),
        Operation::DropColumn { table, column, guard, .. } => in_alter(table)
            .or_else(|| if *guard == Guard::None { None } else { never("DROP COLUMN IF EXISTS") })
            .or_else(|| since(around, 3, 35, "ALTER TABLE … DROP COLUMN", "SQLite 3.35"))
            .or_else(|| sqlite_drop_column(column, around)),
        Operation::RenameColumn { table, .. } => {
            in_alter(table).or_else(|| since(around, 3, 25, "ALTER TABLE … RENAME COLUMN", "SQLite 3.25"))
        }
        Operation::CreateTable(create) => sqlite_create_table(create, around),
        Operation::CreateView(create) => match (create.materialized, create.guard) {
            (true, _) => never("CREATE MATERIALIZED VIEW"),
            (false, Guard::OrReplace) => never("CREATE OR REPLACE VIEW"),
            (false, Guard::None | Guard::IfNotExists | Guard::IfExists) => None,
        },
        Operation::CreateIndex(create) if create.concurrently => never("CREATE INDEX CONCURRENTLY"),
        Operation::CreateIndex(create) if create.name.is_none() => never("CREATE INDEX without a name"),
        Operation::CreateIndex(create) if !create.include.is_empty() => never("INCLUDE in CREATE INDEX"),
        Operation::CreateIndex(create) if create.method != "btree" => {
            never(format!("CREATE INDEX … USING {}", create.method))
        }
        Operation::CreateTrigger(create) if create.trigger.function.is_some() => {
            never("EXECUTE FUNCTION in CREATE TRIGGER")
        }
        Operation::CreateTrigger(create) if create.guard == Guard::OrReplace => {
            never("CREATE OR REPLACE TRIGGER")
        }
        Operation::Drop(drop) => match drop.kind {
            ObjectKind::Table | ObjectKind::Index | ObjectKind::View | ObjectKind::Trigger => {
                if drop.cascade {
                    never("CASCADE in DROP")
                } else if drop.concurrently {
                    never("DROP INDEX CONCURRENTLY")
                } else if drop.objects.len() > 1 {
                    never("DROP of several objects at once")
                } else {
                    None
                }
            }
            _ => never(op.kind.words()),
        },
        Operation::Rename { object, .. } if object.kind == ObjectKind::Table => None,
        Operation::AlterColumn { table, change, .. } => in_alter(table).or_else(|| {
            never(match change {
                AlterColumn::Redefine(_) => "MODIFY COLUMN",
                _ => "ALTER COLUMN",
            })
        }),
        Operation::AddConstraint { .. }
        | Operation::DropConstraint { .. }
        | Operation::ValidateConstraint { .. }
        | Operation::AlterConstraint { .. }
        | Operation::RenameConstraint { .. }
        | Operation::AttachPartition { .. }
        | Operation::DetachPartition { .. }
        | Operation::SetTableOption { .. }
        | Operation::Rename { .. }
        | Operation::SetSchema { .. }
        | Operation::SetOwner { .. }
        | Operation::RefreshView { .. }
        | Operation::CreateSequence(_)
        | Operation::AlterSequence(_)
        | Operation::CreateType(_)
        | Operation::AlterType { .. }
        | Operation::CreateDomain(_)
        | Operation::AlterDomain { .. }
        | Operation::CreateFunction(_)
        | Operation::AlterFunction { .. }
        | Operation::CreatePolicy(_)
        | Operation::AlterPolicy(_)
        | Operation::CreatePublication { .. }
        | Operation::AlterPublication { .. }
        | Operation::CreateRule { .. }
        | Operation::CreateSchema { .. }
        | Operation::CreateExtension { .. }
        | Operation::CreateOther { .. }
        | Operation::AlterOther { .. }
        | Operation::Merge { .. }
        | Operation::Truncate { .. }
        | Operation::Copy { .. }
        | Operation::Lock { .. }
        | Operation::Cluster { .. } => never(op.kind.words()),
        Operation::Comment { .. } => never("COMMENT ON"),
        Operation::Privilege { what, .. } => never(what.clone()),
        Operation::Do => never("DO"),
        Operation::Set { .. } => never("SET"),
        Operation::CreateIndex(_)
        | Operation::CreateTrigger(_)
        | Operation::Reindex { .. }
        | Operation::Insert(_)
        | Operation::Update { .. }
        | Operation::Delete { .. }
        | Operation::Query { .. }
        | Operation::Begin
        | Operation::Commit { .. }
        | Operation::Rollback { .. }
        | Operation::Savepoint(_)
        | Operation::RollbackTo(_)
        | Operation::Release(_)
        | Operation::Pragma { .. }
        | Operation::Vacuum { .. }
        | Operation::Analyze { .. }
        | Operation::Opaque { .. } => None,
        Operation::Other { verb } => match verb.as_str() {
            "START TRANSACTION" | "SELECT FOR UPDATE" => never(verb.as_str()),
            _ => None,
        },
    }
}

fn since(
    around: &Surroundings<'_>,
    major: u32,
    minor: u32,
    what: &str,
    version: &'static str,
) -> Option<Lack> {
    around.engine.known_older_than(major, minor).then(|| Lack::Since(what.to_owned(), version))
}

fn sqlite_create_table(create: &crate::ops::CreateTable, around: &Surroundings<'_>) -> Option<Lack> {
    if create.unlogged {
        return never("CREATE UNLOGGED TABLE");
    }
    if create.foreign
        || create.partition_of.is_some()
        || create.partition != PartitionKind::None
        || !create.inherits.is_empty()
    {
        return never("partitions and inherited tables");
    }
    let identity =
        |def: &ColumnDef| matches!(def.column.identity, Some(Identity::Always | Identity::ByDefault));
    if create.columns.iter().any(identity) {
        return never("GENERATED … AS IDENTITY");
    }
    if create.columns.iter().any(|def| def.loose_default) {
        return never(LOOSE_DEFAULT);
    }
    let nulls = |constraint: &Constraint| {
        matches!(constraint.kind, ConstraintKind::Unique { nulls_not_distinct: true, .. })
    };
    let own = create.columns.iter().flat_map(|def| &def.constraints);
    if own.chain(create.constraints.iter().map(|def| &def.constraint)).any(nulls) {
        return never("NULLS NOT DISTINCT");
    }
    let strict = create.options.iter().any(|option| option == "STRICT");
    if let Some(def) = create.columns.iter().find(|def| strict && !is_strict_type(def)) {
        return Some(Lack::Here(
            format!(
                "`{}` is STRICT: the type of `{}` must be INT, INTEGER, REAL, TEXT, BLOB or ANY",
                create.name, def.column.name
            ),
            "Write one of these types, or leave STRICT out.",
        ));
    }
    if strict && let found @ Some(_) = since(around, 3, 37, "STRICT", "SQLite 3.37") {
        return found;
    }
    if create.columns.iter().any(|def| def.column.generated.is_some()) {
        return since(around, 3, 31, "a generated column", "SQLite 3.31");
    }
    None
}

/// Whether a STRICT table takes the type of a column (source: sqlite.org/stricttables.html).
fn is_strict_type(def: &ColumnDef) -> bool {
    let known = ["int", "integer", "real", "text", "blob", "any"];
    def.column.ty.as_ref().is_some_and(|ty| known.iter().any(|one| ty.name.eq_ignore_ascii_case(one)))
}

/// What SQLite refuses to add: some always, some as soon as the table has a row.
fn sqlite_add_column(def: &ColumnDef, around: &Surroundings<'_>) -> Option<Lack> {
    let column = &def.column;
    let here = |why: &str| {
        Some(Lack::Here(format!("SQLite cannot add `{}` with ALTER TABLE: {why}", column.name), REBUILD))
    };
    if def.loose_default {
        return never(LOOSE_DEFAULT);
    }
    for constraint in &def.constraints {
        match &constraint.kind {
            ConstraintKind::PrimaryKey { .. } => return here("a new column cannot be PRIMARY KEY"),
            ConstraintKind::Unique { .. } => {
                return here("a new column cannot be UNIQUE; add it, then CREATE UNIQUE INDEX");
            }
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => {}
        }
    }
    if let Some(generated) = &column.generated {
        if let found @ Some(_) = since(around, 3, 31, "a generated column", "SQLite 3.31") {
            return found;
        }
        if generated.kind == GeneratedKind::Stored && !around.empty {
            return here("a STORED column can only come with its table, as soon as that has rows");
        }
    }
    if around.empty {
        return None;
    }
    let references =
        def.constraints.iter().any(|constraint| matches!(constraint.kind, ConstraintKind::ForeignKey(_)));
    match &column.default {
        Some(default) if !is_sqlite_constant(default) => {
            here("its default must be a constant, as soon as the table has rows")
        }
        Some(default) if references && around.foreign_keys && !default.is_null() => {
            here("a column with REFERENCES must have the default NULL, as soon as the table has rows")
        }
        Some(_) | None => None,
    }
}

/// A literal, perhaps with a sign. A plain word is taken for a string; CURRENT_TIMESTAMP and its kin are not constant.
fn is_sqlite_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(_) => true,
        Expr::Operator { operator, operands } => {
            matches!(operator.as_str(), "-" | "+")
                && operands.len() == 1
                && operands.iter().all(is_sqlite_constant)
        }
        Expr::Column(parts) => parts.len() == 1 && !parts[0].starts_with("current_"),
        Expr::Call { .. } | Expr::Cast { .. } | Expr::Query(_) | Expr::Raw { .. } => false,
    }
}

/// Why SQLite refuses to drop a column (source: sqlite.org/lang_altertable.html#altertabdropcol).
fn sqlite_drop_column(column: &Ident, around: &Surroundings<'_>) -> Option<Lack> {
    let name = around.table.as_ref()?;
    let Lookup::Found(table) = around.before.table(name) else { return None };
    let here = |why: String| {
        Some(Lack::Here(format!("SQLite cannot drop `{name}.{column}` with ALTER TABLE: {why}"), REBUILD))
    };
    for (_, constraint) in &table.constraints {
        if let Some(why) = holds(constraint, column) {
            return here(why.to_owned());
        }
    }
    let reads = |expr: &Expr| expr.columns().iter().any(|read| column == read.as_str());
    let index = around.before.indexes_of(name).find(|index| {
        index.keys.iter().any(|key| reads(&key.expr)) || index.predicate.as_ref().is_some_and(reads)
    });
    if let Some(index) = index {
        return here(format!("index `{}` uses it; drop the index first", index.name));
    }
    if let Some(other) = generated_from(table, column) {
        return here(format!("the generated column `{other}` reads it"));
    }
    let view = around
        .before
        .views()
        .find(|view| view.reads.contains(name) && view.words.iter().any(|word| column == word.as_str()));
    view.and_then(|view| here(format!("view `{}` reads it; drop the view first", view.name)))
}

fn generated_from<'a>(table: &'a Table, column: &Ident) -> Option<&'a Ident> {
    let reads = |expr: &Expr| expr.columns().iter().any(|read| column == read.as_str());
    let other = |generated: &&std::sync::Arc<crate::schema::Member>| {
        generated.column.name != *column
            && generated.column.generated.as_ref().is_some_and(|generated| reads(&generated.expr))
    };
    table.columns.iter().find(other).map(|member| &member.column.name)
}

fn holds(constraint: &Constraint, column: &Ident) -> Option<&'static str> {
    // What is written at the column itself goes with it, unless it reads others.
    let own = constraint.attributes.iter().any(|attribute| attribute == "COLUMN");
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } if columns.contains(column) => {
            Some("it is part of the primary key")
        }
        ConstraintKind::Unique { columns, .. } if columns.contains(column) => Some("it is UNIQUE"),
        ConstraintKind::ForeignKey(key) if !own && key.columns.contains(column) => {
            Some("a FOREIGN KEY of the table uses it")
        }
        ConstraintKind::Check(expr) => {
            let columns = expr.columns();
            let reads = columns.iter().any(|read| column == read.as_str());
            let alone = own && columns.iter().all(|read| column == read.as_str());
            (reads && !alone).then_some("a CHECK reads it")
        }
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    }
}

fn postgres(operation: &Operation, around: &Surroundings<'_>) -> Option<Lack> {
    let partitioned = || {
        around
            .table
            .as_ref()
            .is_some_and(|name| matches!(around.before.table(name), Lookup::Found(table) if table.partition == PartitionKind::Parent))
    };
    match operation {
        Operation::CreateIndex(create) if create.nulls_not_distinct => {
            since(around, 15, 0, "NULLS NOT DISTINCT", "PostgreSQL 15")
        }
        Operation::CreateIndex(create) if create.concurrently && partitioned() => Some(Lack::Here(
            format!("`{}` is partitioned: PostgreSQL refuses CREATE INDEX CONCURRENTLY on it", create.table),
            "Make the index ON ONLY the parent, build one CONCURRENTLY on each partition, and attach them.",
        )),
        Operation::CreateIndex(create) if !create.include.is_empty() => {
            since(around, 11, 0, "INCLUDE in CREATE INDEX", "PostgreSQL 11")
        }
        Operation::CreateIndex(create) if create.only => {
            since(around, 11, 0, "CREATE INDEX … ON ONLY", "PostgreSQL 11")
        }
        Operation::CreateIndex(_) if partitioned() => {
            since(around, 11, 0, "an index on a partitioned table", "PostgreSQL 11")
        }
        Operation::AlterConstraint { attributes, .. }
            if attributes.iter().any(|attribute| attribute.contains("ENFORCED")) =>
        {
            since(around, 18, 0, "NOT ENFORCED", "PostgreSQL 18")
        }
        Operation::AlterColumn { change: AlterColumn::SetExpression(_), .. } => {
            since(around, 17, 0, "SET EXPRESSION", "PostgreSQL 17")
        }
        Operation::SetTableOption { option: TableOption::AccessMethod(_), .. } => {
            since(around, 15, 0, "SET ACCESS METHOD", "PostgreSQL 15")
        }
        Operation::SetTableOption { table, option: TableOption::Parameters(parameters) } => {
            let set = parameters.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name.as_str());
            let of_parent = table.kind == ObjectKind::Table && partitioned();
            postgres_parameters(&table.name, set, of_parent, around)
        }
        Operation::CreateView(create) => {
            postgres_parameters(&create.name, create.parameters.keys().map(String::as_str), false, around)
        }
        Operation::AlterColumn { change: AlterColumn::SetDefault(default), .. } => {
            postgres_default(default, around)
        }
        Operation::CreateFunction(create)
            if create.kind != ObjectKind::Aggregate && matches!(create.body, Some(Body::Parsed(_))) =>
        {
            since(around, 14, 0, "a function body that is no string (BEGIN ATOMIC, RETURN)", "PostgreSQL 14")
        }
        Operation::CreateOther { detail, .. } => match &**detail {
            Detail::Statistics(statistics)
                if statistics.keys.iter().any(|key| !matches!(key, Expr::Column(_))) =>
            {
                since(around, 14, 0, "an expression in CREATE STATISTICS", "PostgreSQL 14")
            }
            _ => None,
        },
        Operation::CreatePublication { publication, .. } => postgres_published(&publication.members, around),
        Operation::AlterPublication { change, .. } => match change {
            AlterPublication::Add(members)
            | AlterPublication::Drop(members)
            | AlterPublication::Set(members) => postgres_published(members, around),
            AlterPublication::Options(_) => None,
        },
        Operation::RenameColumn { table, .. }
            if matches!(table.kind, ObjectKind::View | ObjectKind::MaterializedView) =>
        {
            // ALTER MATERIALIZED VIEW has had it all along.
            if table.kind == ObjectKind::View {
                since(around, 13, 0, "ALTER VIEW … RENAME COLUMN (before: ALTER TABLE)", "PostgreSQL 13")
            } else {
                None
            }
        }
        Operation::AddConstraint { constraint, .. } => {
            let key = if partitioned() { postgres_partitioned_key(constraint, around) } else { None };
            key.or_else(|| postgres_constraint(constraint, around)).or_else(|| {
                let foreign = matches!(constraint.kind, ConstraintKind::ForeignKey(_));
                (foreign && constraint.not_valid && partitioned())
                    .then(|| {
                        since(
                            around,
                            18,
                            0,
                            "a NOT VALID foreign key on a partitioned table",
                            "PostgreSQL 18",
                        )
                    })
                    .flatten()
            })
        }
        Operation::CreateTable(create) => {
            if let Some((parent, Bound::Default)) = &create.partition_of
                && let found @ Some(_) =
                    since(around, 11, 0, &format!("a DEFAULT partition (of `{parent}`)"), "PostgreSQL 11")
            {
                return found;
            }
            let own = create
                .columns
                .iter()
                .flat_map(own_constraints)
                .chain(create.constraints.iter().map(|def| &def.constraint));
            let parent = create.partition == PartitionKind::Parent;
            let hash = create.partition_by.as_ref().is_some_and(|by| by.strategy == "HASH");
            if hash && let found @ Some(_) = since(around, 11, 0, "PARTITION BY HASH", "PostgreSQL 11") {
                return found;
            }
            let mut lacks = own.filter_map(|constraint| {
                let key = if parent { postgres_partitioned_key(constraint, around) } else { None };
                key.or_else(|| postgres_constraint(constraint, around))
            });
            let mut parameters = create.parameters.keys().map(String::as_str);
            lacks
                .next()
                .or_else(|| create.columns.iter().find_map(|def| postgres_column(def, around)))
                .or_else(|| postgres_parameters(&create.name, &mut parameters, parent, around))
        }
        Operation::AddColumn { def, .. } => own_constraints(def)
            .find_map(|constraint| postgres_constraint(constraint, around))
            .or_else(|| postgres_column(def, around)),
        Operation::DetachPartition { concurrently: true, .. } => {
            since(around, 14, 0, "DETACH PARTITION … CONCURRENTLY", "PostgreSQL 14")
        }
        Operation::CreateTrigger(create) if create.guard == Guard::OrReplace => {
            since(around, 14, 0, "CREATE OR REPLACE TRIGGER", "PostgreSQL 14")
        }
        Operation::CreateTrigger(create) if create.executes_function => since(
            around,
            11,
            0,
            "EXECUTE FUNCTION in CREATE TRIGGER (before: EXECUTE PROCEDURE)",
            "PostgreSQL 11",
        ),
        Operation::Reindex { concurrently: true, .. } => {
            since(around, 12, 0, "REINDEX CONCURRENTLY", "PostgreSQL 12")
        }
        Operation::Reindex { kind: ObjectKind::Index, name: Some(name), .. } => {
            let index = around.before.index(&public(name)).found().and_then(|index| index.table.as_ref());
            let of_parent = index.is_some_and(|table| is_partitioned(around, table));
            if of_parent {
                since(around, 14, 0, "REINDEX of a partitioned index", "PostgreSQL 14")
            } else {
                None
            }
        }
        Operation::Lock { tables, .. }
            if tables.iter().any(|name| around.before.view(&public(name)).found().is_some()) =>
        {
            since(around, 11, 0, "LOCK of a view", "PostgreSQL 11")
        }
        Operation::CreateFunction(create) if create.kind == ObjectKind::Procedure => {
            since(around, 11, 0, "CREATE PROCEDURE", "PostgreSQL 11")
        }
        _ => None,
    }
}

/// A column's own constraints. The name of its NOT NULL was always read, and forgotten before 18.
fn own_constraints(def: &ColumnDef) -> impl Iterator<Item = &Constraint> {
    def.constraints.iter().filter(|constraint| !matches!(constraint.kind, ConstraintKind::NotNull(_)))
}

/// A name as the catalog keeps it under the default search path.
fn public(name: &Name) -> Name {
    match name.schema {
        Some(_) => name.clone(),
        None => Name::qualified(Ident::exact("public"), name.ident.clone()),
    }
}

fn is_partitioned(around: &Surroundings<'_>, name: &Name) -> bool {
    matches!(around.before.table(name), Lookup::Found(table) if table.partition == PartitionKind::Parent)
}

fn postgres_partitioned_key(constraint: &Constraint, around: &Surroundings<'_>) -> Option<Lack> {
    match constraint.kind {
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } => {
            since(around, 11, 0, "a key of a partitioned table", "PostgreSQL 11")
        }
        ConstraintKind::ForeignKey(_) => {
            since(around, 11, 0, "a foreign key of a partitioned table", "PostgreSQL 11")
        }
        ConstraintKind::Check(_) | ConstraintKind::Exclude(_) | ConstraintKind::NotNull(_) => None,
    }
}

fn postgres_constraint(constraint: &Constraint, around: &Surroundings<'_>) -> Option<Lack> {
    if constraint.attributes.iter().any(|attribute| attribute.contains("ENFORCED"))
        && let found @ Some(_) = since(around, 18, 0, "NOT ENFORCED", "PostgreSQL 18")
    {
        return found;
    }
    if let ConstraintKind::ForeignKey(key) = &constraint.kind
        && is_partitioned(around, &public(&key.table))
        && let found @ Some(_) = since(around, 12, 0, "a foreign key to a partitioned table", "PostgreSQL 12")
    {
        return found;
    }
    if let (ConstraintKind::Exclude(_), true) = (&constraint.kind, constraint.not_valid) {
        return Some(Lack::Here(
            "PostgreSQL cannot leave an EXCLUDE constraint NOT VALID".to_owned(),
            "Leave NOT VALID out.",
        ));
    }
    match &constraint.kind {
        ConstraintKind::Unique { nulls_not_distinct: true, .. } => {
            since(around, 15, 0, "NULLS NOT DISTINCT", "PostgreSQL 15")
        }
        ConstraintKind::NotNull(Some(_)) => {
            since(around, 18, 0, "NOT NULL as a constraint with a name", "PostgreSQL 18")
        }
        ConstraintKind::Unique { .. }
        | ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(None) => None,
    }
}

/// Storage parameters that are given a value. Those of a table's TOAST are not asked for where there is none, and OIDS is a word of the grammar.
fn postgres_parameters<'a>(
    name: &Name,
    parameters: impl IntoIterator<Item = &'a str>,
    of_parent: bool,
    around: &Surroundings<'_>,
) -> Option<Lack> {
    parameters.into_iter().find_map(|parameter| match parameter {
        "oids" => None,
        toast if toast.starts_with("toast.") => None,
        _ if of_parent => Some(Lack::Here(
            format!("`{name}` is partitioned: PostgreSQL refuses the storage parameter `{parameter}`"),
            "Set it on each partition.",
        )),
        "toast_tuple_target" => since(around, 11, 0, "toast_tuple_target", "PostgreSQL 11"),
        "security_invoker" => since(around, 15, 0, "security_invoker", "PostgreSQL 15"),
        _ => None,
    })
}

fn postgres_published(members: &[Published], around: &Surroundings<'_>) -> Option<Lack> {
    members.iter().find_map(|member| match member {
        Published::Schema(_) => since(around, 15, 0, "TABLES IN SCHEMA in a publication", "PostgreSQL 15"),
        Published::Table(_, _, Some(_)) => since(around, 15, 0, "WHERE in a publication", "PostgreSQL 15"),
        Published::Table(_, columns, None) if !columns.is_empty() => {
            since(around, 15, 0, "a list of columns in a publication", "PostgreSQL 15")
        }
        Published::Table(_, _, None) => None,
    })
}

fn postgres_column(def: &ColumnDef, around: &Surroundings<'_>) -> Option<Lack> {
    let default = || postgres_default(def.column.default.as_ref()?, around);
    postgres_generated(def, around).or_else(default)
}

/// A function that only came with the server later: before, an extension brought it, or somebody wrote it.
fn postgres_default(default: &Expr, around: &Surroundings<'_>) -> Option<Lack> {
    const NAME: &str = "gen_random_uuid";
    let mut calls = false;
    default.walk(&mut |part| calls |= matches!(part, Expr::Call { name, .. } if name == NAME));
    let brought = || {
        around.before.unclear
            || around.before.all_functions().any(|(name, _)| name.ident == *NAME)
            || around
                .before
                .others()
                .any(|(object, _)| object.kind == ObjectKind::Extension && object.name.ident != *"plpgsql")
    };
    if !calls || !around.complete || brought() {
        return None;
    }
    since(around, 13, 0, "gen_random_uuid() without the extension pgcrypto", "PostgreSQL 13")
}

fn postgres_generated(def: &ColumnDef, around: &Surroundings<'_>) -> Option<Lack> {
    match def.column.generated.as_ref()?.kind {
        GeneratedKind::Stored => since(around, 12, 0, "a generated column", "PostgreSQL 12"),
        GeneratedKind::Virtual | GeneratedKind::Unsaid => {
            since(around, 18, 0, "a VIRTUAL generated column", "PostgreSQL 18")
        }
    }
}
