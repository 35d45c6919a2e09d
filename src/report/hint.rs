//! The lines of a fix, under a finding: enough to see what it does, never a whole file.

use super::Report;
use super::plain::{Ink, boundary_before, harmless, one_line, paint, window};
use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::text::{Edit, FileId, Source, Span, apply_edits};
use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

/// Lines shown of a fix that `--diff` shows whole.
const WRITTEN: usize = 10;
/// Lines shown of a fix that nothing else shows.
const SHOWN: usize = 20;
/// Lines shown of what becomes of a statement that is replaced by several migrations.
const STAGED: usize = 6;
/// Bytes shown of a line.
const WIDE: usize = 160;

/// The title of a finding's fix and its lines, indented for the foot of its drawing.
pub fn lines(report: &Report, finding: &Diagnostic, fix: &Fix) -> Vec<String> {
    let file = finding.place.file;
    let color = report.terminal.color;
    let (standing, most) = match fix.safety {
        Safety::Safe => ("safe: --fix writes it", WRITTEN),
        Safety::Unsafe => ("unsafe: --fix --unsafe-fixes writes it", WRITTEN),
        Safety::Show => ("only shown: yours to write", SHOWN),
    };
    let mut out =
        vec![format!("  {}  {} ({standing})", paint(color, Ink::Cyan, "fix:"), one_line(&fix.title))];

    let in_stages = is_in_stages(fix, file);
    let hint = hint(report, fix, file);
    let most = if in_stages { STAGED } else { most };
    let digits =
        hint.iter().filter_map(|line| line.number).max().map_or(1, |number| number.to_string().len());
    let drawn = |line: &Line| {
        let number = line.number.map_or_else(String::new, |number| number.to_string());
        let number = format!("{number:>digits$}");
        let number = paint(color, Ink::Dim, &number);
        match line.kind {
            Kind::Heading => format!("    {}", line.text),
            Kind::Kept => format!("    {number}   {}", line.text),
            Kind::Gone => format!("    {number} {}", paint(color, Ink::Red, &format!("- {}", line.text))),
            Kind::Come => format!("    {number} {}", paint(color, Ink::Green, &format!("+ {}", line.text))),
        }
    };
    // Blank lines are written too, and a line of blanks at the end of a line helps nobody.
    out.extend(hint.iter().take(most).map(|line| drawn(line).trim_end().to_owned()));
    if in_stages {
        let path = |path: &str| one_line(&(report.display_path)(path));
        out.extend(fix.new_files.iter().map(|(new, _)| format!("    new file {}", path(new))));
        let source = report.sources.get(file);
        let line = source.position(finding.place.span.start).line;
        out.push(format!(
            "    all of it: gander explain {} --for {}:{line}",
            finding.rule,
            path(&source.path)
        ));
    } else if hint.len() > most {
        let all = match fix.safety {
            Safety::Safe => " (--diff shows all)",
            Safety::Unsafe => " (--diff --unsafe-fixes shows all)",
            Safety::Show => " (--output-format json has all)",
        };
        out.push(format!("    … and {} more lines{all}", hint.len() - most));
    }
    out
}

struct Line {
    kind: Kind,
    /// The line's number in the file as it is.
    number: Option<u32>,
    text: String,
}

#[derive(Clone, Copy)]
enum Kind {
    Heading,
    Kept,
    Gone,
    Come,
}

impl Line {
    fn heading(text: String) -> Self {
        Self { kind: Kind::Heading, number: None, text }
    }

    /// `focus` is the byte of the line that must stay in view.
    fn new(kind: Kind, number: Option<u32>, text: &str, focus: usize) -> Self {
        let shown = window(text, focus, WIDE);
        let before = if shown.start > 0 { "…" } else { "" };
        let after = if shown.end < text.len() { "…" } else { "" };
        Self { kind, number, text: format!("{before}{}{after}", harmless(&text[shown])) }
    }
}

fn hint(report: &Report, fix: &Fix, file: FileId) -> Vec<Line> {
    let mut out = Vec::new();
    let mut files: Vec<FileId> = Vec::new();
    for (id, _) in &fix.edits {
        if !files.contains(id) {
            files.push(*id);
        }
    }
    for id in files {
        let source = report.sources.get(id);
        if id != file {
            out.push(Line::heading(format!("in {}:", one_line(&(report.display_path)(&source.path)))));
        }
        let mut edits: Vec<&Edit> =
            fix.edits.iter().filter(|(of, _)| *of == id).map(|(_, edit)| edit).collect();
        edits.sort_by_key(|edit| edit.span);
        for (i, (lines, edits)) in neighbours(source, &edits).into_iter().enumerate() {
            if i > 0 {
                out.push(Line::heading("…".to_owned()));
            }
            changed_lines(source, lines, edits, &mut out);
        }
    }
    for (path, text) in fix.new_files.iter().filter(|_| !is_in_stages(fix, file)) {
        out.push(Line::heading(format!("new file {}:", one_line(&(report.display_path)(path)))));
        out.extend(text.lines().map(|line| Line::new(Kind::Come, None, line, 0)));
    }
    for (from, to) in &fix.renames {
        let [from, to] = [from, to].map(|path| one_line(&(report.display_path)(path)));
        out.push(Line::heading(format!("rename {from} to {to}")));
    }
    out
}

/// Whether it replaces a statement of the file by several migrations.
fn is_in_stages(fix: &Fix, file: FileId) -> bool {
    !fix.new_files.is_empty() && fix.edits.iter().any(|(of, _)| *of == file)
}

/// The edits, those together that touch the same or neighbouring lines, and the lines that they touch (from, to).
fn neighbours<'e>(source: &Source, edits: &'e [&'e Edit]) -> Vec<((u32, u32), &'e [&'e Edit])> {
    let lines = |edit: &Edit| (source.position(edit.span.start).line, source.position(edit.span.end).line);
    edits
        .chunk_by(|a, b| lines(b).0 <= lines(a).1 + 1)
        .filter_map(|group| {
            let from = group.iter().map(|edit| lines(edit).0).min()?;
            let to = group.iter().map(|edit| lines(edit).1).max()?;
            Some(((from, to), group))
        })
        .collect()
}

fn changed_lines(source: &Source, (from, to): (u32, u32), edits: &[&Edit], out: &mut Vec<Line>) {
    let mut from = from;
    let mut span = source.line_span(from).cover(source.line_span(to));
    if span.is_empty() && from > 1 {
        // Appended to the file: the line before says where.
        from -= 1;
        span = source.line_span(from).cover(span);
    }
    let (before, start) = near(source, span, edits);
    let moved: Vec<Edit> = edits
        .iter()
        .map(|edit| {
            let within = |at: u32| (i64::from(at) - start).clamp(0, before.len() as i64) as u32;
            Edit::replace(Span::new(within(edit.span.start), within(edit.span.end)), edit.insert.clone())
        })
        .collect();
    // Edits that overlap are not written either; the title says what was meant.
    let Ok(after) = apply_edits(before.as_bytes(), &moved) else { return };
    let after = String::from_utf8_lossy(&after);
    let old: Vec<&str> = before.lines().collect();
    let new: Vec<&str> = after.lines().collect();
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    for (i, group) in group_diff_ops(ops, 1).iter().enumerate() {
        if i > 0 {
            out.push(Line::heading("…".to_owned()));
        }
        for op in group {
            let number = |index: usize| Some(from + index as u32);
            match *op {
                DiffOp::Equal { old_index, len, .. } => {
                    out.extend(
                        (old_index..old_index + len).map(|i| Line::new(Kind::Kept, number(i), old[i], 0)),
                    );
                }
                DiffOp::Delete { old_index, old_len, .. } => {
                    out.extend(
                        (old_index..old_index + old_len).map(|i| Line::new(Kind::Gone, number(i), old[i], 0)),
                    );
                }
                DiffOp::Insert { new_index, new_len, .. } => {
                    out.extend(
                        new[new_index..new_index + new_len]
                            .iter()
                            .map(|line| Line::new(Kind::Come, None, line, 0)),
                    );
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    let focus = common_start(old[old_index], new[new_index]);
                    out.extend(
                        (old_index..old_index + old_len)
                            .map(|i| Line::new(Kind::Gone, number(i), old[i], focus)),
                    );
                    let new = &new[new_index..new_index + new_len];
                    out.extend(new.iter().map(|line| Line::new(Kind::Come, None, line, focus)));
                }
            }
        }
    }
}

/// The text of `span`, and the byte of the file that its first byte stands for. Of a dump on one line, only what is near the
/// edits: thousands of findings on it must not each read it all.
fn near(source: &Source, span: Span, edits: &[&Edit]) -> (String, i64) {
    let from = edits.iter().map(|edit| edit.span.start).min().unwrap_or(span.start);
    let to = edits.iter().map(|edit| edit.span.end).max().unwrap_or(span.end);
    let wide = WIDE as u32;
    if span.len() <= to.saturating_sub(from) + 20 * wide {
        return (source.slice(span).to_owned(), i64::from(span.start));
    }
    let text = source.text();
    let start = boundary_before(text, from.saturating_sub(wide).max(span.start) as usize);
    let end = boundary_before(text, to.saturating_add(wide).min(span.end) as usize);
    let before = if start > span.start as usize { "…" } else { "" };
    let after = if end < span.end as usize { "…" } else { "" };
    (format!("{before}{}{after}", &text[start..end.max(start)]), start as i64 - before.len() as i64)
}

fn common_start(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn fix(safety: Safety, edits: Vec<Edit>) -> Fix {
        let edits = edits.into_iter().map(|edit| (FileId(0), edit)).collect();
        Fix { title: "Do it".to_owned(), safety, edits, new_files: Vec::new(), renames: Vec::new() }
    }

    fn finding() -> Diagnostic {
        Diagnostic {
            rule: "index-blocks-writes",
            severity: crate::diagnostic::Severity::Error,
            place: crate::text::Place::new(FileId(0), Span::at(0)),
            message: String::new(),
            label: None,
            help: None,
            related: Vec::new(),
            remedy: None,
            fix: None,
        }
    }

    fn shown(text: &str, fix: &Fix) -> String {
        let sources = sample::sources("a.sql", text);
        lines(&sample::report(&sources, &[]), &finding(), fix).join("\n")
    }

    #[test]
    fn a_changed_line_is_shown_before_and_after() {
        let text = "-- x\r\nDROP TABLE a;\r\nSELECT 1;\r\n";
        let fix = fix(Safety::Safe, vec![Edit::insert(17, "IF EXISTS ")]);
        assert_eq!(
            shown(text, &fix),
            "  fix:  Do it (safe: --fix writes it)\n    2 - DROP TABLE a;\n      + DROP TABLE IF EXISTS a;"
        );
    }

    #[test]
    fn both_ends_of_a_file_without_what_lies_between() {
        let text = "a;\nb;\nc;\nd;\n";
        let fix = fix(Safety::Unsafe, vec![Edit::insert(0, "BEGIN;\n"), Edit::insert(12, "COMMIT;\n")]);
        assert_eq!(
            shown(text, &fix),
            "  fix:  Do it (unsafe: --fix --unsafe-fixes writes it)\n      + BEGIN;\n    1   a;\n    …\n    4   d;\n      + COMMIT;"
        );
    }

    #[test]
    fn a_long_fix_is_cut_and_a_long_line_too() {
        let many = "x;\n".repeat(15);
        let text = shown("", &fix(Safety::Safe, vec![Edit::insert(0, many)]));
        assert_eq!(text.lines().count(), 12);
        assert!(text.ends_with("    … and 5 more lines (--diff shows all)"), "{text}");

        for length in [1000, 10_000] {
            let long = format!("{}DROP x;{}", "é".repeat(length / 2), "b".repeat(length));
            let text = shown(&long, &fix(Safety::Safe, vec![Edit::insert(length as u32 + 5, "IF EXISTS ")]));
            assert!(text.contains("1 - …éé") && text.contains("ééDROP x;bb"), "{text}");
            assert!(text.contains("  + …éé") && text.contains("ééDROP IF EXISTS x;bb"), "{text}");
            assert!(text.lines().all(|line| line.chars().count() < 180 && !line.contains("……")), "{text}");
        }
    }

    #[test]
    fn other_files_are_named() {
        let mut sources = sample::sources("a.sql", "a;\n");
        let other = sources.add(Source::new("schema.sql", b"x;\n".to_vec()));
        let fix = Fix {
            title: "Write it down".to_owned(),
            safety: Safety::Show,
            edits: vec![(other, Edit::insert(3, "y;\n"))],
            new_files: vec![("b/down.sql".to_owned(), "DROP TABLE a;\n".to_owned())],
            renames: vec![("1.sql".to_owned(), "001.sql".to_owned())],
        };
        assert_eq!(
            lines(&sample::report(&sources, &[]), &finding(), &fix).join("\n"),
            "  fix:  Write it down (only shown: yours to write)\n    in schema.sql:\n    1   x;\n      + y;\n    \
             new file b/down.sql:\n      + DROP TABLE a;\n    rename 1.sql to 001.sql"
        );
    }

    #[test]
    fn of_several_migrations_the_files_are_named() {
        let fix = Fix {
            new_files: vec![("b.sql".to_owned(), "SELECT 1;\n".to_owned())],
            ..fix(Safety::Unsafe, vec![Edit::insert(1, " NOT VALID")])
        };
        assert_eq!(
            shown("a;\n", &fix),
            "  fix:  Do it (unsafe: --fix --unsafe-fixes writes it)\n    1 - a;\n      + a NOT VALID;\n    new file b.sql\n    \
             all of it: gander explain index-blocks-writes --for a.sql:1"
        );
    }

    #[test]
    fn edits_that_overlap_leave_the_title() {
        let edits = vec![Edit::delete(Span::new(0, 3)), Edit::delete(Span::new(1, 4))];
        assert_eq!(shown("abcdef\n", &fix(Safety::Safe, edits)), "  fix:  Do it (safe: --fix writes it)");
    }
}
