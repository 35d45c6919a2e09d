//! A dump of a running database does not say what the canonical schema says.

use super::facts::Canonical;
use super::{Check, Cx, HistoryFacts, Rule, drift};
use crate::history::compare::as_far_as_known;
use crate::schema::{Catalog, Difference, ObjectRef};
use crate::text::{FileId, Place};

/// `dump-differs`.
pub const RULE: Rule = Rule {
    id: "dump-differs",
    page: include_str!("../../rules/dump-differs.md"),
    down: false,
    check: Check::History(check),
};

fn check(facts: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    for dump in facts.dumps {
        for schema in facts.canonical {
            if facts.judged.contains(&dump.file) || facts.judged.contains(&schema.file) {
                compare(facts, dump, schema, cx);
            }
        }
        // Without a schema file the migrations say what there is to be.
        if facts.canonical.is_empty() && facts.judged.contains(&dump.file) {
            compare_with_migrations(facts, dump, cx);
        }
    }
}

fn compare(facts: &HistoryFacts<'_>, dump: &Canonical, schema: &Canonical, cx: &mut Cx<'_>) {
    let mut differences = differences(facts, &dump.run.after, &schema.run.after);
    // What this change does to the schema file is not in production yet.
    if let Some(base) = &schema.base {
        let before = self::differences(facts, &dump.run.after, base);
        differences.retain(|difference| before.iter().any(|old| about_the_same(old, difference)));
    }
    let name = format!("`{}`", facts.sources.get(schema.file).path);
    for one in by_object(differences) {
        report(facts, dump, &one, &name, |made| made.file == schema.file, cx);
    }
}

fn compare_with_migrations(facts: &HistoryFacts<'_>, dump: &Canonical, cx: &mut Cx<'_>) {
    let dialect = dump.run.engine.dialect;
    let Some(end) = facts.replay.end.get(&dialect).filter(|end| !end.unclear) else { return };
    let known = as_far_as_known(facts.replay, end.clone());
    let mut differences = differences(facts, &dump.run.after, &known);
    if facts.base_known {
        let applied = facts.replay.only(dialect, |file| facts.applied.contains(&file));
        let applied = as_far_as_known(facts.replay, applied);
        let before = self::differences(facts, &dump.run.after, &applied);
        differences.retain(|difference| before.iter().any(|old| about_the_same(old, difference)));
    }
    for one in by_object(differences) {
        report(facts, dump, &one, "the migrations", |_| true, cx);
    }
}

/// What the dump, on the left, has otherwise.
fn differences(facts: &HistoryFacts<'_>, dump: &Catalog, schema: &Catalog) -> Vec<Difference> {
    let mut all = dump.diff(schema);
    all.retain(|difference| drift::counts(facts, difference, &[dump, schema]));
    all
}

fn about_the_same(one: &Difference, other: &Difference) -> bool {
    one.kind == other.kind && one.object == other.object
}

/// The differences of each object together, in their order.
fn by_object(differences: Vec<Difference>) -> Vec<Vec<Difference>> {
    let mut all: Vec<Vec<Difference>> = Vec::new();
    for difference in differences {
        let same = |known: &&mut Vec<Difference>| -> bool { *object(known) == difference.object };
        match all.iter_mut().find(same) {
            Some(known) => known.push(difference),
            None => all.push(vec![difference]),
        }
    }
    all
}

fn object(differences: &[Difference]) -> &ObjectRef {
    &differences[0].object
}

/// One finding: at the schema's words, where it has any, else at the dump's.
fn report(
    facts: &HistoryFacts<'_>,
    dump: &Canonical,
    differences: &[Difference],
    schema: &str,
    is_of_schema: impl Fn(&Place) -> bool,
    cx: &mut Cx<'_>,
) {
    let first = &differences[0];
    let title = drift::title(object(differences));
    let in_dump = first.left_made.filter(|made| made.file == dump.file);
    let in_schema = first.right_made.filter(is_of_schema);
    // Of what the schema has not, its side knows at most the table.
    let Some(place) = (if first.kind.is_extra() { in_dump } else { in_schema.or(in_dump) }) else { return };
    let file = format!("`{}`", path(facts, dump.file));
    let (message, help) = if first.kind.is_missing() {
        (
            format!("{title} is not in the dump {file}"),
            format!("Run what makes it there, and take a new dump; or take it out of {schema}."),
        )
    } else if first.kind.is_extra() {
        (
            format!("{title} is in the dump {file}, and not in {schema}"),
            format!(
                "Write a migration that makes it, and bring it into {schema}; or drop it where the dump was taken."
            ),
        )
    } else {
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let each = differences.iter().map(|difference| {
            let what = drift::what(difference.kind);
            format!("{what}: {} there, {} here", side(&difference.left), side(&difference.right))
        });
        (
            format!("{title} is another in the dump {file} ({})", each.collect::<Vec<_>>().join("; ")),
            format!(
                "Find out which is right: bring the other one into {schema}, or write the migration that is missing there."
            ),
        )
    };
    let finding = cx.report(place, message).help(help);
    if let Some(made) = in_dump.filter(|made| *made != place && !first.kind.is_missing()) {
        finding.related(made, "in the dump");
    }
}

fn path<'a>(facts: &HistoryFacts<'a>, file: FileId) -> &'a str {
    &facts.sources.get(file).path
}
