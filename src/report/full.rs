//! `full`: each finding drawn on its source text by miette, with what to do beneath. For people.

use super::concise;
use super::excerpt::{Excerpt, head, is_shown_whole};
use super::plain::{Ink, one_line, paint, wrap};
use super::{Report, hint};
use crate::diagnostic::{Diagnostic, Related, Severity};
use crate::text::{LineColumn, Span};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Related places drawn into the text of the finding; more would hide it.
const RELATED_IN_DRAWING: usize = 3;
/// A longer text does not fit beside its line.
const LABEL: usize = 60;

/// Every finding, the summary, and how to read on.
pub fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    for finding in report.findings {
        // miette formats widths that depend on the text, and has panicked over odd text before; one finding must not
        // take the others along.
        let drawn = catch_unwind(AssertUnwindSafe(|| draw(report, finding)));
        match drawn {
            Ok(Some(drawn)) => writeln!(out, "{drawn}")?,
            Ok(None) | Err(_) => writeln!(out, "{}\n", concise::line(report, finding))?,
        }
    }
    if report.quiet {
        return Ok(());
    }
    writeln!(out, "{}", paint(report.terminal.color, Ink::Bold, &report.summary.line()))?;
    if let Some(first) = report.findings.first() {
        writeln!(out, "More about a rule: gander explain {}", first.rule)?;
    }
    Ok(())
}

fn draw(report: &Report, finding: &Diagnostic) -> Option<String> {
    let color = report.terminal.color;
    let source = report.sources.get(finding.place.file);
    let (drawn_related, listed_related) = share_out(report, finding);
    let spans =
        std::iter::once(finding.place.span).chain(drawn_related.iter().map(|related| related.place.span));
    let heads: Vec<(Span, LineColumn)> =
        spans.map(|span| (head(source, span), source.position(span.start))).collect();
    let excerpt = Excerpt::new(source, one_line(&(report.display_path)(&source.path)), &heads);

    let mut labels =
        vec![LabeledSpan::new_primary_with_span(finding.label.as_deref().map(one_line), excerpt.label(0))];
    labels.extend(drawn_related.iter().enumerate().map(|(i, related)| {
        LabeledSpan::new_with_span(Some(one_line(&related.message)), excerpt.label(i + 1))
    }));
    // miette hands its colours out in the order of the labels.
    labels.sort_by_key(|label| label.inner().offset());
    let drawing = Drawing {
        code: format!("{}[{}]", finding.severity.name(), finding.rule),
        // The sign before the message takes four columns.
        message: wrap(&one_line(&finding.message), report.terminal.width.saturating_sub(4)).join("\n"),
        severity: finding.severity,
        url: report.terminal.hyperlinks.then(|| (report.rule_url)(finding.rule)),
        excerpt,
        labels,
    };
    let mut text = String::new();
    handler(report, &drawing).render_report(&mut text, &drawing).ok()?;

    if let Some(help) = &finding.help {
        push_tagged(&mut text, report, "help:", help);
    }
    for related in listed_related {
        let source = report.sources.get(related.place.file);
        let at = source.position(related.place.span.start);
        let path = one_line(&(report.display_path)(&source.path));
        push_tagged(
            &mut text,
            report,
            "see: ",
            &format!("{path}:{}:{} {}", at.line, at.column, one_line(&related.message)),
        );
    }
    if let Some(fix) = &finding.fix {
        for line in hint::lines(report, finding, fix) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    Some(if color { text } else { text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect() })
}

/// Which related places are drawn with the finding, and which are listed beneath: miette draws labels badly that
/// touch each other, and a line that is cut shows one place only.
fn share_out<'f>(report: &Report, finding: &'f Diagnostic) -> (Vec<&'f Related>, Vec<&'f Related>) {
    let source = report.sources.get(finding.place.file);
    let mut taken = vec![head(source, finding.place.span)];
    finding.related.iter().partition(|related| {
        let fits = related.place.file == finding.place.file && related.message.chars().count() <= LABEL;
        if !fits || taken.len() > RELATED_IN_DRAWING {
            return false;
        }
        let span = head(source, related.place.span);
        let apart = taken.iter().all(|other| span.end < other.start || other.end < span.start);
        let drawn = apart && is_shown_whole(source, span.start);
        if drawn {
            taken.push(span);
        }
        drawn
    })
}

fn handler(report: &Report, drawing: &Drawing) -> GraphicalReportHandler {
    let mut theme =
        if report.terminal.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let own = match drawing.severity {
        Severity::Error => theme.styles.error,
        Severity::Warning => theme.styles.warning,
        Severity::Advice => theme.styles.advice,
    };
    let others = theme.styles.help;
    theme.styles.highlights =
        drawing.labels.iter().map(|label| if label.primary() { own } else { others }).collect();
    GraphicalReportHandler::new_themed(theme)
        .with_width(report.terminal.width)
        .with_wrap_lines(false)
        .with_links(report.terminal.hyperlinks)
        .with_link_display_text("(why)")
        .without_syntax_highlighting()
}

fn push_tagged(out: &mut String, report: &Report, tag: &str, text: &str) {
    let safe: Vec<_> = text.lines().map(super::plain::harmless).collect();
    let lines = wrap(&safe.join("\n"), report.terminal.width.saturating_sub(8));
    for (i, line) in lines.iter().enumerate() {
        let tag = if i == 0 { paint(report.terminal.color, Ink::Cyan, tag) } else { "     ".into() };
        out.push_str(&format!("  {tag} {line}\n"));
    }
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Drawing {
    code: String,
    message: String,
    severity: Severity,
    url: Option<String>,
    excerpt: Excerpt,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawing {}

impl miette::Diagnostic for Drawing {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Advice => miette::Severity::Advice,
        })
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.as_ref().map(|url| Box::new(url) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Fix, Safety};
    use crate::report::{Format, Summary, Terminal, sample};
    use crate::text::{Edit, FileId, Place, Source, Sources};

    fn shown(sources: &Sources, finding: Diagnostic) -> String {
        let findings = [finding];
        let report = sample::report(sources, &findings);
        sample::text(|out| crate::report::write(&report, Format::Full, out))
    }

    const TABLE: &str = "CREATE TABLE a (id int);\nCREATE TABLE t (\n  id int\n);\n";

    #[test]
    fn a_finding_with_all_that_it_can_have() {
        let sources = sample::sources("004_x.sql", TABLE);
        let place = sample::place(&sources, "CREATE TABLE t (\n  id int\n)");
        let mut finding = sample::finding(
            "missing-if-not-exists",
            Severity::Warning,
            place,
            "table `t` is created without a guard",
        );
        finding.label = Some("fails on a second run".to_owned());
        finding.help = Some("write IF NOT EXISTS".to_owned());
        finding.fix = Some(Fix {
            title: "Add IF NOT EXISTS".to_owned(),
            safety: Safety::Safe,
            edits: vec![(FileId(0), Edit::insert(38, "IF NOT EXISTS "))],
            new_files: Vec::new(),
            renames: Vec::new(),
        });
        let findings = [finding];
        let mut report = sample::report(&sources, &findings);
        report.quiet = false;
        report.summary = Summary { migrations: 1, judged: 1, ..Summary::count(&findings) };
        let expected = "\
warning[missing-if-not-exists]

  ⚠ table `t` is created without a guard
   ╭─[004_x.sql:2:1]
 1 │ CREATE TABLE a (id int);
 2 │ CREATE TABLE t (
   · ────────┬───────
   ·         ╰── fails on a second run
 3 │   id int
   ╰────
  help: write IF NOT EXISTS
  fix:  Add IF NOT EXISTS (safe: --fix writes it)
    2 - CREATE TABLE t (
      + CREATE TABLE IF NOT EXISTS t (

1 warning in 1 migration; 1 fixable with --fix
More about a rule: gander explain missing-if-not-exists
";
        assert_eq!(sample::text(|out| crate::report::write(&report, Format::Full, out)), expected);
    }

    #[test]
    fn related_places_are_drawn_where_they_fit_and_listed_where_not() {
        let mut sources = sample::sources("a.sql", "1;\n2;\n3;\n4;\n5;\nBEGIN;\n7;\n");
        let other = sources.add(Source::new("b.sql", b"\n  x".to_vec()));
        let mut finding =
            sample::finding("r", Severity::Error, Place::new(FileId(0), Span::new(15, 21)), "already open");
        finding.related = vec![
            Related { place: Place::new(FileId(0), Span::new(0, 2)), message: "opened here".to_owned() },
            Related {
                place: Place::new(FileId(0), Span::new(16, 20)),
                message: "inside the label".to_owned(),
            },
            Related { place: Place::new(other, Span::new(3, 4)), message: "and there".to_owned() },
        ];
        let expected = "\
error[r]

  × already open
   ╭─[a.sql:1:1]
 1 │ 1;
   · ─┬
   ·  ╰── opened here
 2 │ 2;
   ╰────
   ╭─[a.sql:6:1]
 5 │ 5;
 6 │ BEGIN;
   · ──────
 7 │ 7;
   ╰────
  see:  a.sql:6:2 inside the label
  see:  b.sql:2:3 and there

";
        assert_eq!(shown(&sources, finding), expected);
    }

    #[test]
    fn the_end_of_a_file_has_a_caret() {
        let sources = sample::sources("a.sql", "BEGIN;\nSELECT 1;\n\n");
        let mut finding = sample::finding(
            "unclosed-transaction",
            Severity::Error,
            Place::new(FileId(0), Span::at(18)),
            "no COMMIT",
        );
        finding.label = Some("here".to_owned());
        let expected = "\
error[unclosed-transaction]

  × no COMMIT
   ╭─[a.sql:4:1]
 1 │ BEGIN;
 2 │ SELECT 1;
   ·          ▲
   ·          ╰── here
 3 │
   ╰────

";
        assert_eq!(shown(&sources, finding), expected);
    }

    #[test]
    fn an_empty_file_can_be_drawn() {
        let sources = sample::sources("a.sql", "");
        let finding = sample::finding("r", Severity::Advice, Place::new(FileId(0), Span::at(0)), "empty");
        let expected = "\
advice[r]

  ☞ empty
   ╭─[a.sql:1:1]
 1 │
   · ▲
   ╰────

";
        assert_eq!(shown(&sources, finding), expected);
    }

    #[test]
    fn nothing_in_the_sql_reaches_the_terminal_as_a_command() {
        let sources = sample::sources("a\u{1b}.sql", "DROP \u{1b}[2J\rTABLE\u{202e} \"é\0\";\r\n");
        let place = sample::place(&sources, "\"é\0\"");
        let text = shown(&sources, sample::finding("r", Severity::Error, place, "drops `é\0\u{9b}`"));
        let expected = "\
error[r]

  × drops `é?¿`
   ╭─[a?.sql:1:18]
 1 │ DROP ?[2J?TABLE\u{fffd} \"é?\";
   ·                  ────
   ╰────

";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_place_far_out_on_a_line_is_drawn() {
        let line = format!("INSERT INTO t VALUES {}(2);\n", "(1),".repeat(100_000));
        let sources = sample::sources("dump.sql", &line);
        let mut finding = sample::finding("r", Severity::Error, sample::place(&sources, "(2)"), "m");
        finding.related =
            vec![Related { place: sample::place(&sources, "INSERT"), message: "begins here".to_owned() }];
        let text = shown(&sources, finding);
        assert!(text.contains("╭─[dump.sql:1:400022]"), "{text}");
        assert!(text.contains("(1),(2);\n"), "{text}");
        assert!(text.contains("see:  dump.sql:1:1 begins here"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 520), "{text}");
    }

    #[test]
    fn long_texts_are_wrapped_at_blanks() {
        let sources = sample::sources("a.sql", "x\n");
        let mut finding =
            sample::finding("r", Severity::Error, sample::place(&sources, "x"), &"word ".repeat(20));
        finding.help = Some(format!("{}\n    BEGIN;", "missing-if-not-exists ".repeat(5)));
        let words = |n: usize| vec!["word"; n].join(" ");
        let expected = format!(
            "error[r]\n\n  × {}\n  │ {}\n   ╭─[a.sql:1:1]\n 1 │ x\n   · ─\n   ╰────\n  help: {}\n        {}\n            BEGIN;\n\n",
            words(15),
            words(5),
            ["missing-if-not-exists"; 3].join(" "),
            ["missing-if-not-exists"; 2].join(" "),
        );
        assert_eq!(shown(&sources, finding), expected);
    }

    #[test]
    fn a_link_leads_to_the_rules_page_where_links_work() {
        let sources = sample::sources("a.sql", "x\n");
        let findings = [sample::finding("r", Severity::Error, sample::place(&sources, "x"), "m")];
        let mut report = sample::report(&sources, &findings);
        report.terminal = Terminal { hyperlinks: true, ..sample::PLAIN };
        let text = sample::text(|out| crate::report::write(&report, Format::Full, out));
        assert!(
            text.starts_with("\u{1b}]8;;https://example.org/r\u{1b}\\error[r] (why)\u{1b}]8;;\u{1b}\\\n"),
            "{text:?}"
        );
    }
}
