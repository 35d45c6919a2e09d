//! Which database the files of a folder are written for: what was asked, what they say, where they lie,
//! and else what their text can only be.

use std::collections::BTreeMap;

use super::EngineFrom;
use super::discover::Asked;
use super::tools::Tool;
use super::tree::{File, Folder, Tree, split};
use crate::schema::{Dialect, Engine};
use crate::text::{FileId, Source};

/// The engine of a folder, and of the files in it that are written for another one.
pub struct Choice {
    /// Of most files.
    pub engine: Engine,
    /// Why.
    pub from: EngineFrom,
    /// A database that gander does not know.
    pub foreign: Option<&'static str>,
    others: BTreeMap<FileId, Engine>,
}

impl Choice {
    /// The engine of one file.
    pub fn of(&self, file: &File) -> Engine {
        self.others.get(&file.id).copied().unwrap_or(self.engine)
    }
}

/// A database that somebody named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// One that gander knows.
    Known(Dialect),
    /// One that it does not.
    Foreign(&'static str),
}

/// Decides. For each file the first answer counts: the caller's, the file's comment, the history's, the
/// registry's, the directory's, the tool's, the text's.
pub fn choose(tree: &Tree, folder: &Folder, tool: &Tool, files: &[File], asked: &Asked) -> Choice {
    let registry = registry(folder);
    let sql: Vec<&File> = files.iter().filter(|file| file.is_sql()).collect();
    let mut said: BTreeMap<FileId, (Engine, EngineFrom)> = BTreeMap::new();
    for file in &sql {
        let answer = (asked.engine)(file.path)
            .map(|engine| (engine, EngineFrom::Asked))
            .or_else(|| comment(file.source.text()).map(|engine| (engine, EngineFrom::Comment)))
            .or_else(|| asked.otherwise.map(|engine| (engine, EngineFrom::Asked)))
            .or_else(|| registry.get(file.name).map(|dialect| (Engine::of(*dialect), EngineFrom::Registry)))
            .or_else(|| below_root(file, folder).map(|dialect| (Engine::of(dialect), EngineFrom::Directory)));
        said.extend(answer.map(|answer| (file.id, answer)));
    }
    let of_others = |engine: Engine| {
        said.iter()
            .filter(move |(_, (other, _))| *other != engine)
            .map(|(file, (other, _))| (*file, *other))
            .collect()
    };
    // The one answer that all files share, with its version, is the folder's.
    if let Some((engine, from)) = said.values().next().copied()
        && said.len() == sql.len()
        && said.values().all(|(other, _)| *other == engine)
    {
        let foreign = match directory(folder.path) {
            Some(Named::Foreign(name)) if from > EngineFrom::Registry => Some(name),
            Some(Named::Foreign(_) | Named::Known(_)) | None => None,
        };
        return Choice { engine, from, foreign, others: BTreeMap::new() };
    }
    let settled = directory(folder.path)
        .map(|named| (named, EngineFrom::Directory))
        .or_else(|| (tool.engine)(tree, folder).map(|named| (named, EngineFrom::Tool)));
    match settled {
        Some((Named::Known(dialect), from)) => {
            let engine = Engine::of(dialect);
            Choice { engine, from, foreign: None, others: of_others(engine) }
        }
        Some((Named::Foreign(name), from)) => {
            let engine = Engine::of(Dialect::Postgres);
            Choice { engine, from, foreign: Some(name), others: of_others(engine) }
        }
        None => {
            let unsaid = sql.iter().filter(|file| !said.contains_key(&file.id));
            let texts: Vec<(FileId, Evidence)> =
                unsaid.map(|file| (file.id, Evidence::of(file.source.text()))).collect();
            let (engine, from, foreign) = vote(&texts);
            let mut others: BTreeMap<FileId, Engine> = of_others(engine);
            let sure = texts.iter().filter_map(|(file, text)| Some((*file, text.can_only_be()?)));
            others.extend(
                sure.filter(|(_, dialect)| *dialect != engine.dialect)
                    .map(|(file, dialect)| (file, Engine::of(dialect))),
            );
            Choice { engine, from, foreign, others }
        }
    }
}

/// For which database one file is written, as far as it can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guess {
    /// It says so, its path does, or the others would refuse it.
    Sure(Engine),
    /// Few would write so for another one.
    Likely(Engine),
    /// One that gander does not know.
    Foreign(&'static str),
    /// Nothing tells it.
    Nothing,
}

/// For which database a file is written that is no part of a history.
pub fn guess(source: &Source) -> Guess {
    if let Some(engine) = comment(source.text()) {
        return Guess::Sure(engine);
    }
    let (folder, name) = split(&source.path);
    let in_name = || name.split('.').skip(1).find_map(named);
    match in_name().or_else(|| directory(folder)) {
        Some(Named::Known(dialect)) => return Guess::Sure(Engine::of(dialect)),
        Some(Named::Foreign(name)) => return Guess::Foreign(name),
        None => {}
    }
    let evidence = Evidence::of(source.text());
    match (evidence.foreign, evidence.can_only_be(), evidence.most_likely()) {
        (Some(name), None, _) => Guess::Foreign(name),
        (_, Some(dialect), _) => Guess::Sure(Engine::of(dialect)),
        (None, None, Some(dialect)) => Guess::Likely(Engine::of(dialect)),
        (None, None, None) => Guess::Nothing,
    }
}

/// What most files speak for.
fn vote(texts: &[(FileId, Evidence)]) -> (Engine, EngineFrom, Option<&'static str>) {
    let mut votes: BTreeMap<Dialect, usize> = BTreeMap::new();
    let mut foreign: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut known = 0;
    for (_, evidence) in texts {
        if let Some(name) = evidence.foreign {
            *foreign.entry(name).or_default() += 1;
        } else if let Some(dialect) = evidence.most_likely() {
            *votes.entry(dialect).or_default() += 1;
            known += usize::from(evidence.can_only_be().is_some());
        }
    }
    if let Some((name, count)) = foreign.iter().max_by_key(|(_, count)| **count)
        && *count > known
    {
        return (Engine::of(Dialect::Postgres), EngineFrom::Text, Some(name));
    }
    match votes.iter().max_by_key(|(dialect, count)| (**count, std::cmp::Reverse(**dialect))) {
        Some((dialect, _)) => (Engine::of(*dialect), EngineFrom::Text, None),
        None => (Engine::of(Dialect::Postgres), EngineFrom::Assumed, None),
    }
}

/// `-- gander: engine=sqlite`.
fn comment(text: &str) -> Option<Engine> {
    let text = Some(text).filter(|text| text.contains("gander:"))?;
    text.lines().find_map(|line| {
        let comment = line.trim_start_matches('\u{feff}').trim_start().strip_prefix("--")?;
        let value = comment.trim_start().strip_prefix("gander:")?.trim_start().strip_prefix("engine")?;
        let value = value.trim_start().strip_prefix('=')?.split_whitespace().next()?;
        Engine::parse(value).ok()
    })
}

/// A table in the folder's README that names a file and its database in each row.
fn registry(folder: &Folder) -> BTreeMap<String, Dialect> {
    let mut engines = BTreeMap::new();
    let readmes = folder.files.iter().filter(|file| {
        let name = file.name.to_ascii_lowercase();
        name.starts_with("readme") || name == "master.md" || name == "migrations.md" || name == "index.md"
    });
    for readme in readmes {
        let mut columns: Option<(usize, usize)> = None;
        for line in readme.source.text().lines() {
            let Some(row) = line.trim().strip_prefix('|') else {
                columns = None;
                continue;
            };
            let cells: Vec<String> = row.trim_end_matches('|').split('|').map(plain_cell).collect();
            match columns {
                None => {
                    let find = |words: &[&str]| {
                        cells.iter().position(|cell| words.contains(&cell.to_ascii_lowercase().as_str()))
                    };
                    let file = find(&["file", "migration", "name", "filename", "script"]);
                    columns = file.zip(find(&["database", "engine", "db", "dialect"]));
                }
                Some((file, database)) => {
                    if let (Some(file), Some(database)) = (cells.get(file), cells.get(database))
                        && let Some(Named::Known(dialect)) = words(database).find_map(named)
                    {
                        engines.insert(file.rsplit('/').next().unwrap_or(file).to_owned(), dialect);
                    }
                }
            }
        }
    }
    engines
}

/// A cell without the marks of code, emphasis and links.
fn plain_cell(cell: &str) -> String {
    let cell = cell.trim();
    let cell = cell.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(cell, |(text, _)| text);
    cell.trim_matches(['`', '*', '_', ' ']).to_owned()
}

/// What a folder's name says, the nearest first. A database that is not known is believed only of the folder itself
/// and the one above it: `oracle` and `h2` are names of other things too. Those that name nothing else may be further away.
fn directory(path: &str) -> Option<Named> {
    const NOTHING_ELSE: &[&str] = &["ClickHouse", "SQL Server", "BigQuery", "DuckDB", "HSQLDB"];
    path.rsplit('/').enumerate().find_map(|(distance, part)| match words(part).find_map(named) {
        Some(Named::Foreign(name))
            if words(part).count() > 2
                || distance > 2
                || (distance == 2 && !NOTHING_ELSE.contains(&name)) =>
        {
            None
        }
        answer => answer,
    })
}

/// What the path between the history's folder and the file says, or the file's own name: `001_x.mysql.up.sql`.
fn below_root(file: &File, folder: &Folder) -> Option<Dialect> {
    let between = file.folder().strip_prefix(folder.path).unwrap_or("");
    let in_path = between.rsplit('/').find_map(|part| words(part).find_map(named));
    let in_name = || file.name.split('.').skip(1).find_map(named);
    match in_path.or_else(in_name) {
        Some(Named::Known(dialect)) => Some(dialect),
        Some(Named::Foreign(_)) | None => None,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// The database of that name.
pub fn named(word: &str) -> Option<Named> {
    Some(match word.to_ascii_lowercase().as_str() {
        // CockroachDB speaks PostgreSQL's language.
        "postgres" | "postgresql" | "pg" | "pgsql" | "timescale" | "timescaledb" | "cockroach"
        | "cockroachdb" | "crdb" => Named::Known(Dialect::Postgres),
        "sqlite" | "sqlite3" | "libsql" | "turso" | "d1" => Named::Known(Dialect::Sqlite),
        "mysql" | "mariadb" => Named::Known(Dialect::Mysql),
        "clickhouse" => Named::Foreign("ClickHouse"),
        "mssql" | "sqlserver" => Named::Foreign("SQL Server"),
        "oracle" => Named::Foreign("Oracle"),
        "snowflake" => Named::Foreign("Snowflake"),
        "bigquery" => Named::Foreign("BigQuery"),
        "cassandra" => Named::Foreign("Cassandra"),
        "spanner" => Named::Foreign("Spanner"),
        "redshift" => Named::Foreign("Redshift"),
        "duckdb" => Named::Foreign("DuckDB"),
        "h2" => Named::Foreign("H2"),
        "hsqldb" => Named::Foreign("HSQLDB"),
        "db2" => Named::Foreign("Db2"),
        _ => return None,
    })
}

/// What the words of a text speak for. `only`: what the others would refuse; `rather`: what they would take, but few write.
#[derive(Default)]
struct Evidence {
    only: BTreeMap<Dialect, usize>,
    rather: BTreeMap<Dialect, usize>,
    foreign: Option<&'static str>,
    /// The first database that a comment speaks of.
    mentioned: Option<Dialect>,
}

impl Evidence {
    // A few words that leave no doubt show what a file is written for, and the beginning of it shows enough.
    const ENOUGH_WORDS: usize = 8;
    const ENOUGH_BYTES: usize = 64 * 1024;

    fn of(text: &str) -> Self {
        let mut evidence = Self::default();
        let mut before = Word::default();
        let mut at = 0;
        let bytes = &text.as_bytes()[..text.len().min(Self::ENOUGH_BYTES)];
        while at < bytes.len() && !evidence.only.values().any(|count| *count >= Self::ENOUGH_WORDS) {
            let rest = &bytes[at..];
            at += match rest[0] {
                b'-' if rest.starts_with(b"--") => evidence.comment(&rest[..length_to(rest, b"\n")]),
                b'/' if rest.starts_with(b"/*") => evidence.comment(&rest[..length_to(rest, b"*/")]),
                quote @ (b'\'' | b'"') => {
                    // A quote that never ends hides nothing but itself.
                    let length = rest[1..].iter().position(|b| *b == quote).map_or(1, |end| end + 2);
                    before = Word::default();
                    length
                }
                b':' if rest.starts_with(b"::") => {
                    evidence.only(Dialect::Postgres);
                    2
                }
                b'$' if rest.starts_with(b"$$") => {
                    evidence.only(Dialect::Postgres);
                    2
                }
                b'`' => {
                    evidence.rather(Dialect::Mysql);
                    1
                }
                b if b.is_ascii_alphabetic() || b == b'_' => {
                    let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                    let word = Word::of(&rest[..length]);
                    let next = rest[length..].iter().find(|b| !b.is_ascii_whitespace()).copied();
                    evidence.word(before.as_str(), word.as_str(), next, &rest[length..]);
                    before = word;
                    length
                }
                b => {
                    if !b.is_ascii_whitespace() {
                        before = Word::default();
                    }
                    1
                }
            };
        }
        evidence
    }

    fn word(&mut self, before: &str, word: &str, next: Option<u8>, rest: &[u8]) {
        match word {
            "autoincrement" | "pragma" | "sqlite_master" | "sqlite_sequence" => self.only(Dialect::Sqlite),
            "rowid" if before == "without" => self.only(Dialect::Sqlite),
            "strftime" | "julianday" | "randomblob" if next == Some(b'(') => self.only(Dialect::Sqlite),
            "datetime" if next == Some(b'(') && contains_within(rest, b"'now'", 8) => {
                self.only(Dialect::Sqlite)
            }
            // OR REPLACE is anybody's.
            "ignore" | "abort" if before == "or" => self.rather(Dialect::Sqlite),
            "auto_increment" | "innodb" | "utf8mb4" | "mediumtext" | "longtext" | "mediumint" => {
                self.only(Dialect::Mysql);
            }
            "unsigned" if before.ends_with("int") || before == "integer" => self.only(Dialect::Mysql),
            "lowcardinality" | "mergetree" => self.foreign = Some("ClickHouse"),
            "engine" if next == Some(b'=') => {
                let value = String::from_utf8_lossy(&rest[..rest.len().min(60)]).to_ascii_lowercase();
                let value = value.trim_start().trim_start_matches('=').trim_start();
                match value.split(|c: char| !c.is_ascii_alphanumeric()).next() {
                    Some("innodb" | "myisam" | "memory" | "aria" | "archive") => self.only(Dialect::Mysql),
                    Some(name) if name.ends_with("mergetree") || name == "kafka" => {
                        self.foreign = Some("ClickHouse");
                    }
                    Some(_) | None => {}
                }
            }
            "modify" | "change"
                if before != "on" && next.is_some_and(|b| b.is_ascii_alphabetic() || b == b'`') =>
            {
                self.rather(Dialect::Mysql);
            }
            "tinyint" => self.rather(Dialect::Mysql),
            // PostgreSQL's is called bytea.
            "blob" => self.rather(Dialect::Sqlite),
            "dbo" | "nvarchar" | "sp_rename" | "uniqueidentifier" => self.foreign = Some("SQL Server"),
            "varchar2" | "nvarchar2" => self.foreign = Some("Oracle"),
            "concurrently" | "plpgsql" => self.only(Dialect::Postgres),
            "extension" | "type" | "domain" | "sequence" | "schema" | "policy" | "materialized"
                if before == "create" =>
            {
                self.only(Dialect::Postgres);
            }
            "type" | "domain" | "sequence" | "policy" if before == "alter" => self.only(Dialect::Postgres),
            "on" if before == "comment" => self.only(Dialect::Postgres),
            "gin" | "gist" | "brin" if before == "using" => self.only(Dialect::Postgres),
            "column" if before == "alter" => self.rather(Dialect::Postgres),
            "regclass" | "nextval" | "uuid_generate_v4" | "gen_random_uuid" => self.only(Dialect::Postgres),
            // SQLite takes any word for a type.
            "serial" | "bigserial" | "smallserial" | "jsonb" | "timestamptz" | "bytea" | "tsvector"
            | "inet" | "uuid" | "varying" | "zone" => self.rather(Dialect::Postgres),
            _ => {}
        }
    }

    fn comment(&mut self, bytes: &[u8]) -> usize {
        if self.mentioned.is_none() {
            self.mentioned =
                words(&String::from_utf8_lossy(bytes)).find_map(named).and_then(|named| match named {
                    Named::Known(dialect) => Some(dialect),
                    Named::Foreign(_) => None,
                });
        }
        bytes.len()
    }

    fn only(&mut self, dialect: Dialect) {
        *self.only.entry(dialect).or_default() += 1;
    }

    fn rather(&mut self, dialect: Dialect) {
        *self.rather.entry(dialect).or_default() += 1;
    }

    /// The one dialect that would not refuse it, where nothing speaks for another.
    fn can_only_be(&self) -> Option<Dialect> {
        let mut dialects = self.only.keys();
        let dialect = dialects.next().copied().filter(|_| dialects.next().is_none())?;
        self.rather.keys().all(|other| *other == dialect).then_some(dialect)
    }

    fn most_likely(&self) -> Option<Dialect> {
        let weigh = |dialect: &Dialect| {
            let count = |of: &BTreeMap<Dialect, usize>| of.get(dialect).copied().unwrap_or(0);
            (count(&self.only), count(&self.rather))
        };
        self.only
            .keys()
            .chain(self.rather.keys())
            .max_by_key(|dialect| (weigh(dialect), std::cmp::Reverse(**dialect)))
            .copied()
            .or(self.mentioned)
    }
}

/// A word in lower case, without an allocation: there are millions. One that is too long to be of interest is empty.
#[derive(Default)]
struct Word {
    bytes: [u8; Word::LONGEST],
    length: usize,
}

impl Word {
    const LONGEST: usize = 20;

    fn of(bytes: &[u8]) -> Self {
        let mut word = Self::default();
        if bytes.len() <= Self::LONGEST {
            word.bytes[..bytes.len()].copy_from_slice(bytes);
            word.bytes.make_ascii_lowercase();
            word.length = bytes.len();
        }
        word
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or("")
    }
}

fn length_to(bytes: &[u8], end: &[u8]) -> usize {
    let Some((last, first)) = end.split_last() else { return bytes.len() };
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|b| b == last) {
        at += found + 1;
        if bytes[..at - 1].ends_with(first) {
            return at;
        }
    }
    bytes.len()
}

fn contains_within(bytes: &[u8], wanted: &[u8], distance: usize) -> bool {
    bytes[..bytes.len().min(distance + wanted.len())].windows(wanted.len()).any(|window| window == wanted)
}
