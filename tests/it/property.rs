//! Sequences of statements made at random do to the catalog what they do to a server: the same ones are refused, the same schema is left.
//!
//! `GANDER_SEED=7 GANDER_SEQUENCES=5000` plays others, and more of them. What fails is cut down to the statements that it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use gander::schema::{Catalog, Dialect, ObjectKind, ObjectRef, Relation, Table};

use crate::support::side_by_side::{
    Played, Replay, Verdict, disputed, on_catalog, on_postgres, on_sqlite, read_dump, unlike,
};
use crate::support::{postgres, sqlite};

/// How many statements a sequence has.
const LENGTH: u64 = 24;

/// Where the catalog is known to differ from the server. An example that agrees fails the test.
struct Known {
    /// How the disagreement begins; where nothing stands here, no sequence has such a statement.
    start: &'static str,
    /// What stands in it, or in the statement.
    inside: &'static str,
    /// The smallest one.
    example: &'static str,
    /// What is not modelled.
    why: &'static str,
}

const POSTGRES: &[Known] = &[
    Known {
        start: "accepted, not 23502",
        inside: "",
        example: "CREATE TABLE t (a int); INSERT INTO t VALUES (NULL); ALTER TABLE t ADD PRIMARY KEY (a);",
        why: "it depends on the rows",
    },
    Known {
        start: "accepted, not 42804",
        inside: "",
        example: "CREATE TABLE t (a int); CREATE TABLE u (a text) INHERITS (t);",
        why: "the types of inherited columns are not compared",
    },
    Known {
        start: "drift: column-nullability",
        inside: "",
        example: "CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u () INHERITS (t); ALTER TABLE u ALTER a DROP NOT NULL;",
        why: "a dump has no words for an heir that takes NULL where its parent does not",
    },
    Known {
        start: "drift: publication-differs",
        inside: "",
        example: "CREATE TABLE t (a int); CREATE TABLE u () INHERITS (t); CREATE PUBLICATION p FOR TABLE t;",
        why: "a publication gets the heirs of its tables",
    },
    Known {
        start: "accepted, not 42P01",
        inside: "VIEW",
        example: "SET search_path = n1, public; CREATE VIEW v AS SELECT a FROM u;",
        why: "what a view reads is not looked for where the search path has a schema that is not there",
    },
];

const SQLITE: &[Known] = &[
    Known {
        start: "accepted, not error",
        inside: "error in view",
        example: "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT c FROM t; ALTER TABLE t DROP COLUMN b;",
        why: "the columns that a view reads are not looked for",
    },
    Known {
        start: "accepted, not error",
        inside: "circularly defined",
        example: "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM v; ALTER TABLE t DROP COLUMN b;",
        why: "views that read each other are not taken for broken",
    },
    Known {
        start: "",
        inside: "TEMP",
        example: "CREATE TEMP TABLE t (a int); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;",
        why: "what is on a temporary table is temporary",
    },
];

#[test]
fn postgres_sequences() {
    let play = |database: &mut Option<postgres::Database>, script: &str| {
        on_postgres(database.get_or_insert_with(postgres::fresh_database), script)
    };
    run(Dialect::Postgres, 120, POSTGRES, play, postgres::Database::dump_schema);
}

#[test]
fn sqlite_sequences() {
    let play = |database: &mut Option<sqlite::Database>, script: &str| {
        on_sqlite(database.insert(sqlite::fresh_database(false)), script)
    };
    run(Dialect::Sqlite, 240, SQLITE, play, sqlite::Database::schema);
}

/// Makes sequences, plays each on both sides, and shows the smallest of what fails.
fn run<D>(
    dialect: Dialect,
    count: u64,
    known: &[Known],
    play: impl Fn(&mut Option<D>, &str) -> Result<Played, String> + Sync,
    dump: impl Fn(&D) -> String + Sync,
) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (seed, count) = (number("GANDER_SEED").unwrap_or(1), number("GANDER_SEQUENCES").unwrap_or(count));
    let next = AtomicU64::new(0);
    let failures: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let (play, dump) = (&play, &dump);
    let work = || {
        let mut database = None;
        loop {
            let sequence = next.fetch_add(1, Ordering::Relaxed);
            if sequence >= count {
                break;
            }
            let statements = Maker::new(dialect, seed, sequence).sequence();
            let mut server = Server { dialect, database: &mut database, play, dump };
            let (statements, found) = failing(&mut server, statements, known);
            let Some(first) = found.first().map(|line| kind(line)) else { continue };
            if failures.lock().expect("nobody panics with the lock").contains_key(&first) {
                continue;
            }
            let smallest = shrunk(statements, |fewer| {
                failing(&mut server, fewer.to_vec(), known).1.iter().any(|line| kind(line) == first)
            });
            let shown = smallest.concat();
            let found = failing(&mut server, smallest, known).1.join("\n    ");
            let shown = format!("seed {seed}, sequence {sequence}:\n{shown}    {found}");
            failures.lock().expect("nobody panics with the lock").insert(first, shown);
        }
    };
    // Most of the time is spent waiting for a server.
    let workers = 2 * thread::available_parallelism().map_or(2, NonZero::get);
    thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    let failures = failures.into_inner().expect("nobody panics with the lock");
    let shown: Vec<String> = failures.into_values().collect();
    assert!(
        shown.is_empty(),
        "{} kinds of disagreement in {count} sequences:\n\n{}",
        shown.len(),
        shown.join("\n")
    );
    let mut database = None;
    let mut agree = Vec::new();
    for known in known {
        let mut server = Server { dialect, database: &mut database, play, dump };
        let found = failing(&mut server, vec![known.example.to_owned()], &[]).1;
        let still = found.iter().any(|line| line.starts_with(known.start) && line.contains(known.inside));
        if !still && (found.is_empty() || !known.start.is_empty()) {
            agree.push(format!("{} ({})", known.example, known.why));
        }
    }
    assert!(agree.is_empty(), "these are so no more: strike them off the list:\n{}", agree.join("\n"));
}

/// What a script is played on.
struct Server<'a, D, P, Q> {
    dialect: Dialect,
    database: &'a mut Option<D>,
    play: P,
    dump: Q,
}

/// Plays a sequence without the statements about which it is known that the two do not agree; what is left of it, and what fails there.
fn failing<D>(
    server: &mut Server<
        '_,
        D,
        impl Fn(&mut Option<D>, &str) -> Result<Played, String>,
        impl Fn(&D) -> String,
    >,
    mut statements: Vec<String>,
    known: &[Known],
) -> (Vec<String>, Vec<String>) {
    let dialect = server.dialect;
    let never = |statement: &String| {
        known.iter().any(|known| known.start.is_empty() && statement.contains(known.inside))
    };
    statements.retain(|statement| !never(statement));
    let expected = |line: &str| {
        let mut known = known.iter().filter(|known| !known.start.is_empty());
        known.any(|known| line.starts_with(known.start) && line.contains(known.inside))
    };
    loop {
        let script = statements.concat();
        let told = match (server.play)(server.database, &script) {
            Ok(played) => played,
            Err(error) => return (statements, vec![error]),
        };
        let (ours, catalog) = on_catalog(&script, dialect, Some(&told.verdicts));
        let mut disputed = disputed(&script, dialect, &told, &ours);
        // Which of several faults a server sees first is not told: what it says of a single one is for the scripts.
        disputed.retain(|(number, _)| {
            told.verdicts[*number].states.is_empty() || ours.verdicts[*number].states.is_empty()
        });
        let left_out: BTreeSet<usize> =
            disputed.iter().filter(|(_, line)| expected(line)).map(|(number, _)| *number).collect();
        if !left_out.is_empty() {
            let all = statements.into_iter().enumerate();
            statements =
                all.filter(|(at, _)| !left_out.contains(at)).map(|(_, statement)| statement).collect();
            continue;
        }
        let mut found: Vec<String> = disputed.into_iter().map(|(_, line)| line).collect();
        found.extend(unlike("", &told.inventory, &ours.inventory));
        if let Some(database) = &server.database {
            let (dumped, lines) = read_dump(&(server.dump)(database), dialect);
            found.extend(lines);
            found.extend(catalog.diff(&dumped).iter().map(|difference| format!("drift: {difference}")));
        }
        found.retain(|line| !expected(line));
        return (statements, found);
    }
}

/// What two disagreements have in common that are of one kind: the verdict, the kind of statement and the message without its names.
fn kind(line: &str) -> String {
    let (what, why) = line.split_once("  -- ").unwrap_or((line, ""));
    let (verdict, statement) = what.split_once(": ").unwrap_or(("", what));
    let why =
        why.split_once(": ").filter(|(place, _)| place.contains("error near")).map_or(why, |(_, why)| why);
    let of = |text: &str, count: usize| {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let telling = words.filter(|word| word.len() > 2 && !word.contains(char::is_numeric));
        telling.take(count).collect::<Vec<_>>().join(" ")
    };
    format!("{verdict}: {} -- {}", of(statement, 2), of(why, 6))
}

/// Leaves out statements as long as what is left still fails.
fn shrunk(mut statements: Vec<String>, mut fails: impl FnMut(&[String]) -> bool) -> Vec<String> {
    let mut size = statements.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < statements.len() {
            let mut fewer = statements.clone();
            fewer.drain(at..(at + size).min(statements.len()));
            if fails(&fewer) {
                statements = fewer;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    statements
}

/// Numbers that look like chance and are the same each time (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        high as usize % limit.max(1)
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn maybe(&mut self, share: usize, text: &'static str) -> &'static str {
        if self.percent(share) { text } else { "" }
    }
}

/// Makes a sequence, looking at what the statements before have left.
struct Maker {
    chance: Chance,
    replay: Replay,
    dialect: Dialect,
}

/// Columns of these names are integers, those of `TEXTS` are text: what compares and refers fits.
const NUMBERS: &[&str] = &["a", "b", "c", "d"];
const TEXTS: &[&str] = &["s", "u"];

impl Maker {
    fn new(dialect: Dialect, seed: u64, sequence: u64) -> Self {
        let start = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ sequence.wrapping_mul(0xD1B5_4A32_D192_ED03);
        let mut chance = Chance(start | 1);
        // The first numbers of two near starts are near too.
        for _ in 0..8 {
            chance.below(2);
        }
        Self { chance, replay: Replay::new(dialect), dialect }
    }

    fn sequence(mut self) -> Vec<String> {
        let mut statements = Vec::new();
        for _ in 0..LENGTH {
            let statement =
                format!("{};\n", self.statement().split_whitespace().collect::<Vec<_>>().join(" "));
            self.replay.play(&statement, None);
            statements.push(statement);
        }
        if self.replay.session.in_transaction() {
            statements.push(if self.chance.percent(70) { "COMMIT;\n" } else { "ROLLBACK;\n" }.to_owned());
        }
        statements
    }

    fn catalog(&self) -> &Catalog {
        &self.replay.catalog
    }

    /// A name: mostly of something that is there, else any.
    fn named(&mut self, there: Vec<String>, any: &[&str]) -> String {
        if !there.is_empty() && self.chance.percent(88) {
            let at = self.chance.below(there.len());
            return there[at].clone();
        }
        self.chance.one(any).to_owned()
    }

    fn shown(name: &gander::schema::Name) -> String {
        match &name.schema {
            Some(schema)
                if *schema != *"public"
                    && *schema != *"main"
                    && *schema != *"pg_temp"
                    && *schema != *"temp" =>
            {
                format!("{schema}.{}", name.ident)
            }
            Some(_) | None => name.ident.to_string(),
        }
    }

    fn table(&mut self) -> String {
        let there = self.catalog().tables().map(|table| Self::shown(&table.name)).collect();
        self.named(there, &["t1", "t2", "t3", "t4", "t5", "v1", "s1"])
    }

    /// The table of that name, as it is now.
    fn known(&self, name: &str) -> Option<&Table> {
        self.catalog().tables().find(|table| Self::shown(&table.name) == name)
    }

    fn column(&mut self, table: &str) -> String {
        let columns =
            |table: &Table| table.columns.iter().map(|member| member.column.name.to_string()).collect();
        let there = self.known(table).map_or_else(Vec::new, columns);
        self.named(there, &["a", "b", "c", "d", "s", "u"])
    }

    fn number(&mut self, table: &str) -> String {
        let columns = |table: &Table| -> Vec<String> {
            table.columns.iter().map(|member| member.column.name.to_string()).collect()
        };
        let mut there = self.known(table).map_or_else(Vec::new, columns);
        there.retain(|name| NUMBERS.contains(&name.as_str()));
        self.named(there, NUMBERS)
    }

    fn text(&mut self, table: &str) -> String {
        let columns = |table: &Table| -> Vec<String> {
            table.columns.iter().map(|member| member.column.name.to_string()).collect()
        };
        let mut there = self.known(table).map_or_else(Vec::new, columns);
        there.retain(|name| TEXTS.contains(&name.as_str()));
        self.named(there, TEXTS)
    }

    fn constraint(&mut self, table: &str) -> String {
        let names = |table: &Table| table.constraints.iter().map(|(ident, _)| ident.to_string()).collect();
        let there = self.known(table).map_or_else(Vec::new, names);
        self.named(there, &["c1", "c2", "t1_pkey", "t1_a_key"])
    }

    fn relation(&mut self, which: impl Fn(&Relation) -> bool, any: &[&str]) -> String {
        let there = self
            .catalog()
            .relations()
            .filter(|(_, relation)| which(relation))
            .map(|(name, _)| Self::shown(name));
        let there = there.collect();
        self.named(there, any)
    }

    fn index(&mut self) -> String {
        self.relation(|relation| matches!(relation, Relation::Index(_)), &["i1", "i2", "t1_pkey"])
    }

    fn view(&mut self) -> String {
        self.relation(
            |relation| matches!(relation, Relation::View(view) if !view.materialized),
            &["v1", "v2", "t1"],
        )
    }

    fn materialized(&mut self) -> String {
        self.relation(|relation| matches!(relation, Relation::View(view) if view.materialized), &["m1", "v1"])
    }

    fn sequence_name(&mut self) -> String {
        self.relation(|relation| matches!(relation, Relation::Sequence(_)), &["s1", "s2", "t1"])
    }

    fn type_name(&mut self) -> String {
        let there = self.catalog().types().map(|entry| Self::shown(&entry.name)).collect();
        self.named(there, &["e1", "e2"])
    }

    fn others(&self, kind: ObjectKind) -> Vec<ObjectRef> {
        self.catalog()
            .others()
            .map(|(object, _)| object.clone())
            .filter(|object| object.kind == kind)
            .collect()
    }

    /// A trigger, policy or rule, with its table.
    fn on_table(&mut self, kind: ObjectKind, any: &[&str]) -> (String, String) {
        let there = self.others(kind);
        if !there.is_empty() && self.chance.percent(88) {
            let object = &there[self.chance.below(there.len())];
            let table = object.on.as_ref().map_or_else(String::new, Self::shown);
            return (object.name.ident.to_string(), table);
        }
        (self.chance.one(any).to_owned(), self.table())
    }

    fn schema(&mut self) -> String {
        let there =
            self.others(ObjectKind::Schema).iter().map(|object| object.name.ident.to_string()).collect();
        self.named(there, &["n1", "public"])
    }

    fn statement(&mut self) -> String {
        if self.catalog().tables().count() < 2 && self.chance.percent(70) {
            return self.create_table();
        }
        let in_transaction = self.replay.session.in_transaction();
        match self.chance.below(100) {
            0..14 => self.create_table(),
            14..19 => self.drop_table(),
            19..46 => self.alter_table(),
            46..55 => self.rename(),
            55..62 => self.create_index(),
            62..65 => {
                format!(
                    "DROP INDEX {} {} {}",
                    self.chance.maybe(30, "IF EXISTS"),
                    self.index(),
                    self.cascade()
                )
            }
            65..73 => self.views(),
            73..82 if self.dialect == Dialect::Postgres => self.postgres_only(),
            73..85 => self.triggers(),
            85..100 if in_transaction => self.in_transaction(),
            85..93 => "BEGIN".to_owned(),
            _ => self.alter_table(),
        }
    }

    fn cascade(&mut self) -> &'static str {
        if self.dialect == Dialect::Postgres { self.chance.maybe(30, "CASCADE") } else { "" }
    }

    fn in_transaction(&mut self) -> String {
        match self.chance.below(8) {
            0 | 1 => "COMMIT".to_owned(),
            2 => "ROLLBACK".to_owned(),
            3 | 4 => format!("SAVEPOINT {}", self.chance.one(&["p1", "p2"])),
            5 | 6 => format!("ROLLBACK TO {}", self.savepoint()),
            _ => format!("RELEASE {}", self.savepoint()),
        }
    }

    fn savepoint(&mut self) -> String {
        let there = self.replay.session.savepoints.iter().map(|point| point.name.to_string()).collect();
        self.named(there, &["p1", "p2"])
    }

    fn type_of(&mut self, column: &str) -> String {
        let numbers: &[&str] = match self.dialect {
            Dialect::Postgres => &["int", "int", "bigint", "smallint", "integer"],
            Dialect::Sqlite | Dialect::Mysql => &["INTEGER", "int", "bigint"],
        };
        let of = if NUMBERS.contains(&column) { numbers } else { &["text", "text", "varchar(10)"] };
        self.chance.one(of).to_owned()
    }

    /// A column's definition; `alone`: in an ALTER TABLE.
    fn definition(&mut self, column: &str, alone: bool) -> String {
        let is_number = NUMBERS.contains(&column);
        let postgres = self.dialect == Dialect::Postgres;
        let mut out = format!("{column} {}", self.type_of(column));
        if postgres && is_number && self.chance.percent(10) {
            out = format!(
                "{column} {}",
                self.chance.one(&[
                    "serial",
                    "int GENERATED ALWAYS AS IDENTITY",
                    "bigint GENERATED BY DEFAULT AS IDENTITY"
                ])
            );
        } else if self.chance.percent(15) {
            out.push_str(if is_number { " DEFAULT 5" } else { " DEFAULT 'x'" });
            out.push_str(self.chance.maybe(50, " NOT NULL"));
        } else if !alone {
            out.push_str(self.chance.maybe(20, " NOT NULL"));
        }
        if self.chance.percent(10) && (postgres || !alone) {
            out.push_str(self.chance.one(&[" PRIMARY KEY", " UNIQUE", " UNIQUE"]));
        }
        if self.chance.percent(8) {
            out.push_str(&if is_number {
                format!(" CHECK ({column} > 0)")
            } else {
                format!(" CHECK ({column} <> '')")
            });
        }
        if is_number && self.chance.percent(10) {
            let table = self.table();
            let target = self.number(&table);
            let target = if self.chance.percent(60) { format!("({target})") } else { String::new() };
            out.push_str(&format!(
                " REFERENCES {table} {target}{}",
                self.chance.maybe(30, " ON DELETE CASCADE")
            ));
        }
        out
    }

    fn table_constraint(&mut self, table: &str, columns: Option<&[&str]>) -> String {
        let pick = |maker: &mut Self, numbers: bool| match columns {
            Some(columns) => {
                let wanted: Vec<&str> =
                    columns.iter().copied().filter(|name| !numbers || NUMBERS.contains(name)).collect();
                if wanted.is_empty() { "a".to_owned() } else { maker.chance.one(&wanted).to_owned() }
            }
            None if numbers => maker.number(table),
            None => maker.column(table),
        };
        let name = if self.chance.percent(50) {
            format!("CONSTRAINT {} ", self.chance.one(&["c1", "c2", "c3"]))
        } else {
            String::new()
        };
        let (one, two) = (pick(self, false), pick(self, false));
        let (n, m) = (pick(self, true), pick(self, true));
        let kind = match self.chance.below(9) {
            0 | 1 => format!("UNIQUE ({one})"),
            2 if one != two => format!("UNIQUE ({one}, {two})"),
            2 | 3 => format!("PRIMARY KEY ({one})"),
            4 => format!("CHECK ({n} < {m} + 5)"),
            5 | 6 => format!("CHECK ({one} IS NOT NULL)"),
            _ => {
                let target = self.table();
                let column = self.number(&target);
                format!("FOREIGN KEY ({n}) REFERENCES {target} ({column})")
            }
        };
        format!("{name}{kind}")
    }

    fn create_table(&mut self) -> String {
        let postgres = self.dialect == Dialect::Postgres;
        let mut name = self.chance.one(&["t1", "t2", "t3", "t4", "t5", "t6"]).to_owned();
        if postgres && self.chance.percent(6) {
            name = format!("{}.{name}", self.schema());
        }
        let guard = self.chance.maybe(12, "IF NOT EXISTS");
        let kind = match self.chance.below(20) {
            0 => "TEMP",
            1 if postgres => "UNLOGGED",
            _ => "",
        };
        let mut columns: Vec<&str> = Vec::new();
        for _ in 0..=self.chance.below(4) {
            let column =
                if self.chance.percent(70) { self.chance.one(NUMBERS) } else { self.chance.one(TEXTS) };
            if !columns.contains(&column) || self.chance.percent(3) {
                columns.push(column);
            }
        }
        if postgres {
            match self.chance.below(30) {
                0 => {
                    return format!(
                        "CREATE {kind} TABLE {guard} {name} AS SELECT {} AS a, 'x'::text AS s",
                        self.chance.one(&["1", "2"])
                    );
                }
                1 => {
                    return format!(
                        "CREATE TABLE {guard} {name} (LIKE {} {})",
                        self.table(),
                        self.chance.one(&[
                            "",
                            "INCLUDING ALL",
                            "INCLUDING INDEXES INCLUDING DEFAULTS",
                            "INCLUDING CONSTRAINTS"
                        ])
                    );
                }
                2 | 3 => {
                    let own = if self.chance.percent(50) {
                        self.definition(columns[0], false)
                    } else {
                        String::new()
                    };
                    return format!("CREATE TABLE {guard} {name} ({own}) INHERITS ({})", self.table());
                }
                4 => {
                    return format!(
                        "CREATE TABLE {guard} {name} (a int, b int, s text) PARTITION BY LIST ({})",
                        self.chance.one(&["a", "b"])
                    );
                }
                5 | 6 => {
                    let there = self
                        .catalog()
                        .tables()
                        .filter(|table| table.partition == gander::schema::PartitionKind::Parent);
                    let there = there.map(|table| Self::shown(&table.name)).collect();
                    let parent = self.named(there, &["t1", "t2"]);
                    let values = self.chance.below(1000);
                    return format!(
                        "CREATE TABLE {guard} {name} PARTITION OF {parent} FOR VALUES IN ({values})"
                    );
                }
                _ => {}
            }
        }
        let mut parts: Vec<String> = columns.iter().map(|column| self.definition(column, false)).collect();
        while self.chance.percent(30) {
            parts.push(self.table_constraint(&name, Some(&columns)));
        }
        let options = if postgres { "" } else { self.chance.maybe(6, "WITHOUT ROWID") };
        format!("CREATE {kind} TABLE {guard} {name} ({}) {options}", parts.join(", "))
    }

    fn drop_table(&mut self) -> String {
        let mut tables = self.table();
        if self.dialect == Dialect::Postgres && self.chance.percent(20) {
            tables = format!("{tables}, {}", self.table());
        }
        format!("DROP TABLE {} {tables} {}", self.chance.maybe(30, "IF EXISTS"), self.cascade())
    }

    fn alter_table(&mut self) -> String {
        let table = self.table();
        if self.dialect != Dialect::Postgres {
            let column = self.column(&table);
            return match self.chance.below(10) {
                0..6 => {
                    let new = if self.chance.percent(70) {
                        self.chance.one(NUMBERS)
                    } else {
                        self.chance.one(TEXTS)
                    };
                    format!("ALTER TABLE {table} ADD COLUMN {}", self.definition(new, true))
                }
                _ => format!("ALTER TABLE {table} DROP COLUMN {column}"),
            };
        }
        let mut actions = vec![self.action(&table)];
        while self.chance.percent(20) {
            actions.push(self.action(&table));
        }
        format!(
            "ALTER TABLE {} {} {table} {}",
            self.chance.maybe(5, "IF EXISTS"),
            self.chance.maybe(3, "ONLY"),
            actions.join(", ")
        )
    }

    fn action(&mut self, table: &str) -> String {
        let column = self.column(table);
        let number = self.number(table);
        match self.chance.below(32) {
            0..7 => {
                let new =
                    if self.chance.percent(70) { self.chance.one(NUMBERS) } else { self.chance.one(TEXTS) };
                format!(
                    "ADD COLUMN {} {}",
                    self.chance.maybe(20, "IF NOT EXISTS"),
                    self.definition(new, true)
                )
            }
            7..12 => {
                format!("DROP COLUMN {} {column} {}", self.chance.maybe(20, "IF EXISTS"), self.cascade())
            }
            12..19 => format!("ADD {}", self.table_constraint(table, None)),
            19..22 => {
                let constraint = self.constraint(table);
                format!(
                    "DROP CONSTRAINT {} {constraint} {}",
                    self.chance.maybe(20, "IF EXISTS"),
                    self.cascade()
                )
            }
            22 | 23 => format!("ALTER COLUMN {column} TYPE {}", self.type_of(&column)),
            24 => format!("ALTER COLUMN {column} SET NOT NULL"),
            25 => format!("ALTER COLUMN {column} DROP NOT NULL"),
            26 => format!("ALTER COLUMN {number} SET DEFAULT 7"),
            27 => format!("ALTER COLUMN {column} DROP DEFAULT"),
            28 => format!(
                "ALTER COLUMN {number} {}",
                self.chance.one(&[
                    "ADD GENERATED ALWAYS AS IDENTITY",
                    "DROP IDENTITY",
                    "DROP IDENTITY IF EXISTS",
                    "SET GENERATED BY DEFAULT"
                ])
            ),
            29 => {
                let index = self.index();
                format!(
                    "ADD {} {} USING INDEX {index}",
                    self.chance.maybe(50, "CONSTRAINT c4"),
                    self.chance.one(&["UNIQUE", "PRIMARY KEY"])
                )
            }
            30 => {
                let other = self.table();
                match self.chance.below(4) {
                    0 => format!("INHERIT {other}"),
                    1 => format!("NO INHERIT {other}"),
                    2 => format!("DETACH PARTITION {other}"),
                    _ => format!("ATTACH PARTITION {other} FOR VALUES IN ({})", self.chance.below(1000)),
                }
            }
            _ => self
                .chance
                .one(&[
                    "ENABLE ROW LEVEL SECURITY",
                    "DISABLE ROW LEVEL SECURITY",
                    "SET LOGGED",
                    "SET UNLOGGED",
                ])
                .to_owned(),
        }
    }

    fn rename(&mut self) -> String {
        let table = self.table();
        let new = self.chance.one(&["t1", "t2", "t3", "t7", "v1", "i1", "s1"]);
        if self.dialect != Dialect::Postgres {
            let column = self.column(&table);
            return match self.chance.below(3) {
                0 => format!("ALTER TABLE {table} RENAME TO {new}"),
                _ => format!("ALTER TABLE {table} RENAME COLUMN {column} TO {}", self.renamed(&column)),
            };
        }
        match self.chance.below(14) {
            0..3 => format!("ALTER TABLE {} {table} RENAME TO {new}", self.chance.maybe(20, "IF EXISTS")),
            3..7 => {
                let column = self.column(&table);
                format!("ALTER TABLE {table} RENAME COLUMN {column} TO {}", self.renamed(&column))
            }
            7 => {
                let constraint = self.constraint(&table);
                format!(
                    "ALTER TABLE {table} RENAME CONSTRAINT {constraint} TO {}",
                    self.chance.one(&["c1", "c2", "c5", "t1"])
                )
            }
            8 => format!(
                "ALTER INDEX {} {} RENAME TO {}",
                self.chance.maybe(20, "IF EXISTS"),
                self.index(),
                self.chance.one(&["i1", "i2", "i3", "t1"])
            ),
            9 => {
                format!("ALTER VIEW {} RENAME TO {}", self.view(), self.chance.one(&["v1", "v2", "v3", "t1"]))
            }
            10 => format!(
                "ALTER SEQUENCE {} RENAME TO {}",
                self.sequence_name(),
                self.chance.one(&["s1", "s2", "t2"])
            ),
            11 => {
                format!("ALTER TYPE {} RENAME TO {}", self.type_name(), self.chance.one(&["e1", "e2", "t1"]))
            }
            12 => format!("ALTER TABLE {table} SET SCHEMA {}", self.schema()),
            _ => format!(
                "ALTER SCHEMA {} RENAME TO {}",
                self.chance.one(&["n1", "n2"]),
                self.chance.one(&["n1", "n2"])
            ),
        }
    }

    /// Another name of a column of the same type.
    fn renamed(&mut self, column: &str) -> &'static str {
        if TEXTS.contains(&column) { self.chance.one(TEXTS) } else { self.chance.one(NUMBERS) }
    }

    fn create_index(&mut self) -> String {
        let postgres = self.dialect == Dialect::Postgres;
        let table = if postgres && self.chance.percent(10) { self.materialized() } else { self.table() };
        let mut keys = vec![self.column(&table)];
        if self.chance.percent(30) {
            keys.push(self.column(&table));
        }
        if self.chance.percent(20) {
            let text = self.text(&table);
            keys.push(format!("lower({text})"));
        }
        if self.chance.percent(15) {
            let number = self.number(&table);
            keys.push(format!("({number} + 1)"));
        }
        if self.chance.percent(10) {
            let key = keys[0].clone();
            keys[0] = format!("{key} DESC");
        }
        let name =
            if postgres && self.chance.percent(30) { "" } else { self.chance.one(&["i1", "i2", "i3", "i4"]) };
        let guard = if name.is_empty() { "" } else { self.chance.maybe(15, "IF NOT EXISTS") };
        let include = if postgres && self.chance.percent(10) {
            format!("INCLUDE ({})", self.column(&table))
        } else {
            String::new()
        };
        let predicate = if self.chance.percent(15) {
            format!("WHERE {} > 0", self.number(&table))
        } else {
            String::new()
        };
        let concurrently = if postgres { self.chance.maybe(5, "CONCURRENTLY") } else { "" };
        format!(
            "CREATE {} INDEX {concurrently} {guard} {name} ON {table} ({}) {include} {predicate}",
            self.chance.maybe(35, "UNIQUE"),
            keys.join(", ")
        )
    }

    fn views(&mut self) -> String {
        let postgres = self.dialect == Dialect::Postgres;
        match self.chance.below(10) {
            0..6 => {
                let over = if self.chance.percent(15) { self.view() } else { self.table() };
                let mut columns = vec![self.column(&over)];
                if self.chance.percent(40) {
                    columns.push(self.column(&over));
                }
                let filter = if self.chance.percent(20) {
                    format!("WHERE {} IS NOT NULL", self.column(&over))
                } else {
                    String::new()
                };
                let what = if self.chance.percent(15) { "*".to_owned() } else { columns.join(", ") };
                let select = format!("SELECT {what} FROM {over} {filter}");
                if postgres && self.chance.percent(20) {
                    let guard = self.chance.maybe(20, "IF NOT EXISTS");
                    return format!(
                        "CREATE MATERIALIZED VIEW {guard} {} AS {select}",
                        self.chance.one(&["m1", "m2"])
                    );
                }
                let (replace, guard) = if postgres {
                    (self.chance.maybe(25, "OR REPLACE"), "")
                } else {
                    ("", self.chance.maybe(25, "IF NOT EXISTS"))
                };
                format!("CREATE {replace} VIEW {guard} {} AS {select}", self.chance.one(&["v1", "v2", "v3"]))
            }
            6 if postgres => format!(
                "DROP MATERIALIZED VIEW {} {} {}",
                self.chance.maybe(30, "IF EXISTS"),
                self.materialized(),
                self.cascade()
            ),
            7 if postgres => format!("REFRESH MATERIALIZED VIEW {}", self.materialized()),
            _ => {
                format!("DROP VIEW {} {} {}", self.chance.maybe(30, "IF EXISTS"), self.view(), self.cascade())
            }
        }
    }

    fn triggers(&mut self) -> String {
        if self.dialect != Dialect::Postgres {
            return match self.chance.below(3) {
                0 | 1 => {
                    let table = self.table();
                    let guard = self.chance.maybe(20, "IF NOT EXISTS");
                    format!(
                        "CREATE TRIGGER {guard} {} AFTER {} ON {table} BEGIN SELECT 1; END",
                        self.chance.one(&["g1", "g2", "g3"]),
                        self.chance.one(&["INSERT", "DELETE", "UPDATE"])
                    )
                }
                _ => {
                    let there = self
                        .others(ObjectKind::Trigger)
                        .iter()
                        .map(|object| object.name.ident.to_string())
                        .collect();
                    let trigger = self.named(there, &["g1", "g2"]);
                    format!("DROP TRIGGER {} {trigger}", self.chance.maybe(30, "IF EXISTS"))
                }
            };
        }
        let table = self.table();
        match self.chance.below(12) {
            0 | 1 => format!(
                "CREATE {} FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                self.chance.maybe(40, "OR REPLACE"),
                self.chance.one(&["f1", "f2"])
            ),
            2 => format!(
                "DROP FUNCTION {} {}() {}",
                self.chance.maybe(30, "IF EXISTS"),
                self.chance.one(&["f1", "f2"]),
                self.cascade()
            ),
            3..6 => {
                let of = if self.chance.percent(30) {
                    format!("OF {}", self.column(&table))
                } else {
                    String::new()
                };
                format!(
                    "CREATE {} TRIGGER {} AFTER UPDATE {of} ON {table} FOR EACH ROW EXECUTE FUNCTION {}()",
                    self.chance.maybe(15, "OR REPLACE"),
                    self.chance.one(&["g1", "g2"]),
                    self.chance.one(&["f1", "f2"])
                )
            }
            6 | 7 => {
                let (trigger, table) = self.on_table(ObjectKind::Trigger, &["g1", "g2"]);
                format!("DROP TRIGGER {} {trigger} ON {table}", self.chance.maybe(30, "IF EXISTS"))
            }
            8 => {
                let (trigger, table) = self.on_table(ObjectKind::Trigger, &["g1", "g2"]);
                format!("ALTER TRIGGER {trigger} ON {table} RENAME TO {}", self.chance.one(&["g1", "g3"]))
            }
            9 | 10 => {
                let column = self.column(&table);
                format!(
                    "CREATE POLICY {} ON {table} USING ({column} IS NOT NULL)",
                    self.chance.one(&["o1", "o2"])
                )
            }
            _ => {
                let (policy, table) = self.on_table(ObjectKind::Policy, &["o1", "o2"]);
                format!("DROP POLICY {} {policy} ON {table}", self.chance.maybe(30, "IF EXISTS"))
            }
        }
    }

    fn postgres_only(&mut self) -> String {
        let table = self.table();
        match self.chance.below(22) {
            0 => format!(
                "CREATE SCHEMA {} {}",
                self.chance.maybe(30, "IF NOT EXISTS"),
                self.chance.one(&["n1", "n2"])
            ),
            1 => {
                let schema = self.chance.one(&["n1", "n2"]);
                format!("DROP SCHEMA {} {schema} {}", self.chance.maybe(30, "IF EXISTS"), self.cascade())
            }
            2 | 3 => format!(
                "CREATE SEQUENCE {} {}",
                self.chance.maybe(20, "IF NOT EXISTS"),
                self.chance.one(&["s1", "s2", "s3"])
            ),
            4 => {
                let column = self.column(&table);
                format!("ALTER SEQUENCE {} OWNED BY {table}.{column}", self.sequence_name())
            }
            5 => format!(
                "DROP SEQUENCE {} {} {}",
                self.chance.maybe(30, "IF EXISTS"),
                self.sequence_name(),
                self.cascade()
            ),
            6 => format!(
                "ALTER TABLE {table} ALTER COLUMN {} SET DEFAULT nextval('{}')",
                self.number(&table),
                self.sequence_name()
            ),
            7 | 8 => format!("CREATE TYPE {} AS ENUM ('x', 'y')", self.chance.one(&["e1", "e2", "e3"])),
            9 => format!(
                "ALTER TYPE {} ADD VALUE {} '{}'",
                self.type_name(),
                self.chance.maybe(30, "IF NOT EXISTS"),
                self.chance.one(&["x", "z", "w"])
            ),
            10 => format!(
                "ALTER TYPE {} RENAME VALUE '{}' TO '{}'",
                self.type_name(),
                self.chance.one(&["x", "z"]),
                self.chance.one(&["y", "q"])
            ),
            11 => format!(
                "DROP TYPE {} {} {}",
                self.chance.maybe(30, "IF EXISTS"),
                self.type_name(),
                self.cascade()
            ),
            12 | 13 => format!(
                "ALTER TABLE {table} ADD COLUMN {} {}{}",
                self.chance.one(&["e", "f"]),
                self.type_name(),
                self.chance.maybe(20, "[]")
            ),
            14 => format!(
                "CREATE DOMAIN {} AS int CHECK (VALUE > 0) {}",
                self.chance.one(&["e1", "e4"]),
                self.chance.maybe(30, "NOT NULL")
            ),
            15 => format!(
                "ALTER DOMAIN {} {}",
                self.type_name(),
                self.chance.one(&[
                    "SET NOT NULL",
                    "DROP NOT NULL",
                    "SET DEFAULT 5",
                    "DROP DEFAULT",
                    "ADD CHECK (VALUE < 9)",
                    "ADD CONSTRAINT c1 CHECK (VALUE < 9)",
                    "DROP CONSTRAINT c1"
                ])
            ),
            16 => format!(
                "CREATE STATISTICS {} ON {}, {} FROM {table}",
                self.chance.one(&["x1", "x2"]),
                self.column(&table),
                self.column(&table)
            ),
            17 => format!(
                "DROP STATISTICS {} {}",
                self.chance.maybe(30, "IF EXISTS"),
                self.chance.one(&["x1", "x2"])
            ),
            18 => format!("CREATE PUBLICATION {} FOR TABLE {table}", self.chance.one(&["p1", "p2"])),
            19 => format!(
                "DROP PUBLICATION {} {}",
                self.chance.maybe(30, "IF EXISTS"),
                self.chance.one(&["p1", "p2"])
            ),
            20 => format!("SET search_path = {}", self.chance.one(&["public", "n1, public", "public, n1"])),
            _ => format!("COMMENT ON COLUMN {table}.{} IS 'x'", self.column(&table)),
        }
    }
}

/// The verdicts of two sides are comparable one by one.
#[test]
fn a_sequence_is_read_statement_by_statement() {
    for sequence in 0..50 {
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            let statements = Maker::new(dialect, 1, sequence).sequence();
            let verdicts: Vec<Verdict> = Replay::new(dialect).play(&statements.concat(), None);
            assert_eq!(verdicts.len(), statements.len(), "{}", statements.concat());
        }
    }
}
