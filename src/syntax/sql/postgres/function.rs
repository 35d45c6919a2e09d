//! Functions, procedures and aggregates.

use super::clause::{self, Setting};
use super::drop::NO_ARGUMENT_NAMES;
use super::expression;
use crate::ops::{CreateFunction, Guard, Op, Operation};
use crate::schema::{
    Argument, ArgumentMode, Body, FunctionOptions, Ident, Name, ObjectKind, Returns, Type, input_types,
};
use crate::syntax::sql::cursor::{Cursor, Read, Unread};
use crate::syntax::sql::dml;

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let mut walk = cursor.clone();
    let kind = if walk.eat("CREATE") {
        let guard = if walk.eat_all(&["OR", "REPLACE"]) { Guard::OrReplace } else { Guard::None };
        match walk.eat_any(&["FUNCTION", "PROCEDURE", "AGGREGATE"]) {
            Some("FUNCTION") => create(&mut walk, ObjectKind::Function, guard)?,
            Some("PROCEDURE") => create(&mut walk, ObjectKind::Procedure, guard)?,
            Some(_) => create_aggregate(&mut walk, guard)?,
            None => return Ok(None),
        }
    } else if walk.eat("ALTER") {
        match walk.eat_any(&["FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE"]) {
            Some("FUNCTION") => alter(&mut walk, ObjectKind::Function)?,
            Some("PROCEDURE") => alter(&mut walk, ObjectKind::Procedure)?,
            Some("ROUTINE") => alter(&mut walk, ObjectKind::Routine)?,
            Some(_) => alter(&mut walk, ObjectKind::Aggregate)?,
            None => return Ok(None),
        }
    } else {
        return Ok(None);
    };
    *cursor = walk;
    clause::one(cursor, first, kind)
}

fn create(cursor: &mut Cursor<'_>, kind: ObjectKind, guard: Guard) -> Read<Operation> {
    let name = cursor.name("a function")?;
    let arguments = argument_group(cursor)?;
    let options = FunctionOptions::default();
    let mut function = CreateFunction { kind, name, guard, arguments, returns: None, options, body: None };
    if kind == ObjectKind::Function && cursor.eat("RETURNS") {
        function.returns = Some(returns(cursor)?);
    }
    while !cursor.is_end() {
        if !define(cursor, &mut function)? && !option(cursor, &mut function.options)? {
            return Err(cursor.unread("an option of the function"));
        }
    }
    if function.body.is_none() {
        return Err(cursor.unread("`AS` and the body of the function"));
    }
    Ok(Operation::CreateFunction(Box::new(function)))
}

fn returns(cursor: &mut Cursor<'_>) -> Read<Returns> {
    if !cursor.is("TABLE") {
        let set = cursor.is("SETOF");
        return Ok(Returns::Type { ty: cursor.data_type()?, set });
    }
    cursor.at += 1;
    cursor.expect_symbol("(")?;
    let columns = cursor.list(|cursor| {
        let name = argument_name(cursor)?;
        Ok((name, cursor.data_type()?))
    })?;
    cursor.expect_symbol(")")?;
    Ok(Returns::Table(columns))
}

/// What only CREATE takes: LANGUAGE, the body in every form, and a few more.
fn define(cursor: &mut Cursor<'_>, function: &mut CreateFunction) -> Read<bool> {
    if cursor.eat("LANGUAGE") {
        let language = if cursor.is_string() {
            cursor.string()?
        } else {
            cursor.any_word("a language")?.text().to_owned()
        };
        function.options.language = Some(language.to_lowercase());
    } else if cursor.eat("AS") {
        let mut body = cursor.string()?;
        if cursor.eat_symbol(",") {
            // The object file, and the name of the function in it.
            body = format!("{body}, {}", cursor.string()?);
        }
        function.body = Some(Body::Text(body.into()));
    } else if cursor.eat_all(&["BEGIN", "ATOMIC"]) {
        function.body = Some(Body::Parsed(atomic(cursor)?.into()));
    } else if cursor.eat("RETURN") {
        let first = cursor.at;
        expression::whole(cursor)?;
        clause::subqueries(cursor, first, cursor.at)?;
        function.body = Some(Body::Parsed(cursor.text_between(first, cursor.at).into()));
    } else if cursor.eat("TRANSFORM") {
        cursor.list(|cursor| {
            cursor.expect_all(&["FOR", "TYPE"])?;
            cursor.data_type()
        })?;
    } else if cursor.eat("WITH") {
        // `WITH (isStrict)`, until PostgreSQL 10.
        cursor.expect_symbol("(")?;
        cursor.list(|cursor| {
            match cursor.eat_any(&["ISSTRICT", "ISCACHABLE"]) {
                Some("ISSTRICT") => function.options.strict = Some(true),
                Some(_) => function.options.volatility = Some("IMMUTABLE".to_owned()),
                None => return Err(cursor.unread("`isStrict` or `isCachable`")),
            }
            Ok(())
        })?;
        cursor.expect_symbol(")")?;
    } else {
        let window = cursor.eat("WINDOW");
        function.options.window |= window;
        return Ok(window);
    }
    Ok(true)
}

/// The statements between BEGIN ATOMIC and the last END.
fn atomic(cursor: &mut Cursor<'_>) -> Read<String> {
    let (first, end) = cursor.skip_rest();
    let mut inside = cursor.clone();
    inside.at = end.saturating_sub(1);
    if inside.at < first || !inside.is("END") {
        return Err(cursor.unread("`END`"));
    }
    let last = inside.at;
    inside = cursor.inside(first, last);
    while !inside.is_end() {
        if inside.eat_symbol(";") {
            continue;
        }
        let from = inside.at;
        let (_, to) = statement(&mut inside);
        let mut one = inside.inside(from, to);
        if one.eat("RETURN") {
            expression::whole(&mut one)?;
            one.expect_end()?;
            clause::subqueries(&inside, from, to)?;
        } else {
            dml::inner(&inside, from, to)?;
        }
    }
    Ok(cursor.text_between(first, last))
}

/// Steps to the next semicolon outside of brackets.
pub fn statement(cursor: &mut Cursor<'_>) -> (usize, usize) {
    let first = cursor.at;
    while !cursor.is_end() && !cursor.is_symbol(";") {
        clause::step(cursor);
    }
    (first, cursor.at)
}

/// What CREATE and ALTER both take.
fn option(cursor: &mut Cursor<'_>, options: &mut FunctionOptions) -> Read<bool> {
    if cursor.eat("STRICT") || cursor.eat_all(&["RETURNS", "NULL", "ON", "NULL", "INPUT"]) {
        options.strict = Some(true);
    } else if cursor.eat_all(&["CALLED", "ON", "NULL", "INPUT"]) {
        options.strict = Some(false);
    } else if cursor.eat("LEAKPROOF") {
        options.leakproof = Some(true);
    } else if cursor.eat_all(&["NOT", "LEAKPROOF"]) {
        options.leakproof = Some(false);
    } else if cursor.eat_all(&["EXTERNAL", "SECURITY"]) || cursor.eat("SECURITY") {
        match cursor.eat_any(&["INVOKER", "DEFINER"]) {
            Some(word) => options.security_definer = Some(word == "DEFINER"),
            None => return Err(cursor.unread("`INVOKER` or `DEFINER`")),
        }
    } else if cursor.eat("PARALLEL") {
        match cursor.eat_any(&["UNSAFE", "RESTRICTED", "SAFE"]) {
            Some(word) => options.parallel = Some(word.to_owned()),
            None => return Err(cursor.unread("`UNSAFE`, `RESTRICTED` or `SAFE`")),
        }
    } else if let Some(word) = cursor.eat_any(&["IMMUTABLE", "STABLE", "VOLATILE"]) {
        options.volatility = Some(word.to_owned());
    } else if let Some(word) = cursor.eat_any(&["COST", "ROWS"]) {
        let first = cursor.at;
        clause::number(cursor)?;
        let value = Some(cursor.text_between(first, cursor.at));
        if word == "COST" {
            options.cost = value;
        } else {
            options.rows = value;
        }
    } else if cursor.eat("SUPPORT") {
        cursor.name("a function")?;
    } else {
        match clause::setting(cursor)? {
            Some(Setting::Given(name, value)) => {
                options.settings.insert(name, value);
            }
            Some(Setting::ResetAll) => options.reset_all = true,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// `(arguments)` of a function, with modes, names and defaults.
///
/// # Errors
/// When they are not there, or were not understood.
pub fn argument_group(cursor: &mut Cursor<'_>) -> Read<Vec<Argument>> {
    let (first, last) = cursor.group()?;
    arguments(cursor, first, last)
}

fn arguments(cursor: &Cursor<'_>, first: usize, last: usize) -> Read<Vec<Argument>> {
    let mut inside = cursor.inside(first, last);
    if inside.is_end() {
        return Ok(Vec::new());
    }
    let all = inside.list(argument);
    let all = all.map_err(|unread| at_bracket(cursor, last, &inside, unread))?;
    if inside.is_end() { Ok(all) } else { Err(inside.unread("`,` or `)`")) }
}

/// Where reading stopped at the end of a group, that is its closing bracket.
fn at_bracket(cursor: &Cursor<'_>, last: usize, inside: &Cursor<'_>, unread: Unread) -> Unread {
    if !inside.is_end() {
        return unread;
    }
    let mut here = cursor.clone();
    here.at = last;
    here.unread(unread.expected)
}

fn argument(cursor: &mut Cursor<'_>) -> Read<Argument> {
    let mut said = mode(cursor);
    let (name, ty) = match type_alone(cursor) {
        Some(ty) => (None, ty),
        None => {
            let name = argument_name(cursor)?;
            // `name IN type` is as good as `IN name type`.
            said = said.or_else(|| mode(cursor));
            (Some(name), cursor.data_type()?)
        }
    };
    let has_default = cursor.eat("DEFAULT") || cursor.eat_symbol("=") || cursor.eat_symbol(":=");
    let default = if has_default { Some(expression::whole(cursor)?) } else { None };
    Ok(Argument { mode: said.unwrap_or_default(), name, ty, default })
}

/// A name that is no word of the server's own types: in `(integer id)` the two are the wrong way round.
fn argument_name(cursor: &mut Cursor<'_>) -> Read<Ident> {
    if cursor.is_any(NO_ARGUMENT_NAMES) {
        return Err(cursor.unread("`,`, `)` or the argument's name before its type"));
    }
    cursor.ident("an argument")
}

fn mode(cursor: &mut Cursor<'_>) -> Option<ArgumentMode> {
    if cursor.eat_all(&["IN", "OUT"]) {
        return Some(ArgumentMode::InOut);
    }
    Some(match cursor.eat_any(&["IN", "OUT", "INOUT", "VARIADIC"])? {
        "OUT" => ArgumentMode::Out,
        "INOUT" => ArgumentMode::InOut,
        "VARIADIC" => ArgumentMode::Variadic,
        _ => ArgumentMode::In,
    })
}

/// The type, where the argument is that and nothing more: steps over it.
fn type_alone(cursor: &mut Cursor<'_>) -> Option<Type> {
    let mut walk = cursor.clone();
    let ty = walk.data_type().ok()?;
    let ends = walk.is_end()
        || walk.is_symbol(",")
        || walk.is_symbol("=")
        || walk.is_symbol(":=")
        || walk.is_any(&["DEFAULT", "ORDER"]);
    if ends {
        cursor.at = walk.at;
        return Some(ty);
    }
    None
}

/// `name [(arguments)]` where an existing function is meant; of an aggregate `(*)` and `(a ORDER BY b)` too.
///
/// # Errors
/// When it is not there, or was not understood.
pub fn signature(cursor: &mut Cursor<'_>) -> Read<(Name, Option<Vec<String>>)> {
    let name = cursor.name("a function")?;
    if !cursor.is_symbol("(") {
        return Ok((name, None));
    }
    let (first, last) = cursor.group()?;
    let arguments = aggregated(cursor, first, last)?;
    Ok((name, Some(input_types(&arguments).map(ToString::to_string).collect())))
}

/// The arguments of an aggregate.
fn aggregated(cursor: &Cursor<'_>, first: usize, last: usize) -> Read<Vec<Argument>> {
    let mut walk = cursor.inside(first, last);
    if walk.is_symbol("*") && last == first + 1 {
        return Ok(Vec::new());
    }
    while !walk.is_end() && !walk.is_all(&["ORDER", "BY"]) {
        walk.at += 1;
    }
    if walk.is_end() {
        return arguments(cursor, first, last);
    }
    let mut all = arguments(cursor, first, walk.at)?;
    let ordered = arguments(cursor, walk.at + 2, last)?;
    // A variadic list is written on both sides and is one argument.
    if !all.iter().any(|argument| argument.mode == ArgumentMode::Variadic) {
        all.extend(ordered);
    }
    Ok(all)
}

fn create_aggregate(cursor: &mut Cursor<'_>, guard: Guard) -> Read<Operation> {
    let name = cursor.name("an aggregate")?;
    let mut ahead = cursor.clone();
    let (first, last) = ahead.group()?;
    let new = ahead.is_symbol("(");
    let mut arguments = Vec::new();
    if new {
        if first == last {
            cursor.at = last;
            return Err(cursor.unread("`*` or the types of the arguments"));
        }
        arguments = aggregated(cursor, first, last)?;
        cursor.at = ahead.at;
    }
    let from = cursor.at;
    let definition = clause::definition(cursor)?;
    let mut returns = None;
    for (option, value) in definition {
        let Some((at, _)) = value else { continue };
        let mut value = cursor.clone();
        value.at = at;
        match option.as_str() {
            // The old syntax: what it works on is one of its options.
            "basetype" if !new => {
                let any = value.is("ANY") || value.is_string();
                if !any {
                    let ty = value.data_type()?;
                    arguments.push(Argument { mode: ArgumentMode::In, name: None, ty, default: None });
                }
            }
            "stype" | "stype1" => returns = Some(Returns::Type { ty: value.data_type()?, set: false }),
            _ => {}
        }
    }
    Ok(Operation::CreateFunction(Box::new(CreateFunction {
        kind: ObjectKind::Aggregate,
        name,
        guard,
        arguments,
        returns,
        options: FunctionOptions::default(),
        body: Some(Body::Parsed(cursor.text_between(from, cursor.at).into())),
    })))
}

fn alter(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Read<Operation> {
    let (name, arguments) = signature(cursor)?;
    let object = clause::object(kind, name);
    if let Some(kind) = clause::general(cursor, &object, false)? {
        return Ok(match kind {
            Operation::Rename { object, to, if_exists, .. } => {
                Operation::Rename { object, arguments, to, if_exists }
            }
            Operation::SetSchema { object, to, if_exists, .. } => {
                Operation::SetSchema { object, arguments, to, if_exists }
            }
            Operation::SetOwner { object, to, .. } => Operation::SetOwner { object, arguments, to },
            other => other,
        });
    }
    let first = cursor.at;
    if depends(cursor)? {
        return Ok(clause::alter_other(cursor, object, first));
    }
    let mut options = FunctionOptions::default();
    while option(cursor, &mut options)? {}
    if cursor.at == first || kind == ObjectKind::Aggregate {
        return Err(cursor.unread("what to change of the function"));
    }
    cursor.eat("RESTRICT");
    Ok(Operation::AlterFunction { object, arguments, options: Box::new(options) })
}

/// `[NO] DEPENDS ON EXTENSION name`, if it is next.
///
/// # Errors
/// When it is next, and no name follows.
pub fn depends(cursor: &mut Cursor<'_>) -> Read<bool> {
    if cursor.eat_all(&["NO", "DEPENDS", "ON", "EXTENSION"])
        || cursor.eat_all(&["DEPENDS", "ON", "EXTENSION"])
    {
        cursor.ident("an extension")?;
        return Ok(true);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::one;
    use super::*;

    fn say(text: &str) -> String {
        let ops = match one(text) {
            Ok(ops) => ops,
            Err((expected, rest)) => return format!("{expected} at {rest}"),
        };
        match ops.into_iter().next().map(|op| op.kind) {
            Some(Operation::CreateFunction(function)) => {
                let arguments: Vec<String> = function.input_types().map(ToString::to_string).collect();
                let returns = function.returns.as_ref().map(|returns| match returns {
                    Returns::Type { ty, set: false } => ty.to_string(),
                    Returns::Type { ty, set: true } => format!("SETOF {ty}"),
                    Returns::Table(columns) => {
                        let columns = columns.iter().map(|(name, ty)| format!("{name} {ty}"));
                        format!("TABLE ({})", columns.collect::<Vec<_>>().join(", "))
                    }
                });
                let body = function.body.as_ref().map(|body| body.text().to_owned());
                let all = [
                    returns.as_deref(),
                    function.options.language.as_deref(),
                    function.options.volatility.as_deref(),
                    body.as_deref(),
                ];
                let all: Vec<&str> = all.iter().map(|part| part.unwrap_or("-")).collect();
                let kind = function.kind.noun();
                let guard = if function.guard == Guard::OrReplace { " or replace" } else { "" };
                format!("{kind} {}({}){guard} | {}", function.name, arguments.join(", "), all.join(" | "))
            }
            Some(Operation::AlterOther { object, what }) => format!("{object}: {what}"),
            Some(Operation::AlterFunction { object, arguments, options }) => {
                let mut said: Vec<String> = Vec::new();
                said.extend(options.volatility.clone());
                said.extend(options.strict.map(|strict| format!("strict {strict}")));
                said.extend(options.security_definer.map(|definer| format!("definer {definer}")));
                said.extend(options.leakproof.map(|leakproof| format!("leakproof {leakproof}")));
                said.extend(options.parallel.clone());
                said.extend(options.cost.as_ref().map(|cost| format!("cost {cost}")));
                said.extend(options.rows.as_ref().map(|rows| format!("rows {rows}")));
                said.extend(options.settings.iter().map(|(name, value)| format!("{name}={value:?}")));
                said.extend(options.reset_all.then(|| "reset".to_owned()));
                format!("{object} {arguments:?}: {}", said.join(" "))
            }
            Some(Operation::Rename { object, to, .. }) => format!("{object} named {to}"),
            Some(Operation::SetOwner { object, to, .. }) => format!("{object} to {to}"),
            Some(Operation::SetSchema { object, to, .. }) => format!("{object} into {to}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn arguments_make_the_identity() {
        // What stands in pg_proc.proargtypes.
        let cases = [
            ("", ""),
            ("int", "integer"),
            ("a int, b s.t", "integer, s.t"),
            (
                "IN a int DEFAULT 1 + 1, OUT b int, INOUT c text = 'x', VARIADIC d text[]",
                "integer, text, text[]",
            ),
            ("a IN int, b IN OUT text, c OUT int", "integer, text"),
            (
                "double precision, character varying(3), timestamp with time zone",
                "double precision, character varying(3), timestamp with time zone",
            ),
            ("d double precision, \"select\" numeric(10,2)", "double precision, numeric(10,2)"),
            ("name text, \"time\" time, interval", "text, time without time zone, interval"),
            ("a t.b%TYPE, anyelement", "t.b%type, anyelement"),
            ("VARIADIC \"any\"", "any"),
            ("a int = 1, b jsonb DEFAULT '{}'::jsonb", "integer, jsonb"),
        ];
        for (arguments, types) in cases {
            let text = format!("CREATE FUNCTION f({arguments}) RETURNS int LANGUAGE sql AS ''");
            assert_eq!(say(&text), format!("function f({types}) | integer | sql | - | "), "{text}");
        }
    }

    #[test]
    fn what_a_function_is_made_of() {
        let cases = [
            (
                "CREATE OR REPLACE FUNCTION s.f() RETURNS trigger AS $$\nBEGIN RETURN NEW; END $$ LANGUAGE 'plpgsql' STABLE",
                "function s.f() or replace | trigger | plpgsql | STABLE | \nBEGIN RETURN NEW; END ",
            ),
            (
                "CREATE FUNCTION f() RETURNS TABLE (a int, b s.t[]) LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE COST 5 ROWS 10.5 AS 'SELECT 1'",
                "function f() | TABLE (a integer, b s.t[]) | sql | IMMUTABLE | SELECT 1",
            ),
            (
                "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE c AS 'lib', 'symbol' WINDOW NOT LEAKPROOF SUPPORT s.g",
                "function f() | SETOF t | c | - | lib, symbol",
            ),
            (
                "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT a; SELECT (SELECT 2); END",
                "function f(integer) | integer | - | - | SELECT a; SELECT (SELECT 2);",
            ),
            (
                "CREATE FUNCTION f(a int) RETURNS int RETURN a + 1",
                "function f(integer) | integer | - | - | a + 1",
            ),
            (
                "CREATE FUNCTION f() RETURNS int SECURITY DEFINER SET search_path = '', \"$user\", x SET a.b TO on SET TIME ZONE 'UTC' SET c FROM CURRENT LANGUAGE sql AS ''",
                "function f() | integer | sql | - | ",
            ),
            (
                "CREATE FUNCTION f(OUT a int) TRANSFORM FOR TYPE x, FOR TYPE y CALLED ON NULL INPUT EXTERNAL SECURITY INVOKER LANGUAGE sql AS 'SELECT '\n'1'",
                "function f() | - | sql | - | SELECT 1",
            ),
            (
                "CREATE FUNCTION f() RETURNS int AS '' LANGUAGE sql WITH (isStrict, isCachable)",
                "function f() | integer | sql | IMMUTABLE | ",
            ),
            (
                "CREATE PROCEDURE p(a int) LANGUAGE sql AS 'SELECT 1'",
                "procedure p(integer) | - | sql | - | SELECT 1",
            ),
            (
                "CREATE AGGREGATE a(int, s.t) (SFUNC = f, STYPE = int8, INITCOND = '0', SORTOP = >, PARALLEL = SAFE, FINALFUNC_EXTRA)",
                "aggregate a(integer, s.t) | bigint | - | - | (SFUNC = f, STYPE = int8, INITCOND = '0', SORTOP = >, PARALLEL = SAFE, FINALFUNC_EXTRA)",
            ),
            (
                "CREATE OR REPLACE AGGREGATE a(*) (SFUNC = f, STYPE = t)",
                "aggregate a() or replace | t | - | - | (SFUNC = f, STYPE = t)",
            ),
            (
                "CREATE AGGREGATE a(x float8 ORDER BY y int) (SFUNC = f, STYPE = t)",
                "aggregate a(double precision, integer) | t | - | - | (SFUNC = f, STYPE = t)",
            ),
            (
                "CREATE AGGREGATE a(VARIADIC \"any\" ORDER BY VARIADIC \"any\") (SFUNC = f, STYPE = t)",
                "aggregate a(any) | t | - | - | (SFUNC = f, STYPE = t)",
            ),
            (
                "CREATE AGGREGATE a (BASETYPE = int, SFUNC = f, STYPE = t)",
                "aggregate a(integer) | t | - | - | (BASETYPE = int, SFUNC = f, STYPE = t)",
            ),
            (
                "CREATE AGGREGATE a (BASETYPE = 'ANY', SFUNC1 = f, STYPE1 = t)",
                "aggregate a() | t | - | - | (BASETYPE = 'ANY', SFUNC1 = f, STYPE1 = t)",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
    }

    #[test]
    fn alter() {
        let cases = [
            ("ALTER FUNCTION s.f(int, OUT text) RENAME TO g", "function `s.f` named g"),
            ("ALTER FUNCTION f OWNER TO o", "function `f` to o"),
            ("ALTER AGGREGATE a(*) SET SCHEMA s", "aggregate `a` into s"),
            ("ALTER AGGREGATE a(int ORDER BY text) OWNER TO o", "aggregate `a` to o"),
            (
                "ALTER PROCEDURE p(a int) SET search_path = x RESTRICT",
                "procedure `p` Some([\"integer\"]): search_path=Some(\"x\")",
            ),
            ("ALTER ROUTINE r RESET ALL STABLE COST 3", "routine `r` None: STABLE cost 3 reset"),
            ("ALTER FUNCTION f() NO DEPENDS ON EXTENSION e", "function `f`: NO DEPENDS ON EXTENSION E"),
            ("ALTER FUNCTION f() RETURNS NULL ON NULL INPUT", "function `f` Some([]): strict true"),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_function() {
        let cases = [
            ("CREATE FUNCTION f() RETURNS int LANGUAGE sql", "`AS` and the body of the function at sql"),
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql IMUTABLE AS ''",
                "an option of the function at IMUTABLE AS ''",
            ),
            (
                "CREATE FUNCTION f(integer id) RETURNS int AS ''",
                "`,`, `)` or the argument's name before its type at integer id) RETURNS int AS ''",
            ),
            ("CREATE FUNCTION f(a int,) RETURNS int AS ''", "an argument at ) RETURNS int AS ''"),
            ("CREATE FUNCTION f(a int b text) RETURNS int AS ''", "`,` or `)` at b text) RETURNS int AS ''"),
            ("CREATE FUNCTION f RETURNS int AS ''", "`(` at RETURNS int AS ''"),
            (
                "CREATE PROCEDURE p() RETURNS int LANGUAGE sql AS ''",
                "an option of the function at RETURNS int LANGUAGE sql AS ''",
            ),
            ("CREATE FUNCTION f() RETURNS TABLE (a) AS ''", "a data type at ) AS ''"),
            ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELEC 1; END", "a query at SELEC 1; END"),
            (
                "CREATE AGGREGATE a() (SFUNC = f, STYPE = t)",
                "`*` or the types of the arguments at ) (SFUNC = f, STYPE = t)",
            ),
            ("ALTER FUNCTION f() FASTER", "what to change of the function at FASTER"),
            ("ALTER AGGREGATE a(int) COST 3", "what to change of the function at 3"),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
    }
}
