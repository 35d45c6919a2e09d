//! Exit codes, options and subcommands are what the command line promises.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use crate::support::repo::{GANDER, Repo, Run};

/// A migration that nothing is to be said about.
pub const GOOD: &str = "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, email text);\n";
/// One warning: `missing-if-not-exists`, with a safe fix.
pub const BAD: &str = "CREATE TABLE orders (id bigint PRIMARY KEY);\n";
/// One error: `not-null-without-backfill`.
pub const WORSE: &str = "ALTER TABLE users ADD COLUMN IF NOT EXISTS age int NOT NULL;\n";

fn good() -> Repo {
    Repo::files(&[("migrations/001_users.sql", GOOD)])
}

fn bad() -> Repo {
    Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)])
}

#[test]
fn nothing_found_is_0_and_findings_are_1() {
    let run = good().gander("lint");
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "No findings in 1 migration\n", ""));
    let run = bad().gander("lint");
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    assert!(
        run.out.contains("missing-if-not-exists") && run.out.contains("002_orders.sql:1:1"),
        "{}",
        run.out
    );
}

#[test]
fn there_may_be_nothing_to_judge() {
    let run = Repo::outside().gander("lint");
    assert_eq!((run.code, run.out.as_str()), (0, "No findings: there are no migrations\n"));
}

#[test]
fn the_failing_severity_is_warning_unless_told() {
    let warning = bad();
    let error = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_age.sql", WORSE)]);
    let advice = bad();
    advice.write("gander.toml", "[lint.severity]\nmissing-if-not-exists = \"advice\"\n");
    let codes =
        |flags: &str| [&error, &warning, &advice].map(|repo| repo.gander(&format!("lint {flags}")).code);
    assert_eq!(codes(""), [1, 1, 0]);
    assert_eq!(codes("--fail-on error"), [1, 0, 0]);
    assert_eq!(codes("--fail-on warning"), [1, 1, 0]);
    assert_eq!(codes("--fail-on advice"), [1, 1, 1]);
    assert_eq!(codes("--fail-on never"), [0, 0, 0]);
    assert_eq!(codes("--exit-zero"), [0, 0, 0]);
    assert_eq!(codes("--exit-zero --fail-on advice"), [0, 0, 0]);
    // Whatever the code, the findings are told.
    assert_eq!(advice.lint("--exit-zero"), ["migrations/002_orders.sql missing-if-not-exists"]);
}

#[test]
fn the_failing_severity_can_be_configured_and_the_command_line_wins() {
    let repo = bad();
    repo.write("gander.toml", "[lint]\nfail-on = \"error\"\n");
    assert_eq!(repo.gander("lint").code, 0);
    assert_eq!(repo.gander("lint --fail-on warning").code, 1);
    assert_eq!(repo.gander("lint --no-config").code, 1);
}

#[test]
fn wrong_usage_is_2_and_says_what_was_wrong() {
    let repo = good();
    for (line, said) in [
        ("", "Usage: gander"),
        ("fly", "unrecognized subcommand 'fly'"),
        ("lint --fligh", "unexpected argument '--fligh'"),
        ("lint --staged --since main", "cannot be used with"),
        ("lint --output-format tap", "invalid value 'tap'"),
        ("lint --output json", "FORMAT=PATH"),
        ("lint --fail-on info", "invalid value 'info'"),
        ("lint --engine oracle", "oracle"),
        ("lint --tool nonesuch", "nonesuch"),
        ("lint --select nonesuch", "nonesuch"),
        ("lint --ignore missing-if-not-exist", "did you mean `missing-if-not-exists`"),
        ("lint --extend-select nonesuch", "nonesuch"),
        ("lint migrations/nonesuch.sql", "cannot find migrations/nonesuch.sql"),
        ("lint --config nonesuch.toml", "nonesuch.toml"),
        ("lint --staged", "outside a git repository"),
        ("lint --since main", "no git repository"),
        ("explain nonesuch", "nonesuch"),
        ("completions tcsh", "tcsh"),
    ] {
        let run = repo.gander(line);
        assert_eq!(run.code, 2, "gander {line}: {run:?}");
        assert!(run.err.contains(said), "gander {line}: {}", run.err);
    }
}

#[test]
fn exit_zero_does_not_hide_errors() {
    let repo = bad();
    for line in
        ["lint --exit-zero nonesuch.sql", "lint --exit-zero --since main", "lint --fail-on never nonesuch"]
    {
        assert_eq!(repo.gander(line).code, 2, "{line}");
    }
}

#[test]
fn a_mistake_in_gander_toml_is_2_and_has_its_place() {
    for (toml, place, said) in [
        ("bass = \"main\"\n", "gander.toml:1:1", "bass"),
        ("[lint]\nselct = []\n", "gander.toml:2:1", "did you mean `select`"),
        ("[lint]\n\nfail-on = \"loud\"\n", "gander.toml:3:11", "loud"),
        ("[lint]\nselect = [\"default\"\n", "gander.toml:2:20", "unclosed array"),
        ("[[history]]\npath = \"migrations\"\nengine = \"oracle\"\n", "gander.toml:3:10", "oracle"),
        ("[[history]]\npath = \"nonesuch\"\n", "gander.toml:2:8", "nonesuch"),
    ] {
        let repo = bad();
        repo.write("gander.toml", toml);
        let run = repo.gander("lint");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{toml}: {run:?}");
        assert!(run.err.contains(place) && run.err.contains(said), "{toml}: {}", run.err);
        // From below, the place is told as seen from there.
        assert!(repo.gander_in("migrations", "lint").err.contains("../gander.toml:"), "{toml}");
        assert_eq!(repo.gander("lint --no-config").code, 1, "{toml}");
    }
}

#[test]
fn a_configuration_that_is_named_is_taken() {
    let repo = bad();
    repo.write("ci/strict.toml", "[lint]\nignore = [\"missing-if-not-exists\"]\n");
    assert_eq!(repo.lint("").len(), 1);
    assert_eq!(repo.lint("--config ci/strict.toml").len(), 0);
    repo.write("gander.toml", "[lint]\nignore = [\"idempotency\"]\n");
    assert_eq!(repo.lint("").len(), 0);
    assert_eq!(repo.lint("--no-config").len(), 1);
}

#[test]
fn what_gander_toml_names_for_nothing_is_found_there() {
    let repo = bad();
    repo.write(
        "gander.toml",
        "[lint]\nignore = [\"missing-if-exist\"]\n[[lint.per-file]]\nfiles = [\"legacy/**\"]\nignore = [\"all\"]\n",
    );
    let run = repo.gander("lint --output-format concise");
    assert_eq!(run.code, 1);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines[0].starts_with("gander.toml:2:11: warning[unmatched-config] there is no rule or category"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("gander.toml:4:10: warning[unmatched-config] no file fits `legacy/**`"),
        "{lines:?}"
    );
    assert!(
        lines[2].starts_with("migrations/002_orders.sql:1:1: warning[missing-if-not-exists]"),
        "{lines:?}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_2_and_the_rest_is_judged() {
    let repo = bad();
    repo.write("migrations/003_utf16.sql", b"\xff\xfeS\0E\0L\0");
    let run = repo.gander("lint --output-format json");
    assert_eq!(run.code, 2);
    assert_eq!(run.found(), ["migrations/002_orders.sql missing-if-not-exists"]);
    assert!(run.err.starts_with("error: migrations/003_utf16.sql is UTF-16"), "{}", run.err);
    assert_eq!(repo.gander("lint --exit-zero").code, 2);
    assert_eq!(repo.gander("lint --fail-on never").code, 2);
}

#[test]
fn a_path_that_is_missing_is_2_and_the_others_are_judged() {
    let run = bad().gander("lint --output-format json migrations/002_orders.sql migrations/009_gone.sql");
    assert_eq!(run.code, 2);
    assert_eq!(run.found(), ["migrations/002_orders.sql missing-if-not-exists"]);
    // None that is there does not mean all.
    let repo = bad();
    let run = repo.gander("lint --fix --output-format json migrations/009_gone.sql");
    assert_eq!((run.code, run.found().len(), repo.text("migrations/002_orders.sql").as_str()), (2, 0, BAD));
}

#[test]
fn a_report_that_cannot_be_written_is_2() {
    let run = bad().gander("lint --output json=nowhere/report.json");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot write nowhere/report.json"), "{}", run.err);
}

/// More than any pipe holds, so that a write fails after its reader went away.
#[test]
fn a_reader_that_went_away_is_no_error() {
    let repo = good();
    for number in 2..40 {
        let tables: String =
            (0..60).map(|table| format!("CREATE TABLE t{number}_{table} (id int PRIMARY KEY);\n")).collect();
        repo.write(&format!("migrations/{number:03}_more.sql"), tables);
    }
    assert!(repo.gander("lint --output-format concise").out.len() > 200_000);
    for line in ["lint", "lint --output-format concise", "lint --output-format json"] {
        let mut command = repo.command(GANDER, &line.split(' ').collect::<Vec<_>>());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("gander runs");
        let mut first = [0; 16];
        child.stdout.take().expect("a pipe").read_exact(&mut first).expect("it says something");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
        assert_eq!(output.status.code(), Some(0), "{line}");
    }
}

#[test]
fn rules_are_chosen_by_name_and_by_category() {
    let both = "CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE VIEW recent AS SELECT id FROM orders;\n";
    let repo = Repo::files(&[("migrations/001_orders.sql", both)]);
    let rules = |flags: &str| -> Vec<String> {
        let mut rules: Vec<String> =
            repo.lint(flags).iter().map(|found| found.rsplit(' ').next().unwrap_or("").to_owned()).collect();
        rules.sort();
        rules
    };
    let all = ["missing-if-not-exists", "missing-or-replace", "missing-transaction"];
    assert_eq!(rules(""), all);
    assert_eq!(rules("--select default"), all);
    assert_eq!(rules("--select missing-or-replace"), all[1..2]);
    assert_eq!(rules("--select missing-or-replace,transaction"), all[1..]);
    assert_eq!(rules("--select missing-or-replace --select transaction"), all[1..]);
    assert_eq!(rules("--select idempotency"), all[..2]);
    assert_eq!(rules("--ignore idempotency"), all[2..]);
    assert_eq!(rules("--ignore missing-or-replace"), [all[0], all[2]]);
    assert_eq!(rules("--select idempotency --ignore missing-or-replace"), all[..1]);
    assert_eq!(rules("--select transaction --extend-select missing-or-replace"), all[1..]);
    assert_eq!(rules("--select all --ignore all"), [""; 0]);

    repo.write("gander.toml", "[lint]\nselect = [\"transaction\"]\n");
    assert_eq!(rules(""), all[2..]);
    assert_eq!(rules("--extend-select missing-or-replace"), all[1..]);
    assert_eq!(
        rules("--select idempotency"),
        all[..2],
        "the command line's choice replaces the configured one"
    );
}

#[test]
fn a_rule_has_the_severity_that_is_configured() {
    let repo = bad();
    repo.write("gander.toml", "[lint.severity]\n\"missing-if-not-exists\" = \"error\"\n");
    let report = repo.gander("lint --output-format json").json();
    assert_eq!(report["findings"][0]["severity"], "error");
    assert_eq!(report["summary"]["errors"], 1);
    assert_eq!(report["summary"]["warnings"], 0);
}

#[test]
fn rules_are_off_in_some_files() {
    let repo = bad();
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.write(
        "gander.toml",
        "[[lint.per-file]]\nfiles = [\"migrations/002_*\"]\nignore = [\"missing-if-not-exists\"]\n",
    );
    assert_eq!(repo.lint(""), ["migrations/003_items.sql missing-if-not-exists"]);
    repo.write("gander.toml", "[[lint.per-file]]\nfiles = [\"migrations/**\"]\nignore = [\"idempotency\"]\n");
    assert_eq!(repo.lint(""), [""; 0]);
}

#[test]
fn comments_suppress_what_they_name_with_a_reason() {
    let two = "CREATE TABLE a (id int PRIMARY KEY);\n\nCREATE TABLE b (id int PRIMARY KEY);\n";
    let lint = |text: String| {
        let repo = Repo::files(&[("migrations/001_two.sql", text.as_str())]);
        let run = repo.gander("lint --ignore missing-transaction --output-format json");
        let report = run.json();
        let found: Vec<String> = report["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .map(|finding| format!("{} {}", finding["start"]["line"], finding["rule"].as_str().unwrap_or("")))
            .collect();
        (found, report["summary"]["suppressed"].as_u64().expect("a number"))
    };
    let (found, suppressed) = lint(two.to_owned());
    assert_eq!(
        (found, suppressed),
        (vec!["1 missing-if-not-exists".into(), "3 missing-if-not-exists".into()], 0)
    );

    let allow = "-- gander: allow(missing-if-not-exists): run once";
    let (found, suppressed) = lint(format!("{allow}\n{two}"));
    assert_eq!((found, suppressed), (vec!["4 missing-if-not-exists".into()], 1), "the next statement only");
    let (found, suppressed) = lint(two.replacen(';', &format!("; {allow}"), 1));
    assert_eq!((found, suppressed), (vec!["3 missing-if-not-exists".into()], 1), "the one on its line");
    let (found, suppressed) = lint(format!("{two}-- gander: allow-file(missing-if-not-exists): run once\n"));
    assert_eq!((found, suppressed), (vec![], 2));

    let (found, _) = lint(format!("-- gander: allow(missing-if-not-exists)\n{two}"));
    assert!(found.contains(&"1 suppression-without-reason".to_owned()), "{found:?}");
    let (found, _) = lint(format!("-- gander: allow(missing-if-not-exist): x\n{two}"));
    assert!(found.contains(&"1 unknown-suppression".to_owned()), "{found:?}");
    let (found, _) = lint(format!("-- gander: allow(index-blocks-writes): x\n{two}"));
    assert!(found.contains(&"1 unused-suppression".to_owned()), "{found:?}");
}

#[test]
fn what_was_decided_for_diesel_guard_is_suppressed() {
    let lint = |text: &str| {
        let older = "CREATE TABLE a (id int PRIMARY KEY, note text, mood text);\n";
        let repo = Repo::files(&[("migrations/001_a.sql", older), ("migrations/002_a.sql", text)]);
        let rules = "column-dropped,object-missing,missing-if-exists";
        let run = repo.gander(&format!("lint --select {rules} --output-format json migrations/002_a.sql"));
        let report = run.json();
        let found: Vec<String> = report["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .map(|finding| format!("{} {}", finding["start"]["line"], finding["rule"].as_str().unwrap_or("")))
            .collect();
        (found, report["summary"]["suppressed"].as_u64().expect("a number"))
    };
    let block = "-- safety-assured:start\nALTER TABLE a DROP COLUMN IF EXISTS note;\n-- safety-assured:end\n";
    assert_eq!(lint(block), (vec![], 1));
    let (after, suppressed) = lint(&format!("{block}ALTER TABLE a DROP COLUMN IF EXISTS mood;\n"));
    assert_eq!((after, suppressed), (vec!["4 column-dropped".to_owned()], 1), "not what follows");
    let (open, suppressed) = lint(&block.replace("-- safety-assured:end\n", ""));
    assert_eq!((open, suppressed), (vec!["2 column-dropped".to_owned()], 0), "it never ends");
    let (refused, suppressed) = lint(&block.replace("IF EXISTS note", "nothing"));
    assert_eq!((refused, suppressed), (vec!["2 object-missing".to_owned()], 0), "nobody can decide that");
}

#[test]
fn one_run_writes_several_reports() {
    let repo = bad();
    let run = repo.gander(
        "lint --output-format concise --output json=a.json --output github=b.txt --output full=c.txt --output concise=d=d.txt",
    );
    assert_eq!(run.code, 1);
    assert_eq!(repo.text("d=d.txt"), run.out);
    assert_eq!(repo.text("a.json"), repo.gander("lint --output-format json").out);
    assert_eq!(repo.text("b.txt"), repo.gander("lint --output-format github").out);
    assert_eq!(repo.text("c.txt"), repo.gander("lint --output-format full").out);
    assert!(repo.text("b.txt").starts_with("::warning file=migrations/002_orders.sql,line=1,"));
}

#[test]
fn colours_go_where_they_are_asked_for() {
    let repo = bad();
    let escape = |line: &str| repo.gander(line).out.contains('\u{1b}');
    assert!(!escape("lint"));
    assert!(escape("lint --color always"));
    assert!(!escape("lint --color always --output-format json"));
    repo.gander("lint --color always --output full=report.txt");
    assert!(!repo.text("report.txt").contains('\u{1b}'));
    let mut forced = repo.command(GANDER, &["lint"]);
    assert!(Run::of(forced.env("FORCE_COLOR", "1")).out.contains('\u{1b}'));
    assert!(!Run::of(forced.env("NO_COLOR", "1")).out.contains('\u{1b}'));
}

#[test]
fn statistics_count_in_place_of_the_findings() {
    let repo = bad();
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.write("migrations/004_age.sql", WORSE);
    let run = repo.gander("lint --statistics");
    assert_eq!(run.code, 1);
    let lines: Vec<Vec<&str>> = run.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["2", "warning[missing-if-not-exists]", "2", "fixable"]);
    assert_eq!(lines[1], ["1", "error[not-null-without-backfill]"]);
    assert_eq!(lines.len(), 3, "and the summary: {}", run.out);
}

#[test]
fn quiet_prints_the_findings_and_nothing_else() {
    let repo = bad();
    let loud = repo.gander("lint --output-format concise");
    let quiet = repo.gander("lint --output-format concise --quiet");
    assert_eq!(quiet.code, 1);
    assert_eq!(quiet.out.lines().count(), 1);
    assert!(loud.out.starts_with(&quiet.out) && loud.out.lines().count() == 2, "{}", loud.out);
    let run = good().gander("lint --quiet");
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
}

#[test]
fn verbose_says_what_was_recognised() {
    let run = bad().gander("lint --verbose");
    assert!(run.err.contains("migrations: 2 migrations of plain SQL for postgres"), "{}", run.err);
    assert!(bad().gander("lint").err.is_empty());
}

#[test]
fn engine_and_tool_can_be_said() {
    let table = "CREATE TABLE IF NOT EXISTS t (id integer PRIMARY KEY);\n";
    let column = "ALTER TABLE t ADD COLUMN IF NOT EXISTS x int;\n";
    let repo = Repo::files(&[("migrations/001_t.sql", table), ("migrations/002_x.sql", column)]);
    assert_eq!(repo.lint("--engine postgres"), [""; 0]);
    assert_eq!(repo.lint("--engine sqlite"), ["migrations/002_x.sql unsupported-by-engine"]);

    // goose keeps a record and wraps: a second run of the whole file never comes.
    let repo =
        Repo::files(&[("migrations/001_t.sql", "-- +goose Up\nCREATE TABLE t (id integer PRIMARY KEY);\n")]);
    assert_eq!(
        repo.lint(""),
        ["migrations/001_t.sql missing-rollback"],
        "its comment says that it is goose's"
    );
    assert_eq!(repo.lint("--tool goose"), ["migrations/001_t.sql missing-rollback"]);
    assert_eq!(repo.lint("--tool plain"), ["migrations/001_t.sql missing-if-not-exists"]);
}

#[test]
fn explain_prints_the_rules_page() {
    let repo = Repo::outside();
    let run = repo.gander("explain index-blocks-writes");
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(
        run.out.starts_with("error · locking · on · fix: unsafe · PostgreSQL\n\n# index-blocks-writes\n"),
        "{}",
        run.out
    );
    assert!(run.out.contains("CONCURRENTLY"));
    assert_eq!(repo.gander("explain INDEX-blocks-writes").out, run.out);
    let run = repo.gander("explain index-block-writes");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `index-blocks-writes`?"), "{}", run.err);
}

#[test]
fn every_rule_is_listed_and_explained() {
    let repo = Repo::outside();
    let run = repo.gander("rules");
    assert_eq!(run.code, 0);
    let listed: Vec<&str> = run.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let rules: Vec<&str> = gander::rules::RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(listed, rules);
    for rule in rules {
        let run = repo.gander(&format!("explain {rule}"));
        assert!(run.code == 0 && run.out.contains(&format!("\n# {rule}\n")), "{rule}: {}", run.out);
    }
}

#[test]
fn config_prints_the_settings_and_where_each_came_from() {
    let repo = bad();
    let line_of = |repo: &Repo, line: &str, key: &str| {
        let run = repo.gander(line);
        assert_eq!(run.code, 0, "{}", run.err);
        let found =
            run.out.lines().find(|line| line.split(" = ").next().is_some_and(|name| name.trim() == key));
        found
            .unwrap_or_else(|| panic!("no {key}: {}", run.out))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(line_of(&repo, "config", "lint.fail-on"), "lint.fail-on = \"warning\" # default");
    assert_eq!(line_of(&repo, "config", "path"), "path = \"migrations\"");
    assert_eq!(line_of(&repo, "config", "tool"), "tool = \"plain\"");
    repo.write("gander.toml", "start-after = \"001\"\n[lint]\nfail-on = \"error\"\n");
    assert_eq!(line_of(&repo, "config", "lint.fail-on"), "lint.fail-on = \"error\" # gander.toml:3");
    assert_eq!(line_of(&repo, "config", "start-after"), "start-after = \"001\" # gander.toml:1");
    assert_eq!(line_of(&repo, "config --no-config", "lint.fail-on"), "lint.fail-on = \"warning\" # default");
    let engine = line_of(&repo, "config --engine sqlite", "engine");
    assert!(engine.starts_with("engine = \"sqlite"), "{engine}");
}

#[test]
fn completions_are_scripts_that_the_shell_takes() {
    let repo = Repo::outside();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = repo.gander(&format!("completions {shell}"));
        assert!(run.code == 0 && run.out.contains("stdin-filename"), "{shell}");
    }
    repo.write("gander.bash", repo.gander("completions bash").out);
    let script = "source gander.bash; COMP_WORDS=(gander lint --sta); COMP_CWORD=2; _gander gander --sta lint; echo ${COMPREPLY[@]}";
    let run = Run::of(&mut repo.command("bash", &["--norc", "-c", script]));
    assert_eq!((run.out.as_str(), run.err.as_str()), ("--staged --statistics\n", ""));
}

#[test]
fn help_and_version_are_0() {
    let repo = Repo::outside();
    for line in ["--help", "-h", "lint --help", "help lint", "--version"] {
        let run = repo.gander(line);
        assert!(run.code == 0 && !run.out.is_empty() && run.err.is_empty(), "{line}: {run:?}");
    }
    assert_eq!(repo.gander("--version").out, concat!("gander ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn the_environment_chooses_no_format() {
    let repo = bad();
    let plain = repo.gander("lint").out;
    let mut command = repo.command(GANDER, &["lint"]);
    let run = Run::of(command.env("GITHUB_ACTIONS", "true").env("CI", "true"));
    assert_eq!(run.out, plain);
}

#[test]
fn standard_output_that_is_full_is_2() {
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let status =
        bad().command(GANDER, &["lint"]).stdout(full).stderr(Stdio::null()).status().expect("gander runs");
    assert_eq!(status.code(), Some(2));
}

// No server takes these; a text can say them all the same.
#[test]
fn what_hangs_on_itself_can_be_dropped() {
    for text in [
        "CREATE TABLE a (id int) PARTITION BY RANGE (id);\nALTER TABLE a ATTACH PARTITION a DEFAULT;\nDROP TABLE a;\n",
        "CREATE TABLE b PARTITION OF c DEFAULT;\nCREATE TABLE c PARTITION OF b DEFAULT;\nDROP TABLE b CASCADE;\n",
        "CREATE VIEW v AS SELECT 1 AS x;\nCREATE VIEW w AS SELECT x FROM v;\n\
         CREATE OR REPLACE VIEW v AS SELECT x FROM w;\nDROP VIEW v CASCADE;\n",
    ] {
        let run = Repo::files(&[("migrations/001_knot.sql", text)]).gander("lint");
        assert_eq!((run.code, run.err.as_str()), (1, ""), "{text}");
    }
}
