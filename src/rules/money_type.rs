//! A new column of PostgreSQL's type `money`.

use super::new_columns::new_columns;
use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::Safety;
use crate::schema::{Expr, Literal, Type};

/// `money-type`.
pub const RULE: Rule = Rule {
    id: "money-type",
    page: include_str!("../../rules/money-type.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for column in new_columns(part) {
        let is_money = column.ty().is_some_and(|ty| ty.name == "money" && ty.schema.is_none());
        if !is_money || column.refers() {
            continue;
        }
        let message = format!(
            "`{}` of `{}` takes its currency and its decimals from lc_monetary: where that is another one, the same row is another amount",
            column.column().name,
            column.table.name
        );
        let finding = cx
            .report(column.place(part), message)
            .help("Make it `numeric`, and keep the currency in a column of its own.");
        // '$0.00' is no number.
        let default = column.column().default.as_ref();
        let is_number = |expr: &Expr| matches!(expr, Expr::Literal(Literal::Number(_) | Literal::Null));
        let remedy = column.retype(part, Type::plain("numeric"), None);
        if let Some(remedy) = remedy.filter(|_| default.is_none_or(is_number)) {
            finding.remedy(Safety::Unsafe, remedy);
        }
    }
}
