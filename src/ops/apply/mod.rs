//! What a statement does to a catalog, as the server would do it.

mod alter_table;
mod columns;
mod constraints;
mod depends;
mod drop;
mod expressions;
mod extensions;
mod fits;
mod follow;
mod functions;
mod indexes;
mod kinds;
mod labels;
mod names;
mod notes;
mod objects;
mod query;
mod rename;
mod tables;
mod types;
mod users;

pub use fits::never_made_type;
pub use labels::{NewLabel, new_label_used};
pub use names::object_name as generated_name;
pub use query::resolved;

use super::session::{Block, Savepoint};
use super::{
    AlterColumn, Answer, Condition, Conflict, Guard, Op, Operation, Session, Statement, TableOption,
    Transaction,
};
use crate::schema::{
    Catalog, ConstraintKind, Detail, Dialect, Ident, Lookup, Name, ObjectKind, ObjectRef, Slot, TypeKind,
};
use crate::text::Place;

/// A catalog to go on with, and what became of each operation.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The catalog to go on with. What was refused because something leans on it is done in it all the same: what stands in a history
    /// ran, so that it is our knowledge that lacks something. Who asks what the server has after a refusal takes the catalog before.
    pub after: Catalog,
    /// One for each operation of the statement, in its order.
    pub results: Vec<Outcome>,
}

/// What became of an operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It ran.
    Done,
    /// Its guard or its condition kept it from running; where what it found was made.
    Skipped {
        /// Where the existing object was made, where it is an existing object and that is known.
        existing: Option<Place>,
    },
    /// The server refuses it.
    Refused(Conflict),
}

impl Outcome {
    /// What the server would say, where it refuses.
    pub const fn conflict(&self) -> Option<&Conflict> {
        match self {
            Self::Refused(conflict) => Some(conflict),
            Self::Done | Self::Skipped { .. } => None,
        }
    }
}

/// Applies a statement.
pub fn apply(before: &Catalog, statement: &Statement, session: &mut Session) -> Applied {
    let mut after = before.clone();
    let skipped = || Outcome::Skipped { existing: None };
    if !may_run(before, statement, session) {
        return Applied { after, results: statement.ops.iter().map(|_| skipped()).collect() };
    }
    let mut results: Vec<Outcome> = statement.ops.iter().map(|_| Outcome::Done).collect();
    let outside = statement.within.is_none() && !session.in_transaction();
    let session_has_none = session.transaction == Transaction::None;
    if outside {
        // The statement before was a transaction of its own.
        session.new_labels.clear();
    }
    // What CREATE SCHEMA brings along is looked for there first.
    let path = match statement.ops.as_slice() {
        [Op { kind: Operation::CreateSchema { name: Some(name), .. }, .. }, _, ..] => {
            let path = session.search_path.clone();
            session.search_path.insert(0, name.clone());
            Some(path)
        }
        _ => None,
    };
    for index in running_order(&statement.ops, before.dialect) {
        let op = &statement.ops[index];
        let place = Place::new(session.file, op.span);
        let kept = (!statement.when.is_empty()).then(|| after.clone());
        let mut step = Step { catalog: &mut after, session, place, quoted: &statement.quoted };
        let outcome = match &op.kind {
            Operation::Lock { .. } if outside && session_has_none && step.postgres() => {
                no_block("LOCK TABLE")
            }
            // It says something about the transaction that it is alone in.
            Operation::Set { local: true, .. } if outside && step.postgres() => Outcome::Done,
            kind => match twice_in_one(&statement.ops[..index], kind).filter(|_| step.postgres()) {
                Some(sentence) => Outcome::Refused(Conflict::Other("0A000", sentence)),
                None => step.run_with_labels(kind),
            },
        };
        results[index] = match outcome {
            Outcome::Refused(conflict) if ends_block(statement, &conflict, before, session) => {
                let block = handler(statement, &conflict).and_then(|block| session.blocks.get(&block));
                after = block.map_or_else(|| before.clone(), |block| block.before.clone());
                results.fill(skipped());
                break;
            }
            Outcome::Refused(conflict) if takes(statement, &conflict, session) => {
                after = kept.unwrap_or(after);
                skipped()
            }
            outcome => outcome,
        };
    }
    if let Some(path) = path {
        session.search_path = path;
    }
    Applied { after, results }
}

/// Why an ALTER TABLE cannot go on: it says something for the second time.
fn twice_in_one(before: &[Op], operation: &Operation) -> Option<String> {
    before.iter().find_map(|known| match (&known.kind, operation) {
        (
            Operation::AlterColumn { column: one, change: AlterColumn::Type { .. }, .. },
            Operation::AlterColumn { column: other, change: AlterColumn::Type { .. }, table },
        ) if one == other => {
            Some(format!("one ALTER TABLE gives column `{one}` of `{}` two types", table.name))
        }
        (
            Operation::SetTableOption { option: TableOption::Logged(_), .. },
            Operation::SetTableOption { option: TableOption::Logged(_), table },
        ) => Some(format!("one ALTER TABLE says twice whether `{}` is logged", table.name)),
        _ => None,
    })
}

/// Whether statements that begin so leave every object as it is, whatever else stands in them.
pub fn leaves_schema(verb: &str) -> bool {
    matches!(
        verb.split(' ').next().unwrap_or(""),
        "INSERT"
            | "UPDATE"
            | "DELETE"
            | "MERGE"
            | "SELECT"
            | "WITH"
            | "VALUES"
            | "COPY"
            | "GRANT"
            | "REVOKE"
            | "COMMENT"
            | "SET"
    )
}

/// Whether the conditions around the statement let it run, as far as they can be told.
fn may_run(catalog: &Catalog, statement: &Statement, session: &mut Session) -> bool {
    if statement.within.is_none() {
        session.answers.clear();
        session.blocks.clear();
    }
    statement.when.iter().all(|condition| match condition {
        Condition::Handled { block, .. } => {
            let begun = || Block { before: catalog.clone(), failed: None };
            session.blocks.entry(*block).or_insert_with(begun).failed.is_none()
        }
        Condition::Caught { errors, besides, block } => {
            match session.blocks.get(block).and_then(|block| block.failed) {
                Some(state) => handles(errors, besides, state),
                None => !would_be_seen(catalog, errors),
            }
        }
        Condition::IfAbsent(object, at) => !answer(catalog, session, object, *at, false),
        Condition::IfExists(object, at) => answer(catalog, session, object, *at, true),
        Condition::Unknown => true,
    })
}

/// Whether it cannot be told that a statement runs, or that it does not.
pub fn may_not_run(catalog: &Catalog, statement: &Statement, session: &Session) -> bool {
    statement.when.iter().any(|condition| match condition {
        Condition::Unknown => true,
        Condition::Caught { errors, block, .. } => {
            let failed = session.blocks.get(block).is_some_and(|block| block.failed.is_some());
            !failed && !would_be_seen(catalog, errors)
        }
        Condition::IfAbsent(..) | Condition::IfExists(..) | Condition::Handled { .. } => false,
    })
}

/// Whether all of these errors, had they come, would have been seen coming.
fn would_be_seen(catalog: &Catalog, errors: &[String]) -> bool {
    !catalog.open && !catalog.unclear && errors.iter().all(|error| condition_state(error).is_some())
}

/// Whether an error is one of those that a handler names.
fn is_among(errors: &[String], state: &str) -> bool {
    errors.iter().any(|error| {
        error == "others" || error.eq_ignore_ascii_case(state) || condition_state(error) == Some(state)
    })
}

/// Whether a handler of these errors takes one, and none of those `besides` it.
fn handles(errors: &[String], besides: &[String], state: &str) -> bool {
    is_among(errors, state) && !is_among(besides, state)
}

/// The innermost block around a statement that handles its error.
fn handler(statement: &Statement, conflict: &Conflict) -> Option<u32> {
    statement.when.iter().find_map(|condition| match condition {
        Condition::Handled { errors, besides, block } => {
            handles(errors, besides, conflict.sqlstate()).then_some(*block)
        }
        Condition::IfAbsent(..) | Condition::IfExists(..) | Condition::Caught { .. } | Condition::Unknown => {
            None
        }
    })
}

/// Whether an error of the statement certainly ends a block around it, which a handler makes good.
fn ends_block(statement: &Statement, conflict: &Conflict, catalog: &Catalog, session: &mut Session) -> bool {
    let assumed = statement.when.iter().any(|condition| match condition {
        Condition::IfAbsent(_, at) | Condition::IfExists(_, at) => {
            session.answers.get(at).is_none_or(|answer| answer.assumed)
        }
        Condition::Handled { .. } | Condition::Caught { .. } | Condition::Unknown => false,
    });
    let perhaps = assumed || catalog.unclear || may_not_run(catalog, statement, session);
    let Some(block) = handler(statement, conflict).filter(|_| !perhaps) else { return false };
    if let Some(block) = session.blocks.get_mut(&block) {
        block.failed = Some(conflict.sqlstate());
    }
    true
}

/// Whether an object was there when a condition asked for it, which it does before anything runs because of it; where that
/// cannot be told, what is `wanted`.
fn answer(catalog: &Catalog, session: &mut Session, object: &ObjectRef, at: u32, wanted: bool) -> bool {
    if let Some(answer) = session.answers.get(&at) {
        return answer.there;
    }
    let told = is_there(catalog, session, object);
    let answer = Answer { there: told.unwrap_or(wanted), assumed: told.is_none() };
    session.answers.insert(at, answer);
    answer.there
}

/// Whether an error of the statement is taken by a handler around it, or may never happen because it may never run.
fn takes(statement: &Statement, conflict: &Conflict, session: &Session) -> bool {
    statement.when.iter().any(|condition| match condition {
        Condition::Handled { errors, besides, .. } => handles(errors, besides, conflict.sqlstate()),
        Condition::Caught { block, .. } => {
            session.blocks.get(block).is_none_or(|block| block.failed.is_none())
        }
        Condition::Unknown => true,
        // Asked for by its name alone, it may belong to something else than the statement is about.
        Condition::IfAbsent(object, at) | Condition::IfExists(object, at) => {
            let assumed = session.answers.get(at).is_none_or(|answer| answer.assumed);
            let about = match conflict {
                Conflict::Exists(about) | Conflict::Missing(about) => Some(&about.name.ident),
                Conflict::Other(..) => None,
            };
            assumed && about == Some(&object.name.ident)
        }
    })
}

/// The SQLSTATE of a condition name (source: PostgreSQL 15 manual, appendix A).
fn condition_state(name: &str) -> Option<&'static str> {
    Some(match name {
        "duplicate_table" => "42P07",
        "duplicate_column" => "42701",
        "duplicate_object" => "42710",
        "duplicate_function" => "42723",
        "duplicate_schema" => "42P06",
        "duplicate_database" => "42P04",
        "undefined_table" => "42P01",
        "undefined_column" => "42703",
        "undefined_object" => "42704",
        "undefined_function" => "42883",
        "invalid_schema_name" => "3F000",
        "invalid_table_definition" => "42P16",
        "dependent_objects_still_exist" => "2BP01",
        _ => return None,
    })
}

/// Whether an object is there; None where that cannot be told.
fn is_there(catalog: &Catalog, session: &Session, object: &ObjectRef) -> Option<bool> {
    let told = |found: bool, absent: bool| {
        if found {
            Some(true)
        } else if absent {
            Some(false)
        } else {
            None
        }
    };
    let name = resolve(catalog, session, &object.name);
    let on = object.on.as_ref().map(|table| resolve(catalog, session, table));
    match object.kind {
        ObjectKind::Column => {
            let found = catalog.table(&on?).and_then(|table| table.column(object.name.ident.key()));
            told(found.found().is_some(), found.is_absent())
        }
        ObjectKind::Constraint => {
            let Some(on) = on else {
                let any =
                    catalog.tables().any(|table| table.constraint(object.name.ident.key()).found().is_some());
                let all_known = !catalog.open && catalog.tables().all(|table| !table.open);
                return told(any, all_known);
            };
            let found = catalog.table(&on).and_then(|table| table.constraint(object.name.ident.key()));
            told(found.found().is_some(), found.is_absent())
        }
        kind if kind.is_relation() => {
            let found = catalog.relation(&name);
            told(found.found().is_some(), found.is_absent())
        }
        // A label of an enum.
        ObjectKind::Type if on.is_some() => match &catalog.type_entry(&on?).found()?.kind {
            TypeKind::Enum(labels) => {
                let found = labels.labels.iter().any(|label| label == object.name.text());
                told(found, !labels.open)
            }
            TypeKind::Composite(_) | TypeKind::Domain { .. } | TypeKind::Other(_) => None,
        },
        ObjectKind::Type | ObjectKind::Domain => {
            let found = catalog.type_entry(&name);
            told(found.found().is_some(), found.is_absent())
        }
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
            (!catalog.functions(&name).is_empty()).then_some(true)
        }
        ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule => match on {
            Some(on) => {
                let found = catalog.other(&ObjectRef {
                    kind: object.kind,
                    name: Name::bare(object.name.ident.clone()),
                    on: Some(on),
                });
                told(found.found().is_some(), found.is_absent())
            }
            None => catalog
                .others()
                .any(|(other, _)| other.kind == object.kind && other.name.ident == object.name.ident)
                .then_some(true),
        },
        _ => {
            let found = catalog.other(&ObjectRef {
                kind: object.kind,
                name: Name::bare(object.name.ident.clone()),
                on: None,
            });
            told(found.found().is_some(), found.is_absent())
        }
    }
}

/// The (qualified) name that an unqualified one means: the first schema of the search path that has it, else the
/// first one, where it would be made.
pub fn resolve(catalog: &Catalog, session: &Session, name: &Name) -> Name {
    let name = names::kept(catalog.dialect, name);
    let name = &*name;
    if name.schema.is_some() {
        return name.clone();
    }
    let temporary = catalog.temporary_schema();
    let there = |schema: &Ident| {
        let full = Name::qualified(schema.clone(), name.ident.clone());
        let found = catalog.relation(&full).found().is_some()
            || catalog.type_entry(&full).found().is_some()
            || !catalog.functions(&full).is_empty();
        found.then_some(full)
    };
    std::iter::once(&temporary).chain(&session.search_path).find_map(there).unwrap_or_else(|| {
        match session.search_path.first() {
            Some(first) => Name::qualified(first.clone(), name.ident.clone()),
            None => name.clone(),
        }
    })
}

/// PostgreSQL's answer to what only a transaction block takes.
fn no_block(verb: &str) -> Outcome {
    Outcome::Refused(Conflict::Other("25P01", format!("{verb} needs a transaction block")))
}

/// PostgreSQL runs the actions of one ALTER TABLE in passes: drops, type changes, new columns, then the rest
/// (source: `AlterTablePass` in tablecmds.c). Everything else runs in its own order.
fn running_order(ops: &[Op], dialect: Dialect) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ops.len()).collect();
    // MySQL's CHANGE is a rename and a new definition under the new name.
    if dialect != Dialect::Postgres {
        return order;
    }
    order.sort_by_key(|index| match &ops[*index].kind {
        Operation::DropColumn { .. } | Operation::DropConstraint { .. } => 0,
        Operation::AlterColumn {
            change:
                AlterColumn::DropNotNull
                | AlterColumn::DropDefault
                | AlterColumn::DropIdentity(_)
                | AlterColumn::DropExpression(_),
            ..
        } => 0,
        Operation::AlterColumn { change: AlterColumn::Type { .. }, .. } => 1,
        Operation::AddColumn { .. } => 2,
        // It asks for NOT NULL, which a new primary key brings.
        Operation::AlterColumn { change: AlterColumn::AddIdentity { .. }, .. } => 6,
        Operation::AlterColumn { .. } => 3,
        // A foreign key of the table to itself leans on a key that comes with it.
        Operation::AddConstraint { constraint, .. } => match constraint.kind {
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Exclude(_) => 4,
            ConstraintKind::Check(_) | ConstraintKind::NotNull(_) | ConstraintKind::ForeignKey(_) => 5,
        },
        _ => 6,
    });
    order
}

struct Step<'a> {
    catalog: &'a mut Catalog,
    session: &'a mut Session,
    place: Place,
    /// SQLite: the words of the statement in double quotes.
    quoted: &'a [String],
}

impl Step<'_> {
    fn resolve(&self, name: &Name) -> Name {
        resolve(self.catalog, self.session, name)
    }

    fn run(&mut self, operation: &Operation) -> Outcome {
        match operation {
            Operation::CreateTable(create) => self.create_table(create),
            Operation::AddColumn { table, def, guard } => self.add_column(table, def, *guard),
            Operation::DropColumn { table, column, guard, cascade } => {
                self.drop_column(table, column, *guard, *cascade)
            }
            Operation::AlterColumn { table, column, change } => self.alter_column(table, column, change),
            Operation::AddConstraint { table, constraint } => self.add_constraint(table, constraint),
            Operation::DropConstraint { table, constraint, guard, cascade } => {
                self.drop_constraint(table, constraint, *guard, *cascade)
            }
            Operation::ValidateConstraint { table, constraint } => {
                self.validate_constraint(table, constraint)
            }
            Operation::AlterConstraint { table, constraint, attributes } => {
                self.alter_constraint(table, constraint, attributes)
            }
            Operation::RenameColumn { table, from, to } => self.rename_column(table, from, to),
            Operation::RenameConstraint { table, from, to } => self.rename_constraint(table, from, to),
            Operation::AttachPartition { table, partition, bound } => {
                self.attach_partition(table, partition, bound.as_ref())
            }
            Operation::DetachPartition { table, partition, .. } => self.detach_partition(table, partition),
            Operation::SetTableOption { table, option } => self.set_table_option(table, option),
            Operation::Rename { object, arguments, to, if_exists } => {
                self.rename(object, arguments.as_ref(), to, *if_exists)
            }
            Operation::SetSchema { object, arguments, to, if_exists } => {
                self.set_schema(object, arguments.as_ref(), to, *if_exists)
            }
            Operation::Drop(drop) => self.drop(drop),
            Operation::CreateIndex(create) => self.create_index(create),
            Operation::CreateView(create) => self.create_view(create),
            Operation::CreateSequence(create) => self.create_sequence(create),
            Operation::AlterSequence(alter) => self.alter_sequence(alter),
            Operation::CreateType(create) => self.create_type(create),
            Operation::AlterType { name, change } => types::alter_type(self, name, change),
            Operation::CreateDomain(create) => self.create_domain(create),
            Operation::AlterDomain { name, change } => types::alter_domain(self, name, change),
            Operation::CreateFunction(create) => self.create_function(create),
            Operation::CreateTrigger(create) => self.create_trigger(create),
            Operation::CreatePolicy(create) => self.create_policy(create),
            Operation::AlterFunction { object, arguments, options } => {
                self.alter_function(object, arguments.as_ref(), options)
            }
            Operation::AlterPolicy(alter) => self.alter_policy(alter),
            Operation::CreatePublication { name, publication } => self.create_publication(name, publication),
            Operation::AlterPublication { name, change } => self.alter_publication(name, change),
            Operation::CreateRule { name, table, guard, rule } => self.create_rule(name, table, *guard, rule),
            Operation::CreateSchema { name, guard } => match name {
                Some(name) if self.is_reserved(name) => self.reserved(name),
                Some(name) => {
                    let object =
                        ObjectRef { kind: ObjectKind::Schema, name: Name::bare(name.clone()), on: None };
                    self.create_other(object, *guard, Detail::None)
                }
                None => Outcome::Done,
            },
            Operation::CreateExtension { name, guard, schema } => {
                self.create_extension(name, *guard, schema.as_ref())
            }
            Operation::CreateOther { object, guard, detail } => {
                let mut detail = (**detail).clone();
                if let Detail::Statistics(statistics) = &mut detail {
                    statistics.table = self.resolve(&statistics.table);
                    if self.catalog.relation(&statistics.table).is_absent() {
                        let name = statistics.table.clone();
                        let table = ObjectRef { kind: ObjectKind::Table, name, on: None };
                        return self.missing(table, Guard::None);
                    }
                    let measured =
                        [ObjectKind::Table, ObjectKind::ForeignTable, ObjectKind::MaterializedView];
                    let elsewhere = self.not_on(&statistics.table, "extended statistics", &measured);
                    if let Some(conflict) = elsewhere.or_else(|| self.unfit_statistics(statistics)) {
                        return Outcome::Refused(conflict);
                    }
                }
                let mut key = self.other_key(object);
                // Statistics are made where their table is.
                if let Detail::Statistics(statistics) = &detail
                    && object.name.schema.is_none()
                {
                    key.name.schema.clone_from(&statistics.table.schema);
                }
                self.create_other(key, *guard, detail)
            }
            Operation::Merge { table } | Operation::Copy { table: Some(table), from: true } => {
                self.gets_rows(&self.resolve(table));
                Outcome::Done
            }
            Operation::Insert(insert) => {
                let name = self.resolve(&insert.table);
                self.gets_rows(&name);
                self.written(&name, &insert.columns)
            }
            Operation::Update { table, columns, .. } => self.update(table, columns),
            Operation::Delete { table, limited, without, .. } => {
                if !limited {
                    self.empty(table);
                }
                self.update(table, without)
            }
            Operation::Truncate { tables, cascade, .. } => self.truncate(tables, *cascade),
            Operation::Begin => self.begin(),
            Operation::Commit { chain } => self.end(*chain, false),
            Operation::Rollback { chain } => self.end(*chain, true),
            Operation::Savepoint(name) => self.savepoint(name),
            Operation::RollbackTo(name) => self.end_savepoint(name, "ROLLBACK TO"),
            Operation::Release(name) => self.end_savepoint(name, "RELEASE"),
            Operation::Set { name, value, local } => self.set(name, value.as_deref(), *local),
            Operation::Pragma { name, value } => {
                if let Some(value) = value {
                    let name = format!("pragma {}", name.to_ascii_lowercase());
                    self.session.settings.insert(name, (value.to_ascii_lowercase(), false));
                }
                Outcome::Done
            }
            Operation::Opaque { verb, object, .. } => self.opaque(verb, object.as_ref()),
            // SQL that is put together at run time may do anything, and another server may have any table.
            Operation::Other { verb } if verb == "EXECUTE" || verb == "IMPORT FOREIGN SCHEMA" => {
                self.catalog.open_up();
                Outcome::Done
            }
            Operation::Query { calls, .. } => {
                if calls.iter().any(|call| self.may_change_schema(&call.name)) {
                    self.catalog.open_up();
                }
                Outcome::Done
            }
            Operation::Comment { object, arguments, text } => {
                self.comment(object, arguments.as_ref(), text.as_deref())
            }
            Operation::SetOwner { object, arguments, to } => self.set_owner(object, arguments.as_ref(), to),
            Operation::Privilege { text, .. } => {
                self.catalog.put_privilege(text);
                Outcome::Done
            }
            Operation::RefreshView { view, concurrently, with_data } => {
                self.refresh_view(view, *concurrently, *with_data)
            }
            Operation::AlterOther { .. }
            | Operation::Reindex { .. }
            | Operation::Copy { .. }
            | Operation::Lock { .. }
            | Operation::Vacuum { .. }
            | Operation::Analyze { .. }
            | Operation::Cluster { table: _, index: None }
            | Operation::Cluster { table: None, index: Some(_) }
            | Operation::Do
            | Operation::Other { .. } => Outcome::Done,
            Operation::Cluster { table: Some(table), index: Some(index) } => {
                self.cluster(&self.resolve(table), index)
            }
        }
    }

    /// Whether a function of the user's own, by its body, may make or drop things.
    fn may_change_schema(&self, function: &str) -> bool {
        let name = self.resolve(&Name::of_call(function));
        let words = ["CREATE", "ALTER", "DROP", "EXECUTE"];
        let changes = |body: &str| {
            body.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| words.iter().any(|one| word.eq_ignore_ascii_case(one)))
        };
        self.catalog
            .functions(&name)
            .iter()
            .any(|function| function.body.as_ref().is_none_or(|body| changes(body.text())))
    }

    fn begin(&mut self) -> Outcome {
        if matches!(self.session.transaction, Transaction::Explicit(_))
            && self.catalog.dialect == Dialect::Sqlite
        {
            let sentence = "a transaction is open already".to_owned();
            return Outcome::Refused(Conflict::Other("25001", sentence));
        }
        if !self.session.in_transaction() {
            self.remember();
        }
        if !matches!(self.session.transaction, Transaction::Tool) {
            self.session.transaction = Transaction::Explicit(self.place);
        }
        Outcome::Done
    }

    /// Keeps what ROLLBACK goes back to.
    fn remember(&mut self) {
        self.session.at_begin = Some(Box::new(self.catalog.clone()));
        let set = (self.session.search_path.clone(), self.session.settings.clone());
        self.session.set_at_begin = Some(Box::new(set));
    }

    fn end(&mut self, chain: bool, back: bool) -> Outcome {
        if !self.session.in_transaction() && self.catalog.dialect == Dialect::Sqlite {
            let sentence = "no transaction is open".to_owned();
            return Outcome::Refused(Conflict::Other("25P01", sentence));
        }
        if back && self.session.in_transaction() {
            if let Some(before) = self.session.at_begin.take() {
                *self.catalog = *before;
            }
            if let Some(before) = self.session.set_at_begin.take() {
                (self.session.lasting_path, self.session.settings) = *before;
            }
        }
        self.session.search_path.clone_from(&self.session.lasting_path);
        self.session.savepoints.clear();
        self.session.new_labels.clear();
        self.session.opened_by_savepoint = false;
        self.session.settings.retain(|_, (_, local)| !*local);
        let hidden = std::mem::take(&mut self.session.hidden);
        if !back {
            self.session.settings.extend(hidden);
        }
        if chain && self.session.in_transaction() {
            self.remember();
        } else if self.session.one_query {
            self.remember();
            self.session.transaction = Transaction::Implicit;
        } else {
            self.session.at_begin = None;
            self.session.set_at_begin = None;
            self.session.transaction = Transaction::None;
        }
        Outcome::Done
    }

    /// SQLite opens a transaction where none is open; PostgreSQL refuses.
    fn savepoint(&mut self, name: &Ident) -> Outcome {
        if !self.session.in_transaction() {
            match self.catalog.dialect {
                Dialect::Postgres if self.session.transaction == Transaction::None => {
                    return no_block("SAVEPOINT");
                }
                Dialect::Postgres => {}
                Dialect::Sqlite => {
                    self.remember();
                    self.session.transaction = Transaction::Explicit(self.place);
                    self.session.opened_by_savepoint = true;
                }
                Dialect::Mysql => {}
            }
        }
        let session = &*self.session;
        let savepoint = Savepoint {
            name: name.clone(),
            catalog: self.catalog.clone(),
            paths: (session.search_path.clone(), session.lasting_path.clone()),
            settings: (session.settings.clone(), session.hidden.clone()),
        };
        self.session.savepoints.push(savepoint);
        Outcome::Done
    }

    /// ROLLBACK TO leaves the savepoint, RELEASE takes it away; both take away those after it.
    fn end_savepoint(&mut self, name: &Ident, verb: &str) -> Outcome {
        if self.session.transaction == Transaction::None && self.catalog.dialect == Dialect::Postgres {
            return no_block(verb);
        }
        let Some(at) = self.session.savepoints.iter().rposition(|known| known.name == *name) else {
            return match self.catalog.dialect {
                Dialect::Postgres | Dialect::Sqlite => {
                    let sentence = format!("there is no savepoint `{name}`");
                    Outcome::Refused(Conflict::Other("3B001", sentence))
                }
                Dialect::Mysql => Outcome::Done,
            };
        };
        if verb != "RELEASE" {
            let Savepoint { catalog, paths, settings, .. } = self.session.savepoints[at].clone();
            *self.catalog = catalog;
            if self.postgres() {
                (self.session.search_path, self.session.lasting_path) = paths;
                (self.session.settings, self.session.hidden) = settings;
            }
            self.session.savepoints.truncate(at + 1);
            return Outcome::Done;
        }
        self.session.savepoints.truncate(at);
        if at == 0 && self.session.opened_by_savepoint { self.end(false, false) } else { Outcome::Done }
    }

    fn set(&mut self, name: &str, value: Option<&str>, local: bool) -> Outcome {
        let name = name.to_ascii_lowercase();
        if name == "search_path" {
            self.session.search_path = match value {
                None => vec![Ident::exact("public")],
                Some(value) => value
                    .split(',')
                    .map(|part| part.trim().trim_matches(['\'', '"']))
                    .filter(|part| {
                        !part.is_empty() && *part != "$user" && !part.eq_ignore_ascii_case("pg_catalog")
                    })
                    .map(|part| {
                        if part.eq_ignore_ascii_case("default") {
                            Ident::exact("public")
                        } else {
                            Ident::exact(part.to_ascii_lowercase())
                        }
                    })
                    .collect(),
            };
            if !local {
                self.session.lasting_path.clone_from(&self.session.search_path);
            }
        }
        match self.session.settings.get(&name) {
            Some(known) if local && !known.1 => {
                self.session.hidden.insert(name.clone(), known.clone());
            }
            Some(_) | None if !local => {
                self.session.hidden.remove(&name);
            }
            Some(_) | None => {}
        }
        match value {
            Some(value) => self.session.settings.insert(name, (value.to_owned(), local)),
            None => self.session.settings.remove(&name),
        };
        Outcome::Done
    }

    /// What was not understood leaves the object that it names unclear; where that cannot be told, everything.
    fn opaque(&mut self, verb: &str, object: Option<&ObjectRef>) -> Outcome {
        if leaves_schema(verb) {
            return Outcome::Done;
        }
        let Some(object) = object else {
            self.catalog.open_up();
            return Outcome::Done;
        };
        let name = self.resolve(&object.name);
        match object.kind {
            ObjectKind::Table | ObjectKind::ForeignTable => match self.catalog.table(&name) {
                Lookup::Found(_) => {
                    self.catalog.change_table(&name, |table| table.open = true);
                }
                Lookup::Absent | Lookup::Unknown => self.catalog.put_relation(name, Slot::Unclear),
            },
            ObjectKind::Index | ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Sequence => {
                self.catalog.put_relation(name, Slot::Unclear);
            }
            ObjectKind::Type | ObjectKind::Domain => self.catalog.put_type(name, Slot::Unclear),
            _ => {
                let object = self.other_key(object);
                self.catalog.put_other(object, Slot::Unclear);
            }
        }
        Outcome::Done
    }

    /// Rows are written into columns that the table has.
    fn written(&self, table: &Name, columns: &[Ident]) -> Outcome {
        // What the server has by itself is in no catalog.
        let own = |text: &str| text.starts_with("pg_") || text.starts_with("sqlite_");
        let is_own = own(table.ident.key())
            || table
                .schema
                .as_ref()
                .is_some_and(|schema| own(schema.key()) || *schema == "information_schema");
        if self.catalog.relation(table).is_absent() && !is_own && !self.catalog.unclear {
            let object = ObjectRef { kind: ObjectKind::Table, name: table.clone(), on: None };
            return self.missing(object, Guard::None);
        }
        let Lookup::Found(known) = self.catalog.table(table) else { return Outcome::Done };
        let sqlite = || {
            let own = |column: &Ident| ["rowid", "_rowid_", "oid"].contains(&column.key());
            let lacks = |column: &&Ident| known.column(column.key()).is_absent() && !own(column);
            let knows = self.catalog.dialect == Dialect::Sqlite && !self.catalog.unclear;
            columns.iter().find(lacks).filter(|_| knows && known.module.is_none())
        };
        match self.missing_column(known, columns).or_else(sqlite) {
            Some(column) => self.missing(columns::column_ref(table, column), Guard::None),
            None => Outcome::Done,
        }
    }

    fn update(&mut self, table: &Name, columns: &[Ident]) -> Outcome {
        let name = self.resolve(table);
        if let refused @ Outcome::Refused(_) = self.written(&name, columns) {
            return refused;
        }
        // Copying a table to say again what it says already would be most of the work of a long history.
        let is_known = |column: &Ident| {
            let known = self.catalog.table(&name).and_then(|table| table.column(column.key()));
            known.is_absent() || known.found().is_some_and(|member| member.filled)
        };
        if columns.iter().all(is_known) {
            return Outcome::Done;
        }
        self.catalog.change_table(&name, |table| {
            for column in columns {
                if let Some(member) = columns::member(table, column) {
                    member.filled = true;
                }
            }
        });
        Outcome::Done
    }

    fn truncate(&mut self, tables: &[Name], cascade: bool) -> Outcome {
        let together: Vec<Name> = tables.iter().map(|table| self.resolve(table)).collect();
        let tables_only = [ObjectKind::Table, ObjectKind::ForeignTable];
        if let Some(conflict) =
            together.iter().find_map(|name| self.not_on(name, "rows of its own", &tables_only))
        {
            return Outcome::Refused(conflict);
        }
        let referencing = together
            .iter()
            .flat_map(|table| self.foreign_keys_to(table, None).into_iter().map(move |key| (table, key)))
            .find(|(_, (owner, _))| !together.contains(owner));
        if let Some((table, (owner, constraint))) =
            referencing.filter(|_| !cascade && self.catalog.dialect == Dialect::Postgres)
        {
            let sentence = format!("constraint `{constraint}` of `{owner}` refers to `{table}`");
            return Outcome::Refused(Conflict::Other("0A000", sentence));
        }
        for table in tables {
            self.empty(table);
        }
        Outcome::Done
    }

    fn empty(&mut self, table: &Name) {
        let name = self.resolve(table);
        let place = self.place;
        if !self.catalog.table(&name).is_absent() {
            self.catalog.change_table(&name, |table| table.emptied = Some(place));
        }
    }

    /// A table, and what it is a part of, is not known to be empty any more.
    fn gets_rows(&mut self, table: &Name) {
        let mut names = vec![table.clone()];
        let mut at = 0;
        while let Some(name) = names.get(at).cloned() {
            at += 1;
            let Lookup::Found(known) = self.catalog.table(&name) else { continue };
            let is_empty = known.emptied.is_some() || known.found_empty.is_some();
            let above: Vec<Name> =
                known.parents.iter().filter(|parent| !names.contains(parent)).cloned().collect();
            names.extend(above);
            if is_empty {
                self.catalog.change_table(&name, |table| (table.emptied, table.found_empty) = (None, None));
            }
        }
    }

    /// The guard's answer when the object is there already.
    fn exists(&self, object: ObjectRef, guard: Guard, made: Option<Place>) -> Outcome {
        match guard {
            Guard::IfNotExists => Outcome::Skipped { existing: made },
            Guard::None | Guard::IfExists | Guard::OrReplace => Outcome::Refused(Conflict::Exists(object)),
        }
    }

    /// The guard's answer when the object is not there.
    fn missing(&self, object: ObjectRef, guard: Guard) -> Outcome {
        match guard {
            Guard::IfExists => Outcome::Skipped { existing: None },
            Guard::None | Guard::IfNotExists | Guard::OrReplace => {
                Outcome::Refused(Conflict::Missing(object))
            }
        }
    }
}
