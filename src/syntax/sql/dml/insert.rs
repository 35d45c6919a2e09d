//! INSERT and REPLACE: where the rows come from, and what happens to those that are there already.

use super::super::cursor::{Cursor, Read};
use super::super::{bridge, query};
use super::{Reader, assigned, has_string, query_is_next, skip_clause};
use crate::ops::{Insert, InsertSource, OnConflict, Operation};
use crate::schema::{Dialect, Expr, Ident};

/// How many rows of an INSERT are kept.
const ROWS: usize = 64;

impl Reader {
    /// INSERT and REPLACE, behind their WITH.
    pub fn insert(&mut self, cursor: &mut Cursor<'_>) -> Read<Operation> {
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
        let reads = query::reads(cursor, first, last);
        Ok(InsertSource::Query {
            anti_join: is_anti_join(cursor, first, last),
            tree: (!reads.is_empty() || has_string(cursor, first, last))
                .then(|| bridge::query(cursor, &[(first, last)]))
                .flatten()
                .map(Box::new),
            reads,
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
}

const fn handled() -> OnConflict {
    OnConflict::Handled { target: Vec::new(), constraint: None }
}

fn is_query_group(cursor: &Cursor<'_>) -> bool {
    query_is_next(cursor) && cursor.is_symbol("(")
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
