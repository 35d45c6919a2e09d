//! Expressions: a small tree of our own, enough to see what an expression reads and whether it is constant.

use super::{Query, Subquery, Type};

/// An expression as it was written. Whether two mean the same is not decided here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Expr {
    /// A column, perhaps with its table before it: the parts of the name, folded as the server folds them.
    Column(Vec<String>),
    /// A constant.
    Literal(Literal),
    /// A function; the name with its schema if one was written, folded. `now()` and `CURRENT_TIMESTAMP` are both calls.
    Call {
        /// The function's name, perhaps with its schema.
        name: String,
        /// The arguments.
        arguments: Vec<Expr>,
    },
    /// An operator or a keyword construct over operands: `+`, `AND`, `IS NOT NULL`, `BETWEEN`, `CASE`, `ARRAY`, `IN`, `[]`, `ROW`, `AT TIME ZONE`, `COLLATE "C"`,
    /// and around a call what only aggregates take: `DISTINCT` and `ORDER BY` among its arguments, `FILTER`, `WITHIN GROUP`, `OVER`.
    Operator {
        /// The operator in capitals.
        operator: String,
        /// What it works on.
        operands: Vec<Expr>,
    },
    /// A cast, however written.
    Cast {
        /// What is cast.
        operand: Box<Expr>,
        /// To which type.
        to: Type,
    },
    /// A query, and what is asked of it.
    Query(Box<Subquery>),
    /// What we keep as text only (a construct that nobody parsed): the text, folded to single spaces
    /// outside of strings, and the words in it that may be columns.
    Raw {
        /// The text.
        text: String,
        /// Identifiers that occur in it.
        words: Vec<String>,
    },
}

/// A constant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Literal {
    /// `NULL`.
    Null,
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// A number as written.
    Number(String),
    /// A string, decoded.
    String(String),
    /// `X'00ff'` or `B'01'`, as written in lower case.
    Bits(String),
    /// Something that a tool or psql fills in later: `${x}`, `:var`, `$1`.
    Placeholder(String),
}

impl Expr {
    /// Whether it is the constant NULL, cast or not.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Literal(Literal::Null) => true,
            Self::Cast { operand, .. } => operand.is_null(),
            Self::Literal(_)
            | Self::Column(_)
            | Self::Call { .. }
            | Self::Operator { .. }
            | Self::Query(_)
            | Self::Raw { .. } => false,
        }
    }

    /// Whether it is a plain constant: a literal, perhaps with a sign, a cast or parentheses.
    pub fn is_constant(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::Cast { operand, .. } => operand.is_constant(),
            Self::Operator { operator, operands } => {
                matches!(operator.as_str(), "-" | "+" | "ARRAY" | "ROW")
                    && operands.iter().all(Self::is_constant)
            }
            Self::Column(_) | Self::Call { .. } | Self::Query(_) | Self::Raw { .. } => false,
        }
    }

    /// The string that it is, cast or not.
    pub fn as_string(&self) -> Option<&str> {
        match self {
            Self::Literal(Literal::String(text)) => Some(text),
            Self::Cast { operand, .. } => operand.as_string(),
            Self::Literal(_)
            | Self::Column(_)
            | Self::Call { .. }
            | Self::Operator { .. }
            | Self::Query(_)
            | Self::Raw { .. } => None,
        }
    }

    /// Calls `visit` on this expression and every one inside, but not on those of a query inside.
    pub fn walk(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match self {
            Self::Call { arguments: inner, .. } | Self::Operator { operands: inner, .. } => {
                for one in inner {
                    one.walk(visit);
                }
            }
            Self::Cast { operand, .. } => operand.walk(visit),
            Self::Query(inner) => inner.operands.iter().for_each(|one| one.walk(visit)),
            Self::Column(_) | Self::Literal(_) | Self::Raw { .. } => {}
        }
    }

    /// Calls `visit` on this expression and every one inside, those of a query inside included.
    pub fn walk_all<'e>(&'e self, visit: &mut dyn FnMut(&'e Self)) {
        visit(self);
        match self {
            Self::Call { arguments: inner, .. } | Self::Operator { operands: inner, .. } => {
                inner.iter().for_each(|one| one.walk_all(visit));
            }
            Self::Cast { operand, .. } => operand.walk_all(visit),
            Self::Query(inner) => {
                inner.operands.iter().for_each(|one| one.walk_all(visit));
                inner.query.each_expr(&mut |one| one.walk_all(visit));
            }
            Self::Column(_) | Self::Literal(_) | Self::Raw { .. } => {}
        }
    }

    /// Calls `change` on every column in it, those of a query inside included.
    pub fn each_column_mut(&mut self, change: &mut dyn FnMut(&mut [String])) {
        match self {
            Self::Column(parts) => change(parts),
            Self::Call { arguments: inner, .. } | Self::Operator { operands: inner, .. } => {
                inner.iter_mut().for_each(|one| one.each_column_mut(change));
            }
            Self::Cast { operand, .. } => operand.each_column_mut(change),
            Self::Query(inner) => {
                inner.operands.iter_mut().for_each(|one| one.each_column_mut(change));
                inner.query.each_expr_mut(&mut |one| one.each_column_mut(change));
            }
            Self::Literal(_) | Self::Raw { .. } => {}
        }
    }

    /// Calls `change` on this expression and every one inside, those of a query inside included.
    pub fn each_part_mut(&mut self, change: &mut dyn FnMut(&mut Self)) {
        change(self);
        match self {
            Self::Call { arguments: inner, .. } | Self::Operator { operands: inner, .. } => {
                inner.iter_mut().for_each(|one| one.each_part_mut(change));
            }
            Self::Cast { operand, .. } => operand.each_part_mut(change),
            Self::Query(inner) => {
                inner.operands.iter_mut().for_each(|one| one.each_part_mut(change));
                inner.query.each_expr_mut(&mut |one| one.each_part_mut(change));
            }
            Self::Column(_) | Self::Literal(_) | Self::Raw { .. } => {}
        }
    }

    /// Calls `change` on every query in it, and on those in their expressions.
    pub fn each_query_mut(&mut self, change: &mut dyn FnMut(&mut Query)) {
        match self {
            Self::Call { arguments: inner, .. } | Self::Operator { operands: inner, .. } => {
                inner.iter_mut().for_each(|one| one.each_query_mut(change));
            }
            Self::Cast { operand, .. } => operand.each_query_mut(change),
            Self::Query(inner) => {
                change(&mut inner.query);
                inner.operands.iter_mut().for_each(|one| one.each_query_mut(change));
                inner.query.each_expr_mut(&mut |one| one.each_query_mut(change));
            }
            Self::Column(_) | Self::Literal(_) | Self::Raw { .. } => {}
        }
    }

    /// The columns that it may read, by their last name part. Words of a [`Expr::Raw`] count: it may name more than it reads.
    pub fn columns(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.walk_all(&mut |expr| match expr {
            Self::Column(parts) => found.extend(parts.last().cloned()),
            Self::Raw { words, .. } => found.extend(words.iter().cloned()),
            Self::Literal(_)
            | Self::Call { .. }
            | Self::Operator { .. }
            | Self::Cast { .. }
            | Self::Query(_) => {}
        });
        found
    }

    /// Whether it may read a column.
    pub fn reads(&self, column: &str) -> bool {
        let mut found = false;
        self.walk_all(&mut |expr| {
            found |= match expr {
                Self::Column(parts) => parts.last().is_some_and(|last| last == column),
                Self::Raw { words, .. } => words.iter().any(|word| word == column),
                Self::Literal(_)
                | Self::Call { .. }
                | Self::Operator { .. }
                | Self::Cast { .. }
                | Self::Query(_) => false,
            };
        });
        found
    }

    /// Whether there is a query in it.
    pub fn has_query(&self) -> bool {
        let mut found = false;
        self.walk(&mut |part| found |= matches!(part, Self::Query(_)));
        found
    }

    /// Whether it certainly reads a column: text that was not parsed does not count, nor does a query, whose columns may be others'.
    pub fn surely_reads(&self, column: &str) -> bool {
        let mut found = false;
        self.walk(&mut |expr| {
            found |= matches!(expr, Self::Column(parts) if parts.last().is_some_and(|last| last == column));
        });
        found
    }

    /// Follows a column to its new name.
    pub fn rename_column(&mut self, from: &str, to: &str) {
        match self {
            Self::Column(parts) => {
                if let Some(last) = parts.last_mut().filter(|last| *last == from) {
                    to.clone_into(last);
                }
            }
            Self::Call { arguments: inner, .. } | Self::Operator { operands: inner, .. } => {
                for one in inner {
                    one.rename_column(from, to);
                }
            }
            Self::Cast { operand, .. } => operand.rename_column(from, to),
            Self::Raw { words, .. } => {
                for word in words.iter_mut().filter(|word| *word == from) {
                    to.clone_into(word);
                }
            }
            Self::Query(_) => self.each_column_mut(&mut |parts| {
                if let Some(last) = parts.last_mut().filter(|last| *last == from) {
                    to.clone_into(last);
                }
            }),
            Self::Literal(_) => {}
        }
    }

    /// Whether it, or one of the terms that it joins by AND, says that `column` is not null.
    pub fn requires_not_null(&self, column: &str) -> bool {
        match self {
            Self::Operator { operator, operands } => match operator.as_str() {
                "IS NOT NULL" => {
                    matches!(operands.as_slice(), [Self::Column(parts)] if parts.last().is_some_and(|last| last == column))
                }
                "AND" => operands.iter().any(|operand| operand.requires_not_null(column)),
                _ => false,
            },
            Self::Column(_)
            | Self::Literal(_)
            | Self::Call { .. }
            | Self::Cast { .. }
            | Self::Query(_)
            | Self::Raw { .. } => false,
        }
    }
}
