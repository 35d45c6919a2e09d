//! What the tokens of a query show without a tree: the tables it reads, the functions it calls, the CTEs it names.

use super::cursor::{Cursor, is_reserved, string_value};
use super::lex::TokenKind;
use crate::ops::Call;
use crate::schema::{Ident, Name};

/// The tables and views that tokens `first..last` read from: what follows FROM, JOIN, USING and the commas after
/// them. CTEs and functions do not count.
pub fn reads(cursor: &Cursor<'_>, first: usize, last: usize) -> Vec<Name> {
    let mut walk = cursor.inside(first, last);
    let ctes = ctes(cursor, first, last);
    let mut found = Vec::new();
    let mut levels = vec![Level::default()];
    while let Some(token) = walk.nth(0) {
        let Some(level) = levels.last_mut() else { break };
        let text = walk.text_of(token);
        match token.kind {
            TokenKind::Symbol => match text {
                "(" => {
                    let call = walk.at > first && is_from_function(&walk);
                    let inside = Level { list: level.wanted, wanted: level.wanted, call };
                    level.wanted = false;
                    levels.push(inside);
                }
                ")" => {
                    levels.pop();
                    if levels.is_empty() {
                        levels.push(Level::default());
                    }
                }
                "," => level.wanted = level.list,
                _ => {}
            },
            TokenKind::Word | TokenKind::Quoted if level.wanted => {
                let skips = ["ONLY", "LATERAL", "TABLE", "STRAIGHT_JOIN"].iter().any(|word| walk.is(word));
                if skips && token.kind == TokenKind::Word {
                    walk.at += 1;
                    continue;
                }
                level.wanted = false;
                // `SELECT` or `VALUES` in the place of a table.
                let keyword = token.kind == TokenKind::Word && (is_reserved(text) || walk.is("VALUES"));
                if keyword {
                    level.list = false;
                } else if let Ok(name) = walk.name("a table") {
                    let own = name.schema.is_none() && ctes.contains(&name.ident);
                    if !walk.is_symbol("(") && !own && !found.contains(&name) {
                        found.push(name);
                    }
                    continue;
                }
            }
            TokenKind::Word => level.see(text, is_distinct(&walk), walk.nth_is_symbol(1, "(")),
            TokenKind::Quoted
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::EscapeString
            | TokenKind::PrefixString
            | TokenKind::Dollar
            | TokenKind::Parameter
            | TokenKind::Placeholder
            | TokenKind::Comment
            | TokenKind::Meta => level.wanted = false,
        }
        walk.at += 1;
    }
    found
}

/// One pair of brackets of a query.
#[derive(Default)]
struct Level {
    /// Whether a comma brings the next table.
    list: bool,
    /// Whether a table comes next.
    wanted: bool,
    /// Inside of `extract(… FROM …)` and its kin FROM names no table.
    call: bool,
}

impl Level {
    /// `distinct`: after DISTINCT; `bracket`: before `(`.
    fn see(&mut self, word: &str, distinct: bool, bracket: bool) {
        let is = |words: &[&str]| words.iter().any(|one| word.eq_ignore_ascii_case(one));
        if is(&["FROM"]) || (is(&["USING"]) && !bracket) {
            self.wanted = !self.call && !distinct;
            self.list |= self.wanted;
        } else if is(&["JOIN"]) {
            self.wanted = true;
            self.list = true;
        } else if is(&["TABLE"]) {
            self.wanted = true;
        } else if is(&[
            "SELECT",
            "WHERE",
            "GROUP",
            "ORDER",
            "HAVING",
            "LIMIT",
            "WINDOW",
            "UNION",
            "EXCEPT",
            "INTERSECT",
            "SET",
            "RETURNING",
            "OFFSET",
            "FETCH",
            "VALUES",
        ]) {
            self.list = false;
            self.wanted = false;
        }
    }
}

/// `IS DISTINCT FROM`.
fn is_distinct(walk: &Cursor<'_>) -> bool {
    walk.at
        .checked_sub(1)
        .and_then(|before| walk.tokens.get(before))
        .is_some_and(|token| walk.text_of(*token).eq_ignore_ascii_case("DISTINCT"))
}

/// Whether the bracket at the cursor is that of a function whose arguments may have a FROM between them.
fn is_from_function(walk: &Cursor<'_>) -> bool {
    walk.at.checked_sub(1).and_then(|before| walk.tokens.get(before)).is_some_and(|token| {
        let word = walk.text_of(*token);
        ["EXTRACT", "SUBSTRING", "SUBSTR", "TRIM", "OVERLAY", "POSITION"]
            .iter()
            .any(|one| word.eq_ignore_ascii_case(one))
    })
}

/// The names that WITH gives inside of tokens `first..last`.
pub fn ctes(cursor: &Cursor<'_>, first: usize, last: usize) -> Vec<Ident> {
    let mut walk = Cursor { tokens: &cursor.tokens[..last.min(cursor.tokens.len())], ..cursor.clone() };
    let mut found = Vec::new();
    let mut comma = false;
    walk.at = first;
    let mut with = false;
    while let Some(token) = walk.nth(0) {
        let candidate = (comma && with) || walk.is("WITH");
        comma = walk.is_symbol(",");
        if !candidate {
            walk.at += 1;
            continue;
        }
        let from = walk.at;
        if walk.eat("WITH") {
            walk.eat("RECURSIVE");
        }
        match cte_head(&mut walk) {
            Some(name) => {
                with = true;
                found.push(name);
            }
            None => walk.at = from + usize::from(token.span.end > 0),
        }
    }
    found
}

/// `name [(columns)] AS [NOT] [MATERIALIZED]` with `(` next.
pub fn cte_head(cursor: &mut Cursor<'_>) -> Option<Ident> {
    let name = cursor.ident("a name").ok()?;
    if cursor.is_symbol("(") {
        cursor.group().ok()?;
    }
    if !cursor.eat("AS") {
        return None;
    }
    cursor.eat("NOT");
    cursor.eat("MATERIALIZED");
    cursor.is_symbol("(").then_some(name)
}

/// The functions that tokens `first..last` call, with the arguments that are constants.
pub fn calls(cursor: &Cursor<'_>, first: usize, last: usize) -> Vec<Call> {
    let mut walk = cursor.inside(first, last);
    let mut found = Vec::new();
    while let Some(token) = walk.nth(0) {
        let named = matches!(token.kind, TokenKind::Word | TokenKind::Quoted) && walk.nth_is_symbol(1, "(");
        if !named || (token.kind == TokenKind::Word && is_no_function(walk.text_of(token))) {
            walk.at += 1;
            continue;
        }
        let schema = schema_before(&walk, first);
        let Ok(name) = walk.any_word("a function") else { break };
        let name = match schema {
            Some(schema) => format!("{schema}.{}", name.key()),
            None => name.key().to_owned(),
        };
        let inside = walk.at + 1;
        let arguments = arguments(&walk);
        found.push(Call { name, arguments });
        walk.at = inside;
    }
    found
}

/// Words that may stand before a bracket and call nothing.
fn is_no_function(word: &str) -> bool {
    const OTHERS: &[&str] = &[
        "VALUES",
        "EXISTS",
        "OVER",
        "FILTER",
        "VALUE",
        "RECURSIVE",
        "MATERIALIZED",
        "ROW",
        "BY",
        "SETS",
        "KEY",
        "BETWEEN",
        "SET",
    ];
    is_reserved(word) || OTHERS.iter().any(|other| word.eq_ignore_ascii_case(other))
}

fn schema_before(walk: &Cursor<'_>, first: usize) -> Option<String> {
    let dot = walk.at.checked_sub(1).filter(|dot| *dot > first)?;
    let mut before = walk.clone();
    before.at = dot - 1;
    if !before.nth_is_symbol(1, ".") {
        return None;
    }
    Some(before.any_word("a schema").ok()?.key().to_owned())
}

/// The arguments of the call whose bracket is next, each as its constant.
fn arguments(walk: &Cursor<'_>) -> Vec<Option<String>> {
    // Calls inside of calls would be walked again and again; nobody asks for the arguments of long ones.
    let mut walk = walk.inside(walk.at, walk.at + 200);
    let Ok((first, last)) = walk.group() else { return Vec::new() };
    let mut inside = walk.inside(first, last);
    let mut all = Vec::new();
    while !inside.is_end() {
        let (from, to) = inside.skip_until(|_| false);
        all.push(constant(&inside, from, to));
        if !inside.eat_symbol(",") {
            break;
        }
    }
    all
}

/// The string, number or truth value that tokens `from..to` are, a cast behind it or not.
fn constant(cursor: &Cursor<'_>, from: usize, to: usize) -> Option<String> {
    let token = *cursor.tokens.get(from)?;
    let mut rest = cursor.clone();
    rest.at = from + 1;
    if to > from + 1 && !rest.is_symbol("::") {
        return None;
    }
    let text = cursor.text_of(token);
    match token.kind {
        TokenKind::Number => Some(text.to_owned()),
        TokenKind::Word if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") => {
            Some(text.to_ascii_lowercase())
        }
        _ => string_value(token.kind, text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lexer;
    use super::*;
    use crate::schema::Dialect;
    use crate::text::{Map, Span};

    fn reads_of(text: &str, dialect: Dialect) -> String {
        let tokens: Vec<_> = Lexer::new(text, Span::new(0, text.len() as u32), dialect).collect();
        let map = Map::Offset(0);
        let cursor = Cursor::new(text, &tokens, dialect, &map);
        format!("{:?}", reads(&cursor, 0, tokens.len()))
    }

    #[test]
    fn the_tables_that_a_query_reads() {
        let table = [
            ("SELECT a FROM t, s.u AS x, ONLY v WHERE a IN (SELECT b FROM w)", "[t, s.u, v, w]"),
            ("SELECT extract(year FROM a), substring(b FROM 2) FROM t", "[t]"),
            ("SELECT a IS DISTINCT FROM b FROM t LEFT JOIN u USING (c, d), f(1) x", "[t, u]"),
            ("SELECT * FROM (SELECT a, b FROM t) x JOIN (u CROSS JOIN v) ON x.a = u.a, w", "[t, u, v, w]"),
            (
                "WITH x (a) AS (SELECT 1 FROM t), y AS MATERIALIZED (TABLE z) SELECT * FROM x, y, x.y",
                "[t, z, x.y]",
            ),
            ("SELECT * FROM (VALUES (1, 2), (3, 4)) v (a, b), t", "[t]"),
            ("SELECT a, b FROM t ORDER BY a, b", "[t]"),
            ("DELETE FROM t USING u WHERE true", "[t, u]"),
        ];
        for (text, expected) in table {
            for dialect in [Dialect::Postgres, Dialect::Sqlite, Dialect::Mysql] {
                assert_eq!(reads_of(text, dialect), expected, "{text} {dialect:?}");
            }
        }
    }
}
