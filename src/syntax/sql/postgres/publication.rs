//! Logical replication: publications and subscriptions.

use super::clause::{self, Reader};
use super::expression;
use crate::ops::{AlterPublication, Guard, Op, Operation};
use crate::schema::{Name, ObjectKind, ObjectRef, Publication, Published};
use crate::syntax::sql::cursor::{Cursor, Read};

const STATEMENTS: &[(&[&str], Reader)] = &[
    (&["CREATE", "PUBLICATION"], create_publication),
    (&["ALTER", "PUBLICATION"], alter_publication),
    (&["ALTER", "SUBSCRIPTION"], alter_subscription),
];

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    if cursor.eat_all(&["CREATE", "SUBSCRIPTION"]) {
        let kinds = create_subscription(cursor)?;
        let span = cursor.span_from(first);
        return Ok(Some(kinds.into_iter().map(|kind| Op { kind, span }).collect()));
    }
    clause::dispatch(cursor, STATEMENTS)
}

fn named(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Read<ObjectRef> {
    let name = cursor.ident(&format!("a {}", kind.noun()))?;
    Ok(clause::object(kind, Name::bare(name)))
}

fn create_publication(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let name = cursor.ident("a publication")?;
    let mut publication = Publication::default();
    if cursor.eat("FOR") {
        if cursor.eat("ALL") {
            cursor.expect("TABLES")?;
            publication.all_tables = true;
        } else {
            publication.members = published(cursor)?;
        }
    }
    if cursor.eat("WITH") {
        publication.options = clause::parameters(cursor)?;
    }
    Ok(Operation::CreatePublication { name, publication: Box::new(publication) })
}

fn with(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.eat("WITH") {
        clause::definition(cursor)?;
    }
    Ok(())
}

/// `TABLE a, b (c) WHERE (d), TABLES IN SCHEMA e, f`: a comma brings more of the same, or another kind.
fn published(cursor: &mut Cursor<'_>) -> Read<Vec<Published>> {
    let mut schemas = None;
    cursor.list(|cursor| {
        if cursor.eat("TABLE") {
            schemas = Some(false);
        } else if cursor.eat_all(&["TABLES", "IN", "SCHEMA"]) {
            schemas = Some(true);
        }
        match schemas {
            None => Err(cursor.unread("`TABLE` or `TABLES IN SCHEMA`")),
            Some(true) if cursor.eat("CURRENT_SCHEMA") => Ok(Published::Schema(None)),
            Some(true) => cursor.ident("a schema").map(|schema| Published::Schema(Some(schema))),
            Some(false) => table(cursor),
        }
    })
}

fn table(cursor: &mut Cursor<'_>) -> Read<Published> {
    let brackets = cursor.eat("ONLY") && cursor.eat_symbol("(");
    let name = cursor.name("a table")?;
    if brackets {
        cursor.expect_symbol(")")?;
    }
    cursor.eat_symbol("*");
    let columns = if cursor.is_symbol("(") { cursor.ident_group("a column")? } else { Vec::new() };
    let filter = if cursor.eat("WHERE") { Some(expression::group(cursor)?) } else { None };
    Ok(Published::Table(name, columns, filter))
}

fn alter_publication(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(cursor, ObjectKind::Publication)?;
    if cursor.is_any(&["RENAME", "OWNER"])
        && let Some(kind) = clause::general(cursor, &object, false)?
    {
        return Ok(kind);
    }
    let change = match cursor.eat_any(&["ADD", "SET", "DROP"]) {
        Some("SET") if cursor.is_symbol("(") => AlterPublication::Options(clause::parameters(cursor)?),
        Some("SET") => AlterPublication::Set(published(cursor)?),
        Some("ADD") => AlterPublication::Add(published(cursor)?),
        Some(_) => AlterPublication::Drop(published(cursor)?),
        None => return Err(cursor.unread("`ADD`, `SET` or `DROP`")),
    };
    Ok(Operation::AlterPublication { name: object.name.ident, change })
}

/// The subscription; and the slot that it makes on the other server, unless it does not.
fn create_subscription(cursor: &mut Cursor<'_>) -> Read<Vec<Operation>> {
    let object = named(cursor, ObjectKind::Subscription)?;
    cursor.expect("CONNECTION")?;
    connection(cursor)?;
    cursor.expect("PUBLICATION")?;
    cursor.list(|cursor| cursor.ident("a publication"))?;
    let options = if cursor.eat("WITH") { clause::definition(cursor)? } else { Vec::new() };
    let is_off = |(name, value): &(String, Option<(usize, usize)>)| {
        matches!(name.as_str(), "connect" | "create_slot")
            && value.is_some_and(|(first, last)| {
                let value = clause::capitals(cursor, first, last);
                matches!(value.trim_matches('\'').to_ascii_uppercase().as_str(), "FALSE" | "OFF" | "0")
            })
    };
    let makes_slot = !options.iter().any(is_off);
    let slot = makes_slot.then(|| Operation::Other { verb: "CREATE SUBSCRIPTION".to_owned() });
    let create = Operation::CreateOther { object, guard: Guard::None, detail: Box::default() };
    Ok(std::iter::once(create).chain(slot).collect())
}

/// A string, or what a tool or psql puts in its place.
fn connection(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.is_string() { cursor.string().map(|_| ()) } else { clause::number(cursor) }
}

fn alter_subscription(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(cursor, ObjectKind::Subscription)?;
    if cursor.is_any(&["RENAME", "OWNER"])
        && let Some(kind) = clause::general(cursor, &object, false)?
    {
        return Ok(kind);
    }
    let first = cursor.at;
    if cursor.eat("CONNECTION") {
        connection(cursor)?;
    } else if cursor.is_any(&["ADD", "SET", "DROP"]) && cursor.nth_is(1, "PUBLICATION") {
        cursor.at += 2;
        cursor.list(|cursor| cursor.ident("a publication"))?;
        with(cursor)?;
    } else if cursor.eat_all(&["REFRESH", "PUBLICATION"]) {
        with(cursor)?;
    } else if cursor.eat_any(&["SET", "SKIP"]).is_some() {
        clause::definition(cursor)?;
    } else if cursor.eat_any(&["ENABLE", "DISABLE"]).is_none() && !cursor.eat_all(&["REFRESH", "SEQUENCES"]) {
        return Err(cursor.unread("what to change of the subscription"));
    }
    Ok(clause::alter_other(cursor, object, first))
}

#[cfg(test)]
mod tests {
    use super::super::clause::tests::check;

    #[test]
    fn publications_and_subscriptions() {
        check(&[
            ("CREATE PUBLICATION p", "publication `p`"),
            (
                "CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert')",
                "publication `p` all publish=insert",
            ),
            (
                "CREATE PUBLICATION p FOR TABLE ONLY a, s.b (c, d) WHERE (c > 0), TABLES IN SCHEMA e, CURRENT_SCHEMA, TABLE f",
                "publication `p` a() s.b(c,d) where in Some(\"e\") in None f()",
            ),
            ("ALTER PUBLICATION p ADD TABLE a, b", "publication `p`: add a() b()"),
            ("ALTER PUBLICATION p DROP TABLES IN SCHEMA s", "publication `p`: drop in Some(\"s\")"),
            ("ALTER PUBLICATION p SET (publish = 'delete')", "publication `p`: {\"publish\": \"delete\"}"),
            ("ALTER PUBLICATION p SET TABLE a", "publication `p`: set a()"),
            ("ALTER PUBLICATION p RENAME TO q", "publication `p` named q"),
            ("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "subscription `s`; CREATE SUBSCRIPTION"),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = 'off')",
                "subscription `s`",
            ),
            ("CREATE PUBLICATION p FOR a", "`TABLE` or `TABLES IN SCHEMA` at a"),
            ("CREATE PUBLICATION p FOR TABLE a WHERE b", "`(` at b"),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p, q WITH (slot_name = NONE, connect = false)",
                "subscription `s`",
            ),
            (
                "ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (refresh = false)",
                "subscription `s`: ADD PUBLICATION P WITH (REFRESH = FALSE)",
            ),
            ("ALTER SUBSCRIPTION s REFRESH PUBLICATION", "subscription `s`: REFRESH PUBLICATION"),
            ("ALTER SUBSCRIPTION s DISABLE", "subscription `s`: DISABLE"),
            ("ALTER SUBSCRIPTION s SKIP (lsn = '0/12345')", "subscription `s`: SKIP (LSN = '0/12345')"),
            ("ALTER SUBSCRIPTION s CONNECTION 'x'", "subscription `s`: CONNECTION 'x'"),
            ("ALTER SUBSCRIPTION s OWNER TO o", "subscription `s` to o"),
            ("CREATE SUBSCRIPTION s PUBLICATION p", "`CONNECTION` at PUBLICATION p"),
            ("ALTER SUBSCRIPTION s STOP", "what to change of the subscription at STOP"),
        ]);
    }
}
