//! What of a replay nobody can be sure of: statements that were not understood, that may have done anything, that may not run,
//! or that the server would refuse.

use std::collections::BTreeSet;

use super::replay::{PartRun, Step};
use crate::ops::{Condition, Op, Operation, Outcome, Statement, leaves_schema};
use crate::schema::Catalog;
use crate::text::Place;

/// A statement of which a replay is not sure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// The statement.
    pub place: Place,
    /// Why.
    pub kind: DoubtKind,
    /// The same, as a sentence without its full stop.
    pub what: String,
}

/// Why a replay is not sure of a statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DoubtKind {
    /// It was not understood.
    NotUnderstood,
    /// It may change anything: SQL that is put together when it runs.
    Anything,
    /// Whether it runs cannot be told; it is taken to run.
    Perhaps,
    /// The server would refuse it; it is left out.
    Refused,
}

impl DoubtKind {
    /// Whether the schema may be another one than the replay's because of it.
    pub const fn is_serious(self) -> bool {
        match self {
            Self::NotUnderstood | Self::Anything => true,
            Self::Perhaps | Self::Refused => false,
        }
    }
}

/// The doubtful statements of a part, in their order.
pub fn doubts(part: &PartRun) -> Vec<Doubt> {
    let after = |at: usize| part.steps.get(at + 1).map_or(&part.after, |next| &next.before);
    let statements = part.script.statements.iter().zip(&part.steps).enumerate();
    let found = statements.filter_map(|(at, (statement, step))| {
        let (kind, what) = doubt(statement, step, after(at))?;
        let place = Place::new(part.part.file, statement.span);
        Some((statement.within, Doubt { place, kind, what }))
    });
    let mut told = BTreeSet::new();
    // That a DO block may not run is told at the first of its statements.
    let once = found.filter(|(within, doubt)| doubt.kind != DoubtKind::Perhaps || told.insert(*within));
    once.map(|(_, doubt)| doubt).collect()
}

fn doubt(statement: &Statement, step: &Step, after: &Catalog) -> Option<(DoubtKind, String)> {
    if let Some(what) = statement.ops.iter().find_map(|op| not_understood(&op.kind)) {
        return Some((DoubtKind::NotUnderstood, what));
    }
    if after.unclear && !step.before.unclear {
        return Some((DoubtKind::Anything, "what this statement changes cannot be told".to_owned()));
    }
    if let Some(conflict) = step.outcomes.iter().find_map(Outcome::conflict) {
        return Some((DoubtKind::Refused, format!("the server would refuse this: {conflict}")));
    }
    let perhaps = statement.when.iter().any(|condition| match condition {
        Condition::Unknown | Condition::Caught { .. } => true,
        Condition::IfAbsent(..) | Condition::IfExists(..) | Condition::Handled { .. } => false,
    });
    // Whose something is, and who may do what with it, is no part of a schema.
    let rights = |op: &Op| matches!(op.kind, Operation::Privilege { .. } | Operation::SetOwner { .. });
    (perhaps && !statement.ops.iter().all(rights) && step.before != *after).then(|| {
        let what = "whether this runs cannot be told; it is taken to run".to_owned();
        (DoubtKind::Perhaps, what)
    })
}

fn not_understood(operation: &Operation) -> Option<String> {
    let Operation::Opaque { verb, object, expected, .. } = operation else { return None };
    // What only moves rows or rights makes no other schema.
    if leaves_schema(verb) && !verb.starts_with("COMMENT") {
        return None;
    }
    Some(match (object, verb.as_str()) {
        (Some(object), _) => {
            format!("this statement about {object} was not understood: expected {expected}")
        }
        (None, "") => format!("this statement was not understood: expected {expected}"),
        (None, verb) => format!("this {verb} was not understood: expected {expected}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::replay::run;
    use crate::history::{Part, Wrap};
    use crate::schema::{Dialect, Engine};
    use crate::syntax::sql;
    use crate::text::{FileId, Span};

    fn found(text: &str) -> Vec<(DoubtKind, &str)> {
        let span = Span::new(0, text.len() as u32);
        let part = Part { file: FileId(0), span, wrap: Wrap::Nobody, switched_off: None };
        let script = sql::read(text, span, Dialect::Postgres);
        let run = run(part, Engine::of(Dialect::Postgres), script, &Catalog::new(Dialect::Postgres, false));
        doubts(&run).iter().map(|doubt| (doubt.kind, &text[doubt.place.span.range()])).collect()
    }

    #[test]
    fn what_is_plain_leaves_no_doubt() {
        let text = "CREATE TABLE IF NOT EXISTS a (id int); CREATE TABLE IF NOT EXISTS a (id int); INSERT INTO a VALUES (1);
                    DO $$ BEGIN CREATE TYPE e AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                    DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'e') THEN CREATE TYPE e AS ENUM ('x'); END IF; END $$;
                    SELECT 1; GRANT SELECT ON a TO PUBLIC";
        assert_eq!(found(text), []);
    }

    #[test]
    fn each_kind_of_doubt_has_its_statement() {
        use DoubtKind::{Anything, NotUnderstood, Perhaps, Refused};
        let text = "CREATE TABLE a (id int); ALTER TABLE a FROBNICATE; CREATE TABLE a (id int)";
        assert_eq!(
            found(text),
            [(NotUnderstood, "ALTER TABLE a FROBNICATE"), (Refused, "CREATE TABLE a (id int)")]
        );
        let text = "DO $$ BEGIN IF random() < 0.5 THEN CREATE TABLE a (id int); END IF; END $$";
        assert_eq!(found(text), [(Perhaps, "CREATE TABLE a (id int)")]);
        let text = "CREATE TABLE t (a int);
                    DO $$ BEGIN IF random() < 0.5 THEN
                        GRANT ALL ON t TO PUBLIC; ALTER TABLE t OWNER TO me; ALTER TABLE t ADD b int; DROP TABLE t;
                    END IF; END $$";
        assert_eq!(found(text), [(Perhaps, "ALTER TABLE t ADD b int")]);
        let text = "DO $$ DECLARE go text; BEGIN EXECUTE go; END $$; CREATE TABLE a (id int)";
        assert_eq!(found(text).iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [Anything]);
    }
}
