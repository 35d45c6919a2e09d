//! SQLite's own DDL. What SQLite does not have is read as PostgreSQL or MySQL, so that it can be named.

use std::collections::BTreeMap;

use super::cursor::{Cursor, Read, unquote};
use super::lex::TokenKind;
use super::{bridge, dml, mysql, parts, postgres};
use crate::ops::{
    ColumnDef, ConstraintDef, CreateIndex, CreateTable, CreateTrigger, Drop, Guard, Op, Operation,
    TableTarget,
};
use crate::schema::{
    Column, Constraint, ConstraintKind, Dialect, Event, Expr, Generated, GeneratedKind, Ident, Identity,
    Literal, ObjectKind, ObjectRef, Timing, Trigger,
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
    let mut table = CreateTable::empty(cursor.name("a table")?, guard);
    table.temporary = temporary;
    if cursor.eat("AS") {
        let (first, last) = cursor.skip_rest();
        dml::inner(cursor, first, last)?;
        table.from_query = true;
        table.tree = bridge::query(cursor, &[(first, last)]).map(Box::new);
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

/// In SQLite only the alias of the rowid (one column, INTEGER) and the keys of STRICT and WITHOUT ROWID tables refuse NULL
/// (source: sqlite.org/lang_createtable.html, 3.5).
fn primary_key_refuses_null(table: &mut CreateTable) {
    let own = table.columns.iter().flat_map(|column| &column.constraints);
    let all = own.chain(table.constraints.iter().map(|def| &def.constraint));
    let mut descending = false;
    let key: Vec<Ident> = all
        .filter_map(|constraint| match &constraint.kind {
            // `INTEGER PRIMARY KEY DESC` is, by an old mistake, no alias.
            ConstraintKind::PrimaryKey { columns, .. } => {
                descending |= constraint.attributes.iter().any(|attribute| attribute == "DESC");
                Some(columns.clone())
            }
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
        if strict || (alone && integer && !descending) {
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
        let columns = parts::key_columns(cursor)?;
        ConstraintKind::PrimaryKey { columns, include: Vec::new(), using_index: None }
    } else if cursor.eat("UNIQUE") {
        let columns = parts::key_columns(cursor)?;
        parts::unique(columns)
    } else if cursor.eat("CHECK") {
        ConstraintKind::Check(cursor.expr_group()?)
    } else if cursor.eat_all(&["FOREIGN", "KEY"]) {
        let columns = cursor.ident_group("a column")?;
        ConstraintKind::ForeignKey(parts::references(cursor, columns, &mut attributes)?)
    } else {
        return Err(cursor.unread("`PRIMARY KEY`, `UNIQUE`, `CHECK` or `FOREIGN KEY`"));
    };
    on_conflict(cursor, &mut attributes)?;
    Ok(Constraint { name, attributes, ..Constraint::plain(kind) })
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
    let mut type_span = None;
    if cursor.nth(0).is_some_and(|token| token.kind != TokenKind::Symbol) {
        let before = cursor.at;
        match cursor.data_type() {
            Ok(ty) => {
                column.ty = Some(ty);
                type_span = Some(cursor.span_from(before));
            }
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
    Ok(ColumnDef { constraints, type_span, ..ColumnDef::plain(column, cursor.span_from(first)) })
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
        ConstraintKind::PrimaryKey { columns, include: Vec::new(), using_index: None }
    } else if cursor.eat("UNIQUE") {
        on_conflict(cursor, &mut attributes)?;
        parts::unique(own())
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
    all.push(Constraint { name, attributes, ..Constraint::plain(kind) });
    Ok(())
}

/// `(expression)`, a constant with or without a sign, or a word like CURRENT_TIMESTAMP. Any other word is a string (source: the rules for
/// DEFAULT in SQLite's parse.y).
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
    Ok(match cursor.expr(first, cursor.at)? {
        Expr::Column(parts) => {
            let token = cursor.at.checked_sub(1).and_then(|at| cursor.tokens.get(at));
            let text = token.map(|token| match token.kind {
                TokenKind::Quoted => unquote(cursor.text_of(*token)),
                _ => cursor.text_of(*token).to_owned(),
            });
            Expr::Literal(Literal::String(text.unwrap_or_else(|| parts.concat())))
        }
        expr => expr,
    })
}

/// Its columns are the module's business.
fn virtual_table(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let guard = if_not_exists(cursor);
    let mut table = CreateTable::empty(cursor.name("a table")?, guard);
    cursor.expect("USING")?;
    let first = cursor.at;
    cursor.ident("a module")?;
    if cursor.is_symbol("(") {
        cursor.group()?;
    }
    table.module = Some(cursor.text_between(first, cursor.at));
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
        parameters: BTreeMap::new(),
    })))
}

/// Source: sqlite.org/lang_createtrigger.html.
fn trigger(cursor: &mut Cursor<'_>, temporary: bool) -> Read<Operation> {
    let guard = if_not_exists(cursor);
    let name = cursor.name("a trigger")?;
    let timing = if cursor.eat_all(&["INSTEAD", "OF"]) {
        Timing::InsteadOf
    } else if cursor.eat_any(&["BEFORE", "AFTER"]) == Some("AFTER") {
        Timing::After
    } else {
        Timing::Before
    };
    let mut trigger = Trigger { timing, each_row: true, ..Trigger::default() };
    trigger.events = vec![match cursor.eat_any(&["INSERT", "DELETE", "UPDATE"]) {
        Some("INSERT") => Event::Insert,
        Some("DELETE") => Event::Delete,
        Some(_) => {
            if cursor.eat("OF") {
                trigger.update_of = cursor.list(|cursor| cursor.ident("a column"))?;
            }
            Event::Update
        }
        None => return Err(cursor.unread("`INSERT`, `UPDATE` or `DELETE`")),
    }];
    cursor.expect("ON")?;
    let table = cursor.name("a table")?;
    cursor.eat_all(&["FOR", "EACH", "ROW"]);
    if cursor.eat("WHEN") {
        let (first, last) = cursor.skip_until(|cursor| cursor.is("BEGIN"));
        trigger.when = Some(cursor.expr(first, last)?);
    }
    cursor.expect("BEGIN")?;
    let body = cursor.at;
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
    trigger.body = Some(cursor.text_between(body, cursor.at - 1));
    Ok(Operation::CreateTrigger(Box::new(CreateTrigger {
        name,
        table,
        guard,
        temporary,
        trigger,
        executes_function: false,
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
            return Ok(Operation::Rename {
                object,
                arguments: None,
                to: cursor.ident("a name")?,
                if_exists: false,
            });
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

#[cfg(test)]
mod tests {
    use super::super::operations;
    use super::*;
    use crate::ops::OnConflict;
    use crate::schema::{Literal, ReferentialAction};

    fn one(text: &str) -> Operation {
        let mut all = operations(text, Dialect::Sqlite);
        assert_eq!(all.len(), 1, "{text}");
        all.remove(0)
    }

    fn table(text: &str) -> CreateTable {
        match one(text) {
            Operation::CreateTable(table) => *table,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn tables_and_their_columns() {
        let table = table(
            "CREATE TEMP TABLE IF NOT EXISTS main.[my table] (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                'a b' VARCHAR(20) NOT NULL ON CONFLICT FAIL DEFAULT 'x' COLLATE NOCASE UNIQUE ON CONFLICT IGNORE,
                c, d UNSIGNED BIG INT DEFAULT (1 + 2) CHECK (d > 0),
                e INT DEFAULT -1 REFERENCES p (x) ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
                f INT GENERATED ALWAYS AS (e * 2) STORED, g AS (e), h TEXT DEFAULT CURRENT_TIMESTAMP,
                CONSTRAINT u UNIQUE (c, d DESC) ON CONFLICT REPLACE CHECK (c <> d),
                FOREIGN KEY (c) REFERENCES q)",
        );
        assert!(table.temporary && table.guard == Guard::IfNotExists && table.name.text() == "my table");
        let column = |name: &str| {
            table.columns.iter().find(|def| def.column.name == *name).unwrap_or_else(|| panic!("{name}"))
        };
        assert_eq!(table.columns.len(), 8);
        let id = column("id");
        assert_eq!((id.column.identity, id.column.not_null), (Some(Identity::AutoIncrement), Some(true)));
        let ab = column("a b");
        assert_eq!(ab.column.ty.as_ref().map(ToString::to_string), Some("varchar(20)".to_owned()));
        assert_eq!((ab.column.not_null, ab.column.collation.as_deref()), (Some(true), Some("NOCASE")));
        assert_eq!(ab.constraints[0].attributes, ["ON CONFLICT IGNORE"]);
        assert_eq!(column("c").column.ty, None);
        assert_eq!(column("d").column.ty.as_ref().map(|ty| ty.name.as_str()), Some("unsigned big int"));
        let ConstraintKind::ForeignKey(key) = &column("e").constraints[0].kind else { panic!() };
        assert_eq!((key.on_delete, key.on_update), (ReferentialAction::SetNull, ReferentialAction::Cascade));
        assert_eq!(column("e").constraints[0].attributes, ["DEFERRABLE", "INITIALLY DEFERRED"]);
        let kind = |name| column(name).column.generated.as_ref().map(|generated| generated.kind);
        assert_eq!((kind("f"), kind("g")), (Some(GeneratedKind::Stored), Some(GeneratedKind::Unsaid)));
        let now = column("h").column.default.clone();
        assert!(matches!(now, Some(Expr::Call { name, .. }) if name == "current_timestamp"));
        assert_eq!(table.constraints.len(), 3, "a comma between constraints may be left out");
    }

    #[test]
    fn which_primary_keys_refuse_null() {
        // Each was tried on 3.40 with INSERT … VALUES (NULL, …), but for the rowid's alias, which fills itself in.
        let cases = [
            ("CREATE TABLE t (a INTEGER PRIMARY KEY)", true),
            ("CREATE TABLE t (a INTEGER, PRIMARY KEY (a))", true),
            ("CREATE TABLE t (a INTEGER PRIMARY KEY DESC)", false),
            ("CREATE TABLE t (a INT PRIMARY KEY)", false),
            ("CREATE TABLE t (a TEXT PRIMARY KEY)", false),
            ("CREATE TABLE t (a INTEGER, b INTEGER, PRIMARY KEY (a, b))", false),
            ("CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID", true),
            ("CREATE TABLE t (a TEXT PRIMARY KEY) STRICT", true),
        ];
        for (text, refuses) in cases {
            assert_eq!(table(text).columns[0].column.not_null, Some(refuses), "{text}");
        }
        assert_eq!(
            table("CREATE TABLE t (a INT) STRICT, WITHOUT ROWID").options,
            ["STRICT", "WITHOUT ROWID"]
        );
    }

    #[test]
    fn tables_whose_columns_come_from_elsewhere() {
        assert!(table("CREATE TABLE t AS SELECT 1").from_query);
        let fts = table(
            "CREATE VIRTUAL TABLE IF NOT EXISTS t USING fts5(a, content='b', tokenize = 'porter ascii')",
        );
        assert!(fts.from_query && fts.options == ["VIRTUAL"] && fts.guard == Guard::IfNotExists);
    }

    #[test]
    fn indexes_views_and_triggers() {
        let Operation::CreateIndex(index) = one(
            "CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (a COLLATE NOCASE DESC, lower(b), \"c\", 'd') WHERE a > 1",
        ) else {
            panic!()
        };
        assert!(index.unique && index.guard == Guard::IfNotExists && index.predicate.is_some());
        let keys: Vec<_> = index.keys.iter().map(|key| (key.column(), key.options.as_str())).collect();
        assert_eq!(keys, [(Some("a"), "COLLATE NOCASE DESC"), (None, ""), (Some("c"), ""), (Some("d"), "")]);
        let Operation::CreateView(view) =
            one("CREATE TEMP VIEW v (a) AS WITH x AS (SELECT 1) SELECT * FROM x, t")
        else {
            panic!()
        };
        assert!(view.temporary && format!("{:?}", view.reads) == "[t]");
        let Operation::CreateTrigger(trigger) =
            one("CREATE TRIGGER x AFTER UPDATE OF a, b ON t FOR EACH ROW WHEN new.a > 1 BEGIN
                UPDATE u SET c = CASE new.a WHEN 1 THEN 2 END; SELECT RAISE(ABORT, 'no'); END")
        else {
            panic!()
        };
        assert_eq!(
            (trigger.name.text(), trigger.table.text(), trigger.trigger.update_of.len()),
            ("x", "t", 2)
        );
    }

    #[test]
    fn alterations_and_drops() {
        let table = [
            ("ALTER TABLE t RENAME TO u", "Rename"),
            ("ALTER TABLE t RENAME COLUMN a TO b", "RenameColumn"),
            ("ALTER TABLE t RENAME a TO b", "RenameColumn"),
            ("ALTER TABLE main.t ADD COLUMN a TEXT NOT NULL DEFAULT ''", "AddColumn"),
            ("ALTER TABLE t ADD a", "AddColumn"),
            ("ALTER TABLE t DROP COLUMN a", "DropColumn"),
            ("ALTER TABLE t DROP a", "DropColumn"),
            ("DROP TABLE IF EXISTS t", "Drop"),
            ("DROP INDEX i", "Drop"),
            ("DROP TRIGGER main.x", "Drop"),
            ("ALTER TABLE t", "Opaque"),
            ("ALTER TABLE t RENAME COLUMN a", "Opaque"),
            ("CREATE TABLE t (a INT b INT, c", "Opaque"),
            ("CREATE TABLE t (a INT NOT NUL)", "Opaque"),
            ("CREATE INDEX i ON t", "Opaque"),
            ("CREATE TRIGGER x AFTER INSERT ON t BEGIN END", "Opaque"),
        ];
        for (text, expected) in table {
            let found = format!("{:?}", one(text));
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }

    /// SQLite refuses each of these; they are read so that they can be named.
    #[test]
    fn what_sqlite_does_not_have_is_read_as_what_it_is() {
        let table = [
            ("ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT", "AddColumn"),
            ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "AlterColumn"),
            ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", "AddConstraint"),
            ("ALTER TABLE t DROP CONSTRAINT c", "DropConstraint"),
            ("DROP TABLE t CASCADE", "Drop(Drop { kind: Table"),
            ("CREATE INDEX CONCURRENTLY i ON t (a)", "CreateIndex"),
            ("CREATE OR REPLACE VIEW v AS SELECT 1", "CreateView"),
            ("CREATE TYPE m AS ENUM ('a')", "CreateType"),
            ("CREATE SEQUENCE s", "CreateSequence"),
            ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$", "CreateFunction"),
            ("TRUNCATE t", "Truncate"),
            ("DO $$ BEGIN NULL; END $$", "Do"),
            ("ALTER TABLE t CHANGE COLUMN a b BIGINT", "RenameColumn"),
            ("DROP INDEX i ON t", "Drop"),
        ];
        for (text, expected) in table {
            let found = operations(text, Dialect::Sqlite);
            assert!(format!("{:?}", found[0]).starts_with(expected), "{text}: {found:?}");
        }
        let two = operations("ALTER TABLE t ADD COLUMN a INT, ADD COLUMN b INT", Dialect::Sqlite);
        assert_eq!(two.len(), 2);
    }

    #[test]
    fn values_of_an_insert_keep_their_kind() {
        let Operation::Insert(insert) = one("INSERT OR REPLACE INTO t VALUES ('a', x'00', -1)") else {
            panic!()
        };
        let crate::ops::InsertSource::Values { rows, .. } = &insert.source else { panic!() };
        assert_eq!(rows[0][0], Expr::Literal(Literal::String("a".to_owned())));
        assert!(matches!(insert.on_conflict, OnConflict::Handled { .. }));
    }
}
