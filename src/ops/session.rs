//! Statements, and the session that they run in.

use std::collections::BTreeMap;

use super::{Op, Operation};
use crate::schema::{Catalog, Engine, Ident, Name, ObjectRef};
use crate::text::{FileId, Place, Span};

/// One statement of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// From its first to its last token, without the semicolon.
    pub span: Span,
    /// The same with its semicolon.
    pub whole: Span,
    /// What it does: one operation, or one for each action of an ALTER TABLE. Never empty.
    pub ops: Vec<Op>,
    /// What must hold for it to run at all; all of them. Empty: it always runs.
    pub when: Vec<Condition>,
    /// Whether it stands inside a DO block (or an IF of one), and in which: the index of that statement in the file's list.
    pub within: Option<u32>,
    /// SQLite: the words in double quotes, each of which is a string where there is no column of that name.
    pub quoted: Vec<String>,
}

impl Statement {
    /// Whether any of its operations is one that we did not understand.
    pub fn is_opaque(&self) -> bool {
        self.ops.iter().any(|op| matches!(op.kind, Operation::Opaque { .. }))
    }
}

/// What must hold for a statement to run, or what happens to its errors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// IF NOT EXISTS (SELECT … that looks for this object), with the byte of the file at which it asks. It asks once: what runs
    /// because of the answer does not change it. A label of an enum is a `Type` on its type.
    IfAbsent(ObjectRef, u32),
    /// IF EXISTS (SELECT … that looks for this object), with the same.
    IfExists(ObjectRef, u32),
    /// EXCEPTION WHEN these (condition names or SQLSTATEs, in lower case; `others`) takes its error; with the byte of the file at
    /// which the block begins. What the block did before is undone then, and the rest of it does not run.
    Handled {
        /// The errors that it takes.
        errors: Vec<String>,
        /// Those that a handler before raises again.
        besides: Vec<String>,
        /// Where the block begins.
        block: u32,
    },
    /// It handles such an error of the block that begins at the byte, and none of those that another handler before it takes.
    Caught {
        /// The errors that it handles.
        errors: Vec<String>,
        /// Those that stand before it.
        besides: Vec<String>,
        /// Where the block begins.
        block: u32,
    },
    /// Some other condition or loop: whether it runs cannot be told.
    Unknown,
}

/// What a condition found that asks for an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The object is there.
    pub there: bool,
    /// It could not be told: what comes first is taken to run, and its ELSE not to.
    pub assumed: bool,
}

/// A block with handlers, while it runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// What was there when it began.
    pub before: Catalog,
    /// The SQLSTATE of the error that ended it.
    pub failed: Option<&'static str>,
}

/// A savepoint, and what was there when it was set.
#[derive(Clone, Debug)]
pub struct Savepoint {
    /// Its name.
    pub name: Ident,
    /// The objects.
    pub catalog: Catalog,
    /// The search path, and the one that holds after the transaction.
    pub paths: (Vec<Ident>, Vec<Ident>),
    /// The settings, and those that SET LOCAL hides.
    pub settings: (Settings, Settings),
}

/// Who opened the transaction that a statement runs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transaction {
    /// None is open: each statement commits by itself.
    None,
    /// The migration tool.
    Tool,
    /// The file is sent as one query: its statements are one transaction unless it says otherwise.
    Implicit,
    /// Nobody knows whether there is one: the file is run by code that is not read.
    Unknown,
    /// BEGIN in the file, at this place.
    Explicit(Place),
}

/// What was set, by name in lower case: to what, and whether LOCAL.
pub type Settings = BTreeMap<String, (String, bool)>;

/// What a statement finds around it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The server.
    pub engine: Engine,
    /// The file whose statements run.
    pub file: FileId,
    /// Who opened the transaction that is open.
    pub transaction: Transaction,
    /// The file is sent as one query: what follows a COMMIT is one transaction again.
    pub one_query: bool,
    /// Where unqualified names are looked for and made; the first is where they are made.
    pub search_path: Vec<Ident>,
    /// Settings made so far, in lower case, with whether they were LOCAL.
    pub settings: Settings,
    /// What the conditions of the block that runs found, by the byte at which they ask.
    pub answers: BTreeMap<u32, Answer>,
    /// The blocks with handlers of the DO that runs, by the byte at which they begin.
    pub blocks: BTreeMap<u32, Block>,
    /// The search path that holds when the transaction is committed: without what SET LOCAL said.
    pub lasting_path: Vec<Ident>,
    /// The catalog at BEGIN, to which ROLLBACK goes back.
    pub at_begin: Option<Box<Catalog>>,
    /// The search path and the settings at BEGIN.
    pub set_at_begin: Option<Box<(Vec<Ident>, Settings)>>,
    /// SQLite: the transaction was opened by the outermost savepoint, and ends with its RELEASE.
    pub opened_by_savepoint: bool,
    /// What SET LOCAL hides until the transaction ends.
    pub hidden: Settings,
    /// Savepoints with what each goes back to.
    pub savepoints: Vec<Savepoint>,
    /// PostgreSQL: the labels that this transaction added to enums and that nothing may use before it is committed, each with its type.
    pub new_labels: Vec<(Name, String)>,
}

impl Session {
    /// A fresh session of a file, in the transaction that the tool opens for it.
    pub fn new(engine: Engine, file: FileId, transaction: Transaction) -> Self {
        let home = match engine.dialect {
            crate::schema::Dialect::Postgres => Ident::exact("public"),
            crate::schema::Dialect::Sqlite | crate::schema::Dialect::Mysql => Ident::caseless("main"),
        };
        Self {
            engine,
            file,
            transaction,
            one_query: transaction == Transaction::Implicit,
            search_path: vec![home.clone()],
            settings: BTreeMap::new(),
            answers: BTreeMap::new(),
            blocks: BTreeMap::new(),
            lasting_path: vec![home],
            at_begin: None,
            set_at_begin: None,
            opened_by_savepoint: false,
            hidden: BTreeMap::new(),
            savepoints: Vec::new(),
            new_labels: Vec::new(),
        }
    }

    /// Whether a transaction block is open, whoever opened it.
    pub const fn in_transaction(&self) -> bool {
        !matches!(self.transaction, Transaction::None | Transaction::Unknown)
    }
}
