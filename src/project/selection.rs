//! Which rules are on: names of rules and categories, `default` and `all`, from gander.toml and the command line.

use std::path::Path;

use super::config::{Config, Origin, Setting};
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
    matches!(name, "default" | "all")
        || rules::by_id(name).is_some()
        || RULES.iter().any(|rule| rule.page().category == name)
}

/// The rules that the configuration turns on, each with its severity.
pub fn selection(config: &Config, sources: &Sources) -> Selection {
    let lint = &config.lint;
    let mut selection = Selection::none();
    for rule in RULES {
        let weight =
            |names: &[Setting<String>]| names.iter().map(|name| weight(rule, &name.value)).max().unwrap_or(0);
        let on = weight(&lint.select.value).max(weight(&lint.extend_select.value));
        // The more specific name wins; of two that are as specific, the one that ignores.
        if on > weight(&lint.ignore.value) {
            selection.turn_on(rule, on == BY_NAME);
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
    let (Some(rule), Some(file)) =
        (rules::by_id("unmatched-config").filter(|rule| on.is_on(rule.id)), &config.file)
    else {
        return out;
    };
    let Some(id) = files.sources.find(&relative_to(&file.path, root)) else { return out };
    let severity = on.severity(rule.id).unwrap_or(Severity::Warning);
    let mut cx = Cx::new(rule, severity, false, &mut out);
    for name in config.unknown_rules(is_known) {
        let Some(span) = name.span() else { continue };
        cx.report(
            Place::new(id, span),
            format!("there is no rule or category `{}`, so this line does nothing", name.value),
        )
        .help(match crate::lint::nearest(&name.value) {
            Some(nearest) => format!("Did you mean `{nearest}`? `gander rules` lists them all."),
            None => "`gander rules` lists the rules.".to_owned(),
        });
    }
    for glob in config.file_globs() {
        if !files.files.keys().any(|path| glob.matches(path)) {
            let span = Span::new(glob.span.start, glob.span.end);
            cx.report(
                Place::new(id, span),
                format!("no file fits `{}`, so this line does nothing", glob.text),
            )
            .help("Correct the pattern, or take the line away.");
        }
    }
    out
}

/// How closely a rule's own name names it.
const BY_NAME: u8 = 4;

/// How closely a name names a rule; 0: not at all. A category is what it is by default: its strict rules are asked for one by one.
fn weight(rule: &rules::Rule, name: &str) -> u8 {
    let page = rule.page();
    let strict = page.on == On::Strict;
    match name {
        "all" => 1,
        "default" => {
            if strict {
                0
            } else {
                2
            }
        }
        _ if rule.id == name => BY_NAME,
        _ if page.category == name && !strict => 3,
        _ => 0,
    }
}

fn fits(rule: &rules::Rule, name: &str) -> bool {
    name == "all" || rule.id == name || rule.page().category == name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::config::CommandLine;

    fn on(select: &[&str], ignore: &[&str], id: &str) -> bool {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let mut config = Config::default();
        config.apply(CommandLine { select: names(select), ignore: names(ignore), ..CommandLine::default() });
        selection(&config, &Sources::default()).is_on(id)
    }

    #[test]
    fn the_more_specific_name_wins() {
        assert!(on(&["default"], &[], "index-blocks-writes"));
        assert!(!on(&["default"], &["locking"], "index-blocks-writes"));
        assert!(on(&["index-blocks-writes"], &["locking"], "index-blocks-writes"));
        assert!(!on(&["locking"], &["index-blocks-writes"], "index-blocks-writes"));
        assert!(!on(&["index-blocks-writes"], &["index-blocks-writes"], "index-blocks-writes"));
        assert!(!on(&["transaction"], &[], "index-blocks-writes"));
        assert!(on(&["locking"], &["all"], "index-blocks-writes"));
    }
}
