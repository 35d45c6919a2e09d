//! Which files are migrations, in which order they run, what is up and what is down in them, for which
//! engine, and who opens the transaction. Reads no file itself: it is given a listing and the texts.

mod assemble;
pub mod built;
pub mod comments;
pub mod compare;
pub mod cost;
mod discover;
pub mod doubt;
mod engine;
pub mod fresh;
pub mod rebuild;
pub mod replay;
pub mod tools;
mod tree;

use std::cmp::Ordering;

use crate::schema::{Dialect, Engine};
use crate::text::{FileId, Source, Sources, Span};

pub use discover::{Asked, discover, is_wanted, read_directory};
pub use engine::{Guess, guess};
pub use tools::Tool;

/// One directory of migrations, in running order.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Who runs them.
    pub tool: &'static Tool,
    /// Relative to the project's root, with forward slashes; empty for the root itself.
    pub directory: String,
    /// What most of the files are written for. A migration may say otherwise for itself.
    pub engine: Engine,
    /// Why it is that engine.
    pub engine_from: EngineFrom,
    /// A database that gander does not know, where directory or text name one: `ClickHouse`, `SQL Server`, …
    /// Its files cannot be judged.
    pub foreign_database: Option<&'static str>,
    /// How the versions count.
    pub numbering: Numbering,
    /// What the tool will run: versioned ones in running order, then the repeatable ones.
    pub migrations: Vec<Migration>,
    /// Migrations that the tool runs and gander cannot read: Go, Java, templates. In running order.
    pub unread: Vec<Unread>,
    /// Files that look like migrations and that the tool will not pick up, or not where they seem to stand.
    pub strays: Vec<Stray>,
    /// Down parts whose up part is not there.
    pub orphan_downs: Vec<OrphanDown>,
    /// Files that belong to the history and are no migrations: README.md, `_journal.json`, `metadata.toml`, …
    pub companions: Vec<FileId>,
}

/// One migration: what takes the schema a step forward, and what takes it back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Migration {
    /// As written: `001`, `20240101000000`, `1.2`. Empty for a repeatable one.
    pub version: String,
    /// What the file name says besides the version, without extension: `create_users`.
    pub name: String,
    /// Forward.
    pub up: Part,
    /// Back, where there is one.
    pub down: Option<Part>,
    /// Its way back stands in a file that serves several databases and is another migration's `down`, or nobody's.
    pub goes_back_with_others: bool,
    /// Run again whenever its text changes (Flyway's `R__`).
    pub repeatable: bool,
    /// What it is written for.
    pub engine: Engine,
    /// The other databases that it runs on as well, where a history serves several.
    pub also: Vec<Dialect>,
}

/// The bytes of one file that run in one direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// The file.
    pub file: FileId,
    /// The whole file, without a byte order mark, or the section between two annotations.
    pub span: Span,
    /// Who opens the transaction around it.
    pub wrap: Wrap,
    /// What told the tool not to, where somebody did: an annotation of this part, or of the file that
    /// stands beside it.
    pub switched_off: Option<Switch>,
}

impl Part {
    /// A whole file that no tool runs.
    pub fn whole(file: FileId, source: &Source) -> Self {
        let span = Span::new(source.start(), source.text().len() as u32);
        Self { file, span, wrap: Wrap::Nobody, switched_off: None }
    }
}

/// What switched off the tool's own transaction. It may stand in another file than the part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Switch {
    /// The migration itself, or a `metadata.toml`, a `V1__x.sql.conf`, an `atlas.hcl`.
    pub file: FileId,
    /// The directive.
    pub span: Span,
}

/// Who opens the transaction around a part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Wrap {
    /// Every statement is its own transaction unless the file says BEGIN.
    Nobody,
    /// The tool says BEGIN and COMMIT.
    Tool,
    /// The file goes to the server as one query, which the server runs as one transaction unless the file says BEGIN.
    Implicit,
    /// Code that is not read here: nobody knows.
    Unknown,
}

/// How the versions of a sequence count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Numbering {
    /// 1, 2, 3: a missing number is a gap.
    Sequential,
    /// Points in time, or numbers with room between them: nothing can be missing.
    Timestamp,
    /// 1.0, 1.1, 2.0: nothing can be said about what comes next.
    Dotted,
    /// No versions: in name order.
    Unnumbered,
}

/// A file that looks like a migration and is not run as such.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stray {
    /// The file.
    pub file: FileId,
    /// The number that its name begins with; empty where it begins with none.
    pub version: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why the tool passes a file over, or runs it at another place than its name suggests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// The name is not of the form that the tool looks for.
    WrongName,
    /// The name is of the form, but the extension is not: `004_x.slq`, `004_x`.
    UnknownExtension,
    /// The version has another number of digits than the others have.
    WidthDiffers {
        /// How many digits this one has.
        has: u32,
        /// How many the others have.
        others: u32,
    },
    /// The tool wants an up section, and the file has none.
    MissingUp,
    /// The tool keeps a list of migrations (drizzle's journal), and the file is not on it.
    Unlisted,
}

/// Numbers that no migration has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The first missing one.
    pub first: u64,
    /// The last missing one; often the same.
    pub last: u64,
    /// The up file of the migration after the gap.
    pub before: FileId,
}

/// A migration that the tool runs and gander cannot read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread {
    /// As written.
    pub version: String,
    /// The file.
    pub file: FileId,
}

/// A down part without its up part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrphanDown {
    /// As written.
    pub version: String,
    /// What the file name says besides.
    pub name: String,
    /// The part.
    pub part: Part,
    /// What it is written for.
    pub engine: Engine,
}

/// What told the engine of a sequence.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EngineFrom {
    /// gander.toml or `--engine`.
    Asked,
    /// A `-- gander: engine=…` comment in each file.
    Comment,
    /// A table in the directory's README.
    Registry,
    /// The directory's name, or the name of one above it.
    Directory,
    /// The tool's own settings.
    Tool,
    /// What the files say.
    Text,
    /// What the other histories of the project are written for.
    Project,
    /// Nothing: PostgreSQL is assumed.
    Assumed,
}

impl Sequence {
    /// How two versions of this sequence follow each other.
    pub fn compare(&self, left: &str, right: &str) -> Ordering {
        self.tool.order.compare(left, right)
    }

    /// Where the down part of `migration` belongs: the file to make, or the migration's own file for tools that
    /// keep both directions in one. Follows the habit of the sequence. `None`: the tool knows no way back.
    pub fn down_path(&self, migration: &Migration, sources: &Sources) -> Option<String> {
        let path_of = |part: &Part| sources.get(part.file).path.clone();
        let up = path_of(&migration.up);
        match self.tool.down {
            tools::Downs::None => None,
            tools::Downs::Sections { .. } => Some(up),
            tools::Downs::Files { name } => {
                let pair =
                    self.migrations.iter().rev().find_map(|other| {
                        other.down.as_ref().map(|down| (path_of(&other.up), path_of(down)))
                    });
                Some(name(&up, pair.as_ref().map(|(up, down)| (up.as_str(), down.as_str()))))
            }
        }
    }

    /// The numbers that are missing between two that are there. Only where numbers are counted and the tool's
    /// users do not leave any out; a leap to another way of numbering is none.
    pub fn gaps(&self) -> Vec<Gap> {
        const LEAP: u64 = 100;
        const LARGEST: u64 = 1_000_000;
        if self.numbering != Numbering::Sequential || self.tool.gaps {
            return Vec::new();
        }
        // 002_a and 002_b are both 2.
        let number = |version: &str| {
            let (digits, _) = tools::split_digits(version);
            digits.parse::<u64>().ok().filter(|number| *number < LARGEST)
        };
        // A file that is passed over for its name is told of as such, and not once more as a gap.
        let others = self
            .unread
            .iter()
            .map(|unread| &unread.version)
            .chain(self.strays.iter().map(|stray| &stray.version));
        let mut numbers: Vec<(u64, Option<FileId>)> = self
            .migrations
            .iter()
            .filter(|migration| !migration.repeatable)
            .filter_map(|migration| Some((number(&migration.version)?, Some(migration.up.file))))
            .chain(others.filter_map(|version| Some((number(version)?, None))))
            .collect();
        numbers.sort_unstable();
        let pairs = numbers.windows(2).filter(|pair| (2..=LEAP).contains(&(pair[1].0 - pair[0].0)));
        pairs
            .filter_map(|pair| Some(Gap { first: pair[0].0 + 1, last: pair[1].0 - 1, before: pair[1].1? }))
            .collect()
    }

    /// Migrations that carry the version of another one, each with the up file of the one before it. Not where a file for
    /// each database has the same version, nor where plain files name the release that they belong to.
    pub fn duplicates(&self) -> Vec<(&Migration, FileId)> {
        let names_releases = !self.tool.records && self.numbering == Numbering::Dotted;
        if !self.tool.unique_versions || names_releases {
            return Vec::new();
        }
        let versioned: Vec<&Migration> =
            self.migrations.iter().filter(|m| !m.repeatable && !m.version.is_empty()).collect();
        let pairs = versioned.windows(2).filter(|pair| {
            self.compare(&pair[0].version, &pair[1].version).is_eq()
                && pair[0].engine.dialect == pair[1].engine.dialect
        });
        pairs.map(|pair| (pair[1], pair[0].up.file)).collect()
    }

    /// The dialects that its files are written in.
    pub fn dialects(&self) -> Vec<Dialect> {
        let mut dialects: Vec<Dialect> = self.migrations.iter().map(|m| m.engine.dialect).collect();
        dialects.sort();
        dialects.dedup();
        dialects
    }
}

#[cfg(test)]
mod tests;
