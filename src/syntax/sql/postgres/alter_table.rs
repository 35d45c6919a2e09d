//! ALTER TABLE, and what ALTER INDEX, VIEW, MATERIALIZED VIEW, FOREIGN TABLE and SEQUENCE share with it.

use super::{clause, expression, sequence, table};
use crate::ops::{AlterColumn, Guard, Op, Operation, TableOption, TableTarget};
use crate::schema::{Ident, Name, ObjectKind, ObjectRef};
use crate::syntax::sql::cursor::{Cursor, Read};
use crate::syntax::sql::lex::TokenKind;

/// The operations of the statement at the cursor; None where it is none of this family.
///
/// # Errors
/// When it is one, and something in it was not understood.
pub fn ops(cursor: &mut Cursor<'_>) -> Read<Option<Vec<Op>>> {
    const KINDS: &[(&[&str], ObjectKind)] = &[
        (&["TABLE"], ObjectKind::Table),
        (&["INDEX"], ObjectKind::Index),
        (&["VIEW"], ObjectKind::View),
        (&["MATERIALIZED", "VIEW"], ObjectKind::MaterializedView),
        (&["FOREIGN", "TABLE"], ObjectKind::ForeignTable),
        (&["SEQUENCE"], ObjectKind::Sequence),
    ];
    let first = cursor.at;
    let mut head = cursor.clone();
    if !head.eat("ALTER") {
        return Ok(None);
    }
    let Some((words, kind)) = KINDS.iter().find(|(words, _)| head.is_all(words)) else { return Ok(None) };
    head.at += words.len();
    if head.is_all(&["ALL", "IN", "TABLESPACE"]) {
        cursor.at = head.at;
        return all_in_tablespace(cursor, first).map(Some);
    }
    let if_exists = head.if_exists();
    let tables = matches!(kind, ObjectKind::Table | ObjectKind::ForeignTable);
    let only = tables && head.eat("ONLY");
    // ONLY takes the name in brackets too.
    let brackets = only && head.eat_symbol("(");
    let name = head.name(&format!("the name of the {}", kind.noun()))?;
    if brackets {
        head.expect_symbol(")")?;
    }
    if tables {
        head.eat_symbol("*");
    }
    let own = head.is_any(&["RENAME", "OWNER"]) || (head.is("SET") && head.nth_is(1, "SCHEMA"));
    if *kind == ObjectKind::Sequence && !own {
        return Ok(None);
    }
    cursor.at = head.at;
    let target = TableTarget { name, if_exists, only, kind: *kind };
    if cursor.is("RENAME") || (cursor.is("SET") && cursor.nth_is(1, "SCHEMA")) {
        return Ok(Some(vec![alone(cursor, &target)?]));
    }
    let ops = cursor.list(|cursor| action(cursor, &target))?;
    if cursor.is_end() { Ok(Some(ops)) } else { Err(cursor.unread("`,` or the end of the statement")) }
}

/// `ALL IN TABLESPACE a [OWNED BY r, …] SET TABLESPACE b [NOWAIT]`.
fn all_in_tablespace(cursor: &mut Cursor<'_>, first: usize) -> Read<Vec<Op>> {
    cursor.expect_all(&["ALL", "IN", "TABLESPACE"])?;
    let name = Name::bare(cursor.ident("a tablespace")?);
    let object = clause::object(ObjectKind::Tablespace, name);
    if cursor.eat_all(&["OWNED", "BY"]) {
        clause::roles(cursor)?;
    }
    cursor.expect_all(&["SET", "TABLESPACE"])?;
    cursor.ident("a tablespace")?;
    cursor.eat("NOWAIT");
    let kind = clause::alter_other(cursor, object, first);
    Ok(vec![Op { kind, span: cursor.span_from(first) }])
}

/// RENAME and SET SCHEMA: they stand in no list.
fn alone(cursor: &mut Cursor<'_>, target: &TableTarget) -> Read<Op> {
    let first = cursor.at;
    let table = target.clone();
    let kind = if let Some(kind) = clause::general(cursor, &object(target), target.if_exists)? {
        kind
    } else {
        cursor.expect("RENAME")?;
        if cursor.eat("CONSTRAINT") {
            let (from, to) = from_to(cursor, "a constraint")?;
            Operation::RenameConstraint { table, from, to }
        } else {
            cursor.eat("COLUMN");
            let (from, to) = from_to(cursor, "a column name")?;
            Operation::RenameColumn { table, from, to }
        }
    };
    Ok(Op { kind, span: cursor.span_from(first) })
}

fn object(target: &TableTarget) -> ObjectRef {
    clause::object(target.kind, target.name.clone())
}

fn from_to(cursor: &mut Cursor<'_>, what: &str) -> Read<(Ident, Ident)> {
    let from = cursor.ident(what)?;
    cursor.expect("TO")?;
    Ok((from, cursor.ident("a new name")?))
}

/// One action of the list; its span begins at its first word.
fn action(cursor: &mut Cursor<'_>, target: &TableTarget) -> Read<Op> {
    let first = cursor.at;
    let kind = if cursor.eat("ADD") {
        add(cursor, target)?
    } else if cursor.eat("DROP") {
        drop(cursor, target)?
    } else if cursor.eat("ALTER") {
        alter(cursor, target)?
    } else if cursor.eat_all(&["VALIDATE", "CONSTRAINT"]) {
        Operation::ValidateConstraint { table: target.clone(), constraint: cursor.ident("a constraint")? }
    } else if cursor.eat_all(&["ATTACH", "PARTITION"]) {
        attach(cursor, target)?
    } else if cursor.eat_all(&["DETACH", "PARTITION"]) {
        let partition = cursor.name("a partition")?;
        let concurrently = cursor.eat("CONCURRENTLY");
        let finalize = !concurrently && cursor.eat("FINALIZE");
        Operation::DetachPartition { table: target.clone(), partition, concurrently, finalize }
    } else if cursor.eat_all(&["OWNER", "TO"]) {
        Operation::SetOwner { object: object(target), to: clause::role(cursor)? }
    } else {
        Operation::SetTableOption { table: target.clone(), option: option(cursor)? }
    };
    Ok(Op { kind, span: cursor.span_from(first) })
}

fn add(cursor: &mut Cursor<'_>, target: &TableTarget) -> Read<Operation> {
    let table = target.clone();
    if table::is_constraint(cursor) {
        let constraint = Box::new(table::table_constraint(cursor)?.constraint);
        return Ok(Operation::AddConstraint { table, constraint });
    }
    cursor.eat("COLUMN");
    let guard = if cursor.if_not_exists() { Guard::IfNotExists } else { Guard::None };
    Ok(Operation::AddColumn { table, def: Box::new(table::column_def(cursor)?), guard })
}

fn drop(cursor: &mut Cursor<'_>, target: &TableTarget) -> Read<Operation> {
    let table = target.clone();
    let of_constraint = cursor.eat("CONSTRAINT");
    if !of_constraint {
        cursor.eat("COLUMN");
    }
    let guard = guard(cursor);
    if of_constraint {
        let constraint = cursor.ident("a constraint")?;
        return Ok(Operation::DropConstraint { table, constraint, guard, cascade: clause::cascade(cursor) });
    }
    let column = table::column_name(cursor)?;
    Ok(Operation::DropColumn { table, column, guard, cascade: clause::cascade(cursor) })
}

fn guard(cursor: &mut Cursor<'_>) -> Guard {
    if cursor.if_exists() { Guard::IfExists } else { Guard::None }
}

fn attach(cursor: &mut Cursor<'_>, target: &TableTarget) -> Read<Operation> {
    let partition = cursor.name("a partition")?;
    let default = target.kind != ObjectKind::Index && table::partition_bound(cursor)?;
    Ok(Operation::AttachPartition { table: target.clone(), partition, default })
}

fn alter(cursor: &mut Cursor<'_>, target: &TableTarget) -> Read<Operation> {
    let table = target.clone();
    if cursor.eat("CONSTRAINT") {
        let constraint = cursor.ident("a constraint")?;
        let mut attributes = table::constraint_attributes(cursor)?;
        attributes.extend(cursor.eat("INHERIT").then(|| "INHERIT".to_owned()));
        return Ok(Operation::AlterConstraint { table, constraint, attributes });
    }
    cursor.eat("COLUMN");
    let numbered = target.kind == ObjectKind::Index
        && cursor.nth(0).is_some_and(|token| token.kind == TokenKind::Number);
    let column = if numbered {
        let number = cursor.text_between(cursor.at, cursor.at + 1);
        cursor.at += 1;
        Ident::exact(number)
    } else {
        table::column_name(cursor)?
    };
    Ok(Operation::AlterColumn { table, column, change: alter_column(cursor)? })
}

fn alter_column(cursor: &mut Cursor<'_>) -> Read<AlterColumn> {
    let first = cursor.at;
    if cursor.eat("TYPE") || cursor.eat_all(&["SET", "DATA", "TYPE"]) {
        return change_type(cursor);
    }
    if cursor.eat("DROP") {
        return drop_from_column(cursor);
    }
    if cursor.eat("ADD") {
        cursor.expect("GENERATED")?;
        if !cursor.eat("ALWAYS") {
            cursor.expect_all(&["BY", "DEFAULT"])?;
        }
        cursor.expect_all(&["AS", "IDENTITY"])?;
        table::identity_options(cursor)?;
        return Ok(AlterColumn::AddIdentity);
    }
    if cursor.eat_all(&["SET", "DEFAULT"]) {
        return Ok(AlterColumn::SetDefault(expression::whole(cursor)?));
    }
    if cursor.eat_all(&["SET", "NOT", "NULL"]) {
        return Ok(AlterColumn::SetNotNull);
    }
    if cursor.eat_all(&["SET", "EXPRESSION"]) {
        cursor.expect("AS")?;
        return Ok(AlterColumn::SetExpression(expression::group(cursor)?));
    }
    if is_identity_change(cursor) {
        while is_identity_change(cursor) {
            identity_change(cursor)?;
        }
        return Ok(AlterColumn::SetIdentity);
    }
    if cursor.is_any(&["SET", "RESET"]) && cursor.nth_is_symbol(1, "(") {
        cursor.at += 1;
        clause::definition(cursor)?;
    } else if cursor.eat_all(&["SET", "STATISTICS"]) {
        if !cursor.eat("DEFAULT") {
            clause::number(cursor)?;
        }
    } else if cursor.eat_all(&["SET", "STORAGE"]) || cursor.eat_all(&["SET", "COMPRESSION"]) {
        if !cursor.eat("DEFAULT") {
            cursor.ident("a storage or compression method")?;
        }
    } else if !clause::foreign_options(cursor)? {
        return Err(cursor.unread("what to change of the column"));
    }
    Ok(AlterColumn::Option(clause::capitals(cursor, first, cursor.at)))
}

fn change_type(cursor: &mut Cursor<'_>) -> Read<AlterColumn> {
    let ty = cursor.data_type()?;
    let collation = if cursor.eat("COLLATE") {
        let first = cursor.at;
        cursor.name("a collation")?;
        Some(cursor.text_between(first, cursor.at))
    } else {
        None
    };
    let using = if cursor.eat("USING") { Some(expression::whole(cursor)?) } else { None };
    Ok(AlterColumn::Type { ty, using, collation })
}

fn drop_from_column(cursor: &mut Cursor<'_>) -> Read<AlterColumn> {
    if cursor.eat("DEFAULT") {
        Ok(AlterColumn::DropDefault)
    } else if cursor.eat_all(&["NOT", "NULL"]) {
        Ok(AlterColumn::DropNotNull)
    } else if cursor.eat("IDENTITY") {
        Ok(AlterColumn::DropIdentity(guard(cursor)))
    } else if cursor.eat("EXPRESSION") {
        Ok(AlterColumn::DropExpression(guard(cursor)))
    } else {
        Err(cursor.unread("`DEFAULT`, `NOT NULL`, `IDENTITY` or `EXPRESSION`"))
    }
}

/// Whether `SET GENERATED`, `RESTART`, or `SET` with an option of a sequence is next.
fn is_identity_change(cursor: &Cursor<'_>) -> bool {
    const OPTIONS: &[&str] = &[
        "GENERATED",
        "AS",
        "INCREMENT",
        "MINVALUE",
        "MAXVALUE",
        "CACHE",
        "START",
        "RESTART",
        "NO",
        "CYCLE",
        "OWNED",
        "SEQUENCE",
    ];
    cursor.is("RESTART") || (cursor.is("SET") && OPTIONS.iter().any(|word| cursor.nth_is(1, word)))
}

fn identity_change(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.eat_all(&["SET", "GENERATED"]) {
        if !cursor.eat("ALWAYS") {
            cursor.expect_all(&["BY", "DEFAULT"])?;
        }
        return Ok(());
    }
    cursor.eat("SET");
    sequence::options(cursor, true).map(|_| ())
}

/// Every action that changes neither a column nor a constraint.
fn option(cursor: &mut Cursor<'_>) -> Read<TableOption> {
    let first = cursor.at;
    if let Some(word) = cursor.eat_any(&["ENABLE", "DISABLE"]) {
        return switch(cursor, word == "DISABLE");
    }
    let no = cursor.is("NO");
    if cursor.is("FORCE") || (no && cursor.nth_is(1, "FORCE")) {
        cursor.at += if no { 2 } else { 1 };
        cursor.expect_all(&["ROW", "LEVEL", "SECURITY"])?;
        return Ok(TableOption::ForceRowSecurity(!no));
    }
    if cursor.is("INHERIT") || (no && cursor.nth_is(1, "INHERIT")) {
        cursor.at += if no { 2 } else { 1 };
        return Ok(TableOption::Inherit { parent: cursor.name("a table")?, no });
    }
    if cursor.is("DEPENDS") || (no && cursor.nth_is(1, "DEPENDS")) {
        cursor.at += usize::from(no);
        cursor.expect_all(&["DEPENDS", "ON", "EXTENSION"])?;
        cursor.ident("an extension")?;
        return Ok(TableOption::Other(clause::capitals(cursor, first, cursor.at)));
    }
    if cursor.eat_all(&["CLUSTER", "ON"]) {
        cursor.ident("an index")?;
        return Ok(TableOption::ClusterOn);
    }
    if cursor.eat("OF") {
        cursor.name("a type")?;
        return Ok(TableOption::OfType);
    }
    if cursor.eat_all(&["NOT", "OF"]) {
        return Ok(TableOption::OfType);
    }
    if cursor.eat_all(&["REPLICA", "IDENTITY"]) {
        if cursor.eat_all(&["USING", "INDEX"]) {
            cursor.ident("an index")?;
        } else if cursor.eat_any(&["DEFAULT", "FULL", "NOTHING"]).is_none() {
            return Err(cursor.unread("`DEFAULT`, `FULL`, `NOTHING` or `USING INDEX`"));
        }
        return Ok(TableOption::ReplicaIdentity);
    }
    if cursor.is_any(&["SET", "RESET"]) && cursor.nth_is_symbol(1, "(") {
        cursor.at += 1;
        clause::definition(cursor)?;
        return Ok(TableOption::Parameters);
    }
    if cursor.is("OPTIONS") {
        clause::foreign_options(cursor)?;
        return Ok(TableOption::Other(clause::capitals(cursor, first, cursor.at)));
    }
    if cursor.eat("SET") {
        return set(cursor, first);
    }
    Err(cursor.unread("an action of ALTER TABLE"))
}

/// What follows SET, but for parameters.
fn set(cursor: &mut Cursor<'_>, first: usize) -> Read<TableOption> {
    if cursor.eat("LOGGED") {
        Ok(TableOption::Logged(true))
    } else if cursor.eat("UNLOGGED") {
        Ok(TableOption::Logged(false))
    } else if cursor.eat("TABLESPACE") {
        Ok(TableOption::Tablespace(cursor.ident("a tablespace")?.text().to_owned()))
    } else if cursor.eat_all(&["ACCESS", "METHOD"]) {
        if cursor.eat("DEFAULT") {
            return Ok(TableOption::AccessMethod("DEFAULT".to_owned()));
        }
        Ok(TableOption::AccessMethod(cursor.ident("an access method")?.text().to_owned()))
    } else if cursor.eat_all(&["WITHOUT", "CLUSTER"]) {
        Ok(TableOption::ClusterOn)
    } else if cursor.eat_all(&["WITHOUT", "OIDS"]) || cursor.eat_all(&["WITH", "OIDS"]) {
        Ok(TableOption::Other(clause::capitals(cursor, first, cursor.at)))
    } else {
        Err(cursor.unread("what to set"))
    }
}

/// What follows ENABLE or DISABLE.
fn switch(cursor: &mut Cursor<'_>, disable: bool) -> Read<TableOption> {
    if cursor.eat_all(&["ROW", "LEVEL", "SECURITY"]) {
        return Ok(TableOption::RowSecurity(!disable));
    }
    if !disable {
        cursor.eat_any(&["ALWAYS", "REPLICA"]);
    }
    if cursor.eat("RULE") {
        let name = cursor.ident("a rule")?.text().to_owned();
        return Ok(TableOption::Trigger { disable, name });
    }
    cursor.expect("TRIGGER")?;
    let name = match cursor.eat_any(&["ALL", "USER"]) {
        Some(word) => word.to_owned(),
        None => cursor.ident("a trigger")?.text().to_owned(),
    };
    Ok(TableOption::Trigger { disable, name })
}
