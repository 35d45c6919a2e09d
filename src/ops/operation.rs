//! The waist: every language comes in as these operations, every judgement is made on them.

use crate::schema::{
    Column, Constraint, Expr, Ident, IndexKey, Name, ObjectKind, ObjectRef, PartitionKind, Type,
};
use crate::text::Span;

/// One operation and the bytes that ask for it: a whole statement, or one action of an ALTER TABLE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Op {
    /// What is done.
    pub kind: Operation,
    /// The bytes of the file that say so.
    pub span: Span,
}

/// IF NOT EXISTS, IF EXISTS, OR REPLACE.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Guard {
    /// None: the server refuses when the object is (not) there.
    #[default]
    None,
    /// IF NOT EXISTS.
    IfNotExists,
    /// IF EXISTS.
    IfExists,
    /// OR REPLACE.
    OrReplace,
}

/// The table that an action of ALTER TABLE is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TableTarget {
    /// Its name.
    pub name: Name,
    /// ALTER TABLE IF EXISTS.
    pub if_exists: bool,
    /// ALTER TABLE ONLY.
    pub only: bool,
    /// TABLE; or INDEX, VIEW, … where the statement said so.
    pub kind: ObjectKind,
}

/// What is done. Flat: no SQL and no Python in it.
#[expect(missing_docs, reason = "the fields are the clauses of the statement, under their SQL names")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operation {
    /// CREATE TABLE, CREATE TABLE … AS, SELECT … INTO, CREATE FOREIGN TABLE.
    CreateTable(Box<CreateTable>),
    /// ALTER TABLE … ADD COLUMN.
    AddColumn { table: TableTarget, def: Box<ColumnDef>, guard: Guard },
    /// ALTER TABLE … DROP COLUMN.
    DropColumn { table: TableTarget, column: Ident, guard: Guard, cascade: bool },
    /// ALTER TABLE … ALTER COLUMN, whatever it changes.
    AlterColumn { table: TableTarget, column: Ident, change: AlterColumn },
    /// ALTER TABLE … ADD CONSTRAINT.
    AddConstraint { table: TableTarget, constraint: Box<Constraint> },
    /// ALTER TABLE … DROP CONSTRAINT.
    DropConstraint { table: TableTarget, constraint: Ident, guard: Guard, cascade: bool },
    /// ALTER TABLE … VALIDATE CONSTRAINT.
    ValidateConstraint { table: TableTarget, constraint: Ident },
    /// ALTER TABLE … ALTER CONSTRAINT.
    AlterConstraint { table: TableTarget, constraint: Ident, attributes: Vec<String> },
    /// ALTER TABLE … RENAME COLUMN.
    RenameColumn { table: TableTarget, from: Ident, to: Ident },
    /// ALTER TABLE … RENAME CONSTRAINT; ALTER DOMAIN too.
    RenameConstraint { table: TableTarget, from: Ident, to: Ident },
    /// ALTER TABLE … ATTACH PARTITION; of an index too (then `table.kind` is `Index`).
    AttachPartition { table: TableTarget, partition: Name, default: bool },
    /// ALTER TABLE … DETACH PARTITION.
    DetachPartition { table: TableTarget, partition: Name, concurrently: bool, finalize: bool },
    /// Every other action of ALTER TABLE (INDEX, VIEW, …).
    SetTableOption { table: TableTarget, option: TableOption },

    /// ALTER … RENAME TO, of any kind of object.
    Rename { object: ObjectRef, to: Ident, if_exists: bool },
    /// ALTER … SET SCHEMA, of any kind of object.
    SetSchema { object: ObjectRef, to: Ident, if_exists: bool },
    /// ALTER … OWNER TO, of any kind of object.
    SetOwner { object: ObjectRef, to: String },
    /// DROP of any kind of object; one operation a statement, however many names.
    Drop(Drop),

    /// CREATE INDEX.
    CreateIndex(Box<CreateIndex>),
    /// REINDEX. `name` is None for the whole database.
    Reindex { kind: ObjectKind, name: Option<Name>, concurrently: bool },
    /// CREATE VIEW, CREATE MATERIALIZED VIEW.
    CreateView(Box<CreateView>),
    /// REFRESH MATERIALIZED VIEW.
    RefreshView { view: Name, concurrently: bool, with_data: bool },
    /// CREATE SEQUENCE.
    CreateSequence(CreateSequence),
    /// ALTER SEQUENCE, but for RENAME, OWNER and SET SCHEMA.
    AlterSequence(AlterSequence),
    /// CREATE TYPE.
    CreateType(CreateType),
    /// ALTER TYPE, but for RENAME TO, OWNER and SET SCHEMA.
    AlterType { name: Name, change: AlterType },
    /// CREATE DOMAIN.
    CreateDomain(Box<CreateDomain>),
    /// ALTER DOMAIN, but for RENAME, OWNER and SET SCHEMA.
    AlterDomain { name: Name, change: AlterDomain },
    /// CREATE FUNCTION, PROCEDURE, AGGREGATE.
    CreateFunction(Box<CreateFunction>),
    /// CREATE TRIGGER.
    CreateTrigger(Box<CreateTrigger>),
    /// CREATE POLICY.
    CreatePolicy(Box<CreatePolicy>),
    /// CREATE RULE.
    CreateRule { name: Ident, table: Name, guard: Guard },
    /// CREATE SCHEMA. `name` is None in CREATE SCHEMA AUTHORIZATION x.
    CreateSchema { name: Option<Ident>, guard: Guard },
    /// CREATE EXTENSION.
    CreateExtension { name: Ident, guard: Guard, schema: Option<Ident> },
    /// CREATE of every other kind of object: only its name counts.
    CreateOther { object: ObjectRef, guard: Guard },
    /// ALTER of an object that changes nothing that a schema comparison sees (ALTER FUNCTION … COST, ALTER EXTENSION UPDATE, ALTER ROLE, …).
    AlterOther { object: ObjectRef, what: String },

    /// COMMENT ON. `text` is None for IS NULL.
    Comment { object: ObjectRef, text: Option<String> },
    /// GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, SECURITY LABEL, REASSIGN OWNED: kept apart from the schema. `what` is the first word.
    Privilege { what: String },

    /// INSERT, REPLACE.
    Insert(Box<Insert>),
    /// UPDATE.
    Update {
        /// The table that is changed.
        table: Name,
        /// The columns that are given a value; those that are set to NULL are left out.
        columns: Vec<Ident>,
        /// Whether any WHERE (or FROM) limits the rows.
        limited: bool,
    },
    /// DELETE. `limited`: any WHERE or USING limits the rows. `without`: the columns that have no NULL left afterwards, since its
    /// WHERE says `c IS NULL` and nothing else.
    Delete { table: Name, limited: bool, without: Vec<Ident> },
    /// MERGE.
    Merge { table: Name },
    /// TRUNCATE.
    Truncate { tables: Vec<Name>, cascade: bool },
    /// COPY … FROM (and, with `from` false, COPY … TO).
    Copy { table: Option<Name>, from: bool },
    /// SELECT, VALUES, WITH … SELECT, CALL, TABLE: what is asked for is not followed, but the functions it calls are known.
    Query { calls: Vec<Call> },

    /// BEGIN, START TRANSACTION.
    Begin,
    /// COMMIT, END. `chain`: AND CHAIN.
    Commit { chain: bool },
    /// ROLLBACK, ABORT.
    Rollback { chain: bool },
    /// SAVEPOINT.
    Savepoint(Ident),
    /// ROLLBACK TO.
    RollbackTo(Ident),
    /// RELEASE.
    Release(Ident),
    /// SET, SET LOCAL, RESET (`value` None), SELECT set_config(…): a setting of the session. The name is in lower case (`timezone` for
    /// TIME ZONE, `role`, `session_authorization`); a list's values stand without their quotes, with `, ` between them.
    Set { name: String, value: Option<String>, local: bool },
    /// PRAGMA (SQLite). `value` None: it asks.
    Pragma { name: String, value: Option<String> },
    /// LOCK TABLE. The mode as the manual spells it; ACCESS EXCLUSIVE where none is given.
    Lock { tables: Vec<Name>, mode: String },
    /// VACUUM. `full`: VACUUM FULL.
    Vacuum { tables: Vec<Name>, full: bool },
    /// ANALYZE.
    Analyze { tables: Vec<Name> },
    /// CLUSTER. None: every table.
    Cluster { table: Option<Name> },
    /// DO: what it does stands in the statements that follow it, those with [`super::Statement::within`] set.
    Do,
    /// A statement that is understood and does nothing to the schema (NOTIFY, DISCARD, ATTACH, USE, ALTER SYSTEM, CHECKPOINT, EXPLAIN, …).
    /// `verb` is its first word or two, in capitals.
    Other { verb: String },
    /// A statement that was not understood.
    Opaque {
        /// Its first word or words, in capitals, as far as they are words.
        verb: String,
        /// The object that it is about, where that could be told.
        object: Option<ObjectRef>,
        /// What was expected where reading stopped, for the message: "a column name".
        expected: String,
        /// Where reading stopped.
        at: Span,
    },
}

/// A column as CREATE TABLE or ADD COLUMN writes it: with constraints of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnDef {
    /// The column. `not_null` is Some(true) when NOT NULL or PRIMARY KEY is written (or identity / serial in PostgreSQL, which imply it), else Some(false).
    pub column: Column,
    /// PRIMARY KEY, UNIQUE, CHECK, REFERENCES written at the column, each with its columns filled in.
    pub constraints: Vec<Constraint>,
    /// The bytes of the definition, from its name to its end.
    pub span: Span,
}

/// A constraint with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConstraintDef {
    /// The constraint.
    pub constraint: Constraint,
    /// The bytes of the definition.
    pub span: Span,
}

/// CREATE TABLE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateTable {
    /// Its name.
    pub name: Name,
    /// IF NOT EXISTS, or none.
    pub guard: Guard,
    /// TEMP.
    pub temporary: bool,
    /// UNLOGGED.
    pub unlogged: bool,
    /// FOREIGN TABLE.
    pub foreign: bool,
    /// Its columns.
    pub columns: Vec<ColumnDef>,
    /// Its table constraints.
    pub constraints: Vec<ConstraintDef>,
    /// LIKE other, each with its INCLUDING options in capitals.
    pub like: Vec<(Name, Vec<String>)>,
    /// INHERITS.
    pub inherits: Vec<Name>,
    /// PARTITION OF, with whether it is the DEFAULT partition.
    pub partition_of: Option<(Name, bool)>,
    /// PARTITION BY.
    pub partition: PartitionKind,
    /// The columns that PARTITION BY reads (PostgreSQL).
    pub partition_key: Vec<Ident>,
    /// OF type.
    pub of_type: Option<Name>,
    /// AS SELECT: the columns come from a query.
    pub from_query: bool,
    /// What follows the parentheses: WITHOUT ROWID, STRICT, ON COMMIT DROP, …, in capitals.
    pub options: Vec<String>,
    /// MySQL: indexes defined inside.
    pub indexes: Vec<CreateIndex>,
}

impl CreateTable {
    /// A table of nothing but its name, for a parser to fill in.
    pub const fn empty(name: Name, guard: Guard) -> Self {
        Self {
            name,
            guard,
            temporary: false,
            unlogged: false,
            foreign: false,
            columns: Vec::new(),
            constraints: Vec::new(),
            like: Vec::new(),
            inherits: Vec::new(),
            partition_of: None,
            partition: PartitionKind::None,
            partition_key: Vec::new(),
            of_type: None,
            from_query: false,
            options: Vec::new(),
            indexes: Vec::new(),
        }
    }
}

/// What ALTER COLUMN changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlterColumn {
    /// TYPE.
    Type {
        /// The new type.
        ty: Type,
        /// USING.
        using: Option<Expr>,
        /// COLLATE.
        collation: Option<String>,
    },
    /// SET DEFAULT.
    SetDefault(Expr),
    /// DROP DEFAULT.
    DropDefault,
    /// SET NOT NULL.
    SetNotNull,
    /// DROP NOT NULL.
    DropNotNull,
    /// ADD GENERATED … AS IDENTITY.
    AddIdentity,
    /// SET GENERATED, RESTART and the sequence options of an identity column.
    SetIdentity,
    /// DROP IDENTITY [IF EXISTS].
    DropIdentity(Guard),
    /// SET EXPRESSION.
    SetExpression(Expr),
    /// DROP EXPRESSION [IF EXISTS].
    DropExpression(Guard),
    /// SET STATISTICS, STORAGE, COMPRESSION, (options), RESET: the words in capitals.
    Option(String),
    /// MySQL's MODIFY / CHANGE: a whole new definition.
    Redefine(Box<ColumnDef>),
}

/// Every other action of ALTER TABLE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TableOption {
    /// ENABLE / DISABLE [ALWAYS | REPLICA] TRIGGER or RULE.
    Trigger {
        /// DISABLE.
        disable: bool,
        /// The trigger or rule; ALL and USER too.
        name: String,
    },
    /// ENABLE / DISABLE ROW LEVEL SECURITY.
    RowSecurity(bool),
    /// FORCE / NO FORCE ROW LEVEL SECURITY.
    ForceRowSecurity(bool),
    /// REPLICA IDENTITY.
    ReplicaIdentity,
    /// SET (…), RESET (…).
    Parameters,
    /// SET LOGGED, SET UNLOGGED.
    Logged(bool),
    /// SET TABLESPACE.
    Tablespace(String),
    /// SET ACCESS METHOD.
    AccessMethod(String),
    /// CLUSTER ON, SET WITHOUT CLUSTER.
    ClusterOn,
    /// INHERIT parent, NO INHERIT parent.
    Inherit {
        /// The parent.
        parent: Name,
        /// NO INHERIT.
        no: bool,
    },
    /// OF type, NOT OF.
    OfType,
    /// Anything else, by its words in capitals (MySQL's ENGINE=, COMMENT=, ALTER INDEX … ATTACH …).
    Other(String),
}

/// DROP.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drop {
    /// What kind.
    pub kind: ObjectKind,
    /// Which; triggers, policies and rules with their table in `on`. For functions the signature is in `arguments`.
    pub objects: Vec<ObjectRef>,
    /// The argument types of each function, where they were written: normalised type names.
    pub arguments: Vec<Option<Vec<String>>>,
    /// IF EXISTS, or none.
    pub guard: Guard,
    /// CASCADE.
    pub cascade: bool,
    /// CONCURRENTLY.
    pub concurrently: bool,
}

/// CREATE INDEX.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateIndex {
    /// Its name; None where the server makes one up. The schema, if any, is that of the table.
    pub name: Option<Name>,
    /// The table.
    pub table: Name,
    /// ON ONLY.
    pub only: bool,
    /// UNIQUE.
    pub unique: bool,
    /// CONCURRENTLY.
    pub concurrently: bool,
    /// IF NOT EXISTS, or none.
    pub guard: Guard,
    /// USING; `btree` where nothing is said.
    pub method: String,
    /// What is indexed.
    pub keys: Vec<IndexKey>,
    /// INCLUDE.
    pub include: Vec<Ident>,
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// WHERE.
    pub predicate: Option<Expr>,
}

/// CREATE VIEW, CREATE MATERIALIZED VIEW.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateView {
    /// Its name.
    pub name: Name,
    /// MATERIALIZED.
    pub materialized: bool,
    /// TEMP.
    pub temporary: bool,
    /// OR REPLACE, IF NOT EXISTS, or none.
    pub guard: Guard,
    /// The column names written after its name.
    pub columns: Vec<Ident>,
    /// Its query, as text in single spaces.
    pub query: String,
    /// The tables and views that the query names (not its CTEs).
    pub reads: Vec<Name>,
    /// Identifiers that occur in the query: what may be a column of those.
    pub words: Vec<String>,
    /// WITH NO DATA.
    pub no_data: bool,
}

/// CREATE SEQUENCE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateSequence {
    /// Its name.
    pub name: Name,
    /// IF NOT EXISTS, or none.
    pub guard: Guard,
    /// TEMP.
    pub temporary: bool,
    /// OWNED BY table.column.
    pub owned_by: Option<(Name, Ident)>,
    /// Its options in capitals and single spaces (`AS integer`, `INCREMENT BY 1`, …).
    pub options: Vec<String>,
}

/// ALTER SEQUENCE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterSequence {
    /// Its name.
    pub name: Name,
    /// IF EXISTS.
    pub if_exists: bool,
    /// OWNED BY: Some(None) for NONE.
    pub owned_by: Option<Option<(Name, Ident)>>,
    /// Its options.
    pub options: Vec<String>,
}

/// CREATE TYPE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateType {
    /// Its name.
    pub name: Name,
    /// What it is.
    pub definition: TypeDefinition,
}

/// What a type is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeDefinition {
    /// AS ENUM.
    Enum(Vec<String>),
    /// AS (…).
    Composite(Vec<(Ident, Type)>),
    /// AS RANGE, as text.
    Range(String),
    /// A base type (…), as text.
    Base(String),
    /// Only a name.
    Shell,
}

/// ALTER TYPE.
#[expect(missing_docs, reason = "the fields are the clauses of the statement, under their SQL names")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlterType {
    /// ADD VALUE.
    AddValue {
        /// The label.
        label: String,
        /// IF NOT EXISTS, or none.
        guard: Guard,
        /// BEFORE (false) or AFTER (true) which label.
        position: Option<(bool, String)>,
    },
    /// RENAME VALUE.
    RenameValue { from: String, to: String },
    /// ADD ATTRIBUTE.
    AddAttribute { name: Ident, ty: Type },
    /// DROP ATTRIBUTE.
    DropAttribute { name: Ident, guard: Guard },
    /// ALTER ATTRIBUTE … TYPE.
    AlterAttribute { name: Ident, ty: Type },
    /// RENAME ATTRIBUTE.
    RenameAttribute { from: Ident, to: Ident },
    /// SET (…).
    Parameters,
}

/// CREATE DOMAIN.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateDomain {
    /// Its name.
    pub name: Name,
    /// Its base type.
    pub ty: Type,
    /// Its default.
    pub default: Option<Expr>,
    /// CHECK and NOT NULL.
    pub constraints: Vec<Constraint>,
    /// COLLATE.
    pub collation: Option<String>,
}

/// ALTER DOMAIN.
#[expect(missing_docs, reason = "the fields are the clauses of the statement, under their SQL names")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlterDomain {
    /// SET DEFAULT.
    SetDefault(Expr),
    /// DROP DEFAULT.
    DropDefault,
    /// SET NOT NULL.
    SetNotNull,
    /// DROP NOT NULL.
    DropNotNull,
    /// ADD CONSTRAINT.
    AddConstraint(Box<Constraint>),
    /// DROP CONSTRAINT.
    DropConstraint { name: Ident, guard: Guard },
    /// VALIDATE CONSTRAINT.
    ValidateConstraint(Ident),
}

/// CREATE FUNCTION, PROCEDURE, AGGREGATE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateFunction {
    /// FUNCTION, PROCEDURE or AGGREGATE.
    pub kind: ObjectKind,
    /// Its name.
    pub name: Name,
    /// OR REPLACE, or none.
    pub guard: Guard,
    /// The types of its input arguments (IN, INOUT, VARIADIC), normalised: its identity.
    pub arguments: Vec<Type>,
    /// What it returns, as text in single spaces.
    pub returns: Option<String>,
    /// LANGUAGE, in lower case.
    pub language: Option<String>,
    /// IMMUTABLE, STABLE, VOLATILE, in capitals; None: volatile by default.
    pub volatility: Option<String>,
    /// Its body as text, decoded.
    pub body: Option<String>,
}

/// CREATE TRIGGER.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateTrigger {
    /// Its name.
    pub name: Name,
    /// Its table or view.
    pub table: Name,
    /// OR REPLACE, IF NOT EXISTS, or none.
    pub guard: Guard,
    /// TEMP (SQLite).
    pub temporary: bool,
    /// CONSTRAINT TRIGGER.
    pub constraint: bool,
    /// UPDATE OF these columns.
    pub update_of: Vec<Ident>,
    /// The function that it calls (PostgreSQL).
    pub function: Option<Name>,
    /// Its whole definition as text in single spaces.
    pub definition: String,
}

/// CREATE POLICY.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreatePolicy {
    /// Its name.
    pub name: Ident,
    /// Its table.
    pub table: Name,
    /// What follows, as text in single spaces.
    pub definition: String,
    /// Identifiers that occur in it.
    pub words: Vec<String>,
}

/// INSERT.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Insert {
    /// The table.
    pub table: Name,
    /// The columns that were written; empty: all.
    pub columns: Vec<Ident>,
    /// Where the rows come from.
    pub source: InsertSource,
    /// ON CONFLICT, OR IGNORE, OR REPLACE, INSERT IGNORE, ON DUPLICATE KEY, REPLACE INTO.
    pub on_conflict: OnConflict,
    /// RETURNING: its place in the file.
    pub returning: Option<Span>,
}

impl Insert {
    /// Whether it says what happens to rows that are there already.
    pub fn guards(&self) -> bool {
        self.on_conflict != OnConflict::Fail
            || matches!(self.source, InsertSource::Query { anti_join: true, .. })
    }
}

/// Where inserted rows come from.
#[expect(missing_docs, reason = "the fields are the clauses of the statement, under their SQL names")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InsertSource {
    /// VALUES: how many rows, and the first 64 of them.
    Values { count: u32, rows: Vec<Vec<Expr>> },
    /// DEFAULT VALUES.
    Defaults,
    /// A query. `anti_join`: it leaves out what is there already (WHERE NOT EXISTS, NOT IN (SELECT …), EXCEPT, LEFT JOIN … IS NULL);
    /// `reads`: the tables that it names. SELECT of constants without FROM has none.
    Query { anti_join: bool, reads: Vec<Name> },
}

/// What an INSERT does when the row is there already.
#[expect(missing_docs, reason = "the fields are the clauses of the statement, under their SQL names")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OnConflict {
    /// It fails.
    Fail,
    /// It leaves or changes the row. `target`: the columns of ON CONFLICT (…), or the constraint's name in ON CONFLICT ON CONSTRAINT.
    Handled { target: Vec<Ident>, constraint: Option<Ident> },
}

/// A function that a query calls, with its literal arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// Its name, folded, with its schema if one was written.
    pub name: String,
    /// Its arguments as far as they are constants: strings, numbers, `true` and `false`.
    pub arguments: Vec<Option<String>>,
}
