//! Two catalogs compared: what one lacks of the other, and what both have and not alike. By meaning, not by text.

pub mod shape;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use self::shape::Shape;
use super::{
    Catalog, Column, Detail, Dialect, Expr, Function, GeneratedKind, Ident, Identity, Index, IndexKey,
    Lookup, Member, Name, ObjectKind, ObjectRef, Other, Relation, Sequence, Table, Type, TypeEntry, TypeKind,
    canonical,
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
            (ObjectKind::Column, DifferenceKind::Comment) if self.told_columns(object).is_some() => {
                let comment = self.told_columns(object).and_then(|comments| comments.get(&object.name.ident));
                Facet::Is(comment_text(comment).unwrap_or_default())
            }
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

    /// The view that a column is of.
    /// The comments on the columns of a view or of a composite type, of which one is named.
    fn told_columns(&self, column: &ObjectRef) -> Option<&BTreeMap<Ident, Arc<str>>> {
        let on = column.on.as_ref()?;
        let view = self.view(on).found().map(|view| &view.column_comments);
        view.or_else(|| self.type_entry(on).found().map(|entry| &entry.attribute_comments))
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
                match self.function_of(object) {
                    Some(_) => Lookup::Found(&()),
                    None if self.open => Lookup::Unknown,
                    None => Lookup::Absent,
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
                    shape: shape::table(table, self),
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
            ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Sequence => {
                let relation = self.relation(&object.name).found()?;
                let (known, thing) = self.relation_thing(&object.name, relation)?;
                (known == *object).then_some(thing)
            }
            ObjectKind::Type | ObjectKind::Domain => {
                let (known, thing) = self.type_thing(self.type_entry(&object.name).found()?);
                (known == *object).then_some(thing)
            }
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate | ObjectKind::Routine => {
                self.function_of(object).map(|function| self.function_thing(function))
            }
            _ => self.other_thing(object, self.other(object).found()?),
        }
    }

    /// The function that an object is.
    pub fn function_of(&self, object: &ObjectRef) -> Option<&Function> {
        let may_be = |name: &Name| {
            name.schema == object.name.schema && object.name.ident.key().starts_with(name.ident.key())
        };
        let mut all = self.all_functions().filter(|(name, _)| may_be(name));
        all.find(|(name, function)| function_ref(name, function) == *object).map(|(_, function)| function)
    }

    /// Everything that is no table, column, constraint or index, and that belongs to the schema.
    fn things(&self) -> BTreeMap<ObjectRef, Thing> {
        let mut all = BTreeMap::new();
        all.extend(self.relations().filter_map(|(name, relation)| self.relation_thing(name, relation)));
        all.extend(self.types().map(|entry| self.type_thing(entry)));
        let functions = self.all_functions();
        all.extend(
            functions.map(|(name, function)| (function_ref(name, function), self.function_thing(function))),
        );
        let others = self.others();
        all.extend(
            others.filter_map(|(object, other)| Some((object.clone(), self.other_thing(object, other)?))),
        );
        all
    }

    fn relation_thing(&self, name: &Name, relation: &Relation) -> Option<(ObjectRef, Thing)> {
        let (shape, made, notes) = match relation {
            Relation::View(view) if !is_temporary(name) => {
                (shape::view(view, self.dialect), view.made, &view.notes)
            }
            Relation::Sequence(sequence) if !is_temporary(name) && !is_owned(sequence) => {
                (shape::sequence(sequence), sequence.made, &sequence.notes)
            }
            Relation::View(_) | Relation::Sequence(_) | Relation::Table(_) | Relation::Index(_) => {
                return None;
            }
        };
        let object = ObjectRef { kind: relation.kind(), name: name.clone(), on: None };
        Some((object, Thing { shape, made, comment: notes.comment.clone() }))
    }

    fn type_thing(&self, entry: &TypeEntry) -> (ObjectRef, Thing) {
        let kind = match entry.kind {
            TypeKind::Domain { .. } => ObjectKind::Domain,
            TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Other(_) => ObjectKind::Type,
        };
        let object = ObjectRef { kind, name: entry.name.clone(), on: None };
        let shape = shape::type_entry(entry, self.dialect);
        (object, Thing { shape, made: entry.made, comment: entry.notes.comment.clone() })
    }

    fn function_thing(&self, function: &Function) -> Thing {
        let shape = shape::function(function, self.dialect);
        Thing { shape, made: function.made, comment: function.notes.comment.clone() }
    }

    fn other_thing(&self, object: &ObjectRef, other: &Other) -> Option<Thing> {
        if !belongs(object) || matches!(&other.detail, Detail::Trigger(trigger) if trigger.inherited) {
            return None;
        }
        let comment = other.notes.comment.clone().filter(|_| {
            // Every extension comes with a comment of its own.
            object.kind != ObjectKind::Extension
        });
        let shape = shape::other(object, other, self.dialect);
        Some(Thing { shape, made: other.made, comment })
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
                    self.thing_columns(object, made, found);
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

    /// The comments on the columns of a view or a composite type.
    fn thing_columns(
        &self,
        thing: &ObjectRef,
        made: (Option<Place>, Option<Place>),
        found: &mut Vec<Difference>,
    ) {
        let of = |side: &Side<'_>| match thing.kind {
            ObjectKind::View | ObjectKind::MaterializedView => {
                side.catalog.view(&thing.name).found().map(|view| view.column_comments.clone())
            }
            ObjectKind::Type => {
                side.catalog.type_entry(&thing.name).found().map(|entry| entry.attribute_comments.clone())
            }
            _ => None,
        };
        let (Some(left), Some(right)) = (of(&self.left), of(&self.right)) else { return };
        // What is said of an attribute goes with it.
        let is_gone = |attribute: &Ident| match self.right.catalog.type_entry(&thing.name) {
            Lookup::Found(TypeEntry { kind: TypeKind::Composite(all), .. })
                if thing.kind == ObjectKind::Type =>
            {
                !all.iter().any(|(known, _)| known == attribute)
            }
            Lookup::Found(_) | Lookup::Absent | Lookup::Unknown => false,
        };
        let columns: BTreeSet<&Ident> = left.keys().chain(right.keys()).collect();
        for column in columns.into_iter().filter(|column| !is_gone(column)) {
            let (name, on) = (Name::bare(column.clone()), Some(thing.name.clone()));
            let object = ObjectRef { kind: ObjectKind::Column, name, on };
            comments(&object, (left.get(column), right.get(column)), made, found);
        }
    }

    /// Whether it is certain that a side has no such object; where it lacks the table that the object is on, that says everything.
    fn lacks_thing(&self, object: &ObjectRef, side: &Side<'_>) -> bool {
        let on = object.on.as_ref().is_none_or(|table| side.catalog.relation(table).found().is_some());
        on && side.catalog.presence(object).is_absent()
    }
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
