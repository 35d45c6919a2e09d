//! Schemas, extensions, statistics, comments, and the kinds of object that few projects make.

use super::clause::{self, Reader};
use super::{drop, expression};
use crate::ops::{Guard, Op, Operation};
use crate::schema::{Detail, Expr, Ident, Name, ObjectKind, ObjectRef, Statistics};
use crate::syntax::sql::cursor::{Cursor, Read};

const STATEMENTS: &[(&[&str], Reader)] = &[
    (&["COMMENT", "ON"], comment),
    (&["ALTER", "SCHEMA"], alter_schema),
    (&["CREATE", "EXTENSION"], create_extension),
    (&["ALTER", "EXTENSION"], alter_extension),
    (&["CREATE", "STATISTICS"], create_statistics),
    (&["ALTER", "STATISTICS"], alter_statistics),
    (&["CREATE", "COLLATION"], create_collation),
    (&["ALTER", "COLLATION"], alter_collation),
    (&["CREATE", "CONVERSION"], create_conversion),
    (&["CREATE", "DEFAULT", "CONVERSION"], create_conversion),
    (&["ALTER", "CONVERSION"], alter_conversion),
    (&["ALTER", "LANGUAGE"], alter_language),
    (&["ALTER", "PROCEDURAL", "LANGUAGE"], alter_language),
    (&["CREATE", "ACCESS", "METHOD"], create_access_method),
    (&["CREATE", "TEXT", "SEARCH"], create_text_search),
    (&["ALTER", "TEXT", "SEARCH"], alter_text_search),
    (&["ALTER", "LARGE", "OBJECT"], alter_large_object),
];

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    if cursor.is_all(&["CREATE", "SCHEMA"]) {
        return create_schema(cursor).map(Some);
    }
    if let Some(ops) = create_language(cursor)? {
        return Ok(Some(ops));
    }
    clause::dispatch(cursor, STATEMENTS)
}

fn guard(cursor: &mut Cursor<'_>) -> Guard {
    if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None }
}

/// What is left when RENAME TO, OWNER TO and SET SCHEMA were all that could come.
fn only_general(cursor: &mut Cursor<'_>, object: &ObjectRef) -> Read<Operation> {
    match clause::general(cursor, object, false)? {
        Some(kind) => Ok(kind),
        None => Err(cursor.unread(format!("what to change of the {}", object.kind.noun()))),
    }
}

fn comment(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let mut arguments = Vec::new();
    let object = address_with(cursor, &mut arguments)?;
    cursor.expect("IS")?;
    let text = if cursor.eat("NULL") { None } else { Some(cursor.string()?) };
    Ok(Operation::Comment { object, arguments: arguments.pop().flatten(), text })
}

/// An object as COMMENT ON, SECURITY LABEL and ALTER EXTENSION name it: its kind and name, with its table or its arguments.
///
/// # Errors
/// When none is next.
pub fn address(cursor: &mut Cursor<'_>) -> Read<ObjectRef> {
    address_with(cursor, &mut Vec::new())
}

fn address_with(cursor: &mut Cursor<'_>, arguments: &mut Vec<Option<Vec<String>>>) -> Read<ObjectRef> {
    if cursor.eat("COLUMN") {
        let mut parts = vec![cursor.ident("a table and column")?];
        while cursor.eat_symbol(".") {
            parts.push(cursor.any_word("a column")?);
        }
        return match (parts.pop(), parts.pop()) {
            (Some(column), Some(table)) => Ok(ObjectRef {
                kind: ObjectKind::Column,
                name: Name::bare(column),
                on: Some(Name { schema: parts.pop(), ident: table }),
            }),
            _ => Err(cursor.unread("`.` and a column")),
        };
    }
    if cursor.eat("CONSTRAINT") {
        let name = Name::bare(cursor.ident("a constraint")?);
        cursor.expect("ON")?;
        if cursor.is("DOMAIN") && !cursor.nth_is_symbol(1, ".") && !cursor.nth_is(1, "IS") {
            cursor.at += 1;
        }
        let on = Some(cursor.name("a table")?);
        return Ok(ObjectRef { kind: ObjectKind::Constraint, name, on });
    }
    if cursor.eat_all(&["LARGE", "OBJECT"]) {
        return large_object(cursor);
    }
    if cursor.is_any(&["USER", "GROUP"]) {
        return Err(cursor.unread("a kind of object"));
    }
    let (kind, shape) = drop::kind(cursor)?;
    let what = format!("the name of the {}", kind.noun());
    drop::object(cursor, kind, shape, &what, arguments)
}

fn large_object(cursor: &mut Cursor<'_>) -> Read<ObjectRef> {
    let first = cursor.at;
    clause::number(cursor)?;
    Ok(clause::described(ObjectKind::LargeObject, cursor.text_between(first, cursor.at)))
}

fn alter_large_object(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = large_object(cursor)?;
    cursor.expect_all(&["OWNER", "TO"])?;
    Ok(Operation::SetOwner { object, arguments: None, to: clause::role(cursor)? })
}

/// `[IF NOT EXISTS] name [AUTHORIZATION role]`, and what is made in it at once.
fn create_schema(cursor: &mut Cursor<'_>) -> Read<Vec<Op>> {
    let first = cursor.at;
    cursor.at += 2;
    let guard = guard(cursor);
    let mut name = None;
    if !cursor.is("AUTHORIZATION") {
        name = Some(cursor.ident("a schema")?);
    }
    let mut owner = None;
    if cursor.eat("AUTHORIZATION") {
        let first = cursor.at;
        let role = clause::role(cursor)?;
        let somebody =
            cursor.inside(first, cursor.at).is_any(&["CURRENT_USER", "CURRENT_ROLE", "SESSION_USER", "USER"]);
        // It is called like whom it belongs to.
        if name.is_none() && !somebody {
            name = Some(Ident::exact(role.as_str()));
        }
        owner = Some(role);
    } else if name.is_none() {
        return Err(cursor.unread("a schema"));
    }
    let kind = Operation::CreateSchema { name: name.clone(), guard };
    let mut ops = vec![Op { kind, span: cursor.span_from(first) }];
    let schema = name.or_else(|| owner.map(Ident::exact));
    while !cursor.is_end() {
        ops.extend(element(cursor, schema.as_ref())?);
    }
    if let [only] = ops.as_mut_slice() {
        only.span = cursor.span_from(first);
    }
    Ok(ops)
}

/// One CREATE or GRANT inside of CREATE SCHEMA.
fn element(cursor: &mut Cursor<'_>, schema: Option<&Ident>) -> Read<Vec<Op>> {
    if !cursor.is_any(&["CREATE", "GRANT"]) {
        return Err(cursor.unread("`CREATE`, `GRANT` or the end of the statement"));
    }
    let mut end = cursor.clone();
    end.at += 1;
    while !end.is_end() && !end.is_any(&["CREATE", "GRANT"]) {
        clause::step(&mut end);
    }
    let mut inside = cursor.inside(cursor.at, end.at);
    let Some(mut ops) = super::ops(&mut inside)? else { return Err(cursor.unread("what to create")) };
    inside.expect_end()?;
    let unread = cursor.unread("a table, view, index, sequence, trigger or grant");
    cursor.at = end.at;
    for op in &mut ops {
        let name = match &mut op.kind {
            Operation::CreateTable(create) => &mut create.name,
            Operation::CreateView(create) => &mut create.name,
            Operation::CreateSequence(create) => &mut create.name,
            Operation::CreateIndex(create) => &mut create.table,
            Operation::CreateTrigger(create) => &mut create.table,
            Operation::Privilege { .. } => continue,
            _ => return Err(unread),
        };
        if name.schema.is_none() {
            name.schema = schema.cloned();
        }
    }
    Ok(ops)
}

fn named(cursor: &mut Cursor<'_>, kind: ObjectKind, what: &str) -> Read<ObjectRef> {
    Ok(clause::object(kind, Name::bare(cursor.ident(what)?)))
}

fn alter_schema(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(cursor, ObjectKind::Schema, "a schema")?;
    if cursor.is("SET") {
        return Err(cursor.unread("`RENAME` or `OWNER`"));
    }
    only_general(cursor, &object)
}

fn create_extension(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let guard = guard(cursor);
    let name = cursor.ident("an extension")?;
    let mut schema = None;
    cursor.eat("WITH");
    loop {
        if cursor.eat("SCHEMA") {
            schema = Some(cursor.ident("a schema")?);
        } else if cursor.eat_any(&["VERSION", "FROM"]).is_some() {
            version(cursor)?;
        } else if !cursor.eat("CASCADE") {
            break;
        }
    }
    Ok(Operation::CreateExtension { name, guard, schema })
}

/// A version: a string or a word.
fn version(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.is_string() { cursor.string().map(|_| ()) } else { cursor.ident("a version").map(|_| ()) }
}

fn alter_extension(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(cursor, ObjectKind::Extension, "an extension")?;
    let first = cursor.at;
    if cursor.eat("UPDATE") {
        if cursor.eat("TO") {
            version(cursor)?;
        }
    } else if cursor.eat_any(&["ADD", "DROP"]).is_some() {
        address(cursor)?;
    } else {
        cursor.expect_all(&["SET", "SCHEMA"])?;
        let to = cursor.ident("a schema")?;
        return Ok(Operation::SetSchema { object, arguments: None, to, if_exists: false });
    }
    Ok(clause::alter_other(cursor, object, first))
}

/// `[[IF NOT EXISTS] name] [(kinds)] ON expressions FROM table`.
fn create_statistics(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let guard = guard(cursor);
    let unnamed = guard == Guard::None && (cursor.is("ON") || cursor.is_symbol("("));
    let name = if unnamed { None } else { Some(cursor.name("a name for the statistics")?) };
    let mut kinds = Vec::new();
    if cursor.is_symbol("(") {
        kinds =
            cursor.ident_group("a kind of statistics")?.iter().map(|kind| kind.key().to_owned()).collect();
        kinds.sort();
    }
    cursor.expect("ON")?;
    let keys = cursor.list(statistics_key)?;
    cursor.expect("FROM")?;
    let table = cursor.name("a table")?;
    Ok(match name {
        Some(name) => {
            let object = ObjectRef { kind: ObjectKind::Statistics, name, on: Some(table.clone()) };
            let detail = Box::new(Detail::Statistics(Box::new(Statistics { kinds, keys, table })));
            Operation::CreateOther { object, guard, detail }
        }
        // Since PostgreSQL 16 the server makes a name up.
        None => Operation::AlterOther {
            object: clause::object(ObjectKind::Table, table),
            what: "CREATE STATISTICS".to_owned(),
        },
    })
}

/// A column, a call, or any expression in brackets.
fn statistics_key(cursor: &mut Cursor<'_>) -> Read<Expr> {
    if cursor.is_symbol("(") {
        return expression::group(cursor);
    }
    let mut ahead = cursor.clone();
    ahead.name("a column")?;
    if ahead.is_symbol("(") {
        expression::call(cursor)
    } else {
        cursor.ident("a column").map(|column| Expr::Column(vec![column.key().to_owned()]))
    }
}

fn alter_statistics(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let if_exists = cursor.if_exists();
    let object = clause::object(ObjectKind::Statistics, cursor.name("statistics")?);
    let first = cursor.at;
    if cursor.eat_all(&["SET", "STATISTICS"]) {
        if !cursor.eat("DEFAULT") {
            clause::number(cursor)?;
        }
        return Ok(clause::alter_other(cursor, object, first));
    }
    if if_exists {
        return Err(cursor.unread("`SET STATISTICS`"));
    }
    only_general(cursor, &object)
}

fn create_collation(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let guard = guard(cursor);
    let object = clause::object(ObjectKind::Collation, cursor.name("a collation")?);
    if cursor.eat("FROM") {
        cursor.name("a collation")?;
    } else {
        clause::definition(cursor)?;
    }
    Ok(Operation::CreateOther { object, guard, detail: Box::default() })
}

fn alter_collation(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = clause::object(ObjectKind::Collation, cursor.name("a collation")?);
    let first = cursor.at;
    if cursor.eat_all(&["REFRESH", "VERSION"]) {
        return Ok(clause::alter_other(cursor, object, first));
    }
    only_general(cursor, &object)
}

fn create_conversion(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = clause::object(ObjectKind::Conversion, cursor.name("a conversion")?);
    cursor.expect("FOR")?;
    cursor.string()?;
    cursor.expect("TO")?;
    cursor.string()?;
    cursor.expect("FROM")?;
    cursor.name("a function")?;
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn alter_conversion(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = clause::object(ObjectKind::Conversion, cursor.name("a conversion")?);
    only_general(cursor, &object)
}

/// `CREATE [OR REPLACE] [TRUSTED] [PROCEDURAL] LANGUAGE name [HANDLER f [INLINE g] [VALIDATOR h]]`.
fn create_language(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let mut walk = cursor.clone();
    if !walk.eat("CREATE") {
        return Ok(None);
    }
    let guard = if walk.eat_all(&["OR", "REPLACE"]) { Guard::OrReplace } else { Guard::None };
    walk.eat("TRUSTED");
    walk.eat("PROCEDURAL");
    if !walk.eat("LANGUAGE") {
        return Ok(None);
    }
    let object = language(&mut walk)?;
    if walk.eat("HANDLER") {
        walk.name("a function")?;
        if walk.eat("INLINE") {
            walk.name("a function")?;
        }
        if walk.eat("VALIDATOR") {
            walk.name("a function")?;
        } else {
            walk.eat_all(&["NO", "VALIDATOR"]);
        }
    }
    *cursor = walk;
    clause::one(cursor, first, Operation::CreateOther { object, guard, detail: Box::default() })
}

/// A language; once its name was a string.
fn language(cursor: &mut Cursor<'_>) -> Read<ObjectRef> {
    if cursor.is_string() {
        return Ok(clause::described(ObjectKind::Language, cursor.string()?));
    }
    named(cursor, ObjectKind::Language, "a language")
}

fn alter_language(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = language(cursor)?;
    only_general(cursor, &object)
}

fn create_access_method(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = named(cursor, ObjectKind::AccessMethod, "an access method")?;
    cursor.expect("TYPE")?;
    if cursor.eat_any(&["INDEX", "TABLE"]).is_none() {
        return Err(cursor.unread("`INDEX` or `TABLE`"));
    }
    cursor.expect("HANDLER")?;
    cursor.name("a function")?;
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn text_search(cursor: &mut Cursor<'_>) -> Read<ObjectRef> {
    let kind = match cursor.eat_any(&["CONFIGURATION", "DICTIONARY", "PARSER", "TEMPLATE"]) {
        Some("CONFIGURATION") => ObjectKind::TextSearchConfiguration,
        Some("DICTIONARY") => ObjectKind::TextSearchDictionary,
        Some("PARSER") => ObjectKind::TextSearchParser,
        Some(_) => ObjectKind::TextSearchTemplate,
        None => return Err(cursor.unread("`CONFIGURATION`, `DICTIONARY`, `PARSER` or `TEMPLATE`")),
    };
    Ok(clause::object(kind, cursor.name(&format!("a {}", kind.noun()))?))
}

fn create_text_search(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = text_search(cursor)?;
    clause::definition(cursor)?;
    Ok(Operation::CreateOther { object, guard: Guard::None, detail: Box::default() })
}

fn alter_text_search(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = text_search(cursor)?;
    if let Some(kind) = clause::general(cursor, &object, false)? {
        return Ok(kind);
    }
    let first = cursor.at;
    match object.kind {
        ObjectKind::TextSearchDictionary => clause::definition(cursor).map(|_| ())?,
        ObjectKind::TextSearchConfiguration => mapping(cursor)?,
        _ => return Err(cursor.unread(format!("what to change of the {}", object.kind.noun()))),
    }
    Ok(clause::alter_other(cursor, object, first))
}

/// `ADD | ALTER | DROP MAPPING FOR tokens WITH dictionaries`, `ALTER MAPPING [FOR tokens] REPLACE a WITH b`.
fn mapping(cursor: &mut Cursor<'_>) -> Read<()> {
    let tokens = |cursor: &mut Cursor<'_>| {
        cursor.expect("FOR")?;
        cursor.list(|cursor| cursor.ident("a token type")).map(|_| ())
    };
    let dictionaries = |cursor: &mut Cursor<'_>| {
        cursor.expect("WITH")?;
        cursor.list(|cursor| cursor.name("a dictionary")).map(|_| ())
    };
    match cursor.eat_any(&["ADD", "ALTER", "DROP"]) {
        Some("DROP") => {
            cursor.expect("MAPPING")?;
            cursor.if_exists();
            tokens(cursor)
        }
        Some("ADD") => {
            cursor.expect("MAPPING")?;
            tokens(cursor)?;
            dictionaries(cursor)
        }
        Some(_) => {
            cursor.expect("MAPPING")?;
            if cursor.is("FOR") {
                tokens(cursor)?;
            }
            if cursor.eat("REPLACE") {
                cursor.name("a dictionary")?;
            }
            dictionaries(cursor)
        }
        None => Err(cursor.unread("`ADD`, `ALTER` or `DROP`")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::clause::tests::{check, say};

    #[test]
    fn schemas_and_extensions() {
        check(&[
            ("CREATE SCHEMA s", "schema Some(\"s\")"),
            ("CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION CURRENT_USER", "schema Some(\"s\") if not exists"),
            ("CREATE SCHEMA AUTHORIZATION r", "schema Some(\"r\")"),
            ("CREATE SCHEMA AUTHORIZATION CURRENT_USER", "schema None"),
            (
                "CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT a FROM t CREATE INDEX ON u.t (a) GRANT SELECT ON t TO r",
                "schema Some(\"s\"); table s.t foreign false; view s.v; index on u.t; GRANT",
            ),
            (
                "CREATE SCHEMA AUTHORIZATION r CREATE TABLE t (a int)",
                "schema Some(\"r\"); table r.t foreign false",
            ),
            ("ALTER SCHEMA s RENAME TO t", "schema `s` named t"),
            ("ALTER SCHEMA s OWNER TO o", "schema `s` to o"),
            ("CREATE SCHEMA", "a schema at SCHEMA"),
            ("CREATE SCHEMA s t", "`CREATE`, `GRANT` or the end of the statement at t"),
            (
                "CREATE SCHEMA s CREATE ROLE r",
                "a table, view, index, sequence, trigger or grant at CREATE ROLE r",
            ),
            (
                "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA s VERSION '1.0' CASCADE",
                "uuid-ossp if not exists Some(\"s\")",
            ),
            ("CREATE EXTENSION e VERSION v SCHEMA s", "e Some(\"s\")"),
            ("CREATE EXTENSION e", "e None"),
            ("ALTER EXTENSION e UPDATE TO '2'", "extension `e`: UPDATE TO '2'"),
            ("ALTER EXTENSION e ADD FUNCTION f(int)", "extension `e`: ADD FUNCTION F(INT)"),
            ("ALTER EXTENSION e SET SCHEMA s", "extension `e` into s"),
            ("CREATE EXTENSION 'e'", "an extension at 'e'"),
            ("CREATE EXTENSION e IN SCHEMA s", "the end of the statement at IN SCHEMA s"),
        ]);
    }

    #[test]
    fn comments_name_every_kind_of_object() {
        let cases = [
            ("TABLE s.t", "table `s.t`"),
            ("COLUMN s.t.c", "column `c` of `s.t`"),
            ("COLUMN t.\"C d\"", "column `C d` of `t`"),
            ("CONSTRAINT c ON s.t", "constraint `c` of `s.t`"),
            ("CONSTRAINT c ON DOMAIN d", "constraint `c` of `d`"),
            ("TRIGGER g ON t", "trigger `g` of `t`"),
            ("POLICY \"may read\" ON t", "policy `may read` of `t`"),
            ("RULE r ON t", "rule `r` of `t`"),
            ("FUNCTION s.f(a int, OUT b text)", "function `s.f`"),
            ("FUNCTION f", "function `f`"),
            ("PROCEDURE p()", "procedure `p`"),
            ("AGGREGATE a(*)", "aggregate `a`"),
            ("CAST (text AS s.t)", "cast `text AS s.t`"),
            ("OPERATOR s.+ (int, NONE)", "operator `s.+ (integer, NONE)`"),
            ("OPERATOR CLASS c USING btree", "operator class `c`"),
            ("TRANSFORM FOR t LANGUAGE l", "transform `t LANGUAGE l`"),
            ("MATERIALIZED VIEW m", "materialized view `m`"),
            ("FOREIGN DATA WRAPPER w", "foreign data wrapper `w`"),
            ("FOREIGN TABLE t", "foreign table `t`"),
            ("TEXT SEARCH CONFIGURATION c", "text search configuration `c`"),
            ("EVENT TRIGGER e", "event trigger `e`"),
            ("PROCEDURAL LANGUAGE l", "language `l`"),
            ("ACCESS METHOD m", "access method `m`"),
            ("LARGE OBJECT 7", "large object `7`"),
            ("DATABASE d", "database `d`"),
            ("ROLE r", "role `r`"),
            ("SCHEMA s", "schema `s`"),
            ("EXTENSION e", "extension `e`"),
            ("TYPE s.t", "type `s.t`"),
            ("DOMAIN d", "domain `d`"),
        ];
        for (object, said) in cases {
            assert_eq!(
                say(&format!("COMMENT ON {object} IS 'it''s'")),
                format!("{said}: Some(\"it's\")"),
                "{object}"
            );
            assert_eq!(say(&format!("COMMENT ON {object} IS NULL")), format!("{said}: None"), "{object}");
        }
        check(&[
            ("COMMENT ON TABLE t IS 'a'\n  'b'", "table `t`: Some(\"ab\")"),
            ("COMMENT ON TABLE t IS $$a$$", "table `t`: Some(\"a\")"),
            ("COMMENT ON TABLE t IS 'a' 'b'", "the end of the statement at 'b'"),
            ("COMMENT ON TABLE t 'a'", "`IS` at 'a'"),
            ("COMMENT ON TABLE t IS a", "a string at a"),
            ("COMMENT ON COLUMN c IS 'a'", "`.` and a column at IS 'a'"),
            ("COMMENT ON TABEL t IS 'a'", "a kind of object at TABEL t IS 'a'"),
            ("COMMENT ON USER u IS 'a'", "a kind of object at USER u IS 'a'"),
            ("COMMENT ON TRIGGER g IS 'a'", "`ON` at IS 'a'"),
        ]);
    }

    #[test]
    fn the_rarer_kinds() {
        check(&[
            (
                "CREATE STATISTICS IF NOT EXISTS s.st (ndistinct, mcv) ON a, (b + 1), lower(c) FROM t",
                "statistics `s.st` of `t` if not exists",
            ),
            ("CREATE STATISTICS ON a, b FROM t", "table `t`: CREATE STATISTICS"),
            ("ALTER STATISTICS st SET STATISTICS 100", "statistics `st`: SET STATISTICS 100"),
            ("ALTER STATISTICS st RENAME TO x", "statistics `st` named x"),
            ("CREATE STATISTICS st ON a + b FROM t", "`FROM` at + b FROM t"),
            (
                "CREATE COLLATION IF NOT EXISTS c (provider = icu, locale = 'de', deterministic = false)",
                "collation `c` if not exists",
            ),
            ("CREATE COLLATION c FROM \"C\"", "collation `c`"),
            ("ALTER COLLATION c REFRESH VERSION", "collation `c`: REFRESH VERSION"),
            ("CREATE DEFAULT CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM f", "conversion `c`"),
            ("ALTER CONVERSION c OWNER TO o", "conversion `c` to o"),
            (
                "CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE l HANDLER f INLINE g VALIDATOR h",
                "language `l` or replace",
            ),
            ("CREATE LANGUAGE 'plpgsql'", "language `plpgsql`"),
            ("ALTER LANGUAGE l RENAME TO m", "language `l` named m"),
            ("CREATE ACCESS METHOD m TYPE TABLE HANDLER f", "access method `m`"),
            ("CREATE ACCESS METHOD m TYPE VIEW HANDLER f", "`INDEX` or `TABLE` at VIEW HANDLER f"),
            (
                "CREATE TEXT SEARCH CONFIGURATION s.c (COPY = pg_catalog.english)",
                "text search configuration `s.c`",
            ),
            (
                "CREATE TEXT SEARCH PARSER p (START = a, GETTOKEN = b, END = c, LEXTYPES = d)",
                "text search parser `p`",
            ),
            (
                "ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR hword, word WITH unaccent, simple",
                "text search configuration `c`: ALTER MAPPING FOR HWORD, WORD WITH UNACCENT, SIMPLE",
            ),
            (
                "ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING IF EXISTS FOR word",
                "text search configuration `c`: DROP MAPPING IF EXISTS FOR WORD",
            ),
            (
                "ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING REPLACE a WITH b",
                "text search configuration `c`: ALTER MAPPING REPLACE A WITH B",
            ),
            (
                "ALTER TEXT SEARCH DICTIONARY d (StopWords = x, Other)",
                "text search dictionary `d`: (STOPWORDS = X, OTHER)",
            ),
            ("ALTER TEXT SEARCH TEMPLATE t SET SCHEMA s", "text search template `t` into s"),
            ("ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word", "`WITH` at word"),
            ("ALTER LARGE OBJECT 5 OWNER TO o", "large object `5` to o"),
        ]);
    }
}
