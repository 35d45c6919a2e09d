//! INSERT, UPDATE, DELETE, SELECT and their kin, in every dialect.

use super::cursor::{Cursor, Read};
use super::lex::TokenKind;
use super::{opinion, query, session};
use crate::ops::{CreateTable, Guard, Insert, InsertSource, OnConflict, Op, Operation};
use crate::schema::{Dialect, Expr, Ident, Name, PartitionKind};

/// A WITH that changes something is followed this deep.
const DEEPEST: u32 = 40;

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
                let mut inside = cursor.inside(first, last);
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
            let mut inside = cursor.inside(from, to);
            while !inside.is_end() {
                let (key, end) = inside.skip_until(|_| false);
                let plain = {
                    let mut key = inside.inside(key, end);
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

    /// `a = 1, (b, c) = (…), d.e[1] = 2`: the columns, without those that are set to NULL.
    fn assignments(&mut self, cursor: &mut Cursor<'_>) -> Read<Vec<Ident>> {
        let mut columns = Vec::new();
        loop {
            let single = !cursor.is_symbol("(");
            if cursor.is_symbol("(") {
                columns.extend(cursor.ident_group("a column")?);
            } else {
                let first = cursor.at;
                columns.push(assigned(cursor)?);
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
            let value = cursor.between(first, last);
            if single && value.len() == 1 && cursor.text_of(value[0]).eq_ignore_ascii_case("NULL") {
                columns.pop();
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
        let columns = self.assignments(cursor)?;
        let limited = rest_limits(cursor) || joined;
        Ok(Operation::Update { table, columns, limited })
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
                return Ok(Operation::Delete { table, limited: true });
            }
        }
        cursor.expect("FROM")?;
        let table = self.relation(cursor)?;
        skip_clause(cursor, |cursor| cursor.is_any(&["USING", "WHERE", "RETURNING", "ORDER", "LIMIT"]));
        let limited = rest_limits(cursor);
        Ok(Operation::Delete { table, limited })
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

#[cfg(test)]
mod tests {
    use super::super::{operations, read};
    use super::*;
    use crate::schema::Literal;
    use crate::text::Span;

    const ALL: [Dialect; 3] = [Dialect::Postgres, Dialect::Sqlite, Dialect::Mysql];

    fn insert(text: &str, dialect: Dialect) -> Insert {
        match operations(text, dialect).into_iter().next() {
            Some(Operation::Insert(insert)) => *insert,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn is_opaque(text: &str, dialect: Dialect) -> bool {
        operations(text, dialect).iter().any(|operation| matches!(operation, Operation::Opaque { .. }))
    }

    #[test]
    fn rows_are_counted_and_the_first_are_kept() {
        for dialect in ALL {
            let one = insert("INSERT INTO s.t (a, b) VALUES (1, 'x'), (NULL, 'y')", dialect);
            assert_eq!((one.table.to_string(), one.columns.len()), ("s.t".to_owned(), 2));
            let InsertSource::Values { count: 2, rows } = one.source else { panic!("{:?}", one.source) };
            assert_eq!(rows[0][0], Expr::Literal(Literal::Number("1".to_owned())));
            assert!(rows[1][0].is_null());
            assert_eq!(one.on_conflict, OnConflict::Fail);
        }
        let many = format!("INSERT INTO t VALUES {}", vec!["(1, f(2))"; 3_000].join(", "));
        let InsertSource::Values { count: 3_000, rows } = insert(&many, Dialect::Postgres).source else {
            panic!()
        };
        assert_eq!(rows.len(), ROWS);
        assert!(is_opaque(&format!("{many} GARBAGE"), Dialect::Postgres));
    }

    #[test]
    fn where_rows_come_from() {
        let source = |text: &str| insert(text, Dialect::Postgres).source;
        assert_eq!(source("INSERT INTO t DEFAULT VALUES"), InsertSource::Defaults);
        let table = [
            ("INSERT INTO t SELECT * FROM a JOIN s.b ON true", false, "[a, s.b]"),
            ("INSERT INTO t (SELECT 1)", false, "[]"),
            ("INSERT INTO t (a) SELECT 1 WHERE NOT EXISTS (SELECT FROM t WHERE a = 1)", true, "[t]"),
            ("INSERT INTO t SELECT a FROM b WHERE a NOT IN (SELECT a FROM t)", true, "[b, t]"),
            ("INSERT INTO t SELECT a FROM b WHERE a NOT IN (1, 2)", false, "[b]"),
            ("INSERT INTO t SELECT b.a FROM b LEFT JOIN t ON t.a = b.a WHERE t.a IS NULL", true, "[b, t]"),
            ("INSERT INTO t WITH x AS (SELECT 1 FROM c) SELECT * FROM x", false, "[c]"),
            ("INSERT INTO t SELECT 1 FROM a ON CONFLICT (a) DO NOTHING", false, "[a]"),
        ];
        for (text, anti_join, reads) in table {
            match source(text) {
                InsertSource::Query { anti_join: found, reads: tables } => {
                    assert_eq!((found, format!("{tables:?}").as_str()), (anti_join, reads), "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_happens_when_the_row_is_there() {
        let handled = |text: &str, dialect| match insert(text, dialect).on_conflict {
            OnConflict::Fail => "fail".to_owned(),
            OnConflict::Handled { target, constraint } => format!("{target:?} {constraint:?}"),
        };
        let table = [
            ("INSERT INTO t VALUES (1)", Dialect::Postgres, "fail"),
            ("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", Dialect::Postgres, "[] None"),
            (
                "INSERT INTO t VALUES (1) ON CONFLICT (a, b) WHERE c DO UPDATE SET d = EXCLUDED.d WHERE t.d <> 1 RETURNING a",
                Dialect::Postgres,
                "[\"a\", \"b\"] None",
            ),
            ("INSERT INTO t VALUES (1) ON CONFLICT (lower(a)) DO NOTHING", Dialect::Postgres, "[] None"),
            (
                "INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT u DO NOTHING",
                Dialect::Postgres,
                "[] Some(\"u\")",
            ),
            ("INSERT OR IGNORE INTO t VALUES (1)", Dialect::Sqlite, "[] None"),
            ("INSERT OR ABORT INTO t VALUES (1)", Dialect::Sqlite, "fail"),
            ("REPLACE INTO t VALUES (1)", Dialect::Sqlite, "[] None"),
            (
                "INSERT INTO t VALUES (1) ON CONFLICT(a) DO UPDATE SET a = 1 ON CONFLICT DO NOTHING",
                Dialect::Sqlite,
                "[] None",
            ),
            ("INSERT IGNORE INTO t SET a = 1, b = 'x'", Dialect::Mysql, "[] None"),
            ("INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a)", Dialect::Mysql, "[] None"),
        ];
        for (text, dialect, expected) in table {
            assert_eq!(handled(text, dialect), expected, "{text}");
        }
        let text = "INSERT INTO t VALUES (1) RETURNING id";
        assert_eq!(insert(text, Dialect::Postgres).returning, Some(Span::new(25, 37)));
    }

    #[test]
    fn updates_and_deletes_say_whether_they_are_limited() {
        let brief = |text: &str, dialect| match operations(text, dialect).as_slice() {
            [Operation::Update { table, columns, limited }] => format!("{table} {columns:?} {limited}"),
            [Operation::Delete { table, limited }] => format!("{table} {limited}"),
            other => format!("{other:?}"),
        };
        let table = [
            ("UPDATE t SET a = 1", Dialect::Postgres, "t [\"a\"] false"),
            (
                "UPDATE s.t * AS x SET a = 1, (b, c) = (1, 2), d[1].e = 3 WHERE a IS DISTINCT FROM 2",
                Dialect::Postgres,
                "s.t [\"a\", \"b\", \"c\", \"d\"] true",
            ),
            ("UPDATE t SET a = x IS DISTINCT FROM y", Dialect::Postgres, "t [\"a\"] false"),
            ("UPDATE t x SET a = b.a FROM b", Dialect::Postgres, "t [\"a\"] true"),
            ("UPDATE t SET a = 1 WHERE true RETURNING a", Dialect::Postgres, "t [\"a\"] false"),
            ("UPDATE t SET a = (SELECT b FROM c WHERE d) ", Dialect::Postgres, "t [\"a\"] false"),
            ("UPDATE OR IGNORE t SET a = 1 WHERE b", Dialect::Sqlite, "t [\"a\"] true"),
            ("UPDATE t JOIN u ON t.id = u.id SET t.a = u.a", Dialect::Mysql, "t [\"a\"] true"),
            ("UPDATE t a, t b SET a.x = 1 WHERE a.y > b.y", Dialect::Mysql, "t [\"x\"] true"),
            ("UPDATE t SET a = 1 LIMIT 10", Dialect::Mysql, "t [\"a\"] true"),
            ("DELETE FROM t", Dialect::Postgres, "t false"),
            ("UPDATE t SET a = NULL, b = NULL::int, c = 1", Dialect::Postgres, "t [\"b\", \"c\"] false"),
            ("UPDATE ONLY t SET a = DEFAULT", Dialect::Postgres, "t [\"a\"] false"),
            ("DELETE FROM ONLY t AS x USING b WHERE x.a = b.a", Dialect::Postgres, "t true"),
            ("DELETE FROM t WHERE 1=1", Dialect::Sqlite, "t false"),
            ("DELETE x FROM t AS x JOIN u ON x.a = u.a", Dialect::Mysql, "t true"),
        ];
        for (text, dialect, expected) in table {
            assert_eq!(brief(text, dialect), expected, "{text}");
        }
    }

    #[test]
    fn other_statements() {
        let brief = |text: &str| format!("{:?}", operations(text, Dialect::Postgres));
        assert_eq!(
            brief("TRUNCATE TABLE a, ONLY s.b * RESTART IDENTITY CASCADE"),
            "[Truncate { tables: [a, s.b], cascade: true }]"
        );
        assert_eq!(
            brief("MERGE INTO t USING s ON t.a = s.a WHEN NOT MATCHED THEN INSERT DEFAULT VALUES"),
            "[Merge { table: t }]"
        );
        let calls = "[Query { calls: [Call { name: \"s.f\", arguments: [Some(\"t\"), Some(\"1\"), None, Some(\"true\")] }, \
                     Call { name: \"g\", arguments: [] }] }]";
        assert_eq!(brief("SELECT s.f('t'::regclass, 1, a, true), b IN (1) FROM x WHERE g()"), calls);
        for text in [
            "VALUES (1), (2)",
            "TABLE t",
            "(SELECT 1) UNION SELECT 2",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "SELECT",
        ] {
            assert_eq!(brief(text), "[Query { calls: [] }]", "{text}");
        }
    }

    #[test]
    fn select_into_makes_a_table() {
        let Some(Operation::CreateTable(table)) =
            operations("SELECT a, b INTO TEMP TABLE s.x FROM t", Dialect::Postgres).into_iter().next()
        else {
            panic!("no table");
        };
        assert!(table.from_query && table.temporary && table.name.to_string() == "s.x");
    }

    #[test]
    fn each_change_in_a_with_is_an_operation() {
        let text = "WITH gone AS (DELETE FROM a WHERE b RETURNING *), put AS (INSERT INTO c SELECT * FROM gone) UPDATE d SET e = 1";
        let script = read(text, Span::new(0, text.len() as u32), Dialect::Postgres);
        let ops = &script.statements[0].ops;
        assert!(matches!(
            (&ops[0].kind, &ops[1].kind, &ops[2].kind),
            (
                Operation::Delete { limited: true, .. },
                Operation::Insert(_),
                Operation::Update { limited: false, .. }
            )
        ));
        assert_eq!(&text[ops[0].span.range()], "DELETE FROM a WHERE b RETURNING *");
        assert_eq!(&text[ops[2].span.range()], text);
    }

    #[test]
    fn mistakes_are_not_read_over() {
        let wrong = [
            "UPDATE t SET a = 1 WERE id = 2",
            "UPDATE t SET a = 1, WHERE id = 2",
            "SELEC 1",
            "DELETE FORM t",
            "DELETE FROM t WHERE a = 1 DELETE FROM t",
            "INSERT INTO t VALUS (1)",
            "INSERT INTO t (a VALUES (1)",
            "INSERT INTO t VALUES (1 2)",
            "SELECT a b c FROM t",
            "SELECT * FROM t WHERE",
            "TRUNCATE t CASCAD",
        ];
        for text in wrong {
            for dialect in ALL {
                assert!(is_opaque(text, dialect), "{text} {dialect:?}");
            }
        }
    }

    /// PostgreSQL 15 and SQLite 3.40 parse each of them; `sqlparser` alone does not.
    #[test]
    fn what_sqlparser_does_not_know_is_read_all_the_same() {
        let postgres = [
            "INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (1)",
            "INSERT INTO t VALUES (1) ON CONFLICT (lower(a) COLLATE \"C\") DO UPDATE SET a = 1",
            "SELECT a::text COLLATE \"C\" FROM t ORDER BY a::text COLLATE \"C\"",
            "SELECT 'a' \n 'b'",
            "SELECT format('%s', VARIADIC ARRAY[1])",
            "SELECT (r).* FROM (SELECT ROW(1, 2) AS r) x",
            "SELECT * FROM ROWS FROM (f(1), g(2)) WITH ORDINALITY AS z",
            "SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN '1 day'::interval PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM t",
            "UPDATE t SET a['b'] = 1, c[1:2] = ARRAY[1, 2] WHERE CURRENT OF x",
            "DELETE FROM t WHERE a ISNULL",
            "SELECT * FROM json_to_recordset('[]') AS (a int, b text)",
            "SELECT xmlelement(NAME a, 'b')",
            "SELECT 1 FROM t WHERE a IN ((SELECT 1), (SELECT 2))",
            "SELECT a FROM t FOR NO KEY UPDATE",
            "SELECT a @@ ANY ('{x}') FROM t",
            "WITH RECURSIVE x(a) AS (SELECT 1 UNION ALL SELECT a FROM x) CYCLE a SET b USING c SELECT * FROM x",
        ];
        for text in postgres {
            assert!(!is_opaque(text, Dialect::Postgres), "{text}: {:?}", operations(text, Dialect::Postgres));
        }
        let sqlite = [
            "SELECT * FROM t WHERE a GLOB '*x' AND b NOT GLOB 'y' AND c NOTNULL",
            "SELECT interval, a IS b FROM t INDEXED BY i",
            "UPDATE t SET a = (interval * 0.8)",
        ];
        for text in sqlite {
            assert!(!is_opaque(text, Dialect::Sqlite), "{text}: {:?}", operations(text, Dialect::Sqlite));
        }
    }

    #[test]
    fn rows_locked_in_sqlite_are_named() {
        let other = Operation::Other { verb: "SELECT FOR UPDATE".to_owned() };
        assert_eq!(operations("SELECT * FROM t FOR UPDATE", Dialect::Sqlite), [other]);
    }
}
