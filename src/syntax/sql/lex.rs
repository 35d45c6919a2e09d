//! Tokens of SQL text, as byte spans. Never fails: what is no token becomes a symbol of one character.

use crate::schema::Dialect;
use crate::text::Span;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A word: keyword or plain identifier; it may hold placeholders (`t_${env}`).
    Word,
    /// An identifier in quotes: `"x"`, `` `x` ``, `[x]`.
    Quoted,
    /// A number.
    Number,
    /// `'…'`.
    String,
    /// `E'…'`; in MySQL every string.
    EscapeString,
    /// `B'…'`, `X'…'`, `N'…'`, `U&'…'`.
    PrefixString,
    /// `$tag$ … $tag$`.
    Dollar,
    /// `$1`, `?`, `:name`, `@name`, `%(name)s`.
    Parameter,
    /// `${x}`, `{{ x }}`: filled in by a tool before the server sees it.
    Placeholder,
    /// An operator, a bracket, a comma, a dot: everything else.
    Symbol,
    /// `-- …`, `# …`, `/* … */`, `{% … %}`.
    Comment,
    /// A psql command, from its backslash to the end of the line.
    Meta,
}

/// A token. Spans are offsets into the text that was lexed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub span: Span,
    /// Whether the text ended before the token did (a quote or a comment that is never closed).
    pub unterminated: bool,
}

/// Reads tokens one after the other.
#[derive(Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    dialect: Dialect,
    at: usize,
    end: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer over the bytes of `span`.
    pub fn new(text: &'a str, span: Span, dialect: Dialect) -> Self {
        let end = (span.end as usize).min(text.len());
        Self { text, dialect, at: (span.start as usize).min(end), end }
    }

    /// The byte that is read next.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Goes on at this byte.
    pub fn jump(&mut self, at: usize) {
        self.at = at.min(self.end);
    }

    fn byte(&self, ahead: usize) -> u8 {
        let at = self.at + ahead;
        if at < self.end { self.text.as_bytes()[at] } else { 0 }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..self.end]
    }

    fn token(&mut self, kind: TokenKind, start: usize, terminated: bool) -> Token {
        // A cut inside a character can only come from a token that the text's end cut short.
        while self.at < self.end && !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        Token { kind, span: Span::new(start as u32, self.at as u32), unterminated: !terminated }
    }

    /// Moves behind the next `needle`, or to the end of the text; says whether it was found.
    fn skip_past(&mut self, needle: &[u8]) -> bool {
        match find(self.rest(), needle) {
            Some(at) => {
                self.at += at + needle.len();
                true
            }
            None => {
                self.at = self.end;
                false
            }
        }
    }

    fn skip_line(&mut self) {
        match find(self.rest(), b"\n") {
            Some(at) => self.at += at,
            None => self.at = self.end,
        }
        if self.at > 0 && self.text.as_bytes()[self.at - 1] == b'\r' {
            self.at -= 1;
        }
    }

    fn block_comment(&mut self) -> bool {
        let nested = self.dialect == Dialect::Postgres;
        let mut depth = 0u32;
        while self.at < self.end {
            match (self.byte(0), self.byte(1)) {
                (b'/', b'*') if nested || depth == 0 => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return true;
                    }
                }
                _ => self.at += 1,
            }
        }
        false
    }

    /// Reads to the closing quote; `quote` doubled stands for itself, and what stands in a placeholder right behind the first
    /// quote is no quote (`"{{ index .Options "Namespace" }}"`).
    fn quoted(&mut self, quote: u8, escapes: bool) -> bool {
        self.at += 1;
        if quote == b'"' && self.byte(2) != quote {
            self.at += self.placeholder().unwrap_or(0);
        }
        while self.at < self.end {
            let byte = self.byte(0);
            if byte == b'\\' && escapes {
                self.at += 2;
            } else if byte == quote {
                if self.byte(1) == quote {
                    self.at += 2;
                } else {
                    self.at += 1;
                    return true;
                }
            } else {
                self.at += 1;
            }
        }
        self.at = self.end;
        false
    }

    /// The length of a placeholder that begins here.
    fn placeholder(&self) -> Option<usize> {
        let rest = self.rest();
        let closing: &[u8] = match rest {
            [b'$', b'{', ..] => b"}",
            [b'{', b'{', ..] => b"}}",
            _ => return None,
        };
        let length = find(&rest[2..], closing)? + 2 + closing.len();
        (!rest[..length].contains(&b'\n')).then_some(length)
    }

    fn word(&mut self) {
        loop {
            if let Some(length) = self.placeholder() {
                self.at += length;
                continue;
            }
            match self.byte(0) {
                b'$' if self.dialect != Dialect::Sqlite => self.at += 1,
                byte if is_word_byte(byte) => self.at += 1,
                _ => break,
            }
        }
    }

    fn number(&mut self) {
        if self.byte(0) == b'0'
            && matches!(self.byte(1) | 0x20, b'x' | b'o' | b'b')
            && self.byte(2).is_ascii_hexdigit()
        {
            self.at += 2;
            while self.byte(0).is_ascii_hexdigit() || self.byte(0) == b'_' {
                self.at += 1;
            }
            return;
        }
        let digits = |lexer: &mut Self| {
            while lexer.byte(0).is_ascii_digit() || (lexer.byte(0) == b'_' && lexer.byte(1).is_ascii_digit())
            {
                lexer.at += 1;
            }
        };
        digits(self);
        // `1..10` is a range of plpgsql, not a number with two points.
        if self.byte(0) == b'.' && self.byte(1) != b'.' {
            self.at += 1;
            digits(self);
        }
        if self.byte(0) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.byte(1), b'+' | b'-'));
            if self.byte(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                digits(self);
            }
        }
    }

    fn dollar_quote(&mut self) -> Option<bool> {
        let rest = self.rest();
        let tag = 1 + rest[1..].iter().take_while(|b| is_word_byte(**b)).count();
        if rest.get(tag) != Some(&b'$') || rest.get(1).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let delimiter = &rest[..=tag];
        self.at += delimiter.len();
        Some(self.skip_past(delimiter))
    }

    fn closed_dollar_quote(&self) -> bool {
        self.clone().dollar_quote() == Some(true)
    }

    fn operator(&mut self) {
        let rest = self.rest();
        if self.dialect != Dialect::Postgres {
            let long: &[&[u8]] = &[
                b"<=>", b"->>", b"||", b"->", b"<<", b">>", b"<=", b">=", b"<>", b"!=", b"==", b"::", b":=",
                b"&&",
            ];
            self.at += long.iter().find(|op| rest.starts_with(op)).map_or(1, |op| op.len());
            return;
        }
        // PostgreSQL manual, 4.1.3: an operator is a run of these, without a comment start, and ends in + or -
        // only when it also holds one of ~ ! @ # % ^ & | ` ?
        let mut length = 0;
        while length < rest.len() && is_operator_byte(rest[length]) {
            if matches!(&rest[length..], [b'-', b'-', ..] | [b'/', b'*', ..]) && length > 0 {
                break;
            }
            length += 1;
        }
        if !rest[..length].iter().any(|b| b"~!@#%^&|`?".contains(b)) {
            while length > 1 && matches!(rest[length - 1], b'+' | b'-') {
                length -= 1;
            }
        }
        self.at += length.max(1);
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        use TokenKind as K;
        loop {
            let byte = self.byte(0);
            if self.at >= self.end {
                return None;
            }
            // A byte order mark can stand at the start of a file that was appended to another.
            if byte.is_ascii_whitespace() || matches!(byte, 0 | 0x0b) {
                self.at += 1;
            } else if self.rest().starts_with(b"\xef\xbb\xbf") {
                self.at += 3;
            } else if self.rest().starts_with(b"\xc2\xa0") {
                self.at += 2;
            } else {
                break;
            }
        }
        let start = self.at;
        let (byte, next) = (self.byte(0), self.byte(1));
        let dialect = self.dialect;
        let mysql = dialect == Dialect::Mysql;
        let postgres = dialect == Dialect::Postgres;
        let is_string_prefix = |prefix: u8| next == b'\'' && byte | 0x20 == prefix;
        let token = match byte {
            b'-' if next == b'-' => {
                self.skip_line();
                self.token(K::Comment, start, true)
            }
            b'#' if mysql => {
                self.skip_line();
                self.token(K::Comment, start, true)
            }
            // MySQL runs what stands in /*! … */; mysqldump writes settings and whole tables that way.
            b'/' if mysql && next == b'*' && self.byte(2) == b'!' => {
                self.at += 3;
                while self.byte(0).is_ascii_digit() {
                    self.at += 1;
                }
                self.token(K::Comment, start, true)
            }
            b'*' if mysql && next == b'/' => {
                self.at += 2;
                self.token(K::Comment, start, true)
            }
            b'/' if next == b'*' => {
                let closed = self.block_comment();
                self.token(K::Comment, start, closed)
            }
            b'{' if next == b'%' || next == b'#' => {
                let closed = self.skip_past(if next == b'%' { b"%}" } else { b"#}" });
                self.token(K::Comment, start, closed)
            }
            b'\'' => {
                let closed = self.quoted(b'\'', mysql);
                self.token(if mysql { K::EscapeString } else { K::String }, start, closed)
            }
            b'"' if mysql => {
                let closed = self.quoted(b'"', true);
                self.token(K::EscapeString, start, closed)
            }
            b'"' => {
                let closed = self.quoted(b'"', false);
                self.token(K::Quoted, start, closed)
            }
            b'`' if !postgres => {
                let closed = self.quoted(b'`', false);
                self.token(K::Quoted, start, closed)
            }
            b'[' if dialect == Dialect::Sqlite => {
                let closed = self.skip_past(b"]");
                self.token(K::Quoted, start, closed)
            }
            _ if postgres && is_string_prefix(b'e') => {
                self.at += 1;
                let closed = self.quoted(b'\'', true);
                self.token(K::EscapeString, start, closed)
            }
            _ if is_string_prefix(b'x')
                || (!matches!(dialect, Dialect::Sqlite)
                    && (is_string_prefix(b'b') || is_string_prefix(b'n'))) =>
            {
                self.at += 1;
                let closed = self.quoted(b'\'', mysql);
                self.token(K::PrefixString, start, closed)
            }
            b'u' | b'U' if postgres && next == b'&' && matches!(self.byte(2), b'\'' | b'"') => {
                self.at += 2;
                let quote = self.byte(0);
                let closed = self.quoted(quote, false);
                self.token(if quote == b'"' { K::Quoted } else { K::PrefixString }, start, closed)
            }
            b'$' | b'{' if self.placeholder().is_some() => {
                let length = self.placeholder().unwrap_or(1);
                self.at += length;
                let glued = is_word_byte(self.byte(0)) || self.placeholder().is_some();
                self.word();
                self.token(if glued { K::Word } else { K::Placeholder }, start, true)
            }
            // SQLite knows no dollar quotes; where one is closed it came from PostgreSQL, and is kept whole to be named.
            b'$' if dialect == Dialect::Sqlite && self.closed_dollar_quote() => {
                let closed = self.dollar_quote().unwrap_or(true);
                self.token(K::Dollar, start, closed)
            }
            b'$' if next.is_ascii_digit() => {
                self.at += 1;
                while self.byte(0).is_ascii_digit() {
                    self.at += 1;
                }
                self.token(K::Parameter, start, true)
            }
            b'$' if postgres => match self.dollar_quote() {
                Some(closed) => self.token(K::Dollar, start, closed),
                None => {
                    self.at += 1;
                    self.token(K::Symbol, start, true)
                }
            },
            b':' if matches!(next, b'\'' | b'"') && postgres => {
                self.at += 1;
                let closed = self.quoted(next, false);
                self.token(K::Parameter, start, closed)
            }
            b':' if is_word_start(next) => {
                self.at += 1;
                self.word();
                self.token(K::Parameter, start, true)
            }
            b'@' if mysql || (dialect == Dialect::Sqlite && is_word_start(next)) => {
                while self.byte(0) == b'@' {
                    self.at += 1;
                }
                self.word();
                self.token(K::Parameter, start, true)
            }
            b'$' if is_word_start(next) => {
                self.at += 1;
                self.word();
                self.token(K::Parameter, start, true)
            }
            b'%' if next == b'('
                && find(self.rest(), b")s").is_some_and(|at| !self.rest()[..at].contains(&b'\n')) =>
            {
                self.skip_past(b")s");
                self.token(K::Parameter, start, true)
            }
            b'?' if !postgres => {
                self.at += 1;
                while self.byte(0).is_ascii_digit() {
                    self.at += 1;
                }
                self.token(K::Parameter, start, true)
            }
            b'\\' if postgres => {
                self.skip_line();
                self.token(K::Meta, start, true)
            }
            b'0'..=b'9' => {
                self.number();
                self.token(K::Number, start, true)
            }
            b'.' if next.is_ascii_digit() => {
                self.number();
                self.token(K::Number, start, true)
            }
            _ if is_word_start(byte) => {
                self.word();
                self.token(K::Word, start, true)
            }
            b':' if next == b':' || next == b'=' => {
                self.at += 2;
                self.token(K::Symbol, start, true)
            }
            b'.' if next == b'.' => {
                self.at += 2;
                self.token(K::Symbol, start, true)
            }
            _ if is_operator_byte(byte) => {
                self.operator();
                self.token(K::Symbol, start, true)
            }
            _ => {
                self.at += 1;
                self.token(K::Symbol, start, true)
            }
        };
        Some(token)
    }
}

const fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

const fn is_word_byte(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}

fn is_operator_byte(byte: u8) -> bool {
    b"+-*/<>=~!@#%^&|`?".contains(&byte)
}

/// The place of `needle` in `hay`.
pub fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = hay[from..].iter().position(|b| *b == first) {
        if hay[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
