//! What gander says: a finding with its place, its reasons, and what to change.

use crate::ops::Operation;
use crate::schema::{Column, Ident, Identity, Name, ObjectRef, Type};
pub use crate::syntax::sql::write_batches::{Fill, Mirror};
use crate::text::{Edit, FileId, Place, Span};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Shown; does not fail the run.
    Advice,
    /// A known hazard that a person should have decided on.
    Warning,
    /// It will fail, lose data, or block a table.
    Error,
}

impl Severity {
    /// As in JSON, gander.toml and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// Reads [`Severity::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "advice" => Some(Self::Advice),
            "warning" => Some(Self::Warning),
            "error" => Some(Self::Error),
            _ => None,
        }
    }
}

/// Whether a fix may be written without asking.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Safety {
    /// Printed, never written.
    Show,
    /// Written with `--unsafe-fixes`: right in most cases, but a person should read it.
    Unsafe,
    /// Written with `--fix`.
    Safe,
}

impl Safety {
    /// As in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// One finding.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad it is, after gander.toml had its say.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What will happen, with the user's own names; one sentence without a full stop.
    pub message: String,
    /// A short text at the place in the drawing: why there.
    pub label: Option<String>,
    /// What to do: an imperative.
    pub help: Option<String>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// What to change, as the rule says it.
    pub remedy: Option<(Safety, Remedy)>,
    /// What to change, written out; made from the remedy by the fix floor.
    pub fix: Option<Fix>,
}

/// Another place that belongs to a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: String,
}

#[expect(missing_docs, reason = "the fields are said in the text of their variant")]
/// What to change, in operations: the language of the file writes it.
#[derive(Clone, PartialEq, Debug)]
pub enum Remedy {
    /// Give the operation at the place its IF NOT EXISTS, IF EXISTS or OR REPLACE.
    AddGuard,
    /// Let the INSERT at the place leave rows that are there alone; with the key's columns, where one is known.
    OnConflictDoNothing { key: Vec<Ident> },
    /// Make CREATE INDEX, DROP INDEX, REINDEX run CONCURRENTLY.
    Concurrently,
    /// Put these statements before the one at the place.
    Before(Vec<Operation>),
    /// Put these statements before the one at the place, and take its IF NOT EXISTS away.
    Instead(Vec<Operation>),
    /// Make this setting before the statement that begins at this byte.
    SetBefore { at: u32, setting: Box<Operation> },
    /// Put these statements after the one at the place.
    After(Vec<Operation>),
    /// Put the statement at the place into a DO block that takes the error `duplicate_object`.
    HandleDuplicate,
    /// Put the statements of this part of the file between BEGIN and COMMIT.
    Wrap { part: Span },
    /// Take these statements away, each with its line where nothing else stands on it.
    Remove(Vec<Span>),
    /// Close the transaction: COMMIT at the end of this part of the file.
    CommitAtEnd { part: Span },
    /// Take these items out of the list, separated by commas, that they stand in.
    RemoveListed(Vec<Span>),
    /// Write another type where a column's type stands, with the words that make it an identity column behind it.
    Retype { at: Span, ty: Type, identity: Option<Identity> },
    /// Replace the statement by these, one after the other, each in a migration of its own where `|` separates.
    Split(Vec<Vec<Operation>>),
    /// Write an object into the canonical schema file where it belongs: a table or column with these columns in the end, in the
    /// words of the migrations that made it so.
    WriteCanonical { file: FileId, object: Box<ObjectRef>, columns: Vec<Column>, words: Vec<Written> },
    /// A new migration that does this.
    NewMigration(Vec<Operation>),
    /// Replace the operation at the place by these, one after the other, each committed before the next begins.
    Stages(Vec<Stage>),
}

/// A step on the way to what one statement would have made, without its harm. The first takes the statement's place where it can.
#[derive(Clone, PartialEq, Debug)]
pub struct Stage {
    /// What its migration is called, behind the version: `validate_orders_customer_id_fkey`.
    pub name: String,
    /// What it does, and when it may run: sentences.
    pub why: String,
    /// It must run outside a transaction.
    pub alone: bool,
    /// What it does.
    pub up: Vec<Work>,
    /// How it is taken back; or why there is nothing to take back.
    pub down: Result<Vec<Work>, &'static str>,
}

/// A statement, or some, of a stage.
#[derive(Clone, PartialEq, Debug)]
pub enum Work {
    /// One that stands for itself.
    Operation(Operation),
    /// One that a second run needs and a first does not: left out where a migration may hold one statement only.
    Precaution(Operation),
    /// The author's own statement or action, with a word more.
    Own(Word),
    /// The author's own UPDATE or DELETE, a batch of rows at a time, by the key of its table.
    OwnInBatches {
        /// The table, as its name is written there.
        table: Name,
        /// Its key, of one column.
        key: Ident,
    },
    /// Give old rows a value, a batch at a time.
    Fill(Fill),
    /// A view of all that a table holds, under the name that the table had.
    Bridge {
        /// The view.
        view: Name,
        /// The table.
        of: Name,
    },
    /// Keep two columns of a table equal: a trigger, made or taken away.
    Mirror {
        /// The column that everybody writes, and the one that follows it.
        mirror: Mirror,
        /// It is taken away.
        gone: bool,
    },
}

/// What is put into the author's own words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// Nothing.
    AsItIs,
    /// NOT VALID at the end.
    NotValid,
    /// CONCURRENTLY.
    Concurrently,
    /// ONLY before the table of a CREATE INDEX.
    Only,
}

/// An operation, and where somebody wrote it.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// What is done.
    pub operation: Operation,
    /// Where it says so.
    pub place: Place,
}

/// A remedy written out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// An imperative: "Add IF NOT EXISTS".
    pub title: String,
    /// Whether it may be written.
    pub safety: Safety,
    /// Edits of existing files.
    pub edits: Vec<(FileId, Edit)>,
    /// Files to be made: path from the project's root, and text.
    pub new_files: Vec<(String, String)>,
    /// Files to be renamed: from, to.
    pub renames: Vec<(String, String)>,
}
