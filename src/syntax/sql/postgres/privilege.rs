//! Who may do what: GRANT, REVOKE, default privileges, security labels, and whole sets of owned objects.

use super::clause::{self, Reader};
use super::{drop, other};
use crate::ops::{Op, Operation};
use crate::schema::Name;
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::lex::TokenKind;

const STATEMENTS: &[(&[&str], Reader)] = &[
    (&["GRANT"], grant),
    (&["REVOKE"], revoke),
    (&["ALTER", "DEFAULT", "PRIVILEGES"], default_privileges),
    (&["SECURITY", "LABEL"], security_label),
    (&["REASSIGN", "OWNED", "BY"], reassign_owned),
];

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    clause::dispatch(cursor, STATEMENTS)
}

fn privilege(cursor: &Cursor<'_>, what: &str, on: Vec<Name>) -> Operation {
    Operation::Privilege { what: what.to_owned(), text: cursor.text_between(0, cursor.at), on }
}

fn grant(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let mut on = Vec::new();
    if gives_roles(cursor, "TO") {
        clause::roles(cursor)?;
        cursor.expect("TO")?;
        clause::roles(cursor)?;
        if cursor.eat("WITH") {
            cursor.list(membership_option)?;
        }
    } else {
        privileges(cursor)?;
        cursor.expect("ON")?;
        on = objects(cursor)?;
        cursor.expect("TO")?;
        grantees(cursor)?;
        cursor.eat_all(&["WITH", "GRANT", "OPTION"]);
    }
    granted_by(cursor)?;
    Ok(privilege(cursor, "GRANT", on))
}

fn revoke(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let mut on = Vec::new();
    if gives_roles(cursor, "FROM") {
        if cursor.nth_is(1, "OPTION") && cursor.nth_is(2, "FOR") {
            if cursor.eat_any(&["ADMIN", "INHERIT", "SET"]).is_none() {
                return Err(cursor.unread("`ADMIN`, `INHERIT` or `SET`"));
            }
            cursor.at += 2;
        }
        clause::roles(cursor)?;
        cursor.expect("FROM")?;
        clause::roles(cursor)?;
    } else {
        cursor.eat_all(&["GRANT", "OPTION", "FOR"]);
        privileges(cursor)?;
        cursor.expect("ON")?;
        on = objects(cursor)?;
        cursor.expect("FROM")?;
        grantees(cursor)?;
    }
    granted_by(cursor)?;
    clause::cascade(cursor);
    Ok(privilege(cursor, "REVOKE", on))
}

/// Whether roles are given or taken: the word before the grantees comes without an ON before it.
fn gives_roles(cursor: &Cursor<'_>, end: &str) -> bool {
    let mut walk = cursor.clone();
    while !walk.is_end() && !walk.is("ON") && !walk.is(end) {
        walk.at += 1;
    }
    walk.is(end)
}

/// `ADMIN OPTION`, or of PostgreSQL 16 `INHERIT TRUE` and its kin.
fn membership_option(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.eat_any(&["ADMIN", "INHERIT", "SET"]).is_none() {
        return Err(cursor.unread("`ADMIN OPTION`"));
    }
    match cursor.eat_any(&["OPTION", "TRUE", "FALSE"]) {
        Some(_) => Ok(()),
        None => Err(cursor.unread("`OPTION`, `TRUE` or `FALSE`")),
    }
}

fn granted_by(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.eat_all(&["GRANTED", "BY"]) {
        clause::role(cursor)?;
    }
    Ok(())
}

fn grantees(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.list(|cursor| {
        cursor.eat("GROUP");
        clause::role(cursor)
    })?;
    Ok(())
}

/// ALL, or a list of privileges, each with or without columns.
fn privileges(cursor: &mut Cursor<'_>) -> Read<()> {
    const NAMES: &[&str] = &[
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "TRUNCATE",
        "REFERENCES",
        "TRIGGER",
        "MAINTAIN",
        "USAGE",
        "CREATE",
        "CONNECT",
        "TEMPORARY",
        "TEMP",
        "EXECUTE",
        "SET",
    ];
    if cursor.eat("ALL") {
        cursor.eat("PRIVILEGES");
        return columns(cursor);
    }
    cursor.list(|cursor| {
        if !cursor.eat_all(&["ALTER", "SYSTEM"]) && cursor.eat_any(NAMES).is_none() {
            return Err(cursor.unread("a privilege"));
        }
        columns(cursor)
    })?;
    Ok(())
}

fn columns(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.is_symbol("(") {
        cursor.ident_group("a column")?;
    }
    Ok(())
}

/// What the privileges are on: the relations among it.
fn objects(cursor: &mut Cursor<'_>) -> Read<Vec<Name>> {
    const ALL: &[&str] = &["TABLES", "SEQUENCES", "FUNCTIONS", "PROCEDURES", "ROUTINES"];
    const PLAIN: &[&[&str]] = &[
        &["FOREIGN", "DATA", "WRAPPER"],
        &["FOREIGN", "SERVER"],
        &["DATABASE"],
        &["LANGUAGE"],
        &["SCHEMA"],
        &["TABLESPACE"],
    ];
    // A table may be called `schema` or `type`: the keyword is one only where a name follows.
    let named = |cursor: &Cursor<'_>, words: usize| {
        cursor.nth(words).is_some_and(|token| match token.kind {
            TokenKind::Word => !["TO", "FROM"].iter().any(|end| cursor.nth_is(words, end)),
            TokenKind::Quoted | TokenKind::Placeholder | TokenKind::Parameter | TokenKind::Number => true,
            TokenKind::String
            | TokenKind::EscapeString
            | TokenKind::PrefixString
            | TokenKind::Dollar
            | TokenKind::Symbol
            | TokenKind::Comment
            | TokenKind::Meta => false,
        })
    };
    if cursor.eat("ALL") {
        if cursor.eat_any(ALL).is_none() {
            return Err(cursor.unread("`TABLES`, `SEQUENCES` or `FUNCTIONS`"));
        }
        cursor.expect_all(&["IN", "SCHEMA"])?;
        cursor.list(|cursor| cursor.ident("a schema"))?;
    } else if let Some(words) = PLAIN.iter().find(|words| cursor.is_all(words) && named(cursor, words.len()))
    {
        cursor.at += words.len();
        cursor.list(|cursor| cursor.ident("a name"))?;
    } else if named(cursor, 1) && cursor.eat_any(&["FUNCTION", "PROCEDURE", "ROUTINE"]).is_some() {
        cursor.list(|cursor| {
            cursor.name("a function")?;
            drop::signature(cursor)
        })?;
    } else if named(cursor, 2) && cursor.eat_all(&["LARGE", "OBJECT"]) {
        cursor.list(clause::number)?;
    } else if named(cursor, 1) && cursor.eat("PARAMETER") {
        cursor.list(|cursor| cursor.name("a setting"))?;
    } else {
        let word =
            if named(cursor, 1) { cursor.eat_any(&["TABLE", "SEQUENCE", "DOMAIN", "TYPE"]) } else { None };
        let names = cursor.list(|cursor| cursor.name("a table"))?;
        let types = matches!(word, Some("DOMAIN" | "TYPE"));
        return Ok(if types { Vec::new() } else { names });
    }
    Ok(Vec::new())
}

fn default_privileges(cursor: &mut Cursor<'_>) -> Read<Operation> {
    loop {
        if cursor.eat("FOR") {
            if cursor.eat_any(&["ROLE", "USER"]).is_none() {
                return Err(cursor.unread("`ROLE`"));
            }
            clause::roles(cursor)?;
        } else if cursor.eat("IN") {
            cursor.expect("SCHEMA")?;
            cursor.list(|cursor| cursor.ident("a schema"))?;
        } else {
            break;
        }
    }
    let grant = match cursor.eat_any(&["GRANT", "REVOKE"]) {
        Some(word) => word == "GRANT",
        None => return Err(cursor.unread("`GRANT` or `REVOKE`")),
    };
    if !grant {
        cursor.eat_all(&["GRANT", "OPTION", "FOR"]);
    }
    privileges(cursor)?;
    cursor.expect("ON")?;
    const KINDS: &[&str] = &["TABLES", "SEQUENCES", "FUNCTIONS", "ROUTINES", "TYPES", "SCHEMAS"];
    if cursor.eat_any(KINDS).is_none() && !cursor.eat_all(&["LARGE", "OBJECTS"]) {
        return Err(cursor.unread("`TABLES`, `SEQUENCES`, `FUNCTIONS`, `TYPES` or `SCHEMAS`"));
    }
    cursor.expect(if grant { "TO" } else { "FROM" })?;
    grantees(cursor)?;
    if grant {
        cursor.eat_all(&["WITH", "GRANT", "OPTION"]);
    } else {
        clause::cascade(cursor);
    }
    Ok(privilege(cursor, "ALTER DEFAULT PRIVILEGES", Vec::new()))
}

fn security_label(cursor: &mut Cursor<'_>) -> Read<Operation> {
    if cursor.eat("FOR") {
        if cursor.is_string() {
            cursor.string()?;
        } else {
            cursor.ident("a provider")?;
        }
    }
    cursor.expect("ON")?;
    other::address(cursor)?;
    cursor.expect("IS")?;
    if !cursor.eat("NULL") {
        cursor.string()?;
    }
    Ok(privilege(cursor, "SECURITY LABEL", Vec::new()))
}

fn reassign_owned(cursor: &mut Cursor<'_>) -> Read<Operation> {
    clause::roles(cursor)?;
    cursor.expect("TO")?;
    clause::role(cursor)?;
    Ok(privilege(cursor, "REASSIGN OWNED", Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::super::clause::tests::check;

    #[test]
    fn grant_and_revoke() {
        for objects in [
            "t",
            "TABLE a, s.b",
            "ALL TABLES IN SCHEMA a, b",
            "ALL FUNCTIONS IN SCHEMA a",
            "SEQUENCE s",
            "SCHEMA a, \"B\"",
            "DATABASE d",
            "FUNCTION s.f(int, OUT text), g",
            "PROCEDURE p()",
            "FOREIGN DATA WRAPPER w",
            "FOREIGN SERVER s",
            "LANGUAGE l",
            "LARGE OBJECT 1, 2",
            "PARAMETER a.b",
            "TABLESPACE t",
            "TYPE s.t",
            "DOMAIN d",
            // Tables with odd names.
            "schema",
            "function, type",
        ] {
            let grant = format!("GRANT ALL ON {objects} TO r");
            let revoke = format!("REVOKE ALL PRIVILEGES ON {objects} FROM r CASCADE");
            check(&[(&grant, "GRANT"), (&revoke, "REVOKE")]);
        }
        check(&[
            (
                "GRANT SELECT (a, b), UPDATE (c), REFERENCES ON t TO PUBLIC, GROUP g WITH GRANT OPTION GRANTED BY r",
                "GRANT",
            ),
            ("GRANT a, \"B\" TO c, CURRENT_USER WITH ADMIN OPTION", "GRANT"),
            ("GRANT a TO b WITH INHERIT FALSE, SET TRUE GRANTED BY c", "GRANT"),
            ("REVOKE GRANT OPTION FOR EXECUTE ON ALL ROUTINES IN SCHEMA s FROM r", "REVOKE"),
            ("REVOKE ADMIN OPTION FOR a FROM b RESTRICT", "REVOKE"),
            ("REVOKE a FROM b GRANTED BY c", "REVOKE"),
            ("GRANT SELCT ON t TO r", "a privilege at SELCT ON t TO r"),
            ("GRANT SELECT ON t FROM r", "`TO` at FROM r"),
            (
                "GRANT SELECT ON ALL VIEWS IN SCHEMA s TO r",
                "`TABLES`, `SEQUENCES` or `FUNCTIONS` at VIEWS IN SCHEMA s TO r",
            ),
            ("REVOKE SELECT ON t TO r", "`FROM` at TO r"),
            ("GRANT SELECT ON t TO", "a role at TO"),
        ]);
    }

    #[test]
    fn defaults_labels_and_owned_objects() {
        check(&[
            (
                "ALTER DEFAULT PRIVILEGES GRANT SELECT, USAGE ON SEQUENCES TO r WITH GRANT OPTION",
                "ALTER DEFAULT PRIVILEGES",
            ),
            (
                "ALTER DEFAULT PRIVILEGES IN SCHEMA a, b FOR ROLE c REVOKE ALL ON FUNCTIONS FROM PUBLIC CASCADE",
                "ALTER DEFAULT PRIVILEGES",
            ),
            (
                "ALTER DEFAULT PRIVILEGES FOR USER postgres REVOKE GRANT OPTION FOR ALL ON TYPES FROM a",
                "ALTER DEFAULT PRIVILEGES",
            ),
            (
                "ALTER DEFAULT PRIVILEGES GRANT SELECT ON t TO r",
                "`TABLES`, `SEQUENCES`, `FUNCTIONS`, `TYPES` or `SCHEMAS` at t TO r",
            ),
            ("SECURITY LABEL FOR 'anon' ON COLUMN t.c IS 'MASKED'", "SECURITY LABEL"),
            ("SECURITY LABEL ON ROLE r IS NULL", "SECURITY LABEL"),
            ("REASSIGN OWNED BY a, b TO SESSION_USER", "REASSIGN OWNED"),
            ("REASSIGN OWNED BY a", "`TO` at a"),
        ]);
    }
}
