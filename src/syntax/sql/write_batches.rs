//! Writes work on many rows in batches that commit one by one, and triggers that keep two columns equal (PostgreSQL 11 and newer:
//! before, a DO block cannot commit).

use super::lex::TokenKind;
use super::write::{self, is, quote, tokens};
use super::write_query;
use crate::schema::{Dialect, Expr, Ident, Name, canonical};
use crate::text::{Source, Span};

/// Rows in a batch: small enough to be done in a moment, large enough that the loop does not count.
const ROWS: u32 = 10_000;

/// Old rows that get a value.
#[derive(Clone, PartialEq, Debug)]
pub struct Fill {
    /// Their table.
    pub table: Name,
    /// Its key, where it has one of one column.
    pub key: Option<Ident>,
    /// The column.
    pub column: Ident,
    /// The value.
    pub value: Expr,
}

/// Two columns that are kept equal while both are in use.
#[derive(Clone, PartialEq, Debug)]
pub struct Mirror {
    /// Their table.
    pub table: Name,
    /// The old one.
    pub from: Ident,
    /// The new one.
    pub to: Ident,
    /// The new one's value, computed from the old one.
    pub forth: Expr,
    /// The old one's value, computed from the new one, where the new one is written too.
    pub back: Option<Expr>,
}

/// Gives old rows a value, in batches by the key of their table.
pub fn fill(fill: &Fill, dialect: Dialect) -> Option<String> {
    let column = quote(&fill.column, dialect);
    let table = write::name(&fill.table, dialect);
    let update = |range: &str| {
        format!(
            "UPDATE {table} SET {column} = {} WHERE {range} AND {column} IS NULL",
            value(&fill.value, dialect)
        )
    };
    Some(in_batches(&fill.table, fill.key.as_ref()?, &update, dialect))
}

/// The author's own UPDATE or DELETE in batches. None where it is more than one table, or says RETURNING.
pub fn own(source: &Source, span: Span, table: &Name, key: &Ident, dialect: Dialect) -> Option<String> {
    let all = tokens(source, span, dialect);
    let mut depth = 0_i32;
    let mut top = Vec::new();
    for token in &all {
        match (token.kind, source.slice(token.span)) {
            (_, "(") => depth += 1,
            (_, ")") => depth -= 1,
            (TokenKind::Word, word) if depth == 0 => top.push((word.to_ascii_uppercase(), token.span)),
            _ => {}
        }
    }
    let begins =
        all.first().is_some_and(|token| is(source, *token, "UPDATE") || is(source, *token, "DELETE"));
    // DELETE FROM has the word too.
    let froms = top.iter().filter(|(word, _)| word == "FROM").count();
    let deletes = top.first().is_some_and(|(word, _)| word == "DELETE");
    let more = top
        .iter()
        .any(|(word, _)| matches!(word.as_str(), "USING" | "RETURNING" | "AS" | "ONLY" | "CURRENT"));
    if !begins || more || froms != usize::from(deletes) {
        return None;
    }
    let update = |range: &str| match top.iter().find(|(word, _)| word == "WHERE") {
        Some((_, place)) => {
            let before = source.slice(Span::new(span.start, place.end));
            let filter = source.slice(Span::new(place.end, span.end)).trim();
            format!("{before} {range} AND ({filter})")
        }
        None => format!("{} WHERE {range}", source.slice(span).trim_end()),
    };
    Some(in_batches(table, key, &update, dialect))
}

fn in_batches(table: &Name, key: &Ident, change: &dyn Fn(&str) -> String, dialect: Dialect) -> String {
    let (table, key) = (write::name(table, dialect), quote(key, dialect));
    let change = change(&format!("{key} BETWEEN batch_first AND batch_last"));
    format!(
        "DO $$
DECLARE
    batch_first {table}.{key}%TYPE;
    batch_last {table}.{key}%TYPE;
BEGIN
    SELECT {key} INTO batch_first FROM {table} ORDER BY {key} LIMIT 1;
    WHILE batch_first IS NOT NULL LOOP
        SELECT {key} INTO batch_last
            FROM (SELECT {key} FROM {table} WHERE {key} >= batch_first ORDER BY {key} LIMIT {ROWS}) AS batch
            ORDER BY {key} DESC LIMIT 1;
        {change};
        COMMIT;
        SELECT {key} INTO batch_first FROM {table} WHERE {key} > batch_last ORDER BY {key} LIMIT 1;
    END LOOP;
END $$"
    )
}

fn value(expr: &Expr, dialect: Dialect) -> String {
    write_query::expr(expr, dialect).unwrap_or_else(|| canonical::text(expr))
}

/// A view of all that a table holds.
pub fn bridge(view: &Name, of: &Name, dialect: Dialect) -> String {
    format!("CREATE VIEW {} AS SELECT * FROM {}", write::name(view, dialect), write::name(of, dialect))
}

/// The statements that make the trigger, or take it away.
pub fn mirror(mirror: &Mirror, gone: bool, dialect: Dialect) -> Vec<String> {
    let Mirror { table, from, to, forth, back } = mirror;
    let own = Name {
        schema: table.schema.clone(),
        ident: Ident::exact(format!("{}_{}_to_{}", table.ident.key(), from.key(), to.key())),
    };
    let (trigger, function, on) =
        (quote(&own.ident, dialect), write::name(&own, dialect), write::name(table, dialect));
    if gone {
        return vec![format!("DROP TRIGGER {trigger} ON {on}"), format!("DROP FUNCTION {function}()")];
    }
    // The expressions are about a row of the table.
    let row = quote(&table.ident, dialect);
    let set = |column: &Ident, expr: &Expr| {
        let column = quote(column, dialect);
        format!("NEW.{column} := (SELECT {} FROM (SELECT NEW.*) AS {row});", value(expr, dialect))
    };
    let to_text = quote(to, dialect);
    let forth = set(to, forth);
    let body = match back {
        Some(back) => {
            let back = set(from, back);
            format!(
                "    IF TG_OP = 'INSERT' THEN
        IF NEW.{to_text} IS NULL THEN
            {forth}
        ELSE
            {back}
        END IF;
    ELSIF NEW.{to_text} IS DISTINCT FROM OLD.{to_text} THEN
        {back}
    ELSE
        {forth}
    END IF;"
            )
        }
        None => format!("    {forth}"),
    };
    vec![
        format!(
            "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{body}
    RETURN NEW;
END $$"
        ),
        format!(
            "CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {on} FOR EACH ROW EXECUTE FUNCTION {function}()"
        ),
    ]
}
