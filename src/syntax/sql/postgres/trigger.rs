//! What fires or filters at a table: triggers, policies, rules, event triggers.

use super::{clause, expression, function};
use crate::ops::{AlterPolicy, CreatePolicy, CreateTrigger, Guard, Op, Operation};
use crate::schema::{Detail, Event, Expr, Ident, Name, ObjectKind, ObjectRef, Policy, Rule, Timing, Trigger};
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
            create_trigger(&mut walk, guard, false)?
        } else if walk.eat_all(&["CONSTRAINT", "TRIGGER"]) {
            create_trigger(&mut walk, guard, true)?
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

fn create_trigger(cursor: &mut Cursor<'_>, guard: Guard, constraint: bool) -> Read<Operation> {
    let name = Name::bare(cursor.ident("a trigger")?);
    let mut ahead = cursor.clone();
    let Some(timing) = timing(&mut ahead).filter(|timing| !constraint || *timing == Timing::After) else {
        return Err(cursor.unread("`BEFORE`, `AFTER` or `INSTEAD OF`"));
    };
    cursor.at = ahead.at;
    let mut trigger = Trigger { timing, ..Trigger::default() };
    loop {
        let event = match cursor.eat_any(&["INSERT", "DELETE", "UPDATE", "TRUNCATE"]) {
            Some("INSERT") => Event::Insert,
            Some("DELETE") => Event::Delete,
            Some("TRUNCATE") => Event::Truncate,
            Some(_) => {
                if cursor.eat("OF") {
                    trigger.update_of.extend(cursor.list(|cursor| cursor.ident("a column"))?);
                }
                Event::Update
            }
            None => return Err(cursor.unread("`INSERT`, `UPDATE`, `DELETE` or `TRUNCATE`")),
        };
        trigger.events.push(event);
        if !cursor.eat("OR") {
            break;
        }
    }
    trigger.events.sort();
    trigger.events.dedup();
    cursor.expect("ON")?;
    let table = cursor.name("a table")?;
    if constraint && cursor.eat("FROM") {
        trigger.from = Some(cursor.name("a table")?);
    }
    if constraint {
        trigger.constraint = Some(deferrable(cursor)?);
    } else {
        referencing(cursor, &mut trigger)?;
    }
    if cursor.eat("FOR") {
        cursor.eat("EACH");
        match cursor.eat_any(&["ROW", "STATEMENT"]) {
            Some(word) => trigger.each_row = word == "ROW",
            None => return Err(cursor.unread("`ROW` or `STATEMENT`")),
        }
    }
    if cursor.eat("WHEN") {
        trigger.when = Some(expression::group(cursor)?);
    }
    let executes_function = cursor.nth_is(1, "FUNCTION");
    execute(cursor, &mut trigger)?;
    Ok(Operation::CreateTrigger(Box::new(CreateTrigger {
        name,
        table,
        guard,
        temporary: false,
        trigger,
        executes_function,
    })))
}

fn timing(cursor: &mut Cursor<'_>) -> Option<Timing> {
    if cursor.eat_all(&["INSTEAD", "OF"]) {
        return Some(Timing::InsteadOf);
    }
    cursor
        .eat_any(&["BEFORE", "AFTER"])
        .map(|word| if word == "BEFORE" { Timing::Before } else { Timing::After })
}

/// DEFERRABLE and its kin, in any order, without those that hold anyway.
fn deferrable(cursor: &mut Cursor<'_>) -> Read<Vec<String>> {
    let (mut deferrable, mut deferred) = (false, false);
    loop {
        if cursor.eat("INITIALLY") {
            match cursor.eat_any(&["DEFERRED", "IMMEDIATE"]) {
                Some(word) => deferred = word == "DEFERRED",
                None => return Err(cursor.unread("`DEFERRED` or `IMMEDIATE`")),
            }
        } else if cursor.eat("DEFERRABLE") {
            deferrable = true;
        } else if !cursor.eat_all(&["NOT", "DEFERRABLE"]) {
            break;
        }
    }
    // What is deferred can be deferred.
    let words = [(deferrable || deferred, "DEFERRABLE"), (deferred, "INITIALLY DEFERRED")];
    Ok(words.iter().filter(|(said, _)| *said).map(|(_, word)| (*word).to_owned()).collect())
}

/// `REFERENCING {OLD | NEW} TABLE [AS] name …`.
fn referencing(cursor: &mut Cursor<'_>, trigger: &mut Trigger) -> Read<()> {
    if !cursor.eat("REFERENCING") {
        return Ok(());
    }
    loop {
        let Some(word) = cursor.eat_any(&["OLD", "NEW"]) else {
            return Err(cursor.unread("`OLD` or `NEW`"));
        };
        cursor.expect("TABLE")?;
        cursor.eat("AS");
        let name = Some(cursor.ident("a name")?);
        if word == "OLD" {
            trigger.transition.0 = name;
        } else {
            trigger.transition.1 = name;
        }
        if !cursor.is_any(&["OLD", "NEW"]) {
            return Ok(());
        }
    }
}

/// `EXECUTE {FUNCTION | PROCEDURE} name(constants)`.
fn execute(cursor: &mut Cursor<'_>, trigger: &mut Trigger) -> Read<()> {
    expect_execute(cursor)?;
    trigger.function = Some(cursor.name("a function")?);
    cursor.expect_symbol("(")?;
    if !cursor.is_symbol(")") {
        trigger.arguments = cursor.list(trigger_argument)?;
    }
    cursor.expect_symbol(")")
}

fn expect_execute(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.expect("EXECUTE")?;
    match cursor.eat_any(&["FUNCTION", "PROCEDURE"]) {
        Some(_) => Ok(()),
        None => Err(cursor.unread("`FUNCTION` or `PROCEDURE`")),
    }
}

/// What a trigger hands to its function: a constant, or a word that becomes one.
fn trigger_argument(cursor: &mut Cursor<'_>) -> Read<String> {
    if cursor.is_string() {
        return cursor.string();
    }
    let first = cursor.at;
    match cursor.nth(0).map(|token| token.kind) {
        Some(TokenKind::Word | TokenKind::Quoted) => {
            cursor.any_word("an argument").map(|word| word.text().to_owned())
        }
        _ => clause::number(cursor).map(|()| cursor.text_between(first, cursor.at)),
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
    Ok(Operation::Rename { object, arguments: None, to: cursor.ident("a new name")?, if_exists })
}

fn create_policy(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let name = cursor.ident("a policy")?;
    cursor.expect("ON")?;
    let table = cursor.name("a table")?;
    let mut policy = Policy { command: "ALL".to_owned(), ..Policy::default() };
    if cursor.eat("AS") {
        match cursor.eat_any(&["PERMISSIVE", "RESTRICTIVE"]) {
            Some(word) => policy.restrictive = word == "RESTRICTIVE",
            None => return Err(cursor.unread("`PERMISSIVE` or `RESTRICTIVE`")),
        }
    }
    if cursor.eat("FOR") {
        match cursor.eat_any(&["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]) {
            Some(word) => word.clone_into(&mut policy.command),
            None => return Err(cursor.unread("`ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`")),
        }
    }
    let said = who_and_what(cursor)?;
    policy.roles = said.roles.unwrap_or_else(|| vec!["public".to_owned()]);
    (policy.using, policy.check) = (said.using, said.check);
    Ok(Operation::CreatePolicy(Box::new(CreatePolicy { name, table, policy })))
}

/// For whom a policy is, and what it lets through.
struct Said {
    roles: Option<Vec<String>>,
    using: Option<Expr>,
    check: Option<Expr>,
}

/// `[TO roles] [USING (…)] [WITH CHECK (…)]`.
fn who_and_what(cursor: &mut Cursor<'_>) -> Read<Said> {
    let mut said = Said { roles: None, using: None, check: None };
    if cursor.eat("TO") {
        let mut roles = clause::roles(cursor)?;
        roles.sort();
        // Everybody is everybody, whoever else is named (source: `policy_role_list_to_array` in PostgreSQL's policy.c).
        if roles.iter().any(|role| role == "public") {
            roles = vec!["public".to_owned()];
        }
        said.roles = Some(roles);
    }
    let first = cursor.at;
    if cursor.eat("USING") {
        said.using = Some(expression::group(cursor)?);
    }
    if cursor.eat_all(&["WITH", "CHECK"]) {
        said.check = Some(expression::group(cursor)?);
    }
    clause::subqueries(cursor, first, cursor.at)?;
    Ok(said)
}

fn alter_policy(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let if_exists = cursor.if_exists();
    let object = on_table(cursor, ObjectKind::Policy)?;
    if if_exists || cursor.is("RENAME") {
        return rename(cursor, object, if_exists);
    }
    let first = cursor.at;
    let Said { roles, using, check } = who_and_what(cursor)?;
    match object.on {
        Some(table) if cursor.at > first => {
            let name = object.name.ident;
            Ok(Operation::AlterPolicy(Box::new(AlterPolicy { name, table, roles, using, check })))
        }
        Some(_) | None => Err(cursor.unread("what to change of the policy")),
    }
}

fn create_rule(cursor: &mut Cursor<'_>, guard: Guard) -> Read<Operation> {
    let name = cursor.ident("a rule")?;
    cursor.expect_all(&["AS", "ON"])?;
    let Some(event) = cursor.eat_any(&["SELECT", "INSERT", "UPDATE", "DELETE"]) else {
        return Err(cursor.unread("`SELECT`, `INSERT`, `UPDATE` or `DELETE`"));
    };
    let mut rule = Rule { event: event.to_owned(), ..Rule::default() };
    cursor.expect("TO")?;
    let table = cursor.name("a table")?;
    if cursor.eat("WHERE") {
        let first = cursor.at;
        rule.when = Some(expression::whole(cursor)?);
        clause::subqueries(cursor, first, cursor.at)?;
    }
    cursor.expect("DO")?;
    rule.instead = cursor.eat_any(&["ALSO", "INSTEAD"]) == Some("INSTEAD");
    if cursor.eat("NOTHING") {
        "NOTHING".clone_into(&mut rule.action);
    } else {
        let inside =
            if cursor.is_symbol("(") { cursor.clone().group()? } else { (cursor.at, cursor.tokens.len()) };
        let whole = cursor.skip_rest();
        // Brackets around all of it hold several commands; around a part of it they are a query's own.
        let inside = if inside.1 + 1 == whole.1 { inside } else { whole };
        if inside.0 == inside.1 && inside == whole {
            return Err(cursor.unread("what the rule does"));
        }
        commands(cursor, inside)?;
        rule.action = cursor.text_between(inside.0, inside.1);
    }
    Ok(Operation::CreateRule { name, table, guard, rule: Box::new(rule) })
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
    let first = cursor.at;
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
    let detail = Box::new(Detail::Text(cursor.text_between(first, cursor.at)));
    Ok(Operation::CreateOther { object, guard: Guard::None, detail })
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
    use super::super::table::tests::{brief, names, one};
    use super::*;

    fn say(text: &str) -> String {
        let ops = match one(text) {
            Ok(ops) => ops,
            Err((expected, rest)) => return format!("{expected} at {rest}"),
        };
        match ops.into_iter().next().map(|op| op.kind) {
            Some(Operation::CreateTrigger(trigger)) => {
                let CreateTrigger { name, table, guard, trigger, .. } = *trigger;
                let events: Vec<&str> = trigger.events.iter().map(|event| event.keyword()).collect();
                let when = trigger.when.as_ref().map_or_else(String::new, brief);
                let function = trigger.function.map(|function| function.to_string()).unwrap_or_default();
                format!(
                    "{name} {} {} on {table} {guard:?} {:?} ({}) {} {when} {function}({}) {:?}",
                    trigger.timing.keywords(),
                    events.join("/"),
                    trigger.constraint,
                    names(&trigger.update_of),
                    if trigger.each_row { "row" } else { "statement" },
                    trigger.arguments.join(","),
                    trigger.transition,
                )
            }
            Some(Operation::CreatePolicy(policy)) => {
                let CreatePolicy { name, table, policy } = *policy;
                let said = |expr: Option<Expr>| expr.as_ref().map_or_else(|| "-".to_owned(), brief);
                let kind = if policy.restrictive { "restrictive " } else { "" };
                format!(
                    "{name} on {table}: {kind}{} to {} | {} | {}",
                    policy.command,
                    policy.roles.join(","),
                    said(policy.using),
                    said(policy.check)
                )
            }
            Some(Operation::AlterPolicy(policy)) => {
                let said = |expr: &Option<Expr>| expr.as_ref().map_or_else(|| "-".to_owned(), brief);
                format!(
                    "{} on {}: {:?} | {} | {}",
                    policy.name,
                    policy.table,
                    policy.roles,
                    said(&policy.using),
                    said(&policy.check)
                )
            }
            Some(Operation::CreateRule { name, table, guard, rule }) => {
                let when = rule.when.as_ref().map_or_else(|| "-".to_owned(), brief);
                let instead = if rule.instead { "instead " } else { "" };
                format!("{name} on {table} {guard:?} {} {when} {instead}{}", rule.event, rule.action)
            }
            Some(Operation::CreateOther { object, guard, .. }) => format!("{object} {guard:?}"),
            Some(Operation::AlterOther { object, what }) => format!("{object}: {what}"),
            Some(Operation::Rename { object, to, if_exists, .. }) => {
                format!("{object} named {to} {if_exists}")
            }
            Some(Operation::SetOwner { object, to, .. }) => format!("{object} to {to}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn triggers() {
        let cases = [
            (
                "CREATE TRIGGER g BEFORE INSERT OR UPDATE OF a, \"B\" OR DELETE ON s.t FOR EACH ROW WHEN (NEW.a IS DISTINCT FROM OLD.a) EXECUTE FUNCTION s.f('x', 1, y)",
                "g BEFORE INSERT/DELETE/UPDATE on s.t None None (a,B) row (IS DISTINCT FROM new.a old.a) s.f(x,1,y) (None, None)",
            ),
            (
                "CREATE OR REPLACE TRIGGER g INSTEAD OF INSERT ON v EXECUTE PROCEDURE f()",
                "g INSTEAD OF INSERT on v OrReplace None () statement  f() (None, None)",
            ),
            (
                "CREATE TRIGGER g AFTER TRUNCATE ON t FOR STATEMENT EXECUTE FUNCTION f()",
                "g AFTER TRUNCATE on t None None () statement  f() (None, None)",
            ),
            (
                "CREATE TRIGGER g AFTER UPDATE ON t REFERENCING OLD TABLE AS o NEW TABLE n FOR EACH STATEMENT EXECUTE FUNCTION f()",
                "g AFTER UPDATE on t None None () statement  f() (Some(\"o\"), Some(\"n\"))",
            ),
            (
                "CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM u INITIALLY DEFERRED DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f()",
                "g AFTER INSERT on t None Some([\"DEFERRABLE\", \"INITIALLY DEFERRED\"]) () row  f() (None, None)",
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
            ("CREATE POLICY p ON s.t", "p on s.t: ALL to public | - | -"),
            (
                "CREATE POLICY \"P 1\" ON t AS RESTRICTIVE FOR UPDATE\n  TO PUBLIC, current_user USING (a > 0) WITH CHECK (EXISTS (SELECT 1 FROM u WHERE u.b = c))",
                "P 1 on t: restrictive UPDATE to public | (> a 0) | query EXISTS (SELECT 1 FROM u WHERE u.b = c)",
            ),
            ("ALTER POLICY p ON t RENAME TO q", "policy `p` of `t` named q false"),
            ("ALTER POLICY IF EXISTS p ON t RENAME TO q", "policy `p` of `t` named q true"),
            ("ALTER POLICY p ON t TO a USING (true)", "p on t: Some([\"a\"]) | true | -"),
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
            ("CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING", "r on t None INSERT - instead NOTHING"),
            (
                "CREATE OR REPLACE RULE \"_RETURN\" AS ON SELECT TO s.v DO INSTEAD SELECT * FROM t",
                "_RETURN on s.v OrReplace SELECT - instead SELECT * FROM t",
            ),
            (
                "CREATE RULE r AS ON UPDATE TO t WHERE OLD.a <> NEW.a DO ALSO (INSERT INTO l VALUES (OLD.a); NOTIFY t)",
                "r on t None UPDATE (<> old.a new.a) INSERT INTO l VALUES (OLD.a); NOTIFY t",
            ),
            (
                "CREATE RULE r AS ON DELETE TO t DO (SELECT 1) UNION (SELECT 2)",
                "r on t None DELETE - (SELECT 1) UNION (SELECT 2)",
            ),
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
