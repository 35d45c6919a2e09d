//! `gander explain`: a rule's page; with `--for`, what to write in the place of one statement.

use std::fmt::Write;

use super::args::{Explain, Fixing, Global, LineOfFile, Lint, Output, Rules, Scope};
use super::{Exit, choice, is_read, lint, print, scope, stdout_terminal, told};
use crate::diagnostic::{Diagnostic, Safety};
use crate::project::config::CommandLine;
use crate::project::files::{State, Target};
use crate::project::selection::what_was_meant;
use crate::project::{Opening, Project, UserError, open};
use crate::report::{self, Format, Report, Summary, remedy as written};
use crate::rules;
use crate::rules::page::On;

/// Prints the page, or the remedy.
///
/// # Errors
/// When there is no such rule, or it reports nothing at the place.
pub fn run(global: &Global, explain: &Explain) -> Result<Exit, UserError> {
    let wanted = explain.rule.trim().to_ascii_lowercase();
    let Some(rule) = rules::by_id(&wanted) else {
        return Err(
            UserError::new(format!("there is no rule `{}`", explain.rule)).help(what_was_meant(&wanted))
        );
    };
    if let Some(place) = &explain.place {
        return remedy(global, explain, rule.id, place);
    }
    let page = rule.page();
    let on = match page.on {
        On::Default => "on",
        On::Practice => "on where the repository practises it",
        On::Strict => "off unless selected",
    };
    let fix = match page.fix {
        Some(Safety::Safe) => "safe",
        Some(Safety::Unsafe) => "unsafe",
        Some(Safety::Show) => "shown, not written",
        None => "none",
    };
    let engines: Vec<&str> = page.engines.iter().map(|engine| engine.title()).collect();
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{} · {} · {on} · fix: {fix} · {}\n",
        page.severity.name(),
        page.category,
        engines.join(", ")
    );
    text.push_str(page.body.trim_start());
    print(&text)?;
    Ok(Exit::Clean)
}

/// Prints what to write for the findings of a rule at a place.
fn remedy(
    global: &Global,
    explain: &Explain,
    rule: &'static str,
    place: &LineOfFile,
) -> Result<Exit, UserError> {
    let lint = Lint {
        paths: vec![place.file.clone()],
        scope: Scope::default(),
        fixing: Fixing::default(),
        rules: Rules { select: vec![rule.to_owned()], ..Rules::default() },
        target: explain.target.clone(),
        output: Output { output_format: Format::Full, output: Vec::new(), statistics: false },
    };
    let line = CommandLine {
        select: Some(lint.rules.select.clone()),
        engine: explain.target.engine,
        tool: explain.target.tool.clone(),
        ..CommandLine::default()
    };
    let state = State::WorkTree;
    let project = open(Opening { choice: choice(global), line, state, paths: &lint.paths, instead: None })?;
    let exit = told(&project);
    let Some(Target::File(path)) = project.files.targets.last() else {
        return Err(UserError::new(format!("{} is no file", place.file.display())));
    };
    let trees = scope::trees(&project, &lint.scope)?;
    let judged = lint::judge(&project, &trees, &lint)?;
    let own: Vec<&Diagnostic> = judged
        .findings
        .iter()
        .filter(|finding| finding.rule == rule && project.files.sources.get(finding.place.file).path == *path)
        .collect();
    let here: Vec<&Diagnostic> =
        own.iter().filter(|finding| lines(&project, finding).contains(&place.line)).copied().collect();
    if here.is_empty() {
        let shown = project.display(path);
        let others: Vec<String> =
            own.iter().map(|finding| format!("{shown}:{}", lines(&project, finding).start())).collect();
        let help = match others.as_slice() {
            [] => format!(
                "it has nothing to say about that file; `gander lint {shown}` shows what the others do"
            ),
            others => format!("it does at {}", others.join(", ")),
        };
        return Err(UserError::new(format!("{rule} reports nothing at {shown}:{}", place.line)).help(help));
    }
    let display = |path: &str| project.display(path);
    let terminal = stdout_terminal(global);
    let sources = &project.files.sources;
    if explain.output_format != Format::Full {
        let findings: Vec<Diagnostic> = here.into_iter().cloned().collect();
        let root = |path: &str| project.in_repository(path);
        let report = Report {
            sources,
            findings: &findings,
            summary: Summary::count(&findings),
            display_path: &display,
            root_path: &root,
            rule_url: rules::url,
            rule_category: rules::category,
            terminal,
            quiet: true,
        };
        is_read(report::write(&report, explain.output_format, &mut std::io::stdout().lock()))?;
        return Ok(exit);
    }
    is_read(written::write(&here, sources, &display, terminal, &mut std::io::stdout().lock()))?;
    Ok(exit)
}

/// The lines on which a finding stands.
fn lines(project: &Project, finding: &Diagnostic) -> std::ops::RangeInclusive<u32> {
    let source = project.files.sources.get(finding.place.file);
    let span = finding.place.span;
    source.position(span.start).line..=source.position(span.end).line
}
