//! Whether an expression may give every row another value.

use crate::ops::{Session, resolve};
use crate::schema::{Body, Catalog, Dialect, Expr, Ident, Name, builtin};
use crate::syntax::sql::{Lexer, TokenKind};
use crate::text::Span;

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

/// The first function that an expression calls of which that is said.
pub fn call(expr: &Expr, catalog: &Catalog, session: &Session, wanted: Option<bool>) -> Option<String> {
    let mut first = None;
    expr.walk_all(&mut |part| {
        if let Expr::Call { name, .. } = part
            && first.is_none()
            && calls_volatile(name, catalog, session) == wanted
        {
            first = Some(name.clone());
        }
    });
    first
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
    let is_own = full.schema.is_none();
    volatility(own, is_own)
}

/// Whether a function that the user did not make gives another value at every call.
fn volatility(own: &str, is_own: bool) -> Option<bool> {
    if own == "ts_rewrite" {
        // One of its forms runs a query, the other does not.
        None
    } else if VOLATILE.contains(&own) {
        Some(true)
    } else if CONSTANT.contains(&own) {
        Some(false)
    } else {
        // Of those that look into the server there are both kinds, and new ones with every version.
        (is_own && builtin::is_function(own) && !own.starts_with("pg_")).then_some(false)
    }
}

/// A function is volatile unless it says otherwise. One in SQL is put in the place of its call where it can be, since 12: then only
/// what it does counts, which is followed no further than its calls (source: `inline_function` in PostgreSQL's clauses.c).
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
        Some(Body::Text(text) | Body::Parsed(text)) if stays_a_call(text) => Some(true),
        Some(Body::Text(_) | Body::Parsed(_)) | None => None,
    }
}

/// Whether a body is more than one expression, or calls what is volatile in it.
fn stays_a_call(text: &str) -> bool {
    const MORE: &[&str] = &[
        "FROM", "WITH", "WHERE", "GROUP", "HAVING", "UNION", "LIMIT", "INSERT", "UPDATE", "DELETE", "BEGIN",
    ];
    let mut depth = 0_u32;
    let mut statements = 0;
    let mut is_empty = true;
    let whole = Span::new(0, text.len() as u32);
    let tokens = Lexer::new(text, whole, Dialect::Postgres).filter(|token| token.kind != TokenKind::Comment);
    let words: Vec<&str> = tokens
        .map(|token| text.get(token.span.start as usize..token.span.end as usize).unwrap_or_default())
        .collect();
    for (at, word) in words.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => {
                is_empty = true;
                continue;
            }
            _ if depth == 0 && MORE.iter().any(|more| word.eq_ignore_ascii_case(more)) => return true,
            _ => {}
        }
        let calls = words.get(at + 1) == Some(&"(");
        if calls && VOLATILE.contains(&word.to_ascii_lowercase().as_str()) {
            return true;
        }
        statements += u32::from(is_empty);
        is_empty = false;
    }
    statements > 1
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

/// Functions of the server, and of the extensions that are most used, that may give another value at every call (sources: `provolatile`
/// in `pg_proc` of PostgreSQL 15, against which a test holds them, the release notes of those after it, uuid-ossp and pgcrypto).
const VOLATILE: &[&str] = &[
    "amvalidate",
    "array_sample",
    "array_shuffle",
    "brin_desummarize_range",
    "brin_summarize_new_values",
    "brin_summarize_range",
    "clock_timestamp",
    "current_query",
    "currtid2",
    "currval",
    "cursor_to_xml",
    "cursor_to_xmlschema",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "gin_clean_pending_list",
    "lastval",
    "lo_close",
    "lo_creat",
    "lo_create",
    "lo_export",
    "lo_from_bytea",
    "lo_get",
    "lo_import",
    "lo_lseek",
    "lo_lseek64",
    "lo_open",
    "lo_put",
    "lo_tell",
    "lo_tell64",
    "lo_truncate",
    "lo_truncate64",
    "lo_unlink",
    "loread",
    "lowrite",
    "nextval",
    "pg_advisory_lock",
    "pg_advisory_unlock",
    "pg_advisory_xact_lock",
    "pg_current_wal_flush_lsn",
    "pg_current_wal_insert_lsn",
    "pg_current_wal_lsn",
    "pg_database_size",
    "pg_export_snapshot",
    "pg_notify",
    "pg_relation_size",
    "pg_sleep",
    "pg_sleep_for",
    "pg_sleep_until",
    "pg_table_size",
    "pg_total_relation_size",
    "pg_try_advisory_lock",
    "pg_try_advisory_xact_lock",
    "pg_xact_commit_timestamp",
    "pg_xact_status",
    "plpgsql_call_handler",
    "plpgsql_validator",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "query_to_xmlschema",
    "random",
    "random_normal",
    "set_config",
    "setseed",
    "setval",
    "suppress_redundant_updates_trigger",
    "timeofday",
    "ts_stat",
    "tsvector_update_trigger",
    "tsvector_update_trigger_column",
    "txid_status",
    "unique_key_recheck",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
];

/// Those that do not: words that are no functions, of the functions about the server those that a default may call, and of the
/// extensions' those that are most used.
const CONSTANT: &[&str] = &[
    "coalesce",
    "crypt",
    "current_catalog",
    "current_database",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "digest",
    "extract",
    "greatest",
    "hmac",
    "hstore",
    "least",
    "localtime",
    "localtimestamp",
    "nullif",
    "overlay",
    "pg_backend_pid",
    "pg_client_encoding",
    "pg_collation_for",
    "pg_column_size",
    "pg_conf_load_time",
    "pg_current_snapshot",
    "pg_current_xact_id",
    "pg_current_xact_id_if_assigned",
    "pg_postmaster_start_time",
    "pg_size_bytes",
    "pg_size_pretty",
    "pg_trigger_depth",
    "pg_typeof",
    "position",
    "session_user",
    "st_geogfromtext",
    "st_geomfromtext",
    "st_makepoint",
    "st_point",
    "st_setsrid",
    "trim",
    "user",
    "uuid_generate_v3",
    "uuid_generate_v5",
    "uuid_nil",
    "uuid_ns_dns",
    "uuid_ns_oid",
    "uuid_ns_url",
    "uuid_ns_x500",
];
