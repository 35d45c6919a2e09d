//! What the columns of a result are called that were given no name.

use super::Resolver;
use crate::schema::{Dialect, Expr, Literal, Query, QueryBody, Target, Type};

impl Resolver<'_> {
    /// What a column of the result is called that was given no name (source: `FigureColname` in PostgreSQL's parse_target.c).
    pub(super) fn name_of(&self, written: &Expr, resolved: &Expr) -> Option<String> {
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
