//! The names of a query resolved against a catalog, as the server resolves them when a view is made: which item of FROM each column
//! is of, what a star stands for, what each column of the result is called and of which type it is.

use std::collections::BTreeMap;

use super::{names, resolve};
use crate::ops::{Conflict, Session};
use crate::schema::{
    Alias, Catalog, Cte, Dialect, Distinct, Entry, Expr, Ident, JoinKind, JoinOn, Literal, Lookup, Name,
    ObjectKind, ObjectRef, Output, Query, QueryBody, Relation, Resolved, Returns, Select, Source, Subquery,
    Target, Type, canonical, typing,
};

/// A query with its names resolved, and why the server refuses it, where something is known not to be there. What was not found
/// leaves it unclear, and the rest of it is resolved all the same.
pub fn resolved(catalog: &Catalog, session: &Session, query: &Query) -> (Resolved, Option<Conflict>) {
    let mut resolver = Resolver {
        catalog,
        session,
        entries: BTreeMap::new(),
        ctes: Vec::new(),
        clear: true,
        missing: None,
        starred: false,
        left: MOST_QUERIES,
    };
    let (query, outputs) = resolver.query(query, &Known { ctes: Vec::new(), scope: None });
    let ident = |name: &String| match catalog.dialect {
        Dialect::Postgres => Ident::exact(names::clip(name, 63)),
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

/// The items of FROM that a column may be of.
struct Scope<'k> {
    ranges: Vec<Range>,
    outer: Option<&'k Scope<'k>>,
    /// The columns that every table has without saying so.
    system: &'static [&'static str],
}

/// An item of FROM, or several joined.
#[derive(Clone, Default)]
struct Range {
    /// What can stand before the dot.
    visible: Vec<Visible>,
    /// What a column's name alone may mean, in the order of a star.
    columns: Vec<Field>,
    /// The entries of which more columns may be there.
    open: Vec<String>,
    /// More columns may be there, and they are not those of one entry.
    unknown: bool,
}

#[derive(Clone)]
struct Visible {
    /// The name before the dot, and the schema before that.
    name: String,
    schema: Option<String>,
    columns: Vec<Field>,
    /// The whole row.
    row: Option<Expr>,
    /// The item of FROM that it is.
    entry: Option<String>,
    /// It is a table or a view.
    is_relation: bool,
    /// More columns may be there.
    open: bool,
}

/// A column that can be named.
#[derive(Clone)]
struct Field {
    name: String,
    expr: Expr,
    ty: Option<Type>,
}

/// What a name turned out to be.
enum Found {
    One(Expr),
    /// It may be something that is not known.
    Unknown,
    /// The table is there, and has no such column.
    Lacking(Box<Visible>),
    Absent,
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

    /// An item of FROM. `before`: those before it, which LATERAL and functions may name.
    fn source(&mut self, source: &Source, before: &[Range], known: &Known<'_>) -> (Source, Range) {
        match source {
            Source::Relation { name, alias } => {
                let key = name.ident.key();
                let cte = known.ctes.iter().rev().find(|cte| name.schema.is_none() && cte.written == key);
                match cte {
                    Some(cte) => {
                        let written = alias.name.clone().unwrap_or_else(|| cte.written.clone());
                        let (entry, range) = self.derived(&written, alias, cte.outputs.clone());
                        (
                            Source::Cte {
                                name: cte.name.clone(),
                                alias: Alias { columns: alias.columns.clone(), ..named(entry) },
                            },
                            range,
                        )
                    }
                    None => self.relation(name, alias),
                }
            }
            // Only what is resolved has one.
            Source::Cte { .. } => (source.clone(), Range { unknown: true, ..Range::default() }),
            Source::Query { query, lateral, alias } => {
                let scope = Scope {
                    ranges: before.to_vec(),
                    outer: known.scope,
                    system: system_columns(self.catalog.dialect),
                };
                let scope = if *lateral { Some(&scope) } else { known.scope };
                let (query, outputs) = self.query(query, &Known { ctes: known.ctes.clone(), scope });
                let written = alias.name.clone().unwrap_or_default();
                let (entry, range) = self.derived(&written, alias, outputs);
                let alias = Alias { columns: alias.columns.clone(), ..named(entry) };
                (Source::Query { query: Box::new(query), lateral: *lateral, alias }, range)
            }
            Source::Function { call, ordinality, types, alias } => {
                let scope = Scope {
                    ranges: before.to_vec(),
                    outer: known.scope,
                    system: system_columns(self.catalog.dialect),
                };
                let call = self.expr(call, &Known { ctes: known.ctes.clone(), scope: Some(&scope) });
                let (entry, range) = self.function(&call, *ordinality, types, alias);
                let types = types.clone();
                (Source::Function { call, ordinality: *ordinality, types, alias: named(entry) }, range)
            }
            Source::Join { kind, left, right, on, alias } => {
                let (left, one) = self.source(left, before, known);
                let mut seen = before.to_vec();
                seen.push(one.clone());
                let (right, other) = self.source(right, &seen, known);
                let (on, range) = self.joined(*kind, on, one, other, known);
                let range = match alias {
                    Some(alias) => under_one_name(range, alias),
                    None => range,
                };
                let (left, right) = (Box::new(left), Box::new(right));
                (Source::Join { kind: *kind, left, right, on, alias: None }, range)
            }
        }
    }

    fn relation(&mut self, name: &Name, alias: &Alias) -> (Source, Range) {
        let mut full = resolve(self.catalog, self.session, name);
        // The server's own tables need no schema before them.
        if name.schema.is_none()
            && self.catalog.dialect == Dialect::Postgres
            && name.ident.key().starts_with("pg_")
            && self.catalog.relation(&full).found().is_none()
        {
            full.schema = Some(Ident::exact("pg_catalog"));
        }
        let (columns, open): (Outputs, bool) = match self.catalog.relation(&full) {
            Lookup::Found(Relation::Table(table)) => {
                let each = table.columns.iter().map(|member| {
                    let ty = member.column.ty.as_ref().map(canonical::without_serial);
                    (member.column.name.key().to_owned(), ty)
                });
                (each.collect(), table.open)
            }
            Lookup::Found(Relation::View(view)) => match view.outputs() {
                Some(outputs) => {
                    let each = outputs.iter().map(|output| (output.name.key().to_owned(), output.ty.clone()));
                    (each.collect(), false)
                }
                None => (Vec::new(), true),
            },
            Lookup::Found(Relation::Index(_) | Relation::Sequence(_)) | Lookup::Unknown => (Vec::new(), true),
            Lookup::Absent => {
                self.miss_relation(&full);
                (Vec::new(), true)
            }
        };
        let written = alias.name.clone().unwrap_or_else(|| name.ident.key().to_owned());
        let entry = self.entry(&written, Entry { relation: Some(full.clone()), columns: columns.clone() });
        let fields = columns
            .into_iter()
            .enumerate()
            .map(|(at, (name, ty))| Field {
                name: alias.columns.get(at).unwrap_or(&name).clone(),
                expr: Expr::Column(vec![entry.clone(), name]),
                ty,
            })
            .collect();
        if open && !alias.columns.is_empty() {
            self.clear = false;
        }
        let mut range = self.range(&written, &entry, fields, open);
        range.visible.iter_mut().for_each(|visible| visible.is_relation = true);
        // With an alias its own name says nothing any more.
        if alias.name.is_none() {
            let schema = full.schema.as_ref().map(|schema| schema.key().to_owned());
            range.visible.iter_mut().for_each(|visible| visible.schema.clone_from(&schema));
        }
        (Source::Relation { name: full, alias: named(entry) }, range)
    }

    /// What a query in FROM, or a CTE, gives: its columns have numbers.
    fn derived(&mut self, written: &str, alias: &Alias, outputs: Option<Outputs>) -> (String, Range) {
        let outputs = outputs.and_then(|outputs| renamed(outputs, &alias.columns));
        let open = outputs.is_none();
        let outputs = outputs.unwrap_or_default();
        let numbered = |at: usize| (at + 1).to_string();
        let columns = outputs.iter().enumerate().map(|(at, (_, ty))| (numbered(at), ty.clone())).collect();
        let entry = self.entry(written, Entry { relation: None, columns });
        let fields = outputs
            .into_iter()
            .enumerate()
            .map(|(at, (name, ty))| Field { name, expr: Expr::Column(vec![entry.clone(), numbered(at)]), ty })
            .collect();
        if open && !alias.columns.is_empty() {
            self.clear = false;
        }
        let range = self.range(written, &entry, fields, open);
        (entry, range)
    }

    fn function(&mut self, call: &Expr, ordinality: bool, types: &[Type], alias: &Alias) -> (String, Range) {
        let (name, arguments) = match call {
            Expr::Call { name, arguments } => (name.rsplit('.').next().unwrap_or(name).to_owned(), arguments),
            Expr::Column(_)
            | Expr::Literal(_)
            | Expr::Operator { .. }
            | Expr::Cast { .. }
            | Expr::Query(_)
            | Expr::Raw { .. } => (String::new(), &Vec::new()),
        };
        let written = alias.name.clone().unwrap_or_else(|| name.clone());
        let element = || typing::type_of(call, &self.entries).filter(|ty| typing::is_builtin(&ty.name));
        let (mut outputs, scalar) = match function_outputs(&name, arguments.len()) {
            _ if !types.is_empty() => {
                (Some(alias.columns.iter().cloned().zip(types.iter().cloned().map(Some)).collect()), false)
            }
            Some(FunctionOutputs::Scalar) => {
                (Some(vec![(written.clone(), typing::type_of(call, &self.entries))]), true)
            }
            Some(FunctionOutputs::Named(columns)) => {
                let each = columns.iter().map(|(name, ty)| ((*name).to_owned(), Some(Type::plain(*ty))));
                (Some(each.collect::<Outputs>()), columns.len() == 1)
            }
            Some(FunctionOutputs::Lists) => {
                let each = arguments.iter().map(|list| {
                    let ty = typing::type_of(list, &self.entries).filter(|ty| ty.dimensions == 1);
                    (name.clone(), ty.map(|ty| Type { dimensions: 0, ..ty }))
                });
                (Some(each.collect()), false)
            }
            // Rows of a list are rows, but most lists are of something else.
            None if name == "unnest" && element().is_some() => {
                (Some(vec![(written.clone(), element())]), true)
            }
            None => (self.returned(call), false),
        };
        if let Some(outputs) = outputs.as_mut().filter(|_| ordinality) {
            outputs.push(("ordinality".to_owned(), Some(Type::plain("bigint"))));
        }
        let outputs = outputs.and_then(|outputs| renamed(outputs, &alias.columns));
        let open = outputs.is_none();
        // Of a function that is not known at least these are there.
        let outputs =
            outputs.unwrap_or_else(|| alias.columns.iter().map(|column| (column.clone(), None)).collect());
        let entry = self.entry(&written, Entry { relation: None, columns: outputs.clone() });
        let fields: Vec<Field> = outputs
            .into_iter()
            .map(|(name, ty)| Field { expr: Expr::Column(vec![entry.clone(), name.clone()]), name, ty })
            .collect();
        let row = fields.first().filter(|_| scalar && !ordinality).map(|field| field.expr.clone());
        let mut range = self.range(&written, &entry, fields, open);
        if let (Some(row), Some(visible)) = (row, range.visible.first_mut()) {
            visible.row = Some(row);
        }
        (entry, range)
    }

    /// The columns that a function of the user's own gives.
    fn returned(&self, call: &Expr) -> Option<Outputs> {
        let Expr::Call { name, arguments } = call else { return None };
        let ident = |text: &str| Ident::exact(text);
        let name = match name.rsplit_once('.') {
            Some((schema, name)) => Name::qualified(ident(schema), ident(name)),
            None => Name::bare(ident(name)),
        };
        let functions = self.catalog.functions(&resolve(self.catalog, self.session, &name));
        let [function] = functions else { return None };
        if function.arguments.len() < arguments.len() {
            return None;
        }
        let row = match function.returns.as_ref()? {
            Returns::Table(columns) => {
                return Some(
                    columns.iter().map(|(name, ty)| (name.key().to_owned(), Some(ty.clone()))).collect(),
                );
            }
            Returns::Type { ty, .. } if ty.dimensions > 0 => return None,
            Returns::Type { ty, .. } => {
                Name { schema: ty.schema.as_deref().map(ident), ident: ident(&ty.name) }
            }
        };
        let table = self.catalog.table(&resolve(self.catalog, self.session, &row)).found()?;
        let each = table.columns.iter().map(|member| {
            let ty = member.column.ty.as_ref().map(canonical::without_serial);
            (member.column.name.key().to_owned(), ty)
        });
        (!table.open).then(|| each.collect())
    }

    /// Takes a name for an item of FROM that no other one of the whole query has.
    fn entry(&mut self, written: &str, entry: Entry) -> String {
        let base = if written.is_empty() { "query" } else { written };
        let name = free(base, |name| self.entries.contains_key(name));
        self.entries.insert(name.clone(), entry);
        name
    }

    fn range(&self, written: &str, entry: &str, fields: Vec<Field>, open: bool) -> Range {
        let visible = Visible {
            name: written.to_owned(),
            schema: None,
            columns: fields.clone(),
            row: Some(Expr::Column(vec![entry.to_owned(), "*".to_owned()])),
            entry: Some(entry.to_owned()),
            is_relation: false,
            open,
        };
        let open = if open { vec![entry.to_owned()] } else { Vec::new() };
        Range { visible: vec![visible], columns: fields, open, unknown: false }
    }

    fn joined(
        &mut self,
        kind: JoinKind,
        on: &JoinOn,
        left: Range,
        right: Range,
        known: &Known<'_>,
    ) -> (JoinOn, Range) {
        let columns = match on {
            JoinOn::Nothing => Vec::new(),
            JoinOn::On(expr) => {
                let scope = Scope {
                    ranges: vec![left.clone(), right.clone()],
                    outer: known.scope,
                    system: system_columns(self.catalog.dialect),
                };
                let expr = self.expr(expr, &Known { ctes: known.ctes.clone(), scope: Some(&scope) });
                return (JoinOn::On(expr), side_by_side(left, right, Vec::new()));
            }
            JoinOn::Using(columns) => columns.clone(),
            JoinOn::Natural => {
                if left.is_open() || right.is_open() {
                    self.clear = false;
                    return (
                        JoinOn::Natural,
                        Range { unknown: true, ..side_by_side(left, right, Vec::new()) },
                    );
                }
                let both = left
                    .columns
                    .iter()
                    .filter(|one| right.columns.iter().any(|other| other.name == one.name));
                both.map(|field| field.name.clone()).collect()
            }
        };
        let (mut merged, mut equal) = (Vec::new(), Vec::new());
        for name in columns {
            let (Some(one), Some(other)) = (left.sole(&name), right.sole(&name)) else {
                self.clear = false;
                continue;
            };
            let operands = vec![one.expr.clone(), other.expr.clone()];
            equal.push(Expr::Operator { operator: "=".to_owned(), operands: operands.clone() });
            let expr = match kind {
                JoinKind::Inner | JoinKind::Left => one.expr,
                JoinKind::Right => other.expr,
                JoinKind::Full => Expr::Call { name: "coalesce".to_owned(), arguments: operands },
            };
            let ty = typing::common_type(&[(one.ty, false), (other.ty, false)]);
            merged.push(Field { name, expr, ty });
        }
        let on = match (equal.len(), on) {
            (0, JoinOn::Natural | JoinOn::Nothing) => JoinOn::Nothing,
            (0, JoinOn::Using(_) | JoinOn::On(_)) => on.clone(),
            (1, _) => JoinOn::On(equal.remove(0)),
            (_, _) => JoinOn::On(Expr::Operator { operator: "AND".to_owned(), operands: equal }),
        };
        (on, side_by_side(left, right, merged))
    }

    fn expr(&mut self, expr: &Expr, known: &Known<'_>) -> Expr {
        let mut all = |inner: &[Expr]| inner.iter().map(|one| self.expr(one, known)).collect::<Vec<_>>();
        match expr {
            Expr::Column(parts) => self.column(parts, known),
            Expr::Literal(Literal::Placeholder(_)) | Expr::Raw { .. } => {
                self.clear = false;
                expr.clone()
            }
            Expr::Literal(_) => expr.clone(),
            Expr::Call { name, arguments } => Expr::Call { name: name.clone(), arguments: all(arguments) },
            Expr::Operator { operator, operands } => {
                Expr::Operator { operator: operator.clone(), operands: all(operands) }
            }
            Expr::Cast { operand, to } => {
                Expr::Cast { operand: Box::new(self.expr(operand, known)), to: to.clone() }
            }
            Expr::Query(inner) => {
                let operands = all(&inner.operands);
                let (query, _) = self.query(&inner.query, known);
                let operator = inner.operator.clone();
                Expr::Query(Box::new(Subquery { operator, operands, query, text: String::new() }))
            }
        }
    }

    fn column(&mut self, parts: &[String], known: &Known<'_>) -> Expr {
        let mut scope = known.scope;
        while let Some(level) = scope {
            let found = match parts {
                [name] => local(name, level),
                [table, column] => qualified(None, table, column, level),
                [schema, table, column] => qualified(Some(schema), table, column, level),
                _ => Found::Absent,
            };
            match found {
                Found::One(expr) => return expr,
                Found::Lacking(visible) => {
                    self.lacks(&visible, parts.last().map_or("", String::as_str));
                    break;
                }
                Found::Unknown => break,
                Found::Absent => scope = level.outer,
            }
        }
        if scope.is_none()
            && let [name] = parts
        {
            let mut scope = known.scope;
            while let Some(level) = scope {
                let row =
                    level.visible().find(|visible| visible.name == *name).and_then(|one| one.row.clone());
                if let Some(row) = row {
                    return row;
                }
                scope = level.outer;
            }
            // Words that are functions without brackets, where nothing is called so.
            if self.catalog.dialect == Dialect::Postgres && FUNCTION_WORDS.contains(&name.as_str()) {
                return Expr::Call { name: name.clone(), arguments: Vec::new() };
            }
        }
        if scope.is_none() {
            self.miss_column(parts, known);
        }
        self.clear = false;
        Expr::Column(parts.to_vec())
    }

    /// A table or view that a query reads is not there.
    fn miss_relation(&mut self, name: &Name) {
        let schema = name.schema.as_ref().map(|schema| ObjectRef {
            kind: ObjectKind::Schema,
            name: Name::bare(schema.clone()),
            on: None,
        });
        // What stands in a schema that nobody made was there before, and extensions bring tables of their own.
        let known_schema = schema.is_some_and(|schema| {
            schema.name.ident == "public" || self.catalog.other(&schema).found().is_some()
        });
        if self.catalog.dialect == Dialect::Postgres
            && known_schema
            && self.missing.is_none()
            && !self.catalog.others().any(|(object, _)| brings_tables(object))
        {
            let object = ObjectRef { kind: ObjectKind::Table, name: name.clone(), on: None };
            self.missing = Some(Conflict::Missing(object));
        }
    }

    /// A column is none of those of what the query reads.
    fn miss_column(&mut self, parts: &[String], known: &Known<'_>) {
        if self.catalog.dialect != Dialect::Postgres || self.missing.is_some() {
            return;
        }
        let ident = |text: &String| Ident::exact(text.as_str());
        let (table, column) = match parts {
            [column] => (None, column),
            [table, column] | [_, table, column] => (Some(table), column),
            _ => return,
        };
        let levels = || std::iter::successors(known.scope, |scope| scope.outer);
        let Some(table) = table else {
            let mut tables = levels().flat_map(Scope::visible).filter_map(|visible| visible.entry.as_ref());
            let on = match (tables.next(), tables.next()) {
                (Some(entry), None) => self.entries.get(entry).and_then(|entry| entry.relation.clone()),
                (_, _) => None,
            };
            let object = ObjectRef { kind: ObjectKind::Column, name: Name::bare(ident(column)), on };
            self.missing = Some(Conflict::Missing(object));
            return;
        };
        if !levels().flat_map(Scope::visible).any(|visible| visible.name == *table) {
            let sentence = format!("`{}` is a column of nothing that the query reads", parts.join("."));
            self.missing = Some(Conflict::Other("42P01", sentence));
        }
    }

    /// `table.column` is none of the table's columns.
    fn lacks(&mut self, visible: &Visible, column: &str) {
        // `t.f` may be the function `f(t)`.
        let function = Name::bare(Ident::exact(column));
        let functions = self.catalog.functions(&resolve(self.catalog, self.session, &function));
        if self.catalog.dialect != Dialect::Postgres || self.missing.is_some() || !functions.is_empty() {
            return;
        }
        let entry = visible.entry.as_ref().and_then(|entry| self.entries.get(entry));
        let on = entry.and_then(|entry| entry.relation.clone());
        let object = ObjectRef { kind: ObjectKind::Column, name: Name::bare(Ident::exact(column)), on };
        self.missing = Some(Conflict::Missing(object));
    }

    /// What a column of the result is called that was given no name (source: `FigureColname` in PostgreSQL's parse_target.c).
    fn name_of(&self, written: &Expr, resolved: &Expr) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Postgres => {
                let older = self.session.engine.known_older_than(14, 0);
                Some(
                    figured(written, resolved, older).map_or_else(|| "?column?".to_owned(), |(_, name)| name),
                )
            }
            // Theirs is the text of the expression.
            Dialect::Sqlite | Dialect::Mysql => match written {
                Expr::Column(parts) => parts.last().cloned(),
                Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Cast { .. }
                | Expr::Query(_)
                | Expr::Raw { .. } => None,
            },
        }
    }
}

/// Where the expressions of a SELECT stand.
struct Place<'k> {
    known: Known<'k>,
    /// WINDOW.
    windows: Vec<(String, Vec<Expr>)>,
}

impl Scope<'_> {
    fn visible(&self) -> impl Iterator<Item = &Visible> {
        self.ranges.iter().flat_map(|range| &range.visible)
    }
}

impl Range {
    const fn is_open(&self) -> bool {
        self.unknown || !self.open.is_empty()
    }

    /// The column of that name, where it can only be one.
    fn sole(&self, name: &str) -> Option<Field> {
        let mut found = self.columns.iter().filter(|field| field.name == name);
        match (found.next(), found.next()) {
            (Some(field), None) => Some(field.clone()),
            (None, None) => match self.open.as_slice() {
                [entry] if !self.unknown => Some(Field {
                    name: name.to_owned(),
                    expr: Expr::Column(vec![entry.clone(), name.to_owned()]),
                    ty: None,
                }),
                _ => None,
            },
            (_, _) => None,
        }
    }
}

/// Whether it is an extension that may bring tables or views (source: the scripts of PostgreSQL 15's contrib).
fn brings_tables(object: &ObjectRef) -> bool {
    const NONE: &[&str] = &[
        "btree_gin",
        "btree_gist",
        "citext",
        "cube",
        "dict_int",
        "earthdistance",
        "fuzzystrmatch",
        "hstore",
        "intarray",
        "isn",
        "lo",
        "ltree",
        "pg_trgm",
        "pgcrypto",
        "plpgsql",
        "seg",
        "sslinfo",
        "tablefunc",
        "tsm_system_rows",
        "unaccent",
        "uuid-ossp",
        "vector",
        "moddatetime",
        "insert_username",
        "refint",
        "autoinc",
    ];
    object.kind == ObjectKind::Extension && !NONE.contains(&object.name.ident.key())
}

/// The words that name something where no column has that name.
const FUNCTION_WORDS: &[&str] = &[
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

/// Columns that every table has without saying so.
const fn system_columns(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Postgres => &["ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"],
        Dialect::Sqlite => &["rowid", "_rowid_", "oid"],
        Dialect::Mysql => &[],
    }
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

/// `*` or `t.*`; None where it cannot be told what that is.
fn star(parts: &[String], scope: &Scope<'_>) -> Option<Vec<Field>> {
    let (schema, table) = match parts {
        [] => {
            let open = scope.ranges.iter().any(Range::is_open);
            return (!open).then(|| scope.ranges.iter().flat_map(|range| range.columns.clone()).collect());
        }
        [table] => (None, table),
        [schema, table] => (Some(schema), table),
        _ => return None,
    };
    let mut level = Some(scope);
    while let Some(here) = level {
        if let Some(visible) = here.visible().find(|visible| visible.is(schema, table)) {
            return (!visible.open).then(|| visible.columns.clone());
        }
        level = here.outer;
    }
    None
}

impl Visible {
    fn is(&self, schema: Option<&String>, table: &str) -> bool {
        self.name == table && schema.is_none_or(|schema| self.schema.as_ref() == Some(schema))
    }
}

/// What a name without a dot means among the items of one FROM.
fn local(name: &str, scope: &Scope<'_>) -> Found {
    let mut found = scope.ranges.iter().flat_map(|range| &range.columns).filter(|field| field.name == name);
    let open: Vec<&String> = scope.ranges.iter().flat_map(|range| &range.open).collect();
    let unknown = scope.ranges.iter().any(|range| range.unknown);
    match (found.next(), found.next()) {
        (Some(field), None) => Found::One(field.expr.clone()),
        (Some(_), Some(_)) => Found::Unknown,
        (None, _) if unknown => Found::Unknown,
        (None, _) => match open.as_slice() {
            [] if scope.system.contains(&name) => {
                let mut tables = scope.visible().filter(|visible| visible.is_relation);
                match (tables.next().and_then(|table| table.entry.clone()), tables.next()) {
                    (Some(entry), None) => Found::One(Expr::Column(vec![entry, name.to_owned()])),
                    (_, _) => Found::Absent,
                }
            }
            [] => Found::Absent,
            // The only one that can have it, unless a query around has it, or it is the row of one.
            [entry] if scope.outer.is_none() && !scope.visible().any(|visible| visible.name == name) => {
                Found::One(Expr::Column(vec![(*entry).clone(), name.to_owned()]))
            }
            [..] => Found::Unknown,
        },
    }
}

/// What `table.column` means among the items of one FROM.
fn qualified(schema: Option<&String>, table: &str, column: &str, scope: &Scope<'_>) -> Found {
    let Some(visible) = scope.visible().find(|visible| visible.is(schema, table)) else {
        return Found::Absent;
    };
    if column == "*" {
        return visible.row.clone().map_or(Found::Unknown, Found::One);
    }
    let mut found = visible.columns.iter().filter(|field| field.name == column);
    let own = || visible.entry.as_ref().map(|entry| Expr::Column(vec![entry.clone(), column.to_owned()]));
    match (found.next(), found.next()) {
        (Some(field), None) => Found::One(field.expr.clone()),
        (None, _) if visible.open || scope.system.contains(&column) => {
            own().map_or(Found::Unknown, Found::One)
        }
        (None, _) => Found::Lacking(Box::new(visible.clone())),
        (Some(_), Some(_)) => Found::Unknown,
    }
}

/// Two items joined: what both have in common comes first.
fn side_by_side(left: Range, right: Range, merged: Vec<Field>) -> Range {
    let names: Vec<String> = merged.iter().map(|field| field.name.clone()).collect();
    let mut columns = merged;
    let rest = left.columns.into_iter().chain(right.columns);
    columns.extend(rest.filter(|field| !names.contains(&field.name)));
    let mut visible = left.visible;
    visible.extend(right.visible);
    let mut open = left.open;
    open.extend(right.open);
    Range { visible, columns, open, unknown: left.unknown || right.unknown }
}

/// A join that has a name hides the names inside.
fn under_one_name(mut range: Range, alias: &Alias) -> Range {
    for (field, name) in range.columns.iter_mut().zip(&alias.columns) {
        name.clone_into(&mut field.name);
    }
    let unknown = range.is_open();
    let visible = Visible {
        name: alias.name.clone().unwrap_or_default(),
        schema: None,
        columns: range.columns.clone(),
        row: None,
        entry: None,
        is_relation: false,
        open: unknown,
    };
    Range { visible: vec![visible], columns: range.columns, open: Vec::new(), unknown }
}

/// What a function of the server's own gives in FROM.
enum FunctionOutputs {
    /// One column, which is called as the function is in this place.
    Scalar,
    /// Columns with names of their own, each with its type.
    Named(&'static [(&'static str, &'static str)]),
    /// A column for each of its arguments.
    Lists,
}

/// Source: `proargnames` and `prorettype` in PostgreSQL's `pg_proc`.
fn function_outputs(name: &str, arguments: usize) -> Option<FunctionOutputs> {
    Some(match name {
        "unnest" if arguments > 1 => FunctionOutputs::Lists,
        "json_array_elements" => FunctionOutputs::Named(&[("value", "json")]),
        "jsonb_array_elements" => FunctionOutputs::Named(&[("value", "jsonb")]),
        "json_array_elements_text" | "jsonb_array_elements_text" => {
            FunctionOutputs::Named(&[("value", "text")])
        }
        "json_each" => FunctionOutputs::Named(&[("key", "text"), ("value", "json")]),
        "jsonb_each" => FunctionOutputs::Named(&[("key", "text"), ("value", "jsonb")]),
        "json_each_text" | "jsonb_each_text" => FunctionOutputs::Named(&[("key", "text"), ("value", "text")]),
        "generate_series"
        | "generate_subscripts"
        | "json_object_keys"
        | "jsonb_object_keys"
        | "jsonb_path_query"
        | "regexp_matches"
        | "regexp_split_to_table"
        | "string_to_table"
        | "now"
        | "current_date"
        | "current_timestamp"
        | "current_setting"
        | "length"
        | "lower"
        | "upper" => FunctionOutputs::Scalar,
        _ => return None,
    })
}

/// The name of an expression, and how good it is: a better one stands behind ELSE or inside of a cast.
fn figured(written: &Expr, resolved: &Expr, older: bool) -> Option<(u8, String)> {
    let good = |name: &str| Some((2, name.to_owned()));
    match written {
        Expr::Column(parts) => parts.iter().rev().find(|part| *part != "*").and_then(|name| good(name)),
        Expr::Call { name, .. } => match name.rsplit('.').next()? {
            "extract" if older => good("date_part"),
            name => good(name),
        },
        Expr::Cast { operand, to } => {
            let inside = match resolved {
                Expr::Cast { operand, .. } => operand,
                _ => operand,
            };
            figured(operand, inside, older)
                .filter(|(strength, _)| *strength > 1)
                .or_else(|| Some((1, grammar_name(to))))
        }
        Expr::Operator { operator, operands } => {
            let inside = |at: usize| match resolved {
                Expr::Operator { operands: resolved, .. } => resolved.get(at),
                _ => None,
            };
            let first = || figured(operands.first()?, inside(0)?, older);
            match operator.as_str() {
                "OVER" | "FILTER" | "WITHIN GROUP" | "[]" | "[:]" => first(),
                _ if operator.starts_with("COLLATE ") => first(),
                "AT TIME ZONE" => good("timezone"),
                "ARRAY" => good("array"),
                "ROW" => good("row"),
                "OVERLAPS" => good("overlaps"),
                "CASE" => {
                    let other = match (operands.last(), operands.len().checked_sub(1).and_then(inside)) {
                        (
                            Some(Expr::Operator { operator, operands }),
                            Some(Expr::Operator { operands: resolved, .. }),
                        ) if operator == "ELSE" => figured(operands.first()?, resolved.first()?, older),
                        (_, _) => None,
                    };
                    other.filter(|(strength, _)| *strength > 1).or_else(|| Some((1, "case".to_owned())))
                }
                _ if operator.starts_with('.') => good(&operator[1..]),
                _ => None,
            }
        }
        Expr::Query(inner) => match (inner.operator.as_str(), resolved) {
            ("EXISTS", _) => good("exists"),
            ("ARRAY", _) => good("array"),
            ("", Expr::Query(resolved)) => match first_name(&resolved.query) {
                Some(name) => good(name),
                None => None,
            },
            (_, _) => None,
        },
        Expr::Literal(Literal::Boolean(_)) => Some((1, "bool".to_owned())),
        Expr::Literal(_) | Expr::Raw { .. } => None,
    }
}

/// What the first column of a resolved query is called.
fn first_name(query: &Query) -> Option<&str> {
    match &query.body {
        QueryBody::Select(select) => match select.targets.first()? {
            Target::Expr { name, .. } => name.as_deref(),
            Target::Star(_) => None,
        },
        QueryBody::Values(_) => Some("column1"),
        QueryBody::Set { left, .. } => first_name(left),
    }
}

/// The name that PostgreSQL's grammar gives to a type.
fn grammar_name(ty: &Type) -> String {
    match ty.name.as_str() {
        "smallint" => "int2",
        "integer" => "int4",
        "bigint" => "int8",
        "real" => "float4",
        "double precision" => "float8",
        "boolean" => "bool",
        "character varying" => "varchar",
        "character" => "bpchar",
        "bit varying" => "varbit",
        "timestamp without time zone" => "timestamp",
        "timestamp with time zone" => "timestamptz",
        "time without time zone" => "time",
        "time with time zone" => "timetz",
        name => name,
    }
    .to_owned()
}
