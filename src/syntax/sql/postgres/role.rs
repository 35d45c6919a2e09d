//! What belongs to the whole server: roles, databases, tablespaces, its settings.

use super::clause::{self, Reader};
use crate::ops::{Guard, Op, Operation};
use crate::schema::{Detail, Ident, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::lex::TokenKind;

const STATEMENTS: &[(&[&str], Reader)] = &[
    (&["CREATE", "ROLE"], create_role),
    (&["CREATE", "GROUP"], create_role),
    (&["ALTER", "ROLE"], alter_role),
    (&["ALTER", "GROUP"], alter_group),
    (&["ALTER", "SYSTEM"], alter_system),
    (&["CREATE", "DATABASE"], create_database),
    (&["ALTER", "DATABASE"], alter_database),
    (&["CREATE", "TABLESPACE"], create_tablespace),
    (&["ALTER", "TABLESPACE"], alter_tablespace),
];

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    const USERS: &[(&[&str], Reader)] =
        &[(&["CREATE", "USER"], create_role), (&["ALTER", "USER"], alter_role)];
    if cursor.nth_is(1, "USER") && cursor.nth_is(2, "MAPPING") {
        return Ok(None);
    }
    match clause::dispatch(cursor, USERS)? {
        Some(ops) => Ok(Some(ops)),
        None => clause::dispatch(cursor, STATEMENTS),
    }
}

fn named(kind: ObjectKind, name: impl Into<String>) -> ObjectRef {
    clause::object(kind, Name::bare(Ident::exact(name.into())))
}

fn create_role(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(ObjectKind::Role, clause::role(cursor)?);
    cursor.eat("WITH");
    let mut detail = Detail::None;
    while !cursor.is_end() {
        if cursor.is("SUPERUSER") {
            detail = Detail::Text("SUPERUSER".to_owned());
        }
        if !role_option(cursor)? && !membership(cursor)? {
            return Err(cursor.unread("an option of the role"));
        }
    }
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::new(detail) })
}

/// What CREATE ROLE and ALTER ROLE both take.
fn role_option(cursor: &mut Cursor<'_>) -> Read<bool> {
    const FLAGS: &[&str] = &[
        "SUPERUSER",
        "NOSUPERUSER",
        "CREATEDB",
        "NOCREATEDB",
        "CREATEROLE",
        "NOCREATEROLE",
        "CREATEUSER",
        "NOCREATEUSER",
        "INHERIT",
        "NOINHERIT",
        "LOGIN",
        "NOLOGIN",
        "REPLICATION",
        "NOREPLICATION",
        "BYPASSRLS",
        "NOBYPASSRLS",
    ];
    if cursor.eat_any(FLAGS).is_some() {
        return Ok(true);
    }
    if cursor.eat_any(&["ENCRYPTED", "UNENCRYPTED"]).is_some() {
        cursor.expect("PASSWORD")?;
        text(cursor)?;
    } else if cursor.eat("PASSWORD") {
        if !cursor.eat("NULL") {
            text(cursor)?;
        }
    } else if cursor.eat_all(&["CONNECTION", "LIMIT"]) {
        clause::number(cursor)?;
    } else if cursor.eat_all(&["VALID", "UNTIL"]) {
        text(cursor)?;
    } else if cursor.eat("USER") {
        clause::roles(cursor)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// A string, or what a tool puts in its place.
fn text(cursor: &mut Cursor<'_>) -> Read<()> {
    match cursor.nth(0).map(|token| token.kind) {
        Some(TokenKind::Parameter | TokenKind::Placeholder) => {
            cursor.at += 1;
            Ok(())
        }
        _ => cursor.string().map(|_| ()),
    }
}

/// What only CREATE ROLE takes.
fn membership(cursor: &mut Cursor<'_>) -> Read<bool> {
    if cursor.eat("SYSID") {
        clause::number(cursor)?;
    } else if cursor.eat("IN") {
        if cursor.eat_any(&["ROLE", "GROUP"]).is_none() {
            return Err(cursor.unread("`ROLE`"));
        }
        clause::roles(cursor)?;
    } else if cursor.eat_any(&["ROLE", "ADMIN"]).is_some() {
        clause::roles(cursor)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn alter_role(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let role = if cursor.eat("ALL") { "ALL".to_owned() } else { clause::role(cursor)? };
    let object = named(ObjectKind::Role, role);
    if cursor.eat_all(&["RENAME", "TO"]) {
        let to = cursor.ident("a new name")?;
        return Ok(Operation::Rename { object, arguments: None, to, if_exists: false });
    }
    let first = cursor.at;
    if cursor.eat_all(&["IN", "DATABASE"]) {
        cursor.ident("a database")?;
        if clause::setting(cursor)?.is_none() {
            return Err(cursor.unread("`SET` or `RESET`"));
        }
    } else if clause::setting(cursor)?.is_none() {
        cursor.eat("WITH");
        while role_option(cursor)? {}
    }
    Ok(clause::alter_other(cursor, object, first))
}

fn alter_group(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(ObjectKind::Role, clause::role(cursor)?);
    if cursor.eat_all(&["RENAME", "TO"]) {
        let to = cursor.ident("a new name")?;
        return Ok(Operation::Rename { object, arguments: None, to, if_exists: false });
    }
    let first = cursor.at;
    if cursor.eat_any(&["ADD", "DROP"]).is_none() {
        return Err(cursor.unread("`ADD USER` or `DROP USER`"));
    }
    cursor.expect("USER")?;
    clause::roles(cursor)?;
    Ok(clause::alter_other(cursor, object, first))
}

fn alter_system(cursor: &mut Cursor<'_>) -> Read<Operation> {
    if clause::setting(cursor)?.is_none() {
        return Err(cursor.unread("`SET` or `RESET`"));
    }
    Ok(Operation::Other { verb: "ALTER SYSTEM".to_owned() })
}

fn create_database(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(ObjectKind::Database, cursor.ident("a database")?.text());
    cursor.eat("WITH");
    while !cursor.is_end() {
        database_option(cursor)?;
    }
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn database_option(cursor: &mut Cursor<'_>) -> Read<()> {
    const OPTIONS: &[&str] = &[
        "OWNER",
        "TEMPLATE",
        "ENCODING",
        "STRATEGY",
        "LOCALE",
        "LC_COLLATE",
        "LC_CTYPE",
        "BUILTIN_LOCALE",
        "ICU_LOCALE",
        "ICU_RULES",
        "LOCALE_PROVIDER",
        "COLLATION_VERSION",
        "LOCATION",
        "TABLESPACE",
        "ALLOW_CONNECTIONS",
        "CONNECTION_LIMIT",
        "IS_TEMPLATE",
        "OID",
    ];
    if !cursor.eat_all(&["CONNECTION", "LIMIT"]) && cursor.eat_any(OPTIONS).is_none() {
        return Err(cursor.unread("an option of the database"));
    }
    cursor.eat_symbol("=");
    match cursor.nth(0).map(|token| token.kind) {
        Some(TokenKind::Word | TokenKind::Quoted) => cursor.any_word("a value").map(|_| ()),
        _ if cursor.is_string() => cursor.string().map(|_| ()),
        _ => clause::number(cursor),
    }
}

fn alter_database(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(ObjectKind::Database, cursor.ident("a database")?.text());
    // A database is in no schema.
    if !(cursor.is("SET") && cursor.nth_is(1, "SCHEMA"))
        && let Some(kind) = clause::general(cursor, &object, false)?
    {
        return Ok(kind);
    }
    let first = cursor.at;
    if cursor.eat_all(&["SET", "TABLESPACE"]) {
        cursor.ident("a tablespace")?;
    } else if !cursor.eat_all(&["REFRESH", "COLLATION", "VERSION"]) && clause::setting(cursor)?.is_none() {
        cursor.eat("WITH");
        database_option(cursor)?;
        while !cursor.is_end() {
            database_option(cursor)?;
        }
    }
    Ok(clause::alter_other(cursor, object, first))
}

fn create_tablespace(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(ObjectKind::Tablespace, cursor.ident("a tablespace")?.text());
    if cursor.eat("OWNER") {
        clause::role(cursor)?;
    }
    cursor.expect("LOCATION")?;
    text(cursor)?;
    if cursor.eat("WITH") {
        clause::definition(cursor)?;
    }
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn alter_tablespace(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(ObjectKind::Tablespace, cursor.ident("a tablespace")?.text());
    let first = cursor.at;
    if cursor.eat_any(&["SET", "RESET"]).is_some() {
        clause::definition(cursor)?;
        return Ok(clause::alter_other(cursor, object, first));
    }
    match clause::general(cursor, &object, false)? {
        Some(kind) => Ok(kind),
        None => Err(cursor.unread("what to change of the tablespace")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::clause::tests::check;

    #[test]
    fn roles() {
        check(&[
            ("CREATE ROLE r", "role `r`"),
            (
                "CREATE USER u WITH LOGIN NOSUPERUSER ENCRYPTED PASSWORD 'x' CONNECTION LIMIT -1 VALID UNTIL 'infinity' IN ROLE a, b ADMIN c",
                "role `u`",
            ),
            ("CREATE ROLE r PASSWORD NULL", "role `r`"),
            ("CREATE ROLE r PASSWORD :'secret'", "role `r`"),
            ("CREATE GROUP g USER a, b", "role `g`"),
            ("ALTER ROLE r WITH NOLOGIN BYPASSRLS", "role `r`: WITH NOLOGIN BYPASSRLS"),
            ("ALTER USER r RENAME TO s", "role `r` named s"),
            ("ALTER ROLE r IN DATABASE d SET a.b TO 'x', y", "role `r`: IN DATABASE D SET A.B TO 'x', Y"),
            ("ALTER ROLE ALL RESET ALL", "role `ALL`: RESET ALL"),
            ("ALTER GROUP g ADD USER a, b", "role `g`: ADD USER A, B"),
            ("CREATE ROLE r LOGIM", "an option of the role at LOGIM"),
            ("CREATE ROLE r PASSWORD x", "a string at x"),
            ("ALTER ROLE r SET a 1", "`TO` at 1"),
            ("ALTER GROUP ADD USER a", "`ADD USER` or `DROP USER` at USER a"),
        ]);
    }

    #[test]
    fn databases_tablespaces_and_settings() {
        check(&[
            ("CREATE DATABASE d", "database `d`"),
            (
                "CREATE DATABASE d WITH OWNER = o ENCODING 'UTF8' TEMPLATE template0 CONNECTION LIMIT = -1 IS_TEMPLATE true",
                "database `d`",
            ),
            ("ALTER DATABASE d SET TABLESPACE t", "database `d`: SET TABLESPACE T"),
            ("ALTER DATABASE d SET timezone TO 'UTC'", "database `d`: SET TIMEZONE TO 'UTC'"),
            ("ALTER DATABASE d RESET ALL", "database `d`: RESET ALL"),
            ("ALTER DATABASE d WITH ALLOW_CONNECTIONS false", "database `d`: WITH ALLOW_CONNECTIONS FALSE"),
            ("ALTER DATABASE d OWNER TO o", "database `d` to o"),
            ("ALTER DATABASE d RENAME TO e", "database `d` named e"),
            ("CREATE DATABASE d ENCODDING 'UTF8'", "an option of the database at ENCODDING 'UTF8'"),
            ("CREATE TABLESPACE t OWNER o LOCATION '/x' WITH (random_page_cost = 1.1)", "tablespace `t`"),
            ("ALTER TABLESPACE t SET (seq_page_cost = 2)", "tablespace `t`: SET (SEQ_PAGE_COST = 2)"),
            ("ALTER TABLESPACE t RENAME TO u", "tablespace `t` named u"),
            ("CREATE TABLESPACE t", "`LOCATION` at t"),
            ("ALTER SYSTEM SET work_mem = '1GB'", "ALTER SYSTEM"),
            ("ALTER SYSTEM RESET ALL", "ALTER SYSTEM"),
            ("ALTER SYSTEM RESET", "a setting at RESET"),
        ]);
    }
}
