//! SQLite's own DDL. What SQLite does not have is read as PostgreSQL or MySQL, so that it can be named.

use super::cursor::{Cursor, Read};
use super::lex::TokenKind;
use super::{dml, mysql, parts, postgres};
use crate::ops::{
    ColumnDef, ConstraintDef, CreateIndex, CreateTable, CreateTrigger, Drop, Guard, Op, Operation,
    TableTarget,
};
use crate::schema::{
    Column, Constraint, ConstraintKind, Dialect, Expr, Generated, GeneratedKind, Ident, Identity, Name,
    ObjectKind, ObjectRef, PartitionKind,
};

/// The operations of the statement at the cursor; None where it is no statement of this kind.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let mut own = cursor.clone();
    let result = statement(&mut own);
    if matches!(result, Ok(Some(_))) && own.is_end() {
        cursor.at = own.at;
        return result;
    }
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        let mut theirs = Cursor { dialect, ..cursor.clone() };
        let read = match dialect {
            Dialect::Postgres => postgres::ops(&mut theirs),
            Dialect::Sqlite | Dialect::Mysql => mysql::ops(&mut theirs),
        };
        if let Ok(Some(ops)) = read
            && theirs.is_end()
        {
            cursor.at = theirs.at;
            return Ok(Some(ops));
        }
    }
    cursor.at = own.at;
    result
}

fn statement(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let kind = if cursor.eat("CREATE") {
        create(cursor)?
    } else if cursor.eat_all(&["ALTER", "TABLE"]) {
        alter(cursor)?
    } else if cursor.eat("DROP") {
        drop(cursor)?
    } else {
        return Ok(None);
    };
    Ok(Some(vec![Op { kind, span: cursor.span_from(first) }]))
}

fn create(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let unique = cursor.eat("UNIQUE");
    let temporary = !unique && cursor.eat_any(&["TEMP", "TEMPORARY"]).is_some();
    if cursor.eat("INDEX") {
        return index(cursor, unique);
    }
    if unique {
        return Err(cursor.unread("`INDEX`"));
    }
    if cursor.eat("TABLE") {
        return table(cursor, temporary);
    }
    if cursor.eat_all(&["VIRTUAL", "TABLE"]) {
        return virtual_table(cursor);
    }
    if cursor.eat("VIEW") {
        let guard = if_not_exists(cursor);
        return Ok(Operation::CreateView(Box::new(parts::view(cursor, temporary, guard)?)));
    }
    if cursor.eat("TRIGGER") {
        return trigger(cursor, temporary);
    }
    Err(cursor.unread("`TABLE`, `INDEX`, `VIEW` or `TRIGGER`"))
}

fn if_not_exists(cursor: &mut Cursor<'_>) -> Guard {
    if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None }
}

/// Source: sqlite.org/lang_createtable.html.
fn table(cursor: &mut Cursor<'_>, temporary: bool) -> Read<Operation> {
    let guard = if_not_exists(cursor);
    let mut table = empty_table(cursor.name("a table")?, guard);
    table.temporary = temporary;
    if cursor.eat("AS") {
        let (first, last) = cursor.skip_rest();
        dml::inner(cursor, first, last)?;
        table.from_query = true;
        return Ok(Operation::CreateTable(Box::new(table)));
    }
    cursor.expect_symbol("(")?;
    loop {
        let first = cursor.at;
        if is_table_constraint(cursor) {
            let constraint = table_constraint(cursor)?;
            table.constraints.push(ConstraintDef { constraint, span: cursor.span_from(first) });
        } else {
            table.columns.push(column(cursor)?);
        }
        // The comma between table constraints may be left out.
        if cursor.eat_symbol(",") || (is_table_constraint(cursor) && !table.constraints.is_empty()) {
            continue;
        }
        cursor.expect_symbol(")")?;
        break;
    }
    while !cursor.is_end() {
        if cursor.eat_all(&["WITHOUT", "ROWID"]) {
            table.options.push("WITHOUT ROWID".to_owned());
        } else if cursor.eat("STRICT") {
            table.options.push("STRICT".to_owned());
        } else {
            return Err(cursor.unread("`WITHOUT ROWID` or `STRICT`"));
        }
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    primary_key_refuses_null(&mut table);
    Ok(Operation::CreateTable(Box::new(table)))
}

/// A table of which nothing but its name is known yet.
pub fn empty_table(name: Name, guard: Guard) -> CreateTable {
    CreateTable {
        name,
        guard,
        temporary: false,
        unlogged: false,
        foreign: false,
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
    }
}

/// In SQLite only the alias of the rowid (one column, INTEGER) and the keys of STRICT and WITHOUT ROWID tables refuse NULL
/// (source: sqlite.org/lang_createtable.html, 3.5).
fn primary_key_refuses_null(table: &mut CreateTable) {
    let own = table.columns.iter().flat_map(|column| &column.constraints);
    let all = own.chain(table.constraints.iter().map(|def| &def.constraint));
    let key: Vec<Ident> = all
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => Some(columns.clone()),
            ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => None,
        })
        .flatten()
        .collect();
    let alone = key.len() == 1;
    let strict = !table.options.is_empty();
    for def in table.columns.iter_mut().filter(|def| key.contains(&def.column.name)) {
        let integer =
            def.column.ty.as_ref().is_some_and(|ty| ty.name == "integer" && ty.arguments.is_empty());
        if strict || (alone && integer) {
            def.column.not_null = Some(true);
        }
    }
}

fn is_table_constraint(cursor: &Cursor<'_>) -> bool {
    cursor.is("CONSTRAINT")
        || cursor.is_all(&["PRIMARY", "KEY"])
        || cursor.is_all(&["FOREIGN", "KEY"])
        || (cursor.is_any(&["UNIQUE", "CHECK"]) && cursor.nth_is_symbol(1, "("))
}

fn table_constraint(cursor: &mut Cursor<'_>) -> Read<Constraint> {
    let name = if cursor.eat("CONSTRAINT") { Some(cursor.ident("a constraint")?) } else { None };
    let mut attributes = Vec::new();
    let kind = if cursor.eat_all(&["PRIMARY", "KEY"]) {
        ConstraintKind::PrimaryKey { columns: parts::key_columns(cursor)?, using_index: None }
    } else if cursor.eat("UNIQUE") {
        let columns = parts::key_columns(cursor)?;
        ConstraintKind::Unique { columns, nulls_not_distinct: false, using_index: None }
    } else if cursor.eat("CHECK") {
        ConstraintKind::Check(cursor.expr_group()?)
    } else if cursor.eat_all(&["FOREIGN", "KEY"]) {
        let columns = cursor.ident_group("a column")?;
        ConstraintKind::ForeignKey(parts::references(cursor, columns, &mut attributes)?)
    } else {
        return Err(cursor.unread("`PRIMARY KEY`, `UNIQUE`, `CHECK` or `FOREIGN KEY`"));
    };
    on_conflict(cursor, &mut attributes)?;
    Ok(Constraint { name, kind, not_valid: false, attributes })
}

fn on_conflict(cursor: &mut Cursor<'_>, attributes: &mut Vec<String>) -> Read<()> {
    if !cursor.eat_all(&["ON", "CONFLICT"]) {
        return Ok(());
    }
    match cursor.eat_any(&["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"]) {
        Some(what) => attributes.push(format!("ON CONFLICT {what}")),
        None => return Err(cursor.unread("`IGNORE` or `REPLACE`")),
    }
    Ok(())
}

/// `name [type] [constraints]`.
fn column(cursor: &mut Cursor<'_>) -> Read<ColumnDef> {
    let first = cursor.at;
    let mut column = Column { not_null: Some(false), ..Column::unknown(cursor.ident("a column")?) };
    if cursor.nth(0).is_some_and(|token| token.kind != TokenKind::Symbol) {
        let before = cursor.at;
        match cursor.data_type() {
            Ok(ty) => column.ty = Some(ty),
            Err(_) if cursor.at == before => {}
            Err(unread) => return Err(unread),
        }
    }
    let mut constraints = Vec::new();
    while !cursor.is_end() && !cursor.is_symbol(",") && !cursor.is_symbol(")") {
        if is_table_constraint(cursor) && cursor.is_all(&["FOREIGN", "KEY"]) {
            break;
        }
        column_constraint(cursor, &mut column, &mut constraints)?;
    }
    Ok(ColumnDef { column, constraints, span: cursor.span_from(first) })
}

fn column_constraint(cursor: &mut Cursor<'_>, column: &mut Column, all: &mut Vec<Constraint>) -> Read<()> {
    let name = if cursor.eat("CONSTRAINT") { Some(cursor.ident("a constraint")?) } else { None };
    let mut attributes = Vec::new();
    let own = || vec![column.name.clone()];
    let kind = if cursor.eat_all(&["PRIMARY", "KEY"]) {
        let columns = own();
        if cursor.eat_any(&["ASC", "DESC"]) == Some("DESC") {
            attributes.push("DESC".to_owned());
        }
        on_conflict(cursor, &mut attributes)?;
        if cursor.eat("AUTOINCREMENT") {
            column.identity = Some(Identity::AutoIncrement);
        }
        ConstraintKind::PrimaryKey { columns, using_index: None }
    } else if cursor.eat("UNIQUE") {
        on_conflict(cursor, &mut attributes)?;
        ConstraintKind::Unique { columns: own(), nulls_not_distinct: false, using_index: None }
    } else if cursor.eat("CHECK") {
        let check = cursor.expr_group()?;
        on_conflict(cursor, &mut attributes)?;
        ConstraintKind::Check(check)
    } else if cursor.is("REFERENCES") {
        let columns = own();
        ConstraintKind::ForeignKey(parts::references(cursor, columns, &mut attributes)?)
    } else if cursor.eat_all(&["NOT", "NULL"]) {
        on_conflict(cursor, &mut attributes)?;
        column.not_null = Some(true);
        return Ok(());
    } else if cursor.eat("NULL") {
        return on_conflict(cursor, &mut attributes);
    } else if cursor.eat("DEFAULT") {
        column.default = Some(default(cursor)?);
        return Ok(());
    } else if cursor.eat("COLLATE") {
        column.collation = Some(cursor.any_word("a collation")?.text().to_owned());
        return Ok(());
    } else if cursor.is("AS") || cursor.eat_all(&["GENERATED", "ALWAYS"]) {
        cursor.expect("AS")?;
        let expr = cursor.expr_group()?;
        let kind = match cursor.eat_any(&["STORED", "VIRTUAL"]) {
            Some("STORED") => GeneratedKind::Stored,
            Some(_) => GeneratedKind::Virtual,
            None => GeneratedKind::Unsaid,
        };
        column.generated = Some(Generated { expr, kind });
        return Ok(());
    } else {
        return Err(cursor.unread("a column constraint"));
    };
    all.push(Constraint { name, kind, not_valid: false, attributes });
    Ok(())
}

/// `(expression)`, a constant with or without a sign, or a word like CURRENT_TIMESTAMP.
fn default(cursor: &mut Cursor<'_>) -> Read<Expr> {
    if cursor.is_symbol("(") {
        return cursor.expr_group();
    }
    let first = cursor.at;
    if !cursor.eat_symbol("-") {
        cursor.eat_symbol("+");
    }
    if cursor.nth(0).is_none_or(|token| token.kind == TokenKind::Symbol) {
        return Err(cursor.unread("a value"));
    }
    cursor.at += 1;
    cursor.expr(first, cursor.at)
}

/// Its columns are the module's business.
fn virtual_table(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let guard = if_not_exists(cursor);
    let mut table = empty_table(cursor.name("a table")?, guard);
    cursor.expect("USING")?;
    cursor.ident("a module")?;
    if cursor.is_symbol("(") {
        cursor.group()?;
    }
    table.from_query = true;
    table.options.push("VIRTUAL".to_owned());
    Ok(Operation::CreateTable(Box::new(table)))
}

fn index(cursor: &mut Cursor<'_>, unique: bool) -> Read<Operation> {
    let guard = if_not_exists(cursor);
    let name = cursor.name("an index")?;
    cursor.expect("ON")?;
    let table = cursor.name("a table")?;
    let keys = parts::index_keys(cursor)?;
    let predicate = if cursor.eat("WHERE") {
        let (first, last) = cursor.skip_rest();
        Some(cursor.expr(first, last)?)
    } else {
        None
    };
    Ok(Operation::CreateIndex(Box::new(CreateIndex {
        name: Some(name),
        table,
        only: false,
        unique,
        concurrently: false,
        guard,
        method: "btree".to_owned(),
        keys,
        include: Vec::new(),
        nulls_not_distinct: false,
        predicate,
    })))
}

/// Source: sqlite.org/lang_createtrigger.html.
fn trigger(cursor: &mut Cursor<'_>, temporary: bool) -> Read<Operation> {
    let guard = if_not_exists(cursor);
    let name = cursor.name("a trigger")?;
    let from = cursor.at;
    if !cursor.eat_all(&["INSTEAD", "OF"]) {
        cursor.eat_any(&["BEFORE", "AFTER"]);
    }
    let mut update_of = Vec::new();
    match cursor.eat_any(&["INSERT", "DELETE", "UPDATE"]) {
        Some("UPDATE") if cursor.eat("OF") => update_of = cursor.list(|cursor| cursor.ident("a column"))?,
        Some(_) => {}
        None => return Err(cursor.unread("`INSERT`, `UPDATE` or `DELETE`")),
    }
    cursor.expect("ON")?;
    let table = cursor.name("a table")?;
    cursor.eat_all(&["FOR", "EACH", "ROW"]);
    if cursor.eat("WHEN") {
        let (first, last) = cursor.skip_until(|cursor| cursor.is("BEGIN"));
        cursor.expr(first, last)?;
    }
    cursor.expect("BEGIN")?;
    let mut any = false;
    while !cursor.eat("END") {
        let (first, last) = to_semicolon(cursor);
        dml::inner(cursor, first, last)?;
        cursor.expect_symbol(";")?;
        any = true;
    }
    if !any {
        return Err(cursor.unread("a statement"));
    }
    Ok(Operation::CreateTrigger(Box::new(CreateTrigger {
        name,
        table,
        guard,
        temporary,
        constraint: false,
        update_of,
        function: None,
        definition: cursor.text_between(from, cursor.at),
    })))
}

fn to_semicolon(cursor: &mut Cursor<'_>) -> (usize, usize) {
    let first = cursor.at;
    while !cursor.is_end() && !cursor.is_symbol(";") {
        cursor.at += 1;
    }
    (first, cursor.at)
}

/// Source: sqlite.org/lang_altertable.html.
fn alter(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let name = cursor.name("a table")?;
    let table = TableTarget { name, if_exists: false, only: false, kind: ObjectKind::Table };
    if cursor.eat("RENAME") {
        if cursor.eat("TO") {
            let object = ObjectRef { kind: ObjectKind::Table, name: table.name, on: None };
            return Ok(Operation::Rename { object, to: cursor.ident("a name")?, if_exists: false });
        }
        skip_column(cursor, "TO");
        let from = cursor.ident("a column")?;
        cursor.expect("TO")?;
        return Ok(Operation::RenameColumn { table, from, to: cursor.ident("a column")? });
    }
    if cursor.eat("ADD") {
        let named = is_table_constraint(cursor) || cursor.is_any(&["CONSTRAINT", "FOREIGN"]) || is_if(cursor);
        if named {
            return Err(cursor.unread("a column"));
        }
        skip_column(cursor, "");
        if is_if(cursor) {
            return Err(cursor.unread("a column"));
        }
        let def = Box::new(column(cursor)?);
        return Ok(Operation::AddColumn { table, def, guard: Guard::None });
    }
    if cursor.eat("DROP") {
        skip_column(cursor, "");
        if is_if(cursor) {
            return Err(cursor.unread("a column"));
        }
        let column = cursor.ident("a column")?;
        return Ok(Operation::DropColumn { table, column, guard: Guard::None, cascade: false });
    }
    Err(cursor.unread("`RENAME`, `ADD` or `DROP`"))
}

/// `IF [NOT] EXISTS`, which ALTER TABLE does not know.
fn is_if(cursor: &Cursor<'_>) -> bool {
    cursor.is_all(&["IF", "NOT", "EXISTS"]) || cursor.is_all(&["IF", "EXISTS"])
}

/// The word COLUMN, which may be left out; a column may also be called that, then `next` or nothing follows.
fn skip_column(cursor: &mut Cursor<'_>, next: &str) {
    let is_name = cursor.nth(1).is_none() || (!next.is_empty() && cursor.nth_is(1, next));
    if cursor.is("COLUMN") && !is_name {
        cursor.at += 1;
    }
}

fn drop(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let kind = match cursor.eat_any(&["TABLE", "INDEX", "VIEW", "TRIGGER"]) {
        Some("TABLE") => ObjectKind::Table,
        Some("INDEX") => ObjectKind::Index,
        Some("VIEW") => ObjectKind::View,
        Some(_) => ObjectKind::Trigger,
        None => return Err(cursor.unread("`TABLE`, `INDEX`, `VIEW` or `TRIGGER`")),
    };
    let guard = if cursor.if_exists() { Guard::IfExists } else { Guard::None };
    let name = cursor.name(&format!("a {}", kind.noun()))?;
    Ok(Operation::Drop(Drop {
        kind,
        objects: vec![ObjectRef { kind, name, on: None }],
        arguments: Vec::new(),
        guard,
        cascade: false,
        concurrently: false,
    }))
}
