//! Sequences.

use super::clause;
use crate::ops::{AlterSequence, CreateSequence, Guard, Op, Operation};
use crate::schema::{Ident, Name, ObjectKind};
use crate::syntax::sql::cursor::{Cursor, Read};

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
    if let Some(kind) = clause::general(cursor, &clause::object(ObjectKind::Sequence, name.clone()), if_exists)? {
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
        } else if !cursor.eat("CYCLE") && !cursor.eat_any(&["LOGGED", "UNLOGGED"]).is_some() {
            return Ok(options);
        }
        options.words.push(clause::capitals(cursor, first, cursor.at));
    }
}

fn is_number(kind: crate::syntax::sql::TokenKind) -> bool {
    use crate::syntax::sql::TokenKind;
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
