//! Two catalogs compared: what one lacks of the other, and what both have and not alike. By meaning, not by text.

pub mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use self::shape::Shape;
use super::{
    Catalog, Column, Constraint, ConstraintKind, Detail, Dialect, Expr, Function, GeneratedKind, Ident,
    Identity, Index, IndexKey, Lookup, Member, Name, ObjectKind, ObjectRef, Relation, Sequence, Table, Type,
    TypeKind, canonical,
};
use crate::text::Place;

/// A difference between two catalogs, left and right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// What differs.
    pub kind: DifferenceKind,
    /// The object, under the name that it has on the side that has it. A column names its table in `on`, an index too; the name of a
    /// function holds the types of its arguments.
    pub object: ObjectRef,
    /// What the left side has; None where it has nothing.
    pub left: Option<String>,
    /// What the right side has.
    pub right: Option<String>,
    /// Where the left side's object was made; None where it has none, or where that is not known.
    pub left_made: Option<Place>,
    /// Where the right side's was.
    pub right_made: Option<Place>,
}

/// What differs of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DifferenceKind {
    /// The left side lacks it.
    Missing,
    /// Only the left side has it.
    Extra,
    /// A column's type.
    Type,
    /// Whether a column refuses NULL.
    Nullability,
    /// A column's default, its identity, or how it is computed.
    Default,
    /// Its definition; of a column its collation and storage.
    Definition,
    /// Its comment.
    Comment,
}

impl DifferenceKind {
    /// Whether the left side lacks the object.
    pub const fn is_missing(self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Whether only the left side has the object.
    pub const fn is_extra(self) -> bool {
        matches!(self, Self::Extra)
    }
}

impl Difference {
    /// As in JSON: `missing-column`, `column-type`, `index-differs`.
    pub fn name(&self) -> String {
        let noun = self.object.kind.noun().replace(' ', "-");
        match self.kind {
            DifferenceKind::Missing => format!("missing-{noun}"),
            DifferenceKind::Extra => format!("extra-{noun}"),
            DifferenceKind::Type => format!("{noun}-type"),
            DifferenceKind::Nullability => format!("{noun}-nullability"),
            DifferenceKind::Default => format!("{noun}-default"),
            DifferenceKind::Definition => format!("{noun}-differs"),
            DifferenceKind::Comment => "comment-differs".to_owned(),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{} {}: {} / {}", self.name(), self.object, side(&self.left), side(&self.right))
    }
}

/// What a catalog says about that of an object which a kind of difference is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Facet {
    /// It may be there.
    Unknown,
    /// It is not there.
    Absent,
    /// It is there: its type, its default, its definition; empty where only its presence counts.
    Is(String),
}

/// An object that is no table, column, constraint or index.
struct Thing {
    shape: Shape,
    made: Option<Place>,
    comment: Option<Arc<str>>,
}

impl Catalog {
    /// What this catalog lacks, has too much and has otherwise, compared with `other`. What either side does not know for certain
    /// is no difference.
    pub fn diff(&self, other: &Self) -> Vec<Difference> {
        let diff = Diff { left: Side::new(self), right: Side::new(other), dialect: self.dialect };
        let mut found = Vec::new();
        let tables: BTreeSet<&Name> = self.tables().chain(other.tables()).map(|table| &table.name).collect();
        for name in tables {
            diff.table(name, &mut found);
        }
        diff.indexes(&mut found);
        diff.things(&mut found);
        found
    }

    /// What this catalog says about that of an object which differences of a kind are about.
    pub fn facet(&self, kind: DifferenceKind, object: &ObjectRef) -> Facet {
        let dialect = self.dialect;
        match (object.kind, kind) {
            (ObjectKind::Column, _) => of(self.column_of(object), |member| match kind {
                DifferenceKind::Missing | DifferenceKind::Extra => String::new(),
                DifferenceKind::Type => shown_type(&member.column, dialect),
                DifferenceKind::Nullability => shown_nullability(&member.column),
                DifferenceKind::Default => Given::of(&member.column, dialect).text().unwrap_or_default(),
                DifferenceKind::Definition => details(&member.column),
                DifferenceKind::Comment => comment_text(member.comment.as_ref()).unwrap_or_default(),
            }),
            (_, DifferenceKind::Missing | DifferenceKind::Extra) => match self.presence(object) {
                Lookup::Found(()) => Facet::Is(String::new()),
                Lookup::Absent => Facet::Absent,
                Lookup::Unknown => Facet::Unknown,
            },
            (_, DifferenceKind::Comment) => match self.thing_of(object) {
                Some(thing) => Facet::Is(comment_text(thing.comment.as_ref()).unwrap_or_default()),
                None => Facet::Unknown,
            },
            (
                _,
                DifferenceKind::Type
                | DifferenceKind::Nullability
                | DifferenceKind::Default
                | DifferenceKind::Definition,
            ) => match self.thing_of(object) {
                Some(thing) => Facet::Is(thing.shape.shown()),
                None if matches!(self.presence(object), Lookup::Absent) => Facet::Absent,
                None => Facet::Unknown,
            },
        }
    }

    fn column_of(&self, object: &ObjectRef) -> Lookup<'_, Member> {
        match &object.on {
            Some(table) => self.table(table).and_then(|table| table.column(object.name.ident.key())),
            None => Lookup::Unknown,
        }
    }

    /// Whether an object is there.
    fn presence(&self, object: &ObjectRef) -> Lookup<'static, ()> {
        fn seen<T>(found: Lookup<'_, T>) -> Lookup<'static, ()> {
            match found {
                Lookup::Found(_) => Lookup::Found(&()),
                Lookup::Absent => Lookup::Absent,
                Lookup::Unknown => Lookup::Unknown,
            }
        }
        match object.kind {
            ObjectKind::Table | ObjectKind::ForeignTable => seen(self.table(&object.name)),
            ObjectKind::Column => seen(self.column_of(object)),
            ObjectKind::Constraint => match &object.on {
                Some(table) => {
                    seen(self.table(table).and_then(|table| table.constraint(object.name.ident.key())))
                }
                None => Lookup::Unknown,
            },
            ObjectKind::Index => seen(self.index(&object.name)),
            ObjectKind::View | ObjectKind::MaterializedView => seen(self.view(&object.name)),
            ObjectKind::Sequence => match self.relation(&object.name) {
                Lookup::Found(Relation::Sequence(_)) => Lookup::Found(&()),
                Lookup::Found(_) | Lookup::Absent => Lookup::Absent,
                Lookup::Unknown => Lookup::Unknown,
            },
            ObjectKind::Type | ObjectKind::Domain => seen(self.type_entry(&object.name)),
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate | ObjectKind::Routine => {
                let there =
                    self.all_functions().any(|(name, function)| function_ref(name, function) == *object);
                match there {
                    true => Lookup::Found(&()),
                    false if self.open => Lookup::Unknown,
                    false => Lookup::Absent,
                }
            }
            _ => seen(self.other(object)),
        }
    }

    /// What an object is made of, where it is there.
    fn thing_of(&self, object: &ObjectRef) -> Option<Thing> {
        let dialect = self.dialect;
        match object.kind {
            ObjectKind::Table | ObjectKind::ForeignTable => {
                let table = self.table(&object.name).found()?;
                Some(Thing {
                    shape: shape::table(table, dialect),
                    made: table.made,
                    comment: table.notes.comment.clone(),
                })
            }
            ObjectKind::Constraint => {
                let table = self.table(object.on.as_ref()?).found()?;
                let constraint = table.constraint(object.name.ident.key()).found()?;
                Some(Thing {
                    shape: shape::constraint(constraint, self),
                    made: constraint.made,
                    comment: constraint.comment.clone(),
                })
            }
            ObjectKind::Index => {
                let index = self.index(&object.name).found()?;
                Some(Thing {
                    shape: shape::index(index, dialect),
                    made: index.made,
                    comment: index.notes.comment.clone(),
                })
            }
            _ => self.things().remove(object),
        }
    }

    /// Everything that is no table, column, constraint or index, and that belongs to the schema.
    fn things(&self) -> BTreeMap<ObjectRef, Thing> {
        let dialect = self.dialect;
        let mut all = BTreeMap::new();
        for (name, relation) in self.relations() {
            let (kind, shape, made, notes) = match relation {
                Relation::View(view) if !is_temporary(name) => {
                    (relation.kind(), shape::view(view, dialect), view.made, &view.notes)
                }
                Relation::Sequence(sequence) if !is_temporary(name) && !is_owned(sequence) => {
                    (ObjectKind::Sequence, shape::sequence(sequence), sequence.made, &sequence.notes)
                }
                Relation::View(_) | Relation::Sequence(_) | Relation::Table(_) | Relation::Index(_) => {
                    continue;
                }
            };
            let object = ObjectRef { kind, name: name.clone(), on: None };
            all.insert(object, Thing { shape, made, comment: notes.comment.clone() });
        }
        for entry in self.types() {
            let kind = match entry.kind {
                TypeKind::Domain { .. } => ObjectKind::Domain,
                TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Other(_) => ObjectKind::Type,
            };
            let object = ObjectRef { kind, name: entry.name.clone(), on: None };
            let shape = shape::type_entry(entry, dialect);
            all.insert(object, Thing { shape, made: entry.made, comment: entry.notes.comment.clone() });
        }
        for (name, function) in self.all_functions() {
            let thing = Thing {
                shape: shape::function(function, dialect),
                made: function.made,
                comment: function.notes.comment.clone(),
            };
            all.insert(function_ref(name, function), thing);
        }
        for (object, other) in self.others() {
            if !belongs(object) || matches!(&other.detail, Detail::Trigger(trigger) if trigger.inherited) {
                continue;
            }
            let comment = other.notes.comment.clone().filter(|_| {
                // Every extension comes with a comment of its own.
                object.kind != ObjectKind::Extension
            });
            let shape = shape::other(object, other, dialect);
            all.insert(object.clone(), Thing { shape, made: other.made, comment });
        }
        all
    }
}

/// Whether an object of the rarer kinds is part of a schema: roles and databases are not, nor what every database has.
fn belongs(object: &ObjectRef) -> bool {
    match object.kind {
        ObjectKind::Role
        | ObjectKind::User
        | ObjectKind::UserMapping
        | ObjectKind::Database
        | ObjectKind::Tablespace
        | ObjectKind::LargeObject
        | ObjectKind::Subscription => false,
        ObjectKind::Schema => object.name.ident != "public",
        ObjectKind::Extension | ObjectKind::Language => object.name.ident != "plpgsql",
        _ => true,
    }
}

fn is_temporary(name: &Name) -> bool {
    name.schema.as_ref().is_some_and(|schema| *schema == "pg_temp" || *schema == "temp")
}

/// Whether a sequence comes and goes with a column: it is told with the column's default.
const fn is_owned(sequence: &Sequence) -> bool {
    sequence.owned_by.is_some()
}

/// How a function is told from others: `f(integer, text)`.
pub fn function_ref(name: &Name, function: &Function) -> ObjectRef {
    let base = |ty: &Type| {
        let text = canonical::type_text(&Type { arguments: Vec::new(), ..ty.clone() }, Dialect::Postgres);
        text.strip_prefix("public.").map_or(text.clone(), str::to_owned)
    };
    let types: Vec<String> = function.input_types().map(base).collect();
    let ident = Ident::exact(format!("{}({})", name.ident.key(), types.join(", ")));
    ObjectRef { kind: function.kind, name: Name { schema: name.schema.clone(), ident }, on: None }
}

fn comment_text(comment: Option<&Arc<str>>) -> Option<String> {
    comment.map(|text| format!("'{}'", text.replace('\'', "''")))
}

/// The collation and the storage of a column.
fn details(column: &Column) -> String {
    let mut out = Vec::new();
    if let Some(collation) = &column.collation {
        let name = collation.strip_prefix("pg_catalog.").unwrap_or(collation);
        if name != "\"default\"" && name != "default" {
            out.push(format!("COLLATE {name}"));
        }
    }
    for (setting, value) in &column.settings {
        let usual =
            *setting == "storage" && usual_storage(column.ty.as_ref()).is_none_or(|usual| usual == value);
        if !usual && value != "default" {
            out.push(format!("{} {}", setting.to_ascii_uppercase(), value.to_ascii_uppercase()));
        }
    }
    out.join(" ")
}

/// How values of PostgreSQL's own types are stored unless somebody says otherwise (source: `typstorage` in its pg_type).
pub fn usual_storage(ty: Option<&Type>) -> Option<&'static str> {
    let ty = ty.filter(|ty| ty.schema.is_none())?;
    if ty.dimensions > 0 {
        return Some("extended");
    }
    Some(match ty.name.as_str() {
        "text" | "character varying" | "character" | "bytea" | "json" | "jsonb" | "xml" | "bit"
        | "bit varying" | "path" | "polygon" | "tsvector" | "jsonpath" => "extended",
        "numeric" | "inet" | "cidr" => "main",
        "smallint"
        | "integer"
        | "bigint"
        | "boolean"
        | "real"
        | "double precision"
        | "date"
        | "uuid"
        | "oid"
        | "timestamp without time zone"
        | "timestamp with time zone"
        | "time without time zone"
        | "time with time zone"
        | "interval"
        | "money"
        | "name"
        | "macaddr"
        | "macaddr8"
        | "point"
        | "box"
        | "circle"
        | "line"
        | "lseg"
        | "tsquery" => "plain",
        _ => return None,
    })
}

fn of<T>(found: Lookup<'_, T>, text: impl FnOnce(&T) -> String) -> Facet {
    match found {
        Lookup::Found(object) => Facet::Is(text(object)),
        Lookup::Absent => Facet::Absent,
        Lookup::Unknown => Facet::Unknown,
    }
}

/// A column as people write it, without its name: `boolean NOT NULL DEFAULT false`.
pub fn column_text(column: &Column, dialect: Dialect) -> String {
    let mut out = shown_type(column, dialect);
    if column.not_null == Some(true) {
        out.push_str(" NOT NULL");
    }
    if let Some(text) = Given::of(column, dialect).text() {
        out.push(' ');
        out.push_str(&text);
    }
    out.trim_start().to_owned()
}

/// The type of a column as the server names it; empty where it has none, or where it is not known.
pub fn shown_type(column: &Column, dialect: Dialect) -> String {
    column
        .ty
        .as_ref()
        .map_or_else(String::new, |ty| canonical::type_text(&canonical::without_serial(ty), dialect))
}

fn shown_nullability(column: &Column) -> String {
    match column.not_null {
        Some(true) => "NOT NULL",
        Some(false) => "NULL",
        None => "",
    }
    .to_owned()
}

/// Where the value of a column comes from when nobody gives one.
#[derive(PartialEq)]
enum Given {
    Nowhere,
    Default(Expr),
    Identity(Identity),
    Computed(Expr, bool),
}

impl Given {
    fn of(column: &Column, dialect: Dialect) -> Self {
        if let Some(generated) = &column.generated {
            // Not said: stored in PostgreSQL before 18, which has nothing else, and virtual everywhere else.
            let stored = match generated.kind {
                GeneratedKind::Stored => true,
                GeneratedKind::Virtual => false,
                GeneratedKind::Unsaid => dialect == Dialect::Postgres,
            };
            return Self::Computed(canonical::simple(&generated.expr, dialect), stored);
        }
        match (&column.identity, &column.default) {
            // That SQLite numbers rows without ever using a number twice is said of the table, not of a default.
            (Some(identity @ (Identity::Always | Identity::ByDefault)), _) => Self::Identity(*identity),
            (Some(Identity::AutoIncrement) | None, Some(default)) => {
                canonical::default(default, column.ty.as_ref(), dialect).map_or(Self::Nowhere, Self::Default)
            }
            (Some(Identity::AutoIncrement) | None, None) => Self::Nowhere,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Nowhere => None,
            Self::Default(expr) => Some(format!("DEFAULT {}", canonical::text(expr))),
            Self::Identity(Identity::Always) => Some("GENERATED ALWAYS AS IDENTITY".to_owned()),
            Self::Identity(_) => Some("GENERATED BY DEFAULT AS IDENTITY".to_owned()),
            Self::Computed(expr, stored) => {
                let kind = if *stored { "STORED" } else { "VIRTUAL" };
                Some(format!("GENERATED ALWAYS AS ({}) {kind}", canonical::text(expr)))
            }
        }
    }

    fn is_nextval(&self) -> bool {
        matches!(self, Self::Default(Expr::Call { name, .. }) if name == "nextval")
    }
}

/// One of the two catalogs.
struct Side<'a> {
    catalog: &'a Catalog,
    /// The columns that own a sequence, with it.
    owners: BTreeMap<(&'a Name, &'a Ident), &'a Sequence>,
}

impl<'a> Side<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        let owner = |relation: &'a Relation| match relation {
            Relation::Sequence(sequence) => {
                sequence.owned_by.as_ref().map(|(table, column)| ((table, column), &**sequence))
            }
            Relation::Table(_) | Relation::Index(_) | Relation::View(_) => None,
        };
        Self { catalog, owners: catalog.relations().filter_map(|(_, relation)| owner(relation)).collect() }
    }

    /// Whether it is certain that a table has no such column: nothing unread happened, or it was seen to go.
    fn lacks_column(&self, table: &Table, column: &Ident) -> bool {
        !self.catalog.unclear || table.gone.contains(column)
    }

    /// An index without the collations that its columns have anyway: the server does not print them.
    fn plain(&self, index: &Index) -> Index {
        let table = index.table.as_ref().and_then(|name| self.catalog.table(name).found());
        let own = |key: &IndexKey| -> Option<String> {
            let collation = table?.column(key.column()?).found()?.column.collation.as_ref()?;
            let name = collation.strip_prefix("pg_catalog.").unwrap_or(collation);
            key.options.strip_prefix("collate ")?.strip_prefix(name).map(|rest| rest.trim().to_owned())
        };
        let plain = |key: &IndexKey| {
            let key = canonical::key(key, self.catalog.dialect);
            let options = own(&key).unwrap_or_else(|| key.options.clone());
            IndexKey { options, ..key }
        };
        Index { keys: index.keys.iter().map(plain).collect(), ..index.clone() }
    }

    /// Whether it is certain that there is no such index: its table is known to its last column, and nothing unread happened.
    fn lacks_index(&self, index: &Name, table: &Name) -> bool {
        match self.catalog.relation(index) {
            Lookup::Found(_) => false,
            Lookup::Absent => true,
            Lookup::Unknown => {
                let whole = self.catalog.table(table).found().is_some_and(|table| !table.open);
                whole && !self.catalog.unclear && !self.catalog.is_unclear(index)
            }
        }
    }
}

struct Diff<'a> {
    left: Side<'a>,
    right: Side<'a>,
    dialect: Dialect,
}

impl Diff<'_> {
    fn table(&self, name: &Name, found: &mut Vec<Difference>) {
        if self.left.catalog.is_shadow(name) || self.right.catalog.is_shadow(name) {
            return;
        }
        let object = ObjectRef { kind: ObjectKind::Table, name: name.clone(), on: None };
        match (self.left.catalog.table(name), self.right.catalog.table(name)) {
            (Lookup::Found(left), Lookup::Found(right)) => {
                if counts(left) && counts(right) {
                    self.table_itself(&object, left, right, found);
                    self.columns(left, right, found);
                    self.constraints(left, right, found);
                }
            }
            (Lookup::Found(left), Lookup::Absent) if counts(left) && left.made.is_some() => {
                found.push(Difference {
                    kind: DifferenceKind::Extra,
                    object,
                    left: Some(table_text(left, self.dialect)),
                    right: None,
                    left_made: left.made,
                    right_made: None,
                })
            }
            (Lookup::Absent, Lookup::Found(right)) if counts(right) && right.made.is_some() => {
                found.push(Difference {
                    kind: DifferenceKind::Missing,
                    object,
                    left: None,
                    right: Some(table_text(right, self.dialect)),
                    left_made: None,
                    right_made: right.made,
                })
            }
            (Lookup::Found(_) | Lookup::Absent | Lookup::Unknown, _) => {}
        }
    }

    fn table_itself(&self, object: &ObjectRef, left: &Table, right: &Table, found: &mut Vec<Difference>) {
        // Of what is older than the history only its columns are known.
        if left.made.is_none() || right.made.is_none() || left.open || right.open {
            return;
        }
        let (one, other) = (shape::table(left, self.dialect), shape::table(right, self.dialect));
        let made = (left.made, right.made);
        if !one.same(&other) {
            found.push(differing(DifferenceKind::Definition, object, one.shown(), other.shown(), made));
        }
        comments(object, (left.notes.comment.as_ref(), right.notes.comment.as_ref()), made, found);
    }

    fn constraints(&self, left: &Table, right: &Table, found: &mut Vec<Difference>) {
        if left.made.is_none() || right.made.is_none() || self.dialect == Dialect::Mysql {
            return;
        }
        let all = |table: &Table, side: &Side<'_>| -> Vec<Named> {
            let counted = table.constraints.iter().filter(|(_, constraint)| {
                // Before PostgreSQL 18 a NOT NULL has no name; it is told with its column.
                !matches!(constraint.kind, ConstraintKind::NotNull(_))
            });
            counted
                .map(|(ident, constraint)| Named {
                    ident: ident.clone(),
                    generated: self.is_generated(ident, constraint),
                    shape: shape::constraint(constraint, side.catalog),
                    constraint: constraint.clone(),
                })
                .collect()
        };
        let (mut ours, mut theirs) = (all(left, &self.left), all(right, &self.right));
        let mut pairs = Vec::new();
        let same_name = |one: &Named, other: &Named| one.ident == other.ident;
        let alike = |one: &Named, other: &Named| one.shape.same(&other.shape);
        let either = |one: &Named, other: &Named| {
            alike(one, other) && ((one.generated && other.generated) || self.dialect == Dialect::Sqlite)
        };
        take_pairs(&mut ours, &mut theirs, &mut pairs, |one, other| {
            same_name(one, other) && alike(one, other)
        });
        take_pairs(&mut ours, &mut theirs, &mut pairs, either);
        take_pairs(&mut ours, &mut theirs, &mut pairs, same_name);
        for (one, other) in &pairs {
            let object = constraint_ref(&right.name, &other.ident);
            let made = (one.constraint.made, other.constraint.made);
            if !alike(one, other) {
                let (left_text, right_text) = (one.shape.shown(), other.shape.shown());
                found.push(differing(DifferenceKind::Definition, &object, left_text, right_text, made));
            }
            let said = (one.constraint.comment.as_ref(), other.constraint.comment.as_ref());
            comments(&object, said, made, found);
        }
        let whole = |table: &Table, side: &Side<'_>| !table.open && !side.catalog.unclear;
        for one in ours.iter().filter(|one| one.constraint.made.is_some()) {
            if whole(right, &self.right) || right.gone_constraints.contains(&one.ident) {
                let object = constraint_ref(&left.name, &one.ident);
                found.push(Difference {
                    kind: DifferenceKind::Extra,
                    object,
                    left: Some(one.shape.shown()),
                    right: None,
                    left_made: one.constraint.made,
                    right_made: right.made,
                });
            }
        }
        for other in theirs.iter().filter(|other| other.constraint.made.is_some()) {
            if whole(left, &self.left) || left.gone_constraints.contains(&other.ident) {
                let object = constraint_ref(&right.name, &other.ident);
                found.push(Difference {
                    kind: DifferenceKind::Missing,
                    object,
                    left: None,
                    right: Some(other.shape.shown()),
                    left_made: left.made,
                    right_made: other.constraint.made,
                });
            }
        }
    }

    /// Whether the server made a constraint's name up, or could have.
    fn is_generated(&self, ident: &Ident, constraint: &Constraint) -> bool {
        constraint.name.is_none() || ends_with_label(ident.key(), constraint.kind.label())
    }

    /// Views, sequences, types, functions, triggers, policies and the rest.
    fn things(&self, found: &mut Vec<Difference>) {
        if self.dialect == Dialect::Mysql {
            return;
        }
        let (ours, theirs) = (self.left.catalog.things(), self.right.catalog.things());
        let objects: BTreeSet<&ObjectRef> = ours.keys().chain(theirs.keys()).collect();
        for object in objects {
            match (ours.get(object), theirs.get(object)) {
                (Some(one), Some(other)) => {
                    if one.made.is_none() || other.made.is_none() {
                        continue;
                    }
                    let made = (one.made, other.made);
                    if !one.shape.same(&other.shape) {
                        let (left, right) = (one.shape.shown(), other.shape.shown());
                        found.push(differing(DifferenceKind::Definition, object, left, right, made));
                    }
                    comments(object, (one.comment.as_ref(), other.comment.as_ref()), made, found);
                }
                (Some(one), None) if one.made.is_some() && self.lacks_thing(object, &self.right) => {
                    found.push(Difference {
                        kind: DifferenceKind::Extra,
                        object: object.clone(),
                        left: Some(one.shape.shown()),
                        right: None,
                        left_made: one.made,
                        right_made: None,
                    });
                }
                (None, Some(other)) if other.made.is_some() && self.lacks_thing(object, &self.left) => {
                    found.push(Difference {
                        kind: DifferenceKind::Missing,
                        object: object.clone(),
                        left: None,
                        right: Some(other.shape.shown()),
                        left_made: None,
                        right_made: other.made,
                    });
                }
                (Some(_) | None, _) => {}
            }
        }
    }

    /// Whether it is certain that a side has no such object; where it lacks the table that the object is on, that says everything.
    fn lacks_thing(&self, object: &ObjectRef, side: &Side<'_>) -> bool {
        let on = object.on.as_ref().is_none_or(|table| side.catalog.relation(table).found().is_some());
        on && side.catalog.presence(object).is_absent()
    }

    fn columns(&self, left: &Table, right: &Table, found: &mut Vec<Difference>) {
        let mut seen = BTreeSet::new();
        for name in left.columns.iter().chain(&right.columns).map(|member| &member.column.name) {
            if !seen.insert(name) {
                continue;
            }
            let object = ObjectRef {
                kind: ObjectKind::Column,
                name: Name::bare(name.clone()),
                on: Some(left.name.clone()),
            };
            match (left.column(name.key()), right.column(name.key())) {
                (Lookup::Found(one), Lookup::Found(other)) => {
                    self.column(&object, (left, one), (right, other), found)
                }
                (Lookup::Found(one), Lookup::Absent)
                    if one.made.is_some() && self.right.lacks_column(right, name) =>
                {
                    found.push(Difference {
                        kind: DifferenceKind::Extra,
                        object,
                        left: Some(column_text(&one.column, self.dialect)),
                        right: None,
                        left_made: one.made,
                        right_made: right.made,
                    })
                }
                (Lookup::Absent, Lookup::Found(other))
                    if other.made.is_some() && self.left.lacks_column(left, name) =>
                {
                    found.push(Difference {
                        kind: DifferenceKind::Missing,
                        object,
                        left: None,
                        right: Some(column_text(&other.column, self.dialect)),
                        left_made: left.made,
                        right_made: other.made,
                    })
                }
                (Lookup::Found(_) | Lookup::Absent | Lookup::Unknown, _) => {}
            }
        }
    }

    fn column(
        &self,
        object: &ObjectRef,
        left: (&Table, &Member),
        right: (&Table, &Member),
        found: &mut Vec<Difference>,
    ) {
        let (one, other) = (&left.1.column, &right.1.column);
        let mut push = |kind, left_text: String, right_text: String| {
            let some = |text: String| (!text.is_empty()).then_some(text);
            found.push(Difference {
                kind,
                object: object.clone(),
                left: some(left_text),
                right: some(right_text),
                left_made: left.1.made,
                right_made: right.1.made,
            });
        };
        if !self.same_type(one, other) {
            push(DifferenceKind::Type, shown_type(one, self.dialect), shown_type(other, self.dialect));
        }
        let nullable = |known: Option<bool>, table: &Table| match known {
            Some(false) if self.dialect == Dialect::Sqlite && is_rowid(table, object.name.ident.key()) => {
                Some(true)
            }
            known => known,
        };
        if let (Some(refuses), Some(other_refuses)) =
            (nullable(one.not_null, left.0), nullable(other.not_null, right.0))
            && refuses != other_refuses
        {
            push(DifferenceKind::Nullability, shown_nullability(one), shown_nullability(other));
        }
        let known = |column: &Column| column.not_null.is_some();
        let (from, other_from) = (Given::of(one, self.dialect), Given::of(other, self.dialect));
        if known(one) && known(other) && !self.same_given(object, &from, &other_from) {
            push(
                DifferenceKind::Default,
                from.text().unwrap_or_default(),
                other_from.text().unwrap_or_default(),
            );
        } else if known(one)
            && known(other)
            && let Some((ours, theirs)) = self.sequences(object)
        {
            push(DifferenceKind::Default, ours, theirs);
        }
        let (ours, theirs) = (details(one), details(other));
        if known(one) && known(other) && ours != theirs {
            push(DifferenceKind::Definition, ours, theirs);
        }
        let made = (left.1.made, right.1.made);
        if left.1.made.is_some() && right.1.made.is_some() {
            comments(object, (left.1.comment.as_ref(), right.1.comment.as_ref()), made, found);
        }
    }

    /// The options of the sequence that a column owns.
    fn sequences(&self, object: &ObjectRef) -> Option<(String, String)> {
        let table = object.on.as_ref()?;
        let of = |side: &Side<'_>| {
            side.owners.get(&(table, &object.name.ident)).map(|sequence| shape::sequence(sequence))
        };
        let (one, other) = (of(&self.left)?, of(&self.right)?);
        (!one.same(&other)).then(|| (one.shown(), other.shown()))
    }

    fn same_type(&self, left: &Column, right: &Column) -> bool {
        let same = |one: &Type, other: &Type| {
            canonical::same_type(
                &canonical::without_serial(one),
                &canonical::without_serial(other),
                self.dialect,
            )
        };
        match (&left.ty, &right.ty) {
            (Some(one), Some(other)) => same(one, other),
            (None, None) => true,
            // SQLite takes columns without a type; elsewhere it is not known.
            (Some(_), None) | (None, Some(_)) => {
                self.dialect != Dialect::Sqlite || left.not_null.is_none() || right.not_null.is_none()
            }
        }
    }

    fn same_given(&self, object: &ObjectRef, left: &Given, right: &Given) -> bool {
        // What a sequence is called that belongs to the column makes no difference.
        let owns = |side: &Side<'_>| {
            object.on.as_ref().is_some_and(|table| side.owners.contains_key(&(table, &object.name.ident)))
        };
        if left.is_nextval() && right.is_nextval() && owns(&self.left) && owns(&self.right) {
            return true;
        }
        match (left, right) {
            (Given::Default(one), Given::Default(other)) => canonical::same(one, other),
            (Given::Computed(one, stored), Given::Computed(other, other_stored)) => {
                stored == other_stored && canonical::same(one, other)
            }
            (Given::Nowhere | Given::Default(_) | Given::Identity(_) | Given::Computed(..), _) => {
                left == right
            }
        }
    }

    fn indexes(&self, found: &mut Vec<Difference>) {
        // In MySQL they are not followed.
        if self.dialect == Dialect::Mysql {
            return;
        }
        let own = |side: &Side<'_>| -> BTreeMap<Name, Index> {
            let indexes =
                side.catalog.indexes().filter(|index| index.constraint.is_none() && index.made.is_some());
            indexes
                .filter(|index| self.is_compared(index))
                .map(|index| (index.name.clone(), index.clone()))
                .collect()
        };
        let (mut left, mut right) = (own(&self.left), own(&self.right));
        self.pair_generated(&mut left, &mut right);
        let names: BTreeSet<Name> = left.keys().chain(right.keys()).cloned().collect();
        for name in names {
            let difference = match (left.get(&name), right.get(&name)) {
                (Some(one), Some(other)) => {
                    let said = (one.notes.comment.as_ref(), other.notes.comment.as_ref());
                    comments(&index_ref(other), said, (one.made, other.made), found);
                    self.index(one, other)
                }
                (Some(one), None) => self.only(one, &self.right).then(|| only_left(one, self.dialect)),
                (None, Some(other)) => self.only(other, &self.left).then(|| only_right(other, self.dialect)),
                (None, None) => None,
            };
            found.extend(difference);
        }
    }

    /// Whether the table of an index is known to both sides: where one lacks it, that says everything.
    fn is_compared(&self, index: &Index) -> bool {
        let both = [&self.left, &self.right];
        index.table.as_ref().is_some_and(|name| {
            both.iter().all(|side| match side.catalog.relation(name) {
                Lookup::Found(Relation::Table(table)) => counts(table),
                Lookup::Found(Relation::View(_)) => true,
                Lookup::Found(Relation::Index(_) | Relation::Sequence(_))
                | Lookup::Absent
                | Lookup::Unknown => false,
            })
        })
    }

    fn only(&self, index: &Index, lacking: &Side<'_>) -> bool {
        index.table.as_ref().is_some_and(|table| lacking.lacks_index(&index.name, table))
    }

    /// Takes away, pair by pair, indexes that are the same but for names that the server made up on both sides.
    fn pair_generated(&self, left: &mut BTreeMap<Name, Index>, right: &mut BTreeMap<Name, Index>) {
        let unmatched: Vec<Name> = left
            .iter()
            .filter(|(name, index)| is_generated_index(index) && !right.contains_key(name))
            .map(|(name, _)| name.clone())
            .collect();
        for name in unmatched {
            let Some(one) = left.get(&name) else { continue };
            let twin = right.iter().find(|(other_name, other)| {
                is_generated_index(other)
                    && !left.contains_key(*other_name)
                    && other.table == one.table
                    && canonical::same_index(one, other, self.dialect)
            });
            if let Some(twin) = twin.map(|(name, _)| name.clone()) {
                left.remove(&name);
                right.remove(&twin);
            }
        }
    }

    fn index(&self, left: &Index, right: &Index) -> Option<Difference> {
        let shape = |side: &Side<'_>, index: &Index| shape::index(&side.plain(index), self.dialect);
        let same = || shape(&self.left, left).same(&shape(&self.right, right));
        if left.table == right.table && same() {
            return None;
        }
        Some(Difference {
            kind: DifferenceKind::Definition,
            object: index_ref(right),
            left: Some(on_table(left, right, self.dialect)),
            right: Some(on_table(right, left, self.dialect)),
            left_made: left.made,
            right_made: right.made,
        })
    }
}

/// A constraint with its name.
struct Named {
    ident: Ident,
    generated: bool,
    shape: Shape,
    constraint: Constraint,
}

/// Takes from both lists those that belong together.
fn take_pairs(
    left: &mut Vec<Named>,
    right: &mut Vec<Named>,
    pairs: &mut Vec<(Named, Named)>,
    together: impl Fn(&Named, &Named) -> bool,
) {
    let mut at = 0;
    while at < left.len() {
        match right.iter().position(|other| together(&left[at], other)) {
            Some(twin) => pairs.push((left.remove(at), right.remove(twin))),
            None => at += 1,
        }
    }
}

fn constraint_ref(table: &Name, ident: &Ident) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Constraint, name: Name::bare(ident.clone()), on: Some(table.clone()) }
}

fn differing(
    kind: DifferenceKind,
    object: &ObjectRef,
    left: String,
    right: String,
    (left_made, right_made): (Option<Place>, Option<Place>),
) -> Difference {
    let some = |text: String| (!text.is_empty()).then_some(text);
    Difference { kind, object: object.clone(), left: some(left), right: some(right), left_made, right_made }
}

/// The two comments on an object, where they differ.
fn comments(
    object: &ObjectRef,
    (left, right): (Option<&Arc<str>>, Option<&Arc<str>>),
    made: (Option<Place>, Option<Place>),
    found: &mut Vec<Difference>,
) {
    if left != right {
        let text = |comment| comment_text(comment).unwrap_or_default();
        found.push(differing(DifferenceKind::Comment, object, text(left), text(right), made));
    }
}

/// `t_a_key`, `t_a_key1`: what the server makes up ends so.
fn ends_with_label(name: &str, label: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.strip_suffix(label).is_some_and(|rest| rest.ends_with('_'))
}

fn is_generated_index(index: &Index) -> bool {
    index.generated_name || ends_with_label(index.name.ident.key(), "idx")
}

/// Temporary tables are nobody's schema.
fn counts(table: &Table) -> bool {
    !table.temporary
}

/// SQLite: whether a column is the table's rowid, which is never NULL whatever is written.
fn is_rowid(table: &Table, column: &str) -> bool {
    let integer = table
        .column(column)
        .found()
        .and_then(|member| member.column.ty.as_ref())
        .is_some_and(|ty| ty.name == "integer");
    integer && table.primary_key().is_some_and(|key| matches!(key, [only] if *only == *column))
}

fn table_text(table: &Table, dialect: Dialect) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|member| {
            format!("{} {}", member.column.name, column_text(&member.column, dialect)).trim_end().to_owned()
        })
        .collect();
    format!("({})", columns.join(", "))
}

fn index_ref(index: &Index) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Index, name: index.name.clone(), on: index.table.clone() }
}

/// What an index is, with its table where that is another one than on the other side.
fn on_table(index: &Index, other: &Index, dialect: Dialect) -> String {
    let text = shape::index(index, dialect).shown();
    match &index.table {
        Some(table) if index.table != other.table => format!("ON {table} {text}"),
        Some(_) | None => text,
    }
}

fn only_left(index: &Index, dialect: Dialect) -> Difference {
    Difference {
        kind: DifferenceKind::Extra,
        object: index_ref(index),
        left: Some(shape::index(index, dialect).shown()),
        right: None,
        left_made: index.made,
        right_made: None,
    }
}

fn only_right(index: &Index, dialect: Dialect) -> Difference {
    Difference {
        kind: DifferenceKind::Missing,
        object: index_ref(index),
        left: None,
        right: Some(shape::index(index, dialect).shown()),
        left_made: None,
        right_made: index.made,
    }
}
