//! ALTER TABLE, and what ALTER INDEX, VIEW, MATERIALIZED VIEW and FOREIGN TABLE share with it.

use super::sequence::{self, Options};
use super::{clause, expression, table};
use crate::ops::{AlterColumn, Guard, Op, Operation, TableOption, TableTarget};
use crate::schema::{Ident, Name, ObjectKind, ObjectRef, SequenceOptions};
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
        Operation::SetOwner { object: object(target), arguments: None, to: clause::role(cursor)? }
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
    let is_index = target.kind == ObjectKind::Index;
    let bound = if is_index { None } else { Some(table::partition_bound(cursor)?) };
    Ok(Operation::AttachPartition { table: target.clone(), partition, bound })
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
        let always = always(cursor)?;
        cursor.expect_all(&["AS", "IDENTITY"])?;
        let Options { values, name, .. } = table::identity_options(cursor)?;
        return Ok(AlterColumn::AddIdentity { always, options: Box::new(values), sequence: name });
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
        let (mut always, mut options) = (None, SequenceOptions::default());
        while is_identity_change(cursor) {
            identity_change(cursor, &mut always, &mut options)?;
        }
        return Ok(AlterColumn::SetIdentity { always, options: Box::new(options) });
    }
    if cursor.is_any(&["SET", "RESET"]) && cursor.nth_is_symbol(1, "(") {
        cursor.at += 1;
        clause::definition(cursor)?;
    } else if cursor.eat_all(&["SET", "STATISTICS"]) {
        let first = cursor.at;
        if cursor.eat("DEFAULT") {
            return Ok(AlterColumn::Setting("statistics", None));
        }
        clause::number(cursor)?;
        // -1 was the way to say DEFAULT before 17.
        let value =
            Some(cursor.text_between(first, cursor.at).replace(' ', "")).filter(|value| value != "-1");
        return Ok(AlterColumn::Setting("statistics", value));
    } else if cursor.eat_all(&["SET", "STORAGE"]) {
        return Ok(AlterColumn::Setting("storage", method(cursor)?));
    } else if cursor.eat_all(&["SET", "COMPRESSION"]) {
        return Ok(AlterColumn::Setting("compression", method(cursor)?));
    } else if !clause::foreign_options(cursor)? {
        return Err(cursor.unread("what to change of the column"));
    }
    Ok(AlterColumn::Option(clause::capitals(cursor, first, cursor.at)))
}

/// A storage or compression method in lower case; None for DEFAULT.
fn method(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    if cursor.eat("DEFAULT") {
        return Ok(None);
    }
    Ok(Some(cursor.ident("a storage or compression method")?.text().to_ascii_lowercase()))
}

/// ALWAYS, or BY DEFAULT.
fn always(cursor: &mut Cursor<'_>) -> Read<bool> {
    let always = cursor.eat("ALWAYS");
    if !always {
        cursor.expect_all(&["BY", "DEFAULT"])?;
    }
    Ok(always)
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

fn identity_change(
    cursor: &mut Cursor<'_>,
    kind: &mut Option<bool>,
    options: &mut SequenceOptions,
) -> Read<()> {
    if cursor.eat_all(&["SET", "GENERATED"]) {
        *kind = Some(always(cursor)?);
        return Ok(());
    }
    cursor.eat("SET");
    options.add(&sequence::options(cursor, true)?.values);
    Ok(())
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
        return Ok(TableOption::ClusterOn(Some(cursor.ident("an index")?)));
    }
    if cursor.eat("OF") {
        return Ok(TableOption::OfType(Some(cursor.name("a type")?)));
    }
    if cursor.eat_all(&["NOT", "OF"]) {
        return Ok(TableOption::OfType(None));
    }
    if cursor.eat_all(&["REPLICA", "IDENTITY"]) {
        if cursor.eat_all(&["USING", "INDEX"]) {
            let index = cursor.ident("an index")?;
            return Ok(TableOption::ReplicaIdentity(format!("USING INDEX {index}")));
        }
        let Some(word) = cursor.eat_any(&["DEFAULT", "FULL", "NOTHING"]) else {
            return Err(cursor.unread("`DEFAULT`, `FULL`, `NOTHING` or `USING INDEX`"));
        };
        return Ok(TableOption::ReplicaIdentity(word.to_owned()));
    }
    if cursor.is_any(&["SET", "RESET"]) && cursor.nth_is_symbol(1, "(") {
        let reset = cursor.is("RESET");
        cursor.at += 1;
        let all = clause::definition(cursor)?.into_iter();
        let all = all.map(|(name, value)| {
            let value = (!reset).then(|| clause::parameter(cursor, value));
            (name, value)
        });
        return Ok(TableOption::Parameters(all.collect()));
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
        Ok(TableOption::ClusterOn(None))
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
    let mode = if disable { None } else { cursor.eat_any(&["ALWAYS", "REPLICA"]) };
    if cursor.eat("RULE") {
        let name = cursor.ident("a rule")?.text().to_owned();
        return Ok(TableOption::Trigger { disable, mode, name, rule: true });
    }
    cursor.expect("TRIGGER")?;
    let name = match cursor.eat_any(&["ALL", "USER"]) {
        Some(word) => word.to_owned(),
        None => cursor.ident("a trigger")?.text().to_owned(),
    };
    Ok(TableOption::Trigger { disable, mode, name, rule: false })
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{brief, column, constraint, one};
    use super::*;

    fn guarded(guard: Guard) -> &'static str {
        match guard {
            Guard::None => "",
            Guard::IfNotExists => " if not exists",
            Guard::IfExists => " if exists",
            Guard::OrReplace => " or replace",
        }
    }

    fn cascades(cascade: bool) -> &'static str {
        if cascade { " cascade" } else { "" }
    }

    fn changed(change: &AlterColumn) -> String {
        match change {
            AlterColumn::Type { ty, using, collation } => {
                let using =
                    using.as_ref().map_or_else(String::new, |using| format!(" using {}", brief(using)));
                let collation =
                    collation.as_ref().map_or_else(String::new, |name| format!(" collate {name}"));
                format!("type {ty}{collation}{using}")
            }
            AlterColumn::SetDefault(expr) => format!("default {}", brief(expr)),
            AlterColumn::SetExpression(expr) => format!("expression {}", brief(expr)),
            AlterColumn::DropIdentity(guard) => format!("drop identity{}", guarded(*guard)),
            AlterColumn::DropExpression(guard) => format!("drop expression{}", guarded(*guard)),
            AlterColumn::Option(words) => words.clone(),
            AlterColumn::DropDefault
            | AlterColumn::SetNotNull
            | AlterColumn::DropNotNull
            | AlterColumn::Setting(..)
            | AlterColumn::Redefine(_) => format!("{change:?}"),
            AlterColumn::AddIdentity { always, options, .. } => {
                format!("AddIdentity {always} {:?}", options.cache)
            }
            AlterColumn::SetIdentity { always, options } => {
                format!("SetIdentity {always:?} {:?}", options.start)
            }
        }
    }

    fn bound_text(bound: Option<&crate::schema::Bound>) -> String {
        let all = |values: &[crate::schema::Expr]| values.iter().map(brief).collect::<Vec<_>>().join(", ");
        match bound {
            None => "-".to_owned(),
            Some(crate::schema::Bound::Default) => "default".to_owned(),
            Some(crate::schema::Bound::In(values)) => format!("in {}", all(values)),
            Some(crate::schema::Bound::Range(from, to)) => format!("from {} to {}", all(from), all(to)),
            Some(crate::schema::Bound::Hash(modulus, remainder)) => format!("{modulus} {remainder}"),
        }
    }

    /// Each operation, short enough for a table, with the bytes that it stands for.
    fn actions(text: &str) -> Result<Vec<(String, String)>, (String, String)> {
        let ops = one(text)?;
        let each = ops.iter().map(|op| {
            let words = match &op.kind {
                Operation::AddColumn { def, guard, .. } => format!("add {}{}", column(def), guarded(*guard)),
                Operation::DropColumn { column, guard, cascade, .. } => {
                    format!("drop {column}{}{}", guarded(*guard), cascades(*cascade))
                }
                Operation::AlterColumn { column, change, .. } => {
                    format!("alter {column} {}", changed(change))
                }
                Operation::AddConstraint { constraint: added, .. } => format!("add {}", constraint(added)),
                Operation::DropConstraint { constraint, guard, cascade, .. } => {
                    format!("drop constraint {constraint}{}{}", guarded(*guard), cascades(*cascade))
                }
                Operation::ValidateConstraint { constraint, .. } => format!("validate {constraint}"),
                Operation::AlterConstraint { constraint, attributes, .. } => {
                    format!("alter constraint {constraint} {}", attributes.join(", "))
                }
                Operation::RenameColumn { from, to, .. } => format!("rename {from} to {to}"),
                Operation::RenameConstraint { from, to, .. } => format!("rename constraint {from} to {to}"),
                Operation::AttachPartition { table, partition, bound } => {
                    format!("attach {partition:?} to {:?} {}", table.kind, bound_text(bound.as_ref()))
                }
                Operation::DetachPartition { partition, concurrently, finalize, .. } => {
                    format!("detach {partition:?} {concurrently} {finalize}")
                }
                Operation::SetTableOption { option, .. } => format!("{option:?}"),
                Operation::Rename { object, to, if_exists, .. } => {
                    format!("{:?} {:?} is {to}, {if_exists}", object.kind, object.name)
                }
                Operation::SetSchema { object, to, if_exists, .. } => {
                    format!("{:?} {:?} in {to}, {if_exists}", object.kind, object.name)
                }
                Operation::SetOwner { object, to, .. } => {
                    format!("{:?} {:?} of {to}", object.kind, object.name)
                }
                other => format!("{other:?}"),
            };
            (words, text[op.span.range()].to_owned())
        });
        Ok(each.collect())
    }

    /// From the manual's ALTER TABLE.
    #[test]
    fn every_action_is_read_and_spans_its_own_bytes() {
        for (action, expected) in [
            ("ADD COLUMN type text NOT NULL DEFAULT 'x'", "add type text not-null default='x'"),
            ("ADD IF NOT EXISTS \"Name\" int", "add Name integer if not exists"),
            ("ADD name varchar(3) REFERENCES o", "add name character varying(3) <(name) to o()>"),
            ("ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "add c: check (> a 0) [NOT VALID]"),
            ("ADD PRIMARY KEY USING INDEX i", "add primary by i"),
            ("ADD FOREIGN KEY (a) REFERENCES o (b) ON DELETE CASCADE", "add (a) to o(b) delete Cascade"),
            ("ADD CONSTRAINT n NOT NULL a NOT VALID", "add n: not null Some(\"a\") [NOT VALID]"),
            ("DROP COLUMN IF EXISTS a CASCADE", "drop a if exists cascade"),
            ("DROP a RESTRICT", "drop a"),
            ("DROP CONSTRAINT IF EXISTS c CASCADE", "drop constraint c if exists cascade"),
            ("ALTER COLUMN a TYPE bigint USING a::bigint + 1", "alter a type bigint using (+ a::bigint 1)"),
            (
                "ALTER a SET DATA TYPE varchar(9) COLLATE \"C\"",
                "alter a type character varying(9) collate \"C\"",
            ),
            ("ALTER a SET DEFAULT now() AT TIME ZONE 'utc'", "alter a default (AT TIME ZONE now() 'utc')"),
            ("ALTER a SET DEFAULT NOT true", "alter a default (NOT true)"),
            ("ALTER a DROP DEFAULT", "alter a DropDefault"),
            ("ALTER a SET NOT NULL", "alter a SetNotNull"),
            ("ALTER COLUMN value DROP NOT NULL", "alter value DropNotNull"),
            ("ALTER a ADD GENERATED BY DEFAULT AS IDENTITY (CACHE 5)", "alter a AddIdentity false Some(5)"),
            (
                "ALTER a SET GENERATED ALWAYS SET START WITH 3 RESTART",
                "alter a SetIdentity Some(true) Some(3)",
            ),
            ("ALTER a RESTART WITH 9", "alter a SetIdentity None None"),
            ("ALTER a DROP IDENTITY IF EXISTS", "alter a drop identity if exists"),
            ("ALTER a DROP EXPRESSION", "alter a drop expression"),
            ("ALTER a SET EXPRESSION AS (b * 2)", "alter a expression (* b 2)"),
            ("ALTER a SET STATISTICS -1", "alter a Setting(\"statistics\", None)"),
            ("ALTER a SET STORAGE external", "alter a Setting(\"storage\", Some(\"external\"))"),
            ("ALTER a SET COMPRESSION default", "alter a Setting(\"compression\", None)"),
            ("ALTER a SET (n_distinct = -0.5)", "alter a SET (N_DISTINCT = -0.5)"),
            ("ALTER a RESET (n_distinct)", "alter a RESET (N_DISTINCT)"),
            (
                "ALTER CONSTRAINT c DEFERRABLE INITIALLY DEFERRED",
                "alter constraint c DEFERRABLE, INITIALLY DEFERRED",
            ),
            ("VALIDATE CONSTRAINT c", "validate c"),
            ("ENABLE TRIGGER ALL", "Trigger { disable: false, mode: None, name: \"ALL\", rule: false }"),
            ("DISABLE TRIGGER USER", "Trigger { disable: true, mode: None, name: \"USER\", rule: false }"),
            (
                "ENABLE REPLICA TRIGGER \"T\"",
                "Trigger { disable: false, mode: Some(\"REPLICA\"), name: \"T\", rule: false }",
            ),
            (
                "ENABLE ALWAYS RULE r",
                "Trigger { disable: false, mode: Some(\"ALWAYS\"), name: \"r\", rule: true }",
            ),
            ("ENABLE ROW LEVEL SECURITY", "RowSecurity(true)"),
            ("DISABLE ROW LEVEL SECURITY", "RowSecurity(false)"),
            ("NO FORCE ROW LEVEL SECURITY", "ForceRowSecurity(false)"),
            ("FORCE ROW LEVEL SECURITY", "ForceRowSecurity(true)"),
            ("CLUSTER ON i", "ClusterOn(Some(\"i\"))"),
            ("SET WITHOUT CLUSTER", "ClusterOn(None)"),
            ("SET WITHOUT OIDS", "Other(\"SET WITHOUT OIDS\")"),
            ("SET ACCESS METHOD heap", "AccessMethod(\"heap\")"),
            ("SET TABLESPACE fast", "Tablespace(\"fast\")"),
            ("SET LOGGED", "Logged(true)"),
            ("SET UNLOGGED", "Logged(false)"),
            (
                "SET (fillfactor = 70, toast.autovacuum_enabled = off)",
                "Parameters([(\"fillfactor\", Some(\"70\")), (\"toast.autovacuum_enabled\", Some(\"false\"))])",
            ),
            ("RESET (fillfactor)", "Parameters([(\"fillfactor\", None)])"),
            ("INHERIT s.p", "Inherit { parent: s.p, no: false }"),
            ("NO INHERIT p", "Inherit { parent: p, no: true }"),
            ("OF kind", "OfType(Some(kind))"),
            ("NOT OF", "OfType(None)"),
            ("OWNER TO CURRENT_USER", "Table s.t of CURRENT_USER"),
            ("REPLICA IDENTITY USING INDEX i", "ReplicaIdentity(\"USING INDEX i\")"),
            ("REPLICA IDENTITY FULL", "ReplicaIdentity(\"FULL\")"),
        ] {
            for (before, after) in [("", ""), ("DROP x, ", ""), ("", " , ALTER y SET NOT NULL")] {
                let text = format!("ALTER TABLE s.t {before}{action}{after}");
                let all = actions(&text).unwrap_or_default();
                let at = usize::from(!before.is_empty());
                assert_eq!(all.len(), 1 + usize::from(!before.is_empty() || !after.is_empty()), "{text}");
                assert_eq!(all[at], (expected.to_owned(), action.to_owned()), "{text}");
            }
        }
    }

    #[test]
    fn what_stands_alone_spans_from_its_first_word() {
        for (text, expected, span) in [
            ("ALTER TABLE IF EXISTS s.t RENAME TO u", "Table s.t is u, true", "RENAME TO u"),
            ("ALTER TABLE t RENAME COLUMN a TO \"B\"", "rename a to B", "RENAME COLUMN a TO \"B\""),
            ("ALTER TABLE t RENAME a TO type", "rename a to type", "RENAME a TO type"),
            (
                "ALTER TABLE t RENAME CONSTRAINT a TO b",
                "rename constraint a to b",
                "RENAME CONSTRAINT a TO b",
            ),
            ("ALTER TABLE t SET SCHEMA app", "Table t in app, false", "SET SCHEMA app"),
            (
                "ALTER TABLE t ATTACH PARTITION s.p FOR VALUES FROM (1) TO (MAXVALUE)",
                "attach s.p to Table from 1 to maxvalue",
                "ATTACH PARTITION s.p FOR VALUES FROM (1) TO (MAXVALUE)",
            ),
            (
                "ALTER TABLE t ATTACH PARTITION p DEFAULT",
                "attach p to Table default",
                "ATTACH PARTITION p DEFAULT",
            ),
            (
                "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
                "detach p true false",
                "DETACH PARTITION p CONCURRENTLY",
            ),
            (
                "ALTER TABLE t DETACH PARTITION p FINALIZE",
                "detach p false true",
                "DETACH PARTITION p FINALIZE",
            ),
            ("ALTER INDEX s.i RENAME TO j", "Index s.i is j, false", "RENAME TO j"),
            ("ALTER INDEX i ATTACH PARTITION j", "attach j to Index -", "ATTACH PARTITION j"),
            (
                "ALTER INDEX i SET (fillfactor = 70)",
                "Parameters([(\"fillfactor\", Some(\"70\"))])",
                "SET (fillfactor = 70)",
            ),
            (
                "ALTER INDEX i ALTER COLUMN 2 SET STATISTICS 100",
                "alter 2 Setting(\"statistics\", Some(\"100\"))",
                "ALTER COLUMN 2 SET STATISTICS 100",
            ),
            (
                "ALTER INDEX i NO DEPENDS ON EXTENSION e",
                "Other(\"NO DEPENDS ON EXTENSION E\")",
                "NO DEPENDS ON EXTENSION e",
            ),
            ("ALTER VIEW IF EXISTS v RENAME COLUMN a TO b", "rename a to b", "RENAME COLUMN a TO b"),
            ("ALTER VIEW v ALTER a SET DEFAULT 1", "alter a default 1", "ALTER a SET DEFAULT 1"),
            (
                "ALTER VIEW v SET (security_barrier)",
                "Parameters([(\"security_barrier\", Some(\"true\"))])",
                "SET (security_barrier)",
            ),
            ("ALTER MATERIALIZED VIEW v SET SCHEMA s", "MaterializedView v in s, false", "SET SCHEMA s"),
            ("ALTER FOREIGN TABLE t ADD COLUMN a int", "add a integer", "ADD COLUMN a int"),
            (
                "ALTER FOREIGN TABLE t OPTIONS (SET a 'b', DROP c)",
                "Other(\"OPTIONS (SET A 'b', DROP C)\")",
                "OPTIONS (SET a 'b', DROP c)",
            ),
        ] {
            assert_eq!(actions(text), Ok(vec![(expected.to_owned(), span.to_owned())]), "{text}");
        }
        let ops = one("ALTER TABLE IF EXISTS ONLY \"T\" * DROP a").unwrap();
        let [Op { kind: Operation::DropColumn { table, .. }, .. }] = ops.as_slice() else {
            panic!("{ops:?}")
        };
        assert_eq!((format!("{:?}", table.name).as_str(), table.if_exists, table.only), ("T", true, true));
        let all =
            actions("ALTER TABLE ALL IN TABLESPACE a OWNED BY b SET TABLESPACE c NOWAIT").unwrap_or_default();
        assert!(matches!(all.as_slice(), [(words, _)] if words.starts_with("AlterOther")), "{all:?}");
    }

    /// Each is a syntax error on PostgreSQL 15.
    #[test]
    fn what_is_no_action_is_not_understood() {
        for (action, expected, rest) in [
            ("", "an action of ALTER TABLE", "t"),
            ("DELETE COLUMN a", "an action of ALTER TABLE", "DELETE COLUMN a"),
            ("ADD COLUMN a", "a data type", "a"),
            ("ADD COLUMN IF EXISTS a int", "a data type", "EXISTS a int"),
            ("ADD a int b int", "`,` or the end of the statement", "b int"),
            ("ADD a int AFTER b", "`,` or the end of the statement", "AFTER b"),
            ("DROP COLUMN a int", "`,` or the end of the statement", "int"),
            ("DROP COLUMN a,", "an action of ALTER TABLE", ","),
            ("MODIFY a int", "an action of ALTER TABLE", "MODIFY a int"),
            ("ALTER COLUMN a int", "what to change of the column", "int"),
            ("ALTER COLUMN a SET NUT NULL", "what to change of the column", "SET NUT NULL"),
            ("ALTER COLUMN a SET TYPE int", "what to change of the column", "SET TYPE int"),
            ("ALTER COLUMN a DROP NULL", "`DEFAULT`, `NOT NULL`, `IDENTITY` or `EXPRESSION`", "NULL"),
            ("ALTER COLUMN a TYPE int USING", "an expression", "USING"),
            ("ALTER COLUMN a SET DEFAULT", "an expression", "DEFAULT"),
            ("RENAME a b", "`TO`", "b"),
            ("RENAME TO a, DROP b", "the end of the statement", ", DROP b"),
            ("DROP b, RENAME TO a", "an action of ALTER TABLE", "RENAME TO a"),
            ("VALIDATE c", "an action of ALTER TABLE", "VALIDATE c"),
            ("ENABLE ROW SECURITY", "`TRIGGER`", "ROW SECURITY"),
            ("ATTACH PARTITION p", "`FOR`", "p"),
            ("ADD CONSTRAINT c", "a constraint", "c"),
            ("ADD CONSTRAINT c UNIQUE", "`(`", "UNIQUE"),
        ] {
            let text = format!("ALTER TABLE t {action}");
            assert_eq!(
                actions(text.trim_end()).err(),
                Some((expected.to_owned(), rest.to_owned())),
                "{text}"
            );
        }
    }
}
