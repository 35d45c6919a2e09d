//! The statements that turn one catalog into another, in an order that runs: what leans on something goes before it, and comes back
//! behind it.

mod columns;
mod sqlite;
mod tables;
mod types;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::write::quote;
use super::order::{Item, Order};
use super::{Writer, shown};
use crate::ops::object_name;
use crate::schema::{
    Catalog, Detail, Dialect, Difference, DifferenceKind, Function, Name, ObjectKind, ObjectRef, Relation,
    function_ref,
};

/// When a statement runs: earlier ones first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    DropViews,
    DropOthers,
    // What is no part of another table any more is free to change, and stays when that one goes.
    Detach,
    DropForeignKeys,
    DropConstraints,
    DropIndexes,
    // Before anything new is made: their names may be wanted.
    DropTables,
    Renames,
    DropComputed,
    Schemas,
    // Types, functions, sequences and tables, each behind what it needs.
    Items,
    Columns,
    Defaults,
    DropColumns,
    Computed,
    Owners,
    // What a partition has of its own, its parent's keys and indexes take for their parts.
    PartitionKeys,
    Attach,
    Constraints,
    Indexes,
    ForeignKeys,
    // Views, and functions that need one or a table as it is by now.
    Views,
    Switches,
    Others,
    // Types, functions and sequences, each before what it needs.
    DropItems,
    DropServers,
    DropWrappers,
    DropExtensions,
    DropSchemas,
    Comments,
}

/// The statements, without semicolons, that turn `from` into `to`; `differences` is what the two differ in, `from` on the left. What
/// no statement can do stands among them as a comment.
pub fn migrate(from: &Catalog, to: &Catalog, differences: &[Difference]) -> Vec<String> {
    let changes = Changes {
        from: Writer { catalog: from },
        to: Writer { catalog: to },
        differences,
        dialect: to.dialect,
        remade: tables::to_make_anew(from, to, differences),
        order: Order::of(Writer { catalog: to }),
        old_order: Order::of(Writer { catalog: from }),
    };
    if to.dialect == Dialect::Sqlite { changes.sqlite() } else { changes.postgres() }
}

struct Changes<'a> {
    from: Writer<'a>,
    to: Writer<'a>,
    differences: &'a [Difference],
    dialect: Dialect,
    /// The tables of both sides that no statement makes into what they are to be: they go and come anew.
    remade: BTreeSet<Name>,
    /// The order in which what is to be there can be made.
    order: Order<'a>,
    /// The order in which what is there can have been made: what goes goes the other way.
    old_order: Order<'a>,
}

/// The statements, each with the phase in which it runs, and what they make.
#[derive(Default)]
struct Steps {
    all: Vec<(Phase, usize, String)>,
    made: BTreeSet<ObjectRef>,
}

impl Steps {
    fn push(&mut self, step: (Phase, String)) {
        let (phase, text) = step;
        self.push_at(phase, 0, text);
    }

    /// The same for one that runs behind others of its phase: those with a lower place.
    fn push_at(&mut self, phase: Phase, place: usize, text: String) {
        self.all.push((phase, place, text));
    }

    fn extend(&mut self, steps: impl IntoIterator<Item = (Phase, String)>) {
        self.all.extend(steps.into_iter().map(|(phase, text)| (phase, 0, text)));
    }

    /// Gives what was pushed since then, and has no place, one.
    fn place_since(&mut self, start: usize, place: usize) {
        for (_, known, _) in self.all.iter_mut().skip(start).filter(|(phase, _, _)| *phase == Phase::Items) {
            *known = place;
        }
    }

    /// Remembers that an object is made, so that it has no comment yet.
    fn makes(&mut self, kind: ObjectKind, name: &Name, on: Option<&Name>) {
        self.made.insert(ObjectRef { kind, name: name.clone(), on: on.cloned() });
    }
}

impl Changes<'_> {
    fn postgres(&self) -> Vec<String> {
        let mut steps = Steps::default();
        let again = self.views_to_make_again();
        for (at, item) in self.old_order.items.iter().enumerate().rev() {
            let view = match item {
                Item::View(view) => view,
                Item::Function(name, function) => {
                    let object = function_ref(name, function);
                    let is_late = self.old_order.is_late(at);
                    if is_late && self.is(DifferenceKind::Extra, &object) {
                        steps.push((Phase::DropViews, self.drop(&object)));
                    }
                    continue;
                }
                Item::Type(_) | Item::Sequence(_) | Item::Table(_) => continue,
            };
            let gone =
                self.is(DifferenceKind::Extra, &relation_ref(view_kind(view.materialized), &view.name));
            if gone || again.contains(&view.name) {
                let kind = view_kind(view.materialized).keywords();
                steps.push((Phase::DropViews, format!("DROP {kind} {}", shown(&view.name, self.dialect))));
            }
        }
        for view in self.to.views_in_order() {
            let new =
                self.is(DifferenceKind::Missing, &relation_ref(view_kind(view.materialized), &view.name));
            if new || again.contains(&view.name) {
                let place =
                    self.order.place(|item| matches!(item, Item::View(known) if known.name == view.name));
                steps.push_at(Phase::Views, place, self.to.create_view(view));
                steps.makes(view_kind(view.materialized), &view.name, None);
                self.make_indexes(&view.name, (Phase::Views, place), &mut steps);
                self.make_others(&view.name, &mut steps);
            }
        }
        let new_tables = self.new_tables();
        for table in self.to.tables_in_order() {
            if new_tables.contains(&table.name) {
                self.make_table(table, &mut steps);
            }
        }
        self.drop_tables(&mut steps);
        self.rename_what_is_in_the_way(&mut steps);
        self.make_foreign_keys_again(&mut steps);
        for difference in self.differences {
            self.change(difference, &again, &mut steps);
        }
        self.comment_what_is_made(&mut steps);
        let mut out: Vec<String> = Vec::new();
        steps.all.sort_by_key(|(phase, place, _)| (*phase, *place));
        for (_, _, text) in steps.all {
            if !out.contains(&text) {
                out.push(text);
            }
        }
        if out.iter().any(|text| text.starts_with("CREATE FUNCTION") || text.starts_with("CREATE OR REPLACE"))
        {
            out.insert(0, "SET check_function_bodies = false".to_owned());
        }
        out
    }

    fn drop(&self, object: &ObjectRef) -> String {
        format!("DROP {}", object_name(object, |name| shown(name, self.dialect)))
    }

    fn is(&self, kind: DifferenceKind, object: &ObjectRef) -> bool {
        self.differences.iter().any(|difference| difference.kind == kind && difference.object == *object)
    }

    fn new_tables(&self) -> BTreeSet<Name> {
        let new = self.differences.iter().filter(|difference| {
            difference.kind == DifferenceKind::Missing && difference.object.kind == ObjectKind::Table
        });
        new.map(|difference| difference.object.name.clone()).chain(self.remade.iter().cloned()).collect()
    }

    /// The indexes of a new relation.
    fn make_indexes(&self, relation: &Name, (phase, place): (Phase, usize), steps: &mut Steps) {
        let mut out = Vec::new();
        self.to.indexes(relation, &mut out);
        for text in out {
            steps.push_at(phase, place, text);
        }
        for index in self.to.catalog.indexes_of(relation) {
            steps.makes(ObjectKind::Index, &index.name, None);
        }
    }

    /// The triggers, rules and policies of a new relation.
    fn make_others(&self, relation: &Name, steps: &mut Steps) {
        for (object, other) in self.to.catalog.others() {
            if object.on.as_ref() == Some(relation) && other.made.is_some() {
                steps.extend(self.to.other(object, other).map(|text| (Phase::Others, text)));
                steps.extend(self.to.switched(object, other).map(|text| (Phase::Others, text)));
            }
        }
    }

    /// The comments on what the statements make, and on its parts.
    fn comment_what_is_made(&self, steps: &mut Steps) {
        let is_made = |object: &ObjectRef| {
            let whole = |on: &Name| {
                let kinds =
                    [ObjectKind::Table, ObjectKind::View, ObjectKind::MaterializedView, ObjectKind::Type];
                kinds.into_iter().any(|kind| steps.made.contains(&relation_ref(kind, on)))
            };
            steps.made.contains(object) || object.on.as_ref().is_some_and(whole)
        };
        let comments = self.to.comments();
        let comments: Vec<(Phase, String)> = comments
            .iter()
            .filter(|(object, _)| is_made(object))
            .map(|(object, text)| (Phase::Comments, self.to.comment(object, Some(text))))
            .collect();
        steps.extend(comments);
    }

    /// The views of both sides that have to be dropped and made again: their definition changed, or something that they read did.
    fn views_to_make_again(&self) -> BTreeSet<Name> {
        let mut changed = self.remade.clone();
        for difference in self.differences {
            let object = &difference.object;
            let touches = match (object.kind, difference.kind) {
                (ObjectKind::Column, DifferenceKind::Type | DifferenceKind::Extra) => object.on.clone(),
                (ObjectKind::Table, DifferenceKind::Extra) => Some(object.name.clone()),
                (
                    ObjectKind::View | ObjectKind::MaterializedView,
                    DifferenceKind::Definition | DifferenceKind::Extra,
                ) => Some(object.name.clone()),
                (_, _) => None,
            };
            changed.extend(touches);
        }
        loop {
            let reading = self.from.views_in_order().into_iter().filter(|view| {
                !changed.contains(&view.name) && view.reads.iter().any(|read| changed.contains(read))
            });
            let more: Vec<Name> = reading.map(|view| view.name.clone()).collect();
            if more.is_empty() {
                break;
            }
            changed.extend(more);
        }
        let both = |name: &Name| {
            self.from.catalog.view(name).found().is_some() && self.to.catalog.view(name).found().is_some()
        };
        changed.into_iter().filter(|name| both(name)).collect()
    }

    fn change(&self, difference: &Difference, again: &BTreeSet<Name>, steps: &mut Steps) {
        let object = &difference.object;
        let is_made_anew = |name: &Name| self.remade.contains(name);
        if object.on.as_ref().is_some_and(is_made_anew)
            || (object.kind == ObjectKind::Table && is_made_anew(&object.name))
        {
            return;
        }
        if difference.kind == DifferenceKind::Comment {
            let text = difference.right.as_ref().and_then(|_| self.comment_of(object));
            steps.push((Phase::Comments, self.to.comment(object, text.as_deref())));
            return;
        }
        match object.kind {
            ObjectKind::Table | ObjectKind::ForeignTable => match difference.kind {
                DifferenceKind::Missing | DifferenceKind::Extra => {}
                DifferenceKind::Type
                | DifferenceKind::Nullability
                | DifferenceKind::Default
                | DifferenceKind::Definition
                | DifferenceKind::Comment => self.change_table(&object.name, steps),
            },
            ObjectKind::Column => self.change_column(difference, steps),
            ObjectKind::Constraint => self.change_constraint(difference, steps),
            ObjectKind::Index => {
                let on_new_view =
                    object.on.as_ref().is_some_and(|on| again.contains(on) || self.is_new_view(on));
                if on_new_view {
                    return;
                }
                self.change_index(difference, steps);
            }
            ObjectKind::View | ObjectKind::MaterializedView => {}
            ObjectKind::Sequence => self.change_sequence(difference, steps),
            ObjectKind::Type | ObjectKind::Domain => self.change_type(difference, steps),
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate | ObjectKind::Routine => {
                self.change_function(difference, steps);
            }
            _ => self.change_other(difference, steps),
        }
    }

    fn is_new_view(&self, name: &Name) -> bool {
        self.to.catalog.view(name).found().is_some() && self.from.catalog.view(name).found().is_none()
    }

    /// The comment that an object has in the end.
    fn comment_of(&self, object: &ObjectRef) -> Option<Arc<str>> {
        let is_it = |known: &ObjectRef| {
            // The name of an index is enough, whatever its table.
            let on = known.on == object.on || object.kind == ObjectKind::Index;
            known.kind == object.kind && known.name == object.name && on
        };
        self.to.comments().into_iter().find(|(known, _)| is_it(known)).map(|(_, text)| text)
    }

    fn change_sequence(&self, difference: &Difference, steps: &mut Steps) {
        let name = shown(&difference.object.name, self.dialect);
        let new = match self.to.catalog.relation(&difference.object.name).found() {
            Some(Relation::Sequence(sequence)) => Some(sequence),
            Some(Relation::Table(_) | Relation::Index(_) | Relation::View(_)) | None => None,
        };
        match (difference.kind, new) {
            (DifferenceKind::Extra, _) => steps.push((Phase::DropItems, format!("DROP SEQUENCE {name}"))),
            (DifferenceKind::Missing, Some(sequence)) => {
                steps.makes(ObjectKind::Sequence, &sequence.name, None);
                steps.push((Phase::Items, self.to.sequence(sequence)))
            }
            (_, Some(sequence)) => {
                let text = self.to.alter_sequence(&sequence.name, sequence);
                steps.push((Phase::Items, text));
            }
            (_, None) => {}
        }
    }

    fn change_function(&self, difference: &Difference, steps: &mut Steps) {
        let object = &difference.object;
        let find = |writer: Writer<'_>| {
            let mut all = writer.catalog.all_functions();
            all.find(|(name, function)| is_function(object, name, function))
                .map(|(name, function)| (name.clone(), function.clone()))
        };
        match (difference.kind, find(self.from), find(self.to)) {
            (DifferenceKind::Extra, ..) => {
                let place = self.old_order.place(|item| is_item(item, object));
                steps.push_at(Phase::DropItems, usize::MAX - place, self.drop(object));
            }
            (DifferenceKind::Missing, _, Some((name, function))) => {
                let (phase, place) = self.place_of_function(object);
                if let Some(text) = self.to.function(&name, &function) {
                    steps.push_at(phase, place, text);
                }
                steps.made.insert(object.clone());
            }
            (_, Some((_, before)), Some((name, after))) => {
                let names = |function: &Function| {
                    function.arguments.iter().map(|argument| argument.name.clone()).collect::<Vec<_>>()
                };
                let defaults = |function: &Function| {
                    function.arguments.iter().filter(|argument| argument.default.is_some()).count()
                };
                let replaceable = before.returns == after.returns
                    && names(&before) == names(&after)
                    && before.kind == after.kind
                    && defaults(&before) <= defaults(&after);
                let (phase, place) = self.place_of_function(object);
                if !replaceable {
                    steps.push_at(phase, place, self.drop(object));
                    steps.made.insert(object.clone());
                }
                steps.push_at(phase, place, self.to.function_text(&name, &after, replaceable));
            }
            (_, _, _) => {}
        }
    }

    /// When a function is made: before columns that call it, unless it needs a view, or a table that may change first.
    fn place_of_function(&self, object: &ObjectRef) -> (Phase, usize) {
        let place = self.order.place(|item| is_item(item, object));
        let new_tables = self.new_tables();
        let is_new = |item: Item<'_>| matches!(item, Item::Table(table) if new_tables.contains(&table.name));
        let is_called = self
            .order
            .items
            .iter()
            .enumerate()
            .any(|(at, item)| is_new(*item) && self.order.needs(at, |needed| is_item(needed, object)));
        let waits = self.order.needs(place, |item| match item {
            Item::View(_) => true,
            Item::Table(table) => {
                !self.remade.contains(&table.name) && self.from.catalog.table(&table.name).found().is_some()
            }
            Item::Type(_) | Item::Function(..) | Item::Sequence(_) => false,
        });
        (if waits && !is_called { Phase::Views } else { Phase::Items }, place)
    }

    fn change_other(&self, difference: &Difference, steps: &mut Steps) {
        let object = &difference.object;
        let old = self.from.catalog.other(object).found();
        let new = self.to.catalog.other(object).found();
        let drops = |kind: ObjectKind| match kind {
            ObjectKind::Schema => Phase::DropSchemas,
            ObjectKind::Extension => Phase::DropExtensions,
            ObjectKind::Server => Phase::DropServers,
            ObjectKind::ForeignDataWrapper => Phase::DropWrappers,
            _ => Phase::DropOthers,
        };
        let makes = match object.kind {
            ObjectKind::Schema | ObjectKind::Extension => Phase::Schemas,
            _ => Phase::Others,
        };
        let (Some(_), Some(new)) = (old, new) else {
            if difference.kind == DifferenceKind::Extra {
                let what = object_name(object, |name| shown(name, self.dialect));
                steps.push((drops(object.kind), format!("DROP {what}")));
            }
            if let Some(new) = new.filter(|_| difference.kind == DifferenceKind::Missing) {
                match self.to.other(object, new) {
                    Some(text) => steps.push((makes, text)),
                    None => {
                        let what = object_name(object, |name| shown(name, self.dialect));
                        steps.push((
                            makes,
                            format!("-- {what} is missing, and is not known well enough to be written"),
                        ));
                    }
                }
                steps.extend(self.to.switched(object, new).map(|text| (makes, text)));
                steps.made.insert(object.clone());
            }
            return;
        };
        if let Detail::Extension(extension) = &new.detail {
            if let Some(schema) = &extension.schema {
                let (name, schema) = (quote(&object.name.ident, self.dialect), quote(schema, self.dialect));
                steps.push((Phase::Schemas, format!("ALTER EXTENSION {name} SET SCHEMA {schema}")));
            }
            return;
        }
        if let Some(text) = self.to.other(object, new) {
            let what = object_name(object, |name| shown(name, self.dialect));
            steps.push((Phase::DropOthers, format!("DROP {what}")));
            steps.push((makes, text));
            steps.extend(self.to.switched(object, new).map(|text| (makes, text)));
            steps.made.insert(object.clone());
        }
    }
}

/// Whether an item is that function.
fn is_item(item: Item<'_>, object: &ObjectRef) -> bool {
    match item {
        Item::Function(name, function) => is_function(object, name, function),
        Item::Type(_) | Item::Sequence(_) | Item::Table(_) | Item::View(_) => false,
    }
}

fn is_function(object: &ObjectRef, name: &Name, function: &Function) -> bool {
    object.name.ident.key().starts_with(name.ident.key()) && function_ref(name, function) == *object
}

fn relation_ref(kind: ObjectKind, name: &Name) -> ObjectRef {
    ObjectRef { kind, name: name.clone(), on: None }
}

const fn view_kind(materialized: bool) -> ObjectKind {
    if materialized { ObjectKind::MaterializedView } else { ObjectKind::View }
}
