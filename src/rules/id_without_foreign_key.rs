//! A new column that names rows of another table, and no foreign key holds it to that.

use super::new_columns::{NewColumn, has_word, new_columns, words};
use super::{Check, Cx, PartFacts, Rule};
use crate::schema::{Dialect, Family, PartitionKind, Table, Type};

/// `id-without-foreign-key`.
pub const RULE: Rule = Rule {
    id: "id-without-foreign-key",
    page: include_str!("../../rules/id-without-foreign-key.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.dialect() == Dialect::Sqlite && !part.settings.foreign_keys {
        return;
    }
    for column in new_columns(part) {
        // A CHECK may look into the other table by a function.
        if column.refers()
            || column.is_checked()
            || outlives_rows(column.table)
            || part.run.is_unread_after(column.step)
        {
            continue;
        }
        let Some(stem) = stem(&column) else { continue };
        let catalog = &part.run.after;
        let named = catalog
            .tables()
            .find(|other| is_named(&stem, other) && other.name.schema == column.table.name.schema);
        let Some(parent) = named.filter(|parent| can_refer(part, column.table, parent)) else { continue };
        let Some([key]) = parent.primary_key() else { continue };
        let types =
            parent.column(key.key()).found().and_then(|member| member.column.ty.as_ref()).zip(column.ty());
        if !types.is_some_and(|(theirs, own)| is_same_kind(theirs, own, part.dialect())) {
            continue;
        }
        let (name, table) = (&column.column().name, &column.table.name);
        cx.report(
            column.place(part),
            format!("`{name}` of `{table}` names rows of `{}`, and nothing keeps it from naming one that is not there", parent.name),
        )
        .help(format!("Add a foreign key to `{}` ({key}).", parent.name));
    }
}

/// `customer` of `customer_id`: not where a `customer_type` beside it says of which table the row is.
fn stem(column: &NewColumn<'_>) -> Option<Vec<String>> {
    let mut own = column.words();
    if own.pop()? != "id" || own.is_empty() {
        return None;
    }
    let says_which = |word: &str| {
        let wanted = format!("{}_{word}", own.join("_"));
        column.table.columns.iter().any(|member| words(member.column.name.text()).join("_") == wanted)
    };
    (!says_which("type") && !says_which("kind")).then_some(own)
}

/// Whether a table is called as the column says, in the singular or the plural.
fn is_named(stem: &[String], table: &Table) -> bool {
    let own = words(table.name.text());
    let (Some((last, first)), Some((other, others))) = (stem.split_last(), own.split_last()) else {
        return false;
    };
    first == others && (last == other || is_plural(other, last))
}

fn is_plural(many: &str, one: &str) -> bool {
    match (one, many) {
        ("person", "people") | ("child", "children") => true,
        _ => {
            many.strip_prefix(one).is_some_and(|rest| matches!(rest, "s" | "es"))
                || one.strip_suffix('y').is_some_and(|start| many.strip_suffix("ies") == Some(start))
        }
    }
}

/// Whether the server lets one table refer to the other.
fn can_refer(part: &PartFacts<'_>, own: &Table, parent: &Table) -> bool {
    let engine = part.engine();
    let parted = |table: &Table| table.partition == PartitionKind::Parent;
    let old = match part.dialect() {
        Dialect::Postgres => {
            (parted(parent) && !engine.at_least(12, 0)) || (parted(own) && !engine.at_least(11, 0))
        }
        Dialect::Mysql => parted(parent) || parted(own),
        Dialect::Sqlite => false,
    };
    let is_kept = own.unlogged || !parent.unlogged;
    parent.name != own.name && !parent.temporary && !parent.foreign && is_kept && !old
}

/// Whether a table keeps rows for longer than what they are about: logs, archives, what is loaded from elsewhere.
fn outlives_rows(table: &Table) -> bool {
    const KEEPS: &[&str] = &[
        "audit",
        "audits",
        "log",
        "logs",
        "history",
        "histories",
        "archive",
        "archives",
        "archived",
        "deleted",
        "backup",
        "backups",
        "snapshot",
        "snapshots",
        "staging",
        "import",
        "imports",
        "outbox",
        "tombstones",
    ];
    has_word(&words(table.name.text()), KEEPS)
}

/// Whether the one can name the other: a text beside a number names something else.
fn is_same_kind(theirs: &Type, own: &Type, dialect: Dialect) -> bool {
    if theirs.dimensions > 0 || own.dimensions > 0 {
        return false;
    }
    let whole = |ty: &Type| match dialect {
        Dialect::Postgres => ty.family() == Family::Integer,
        Dialect::Sqlite | Dialect::Mysql => ty.name.contains("int"),
    };
    let text = |ty: &Type| match dialect {
        Dialect::Postgres => matches!(ty.name.as_str(), "text" | "character varying" | "character"),
        Dialect::Sqlite | Dialect::Mysql => ty.name.contains("char") || ty.name.contains("text"),
    };
    theirs.name == own.name || (whole(theirs) && whole(own)) || (text(theirs) && text(own))
}
