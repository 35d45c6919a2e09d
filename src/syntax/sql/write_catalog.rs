//! Writes whole catalogs: the statements that build one, and those that turn one into another, in an order that runs.

mod changes;
mod objects;
mod operations;
mod order;
mod tables;

use std::collections::BTreeSet;

use super::{write, write_query};
use crate::schema::{
    Body, Catalog, Dialect, Expr, Function, Ident, Name, Returns, Table, Type, View, canonical,
};

pub use changes::migrate;
pub use operations::{operation, reference};

use order::{Item, Order};

/// The statements, without semicolons, that build a catalog, in an order that runs.
pub fn create(catalog: &Catalog) -> Vec<String> {
    let mut out = Vec::new();
    let writer = Writer { catalog };
    match catalog.dialect {
        Dialect::Postgres => writer.postgres(&mut out),
        Dialect::Sqlite | Dialect::Mysql => writer.sqlite(&mut out),
    }
    out
}

/// Writes the objects of a catalog.
#[derive(Clone, Copy)]
struct Writer<'a> {
    catalog: &'a Catalog,
}

impl<'a> Writer<'a> {
    fn postgres(self, out: &mut Vec<String>) {
        self.schemas(out);
        self.extensions(out);
        let functions: Vec<(&Name, &Function)> = self.catalog.all_functions().collect();
        if functions.iter().any(|(_, function)| matches!(function.body, Some(Body::Text(_)))) {
            // What a body names may be made below it.
            out.push("SET check_function_bodies = false".to_owned());
        }
        // Views last: a column that they leave to GROUP BY needs its key.
        let order = Order::of(self);
        let (late, early): (Vec<usize>, Vec<usize>) =
            (0..order.items.len()).partition(|at| order.is_late(*at));
        let tables = self.tables_in_order();
        for at in early {
            self.item(order.items[at], out);
        }
        self.owners_of_sequences(out);
        // What a partition has of its own, its parent's keys and indexes take for their parts.
        let (parts, wholes): (Vec<&Table>, Vec<&Table>) =
            tables.iter().partition(|table| table.bound.is_some());
        for table in parts.iter().rev() {
            self.late_constraints(table, false, out);
            self.indexes(&table.name, out);
        }
        for table in &parts {
            self.attach(table, out);
        }
        for table in &wholes {
            self.late_constraints(table, false, out);
        }
        for table in &wholes {
            self.indexes(&table.name, out);
            self.index_parts(table, out);
        }
        for table in &tables {
            self.late_constraints(table, true, out);
        }
        for at in late {
            self.item(order.items[at], out);
        }
        for table in &tables {
            self.table_switches(table, out);
        }
        self.others(out);
        out.extend(self.comments().iter().map(|(object, text)| self.comment(object, Some(text))));
    }

    /// What makes an item; nothing where it comes with another one.
    fn item(self, item: Item<'_>, out: &mut Vec<String>) {
        match item {
            Item::Type(entry) => out.extend(self.type_entry(entry)),
            Item::Function(name, function) => out.extend(self.function(name, function)),
            Item::Sequence(sequence) if self.comes_with_column(sequence) => {}
            Item::Sequence(sequence) => out.push(self.sequence(sequence)),
            Item::Table(table) => out.push(self.create_table(table)),
            Item::View(view) => {
                out.push(self.create_view(view));
                self.indexes(&view.name, out);
            }
        }
    }

    fn sqlite(self, out: &mut Vec<String>) {
        let tables = self.tables_in_order();
        for table in &tables {
            out.push(self.create_table(table));
        }
        for table in &tables {
            self.indexes(&table.name, out);
        }
        for view in self.views_in_order() {
            out.push(self.create_view(view));
        }
        self.others(out);
    }

    /// Every table behind those that it inherits from.
    fn tables_in_order(self) -> Vec<&'a Table> {
        let all: Vec<&Table> = self
            .catalog
            .tables()
            .filter(|table| table.made.is_some() && !table.temporary && !table.foreign)
            .collect();
        in_order(all, |table| &table.name, |table| table.parents.clone())
    }

    /// Every view behind those that it reads.
    fn views_in_order(self) -> Vec<&'a View> {
        let all: Vec<&View> = self.catalog.views().filter(|view| view.made.is_some()).collect();
        let all = all
            .into_iter()
            .filter(|view| view.name.schema.as_ref().is_none_or(|schema| *schema != "pg_temp"));
        in_order(all.collect(), |view| &view.name, |view| view.reads.clone())
    }
}

/// The items, each behind those that it leans on. What leans on itself in a circle keeps its place.
fn in_order<T>(all: Vec<&T>, name: impl Fn(&T) -> &Name, leans_on: impl Fn(&T) -> Vec<Name>) -> Vec<&T> {
    let mut waiting = all;
    let mut out: Vec<&T> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let open: BTreeSet<Name> = waiting.iter().map(|item| name(item).clone()).collect();
        let (ready, rest): (Vec<&T>, Vec<&T>) = waiting.into_iter().partition(|item| {
            leans_on(item).iter().all(|other| other == name(item) || !open.contains(other))
        });
        if ready.is_empty() {
            out.extend(rest);
            break;
        }
        out.extend(ready);
        waiting = rest;
    }
    out
}

/// The types that a function takes and gives.
fn signature(function: &Function) -> impl Iterator<Item = &Type> {
    let (one, many) = match &function.returns {
        Some(Returns::Type { ty, .. }) => (Some(ty), &[][..]),
        Some(Returns::Table(columns)) => (None, columns.as_slice()),
        None => (None, &[][..]),
    };
    function.arguments.iter().map(|argument| &argument.ty).chain(one).chain(many.iter().map(|(_, ty)| ty))
}

/// A name as people write it: without the schema that everybody leaves out.
pub fn shown(name: &Name, dialect: Dialect) -> String {
    match &name.schema {
        // What is called like one of the server's own tables is that one, unless its schema is said.
        Some(schema)
            if (schema.key() != "public" && schema.key() != "main")
                || (dialect == Dialect::Postgres && name.ident.key().starts_with("pg_")) =>
        {
            write::name(name, dialect)
        }
        Some(_) | None => write::quote(&name.ident, dialect),
    }
}

fn quoted(columns: &[Ident], dialect: Dialect) -> String {
    columns.iter().map(|column| write::quote(column, dialect)).collect::<Vec<_>>().join(", ")
}

fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// An expression as SQL; one that cannot be written is shown as people read it.
fn expr_text(expr: &Expr, dialect: Dialect) -> String {
    write_query::expr(expr, dialect).unwrap_or_else(|| canonical::text(expr))
}

/// A type as it is written: the user's own in quotes where they must be.
fn type_text(ty: &Type, dialect: Dialect) -> String {
    // The word char is character(1), and the type of that name one byte.
    let one_byte = dialect == Dialect::Postgres && ty.schema.is_none() && ty.name == "char";
    // The server's own names have blanks, `%TYPE` a sign; with anything else in it, it is somebody's in quotes: `"*/*"`.
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || !byte.is_ascii() || b"_ %.$".contains(&byte)
    };
    let own = dialect == Dialect::Postgres && !ty.name.bytes().all(plain);
    if one_byte {
        return Type { name: "\"char\"".to_owned(), ..ty.clone() }.to_string();
    }
    if !own {
        return ty.to_string();
    }
    let name = write::quote(&Ident::exact(ty.name.as_str()), dialect);
    Type { name, ..ty.clone() }.to_string()
}
