//! Walks over the tokens of one statement: what every statement parser is built from.

use super::lex::{Token, TokenKind};
use super::{bridge, types};
use crate::schema::{Dialect, Expr, Ident, Name, Type};
use crate::text::{Map, Span};

/// Where reading stopped, and what would have been understood there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread {
    /// The bytes of the file.
    pub at: Span,
    /// "a column name", "`ON`".
    pub expected: String,
}

/// What a statement parser gives.
pub type Read<T> = Result<T, Unread>;

/// A place among the tokens of one statement.
#[derive(Clone)]
pub struct Cursor<'a> {
    /// The text that the tokens' spans are about: the file, or a decoded fragment of it.
    pub text: &'a str,
    /// The statement's tokens, without comments and without its semicolon.
    pub tokens: &'a [Token],
    /// The next token.
    pub at: usize,
    /// The language.
    pub dialect: Dialect,
    /// From the text to the file.
    pub map: &'a Map,
}

impl<'a> Cursor<'a> {
    /// A cursor before the first token.
    pub const fn new(text: &'a str, tokens: &'a [Token], dialect: Dialect, map: &'a Map) -> Self {
        Self { text, tokens, at: 0, dialect, map }
    }

    /// A cursor at token `first` that ends before token `last`.
    #[must_use]
    pub fn inside(&self, first: usize, last: usize) -> Self {
        Self { tokens: &self.tokens[..last.min(self.tokens.len())], at: first, ..self.clone() }
    }

    /// The text of a token.
    pub fn text_of(&self, token: Token) -> &'a str {
        self.text.get(token.span.range()).unwrap_or("")
    }

    /// The token that is `ahead` of the next one.
    pub fn nth(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    /// Whether every token was read.
    pub const fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Whether the token `ahead` of the next is this keyword (in any case, not quoted).
    pub fn nth_is(&self, ahead: usize, word: &str) -> bool {
        self.nth(ahead).is_some_and(|token| {
            token.kind == TokenKind::Word && self.text_of(token).eq_ignore_ascii_case(word)
        })
    }

    /// Whether the token `ahead` of the next is this symbol.
    pub fn nth_is_symbol(&self, ahead: usize, symbol: &str) -> bool {
        self.nth(ahead).is_some_and(|token| token.kind == TokenKind::Symbol && self.text_of(token) == symbol)
    }

    /// Whether the next token is this keyword.
    pub fn is(&self, word: &str) -> bool {
        self.nth_is(0, word)
    }

    /// Whether the next tokens are these keywords.
    pub fn is_all(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.nth_is(ahead, word))
    }

    /// Whether the next token is one of these keywords.
    pub fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Whether the next token is this symbol.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.nth_is_symbol(0, symbol)
    }

    /// Steps over the keyword, if it is next.
    pub fn eat(&mut self, word: &str) -> bool {
        let there = self.is(word);
        self.at += usize::from(there);
        there
    }

    /// Steps over the keywords, if they are next, all of them.
    pub fn eat_all(&mut self, words: &[&str]) -> bool {
        let there = self.is_all(words);
        if there {
            self.at += words.len();
        }
        there
    }

    /// Steps over the symbol, if it is next.
    pub fn eat_symbol(&mut self, symbol: &str) -> bool {
        let there = self.is_symbol(symbol);
        self.at += usize::from(there);
        there
    }

    /// Steps over one of the keywords and says which, as given.
    pub fn eat_any(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let found = words.iter().find(|word| self.is(word)).copied();
        self.at += usize::from(found.is_some());
        found
    }

    /// The keyword must be next.
    ///
    /// # Errors
    /// When it is not.
    pub fn expect(&mut self, word: &str) -> Read<()> {
        if self.eat(word) { Ok(()) } else { Err(self.unread(format!("`{word}`"))) }
    }

    /// The keywords must be next.
    ///
    /// # Errors
    /// When they are not.
    pub fn expect_all(&mut self, words: &[&str]) -> Read<()> {
        words.iter().try_for_each(|word| self.expect(word))
    }

    /// The symbol must be next.
    ///
    /// # Errors
    /// When it is not.
    pub fn expect_symbol(&mut self, symbol: &str) -> Read<()> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.unread(format!("`{symbol}`"))) }
    }

    /// Nothing more must follow.
    ///
    /// # Errors
    /// When something does.
    pub fn expect_end(&self) -> Read<()> {
        if self.is_end() { Ok(()) } else { Err(self.unread("the end of the statement")) }
    }

    /// That something else was expected here.
    pub fn unread(&self, expected: impl Into<String>) -> Unread {
        let at = match self.tokens.get(self.at).or(self.tokens.last()) {
            Some(token) => self.map.span(token.span),
            None => Span::default(),
        };
        Unread { at, expected: expected.into() }
    }

    /// The bytes of the file from token `first` to the one just read.
    pub fn span_from(&self, first: usize) -> Span {
        match (self.tokens.get(first), self.at.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) if last.span.end >= first.span.start => {
                self.map.span(first.span.cover(last.span))
            }
            (Some(first), _) => self.map.span(Span::at(first.span.start)),
            (None, _) => self.unread("").at,
        }
    }

    /// Tokens `first..last`, as far as there are any.
    pub fn between(&self, first: usize, last: usize) -> &'a [Token] {
        self.tokens.get(first..last.min(self.tokens.len())).unwrap_or(&[])
    }

    /// The text of tokens `first..last` in single spaces, as written otherwise. Strings that are one by the line break between them keep it.
    pub fn text_between(&self, first: usize, last: usize) -> String {
        let mut out = String::new();
        let mut before: Option<Token> = None;
        for token in self.between(first, last) {
            if let Some(before) = before.filter(|before| before.span.end < token.span.start) {
                let goes_on = self.dialect == Dialect::Postgres && bridge::continues(self, before, *token);
                out.push(if goes_on { '\n' } else { ' ' });
            }
            out.push_str(self.text_of(*token));
            before = Some(*token);
        }
        out
    }

    /// The words among tokens `first..last` that may name columns or tables: folded, without keywords that can be none, strings and numbers.
    pub fn words_between(&self, first: usize, last: usize) -> Vec<String> {
        let mut words: Vec<String> = self
            .between(first, last)
            .iter()
            .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))
            .filter(|token| token.kind == TokenKind::Quoted || !is_reserved(self.text_of(**token)))
            .map(|token| self.ident_of(*token).key().to_owned())
            .collect();
        words.sort();
        words.dedup();
        words
    }

    fn ident_of(&self, token: Token) -> Ident {
        let text = self.text_of(token);
        let quoted = token.kind == TokenKind::Quoted;
        let text = if quoted { unquote(text) } else { text.to_owned() };
        // What a tool fills in is the same name however it is quoted, and its letters and length are not the name's.
        if let Some(filled) = filled_in(&text, !quoted && self.dialect == Dialect::Postgres) {
            return Ident::exact(filled);
        }
        match self.dialect {
            Dialect::Postgres if quoted => Ident::cut(text),
            Dialect::Postgres => Ident::cut(text.to_ascii_lowercase()),
            Dialect::Sqlite | Dialect::Mysql => Ident::caseless(text),
        }
    }

    /// Whether an identifier is next: a word that the dialect does not reserve, or a quoted one.
    pub fn is_ident(&self) -> bool {
        self.nth(0).is_some_and(|token| match token.kind {
            TokenKind::Quoted | TokenKind::Placeholder => true,
            TokenKind::Word => self.dialect != Dialect::Postgres || !is_reserved(self.text_of(token)),
            // SQLite takes 'name' for a name; psql fills in :name.
            TokenKind::String => self.dialect == Dialect::Sqlite,
            TokenKind::Parameter => self.text_of(token).starts_with(':'),
            TokenKind::Number
            | TokenKind::EscapeString
            | TokenKind::PrefixString
            | TokenKind::Dollar
            | TokenKind::Symbol
            | TokenKind::Comment
            | TokenKind::Meta => false,
        })
    }

    /// An identifier, folded as the dialect folds it.
    ///
    /// # Errors
    /// When none is next; `what` names what it would have been ("a column name").
    pub fn ident(&mut self, what: &str) -> Read<Ident> {
        match self.nth(0) {
            Some(token) if self.is_ident() => {
                self.at += 1;
                if token.kind == TokenKind::String {
                    return Ok(Ident::caseless(unquote(self.text_of(token))));
                }
                Ok(self.ident_of(token))
            }
            _ => Err(self.unread(what)),
        }
    }

    /// A word of any kind, reserved or not, as an identifier (after a dot, or where the grammar takes any label).
    ///
    /// # Errors
    /// When none is next.
    pub fn any_word(&mut self, what: &str) -> Read<Ident> {
        match self.nth(0) {
            Some(token)
                if matches!(token.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Placeholder) =>
            {
                self.at += 1;
                Ok(self.ident_of(token))
            }
            _ => self.ident(what),
        }
    }

    /// A name, with or without a schema. A database before the schema is dropped.
    ///
    /// # Errors
    /// When none is next.
    pub fn name(&mut self, what: &str) -> Read<Name> {
        let mut parts = vec![self.ident(what)?];
        while self.eat_symbol(".") {
            parts.push(self.any_word(what)?);
        }
        let ident = parts.pop().ok_or_else(|| self.unread(what))?;
        Ok(Name { schema: parts.pop(), ident })
    }

    /// `a, b, c`: at least one.
    ///
    /// # Errors
    /// What `one` gives.
    pub fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut all = vec![one(self)?];
        while self.eat_symbol(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    /// `(a, b, c)` of identifiers.
    ///
    /// # Errors
    /// When it is not there.
    pub fn ident_group(&mut self, what: &str) -> Read<Vec<Ident>> {
        self.expect_symbol("(")?;
        let all = self.list(|cursor| cursor.ident(what))?;
        self.expect_symbol(")")?;
        Ok(all)
    }

    /// A string of any spelling, decoded, with those that continue it.
    ///
    /// # Errors
    /// When none is next.
    pub fn string(&mut self) -> Read<String> {
        let value = |token: Token| string_value(token.kind, self.text_of(token)).map(|text| (token, text));
        let filled_in = |token: &Token| matches!(token.kind, TokenKind::Parameter | TokenKind::Placeholder);
        if let Some(token) = self.nth(0).filter(filled_in) {
            // psql or a tool puts the string here.
            self.at += 1;
            return Ok(self.text_of(token).to_owned());
        }
        let Some((mut last, mut text)) = self.nth(0).and_then(value) else {
            return Err(self.unread("a string"));
        };
        self.at += 1;
        while let Some(token) = self.nth(0).filter(|token| bridge::continues(self, last, *token)) {
            text.push_str(&string_value(token.kind, self.text_of(token)).unwrap_or_default());
            last = token;
            self.at += 1;
        }
        Ok(text)
    }

    /// Whether a string is next.
    pub fn is_string(&self) -> bool {
        self.nth(0).is_some_and(|token| match token.kind {
            TokenKind::String | TokenKind::EscapeString | TokenKind::PrefixString | TokenKind::Dollar => true,
            TokenKind::Word
            | TokenKind::Quoted
            | TokenKind::Number
            | TokenKind::Parameter
            | TokenKind::Placeholder
            | TokenKind::Symbol
            | TokenKind::Comment
            | TokenKind::Meta => false,
        })
    }

    /// With `(` next: the tokens inside, as indexes; steps behind its `)`.
    ///
    /// # Errors
    /// When no `(` is next, or it is never closed.
    pub fn group(&mut self) -> Read<(usize, usize)> {
        self.expect_symbol("(")?;
        let first = self.at;
        let mut depth = 1u32;
        while let Some(token) = self.nth(0) {
            self.at += 1;
            if token.kind == TokenKind::Symbol {
                match self.text_of(token) {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return Ok((first, self.at - 1));
                }
            }
        }
        Err(self.unread("`)`"))
    }

    /// Steps on until `stop` says so, at a comma or a closing bracket outside of brackets, or at the end; gives the tokens passed.
    pub fn skip_until(&mut self, stop: impl Fn(&Self) -> bool) -> (usize, usize) {
        let first = self.at;
        let mut depth = 0u32;
        while let Some(token) = self.nth(0) {
            if depth == 0 && stop(self) {
                break;
            }
            if token.kind == TokenKind::Symbol {
                match self.text_of(token) {
                    "(" | "[" => depth += 1,
                    ")" | "]" if depth == 0 => break,
                    ")" | "]" => depth -= 1,
                    "," if depth == 0 => break,
                    _ => {}
                }
            }
            self.at += 1;
        }
        (first, self.at)
    }

    /// Steps over everything that is left.
    pub fn skip_rest(&mut self) -> (usize, usize) {
        let first = self.at;
        self.at = self.tokens.len();
        (first, self.at)
    }

    /// The expression that tokens `first..last` are.
    ///
    /// # Errors
    /// When they are plainly none: nothing, or brackets that do not match.
    pub fn expr(&self, first: usize, last: usize) -> Read<Expr> {
        bridge::expr(self, first, last)
    }

    /// The expression inside the `( … )` that is next.
    ///
    /// # Errors
    /// When there is none.
    pub fn expr_group(&mut self) -> Read<Expr> {
        let (first, last) = self.group()?;
        self.expr(first, last)
    }

    /// The expression up to where `stop` says so, a comma, a closing bracket, or the end.
    ///
    /// # Errors
    /// When there is none.
    pub fn expr_until(&mut self, stop: impl Fn(&Self) -> bool) -> Read<Expr> {
        let (first, last) = self.skip_until(stop);
        self.expr(first, last)
    }

    /// A data type.
    ///
    /// # Errors
    /// When none is next.
    pub fn data_type(&mut self) -> Read<Type> {
        types::data_type(self)
    }

    /// `IF NOT EXISTS`, if it is next.
    pub fn if_not_exists(&mut self) -> bool {
        self.eat_all(&["IF", "NOT", "EXISTS"])
    }

    /// `IF EXISTS`, if it is next.
    pub fn if_exists(&mut self) -> bool {
        self.eat_all(&["IF", "EXISTS"])
    }
}

/// A name that holds placeholders, where it does: they are left as they are but for the blanks within `{{ }}`; the rest is folded
/// on demand.
fn filled_in(text: &str, fold: bool) -> Option<String> {
    if !text.contains("{{") && !text.contains("${") {
        return None;
    }
    let mut name = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = [rest.find("{{"), rest.find("${")].into_iter().flatten().min() {
        let (before, from) = rest.split_at(start);
        name.push_str(&if fold { before.to_ascii_lowercase() } else { before.to_owned() });
        let (open, close) = if from.starts_with("{{") { ("{{ ", " }}") } else { ("${", "}") };
        let end = from[2..].find(close.trim_start())? + 2;
        name.push_str(open);
        name.push_str(if open == "${" { &from[2..end] } else { from[2..end].trim() });
        name.push_str(close);
        rest = &from[end + close.trim_start().len()..];
    }
    name.push_str(&if fold { rest.to_ascii_lowercase() } else { rest.to_owned() });
    Some(name)
}

/// The text inside quotes of any kind, with doubled quotes made one.
pub fn unquote(text: &str) -> String {
    let text = text.strip_prefix("U&").or_else(|| text.strip_prefix("u&")).unwrap_or(text);
    let Some(quote) = text.chars().next() else { return String::new() };
    let closing = if quote == '[' { ']' } else { quote };
    let inner = text.strip_prefix(quote).unwrap_or(text);
    let inner = inner.strip_suffix(closing).unwrap_or(inner);
    let doubled: String = [closing, closing].iter().collect();
    inner.replace(&doubled, &closing.to_string())
}

/// The value of a string token; None for other tokens.
pub fn string_value(kind: TokenKind, text: &str) -> Option<String> {
    match kind {
        TokenKind::String => Some(unquote(text)),
        TokenKind::EscapeString => {
            let text = text.strip_prefix(['e', 'E']).unwrap_or(text);
            let quote = text.bytes().next()?;
            let inner = text.get(1..text.len().saturating_sub(1))?;
            Some(crate::text::Fragment::from_quoted(inner, 0, &Map::Offset(0), quote, true).text)
        }
        TokenKind::PrefixString => {
            let from = text.find('\'')?;
            Some(unquote(&text[from..]))
        }
        TokenKind::Dollar => {
            let tag = text.get(1..)?.find('$')? + 2;
            Some(text.get(tag..text.len().saturating_sub(tag)).unwrap_or("").to_owned())
        }
        TokenKind::Word
        | TokenKind::Quoted
        | TokenKind::Number
        | TokenKind::Parameter
        | TokenKind::Placeholder
        | TokenKind::Symbol
        | TokenKind::Comment
        | TokenKind::Meta => None,
    }
}

/// Whether PostgreSQL reserves the word, so that it names nothing unless quoted (source: PostgreSQL 15 manual, appendix C,
/// "reserved" without "can be function or type").
pub fn is_reserved(word: &str) -> bool {
    const RESERVED: &[&str] = &[
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "current_catalog",
        "current_date",
        "current_role",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "from",
        "grant",
        "group",
        "having",
        "in",
        "initially",
        "intersect",
        "into",
        "lateral",
        "leading",
        "limit",
        "localtime",
        "localtimestamp",
        "not",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "placing",
        "primary",
        "references",
        "returning",
        "select",
        "session_user",
        "some",
        "symmetric",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "when",
        "where",
        "window",
        "with",
    ];
    if word.len() > 17 || !word.is_ascii() {
        return false;
    }
    let mut folded = [0u8; 17];
    for (to, from) in folded.iter_mut().zip(word.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    let folded = &folded[..word.len()];
    RESERVED.binary_search_by(|reserved| reserved.as_bytes().cmp(folded)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_found_in_any_case() {
        assert!(
            is_reserved("SELECT")
                && is_reserved("with")
                && is_reserved("All")
                && is_reserved("current_timestamp")
        );
        assert!(!is_reserved("users") && !is_reserved("name") && !is_reserved("é"));
    }

    #[test]
    fn strings_are_decoded() {
        assert_eq!(string_value(TokenKind::String, "'it''s'").as_deref(), Some("it's"));
        assert_eq!(string_value(TokenKind::EscapeString, r"E'a\'b'").as_deref(), Some("a'b"));
        assert_eq!(string_value(TokenKind::Dollar, "$x$a'b$x$").as_deref(), Some("a'b"));
        let text = "$$x$$ 'y'\n  'w' z";
        let tokens: Vec<Token> =
            super::super::Lexer::new(text, Span::new(0, text.len() as u32), Dialect::Postgres).collect();
        let mut cursor = Cursor::new(text, &tokens, Dialect::Postgres, &Map::Offset(0));
        assert!(cursor.is_string() && cursor.string() == Ok("x".to_owned()));
        assert!(cursor.is_string() && cursor.string() == Ok("yw".to_owned()) && !cursor.is_string());
        assert_eq!(cursor.text_between(0, tokens.len()), "$$x$$ 'y'\n'w' z");
        assert_eq!(unquote("[a b]"), "a b");
        assert_eq!(unquote("`a``b`"), "a`b");
    }
}
