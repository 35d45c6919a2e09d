//! A constraint that was added NOT VALID, and that no migration validated since.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Check, Cx, HistoryFacts, Rule};
use crate::history::replay::PartRun;
use crate::ops::{AlterDomain, Operation, Outcome, resolve};
use crate::schema::{Catalog, Constraint, Dialect, Ident, Lookup, Name, Table, TypeKind};
use crate::text::Place;

/// `constraint-never-validated`.
pub const RULE: Rule = Rule {
    id: "constraint-never-validated",
    page: include_str!("../../rules/constraint-never-validated.md"),
    down: false,
    check: Check::History(check),
};

fn check(facts: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    let runs = &facts.replay.runs;
    let of_postgres = |index: &usize| runs[*index].up.engine.dialect == Dialect::Postgres;
    let (Some(end), Some(last)) =
        (facts.replay.end.get(&Dialect::Postgres), (0..runs.len()).rfind(of_postgres))
    else {
        return;
    };
    // The latest place counts where one was dropped and added again.
    let mut left: BTreeMap<(Name, Ident), Place> = BTreeMap::new();
    for index in (0..runs.len()).filter(of_postgres) {
        // Validating is the next migration's: the newest one owes nothing yet.
        if runs[index + 1..].iter().all(|later| later.migration.repeatable) || !is_older(facts, index) {
            continue;
        }
        for added in added(&runs[index].up) {
            if let Some(key) = added.still_unchecked(end) {
                left.insert(key, added.place);
            }
        }
    }
    for ((owner, constraint), place) in left {
        if facts.settings.is_external(&owner)
            || facts.replay.is_unread_between(place, last)
            || has_unread_later(facts, place)
        {
            continue;
        }
        let kind = if end.type_entry(&owner).found().is_some() { "DOMAIN" } else { "TABLE" };
        cx.report(place, format!("`{constraint}` of `{owner}` was never validated: older rows may break it"))
            .help(format!(
                "Write a migration with ALTER {kind} {owner} VALIDATE CONSTRAINT {constraint}, and mend the rows first that it refuses."
            ));
    }
}

/// Whether a migration has run, as far as is known: what is still to come may be validated before it does.
fn is_older(facts: &HistoryFacts<'_>, index: usize) -> bool {
    let file = facts.replay.runs[index].up.part.file;
    facts.applied.contains(&file) || (!facts.base_known && facts.judged.contains(&file))
}

/// Whether a migration behind this one is no SQL: it may have validated anything.
fn has_unread_later(facts: &HistoryFacts<'_>, place: Place) -> bool {
    let sequence = facts.replay.sequence;
    facts.run_of(place.file).is_none_or(|run| {
        let later = |version: &str| sequence.compare(version, &run.migration.version) != Ordering::Less;
        sequence.unread.iter().any(|unread| later(&unread.version))
    })
}

/// A constraint that was added without a look at the rows.
struct Added<'a> {
    place: Place,
    name: &'a Ident,
    /// As it was made.
    owner: Owner<'a>,
}

enum Owner<'a> {
    Table(&'a Table),
    Domain(Name),
}

/// The constraints that a part adds NOT VALID.
fn added(run: &PartRun) -> Vec<Added<'_>> {
    let mut all = Vec::new();
    for (step, (statement, state)) in run.script.statements.iter().zip(&run.steps).enumerate() {
        let after = run.steps.get(step + 1).map_or(&run.after, |next| &next.before);
        let place = |op: &crate::ops::Op| Place::new(run.part.file, op.span);
        for (op, outcome) in statement.ops.iter().zip(&state.outcomes) {
            match &op.kind {
                Operation::AddConstraint { table, constraint }
                    if constraint.not_valid && *outcome == Outcome::Done =>
                {
                    let name = resolve(after, &state.session, &table.name);
                    let Some(table) = after.table(&name).found() else { continue };
                    let made = |(_, other): &&(Ident, Constraint)| other.not_valid && same(other, constraint);
                    let made = table.constraints.iter().rfind(made);
                    all.extend(made.map(|(name, _)| Added {
                        place: place(op),
                        name,
                        owner: Owner::Table(table),
                    }));
                }
                Operation::AlterDomain { name, change: AlterDomain::AddConstraint(constraint) }
                    if constraint.not_valid && *outcome == Outcome::Done =>
                {
                    let owner = resolve(after, &state.session, name);
                    let Some(TypeKind::Domain { constraints, .. }) =
                        after.type_entry(&owner).found().map(|entry| &entry.kind)
                    else {
                        continue;
                    };
                    let made =
                        constraints.iter().rfind(|(_, other)| other.not_valid && same(other, constraint));
                    let owner = Owner::Domain(owner);
                    all.extend(made.map(|(name, _)| Added { place: place(op), name, owner }));
                }
                _ => {}
            }
        }
    }
    all
}

/// Whether the constraint of a catalog is the one that was written: by its name, where it has one.
fn same(kept: &Constraint, written: &Constraint) -> bool {
    kept.name == written.name && std::mem::discriminant(&kept.kind) == std::mem::discriminant(&written.kind)
}

impl Added<'_> {
    /// Its owner and its name after all migrations, where it is there and nobody looked at the rows since.
    fn still_unchecked(&self, end: &Catalog) -> Option<(Name, Ident)> {
        let is_unchecked = |constraint: &Constraint| {
            constraint.not_valid && !constraint.attributes.iter().any(|word| word == "NOT ENFORCED")
        };
        match &self.owner {
            Owner::Table(table) => {
                let table = end.became(table)?;
                let own = table.constraint(self.name.key()).found().filter(|own| is_unchecked(own));
                // Validating a parent's validates those of its partitions.
                let above = table.parents.iter().any(|parent| {
                    let parent = end.table(parent).and_then(|parent| parent.constraint(self.name.key()));
                    matches!(parent, Lookup::Found(constraint) if !constraint.not_valid)
                });
                own.filter(|_| !above).map(|_| (table.name.clone(), self.name.clone()))
            }
            Owner::Domain(name) => match &end.type_entry(name).found()?.kind {
                TypeKind::Domain { constraints, .. } => {
                    let own = constraints.iter().find(|(known, _)| known == self.name);
                    own.filter(|(_, own)| is_unchecked(own)).map(|_| (name.clone(), self.name.clone()))
                }
                TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Other(_) => None,
            },
        }
    }
}
