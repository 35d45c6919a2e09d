//! Reads every .sql file under the given directories and says which kinds of statements were not understood:
//! `cargo run --example measure -- --dialect postgres [--examples 3] [--only "CREATE TABLE"] DIRECTORY…`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use gander::ops::{Operation, Statement};
use gander::schema::Dialect;
use gander::syntax::sql::{Lexer, Script, TokenKind, read};
use gander::text::Span;

fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        eprintln!("measure --dialect postgres|sqlite|mysql [--examples N] [--only KIND] DIRECTORY…");
        return ExitCode::from(2);
    };
    let mut files = Vec::new();
    for directory in &options.directories {
        find(directory, &mut files);
    }
    files.sort();
    let mut found = Found::default();
    for file in &files {
        measure(file, &options, &mut found);
    }
    print(&found, files.len(), &options);
    ExitCode::from(u8::from(found.panics > 0))
}

struct Options {
    dialect: Dialect,
    examples: usize,
    only: Option<String>,
    directories: Vec<PathBuf>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut options =
            Self { dialect: Dialect::Postgres, examples: 3, only: None, directories: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--dialect" => {
                    options.dialect = match arguments.next()?.as_str() {
                        "postgres" => Dialect::Postgres,
                        "sqlite" => Dialect::Sqlite,
                        "mysql" => Dialect::Mysql,
                        _ => return None,
                    }
                }
                "--examples" => options.examples = arguments.next()?.parse().ok()?,
                "--only" => options.only = Some(arguments.next()?),
                _ if argument.starts_with("--") => return None,
                _ => options.directories.push(PathBuf::from(argument)),
            }
        }
        (!options.directories.is_empty()).then_some(options)
    }
}

#[derive(Default)]
struct Found {
    kinds: BTreeMap<String, Kind>,
    statements: usize,
    opaque: usize,
    unreadable: usize,
    panics: usize,
}

#[derive(Default)]
struct Kind {
    count: usize,
    opaque: usize,
    examples: Vec<String>,
}

fn find(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")) {
            files.push(path.to_owned());
        }
        return;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| !kind.is_symlink()) {
            find(&entry.path(), files);
        }
    }
}

fn measure(file: &Path, options: &Options, found: &mut Found) {
    let text = std::fs::read(file).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(text) = text.filter(|text| u32::try_from(text.len()).is_ok()) else {
        println!("unreadable: {}", file.display());
        found.unreadable += 1;
        return;
    };
    let span = Span::new(0, text.len() as u32);
    let script = std::panic::catch_unwind(|| read(&text, span, options.dialect));
    let Ok(script) = script else {
        println!("panic: {}", file.display());
        found.panics += 1;
        return;
    };
    count(file, &text, &script, options, found);
}

fn count(file: &Path, text: &str, script: &Script, options: &Options, found: &mut Found) {
    for statement in &script.statements {
        let words = words(text, statement, options.dialect);
        if options.only.as_ref().is_some_and(|only| !words.starts_with(only.as_str())) {
            continue;
        }
        let kind = found.kinds.entry(words).or_default();
        kind.count += 1;
        found.statements += 1;
        let unread = statement.ops.iter().find_map(|op| match &op.kind {
            Operation::Opaque { expected, at, .. } => Some((expected, *at)),
            _ => None,
        });
        if let Some((expected, at)) = unread {
            kind.opaque += 1;
            found.opaque += 1;
            if kind.examples.len() < options.examples {
                let start = (at.start as usize).min(text.len());
                let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
                let here: String = text.get(start..).unwrap_or("").chars().take(40).collect();
                let here = here.split_whitespace().collect::<Vec<_>>().join(" ");
                let example = format!("{}:{line}: expected {expected}, here: {here}", file.display());
                kind.examples.push(example);
            }
        }
    }
}

/// The statement's first words, without those that only say how: `CREATE UNIQUE INDEX CONCURRENTLY` is `CREATE INDEX`.
fn words(text: &str, statement: &Statement, dialect: Dialect) -> String {
    const NOISE: &[&str] = &[
        "OR",
        "REPLACE",
        "GLOBAL",
        "LOCAL",
        "TEMP",
        "TEMPORARY",
        "UNLOGGED",
        "UNIQUE",
        "RECURSIVE",
        "CONSTRAINT",
        "TRUSTED",
        "PROCEDURAL",
    ];
    let tokens = Lexer::new(text, statement.span, dialect).filter(|token| token.kind != TokenKind::Comment);
    let mut words: Vec<String> = tokens
        .take(8)
        .take_while(|token| token.kind == TokenKind::Word)
        .map(|token| text[token.span.range()].to_ascii_uppercase())
        .collect();
    let ddl = words.first().is_some_and(|first| matches!(first.as_str(), "CREATE" | "ALTER" | "DROP"));
    if ddl {
        words.retain(|word| !NOISE.contains(&word.as_str()));
        let long = words.get(1).is_some_and(|word| {
            matches!(
                word.as_str(),
                "MATERIALIZED" | "FOREIGN" | "EVENT" | "TEXT" | "DEFAULT" | "USER" | "OPERATOR" | "ACCESS"
            )
        });
        words.truncate(if long { 3 } else { 2 });
    } else {
        words.truncate(1);
    }
    words.join(" ")
}

fn print(found: &Found, files: usize, options: &Options) {
    let mut kinds: Vec<(&String, &Kind)> = found.kinds.iter().collect();
    kinds.sort_by_key(|(_, kind)| (std::cmp::Reverse(kind.opaque), std::cmp::Reverse(kind.count)));
    println!("{:>8} {:>7}  kind", "count", "opaque");
    for (words, kind) in kinds {
        println!("{:>8} {:>7}  {words}", kind.count, kind.opaque);
        for example in kind.examples.iter().take(options.examples) {
            println!("{:>18}{example}", "");
        }
    }
    let understood = (found.statements - found.opaque) as f64 / (found.statements.max(1)) as f64;
    println!(
        "{files} files, {} statements, {} opaque, {:.3} % understood, {} panics, {} unreadable files",
        found.statements,
        found.opaque,
        understood * 100.0,
        found.panics,
        found.unreadable
    );
}
