//! Which rules are on: names of rules and categories, `default` and `all`, from gander.toml and the command line.

use super::config::Config;
use crate::lint::Selection;
use crate::rules::page::On;
use crate::rules::{self, RULES};
use crate::text::Sources;

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
        selection.set_severity(&name.value, *severity);
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
