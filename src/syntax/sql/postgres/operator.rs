//! What extends the language: operators, their classes and families, casts, transforms.

use super::clause::{self, Reader};
use super::drop;
use crate::ops::{Guard, Op, Operation};
use crate::schema::{Ident, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::cursor::{Cursor, Read};

const STATEMENTS: &[(&[&str], Reader)] = &[
    (&["CREATE", "OPERATOR", "CLASS"], create_class),
    (&["CREATE", "OPERATOR", "FAMILY"], create_family),
    (&["CREATE", "OPERATOR"], create_operator),
    (&["ALTER", "OPERATOR", "CLASS"], alter_class),
    (&["ALTER", "OPERATOR", "FAMILY"], alter_family),
    (&["ALTER", "OPERATOR"], alter_operator),
    (&["CREATE", "CAST"], create_cast),
    (&["CREATE", "TRANSFORM"], create_transform),
    (&["CREATE", "OR", "REPLACE", "TRANSFORM"], replace_transform),
];

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    clause::dispatch(cursor, STATEMENTS)
}

/// `+ (LEFTARG = …, RIGHTARG = …, …)`.
fn create_operator(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let Name { schema, ident: symbol } = clause::operator(cursor)?;
    let definition = clause::definition(cursor)?;
    let side = |wanted: &str| {
        let value = definition.iter().find(|(name, _)| name == wanted).and_then(|(_, value)| *value);
        let Some((first, _)) = value else { return Ok("NONE".to_owned()) };
        let mut walk = cursor.clone();
        walk.at = first;
        if walk.is("NONE") { Ok("NONE".to_owned()) } else { walk.data_type().map(|ty| ty.to_string()) }
    };
    let ident = Ident::exact(format!("{symbol} ({}, {})", side("leftarg")?, side("rightarg")?));
    let object = clause::object(ObjectKind::Operator, Name { schema, ident });
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn alter_operator(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = clause::object(ObjectKind::Operator, drop::operator(cursor)?);
    if let Some(kind) = clause::general(cursor, &object, false)? {
        return Ok(kind);
    }
    let first = cursor.at;
    cursor.expect("SET")?;
    clause::definition(cursor)?;
    Ok(clause::alter_other(cursor, object, first))
}

/// `name USING method`, of a class or a family.
fn with_method(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Read<ObjectRef> {
    let name = cursor.name(&format!("an {}", kind.noun()))?;
    cursor.expect("USING")?;
    cursor.ident("an access method")?;
    Ok(clause::object(kind, name))
}

fn create_class(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let name = cursor.name("an operator class")?;
    cursor.eat("DEFAULT");
    cursor.expect_all(&["FOR", "TYPE"])?;
    cursor.data_type()?;
    cursor.expect("USING")?;
    cursor.ident("an access method")?;
    if cursor.eat("FAMILY") {
        cursor.name("an operator family")?;
    }
    cursor.expect("AS")?;
    cursor.list(item)?;
    let object = clause::object(ObjectKind::OperatorClass, name);
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

/// `OPERATOR 1 < (a, b) FOR SEARCH`, `FUNCTION 1 (a, b) f(a, b)`, `STORAGE a`.
fn item(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.eat("OPERATOR") {
        clause::number(cursor)?;
        clause::operator(cursor)?;
        if cursor.is_symbol("(") {
            types(cursor)?;
        }
        if cursor.eat("FOR") && !cursor.eat("SEARCH") {
            cursor.expect_all(&["ORDER", "BY"])?;
            cursor.name("an operator family")?;
        }
        cursor.eat("RECHECK");
    } else if cursor.eat("FUNCTION") {
        clause::number(cursor)?;
        if cursor.is_symbol("(") {
            types(cursor)?;
        }
        function(cursor)?;
    } else if cursor.eat("STORAGE") {
        cursor.data_type()?;
    } else {
        return Err(cursor.unread("`OPERATOR`, `FUNCTION` or `STORAGE`"));
    }
    Ok(())
}

fn function(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.name("a function")?;
    drop::signature(cursor)?;
    Ok(())
}

fn types(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.expect_symbol("(")?;
    cursor.list(|cursor| if cursor.eat("NONE") { Ok(()) } else { cursor.data_type().map(|_| ()) })?;
    cursor.expect_symbol(")")
}

fn create_family(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = with_method(cursor, ObjectKind::OperatorFamily)?;
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn alter_class(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = with_method(cursor, ObjectKind::OperatorClass)?;
    match clause::general(cursor, &object, false)? {
        Some(kind) => Ok(kind),
        None => Err(cursor.unread("what to change of the operator class")),
    }
}

fn alter_family(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = with_method(cursor, ObjectKind::OperatorFamily)?;
    if let Some(kind) = clause::general(cursor, &object, false)? {
        return Ok(kind);
    }
    let first = cursor.at;
    if cursor.eat("ADD") {
        cursor.list(item)?;
    } else if cursor.eat("DROP") {
        cursor.list(|cursor| {
            if cursor.eat_any(&["OPERATOR", "FUNCTION"]).is_none() {
                return Err(cursor.unread("`OPERATOR` or `FUNCTION`"));
            }
            clause::number(cursor)?;
            types(cursor)
        })?;
    } else {
        return Err(cursor.unread("what to change of the operator family"));
    }
    Ok(clause::alter_other(cursor, object, first))
}

/// `(a AS b) WITH FUNCTION f(a) | WITHOUT FUNCTION | WITH INOUT [AS ASSIGNMENT | AS IMPLICIT]`.
fn create_cast(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.expect_symbol("(")?;
    let from = cursor.data_type()?;
    cursor.expect("AS")?;
    let to = cursor.data_type()?;
    cursor.expect_symbol(")")?;
    if cursor.eat_all(&["WITH", "FUNCTION"]) {
        function(cursor)?;
    } else if !cursor.eat_all(&["WITHOUT", "FUNCTION"]) {
        cursor.expect_all(&["WITH", "INOUT"])?;
    }
    if cursor.eat("AS") && cursor.eat_any(&["ASSIGNMENT", "IMPLICIT"]).is_none() {
        return Err(cursor.unread("`ASSIGNMENT` or `IMPLICIT`"));
    }
    let object = clause::described(ObjectKind::Cast, format!("{from} AS {to}"));
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn create_transform(cursor: &mut Cursor<'_>) -> Read<Operation> {
    transform(cursor, Guard::None)
}

fn replace_transform(cursor: &mut Cursor<'_>) -> Read<Operation> {
    transform(cursor, Guard::OrReplace)
}

fn transform(cursor: &mut Cursor<'_>, guard: Guard) -> Read<Operation> {
    cursor.expect("FOR")?;
    let ty = cursor.data_type()?;
    cursor.expect("LANGUAGE")?;
    let language = cursor.ident("a language")?;
    cursor.expect_symbol("(")?;
    cursor.list(|cursor| {
        if cursor.eat_any(&["FROM", "TO"]).is_none() {
            return Err(cursor.unread("`FROM SQL` or `TO SQL`"));
        }
        cursor.expect_all(&["SQL", "WITH", "FUNCTION"])?;
        function(cursor)
    })?;
    cursor.expect_symbol(")")?;
    let object = clause::described(ObjectKind::Transform, format!("{ty} LANGUAGE {language}"));
    Ok(Operation::CreateOther { object, guard, detail: Box::default() })
}

#[cfg(test)]
mod tests {
    use super::super::clause::tests::check;

    #[test]
    fn operators_classes_casts_and_transforms() {
        check(&[
            (
                "CREATE OPERATOR s.=== (LEFTARG = box, RIGHTARG = int4, FUNCTION = f, COMMUTATOR = OPERATOR(s.==), NEGATOR = !==, HASHES, MERGES)",
                "operator `s.=== (box, integer)`",
            ),
            ("CREATE OPERATOR ! (RIGHTARG = int, PROCEDURE = f)", "operator `! (NONE, integer)`"),
            ("ALTER OPERATOR @@ (text, text) OWNER TO o", "operator `@@ (text, text)` to o"),
            (
                "ALTER OPERATOR - (NONE, int) SET (RESTRICT = NONE, JOIN = f)",
                "operator `- (NONE, integer)`: SET (RESTRICT = NONE, JOIN = F)",
            ),
            (
                "CREATE OPERATOR CLASS c DEFAULT FOR TYPE t USING gist FAMILY s.f AS OPERATOR 3 &&, OPERATOR 15 <-> (point, point) FOR ORDER BY float_ops, FUNCTION 1 (a, b) f(internal, text), STORAGE box",
                "operator class `c`",
            ),
            ("CREATE OPERATOR FAMILY f USING btree", "operator family `f`"),
            ("ALTER OPERATOR CLASS c USING btree RENAME TO d", "operator class `c` named d"),
            (
                "ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (int4, int2), FUNCTION 1 (int4, int2) g(int4, int2)",
                "operator family `f`: ADD OPERATOR 1 < (INT4, INT2), FUNCTION 1 (INT4, INT2) G(INT4, INT2)",
            ),
            (
                "ALTER OPERATOR FAMILY f USING btree DROP FUNCTION 1 (int4)",
                "operator family `f`: DROP FUNCTION 1 (INT4)",
            ),
            (
                "CREATE CAST (varchar AS s.t) WITH FUNCTION f(varchar) AS ASSIGNMENT",
                "cast `character varying AS s.t`",
            ),
            ("CREATE CAST (a AS b) WITHOUT FUNCTION", "cast `a AS b`"),
            ("CREATE CAST (a AS b) WITH INOUT AS IMPLICIT", "cast `a AS b`"),
            (
                "CREATE OR REPLACE TRANSFORM FOR hstore LANGUAGE plpython3u (FROM SQL WITH FUNCTION f(internal), TO SQL WITH FUNCTION g(internal))",
                "transform `hstore LANGUAGE plpython3u` or replace",
            ),
            (
                "CREATE OPERATOR => (LEFTARG = a, FUNCTION = f)",
                "an operator at => (LEFTARG = a, FUNCTION = f)",
            ),
            ("CREATE CAST (a, b) WITH INOUT", "`AS` at , b) WITH INOUT"),
            ("CREATE CAST (a AS b) WITH INOUT AS EXPLICIT", "`ASSIGNMENT` or `IMPLICIT` at EXPLICIT"),
            (
                "CREATE OPERATOR CLASS c FOR TYPE t USING btree AS OPERATER 1 <",
                "`OPERATOR`, `FUNCTION` or `STORAGE` at OPERATER 1 <",
            ),
        ]);
    }
}
