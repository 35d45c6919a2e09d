//! An index that does nothing that another one of its table does not do.

use super::{Check, Cx, Direction, PartFacts, Rule};
use crate::history::replay::PartRun;
use crate::ops::{Operation, resolve};
use crate::schema::{
    Catalog, Constraint, ConstraintKind, Dialect, Ident, Index, Lookup, Name, PartitionKind, Table,
};
use crate::text::{Place, Span};

/// `duplicate-index`.
pub const RULE: Rule = Rule {
    id: "duplicate-index",
    page: include_str!("../../rules/duplicate-index.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down || part.dialect() == Dialect::Mysql {
        return;
    }
    let after = &part.run.after;
    let end = part.replay.end.get(&part.dialect());
    for name in indexed_tables(part.run) {
        let older;
        let table = match after.table(&name) {
            Lookup::Found(table) => table,
            Lookup::Unknown => {
                older = Table::unknown(name.clone());
                &older
            }
            Lookup::Absent => continue,
        };
        // The indexes of a partition come from its parent, or are made to be attached to one of its.
        if table.partition == PartitionKind::Partition || table.temporary || part.settings.is_external(&name)
        {
            continue;
        }
        let all = after.indexes_and_keys(table);
        for index in &all {
            let servers = all.iter().filter(|other| is_idle(part, table, index, other));
            let stays = |index: &&Index| end.is_none_or(|end| is_there(end, table, index));
            if let Some(other) = servers.filter(stays).max_by_key(|other| worth(part, other))
                && stays(&index)
            {
                report(part, table, index, other, cx);
            }
        }
    }
}

/// The tables that get an index, or a key, in a part; by their names at its end.
fn indexed_tables(run: &PartRun) -> Vec<Name> {
    let mut all: Vec<Name> = Vec::new();
    for (step, (statement, state)) in run.script.statements.iter().zip(&run.steps).enumerate() {
        let after = run.steps.get(step + 1).map_or(&run.after, |next| &next.before);
        for op in &statement.ops {
            let name = match &op.kind {
                Operation::CreateTable(create) => &create.name,
                Operation::CreateIndex(create) => &create.table,
                Operation::AddColumn { table, .. } | Operation::AddConstraint { table, .. } => &table.name,
                _ => continue,
            };
            let name = resolve(after, &state.session, name);
            match after.table(&name) {
                Lookup::Found(table) => all.extend(run.after.became(table).map(|end| end.name.clone())),
                Lookup::Unknown => all.push(name),
                Lookup::Absent => {}
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

/// Whether this part brings it about that an index does nothing that another one does not do.
fn is_idle(part: &PartFacts<'_>, table: &Table, index: &Index, other: &Index) -> bool {
    let is_new = |index: &Index| index.made.is_some_and(|made| made.file == part.run.part.file);
    if index.name == other.name || !(is_new(index) || is_new(other)) {
        return false;
    }
    let dialect = part.dialect();
    // Of keys that a CREATE TABLE says twice SQLite makes one index; but a number that is the row's own is none.
    let said_twice = dialect == Dialect::Sqlite
        && index.constraint.is_some()
        && other.constraint.is_some()
        && !is_row_number(table, other);
    // A key that is looked at late is another thing: neither ON CONFLICT nor a foreign key can use it.
    let is_late = index.unique && is_deferrable(table, other) != is_deferrable(table, index);
    if said_twice || is_late || !index.is_served_by(other, dialect) {
        return false;
    }
    // Of two that serve each other the one goes that is worth less.
    !other.is_served_by(index, dialect) || worth(part, index) < worth(part, other)
}

/// What speaks for keeping an index: it is a key, it is older.
fn worth(
    part: &PartFacts<'_>,
    index: &Index,
) -> (bool, bool, std::cmp::Reverse<Option<Place>>, std::cmp::Reverse<Name>) {
    let own = index.made.is_some_and(|made| made.file == part.run.part.file);
    (index.constraint.is_some(), !own, std::cmp::Reverse(index.made), std::cmp::Reverse(index.name.clone()))
}

fn is_deferrable(table: &Table, index: &Index) -> bool {
    let constraint = index.constraint.as_ref().and_then(|name| table.constraint(name.key()).found());
    let late = |attribute: &String| matches!(attribute.as_str(), "DEFERRABLE" | "INITIALLY DEFERRED");
    constraint.is_some_and(|constraint| constraint.attributes.iter().any(late))
}

/// SQLite: whether it is the key of an `INTEGER PRIMARY KEY`, which is the number of the row itself.
fn is_row_number(table: &Table, index: &Index) -> bool {
    let is_key = table.primary_key().is_some_and(|key| match (key, index.keys.as_slice()) {
        ([only], [own]) => own.column().is_some_and(|column| *only == *column),
        _ => false,
    });
    let integer = |column: &Ident| {
        let member = table.column(column.key()).found();
        member.and_then(|member| member.column.ty.as_ref()).is_some_and(|ty| ty.name == "integer")
    };
    is_key && table.primary_key().is_some_and(|key| key.iter().all(integer))
}

/// Whether an index still stands after all migrations: what is mended need not be told.
fn is_there(end: &Catalog, table: &Table, index: &Index) -> bool {
    let key = index.constraint.as_ref().filter(|_| end.dialect == Dialect::Sqlite);
    match key {
        Some(key) => end.became(table).is_some_and(|table| !table.constraint(key.key()).is_absent()),
        None => match end.index(&index.name) {
            Lookup::Found(last) => last.made == index.made,
            Lookup::Absent | Lookup::Unknown => false,
        },
    }
}

fn report(part: &PartFacts<'_>, table: &Table, index: &Index, other: &Index, cx: &mut Cx<'_>) {
    let own = part.run.part.file;
    let is_new = |index: &Index| index.made.filter(|made| made.file == own);
    let same = index.keys.len() == other.keys.len();
    let does = if same { "has the same columns" } else { "begins with the same columns" };
    let (title, server) = (title(table, index), title(table, other));
    match (is_new(index), is_new(other)) {
        (Some(made), _) => {
            let finding = cx
                .report(at(part, made, table, index), format!("{title} is never needed: {server} {does}"))
                .help("Leave it out: it takes room, and time at every write.");
            if let Some(made) = other.made {
                finding.related(at(part, made, table, other), format!("{server} is made here"));
            }
        }
        (None, Some(made)) => {
            let finding = cx
                .report(
                    at(part, made, table, other),
                    format!("{title} is not needed any more: {server} {does}"),
                )
                .help(format!("Drop {title} as well: it takes room, and time at every write."));
            if let Some(made) = index.made {
                finding.related(at(part, made, table, index), format!("{title} is made here"));
            }
        }
        (None, None) => {}
    }
}

/// What people call an index: the primary key of its table, a key, or its own name.
fn title(table: &Table, index: &Index) -> String {
    let constraint = index.constraint.as_ref().and_then(|name| table.constraint(name.key()).found());
    match constraint.map(|constraint| &constraint.kind) {
        Some(ConstraintKind::PrimaryKey { .. }) => format!("the primary key of `{}`", table.name),
        Some(ConstraintKind::Unique { columns, .. }) if index.generated_name => {
            let columns: Vec<&str> = columns.iter().map(Ident::text).collect();
            format!("UNIQUE (`{}`) of `{}`", columns.join("`, `"), table.name)
        }
        Some(
            ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_),
        )
        | None => format!("index `{}`", index.name),
    }
}

/// Where an index is written: of a CREATE TABLE the constraint alone.
fn at(part: &PartFacts<'_>, made: Place, table: &Table, index: &Index) -> Place {
    let run = part.replay.runs.iter().map(|run| &run.up).find(|run| run.part.file == made.file);
    let ops = run.into_iter().flat_map(|run| &run.script.statements).flat_map(|statement| &statement.ops);
    let constraint = index.constraint.as_ref().and_then(|name| table.constraint(name.key()).found());
    let span = |kind: &Operation| -> Option<Span> {
        let (Operation::CreateTable(create), Some(constraint)) = (kind, constraint) else { return None };
        let same = |other: &Constraint| other.kind == constraint.kind;
        let at_columns =
            create.columns.iter().filter(|def| def.constraints.iter().any(same)).map(|def| def.span);
        let of_table = create.constraints.iter().filter(|def| same(&def.constraint)).map(|def| def.span);
        of_table.chain(at_columns).next()
    };
    let narrow = ops.into_iter().filter(|op| op.span == made.span).find_map(|op| span(&op.kind));
    Place::new(made.file, narrow.unwrap_or(made.span))
}
