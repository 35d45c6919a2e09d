//! What gander.toml may say, and what is told of what it may not.

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
    assert_eq!(history.version_table.as_ref().map(|table| table.value.as_str()), Some("schema_migrations"));
    let engine = history.overrides[0].engine.as_ref().map(|engine| engine.value.dialect);
    assert_eq!(engine, Some(Dialect::Sqlite));
    assert!(history.overrides[0].files[0].matches("sql/migrations/002_extend_trades_table.sql"));
    let conventions = &config.conventions;
    assert_eq!(conventions.header.as_ref().map(|header| header.value.len()), Some(3));
    assert_eq!(conventions.lock_timeout.value, LockTimeout::Outside);
    assert_eq!(conventions.version_scheme.as_ref().map(|scheme| scheme.value), Some(VersionScheme::Semver));
    assert!(conventions.forbidden_names[0].pattern.matches("Deribit_key"));
    assert_eq!(conventions.forbidden_names[1].data_type.as_deref(), Some("boolean"));
    assert_eq!(conventions.indexed_columns[1].value, "created_at");
    assert_eq!(config.tables.small[0].value, "settings");
    let paths: Vec<String> = config.paths().into_iter().map(|path| path.value).collect();
    assert!(paths.contains(&"django_app/apps".to_owned()) && paths.contains(&".env".to_owned()), "{paths:?}");
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
        complaint("[[history]]\npath = \"a\"\n[[history.override]]\nfile = [\"a\"]\n").0.contains(":3:1:")
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
    assert_eq!(complaint("[lint]\nfail-on = \"warn\"").0, "gander.toml:2:11: `fail-on` cannot be \"warn\"");
    assert_eq!(complaint("[lint]\nfail-on = \"warn\"").1, "did you mean \"warning\"?");
    assert_eq!(complaint("[lint]\nfail-on = \"warnings\"").1, "did you mean \"warning\"?");
    assert_eq!(complaint("[history]\npath = \"a\"").1, "write [[history]] in double brackets");
    assert!(complaint("[[history]]\nengine = \"oracle\"").0.starts_with("gander.toml:2:10: unknown engine"));
    assert!(
        complaint("[[lint.per-file]]\nfiles = [\"a[\"]")
            .0
            .starts_with("gander.toml:2:10: `a[` is no pattern")
    );
    assert_eq!(complaint("[lint.severity]\nx = \"fatal\"").1, "write one of error, warning, advice");
    assert!(
        complaint("[[history]]\nforeign-keys = \"yes\"").0.contains("must be true or false, not a string")
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
