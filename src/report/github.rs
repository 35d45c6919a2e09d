//! `github`: workflow commands, which the Actions runner turns into annotations of a pull request.
//!
//! The runner reads every line that begins with `::`, so text from SQL must not be able to begin one.

use super::Report;
use super::plain::{harmless, one_line};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{LineColumn, Source, Span};
use std::io::{self, Write};

/// The runner keeps this many annotations of a kind per step and drops the others in silence.
const MOST: usize = 10;
/// The runner cuts messages that are longer, in UTF-16 units.
const LONGEST: usize = 4096;

/// The worst findings of each kind, and how many there are beyond them.
pub fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
        let findings: Vec<&Diagnostic> = report.findings.iter().filter(|f| f.severity == severity).collect();
        let shown = if findings.len() > MOST { MOST - 1 } else { findings.len() };
        for finding in &findings[..shown] {
            writeln!(out, "{}", annotation(report, finding))?;
        }
        let more = findings.len() - shown;
        if more > 0 {
            let level = level(severity);
            let kind = match severity {
                Severity::Error => "errors",
                Severity::Warning => "warnings",
                Severity::Advice => "pieces of advice",
            };
            writeln!(
                out,
                "::{level} title=gander::and {more} more {kind}: GitHub shows at most {MOST} annotations of a kind per step"
            )?;
        }
    }
    Ok(())
}

fn annotation(report: &Report, finding: &Diagnostic) -> String {
    let source = report.sources.get(finding.place.file);
    let path = (report.root_path)(&source.path);
    let at = source.position(finding.place.span.start);
    let (start, end) = shown_range(source, finding.place.span);

    let mut message =
        format!("{}:{}:{}: {}", one_line(&path), at.line, at.column, one_line(&finding.message));
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        let lines: Vec<_> = help.lines().map(harmless).collect();
        message.push_str(&lines.join("\n"));
    }
    if let Some(fix) = &finding.fix {
        message.push_str(&format!("\nfix: {} ({})", one_line(&fix.title), fix.safety.name()));
    }

    let mut command = format!(
        "::{} file={},line={},endLine={}",
        level(finding.severity),
        property(&path),
        start.line,
        end.line
    );
    // The runner drops columns of annotations over several lines.
    if start.line == end.line {
        command.push_str(&format!(",col={},endColumn={}", start.column, end.column));
    }
    command.push_str(&format!(",title={}::{}", property(finding.rule), data(&cut(&message))));
    command
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "notice",
    }
}

/// The lines that the annotation hangs on. A line past the end of the file has no row in the pull request, so the last
/// one that is there stands for it.
fn shown_range(source: &Source, span: Span) -> (LineColumn, LineColumn) {
    let text = source.text();
    let last = text.trim_end_matches(['\n', '\r']).len() as u32;
    let start = span.start.min(last);
    let end = source.slice(Span::new(start, span.end.min(text.len() as u32))).trim_end().len() as u32;
    (source.position(start), source.position(start + end))
}

fn cut(message: &str) -> String {
    let mut units = 0;
    for (at, c) in message.char_indices() {
        units += c.len_utf16();
        if units > LONGEST {
            // Room for the sign that something is missing.
            let mut short = message[..at].to_owned();
            short.pop();
            short.push('…');
            return short;
        }
    }
    message.to_owned()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Fix, Safety};
    use crate::report::{Format, sample};
    use crate::text::{FileId, Place, Sources};
    use std::collections::BTreeMap;

    struct Command {
        name: String,
        properties: BTreeMap<String, String>,
        data: String,
    }

    /// The Actions runner's `ActionCommand.TryParseV2`.
    fn parse(line: &str) -> Option<Command> {
        let line = line.trim_start().strip_prefix("::")?;
        let (info, data) = line.split_once("::")?;
        let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
        if !["error", "warning", "notice"].contains(&name) {
            return None;
        }
        let properties = properties
            .trim()
            .split(',')
            .filter(|part| !part.is_empty())
            .filter_map(|part| part.split_once('='))
            .map(|(key, value)| {
                let value =
                    value.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
                (key.to_owned(), value.replace("%25", "%"))
            })
            .collect();
        let data = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
        Some(Command { name: name.to_owned(), properties, data })
    }

    fn printed(sources: &Sources, findings: &[Diagnostic]) -> Vec<String> {
        let report = sample::report(sources, findings);
        let text = sample::text(|out| crate::report::write(&report, Format::Github, out));
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_finding_on_one_line() {
        let sources = sample::sources("sql/1.sql", "-- é\nDROP TABLE é;\n");
        let mut finding =
            sample::finding("table-dropped", Severity::Warning, sample::place(&sources, "é;"), "`é` goes");
        finding.help = Some("keep it".to_owned());
        assert_eq!(
            printed(&sources, &[finding]),
            ["::warning file=db/sql/1.sql,line=2,endLine=2,col=12,endColumn=14,title=table-dropped::\
              db/sql/1.sql:2:12: `é` goes%0Ahelp: keep it"]
        );
    }

    #[test]
    fn over_several_lines_there_are_no_columns() {
        let sources = sample::sources("1.sql", "CREATE TABLE t (\n  id int\n);\n\n");
        let place = Place::new(FileId(0), Span::new(0, 31));
        assert_eq!(
            printed(&sources, &[sample::finding("r", Severity::Advice, place, "m")]),
            ["::notice file=db/1.sql,line=1,endLine=3,title=r::db/1.sql:1:1: m"],
            "and the blank lines after the statement are not part of it"
        );
    }

    #[test]
    fn past_the_end_stands_on_the_last_line() {
        let sources = sample::sources("1.sql", "BEGIN;\n");
        let place = Place::new(FileId(0), Span::at(7));
        assert_eq!(
            printed(&sources, &[sample::finding("r", Severity::Error, place, "m")]),
            ["::error file=db/1.sql,line=1,endLine=1,col=7,endColumn=7,title=r::db/1.sql:2:1: m"]
        );
    }

    #[test]
    fn nasty_names_come_back_as_they_were() {
        let path = "a:b,c%.sql,line=9::x%2C";
        let sources = sample::sources(path, "::error::x\n");
        let mut finding = sample::finding(
            "r",
            Severity::Error,
            sample::place(&sources, "::error::x"),
            "`a::b`\n::add-mask::c 100%0A ##[group]",
        );
        finding.help = Some("first\n::error::second\r\nthird".to_owned());
        finding.fix = Some(Fix {
            title: "Do,it: 5%".to_owned(),
            safety: Safety::Safe,
            edits: Vec::new(),
            new_files: Vec::new(),
            renames: Vec::new(),
        });
        let lines = printed(&sources, &[finding]);
        assert_eq!(lines.len(), 1, "nothing in a message begins a line: {lines:?}");
        let command = parse(&lines[0]).expect("the runner understands it");
        assert_eq!(command.name, "error");
        assert_eq!(command.properties["file"], format!("db/{path}"));
        assert_eq!(command.properties["line"], "1");
        assert_eq!(command.properties["endColumn"], "11");
        assert_eq!(command.properties["title"], "r");
        assert_eq!(
            command.data,
            format!(
                "db/{path}:1:1: `a::b` ::add-mask::c 100%0A ##[group]\nhelp: first\n::error::second\nthird\nfix: Do,it: 5% (safe)"
            )
        );
    }

    #[test]
    fn ten_are_shown_and_of_eleven_nine_and_a_word_about_the_others() {
        let sources = sample::sources("1.sql", "x\n");
        let many = |count, severity| -> Vec<Diagnostic> {
            (0..count)
                .map(|_| sample::finding("r", severity, Place::new(FileId(0), Span::new(0, 1)), "m"))
                .collect()
        };
        let ten = printed(&sources, &many(10, Severity::Error));
        assert_eq!(ten.len(), 10);
        assert!(ten.iter().all(|line| line.starts_with("::error file=")));

        let mut findings = many(1, Severity::Advice);
        findings.extend(many(11, Severity::Warning));
        findings.extend(many(1, Severity::Error));
        let lines = printed(&sources, &findings);
        let kinds: Vec<&str> = lines.iter().map(|line| line.split_once(' ').expect("a blank").0).collect();
        assert_eq!(kinds[0], "::error", "the worst come first");
        assert_eq!(kinds[1..11], ["::warning"; 10]);
        assert_eq!(kinds[11], "::notice");
        let last = parse(&lines[10]).expect("the runner understands it");
        assert!(last.data.starts_with("and 2 more warnings"), "{}", last.data);
        assert!(!last.properties.contains_key("file"));
    }

    #[test]
    fn a_long_message_is_cut_to_what_the_runner_keeps() {
        let sources = sample::sources("1.sql", "x\n");
        let place = Place::new(FileId(0), Span::new(0, 1));
        let lines = printed(&sources, &[sample::finding("r", Severity::Error, place, &"%😀".repeat(3000))]);
        let data = parse(&lines[0]).expect("the runner understands it").data;
        let units = data.encode_utf16().count();
        assert!((4093..=4096).contains(&units), "{units}");
        assert!(data.ends_with('…'));
    }
}
