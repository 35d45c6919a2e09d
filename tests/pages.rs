//! The pages of the rules are tests: every example says what gander must find in it.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use gander::diagnostic::{Diagnostic, Safety};
use gander::fix;
use gander::report::{self, Format, Report, Summary, Terminal};

use support::judge::{Finding, Judged, judge};
use support::pages::{At, Case, Expect, Fence, Kind, NOT_YET, RulePage, all};

/// How often fixes are looked for in what fixes left.
const ROUNDS: usize = 10;

/// `GANDER_PAGE=sequence-gap` runs the cases of one rule.
#[test]
fn every_page_shows_what_it_says() {
    let only = std::env::var("GANDER_PAGE").ok();
    let pages = all();
    let mut run = 0;
    let mut complaints = Vec::new();
    let written = pages.iter().filter(|page| !NOT_YET.contains(&page.id.as_str()));
    for page in written.filter(|page| only.as_ref().is_none_or(|only| *only == page.id)) {
        for case in &page.cases {
            run += 1;
            let checked = catch_unwind(AssertUnwindSafe(|| check(page, case)));
            match checked {
                Ok(said) => complaints.extend(said),
                Err(_) => complaints.push(format!("{}: gander panics", At(page, case, case.line))),
            }
        }
    }
    assert!(run > 0, "no case was run");
    assert!(
        complaints.is_empty(),
        "{} complaints in {run} cases:\n\n{}\n",
        complaints.len(),
        complaints.join("\n")
    );
}

/// What is wrong with a case.
fn check(page: &RulePage, case: &Case) -> Vec<String> {
    let judged = match judge(page, case, |_, fence| fence.text.clone()) {
        Ok(judged) => judged,
        Err(what) => return vec![format!("{}: {what}", At(page, case, case.line))],
    };
    let mut complaints: Vec<String> = judged
        .unseen
        .iter()
        .map(|line| format!("{}: gander does not see this file", At(page, case, *line)))
        .collect();
    for (index, output) in (0..case.fences.len()).filter_map(|index| Some((index, case.output(index)?))) {
        if case.fences[index].kind.is_file() {
            complaints.extend(printed(page, case, &judged, output));
        }
    }
    for (index, fence) in case.fences.iter().enumerate().filter(|(_, fence)| fence.kind.is_file()) {
        let found: Vec<&Finding> =
            judged.findings.iter().filter(|finding| finding.path == fence.path).collect();
        if let Some(what) = compare(page, fence, &found) {
            complaints.push(format!("{}: {what}", At(page, case, fence.line)));
        } else if let Some(fixed) = case.fixed(index) {
            complaints.extend(fix(page, case, index, fixed));
        }
    }
    complaints
}

/// What is wrong with an `output` fence: it must say what `--output-format full` prints for the file, without colours. With
/// GANDER_BLESS=1 it is made to.
fn printed(page: &RulePage, case: &Case, judged: &Judged, output: &Fence) -> Option<String> {
    let findings: Vec<Diagnostic> = judged
        .findings
        .iter()
        .filter(|finding| finding.path == output.path)
        .map(|finding| finding.diagnostic.clone())
        .collect();
    let path = |path: &str| path.to_owned();
    let report = Report {
        sources: &judged.tree.files.sources,
        findings: &findings,
        summary: Summary::count(&findings),
        display_path: &path,
        root_path: &path,
        rule_url: gander::rules::url,
        rule_category: gander::rules::category,
        terminal: Terminal { color: false, hyperlinks: false, width: 100 },
        quiet: true,
    };
    let mut bytes = Vec::new();
    report::write(&report, Format::Full, &mut bytes).expect("a vector can be written to");
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    let text = format!("{}\n", lines.join("\n"));
    if output.text == text {
        return None;
    }
    if std::env::var_os("GANDER_BLESS").is_some() {
        bless(page, &output.text, &text);
        return None;
    }
    Some(format!("{}: gander prints\n{text}", At(page, case, output.line)))
}

/// Puts what is printed into the page. Told by what stands there, since lines move while a page is blessed.
fn bless(page: &RulePage, before: &str, after: &str) {
    let path = support::pages::project().join(&page.path);
    let text = std::fs::read_to_string(&path).expect("the page is there");
    let fence = |inside: &str| format!("```output\n{inside}```");
    std::fs::write(&path, text.replacen(&fence(before), &fence(after), 1)).expect("the page can be written");
}

/// How the findings in a file differ from what its fence says.
fn compare(page: &RulePage, fence: &Fence, found: &[&Finding]) -> Option<String> {
    let wanted = match fence.expect {
        Expect::Nothing => None,
        Expect::One(severity) => Some(severity.unwrap_or(page.page.severity)),
    };
    let fits = match (wanted, found) {
        (None, []) => true,
        (Some(severity), [one]) => one.diagnostic.rule == page.id && one.diagnostic.severity == severity,
        (None | Some(_), _) => false,
    };
    let wanted = wanted
        .map_or_else(|| "nothing".to_owned(), |severity| format!("one {}[{}]", severity.name(), page.id));
    let shown: Vec<&str> = found.iter().map(|finding| finding.shown.as_str()).collect();
    let shown =
        if shown.is_empty() { "nothing".to_owned() } else { format!("\n    {}", shown.join("\n    ")) };
    let unsaid = fence.state.as_ref().filter(|state| {
        let code = format!("(SQLSTATE {state})");
        found.iter().any(|finding| !finding.diagnostic.message.ends_with(&code))
    });
    if let Some(state) = unsaid {
        return Some(format!("the finding does not end with SQLSTATE {state}: {shown}"));
    }
    (!fits).then(|| format!("wanted {wanted}, found {shown}"))
}

/// What is wrong with the fix of a file: another text than the page's, a finding that is still there, or no end of it.
fn fix(page: &RulePage, case: &Case, index: usize, fixed: &Fence) -> Vec<String> {
    let at = At(page, case, fixed.line);
    let least = page.page.fix.unwrap_or(Safety::Safe);
    let path = &case.fences[index].path;
    let mut text = case.fences[index].text.clone();
    for _ in 0..ROUNDS {
        let judged =
            match judge(page, case, |i, fence| if i == index { text.clone() } else { fence.text.clone() }) {
                Ok(judged) => judged,
                Err(what) => return vec![format!("{at}: {what}")],
            };
        let Some(file) = judged.tree.files.sources.find(path) else {
            return vec![format!("{at}: gander does not see {path}")];
        };
        let findings: Vec<Diagnostic> =
            judged.findings.iter().map(|finding| finding.diagnostic.clone()).collect();
        let written = match fix::apply(judged.tree.files.sources.get(file), file, &findings, least) {
            Ok((written, _)) => String::from_utf8_lossy(&written).into_owned(),
            Err(_) => return vec![format!("{at}: the fix overlaps itself")],
        };
        if written == text {
            // What is said about a schema file stands at the migrations.
            let is_schema = case.fences[index].kind == Kind::Canonical;
            let left = judged.findings.iter().filter(|finding| is_schema || finding.path == *path);
            let left =
                left.map(|finding| format!("{at}: after the fix there is still\n    {}", finding.shown));
            let other = (text != fixed.text).then(|| format!("{at}: the fix writes\n{}", text.trim_end()));
            return other.into_iter().chain(left).collect();
        }
        text = written;
    }
    vec![format!("{at}: the fix finds no end:\n{}", text.trim_end())]
}
