//! CREATE TABLE, with its columns and constraints.

use super::sequence::{self, Options};
use super::{clause, expression, index};
use crate::ops::{ColumnDef, ConstraintDef, CreateTable, Guard, Op, Operation};
use crate::schema::{
    Bound, Column, Constraint, ConstraintKind, Exclusion, Expr, ForeignKey, Generated, GeneratedKind, Ident,
    Identity, Name, PartitionBy, PartitionKind, ReferentialAction, Type,
};
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::{bridge, dml};

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
        temporary,
        unlogged,
        foreign,
        ..CreateTable::empty(cursor.name("a table name")?, guard)
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
        let bound = partition_bound(cursor)?;
        table.partition_of = Some((parent, bound));
        return tail(cursor, table);
    }
    let mut behind = cursor.clone();
    if let Some(names) = column_names(&mut behind)
        && tail(&mut behind, table).is_ok()
        && behind.is("AS")
    {
        table.columns = names;
        cursor.at = behind.at;
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
    cursor.expect_symbol("(").ok()?;
    let names = cursor.list(|cursor| {
        let first = cursor.at;
        let column = Column::unknown(column_name(cursor)?);
        Ok(ColumnDef::plain(column, cursor.span_from(first)))
    });
    cursor.expect_symbol(")").ok()?;
    names.ok()
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
        table.tree = bridge::query(cursor, &[(cursor.at, last)]).map(Box::new);
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
        let Some(strategy) = cursor.eat_any(&["RANGE", "LIST", "HASH"]) else {
            return Err(cursor.unread("`RANGE`, `LIST` or `HASH`"));
        };
        cursor.expect_symbol("(")?;
        let keys = cursor.list(index::key)?;
        table.partition_by = Some(PartitionBy { strategy: strategy.to_owned(), keys });
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
        table.parameters = clause::parameters(cursor)?;
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
        let mut def = ColumnDef::plain(column, cursor.span_from(first));
        column_constraints(cursor, &mut def)?;
        def.span = cursor.span_from(first);
        table.columns.push(def);
        Ok(())
    })?;
    cursor.expect_symbol(")")
}

/// FOR VALUES … or DEFAULT.
///
/// # Errors
/// When neither is next.
pub fn partition_bound(cursor: &mut Cursor<'_>) -> Read<Bound> {
    if cursor.eat("DEFAULT") {
        return Ok(Bound::Default);
    }
    cursor.expect_all(&["FOR", "VALUES"])?;
    if cursor.eat("WITH") {
        let (mut modulus, mut remainder) = (String::new(), String::new());
        cursor.expect_symbol("(")?;
        cursor.list(|cursor| {
            let Some(word) = cursor.eat_any(&["MODULUS", "REMAINDER"]) else {
                return Err(cursor.unread("`MODULUS` or `REMAINDER`"));
            };
            let first = cursor.at;
            clause::number(cursor)?;
            let number = cursor.text_between(first, cursor.at);
            if word == "MODULUS" {
                modulus = number;
            } else {
                remainder = number;
            }
            Ok(())
        })?;
        cursor.expect_symbol(")")?;
        return Ok(Bound::Hash(modulus, remainder));
    }
    if cursor.eat("FROM") {
        let from = values(cursor)?;
        cursor.expect("TO")?;
        return Ok(Bound::Range(from, values(cursor)?));
    }
    cursor.expect("IN")?;
    values(cursor).map(Bound::In)
}

fn values(cursor: &mut Cursor<'_>) -> Read<Vec<Expr>> {
    cursor.expect_symbol("(")?;
    let values = cursor.list(expression::whole)?;
    cursor.expect_symbol(")")?;
    Ok(values)
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
    let before = cursor.at;
    let ty = cursor.data_type()?;
    column.not_null = Some(ty.is_serial());
    column.ty = Some(ty);
    let mut def = ColumnDef::plain(column, cursor.span_from(first));
    def.type_span = Some(cursor.span_from(before));
    column_constraints(cursor, &mut def)?;
    def.span = cursor.span_from(first);
    Ok(def)
}

/// What follows a column's type, in any order.
///
/// # Errors
/// When something in it is not understood.
pub fn column_constraints(cursor: &mut Cursor<'_>, def: &mut ColumnDef) -> Read<()> {
    // What was said of NULL; a serial column and an identity say it too.
    let mut nullable = def.column.ty.as_ref().is_some_and(Type::is_serial).then_some(false);
    let mut say = |def: &mut ColumnDef, is: bool| {
        if nullable.replace(is).is_some_and(|said| said != is) {
            def.contradiction = Some("both NULL and NOT NULL");
        }
    };
    loop {
        let named = cursor.is("CONSTRAINT");
        let name = constraint_name(cursor)?;
        let columns = vec![def.column.name.clone()];
        let mut more = Vec::new();
        let kind = if cursor.is("NOT") && cursor.nth_is(1, "NULL") {
            cursor.at += 2;
            say(def, false);
            def.column.not_null = Some(true);
            // PostgreSQL 18 keeps the name, and drops the constraint by it.
            name.is_some().then(|| ConstraintKind::NotNull(Some(def.column.name.clone())))
        } else if cursor.eat("NULL") {
            say(def, true);
            None
        } else if cursor.eat("DEFAULT") {
            if def.column.default.is_some() {
                def.contradiction = Some("two defaults");
            }
            let first = cursor.at + usize::from(cursor.is_symbol("-") || cursor.is_symbol("+"));
            let bracket = cursor.is_symbol("(");
            def.column.default = Some(expression::restricted(cursor)?);
            def.loose_default = !bracket && cursor.at > first + 1;
            None
        } else if cursor.eat("GENERATED") {
            generated(cursor, def)?;
            if def.column.identity.is_some() && def.column.generated.is_none() {
                say(def, false);
            }
            None
        } else if cursor.eat("CHECK") {
            Some(ConstraintKind::Check(expression::group(cursor)?))
        } else if cursor.eat("UNIQUE") {
            let nulls_not_distinct = nulls_not_distinct(cursor)?;
            index_settings(cursor)?;
            let include = Vec::new();
            Some(ConstraintKind::Unique { columns, include, nulls_not_distinct, using_index: None })
        } else if cursor.eat_all(&["PRIMARY", "KEY"]) {
            def.column.not_null = Some(true);
            index_settings(cursor)?;
            Some(ConstraintKind::PrimaryKey { columns, include: Vec::new(), using_index: None })
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
        } else if let Some(word) = cursor.eat_any(&["STORAGE", "COMPRESSION"]) {
            if !cursor.eat("DEFAULT") {
                let value = cursor.ident("a storage or compression method")?.text().to_ascii_lowercase();
                let setting = if word == "STORAGE" { "storage" } else { "compression" };
                def.column.settings.insert(setting, value);
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
        if attributes.not_valid {
            return Err(cursor.unread("a constraint that is valid: a column's cannot be otherwise"));
        }
        if let Some(kind) = kind {
            let constraint = Constraint { name, attributes: more, ..Constraint::plain(kind) };
            def.constraints.push(attributes.on(constraint));
        }
    }
}

/// What follows GENERATED.
fn generated(cursor: &mut Cursor<'_>, def: &mut ColumnDef) -> Read<()> {
    let column = &mut def.column;
    let always = cursor.eat("ALWAYS");
    if !always {
        cursor.expect_all(&["BY", "DEFAULT"])?;
    }
    cursor.expect("AS")?;
    if cursor.eat("IDENTITY") {
        column.identity = Some(if always { Identity::Always } else { Identity::ByDefault });
        column.not_null = Some(true);
        let Options { values, name, .. } = identity_options(cursor)?;
        def.sequence = (values, name);
        return Ok(());
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
pub fn identity_options(cursor: &mut Cursor<'_>) -> Read<Options> {
    if !cursor.eat_symbol("(") {
        return Ok(Options::default());
    }
    let options = sequence::options(cursor, true)?;
    cursor.expect_symbol(")")?;
    Ok(options)
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
                include: Vec::new(),
                nulls_not_distinct: false,
                using_index: Some(index),
            }
        } else {
            let nulls_not_distinct = nulls_not_distinct(cursor)?;
            let (columns, include) = key_columns(cursor, &mut more)?;
            ConstraintKind::Unique { columns, include, nulls_not_distinct, using_index: None }
        }
    } else if cursor.eat_all(&["PRIMARY", "KEY"]) {
        if let Some(index) = using_index(cursor)? {
            let (columns, include) = (Vec::new(), Vec::new());
            ConstraintKind::PrimaryKey { columns, include, using_index: Some(index) }
        } else {
            let (columns, include) = key_columns(cursor, &mut more)?;
            ConstraintKind::PrimaryKey { columns, include, using_index: None }
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
    let constraint = Constraint { name, attributes: more, ..Constraint::plain(kind) };
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
fn key_columns(cursor: &mut Cursor<'_>, more: &mut Vec<String>) -> Read<(Vec<Ident>, Vec<Ident>)> {
    cursor.expect_symbol("(")?;
    let columns = cursor.list(column_name)?;
    let first = cursor.at;
    if cursor.eat_all(&["WITHOUT", "OVERLAPS"]) {
        more.push(clause::capitals(cursor, first, cursor.at));
    }
    cursor.expect_symbol(")")?;
    let include = if cursor.eat("INCLUDE") { cursor.ident_group("a column name")? } else { Vec::new() };
    index_settings(cursor)?;
    Ok((columns, include))
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
    let method = if cursor.eat("USING") {
        cursor.ident("an access method")?.text().to_owned()
    } else {
        "btree".to_owned()
    };
    cursor.expect_symbol("(")?;
    let elements = cursor.list(|cursor| {
        let key = index::key(cursor)?;
        cursor.expect("WITH")?;
        let first = cursor.at;
        expression::operator(cursor)?;
        Ok((key, cursor.text_between(first, cursor.at)))
    })?;
    cursor.expect_symbol(")")?;
    let include = if cursor.eat("INCLUDE") { cursor.ident_group("a column name")? } else { Vec::new() };
    index_settings(cursor)?;
    let predicate = if cursor.eat("WHERE") { Some(expression::group(cursor)?) } else { None };
    Ok(ConstraintKind::Exclude(Box::new(Exclusion { method, elements, include, predicate })))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::schema::{Dialect, Literal};
    use crate::syntax::sql::read;
    use crate::text::Span;

    /// The operations of one statement, or what was expected and the text from there on.
    pub fn one(text: &str) -> Result<Vec<Op>, (String, String)> {
        let script = read(text, Span::new(0, text.len() as u32), Dialect::Postgres);
        assert_eq!(script.statements.len(), 1, "{text}");
        let ops = script.statements.into_iter().next().map(|statement| statement.ops).unwrap_or_default();
        match ops.as_slice() {
            [Op { kind: Operation::Opaque { expected, at, .. }, .. }] => {
                Err((expected.clone(), text[at.start as usize..].to_owned()))
            }
            _ => Ok(ops),
        }
    }

    /// An expression, short enough for a table.
    pub fn brief(expr: &Expr) -> String {
        let all = |inner: &[Expr]| inner.iter().map(brief).collect::<Vec<_>>();
        match expr {
            Expr::Column(parts) => parts.join("."),
            Expr::Literal(Literal::Null) => "NULL".to_owned(),
            Expr::Literal(Literal::Boolean(value)) => value.to_string(),
            Expr::Literal(Literal::Number(value) | Literal::Bits(value) | Literal::Placeholder(value)) => {
                value.clone()
            }
            Expr::Literal(Literal::String(value)) => format!("'{value}'"),
            Expr::Call { name, arguments } => format!("{name}({})", all(arguments).join(", ")),
            Expr::Operator { operator, operands } => format!("({operator} {})", all(operands).join(" ")),
            Expr::Cast { operand, to } => format!("{}::{to}", brief(operand)),
            Expr::Query(inner) => format!("query {}", inner.text),
            Expr::Raw { text, .. } => format!("raw {text}"),
        }
    }

    pub fn names(idents: &[Ident]) -> String {
        idents.iter().map(Ident::text).collect::<Vec<_>>().join(",")
    }

    /// A constraint, short enough for a table.
    pub fn constraint(constraint: &Constraint) -> String {
        let mut out = constraint.name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
        out.push_str(&match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, using_index: None, .. } => {
                format!("primary({})", names(columns))
            }
            ConstraintKind::PrimaryKey { using_index: Some(index), .. } => format!("primary by {index}"),
            ConstraintKind::Unique { columns, nulls_not_distinct, using_index: None, .. } => {
                format!("unique({}){}", names(columns), if *nulls_not_distinct { " one null" } else { "" })
            }
            ConstraintKind::Unique { using_index: Some(index), .. } => format!("unique by {index}"),
            ConstraintKind::Check(expr) => format!("check {}", brief(expr)),
            ConstraintKind::ForeignKey(key) => {
                let mut text =
                    format!("({}) to {:?}({})", names(&key.columns), key.table, names(&key.referenced));
                if key.on_delete != ReferentialAction::NoAction {
                    text.push_str(&format!(" delete {:?}", key.on_delete));
                }
                if key.on_update != ReferentialAction::NoAction {
                    text.push_str(&format!(" update {:?}", key.on_update));
                }
                text
            }
            ConstraintKind::Exclude(exclusion) => {
                let each = exclusion.elements.iter().map(|(key, operator)| {
                    format!("{} {} with {operator}", brief(&key.expr), key.options).replace("  ", " ")
                });
                let filter = exclusion.predicate.as_ref().map_or_else(String::new, brief);
                format!("exclude {} ({}) {filter}", exclusion.method, each.collect::<Vec<_>>().join(", "))
            }
            ConstraintKind::NotNull(column) => format!("not null {column:?}"),
        });
        if constraint.not_valid {
            out.push_str(" [NOT VALID]");
        }
        for attribute in &constraint.attributes {
            out.push_str(&format!(" [{attribute}]"));
        }
        out
    }

    /// A column, short enough for a table.
    pub fn column(def: &ColumnDef) -> String {
        let column = &def.column;
        let mut out = vec![column.name.text().to_owned()];
        out.extend(column.ty.as_ref().map(ToString::to_string));
        out.extend(column.collation.as_ref().map(|collation| format!("collate={collation}")));
        out.extend((column.not_null == Some(true)).then(|| "not-null".to_owned()));
        out.extend(column.default.as_ref().map(|default| format!("default={}", brief(default))));
        out.extend(column.identity.map(|identity| format!("identity={identity:?}")));
        out.extend(
            column.generated.as_ref().map(|it| format!("generated={} {:?}", brief(&it.expr), it.kind)),
        );
        out.extend(def.constraints.iter().map(|one| format!("<{}>", constraint(one))));
        out.join(" ")
    }

    fn table(text: &str) -> CreateTable {
        match one(text).map(|ops| ops.into_iter().next().map(|op| op.kind)) {
            Ok(Some(Operation::CreateTable(table))) => *table,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// From the manual's CREATE TABLE.
    #[test]
    fn columns_are_read_with_all_that_is_said_of_them() {
        for (written, expected) in [
            ("type text", "type text"),
            ("name varchar(20) NOT NULL", "name character varying(20) not-null"),
            ("value int DEFAULT 1 NOT NULL", "value integer not-null default=1"),
            ("key text NULL", "key text"),
            ("comment text[] DEFAULT ARRAY[]::text[]", "comment text[] default=(ARRAY )::text[]"),
            ("position int DEFAULT -1", "position integer default=(- 1)"),
            ("date date DEFAULT now() + interval '1 day'", "date date default=(+ now() '1 day'::interval)"),
            ("time time(3)", "time time(3) without time zone"),
            ("text text DEFAULT 'a' || 'b'", "text text default=(|| 'a' 'b')"),
            ("text text DEFAULT ('a' || 'b') UNIQUE", "text text default=(|| 'a' 'b') <unique(text)>"),
            ("interval interval", "interval interval"),
            ("char char(2)", "char character(2)"),
            ("\"Mixed \"\"Case\" text", "Mixed \"Case text"),
            ("ID INT", "id integer"),
            ("a /* why */ text -- the name\n NOT /* never */ NULL", "a text not-null"),
            ("id serial", "id serial not-null"),
            ("id BIGSERIAL PRIMARY KEY", "id bigserial not-null <primary(id)>"),
            (
                "id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY -1 NO CYCLE)",
                "id bigint not-null identity=Always",
            ),
            (
                "id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                "id integer not-null identity=ByDefault <primary(id)>",
            ),
            ("b int GENERATED ALWAYS AS (a * 2) STORED", "b integer generated=(* a 2) Stored"),
            ("b int GENERATED ALWAYS AS (a * 2) VIRTUAL", "b integer generated=(* a 2) Virtual"),
            ("b int GENERATED ALWAYS AS (a * 2)", "b integer generated=(* a 2) Unsaid"),
            ("b boolean DEFAULT false NOT NULL", "b boolean not-null default=false"),
            ("c text DEFAULT NULL", "c text default=NULL"),
            ("c text DEFAULT NULL::text NOT NULL", "c text not-null default=NULL::text"),
            ("n int DEFAULT nextval('n_seq'::regclass)", "n integer default=nextval('n_seq'::regclass)"),
            ("j jsonb DEFAULT '{}'::jsonb NOT NULL", "j jsonb not-null default='{}'::jsonb"),
            (
                "at timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL",
                "at timestamp with time zone not-null default=current_timestamp()",
            ),
            (
                "at timestamp DEFAULT (now() AT TIME ZONE 'utc')",
                "at timestamp without time zone default=(AT TIME ZONE now() 'utc')",
            ),
            (
                "d boolean DEFAULT 1 IS DISTINCT FROM 2 NOT NULL",
                "d boolean not-null default=(IS DISTINCT FROM 1 2)",
            ),
            ("c text DEFAULT 'x' COLLATE \"C\"", "c text collate=\"C\" default='x'"),
            ("c text COLLATE pg_catalog.\"de_DE\" NOT NULL", "c text collate=pg_catalog.\"de_DE\" not-null"),
            ("c text STORAGE EXTERNAL COMPRESSION lz4 NOT NULL", "c text not-null"),
            ("u text UNIQUE NULLS NOT DISTINCT", "u text <unique(u) one null>"),
            (
                "u text CONSTRAINT u_key UNIQUE WITH (fillfactor = 70) USING INDEX TABLESPACE fast",
                "u text <u_key: unique(u)>",
            ),
            ("u int CHECK (u > 0) NO INHERIT DEFAULT 1", "u integer default=1 <check (> u 0) [NO INHERIT]>"),
            ("u int CONSTRAINT u_nn NOT NULL", "u integer not-null <u_nn: not null Some(\"u\")>"),
            (
                "p int REFERENCES parent ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED NOT NULL",
                "p integer not-null <(p) to parent() delete Cascade update SetNull [DEFERRABLE] [INITIALLY DEFERRED]>",
            ),
            (
                "p int CONSTRAINT p_fk REFERENCES app.\"Parent\" (id) MATCH FULL ON DELETE SET NULL (p) NOT DEFERRABLE",
                "p integer <p_fk: (p) to app.Parent(id) delete SetNull [MATCH FULL] [ON DELETE SET NULL (P)] [NOT DEFERRABLE]>",
            ),
        ] {
            let text = format!("CREATE TABLE t ({written}\n)");
            let table = table(&text);
            assert_eq!(table.columns.iter().map(column).collect::<Vec<_>>(), [expected], "{written}");
            let span = table.columns[0].span;
            assert_eq!(&text[span.range()], written, "{written}");
        }
    }

    /// Each is a syntax error on PostgreSQL 15.
    #[test]
    fn what_is_no_column_is_not_understood() {
        for (written, expected, rest) in [
            ("a", "a data type", ")"),
            ("a int NOT NUL", "`NULL`", "NUL)"),
            ("a int DEFAULT", "an expression", ")"),
            ("a int DEFAULT NOT true", "an expression", "NOT true)"),
            ("a int DEFAULT (1", "`)`", ")"),
            ("a int DEFAULT 1 +", "an expression", ")"),
            ("a timestamp DEFAULT now() AT TIME ZONE 'utc'", "`)`", "AT TIME ZONE 'utc')"),
            ("a boolean DEFAULT 1 IN (1)", "`)`", "IN (1))"),
            ("a boolean DEFAULT 1 IS NOT NULL", "`)`", "IS NOT NULL)"),
            ("a text DEFAULT 'x' 'y'", "`)`", "'y')"),
            ("a int REFERENCES", "a table", ")"),
            (
                "a int REFERENCES t ON DELETE",
                "`CASCADE`, `RESTRICT`, `SET NULL`, `SET DEFAULT` or `NO ACTION`",
                ")",
            ),
            ("a int REFERENCES t ON INSERT CASCADE", "`DELETE` or `UPDATE`", "INSERT CASCADE)"),
            ("a int GENERATED BY DEFAULT AS (1) STORED", "`IDENTITY`", "(1) STORED)"),
            ("a int GENERATED AS IDENTITY", "`BY`", "AS IDENTITY)"),
            ("a int CHECK a > 0", "`(`", "a > 0)"),
            ("a int CHECK (a > )", "an expression", "))"),
            (
                "a int CHECK (a > 0) NOT VALID",
                "a constraint that is valid: a column's cannot be otherwise",
                ")",
            ),
            ("a int CONSTRAINT x", "a constraint", ")"),
            ("a int PRIMARY", "`)`", "PRIMARY)"),
            ("user int", "a column name", "user int)"),
            ("left int", "a column name", "left int)"),
            ("a int AUTO_INCREMENT", "`)`", "AUTO_INCREMENT)"),
            ("a int UNSIGNED", "`)`", "UNSIGNED)"),
            ("a int,", "a column name", ")"),
            ("a int b int", "`)`", "b int)"),
        ] {
            let text = format!("CREATE TABLE t ({written})");
            assert_eq!(one(&text).err(), Some((expected.to_owned(), rest.to_owned())), "{written}");
        }
    }

    #[test]
    fn table_constraints_are_read() {
        for (written, expected) in [
            ("PRIMARY KEY (a, \"B\")", "primary(a,B)"),
            ("CONSTRAINT \"T_pk\" PRIMARY KEY (a) INCLUDE (b)", "T_pk: primary(a)"),
            ("CONSTRAINT pk PRIMARY KEY USING INDEX i DEFERRABLE", "pk: primary by i [DEFERRABLE]"),
            ("UNIQUE (a) WITH (fillfactor=70) USING INDEX TABLESPACE x", "unique(a)"),
            ("UNIQUE NULLS NOT DISTINCT (a)", "unique(a) one null"),
            ("UNIQUE USING INDEX i", "unique by i"),
            ("UNIQUE (a, b WITHOUT OVERLAPS)", "unique(a,b) [WITHOUT OVERLAPS]"),
            ("CHECK (a > 0 AND b IS NOT NULL)", "check (AND (> a 0) (IS NOT NULL b))"),
            (
                "CONSTRAINT c CHECK (a IN ('x', 'y')) NO INHERIT NOT VALID",
                "c: check (IN a 'x' 'y') [NOT VALID] [NO INHERIT]",
            ),
            ("CONSTRAINT c CHECK (a > 0) NOT ENFORCED", "c: check (> a 0) [NOT ENFORCED]"),
            ("CONSTRAINT n NOT NULL a", "n: not null Some(\"a\")"),
            (
                "FOREIGN KEY (a, b) REFERENCES s.p (x, y) ON UPDATE RESTRICT ON DELETE SET DEFAULT INITIALLY IMMEDIATE NOT VALID",
                "(a,b) to s.p(x,y) delete SetDefault update Restrict [NOT VALID] [INITIALLY IMMEDIATE]",
            ),
            ("FOREIGN KEY (a, PERIOD b) REFERENCES p (x, PERIOD y)", "(a,b) to p(x,y) [PERIOD]"),
            (
                "CONSTRAINT e EXCLUDE USING gist (room WITH =,  during WITH &&) WHERE (NOT gone) DEFERRABLE",
                "e: exclude gist (room with =, during with &&) (NOT gone) [DEFERRABLE]",
            ),
            (
                "EXCLUDE (lower(a) text_ops WITH OPERATOR(pg_catalog.=))",
                "exclude btree (lower(a) text_ops with OPERATOR(pg_catalog.=)) ",
            ),
        ] {
            let text = format!("CREATE TABLE t (a int, {written})");
            let table = table(&text);
            let all: Vec<String> = table.constraints.iter().map(|def| constraint(&def.constraint)).collect();
            assert_eq!(all, [expected], "{written}");
            assert_eq!(&text[table.constraints[0].span.range()], written);
            assert_eq!(table.columns.len(), 1);
        }
        // A column may be called so.
        assert_eq!(column(&table("CREATE TABLE t (exclude boolean)").columns[0]), "exclude boolean");
    }

    #[test]
    fn tables_are_read_in_every_form() {
        let plain = table("create table if not exists App.\"Users\" (id int)");
        assert_eq!((plain.guard, format!("{:?}", plain.name).as_str()), (Guard::IfNotExists, "app.Users"));
        assert!(!plain.temporary && !plain.unlogged && !plain.foreign && !plain.from_query);

        assert!(table("CREATE LOCAL TEMP TABLE t (a int) ON COMMIT DROP").temporary);
        assert!(table("CREATE TEMPORARY TABLE t ()").temporary);
        assert!(table("CREATE UNLOGGED TABLE t (a int)").unlogged);
        assert!(
            table("CREATE FOREIGN TABLE t (a int OPTIONS (column_name 'x')) SERVER s OPTIONS (a 'b')")
                .foreign
        );

        let options = table(
            "CREATE TABLE t (a int) USING heap WITH (fillfactor = 70, toast.autovacuum_enabled=false) ON COMMIT PRESERVE ROWS TABLESPACE fast",
        );
        let parameters: Vec<(&str, &str)> =
            options.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(parameters, [("fillfactor", "70"), ("toast.autovacuum_enabled", "false")]);
        assert_eq!(options.options, ["USING HEAP", "ON COMMIT PRESERVE ROWS", "TABLESPACE FAST",]);
        assert_eq!(table("CREATE TABLE t (a int) WITHOUT OIDS").options, ["WITHOUT OIDS"]);

        let parents = table("CREATE TABLE t (a int) INHERITS (s.p, q)");
        assert_eq!(format!("{:?}", parents.inherits), "[s.p, q]");

        let like = table(
            "CREATE TABLE t (LIKE o INCLUDING ALL EXCLUDING INDEXES, LIKE p, x int, LIKE q INCLUDING DEFAULTS)",
        );
        let like: Vec<String> =
            like.like.iter().map(|(name, options)| format!("{name} {}", options.join(","))).collect();
        assert_eq!(
            like,
            [
                "o COMMENTS,COMPRESSION,CONSTRAINTS,DEFAULTS,IDENTITY,GENERATED,STATISTICS,STORAGE",
                "p ",
                "q DEFAULTS",
            ]
        );

        for by in ["RANGE (a, lower(b) COLLATE \"C\" text_ops)", "LIST ((a % 2))", "hash (a)"] {
            assert_eq!(
                table(&format!("CREATE TABLE t (a int) PARTITION BY {by}")).partition,
                PartitionKind::Parent
            );
        }
        let list = |values: &[Expr]| values.iter().map(brief).collect::<Vec<_>>().join(", ");
        for (bound, expected) in [
            ("FOR VALUES IN ('a', NULL, 1 + 2)", "in 'a', NULL, (+ 1 2)"),
            (
                "FOR VALUES FROM ('2024-01-01', MINVALUE) TO ('2025-01-01', MAXVALUE)",
                "'2024-01-01', minvalue to '2025-01-01', maxvalue",
            ),
            ("FOR VALUES WITH (MODULUS 4, REMAINDER 0)", "0 of 4"),
            ("DEFAULT", "default"),
        ] {
            let table =
                table(&format!("CREATE TABLE p1 PARTITION OF s.p (a DEFAULT 1, CHECK (a > 0)) {bound}"));
            let Some((parent, read)) = &table.partition_of else { panic!("{bound}") };
            let read = match read {
                Bound::Default => "default".to_owned(),
                Bound::In(values) => format!("in {}", list(values)),
                Bound::Range(from, to) => format!("{} to {}", list(from), list(to)),
                Bound::Hash(modulus, remainder) => format!("{remainder} of {modulus}"),
            };
            assert_eq!((format!("{parent:?}").as_str(), read.as_str()), ("s.p", expected), "{bound}");
            assert_eq!(table.columns.iter().map(column).collect::<Vec<_>>(), ["a default=1"]);
            assert_eq!(table.constraints.len(), 1);
        }
        let both = table("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (b)");
        assert!(both.partition_of.is_some() && both.partition == PartitionKind::Parent);

        let typed = table("CREATE TABLE t OF s.kind (a WITH OPTIONS NOT NULL, PRIMARY KEY (a))");
        assert_eq!(format!("{:?}", typed.of_type), "Some(s.kind)");
        assert_eq!(typed.columns.iter().map(column).collect::<Vec<_>>(), ["a not-null"]);

        let query = table("CREATE TABLE t (a, \"B\") AS SELECT 1, 2 WITH NO DATA");
        assert!(query.from_query && query.options == ["WITH NO DATA"]);
        assert_eq!(query.columns.iter().map(column).collect::<Vec<_>>(), ["a", "B"]);
        assert!(
            table("CREATE TEMP TABLE t ON COMMIT DROP AS WITH x AS (SELECT 1) SELECT * FROM x").from_query
        );
        assert!(table("CREATE TABLE t AS EXECUTE recent('2024-01-01')").from_query);
        assert!(table("CREATE TABLE t AS TABLE s.o").from_query);
    }

    /// Each is a syntax error on PostgreSQL 15.
    #[test]
    fn what_is_no_table_is_not_understood() {
        for text in [
            "CREATE TABLE",
            "CREATE TABLE t",
            "CREATE TABLE t (a int",
            "CREATE TABLE IF EXISTS t (a int)",
            "CREATE TABLE t (a int) ENGINE=InnoDB",
            "CREATE TABLE t (a int) TABLESPACE x WITH (fillfactor = 70)",
            "CREATE TABLE t (a int) PARTITION BY (a)",
            "CREATE TABLE t PARTITION OF p",
            "CREATE TABLE t PARTITION OF p FOR VALUES IN ()",
            "CREATE TABLE t (a int, INDEX (a))",
            "CREATE TABLE t (a int, FOREIGN KEY a REFERENCES p)",
            "CREATE TABLE t (a int, PRIMARY KEY ())",
            "CREATE TABLE t (a int, LIKE p INCLUDING EVERYTHING)",
            "CREATE TABLE t (a int, EXCLUDE (a))",
            "CREATE TABLE t (a int) extra",
            "CREATE TABLE t AS",
            "CREATE TABLE t (a int) AS SELECT 1",
            "CREATE FOREIGN TABLE t (a int)",
        ] {
            assert!(one(text).is_err(), "{text}");
        }
    }
}
