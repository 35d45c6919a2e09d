//! What a schema file and the migrations lack of each other, written out.

use crate::diagnostic::Written;
use crate::history::replay::PartRun;
use crate::lint::History;
use crate::ops::Operation;
use crate::schema::{Column, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::write_schema::{self, SchemaFile, Words};
use crate::text::{Edit, FileId, Place, Source, Sources, Span};

/// The edits that write an object into a schema file.
pub fn write(
    sources: &Sources,
    histories: &[History<'_>],
    file: FileId,
    object: &ObjectRef,
    columns: &[Column],
    words: &[Written],
) -> Option<Vec<Edit>> {
    let (_, run) = schema_file(histories, file)?;
    let into = SchemaFile { source: sources.get(file), script: &run.script, dialect: run.engine.dialect };
    if !words.iter().all(|word| can_be_copied(sources.get(word.place.file), word.place.span)) {
        return None;
    }
    let words: Vec<Words<'_>> = words
        .iter()
        .map(|word| Words {
            source: sources.get(word.place.file),
            operation: &word.operation,
            span: word.place.span,
        })
        .collect();
    match (object.kind, &object.on) {
        (ObjectKind::Table, _) => write_schema::table(into, &object.name, &words, columns),
        (ObjectKind::Column, Some(table)) => {
            write_schema::column(into, table_at(run, table)?, table, &words, columns.first()?)
        }
        (ObjectKind::Index, Some(table)) => {
            let [word] = words.as_slice() else { return None };
            write_schema::index(into, table_at(run, table)?, &needed_above(run, table, word.operation), *word)
        }
        _ => None,
    }
}

/// Whether the words mean the same in another file: all of them are text, and no tool fills anything in.
fn can_be_copied(source: &Source, span: Span) -> bool {
    let text = source.slice(span);
    source.bytes().get(span.range()) == Some(text.as_bytes()) && !text.contains("${") && !text.contains("{{")
}

/// A migration that does what a schema file says at a place: where it would stand, and its text.
pub fn migration(
    sources: &Sources,
    histories: &[History<'_>],
    place: Place,
    operations: &[Operation],
) -> Option<(String, String)> {
    let (history, run) = schema_file(histories, place.file)?;
    let source = sources.get(place.file);
    let statement = |operation: &Operation| {
        let span = whole(run, place.span);
        write_schema::statement(source, span, operation, run.engine.dialect).map(|text| format!("{text};\n"))
    };
    let text: Option<String> = operations.iter().map(statement).collect();
    let name = operations.first().map(name_of)?;
    Some((history.replay.sequence.next_path(&name, sources)?, text?))
}

/// What a migration is called that does this.
fn name_of(operation: &Operation) -> String {
    match operation {
        Operation::CreateTable(create) => format!("create_{}", create.name.text()),
        Operation::CreateIndex(create) => format!("index_{}", create.table.text()),
        Operation::AddColumn { table, def, .. } => format!("add_{}_{}", table.name.text(), def.column.name),
        Operation::AlterColumn { table, column, .. } => format!("alter_{}_{column}", table.name.text()),
        _ => "schema".to_owned(),
    }
}

/// The statement that a place lies in.
fn whole(run: &PartRun, span: Span) -> Span {
    let statement = run.script.statements.iter().rfind(|statement| statement.span.contains(span));
    statement.map_or(span, |statement| statement.span)
}

fn schema_file<'a>(histories: &'a [History<'a>], file: FileId) -> Option<(&'a History<'a>, &'a PartRun)> {
    histories.iter().find_map(|history| {
        let canonical = history.canonical.iter().find(|canonical| canonical.file == file)?;
        Some((history, &canonical.run))
    })
}

/// Where the file makes a table.
fn table_at(run: &PartRun, table: &Name) -> Option<Span> {
    run.after.table(table).found()?.made.map(|made| made.span)
}

/// What an index must stand below: its table, that table's other indexes, and the columns that it reads.
fn needed_above(run: &PartRun, table: &Name, operation: &Operation) -> Vec<Span> {
    let reads: Vec<String> = match operation {
        Operation::CreateIndex(create) => create
            .keys
            .iter()
            .map(|key| &key.expr)
            .chain(&create.predicate)
            .flat_map(|expr| expr.columns())
            .collect(),
        _ => Vec::new(),
    };
    let there = run.after.table(table).found();
    let columns = there.iter().flat_map(|table| &table.columns);
    let read = columns.filter(|member| reads.iter().any(|name| member.column.name == name.as_str()));
    let indexes = run.after.indexes_of(table).filter(|index| index.constraint.is_none());
    let made = there.and_then(|table| table.made).into_iter().chain(read.filter_map(|member| member.made));
    made.chain(indexes.filter_map(|index| index.made)).map(|place| place.span).collect()
}
