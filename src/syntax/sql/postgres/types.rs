//! Types and domains.

use super::{clause, expression};
use crate::ops::{
    AlterDomain, AlterType, CreateDomain, CreateType, Guard, Op, Operation, TableTarget, TypeDefinition,
};
use crate::schema::{Constraint, ConstraintKind, Ident, Name, ObjectKind, Type};
use crate::syntax::sql::cursor::{Cursor, Read};

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let mut walk = cursor.clone();
    let kinds = if walk.eat_all(&["CREATE", "TYPE"]) {
        vec![create_type(&mut walk)?]
    } else if walk.eat_all(&["ALTER", "TYPE"]) {
        alter_type(&mut walk)?
    } else if walk.eat_all(&["CREATE", "DOMAIN"]) {
        vec![create_domain(&mut walk)?]
    } else if walk.eat_all(&["ALTER", "DOMAIN"]) {
        vec![alter_domain(&mut walk)?]
    } else {
        return Ok(None);
    };
    *cursor = walk;
    let span = cursor.span_from(first);
    Ok(Some(kinds.into_iter().map(|kind| Op { kind, span }).collect()))
}

fn create_type(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let name = cursor.name("a type")?;
    let definition = if cursor.is_end() {
        TypeDefinition::Shell
    } else if cursor.eat("AS") {
        if cursor.eat("ENUM") {
            TypeDefinition::Enum(labels(cursor)?)
        } else if cursor.eat("RANGE") {
            TypeDefinition::Range(definition(cursor)?)
        } else {
            TypeDefinition::Composite(attributes(cursor)?)
        }
    } else {
        TypeDefinition::Base(definition(cursor)?)
    };
    Ok(Operation::CreateType(CreateType { name, definition }))
}

fn labels(cursor: &mut Cursor<'_>) -> Read<Vec<String>> {
    cursor.expect_symbol("(")?;
    if cursor.eat_symbol(")") {
        return Ok(Vec::new());
    }
    let labels = cursor.list(label)?;
    cursor.expect_symbol(")")?;
    Ok(labels)
}

fn label(cursor: &mut Cursor<'_>) -> Read<String> {
    if cursor.is_string() { cursor.string() } else { Err(cursor.unread("a label in quotes")) }
}

fn definition(cursor: &mut Cursor<'_>) -> Read<String> {
    let first = cursor.at;
    clause::definition(cursor)?;
    Ok(cursor.text_between(first, cursor.at))
}

fn attributes(cursor: &mut Cursor<'_>) -> Read<Vec<(Ident, Type)>> {
    cursor.expect_symbol("(")?;
    if cursor.eat_symbol(")") {
        return Ok(Vec::new());
    }
    let attributes = cursor.list(attribute)?;
    cursor.expect_symbol(")")?;
    Ok(attributes)
}

fn attribute(cursor: &mut Cursor<'_>) -> Read<(Ident, Type)> {
    let name = cursor.ident("an attribute")?;
    let ty = cursor.data_type()?;
    collation(cursor)?;
    Ok((name, ty))
}

fn collation(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    if !cursor.eat("COLLATE") {
        return Ok(None);
    }
    Ok(Some(cursor.name("a collation")?.text().to_owned()))
}

fn alter_type(cursor: &mut Cursor<'_>) -> Read<Vec<Operation>> {
    let name = cursor.name("a type")?;
    if let Some(kind) = clause::general(cursor, &clause::object(ObjectKind::Type, name.clone()), false)? {
        return Ok(vec![kind]);
    }
    let change = |change| Operation::AlterType { name: name.clone(), change };
    if cursor.eat_all(&["ADD", "VALUE"]) {
        return Ok(vec![change(add_value(cursor)?)]);
    }
    if cursor.eat_all(&["RENAME", "VALUE"]) {
        let from = label(cursor)?;
        cursor.expect("TO")?;
        return Ok(vec![change(AlterType::RenameValue { from, to: label(cursor)? })]);
    }
    if cursor.eat_all(&["RENAME", "ATTRIBUTE"]) {
        let from = cursor.ident("an attribute")?;
        cursor.expect("TO")?;
        let to = cursor.ident("an attribute")?;
        clause::cascade(cursor);
        return Ok(vec![change(AlterType::RenameAttribute { from, to })]);
    }
    if cursor.eat("SET") {
        clause::definition(cursor)?;
        return Ok(vec![change(AlterType::Parameters)]);
    }
    let changes = cursor.list(alter_attribute)?;
    Ok(changes.into_iter().map(change).collect())
}

fn add_value(cursor: &mut Cursor<'_>) -> Read<AlterType> {
    let guard = if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None };
    let label_text = label(cursor)?;
    let position = match cursor.eat_any(&["BEFORE", "AFTER"]) {
        Some(word) => Some((word == "AFTER", label(cursor)?)),
        None => None,
    };
    Ok(AlterType::AddValue { label: label_text, guard, position })
}

fn alter_attribute(cursor: &mut Cursor<'_>) -> Read<AlterType> {
    let change = if cursor.eat_all(&["ADD", "ATTRIBUTE"]) {
        let (name, ty) = attribute(cursor)?;
        AlterType::AddAttribute { name, ty }
    } else if cursor.eat_all(&["DROP", "ATTRIBUTE"]) {
        let guard = if cursor.if_exists() { Guard::IfExists } else { Guard::None };
        AlterType::DropAttribute { name: cursor.ident("an attribute")?, guard }
    } else if cursor.eat_all(&["ALTER", "ATTRIBUTE"]) {
        let name = cursor.ident("an attribute")?;
        cursor.eat_all(&["SET", "DATA"]);
        cursor.expect("TYPE")?;
        let ty = cursor.data_type()?;
        collation(cursor)?;
        AlterType::AlterAttribute { name, ty }
    } else {
        return Err(cursor.unread("what to change of the type"));
    };
    clause::cascade(cursor);
    Ok(change)
}

fn create_domain(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let name = cursor.name("a domain")?;
    cursor.eat("AS");
    let mut domain = CreateDomain {
        name,
        ty: cursor.data_type()?,
        default: None,
        constraints: Vec::new(),
        collation: None,
    };
    while !cursor.is_end() {
        if let Some(collation) = collation(cursor)? {
            domain.collation = Some(collation);
        } else if cursor.eat("DEFAULT") {
            domain.default = Some(expression::restricted(cursor)?);
        } else if let Some(constraint) = domain_constraint(cursor)? {
            domain.constraints.push(constraint);
        }
    }
    Ok(Operation::CreateDomain(Box::new(domain)))
}

/// `[CONSTRAINT name] CHECK (…) | NOT NULL | NULL`; None for NULL, which demands nothing.
fn domain_constraint(cursor: &mut Cursor<'_>) -> Read<Option<Constraint>> {
    let name = if cursor.eat("CONSTRAINT") { Some(cursor.ident("a constraint")?) } else { None };
    let kind = if cursor.eat("CHECK") {
        ConstraintKind::Check(expression::group(cursor)?)
    } else if cursor.eat_all(&["NOT", "NULL"]) {
        ConstraintKind::NotNull(None)
    } else if cursor.eat("NULL") {
        return Ok(None);
    } else {
        return Err(cursor.unread("a constraint of the domain"));
    };
    Ok(Some(Constraint { name, ..Constraint::plain(kind) }))
}

fn alter_domain(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let name = cursor.name("a domain")?;
    if let Some(kind) = clause::general(cursor, &clause::object(ObjectKind::Domain, name.clone()), false)? {
        return Ok(kind);
    }
    if cursor.eat_all(&["RENAME", "CONSTRAINT"]) {
        let from = cursor.ident("a constraint")?;
        cursor.expect("TO")?;
        let to = cursor.ident("a constraint")?;
        let table = TableTarget { name, if_exists: false, only: false, kind: ObjectKind::Domain };
        return Ok(Operation::RenameConstraint { table, from, to });
    }
    let change = change_domain(cursor, &name)?;
    Ok(Operation::AlterDomain { name, change })
}

fn change_domain(cursor: &mut Cursor<'_>, name: &Name) -> Read<AlterDomain> {
    if cursor.eat_all(&["SET", "DEFAULT"]) {
        return Ok(AlterDomain::SetDefault(expression::whole(cursor)?));
    }
    if cursor.eat_all(&["DROP", "DEFAULT"]) {
        return Ok(AlterDomain::DropDefault);
    }
    if cursor.eat_all(&["SET", "NOT", "NULL"]) {
        return Ok(AlterDomain::SetNotNull);
    }
    if cursor.eat_all(&["DROP", "NOT", "NULL"]) {
        return Ok(AlterDomain::DropNotNull);
    }
    if cursor.eat("ADD") {
        let Some(mut constraint) = domain_constraint(cursor)? else {
            return Err(cursor.unread("a constraint of the domain"));
        };
        constraint.not_valid = cursor.eat_all(&["NOT", "VALID"]);
        return Ok(AlterDomain::AddConstraint(Box::new(constraint)));
    }
    if cursor.eat_all(&["DROP", "CONSTRAINT"]) {
        let guard = if cursor.if_exists() { Guard::IfExists } else { Guard::None };
        let name = cursor.ident("a constraint")?;
        clause::cascade(cursor);
        return Ok(AlterDomain::DropConstraint { name, guard });
    }
    if cursor.eat_all(&["VALIDATE", "CONSTRAINT"]) {
        return Ok(AlterDomain::ValidateConstraint(cursor.ident("a constraint")?));
    }
    Err(cursor.unread(format!("what to change of domain `{name}`")))
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{brief, constraint, one};
    use super::*;

    fn say(text: &str) -> String {
        let ops = match one(text) {
            Ok(ops) => ops,
            Err((expected, rest)) => return format!("{expected} at {rest}"),
        };
        let said: Vec<String> = ops.iter().map(|op| say_one(&op.kind)).collect();
        said.join("; ")
    }

    fn say_one(kind: &Operation) -> String {
        match kind {
            Operation::CreateType(CreateType { name, definition }) => match definition {
                TypeDefinition::Enum(labels) => format!("{name} enum {labels:?}"),
                TypeDefinition::Composite(attributes) => {
                    let attributes = attributes.iter().map(|(name, ty)| format!("{name} {ty}"));
                    format!("{name} ({})", attributes.collect::<Vec<_>>().join(", "))
                }
                TypeDefinition::Range(text) => format!("{name} range {text}"),
                TypeDefinition::Base(text) => format!("{name} base {text}"),
                TypeDefinition::Shell => format!("{name} shell"),
            },
            Operation::AlterType { name, change } => format!("{name} {change:?}"),
            Operation::CreateDomain(domain) => {
                let constraints: Vec<String> = domain.constraints.iter().map(constraint).collect();
                let default = domain.default.as_ref().map(brief);
                let collation = domain.collation.as_deref();
                format!("{} {} {default:?} {collation:?} {constraints:?}", domain.name, domain.ty)
            }
            Operation::AlterDomain { name, change: AlterDomain::AddConstraint(added) } => {
                format!("{name} {} {}", constraint(added), added.not_valid)
            }
            Operation::AlterDomain { name, change: AlterDomain::SetDefault(expr) } => {
                format!("{name} {}", brief(expr))
            }
            Operation::AlterDomain { name, change } => format!("{name} {change:?}"),
            Operation::RenameConstraint { table, from, to } => {
                format!("{} `{}` {from} {to}", table.kind.noun(), table.name)
            }
            Operation::Rename { object, to, .. } => format!("{object} named {to}"),
            Operation::SetOwner { object, to, .. } => format!("{object} to {to}"),
            Operation::SetSchema { object, to, .. } => format!("{object} into {to}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn types() {
        let cases = [
            ("CREATE TYPE s.e AS ENUM ('a', 'b''c')", "s.e enum [\"a\", \"b'c\"]"),
            ("CREATE TYPE e AS ENUM ()", "e enum []"),
            (
                "CREATE TYPE c AS (a int, \"B\" varchar(3) COLLATE \"C\")",
                "c (a integer, B character varying(3))",
            ),
            ("CREATE TYPE c AS ()", "c ()"),
            (
                "CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = s.f)",
                "r range (subtype = float8, subtype_diff = s.f)",
            ),
            (
                "CREATE TYPE b (INPUT = f, OUTPUT = g, INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, PASSEDBYVALUE)",
                "b base (INPUT = f, OUTPUT = g, INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, PASSEDBYVALUE)",
            ),
            ("CREATE TYPE b", "b shell"),
            ("ALTER TYPE e ADD VALUE 'x'", "e AddValue { label: \"x\", guard: None, position: None }"),
            (
                "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'",
                "e AddValue { label: \"x\", guard: IfNotExists, position: Some((false, \"y\")) }",
            ),
            (
                "ALTER TYPE e ADD VALUE 'x' AFTER 'y'",
                "e AddValue { label: \"x\", guard: None, position: Some((true, \"y\")) }",
            ),
            ("ALTER TYPE e RENAME VALUE 'x' TO 'y'", "e RenameValue { from: \"x\", to: \"y\" }"),
            ("ALTER TYPE c RENAME ATTRIBUTE a TO b CASCADE", "c RenameAttribute { from: \"a\", to: \"b\" }"),
            (
                "ALTER TYPE c DROP ATTRIBUTE IF EXISTS a CASCADE, DROP ATTRIBUTE b",
                "c DropAttribute { name: \"a\", guard: IfExists }; c DropAttribute { name: \"b\", guard: None }",
            ),
            ("ALTER TYPE b SET (RECEIVE = f)", "b Parameters"),
            ("ALTER TYPE s.e RENAME TO f", "type `s.e` named f"),
            ("ALTER TYPE e OWNER TO o", "type `e` to o"),
            ("ALTER TYPE e SET SCHEMA s", "type `e` into s"),
            ("CREATE TYPE IF NOT EXISTS e AS ENUM ('a')", "`(` at NOT EXISTS e AS ENUM ('a')"),
            ("CREATE TYPE e AS ENUM ('a',)", "a label in quotes at )"),
            ("CREATE TYPE e AS ENUM (a)", "a label in quotes at a)"),
            ("CREATE TYPE e ENUM ('a')", "`(` at ENUM ('a')"),
            ("ALTER TYPE e ADD VALUES 'x'", "what to change of the type at ADD VALUES 'x'"),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
        let ops =
            one("ALTER TYPE c ADD ATTRIBUTE a int, ALTER ATTRIBUTE b SET DATA TYPE text COLLATE x RESTRICT");
        let Ok([first, second]) = ops.as_deref() else { panic!("{ops:?}") };
        let of = |op: &Op| match &op.kind {
            Operation::AlterType { change: AlterType::AddAttribute { name, ty }, .. } => {
                format!("+{name} {ty}")
            }
            Operation::AlterType { change: AlterType::AlterAttribute { name, ty }, .. } => {
                format!("{name} {ty}")
            }
            other => format!("{other:?}"),
        };
        assert_eq!((of(first).as_str(), of(second).as_str()), ("+a integer", "b text"));
        assert_eq!(first.span, second.span);
    }

    #[test]
    fn domains() {
        let cases = [
            ("CREATE DOMAIN d AS int", "d integer None None []"),
            (
                "CREATE DOMAIN s.d text COLLATE \"C\" NOT NULL",
                "s.d text None Some(\"C\") [\"not null None\"]",
            ),
            (
                "CREATE DOMAIN d AS int DEFAULT 1 + 1 CONSTRAINT c CHECK (VALUE > 0) NULL",
                "d integer Some(\"(+ 1 1)\") None [\"c: check (> value 0)\"]",
            ),
            (
                "CREATE DOMAIN d int CHECK (VALUE > 0) DEFAULT NULL",
                "d integer Some(\"NULL\") None [\"check (> value 0)\"]",
            ),
            ("ALTER DOMAIN d SET DEFAULT 3", "d 3"),
            ("ALTER DOMAIN d DROP DEFAULT", "d DropDefault"),
            ("ALTER DOMAIN d SET NOT NULL", "d SetNotNull"),
            ("ALTER DOMAIN d DROP NOT NULL", "d DropNotNull"),
            (
                "ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID",
                "d c: check (> value 0) [NOT VALID] true",
            ),
            ("ALTER DOMAIN d ADD CHECK (VALUE > 0)", "d check (> value 0) false"),
            (
                "ALTER DOMAIN d DROP CONSTRAINT IF EXISTS c CASCADE",
                "d DropConstraint { name: \"c\", guard: IfExists }",
            ),
            ("ALTER DOMAIN d VALIDATE CONSTRAINT c", "d ValidateConstraint(\"c\")"),
            ("ALTER DOMAIN s.d RENAME CONSTRAINT a TO b", "domain `s.d` a b"),
            ("ALTER DOMAIN d RENAME TO e", "domain `d` named e"),
            ("ALTER DOMAIN d OWNER TO SESSION_USER", "domain `d` to SESSION_USER"),
            ("ALTER DOMAIN d SET SCHEMA s", "domain `d` into s"),
            ("CREATE DOMAIN d AS int UNIQUE", "a constraint of the domain at UNIQUE"),
            ("CREATE DOMAIN d", "a data type at d"),
            ("ALTER DOMAIN d ADD NULL", "a constraint of the domain at NULL"),
            ("ALTER DOMAIN d DROP CHECK", "what to change of domain `d` at DROP CHECK"),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
    }
}
