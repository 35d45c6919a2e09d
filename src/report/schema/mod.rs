//! A schema, written as SQL, as JSON and as a Mermaid diagram: one file for each form.

mod json;
mod mermaid;
mod sql;

use std::io::{self, BufWriter, Write};

use super::note::Note;
use crate::schema::{Catalog, Difference, Engine};
use crate::text::Sources;

/// A schema, and what built it.
pub struct Shown {
    /// The directory of the history, or the file, as people see it.
    pub path: String,
    /// The tool that runs the history; None for a file.
    pub tool: Option<&'static str>,
    /// For what it is written.
    pub engine: Engine,
    /// The migration after which the schema is shown, as people see its path; None: the last one.
    pub at: Option<String>,
    /// Whether everything is known that there is.
    pub complete: bool,
    /// What of it cannot be relied on.
    pub notes: Vec<Note>,
    /// What there is.
    pub catalog: Catalog,
    /// The statements that build it.
    pub statements: Vec<String>,
    /// What they do not build.
    pub left_over: Vec<Difference>,
}

/// Everything that is shown.
pub struct Schemas<'a> {
    /// The files that made the objects.
    pub sources: &'a Sources,
    /// From a path relative to the project's root to one relative to the current directory.
    pub display_path: &'a dyn Fn(&str) -> String,
    /// The schemas.
    pub all: &'a [Shown],
}

/// How a schema is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum SchemaFormat {
    /// Statements that build it.
    #[default]
    Sql,
    /// One JSON object, for programs.
    Json,
    /// An entity relationship diagram in Mermaid's language.
    Mermaid,
}

impl SchemaFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Sql, Self::Json, Self::Mermaid];

    /// As on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sql => "sql",
            Self::Json => "json",
            Self::Mermaid => "mermaid",
        }
    }

    /// Reads [`SchemaFormat::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Writes them.
///
/// # Errors
/// When `out` cannot be written to, or its reader went away.
pub fn write(schemas: &Schemas<'_>, format: SchemaFormat, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let written = match format {
        SchemaFormat::Sql => sql::write(schemas, &mut out),
        SchemaFormat::Json => json::write(schemas, &mut out),
        SchemaFormat::Mermaid => mermaid::write(schemas, &mut out),
    };
    written.and_then(|()| out.flush())
}

/// What built a schema, in one line.
fn title(shown: &Shown) -> String {
    let mut title = format!("{}: ", shown.path);
    if let Some(tool) = shown.tool {
        title.push_str(tool);
        title.push_str(" for ");
    }
    title.push_str(&shown.engine.to_string());
    if let Some(at) = &shown.at {
        title.push_str(", after ");
        title.push_str(at);
    }
    title
}
