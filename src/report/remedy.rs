//! What to write in the place of a statement: the finding, what becomes of the files that stand, and new files whole.

use std::io::{self, Write};

use super::Terminal;
use super::diff::{self, Change, Reader};
use super::plain::{Ink, paint};
use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::text::{Edit, FileId, Sources, apply_edits};

/// Writes the remedies of findings, one after the other.
///
/// # Errors
/// When `out` cannot be written to, or its reader went away.
pub fn write(
    findings: &[&Diagnostic],
    sources: &Sources,
    display: &dyn Fn(&str) -> String,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    for (at, finding) in findings.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let source = sources.get(finding.place.file);
        let place = format!("{}:{}", display(&source.path), source.position(finding.place.span.start).line);
        writeln!(out, "{}: {}", paint(terminal.color, Ink::Bold, &place), finding.message)?;
        if let Some(help) = &finding.help {
            writeln!(out, "{help}")?;
        }
        match &finding.fix {
            Some(fix) => fixed(fix, sources, display, terminal, &mut out)?,
            None => writeln!(
                out,
                "\nThere is nothing that could be written out for it: the page says what to do."
            )?,
        }
    }
    out.flush()
}

fn fixed(
    fix: &Fix,
    sources: &Sources,
    display: &dyn Fn(&str) -> String,
    terminal: Terminal,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut files: Vec<FileId> = fix.edits.iter().map(|(file, _)| *file).collect();
    files.sort();
    files.dedup();
    for file in files {
        let source = sources.get(file);
        let edits: Vec<Edit> =
            fix.edits.iter().filter(|(of, _)| *of == file).map(|(_, edit)| edit.clone()).collect();
        // Edits of one fix do not overlap.
        let Ok(after) = apply_edits(source.bytes(), &edits) else { continue };
        let path = display(&source.path);
        writeln!(out, "\n{}", paint(terminal.color, Ink::Bold, &format!("In {path}:")))?;
        let change = Change { from: Some(&path), to: &path, before: source.bytes(), after: &after };
        diff::write(&[change], Reader::Person { color: terminal.color }, out)?;
    }
    for (path, text) in &fix.new_files {
        writeln!(out, "\n{}", paint(terminal.color, Ink::Bold, &format!("New file {}:", display(path))))?;
        out.write_all(text.as_bytes())?;
    }
    let standing = match fix.safety {
        Safety::Safe => "`gander lint --fix` writes it.",
        Safety::Unsafe => "`gander lint --fix --unsafe-fixes` writes it. Read it before it runs.",
        Safety::Show => "gander does not write it: what has to happen between the steps is yours to say.",
    };
    writeln!(out, "\n{standing}")
}
