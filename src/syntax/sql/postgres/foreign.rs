//! Foreign data: wrappers, servers, user mappings, and the import of a foreign schema.

use super::clause::{self, Reader};
use crate::ops::{CreateTable, Guard, Op, Operation};
use crate::schema::{Detail, Ident, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::cursor::{Cursor, Read};

const STATEMENTS: &[(&[&str], Reader)] = &[
    (&["CREATE", "FOREIGN", "DATA", "WRAPPER"], create_wrapper),
    (&["ALTER", "FOREIGN", "DATA", "WRAPPER"], alter_wrapper),
    (&["CREATE", "SERVER"], create_server),
    (&["ALTER", "SERVER"], alter_server),
    (&["CREATE", "USER", "MAPPING"], create_mapping),
    (&["ALTER", "USER", "MAPPING"], alter_mapping),
];

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    if cursor.eat_all(&["IMPORT", "FOREIGN", "SCHEMA"]) {
        let kinds = import(cursor)?;
        let span = cursor.span_from(first);
        return Ok(Some(kinds.into_iter().map(|kind| Op { kind, span }).collect()));
    }
    clause::dispatch(cursor, STATEMENTS)
}

fn named(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Read<ObjectRef> {
    let name = cursor.ident(&format!("a {}", kind.noun()))?;
    Ok(clause::object(kind, Name::bare(name)))
}

fn create_wrapper(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(cursor, ObjectKind::ForeignDataWrapper)?;
    wrapper_options(cursor)?;
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn wrapper_options(cursor: &mut Cursor<'_>) -> Read<()> {
    loop {
        if cursor.eat_any(&["HANDLER", "VALIDATOR", "CONNECTION"]).is_some() {
            cursor.name("a function")?;
        } else if cursor.eat("NO") {
            if cursor.eat_any(&["HANDLER", "VALIDATOR", "CONNECTION"]).is_none() {
                return Err(cursor.unread("`HANDLER` or `VALIDATOR`"));
            }
        } else if !clause::foreign_options(cursor)? {
            return Ok(());
        }
    }
}

fn alter_wrapper(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(cursor, ObjectKind::ForeignDataWrapper)?;
    if let Some(kind) = clause::general(cursor, &object, false)? {
        return Ok(kind);
    }
    let first = cursor.at;
    wrapper_options(cursor)?;
    if cursor.at == first {
        return Err(cursor.unread("what to change of the wrapper"));
    }
    Ok(clause::alter_other(cursor, object, first))
}

fn create_server(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let guard = if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None };
    let object = named(cursor, ObjectKind::Server)?;
    if cursor.eat("TYPE") {
        cursor.string()?;
    }
    version(cursor)?;
    cursor.expect_all(&["FOREIGN", "DATA", "WRAPPER"])?;
    let wrapper = cursor.ident("a foreign data wrapper")?;
    clause::foreign_options(cursor)?;
    let detail = Box::new(Detail::Text(wrapper.text().to_owned()));
    Ok(Operation::CreateOther { object, guard, detail })
}

fn version(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.eat("VERSION") && !cursor.eat("NULL") {
        cursor.string()?;
    }
    Ok(())
}

fn alter_server(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(cursor, ObjectKind::Server)?;
    if let Some(kind) = clause::general(cursor, &object, false)? {
        return Ok(kind);
    }
    let first = cursor.at;
    version(cursor)?;
    clause::foreign_options(cursor)?;
    if cursor.at == first {
        return Err(cursor.unread("what to change of the server"));
    }
    Ok(clause::alter_other(cursor, object, first))
}

/// `FOR user SERVER server`.
fn mapping(cursor: &mut Cursor<'_>) -> Read<ObjectRef> {
    cursor.expect("FOR")?;
    let user = if cursor.eat("USER") { "USER".to_owned() } else { clause::role(cursor)? };
    cursor.expect("SERVER")?;
    let server = cursor.ident("a server")?;
    Ok(clause::described(ObjectKind::UserMapping, format!("{user} SERVER {server}")))
}

fn create_mapping(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let guard = if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None };
    let object = mapping(cursor)?;
    clause::foreign_options(cursor)?;
    Ok(Operation::CreateOther { object, guard, detail: Box::default() })
}

fn alter_mapping(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = mapping(cursor)?;
    let first = cursor.at;
    if !clause::foreign_options(cursor)? {
        return Err(cursor.unread("`OPTIONS`"));
    }
    Ok(clause::alter_other(cursor, object, first))
}

/// `schema [LIMIT TO | EXCEPT (tables)] FROM SERVER server INTO schema`: with LIMIT TO it is known which tables it makes.
fn import(cursor: &mut Cursor<'_>) -> Read<Vec<Operation>> {
    cursor.ident("a schema")?;
    let mut tables = Vec::new();
    if cursor.eat_all(&["LIMIT", "TO"]) {
        tables = imported(cursor)?;
    } else if cursor.eat("EXCEPT") {
        imported(cursor)?;
    }
    cursor.expect_all(&["FROM", "SERVER"])?;
    cursor.ident("a server")?;
    cursor.expect("INTO")?;
    let schema = cursor.ident("a schema")?;
    clause::foreign_options(cursor)?;
    if tables.is_empty() {
        return Ok(vec![Operation::Other { verb: "IMPORT FOREIGN SCHEMA".to_owned() }]);
    }
    let create = |table: Ident| {
        Operation::CreateTable(Box::new(CreateTable {
            foreign: true,
            // The columns are those of the other server, as unknown here as those of a query.
            from_query: true,
            ..CreateTable::empty(Name::qualified(schema.clone(), table), Guard::None)
        }))
    };
    Ok(tables.into_iter().map(create).collect())
}

fn imported(cursor: &mut Cursor<'_>) -> Read<Vec<Ident>> {
    cursor.expect_symbol("(")?;
    let tables = cursor.list(|cursor| cursor.name("a table"))?;
    cursor.expect_symbol(")")?;
    Ok(tables.into_iter().map(|table| table.ident).collect())
}

#[cfg(test)]
mod tests {
    use super::super::clause::tests::check;

    #[test]
    fn foreign_data() {
        check(&[
            (
                "CREATE FOREIGN DATA WRAPPER w HANDLER f NO VALIDATOR OPTIONS (a 'b')",
                "foreign data wrapper `w`",
            ),
            (
                "ALTER FOREIGN DATA WRAPPER w OPTIONS (ADD a 'b', SET c 'd', DROP e)",
                "foreign data wrapper `w`: OPTIONS (ADD A 'b', SET C 'd', DROP E)",
            ),
            ("ALTER FOREIGN DATA WRAPPER w OWNER TO o", "foreign data wrapper `w` to o"),
            (
                "CREATE SERVER IF NOT EXISTS s TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER w OPTIONS (host 'h', port '5432')",
                "server `s` if not exists",
            ),
            ("ALTER SERVER s VERSION '2'", "server `s`: VERSION '2'"),
            ("ALTER SERVER s RENAME TO t", "server `s` named t"),
            (
                "CREATE USER MAPPING IF NOT EXISTS FOR CURRENT_USER SERVER s OPTIONS (user 'u', password :'p')",
                "user mapping `CURRENT_USER SERVER s` if not exists",
            ),
            ("CREATE USER MAPPING FOR public SERVER s", "user mapping `public SERVER s`"),
            (
                "ALTER USER MAPPING FOR USER SERVER s OPTIONS (SET a 'b')",
                "user mapping `USER SERVER s`: OPTIONS (SET A 'b')",
            ),
            (
                "IMPORT FOREIGN SCHEMA a LIMIT TO (t, u) FROM SERVER s INTO b",
                "table b.t foreign true; table b.u foreign true",
            ),
            (
                "IMPORT FOREIGN SCHEMA a EXCEPT (t) FROM SERVER s INTO b OPTIONS (x 'y')",
                "IMPORT FOREIGN SCHEMA",
            ),
            ("CREATE SERVER s", "`FOREIGN` at s"),
            ("ALTER SERVER s", "what to change of the server at s"),
            ("ALTER USER MAPPING FOR u SERVER s", "`OPTIONS` at s"),
            ("CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host)", "a string at )"),
            ("IMPORT FOREIGN SCHEMA a FROM SERVER s", "`INTO` at s"),
        ]);
    }
}
