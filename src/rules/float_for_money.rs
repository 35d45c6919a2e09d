//! A new column for money that cannot hold ten cents.

use super::new_columns::{NewColumn, has_word, new_columns, words};
use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::Safety;
use crate::schema::{Dialect, Type};

/// `float-for-money`.
pub const RULE: Rule = Rule {
    id: "float-for-money",
    page: include_str!("../../rules/float-for-money.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let dialect = part.dialect();
    for column in new_columns(part) {
        let is_float = column.ty().is_some_and(|ty| is_float(ty, dialect));
        if !is_float || !is_money(&column) || column.refers() {
            continue;
        }
        let message = format!(
            "`{}` of `{}` is a float, which holds most decimals only nearly: 0.1 + 0.2 is 0.30000000000000004 there, and sums are some cents off",
            column.column().name,
            column.table.name
        );
        let help = match dialect {
            Dialect::Postgres => "Make it `numeric`, or keep whole cents in a `bigint`.",
            Dialect::Mysql => {
                "Make it `decimal` with as many digits as you need, or keep whole cents in a `bigint`."
            }
            Dialect::Sqlite => "Keep whole cents in an INTEGER: SQLite has no exact decimals.",
        };
        let finding = cx.report(column.place(part), message).help(help);
        let exact = (dialect == Dialect::Postgres).then(|| Type::plain("numeric"));
        if let Some(remedy) = exact.and_then(|exact| column.retype(part, exact, None)) {
            finding.remedy(Safety::Unsafe, remedy);
        }
    }
}

fn is_float(ty: &Type, dialect: Dialect) -> bool {
    let name = ty.name.as_str();
    ty.schema.is_none()
        && match dialect {
            Dialect::Postgres => matches!(name, "real" | "double precision"),
            Dialect::Mysql => {
                let first = name.split(' ').next();
                matches!(first, Some("float" | "double" | "real" | "float4" | "float8"))
            }
            Dialect::Sqlite => matches!(name, "real" | "float" | "double" | "double precision"),
        }
}

/// Whether its name says that it holds money. Words that may count anything else count only in a table that is about money, or that has a
/// column for the currency.
fn is_money(column: &NewColumn<'_>) -> bool {
    const MONEY: &[&str] = &[
        "price", "prices", "salary", "wage", "wages", "revenue", "subtotal", "fee", "fees", "refund",
        "payout", "money", "cents", "usd", "eur", "gbp",
    ];
    const PERHAPS: &[&str] = &[
        "amount", "cost", "costs", "total", "balance", "discount", "tax", "vat", "credit", "debit", "paid",
        "sum",
    ];
    const TABLES: &[&str] = &[
        "order",
        "orders",
        "invoice",
        "invoices",
        "payment",
        "payments",
        "purchase",
        "purchases",
        "sale",
        "sales",
        "billing",
        "bill",
        "bills",
        "ledger",
        "expense",
        "expenses",
        "cart",
        "carts",
        "charge",
        "charges",
        "payroll",
        "wallet",
        "wallets",
        "refund",
        "refunds",
        "payout",
        "payouts",
        "salary",
        "salaries",
        "checkout",
    ];
    // What is a share of something, or a count, is no money.
    const SHARES: &[&str] = &[
        "rate",
        "ratio",
        "percent",
        "pct",
        "percentage",
        "factor",
        "weight",
        "weighting",
        "score",
        "index",
        "elasticity",
        "multiplier",
        "count",
        "probability",
        "change",
        "delta",
        "volatility",
        "stddev",
        "variance",
        "seconds",
        "hours",
        "minutes",
        "ms",
        "tokens",
        "items",
        "quantity",
        "qty",
        "kg",
        "km",
        "share",
        "level",
    ];
    let own = column.words();
    let of_money = || {
        has_word(&words(column.table.name.text()), TABLES)
            || column.table.columns.iter().any(|member| {
                matches!(words(member.column.name.text()).last().map(String::as_str), Some("currency"))
                    || member.column.name.text().eq_ignore_ascii_case("currency_code")
            })
    };
    !has_word(&own, SHARES) && (has_word(&own, MONEY) || (has_word(&own, PERHAPS) && of_money()))
}
