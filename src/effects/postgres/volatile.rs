//! Whether an expression may give every row another value.

use crate::ops::{Session, resolve};
use crate::schema::{Body, Catalog, Expr, Ident, Name};

/// Whether a default has to be computed for each row; None where it calls a function that is not known.
pub fn is_volatile(expr: &Expr, catalog: &Catalog, session: &Session) -> Option<bool> {
    let mut answer = Some(false);
    let mut note = |one: Option<bool>| {
        answer = match (answer, one) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, _) | (_, None) => None,
            (Some(false), Some(false)) => Some(false),
        };
    };
    expr.walk_all(&mut |part| match part {
        Expr::Call { name, .. } => note(calls_volatile(name, catalog, session)),
        Expr::Query(_) | Expr::Raw { .. } => note(None),
        Expr::Column(_) | Expr::Literal(_) | Expr::Operator { .. } | Expr::Cast { .. } => {}
    });
    answer
}

fn calls_volatile(name: &str, catalog: &Catalog, session: &Session) -> Option<bool> {
    let (schema, own) = match name.rsplit_once('.') {
        Some((schema, own)) => (Some(schema), own),
        None => (None, name),
    };
    let full = Name {
        schema: schema.filter(|schema| *schema != "pg_catalog").map(Ident::exact),
        ident: Ident::exact(own),
    };
    let known = catalog.functions(&resolve(catalog, session, &full));
    if !known.is_empty() {
        let each: Vec<Option<bool>> = known.iter().map(|function| user_function(function, session)).collect();
        let (first, rest) = each.split_first()?;
        return first.filter(|_| rest.iter().all(|one| one == first));
    }
    if VOLATILE.contains(&own) {
        return Some(true);
    }
    CONSTANT.contains(&own).then_some(false)
}

/// A function is volatile unless it says otherwise. One in SQL is put in the place of its call where it can be, since 12: then only
/// what it does counts, which is not followed.
fn user_function(function: &crate::schema::Function, session: &Session) -> Option<bool> {
    let stable = matches!(function.options.volatility.as_deref(), Some("STABLE" | "IMMUTABLE"));
    if stable {
        return Some(false);
    }
    let sql =
        function.options.language.as_deref().is_some_and(|language| language.eq_ignore_ascii_case("sql"));
    let inlined = sql && session.engine.at_least(12, 0);
    if !inlined {
        return Some(true);
    }
    match &function.body {
        Some(Body::Text(text) | Body::Parsed(text)) if is_constant_select(text) => Some(false),
        Some(Body::Text(_) | Body::Parsed(_)) | None => None,
    }
}

/// `SELECT 42`: a body that is a constant.
fn is_constant_select(text: &str) -> bool {
    let text = text.trim().trim_end_matches(';').trim();
    let rest = text.get(..6).filter(|word| word.eq_ignore_ascii_case("select")).map(|_| text[6..].trim());
    let rest = rest.or_else(|| {
        text.get(..6).filter(|word| word.eq_ignore_ascii_case("return")).map(|_| text[6..].trim())
    });
    rest.is_some_and(|value| {
        let number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let inner = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        number || inner.is_some_and(|inner| !inner.contains('\''))
    })
}

/// Functions of the server, and of the extensions that are most used, that give another value at every call (sources: `provolatile` in
/// `pg_proc` of PostgreSQL 10 to 18, uuid-ossp and pgcrypto).
const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "timeofday",
    "random",
    "random_normal",
    "setseed",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "nextval",
    "setval",
    "currval",
    "lastval",
    "set_config",
    "current_query",
    "pg_sleep",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "gen_random_bytes",
    "gen_salt",
    "txid_status",
    "pg_current_wal_lsn",
];

/// Those that do not, as far as they stand in defaults.
const CONSTANT: &[&str] = &[
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "current_user",
    "current_role",
    "session_user",
    "user",
    "current_catalog",
    "current_schema",
    "current_database",
    "current_setting",
    "version",
    "inet_client_addr",
    "pg_backend_pid",
    "txid_current",
    "pg_current_xact_id",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "concat",
    "concat_ws",
    "lower",
    "upper",
    "initcap",
    "length",
    "char_length",
    "md5",
    "sha256",
    "encode",
    "decode",
    "replace",
    "substr",
    "substring",
    "left",
    "right",
    "lpad",
    "rpad",
    "trim",
    "btrim",
    "ltrim",
    "rtrim",
    "repeat",
    "reverse",
    "format",
    "to_char",
    "to_date",
    "to_timestamp",
    "to_number",
    "to_hex",
    "to_json",
    "to_jsonb",
    "to_tsvector",
    "date_part",
    "date_trunc",
    "extract",
    "age",
    "make_date",
    "make_interval",
    "make_timestamp",
    "make_timestamptz",
    "timezone",
    "abs",
    "ceil",
    "ceiling",
    "floor",
    "round",
    "trunc",
    "mod",
    "power",
    "sqrt",
    "sign",
    "array_append",
    "array_cat",
    "array_fill",
    "array_length",
    "string_to_array",
    "json_build_object",
    "json_build_array",
    "jsonb_build_object",
    "jsonb_build_array",
    "jsonb_object",
    "json_object",
    "int4range",
    "int8range",
    "numrange",
    "tsrange",
    "tstzrange",
    "daterange",
    "uuid_nil",
    "uuid_generate_v3",
    "uuid_generate_v5",
    "digest",
    "crypt",
    "hstore",
    "point",
    "box",
    "circle",
];
