//! The canonical schema does not say what the migrations make.

use super::drift::{self, Changed, Disagreement};
use super::facts::Canonical;
use super::{Check, Cx, HistoryFacts, Rule};
use crate::diagnostic::{Remedy, Safety};
use crate::schema::{Difference, DifferenceKind, ObjectKind, ObjectRef};
use crate::text::{Place, Span};

/// `canonical-not-updated`.
pub const RULE: Rule = Rule {
    id: "canonical-not-updated",
    page: include_str!("../../rules/canonical-not-updated.md"),
    down: false,
    check: Check::History(check),
};

fn check(facts: &HistoryFacts<'_>, cx: &mut Cx<'_>) {
    for canonical in facts.canonical {
        for one in drift::disagreements(facts, canonical) {
            if one.changed == Changed::Migrations {
                report(facts, cx, canonical, &one);
            }
        }
    }
}

fn report(facts: &HistoryFacts<'_>, cx: &mut Cx<'_>, canonical: &Canonical, one: &Disagreement<'_>) {
    let first = &one.differences[0];
    let place = one.cause.map(|cause| cause.place(&one.object)).or(first.right_made);
    let asked = |place: &Place| facts.judged.contains(&place.file) || facts.judged.contains(&canonical.file);
    let Some(place) = place.filter(asked) else { return };
    let file = format!("`{}`", facts.sources.get(canonical.file).path);
    let title = one.title();
    let (message, help) = match (&one.old_name, first.kind) {
        (Some(old), _) => {
            let (new, old) = (one.object.name.text(), drift::title(&old.object));
            (
                format!("{old} is `{new}` after this, and {file} still has the old name"),
                format!("Rename it in {file} in the same commit."),
            )
        }
        (None, kind) if kind.is_missing() => {
            (format!("{title} is not in {file}"), format!("Add it to {file} in the same commit."))
        }
        (None, kind) if kind.is_extra() => (
            format!("{title} is gone after this, and {file} still has it"),
            format!("Take it out of {file} in the same commit."),
        ),
        (None, _) => {
            let now = said(one.differences.iter(), |difference| &difference.right);
            let there = said(one.differences.iter(), |difference| &difference.left);
            (
                format!("{title} {now} after this, and in {file} it {there}"),
                format!("Change it in {file} in the same commit."),
            )
        }
    };
    let finding = cx.report(place, message).help(help);
    let finding = match &one.old_name {
        Some(old) => related(facts, finding, canonical, old),
        None => related(facts, finding, canonical, first),
    };
    if first.kind.is_missing() && one.old_name.is_none() {
        let (words, columns) = drift::written(facts.replay, canonical.run.engine.dialect, &one.object);
        if !words.is_empty() {
            let object = Box::new(one.object.clone());
            finding.remedy(
                Safety::Safe,
                Remedy::WriteCanonical { file: canonical.file, object, columns, words },
            );
        }
    }
}

/// What one side says of the object, as a predicate: `is bigint and has no default`.
fn said<'d>(
    differences: impl Iterator<Item = &'d Difference>,
    side: impl Fn(&'d Difference) -> &'d Option<String>,
) -> String {
    let one = |difference: &'d Difference| match (difference.kind, side(difference)) {
        (DifferenceKind::Nullability, Some(text)) if text == "NULL" => "may be NULL".to_owned(),
        (DifferenceKind::Default, Some(text)) => format!("has {text}"),
        (DifferenceKind::Default, None) => "has no default".to_owned(),
        (DifferenceKind::Comment, Some(text)) => format!("has the comment {text}"),
        (DifferenceKind::Comment, None) => "has no comment".to_owned(),
        (DifferenceKind::Definition, None) => "has nothing of it".to_owned(),
        (_, Some(text)) => format!("is {text}"),
        (_, None) => "has no type".to_owned(),
    };
    differences.map(one).collect::<Vec<_>>().join(" and ")
}

/// The place in the schema file: the object itself, else the table that it belongs to.
fn related<'f>(
    facts: &HistoryFacts<'_>,
    finding: super::Finding<'f>,
    canonical: &Canonical,
    difference: &Difference,
) -> super::Finding<'f> {
    let catalog = &canonical.run.after;
    let (made, text) = if difference.kind.is_missing() {
        let Some(name) = &difference.object.on else { return finding };
        let table = ObjectRef { kind: ObjectKind::Table, name: name.clone(), on: None };
        (
            catalog.table(name).found().and_then(|table| table.made),
            format!("{} is made here", drift::title(&table)),
        )
    } else {
        (difference.left_made, "here".to_owned())
    };
    // Of a whole statement its first line is enough.
    let first_line = |place: Place| {
        let source = facts.sources.get(place.file);
        let line = source.line_span(source.position(place.span.start).line);
        let end = line.start + source.slice(line).trim_end().len() as u32;
        Place::new(place.file, Span::new(place.span.start, place.span.end.min(end.max(place.span.start))))
    };
    match made.filter(|made| made.file == canonical.file) {
        Some(made) => finding.related(first_line(made), text),
        None => finding,
    }
}
