//! A new column that is limited by its type.

use super::new_columns::new_columns;
use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::Safety;
use crate::schema::{Dialect, Type};

/// `limited-varchar`.
pub const RULE: Rule = Rule {
    id: "limited-varchar",
    page: include_str!("../../rules/limited-varchar.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for column in new_columns(part) {
        let Some(ty) = column.ty().filter(|ty| ty.schema.is_none()) else { continue };
        let limited = match part.dialect() {
            Dialect::Postgres => ty.name == "character varying",
            Dialect::Sqlite => matches!(ty.name.as_str(), "varchar" | "character varying" | "nvarchar"),
            // There a text column cannot be indexed whole.
            Dialect::Mysql => false,
        };
        let Some(length) = ty.arguments.first().filter(|_| limited && !column.refers()) else { continue };
        let (name, table) = (&column.column().name, &column.table.name);
        let message = if part.dialect() == Dialect::Sqlite {
            format!(
                "`{name}` of `{table}` is not held to {length} characters: SQLite does not look at the number"
            )
        } else {
            format!(
                "`{name}` of `{table}` takes {length} characters and refuses the next one; the limit cannot be changed while a view shows the column"
            )
        };
        let finding = cx.report(column.place(part), message).help(format!(
            "Make it `text`; where a limit is meant, add CHECK (length({name}) <= {length}), which can be changed alone."
        ));
        if let Some(remedy) = column.retype(part, Type::plain("text"), None) {
            finding.remedy(Safety::Unsafe, remedy);
        }
    }
}
