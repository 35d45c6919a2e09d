//! Transaction control, settings, maintenance: statements that are no DDL and no DML, in every dialect.

use super::cursor::{Cursor, Read, string_value};
use super::lex::TokenKind;
use super::{dml, plpgsql};
use crate::ops::{Op, Operation};
use crate::schema::{Dialect, Name, ObjectKind};

/// The operations of the statement at the cursor; None where it is no statement of this kind.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let Some(word) = cursor.nth(0).filter(|token| token.kind == TokenKind::Word) else { return Ok(None) };
    let kind = match cursor.text_of(word).to_ascii_uppercase().as_str() {
        "SET" => return set(cursor).map(Some),
        "EXPLAIN" => return explain(cursor).map(Some),
        "BEGIN" => begin(cursor)?,
        "START" if cursor.nth_is(1, "TRANSACTION") => match begin(cursor)? {
            // SQLite has only BEGIN: it refuses this.
            _ if cursor.dialect == Dialect::Sqlite => {
                Operation::Other { verb: "START TRANSACTION".to_owned() }
            }
            begin => begin,
        },
        "COMMIT" | "END" => end(cursor, false)?,
        "ROLLBACK" | "ABORT" => end(cursor, true)?,
        "SAVEPOINT" => {
            cursor.at += 1;
            Operation::Savepoint(cursor.ident("a savepoint")?)
        }
        "RELEASE" => {
            cursor.at += 1;
            cursor.eat("SAVEPOINT");
            Operation::Release(cursor.ident("a savepoint")?)
        }
        "RESET" => reset(cursor)?,
        "PRAGMA" => pragma(cursor)?,
        "LOCK" => lock(cursor)?,
        "VACUUM" => vacuum(cursor)?,
        "ANALYZE" | "ANALYSE" => analyze(cursor)?,
        "CLUSTER" => cluster(cursor)?,
        "REINDEX" => reindex(cursor)?,
        "REFRESH" => refresh(cursor)?,
        "COPY" => copy(cursor)?,
        "DO" if cursor.dialect == Dialect::Mysql => other(cursor, "DO"),
        "DO" => plpgsql::header(cursor)?,
        "PREPARE" if cursor.nth_is(1, "TRANSACTION") => two_words(cursor)?,
        "PREPARE" => prepare(cursor)?,
        "DECLARE" if cursor.dialect == Dialect::Postgres => declare(cursor)?,
        "UNLOCK" if cursor.dialect == Dialect::Mysql => other(cursor, "UNLOCK"),
        "EXECUTE" | "DEALLOCATE" | "FETCH" | "MOVE" | "CLOSE" | "LISTEN" | "UNLISTEN" | "NOTIFY" | "LOAD"
        | "ATTACH" | "DETACH" | "USE" => {
            let verb = cursor.text_of(word).to_ascii_uppercase();
            cursor.at += 1;
            if cursor.is_end() {
                return Err(cursor.unread("a name"));
            }
            other(cursor, &verb)
        }
        "DISCARD" => {
            cursor.at += 1;
            let Some(what) = cursor.eat_any(&["ALL", "PLANS", "SEQUENCES", "TEMP", "TEMPORARY"]) else {
                return Err(cursor.unread("`ALL`"));
            };
            Operation::Other { verb: format!("DISCARD {what}") }
        }
        "CHECKPOINT" => {
            cursor.at += 1;
            Operation::Other { verb: "CHECKPOINT".to_owned() }
        }
        "SHOW" => other(cursor, "SHOW"),
        _ => return Ok(None),
    };
    Ok(Some(vec![Op { kind, span: cursor.span_from(first) }]))
}

/// A statement of which nothing but its verb counts.
fn other(cursor: &mut Cursor<'_>, verb: &str) -> Operation {
    cursor.skip_rest();
    Operation::Other { verb: verb.to_owned() }
}

/// PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED: two words and a name.
fn two_words(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let verb = cursor.text_between(cursor.at, cursor.at + 2).to_ascii_uppercase();
    cursor.at += 2;
    cursor.string()?;
    Ok(Operation::Other { verb })
}

fn begin(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    if cursor.dialect == Dialect::Sqlite {
        cursor.eat_any(&["DEFERRED", "IMMEDIATE", "EXCLUSIVE", "CONCURRENT"]);
    }
    cursor.eat_any(&["WORK", "TRANSACTION"]);
    modes(cursor)?;
    Ok(Operation::Begin)
}

/// ISOLATION LEVEL …, READ ONLY and their kin, with or without commas.
fn modes(cursor: &mut Cursor<'_>) -> Read<()> {
    const MODES: &[&[&str]] = &[
        &["ISOLATION", "LEVEL", "SERIALIZABLE"],
        &["ISOLATION", "LEVEL", "REPEATABLE", "READ"],
        &["ISOLATION", "LEVEL", "READ", "COMMITTED"],
        &["ISOLATION", "LEVEL", "READ", "UNCOMMITTED"],
        &["READ", "WRITE"],
        &["READ", "ONLY"],
        &["DEFERRABLE"],
        &["NOT", "DEFERRABLE"],
        &["WITH", "CONSISTENT", "SNAPSHOT"],
    ];
    let mut comma = false;
    loop {
        if MODES.iter().any(|mode| cursor.eat_all(mode)) {
            comma = cursor.eat_symbol(",");
        } else if comma {
            return Err(cursor.unread("a transaction mode"));
        } else {
            return Ok(());
        }
    }
}

/// COMMIT, END, ROLLBACK, ABORT, with everything that may follow.
fn end(cursor: &mut Cursor<'_>, back: bool) -> Read<Operation> {
    if cursor.nth_is(1, "PREPARED") {
        return two_words(cursor);
    }
    cursor.at += 1;
    cursor.eat_any(&["WORK", "TRANSACTION"]);
    if back && cursor.eat("TO") {
        cursor.eat("SAVEPOINT");
        return Ok(Operation::RollbackTo(cursor.ident("a savepoint")?));
    }
    let mut chain = false;
    if cursor.eat("AND") {
        chain = !cursor.eat("NO");
        cursor.expect("CHAIN")?;
    }
    if cursor.dialect == Dialect::Mysql && !cursor.eat_all(&["NO", "RELEASE"]) {
        cursor.eat("RELEASE");
    }
    Ok(if back { Operation::Rollback { chain } } else { Operation::Commit { chain } })
}

fn set(cursor: &mut Cursor<'_>) -> Read<Vec<Op>> {
    let first = cursor.at;
    cursor.at += 1;
    if cursor.dialect == Dialect::Mysql {
        return set_mysql(cursor, first);
    }
    let kind = set_one(cursor)?;
    Ok(vec![Op { kind, span: cursor.span_from(first) }])
}

fn set_one(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let setting =
        |name: &str, value: Option<String>, local| Operation::Set { name: name.to_owned(), value, local };
    let verb = |verb: &str| Operation::Other { verb: verb.to_owned() };
    if cursor.eat("CONSTRAINTS") {
        if !cursor.eat("ALL") {
            cursor.list(|cursor| cursor.name("a constraint"))?;
        }
        return match cursor.eat_any(&["DEFERRED", "IMMEDIATE"]) {
            Some(_) => Ok(verb("SET CONSTRAINTS")),
            None => Err(cursor.unread("`DEFERRED` or `IMMEDIATE`")),
        };
    }
    if cursor.eat("TRANSACTION") {
        if cursor.eat("SNAPSHOT") {
            cursor.string()?;
        } else {
            modes(cursor)?;
        }
        return Ok(verb("SET TRANSACTION"));
    }
    if cursor.eat_all(&["SESSION", "CHARACTERISTICS", "AS", "TRANSACTION"]) {
        modes(cursor)?;
        return Ok(verb("SET SESSION CHARACTERISTICS"));
    }
    let local = cursor.eat("LOCAL");
    // A setting may be called `session` only when `TO` or `=` follows.
    if cursor.is("SESSION") && !cursor.nth_is(1, "TO") && !cursor.nth_is_symbol(1, "=") {
        cursor.at += 1;
        if cursor.eat("AUTHORIZATION") {
            return Ok(setting("session_authorization", set_value(cursor)?, local));
        }
    }
    if cursor.eat_all(&["TIME", "ZONE"]) {
        if cursor.eat("LOCAL") {
            return Ok(setting("timezone", None, local));
        }
        if cursor.is("INTERVAL") {
            let (from, to) = cursor.skip_rest();
            return Ok(setting("timezone", Some(cursor.text_between(from, to)), local));
        }
        return Ok(setting("timezone", set_value(cursor)?, local));
    }
    let bare = |cursor: &Cursor<'_>| !cursor.nth_is(1, "TO") && !cursor.nth_is_symbol(1, "=");
    if bare(cursor) {
        if cursor.eat("ROLE") {
            let value = if cursor.eat("NONE") { None } else { set_value(cursor)? };
            return Ok(setting("role", value, local));
        }
        if cursor.eat("SCHEMA") {
            return Ok(setting("search_path", set_value(cursor)?, local));
        }
        if cursor.eat("NAMES") {
            return Ok(setting("client_encoding", set_value(cursor)?, local));
        }
        if cursor.eat_all(&["XML", "OPTION"]) {
            return Ok(setting("xmloption", set_value(cursor)?, local));
        }
    }
    let name = setting_name(cursor)?;
    if !cursor.eat("TO") && !cursor.eat_symbol("=") {
        return Err(cursor.unread("`TO`"));
    }
    Ok(Operation::Set { name, value: set_value(cursor)?, local })
}

fn setting_name(cursor: &mut Cursor<'_>) -> Read<String> {
    let mut name = cursor.any_word("a setting")?.text().to_ascii_lowercase();
    while cursor.eat_symbol(".") {
        name.push('.');
        name.push_str(&cursor.any_word("a setting")?.text().to_ascii_lowercase());
    }
    Ok(name)
}

/// The value of a setting, its parts without quotes and with `, ` between them; None for DEFAULT.
fn set_value(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    if cursor.eat("DEFAULT") {
        return Ok(None);
    }
    Ok(Some(cursor.list(plain_value)?.join(", ")))
}

/// `SET a = 1, GLOBAL b = 2, @c = 3`, `SET NAMES x COLLATE y` (source: MySQL 8.0 manual, 13.7.6).
fn set_mysql(cursor: &mut Cursor<'_>, first: usize) -> Read<Vec<Op>> {
    const SCOPES: &[&str] = &["GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY"];
    let verb = |cursor: &mut Cursor<'_>, verb: &str| {
        let kind = other(cursor, verb);
        Ok(vec![Op { kind, span: cursor.span_from(first) }])
    };
    let scoped = usize::from(SCOPES.iter().any(|scope| cursor.is(scope)));
    if cursor.nth_is(scoped, "TRANSACTION") {
        return verb(cursor, "SET TRANSACTION");
    }
    if cursor.is_any(&["PASSWORD", "ROLE", "RESOURCE"]) || cursor.is_all(&["DEFAULT", "ROLE"]) {
        return verb(cursor, "SET");
    }
    if cursor.is_any(&["NAMES", "CHARSET"]) || cursor.is_all(&["CHARACTER", "SET"]) {
        cursor.skip_rest();
        let (from, to) = (first + 2, cursor.at);
        let kind = Operation::Set {
            name: "names".to_owned(),
            value: Some(cursor.text_between(from, to)),
            local: false,
        };
        return Ok(vec![Op { kind, span: cursor.span_from(first) }]);
    }
    let mut ops = Vec::new();
    let mut from = first;
    loop {
        let mut scope = cursor.eat_any(SCOPES);
        let name = match cursor.nth(0) {
            Some(token) if token.kind == TokenKind::Parameter => {
                cursor.at += 1;
                let mut name = cursor.text_of(token).to_ascii_lowercase();
                while cursor.eat_symbol(".") {
                    let of = name.strip_prefix("@@").unwrap_or("");
                    scope = SCOPES.iter().find(|scope| scope.eq_ignore_ascii_case(of)).copied().or(scope);
                    name = cursor.any_word("a setting")?.text().to_ascii_lowercase();
                }
                name.strip_prefix("@@").map(str::to_owned).unwrap_or(name)
            }
            _ => setting_name(cursor)?,
        };
        if !cursor.eat_symbol("=") && !cursor.eat_symbol(":=") {
            return Err(cursor.unread("`=`"));
        }
        let (start, end) = cursor.skip_until(|_| false);
        cursor.expr(start, end)?;
        let value = match cursor.between(start, end) {
            [only] if only.kind == TokenKind::EscapeString => string_value(only.kind, cursor.text_of(*only)),
            _ => Some(cursor.text_between(start, end)),
        };
        // What is the server's does nothing to the session.
        let kind = match scope {
            Some("GLOBAL") => Operation::Other { verb: "SET GLOBAL".to_owned() },
            Some("PERSIST" | "PERSIST_ONLY") => Operation::Other { verb: "SET PERSIST".to_owned() },
            Some(_) | None => Operation::Set { name, value, local: false },
        };
        ops.push(Op { kind, span: cursor.span_from(from) });
        if !cursor.eat_symbol(",") {
            return Ok(ops);
        }
        from = cursor.at;
    }
}

fn reset(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    if cursor.dialect == Dialect::Mysql {
        return Ok(other(cursor, "RESET"));
    }
    let name = if cursor.eat_all(&["TIME", "ZONE"]) {
        "timezone".to_owned()
    } else if cursor.eat_all(&["SESSION", "AUTHORIZATION"]) {
        "session_authorization".to_owned()
    } else if cursor.eat_all(&["TRANSACTION", "ISOLATION", "LEVEL"]) {
        "transaction_isolation".to_owned()
    } else {
        setting_name(cursor)?
    };
    Ok(Operation::Set { name, value: None, local: false })
}

/// `PRAGMA [schema.]name [= value | (value)]` (source: sqlite.org/pragma.html).
fn pragma(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    let mut name = cursor.any_word("a pragma")?;
    if cursor.eat_symbol(".") {
        name = cursor.any_word("a pragma")?;
    }
    let bracket = cursor.eat_symbol("(");
    let value = if bracket || cursor.eat_symbol("=") { Some(plain_value(cursor)?) } else { None };
    if bracket {
        cursor.expect_symbol(")")?;
    }
    Ok(Operation::Pragma { name: name.text().to_ascii_lowercase(), value })
}

/// A string, a name or a number with its sign, without quotes: what SET and PRAGMA take.
fn plain_value(cursor: &mut Cursor<'_>) -> Read<String> {
    if cursor.is_string() {
        return cursor.string();
    }
    let first = cursor.at;
    if !cursor.eat_symbol("-") {
        cursor.eat_symbol("+");
    }
    match cursor.nth(0).map(|token| token.kind) {
        Some(TokenKind::Quoted) => Ok(cursor.any_word("a value")?.text().to_owned()),
        Some(TokenKind::Word | TokenKind::Number | TokenKind::Placeholder | TokenKind::Parameter) => {
            cursor.at += 1;
            Ok(cursor.text_between(first, cursor.at))
        }
        _ => Err(cursor.unread("a value")),
    }
}

fn lock(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    if cursor.dialect == Dialect::Mysql {
        return Ok(other(cursor, "LOCK"));
    }
    cursor.eat("TABLE");
    let mut only = true;
    let tables = cursor.list(|cursor| {
        only &= cursor.is("ONLY");
        relation(cursor)
    })?;
    let mut mode = "ACCESS EXCLUSIVE".to_owned();
    if cursor.eat("IN") {
        let (first, last) = cursor.skip_until(|cursor| cursor.is("MODE"));
        mode = cursor.text_between(first, last).to_ascii_uppercase();
        const MODES: &[&str] = &[
            "ACCESS SHARE",
            "ROW SHARE",
            "ROW EXCLUSIVE",
            "SHARE UPDATE EXCLUSIVE",
            "SHARE",
            "SHARE ROW EXCLUSIVE",
            "EXCLUSIVE",
            "ACCESS EXCLUSIVE",
        ];
        if !MODES.contains(&mode.as_str()) {
            cursor.at = first;
            return Err(cursor.unread("a lock mode"));
        }
        cursor.expect("MODE")?;
    }
    let nowait = cursor.eat("NOWAIT");
    Ok(Operation::Lock { tables, mode, only, nowait })
}

/// `[ONLY] name [*]`.
fn relation(cursor: &mut Cursor<'_>) -> Read<Name> {
    cursor.eat("ONLY");
    let name = cursor.name("a table")?;
    cursor.eat_symbol("*");
    Ok(name)
}

/// `(FULL, VERBOSE off, PARALLEL 2)`: each option with its value, in capitals.
fn options(cursor: &mut Cursor<'_>) -> Read<Vec<(String, String)>> {
    if !cursor.eat_symbol("(") {
        return Ok(Vec::new());
    }
    let all = cursor.list(|cursor| {
        let name = cursor.any_word("an option")?.text().to_ascii_uppercase();
        let (first, last) = cursor.skip_until(|_| false);
        Ok((name, cursor.text_between(first, last).trim_matches('\'').to_ascii_uppercase()))
    })?;
    cursor.expect_symbol(")")?;
    Ok(all)
}

/// Whether the option is there and not switched off.
fn has(options: &[(String, String)], name: &str) -> bool {
    options.iter().any(|(option, value)| option == name && !matches!(value.as_str(), "FALSE" | "OFF" | "0"))
}

/// `table [(column, …)]`, many of them, or none.
fn tables(cursor: &mut Cursor<'_>) -> Read<Vec<Name>> {
    if cursor.is_end() {
        return Ok(Vec::new());
    }
    cursor.list(|cursor| {
        let name = relation(cursor)?;
        if cursor.is_symbol("(") {
            cursor.ident_group("a column")?;
        }
        Ok(name)
    })
}

fn vacuum(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    if cursor.dialect == Dialect::Sqlite && !cursor.is_symbol("(") {
        let own = !cursor.is_any(&["FULL", "FREEZE", "VERBOSE", "ANALYZE"]);
        if own {
            if !cursor.is_end() && !cursor.is("INTO") {
                cursor.ident("a database")?;
            }
            if cursor.eat("INTO") {
                let (first, last) = cursor.skip_rest();
                cursor.expr(first, last)?;
            }
            return Ok(Operation::Vacuum { tables: Vec::new(), full: true });
        }
    }
    let options = options(cursor)?;
    let mut full = has(&options, "FULL");
    full |= cursor.eat("FULL");
    cursor.eat("FREEZE");
    cursor.eat("VERBOSE");
    if !cursor.eat("ANALYZE") {
        cursor.eat("ANALYSE");
    }
    Ok(Operation::Vacuum { tables: tables(cursor)?, full })
}

fn analyze(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    if cursor.dialect == Dialect::Mysql {
        cursor.eat_any(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
        cursor.eat_any(&["TABLE", "TABLES"]);
        let tables = cursor.list(|cursor| cursor.name("a table"))?;
        cursor.skip_rest();
        return Ok(Operation::Analyze { tables });
    }
    options(cursor)?;
    cursor.eat("VERBOSE");
    Ok(Operation::Analyze { tables: tables(cursor)? })
}

fn cluster(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    options(cursor)?;
    cursor.eat("VERBOSE");
    if cursor.is_end() {
        return Ok(Operation::Cluster { table: None, index: None });
    }
    let first = cursor.name("a table")?;
    let (table, index) = if cursor.eat("USING") {
        (first, Some(cursor.ident("an index")?))
    } else if cursor.eat("ON") {
        (cursor.name("a table")?, Some(first.ident))
    } else {
        (first, None)
    };
    Ok(Operation::Cluster { table: Some(table), index })
}

fn reindex(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    let options = options(cursor)?;
    let kind = match cursor.eat_any(&["INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM"]) {
        Some("INDEX") => ObjectKind::Index,
        Some("TABLE") => ObjectKind::Table,
        Some("SCHEMA") => ObjectKind::Schema,
        // The server's own tables.
        Some("SYSTEM") => return Ok(other(cursor, "REINDEX SYSTEM")),
        Some(_) => ObjectKind::Database,
        None if cursor.dialect == Dialect::Sqlite => {
            let name = if cursor.is_end() { None } else { Some(cursor.name("an index or a table")?) };
            let kind = if name.is_some() { ObjectKind::Index } else { ObjectKind::Database };
            return Ok(Operation::Reindex { kind, name, concurrently: false });
        }
        None => return Err(cursor.unread("`INDEX` or `TABLE`")),
    };
    let concurrently = cursor.eat("CONCURRENTLY") || has(&options, "CONCURRENTLY");
    if kind == ObjectKind::Database {
        // The name can be no other than that of the database that the statement runs in.
        if !cursor.is_end() {
            cursor.name("a name")?;
        }
        return Ok(Operation::Reindex { kind, name: None, concurrently });
    }
    Ok(Operation::Reindex { kind, name: Some(cursor.name("a name")?), concurrently })
}

fn refresh(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.expect_all(&["REFRESH", "MATERIALIZED", "VIEW"])?;
    let concurrently = cursor.eat("CONCURRENTLY");
    let view = cursor.name("a materialized view")?;
    let with_data = !cursor.eat_all(&["WITH", "NO", "DATA"]);
    if with_data {
        cursor.eat_all(&["WITH", "DATA"]);
    }
    Ok(Operation::RefreshView { view, concurrently, with_data })
}

/// `COPY table [(…)] FROM | TO …`, `COPY (query) TO …`, with the options of every version.
fn copy(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    cursor.eat("BINARY");
    let table = if cursor.is_symbol("(") {
        let (first, last) = cursor.group()?;
        dml::inner(cursor, first, last)?;
        None
    } else {
        let table = cursor.name("a table")?;
        if cursor.is_symbol("(") {
            cursor.ident_group("a column")?;
        }
        Some(table)
    };
    let from = match cursor.eat_any(&["FROM", "TO"]) {
        Some("FROM") if table.is_some() => true,
        Some("TO") => false,
        _ => return Err(cursor.unread("`FROM` or `TO`")),
    };
    if cursor.eat("PROGRAM") || cursor.eat_any(&["STDIN", "STDOUT"]).is_none() {
        if cursor.is_string() {
            cursor.at += 1;
        } else {
            cursor.ident("a file")?;
        }
    }
    cursor.skip_rest();
    Ok(Operation::Copy { table, from })
}

/// PREPARE name [(types)] AS statement. In MySQL the statement is a string.
fn prepare(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    if cursor.dialect == Dialect::Mysql {
        return Ok(other(cursor, "PREPARE"));
    }
    cursor.ident("a name")?;
    if cursor.is_symbol("(") {
        cursor.group()?;
    }
    cursor.expect("AS")?;
    inner(cursor)?;
    Ok(Operation::Other { verb: "PREPARE".to_owned() })
}

fn declare(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    cursor.ident("a cursor")?;
    cursor.skip_until(|cursor| cursor.is("FOR"));
    cursor.expect("FOR")?;
    inner(cursor)?;
    Ok(Operation::Other { verb: "DECLARE".to_owned() })
}

/// The query or the change that makes up the rest of the statement.
fn inner(cursor: &mut Cursor<'_>) -> Read<Vec<Op>> {
    let (first, last) = cursor.skip_rest();
    dml::inner(cursor, first, last)
}

/// EXPLAIN does nothing; EXPLAIN ANALYZE does what it explains.
fn explain(cursor: &mut Cursor<'_>) -> Read<Vec<Op>> {
    let first = cursor.at;
    cursor.at += 1;
    let said = options(cursor)?;
    let mut runs = has(&said, "ANALYZE") || has(&said, "ANALYSE");
    runs |= cursor.eat_any(&["ANALYZE", "ANALYSE"]).is_some();
    cursor.eat("VERBOSE");
    if cursor.dialect == Dialect::Mysql {
        cursor.skip_rest();
    } else {
        cursor.eat_all(&["QUERY", "PLAN"]);
        let ddl = cursor.is_any(&["CREATE", "REFRESH", "EXECUTE", "DECLARE"]);
        if ddl {
            cursor.skip_rest();
        } else {
            let ops = inner(cursor)?;
            if runs {
                return Ok(ops);
            }
        }
    }
    Ok(vec![Op { kind: Operation::Other { verb: "EXPLAIN".to_owned() }, span: cursor.span_from(first) }])
}

/// The setting that a call of `set_config` makes, where its arguments are constants.
pub fn set_config(arguments: &[Option<String>]) -> Option<Operation> {
    let [Some(name), value, local] = arguments else { return None };
    Some(Operation::Set {
        name: name.to_ascii_lowercase(),
        value: Some(value.clone()?),
        local: local.as_deref().is_some_and(|local| matches!(local, "true" | "t" | "on" | "1")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::operations;
    use super::*;

    /// One line for each operation, short enough for a table.
    fn brief(text: &str, dialect: Dialect) -> String {
        let all = operations(text, dialect).into_iter().map(|operation| match operation {
            Operation::Begin => "begin".to_owned(),
            Operation::Commit { chain } => format!("commit{}", if chain { " chain" } else { "" }),
            Operation::Rollback { chain } => format!("rollback{}", if chain { " chain" } else { "" }),
            Operation::Savepoint(name) => format!("savepoint {name}"),
            Operation::RollbackTo(name) => format!("rollback to {name}"),
            Operation::Release(name) => format!("release {name}"),
            Operation::Set { name, value, local } => {
                format!("{name} = {}{}", value.unwrap_or("?".to_owned()), if local { " local" } else { "" })
            }
            Operation::Pragma { name, value } => format!("pragma {name} {}", value.unwrap_or("?".to_owned())),
            Operation::Lock { tables, mode, .. } => format!("lock {tables:?} {mode}"),
            Operation::Vacuum { tables, full } => format!("vacuum {tables:?} {full}"),
            Operation::Analyze { tables } => format!("analyze {tables:?}"),
            Operation::Cluster { table, index } => format!("cluster {table:?} {index:?}"),
            Operation::Reindex { kind, name, concurrently } => {
                format!("reindex {} {name:?} {concurrently}", kind.noun())
            }
            Operation::RefreshView { view, concurrently, with_data } => {
                format!("refresh {view} {concurrently} {with_data}")
            }
            Operation::Copy { table, from } => format!("copy {table:?} {from}"),
            Operation::Query { calls, .. } => format!("query {}", calls.len()),
            Operation::Do => "do".to_owned(),
            Operation::Other { verb } => verb,
            Operation::Opaque { expected, .. } => format!("unread: {expected}"),
            other => format!("{other:?}"),
        });
        all.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn transaction_control() {
        let table = [
            ("BEGIN", "begin"),
            ("begin work isolation level serializable, read only deferrable", "begin"),
            ("START TRANSACTION ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE", "begin"),
            ("BEGIN TRANSACTION READ", "unread: the end of the statement"),
            ("COMMIT WORK AND CHAIN", "commit chain"),
            ("END TRANSACTION", "commit"),
            ("COMMIT AND NO CHAIN", "commit"),
            ("ABORT; ROLLBACK AND CHAIN", "rollback; rollback chain"),
            (
                "SAVEPOINT a; ROLLBACK TO a; ROLLBACK WORK TO SAVEPOINT a; RELEASE a",
                "savepoint a; rollback to a; rollback to a; release a",
            ),
            (
                "PREPARE TRANSACTION 'x'; COMMIT PREPARED 'x'; ROLLBACK PREPARED 'x'",
                "PREPARE TRANSACTION; COMMIT PREPARED; ROLLBACK PREPARED",
            ),
            ("COMMIT now", "unread: the end of the statement"),
        ];
        for (text, expected) in table {
            assert_eq!(brief(text, Dialect::Postgres), expected, "{text}");
        }
        assert_eq!(
            brief("BEGIN IMMEDIATE; BEGIN EXCLUSIVE TRANSACTION; END", Dialect::Sqlite),
            "begin; begin; commit"
        );
        assert_eq!(brief("START TRANSACTION", Dialect::Sqlite), "START TRANSACTION", "SQLite refuses it");
        assert_eq!(
            brief("START TRANSACTION WITH CONSISTENT SNAPSHOT; COMMIT RELEASE", Dialect::Mysql),
            "begin; commit"
        );
    }

    #[test]
    fn settings() {
        let table = [
            ("SET lock_timeout = '5s'", "lock_timeout = 5s"),
            ("SET LOCAL statement_timeout TO 0", "statement_timeout = 0 local"),
            ("SET SESSION search_path TO app, \"Weird One\", public", "search_path = app, Weird One, public"),
            ("SET search_path = ''; SET search_path TO DEFAULT", "search_path = ; search_path = ?"),
            ("SET a.b = -1", "a.b = -1"),
            ("SET TIME ZONE 'UTC'; SET LOCAL TIME ZONE LOCAL", "timezone = UTC; timezone = ? local"),
            (
                "SET ROLE admin; SET ROLE NONE; SET SESSION AUTHORIZATION x",
                "role = admin; role = ?; session_authorization = x",
            ),
            ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SET TRANSACTION"),
            (
                "SET CONSTRAINTS a, s.b DEFERRED; SET CONSTRAINTS ALL IMMEDIATE",
                "SET CONSTRAINTS; SET CONSTRAINTS",
            ),
            (
                "RESET lock_timeout; RESET ALL; RESET SESSION AUTHORIZATION",
                "lock_timeout = ?; all = ?; session_authorization = ?",
            ),
            ("SELECT pg_catalog.set_config('search_path', '', false)", "search_path = "),
            ("SELECT set_config('app.user', 'x', true)", "app.user = x local"),
            ("SELECT set_config('app.user', current_user, true)", "query 1"),
            ("SET lock_timeout", "unread: `TO`"),
            ("SET lock_timeout = ", "unread: a value"),
        ];
        for (text, expected) in table {
            assert_eq!(brief(text, Dialect::Postgres), expected, "{text}");
        }
        assert_eq!(
            brief("SET FOREIGN_KEY_CHECKS = 0, @@SESSION.sql_mode = 'ANSI', @x := 1 + 2", Dialect::Mysql),
            "foreign_key_checks = 0; sql_mode = ANSI; @x = 1 + 2"
        );
        assert_eq!(brief("SET NAMES utf8mb4", Dialect::Mysql), "names = utf8mb4");
    }

    #[test]
    fn pragmas() {
        let table = [
            ("PRAGMA foreign_keys=OFF", "pragma foreign_keys OFF"),
            ("PRAGMA main.journal_mode = WAL", "pragma journal_mode WAL"),
            ("PRAGMA foreign_key_check", "pragma foreign_key_check ?"),
            ("PRAGMA table_info(\"t\")", "pragma table_info t"),
            ("PRAGMA cache_size = -2000", "pragma cache_size -2000"),
            ("PRAGMA encoding = 'UTF-8'", "pragma encoding UTF-8"),
            ("PRAGMA x = ", "unread: a value"),
        ];
        for (text, expected) in table {
            assert_eq!(brief(text, Dialect::Sqlite), expected, "{text}");
        }
    }

    #[test]
    fn maintenance() {
        let table = [
            (
                "LOCK TABLE a, ONLY s.b IN SHARE ROW EXCLUSIVE MODE NOWAIT",
                "lock [a, s.b] SHARE ROW EXCLUSIVE",
            ),
            ("LOCK a", "lock [a] ACCESS EXCLUSIVE"),
            ("LOCK a IN SHARED MODE", "unread: a lock mode"),
            (
                "VACUUM; VACUUM FULL VERBOSE t; VACUUM (FULL off, ANALYZE) a (x, y), b",
                "vacuum [] false; vacuum [t] true; vacuum [a, b] false",
            ),
            ("VACUUM (FULL) t", "vacuum [t] true"),
            (
                "ANALYZE; ANALYZE VERBOSE t (a); ANALYZE (SKIP_LOCKED) t",
                "analyze []; analyze [t]; analyze [t]",
            ),
            (
                "CLUSTER; CLUSTER t USING i; CLUSTER VERBOSE t; CLUSTER i ON t",
                "cluster None None; cluster Some(t) Some(\"i\"); cluster Some(t) None; cluster Some(t) Some(\"i\")",
            ),
            ("REINDEX INDEX CONCURRENTLY i", "reindex index Some(i) true"),
            ("REINDEX (CONCURRENTLY, VERBOSE) TABLE s.t", "reindex table Some(s.t) true"),
            (
                "REINDEX DATABASE d; REINDEX SYSTEM; REINDEX SCHEMA s",
                "reindex database None false; REINDEX SYSTEM; reindex schema Some(s) false",
            ),
            ("REINDEX t", "unread: `INDEX` or `TABLE`"),
            ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "refresh v true true"),
            ("REFRESH MATERIALIZED VIEW v WITH NO DATA", "refresh v false false"),
            ("COPY t (a, b) FROM '/x.csv' WITH (FORMAT csv)", "copy Some(t) true"),
            ("COPY (SELECT 1) TO STDOUT", "copy None false"),
            ("COPY t FROM PROGRAM 'cat' CSV HEADER", "copy Some(t) true"),
            ("COPY t", "unread: `FROM` or `TO`"),
            ("EXPLAIN (ANALYZE false) SELECT 1; EXPLAIN ANALYZE SELECT 1", "EXPLAIN; query 0"),
            ("PREPARE p (int) AS SELECT $1; EXECUTE p(1); DEALLOCATE ALL", "PREPARE; EXECUTE; DEALLOCATE"),
            ("DECLARE c CURSOR WITH HOLD FOR SELECT 1; FETCH NEXT FROM c; CLOSE c", "DECLARE; FETCH; CLOSE"),
            (
                "DISCARD ALL; CHECKPOINT; NOTIFY x, 'y'; LISTEN x; UNLISTEN *; SHOW all",
                "DISCARD ALL; CHECKPOINT; NOTIFY; LISTEN; UNLISTEN; SHOW",
            ),
            ("ALTER SYSTEM SET work_mem = '1GB'; CALL p(1, 'x')", "ALTER SYSTEM; query 1"),
            ("DO LANGUAGE plperl 'x'; DO $$ BEGIN END $$", "do; do"),
            ("DO $$ BEGIN", "unread: the end of this quote"),
        ];
        for (text, expected) in table {
            assert_eq!(brief(text, Dialect::Postgres), expected, "{text}");
        }
        let table = [
            ("VACUUM; VACUUM main; VACUUM INTO 'x.db'", "vacuum [] true; vacuum [] true; vacuum [] true"),
            ("REINDEX; REINDEX t", "reindex database None false; reindex index Some(t) false"),
            (
                "ANALYZE t; ATTACH 'x' AS y; DETACH y; EXPLAIN QUERY PLAN SELECT 1",
                "analyze [t]; ATTACH; DETACH; EXPLAIN",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(brief(text, Dialect::Sqlite), expected, "{text}");
        }
    }
}
