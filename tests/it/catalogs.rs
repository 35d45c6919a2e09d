//! What gander writes builds on a server what it was read from: `gander schema` a schema, and `gander drift --output-format sql` one
//! schema out of another.
//!
//! The schemas are those of `tests/data/replay` and of the sample projects, each twice: as it was written, and as the server prints it.
//! What is compared is what the servers say: their catalogs, and their dumps, line by line.

use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use gander::schema::{Dialect, Engine};

use crate::support::inventory::Inventory;
use crate::support::pages::project;
use crate::support::repo::Repo;
use crate::support::scripts::{self, Script};
use crate::support::side_by_side::{on_postgres, on_sqlite, read_dump, statements, text_of, unlike};
use crate::support::workers::in_parallel;
use crate::support::{postgres, sqlite};

/// A schema as it stands on a server.
#[derive(Clone, Debug)]
struct Standing {
    title: String,
    dialect: Dialect,
    /// The statements of its script that the server took.
    taken: String,
    /// What the server says that there is.
    inventory: Inventory,
    /// The server's dump.
    dump: String,
}

/// A server that can be emptied.
#[derive(Default)]
struct Server {
    postgres: Option<postgres::Database>,
}

/// What a script left on a server.
struct Left {
    /// The statements that were taken.
    taken: String,
    /// Those that were refused, and why.
    refused: Vec<String>,
    inventory: Inventory,
    dump: String,
}

impl Server {
    /// Runs a script where nothing is.
    fn run(&mut self, sql: &str, dialect: Dialect) -> Result<Left, String> {
        let (played, dump) = match dialect {
            Dialect::Postgres => {
                let database = self.postgres.get_or_insert_with(postgres::fresh_database);
                let played = on_postgres(database, sql)?;
                (played, database.dump_schema())
            }
            Dialect::Sqlite => {
                let database = sqlite::fresh_database(false);
                let played = on_sqlite(&database, sql)?;
                let schema = database.query(".schema --nosys").map_err(|error| error.to_string())?;
                (played, schema)
            }
            Dialect::Mysql => return Err("there is no server for MySQL here".to_owned()),
        };
        let (mut taken, mut refused) = (String::new(), Vec::new());
        for (span, verdict) in statements(sql, dialect).into_iter().zip(&played.verdicts) {
            let text = text_of(sql, span).trim_end_matches(';');
            if verdict.states.is_empty() {
                taken.push_str(text);
                taken.push_str(";\n");
            } else {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                refused.push(format!("{} {}: {text}", verdict.states.join(" "), verdict.why));
            }
        }
        Ok(Left { taken, refused, inventory: played.inventory, dump })
    }
}

/// Every schema, on its server once.
fn standing() -> &'static [Standing] {
    static ALL: OnceLock<Vec<Standing>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut scripts = scripts::replay();
        scripts.extend(scripts::fixtures());
        let stand = |server: &mut Server, script: &Script| {
            let Script { title, dialect, sql } = script;
            let left = server.run(sql, *dialect).unwrap_or_else(|error| panic!("{title}: {error}"));
            let Left { taken, inventory, dump, .. } = left;
            Standing { title: title.clone(), dialect: *dialect, taken, inventory, dump }
        };
        in_parallel(&scripts, stand)
    })
}

/// The entries of a dump, in no order: what pg_dump parts by empty lines, what SQLite prints one below the other. The order of a
/// table's columns does not count, nor do rights and owners.
fn entries(dump: &str, dialect: Dialect) -> BTreeSet<String> {
    let plain = |entry: &str| -> String {
        let lines = entry.lines().filter(|line| !line.starts_with("--") && !line.trim().is_empty());
        let lines: Vec<&str> = lines.collect();
        if entry.contains("CREATE TABLE") {
            let mut lines: Vec<&str> = lines.iter().map(|line| line.trim().trim_end_matches(',')).collect();
            lines.sort_unstable();
            return lines.join("\n");
        }
        lines.join("\n")
    };
    let rights = |entry: &String| {
        ["GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES ", "SET ", "SELECT pg_catalog."]
            .iter()
            .any(|word| entry.starts_with(word))
    };
    let all: Vec<String> = match dialect {
        Dialect::Postgres => dump.split("\n\n\n").map(plain).collect(),
        Dialect::Sqlite | Dialect::Mysql => Vec::new(),
    };
    all.into_iter().filter(|entry| !entry.is_empty() && !rights(entry)).collect()
}

/// What is otherwise on the server than it ought to be.
fn otherwise(wanted: &Standing, left: &Left) -> Vec<String> {
    let mut wrong = left.refused.clone();
    wrong.extend(unlike("", &wanted.inventory, &left.inventory));
    let (should, is) = (entries(&wanted.dump, wanted.dialect), entries(&left.dump, wanted.dialect));
    let flat = |entry: &String| entry.split_whitespace().collect::<Vec<_>>().join(" ");
    wrong.extend(should.difference(&is).map(|entry| format!("the dump lacks {}", flat(entry))));
    wrong.extend(is.difference(&should).map(|entry| format!("the dump has {}", flat(entry))));
    let (should, is) = (read_dump(&wanted.dump, wanted.dialect).0, read_dump(&left.dump, wanted.dialect).0);
    wrong.extend(should.diff(&is).iter().map(|difference| format!("drift: {difference}")));
    wrong
}

/// What our own words say is not written is wrong too.
fn unwritten(printed: &str) -> Vec<String> {
    let said = |line: &&str| line.starts_with("-- not written");
    printed.lines().filter(said).map(str::to_owned).collect()
}

/// The version is that of the server: others may refuse what it takes.
fn engine(dialect: Dialect) -> String {
    let version = Some(Engine::of(dialect).version());
    format!("--engine {}", Engine { dialect, version })
}

/// `GANDER_SCRIPT=identity` looks at the cases in whose titles the word stands.
fn is_wanted(title: &str) -> bool {
    std::env::var("GANDER_SCRIPT").is_ok_and(|only| title.contains(&only))
        || std::env::var_os("GANDER_SCRIPT").is_none()
}

/// Fails where something is wrong that is not known to be, or known to be and is not. What is known stands in
/// `tests/data/catalogs/`, a case on a line with the first thing that is wrong with it and the reason why it stays; `GANDER_BLESS=1`
/// writes it, and leaves the reasons to people.
fn judge(list: &str, found: &[(String, Vec<String>)]) {
    assert!(!found.is_empty(), "no case was run");
    let path = project().join("tests/data/catalogs").join(list);
    let text = fs::read_to_string(&path).expect("the list can be read");
    let column = |line: &str, at: usize| line.split('\t').nth(at).unwrap_or_default().to_owned();
    let reason = |title: &str| {
        let line = text.lines().find(|line| column(line, 0) == title);
        line.map_or_else(String::new, |line| column(line, 2))
    };
    let wrong = || found.iter().filter_map(|(title, wrong)| Some((title, wrong.first()?)));
    if std::env::var_os("GANDER_BLESS").is_some() && std::env::var_os("GANDER_SCRIPT").is_none() {
        let lines: String = wrong()
            .map(|(title, first)| {
                let flat: String =
                    first.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
                format!("{title}\t{}\t{}\n", flat.trim_end(), reason(title))
            })
            .collect();
        fs::write(&path, lines).expect("the list can be written");
        return;
    }
    let known: BTreeSet<&str> = text.lines().filter_map(|line| line.split('\t').next()).collect();
    let mut complaints: Vec<String> = text
        .lines()
        .filter(|line| column(line, 2).is_empty())
        .map(|line| format!("{}: no reason is given in {list}", column(line, 0)))
        .collect();
    for (title, wrong) in found {
        match (wrong.is_empty(), known.contains(title.as_str())) {
            (true, true) => complaints.push(format!("{title}: is right now: strike it off {list}")),
            (false, false) => complaints.extend(wrong.iter().map(|line| format!("{title}: {line}"))),
            (true, false) | (false, true) => {}
        }
    }
    let titles: BTreeSet<&str> = found.iter().map(|(title, _)| title.as_str()).collect();
    if std::env::var_os("GANDER_SCRIPT").is_none() {
        let gone = known.iter().filter(|title| !titles.contains(**title));
        complaints.extend(gone.map(|title| format!("{title}: there is no such case: strike it off {list}")));
    }
    assert!(complaints.is_empty(), "{}\n", complaints.join("\n"));
}

#[test]
fn what_schema_prints_builds_the_schema() {
    let cases: Vec<(&Standing, bool)> = standing()
        .iter()
        .filter(|one| is_wanted(&one.title))
        .flat_map(|one| [(one, false), (one, true)])
        .collect();
    let found = in_parallel(&cases, |server: &mut Server, (one, dumped)| {
        let (how, text) = if *dumped { ("dumped", &one.dump) } else { ("written", &one.taken) };
        let title = format!("{} as {how}", one.title);
        let repo = Repo::files(&[("a.sql", text)]);
        let run = repo.gander(&format!("schema a.sql {}", engine(one.dialect)));
        let mut wrong = unwritten(&run.out);
        if run.code != 0 {
            wrong.push(format!("exit code {}: {}", run.code, run.err));
        }
        match server.run(&run.out, one.dialect) {
            Ok(left) => wrong.extend(otherwise(one, &left)),
            Err(error) => wrong.push(error),
        }
        (title, wrong)
    });
    judge("schema.txt", &found);
}

#[test]
fn what_drift_prints_makes_one_schema_into_the_other() {
    let all: Vec<&Standing> = standing().iter().filter(|one| is_wanted(&one.title)).collect();
    let mut cases: Vec<(&Standing, &Standing)> = Vec::new();
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let those: Vec<&&Standing> = all.iter().filter(|one| one.dialect == dialect).collect();
        for (at, one) in those.iter().enumerate() {
            let other = those[(at + 1) % those.len()];
            cases.push((one, other));
        }
    }
    let found = in_parallel(&cases, |server: &mut Server, (from, to)| {
        (format!("{} into {}", from.title, to.title), made_into(server, from, to))
    });
    judge("drift.txt", &found);
}

/// What stands after the first half of a script is made into what stands after all of it, and back.
#[test]
fn what_drift_prints_goes_forth_and_back() {
    let all: Vec<&Standing> = standing().iter().filter(|one| is_wanted(&one.title)).collect();
    let found = in_parallel(&all, |server: &mut Server, whole| {
        let spans = statements(&whole.taken, whole.dialect);
        let half = spans.get(spans.len() / 2).map_or(0, |span| span.start as usize);
        let Left { taken, inventory, dump, .. } = match server.run(&whole.taken[..half], whole.dialect) {
            Ok(left) => left,
            Err(error) => return vec![(whole.title.clone(), vec![error])],
        };
        let half = Standing { title: whole.title.clone(), dialect: whole.dialect, taken, inventory, dump };
        vec![
            (format!("{} forth", whole.title), made_into(server, &half, whole)),
            (format!("{} back", whole.title), made_into(server, whole, &half)),
        ]
    });
    judge("halves.txt", &found.concat());
}

/// Makes one schema into another, and says what is wrong with it afterwards.
fn made_into(server: &mut Server, from: &Standing, to: &Standing) -> Vec<String> {
    let repo = Repo::files(&[("a.sql", &from.dump), ("b.sql", &to.dump)]);
    let run = repo.gander(&format!("drift a.sql b.sql --output-format sql {}", engine(from.dialect)));
    let mut wrong = unwritten(&run.out);
    if run.code > 1 {
        wrong.push(format!("exit code {}: {}", run.code, run.err));
    }
    // Built from its dump it has no rows that would be in the way. What the dump sets ends with its session.
    let end = if from.dialect == Dialect::Postgres { "RESET ALL;\n" } else { "" };
    let script = format!("{}{end}{}", from.dump, run.out);
    match server.run(&script, from.dialect) {
        Ok(left) => wrong.extend(otherwise(to, &left)),
        Err(error) => wrong.push(error),
    }
    wrong
}
