//! `json`: one object for programs. Its shape is a promise: fields may be added, none may change.

use super::Report;
use crate::diagnostic::{self, Diagnostic};
use crate::text::{Place, Source};
use serde::Serialize;
use std::io::{self, Write};

/// One object, and a line end.
pub fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document {
    version: u32,
    summary: Summary,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    migrations: usize,
    judged: usize,
    history: usize,
    statements: usize,
    findings: usize,
    errors: usize,
    warnings: usize,
    advice: usize,
    fixable: usize,
    unsafe_fixable: usize,
    fixed: usize,
    suppressed: usize,
    left_in_applied: usize,
}

#[derive(Serialize)]
struct Finding {
    rule: &'static str,
    category: String,
    severity: &'static str,
    message: String,
    help: Option<String>,
    url: String,
    path: String,
    start: Position,
    end: Position,
    related: Vec<Related>,
    fix: Option<Fix>,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Related {
    message: String,
    path: String,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Fix {
    title: String,
    safety: &'static str,
    edits: Vec<Edit>,
    new_files: Vec<NewFile>,
    renames: Vec<Rename>,
}

#[derive(Serialize)]
struct Edit {
    path: String,
    start: u32,
    end: u32,
    insert: String,
}

#[derive(Serialize)]
struct NewFile {
    path: String,
    text: String,
}

#[derive(Serialize)]
struct Rename {
    from: String,
    to: String,
}

fn document(report: &Report) -> Document {
    let summary = report.summary;
    Document {
        version: 1,
        summary: Summary {
            files: summary.files,
            migrations: summary.migrations,
            judged: summary.judged,
            history: summary.history,
            statements: summary.statements,
            findings: report.findings.len(),
            errors: summary.errors,
            warnings: summary.warnings,
            advice: summary.advice,
            fixable: summary.fixable,
            unsafe_fixable: summary.unsafe_fixable,
            fixed: summary.fixed,
            suppressed: summary.suppressed,
            left_in_applied: summary.left_in_applied,
        },
        findings: report.findings.iter().map(|finding| found(report, finding)).collect(),
    }
}

fn found(report: &Report, finding: &Diagnostic) -> Finding {
    let (path, start, end) = located(report, finding.place);
    Finding {
        rule: finding.rule,
        category: (report.rule_category)(finding.rule),
        severity: finding.severity.name(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        url: (report.rule_url)(finding.rule),
        path,
        start,
        end,
        related: finding.related.iter().map(|related| beside(report, related)).collect(),
        fix: finding.fix.as_ref().map(|fix| written_out(report, fix)),
    }
}

fn beside(report: &Report, related: &diagnostic::Related) -> Related {
    let (path, start, end) = located(report, related.place);
    Related { message: related.message.clone(), path, start, end }
}

fn written_out(report: &Report, fix: &diagnostic::Fix) -> Fix {
    let path = |path: &String| (report.display_path)(path);
    Fix {
        title: fix.title.clone(),
        safety: fix.safety.name(),
        edits: fix
            .edits
            .iter()
            .map(|(file, edit)| Edit {
                path: path(&report.sources.get(*file).path),
                start: edit.span.start,
                end: edit.span.end,
                insert: edit.insert.clone(),
            })
            .collect(),
        new_files: fix
            .new_files
            .iter()
            .map(|(to, text)| NewFile { path: path(to), text: text.clone() })
            .collect(),
        renames: fix.renames.iter().map(|(from, to)| Rename { from: path(from), to: path(to) }).collect(),
    }
}

fn located(report: &Report, place: Place) -> (String, Position, Position) {
    let source = report.sources.get(place.file);
    (
        (report.display_path)(&source.path),
        position(source, place.span.start),
        position(source, place.span.end),
    )
}

fn position(source: &Source, offset: u32) -> Position {
    let offset = offset.min(source.text().len() as u32);
    let at = source.position(offset);
    Position { line: at.line, column: at.column, offset }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Fix, Related, Safety, Severity};
    use crate::report::{Format, Summary, sample};
    use crate::text::{Edit, FileId, Place, Source, Span};
    use serde_json::{Value, json};

    fn parsed(report: &crate::report::Report) -> Value {
        let text = sample::text(|out| crate::report::write(report, Format::Json, out));
        assert!(text.ends_with("}\n"));
        serde_json::from_str(&text).expect("the report is JSON")
    }

    #[test]
    fn every_field_of_a_finding() {
        let mut sources = sample::sources("sql/4.sql", "-- é\nCREATE TABLE \"a\u{1b}\" (\n);\n");
        let other = sources.add(Source::new("sql/1.sql", b"\nx".to_vec()));
        let mut finding = sample::finding(
            "missing-if-not-exists",
            Severity::Warning,
            Place::new(FileId(0), Span::new(6, 27)),
            "table `a\u{1b}` twice",
        );
        finding.help = Some("guard it".to_owned());
        finding.related =
            vec![Related { place: Place::new(other, Span::new(1, 2)), message: "here".to_owned() }];
        finding.fix = Some(Fix {
            title: "Add IF NOT EXISTS".to_owned(),
            safety: Safety::Safe,
            edits: vec![(FileId(0), Edit::insert(19, "IF NOT EXISTS "))],
            new_files: vec![("sql/down.sql".to_owned(), "DROP TABLE a;\n".to_owned())],
            renames: vec![("sql/4.sql".to_owned(), "sql/004.sql".to_owned())],
        });
        let findings = [finding];
        let mut report = sample::report(&sources, &findings);
        report.display_path = &|path| format!("../{path}");
        report.summary = Summary {
            files: 3,
            migrations: 2,
            judged: 1,
            history: 1,
            statements: 9,
            suppressed: 4,
            fixed: 5,
            left_in_applied: 6,
            ..report.summary
        };
        assert_eq!(
            parsed(&report),
            json!({
                "version": 1,
                "summary": {
                    "files": 3, "migrations": 2, "judged": 1, "history": 1, "statements": 9, "findings": 1,
                    "errors": 0, "warnings": 1, "advice": 0, "fixable": 1, "unsafe_fixable": 0,
                    "fixed": 5, "suppressed": 4, "left_in_applied": 6
                },
                "findings": [{
                    "rule": "missing-if-not-exists", "category": "idempotency", "severity": "warning",
                    "message": "table `a\u{1b}` twice", "help": "guard it",
                    "url": "https://example.org/missing-if-not-exists",
                    "path": "../sql/4.sql",
                    "start": {"line": 2, "column": 1, "offset": 6},
                    "end": {"line": 3, "column": 2, "offset": 27},
                    "related": [{
                        "message": "here", "path": "../sql/1.sql",
                        "start": {"line": 2, "column": 1, "offset": 1}, "end": {"line": 2, "column": 2, "offset": 2}
                    }],
                    "fix": {
                        "title": "Add IF NOT EXISTS", "safety": "safe",
                        "edits": [{"path": "../sql/4.sql", "start": 19, "end": 19, "insert": "IF NOT EXISTS "}],
                        "new_files": [{"path": "../sql/down.sql", "text": "DROP TABLE a;\n"}],
                        "renames": [{"from": "../sql/4.sql", "to": "../sql/004.sql"}]
                    }
                }]
            })
        );
    }

    #[test]
    fn what_is_missing_is_null_or_empty() {
        let sources = sample::sources("a.sql", "x");
        let findings = [sample::finding("r", Severity::Error, Place::new(FileId(0), Span::new(0, 99)), "m")];
        let document = parsed(&sample::report(&sources, &findings));
        let finding = &document["findings"][0];
        assert_eq!(finding["fix"], Value::Null);
        assert_eq!(finding["help"], Value::Null);
        assert_eq!(finding["related"], json!([]));
        assert_eq!(
            finding["end"],
            json!({"line": 1, "column": 2, "offset": 1}),
            "no further than the file goes"
        );
        assert_eq!(parsed(&sample::report(&sources, &[]))["findings"], json!([]));
    }
}
