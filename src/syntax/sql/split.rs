//! Splits SQL text into statements. Never fails, and its pieces cover every byte.

use super::lex::{Lexer, Token, TokenKind};
use crate::schema::Dialect;
use crate::text::Span;

/// What a run of bytes is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PieceKind {
    /// A statement with its semicolon: the index into [`Split::statements`].
    Statement(u32),
    /// Blanks, comments and lone semicolons.
    Between,
    /// A psql command.
    Meta,
    /// The rows after COPY … FROM stdin, with the line that ends them.
    CopyData,
}

/// A run of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Its bytes.
    pub span: Span,
}

/// One statement's tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// The first of its tokens in [`Split::tokens`].
    pub first: usize,
    /// Behind its last token; the semicolon does not count.
    pub last: usize,
    /// From its first to its last token.
    pub span: Span,
    /// The same with its semicolon.
    pub whole: Span,
}

/// Text, split.
#[derive(Clone, Default, Debug)]
pub struct Split {
    /// Every token of every statement, without comments.
    pub tokens: Vec<Token>,
    /// The statements, in order.
    pub statements: Vec<Range>,
    /// Every comment.
    pub comments: Vec<Token>,
    /// What the bytes are, in order, without a gap.
    pub pieces: Vec<Piece>,
}

/// Splits the bytes of `span`.
pub fn split(text: &str, span: Span, dialect: Dialect) -> Split {
    let mut splitter = Splitter {
        text,
        dialect,
        lexer: Lexer::new(text, span, dialect),
        out: Split::default(),
        delimiter: None,
        covered: span.start,
        end: (span.end as usize).min(text.len()) as u32,
    };
    while splitter.statement(true) {}
    let (covered, end) = (splitter.covered, splitter.end);
    splitter.piece(PieceKind::Between, Span::new(covered, end));
    splitter.out
}

struct Splitter<'a> {
    text: &'a str,
    dialect: Dialect,
    lexer: Lexer<'a>,
    out: Split,
    /// MySQL's DELIMITER, where it is not the semicolon.
    delimiter: Option<&'a str>,
    covered: u32,
    end: u32,
}

impl<'a> Splitter<'a> {
    fn piece(&mut self, kind: PieceKind, span: Span) {
        if span.is_empty() {
            return;
        }
        if self.covered < span.start {
            self.out
                .pieces
                .push(Piece { kind: PieceKind::Between, span: Span::new(self.covered, span.start) });
        }
        self.covered = span.end;
        match self.out.pieces.last_mut() {
            Some(last) if last.kind == PieceKind::Between && kind == PieceKind::Between => {
                last.span.end = span.end
            }
            _ => self.out.pieces.push(Piece { kind, span }),
        }
    }

    fn text_of(&self, token: Token) -> &'a str {
        self.text.get(token.span.range()).unwrap_or("")
    }

    fn is_word(&self, token: Token, word: &str) -> bool {
        token.kind == TokenKind::Word && self.text_of(token).eq_ignore_ascii_case(word)
    }

    /// Reads one statement (or what stands between two). With `nesting`, semicolons inside parentheses and bodies
    /// do not end it; where a bracket or body is never closed, the statement is read again without.
    fn statement(&mut self, nesting: bool) -> bool {
        let (restart, comments) = (self.lexer.clone(), self.out.comments.len());
        let first = self.out.tokens.len();
        let mut nest = Nest::default();
        loop {
            if self.at_delimiter(first) {
                return true;
            }
            let Some(token) = self.lexer.next() else {
                if first == self.out.tokens.len() {
                    return false;
                }
                let unterminated = self.out.tokens.last().is_some_and(|token| token.unterminated);
                if nesting && nest.is_open() && !unterminated {
                    self.lexer = restart;
                    self.out.comments.truncate(comments);
                    self.out.tokens.truncate(first);
                    return self.statement(false);
                }
                self.finish(first, None);
                return true;
            };
            match token.kind {
                TokenKind::Comment => {
                    self.out.comments.push(token);
                    if first < self.out.tokens.len() && ends_statement(self.text_of(token)) {
                        self.finish(first, None);
                        return true;
                    }
                }
                TokenKind::Meta => {
                    if self.meta(token, first) {
                        return true;
                    }
                }
                TokenKind::Symbol
                    if self.text_of(token) == ";"
                        && (self.delimiter.is_none() || first == self.out.tokens.len()) =>
                {
                    if first == self.out.tokens.len() {
                        self.piece(PieceKind::Between, token.span);
                        return true;
                    }
                    if !(nesting && nest.is_open()) {
                        self.finish(first, Some(token.span));
                        return true;
                    }
                    self.out.tokens.push(token);
                }
                // The client sends what stands before the DELIMITER as one; the server takes it apart at semicolons.
                TokenKind::Symbol
                    if self.text_of(token) == ";" && !self.is_word(self.out.tokens[first], "CREATE") =>
                {
                    self.finish(first, Some(token.span));
                    return true;
                }
                TokenKind::Word
                    if first == self.out.tokens.len()
                        && self.dialect == Dialect::Mysql
                        && self.is_word(token, "DELIMITER") =>
                {
                    self.set_delimiter(token);
                    return true;
                }
                _ => {
                    self.out.tokens.push(token);
                    if nesting {
                        nest.see(self, first, token);
                    }
                }
            }
        }
    }

    /// MySQL: ends the statement where the DELIMITER stands next.
    fn at_delimiter(&mut self, first: usize) -> bool {
        let Some(delimiter) = self.delimiter else { return false };
        let rest = self.text.get(self.lexer.at()..self.end as usize).unwrap_or("");
        let blank = rest.len() - rest.trim_start().len();
        if !rest[blank..].starts_with(delimiter) {
            return false;
        }
        let start = self.lexer.at() + blank;
        self.lexer.jump(start + delimiter.len());
        let span = Span::new(start as u32, (start + delimiter.len()) as u32);
        if first == self.out.tokens.len() {
            self.piece(PieceKind::Between, span);
        } else {
            self.finish(first, Some(span));
        }
        true
    }

    fn set_delimiter(&mut self, word: Token) {
        let mut from = word.span.end as usize;
        let mut lines = self.text[from..self.end as usize].split_inclusive('\n');
        let mut line = lines.next().unwrap_or("");
        // Flyway reads on to the next line that says something.
        while line.trim().is_empty()
            && let Some(next) = lines.next()
        {
            from += line.len();
            line = next;
        }
        let delimiter = line.trim();
        self.delimiter = (!delimiter.is_empty() && delimiter != ";").then_some(delimiter);
        let end = from + line.trim_end_matches(['\n', '\r']).len();
        self.lexer.jump(end);
        self.piece(PieceKind::Meta, Span::new(word.span.start, (from + line.trim_end().len()) as u32));
    }

    /// A psql command; `\g` and its kin send the statement before them.
    fn meta(&mut self, token: Token, first: usize) -> bool {
        let command = self.text_of(token);
        let name: String = command.chars().skip(1).take_while(char::is_ascii_alphanumeric).collect();
        let sends =
            matches!(name.as_str(), "g" | "gx" | "gexec" | "gset" | "gdesc" | "crosstabview" | "watch");
        if first < self.out.tokens.len() {
            if !sends {
                return false;
            }
            self.finish(first, None);
        }
        self.piece(PieceKind::Meta, token.span);
        let lower = command.to_ascii_lowercase();
        if name == "copy" && lower.contains("from") && (lower.contains("stdin") && !lower.contains("pstdin"))
        {
            self.copy_data();
        }
        true
    }

    fn finish(&mut self, first: usize, terminator: Option<Span>) {
        let last = self.out.tokens.len();
        let mut whole = self.out.tokens[first].span.cover(self.out.tokens[last - 1].span);
        whole = terminator.map_or(whole, |terminator| whole.cover(terminator));
        // A semicolon can also stand before MySQL's DELIMITER.
        let ends = self.out.tokens[first + 1..last].iter().rev();
        let last = last - ends.take_while(|token| self.text_of(**token) == ";").count();
        let span = self.out.tokens[first].span.cover(self.out.tokens[last - 1].span);
        self.piece(PieceKind::Statement(self.out.statements.len() as u32), whole);
        self.out.statements.push(Range { first, last, span, whole });
        let copies = self.dialect == Dialect::Postgres
            && terminator.is_some()
            && self.is_word(self.out.tokens[first], "COPY")
            && self.out.tokens[first..last]
                .windows(2)
                .any(|pair| self.is_word(pair[0], "FROM") && self.is_word(pair[1], "STDIN"));
        if copies {
            self.copy_data();
        }
    }

    /// Rows follow, to a line that is only `\.` or the end of the text, as psql reads them.
    fn copy_data(&mut self) {
        let start = self.lexer.at();
        let mut at = start;
        // The rows begin on the next line.
        for line in self.text[start..self.end as usize].split_inclusive('\n') {
            let first = at == start;
            at += line.len();
            if !first && line.trim_end_matches(['\r', '\n']) == "\\." {
                break;
            }
        }
        self.lexer.jump(at);
        self.piece(PieceKind::CopyData, Span::new(start as u32, at as u32));
    }
}

/// Whether a comment is one at which a tool cuts a file into statements, semicolon or not.
fn ends_statement(comment: &str) -> bool {
    let annotation = comment.trim_start_matches('-').trim_start_matches('>').trim();
    ["statement-breakpoint", "+goose StatementEnd", "+migrate StatementEnd"]
        .iter()
        .any(|marker| annotation.get(..marker.len()).is_some_and(|start| start.eq_ignore_ascii_case(marker)))
}

/// What is open around the next semicolon.
#[derive(Default)]
struct Nest {
    parentheses: u32,
    /// BEGIN and CASE of a body that are not ended yet.
    blocks: u32,
    /// Whether this statement may have a body with semicolons.
    body: Option<bool>,
    /// Whether the last word was END.
    after_end: bool,
}

impl Nest {
    const fn is_open(&self) -> bool {
        self.parentheses > 0 || self.blocks > 0
    }

    fn see(&mut self, splitter: &Splitter<'_>, first: usize, token: Token) {
        let text = splitter.text_of(token);
        match text {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.saturating_sub(1),
            _ => {}
        }
        if token.kind != TokenKind::Word {
            self.after_end = false;
            return;
        }
        let tokens = &splitter.out.tokens[first..];
        let after_end = std::mem::take(&mut self.after_end);
        if after_end && ["IF", "LOOP", "WHILE", "REPEAT"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
            // END IF and its kin close what was not counted.
            self.blocks += 1;
            return;
        }
        if self.blocks == 0 {
            if !self.may_have_body(splitter, tokens) {
                return;
            }
            let opens = match splitter.dialect {
                Dialect::Postgres => {
                    text.eq_ignore_ascii_case("ATOMIC")
                        && tokens.len() > 1
                        && splitter.is_word(tokens[tokens.len() - 2], "BEGIN")
                }
                Dialect::Sqlite | Dialect::Mysql => text.eq_ignore_ascii_case("BEGIN"),
            };
            self.blocks = u32::from(opens);
            return;
        }
        if text.eq_ignore_ascii_case("END") {
            self.blocks -= 1;
            self.after_end = true;
        } else if text.eq_ignore_ascii_case("CASE") {
            // END CASE closed a CASE already.
            self.blocks += u32::from(!after_end);
        } else if text.eq_ignore_ascii_case("BEGIN") {
            self.blocks += 1;
        }
    }

    /// CREATE … TRIGGER, FUNCTION, PROCEDURE, EVENT: known within the first eight words.
    fn may_have_body(&mut self, splitter: &Splitter<'_>, tokens: &[Token]) -> bool {
        if let Some(body) = self.body {
            return body;
        }
        if !splitter.is_word(tokens[0], "CREATE") {
            self.body = Some(false);
            return false;
        }
        let last = tokens[tokens.len() - 1];
        let bodies: &[&str] = match splitter.dialect {
            Dialect::Postgres => &["FUNCTION", "PROCEDURE"],
            Dialect::Sqlite => &["TRIGGER"],
            Dialect::Mysql => &["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"],
        };
        if bodies.iter().any(|word| splitter.is_word(last, word)) {
            self.body = Some(true);
        } else if tokens.len() > 12 {
            self.body = Some(false);
        }
        self.body == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str, dialect: Dialect) -> Vec<&str> {
        let split = split(text, Span::new(0, text.len() as u32), dialect);
        let mut at = 0;
        for piece in &split.pieces {
            assert_eq!(piece.span.start, at, "a gap before {piece:?}");
            at = piece.span.end;
        }
        assert_eq!(at as usize, text.len(), "the pieces cover every byte");
        split.statements.iter().map(|range| &text[range.span.range()]).collect()
    }

    #[test]
    fn quotes_and_comments_hide_semicolons() {
        let text = "a 'x;''y' ; /* ; /* ; */ ; */ b \"q;\" -- ;\n; c $f$ ; $g$ ; $f$; E'\\';' d";
        assert_eq!(
            statements(text, Dialect::Postgres),
            ["a 'x;''y'", "b \"q;\"", "c $f$ ; $g$ ; $f$", "E'\\';' d"]
        );
    }

    #[test]
    fn bodies_keep_their_semicolons() {
        let pg = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3";
        assert_eq!(statements(pg, Dialect::Postgres).len(), 2);
        let sqlite = "CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE a SET b = CASE c WHEN 1 THEN 2 END; DELETE FROM d; END; BEGIN; COMMIT";
        assert_eq!(statements(sqlite, Dialect::Sqlite).len(), 3);
        let mysql = "CREATE PROCEDURE p() BEGIN IF x THEN SELECT 1; END IF; CASE y WHEN 1 THEN SELECT 2; END CASE; END; SELECT 1";
        assert_eq!(statements(mysql, Dialect::Mysql).len(), 2);
        assert_eq!(
            statements("CREATE RULE r AS ON INSERT TO t DO (a; b); SELECT 1", Dialect::Postgres).len(),
            2
        );
    }

    #[test]
    fn a_bracket_that_is_never_closed_costs_one_statement() {
        assert_eq!(statements("CREATE TABLE t (a int; SELECT 1; SELECT 2", Dialect::Postgres).len(), 3);
    }

    #[test]
    fn copy_data_and_psql_commands_are_no_statements() {
        let text = "\\set x 1\nCOPY t FROM stdin;\n1\tit's\n\\.\nSELECT 1 \\gexec\nSELECT 2;\n";
        assert_eq!(statements(text, Dialect::Postgres), ["COPY t FROM stdin", "SELECT 1", "SELECT 2"]);
    }

    #[test]
    fn mysql_delimiters() {
        let text = "DELIMITER //\nCREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET x = 1; //\nDELIMITER ;\nSELECT 1; # x;\n";
        assert_eq!(
            statements(text, Dialect::Mysql),
            ["CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET x = 1", "SELECT 1"]
        );
        let text = "DELIMITER //\nDROP TRIGGER a;\nCREATE TRIGGER a AFTER UPDATE ON t FOR EACH ROW BEGIN SET x = 1; END;\n//\n";
        assert_eq!(
            statements(text, Dialect::Mysql),
            ["DROP TRIGGER a", "CREATE TRIGGER a AFTER UPDATE ON t FOR EACH ROW BEGIN SET x = 1; END"]
        );
    }

    #[test]
    fn odd_bytes_are_read_past() {
        for text in [
            "\u{feff}SELECT 1;\r\n",
            "SELECT 1\0;",
            "é ; 'ü",
            "$$ never closed",
            "/* never",
            "\\",
            "$",
            "{{",
            "${",
            ":",
            "E'\\",
        ] {
            for dialect in [Dialect::Postgres, Dialect::Sqlite, Dialect::Mysql] {
                statements(text, dialect);
            }
        }
        assert_eq!(statements("\u{feff}SELECT 1;\r\n", Dialect::Postgres), ["SELECT 1"]);
    }

    #[test]
    fn tools_cut_at_their_own_comments() {
        let text = "INSERT INTO a SELECT 1\n--> statement-breakpoint\nSELECT 2\n-- +goose StatementEnd\nSELECT 3 -- a comment\n+ 4";
        assert_eq!(
            statements(text, Dialect::Postgres),
            ["INSERT INTO a SELECT 1", "SELECT 2", "SELECT 3 -- a comment\n+ 4"]
        );
    }

    #[test]
    fn placeholders_are_tokens() {
        let text = "CREATE TABLE ${schema}.t_${env} (a {{ type }}); SELECT :var, :'x;y', a::int";
        assert_eq!(statements(text, Dialect::Postgres).len(), 2);
    }
}
