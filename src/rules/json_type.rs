//! A new column of type `json`.

use super::new_columns::{has_word, new_columns};
use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::Safety;
use crate::schema::Type;

/// `json-type`.
pub const RULE: Rule = Rule {
    id: "json-type",
    page: include_str!("../../rules/json-type.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for column in new_columns(part) {
        let is_json = column.ty().is_some_and(|ty| ty.name == "json" && ty.schema.is_none());
        // Where the text itself is wanted, jsonb would change it.
        let is_text = has_word(&column.words(), &["raw", "verbatim", "original", "signed"]);
        if !is_json || is_text {
            continue;
        }
        let message = format!(
            "`{}` of `{}` has no equality: DISTINCT, GROUP BY and UNION over it fail, and each read parses its text anew",
            column.column().name,
            column.table.name
        );
        let finding = cx.report(column.place(part), message).help(
            "Make it `jsonb`, unless blanks, the order of keys and keys that stand there twice must be kept.",
        );
        if let Some(remedy) = column.retype(part, Type::plain("jsonb"), None) {
            finding.remedy(Safety::Unsafe, remedy);
        }
    }
}
