//! What a name in a query may mean, and what it means.

use super::super::extensions::brings_tables;
use super::super::resolve;
use super::{Known, Resolver};
use crate::ops::Conflict;
use crate::schema::{
    Alias, Dialect, Expr, Ident, Literal, Name, ObjectKind, ObjectRef, Subquery, Type, builtin,
};

/// The items of FROM that a column may be of.
pub(super) struct Scope<'k> {
    pub(super) ranges: Vec<Range>,
    pub(super) outer: Option<&'k Scope<'k>>,
    /// The columns that every table has without saying so.
    pub(super) system: &'static [&'static str],
}

/// An item of FROM, or several joined.
#[derive(Clone, Default)]
pub(super) struct Range {
    /// What can stand before the dot.
    pub(super) visible: Vec<Visible>,
    /// What a column's name alone may mean, in the order of a star.
    pub(super) columns: Vec<Field>,
    /// The entries of which more columns may be there.
    pub(super) open: Vec<String>,
    /// More columns may be there, and they are not those of one entry.
    pub(super) unknown: bool,
}

#[derive(Clone)]
pub(super) struct Visible {
    /// The name before the dot, and the schema before that.
    pub(super) name: String,
    pub(super) schema: Option<String>,
    pub(super) columns: Vec<Field>,
    /// The whole row.
    pub(super) row: Option<Expr>,
    /// The item of FROM that it is.
    pub(super) entry: Option<String>,
    /// It is a table or a view.
    pub(super) is_relation: bool,
    /// More columns may be there.
    pub(super) open: bool,
}

/// A column that can be named.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) expr: Expr,
    pub(super) ty: Option<Type>,
}

/// What a name turned out to be.
pub(super) enum Found {
    One(Expr),
    /// It may be something that is not known.
    Unknown,
    /// The table is there, and has no such column.
    Lacking(Box<Visible>),
    Absent,
}

impl Resolver<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, known: &Known<'_>) -> Expr {
        let mut all = |inner: &[Expr]| inner.iter().map(|one| self.expr(one, known)).collect::<Vec<_>>();
        match expr {
            Expr::Column(parts) => self.column(parts, known),
            Expr::Literal(Literal::Placeholder(_)) | Expr::Raw { .. } => {
                self.clear = false;
                expr.clone()
            }
            Expr::Literal(_) => expr.clone(),
            Expr::Call { name, arguments } => Expr::Call { name: name.clone(), arguments: all(arguments) },
            Expr::Operator { operator, operands } => {
                Expr::Operator { operator: operator.clone(), operands: all(operands) }
            }
            Expr::Cast { operand, to } => {
                Expr::Cast { operand: Box::new(self.expr(operand, known)), to: to.clone() }
            }
            Expr::Query(inner) => {
                let operands = all(&inner.operands);
                let (query, _) = self.query(&inner.query, known);
                let operator = inner.operator.clone();
                Expr::Query(Box::new(Subquery { operator, operands, query, text: String::new() }))
            }
        }
    }

    fn column(&mut self, parts: &[String], known: &Known<'_>) -> Expr {
        let mut scope = known.scope;
        while let Some(level) = scope {
            let found = match parts {
                [name] => local(name, level),
                [table, column] => qualified(None, table, column, level),
                [schema, table, column] => qualified(Some(schema), table, column, level),
                _ => Found::Absent,
            };
            match found {
                Found::One(expr) => return expr,
                Found::Lacking(visible) => {
                    self.lacks(&visible, parts.last().map_or("", String::as_str));
                    break;
                }
                Found::Unknown => break,
                Found::Absent => scope = level.outer,
            }
        }
        if scope.is_none()
            && let [name] = parts
        {
            let mut scope = known.scope;
            while let Some(level) = scope {
                let row =
                    level.visible().find(|visible| visible.name == *name).and_then(|one| one.row.clone());
                if let Some(row) = row {
                    return row;
                }
                scope = level.outer;
            }
            // Words that are functions without brackets, where nothing is called so.
            if self.catalog.dialect == Dialect::Postgres && FUNCTION_WORDS.contains(&name.as_str()) {
                return Expr::Call { name: name.clone(), arguments: Vec::new() };
            }
        }
        if scope.is_none() {
            self.miss_column(parts, known);
        }
        self.clear = false;
        Expr::Column(parts.to_vec())
    }

    /// A table or view that a query reads is not there.
    pub(super) fn miss_relation(&mut self, name: &Name) {
        let schema = name.schema.as_ref().map(|schema| ObjectRef {
            kind: ObjectKind::Schema,
            name: Name::bare(schema.clone()),
            on: None,
        });
        // What stands in a schema that nobody made was there before, and extensions bring tables of their own.
        let known_schema = schema.is_some_and(|schema| {
            schema.name.ident == "public" || self.catalog.other(&schema).found().is_some()
        });
        if self.catalog.dialect == Dialect::Postgres
            && known_schema
            && self.missing.is_none()
            && !self.catalog.others().any(|(object, _)| brings_tables(object))
        {
            let object = ObjectRef { kind: ObjectKind::Table, name: name.clone(), on: None };
            self.missing = Some(Conflict::Missing(object));
        }
    }

    /// A column is none of those of what the query reads.
    fn miss_column(&mut self, parts: &[String], known: &Known<'_>) {
        if self.catalog.dialect != Dialect::Postgres || self.missing.is_some() {
            return;
        }
        let ident = |text: &String| Ident::exact(text.as_str());
        let (table, column) = match parts {
            [column] => (None, column),
            [table, column] | [_, table, column] => (Some(table), column),
            _ => return,
        };
        let levels = || std::iter::successors(known.scope, |scope| scope.outer);
        let Some(table) = table else {
            let mut tables = levels().flat_map(Scope::visible).filter_map(|visible| visible.entry.as_ref());
            let on = match (tables.next(), tables.next()) {
                (Some(entry), None) => self.entries.get(entry).and_then(|entry| entry.relation.clone()),
                (_, _) => None,
            };
            let object = ObjectRef { kind: ObjectKind::Column, name: Name::bare(ident(column)), on };
            self.missing = Some(Conflict::Missing(object));
            return;
        };
        if !levels().flat_map(Scope::visible).any(|visible| visible.name == *table) {
            let sentence = format!("`{}`: the query reads nothing that is called `{table}`", parts.join("."));
            self.missing = Some(Conflict::Other("42P01", sentence));
        }
    }

    /// `table.column` is none of the table's columns.
    fn lacks(&mut self, visible: &Visible, column: &str) {
        // `t.f` may be the function `f(t)`.
        let function = Name::bare(Ident::exact(column));
        let functions = self.catalog.functions(&resolve(self.catalog, self.session, &function));
        if self.catalog.dialect != Dialect::Postgres || self.missing.is_some() || !functions.is_empty() {
            return;
        }
        let entry = visible.entry.as_ref().and_then(|entry| self.entries.get(entry));
        let on = entry.and_then(|entry| entry.relation.clone());
        let object = ObjectRef { kind: ObjectKind::Column, name: Name::bare(Ident::exact(column)), on };
        self.missing = Some(Conflict::Missing(object));
    }
}

impl Scope<'_> {
    pub(super) fn visible(&self) -> impl Iterator<Item = &Visible> {
        self.ranges.iter().flat_map(|range| &range.visible)
    }
}

impl Range {
    pub(super) const fn is_open(&self) -> bool {
        self.unknown || !self.open.is_empty()
    }

    /// The column of that name, where it can only be one.
    pub(super) fn sole(&self, name: &str) -> Option<Field> {
        let mut found = self.columns.iter().filter(|field| field.name == name);
        match (found.next(), found.next()) {
            (Some(field), None) => Some(field.clone()),
            (None, None) => match self.open.as_slice() {
                [entry] if !self.unknown => Some(Field {
                    name: name.to_owned(),
                    expr: Expr::Column(vec![entry.clone(), name.to_owned()]),
                    ty: None,
                }),
                _ => None,
            },
            (_, _) => None,
        }
    }
}

impl Visible {
    fn is(&self, schema: Option<&String>, table: &str) -> bool {
        self.name == table && schema.is_none_or(|schema| self.schema.as_ref() == Some(schema))
    }
}

/// The words that name something where no column has that name.
const FUNCTION_WORDS: &[&str] = &[
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "system_user",
    "user",
];

/// Whether a word names something where no column has that name.
pub fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.contains(&word)
}

/// Columns that every table has without saying so.
pub(super) const fn system_columns(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Postgres => builtin::SYSTEM_COLUMNS,
        Dialect::Sqlite => &["rowid", "_rowid_", "oid"],
        Dialect::Mysql => &[],
    }
}

/// `*` or `t.*`; None where it cannot be told what that is.
pub(super) fn star(parts: &[String], scope: &Scope<'_>) -> Option<Vec<Field>> {
    let (schema, table) = match parts {
        [] => {
            let open = scope.ranges.iter().any(Range::is_open);
            return (!open).then(|| scope.ranges.iter().flat_map(|range| range.columns.clone()).collect());
        }
        [table] => (None, table),
        [schema, table] => (Some(schema), table),
        _ => return None,
    };
    let mut level = Some(scope);
    while let Some(here) = level {
        if let Some(visible) = here.visible().find(|visible| visible.is(schema, table)) {
            return (!visible.open).then(|| visible.columns.clone());
        }
        level = here.outer;
    }
    None
}

/// What a name without a dot means among the items of one FROM.
pub(super) fn local(name: &str, scope: &Scope<'_>) -> Found {
    let mut found = scope.ranges.iter().flat_map(|range| &range.columns).filter(|field| field.name == name);
    let open: Vec<&String> = scope.ranges.iter().flat_map(|range| &range.open).collect();
    let unknown = scope.ranges.iter().any(|range| range.unknown);
    match (found.next(), found.next()) {
        (Some(field), None) => Found::One(field.expr.clone()),
        (Some(_), Some(_)) => Found::Unknown,
        (None, _) if unknown => Found::Unknown,
        (None, _) => match open.as_slice() {
            [] if scope.system.contains(&name) => {
                let mut tables = scope.visible().filter(|visible| visible.is_relation);
                match (tables.next().and_then(|table| table.entry.clone()), tables.next()) {
                    (Some(entry), None) => Found::One(Expr::Column(vec![entry, name.to_owned()])),
                    (_, _) => Found::Absent,
                }
            }
            [] => Found::Absent,
            // The only one that can have it, unless a query around has it, or it is the row of one.
            [entry] if scope.outer.is_none() && !scope.visible().any(|visible| visible.name == name) => {
                Found::One(Expr::Column(vec![(*entry).clone(), name.to_owned()]))
            }
            [..] => Found::Unknown,
        },
    }
}

/// What `table.column` means among the items of one FROM.
fn qualified(schema: Option<&String>, table: &str, column: &str, scope: &Scope<'_>) -> Found {
    let Some(visible) = scope.visible().find(|visible| visible.is(schema, table)) else {
        return Found::Absent;
    };
    if column == "*" {
        return visible.row.clone().map_or(Found::Unknown, Found::One);
    }
    let mut found = visible.columns.iter().filter(|field| field.name == column);
    let own = || visible.entry.as_ref().map(|entry| Expr::Column(vec![entry.clone(), column.to_owned()]));
    match (found.next(), found.next()) {
        (Some(field), None) => Found::One(field.expr.clone()),
        (None, _) if visible.open || scope.system.contains(&column) => {
            own().map_or(Found::Unknown, Found::One)
        }
        (None, _) => Found::Lacking(Box::new(visible.clone())),
        (Some(_), Some(_)) => Found::Unknown,
    }
}

/// Two items joined: what both have in common comes first.
pub(super) fn side_by_side(left: Range, right: Range, merged: Vec<Field>) -> Range {
    let names: Vec<String> = merged.iter().map(|field| field.name.clone()).collect();
    let mut columns = merged;
    let rest = left.columns.into_iter().chain(right.columns);
    columns.extend(rest.filter(|field| !names.contains(&field.name)));
    let mut visible = left.visible;
    visible.extend(right.visible);
    let mut open = left.open;
    open.extend(right.open);
    Range { visible, columns, open, unknown: left.unknown || right.unknown }
}

/// A join that has a name hides the names inside.
pub(super) fn under_one_name(mut range: Range, alias: &Alias) -> Range {
    for (field, name) in range.columns.iter_mut().zip(&alias.columns) {
        name.clone_into(&mut field.name);
    }
    let unknown = range.is_open();
    let visible = Visible {
        name: alias.name.clone().unwrap_or_default(),
        schema: None,
        columns: range.columns.clone(),
        row: None,
        entry: None,
        is_relation: false,
        open: unknown,
    };
    Range { visible: vec![visible], columns: range.columns, open: Vec::new(), unknown }
}
