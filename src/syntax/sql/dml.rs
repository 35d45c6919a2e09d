//! INSERT, UPDATE, DELETE, SELECT and their kin, in every dialect.

use super::cursor::{Cursor, Read};
use super::lex::TokenKind;
use super::{opinion, query, session};
use crate::ops::{CreateTable, Guard, Insert, InsertSource, OnConflict, Op, Operation};
use crate::schema::{Dialect, Expr, Ident, Name, PartitionKind};

/// How many rows of an INSERT are kept.
const ROWS: usize = 64;

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
    let mut inside = Cursor { tokens: &cursor.tokens[..last], ..cursor.clone() };
    inside.at = first;
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
    let mut reader = Reader { ops: Vec::new(), own: Vec::new(), body, top: true };
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
    /// Not inside of a CTE.
    top: bool,
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
            "DELETE" => delete(cursor)?,
            "MERGE" => {
                let kind = merge(cursor)?;
                if self.top {
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
                Operation::Query { calls: query::calls(cursor, from, to) }
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
            let mut inside = Cursor { tokens: &cursor.tokens[..last], ..cursor.clone() };
            inside.at = first;
            if is_change(&inside) {
                let top = std::mem::replace(&mut self.top, false);
                self.statement(&mut inside)?;
                self.top = top;
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
            } else if cursor.dialect == Dialect::Postgres && self.top {
                let temporary = target.eat_any(&["TEMP", "TEMPORARY"]).is_some();
                let unlogged = target.eat("UNLOGGED");
                target.eat("TABLE");
                let name = target.name("a table")?;
                self.own.push((into, target.at));
                let table = CreateTable {
                    name,
                    guard: Guard::None,
                    temporary,
                    unlogged,
                    foreign: false,
                    columns: Vec::new(),
                    constraints: Vec::new(),
                    like: Vec::new(),
                    inherits: Vec::new(),
                    partition_of: None,
                    partition: PartitionKind::None,
                    of_type: None,
                    from_query: true,
                    options: Vec::new(),
                    indexes: Vec::new(),
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
            self.ops.push(Op { kind: Operation::Query { calls }, span });
        }
        self.ops.extend(settings.into_iter().map(|kind| Op { kind, span }));
        Ok(())
    }

    fn is_table_command(&self, cursor: &Cursor<'_>, first: usize) -> bool {
        let mut walk = Cursor { at: first, ..cursor.clone() };
        walk.eat("TABLE") && walk.name("a table").is_ok() && walk.is_end()
    }

    fn insert(&mut self, cursor: &mut Cursor<'_>) -> Read<Operation> {
        let replace = cursor.is("REPLACE");
        cursor.at += 1;
        let mut on_conflict = if replace { handled() } else { OnConflict::Fail };
        if cursor.dialect == Dialect::Sqlite && cursor.eat("OR") {
            match cursor.eat_any(&["REPLACE", "ROLLBACK", "ABORT", "FAIL", "IGNORE"]) {
                Some("REPLACE" | "IGNORE") => on_conflict = handled(),
                Some(_) => {}
                None => return Err(cursor.unread("`IGNORE` or `REPLACE`")),
            }
        }
        let before = cursor.at;
        if cursor.dialect == Dialect::Mysql {
            cursor.eat_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY"]);
            if cursor.eat("IGNORE") {
                on_conflict = handled();
            }
            self.own.push((before, cursor.at));
            cursor.eat("INTO");
        } else {
            cursor.expect("INTO")?;
        }
        let table = cursor.name("a table")?;
        let alias = cursor.at;
        if cursor.eat("AS") {
            cursor.ident("an alias")?;
        }
        self.own.push((alias, cursor.at));
        if cursor.dialect == Dialect::Mysql && cursor.is("PARTITION") {
            cursor.at += 1;
            cursor.group()?;
        }
        let columns =
            if cursor.is_symbol("(") && !is_query_group(cursor) { self.columns(cursor)? } else { Vec::new() };
        let overriding = cursor.at;
        if cursor.eat("OVERRIDING") {
            if cursor.eat_any(&["SYSTEM", "USER"]).is_none() {
                return Err(cursor.unread("`SYSTEM` or `USER`"));
            }
            cursor.expect("VALUE")?;
            self.own.push((overriding, cursor.at));
        }
        let source = self.source(cursor)?;
        let tail = cursor.at;
        if cursor.dialect == Dialect::Mysql && cursor.eat("AS") {
            cursor.ident("an alias")?;
            if cursor.is_symbol("(") {
                cursor.group()?;
            }
            self.own.push((tail, cursor.at));
        }
        while cursor.is_all(&["ON", "CONFLICT"]) {
            let handles = self.on_conflict(cursor)?;
            on_conflict = match (on_conflict, handles) {
                (OnConflict::Fail, handles) => handles,
                // SQLite allows several: together they handle whatever each does.
                (_, _) => handled(),
            };
        }
        if cursor.is_all(&["ON", "DUPLICATE"]) {
            cursor.expect_all(&["ON", "DUPLICATE", "KEY", "UPDATE"])?;
            self.assignments(cursor)?;
            on_conflict = handled();
        }
        let mut returning = None;
        if cursor.is("RETURNING") {
            let first = cursor.at;
            cursor.skip_rest();
            returning = Some(cursor.span_from(first));
        }
        Ok(Operation::Insert(Box::new(Insert { table, columns, source, on_conflict, returning })))
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

    /// `(a, b.c, d[1])`: the columns, without what follows each.
    fn columns(&mut self, cursor: &mut Cursor<'_>) -> Read<Vec<Ident>> {
        let first = cursor.at;
        cursor.expect_symbol("(")?;
        if cursor.dialect == Dialect::Mysql && cursor.eat_symbol(")") {
            return Ok(Vec::new());
        }
        let columns = cursor.list(assigned)?;
        cursor.expect_symbol(")")?;
        self.own.push((first, cursor.at));
        Ok(columns)
    }

    fn source(&mut self, cursor: &mut Cursor<'_>) -> Read<InsertSource> {
        if cursor.eat_all(&["DEFAULT", "VALUES"]) {
            return Ok(InsertSource::Defaults);
        }
        if cursor.dialect == Dialect::Mysql && cursor.eat("SET") {
            let first = cursor.at;
            self.assignments(cursor)?;
            let mut walk = Cursor { tokens: &cursor.tokens[..cursor.at], ..cursor.clone() };
            walk.at = first;
            let mut row = Vec::new();
            while !walk.is_end() {
                walk.skip_until(|cursor| cursor.is_symbol("="));
                walk.expect_symbol("=")?;
                row.push(walk.expr_until(|_| false)?);
                walk.eat_symbol(",");
            }
            return Ok(InsertSource::Values { count: 1, rows: vec![row] });
        }
        let first = cursor.at;
        if cursor.is("VALUES") || (cursor.dialect == Dialect::Mysql && cursor.is("VALUE")) {
            cursor.at += 1;
            let (count, rows) = self.rows(cursor)?;
            let ends = cursor.is_end()
                || cursor.is_any(&["ON", "RETURNING"])
                || (cursor.dialect == Dialect::Mysql && cursor.is("AS"));
            if ends {
                return Ok(InsertSource::Values { count, rows });
            }
            cursor.at = first;
        }
        if !query_is_next(cursor) && !cursor.is("WITH") {
            return Err(cursor.unread("`VALUES` or a query"));
        }
        skip_clause(cursor, |cursor| {
            cursor.is_all(&["ON", "CONFLICT"])
                || cursor.is_all(&["ON", "DUPLICATE", "KEY"])
                || cursor.is("RETURNING")
        });
        let last = cursor.at;
        Ok(InsertSource::Query {
            anti_join: is_anti_join(cursor, first, last),
            reads: query::reads(cursor, first, last),
        })
    }

    /// `(…), (…)`: how many, and the first of them.
    fn rows(&mut self, cursor: &mut Cursor<'_>) -> Read<(u32, Vec<Vec<Expr>>)> {
        let mut rows = Vec::new();
        let mut count = 0u32;
        // One row stays for `sqlparser` to look at.
        let mut second = None;
        loop {
            if cursor.dialect == Dialect::Mysql {
                cursor.eat("ROW");
            }
            if count == 1 {
                second = Some(cursor.at - 1);
            }
            let (first, last) = cursor.group()?;
            if rows.len() < ROWS {
                let mut inside = Cursor { tokens: &cursor.tokens[..last], ..cursor.clone() };
                inside.at = first;
                let mut row = Vec::new();
                while !inside.is_end() {
                    row.push(inside.expr_until(|_| false)?);
                    if !inside.eat_symbol(",") {
                        inside.expect_end()?;
                    }
                }
                rows.push(row);
            }
            count = count.saturating_add(1);
            if !cursor.eat_symbol(",") {
                break;
            }
        }
        if let Some(second) = second.filter(|second| cursor.at - second > 1_000) {
            self.own.push((second, cursor.at));
        }
        Ok((count, rows))
    }

    /// `ON CONFLICT [(…) [WHERE …] | ON CONSTRAINT x] DO NOTHING | DO UPDATE SET … [WHERE …]`.
    fn on_conflict(&mut self, cursor: &mut Cursor<'_>) -> Read<OnConflict> {
        let first = cursor.at;
        cursor.at += 2;
        let mut target = Vec::new();
        let mut constraint = None;
        if cursor.eat_all(&["ON", "CONSTRAINT"]) {
            constraint = Some(cursor.ident("a constraint")?);
        } else if cursor.is_symbol("(") {
            let (from, to) = cursor.group()?;
            let mut inside = Cursor { tokens: &cursor.tokens[..to], ..cursor.clone() };
            inside.at = from;
            while !inside.is_end() {
                let (key, end) = inside.skip_until(|_| false);
                let plain = {
                    let mut key = Cursor { at: key, tokens: &inside.tokens[..end], ..inside.clone() };
                    key.ident("a column").ok().filter(|_| !key.is_symbol("(") && !key.is_symbol("."))
                };
                match plain {
                    Some(column) => target.push(column),
                    None => {
                        inside.expr(key, end)?;
                    }
                }
                if !inside.eat_symbol(",") {
                    inside.expect_end()?;
                }
            }
            if cursor.eat("WHERE") {
                let (from, to) = skip_clause(cursor, |cursor| cursor.is("DO"));
                cursor.expr(from, to)?;
            }
        }
        cursor.expect("DO")?;
        if cursor.eat("NOTHING") {
            self.own.push((first, cursor.at));
            return Ok(OnConflict::Handled { target, constraint });
        }
        // What is set is for `sqlparser` to judge, behind a target that it knows.
        let action = cursor.at;
        cursor.expect_all(&["UPDATE", "SET"])?;
        self.own.push((first + 2, action - 1));
        self.assignments(cursor)?;
        if cursor.eat("WHERE") {
            let (from, to) =
                skip_clause(cursor, |cursor| cursor.is("RETURNING") || cursor.is_all(&["ON", "CONFLICT"]));
            cursor.expr(from, to)?;
        }
        if cursor.is_all(&["ON", "CONFLICT"]) {
            self.own.push((first, cursor.at));
        }
        Ok(OnConflict::Handled { target, constraint })
    }

    /// `a = 1, (b, c) = (…), d.e[1] = 2`: the columns.
    fn assignments(&mut self, cursor: &mut Cursor<'_>) -> Read<Vec<Ident>> {
        let mut columns = Vec::new();
        loop {
            if cursor.is_symbol("(") {
                columns.extend(cursor.ident_group("a column")?);
            } else {
                let first = cursor.at;
                columns.push(assigned(cursor)?);
                self.own.push((first + 1, cursor.at));
            }
            if !cursor.eat_symbol("=") && !(cursor.dialect == Dialect::Mysql && cursor.eat_symbol(":=")) {
                return Err(cursor.unread("`=`"));
            }
            let (first, last) = cursor.skip_until(after_set);
            if first == last {
                return Err(cursor.unread("an expression"));
            }
            if !cursor.eat_symbol(",") {
                return Ok(columns);
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
        cursor.eat("ONLY");
        let table = cursor.name("a table")?;
        cursor.eat_symbol("*");
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
        if joined && (from..to).any(|at| cursor.text_of(cursor.tokens[at]) == ",") {
            self.own.push((from, to));
        }
        cursor.expect("SET")?;
        let columns = self.assignments(cursor)?;
        let limited = rest_limits(cursor) || joined;
        Ok(Operation::Update { table, columns, limited })
    }
}

const fn handled() -> OnConflict {
    OnConflict::Handled { target: Vec::new(), constraint: None }
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

fn is_query_group(cursor: &Cursor<'_>) -> bool {
    query_is_next(cursor) && cursor.is_symbol("(")
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

fn delete(cursor: &mut Cursor<'_>) -> Read<Operation> {
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
            return Ok(Operation::Delete { table, limited: true });
        }
    }
    cursor.expect("FROM")?;
    cursor.eat("ONLY");
    let table = cursor.name("a table")?;
    cursor.eat_symbol("*");
    skip_clause(cursor, |cursor| cursor.is_any(&["USING", "WHERE", "RETURNING", "ORDER", "LIMIT"]));
    let limited = rest_limits(cursor);
    Ok(Operation::Delete { table, limited })
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
fn rest_limits(cursor: &mut Cursor<'_>) -> bool {
    let mut limited = cursor.is_any(&["FROM", "USING"]);
    skip_clause(cursor, |cursor| cursor.is_any(&["WHERE", "RETURNING", "ORDER", "LIMIT"]));
    if cursor.eat("WHERE") {
        let (first, last) = skip_clause(cursor, |cursor| cursor.is_any(&["RETURNING", "ORDER", "LIMIT"]));
        let text = cursor.text_between(first, last).to_ascii_uppercase();
        limited |= !matches!(text.as_str(), "TRUE" | "1" | "1=1" | "1 = 1");
    }
    limited |= cursor.is_any(&["ORDER", "LIMIT"]);
    cursor.skip_rest();
    limited
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
    let tables = cursor.list(|cursor| {
        cursor.eat("ONLY");
        let name = cursor.name("a table")?;
        cursor.eat_symbol("*");
        Ok(name)
    })?;
    if cursor.eat_any(&["RESTART", "CONTINUE"]).is_some() {
        cursor.expect("IDENTITY")?;
    }
    let cascade = cursor.eat("CASCADE");
    if !cascade {
        cursor.eat("RESTRICT");
    }
    Ok(Operation::Truncate { tables, cascade })
}

/// WHERE NOT EXISTS (…), NOT IN (SELECT …), EXCEPT, or LEFT JOIN … WHERE … IS NULL.
fn is_anti_join(cursor: &Cursor<'_>, first: usize, last: usize) -> bool {
    let mut walk = Cursor { tokens: &cursor.tokens[..last], ..cursor.clone() };
    let (mut outer, mut missing) = (false, false);
    for at in first..last {
        walk.at = at;
        if walk.is_all(&["NOT", "EXISTS"]) || walk.is("EXCEPT") {
            return true;
        }
        if walk.is_all(&["NOT", "IN"]) && walk.nth_is_symbol(2, "(") && walk.nth_is(3, "SELECT") {
            return true;
        }
        outer |= walk.is("LEFT");
        missing |= walk.is_all(&["IS", "NULL"]);
    }
    outer && missing
}
