//! ALTER SCHEMA … RENAME of a schema that stood before.

use super::{Check, Cx, Rule, StepFacts, stood};
use crate::ops::Operation;
use crate::schema::{Catalog, Lookup, Name, ObjectKind, ObjectRef};

/// `schema-renamed`.
pub const RULE: Rule = Rule {
    id: "schema-renamed",
    page: include_str!("../../rules/schema-renamed.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in stood::done(step) {
        let Operation::Rename { object, to, .. } = &op.kind else { continue };
        if object.kind != ObjectKind::Schema {
            continue;
        }
        let from = &object.name.ident;
        let key = |ident| ObjectRef { kind: ObjectKind::Schema, name: Name::bare(ident), on: None };
        let find = |catalog: &Catalog| catalog.other(&key(from.clone())).found().map(|known| known.made);
        let stood = match step.before().other(&key(from.clone())) {
            Lookup::Found(known) => !stood::is_own(&step.part, known.made),
            Lookup::Absent => false,
            Lookup::Unknown => *from == "public" || stood::is_older(&step.part, true, false),
        };
        // The new name was another's, which made way for it: its readers look there.
        let takes_place = step.before().other(&key(to.clone())).is_absent()
            && !stood::before_change(step).other(&key(to.clone())).is_absent();
        if !stood || find(&step.part.run.after).is_some() || takes_place {
            continue;
        }
        let tables = step.before().tables().filter(|table| table.name.schema.as_ref() == Some(from)).count();
        let what = match tables {
            0 => String::new(),
            1 => " for its table".to_owned(),
            many => format!(" for its {many} tables"),
        };
        cx.report(
            step.place(op.span),
            format!("schema `{from}` is called `{to}` from here on: running code that looks in `{from}`{what} fails"),
        )
        .help(format!(
            "Leave the schema as it is; or have a schema `{from}` with a view for each table, in the same migration, until no released code uses it."
        ));
    }
}
