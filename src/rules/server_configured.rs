//! A migration that configures the server: ALTER SYSTEM, ALTER DATABASE … SET, a superuser.

use super::{Check, Cx, Rule, StepFacts, stood};
use crate::ops::{Op, Operation};
use crate::schema::{Detail, Name, ObjectKind, ObjectRef};

/// `server-configured`.
pub const RULE: Rule = Rule {
    id: "server-configured",
    page: include_str!("../../rules/server-configured.md"),
    down: false,
    check: Check::Step(check),
};

const ELSEWHERE: &str = "Set it where the server is set up (its configuration, your infrastructure code), or for the session that needs it.";

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for op in stood::done(step) {
        if let Some((message, help)) = told(step, op) {
            cx.report(step.place(op.span), message).help(help);
        }
    }
}

fn told(step: &StepFacts<'_>, op: &Op) -> Option<(String, &'static str)> {
    match &op.kind {
        Operation::Other { verb } if verb == "ALTER SYSTEM" => Some((
            "ALTER SYSTEM changes the configuration of the whole server, for every database on it; it asks for a superuser".to_owned(),
            ELSEWHERE,
        )),
        Operation::Other { verb } if verb == "SET GLOBAL" || verb == "SET PERSIST" => Some((
            format!("{verb} changes the configuration of the whole server, for every database on it; it asks for an administrator's rights"),
            ELSEWHERE,
        )),
        Operation::AlterOther { object, what } => match object.kind {
            ObjectKind::Database if !what.starts_with("REFRESH") && !is_new(step, object) => Some((
                format!("ALTER DATABASE changes `{}` for everybody who connects to it from here on, other applications too", object.name),
                ELSEWHERE,
            )),
            ObjectKind::Role if makes_superuser(what) => Some(superuser(object)),
            _ => None,
        },
        Operation::SetOwner { object, to, .. } if object.kind == ObjectKind::Database && !is_new(step, object) => Some((
            format!("database `{}` gets the owner `{to}`: it asks for a superuser, or for a member of both roles", object.name),
            "Set it where the server is set up.",
        )),
        Operation::CreateOther { object, detail, .. } => {
            let superuser_made = matches!(&**detail, Detail::Text(text) if text == "SUPERUSER");
            (object.kind == ObjectKind::Role && superuser_made).then(|| superuser(object))
        }
        _ => None,
    }
}

fn superuser(object: &ObjectRef) -> (String, &'static str) {
    (
        format!(
            "role `{}` may do anything on the whole server, past every GRANT and every policy; only a superuser can give that",
            object.name
        ),
        "GRANT the role what it needs instead; make superusers where the server is set up.",
    )
}

/// Whether the options of ALTER ROLE, as they stand there, have SUPERUSER among them. A setting of the role's is none.
fn makes_superuser(what: &str) -> bool {
    let is_setting = ["SET ", "RESET ", "IN "].iter().any(|word| what.starts_with(word));
    !is_setting && what.split(' ').any(|word| word == "SUPERUSER")
}

/// Whether this change made the database: nobody else is there yet.
fn is_new(step: &StepFacts<'_>, object: &ObjectRef) -> bool {
    let key = ObjectRef { kind: object.kind, name: Name::bare(object.name.ident.clone()), on: None };
    step.before().other(&key).found().is_some_and(|known| stood::is_own(&step.part, known.made))
}
