//! What type an expression of a resolved query has in PostgreSQL, where that can be told: everything here is what the server's own
//! functions and operators give (its manual, chapter 9, and `pg_proc`, `pg_operator` and `pg_cast`), and a user's may differ.

use std::collections::BTreeMap;

use super::query::{Entry, Query, QueryBody, Target};
use super::{Expr, Family, Literal, Type};

/// The type of an expression; None where it cannot be told. A string or NULL that nothing gives a type has none.
pub fn type_of(expr: &Expr, entries: &BTreeMap<String, Entry>) -> Option<Type> {
    match expr {
        Expr::Column(parts) => {
            let [entry, column] = parts.as_slice() else { return None };
            let entry = entries.get(entry)?;
            match entry.columns.iter().find(|(name, _)| name == column) {
                Some((_, ty)) => ty.clone(),
                None => entry.relation.as_ref().and_then(|_| system_type(column)),
            }
        }
        Expr::Literal(Literal::Boolean(_)) => Some(Type::plain("boolean")),
        Expr::Literal(Literal::Number(text)) => Some(number(text)),
        Expr::Literal(Literal::Bits(text)) => {
            let digits = text.len().saturating_sub(3);
            let bits = if text.starts_with('x') { digits * 4 } else { digits };
            Some(Type { arguments: vec![bits.to_string()], ..Type::plain("bit") })
        }
        Expr::Literal(Literal::Null | Literal::String(_) | Literal::Placeholder(_)) => None,
        Expr::Cast { to, .. } => Some(to.clone()),
        Expr::Call { name, arguments } => call(name, arguments, entries),
        Expr::Operator { operator, operands } => operation(operator, operands, entries),
        Expr::Query(inner) => match inner.operator.as_str() {
            "" => first_column(&inner.query, entries),
            "ARRAY" => first_column(&inner.query, entries).and_then(|ty| array_of(&ty)),
            _ => Some(Type::plain("boolean")),
        },
        Expr::Raw { .. } => None,
    }
}

/// The columns that every table has.
fn system_type(column: &str) -> Option<Type> {
    let name = match column {
        "tableoid" | "oid" => "oid",
        "ctid" => "tid",
        "xmin" | "xmax" => "xid",
        "cmin" | "cmax" => "cid",
        _ => return None,
    };
    Some(Type::plain(name))
}

/// The type that a column of a result has: a string is a text where nothing says otherwise.
pub fn output_type(expr: &Expr, entries: &BTreeMap<String, Entry>) -> Option<Type> {
    if is_untyped(expr) { Some(Type::plain("text")) } else { type_of(expr, entries) }
}

/// A string or NULL, which takes the type of its place.
pub const fn is_untyped(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Literal::Null | Literal::String(_)))
}

/// The type that several expressions have together, as CASE, COALESCE, VALUES and UNION give it: each with whether it is untyped
/// (source: `select_common_type` in PostgreSQL's parse_coerce.c). None where it cannot be told.
pub fn common_type(types: &[(Option<Type>, bool)]) -> Option<Type> {
    let mut known: Vec<&Type> = Vec::new();
    for (ty, untyped) in types {
        if !untyped {
            known.push(ty.as_ref()?);
        }
    }
    let Some((first, rest)) = known.split_first() else { return Some(Type::plain("text")) };
    if rest.iter().all(|ty| ty == first) && known.len() == types.len() {
        return Some((*first).clone());
    }
    let mut chosen = bare(first);
    for ty in rest {
        let ty = bare(ty);
        if ty == chosen {
            continue;
        }
        chosen = wider(&chosen, &ty)?;
    }
    // An untyped one gets the type, but not its length: then neither has the whole.
    Some(chosen)
}

/// The one of two types to which the other one is cast without a word.
fn wider(one: &Type, other: &Type) -> Option<Type> {
    if one.dimensions > 0 || other.dimensions > 0 {
        return None;
    }
    const RANKS: &[&[&str]] = &[
        &["smallint", "integer", "bigint", "numeric", "real", "double precision"],
        &["date", "timestamp without time zone", "timestamp with time zone"],
    ];
    let ranked = RANKS.iter().find_map(|ranks| {
        let rank = |ty: &Type| ranks.iter().position(|name| *name == ty.name);
        Some(if rank(one)? >= rank(other)? { one.clone() } else { other.clone() })
    });
    // Each of them can become each other one: the first stays.
    let text = |ty: &Type| matches!(ty.name.as_str(), "text" | "character varying" | "bpchar");
    let texts = || (text(one) && text(other)).then(|| one.clone());
    ranked.or_else(texts)
}

/// Whether PostgreSQL may have put a cast around an expression of the one type where nobody wrote it (source: `pg_cast`, those with
/// the context `i`). Where the type of the expression is not known, it may.
pub fn is_implicit(from: Option<&Type>, to: &Type) -> bool {
    if !to.arguments.is_empty() {
        return from.is_some_and(|from| same(from, to));
    }
    let Some(from) = from else {
        let targets = [
            "text",
            "character varying",
            "bpchar",
            "character",
            "name",
            "smallint",
            "integer",
            "bigint",
            "numeric",
            "real",
            "double precision",
            "oid",
            "regclass",
            "regproc",
            "timestamp without time zone",
            "timestamp with time zone",
            "interval",
            "inet",
            "bit varying",
            "jsonb",
            "uuid",
            "date",
            "boolean",
        ];
        return targets.contains(&to.name.as_str());
    };
    if same(&bare(from), to) {
        return true;
    }
    if from.dimensions != to.dimensions {
        return from.dimensions == 0 && from.schema.is_some();
    }
    let targets: &[&str] = match from.name.as_str() {
        "smallint" => {
            &["integer", "bigint", "numeric", "real", "double precision", "oid", "regclass", "regproc"]
        }
        "integer" => &["bigint", "numeric", "real", "double precision", "oid", "regclass", "regproc"],
        "bigint" => &["numeric", "real", "double precision", "oid", "regclass", "regproc"],
        "numeric" => &["real", "double precision"],
        "real" => &["double precision"],
        "text" => &["character varying", "bpchar", "character", "name", "regclass"],
        "character varying" => &["text", "bpchar", "character", "name", "regclass"],
        "character" | "bpchar" => &["text", "character varying", "bpchar", "name"],
        "name" | "\"char\"" => &["text", "bpchar"],
        "date" => &["timestamp without time zone", "timestamp with time zone"],
        "timestamp without time zone" => &["timestamp with time zone"],
        "time without time zone" => &["time with time zone", "interval"],
        "cidr" => &["inet"],
        "bit" => &["bit varying"],
        "regclass" | "regproc" | "regtype" | "oid" => &["oid", "bigint", "regclass", "regproc"],
        "citext" => &["text", "character varying", "bpchar"],
        "xml" | "json" | "jsonb" | "uuid" | "boolean" | "bytea" | "inet" | "bigserial" | "interval" => &[],
        // A domain becomes what it is made of.
        _ => return !is_builtin(&from.name),
    };
    targets.contains(&to.name.as_str())
}

/// Whether a type is one of PostgreSQL's own, and one that everybody uses.
pub fn is_builtin(name: &str) -> bool {
    Type::plain(name).family() != Family::Other
        || matches!(
            name,
            "bit" | "bit varying" | "tsvector" | "tsquery" | "oid" | "record" | "point" | "bpchar"
        )
}

fn same(one: &Type, other: &Type) -> bool {
    one.name == other.name && one.arguments == other.arguments && one.dimensions == other.dimensions
}

/// A type without its length.
fn bare(ty: &Type) -> Type {
    let name = if ty.name == "character" { "bpchar".to_owned() } else { ty.name.clone() };
    Type { arguments: Vec::new(), name, ..ty.clone() }
}

fn array_of(ty: &Type) -> Option<Type> {
    (ty.dimensions == 0).then(|| Type { dimensions: 1, ..ty.clone() })
}

fn number(text: &str) -> Type {
    Type::plain(match text.parse::<i64>() {
        Ok(value) if i32::try_from(value).is_ok() => "integer",
        Ok(_) => "bigint",
        Err(_) => "numeric",
    })
}

/// The type of the one column that a query gives.
fn first_column(query: &Query, entries: &BTreeMap<String, Entry>) -> Option<Type> {
    match &query.body {
        QueryBody::Select(select) => match select.targets.first()? {
            Target::Expr { expr, .. } => output_type(expr, entries),
            Target::Star(_) => None,
        },
        QueryBody::Values(rows) => {
            let each = rows.iter().filter_map(|row| row.first());
            let types: Vec<_> = each.map(|expr| (type_of(expr, entries), is_untyped(expr))).collect();
            common_type(&types)
        }
        QueryBody::Set { left, right, .. } => {
            let types = [(first_column(left, entries), false), (first_column(right, entries), false)];
            common_type(&types)
        }
    }
}

fn call(name: &str, arguments: &[Expr], entries: &BTreeMap<String, Entry>) -> Option<Type> {
    // DISTINCT stands around the arguments, and ORDER BY behind them.
    let arguments: Vec<&Expr> = match arguments {
        [Expr::Operator { operator, operands }, ..] if operator == "DISTINCT" => operands.iter().collect(),
        _ => arguments.iter().collect(),
    };
    let arguments: Vec<&Expr> = arguments
        .into_iter()
        .filter(|argument| !matches!(argument, Expr::Operator { operator, .. } if operator == "ORDER BY"))
        .collect();
    let nth = |at: usize| arguments.get(at).and_then(|expr| type_of(expr, entries));
    let first = || nth(0);
    let named = |name: &str| Some(Type::plain(name));
    let all = || {
        let types: Vec<_> = arguments.iter().map(|expr| (type_of(expr, entries), is_untyped(expr))).collect();
        common_type(&types)
    };
    let text_first = || arguments.first().is_some_and(|expr| is_untyped(expr));
    let base = |ty: Type| if ty.dimensions > 0 { String::new() } else { ty.name };
    match name {
        "count"
        | "row_number"
        | "rank"
        | "dense_rank"
        | "nextval"
        | "currval"
        | "lastval"
        | "regr_count"
        | "pg_relation_size"
        | "pg_total_relation_size"
        | "pg_table_size"
        | "pg_database_size"
        | "pg_indexes_size"
        | "txid_current" => named("bigint"),
        "ntile"
        | "length"
        | "char_length"
        | "character_length"
        | "octet_length"
        | "bit_length"
        | "position"
        | "strpos"
        | "ascii"
        | "array_length"
        | "array_upper"
        | "array_lower"
        | "array_ndims"
        | "cardinality"
        | "array_position"
        | "pg_backend_pid"
        | "jsonb_array_length"
        | "json_array_length"
        | "grouping"
        | "width_bucket"
        | "num_nulls"
        | "num_nonnulls"
        | "generate_subscripts" => named("integer"),
        "percent_rank" | "cume_dist" | "random" | "pi" | "date_part" | "percentile_cont" | "corr"
        | "regr_slope" | "regr_intercept" | "regr_r2" | "atan2" | "sin" | "cos" | "tan" | "asin" | "acos"
        | "atan" | "radians" | "degrees" | "cbrt" => {
            // The percentiles of a list of fractions, or of intervals, are something else.
            if name == "percentile_cont" { None } else { named("double precision") }
        }
        "extract" | "to_number" => named("numeric"),
        "lower" | "upper" => match first().map(base).as_deref() {
            Some("text" | "character varying" | "character" | "bpchar" | "name") => named("text"),
            _ if text_first() => named("text"),
            _ => None,
        },
        "initcap"
        | "btrim"
        | "ltrim"
        | "rtrim"
        | "lpad"
        | "rpad"
        | "replace"
        | "translate"
        | "repeat"
        | "split_part"
        | "regexp_replace"
        | "chr"
        | "md5"
        | "concat"
        | "concat_ws"
        | "format"
        | "to_char"
        | "to_hex"
        | "quote_ident"
        | "quote_literal"
        | "quote_nullable"
        | "encode"
        | "string_agg"
        | "array_to_string"
        | "version"
        | "pg_get_viewdef"
        | "pg_get_constraintdef"
        | "pg_get_indexdef"
        | "obj_description"
        | "col_description"
        | "format_type"
        | "json_typeof"
        | "jsonb_typeof"
        | "json_extract_path_text"
        | "jsonb_extract_path_text"
        | "regexp_split_to_table"
        | "string_to_table"
        | "json_array_elements_text"
        | "jsonb_array_elements_text"
        | "json_object_keys"
        | "jsonb_object_keys"
        | "current_setting"
        | "jsonb_pretty"
        | "left"
        | "right"
        | "substr"
        | "substring"
        | "overlay"
        | "reverse"
        | "normalize"
        | "pg_size_pretty"
        | "host"
        | "unistr" => {
            // Those that work on bytes and bits too.
            let bytes = ["btrim", "ltrim", "rtrim", "substr", "substring", "overlay", "string_agg"];
            match first().map(base).as_deref() {
                Some("bytea" | "bit" | "bit varying") if bytes.contains(&name) => None,
                None if bytes.contains(&name) && !text_first() => None,
                _ => named("text"),
            }
        }
        "regexp_match" | "regexp_matches" | "string_to_array" | "regexp_split_to_array" => {
            Some(Type { dimensions: 1, ..Type::plain("text") })
        }
        "current_user" | "session_user" | "user" | "current_role" | "current_schema" | "current_database"
        | "current_catalog" => named("name"),
        "now"
        | "current_timestamp"
        | "transaction_timestamp"
        | "statement_timestamp"
        | "clock_timestamp"
        | "to_timestamp"
        | "make_timestamptz" => {
            // CURRENT_TIMESTAMP(3) has a length, and to_timestamp of a number another one: neither matters for its name.
            if name == "current_timestamp" && !arguments.is_empty() {
                None
            } else {
                named("timestamp with time zone")
            }
        }
        "localtimestamp" if arguments.is_empty() => named("timestamp without time zone"),
        "make_timestamp" => named("timestamp without time zone"),
        "current_date" | "to_date" | "make_date" => named("date"),
        "current_time" if arguments.is_empty() => named("time with time zone"),
        "localtime" if arguments.is_empty() => named("time without time zone"),
        "make_interval" | "age" | "justify_days" | "justify_hours" | "justify_interval" => named("interval"),
        "gen_random_uuid" | "uuid_generate_v4" | "uuid_generate_v1" => named("uuid"),
        "bool_and"
        | "bool_or"
        | "every"
        | "isfinite"
        | "starts_with"
        | "exists"
        | "pg_is_in_recovery"
        | "has_table_privilege"
        | "has_schema_privilege"
        | "jsonb_path_exists"
        | "like"
        | "overlaps" => named("boolean"),
        "json_agg"
        | "json_object_agg"
        | "json_build_object"
        | "json_build_array"
        | "to_json"
        | "row_to_json"
        | "array_to_json"
        | "json_object"
        | "json_extract_path"
        | "json_strip_nulls"
        | "json_array_elements" => named("json"),
        "jsonb_agg"
        | "jsonb_object_agg"
        | "jsonb_build_object"
        | "jsonb_build_array"
        | "to_jsonb"
        | "jsonb_object"
        | "jsonb_extract_path"
        | "jsonb_strip_nulls"
        | "jsonb_set"
        | "jsonb_insert"
        | "jsonb_path_query"
        | "jsonb_path_query_first"
        | "jsonb_path_query_array"
        | "jsonb_array_elements" => named("jsonb"),
        "to_tsvector" | "setweight" => named("tsvector"),
        "to_tsquery" | "plainto_tsquery" | "phraseto_tsquery" | "websearch_to_tsquery" => named("tsquery"),
        "ts_rank" | "ts_rank_cd" | "similarity" | "word_similarity" => named("real"),
        "decode" | "sha256" | "convert_to" => named("bytea"),
        "coalesce" | "greatest" | "least" => all(),
        // The first one, as the comparison of both sees it.
        "nullif" => {
            let (one, other) = (first()?, nth(1));
            let plain = other.as_ref().is_none_or(|other| bare(other) == bare(&one));
            (plain && one.name != "character varying").then_some(one)
        }
        "min" | "max" => {
            let ty = first()?;
            match ty.name.as_str() {
                _ if ty.dimensions > 0 => Some(bare(&ty)),
                "character varying" => named("text"),
                "character" => named("bpchar"),
                "boolean" | "json" | "jsonb" | "uuid" | "bytea" => None,
                _ => Some(bare(&ty)),
            }
        }
        "sum" => match base(first()?).as_str() {
            "smallint" | "integer" => named("bigint"),
            "bigint" | "numeric" => named("numeric"),
            "real" => named("real"),
            "double precision" => named("double precision"),
            "interval" => named("interval"),
            "money" => named("money"),
            _ => None,
        },
        "avg" | "stddev" | "stddev_samp" | "stddev_pop" | "variance" | "var_samp" | "var_pop" => {
            match base(first()?).as_str() {
                "smallint" | "integer" | "bigint" | "numeric" => named("numeric"),
                "real" | "double precision" => named("double precision"),
                "interval" if name == "avg" => named("interval"),
                _ => None,
            }
        }
        "round" | "trunc" | "ceil" | "ceiling" | "floor" | "sign" => {
            match (base(first()?).as_str(), arguments.len()) {
                ("numeric", _) | ("smallint" | "integer" | "bigint", 2) => named("numeric"),
                ("smallint" | "integer" | "bigint" | "real" | "double precision", 1) => {
                    named("double precision")
                }
                _ => None,
            }
        }
        "sqrt" | "exp" | "ln" | "log" | "power" | "pow" => {
            let numbers: Option<Vec<Type>> = arguments.iter().map(|expr| type_of(expr, entries)).collect();
            let numbers = numbers?;
            let is = |ty: &Type, names: &[&str]| ty.dimensions == 0 && names.contains(&ty.name.as_str());
            let whole = ["smallint", "integer", "bigint"];
            if numbers.iter().any(|ty| is(ty, &["real", "double precision"]))
                || numbers.iter().all(|ty| is(ty, &whole))
            {
                (name != "log" || arguments.len() == 1).then(|| Type::plain("double precision"))
            } else if numbers.iter().all(|ty| is(ty, &["numeric"]) || is(ty, &whole)) {
                named("numeric")
            } else {
                None
            }
        }
        "abs" => {
            let ty = first()?;
            is_number(&ty).then(|| bare(&ty))
        }
        "mod" | "div" => match (base(first()?).as_str(), base(nth(1)?).as_str()) {
            ("numeric", _) | (_, "numeric") => named("numeric"),
            (one, other) if one == other && name == "mod" => named(one),
            _ => None,
        },
        "date_trunc" => match base(nth(1)?).as_str() {
            "timestamp with time zone" | "date" => named("timestamp with time zone"),
            "timestamp without time zone" => named("timestamp without time zone"),
            "interval" => named("interval"),
            _ => None,
        },
        "timezone" => match base(nth(1)?).as_str() {
            "timestamp with time zone" => named("timestamp without time zone"),
            "timestamp without time zone" => named("timestamp with time zone"),
            _ => None,
        },
        "array_agg" => {
            let ty = bare(&first()?);
            let ty = if ty.dimensions == 0 { array_of(&ty)? } else { ty };
            Some(ty)
        }
        "array_append" | "array_remove" | "array_cat" | "array_replace" => {
            Some(bare(&first()?)).filter(|ty| ty.dimensions > 0)
        }
        "array_prepend" => Some(bare(&nth(1)?)).filter(|ty| ty.dimensions > 0),
        "unnest" => {
            let ty = first()?;
            (ty.dimensions == 1 && arguments.len() == 1).then(|| Type {
                dimensions: 0,
                arguments: Vec::new(),
                ..ty
            })
        }
        "lag" | "lead" => {
            let ty = bare(&first()?);
            // With a default of another type both become one.
            (arguments.len() < 3
                || nth(2).is_some_and(|other| bare(&other) == ty)
                || is_untyped(arguments[2]))
            .then_some(ty)
        }
        "first_value" | "last_value" | "nth_value" | "any_value" => first().map(|ty| bare(&ty)),
        "generate_series" => match (base(first()?).as_str(), base(nth(1)?).as_str()) {
            ("integer", "integer") => named("integer"),
            ("bigint", "bigint" | "integer") | ("integer", "bigint") => named("bigint"),
            ("numeric", "numeric" | "integer" | "bigint") | ("integer" | "bigint", "numeric") => {
                named("numeric")
            }
            ("timestamp without time zone", "timestamp without time zone") => {
                named("timestamp without time zone")
            }
            ("timestamp with time zone", _) | (_, "timestamp with time zone") | ("date", "date") => {
                named("timestamp with time zone")
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_number(ty: &Type) -> bool {
    ty.dimensions == 0
        && matches!(
            ty.name.as_str(),
            "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision"
        )
}

fn operation(operator: &str, operands: &[Expr], entries: &BTreeMap<String, Entry>) -> Option<Type> {
    let nth = |at: usize| operands.get(at).and_then(|expr| type_of(expr, entries));
    let named = |name: &str| Some(Type::plain(name));
    match operator {
        "AND" | "OR" | "NOT" | "=" | "<>" | "!=" | "==" | "<" | ">" | "<=" | ">=" | "IN" | "NOT IN"
        | "BETWEEN" | "NOT BETWEEN" | "LIKE" | "NOT LIKE" | "ILIKE" | "NOT ILIKE" | "SIMILAR TO"
        | "NOT SIMILAR TO" | "~" | "!~" | "~*" | "!~*" | "~~" | "!~~" | "~~*" | "!~~*" | "@>" | "<@"
        | "&&" | "?" | "?|" | "?&" | "@@" | "@?" | "^@" | "OVERLAPS" => named("boolean"),
        _ if operator.starts_with("IS ") || operator.ends_with(" ANY") || operator.ends_with(" ALL") => {
            named("boolean")
        }
        _ if operator.ends_with(" =>") => nth(0),
        // It says that it is a text.
        _ if operator.starts_with("COLLATE ") => nth(0).or_else(|| named("text")),
        "->>" | "#>>" => named("text"),
        "->" | "#>" => nth(0).filter(|ty| matches!(ty.name.as_str(), "json" | "jsonb")),
        "#-" => named("jsonb"),
        "FILTER" | "OVER" | "DISTINCT" => nth(0),
        "WITHIN GROUP" => within_group(operands, entries),
        "CASE" => {
            // What stands behind ELSE counts first, and is NULL where nothing stands there.
            let mut types = vec![(None, true)];
            for operand in operands {
                let Expr::Operator { operator, operands } = operand else { continue };
                match (operator.as_str(), operands.as_slice()) {
                    ("WHEN", [_, result]) => types.push((type_of(result, entries), is_untyped(result))),
                    ("ELSE", [result]) => types[0] = (type_of(result, entries), is_untyped(result)),
                    _ => {}
                }
            }
            common_type(&types)
        }
        "ARRAY" => {
            let types: Vec<_> =
                operands.iter().map(|expr| (type_of(expr, entries), is_untyped(expr))).collect();
            if types.is_empty() { None } else { array_of(&bare(&common_type(&types)?)) }
        }
        "[]" => {
            let ty = nth(0)?;
            match ty.name.as_str() {
                "jsonb" if ty.dimensions == 0 => named("jsonb"),
                _ if ty.dimensions == 1 => Some(Type { dimensions: 0, ..ty }),
                _ => None,
            }
        }
        "[:]" => nth(0).filter(|ty| ty.dimensions > 0),
        "AT TIME ZONE" => match nth(0)?.name.as_str() {
            "timestamp with time zone" | "date" => named("timestamp without time zone"),
            "timestamp without time zone" => named("timestamp with time zone"),
            _ => None,
        },
        "||" => concatenation(operands, entries),
        "+" | "-" if operands.len() == 1 => nth(0).map(|ty| bare(&ty)),
        "+" | "-" | "*" | "/" | "%" | "^" => arithmetic(operator, operands, entries),
        "&" | "|" | "<<" | ">>" => {
            let ty = nth(0)?;
            let whole = |ty: &Type| {
                ty.dimensions == 0 && matches!(ty.name.as_str(), "smallint" | "integer" | "bigint")
            };
            (whole(&ty) && nth(1).is_some_and(|other| other == ty)).then_some(ty)
        }
        _ => None,
    }
}

fn within_group(operands: &[Expr], entries: &BTreeMap<String, Entry>) -> Option<Type> {
    let [Expr::Call { name, arguments }, Expr::Operator { operands: keys, .. }] = operands else {
        return None;
    };
    let mut key = keys.first()?;
    while let Expr::Operator { operator, operands } = key {
        if !matches!(operator.as_str(), "DESC" | "NULLS FIRST" | "NULLS LAST") {
            break;
        }
        key = operands.first()?;
    }
    let ty = type_of(key, entries);
    match name.as_str() {
        "mode" => ty.map(|ty| bare(&ty)),
        "rank" | "dense_rank" => Some(Type::plain("bigint")),
        "percent_rank" | "cume_dist" => Some(Type::plain("double precision")),
        // A list of fractions gives a list.
        "percentile_cont" | "percentile_disc"
            if matches!(arguments.as_slice(), [Expr::Literal(Literal::Number(_))]) =>
        {
            let ty = ty?;
            match name.as_str() {
                "percentile_disc" => Some(bare(&ty)),
                _ if is_number(&ty) => Some(Type::plain("double precision")),
                _ if ty.name == "interval" => Some(Type::plain("interval")),
                _ => None,
            }
        }
        _ => None,
    }
}

fn concatenation(operands: &[Expr], entries: &BTreeMap<String, Entry>) -> Option<Type> {
    let [one, other] = operands else { return None };
    let (left, right) = (type_of(one, entries), type_of(other, entries));
    let is_text = |ty: &Option<Type>, expr: &Expr| {
        is_untyped(expr) && !expr.is_null()
            || ty.as_ref().is_some_and(|ty| {
                ty.dimensions == 0
                    && matches!(
                        ty.name.as_str(),
                        "text" | "character varying" | "character" | "bpchar" | "name"
                    )
            })
    };
    let is = |ty: &Option<Type>, names: &[&str]| {
        ty.as_ref().is_some_and(|ty| ty.dimensions == 0 && names.contains(&ty.name.as_str()))
    };
    let is_plain = |ty: &Type| is_builtin(&ty.name) && !matches!(ty.name.as_str(), "citext" | "xml");
    match (&left, &right) {
        (Some(ty), _) | (_, Some(ty)) if ty.dimensions > 0 => Some(bare(ty)),
        _ if is(&left, &["jsonb"]) || is(&right, &["jsonb"]) => Some(Type::plain("jsonb")),
        _ if is(&left, &["tsvector"]) && is(&right, &["tsvector"]) => Some(Type::plain("tsvector")),
        _ if is(&left, &["bytea", "bit", "bit varying", "tsquery"])
            || is(&right, &["bytea", "bit", "bit varying", "tsquery"]) =>
        {
            None
        }
        _ if is_text(&left, one) && is_text(&right, other) => Some(Type::plain("text")),
        // Anything behind a text, or before one, becomes one.
        _ if left.as_ref().is_some_and(|_| is_text(&left, one)) && right.is_some() => {
            Some(Type::plain("text"))
        }
        _ if right.as_ref().is_some_and(|_| is_text(&right, other)) && left.is_some() => {
            Some(Type::plain("text"))
        }
        // `a || '-'` is a text whatever `a` is, as long as it is no list and nothing of its own.
        (Some(ty), None) if is_text(&right, other) && is_plain(ty) => Some(Type::plain("text")),
        (None, Some(ty)) if is_text(&left, one) && is_plain(ty) => Some(Type::plain("text")),
        _ => None,
    }
}

fn arithmetic(operator: &str, operands: &[Expr], entries: &BTreeMap<String, Entry>) -> Option<Type> {
    let [one, other] = operands else { return None };
    let named = |name: &str| Some(Type::plain(name));
    let (left, right) = (type_of(one, entries), type_of(other, entries));
    // A string takes the type of the other side, where that is a number.
    let (left, right) = match (left, right) {
        (None, Some(ty)) if is_untyped(one) && is_number(&ty) => (bare(&ty), bare(&ty)),
        (Some(ty), None) if is_untyped(other) && is_number(&ty) => (bare(&ty), bare(&ty)),
        (left, right) => (bare(&left?), bare(&right?)),
    };
    if left.dimensions > 0 || right.dimensions > 0 {
        return None;
    }
    if is_number(&left) && is_number(&right) {
        let ty = wider(&left, &right)?;
        return match (operator, ty.name.as_str()) {
            ("^", "numeric") => named("numeric"),
            ("^", _) => named("double precision"),
            // Where a real meets anything else, both become double precision.
            (_, "real") if left != right => named("double precision"),
            ("%", "real" | "double precision") => None,
            _ => Some(ty),
        };
    }
    match (left.name.as_str(), operator, right.name.as_str()) {
        ("date", "-", "date") => named("integer"),
        ("date", "+" | "-", "integer") | ("integer", "+", "date") => named("date"),
        ("date", "+" | "-", "interval") | ("interval", "+", "date") => named("timestamp without time zone"),
        (stamp @ ("timestamp without time zone" | "timestamp with time zone"), "+" | "-", "interval")
        | ("interval", "+", stamp @ ("timestamp without time zone" | "timestamp with time zone")) => {
            named(stamp)
        }
        (
            "timestamp without time zone" | "timestamp with time zone" | "date",
            "-",
            "timestamp without time zone" | "timestamp with time zone" | "date",
        ) => named("interval"),
        ("interval", "+" | "-", "interval") => named("interval"),
        ("interval", "*" | "/", _) if is_number(&right) => named("interval"),
        (_, "*", "interval") if is_number(&left) => named("interval"),
        ("jsonb", "-", _) => named("jsonb"),
        ("money", "+" | "-", "money") => named("money"),
        _ => None,
    }
}
