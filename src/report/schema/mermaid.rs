//! A schema as a diagram in the language of Mermaid (source: mermaid.js.org/syntax/entityRelationshipDiagram.html, and the
//! lexer of that diagram, which takes less than the manual says).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::{Schemas, Shown, title};
use crate::report::plain::one_line;
use crate::schema::{Catalog, Column, ConstraintKind, Dialect, ForeignKey, Ident, Name, Table, shown_type};

/// Writes one diagram of all schemas. The tables of several stand below the comments that say what they are.
pub fn write(schemas: &Schemas<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "erDiagram")?;
    let mut names = Names::default();
    for (at, shown) in schemas.all.iter().enumerate() {
        diagram(at, shown, &mut names, out)?;
    }
    Ok(())
}

fn diagram(of: usize, shown: &Shown, names: &mut Names, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "    %% {}", comment(&title(shown)))?;
    for note in &shown.notes {
        writeln!(out, "    %% note: {}", comment(&note.to_string()))?;
    }
    let dialect = shown.engine.dialect;
    let tables: Vec<&Table> = shown.catalog.tables().filter(|table| !table.temporary).collect();
    for table in &tables {
        entity(names.of(of, &table.name), &shown.catalog, table, dialect, out)?;
    }
    for table in &tables {
        for (_, key) in table.foreign_keys() {
            relation(of, &shown.catalog, table, key, names, out)?;
        }
    }
    Ok(())
}

/// What stands in a comment: no braces, in which Mermaid looks for directives.
fn comment(text: &str) -> String {
    one_line(text).replace(['{', '}'], "_")
}

fn entity(
    name: String,
    catalog: &Catalog,
    table: &Table,
    dialect: Dialect,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "    {name} {{")?;
    for member in &table.columns {
        attribute(catalog, table, &member.column, dialect, out)?;
    }
    writeln!(out, "    }}")
}

fn attribute(
    catalog: &Catalog,
    table: &Table,
    column: &Column,
    dialect: Dialect,
    out: &mut impl Write,
) -> io::Result<()> {
    let ty = shown_type(column, dialect);
    let shown = if ty.is_empty() { "unknown".to_owned() } else { attribute_word(&ty) };
    let name = attribute_word(column.name.text());
    write!(out, "        {shown} {name}")?;
    let marks = marks(catalog, table, &column.name);
    if !marks.is_empty() {
        write!(out, " {}", marks.join(", "))?;
    }
    let mut said: Vec<&str> = Vec::new();
    if name != column.name.text() {
        said.push(column.name.text());
    }
    if shown != ty.replace(' ', "_") {
        said.push(if ty.is_empty() { "no type" } else { &ty });
    }
    if !said.is_empty() {
        write!(out, " \"{}\"", quotable(&said.join(" ")))?;
    }
    writeln!(out)
}

/// What Mermaid takes for a type or the name of a column: letters, digits and a few signs, and not the name of a mark.
fn attribute_word(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '[' | ']' | '(' | ')');
    let mut word: String = text.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if !word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        word.insert(0, '_');
    }
    let first = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    if ["pk", "fk", "uk"].iter().any(|mark| first.eq_ignore_ascii_case(mark)) {
        word.insert(0, '_');
    }
    word
}

fn quotable(text: &str) -> String {
    one_line(text).replace('"', "'")
}

/// PK, FK and UK, as far as they are about the one column.
fn marks(catalog: &Catalog, table: &Table, column: &Ident) -> Vec<&'static str> {
    let mut marks = Vec::new();
    if table.primary_key().is_some_and(|key| key.contains(column)) {
        marks.push("PK");
    }
    if table.foreign_keys().any(|(_, key)| key.columns.contains(column)) {
        marks.push("FK");
    }
    if is_unique(catalog, table, std::slice::from_ref(column))
        && table.primary_key() != Some(std::slice::from_ref(column))
    {
        marks.push("UK");
    }
    marks
}

/// Whether no two rows have the same values in these columns.
fn is_unique(catalog: &Catalog, table: &Table, columns: &[Ident]) -> bool {
    let wanted: BTreeSet<&str> = columns.iter().map(Ident::key).collect();
    let covers = |key: &[Ident]| !key.is_empty() && key.iter().all(|one| wanted.contains(one.key()));
    let by_constraint = table.constraints.iter().any(|(_, constraint)| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            covers(columns)
        }
        ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => false,
    });
    by_constraint
        || catalog.indexes_of(&table.name).any(|index| {
            let keys: Option<Vec<Ident>> =
                index.keys.iter().map(|key| key.column().map(Ident::exact)).collect();
            index.unique && index.predicate.is_none() && keys.is_some_and(|keys| covers(&keys))
        })
}

/// The line between a table and the one that it refers to: how many rows there are on each side to one on the other.
fn relation(
    of: usize,
    catalog: &Catalog,
    table: &Table,
    key: &ForeignKey,
    names: &mut Names,
    out: &mut impl Write,
) -> io::Result<()> {
    let refuses_null = |column: &Ident| {
        table.column(column.key()).found().is_some_and(|member| member.column.not_null == Some(true))
    };
    let parent = if key.columns.iter().all(refuses_null) { "||" } else { "|o" };
    let child = if is_unique(catalog, table, &key.columns) { "o|" } else { "o{" };
    // A row that is named by its parent's key is a part of it.
    let identifying =
        table.primary_key().is_some_and(|primary| key.columns.iter().all(|column| primary.contains(column)));
    let line = if identifying { "--" } else { ".." };
    let label: Vec<&str> = key.columns.iter().map(Ident::text).collect();
    writeln!(
        out,
        "    {} {parent}{line}{child} {} : \"{}\"",
        names.of(of, &key.table),
        names.of(of, &table.name),
        quotable(&label.join(", "))
    )
}

/// The names of the tables, as Mermaid reads them.
#[derive(Default)]
struct Names {
    given: BTreeMap<(usize, Name), String>,
    taken: BTreeSet<String>,
}

impl Names {
    /// The name of a table of one of the schemas: its own in quotes, without what ends a quoted name; counted where it is taken.
    fn of(&mut self, schema: usize, table: &Name) -> String {
        if let Some(known) = self.given.get(&(schema, table.clone())) {
            return known.clone();
        }
        let plain = one_line(&table.to_string()).replace(['"', '%', '\\'], "_");
        let plain = if plain.is_empty() { "_".to_owned() } else { plain };
        let mut name = format!("\"{plain}\"");
        let mut count = 1;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("\"{plain} {count}\"");
        }
        self.given.insert((schema, table.clone()), name.clone());
        name
    }
}
