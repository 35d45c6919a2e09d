//! Sequences.

use super::clause;
use crate::ops::{AlterSequence, CreateSequence, Guard, Op, Operation};
use crate::schema::{Ident, Name, ObjectKind};
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
        if !temporary {
            walk.eat("UNLOGGED");
        }
        if !walk.eat("SEQUENCE") {
            return Ok(None);
        }
        create(&mut walk, temporary)?
    } else if walk.eat_all(&["ALTER", "SEQUENCE"]) {
        alter(&mut walk)?
    } else {
        return Ok(None);
    };
    *cursor = walk;
    clause::one(cursor, first, kind)
}

fn create(cursor: &mut Cursor<'_>, temporary: bool) -> Read<Operation> {
    let guard = if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None };
    let name = cursor.name("a sequence")?;
    let options = options(cursor, false)?;
    Ok(Operation::CreateSequence(CreateSequence {
        name,
        guard,
        temporary,
        owned_by: options.owned_by.flatten(),
        options: options.words,
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
        cursor.at += 2;
        let options = vec![clause::capitals(cursor, first, cursor.at)];
        return Ok(Operation::AlterSequence(AlterSequence { name, if_exists, owned_by: None, options }));
    }
    let options = options(cursor, true)?;
    if cursor.at == first {
        return Err(cursor.unread("what to change of the sequence"));
    }
    Ok(Operation::AlterSequence(AlterSequence {
        name,
        if_exists,
        owned_by: options.owned_by,
        options: options.words,
    }))
}

/// The options of a sequence.
#[derive(Default)]
pub struct Options {
    /// OWNED BY: Some(None) for NONE.
    pub owned_by: Option<Option<(Name, Ident)>>,
    /// All of them, in capitals and single spaces.
    pub words: Vec<String>,
}

/// The options of a sequence, in any order, as many as there are. `alter`: RESTART is one of them.
///
/// # Errors
/// When one of them was not understood.
pub fn options(cursor: &mut Cursor<'_>, alter: bool) -> Read<Options> {
    let mut options = Options::default();
    loop {
        let first = cursor.at;
        if cursor.eat("AS") {
            cursor.data_type()?;
        } else if cursor.eat("INCREMENT") {
            cursor.eat("BY");
            clause::number(cursor)?;
        } else if cursor.eat_any(&["MINVALUE", "MAXVALUE", "CACHE"]).is_some() {
            clause::number(cursor)?;
        } else if cursor.eat("START") {
            cursor.eat("WITH");
            clause::number(cursor)?;
        } else if alter && cursor.eat("RESTART") {
            let with = cursor.eat("WITH");
            let value = cursor.is_symbol("-") || cursor.nth(0).is_some_and(|token| is_number(token.kind));
            if with || value {
                clause::number(cursor)?;
            }
        } else if cursor.eat("NO") {
            if cursor.eat_any(&["MINVALUE", "MAXVALUE", "CYCLE"]).is_none() {
                return Err(cursor.unread("`MINVALUE`, `MAXVALUE` or `CYCLE`"));
            }
        } else if cursor.eat_all(&["OWNED", "BY"]) {
            options.owned_by = Some(owner(cursor)?);
        } else if cursor.eat_all(&["SEQUENCE", "NAME"]) {
            cursor.name("a sequence")?;
        } else if cursor.eat_any(&["CYCLE", "LOGGED", "UNLOGGED"]).is_none() {
            return Ok(options);
        }
        options.words.push(clause::capitals(cursor, first, cursor.at));
    }
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

    fn say(text: &str) -> String {
        match one(text).as_deref() {
            Ok([Op { kind: Operation::CreateSequence(create), .. }]) => {
                let (guard, temporary) = (create.guard, create.temporary);
                let owner = owner(create.owned_by.as_ref());
                format!("{:?} {guard:?} {temporary} {owner} {:?}", create.name, create.options)
            }
            Ok([Op { kind: Operation::AlterSequence(alter), .. }]) => {
                let owner = alter.owned_by.as_ref().map(|to| owner(to.as_ref()));
                format!("{:?} {} {owner:?} {:?}", alter.name, alter.if_exists, alter.options)
            }
            Ok([Op { kind: Operation::SetOwner { object, to }, .. }]) => format!("{object} to {to}"),
            Ok([Op { kind: Operation::Rename { object, to, if_exists }, .. }]) => {
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
                "public.s None false nobody [\"AS INTEGER\", \"START WITH 1\", \"INCREMENT BY 1\", \"NO MINVALUE\", \"NO MAXVALUE\", \"CACHE 1\"]",
            ),
            (
                "create sequence s increment -5 minvalue -9 maxvalue 9 start 2 cycle owned by a.t.c",
                "s None false a.t.c [\"INCREMENT -5\", \"MINVALUE -9\", \"MAXVALUE 9\", \"START 2\", \"CYCLE\", \"OWNED BY A.T.C\"]",
            ),
            ("CREATE UNLOGGED SEQUENCE s OWNED BY NONE", "s None false nobody [\"OWNED BY NONE\"]"),
            ("ALTER SEQUENCE IF EXISTS s RESTART", "s true None [\"RESTART\"]"),
            ("ALTER SEQUENCE s RESTART WITH 10 NO CYCLE", "s false None [\"RESTART WITH 10\", \"NO CYCLE\"]"),
            ("ALTER SEQUENCE s OWNED BY t.c", "s false Some(\"t.c\") [\"OWNED BY T.C\"]"),
            ("ALTER SEQUENCE s OWNED BY NONE", "s false Some(\"nobody\") [\"OWNED BY NONE\"]"),
            ("ALTER SEQUENCE s SET UNLOGGED", "s false None [\"SET UNLOGGED\"]"),
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
