//! What a statement costs on MySQL and MariaDB, by their manuals and not measured: which algorithm an ALTER TABLE of an InnoDB table takes
//! (INSTANT, INPLACE, COPY), whether the table is rebuilt, and whether rows can be written meanwhile. What the manuals do not settle for
//! the version that is known is unknown.
//!
//! Sources: MySQL 8.0 Reference Manual, 17.12.1 "Online DDL Operations" and 17.12.2 "Online DDL Performance and Concurrency"; MySQL 5.7
//! Reference Manual, 14.13.1; MariaDB Server Documentation, "InnoDB Online DDL Operations with the INPLACE Alter Algorithm" and "… with the
//! INSTANT Alter Algorithm".
//!
//! The modes stand for what LOCK= says: ACCESS EXCLUSIVE for EXCLUSIVE, SHARE for SHARED, SHARE UPDATE EXCLUSIVE for NONE
//! ([`LockMode::in_mysql`]). The metadata lock that every ALTER TABLE takes for a moment at its end is not told apart.

use super::{Around, Effects, LockMode};
use crate::ops::{AlterColumn, ColumnDef, Op, Operation, Outcome, Statement, TableOption, resolve};
use crate::schema::{
    Constraint, ConstraintKind, Engine, GeneratedKind, Lookup, Name, ObjectKind, PartitionKind, Table, Type,
};

/// How an ALTER TABLE is done; of several, the greatest holds for the whole statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Way {
    /// The data dictionary alone is changed.
    Instant,
    /// In place and without touching the rows; they can be written.
    InPlace,
    /// In place, after reading all rows; they can be written meanwhile.
    Builds,
    /// The same, and they cannot be written.
    BuildsLocked,
    /// In place, the table is written anew; its rows can be written meanwhile.
    Rebuilds,
    /// The table is copied, and its rows cannot be written meanwhile.
    Copies,
    /// The manuals do not say, or not for what is known.
    Unknown,
}

/// What a statement does.
pub fn of(statement: &Statement, around: &Around<'_>) -> Effects {
    let mut effects = Effects::default();
    let mut asked = Asked::default();
    let mut altered: Vec<(Name, Way)> = Vec::new();
    let about_key = statement.ops.iter().filter(|op| is_about_key(&op.kind)).count();
    let trades_key = about_key > 1;
    for (op, outcome) in statement.ops.iter().zip(around.outcomes) {
        match outcome {
            Outcome::Refused(_) => return Effects::nothing_known(),
            Outcome::Skipped { .. } => continue,
            Outcome::Done => {}
        }
        if asked.reads(&op.kind) {
            continue;
        }
        match alters(op, around) {
            Some((table, way)) => {
                // "Restructuring the clustered index always requires copying of table data", but the two together are done in place.
                let way = if trades_key && is_about_key(&op.kind) { Way::Rebuilds } else { way };
                if let Operation::CreateIndex(create) = &op.kind
                    && let Some(index) = &create.name
                {
                    effects.builds.insert(Name { schema: table.schema.clone(), ident: index.ident.clone() });
                }
                altered.push((table, way));
            }
            None => other(&op.kind, around, &mut effects),
        }
    }
    // The statement is done as its hardest action wants it.
    let tables: std::collections::BTreeSet<Name> = altered.iter().map(|(table, _)| table.clone()).collect();
    for table in tables {
        let ways = altered.iter().filter(|(of, _)| *of == table).map(|(_, way)| *way);
        let hardest = ways.max().unwrap_or(Way::Instant);
        charge(&table, asked.instead_of(hardest), &asked, &mut effects);
    }
    effects
}

/// ADD PRIMARY KEY or DROP PRIMARY KEY.
fn is_about_key(operation: &Operation) -> bool {
    match operation {
        Operation::AddConstraint { constraint, .. } => {
            matches!(constraint.kind, ConstraintKind::PrimaryKey { .. })
        }
        Operation::DropConstraint { constraint, .. } => constraint.key().eq_ignore_ascii_case("primary"),
        _ => false,
    }
}

/// What ALGORITHM= and LOCK= ask for.
#[derive(Default)]
struct Asked {
    copy: bool,
    inplace: bool,
    lock: Option<LockMode>,
}

impl Asked {
    /// Whether an action of ALTER TABLE is one of those clauses.
    fn reads(&mut self, operation: &Operation) -> bool {
        let Operation::SetTableOption { option: TableOption::Other(text), .. } = operation else {
            return false;
        };
        let mut words = text.split(|c: char| c == '=' || c.is_whitespace()).filter(|word| !word.is_empty());
        match (words.next(), words.next()) {
            (Some("ALGORITHM"), Some(algorithm)) => {
                self.copy |= algorithm == "COPY";
                self.inplace |= algorithm == "INPLACE";
                true
            }
            (Some("LOCK"), Some(lock)) => {
                self.lock = match lock {
                    "SHARED" => Some(LockMode::Share),
                    "EXCLUSIVE" => Some(LockMode::AccessExclusive),
                    _ => self.lock,
                };
                true
            }
            _ => false,
        }
    }

    fn instead_of(&self, way: Way) -> Way {
        match way {
            _ if self.copy => Way::Copies,
            // Where INSTANT would do, INPLACE may have to rebuild.
            Way::Instant if self.inplace => Way::Unknown,
            way => way,
        }
    }
}

fn charge(table: &Name, way: Way, asked: &Asked, effects: &mut Effects) {
    let (mode, scans, rewrites) = match way {
        Way::Instant | Way::InPlace => (LockMode::ShareUpdateExclusive, false, false),
        Way::Builds => (LockMode::ShareUpdateExclusive, true, false),
        Way::BuildsLocked => (LockMode::Share, true, false),
        Way::Rebuilds => (LockMode::ShareUpdateExclusive, true, true),
        Way::Copies => (LockMode::Share, true, true),
        Way::Unknown => {
            effects.unknown.all();
            return;
        }
    };
    let mode = asked.lock.map_or(mode, |asked| asked.max(mode));
    let held = effects.locks.entry(table.clone()).or_insert(mode);
    *held = (*held).max(mode);
    if scans {
        effects.scans.insert(table.clone());
    }
    if rewrites {
        effects.rewrites.insert(table.clone());
    }
}

/// The table that an operation alters, and how. None: it is no ALTER TABLE, or the table is new to everybody.
fn alters(op: &Op, around: &Around<'_>) -> Option<(Name, Way)> {
    let at = |name: &Name| resolve(around.before, around.session, name);
    let engine = around.session.engine;
    let (table, way) = match &op.kind {
        Operation::AddColumn { table, def, .. } => {
            let name = at(&table.name);
            // FIRST or AFTER stands behind the definition.
            let last = op.span.end <= def.span.end;
            (name, adds(def, last, engine))
        }
        Operation::DropColumn { table, column, .. } => {
            let name = at(&table.name);
            let generated = column_of(around, &name, column.key())
                .and_then(|column| column.generated.as_ref().map(|generated| generated.kind));
            let way = match (generated, server(engine)) {
                (Some(GeneratedKind::Virtual | GeneratedKind::Unsaid), _) => Way::InPlace,
                // 8.0.29 made it INSTANT.
                (_, Server::Mysql((8, 0))) => Way::Unknown,
                (_, Server::Mysql(version)) if version > (8, 0) => Way::Instant,
                (_, Server::MariaDb(version)) if version >= (10, 4) => Way::Instant,
                (_, Server::Mysql(_) | Server::MariaDb(_)) => Way::Rebuilds,
            };
            (name, way)
        }
        Operation::AlterColumn { table, column, change } => {
            let name = at(&table.name);
            let way = match change {
                AlterColumn::SetDefault(_) | AlterColumn::DropDefault => Way::Instant,
                AlterColumn::Redefine(def) => {
                    redefines(column_of(around, &name, column.key()), def, op.span.end <= def.span.end)
                }
                AlterColumn::Type { .. }
                | AlterColumn::SetNotNull
                | AlterColumn::DropNotNull
                | AlterColumn::AddIdentity { .. }
                | AlterColumn::SetIdentity { .. }
                | AlterColumn::DropIdentity(_)
                | AlterColumn::SetExpression(_)
                | AlterColumn::DropExpression(_)
                | AlterColumn::Setting(..)
                | AlterColumn::Option(_) => Way::Unknown,
            };
            (name, way)
        }
        Operation::RenameColumn { table, .. } => (at(&table.name), Way::InPlace),
        Operation::AddConstraint { table, constraint } => {
            let unchecked = around.session.settings.get("foreign_key_checks");
            let unchecked = unchecked.is_some_and(|(value, _)| matches!(value.as_str(), "0" | "off" | "OFF"));
            (at(&table.name), constrains(constraint, unchecked))
        }
        Operation::DropConstraint { table, constraint, .. } => {
            let name = at(&table.name);
            let known = around.before.table(&name).and_then(|table| table.constraint(constraint.key()));
            let way = match known.found().map(|constraint| &constraint.kind) {
                _ if constraint.key().eq_ignore_ascii_case("primary") => Way::Copies,
                Some(ConstraintKind::ForeignKey(_) | ConstraintKind::Unique { .. }) => Way::InPlace,
                Some(ConstraintKind::PrimaryKey { .. }) => Way::Copies,
                Some(ConstraintKind::Check(_) | ConstraintKind::Exclude(_) | ConstraintKind::NotNull(_))
                | None => Way::Unknown,
            };
            (name, way)
        }
        Operation::CreateIndex(create) => {
            let way = match create.method.as_str() {
                "fulltext" => Way::Unknown,
                "spatial" => Way::BuildsLocked,
                _ => Way::Builds,
            };
            (at(&create.table), way)
        }
        Operation::Drop(drop) if drop.kind == ObjectKind::Index => {
            (at(drop.objects.first()?.on.as_ref()?), Way::InPlace)
        }
        Operation::Rename { object, .. } if object.kind == ObjectKind::Index => {
            (at(object.on.as_ref()?), Way::InPlace)
        }
        Operation::Rename { object, .. } if object.kind == ObjectKind::Table => {
            (at(&object.name), Way::InPlace)
        }
        Operation::SetTableOption { table, option } => {
            let way = match option {
                TableOption::Other(text) => table_option(text),
                _ => Way::Unknown,
            };
            (at(&table.name), way)
        }
        _ => return None,
    };
    let known = around.before.table(&table).found();
    if known.is_some_and(|known| known.temporary) {
        return None;
    }
    let is_innodb =
        known.is_none_or(|known| stores_in_innodb(known) && known.partition == PartitionKind::None);
    Some((table, if is_innodb { way } else { Way::Unknown }))
}

/// 17.12.1 is about InnoDB, which is what tables are made with unless they say otherwise.
fn stores_in_innodb(table: &Table) -> bool {
    let engines = table.options.iter().filter_map(|option| option.strip_prefix("ENGINE"));
    engines.into_iter().all(|engine| engine.trim_start_matches([' ', '=']) == "INNODB")
}

/// 17.12.1, "Column Operations" and "Generated Column Operations".
fn adds(def: &ColumnDef, last: bool, engine: Engine) -> Way {
    let column = &def.column;
    match column.generated.as_ref().map(|generated| generated.kind) {
        Some(GeneratedKind::Stored) => return Way::Copies,
        Some(GeneratedKind::Virtual | GeneratedKind::Unsaid) if last => return Way::InPlace,
        Some(GeneratedKind::Virtual | GeneratedKind::Unsaid) => return Way::Unknown,
        None => {}
    }
    // An AUTO_INCREMENT column, and one that brings a key or a CHECK along, has rules of its own.
    if column.identity.is_some() || !def.constraints.is_empty() {
        return Way::Unknown;
    }
    match server(engine) {
        // From 8.0.12 on as the last column, from 8.0.29 on in any place.
        Server::Mysql((8, 0)) if last => Way::Instant,
        Server::Mysql((8, 0)) => Way::Unknown,
        Server::Mysql(version) if version > (8, 0) => Way::Instant,
        Server::MariaDb(version) if version >= (10, 4) || (version >= (10, 3) && last) => Way::Instant,
        Server::Mysql(_) | Server::MariaDb(_) => Way::Rebuilds,
    }
}

/// MODIFY and CHANGE: 17.12.1, "Column Operations".
fn redefines(known: Option<&crate::schema::Column>, def: &ColumnDef, in_place: bool) -> Way {
    let new = &def.column;
    let Some(known) = known.filter(|_| in_place) else { return Way::Unknown };
    let (Some(from), Some(to)) = (&known.ty, &new.ty) else { return Way::Unknown };
    if known.generated.is_some() || new.generated.is_some() || !def.constraints.is_empty() {
        return Way::Unknown;
    }
    if from != to {
        return retypes(from, to);
    }
    match (known.not_null, new.not_null) {
        (Some(before), Some(after)) if before == after => Way::Unknown,
        (Some(_), Some(_)) => Way::Rebuilds,
        (None, _) | (_, None) => Way::Unknown,
    }
}

/// "Changing the column data type is only supported with ALGORITHM=COPY", but for a longer VARCHAR and new members at the end of an ENUM or
/// a SET. Whether a longer VARCHAR gets a second length byte is a matter of its character set.
fn retypes(from: &Type, to: &Type) -> Way {
    let length = |ty: &Type| ty.arguments.first().and_then(|length| length.parse::<u32>().ok());
    let same = from.name == to.name;
    match (from.name.as_str(), length(from), length(to)) {
        ("varchar" | "character varying", Some(old), Some(new)) if same && new >= old => {
            // At most four bytes a character.
            if new * 4 <= 255 || old >= 256 { Way::InPlace } else { Way::Unknown }
        }
        ("enum" | "set", ..) if same => Way::Unknown,
        _ => Way::Copies,
    }
}

/// 17.12.1, "Primary Key Operations", "Index Operations" and "Foreign Key Operations".
fn constrains(constraint: &Constraint, unchecked: bool) -> Way {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => Way::Rebuilds,
        ConstraintKind::Unique { .. } => Way::Builds,
        // "INPLACE is supported when foreign_key_checks is disabled; otherwise only COPY is."
        ConstraintKind::ForeignKey(_) if unchecked => Way::InPlace,
        ConstraintKind::ForeignKey(_) => Way::Copies,
        ConstraintKind::Check(_) | ConstraintKind::Exclude(_) | ConstraintKind::NotNull(_) => Way::Unknown,
    }
}

/// 17.12.1, "Table Operations".
fn table_option(text: &str) -> Way {
    let words: Vec<&str> =
        text.split(|c: char| c == '=' || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        ["FORCE"] | ["ENGINE", "INNODB"] | ["ROW_FORMAT" | "KEY_BLOCK_SIZE", ..] => Way::Rebuilds,
        ["CONVERT", "TO", ..] => Way::Copies,
        [
            "AUTO_INCREMENT" | "STATS_PERSISTENT" | "STATS_AUTO_RECALC" | "STATS_SAMPLE_PAGES" | "COMMENT",
            ..,
        ] => Way::InPlace,
        _ => Way::Unknown,
    }
}

/// Everything else.
fn other(operation: &Operation, around: &Around<'_>, effects: &mut Effects) {
    let at = |name: &Name| resolve(around.before, around.session, name);
    let is_temporary = |name: &Name| around.before.table(name).found().is_some_and(|table| table.temporary);
    match operation {
        // What is new has nobody who waits.
        Operation::CreateTable(create) if create.from_query => effects.unknown.all(),
        Operation::CreateTable(_)
        | Operation::CreateView(_)
        | Operation::CreateSchema { .. }
        | Operation::CreateFunction(_)
        | Operation::Begin
        | Operation::Commit { .. }
        | Operation::Rollback { .. }
        | Operation::Savepoint(_)
        | Operation::RollbackTo(_)
        | Operation::Release(_)
        | Operation::Set { .. }
        | Operation::Privilege { .. } => {}
        // "TRUNCATE TABLE drops and re-creates the table" (15.1.37); both wait for everybody.
        Operation::Drop(drop) if drop.kind == ObjectKind::Table => {
            for object in &drop.objects {
                let name = at(&object.name);
                if !is_temporary(&name) && !matches!(around.before.relation(&name), Lookup::Absent) {
                    effects.locks.insert(name, LockMode::AccessExclusive);
                }
            }
        }
        Operation::Truncate { tables, .. } => {
            for name in tables.iter().map(at).filter(|name| !is_temporary(name)) {
                effects.locks.insert(name, LockMode::AccessExclusive);
            }
        }
        _ => effects.unknown.all(),
    }
}

fn column_of<'a>(around: &Around<'a>, table: &Name, column: &str) -> Option<&'a crate::schema::Column> {
    let member = around.before.table(table).found()?.column(column).found()?;
    Some(&member.column)
}

/// Which server, by its version: MySQL went from 5.7 to 8.0, MariaDB from 5.5 to 10.0.
#[derive(Clone, Copy)]
enum Server {
    Mysql((u32, u32)),
    MariaDb((u32, u32)),
}

fn server(engine: Engine) -> Server {
    let version = engine.version();
    let number = (version.major, version.minor);
    if version.major >= 10 { Server::MariaDb(number) } else { Server::Mysql(number) }
}

#[cfg(test)]
mod tests {
    use crate::effects::{Around, LockMode, of};
    use crate::ops::{Session, Transaction, apply};
    use crate::schema::{Catalog, Dialect, Engine, Name};
    use crate::syntax::sql;
    use crate::text::{FileId, Span};

    const SETUP: &str = "CREATE TABLE customers (id INT PRIMARY KEY);
        CREATE TABLE orders (id INT PRIMARY KEY, number VARCHAR(20) NOT NULL, note VARCHAR(300), total INT,
            twice INT GENERATED ALWAYS AS (total * 2) VIRTUAL, kept INT GENERATED ALWAYS AS (total * 3) STORED,
            customer_id INT, KEY by_number (number), CONSTRAINT to_customer FOREIGN KEY (customer_id) REFERENCES customers (id));
        CREATE TABLE archive (id INT) ENGINE=MyISAM;";

    /// What a statement does to `orders`, in the words of the manual's tables: which lock, and whether it is read (`scan`) or written anew
    /// (`rebuild`).
    fn brief(engine: &str, text: &str) -> String {
        let engine = Engine::parse(engine).expect("an engine");
        let mut session = Session::new(engine, FileId(0), Transaction::None);
        let mut catalog = Catalog::new(Dialect::Mysql, false);
        let read = |text: &str| sql::read(text, Span::new(0, text.len() as u32), Dialect::Mysql).statements;
        for statement in read(SETUP) {
            let applied = apply(&catalog, &statement, &mut session);
            assert!(applied.results.iter().all(|one| one.conflict().is_none()), "{:?}", applied.results);
            catalog = applied.after;
        }
        let statements = read(text);
        let [statement] = statements.as_slice() else { panic!("{text}: {statements:?}") };
        let applied = apply(&catalog, statement, &mut session.clone());
        let around = Around {
            before: &catalog,
            after: &applied.after,
            session: &session,
            outcomes: &applied.results,
            foreign_keys: true,
        };
        let effects = of(statement, &around);
        assert!(applied.results.iter().all(|one| one.conflict().is_none()), "{text}: {:?}", applied.results);
        if effects.unknown.locks {
            return "unknown".to_owned();
        }
        let is_table = |name: &&Name| name.text() == "orders";
        let lock = effects.locks.iter().find(|(name, _)| is_table(name));
        let lock = lock.map_or("nothing", |(_, mode)| LockMode::in_mysql(*mode));
        let work = if effects.rewrites.iter().any(|name| is_table(&name)) {
            " rebuild"
        } else if effects.scans.iter().any(|name| is_table(&name)) {
            " scan"
        } else {
            ""
        };
        format!("{lock}{work}")
    }

    /// MySQL 8.0 Reference Manual, tables 17.15 to 17.21: "In Place", "Rebuilds Table", "Permits Concurrent DML".
    #[test]
    fn as_the_manual_of_8_0_says() {
        let table = [
            // Index operations.
            ("CREATE INDEX i ON orders (total)", "NONE scan"),
            ("ALTER TABLE orders ADD INDEX i (total)", "NONE scan"),
            ("ALTER TABLE orders ADD UNIQUE KEY u (number)", "NONE scan"),
            ("DROP INDEX by_number ON orders", "NONE"),
            ("ALTER TABLE orders RENAME INDEX by_number TO n", "NONE"),
            ("CREATE SPATIAL INDEX s ON orders (number)", "SHARED scan"),
            // Primary key operations.
            ("ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (number)", "NONE rebuild"),
            ("ALTER TABLE orders DROP PRIMARY KEY", "SHARED rebuild"),
            // Column operations.
            ("ALTER TABLE orders ADD COLUMN a INT", "NONE"),
            ("ALTER TABLE orders ADD COLUMN a INT FIRST", "unknown"),
            ("ALTER TABLE orders DROP COLUMN note", "unknown"),
            ("ALTER TABLE orders RENAME COLUMN note TO remark", "NONE"),
            ("ALTER TABLE orders ALTER COLUMN total SET DEFAULT 0", "NONE"),
            ("ALTER TABLE orders ALTER COLUMN total DROP DEFAULT", "NONE"),
            ("ALTER TABLE orders MODIFY COLUMN total BIGINT", "SHARED rebuild"),
            ("ALTER TABLE orders MODIFY COLUMN number VARCHAR(60) NOT NULL", "NONE"),
            ("ALTER TABLE orders MODIFY COLUMN number VARCHAR(200) NOT NULL", "unknown"),
            ("ALTER TABLE orders MODIFY COLUMN note VARCHAR(400)", "NONE"),
            ("ALTER TABLE orders MODIFY COLUMN number VARCHAR(10) NOT NULL", "SHARED rebuild"),
            ("ALTER TABLE orders MODIFY COLUMN total INT NOT NULL", "NONE rebuild"),
            ("ALTER TABLE orders MODIFY COLUMN number VARCHAR(20) NULL", "NONE rebuild"),
            // Generated column operations.
            ("ALTER TABLE orders ADD COLUMN g INT GENERATED ALWAYS AS (total + 1) STORED", "SHARED rebuild"),
            ("ALTER TABLE orders ADD COLUMN g INT GENERATED ALWAYS AS (total + 1) VIRTUAL", "NONE"),
            ("ALTER TABLE orders DROP COLUMN twice", "NONE"),
            // Foreign key operations.
            (
                "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (total) REFERENCES customers (id)",
                "SHARED rebuild",
            ),
            ("ALTER TABLE orders DROP FOREIGN KEY to_customer", "NONE"),
            // Table operations.
            ("ALTER TABLE orders ROW_FORMAT = COMPRESSED", "NONE rebuild"),
            ("ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4", "SHARED rebuild"),
            ("ALTER TABLE orders FORCE", "NONE rebuild"),
            ("ALTER TABLE orders ENGINE=InnoDB", "NONE rebuild"),
            ("ALTER TABLE orders RENAME TO sales", "NONE"),
            ("ALTER TABLE orders STATS_PERSISTENT=0", "NONE"),
            // The hardest action decides; so does what is asked for.
            ("ALTER TABLE orders ADD COLUMN a INT, ADD INDEX i (total)", "NONE scan"),
            ("ALTER TABLE orders ADD COLUMN a INT, MODIFY COLUMN total BIGINT", "SHARED rebuild"),
            ("ALTER TABLE orders ADD INDEX i (total), LOCK=SHARED", "SHARED scan"),
            ("ALTER TABLE orders ADD COLUMN a INT, ALGORITHM=COPY", "SHARED rebuild"),
            ("ALTER TABLE orders ADD COLUMN a INT, ALGORITHM = INPLACE", "unknown"),
            // No ALTER TABLE.
            ("TRUNCATE TABLE orders", "EXCLUSIVE"),
            ("DROP TABLE orders", "EXCLUSIVE"),
            ("UPDATE orders SET total = 1", "unknown"),
            // Another engine, of which these tables say nothing.
            ("ALTER TABLE archive ADD COLUMN a INT", "unknown"),
        ];
        for (text, expected) in table {
            assert_eq!(brief("mysql@8.0", text), expected, "{text}");
        }
    }

    /// MySQL 5.7 Reference Manual, 14.13.1; MySQL 8.4 Reference Manual, 17.12.1; MariaDB, "InnoDB Online DDL Operations".
    #[test]
    fn versions_differ_in_columns() {
        let table = [
            ("mysql@5.7", "ALTER TABLE orders ADD COLUMN a INT", "NONE rebuild"),
            ("mysql@5.7", "ALTER TABLE orders DROP COLUMN note", "NONE rebuild"),
            ("mysql@5.7", "ALTER TABLE orders MODIFY COLUMN total BIGINT", "SHARED rebuild"),
            ("mysql@8.4", "ALTER TABLE orders ADD COLUMN a INT AFTER id", "NONE"),
            ("mysql@8.4", "ALTER TABLE orders DROP COLUMN note", "NONE"),
            ("mysql@8.4", "ALTER TABLE orders DROP COLUMN twice", "NONE"),
            ("mariadb@10.2", "ALTER TABLE orders ADD COLUMN a INT", "NONE rebuild"),
            ("mariadb@10.3", "ALTER TABLE orders ADD COLUMN a INT", "NONE"),
            ("mariadb@10.3", "ALTER TABLE orders ADD COLUMN a INT FIRST", "NONE rebuild"),
            ("mariadb@10.3", "ALTER TABLE orders DROP COLUMN note", "NONE rebuild"),
            ("mariadb@10.6", "ALTER TABLE orders ADD COLUMN a INT FIRST", "NONE"),
            ("mariadb@10.6", "ALTER TABLE orders DROP COLUMN note", "NONE"),
            ("mariadb@10.6", "ALTER TABLE orders DROP PRIMARY KEY", "SHARED rebuild"),
        ];
        for (engine, text, expected) in table {
            assert_eq!(brief(engine, text), expected, "{engine}: {text}");
        }
    }
}
