//! Clauses that many statements share: roles, options, settings, operators, and the changes that any object takes.

use std::collections::BTreeMap;

use crate::ops::{Op, Operation};
use crate::schema::{Ident, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::cursor::{Cursor, Read, is_reserved};
use crate::syntax::sql::dml;
use crate::syntax::sql::lex::TokenKind;

/// An object that belongs to no table.
pub const fn object(kind: ObjectKind, name: Name) -> ObjectRef {
    ObjectRef { kind, name, on: None }
}

/// An object that has no name of its own but is told by what it is made of: a cast, a user mapping.
pub fn described(kind: ObjectKind, text: String) -> ObjectRef {
    object(kind, Name::bare(Ident::exact(text)))
}

/// The one operation of a statement that began at token `first`.
pub fn one(cursor: &Cursor<'_>, first: usize, kind: Operation) -> Read<Option<Vec<Op>>> {
    Ok(Some(vec![Op { kind, span: cursor.span_from(first) }]))
}

/// RENAME TO, OWNER TO, SET SCHEMA: None where something else is next.
///
/// # Errors
/// When one of them is next, and something in it was not understood.
pub fn general(cursor: &mut Cursor<'_>, object: &ObjectRef, if_exists: bool) -> Read<Option<Operation>> {
    if cursor.eat_all(&["RENAME", "TO"]) {
        let to = cursor.ident("a new name")?;
        return Ok(Some(Operation::Rename { object: object.clone(), arguments: None, to, if_exists }));
    }
    if cursor.eat_all(&["OWNER", "TO"]) {
        return Ok(Some(Operation::SetOwner { object: object.clone(), arguments: None, to: role(cursor)? }));
    }
    if cursor.eat_all(&["SET", "SCHEMA"]) {
        let to = cursor.ident("a schema")?;
        return Ok(Some(Operation::SetSchema { object: object.clone(), arguments: None, to, if_exists }));
    }
    Ok(None)
}

/// An ALTER that changes nothing that is compared: all that was read since token `first` says what.
pub fn alter_other(cursor: &Cursor<'_>, object: ObjectRef, first: usize) -> Operation {
    Operation::AlterOther { object, what: capitals(cursor, first, cursor.at) }
}

/// Tokens `first..last` in single spaces, their words in capitals.
pub fn capitals(cursor: &Cursor<'_>, first: usize, last: usize) -> String {
    let mut out = String::new();
    let mut end = None;
    for token in &cursor.tokens[first..last.min(cursor.tokens.len())] {
        if end.is_some_and(|end| end < token.span.start) {
            out.push(' ');
        }
        let text = cursor.text_of(*token);
        if token.kind == TokenKind::Word {
            out.push_str(&text.to_ascii_uppercase());
        } else {
            out.push_str(text);
        }
        end = Some(token.span.end);
    }
    out
}

/// A role: a name, or CURRENT_USER and its kin.
///
/// # Errors
/// When none is next.
pub fn role(cursor: &mut Cursor<'_>) -> Read<String> {
    if let Some(word) = cursor.eat_any(&["CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"]) {
        return Ok(word.to_owned());
    }
    Ok(cursor.ident("a role")?.text().to_owned())
}

/// `a, b`: roles.
///
/// # Errors
/// When none is next.
pub fn roles(cursor: &mut Cursor<'_>) -> Read<Vec<String>> {
    cursor.list(role)
}

/// CASCADE or RESTRICT, if one is next: whether CASCADE.
pub fn cascade(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat("CASCADE") || {
        cursor.eat("RESTRICT");
        false
    }
}

/// A number with or without a sign, or what will be filled in as one.
///
/// # Errors
/// When none is next.
pub fn number(cursor: &mut Cursor<'_>) -> Read<()> {
    if !cursor.eat_symbol("-") {
        cursor.eat_symbol("+");
    }
    match cursor.nth(0).map(|token| token.kind) {
        Some(TokenKind::Number | TokenKind::Parameter | TokenKind::Placeholder) => {
            cursor.at += 1;
            Ok(())
        }
        _ => Err(cursor.unread("a number")),
    }
}

/// The name of an option in lower case, and the tokens of its value.
pub type Attribute = (String, Option<(usize, usize)>);

/// `(name = value, name, …)`: storage parameters, or what a type, an operator or an aggregate is made of.
///
/// # Errors
/// When it is not there.
pub fn definition(cursor: &mut Cursor<'_>) -> Read<Vec<Attribute>> {
    cursor.expect_symbol("(")?;
    let all = cursor.list(|cursor| {
        let mut name = cursor.any_word("an option")?.text().to_ascii_lowercase();
        while cursor.eat_symbol(".") {
            name = format!("{name}.{}", cursor.any_word("an option")?.text().to_ascii_lowercase());
        }
        if !cursor.eat_symbol("=") {
            return Ok((name, None));
        }
        let first = cursor.at;
        value(cursor)?;
        Ok((name, Some((first, cursor.at))))
    })?;
    cursor.expect_symbol(")")?;
    Ok(all)
}

/// `(name = value, …)` as names in lower case with their values: without quotes, in lower case, `true` where none is written.
///
/// # Errors
/// When it is not there.
pub fn parameters(cursor: &mut Cursor<'_>) -> Read<BTreeMap<String, String>> {
    let all = definition(cursor)?;
    Ok(all.into_iter().map(|(name, value)| (name, parameter(cursor, value))).collect())
}

/// The value of a parameter as text.
pub fn parameter(cursor: &Cursor<'_>, value: Option<(usize, usize)>) -> String {
    let Some((first, last)) = value else { return "true".to_owned() };
    let text = cursor.text_between(first, last).to_ascii_lowercase();
    let text = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(&text);
    match text {
        "on" => "true".to_owned(),
        "off" => "false".to_owned(),
        _ => text.to_owned(),
    }
}

/// The value of an option: a string, a number, a word, an operator, a type or a function's name.
fn value(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.is_string() {
        return cursor.string().map(|_| ());
    }
    if cursor.is("OPERATOR") && cursor.nth_is_symbol(1, "(") {
        cursor.at += 2;
        operator(cursor)?;
        return cursor.expect_symbol(")");
    }
    let Some(token) = cursor.nth(0) else { return Err(cursor.unread("a value")) };
    match token.kind {
        TokenKind::Number | TokenKind::Parameter | TokenKind::Placeholder => {
            cursor.at += 1;
            Ok(())
        }
        TokenKind::Symbol if matches!(cursor.text_of(token), "-" | "+") && !cursor.nth_is_symbol(1, ",") => {
            if cursor.nth_is_symbol(1, ")") {
                operator(cursor).map(|_| ())
            } else {
                number(cursor)
            }
        }
        TokenKind::Symbol => operator(cursor).map(|_| ()),
        TokenKind::Word if is_reserved(cursor.text_of(token)) || cursor.is("NONE") => {
            cursor.at += 1;
            Ok(())
        }
        TokenKind::Word | TokenKind::Quoted => cursor.data_type().map(|_| ()),
        TokenKind::String
        | TokenKind::EscapeString
        | TokenKind::PrefixString
        | TokenKind::Dollar
        | TokenKind::Comment
        | TokenKind::Meta => Err(cursor.unread("a value")),
    }
}

/// An operator, with or without its schema.
///
/// # Errors
/// When none is next.
pub fn operator(cursor: &mut Cursor<'_>) -> Read<Name> {
    let mut schema = None;
    while cursor.nth_is_symbol(1, ".") {
        schema = Some(cursor.any_word("an operator")?);
        cursor.at += 1;
    }
    match cursor.nth(0) {
        Some(token)
            if token.kind == TokenKind::Symbol
                && cursor.text_of(token) != "=>"
                && cursor.text_of(token).bytes().all(|byte| b"+-*/<>=~!@#%^&|`?".contains(&byte)) =>
        {
            cursor.at += 1;
            Ok(Name { schema, ident: Ident::exact(cursor.text_of(token)) })
        }
        _ => Err(cursor.unread("an operator")),
    }
}

/// `OPTIONS ([ADD | SET | DROP] name 'value', …)`, if it is next.
///
/// # Errors
/// When it is next, and something in it was not understood.
pub fn foreign_options(cursor: &mut Cursor<'_>) -> Read<bool> {
    if !cursor.eat("OPTIONS") {
        return Ok(false);
    }
    cursor.expect_symbol("(")?;
    cursor.list(|cursor| {
        let named = |cursor: &Cursor<'_>| {
            cursor.nth(1).is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))
        };
        let drop = cursor.is("DROP") && named(cursor);
        if drop || (cursor.is_any(&["ADD", "SET"]) && named(cursor)) {
            cursor.at += 1;
        }
        cursor.any_word("an option")?;
        if drop {
            return Ok(());
        }
        if cursor.nth(0).is_some_and(|token| token.kind == TokenKind::Parameter) {
            cursor.at += 1;
            return Ok(());
        }
        cursor.string().map(|_| ())
    })?;
    cursor.expect_symbol(")")?;
    Ok(true)
}

/// SET and RESET of a function, a role or a database.
pub enum Setting {
    /// The setting in lower case, with its value as text without quotes; None for RESET and FROM CURRENT.
    Given(String, Option<String>),
    /// RESET ALL.
    ResetAll,
}

/// `SET name = value` or `RESET name` of a function, a role or a database, if it is next.
///
/// # Errors
/// When it is next, and something in it was not understood.
pub fn setting(cursor: &mut Cursor<'_>) -> Read<Option<Setting>> {
    let reset = cursor.is("RESET");
    if !reset && !cursor.is("SET") {
        return Ok(None);
    }
    cursor.at += 1;
    if reset && cursor.eat("ALL") {
        return Ok(Some(Setting::ResetAll));
    }
    let words: &[&[&str]] =
        &[&["TIME", "ZONE"], &["SESSION", "AUTHORIZATION"], &["XML", "OPTION"], &["ROLE"], &["NAMES"]];
    let special = words.iter().find(|words| {
        cursor.is_all(words) && !cursor.nth_is(words.len(), "TO") && !cursor.nth_is_symbol(words.len(), "=")
    });
    let first = cursor.at;
    match special {
        Some(words) => cursor.at += words.len(),
        None => {
            cursor.ident("a setting")?;
            while cursor.eat_symbol(".") {
                cursor.any_word("a setting")?;
            }
        }
    }
    let name = match special {
        Some(&["TIME", "ZONE"]) => "timezone".to_owned(),
        Some(_) | None => cursor.text_between(first, cursor.at).to_ascii_lowercase().replace('"', ""),
    };
    if reset || cursor.eat_all(&["FROM", "CURRENT"]) {
        return Ok(Some(Setting::Given(name, None)));
    }
    if special.is_none() && !cursor.eat("TO") && !cursor.eat_symbol("=") {
        return Err(cursor.unread("`TO`"));
    }
    let values = cursor.list(|cursor| {
        if cursor.is_string() {
            return cursor.string();
        }
        let first = cursor.at;
        if cursor.is_ident() || cursor.is_any(&["TRUE", "FALSE", "ON", "DEFAULT"]) {
            return cursor.any_word("a value").map(|word| word.text().to_owned());
        }
        number(cursor)?;
        Ok(cursor.text_between(first, cursor.at))
    })?;
    Ok(Some(Setting::Given(name, Some(values.join(", ")))))
}

/// Reads a statement behind its first words.
pub type Reader = fn(&mut Cursor<'_>) -> Read<Operation>;

/// The operation of the first of `statements` whose words are next; None where none is.
///
/// # Errors
/// When one is, and something in it was not understood.
pub fn dispatch(cursor: &mut Cursor<'_>, statements: &[(&[&str], Reader)]) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let Some((words, read)) = statements.iter().find(|(words, _)| cursor.is_all(words)) else {
        return Ok(None);
    };
    cursor.at += words.len();
    let kind = read(cursor)?;
    one(cursor, first, kind)
}

/// Steps over the next token, with what is in brackets behind it where it opens some.
pub fn step(cursor: &mut Cursor<'_>) {
    let mut ahead = cursor.clone();
    match ahead.group() {
        Ok(_) => cursor.at = ahead.at,
        Err(_) => cursor.at += 1,
    }
}

/// Holds the queries in brackets among tokens `first..last`, which are an expression, to their own grammar.
///
/// # Errors
/// When something in one of them is not understood.
pub fn subqueries(cursor: &Cursor<'_>, first: usize, last: usize) -> Read<()> {
    let mut walk = cursor.inside(first, last);
    while !walk.is_end() {
        let exists = walk.is("EXISTS") && walk.nth_is_symbol(1, "(");
        walk.at += usize::from(exists);
        let query =
            walk.is_symbol("(") && ["SELECT", "WITH", "VALUES"].iter().any(|word| walk.nth_is(1, word));
        if query || exists {
            let (from, to) = walk.group()?;
            dml::inner(cursor, from, to)?;
        } else {
            walk.at += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::table::tests::one;
    use super::*;
    use crate::ops::Guard;

    /// What the statements of the rarer kinds come to, short enough for a table.
    pub fn say(text: &str) -> String {
        match one(text) {
            Ok(ops) => ops.iter().map(|op| say_one(&op.kind)).collect::<Vec<_>>().join("; "),
            Err((expected, rest)) => format!("{expected} at {rest}"),
        }
    }

    fn say_one(kind: &Operation) -> String {
        let said = |guard: &Guard| match guard {
            Guard::None => "",
            Guard::IfNotExists => " if not exists",
            Guard::IfExists => " if exists",
            Guard::OrReplace => " or replace",
        };
        match kind {
            Operation::CreateOther { object, guard, .. } => format!("{object}{}", said(guard)),
            Operation::AlterOther { object, what } => format!("{object}: {what}"),
            Operation::Rename { object, to, .. } => format!("{object} named {to}"),
            Operation::SetOwner { object, to, .. } => format!("{object} to {to}"),
            Operation::SetSchema { object, to, .. } => format!("{object} into {to}"),
            Operation::Comment { object, text, .. } => format!("{object}: {text:?}"),
            Operation::Privilege { what, .. } | Operation::Other { verb: what } => what.clone(),
            Operation::CreateExtension { name, guard, schema } => {
                format!("{name}{} {schema:?}", said(guard))
            }
            Operation::CreateSchema { name, guard } => format!("schema {name:?}{}", said(guard)),
            Operation::CreateTable(table) => format!("table {} foreign {}", table.name, table.foreign),
            Operation::CreateView(view) => format!("view {}", view.name),
            Operation::CreateIndex(index) => format!("index on {}", index.table),
            Operation::CreatePublication { name, publication } => {
                format!("publication `{name}`{}", published(publication))
            }
            Operation::AlterPublication { name, change } => {
                use crate::ops::AlterPublication as A;
                let change = match change {
                    A::Add(all) => format!("add{}", members(all)),
                    A::Drop(all) => format!("drop{}", members(all)),
                    A::Set(all) => format!("set{}", members(all)),
                    A::Options(options) => format!("{options:?}"),
                };
                format!("publication `{name}`: {change}")
            }
            other => format!("{other:?}"),
        }
    }

    fn published(publication: &crate::schema::Publication) -> String {
        let mut out = if publication.all_tables { " all".to_owned() } else { String::new() };
        out.push_str(&members(&publication.members));
        for (name, value) in &publication.options {
            out.push_str(&format!(" {name}={value}"));
        }
        out
    }

    fn members(members: &[crate::schema::Published]) -> String {
        let mut out = String::new();
        for member in members {
            match member {
                crate::schema::Published::Table(name, columns, filter) => {
                    let columns: Vec<&str> = columns.iter().map(|column| column.text()).collect();
                    let filter = if filter.is_some() { " where" } else { "" };
                    out.push_str(&format!(" {name}({}){filter}", columns.join(",")));
                }
                crate::schema::Published::Schema(schema) => out.push_str(&format!(" in {schema:?}")),
            }
        }
        out
    }

    /// Each statement with what it comes to.
    pub fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(say(text), *expected, "{text}");
        }
    }
}
