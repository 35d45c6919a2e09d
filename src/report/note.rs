//! What people are told beside a schema or a comparison: what of it cannot be relied on, and where.

use std::fmt;

use super::plain::{counted, one_line};
use crate::history::built::Built;
use crate::history::doubt::Doubt;
use crate::text::Sources;

/// A sentence without its full stop, with its place where it has one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// The file, or the directory, as people see it.
    pub path: Option<String>,
    /// The line and the column.
    pub position: Option<(u32, u32)>,
    /// The sentence.
    pub text: String,
    /// Nothing that is said beside it can be relied on.
    pub serious: bool,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            f.write_str(&one_line(path))?;
            if let Some((line, column)) = self.position {
                write!(f, ":{line}:{column}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&one_line(&self.text))
    }
}

impl Note {
    /// A sentence about a file or a directory.
    pub fn about(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: Some(path.into()), position: None, text: text.into(), serious: false }
    }

    /// The same, where nothing can be relied on because of it.
    #[must_use]
    pub fn serious(self) -> Self {
        Self { serious: true, ..self }
    }

    fn of(doubt: &Doubt, sources: &Sources, display: &dyn Fn(&str) -> String) -> Self {
        let source = sources.get(doubt.place.file);
        let at = source.position(doubt.place.span.start);
        Self {
            path: Some(display(&source.path)),
            position: Some((at.line, at.column)),
            text: doubt.what.clone(),
            serious: doubt.kind.is_serious(),
        }
    }
}

/// What of a schema cannot be relied on. `title`: what people call its history or its file.
pub fn notes(built: &Built, title: &str, sources: &Sources, display: &dyn Fn(&str) -> String) -> Vec<Note> {
    let mut out = Vec::new();
    if !built.begins {
        out.push(Note::about(title, "it does not begin at the beginning: what stood before is not known"));
    }
    for file in &built.unread {
        out.push(
            Note::about(display(&sources.get(*file).path), "this migration is no SQL and was not read")
                .serious(),
        );
    }
    out.extend(built.doubts.iter().map(|doubt| Note::of(doubt, sources, display)));
    let catalog = &built.catalog;
    if catalog.unclear {
        let text = "anything else may be there or not, because of what was not understood or cannot be told";
        out.push(Note::about(title, text).serious());
    } else {
        let open: Vec<String> =
            catalog.tables().filter(|table| table.open).map(|table| table.name.to_string()).collect();
        if !open.is_empty() {
            let text = format!(
                "of {} only a part is known: {}",
                counted(open.len(), "table", "tables"),
                open.join(", ")
            );
            out.push(Note::about(title, text));
        }
    }
    out
}
