//! gander.toml as the floors below want it: the histories that it names, what it tells the rules, which rules are on.

use super::config::{Config, History, Names, Override, Rollback, nearest};
use super::error::UserError;
use crate::history::{Asked, Sequence, Tool, discover, read_directory, tools};
use crate::lint::Selection;
use crate::rules::page::On;
use crate::rules::{RULES, Rule, Settings, by_id};
use crate::schema::Engine;
use crate::text::{FileId, Sources};

/// A history of the project, and what gander.toml says about it.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// It.
    pub sequence: Sequence,
    /// Its `[[history]]`, where it has one.
    pub said: Option<&'a History>,
}

/// The histories that gander.toml names, or else those that are recognised, by directory.
///
/// # Errors
/// When a tool is named that gander does not know.
pub fn histories<'a>(
    config: &'a Config,
    listing: &[(String, FileId)],
    sources: &Sources,
) -> Result<Vec<Found<'a>>, UserError> {
    // Schema files may lie among the migrations and are none.
    let is_schema = |path: &str| {
        config.histories.iter().any(|history| {
            let named = history.canonical.iter().chain(&history.dumps).chain(&history.baseline);
            named.into_iter().any(|setting| setting.value == path)
        })
    };
    let listing: Vec<(String, FileId)> =
        listing.iter().filter(|(path, _)| !is_schema(path)).cloned().collect();
    let named: Vec<(&str, &History)> = config
        .histories
        .iter()
        .filter_map(|history| Some((history.path.as_ref()?.value.as_str(), history)))
        .collect();
    let mut found: Vec<Found<'a>> = Vec::new();
    if named.is_empty() {
        // Without a path an entry is about all that is recognised.
        let said = config.histories.first();
        let tool = tool(config, said)?;
        let asked = Asked { tool, engine: &|path| engine(config, said, path) };
        found
            .extend(discover(&listing, sources, &asked).into_iter().map(|sequence| Found { sequence, said }));
    }
    for (path, history) in named {
        let tool = tool(config, Some(history))?;
        let asked = Asked { tool, engine: &|path| engine(config, Some(history), path) };
        let sequences = read_directory(path, &listing, sources, &asked);
        found.extend(sequences.into_iter().map(|sequence| Found { sequence, said: Some(history) }));
    }
    found.sort_by(|left, right| left.sequence.directory.cmp(&right.sequence.directory));
    found.dedup_by(|right, left| {
        right.sequence.directory == left.sequence.directory && right.sequence.tool == left.sequence.tool
    });
    Ok(found)
}

fn tool(config: &Config, said: Option<&History>) -> Result<Option<&'static Tool>, UserError> {
    let Some(setting) = config.tool.value.is_none().then(|| said?.tool.as_ref()).flatten() else {
        return config.tool.value.as_deref().map(|name| known_tool(name, "--tool")).transpose();
    };
    known_tool(&setting.value, &config.origin(setting.origin)).map(Some)
}

fn known_tool(name: &str, origin: &str) -> Result<&'static Tool, UserError> {
    let names = tools::TOOLS.iter().map(|tool| tool.name);
    tools::by_name(name).ok_or_else(|| {
        let help = match nearest(name, names.clone()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => {
                let mut names: Vec<&str> = names.collect();
                names.dedup();
                format!("known are {}", names.join(", "))
            }
        };
        UserError::new(format!("{origin}: unknown tool `{name}`")).help(help)
    })
}

/// What was asked for a file: `--engine`, else the first override that fits, else the history's engine.
fn engine(config: &Config, said: Option<&History>, path: &str) -> Option<Engine> {
    let overridden = |one: &&Override| one.files.iter().any(|glob| glob.matches(path));
    config.engine.value.or_else(|| {
        let said = said?;
        let special = said.overrides.iter().filter(overridden).find_map(|one| one.engine.as_ref());
        special.or(said.engine.as_ref()).map(|setting| setting.value)
    })
}

/// What gander.toml tells the rules about a history.
pub fn settings(config: &Config, said: Option<&History>) -> Settings {
    Settings {
        small_tables: config.tables.small.iter().map(|setting| setting.value.clone()).collect(),
        header: config.conventions.header.as_ref().map(|setting| setting.value.clone()),
        rollback: said.and_then(|history| match history.rollback.value {
            Rollback::Required => Some(true),
            Rollback::Off => Some(false),
            Rollback::Practice => None,
        }),
        version_table: said
            .and_then(|history| history.version_table.as_ref())
            .map(|setting| setting.value.clone()),
        external: said
            .map_or_else(Vec::new, |history| history.external.iter().map(|glob| glob.text.clone()).collect()),
        // What keeps rows from being lost is assumed of the application.
        foreign_keys: said.is_none_or(|history| history.foreign_keys.value),
    }
}

/// Which rules are on, how severe they are, and where they are off. Of two names that speak of one rule, the more
/// specific wins: `--select locking --ignore index-blocks-writes` leaves that one out, and the other way round.
/// Names that nobody knows are passed over here: they are findings.
pub fn selection(config: &Config, sources: &Sources) -> Selection {
    let lint = &config.lint;
    let mut selection = Selection::none();
    for rule in RULES {
        let named = |names: &Names| names.iter().filter_map(|name| specificity(rule, &name.value)).max();
        let on = named(&lint.select.value).max(named(&lint.extend_select.value));
        let off = named(&lint.ignore.value);
        if on.is_some() && on > off {
            selection.turn_on(rule, on == Some(Specificity::Rule));
        }
    }
    for (name, severity) in &lint.severity {
        selection.set_severity(&name.value, *severity);
    }
    for entry in &lint.per_file {
        let is_off = |rule: &&&Rule| entry.ignore.iter().any(|name| specificity(rule, &name.value).is_some());
        let off: Vec<&Rule> = RULES.iter().filter(is_off).copied().collect();
        let fits = |path: &str| entry.files.iter().any(|glob| glob.matches(path));
        for (file, _) in sources.iter().filter(|(_, source)| fits(&source.path)) {
            off.iter().for_each(|rule| selection.turn_off_in(file, rule.id));
        }
    }
    selection
}

/// Whether a name is that of a rule, a category, `default` or `all`.
pub fn is_rule_name(name: &str) -> bool {
    matches!(name, "all" | "default")
        || by_id(name).is_some()
        || RULES.iter().any(|rule| rule.page().category == name)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Specificity {
    All,
    Category,
    Rule,
}

/// How closely a name speaks of a rule; None: it does not.
fn specificity(rule: &Rule, name: &str) -> Option<Specificity> {
    match name {
        "all" => Some(Specificity::All),
        "default" => (rule.page().on != On::Strict).then_some(Specificity::All),
        name if name == rule.id => Some(Specificity::Rule),
        name => (rule.page().category == name).then_some(Specificity::Category),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::config::parse;
    use super::*;
    use crate::text::Source;

    fn config(text: &str) -> Config {
        parse(PathBuf::from("gander.toml"), "gander.toml", text.as_bytes().to_vec()).expect("valid")
    }

    fn project(files: &[(&str, &str)]) -> (Vec<(String, FileId)>, Sources) {
        let mut sources = Sources::default();
        let add = |(path, text): &(&str, &str)| ((*path).to_owned(), sources.add(Source::new(*path, (*text).into())));
        (files.iter().map(add).collect(), sources)
    }

    #[test]
    fn the_more_specific_name_wins() {
        let on = |text: &str| selection(&config(text), &Sources::default()).is_on("index-blocks-writes");
        assert!(on(""));
        assert!(!on("[lint]\nselect = [\"rollback\"]"));
        assert!(on("[lint]\nselect = [\"locking\"]"));
        assert!(!on("[lint]\nignore = [\"locking\"]"));
        assert!(on("[lint]\nselect = [\"index-blocks-writes\"]\nignore = [\"locking\"]"));
        assert!(!on("[lint]\nselect = [\"locking\"]\nignore = [\"index-blocks-writes\"]"));
        assert!(on("[lint]\nselect = [\"all\"]\nignore = [\"rollback\"]"));
    }

    #[test]
    fn a_history_is_read_where_it_is_named_and_its_schema_file_is_no_migration() {
        let (listing, sources) = project(&[
            ("db/001_users.sql", "CREATE TABLE users (id int);"),
            ("db/002_schema.sql", "CREATE TABLE users (id int);"),
            ("migrations/001_other.sql", "CREATE TABLE other (id int);"),
        ]);
        let text = "[[history]]\npath = \"db\"\nengine = \"sqlite\"\ncanonical = [\"db/002_schema.sql\"]\n";
        let config = config(text);
        let found = histories(&config, &listing, &sources).expect("known tools");
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(one.sequence.migrations.len(), 1);
        assert_eq!(one.sequence.engine.to_string(), "sqlite");
        assert!(settings(&config, one.said).foreign_keys);
    }

    #[test]
    fn an_unknown_tool_is_an_error_with_a_suggestion() {
        let (listing, sources) = project(&[("m/001_a.sql", "SELECT 1;")]);
        let config = config("[[history]]\npath = \"m\"\ntool = \"gose\"\n");
        let error = histories(&config, &listing, &sources).expect_err("there is no such tool");
        assert_eq!(error.what, "gander.toml:3: unknown tool `gose`");
        assert_eq!(error.help.as_deref(), Some("did you mean `goose`?"));
    }

    #[test]
    fn the_first_override_that_fits_decides() {
        let text = "[[history]]\npath = \"m\"\nengine = \"postgres\"\n[[history.override]]\nfiles = [\"*_local.sql\"]\nengine = \"sqlite\"\n";
        let (listing, sources) = project(&[("m/001_a.sql", "SELECT 1;"), ("m/002_b_local.sql", "SELECT 1;")]);
        let config = config(text);
        let found = histories(&config, &listing, &sources).expect("known tools");
        let engines: Vec<String> = found[0].sequence.migrations.iter().map(|one| one.engine.to_string()).collect();
        assert_eq!(engines, ["postgres", "sqlite"]);
    }
}
