//! A migration that does not write its version where the others write theirs.

use super::{Check, Cx, PartFacts, Rule, versions};

/// `version-not-recorded`.
pub const RULE: Rule = Rule {
    id: "version-not-recorded",
    page: include_str!("../../rules/version-not-recorded.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let Some(table) = versions::table(part) else { return };
    if part.statements().is_empty() || versions::may_record(part, &table) {
        return;
    }
    // The columns that the last one of the others filled.
    let columns = part.earlier().iter().rev().filter(|run| !run.migration.repeatable).find_map(|run| {
        let insert = versions::insert(&run.up, &table)?;
        let names: Vec<&str> = insert.columns.iter().map(crate::schema::Ident::text).collect();
        (!names.is_empty()).then(|| names.join(", "))
    });
    let columns = columns.unwrap_or_else(|| "version".to_owned());
    let values = vec!["'…'"; columns.split(',').count()].join(", ");
    cx.report(
        part.head(),
        format!("nothing is written into `{table}`, so that it does not show that this migration ran"),
    )
    .help(format!(
        "Add `INSERT INTO {table} ({columns}) VALUES ({values})`, with ON CONFLICT DO NOTHING or the like."
    ));
}
