//! The canonical schema files of a history, read and replayed: as they stand, and as they stood on the base branch.

use super::files::LARGEST;
use super::histories::{CanonicalFile, Planned};
use super::judged::Trees;
use super::{Project, UserError};
use crate::git::Content;
use crate::history::Part;
use crate::history::replay::{self, PartRun};
use crate::ops::{Conflict, Operation};
use crate::rules::facts::Canonical;
use crate::schema::{Catalog, Dialect, Engine, Ident, Name, ObjectKind, ObjectRef, Slot};
use crate::syntax::sql::{self, Script};
use crate::text::{FileId, Source};

/// Reads schema files or dumps of a history. Without `trees` nothing is compared with the base branch.
///
/// # Errors
/// When git cannot give a file as it stood on the base branch.
pub fn read(
    project: &Project,
    trees: Option<&Trees>,
    planned: &Planned,
    files: &[CanonicalFile],
) -> Result<Vec<Canonical>, UserError> {
    let engine = planned.sequence.engine;
    let one = |file: &CanonicalFile| {
        let run = replayed(file.file, project.files.sources.get(file.file), engine);
        let base = match trees {
            Some(trees) => on_base(project, trees, file.file, &run)?,
            None => None,
        };
        Ok(Canonical { file: file.file, run, configured: file.configured, base })
    };
    files.iter().map(one).collect()
}

/// A schema file, replayed over nothing.
pub fn replayed(file: FileId, source: &Source, engine: Engine) -> PartRun {
    replayed_part(Part::whole(file, source), source, engine)
}

/// A part of a file, replayed over nothing.
pub fn replayed_part(part: Part, source: &Source, engine: Engine) -> PartRun {
    let script = || sql::read(source.text(), part.span, engine.dialect);
    let mut before = shown_in_part(&script(), engine.dialect);
    let mut run = replay::run(part, engine, script(), &before);
    let mut elsewhere: Vec<ObjectRef> = Vec::new();
    for _ in 0..ROUNDS {
        let missing = missing(&run, &elsewhere);
        if missing.is_empty() {
            break;
        }
        for object in &missing {
            put(&mut before, object, true);
        }
        elsewhere.extend(missing);
        run = replay::run(part, engine, script(), &before);
    }
    // The file has none of it all the same.
    for object in &elsewhere {
        let made = run.after.relation(&object.name).found().is_some()
            || run.after.type_entry(&object.name).found().is_some();
        if !made {
            put(&mut run.after, object, false);
        }
    }
    run
}

/// How often a file is replayed to find what it uses and does not make: a statement names one such thing at a time.
const ROUNDS: usize = 6;

/// What statements of a file are refused for because it is not there, and nothing in the file took it away: the file shows a part of a
/// database, and it stands in another one.
fn missing(run: &PartRun, known: &[ObjectRef]) -> Vec<ObjectRef> {
    let mut missing: Vec<ObjectRef> = Vec::new();
    let ops = run.script.statements.iter().flat_map(|statement| &statement.ops);
    for (op, outcome) in ops.zip(run.steps.iter().flat_map(|step| &step.outcomes)) {
        if let Some(Conflict::Missing(object)) = outcome.conflict()
            && refers(&op.kind, object)
            && (object.kind.is_relation()
                || matches!(object.kind, ObjectKind::Type | ObjectKind::Domain | ObjectKind::Schema))
            && !run.after.was_there(&object.name)
            && !known.contains(object)
            && !missing.contains(object)
        {
            missing.push(object.clone());
        }
    }
    missing
}

/// Whether something that an operation makes refers to the object. What it changes has to be there.
fn refers(operation: &Operation, object: &ObjectRef) -> bool {
    match operation {
        Operation::CreateTable(_) | Operation::CreateFunction(_) => true,
        Operation::AddConstraint { table, .. } => table.name.ident != object.name.ident,
        _ => false,
    }
}

/// What may be there, or is not.
fn put(catalog: &mut Catalog, object: &ObjectRef, may_be: bool) {
    match object.kind {
        kind if kind.is_relation() => {
            catalog.put_relation(object.name.clone(), if may_be { Slot::Unclear } else { Slot::Gone });
        }
        ObjectKind::Type | ObjectKind::Domain => {
            catalog.put_type(object.name.clone(), if may_be { Slot::Unclear } else { Slot::Gone });
        }
        // Whether a schema is there is told by what stands in it.
        _ => catalog.put_other(object.clone(), Slot::Unclear),
    }
}

/// An empty catalog in which the schemas may be there that a file makes something in and does not make: it may show a part of a
/// database.
fn shown_in_part(script: &Script, dialect: Dialect) -> Catalog {
    let ops = || script.statements.iter().flat_map(|statement| &statement.ops);
    let made = |schema: &Ident| {
        ops().any(|op| matches!(&op.kind, Operation::CreateSchema { name: Some(name), .. } if name == schema))
    };
    let mut catalog = Catalog::new(dialect, false);
    for schema in ops().filter_map(|op| schema(&op.kind)).filter(|schema| !made(schema)) {
        let object = ObjectRef { kind: ObjectKind::Schema, name: Name::bare(schema.clone()), on: None };
        catalog.put_other(object, Slot::Unclear);
    }
    catalog
}

/// The schema in which something is made.
fn schema(operation: &Operation) -> Option<&Ident> {
    let name = match operation {
        Operation::CreateTable(create) => &create.name,
        Operation::CreateView(create) => &create.name,
        Operation::CreateSequence(create) => &create.name,
        Operation::CreateType(create) => &create.name,
        Operation::CreateDomain(create) => &create.name,
        Operation::CreateFunction(create) => &create.name,
        // Nothing else needs a schema that nothing else made.
        _ => return None,
    };
    name.schema.as_ref()
}

/// What the file built where the branch was taken off its base; None where it was not there.
fn on_base(
    project: &Project,
    trees: &Trees,
    file: FileId,
    now: &PartRun,
) -> Result<Option<Catalog>, UserError> {
    let path = &project.files.sources.get(file).path;
    let (Some(repo), Some(then)) = (&project.repo, trees.on_base(path)) else { return Ok(None) };
    if trees.now.get(path).copied().flatten().is_some_and(|now: Content| now.same_as(&then)) {
        return Ok(Some(now.after.clone()));
    }
    let bytes = repo.blob(&project.in_repository(path), then.id, LARGEST)?;
    Ok(Some(replayed(file, &Source::new(path, bytes), now.engine).after))
}
