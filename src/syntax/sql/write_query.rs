//! Expressions and queries written out as SQL that the server takes and that means the same.
//!
//! A query is written either as it was read, or with its names resolved: then every column has its item of FROM before it, stars are
//! columns, and names are those of now.

mod expr;

pub use expr::{string, type_name};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::read;
use super::write::{name, quote};
use crate::ops::{Operation, Session, Transaction, resolved};
use crate::schema::{
    Alias, Catalog, Column, Cte, Dialect, Distinct, Engine, Entry, Expr, Ident, JoinKind, JoinOn, Literal,
    Lock, Member, Name, Output, Query, QueryBody, Relation, Resolved, Select, SetOperator, Slot, Source,
    Table, Target, Type, View,
};
use crate::text::{FileId, Span};

/// An expression. None where something in it cannot be written so that it means the same.
pub fn expr(expr: &Expr, dialect: Dialect) -> Option<String> {
    Writer::plain(dialect).expr(expr)
}

/// An expression as DEFAULT takes it: what could go on into the next constraint, or what SQLite takes for no constant, in brackets.
pub fn default(expr: &Expr, dialect: Dialect) -> Option<String> {
    let text = self::expr(expr, dialect)?;
    let bare = match (dialect, expr) {
        (_, Expr::Literal(_)) => true,
        (Dialect::Postgres, Expr::Call { .. } | Expr::Cast { .. } | Expr::Column(_)) => true,
        (Dialect::Postgres | Dialect::Mysql | Dialect::Sqlite, Expr::Operator { operator, operands }) => {
            let signed = matches!(operator.as_str(), "-" | "+")
                && matches!(operands.as_slice(), [Expr::Literal(Literal::Number(_))]);
            signed || (dialect == Dialect::Postgres && matches!(operator.as_str(), "ARRAY" | "ROW" | "CASE"))
        }
        (Dialect::Mysql, Expr::Call { name, .. }) => is_now(name),
        (Dialect::Sqlite, Expr::Call { arguments, .. }) => arguments.is_empty() && !text.ends_with(')'),
        (
            Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql,
            Expr::Column(_) | Expr::Cast { .. } | Expr::Query(_) | Expr::Raw { .. },
        ) => false,
    };
    Some(if bare { text } else { format!("({text})") })
}

/// The functions that MySQL takes as a default without brackets (source: MySQL 8.0 manual, 11.6).
fn is_now(name: &str) -> bool {
    matches!(name, "current_timestamp" | "now" | "localtime" | "localtimestamp")
}

/// An expression as a key of an index takes it: a column or a call as it is, anything else in brackets.
pub fn key(expr: &Expr, dialect: Dialect) -> Option<String> {
    let text = self::expr(expr, dialect)?;
    let bare = match expr {
        Expr::Column(_) => true,
        // `EXTRACT(…)` and its kin are functions to the grammar too; what stands without brackets is not.
        Expr::Call { .. } => dialect != Dialect::Mysql && text.ends_with(')'),
        Expr::Literal(_) | Expr::Operator { .. } | Expr::Cast { .. } | Expr::Query(_) | Expr::Raw { .. } => {
            false
        }
    };
    Some(if bare { text } else { format!("({text})") })
}

/// A query as it was read. None where something in it cannot be written so that it means the same.
pub fn query(query: &Query, dialect: Dialect) -> Option<String> {
    Writer::plain(dialect).query(query, None)
}

/// A query whose names are resolved, its columns under the names that they have now.
pub fn resolved_query(resolved: &Resolved, dialect: Dialect) -> Option<String> {
    if !resolved.clear {
        return None;
    }
    let names = Names::of(resolved, dialect);
    let outputs: Option<Vec<String>> = resolved
        .columns
        .as_ref()
        .map(|columns| columns.iter().map(|output| output.name.text().to_owned()).collect());
    Writer { dialect, names: Some(&names) }.query(&resolved.query, outputs.as_deref())
}

/// The query of a view: its text where that says the same under the names of now, else its tree. Together with the column names that were
/// written behind its name it gives the columns that the view has.
///
/// What else became of the tables is not looked at: a star in the text may have come to mean more. [`view_query_in`] sees it.
pub fn view_query(view: &View, dialect: Dialect) -> String {
    let Some(own) = view.resolved.as_deref() else { return view.query.clone() };
    let mut catalog = Catalog::new(dialect, false);
    for entry in own.entries.values() {
        if let Some(relation) = &entry.relation {
            catalog.put_relation(relation.clone(), Slot::Present(Relation::Table(table(relation, entry))));
        }
    }
    view_query_in(view, &catalog)
}

/// The query of a view of a catalog: its text where that means there what the view means, else its tree.
pub fn view_query_in(view: &View, catalog: &Catalog) -> String {
    let dialect = catalog.dialect;
    let Some(own) = view.resolved.as_deref().filter(|own| own.clear) else { return view.query.clone() };
    let session = Session::new(Engine::of(dialect), FileId(0), Transaction::None);
    let tree = tree(&view.query, dialect);
    let again = tree.as_ref().map(|tree| resolved(catalog, &session, tree).0);
    let same = again.is_some_and(|again| {
        again.clear && again.query == own.query && same_outputs(&again, own.columns.as_deref(), &view.columns)
    });
    let written = match (same, dialect, tree) {
        (true, _, _) => None,
        // There the columns of a view are called what those that it reads are called now.
        (false, Dialect::Sqlite, Some(tree)) => {
            let mut own = Resolved { columns: None, ..own.clone() };
            forget_names(&mut own.query, &tree);
            resolved_query(&own, dialect)
        }
        (false, Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql, _) => resolved_query(own, dialect),
    };
    written.unwrap_or_else(|| view.query.clone())
}

/// Takes the names away that nobody wrote.
fn forget_names(own: &mut Query, written: &Query) {
    match (&mut own.body, &written.body) {
        (QueryBody::Select(own), QueryBody::Select(written)) => {
            for (own, written) in own.targets.iter_mut().zip(&written.targets) {
                if let (Target::Expr { name, .. }, Target::Expr { name: None, .. }) = (own, written) {
                    *name = None;
                }
            }
        }
        (QueryBody::Set { left, .. }, QueryBody::Set { left: written, .. }) => forget_names(left, written),
        (QueryBody::Select(_) | QueryBody::Values(_) | QueryBody::Set { .. }, _) => {}
    }
}

/// A table of which only the columns are known.
fn table(name: &Name, entry: &Entry) -> Arc<Table> {
    let ident = |text: &str| match name.ident.text() == name.ident.key() {
        true => Ident::exact(text),
        false => Ident::caseless(text),
    };
    let column = |(name, ty): &(String, Option<Type>)| {
        Arc::new(Member::new(Column { ty: ty.clone(), ..Column::unknown(ident(name)) }, None))
    };
    let columns = entry.columns.iter().map(column).collect();
    // Of what has no columns here none were known.
    Arc::new(Table { open: entry.columns.is_empty(), columns, ..Table::unknown(name.clone()) })
}

/// The query that a text is.
fn tree(text: &str, dialect: Dialect) -> Option<Query> {
    let statement = format!("CREATE VIEW v AS {text}");
    let script = read(&statement, Span::new(0, u32::try_from(statement.len()).ok()?), dialect);
    let [statement] = <[_; 1]>::try_from(script.statements).ok()?;
    statement.ops.into_iter().find_map(|op| match op.kind {
        Operation::CreateView(view) => view.tree,
        _ => None,
    })
}

/// Whether a query gives the columns that a view has, some of them perhaps under the names that are written behind the view's.
fn same_outputs(again: &Resolved, wanted: Option<&[Output]>, written: &[Ident]) -> bool {
    let (Some(again), Some(wanted)) = (again.columns.as_deref(), wanted) else { return true };
    again.len() == wanted.len()
        && again.iter().zip(wanted).enumerate().all(|(at, (own, wanted))| {
            let name = written.get(at).unwrap_or(&own.name);
            name.text() == wanted.name.text()
        })
}

/// How things are written.
#[derive(Clone, Copy)]
struct Writer<'a> {
    dialect: Dialect,
    /// What the names of a resolved query stand for; None for a query as it was read.
    names: Option<&'a Names<'a>>,
}

/// What the items of FROM of a resolved query give.
struct Names<'a> {
    entries: &'a BTreeMap<String, Entry>,
    /// The columns of those that are queries, by the item's name.
    derived: BTreeMap<&'a str, Vec<String>>,
    /// The names of all CTEs.
    ctes: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(resolved: &'a Resolved, dialect: Dialect) -> Self {
        let mut found = Found { dialect, ctes: BTreeMap::new(), items: Vec::new() };
        found.query(&resolved.query);
        let mut derived = BTreeMap::new();
        for (entry, item) in found.items {
            let columns = match item {
                Item::Query(columns) => Some(columns),
                Item::Cte(name, written) => {
                    found.ctes.get(name).map(|columns| under(written, columns.clone()))
                }
            };
            derived.extend(columns.map(|columns| (entry, columns)));
        }
        Self { entries: &resolved.entries, derived, ctes: found.ctes.into_keys().collect() }
    }

    /// The name of a column of an item of FROM: those of queries are numbers, unless not all of them have names.
    fn column<'n>(&'n self, entry: &str, column: &'n str) -> Option<&'n str> {
        let named = self.entries.get(entry).is_none_or(|entry| entry.columns.is_empty());
        match self.derived.get(entry) {
            Some(columns) if named => columns.iter().any(|known| known == column).then_some(column),
            Some(columns) => {
                let at: usize = column.parse().ok()?;
                columns.get(at.checked_sub(1)?).map(String::as_str)
            }
            None => Some(column),
        }
    }
}

/// What is found on the way through a resolved query.
struct Found<'a> {
    dialect: Dialect,
    /// The columns of each CTE.
    ctes: BTreeMap<&'a str, Vec<String>>,
    items: Vec<(&'a str, Item<'a>)>,
}

/// An item of FROM that is no table and no function.
enum Item<'a> {
    Query(Vec<String>),
    /// Its name, and the names that its columns take here.
    Cte(&'a str, &'a [String]),
}

impl<'a> Found<'a> {
    fn query(&mut self, query: &'a Query) {
        self.structure(query);
        query.each_expr(&mut |expr| {
            expr.walk_all(&mut |part| match part {
                Expr::Query(inner) => self.structure(&inner.query),
                Expr::Column(_)
                | Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Cast { .. }
                | Expr::Raw { .. } => {}
            });
        });
    }

    /// The queries that a query consists of, but not those in its expressions.
    fn structure(&mut self, query: &'a Query) {
        for cte in &query.with {
            self.ctes.insert(&cte.name, under(&cte.columns, outputs(&cte.query, self.dialect)));
            self.structure(&cte.query);
        }
        match &query.body {
            QueryBody::Select(select) => select.from.iter().for_each(|source| self.source(source)),
            QueryBody::Values(_) => {}
            QueryBody::Set { left, right, .. } => {
                self.structure(left);
                self.structure(right);
            }
        }
    }

    fn source(&mut self, source: &'a Source) {
        match source {
            Source::Relation { .. } | Source::Function { .. } => {}
            Source::Cte { name, alias } => {
                self.items
                    .extend(alias.name.as_deref().map(|entry| (entry, Item::Cte(name, &alias.columns))));
            }
            Source::Query { query, alias, .. } => {
                let columns = under(&alias.columns, outputs(query, self.dialect));
                self.items.extend(alias.name.as_deref().map(|entry| (entry, Item::Query(columns))));
                self.structure(query);
            }
            Source::Join { left, right, .. } => {
                self.source(left);
                self.source(right);
            }
        }
    }
}

/// The columns of a resolved query that another one reads, each under a name that it has alone.
fn outputs(query: &Query, dialect: Dialect) -> Vec<String> {
    let written: Vec<Option<String>> = match &query.body {
        QueryBody::Select(select) => select
            .targets
            .iter()
            .map(|target| match target {
                Target::Expr { name, .. } => name.clone(),
                Target::Star(_) => None,
            })
            .collect(),
        QueryBody::Values(rows) => {
            let width = rows.first().map_or(0, Vec::len);
            (1..=width).map(|at| Some(format!("column{at}"))).collect()
        }
        QueryBody::Set { left, .. } => return outputs(left, dialect),
    };
    let same = |one: &str, other: &str| match dialect {
        Dialect::Postgres => one == other,
        Dialect::Sqlite | Dialect::Mysql => one.eq_ignore_ascii_case(other),
    };
    let mut all: Vec<String> = Vec::new();
    for (at, name) in written.iter().enumerate() {
        let alone = |name: &str| {
            let others = written.iter().enumerate().filter(|(other, _)| *other != at);
            !others.filter_map(|(_, other)| other.as_deref()).any(|other| same(other, name))
        };
        match name {
            Some(name) if alone(name) => all.push(name.clone()),
            Some(_) | None => {
                let mut chosen = format!("column_{}", at + 1);
                while !alone(&chosen) {
                    chosen.push('_');
                }
                all.push(chosen);
            }
        }
    }
    all
}

/// Columns under the names that are written for the first of them.
fn under(written: &[String], mut columns: Vec<String>) -> Vec<String> {
    for (column, name) in columns.iter_mut().zip(written) {
        name.clone_into(column);
    }
    columns
}

impl Writer<'_> {
    const fn plain(dialect: Dialect) -> Self {
        Self { dialect, names: None }
    }

    /// A query. `outputs`: the names that its columns are to have.
    fn query(self, query: &Query, outputs: Option<&[String]>) -> Option<String> {
        let mut out = String::new();
        if !query.with.is_empty() {
            let all = query.with.iter().map(|cte| self.cte(cte)).collect::<Option<Vec<_>>>()?;
            let recursive = if query.recursive { "RECURSIVE " } else { "" };
            out.push_str(&format!("WITH {recursive}{} ", all.join(", ")));
        }
        out.push_str(&self.body(&query.body, outputs)?);
        if !query.order.is_empty() {
            let keys = query.order.iter().map(|key| self.counted(key, &query.body, &|key| self.key(key)));
            out.push_str(&format!(" ORDER BY {}", keys.collect::<Option<Vec<_>>>()?.join(", ")));
        }
        match &query.limit {
            Some(limit) if query.with_ties => {
                if let Some(offset) = &query.offset {
                    out.push_str(&format!(" OFFSET {}", self.expr(offset)?));
                }
                let plain = matches!(limit, Expr::Literal(_));
                let count = self.expr(limit)?;
                let count = if plain { count } else { format!("({count})") };
                out.push_str(&format!(" FETCH FIRST {count} ROWS WITH TIES"));
            }
            limit => {
                if let Some(limit) = limit {
                    out.push_str(&format!(" LIMIT {}", self.expr(limit)?));
                }
                if let Some(offset) = &query.offset {
                    out.push_str(&format!(" OFFSET {}", self.expr(offset)?));
                }
            }
        }
        for lock in &query.locks {
            out.push_str(&self.lock(lock, &query.body)?);
        }
        Some(out)
    }

    fn cte(self, cte: &Cte) -> Option<String> {
        let materialized = match cte.materialized {
            Some(true) => "MATERIALIZED ",
            Some(false) => "NOT MATERIALIZED ",
            None => "",
        };
        let outputs = self.names.map(|_| outputs(&cte.query, self.dialect));
        Some(format!(
            "{}{} AS {materialized}({})",
            self.word(&cte.name),
            self.columns(&cte.columns),
            self.query(&cte.query, outputs.as_deref())?
        ))
    }

    /// ` (a, b)`, or nothing.
    fn columns(self, columns: &[String]) -> String {
        if columns.is_empty() {
            return String::new();
        }
        format!(" ({})", columns.iter().map(|column| self.word(column)).collect::<Vec<_>>().join(", "))
    }

    fn body(self, body: &QueryBody, outputs: Option<&[String]>) -> Option<String> {
        match body {
            QueryBody::Select(select) => self.select(select, outputs),
            QueryBody::Values(rows) => {
                let natural = |at: usize, name: &String| *name == format!("column{}", at + 1);
                let rows = rows.iter().map(|row| Some(format!("({})", self.values(row)?)));
                let rows = rows.collect::<Option<Vec<_>>>()?;
                let rows = match self.dialect {
                    Dialect::Postgres | Dialect::Sqlite => rows.join(", "),
                    Dialect::Mysql => {
                        rows.iter().map(|row| format!("ROW{row}")).collect::<Vec<_>>().join(", ")
                    }
                };
                let values = format!("VALUES {rows}");
                // Its columns take other names only from the outside.
                match outputs {
                    Some(names) if !names.iter().enumerate().all(|(at, name)| natural(at, name)) => {
                        if self.dialect != Dialect::Postgres {
                            return None;
                        }
                        Some(format!("SELECT * FROM ({values}) AS v{}", self.columns(names)))
                    }
                    Some(_) | None => Some(values),
                }
            }
            QueryBody::Set { operator, all, left, right } => {
                let word = match operator {
                    SetOperator::Union => "UNION",
                    SetOperator::Intersect => "INTERSECT",
                    SetOperator::Except => "EXCEPT",
                };
                let all = if *all { " ALL" } else { "" };
                let left = self.side(left, outputs, Some(*operator))?;
                Some(format!("{left} {word}{all} {}", self.side(right, None, None)?))
            }
        }
    }

    /// A side of a set operation; `before`: it is the left one of this. SQLite takes no brackets there, and reads from left to right.
    fn side(self, query: &Query, outputs: Option<&[String]>, before: Option<SetOperator>) -> Option<String> {
        let text = self.query(query, outputs)?;
        let bare = query.is_plain()
            && match (&query.body, before) {
                (QueryBody::Select(_) | QueryBody::Values(_), _) => true,
                (QueryBody::Set { .. }, Some(_)) if self.dialect == Dialect::Sqlite => true,
                (QueryBody::Set { operator: own, .. }, Some(before)) => {
                    let first = |operator: SetOperator| operator == SetOperator::Intersect;
                    first(*own) == first(before)
                }
                (QueryBody::Set { .. }, None) => false,
            };
        match (bare, self.dialect) {
            (true, _) => Some(text),
            (false, Dialect::Sqlite) => None,
            (false, Dialect::Postgres | Dialect::Mysql) => Some(format!("({text})")),
        }
    }

    fn select(self, select: &Select, outputs: Option<&[String]>) -> Option<String> {
        let body = |key: &Expr, write: &dyn Fn(&Expr) -> Option<String>| self.counted_in(key, select, write);
        let mut out = "SELECT".to_owned();
        match &select.distinct {
            Distinct::No => {}
            Distinct::Yes => out.push_str(" DISTINCT"),
            Distinct::On(keys) => {
                let keys = keys.iter().map(|key| body(key, &|key| self.expr(key)));
                out.push_str(&format!(" DISTINCT ON ({})", keys.collect::<Option<Vec<_>>>()?.join(", ")));
            }
        }
        let targets = select.targets.iter().enumerate().map(|(at, target)| {
            self.target(target, outputs.and_then(|outputs| outputs.get(at)).map(String::as_str))
        });
        let targets = targets.collect::<Option<Vec<_>>>()?;
        if !targets.is_empty() {
            out.push_str(&format!(" {}", targets.join(", ")));
        }
        if !select.from.is_empty() {
            let from = select.from.iter().map(|source| self.source(source, false));
            out.push_str(&format!(" FROM {}", from.collect::<Option<Vec<_>>>()?.join(", ")));
        }
        if let Some(filter) = &select.filter {
            out.push_str(&format!(" WHERE {}", self.expr(filter)?));
        }
        if !select.group.is_empty() {
            let keys =
                select.group.iter().map(|key| body(key, &|key| self.groups(std::slice::from_ref(key))));
            out.push_str(&format!(" GROUP BY {}", keys.collect::<Option<Vec<_>>>()?.join(", ")));
        }
        if let Some(having) = &select.having {
            out.push_str(&format!(" HAVING {}", self.expr(having)?));
        }
        if !select.windows.is_empty() {
            let windows = select.windows.iter().map(|(name, definition)| match definition {
                Expr::Operator { operands, .. } => {
                    Some(format!("{} AS ({})", self.word(name), self.window(operands)?))
                }
                Expr::Column(_)
                | Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Cast { .. }
                | Expr::Query(_)
                | Expr::Raw { .. } => None,
            });
            out.push_str(&format!(" WINDOW {}", windows.collect::<Option<Vec<_>>>()?.join(", ")));
        }
        Some(out)
    }

    /// A key of ORDER BY behind a query.
    fn counted(
        self,
        key: &Expr,
        body: &QueryBody,
        write: &dyn Fn(&Expr) -> Option<String>,
    ) -> Option<String> {
        match body {
            QueryBody::Select(select) => self.counted_in(key, select, write),
            // There a number is a column's in any case.
            QueryBody::Values(_) | QueryBody::Set { .. } => write(key),
        }
    }

    /// A key of ORDER BY, GROUP BY or DISTINCT ON. A constant there would be the number of a column: in a resolved query it is written as
    /// the number of the column that it is.
    fn counted_in(
        self,
        key: &Expr,
        select: &Select,
        write: &dyn Fn(&Expr) -> Option<String>,
    ) -> Option<String> {
        match key {
            Expr::Operator { operator, operands }
                if matches!(operator.as_str(), "DESC" | "NULLS FIRST" | "NULLS LAST") =>
            {
                let inner = self.counted_in(operands.first()?, select, write)?;
                Some(format!("{inner} {operator}"))
            }
            Expr::Literal(_) if self.names.is_some() => {
                let same = |target: &Target| matches!(target, Target::Expr { expr, .. } if expr == key);
                Some((select.targets.iter().position(same)? + 1).to_string())
            }
            other => write(other),
        }
    }

    fn target(self, target: &Target, wanted: Option<&str>) -> Option<String> {
        match target {
            Target::Star(_) if wanted.is_some() => None,
            Target::Star(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| format!("{}.", self.word(part))).collect();
                Some(format!("{}*", parts.concat()))
            }
            Target::Expr { expr, name } => {
                let text = self.value(expr)?;
                let Some(name) = wanted.or(name.as_deref()) else { return Some(text) };
                // What is called so without our saying it; as it was read, a name is there because somebody wrote it.
                let natural = match (self.names, expr) {
                    (None, _) => false,
                    (Some(names), Expr::Column(parts)) => match parts.as_slice() {
                        [entry, column] => names.column(entry, column) == Some(name),
                        _ => false,
                    },
                    (
                        Some(_),
                        Expr::Literal(_)
                        | Expr::Call { .. }
                        | Expr::Operator { .. }
                        | Expr::Cast { .. }
                        | Expr::Query(_)
                        | Expr::Raw { .. },
                    ) => name == "?column?",
                };
                Some(if natural { text } else { format!("{text} AS {}", self.word(name)) })
            }
        }
    }

    /// Expressions in a list in which a whole row would be its columns.
    fn values(self, exprs: &[Expr]) -> Option<String> {
        Some(exprs.iter().map(|expr| self.value(expr)).collect::<Option<Vec<_>>>()?.join(", "))
    }

    fn value(self, expr: &Expr) -> Option<String> {
        match (self.names, expr) {
            (Some(names), Expr::Column(parts)) if parts.last().is_some_and(|last| last == "*") => {
                let [entry, _] = parts.as_slice() else { return None };
                let column = |known: &Entry| known.columns.iter().any(|(column, _)| column == entry);
                let derived = names.derived.values().flatten().any(|column| column == entry);
                (!derived && !names.entries.values().any(column)).then(|| self.word(entry))
            }
            (Some(_) | None, _) => self.expr(expr),
        }
    }

    /// An item of FROM. `inside`: on the right of a join.
    fn source(self, source: &Source, inside: bool) -> Option<String> {
        match source {
            Source::Relation { name: relation, alias } => {
                let shown = self.relation(relation);
                let same = alias.columns.is_empty() && alias.name.as_deref() == Some(relation.ident.key());
                Some(if same && self.names.is_some() {
                    shown
                } else {
                    format!("{shown}{}", self.alias(alias)?)
                })
            }
            Source::Cte { name, alias } => {
                let shown = self.word(name);
                Some(if alias.name.as_ref() == Some(name) && alias.columns.is_empty() {
                    shown
                } else {
                    format!("{shown}{}", self.alias(alias)?)
                })
            }
            Source::Query { query, lateral, alias } => {
                let lateral = if *lateral { "LATERAL " } else { "" };
                let outputs = self.names.map(|_| outputs(query, self.dialect));
                let query = self.query(query, outputs.as_deref())?;
                Some(format!("{lateral}({query}){}", self.alias(alias)?))
            }
            Source::Function { call, ordinality, types, alias } => {
                self.function(call, *ordinality, types, alias)
            }
            Source::Join { kind, left, right, on, alias } => {
                let text = self.join(*kind, left, right, on)?;
                Some(match alias {
                    Some(alias) => format!("({text}){}", self.alias(alias)?),
                    None if inside => format!("({text})"),
                    None => text,
                })
            }
        }
    }

    /// The name of a table. Once the names are resolved `public` says nothing, unless a CTE hides the table.
    fn relation(self, relation: &Name) -> String {
        let Some(names) = self.names else {
            let mut all: Vec<String> =
                relation.schema.iter().map(|schema| self.word(schema.text())).collect();
            all.push(self.word(relation.ident.text()));
            return all.join(".");
        };
        let usual = match self.dialect {
            Dialect::Postgres => "public",
            Dialect::Sqlite | Dialect::Mysql => "main",
        };
        let home = relation.schema.as_ref().is_none_or(|schema| *schema == usual);
        if home && !names.ctes.contains(relation.ident.key()) {
            return self.word(relation.ident.text());
        }
        match &relation.schema {
            Some(schema) => format!("{}.{}", self.word(schema.text()), self.word(relation.ident.text())),
            None => name(relation, self.dialect),
        }
    }

    fn alias(self, alias: &Alias) -> Option<String> {
        let Some(name) = &alias.name else {
            return alias.columns.is_empty().then(String::new);
        };
        if !alias.columns.is_empty() && self.dialect == Dialect::Sqlite {
            return None;
        }
        Some(format!(" AS {}{}", self.word(name), self.columns(&alias.columns)))
    }

    fn function(self, call: &Expr, ordinality: bool, types: &[Type], alias: &Alias) -> Option<String> {
        let Expr::Call { .. } = call else { return None };
        let mut out = self.expr(call)?;
        if ordinality {
            out.push_str(" WITH ORDINALITY");
        }
        let Some(name) = &alias.name else {
            return types.is_empty().then_some(out);
        };
        // The names of its columns are told: those of the function are not ours to know.
        let entry = self.names.and_then(|names| names.entries.get(name));
        let columns: Vec<String> = match entry {
            Some(entry) if self.dialect == Dialect::Postgres => {
                entry.columns.iter().map(|(column, _)| column.clone()).collect()
            }
            Some(_) => Vec::new(),
            None => alias.columns.clone(),
        };
        if types.is_empty() {
            out.push_str(&self.alias(&Alias { name: Some(name.clone()), columns })?);
            return Some(out);
        }
        if columns.len() != types.len() {
            return None;
        }
        let each = columns.iter().zip(types);
        let each = each.map(|(column, ty)| format!("{} {}", self.word(column), type_name(ty, self.dialect)));
        out.push_str(&format!(" AS {} ({})", self.word(name), each.collect::<Vec<_>>().join(", ")));
        Some(out)
    }

    fn join(self, kind: JoinKind, left: &Source, right: &Source, on: &JoinOn) -> Option<String> {
        let (left, right) = (self.source(left, false)?, self.source(right, true)?);
        let word = match kind {
            JoinKind::Inner => "JOIN",
            JoinKind::Left => "LEFT JOIN",
            JoinKind::Right => "RIGHT JOIN",
            JoinKind::Full => "FULL JOIN",
        };
        Some(match on {
            JoinOn::Nothing if kind == JoinKind::Inner => format!("{left} CROSS JOIN {right}"),
            JoinOn::Nothing => format!("{left} {word} {right} ON true"),
            JoinOn::On(expr) => format!("{left} {word} {right} ON {}", self.expr(expr)?),
            JoinOn::Using(columns) => format!("{left} {word} {right} USING{}", self.columns(columns)),
            JoinOn::Natural => format!("{left} NATURAL {word} {right}"),
        })
    }

    fn lock(self, lock: &Lock, body: &QueryBody) -> Option<String> {
        let QueryBody::Select(select) = body else { return None };
        // In a resolved query an item may have come to be called otherwise.
        let known = |of: &String| select.from.iter().any(|source| is_called(source, of));
        if self.names.is_some() && !lock.of.iter().all(known) {
            return None;
        }
        let of = if lock.of.is_empty() {
            String::new()
        } else {
            let of: Vec<String> =
                lock.of.iter().map(|of| quote(&Ident::exact(of.as_str()), self.dialect)).collect();
            format!(" OF {}", of.join(", "))
        };
        let wait = if lock.wait.is_empty() { String::new() } else { format!(" {}", lock.wait) };
        Some(format!(" FOR {}{of}{wait}", lock.strength))
    }
}

/// Whether an item of FROM, or one that is joined in it, has this name.
fn is_called(source: &Source, name: &str) -> bool {
    match source {
        Source::Relation { alias, .. }
        | Source::Cte { alias, .. }
        | Source::Query { alias, .. }
        | Source::Function { alias, .. } => alias.name.as_deref() == Some(name),
        Source::Join { left, right, .. } => is_called(left, name) || is_called(right, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ConstraintKind;

    fn read_expr(text: &str, dialect: Dialect) -> Expr {
        let statement = format!("CREATE TABLE u (z int, CHECK ({text}))");
        let script = read(&statement, Span::new(0, statement.len() as u32), dialect);
        let ops = script.statements.into_iter().flat_map(|statement| statement.ops);
        let found = ops.filter_map(|op| match op.kind {
            Operation::CreateTable(table) => Some(table),
            _ => None,
        });
        let check = found.flat_map(|table| table.constraints).find_map(|def| match def.constraint.kind {
            ConstraintKind::Check(expr) => Some(expr),
            _ => None,
        });
        check.unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn brackets_stand_where_something_else_could_be_read() {
        use Dialect::{Mysql, Postgres, Sqlite};
        let table = [
            (Postgres, "(a) > (0)", "a > 0"),
            (Postgres, "((a > 0) and (b is not null))", "a > 0 AND b IS NOT NULL"),
            (Postgres, "a > 0 OR b > 0 AND c", "a > 0 OR (b > 0 AND c)"),
            (Postgres, "NOT (a)", "NOT a"),
            (Postgres, "NOT a = b", "NOT (a = b)"),
            (Postgres, "(a = b) IS NULL", "(a = b) IS NULL"),
            (Postgres, "(a + b) + c", "a + b + c"),
            (Postgres, "a + (b + c)", "a + (b + c)"),
            (Postgres, "a + (b * c)", "a + b * c"),
            (Postgres, "(a + b) * c", "(a + b) * c"),
            (Postgres, "(length(a) + 1) <= 5", "length(a) + 1 <= 5"),
            (Postgres, "(a || b) || c", "a || b || c"),
            (Postgres, "a || (b || c)", "a || (b || c)"),
            (Postgres, "((a -> 'b') ->> 'c') = 'd'", "a -> 'b' ->> 'c' = 'd'"),
            (Postgres, "(-a)::int", "(-a)::integer"),
            (Postgres, "-a::int", "-a::integer"),
            (Postgres, "-(-a)", "-(-a)"),
            (Postgres, "a IN ((1), 2)", "a IN (1, 2)"),
            (Postgres, "cast('x' as \"char\")", "'x'::\"char\""),
            (Postgres, "\"User\".\"left\" = \"time\"", "\"User\".\"left\" = \"time\""),
            (Postgres, "current_timestamp > now()", "CURRENT_TIMESTAMP > now()"),
            (Postgres, "\"left\"(a, 1) = \"time\"(b)", "left(a, 1) = \"time\"(b)"),
            (Sqlite, "(a || b) = c", "a || b = c"),
            (Sqlite, "cast(a as text) = \"index\"", "CAST(a AS text) = \"index\""),
            (Sqlite, "(a, b) IN ((1, 2))", "(a, b) IN ((1, 2))"),
            (Mysql, "(a || b) = c", "(a || b) = c"),
            (Mysql, "a = 'x\\\\y'", "a = 'x\\\\y'"),
            (Mysql, "`key` > 0", "`key` > 0"),
            (Mysql, "a > now() - interval 1 day", "a > now() - INTERVAL 1 DAY"),
        ];
        for (dialect, text, expected) in table {
            assert_eq!(expr(&read_expr(text, dialect), dialect).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_default_takes_what_cannot_go_on() {
        use Dialect::{Mysql, Postgres, Sqlite};
        let table = [
            (Postgres, "now()", "now()"),
            (Postgres, "-1", "-1"),
            (Postgres, "'x'::text", "'x'::text"),
            (Postgres, "CURRENT_DATE", "CURRENT_DATE"),
            (Postgres, "now() + interval '1 day'", "(now() + '1 day'::interval)"),
            (Postgres, "a IS NULL", "(a IS NULL)"),
            (Postgres, "now() AT TIME ZONE 'utc'", "(now() AT TIME ZONE 'utc')"),
            (Postgres, "ARRAY[1]", "ARRAY[1]"),
            (Sqlite, "1 + 1", "(1 + 1)"),
            (Sqlite, "-1.5", "-1.5"),
            (Sqlite, "'x'", "'x'"),
            (Sqlite, "current_timestamp", "CURRENT_TIMESTAMP"),
            (Sqlite, "datetime('now')", "(datetime('now'))"),
            (Mysql, "current_timestamp", "CURRENT_TIMESTAMP"),
            (Mysql, "uuid()", "(uuid())"),
        ];
        for (dialect, text, expected) in table {
            assert_eq!(default(&read_expr(text, dialect), dialect).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_key_is_a_column_or_a_call_or_stands_in_brackets() {
        let table = [
            ("a", "a"),
            ("lower(a)", "lower(a)"),
            ("coalesce(a, b)", "coalesce(a, b)"),
            ("a || b", "(a || b)"),
            ("a::date", "(a::date)"),
            ("CURRENT_USER", "(CURRENT_USER)"),
            ("a COLLATE \"C\"", "(a COLLATE \"C\")"),
        ];
        for (text, expected) in table {
            let read = read_expr(text, Dialect::Postgres);
            assert_eq!(key(&read, Dialect::Postgres).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(
            key(&read_expr("lower(a)", Dialect::Sqlite), Dialect::Sqlite).as_deref(),
            Some("lower(a)")
        );
        assert_eq!(
            key(&read_expr("lower(a)", Dialect::Mysql), Dialect::Mysql).as_deref(),
            Some("(lower(a))")
        );
    }

    #[test]
    fn what_sqlite_cannot_say_is_not_written() {
        let read = |text: &str| tree(text, Dialect::Postgres).unwrap_or_else(|| panic!("{text}"));
        let nested = read("SELECT 1 UNION (SELECT 2 EXCEPT SELECT 3)");
        assert_eq!(query(&nested, Dialect::Sqlite), None);
        let named = read("SELECT x.a FROM (SELECT 1) AS x (a)");
        assert_eq!(query(&named, Dialect::Sqlite), None);
        let chain = read("SELECT 1 UNION SELECT 2 EXCEPT SELECT 3");
        assert_eq!(
            query(&chain, Dialect::Sqlite).as_deref(),
            Some("SELECT 1 UNION SELECT 2 EXCEPT SELECT 3")
        );
    }
}
