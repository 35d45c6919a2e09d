//! Expressions as SQL. What stands inside of what decides about brackets: only where every dialect, and we ourselves, read the
//! same without them are there none.

use super::Writer;
use crate::schema::{Dialect, Expr, Ident, Literal, Subquery, Type};
use crate::syntax::sql::write::{is_function_word, is_value_word, quote};

/// How tightly an expression holds together, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    /// Comparisons, IS, IN, LIKE, BETWEEN.
    Comparison,
    /// Every other operator: their order differs from one server to the next.
    Operation,
    /// `+`, `-`.
    Sum,
    /// `*`, `/`, `%`.
    Product,
    /// A sign.
    Signed,
    /// What needs no brackets anywhere.
    Whole,
}

impl Writer<'_> {
    /// An expression where nothing stands around it.
    pub(super) fn expr(self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Column(parts) => self.column(parts),
            Expr::Literal(literal) => Some(self.literal(literal)),
            Expr::Call { name, arguments } => self.call(name, arguments),
            Expr::Operator { operator, operands } => self.operator(operator, operands),
            Expr::Cast { operand, to } => match self.dialect {
                Dialect::Postgres => {
                    Some(format!("{}::{}", self.inside(operand, Level::Whole)?, type_name(to, self.dialect)))
                }
                Dialect::Sqlite | Dialect::Mysql => {
                    Some(format!("CAST({} AS {})", self.expr(operand)?, type_name(to, self.dialect)))
                }
            },
            Expr::Query(inner) => self.subquery(inner),
            Expr::Raw { text, .. } => Some(text.clone()),
        }
    }

    /// Several, with commas between them.
    pub(super) fn list(self, exprs: &[Expr]) -> Option<String> {
        Some(exprs.iter().map(|expr| self.expr(expr)).collect::<Option<Vec<_>>>()?.join(", "))
    }

    /// An expression in a place that takes what holds at least so tightly: else it stands in brackets.
    fn inside(self, expr: &Expr, least: Level) -> Option<String> {
        let text = self.expr(expr)?;
        Some(if self.level(expr) < least { format!("({text})") } else { text })
    }

    fn level(self, expr: &Expr) -> Level {
        match expr {
            Expr::Column(_) | Expr::Cast { .. } => Level::Whole,
            Expr::Literal(Literal::Number(text)) if text.starts_with(['-', '+']) => Level::Signed,
            // What a tool fills in later may be anything.
            Expr::Literal(Literal::Placeholder(text)) if !text.starts_with(['$', '?']) => Level::Or,
            Expr::Literal(_) => Level::Whole,
            // `position(a IN b)` and its kin have their own brackets.
            Expr::Call { .. } => Level::Whole,
            // A constant; in brackets MySQL does not take it.
            Expr::Raw { text, .. } if starts_with_word(text, "interval") => Level::Whole,
            Expr::Raw { .. } => Level::Or,
            Expr::Query(inner) => match inner.operator.as_str() {
                "" | "EXISTS" | "ARRAY" => Level::Whole,
                _ => Level::Comparison,
            },
            Expr::Operator { operator, operands } => match (operator.as_str(), operands.len()) {
                ("OR", _) => Level::Or,
                ("AND", _) => Level::And,
                ("NOT", _) => Level::Not,
                ("||", _) if self.dialect == Dialect::Mysql => Level::Or,
                ("XOR", _) => Level::Or,
                ("+" | "-", 1) => Level::Signed,
                ("+" | "-", _) => Level::Sum,
                ("*", 0) => Level::Whole,
                ("*" | "/" | "%", _) => Level::Product,
                ("ARRAY" | "ROW" | "CASE" | "[]" | "[:]" | "OVER" | "FILTER" | "WITHIN GROUP", _) => {
                    Level::Whole
                }
                (operator, _) if operator.starts_with('.') => Level::Whole,
                (operator, _) if is_comparison(operator) => Level::Comparison,
                (_, _) => Level::Operation,
            },
        }
    }

    fn column(self, parts: &[String]) -> Option<String> {
        if let (Some(names), [entry, column]) = (self.names, parts) {
            let entry_name = self.word(entry);
            if column == "*" {
                return Some(format!("{entry_name}.*"));
            }
            let column = names.column(entry, column)?;
            return Some(format!("{entry_name}.{}", self.word(column)));
        }
        let all = parts.iter().enumerate().map(|(at, part)| {
            let star = part == "*" && at > 0 && at + 1 == parts.len();
            if star { part.clone() } else { self.word(part) }
        });
        Some(all.collect::<Vec<_>>().join("."))
    }

    /// A name in an expression or in FROM. Words that only a bracket behind them makes special are quoted too, as the server does it.
    pub(super) fn word(self, text: &str) -> String {
        let quoted = self.dialect == Dialect::Postgres && (is_value_word(text) || is_function_word(text));
        if quoted { format!("\"{text}\"") } else { quote(&Ident::exact(text), self.dialect) }
    }

    fn literal(self, literal: &Literal) -> String {
        match literal {
            Literal::Null => "NULL".to_owned(),
            Literal::Boolean(yes) => yes.to_string(),
            Literal::Number(text) | Literal::Bits(text) | Literal::Placeholder(text) => text.clone(),
            Literal::String(text) => string(text, self.dialect),
        }
    }

    fn subquery(self, inner: &Subquery) -> Option<String> {
        let query = self.query(&inner.query, None)?;
        Some(match (inner.operator.as_str(), inner.operands.as_slice()) {
            ("", []) => format!("({query})"),
            ("EXISTS" | "ARRAY", []) => format!("{}({query})", spaced(&inner.operator)),
            (operator, [needle]) => {
                format!("{} {operator} ({query})", self.inside(needle, Level::Operation)?)
            }
            _ => return None,
        })
    }

    fn call(self, name: &str, arguments: &[Expr]) -> Option<String> {
        if let Some(text) = self.special(name, arguments) {
            return text;
        }
        Some(format!("{}({})", self.function_name(name)?, self.arguments(arguments)?))
    }

    /// The functions that have words between their arguments, or no brackets.
    fn special(self, name: &str, arguments: &[Expr]) -> Option<Option<String>> {
        let all = |parts: &[(&str, &Expr)]| {
            let mut out = String::new();
            for (word, expr) in parts {
                // Where `IN` follows, nothing may be left that could go on with it.
                let least = if name == "position" { Level::Whole } else { Level::Or };
                let text = self.inside(expr, least)?;
                if !word.is_empty() {
                    out.push_str(&format!("{}{word} ", if out.is_empty() { "" } else { " " }));
                }
                out.push_str(&text);
            }
            Some(format!("({out})"))
        };
        let named = |text: Option<String>| Some(text.map(|text| format!("{name}{text}")));
        let plain =
            |expr: &Expr| !matches!(expr, Expr::Operator { operator, .. } if is_argument_word(operator));
        match (self.dialect, name, arguments) {
            (_, "current_date" | "current_time" | "current_timestamp", [])
            | (
                Dialect::Postgres,
                "current_catalog" | "current_role" | "current_user" | "localtime" | "localtimestamp"
                | "session_user" | "user",
                [],
            ) => Some(Some(name.to_ascii_uppercase())),
            (
                Dialect::Postgres,
                "current_time" | "current_timestamp" | "localtime" | "localtimestamp",
                [precision],
            ) => Some(self.expr(precision).map(|text| format!("{}({text})", name.to_ascii_uppercase()))),
            (Dialect::Postgres | Dialect::Mysql, "extract", [Expr::Literal(Literal::String(field)), of]) => {
                let word = field.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                // A field may come with its quotes.
                let bare = field.strip_prefix('\'').and_then(|field| field.strip_suffix('\''));
                let field = match (word && !field.is_empty(), bare) {
                    (true, _) => field.clone(),
                    (false, Some(_)) => field.clone(),
                    (false, None) => string(field, self.dialect),
                };
                Some(self.expr(of).map(|of| format!("extract({field} FROM {of})")))
            }
            (Dialect::Postgres | Dialect::Mysql, "position", [of, what]) if plain(of) && plain(what) => {
                named(all(&[("", what), ("IN", of)]))
            }
            (Dialect::Postgres, "overlay", [of, with, from]) => {
                named(all(&[("", of), ("PLACING", with), ("FROM", from)]))
            }
            (Dialect::Postgres, "overlay", [of, with, from, length]) => {
                named(all(&[("", of), ("PLACING", with), ("FROM", from), ("FOR", length)]))
            }
            (Dialect::Postgres, "substring", [of, from]) if plain(of) && plain(from) => {
                named(all(&[("", of), ("FROM", from)]))
            }
            (Dialect::Postgres, "substring", [of, from, length]) if plain(of) => {
                named(all(&[("", of), ("FROM", from), ("FOR", length)]))
            }
            (Dialect::Postgres, "btrim", [of]) if plain(of) => {
                Some(self.expr(of).map(|of| format!("trim({of})")))
            }
            (Dialect::Postgres, "btrim", [of, what]) | (Dialect::Mysql, "trim", [of, what]) => {
                Some(all(&[("BOTH", what), ("FROM", of)]).map(|text| format!("trim{text}")))
            }
            (Dialect::Mysql, "ltrim", [of, what]) => {
                Some(all(&[("LEADING", what), ("FROM", of)]).map(|text| format!("trim{text}")))
            }
            (Dialect::Mysql, "rtrim", [of, what]) => {
                Some(all(&[("TRAILING", what), ("FROM", of)]).map(|text| format!("trim{text}")))
            }
            (Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql, _, _) => None,
        }
    }

    /// A function's name. The server's own that have a grammar of their own are words, and others of such a name need quotes.
    pub(super) fn function_name(self, name: &str) -> Option<String> {
        const OWN: &[&str] = &[
            "coalesce",
            "greatest",
            "grouping",
            "json",
            "json_array",
            "json_arrayagg",
            "json_exists",
            "json_object",
            "json_objectagg",
            "json_query",
            "json_scalar",
            "json_serialize",
            "json_value",
            "least",
            "normalize",
            "nullif",
            "xmlconcat",
            "xmlforest",
        ];
        if name.is_empty() {
            return None;
        }
        let parts: Vec<&str> = name.split('.').collect();
        let (last, schema) = parts.split_last()?;
        let mut all: Vec<String> = schema.iter().map(|part| self.word(part)).collect();
        let plain =
            last.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
                && !last.starts_with(|first: char| first.is_ascii_digit());
        // What may name a function and nothing else is none of the words that need quotes here: `left(a, 1)`.
        let bare = match self.dialect {
            Dialect::Postgres => (OWN.contains(last) && schema.is_empty()) || is_function_word(last),
            Dialect::Sqlite | Dialect::Mysql => true,
        };
        all.push(if bare && plain { (*last).to_owned() } else { self.word(last) });
        Some(all.join("."))
    }

    /// What stands in the brackets of a call.
    fn arguments(self, arguments: &[Expr]) -> Option<String> {
        let mut out = String::new();
        for (at, argument) in arguments.iter().enumerate() {
            let text = match argument {
                Expr::Operator { operator, operands } if operator == "DISTINCT" && at == 0 => {
                    format!("DISTINCT {}", self.list(operands)?)
                }
                Expr::Operator { operator, operands } if operator == "ORDER BY" => {
                    out.push_str(&format!(
                        "{}ORDER BY {}",
                        if at == 0 { "" } else { " " },
                        self.keys(operands)?
                    ));
                    continue;
                }
                Expr::Operator { operator, operands } if operator.ends_with(" =>") => {
                    let name = operator.trim_end_matches(" =>");
                    format!("{} => {}", self.word(name), self.expr(operands.first()?)?)
                }
                other => self.expr(other)?,
            };
            if at > 0 {
                out.push_str(", ");
            }
            out.push_str(&text);
        }
        Some(out)
    }

    /// The keys of an ORDER BY.
    pub(super) fn keys(self, keys: &[Expr]) -> Option<String> {
        Some(keys.iter().map(|key| self.key(key)).collect::<Option<Vec<_>>>()?.join(", "))
    }

    pub(super) fn key(self, key: &Expr) -> Option<String> {
        match key {
            Expr::Operator { operator, operands }
                if matches!(operator.as_str(), "DESC" | "NULLS FIRST" | "NULLS LAST") =>
            {
                Some(format!("{} {operator}", self.key(operands.first()?)?))
            }
            other => self.expr(other),
        }
    }

    fn operator(self, operator: &str, operands: &[Expr]) -> Option<String> {
        let joined = |least: Level| {
            let all = operands.iter().map(|operand| self.inside(operand, least));
            Some(all.collect::<Option<Vec<_>>>()?.join(&format!(" {operator} ")))
        };
        match (operator, operands) {
            ("AND" | "OR", [_, _, ..]) => joined(Level::Not),
            ("NOT", [one]) => Some(format!("NOT {}", self.inside(one, Level::Operation)?)),
            ("*", []) => Some("*".to_owned()),
            ("IN" | "NOT IN", [needle, list @ ..]) => {
                Some(format!("{} {operator} ({})", self.inside(needle, Level::Operation)?, self.list(list)?))
            }
            ("BETWEEN" | "NOT BETWEEN", [value, low, high]) => Some(format!(
                "{} {operator} {} AND {}",
                self.inside(value, Level::Operation)?,
                self.inside(low, Level::Sum)?,
                self.inside(high, Level::Sum)?
            )),
            ("LIKE" | "NOT LIKE" | "ILIKE" | "NOT ILIKE", [value, pattern]) => {
                let value = self.inside(value, Level::Operation)?;
                let (pattern, escape) = match pattern {
                    Expr::Call { name, arguments } if name == "like_escape" && arguments.len() == 2 => {
                        let escape = self.inside(&arguments[1], Level::Whole)?;
                        (&arguments[0], format!(" ESCAPE {escape}"))
                    }
                    other => (other, String::new()),
                };
                Some(format!("{value} {operator} {}{escape}", self.inside(pattern, Level::Operation)?))
            }
            ("ROW", _) if self.dialect == Dialect::Postgres => {
                Some(format!("ROW({})", self.values(operands)?))
            }
            ("ROW", [_, _, ..]) => Some(format!("({})", self.list(operands)?)),
            ("ARRAY", _) => Some(format!("ARRAY[{}]", self.list(operands)?)),
            ("CASE", _) => self.case(operands),
            ("[]", [whole, index]) => Some(format!("{}[{}]", self.subscripted(whole)?, self.expr(index)?)),
            ("[:]", [whole, low, high]) => {
                let bound = |bound: &Expr| match bound {
                    Expr::Literal(Literal::Null) => Some(String::new()),
                    other => self.expr(other),
                };
                Some(format!("{}[{}:{}]", self.subscripted(whole)?, bound(low)?, bound(high)?))
            }
            ("FILTER", [call, condition]) => {
                Some(format!("{} FILTER (WHERE {})", self.expr(call)?, self.expr(condition)?))
            }
            ("WITHIN GROUP", [call, Expr::Operator { operator: order, operands: keys }])
                if order == "ORDER BY" =>
            {
                Some(format!("{} WITHIN GROUP (ORDER BY {})", self.expr(call)?, self.keys(keys)?))
            }
            ("OVER", [call, parts @ ..]) => {
                let named = match parts {
                    [Expr::Operator { operator, .. }] => operator.strip_prefix("WINDOW "),
                    _ => None,
                };
                let window = match named {
                    Some(name) => self.word(name),
                    None => format!("({})", self.window(parts)?),
                };
                Some(format!("{} OVER {window}", self.expr(call)?))
            }
            ("GROUPING SETS" | "CUBE" | "ROLLUP", _) => {
                Some(format!("{operator} ({})", self.groups(operands)?))
            }
            (_, [one]) if operator.starts_with("IS ") => {
                Some(format!("{} {operator}", self.inside(one, Level::Operation)?))
            }
            (_, [one]) if operator.starts_with("COLLATE ") => {
                Some(format!("{} {operator}", self.inside(one, Level::Whole)?))
            }
            (_, [whole]) if operator.len() > 1 && operator.starts_with('.') => {
                let field = self.word(&operator[1..]);
                Some(match whole {
                    Expr::Operator { operator, .. } if operator.starts_with('.') => {
                        format!("{}.{field}", self.expr(whole)?)
                    }
                    other => format!("({}).{field}", self.expr(other)?),
                })
            }
            ("+" | "-", [one]) => Some(format!("{operator}{}", self.inside(one, Level::Whole)?)),
            (_, [one]) if is_symbol(operator) => {
                Some(format!("{operator} {}", self.inside(one, Level::Whole)?))
            }
            (_, [value, list]) if operator.ends_with(" ANY") || operator.ends_with(" ALL") => {
                let list = if self.dialect == Dialect::Postgres { list_of_text(value, list) } else { list };
                Some(format!("{} {operator} ({})", self.inside(value, Level::Operation)?, self.expr(list)?))
            }
            ("+" | "-", [left, right]) => Some(format!(
                "{} {operator} {}",
                self.inside(left, Level::Sum)?,
                self.inside(right, Level::Product)?
            )),
            ("*" | "/" | "%", [left, right]) => Some(format!(
                "{} {operator} {}",
                self.inside(left, Level::Product)?,
                self.inside(right, Level::Signed)?
            )),
            (_, [left, right]) if is_comparison(operator) => Some(format!(
                "{} {operator} {}",
                self.inside(left, Level::Operation)?,
                self.inside(right, Level::Operation)?
            )),
            (_, [left, right]) if is_infix(operator) => {
                // From left to right, as everybody reads them.
                let chained = matches!(left, Expr::Operator { operator: own, operands }
                    if operands.len() == 2 && self.chains(own, operator));
                let left = if chained { self.expr(left)? } else { self.inside(left, Level::Whole)? };
                Some(format!("{left} {operator} {}", self.inside(right, Level::Whole)?))
            }
            _ => None,
        }
    }

    /// Whether `a first b second c` is `(a first b) second c` to everybody.
    fn chains(self, first: &str, second: &str) -> bool {
        let arrow = |operator: &str| matches!(operator, "->" | "->>");
        (arrow(first) && arrow(second)) || (first == "||" && second == "||" && self.dialect != Dialect::Mysql)
    }

    fn case(self, operands: &[Expr]) -> Option<String> {
        let mut out = "CASE".to_owned();
        for (at, operand) in operands.iter().enumerate() {
            match operand {
                Expr::Operator { operator, operands } if operator == "WHEN" => {
                    let [condition, result] = operands.as_slice() else { return None };
                    out.push_str(&format!(" WHEN {} THEN {}", self.expr(condition)?, self.expr(result)?));
                }
                Expr::Operator { operator, operands } if operator == "ELSE" => {
                    out.push_str(&format!(" ELSE {}", self.expr(operands.first()?)?));
                }
                other if at == 0 => out.push_str(&format!(" {}", self.expr(other)?)),
                _ => return None,
            }
        }
        out.push_str(" END");
        Some(out)
    }

    /// What may stand before `[1]`: a column, or another subscript; anything else in brackets.
    fn subscripted(self, whole: &Expr) -> Option<String> {
        let bare = match whole {
            Expr::Column(_) => true,
            Expr::Operator { operator, .. } => {
                matches!(operator.as_str(), "[]" | "[:]") || operator.starts_with('.')
            }
            Expr::Literal(_) | Expr::Call { .. } | Expr::Cast { .. } | Expr::Query(_) | Expr::Raw { .. } => {
                false
            }
        };
        let text = self.expr(whole)?;
        Some(if bare { text } else { format!("({text})") })
    }

    /// What stands in the brackets of a window.
    pub(super) fn window(self, parts: &[Expr]) -> Option<String> {
        let one = |part: &Expr| {
            let Expr::Operator { operator, operands } = part else { return None };
            match (operator.as_str(), operands.as_slice()) {
                ("PARTITION BY", keys) => Some(format!("PARTITION BY {}", self.list(keys)?)),
                ("ORDER BY", keys) => Some(format!("ORDER BY {}", self.keys(keys)?)),
                ("ROWS" | "RANGE" | "GROUPS", [start, end]) => {
                    Some(format!("{operator} BETWEEN {} AND {}", self.bound(start)?, self.bound(end)?))
                }
                (operator, []) => operator.strip_prefix("WINDOW ").map(|name| self.word(name)),
                _ => None,
            }
        };
        Some(parts.iter().map(one).collect::<Option<Vec<_>>>()?.join(" "))
    }

    fn bound(self, bound: &Expr) -> Option<String> {
        let Expr::Operator { operator, operands } = bound else { return None };
        match (operator.as_str(), operands.as_slice()) {
            ("CURRENT ROW", []) => Some("CURRENT ROW".to_owned()),
            ("PRECEDING" | "FOLLOWING", []) => Some(format!("UNBOUNDED {operator}")),
            // A string there is an interval to us, and a cast of it no bound.
            ("PRECEDING" | "FOLLOWING", [Expr::Cast { operand, to }])
                if *to == Type::plain("interval") && self.dialect == Dialect::Postgres =>
            {
                let Expr::Literal(Literal::String(_)) = &**operand else { return None };
                Some(format!("INTERVAL {} {operator}", self.expr(operand)?))
            }
            ("PRECEDING" | "FOLLOWING", [by]) => {
                Some(format!("{} {operator}", self.inside(by, Level::Whole)?))
            }
            _ => None,
        }
    }

    /// The keys of a GROUP BY. A row there is the list of its parts.
    pub(super) fn groups(self, keys: &[Expr]) -> Option<String> {
        let one = |key: &Expr| match key {
            Expr::Operator { operator, operands } if operator == "ROW" => {
                Some(format!("({})", self.list(operands)?))
            }
            other => self.expr(other),
        };
        Some(keys.iter().map(one).collect::<Option<Vec<_>>>()?.join(", "))
    }
}

/// A constant of text.
pub fn string(text: &str, dialect: Dialect) -> String {
    let doubled = text.replace('\'', "''");
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => format!("'{doubled}'"),
        Dialect::Mysql => format!("'{}'", doubled.replace('\\', "\\\\")),
    }
}

/// A type as it is written: the user's own, and `"char"`, in quotes where they must be.
pub fn type_name(ty: &Type, dialect: Dialect) -> String {
    const OWN: &[&str] = &[
        "bigint",
        "bit",
        "bit varying",
        "boolean",
        "character",
        "character varying",
        "double precision",
        "integer",
        "interval",
        "json",
        "numeric",
        "real",
        "smallint",
        "time with time zone",
        "time without time zone",
        "timestamp with time zone",
        "timestamp without time zone",
    ];
    if dialect != Dialect::Postgres {
        return ty.to_string();
    }
    let own = ty.schema.is_none() && (OWN.contains(&ty.name.as_str()) || ty.name.ends_with("%type"));
    let quoted = |text: &str| Writer::plain(dialect).word(text);
    let name = if own { ty.name.clone() } else { quoted(&ty.name) };
    Type { schema: ty.schema.as_deref().map(quoted), name, ..ty.clone() }.to_string()
}

/// Operators that give a truth value, and whose place among the others is not the same everywhere.
fn is_comparison(operator: &str) -> bool {
    matches!(
        operator,
        "=" | "<"
            | ">"
            | "<="
            | ">="
            | "<>"
            | "!="
            | "=="
            | "<=>"
            | "~"
            | "~*"
            | "!~"
            | "!~*"
            | "~~"
            | "~~*"
            | "!~~"
            | "!~~*"
            | "IN"
            | "NOT IN"
            | "BETWEEN"
            | "NOT BETWEEN"
            | "LIKE"
            | "NOT LIKE"
            | "ILIKE"
            | "NOT ILIKE"
            | "SIMILAR TO"
            | "NOT SIMILAR TO"
            | "OVERLAPS"
            | "REGEXP"
            | "RLIKE"
            | "MATCH"
            | "GLOB"
    ) || operator.starts_with("IS ")
        || operator.ends_with(" ANY")
        || operator.ends_with(" ALL")
}

fn is_symbol(operator: &str) -> bool {
    !operator.is_empty() && operator.bytes().all(|byte| b"+-*/<>=~!@#%^&|`?".contains(&byte))
}

/// An operator between two operands.
fn is_infix(operator: &str) -> bool {
    is_symbol(operator)
        || matches!(operator, "AT TIME ZONE" | "XOR" | "DIV")
        || operator.starts_with("OPERATOR(")
}

/// What only stands among the arguments of a call.
fn is_argument_word(operator: &str) -> bool {
    matches!(operator, "DISTINCT" | "ORDER BY") || operator.ends_with(" =>")
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && text[word.len()..].starts_with([' ', '\''])
}

/// `EXISTS (…)`, but `ARRAY(…)`.
fn spaced(operator: &str) -> String {
    if operator == "EXISTS" { "EXISTS ".to_owned() } else { operator.to_owned() }
}

/// What is compared with a text, without the cast that the server puts around a list for it: written out, that cast would go to each
/// member.
fn list_of_text<'a>(value: &Expr, list: &'a Expr) -> &'a Expr {
    let is_text = |to: &Type, dimensions: u8| to.name == "text" && to.dimensions == dimensions;
    let is_varying = |member: &Expr| matches!(member, Expr::Cast { to, .. } if to.name == "character varying" && to.dimensions == 0);
    match (value, list) {
        (Expr::Cast { to: of_value, .. }, Expr::Cast { operand, to })
            if is_text(of_value, 0)
                && is_text(to, 1)
                && matches!(&**operand, Expr::Operator { operator, operands }
                    if operator == "ARRAY" && !operands.is_empty() && operands.iter().all(is_varying)) =>
        {
            operand
        }
        (_, _) => list,
    }
}
