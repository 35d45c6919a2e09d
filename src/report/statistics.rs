//! `--statistics`: how often each rule was broken, most often first, in place of the findings.

use super::Report;
use super::concise::ink;
use super::plain::paint;
use crate::diagnostic::{Safety, Severity};
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Default)]
struct Row {
    count: usize,
    safe: usize,
    unsafe_: usize,
}

/// A line per rule and severity, and the summary.
pub fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut rows: BTreeMap<(&str, Severity), Row> = BTreeMap::new();
    for finding in report.findings {
        let row = rows.entry((finding.rule, finding.severity)).or_default();
        row.count += 1;
        match finding.fix.as_ref().map(|fix| fix.safety) {
            Some(Safety::Safe) => row.safe += 1,
            Some(Safety::Unsafe) => row.unsafe_ += 1,
            Some(Safety::Show) | None => {}
        }
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.count));
    let digits = rows.first().map_or(0, |(_, row)| row.count.to_string().len());
    let widest =
        rows.iter().map(|((rule, severity), _)| rule.len() + severity.name().len() + 2).max().unwrap_or(0);
    for ((rule, severity), row) in rows {
        let kind = format!("{}[{rule}]", severity.name());
        let fixes = match (row.safe, row.unsafe_) {
            (0, 0) => String::new(),
            (safe, 0) => format!("{safe} fixable"),
            (0, unsafe_) => format!("{unsafe_} fixable with --unsafe-fixes"),
            (safe, unsafe_) => format!("{safe} fixable, {unsafe_} more with --unsafe-fixes"),
        };
        let line = format!("{:>digits$}  {kind:<widest$}  {fixes}", row.count);
        writeln!(
            out,
            "{}",
            line.trim_end().replacen(&kind, &paint(report.terminal.color, ink(severity), &kind), 1)
        )?;
    }
    if !report.quiet {
        writeln!(out, "{}", report.summary.line())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Fix;
    use crate::report::sample;
    use crate::text::{FileId, Place, Span};

    #[test]
    fn most_often_first_and_what_can_be_fixed() {
        let sources = sample::sources("a.sql", "x");
        let mut findings: Vec<_> = (0..11)
            .map(|i| {
                let (rule, severity) =
                    if i == 0 { ("a", Severity::Error) } else { ("long-rule", Severity::Warning) };
                sample::finding(rule, severity, Place::new(FileId(0), Span::at(0)), "m")
            })
            .collect();
        let fix = |safety| {
            Some(Fix { title: String::new(), safety, edits: vec![], new_files: vec![], renames: vec![] })
        };
        findings[3].fix = fix(Safety::Safe);
        findings[4].fix = fix(Safety::Unsafe);
        findings[5].fix = fix(Safety::Show);
        let report = sample::report(&sources, &findings);
        assert_eq!(
            sample::text(|out| crate::report::write_statistics(&report, out)),
            "10  warning[long-rule]  1 fixable, 1 more with --unsafe-fixes\n 1  error[a]\n"
        );
    }
}
