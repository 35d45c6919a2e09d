//! Types, defaults and expressions in one form: what means the same to the server is the same text here.
//!
//! Where it cannot be told, two are taken for the same: what was not understood never makes a difference.

mod query;

pub use query::same_query;

use super::{Dialect, Expr, Family, IndexKey, Literal, Type};

/// A type as the server prints it, without the schemas that everybody leaves out.
pub fn type_text(ty: &Type, dialect: Dialect) -> String {
    let arguments = ty.arguments.iter().map(|argument| squeezed(argument).to_ascii_lowercase()).collect();
    let ty = Type { arguments, ..ty.clone() };
    match dialect {
        Dialect::Postgres => ty.to_string(),
        Dialect::Sqlite => ty.to_string().to_ascii_lowercase(),
        Dialect::Mysql => mysql_type(&ty),
    }
}

/// Whether two types are the same. A schema counts only where both have one: the search path may stand for the other.
pub fn same_type(one: &Type, other: &Type, dialect: Dialect) -> bool {
    // PostgreSQL keeps that a type is an array, not of how many dimensions.
    let dimensions = |ty: &Type| match dialect {
        Dialect::Postgres => ty.dimensions.min(1),
        Dialect::Sqlite | Dialect::Mysql => ty.dimensions,
    };
    let bare =
        |ty: &Type| type_text(&Type { schema: None, dimensions: dimensions(ty), ..ty.clone() }, dialect);
    let schemas = match (&one.schema, &other.schema) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    };
    schemas && bare(one) == bare(other)
}

/// Whether two types are the same but for lengths and precisions, which a function's signature does not keep.
pub fn same_base_type(one: &Type, other: &Type) -> bool {
    let base = |ty: &Type| Type { arguments: Vec::new(), ..ty.clone() };
    same_type(&base(one), &base(other), Dialect::Postgres)
}

/// The integer type that a serial type stands for, by PostgreSQL's name; any other type as it is.
pub fn without_serial(ty: &Type) -> Type {
    let integer = match ty.name.as_str() {
        "smallserial" | "serial2" => "smallint",
        "serial" | "serial4" => "integer",
        "bigserial" | "serial8" => "bigint",
        _ => return ty.clone(),
    };
    if ty.dimensions == 0 { Type::plain(integer) } else { ty.clone() }
}

/// A column's default in one form; None where it is NULL, which is no default.
pub fn default(expr: &Expr, ty: Option<&Type>, dialect: Dialect) -> Option<Expr> {
    let mut expr = simple(expr, dialect);
    let Some(ty) = ty else { return (!expr.is_null()).then_some(expr) };
    // The column's own type is what every default becomes.
    while let Expr::Cast { operand, to } = expr {
        if to.name != ty.name || to.dimensions != ty.dimensions {
            expr = Expr::Cast { operand, to };
            break;
        }
        expr = *operand;
    }
    (!expr.is_null()).then(|| in_column(expr, ty, dialect))
}

/// Whether two expressions in one form are the same, as far as both were understood.
pub fn same(one: &Expr, other: &Expr) -> bool {
    one == other || is_unclear(one) || is_unclear(other)
}

/// An expression in one form.
pub fn simple(expr: &Expr, dialect: Dialect) -> Expr {
    simple_with(expr, dialect, false)
}

/// An expression in one form. `qualified`: whether what stands before a column's name counts, as OLD and NEW do.
pub fn simple_with(expr: &Expr, dialect: Dialect, qualified: bool) -> Expr {
    let all = |exprs: &[Expr]| exprs.iter().map(|expr| simple_with(expr, dialect, qualified)).collect();
    match expr {
        Expr::Column(parts) if qualified => Expr::Column(parts.clone()),
        Expr::Column(parts) => Expr::Column(parts.last().cloned().into_iter().collect()),
        Expr::Literal(Literal::Number(text)) => Expr::Literal(Literal::Number(number(text))),
        Expr::Literal(_) | Expr::Query(_) | Expr::Raw { .. } => expr.clone(),
        Expr::Cast { operand, to } => cast(simple_with(operand, dialect, qualified), to, dialect),
        Expr::Call { name, arguments } => call(name, all(arguments), dialect),
        Expr::Operator { operator, operands } => operation(operator, all(operands)),
    }
}

/// An expression as text, for people and for comparing.
pub fn text(expr: &Expr) -> String {
    match expr {
        Expr::Column(parts) => parts.join("."),
        Expr::Literal(Literal::Null) => "NULL".to_owned(),
        Expr::Literal(Literal::Boolean(yes)) => yes.to_string(),
        Expr::Literal(Literal::Number(text) | Literal::Bits(text) | Literal::Placeholder(text)) => {
            text.clone()
        }
        Expr::Literal(Literal::String(text)) => format!("'{}'", text.replace('\'', "''")),
        Expr::Call { name, arguments } if arguments.is_empty() && name.starts_with("current_") => {
            name.to_ascii_uppercase()
        }
        Expr::Call { name, arguments } => format!("{name}({})", texts(arguments)),
        Expr::Cast { operand, to } => format!("{}::{to}", inner(operand)),
        Expr::Operator { operator, operands } => operator_text(operator, operands),
        Expr::Query(inner) => inner.text.clone(),
        Expr::Raw { text, .. } => text.clone(),
    }
}

/// Text that was not parsed, or that something fills in later. Queries are compared only where their names are resolved.
pub fn is_unclear(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |inner| {
        found |= matches!(inner, Expr::Query(_) | Expr::Raw { .. } | Expr::Literal(Literal::Placeholder(_)))
    });
    found
}

/// The server gives a constant the type that its place asks for: a cast of one says nothing new. So it is with casts to
/// text, which PostgreSQL writes around every `varchar` that it compares.
fn cast(operand: Expr, to: &Type, dialect: Dialect) -> Expr {
    let is_text =
        to.family() == Family::Text || to.name == "bpchar" || (to.dimensions > 0 && is_text_name(&to.name));
    match operand {
        Expr::Literal(Literal::String(text)) => constant(text, to.family()),
        Expr::Literal(Literal::Number(_)) if is_number(to.family()) => operand,
        Expr::Literal(Literal::Null | Literal::Boolean(_)) => operand,
        // Where two numbers meet, PostgreSQL writes the wider type around the narrower one, and none around one that has it.
        Expr::Column(_) if is_number(to.family()) => operand,
        Expr::Operator { ref operator, .. }
            if is_number(to.family()) && ["+", "-", "*", "/", "%"].contains(&operator.as_str()) =>
        {
            operand
        }
        _ if is_text && dialect == Dialect::Postgres => operand,
        // A cast of a list is one of each of its members.
        Expr::Operator { operator, operands }
            if operator == "ARRAY" && to.dimensions > 0 && dialect == Dialect::Postgres =>
        {
            let one = |member: Expr| match &member {
                Expr::Operator { operator, .. } if operator == "ARRAY" => cast(member, to, dialect),
                _ => cast(member, &Type { dimensions: 0, ..to.clone() }, dialect),
            };
            Expr::Operator { operator, operands: operands.into_iter().map(one).collect() }
        }
        // What these take out of a document is a document of the same type.
        Expr::Operator { ref operator, .. }
            if matches!(operator.as_str(), "->" | "#>")
                && to.family() == Family::Json
                && to.dimensions == 0 =>
        {
            operand
        }
        Expr::Literal(_)
        | Expr::Column(_)
        | Expr::Call { .. }
        | Expr::Operator { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => {
            Expr::Cast { operand: Box::new(operand), to: Type { schema: None, ..to.clone() } }
        }
    }
}

fn is_text_name(name: &str) -> bool {
    Type::plain(name).family() == Family::Text || name == "bpchar"
}

const fn is_number(family: Family) -> bool {
    matches!(family, Family::Integer | Family::Decimal | Family::Float)
}

/// A string as a constant of a type.
fn constant(text: String, family: Family) -> Expr {
    let literal = match family {
        Family::Integer | Family::Decimal | Family::Float
            if text.trim().parse::<f64>().is_ok_and(f64::is_finite) =>
        {
            Literal::Number(number(text.trim()))
        }
        // Source: `parse_bool` in PostgreSQL's bool.c.
        Family::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "t" | "tr" | "tru" | "true" | "y" | "ye" | "yes" | "on" | "1" => Literal::Boolean(true),
            "f" | "fa" | "fal" | "fals" | "false" | "n" | "no" | "of" | "off" | "0" => {
                Literal::Boolean(false)
            }
            _ => Literal::String(text),
        },
        Family::Json => Literal::String(json(text)),
        Family::Uuid => Literal::String(text.to_ascii_lowercase()),
        Family::Timestamp => Literal::String(moment(&text)),
        Family::Interval => Literal::String(duration(&text).unwrap_or(text)),
        Family::Bytes => Literal::String(bytes(text)),
        Family::Integer
        | Family::Decimal
        | Family::Float
        | Family::Text
        | Family::Date
        | Family::Time
        | Family::Network
        | Family::Other => Literal::String(text),
    };
    Expr::Literal(literal)
}

/// `-1`, `0.5`, `12`: without a plus, needless zeros and a needless point.
fn number(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(plain) = without_exponent(digits) {
        return number(&format!("{sign}{plain}"));
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return text.to_ascii_lowercase();
    }
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, rest) = (whole.trim_start_matches('0'), rest.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    match (whole, rest) {
        ("0", "") => "0".to_owned(),
        (_, "") => format!("{sign}{whole}"),
        (_, _) => format!("{sign}{whole}.{rest}"),
    }
}

/// `1.5e3` as `1500`; None where there is no exponent, or one that nobody writes.
fn without_exponent(text: &str) -> Option<String> {
    let (digits, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= 100)?;
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + rest.len() == 0 || !(whole.bytes().chain(rest.bytes())).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let all = format!("{whole}{rest}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    Some(match usize::try_from(point) {
        Ok(point) if point >= all.len() => format!("{all:0<point$}"),
        Ok(point) => format!("{}.{}", &all[..point], &all[point..]),
        Err(_) => format!("0.{}{all}", "0".repeat(usize::try_from(-point).ok()?)),
    })
}

fn negative(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) => rest.to_owned(),
        None if text == "0" => text.to_owned(),
        None => format!("-{text}"),
    }
}

/// JSON without blanks, and with its keys in order: `jsonb` keeps neither.
fn json(text: String) -> String {
    serde_json::from_str::<serde_json::Value>(&text).map_or(text, |value| value.to_string())
}

/// `2020-01-01` as `2020-01-01 00:00:00`, and without a zone of nought: PostgreSQL prints both.
pub fn moment(text: &str) -> String {
    let mut text = text.trim().to_ascii_uppercase();
    if text == "EPOCH" {
        return "1970-01-01 00:00:00".to_owned();
    }
    if text.as_bytes().get(10) == Some(&b'T') {
        text.replace_range(10..11, " ");
    }
    for zone in ["UTC", "GMT", "Z", "+00:00", "+00"] {
        if let Some(rest) = text.strip_suffix(zone) {
            text.truncate(rest.trim_end().len());
        }
    }
    let is_date = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_date { format!("{text} 00:00:00") } else { text }
}

/// `1 year 2 weeks` as months, days and seconds, which is what PostgreSQL keeps. None where it is written otherwise.
fn duration(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let mut words = text.split_whitespace();
    let (mut months, mut days, mut seconds) = (0f64, 0f64, 0f64);
    while let Some(word) = words.next() {
        if let Some((hours, rest)) = word.split_once(':') {
            let (minutes, rest) = rest.split_once(':').unwrap_or((rest, "0"));
            let part = |text: &str| text.parse::<f64>().ok().filter(|number| *number >= 0.0);
            seconds += part(hours)? * 3600.0 + part(minutes)? * 60.0 + part(rest)?;
            continue;
        }
        let digits = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
        let (number, glued) = word.split_at(digits);
        let number: f64 = number.parse().ok()?;
        let unit = if glued.is_empty() { words.next().unwrap_or("s") } else { glued };
        match unit.strip_suffix('s').filter(|unit| !unit.is_empty()).unwrap_or(unit) {
            "year" | "yr" | "y" => months += number * 12.0,
            "month" | "mon" => months += number,
            "week" | "w" => days += number * 7.0,
            "day" | "d" => days += number,
            "hour" | "hr" | "h" => seconds += number * 3600.0,
            "minute" | "min" | "m" => seconds += number * 60.0,
            "second" | "sec" | "s" => seconds += number,
            _ => return None,
        }
    }
    // Parts of months and days spill over: whoever writes them writes them alike.
    let parts = [(months, "months"), (days, "days"), (seconds, "seconds")];
    let whole = parts.iter().take(2).all(|(number, _)| number.fract() == 0.0);
    let shown: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number != 0.0)
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    whole.then(|| if shown.is_empty() { "0".to_owned() } else { shown.join(" ") })
}

/// A bytea constant as PostgreSQL prints it: `\x` and hexadecimal digits.
fn bytes(text: String) -> String {
    match text.strip_prefix("\\x") {
        Some(digits) => format!("\\x{}", digits.to_ascii_lowercase()),
        // Octal escapes are rare enough to be left as they are.
        None if text.contains('\\') => text,
        None => text.bytes().fold("\\x".to_owned(), |out, byte| format!("{out}{byte:02x}")),
    }
}

fn call(name: &str, arguments: Vec<Expr>, dialect: Dialect) -> Expr {
    let name = name.to_ascii_lowercase();
    let name =
        name.strip_prefix("public.").or_else(|| name.strip_prefix("pg_catalog.")).unwrap_or(&name).to_owned();
    match (name.as_str(), arguments.len(), dialect) {
        ("now" | "current_timestamp" | "transaction_timestamp", 0, Dialect::Postgres)
        | ("now" | "current_timestamp" | "localtimestamp" | "localtime", 0, Dialect::Mysql) => {
            Expr::Call { name: "now".to_owned(), arguments }
        }
        ("timezone", 2, Dialect::Postgres) => Expr::Operator {
            operator: "AT TIME ZONE".to_owned(),
            operands: arguments.into_iter().rev().collect(),
        },
        ("nextval", 1, Dialect::Postgres) => {
            let plain = |argument: Expr| match argument {
                Expr::Literal(Literal::String(text)) => Expr::Literal(Literal::String(sequence_name(&text))),
                // `'x'::text::regclass`, as old versions print it.
                Expr::Cast { operand, to } if to.name == "regclass" => *operand,
                other => other,
            };
            Expr::Call { name, arguments: arguments.into_iter().map(plain).collect() }
        }
        (_, _, Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql) => Expr::Call { name, arguments },
    }
}

/// The name inside `'public."orders_id_seq"'`.
fn sequence_name(text: &str) -> String {
    text.strip_prefix("public.").unwrap_or(text).replace('"', "")
}

fn operation(operator: &str, mut operands: Vec<Expr>) -> Expr {
    let op = |operator: &str, operands: Vec<Expr>| Expr::Operator { operator: operator.to_owned(), operands };
    match (operator, operands.as_mut_slice()) {
        ("-", [Expr::Literal(Literal::Number(text))]) => Expr::Literal(Literal::Number(negative(text))),
        ("+", [Expr::Literal(Literal::Number(text))]) => Expr::Literal(Literal::Number(std::mem::take(text))),
        ("IN" | "NOT IN", [_, ..]) => {
            let equal = operator == "IN";
            let needle = operands.remove(0);
            if operands.len() == 1 {
                operands.insert(0, needle);
                return op(if equal { "=" } else { "<>" }, operands);
            }
            op(if equal { "= ANY" } else { "<> ALL" }, vec![needle, op("ARRAY", operands)])
        }
        ("BETWEEN" | "NOT BETWEEN", [value, low, high]) => {
            let take = |expr: &mut Expr| std::mem::replace(expr, Expr::Literal(Literal::Null));
            let (value, low, high) = (take(value), take(low), take(high));
            match operator {
                "BETWEEN" => op("AND", vec![op(">=", vec![value.clone(), low]), op("<=", vec![value, high])]),
                _ => op("OR", vec![op("<", vec![value.clone(), low]), op(">", vec![value, high])]),
            }
        }
        ("AND" | "OR", _) => {
            let mut flat = Vec::with_capacity(operands.len());
            for operand in operands {
                match operand {
                    Expr::Operator { operator: own, operands } if own == operator => flat.extend(operands),
                    other => flat.push(other),
                }
            }
            op(operator, flat)
        }
        // ELSE NULL says nothing.
        ("CASE", [.., Expr::Operator { operator: last, operands: says }])
            if last == "ELSE" && says.iter().all(Expr::is_null) =>
        {
            operands.pop();
            op(operator, operands)
        }
        ("LIKE", _) => op("~~", operands),
        ("NOT LIKE", _) => op("!~~", operands),
        ("ILIKE", _) => op("~~*", operands),
        ("NOT ILIKE", _) => op("!~~*", operands),
        // So the server prints it: `b ~ similar_to_escape('x%')`.
        ("SIMILAR TO" | "NOT SIMILAR TO", [_, _]) => {
            let pattern = operands.split_off(1);
            operands.push(Expr::Call { name: "similar_to_escape".to_owned(), arguments: pattern });
            op(if operator == "SIMILAR TO" { "~" } else { "!~" }, operands)
        }
        ("!=", _) => op("<>", operands),
        ("==", _) => op("=", operands),
        _ => op(operator, operands),
    }
}

/// What a default becomes in its column.
fn in_column(expr: Expr, ty: &Type, dialect: Dialect) -> Expr {
    match (dialect, expr) {
        (Dialect::Postgres, Expr::Literal(Literal::String(text))) if ty.dimensions == 0 => {
            constant(text, ty.family())
        }
        (Dialect::Postgres, Expr::Operator { operator, operands })
            if operator == "ARRAY" && ty.dimensions > 0 =>
        {
            array(&operands).unwrap_or(Expr::Operator { operator, operands })
        }
        (Dialect::Postgres, Expr::Cast { operand, to }) if ty.dimensions > 0 && to.dimensions > 0 => {
            match *operand {
                Expr::Operator { operator, operands } if operator == "ARRAY" => {
                    in_column(Expr::Operator { operator, operands }, ty, dialect)
                }
                other => Expr::Cast { operand: Box::new(other), to },
            }
        }
        (Dialect::Sqlite | Dialect::Mysql, expr) => loosely(expr, ty),
        (Dialect::Postgres, expr) => expr,
    }
}

/// `ARRAY['a','b']` as the constant `'{a,b}'`, where nothing in it needs quotes.
fn array(elements: &[Expr]) -> Option<Expr> {
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    let texts: Option<Vec<String>> = elements
        .iter()
        .map(|element| match element {
            Expr::Literal(Literal::String(text) | Literal::Number(text)) if plain(text) => Some(text.clone()),
            Expr::Literal(_)
            | Expr::Column(_)
            | Expr::Call { .. }
            | Expr::Operator { .. }
            | Expr::Cast { .. }
            | Expr::Query(_)
            | Expr::Raw { .. } => None,
        })
        .collect();
    Some(Expr::Literal(Literal::String(format!("{{{}}}", texts?.join(",")))))
}

/// SQLite and MySQL take a string for a number where the column holds numbers, TRUE for 1, and SQLite a name for a string.
fn loosely(expr: Expr, ty: &Type) -> Expr {
    let name = ty.name.to_ascii_lowercase();
    let numbers =
        ["int", "real", "floa", "doub", "num", "dec", "bool", "bit"].iter().any(|part| name.contains(part));
    match expr {
        Expr::Literal(Literal::Boolean(yes)) => Expr::Literal(Literal::Number(u8::from(yes).to_string())),
        Expr::Literal(Literal::String(text)) if numbers => constant(text, Family::Decimal),
        Expr::Column(parts) => Expr::Literal(Literal::String(parts.concat())),
        Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Operator { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => expr,
    }
}

fn texts(exprs: &[Expr]) -> String {
    exprs.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// An operand: in brackets where it is an operation itself.
fn inner(expr: &Expr) -> String {
    let plain = match expr {
        Expr::Operator { operator, .. } => operator == "ARRAY",
        Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => true,
    };
    if plain { text(expr) } else { format!("({})", text(expr)) }
}

fn operator_text(operator: &str, operands: &[Expr]) -> String {
    match (operator, operands) {
        ("ARRAY", _) => format!("ARRAY[{}]", texts(operands)),
        ("ROW", _) => format!("ROW({})", texts(operands)),
        ("[]", [whole, index]) => format!("({})[{}]", text(whole), text(index)),
        ("= ANY" | "<> ALL", [needle, among]) => format!("{} {operator} ({})", inner(needle), text(among)),
        (_, [one]) if operator.starts_with("IS ") || operator.starts_with("COLLATE ") => {
            format!("{} {operator}", inner(one))
        }
        (_, [one]) => format!("{operator} {}", inner(one)),
        ("CASE" | "WHEN" | "ELSE", _) => {
            format!("{operator} {}", operands.iter().map(inner).collect::<Vec<_>>().join(" "))
        }
        _ => operands.iter().map(inner).collect::<Vec<_>>().join(&format!(" {operator} ")),
    }
}

/// A key in one form: `(a COLLATE "C")` is `a COLLATE "C"`.
pub fn key(key: &IndexKey, dialect: Dialect) -> IndexKey {
    let expr = simple(&key.expr, dialect);
    let options = options(&key.options);
    match expr {
        Expr::Operator { operator, mut operands }
            if operator.starts_with("COLLATE ") && operands.len() == 1 =>
        {
            let collation = operator.trim_start_matches("COLLATE ");
            let collation = collation.strip_prefix("pg_catalog.").unwrap_or(collation);
            IndexKey {
                expr: operands.remove(0),
                options: format!("collate {collation} {options}").trim_end().to_owned(),
            }
        }
        expr => IndexKey { expr, options },
    }
}

/// A key of an index as it is compared.
pub fn key_text(written: &IndexKey, dialect: Dialect) -> String {
    let IndexKey { expr, options } = key(written, dialect);
    let shown = match &expr {
        Expr::Column(_) | Expr::Call { .. } => text(&expr),
        Expr::Literal(_) | Expr::Operator { .. } | Expr::Cast { .. } | Expr::Query(_) | Expr::Raw { .. } => {
            format!("({})", text(&expr))
        }
    };
    if options.is_empty() { shown } else { format!("{shown} {options}") }
}

/// The options of an index key without those that hold anyway: ASC, the default place of NULLs, default operator classes.
fn options(written: &str) -> String {
    const DEFAULT_CLASSES: &[&str] = &[
        "text_ops",
        "varchar_ops",
        "bpchar_ops",
        "int2_ops",
        "int4_ops",
        "int8_ops",
        "numeric_ops",
        "float4_ops",
        "float8_ops",
        "bool_ops",
        "date_ops",
        "time_ops",
        "timetz_ops",
        "timestamp_ops",
        "timestamptz_ops",
        "interval_ops",
        "uuid_ops",
        "jsonb_ops",
        "array_ops",
        "tsvector_ops",
        "bytea_ops",
        "enum_ops",
        "range_ops",
        "network_ops",
    ];
    let lower = written.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let descending = words.contains(&"desc");
    let mut out: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        match *word {
            "asc" => {}
            "nulls" => {
                let place = words.get(at).copied().unwrap_or_default();
                at += 1;
                if (place == "first") != descending {
                    out.extend(["nulls", place]);
                }
            }
            // The name of a collation keeps its quotes, and its case with them.
            "collate" => {
                let from = written
                    .to_ascii_lowercase()
                    .find("collate")
                    .map_or(written.len(), |at| at + "collate".len());
                let name = written[from..].split_whitespace().next().unwrap_or_default();
                let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
                if name != "\"default\"" {
                    out.extend(["collate", name]);
                }
                at += 1;
            }
            class if !matches!(class, "desc") => {
                let class = class.rsplit('.').next().unwrap_or(class);
                if !DEFAULT_CLASSES.contains(&class) && !is_btree_gist(class) {
                    out.push(class);
                }
            }
            other => out.push(other),
        }
    }
    out.join(" ")
}

/// Whether an operator class is one of the extension btree_gist, all of which are the default of their type.
fn is_btree_gist(class: &str) -> bool {
    const TYPES: &[&str] = &[
        "int2",
        "int4",
        "int8",
        "float4",
        "float8",
        "numeric",
        "timestamp",
        "timestamptz",
        "time",
        "timetz",
        "date",
        "interval",
        "cash",
        "oid",
        "text",
        "bpchar",
        "bytea",
        "bit",
        "vbit",
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "uuid",
        "enum",
        "bool",
    ];
    class
        .strip_prefix("gist_")
        .and_then(|rest| rest.strip_suffix("_ops"))
        .is_some_and(|ty| TYPES.contains(&ty))
}

/// MySQL keeps one name for each type; the width of an integer is only how it is shown (source: MySQL 8.0 manual, 11.9).
fn mysql_type(ty: &Type) -> String {
    let mut ty = Type { name: ty.name.to_ascii_lowercase(), ..ty.clone() };
    let (head, rest) = match ty.name.split_once(' ') {
        Some((head, rest)) => (head.to_owned(), format!(" {rest}")),
        None => (ty.name.clone(), String::new()),
    };
    let head = match head.as_str() {
        "integer" => "int",
        "bool" | "boolean" => {
            ty.arguments.clear();
            "tinyint"
        }
        "dec" | "numeric" | "fixed" => "decimal",
        "real" => "double",
        other => other,
    };
    if head.ends_with("int") {
        ty.arguments.clear();
    }
    ty.name = format!("{head}{rest}");
    ty.to_string()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for (written, kept) in [
            ("0", "0"),
            ("00.50", "0.5"),
            ("+1", "1"),
            ("-0", "0"),
            (".5", "0.5"),
            ("1.00", "1"),
            ("-2.0", "-2"),
            // As PostgreSQL prints a numeric.
            ("1e3", "1000"),
            ("1.5E-2", "0.015"),
            ("12.34e1", "123.4"),
            ("1e999", "1e999"),
        ] {
            assert_eq!(number(written), kept, "{written}");
        }
    }

    #[test]
    fn json_is_compared_by_its_parts() {
        let written = r#"{ "b" : "\" c", "a b": [1, 2] }"#.to_owned();
        assert_eq!(json(written), r#"{"a b":[1,2],"b":"\" c"}"#);
        assert_eq!(json("no json".to_owned()), "no json");
    }

    #[test]
    fn what_holds_anyway_is_no_option_of_a_key() {
        assert_eq!(options("ASC NULLS LAST"), "");
        assert_eq!(options("DESC NULLS FIRST"), "desc");
        assert_eq!(options("DESC NULLS LAST"), "desc nulls last");
        assert_eq!(options("public.gin_trgm_ops"), "gin_trgm_ops");
        assert_eq!(options("COLLATE pg_catalog.\"C\" text_ops"), "collate \"C\"");
    }

    #[test]
    fn placeholders_and_unread_text_differ_from_nothing() {
        let raw = Expr::Raw { text: "(SELECT 1)".to_owned(), words: Vec::new() };
        let one = Expr::Literal(Literal::Number("1".to_owned()));
        assert!(same(&raw, &one));
        assert!(!same(&Expr::Literal(Literal::Null), &one));
    }
}
