//! The only place that names `sqlparser`: our tokens become its tokens, its trees become our expressions.

use sqlparser::ast;
use sqlparser::ast::DollarQuotedString;
use sqlparser::dialect::{MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token as Theirs, Whitespace};

use super::cursor::{Cursor, Read, Unread, string_value, unquote};
use super::lex::{Token, TokenKind};
use crate::schema::{Dialect, Expr, Literal, Type};
use crate::text::Span;

/// Longer expressions are kept as text: deep trees cost stack in the parser, and nobody compares them.
const LONGEST: usize = 4_000;

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
    if last - first > LONGEST {
        return Ok(raw());
    }
    if last - first == 1
        && let Some(expr) = simple(cursor, cursor.tokens[first])
    {
        return Ok(expr);
    }
    let tokens = cursor.tokens[first..last].iter().map(|token| Given { token: *token, instead: None });
    let mut parser = parser(cursor, tokens);
    match parser.parse_expr() {
        Ok(parsed) if parser.peek_token().token == Theirs::EOF => {
            Ok(lower(cursor.dialect, &parsed).unwrap_or_else(raw))
        }
        _ => {
            balanced(&here, last)?;
            Ok(raw())
        }
    }
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
            Some(b'u') => Theirs::UnicodeStringLiteral(string()),
            _ => Theirs::NationalStringLiteral(string()),
        },
        TokenKind::Dollar => Theirs::DollarQuotedString(DollarQuotedString { value: string(), tag: None }),
        TokenKind::Parameter => Theirs::Placeholder(text.to_owned()),
        TokenKind::Placeholder => Theirs::make_word(text, Some('"')),
        TokenKind::Symbol => symbol(cursor.dialect, text),
        TokenKind::Comment | TokenKind::Meta => Theirs::make_word("", Some('"')),
    }
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

fn fold(dialect: Dialect, text: &str, quoted: bool) -> String {
    match dialect {
        Dialect::Postgres if quoted => text.to_owned(),
        Dialect::Postgres | Dialect::Sqlite | Dialect::Mysql => text.to_ascii_lowercase(),
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
        _ => Expr::Column(parts.iter().map(|part| ident(dialect, part)).collect()),
    }
}

fn operator(name: impl Into<String>, operands: Vec<Expr>) -> Expr {
    Expr::Operator { operator: name.into(), operands }
}

/// Their tree as ours. What has no place in ours is kept as their text.
fn lower(dialect: Dialect, expr: &ast::Expr) -> Option<Expr> {
    use ast::Expr as E;
    let one = |inner: &ast::Expr| sub(dialect, inner);
    let all = |inner: &[ast::Expr]| inner.iter().map(|inner| sub(dialect, inner)).collect::<Vec<_>>();
    let negated = |no: bool, name: &str| if no { format!("NOT {name}") } else { name.to_owned() };
    Some(match expr {
        E::Nested(inner) => return lower(dialect, inner),
        E::Identifier(name) => column(dialect, std::slice::from_ref(name)),
        E::CompoundIdentifier(parts) => column(dialect, parts),
        E::Value(value) => literal(&value.value)?,
        E::TypedString(typed) => Expr::Cast {
            operand: Box::new(literal(&typed.value.value)?),
            to: type_of(dialect, &typed.data_type.to_string()),
        },
        E::Cast { expr, data_type, .. } => {
            Expr::Cast { operand: Box::new(one(expr)), to: type_of(dialect, &data_type.to_string()) }
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
        E::BinaryOp { left, op, right } => binary(dialect, left, op, right),
        E::UnaryOp { op, expr } => operator(op.to_string(), vec![one(expr)]),
        E::Like { negated: no, expr, pattern, escape_char: None, any: false } => {
            operator(negated(*no, "LIKE"), vec![one(expr), one(pattern)])
        }
        E::ILike { negated: no, expr, pattern, escape_char: None, any: false } => {
            operator(negated(*no, "ILIKE"), vec![one(expr), one(pattern)])
        }
        E::SimilarTo { negated: no, expr, pattern, escape_char: None } => {
            operator(negated(*no, "SIMILAR TO"), vec![one(expr), one(pattern)])
        }
        E::AnyOp { left, compare_op, right, .. } => {
            operator(format!("{compare_op} ANY"), vec![one(left), one(right)])
        }
        E::AllOp { left, compare_op, right } => {
            operator(format!("{compare_op} ALL"), vec![one(left), one(right)])
        }
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
        E::Function(function) => return call(dialect, function),
        E::Interval(interval) if interval.leading_field.is_none() => {
            Expr::Cast { operand: Box::new(one(&interval.value)), to: Type::plain("interval") }
        }
        _ => return None,
    })
}

/// An inner expression: kept as text where it has no place in our tree.
fn sub(dialect: Dialect, expr: &ast::Expr) -> Expr {
    lower(dialect, expr).unwrap_or_else(|| {
        let text = expr.to_string();
        let map = crate::text::Map::Offset(0);
        let span = Span::new(0, text.len() as u32);
        let tokens: Vec<Token> = super::Lexer::new(&text, span, dialect)
            .filter(|token| token.kind != TokenKind::Comment)
            .collect();
        let words = Cursor::new(&text, &tokens, dialect, &map).words_between(0, tokens.len());
        Expr::Raw { text, words }
    })
}

/// `a AND b AND c` is one operator with three operands, so that long chains stay flat.
fn binary(dialect: Dialect, left: &ast::Expr, op: &ast::BinaryOperator, right: &ast::Expr) -> Expr {
    let name = match op {
        ast::BinaryOperator::NotEq => "<>".to_owned(),
        _ => op.to_string().to_ascii_uppercase(),
    };
    if !matches!(op, ast::BinaryOperator::And | ast::BinaryOperator::Or) {
        return operator(name, vec![sub(dialect, left), sub(dialect, right)]);
    }
    let mut operands = vec![sub(dialect, right)];
    let mut rest = left;
    loop {
        match rest {
            ast::Expr::Nested(inner) if matches!(&**inner, ast::Expr::BinaryOp { op: inner_op, .. } if inner_op == op) => {
                rest = inner
            }
            ast::Expr::BinaryOp { left, op: inner_op, right } if inner_op == op => {
                operands.push(sub(dialect, right));
                rest = left;
            }
            _ => break,
        }
    }
    operands.push(sub(dialect, rest));
    operands.reverse();
    operator(name, operands)
}

fn call(dialect: Dialect, function: &ast::Function) -> Option<Expr> {
    if function.filter.is_some() || function.over.is_some() || !function.within_group.is_empty() {
        return None;
    }
    let parts: Option<Vec<String>> =
        function.name.0.iter().map(|part| part.as_ident().map(|name| ident(dialect, name))).collect();
    let mut parts = parts?;
    if parts.first().is_some_and(|schema| schema == "pg_catalog") && parts.len() > 1 {
        parts.remove(0);
    }
    let arguments = match &function.args {
        ast::FunctionArguments::None => Vec::new(),
        ast::FunctionArguments::Subquery(_) => return None,
        ast::FunctionArguments::List(list) => {
            if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
                return None;
            }
            let each = |argument: &ast::FunctionArg| match argument {
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => Some(sub(dialect, expr)),
                ast::FunctionArg::Named { arg: ast::FunctionArgExpr::Expr(expr), .. }
                | ast::FunctionArg::ExprNamed { arg: ast::FunctionArgExpr::Expr(expr), .. } => {
                    Some(sub(dialect, expr))
                }
                _ => None,
            };
            list.args.iter().map(each).collect::<Option<Vec<_>>>()?
        }
    };
    Some(Expr::Call { name: parts.join("."), arguments })
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
