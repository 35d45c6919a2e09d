//! gander.toml: which file is in force, what it says, and where in it each setting stands.

use std::ops::Range;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::error::UserError;
use super::relative_to;
use crate::diagnostic::Severity;
use crate::schema::Engine;
use crate::text::{Source, Span};

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that was read; `None`: there is none, or `--no-config`.
    pub file: Option<ConfigFile>,
    /// `base`: the revision whose migrations count as run.
    pub base: Setting<Option<String>>,
    /// `start-after`: migrations up to this version are history.
    pub start_after: Setting<Option<String>>,
    /// `--engine`, which goes before what a history says.
    pub engine: Setting<Option<Engine>>,
    /// `--tool`, which goes before what a history says.
    pub tool: Setting<Option<String>>,
    /// `[lint]`.
    pub lint: Lint,
    /// `[[history]]`, in the order of the file; empty: they are discovered.
    pub histories: Vec<History>,
    /// `[conventions]`.
    pub conventions: Conventions,
    /// `[tables]`.
    pub tables: Tables,
}

/// The file that the settings stand in.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// Absolute.
    pub path: PathBuf,
    /// Its text; `path` in it is relative to the current directory.
    pub source: Source,
}

/// A value and where it came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting<T> {
    /// What is in force.
    pub value: T,
    /// Who said so.
    pub origin: Origin,
}

/// Who set a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Nobody.
    Default,
    /// These bytes of the configuration file.
    File(Span),
    /// This flag.
    CommandLine(&'static str),
}

impl<T> Setting<T> {
    /// A value that nobody set.
    pub const fn default_value(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// A value given by `flag`.
    pub const fn from_flag(value: T, flag: &'static str) -> Self {
        Self { value, origin: Origin::CommandLine(flag) }
    }

    const fn from_file(value: T, span: Span) -> Self {
        Self { value, origin: Origin::File(span) }
    }

    /// Where it stands in the configuration file.
    pub const fn span(&self) -> Option<Span> {
        match self.origin {
            Origin::File(span) => Some(span),
            Origin::Default | Origin::CommandLine(_) => None,
        }
    }
}

/// Names of rules, categories, `default` or `all`, each with its place.
pub type Names = Vec<Setting<String>>;

/// `[lint]`: which rules are on, and what fails.
#[derive(Clone, Debug)]
pub struct Lint {
    /// What is on.
    pub select: Setting<Names>,
    /// `--extend-select`: what is on besides.
    pub extend_select: Setting<Names>,
    /// What is off again.
    pub ignore: Setting<Names>,
    /// From which severity on the run fails.
    pub fail_on: Setting<FailOn>,
    /// `[lint.severity]`: rules with another severity than their own.
    pub severity: Vec<(Setting<String>, Severity)>,
    /// `[[lint.per-file]]`.
    pub per_file: Vec<PerFile>,
}

/// From which severity on a run fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailOn {
    /// Any finding of this severity or a worse one.
    Severity(Severity),
    /// Findings never fail it.
    Never,
}

impl FailOn {
    /// As in gander.toml and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Severity(severity) => severity.name(),
            Self::Never => "never",
        }
    }

    /// Reads [`FailOn::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "never" { Some(Self::Never) } else { Severity::from_name(name).map(Self::Severity) }
    }
}

/// `[[lint.per-file]]`: rules that are off in some files.
#[derive(Clone, Debug)]
pub struct PerFile {
    /// Which files.
    pub files: Vec<Glob>,
    /// The rules that are off there.
    pub ignore: Names,
}

/// `[[history]]`: one directory of migrations.
#[derive(Clone, Debug)]
pub struct History {
    /// The bytes of the whole table.
    pub span: Span,
    /// The directory, relative to the project's root; without it the entry is about the discovered one.
    pub path: Option<Setting<String>>,
    /// The tool that runs them; whether it is known is the caller's to say.
    pub tool: Option<Setting<String>>,
    /// The database that they are written for.
    pub engine: Option<Setting<Engine>>,
    /// Files that must equal the replay.
    pub canonical: Vec<Setting<String>>,
    /// Files that must equal the canonical ones.
    pub dumps: Vec<Setting<String>>,
    /// Files that say what stood before the first migration.
    pub baseline: Vec<Setting<String>>,
    /// Objects that are made elsewhere, as patterns over their names.
    pub external: Vec<Glob>,
    /// Whether each migration owes its way back.
    pub rollback: Setting<Rollback>,
    /// Whether the application has SQLite enforce foreign keys.
    pub foreign_keys: Setting<bool>,
    /// Models that must equal the schema: `sqlalchemy:PATH`, `django:PATH`.
    pub models: Vec<Setting<String>>,
    /// Lists that name each migration: a file, or `FILE:NAME`.
    pub registry: Vec<Setting<String>>,
    /// The table that keeps what ran.
    pub version_table: Option<Setting<String>>,
    /// `[[history.override]]`, in the order of the file.
    pub overrides: Vec<Override>,
}

/// Whether each migration owes its way back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rollback {
    /// Always.
    Required,
    /// Where the migrations before it have one.
    Practice,
    /// Never.
    Off,
}

impl Rollback {
    /// As in gander.toml.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Practice => "practice",
            Self::Off => "off",
        }
    }
}

/// `[[history.override]]`: some files of a history that are written for another database.
#[derive(Clone, Debug)]
pub struct Override {
    /// Which files.
    pub files: Vec<Glob>,
    /// Their engine.
    pub engine: Option<Setting<Engine>>,
}

/// `[conventions]`: what the team agreed on.
#[derive(Clone, Debug)]
pub struct Conventions {
    /// Keys that each migration's leading comment has; `None`: those that the others have.
    pub header: Option<Setting<Vec<String>>>,
    /// Where `lock_timeout` is set.
    pub lock_timeout: Setting<LockTimeout>,
    /// How versions are counted.
    pub version_scheme: Option<Setting<VersionScheme>>,
    /// Identifiers that nothing may have.
    pub forbidden_names: Vec<ForbiddenName>,
    /// Columns that want an index wherever they appear.
    pub indexed_columns: Vec<Setting<String>>,
}

/// Where `lock_timeout` is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LockTimeout {
    /// In the migration.
    File,
    /// By role, database or runner.
    Outside,
}

impl LockTimeout {
    /// As in gander.toml.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Outside => "outside",
        }
    }
}

/// How versions are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VersionScheme {
    /// MAJOR.MINOR.PATCH.
    Semver,
}

impl VersionScheme {
    /// As in gander.toml.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Semver => "semver",
        }
    }
}

/// A pattern over identifiers, and the type that a column must have for it to count.
#[derive(Clone, Debug)]
pub struct ForbiddenName {
    /// The pattern; letters match in either case.
    pub pattern: Glob,
    /// `boolean` in `"*testnet*: boolean"`.
    pub data_type: Option<String>,
}

/// `[tables]`.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Tables that are not worth an online change.
    pub small: Vec<Setting<String>>,
}

/// A pattern with its place. `*` stays within one directory, `**` does not; a pattern without a slash is held
/// against the last part of a path alone.
#[derive(Clone, Debug)]
pub struct Glob {
    /// As written.
    pub text: String,
    /// Where it stands in the configuration file.
    pub span: Span,
    matcher: GlobMatcher,
}

impl Glob {
    /// Whether a path with forward slashes, or an identifier, fits.
    pub fn matches(&self, path: &str) -> bool {
        let whole = self.text.contains('/');
        self.matcher.is_match(if whole { path } else { path.rsplit('/').next().unwrap_or(path) })
    }

    fn new(text: &str, span: Span, names: bool) -> Result<Self, String> {
        let built = GlobBuilder::new(text.strip_prefix("./").unwrap_or(text))
            .literal_separator(!names)
            .case_insensitive(names)
            .backslash_escape(true)
            .build()
            .map_err(|error| error.kind().to_string())?;
        Ok(Self { text: text.to_owned(), span, matcher: built.compile_matcher() })
    }
}

/// Which configuration file to take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Choice {
    /// The nearest one upward from the current directory.
    Nearest,
    /// `--config F`.
    File(PathBuf),
    /// `--no-config`.
    None,
}

/// What the command line says about settings.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct CommandLine {
    /// `--select`.
    pub select: Option<Vec<String>>,
    /// `--extend-select`.
    pub extend_select: Option<Vec<String>>,
    /// `--ignore`.
    pub ignore: Option<Vec<String>>,
    /// `--fail-on`.
    pub fail_on: Option<FailOn>,
    /// `--engine`.
    pub engine: Option<Engine>,
    /// `--tool`.
    pub tool: Option<String>,
}

/// Reads the settings. `current` is the current directory, `repository` the root of the repository around it.
///
/// # Errors
/// When the file cannot be read, is no TOML, or says what gander does not know.
pub fn load(choice: &Choice, current: &Path, repository: Option<&Path>) -> Result<Config, UserError> {
    let path = match choice {
        Choice::None => return Ok(Config::default()),
        Choice::File(path) => current.join(path),
        Choice::Nearest => match nearest_file(current, repository) {
            Some(path) => path,
            None => return Ok(Config::default()),
        },
    };
    let name = relative_to(&path, current);
    let bytes = std::fs::read(&path).map_err(|error| {
        UserError::new(format!("cannot read the configuration {name}"))
            .source(error)
            .help("name a readable file with --config, or use --no-config")
    })?;
    parse(path, &name, bytes)
}

/// The configuration file that is nearest to `current`, looking upward to the repository's root;
/// outside a repository, to the root of the file system.
pub fn nearest_file(current: &Path, repository: Option<&Path>) -> Option<PathBuf> {
    for directory in current.ancestors() {
        for name in ["gander.toml", ".gander.toml"] {
            let path = directory.join(name);
            if path.is_file() {
                return Some(path);
            }
        }
        if Some(directory) == repository {
            return None;
        }
    }
    None
}

/// Reads the text of a configuration file; `name` is how errors call it.
///
/// # Errors
/// When it is no TOML, or says what gander does not know. Of several errors, the first in the file.
pub fn parse(path: PathBuf, name: &str, bytes: Vec<u8>) -> Result<Config, UserError> {
    let source = Source::new(name, bytes);
    if std::str::from_utf8(source.bytes()).is_err() {
        return Err(UserError::new(format!("{name} is not UTF-8")).help("save it as UTF-8"));
    }
    let mut reader = Reader { source: &source, errors: Vec::new() };
    let mut config = match DeTable::parse(source.text()) {
        Ok(table) => read_config(&mut reader, table.get_ref()),
        Err(error) => {
            reader.error(span_of(error.span().unwrap_or(0..0)), error.message(), None);
            Config::default()
        }
    };
    let first = reader.errors.into_iter().min_by_key(|(at, _)| *at);
    if let Some((_, error)) = first {
        return Err(error);
    }
    config.file = Some(ConfigFile { path, source });
    Ok(config)
}

impl Default for Config {
    fn default() -> Self {
        Self {
            file: None,
            base: Setting::default_value(None),
            start_after: Setting::default_value(None),
            engine: Setting::default_value(None),
            tool: Setting::default_value(None),
            lint: Lint {
                select: Setting::default_value(vec![Setting::default_value("default".to_owned())]),
                extend_select: Setting::default_value(Vec::new()),
                ignore: Setting::default_value(Vec::new()),
                fail_on: Setting::default_value(FailOn::Severity(Severity::Warning)),
                severity: Vec::new(),
                per_file: Vec::new(),
            },
            histories: Vec::new(),
            conventions: Conventions {
                header: None,
                lock_timeout: Setting::default_value(LockTimeout::File),
                version_scheme: None,
                forbidden_names: Vec::new(),
                indexed_columns: Vec::new(),
            },
            tables: Tables { small: Vec::new() },
        }
    }
}

impl Config {
    /// Lets the command line have the last word.
    pub fn apply(&mut self, line: CommandLine) {
        let names = |names: Vec<String>, flag| {
            Setting::from_flag(names.into_iter().map(|name| Setting::from_flag(name, flag)).collect(), flag)
        };
        if let Some(select) = line.select {
            self.lint.select = names(select, "--select");
        }
        if let Some(select) = line.extend_select {
            self.lint.extend_select = names(select, "--extend-select");
        }
        if let Some(ignore) = line.ignore {
            self.lint.ignore = names(ignore, "--ignore");
        }
        if let Some(fail_on) = line.fail_on {
            self.lint.fail_on = Setting::from_flag(fail_on, "--fail-on");
        }
        if let Some(engine) = line.engine {
            self.engine = Setting::from_flag(Some(engine), "--engine");
        }
        if let Some(tool) = line.tool {
            self.tool = Setting::from_flag(Some(tool), "--tool");
        }
    }

    /// Every name of a rule or category that is set, with its place.
    pub fn rule_names(&self) -> impl Iterator<Item = &Setting<String>> {
        let lint = &self.lint;
        let lists = [&lint.select, &lint.extend_select, &lint.ignore];
        lists
            .into_iter()
            .flat_map(|list| &list.value)
            .chain(lint.severity.iter().map(|(name, _)| name))
            .chain(lint.per_file.iter().flat_map(|entry| &entry.ignore))
    }

    /// The names of rules that `known` does not know.
    pub fn unknown_rules<'a>(
        &'a self,
        known: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Setting<String>> {
        self.rule_names().filter(move |name| !known(&name.value))
    }

    /// Every pattern over files, with its place.
    pub fn file_globs(&self) -> impl Iterator<Item = &Glob> {
        let per_file = self.lint.per_file.iter().flat_map(|entry| &entry.files);
        let overrides = self.histories.iter().flat_map(|history| &history.overrides);
        per_file.chain(overrides.flat_map(|entry| &entry.files))
    }

    /// Every file or directory that is named, relative to the project's root, with its place. What stands
    /// before or after a colon (`django:…`, `….py:MIGRATIONS`) is left out.
    pub fn paths(&self) -> Vec<Setting<String>> {
        let mut out = Vec::new();
        for history in &self.histories {
            let plain = history.path.iter().chain(&history.canonical).chain(&history.dumps);
            out.extend(plain.chain(&history.baseline).cloned());
            let models =
                history.models.iter().map(|model| model.value.split_once(':').map_or("", |(_, path)| path));
            let registry = history.registry.iter().map(|entry| split_registry(&entry.value).0);
            let origins = history.models.iter().chain(&history.registry).map(|setting| setting.origin);
            for (path, origin) in models.chain(registry).zip(origins) {
                out.push(Setting { value: clean_path(path), origin });
            }
        }
        out
    }

    /// Where a value came from, for people: `default`, `gander.toml:3`, `--select`.
    pub fn origin(&self, origin: Origin) -> String {
        match (origin, &self.file) {
            (Origin::File(span), Some(file)) => {
                format!("{}:{}", file.source.path, file.source.position(span.start).line)
            }
            (Origin::CommandLine(flag), _) => flag.to_owned(),
            (Origin::Default | Origin::File(_), _) => "default".to_owned(),
        }
    }

    /// An error about a value of the configuration file, with its place.
    pub fn error_at(&self, origin: Origin, what: &str) -> UserError {
        UserError::new(match (origin, &self.file) {
            (Origin::File(span), Some(file)) => {
                let at = file.source.position(span.start);
                format!("{}:{}:{}: {what}", file.source.path, at.line, at.column)
            }
            (Origin::CommandLine(flag), _) => format!("{flag}: {what}"),
            (Origin::Default | Origin::File(_), _) => what.to_owned(),
        })
    }

    /// The settings in force, in the order of the manual: key, value as TOML, where it came from.
    pub fn settings(&self) -> Vec<(String, String, String)> {
        let mut rows = Rows { config: self, rows: Vec::new() };
        rows.optional("base", self.base.value.as_ref(), self.base.origin);
        rows.optional("start-after", self.start_after.value.as_ref(), self.start_after.origin);
        rows.optional("engine", self.engine.value.as_ref(), self.engine.origin);
        rows.optional("tool", self.tool.value.as_ref(), self.tool.origin);
        let lint = &self.lint;
        rows.add("lint.select", list(&lint.select.value), lint.select.origin);
        if lint.extend_select.origin != Origin::Default {
            rows.add("lint.extend-select", list(&lint.extend_select.value), lint.extend_select.origin);
        }
        rows.add("lint.ignore", list(&lint.ignore.value), lint.ignore.origin);
        rows.add("lint.fail-on", quoted(lint.fail_on.value.name()), lint.fail_on.origin);
        for (rule, severity) in &lint.severity {
            rows.add(&format!("lint.severity.{}", rule.value), quoted(severity.name()), rule.origin);
        }
        for (i, entry) in lint.per_file.iter().enumerate() {
            rows.globs(&format!("lint.per-file[{i}].files"), &entry.files);
            rows.texts(&format!("lint.per-file[{i}].ignore"), &entry.ignore);
        }
        for (i, history) in self.histories.iter().enumerate() {
            rows.history(&format!("history[{i}]"), history);
        }
        let conventions = &self.conventions;
        if let Some(header) = &conventions.header {
            let keys: Vec<String> = header.value.iter().map(|key| quoted(key)).collect();
            rows.add("conventions.header", format!("[{}]", keys.join(", ")), header.origin);
        }
        let lock_timeout = &conventions.lock_timeout;
        rows.add("conventions.lock-timeout", quoted(lock_timeout.value.name()), lock_timeout.origin);
        if let Some(scheme) = &conventions.version_scheme {
            rows.add("conventions.version-scheme", quoted(scheme.value.name()), scheme.origin);
        }
        let forbidden: Vec<String> = conventions
            .forbidden_names
            .iter()
            .map(|name| match &name.data_type {
                Some(data_type) => quoted(&format!("{}: {data_type}", name.pattern.text)),
                None => quoted(&name.pattern.text),
            })
            .collect();
        if let Some(first) = conventions.forbidden_names.first() {
            let value = format!("[{}]", forbidden.join(", "));
            rows.add("conventions.forbidden-names", value, Origin::File(first.pattern.span));
        }
        rows.texts("conventions.indexed-columns", &conventions.indexed_columns);
        rows.texts("tables.small", &self.tables.small);
        rows.rows
    }
}

/// Splits an entry of `registry` into its file and, after a colon, the name in it.
pub fn split_registry(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((file, name)) if !name.contains('/') => (file, Some(name)),
        Some(_) | None => (entry, None),
    }
}

struct Rows<'a> {
    config: &'a Config,
    rows: Vec<(String, String, String)>,
}

impl Rows<'_> {
    fn add(&mut self, key: &str, value: String, origin: Origin) {
        self.rows.push((key.to_owned(), value, self.config.origin(origin)));
    }

    fn optional<T: ToString>(&mut self, key: &str, value: Option<&T>, origin: Origin) {
        if let Some(value) = value {
            self.add(key, quoted(&value.to_string()), origin);
        }
    }

    fn texts(&mut self, key: &str, values: &[Setting<String>]) {
        if let Some(first) = values.first() {
            self.add(key, list(values), first.origin);
        }
    }

    fn globs(&mut self, key: &str, globs: &[Glob]) {
        if let Some(first) = globs.first() {
            let texts: Vec<String> = globs.iter().map(|glob| quoted(&glob.text)).collect();
            self.add(key, format!("[{}]", texts.join(", ")), Origin::File(first.span));
        }
    }

    fn setting<T: ToString>(&mut self, key: &str, setting: Option<&Setting<T>>) {
        if let Some(setting) = setting {
            self.add(key, quoted(&setting.value.to_string()), setting.origin);
        }
    }

    fn history(&mut self, at: &str, history: &History) {
        self.setting(&format!("{at}.path"), history.path.as_ref());
        self.setting(&format!("{at}.tool"), history.tool.as_ref());
        self.setting(&format!("{at}.engine"), history.engine.as_ref());
        self.texts(&format!("{at}.canonical"), &history.canonical);
        self.texts(&format!("{at}.dumps"), &history.dumps);
        self.texts(&format!("{at}.baseline"), &history.baseline);
        self.globs(&format!("{at}.external"), &history.external);
        self.add(&format!("{at}.rollback"), quoted(history.rollback.value.name()), history.rollback.origin);
        let foreign_keys = &history.foreign_keys;
        self.add(&format!("{at}.foreign-keys"), foreign_keys.value.to_string(), foreign_keys.origin);
        self.texts(&format!("{at}.models"), &history.models);
        self.texts(&format!("{at}.registry"), &history.registry);
        self.setting(&format!("{at}.version-table"), history.version_table.as_ref());
        for (i, entry) in history.overrides.iter().enumerate() {
            self.globs(&format!("{at}.override[{i}].files"), &entry.files);
            self.setting(&format!("{at}.override[{i}].engine"), entry.engine.as_ref());
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(values: &[Setting<String>]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(&value.value)).collect();
    format!("[{}]", values.join(", "))
}

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

/// The one of `known` that is most like `name`, when one is like enough to be meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace('_', "-");
    let name = fold(name);
    let allowed = (name.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|candidate| {
            let folded = fold(candidate);
            let begun = name.len() >= 3 && folded.starts_with(&name);
            (if begun { 1 } else { distance(&name, &folded) }, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out, replaced or swapped to make one of the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 4 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        rows[i][0] = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

/// `./sql/migrations/` is `sql/migrations`; `.` is the root itself, the empty path.
fn clean_path(path: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Dialect;

    fn read(text: &str) -> Result<Config, UserError> {
        parse(PathBuf::from("/project/gander.toml"), "gander.toml", text.as_bytes().to_vec())
    }

    fn complaint(text: &str) -> (String, String) {
        match read(text) {
            Ok(config) => panic!("accepted: {config:?}"),
            Err(error) => (error.what, error.help.unwrap_or_default()),
        }
    }

    const EVERY_KEY: &str = r#"
base = "origin/main"
start-after = "20240101"
[lint]
select = ["default"]
ignore = []
fail-on = "error"
[lint.severity]
"column-dropped" = "error"
[[lint.per-file]]
files = ["legacy/**"]
ignore = ["missing-rollback"]

[[history]]
path = "./sql/migrations/"
tool = "plain"
engine = "postgres@15"
canonical = ["sql/schema.sql"]
dumps = ["sql/schema_production_dump.sql"]
baseline = ["sql/base.sql"]
external = ["auth.*"]
rollback = "off"
foreign-keys = false
models = ["sqlalchemy:src/database/models.py", "django:django_app/apps"]
registry = ["migrations/README.md", ".env:SCHEMA_VERSION", "src/database/migrations.py:MIGRATIONS"]
version-table = "schema_migrations"
[[history.override]]
files = ["*_trades_*.sql"]
engine = "sqlite"

[conventions]
header = ["Migration", "Date", "Reason"]
lock-timeout = "outside"
version-scheme = "semver"
forbidden-names = ["*deribit*", "*testnet*: boolean"]
indexed-columns = ["status", "created_at"]
[tables]
small = ["settings"]
"#;

    #[test]
    fn every_key_of_the_manual_is_read() {
        let config = read(EVERY_KEY).expect("the manual's own example");
        assert_eq!(config.base.value.as_deref(), Some("origin/main"));
        assert_eq!(config.start_after.value.as_deref(), Some("20240101"));
        assert_eq!(config.lint.fail_on.value, FailOn::Severity(Severity::Error));
        assert_eq!(config.lint.severity[0].0.value, "column-dropped");
        assert_eq!(config.lint.severity[0].1, Severity::Error);
        assert!(config.lint.per_file[0].files[0].matches("legacy/a/001.sql"));
        let history = &config.histories[0];
        assert_eq!(history.path.as_ref().map(|path| path.value.as_str()), Some("sql/migrations"));
        assert_eq!(history.tool.as_ref().map(|tool| tool.value.as_str()), Some("plain"));
        assert!(history.engine.as_ref().is_some_and(|engine| engine.value.known_older_than(16, 0)));
        assert_eq!(history.canonical[0].value, "sql/schema.sql");
        assert_eq!(history.dumps[0].value, "sql/schema_production_dump.sql");
        assert_eq!(history.baseline[0].value, "sql/base.sql");
        assert!(history.external[0].matches("auth.users"));
        assert_eq!(history.rollback.value, Rollback::Off);
        assert!(!history.foreign_keys.value);
        assert_eq!(history.models.len(), 2);
        assert_eq!(split_registry(&history.registry[0].value), ("migrations/README.md", None));
        assert_eq!(split_registry(&history.registry[1].value), (".env", Some("SCHEMA_VERSION")));
        assert_eq!(
            history.version_table.as_ref().map(|table| table.value.as_str()),
            Some("schema_migrations")
        );
        let engine = history.overrides[0].engine.as_ref().map(|engine| engine.value.dialect);
        assert_eq!(engine, Some(Dialect::Sqlite));
        assert!(history.overrides[0].files[0].matches("sql/migrations/002_extend_trades_table.sql"));
        let conventions = &config.conventions;
        assert_eq!(conventions.header.as_ref().map(|header| header.value.len()), Some(3));
        assert_eq!(conventions.lock_timeout.value, LockTimeout::Outside);
        assert_eq!(
            conventions.version_scheme.as_ref().map(|scheme| scheme.value),
            Some(VersionScheme::Semver)
        );
        assert!(conventions.forbidden_names[0].pattern.matches("Deribit_key"));
        assert_eq!(conventions.forbidden_names[1].data_type.as_deref(), Some("boolean"));
        assert_eq!(conventions.indexed_columns[1].value, "created_at");
        assert_eq!(config.tables.small[0].value, "settings");
        let paths: Vec<String> = config.paths().into_iter().map(|path| path.value).collect();
        assert!(
            paths.contains(&"django_app/apps".to_owned()) && paths.contains(&".env".to_owned()),
            "{paths:?}"
        );
    }

    #[test]
    fn settings_say_where_they_came_from() {
        let mut config = read("base = \"main\"\n[lint]\nignore = [\"a\", \"b\"]\n").expect("valid");
        config.apply(CommandLine { select: Some(vec!["all".into()]), ..CommandLine::default() });
        let rows = config.settings();
        let row = |key: &str| {
            let found = rows.iter().find(|(name, _, _)| name == key);
            found.map(|(_, value, origin)| (value.as_str(), origin.as_str()))
        };
        assert_eq!(row("base"), Some(("\"main\"", "gander.toml:1")));
        assert_eq!(row("lint.ignore"), Some(("[\"a\", \"b\"]", "gander.toml:3")));
        assert_eq!(row("lint.select"), Some(("[\"all\"]", "--select")));
        assert_eq!(row("lint.fail-on"), Some(("\"warning\"", "default")));
        assert_eq!(row("start-after"), None);
    }

    #[test]
    fn rule_names_and_globs_keep_their_places() {
        let text = "[lint]\nselect = [\"lokcs\"]\n[lint.severity]\nnope = \"error\"\n[[lint.per-file]]\nfiles = [\"x/**\"]\nignore = [\"gone\"]\n";
        let config = read(text).expect("valid");
        let unknown: Vec<&str> = config
            .unknown_rules(|_| false)
            .map(|name| {
                assert_eq!(&text[name.span().expect("from the file").range()].trim_matches('"'), &name.value);
                name.value.as_str()
            })
            .collect();
        assert_eq!(unknown, ["lokcs", "nope", "gone"]);
        assert_eq!(config.unknown_rules(|name| name == "nope").count(), 2);
        let globs: Vec<&str> = config.file_globs().map(|glob| &text[glob.span.range()]).collect();
        assert_eq!(globs, ["\"x/**\""]);
    }

    #[test]
    fn unknown_keys_are_errors_with_a_place_and_a_suggestion() {
        let what = "gander.toml:2:1: unknown key `bsae`";
        assert_eq!(complaint("\nbsae = \"x\""), (what.into(), "did you mean `base`?".into()));
        let what = "gander.toml:2:1: unknown key `fail_on` in [lint]";
        assert_eq!(complaint("[lint]\nfail_on = \"x\""), (what.into(), "did you mean `fail-on`?".into()));
        assert_eq!(complaint("engine = \"sqlite\"").1, "`engine` belongs under [[history]]");
        assert_eq!(
            complaint("[lint]\nbase = \"x\"").1,
            "`base` stands at the top of the file, before the first table"
        );
        assert_eq!(complaint("[tables]\nxyzzy = 1").1, "known here: small");
        assert!(
            complaint("[[history]]\npath = \"a\"\n[[history.override]]\nfile = [\"a\"]\n")
                .0
                .contains(":3:1:")
        );
    }

    #[test]
    fn wrong_types_and_values_are_errors_with_a_place() {
        let what = "gander.toml:1:15: `start-after` must be a string, not an integer";
        let help = "write it in quotes: start-after = \"20240101\"";
        assert_eq!(complaint("start-after = 20240101"), (what.into(), help.into()));
        let what = "gander.toml:2:10: `select` must be a list of strings, not a string";
        assert_eq!(
            complaint("[lint]\nselect = \"all\""),
            (what.into(), "write it in brackets: select = [\"all\"]".into())
        );
        assert_eq!(
            complaint("[lint]\nfail-on = \"warn\"").0,
            "gander.toml:2:11: `fail-on` cannot be \"warn\""
        );
        assert_eq!(complaint("[lint]\nfail-on = \"warn\"").1, "did you mean \"warning\"?");
        assert_eq!(complaint("[lint]\nfail-on = \"warnings\"").1, "did you mean \"warning\"?");
        assert_eq!(complaint("[history]\npath = \"a\"").1, "write [[history]] in double brackets");
        assert!(
            complaint("[[history]]\nengine = \"oracle\"").0.starts_with("gander.toml:2:10: unknown engine")
        );
        assert!(
            complaint("[[lint.per-file]]\nfiles = [\"a[\"]")
                .0
                .starts_with("gander.toml:2:10: `a[` is no pattern")
        );
        assert_eq!(complaint("[lint.severity]\nx = \"fatal\"").1, "write one of error, warning, advice");
        assert!(
            complaint("[[history]]\nforeign-keys = \"yes\"")
                .0
                .contains("must be true or false, not a string")
        );
        assert_eq!(complaint("[[history]]\nmodels = [\"a.py\"]").1, "write sqlalchemy:PATH or django:PATH");
        assert!(complaint("a = \n").0.starts_with("gander.toml:1:"));
        assert!(complaint("base = \"a\"\nbase = \"b\"").0.starts_with("gander.toml:2:"));
    }

    #[test]
    fn of_several_errors_the_first_in_the_file_is_told() {
        assert!(complaint("zzz = 1\naaa = 1").0.contains("`zzz`"));
    }

    #[test]
    fn globs_without_a_slash_look_at_the_name_alone() {
        let glob = |text| Glob::new(text, Span::default(), false).expect("a pattern");
        assert!(glob("*_trades_*.sql").matches("a/b/002_x_trades_y.sql"));
        assert!(glob("legacy/**").matches("legacy/a/b.sql"));
        assert!(!glob("legacy/*").matches("legacy/a/b.sql"));
        assert!(!glob("legacy/*").matches("other/legacy/b.sql"));
        assert!(glob("**/b.sql").matches("b.sql"));
    }

    #[test]
    fn the_nearest_file_wins_and_the_repository_is_the_end() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        let inner = root.join("repo/backend/src");
        std::fs::create_dir_all(&inner).expect("made");
        std::fs::write(root.join("gander.toml"), "").expect("written");
        assert_eq!(nearest_file(&inner, Some(&root.join("repo"))), None);
        assert_eq!(nearest_file(&inner, None), Some(root.join("gander.toml")));
        std::fs::write(root.join("repo/.gander.toml"), "").expect("written");
        assert_eq!(nearest_file(&inner, Some(&root.join("repo"))), Some(root.join("repo/.gander.toml")));
        std::fs::write(root.join("repo/backend/gander.toml"), "base = 1").expect("written");
        let error = load(&Choice::Nearest, &inner, Some(&root.join("repo"))).expect_err("a wrong type");
        assert!(error.what.starts_with("../gander.toml:1:8:"), "{}", error.what);
        assert!(load(&Choice::None, &inner, None).is_ok_and(|config| config.file.is_none()));
        let error = load(&Choice::File("none.toml".into()), &inner, None).expect_err("no such file");
        assert!(error.what.contains("none.toml"), "{}", error.what);
    }

    #[test]
    fn a_file_that_is_no_text_is_an_error() {
        let error = parse(PathBuf::from("g"), "gander.toml", b"\xff\xfe".to_vec()).expect_err("no UTF-8");
        assert!(error.what.contains("not UTF-8"));
        assert!(parse(PathBuf::from("g"), "gander.toml", b"\xef\xbb\xbfbase = \"x\"\r\n".to_vec()).is_ok());
    }
}
