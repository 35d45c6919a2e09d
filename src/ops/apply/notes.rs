//! COMMENT ON, OWNER TO, GRANT: what is said about objects and makes them no others.

use std::sync::Arc;

use super::columns::member;
use super::{Outcome, Step};
use crate::ops::{Conflict, Guard};
use crate::schema::{
    Function, Lookup, Name, Notes, ObjectKind, ObjectRef, Other, Relation, Sequence, Slot, TypeEntry,
    TypeKind, View,
};

impl Step<'_> {
    pub(super) fn comment(
        &mut self,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        text: Option<&str>,
    ) -> Outcome {
        let text: Option<Arc<str>> = text.filter(|text| !text.is_empty()).map(Arc::from);
        match object.kind {
            ObjectKind::Column => self.comment_on_column(object, text),
            ObjectKind::Constraint => self.comment_on_constraint(object, text),
            kind => {
                let name = self.resolve(&object.name);
                let wrong = if kind.is_relation() {
                    self.not_commented_as(kind, &name)
                } else {
                    self.is_no_domain(kind, &name)
                };
                if let Some(conflict) = wrong {
                    return Outcome::Refused(conflict);
                }
                self.change_notes(object, arguments, |notes| notes.comment = text)
            }
        }
    }

    pub(super) fn set_owner(
        &mut self,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        to: &str,
    ) -> Outcome {
        let to: Arc<str> = Arc::from(to);
        let name = self.resolve(&object.name);
        let wrong = match object.kind {
            kind if kind.is_relation() => self.not_altered_as(kind, &name),
            kind @ (ObjectKind::Type | ObjectKind::Domain) => {
                self.is_no_domain(kind, &name).or_else(|| self.is_row_type(&name, "42809"))
            }
            _ => None,
        };
        if let Some(conflict) = wrong {
            return Outcome::Refused(conflict);
        }
        self.change_notes(object, arguments, |notes| notes.owner = Some(to))
    }

    fn comment_on_column(&mut self, object: &ObjectRef, text: Option<Arc<str>>) -> Outcome {
        let Some(table) = &object.on else { return Outcome::Done };
        let table = self.resolve(table);
        let column = &object.name.ident;
        let missing = ObjectRef { on: Some(table.clone()), ..object.clone() };
        match self.catalog.relation(&table) {
            Lookup::Found(Relation::Table(known)) => {
                if known.column(column.key()).is_absent() {
                    return self.missing(missing, Guard::None);
                }
                self.catalog.change_table(&table, |table| {
                    if let Some(member) = member(table, column) {
                        member.comment = text;
                    }
                });
            }
            Lookup::Found(Relation::View(view)) => {
                let mut view = (**view).clone();
                match text {
                    Some(text) => view.column_comments.insert(column.clone(), text),
                    None => view.column_comments.remove(column),
                };
                self.catalog.put_relation(table, Slot::Present(Relation::View(Arc::new(view))));
            }
            Lookup::Absent | Lookup::Unknown if self.catalog.type_entry(&table).found().is_some() => {
                return self.comment_on_attribute(&table, missing, text);
            }
            Lookup::Absent if self.catalog.type_entry(&table).is_absent() => {
                let object = ObjectRef { kind: ObjectKind::Table, name: table, on: None };
                return self.missing(object, Guard::None);
            }
            Lookup::Found(Relation::Index(_) | Relation::Sequence(_)) | Lookup::Absent | Lookup::Unknown => {}
        }
        Outcome::Done
    }

    fn comment_on_attribute(&mut self, name: &Name, object: ObjectRef, text: Option<Arc<str>>) -> Outcome {
        let Lookup::Found(entry) = self.catalog.type_entry(name) else { return Outcome::Done };
        let TypeKind::Composite(attributes) = &entry.kind else { return Outcome::Done };
        let attribute = object.name.ident.clone();
        if !attributes.iter().any(|(known, _)| *known == attribute) {
            return self.missing(object, Guard::None);
        }
        let mut entry = entry.clone();
        match text {
            Some(text) => entry.attribute_comments.insert(attribute, text),
            None => entry.attribute_comments.remove(&attribute),
        };
        self.catalog.put_type(name.clone(), Slot::Present(entry));
        Outcome::Done
    }

    fn comment_on_constraint(&mut self, object: &ObjectRef, text: Option<Arc<str>>) -> Outcome {
        let Some(on) = &object.on else { return Outcome::Done };
        let on = self.resolve(on);
        let ident = &object.name.ident;
        let missing = ObjectRef { on: Some(on.clone()), ..object.clone() };
        if let Lookup::Found(entry) = self.catalog.type_entry(&on) {
            let mut entry = entry.clone();
            if let TypeKind::Domain { constraints, .. } = &mut entry.kind {
                match constraints.iter_mut().find(|(known, _)| known == ident) {
                    Some((_, constraint)) => constraint.comment = text,
                    None => return self.missing(missing, Guard::None),
                }
            }
            self.catalog.put_type(on, Slot::Present(entry));
            return Outcome::Done;
        }
        match self.catalog.table(&on) {
            Lookup::Found(table) if table.constraint(ident.key()).is_absent() => {
                // Since 18 every NOT NULL has a name, that nobody wrote.
                if ident.key().ends_with("_not_null") && !self.session.engine.known_older_than(18, 0) {
                    return Outcome::Done;
                }
                return self.missing(missing, Guard::None);
            }
            Lookup::Found(_) => {
                self.catalog.change_table(&on, |table| {
                    if let Some((_, constraint)) =
                        table.constraints.iter_mut().find(|(known, _)| known == ident)
                    {
                        constraint.comment = text;
                    }
                });
            }
            Lookup::Absent => {
                let object = ObjectRef { kind: ObjectKind::Table, name: on, on: None };
                return self.missing(object, Guard::None);
            }
            Lookup::Unknown => {}
        }
        Outcome::Done
    }

    /// Changes what is said about an object. What may be there, and is not known, stays unknown.
    fn change_notes(
        &mut self,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        change: impl FnOnce(&mut Notes),
    ) -> Outcome {
        let name = self.resolve(&object.name);
        let full = ObjectRef { kind: object.kind, name: name.clone(), on: object.on.clone() };
        match object.kind {
            kind if kind.is_relation() => match self.catalog.relation(&name) {
                Lookup::Found(relation) => {
                    let changed = with_notes(relation, change);
                    self.catalog.put_relation(name, Slot::Present(changed));
                    Outcome::Done
                }
                Lookup::Unknown => Outcome::Done,
                // Any relation is looked for, as of no other statement about an index.
                Lookup::Absent if kind == ObjectKind::Index => {
                    Outcome::Refused(Conflict::Other("42P01", format!("{full} does not exist")))
                }
                Lookup::Absent => self.missing(full, Guard::None),
            },
            ObjectKind::Type | ObjectKind::Domain => match self.catalog.type_entry(&name) {
                Lookup::Found(entry) => {
                    let mut entry: TypeEntry = entry.clone();
                    change(&mut entry.notes);
                    self.catalog.put_type(name, Slot::Present(entry));
                    Outcome::Done
                }
                Lookup::Unknown => Outcome::Done,
                // A table has a type of its name too.
                Lookup::Absent if self.catalog.relation(&name).found().is_some() => Outcome::Done,
                Lookup::Absent => self.missing(full, Guard::None),
            },
            ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate => {
                let at = match self.routine(&full, arguments, Guard::None) {
                    Ok(Some(at)) => at,
                    Ok(None) => return Outcome::Done,
                    Err(outcome) => return *outcome,
                };
                let mut all = self.catalog.functions(&name).to_vec();
                change(&mut all[at].notes);
                self.catalog.put_functions(name, all);
                Outcome::Done
            }
            _ => {
                let key = self.other_key(object);
                match self.catalog.other(&key) {
                    Lookup::Found(other) => {
                        let mut other: Other = (**other).clone();
                        change(&mut other.notes);
                        self.catalog.put_other(key, Slot::Present(other));
                        Outcome::Done
                    }
                    Lookup::Unknown => Outcome::Done,
                    Lookup::Absent => self.missing(key, Guard::None),
                }
            }
        }
    }
}

/// Whether a function takes arguments of these types, where any were written.
pub(super) fn takes_arguments(function: &Function, arguments: Option<&Vec<String>>) -> bool {
    let Some(arguments) = arguments else { return true };
    let bare = |text: &str| text.strip_prefix("public.").unwrap_or(text).to_owned();
    function.input_types().count() == arguments.len()
        && function.input_types().zip(arguments).all(|(known, written)| {
            // The length of a type is no part of a function's identity.
            let known = crate::schema::Type { arguments: Vec::new(), ..known.clone() };
            let cut = written.split('(').next().unwrap_or(written);
            let tail = written.rsplit_once(')').map_or("", |(_, tail)| tail);
            bare(&known.to_string()) == bare(&format!("{cut}{tail}"))
        })
}

fn with_notes(relation: &Relation, change: impl FnOnce(&mut Notes)) -> Relation {
    match relation {
        Relation::Table(table) => {
            let mut table = (**table).clone();
            change(&mut table.notes);
            Relation::Table(Arc::new(table))
        }
        Relation::Index(index) => {
            let mut index = (**index).clone();
            change(&mut index.notes);
            Relation::Index(Arc::new(index))
        }
        Relation::View(view) => {
            let mut view: View = (**view).clone();
            change(&mut view.notes);
            Relation::View(Arc::new(view))
        }
        Relation::Sequence(sequence) => {
            let mut sequence: Sequence = (**sequence).clone();
            change(&mut sequence.notes);
            Relation::Sequence(Arc::new(sequence))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Argument, ArgumentMode, FunctionOptions, Type};

    #[test]
    fn functions_are_told_by_their_input_types() {
        let argument = |mode, ty: &str| Argument { mode, name: None, ty: Type::plain(ty), default: None };
        let function = Function {
            kind: ObjectKind::Function,
            arguments: vec![argument(ArgumentMode::In, "integer"), argument(ArgumentMode::Out, "text")],
            returns: None,
            options: FunctionOptions::default(),
            body: None,
            notes: Notes::default(),
            made: None,
        };
        let takes = |types: &[&str]| {
            takes_arguments(&function, Some(&types.iter().map(|ty| (*ty).to_owned()).collect()))
        };
        assert!(takes_arguments(&function, None));
        assert!(takes(&["integer"]));
        assert!(!takes(&["integer", "text"]) && !takes(&["bigint"]) && !takes(&[]));
    }
}
