//! The labels that a transaction added to enums: until it is committed the server lets nothing use them (PostgreSQL 12 and newer; before,
//! a label could not be added in a transaction at all).

use super::{Outcome, Step, resolve};
use crate::ops::{
    AlterColumn, AlterDomain, ColumnDef, Conflict, CreateTable, Insert, InsertSource, Operation, Session,
};
use crate::schema::{
    Bound, Catalog, Constraint, ConstraintKind, Expr, Ident, Literal, Lookup, Name, PartitionBy, Query,
    QueryBody, Table, Target, Type, TypeKind, builtin,
};

/// A label that is used in the transaction that added it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewLabel {
    /// The enum.
    pub ty: Name,
    /// The label.
    pub label: String,
    /// It is known that a value of the enum is wanted where the string stands. Else its type there is not known.
    pub certain: bool,
}

/// The label that an operation uses before the transaction that added it is committed.
pub fn new_label_used(catalog: &Catalog, session: &Session, operation: &Operation) -> Option<NewLabel> {
    if session.new_labels.is_empty() {
        return None;
    }
    let mut seeker = Seeker { catalog, session, found: None };
    seeker.operation(operation);
    let unclear = catalog.unclear;
    seeker.found.map(|found| NewLabel { certain: found.certain && !unclear, ..found })
}

impl Step<'_> {
    /// Does an operation; refused where it uses a label too early.
    pub(super) fn run_with_labels(&mut self, operation: &Operation) -> Outcome {
        let early = new_label_used(self.catalog, self.session, operation).filter(|early| early.certain);
        match (self.run(operation), early) {
            (Outcome::Done, Some(NewLabel { ty, label, .. })) => {
                let sentence = format!(
                    "value '{label}' of type `{ty}` is new in this transaction and cannot be used before COMMIT"
                );
                Outcome::Refused(Conflict::Other("55P04", sentence))
            }
            (outcome, _) => outcome,
        }
    }

    /// A label was added. Before 12 that is refused in a transaction, but for a type that is new there and whose labels are free; from 17
    /// on those are free again (source: `AddEnumLabel` and `check_safe_enum_use` in PostgreSQL's sources).
    pub(super) fn label_added(&mut self, ty: &Name, label: &str) {
        let engine = self.session.engine;
        if !self.postgres() || !engine.at_least(12, 0) {
            return;
        }
        let before = self.session.at_begin.as_ref();
        let is_new = before.is_some_and(|before| before.type_entry(ty).found().is_none())
            && self.catalog.type_entry(ty).found().is_some_and(|entry| entry.made.is_some());
        if !is_new || engine.known_older_than(17, 0) {
            self.session.new_labels.push((ty.clone(), label.to_owned()));
        }
    }

    /// ALTER TYPE … RENAME VALUE: what is new stays new.
    pub(super) fn label_renamed(&mut self, ty: &Name, from: &str, to: &str) {
        for (_, label) in self.session.new_labels.iter_mut().filter(|(of, label)| of == ty && label == from) {
            to.clone_into(label);
        }
    }

    /// The same where the type gets another name.
    pub(super) fn labels_moved(&mut self, from: &Name, to: &Name) {
        for (ty, _) in self.session.new_labels.iter_mut().filter(|(ty, _)| ty == from) {
            ty.clone_from(to);
        }
    }
}

/// What is wanted where an expression stands.
#[derive(Clone)]
enum Want {
    /// A value of this type.
    Of(Type),
    /// A value of a type that is not known.
    Unknown,
    /// Nothing that would make a label of a string.
    Other,
}

impl Want {
    fn of(ty: Option<&Type>) -> Self {
        ty.map_or(Self::Unknown, |ty| Self::Of(ty.clone()))
    }
}

/// Where the columns come from that an expression names.
#[derive(Clone, Copy)]
struct Columns<'c> {
    /// Columns of the statement's own.
    defs: &'c [ColumnDef],
    /// Tables.
    tables: &'c [Name],
    /// In a domain: the type of VALUE.
    value: Option<&'c Type>,
}

impl Columns<'_> {
    /// There are none.
    const NONE: Self = Self { defs: &[], tables: &[], value: None };
}

struct Seeker<'a> {
    catalog: &'a Catalog,
    session: &'a Session,
    found: Option<NewLabel>,
}

impl Seeker<'_> {
    fn operation(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateTable(create) => self.create_table(create),
            Operation::AddColumn { table, def, .. } => {
                let columns = Columns {
                    defs: std::slice::from_ref(&**def),
                    tables: std::slice::from_ref(&table.name),
                    value: None,
                };
                self.column(def, columns);
            }
            Operation::AlterColumn { table, column, change } => match change {
                AlterColumn::SetDefault(expr) => {
                    let want = self.want(&table.name, column);
                    self.seek(expr, &want, Columns::NONE);
                }
                AlterColumn::Type { using: Some(using), ty, .. } => {
                    self.in_tables(using, &Want::Of(ty.clone()), std::slice::from_ref(&table.name));
                }
                AlterColumn::SetExpression(expr) => {
                    let want = self.want(&table.name, column);
                    self.in_tables(expr, &want, std::slice::from_ref(&table.name));
                }
                AlterColumn::Type { .. }
                | AlterColumn::DropDefault
                | AlterColumn::SetNotNull
                | AlterColumn::DropNotNull
                | AlterColumn::AddIdentity { .. }
                | AlterColumn::SetIdentity { .. }
                | AlterColumn::DropIdentity(_)
                | AlterColumn::DropExpression(_)
                | AlterColumn::Setting(..)
                | AlterColumn::Option(_)
                | AlterColumn::Redefine(_) => {}
            },
            Operation::AddConstraint { table, constraint } => {
                for expr in exprs_of(constraint) {
                    self.in_tables(expr, &Want::Other, std::slice::from_ref(&table.name));
                }
            }
            Operation::AttachPartition { table, bound: Some(bound), .. } => self.bound(&table.name, bound),
            Operation::CreateDomain(create) => {
                if let Some(default) = &create.default {
                    self.seek(default, &Want::Of(create.ty.clone()), Columns::NONE);
                }
                for expr in create.constraints.iter().flat_map(exprs_of) {
                    self.seek(expr, &Want::Other, Columns { value: Some(&create.ty), ..Columns::NONE });
                }
            }
            Operation::AlterDomain { name, change } => {
                let name = resolve(self.catalog, self.session, name);
                let Some(TypeKind::Domain { ty, .. }) =
                    self.catalog.type_entry(&name).found().map(|entry| &entry.kind)
                else {
                    return;
                };
                match change {
                    AlterDomain::SetDefault(expr) => self.seek(expr, &Want::Of(ty.clone()), Columns::NONE),
                    AlterDomain::AddConstraint(constraint) => {
                        for expr in exprs_of(constraint) {
                            self.seek(expr, &Want::Other, Columns { value: Some(ty), ..Columns::NONE });
                        }
                    }
                    AlterDomain::DropDefault
                    | AlterDomain::SetNotNull
                    | AlterDomain::DropNotNull
                    | AlterDomain::DropConstraint { .. }
                    | AlterDomain::ValidateConstraint(_) => {}
                }
            }
            Operation::CreateIndex(create) => {
                let keys = create.keys.iter().map(|key| &key.expr);
                for expr in keys.chain(&create.predicate) {
                    self.in_tables(expr, &Want::Other, std::slice::from_ref(&create.table));
                }
            }
            Operation::CreateView(create) => {
                if let Some(query) = &create.tree {
                    self.query(query, &[]);
                }
            }
            Operation::CreatePolicy(create) => {
                for expr in create.policy.using.iter().chain(&create.policy.check) {
                    self.in_tables(expr, &Want::Other, std::slice::from_ref(&create.table));
                }
            }
            Operation::AlterPolicy(alter) => {
                for expr in alter.using.iter().chain(&alter.check) {
                    self.in_tables(expr, &Want::Other, std::slice::from_ref(&alter.table));
                }
            }
            Operation::CreateTrigger(create) => {
                if let Some(expr) = &create.trigger.when {
                    self.in_tables(expr, &Want::Other, std::slice::from_ref(&create.table));
                }
            }
            Operation::Insert(insert) => self.insert(insert),
            Operation::Update { table, values, filter, reads, .. } => {
                let mut tables = vec![table.clone()];
                tables.extend(reads.iter().cloned());
                for (column, value) in values {
                    let want = self.want(table, column);
                    self.in_tables(value, &want, &tables);
                }
                if let Some(filter) = filter {
                    self.in_tables(filter, &Want::Other, &tables);
                }
            }
            Operation::Delete { table, filter, reads, .. } => {
                let mut tables = vec![table.clone()];
                tables.extend(reads.iter().cloned());
                if let Some(filter) = filter {
                    self.in_tables(filter, &Want::Other, &tables);
                }
            }
            Operation::DropColumn { .. }
            | Operation::DropConstraint { .. }
            | Operation::ValidateConstraint { .. }
            | Operation::AlterConstraint { .. }
            | Operation::RenameColumn { .. }
            | Operation::RenameConstraint { .. }
            | Operation::AttachPartition { .. }
            | Operation::DetachPartition { .. }
            | Operation::SetTableOption { .. }
            | Operation::Rename { .. }
            | Operation::SetSchema { .. }
            | Operation::SetOwner { .. }
            | Operation::Drop(_)
            | Operation::Reindex { .. }
            | Operation::RefreshView { .. }
            | Operation::CreateSequence(_)
            | Operation::AlterSequence(_)
            | Operation::CreateType(_)
            | Operation::AlterType { .. }
            | Operation::CreateFunction(_)
            | Operation::AlterFunction { .. }
            | Operation::CreateRule { .. }
            | Operation::CreateSchema { .. }
            | Operation::CreateExtension { .. }
            | Operation::CreatePublication { .. }
            | Operation::AlterPublication { .. }
            | Operation::CreateOther { .. }
            | Operation::AlterOther { .. }
            | Operation::Comment { .. }
            | Operation::Privilege { .. }
            | Operation::Merge { .. }
            | Operation::Truncate { .. }
            | Operation::Copy { .. }
            | Operation::Query { .. }
            | Operation::Begin
            | Operation::Commit { .. }
            | Operation::Rollback { .. }
            | Operation::Savepoint(_)
            | Operation::RollbackTo(_)
            | Operation::Release(_)
            | Operation::Set { .. }
            | Operation::Pragma { .. }
            | Operation::Lock { .. }
            | Operation::Vacuum { .. }
            | Operation::Analyze { .. }
            | Operation::Cluster { .. }
            | Operation::Do
            | Operation::Other { .. }
            | Operation::Opaque { .. } => {}
        }
    }

    fn create_table(&mut self, create: &CreateTable) {
        let own = Columns { defs: &create.columns, ..Columns::NONE };
        for def in &create.columns {
            self.column(def, own);
        }
        for expr in create.constraints.iter().flat_map(|def| exprs_of(&def.constraint)) {
            self.seek(expr, &Want::Other, own);
        }
        if let Some((parent, bound)) = &create.partition_of {
            self.bound(parent, bound);
        }
        if let Some(query) = &create.tree {
            self.query(query, &[]);
        }
    }

    /// A column's default, expression and CHECKs.
    fn column(&mut self, def: &ColumnDef, columns: Columns<'_>) {
        let column = &def.column;
        for expr in column.default.iter().chain(column.generated.as_ref().map(|generated| &generated.expr)) {
            self.seek(expr, &Want::of(column.ty.as_ref()), columns);
        }
        for expr in def.constraints.iter().flat_map(exprs_of) {
            self.seek(expr, &Want::Other, columns);
        }
    }

    fn insert(&mut self, insert: &Insert) {
        let table = resolve(self.catalog, self.session, &insert.table);
        let want = |seeker: &Self, at: usize| {
            let known = seeker.catalog.table(&table).found().filter(|table| !table.open);
            match (insert.columns.get(at), known) {
                (Some(column), _) => seeker.want(&table, column),
                (None, Some(known)) if insert.columns.is_empty() => {
                    let member = known.columns.get(at);
                    member.map_or(Want::Other, |member| Want::of(member.column.ty.as_ref()))
                }
                (None, None) if insert.columns.is_empty() => Want::Unknown,
                (None, _) => Want::Other,
            }
        };
        match &insert.source {
            InsertSource::Values { rows, .. } => {
                for (at, value) in rows.iter().flat_map(|row| row.iter().enumerate()) {
                    let want = want(self, at);
                    self.in_tables(value, &want, &[]);
                }
            }
            InsertSource::Query { tree: Some(query), .. } => {
                for row in rows_of(query) {
                    for (at, value) in row.into_iter().enumerate() {
                        let want = want(self, at);
                        if let (Some(value @ Expr::Literal(_)), want) = (value, want) {
                            self.seek(value, &want, Columns::NONE);
                        }
                    }
                }
                self.query(query, &[]);
            }
            InsertSource::Query { tree: None, .. } | InsertSource::Defaults => {}
        }
    }

    fn bound(&mut self, parent: &Name, bound: &Bound) {
        let parent = resolve(self.catalog, self.session, parent);
        let Some(table) = self.catalog.table(&parent).found() else { return };
        let keys = |by: &PartitionBy| -> Vec<Want> {
            let key =
                |at: usize| by.keys[at].column().map(|column| self.want(&parent, &Ident::exact(column)));
            (0..by.keys.len()).map(|at| key(at).unwrap_or(Want::Other)).collect()
        };
        let wants = table.partition_by.as_ref().map_or_else(Vec::new, keys);
        let first = wants.first().cloned().unwrap_or(Want::Other);
        match bound {
            Bound::In(values) => values.iter().for_each(|value| self.seek(value, &first, Columns::NONE)),
            Bound::Range(from, to) => {
                for (value, want) in from.iter().zip(&wants).chain(to.iter().zip(&wants)) {
                    self.seek(value, want, Columns::NONE);
                }
            }
            Bound::Default | Bound::Hash(..) => {}
        }
    }

    /// Every expression of a query, which reads its own tables and those around it.
    fn query(&mut self, query: &Query, around: &[Name]) {
        let mut tables = around.to_vec();
        query.each_relation(&mut |name| tables.push(name.clone()));
        let mut exprs = Vec::new();
        query.each_expr(&mut |expr| exprs.push(expr));
        for expr in exprs {
            self.in_tables(expr, &Want::Other, &tables);
        }
    }

    fn in_tables(&mut self, expr: &Expr, want: &Want, tables: &[Name]) {
        self.seek(expr, want, Columns { tables, ..Columns::NONE });
        let mut inner = Vec::new();
        expr.walk(&mut |part| {
            if let Expr::Query(query) = part {
                inner.push(query.query.clone());
            }
        });
        for query in inner {
            self.query(&query, tables);
        }
    }

    fn seek(&mut self, expr: &Expr, want: &Want, columns: Columns<'_>) {
        match expr {
            Expr::Literal(Literal::String(text)) => self.string(text, want),
            Expr::Cast { operand, to } => match &**operand {
                Expr::Literal(Literal::String(text)) => self.string(text, &Want::Of(to.clone())),
                // Without the cast it would be a list of texts, which no column of an enum takes.
                Expr::Operator { operator, operands } if operator == "ARRAY" && to.dimensions > 0 => {
                    let element = Want::Of(Type { dimensions: 0, ..to.clone() });
                    operands.iter().for_each(|operand| self.seek(operand, &element, columns));
                }
                other => self.seek(other, &Want::Other, columns),
            },
            Expr::Operator { operator, operands } if operator == "CASE" => self.case(operands, columns),
            Expr::Operator { operator, operands } if is_comparison(operator) => {
                let peer = self.peer(operands, columns);
                operands.iter().for_each(|operand| self.seek(operand, &peer, columns));
            }
            Expr::Call { name, arguments } if matches!(name.as_str(), "coalesce" | "nullif") => {
                let peer = self.peer(arguments, columns);
                arguments.iter().for_each(|operand| self.seek(operand, &peer, columns));
            }
            Expr::Call { arguments: inner, .. } | Expr::Operator { operands: inner, .. } => {
                inner.iter().for_each(|operand| self.seek(operand, &Want::Other, columns));
            }
            Expr::Query(inner) => {
                let peer = self.peer(&inner.operands, columns);
                inner.operands.iter().for_each(|operand| self.seek(operand, &peer, columns));
            }
            Expr::Column(_) | Expr::Literal(_) | Expr::Raw { .. } => {}
        }
    }

    /// CASE: its results take one type, and so do its subject and what that is compared with.
    fn case(&mut self, operands: &[Expr], columns: Columns<'_>) {
        let (mut compared, mut results, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for part in operands {
            match part {
                Expr::Operator { operator, operands } if operator == "WHEN" => {
                    conditions.extend(operands.first().cloned());
                    results.extend(operands.get(1).cloned());
                }
                Expr::Operator { operator, operands } if operator == "ELSE" => {
                    results.extend(operands.first().cloned());
                }
                subject => compared.push(subject.clone()),
            }
        }
        if compared.is_empty() {
            conditions.iter().for_each(|condition| self.seek(condition, &Want::Other, columns));
        } else {
            compared.extend(conditions);
        }
        for group in [compared, results] {
            let peer = self.peer(&group, columns);
            group.iter().for_each(|operand| self.seek(operand, &peer, columns));
        }
    }

    /// The type that strings take that are compared with these.
    fn peer(&self, operands: &[Expr], columns: Columns<'_>) -> Want {
        let mut peer = Want::Other;
        for operand in operands {
            let one = match operand {
                Expr::Column(parts) => self.column_type(columns, parts),
                Expr::Cast { operand, to } if operand.as_string().is_none() => Want::Of(to.clone()),
                Expr::Cast { .. }
                | Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Query(_)
                | Expr::Raw { .. } => continue,
            };
            match one {
                Want::Of(ty) => return Want::Of(ty),
                Want::Unknown => peer = Want::Unknown,
                Want::Other => {}
            }
        }
        peer
    }

    /// The type of a column, by its name alone.
    fn column_type(&self, Columns { defs, tables, value }: Columns<'_>, parts: &[String]) -> Want {
        let Some(column) = parts.last() else { return Want::Other };
        if let (Some(ty), "value") = (value, column.as_str()) {
            return Want::Of(ty.clone());
        }
        if let Some(def) = defs.iter().find(|def| def.column.name.key() == column) {
            return Want::of(def.column.ty.as_ref());
        }
        let mut known: Option<Want> = None;
        let mut unknown = false;
        for table in tables {
            match self.catalog.table(&resolve(self.catalog, self.session, table)) {
                Lookup::Found(table) => match table.column(column) {
                    Lookup::Found(member) => match (&member.column.ty, &known) {
                        (Some(ty), None) => known = Some(Want::Of(ty.clone())),
                        (Some(ty), Some(Want::Of(other))) if ty == other => {}
                        (Some(_), Some(_)) => return Want::Other,
                        (None, _) => unknown = true,
                    },
                    Lookup::Unknown => unknown = true,
                    Lookup::Absent => {}
                },
                // Where it is absent it is a view, or a name of the query's own.
                Lookup::Unknown | Lookup::Absent => unknown = true,
            }
        }
        known.unwrap_or(if unknown { Want::Unknown } else { Want::Other })
    }

    fn want(&self, table: &Name, column: &Ident) -> Want {
        let name = resolve(self.catalog, self.session, table);
        let of = |table: &Table| match table.column(column.key()) {
            Lookup::Found(member) => Want::of(member.column.ty.as_ref()),
            Lookup::Unknown => Want::Unknown,
            Lookup::Absent => Want::Other,
        };
        self.catalog.table(&name).found().map_or(Want::Unknown, of)
    }

    /// A string where a value is wanted.
    fn string(&mut self, text: &str, want: &Want) {
        let found = match want {
            Want::Other => None,
            Want::Unknown => {
                let same = |(_, label): &&(Name, String)| label == text;
                self.session.new_labels.iter().find(same).map(|(ty, label)| (ty, label, false))
            }
            Want::Of(ty) => {
                let ty = self.base(ty);
                let is_meant = |label: &str| match ty.dimensions {
                    0 => label == text,
                    _ => text.trim_matches(['{', '}']).split(',').any(|one| one.trim_matches('"') == label),
                };
                let same = |(of, label): &&(Name, String)| self.is(&ty, of) && is_meant(label);
                self.session.new_labels.iter().find(same).map(|(ty, label)| (ty, label, true))
            }
        };
        if let Some((ty, label, certain)) = found
            && self.found.as_ref().is_none_or(|found| certain && !found.certain)
        {
            self.found = Some(NewLabel { ty: ty.clone(), label: label.clone(), certain });
        }
    }

    /// What stands under a domain.
    fn base(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        for _ in 0..8 {
            let name = Name {
                schema: ty.schema.as_deref().map(Ident::exact),
                ident: Ident::exact(ty.name.as_str()),
            };
            let name = resolve(self.catalog, self.session, &name);
            match self.catalog.type_entry(&name).found().map(|entry| &entry.kind) {
                Some(TypeKind::Domain { ty: inner, .. }) if ty.dimensions == 0 => ty = inner.clone(),
                _ => break,
            }
        }
        ty
    }

    /// Whether a type that was written is this enum.
    fn is(&self, ty: &Type, name: &Name) -> bool {
        ty.name == name.text()
            && match (&ty.schema, &name.schema) {
                (Some(one), Some(other)) => other.text() == one,
                (None, Some(schema)) => {
                    !builtin::is_type(&ty.name)
                        && (self.session.search_path.contains(schema) || *schema == "public")
                }
                (_, None) => true,
            }
    }
}

/// The expressions of a constraint.
fn exprs_of(constraint: &Constraint) -> impl Iterator<Item = &Expr> {
    let expr = match &constraint.kind {
        ConstraintKind::Check(expr) => Some(expr),
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    };
    expr.into_iter()
}

/// The rows that a query gives, value by value; None for a star.
fn rows_of<'q>(query: &'q Query) -> Vec<Vec<Option<&'q Expr>>> {
    match &query.body {
        QueryBody::Select(select) => {
            let starred = select.targets.iter().position(|target| matches!(target, Target::Star(_)));
            // How many columns a star is, is not asked: what stands behind it has no known place.
            let told = &select.targets[..starred.unwrap_or(select.targets.len())];
            let value = |target: &'q Target| match target {
                Target::Expr { expr, .. } => Some(expr),
                Target::Star(_) => None,
            };
            vec![told.iter().map(value).collect()]
        }
        QueryBody::Values(rows) => rows.iter().map(|row| row.iter().map(Some).collect()).collect(),
        // What is a string in all of them is a text.
        QueryBody::Set { .. } => Vec::new(),
    }
}

/// Operators whose operands take the same type.
fn is_comparison(operator: &str) -> bool {
    matches!(
        operator,
        "=" | "<>"
            | "!="
            | "<"
            | ">"
            | "<="
            | ">="
            | "IN"
            | "NOT IN"
            | "BETWEEN"
            | "NOT BETWEEN"
            | "IS DISTINCT FROM"
            | "IS NOT DISTINCT FROM"
            | "= ANY"
            | "<> ALL"
    )
}
