//! The waist: every language comes in as these operations, every judgement is made on them.

use std::collections::BTreeMap;

use crate::schema::{
    Argument, Body, Bound, Column, Constraint, Detail, Expr, ForeignKey, FunctionOptions, Ident, IndexKey,
    Name, ObjectKind, ObjectRef, PartitionBy, PartitionKind, Policy, Publication, Published, Query, Returns,
    Rule, SequenceOptions, Trigger, Type, input_types,
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

impl Op {
    /// The foreign keys that it writes down, each with its table and its place.
    pub fn foreign_keys(&self) -> Vec<(&Name, &ForeignKey, Span)> {
        let all: Vec<(&Name, &Constraint, Span)> = match &self.kind {
            Operation::CreateTable(create) => {
                let at_columns = create.columns.iter().flat_map(|def| {
                    def.constraints.iter().map(|constraint| (&create.name, constraint, def.span))
                });
                let of_table = create.constraints.iter().map(|def| (&create.name, &def.constraint, def.span));
                at_columns.chain(of_table).collect()
            }
            Operation::AddColumn { table, def, .. } => {
                def.constraints.iter().map(|constraint| (&table.name, constraint, self.span)).collect()
            }
            Operation::AddConstraint { table, constraint } => vec![(&table.name, &**constraint, self.span)],
            _ => Vec::new(),
        };
        let keys = all.into_iter();
        keys.filter_map(|(table, constraint, span)| Some((table, constraint.kind.foreign_key()?, span)))
            .collect()
    }
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
    /// ALTER TABLE … ATTACH PARTITION; of an index too (then `table.kind` is `Index`, and there is no bound).
    AttachPartition { table: TableTarget, partition: Name, bound: Option<Bound> },
    /// ALTER TABLE … DETACH PARTITION.
    DetachPartition { table: TableTarget, partition: Name, concurrently: bool, finalize: bool },
    /// Every other action of ALTER TABLE (INDEX, VIEW, …).
    SetTableOption { table: TableTarget, option: TableOption },

    /// ALTER … RENAME TO, of any kind of object; of a function with the types of its arguments, where they were written.
    Rename { object: ObjectRef, arguments: Option<Vec<String>>, to: Ident, if_exists: bool },
    /// ALTER … SET SCHEMA, likewise.
    SetSchema { object: ObjectRef, arguments: Option<Vec<String>>, to: Ident, if_exists: bool },
    /// ALTER … OWNER TO, likewise.
    SetOwner { object: ObjectRef, arguments: Option<Vec<String>>, to: String },
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
    /// ALTER FUNCTION, PROCEDURE, ROUTINE, but for RENAME, OWNER and SET SCHEMA. `arguments`: the types that were written.
    AlterFunction { object: ObjectRef, arguments: Option<Vec<String>>, options: Box<FunctionOptions> },
    /// CREATE TRIGGER.
    CreateTrigger(Box<CreateTrigger>),
    /// CREATE POLICY.
    CreatePolicy(Box<CreatePolicy>),
    /// ALTER POLICY, but for RENAME: what it gives is replaced.
    AlterPolicy(Box<AlterPolicy>),
    /// CREATE RULE.
    CreateRule { name: Ident, table: Name, guard: Guard, rule: Box<Rule> },
    /// CREATE SCHEMA. `name` is None in CREATE SCHEMA AUTHORIZATION x.
    CreateSchema { name: Option<Ident>, guard: Guard },
    /// CREATE EXTENSION.
    CreateExtension { name: Ident, guard: Guard, schema: Option<Ident> },
    /// CREATE PUBLICATION.
    CreatePublication { name: Ident, publication: Box<Publication> },
    /// ALTER PUBLICATION, but for RENAME and OWNER.
    AlterPublication { name: Ident, change: AlterPublication },
    /// CREATE of every other kind of object.
    CreateOther { object: ObjectRef, guard: Guard, detail: Box<Detail> },
    /// ALTER of an object that changes nothing that a schema comparison sees (ALTER FUNCTION … COST, ALTER EXTENSION UPDATE, ALTER ROLE, …).
    AlterOther { object: ObjectRef, what: String },

    /// COMMENT ON. `text` is None for IS NULL. `arguments`: the types of a function's, where they were written.
    Comment { object: ObjectRef, arguments: Option<Vec<String>>, text: Option<String> },
    /// GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, SECURITY LABEL, REASSIGN OWNED: kept apart from the schema. `what` is the first word, `text`
    /// the whole in single spaces. `on`: the tables, views and sequences that it names.
    Privilege { what: String, text: String, on: Vec<Name> },

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
        /// The tables and views that it reads besides: of FROM and of the queries in it.
        reads: Vec<Name>,
        /// Its WHERE.
        filter: Option<Box<Expr>>,
        /// A new value is made of a column that is given one: `n = n + 1`.
        rereads: bool,
        /// The new values of single columns, where a string stands in them and they could be read.
        values: Vec<(Ident, Expr)>,
        /// The words in the new values that may be columns, folded.
        words: Vec<String>,
    },
    /// DELETE. `limited`: any WHERE or USING limits the rows. `without`: the columns that have no NULL left afterwards, since its
    /// WHERE says `c IS NULL` and nothing else. `reads`: the tables and views that it reads besides. `filter`:
    /// its WHERE.
    Delete { table: Name, limited: bool, without: Vec<Ident>, reads: Vec<Name>, filter: Option<Box<Expr>> },
    /// MERGE.
    Merge { table: Name },
    /// TRUNCATE. `restart`: RESTART IDENTITY. `only`: ONLY before every table.
    Truncate { tables: Vec<Name>, cascade: bool, restart: bool, only: bool },
    /// COPY … FROM (and, with `from` false, COPY … TO).
    Copy { table: Option<Name>, from: bool },
    /// SELECT, VALUES, WITH … SELECT, CALL, TABLE: what is asked for is not followed, but the functions that it calls are known, and the
    /// tables and views that it names. `locks`: FOR UPDATE and its kin.
    Query { calls: Vec<Call>, reads: Vec<Name>, locks: bool },

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
    /// LOCK TABLE. The mode as the manual spells it; ACCESS EXCLUSIVE where none is given. `only`: ONLY before every table. `nowait`: it
    /// fails where it would have to wait.
    Lock { tables: Vec<Name>, mode: String, only: bool, nowait: bool },
    /// VACUUM. `full`: VACUUM FULL.
    Vacuum { tables: Vec<Name>, full: bool },
    /// ANALYZE.
    Analyze { tables: Vec<Name> },
    /// CLUSTER. None: every table. `index`: USING.
    Cluster { table: Option<Name>, index: Option<Ident> },
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
    /// The options of an identity column's sequence, and the name that they give it.
    pub sequence: (SequenceOptions, Option<Name>),
    /// What was written of it that no column can have together, in words.
    pub contradiction: Option<&'static str>,
    /// The bytes of its type, where one is written.
    pub type_span: Option<Span>,
    /// Its DEFAULT is an expression of several words that stands without brackets around it, as SQLite does not read it.
    pub loose_default: bool,
    /// The bytes of the definition, from its name to its end.
    pub span: Span,
}

impl ColumnDef {
    /// A column without constraints.
    pub fn plain(column: Column, span: Span) -> Self {
        Self {
            column,
            constraints: Vec::new(),
            sequence: (SequenceOptions::default(), None),
            contradiction: None,
            type_span: None,
            loose_default: false,
            span,
        }
    }
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
    /// PARTITION OF, with the rows that it takes.
    pub partition_of: Option<(Name, Bound)>,
    /// PARTITION BY.
    pub partition: PartitionKind,
    /// How PARTITION BY parts the rows (PostgreSQL).
    pub partition_by: Option<PartitionBy>,
    /// OF type.
    pub of_type: Option<Name>,
    /// AS SELECT: the columns come from a query.
    pub from_query: bool,
    /// That query, where all of it could be read.
    pub tree: Option<Box<Query>>,
    /// What follows the parentheses: WITHOUT ROWID, STRICT, ON COMMIT DROP, …, in capitals.
    pub options: Vec<String>,
    /// WITH (…): storage parameters, in lower case.
    pub parameters: BTreeMap<String, String>,
    /// SQLite: the module of a virtual table, with its arguments, as text in single spaces.
    pub module: Option<String>,
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
            partition_by: None,
            of_type: None,
            from_query: false,
            tree: None,
            options: Vec::new(),
            parameters: BTreeMap::new(),
            module: None,
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
    AddIdentity {
        /// ALWAYS, else BY DEFAULT.
        always: bool,
        /// The options of its sequence.
        options: Box<SequenceOptions>,
        /// SEQUENCE NAME.
        sequence: Option<Name>,
    },
    /// SET GENERATED, RESTART and the sequence options of an identity column.
    SetIdentity {
        /// SET GENERATED ALWAYS or BY DEFAULT.
        always: Option<bool>,
        /// The options that are set.
        options: Box<SequenceOptions>,
    },
    /// DROP IDENTITY [IF EXISTS].
    DropIdentity(Guard),
    /// SET EXPRESSION.
    SetExpression(Expr),
    /// DROP EXPRESSION [IF EXISTS].
    DropExpression(Guard),
    /// SET STATISTICS, STORAGE, COMPRESSION: which, in lower case, and its value in lower case; None for DEFAULT.
    Setting(&'static str, Option<String>),
    /// SET (options), RESET, OPTIONS: the words in capitals.
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
        /// `ALWAYS` or `REPLICA`.
        mode: Option<&'static str>,
        /// The trigger or rule; ALL and USER too.
        name: String,
        /// It is a rule.
        rule: bool,
    },
    /// ENABLE / DISABLE ROW LEVEL SECURITY.
    RowSecurity(bool),
    /// FORCE / NO FORCE ROW LEVEL SECURITY.
    ForceRowSecurity(bool),
    /// REPLICA IDENTITY, in capitals: `DEFAULT`, `FULL`, `NOTHING`, `USING INDEX x`.
    ReplicaIdentity(String),
    /// SET (…), RESET (…): each parameter in lower case with its value, None where it is reset.
    Parameters(Vec<(String, Option<String>)>),
    /// SET LOGGED, SET UNLOGGED.
    Logged(bool),
    /// SET TABLESPACE.
    Tablespace(String),
    /// SET ACCESS METHOD.
    AccessMethod(String),
    /// CLUSTER ON an index, SET WITHOUT CLUSTER.
    ClusterOn(Option<Ident>),
    /// INHERIT parent, NO INHERIT parent.
    Inherit {
        /// The parent.
        parent: Name,
        /// NO INHERIT.
        no: bool,
    },
    /// OF type, NOT OF.
    OfType(Option<Name>),
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
    /// WITH (…): storage parameters, in lower case.
    pub parameters: BTreeMap<String, String>,
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
    /// Its query, where all of it could be read.
    pub tree: Option<Query>,
    /// The tables and views that the query names (not its CTEs).
    pub reads: Vec<Name>,
    /// Identifiers that occur in the query: what may be a column of those.
    pub words: Vec<String>,
    /// WITH NO DATA.
    pub no_data: bool,
    /// WITH (…) and WITH CHECK OPTION, in lower case: `security_barrier`, `check_option`, …
    pub parameters: BTreeMap<String, String>,
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
    /// UNLOGGED.
    pub unlogged: bool,
    /// Its options.
    pub options: SequenceOptions,
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
    /// SET LOGGED, SET UNLOGGED.
    pub logged: Option<bool>,
    /// Its options.
    pub options: SequenceOptions,
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
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// What it returns.
    pub returns: Option<Returns>,
    /// Its volatility, language and other options.
    pub options: FunctionOptions,
    /// Its body; of an aggregate its definition.
    pub body: Option<Body>,
}

impl CreateFunction {
    /// The types of its input arguments (IN, INOUT, VARIADIC): with its name, what tells it from others.
    pub fn input_types(&self) -> impl Iterator<Item = &Type> {
        input_types(&self.arguments)
    }
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
    /// What it does, and when.
    pub trigger: Trigger,
    /// EXECUTE FUNCTION, where older servers know EXECUTE PROCEDURE only.
    pub executes_function: bool,
}

/// CREATE POLICY.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreatePolicy {
    /// Its name.
    pub name: Ident,
    /// Its table.
    pub table: Name,
    /// What it lets through.
    pub policy: Policy,
}

/// ALTER POLICY.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlterPolicy {
    /// Its name.
    pub name: Ident,
    /// Its table.
    pub table: Name,
    /// TO; sorted.
    pub roles: Option<Vec<String>>,
    /// USING.
    pub using: Option<Expr>,
    /// WITH CHECK.
    pub check: Option<Expr>,
}

/// ALTER PUBLICATION.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlterPublication {
    /// ADD.
    Add(Vec<Published>),
    /// DROP.
    Drop(Vec<Published>),
    /// SET TABLE …
    Set(Vec<Published>),
    /// SET (…).
    Options(BTreeMap<String, String>),
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
    /// `reads`: the tables that it names. SELECT of constants without FROM has none. `tree`: the query, where it reads a table or a string
    /// stands in it, and all of it could be read.
    Query { anti_join: bool, reads: Vec<Name>, tree: Option<Box<Query>> },
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
