//! Columns and their values: in batches, and beside the old one.

use super::super::StepFacts;
use super::constraints::not_null_stages;
use super::{
    alter, column_expr, drop_column, filled, has_batches, is_counted_on, is_touched_elsewhere, key_of, plain,
};
use crate::diagnostic::{Mirror, Remedy, Stage, Word, Work};
use crate::effects;
use crate::ops::{AlterColumn, ColumnDef, CreateSequence, Drop, Guard, Op, Operation, TableTarget};
use crate::schema::{
    Constraint, ConstraintKind, Expr, Ident, Name, ObjectKind, ObjectRef, PartitionKind, SequenceOptions,
    Table, Type,
};

/// UPDATE or DELETE of a whole table: in batches, outside a transaction.
pub fn in_batches(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let (table, columns) = match &op.kind {
        Operation::Update { table, columns, .. } => (table, columns.as_slice()),
        Operation::Delete { table, .. } => (table, &[][..]),
        _ => return None,
    };
    let key = step.table(table).found().and_then(key_of).filter(|key| !columns.contains(key))?;
    if is_counted_on(step, &step.resolve(table)) {
        return None;
    }
    let stage = Stage {
        name: format!("backfill_{}", table.text()),
        why: format!(
            "Goes through {table} in batches, each a transaction of its own: no row is locked for long. When it is stopped, run it again."
        ),
        alone: true,
        up: vec![Work::OwnInBatches { table: table.clone(), key }],
        down: Err("the old values are gone"),
    };
    has_batches(step).then(|| Remedy::Stages(vec![stage]))
}

/// ADD COLUMN with a default that is computed for each row: the column first, the default for new rows, then the old rows in batches.
/// A serial column likewise.
pub fn fill_later(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::AddColumn { table, def, guard } = &op.kind else { return None };
    let column = &def.column;
    let known = step.table(&table.name).found()?;
    let serial = column.ty.as_ref().is_some_and(Type::is_serial);
    if !def.constraints.is_empty()
        || column.generated.is_some()
        || column.identity.is_some()
        || known.partition == PartitionKind::Parent
        || !has_batches(step)
    {
        return None;
    }
    let key = key_of(known)?;
    let mut bare = (**def).clone();
    bare.column.default = None;
    bare.column.not_null = Some(false);
    let mut before = Vec::new();
    let default = if serial {
        let after = step.after().table(&step.resolve_after(&table.name)).found()?;
        let made = after.column(column.name.key()).found()?.column.clone();
        let ty = made.ty.clone()?;
        bare.column.ty = Some(ty.clone());
        let sequence = Name {
            schema: table.name.schema.clone(),
            ident: Ident::exact(format!("{}_{}_seq", table.name.ident.key(), column.name.key())),
        };
        let own = made.default.as_ref().filter(|default| calls(default, sequence.ident.key()))?;
        before.push(Work::Operation(Operation::CreateSequence(CreateSequence {
            name: sequence,
            guard: Guard::None,
            temporary: false,
            owned_by: Some((table.name.clone(), column.name.clone())),
            unlogged: false,
            options: SequenceOptions { ty: Some(ty), ..SequenceOptions::default() },
        })));
        own.clone()
    } else {
        column.default.clone()?
    };
    let add = Operation::AddColumn { table: table.clone(), def: Box::new(bare), guard: *guard };
    let mut up = vec![Work::Operation(add)];
    up.extend(before);
    up.push(alter(table, &column.name, AlterColumn::SetDefault(default.clone())));
    let mut stages = vec![
        Stage {
            name: format!("add_{}", column.name.text()),
            why: format!(
                "Takes a moment: new rows of {} get the default, old ones stay as they are.",
                table.name
            ),
            alone: false,
            up,
            down: Ok(vec![drop_column(table, &column.name)]),
        },
        filled(&table.name, &column.name, Some(key), default),
    ];
    if column.not_null == Some(true) {
        stages.extend(not_null_stages(step, table, &column.name)?);
    }
    Some(Remedy::Stages(stages))
}

fn calls(default: &Expr, sequence: &str) -> bool {
    let names = |argument: &Expr| {
        argument.as_string().is_some_and(|text| text.replace('"', "").rsplit('.').next() == Some(sequence))
    };
    matches!(default, Expr::Call { arguments, .. } if arguments.iter().any(names))
}

/// ALTER COLUMN TYPE that writes the table anew: a second column beside the old one, kept equal by a trigger, which takes its name in
/// the end. Only where nothing else is about the column.
pub fn swap_column(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::AlterColumn { table, column, change: AlterColumn::Type { ty, using, collation: None } } =
        &op.kind
    else {
        return None;
    };
    let known = step.table(&table.name).found()?;
    let key = key_of(known).filter(|key| key != column)?;
    let member = known.column(column.key()).found()?;
    if !has_batches(step)
        || is_used(step, known, column)
        || is_touched_elsewhere(step, &known.name)
        || member.column.identity.is_some()
        || !member.local
    {
        return None;
    }
    let to = Ident::exact(format!("{}_new", column.key()));
    if known.column(to.key()).found().is_some() {
        return None;
    }
    let after = step.after().table(&step.resolve_after(&table.name)).found()?;
    let wanted = after.column(column.key()).found()?.column.clone();
    let forth = using
        .clone()
        .unwrap_or_else(|| Expr::Cast { operand: Box::new(column_expr(column)), to: ty.clone() });
    let mirror = Mirror {
        table: table.name.clone(),
        from: column.clone(),
        to: to.clone(),
        forth: forth.clone(),
        back: None,
    };
    let add = |column: crate::schema::Column| {
        let def = ColumnDef::plain(column, crate::text::Span::at(0));
        Work::Operation(Operation::AddColumn { table: plain(table), def: Box::new(def), guard: Guard::None })
    };
    let bare =
        crate::schema::Column { name: to.clone(), default: None, not_null: Some(false), ..wanted.clone() };
    // A domain with a constraint is looked at in every row of a new column, too.
    let def = ColumnDef::plain(bare.clone(), crate::text::Span::at(0));
    if effects::filled(&def, step.before(), &step.step().session).is_some() {
        return None;
    }
    let made = Work::Mirror { mirror: mirror.clone(), gone: false };
    let gone = Work::Mirror { mirror, gone: true };
    let mut stages = vec![
        Stage {
            name: format!("add_{}_{}", table.name.text(), to.text()),
            why: format!(
                "A second column beside {column}; whatever is written to {column} is written to it too."
            ),
            alone: false,
            up: vec![add(bare), made],
            down: Ok(vec![gone.clone(), drop_column(table, &to)]),
        },
        filled(&table.name, &to, Some(key), forth),
    ];
    let required = member.column.not_null == Some(true);
    if required {
        stages.extend(not_null_stages(step, table, &to)?);
    }
    let mut up = vec![gone, drop_column(table, column)];
    up.push(Work::Operation(Operation::RenameColumn { table: plain(table), from: to, to: column.clone() }));
    if let Some(default) = wanted.default {
        up.push(alter(table, column, AlterColumn::SetDefault(default)));
    }
    stages.push(Stage {
        name: format!("swap_{}_{}", table.name.text(), column.text()),
        why: format!("Takes a moment. Run it when what reads {column} can read the new type."),
        alone: false,
        up,
        down: Err("the column of the old type is gone"),
    });
    Some(Remedy::Stages(stages))
}

/// Whether anything else is about a column: an index, a constraint, a view, a trigger, a sequence, a policy, a comment.
fn is_used(step: &StepFacts<'_>, table: &Table, column: &Ident) -> bool {
    let member = table.column(column.key()).found();
    let mut alone = (*step.step().session).clone();
    let dropped = crate::ops::Statement {
        ops: vec![Op {
            kind: Operation::DropColumn {
                table: TableTarget {
                    name: table.name.clone(),
                    if_exists: false,
                    only: false,
                    kind: ObjectKind::Table,
                },
                column: column.clone(),
                guard: Guard::None,
                cascade: false,
            },
            span: crate::text::Span::at(0),
        }],
        when: Vec::new(),
        ..step.statement().clone()
    };
    let applied = crate::ops::apply(step.before(), &dropped, &mut alone);
    let refused = applied.results.iter().any(|outcome| outcome.conflict().is_some());
    let indexes = |catalog: &crate::schema::Catalog| catalog.indexes_of(&table.name).count();
    let constraints = |catalog: &crate::schema::Catalog| {
        catalog.table(&table.name).found().map_or(0, |table| {
            let kept = |(_, constraint): &&(Ident, Constraint)| {
                !matches!(constraint.kind, ConstraintKind::NotNull(_))
            };
            table.constraints.iter().filter(kept).count()
        })
    };
    refused
        || indexes(step.before()) != indexes(&applied.after)
        || constraints(step.before()) != constraints(&applied.after)
        || step.before().others().count() != applied.after.others().count()
        || step.before().relations().count() != applied.after.relations().count()
        || member.is_none_or(|member| member.comment.is_some() || !member.column.settings.is_empty())
}

/// RENAME COLUMN: a second column under the new name, kept equal by a trigger while both names are in use.
pub fn rename_column(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::RenameColumn { table, from, to } = &op.kind else { return None };
    let known = step.table(&table.name).found()?;
    let key = key_of(known).filter(|key| key != from)?;
    let member = known.column(from.key()).found()?;
    if !has_batches(step)
        || is_used(step, known, from)
        || is_touched_elsewhere(step, &known.name)
        || member.column.identity.is_some()
        || member.column.generated.is_some()
        || !member.local
    {
        return None;
    }
    let mirror = Mirror {
        table: table.name.clone(),
        from: from.clone(),
        to: to.clone(),
        forth: column_expr(from),
        back: Some(column_expr(to)),
    };
    let bare = crate::schema::Column {
        name: to.clone(),
        default: None,
        not_null: Some(false),
        ..member.column.clone()
    };
    let made = Work::Mirror { mirror: mirror.clone(), gone: false };
    let gone = Work::Mirror { mirror, gone: true };
    let def = Box::new(ColumnDef::plain(bare, crate::text::Span::at(0)));
    let mut stages = vec![
        Stage {
            name: format!("add_{}_{}", table.name.text(), to.text()),
            why: format!(
                "The column under its new name; whatever is written to {from} or {to} is written to both."
            ),
            alone: false,
            up: vec![
                Work::Operation(Operation::AddColumn { table: plain(table), def, guard: Guard::None }),
                made,
            ],
            down: Ok(vec![gone.clone(), drop_column(table, to)]),
        },
        filled(&table.name, to, Some(key), column_expr(from)),
    ];
    if member.column.not_null == Some(true) {
        stages.extend(not_null_stages(step, table, to)?);
    }
    let mut up = vec![gone, drop_column(table, from)];
    if let Some(default) = &member.column.default {
        up.push(alter(table, to, AlterColumn::SetDefault(default.clone())));
    }
    stages.push(Stage {
        name: format!("drop_{}_{}", table.name.text(), from.text()),
        why: format!("Run it when nothing that runs reads or writes {from} any more."),
        alone: false,
        up,
        down: Err("the values of the old column stand in the new one"),
    });
    Some(Remedy::Stages(stages))
}

/// RENAME TABLE: a view under the old name, until nothing asks for it any more. Reads and simple writes go through it.
pub fn rename_table(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::Rename { object, to, if_exists: false, .. } = &op.kind else { return None };
    if object.kind != ObjectKind::Table || step.table(&object.name).found().is_none() {
        return None;
    }
    let new = Name { schema: object.name.schema.clone(), ident: to.clone() };
    let view = ObjectRef { kind: ObjectKind::View, name: object.name.clone(), on: None };
    let drop = Drop {
        kind: ObjectKind::View,
        objects: vec![view],
        arguments: Vec::new(),
        guard: Guard::IfExists,
        cascade: false,
        concurrently: false,
    };
    Some(Remedy::Stages(vec![
        Stage {
            name: format!("rename_{}", object.name.text()),
            why: String::new(),
            alone: false,
            up: vec![Work::Own(Word::AsItIs), Work::Bridge { view: object.name.clone(), of: new.clone() }],
            down: Ok(vec![
                Work::Operation(Operation::Drop(drop.clone())),
                Work::Operation(Operation::Rename {
                    object: ObjectRef { kind: ObjectKind::Table, name: new, on: None },
                    arguments: None,
                    to: object.name.ident.clone(),
                    if_exists: false,
                }),
            ]),
        },
        Stage {
            name: format!("drop_view_{}", object.name.text()),
            why: format!("Run it when nothing that runs asks for {} any more.", object.name),
            alone: false,
            up: vec![Work::Operation(Operation::Drop(drop))],
            down: Err("the table has its new name"),
        },
    ]))
}
