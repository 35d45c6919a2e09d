//! Whether types are there, and whether they fit where a column takes a value or a key refers to another one (PostgreSQL). What is not
//! known fits.

use std::collections::BTreeMap;

use super::Step;
use super::columns::column_ref;
use super::expressions::Site;
use super::extensions::{brings_types, is_brought};
use crate::ops::{AlterColumn, ColumnDef, Conflict, Operation, Session};
use crate::schema::{
    Catalog, Column, Dialect, Expr, ForeignKey, Ident, Lookup, Name, ObjectKind, ObjectRef, Relation, Table,
    Type, TypeEntry, TypeKind, builtin, casts, typing,
};

/// What a type is, under whatever domains.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known<'a> {
    /// One of the server's own, or a list of it.
    Own(&'a str, bool),
    /// An enum, or a list of it.
    Enum(&'a TypeEntry, bool),
    /// A composite type, or a list of it.
    Row(&'a Name, bool),
}

impl Step<'_> {
    /// The type that is written in a column is not there, or is none for its default or its numbers.
    pub(super) fn unfit_column(&self, table: &Name, def: &ColumnDef) -> Option<Conflict> {
        let column = &def.column;
        let ty = column.ty.as_ref().filter(|_| self.postgres())?;
        if let Some(missing) = self.missing_column_type(ty) {
            return Some(missing);
        }
        if let Some(contradiction) = contradiction(table, def) {
            return Some(contradiction);
        }
        let whole = matches!(self.known(ty), Some(Known::Own("smallint" | "integer" | "bigint", false)));
        if column.identity.is_some() && !ty.is_serial() && !whole && self.known(ty).is_some()
            || column.identity.is_some() && self.is_domain(ty)
        {
            return Some(no_identity(table, &column.name));
        }
        builtin::is_system_column(&column.name).then(|| Conflict::Exists(column_ref(table, &column.name)))
    }

    /// ADD GENERATED AS IDENTITY of a column whose type takes no numbers from a sequence.
    pub(super) fn unfit_identity(&self, table: &Table, column: &Ident) -> Option<Conflict> {
        let ty = self.column_type(table, column)?;
        let whole = matches!(self.known(ty)?, Known::Own("smallint" | "integer" | "bigint", false));
        (!whole || self.is_domain(ty)).then(|| no_identity(&table.name, column))
    }

    /// The type that a column is known to have; in what is open, or after what could not be read, it may have got another one.
    pub(super) fn column_type<'t>(&self, table: &'t Table, column: &Ident) -> Option<&'t Type> {
        let member = table.column(column.key()).found()?;
        member.column.ty.as_ref().filter(|_| self.postgres() && !table.open && !self.catalog.unclear)
    }

    /// What a column's default or its expression names is not there, or gives a type that does not become the column's.
    pub(super) fn unfit_values(&self, table: &Name, column: &Ident) -> Option<Conflict> {
        let table = self.catalog.table(table).found()?;
        let column = &table.column(column.key()).found()?.column;
        let default = column.default.as_ref().map(|default| (default, Site::Default));
        let expr = column.generated.as_ref().map(|generated| (&generated.expr, Site::Generated));
        default
            .into_iter()
            .chain(expr)
            .find_map(|(expr, site)| self.unfit_value(table, &column.name, (column.ty.as_ref(), expr), site))
    }

    /// The same for one of them.
    pub(super) fn unfit_value(
        &self,
        table: &Table,
        column: &Ident,
        (ty, expr): (Option<&Type>, &Expr),
        site: Site,
    ) -> Option<Conflict> {
        if let Some(conflict) = self.unfit_in(table, expr, site) {
            return Some(conflict);
        }
        let ty = ty.filter(|_| self.postgres() && !self.calls_own(expr))?;
        if is_untyped(expr) {
            return self.unfit_string(&table.name, column, (ty, expr));
        }
        let from = match site {
            Site::Generated => self.type_in(&table.name, expr)?,
            _ => typing::type_of(expr, &BTreeMap::new())?,
        };
        (self.is_assigned(&from, ty) == Some(false)).then(|| {
            let what = if site == Site::Generated { "its expression" } else { "its default" };
            let sentence = format!(
                "column `{column}` of `{}` is of type {ty}, and {what} is of type {from}",
                table.name
            );
            Conflict::Other("42804", sentence)
        })
    }

    /// A string is no value of a column's type.
    fn unfit_string(&self, table: &Name, column: &Ident, (ty, expr): (&Type, &Expr)) -> Option<Conflict> {
        // What a tool fills in may be anything.
        let text = expr.as_string().filter(|text| !text.contains(['$', '{', '%']))?;
        let state = match self.known(ty)? {
            Known::Own(name, false) if text.is_empty() => casts::refuses_empty(name)?,
            Known::Enum(TypeEntry { kind: TypeKind::Enum(labels), .. }, false) if !self.catalog.unclear => {
                let missing = !labels.open && !labels.labels.iter().any(|label| label == text);
                missing.then_some("22P02")?
            }
            Known::Own(..) | Known::Enum(..) | Known::Row(..) => return None,
        };
        let sentence = format!("column `{column}` of `{table}` is of type {ty}, which has no value '{text}'");
        Some(Conflict::Other(state, sentence))
    }

    /// Whether a cast between an enum and a string stands there, which goes by the enum's labels, which may change.
    pub(super) fn is_label_cast(&self, from: &Type, to: &Type) -> bool {
        matches!(
            (self.known(from), self.known(to)),
            (Some(Known::Enum(_, false)), Some(Known::Own(string, false)))
                | (Some(Known::Own(string, false)), Some(Known::Enum(_, false))) if casts::is_string(string)
        )
    }

    /// A column does not become another type by itself, or its default does not.
    pub(super) fn unfit_type(
        &self,
        table: &Table,
        column: &Ident,
        (ty, using): (&Type, Option<&Expr>),
    ) -> Option<Conflict> {
        if !self.postgres() {
            return None;
        }
        if let Some(conflict) = using.and_then(|using| self.unfit_in(table, using, Site::Using)) {
            return Some(conflict);
        }
        if ty.is_serial() {
            let name = Name::bare(Ident::exact(ty.name.as_str()));
            return Some(Conflict::Missing(ObjectRef { kind: ObjectKind::Type, name, on: None }));
        }
        if let Some(missing) = self.missing_type(ty) {
            return Some(missing);
        }
        let name = &table.name;
        let from = match using {
            Some(using) if is_untyped(using) || self.calls_own(using) => None,
            Some(using) => self.type_in(name, using),
            None => self.column_type(table, column).cloned(),
        };
        let unfit = |from: &Type| self.is_assigned(from, ty) == Some(false);
        if let Some(from) = from.filter(|from| unfit(from)) {
            let what = if using.is_some() { "what USING gives for column" } else { "column" };
            let sentence =
                format!("{what} `{column}` of `{name}` is of type {from} and does not become {ty} by itself");
            return Some(Conflict::Other("42804", sentence));
        }
        let known = table.column(column.key()).found().filter(|_| !table.open)?;
        let default =
            known.column.default.as_ref().filter(|default| !default.is_null() && !self.calls_own(default))?;
        // A string got the column's type when it became the default.
        let from = if is_untyped(default) {
            self.column_type(table, column).cloned()
        } else {
            typing::type_of(default, &BTreeMap::new())
        };
        from.filter(unfit).map(|_| {
            let sentence =
                format!("the default of column `{column}` of `{name}` does not become {ty} by itself");
            Conflict::Other("42804", sentence)
        })
    }

    /// A foreign key has another number of columns than what it refers to, or such as cannot be compared with them.
    pub(super) fn unfit_key(&self, table: &Table, key: &ForeignKey) -> Option<Conflict> {
        let other = if key.table == table.name { table } else { self.catalog.table(&key.table).found()? };
        if !self.postgres() || self.catalog.unclear {
            return None;
        }
        let referenced = match (key.referenced.as_slice(), other.primary_key()) {
            ([], Some(primary)) => primary,
            ([], _) => return None,
            (written, _) => written,
        };
        if referenced.len() != key.columns.len() {
            let sentence = format!(
                "a foreign key of {} columns of `{}` refers to {} of `{}`",
                key.columns.len(),
                table.name,
                referenced.len(),
                other.name
            );
            return Some(Conflict::Other("42830", sentence));
        }
        key.columns.iter().zip(referenced).find_map(|(column, target)| {
            let (from, to) = (self.column_type(table, column)?, self.column_type(other, target)?);
            let unlike = match (self.known(from)?, self.known(to)?) {
                (Known::Own(from, false), Known::Own(to, false)) => casts::refers(from, to) == Some(false),
                (Known::Own(_, one), Known::Own(_, other)) => one != other,
                (Known::Enum(from, one), Known::Enum(to, other)) => from.name != to.name || one != other,
                (Known::Row(..), _) | (_, Known::Row(..)) => false,
                (Known::Own(..), Known::Enum(..)) | (Known::Enum(..), Known::Own(..)) => true,
            };
            unlike.then(|| {
                let sentence = format!(
                    "column `{column}` of `{}` is of type {from} and cannot refer to `{target}` of `{}`, which is of type {to}",
                    table.name, other.name
                );
                Conflict::Other("42804", sentence)
            })
        })
    }

    /// Whether a value of the one type becomes one of the other in an assignment; None where that cannot be told.
    fn is_assigned(&self, from: &Type, to: &Type) -> Option<bool> {
        let (from, to) = (self.known(from)?, self.known(to)?);
        Some(match (from, to) {
            (one, other) if one == other => true,
            (Known::Own(from, one), Known::Own(to, other)) if one == other => casts::is_assigned(from, to),
            // Everything can be written out as a string.
            (Known::Enum(_, true) | Known::Row(_, true), Known::Own(to, true)) => casts::is_string(to),
            (_, Known::Own(to, false)) => casts::is_string(to),
            (_, Known::Own(..) | Known::Enum(..) | Known::Row(..)) => false,
        })
        .filter(|fits| *fits || !self.has_casts())
    }

    /// Whether somebody made casts: any type may become any other.
    pub(super) fn has_casts(&self) -> bool {
        self.catalog.unclear || self.catalog.others().any(|(object, _)| object.kind == ObjectKind::Cast)
    }

    /// The type of an expression over the columns of a table; None where it cannot be told.
    pub(super) fn type_in(&self, table: &Name, expr: &Expr) -> Option<Type> {
        let (resolved, entries) = super::query::resolved_in(self.catalog, self.session, table, expr)?;
        typing::type_of(&resolved, &entries)
    }

    fn known<'t>(&'t self, ty: &'t Type) -> Option<Known<'t>> {
        let (mut ty, mut list) = (ty, ty.dimensions > 0);
        // As deep as domains over domains are followed.
        for _ in 0..16 {
            if ty.is_serial() {
                let name = match ty.name.as_str() {
                    "serial" | "serial4" => "integer",
                    "bigserial" | "serial8" => "bigint",
                    _ => "smallint",
                };
                return Some(Known::Own(name, false));
            }
            if ty.schema.is_none() && casts::is_own(&ty.name) {
                return Some(Known::Own(&ty.name, list)).filter(|_| !is_polymorphic(&ty.name));
            }
            let Lookup::Found(entry) = self.find_type(ty) else { return None };
            match &entry.kind {
                TypeKind::Enum(_) => return Some(Known::Enum(entry, list)),
                TypeKind::Composite(_) => return Some(Known::Row(&entry.name, list)),
                TypeKind::Domain { ty: base, .. } if !list => {
                    ty = base;
                    list = ty.dimensions > 0;
                }
                TypeKind::Domain { .. } | TypeKind::Other(_) => return None,
            }
        }
        None
    }

    fn is_domain(&self, ty: &Type) -> bool {
        let entry = self.find_type(ty).found();
        entry.is_some_and(|entry| matches!(entry.kind, TypeKind::Domain { .. }))
    }

    /// A type that is none of the server's own.
    fn find_type(&self, ty: &Type) -> Lookup<'_, TypeEntry> {
        let mut unknown = false;
        for name in type_names(self.catalog, self.session, ty) {
            match self.catalog.type_entry(&name) {
                found @ Lookup::Found(_) => return found,
                Lookup::Unknown => unknown = true,
                Lookup::Absent => {}
            }
        }
        if unknown { Lookup::Unknown } else { Lookup::Absent }
    }

    /// The type of a column, where it is known not to be there: `serial` is one there alone.
    pub(super) fn missing_column_type(&self, ty: &Type) -> Option<Conflict> {
        if ty.is_serial() { None } else { self.missing_type(ty) }
    }

    /// A type under the schema in which the search path finds it.
    pub(super) fn placed(&self, ty: &Type) -> Type {
        if !self.postgres() || ty.schema.is_some() || casts::is_own(&ty.name) {
            return ty.clone();
        }
        let found = type_names(self.catalog, self.session, ty).find(|name| {
            self.catalog.type_entry(name).found().is_some()
                || matches!(
                    self.catalog.relation(name),
                    Lookup::Found(Relation::Table(_) | Relation::View(_))
                )
        });
        let schema = found.and_then(|name| name.schema);
        let elsewhere =
            schema.filter(|schema| *schema != "public" && *schema != self.catalog.temporary_schema());
        Type { schema: elsewhere.map(|schema| schema.text().to_owned()), ..ty.clone() }
    }

    /// A type that is known not to be there.
    pub(super) fn missing_type(&self, ty: &Type) -> Option<Conflict> {
        missing_type(self.catalog, self.session, ty, false)
    }
}

/// A type that an operation names and that neither the server has by itself nor any statement made, which only a history shows that
/// began at the beginning.
pub fn never_made_type(catalog: &Catalog, session: &Session, operation: &Operation) -> Option<Conflict> {
    let never = |ty: &Type| {
        // Whoever runs the database may have made a well-known extension.
        (!is_brought(&ty.name)).then(|| missing_type(catalog, session, ty, true)).flatten()
    };
    let column = |def: &ColumnDef| def.column.ty.as_ref().filter(|ty| !ty.is_serial()).and_then(never);
    if let Operation::CreateTable(create) = operation {
        return create.columns.iter().find_map(column);
    }
    if let Operation::AddColumn { def, .. } = operation {
        return column(def);
    }
    if let Operation::AlterColumn { change: AlterColumn::Type { ty, .. }, .. } = operation {
        return never(ty);
    }
    let Operation::CreateDomain(create) = operation else { return None };
    never(&create.ty)
}

/// `never`: what nobody made is not there.
fn missing_type(catalog: &Catalog, session: &Session, ty: &Type, never: bool) -> Option<Conflict> {
    let own = ty.schema.is_none() && casts::is_own(&ty.name);
    if catalog.dialect != Dialect::Postgres || catalog.unclear || own {
        return None;
    }
    // What a tool or `%TYPE` fills in, lists under the name that the server gives them, and what a range brings along.
    let made_up = |text: &str| {
        text.starts_with('_') || text.contains("multirange") || text.contains(|c: char| "%${}:<>".contains(c))
    };
    // Whether a schema is known to be there, and to have nothing in it that the history did not make.
    let is_schema = |schema: &str| {
        let name = Name::bare(Ident::exact(schema));
        catalog.other(&ObjectRef { kind: ObjectKind::Schema, name, on: None }).found().is_some()
    };
    let elsewhere = |schema: &str| made_up(schema) || !is_schema(schema);
    if made_up(&ty.name) || ty.schema.as_deref().is_some_and(elsewhere) {
        return None;
    }
    let temporary = catalog.temporary_schema();
    let absent = type_names(catalog, session, ty).all(|name| {
        let (entry, relation) = (catalog.type_entry(&name), catalog.relation(&name));
        // Nothing older is temporary.
        let unknown_is = (never || name.schema.as_ref() == Some(&temporary))
            && !catalog.is_unclear(&name)
            && !catalog.is_unclear_type(&name);
        let is_absent = |found: bool, absent: bool| absent || !found && unknown_is;
        is_absent(entry.found().is_some(), entry.is_absent())
            && is_absent(relation.found().is_some(), relation.is_absent())
    });
    let brought = |(object, _): (&ObjectRef, _)| {
        object.kind == ObjectKind::Extension && brings_types(&object.name.ident)
    };
    // An extension's may stand in a schema that is in the path of whoever runs it; so may any other.
    let elsewhere = |entry: &TypeEntry| {
        entry.name.text() == ty.name && (never || matches!(entry.kind, TypeKind::Other(_)))
    };
    if !absent || catalog.others().any(brought) || catalog.types().any(elsewhere) {
        return None;
    }
    let schema = ty.schema.as_deref().map(Ident::exact).or_else(|| session.search_path.first().cloned());
    let name = Name { schema, ident: Ident::exact(ty.name.as_str()) };
    Some(Conflict::Missing(ObjectRef { kind: ObjectKind::Type, name, on: None }))
}

/// What a written type may be called: `public` is not kept of it.
fn type_names(catalog: &Catalog, session: &Session, ty: &Type) -> impl Iterator<Item = Name> {
    let ident = Ident::exact(ty.name.as_str());
    let schemas: Vec<Ident> = match &ty.schema {
        Some(schema) => vec![Ident::exact(schema.as_str())],
        None => {
            let own = std::iter::once(catalog.temporary_schema()).chain(session.search_path.iter().cloned());
            own.chain(std::iter::once(Ident::exact("public"))).collect()
        }
    };
    schemas.into_iter().map(move |schema| Name::qualified(schema, ident.clone()))
}

/// A string or NULL that takes the type of its place, with a collation or without.
fn is_untyped(expr: &Expr) -> bool {
    match expr {
        Expr::Operator { operator, operands } if operator.starts_with("COLLATE ") => {
            operands.first().is_some_and(is_untyped)
        }
        Expr::Literal(_)
        | Expr::Column(_)
        | Expr::Call { .. }
        | Expr::Operator { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => typing::is_untyped(expr),
    }
}

/// Both of what a column can have only one of (source: `transformColumnDefinition` in PostgreSQL's parse_utilcmd.c).
fn contradiction(table: &Name, def: &ColumnDef) -> Option<Conflict> {
    let column = &def.column;
    if let Some(both) = def.contradiction {
        let sentence = format!("column `{}` of `{table}` has {both}", column.name);
        return Some(Conflict::Other("42601", sentence));
    }
    let serial = column.ty.as_ref().is_some_and(Type::is_serial);
    let each = [
        (serial || column.default.is_some(), "a default"),
        (column.identity.is_some(), "an identity"),
        (column.generated.is_some(), "an expression"),
    ];
    let mut given = each.iter().filter(|(is, _)| *is).map(|(_, what)| *what);
    let (first, second) = (given.next()?, given.next());
    let second = second.or_else(|| (serial && column.default.is_some()).then_some("another default"))?;
    let sentence = format!("column `{}` of `{table}` has {first} and {second}", column.name);
    Some(Conflict::Other("42601", sentence))
}

/// SQLite: AUTOINCREMENT is for `INTEGER PRIMARY KEY` alone (source: sqlite.org/autoinc.html).
pub(super) fn unnumbered(table: &Name, column: &Column) -> Option<Conflict> {
    let whole = column.ty.as_ref().is_some_and(|ty| ty.name == "integer" && ty.arguments.is_empty());
    (column.identity.is_some() && !whole).then(|| {
        let sentence = format!(
            "column `{}` of `{table}` is no INTEGER PRIMARY KEY: it cannot be AUTOINCREMENT",
            column.name
        );
        Conflict::Other("42601", sentence)
    })
}

fn no_identity(table: &Name, column: &Ident) -> Conflict {
    let sentence = format!("identity column `{column}` of `{table}` is no smallint, integer or bigint");
    Conflict::Other("22023", sentence)
}

/// A type that stands for others.
fn is_polymorphic(name: &str) -> bool {
    name.starts_with("any")
        || matches!(name, "record" | "unknown" | "void" | "trigger" | "cstring" | "internal")
}
