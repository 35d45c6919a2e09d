//! Settings out of the tables of a gander.toml, each with its place, and what is wrong with them.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::{
    Config, Conventions, FailOn, ForbiddenName, Glob, History, Lint, LockTimeout, Names, Override, PerFile,
    Rollback, Setting, VersionScheme,
};
use crate::diagnostic::Severity;
use crate::project::error::UserError;
use crate::schema::Engine;
use crate::text::{Source, Span, nearest};

const ROOT: &[&str] = &["base", "start-after", "lint", "history", "conventions", "tables"];
const LINT: &[&str] = &["select", "ignore", "fail-on", "severity", "per-file"];
const PER_FILE: &[&str] = &["files", "ignore"];
const HISTORY: &[&str] = &[
    "path",
    "tool",
    "engine",
    "canonical",
    "dumps",
    "baseline",
    "external",
    "rollback",
    "foreign-keys",
    "models",
    "registry",
    "version-table",
    "override",
];
const OVERRIDE: &[&str] = &["files", "engine"];
const CONVENTIONS: &[&str] =
    &["header", "lock-timeout", "version-scheme", "forbidden-names", "indexed-columns"];
const TABLES: &[&str] = &["small"];

/// Every table with the keys that it may hold.
const EVERY_TABLE: &[(&str, &[&str])] = &[
    ("", ROOT),
    ("[lint]", LINT),
    ("[[history]]", HISTORY),
    ("[conventions]", CONVENTIONS),
    ("[tables]", TABLES),
    ("[[lint.per-file]]", PER_FILE),
    ("[[history.override]]", OVERRIDE),
];

type Value<'a> = Spanned<DeValue<'a>>;

/// What a configuration file says.
///
/// # Errors
/// When it is no TOML, or says what gander does not know. Of several errors, the first in the file.
pub(super) fn read(source: &Source) -> Result<Config, UserError> {
    let mut reader = Reader { source, errors: Vec::new() };
    let config = match DeTable::parse(source.text()) {
        Ok(table) => read_config(&mut reader, table.get_ref()),
        Err(error) => {
            reader.error(span_of(error.span().unwrap_or(0..0)), error.message(), None);
            Config::default()
        }
    };
    let first = reader.errors.into_iter().min_by_key(|(at, _)| *at);
    first.map_or(Ok(config), |(_, error)| Err(error))
}

fn read_config(reader: &mut Reader, root: &DeTable) -> Config {
    let mut config = Config::default();
    reader.known(root, "", ROOT);
    if let Some(base) = reader.text(root, "base") {
        config.base = Setting { value: Some(base.value), origin: base.origin };
    }
    if let Some(version) = reader.text(root, "start-after") {
        config.start_after = Setting { value: Some(version.value), origin: version.origin };
    }
    if let Some(lint) = reader.table(root, "lint") {
        read_lint(reader, lint, &mut config.lint);
    }
    for (table, span) in reader.tables(root, "history") {
        config.histories.push(read_history(reader, table, span));
    }
    if let Some(table) = reader.table(root, "conventions") {
        read_conventions(reader, table, &mut config.conventions);
    }
    if let Some(table) = reader.table(root, "tables") {
        reader.known(table, "[tables]", TABLES);
        config.tables.small = reader.texts(table, "small").map(|list| list.value).unwrap_or_default();
    }
    config
}

fn read_lint(reader: &mut Reader, table: &DeTable, lint: &mut Lint) {
    reader.known(table, "[lint]", LINT);
    if let Some(select) = reader.texts(table, "select") {
        lint.select = select;
    }
    if let Some(ignore) = reader.texts(table, "ignore") {
        lint.ignore = ignore;
    }
    let names = ["error", "warning", "advice", "never"];
    if let Some(fail_on) = reader.choice(table, "fail-on", &names, FailOn::from_name) {
        lint.fail_on = fail_on;
    }
    for (rule, value) in reader.table(table, "severity").into_iter().flatten() {
        let span = span_of(rule.span());
        let names = ["error", "warning", "advice"];
        if let Some(severity) = reader.choice_value(value, rule.get_ref(), &names, Severity::from_name) {
            lint.severity.push((Setting::from_file(rule.get_ref().clone().into_owned(), span), severity));
        }
    }
    lint.severity.sort_by_key(|(rule, _)| rule.span().map(|span| span.start));
    for (entry, span) in reader.tables(table, "per-file") {
        reader.known(entry, "[[lint.per-file]]", PER_FILE);
        let files = reader.globs(entry, "files", false);
        if files.is_empty() && !entry.contains_key("files") {
            reader.error(
                span,
                "a [[lint.per-file]] needs `files`",
                Some("add files = [\"legacy/**\"]".into()),
            );
        }
        let ignore = reader.texts(entry, "ignore").map(|list| list.value).unwrap_or_default();
        lint.per_file.push(PerFile { files, ignore });
    }
}

fn read_history(reader: &mut Reader, table: &DeTable, span: Span) -> History {
    reader.known(table, "[[history]]", HISTORY);
    let rollback = |name: &str| match name {
        "required" => Some(Rollback::Required),
        "practice" => Some(Rollback::Practice),
        "off" => Some(Rollback::Off),
        _ => None,
    };
    let overrides = reader.tables(table, "override");
    History {
        span,
        path: reader.path(table, "path"),
        tool: reader.text(table, "tool"),
        engine: reader.engine(table, "engine"),
        canonical: reader.paths(table, "canonical"),
        dumps: reader.paths(table, "dumps"),
        baseline: reader.paths(table, "baseline"),
        external: reader.globs(table, "external", true),
        rollback: reader
            .choice(table, "rollback", &["required", "practice", "off"], rollback)
            .unwrap_or(Setting::default_value(Rollback::Practice)),
        foreign_keys: reader.boolean(table, "foreign-keys").unwrap_or(Setting::default_value(true)),
        models: reader.models(table, "models"),
        registry: reader.texts(table, "registry").map(|list| list.value).unwrap_or_default(),
        version_table: reader.text(table, "version-table"),
        overrides: overrides.into_iter().map(|(entry, span)| read_override(reader, entry, span)).collect(),
    }
}

fn read_override(reader: &mut Reader, table: &DeTable, span: Span) -> Override {
    reader.known(table, "[[history.override]]", OVERRIDE);
    if !table.contains_key("files") {
        reader.error(
            span,
            "a [[history.override]] needs `files`",
            Some("add files = [\"*_trades_*.sql\"]".into()),
        );
    }
    Override { files: reader.globs(table, "files", false), engine: reader.engine(table, "engine") }
}

fn read_conventions(reader: &mut Reader, table: &DeTable, conventions: &mut Conventions) {
    reader.known(table, "[conventions]", CONVENTIONS);
    conventions.header = reader.texts(table, "header").map(|list| Setting {
        value: list.value.into_iter().map(|key| key.value).collect(),
        origin: list.origin,
    });
    let lock_timeout = |name: &str| match name {
        "file" => Some(LockTimeout::File),
        "outside" => Some(LockTimeout::Outside),
        _ => None,
    };
    if let Some(setting) = reader.choice(table, "lock-timeout", &["file", "outside"], lock_timeout) {
        conventions.lock_timeout = setting;
    }
    let scheme = |name: &str| (name == "semver").then_some(VersionScheme::Semver);
    conventions.version_scheme = reader.choice(table, "version-scheme", &["semver"], scheme);
    let names = reader.texts(table, "forbidden-names").map(|list| list.value).unwrap_or_default();
    for name in names {
        let span = name.span().unwrap_or_default();
        let (pattern, data_type) = match name.value.split_once(':') {
            Some((pattern, data_type)) => (pattern.trim(), Some(data_type.trim().to_owned())),
            None => (name.value.trim(), None),
        };
        if let Some(pattern) = reader.glob(pattern, span, true) {
            conventions.forbidden_names.push(ForbiddenName { pattern, data_type });
        }
    }
    conventions.indexed_columns =
        reader.texts(table, "indexed-columns").map(|list| list.value).unwrap_or_default();
}

/// Takes values out of tables, and notes what is wrong with them.
struct Reader<'s> {
    source: &'s Source,
    errors: Vec<(u32, UserError)>,
}

impl Reader<'_> {
    fn error(&mut self, span: Span, what: &str, help: Option<String>) {
        let at = self.source.position(span.start);
        let mut error = UserError::new(format!("{}:{}:{}: {what}", self.source.path, at.line, at.column));
        error.help = help;
        self.errors.push((span.start, error));
    }

    fn known(&mut self, table: &DeTable, place: &str, known: &[&str]) {
        for key in table.keys() {
            let name: &DeString = key.get_ref();
            if !known.contains(&name.as_ref()) {
                let inside = if place.is_empty() { String::new() } else { format!(" in {place}") };
                self.error(
                    span_of(key.span()),
                    &format!("unknown key `{name}`{inside}"),
                    Some(help_for_key(name, place, known)),
                );
            }
        }
    }

    fn wrong_type(&mut self, key: &str, value: &Value, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let written = self.source.slice(span_of(value.span()));
        let help = match (value.get_ref(), wanted) {
            (
                DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_),
                "a string",
            ) => Some(format!("write it in quotes: {key} = \"{written}\"")),
            (DeValue::String(_), "a list of strings") => {
                Some(format!("write it in brackets: {key} = [{written}]"))
            }
            (DeValue::Table(_), "a list of tables") => Some(format!("write [[{key}]] in double brackets")),
            _ => None,
        };
        self.error(span_of(value.span()), &format!("`{key}` must be {wanted}, not {found}"), help);
    }

    fn text(&mut self, table: &DeTable, key: &str) -> Option<Setting<String>> {
        let value = table.get(key)?;
        self.text_value(value, key, "a string")
    }

    fn text_value(&mut self, value: &Value, key: &str, wanted: &str) -> Option<Setting<String>> {
        match value.get_ref() {
            DeValue::String(text) => {
                Some(Setting::from_file(text.clone().into_owned(), span_of(value.span())))
            }
            _ => {
                self.wrong_type(key, value, wanted);
                None
            }
        }
    }

    fn texts(&mut self, table: &DeTable, key: &str) -> Option<Setting<Names>> {
        let value = table.get(key)?;
        let array = self.array(value, key, "a list of strings")?;
        let items: Names =
            array.iter().filter_map(|item| self.text_value(item, key, "a list of strings")).collect();
        Some(Setting::from_file(items, span_of(value.span())))
    }

    fn array<'t, 'i>(&mut self, value: &'t Value<'i>, key: &str, wanted: &str) -> Option<&'t DeArray<'i>> {
        let array = value.get_ref().as_array();
        if array.is_none() {
            self.wrong_type(key, value, wanted);
        }
        array
    }

    fn boolean(&mut self, table: &DeTable, key: &str) -> Option<Setting<bool>> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(set) => Some(Setting::from_file(*set, span_of(value.span()))),
            _ => {
                self.wrong_type(key, value, "true or false");
                None
            }
        }
    }

    fn table<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
        let value = table.get(key)?;
        let inner = value.get_ref().as_table();
        if inner.is_none() {
            self.wrong_type(key, value, "a table");
        }
        inner
    }

    fn tables<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> Vec<(&'t DeTable<'i>, Span)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let Some(array) = self.array(value, key, "a list of tables") else { return Vec::new() };
        let mut out = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_table() {
                Some(inner) => out.push((inner, span_of(item.span()))),
                None => self.wrong_type(key, item, "a list of tables"),
            }
        }
        out
    }

    fn choice<T>(
        &mut self,
        table: &DeTable,
        key: &str,
        names: &[&str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Setting<T>> {
        let value = table.get(key)?;
        let chosen = self.choice_value(value, key, names, read)?;
        Some(Setting::from_file(chosen, span_of(value.span())))
    }

    fn choice_value<T>(
        &mut self,
        value: &Value,
        key: &str,
        names: &[&str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text_value(value, key, "a string")?;
        let chosen = read(&text.value);
        if chosen.is_none() {
            let help = match nearest(&text.value, names.iter().copied()) {
                Some(name) => format!("did you mean \"{name}\"?"),
                None => format!("write one of {}", names.join(", ")),
            };
            self.error(span_of(value.span()), &format!("`{key}` cannot be \"{}\"", text.value), Some(help));
        }
        chosen
    }

    fn engine(&mut self, table: &DeTable, key: &str) -> Option<Setting<Engine>> {
        let text = self.text(table, key)?;
        match Engine::parse(&text.value) {
            Ok(engine) => Some(Setting { value: engine, origin: text.origin }),
            Err(error) => {
                self.error(text.span().unwrap_or_default(), &error, None);
                None
            }
        }
    }

    fn path(&mut self, table: &DeTable, key: &str) -> Option<Setting<String>> {
        let text = self.text(table, key)?;
        Some(Setting { value: clean_path(&text.value), origin: text.origin })
    }

    fn paths(&mut self, table: &DeTable, key: &str) -> Vec<Setting<String>> {
        let texts = self.texts(table, key).map(|list| list.value).unwrap_or_default();
        texts
            .into_iter()
            .map(|text| Setting { value: clean_path(&text.value), origin: text.origin })
            .collect()
    }

    fn models(&mut self, table: &DeTable, key: &str) -> Vec<Setting<String>> {
        let texts = self.texts(table, key).map(|list| list.value).unwrap_or_default();
        for text in &texts {
            let kind = text.value.split_once(':').map(|(kind, _)| kind);
            if !matches!(kind, Some("sqlalchemy" | "django")) {
                self.error(
                    text.span().unwrap_or_default(),
                    &format!("`{key}` cannot hold \"{}\"", text.value),
                    Some("write sqlalchemy:PATH or django:PATH".into()),
                );
            }
        }
        texts
    }

    fn globs(&mut self, table: &DeTable, key: &str, names: bool) -> Vec<Glob> {
        let texts = self.texts(table, key).map(|list| list.value).unwrap_or_default();
        texts
            .iter()
            .filter_map(|text| self.glob(&text.value, text.span().unwrap_or_default(), names))
            .collect()
    }

    fn glob(&mut self, text: &str, span: Span, names: bool) -> Option<Glob> {
        match Glob::new(text, span, names) {
            Ok(glob) => Some(glob),
            Err(error) => {
                self.error(span, &format!("`{text}` is no pattern: {error}"), None);
                None
            }
        }
    }
}

fn help_for_key(name: &str, place: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(name, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let elsewhere = EVERY_TABLE.iter().find(|(table, keys)| *table != place && keys.contains(&name));
    match elsewhere {
        Some(("", _)) => format!("`{name}` stands at the top of the file, before the first table"),
        Some((table, _)) => format!("`{name}` belongs under {table}"),
        None => format!("known here: {}", known.join(", ")),
    }
}

/// `./sql/migrations/` is `sql/migrations`; `.` is the root itself, the empty path.
pub(super) fn clean_path(path: &str) -> String {
    let mut path = path.replace('\\', "/");
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/').to_owned();
    }
    let path = path.trim_end_matches('/');
    if path == "." { String::new() } else { path.to_owned() }
}

fn span_of(range: Range<usize>) -> Span {
    Span::new(u32::try_from(range.start).unwrap_or(u32::MAX), u32::try_from(range.end).unwrap_or(u32::MAX))
}
