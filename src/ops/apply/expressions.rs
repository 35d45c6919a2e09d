//! What an expression may name and call in the place where it stands: the columns of its table, types that are there, and no more than
//! the place allows (PostgreSQL).

use std::borrow::Cow;

use super::Step;
use super::columns::column_ref;
use crate::ops::Conflict;
use crate::schema::{
    Dialect, Expr, Ident, Literal, Lookup, Name, ObjectKind, Statistics, Table, Type, builtin, casts, typing,
};

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// DEFAULT.
    Default,
    /// CHECK.
    Check,
    /// The CHECK of a domain.
    Domain,
    /// A key of an index.
    Key,
    /// The WHERE of an index.
    Predicate,
    /// GENERATED ALWAYS AS (…).
    Generated,
    /// PARTITION BY.
    Partition,
    /// CREATE STATISTICS.
    Statistics,
    /// ALTER COLUMN … TYPE … USING.
    Using,
    /// A policy.
    Policy,
}

impl Site {
    /// As messages call it, of a table or a domain.
    fn of(self, name: &Name) -> String {
        let place = match self {
            Self::Default => "a default",
            Self::Check | Self::Domain => "a CHECK",
            Self::Key => "an index",
            Self::Predicate => "the WHERE of an index",
            Self::Generated => "a generated column",
            Self::Partition => "the partition key",
            Self::Statistics => "statistics",
            Self::Using => "USING for a column",
            Self::Policy => "a policy",
        };
        format!("{place} of `{name}`")
    }

    /// Whether only what is the same for the same row may stand there.
    const fn is_immutable(self) -> bool {
        match self {
            Self::Key | Self::Predicate | Self::Generated | Self::Partition => true,
            Self::Default | Self::Check | Self::Domain | Self::Statistics | Self::Using | Self::Policy => {
                false
            }
        }
    }
}

impl Step<'_> {
    /// Why expressions cannot stand in a place of a table.
    pub(super) fn any_unfit_in<'e>(
        &self,
        table: &Name,
        exprs: impl IntoIterator<Item = &'e Expr>,
        site: Site,
    ) -> Option<Conflict> {
        // What cannot stand there whatever the columns are needs no table.
        let table = match self.catalog.table(table) {
            Lookup::Found(table) => Cow::Borrowed(table),
            Lookup::Absent | Lookup::Unknown => Cow::Owned(Table::unknown(table.clone())),
        };
        exprs.into_iter().find_map(|expr| self.unfit_in(&table, expr, site))
    }

    /// Why an expression cannot stand in a place of a table.
    pub(super) fn unfit_in(&self, table: &Table, expr: &Expr, site: Site) -> Option<Conflict> {
        match self.catalog.dialect {
            Dialect::Postgres => {}
            Dialect::Sqlite => {
                return unfit_in_sqlite(&table.name, expr, site)
                    .or_else(|| self.no_such_column(table, expr, site));
            }
            Dialect::Mysql => return None,
        }
        if let Some(conflict) = self.misplaced(table, expr, site) {
            return Some(conflict);
        }
        if !site.is_immutable() {
            return None;
        }
        self.changing(table, expr).map(|changing| no_constant(&changing, &site.of(&table.name)))
    }

    /// SQLite: a column that is not there. A word in double quotes is a string then.
    fn no_such_column(&self, table: &Table, expr: &Expr, site: Site) -> Option<Conflict> {
        const ROW: &[&str] = &["rowid", "oid", "_rowid_"];
        if site == Site::Default || self.catalog.unclear {
            return None;
        }
        let same = |word: &str, column: &str| word.eq_ignore_ascii_case(column);
        let mut missing = None;
        expr.walk(&mut |part| {
            if let Expr::Column(parts) = part
                && let [column] = parts.as_slice()
                && table.column(column).is_absent()
                && !self.quoted.iter().any(|word| same(word, column))
                && !ROW.iter().any(|word| same(word, column))
            {
                missing.get_or_insert_with(|| Ident::exact(column.as_str()));
            }
        });
        missing.map(|column| Conflict::Missing(column_ref(&table.name, &column)))
    }

    /// SQLite: words in double quotes that are no columns are strings.
    pub(super) fn with_strings(&self, table: &Table, mut expr: Expr) -> Expr {
        if self.catalog.dialect == Dialect::Sqlite && !self.quoted.is_empty() && !self.catalog.unclear {
            expr.each_part_mut(&mut |part| {
                if let Expr::Column(parts) = part
                    && let [column] = parts.as_slice()
                    && table.column(column).is_absent()
                    && let Some(word) = self.quoted.iter().find(|word| word.eq_ignore_ascii_case(column))
                {
                    *part = Expr::Literal(Literal::String(word.clone()));
                }
            });
        }
        expr
    }

    /// What the server finds first, from the inside.
    fn misplaced(&self, table: &Table, expr: &Expr, site: Site) -> Option<Conflict> {
        let inner = |inner: &[Expr]| inner.iter().find_map(|one| self.misplaced(table, one, site));
        match expr {
            Expr::Column(parts) => self.misnamed(table, parts, site),
            Expr::Literal(_) | Expr::Raw { .. } => None,
            // The form of a text is a word of the grammar.
            Expr::Call { name, arguments } if name == "normalize" => inner(arguments.get(..1)?),
            Expr::Call { name, arguments } => inner(arguments).or_else(|| {
                let aggregate = self.is_aggregate(name);
                aggregate.then(|| forbidden("42803", &format!("{name}()"), &site.of(&table.name)))
            }),
            Expr::Operator { operator, operands } if operator == "OVER" => {
                let name = match operands.first() {
                    Some(Expr::Call { name, .. }) => &format!("{name}()"),
                    Some(_) | None => "a window function",
                };
                Some(forbidden("42P20", name, &site.of(&table.name)))
            }
            Expr::Operator { operands, .. } => inner(operands),
            Expr::Cast { operand, to } => {
                self.missing_type(to).or_else(|| self.misplaced(table, operand, site))
            }
            Expr::Query(_) => match site {
                Site::Policy => super::query::missing_in(self.catalog, self.session, &table.name, expr)
                    .filter(|_| !self.catalog.unclear),
                Site::Default
                | Site::Check
                | Site::Domain
                | Site::Key
                | Site::Predicate
                | Site::Generated
                | Site::Partition
                | Site::Statistics
                | Site::Using => Some(no_query(&site.of(&table.name))),
            },
        }
    }

    /// A column that the table does not have.
    fn misnamed(&self, table: &Table, parts: &[String], site: Site) -> Option<Conflict> {
        let (column, before) = parts.split_last()?;
        // What a tool fills in, a star, and words that are functions without brackets.
        let is_value = site == Site::Domain && column == "value";
        let is_word = before.is_empty() && (is_value || super::query::is_function_word(column));
        if is_word || column == "*" || parts.iter().any(|part| part.contains(|c: char| "${}%:".contains(c))) {
            return None;
        }
        if site == Site::Default {
            let sentence = format!(
                "a default cannot read a column, as {} reads `{}`",
                site.of(&table.name),
                parts.join(".")
            );
            return Some(Conflict::Other("0A000", sentence));
        }
        if self.catalog.unclear || !table.column(column).is_absent() {
            return self.computed(table, column, site);
        }
        let own = table.name.ident.key();
        let is_own = match before {
            // The name of the table is its row.
            [] => column != own,
            // `t.f` may be the function `f(t)`.
            [before] => before == own && !self.is_function(column),
            [schema, before] => {
                before == own
                    && table.name.schema.as_ref().is_some_and(|known| known == schema.as_str())
                    && !self.is_function(column)
            }
            [..] => false,
        };
        let column = Ident::exact(column.as_str());
        (is_own && !builtin::is_system_column(&column))
            .then(|| Conflict::Missing(column_ref(&table.name, &column)))
    }

    /// Why statistics cannot be made.
    pub(super) fn unfit_statistics(&self, statistics: &Statistics) -> Option<Conflict> {
        let table = self.catalog.table(&statistics.table).found().filter(|_| self.postgres())?;
        if let Some(conflict) =
            statistics.keys.iter().find_map(|key| self.unfit_in(table, key, Site::Statistics))
        {
            return Some(conflict);
        }
        if let [Expr::Column(_)] = statistics.keys.as_slice() {
            let sentence =
                format!("statistics of `{}` are on one column alone: name another one too", table.name);
            return Some(Conflict::Other("42P17", sentence));
        }
        let columns = || {
            statistics.keys.iter().filter_map(|key| match key {
                Expr::Column(parts) => parts.last(),
                Expr::Literal(_)
                | Expr::Call { .. }
                | Expr::Operator { .. }
                | Expr::Cast { .. }
                | Expr::Query(_)
                | Expr::Raw { .. } => None,
            })
        };
        let twice =
            columns().enumerate().find(|(at, column)| columns().take(*at).any(|known| known == *column));
        twice.map(|(_, column)| Conflict::Exists(column_ref(&table.name, &Ident::exact(column.as_str()))))
    }

    /// Why the CHECK of a domain cannot stand there: it reads VALUE alone.
    pub(super) fn unfit_check(&self, domain: &Name, expr: &Expr) -> Option<Conflict> {
        let none = Table { open: false, ..Table::unknown(domain.clone()) };
        self.unfit_in(&none, expr, Site::Domain)
    }

    /// A generated column reads no other one, nor itself.
    fn computed(&self, table: &Table, column: &str, site: Site) -> Option<Conflict> {
        let member = table.column(column).found().filter(|_| site == Site::Generated)?;
        let _ = member.column.generated.as_ref()?;
        let sentence =
            format!("generated column `{column}` of `{}` cannot be read by another one", table.name);
        Some(Conflict::Other("42P17", sentence))
    }

    /// Whether it is one of the server's own aggregates, and nothing of the history's.
    fn is_aggregate(&self, name: &str) -> bool {
        const AGGREGATES: &[&str] = &[
            "array_agg",
            "avg",
            "bool_and",
            "bool_or",
            "count",
            "every",
            "json_agg",
            "json_object_agg",
            "jsonb_agg",
            "jsonb_object_agg",
            "max",
            "min",
            "stddev",
            "string_agg",
            "sum",
            "variance",
            "xmlagg",
        ];
        AGGREGATES.contains(&name) && !self.is_function(name)
    }

    /// Whether it calls a function of the history's, which may have the name of one of the server's.
    pub(super) fn calls_own(&self, expr: &Expr) -> bool {
        let mut found = false;
        expr.walk_all(&mut |part| found |= matches!(part, Expr::Call { name, .. } if self.is_function(name)));
        found
    }

    fn is_function(&self, name: &str) -> bool {
        !self.catalog.functions(&self.resolve(&Name::of_call(name))).is_empty()
    }

    /// A function or a cast that is known not to be immutable, in words.
    fn changing(&self, table: &Table, expr: &Expr) -> Option<String> {
        let mut found = None;
        let mut by_type = false;
        expr.walk(&mut |part| match part {
            Expr::Call { name, .. } if found.is_none() => {
                by_type |= ZONED.contains(&name.as_str());
                found = self.is_changing(name).then(|| format!("{name}()"));
            }
            Expr::Cast { operand, .. } => by_type |= !matches!(**operand, Expr::Literal(_)),
            Expr::Call { .. }
            | Expr::Column(_)
            | Expr::Literal(_)
            | Expr::Operator { .. }
            | Expr::Query(_)
            | Expr::Raw { .. } => {}
        });
        if found.is_some() || !by_type {
            return found;
        }
        // What a cast does depends on what is cast: only then the columns' types are asked for.
        let (resolved, entries) = super::query::resolved_in(self.catalog, self.session, &table.name, expr)?;
        let own = |ty: &Type| ty.schema.is_none() && ty.dimensions == 0 && casts::is_own(&ty.name);
        resolved.walk(&mut |part| {
            let told = match part {
                Expr::Cast { operand, to } if !matches!(**operand, Expr::Literal(_)) => {
                    let from = typing::type_of(operand, &entries);
                    let changes = |from: &Type| {
                        own(from) && own(to) && casts::is_cast_changing(&from.name, &to.name)
                            || self.is_label_cast(from, to)
                    };
                    from.filter(|from| changes(from) && !self.has_casts())
                        .map(|from| format!("a cast from {from} to {to}"))
                }
                Expr::Call { name, arguments }
                    if ZONED.contains(&name.as_str()) && !self.is_function(name) =>
                {
                    let zoned = arguments.get(1).and_then(|argument| typing::type_of(argument, &entries));
                    zoned
                        .filter(|ty| own(ty) && ty.name == "timestamp with time zone" && arguments.len() == 2)
                        .map(|ty| format!("{name}() of a {ty}"))
                }
                Expr::Cast { .. }
                | Expr::Call { .. }
                | Expr::Column(_)
                | Expr::Literal(_)
                | Expr::Operator { .. }
                | Expr::Query(_)
                | Expr::Raw { .. } => None,
            };
            if found.is_none() {
                found = told;
            }
        });
        found
    }

    /// Whether a function is known not to be immutable: one of the server's own, or the only one of its name in the history. What is
    /// written in SQL may become part of the expression, and counts as what it is made of.
    fn is_changing(&self, name: &str) -> bool {
        let functions = self.catalog.functions(&self.resolve(&Name::of_call(name)));
        match functions {
            [] => casts::is_changing(name.strip_prefix("pg_catalog.").unwrap_or(name)),
            [only] => {
                only.kind == ObjectKind::Function
                    && only.made.is_some()
                    && only.options.volatility.as_deref() != Some("IMMUTABLE")
                    && only.options.language.as_deref() == Some("plpgsql")
                    && !self.catalog.unclear
                    && !casts::is_changing(name)
            }
            [..] => false,
        }
    }
}

/// Functions that are immutable for what has no time zone.
const ZONED: &[&str] = &["date_trunc", "date_part", "extract"];

/// What SQLite lets stand nowhere (sources: sqlite.org/lang_createtable.html, partialindex.html, expridx.html and deterministic.html).
fn unfit_in_sqlite(table: &Name, expr: &Expr, site: Site) -> Option<Conflict> {
    if expr.has_query() {
        return Some(no_query(&site.of(table)));
    }
    let mut found = None;
    expr.walk(&mut |part| match part {
        Expr::Call { name, .. } if site.is_immutable() && CHANGING_IN_SQLITE.contains(&name.as_str()) => {
            found = found.take().or_else(|| Some(no_constant(&format!("{name}()"), &site.of(table))));
        }
        Expr::Call { .. }
        | Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Operator { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => {}
    });
    found
}

/// SQLite's functions that are not the same whenever they are asked, whatever their arguments.
const CHANGING_IN_SQLITE: &[&str] = &[
    "changes",
    "current_date",
    "current_time",
    "current_timestamp",
    "last_insert_rowid",
    "random",
    "randomblob",
    "sqlite_version",
    "total_changes",
];

fn no_constant(what: &str, place: &str) -> Conflict {
    Conflict::Other("42P17", format!("{what} is not immutable: it cannot stand in {place}"))
}

fn no_query(place: &str) -> Conflict {
    Conflict::Other("0A000", format!("a query cannot stand in {place}"))
}

/// What no expression of a table's own can have in it; a policy may have some of it inside of a query.
fn forbidden(state: &'static str, function: &str, place: &str) -> Conflict {
    Conflict::Other(state, format!("{function} goes over several rows: it cannot stand in {place}"))
}
