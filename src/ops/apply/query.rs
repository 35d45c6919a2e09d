//! The names of a query resolved against a catalog, as the server resolves them when a view is made: which item of FROM each column
//! is of, what a star stands for, what each column of the result is called and of which type it is.

mod from;
mod scope;
mod title;

use std::collections::BTreeMap;

pub use self::scope::is_function_word;
use self::scope::{Found, Range, Scope, local, star, system_columns};
use crate::ops::{Conflict, Session};
use crate::schema::{
    Alias, Catalog, Cte, Dialect, Distinct, Entry, Expr, Ident, LONGEST, Literal, Name, Output, Query,
    QueryBody, Resolved, Select, Target, Type, canonical, clip, typing,
};

/// A query with its names resolved, and why the server refuses it, where something is known not to be there. What was not found
/// leaves it unclear, and the rest of it is resolved all the same.
pub fn resolved(catalog: &Catalog, session: &Session, query: &Query) -> (Resolved, Option<Conflict>) {
    let mut resolver = Resolver::new(catalog, session);
    let (query, outputs) = resolver.query(query, &Known { ctes: Vec::new(), scope: None });
    let ident = |name: &String| match catalog.dialect {
        Dialect::Postgres => Ident::exact(clip(name, LONGEST)),
        Dialect::Sqlite | Dialect::Mysql => Ident::caseless(name.as_str()),
    };
    let columns = outputs.map(|outputs| {
        outputs.iter().map(|(name, ty)| Output { name: ident(name), ty: ty.clone() }).collect()
    });
    let resolved = Resolved {
        query,
        entries: resolver.entries,
        columns,
        clear: resolver.clear,
        starred: resolver.starred,
    };
    (resolved, resolver.missing)
}

/// An expression over the columns of a table, with its names resolved, and the items that they are of.
pub fn resolved_in(
    catalog: &Catalog,
    session: &Session,
    table: &Name,
    expr: &Expr,
) -> Option<(Expr, BTreeMap<String, Entry>)> {
    // What is known of a column of an open one may be so no more.
    catalog.table(table).found().filter(|table| !table.open && !catalog.unclear)?;
    let (expr, resolver) = over(catalog, session, table, expr);
    resolver.missing.is_none().then_some((expr, resolver.entries))
}

/// Why the server refuses an expression over the columns of a table, where something that it names is known not to be there.
pub fn missing_in(catalog: &Catalog, session: &Session, table: &Name, expr: &Expr) -> Option<Conflict> {
    over(catalog, session, table, expr).1.missing
}

fn over<'a>(catalog: &'a Catalog, session: &'a Session, table: &Name, expr: &Expr) -> (Expr, Resolver<'a>) {
    let mut resolver = Resolver::new(catalog, session);
    let (_, range) = resolver.relation(table, &Alias::default());
    let system = system_columns(catalog.dialect);
    let scope = Scope { ranges: vec![range], outer: None, system };
    let expr = resolver.expr(expr, &Known { ctes: Vec::new(), scope: Some(&scope) });
    (expr, resolver)
}

/// Why these cannot be the columns of a new view or table (PostgreSQL).
pub fn unfit(object: &Name, names: &[Ident], outputs: &[Output]) -> Option<Conflict> {
    if names.len() > outputs.len() {
        let sentence = format!("`{object}` is given more column names than its query has columns");
        return Some(Conflict::Other("42601", sentence));
    }
    let all: Vec<&Ident> =
        names.iter().chain(outputs.iter().skip(names.len()).map(|output| &output.name)).collect();
    let twice = all.iter().enumerate().find(|(at, name)| all[..*at].contains(name));
    twice.map(|(_, name)| Conflict::Exists(super::columns::column_ref(object, name)))
}

/// The columns that a query gives, each with its name and type.
type Outputs = Vec<(String, Option<Type>)>;

struct Resolver<'a> {
    catalog: &'a Catalog,
    session: &'a Session,
    /// The items of FROM so far, under names that they have alone.
    entries: BTreeMap<String, Entry>,
    /// The names of CTEs that are taken.
    ctes: Vec<String>,
    clear: bool,
    /// The first thing that is known not to be there.
    missing: Option<Conflict>,
    /// Whether there was a star.
    starred: bool,
    /// How many queries may still be looked into.
    left: u32,
}

/// More queries in one are not understood: the first part of a recursive one is looked into twice, and so may be what is in it.
const MOST_QUERIES: u32 = 20_000;

/// The most columns that PostgreSQL lets a query have (source: `MaxTupleAttributeNumber` in its htup_details.h).
const MOST_COLUMNS: usize = 1_664;

/// What a query may name besides what is its own.
#[derive(Clone)]
struct Known<'k> {
    ctes: Vec<KnownCte>,
    scope: Option<&'k Scope<'k>>,
}

/// A CTE that can be named.
#[derive(Clone)]
struct KnownCte {
    written: String,
    /// The name that it has alone.
    name: String,
    /// What it gives; None where that is not known.
    outputs: Option<Outputs>,
}

impl<'a> Resolver<'a> {
    const fn new(catalog: &'a Catalog, session: &'a Session) -> Self {
        Self {
            catalog,
            session,
            entries: BTreeMap::new(),
            ctes: Vec::new(),
            clear: true,
            missing: None,
            starred: false,
            left: MOST_QUERIES,
        }
    }
}

impl Resolver<'_> {
    fn query(&mut self, query: &Query, known: &Known<'_>) -> (Query, Option<Outputs>) {
        let Some(left) = self.left.checked_sub(1) else {
            self.clear = false;
            return (query.clone(), None);
        };
        self.left = left;
        let mut known = known.clone();
        let mut with = Vec::new();
        for (at, cte) in query.with.iter().enumerate() {
            // With RECURSIVE one may name a later one.
            let later: Vec<&str> = query.with[at + 1..].iter().map(|cte| cte.name.as_str()).collect();
            if query.recursive && names_any(&cte.query, &later) {
                self.clear = false;
            }
            with.push(self.cte(cte, query.recursive, &mut known));
        }
        let (body, outputs, order) = match &query.body {
            QueryBody::Select(select) => {
                let (select, outputs, order) = self.select(select, &query.order, &known);
                (QueryBody::Select(Box::new(select)), outputs, order)
            }
            QueryBody::Values(rows) => {
                let rows: Vec<Vec<Expr>> = rows
                    .iter()
                    .map(|row| row.iter().map(|value| self.expr(value, &known)).collect())
                    .collect();
                let outputs = self.values(&rows);
                let order = self.ordinals(&query.order, Some(&outputs));
                (QueryBody::Values(rows), Some(outputs), order)
            }
            QueryBody::Set { operator, all, left, right } => {
                let (left, one) = self.query(left, &known);
                let (right, other) = self.query(right, &known);
                let outputs = one.zip(other).map(|(one, other)| self.together(one, &left, &other, &right));
                let order = self.ordinals(&query.order, outputs.as_ref());
                let (left, right) = (Box::new(left), Box::new(right));
                (QueryBody::Set { operator: *operator, all: *all, left, right }, outputs, order)
            }
        };
        let own = Query {
            with,
            recursive: query.recursive,
            body,
            order,
            limit: query.limit.as_ref().map(|limit| self.expr(limit, &known)),
            offset: query.offset.as_ref().map(|offset| self.expr(offset, &known)),
            with_ties: query.with_ties,
            locks: query.locks.clone(),
        };
        (own, outputs)
    }

    fn cte(&mut self, cte: &Cte, recursive: bool, known: &mut Known<'_>) -> Cte {
        let name = free(&cte.name, |name| self.ctes.iter().any(|taken| taken == name));
        self.ctes.push(name.clone());
        let itself = |outputs| KnownCte { written: cte.name.clone(), name: name.clone(), outputs };
        if recursive && names_any(&cte.query, &[&cte.name]) {
            // What it gives is what its first part gives.
            let outputs = match &cte.query.body {
                QueryBody::Set { left, .. } => {
                    let (entries, taken) = (self.entries.clone(), self.ctes.clone());
                    let inner = Known { ctes: known.ctes.clone(), scope: known.scope };
                    let (_, outputs) = self.query(left, &inner);
                    (self.entries, self.ctes) = (entries, taken);
                    outputs
                }
                QueryBody::Select(_) | QueryBody::Values(_) => None,
            };
            known.ctes.push(itself(outputs.and_then(|outputs| renamed(outputs, &cte.columns))));
        }
        let (query, outputs) = self.query(&cte.query, known);
        let outputs = outputs.and_then(|outputs| renamed(outputs, &cte.columns));
        // A recursive one keeps the types of its first part.
        if known.ctes.last().is_none_or(|last| last.name != name) {
            known.ctes.push(itself(outputs));
        }
        Cte { name, columns: cte.columns.clone(), query, materialized: cte.materialized }
    }

    /// What VALUES gives.
    fn values(&self, rows: &[Vec<Expr>]) -> Outputs {
        let width = rows.first().map_or(0, Vec::len);
        let column = |at: usize| {
            let each = rows.iter().filter_map(|row| row.get(at));
            let types: Vec<_> =
                each.map(|expr| (typing::type_of(expr, &self.entries), typing::is_untyped(expr))).collect();
            (format!("column{}", at + 1), typing::common_type(&types))
        };
        (0..width).map(column).collect()
    }

    /// What two queries give together: the names of the first, and the types that both have in common.
    fn together(&self, one: Outputs, left: &Query, other: &Outputs, right: &Query) -> Outputs {
        let untyped = |query: &Query, at: usize| match &query.body {
            QueryBody::Select(select) => {
                matches!(select.targets.get(at), Some(Target::Expr { expr, .. }) if typing::is_untyped(expr))
            }
            QueryBody::Values(_) | QueryBody::Set { .. } => false,
        };
        let each = one.into_iter().enumerate().map(|(at, (name, ty))| {
            let second = other.get(at).and_then(|(_, ty)| ty.clone());
            (name, typing::common_type(&[(ty, untyped(left, at)), (second, untyped(right, at))]))
        });
        each.collect()
    }

    /// ORDER BY behind VALUES or a set operation names columns of the result: here each is its number.
    fn ordinals(&mut self, order: &[Expr], outputs: Option<&Outputs>) -> Vec<Expr> {
        let mut one = |key: &Expr| match key {
            Expr::Column(parts) => {
                let at = match (parts.as_slice(), outputs) {
                    ([name], Some(outputs)) => outputs.iter().position(|(known, _)| known == name),
                    _ => None,
                };
                if at.is_none() {
                    self.clear = false;
                }
                at.map_or_else(|| key.clone(), |at| Expr::Literal(Literal::Number((at + 1).to_string())))
            }
            Expr::Literal(_)
            | Expr::Call { .. }
            | Expr::Operator { .. }
            | Expr::Cast { .. }
            | Expr::Query(_)
            | Expr::Raw { .. } => key.clone(),
        };
        order.iter().map(|key| inside_key(key, &mut one)).collect()
    }

    fn select(
        &mut self,
        select: &Select,
        order: &[Expr],
        known: &Known<'_>,
    ) -> (Select, Option<Outputs>, Vec<Expr>) {
        let mut ranges: Vec<Range> = Vec::new();
        let mut from = Vec::new();
        for source in &select.from {
            let (source, range) = self.source(source, &ranges, known);
            from.push(source);
            ranges.push(range);
        }
        let scope = Scope { ranges, outer: known.scope, system: system_columns(self.catalog.dialect) };
        let here = Place {
            known: Known { ctes: known.ctes.clone(), scope: Some(&scope) },
            windows: windows(select),
        };
        let mut targets = Vec::new();
        for target in &select.targets {
            match target {
                Target::Star(parts) => {
                    self.starred = true;
                    match star(parts, &scope).filter(|fields| targets.len() + fields.len() <= MOST_COLUMNS) {
                        Some(fields) => targets.extend(
                            fields
                                .into_iter()
                                .map(|field| Target::Expr { expr: field.expr, name: Some(field.name) }),
                        ),
                        None => {
                            self.clear = false;
                            targets.push(target.clone());
                        }
                    }
                }
                Target::Expr { expr: written, name } => {
                    let expr = self.placed(written, &here);
                    let name = name.clone().or_else(|| self.name_of(written, &expr));
                    targets.push(Target::Expr { expr, name });
                }
            }
        }
        let distinct = match &select.distinct {
            Distinct::No => Distinct::No,
            Distinct::Yes => Distinct::Yes,
            Distinct::On(keys) => {
                Distinct::On(keys.iter().map(|key| self.sort_key(key, &targets, &here)).collect())
            }
        };
        let own = Select {
            distinct,
            from,
            filter: select.filter.as_ref().map(|filter| self.placed(filter, &here)),
            group: select.group.iter().map(|key| self.group_key(key, &targets, &here, &scope)).collect(),
            having: select.having.as_ref().map(|having| self.placed(having, &here)),
            windows: Vec::new(),
            targets,
        };
        let order = order
            .iter()
            .map(|key| inside_key(key, &mut |key| self.sort_key(key, &own.targets, &here)))
            .collect();
        let outputs = own.targets.iter().map(|target| match target {
            Target::Expr { expr, name } => Some((name.clone()?, self.output_type(expr))),
            Target::Star(_) => None,
        });
        let outputs = outputs.collect();
        (own, outputs, order)
    }

    /// The type of a column of the result.
    fn output_type(&self, expr: &Expr) -> Option<Type> {
        let column = matches!(expr, Expr::Column(_));
        // What an expression gives in SQLite depends on the rows.
        let known = column || self.catalog.dialect == Dialect::Postgres;
        typing::output_type(expr, &self.entries).filter(|_| known).map(|ty| canonical::without_serial(&ty))
    }

    /// An expression of a SELECT.
    fn placed(&mut self, expr: &Expr, here: &Place<'_>) -> Expr {
        if here.windows.is_empty() {
            return self.expr(expr, &here.known);
        }
        let mut expr = expr.clone();
        put_windows(&mut expr, &here.windows);
        self.expr(&expr, &here.known)
    }

    /// A key of ORDER BY or DISTINCT ON: the number or the name of a column of the result, else an expression.
    fn sort_key(&mut self, key: &Expr, targets: &[Target], here: &Place<'_>) -> Expr {
        let named = match key {
            Expr::Column(parts) if parts.len() == 1 => target_named(&parts[0], targets),
            _ => numbered(key, targets),
        };
        self.key_in(key, named, targets, here)
    }

    /// A key of GROUP BY: a number, a column of FROM, the name of a column of the result, else an expression.
    fn group_key(&mut self, key: &Expr, targets: &[Target], here: &Place<'_>, scope: &Scope<'_>) -> Expr {
        if let Expr::Operator { operator, operands } = key
            && matches!(operator.as_str(), "ROLLUP" | "CUBE" | "GROUPING SETS" | "ROW")
        {
            let operands = operands.iter().map(|key| self.group_key(key, targets, here, scope)).collect();
            return Expr::Operator { operator: operator.clone(), operands };
        }
        let named = match key {
            Expr::Column(parts) if parts.len() == 1 => match local(&parts[0], scope) {
                Found::Absent => target_named(&parts[0], targets),
                Found::One(_) | Found::Unknown | Found::Lacking(_) => None,
            },
            _ => numbered(key, targets),
        };
        self.key_in(key, named, targets, here)
    }

    fn key_in(&mut self, key: &Expr, named: Option<usize>, targets: &[Target], here: &Place<'_>) -> Expr {
        // Before a star that is not known one cannot count.
        let counted =
            named.filter(|at| !targets[..=*at].iter().any(|target| matches!(target, Target::Star(_))));
        match (counted.and_then(|at| targets.get(at)), named) {
            (Some(Target::Expr { expr, .. }), _) => expr.clone(),
            (Some(Target::Star(_)) | None, Some(_)) => {
                self.clear = false;
                key.clone()
            }
            (Some(Target::Star(_)) | None, None) => self.placed(key, here),
        }
    }
}

/// Where the expressions of a SELECT stand.
struct Place<'k> {
    known: Known<'k>,
    /// WINDOW.
    windows: Vec<(String, Vec<Expr>)>,
}

fn named(entry: String) -> Alias {
    Alias { name: Some(entry), columns: Vec::new() }
}

/// `name`, or `name_1`, `name_2`, … where that is taken.
fn free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut chosen = name.to_owned();
    let mut number = 1u32;
    while taken(&chosen) {
        chosen = format!("{name}_{number}");
        number += 1;
    }
    chosen
}

/// The columns under the names that were written for the first of them; None where there are more names than columns.
fn renamed(mut outputs: Outputs, names: &[String]) -> Option<Outputs> {
    for (at, name) in names.iter().enumerate() {
        name.clone_into(&mut outputs.get_mut(at)?.0);
    }
    Some(outputs)
}

/// Whether a query reads something of one of these names, without a schema.
fn names_any(query: &Query, names: &[&str]) -> bool {
    let mut found = false;
    query.each_relation(&mut |name| {
        found |= name.schema.is_none() && names.contains(&name.ident.key());
    });
    found
}

/// What is inside of DESC and NULLS FIRST, changed.
fn inside_key(key: &Expr, change: &mut dyn FnMut(&Expr) -> Expr) -> Expr {
    match key {
        Expr::Operator { operator, operands }
            if matches!(operator.as_str(), "DESC" | "NULLS FIRST" | "NULLS LAST") =>
        {
            let operands = operands.iter().map(|inner| inside_key(inner, change)).collect();
            Expr::Operator { operator: operator.clone(), operands }
        }
        Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Operator { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => change(key),
    }
}

/// The result's column of that name.
fn target_named(name: &str, targets: &[Target]) -> Option<usize> {
    targets.iter().position(|target| match target {
        Target::Expr { name: known, .. } => known.as_deref() == Some(name),
        Target::Star(_) => false,
    })
}

/// The result's column of that number.
fn numbered(key: &Expr, targets: &[Target]) -> Option<usize> {
    match key {
        Expr::Literal(Literal::Number(text)) => {
            text.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < targets.len())
        }
        Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Operator { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => None,
    }
}

/// The windows of a SELECT, each with what it says; one may go on from another one.
fn windows(select: &Select) -> Vec<(String, Vec<Expr>)> {
    let mut windows: Vec<(String, Vec<Expr>)> = Vec::new();
    for (name, definition) in &select.windows {
        let mut definition = definition.clone();
        put_windows(&mut definition, &windows);
        if let Expr::Operator { operands, .. } = definition {
            windows.push((name.clone(), operands));
        }
    }
    windows
}

/// Puts what the windows say in the place of their names.
fn put_windows(expr: &mut Expr, windows: &[(String, Vec<Expr>)]) {
    match expr {
        Expr::Operator { operator, operands } => {
            if operator == "OVER" {
                let at = operands.iter().position(
                    |part| matches!(part, Expr::Operator { operator, .. } if operator.starts_with("WINDOW ")),
                );
                let named = at.and_then(|at| match &operands[at] {
                    Expr::Operator { operator, .. } => {
                        windows.iter().find(|(name, _)| operator.strip_prefix("WINDOW ") == Some(name))
                    }
                    _ => None,
                });
                if let (Some(at), Some((_, parts))) = (at, named) {
                    operands.splice(at..=at, parts.iter().cloned());
                }
            }
            operands.iter_mut().for_each(|operand| put_windows(operand, windows));
        }
        Expr::Call { arguments, .. } => {
            arguments.iter_mut().for_each(|argument| put_windows(argument, windows));
        }
        Expr::Cast { operand, .. } => put_windows(operand, windows),
        Expr::Query(inner) => inner.operands.iter_mut().for_each(|operand| put_windows(operand, windows)),
        Expr::Column(_) | Expr::Literal(_) | Expr::Raw { .. } => {}
    }
}
