//! What is known where nobody knows which of two things happened: that on which both catalogs agree.

use std::sync::Arc;

use super::{Catalog, Constraint, Function, Ident, Member, Name, Relation, Slot, Table};

impl Catalog {
    /// This catalog, less what `other` has otherwise: that may be there or not, and may be as in either.
    pub fn or(&self, other: &Self) -> Self {
        let mut out = self.clone();
        out.open |= other.open;
        out.unclear |= other.unclear;
        for (name, one) in differing(self.relation_slots(), |name| other.relation_slot(name)) {
            let slot = match (one, other.relation_slot(&name)) {
                (Some(Slot::Present(Relation::Table(one))), Some(Slot::Present(Relation::Table(two)))) => {
                    Slot::Present(Relation::Table(Arc::new(either_table(&one, two))))
                }
                (_, _) => Slot::Unclear,
            };
            out.put_relation(name, slot);
        }
        for (name, _) in differing(other.relation_slots(), |name| self.relation_slot(name)) {
            if self.relation_slot(&name).is_none() {
                out.put_relation(name, Slot::Unclear);
            }
        }
        for (name, _) in differing(self.type_slots(), |name| other.type_slot(name)) {
            out.put_type(name, Slot::Unclear);
        }
        for (name, _) in differing(other.type_slots(), |name| self.type_slot(name)) {
            out.put_type(name, Slot::Unclear);
        }
        for (object, _) in differing(self.other_slots(), |object| other.other_slot(object)) {
            out.put_other(object, Slot::Unclear);
        }
        for (object, _) in differing(other.other_slots(), |object| self.other_slot(object)) {
            out.put_other(object, Slot::Unclear);
        }
        let functions = self.all_functions().chain(other.all_functions());
        let mut names: Vec<Name> = functions.map(|(name, _)| name.clone()).collect();
        names.dedup();
        for name in names.into_iter().filter(|name| self.functions(name) != other.functions(name)) {
            let functions = either_function(self.functions(&name), other.functions(&name));
            out.put_functions(name, functions);
        }
        out
    }
}

/// What stands in one list and not alike in the other.
fn differing<'a, K: Clone + 'a, T: Clone + PartialEq + 'a>(
    slots: impl Iterator<Item = (&'a K, &'a Slot<T>)>,
    other: impl Fn(&K) -> Option<&'a Slot<T>>,
) -> Vec<(K, Option<Slot<T>>)> {
    slots
        .filter(|(key, slot)| other(key) != Some(*slot))
        .map(|(key, slot)| (key.clone(), Some(slot.clone())))
        .collect()
}

fn either_table(one: &Table, two: &Table) -> Table {
    let columns: Vec<Arc<Member>> = one
        .columns
        .iter()
        .filter_map(|member| {
            let name = &member.column.name;
            let other = two.columns.iter().find(|other| other.column.name == *name)?;
            if Arc::ptr_eq(member, other) { Some(Arc::clone(member)) } else { either_member(member, other) }
        })
        .collect();
    let constraints: Vec<(Ident, Constraint)> = one
        .constraints
        .iter()
        .filter_map(|(ident, known)| {
            let other = two.constraints.iter().find(|(other, _)| other == ident)?;
            let made = known.made.filter(|_| known.made == other.1.made);
            let either = Constraint { made, ..known.clone() };
            (either == Constraint { made, ..other.1.clone() }).then(|| (ident.clone(), either))
        })
        .collect();
    let both = |one: &[Ident], two: &[Ident]| -> Vec<Ident> {
        one.iter().filter(|name| two.contains(name)).cloned().collect()
    };
    let all =
        |table: &Table| columns.len() == table.columns.len() && constraints.len() == table.constraints.len();
    Table {
        open: one.open || two.open || !all(one) || !all(two),
        gone: both(&one.gone, &two.gone),
        gone_constraints: both(&one.gone_constraints, &two.gone_constraints),
        columns,
        constraints,
        ..one.clone()
    }
}

/// A column of both, less its type or whether it refuses NULL where they differ in that; None where they differ in more.
fn either_member(one: &Member, two: &Member) -> Option<Arc<Member>> {
    let (mut either, mut other) = (one.clone(), two.column.clone());
    let column = &mut either.column;
    if column.not_null != other.not_null {
        (column.not_null, other.not_null) = (None, None);
    }
    if column.ty != other.ty {
        (column.ty, other.ty) = (None, None);
    }
    (*column == other).then(|| Arc::new(either))
}

/// The functions of both; where only one has it, it is not known to have been made.
fn either_function(one: &[Function], two: &[Function]) -> Vec<Function> {
    let only = |functions: &[Function], others: &[Function]| -> Vec<Function> {
        let unsure = functions.iter().filter(|function| !others.contains(function));
        unsure.map(|function| Function { made: None, ..function.clone() }).collect()
    };
    let mut all: Vec<Function> = one.iter().filter(|function| two.contains(function)).cloned().collect();
    all.extend(only(one, two));
    for function in only(two, one) {
        if !all.iter().any(|known| known.input_types().eq(function.input_types())) {
            all.push(function);
        }
    }
    all
}
