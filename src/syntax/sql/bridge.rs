//! The only place that names `sqlparser`: our tokens become its tokens, its trees become our expressions.

mod order;
mod query;

use std::cell::Cell;

use sqlparser::ast;
use sqlparser::ast::DollarQuotedString;
use sqlparser::dialect::{MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token as Theirs, Whitespace};

use super::cursor::{Cursor, Read, Unread, string_value, unquote};
use super::lex::{Token, TokenKind};
use crate::schema::{Dialect, Expr, LONGEST as LONGEST_NAME, Literal, Query, Subquery, Type, clip};
use crate::text::Span;

/// Longer expressions are kept as text: deep trees cost stack in the parser, and nobody compares them.
const LONGEST: usize = 4_000;

/// Trees that are deeper are kept as text, for the same reason.
const DEEPEST: u16 = 100;

/// What lowering a tree goes by.
struct Lowering {
    dialect: Dialect,
    /// How deep in the tree we are.
    depth: Cell<u16>,
    /// Whether it was too deep somewhere.
    too_deep: Cell<bool>,
    /// Whether it is a whole query.
    in_query: bool,
}

impl Lowering {
    const fn new(dialect: Dialect, in_query: bool) -> Self {
        Self { dialect, depth: Cell::new(0), too_deep: Cell::new(false), in_query }
    }

    /// What `inner` makes of the next level; None where there are too many.
    fn level<T>(&self, inner: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.depth.get() == DEEPEST {
            self.too_deep.set(true);
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let made = inner();
        self.depth.set(self.depth.get() - 1);
        made
    }
}

/// The expression that tokens `first..last` are. One that `sqlparser` does not know is kept as text.
///
/// # Errors
/// When there are no tokens, or their brackets do not match, or two operands stand side by side where none can.
pub fn expr(cursor: &Cursor<'_>, first: usize, last: usize) -> Read<Expr> {
    let last = last.min(cursor.tokens.len());
    let mut here = cursor.clone();
    here.at = first;
    if first >= last {
        return Err(here.unread("an expression"));
    }
    let raw =
        || Expr::Raw { text: cursor.text_between(first, last), words: cursor.words_between(first, last) };
    if last - first > LONGEST || loses_precision(cursor, first, last) {
        return Ok(raw());
    }
    if last - first == 1
        && let Some(expr) = simple(cursor, cursor.tokens[first])
    {
        return Ok(expr);
    }
    let mut parser = parser(cursor, query::given(cursor, first, last).into_iter());
    match parser.parse_expr() {
        Ok(parsed) if parser.peek_token().token == Theirs::EOF => {
            let at = Lowering::new(cursor.dialect, false);
            let lowered = lower(&at, &parsed).filter(|_| !at.too_deep.get());
            Ok(lowered.unwrap_or_else(raw))
        }
        _ => {
            balanced(&here, last)?;
            Ok(raw())
        }
    }
}

/// The query that the tokens of these parts are one after the other, where `sqlparser` knows everything in it.
pub fn query(cursor: &Cursor<'_>, parts: &[(usize, usize)]) -> Option<Query> {
    if parts.iter().any(|(first, last)| loses_precision(cursor, *first, *last)) {
        return None;
    }
    let tokens: Vec<Given> =
        parts.iter().flat_map(|(first, last)| query::given(cursor, *first, *last)).collect();
    if tokens.len() > LONGEST {
        return None;
    }
    let mut parser = parser(cursor, tokens.into_iter());
    let parsed = parser.parse_query().ok().filter(|_| parser.peek_token().token == Theirs::EOF)?;
    let at = Lowering::new(cursor.dialect, true);
    query::lower(&at, &parsed).filter(|_| !at.too_deep.get())
}

/// Whether tokens `first..last` have `interval(3) '…'` among them, of which `sqlparser` keeps only the string.
fn loses_precision(cursor: &Cursor<'_>, first: usize, last: usize) -> bool {
    cursor.tokens.get(first..last.min(cursor.tokens.len())).unwrap_or_default().windows(5).any(|five| {
        let is = |at: usize, symbol: &str| cursor.text_of(five[at]) == symbol;
        five[0].kind == TokenKind::Word
            && cursor.text_of(five[0]).eq_ignore_ascii_case("interval")
            && is(1, "(")
            && five[2].kind == TokenKind::Number
            && is(3, ")")
            && five[4].kind == TokenKind::String
    })
}

/// A token, and what `sqlparser` is shown instead of it.
#[derive(Clone, Copy)]
pub struct Given {
    /// The token.
    pub token: Token,
    /// A word or a symbol.
    pub instead: Option<&'static str>,
}

/// Where `sqlparser` refuses `tokens` as one whole statement, and what it expected there; None where it takes them.
pub fn statement_error(cursor: &Cursor<'_>, tokens: &[Given]) -> Option<Unread> {
    let mut parser = parser(cursor, tokens.iter().copied());
    let expected = match parser.parse_statement() {
        Ok(_) if parser.peek_token().token == Theirs::EOF => return None,
        Ok(_) => "the end of the statement".to_owned(),
        Err(ParserError::ParserError(message) | ParserError::TokenizerError(message)) => expected(&message),
        Err(ParserError::RecursionLimitExceeded) => return None,
    };
    // It has stepped over the token that it did not want, unless that is left for the next statement.
    let at = parser.index().min(tokens.len().saturating_sub(1));
    let at = tokens.get(at).map_or_else(Span::default, |given| cursor.map.span(given.token.span));
    Some(Unread { at, expected })
}

/// What `Expected: x, found: y` expected.
fn expected(message: &str) -> String {
    let expected = message.strip_prefix("Expected: ").and_then(|rest| rest.split_once(", found: "));
    expected.map_or_else(|| "a statement".to_owned(), |(expected, _)| expected.to_owned())
}

fn parser(cursor: &Cursor<'_>, given: impl Iterator<Item = Given>) -> Parser<'static> {
    let parser = match cursor.dialect {
        Dialect::Postgres => Parser::new(&PostgreSqlDialect {}),
        Dialect::Sqlite => Parser::new(&SQLiteDialect {}),
        Dialect::Mysql => Parser::new(&MySqlDialect {}),
    };
    let mut tokens: Vec<Theirs> = Vec::with_capacity(given.size_hint().0);
    let mut before: Option<Token> = None;
    for Given { token, instead } in given {
        let goes_on = before.is_some_and(|before| continues(cursor, before, token));
        before = Some(token);
        if let Some(text) = instead {
            let word = text.starts_with(|first: char| first.is_ascii_alphabetic());
            tokens.push(if word { Theirs::make_word(text, None) } else { symbol(cursor.dialect, text) });
            continue;
        }
        match tokens.iter_mut().rfind(|token| !matches!(token, Theirs::Whitespace(_))) {
            Some(Theirs::SingleQuotedString(text) | Theirs::EscapedStringLiteral(text)) if goes_on => {
                text.push_str(&string_value(token.kind, cursor.text_of(token)).unwrap_or_default());
                // So that their tokens still count like ours.
                tokens.push(Theirs::Whitespace(Whitespace::Space));
            }
            _ => tokens.push(theirs(cursor, token)),
        }
    }
    parser.with_recursion_limit(300).with_tokens(tokens)
}

/// Whether two strings are one: in PostgreSQL with a line break between them (manual, 4.1.2.1), in MySQL always.
pub fn continues(cursor: &Cursor<'_>, before: Token, token: Token) -> bool {
    let strings = matches!(before.kind, TokenKind::String | TokenKind::EscapeString)
        && matches!(token.kind, TokenKind::String | TokenKind::EscapeString);
    let between = || cursor.text.get(before.span.end as usize..token.span.start as usize).unwrap_or("");
    strings
        && match cursor.dialect {
            Dialect::Postgres => token.kind == TokenKind::String && between().contains('\n'),
            Dialect::Sqlite => false,
            Dialect::Mysql => true,
        }
}

/// A single token needs no parser.
fn simple(cursor: &Cursor<'_>, token: Token) -> Option<Expr> {
    let text = cursor.text_of(token);
    match token.kind {
        TokenKind::Number => Some(Expr::Literal(Literal::Number(text.to_owned()))),
        TokenKind::String | TokenKind::EscapeString | TokenKind::Dollar => {
            string_value(token.kind, text).map(|text| Expr::Literal(Literal::String(text)))
        }
        TokenKind::Parameter | TokenKind::Placeholder => {
            Some(Expr::Literal(Literal::Placeholder(text.to_owned())))
        }
        TokenKind::Word if text.eq_ignore_ascii_case("null") => Some(Expr::Literal(Literal::Null)),
        TokenKind::Word if text.eq_ignore_ascii_case("true") => Some(Expr::Literal(Literal::Boolean(true))),
        TokenKind::Word if text.eq_ignore_ascii_case("false") => Some(Expr::Literal(Literal::Boolean(false))),
        TokenKind::Quoted if cursor.dialect != Dialect::Mysql => {
            Some(Expr::Column(vec![fold(cursor.dialect, &unquote(text), true)]))
        }
        TokenKind::Word
        | TokenKind::Quoted
        | TokenKind::PrefixString
        | TokenKind::Symbol
        | TokenKind::Comment
        | TokenKind::Meta => None,
    }
}

fn balanced(cursor: &Cursor<'_>, last: usize) -> Read<()> {
    let mut open = Vec::new();
    let mut at = cursor.clone();
    while at.at < last {
        let token = at.tokens[at.at];
        if token.kind == TokenKind::Symbol {
            let text = at.text_of(token);
            match text {
                "(" => open.push(")"),
                "[" => open.push("]"),
                ")" | "]" if open.pop() != Some(text) => return Err(at.unread("an expression")),
                _ => {}
            }
        }
        if token.unterminated {
            return Err(at.unread("the end of this quote"));
        }
        at.at += 1;
    }
    if open.is_empty() { Ok(()) } else { Err(cursor.unread("an expression with its closing bracket")) }
}

fn theirs(cursor: &Cursor<'_>, token: Token) -> Theirs {
    let text = cursor.text_of(token);
    let string = || string_value(token.kind, text).unwrap_or_default();
    match token.kind {
        TokenKind::Word if text.contains(['{', '$']) => Theirs::make_word(text, Some('"')),
        TokenKind::Word => Theirs::make_word(text, None),
        TokenKind::Quoted => Theirs::make_word(&unquote(text), Some('"')),
        TokenKind::Number => Theirs::Number(text.to_owned(), false),
        TokenKind::EscapeString if cursor.dialect == Dialect::Postgres => {
            Theirs::EscapedStringLiteral(string())
        }
        TokenKind::String | TokenKind::EscapeString => Theirs::SingleQuotedString(string()),
        TokenKind::PrefixString => match text.as_bytes().first().map(u8::to_ascii_lowercase) {
            Some(b'x') => Theirs::HexStringLiteral(string()),
            Some(b'b') => Theirs::SingleQuotedByteStringLiteral(string()),
            Some(b'u') => Theirs::UnicodeStringLiteral(unescaped(&string())),
            _ => Theirs::NationalStringLiteral(string()),
        },
        TokenKind::Dollar => Theirs::DollarQuotedString(DollarQuotedString { value: string(), tag: None }),
        TokenKind::Parameter => Theirs::Placeholder(text.to_owned()),
        TokenKind::Placeholder => Theirs::make_word(text, Some('"')),
        TokenKind::Symbol => symbol(cursor.dialect, text),
        TokenKind::Comment | TokenKind::Meta => Theirs::make_word("", Some('"')),
    }
}

/// What `U&'\0061\+01F600'` stands for; as it is where an escape is none.
fn unescaped(text: &str) -> String {
    let mut units: Vec<u16> = Vec::new();
    let mut buffer = [0; 2];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        if first != '\\' {
            units.extend(first.encode_utf16(&mut buffer).iter());
            continue;
        }
        let (skip, digits) = if rest.starts_with('+') { (1, 6) } else { (0, 4) };
        let code = rest.get(skip..skip + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                match char::from_u32(code) {
                    Some(decoded) => units.extend(decoded.encode_utf16(&mut buffer).iter()),
                    // Half of a pair.
                    None => units.extend(u16::try_from(code)),
                }
                rest = &rest[skip + digits..];
            }
            None if rest.starts_with('\\') => {
                units.push(u16::from(b'\\'));
                rest = &rest[1..];
            }
            None => return text.to_owned(),
        }
    }
    String::from_utf16(&units).unwrap_or_else(|_| text.to_owned())
}

fn symbol(dialect: Dialect, text: &str) -> Theirs {
    use Theirs as T;
    match text {
        "," => T::Comma,
        "(" => T::LParen,
        ")" => T::RParen,
        "[" => T::LBracket,
        "]" => T::RBracket,
        "{" => T::LBrace,
        "}" => T::RBrace,
        "." => T::Period,
        ":" => T::Colon,
        "::" => T::DoubleColon,
        ":=" => T::Assignment,
        ";" => T::SemiColon,
        "\\" => T::Backslash,
        "=" => T::Eq,
        "==" => T::DoubleEq,
        "<>" | "!=" => T::Neq,
        "<" => T::Lt,
        ">" => T::Gt,
        "<=" => T::LtEq,
        ">=" => T::GtEq,
        "<=>" => T::Spaceship,
        "+" => T::Plus,
        "-" => T::Minus,
        "*" => T::Mul,
        "/" => T::Div,
        "%" => T::Mod,
        "||" => T::StringConcat,
        "&" => T::Ampersand,
        "|" => T::Pipe,
        "^" => T::Caret,
        "=>" => T::RArrow,
        "#" => T::Sharp,
        "##" => T::DoubleSharp,
        "~" => T::Tilde,
        "~*" => T::TildeAsterisk,
        "!~" => T::ExclamationMarkTilde,
        "!~*" => T::ExclamationMarkTildeAsterisk,
        "~~" => T::DoubleTilde,
        "~~*" => T::DoubleTildeAsterisk,
        "!~~" => T::ExclamationMarkDoubleTilde,
        "!~~*" => T::ExclamationMarkDoubleTildeAsterisk,
        "<<" => T::ShiftLeft,
        ">>" => T::ShiftRight,
        "&&" => T::Overlap,
        "!" => T::ExclamationMark,
        "!!" => T::DoubleExclamationMark,
        "@" => T::AtSign,
        "^@" => T::CaretAt,
        "|/" => T::PGSquareRoot,
        "||/" => T::PGCubeRoot,
        "->" => T::Arrow,
        "->>" => T::LongArrow,
        "#>" => T::HashArrow,
        "#>>" => T::HashLongArrow,
        "@>" => T::AtArrow,
        "<@" => T::ArrowAt,
        "#-" => T::HashMinus,
        "@?" => T::AtQuestion,
        "@@" => T::AtAt,
        "?" if dialect == Dialect::Postgres => T::Question,
        "?&" => T::QuestionAnd,
        "?|" => T::QuestionPipe,
        "<->" => T::TwoWayArrow,
        _ => T::CustomBinaryOperator(text.to_owned()),
    }
}

/// A name as the server keeps it.
fn fold(dialect: Dialect, text: &str, quoted: bool) -> String {
    match dialect {
        Dialect::Postgres if quoted => clip(text, LONGEST_NAME).to_owned(),
        Dialect::Postgres => clip(text, LONGEST_NAME).to_ascii_lowercase(),
        Dialect::Sqlite | Dialect::Mysql => text.to_ascii_lowercase(),
    }
}

fn ident(dialect: Dialect, ident: &ast::Ident) -> String {
    fold(dialect, &ident.value, ident.quote_style.is_some())
}

fn column(dialect: Dialect, parts: &[ast::Ident]) -> Expr {
    match parts {
        [only] if only.value.starts_with("${") || only.value.starts_with("{{") => {
            Expr::Literal(Literal::Placeholder(only.value.clone()))
        }
        // Words that name no column, and are functions without brackets.
        [only]
            if dialect == Dialect::Postgres
                && only.quote_style.is_none()
                && ["current_role", "current_schema"]
                    .iter()
                    .any(|word| only.value.eq_ignore_ascii_case(word)) =>
        {
            Expr::Call { name: ident(dialect, only), arguments: Vec::new() }
        }
        _ => Expr::Column(parts.iter().map(|part| ident(dialect, part)).collect()),
    }
}

fn operator(name: impl Into<String>, operands: Vec<Expr>) -> Expr {
    Expr::Operator { operator: name.into(), operands }
}

/// Their tree as ours. What has no place in ours is kept as their text.
fn lower(at: &Lowering, mut expr: &ast::Expr) -> Option<Expr> {
    while let ast::Expr::Nested(inner) = expr {
        expr = inner;
    }
    at.level(|| lower_here(at, expr))
}

fn lower_here(at: &Lowering, expr: &ast::Expr) -> Option<Expr> {
    use ast::Expr as E;
    if let Some(again) = order::regrouped(at.dialect, expr) {
        return lower_here(at, &again);
    }
    let one = |inner: &ast::Expr| sub(at, inner);
    let all = |inner: &[ast::Expr]| inner.iter().map(|inner| sub(at, inner)).collect::<Vec<_>>();
    let negated = |no: bool, name: &str| if no { format!("NOT {name}") } else { name.to_owned() };
    Some(match expr {
        E::Identifier(name) => column(at.dialect, std::slice::from_ref(name)),
        E::CompoundIdentifier(parts) => column(at.dialect, parts),
        E::Value(value) => literal(&value.value)?,
        E::TypedString(typed) => Expr::Cast {
            operand: Box::new(literal(&typed.value.value)?),
            to: type_of(at.dialect, &typed.data_type.to_string()),
        },
        // A type has no place for the fields.
        E::Cast { data_type: ast::DataType::Interval { fields: Some(_), .. }, .. } => return None,
        E::Cast { expr, data_type, .. } => {
            Expr::Cast { operand: Box::new(one(expr)), to: type_of(at.dialect, &data_type.to_string()) }
        }
        E::IsNull(inner) => operator("IS NULL", vec![one(inner)]),
        E::IsNotNull(inner) => operator("IS NOT NULL", vec![one(inner)]),
        E::IsTrue(inner) => operator("IS TRUE", vec![one(inner)]),
        E::IsNotTrue(inner) => operator("IS NOT TRUE", vec![one(inner)]),
        E::IsFalse(inner) => operator("IS FALSE", vec![one(inner)]),
        E::IsNotFalse(inner) => operator("IS NOT FALSE", vec![one(inner)]),
        E::IsUnknown(inner) => operator("IS UNKNOWN", vec![one(inner)]),
        E::IsNotUnknown(inner) => operator("IS NOT UNKNOWN", vec![one(inner)]),
        E::IsDistinctFrom(left, right) => operator("IS DISTINCT FROM", vec![one(left), one(right)]),
        E::IsNotDistinctFrom(left, right) => operator("IS NOT DISTINCT FROM", vec![one(left), one(right)]),
        E::InList { expr, list, negated: no } => {
            let mut operands = vec![one(expr)];
            operands.extend(all(list));
            operator(negated(*no, "IN"), operands)
        }
        E::Between { expr, negated: no, low, high } => {
            operator(negated(*no, "BETWEEN"), vec![one(expr), one(low), one(high)])
        }
        E::BinaryOp { left, op, right } => binary(at, left, op, right),
        E::UnaryOp { op, expr } => operator(op.to_string(), vec![one(expr)]),
        E::Like { negated: no, expr, pattern, escape_char, any: false } => {
            let pattern = escaped("like_escape", one(pattern), escape_char.as_deref().map(one));
            operator(negated(*no, "LIKE"), vec![one(expr), pattern])
        }
        E::ILike { negated: no, expr, pattern, escape_char, any: false } => {
            let pattern = escaped("like_escape", one(pattern), escape_char.as_deref().map(one));
            operator(negated(*no, "ILIKE"), vec![one(expr), pattern])
        }
        E::SimilarTo { negated: no, expr, pattern, escape_char: None } => {
            operator(negated(*no, "SIMILAR TO"), vec![one(expr), one(pattern)])
        }
        E::AnyOp { left, compare_op, right, .. } => match &**right {
            E::Subquery(query) => subquery(at, format!("{compare_op} ANY"), vec![one(left)], query, expr)?,
            _ => operator(format!("{compare_op} ANY"), vec![one(left), one(right)]),
        },
        E::AllOp { left, compare_op, right } => match &**right {
            E::Subquery(query) => subquery(at, format!("{compare_op} ALL"), vec![one(left)], query, expr)?,
            _ => operator(format!("{compare_op} ALL"), vec![one(left), one(right)]),
        },
        E::Subquery(query) => subquery(at, String::new(), Vec::new(), query, expr)?,
        E::Exists { subquery: query, negated: no } => {
            let exists = subquery(at, "EXISTS".to_owned(), Vec::new(), query, expr)?;
            if *no { operator("NOT", vec![exists]) } else { exists }
        }
        E::InSubquery { expr: needle, subquery: query, negated: no } => {
            subquery(at, negated(*no, "IN"), vec![one(needle)], query, expr)?
        }
        E::CompoundFieldAccess { root, access_chain } => {
            // In `t.a[1]` the first dot stands between a table and its column.
            let is_name = matches!(**root, E::Identifier(_) | E::CompoundIdentifier(_));
            let mut whole = one(root);
            let mut dotted = is_name;
            for access in access_chain {
                match (&mut whole, access) {
                    (Expr::Column(parts), ast::AccessExpr::Dot(E::Identifier(name))) if dotted => {
                        parts.push(ident(at.dialect, name));
                        continue;
                    }
                    _ => dotted = false,
                }
                whole = access_of(at, whole, access)?;
            }
            whole
        }
        E::Substring { expr, substring_from, substring_for, shorthand, .. } => {
            let first = || Expr::Literal(Literal::Number("1".to_owned()));
            let from = substring_from.as_deref().map_or_else(first, one);
            let mut arguments = vec![one(expr), from];
            arguments.extend(substring_for.as_deref().map(one));
            let name = if *shorthand { "substr" } else { "substring" };
            Expr::Call { name: name.to_owned(), arguments }
        }
        E::Position { expr, r#in } => {
            Expr::Call { name: "position".to_owned(), arguments: vec![one(r#in), one(expr)] }
        }
        E::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
            let mut arguments = vec![one(expr), one(overlay_what), one(overlay_from)];
            arguments.extend(overlay_for.as_deref().map(one));
            Expr::Call { name: "overlay".to_owned(), arguments }
        }
        E::Trim { trim_where, trim_what, expr, trim_characters } => {
            let name = match (at.dialect, trim_where) {
                (_, Some(ast::TrimWhereField::Leading)) => "ltrim",
                (_, Some(ast::TrimWhereField::Trailing)) => "rtrim",
                (Dialect::Postgres, Some(ast::TrimWhereField::Both) | None) => "btrim",
                (Dialect::Sqlite | Dialect::Mysql, Some(ast::TrimWhereField::Both) | None) => "trim",
            };
            let mut arguments = vec![one(expr)];
            arguments.extend(trim_what.as_deref().map(one));
            arguments.extend(trim_characters.iter().flatten().map(one));
            Expr::Call { name: name.to_owned(), arguments }
        }
        E::Ceil { expr, field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime) } => {
            Expr::Call { name: "ceil".to_owned(), arguments: vec![one(expr)] }
        }
        E::Floor { expr, field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime) } => {
            Expr::Call { name: "floor".to_owned(), arguments: vec![one(expr)] }
        }
        E::GroupingSets(sets) => operator("GROUPING SETS", sets.iter().map(|set| row(all(set))).collect()),
        E::Cube(sets) => operator("CUBE", sets.iter().map(|set| row(all(set))).collect()),
        E::Rollup(sets) => operator("ROLLUP", sets.iter().map(|set| row(all(set))).collect()),
        E::QualifiedWildcard(name, _) => whole_row(at, name)?,
        E::AtTimeZone { timestamp, time_zone } => {
            operator("AT TIME ZONE", vec![one(timestamp), one(time_zone)])
        }
        E::Collate { expr, collation } => operator(format!("COLLATE {collation}"), vec![one(expr)]),
        E::Extract { field, expr, .. } => Expr::Call {
            name: "extract".to_owned(),
            arguments: vec![
                Expr::Literal(Literal::String(field.to_string().to_ascii_lowercase())),
                one(expr),
            ],
        },
        E::Tuple(inner) => operator("ROW", all(inner)),
        E::Array(array) => operator("ARRAY", all(&array.elem)),
        E::Case { operand, conditions, else_result, .. } => {
            let mut operands = Vec::new();
            operands.extend(operand.as_deref().map(one));
            for when in conditions {
                operands.push(operator("WHEN", vec![one(&when.condition), one(&when.result)]));
            }
            operands.extend(else_result.as_deref().map(|inner| operator("ELSE", vec![one(inner)])));
            operator("CASE", operands)
        }
        E::Function(function) => return call(at, function),
        E::Interval(interval) if interval.leading_field.is_none() => {
            Expr::Cast { operand: Box::new(one(&interval.value)), to: Type::plain("interval") }
        }
        _ => return None,
    })
}

/// An inner expression: kept as text where it has no place in our tree.
fn sub(at: &Lowering, expr: &ast::Expr) -> Expr {
    lower(at, expr).unwrap_or_else(|| {
        // Nobody will see it, and to print a tree that is too deep takes too much stack.
        if at.too_deep.get() {
            return Expr::Raw { text: String::new(), words: Vec::new() };
        }
        let text = expr.to_string();
        let map = crate::text::Map::Offset(0);
        let span = Span::new(0, text.len() as u32);
        let tokens: Vec<Token> = super::Lexer::new(&text, span, at.dialect)
            .filter(|token| token.kind != TokenKind::Comment)
            .collect();
        let words = Cursor::new(&text, &tokens, at.dialect, &map).words_between(0, tokens.len());
        Expr::Raw { text, words }
    })
}

/// `a AND b AND c` is one operator with three operands, so that long chains stay flat.
fn binary(at: &Lowering, left: &ast::Expr, op: &ast::BinaryOperator, right: &ast::Expr) -> Expr {
    let name = match op {
        ast::BinaryOperator::NotEq => "<>".to_owned(),
        _ => op.to_string().to_ascii_uppercase(),
    };
    if !matches!(op, ast::BinaryOperator::And | ast::BinaryOperator::Or) {
        return operator(name, vec![sub(at, left), sub(at, right)]);
    }
    let mut operands = vec![sub(at, right)];
    let mut rest = left;
    loop {
        match rest {
            ast::Expr::Nested(inner) if matches!(&**inner, ast::Expr::BinaryOp { op: inner_op, .. } if inner_op == op) => {
                rest = inner
            }
            ast::Expr::BinaryOp { left, op: inner_op, right } if inner_op == op => {
                operands.push(sub(at, right));
                rest = left;
            }
            _ => break,
        }
    }
    operands.push(sub(at, rest));
    operands.reverse();
    operator(name, operands)
}

fn subquery(
    at: &Lowering,
    operator: String,
    operands: Vec<Expr>,
    query: &ast::Query,
    whole: &ast::Expr,
) -> Option<Expr> {
    let query = query::lower(at, query)?;
    // The expressions of a query are not shown one by one.
    let text = if at.in_query { String::new() } else { whole.to_string() };
    Some(Expr::Query(Box::new(Subquery { operator, operands, query, text })))
}

/// `a[1]`, `a[1:2]`, `(a).b`
fn access_of(at: &Lowering, whole: Expr, access: &ast::AccessExpr) -> Option<Expr> {
    let bound = |bound: &Option<ast::Expr>| {
        bound.as_ref().map_or(Expr::Literal(Literal::Null), |bound| sub(at, bound))
    };
    Some(match access {
        ast::AccessExpr::Dot(ast::Expr::Identifier(field)) => {
            operator(format!(".{}", ident(at.dialect, field)), vec![whole])
        }
        ast::AccessExpr::Subscript(ast::Subscript::Index { index }) => {
            operator("[]", vec![whole, sub(at, index)])
        }
        ast::AccessExpr::Subscript(ast::Subscript::Slice { lower_bound, upper_bound, stride: None }) => {
            operator("[:]", vec![whole, bound(lower_bound), bound(upper_bound)])
        }
        _ => return None,
    })
}

fn escaped(function: &str, pattern: Expr, escape: Option<Expr>) -> Expr {
    match escape {
        Some(escape) => Expr::Call { name: function.to_owned(), arguments: vec![pattern, escape] },
        None => pattern,
    }
}

/// What stands in brackets: one thing is itself.
fn row(mut items: Vec<Expr>) -> Expr {
    if items.len() == 1 { items.remove(0) } else { operator("ROW", items) }
}

/// `t.*` as a value.
fn whole_row(at: &Lowering, name: &ast::ObjectName) -> Option<Expr> {
    let parts: Option<Vec<String>> =
        name.0.iter().map(|part| part.as_ident().map(|name| ident(at.dialect, name))).collect();
    let mut parts = parts?;
    parts.push("*".to_owned());
    Some(Expr::Column(parts))
}

fn call(at: &Lowering, function: &ast::Function) -> Option<Expr> {
    if function.null_treatment.is_some() {
        return None;
    }
    let parts: Option<Vec<String>> =
        function.name.0.iter().map(|part| part.as_ident().map(|name| ident(at.dialect, name))).collect();
    let mut parts = parts?;
    if parts.first().is_some_and(|schema| schema == "pg_catalog") && parts.len() > 1 {
        parts.remove(0);
    }
    let arguments = match &function.args {
        ast::FunctionArguments::None => Vec::new(),
        ast::FunctionArguments::Subquery(query) if parts.concat().eq_ignore_ascii_case("array") => {
            let whole = ast::Expr::Function(function.clone());
            return subquery(at, "ARRAY".to_owned(), Vec::new(), query, &whole);
        }
        ast::FunctionArguments::Subquery(_) => return None,
        ast::FunctionArguments::List(list) => arguments(at, list)?,
    };
    if at.dialect == Dialect::Postgres && parts.concat() == "row" {
        return Some(operator("ROW", arguments));
    }
    // `(VALUES (1))` looks like a call.
    let unquoted =
        |part: &ast::ObjectNamePart| part.as_ident().is_some_and(|part| part.quote_style.is_none());
    if parts.concat() == "values" && at.dialect != Dialect::Mysql && function.name.0.iter().all(unquoted) {
        return None;
    }
    let mut whole = Expr::Call { name: parts.join("."), arguments };
    if !function.within_group.is_empty() {
        whole = operator("WITHIN GROUP", vec![whole, order_by(at, &function.within_group)?]);
    }
    if let Some(filter) = &function.filter {
        whole = operator("FILTER", vec![whole, sub(at, filter)]);
    }
    match &function.over {
        None => Some(whole),
        Some(ast::WindowType::NamedWindow(name)) => {
            let name = format!("WINDOW {}", ident(at.dialect, name));
            Some(operator("OVER", vec![whole, operator(name, Vec::new())]))
        }
        Some(ast::WindowType::WindowSpec(spec)) => {
            let mut operands = vec![whole];
            operands.extend(window(at, spec)?);
            Some(operator("OVER", operands))
        }
    }
}

/// The arguments of a call, with DISTINCT around them and ORDER BY behind them.
fn arguments(at: &Lowering, list: &ast::FunctionArgumentList) -> Option<Vec<Expr>> {
    use ast::FunctionArgExpr as Value;
    let value = |value: &Value| match value {
        Value::Expr(expr) => Some(sub(at, expr)),
        Value::Wildcard => Some(operator("*", Vec::new())),
        Value::QualifiedWildcard(name) => whole_row(at, name),
        _ => None,
    };
    let each = |argument: &ast::FunctionArg| match argument {
        ast::FunctionArg::Unnamed(unnamed) => value(unnamed),
        ast::FunctionArg::Named { name, arg, .. } => {
            Some(operator(format!("{} =>", ident(at.dialect, name)), vec![value(arg)?]))
        }
        ast::FunctionArg::ExprNamed { name: ast::Expr::Identifier(name), arg, .. } => {
            Some(operator(format!("{} =>", ident(at.dialect, name)), vec![value(arg)?]))
        }
        _ => None,
    };
    let mut all = list.args.iter().map(each).collect::<Option<Vec<_>>>()?;
    if matches!(list.duplicate_treatment, Some(ast::DuplicateTreatment::Distinct)) {
        all = vec![operator("DISTINCT", all)];
    }
    for clause in &list.clauses {
        let ast::FunctionArgumentClause::OrderBy(keys) = clause else { return None };
        all.push(order_by(at, keys)?);
    }
    Some(all)
}

fn order_by(at: &Lowering, keys: &[ast::OrderByExpr]) -> Option<Expr> {
    Some(operator("ORDER BY", keys.iter().map(|key| order_key(at, key)).collect::<Option<Vec<_>>>()?))
}

/// A key of ORDER BY: DESC and NULLS are operators around it.
fn order_key(at: &Lowering, key: &ast::OrderByExpr) -> Option<Expr> {
    if key.with_fill.is_some() {
        return None;
    }
    let mut expr = sub(at, &key.expr);
    match &key.options.sort {
        None | Some(ast::OrderBySort::Asc) => {}
        Some(ast::OrderBySort::Desc) => expr = operator("DESC", vec![expr]),
        Some(_) => return None,
    }
    Some(match key.options.nulls_first {
        None => expr,
        Some(true) => operator("NULLS FIRST", vec![expr]),
        Some(false) => operator("NULLS LAST", vec![expr]),
    })
}

/// What stands in the brackets of a window.
fn window(at: &Lowering, spec: &ast::WindowSpec) -> Option<Vec<Expr>> {
    let mut parts = Vec::new();
    if let Some(name) = &spec.window_name {
        parts.push(operator(format!("WINDOW {}", ident(at.dialect, name)), Vec::new()));
    }
    if !spec.partition_by.is_empty() {
        parts.push(operator("PARTITION BY", spec.partition_by.iter().map(|key| sub(at, key)).collect()));
    }
    if !spec.order_by.is_empty() {
        parts.push(order_by(at, &spec.order_by)?);
    }
    if let Some(frame) = &spec.window_frame {
        let bound = |bound: &ast::WindowFrameBound| match bound {
            ast::WindowFrameBound::CurrentRow => operator("CURRENT ROW", Vec::new()),
            ast::WindowFrameBound::Preceding(by) => {
                operator("PRECEDING", by.iter().map(|by| sub(at, by)).collect())
            }
            ast::WindowFrameBound::Following(by) => {
                operator("FOLLOWING", by.iter().map(|by| sub(at, by)).collect())
            }
        };
        let end = frame.end_bound.as_ref().map_or_else(|| operator("CURRENT ROW", Vec::new()), bound);
        parts.push(operator(frame.units.to_string(), vec![bound(&frame.start_bound), end]));
    }
    Some(parts)
}

fn literal(value: &ast::Value) -> Option<Expr> {
    use ast::Value as V;
    Some(Expr::Literal(match value {
        V::Null => Literal::Null,
        V::Boolean(yes) => Literal::Boolean(*yes),
        V::Number(text, _) => Literal::Number(text.clone()),
        V::SingleQuotedString(text)
        | V::DoubleQuotedString(text)
        | V::EscapedStringLiteral(text)
        | V::UnicodeStringLiteral(text)
        | V::NationalStringLiteral(text) => Literal::String(text.clone()),
        V::DollarQuotedString(text) => Literal::String(text.value.clone()),
        V::HexStringLiteral(text) => Literal::Bits(format!("x'{}'", text.to_ascii_lowercase())),
        V::SingleQuotedByteStringLiteral(text) => Literal::Bits(format!("b'{text}'")),
        V::Placeholder(text) => Literal::Placeholder(text.clone()),
        _ => return None,
    }))
}

fn type_of(dialect: Dialect, text: &str) -> Type {
    let map = crate::text::Map::Offset(0);
    let span = Span::new(0, text.len() as u32);
    let tokens: Vec<Token> = super::Lexer::new(text, span, dialect).collect();
    Cursor::new(text, &tokens, dialect, &map)
        .data_type()
        .unwrap_or_else(|_| Type::plain(text.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Map;

    fn tree(text: &str, dialect: Dialect) -> Option<Query> {
        let tokens: Vec<Token> =
            super::super::Lexer::new(text, Span::new(0, text.len() as u32), dialect).collect();
        let map = Map::Offset(0);
        query(&Cursor::new(text, &tokens, dialect, &map), &[(0, tokens.len())])
    }

    /// On a stack that is much smaller than that of the program: a query that is too deep is no tree, and costs nothing else.
    #[test]
    fn deep_queries_end() {
        let many = |open: &str, inner: &str, close: &str, count: usize| {
            format!("{}{inner}{}", open.repeat(count), close.repeat(count))
        };
        let texts = [
            format!("SELECT {}", many("(", "1", ")", 1_900)),
            format!("SELECT 1{}", " + 1".repeat(1_900)),
            format!("SELECT 'a'{}", " || 'a'".repeat(1_900)),
            format!("SELECT {}1", "- ".repeat(3_000)),
            format!("SELECT {}true", "NOT ".repeat(3_000)),
            format!("SELECT a{} FROM t", "::int".repeat(1_900)),
            format!("SELECT a{} FROM t", "[1]".repeat(1_300)),
            format!("SELECT {} FROM t", many("f(", "a", ")", 1_300)),
            format!("SELECT {} FROM t", many("CASE WHEN a THEN ", "b", " END", 700)),
            many("SELECT * FROM (", "SELECT 1", ") x", 600),
            many("SELECT (", "SELECT 1", ")", 1_000),
            many("SELECT 1 WHERE EXISTS (", "SELECT 1", ")", 600),
            many("WITH a AS (", "SELECT 1", ") SELECT 1", 500),
            many("(", "SELECT 1", ")", 1_900),
            format!("SELECT 1{}", " UNION SELECT 1".repeat(1_300)),
            many("SELECT 1 UNION (", "SELECT 1", ")", 700),
            format!("SELECT 1 FROM a{}", " JOIN a ON b".repeat(900)),
            format!("SELECT 1 FROM {}", many("(", "a JOIN b ON c", ") JOIN d ON e", 500)),
            format!("SELECT 1 WHERE a{}", " AND a".repeat(1_900)),
        ];
        for text in texts {
            for dialect in [Dialect::Postgres, Dialect::Sqlite, Dialect::Mysql] {
                let (own, text) = (dialect, text.clone());
                let read = std::thread::Builder::new().stack_size(8 << 20).spawn(move || {
                    let Some(tree) = tree(&text, own) else { return 0 };
                    let mut found = 0;
                    tree.clone().each_expr(&mut |expr| expr.walk_all(&mut |_| found += 1));
                    found
                });
                assert!(read.is_ok_and(|read| read.join().is_ok()));
            }
        }
    }

    #[test]
    fn long_chains_stay_flat() {
        let text = format!("SELECT a FROM t WHERE a = 1{}", " OR a = 1".repeat(900));
        let tree = tree(&text, Dialect::Postgres);
        assert!(tree.is_some_and(|tree| {
            let mut widest = 0;
            tree.each_expr(&mut |expr| {
                if let Expr::Operator { operands, .. } = expr {
                    widest = widest.max(operands.len());
                }
            });
            widest == 901
        }));
    }

    #[test]
    fn what_has_no_place_in_the_tree_is_no_tree() {
        for text in [
            "SELECT a FROM ONLY t",
            "SELECT a FROM ONLY (t)",
            "SELECT a FROM t TABLESAMPLE system (10)",
            "SELECT a FROM ROWS FROM (f(1), g(2)) x",
            "SELECT a FROM ${schema}.t",
            "SELECT a FROM t FOR NO KEY UPDATE",
            "SELECT a INTO b FROM t",
            "WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x",
            "SELECT a FROM t GROUP BY DISTINCT a",
            "SELECT sum(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING EXCLUDE TIES) FROM t",
        ] {
            let tree = tree(text, Dialect::Postgres);
            let mut raw = tree.is_none();
            if let Some(tree) = &tree {
                tree.each_expr(&mut |expr| raw |= matches!(expr, Expr::Raw { .. }));
            }
            assert!(raw, "{text}: {tree:?}");
        }
    }
}
