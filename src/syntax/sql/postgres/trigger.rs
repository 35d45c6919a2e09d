//! What fires or filters at a table: triggers, policies, rules, event triggers.

use super::{clause, expression, function};
use crate::ops::{CreatePolicy, CreateTrigger, Guard, Op, Operation};
use crate::schema::{Ident, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::dml;
use crate::syntax::sql::lex::TokenKind;

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let mut walk = cursor.clone();
    let kind = if walk.eat("CREATE") {
        let guard = if walk.eat_all(&["OR", "REPLACE"]) { Guard::OrReplace } else { Guard::None };
        if walk.eat("TRIGGER") {
            create_trigger(&mut walk, first, guard, false)?
        } else if walk.eat_all(&["CONSTRAINT", "TRIGGER"]) {
            create_trigger(&mut walk, first, guard, true)?
        } else if walk.eat("RULE") {
            create_rule(&mut walk, guard)?
        } else if guard == Guard::None && walk.eat("POLICY") {
            create_policy(&mut walk)?
        } else if guard == Guard::None && walk.eat_all(&["EVENT", "TRIGGER"]) {
            create_event_trigger(&mut walk)?
        } else {
            return Ok(None);
        }
    } else if walk.eat("ALTER") {
        if walk.eat("TRIGGER") {
            alter_trigger(&mut walk)?
        } else if walk.eat("POLICY") {
            alter_policy(&mut walk)?
        } else if walk.eat("RULE") {
            alter_rule(&mut walk)?
        } else if walk.eat_all(&["EVENT", "TRIGGER"]) {
            alter_event_trigger(&mut walk)?
        } else {
            return Ok(None);
        }
    } else {
        return Ok(None);
    };
    *cursor = walk;
    clause::one(cursor, first, kind)
}

fn create_trigger(cursor: &mut Cursor<'_>, first: usize, guard: Guard, constraint: bool) -> Read<Operation> {
    let name = Name::bare(cursor.ident("a trigger")?);
    let timing = if constraint { cursor.eat("AFTER") } else { timing(cursor) };
    if !timing {
        return Err(cursor.unread("`BEFORE`, `AFTER` or `INSTEAD OF`"));
    }
    let mut update_of = Vec::new();
    loop {
        match cursor.eat_any(&["INSERT", "DELETE", "UPDATE", "TRUNCATE"]) {
            Some("UPDATE") if cursor.eat("OF") => {
                update_of.extend(cursor.list(|cursor| cursor.ident("a column"))?);
            }
            Some(_) => {}
            None => return Err(cursor.unread("`INSERT`, `UPDATE`, `DELETE` or `TRUNCATE`")),
        }
        if !cursor.eat("OR") {
            break;
        }
    }
    cursor.expect("ON")?;
    let table = cursor.name("a table")?;
    if constraint && cursor.eat("FROM") {
        cursor.name("a table")?;
    }
    if constraint {
        deferrable(cursor)?;
    } else {
        referencing(cursor)?;
    }
    if cursor.eat("FOR") {
        cursor.eat("EACH");
        if cursor.eat_any(&["ROW", "STATEMENT"]).is_none() {
            return Err(cursor.unread("`ROW` or `STATEMENT`"));
        }
    }
    if cursor.eat("WHEN") {
        expression::group(cursor)?;
    }
    let function = execute(cursor)?;
    Ok(Operation::CreateTrigger(Box::new(CreateTrigger {
        name,
        table,
        guard,
        temporary: false,
        constraint,
        update_of,
        function: Some(function),
        definition: cursor.text_between(first, cursor.at),
    })))
}

fn timing(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("BEFORE") || cursor.eat("AFTER") || cursor.eat_all(&["INSTEAD", "OF"])
}

/// DEFERRABLE and its kin, in any order.
fn deferrable(cursor: &mut Cursor<'_>) -> Read<()> {
    loop {
        if cursor.eat("INITIALLY") {
            if cursor.eat_any(&["DEFERRED", "IMMEDIATE"]).is_none() {
                return Err(cursor.unread("`DEFERRED` or `IMMEDIATE`"));
            }
        } else if !cursor.eat("DEFERRABLE") && !cursor.eat_all(&["NOT", "DEFERRABLE"]) {
            return Ok(());
        }
    }
}

/// `REFERENCING {OLD | NEW} TABLE [AS] name …`.
fn referencing(cursor: &mut Cursor<'_>) -> Read<()> {
    if !cursor.eat("REFERENCING") {
        return Ok(());
    }
    loop {
        if cursor.eat_any(&["OLD", "NEW"]).is_none() {
            return Err(cursor.unread("`OLD` or `NEW`"));
        }
        cursor.expect("TABLE")?;
        cursor.eat("AS");
        cursor.ident("a name")?;
        if !cursor.is_any(&["OLD", "NEW"]) {
            return Ok(());
        }
    }
}

/// `EXECUTE {FUNCTION | PROCEDURE} name(constants)`.
fn execute(cursor: &mut Cursor<'_>) -> Read<Name> {
    expect_execute(cursor)?;
    let function = cursor.name("a function")?;
    cursor.expect_symbol("(")?;
    if !cursor.is_symbol(")") {
        cursor.list(trigger_argument)?;
    }
    cursor.expect_symbol(")")?;
    Ok(function)
}

fn expect_execute(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.expect("EXECUTE")?;
    match cursor.eat_any(&["FUNCTION", "PROCEDURE"]) {
        Some(_) => Ok(()),
        None => Err(cursor.unread("`FUNCTION` or `PROCEDURE`")),
    }
}

/// What a trigger hands to its function: a constant, or a word that becomes one.
fn trigger_argument(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.is_string() {
        return cursor.string().map(|_| ());
    }
    match cursor.nth(0).map(|token| token.kind) {
        Some(TokenKind::Word | TokenKind::Quoted) => cursor.any_word("an argument").map(|_| ()),
        _ => clause::number(cursor),
    }
}

/// `name ON table` of a trigger, a policy or a rule.
///
/// # Errors
/// When it is not there.
pub fn on_table(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Read<ObjectRef> {
    let name = Name::bare(cursor.ident("a name")?);
    cursor.expect("ON")?;
    Ok(ObjectRef { kind, name, on: Some(cursor.name("a table")?) })
}

fn alter_trigger(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = on_table(cursor, ObjectKind::Trigger)?;
    let first = cursor.at;
    if function::depends(cursor)? {
        return Ok(clause::alter_other(cursor, object, first));
    }
    rename(cursor, object, false)
}

fn rename(cursor: &mut Cursor<'_>, object: ObjectRef, if_exists: bool) -> Read<Operation> {
    cursor.expect_all(&["RENAME", "TO"])?;
    Ok(Operation::Rename { object, to: cursor.ident("a new name")?, if_exists })
}

fn create_policy(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let name = cursor.ident("a policy")?;
    cursor.expect("ON")?;
    let table = cursor.name("a table")?;
    let first = cursor.at;
    if cursor.eat("AS") && cursor.eat_any(&["PERMISSIVE", "RESTRICTIVE"]).is_none() {
        return Err(cursor.unread("`PERMISSIVE` or `RESTRICTIVE`"));
    }
    if cursor.eat("FOR") && cursor.eat_any(&["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]).is_none() {
        return Err(cursor.unread("`ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`"));
    }
    let words = who_and_what(cursor)?;
    let definition = cursor.text_between(first, cursor.at);
    Ok(Operation::CreatePolicy(Box::new(CreatePolicy { name, table, definition, words })))
}

/// `[TO roles] [USING (…)] [WITH CHECK (…)]`: the words in the conditions.
fn who_and_what(cursor: &mut Cursor<'_>) -> Read<Vec<String>> {
    if cursor.eat("TO") {
        clause::roles(cursor)?;
    }
    let first = cursor.at;
    if cursor.eat("USING") {
        expression::group(cursor)?;
    }
    if cursor.eat_all(&["WITH", "CHECK"]) {
        expression::group(cursor)?;
    }
    clause::subqueries(cursor, first, cursor.at)?;
    Ok(cursor.words_between(first, cursor.at))
}

fn alter_policy(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let if_exists = cursor.if_exists();
    let object = on_table(cursor, ObjectKind::Policy)?;
    if if_exists || cursor.is("RENAME") {
        return rename(cursor, object, if_exists);
    }
    let first = cursor.at;
    who_and_what(cursor)?;
    if cursor.at == first {
        return Err(cursor.unread("what to change of the policy"));
    }
    Ok(clause::alter_other(cursor, object, first))
}

fn create_rule(cursor: &mut Cursor<'_>, guard: Guard) -> Read<Operation> {
    let name = cursor.ident("a rule")?;
    cursor.expect_all(&["AS", "ON"])?;
    if cursor.eat_any(&["SELECT", "INSERT", "UPDATE", "DELETE"]).is_none() {
        return Err(cursor.unread("`SELECT`, `INSERT`, `UPDATE` or `DELETE`"));
    }
    cursor.expect("TO")?;
    let table = cursor.name("a table")?;
    if cursor.eat("WHERE") {
        let first = cursor.at;
        expression::whole(cursor)?;
        clause::subqueries(cursor, first, cursor.at)?;
    }
    cursor.expect("DO")?;
    cursor.eat_any(&["ALSO", "INSTEAD"]);
    if !cursor.eat("NOTHING") {
        let inside =
            if cursor.is_symbol("(") { cursor.clone().group()? } else { (cursor.at, cursor.tokens.len()) };
        let whole = cursor.skip_rest();
        // Brackets around all of it hold several commands; around a part of it they are a query's own.
        let inside = if inside.1 + 1 == whole.1 { inside } else { whole };
        if inside.0 == inside.1 && inside == whole {
            return Err(cursor.unread("what the rule does"));
        }
        commands(cursor, inside)?;
    }
    Ok(Operation::CreateRule { name, table, guard })
}

/// What a rule does: commands with semicolons between them.
fn commands(cursor: &Cursor<'_>, (first, last): (usize, usize)) -> Read<()> {
    let mut inside = cursor.inside(first, last);
    loop {
        while inside.eat_symbol(";") {}
        if inside.is_end() {
            return Ok(());
        }
        let (from, to) = function::statement(&mut inside);
        let mut command = inside.clone();
        command.at = from;
        if !command.is("NOTIFY") {
            dml::inner(cursor, from, to)?;
        }
    }
}

fn alter_rule(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = on_table(cursor, ObjectKind::Rule)?;
    rename(cursor, object, false)
}

fn event_trigger(name: Ident) -> ObjectRef {
    clause::object(ObjectKind::EventTrigger, Name::bare(name))
}

fn create_event_trigger(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = event_trigger(cursor.ident("an event trigger")?);
    cursor.expect("ON")?;
    cursor.any_word("an event")?;
    if cursor.eat("WHEN") {
        loop {
            cursor.ident("a variable")?;
            cursor.expect("IN")?;
            cursor.expect_symbol("(")?;
            cursor.list(Cursor::string)?;
            cursor.expect_symbol(")")?;
            if !cursor.eat("AND") {
                break;
            }
        }
    }
    expect_execute(cursor)?;
    cursor.name("a function")?;
    cursor.expect_symbol("(")?;
    cursor.expect_symbol(")")?;
    Ok(Operation::CreateOther { object, guard: Guard::None })
}

fn alter_event_trigger(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let object = event_trigger(cursor.ident("an event trigger")?);
    if let Some(kind) = clause::general(cursor, &object, false)? {
        return Ok(kind);
    }
    let first = cursor.at;
    if cursor.eat("ENABLE") {
        cursor.eat_any(&["REPLICA", "ALWAYS"]);
    } else if !cursor.eat("DISABLE") {
        return Err(cursor.unread("`ENABLE` or `DISABLE`"));
    }
    Ok(clause::alter_other(cursor, object, first))
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{names, one};
    use super::*;

    fn say(text: &str) -> String {
        let ops = match one(text) {
            Ok(ops) => ops,
            Err((expected, rest)) => return format!("{expected} at {rest}"),
        };
        match ops.into_iter().next().map(|op| op.kind) {
            Some(Operation::CreateTrigger(trigger)) => {
                assert_eq!(
                    trigger.definition.split_whitespace().collect::<Vec<_>>().join(" "),
                    trigger.definition
                );
                let CreateTrigger { name, table, guard, constraint, update_of, function, .. } = *trigger;
                let function = function.map(|function| function.to_string()).unwrap_or_default();
                format!("{name} on {table} {guard:?} {constraint} ({}) {function}", names(&update_of))
            }
            Some(Operation::CreatePolicy(policy)) => {
                format!("{} on {}: {} {:?}", policy.name, policy.table, policy.definition, policy.words)
            }
            Some(Operation::CreateRule { name, table, guard }) => format!("{name} on {table} {guard:?}"),
            Some(Operation::CreateOther { object, guard }) => format!("{object} {guard:?}"),
            Some(Operation::AlterOther { object, what }) => format!("{object}: {what}"),
            Some(Operation::Rename { object, to, if_exists }) => format!("{object} named {to} {if_exists}"),
            Some(Operation::SetOwner { object, to }) => format!("{object} to {to}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn triggers() {
        let cases = [
            (
                "CREATE TRIGGER g BEFORE INSERT OR UPDATE OF a, \"B\" OR DELETE ON s.t FOR EACH ROW WHEN (NEW.a IS DISTINCT FROM OLD.a) EXECUTE FUNCTION s.f('x', 1, y)",
                "g on s.t None false (a,B) s.f",
            ),
            (
                "CREATE OR REPLACE TRIGGER g INSTEAD OF INSERT ON v EXECUTE PROCEDURE f()",
                "g on v OrReplace false () f",
            ),
            (
                "CREATE TRIGGER g AFTER TRUNCATE ON t FOR STATEMENT EXECUTE FUNCTION f()",
                "g on t None false () f",
            ),
            (
                "CREATE TRIGGER g AFTER UPDATE ON t REFERENCING OLD TABLE AS o NEW TABLE n FOR EACH STATEMENT EXECUTE FUNCTION f()",
                "g on t None false () f",
            ),
            (
                "CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM u INITIALLY DEFERRED DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f()",
                "g on t None true () f",
            ),
            ("ALTER TRIGGER g ON s.t RENAME TO h", "trigger `g` of `s.t` named h false"),
            ("ALTER TRIGGER g ON t DEPENDS ON EXTENSION e", "trigger `g` of `t`: DEPENDS ON EXTENSION E"),
            (
                "CREATE TRIGGER g ON t EXECUTE FUNCTION f()",
                "`BEFORE`, `AFTER` or `INSTEAD OF` at ON t EXECUTE FUNCTION f()",
            ),
            (
                "CREATE TRIGGER g AFTER INSERT, UPDATE ON t EXECUTE FUNCTION f()",
                "`ON` at , UPDATE ON t EXECUTE FUNCTION f()",
            ),
            (
                "CREATE TRIGGER g AFTER INSERT ON t FOR ROWS EXECUTE FUNCTION f()",
                "`ROW` or `STATEMENT` at ROWS EXECUTE FUNCTION f()",
            ),
            ("CREATE TRIGGER g AFTER INSERT ON t EXECUTE f()", "`FUNCTION` or `PROCEDURE` at f()"),
            ("CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f", "`(` at f"),
            (
                "CREATE TRIGGER g AFTER INSERT ON t WHEN NEW.a EXECUTE FUNCTION f()",
                "`(` at NEW.a EXECUTE FUNCTION f()",
            ),
            (
                "CREATE CONSTRAINT TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f()",
                "`BEFORE`, `AFTER` or `INSTEAD OF` at BEFORE INSERT ON t EXECUTE FUNCTION f()",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
    }

    #[test]
    fn policies() {
        let cases = [
            ("CREATE POLICY p ON s.t", "p on s.t:  []"),
            (
                "CREATE POLICY \"P 1\" ON t AS RESTRICTIVE FOR UPDATE\n  TO PUBLIC, current_user USING (a > 0) WITH CHECK (EXISTS (SELECT 1 FROM u WHERE u.b = c))",
                "P 1 on t: AS RESTRICTIVE FOR UPDATE TO PUBLIC, current_user USING (a > 0) WITH CHECK (EXISTS (SELECT 1 FROM u WHERE u.b = c)) [\"a\", \"b\", \"c\", \"exists\", \"u\"]",
            ),
            ("ALTER POLICY p ON t RENAME TO q", "policy `p` of `t` named q false"),
            ("ALTER POLICY IF EXISTS p ON t RENAME TO q", "policy `p` of `t` named q true"),
            ("ALTER POLICY p ON t TO a USING (true)", "policy `p` of `t`: TO A USING (TRUE)"),
            (
                "CREATE POLICY p ON t FOR TRUNCATE",
                "`ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE` at TRUNCATE",
            ),
            ("CREATE POLICY p ON t WITH CHECK (a) USING (b)", "the end of the statement at USING (b)"),
            (
                "CREATE POLICY p ON t USING (a IN (SELECT b FORM c WHERE d))",
                "the end of the statement at c WHERE d))",
            ),
            ("CREATE POLICY p ON t USING (EXISTS (SELEC 1 FROM u))", "a query at SELEC 1 FROM u))"),
            ("ALTER POLICY p ON t", "what to change of the policy at t"),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
    }

    #[test]
    fn rules_and_event_triggers() {
        let cases = [
            ("CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING", "r on t None"),
            (
                "CREATE OR REPLACE RULE \"_RETURN\" AS ON SELECT TO s.v DO INSTEAD SELECT * FROM t",
                "_RETURN on s.v OrReplace",
            ),
            (
                "CREATE RULE r AS ON UPDATE TO t WHERE OLD.a <> NEW.a DO ALSO (INSERT INTO l VALUES (OLD.a); NOTIFY t)",
                "r on t None",
            ),
            ("CREATE RULE r AS ON DELETE TO t DO (SELECT 1) UNION (SELECT 2)", "r on t None"),
            ("ALTER RULE r ON t RENAME TO q", "rule `r` of `t` named q false"),
            ("CREATE RULE r AS ON INSERT TO t DO INSTEAD", "what the rule does at INSTEAD"),
            (
                "CREATE RULE r AS ON TRUNCATE TO t DO NOTHING",
                "`SELECT`, `INSERT`, `UPDATE` or `DELETE` at TRUNCATE TO t DO NOTHING",
            ),
            (
                "CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'x') AND y IN ('z') EXECUTE FUNCTION f()",
                "event trigger `e` None",
            ),
            ("ALTER EVENT TRIGGER e ENABLE ALWAYS", "event trigger `e`: ENABLE ALWAYS"),
            ("ALTER EVENT TRIGGER e DISABLE", "event trigger `e`: DISABLE"),
            ("ALTER EVENT TRIGGER e OWNER TO o", "event trigger `e` to o"),
            ("ALTER EVENT TRIGGER e RENAME TO f", "event trigger `e` named f false"),
            ("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f('x')", "`)` at 'x')"),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
    }
}
