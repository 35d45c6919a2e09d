//! The DDL of MySQL and MariaDB.

use std::collections::BTreeMap;

use super::cursor::{Cursor, Read};
use super::lex::TokenKind;
use super::{bridge, dml, parts};
use crate::ops::{
    AlterColumn, ColumnDef, ConstraintDef, CreateFunction, CreateIndex, CreateTable, CreateTrigger, Drop,
    Guard, Op, Operation, TableOption, TableTarget,
};
use crate::schema::{
    Body, Column, Constraint, ConstraintKind, Expr, FunctionOptions, Generated, GeneratedKind, Ident,
    Identity, Name, ObjectKind, ObjectRef, PartitionKind, Returns, Trigger,
};

/// The operations of the statement at the cursor; None where it is no statement of this kind.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    let first = cursor.at;
    let word = cursor.nth(0).filter(|token| token.kind == TokenKind::Word);
    let word = word.map(|token| cursor.text_of(token).to_ascii_uppercase()).unwrap_or_default();
    cursor.at += 1;
    let kind = match word.as_str() {
        "CREATE" => create(cursor)?,
        "ALTER" => return alter(cursor, first).map(Some),
        "DROP" => drop(cursor)?,
        "RENAME" if cursor.is_any(&["TABLE", "TABLES"]) => return rename_tables(cursor).map(Some),
        "GRANT" | "REVOKE" => {
            cursor.skip_rest();
            Operation::Privilege { what: word, text: cursor.text_between(first, cursor.at), on: Vec::new() }
        }
        "FLUSH" | "OPTIMIZE" | "CHECK" | "CHECKSUM" | "REPAIR" | "KILL" | "HANDLER" | "HELP" | "INSTALL"
        | "UNINSTALL" | "PURGE" | "CHANGE" | "STOP" | "START" | "SIGNAL" | "XA" | "CACHE" | "RENAME"
        | "IMPORT" | "DESCRIBE" | "DESC" | "SOURCE" => {
            cursor.skip_rest();
            Operation::Other { verb: word }
        }
        _ => {
            cursor.at = first;
            return Ok(None);
        }
    };
    Ok(Some(vec![Op { kind, span: cursor.span_from(first) }]))
}

fn create(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let guard = if cursor.eat_all(&["OR", "REPLACE"]) { Guard::OrReplace } else { Guard::None };
    let temporary = cursor.eat("TEMPORARY");
    if cursor.eat("TABLE") {
        return table(cursor, temporary, guard);
    }
    let unique = cursor.eat("UNIQUE");
    let special = cursor.eat_any(&["FULLTEXT", "SPATIAL"]);
    if cursor.eat("INDEX") {
        return index(cursor, unique, special);
    }
    if cursor.is_any(&["DATABASE", "SCHEMA"]) {
        cursor.at += 1;
        let guard = guarded(cursor, guard);
        let name = cursor.ident("a database")?;
        cursor.skip_rest();
        return Ok(Operation::CreateSchema { name: Some(name), guard });
    }
    definer(cursor)?;
    if cursor.eat("VIEW") {
        let guard = guarded(cursor, guard);
        return Ok(Operation::CreateView(Box::new(parts::view(cursor, false, guard)?)));
    }
    cursor.eat("AGGREGATE");
    let (kind, what) = match cursor.eat_any(&[
        "TRIGGER",
        "PROCEDURE",
        "FUNCTION",
        "EVENT",
        "USER",
        "ROLE",
        "SEQUENCE",
        "SERVER",
    ]) {
        Some("TRIGGER") => return trigger(cursor, guard),
        Some("PROCEDURE") => return routine(cursor, ObjectKind::Procedure, guard),
        Some("FUNCTION") => return routine(cursor, ObjectKind::Function, guard),
        Some("EVENT") => (ObjectKind::Event, "an event"),
        Some("USER") => (ObjectKind::User, "a user"),
        Some("ROLE") => (ObjectKind::Role, "a role"),
        Some("SEQUENCE") => (ObjectKind::Sequence, "a sequence"),
        Some(_) => (ObjectKind::Server, "a server"),
        None => return Err(cursor.unread("`TABLE`, `INDEX` or `VIEW`")),
    };
    let guard = guarded(cursor, guard);
    let name = account(cursor, what)?;
    cursor.skip_rest();
    Ok(Operation::CreateOther { object: ObjectRef { kind, name, on: None }, guard, detail: Box::default() })
}

/// IF NOT EXISTS, where it is next.
fn guarded(cursor: &mut Cursor<'_>, guard: Guard) -> Guard {
    if cursor.if_not_exists() { Guard::IfNotExists } else { guard }
}

/// `'user'@'host'`, or a plain name.
fn account(cursor: &mut Cursor<'_>, what: &str) -> Read<Name> {
    let name =
        if cursor.is_string() { Name::bare(Ident::caseless(cursor.string()?)) } else { cursor.name(what)? };
    if cursor.nth(0).is_some_and(|token| token.kind == TokenKind::Parameter) {
        let alone = cursor.nth(0).is_some_and(|token| cursor.text_of(token) == "@");
        cursor.at += 1;
        if alone && cursor.nth(0).is_some_and(|token| token.kind != TokenKind::Symbol) {
            cursor.at += 1;
        }
    }
    Ok(name)
}

/// `ALGORITHM = x DEFINER = y SQL SECURITY z`, which change nothing that we look at.
fn definer(cursor: &mut Cursor<'_>) -> Read<()> {
    loop {
        if cursor.is_any(&["ALGORITHM", "DEFINER"]) {
            cursor.at += 1;
            cursor.expect_symbol("=")?;
            account(cursor, "a name")?;
            if cursor.is_symbol("(") {
                cursor.group()?;
            }
        } else if cursor.eat_all(&["SQL", "SECURITY"]) {
            cursor.any_word("`INVOKER`")?;
        } else {
            return Ok(());
        }
    }
}

/// Source: MySQL 8.0 manual, 13.1.20.
fn table(cursor: &mut Cursor<'_>, temporary: bool, guard: Guard) -> Read<Operation> {
    let guard = guarded(cursor, guard);
    let mut table = CreateTable::empty(cursor.name("a table")?, guard);
    table.temporary = temporary;
    let like = cursor.is("LIKE") || (cursor.is_symbol("(") && cursor.nth_is(1, "LIKE"));
    if like {
        let bracket = cursor.eat_symbol("(");
        cursor.expect("LIKE")?;
        table.like.push((cursor.name("a table")?, Vec::new()));
        if bracket {
            cursor.expect_symbol(")")?;
        }
        return Ok(Operation::CreateTable(Box::new(table)));
    }
    let query = cursor.is_symbol("(") && cursor.nth_is(1, "SELECT");
    if cursor.is_symbol("(") && !query {
        cursor.at += 1;
        cursor.list(|cursor| item(cursor, &mut table))?;
        cursor.expect_symbol(")")?;
    }
    // The options run up to the query, if there is one.
    let (first, last) =
        cursor.skip_until(|cursor| cursor.is_any(&["AS", "SELECT", "PARTITION"]) || cursor.is_symbol("("));
    options(cursor, first, last, &mut table);
    while cursor.eat_symbol(",") {
        let (first, last) = cursor
            .skip_until(|cursor| cursor.is_any(&["AS", "SELECT", "PARTITION"]) || cursor.is_symbol("("));
        options(cursor, first, last, &mut table);
    }
    if cursor.is("PARTITION") {
        let (first, last) = cursor.skip_rest();
        table.options.push(cursor.text_between(first, last).to_ascii_uppercase());
        table.partition = PartitionKind::Parent;
        return Ok(Operation::CreateTable(Box::new(table)));
    }
    cursor.eat_any(&["IGNORE", "REPLACE"]);
    cursor.eat("AS");
    if !cursor.is_end() {
        let (first, last) = cursor.skip_rest();
        dml::inner(cursor, first, last)?;
        table.from_query = true;
        table.tree = bridge::query(cursor, &[(first, last)]).map(Box::new);
    } else if table.columns.is_empty() {
        return Err(cursor.unread("`(`"));
    }
    Ok(Operation::CreateTable(Box::new(table)))
}

/// `ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`: each option as it is written, in capitals.
fn options(cursor: &Cursor<'_>, first: usize, last: usize, table: &mut CreateTable) {
    let mut from = first;
    let mut at = first;
    while at < last {
        let value = at > from && cursor.tokens.get(at - 1).is_some_and(|token| cursor.text_of(*token) == "=");
        if value {
            table.options.push(cursor.text_between(from, at + 1).to_ascii_uppercase());
            from = at + 1;
        }
        at += 1;
    }
    if from < last {
        table.options.push(cursor.text_between(from, last).to_ascii_uppercase());
    }
}

/// A column, a constraint or an index of CREATE TABLE.
fn item(cursor: &mut Cursor<'_>, table: &mut CreateTable) -> Read<()> {
    let first = cursor.at;
    match constraint_or_index(cursor, &table.name)? {
        Some(Item::Constraint(constraint)) => {
            if let ConstraintKind::PrimaryKey { columns, .. } = &constraint.kind {
                for def in table.columns.iter_mut().filter(|def| columns.contains(&def.column.name)) {
                    def.column.not_null = Some(true);
                }
            }
            table.constraints.push(ConstraintDef { constraint: *constraint, span: cursor.span_from(first) });
        }
        Some(Item::Index(index)) => table.indexes.push(*index),
        None => table.columns.push(column(cursor)?),
    }
    Ok(())
}

enum Item {
    Constraint(Box<Constraint>),
    Index(Box<CreateIndex>),
}

/// `[CONSTRAINT [name]] PRIMARY KEY | UNIQUE | FOREIGN KEY | CHECK …`, or `INDEX | KEY | FULLTEXT | SPATIAL …`; None where a column is next.
fn constraint_or_index(cursor: &mut Cursor<'_>, table: &Name) -> Read<Option<Item>> {
    let mut name = None;
    if cursor.eat("CONSTRAINT") && !cursor.is_any(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]) {
        name = Some(cursor.ident("a constraint")?);
    }
    let mut attributes = Vec::new();
    let kind = if cursor.eat_all(&["PRIMARY", "KEY"]) {
        index_type(cursor)?;
        if cursor.is_ident() && !cursor.is_symbol("(") {
            cursor.ident("a name")?;
            index_type(cursor)?;
        }
        let columns = parts::key_columns(cursor)?;
        index_options(cursor)?;
        ConstraintKind::PrimaryKey { columns, include: Vec::new(), using_index: None }
    } else if cursor.is("UNIQUE") {
        cursor.at += 1;
        cursor.eat_any(&["INDEX", "KEY"]);
        let guard = guarded(cursor, Guard::None);
        if !cursor.is_symbol("(") && !cursor.is("USING") {
            name = Some(cursor.ident("an index")?);
        }
        index_type(cursor)?;
        let keys = parts::index_keys(cursor)?;
        index_options(cursor)?;
        let plain: Option<Vec<Ident>> = keys.iter().map(|key| key.column().map(Ident::caseless)).collect();
        match plain.filter(|_| guard == Guard::None) {
            Some(columns) => parts::unique(columns),
            // A unique index on an expression is no constraint of columns.
            None => {
                let mut index = empty_index(name.map(Name::bare), table.clone());
                index.unique = true;
                index.keys = keys;
                index.guard = guard;
                return Ok(Some(Item::Index(Box::new(index))));
            }
        }
    } else if cursor.eat_all(&["FOREIGN", "KEY"]) {
        guarded(cursor, Guard::None);
        if !cursor.is_symbol("(") {
            name = name.or(Some(cursor.ident("a name")?));
        }
        let columns = cursor.ident_group("a column")?;
        ConstraintKind::ForeignKey(parts::references(cursor, columns, &mut attributes)?)
    } else if cursor.is("CHECK") && cursor.nth_is_symbol(1, "(") {
        cursor.at += 1;
        let check = cursor.expr_group()?;
        if cursor.eat_all(&["NOT", "ENFORCED"]) {
            attributes.push("NOT ENFORCED".to_owned());
        }
        cursor.eat("ENFORCED");
        ConstraintKind::Check(check)
    } else {
        return plain_index(cursor, table);
    };
    let constraint = Constraint { name, attributes, ..Constraint::plain(kind) };
    Ok(Some(Item::Constraint(Box::new(constraint))))
}

/// `INDEX | KEY | FULLTEXT | SPATIAL [INDEX | KEY] [name] [USING x] (keys)`.
fn plain_index(cursor: &mut Cursor<'_>, table: &Name) -> Read<Option<Item>> {
    let before = cursor.at;
    let special = cursor.eat_any(&["FULLTEXT", "SPATIAL"]);
    let index = cursor.eat_any(&["INDEX", "KEY"]);
    if special.is_none() && index.is_none() {
        return Ok(None);
    }
    let guard = guarded(cursor, Guard::None);
    let name = if cursor.is_symbol("(") || cursor.is_all(&["USING"]) {
        None
    } else {
        Some(Name::bare(cursor.ident("an index")?))
    };
    let method = index_type(cursor)?;
    // A column may be called `key`: then a type follows, not a list.
    if !cursor.is_symbol("(") {
        cursor.at = before;
        return Ok(None);
    }
    let mut index = empty_index(name, table.clone());
    index.guard = guard;
    index.keys = parts::index_keys(cursor)?;
    index.method = special.map(str::to_ascii_lowercase).or(method).unwrap_or(index.method);
    index_options(cursor)?;
    Ok(Some(Item::Index(Box::new(index))))
}

fn empty_index(name: Option<Name>, table: Name) -> CreateIndex {
    CreateIndex {
        name,
        table,
        only: false,
        unique: false,
        concurrently: false,
        guard: Guard::None,
        method: "btree".to_owned(),
        keys: Vec::new(),
        include: Vec::new(),
        nulls_not_distinct: false,
        predicate: None,
        parameters: BTreeMap::new(),
    }
}

fn index_type(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    if !cursor.eat("USING") {
        return Ok(None);
    }
    Ok(Some(cursor.any_word("`BTREE` or `HASH`")?.key().to_owned()))
}

/// What may follow the keys of an index: USING, COMMENT, WITH PARSER, KEY_BLOCK_SIZE, VISIBLE.
fn index_options(cursor: &mut Cursor<'_>) -> Read<()> {
    loop {
        if cursor.eat("COMMENT") {
            cursor.string()?;
        } else if cursor.is("USING") {
            index_type(cursor)?;
        } else if cursor.eat_all(&["WITH", "PARSER"]) {
            cursor.any_word("a parser")?;
        } else if cursor.eat("KEY_BLOCK_SIZE") {
            cursor.eat_symbol("=");
            cursor.at += 1;
        } else if cursor.eat_any(&["VISIBLE", "INVISIBLE", "IGNORED"]).is_none()
            && !cursor.eat_all(&["NOT", "IGNORED"])
        {
            return Ok(());
        }
    }
}

/// Source: MySQL 8.0 manual, 13.1.20, column_definition.
fn column(cursor: &mut Cursor<'_>) -> Read<ColumnDef> {
    let first = cursor.at;
    let mut column = Column { not_null: Some(false), ..Column::unknown(cursor.ident("a column")?) };
    let serial = cursor.is("SERIAL");
    let before = cursor.at;
    column.ty = Some(cursor.data_type()?);
    let type_span = Some(cursor.span_from(before));
    let mut constraints = Vec::new();
    if serial {
        column.not_null = Some(true);
        column.identity = Some(Identity::AutoIncrement);
    }
    while !cursor.is_end()
        && !cursor.is_symbol(",")
        && !cursor.is_symbol(")")
        && !cursor.is_any(&["FIRST", "AFTER"])
    {
        attribute(cursor, &mut column, &mut constraints)?;
    }
    Ok(ColumnDef { constraints, type_span, ..ColumnDef::plain(column, cursor.span_from(first)) })
}

fn attribute(cursor: &mut Cursor<'_>, column: &mut Column, all: &mut Vec<Constraint>) -> Read<()> {
    let own = || vec![column.name.clone()];
    let mut attributes = Vec::new();
    let mut name = None;
    if cursor.eat("CONSTRAINT") && !cursor.is("CHECK") {
        name = Some(cursor.ident("a constraint")?);
    }
    let kind = if cursor.eat_all(&["NOT", "NULL"]) {
        column.not_null = Some(true);
        return Ok(());
    } else if cursor.eat_any(&["NULL", "VISIBLE", "INVISIBLE", "VIRTUAL", "STORED", "PERSISTENT"]).is_some() {
        return Ok(());
    } else if cursor.eat("DEFAULT") {
        column.default = Some(default(cursor)?);
        return Ok(());
    } else if cursor.eat_all(&["ON", "UPDATE"]) {
        cursor.any_word("`CURRENT_TIMESTAMP`")?;
        if cursor.is_symbol("(") {
            cursor.group()?;
        }
        return Ok(());
    } else if cursor.eat("AUTO_INCREMENT") {
        column.identity = Some(Identity::AutoIncrement);
        return Ok(());
    } else if cursor.eat("COMMENT") {
        cursor.string()?;
        return Ok(());
    } else if cursor.eat("COLLATE") {
        cursor.eat_symbol("=");
        column.collation = Some(word_or_string(cursor)?);
        return Ok(());
    } else if cursor.eat_all(&["CHARACTER", "SET"])
        || cursor.eat_any(&["CHARSET", "COLUMN_FORMAT", "STORAGE", "SRID"]).is_some()
    {
        cursor.eat_symbol("=");
        cursor.at += 1;
        return Ok(());
    } else if cursor.is("AS") || cursor.eat_all(&["GENERATED", "ALWAYS"]) {
        cursor.expect("AS")?;
        let expr = cursor.expr_group()?;
        let kind = match cursor.eat_any(&["STORED", "PERSISTENT", "VIRTUAL"]) {
            Some("VIRTUAL") => GeneratedKind::Virtual,
            Some(_) => GeneratedKind::Stored,
            None => GeneratedKind::Unsaid,
        };
        column.generated = Some(Generated { expr, kind });
        return Ok(());
    } else if cursor.eat("UNIQUE") {
        cursor.eat("KEY");
        parts::unique(own())
    } else if cursor.eat_all(&["PRIMARY", "KEY"]) || cursor.eat_any(&["KEY", "PRIMARY"]).is_some() {
        let columns = own();
        column.not_null = Some(true);
        ConstraintKind::PrimaryKey { columns, include: Vec::new(), using_index: None }
    } else if cursor.eat("CHECK") {
        let check = cursor.expr_group()?;
        if cursor.eat_all(&["NOT", "ENFORCED"]) {
            attributes.push("NOT ENFORCED".to_owned());
        }
        cursor.eat("ENFORCED");
        ConstraintKind::Check(check)
    } else if cursor.is("REFERENCES") {
        let columns = own();
        ConstraintKind::ForeignKey(parts::references(cursor, columns, &mut attributes)?)
    } else {
        return Err(cursor.unread("a column attribute"));
    };
    all.push(Constraint { name, attributes, ..Constraint::plain(kind) });
    Ok(())
}

fn word_or_string(cursor: &mut Cursor<'_>) -> Read<String> {
    if cursor.is_string() { cursor.string() } else { Ok(cursor.any_word("a name")?.text().to_owned()) }
}

/// A constant, `(expression)`, or a function like CURRENT_TIMESTAMP(6).
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
    if cursor.is_symbol("(") {
        cursor.group()?;
    }
    cursor.expr(first, cursor.at)
}

fn index(cursor: &mut Cursor<'_>, unique: bool, special: Option<&str>) -> Read<Operation> {
    let guard = guarded(cursor, Guard::None);
    let name = cursor.name("an index")?;
    let method = index_type(cursor)?;
    cursor.expect("ON")?;
    let mut index = empty_index(Some(name), cursor.name("a table")?);
    index.unique = unique;
    index.guard = guard;
    index.method = special.map(str::to_ascii_lowercase).or(method).unwrap_or(index.method);
    index.keys = parts::index_keys(cursor)?;
    index_options(cursor)?;
    algorithm(cursor)?;
    Ok(Operation::CreateIndex(Box::new(index)))
}

/// `ALGORITHM = INPLACE LOCK = NONE` behind CREATE INDEX and DROP INDEX.
fn algorithm(cursor: &mut Cursor<'_>) -> Read<()> {
    while cursor.eat_any(&["ALGORITHM", "LOCK"]).is_some() {
        cursor.eat_symbol("=");
        cursor.any_word("`DEFAULT`")?;
    }
    Ok(())
}

fn trigger(cursor: &mut Cursor<'_>, guard: Guard) -> Read<Operation> {
    let guard = guarded(cursor, guard);
    let name = cursor.name("a trigger")?;
    let from = cursor.at;
    cursor.skip_until(|cursor| cursor.is("ON"));
    cursor.expect("ON")?;
    let table = cursor.name("a table")?;
    cursor.expect_all(&["FOR", "EACH", "ROW"])?;
    cursor.skip_rest();
    let body = Some(cursor.text_between(from, cursor.at));
    Ok(Operation::CreateTrigger(Box::new(CreateTrigger {
        name,
        table,
        guard,
        temporary: false,
        trigger: Trigger { each_row: true, body, ..Trigger::default() },
        executes_function: false,
    })))
}

fn routine(cursor: &mut Cursor<'_>, kind: ObjectKind, guard: Guard) -> Read<Operation> {
    let guard = guarded(cursor, guard);
    let name = cursor.name("a name")?;
    let (mut returns, mut body) = (None, None);
    if cursor.is_symbol("(") {
        cursor.group()?;
        if cursor.eat("RETURNS") {
            returns = Some(Returns::Type { ty: cursor.data_type()?, set: false });
        }
        let (first, last) = cursor.skip_rest();
        body = Some(Body::Text(cursor.text_between(first, last).into()));
    }
    cursor.skip_rest();
    Ok(Operation::CreateFunction(Box::new(CreateFunction {
        kind,
        name,
        guard,
        // MySQL knows a routine by its name alone.
        arguments: Vec::new(),
        returns,
        options: FunctionOptions { language: Some("sql".to_owned()), ..FunctionOptions::default() },
        body,
    })))
}

fn alter(cursor: &mut Cursor<'_>, first: usize) -> Read<Vec<Op>> {
    cursor.eat_any(&["ONLINE", "OFFLINE", "IGNORE"]);
    if !cursor.eat("TABLE") {
        definer(cursor)?;
        const KINDS: &[(&str, ObjectKind)] = &[
            ("DATABASE", ObjectKind::Schema),
            ("SCHEMA", ObjectKind::Schema),
            ("VIEW", ObjectKind::View),
            ("EVENT", ObjectKind::Event),
            ("USER", ObjectKind::User),
            ("PROCEDURE", ObjectKind::Procedure),
            ("FUNCTION", ObjectKind::Function),
            ("SEQUENCE", ObjectKind::Sequence),
            ("SERVER", ObjectKind::Server),
        ];
        let Some((_, kind)) = KINDS.iter().find(|(word, _)| cursor.eat(word)) else {
            return Err(cursor.unread("`TABLE`"));
        };
        cursor.if_exists();
        let name = account(cursor, "a name")?;
        let (from, to) = cursor.skip_rest();
        let what = cursor.text_between(from, to.min(from + 2)).to_ascii_uppercase();
        let kind = Operation::AlterOther { object: ObjectRef { kind: *kind, name, on: None }, what };
        return Ok(vec![Op { kind, span: cursor.span_from(first) }]);
    }
    let if_exists = cursor.if_exists();
    let name = cursor.name("a table")?;
    let table = TableTarget { name, if_exists, only: false, kind: ObjectKind::Table };
    let mut ops = Vec::new();
    let mut whole = first;
    loop {
        let start = cursor.at;
        let kinds = action(cursor, &table)?;
        if cursor.at == start {
            return Err(cursor.unread("`ADD`, `DROP` or `MODIFY`"));
        }
        // The first action's span begins with its own words, as those that follow do; a lone one is the whole statement.
        let span = cursor.span_from(start);
        ops.extend(kinds.into_iter().map(|kind| Op { kind, span }));
        if !cursor.eat_symbol(",") {
            break;
        }
        whole = start;
    }
    if let ([only], true) = (ops.as_mut_slice(), whole == first) {
        only.span = cursor.span_from(first);
    }
    Ok(ops)
}

/// Source: MySQL 8.0 manual, 13.1.9.
fn action(cursor: &mut Cursor<'_>, table: &TableTarget) -> Read<Vec<Operation>> {
    let option =
        |text: String| Operation::SetTableOption { table: table.clone(), option: TableOption::Other(text) };
    if cursor.eat("ADD") {
        return add(cursor, table);
    }
    if cursor.eat("DROP") {
        return drop_part(cursor, table).map(|kind| vec![kind]);
    }
    if cursor.eat("MODIFY") {
        cursor.eat("COLUMN");
        cursor.if_exists();
        let def = column(cursor)?;
        position(cursor)?;
        let column = def.column.name.clone();
        let change = AlterColumn::Redefine(Box::new(def));
        return Ok(vec![Operation::AlterColumn { table: table.clone(), column, change }]);
    }
    if cursor.eat("CHANGE") {
        cursor.eat("COLUMN");
        cursor.if_exists();
        let from = cursor.ident("a column")?;
        let def = column(cursor)?;
        position(cursor)?;
        let to = def.column.name.clone();
        let mut kinds = Vec::new();
        if from != to {
            kinds.push(Operation::RenameColumn { table: table.clone(), from, to: to.clone() });
        }
        let change = AlterColumn::Redefine(Box::new(def));
        kinds.push(Operation::AlterColumn { table: table.clone(), column: to, change });
        return Ok(kinds);
    }
    if cursor.eat("RENAME") {
        if cursor.eat("COLUMN") {
            let from = cursor.ident("a column")?;
            cursor.expect("TO")?;
            let to = cursor.ident("a column")?;
            return Ok(vec![Operation::RenameColumn { table: table.clone(), from, to }]);
        }
        if cursor.eat_any(&["INDEX", "KEY"]).is_some() {
            let name = Name::bare(cursor.ident("an index")?);
            cursor.expect("TO")?;
            let to = cursor.ident("an index")?;
            let object = ObjectRef { kind: ObjectKind::Index, name, on: Some(table.name.clone()) };
            return Ok(vec![Operation::Rename { object, arguments: None, to, if_exists: false }]);
        }
        cursor.eat_any(&["TO", "AS"]);
        let to = cursor.name("a table")?.ident;
        let object = ObjectRef { kind: ObjectKind::Table, name: table.name.clone(), on: None };
        return Ok(vec![Operation::Rename { object, arguments: None, to, if_exists: false }]);
    }
    if cursor.is("ALTER")
        && !cursor.nth_is(1, "INDEX")
        && !cursor.nth_is(1, "CHECK")
        && !cursor.nth_is(1, "CONSTRAINT")
    {
        cursor.at += 1;
        cursor.eat("COLUMN");
        let column = cursor.ident("a column")?;
        let change = if cursor.eat_all(&["SET", "DEFAULT"]) {
            AlterColumn::SetDefault(default(cursor)?)
        } else if cursor.eat_all(&["DROP", "DEFAULT"]) {
            AlterColumn::DropDefault
        } else if cursor.eat("SET") {
            AlterColumn::Option(cursor.any_word("`VISIBLE`")?.text().to_ascii_uppercase())
        } else {
            return Err(cursor.unread("`SET DEFAULT` or `DROP DEFAULT`"));
        };
        return Ok(vec![Operation::AlterColumn { table: table.clone(), column, change }]);
    }
    // ENGINE =, CONVERT TO, ORDER BY, DISABLE KEYS, ALGORITHM =, … : known by their first word.
    const OPTIONS: &[&str] = &[
        "ENGINE",
        "AUTO_INCREMENT",
        "COMMENT",
        "CHARSET",
        "CHARACTER",
        "COLLATE",
        "DEFAULT",
        "ROW_FORMAT",
        "CONVERT",
        "ORDER",
        "DISABLE",
        "ENABLE",
        "ALGORITHM",
        "LOCK",
        "FORCE",
        "WITH",
        "WITHOUT",
        "DISCARD",
        "IMPORT",
        "ALTER",
        "PARTITION",
        "REMOVE",
        "TRUNCATE",
        "REORGANIZE",
        "EXCHANGE",
        "COALESCE",
        "ANALYZE",
        "CHECK",
        "OPTIMIZE",
        "REBUILD",
        "REPAIR",
        "KEY_BLOCK_SIZE",
        "MAX_ROWS",
        "MIN_ROWS",
        "PACK_KEYS",
        "STATS_PERSISTENT",
        "STATS_AUTO_RECALC",
        "STATS_SAMPLE_PAGES",
        "TABLESPACE",
        "CHECKSUM",
        "COMPRESSION",
        "ENCRYPTION",
        "SECONDARY_ENGINE",
        "AVG_ROW_LENGTH",
        "DELAY_KEY_WRITE",
        "INSERT_METHOD",
        "UNION",
        "DATA",
        "CONNECTION",
        "NOWAIT",
        "WAIT",
    ];
    if !cursor.is_any(OPTIONS) {
        return Ok(Vec::new());
    }
    let (first, last) = if cursor.is_any(&["PARTITION", "ORDER", "REORGANIZE"]) {
        cursor.skip_rest()
    } else {
        cursor.skip_until(|_| false)
    };
    Ok(vec![option(cursor.text_between(first, last).to_ascii_uppercase())])
}

fn add(cursor: &mut Cursor<'_>, table: &TableTarget) -> Read<Vec<Operation>> {
    if cursor.eat("PARTITION") {
        let (first, last) = cursor.skip_rest();
        let option = TableOption::Other(
            format!("ADD PARTITION {}", cursor.text_between(first, last)).to_ascii_uppercase(),
        );
        return Ok(vec![Operation::SetTableOption { table: table.clone(), option }]);
    }
    let item = if cursor.is("COLUMN") { None } else { constraint_or_index(cursor, &table.name)? };
    match item {
        Some(Item::Constraint(constraint)) => {
            return Ok(vec![Operation::AddConstraint { table: table.clone(), constraint }]);
        }
        Some(Item::Index(index)) => return Ok(vec![Operation::CreateIndex(index)]),
        None => {}
    }
    cursor.eat("COLUMN");
    let guard = guarded(cursor, Guard::None);
    let mut defs = Vec::new();
    if cursor.eat_symbol("(") {
        defs = cursor.list(column)?;
        cursor.expect_symbol(")")?;
    } else {
        defs.push(column(cursor)?);
        position(cursor)?;
    }
    let add = |def| Operation::AddColumn { table: table.clone(), def: Box::new(def), guard };
    Ok(defs.into_iter().map(add).collect())
}

/// `FIRST`, `AFTER column`.
fn position(cursor: &mut Cursor<'_>) -> Read<()> {
    if !cursor.eat("FIRST") && cursor.eat("AFTER") {
        cursor.ident("a column")?;
    }
    Ok(())
}

fn drop_part(cursor: &mut Cursor<'_>, table: &TableTarget) -> Read<Operation> {
    let guarded = |cursor: &mut Cursor<'_>| if cursor.if_exists() { Guard::IfExists } else { Guard::None };
    if cursor.eat_all(&["PRIMARY", "KEY"]) {
        let constraint = Ident::caseless("PRIMARY");
        return Ok(Operation::DropConstraint {
            table: table.clone(),
            constraint,
            guard: Guard::None,
            cascade: false,
        });
    }
    let named = cursor.eat_all(&["FOREIGN", "KEY"]) || cursor.eat_any(&["CHECK", "CONSTRAINT"]).is_some();
    if named {
        let guard = guarded(cursor);
        let constraint = cursor.ident("a constraint")?;
        return Ok(Operation::DropConstraint { table: table.clone(), constraint, guard, cascade: false });
    }
    if cursor.eat_any(&["INDEX", "KEY"]).is_some() {
        let guard = guarded(cursor);
        let name = Name::bare(cursor.ident("an index")?);
        return Ok(drop_of(ObjectKind::Index, vec![name], Some(table.name.clone()), guard));
    }
    if cursor.eat("PARTITION") {
        let (first, last) = cursor.skip_rest();
        let option = TableOption::Other(
            format!("DROP PARTITION {}", cursor.text_between(first, last)).to_ascii_uppercase(),
        );
        return Ok(Operation::SetTableOption { table: table.clone(), option });
    }
    cursor.eat("COLUMN");
    let guard = guarded(cursor);
    let column = cursor.ident("a column")?;
    let cascade = cursor.eat("CASCADE");
    cursor.eat("RESTRICT");
    Ok(Operation::DropColumn { table: table.clone(), column, guard, cascade })
}

fn drop_of(kind: ObjectKind, names: Vec<Name>, on: Option<Name>, guard: Guard) -> Operation {
    let objects = names.into_iter().map(|name| ObjectRef { kind, name, on: on.clone() }).collect();
    Operation::Drop(Drop { kind, objects, arguments: Vec::new(), guard, cascade: false, concurrently: false })
}

fn drop(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.eat("TEMPORARY");
    const KINDS: &[(&str, ObjectKind)] = &[
        ("TABLE", ObjectKind::Table),
        ("TABLES", ObjectKind::Table),
        ("VIEW", ObjectKind::View),
        ("INDEX", ObjectKind::Index),
        ("TRIGGER", ObjectKind::Trigger),
        ("PROCEDURE", ObjectKind::Procedure),
        ("FUNCTION", ObjectKind::Function),
        ("EVENT", ObjectKind::Event),
        ("DATABASE", ObjectKind::Schema),
        ("SCHEMA", ObjectKind::Schema),
        ("USER", ObjectKind::User),
        ("ROLE", ObjectKind::Role),
        ("SEQUENCE", ObjectKind::Sequence),
        ("SERVER", ObjectKind::Server),
    ];
    if cursor.eat("PREPARE") {
        cursor.ident("a name")?;
        return Ok(Operation::Other { verb: "DROP PREPARE".to_owned() });
    }
    let Some((_, kind)) = KINDS.iter().find(|(word, _)| cursor.eat(word)) else {
        return Err(cursor.unread("`TABLE`, `INDEX` or `VIEW`"));
    };
    let guard = if cursor.if_exists() { Guard::IfExists } else { Guard::None };
    let names = cursor.list(|cursor| account(cursor, "a name"))?;
    let on =
        if *kind == ObjectKind::Index && cursor.eat("ON") { Some(cursor.name("a table")?) } else { None };
    algorithm(cursor)?;
    cursor.eat_any(&["CASCADE", "RESTRICT"]);
    Ok(drop_of(*kind, names, on, guard))
}

/// `RENAME TABLE a TO b, c TO d`.
fn rename_tables(cursor: &mut Cursor<'_>) -> Read<Vec<Op>> {
    cursor.at += 1;
    cursor.list(|cursor| {
        let first = cursor.at;
        let if_exists = cursor.if_exists();
        let name = cursor.name("a table")?;
        cursor.expect("TO")?;
        let to = cursor.name("a table")?.ident;
        let object = ObjectRef { kind: ObjectKind::Table, name, on: None };
        Ok(Op {
            kind: Operation::Rename { object, arguments: None, to, if_exists },
            span: cursor.span_from(first),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::operations;
    use super::*;
    use crate::schema::Dialect;

    fn brief(text: &str) -> Vec<String> {
        let name = |operation: &Operation| {
            let text = format!("{operation:?}");
            text.split(['(', ' ']).next().unwrap_or_default().to_owned()
        };
        operations(text, Dialect::Mysql).iter().map(name).collect()
    }

    #[test]
    fn tables() {
        let text = "CREATE TABLE IF NOT EXISTS `t` (
            `id` BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'it\\'s', `a` VARCHAR(20) CHARACTER SET utf8 COLLATE utf8_bin DEFAULT NULL,
            `b` TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), `c` ENUM('x','y') NOT NULL DEFAULT 'x',
            `key` INT, d INT GENERATED ALWAYS AS (a + 1) VIRTUAL, PRIMARY KEY (`id`), UNIQUE KEY `u` (`a`(10), `b` DESC),
            KEY `k` (`b`) USING BTREE, FULLTEXT KEY f (a), CONSTRAINT fk FOREIGN KEY (`c`) REFERENCES `p` (`id`) ON DELETE CASCADE, CHECK (d > 0)
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='x'";
        let Some(Operation::CreateTable(table)) = operations(text, Dialect::Mysql).into_iter().next() else {
            panic!()
        };
        assert_eq!((table.columns.len(), table.constraints.len(), table.indexes.len()), (6, 4, 2));
        let id = &table.columns[0].column;
        assert_eq!((id.identity, id.not_null), (Some(Identity::AutoIncrement), Some(true)));
        assert_eq!(id.ty.as_ref().map(|ty| ty.name.as_str()), Some("bigint unsigned"));
        assert_eq!(table.options, ["ENGINE=INNODB", "DEFAULT CHARSET=UTF8MB4", "COMMENT='X'"]);
        assert_eq!(table.indexes[1].method, "fulltext");
    }

    #[test]
    fn statements() {
        let table: &[(&str, &[&str])] = &[
            (
                "ALTER TABLE t ADD a INT AFTER b, DROP COLUMN c, MODIFY d TEXT NOT NULL FIRST",
                &["AddColumn", "DropColumn", "AlterColumn"],
            ),
            (
                "ALTER TABLE t ADD COLUMN (a INT, b INT), ALGORITHM=INPLACE",
                &["AddColumn", "AddColumn", "SetTableOption"],
            ),
            (
                "ALTER TABLE t CHANGE a b INT, CHANGE c c TEXT",
                &["RenameColumn", "AlterColumn", "AlterColumn"],
            ),
            (
                "ALTER TABLE t ADD INDEX i (a), ADD UNIQUE (b), ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (d)",
                &["CreateIndex", "AddConstraint", "AddConstraint"],
            ),
            (
                "ALTER TABLE t DROP INDEX i, DROP PRIMARY KEY, DROP FOREIGN KEY f",
                &["Drop", "DropConstraint", "DropConstraint"],
            ),
            (
                "ALTER TABLE t RENAME INDEX a TO b, RENAME COLUMN c TO d, RENAME TO u",
                &["Rename", "RenameColumn", "Rename"],
            ),
            (
                "ALTER TABLE t ALTER a SET DEFAULT 1, ALTER COLUMN b DROP DEFAULT",
                &["AlterColumn", "AlterColumn"],
            ),
            (
                "ALTER TABLE t ENGINE = InnoDB, CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                &["SetTableOption", "SetTableOption"],
            ),
            (
                "CREATE UNIQUE INDEX i USING BTREE ON t (a(10), b) ALGORITHM=INPLACE LOCK=NONE",
                &["CreateIndex"],
            ),
            ("DROP INDEX i ON t", &["Drop"]),
            ("DROP TABLE IF EXISTS a, b CASCADE", &["Drop"]),
            ("RENAME TABLE a TO b, c TO d", &["Rename", "Rename"]),
            (
                "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`u`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1 WITH CHECK OPTION",
                &["CreateView"],
            ),
            ("CREATE TABLE a LIKE b", &["CreateTable"]),
            ("CREATE TABLE a AS SELECT * FROM b", &["CreateTable"]),
            ("CREATE DATABASE IF NOT EXISTS d CHARACTER SET utf8", &["CreateSchema"]),
            (
                "CREATE USER 'u'@'%' IDENTIFIED BY 'x'; GRANT ALL ON *.* TO 'u'@'%'; FLUSH PRIVILEGES",
                &["CreateOther", "Privilege", "Other"],
            ),
            ("LOCK TABLES t WRITE; UNLOCK TABLES; OPTIMIZE TABLE t", &["Other", "Other", "Other"]),
            ("CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1", &["CreateTrigger"]),
            (
                "DELIMITER //\nCREATE PROCEDURE p(IN a INT) BEGIN SELECT 1; END//\nDELIMITER ;\nCALL p(1);",
                &["CreateFunction", "Query"],
            ),
            (
                "DELIMITER\n\n$$\nCREATE PROCEDURE p() BEGIN DECLARE a INT; SELECT 1; END\n$$\nDELIMITER ;\nCALL p();",
                &["CreateFunction", "Query"],
            ),
            ("ALTER TABLE t ADD a INT NOT NUL", &["Opaque"]),
            ("ALTER TABLE t FROBNICATE a", &["Opaque"]),
            ("CREATE TABLE t (a INT", &["Opaque"]),
        ];
        for (text, expected) in table {
            assert_eq!(brief(text), *expected, "{text}");
        }
    }
}
