//! Triggers or foreign key checks that are switched off and not on again when the migration is through.

use super::{Check, Cx, PartFacts, Rule, StepFacts, stood};
use crate::ops::{self, Condition, Op, Operation, Outcome, TableOption};
use crate::schema::{Dialect, Ident, Lookup, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::{write, write_catalog};
use crate::text::Place;

/// `safety-net-left-off`.
pub const RULE: Rule = Rule {
    id: "safety-net-left-off",
    page: include_str!("../../rules/safety-net-left-off.md"),
    down: false,
    check: Check::Part(check),
};

/// What is switched off.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Net {
    /// Triggers of a table: ALL, USER, or one by its name.
    Trigger(Name, String),
    /// A setting of the session.
    Setting(&'static str),
}

/// A net that is off at the moment.
struct Off<'a> {
    net: Net,
    place: Place,
    when: &'a [Condition],
}

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let mut off: Vec<Off<'_>> = Vec::new();
    // How many were off when the transaction began, to which ROLLBACK goes back.
    let mut at_begin = 0;
    for step in part.steps() {
        for op in stood::done(&step) {
            let when = step.statement().when.as_slice();
            // What runs only sometimes is no way back for what runs always.
            let always = |off: &Off<'_>| when.iter().all(|condition| off.when.contains(condition));
            match &op.kind {
                Operation::Begin => at_begin = off.len(),
                Operation::Rollback { .. } => off.truncate(at_begin),
                Operation::Drop(drop) => {
                    let gone: Vec<Name> =
                        drop.objects.iter().map(|object| step.resolve(&object.name)).collect();
                    let is_gone = |net: &Net| match (net, drop.kind) {
                        (Net::Trigger(table, _), ObjectKind::Table) => gone.contains(table),
                        (Net::Trigger(table, name), ObjectKind::Trigger) => {
                            drop.objects.iter().any(|object| {
                                object.name.text() == name
                                    && object.on.as_ref().is_some_and(|on| step.resolve(on) == *table)
                            })
                        }
                        (Net::Trigger(..) | Net::Setting(_), _) => false,
                    };
                    off.retain(|off| !is_gone(&off.net) || !always(off));
                }
                Operation::Rename { object, to, .. } => {
                    let from = step.resolve(&object.name);
                    for known in &mut off {
                        if let Net::Trigger(table, _) = &mut known.net
                            && *table == from
                        {
                            table.ident = to.clone();
                        }
                    }
                }
                Operation::SetTableOption {
                    table,
                    option: TableOption::Trigger { disable, name, rule: false, .. },
                } => {
                    let table_name = step.resolve(&table.name);
                    if !disable {
                        off.retain(|off| !covers(&off.net, &table_name, name) || !always(off));
                    } else if stood::relation(&step, &table.name, true)
                        && !is_new_trigger(&step, &table_name, name)
                    {
                        switch(&mut off, Net::Trigger(table_name, name.clone()), step.place(op.span), when);
                    }
                }
                _ => match setting(&step, op) {
                    Some((name, true)) => switch(&mut off, Net::Setting(name), step.place(op.span), when),
                    Some((name, false)) => {
                        let same = |net: &Net| *net == Net::Setting(name) || name == "all";
                        off.retain(|off| !same(&off.net) || !always(off));
                    }
                    None => {}
                },
            }
        }
    }
    for off in off {
        if is_on_later(part, &off.net) {
            continue;
        }
        let (message, help) = told(&off.net);
        cx.report(off.place, message).help(help);
    }
}

fn switch<'a>(off: &mut Vec<Off<'a>>, net: Net, place: Place, when: &'a [Condition]) {
    if off.iter().all(|known| known.net != net) {
        off.push(Off { net, place, when });
    }
}

/// Whether ENABLE TRIGGER brings back what is off. USER leaves the triggers of foreign keys as they are.
fn covers(net: &Net, table: &Name, enabled: &str) -> bool {
    match net {
        Net::Trigger(known, name) => {
            known == table && (name == enabled || enabled == "ALL" || (enabled == "USER" && name != "ALL"))
        }
        Net::Setting(_) => false,
    }
}

/// Whether this change made the trigger, and may make it switched off.
fn is_new_trigger(step: &StepFacts<'_>, table: &Name, name: &str) -> bool {
    let key = ObjectRef {
        kind: ObjectKind::Trigger,
        name: Name::bare(Ident::exact(name)),
        on: Some(table.clone()),
    };
    match step.before().other(&key) {
        Lookup::Found(known) => stood::is_own(&step.part, known.made),
        Lookup::Absent | Lookup::Unknown => false,
    }
}

/// Which check a statement switches off (true) or on (false) for the rest of the session.
fn setting(step: &StepFacts<'_>, op: &Op) -> Option<(&'static str, bool)> {
    let dialect = step.part.dialect();
    match &op.kind {
        Operation::Set { name, value, local: false } => {
            let value = value.as_deref().map(|value| value.trim_matches(['\'', '"']));
            match (dialect, name.as_str()) {
                (Dialect::Postgres, "session_replication_role") => {
                    let off = value.is_some_and(|value| value.eq_ignore_ascii_case("replica"));
                    Some(("session_replication_role", off))
                }
                (Dialect::Postgres, "all") if value.is_none() => Some(("all", false)),
                (Dialect::Mysql, "foreign_key_checks") => Some(("foreign_key_checks", is_off(value))),
                (Dialect::Mysql, "unique_checks") => Some(("unique_checks", is_off(value))),
                _ => None,
            }
        }
        // Inside a transaction the pragma does nothing.
        Operation::Pragma { name, value: Some(value) }
            if name == "foreign_keys"
                && step.part.settings.foreign_keys
                && dialect == Dialect::Sqlite
                && step.transaction() == ops::Transaction::None =>
        {
            Some(("foreign_keys", is_off(Some(value))))
        }
        Operation::Pragma { name, value: Some(value) }
            if name == "ignore_check_constraints" && dialect == Dialect::Sqlite =>
        {
            Some(("ignore_check_constraints", !is_off(Some(value))))
        }
        Operation::Other { verb } if verb == "DISCARD ALL" => Some(("all", false)),
        _ => None,
    }
}

fn is_off(value: Option<&str>) -> bool {
    value.is_some_and(|value| ["0", "off", "false", "no"].iter().any(|off| value.eq_ignore_ascii_case(off)))
}

/// Whether a later migration switches the triggers on again.
fn is_on_later(part: &PartFacts<'_>, net: &Net) -> bool {
    part.replay.runs[part.index + 1..].iter().map(|run| &run.up).any(|run| {
        run.script.statements.iter().zip(&run.steps).any(|(statement, step)| {
            let done =
                statement.ops.iter().zip(&step.outcomes).filter(|(_, outcome)| **outcome == Outcome::Done);
            done.map(|(op, _)| &op.kind).any(|kind| match kind {
                Operation::SetTableOption {
                    table,
                    option: TableOption::Trigger { disable: false, name, rule: false, .. },
                } => covers(net, &ops::resolve(&step.before, &step.session, &table.name), name),
                _ => false,
            })
        })
    })
}

fn told(net: &Net) -> (String, String) {
    match net {
        Net::Trigger(table, name) => {
            let shown = write_catalog::shown(table, Dialect::Postgres);
            let written = match name.as_str() {
                "ALL" | "USER" => name.clone(),
                name => write::quote(&Ident::exact(name), Dialect::Postgres),
            };
            let harm = match name.as_str() {
                "ALL" => format!("no trigger of `{table}` fires any more, and its foreign keys are not checked"),
                "USER" => format!("no trigger of `{table}` fires any more"),
                name => format!("trigger `{name}` of `{table}` does not fire any more"),
            };
            (
                format!("{harm}: nothing switches it on again when the migration is through"),
                format!("ALTER TABLE {} ENABLE TRIGGER {written} in the same migration, behind what it had to be off for; DROP TRIGGER what is not needed any more.", shown),
            )
        }
        Net::Setting(name) => match *name {
            "session_replication_role" => (
                "`session_replication_role` stays at `replica`: whatever this session does next fires no trigger and checks no foreign key".to_owned(),
                "SET LOCAL session_replication_role in a transaction, which ends with it; or RESET session_replication_role at the end.".to_owned(),
            ),
            "foreign_keys" => (
                "foreign keys stay off: whatever this connection writes next is not checked".to_owned(),
                "PRAGMA foreign_key_check, then PRAGMA foreign_keys = ON, behind COMMIT: inside a transaction the pragma does nothing.".to_owned(),
            ),
            "ignore_check_constraints" => (
                "CHECK constraints stay off: whatever this connection writes next is not checked".to_owned(),
                "PRAGMA ignore_check_constraints = OFF at the end.".to_owned(),
            ),
            name => (
                format!("`{name}` stays off: whatever this session writes next is not checked"),
                format!("SET {name} = 1 at the end."),
            ),
        },
    }
}
