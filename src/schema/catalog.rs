//! The catalog: every object that a history made, at one moment. Copying one is cheap: what two have in common is shared.

use std::collections::BTreeMap;
use std::sync::Arc;

use rpds::{RedBlackTreeMapSync as Map, VectorSync};

use super::mentions::Mentions;
use super::{
    Argument, Bound, Column, Constraint, Detail, Dialect, Expr, ForeignKey, FunctionOptions, Ident, IndexKey,
    Name, Notes, ObjectKind, ObjectRef, Output, PartitionBy, PartitionKind, Resolved, Returns,
    SequenceOptions, Type,
};
use crate::text::Place;

/// What the catalog says about an object.
#[derive(PartialEq, Eq, Debug)]
pub enum Lookup<'a, T> {
    /// It is there.
    Found(&'a T),
    /// It is not there.
    Absent,
    /// It may be there: it would be older than our history.
    Unknown,
}

// Not derived: a derived Copy would ask the object to be Copy too.
impl<T> Clone for Lookup<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lookup<'_, T> {}

impl<'a, T> Lookup<'a, T> {
    /// The object, if it is known to be there.
    pub const fn found(self) -> Option<&'a T> {
        match self {
            Self::Found(object) => Some(object),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// Whether it is known not to be there.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The same for a part of the object that is there.
    pub fn and_then<U>(self, part: impl FnOnce(&'a T) -> Lookup<'a, U>) -> Lookup<'a, U> {
        match self {
            Self::Found(object) => part(object),
            Self::Absent => Lookup::Absent,
            Self::Unknown => Lookup::Unknown,
        }
    }
}

/// What is kept under a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Slot<T> {
    /// The object.
    Present(T),
    /// It was dropped or renamed away.
    Gone,
    /// A statement that we could not read, or that may not have run, was about it.
    Unclear,
}

/// What shares PostgreSQL's `pg_class`: tables, indexes, views and sequences cannot have one name in one schema.
/// (SQLite: tables, indexes and views.)
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Relation {
    /// A table.
    Table(Arc<Table>),
    /// An index.
    Index(Arc<Index>),
    /// A view or materialized view.
    View(Arc<View>),
    /// A sequence.
    Sequence(Arc<Sequence>),
}

impl Relation {
    /// What kind of object it is.
    pub fn kind(&self) -> ObjectKind {
        match self {
            Self::Table(table) if table.foreign => ObjectKind::ForeignTable,
            Self::Table(_) => ObjectKind::Table,
            Self::Index(_) => ObjectKind::Index,
            Self::View(view) if view.materialized => ObjectKind::MaterializedView,
            Self::View(_) => ObjectKind::View,
            Self::Sequence(_) => ObjectKind::Sequence,
        }
    }

    /// Where it was made.
    pub fn made(&self) -> Option<Place> {
        match self {
            Self::Table(table) => table.made,
            Self::Index(index) => index.made,
            Self::View(view) => view.made,
            Self::Sequence(sequence) => sequence.made,
        }
    }
}

/// A table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// Its name, with its schema.
    pub name: Name,
    /// Made before our history, or by something that we could not read: what is known of it is true, the rest Unknown.
    pub open: bool,
    /// TEMP.
    pub temporary: bool,
    /// UNLOGGED.
    pub unlogged: bool,
    /// FOREIGN TABLE.
    pub foreign: bool,
    /// Its part in partitioning.
    pub partition: PartitionKind,
    /// PARTITION BY.
    pub partition_by: Option<PartitionBy>,
    /// Which rows it takes, as a partition; None where that is not known.
    pub bound: Option<Bound>,
    /// The table that it is a partition of, and the tables that it inherits from.
    pub parents: Vec<Name>,
    /// Its columns.
    pub columns: Vec<Arc<Member>>,
    /// Columns that were dropped or renamed away: known not to be there even in an open table.
    pub gone: Vec<Ident>,
    /// Its constraints, each with the name that it has; [`Constraint::name`] is None where the server made it up.
    pub constraints: Vec<(Ident, Constraint)>,
    /// Constraints that were dropped or renamed away.
    pub gone_constraints: Vec<Ident>,
    /// WITHOUT ROWID, STRICT, ENGINE=…, in capitals.
    pub options: Vec<String>,
    /// OF: the composite type that gives it its columns.
    pub of_type: Option<Name>,
    /// WITH (…): storage parameters, in lower case.
    pub parameters: BTreeMap<String, String>,
    /// ENABLE ROW LEVEL SECURITY.
    pub row_security: bool,
    /// FORCE ROW LEVEL SECURITY.
    pub force_row_security: bool,
    /// REPLICA IDENTITY, in capitals: `FULL`, `NOTHING`, `USING INDEX x`; None: the default.
    pub replica_identity: Option<String>,
    /// The module of a virtual table, with its arguments, as text in single spaces (SQLite).
    pub module: Option<String>,
    /// Its comment, owner and grants.
    pub notes: Notes,
    /// Every row was deleted, here, and none inserted since.
    pub emptied: Option<Place>,
    /// It had no row, or a statement would have failed, here; and none was inserted since.
    pub found_empty: Option<Place>,
    /// Where it was made; None when it is older than the history.
    pub made: Option<Place>,
}

/// A column in its table, with what happened to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The column.
    pub column: Column,
    /// An UPDATE gave the old rows a value.
    pub filled: bool,
    /// It has had a default ever since it was added, so that no row was without a value.
    pub defaulted: bool,
    /// The table has it by itself; else it came from a parent and goes with the parent's.
    pub local: bool,
    /// COMMENT ON COLUMN.
    pub comment: Option<Arc<str>>,
    /// Where it was added; None when it is older than the history.
    pub made: Option<Place>,
}

impl Member {
    /// A column of the table's own.
    pub fn new(column: Column, made: Option<Place>) -> Self {
        Self { defaulted: column.fills(), column, filled: false, local: true, comment: None, made }
    }
}

impl Table {
    /// A table of which only the name is known.
    pub fn unknown(name: Name) -> Self {
        Self {
            name,
            open: true,
            temporary: false,
            unlogged: false,
            foreign: false,
            partition: PartitionKind::None,
            partition_by: None,
            bound: None,
            parents: Vec::new(),
            columns: Vec::new(),
            gone: Vec::new(),
            constraints: Vec::new(),
            gone_constraints: Vec::new(),
            options: Vec::new(),
            of_type: None,
            parameters: BTreeMap::new(),
            row_security: false,
            force_row_security: false,
            replica_identity: None,
            module: None,
            notes: Notes::default(),
            emptied: None,
            found_empty: None,
            made: None,
        }
    }

    /// The columns that decide into which partition a row goes.
    pub fn partition_columns(&self) -> Vec<String> {
        let keys = self.partition_by.iter().flat_map(|by| &by.keys);
        keys.flat_map(|key| key.expr.columns()).collect()
    }

    /// Whether what decides into which partition a row goes is computed: such a table has no keys.
    pub fn is_parted_by_expression(&self) -> bool {
        self.partition_by.iter().flat_map(|by| &by.keys).any(|key| key.column().is_none())
    }

    /// What is known of a column.
    pub fn column(&self, name: &str) -> Lookup<'_, Member> {
        match self.columns.iter().find(|member| member.column.name == *name) {
            Some(member) => Lookup::Found(&**member),
            None if self.open && !self.gone.iter().any(|gone| *gone == *name) => Lookup::Unknown,
            None => Lookup::Absent,
        }
    }

    /// What is known of a constraint.
    pub fn constraint(&self, name: &str) -> Lookup<'_, Constraint> {
        match self.constraints.iter().find(|(known, _)| *known == *name) {
            Some((_, constraint)) => Lookup::Found(constraint),
            None if self.open && !self.gone_constraints.iter().any(|gone| *gone == *name) => Lookup::Unknown,
            None => Lookup::Absent,
        }
    }

    /// The columns of its primary key, where it is known to have one.
    pub fn primary_key(&self) -> Option<&[Ident]> {
        self.constraints.iter().find_map(|(_, constraint)| match &constraint.kind {
            super::ConstraintKind::PrimaryKey { columns, .. } => Some(columns.as_slice()),
            super::ConstraintKind::Unique { .. }
            | super::ConstraintKind::Check(_)
            | super::ConstraintKind::ForeignKey(_)
            | super::ConstraintKind::Exclude(_)
            | super::ConstraintKind::NotNull(_) => None,
        })
    }

    /// Its foreign keys, each with its name.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Ident, &ForeignKey)> {
        let all = self.constraints.iter();
        all.filter_map(|(ident, constraint)| Some((ident, constraint.kind.foreign_key()?)))
    }
}

/// An index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Index {
    /// Its name, with its schema.
    pub name: Name,
    /// Its table; None where the history never showed it.
    pub table: Option<Name>,
    /// UNIQUE.
    pub unique: bool,
    /// USING.
    pub method: String,
    /// What is indexed.
    pub keys: Vec<IndexKey>,
    /// INCLUDE.
    pub include: Vec<Ident>,
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// WHERE.
    pub predicate: Option<Expr>,
    /// The constraint of the table that it serves.
    pub constraint: Option<Ident>,
    /// The server made its name up.
    pub generated_name: bool,
    /// ON ONLY: the indexes of the partitions are still to be attached.
    pub only: bool,
    /// The index of the parent that it is a part of.
    pub parent: Option<Name>,
    /// CLUSTER ON: the rows of its table are put in its order.
    pub clustered: bool,
    /// WITH (…): storage parameters, in lower case.
    pub parameters: BTreeMap<String, String>,
    /// Its comment.
    pub notes: Notes,
    /// Where it was made.
    pub made: Option<Place>,
}

impl Index {
    /// A btree index of nothing, for its maker to fill in.
    pub fn plain(name: Name, table: Name) -> Self {
        Self {
            name,
            table: Some(table),
            unique: false,
            method: "btree".to_owned(),
            keys: Vec::new(),
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: None,
            constraint: None,
            generated_name: false,
            only: false,
            parent: None,
            clustered: false,
            parameters: BTreeMap::new(),
            notes: Notes::default(),
            made: None,
        }
    }

    /// What is computed for each row: its keys and its predicate.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.keys.iter().map(|key| &key.expr).chain(&self.predicate)
    }

    /// Whether it may read a column: as a key, in an expression, in its predicate or among INCLUDE.
    pub fn reads(&self, column: &Ident) -> bool {
        self.include.contains(column) || self.exprs().any(|expr| expr.reads(column.key()))
    }

    /// Whether it keeps the values of these columns together, in any order, and of nothing else, from occurring twice.
    pub fn keeps_unique(&self, columns: &[Ident]) -> bool {
        let is_one =
            |key: &IndexKey| key.column().is_some_and(|known| columns.iter().any(|column| *column == *known));
        self.unique
            && self.predicate.is_none()
            && self.keys.len() == columns.len()
            && self.keys.iter().all(is_one)
    }
}

/// A view or materialized view.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// Its name, with its schema.
    pub name: Name,
    /// MATERIALIZED.
    pub materialized: bool,
    /// The column names written after its name.
    pub columns: Vec<Ident>,
    /// Columns that were renamed away.
    pub renamed: Vec<Ident>,
    /// It was made, or refreshed, WITH NO DATA.
    pub no_data: bool,
    /// Its query as text.
    pub query: String,
    /// The tables and views that it names.
    pub reads: Vec<Name>,
    /// Identifiers that occur in its query.
    pub words: Vec<String>,
    /// Its query with its names resolved when it was made, and its columns under the names that they have now; None where it could
    /// not be read.
    pub resolved: Option<Arc<Resolved>>,
    /// WITH (…) and WITH CHECK OPTION, in lower case: `security_barrier`, `check_option`, …
    pub parameters: BTreeMap<String, String>,
    /// The comments on its columns.
    pub column_comments: BTreeMap<Ident, Arc<str>>,
    /// Its comment, owner and grants.
    pub notes: Notes,
    /// Where it was made.
    pub made: Option<Place>,
}

impl View {
    /// Its columns, where all of them are known.
    pub fn outputs(&self) -> Option<&[Output]> {
        self.resolved.as_ref()?.columns.as_deref()
    }

    /// Whether it uses a column of a table or view; None where that cannot be told.
    pub fn uses(&self, relation: &Name, column: &str) -> Option<bool> {
        let resolved = self.resolved.as_ref().filter(|resolved| resolved.clear)?;
        Some(resolved.uses(relation).any(|used| used == column))
    }
}

/// A sequence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sequence {
    /// Its name, with its schema.
    pub name: Name,
    /// The column that owns it.
    pub owned_by: Option<(Name, Ident)>,
    /// Made by an identity or serial column.
    pub implicit: bool,
    /// It belongs to an identity column, with which it comes and goes.
    pub identity: bool,
    /// Its options.
    pub options: SequenceOptions,
    /// UNLOGGED.
    pub unlogged: bool,
    /// Its comment, owner and grants.
    pub notes: Notes,
    /// Where it was made.
    pub made: Option<Place>,
}

impl Sequence {
    /// A sequence without options.
    pub fn plain(name: Name) -> Self {
        Self {
            name,
            owned_by: None,
            implicit: false,
            identity: false,
            options: SequenceOptions::default(),
            unlogged: false,
            notes: Notes::default(),
            made: None,
        }
    }
}

/// A type of the user's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeEntry {
    /// Its name, with its schema.
    pub name: Name,
    /// What it is.
    pub kind: TypeKind,
    /// The comments on its attributes.
    pub attribute_comments: BTreeMap<Ident, Arc<str>>,
    /// Its comment, owner and grants.
    pub notes: Notes,
    /// Where it was made.
    pub made: Option<Place>,
}

impl TypeEntry {
    /// A type of which nobody knows where it was made.
    pub fn unknown(name: Name, kind: TypeKind) -> Self {
        Self { name, kind, attribute_comments: BTreeMap::new(), notes: Notes::default(), made: None }
    }
}

/// What kind of type it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeKind {
    /// An enum.
    Enum(EnumType),
    /// A composite type, with its attributes.
    Composite(Vec<(Ident, Type)>),
    /// A domain, with its base type, default and constraints.
    Domain {
        /// Its base type.
        ty: Type,
        /// COLLATE.
        collation: Option<String>,
        /// Its default.
        default: Option<Expr>,
        /// NOT NULL.
        not_null: bool,
        /// Its CHECK constraints, each with its name.
        constraints: Vec<(Ident, Constraint)>,
    },
    /// A range, base or shell type, as text.
    Other(String),
}

/// The labels of an enum.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EnumType {
    /// The labels, in order.
    pub labels: Vec<String>,
    /// Whether labels may be missing: the type is older than the history.
    pub open: bool,
}

/// A function, procedure or aggregate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// FUNCTION, PROCEDURE or AGGREGATE.
    pub kind: ObjectKind,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// What it returns.
    pub returns: Option<Returns>,
    /// Its volatility, language and other options.
    pub options: FunctionOptions,
    /// Its body; of an aggregate its definition.
    pub body: Option<Body>,
    /// Its comment, owner and grants.
    pub notes: Notes,
    /// Where it was made.
    pub made: Option<Place>,
}

impl Function {
    /// The types of its input arguments: with its name, what tells it from others.
    pub fn input_types(&self) -> impl Iterator<Item = &Type> {
        input_types(&self.arguments)
    }
}

/// The types of the arguments that are no OUT.
pub fn input_types(arguments: &[Argument]) -> impl Iterator<Item = &Type> {
    arguments.iter().filter(|argument| argument.mode.is_input()).map(|argument| &argument.ty)
}

/// The body of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
    /// A string: kept as it is.
    Text(Arc<str>),
    /// RETURN or BEGIN ATOMIC: the server keeps it parsed, and prints it in words of its own.
    Parsed(Arc<str>),
}

impl Body {
    /// Its text.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Parsed(text) => text,
        }
    }
}

/// A trigger, policy, rule, schema, extension, role, …
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Other {
    /// What it is made of.
    pub detail: Detail,
    /// Its comment and owner.
    pub notes: Notes,
    /// Where it was made.
    pub made: Option<Place>,
}

/// Every object at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Catalog {
    /// Whose rules hold.
    pub dialect: Dialect,
    /// What was never seen may be there all the same: the history is not known to begin at the beginning,
    /// or a statement that we could not read may have made or dropped anything.
    pub open: bool,
    /// A statement that we could not read may have made or dropped anything.
    pub unclear: bool,
    /// How many such statements there were.
    pub unread: u32,
    /// Whether a temporary object may be there.
    temporary: bool,
    /// Whether any table was a partition, or inherited from another one.
    inheritance: bool,
    /// Whether any table had another name before, which names that the server made up for it still have.
    pub renamed: bool,
    relations: Map<Name, Slot<Relation>>,
    mentions: Mentions,
    /// The names of the indexes of each table.
    indexes: Map<Name, Arc<Vec<Name>>>,
    types: Map<Name, Slot<TypeEntry>>,
    functions: Map<Name, Arc<Vec<Function>>>,
    others: Map<ObjectRef, Slot<Arc<Other>>>,
    privileges: VectorSync<Arc<str>>,
    revision: Revision,
}

/// How often something was put that was not there as it is. It says nothing of what two catalogs hold.
#[derive(Clone, Copy, Debug, Default)]
struct Revision(u64);

impl PartialEq for Revision {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Revision {}

impl Catalog {
    /// An empty catalog. `open`: what was never seen is Unknown, not Absent.
    pub fn new(dialect: Dialect, open: bool) -> Self {
        let mut others = Map::new_sync();
        if dialect == Dialect::Postgres {
            // Every database starts with it, and many a dump makes it all the same.
            let name = Name::bare(Ident::exact("public"));
            others.insert_mut(ObjectRef { kind: ObjectKind::Schema, name, on: None }, Slot::Unclear);
        }
        Self {
            dialect,
            open,
            unclear: false,
            unread: 0,
            temporary: false,
            inheritance: false,
            renamed: false,
            relations: Map::new_sync(),
            mentions: Mentions::new(),
            indexes: Map::new_sync(),
            types: Map::new_sync(),
            functions: Map::new_sync(),
            others,
            privileges: VectorSync::new_sync(),
            revision: Revision::default(),
        }
    }

    fn lookup<'a, T>(&self, slot: Option<&'a Slot<T>>) -> Lookup<'a, T> {
        match slot {
            Some(Slot::Present(object)) => Lookup::Found(object),
            Some(Slot::Gone) => Lookup::Absent,
            Some(Slot::Unclear) => Lookup::Unknown,
            None if self.open => Lookup::Unknown,
            None => Lookup::Absent,
        }
    }

    /// The relation of that (resolved) name.
    pub fn relation(&self, name: &Name) -> Lookup<'_, Relation> {
        self.lookup(self.relations.get(name))
    }

    /// Whether something that we could not follow was about the relation of that name.
    pub fn is_unclear(&self, name: &Name) -> bool {
        matches!(self.relations.get(name), Some(Slot::Unclear))
    }

    /// The same of the type of that name.
    pub fn is_unclear_type(&self, name: &Name) -> bool {
        matches!(self.types.get(name), Some(Slot::Unclear))
    }

    /// The table of that (resolved) name. Another kind of relation there means that the table is absent.
    pub fn table(&self, name: &Name) -> Lookup<'_, Table> {
        match self.relation(name) {
            Lookup::Found(Relation::Table(table)) => Lookup::Found(table),
            Lookup::Found(Relation::Index(_) | Relation::View(_) | Relation::Sequence(_))
            | Lookup::Absent => Lookup::Absent,
            Lookup::Unknown => Lookup::Unknown,
        }
    }

    /// The index of that (resolved) name.
    pub fn index(&self, name: &Name) -> Lookup<'_, Index> {
        match self.relation(name) {
            Lookup::Found(Relation::Index(index)) => Lookup::Found(index),
            Lookup::Found(Relation::Table(_) | Relation::View(_) | Relation::Sequence(_))
            | Lookup::Absent => Lookup::Absent,
            Lookup::Unknown => Lookup::Unknown,
        }
    }

    /// The view of that (resolved) name.
    pub fn view(&self, name: &Name) -> Lookup<'_, View> {
        match self.relation(name) {
            Lookup::Found(Relation::View(view)) => Lookup::Found(view),
            Lookup::Found(Relation::Table(_) | Relation::Index(_) | Relation::Sequence(_))
            | Lookup::Absent => Lookup::Absent,
            Lookup::Unknown => Lookup::Unknown,
        }
    }

    /// The type of that (resolved) name.
    pub fn type_entry(&self, name: &Name) -> Lookup<'_, TypeEntry> {
        self.lookup(self.types.get(name))
    }

    /// The functions of that (resolved) name; empty when none is known.
    pub fn functions(&self, name: &Name) -> &[Function] {
        self.functions.get(name).map_or(&[], |all| all.as_slice())
    }

    /// Any other object.
    pub fn other(&self, object: &ObjectRef) -> Lookup<'_, Arc<Other>> {
        self.lookup(self.others.get(object))
    }

    /// Whether an object was seen to go: dropped, or renamed away.
    pub fn was_dropped(&self, object: &ObjectRef) -> bool {
        matches!(self.others.get(object), Some(Slot::Gone))
    }

    /// The relations that may name a type, a function or a sequence, or are owned by a table, of that name, whatever its schema, by name.
    pub fn mentioning(&self, name: &str) -> impl Iterator<Item = (&Name, &Relation)> {
        let known = self.mentions.of(name);
        known.filter_map(|name| Some((name, self.relation(name).found()?)))
    }

    /// The sequences that a table owns, or one of its columns.
    pub fn sequences_of<'a>(
        &'a self,
        table: &'a Name,
        column: Option<&'a Ident>,
    ) -> impl Iterator<Item = &'a Sequence> {
        self.mentioning(table.text()).filter_map(move |(_, relation)| match relation {
            Relation::Sequence(sequence) => {
                let (owner, owning) = sequence.owned_by.as_ref()?;
                (owner == table && column.is_none_or(|column| owning == column)).then_some(&**sequence)
            }
            Relation::Table(_) | Relation::Index(_) | Relation::View(_) => None,
        })
    }

    /// Whether a relation or a type of that name was made, whatever became of it.
    pub fn was_there(&self, name: &Name) -> bool {
        self.relations.contains_key(name) || self.types.contains_key(name)
    }

    /// Every relation that is there, by name.
    pub fn relations(&self) -> impl Iterator<Item = (&Name, &Relation)> {
        self.relations.iter().filter_map(|(name, slot)| match slot {
            Slot::Present(relation) => Some((name, relation)),
            Slot::Gone | Slot::Unclear => None,
        })
    }

    /// The relations of a schema whose names begin with `stem`.
    pub fn relations_from<'a>(
        &'a self,
        schema: Option<&Ident>,
        stem: &'a str,
    ) -> impl Iterator<Item = (&'a Name, &'a Relation)> {
        let from = Name { schema: schema.cloned(), ident: Ident::exact(stem) };
        let schema = schema.cloned();
        self.relations
            .range(from..)
            .take_while(move |(name, _)| name.schema == schema && name.ident.key().starts_with(stem))
            .filter_map(|(name, slot)| match slot {
                Slot::Present(relation) => Some((name, relation)),
                Slot::Gone | Slot::Unclear => None,
            })
    }

    /// Every table that is there.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.relations().filter_map(|(_, relation)| match relation {
            Relation::Table(table) => Some(&**table),
            Relation::Index(_) | Relation::View(_) | Relation::Sequence(_) => None,
        })
    }

    /// The partitions of a table and the tables that inherit from it.
    pub fn children(&self, parent: &Name) -> Vec<Name> {
        if !self.inheritance {
            return Vec::new();
        }
        let children = self.tables().filter(|table| table.parents.contains(parent) && table.name != *parent);
        children.map(|table| table.name.clone()).collect()
    }

    /// SQLite: whether a table is one of those in which a virtual table keeps what it has, as a dump shows them too (sources:
    /// sqlite.org/fts5.html, fts3.html and rtree.html).
    pub fn is_shadow(&self, name: &Name) -> bool {
        let Some((owner, part)) = name.ident.key().rsplit_once('_') else { return false };
        let owner = Name { schema: name.schema.clone(), ident: Ident::caseless(owner) };
        let Some(module) = self.table(&owner).found().and_then(|table| table.module.as_deref()) else {
            return false;
        };
        let module = module.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        let parts: &[&str] = match module.to_ascii_lowercase().as_str() {
            "fts5" => &["data", "idx", "content", "docsize", "config"],
            "fts3" | "fts4" => &["content", "segments", "segdir", "docsize", "stat"],
            "rtree" | "rtree_i32" | "geopoly" => &["node", "parent", "rowid"],
            _ => &[],
        };
        parts.contains(&part)
    }

    /// Every index that is there.
    pub fn indexes(&self) -> impl Iterator<Item = &Index> {
        self.relations().filter_map(|(_, relation)| match relation {
            Relation::Index(index) => Some(&**index),
            Relation::Table(_) | Relation::View(_) | Relation::Sequence(_) => None,
        })
    }

    /// The indexes of a table.
    pub fn indexes_of<'a>(&'a self, table: &Name) -> impl Iterator<Item = &'a Index> {
        let names = self.indexes.get(table).map_or(&[][..], |names| names.as_slice());
        names.iter().filter_map(|name| self.index(name).found())
    }

    /// Every view that is there.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        self.relations().filter_map(|(_, relation)| match relation {
            Relation::View(view) => Some(&**view),
            Relation::Table(_) | Relation::Index(_) | Relation::Sequence(_) => None,
        })
    }

    /// Every type that is there.
    pub fn types(&self) -> impl Iterator<Item = &TypeEntry> {
        self.types.iter().filter_map(|(_, slot)| match slot {
            Slot::Present(entry) => Some(entry),
            Slot::Gone | Slot::Unclear => None,
        })
    }

    /// Every other object that is there.
    pub fn others(&self) -> impl Iterator<Item = (&ObjectRef, &Other)> {
        self.others.iter().filter_map(|(object, slot)| match slot {
            Slot::Present(other) => Some((object, &**other)),
            Slot::Gone | Slot::Unclear => None,
        })
    }

    /// What was granted and revoked, as written, in its order.
    pub fn privileges(&self) -> impl Iterator<Item = &str> {
        self.privileges.iter().map(|text| &**text)
    }

    /// Remembers a GRANT or REVOKE.
    pub fn put_privilege(&mut self, text: &str) {
        self.revise(true);
        self.privileges.push_back_mut(Arc::from(text));
    }

    /// Whether any table is a partition or has heirs.
    pub const fn has_inheritance(&self) -> bool {
        self.inheritance
    }

    /// Every function that is there, with its name.
    pub fn all_functions(&self) -> impl Iterator<Item = (&Name, &Function)> {
        self.functions.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one)))
    }

    /// Every name of a relation with what is kept under it.
    pub(super) fn relation_slots(&self) -> impl Iterator<Item = (&Name, &Slot<Relation>)> {
        self.relations.iter()
    }

    /// What is kept under the name of a relation.
    pub(super) fn relation_slot(&self, name: &Name) -> Option<&Slot<Relation>> {
        self.relations.get(name)
    }

    /// Every name of a type with what is kept under it.
    pub(super) fn type_slots(&self) -> impl Iterator<Item = (&Name, &Slot<TypeEntry>)> {
        self.types.iter()
    }

    /// What is kept under the name of a type.
    pub(super) fn type_slot(&self, name: &Name) -> Option<&Slot<TypeEntry>> {
        self.types.get(name)
    }

    /// Every other object with what is kept under it.
    pub(super) fn other_slots(&self) -> impl Iterator<Item = (&ObjectRef, &Slot<Arc<Other>>)> {
        self.others.iter()
    }

    /// What is kept under another object.
    pub(super) fn other_slot(&self, object: &ObjectRef) -> Option<&Slot<Arc<Other>>> {
        self.others.get(object)
    }

    /// Takes away what is gone when the session ends.
    pub fn end_session(&mut self) {
        if !std::mem::take(&mut self.temporary) {
            return;
        }
        self.revise(true);
        let gone: Vec<Name> =
            self.relations().map(|(name, _)| name).filter(|name| self.is_temporary(name)).cloned().collect();
        for name in gone {
            self.relations.insert_mut(name, Slot::Gone);
        }
        let gone: Vec<Name> = self.types.keys().filter(|name| self.is_temporary(name)).cloned().collect();
        for name in gone {
            self.types.insert_mut(name, Slot::Gone);
        }
        let gone: Vec<Name> = self.functions.keys().filter(|name| self.is_temporary(name)).cloned().collect();
        for name in gone {
            self.functions.remove_mut(&name);
        }
        let temporary = |object: &&ObjectRef| {
            self.is_temporary(&object.name) || object.on.as_ref().is_some_and(|on| self.is_temporary(on))
        };
        let gone: Vec<ObjectRef> = self.others.keys().filter(temporary).cloned().collect();
        for object in gone {
            self.others.insert_mut(object, Slot::Gone);
        }
    }

    /// Where temporary objects are made.
    pub fn temporary_schema(&self) -> Ident {
        match self.dialect {
            Dialect::Postgres => Ident::exact("pg_temp"),
            Dialect::Sqlite | Dialect::Mysql => Ident::exact("temp"),
        }
    }

    fn is_temporary(&self, name: &Name) -> bool {
        let schema = match self.dialect {
            Dialect::Postgres => "pg_temp",
            Dialect::Sqlite | Dialect::Mysql => "temp",
        };
        name.schema.as_ref().is_some_and(|written| *written == schema)
    }

    /// Puts a relation under its name, whatever was there.
    pub fn put_relation(&mut self, name: Name, slot: Slot<Relation>) {
        self.temporary |= self.is_temporary(&name);
        self.inheritance |=
            matches!(&slot, Slot::Present(Relation::Table(table)) if !table.parents.is_empty());
        let table_of = |slot: Option<&Slot<Relation>>| match slot {
            Some(Slot::Present(Relation::Index(index))) => index.table.clone(),
            Some(Slot::Present(_) | Slot::Gone | Slot::Unclear) | None => None,
        };
        let (old, new) = (table_of(self.relations.get(&name)), table_of(Some(&slot)));
        if old != new {
            if let Some(table) = old {
                self.change_indexes(table, |names| names.retain(|known| *known != name));
            }
            if let Some(table) = new {
                self.change_indexes(table, |names| names.push(name.clone()));
            }
        }
        let same = self.relations.get(&name) == Some(&slot);
        self.revise(!same);
        if let Slot::Present(relation) = &slot {
            self.mentions.add(&name, relation);
        }
        self.relations.insert_mut(name, slot);
    }

    fn revise(&mut self, changes: bool) {
        self.revision.0 += u64::from(changes);
    }

    /// Whether this catalog, which came of the other one by changes, holds what that one holds. Cheaper than comparing the two where
    /// nothing changed.
    pub fn is_still(&self, before: &Self) -> bool {
        let state = |catalog: &Self| (catalog.revision.0, catalog.open, catalog.unclear, catalog.unread);
        state(self) == state(before) || self == before
    }

    fn change_indexes(&mut self, table: Name, change: impl FnOnce(&mut Vec<Name>)) {
        let mut names = self.indexes.get(&table).map_or_else(Vec::new, |names| names.to_vec());
        change(&mut names);
        if names.is_empty() {
            self.indexes.remove_mut(&table);
        } else {
            names.sort();
            self.indexes.insert_mut(table, Arc::new(names));
        }
    }

    /// Puts a type under its name, whatever was there.
    pub fn put_type(&mut self, name: Name, slot: Slot<TypeEntry>) {
        self.temporary |= self.is_temporary(&name);
        let same = self.types.get(&name) == Some(&slot);
        self.revise(!same);
        self.types.insert_mut(name, slot);
    }

    /// Puts the functions of a name.
    pub fn put_functions(&mut self, name: Name, functions: Vec<Function>) {
        self.temporary |= self.is_temporary(&name);
        let same = self.functions(&name) == functions.as_slice();
        self.revise(!same);
        if functions.is_empty() {
            self.functions.remove_mut(&name);
        } else {
            self.functions.insert_mut(name, Arc::new(functions));
        }
    }

    /// Puts any other object under its name, whatever was there.
    pub fn put_other(&mut self, object: ObjectRef, slot: Slot<Other>) {
        self.temporary |= self.is_temporary(&object.name);
        let slot = match slot {
            Slot::Present(other) => Slot::Present(Arc::new(other)),
            Slot::Gone => Slot::Gone,
            Slot::Unclear => Slot::Unclear,
        };
        let same = self.others.get(&object) == Some(&slot);
        self.revise(!same);
        self.others.insert_mut(object, slot);
    }

    /// Changes a table that is there; one that may be there is put there, open. False when it is known to be absent.
    pub fn change_table(&mut self, name: &Name, change: impl FnOnce(&mut Table)) -> bool {
        let mut table = match self.table(name) {
            Lookup::Found(table) => table.clone(),
            Lookup::Unknown => Table::unknown(name.clone()),
            Lookup::Absent => return false,
        };
        change(&mut table);
        self.put_relation(name.clone(), Slot::Present(Relation::Table(Arc::new(table))));
        true
    }

    /// Forgets that anything is absent: from here on, what is not known to be there may be there.
    pub fn open_up(&mut self) {
        self.revise(true);
        self.open = true;
        self.unclear = true;
        self.unread += 1;
        let whole: Vec<Name> = self
            .tables()
            .filter(|table| !table.open || !table.gone.is_empty() || !table.gone_constraints.is_empty())
            .map(|table| table.name.clone())
            .collect();
        for name in whole {
            self.change_table(&name, |table| {
                table.open = true;
                table.gone.clear();
                table.gone_constraints.clear();
                // They may be gone by now, as what is older than the history may.
                for (_, constraint) in &mut table.constraints {
                    constraint.made = None;
                }
                for member in &mut table.columns {
                    Arc::make_mut(member).column.not_null = None;
                }
            });
        }
        let gone: Vec<Name> = self
            .relations
            .iter()
            .filter(|(_, slot)| **slot == Slot::Gone)
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            self.relations.remove_mut(&name);
        }
        let gone: Vec<Name> = self
            .types
            .iter()
            .filter(|(_, slot)| **slot == Slot::Gone)
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            self.types.remove_mut(&name);
        }
        let gone: Vec<ObjectRef> = self
            .others
            .iter()
            .filter(|(_, slot)| **slot == Slot::Gone)
            .map(|(object, _)| object.clone())
            .collect();
        for object in gone {
            self.others.remove_mut(&object);
        }
    }
}
