//! A schema as one JSON object, for programs. The types below are its form, apart from ours, so that ours may change.

use std::io::{self, Write};

use serde::Serialize;

use super::{Schemas, Shown};
use crate::schema::diff::shape;
use crate::schema::{
    Body, Catalog, Constraint, ConstraintKind, Detail, Dialect, Generated, GeneratedKind, Ident, Identity,
    Index, Member, Name, ObjectKind, ObjectRef, Other, Relation, Returns, Table, TypeEntry, TypeKind, View,
    canonical, function_ref, shown_type,
};
use crate::text::Place;

/// Writes them.
pub fn write(schemas: &Schemas<'_>, out: &mut impl Write) -> io::Result<()> {
    let histories = schemas.all.iter().map(|shown| history(schemas, shown)).collect();
    serde_json::to_writer_pretty(&mut *out, &Document { version: 1, histories })?;
    writeln!(out)
}

/// The whole output.
#[derive(Serialize)]
struct Document {
    version: u32,
    histories: Vec<History>,
}

/// One history, or one file. Objects are named with their schema, unless it is the one that everybody leaves out.
#[derive(Serialize)]
struct History {
    path: String,
    /// Null for a file.
    tool: Option<&'static str>,
    engine: String,
    /// The migration after which this is the schema; null: the last one.
    at: Option<String>,
    /// Whether everything is known that there is; else the notes say what is not.
    complete: bool,
    notes: Vec<Note>,
    tables: Vec<JsonTable>,
    views: Vec<JsonView>,
    types: Vec<JsonType>,
    sequences: Vec<JsonSequence>,
    functions: Vec<JsonFunction>,
    triggers: Vec<Attached>,
    policies: Vec<Attached>,
    rules: Vec<Attached>,
    /// Schemas, extensions, statistics, publications and the rest.
    others: Vec<JsonOther>,
}

#[derive(Serialize)]
struct Note {
    path: Option<String>,
    line: Option<u32>,
    message: String,
}

/// Where something was made; both null where that is not known.
#[derive(Serialize)]
struct Made {
    path: Option<String>,
    line: Option<u32>,
}

#[derive(Serialize)]
struct JsonTable {
    name: String,
    /// Whether all of it is known.
    complete: bool,
    /// What it is besides its columns, in words of SQL: `UNLOGGED`, `PARTITION BY RANGE (day)`, `STRICT`.
    options: String,
    columns: Vec<JsonColumn>,
    /// Null where it is not known to have one.
    primary_key: Option<Vec<String>>,
    constraints: Vec<JsonConstraint>,
    indexes: Vec<JsonIndex>,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

#[derive(Serialize)]
struct JsonColumn {
    name: String,
    /// Null where it has none, or where it is not known.
    #[serde(rename = "type")]
    ty: Option<String>,
    /// Null where it is not known.
    nullable: Option<bool>,
    default: Option<String>,
    /// `always`, `by default` or `autoincrement`.
    identity: Option<&'static str>,
    generated: Option<JsonGenerated>,
    collation: Option<String>,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

#[derive(Serialize)]
struct JsonGenerated {
    expression: String,
    stored: bool,
}

#[derive(Serialize)]
struct JsonConstraint {
    name: String,
    /// `primary key`, `unique`, `check`, `foreign key`, `exclude` or `not null`.
    #[serde(rename = "type")]
    ty: &'static str,
    columns: Vec<String>,
    /// Of a foreign key.
    references: Option<References>,
    definition: String,
    /// False while it is NOT VALID.
    validated: bool,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

#[derive(Serialize)]
struct References {
    table: String,
    /// Empty: its primary key, which is not known.
    columns: Vec<String>,
}

#[derive(Serialize)]
struct JsonIndex {
    name: String,
    unique: bool,
    method: String,
    keys: Vec<String>,
    include: Vec<String>,
    #[serde(rename = "where")]
    predicate: Option<String>,
    definition: String,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

#[derive(Serialize)]
struct JsonView {
    name: String,
    materialized: bool,
    /// Null where they could not be told.
    columns: Option<Vec<ViewColumn>>,
    query: String,
    indexes: Vec<JsonIndex>,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

#[derive(Serialize)]
struct ViewColumn {
    name: String,
    #[serde(rename = "type")]
    ty: Option<String>,
}

#[derive(Serialize)]
struct JsonType {
    name: String,
    /// `enum`, `composite`, `domain` or `other`.
    kind: &'static str,
    /// Of an enum.
    labels: Vec<String>,
    /// Of a composite type.
    attributes: Vec<ViewColumn>,
    definition: String,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

#[derive(Serialize)]
struct JsonSequence {
    name: String,
    /// `orders.id`.
    owned_by: Option<String>,
    #[serde(rename = "type")]
    ty: String,
    start: i64,
    increment: i64,
    min: i64,
    max: i64,
    cache: i64,
    cycle: bool,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

#[derive(Serialize)]
struct JsonFunction {
    /// With the types of its arguments: `total(integer, text)`.
    name: String,
    /// `function`, `procedure` or `aggregate`.
    kind: String,
    returns: Option<String>,
    language: Option<String>,
    definition: String,
    body: Option<String>,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

/// What hangs on a table: a trigger, a policy, a rule.
#[derive(Serialize)]
struct Attached {
    name: String,
    table: Option<String>,
    definition: String,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

#[derive(Serialize)]
struct JsonOther {
    /// `extension`, `schema`, `publication`, …
    kind: String,
    name: String,
    definition: String,
    comment: Option<String>,
    #[serde(flatten)]
    made: Made,
}

fn history(schemas: &Schemas<'_>, shown: &Shown) -> History {
    let catalog = &shown.catalog;
    let dialect = shown.engine.dialect;
    let notes = shown.notes.iter().map(|note| Note {
        path: note.path.clone(),
        line: note.position.map(|(line, _)| line),
        message: note.text.clone(),
    });
    let attached = |kind: ObjectKind| -> Vec<Attached> {
        let those = catalog.others().filter(|(object, other)| object.kind == kind && is_own(other));
        those.map(|(object, other)| attached(schemas, object, other, dialect)).collect()
    };
    History {
        path: shown.path.clone(),
        tool: shown.tool,
        engine: shown.engine.to_string(),
        at: shown.at.clone(),
        complete: shown.complete,
        notes: notes.collect(),
        tables: catalog
            .tables()
            .filter(|table| !table.temporary)
            .map(|one| table(schemas, catalog, one))
            .collect(),
        views: catalog.views().map(|one| view(schemas, catalog, one)).collect(),
        types: catalog
            .types()
            // What an extension brings is no type of the schema's.
            .filter(|entry| entry.made.is_some())
            .map(|entry| type_entry(schemas, entry, dialect))
            .collect(),
        sequences: sequences(schemas, catalog),
        functions: functions(schemas, catalog),
        triggers: attached(ObjectKind::Trigger),
        policies: attached(ObjectKind::Policy),
        rules: attached(ObjectKind::Rule),
        others: catalog
            .others()
            .filter(|(object, _)| {
                !matches!(object.kind, ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule)
            })
            .map(|(object, other)| JsonOther {
                kind: object.kind.noun(),
                name: object.name.to_string(),
                definition: shape::other(object, other, dialect).shown(),
                comment: text(other.notes.comment.as_deref()),
                made: made(schemas, other.made),
            })
            .collect(),
    }
}

/// Whether the object is more than the trace that its table's parent has one.
fn is_own(other: &Other) -> bool {
    !matches!(&other.detail, Detail::Trigger(trigger) if trigger.inherited)
}

fn table(schemas: &Schemas<'_>, catalog: &Catalog, table: &Table) -> JsonTable {
    let dialect = catalog.dialect;
    JsonTable {
        name: table.name.to_string(),
        complete: !table.open,
        options: shape::table(table, catalog).shown(),
        columns: table.columns.iter().map(|member| column(schemas, member, dialect)).collect(),
        primary_key: table.primary_key().map(listed),
        constraints: table
            .constraints
            .iter()
            .map(|(name, one)| constraint(schemas, catalog, name, one))
            .collect(),
        indexes: indexes(schemas, catalog, &table.name),
        comment: text(table.notes.comment.as_deref()),
        made: made(schemas, table.made),
    }
}

fn column(schemas: &Schemas<'_>, member: &Member, dialect: Dialect) -> JsonColumn {
    let column = &member.column;
    let ty = shown_type(column, dialect);
    let default =
        column.default.as_ref().and_then(|expr| canonical::default(expr, column.ty.as_ref(), dialect));
    JsonColumn {
        name: column.name.text().to_owned(),
        ty: (!ty.is_empty()).then_some(ty),
        nullable: column.not_null.map(|refuses| !refuses),
        default: default.map(|expr| canonical::text(&expr)),
        identity: column.identity.map(|identity| match identity {
            Identity::Always => "always",
            Identity::ByDefault => "by default",
            Identity::AutoIncrement => "autoincrement",
        }),
        generated: column.generated.as_ref().map(|Generated { expr, kind }| JsonGenerated {
            expression: canonical::text(&canonical::simple(expr, dialect)),
            stored: match kind {
                GeneratedKind::Stored => true,
                GeneratedKind::Virtual => false,
                GeneratedKind::Unsaid => dialect == Dialect::Postgres,
            },
        }),
        collation: column.collation.clone(),
        comment: text(member.comment.as_deref()),
        made: made(schemas, member.made),
    }
}

fn constraint(schemas: &Schemas<'_>, catalog: &Catalog, name: &Ident, one: &Constraint) -> JsonConstraint {
    let (ty, columns, references) = match &one.kind {
        ConstraintKind::PrimaryKey { columns, .. } => ("primary key", listed(columns), None),
        ConstraintKind::Unique { columns, .. } => ("unique", listed(columns), None),
        ConstraintKind::Check(expr) => {
            let mut columns = expr.columns();
            columns.sort();
            columns.dedup();
            ("check", columns, None)
        }
        ConstraintKind::ForeignKey(key) => {
            let own = || catalog.table(&key.table).found().and_then(Table::primary_key).map(listed);
            let referenced =
                if key.referenced.is_empty() { own().unwrap_or_default() } else { listed(&key.referenced) };
            let references = References { table: key.table.to_string(), columns: referenced };
            ("foreign key", listed(&key.columns), Some(references))
        }
        ConstraintKind::Exclude(exclude) => {
            let columns = exclude.elements.iter().filter_map(|(key, _)| key.column().map(str::to_owned));
            ("exclude", columns.collect(), None)
        }
        ConstraintKind::NotNull(column) => {
            ("not null", column.iter().map(|column| column.text().to_owned()).collect(), None)
        }
    };
    JsonConstraint {
        name: name.text().to_owned(),
        ty,
        columns,
        references,
        definition: shape::constraint(one, catalog).shown(),
        validated: !one.not_valid,
        comment: text(one.comment.as_deref()),
        made: made(schemas, one.made),
    }
}

fn indexes(schemas: &Schemas<'_>, catalog: &Catalog, table: &Name) -> Vec<JsonIndex> {
    // Those of constraints are told as constraints.
    let own = catalog.indexes_of(table).filter(|index| index.constraint.is_none());
    own.map(|one| index(schemas, one, catalog.dialect)).collect()
}

fn index(schemas: &Schemas<'_>, index: &Index, dialect: Dialect) -> JsonIndex {
    JsonIndex {
        name: index.name.to_string(),
        unique: index.unique,
        method: index.method.to_ascii_lowercase(),
        keys: index.keys.iter().map(|key| canonical::key_text(key, dialect)).collect(),
        include: listed(&index.include),
        predicate: index.predicate.as_ref().map(|expr| canonical::text(&canonical::simple(expr, dialect))),
        definition: shape::index(index, dialect).shown(),
        comment: text(index.notes.comment.as_deref()),
        made: made(schemas, index.made),
    }
}

fn view(schemas: &Schemas<'_>, catalog: &Catalog, view: &View) -> JsonView {
    let dialect = catalog.dialect;
    JsonView {
        name: view.name.to_string(),
        materialized: view.materialized,
        columns: view.outputs().map(|outputs| {
            let column = |output: &crate::schema::Output| ViewColumn {
                name: output.name.text().to_owned(),
                ty: output.ty.as_ref().map(|ty| canonical::type_text(ty, dialect)),
            };
            outputs.iter().map(column).collect()
        }),
        query: view.query.clone(),
        indexes: indexes(schemas, catalog, &view.name),
        comment: text(view.notes.comment.as_deref()),
        made: made(schemas, view.made),
    }
}

fn type_entry(schemas: &Schemas<'_>, entry: &TypeEntry, dialect: Dialect) -> JsonType {
    let (kind, labels, attributes) = match &entry.kind {
        TypeKind::Enum(labels) => ("enum", labels.labels.clone(), Vec::new()),
        TypeKind::Composite(attributes) => {
            let attribute = |(name, ty): &(Ident, crate::schema::Type)| ViewColumn {
                name: name.text().to_owned(),
                ty: Some(canonical::type_text(ty, dialect)),
            };
            ("composite", Vec::new(), attributes.iter().map(attribute).collect())
        }
        TypeKind::Domain { .. } => ("domain", Vec::new(), Vec::new()),
        TypeKind::Other(_) => ("other", Vec::new(), Vec::new()),
    };
    JsonType {
        name: entry.name.to_string(),
        kind,
        labels,
        attributes,
        definition: shape::type_entry(entry, dialect).shown(),
        comment: text(entry.notes.comment.as_deref()),
        made: made(schemas, entry.made),
    }
}

fn sequences(schemas: &Schemas<'_>, catalog: &Catalog) -> Vec<JsonSequence> {
    let all = catalog.relations().filter_map(|(_, relation)| match relation {
        Relation::Sequence(sequence) => Some(sequence),
        Relation::Table(_) | Relation::Index(_) | Relation::View(_) => None,
    });
    let one = |sequence: &std::sync::Arc<crate::schema::Sequence>| {
        let options = sequence.options.shape();
        JsonSequence {
            name: sequence.name.to_string(),
            owned_by: sequence.owned_by.as_ref().map(|(table, column)| format!("{table}.{column}")),
            ty: options.ty,
            start: options.start,
            increment: options.increment,
            min: options.min,
            max: options.max,
            cache: options.cache,
            cycle: options.cycle,
            comment: text(sequence.notes.comment.as_deref()),
            made: made(schemas, sequence.made),
        }
    };
    all.map(one).collect()
}

fn functions(schemas: &Schemas<'_>, catalog: &Catalog) -> Vec<JsonFunction> {
    let dialect = catalog.dialect;
    let one = |(name, function): (&Name, &crate::schema::Function)| {
        let returns = function.returns.as_ref().map(|returns| match returns {
            Returns::Type { ty, set } => {
                let set = if *set { "SETOF " } else { "" };
                format!("{set}{}", canonical::type_text(ty, dialect))
            }
            Returns::Table(columns) => {
                let columns: Vec<String> = columns
                    .iter()
                    .map(|(name, ty)| format!("{name} {}", canonical::type_text(ty, dialect)))
                    .collect();
                format!("TABLE ({})", columns.join(", "))
            }
        });
        JsonFunction {
            name: function_ref(name, function).name.to_string(),
            kind: function.kind.noun(),
            returns,
            language: function.options.language.clone(),
            definition: shape::function(function, dialect).shown(),
            body: function.body.as_ref().map(|body: &Body| body.text().to_owned()),
            comment: text(function.notes.comment.as_deref()),
            made: made(schemas, function.made),
        }
    };
    catalog.all_functions().map(one).collect()
}

fn attached(schemas: &Schemas<'_>, object: &ObjectRef, other: &Other, dialect: Dialect) -> Attached {
    let table = match &other.detail {
        Detail::Trigger(trigger) => trigger.table.as_ref().or(object.on.as_ref()),
        Detail::None
        | Detail::Policy(_)
        | Detail::Rule(_)
        | Detail::Extension(_)
        | Detail::Statistics(_)
        | Detail::Publication(_)
        | Detail::Text(_) => object.on.as_ref(),
    };
    Attached {
        name: object.name.to_string(),
        table: table.map(ToString::to_string),
        definition: shape::other(object, other, dialect).shown(),
        comment: text(other.notes.comment.as_deref()),
        made: made(schemas, other.made),
    }
}

fn listed(names: &[Ident]) -> Vec<String> {
    names.iter().map(|name| name.text().to_owned()).collect()
}

fn text(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn made(schemas: &Schemas<'_>, place: Option<Place>) -> Made {
    let located = place.map(|place| {
        let source = schemas.sources.get(place.file);
        ((schemas.display_path)(&source.path), source.position(place.span.start).line)
    });
    let (path, line) = located.unzip();
    Made { path, line }
}
