//! A new column that keeps a time and not the zone that it is of.

use super::new_columns::{NewColumn, has_word, new_columns, words};
use super::{Check, Cx, PartFacts, Rule};
use crate::diagnostic::Safety;
use crate::schema::{Column, Expr, Literal, Type};

/// `timestamp-without-zone`.
pub const RULE: Rule = Rule {
    id: "timestamp-without-zone",
    page: include_str!("../../rules/timestamp-without-zone.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for column in new_columns(part) {
        let Some(ty) = column.ty().filter(|ty| ty.name == "timestamp without time zone") else { continue };
        if ty.schema.is_some() || column.refers() || is_wall_clock(&column) {
            continue;
        }
        let message = format!(
            "`{}` of `{}` keeps no time zone: the moment that it means depends on the TimeZone setting of who writes and who reads it",
            column.column().name,
            column.table.name
        );
        let finding = cx.report(column.place(part), message).help(
            "Make it `timestamptz`: it keeps the moment, in the same eight bytes, and each session reads it in its own zone.",
        );
        let zoned = Type { name: "timestamp with time zone".to_owned(), ..ty.clone() };
        let remedy = column.retype(part, zoned, None).filter(|_| fits(column.column()));
        if let Some(remedy) = remedy {
            finding.remedy(Safety::Unsafe, remedy);
        }
    }
}

/// Whether its name says that the clock on the wall is meant, or a zone is kept beside it: 09:00 stays 09:00 when the zone's rules change.
/// What has happened is a moment all the same: `created_at`.
fn is_wall_clock(column: &NewColumn<'_>) -> bool {
    const LOCAL: &[&str] = &[
        "local",
        "localtime",
        "wall",
        "wallclock",
        "naive",
        "birth",
        "birthday",
        "birthdate",
        "born",
        "dob",
    ];
    let own = column.words();
    let is_zone = |other: &Column| {
        let words = words(other.name.text());
        has_word(&words, &["timezone", "tz", "tzid", "zoneinfo"])
            || words.windows(2).any(|pair| matches!(pair, [one, two] if one == "time" && two == "zone"))
    };
    let happened = matches!(own.as_slice(), [.., done, at] if done.ends_with("ed") && at == "at");
    let beside = || column.table.columns.iter().any(|member| is_zone(&member.column));
    has_word(&own, LOCAL) || (!happened && beside())
}

/// Whether its default gives the same moment to a column with a zone: `now() AT TIME ZONE 'utc'` does not.
fn fits(column: &Column) -> bool {
    const NOW: &[&str] =
        &["now", "current_timestamp", "transaction_timestamp", "statement_timestamp", "clock_timestamp"];
    match &column.default {
        None | Some(Expr::Literal(Literal::Null)) => true,
        Some(Expr::Call { name, .. }) => NOW.contains(&name.as_str()),
        Some(
            Expr::Column(_)
            | Expr::Literal(_)
            | Expr::Operator { .. }
            | Expr::Cast { .. }
            | Expr::Query(_)
            | Expr::Raw { .. },
        ) => false,
    }
}
