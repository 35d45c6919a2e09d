//! gander's replay of a statement, and of its second run, against what real servers did: `tests/data/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use gander::effects::refuses_transaction;
use gander::effects::support::{Surroundings, lack};
use gander::ops::{Operation, Session, Transaction, apply, resolve};
use gander::schema::{Catalog, Dialect, Engine, Name, Version};
use gander::syntax::sql;
use gander::text::{FileId, Span};
use serde_json::Value;

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Aspect {
    /// Every statement of the setup is read and accepted.
    Setup,
    /// The first run.
    First,
    /// The first run where no table has rows (SQLite).
    Empty,
    /// The second run.
    Second,
    /// Whether it runs in a transaction.
    Transaction,
}
use Aspect::{Empty, First, Second, Setup, Transaction as InTransaction};

/// Where gander and the server differ, and why that is left so. An entry that agrees fails the test.
const POSTGRES: &[(&str, Aspect, &str)] = &[
    (
        "alter_type/int_to_bool_using",
        Second,
        "which operators a type has is not modelled: the USING of the second run does not fit the new type",
    ),
    (
        "function/create_extension_missing",
        First,
        "which extensions a server has on disk is not in the history",
    ),
    ("function/create_missing_table_sql", First, "the body of a function is not looked into"),
    (
        "type/enum_add_value_and_use",
        InTransaction,
        "each of the two statements runs in a transaction: it is the use of a new label that does not",
    ),
];

/// The same for SQLite.
const SQLITE: &[(&str, Aspect, &str)] = &[
    ("add_column/check_default_bad", First, "it depends on the rows: SQLite answers with its general code"),
    ("add_column/not_null", First, "it depends on the rows: not-null-without-backfill tells it"),
    ("add_column/not_null_default_null", First, "it depends on the rows: not-null-without-backfill tells it"),
    (
        "misc/attach",
        Second,
        "an attached database lasts as long as its connection; a second run of a migration has another",
    ),
    ("misc/begin_in_transaction", InTransaction, "nested-transaction tells it"),
    (
        "rename/table_broken_view_legacy",
        Setup,
        "in the data a semicolon is missing between the last two statements",
    ),
];

/// Scripts of which PostgreSQL 15 accepts every statement but, where an SQLSTATE is given, the last.
const LAST: &[(&str, &str)] = &[
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE VIEW v AS SELECT id, a AS b FROM t; ALTER TABLE t DROP COLUMN b",
        "",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE VIEW v AS SELECT count(*) AS b FROM t; ALTER TABLE t DROP COLUMN b; ALTER TABLE t DROP COLUMN a",
        "",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE VIEW v AS SELECT id, CASE WHEN a > 1 THEN 1 END FROM t; ALTER TABLE t ALTER a TYPE bigint",
        "0A000",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT t.id, u.a FROM t JOIN u ON u.id = t.id; ALTER TABLE t DROP COLUMN a",
        "",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (id int PRIMARY KEY, c int); CREATE VIEW v AS SELECT t.id, a FROM t JOIN u ON u.id = t.id; ALTER TABLE t DROP COLUMN a",
        "2BP01",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE VIEW v AS SELECT id FROM t ORDER BY a; ALTER TABLE t DROP COLUMN a",
        "2BP01",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (id int, t_id int REFERENCES t); ALTER TABLE t DROP COLUMN id CASCADE; ALTER TABLE u DROP CONSTRAINT u_t_id_fkey",
        "42704",
    ),
    (
        "CREATE TABLE t (id int UNIQUE, a int); CREATE UNIQUE INDEX t_u ON t (id); CREATE TABLE u (id int REFERENCES t (id)); DROP INDEX t_u",
        "",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE l (LIKE t INCLUDING ALL); CREATE TABLE u (id int REFERENCES l (id)); ALTER TABLE l DROP CONSTRAINT l_pkey CASCADE",
        "",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE l (LIKE t); CREATE TABLE u (id int REFERENCES l (id))",
        "42830",
    ),
    (
        "CREATE TABLE p (id int PRIMARY KEY, a int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9); CREATE TABLE u (id int REFERENCES p1 (id)); CREATE INDEX i ON p1 (a); ALTER TABLE p ADD COLUMN c int; CREATE INDEX j ON p1 (c); ALTER TABLE p1 ADD CONSTRAINT k UNIQUE (c); ALTER TABLE p DROP COLUMN c",
        "",
    ),
    (
        "CREATE TABLE p (id int NOT NULL, a int) PARTITION BY RANGE (id); ALTER TABLE p ADD PRIMARY KEY (a)",
        "0A000",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int); ALTER TABLE t ADD CONSTRAINT x UNIQUE (a) , ADD CONSTRAINT y CHECK (a > 0); ALTER TABLE t DROP COLUMN a, ADD COLUMN a bigint; ALTER TABLE t ADD CONSTRAINT x UNIQUE (a)",
        "",
    ),
    (
        "CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT n UNIQUE (id)); ALTER TABLE t DROP CONSTRAINT n",
        "",
    ),
    ("CREATE TABLE t (id int UNIQUE, a int, CONSTRAINT n UNIQUE (id)); ALTER TABLE t DROP CONSTRAINT n", ""),
    ("CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (m text, x m); DROP TYPE m", "2BP01"),
    ("CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (m text, x m[]); DROP TYPE m", "2BP01"),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (x m); ALTER TYPE m RENAME TO m_old; CREATE TYPE m AS ENUM ('a','b'); ALTER TABLE t ALTER x TYPE m USING x::text::m; DROP TYPE m_old",
        "",
    ),
    (
        "CREATE TYPE c AS (a int, b text); ALTER TYPE c ALTER ATTRIBUTE b TYPE varchar(10); ALTER TYPE c ADD ATTRIBUTE d int; ALTER TYPE c DROP ATTRIBUTE d",
        "",
    ),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (a int); CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ALTER a TYPE bigint; DROP TABLE t; DROP FUNCTION f()",
        "",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE POLICY p ON t FOR SELECT TO public USING (b > 0); ALTER TABLE t DROP COLUMN a; ALTER TABLE t DROP COLUMN b",
        "2BP01",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE POLICY p ON t FOR ALL USING (b > 0) WITH CHECK (a = 1); ALTER TABLE t ALTER a TYPE bigint",
        "0A000",
    ),
    (
        "CREATE TABLE t (a int); ALTER TABLE t ALTER a SET NOT NULL, ALTER a ADD GENERATED BY DEFAULT AS IDENTITY",
        "",
    ),
    (
        "CREATE TABLE t (a int); ALTER TABLE t ADD PRIMARY KEY (a), ALTER a ADD GENERATED BY DEFAULT AS IDENTITY",
        "",
    ),
    (
        "CREATE TABLE a (x int); CREATE TABLE b () INHERITS (a); ALTER TABLE b NO INHERIT a; ALTER TABLE b DROP COLUMN x; DROP TABLE a",
        "",
    ),
    (
        "CREATE TABLE a (x int, y int) PARTITION BY LIST (x); CREATE TABLE b (y int, x int); ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)",
        "",
    ),
    (
        "CREATE TABLE a (x int, y int); CREATE VIEW v AS SELECT * FROM a; ALTER TABLE v RENAME COLUMN y TO z; ALTER VIEW v RENAME COLUMN z TO y; ALTER VIEW v RENAME COLUMN z TO y",
        "42703",
    ),
    (
        "CREATE TABLE a (x int PRIMARY KEY); CREATE UNLOGGED TABLE b (x int REFERENCES a); ALTER TABLE a SET UNLOGGED; ALTER TABLE b SET LOGGED",
        "42P16",
    ),
    (
        "CREATE TABLE a (x int PRIMARY KEY); CREATE TABLE b (x int REFERENCES a); TRUNCATE a, b; TRUNCATE a CASCADE; TRUNCATE b; TRUNCATE a",
        "0A000",
    ),
    ("CREATE TABLE a (x int, x text)", "42701"),
    (
        "CREATE PUBLICATION p; CREATE TABLE a (x int); CREATE TABLE b (x int); ALTER PUBLICATION p ADD TABLE a, b; ALTER PUBLICATION p DROP TABLE a; ALTER PUBLICATION p ADD TABLE a; ALTER PUBLICATION p SET TABLE a; ALTER PUBLICATION p ADD TABLE b",
        "",
    ),
    ("CREATE CAST (text AS int4range) WITH INOUT; CREATE CAST (text AS int4range) WITH INOUT", "42710"),
    (
        r#"CREATE TABLE t (a int, "order" int); CREATE VIEW v AS SELECT "order" FROM t; ALTER TABLE t DROP COLUMN a; ALTER TABLE t DROP COLUMN "order""#,
        "2BP01",
    ),
    (
        "CREATE TABLE a (x int); CREATE TABLE b () INHERITS (a); CREATE TABLE c () INHERITS (b); ALTER TABLE a ADD COLUMN y int; ALTER TABLE c ALTER COLUMN y SET DEFAULT 1; ALTER TABLE a RENAME y TO z; ALTER TABLE c ALTER z TYPE bigint",
        "42P16",
    ),
];

#[test]
fn what_depends_on_an_object_keeps_it() {
    let engine = Engine { dialect: Dialect::Postgres, version: Some(Version { major: 15, minor: 0 }) };
    let run = Run { engine, foreign_keys: true, rows: Rows::None };
    let mut complaints = Vec::new();
    for (script, state) in LAST {
        let (before, last) = script.rsplit_once("; ").unwrap_or(("", script));
        let mut catalog = Catalog::new(Dialect::Postgres, false);
        let mut filled = BTreeSet::new();
        if let Some(error) = run.run(before, &mut catalog, &mut filled) {
            complaints.push(format!("{before}: {error}"));
        }
        let seen = run.run(last, &mut catalog, &mut filled).unwrap_or_default();
        if seen.split(' ').next() != Some(*state) {
            complaints.push(format!("{script}: wanted {state}, found {seen}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn postgres_does_what_gander_says() {
    let cases = cases(include_str!("../data/postgres-shown.json"), None);
    let mut tally = Tally::default();
    for case in &cases {
        for (major, result) in case["results"].as_object().expect("results by major") {
            if !result["setup_error"].is_null() {
                continue;
            }
            let version = Version { major: major.parse().expect("a major"), minor: 0 };
            let engine = Engine { dialect: Dialect::Postgres, version: Some(version) };
            let seen = Seen::of(case, engine);
            let outside = result["error_outside_transaction"].as_str();
            let told = Told {
                first: outside.map(str::to_owned).or_else(|| schema_error(&result["error"])),
                empty: None,
                second: (outside.is_none() && result["error"].is_null())
                    .then(|| schema_error(&result["second_run"])),
                in_transaction: result["in_transaction"].as_bool(),
            };
            tally.compare(text(&case["id"]), major, &seen, &told);
        }
    }
    tally.finish(POSTGRES);
}

#[test]
fn sqlite_does_what_gander_says() {
    let cases = cases(include_str!("../data/sqlite-shown.json"), Some("cases"));
    let mut tally = Tally::default();
    for case in &cases {
        let engine = Engine { dialect: Dialect::Sqlite, version: Some(Version { major: 3, minor: 40 }) };
        let seen = Seen::of(case, engine);
        let result = &case["result"];
        let told = Told {
            first: sqlite_error(&result["error"]),
            empty: Some(sqlite_error(&result["error_on_empty_tables"])),
            second: (result["error"].is_null()).then(|| sqlite_error(&result["second_run"])),
            in_transaction: result["in_transaction"].as_bool(),
        };
        tally.compare(text(&case["id"]), "3.40", &seen, &told);
    }
    tally.finish(SQLITE);
}

/// What the server did, as far as a schema shows it. None: it accepted the statement.
struct Told {
    first: Option<String>,
    empty: Option<Option<String>>,
    second: Option<Option<String>>,
    in_transaction: Option<bool>,
}

/// What gander says. None: nothing refuses it.
struct Seen {
    setup: Option<String>,
    first: Option<String>,
    empty: Option<String>,
    second: Option<String>,
    refuses_transaction: bool,
}

impl Seen {
    fn of(case: &Value, engine: Engine) -> Self {
        let foreign_keys = case["foreign_keys"].as_bool().unwrap_or(true);
        let mut filled = BTreeSet::new();
        let mut before = Catalog::new(engine.dialect, false);
        let setup = text(&case["setup_sql"]);
        let setup = Run { engine, foreign_keys, rows: Rows::None }.run(setup, &mut before, &mut filled);
        let statement = text(&case["statement"]);
        let run = Run { engine, foreign_keys, rows: Rows::Filled };
        let mut after = before.clone();
        let first = run.run(statement, &mut after, &mut filled.clone());
        let mut again = after.clone();
        let second = run.run(statement, &mut again, &mut filled.clone());
        let empty = Run { rows: Rows::None, ..run }.run(statement, &mut before.clone(), &mut BTreeSet::new());
        let refuses_transaction = run.refuses_transaction(statement, &before);
        Self { setup, first, empty, second, refuses_transaction }
    }
}

/// Whether tables hold rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    None,
    Filled,
}

#[derive(Clone, Copy)]
struct Run {
    engine: Engine,
    foreign_keys: bool,
    rows: Rows,
}

impl Run {
    /// Runs a script outside a transaction up to its first error: the SQLSTATE, and why.
    fn run(self, script: &str, catalog: &mut Catalog, filled: &mut BTreeSet<Name>) -> Option<String> {
        let read = sql::read(script, Span::new(0, script.len() as u32), self.engine.dialect);
        let mut session = Session::new(self.engine, FileId(0), Transaction::None);
        catalog.end_session();
        for statement in &read.statements {
            for op in &statement.ops {
                if let Operation::Opaque { expected, .. } = &op.kind {
                    return Some(format!("42601 not read: {expected} expected"));
                }
                let table = table_of(&op.kind).map(|name| resolve(catalog, &session, name));
                let empty =
                    table.as_ref().is_some_and(|table| self.rows == Rows::None || !filled.contains(table));
                let around = Surroundings {
                    engine: self.engine,
                    before: catalog,
                    table,
                    empty,
                    foreign_keys: self.foreign_keys,
                    complete: true,
                };
                if let Some(lack) = lack(statement, op, &around) {
                    return Some(format!("lack {lack:?}"));
                }
            }
            for op in &statement.ops {
                if let Operation::Insert(insert) = &op.kind {
                    filled.insert(resolve(catalog, &session, &insert.table));
                }
            }
            let applied = apply(catalog, statement, &mut session);
            *catalog = applied.after;
            let conflicts: Vec<String> = applied
                .results
                .iter()
                .filter_map(|outcome| outcome.conflict())
                .map(|conflict| format!("{} {conflict}", conflict.sqlstate()))
                .collect();
            if !conflicts.is_empty() {
                return Some(conflicts.join(" / "));
            }
        }
        None
    }

    fn refuses_transaction(self, script: &str, before: &Catalog) -> bool {
        let read = sql::read(script, Span::new(0, script.len() as u32), self.engine.dialect);
        let mut session = Session::new(self.engine, FileId(0), Transaction::Tool);
        session.at_begin = Some(Box::new(before.clone()));
        let mut catalog = before.clone();
        read.statements.iter().any(|statement| {
            let refuses =
                statement.ops.iter().any(|op| refuses_transaction(&op.kind, &session, &catalog).is_some());
            catalog = apply(&catalog, statement, &mut session).after;
            refuses
        })
    }
}

/// The table whose rows decide.
fn table_of(operation: &Operation) -> Option<&Name> {
    match operation {
        Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::SetTableOption { table, .. } => Some(&table.name),
        Operation::CreateIndex(create) => Some(&create.table),
        _ => None,
    }
}

/// What agreed and what did not.
#[derive(Default)]
struct Tally {
    compared: BTreeMap<Aspect, (u32, u32)>,
    differs: BTreeMap<(String, Aspect), Vec<String>>,
}

impl Tally {
    fn compare(&mut self, id: &str, version: &str, seen: &Seen, told: &Told) {
        self.note(id, version, Setup, None, seen.setup.as_ref());
        self.note(id, version, First, told.first.as_ref(), seen.first.as_ref());
        if let Some(empty) = &told.empty {
            self.note(id, version, Empty, empty.as_ref(), seen.empty.as_ref());
        }
        if let Some(second) = &told.second {
            self.note(id, version, Second, second.as_ref(), seen.second.as_ref());
        }
        if let Some(runs) = told.in_transaction {
            let state = |refuses: bool| refuses.then(|| "25001".to_owned());
            self.note(
                id,
                version,
                InTransaction,
                state(!runs).as_ref(),
                state(seen.refuses_transaction).as_ref(),
            );
        }
    }

    fn note(
        &mut self,
        id: &str,
        version: &str,
        aspect: Aspect,
        told: Option<&String>,
        seen: Option<&String>,
    ) {
        let (compared, agree) = self.compared.entry(aspect).or_default();
        *compared += 1;
        let same = match (told, seen) {
            (None, None) => true,
            (Some(told), Some(seen)) => {
                seen.starts_with("lack")
                    || told == "any"
                    || seen.split(" / ").any(|one| one.starts_with(told.as_str()))
            }
            (Some(_), None) | (None, Some(_)) => false,
        };
        if same {
            *agree += 1;
        } else {
            let say = |one: Option<&String>| one.map_or("accepted".to_owned(), Clone::clone);
            self.differs.entry((id.to_owned(), aspect)).or_default().push(format!(
                "{version}: server {}, gander {}",
                say(told),
                say(seen)
            ));
        }
    }

    fn finish(self, left: &[(&str, Aspect, &str)]) {
        for (aspect, (compared, agree)) in &self.compared {
            println!("{aspect:?}: {agree} of {compared} agree");
        }
        let mut complaints = Vec::new();
        for ((id, aspect), how) in &self.differs {
            if !left.iter().any(|(known, of, _)| known == id && of == aspect) {
                complaints.push(format!("{id} ({aspect:?}):\n    {}", how.join("\n    ")));
            }
        }
        for (id, aspect, _) in left {
            if !self.differs.contains_key(&((*id).to_owned(), *aspect)) {
                complaints.push(format!("{id} ({aspect:?}) agrees: strike it off the list"));
            }
        }
        assert!(complaints.is_empty(), "{} differ:\n{}", complaints.len(), complaints.join("\n"));
    }
}

/// An error that a schema can show: not one of rows (22, 23, but 22023 which is about a name), nor of the system.
fn schema_error(error: &Value) -> Option<String> {
    let state = error.as_str().filter(|state| !matches!(*state, "noop" | "ok"))?;
    let of_schema =
        state.starts_with("42") || matches!(state, "2BP01" | "3F000" | "55000" | "0A000" | "22023");
    of_schema.then(|| state.to_owned())
}

/// SQLite has one code for all of it; those of rows are told apart.
fn sqlite_error(error: &Value) -> Option<String> {
    (error.as_str() == Some("SQLITE_ERROR")).then(|| "any".to_owned())
}

fn cases(json: &str, inside: Option<&str>) -> Vec<Value> {
    let json: Value = serde_json::from_str(json).expect("the data is JSON");
    let list = match inside {
        Some(key) => json[key].clone(),
        None => json,
    };
    match list {
        Value::Array(cases) => cases,
        other => panic!("no list of cases: {other}"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
