//! gander.toml: which file is in force, what it says, and where in it each setting stands.

mod read;
mod show;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

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
    let mut config = read::read(&source)?;
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
                out.push(Setting { value: read::clean_path(path), origin });
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
}

/// Splits an entry of `registry` into its file and, after a colon, the name in it.
pub fn split_registry(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((file, name)) if !name.contains('/') => (file, Some(name)),
        Some(_) | None => (entry, None),
    }
}
