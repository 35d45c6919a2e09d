//! What a statement does that has run before.

use super::keys;
use crate::ops::{InsertSource, OnConflict, Op, Operation, Outcome, Session, Statement, apply, resolve};
use crate::schema::builtin;
use crate::schema::{Catalog, Dialect, Expr, Name, ObjectKind, ObjectRef};

/// What becomes of a second run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SecondRun {
    /// It succeeds and changes neither schema nor rows.
    Noop,
    /// It succeeds and changes something once more.
    Ok,
    /// The server refuses it.
    Fails,
}

impl SecondRun {
    /// As the machine formats call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Noop => "noop",
            Self::Ok => "ok",
            Self::Fails => "fails",
        }
    }
}

/// What a statement does when it runs once more; `now` is the catalog then, where its first run is done, and `session` the one that it
/// runs in. None where that cannot be known.
pub fn second_run(statement: &Statement, now: &Catalog, session: &Session) -> Option<SecondRun> {
    if statement.is_opaque() {
        return None;
    }
    let applied = apply(now, statement, &mut session.clone());
    if super::is_refused(&applied.results) {
        return Some(SecondRun::Fails);
    }
    let mut all = SecondRun::Noop;
    let mut known = true;
    let moves = statement.ops.iter().any(|op| matches!(op.kind, Operation::Delete { .. }));
    for (op, outcome) in statement.ops.iter().zip(&applied.results) {
        let one = match outcome {
            Outcome::Skipped { .. } => skipped(op, session),
            // What a DELETE of the same statement took away is there no more.
            Outcome::Done if moves && matches!(op.kind, Operation::Insert(_)) => Some(SecondRun::Noop),
            Outcome::Done => rows(op, now, session),
            // Only for want of a transaction block.
            Outcome::Refused(_) => Some(SecondRun::Noop),
        };
        match one {
            Some(one) => all = all.max(one),
            None => known = false,
        }
    }
    if all != SecondRun::Noop || !known {
        return known.then_some(all).or_else(|| (all == SecondRun::Fails).then_some(all));
    }
    // Rights are kept in the order in which they were given; what is temporary is nobody else's.
    let lasts =
        |op: &Op| !matches!(op.kind, Operation::Privilege { .. }) && super::changes_something(&op.kind);
    let changes = statement.ops.iter().any(lasts) && !applied.after.is_still(now);
    Some(if changes { SecondRun::Ok } else { SecondRun::Noop })
}

/// What a guard keeps from running does nothing; but for the sequence of a serial column, which was made all the same before 13.
fn skipped(op: &Op, session: &Session) -> Option<SecondRun> {
    let serial = match &op.kind {
        Operation::AddColumn { def, .. } => {
            session.engine.dialect == Dialect::Postgres
                && !session.engine.at_least(13, 0)
                && def.column.ty.as_ref().is_some_and(crate::schema::Type::is_serial)
        }
        _ => false,
    };
    Some(if serial { SecondRun::Ok } else { SecondRun::Noop })
}

/// What an operation does to rows that it has been at before.
fn rows(op: &Op, now: &Catalog, session: &Session) -> Option<SecondRun> {
    let resolved = |name: &Name| resolve(now, session, name);
    match &op.kind {
        Operation::Insert(insert) => {
            if insert.on_conflict != OnConflict::Fail {
                return Some(SecondRun::Noop);
            }
            if let InsertSource::Query { anti_join: true, .. } = &insert.source {
                return Some(SecondRun::Noop);
            }
            let table = now.table(&resolved(&insert.table)).found().filter(|table| !table.open)?;
            let fails =
                insert.source != InsertSource::Defaults && !keys::filled_by(now, table, insert).is_empty();
            Some(if fails { SecondRun::Fails } else { SecondRun::Ok })
        }
        Operation::Update { rereads, filter, .. } => {
            let mut asks = false;
            for filter in filter.iter() {
                filter.walk(&mut |part| asks |= matches!(part, Expr::Query(_) | Expr::Raw { .. }));
            }
            match (rereads, asks) {
                (true, _) => Some(SecondRun::Ok),
                (false, true) => None,
                (false, false) => Some(SecondRun::Noop),
            }
        }
        Operation::Copy { table: Some(table), from: true } => {
            let table = now.table(&resolved(table)).found().filter(|table| !table.open)?;
            let key = table.primary_key().is_some();
            Some(if key { SecondRun::Fails } else { SecondRun::Ok })
        }
        Operation::Query { calls, .. } => {
            if calls.iter().any(|call| call.name == "nextval") {
                return Some(SecondRun::Ok);
            }
            let own = |name: &str| {
                let name = Name::of_regclass(name);
                !now.functions(&resolved(&name)).is_empty()
            };
            (!calls.iter().any(|call| own(&call.name))).then_some(SecondRun::Noop)
        }
        Operation::Merge { .. } => None,
        Operation::Rename { object, to, .. } if is_unseen(object, now, session) => {
            moved_away(&object.name, object.name.ident == *to, session)
        }
        Operation::SetSchema { object, to, .. } if is_unseen(object, now, session) => {
            moved_away(&object.name, resolved(&object.name).schema.as_ref() == Some(to), session)
        }
        _ => Some(SecondRun::Noop),
    }
}

/// Whether a statement is about a function that the catalog does not show, so that it changed nothing there.
fn is_unseen(object: &ObjectRef, now: &Catalog, session: &Session) -> bool {
    let routine = matches!(
        object.kind,
        ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Routine | ObjectKind::Aggregate
    );
    routine && now.functions(&resolve(now, session, &object.name)).is_empty()
}

/// What got another name, or went to another schema, is not where it was. Where no schema is said, another one of the search path may
/// have such a function too.
fn moved_away(name: &Name, stays: bool, session: &Session) -> Option<SecondRun> {
    let one_place =
        name.schema.is_some() || session.search_path.len() == 1 && !builtin::is_function(name.ident.key());
    (one_place && !stays).then_some(SecondRun::Fails)
}
