//! Which function, procedure or aggregate a statement means.

use super::drop::gone_function;
use super::notes::takes_arguments;
use super::{Outcome, Step};
use crate::ops::{Conflict, Guard};
use crate::schema::{Function, ObjectKind, ObjectRef, builtin, canonical};

impl Step<'_> {
    /// Where among the functions of its name the one is that a statement means; None where it may be there and is not known.
    ///
    /// # Errors
    /// What the server says where there is none, or none of that kind, or several.
    pub(super) fn routine(
        &self,
        object: &ObjectRef,
        arguments: Option<&Vec<String>>,
        guard: Guard,
    ) -> Result<Option<usize>, Box<Outcome>> {
        let all = self.catalog.functions(&object.name);
        let fits = |function: &Function| {
            takes_arguments(function, arguments)
                && (arguments.is_some() || !self.postgres() || is_of(function, object.kind))
        };
        let mut fitting = all.iter().enumerate().filter(|(_, function)| fits(function));
        let Some((at, function)) = fitting.next() else {
            return if self.lacks_function(object, arguments) {
                Err(Box::new(self.missing(object.clone(), guard)))
            } else {
                Ok(None)
            };
        };
        if fitting.next().is_some() && self.postgres() {
            let sentence =
                format!("there are several functions `{}`: say which by its arguments", object.name);
            return Err(Box::new(Outcome::Refused(Conflict::Other("42725", sentence))));
        }
        if self.postgres() && !is_of(function, object.kind) {
            let (wanted, kind) = (object.kind.noun(), function.kind.noun());
            let sentence = format!("`{}` is no {wanted} but a {kind}", object.name);
            return Err(Box::new(Outcome::Refused(Conflict::Other("42809", sentence))));
        }
        Ok(Some(at))
    }

    /// Whether a function is known not to be there. The server has its own, and extensions bring others.
    fn lacks_function(&self, object: &ObjectRef, arguments: Option<&Vec<String>>) -> bool {
        let gone = gone_function(object, arguments);
        if self.catalog.was_dropped(&gone) {
            return true;
        }
        self.catalog.other(&gone).is_absent()
            && !(self.postgres() && builtin::is_function(object.name.text()))
            && !self.catalog.others().any(|(other, _)| other.kind == ObjectKind::Extension)
    }
}

/// Whether a function is what a statement about such a kind takes.
fn is_of(function: &Function, kind: ObjectKind) -> bool {
    let procedure = function.kind == ObjectKind::Procedure;
    (kind != ObjectKind::Function || !procedure)
        && (kind != ObjectKind::Procedure || procedure)
        && (kind != ObjectKind::Aggregate || function.kind == ObjectKind::Aggregate)
}

/// Whether two functions of one name cannot be told apart.
pub(super) fn same_inputs(one: &Function, other: &Function) -> bool {
    one.input_types().count() == other.input_types().count()
        && one
            .input_types()
            .zip(other.input_types())
            .all(|(one, other)| canonical::same_base_type(one, other))
}
