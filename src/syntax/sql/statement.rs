//! One statement: which parser reads it, and what becomes of one that none understands.

use super::cursor::{Cursor, Read, Unread, unquote};
use super::lex::TokenKind;
use super::{dml, mysql, plpgsql, postgres, session, sqlite};
use crate::ops::{Condition, Op, Operation, Statement};
use crate::schema::{Dialect, ObjectKind, ObjectRef};
use crate::text::Span;

/// What was read so far.
#[derive(Default)]
pub struct Out {
    /// The statements of the file, in order; those inside a DO block follow it.
    pub statements: Vec<Statement>,
    /// The comments inside of DO blocks.
    pub comments: Vec<Span>,
}

/// What stands around a statement.
#[derive(Clone, Default)]
pub struct Around {
    /// What must hold for it to run.
    pub when: Vec<Condition>,
    /// The DO block that it stands in.
    pub within: Option<u32>,
    /// How many bodies are open around it.
    pub depth: u32,
}

/// Reads the statement at the cursor and adds it to `out`, followed by those inside it (a DO block).
/// `whole` is its span with the semicolon, in the file.
pub fn read(cursor: &Cursor<'_>, whole: Span, around: &Around, out: &mut Out) {
    let filled_in =
        cursor.tokens[cursor.at..].iter().take_while(|token| token.kind == TokenKind::Placeholder).count();
    if filled_in > 0
        && cursor.tokens.get(cursor.at + filled_in).is_some_and(|token| token.kind == TokenKind::Word)
    {
        // `${not_in_production} ALTER …`: what is filled in may be two dashes.
        let mut rest = cursor.clone();
        rest.at += filled_in;
        let mut around = around.clone();
        around.when.push(Condition::Unknown);
        return read(&rest, whole, &around, out);
    }
    let mut walk = cursor.clone();
    let ops = ops(&mut walk).and_then(|ops| walk.expect_end().map(|()| ops));
    push(cursor, whole, ops, around, out);
}

/// Adds the statement that the cursor's tokens are, with what was read of it.
pub fn push(cursor: &Cursor<'_>, whole: Span, ops: Read<Vec<Op>>, around: &Around, out: &mut Out) {
    let span = {
        let mut all = cursor.clone();
        all.skip_rest();
        all.span_from(cursor.at)
    };
    let ops = ops.unwrap_or_else(|unread| vec![opaque(cursor, span, unread)]);
    let does = matches!(ops.as_slice(), [Op { kind: Operation::Do, .. }]);
    let index = out.statements.len() as u32;
    let (when, within, quoted) = (around.when.clone(), around.within, quoted(cursor));
    out.statements.push(Statement { span, whole, ops, when, within, quoted });
    if does {
        plpgsql::read(cursor, index, around, out);
    }
}

fn quoted(cursor: &Cursor<'_>) -> Vec<String> {
    if cursor.dialect != Dialect::Sqlite {
        return Vec::new();
    }
    let all = cursor.tokens[cursor.at..].iter().filter(|token| token.kind == TokenKind::Quoted);
    all.map(|token| cursor.text_of(*token)).filter(|text| text.starts_with('"')).map(unquote).collect()
}

fn ops(cursor: &mut Cursor<'_>) -> Read<Vec<Op>> {
    if let Some(ops) = session::ops(cursor)? {
        return Ok(ops);
    }
    if let Some(ops) = dml::ops(cursor)? {
        return Ok(ops);
    }
    let ops = match cursor.dialect {
        Dialect::Postgres => postgres::ops(cursor)?,
        Dialect::Sqlite => sqlite::ops(cursor)?,
        Dialect::Mysql => mysql::ops(cursor)?,
    };
    ops.ok_or_else(|| cursor.unread("a statement"))
}

/// What is left of a statement that was not understood: its first words, and the object that it seems to be about.
pub fn opaque(cursor: &Cursor<'_>, span: Span, unread: Unread) -> Op {
    let words =
        cursor.tokens.iter().skip(cursor.at).take(2).take_while(|token| token.kind == TokenKind::Word);
    let verb = words.map(|token| cursor.text_of(*token).to_ascii_uppercase()).collect::<Vec<_>>().join(" ");
    let object = object(&mut cursor.clone());
    Op { kind: Operation::Opaque { verb, object, expected: unread.expected, at: unread.at }, span }
}

/// The object of a CREATE, ALTER or DROP, as far as its first words tell: kind, name, and ON table where it belongs to one.
fn object(cursor: &mut Cursor<'_>) -> Option<ObjectRef> {
    const BETWEEN: &[&str] = &[
        "OR",
        "REPLACE",
        "TEMP",
        "TEMPORARY",
        "GLOBAL",
        "LOCAL",
        "UNLOGGED",
        "UNIQUE",
        "RECURSIVE",
        "CONSTRAINT",
        "VIRTUAL",
        "FULLTEXT",
        "SPATIAL",
    ];
    let verb = cursor.eat_any(&["CREATE", "ALTER", "DROP"])?;
    while cursor.eat_any(BETWEEN).is_some() {}
    let words = |kind: &ObjectKind| kind.keywords().split(' ').collect::<Vec<_>>();
    let kinds = ObjectKind::ALL.iter().filter(|kind| cursor.is_all(&words(kind)));
    // The longest: an EVENT TRIGGER is no EVENT.
    let kind = *kinds.max_by_key(|kind| words(kind).len())?;
    cursor.at += words(&kind).len();
    cursor.eat("CONCURRENTLY");
    if cursor.is("IF") && (cursor.nth_is(1, "NOT") || cursor.nth_is(1, "EXISTS") || cursor.nth_is(1, "EXIST"))
    {
        cursor.at += 1;
        cursor.eat("NOT");
        cursor.eat_any(&["EXISTS", "EXIST"])?;
    }
    if matches!(kind, ObjectKind::Table | ObjectKind::ForeignTable) {
        cursor.eat("ONLY");
    }
    let name = cursor.name("a name").ok()?;
    if verb == "DROP" && cursor.is_symbol(",") {
        // There are more of them.
        return None;
    }
    let kind = match kind {
        ObjectKind::User if cursor.dialect == Dialect::Postgres => ObjectKind::Role,
        kind => kind,
    };
    if !matches!(kind, ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule) {
        return Some(ObjectRef { kind, name, on: None });
    }
    let before = if kind == ObjectKind::Rule && verb == "CREATE" { "TO" } else { "ON" };
    while !cursor.is_end() && !cursor.is(before) {
        cursor.at += 1;
    }
    cursor.at += 1;
    Some(ObjectRef { kind, name, on: Some(cursor.name("a table").ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_may_stand_before_a_statement() {
        let text = "${ignore} ALTER SEQUENCE s RESTART WITH 2; ${a} ${b}\nDROP TABLE t; ${all}";
        let script = super::super::read(text, Span::new(0, text.len() as u32), Dialect::Postgres);
        let seen: Vec<(&str, &str, bool)> = script
            .statements
            .iter()
            .map(|statement| {
                let kind = match statement.ops[0].kind {
                    Operation::AlterSequence(_) => "sequence",
                    Operation::Drop(_) => "drop",
                    Operation::Opaque { .. } => "opaque",
                    _ => "other",
                };
                (
                    &text[statement.span.start as usize..statement.span.end as usize],
                    kind,
                    statement.when == [Condition::Unknown],
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("ALTER SEQUENCE s RESTART WITH 2", "sequence", true),
                ("DROP TABLE t", "drop", true),
                ("${all}", "opaque", false),
            ]
        );
    }

    #[test]
    fn what_is_not_understood_still_names_its_object() {
        let cases = [
            ("ALTER TABLE ONLY app.users ADDD COLUMN x int", "table `app.users`"),
            ("CREATE TABLE IF NOT EXIST a.b (c int)", "table `a.b`"),
            ("DROP INDEX CONCURRENTLY IF EXISTS i ON t", "index `i`"),
            ("CREATE UNIQUE INDEX i OF t (a)", "index `i`"),
            ("CREATE OR REPLACE TRIGGER g AFTER UPDATE OF a, b ON s.t EXECUTE f()", "trigger `g` of `s.t`"),
            ("CREATE POLICY p ON t FOR EVERYTHING", "policy `p` of `t`"),
            ("CREATE RULE r AS ON INSERT TO t DO NOTHING AT ALL", "rule `r` of `t`"),
            ("ALTER RULE r ON t RENAME x", "rule `r` of `t`"),
            ("CREATE EVENT TRIGGER e AT ddl_command_end", "event trigger `e`"),
            ("CREATE USER u WITH WINGS", "role `u`"),
            ("DROP TABLE a, b CASCADES", ""),
            ("CREATE INDEX ON (t)", ""),
            ("DELETE FORM t", ""),
            ("ALTER TABLE", ""),
        ];
        for (text, object) in cases {
            let script = super::super::read(text, Span::new(0, text.len() as u32), Dialect::Postgres);
            let [statement] = script.statements.as_slice() else { panic!("{text}") };
            let [Op { kind: Operation::Opaque { object: found, .. }, .. }] = statement.ops.as_slice() else {
                panic!("{text} was understood")
            };
            assert_eq!(found.as_ref().map(ToString::to_string).unwrap_or_default(), object, "{text}");
        }
    }
}
