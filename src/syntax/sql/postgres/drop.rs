//! DROP, of every kind of object.

use super::clause;
use crate::ops::{Drop, Guard, Op, Operation};
use crate::schema::{Ident, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::cursor::{Cursor, Read};

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    if !cursor.eat("DROP") {
        return Ok(None);
    }
    let kind = if cursor.eat_all(&["OWNED", "BY"]) {
        clause::roles(cursor)?;
        clause::cascade(cursor);
        Operation::Privilege {
            what: "DROP OWNED".to_owned(),
            text: cursor.text_between(0, cursor.at),
            on: Vec::new(),
        }
    } else {
        let (kind, shape) = kind(cursor)?;
        Operation::Drop(drop(cursor, kind, shape)?)
    };
    Ok(Some(vec![Op { kind, span: cursor.span_from(first) }]))
}

/// How the objects of a DROP are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `a.b, c`.
    Names,
    /// `a, b`: no schema.
    Plain,
    /// `a ON t`.
    OnTable,
    /// `f(integer), g`.
    Routines,
    /// `+ (integer, integer)`.
    Operators,
    /// `a USING btree`.
    UsingMethod,
    /// `(a AS b)`.
    Cast,
    /// `FOR type LANGUAGE l`.
    Transform,
    /// `a, b` of roles.
    Roles,
    /// `FOR role SERVER s`.
    UserMapping,
    /// One database.
    Database,
    /// One name, and no CASCADE.
    One,
}

const KINDS: &[(&[&str], ObjectKind, Shape)] = &[
    (&["TABLE"], ObjectKind::Table, Shape::Names),
    (&["INDEX"], ObjectKind::Index, Shape::Names),
    (&["SEQUENCE"], ObjectKind::Sequence, Shape::Names),
    (&["VIEW"], ObjectKind::View, Shape::Names),
    (&["MATERIALIZED", "VIEW"], ObjectKind::MaterializedView, Shape::Names),
    (&["FOREIGN", "TABLE"], ObjectKind::ForeignTable, Shape::Names),
    (&["FOREIGN", "DATA", "WRAPPER"], ObjectKind::ForeignDataWrapper, Shape::Plain),
    (&["TYPE"], ObjectKind::Type, Shape::Names),
    (&["DOMAIN"], ObjectKind::Domain, Shape::Names),
    (&["COLLATION"], ObjectKind::Collation, Shape::Names),
    (&["CONVERSION"], ObjectKind::Conversion, Shape::Names),
    (&["STATISTICS"], ObjectKind::Statistics, Shape::Names),
    (&["TEXT", "SEARCH", "CONFIGURATION"], ObjectKind::TextSearchConfiguration, Shape::Names),
    (&["TEXT", "SEARCH", "DICTIONARY"], ObjectKind::TextSearchDictionary, Shape::Names),
    (&["TEXT", "SEARCH", "PARSER"], ObjectKind::TextSearchParser, Shape::Names),
    (&["TEXT", "SEARCH", "TEMPLATE"], ObjectKind::TextSearchTemplate, Shape::Names),
    (&["FUNCTION"], ObjectKind::Function, Shape::Routines),
    (&["PROCEDURE"], ObjectKind::Procedure, Shape::Routines),
    (&["ROUTINE"], ObjectKind::Routine, Shape::Routines),
    (&["AGGREGATE"], ObjectKind::Aggregate, Shape::Routines),
    (&["TRIGGER"], ObjectKind::Trigger, Shape::OnTable),
    (&["POLICY"], ObjectKind::Policy, Shape::OnTable),
    (&["RULE"], ObjectKind::Rule, Shape::OnTable),
    (&["SCHEMA"], ObjectKind::Schema, Shape::Plain),
    (&["EXTENSION"], ObjectKind::Extension, Shape::Plain),
    (&["PUBLICATION"], ObjectKind::Publication, Shape::Plain),
    (&["SUBSCRIPTION"], ObjectKind::Subscription, Shape::One),
    (&["SERVER"], ObjectKind::Server, Shape::Plain),
    (&["EVENT", "TRIGGER"], ObjectKind::EventTrigger, Shape::Plain),
    (&["ACCESS", "METHOD"], ObjectKind::AccessMethod, Shape::Plain),
    (&["LANGUAGE"], ObjectKind::Language, Shape::Plain),
    (&["PROCEDURAL", "LANGUAGE"], ObjectKind::Language, Shape::Plain),
    (&["OPERATOR", "CLASS"], ObjectKind::OperatorClass, Shape::UsingMethod),
    (&["OPERATOR", "FAMILY"], ObjectKind::OperatorFamily, Shape::UsingMethod),
    (&["OPERATOR"], ObjectKind::Operator, Shape::Operators),
    (&["CAST"], ObjectKind::Cast, Shape::Cast),
    (&["TRANSFORM"], ObjectKind::Transform, Shape::Transform),
    (&["USER", "MAPPING"], ObjectKind::UserMapping, Shape::UserMapping),
    (&["ROLE"], ObjectKind::Role, Shape::Roles),
    (&["USER"], ObjectKind::Role, Shape::Roles),
    (&["GROUP"], ObjectKind::Role, Shape::Roles),
    (&["DATABASE"], ObjectKind::Database, Shape::Database),
    (&["TABLESPACE"], ObjectKind::Tablespace, Shape::One),
];

/// The kind of object whose words are next, and how its objects are written.
///
/// # Errors
/// When none is next.
pub fn kind(cursor: &mut Cursor<'_>) -> Read<(ObjectKind, Shape)> {
    match KINDS.iter().find(|(words, ..)| cursor.is_all(words)) {
        Some((words, kind, shape)) => {
            cursor.at += words.len();
            Ok((*kind, *shape))
        }
        None => Err(cursor.unread("a kind of object")),
    }
}

fn drop(cursor: &mut Cursor<'_>, kind: ObjectKind, shape: Shape) -> Read<Drop> {
    let concurrently = kind == ObjectKind::Index && cursor.eat("CONCURRENTLY");
    let guard = if cursor.if_exists() { Guard::IfExists } else { Guard::None };
    let mut all =
        Drop { kind, objects: Vec::new(), arguments: Vec::new(), guard, cascade: false, concurrently };
    let what = format!("the name of the {}", kind.noun());
    let many = match shape {
        Shape::Names | Shape::Plain | Shape::Routines | Shape::Operators | Shape::Roles => true,
        Shape::OnTable
        | Shape::UsingMethod
        | Shape::Cast
        | Shape::Transform
        | Shape::UserMapping
        | Shape::Database
        | Shape::One => false,
    };
    loop {
        let object = object(cursor, kind, shape, &what, &mut all.arguments)?;
        all.objects.push(object);
        if !many || !cursor.eat_symbol(",") {
            break;
        }
    }
    match shape {
        Shape::Database => force(cursor)?,
        Shape::Roles | Shape::UserMapping => {}
        Shape::One if kind == ObjectKind::Tablespace => {}
        Shape::Names
        | Shape::Plain
        | Shape::OnTable
        | Shape::Routines
        | Shape::Operators
        | Shape::UsingMethod
        | Shape::Cast
        | Shape::Transform
        | Shape::One => all.cascade = clause::cascade(cursor),
    }
    Ok(all)
}

/// One object; for routines its arguments are added to `arguments`.
///
/// # Errors
/// When none is next.
pub fn object(
    cursor: &mut Cursor<'_>,
    kind: ObjectKind,
    shape: Shape,
    what: &str,
    arguments: &mut Vec<Option<Vec<String>>>,
) -> Read<ObjectRef> {
    let mut on = None;
    let name = match shape {
        Shape::Names => cursor.name(what)?,
        Shape::Plain | Shape::Database | Shape::One => Name::bare(cursor.ident(what)?),
        Shape::Roles => Name::bare(Ident::exact(clause::role(cursor)?)),
        Shape::OnTable => {
            let name = Name::bare(cursor.ident(what)?);
            cursor.expect("ON")?;
            on = Some(cursor.name("a table")?);
            name
        }
        Shape::Routines => {
            let name = cursor.name(what)?;
            let signature = signature(cursor)?;
            if kind == ObjectKind::Aggregate && signature.is_none() {
                return Err(cursor.unread("`(`"));
            }
            arguments.push(signature);
            name
        }
        Shape::Operators => operator(cursor)?,
        Shape::UsingMethod => {
            let name = cursor.name(what)?;
            cursor.expect("USING")?;
            cursor.ident("an access method")?;
            name
        }
        Shape::Cast => {
            cursor.expect_symbol("(")?;
            let from = cursor.data_type()?;
            cursor.expect("AS")?;
            let to = cursor.data_type()?;
            cursor.expect_symbol(")")?;
            Name::bare(Ident::exact(format!("{from} AS {to}")))
        }
        Shape::Transform => {
            cursor.expect("FOR")?;
            let ty = cursor.data_type()?;
            cursor.expect("LANGUAGE")?;
            let language = cursor.ident("a language")?;
            Name::bare(Ident::exact(format!("{ty} LANGUAGE {language}")))
        }
        Shape::UserMapping => {
            cursor.expect("FOR")?;
            let user = if cursor.eat("USER") { "USER".to_owned() } else { clause::role(cursor)? };
            cursor.expect("SERVER")?;
            let server = cursor.ident("a server")?;
            Name::bare(Ident::exact(format!("{user} SERVER {server}")))
        }
    };
    Ok(ObjectRef { kind, name, on })
}

/// `(argument, …)` behind a routine's name: the types that tell it from others of its name; None where nothing is written.
///
/// # Errors
/// When something in it is not understood.
pub fn signature(cursor: &mut Cursor<'_>) -> Read<Option<Vec<String>>> {
    if !cursor.eat_symbol("(") {
        return Ok(None);
    }
    let mut types = Vec::new();
    if cursor.is_symbol("*") && cursor.nth_is_symbol(1, ")") {
        cursor.at += 2;
        return Ok(Some(types));
    }
    if cursor.eat_symbol(")") {
        return Ok(Some(types));
    }
    loop {
        if !cursor.is_all(&["ORDER", "BY"]) {
            types.extend(argument(cursor)?);
        }
        // The aggregated arguments of an ordered-set aggregate.
        if cursor.eat_all(&["ORDER", "BY"]) {
            continue;
        }
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    cursor.expect_symbol(")")?;
    Ok(Some(types))
}

/// `[IN | OUT | INOUT | VARIADIC] [name] type`, where the mode may follow the name; the type, but for OUT.
fn argument(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    let mut mode = argument_mode(cursor);
    let named = |cursor: &Cursor<'_>| {
        let mut walk = cursor.clone();
        let name = !walk.is_any(NO_ARGUMENT_NAMES) && walk.ident("an argument").is_ok();
        let follows = walk.clone();
        name && !(cursor.is("DOUBLE") && walk.is("PRECISION"))
            && (argument_mode(&mut walk).is_some() || follows.is_ident())
            && walk.data_type().is_ok()
            && is_argument_end(&walk)
    };
    if named(cursor) {
        cursor.ident("an argument")?;
        mode = mode.or(argument_mode(cursor));
    }
    let ty = cursor.data_type()?;
    Ok((mode != Some("OUT")).then(|| ty.to_string()))
}

/// Words that the grammar keeps for types and expressions: no argument is called so
/// (source: PostgreSQL 15, src/include/parser/kwlist.h, `COL_NAME_KEYWORD`).
pub const NO_ARGUMENT_NAMES: &[&str] = &[
    "BIGINT",
    "BIT",
    "BOOLEAN",
    "CHAR",
    "CHARACTER",
    "DEC",
    "DECIMAL",
    "FLOAT",
    "INT",
    "INTEGER",
    "INTERVAL",
    "NATIONAL",
    "NCHAR",
    "NUMERIC",
    "PRECISION",
    "REAL",
    "ROW",
    "SETOF",
    "SMALLINT",
    "TIME",
    "TIMESTAMP",
    "VALUES",
    "VARCHAR",
];

fn argument_mode(cursor: &mut Cursor<'_>) -> Option<&'static str> {
    // A word that may as well be a name is a mode only before a type.
    if cursor.nth_is_symbol(1, ",") || cursor.nth_is_symbol(1, ")") {
        return None;
    }
    if cursor.eat_all(&["IN", "OUT"]) {
        return Some("INOUT");
    }
    cursor.eat_any(&["IN", "OUT", "INOUT", "VARIADIC"])
}

fn is_argument_end(cursor: &Cursor<'_>) -> bool {
    cursor.is_symbol(",") || cursor.is_symbol(")") || cursor.is("ORDER")
}

/// `schema.+ (integer, NONE)`.
///
/// # Errors
/// When none is next.
pub fn operator(cursor: &mut Cursor<'_>) -> Read<Name> {
    let Name { schema, ident: symbol } = clause::operator(cursor)?;
    cursor.expect_symbol("(")?;
    let side = |cursor: &mut Cursor<'_>| {
        if cursor.eat("NONE") { Ok("NONE".to_owned()) } else { cursor.data_type().map(|ty| ty.to_string()) }
    };
    let left = side(cursor)?;
    cursor.expect_symbol(",")?;
    let right = side(cursor)?;
    cursor.expect_symbol(")")?;
    Ok(Name { schema, ident: Ident::exact(format!("{symbol} ({left}, {right})")) })
}

/// `[WITH] (FORCE)`.
fn force(cursor: &mut Cursor<'_>) -> Read<()> {
    let with = cursor.eat("WITH");
    if !with && !cursor.is_symbol("(") {
        return Ok(());
    }
    cursor.expect_symbol("(")?;
    cursor.list(|cursor| cursor.expect("FORCE"))?;
    cursor.expect_symbol(")")
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::one;
    use super::*;

    /// A DROP, short enough for a table.
    fn brief(text: &str) -> Result<String, String> {
        let ops = one(text).map_err(|(expected, _)| expected)?;
        let drop = match ops.as_slice() {
            [Op { kind: Operation::Drop(drop), span }] => {
                assert_eq!(&text[span.range()], text);
                drop
            }
            [Op { kind: Operation::Privilege { what, .. }, .. }] => return Ok(what.clone()),
            other => panic!("{text}: {other:?}"),
        };
        let mut out = vec![drop.kind.keywords().to_owned()];
        for (at, object) in drop.objects.iter().enumerate() {
            assert_eq!(object.kind, drop.kind);
            let arguments = match drop.arguments.get(at) {
                Some(Some(types)) => format!("({})", types.join(", ")),
                Some(None) | None => String::new(),
            };
            let on = object.on.as_ref().map_or_else(String::new, |table| format!(" on {table:?}"));
            out.push(format!("{:?}{arguments}{on}", object.name));
        }
        out.extend((drop.guard == Guard::IfExists).then(|| "if exists".to_owned()));
        out.extend(drop.cascade.then(|| "cascade".to_owned()));
        out.extend(drop.concurrently.then(|| "concurrently".to_owned()));
        Ok(out.join(" | "))
    }

    /// From the manual's DROP … pages.
    #[test]
    fn every_kind_is_read() {
        for (text, expected) in [
            ("DROP TABLE t", "TABLE | t"),
            ("drop table if exists App.\"T\", u cascade", "TABLE | app.T | u | if exists | cascade"),
            ("DROP INDEX CONCURRENTLY IF EXISTS s.i RESTRICT", "INDEX | s.i | if exists | concurrently"),
            ("DROP VIEW v, w", "VIEW | v | w"),
            ("DROP MATERIALIZED VIEW IF EXISTS v", "MATERIALIZED VIEW | v | if exists"),
            ("DROP SEQUENCE s CASCADE", "SEQUENCE | s | cascade"),
            ("DROP FOREIGN TABLE t", "FOREIGN TABLE | t"),
            ("DROP FOREIGN DATA WRAPPER IF EXISTS w", "FOREIGN DATA WRAPPER | w | if exists"),
            ("DROP TYPE IF EXISTS app.\"Mood\"", "TYPE | app.Mood | if exists"),
            ("DROP DOMAIN d", "DOMAIN | d"),
            ("DROP FUNCTION f", "FUNCTION | f"),
            ("DROP FUNCTION f()", "FUNCTION | f()"),
            (
                "DROP FUNCTION IF EXISTS s.f(int, varchar), g CASCADE",
                "FUNCTION | s.f(integer, character varying) | g | if exists | cascade",
            ),
            (
                "DROP FUNCTION f(a int, IN b timestamptz, OUT c text, INOUT d numeric(10,2), VARIADIC e text[])",
                "FUNCTION | f(integer, timestamp with time zone, numeric(10,2), text[])",
            ),
            (
                "DROP FUNCTION f(double precision, character varying, bit varying(3), a double precision, text text, b IN int)",
                "FUNCTION | f(double precision, character varying, bit varying(3), double precision, text, integer)",
            ),
            (
                "DROP FUNCTION f(time with time zone, app.\"T\"[])",
                "FUNCTION | f(time with time zone, app.T[])",
            ),
            ("DROP PROCEDURE p(int)", "PROCEDURE | p(integer)"),
            ("DROP ROUTINE r", "ROUTINE | r"),
            (
                "DROP AGGREGATE a(*), b(int), c(float8 ORDER BY text)",
                "AGGREGATE | a() | b(integer) | c(double precision, text)",
            ),
            ("DROP TRIGGER IF EXISTS tr ON s.t CASCADE", "TRIGGER | tr on s.t | if exists | cascade"),
            ("DROP POLICY \"Read all\" ON t", "POLICY | Read all on t"),
            ("DROP RULE r ON t", "RULE | r on t"),
            ("DROP SCHEMA a, b CASCADE", "SCHEMA | a | b | cascade"),
            ("DROP EXTENSION IF EXISTS \"uuid-ossp\", hstore", "EXTENSION | uuid-ossp | hstore | if exists"),
            (
                "DROP OPERATOR IF EXISTS app.@@ (text, int), - (NONE, bigint)",
                "OPERATOR | app.@@ (text, integer) | - (NONE, bigint) | if exists",
            ),
            ("DROP OPERATOR CLASS s.c USING btree", "OPERATOR CLASS | s.c"),
            (
                "DROP OPERATOR FAMILY IF EXISTS f USING gin CASCADE",
                "OPERATOR FAMILY | f | if exists | cascade",
            ),
            ("DROP CAST IF EXISTS (text AS int)", "CAST | text AS integer | if exists"),
            ("DROP TRANSFORM FOR hstore LANGUAGE plpython3u", "TRANSFORM | hstore LANGUAGE plpython3u"),
            ("DROP COLLATION c", "COLLATION | c"),
            ("DROP CONVERSION c", "CONVERSION | c"),
            ("DROP STATISTICS s.x, y", "STATISTICS | s.x | y"),
            ("DROP TEXT SEARCH CONFIGURATION c", "TEXT SEARCH CONFIGURATION | c"),
            ("DROP TEXT SEARCH DICTIONARY IF EXISTS d", "TEXT SEARCH DICTIONARY | d | if exists"),
            ("DROP PUBLICATION p", "PUBLICATION | p"),
            ("DROP SUBSCRIPTION IF EXISTS s", "SUBSCRIPTION | s | if exists"),
            ("DROP EVENT TRIGGER e", "EVENT TRIGGER | e"),
            ("DROP ACCESS METHOD m", "ACCESS METHOD | m"),
            ("DROP PROCEDURAL LANGUAGE plperl", "LANGUAGE | plperl"),
            ("DROP SERVER s", "SERVER | s"),
            (
                "DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER s",
                "USER MAPPING | CURRENT_USER SERVER s | if exists",
            ),
            ("DROP ROLE a, b", "ROLE | a | b"),
            ("DROP USER a", "ROLE | a"),
            ("DROP GROUP IF EXISTS a", "ROLE | a | if exists"),
            ("DROP DATABASE IF EXISTS d WITH (FORCE)", "DATABASE | d | if exists"),
            ("DROP TABLESPACE t", "TABLESPACE | t"),
            ("DROP OWNED BY CURRENT_USER, a CASCADE", "DROP OWNED"),
        ] {
            assert_eq!(brief(text).as_deref(), Ok(expected), "{text}");
        }
    }

    /// Each is a syntax error on PostgreSQL 15.
    #[test]
    fn what_is_no_drop_is_not_understood() {
        for (text, expected) in [
            ("DROP", "a kind of object"),
            ("DROP tabel t", "a kind of object"),
            ("DROP TABLE", "the name of the table"),
            ("DROP TABLE IF EXIST t", "the end of the statement"),
            ("DROP TABLE IF NOT EXISTS t", "the end of the statement"),
            ("DROP TABLE t u", "the end of the statement"),
            ("DROP TABLE t,", "the name of the table"),
            ("DROP TABLE t CASCADE RESTRICT", "the end of the statement"),
            ("DROP TABLE CONCURRENTLY IF EXISTS t", "the end of the statement"),
            ("DROP INDEX i ON t", "the end of the statement"),
            ("DROP TRIGGER tr", "`ON`"),
            ("DROP POLICY p ON", "a table"),
            ("DROP SCHEMA a.b", "the end of the statement"),
            ("DROP FUNCTION f(int", "`)`"),
            ("DROP FUNCTION f(int,)", "a data type"),
            ("DROP FUNCTION f(int int)", "`)`"),
            ("DROP FUNCTION f(a int DEFAULT 1)", "`)`"),
            ("DROP AGGREGATE a", "`(`"),
            ("DROP ROLE a CASCADE", "the end of the statement"),
            ("DROP OPERATOR +", "`(`"),
            ("DROP CAST (text, int)", "`AS`"),
        ] {
            assert_eq!(brief(text).err().as_deref(), Some(expected), "{text}");
        }
    }
}
