//! A new column that is filled up with blanks.

use super::new_columns::new_columns;
use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::Safety;
use crate::schema::{Dialect, Type};
use crate::syntax::sql::write;

/// `char-type`.
pub const RULE: Rule = Rule {
    id: "char-type",
    page: include_str!("../../rules/char-type.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for column in new_columns(part) {
        let Some(ty) = column.ty().filter(|ty| ty.schema.is_none()) else { continue };
        let Some(length) = padded_to(ty, part.dialect()).filter(|_| !column.refers()) else { continue };
        let (name, table) = (&column.column().name, &column.table.name);
        let (message, help, to) = if part.dialect() == Dialect::Mysql {
            (
                format!(
                    "values of `{name}` of `{table}` lose the blanks at their end when they are read: it is filled up with blanks to {length} characters"
                ),
                format!("Make it `varchar({length})`."),
                Type { arguments: vec![length.to_string()], ..Type::plain("varchar") },
            )
        } else {
            (
                format!(
                    "each value of `{name}` of `{table}` is filled up with blanks to {length} characters: LIKE sees them, `=` and length() do not"
                ),
                format!(
                    "Make it `text`; where the length matters, add CHECK (length({}) = {length}).",
                    write::quote(name, part.dialect())
                ),
                Type::plain("text"),
            )
        };
        let finding = cx.report(column.place(part), message).help(help);
        if let Some(remedy) = column.retype(part, to, None) {
            finding.remedy(Safety::Unsafe, remedy);
        }
    }
}

/// To how many characters a type fills up what is shorter. One character is never shorter, unless it is nothing at all; and in MySQL, which
/// advises it for what always has one length, nor is a value of the length of a code, an id or a digest.
fn padded_to(ty: &Type, dialect: Dialect) -> Option<u32> {
    let fills = match dialect {
        Dialect::Postgres => matches!(ty.name.as_str(), "character" | "bpchar"),
        Dialect::Mysql => matches!(ty.name.as_str(), "char" | "character" | "national char" | "nchar"),
        // Nothing is filled up there.
        Dialect::Sqlite => false,
    };
    const WHOLE: &[u32] = &[2, 3, 26, 27, 32, 36, 40, 60, 64, 96, 128];
    let length = ty.arguments.first()?.parse().ok().filter(|length| fills && *length > 1)?;
    (dialect == Dialect::Postgres || !WHOLE.contains(&length)).then_some(length)
}
