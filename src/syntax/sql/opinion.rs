//! A second opinion on what our token-level parsers took: `sqlparser` must take it too, once what it does not know is out of its way.

use super::bridge::{self, Given};
use super::cursor::{Cursor, Read, is_reserved};
use super::lex::{Token, TokenKind};
use crate::schema::Dialect;

/// Longer statements are data: nobody looks at all of it.
const LONGEST: usize = 2_000;

/// The tokens from `first` on, without those `own`, must be a statement.
///
/// # Errors
/// When they are none: what was expected where.
pub fn check(cursor: &Cursor<'_>, first: usize, own: &[(usize, usize)]) -> Read<()> {
    let mut tokens: Vec<Given> = Vec::new();
    let mut own: Vec<(usize, usize)> = own.iter().filter(|(from, to)| from < to).copied().collect();
    own.sort_unstable();
    let mut at = first;
    let given = |token: &Token| Given { token: *token, instead: None };
    for (from, to) in own {
        if from >= at {
            tokens.extend(cursor.between(at, from).iter().map(given));
        }
        at = at.max(to);
    }
    tokens.extend(cursor.between(at, cursor.tokens.len()).iter().map(given));
    if tokens.is_empty() || tokens.len() > LONGEST {
        return Ok(());
    }
    let Some(unread) = bridge::statement_error(cursor, &tokens) else { return Ok(()) };
    let plainer = plainer(cursor, &tokens);
    if plainer.len() == tokens.len() && plainer.iter().all(|given| given.instead.is_none()) {
        return Err(unread);
    }
    bridge::statement_error(cursor, &plainer).map_or(Ok(()), Err)
}

/// The same without the constructs of the dialect that `sqlparser` does not know.
fn plainer(cursor: &Cursor<'_>, tokens: &[Given]) -> Vec<Given> {
    let kept: Vec<Token> = tokens.iter().map(|given| given.token).collect();
    let mut walk = Cursor { tokens: &kept, at: 0, ..cursor.clone() };
    let mut out: Vec<Given> = Vec::with_capacity(kept.len());
    while let Some(token) = walk.nth(0) {
        let instead = match cursor.dialect {
            Dialect::Postgres => postgres(&mut walk, &mut out),
            Dialect::Sqlite => sqlite(&mut walk, &out),
            Dialect::Mysql => plain_word(&walk),
        };
        match instead {
            Step::Keep => out.push(Given { token, instead: None }),
            Step::Instead(text) => out.push(Given { token, instead: Some(text) }),
            // The walk has been moved on already.
            Step::Drop => continue,
        }
        walk.at += 1;
    }
    out
}

/// What becomes of the token at the cursor.
enum Step {
    Keep,
    Instead(&'static str),
    /// It is left out; the cursor stands behind what is left out.
    Drop,
}

/// Functions whose arguments have a grammar of their own (source: PostgreSQL manual, chapters 9.15, 9.16 and 9.4).
const OWN_GRAMMAR: &[&str] = &[
    "xmlelement",
    "xmltable",
    "xmlserialize",
    "xmlroot",
    "xmlparse",
    "xmlpi",
    "xmlexists",
    "xmlforest",
    "json_table",
    "json_query",
    "json_value",
    "json_exists",
    "json_object",
    "json_array",
    "json_objectagg",
    "json_arrayagg",
    "json_serialize",
    "json_scalar",
    "json",
    "substring",
    "overlay",
    "normalize",
    "trim",
    "position",
];

fn postgres(walk: &mut Cursor<'_>, out: &mut Vec<Given>) -> Step {
    let drop = |walk: &mut Cursor<'_>, to: usize| {
        walk.at = to;
        Step::Drop
    };
    let Some(token) = walk.nth(0) else { return Step::Keep };
    let before = out.last().map(|given| given.token);
    match token.kind {
        TokenKind::Word => {}
        TokenKind::Symbol if in_subqueries(walk, before, out) => return Step::Drop,
        TokenKind::Symbol => return symbol(walk, before),
        _ => return Step::Keep,
    }
    let word = |walk: &Cursor<'_>, words: &[&str]| words.iter().any(|word| walk.is(word));
    if walk.is("COLLATE") {
        let mut after = walk.clone();
        after.at += 1;
        if after.name("a collation").is_ok() {
            return drop(walk, after.at);
        }
    }
    if word(walk, &["ISNULL", "NOTNULL"]) && before.is_some_and(|before| is_operand(walk, before)) {
        let to = walk.at + 1;
        return drop(walk, to);
    }
    let follows = |walk: &Cursor<'_>, words: &[&str]| {
        before.is_some_and(|before| words.iter().any(|word| walk.text_of(before).eq_ignore_ascii_case(word)))
    };
    let only = walk.is("ONLY") && follows(walk, &["FROM", "JOIN", "USING", "INTO"]);
    if walk.is("VARIADIC") || only || (walk.is("SYMMETRIC") && follows(walk, &["BETWEEN"])) {
        let to = walk.at + 1;
        return drop(walk, to);
    }
    // `date '2020-01-01'`, and any other type before its constant.
    let constant = walk.nth(1).is_some_and(|next| next.kind == TokenKind::String);
    if constant && !is_reserved(walk.text_of(token)) && !before.is_some_and(|before| is_operand(walk, before))
    {
        let to = walk.at + 1;
        return drop(walk, to);
    }
    // `FOR NO KEY UPDATE`, `FOR KEY SHARE`
    let strength: &[&[&str]] = &[&["NO", "KEY", "UPDATE"], &["KEY", "SHARE"]];
    if let Some(words) = strength.iter().find(|words| walk.is_all(words)).filter(|_| follows(walk, &["FOR"]))
    {
        let to = walk.at + words.len() - 1;
        return drop(walk, to);
    }
    // `FETCH FIRST (3) ROWS`, as PostgreSQL prints it.
    if walk.is("FETCH")
        && (walk.nth_is(1, "FIRST") || walk.nth_is(1, "NEXT"))
        && walk.nth_is_symbol(2, "(")
        && walk.nth_is_symbol(4, ")")
        && let Some(first) = walk.nth(1)
        && let Some(number) = walk.nth(3)
    {
        out.extend([token, first, number].map(|token| Given { token, instead: None }));
        let to = walk.at + 5;
        return drop(walk, to);
    }
    if walk.is_all(&["COLLATION", "FOR"]) && walk.nth_is_symbol(2, "(") {
        let mut after = walk.clone();
        after.at += 2;
        if after.group().is_ok() {
            return call(walk, after.at, out);
        }
    }
    // `f() AS (a int, b text)`
    if walk.is("AS") && walk.nth_is_symbol(1, "(") && follows(walk, &[")"]) {
        const QUERIES: &[&str] =
            &["SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE"];
        let mut after = walk.clone();
        after.at += 1;
        if let Ok((first, _)) = after.group() {
            let inside = Cursor { at: first, ..walk.clone() };
            if !inside.is_any(QUERIES) && !inside.is_symbol("(") {
                return drop(walk, after.at);
            }
        }
    }
    if walk.is("UESCAPE") && walk.nth(1).is_some_and(|next| next.kind == TokenKind::String) {
        let to = walk.at + 2;
        return drop(walk, to);
    }
    if walk.is_all(&["ROWS", "FROM"]) && walk.nth_is_symbol(2, "(") {
        let mut after = walk.clone();
        after.at += 2;
        if after.group().is_ok() {
            return call(walk, after.at, out);
        }
    }
    if OWN_GRAMMAR.iter().any(|name| walk.is(name)) && walk.nth_is_symbol(1, "(") {
        let mut after = walk.clone();
        after.at += 1;
        if after.group().is_ok() {
            return call(walk, after.at, out);
        }
    }
    if word(walk, &["ROWS", "RANGE", "GROUPS"]) {
        let mut after = walk.clone();
        after.at += 1;
        let (first, last) = after.skip_until(|_| false);
        after.at = first;
        let frame = after.is_any(&["BETWEEN", "UNBOUNDED", "CURRENT"])
            || last.checked_sub(1).is_some_and(|last| {
                let mut last = Cursor { at: last, ..walk.clone() };
                last.eat_any(&["PRECEDING", "FOLLOWING", "ROW", "TIES", "GROUP", "OTHERS"]).is_some()
            });
        let closes = Cursor { at: last, ..walk.clone() };
        if frame && first < last && closes.is_symbol(")") {
            return drop(walk, last);
        }
    }
    if walk.is("CURRENT") && walk.nth_is(1, "OF") && walk.nth(2).is_some() {
        let to = walk.at + 2;
        return drop(walk, to);
    }
    if walk.is("AS") && before.is_some_and(|before| walk.text_of(before) == ")") && is_join_using(walk, out) {
        let to = walk.at + 2;
        return drop(walk, to);
    }
    Step::Keep
}

/// `IN ((SELECT …), (SELECT …))`.
fn in_subqueries(walk: &mut Cursor<'_>, before: Option<Token>, out: &mut Vec<Given>) -> bool {
    let list = walk.is_symbol("(")
        && walk.nth_is_symbol(1, "(")
        && walk.nth_is(2, "SELECT")
        && before.is_some_and(|before| walk.text_of(before).eq_ignore_ascii_case("IN"));
    let Some(token) = walk.nth(0).filter(|_| list) else { return false };
    if walk.group().is_err() {
        return false;
    }
    out.extend(["(", "x", ")"].map(|text| Given { token, instead: Some(text) }));
    true
}

/// Puts the call of some function in the place of the tokens up to `to`.
fn call(walk: &mut Cursor<'_>, to: usize, out: &mut Vec<Given>) -> Step {
    if let Some(token) = walk.nth(0) {
        out.extend(["x", "(", ")"].map(|text| Given { token, instead: Some(text) }));
    }
    walk.at = to;
    Step::Drop
}

fn symbol(walk: &mut Cursor<'_>, before: Option<Token>) -> Step {
    let text = walk.nth(0).map_or("", |token| walk.text_of(token));
    let operand = before.is_some_and(|before| is_operand(walk, before));
    match text {
        // `(row).*`, `t.*::text`
        "." if walk.nth_is_symbol(1, "*") => {
            let call = before.is_some_and(|before| walk.text_of(before) == ")");
            if call || walk.nth_is_symbol(2, "::") {
                walk.at += 2;
                return Step::Drop;
            }
            Step::Keep
        }
        // `a[1:n]`
        "[" if operand => {
            let mut after = walk.clone();
            after.at += 1;
            let (first, last) = after.skip_until(|cursor| cursor.is_symbol("]"));
            let slice = walk.between(first, last).iter().any(|token| walk.text_of(*token) == ":");
            if slice && after.eat_symbol("]") {
                walk.at = after.at;
                return Step::Drop;
            }
            Step::Keep
        }
        "(" | ")" | "[" | "]" | "," | ";" | "." | "::" | ":=" | ":" | "=>" | "{" | "}" => Step::Keep,
        _ if operand && ["ANY", "ALL", "SOME"].iter().any(|word| walk.nth_is(1, word)) => Step::Instead("="),
        "*" | "+" | "-" | "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" | "||" | "/" | "%" => Step::Keep,
        _ if operand => Step::Instead("+"),
        _ => Step::Instead("-"),
    }
}

/// Whether an expression can end with this token.
fn is_operand(walk: &Cursor<'_>, token: Token) -> bool {
    let text = walk.text_of(token);
    match token.kind {
        TokenKind::Symbol => matches!(text, ")" | "]"),
        TokenKind::Word => {
            !is_reserved(text)
                || ["null", "true", "false", "end", "current_date", "current_timestamp", "current_user"]
                    .iter()
                    .any(|word| text.eq_ignore_ascii_case(word))
        }
        TokenKind::Quoted
        | TokenKind::Number
        | TokenKind::String
        | TokenKind::EscapeString
        | TokenKind::PrefixString
        | TokenKind::Dollar
        | TokenKind::Parameter
        | TokenKind::Placeholder => true,
        TokenKind::Comment | TokenKind::Meta => false,
    }
}

/// Whether the brackets that were just closed are those of `JOIN … USING (…)`.
fn is_join_using(walk: &Cursor<'_>, out: &[Given]) -> bool {
    let open = out.iter().rposition(|given| walk.text_of(given.token) == "(");
    open.and_then(|open| open.checked_sub(1))
        .is_some_and(|before| walk.text_of(out[before].token).eq_ignore_ascii_case("USING"))
}

/// Words that start a construct for `sqlparser`, and name a column in SQLite and MySQL.
fn plain_word(walk: &Cursor<'_>) -> Step {
    let constant = walk.nth(1).is_some_and(|next| {
        !matches!(next.kind, TokenKind::Symbol | TokenKind::Word) || matches!(walk.text_of(next), "(" | "[")
    });
    if !constant && walk.is_any(&["INTERVAL", "ARRAY", "STRUCT", "MAP", "PRIOR"]) {
        return Step::Instead("x");
    }
    Step::Keep
}

fn sqlite(walk: &mut Cursor<'_>, out: &[Given]) -> Step {
    if matches!(plain_word(walk), Step::Instead(_)) {
        return Step::Instead("x");
    }
    let before = out.last().map(|given| given.token);
    if walk.is_any(&["GLOB", "REGEXP", "MATCH"]) && !walk.nth_is_symbol(1, "(") {
        return Step::Instead("LIKE");
    }
    if walk.is_any(&["ISNULL", "NOTNULL"]) {
        walk.at += 1;
        return Step::Drop;
    }
    if walk.is_all(&["INDEXED", "BY"]) {
        walk.at += 3;
        return Step::Drop;
    }
    if walk.is_all(&["NOT", "INDEXED"])
        || walk.is_all(&["NOT", "NULL"]) && before.is_some_and(|before| is_operand(walk, before))
    {
        walk.at += 2;
        return Step::Drop;
    }
    if walk.is("IS")
        && !walk.nth_is(1, "NULL")
        && !walk.nth_is(1, "DISTINCT")
        && !walk.is_all(&["IS", "NOT", "NULL"])
    {
        // `a IS b` compares.
        walk.at += usize::from(walk.nth_is(1, "NOT"));
        return Step::Instead("=");
    }
    Step::Keep
}
