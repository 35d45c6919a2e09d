//! CREATE TABLE, with its columns and constraints.

use super::{clause, expression, index, sequence};
use crate::ops::{ColumnDef, ConstraintDef, CreateTable, Guard, Op, Operation};
use crate::schema::{
    Column, Constraint, ConstraintKind, ForeignKey, Generated, GeneratedKind, Ident, Identity, Name,
    PartitionKind, ReferentialAction,
};
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::dml;

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let mut head = cursor.clone();
    if !head.eat("CREATE") {
        return Ok(None);
    }
    head.eat_any(&["GLOBAL", "LOCAL"]);
    let temporary = head.eat_any(&["TEMP", "TEMPORARY"]).is_some();
    let unlogged = head.eat("UNLOGGED");
    let foreign = head.eat_all(&["FOREIGN", "TABLE"]);
    if !foreign && !head.eat("TABLE") {
        return Ok(None);
    }
    cursor.at = head.at;
    let guard = if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None };
    let mut table = CreateTable {
        name: cursor.name("a table name")?,
        guard,
        temporary,
        unlogged,
        foreign,
        columns: Vec::new(),
        constraints: Vec::new(),
        like: Vec::new(),
        inherits: Vec::new(),
        partition_of: None,
        partition: PartitionKind::None,
        of_type: None,
        from_query: false,
        options: Vec::new(),
        indexes: Vec::new(),
    };
    definition(cursor, &mut table)?;
    Ok(Some(vec![Op { kind: Operation::CreateTable(Box::new(table)), span: cursor.span_from(first) }]))
}

/// What follows the table's name.
fn definition(cursor: &mut Cursor<'_>, table: &mut CreateTable) -> Read<()> {
    if cursor.eat("OF") {
        table.of_type = Some(cursor.name("a type")?);
        typed_elements(cursor, table)?;
        return tail(cursor, table);
    }
    if cursor.eat_all(&["PARTITION", "OF"]) {
        let parent = cursor.name("a table")?;
        typed_elements(cursor, table)?;
        let default = partition_bound(cursor)?;
        table.partition_of = Some((parent, default));
        return tail(cursor, table);
    }
    if let Some(names) = column_names(cursor) {
        table.columns = names;
        tail(cursor, table)?;
        return query(cursor, table);
    }
    if cursor.is_symbol("(") {
        cursor.at += 1;
        if !cursor.eat_symbol(")") {
            cursor.list(|cursor| element(cursor, table))?;
            cursor.expect_symbol(")")?;
        }
        return tail(cursor, table);
    }
    let first = cursor.at;
    tail(cursor, table)?;
    if cursor.is("AS") {
        return query(cursor, table);
    }
    cursor.at = first;
    Err(cursor.unread("`(`"))
}

/// `(a, b, c)` before AS: columns that take their types from the query.
fn column_names(cursor: &mut Cursor<'_>) -> Option<Vec<ColumnDef>> {
    let mut walk = cursor.clone();
    walk.expect_symbol("(").ok()?;
    let names = walk.list(|walk| {
        let first = walk.at;
        let column = Column::unknown(column_name(walk)?);
        Ok(ColumnDef { column, constraints: Vec::new(), span: walk.span_from(first) })
    });
    let names = names.ok()?;
    walk.expect_symbol(")").ok()?;
    cursor.at = walk.at;
    Some(names)
}

fn query(cursor: &mut Cursor<'_>, table: &mut CreateTable) -> Read<()> {
    table.from_query = true;
    cursor.expect("AS")?;
    let mut last = cursor.tokens.len();
    let mut end = cursor.clone();
    for (words, option) in [(&["WITH", "NO", "DATA"][..], "WITH NO DATA"), (&["WITH", "DATA"], "WITH DATA")] {
        end.at = cursor.tokens.len().saturating_sub(words.len()).max(cursor.at);
        if end.is_all(words) {
            last = end.at;
            table.options.push(option.to_owned());
            break;
        }
    }
    if cursor.eat("EXECUTE") {
        cursor.ident("a prepared statement")?;
        if cursor.is_symbol("(") {
            cursor.group()?;
        }
        if cursor.at != last {
            return Err(cursor.unread("the end of the statement"));
        }
    } else {
        dml::inner(cursor, cursor.at, last)?;
    }
    cursor.skip_rest();
    Ok(())
}

/// INHERITS, PARTITION BY, USING, WITH, ON COMMIT, TABLESPACE, in the grammar's order; SERVER and OPTIONS of foreign tables.
fn tail(cursor: &mut Cursor<'_>, table: &mut CreateTable) -> Read<()> {
    if cursor.eat("INHERITS") {
        cursor.expect_symbol("(")?;
        table.inherits = cursor.list(|cursor| cursor.name("a table"))?;
        cursor.expect_symbol(")")?;
    }
    if cursor.eat_all(&["PARTITION", "BY"]) {
        table.partition = PartitionKind::Parent;
        if cursor.eat_any(&["RANGE", "LIST", "HASH"]).is_none() {
            return Err(cursor.unread("`RANGE`, `LIST` or `HASH`"));
        }
        cursor.expect_symbol("(")?;
        cursor.list(index::key)?;
        cursor.expect_symbol(")")?;
    }
    let first = cursor.at;
    if cursor.eat("USING") {
        cursor.ident("an access method")?;
        push_option(cursor, first, table);
    }
    let first = cursor.at;
    if cursor.is("WITH") && cursor.nth_is_symbol(1, "(") {
        cursor.at += 1;
        clause::definition(cursor)?;
        push_option(cursor, first, table);
    } else if cursor.eat_all(&["WITHOUT", "OIDS"]) || cursor.eat_all(&["WITH", "OIDS"]) {
        push_option(cursor, first, table);
    }
    let first = cursor.at;
    if cursor.eat_all(&["ON", "COMMIT"]) {
        if !cursor.eat("DROP")
            && !cursor.eat_all(&["DELETE", "ROWS"])
            && !cursor.eat_all(&["PRESERVE", "ROWS"])
        {
            return Err(cursor.unread("`DROP`, `DELETE ROWS` or `PRESERVE ROWS`"));
        }
        push_option(cursor, first, table);
    }
    let first = cursor.at;
    if cursor.eat("TABLESPACE") {
        cursor.ident("a tablespace")?;
        push_option(cursor, first, table);
    }
    if table.foreign {
        let first = cursor.at;
        cursor.expect("SERVER")?;
        cursor.ident("a server")?;
        push_option(cursor, first, table);
        clause::foreign_options(cursor)?;
    }
    Ok(())
}

fn push_option(cursor: &Cursor<'_>, first: usize, table: &mut CreateTable) {
    table.options.push(clause::capitals(cursor, first, cursor.at));
}

/// One element of a table: a column, a constraint, or LIKE.
fn element(cursor: &mut Cursor<'_>, table: &mut CreateTable) -> Read<()> {
    if cursor.eat("LIKE") {
        table.like.push(like(cursor)?);
    } else if is_constraint(cursor) {
        table.constraints.push(table_constraint(cursor)?);
    } else {
        table.columns.push(column_def(cursor)?);
    }
    Ok(())
}

/// The options of LIKE: what INCLUDING brings and EXCLUDING does not take away again.
fn like(cursor: &mut Cursor<'_>) -> Read<(Name, Vec<String>)> {
    const OPTIONS: &[&str] = &[
        "COMMENTS",
        "COMPRESSION",
        "CONSTRAINTS",
        "DEFAULTS",
        "IDENTITY",
        "GENERATED",
        "INDEXES",
        "STATISTICS",
        "STORAGE",
    ];
    let name = cursor.name("a table")?;
    let mut taken: Vec<String> = Vec::new();
    while let Some(word) = cursor.eat_any(&["INCLUDING", "EXCLUDING"]) {
        if cursor.eat("ALL") {
            taken.clear();
            if word == "INCLUDING" {
                taken.push("ALL".to_owned());
            }
            continue;
        }
        let Some(option) = cursor.eat_any(OPTIONS) else { return Err(cursor.unread("`ALL`")) };
        let all = taken.iter().any(|one| one == "ALL");
        if word == "EXCLUDING" {
            if all {
                taken = OPTIONS.iter().map(|&one| one.to_owned()).collect();
            }
            taken.retain(|one| one != option);
        } else if !all && !taken.iter().any(|one| one == option) {
            taken.push(option.to_owned());
        }
    }
    Ok((name, taken))
}

/// `(column WITH OPTIONS …, constraint, …)` of a typed table or a partition; the columns have no type of their own.
fn typed_elements(cursor: &mut Cursor<'_>, table: &mut CreateTable) -> Read<()> {
    if !cursor.eat_symbol("(") {
        return Ok(());
    }
    cursor.list(|cursor| {
        if is_constraint(cursor) {
            table.constraints.push(table_constraint(cursor)?);
            return Ok(());
        }
        let first = cursor.at;
        let column = Column::unknown(column_name(cursor)?);
        cursor.eat_all(&["WITH", "OPTIONS"]);
        let mut def = ColumnDef { column, constraints: Vec::new(), span: cursor.span_from(first) };
        column_constraints(cursor, &mut def)?;
        def.span = cursor.span_from(first);
        table.columns.push(def);
        Ok(())
    })?;
    cursor.expect_symbol(")")
}

/// FOR VALUES … or DEFAULT; true for the latter.
///
/// # Errors
/// When neither is next.
pub fn partition_bound(cursor: &mut Cursor<'_>) -> Read<bool> {
    if cursor.eat("DEFAULT") {
        return Ok(true);
    }
    cursor.expect_all(&["FOR", "VALUES"])?;
    if cursor.eat("WITH") {
        cursor.expect_symbol("(")?;
        cursor.list(|cursor| {
            if cursor.eat_any(&["MODULUS", "REMAINDER"]).is_none() {
                return Err(cursor.unread("`MODULUS` or `REMAINDER`"));
            }
            clause::number(cursor)
        })?;
        cursor.expect_symbol(")")?;
    } else if cursor.eat("FROM") {
        values(cursor)?;
        cursor.expect("TO")?;
        values(cursor)?;
    } else {
        cursor.expect("IN")?;
        values(cursor)?;
    }
    Ok(false)
}

fn values(cursor: &mut Cursor<'_>) -> Read<()> {
    cursor.expect_symbol("(")?;
    cursor.list(expression::whole)?;
    cursor.expect_symbol(")")
}

/// A column's name: not a word that can only name a function or a type.
///
/// # Errors
/// When none is next.
pub fn column_name(cursor: &mut Cursor<'_>) -> Read<Ident> {
    const OTHERS: &[&str] = &[
        "AUTHORIZATION",
        "BINARY",
        "COLLATION",
        "CONCURRENTLY",
        "CROSS",
        "CURRENT_SCHEMA",
        "FREEZE",
        "FULL",
        "ILIKE",
        "INNER",
        "IS",
        "ISNULL",
        "JOIN",
        "LEFT",
        "LIKE",
        "NATURAL",
        "NOTNULL",
        "OUTER",
        "OVERLAPS",
        "RIGHT",
        "SIMILAR",
        "TABLESAMPLE",
        "VERBOSE",
    ];
    if cursor.is_any(OTHERS) {
        return Err(cursor.unread("a column name"));
    }
    cursor.ident("a column name")
}

/// A column: its name, its type, and everything up to the comma.
///
/// # Errors
/// When something in it is not understood.
pub fn column_def(cursor: &mut Cursor<'_>) -> Read<ColumnDef> {
    let first = cursor.at;
    let mut column = Column::unknown(column_name(cursor)?);
    let ty = cursor.data_type()?;
    column.not_null = Some(ty.is_serial());
    column.ty = Some(ty);
    let mut def = ColumnDef { column, constraints: Vec::new(), span: cursor.span_from(first) };
    column_constraints(cursor, &mut def)?;
    def.span = cursor.span_from(first);
    Ok(def)
}

/// What follows a column's type, in any order.
///
/// # Errors
/// When something in it is not understood.
pub fn column_constraints(cursor: &mut Cursor<'_>, def: &mut ColumnDef) -> Read<()> {
    loop {
        let named = cursor.is("CONSTRAINT");
        let name = constraint_name(cursor)?;
        let columns = vec![def.column.name.clone()];
        let mut more = Vec::new();
        let kind = if cursor.is("NOT") && cursor.nth_is(1, "NULL") {
            cursor.at += 2;
            def.column.not_null = Some(true);
            // PostgreSQL 18 keeps the name, and drops the constraint by it.
            name.is_some().then(|| ConstraintKind::NotNull(Some(def.column.name.clone())))
        } else if cursor.eat("NULL") {
            None
        } else if cursor.eat("DEFAULT") {
            def.column.default = Some(expression::restricted(cursor)?);
            None
        } else if cursor.eat("GENERATED") {
            generated(cursor, &mut def.column)?;
            None
        } else if cursor.eat("CHECK") {
            Some(ConstraintKind::Check(expression::group(cursor)?))
        } else if cursor.eat("UNIQUE") {
            let nulls_not_distinct = nulls_not_distinct(cursor)?;
            index_settings(cursor)?;
            Some(ConstraintKind::Unique { columns, nulls_not_distinct, using_index: None })
        } else if cursor.eat_all(&["PRIMARY", "KEY"]) {
            def.column.not_null = Some(true);
            index_settings(cursor)?;
            Some(ConstraintKind::PrimaryKey { columns, using_index: None })
        } else if cursor.is("REFERENCES") {
            let (key, attributes) = references(cursor, columns)?;
            more = attributes;
            Some(ConstraintKind::ForeignKey(key))
        } else if cursor.eat("NOT") {
            return Err(cursor.unread("`NULL`"));
        } else if named {
            return Err(cursor.unread("a constraint"));
        } else if cursor.eat("COLLATE") {
            let first = cursor.at;
            cursor.name("a collation")?;
            def.column.collation = Some(cursor.text_between(first, cursor.at));
            continue;
        } else if cursor.eat("STORAGE") || cursor.eat("COMPRESSION") {
            if !cursor.eat("DEFAULT") {
                cursor.ident("a storage or compression method")?;
            }
            continue;
        } else if cursor.is("OPTIONS") && cursor.nth_is_symbol(1, "(") {
            clause::foreign_options(cursor)?;
            continue;
        } else {
            return Ok(());
        };
        // They belong to what was written just before them.
        let attributes = Attributes::all(cursor)?;
        if let Some(kind) = kind {
            let constraint = Constraint { name, kind, not_valid: false, attributes: more };
            def.constraints.push(attributes.on(constraint));
        }
    }
}

/// What follows GENERATED.
fn generated(cursor: &mut Cursor<'_>, column: &mut Column) -> Read<()> {
    let always = cursor.eat("ALWAYS");
    if !always {
        cursor.expect_all(&["BY", "DEFAULT"])?;
    }
    cursor.expect("AS")?;
    if cursor.eat("IDENTITY") {
        column.identity = Some(if always { Identity::Always } else { Identity::ByDefault });
        column.not_null = Some(true);
        return identity_options(cursor);
    }
    if !always {
        return Err(cursor.unread("`IDENTITY`"));
    }
    let expr = expression::group(cursor)?;
    let kind = match cursor.eat_any(&["STORED", "VIRTUAL"]) {
        Some("STORED") => GeneratedKind::Stored,
        Some(_) => GeneratedKind::Virtual,
        None => GeneratedKind::Unsaid,
    };
    column.generated = Some(Generated { expr, kind });
    Ok(())
}

/// `(START WITH 1 …)` behind IDENTITY, if it is there.
///
/// # Errors
/// When something in it is not understood.
pub fn identity_options(cursor: &mut Cursor<'_>) -> Read<()> {
    if !cursor.eat_symbol("(") {
        return Ok(());
    }
    sequence::options(cursor, true)?;
    cursor.expect_symbol(")")
}

/// DEFERRABLE and its kin, behind a constraint.
#[derive(Default)]
struct Attributes {
    not_valid: bool,
    words: Vec<String>,
}

impl Attributes {
    fn all(cursor: &mut Cursor<'_>) -> Read<Self> {
        const KNOWN: &[&[&str]] = &[
            &["NOT", "DEFERRABLE"],
            &["DEFERRABLE"],
            &["INITIALLY", "DEFERRED"],
            &["INITIALLY", "IMMEDIATE"],
            &["NO", "INHERIT"],
            &["NOT", "ENFORCED"],
            &["ENFORCED"],
        ];
        let mut all = Self::default();
        loop {
            if cursor.eat_all(&["NOT", "VALID"]) {
                all.not_valid = true;
            } else if let Some(words) = KNOWN.iter().find(|words| cursor.is_all(words)) {
                cursor.at += words.len();
                all.words.push(words.join(" "));
            } else if cursor.is("INITIALLY") {
                cursor.at += 1;
                return Err(cursor.unread("`DEFERRED` or `IMMEDIATE`"));
            } else {
                return Ok(all);
            }
        }
    }

    fn on(&self, mut constraint: Constraint) -> Constraint {
        constraint.not_valid |= self.not_valid;
        constraint.attributes.extend(self.words.iter().cloned());
        constraint
    }
}

/// DEFERRABLE, INITIALLY DEFERRED and their kin, in capitals.
///
/// # Errors
/// When one of them is broken off.
pub fn constraint_attributes(cursor: &mut Cursor<'_>) -> Read<Vec<String>> {
    let Attributes { not_valid, mut words } = Attributes::all(cursor)?;
    if not_valid {
        words.push("NOT VALID".to_owned());
    }
    Ok(words)
}

fn constraint_name(cursor: &mut Cursor<'_>) -> Read<Option<Ident>> {
    if cursor.eat("CONSTRAINT") { cursor.ident("a constraint name").map(Some) } else { Ok(None) }
}

/// Whether a table constraint is next, and no column.
pub fn is_constraint(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&["CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "NOT"])
        || (cursor.is("EXCLUDE") && (cursor.nth_is(1, "USING") || cursor.nth_is_symbol(1, "(")))
}

/// A table constraint.
///
/// # Errors
/// When something in it is not understood.
pub fn table_constraint(cursor: &mut Cursor<'_>) -> Read<ConstraintDef> {
    let first = cursor.at;
    let name = constraint_name(cursor)?;
    let mut more = Vec::new();
    let kind = if cursor.eat("CHECK") {
        ConstraintKind::Check(expression::group(cursor)?)
    } else if cursor.eat_all(&["NOT", "NULL"]) {
        ConstraintKind::NotNull(Some(column_name(cursor)?))
    } else if cursor.eat("UNIQUE") {
        if let Some(index) = using_index(cursor)? {
            ConstraintKind::Unique {
                columns: Vec::new(),
                nulls_not_distinct: false,
                using_index: Some(index),
            }
        } else {
            let nulls_not_distinct = nulls_not_distinct(cursor)?;
            let columns = key_columns(cursor, &mut more)?;
            ConstraintKind::Unique { columns, nulls_not_distinct, using_index: None }
        }
    } else if cursor.eat_all(&["PRIMARY", "KEY"]) {
        if let Some(index) = using_index(cursor)? {
            ConstraintKind::PrimaryKey { columns: Vec::new(), using_index: Some(index) }
        } else {
            ConstraintKind::PrimaryKey { columns: key_columns(cursor, &mut more)?, using_index: None }
        }
    } else if cursor.eat_all(&["FOREIGN", "KEY"]) {
        let mut columns = Vec::new();
        let mut period = false;
        cursor.expect_symbol("(")?;
        columns_with_period(cursor, &mut columns, &mut period)?;
        let (key, attributes) = references(cursor, columns)?;
        more.extend(period.then(|| "PERIOD".to_owned()));
        more.extend(attributes);
        ConstraintKind::ForeignKey(key)
    } else if cursor.eat("EXCLUDE") {
        exclude(cursor)?
    } else {
        return Err(cursor.unread("a constraint"));
    };
    let constraint = Constraint { name, kind, not_valid: false, attributes: more };
    let constraint = Attributes::all(cursor)?.on(constraint);
    Ok(ConstraintDef { constraint, span: cursor.span_from(first) })
}

fn using_index(cursor: &mut Cursor<'_>) -> Read<Option<Ident>> {
    if cursor.eat_all(&["USING", "INDEX"]) { cursor.ident("an index").map(Some) } else { Ok(None) }
}

/// `NULLS [NOT] DISTINCT`, if it is next.
///
/// # Errors
/// When it is broken off.
pub fn nulls_not_distinct(cursor: &mut Cursor<'_>) -> Read<bool> {
    if !cursor.eat("NULLS") {
        return Ok(false);
    }
    let not = cursor.eat("NOT");
    cursor.expect("DISTINCT")?;
    Ok(not)
}

/// `(a, b) [INCLUDE (c)]` and what the index behind it is given.
fn key_columns(cursor: &mut Cursor<'_>, more: &mut Vec<String>) -> Read<Vec<Ident>> {
    cursor.expect_symbol("(")?;
    let columns = cursor.list(column_name)?;
    let first = cursor.at;
    if cursor.eat_all(&["WITHOUT", "OVERLAPS"]) {
        more.push(clause::capitals(cursor, first, cursor.at));
    }
    cursor.expect_symbol(")")?;
    let first = cursor.at;
    if cursor.eat("INCLUDE") {
        cursor.ident_group("a column name")?;
        more.push(clause::capitals(cursor, first, cursor.at));
    }
    index_settings(cursor)?;
    Ok(columns)
}

/// `WITH (…)` and `USING INDEX TABLESPACE x` of a constraint's index.
fn index_settings(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.is("WITH") && cursor.nth_is_symbol(1, "(") {
        cursor.at += 1;
        clause::definition(cursor)?;
    }
    if cursor.eat_all(&["USING", "INDEX", "TABLESPACE"]) {
        cursor.ident("a tablespace")?;
    }
    Ok(())
}

/// `a, b, PERIOD c)`.
fn columns_with_period(cursor: &mut Cursor<'_>, columns: &mut Vec<Ident>, period: &mut bool) -> Read<()> {
    loop {
        if cursor.is("PERIOD") && !cursor.nth_is_symbol(1, ",") && !cursor.nth_is_symbol(1, ")") {
            cursor.at += 1;
            *period = true;
        }
        columns.push(column_name(cursor)?);
        if *period || !cursor.eat_symbol(",") {
            return cursor.expect_symbol(")");
        }
    }
}

/// REFERENCES and what follows it, but for the attributes that every constraint may have.
fn references(cursor: &mut Cursor<'_>, columns: Vec<Ident>) -> Read<(ForeignKey, Vec<String>)> {
    cursor.expect("REFERENCES")?;
    let mut key = ForeignKey {
        columns,
        table: cursor.name("a table")?,
        referenced: Vec::new(),
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
    };
    let mut more = Vec::new();
    if cursor.eat_symbol("(") {
        columns_with_period(cursor, &mut key.referenced, &mut false)?;
    }
    if cursor.eat("MATCH") {
        let Some(word) = cursor.eat_any(&["FULL", "PARTIAL", "SIMPLE"]) else {
            return Err(cursor.unread("`FULL` or `SIMPLE`"));
        };
        more.push(format!("MATCH {word}"));
    }
    while cursor.is("ON") {
        let first = cursor.at;
        cursor.at += 1;
        let Some(event) = cursor.eat_any(&["DELETE", "UPDATE"]) else {
            return Err(cursor.unread("`DELETE` or `UPDATE`"));
        };
        let action = referential_action(cursor)?;
        if event == "DELETE" {
            key.on_delete = action;
        } else {
            key.on_update = action;
        }
        let sets = matches!(action, ReferentialAction::SetNull | ReferentialAction::SetDefault);
        if sets && cursor.is_symbol("(") {
            cursor.ident_group("a column name")?;
            more.push(clause::capitals(cursor, first, cursor.at));
        }
    }
    Ok((key, more))
}

fn referential_action(cursor: &mut Cursor<'_>) -> Read<ReferentialAction> {
    if cursor.eat_all(&["NO", "ACTION"]) {
        Ok(ReferentialAction::NoAction)
    } else if cursor.eat("RESTRICT") {
        Ok(ReferentialAction::Restrict)
    } else if cursor.eat("CASCADE") {
        Ok(ReferentialAction::Cascade)
    } else if cursor.eat_all(&["SET", "NULL"]) {
        Ok(ReferentialAction::SetNull)
    } else if cursor.eat_all(&["SET", "DEFAULT"]) {
        Ok(ReferentialAction::SetDefault)
    } else {
        Err(cursor.unread("`CASCADE`, `RESTRICT`, `SET NULL`, `SET DEFAULT` or `NO ACTION`"))
    }
}

/// What follows EXCLUDE.
fn exclude(cursor: &mut Cursor<'_>) -> Read<ConstraintKind> {
    let first = cursor.at;
    if cursor.eat("USING") {
        cursor.ident("an access method")?;
    }
    cursor.expect_symbol("(")?;
    cursor.list(|cursor| {
        index::key(cursor)?;
        cursor.expect("WITH")?;
        expression::operator(cursor)
    })?;
    cursor.expect_symbol(")")?;
    if cursor.eat("INCLUDE") {
        cursor.ident_group("a column name")?;
    }
    index_settings(cursor)?;
    if cursor.eat("WHERE") {
        expression::group(cursor)?;
    }
    Ok(ConstraintKind::Exclude(cursor.text_between(first, cursor.at)))
}
