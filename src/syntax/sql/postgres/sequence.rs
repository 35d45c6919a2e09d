//! Sequences.

use super::clause;
use crate::ops::{AlterSequence, CreateSequence, Guard, Op, Operation};
use crate::schema::{Ident, Name, ObjectKind, SequenceOptions};
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::lex::TokenKind;

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let mut walk = cursor.clone();
    let kind = if walk.eat("CREATE") {
        let temporary = walk.eat_any(&["TEMPORARY", "TEMP"]).is_some();
        let unlogged = !temporary && walk.eat("UNLOGGED");
        if !walk.eat("SEQUENCE") {
            return Ok(None);
        }
        create(&mut walk, temporary, unlogged)?
    } else if walk.eat_all(&["ALTER", "SEQUENCE"]) {
        alter(&mut walk)?
    } else {
        return Ok(None);
    };
    *cursor = walk;
    clause::one(cursor, first, kind)
}

fn create(cursor: &mut Cursor<'_>, temporary: bool, unlogged: bool) -> Read<Operation> {
    let guard = if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None };
    let name = cursor.name("a sequence")?;
    let options = options(cursor, false)?;
    Ok(Operation::CreateSequence(CreateSequence {
        name,
        guard,
        temporary,
        owned_by: options.owned_by.flatten(),
        unlogged,
        options: options.values,
    }))
}

fn alter(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let if_exists = cursor.if_exists();
    let name = cursor.name("a sequence")?;
    if let Some(kind) =
        clause::general(cursor, &clause::object(ObjectKind::Sequence, name.clone()), if_exists)?
    {
        return Ok(kind);
    }
    let first = cursor.at;
    if cursor.is("SET") && (cursor.nth_is(1, "LOGGED") || cursor.nth_is(1, "UNLOGGED")) {
        let logged = Some(cursor.nth_is(1, "LOGGED"));
        cursor.at += 2;
        let options = SequenceOptions::default();
        return Ok(Operation::AlterSequence(AlterSequence {
            name,
            if_exists,
            owned_by: None,
            logged,
            options,
        }));
    }
    let options = options(cursor, true)?;
    if cursor.at == first {
        return Err(cursor.unread("what to change of the sequence"));
    }
    Ok(Operation::AlterSequence(AlterSequence {
        name,
        if_exists,
        owned_by: options.owned_by,
        logged: None,
        options: options.values,
    }))
}

/// The options of a sequence.
#[derive(Default)]
pub struct Options {
    /// OWNED BY: Some(None) for NONE.
    pub owned_by: Option<Option<(Name, Ident)>>,
    /// SEQUENCE NAME, which pg_dump writes for an identity column.
    pub name: Option<Name>,
    /// The others.
    pub values: SequenceOptions,
}

/// The options of a sequence, in any order, as many as there are. `alter`: RESTART is one of them.
///
/// # Errors
/// When one of them was not understood.
pub fn options(cursor: &mut Cursor<'_>, alter: bool) -> Read<Options> {
    let mut options = Options::default();
    loop {
        let values = &mut options.values;
        if cursor.eat("AS") {
            values.ty = Some(cursor.data_type()?);
        } else if cursor.eat("INCREMENT") {
            cursor.eat("BY");
            values.increment = whole_number(cursor, &mut values.unclear)?;
        } else if cursor.eat("MINVALUE") {
            values.min = whole_number(cursor, &mut values.unclear)?.map(Some);
        } else if cursor.eat("MAXVALUE") {
            values.max = whole_number(cursor, &mut values.unclear)?.map(Some);
        } else if cursor.eat("CACHE") {
            values.cache = whole_number(cursor, &mut values.unclear)?;
        } else if cursor.eat("START") {
            cursor.eat("WITH");
            values.start = whole_number(cursor, &mut values.unclear)?;
        } else if alter && cursor.eat("RESTART") {
            let with = cursor.eat("WITH");
            let value = cursor.is_symbol("-") || cursor.nth(0).is_some_and(|token| is_number(token.kind));
            if with || value {
                clause::number(cursor)?;
            }
        } else if cursor.eat("NO") {
            match cursor.eat_any(&["MINVALUE", "MAXVALUE", "CYCLE"]) {
                Some("MINVALUE") => values.min = Some(None),
                Some("MAXVALUE") => values.max = Some(None),
                Some(_) => values.cycle = Some(false),
                None => return Err(cursor.unread("`MINVALUE`, `MAXVALUE` or `CYCLE`")),
            }
        } else if cursor.eat_all(&["OWNED", "BY"]) {
            options.owned_by = Some(owner(cursor)?);
        } else if cursor.eat_all(&["SEQUENCE", "NAME"]) {
            options.name = Some(cursor.name("a sequence")?);
        } else if cursor.eat("CYCLE") {
            values.cycle = Some(true);
        } else if cursor.eat_any(&["LOGGED", "UNLOGGED"]).is_none() {
            return Ok(options);
        }
    }
}

/// A whole number with or without a sign; None, and `unclear`, where a tool fills it in.
fn whole_number(cursor: &mut Cursor<'_>, unclear: &mut bool) -> Read<Option<i64>> {
    let first = cursor.at;
    clause::number(cursor)?;
    let text = cursor.text_between(first, cursor.at).replace([' ', '_'], "");
    let value = text.strip_prefix('+').unwrap_or(&text).parse().ok();
    *unclear |= value.is_none();
    Ok(value)
}

const fn is_number(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Number | TokenKind::Parameter | TokenKind::Placeholder)
}

/// `table.column` or NONE.
fn owner(cursor: &mut Cursor<'_>) -> Read<Option<(Name, Ident)>> {
    if cursor.is("NONE") && !cursor.nth_is_symbol(1, ".") {
        cursor.at += 1;
        return Ok(None);
    }
    let mut parts = vec![cursor.ident("a table and column")?];
    while cursor.eat_symbol(".") {
        parts.push(cursor.any_word("a column")?);
    }
    match (parts.pop(), parts.pop()) {
        (Some(column), Some(table)) => Ok(Some((Name { schema: parts.pop(), ident: table }, column))),
        _ => Err(cursor.unread("`.` and a column")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::one;
    use super::*;

    fn owner(owned_by: Option<&(Name, Ident)>) -> String {
        owned_by.map_or_else(|| "nobody".to_owned(), |(table, column)| format!("{table}.{column}"))
    }

    fn said(options: &SequenceOptions) -> String {
        let mut out = Vec::new();
        let number = |name: &str, value: Option<i64>| value.map(|value| format!("{name} {value}"));
        let bound = |name: &str, value: Option<Option<i64>>| {
            value.map(|value| value.map_or_else(|| format!("no {name}"), |value| format!("{name} {value}")))
        };
        out.extend(options.ty.as_ref().map(|ty| format!("as {ty}")));
        out.extend(number("start", options.start));
        out.extend(number("increment", options.increment));
        out.extend(bound("min", options.min));
        out.extend(bound("max", options.max));
        out.extend(number("cache", options.cache));
        out.extend(options.cycle.map(|cycle| if cycle { "cycle" } else { "no cycle" }.to_owned()));
        format!("[{}]", out.join(", "))
    }

    fn say(text: &str) -> String {
        match one(text).as_deref() {
            Ok([Op { kind: Operation::CreateSequence(create), .. }]) => {
                let (guard, temporary) = (create.guard, create.temporary);
                let owner = owner(create.owned_by.as_ref());
                format!("{:?} {guard:?} {temporary} {owner} {}", create.name, said(&create.options))
            }
            Ok([Op { kind: Operation::AlterSequence(alter), .. }]) => {
                let owner = alter.owned_by.as_ref().map(|to| owner(to.as_ref()));
                format!("{:?} {} {owner:?} {}", alter.name, alter.if_exists, said(&alter.options))
            }
            Ok([Op { kind: Operation::SetOwner { object, to, .. }, .. }]) => format!("{object} to {to}"),
            Ok([Op { kind: Operation::Rename { object, to, if_exists, .. }, .. }]) => {
                format!("{object} named {to} {if_exists}")
            }
            Ok([Op { kind: Operation::SetSchema { object, to, .. }, .. }]) => format!("{object} into {to}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn create_and_alter() {
        let cases = [
            ("CREATE SEQUENCE s", "s None false nobody []"),
            ("CREATE TEMP SEQUENCE IF NOT EXISTS s", "s IfNotExists true nobody []"),
            // The order in which pg_dump writes them.
            (
                "CREATE SEQUENCE public.s\n    AS integer\n    START WITH 1\n    INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n    CACHE 1",
                "public.s None false nobody [as integer, start 1, increment 1, no min, no max, cache 1]",
            ),
            (
                "create sequence s increment -5 minvalue -9 maxvalue 9 start 2 cycle owned by a.t.c",
                "s None false a.t.c [start 2, increment -5, min -9, max 9, cycle]",
            ),
            ("CREATE UNLOGGED SEQUENCE s OWNED BY NONE", "s None false nobody []"),
            ("ALTER SEQUENCE IF EXISTS s RESTART", "s true None []"),
            ("ALTER SEQUENCE s RESTART WITH 10 NO CYCLE", "s false None [no cycle]"),
            ("ALTER SEQUENCE s OWNED BY t.c", "s false Some(\"t.c\") []"),
            ("ALTER SEQUENCE s OWNED BY NONE", "s false Some(\"nobody\") []"),
            ("ALTER SEQUENCE s SET UNLOGGED", "s false None []"),
            ("ALTER SEQUENCE s OWNER TO CURRENT_USER", "sequence `s` to CURRENT_USER"),
            ("ALTER SEQUENCE IF EXISTS s RENAME TO \"S\"", "sequence `s` named S true"),
            ("ALTER SEQUENCE a.s SET SCHEMA b", "sequence `a.s` into b"),
            ("CREATE SEQUENCE s START WITH", "Err((\"a number\", \"WITH\"))"),
            ("CREATE SEQUENCE s OWNED BY t", "Err((\"`.` and a column\", \"t\"))"),
            ("CREATE SEQUENCE s RESTART", "Err((\"the end of the statement\", \"RESTART\"))"),
            (
                "ALTER SEQUENCE s INCREMENTS BY 2",
                "Err((\"what to change of the sequence\", \"INCREMENTS BY 2\"))",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(say(text), expected, "{text}");
        }
    }
}
