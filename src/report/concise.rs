//! `concise`: `path:line:column: severity[rule] message`, a line each. Editors and `grep` read it.

use super::Report;
use super::plain::{Ink, one_line, paint};
use crate::diagnostic::{Diagnostic, Severity};
use std::io::{self, Write};

/// A line per finding, and the summary.
pub fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for finding in report.findings {
        writeln!(out, "{}", line(report, finding))?;
    }
    if !report.quiet {
        writeln!(out, "{}", report.summary.line())?;
    }
    Ok(())
}

/// One finding on one line, without its line end.
pub fn line(report: &Report, finding: &Diagnostic) -> String {
    let color = report.terminal.color;
    let source = report.sources.get(finding.place.file);
    let at = source.position(finding.place.span.start);
    let place = format!("{}:{}:{}", one_line(&(report.display_path)(&source.path)), at.line, at.column);
    let kind = format!("{}[{}]", finding.severity.name(), finding.rule);
    let place = paint(color, Ink::Bold, &place);
    format!("{place}: {} {}", paint(color, ink(finding.severity), &kind), one_line(&finding.message))
}

/// The colour of a severity.
pub const fn ink(severity: Severity) -> Ink {
    match severity {
        Severity::Error => Ink::Red,
        Severity::Warning => Ink::Yellow,
        Severity::Advice => Ink::Cyan,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Format, Summary, Terminal, sample};

    #[test]
    fn a_line_per_finding_and_a_summary() {
        let sources = sample::sources("sql/004_x.sql", "-- é\n  DROP TABLE a; DROP TABLE b;\n");
        let findings = [
            sample::finding(
                "missing-if-exists",
                Severity::Warning,
                sample::place(&sources, "DROP TABLE a"),
                "`a` may be gone",
            ),
            sample::finding(
                "table-dropped",
                Severity::Error,
                sample::place(&sources, "DROP TABLE b"),
                "`b\n\u{1b}[31m` goes",
            ),
        ];
        let mut report = sample::report(&sources, &findings);
        report.quiet = false;
        report.summary = Summary { migrations: 1, judged: 1, ..Summary::count(&findings) };
        assert_eq!(
            sample::text(|out| crate::report::write(&report, Format::Concise, out)),
            "sql/004_x.sql:2:3: warning[missing-if-exists] `a` may be gone\n\
             sql/004_x.sql:2:17: error[table-dropped] `b ?[31m` goes\n\
             1 error, 1 warning in 1 migration\n"
        );
    }

    #[test]
    fn quiet_says_nothing_when_there_is_nothing() {
        let sources = sample::sources("a.sql", "");
        let report = sample::report(&sources, &[]);
        assert_eq!(sample::text(|out| crate::report::write(&report, Format::Concise, out)), "");
    }

    #[test]
    fn colours_lie_around_the_words_only() {
        let sources = sample::sources("a.sql", "x");
        let findings = [sample::finding("r", Severity::Advice, sample::place(&sources, "x"), "m")];
        let mut report = sample::report(&sources, &findings);
        report.terminal = Terminal { color: true, ..sample::PLAIN };
        assert_eq!(
            line(&report, &findings[0]),
            "\u{1b}[1ma.sql:1:1\u{1b}[0m: \u{1b}[36madvice[r]\u{1b}[0m m"
        );
    }
}
