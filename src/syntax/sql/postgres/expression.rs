//! Where an expression ends, and whether it is one: operands and operators in turn, as PostgreSQL's grammar has them.

use super::clause;
use crate::schema::Expr;
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::lex::TokenKind;

/// Brackets deeper than this are only matched: every level costs stack.
const DEEPEST: u32 = 200;

/// An expression as most places take it (`a_expr` of the grammar): up to what cannot belong to it.
///
/// # Errors
/// When none is next.
pub fn whole(cursor: &mut Cursor<'_>) -> Read<Expr> {
    let first = cursor.at;
    walk(cursor, Words::All, DEEPEST)?;
    cursor.expr(first, cursor.at)
}

/// An expression as DEFAULT of a column takes it (`b_expr`): without NOT, AND, IS NULL, COLLATE and their kin, which
/// would swallow the constraint that follows.
///
/// # Errors
/// When none is next.
pub fn restricted(cursor: &mut Cursor<'_>) -> Read<Expr> {
    let first = cursor.at;
    walk(cursor, Words::Few, DEEPEST)?;
    cursor.expr(first, cursor.at)
}

/// The expression inside the `( … )` that is next.
///
/// # Errors
/// When there is none.
pub fn group(cursor: &mut Cursor<'_>) -> Read<Expr> {
    cursor.expect_symbol("(")?;
    let expr = whole(cursor)?;
    cursor.expect_symbol(")")?;
    Ok(expr)
}

/// An operator, alone or as `OPERATOR(schema.+)`.
///
/// # Errors
/// When none is next.
pub fn operator(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.is("OPERATOR") && cursor.nth_is_symbol(1, "(") {
        cursor.at += 2;
        clause::operator(cursor)?;
        return cursor.expect_symbol(")");
    }
    clause::operator(cursor).map(|_| ())
}

/// Whether an operator is next: a symbol that is no punctuation.
pub fn is_operator(cursor: &Cursor<'_>) -> bool {
    cursor.nth(0).is_some_and(|token| {
        token.kind == TokenKind::Symbol
            && cursor.text_of(token).bytes().all(|byte| b"+-*/<>=~!@#%^&|`?".contains(&byte))
    })
}

/// Which words may join operands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    /// Those of `a_expr`.
    All,
    /// Those of `b_expr`.
    Few,
}

fn walk(cursor: &mut Cursor<'_>, words: Words, deep: u32) -> Read<()> {
    loop {
        operand(cursor, words, deep)?;
        if !joined(cursor, words, deep)? {
            return Ok(());
        }
    }
}

/// What follows an operand; true when that wants another one behind it.
fn joined(cursor: &mut Cursor<'_>, words: Words, deep: u32) -> Read<bool> {
    loop {
        if cursor.eat_symbol("::") {
            cursor.data_type()?;
        } else if cursor.is_symbol("[") {
            subscript(cursor, deep)?;
        } else if cursor.is_symbol(".") {
            cursor.at += 1;
            if !cursor.eat_symbol("*") {
                cursor.any_word("a field")?;
            }
        } else if is_operator(cursor) || (cursor.is("OPERATOR") && cursor.nth_is_symbol(1, "(")) {
            operator(cursor)?;
            if cursor.is_any(&["ANY", "SOME", "ALL"]) && cursor.nth_is_symbol(1, "(") {
                cursor.at += 1;
                brackets(cursor, deep)?;
                continue;
            }
            return Ok(true);
        } else if cursor.is("IS") {
            let negated = usize::from(cursor.nth_is(1, "NOT"));
            let next = |word: &str| cursor.nth_is(1 + negated, word);
            if next("DISTINCT") && cursor.nth_is(2 + negated, "FROM") {
                cursor.at += 3 + negated;
                return Ok(true);
            }
            let alone = ["NULL", "TRUE", "FALSE", "UNKNOWN", "NORMALIZED"].iter().any(|word| next(word));
            if next("DOCUMENT") || (alone && words == Words::All) {
                cursor.at += 2 + negated;
            } else if words == Words::All && next("JSON") {
                cursor.at += 2 + negated;
                cursor.eat_any(&["VALUE", "ARRAY", "OBJECT", "SCALAR"]);
                if cursor.eat_any(&["WITH", "WITHOUT"]).is_some() {
                    cursor.expect("UNIQUE")?;
                    cursor.eat("KEYS");
                }
            } else if words == Words::All && cursor.nth_is(2 + negated, "NORMALIZED") {
                cursor.at += 3 + negated;
            } else if words == Words::Few {
                return Ok(false);
            } else {
                cursor.at += 1 + negated;
                return Err(cursor.unread("`NULL`"));
            }
        } else if words == Words::All {
            match joined_by_word(cursor, deep)? {
                Some(true) => return Ok(true),
                Some(false) => {}
                None => return Ok(false),
            }
        } else {
            return Ok(false);
        }
    }
}

/// The words of `a_expr`: true when another operand must follow, false when none, None when the word is none of them.
fn joined_by_word(cursor: &mut Cursor<'_>, deep: u32) -> Read<Option<bool>> {
    let negated = usize::from(cursor.is("NOT"));
    let next = |words: &[&str]| words.iter().any(|word| cursor.nth_is(negated, word));
    if next(&["LIKE", "ILIKE"]) || (next(&["SIMILAR"]) && cursor.nth_is(negated + 1, "TO")) {
        cursor.at += negated + if next(&["SIMILAR"]) { 2 } else { 1 };
        if cursor.is_any(&["ANY", "SOME", "ALL"]) && cursor.nth_is_symbol(1, "(") {
            cursor.at += 1;
            brackets(cursor, deep)?;
            return Ok(Some(false));
        }
        return Ok(Some(true));
    }
    if next(&["BETWEEN"]) {
        cursor.at += negated + 1;
        cursor.eat_any(&["SYMMETRIC", "ASYMMETRIC"]);
        return Ok(Some(true));
    }
    if next(&["IN"]) {
        cursor.at += negated + 1;
        brackets(cursor, deep)?;
        return Ok(Some(false));
    }
    if cursor.eat_any(&["AND", "OR", "ESCAPE", "OVERLAPS"]).is_some()
        || cursor.eat_all(&["AT", "TIME", "ZONE"])
    {
        return Ok(Some(true));
    }
    if cursor.eat_any(&["ISNULL", "NOTNULL"]).is_some() || cursor.eat_all(&["AT", "LOCAL"]) {
        return Ok(Some(false));
    }
    if cursor.eat("COLLATE") {
        cursor.name("a collation")?;
        return Ok(Some(false));
    }
    Ok(None)
}

fn subscript(cursor: &mut Cursor<'_>, deep: u32) -> Read<()> {
    cursor.expect_symbol("[")?;
    let deep = deeper(cursor, deep)?;
    loop {
        if cursor.eat_symbol("]") {
            return Ok(());
        }
        if cursor.is_symbol("[") {
            // ARRAY[[1, 2], [3, 4]]
            subscript(cursor, deep)?;
        } else if !cursor.eat_symbol(":") && !cursor.eat_symbol(",") {
            walk(cursor, Words::All, deep)?;
        }
    }
}

/// `[1, 2]`, `[[1, 2], [3, 4]]` behind ARRAY.
fn array(cursor: &mut Cursor<'_>, deep: u32) -> Read<()> {
    cursor.expect_symbol("[")?;
    let deep = deeper(cursor, deep)?;
    if cursor.eat_symbol("]") {
        return Ok(());
    }
    cursor.list(
        |cursor| if cursor.is_symbol("[") { array(cursor, deep) } else { walk(cursor, Words::All, deep) },
    )?;
    cursor.expect_symbol("]")
}

fn deeper(cursor: &Cursor<'_>, deep: u32) -> Read<u32> {
    deep.checked_sub(1).ok_or_else(|| cursor.unread("fewer brackets"))
}

/// One operand, with the operators that may stand before it.
fn operand(cursor: &mut Cursor<'_>, words: Words, deep: u32) -> Read<()> {
    while is_prefix(cursor) || (words == Words::All && cursor.is("NOT")) {
        cursor.at += 1;
    }
    let Some(token) = cursor.nth(0) else { return Err(cursor.unread("an expression")) };
    match token.kind {
        TokenKind::Number | TokenKind::Parameter => {
            cursor.at += 1;
            Ok(())
        }
        TokenKind::String | TokenKind::EscapeString | TokenKind::PrefixString | TokenKind::Dollar => {
            strings(cursor);
            Ok(())
        }
        TokenKind::Symbol if cursor.is_symbol("(") => brackets(cursor, deep),
        TokenKind::Word => word(cursor, deep),
        TokenKind::Quoted | TokenKind::Placeholder => named(cursor, deep),
        TokenKind::Symbol | TokenKind::Comment | TokenKind::Meta => Err(cursor.unread("an expression")),
    }
}

/// Whether an operator is next that may stand before its only operand.
fn is_prefix(cursor: &Cursor<'_>) -> bool {
    const INFIX: &[&str] = &["<", ">", "=", "<=", ">=", "<>", "!=", "*", "/", "%", "^"];
    is_operator(cursor) && !INFIX.iter().any(|symbol| cursor.is_symbol(symbol))
}

/// A string, and those on the lines under it that continue it.
fn strings(cursor: &mut Cursor<'_>) {
    let mut before = cursor.nth(0);
    cursor.at += 1;
    while let (Some(last), Some(next)) = (before, cursor.nth(0)) {
        let between = cursor.text.get(last.span.end as usize..next.span.start as usize).unwrap_or("");
        if next.kind != TokenKind::String || !between.contains('\n') {
            return;
        }
        before = Some(next);
        cursor.at += 1;
    }
}

/// An operand that begins with a word.
fn word(cursor: &mut Cursor<'_>, deep: u32) -> Read<()> {
    const VALUES: &[&str] = &[
        "NULL",
        "TRUE",
        "FALSE",
        "CURRENT_DATE",
        "CURRENT_CATALOG",
        "CURRENT_ROLE",
        "CURRENT_SCHEMA",
        "CURRENT_USER",
        "SESSION_USER",
        "USER",
    ];
    if cursor.is("CASE") {
        return case(cursor, deep);
    }
    if cursor.is("ARRAY") {
        cursor.at += 1;
        return if cursor.is_symbol("[") { array(cursor, deep) } else { brackets(cursor, deep) };
    }
    if cursor.is_any(&["EXISTS", "UNIQUE"]) && cursor.nth_is_symbol(1, "(") {
        cursor.at += 1;
        return cursor.group().map(|_| ());
    }
    if cursor.is("CAST") {
        cursor.at += 1;
        cursor.expect_symbol("(")?;
        let deep = deeper(cursor, deep)?;
        walk(cursor, Words::All, deep)?;
        cursor.expect("AS")?;
        cursor.data_type()?;
        return cursor.expect_symbol(")");
    }
    if cursor.is("COLLATION") && cursor.nth_is(1, "FOR") {
        cursor.at += 2;
        return brackets(cursor, deep);
    }
    if cursor.eat_any(&["CURRENT_TIMESTAMP", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"]).is_some() {
        return if cursor.is_symbol("(") { brackets(cursor, deep) } else { Ok(()) };
    }
    if !cursor.nth_is_symbol(1, "(") && cursor.eat_any(VALUES).is_some() {
        return Ok(());
    }
    // `date '2024-01-01'`, `double precision '1'`, `interval '1' day`.
    let mut typed = cursor.clone();
    if !cursor.is_symbol("(") && typed.data_type().is_ok() && typed.is_string() {
        let interval = cursor.is("INTERVAL");
        cursor.at = typed.at;
        strings(cursor);
        if interval {
            interval_fields(cursor);
        }
        return Ok(());
    }
    named(cursor, deep)
}

/// `YEAR`, `DAY TO SECOND(3)`.
fn interval_fields(cursor: &mut Cursor<'_>) {
    const FIELDS: &[&str] = &["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];
    if cursor.eat_any(FIELDS).is_some() && cursor.eat("TO") {
        cursor.eat_any(FIELDS);
    }
}

fn case(cursor: &mut Cursor<'_>, deep: u32) -> Read<()> {
    let deep = deeper(cursor, deep)?;
    cursor.expect("CASE")?;
    if !cursor.is("WHEN") {
        walk(cursor, Words::All, deep)?;
    }
    while cursor.eat("WHEN") {
        walk(cursor, Words::All, deep)?;
        cursor.expect("THEN")?;
        walk(cursor, Words::All, deep)?;
    }
    if cursor.eat("ELSE") {
        walk(cursor, Words::All, deep)?;
    }
    cursor.expect("END")
}

/// A column or a call.
fn named(cursor: &mut Cursor<'_>, deep: u32) -> Read<()> {
    let plain = cursor.nth(0).is_some_and(|token| token.kind == TokenKind::Word);
    let special = plain && is_special(cursor);
    cursor.ident("an expression")?;
    while cursor.eat_symbol(".") {
        if cursor.eat_symbol("*") {
            return Ok(());
        }
        cursor.any_word("a column")?;
    }
    if !cursor.is_symbol("(") {
        return Ok(());
    }
    if special {
        cursor.group()?;
    } else {
        arguments(cursor, deep)?;
    }
    if cursor.eat_all(&["WITHIN", "GROUP"]) {
        cursor.group()?;
    }
    if cursor.is("FILTER") && cursor.nth_is_symbol(1, "(") {
        cursor.at += 1;
        cursor.group()?;
    }
    if cursor.eat("OVER") {
        if cursor.is_symbol("(") {
            cursor.group()?;
        } else {
            cursor.ident("a window")?;
        }
    }
    Ok(())
}

/// Functions whose arguments have words between them instead of commas.
fn is_special(cursor: &Cursor<'_>) -> bool {
    const SPECIAL: &[&str] = &[
        "EXTRACT",
        "SUBSTRING",
        "POSITION",
        "OVERLAY",
        "TRIM",
        "TREAT",
        "NORMALIZE",
        "XMLELEMENT",
        "XMLEXISTS",
        "XMLFOREST",
        "XMLPARSE",
        "XMLPI",
        "XMLROOT",
        "XMLSERIALIZE",
        "XMLTABLE",
        "JSON",
        "JSON_OBJECT",
        "JSON_OBJECTAGG",
        "JSON_ARRAY",
        "JSON_ARRAYAGG",
        "JSON_SCALAR",
        "JSON_SERIALIZE",
        "JSON_VALUE",
        "JSON_QUERY",
        "JSON_EXISTS",
        "JSON_TABLE",
        "MERGE_ACTION",
    ];
    cursor.is_any(SPECIAL)
}

/// `( … )` behind a function's name.
fn arguments(cursor: &mut Cursor<'_>, deep: u32) -> Read<()> {
    cursor.expect_symbol("(")?;
    let deep = deeper(cursor, deep)?;
    if cursor.eat_symbol(")") {
        return Ok(());
    }
    if cursor.is_symbol("*") && cursor.nth_is_symbol(1, ")") {
        cursor.at += 2;
        return Ok(());
    }
    cursor.eat_any(&["DISTINCT", "ALL"]);
    cursor.list(|cursor| {
        cursor.eat("VARIADIC");
        if cursor.nth_is_symbol(1, "=>") || cursor.nth_is_symbol(1, ":=") {
            cursor.any_word("an argument")?;
            cursor.at += 1;
        }
        walk(cursor, Words::All, deep)
    })?;
    if cursor.eat_all(&["ORDER", "BY"]) {
        cursor.skip_until(|_| false);
        while cursor.eat_symbol(",") {
            cursor.skip_until(|_| false);
        }
    }
    cursor.expect_symbol(")")
}

/// `( … )` as an operand: an expression, a row, or a subquery (which is only matched).
fn brackets(cursor: &mut Cursor<'_>, deep: u32) -> Read<()> {
    let mut inside = cursor.clone();
    while inside.eat_symbol("(") {}
    if inside.is_any(&["SELECT", "WITH", "VALUES", "TABLE"]) {
        return cursor.group().map(|_| ());
    }
    cursor.expect_symbol("(")?;
    let deep = deeper(cursor, deep)?;
    cursor.list(|cursor| walk(cursor, Words::All, deep))?;
    cursor.expect_symbol(")")
}

/// A call: the only expression that an index takes without brackets.
///
/// # Errors
/// When none is next.
pub fn call(cursor: &mut Cursor<'_>) -> Read<Expr> {
    let first = cursor.at;
    operand(cursor, Words::Few, DEEPEST)?;
    let called = cursor.at.checked_sub(1).and_then(|last| cursor.tokens.get(last));
    if called.is_none_or(|last| cursor.text_of(*last) != ")") {
        return Err(cursor.unread("`(`"));
    }
    cursor.expr(first, cursor.at)
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::brief;
    use super::*;
    use crate::schema::Dialect;
    use crate::syntax::sql::{Lexer, Token};
    use crate::text::{Map, Span};

    /// The expression at the start of a text and what is left behind it.
    fn read(text: &str, how: fn(&mut Cursor<'_>) -> Read<Expr>) -> Result<(String, String), String> {
        let all = Lexer::new(text, Span::new(0, text.len() as u32), Dialect::Postgres);
        let tokens: Vec<Token> = all.collect();
        let mut cursor = Cursor::new(text, &tokens, Dialect::Postgres, &Map::Offset(0));
        let expr = how(&mut cursor).map_err(|unread| unread.expected)?;
        Ok((brief(&expr), cursor.text_between(cursor.at, tokens.len())))
    }

    /// Source: `b_expr` in PostgreSQL's gram.y; what follows belongs to the column.
    #[test]
    fn a_default_ends_where_a_constraint_begins() {
        for (text, expected, rest) in [
            ("1 NOT NULL", "1", "NOT NULL"),
            ("NULL NULL", "NULL", "NULL"),
            ("true CHECK (a)", "true", "CHECK (a)"),
            ("'a' || 'b' UNIQUE", "(|| 'a' 'b')", "UNIQUE"),
            ("-1.5e3 PRIMARY KEY", "(- 1.5e3)", "PRIMARY KEY"),
            ("a.f(1, b => 2)::text[] COLLATE x", "a.f(1, (b => 2))::text[]", "COLLATE x"),
            ("double precision '1' REFERENCES t", "'1'::double precision", "REFERENCES t"),
            (
                "current_date - interval '1' day GENERATED",
                "(- current_date() raw INTERVAL '1' DAY)",
                "GENERATED",
            ),
            ("CASE WHEN a THEN 1 ELSE 2 END DEFERRABLE", "(CASE (WHEN a 1) (ELSE 2))", "DEFERRABLE"),
            ("ARRAY[1, 2] CONSTRAINT c CHECK (a)", "(ARRAY 1 2)", "CONSTRAINT c CHECK (a)"),
            ("ARRAY[[1, 2], [3]] CHECK (a)", "(ARRAY (ARRAY 1 2) (ARRAY 3))", "CHECK (a)"),
            ("CAST('1' AS numeric(10,2)) AT TIME ZONE", "'1'::numeric(10,2)", "AT TIME ZONE"),
            ("user STORAGE plain", "user()", "STORAGE plain"),
        ] {
            assert_eq!(read(text, restricted), Ok((expected.to_owned(), rest.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_whole_expression_ends_where_nothing_joins_it() {
        for (text, expected, rest) in [
            ("a IS NOT NULL AND b NOT IN (1, 2), c", "(AND (IS NOT NULL a) (NOT IN b 1 2))", ", c"),
            ("a LIKE 'x%' OR NOT b) x", "(OR (LIKE a 'x%') (NOT b))", ") x"),
            ("a BETWEEN 1 AND 2 AND b x", "(AND (BETWEEN a 1 2) b)", "x"),
            ("a = ANY (ARRAY['x']::text[]) TABLESPACE y", "(= ANY a (ARRAY 'x')::text[])", "TABLESPACE y"),
            ("lower(a) COLLATE \"C\" = 'x' CASCADE", "(= (COLLATE \"C\" lower(a)) 'x')", "CASCADE"),
        ] {
            assert_eq!(read(text, whole), Ok((expected.to_owned(), rest.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_broken_off_is_no_expression() {
        for (text, expected) in [
            ("", "an expression"),
            ("1 +", "an expression"),
            ("(1", "`)`"),
            ("f(1,)", "an expression"),
            ("a AND", "an expression"),
            ("> 1", "an expression"),
            ("a IS NUL", "`NULL`"),
            ("CASE WHEN a END", "`THEN`"),
            ("CAST(a text)", "`AS`"),
            ("select 1", "an expression"),
        ] {
            assert_eq!(read(text, whole).err().as_deref(), Some(expected), "{text}");
        }
        let deep = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(read(&deep, whole).is_err());
    }
}
