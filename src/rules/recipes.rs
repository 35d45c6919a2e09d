//! How the same schema is reached without the harm: the stages that rules offer in the place of one statement. Each is run on a server
//! by the tests of the pages, where it must end in the schema that the statement would have made.

use super::StepFacts;
use crate::diagnostic::{Fill, Mirror, Remedy, Stage, Word, Work};
use crate::effects;
use crate::ops::{
    AlterColumn, ColumnDef, CreateIndex, CreateSequence, Drop, Guard, Op, Operation, TableTarget,
};
use crate::schema::{
    Bound, Constraint, ConstraintKind, Expr, Ident, Index, Literal, Name, ObjectKind, ObjectRef,
    PartitionKind, SequenceOptions, Table, Type,
};

const NOTHING_TO_UNDO: &str = "a check that was made needs no undoing";

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

fn validate(table: &TableTarget, constraint: &Ident) -> Stage {
    let operation = Operation::ValidateConstraint { table: plain(table), constraint: constraint.clone() };
    Stage {
        name: format!("validate_{}", constraint.text()),
        why: format!(
            "Reads every row of {}. Writes go on meanwhile, since the constraint was added before, in another transaction.",
            table.name
        ),
        alone: false,
        up: vec![Work::Operation(operation)],
        down: Err(NOTHING_TO_UNDO),
    }
}

fn drop_constraint(table: &TableTarget, name: &Ident) -> Work {
    Work::Operation(Operation::DropConstraint {
        table: plain(table),
        constraint: name.clone(),
        guard: Guard::IfExists,
        cascade: false,
    })
}

/// ADD CONSTRAINT that runs a second time where nobody keeps a record of what ran.
fn again(step: &StepFacts<'_>, table: &TableTarget, name: &Ident, add: Work) -> Vec<Work> {
    let first = match drop_constraint(table, name) {
        Work::Operation(drop) if !step.part.tool().records => Some(Work::Precaution(drop)),
        _ => None,
    };
    first.into_iter().chain([add]).collect()
}

/// The same table for another statement.
fn plain(table: &TableTarget) -> TableTarget {
    TableTarget { if_exists: false, ..table.clone() }
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
            down: Ok(vec![Work::Operation(Operation::DropColumn {
                table: plain(table),
                column: def.column.name.clone(),
                guard: Guard::IfExists,
                cascade: false,
            })]),
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

fn column_expr(column: &Ident) -> Expr {
    Expr::Column(vec![column.key().to_owned()])
}

/// An index that is built while writes go on.
fn built(name: &Name, create: CreateIndex) -> Stage {
    Stage {
        name: format!("build_{}", name.text()),
        why: format!(
            "Reads every row of {} while writes go on. When it fails, it leaves an invalid index: run it again.",
            create.table
        ),
        alone: true,
        up: vec![
            Work::Precaution(Operation::Drop(drop_index(name, true))),
            Work::Operation(Operation::CreateIndex(Box::new(create))),
        ],
        down: Ok(vec![Work::Operation(Operation::Drop(drop_index(name, true)))]),
    }
}

fn drop_index(name: &Name, concurrently: bool) -> Drop {
    Drop {
        kind: ObjectKind::Index,
        objects: vec![ObjectRef { kind: ObjectKind::Index, name: name.clone(), on: None }],
        arguments: Vec::new(),
        guard: Guard::IfExists,
        cascade: false,
        concurrently,
    }
}

/// CREATE INDEX, DROP INDEX: CONCURRENTLY, outside the transaction.
pub fn concurrently(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let (name, why, down, precaution) = match &op.kind {
        Operation::CreateIndex(create) => {
            let made = made_index(step, op)?;
            let name = Name { schema: create.table.schema.clone(), ident: made.name.ident.clone() };
            let why = format!(
                "Reads every row of {} while writes go on. When it fails, it leaves an invalid index: run it again.",
                create.table
            );
            let back = Operation::Drop(drop_index(&name, true));
            (format!("build_{}", name.text()), why, Ok(vec![Work::Operation(back.clone())]), Some(back))
        }
        Operation::Drop(drop) => {
            let [object] = drop.objects.as_slice() else { return None };
            // One that is made again has its name: the new one would not go in, or the old one would go in its place.
            let names = |op: &Op| match &op.kind {
                Operation::CreateIndex(create) => {
                    create.name.as_ref().is_none_or(|name| name.ident == object.name.ident)
                }
                Operation::Rename { to, .. } => *to == object.name.ident,
                _ => false,
            };
            let is_made_again = step.part.statements().iter().flat_map(|statement| &statement.ops).any(names);
            if drop.cascade || is_made_again {
                return None;
            }
            let index = step.before().index(&step.resolve(&object.name)).found()?;
            let back = recreated(index)?;
            let why = "Waits for the transactions that use it; nobody waits for it.".to_owned();
            let back = vec![Work::Operation(Operation::CreateIndex(Box::new(back)))];
            (format!("drop_{}", object.name.text()), why, Ok(back), None)
        }
        _ => return None,
    };
    let is_built = precaution.is_some();
    let up = precaution.into_iter().map(Work::Precaution).chain([Work::Own(Word::Concurrently)]);
    // In the author's own place the index is known not to be there.
    let up =
        if is_built && !step.in_transaction() { vec![Work::Own(Word::Concurrently)] } else { up.collect() };
    Some(Remedy::Stages(vec![Stage { name, why, alone: true, up, down }]))
}

/// The index that an operation makes.
fn made_index<'a>(step: &StepFacts<'a>, op: &Op) -> Option<&'a Index> {
    let Operation::CreateIndex(create) = &op.kind else { return None };
    let table = step.resolve(&create.table);
    let place = step.place(op.span);
    step.after().indexes_of(&table).find(|index| index.made == Some(place))
}

/// CREATE INDEX that makes an index again.
fn recreated(index: &Index) -> Option<CreateIndex> {
    index.made?;
    Some(CreateIndex {
        name: Some(index.name.clone()),
        table: index.table.clone()?,
        only: index.only,
        unique: index.unique,
        concurrently: true,
        guard: Guard::None,
        method: index.method.clone(),
        keys: index.keys.clone(),
        include: index.include.clone(),
        nulls_not_distinct: index.nulls_not_distinct,
        predicate: index.predicate.clone(),
        parameters: index.parameters.clone(),
    })
}

/// CREATE INDEX on a partitioned table: an index of nothing first, then one for each partition, then all are put together.
pub fn part_by_part(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::CreateIndex(create) = &op.kind else { return None };
    let parent = step.resolve(&create.table);
    let made = made_index(step, op)?;
    let mut parts = Vec::new();
    for child in step.before().children(&parent) {
        if step.before().table(&child).found()?.partition == PartitionKind::Parent {
            return None;
        }
        let own = step.after().indexes_of(&child).find(|index| index.parent.as_ref() == Some(&made.name))?;
        // One that it had before serves.
        let is_new = step.before().index(&own.name).found().is_none();
        parts.push((child, own.name.clone(), is_new));
    }
    let whole = Name { schema: create.table.schema.clone(), ident: made.name.ident.clone() };
    let mut stages = vec![Stage {
        name: format!("add_{}", whole.text()),
        why: "Takes a moment: it builds nothing.".to_owned(),
        alone: false,
        up: vec![Work::Own(Word::Only)],
        down: Ok(vec![Work::Operation(Operation::Drop(drop_index(&whole, false)))]),
    }];
    let mut attach = Vec::new();
    for (child, name, is_new) in parts {
        let shown = Name { schema: child.schema.clone(), ident: name.ident.clone() };
        if is_new {
            let own = CreateIndex {
                name: Some(shown.clone()),
                table: child.clone(),
                concurrently: true,
                only: false,
                guard: Guard::None,
                ..(**create).clone()
            };
            stages.push(built(&shown, own));
        }
        attach.push(Work::Operation(Operation::AttachPartition {
            table: TableTarget {
                name: whole.clone(),
                if_exists: false,
                only: false,
                kind: ObjectKind::Index,
            },
            partition: shown,
            bound: None,
        }));
    }
    if !attach.is_empty() {
        stages.push(Stage {
            name: format!("attach_to_{}", whole.text()),
            why: "Takes a moment. With the last of them the whole index is valid.".to_owned(),
            alone: false,
            up: attach,
            down: Err("it goes with the index"),
        });
    }
    Some(Remedy::Stages(stages))
}

/// SET NOT NULL: a CHECK first, checked while writes go on, which the server then believes (PostgreSQL 12 and newer).
pub fn not_null(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let Operation::AlterColumn { table, column, change: AlterColumn::SetNotNull } = &op.kind else {
        return None;
    };
    not_null_stages(step, table, column).map(Remedy::Stages)
}

fn not_null_stages(step: &StepFacts<'_>, table: &TableTarget, column: &Ident) -> Option<Vec<Stage>> {
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
    let alter = |change| {
        Work::Operation(Operation::AlterColumn { table: plain(table), column: column.clone(), change })
    };
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
        up: vec![alter(AlterColumn::SetNotNull), drop_constraint(table, &check)],
        down: Ok(vec![add, alter(AlterColumn::DropNotNull)]),
    };
    Some(vec![first, validate(table, &check), last])
}

/// The key by which the rows of a table can be gone through: one column, known not to be NULL.
pub fn key_of(table: &Table) -> Option<Ident> {
    table.constraints.iter().find_map(|(_, constraint)| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } => match columns.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        ConstraintKind::Unique { .. }
        | ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    })
}

/// A DO block commits since 11.
fn has_batches(step: &StepFacts<'_>) -> bool {
    step.part.engine().at_least(11, 0)
}

/// UPDATE or DELETE of a whole table: in batches, outside a transaction.
pub fn in_batches(step: &StepFacts<'_>, op: &Op) -> Option<Remedy> {
    let (table, columns) = match &op.kind {
        Operation::Update { table, columns, .. } => (table, columns.as_slice()),
        Operation::Delete { table, .. } => (table, &[][..]),
        _ => return None,
    };
    let key = step.table(table).found().and_then(key_of).filter(|key| !columns.contains(key))?;
    // It goes into a later migration; what stands below it may count on the new values.
    let name = step.resolve(table);
    let below = || step.part.steps().skip(step.at + 1);
    if step.in_transaction() && below().any(|other| other.effects().locks.contains_key(&name)) {
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
    let alter = |change| {
        Work::Operation(Operation::AlterColumn { table: plain(table), column: column.name.clone(), change })
    };
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
    up.push(alter(AlterColumn::SetDefault(default.clone())));
    let gone = Operation::DropColumn {
        table: plain(table),
        column: column.name.clone(),
        guard: Guard::IfExists,
        cascade: false,
    };
    let mut stages = vec![
        Stage {
            name: format!("add_{}", column.name.text()),
            why: format!(
                "Takes a moment: new rows of {} get the default, old ones stay as they are.",
                table.name
            ),
            alone: false,
            up,
            down: Ok(vec![Work::Operation(gone)]),
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

fn filled(table: &Name, column: &Ident, key: Option<Ident>, value: Expr) -> Stage {
    Stage {
        name: format!("backfill_{}_{}", table.text(), column.text()),
        why: format!(
            "Gives the old rows of {table} a value in batches, each a transaction of its own. When it is stopped, run it again."
        ),
        alone: true,
        up: vec![Work::Fill(Fill { table: table.clone(), key, column: column.clone(), value })],
        down: Err("new values hurt nobody"),
    }
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
    if !has_batches(step) || is_used(step, known, column) || member.column.identity.is_some() || !member.local
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
    let alter = |column: &Ident, change| {
        Work::Operation(Operation::AlterColumn { table: plain(table), column: column.clone(), change })
    };
    let drop = |column: &Ident| {
        Work::Operation(Operation::DropColumn {
            table: plain(table),
            column: column.clone(),
            guard: Guard::None,
            cascade: false,
        })
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
            down: Ok(vec![gone.clone(), drop(&to)]),
        },
        filled(&table.name, &to, Some(key), forth),
    ];
    let required = member.column.not_null == Some(true);
    if required {
        stages.extend(not_null_stages(step, table, &to)?);
    }
    let mut up = vec![gone, drop(column)];
    up.push(Work::Operation(Operation::RenameColumn { table: plain(table), from: to, to: column.clone() }));
    if let Some(default) = wanted.default {
        up.push(alter(column, AlterColumn::SetDefault(default)));
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

/// Whether another statement of the migration is about a table: what it counts on is there only when all stages have run.
fn is_touched_elsewhere(step: &StepFacts<'_>, table: &Name) -> bool {
    let mut others = step.part.steps().filter(|other| other.at != step.at);
    step.statement().ops.len() > 1 || others.any(|other| other.effects().locks.contains_key(table))
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
    let drop = |column: &Ident| {
        Work::Operation(Operation::DropColumn {
            table: plain(table),
            column: column.clone(),
            guard: Guard::None,
            cascade: false,
        })
    };
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
            down: Ok(vec![gone.clone(), drop(to)]),
        },
        filled(&table.name, to, Some(key), column_expr(from)),
    ];
    if member.column.not_null == Some(true) {
        stages.extend(not_null_stages(step, table, to)?);
    }
    let mut up = vec![gone, drop(from)];
    if let Some(default) = &member.column.default {
        up.push(Work::Operation(Operation::AlterColumn {
            table: plain(table),
            column: to.clone(),
            change: AlterColumn::SetDefault(default.clone()),
        }));
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
