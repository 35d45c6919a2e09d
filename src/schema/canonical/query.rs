//! Queries compared by meaning: as someone wrote one, and as the server prints it.
//!
//! PostgreSQL prints what it understood: stars are columns, every column has its table before it, what was left out of CASE is there,
//! IN is `= ANY`, and casts stand wherever two types met. So a cast that only one side has counts for nothing where the server may
//! have put it there.

use std::cell::Cell;

use super::{call, constant, number, operation, same_type};
use crate::schema::query::{
    Cte, Distinct, JoinOn, Lock, Query, QueryBody, Resolved, Select, Source, Subquery, Target,
};
use crate::schema::{Dialect, Expr, Family, Literal, Name, Type, typing};

/// Whether two queries mean the same, as far as both were understood.
pub fn same_query(one: &Resolved, other: &Resolved, dialect: Dialect) -> bool {
    if !one.clear || !other.clear {
        return true;
    }
    if let (Some(left), Some(right)) = (&one.columns, &other.columns) {
        let same = left.len() == right.len()
            && left.iter().zip(right).all(|(left, right)| {
                let types = left.ty.as_ref().zip(right.ty.as_ref());
                left.name == right.name && types.is_none_or(|(left, right)| same_type(left, right, dialect))
            });
        if !same {
            return false;
        }
    }
    let mut pairs =
        Pairs { one, other, dialect, entries: Vec::new(), ctes: Vec::new(), steps: Cell::new(MOST_STEPS) };
    let (left, right) = (in_form(&one.query, dialect), in_form(&other.query, dialect));
    pairs.query(&left, &right) || pairs.steps.get() == 0
}

/// What takes longer to compare is not understood.
const MOST_STEPS: u32 = 200_000;

/// What of one query is what of the other one.
struct Pairs<'a> {
    one: &'a Resolved,
    other: &'a Resolved,
    dialect: Dialect,
    /// Items of FROM.
    entries: Vec<(String, String)>,
    ctes: Vec<(String, String)>,
    steps: Cell<u32>,
}

impl Pairs<'_> {
    fn query(&mut self, one: &Query, other: &Query) -> bool {
        if one.with.len() != other.with.len() {
            return false;
        }
        for (left, right) in one.with.iter().zip(&other.with) {
            self.ctes.push((left.name.clone(), right.name.clone()));
            if left.materialized != right.materialized || !self.query(&left.query, &right.query) {
                return false;
            }
        }
        let bodies = match (&one.body, &other.body) {
            (QueryBody::Select(left), QueryBody::Select(right)) => self.select(left, right),
            (QueryBody::Values(left), QueryBody::Values(right)) => {
                left.len() == right.len()
                    && left.iter().zip(right).all(|(left, right)| self.exprs(left, right))
            }
            (
                QueryBody::Set { operator, all, left, right },
                QueryBody::Set { operator: other, all: other_all, left: other_left, right: other_right },
            ) => {
                operator == other
                    && all == other_all
                    && self.query(left, other_left)
                    && self.query(right, other_right)
            }
            (QueryBody::Select(_) | QueryBody::Values(_) | QueryBody::Set { .. }, _) => false,
        };
        bodies
            && self.exprs(&one.order, &other.order)
            && self.optional(one.limit.as_ref(), other.limit.as_ref())
            && self.optional(one.offset.as_ref(), other.offset.as_ref())
            && one.with_ties == other.with_ties
            && same_locks(&one.locks, &other.locks)
    }

    fn select(&mut self, one: &Select, other: &Select) -> bool {
        // FROM comes first: it says what each column is of.
        if one.from.len() != other.from.len()
            || !one.from.iter().zip(&other.from).all(|(left, right)| self.source(left, right))
        {
            return false;
        }
        let distinct = match (&one.distinct, &other.distinct) {
            (Distinct::No, Distinct::No) | (Distinct::Yes, Distinct::Yes) => true,
            (Distinct::On(left), Distinct::On(right)) => self.exprs(left, right),
            (Distinct::No | Distinct::Yes | Distinct::On(_), _) => false,
        };
        let targets = one.targets.len() == other.targets.len()
            && one.targets.iter().zip(&other.targets).all(|targets| match targets {
                (Target::Expr { expr: left, .. }, Target::Expr { expr: right, .. }) => self.expr(left, right),
                (Target::Star(left), Target::Star(right)) => left == right,
                (Target::Expr { .. }, Target::Star(_)) | (Target::Star(_), Target::Expr { .. }) => false,
            });
        distinct
            && targets
            && self.optional(one.filter.as_ref(), other.filter.as_ref())
            && self.exprs(&one.group, &other.group)
            && self.optional(one.having.as_ref(), other.having.as_ref())
    }

    fn source(&mut self, one: &Source, other: &Source) -> bool {
        match (one, other) {
            (
                Source::Join { kind, left, right, on, .. },
                Source::Join { kind: other_kind, left: other_left, right: other_right, on: other_on, .. },
            ) => {
                kind == other_kind
                    && self.source(left, other_left)
                    && self.source(right, other_right)
                    && self.join(on, other_on)
            }
            (
                Source::Relation { name: left, alias },
                Source::Relation { name: right, alias: other_alias },
            ) => {
                self.pair(alias.name.as_ref(), other_alias.name.as_ref());
                same_name(left, right)
            }
            (Source::Cte { name: left, alias }, Source::Cte { name: right, alias: other_alias }) => {
                self.pair(alias.name.as_ref(), other_alias.name.as_ref());
                self.ctes.iter().any(|(one, other)| one == left && other == right)
            }
            (
                Source::Query { query: left, lateral, alias },
                Source::Query { query: right, lateral: other_lateral, alias: other_alias },
            ) => {
                self.pair(alias.name.as_ref(), other_alias.name.as_ref());
                lateral == other_lateral && self.query(left, right)
            }
            (
                Source::Function { call: left, ordinality, types, alias },
                Source::Function {
                    call: right,
                    ordinality: other_ordinality,
                    types: other_types,
                    alias: other_alias,
                },
            ) => {
                self.pair(alias.name.as_ref(), other_alias.name.as_ref());
                ordinality == other_ordinality
                    && types.len() == other_types.len()
                    && types.iter().zip(other_types).all(|(left, right)| same_type(left, right, self.dialect))
                    && self.expr(left, right)
            }
            (
                Source::Join { .. }
                | Source::Relation { .. }
                | Source::Cte { .. }
                | Source::Query { .. }
                | Source::Function { .. },
                _,
            ) => false,
        }
    }

    fn pair(&mut self, one: Option<&String>, other: Option<&String>) {
        if let (Some(one), Some(other)) = (one, other) {
            self.entries.push((one.clone(), other.clone()));
        }
    }

    fn join(&self, one: &JoinOn, other: &JoinOn) -> bool {
        match (one, other) {
            (JoinOn::On(left), JoinOn::On(right)) => self.expr(left, right),
            // CROSS JOIN joins on nothing.
            (JoinOn::Nothing, JoinOn::On(on)) | (JoinOn::On(on), JoinOn::Nothing) => {
                matches!(on, Expr::Literal(Literal::Boolean(true)))
            }
            (JoinOn::Nothing, JoinOn::Nothing) => true,
            (JoinOn::Using(left), JoinOn::Using(right)) => left == right,
            (JoinOn::Natural, JoinOn::Natural) => true,
            (JoinOn::On(_) | JoinOn::Nothing | JoinOn::Using(_) | JoinOn::Natural, _) => false,
        }
    }

    fn optional(&self, one: Option<&Expr>, other: Option<&Expr>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => self.expr(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    fn exprs(&self, one: &[Expr], other: &[Expr]) -> bool {
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| self.expr(one, other))
    }

    fn expr(&self, one: &Expr, other: &Expr) -> bool {
        let Some(steps) = self.steps.get().checked_sub(1) else { return true };
        self.steps.set(steps);
        if let (Some(left), Some(right)) = (constant_of(one), constant_of(other))
            && same_constant(&left, &right)
        {
            return true;
        }
        match (one, other) {
            (Expr::Cast { operand: left, to }, Expr::Cast { operand: right, to: other_to })
                if same_type(to, other_to, self.dialect) =>
            {
                self.expr(left, right)
            }
            (Expr::Cast { operand: left, to }, Expr::Cast { operand: right, to: other_to }) => {
                (self.may_be_added(left, to, self.one) && self.expr(left, other))
                    || (self.may_be_added(right, other_to, self.other) && self.expr(one, right))
            }
            // `text(a)` is a cast too.
            (Expr::Cast { operand, to }, Expr::Call { name, arguments })
            | (Expr::Call { name, arguments }, Expr::Cast { operand, to })
                if *name == to.name && arguments.len() == 1 =>
            {
                match one {
                    Expr::Cast { .. } => self.expr(operand, &arguments[0]),
                    _ => self.expr(&arguments[0], operand),
                }
            }
            (Expr::Cast { operand, to }, _) => {
                self.may_be_added(operand, to, self.one) && self.expr(operand, other)
            }
            (_, Expr::Cast { operand, to }) => {
                self.may_be_added(operand, to, self.other) && self.expr(one, operand)
            }
            (Expr::Column(left), Expr::Column(right)) => match (left.as_slice(), right.as_slice()) {
                ([left, column], [right, other_column]) => {
                    column == other_column
                        && self.entries.iter().any(|(one, other)| one == left && other == right)
                }
                (left, right) => left == right,
            },
            (Expr::Call { name, arguments }, Expr::Call { name: other_name, arguments: other_arguments }) => {
                same_function(name, other_name) && self.exprs(arguments, other_arguments)
            }
            (
                Expr::Operator { operator, operands },
                Expr::Operator { operator: other_operator, operands: other_operands },
            ) => operator == other_operator && self.exprs(operands, other_operands),
            (Expr::Query(left), Expr::Query(right)) => {
                // What is paired inside of it is of no use outside.
                let mut inner = Pairs {
                    one: self.one,
                    other: self.other,
                    dialect: self.dialect,
                    entries: self.entries.clone(),
                    ctes: self.ctes.clone(),
                    steps: Cell::new(self.steps.get()),
                };
                let same = left.operator == right.operator
                    && self.exprs(&left.operands, &right.operands)
                    && inner.query(&left.query, &right.query);
                self.steps.set(inner.steps.get());
                same
            }
            (
                Expr::Column(_)
                | Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Query(_)
                | Expr::Raw { .. },
                _,
            ) => false,
        }
    }

    /// Whether the server may have put a cast around an expression.
    fn may_be_added(&self, operand: &Expr, to: &Type, side: &Resolved) -> bool {
        if self.dialect != Dialect::Postgres {
            return false;
        }
        // The elements of a list are cast before the list is.
        is_list(operand, to)
            // A string says nothing before it has a type.
            || (!typing::is_untyped(operand)
                && typing::is_implicit(typing::type_of(operand, &side.entries).as_ref(), to))
    }
}

fn is_list(operand: &Expr, to: &Type) -> bool {
    to.dimensions > 0
        && to.arguments.is_empty()
        && matches!(operand, Expr::Operator { operator, .. } if operator == "ARRAY")
}

/// A constant: what it says, and the type of the innermost cast around it.
struct Constant<'e> {
    literal: &'e Literal,
    ty: Option<&'e Type>,
}

fn constant_of(expr: &Expr) -> Option<Constant<'_>> {
    match expr {
        Expr::Literal(literal) => Some(Constant { literal, ty: None }),
        Expr::Cast { operand, to } => match &**operand {
            Expr::Literal(literal) => Some(Constant { literal, ty: Some(to) }),
            _ => None,
        },
        Expr::Column(_) | Expr::Call { .. } | Expr::Operator { .. } | Expr::Query(_) | Expr::Raw { .. } => {
            None
        }
    }
}

fn same_constant(one: &Constant<'_>, other: &Constant<'_>) -> bool {
    if one.literal == other.literal {
        return match (one.ty, other.ty) {
            (Some(one), Some(other)) => same_type(one, other, Dialect::Postgres),
            // Only what has no type of its own takes one from its place; a number keeps to numbers.
            (Some(ty), None) | (None, Some(ty)) => match one.literal {
                Literal::Null | Literal::String(_) => {
                    ty.arguments.is_empty() || matches!(one.literal, Literal::Null)
                }
                Literal::Number(_) => is_number(ty),
                Literal::Boolean(_) => ty.name == "boolean",
                Literal::Bits(_) => ty.name.starts_with("bit"),
                Literal::Placeholder(_) => true,
            },
            (None, None) => true,
        };
    }
    // The name of an object: its schema counts only where both have one.
    if let (Literal::String(left), Literal::String(right)) = (one.literal, other.literal)
        && one.ty.into_iter().chain(other.ty).any(|ty| ty.dimensions == 0 && ty.name.starts_with("reg"))
    {
        let bare = |name: &str| {
            let name = name.replace('"', "");
            let own = name.strip_prefix("pg_catalog.").or_else(|| name.strip_prefix("public."));
            own.map(str::to_owned).unwrap_or(name)
        };
        return same_function(&bare(left), &bare(right));
    }
    let said = |literal: &Literal, ty: &Type| match literal {
        // `"char"` keeps one character.
        Literal::String(text) if ty.name == "char" => {
            Expr::Literal(Literal::String(text.chars().take(1).collect()))
        }
        Literal::String(text) => constant(text.clone(), ty.family()),
        Literal::Number(text) if is_number(ty) => Expr::Literal(Literal::Number(number(text))),
        Literal::Null
        | Literal::Boolean(_)
        | Literal::Number(_)
        | Literal::Bits(_)
        | Literal::Placeholder(_) => Expr::Literal(literal.clone()),
    };
    match (one.ty, other.ty) {
        (Some(left), Some(right)) => {
            same_type(left, right, Dialect::Postgres) && said(one.literal, left) == said(other.literal, right)
        }
        (Some(ty), None) | (None, Some(ty)) => {
            ty.arguments.is_empty() && said(one.literal, ty) == said(other.literal, ty)
        }
        // A string beside a number is one.
        (None, None) => match (one.literal, other.literal) {
            (Literal::String(text), Literal::Number(value))
            | (Literal::Number(value), Literal::String(text)) => {
                constant(text.clone(), Family::Decimal) == Expr::Literal(Literal::Number(value.clone()))
            }
            (Literal::String(text), boolean @ Literal::Boolean(_))
            | (boolean @ Literal::Boolean(_), Literal::String(text)) => {
                constant(text.clone(), Family::Boolean) == Expr::Literal(boolean.clone())
            }
            (_, _) => false,
        },
    }
}

fn is_number(ty: &Type) -> bool {
    ty.dimensions == 0 && matches!(ty.family(), Family::Integer | Family::Decimal | Family::Float)
}

/// A schema counts only where both have one.
fn same_name(one: &Name, other: &Name) -> bool {
    one.ident == other.ident
        && match (&one.schema, &other.schema) {
            (Some(one), Some(other)) => one == other,
            (None, _) | (_, None) => true,
        }
}

fn same_function(one: &str, other: &str) -> bool {
    match (one.rsplit_once('.'), other.rsplit_once('.')) {
        (Some((_, one)), None) => one == other,
        (None, Some((_, other))) => one == other,
        (Some(_), Some(_)) | (None, None) => one == other,
    }
}

/// FOR UPDATE without OF locks everything in FROM, which PostgreSQL prints one by one.
fn same_locks(one: &[Lock], other: &[Lock]) -> bool {
    let kinds = |locks: &[Lock]| {
        let mut kinds: Vec<_> = locks.iter().map(|lock| (lock.strength, lock.wait)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    let of = |locks: &[Lock]| {
        let all = locks.iter().any(|lock| lock.of.is_empty());
        let mut of: Vec<String> = locks.iter().flat_map(|lock| lock.of.clone()).collect();
        of.sort_unstable();
        (!all).then_some(of)
    };
    kinds(one) == kinds(other) && of(one).zip(of(other)).is_none_or(|(one, other)| one == other)
}

/// A query with all its expressions in one form.
fn in_form(query: &Query, dialect: Dialect) -> Query {
    let all = |exprs: &[Expr]| exprs.iter().map(|expr| form(expr, dialect)).collect::<Vec<_>>();
    let maybe = |expr: &Option<Expr>| expr.as_ref().map(|expr| form(expr, dialect));
    let body = match &query.body {
        QueryBody::Select(select) => QueryBody::Select(Box::new(Select {
            distinct: match &select.distinct {
                Distinct::No => Distinct::No,
                Distinct::Yes => Distinct::Yes,
                Distinct::On(keys) => Distinct::On(each_once(all(keys))),
            },
            targets: select
                .targets
                .iter()
                .map(|target| match target {
                    Target::Star(parts) => Target::Star(parts.clone()),
                    Target::Expr { expr, .. } => Target::Expr { expr: form(expr, dialect), name: None },
                })
                .collect(),
            from: select.from.iter().map(|source| source_in_form(source, dialect)).collect(),
            filter: maybe(&select.filter),
            group: each_once(all(&select.group).into_iter().flat_map(keys_of_a_row).collect()),
            having: maybe(&select.having),
            windows: Vec::new(),
        })),
        QueryBody::Values(rows) => QueryBody::Values(rows.iter().map(|row| all(row)).collect()),
        QueryBody::Set { operator, all, left, right } => QueryBody::Set {
            operator: *operator,
            all: *all,
            left: Box::new(in_form(left, dialect)),
            right: Box::new(in_form(right, dialect)),
        },
    };
    let cte = |cte: &Cte| Cte { query: in_form(&cte.query, dialect), ..cte.clone() };
    Query {
        with: query.with.iter().map(cte).collect(),
        recursive: query.recursive,
        body,
        order: each_once(all(&query.order)),
        limit: maybe(&query.limit),
        offset: maybe(&query.offset),
        with_ties: query.with_ties,
        locks: query.locks.clone(),
    }
}

/// `GROUP BY (a, b)` is GROUP BY a, b.
fn keys_of_a_row(key: Expr) -> Vec<Expr> {
    match key {
        Expr::Operator { operator, operands } if operator == "ROW" => operands,
        other => vec![other],
    }
}

/// A second key of the same does nothing.
fn each_once(keys: Vec<Expr>) -> Vec<Expr> {
    fn sorted(mut key: &Expr) -> &Expr {
        while let Expr::Operator { operator, operands } = key
            && matches!(operator.as_str(), "DESC" | "NULLS FIRST" | "NULLS LAST")
            && let Some(inner) = operands.first()
        {
            key = inner;
        }
        key
    }
    let mut kept: Vec<Expr> = Vec::new();
    for key in keys {
        if !kept.iter().any(|known| sorted(known) == sorted(&key)) {
            kept.push(key);
        }
    }
    kept
}

fn source_in_form(source: &Source, dialect: Dialect) -> Source {
    match source {
        Source::Relation { .. } | Source::Cte { .. } => source.clone(),
        Source::Query { query, lateral, alias } => Source::Query {
            query: Box::new(in_form(query, dialect)),
            lateral: *lateral,
            alias: alias.clone(),
        },
        Source::Function { call, ordinality, types, alias } => Source::Function {
            call: form(call, dialect),
            ordinality: *ordinality,
            types: types.clone(),
            alias: alias.clone(),
        },
        Source::Join { kind, left, right, on, alias } => Source::Join {
            kind: *kind,
            left: Box::new(source_in_form(left, dialect)),
            right: Box::new(source_in_form(right, dialect)),
            on: match on {
                JoinOn::On(expr) => JoinOn::On(form(expr, dialect)),
                JoinOn::Nothing | JoinOn::Using(_) | JoinOn::Natural => on.clone(),
            },
            alias: alias.clone(),
        },
    }
}

/// An expression in one form, with its casts.
fn form(expr: &Expr, dialect: Dialect) -> Expr {
    let all = |exprs: &[Expr]| exprs.iter().map(|expr| form(expr, dialect)).collect::<Vec<_>>();
    match expr {
        Expr::Literal(Literal::Number(text)) => Expr::Literal(Literal::Number(number(text))),
        Expr::Column(_) | Expr::Literal(_) | Expr::Raw { .. } => expr.clone(),
        Expr::Cast { operand, to } => {
            let operand = Box::new(plain_row(form(operand, dialect)));
            Expr::Cast { operand, to: to.clone() }
        }
        Expr::Call { name, arguments } => called(call(name, all(arguments), dialect)),
        Expr::Operator { operator, operands } => operated(operator, all(operands)),
        Expr::Query(inner) => asked(Subquery {
            operator: inner.operator.clone(),
            operands: all(&inner.operands),
            query: in_form(&inner.query, dialect),
            text: String::new(),
        }),
    }
}

fn op(operator: &str, operands: Vec<Expr>) -> Expr {
    Expr::Operator { operator: operator.to_owned(), operands }
}

/// A row that is cast: the server casts each of its parts.
fn plain_row(expr: Expr) -> Expr {
    let plain = |mut part: Expr| {
        while let Expr::Cast { operand, .. } = part {
            part = *operand;
        }
        part
    };
    match expr {
        Expr::Operator { operator, operands } if operator == "ROW" => {
            Expr::Operator { operator, operands: operands.into_iter().map(plain).collect() }
        }
        expr => expr,
    }
}

/// Before 14 PostgreSQL printed EXTRACT as the function that it was.
fn called(expr: Expr) -> Expr {
    match expr {
        Expr::Call { name, mut arguments } if matches!(name.as_str(), "date_part" | "extract") => {
            // `'year'::text`
            if let Some(Expr::Cast { operand, .. }) = arguments.first()
                && matches!(&**operand, Expr::Literal(Literal::String(_)))
            {
                arguments[0] = (**operand).clone();
            }
            Expr::Call { name: "extract".to_owned(), arguments }
        }
        expr => expr,
    }
}

/// What is asked of a query, as PostgreSQL prints it.
fn asked(mut inner: Subquery) -> Expr {
    if inner.operator == "EXISTS" {
        forget_targets(&mut inner.query);
    }
    let negated = inner.operator == "NOT IN";
    if negated || inner.operator == "= ANY" {
        "IN".clone_into(&mut inner.operator);
    }
    let whole = Expr::Query(Box::new(inner));
    if negated { op("NOT", vec![whole]) } else { whole }
}

/// EXISTS does not look at the columns, as long as they are nothing but columns and constants.
fn forget_targets(query: &mut Query) {
    let QueryBody::Select(select) = &mut query.body else { return };
    let plain = select.targets.iter().all(|target| match target {
        Target::Expr { expr, .. } => matches!(expr, Expr::Column(_) | Expr::Literal(_)),
        Target::Star(_) => true,
    });
    if plain && select.distinct == Distinct::No {
        select.targets.clear();
    }
}

fn operated(operator: &str, mut operands: Vec<Expr>) -> Expr {
    match operator {
        "IN" | "NOT IN" => among(operator == "IN", operands),
        "IS NOT DISTINCT FROM" => op("NOT", vec![op("IS DISTINCT FROM", operands)]),
        "SIMILAR TO" | "NOT SIMILAR TO" if operands.len() == 2 => {
            let pattern = operands.split_off(1);
            operands.push(Expr::Call { name: "similar_to_escape".to_owned(), arguments: pattern });
            op(if operator == "SIMILAR TO" { "~" } else { "!~" }, operands)
        }
        "CASE" => {
            // ELSE NULL says nothing.
            let needless = operands.last().is_some_and(|last| {
                matches!(last, Expr::Operator { operator, operands } if operator == "ELSE" && operands.iter().all(Expr::is_null))
            });
            if needless {
                operands.pop();
            }
            op(operator, operands)
        }
        "NULLS FIRST" | "NULLS LAST" => {
            let descends =
                matches!(operands.first(), Some(Expr::Operator { operator, .. }) if operator == "DESC");
            if descends == (operator == "NULLS FIRST") {
                return operands.pop().unwrap_or(Expr::Literal(Literal::Null));
            }
            op(operator, operands)
        }
        "OVERLAPS" => {
            let flat = operands.into_iter().flat_map(|operand| match operand {
                Expr::Operator { operator, operands } if operator == "ROW" => operands,
                other => vec![other],
            });
            Expr::Call { name: "overlaps".to_owned(), arguments: flat.collect() }
        }
        "OVER" => {
            operands.retain(|part| !is_default_frame(part));
            op(operator, operands)
        }
        _ if operator.starts_with("COLLATE ") => {
            let collation = operator.trim_start_matches("COLLATE ");
            let collation = collation.strip_prefix("pg_catalog.").unwrap_or(collation);
            op(&format!("COLLATE {collation}"), operands)
        }
        _ => rows(operation(operator, operands)),
    }
}

/// RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
fn is_default_frame(part: &Expr) -> bool {
    let Expr::Operator { operator, operands } = part else { return false };
    let is = |at: usize, word: &str| matches!(operands.get(at), Some(Expr::Operator { operator, operands }) if operator == word && operands.is_empty());
    operator == "RANGE" && is(0, "PRECEDING") && is(1, "CURRENT ROW")
}

/// IN: constants together become one list, columns are compared one by one (source: `transformAExprIn` in PostgreSQL's parse_expr.c).
fn among(is: bool, mut operands: Vec<Expr>) -> Expr {
    if operands.len() < 2 {
        return op(if is { "IN" } else { "NOT IN" }, operands);
    }
    let needle = operands.remove(0);
    let has_column = |expr: &Expr| {
        let mut found = false;
        expr.walk(&mut |part| found |= matches!(part, Expr::Column(_)));
        found
    };
    let is_row = |expr: &Expr| matches!(expr, Expr::Operator { operator, .. } if operator == "ROW");
    let mut all = Vec::new();
    let (columns, constants): (Vec<Expr>, Vec<Expr>) =
        operands.iter().cloned().partition(|expr| has_column(expr));
    let rest = if constants.len() > 1 && !is_row(&needle) {
        let list = op("ARRAY", constants);
        all.push(op(if is { "= ANY" } else { "<> ALL" }, vec![needle.clone(), list]));
        columns
    } else {
        operands
    };
    let each = rest.into_iter().map(|one| rows(op(if is { "=" } else { "<>" }, vec![needle.clone(), one])));
    all.extend(each);
    if all.len() == 1 {
        return all.remove(0);
    }
    operation(if is { "OR" } else { "AND" }, all)
}

/// Rows are compared column by column.
fn rows(expr: Expr) -> Expr {
    match expr {
        Expr::Operator { operator, operands } if operator == "=" || operator == "<>" => {
            let each = match operands.as_slice() {
                [
                    Expr::Operator { operator: left, operands: one },
                    Expr::Operator { operator: right, operands: other },
                ] if left == "ROW" && right == "ROW" && one.len() == other.len() && !one.is_empty() => one
                    .iter()
                    .zip(other)
                    .map(|(one, other)| op(&operator, vec![one.clone(), other.clone()]))
                    .collect(),
                _ => Vec::new(),
            };
            if each.is_empty() {
                Expr::Operator { operator, operands }
            } else {
                operation(if operator == "=" { "AND" } else { "OR" }, each)
            }
        }
        expr => expr,
    }
}
