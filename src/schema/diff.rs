//! Two catalogs compared: what one lacks of the other, and what both have and not alike. By meaning, not by text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{
    Catalog, Column, Dialect, Expr, GeneratedKind, Ident, Identity, Index, IndexKey, Lookup, Member, Name,
    ObjectKind, ObjectRef, Relation, Table, Type, canonical,
};
use crate::text::Place;

/// A difference between two catalogs, left and right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// What differs.
    pub kind: DifferenceKind,
    /// The object, under the name that it has on the side that has it. A column names its table in `on`, an index too.
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

/// What differs. *Missing*: the left side lacks it; *extra*: only the left side has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum DifferenceKind {
    MissingTable,
    ExtraTable,
    MissingColumn,
    ExtraColumn,
    ColumnType,
    ColumnNullability,
    /// Its default, its identity, or how it is computed.
    ColumnDefault,
    MissingIndex,
    ExtraIndex,
    IndexDiffers,
}

impl DifferenceKind {
    /// As in JSON: `missing-column`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MissingTable => "missing-table",
            Self::ExtraTable => "extra-table",
            Self::MissingColumn => "missing-column",
            Self::ExtraColumn => "extra-column",
            Self::ColumnType => "column-type",
            Self::ColumnNullability => "column-nullability",
            Self::ColumnDefault => "column-default",
            Self::MissingIndex => "missing-index",
            Self::ExtraIndex => "extra-index",
            Self::IndexDiffers => "index-differs",
        }
    }

    /// Whether the left side lacks the object.
    pub const fn is_missing(self) -> bool {
        matches!(self, Self::MissingTable | Self::MissingColumn | Self::MissingIndex)
    }

    /// Whether only the left side has the object.
    pub const fn is_extra(self) -> bool {
        matches!(self, Self::ExtraTable | Self::ExtraColumn | Self::ExtraIndex)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{} {}: {} / {}", self.kind.name(), self.object, side(&self.left), side(&self.right))
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
        found
    }

    /// What this catalog says about that of an object which differences of a kind are about.
    pub fn facet(&self, kind: DifferenceKind, object: &ObjectRef) -> Facet {
        let dialect = self.dialect;
        match kind {
            DifferenceKind::MissingTable | DifferenceKind::ExtraTable => {
                of(self.table(&object.name), |_| String::new())
            }
            DifferenceKind::MissingColumn | DifferenceKind::ExtraColumn => {
                of(self.column_of(object), |_| String::new())
            }
            DifferenceKind::ColumnType => {
                of(self.column_of(object), |member| shown_type(&member.column, dialect))
            }
            DifferenceKind::ColumnNullability => {
                of(self.column_of(object), |member| shown_nullability(&member.column))
            }
            DifferenceKind::ColumnDefault => of(self.column_of(object), |member| {
                Given::of(&member.column, dialect).text().unwrap_or_default()
            }),
            DifferenceKind::MissingIndex | DifferenceKind::ExtraIndex => {
                of(self.index(&object.name), |_| String::new())
            }
            DifferenceKind::IndexDiffers => {
                of(self.index(&object.name), |index| canonical::index_text(index, dialect))
            }
        }
    }

    fn column_of(&self, object: &ObjectRef) -> Lookup<'_, Member> {
        match &object.on {
            Some(table) => self.table(table).and_then(|table| table.column(object.name.ident.key())),
            None => Lookup::Unknown,
        }
    }
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

fn shown_type(column: &Column, dialect: Dialect) -> String {
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
    Identity,
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
            (Some(Identity::Always | Identity::ByDefault), _) => Self::Identity,
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
            Self::Identity => Some("GENERATED AS IDENTITY".to_owned()),
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
    /// The columns that own a sequence.
    owners: BTreeSet<(&'a Name, &'a Ident)>,
}

impl<'a> Side<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        let owner = |relation: &'a Relation| match relation {
            Relation::Sequence(sequence) => sequence.owned_by.as_ref().map(|(table, column)| (table, column)),
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
        let object = ObjectRef { kind: ObjectKind::Table, name: name.clone(), on: None };
        match (self.left.catalog.table(name), self.right.catalog.table(name)) {
            (Lookup::Found(left), Lookup::Found(right)) => {
                if counts(left) && counts(right) {
                    self.columns(left, right, found);
                }
            }
            (Lookup::Found(left), Lookup::Absent) if counts(left) && left.made.is_some() => {
                found.push(Difference {
                    kind: DifferenceKind::ExtraTable,
                    object,
                    left: Some(table_text(left, self.dialect)),
                    right: None,
                    left_made: left.made,
                    right_made: None,
                })
            }
            (Lookup::Absent, Lookup::Found(right)) if counts(right) && right.made.is_some() => {
                found.push(Difference {
                    kind: DifferenceKind::MissingTable,
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

    fn columns(&self, left: &Table, right: &Table, found: &mut Vec<Difference>) {
        // What a parent gains, its children gain: that is not followed.
        if !left.parents.is_empty() || !right.parents.is_empty() {
            return;
        }
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
                        kind: DifferenceKind::ExtraColumn,
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
                        kind: DifferenceKind::MissingColumn,
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
            push(DifferenceKind::ColumnType, shown_type(one, self.dialect), shown_type(other, self.dialect));
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
            push(DifferenceKind::ColumnNullability, shown_nullability(one), shown_nullability(other));
        }
        let known = |column: &Column| column.not_null.is_some();
        let (from, other_from) = (Given::of(one, self.dialect), Given::of(other, self.dialect));
        if known(one) && known(other) && !self.same_given(object, &from, &other_from) {
            push(
                DifferenceKind::ColumnDefault,
                from.text().unwrap_or_default(),
                other_from.text().unwrap_or_default(),
            );
        }
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
            object.on.as_ref().is_some_and(|table| side.owners.contains(&(table, &object.name.ident)))
        };
        if left.is_nextval() && right.is_nextval() && owns(&self.left) && owns(&self.right) {
            return true;
        }
        match (left, right) {
            (Given::Default(one), Given::Default(other)) => canonical::same(one, other),
            (Given::Computed(one, stored), Given::Computed(other, other_stored)) => {
                stored == other_stored && canonical::same(one, other)
            }
            (Given::Nowhere | Given::Default(_) | Given::Identity | Given::Computed(..), _) => left == right,
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
                (Some(one), Some(other)) => self.index(one, other),
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
            both.iter().all(|side| {
                // The indexes of partitions come and go with their parent's.
                side.catalog
                    .table(name)
                    .found()
                    .is_some_and(|table| counts(table) && table.parents.is_empty())
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
            .filter(|(name, index)| index.generated_name && !right.contains_key(name))
            .map(|(name, _)| name.clone())
            .collect();
        for name in unmatched {
            let Some(one) = left.get(&name) else { continue };
            let twin = right.iter().find(|(other_name, other)| {
                other.generated_name
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
        let same = || canonical::same_index(&self.left.plain(left), &self.right.plain(right), self.dialect);
        if left.table == right.table && same() {
            return None;
        }
        Some(Difference {
            kind: DifferenceKind::IndexDiffers,
            object: index_ref(right),
            left: Some(on_table(left, right, self.dialect)),
            right: Some(on_table(right, left, self.dialect)),
            left_made: left.made,
            right_made: right.made,
        })
    }
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
    let text = canonical::index_text(index, dialect);
    match &index.table {
        Some(table) if index.table != other.table => format!("ON {table} {text}"),
        Some(_) | None => text,
    }
}

fn only_left(index: &Index, dialect: Dialect) -> Difference {
    Difference {
        kind: DifferenceKind::ExtraIndex,
        object: index_ref(index),
        left: Some(canonical::index_text(index, dialect)),
        right: None,
        left_made: index.made,
        right_made: None,
    }
}

fn only_right(index: &Index, dialect: Dialect) -> Difference {
    Difference {
        kind: DifferenceKind::MissingIndex,
        object: index_ref(index),
        left: None,
        right: Some(canonical::index_text(index, dialect)),
        left_made: None,
        right_made: index.made,
    }
}
