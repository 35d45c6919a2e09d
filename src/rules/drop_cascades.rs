//! CASCADE takes along what nobody named.

use super::words::listed;
use super::{Check, Cx, Rule, StepFacts};
use crate::ops::{self, Conflict, Op, Operation, Outcome, Statement};
use crate::schema::{
    Catalog, ConstraintKind, Detail, Expr, Function, Lookup, Name, ObjectKind, Relation, Table, TypeKind,
};
use crate::text::Place;

/// `drop-cascades`.
pub const RULE: Rule = Rule {
    id: "drop-cascades",
    page: include_str!("../../rules/drop-cascades.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for (index, op) in step.statement().ops.iter().enumerate() {
        let skipped = !matches!(step.step().outcomes.get(index), Some(Outcome::Done));
        if skipped || !cascades(&op.kind) || step.lack(op).is_some() || is_new(step, &op.kind) {
            continue;
        }
        let along = along(step, index, op);
        let title = op.kind.title();
        if along.is_empty() {
            if may_take_more(step, &op.kind) {
                cx.report(
                    step.place(op.span),
                    format!("{title} with CASCADE takes along whatever depends on it, and the migrations do not show what that is"),
                )
                .help("Leave CASCADE out: the server then says what depends on it. Drop that by name first.");
            }
            continue;
        }
        if along.iter().all(|(_, is_back)| *is_back) {
            continue;
        }
        let names: Vec<&str> =
            along.iter().filter(|(_, is_back)| !is_back).map(|(name, _)| name.as_str()).collect();
        cx.report(step.place(op.span), format!("{title} with CASCADE takes along {}", listed(&names)))
            .help("Drop them by name first, and leave CASCADE out: the server then refuses where something was forgotten.");
    }
}

fn cascades(operation: &Operation) -> bool {
    match operation {
        // What goes with a schema is the schema's own matter; these have nothing that could depend on them.
        Operation::Drop(drop) => {
            drop.cascade
                && !matches!(
                    drop.kind,
                    ObjectKind::Schema
                        | ObjectKind::Index
                        | ObjectKind::Policy
                        | ObjectKind::Trigger
                        | ObjectKind::Rule
                        | ObjectKind::Publication
                        | ObjectKind::Statistics
                        | ObjectKind::EventTrigger
                        | ObjectKind::Subscription
                )
        }
        Operation::DropColumn { cascade, .. } | Operation::DropConstraint { cascade, .. } => *cascade,
        _ => false,
    }
}

/// Whether everything that is dropped was made by the same change.
fn is_new(step: &StepFacts<'_>, operation: &Operation) -> bool {
    let own = |made: Option<Place>| {
        made.is_some_and(|made| {
            made.file == step.part.run.part.file || step.part.new_files.contains(&made.file)
        })
    };
    match operation {
        Operation::DropColumn { table, column, .. } => {
            let member = step.table(&table.name).and_then(|table| table.column(column.key()));
            step.is_free(&table.name) || own(member.found().and_then(|member| member.made))
        }
        Operation::DropConstraint { table, .. } => step.is_free(&table.name),
        Operation::Drop(drop) => drop.objects.iter().all(|object| {
            let name = step.resolve(&object.name);
            match object.kind {
                ObjectKind::Type | ObjectKind::Domain => {
                    own(step.before().type_entry(&name).found().and_then(|entry| entry.made))
                }
                ObjectKind::Function
                | ObjectKind::Procedure
                | ObjectKind::Routine
                | ObjectKind::Aggregate => {
                    let all = step.before().functions(&name);
                    !all.is_empty() && all.iter().all(|function| own(function.made))
                }
                _ => step.is_free(&object.name),
            }
        }),
        _ => false,
    }
}

/// What goes along, each with whether it was meant to: the migration makes it again, or drops it by name besides.
fn along(step: &StepFacts<'_>, index: usize, op: &Op) -> Vec<(String, bool)> {
    let before = step.before();
    let alone = Statement { ops: vec![op.clone()], when: Vec::new(), ..step.statement().clone() };
    let after = ops::apply(before, &alone, &mut (*step.step().session).clone()).after;
    let gone = Gone { before, after: &after, end: &step.part.run.after, named: named(step, &op.kind) };
    let mut found = gone.relations();
    gone.parts_of_tables(&op.kind, &mut found);
    gone.others(&mut found);
    let by_name: Vec<Name> = step.part.steps().flat_map(|other| named_drops(&other)).collect();
    let named = |along: &Option<Name>| along.as_ref().is_some_and(|along| by_name.contains(along));
    let mut found: Vec<(String, bool)> =
        found.into_iter().map(|(along, text, back)| (text, back || named(&along))).collect();
    found.extend(users_of_functions(step, &op.kind));
    if found.is_empty()
        && let Some(sentence) = refused_without(step, index)
    {
        // "view `v` depends on …": what the server would name.
        let what = sentence.split(" depends on ").next().unwrap_or(&sentence).to_owned();
        found.push((what, false));
    }
    found.sort();
    found.dedup();
    found
}

/// Something that goes along: the relation that it is or belongs to, what people call it, whether it is made again.
type Along = (Option<Name>, String, bool);

/// A catalog before and after a DROP … CASCADE, and when the migration is through.
struct Gone<'a> {
    before: &'a Catalog,
    after: &'a Catalog,
    end: &'a Catalog,
    named: Vec<Name>,
}

impl Gone<'_> {
    fn relations(&self) -> Vec<Along> {
        let mut found = Vec::new();
        for (name, relation) in self.before.relations().filter(|(name, _)| !self.named.contains(*name)) {
            // Indexes, sequences and partitions of a table go with it, CASCADE or not.
            let own = match relation {
                Relation::View(_) => false,
                Relation::Table(table) => table.parents.iter().any(|parent| self.named.contains(parent)),
                Relation::Index(_) | Relation::Sequence(_) => true,
            };
            if !own && self.after.relation(name).is_absent() {
                let text = format!("{} `{name}`", relation.kind().noun());
                found.push((Some(name.clone()), text, self.end.relation(name).found().is_some()));
            }
        }
        found
    }

    /// Columns, their defaults, and constraints of tables that stay.
    fn parts_of_tables(&self, operation: &Operation, found: &mut Vec<Along>) {
        for table in self.before.tables() {
            let Lookup::Found(left) = self.after.table(&table.name) else { continue };
            let end = self.end.table(&table.name);
            let mut add = |text: String, back: bool| found.push((Some(table.name.clone()), text, back));
            for member in &table.columns {
                let column = &member.column.name;
                if matches!(operation, Operation::DropColumn { column: dropped, .. } if dropped == column) {
                    continue;
                }
                let back = || end.and_then(|end| end.column(column.key())).found();
                match left.column(column.key()) {
                    Lookup::Found(kept)
                        if member.column.default.is_some() && kept.column.default.is_none() =>
                    {
                        let again = back().is_some_and(|back| back.column.default.is_some());
                        add(format!("the default of `{}.{column}`", table.name), again);
                    }
                    Lookup::Absent if !is_child(table) => {
                        add(format!("column `{}.{column}`", table.name), back().is_some());
                    }
                    Lookup::Found(_) | Lookup::Absent | Lookup::Unknown => {}
                }
            }
            // Those of the table itself go with its column.
            if self.named.contains(&table.name) {
                continue;
            }
            for (constraint, _) in &table.constraints {
                if left.constraint(constraint.key()).is_absent() {
                    let back = end.and_then(|end| end.constraint(constraint.key())).found().is_some();
                    add(format!("constraint `{constraint}` of `{}`", table.name), back);
                }
            }
        }
    }

    /// Triggers, policies and rules of what stays; domains and functions.
    fn others(&self, found: &mut Vec<Along>) {
        for (object, _) in self.before.others() {
            let stays = object.on.as_ref().is_some_and(|on| self.after.relation(on).found().is_some());
            if stays && self.after.other(object).is_absent() {
                found.push((object.on.clone(), object.to_string(), self.end.other(object).found().is_some()));
            }
        }
        for entry in self.before.types().filter(|entry| !self.named.contains(&entry.name)) {
            let kind = if matches!(entry.kind, TypeKind::Domain { .. }) { "domain" } else { "type" };
            if self.after.type_entry(&entry.name).is_absent() {
                let back = self.end.type_entry(&entry.name).found().is_some();
                found.push((Some(entry.name.clone()), format!("{kind} `{}`", entry.name), back));
            }
        }
        for (name, function) in self.before.all_functions().filter(|(name, _)| !self.named.contains(name)) {
            let same = |all: &[Function]| all.iter().any(|known| known.arguments == function.arguments);
            if !same(self.after.functions(name)) {
                let text = format!("{} `{name}`", function.kind.noun());
                found.push((Some(name.clone()), text, same(self.end.functions(name))));
            }
        }
    }
}

/// What goes from a parent goes from its children.
const fn is_child(table: &Table) -> bool {
    !table.parents.is_empty()
}

/// The relations that a statement drops by name.
fn named_drops(step: &StepFacts<'_>) -> Vec<Name> {
    let drops = step.statement().ops.iter().filter(|op| matches!(op.kind, Operation::Drop(_)));
    drops.flat_map(|op| named(step, &op.kind)).collect()
}

/// What is dropped by its name, resolved.
fn named(step: &StepFacts<'_>, operation: &Operation) -> Vec<Name> {
    match operation {
        Operation::Drop(drop) => drop.objects.iter().map(|object| step.resolve(&object.name)).collect(),
        Operation::DropColumn { table, .. } | Operation::DropConstraint { table, .. } => {
            vec![step.resolve(&table.name)]
        }
        _ => Vec::new(),
    }
}

/// Why the server would refuse the statement without its CASCADE.
fn refused_without(step: &StepFacts<'_>, index: usize) -> Option<String> {
    let mut statement = step.statement().clone();
    match &mut statement.ops.get_mut(index)?.kind {
        Operation::Drop(drop) => drop.cascade = false,
        Operation::DropColumn { cascade, .. } | Operation::DropConstraint { cascade, .. } => *cascade = false,
        _ => {}
    }
    let applied = ops::apply(step.before(), &statement, &mut (*step.step().session).clone());
    match applied.results.get(index)?.conflict()? {
        Conflict::Other("2BP01", sentence) => Some(sentence.clone()),
        Conflict::Other(..) | Conflict::Exists(_) | Conflict::Missing(_) => None,
    }
}

/// Policies and views that name a function that goes, and checks that call it.
fn users_of_functions(step: &StepFacts<'_>, operation: &Operation) -> Vec<(String, bool)> {
    let Operation::Drop(drop) = operation else { return Vec::new() };
    let is_function = matches!(
        drop.kind,
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate
    );
    let objects = drop.objects.iter().filter(|_| is_function);
    let (before, end) = (step.before(), &step.part.run.after);
    objects.flat_map(|object| users_of(before, end, &step.resolve(&object.name))).collect()
}

fn users_of(before: &Catalog, end: &Catalog, function: &Name) -> Vec<(String, bool)> {
    let names_it = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == function.text())
    };
    let calls = |expr: &Expr| {
        let mut calls = false;
        expr.walk_all(&mut |part| match part {
            Expr::Call { name, .. } => {
                calls |= name.rsplit('.').next().is_some_and(|last| last == function.text())
            }
            Expr::Raw { text, .. } => calls |= names_it(text),
            Expr::Column(_)
            | Expr::Literal(_)
            | Expr::Operator { .. }
            | Expr::Cast { .. }
            | Expr::Query(_) => {}
        });
        calls
    };
    let mut found = Vec::new();
    for (object, other) in before.others() {
        let uses = match &other.detail {
            Detail::Policy(policy) => [&policy.using, &policy.check].into_iter().flatten().any(&calls),
            Detail::Trigger(_)
            | Detail::Rule(_)
            | Detail::Extension(_)
            | Detail::Statistics(_)
            | Detail::Publication(_)
            | Detail::Text(_)
            | Detail::None => false,
        };
        if uses {
            let back = end.other(object).found().is_some_and(|again| again.made != other.made);
            found.push((object.to_string(), back));
        }
    }
    for table in before.tables() {
        for member in &table.columns {
            if member.column.default.as_ref().is_some_and(&calls) {
                found.push((format!("the default of `{}.{}`", table.name, member.column.name), false));
            }
        }
        for (name, constraint) in &table.constraints {
            if matches!(&constraint.kind, ConstraintKind::Check(expr) if calls(expr)) {
                found.push((format!("constraint `{name}` of `{}`", table.name), false));
            }
        }
    }
    for view in before.views().filter(|view| names_it(&view.query)) {
        let back = end.view(&view.name).found().is_some_and(|again| again.made != view.made);
        found.push((format!("view `{}`", view.name), back));
    }
    found
}

/// Whether something may depend on it that the migrations do not show: it is older than they are, or something was done since it
/// was made that could not be read.
fn may_take_more(step: &StepFacts<'_>, operation: &Operation) -> bool {
    let has_table = |catalog: &Catalog, name: &Name| catalog.table(name).found().is_some();
    match operation {
        Operation::DropColumn { table, .. } | Operation::DropConstraint { table, .. } => {
            let name = step.resolve(&table.name);
            let made = step.before().table(&name).found().is_some_and(|table| table.made.is_some());
            !made || !is_read_since(step, |catalog| has_table(catalog, &name))
        }
        Operation::Drop(drop) => !drop.objects.iter().all(|object| {
            let name = step.resolve(&object.name);
            match presence(step.before(), object.kind, &name) {
                Presence::Made => {
                    is_read_since(step, |catalog| presence(catalog, object.kind, &name) == Presence::Made)
                }
                Presence::Absent => true,
                Presence::Older => false,
                // In a complete history it is not there at all, and what is made anew right away is the migration's own.
                Presence::Unknown => {
                    step.part.complete
                        || step.part.earlier().is_empty()
                        || presence(&step.part.run.after, object.kind, &name) == Presence::Made
                }
            }
        }),
        _ => false,
    }
}

/// What is known of an object that is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Presence {
    /// The history made it.
    Made,
    /// It is there, and older than the history; or what depends on its kind is not followed.
    Older,
    /// It is not there.
    Absent,
    /// It may be there.
    Unknown,
}

fn presence(catalog: &Catalog, kind: ObjectKind, name: &Name) -> Presence {
    let of = |made: Option<Place>| if made.is_some() { Presence::Made } else { Presence::Older };
    match kind {
        ObjectKind::Table
        | ObjectKind::ForeignTable
        | ObjectKind::View
        | ObjectKind::MaterializedView
        | ObjectKind::Sequence => match catalog.relation(name) {
            Lookup::Found(relation) => of(relation.made()),
            Lookup::Absent => Presence::Absent,
            Lookup::Unknown => Presence::Unknown,
        },
        ObjectKind::Type | ObjectKind::Domain => match catalog.type_entry(name) {
            Lookup::Found(entry) => of(entry.made),
            Lookup::Absent => Presence::Absent,
            Lookup::Unknown => Presence::Unknown,
        },
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
            match catalog.functions(name) {
                [] => Presence::Unknown,
                all => of(all.iter().map(|function| function.made).min().flatten()),
            }
        }
        _ => Presence::Older,
    }
}

/// Whether everything that was done since something is there could be read.
fn is_read_since(step: &StepFacts<'_>, is_there: impl Fn(&Catalog) -> bool) -> bool {
    let part = step.part;
    if !part.replay.sequence.unread.is_empty() {
        return false;
    }
    let made = part.replay.last_change(part.dialect(), Some((part.index, step.at)), is_there);
    made.is_some_and(|made| {
        let after = made.part.steps.get(made.step + 1).map_or(&made.part.after, |next| &next.before);
        after.unread == step.before().unread
    })
}
