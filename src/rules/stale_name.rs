//! After a RENAME, an index or constraint still carries the old name.

use super::{Check, Cx, Rule, StepFacts, words};
use crate::ops::{Op, Operation, Outcome};
use crate::schema::{Catalog, Constraint, ConstraintKind, Dialect, Ident, Lookup, Name, ObjectKind, Table};

/// `stale-name`.
pub const RULE: Rule = Rule {
    id: "stale-name",
    page: include_str!("../../rules/stale-name.md"),
    down: false,
    check: Check::Step(check),
};

fn check(step: &StepFacts<'_>, cx: &mut Cx<'_>) {
    for (index, op) in step.statement().ops.iter().enumerate() {
        if !matches!(step.step().outcomes.get(index), Some(Outcome::Done)) {
            continue;
        }
        match &op.kind {
            Operation::RenameColumn { table, from, to }
                if table.kind == ObjectKind::Table && !step.is_free(&table.name) =>
            {
                let name = step.resolve(&table.name);
                tell(step, op, &name, (from.text(), to.text(), table.name.text()), Some(to), cx);
            }
            Operation::Rename { object, to, .. }
                if object.kind == ObjectKind::Table && !step.is_free(&object.name) =>
            {
                let old = step.resolve(&object.name);
                let name = Name { schema: old.schema.clone(), ident: to.clone() };
                tell(step, op, &name, (old.text(), to.text(), ""), None, cx);
            }
            _ => {}
        }
    }
}

fn tell(
    step: &StepFacts<'_>,
    op: &Op,
    table: &Name,
    (from, to, whole): (&str, &str, &str),
    column: Option<&Ident>,
    cx: &mut Cx<'_>,
) {
    // `published` is now `published_at`: what carries the first half of a name is not wrong.
    if column.is_some() && to.to_ascii_lowercase().starts_with(&from.to_ascii_lowercase()) {
        return;
    }
    let end = &step.part.run.after;
    let Lookup::Found(known) = end.table(table) else { return };
    // A column that has another name at the end is told where it got that.
    if column.is_some_and(|column| known.column(column.key()).found().is_none()) {
        return;
    }
    let stale = |name: &Ident| carries(name.text(), from, to, whole);
    let mut names: Vec<(String, Ident)> = Vec::new();
    for index in end.indexes_of(table).filter(|index| index.constraint.is_none()) {
        let reads = column.is_none_or(|column| {
            let plain = index.keys.iter().flat_map(|key| key.expr.columns());
            let predicate = index.predicate.iter().flat_map(crate::schema::Expr::columns);
            plain.chain(predicate).any(|read| column == read.as_str())
        });
        if reads && stale(&index.name.ident) {
            names.push((format!("index `{}`", index.name), index.name.ident.clone()));
        }
    }
    for (name, constraint) in &known.constraints {
        let reads = column.is_none_or(|column| concerns(constraint, column));
        if reads && has_a_name(constraint, end) && stale(name) {
            names.push((format!("constraint `{name}`"), name.clone()));
        }
    }
    // What a later migration renames is not stale for long.
    let last = step.part.replay.end.get(&end.dialect);
    let stays = |name: &Ident| {
        let index = Name { schema: table.schema.clone(), ident: name.clone() };
        last.is_none_or(|last| {
            let constraint = last.table(table).and_then(|table| table.constraint(name.key()));
            last.table(table).found().is_none()
                || last.index(&index).found().is_some()
                || constraint.found().is_some()
        })
    };
    names.retain(|(_, name)| stays(name));
    names.sort();
    if names.is_empty() {
        return;
    }
    let shown: Vec<&str> = names.iter().map(|(shown, _)| shown.as_str()).collect();
    let verb = if shown.len() == 1 { "keeps" } else { "keep" };
    cx.report(
        step.place(op.span),
        format!("`{from}` is now `{to}`, and {} {verb} the old name", shown.join(", ")),
    )
    .help(help(step, known, &names.iter().map(|(_, name)| name).collect::<Vec<_>>()));
}

fn help(step: &StepFacts<'_>, table: &Table, names: &[&Ident]) -> String {
    let one = |name: &&Ident| {
        let shown = words::sql_ident(step, name);
        if table.constraint(name.key()).found().is_some() {
            format!("ALTER TABLE {} RENAME CONSTRAINT {shown} TO …", words::sql(step, &table.name))
        } else {
            let index = Name { schema: table.name.schema.clone(), ident: (*name).clone() };
            format!("ALTER INDEX {} RENAME TO …", words::sql(step, &index))
        }
    };
    let several = names.len() > 1;
    match step.part.dialect() {
        Dialect::Postgres => {
            let shown: Vec<String> = names.iter().map(one).collect();
            format!("Rename {} too: {}", if several { "them" } else { "it" }, shown.join("; "))
        }
        Dialect::Sqlite | Dialect::Mysql if several => {
            "Drop them and make them again under the new name.".to_owned()
        }
        Dialect::Sqlite | Dialect::Mysql => "Drop it and make it again under the new name.".to_owned(),
    }
}

/// SQLite's constraints have no names that anybody sees, unless somebody wrote them.
fn has_a_name(constraint: &Constraint, catalog: &Catalog) -> bool {
    catalog.dialect == Dialect::Postgres || constraint.name.is_some()
}

fn concerns(constraint: &Constraint, column: &Ident) -> bool {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            columns.contains(column)
        }
        ConstraintKind::ForeignKey(key) => key.columns.contains(column),
        ConstraintKind::Check(expr) => expr.columns().iter().any(|read| column == read.as_str()),
        ConstraintKind::NotNull(known) => known.as_ref() == Some(column),
        ConstraintKind::Exclude(_) => false,
    }
}

/// Whether a name has the old one in it as a word, and not as part of the new one or of the table's.
fn carries(name: &str, from: &str, to: &str, table: &str) -> bool {
    let words =
        |text: &str| -> Vec<String> { text.to_ascii_lowercase().split('_').map(str::to_owned).collect() };
    let mut rest = words(name);
    for other in [table, to] {
        let other = words(other);
        // The table's name stands first, where it stands at all.
        if let Some(at) = position(&rest, &other) {
            rest.splice(at..at + other.len(), [String::new()]);
        }
    }
    position(&rest, &words(from)).is_some()
}

fn position(all: &[String], part: &[String]) -> Option<usize> {
    if part.is_empty() || part.iter().all(String::is_empty) {
        return None;
    }
    all.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_carries_another_one_as_whole_words() {
        for (name, from, to, table, carried) in [
            ("orders_mail_idx", "mail", "email", "orders", true),
            ("orders_email_idx", "mail", "email", "orders", false),
            ("orders_mailing_idx", "mail", "email", "orders", false),
            ("idx_orders_user_id", "user", "user_id", "orders", false),
            ("idx_orders_user", "user", "user_id", "orders", true),
            ("user_sessions_owner_idx", "user", "owner", "user_sessions", false),
            ("clients_pkey", "clients", "customers", "", true),
            ("orders_archive_pkey", "orders", "orders_archive", "", false),
            ("orders_pkey", "orders", "orders_archive", "", true),
            ("Orders_Mail_Idx", "mail", "email", "orders", true),
            ("orders_created_at_idx", "created_at", "made_at", "orders", true),
        ] {
            assert_eq!(carries(name, from, to, table), carried, "{name}: {from} to {to}");
        }
    }
}
