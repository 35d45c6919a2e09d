//! A foreign key to what is not there, or is not unique.

use super::refusals::{self, Refusal, Why};
use super::{Check, Cx, PartFacts, Rule};
use crate::ops::Op;
use crate::schema::{
    Catalog, Constraint, ConstraintKind, Dialect, ForeignKey, Ident, Index, Lookup, Name, Relation, Table,
};
use crate::text::Place;

/// `mismatched-foreign-key`.
pub const RULE: Rule = Rule {
    id: "mismatched-foreign-key",
    page: include_str!("../../rules/mismatched-foreign-key.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    match part.dialect() {
        // It refuses at once.
        Dialect::Postgres => {
            for step in part.steps() {
                for refusal in refusals::refusals(&step, Why::Reference) {
                    let finding = cx
                        .report(step.place(refusal.op.span), refusal.message(part.dialect()))
                        .help(help(&refusal));
                    refusal.told(finding, "the table stands here");
                }
            }
        }
        // SQLite looks when rows are written.
        Dialect::Sqlite if part.settings.foreign_keys => accepted(part, cx),
        Dialect::Sqlite | Dialect::Mysql => {}
    }
}

fn help(refusal: &Refusal<'_>) -> &'static str {
    match refusal.conflict.sqlstate() {
        "42804" => "Give both columns the same type.",
        _ => {
            "Refer to a primary key, or to columns with a UNIQUE constraint, of a table that is there before."
        }
    }
}

fn accepted(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    let after = &part.run.after;
    let Some(end) = part.replay.end.get(&Dialect::Sqlite) else { return };
    for op in part.statements().iter().flat_map(|statement| &statement.ops) {
        for (_, key, span) in op.foreign_keys() {
            let Some(owner) = owner_of(after, part, op, key) else { continue };
            // A later migration may set it right.
            let now = why(after, part, owner, key);
            let later = end.table(&owner.name).found().and_then(|owner| {
                let still = owner.foreign_keys().filter(|(_, known)| known.columns == key.columns);
                still.into_iter().find_map(|(_, known)| why(end, part, owner, known))
            });
            let (Some(why), true) = (now, later.is_some()) else { continue };
            let columns: Vec<&str> = key.columns.iter().map(Ident::text).collect();
            cx.report(
                part.place(span),
                format!(
                    "every INSERT into `{}` fails: its foreign key ({}) refers to `{}`, {why}",
                    owner.name,
                    columns.join(", "),
                    key.table
                ),
            )
            .label("SQLite accepts it here and fails when a row is written")
            .help("Refer to a primary key, or to columns with a UNIQUE constraint or index over exactly these, without WHERE.");
        }
    }
}

/// The table that has the foreign key when the migration is through, under whatever name.
fn owner_of<'a>(after: &'a Catalog, part: &PartFacts<'_>, op: &Op, key: &ForeignKey) -> Option<&'a Table> {
    let place = part.place(op.span);
    let has_it = |table: &&Table| {
        table
            .foreign_keys()
            .any(|(_, known)| known.columns == key.columns && known.referenced == key.referenced)
    };
    let made = |made: Option<Place>| made == Some(place);
    after.tables().filter(has_it).find(|table| {
        made(table.made)
            || table
                .columns
                .iter()
                .any(|member| made(member.made) && key.columns.contains(&member.column.name))
    })
}

/// Why a foreign key cannot work, where that is certain.
fn why(catalog: &Catalog, part: &PartFacts<'_>, owner: &Table, written: &ForeignKey) -> Option<String> {
    // Its table may have been renamed since: the catalog knows under which name.
    let same =
        |known: &ForeignKey| known.columns == written.columns && known.referenced == written.referenced;
    let (_, key) = owner.foreign_keys().find(|(_, known)| same(known))?;
    let parent = match catalog.relation(&key.table) {
        Lookup::Found(Relation::Table(table)) => table,
        Lookup::Found(Relation::View(_)) => return Some("which is a view".to_owned()),
        Lookup::Found(Relation::Index(_) | Relation::Sequence(_)) => {
            return Some("which is no table".to_owned());
        }
        Lookup::Absent => return Some("which does not exist".to_owned()),
        Lookup::Unknown => {
            let never = part.complete
                && !catalog.unclear
                && !catalog.is_unclear(&key.table)
                && !part.settings.is_external(&key.table);
            return never.then(|| "which no migration makes".to_owned());
        }
    };
    if parent.open || catalog.unclear {
        return None;
    }
    if key.referenced.is_empty() {
        let Some(primary) = parent.primary_key() else {
            return Some("which has no primary key".to_owned());
        };
        return (primary.len() != key.columns.len())
            .then(|| format!("whose primary key has {} columns", primary.len()));
    }
    if let Some(column) = key.referenced.iter().find(|column| parent.column(column.key()).is_absent()) {
        return Some(format!("which has no column `{column}`"));
    }
    let columns: Vec<&str> = key.referenced.iter().map(Ident::text).collect();
    (!is_unique(catalog, &parent.name, parent, &key.referenced)).then(|| match columns.as_slice() {
        [only] => format!("whose column `{only}` is not unique"),
        columns => format!("whose columns ({}) are not unique together", columns.join(", ")),
    })
}

/// Whether a key, or a unique index, may cover exactly these columns.
fn is_unique(catalog: &Catalog, name: &Name, table: &Table, columns: &[Ident]) -> bool {
    let same =
        |known: &[Ident]| known.len() == columns.len() && known.iter().all(|column| columns.contains(column));
    let by_constraint = |constraint: &Constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => same(columns),
        ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => false,
    };
    let by_index = |index: &Index| {
        let keys: Option<Vec<Ident>> =
            index.keys.iter().map(|key| key.column().map(Ident::caseless)).collect();
        index.unique && index.predicate.is_none() && keys.is_some_and(|keys| same(&keys))
    };
    table.constraints.iter().any(|(_, constraint)| by_constraint(constraint))
        || catalog.indexes_of(name).any(by_index)
}
