//! An operation in a few words, for messages: what it does, and to which of the user's objects.

use super::{AlterColumn, AlterType, Operation, TableOption};
use crate::schema::{Ident, Name, ObjectKind, ObjectRef};

/// An object as COMMENT ON and DROP name it: `COLUMN orders.note`, `TRIGGER audit ON orders`, `FUNCTION f(integer)`.
pub fn object_name(object: &ObjectRef, name: impl Fn(&Name) -> String) -> String {
    let kind = object.kind.keywords();
    match (object.kind, &object.on) {
        (ObjectKind::Column, Some(table)) => format!("{kind} {}.{}", name(table), name(&object.name)),
        (
            ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule,
            Some(table),
        ) => format!("{kind} {} ON {}", name(&object.name), name(table)),
        (ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate | ObjectKind::Routine, _) => {
            let (own, arguments) = object.name.text().split_once('(').unwrap_or((object.name.text(), ")"));
            let own = Name { schema: object.name.schema.clone(), ident: Ident::exact(own) };
            let arguments = arguments.strip_suffix(')').unwrap_or(arguments);
            let star = object.kind == ObjectKind::Aggregate && arguments.is_empty();
            format!("{kind} {}({})", name(&own), if star { "*" } else { arguments })
        }
        (_, _) => format!("{kind} {}", name(&object.name)),
    }
}

impl Operation {
    /// The name of its variant, as the machine formats give it: `AddColumn`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CreateTable(_) => "CreateTable",
            Self::AddColumn { .. } => "AddColumn",
            Self::DropColumn { .. } => "DropColumn",
            Self::AlterColumn { .. } => "AlterColumn",
            Self::AddConstraint { .. } => "AddConstraint",
            Self::DropConstraint { .. } => "DropConstraint",
            Self::ValidateConstraint { .. } => "ValidateConstraint",
            Self::AlterConstraint { .. } => "AlterConstraint",
            Self::RenameColumn { .. } => "RenameColumn",
            Self::RenameConstraint { .. } => "RenameConstraint",
            Self::AttachPartition { .. } => "AttachPartition",
            Self::DetachPartition { .. } => "DetachPartition",
            Self::SetTableOption { .. } => "SetTableOption",
            Self::Rename { .. } => "Rename",
            Self::SetSchema { .. } => "SetSchema",
            Self::SetOwner { .. } => "SetOwner",
            Self::Drop(_) => "Drop",
            Self::CreateIndex(_) => "CreateIndex",
            Self::Reindex { .. } => "Reindex",
            Self::CreateView(_) => "CreateView",
            Self::RefreshView { .. } => "RefreshView",
            Self::CreateSequence(_) => "CreateSequence",
            Self::AlterSequence(_) => "AlterSequence",
            Self::CreateType(_) => "CreateType",
            Self::AlterType { .. } => "AlterType",
            Self::CreateDomain(_) => "CreateDomain",
            Self::AlterDomain { .. } => "AlterDomain",
            Self::CreateFunction(_) => "CreateFunction",
            Self::AlterFunction { .. } => "AlterFunction",
            Self::CreateTrigger(_) => "CreateTrigger",
            Self::CreatePolicy(_) => "CreatePolicy",
            Self::AlterPolicy(_) => "AlterPolicy",
            Self::CreateRule { .. } => "CreateRule",
            Self::CreateSchema { .. } => "CreateSchema",
            Self::CreateExtension { .. } => "CreateExtension",
            Self::CreatePublication { .. } => "CreatePublication",
            Self::AlterPublication { .. } => "AlterPublication",
            Self::CreateOther { .. } => "CreateOther",
            Self::AlterOther { .. } => "AlterOther",
            Self::Comment { .. } => "Comment",
            Self::Privilege { .. } => "Privilege",
            Self::Insert(_) => "Insert",
            Self::Update { .. } => "Update",
            Self::Delete { .. } => "Delete",
            Self::Merge { .. } => "Merge",
            Self::Truncate { .. } => "Truncate",
            Self::Copy { .. } => "Copy",
            Self::Query { .. } => "Query",
            Self::Begin => "Begin",
            Self::Commit { .. } => "Commit",
            Self::Rollback { .. } => "Rollback",
            Self::Savepoint(_) => "Savepoint",
            Self::RollbackTo(_) => "RollbackTo",
            Self::Release(_) => "Release",
            Self::Set { .. } => "Set",
            Self::Pragma { .. } => "Pragma",
            Self::Lock { .. } => "Lock",
            Self::Vacuum { .. } => "Vacuum",
            Self::Analyze { .. } => "Analyze",
            Self::Cluster { .. } => "Cluster",
            Self::Do => "Do",
            Self::Other { .. } => "Other",
            Self::Opaque { .. } => "Opaque",
        }
    }

    /// `CREATE TABLE`, `ADD COLUMN`: the SQL words for it.
    pub fn words(&self) -> String {
        let text = match self {
            Self::CreateTable(create) if create.foreign => "CREATE FOREIGN TABLE",
            Self::CreateTable(_) => "CREATE TABLE",
            Self::AddColumn { .. } => "ADD COLUMN",
            Self::DropColumn { .. } => "DROP COLUMN",
            Self::AlterColumn { change, .. } => match change {
                AlterColumn::Type { .. } => "ALTER COLUMN TYPE",
                AlterColumn::SetDefault(_) => "SET DEFAULT",
                AlterColumn::DropDefault => "DROP DEFAULT",
                AlterColumn::SetNotNull => "SET NOT NULL",
                AlterColumn::DropNotNull => "DROP NOT NULL",
                AlterColumn::AddIdentity { .. } => "ADD GENERATED AS IDENTITY",
                AlterColumn::SetIdentity { .. } => "SET GENERATED",
                AlterColumn::DropIdentity(_) => "DROP IDENTITY",
                AlterColumn::SetExpression(_) => "SET EXPRESSION",
                AlterColumn::DropExpression(_) => "DROP EXPRESSION",
                AlterColumn::Setting(..) | AlterColumn::Option(_) => "ALTER COLUMN",
                AlterColumn::Redefine(_) => "MODIFY COLUMN",
            },
            Self::AddConstraint { .. } => "ADD CONSTRAINT",
            Self::DropConstraint { .. } => "DROP CONSTRAINT",
            Self::ValidateConstraint { .. } => "VALIDATE CONSTRAINT",
            Self::AlterConstraint { .. } => "ALTER CONSTRAINT",
            Self::RenameColumn { .. } => "RENAME COLUMN",
            Self::RenameConstraint { .. } => "RENAME CONSTRAINT",
            Self::AttachPartition { .. } => "ATTACH PARTITION",
            Self::DetachPartition { .. } => "DETACH PARTITION",
            Self::SetTableOption { option, .. } => match option {
                TableOption::Trigger { disable: true, .. } => "DISABLE TRIGGER",
                TableOption::Trigger { disable: false, .. } => "ENABLE TRIGGER",
                TableOption::RowSecurity(true) => "ENABLE ROW LEVEL SECURITY",
                TableOption::RowSecurity(false) => "DISABLE ROW LEVEL SECURITY",
                TableOption::ForceRowSecurity(_) => "FORCE ROW LEVEL SECURITY",
                TableOption::ReplicaIdentity(_) => "REPLICA IDENTITY",
                TableOption::Inherit { no: true, .. } => "NO INHERIT",
                TableOption::Inherit { no: false, .. } => "INHERIT",
                TableOption::Parameters(_)
                | TableOption::Logged(_)
                | TableOption::Tablespace(_)
                | TableOption::AccessMethod(_)
                | TableOption::ClusterOn(_)
                | TableOption::OfType(_)
                | TableOption::Other(_) => "ALTER TABLE",
            },
            Self::Rename { object, .. } => return format!("ALTER {} … RENAME", object.kind.keywords()),
            Self::SetSchema { object, .. } => {
                return format!("ALTER {} … SET SCHEMA", object.kind.keywords());
            }
            Self::SetOwner { object, .. } => return format!("ALTER {} … OWNER TO", object.kind.keywords()),
            Self::Drop(drop) if drop.concurrently => {
                return format!("DROP {} CONCURRENTLY", drop.kind.keywords());
            }
            Self::Drop(drop) => return format!("DROP {}", drop.kind.keywords()),
            Self::CreateIndex(create) if create.concurrently => "CREATE INDEX CONCURRENTLY",
            Self::CreateIndex(_) => "CREATE INDEX",
            Self::Reindex { .. } => "REINDEX",
            Self::CreateView(create) if create.materialized => "CREATE MATERIALIZED VIEW",
            Self::CreateView(_) => "CREATE VIEW",
            Self::RefreshView { .. } => "REFRESH MATERIALIZED VIEW",
            Self::CreateSequence(_) => "CREATE SEQUENCE",
            Self::AlterSequence(_) => "ALTER SEQUENCE",
            Self::CreateType(_) => "CREATE TYPE",
            Self::AlterType { change, .. } => match change {
                AlterType::AddValue { .. } => "ALTER TYPE … ADD VALUE",
                AlterType::RenameValue { .. } => "ALTER TYPE … RENAME VALUE",
                AlterType::AddAttribute { .. } => "ALTER TYPE … ADD ATTRIBUTE",
                AlterType::DropAttribute { .. } => "ALTER TYPE … DROP ATTRIBUTE",
                AlterType::AlterAttribute { .. } => "ALTER TYPE … ALTER ATTRIBUTE",
                AlterType::RenameAttribute { .. } => "ALTER TYPE … RENAME ATTRIBUTE",
                AlterType::Parameters => "ALTER TYPE",
            },
            Self::CreateDomain(_) => "CREATE DOMAIN",
            Self::AlterDomain { .. } => "ALTER DOMAIN",
            Self::CreateFunction(create) => return format!("CREATE {}", create.kind.keywords()),
            Self::AlterFunction { object, .. } => return format!("ALTER {}", object.kind.keywords()),
            Self::AlterPolicy(_) => "ALTER POLICY",
            Self::CreatePublication { .. } => "CREATE PUBLICATION",
            Self::AlterPublication { .. } => "ALTER PUBLICATION",
            Self::CreateTrigger(_) => "CREATE TRIGGER",
            Self::CreatePolicy(_) => "CREATE POLICY",
            Self::CreateRule { .. } => "CREATE RULE",
            Self::CreateSchema { .. } => "CREATE SCHEMA",
            Self::CreateExtension { .. } => "CREATE EXTENSION",
            Self::CreateOther { object, .. } => return format!("CREATE {}", object.kind.keywords()),
            Self::AlterOther { object, .. } => return format!("ALTER {}", object.kind.keywords()),
            Self::Comment { .. } => "COMMENT",
            Self::Privilege { what, .. } => return what.clone(),
            Self::Insert(_) => "INSERT",
            Self::Update { .. } => "UPDATE",
            Self::Delete { .. } => "DELETE",
            Self::Merge { .. } => "MERGE",
            Self::Truncate { .. } => "TRUNCATE",
            Self::Copy { .. } => "COPY",
            Self::Query { .. } => "SELECT",
            Self::Begin => "BEGIN",
            Self::Commit { .. } => "COMMIT",
            Self::Rollback { .. } => "ROLLBACK",
            Self::Savepoint(_) => "SAVEPOINT",
            Self::RollbackTo(_) => "ROLLBACK TO",
            Self::Release(_) => "RELEASE",
            Self::Set { .. } => "SET",
            Self::Pragma { .. } => "PRAGMA",
            Self::Lock { .. } => "LOCK TABLE",
            Self::Vacuum { .. } => "VACUUM",
            Self::Analyze { .. } => "ANALYZE",
            Self::Cluster { .. } => "CLUSTER",
            Self::Do => "DO",
            Self::Other { verb } | Self::Opaque { verb, .. } => return verb.clone(),
        };
        text.to_owned()
    }

    /// The user's name for what it is about: `orders`, `orders.note`; None where there is none.
    pub fn subject(&self) -> Option<String> {
        Some(match self {
            Self::CreateTable(create) => create.name.to_string(),
            Self::AddColumn { table, def, .. } => format!("{}.{}", table.name, def.column.name),
            Self::DropColumn { table, column, .. } | Self::AlterColumn { table, column, .. } => {
                format!("{}.{column}", table.name)
            }
            Self::AddConstraint { table, constraint } => match &constraint.name {
                Some(name) => name.to_string(),
                None => table.name.to_string(),
            },
            Self::DropConstraint { constraint, .. }
            | Self::ValidateConstraint { constraint, .. }
            | Self::AlterConstraint { constraint, .. } => constraint.to_string(),
            Self::RenameColumn { table, from, .. } => format!("{}.{from}", table.name),
            Self::RenameConstraint { from, .. } => from.to_string(),
            Self::AttachPartition { partition, .. } | Self::DetachPartition { partition, .. } => {
                partition.to_string()
            }
            Self::SetTableOption { table, .. } => table.name.to_string(),
            Self::Rename { object, .. }
            | Self::SetSchema { object, .. }
            | Self::SetOwner { object, .. }
            | Self::CreateOther { object, .. }
            | Self::AlterOther { object, .. }
            | Self::AlterFunction { object, .. }
            | Self::Comment { object, .. } => object.name.to_string(),
            Self::Drop(drop) => {
                drop.objects.iter().map(|object| object.name.to_string()).collect::<Vec<_>>().join(", ")
            }
            Self::CreateIndex(create) => create.name.as_ref()?.to_string(),
            Self::Reindex { name, .. } => name.as_ref()?.to_string(),
            Self::CreateView(create) => create.name.to_string(),
            Self::RefreshView { view, .. } => view.to_string(),
            Self::CreateSequence(create) => create.name.to_string(),
            Self::AlterSequence(alter) => alter.name.to_string(),
            Self::CreateType(create) => create.name.to_string(),
            Self::AlterType { name, .. } | Self::AlterDomain { name, .. } => name.to_string(),
            Self::CreateDomain(create) => create.name.to_string(),
            Self::CreateFunction(create) => create.name.to_string(),
            Self::CreateTrigger(create) => create.name.to_string(),
            Self::CreatePolicy(create) => create.name.to_string(),
            Self::AlterPolicy(alter) => alter.name.to_string(),
            Self::CreateRule { name, .. }
            | Self::CreateExtension { name, .. }
            | Self::CreatePublication { name, .. }
            | Self::AlterPublication { name, .. } => name.to_string(),
            Self::CreateSchema { name, .. } => name.as_ref()?.to_string(),
            Self::Insert(insert) => insert.table.to_string(),
            Self::Update { table, .. } | Self::Delete { table, .. } | Self::Merge { table } => {
                table.to_string()
            }
            Self::Truncate { tables, .. } | Self::Lock { tables, .. } => {
                tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
            Self::Copy { table, .. } | Self::Cluster { table, .. } => table.as_ref()?.to_string(),
            Self::Opaque { object, .. } => object.as_ref()?.name.to_string(),
            Self::Privilege { .. }
            | Self::Query { .. }
            | Self::Begin
            | Self::Commit { .. }
            | Self::Rollback { .. }
            | Self::Savepoint(_)
            | Self::RollbackTo(_)
            | Self::Release(_)
            | Self::Set { .. }
            | Self::Pragma { .. }
            | Self::Vacuum { .. }
            | Self::Analyze { .. }
            | Self::Do
            | Self::Other { .. } => return None,
        })
    }

    /// Whether it changes the session and not the catalog: transaction control and settings.
    pub const fn is_about_session(&self) -> bool {
        matches!(
            self,
            Self::Begin
                | Self::Commit { .. }
                | Self::Rollback { .. }
                | Self::Savepoint(_)
                | Self::RollbackTo(_)
                | Self::Release(_)
                | Self::Set { .. }
                | Self::Pragma { .. }
        )
    }

    /// The two together: ``CREATE TABLE `orders` ``.
    pub fn title(&self) -> String {
        match self.subject() {
            // The constraint has no name: it is the table's.
            Some(table) if matches!(self, Self::AddConstraint { constraint, .. } if constraint.name.is_none()) =>
            {
                format!("{} to `{table}`", self.words())
            }
            Some(subject) => format!("{} `{subject}`", self.words()),
            None => self.words(),
        }
    }
}
