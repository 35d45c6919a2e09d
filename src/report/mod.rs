//! What a run found, written for people and for machines: one plain function and one file per format.

mod concise;
pub mod diff;
pub mod drift;
pub mod inspect;
mod excerpt;
mod full;
mod github;
mod hint;
mod json;
pub mod note;
mod plain;
pub mod remedy;
pub mod schema;
mod statistics;
mod summary;
pub mod terminal;

pub use summary::Summary;

use crate::diagnostic::Diagnostic;
use crate::text::Sources;
use std::io::{self, BufWriter, Write};

/// Everything that a report is made from. The findings come sorted: by path, place, rule.
pub struct Report<'a> {
    /// The files that the findings lie in.
    pub sources: &'a Sources,
    /// What was found.
    pub findings: &'a [Diagnostic],
    /// The counts.
    pub summary: Summary,
    /// From a path relative to the project's root to one relative to the current directory, with forward slashes.
    pub display_path: &'a dyn Fn(&str) -> String,
    /// From a path relative to the project's root to one relative to the repository's: GitHub knows files by it.
    pub root_path: &'a dyn Fn(&str) -> String,
    /// The address of a rule's page.
    pub rule_url: fn(&str) -> String,
    /// The category of a rule.
    pub rule_category: fn(&str) -> String,
    /// What the terminal can do.
    pub terminal: Terminal,
    /// Findings and nothing else: no summary line.
    pub quiet: bool,
}

/// What the place that text is written to can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terminal {
    /// Colours, as escape sequences.
    pub color: bool,
    /// Links, as escape sequences.
    pub hyperlinks: bool,
    /// Columns.
    pub width: usize,
}

/// How a report is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// Each finding with its source text, for people.
    Full,
    /// A line per finding, for people and editors.
    Concise,
    /// One JSON object, for programs.
    Json,
    /// Workflow commands: GitHub shows them in the pull request.
    Github,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Full, Self::Concise, Self::Json, Self::Github];

    /// As on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Github => "github",
        }
    }

    /// Reads [`Format::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written to, or its reader went away.
pub fn write(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let written = match format {
        Format::Full => full::write(report, &mut out),
        Format::Concise => concise::write(report, &mut out),
        Format::Json => json::write(report, &mut out),
        Format::Github => github::write(report, &mut out),
    };
    written.and_then(|()| out.flush())
}

/// Writes how often each rule was broken, in place of the findings.
///
/// # Errors
/// When `out` cannot be written to, or its reader went away.
pub fn write_statistics(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    statistics::write(report, &mut out).and_then(|()| out.flush())
}

/// Takes a closed pipe for success: `gander lint | head` has got what it wanted.
///
/// # Errors
/// Every other error stays.
pub fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        assert!(unless_closed(Err(io::ErrorKind::BrokenPipe.into())).is_ok());
        assert!(unless_closed(Err(io::ErrorKind::StorageFull.into())).is_err());
    }

    #[test]
    fn formats_are_read_back_from_their_names() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
        }
        assert_eq!(Format::from_name("sarif"), None);
    }
}

/// Sample reports for the tests of every format.
#[cfg(test)]
mod sample {
    use super::{Report, Summary, Terminal};
    use crate::diagnostic::{Diagnostic, Severity};
    use crate::text::{FileId, Place, Source, Sources, Span};

    pub const PLAIN: Terminal = Terminal { color: false, hyperlinks: false, width: 80 };

    /// A project that lies in `db/` of its repository and is looked at from its root.
    pub fn report<'a>(sources: &'a Sources, findings: &'a [Diagnostic]) -> Report<'a> {
        Report {
            sources,
            findings,
            summary: Summary {
                files: 1,
                migrations: 1,
                judged: 1,
                statements: 1,
                ..Summary::count(findings)
            },
            display_path: &|path| path.to_owned(),
            root_path: &|path| format!("db/{path}"),
            rule_url: |rule| format!("https://example.org/{rule}"),
            rule_category: |_| "idempotency".to_owned(),
            terminal: PLAIN,
            quiet: true,
        }
    }

    pub fn sources(path: &str, text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add(Source::new(path, text.as_bytes().to_vec()));
        sources
    }

    /// The place of `text` in the first file.
    pub fn place(sources: &Sources, text: &str) -> Place {
        let at = sources.get(FileId(0)).text().find(text).expect("the text stands in the file");
        Place::new(FileId(0), Span::new(at as u32, (at + text.len()) as u32))
    }

    pub fn finding(rule: &'static str, severity: Severity, place: Place, message: &str) -> Diagnostic {
        Diagnostic {
            rule,
            severity,
            place,
            message: message.to_owned(),
            label: None,
            help: None,
            related: Vec::new(),
            remedy: None,
            fix: None,
        }
    }

    pub fn text(written: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
        let mut out = Vec::new();
        written(&mut out).expect("a vector can be written to");
        String::from_utf8(out).expect("reports are UTF-8")
    }
}
