//! A new column for one of a few words that takes any.

use super::new_columns::{NewColumn, has_word, new_columns};
use super::{Check, Cx, PartFacts, Rule};
use crate::schema::{ConstraintKind, Dialect, Expr, Table, Type};
use crate::syntax::sql::write;

/// `status-without-check`.
pub const RULE: Rule = Rule {
    id: "status-without-check",
    page: include_str!("../../rules/status-without-check.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    for column in new_columns(part) {
        let is_text = column.ty().is_some_and(|ty| is_text(ty, part.dialect()));
        if !is_text
            || !is_status(&column)
            || column.refers()
            || column.is_checked()
            || column.column().generated.is_some()
            || is_unique(&column)
            || is_path(column.column().default.as_ref())
            || part.run.is_unread_after(column.step)
        {
            continue;
        }
        let (name, table) = (&column.column().name, &column.table.name);
        let others = match part.dialect() {
            Dialect::Postgres | Dialect::Mysql => ", make it an enum,",
            Dialect::Sqlite => "",
        };
        cx.report(
            column.place(part),
            format!("`{name}` of `{table}` takes any text: a misspelt value is stored like the others, and no query finds it"),
        )
        .help(format!(
            "Add CHECK ({} IN (…)){others} or let it refer to a table of its values.",
            write::quote(name, part.dialect())
        ));
    }
}

fn is_text(ty: &Type, dialect: Dialect) -> bool {
    let name = ty.name.as_str();
    ty.schema.is_none()
        && ty.dimensions == 0
        && match dialect {
            Dialect::Postgres => matches!(name, "text" | "character varying" | "character" | "citext"),
            Dialect::Sqlite => matches!(name, "text" | "varchar" | "char" | "character" | "nvarchar"),
            Dialect::Mysql => matches!(name, "text" | "varchar" | "char" | "tinytext"),
        }
}

/// Whether its name says that it holds one of a few words. What kind of row an id beside it means, and the type of a file, are words that
/// others add to.
fn is_status(column: &NewColumn<'_>) -> bool {
    const OPEN: &[&str] = &["content", "mime", "media", "file", "http", "data", "column", "sql"];
    let own = column.words();
    let Some((last, stem)) = own.split_last() else { return false };
    let beside = || {
        let id = format!("{}_id", stem.join("_"));
        !stem.is_empty()
            && column
                .table
                .columns
                .iter()
                .any(|member| super::new_columns::words(member.column.name.text()).join("_") == id)
    };
    matches!(last.as_str(), "status" | "kind" | "type") && !has_word(stem, OPEN) && !beside()
}

/// Whether its default is of the kind `application/json`: words to which others add.
fn is_path(default: Option<&Expr>) -> bool {
    default.and_then(Expr::as_string).is_some_and(|text| text.contains('/'))
}

/// Whether each value occurs once: then it names the rows of a list.
fn is_unique(column: &NewColumn<'_>) -> bool {
    let name = &column.column().name;
    let by = |table: &Table| {
        table.constraints.iter().any(|(_, constraint)| match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                columns.len() == 1 && columns.contains(name)
            }
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => false,
        })
    };
    by(column.table) || by(column.last)
}
