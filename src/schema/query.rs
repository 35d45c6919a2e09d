//! Queries: a small tree of our own, first as it was written, then with every name in it resolved.

use std::collections::BTreeMap;

use super::{Expr, Ident, Name, Type};

/// A query: SELECT, VALUES, or several of them together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Query {
    /// WITH.
    pub with: Vec<Cte>,
    /// WITH RECURSIVE.
    pub recursive: bool,
    /// What stands between WITH and ORDER BY.
    pub body: QueryBody,
    /// ORDER BY. A key that is not ascending is an operator around its expression: `DESC`, `NULLS FIRST`, `NULLS LAST`.
    pub order: Vec<Expr>,
    /// LIMIT, or FETCH FIRST.
    pub limit: Option<Expr>,
    /// OFFSET.
    pub offset: Option<Expr>,
    /// FETCH FIRST … WITH TIES.
    pub with_ties: bool,
    /// FOR UPDATE and its kin.
    pub locks: Vec<Lock>,
}

impl Query {
    /// A query of nothing but its body.
    pub const fn plain(body: QueryBody) -> Self {
        Self {
            with: Vec::new(),
            recursive: false,
            body,
            order: Vec::new(),
            limit: None,
            offset: None,
            with_ties: false,
            locks: Vec::new(),
        }
    }

    /// Whether it is its body alone.
    pub const fn is_plain(&self) -> bool {
        self.with.is_empty()
            && self.order.is_empty()
            && self.limit.is_none()
            && self.offset.is_none()
            && self.locks.is_empty()
    }

    /// Calls `visit` on every expression in it that is part of no other one, those of the queries inside included.
    pub fn each_expr<'q>(&'q self, visit: &mut dyn FnMut(&'q Expr)) {
        for cte in &self.with {
            cte.query.each_expr(visit);
        }
        match &self.body {
            QueryBody::Select(select) => select.each_expr(visit),
            QueryBody::Values(rows) => rows.iter().flatten().for_each(&mut *visit),
            QueryBody::Set { left, right, .. } => {
                left.each_expr(visit);
                right.each_expr(visit);
            }
        }
        self.order.iter().chain(&self.limit).chain(&self.offset).for_each(visit);
    }

    /// The same, to change them.
    pub fn each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        for cte in &mut self.with {
            cte.query.each_expr_mut(visit);
        }
        match &mut self.body {
            QueryBody::Select(select) => select.each_expr_mut(visit),
            QueryBody::Values(rows) => rows.iter_mut().flatten().for_each(&mut *visit),
            QueryBody::Set { left, right, .. } => {
                left.each_expr_mut(visit);
                right.each_expr_mut(visit);
            }
        }
        self.order.iter_mut().chain(&mut self.limit).chain(&mut self.offset).for_each(visit);
    }

    /// Calls `visit` on the name of every table, view or CTE that it reads, those in its expressions included.
    pub fn each_relation(&self, visit: &mut dyn FnMut(&Name)) {
        self.each_source(&mut |source| match source {
            Source::Relation { name, .. } => visit(name),
            Source::Cte { .. } | Source::Query { .. } | Source::Function { .. } | Source::Join { .. } => {}
        });
        self.each_expr(&mut |expr| {
            expr.walk_all(&mut |part| match part {
                Expr::Query(inner) => inner.query.each_source(&mut |source| match source {
                    Source::Relation { name, .. } => visit(name),
                    Source::Cte { .. }
                    | Source::Query { .. }
                    | Source::Function { .. }
                    | Source::Join { .. } => {}
                }),
                Expr::Column(_)
                | Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Cast { .. }
                | Expr::Raw { .. } => {}
            });
        });
    }

    /// The names that WITH gives to queries in it, those in its expressions included.
    pub fn cte_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.each_cte(&mut names);
        self.each_expr(&mut |expr| {
            expr.walk_all(&mut |part| match part {
                Expr::Query(inner) => inner.query.each_cte(&mut names),
                Expr::Column(_)
                | Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Cast { .. }
                | Expr::Raw { .. } => {}
            });
        });
        names
    }

    fn each_cte(&self, names: &mut Vec<String>) {
        names.extend(self.with.iter().map(|cte| cte.name.clone()));
        for cte in &self.with {
            cte.query.each_cte(names);
        }
        if let QueryBody::Set { left, right, .. } = &self.body {
            left.each_cte(names);
            right.each_cte(names);
        }
        self.each_source(&mut |source| match source {
            Source::Query { query, .. } => names.extend(query.with.iter().map(|cte| cte.name.clone())),
            Source::Relation { .. } | Source::Cte { .. } | Source::Function { .. } | Source::Join { .. } => {}
        });
    }

    fn each_source(&self, visit: &mut dyn FnMut(&Source)) {
        for cte in &self.with {
            cte.query.each_source(visit);
        }
        match &self.body {
            QueryBody::Select(select) => select.from.iter().for_each(|source| source.each(visit)),
            QueryBody::Values(_) => {}
            QueryBody::Set { left, right, .. } => {
                left.each_source(visit);
                right.each_source(visit);
            }
        }
    }

    /// Calls `visit` on every item of a FROM in it, but not on those of the queries inside of expressions.
    pub fn each_source_mut(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        for cte in &mut self.with {
            cte.query.each_source_mut(visit);
        }
        match &mut self.body {
            QueryBody::Select(select) => select.from.iter_mut().for_each(|source| source.each_mut(visit)),
            QueryBody::Values(_) => {}
            QueryBody::Set { left, right, .. } => {
                left.each_source_mut(visit);
                right.each_source_mut(visit);
            }
        }
    }
}

/// One query of a WITH.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cte {
    /// Its name, folded.
    pub name: String,
    /// The column names written after its name.
    pub columns: Vec<String>,
    /// What it is.
    pub query: Query,
    /// MATERIALIZED, or NOT MATERIALIZED.
    pub materialized: Option<bool>,
}

/// What a query is made of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum QueryBody {
    /// SELECT.
    Select(Box<Select>),
    /// VALUES, row by row.
    Values(Vec<Vec<Expr>>),
    /// UNION, INTERSECT, EXCEPT.
    Set {
        /// Which.
        operator: SetOperator,
        /// ALL.
        all: bool,
        /// The first query.
        left: Box<Query>,
        /// The second query.
        right: Box<Query>,
    },
}

/// How two queries are put together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "each is the SQL keyword of the same name")]
pub enum SetOperator {
    Union,
    Intersect,
    Except,
}

/// SELECT.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Select {
    /// DISTINCT.
    pub distinct: Distinct,
    /// What is selected.
    pub targets: Vec<Target>,
    /// FROM.
    pub from: Vec<Source>,
    /// WHERE.
    pub filter: Option<Expr>,
    /// GROUP BY: expressions, and the operators `ROLLUP`, `CUBE` and `GROUPING SETS` around rows of them.
    pub group: Vec<Expr>,
    /// HAVING.
    pub having: Option<Expr>,
    /// WINDOW: each name with its definition, an `OVER` without its function.
    pub windows: Vec<(String, Expr)>,
}

impl Select {
    fn each_expr<'q>(&'q self, visit: &mut dyn FnMut(&'q Expr)) {
        match &self.distinct {
            Distinct::On(keys) => keys.iter().for_each(&mut *visit),
            Distinct::No | Distinct::Yes => {}
        }
        for target in &self.targets {
            match target {
                Target::Expr { expr, .. } => visit(expr),
                Target::Star(_) => {}
            }
        }
        self.from.iter().for_each(|source| source.each_expr(visit));
        self.filter.iter().chain(&self.group).chain(&self.having).for_each(&mut *visit);
        self.windows.iter().for_each(|(_, window)| visit(window));
    }

    fn each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        match &mut self.distinct {
            Distinct::On(keys) => keys.iter_mut().for_each(&mut *visit),
            Distinct::No | Distinct::Yes => {}
        }
        for target in &mut self.targets {
            match target {
                Target::Expr { expr, .. } => visit(expr),
                Target::Star(_) => {}
            }
        }
        self.from.iter_mut().for_each(|source| source.each_expr_mut(visit));
        self.filter.iter_mut().chain(&mut self.group).chain(&mut self.having).for_each(&mut *visit);
        self.windows.iter_mut().for_each(|(_, window)| visit(window));
    }
}

/// Whether a SELECT drops rows that are there twice.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Distinct {
    /// No.
    No,
    /// DISTINCT.
    Yes,
    /// DISTINCT ON.
    On(Vec<Expr>),
}

/// One thing that is selected.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Target {
    /// `*`, `t.*`: with the name before it. None is left once the query is resolved.
    Star(Vec<String>),
    /// An expression.
    Expr {
        /// The expression.
        expr: Expr,
        /// Its name: as written, and once the query is resolved the name that it has in any case.
        name: Option<String>,
    },
}

/// An item of FROM.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Source {
    /// A table or view; before the query is resolved perhaps a CTE.
    Relation {
        /// Its name.
        name: Name,
        /// What it is called here.
        alias: Alias,
    },
    /// A CTE of the query or of one around it, by its name; once the query is resolved.
    Cte {
        /// Its name, which no other CTE of the whole query has.
        name: String,
        /// What it is called here.
        alias: Alias,
    },
    /// A query in brackets.
    Query {
        /// The query.
        query: Box<Query>,
        /// LATERAL.
        lateral: bool,
        /// What it is called here.
        alias: Alias,
    },
    /// A function.
    Function {
        /// The call.
        call: Expr,
        /// WITH ORDINALITY.
        ordinality: bool,
        /// The types that were written with the column names: `AS x (a integer)`.
        types: Vec<Type>,
        /// What it is called here.
        alias: Alias,
    },
    /// Two items joined.
    Join {
        /// How.
        kind: JoinKind,
        /// The first.
        left: Box<Source>,
        /// The second.
        right: Box<Source>,
        /// On what.
        on: JoinOn,
        /// What the join as a whole is called: `(a JOIN b USING (id)) AS x`.
        alias: Option<Alias>,
    },
}

impl Source {
    fn each_expr<'q>(&'q self, visit: &mut dyn FnMut(&'q Expr)) {
        match self {
            Self::Relation { .. } | Self::Cte { .. } => {}
            Self::Query { query, .. } => query.each_expr(visit),
            Self::Function { call, .. } => visit(call),
            Self::Join { left, right, on, .. } => {
                left.each_expr(visit);
                right.each_expr(visit);
                match on {
                    JoinOn::On(expr) => visit(expr),
                    JoinOn::Nothing | JoinOn::Natural | JoinOn::Using(_) => {}
                }
            }
        }
    }

    fn each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        match self {
            Self::Relation { .. } | Self::Cte { .. } => {}
            Self::Query { query, .. } => query.each_expr_mut(visit),
            Self::Function { call, .. } => visit(call),
            Self::Join { left, right, on, .. } => {
                left.each_expr_mut(visit);
                right.each_expr_mut(visit);
                match on {
                    JoinOn::On(expr) => visit(expr),
                    JoinOn::Nothing | JoinOn::Natural | JoinOn::Using(_) => {}
                }
            }
        }
    }

    fn each(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        match self {
            Self::Relation { .. } | Self::Cte { .. } | Self::Function { .. } => {}
            Self::Query { query, .. } => query.each_source(visit),
            Self::Join { left, right, .. } => {
                left.each(visit);
                right.each(visit);
            }
        }
    }

    fn each_mut(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        visit(self);
        match self {
            Self::Relation { .. } | Self::Cte { .. } | Self::Function { .. } => {}
            Self::Query { query, .. } => query.each_source_mut(visit),
            Self::Join { left, right, .. } => {
                left.each_mut(visit);
                right.each_mut(visit);
            }
        }
    }
}

/// What an item of FROM is called. Once the query is resolved no other item of the whole query has the name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Alias {
    /// Its name, folded; None where none was written.
    pub name: Option<String>,
    /// Names for its columns, folded. Once the query is resolved only those of queries are left.
    pub columns: Vec<String>,
}

/// How two items are joined.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "each is the SQL keyword of the same name")]
pub enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
}

/// On what two items are joined.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum JoinOn {
    /// CROSS JOIN.
    Nothing,
    /// ON; once the query is resolved also what was written as USING or NATURAL.
    On(Expr),
    /// USING.
    Using(Vec<String>),
    /// NATURAL.
    Natural,
}

/// FOR UPDATE and its kin.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Lock {
    /// `UPDATE`, `SHARE`.
    pub strength: &'static str,
    /// OF; empty: everything in FROM.
    pub of: Vec<String>,
    /// `NOWAIT`, `SKIP LOCKED`, or nothing.
    pub wait: &'static str,
}

/// A query inside of an expression.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Subquery {
    /// What is asked of it: nothing (its value), `EXISTS`, `ARRAY`, `IN`, `NOT IN`, `= ANY`, `<> ALL`, …
    pub operator: String,
    /// What is compared with its rows.
    pub operands: Vec<Expr>,
    /// The query.
    pub query: Query,
    /// The whole as text, for people; empty once the query is resolved.
    pub text: String,
}

/// A query whose names are resolved: each column in it is the name of an item of FROM and the name of a column of that item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// The query. Its stars are expanded as far as that can be known.
    pub query: Query,
    /// The items of all its FROMs that are no joins, by their names.
    pub entries: BTreeMap<String, Entry>,
    /// What it gives, where that is known.
    pub columns: Option<Vec<Output>>,
    /// Whether everything in it was understood and found.
    pub clear: bool,
    /// Whether there was a star in it.
    pub starred: bool,
}

/// A column of a view or of a query's result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// Its name.
    pub name: Ident,
    /// Its type, where that is known.
    pub ty: Option<Type>,
}

/// What an item of FROM gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The table or view that it is, under its qualified name.
    pub relation: Option<Name>,
    /// Its columns as they are named in the resolved query, as far as they are known. Those of a query are numbered.
    pub columns: Vec<(String, Option<Type>)>,
}

impl Resolved {
    /// The columns of a table or view that the query certainly uses.
    pub fn uses<'q>(&'q self, relation: &'q Name) -> impl Iterator<Item = &'q str> {
        let mut found: Vec<&'q str> = Vec::new();
        self.query.each_expr(&mut |expr| {
            expr.walk_all(&mut |part| match part {
                Expr::Column(parts) => {
                    if let [entry, column] = parts.as_slice()
                        && column != "*"
                        && self
                            .entries
                            .get(entry)
                            .is_some_and(|entry| entry.relation.as_ref() == Some(relation))
                    {
                        found.push(column);
                    }
                }
                Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Cast { .. }
                | Expr::Query(_)
                | Expr::Raw { .. } => {}
            });
        });
        found.into_iter()
    }

    /// Makes it read a relation under its new name.
    pub fn rename_relation(&mut self, from: &Name, to: &Name) {
        for entry in self.entries.values_mut().filter(|entry| entry.relation.as_ref() == Some(from)) {
            entry.relation = Some(to.clone());
        }
        let mut rename = |source: &mut Source| match source {
            Source::Relation { name, .. } if name == from => *name = to.clone(),
            Source::Relation { .. }
            | Source::Cte { .. }
            | Source::Query { .. }
            | Source::Function { .. }
            | Source::Join { .. } => {}
        };
        self.query.each_source_mut(&mut rename);
        self.query
            .each_expr_mut(&mut |expr| expr.each_query_mut(&mut |query| query.each_source_mut(&mut rename)));
    }

    /// Makes it read a column of a relation under its new name.
    pub fn rename_column(&mut self, relation: &Name, from: &str, to: &str) {
        let mut renamed: Vec<String> = Vec::new();
        for (name, entry) in &mut self.entries {
            if entry.relation.as_ref() != Some(relation) {
                continue;
            }
            renamed.push(name.clone());
            for (column, _) in entry.columns.iter_mut().filter(|(column, _)| column == from) {
                to.clone_into(column);
            }
        }
        self.query.each_expr_mut(&mut |expr| {
            expr.each_column_mut(&mut |parts| {
                if let [entry, column] = parts
                    && column == from
                    && renamed.contains(entry)
                {
                    to.clone_into(column);
                }
            });
        });
    }
}
