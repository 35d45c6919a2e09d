//! Data types, as each dialect writes them, under the names that the server prints.

use super::cursor::{Cursor, Read};
use super::lex::TokenKind;
use crate::schema::{Dialect, Type};

/// A data type at the cursor.
///
/// # Errors
/// When none is there.
pub fn data_type(cursor: &mut Cursor<'_>) -> Read<Type> {
    match cursor.dialect {
        Dialect::Postgres => postgres(cursor),
        Dialect::Sqlite => sqlite(cursor),
        Dialect::Mysql => mysql(cursor),
    }
}

fn postgres(cursor: &mut Cursor<'_>) -> Read<Type> {
    cursor.eat("SETOF");
    let first = cursor.at;
    let quoted = cursor.nth(0).is_some_and(|token| token.kind == TokenKind::Quoted);
    let dotted = cursor.nth_is_symbol(1, ".");
    let mut name = cursor.name("a data type")?;
    // `pg_catalog.int4` is `int4`.
    if name.schema.as_ref().is_some_and(|schema| *schema == "pg_catalog") {
        name.schema = None;
    }
    let mut ty = Type::plain(name.ident.text());
    ty.schema =
        name.schema.as_ref().filter(|schema| **schema != "public").map(|schema| schema.text().to_owned());
    if cursor.eat_symbol("%") {
        cursor.expect("TYPE")?;
        ty.name.push_str("%type");
    }
    let own = ty.schema.is_none() && !quoted;
    if own && !dotted && NO_TYPES.contains(&ty.name.as_str()) {
        cursor.at = first;
        return Err(cursor.unread("a data type"));
    }
    if own {
        let more: &[(&str, &[&str], &str)] = &[
            ("double", &["PRECISION"], "double precision"),
            ("character", &["VARYING"], "character varying"),
            ("char", &["VARYING"], "character varying"),
            ("bit", &["VARYING"], "bit varying"),
            ("national", &["CHARACTER", "VARYING"], "character varying"),
            ("national", &["CHAR", "VARYING"], "character varying"),
            ("national", &["CHARACTER"], "character"),
            ("national", &["CHAR"], "character"),
            ("nchar", &["VARYING"], "character varying"),
        ];
        if let Some((_, words, full)) =
            more.iter().find(|(first, words, _)| ty.name == *first && cursor.is_all(words))
        {
            cursor.at += words.len();
            ty.name = (*full).to_owned();
        }
    }
    if cursor.is_symbol("(") && own && !dotted && PLAIN_TYPES.contains(&ty.name.as_str()) {
        return Err(cursor.unread(format!("no length behind `{}`", ty.name)));
    }
    modifiers(cursor, &mut ty)?;
    if own {
        if matches!(ty.name.as_str(), "timestamp" | "time") {
            let zone = cursor.eat_all(&["WITH", "TIME", "ZONE"]);
            if !zone {
                cursor.eat_all(&["WITHOUT", "TIME", "ZONE"]);
            }
            ty.name.push_str(if zone { " with time zone" } else { " without time zone" });
        }
        if ty.name == "interval" {
            interval_fields(cursor, &mut ty)?;
        }
        canonical(&mut ty);
    }
    loop {
        if cursor.is_symbol("[") {
            cursor.at += 1;
            while !cursor.eat_symbol("]") {
                if cursor.nth(0).is_none_or(|token| token.kind != TokenKind::Number) {
                    return Err(cursor.unread("`]`"));
                }
                cursor.at += 1;
            }
            ty.dimensions = ty.dimensions.saturating_add(1);
        } else if cursor.eat("ARRAY") {
            ty.dimensions = ty.dimensions.max(1);
            if cursor.is_symbol("[") {
                ty.dimensions -= 1;
            }
        } else {
            return Ok(ty);
        }
    }
}

/// Words that the grammar keeps for constructs of its own, so that they name no type unless quoted (source: PostgreSQL 15
/// manual, appendix C, "cannot be function or type").
const NO_TYPES: &[&str] = &[
    "between",
    "coalesce",
    "exists",
    "extract",
    "greatest",
    "grouping",
    "inout",
    "least",
    "none",
    "normalize",
    "nullif",
    "out",
    "overlay",
    "position",
    "precision",
    "row",
    "substring",
    "treat",
    "trim",
    "values",
];

/// Types that the grammar knows by name and that take nothing in brackets: `int(11)` is MySQL's.
const PLAIN_TYPES: &[&str] = &["int", "integer", "smallint", "bigint", "real", "boolean", "double precision"];

/// `(10, -2)`, `(Point, 4326)`: constants, words or strings, at least one.
fn modifiers(cursor: &mut Cursor<'_>, ty: &mut Type) -> Read<()> {
    let mut inside = cursor.clone();
    if inside.eat_symbol("(") {
        inside.list(|cursor| {
            if !cursor.eat_symbol("-") {
                cursor.eat_symbol("+");
            }
            let number = cursor
                .nth(0)
                .is_some_and(|token| matches!(token.kind, TokenKind::Number | TokenKind::Parameter));
            if number || cursor.is_string() {
                cursor.at += 1;
                return Ok(());
            }
            cursor.ident("a number").map(|_| ())
        })?;
        inside.expect_symbol(")")?;
    }
    arguments(cursor, ty)
}

/// `DAY TO SECOND (3)`: the fields are the first argument.
fn interval_fields(cursor: &mut Cursor<'_>, ty: &mut Type) -> Read<()> {
    const FIELDS: &[&str] = &["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];
    let Some(from) = cursor.eat_any(FIELDS) else { return Ok(()) };
    let mut fields = from.to_ascii_lowercase();
    if cursor.is("TO") {
        cursor.at += 1;
        if let Some(to) = cursor.eat_any(FIELDS) {
            fields = format!("{fields} to {}", to.to_ascii_lowercase());
        }
    }
    modifiers(cursor, ty)?;
    ty.arguments.insert(0, fields);
    Ok(())
}

fn arguments(cursor: &mut Cursor<'_>, ty: &mut Type) -> Read<()> {
    if !cursor.is_symbol("(") {
        return Ok(());
    }
    let (first, last) = cursor.group()?;
    let text = cursor.text_between(first, last);
    ty.arguments = text.split(',').map(|part| part.trim().to_owned()).collect();
    Ok(())
}

/// The name that `format_type` prints (source: PostgreSQL 15 manual, table 8.1, and `format_type` itself).
fn canonical(ty: &mut Type) {
    let name = match ty.name.as_str() {
        "int" | "int4" => "integer",
        "int2" => "smallint",
        "int8" => "bigint",
        "varchar" | "nvarchar" => "character varying",
        "char" | "nchar" => "character",
        "bool" => "boolean",
        "float4" => "real",
        "float8" => "double precision",
        "float" => {
            let bits = ty.arguments.pop().and_then(|bits| bits.parse::<u32>().ok());
            ty.arguments.clear();
            if bits.is_some_and(|bits| bits <= 24) { "real" } else { "double precision" }
        }
        "decimal" | "dec" => "numeric",
        "varbit" => "bit varying",
        "timestamptz" => "timestamp with time zone",
        "timetz" => "time with time zone",
        "serial4" => "serial",
        "serial8" => "bigserial",
        "serial2" => "smallserial",
        _ => return scale(ty),
    };
    ty.name = name.to_owned();
    scale(ty);
}

/// `numeric(10)` is `numeric(10,0)`; `char` is `char(1)`; `bit` is `bit(1)`.
fn scale(ty: &mut Type) {
    match (ty.name.as_str(), ty.arguments.len()) {
        ("numeric", 1) => ty.arguments.push("0".to_owned()),
        ("character" | "bit", 0) => ty.arguments.push("1".to_owned()),
        _ => {}
    }
}

/// SQLite takes any words for a type (source: sqlite.org/syntax/type-name.html).
fn sqlite(cursor: &mut Cursor<'_>) -> Read<Type> {
    let mut words = Vec::new();
    while cursor.nth(0).is_some_and(|token| {
        matches!(token.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Placeholder | TokenKind::String)
    }) {
        let stops = cursor.nth(0).is_some_and(|token| token.kind == TokenKind::Word)
            && (cursor.is_any(&["GENERATED", "AUTOINCREMENT"]) || is_constraint_word(cursor));
        if stops {
            break;
        }
        words.push(cursor.any_word("a data type")?.text().to_ascii_lowercase());
    }
    if words.is_empty() {
        return Err(cursor.unread("a data type"));
    }
    let mut ty = Type::plain(words.join(" "));
    arguments(cursor, &mut ty)?;
    Ok(ty)
}

/// The words that SQLite never takes for part of a type (source: the keywords without fallback in its parse.y), and GENERATED,
/// which begins a constraint wherever it stands after a type.
fn is_constraint_word(cursor: &Cursor<'_>) -> bool {
    const WORDS: &[&str] = &[
        "ADD",
        "ALL",
        "ALTER",
        "AND",
        "AS",
        "AUTOINCREMENT",
        "BETWEEN",
        "CASE",
        "CHECK",
        "COLLATE",
        "COMMIT",
        "CONSTRAINT",
        "CREATE",
        "DEFAULT",
        "DEFERRABLE",
        "DELETE",
        "DISTINCT",
        "DROP",
        "ELSE",
        "ESCAPE",
        "EXISTS",
        "FOREIGN",
        "FROM",
        "GENERATED",
        "GROUP",
        "HAVING",
        "IN",
        "INDEX",
        "INSERT",
        "INTO",
        "IS",
        "ISNULL",
        "JOIN",
        "LIMIT",
        "NOT",
        "NOTNULL",
        "NULL",
        "ON",
        "OR",
        "ORDER",
        "PRIMARY",
        "REFERENCES",
        "RETURNING",
        "SELECT",
        "SET",
        "TABLE",
        "THEN",
        "TO",
        "TRANSACTION",
        "UNIQUE",
        "UPDATE",
        "USING",
        "VALUES",
        "WHEN",
        "WHERE",
    ];
    cursor.is_any(WORDS)
}

fn mysql(cursor: &mut Cursor<'_>) -> Read<Type> {
    let name = cursor.name("a data type")?;
    let mut ty = Type::plain(name.text().to_ascii_lowercase());
    match ty.name.as_str() {
        "double" => {
            cursor.eat("PRECISION");
        }
        "national" | "long" | "character" | "char"
            if cursor.is_any(&["VARCHAR", "CHAR", "CHARACTER", "VARYING", "VARBINARY"]) =>
        {
            let second = cursor.any_word("a data type")?;
            ty.name = format!("{} {}", ty.name, second.text().to_ascii_lowercase());
        }
        _ => {}
    }
    arguments(cursor, &mut ty)?;
    while let Some(word) = cursor.eat_any(&["UNSIGNED", "SIGNED", "ZEROFILL", "BINARY", "ASCII", "UNICODE"]) {
        ty.name = format!("{} {}", ty.name, word.to_ascii_lowercase());
    }
    if cursor.eat_all(&["CHARACTER", "SET"]) || cursor.eat("CHARSET") {
        cursor.eat_symbol("=");
        cursor.any_word("a character set")?;
    }
    Ok(ty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::sql::{Lexer, Token};
    use crate::text::{Map, Span};

    fn read(text: &str) -> Option<String> {
        let tokens: Vec<Token> =
            Lexer::new(text, Span::new(0, text.len() as u32), Dialect::Postgres).collect();
        let mut cursor = Cursor::new(text, &tokens, Dialect::Postgres, &Map::Offset(0));
        let ty = data_type(&mut cursor).ok()?;
        cursor.is_end().then(|| ty.to_string())
    }

    /// What `format_type` of PostgreSQL 15 prints for each.
    #[test]
    fn postgres_types_have_the_names_that_the_server_prints() {
        for (written, printed) in [
            ("int", "integer"),
            ("VARCHAR(20)", "character varying(20)"),
            ("numeric(10,2)", "numeric(10,2)"),
            ("numeric(8, -2)", "numeric(8,-2)"),
            ("timestamp(3)", "timestamp(3) without time zone"),
            ("timestamptz[]", "timestamp with time zone[]"),
            ("double precision", "double precision"),
            ("\"int\"", "int"),
            ("interval(3)", "interval(3)"),
            ("interval day to second", "interval day to second"),
            ("INTERVAL YEAR TO MONTH", "interval year to month"),
            ("interval second(2)[]", "interval second(2)[]"),
            ("interval day to second (3)", "interval day to second(3)"),
            ("geometry(Point, 4326)", "geometry(Point,4326)"),
            ("\"values\"", "values"),
            ("app.row", "app.row"),
        ] {
            assert_eq!(read(written).as_deref(), Some(printed), "{written}");
        }
    }

    /// Each is a syntax error on PostgreSQL 15.
    #[test]
    fn what_postgres_does_not_parse_is_no_type() {
        for written in [
            "int(11)",
            "bigint(20)",
            "boolean(1)",
            "varchar()",
            "char(10 10)",
            "numeric(8,)",
            "exists",
            "precision",
        ] {
            assert_eq!(read(written), None, "{written}");
        }
    }
}
