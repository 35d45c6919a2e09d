//! INSERT, UPDATE, DELETE, SELECT and their kin, in every dialect.

mod insert;

use super::cursor::{Cursor, Read};
use super::lex::TokenKind;
use super::{bridge, opinion, query, session};
use crate::ops::{CreateTable, Guard, Op, Operation};
use crate::schema::{Dialect, Expr, Ident, Name};

/// A WITH that changes something is followed this deep.
const DEEPEST: u32 = 40;

/// The operations of the statement at the cursor; None where it is no statement of this kind.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    if !is_next(cursor) {
        return Ok(None);
    }
    statement(cursor, false).map(Some)
}

/// The operations of tokens `first..last`, which must be a statement of this kind.
///
/// # Errors
/// When they are none.
pub fn inner(cursor: &Cursor<'_>, first: usize, last: usize) -> Read<Vec<Op>> {
    let mut inside = cursor.inside(first, last);
    if !is_next(&inside) {
        return Err(inside.unread("a query"));
    }
    statement(&mut inside, false)
}

/// The operations of a statement in a plpgsql body, where SELECT … INTO fills variables; None where it is no statement of this kind.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn in_body(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    if !is_next(cursor) {
        return Ok(None);
    }
    statement(cursor, true).map(Some)
}

fn is_next(cursor: &Cursor<'_>) -> bool {
    let mut walk = cursor.clone();
    let mut brackets = false;
    while walk.eat_symbol("(") {
        brackets = true;
    }
    let own = cursor.dialect != Dialect::Postgres && walk.is("REPLACE");
    walk.is_any(&["SELECT", "VALUES", "WITH", "TABLE"])
        || (!brackets && (own || walk.is_any(&["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "CALL"])))
}

fn statement(cursor: &mut Cursor<'_>, body: bool) -> Read<Vec<Op>> {
    let first = cursor.at;
    let mut reader = Reader { ops: Vec::new(), own: Vec::new(), body, depth: 0 };
    reader.statement(cursor)?;
    cursor.expect_end()?;
    opinion::check(cursor, first, &reader.own)?;
    Ok(reader.ops)
}

/// Reads one statement, with those in its WITH.
struct Reader {
    ops: Vec<Op>,
    /// Tokens that were read here and are valid, whatever `sqlparser` thinks of them.
    own: Vec<(usize, usize)>,
    /// Inside of plpgsql.
    body: bool,
    /// How many CTEs are open around it.
    depth: u32,
}

impl Reader {
    fn statement(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let first = cursor.at;
        if cursor.is("WITH") {
            self.with(cursor)?;
        }
        let word = cursor.nth(0).filter(|token| token.kind == TokenKind::Word);
        let word = word.map(|token| cursor.text_of(token).to_ascii_uppercase()).unwrap_or_default();
        let kind = match word.as_str() {
            "INSERT" | "REPLACE" => self.insert(cursor)?,
            "UPDATE" => self.update(cursor)?,
            "DELETE" => self.delete(cursor)?,
            "MERGE" => {
                let kind = merge(cursor)?;
                if self.depth == 0 {
                    // `sqlparser` knows less of it than the servers do.
                    self.own.push((first, cursor.at));
                }
                kind
            }
            "TRUNCATE" => {
                let kind = truncate(cursor)?;
                self.own.push((first, cursor.at));
                kind
            }
            "CALL" => {
                cursor.at += 1;
                let (from, to) = cursor.skip_rest();
                self.own.push((first, cursor.at));
                Operation::Query { calls: query::calls(cursor, from, to), reads: Vec::new(), locks: false }
            }
            _ => return self.query(cursor, first),
        };
        if self.body {
            self.strip_into(cursor, first)?;
        }
        self.ops.push(Op { kind, span: cursor.span_from(first) });
        Ok(())
    }

    /// `WITH [RECURSIVE] name AS (…), …`: those that change something are operations of their own.
    fn with(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        cursor.at += 1;
        cursor.eat("RECURSIVE");
        loop {
            if query::cte_head(cursor).is_none() {
                return Err(cursor.unread("`AS`"));
            }
            let (first, last) = cursor.group()?;
            let mut inside = cursor.inside(first, last);
            if is_change(&inside) {
                if self.depth == DEEPEST {
                    return Err(inside.unread("fewer statements inside of each other"));
                }
                self.depth += 1;
                self.statement(&mut inside)?;
                self.depth -= 1;
                inside.expect_end()?;
            }
            self.search_clause(cursor)?;
            if !cursor.eat_symbol(",") {
                return Ok(());
            }
        }
    }

    /// SEARCH … and CYCLE … of a recursive CTE, which `sqlparser` does not know.
    fn search_clause(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let first = cursor.at;
        if cursor.eat("SEARCH") {
            if cursor.eat_any(&["DEPTH", "BREADTH"]).is_none() {
                return Err(cursor.unread("`DEPTH` or `BREADTH`"));
            }
            cursor.expect_all(&["FIRST", "BY"])?;
            cursor.list(|cursor| cursor.any_word("a column"))?;
            cursor.expect("SET")?;
            cursor.any_word("a column")?;
        }
        if cursor.eat("CYCLE") {
            cursor.list(|cursor| cursor.any_word("a column"))?;
            cursor.expect("SET")?;
            cursor.any_word("a column")?;
            if cursor.eat("TO") {
                cursor.skip_until(|cursor| cursor.is("DEFAULT"));
                cursor.expect("DEFAULT")?;
                cursor.skip_until(|cursor| cursor.is("USING"));
            }
            cursor.expect("USING")?;
            cursor.any_word("a column")?;
        }
        if cursor.at > first {
            self.own.push((first, cursor.at));
        }
        Ok(())
    }

    fn query(&mut self, cursor: &mut Cursor<'_>, first: usize) -> Read<()> {
        let from = cursor.at;
        if !query_is_next(cursor) {
            return Err(cursor.unread("`SELECT`"));
        }
        let into = find_into(cursor);
        cursor.skip_rest();
        let bare = cursor.at == from + 1 || self.is_table_command(cursor, from);
        if cursor.dialect == Dialect::Postgres && bare {
            // A SELECT of nothing, which people write where a statement must stand; or `TABLE name`.
            self.own.push((from, cursor.at));
        }
        let calls = query::calls(cursor, first, cursor.at);
        if let Some(into) = into {
            let mut target = cursor.clone();
            target.at = into + 1;
            if self.body {
                skip_targets(&mut target)?;
                self.own.push((into, target.at));
            } else if cursor.dialect == Dialect::Postgres && self.depth == 0 {
                let temporary = target.eat_any(&["TEMP", "TEMPORARY"]).is_some();
                let unlogged = target.eat("UNLOGGED");
                target.eat("TABLE");
                let name = target.name("a table")?;
                self.own.push((into, target.at));
                let tree = bridge::query(cursor, &[(first, into), (target.at, cursor.at)]);
                let table = CreateTable {
                    temporary,
                    unlogged,
                    from_query: true,
                    tree: tree.map(Box::new),
                    ..CreateTable::empty(name, Guard::None)
                };
                let kind = Operation::CreateTable(Box::new(table));
                self.ops.push(Op { kind, span: cursor.span_from(first) });
                return Ok(());
            }
        }
        let span = cursor.span_from(first);
        if cursor.dialect == Dialect::Sqlite && locks_rows(cursor, from) {
            self.ops.push(Op { kind: Operation::Other { verb: "SELECT FOR UPDATE".to_owned() }, span });
            return Ok(());
        }
        let settings: Vec<Operation> = calls
            .iter()
            .filter(|call| matches!(call.name.as_str(), "set_config" | "pg_catalog.set_config"))
            .filter_map(|call| session::set_config(&call.arguments))
            .collect();
        if settings.len() < calls.len() || settings.is_empty() {
            let reads = query::reads(cursor, first, cursor.at);
            let locks = cursor.dialect == Dialect::Postgres && locks_rows(cursor, from);
            self.ops.push(Op { kind: Operation::Query { calls, reads, locks }, span });
        }
        self.ops.extend(settings.into_iter().map(|kind| Op { kind, span }));
        Ok(())
    }

    fn is_table_command(&self, cursor: &Cursor<'_>, first: usize) -> bool {
        let mut walk = Cursor { at: first, ..cursor.clone() };
        walk.eat("TABLE") && walk.name("a table").is_ok() && walk.is_end()
    }

    /// `RETURNING a INTO variable` of plpgsql.
    fn strip_into(&mut self, cursor: &Cursor<'_>, first: usize) -> Read<()> {
        let mut walk = cursor.clone();
        walk.at = first;
        skip_clause(&mut walk, |cursor| cursor.is("RETURNING"));
        if let Some(into) = find_into(&walk) {
            walk.at = into + 1;
            skip_targets(&mut walk)?;
            self.own.push((into, walk.at));
        }
        Ok(())
    }

    /// `a = 1, (b, c) = (…), d.e[1] = 2`.
    fn assignments(&mut self, cursor: &mut Cursor<'_>) -> Read<Assignments> {
        let (mut columns, mut all, mut read) = (Vec::new(), Vec::new(), Vec::new());
        let mut values = Vec::new();
        loop {
            let single = !cursor.is_symbol("(");
            if cursor.is_symbol("(") {
                let group = cursor.ident_group("a column")?;
                all.extend(group.iter().cloned());
                columns.extend(group);
            } else {
                let first = cursor.at;
                let column = assigned(cursor)?;
                all.push(column.clone());
                columns.push(column);
                self.own.push((first + 1, cursor.at));
            }
            let set = cursor.eat_symbol("=") || (cursor.dialect == Dialect::Mysql && cursor.eat_symbol(":="));
            if !set {
                return Err(cursor.unread("`=`"));
            }
            let (first, last) = cursor.skip_until(after_set);
            if first == last {
                return Err(cursor.unread("an expression"));
            }
            read.extend(cursor.words_between(first, last));
            let value = cursor.between(first, last);
            if single && has_string(cursor, first, last) {
                values.extend(columns.last().cloned().zip(bridge::expr(cursor, first, last).ok()));
            }
            if single && value.len() == 1 && cursor.text_of(value[0]).eq_ignore_ascii_case("NULL") {
                columns.pop();
            }
            if !cursor.eat_symbol(",") {
                let rereads = all.iter().any(|column| read.iter().any(|word| column.key() == word));
                read.sort();
                read.dedup();
                return Ok(Assignments { columns, rereads, values, words: read });
            }
        }
    }

    fn update(&mut self, cursor: &mut Cursor<'_>) -> Read<Operation> {
        cursor.at += 1;
        match cursor.dialect {
            Dialect::Postgres => {}
            Dialect::Sqlite => {
                if cursor.eat("OR") {
                    cursor.any_word("`IGNORE`")?;
                }
            }
            Dialect::Mysql => {
                cursor.eat("LOW_PRIORITY");
                cursor.eat("IGNORE");
            }
        }
        let table = self.relation(cursor)?;
        let (from, to) = skip_clause(cursor, |cursor| cursor.is("SET"));
        if cursor.dialect != Dialect::Mysql {
            let alias = usize::from(
                cursor
                    .tokens
                    .get(from)
                    .is_some_and(|token| cursor.text_of(*token).eq_ignore_ascii_case("AS")),
            );
            let mut walk = cursor.clone();
            walk.at = from + alias;
            if alias > 0 || from < to {
                walk.ident("an alias")?;
                if walk.at < to && !(cursor.dialect == Dialect::Sqlite && walk.is_any(&["INDEXED", "NOT"])) {
                    return Err(walk.unread("`SET`"));
                }
            }
        }
        let joined = cursor.dialect == Dialect::Mysql && to > from + 2;
        if joined && cursor.between(from, to).iter().any(|token| cursor.text_of(*token) == ",") {
            self.own.push((from, to));
        }
        cursor.expect("SET")?;
        let first = cursor.at;
        let Assignments { columns, rereads, values, words } = self.assignments(cursor)?;
        let (limits, filter) = rest_limits(cursor);
        let reads = query::reads(cursor, first, cursor.tokens.len());
        let limited = limits || joined;
        Ok(Operation::Update { table, columns, limited, reads, filter, rereads, values, words })
    }

    fn delete(&mut self, cursor: &mut Cursor<'_>) -> Read<Operation> {
        cursor.at += 1;
        if cursor.dialect == Dialect::Mysql {
            while cursor.eat_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]).is_some() {}
            if !cursor.is("FROM") {
                // `DELETE a, b FROM a JOIN b …`
                let name = cursor.name("a table")?;
                skip_clause(cursor, |cursor| cursor.is("FROM"));
                cursor.expect("FROM")?;
                let tables = cursor.skip_rest();
                let table = query_table(cursor, tables, &name).unwrap_or(name);
                return Ok(Operation::Delete {
                    table,
                    limited: true,
                    without: Vec::new(),
                    reads: Vec::new(),
                    filter: None,
                });
            }
        }
        cursor.expect("FROM")?;
        let table = self.relation(cursor)?;
        let reads = query::reads(cursor, cursor.at, cursor.tokens.len());
        skip_clause(cursor, |cursor| cursor.is_any(&["USING", "WHERE", "RETURNING", "ORDER", "LIMIT"]));
        let without = nulls_of(cursor);
        let (limited, filter) = rest_limits(cursor);
        Ok(Operation::Delete { table, limited, without, reads, filter })
    }

    /// `[ONLY] name` or `name *`.
    fn relation(&mut self, cursor: &mut Cursor<'_>) -> Read<Name> {
        let first = cursor.at;
        cursor.eat("ONLY");
        self.own.push((first, cursor.at));
        let table = cursor.name("a table")?;
        let star = cursor.at;
        cursor.eat_symbol("*");
        self.own.push((star, cursor.at));
        Ok(table)
    }
}

/// What SET gives to columns.
struct Assignments {
    /// The columns, without those that are set to NULL.
    columns: Vec<Ident>,
    /// Whether a value is made of one of them.
    rereads: bool,
    /// The values in which a string stands, of single columns.
    values: Vec<(Ident, Expr)>,
    /// The words in the values that may be columns.
    words: Vec<String>,
}

/// Whether a string stands among these tokens.
fn has_string(cursor: &Cursor<'_>, first: usize, last: usize) -> bool {
    let is_string = |kind| matches!(kind, TokenKind::String | TokenKind::EscapeString);
    cursor.between(first, last).iter().any(|token| is_string(token.kind))
}

/// The columns of `WHERE a IS NULL OR t.b IS NULL`, which is all that the cursor's WHERE says.
fn nulls_of(cursor: &Cursor<'_>) -> Vec<Ident> {
    let mut walk = cursor.clone();
    let mut columns = Vec::new();
    if !walk.eat("WHERE") {
        return columns;
    }
    loop {
        let Ok(name) = walk.name("a column") else { return Vec::new() };
        if !walk.eat_all(&["IS", "NULL"]) {
            return Vec::new();
        }
        columns.push(name.ident);
        if !walk.eat("OR") {
            break;
        }
    }
    if walk.is_end() || walk.is("RETURNING") { columns } else { Vec::new() }
}

fn is_change(cursor: &Cursor<'_>) -> bool {
    let mut walk = cursor.clone();
    if walk.is("WITH") {
        // Its own CTEs are passed to see what it is.
        walk.at += 1;
        walk.eat("RECURSIVE");
        while query::cte_head(&mut walk).is_some() && walk.group().is_ok() {
            if !walk.eat_symbol(",") {
                break;
            }
        }
    }
    walk.is_any(&["INSERT", "UPDATE", "DELETE", "MERGE"])
}

fn query_is_next(cursor: &Cursor<'_>) -> bool {
    let mut walk = cursor.clone();
    while walk.eat_symbol("(") {}
    walk.is_any(&["SELECT", "VALUES", "TABLE", "WITH"])
}

/// `SELECT … FOR UPDATE`, which SQLite does not have.
fn locks_rows(cursor: &Cursor<'_>, first: usize) -> bool {
    let mut walk = Cursor { at: first, ..cursor.clone() };
    skip_clause(&mut walk, |cursor| cursor.is("FOR"));
    walk.eat("FOR") && walk.is_any(&["UPDATE", "SHARE", "NO", "KEY"])
}

/// The INTO of a SELECT at the cursor, outside of brackets.
fn find_into(cursor: &Cursor<'_>) -> Option<usize> {
    let mut walk = cursor.clone();
    skip_clause(&mut walk, |cursor| cursor.is("INTO"));
    (!walk.is_end()).then_some(walk.at)
}

/// The variables behind INTO in plpgsql: `[STRICT] a, b.c, d[1]`.
fn skip_targets(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.eat("STRICT");
    cursor.list(|cursor| {
        cursor.name("a variable")?;
        subscripts(cursor);
        Ok(())
    })?;
    Ok(())
}

/// A column that is written to: `a`, in PostgreSQL `a.field[1]`, in MySQL `t.a`.
fn assigned(cursor: &mut Cursor<'_>) -> Read<Ident> {
    let mut column = cursor.ident("a column")?;
    loop {
        subscripts(cursor);
        if !cursor.eat_symbol(".") {
            return Ok(column);
        }
        let field = cursor.any_word("a column")?;
        if cursor.dialect != Dialect::Postgres {
            column = field;
        }
    }
}

fn subscripts(cursor: &mut Cursor<'_>) {
    while cursor.is_symbol("[") {
        cursor.at += 1;
        cursor.skip_until(|cursor| cursor.is_symbol("]"));
        cursor.eat_symbol("]");
    }
}

/// Steps on to where `stop` says so outside of brackets, commas included; gives the tokens passed.
fn skip_clause(cursor: &mut Cursor<'_>, stop: impl Fn(&Cursor<'_>) -> bool) -> (usize, usize) {
    let first = cursor.at;
    loop {
        cursor.skip_until(&stop);
        let passed = cursor.is_symbol(",") || cursor.is_symbol(")") || cursor.is_symbol("]");
        if cursor.is_end() || !passed {
            return (first, cursor.at);
        }
        cursor.at += 1;
    }
}

/// The words that end the SET of an UPDATE.
fn after_set(cursor: &Cursor<'_>) -> bool {
    let from = cursor.is("FROM")
        && !cursor
            .at
            .checked_sub(1)
            .and_then(|before| cursor.tokens.get(before))
            .is_some_and(|token| cursor.text_of(*token).eq_ignore_ascii_case("DISTINCT"));
    from || cursor.is_any(&["WHERE", "RETURNING", "ORDER", "LIMIT"]) || cursor.is_all(&["ON", "CONFLICT"])
}

/// The table whose alias is `name` in `FROM t AS name`.
fn query_table(cursor: &Cursor<'_>, (first, last): (usize, usize), name: &Name) -> Option<Name> {
    let mut walk = Cursor { tokens: &cursor.tokens[..last], ..cursor.clone() };
    for at in first..last {
        walk.at = at;
        let Ok(table) = walk.name("a table") else { continue };
        walk.eat("AS");
        if walk.ident("an alias").is_ok_and(|alias| alias == name.ident) {
            return Some(table);
        }
    }
    None
}

/// Reads the rest of an UPDATE or DELETE: whether it says which rows. `WHERE true` says nothing.
fn rest_limits(cursor: &mut Cursor<'_>) -> (bool, Option<Box<Expr>>) {
    let mut filter = None;
    let mut limited = cursor.is_any(&["FROM", "USING"]);
    skip_clause(cursor, |cursor| cursor.is_any(&["WHERE", "RETURNING", "ORDER", "LIMIT"]));
    if cursor.eat("WHERE") {
        let (first, last) = skip_clause(cursor, |cursor| cursor.is_any(&["RETURNING", "ORDER", "LIMIT"]));
        let text = cursor.text_between(first, last).to_ascii_uppercase();
        filter = bridge::expr(cursor, first, last).ok().map(Box::new);
        limited |= !matches!(text.as_str(), "TRUE" | "1" | "1=1" | "1 = 1");
    }
    limited |= cursor.is_any(&["ORDER", "LIMIT"]);
    cursor.skip_rest();
    (limited, filter)
}

fn merge(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    cursor.expect("INTO")?;
    cursor.eat("ONLY");
    let table = cursor.name("a table")?;
    skip_clause(cursor, |cursor| cursor.is("USING"));
    cursor.expect("USING")?;
    skip_clause(cursor, |cursor| cursor.is("WHEN"));
    cursor.expect("WHEN")?;
    cursor.eat("NOT");
    cursor.expect("MATCHED")?;
    skip_clause(cursor, |cursor| cursor.is("THEN"));
    cursor.expect("THEN")?;
    cursor.skip_rest();
    Ok(Operation::Merge { table })
}

fn truncate(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.at += 1;
    cursor.eat("TABLE");
    let mut only = true;
    let tables = cursor.list(|cursor| {
        only &= cursor.eat("ONLY");
        let name = cursor.name("a table")?;
        cursor.eat_symbol("*");
        Ok(name)
    })?;
    let sequences = cursor.eat_any(&["RESTART", "CONTINUE"]);
    if sequences.is_some() {
        cursor.expect("IDENTITY")?;
    }
    let restart = sequences == Some("RESTART");
    let cascade = cursor.eat("CASCADE");
    if !cascade {
        cursor.eat("RESTRICT");
    }
    Ok(Operation::Truncate { tables, cascade, restart, only })
}

#[cfg(test)]
mod tests;
