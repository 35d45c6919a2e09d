//! The migration tools: what each of them is, in one small file. The list is in the order in which they are
//! asked whether a folder is theirs: the surest signs first, the plainest last.

mod application;
mod atlas;
mod cargo;
mod dbmate;
mod diesel;
mod drizzle;
mod flyway;
mod golang_migrate;
mod goose;
mod graphile_migrate;
mod liquibase;
mod maragu;
mod node_pg_migrate;
mod plain;
mod pop;
mod postgres_migrations;
mod prisma;
mod refinery;
mod slonik;
mod sql_migrate;
mod sqlx;
mod supabase;
mod tern;

use std::cmp::Ordering;

use super::engine::Named;
use super::tree::{File, Folder, Tree};
use super::{Reason, Switch, Wrap};
use crate::schema::Dialect;
use crate::text::Span;

/// Every tool that gander knows, in the order in which they are asked.
pub const TOOLS: &[&Tool] = &[
    &goose::TOOL,
    &dbmate::TOOL,
    &sql_migrate::TOOL,
    &tern::TOOL,
    // Before drizzle, which can be told to put its files there.
    &supabase::TOOL,
    &graphile_migrate::TOOL,
    &node_pg_migrate::TOOL,
    &liquibase::TOOL,
    &drizzle::FOLDERS,
    &drizzle::TOOL,
    &prisma::TOOL,
    &diesel::HASURA,
    &diesel::TOOL,
    &refinery::TOOL,
    &flyway::TOOL,
    &postgres_migrations::TOOL,
    &slonik::TOOL,
    &golang_migrate::APPLICATION,
    &sqlx::TOOL,
    &pop::TOOL,
    &maragu::TOOL,
    &golang_migrate::TOOL,
    &atlas::TOOL,
    &application::VERSION_FOLDERS,
    &application::TOOL,
    &plain::VERSION_FOLDERS,
    &plain::TOOL,
];

/// The tool for files that the application runs.
pub const APPLICATION: &Tool = &application::TOOL;

pub use application::{LARGEST_SOURCE, LEVELS, is_source};

/// Whether the application runs the plain files of a folder.
pub fn is_run_by_application(tree: &Tree, folder: &Folder) -> bool {
    application::is_run(tree, folder)
}

/// Whether a package.json of the folder, or above it, asks for a package.
fn needs_package(tree: &Tree, folder: &Folder, package: &str) -> bool {
    let quoted = format!("\"{package}\"");
    tree.upwards(folder.path)
        .filter_map(|folder| folder.file("package.json"))
        .any(|file| file.source.text().contains(&quoted))
}

/// The tool for files that are run by hand.
pub const PLAIN: &Tool = &plain::TOOL;

/// The tool of that name, as written in gander.toml and after `--tool`. Other shapes of a tool carry its name too and
/// stand before it in the list.
pub fn by_name(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().rev().copied().find(|tool| tool.name == name)
}

/// A migration tool: how it names files, what it reads in them, and what it does around them.
#[derive(Debug)]
pub struct Tool {
    /// As written in gander.toml: `golang-migrate`.
    pub name: &'static str,
    /// As its own people write it.
    pub title: &'static str,
    /// Where the way back is kept.
    pub down: Downs,
    /// Whether it keeps a table of what ran, so that nothing is run twice.
    pub records: bool,
    /// Whether two migrations with one version are a mistake. Some tools go by the whole name.
    pub unique_versions: bool,
    /// Whether a missing number is nothing odd: versions are spread over several folders, or do not matter.
    pub gaps: bool,
    /// How one migration is run outside a transaction, as a sentence for a help text. `None`: it cannot be.
    pub switch: Option<&'static str>,
    /// How a new migration is written. `None`: a file alone is not enough.
    pub fresh: Option<Fresh>,
    /// Whether it finds statements that refuse a transaction by itself, and opens none then.
    pub detects_concurrently: bool,
    /// How it sorts versions.
    pub order: Order,
    /// Which folders are one history.
    pub reach: Reach,
    /// What its own settings say about the database.
    pub engine: fn(&Tree, &Folder) -> Option<Named>,
    /// Who opens the transaction where no switch is set.
    pub wraps: fn(Dialect) -> Wrap,
    /// Whether a folder is one of its histories.
    pub recognises: fn(&Tree, &Folder) -> bool,
    /// What a file of such a folder is to it.
    pub read: Read,
}

/// How a new migration is written for a tool.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// The line above its way up, where the tool wants one.
    pub up: &'static str,
    /// How one is written that runs outside a transaction.
    pub alone: Alone,
    /// What stands around a statement with semicolons in it.
    pub block: Option<(&'static str, &'static str)>,
}

/// How a new migration is kept out of a transaction.
#[derive(Clone, Copy, Debug)]
pub enum Alone {
    /// The tool opens none.
    Always,
    /// These lines stand in the place of the usual ones.
    Lines {
        /// Above the way up.
        up: &'static str,
        /// Above the way down.
        down: &'static str,
    },
    /// A file beside it says so.
    Beside {
        /// Its path, for the way up's.
        path: fn(&str) -> String,
        /// What stands in it.
        text: &'static str,
    },
    /// It holds one statement and nothing else.
    OneStatement,
    /// The tool cannot.
    Never,
}

/// Says what a file of a history's folder is.
pub type Read = fn(&Tree, &Folder, &File) -> Vec<Found>;

impl PartialEq for Tool {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Tool {}

/// Where a tool keeps the way back.
#[derive(Clone, Copy, Debug)]
pub enum Downs {
    /// It knows none.
    None,
    /// In the same file, after this line.
    Sections {
        /// `-- +goose Down`.
        marker: &'static str,
    },
    /// In a file of its own.
    Files {
        /// The path for an up file's path; the second argument is an up path and its down path of the same history.
        name: fn(&str, Option<(&str, &str)>) -> String,
    },
}

/// How a tool sorts versions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// As one number.
    Number,
    /// Number by number: `1.2` before `1.10`.
    Numbers,
    /// Byte by byte, without dashes: Diesel takes them out of `2017-09-23-182408`.
    Text,
}

impl Order {
    /// Which of two versions runs first. Equal: for the tool they are one version.
    pub fn compare(self, left: &str, right: &str) -> Ordering {
        match self {
            Self::Number => compare_numbers(left, right),
            Self::Numbers => {
                let numbers = |text| numbers_of(text).collect::<Vec<_>>();
                let (left_numbers, right_numbers) = (numbers(left), numbers(right));
                let longest = left_numbers.len().max(right_numbers.len());
                (0..longest)
                    .map(|i| {
                        compare_numbers(
                            left_numbers.get(i).unwrap_or(&"0"),
                            right_numbers.get(i).unwrap_or(&"0"),
                        )
                    })
                    .find(|order| order.is_ne())
                    // 002_a, 002_b
                    .unwrap_or_else(|| letter_of(left).cmp(&letter_of(right)))
            }
            Self::Text => {
                let bytes =
                    |version: &'_ str| version.bytes().filter(|byte| *byte != b'-').collect::<Vec<u8>>();
                bytes(left).cmp(&bytes(right))
            }
        }
    }
}

fn numbers_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty())
}

fn letter_of(version: &str) -> Option<char> {
    version.chars().next_back().filter(char::is_ascii_alphabetic)
}

// Versions may be longer than any integer type.
fn compare_numbers(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Which folders make up one history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// The files directly in the folder.
    Flat,
    /// Those, and a folder below that holds the downs.
    WithDowns,
    /// One folder for each migration.
    FolderEach,
    /// Everything below.
    Deep,
}

/// What a file is to a tool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// It holds, or is, the way forward.
    Up(Piece),
    /// It holds, or is, the way back.
    Down(Piece),
    /// It is a migration in a language that is not read here.
    Unread {
        /// As written.
        version: String,
    },
    /// It belongs to the history and is no migration.
    Companion,
    /// It looks like a migration and will not be run.
    Stray(Reason),
}

/// One direction of a migration, as its file says it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Piece {
    /// As written.
    pub version: String,
    /// The rest of the name.
    pub name: String,
    /// The bytes.
    pub span: Span,
    /// What switched the tool's transaction off.
    pub switched_off: Option<Switch>,
    /// The tool finds out by itself that it must not open one.
    pub detected: bool,
    /// Run again whenever its text changes.
    pub repeatable: bool,
    /// Its place in a list that the tool keeps, where that decides the order.
    pub rank: Option<usize>,
    /// It runs on every database of the history that has no file of its own for this version.
    pub shared: bool,
}

/// Whether a folder of that name holds the downs of the folder above.
pub fn is_downs_folder(name: &str) -> bool {
    plain::is_downs(name)
}

/// The whole text of a file, without a byte order mark.
pub fn whole(file: &File) -> Span {
    Span::new(file.source.start(), file.source.text().len() as u32)
}

/// The lines of a file with their spans, without line ending and without a byte order mark.
pub fn lines<'a>(file: &File<'a>) -> impl Iterator<Item = (Span, &'a str)> {
    let text = file.source.text();
    let mut at = file.source.start() as usize;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let rest = &text[at..];
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = &rest[..length];
        let line = line.strip_suffix('\r').unwrap_or(line);
        let span = Span::new(at as u32, (at + line.len()) as u32);
        at += length + 1;
        Some((span, line))
    })
}

/// The digits that a name begins with, and the rest.
pub fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// `001_create_users` as `("001", "create_users")`: digits, then one of `separators` or nothing at all.
pub fn number_and_name<'a>(stem: &'a str, separators: &[char]) -> Option<(&'a str, &'a str)> {
    let (version, rest) = split_digits(stem);
    if version.is_empty() {
        return None;
    }
    match rest.chars().next() {
        None => Some((version, "")),
        Some(c) if separators.contains(&c) => Some((version, &rest[c.len_utf8()..])),
        Some(_) => None,
    }
}

/// Whether at least half of the numbered SQL files of a folder hold a line of a tool's own, of which `part` is a part:
/// most files can be passed over quickly. One alone may be a comment that happens to look like it.
pub fn half_have_line(folder: &Folder, part: &str, is_own: impl Fn(&str) -> bool) -> bool {
    let numbered = folder.sql().filter(|file| file.name.starts_with(|c: char| c.is_ascii_digit()));
    let (mut all, mut own) = (0, 0);
    for file in numbered {
        all += 1;
        let has_line = || lines(file).any(|(_, line)| is_own(line));
        own += usize::from(file.source.text().contains(part) && has_line());
    }
    own > 0 && own * 2 >= all
}

/// Directions that are marked in the text: the marker lines, and from each to the next the bytes of a section.
pub struct Section {
    /// Which way.
    pub forward: bool,
    /// The marker line.
    pub marker: Span,
    /// What follows it, up to the next marker line.
    pub body: Span,
}

/// Cuts a file at its marker lines. `direction` says for a line whether it begins a section, and which way it leads.
pub fn sections(file: &File, direction: impl Fn(&str) -> Option<bool>) -> Vec<Section> {
    let end = file.source.text().len() as u32;
    let mut sections: Vec<Section> = Vec::new();
    for (span, line) in lines(file) {
        if let Some(forward) = direction(line) {
            if let Some(last) = sections.last_mut() {
                last.body.end = span.start;
            }
            let after =
                file.source.text()[span.end as usize..].find('\n').map_or(end, |n| span.end + n as u32 + 1);
            sections.push(Section { forward, marker: span, body: Span::new(after, end) });
        }
    }
    // No tool that is read here takes a second section of one direction for granted; the first is it.
    let mut seen = [false; 2];
    sections.retain(|section| !std::mem::replace(&mut seen[usize::from(section.forward)], true));
    sections
}

/// The first words of every statement, in upper case. Quotes, dollar strings and comments are stepped over, no more:
/// it serves to find statements that a tool treats in its own way.
pub fn statement_beginnings(text: &str) -> Vec<Vec<String>> {
    const WORDS: usize = 4;
    let bytes = text.as_bytes();
    let mut all = vec![Vec::new()];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        at += match rest[0] {
            b'-' if rest.starts_with(b"--") => after(rest, 2, b"\n"),
            b'/' if rest.starts_with(b"/*") => after(rest, 2, b"*/"),
            quote @ (b'\'' | b'"' | b'`') => after(rest, 1, &[quote]),
            b'$' => {
                let tag =
                    rest[1..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count() + 2;
                if rest.get(tag - 1) == Some(&b'$') { after(rest, tag, &rest[..tag]) } else { 1 }
            }
            b';' => {
                all.push(Vec::new());
                1
            }
            b if b.is_ascii_alphabetic() || b == b'_' => {
                let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                if let Some(words) = all.last_mut().filter(|words| words.len() < WORDS) {
                    words.push(String::from_utf8_lossy(&rest[..length]).to_ascii_uppercase());
                }
                length
            }
            _ => 1,
        };
    }
    all.retain(|words| !words.is_empty());
    all
}

/// The length up to and with the first `end` from `from` on; everything where there is none.
fn after(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let found = bytes.get(from..).and_then(|rest| rest.windows(end.len()).position(|window| window == end));
    found.map_or(bytes.len(), |at| from + at + end.len())
}

/// Files that often lie beside migrations and are none.
pub fn is_companion(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
    lower.starts_with("readme")
        || matches!(extension, "md" | "toml" | "conf" | "json" | "yml" | "yaml" | "sum")
}

/// A file that was meant to be SQL: the name begins like a migration's, the extension is a slip.
pub fn is_slip_of_extension(name: &str) -> bool {
    let begins_with_number = name.bytes().take_while(u8::is_ascii_digit).count() >= 3;
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    begins_with_number
        && match extension.as_deref() {
            None => true,
            Some(extension) => {
                matches!(extension, "slq" | "sq" | "sqll" | "sgl" | "spl" | "psql" | "pgsql" | "ddl" | "txt")
            }
        }
}
