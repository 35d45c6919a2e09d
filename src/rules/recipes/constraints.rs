//! Constraints: NOT VALID first, an index first, a CHECK before NOT NULL and before ATTACH PARTITION.

use super::super::StepFacts;
use super::indexes::built;
use super::{again, alter, column_expr, drop_column, drop_constraint, is_counted_on, plain, validate};
use crate::diagnostic::{Remedy, Stage, Word, Work};
use crate::ops::{AlterColumn, ColumnDef, CreateIndex, Guard, Op, Operation, TableTarget};
use crate::schema::{
    Bound, Constraint, ConstraintKind, Expr, Ident, Literal, Name, ObjectKind, PartitionKind,
};

/// ADD CONSTRAINT of a foreign key or a CHECK: NOT VALID first, and checked by a migration of its own. Also of ADD COLUMN with one.
pub fn validate_later(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let (table, up, name) = match &op.kind {
        Operation::AddConstraint { table, constraint } if can_be_not_valid(step, table, constraint) => {
            (table, vec![Work::Own(Word::NotValid)], made_by(step, op, table)?)
        }
        Operation::AddColumn { table, def, guard } => {
            let [constraint] = def.constraints.as_slice() else { return None };
            if !can_be_not_valid(step, table, constraint) || def.column.identity.is_some() {
                return None;
            }
            let name = made_by(step, op, table)?;
            let bare = ColumnDef { constraints: Vec::new(), ..(**def).clone() };
            let later =
                Constraint { name: Some(name.clone()), not_valid: true, ..without_column_words(constraint) };
            let up = vec![
                Work::Operation(Operation::AddColumn {
                    table: table.clone(),
                    def: Box::new(bare),
                    guard: *guard,
                }),
                Work::Operation(Operation::AddConstraint {
                    table: table.clone(),
                    constraint: Box::new(later),
                }),
            ];
            (table, up, name)
        }
        _ => return None,
    };
    let first = Stage {
        name: format!("add_{}", name.text()),
        why: format!(
            "Every new row of {} is checked from here on, and nothing waits for the old ones.",
            table.name
        ),
        alone: false,
        up,
        down: Ok(vec![drop_constraint(table, &name)]),
    };
    Some(Remedy::Stages(vec![first, validate(table, &name)]))
}

/// NOT VALID and VALIDATE in one transaction: the second gets a migration of its own.
pub fn validate_apart(op: &Op) -> Option<Remedy> {
    let Operation::ValidateConstraint { table, constraint } = &op.kind else { return None };
    let nothing = Stage {
        name: String::new(),
        why: String::new(),
        alone: false,
        up: Vec::new(),
        down: Err("there is nothing in it"),
    };
    Some(Remedy::Stages(vec![nothing, validate(table, constraint)]))
}

fn can_be_not_valid(step: &StepFacts<'_>, table: &TableTarget, constraint: &Constraint) -> bool {
    let partitioned =
        step.table(&table.name).found().is_some_and(|table| table.partition == PartitionKind::Parent);
    match &constraint.kind {
        ConstraintKind::ForeignKey(_) => !partitioned || step.part.engine().at_least(18, 0),
        ConstraintKind::Check(_) => true,
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => false,
    }
}

/// A constraint that was written at a column, for ADD CONSTRAINT.
fn without_column_words(constraint: &Constraint) -> Constraint {
    let mut constraint = constraint.clone();
    constraint.attributes.retain(|word| word != "COLUMN");
    constraint
}

/// The name of the one constraint that an operation makes, the server's where the author gave none.
fn made_by(step: &StepFacts<'_>, op: &Op, table: &TableTarget) -> Option<Ident> {
    let after = step.after().table(&step.resolve_after(&table.name)).found()?;
    let place = step.place(op.span);
    let mut made = after.constraints.iter().filter(|(_, constraint)| {
        constraint.made == Some(place) && !matches!(constraint.kind, ConstraintKind::NotNull(_))
    });
    let (name, _) = made.next()?;
    made.next().is_none().then(|| name.clone())
}

/// ADD UNIQUE and ADD PRIMARY KEY: the index first, built while writes go on; then the constraint takes it over. ADD COLUMN … UNIQUE too.
pub fn index_first(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let (table, constraint, column) = match &op.kind {
        Operation::AddConstraint { table, constraint } => (table, &**constraint, None),
        Operation::AddColumn { table, def, guard } => {
            let [constraint] = def.constraints.as_slice() else { return None };
            (table, constraint, Some((def, *guard)))
        }
        _ => return None,
    };
    let known = step.table(&table.name).found();
    if known.is_none_or(|known| known.partition == PartitionKind::Parent)
        || column.is_some_and(|(def, _)| def.column.fills())
    {
        return None;
    }
    if is_counted_on(step, &step.resolve(&table.name)) {
        return None;
    }
    let name = made_by(step, op, table)?;
    let (columns, include, nulls_not_distinct, is_key) = match &constraint.kind {
        ConstraintKind::Unique { columns, include, nulls_not_distinct, using_index: None } => {
            (columns, include, *nulls_not_distinct, false)
        }
        ConstraintKind::PrimaryKey { columns, include, using_index: None } => (columns, include, false, true),
        ConstraintKind::Unique { .. }
        | ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => return None,
    };
    let mut stages = Vec::new();
    if let Some((def, guard)) = column {
        if is_key {
            return None;
        }
        let bare = ColumnDef { constraints: Vec::new(), ..(**def).clone() };
        stages.push(Stage {
            name: format!("add_{}", def.column.name.text()),
            why: "Takes a moment.".to_owned(),
            alone: false,
            up: vec![Work::Operation(Operation::AddColumn {
                table: table.clone(),
                def: Box::new(bare),
                guard,
            })],
            down: Ok(vec![drop_column(table, &def.column.name)]),
        });
    }
    if is_key {
        for column in columns {
            let member = known?.column(column.key()).found();
            if member.is_none_or(|member| member.column.not_null != Some(true)) {
                stages.extend(not_null_stages(step, table, column)?);
            }
        }
    }
    let full = Name { schema: table.name.schema.clone(), ident: name.clone() };
    let create = CreateIndex {
        name: Some(full.clone()),
        table: table.name.clone(),
        only: false,
        unique: true,
        concurrently: true,
        guard: Guard::None,
        method: "btree".to_owned(),
        keys: columns.iter().map(key_of_column).collect(),
        include: include.clone(),
        nulls_not_distinct,
        predicate: None,
        parameters: std::collections::BTreeMap::new(),
    };
    stages.push(built(&full, create));
    let kind = if is_key {
        ConstraintKind::PrimaryKey {
            columns: Vec::new(),
            include: Vec::new(),
            using_index: Some(name.clone()),
        }
    } else {
        ConstraintKind::Unique {
            columns: Vec::new(),
            include: Vec::new(),
            nulls_not_distinct: false,
            using_index: Some(name.clone()),
        }
    };
    let taken = Constraint { name: Some(name.clone()), kind, ..without_column_words(constraint) };
    stages.push(Stage {
        name: format!("add_{}", name.text()),
        why: format!("Takes a moment: the index is there. {} is locked for it all the same, so run it with a lock_timeout.", table.name),
        alone: false,
        up: vec![Work::Operation(Operation::AddConstraint { table: plain(table), constraint: Box::new(taken) })],
        down: Ok(vec![drop_constraint(table, &name)]),
    });
    Some(Remedy::Stages(stages))
}

fn key_of_column(column: &Ident) -> crate::schema::IndexKey {
    crate::schema::IndexKey { expr: column_expr(column), options: String::new() }
}

/// SET NOT NULL: a CHECK first, checked while writes go on, which the server then believes (PostgreSQL 12 and newer).
pub fn not_null(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::AlterColumn { table, column, change: AlterColumn::SetNotNull } = &op.kind else {
        return None;
    };
    not_null_stages(step, table, column).map(Remedy::Stages)
}

pub(super) fn not_null_stages(
    step: &StepFacts<'_>,
    table: &TableTarget,
    column: &Ident,
) -> Option<Vec<Stage>> {
    if !step.part.engine().at_least(12, 0) {
        return None;
    }
    let check = Ident::exact(format!("{}_{}_not_null", table.name.ident.key(), column.key()));
    let known = step.table(&table.name).found();
    if check.text().len() > 63 || known.is_some_and(|known| known.constraint(check.key()).found().is_some()) {
        return None;
    }
    let says = Constraint {
        name: Some(check.clone()),
        not_valid: true,
        ..Constraint::plain(ConstraintKind::Check(Expr::Operator {
            operator: "IS NOT NULL".to_owned(),
            operands: vec![column_expr(column)],
        }))
    };
    let add = Work::Operation(Operation::AddConstraint { table: plain(table), constraint: Box::new(says) });
    let first = Stage {
        name: format!("add_{}", check.text()),
        why: format!(
            "Every new row of {} is checked from here on, and nothing waits for the old ones.",
            table.name
        ),
        alone: false,
        up: again(step, table, &check, add.clone()),
        down: Ok(vec![drop_constraint(table, &check)]),
    };
    let last = Stage {
        name: format!("{}_{}_set_not_null", table.name.text(), column.text()),
        why: "Takes a moment: the CHECK has shown that no row has NULL there, and is not needed any more."
            .to_owned(),
        alone: false,
        up: vec![alter(table, column, AlterColumn::SetNotNull), drop_constraint(table, &check)],
        down: Ok(vec![add, alter(table, column, AlterColumn::DropNotNull)]),
    };
    Some(vec![first, validate(table, &check), last])
}

/// ATTACH PARTITION: a CHECK that says what the bound says, checked while writes go on, which the server then believes.
pub fn attach_checked(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::AttachPartition { table, partition, bound: Some(bound) } = &op.kind else { return None };
    let parent = step.table(&table.name).found()?;
    let by = parent.partition_by.as_ref()?;
    let [key] = by.keys.as_slice() else { return None };
    let column = key.column()?;
    let says = implied(&Expr::Column(vec![column.to_owned()]), bound)?;
    let child =
        TableTarget { name: partition.clone(), if_exists: false, only: false, kind: ObjectKind::Table };
    let check = Ident::exact(format!("{}_bound", partition.ident.key()));
    let constraint = Constraint {
        name: Some(check.clone()),
        not_valid: true,
        ..Constraint::plain(ConstraintKind::Check(says))
    };
    let add = Operation::AddConstraint { table: child.clone(), constraint: Box::new(constraint) };
    Some(Remedy::Stages(vec![
        Stage {
            name: format!("add_{}", check.text()),
            why: format!("New rows of {partition} are checked from here on, and nothing waits for the old ones."),
            alone: false,
            up: again(step, &child, &check, Work::Operation(add)),
            down: Ok(vec![drop_constraint(&child, &check)]),
        },
        validate(&child, &check),
        Stage {
            name: format!("attach_{}", partition.text()),
            why: "Takes a moment: the CHECK has shown that every row is in the bound, and is not needed any more.".to_owned(),
            alone: false,
            up: vec![Work::Own(Word::AsItIs), drop_constraint(&child, &check)],
            down: Ok(vec![Work::Operation(Operation::DetachPartition {
                table: plain(table),
                partition: partition.clone(),
                concurrently: false,
                finalize: false,
            })]),
        },
    ]))
}

/// What a bound says of each row.
fn implied(key: &Expr, bound: &Bound) -> Option<Expr> {
    let operator =
        |operator: &str, operands: Vec<Expr>| Expr::Operator { operator: operator.to_owned(), operands };
    let not_null = operator("IS NOT NULL", vec![key.clone()]);
    match bound {
        Bound::Range(from, to) => {
            let ([from], [to]) = (from.as_slice(), to.as_slice()) else { return None };
            let end = |expr: &Expr| matches!(expr, Expr::Column(_));
            let mut all = vec![not_null];
            if !end(from) {
                all.push(operator(">=", vec![key.clone(), from.clone()]));
            }
            if !end(to) {
                all.push(operator("<", vec![key.clone(), to.clone()]));
            }
            Some(
                all.into_iter()
                    .reduce(|left, right| operator("AND", vec![left, right]))
                    .unwrap_or(Expr::Literal(Literal::Null)),
            )
        }
        Bound::In(values) if !values.iter().any(Expr::is_null) => {
            let mut operands = vec![key.clone()];
            operands.extend(values.iter().cloned());
            Some(operator("AND", vec![not_null, operator("IN", operands)]))
        }
        Bound::In(_) | Bound::Default | Bound::Hash(..) => None,
    }
}
