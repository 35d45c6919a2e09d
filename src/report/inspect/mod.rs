//! What statements do to a live database: as a table for people, as one JSON object for programs.

mod json;
mod table;

use std::io::{self, BufWriter, Write};

use super::Terminal;
use crate::history::cost::Cost;
use crate::history::replay::PartRun;
use crate::ops::Statement;
use crate::text::Sources;

/// One direction of a migration, and what its statements cost.
pub struct Shown {
    /// Its statements.
    pub part: PartRun,
    /// It is a way down.
    pub down: bool,
    /// What they do, in running order.
    pub costs: Vec<Cost>,
    /// What the tool that runs it is called.
    pub tool: &'static str,
}

/// Everything that is shown.
pub struct Inspection<'a> {
    /// The files that the statements stand in.
    pub sources: &'a Sources,
    /// From a path relative to the project's root to one relative to the current directory.
    pub display_path: &'a dyn Fn(&str) -> String,
    /// The migrations, in running order.
    pub shown: &'a [Shown],
    /// What the terminal can do.
    pub terminal: Terminal,
}

impl Inspection<'_> {
    /// Its path, for people who stand in the current directory.
    fn path(&self, shown: &Shown) -> String {
        (self.display_path)(&self.sources.get(shown.part.part.file).path)
    }

    /// The line that a statement begins on, from 1, and its text.
    fn text(&self, shown: &Shown, statement: &Statement) -> (u32, &str) {
        let source = self.sources.get(shown.part.part.file);
        (source.position(statement.span.start).line, source.slice(statement.span))
    }
}

/// How it is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum InspectFormat {
    /// A table for people.
    #[default]
    Full,
    /// One JSON object, for programs.
    Json,
}

impl InspectFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Full, Self::Json];

    /// As on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Json => "json",
        }
    }

    /// Reads [`InspectFormat::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Writes it.
///
/// # Errors
/// When `out` cannot be written to, or its reader went away.
pub fn write(inspection: &Inspection<'_>, format: InspectFormat, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let written = match format {
        InspectFormat::Full => table::write(inspection, &mut out),
        InspectFormat::Json => json::write(inspection, &mut out),
    };
    written.and_then(|()| out.flush())
}
