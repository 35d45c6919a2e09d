//! The command line as clap reads it: types and help texts, nothing else.

use crate::diagnostic::Severity;
use crate::report::Format;
use crate::report::drift::DriftFormat;
use crate::report::inspect::InspectFormat;
use crate::report::schema::SchemaFormat;
use crate::report::terminal::Color;
use crate::schema::Engine;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing found at or above the failing severity
  1  findings; with --diff instead: there is something to change
  2  wrong usage or configuration, a git error, a file that cannot be read";

const LINT_EXAMPLES: &str = "\
Examples:
  gander lint                                  every migration that is not on the base branch yet
  gander lint sql/migrations/012_users.sql     this file, whether it is applied or not
  gander lint --staged                         what the next commit brings; for a pre-commit hook
  gander lint --since origin/main              what a branch brings; for a pull request
  gander lint --diff                           show what --fix would write
  gander lint --fix                            write the safe fixes
  gander lint --output-format github --output json=gander.json
                                               annotations for the log, and a report as a file";

const INSPECT_EXAMPLES: &str = "\
Examples:
  gander inspect                               every migration that is not on the base branch yet
  gander inspect sql/migrations/012_users.sql  this one, whether it is applied or not
  gander inspect --output-format json          the same for programs";

const INSPECT_EXIT_CODES: &str = "\
Exit codes:
  0  it was shown; what is not known is said in it
  2  wrong usage or configuration, a git error, a file that cannot be read";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  gander schema                                the schema that every migration together builds, as SQL
  gander schema --at 007                       as it is after migration 007
  gander schema --output-format mermaid db     a diagram of what the migrations below db build
  gander schema dump.sql --output-format json  a SQL file, read as it is";

const SCHEMA_EXIT_CODES: &str = "\
Exit codes:
  0  the schema was printed; what of it is not known is said in it
  2  wrong usage or configuration, no such migration, a file that cannot be read";

const DRIFT_EXAMPLES: &str = "\
Examples:
  gander drift                                 each schema file with its migrations, each dump with the schema file
  gander drift db/schema.sql db/migrations     a file with a directory
  gander drift --output-format sql prod.sql schema.sql
                                               the statements that make prod.sql into schema.sql";

const DRIFT_EXIT_CODES: &str = "\
Exit codes:
  0  nothing differs
  1  something does
  2  wrong usage or configuration, nothing to compare, a file or a statement that cannot be read";

/// Looks at database migrations before they fly: what would break, block, lose or drift.
#[derive(Parser, Clone, PartialEq, Debug)]
#[command(name = "gander", version, after_help = EXIT_CODES, propagate_version = true, max_term_width = 110)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Args, Clone, PartialEq, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// When to use colours: auto, always, never
    ///
    /// `auto` is: on a terminal, unless NO_COLOR is set, or where FORCE_COLOR or CLICOLOR_FORCE is.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = colors())]
    #[arg(hide_possible_values = true)]
    pub color: Color,
    /// Read this file instead of looking for gander.toml
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no gander.toml
    #[arg(long, global = true)]
    pub no_config: bool,
    /// Say nothing but the findings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say also what was read, which tool was recognised and what was taken for applied
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// What to do.
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum Command {
    /// Judge migrations
    #[command(after_help = EXIT_CODES, after_long_help = format!("{LINT_EXAMPLES}\n\n{EXIT_CODES}"))]
    Lint(Box<Lint>),
    /// Show what every statement of a migration does: what it locks, rewrites and reads, and what a second run does
    #[command(after_help = INSPECT_EXIT_CODES, after_long_help = format!("{INSPECT_EXAMPLES}\n\n{INSPECT_EXIT_CODES}"))]
    Inspect(Box<Inspect>),
    /// Compare schemas: a schema file with what the migrations build, a dump with a schema file, any two
    ///
    /// A is what is to become like B. Without A and B it is each schema file (A) with what its migrations build (B), and each
    /// dump that gander.toml names (A) with the schema file (B). `missing` is what only B has, `extra` what only A has.
    #[command(after_help = DRIFT_EXIT_CODES, after_long_help = format!("{DRIFT_EXAMPLES}\n\n{DRIFT_EXIT_CODES}"))]
    Drift(Box<Drift>),
    /// Print the schema that the migrations build
    #[command(after_help = SCHEMA_EXIT_CODES, after_long_help = format!("{SCHEMA_EXAMPLES}\n\n{SCHEMA_EXIT_CODES}"))]
    Schema(Box<Schema>),
    /// Print a rule's page: why it matters and what to do instead
    #[command(
        after_help = "Examples:\n  gander explain index-blocks-writes\n  gander explain foreign-key-blocks-writes --for migrations/004_orders.sql:12"
    )]
    Explain(Box<Explain>),
    /// List every rule, a line each
    Rules,
    /// Print the settings in force, and where each came from
    Config(Config),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  gander completions bash > ~/.local/share/bash-completion/completions/gander"
    )]
    Completions(Completions),
}

/// `gander lint`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct Lint {
    /// Migration files or directories; none: the whole project
    ///
    /// A file that is named is judged by all rules, whether it is applied or not. A directory narrows down what is judged.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// What is judged.
    #[command(flatten)]
    pub scope: Scope,
    /// What is changed.
    #[command(flatten)]
    pub fixing: Fixing,
    /// Which rules are on, and what fails.
    #[command(flatten)]
    pub rules: Rules,
    /// Engine and tool.
    #[command(flatten)]
    pub target: Target,
    /// How it is told.
    #[command(flatten)]
    pub output: Output,
}

/// What is judged.
#[derive(Args, Clone, PartialEq, Debug, Default)]
#[command(next_help_heading = "What is judged")]
pub struct Scope {
    /// Judge what is staged for the next commit, as it is in the index
    ///
    /// Everything else is history: replayed as context, not judged. The work tree is not read.
    #[arg(long, conflicts_with_all = ["since", "stdin_filename"])]
    pub staged: bool,
    /// Judge what is new or changed since the merge base of REV and HEAD
    #[arg(long, value_name = "REV", conflicts_with = "stdin_filename")]
    pub since: Option<String>,
    /// Judge applied migrations by all rules too
    ///
    /// Migrations that stand on the base branch are taken for applied. Without this they are judged only for their place
    /// in the sequence and for agreement with the canonical schema.
    #[arg(long)]
    pub all: bool,
    /// Read one migration from standard input and judge it in the place of PATH
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,
}

/// What is changed.
#[derive(Args, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[command(next_help_heading = "Fixes")]
pub struct Fixing {
    /// Write the safe fixes
    #[arg(long)]
    pub fix: bool,
    /// With --fix or --diff: the fixes too that a person should read before they run
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show what --fix would write, and write nothing; exits 1 when there is something
    #[arg(long)]
    pub diff: bool,
    /// Let --fix rewrite applied migrations too
    ///
    /// Tools that keep checksums (sqlx, Flyway, Atlas) refuse a migration that was changed after it ran.
    #[arg(long)]
    pub fix_applied: bool,
}

/// Which rules are on, and what fails.
#[derive(Args, Clone, PartialEq, Debug, Default)]
#[command(next_help_heading = "Rules")]
pub struct Rules {
    /// Only these rules
    ///
    /// Rules, categories, `default` (what is on without this) or `all`, separated by commas. `gander rules` lists them.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// These rules too
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub extend_select: Vec<String>,
    /// The mildest severity that makes the exit code 1 [default: warning]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_ons())]
    pub fail_on: Option<FailOn>,
    /// Exit with 0 although there are findings; errors of usage and reading still give 2
    #[arg(long)]
    pub exit_zero: bool,
}

/// Engine and tool.
#[derive(Args, Clone, PartialEq, Debug, Default)]
#[command(next_help_heading = "Engine and tool")]
pub struct Target {
    /// Engine that the migrations are for: postgres, sqlite, mysql or mariadb, with a version as in postgres@15
    ///
    /// Without this: what gander.toml says, else what is recognised, else postgres@15.
    #[arg(long, value_name = "ENGINE", value_parser = Engine::parse)]
    pub engine: Option<Engine>,
    /// Tool that runs the migrations: plain, golang-migrate, goose, dbmate, flyway, sqlx, diesel, prisma, …
    ///
    /// Without this: what gander.toml says, else what names and neighbouring files show.
    #[arg(long, value_name = "TOOL")]
    pub tool: Option<String>,
}

/// How it is told.
#[derive(Args, Clone, PartialEq, Debug)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Form of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "full", value_parser = formats())]
    pub output_format: Format,
    /// Write a report to a file as well; can be given several times
    ///
    /// The file is written by this run, beside what is printed: `--output json=gander.json --output github=annotations.txt`.
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report_file)]
    pub output: Vec<ReportFile>,
    /// Print how often each rule was broken, in place of the findings
    #[arg(long)]
    pub statistics: bool,
}

/// `--output FORMAT=PATH`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportFile {
    /// How the report is written.
    pub format: Format,
    /// Where to.
    pub path: PathBuf,
}

/// The mildest severity that makes the exit code 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailOn {
    /// This one and all that are worse.
    AtLeast(Severity),
    /// No finding makes it 1.
    Never,
}

/// `gander inspect`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct Inspect {
    /// Migration files or directories; none: the whole project
    ///
    /// A file that is named is shown, whether it is applied or not. A directory narrows down what is shown.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What is shown.
    #[command(flatten)]
    pub scope: Scope,
    /// Engine and tool.
    #[command(flatten)]
    pub target: Target,
    /// Form of what is printed: full, json
    #[arg(long, value_name = "FORMAT", default_value = "full", value_parser = inspect_formats())]
    #[arg(hide_possible_values = true, help_heading = "Output")]
    pub output_format: InspectFormat,
}

/// `gander drift`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct Drift {
    /// What is to become like B: a SQL file or a directory of migrations
    #[arg(value_name = "A", requires = "right")]
    pub left: Option<String>,
    /// What A is to become
    #[arg(value_name = "B")]
    pub right: Option<String>,
    /// Engine and tool.
    #[command(flatten)]
    pub target: Target,
    /// Form of what is printed: text, json, sql
    ///
    /// `sql` prints the statements that make A into B, in an order that runs.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = drift_formats())]
    #[arg(hide_possible_values = true, help_heading = "Output")]
    pub output_format: DriftFormat,
    /// Exit with 0 although something differs; errors of usage and reading still give 2
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,
}

/// `gander schema`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct Schema {
    /// A directory of migrations, or one of them; a SQL file that is no migration is read as it is. None: the whole project
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// The schema as it is after this migration: a version, the name of a file or its path
    #[arg(long, value_name = "MIGRATION")]
    pub at: Option<String>,
    /// Engine and tool.
    #[command(flatten)]
    pub target: Target,
    /// Form of what is printed: sql, json, mermaid
    #[arg(long, value_name = "FORMAT", default_value = "sql", value_parser = schema_formats())]
    #[arg(hide_possible_values = true, help_heading = "Output")]
    pub output_format: SchemaFormat,
}

/// `gander explain`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct Explain {
    /// The rule's id, as in `index-blocks-writes`
    pub rule: String,
    /// In place of the page, what to write for the finding of the rule there: ready migration files
    #[arg(long = "for", value_name = "FILE:LINE", value_parser = line_of_file)]
    pub place: Option<LineOfFile>,
    /// Engine and tool.
    #[command(flatten)]
    pub target: Target,
    /// With --for: form of what is printed, as of `gander lint`
    #[arg(long, value_name = "FORMAT", default_value = "full", value_parser = formats(), requires = "place")]
    #[arg(hide_possible_values = true, help_heading = "Output")]
    pub output_format: Format,
}

/// FILE:LINE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineOfFile {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
}

fn line_of_file(text: &str) -> Result<LineOfFile, String> {
    let told = "FILE:LINE is wanted, as in `migrations/004_orders.sql:12`";
    let (file, line) = text.rsplit_once(':').ok_or(told)?;
    match line.parse() {
        Ok(line) if line > 0 && !file.is_empty() => Ok(LineOfFile { file: PathBuf::from(file), line }),
        Ok(_) | Err(_) => Err(told.to_owned()),
    }
}

/// `gander config`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct Config {
    /// Engine and tool.
    #[command(flatten)]
    pub target: Target,
}

/// `gander completions`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct Completions {
    /// bash, elvish, fish, powershell or zsh
    #[arg(hide_possible_values = true)]
    pub shell: clap_complete::Shell,
}

fn colors() -> impl TypedValueParser<Value = Color> {
    PossibleValuesParser::new(Color::ALL.map(Color::name))
        .map(|name| Color::from_name(&name).unwrap_or_default())
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name))
        .map(|name| Format::from_name(&name).unwrap_or(Format::Full))
}

fn inspect_formats() -> impl TypedValueParser<Value = InspectFormat> {
    PossibleValuesParser::new(InspectFormat::ALL.map(InspectFormat::name))
        .map(|name| InspectFormat::from_name(&name).unwrap_or_default())
}

fn drift_formats() -> impl TypedValueParser<Value = DriftFormat> {
    PossibleValuesParser::new(DriftFormat::ALL.map(DriftFormat::name))
        .map(|name| DriftFormat::from_name(&name).unwrap_or_default())
}

fn schema_formats() -> impl TypedValueParser<Value = SchemaFormat> {
    PossibleValuesParser::new(SchemaFormat::ALL.map(SchemaFormat::name))
        .map(|name| SchemaFormat::from_name(&name).unwrap_or_default())
}

fn fail_ons() -> impl TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(["error", "warning", "advice", "never"])
        .map(|name| Severity::from_name(&name).map_or(FailOn::Never, FailOn::AtLeast))
}

fn report_file(text: &str) -> Result<ReportFile, String> {
    let known = || Format::ALL.map(Format::name).join(", ");
    let Some((format, path)) = text.split_once('=') else {
        return Err(format!("write FORMAT=PATH, as in json=gander.json; formats are {}", known()));
    };
    let Some(format) = Format::from_name(format) else {
        return Err(format!("there is no format `{format}`: formats are {}", known()));
    };
    if path.is_empty() {
        return Err("a path is missing after `=`".to_owned());
    }
    Ok(ReportFile { format, path: PathBuf::from(path) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("gander").chain(line.split_whitespace()))
    }

    fn lint(line: &str) -> Lint {
        match parse(&format!("lint {line}")).map(|cli| cli.command) {
            Ok(Command::Lint(lint)) => *lint,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn clap_finds_no_fault_with_the_definition() {
        Cli::command().debug_assert();
    }

    #[test]
    fn lint_without_anything() {
        let lint = lint("");
        assert_eq!(lint.scope, Scope::default());
        assert_eq!(lint.fixing, Fixing::default());
        assert_eq!(lint.rules, Rules::default());
        assert_eq!(lint.target, Target::default());
        assert_eq!(
            lint.output,
            Output { output_format: Format::Full, output: Vec::new(), statistics: false }
        );
    }

    #[test]
    fn every_flag_of_lint_is_read() {
        let lint = lint(
            "a.sql sql --since origin/main --all --fix --unsafe-fixes --diff --fix-applied --select a,b --select c \
             --ignore d --extend-select e,f --fail-on never --exit-zero --engine sqlite@3.35 --tool goose \
             --output-format concise --output json=a=b.json --output github=g --statistics",
        );
        assert_eq!(lint.paths, [PathBuf::from("a.sql"), PathBuf::from("sql")]);
        assert_eq!(
            lint.scope,
            Scope { staged: false, since: Some("origin/main".into()), all: true, stdin_filename: None }
        );
        assert_eq!(lint.fixing, Fixing { fix: true, unsafe_fixes: true, diff: true, fix_applied: true });
        assert_eq!(lint.rules.select, ["a", "b", "c"]);
        assert_eq!(lint.rules.ignore, ["d"]);
        assert_eq!(lint.rules.extend_select, ["e", "f"]);
        assert_eq!(lint.rules.fail_on, Some(FailOn::Never));
        assert!(lint.rules.exit_zero);
        assert_eq!(lint.target.engine.map(|engine| engine.to_string()), Some("sqlite@3.35".into()));
        assert_eq!(lint.target.tool.as_deref(), Some("goose"));
        assert_eq!(lint.output.output_format, Format::Concise);
        let file = |format, path: &str| ReportFile { format, path: path.into() };
        assert_eq!(lint.output.output, [file(Format::Json, "a=b.json"), file(Format::Github, "g")]);
        assert!(lint.output.statistics);
    }

    #[test]
    fn severities_that_fail() {
        for (name, severity) in
            [("error", Severity::Error), ("warning", Severity::Warning), ("advice", Severity::Advice)]
        {
            assert_eq!(lint(&format!("--fail-on {name}")).rules.fail_on, Some(FailOn::AtLeast(severity)));
        }
    }

    #[test]
    fn global_flags_stand_before_or_after_the_command() {
        for line in
            ["--color never -v --config x.toml rules", "rules --color never --verbose --config x.toml"]
        {
            let global = parse(line).expect("it is right").global;
            assert_eq!((global.color, global.verbose, global.quiet), (Color::Never, true, false), "{line}");
            assert_eq!(global.config, Some(PathBuf::from("x.toml")));
        }
    }

    #[test]
    fn wrong_usage_exits_with_2_and_help_with_0() {
        let wrong = [
            "",
            "fly",
            "lint --staged --since main",
            "lint --staged --stdin-filename a.sql",
            "lint --config a --no-config",
            "lint --engine oracle",
            "lint --output-format sarif",
            "lint --output json",
            "lint --output tap=x",
            "lint --output json=",
            "lint --fail-on info",
            "lint --color sometimes",
            "lint -q -v",
            "explain",
            "completions tcsh",
            "drift a.sql",
            "drift a.sql b.sql c.sql",
            "drift --output-format full",
            "schema a b",
            "schema --output-format text",
            "schema --engine oracle",
        ];
        for line in wrong {
            let error = parse(line).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}: {error}");
        }
        for line in ["--help", "--version", "lint --help", "help explain"] {
            assert_eq!(parse(line).expect_err(line).exit_code(), 0, "{line}");
        }
    }

    #[test]
    fn help_tells_exit_codes_and_shows_examples() {
        let help = parse("lint --help").expect_err("help").to_string();
        assert!(
            help.contains("gander lint --staged  ") && help.contains("Exit codes:\n  0  nothing"),
            "{help}"
        );
        let help = parse("lint -h").expect_err("help").to_string();
        assert!(help.contains("Exit codes:") && !help.contains("Examples:"), "{help}");
    }
}
