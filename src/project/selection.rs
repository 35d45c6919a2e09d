//! Which rules are on: names of rules and categories, `default` and `all`, from gander.toml and the command line.

use std::path::Path;

use super::config::{Config, Origin};
use super::error::UserError;
use super::files::Files;
use super::relative_to;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Selection;
use crate::rules::page::On;
use crate::rules::{self, Cx, RULES};
use crate::text::{Place, Sources, Span};

/// Whether a name is a rule, a category, `default` or `all`.
pub fn is_known(name: &str) -> bool {
    matches!(name, "default" | "all") || rules::by_id(name).is_some() || RULES.iter().any(|rule| rule.page().category == name)
}

/// The rules that the configuration turns on, each with its severity.
pub fn selection(config: &Config, sources: &Sources) -> Selection {
    let lint = &config.lint;
    let mut selection = Selection::none();
    for name in lint.select.value.iter().chain(&lint.extend_select.value) {
        turn_on(&mut selection, &name.value);
    }
    for name in &lint.ignore.value {
        for rule in RULES.iter().filter(|rule| fits(rule, &name.value)) {
            selection.turn_off(rule.id);
        }
    }
    for (name, severity) in &lint.severity {
        for rule in RULES.iter().filter(|rule| fits(rule, &name.value)) {
            selection.set_severity(rule.id, *severity);
        }
    }
    for entry in &lint.per_file {
        let meant = |path: &str| entry.files.iter().any(|glob| glob.matches(path));
        for file in sources.iter().filter(|(_, source)| meant(&source.path)).map(|(file, _)| file) {
            for name in &entry.ignore {
                for rule in RULES.iter().filter(|rule| fits(rule, &name.value)) {
                    selection.turn_off_in(file, rule.id);
                }
            }
        }
    }
    selection
}

/// What to do about a name that is no rule.
pub fn what_was_meant(name: &str) -> String {
    match crate::lint::nearest(name) {
        Some(nearest) => format!("did you mean `{nearest}`? `gander rules` lists them all"),
        None => "`gander rules` lists them all".to_owned(),
    }
}

/// Refuses names on the command line that are no rule and no category.
///
/// # Errors
/// When there is one.
pub fn check_flags(config: &Config) -> Result<(), UserError> {
    for name in config.unknown_rules(is_known) {
        if let Origin::CommandLine(flag) = name.origin {
            let what = format!("{flag}: there is no rule or category `{}`", name.value);
            return Err(UserError::new(what).help(what_was_meant(&name.value)));
        }
    }
    Ok(())
}

/// Findings about lines of gander.toml that match nothing.
pub fn unmatched(config: &Config, files: &Files, root: &Path, on: &Selection) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let (Some(rule), Some(file)) = (rules::by_id("unmatched-config").filter(|rule| on.is_on(rule.id)), &config.file) else {
        return out;
    };
    let Some(id) = files.sources.find(&relative_to(&file.path, root)) else { return out };
    let mut cx = Cx::new(rule, Severity::Warning, false, &mut out);
    for name in config.unknown_rules(is_known) {
        let Some(span) = name.span() else { continue };
        cx.report(Place::new(id, span), format!("there is no rule or category `{}`, so this line does nothing", name.value))
            .help(match crate::lint::nearest(&name.value) {
                Some(nearest) => format!("Did you mean `{nearest}`? `gander rules` lists them all."),
                None => "`gander rules` lists the rules.".to_owned(),
            });
    }
    for glob in config.file_globs() {
        if !files.files.keys().any(|path| glob.matches(path)) {
            let span = Span::new(glob.span.start, glob.span.end);
            cx.report(Place::new(id, span), format!("no file fits `{}`, so this line does nothing", glob.text))
                .help("Correct the pattern, or take the line away.");
        }
    }
    out
}

fn turn_on(selection: &mut Selection, name: &str) {
    for rule in RULES {
        match name {
            "default" if rule.page().on == On::Strict => {}
            "default" | "all" => selection.turn_on(rule, false),
            _ if rule.id == name => selection.turn_on(rule, true),
            // A category is what it is by default: its strict rules are asked for one by one.
            _ if rule.page().category == name && rule.page().on != On::Strict => selection.turn_on(rule, false),
            _ => {}
        }
    }
}

fn fits(rule: &rules::Rule, name: &str) -> bool {
    name == "all" || rule.id == name || rule.page().category == name
}
