//! The steps of the GitHub action, run as the runner runs them, annotate a pull request and obey nobody else's text.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::cli::{BAD, GOOD, WORSE};
use crate::support::pages::project;
use crate::support::repo::{GANDER, Repo, Run, search_path};
use crate::support::runner::{Action, Obeyed, bash, expand, obey};

/// A job: a checkout, the event it is about, what the workflow gives to the action.
struct Job<'a> {
    repo: &'a Repo,
    workspace: PathBuf,
    environment: Vec<(&'a str, String)>,
    event: BTreeMap<&'a str, &'a str>,
    inputs: BTreeMap<&'a str, &'a str>,
    /// Directories that programs are found in first.
    path: Vec<PathBuf>,
}

impl<'a> Job<'a> {
    fn new(repo: &'a Repo, checkout: &str) -> Self {
        Self {
            repo,
            workspace: repo.root().join(checkout),
            environment: Vec::new(),
            event: BTreeMap::new(),
            inputs: BTreeMap::new(),
            path: vec![Path::new(GANDER).parent().expect("a directory").to_path_buf()],
        }
    }

    fn with(mut self, inputs: &[(&'a str, &'a str)]) -> Self {
        self.inputs.extend(inputs.iter().copied());
        self
    }

    /// Runs the action's steps one after the other, until one fails.
    fn run(&self) -> Run {
        let action = Action::read(project());
        let temp = self.repo.home().join("runner");
        fs::create_dir_all(&temp).expect("made");
        let mut all = Run { code: 0, out: String::new(), err: String::new() };
        for step in action.steps() {
            assert!(
                !step.run.contains("${{"),
                "what an input says must not become part of a script: {}",
                step.run
            );
            let mut command = self.repo.command("bash", &[]);
            let first: Vec<&Path> = self.path.iter().map(PathBuf::as_path).collect();
            command.current_dir(&self.workspace).env("PATH", search_path(&first));
            command.env("GITHUB_ACTIONS", "true").env("CI", "true").env("GITHUB_WORKSPACE", &self.workspace);
            command.env("GITHUB_ACTION_PATH", project()).env("RUNNER_TEMP", &temp);
            for (name, value) in &self.environment {
                command.env(name, value);
            }
            for (name, template) in &step.environment {
                command.env(
                    name,
                    expand(template, |expression| action.value(expression, &self.inputs, &self.event)),
                );
            }
            let run = bash(command, &step.run, &temp);
            all.code = run.code;
            all.out += &run.out;
            all.err += &run.err;
            if run.code != 0 {
                break;
            }
        }
        let left: Vec<_> =
            fs::read_dir(&temp).expect("listed").map(|entry| entry.expect("an entry").file_name()).collect();
        assert!(
            left.iter().all(|name| name == "step.sh" || name == "gander-install"),
            "left behind: {left:?}"
        );
        all
    }
}

/// A repository with a branch to be merged, and the checkout that a workflow for the pull request gets.
fn pull_request(base: &[(&str, &str)], change: &[(&str, &str)], depth: usize) -> Repo {
    let repo = Repo::on_branch(base);
    repo.write_all(change);
    repo.commit();
    repo.git("checkout -q main");
    repo.write("app/elsewhere", "meanwhile\n");
    repo.write("migrations/900_theirs.sql", BAD);
    repo.commit();
    repo.git("checkout -q --detach");
    repo.git("merge -q --no-ff -m merge change");
    repo.git("update-ref refs/pull/1/merge HEAD");
    repo.git("checkout -q change");
    checkout(&repo, "refs/pull/1/merge", depth);
    repo
}

/// What actions/checkout does.
fn checkout(repo: &Repo, reference: &str, depth: usize) {
    let from = format!("file://{}", repo.root().display());
    repo.git("init -q -b none ../checkout");
    repo.git(&format!("-C ../checkout remote add origin {from}"));
    let depth = if depth == 0 { String::new() } else { format!("--depth={depth}") };
    let all = if depth.is_empty() { "+refs/heads/*:refs/remotes/origin/*" } else { "" };
    repo.git(&format!(
        "-C ../checkout fetch -q --no-tags {depth} origin {all} +{reference}:refs/remotes/{reference}"
    ));
    repo.git(&format!("-C ../checkout checkout -q refs/remotes/{reference}"));
}

fn on_pull_request(repo: &Repo) -> Job<'_> {
    let mut job = Job::new(repo, "../checkout");
    let head = repo.git("-C ../checkout rev-parse HEAD");
    job.environment = vec![
        ("GITHUB_EVENT_NAME", "pull_request".into()),
        ("GITHUB_BASE_REF", "main".into()),
        ("GITHUB_HEAD_REF", "change".into()),
        ("GITHUB_REF", "refs/pull/1/merge".into()),
        ("GITHUB_SHA", head),
    ];
    job
}

/// What the runner makes of a run: its annotations as `level file:line:col-endLine:endCol rule`.
fn annotations(run: &Run) -> Vec<String> {
    let (obeyed, listens, tokens) = obey(&run.out);
    assert!(listens, "commands are switched on again: {}", run.out);
    assert_eq!(tokens.len(), 1, "one part of the log is text: {}", run.out);
    obeyed.iter().map(place).collect()
}

fn place(command: &Obeyed) -> String {
    let property = |key: &str| command.properties.get(key).map_or("", String::as_str);
    let known = ["file", "line", "endLine", "col", "endColumn", "title"];
    assert!(command.properties.keys().all(|key| known.contains(&key.as_str())), "{command:?}");
    let [file, line, end_line, column, end_column, title] = known.map(property);
    format!("{} {file} {line}:{column}-{end_line}:{end_column} {title}", command.name)
}

#[test]
fn a_pull_request_is_annotated() {
    let change = format!("-- two\n{WORSE}CREATE TABLE items (\n    id int PRIMARY KEY\n);\n");
    let repo = pull_request(
        &[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)],
        &[("migrations/003_age.sql", &change), ("README.md", "::error::of no interest\n")],
        2,
    );
    let run = on_pull_request(&repo).run();
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(
        annotations(&run),
        [
            "error migrations/003_age.sql 2:19-2:60 not-null-without-backfill",
            "warning migrations/003_age.sql 2:1-2:60 missing-transaction",
            "warning migrations/003_age.sql 3:-5: missing-if-not-exists",
        ]
        .map(str::to_owned),
        "{}",
        run.out
    );
    // The log shows the same with its source, and says what was compared with what.
    assert!(
        run.out.contains("judging what changed since") && run.out.contains("ADD COLUMN IF NOT EXISTS age"),
        "{}",
        run.out
    );
    let (obeyed, ..) = obey(&run.out);
    assert!(obeyed[0].data.contains("adding `age` as NOT NULL"), "{:?}", obeyed[0]);
}

#[test]
fn a_good_pull_request_is_0_and_without_annotations() {
    let fine = "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n";
    let repo = pull_request(&[("migrations/001_users.sql", GOOD)], &[("migrations/002_items.sql", fine)], 2);
    let run = on_pull_request(&repo).run();
    assert_eq!((run.code, annotations(&run).len()), (0, 0), "{run:?}");
    assert!(run.out.contains("No findings in 1 migration"), "{}", run.out);
}

/// The checkout of a pull request has no branch at all, so that what is compared with stands for what has run.
#[test]
fn faults_of_the_base_are_not_those_of_the_change() {
    let base = [
        ("migrations/001_users.sql", GOOD),
        ("migrations/003_gap.sql", "CREATE TABLE IF NOT EXISTS c (id int PRIMARY KEY);\n"),
        ("migrations/003_twice.sql", BAD),
    ];
    let change = ("migrations/901_items.sql", "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n");
    let repo = pull_request(&base, &[change], 2);
    let gap = annotations(&on_pull_request(&repo).run());
    assert!(!gap.iter().any(|annotation| annotation.contains("sequence-gap")), "{gap:?}");
    // Objects that the same change makes are new to it, whichever of its files does.
    let more =
        ("migrations/902_more.sql", "ALTER TABLE items ADD COLUMN IF NOT EXISTS name text NOT NULL;\n");
    let repo = pull_request(&base, &[change, more], 2);
    let found = annotations(&on_pull_request(&repo).run());
    assert!(!found.iter().any(|annotation| annotation.contains("not-null-without-backfill")), "{found:?}");
}

#[test]
fn a_clone_that_is_too_short_is_2_and_says_what_to_do() {
    let repo = pull_request(&[("migrations/001_users.sql", GOOD)], &[("migrations/002_orders.sql", BAD)], 1);
    let run = on_pull_request(&repo).run();
    assert_eq!(run.code, 2, "{run:?}");
    let (obeyed, ..) = obey(&run.err);
    assert_eq!(obeyed.len(), 1);
    assert!(obeyed[0].name == "error" && obeyed[0].data.contains("fetch-depth: 0"), "{obeyed:?}");
}

#[test]
fn a_checkout_of_the_branch_itself_is_compared_with_the_base_branch() {
    let repo = pull_request(&[("migrations/001_users.sql", GOOD)], &[("migrations/002_orders.sql", BAD)], 0);
    repo.git("-C ../checkout checkout -q refs/remotes/origin/change");
    let mut job = on_pull_request(&repo);
    job.environment.retain(|(name, _)| *name != "GITHUB_SHA");
    job.environment.push(("GITHUB_SHA", repo.git("-C ../checkout rev-parse refs/remotes/refs/pull/1/merge")));
    let run = job.run();
    let expected = ["warning migrations/002_orders.sql 1:1-1:44 missing-if-not-exists"];
    assert_eq!((run.code, annotations(&run)), (1, expected.map(str::to_owned).to_vec()), "{run:?}");
}

#[test]
fn a_push_is_compared_with_what_was_there_before() {
    let repo = Repo::on_branch(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
    let before = repo.git("rev-parse HEAD");
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.commit();
    let expected = ["warning migrations/003_items.sql 1:1-1:40 missing-if-not-exists".to_owned()];
    let mut job = Job::new(&repo, "");
    job.environment = vec![("GITHUB_EVENT_NAME", "push".into()), ("GITHUB_SHA", repo.git("rev-parse HEAD"))];
    job.event.insert("github.event.before", &before);
    let run = job.run();
    assert_eq!((run.code, annotations(&run)), (1, expected.to_vec()), "{run:?}");
    // A new branch comes from nowhere.
    job.event.insert("github.event.before", "0000000000000000000000000000000000000000");
    let run = job.run();
    assert_eq!((run.code, annotations(&run)), (1, expected.to_vec()), "{run:?}");
    // So does one whose old tip was forced away.
    job.event.insert("github.event.before", "1234567890123456789012345678901234567890");
    let run = job.run();
    assert_eq!((run.code, annotations(&run)), (1, expected.to_vec()), "{run:?}");
    // A merge queue says what it merges into.
    job.event.clear();
    job.event.insert("github.event.merge_group.base_sha", &before);
    let run = job.run();
    assert_eq!((run.code, annotations(&run)), (1, expected.to_vec()), "{run:?}");
}

#[test]
fn inputs_choose_paths_base_severity_and_program() {
    let items = "CREATE TABLE items (id int PRIMARY KEY);\n";
    let repo = pull_request(
        &[("a/migrations/001_x.sql", GOOD), ("b/migrations/001_x.sql", GOOD)],
        &[("a/migrations/002_a.sql", items), ("b/migrations/002_b.sql", items)],
        2,
    );
    let run = |inputs: &[(&str, &str)]| {
        let job = on_pull_request(&repo).with(inputs);
        let run = job.run();
        let mut files: Vec<String> = Vec::new();
        for annotation in annotations(&run) {
            files.push(annotation.split(' ').nth(1).unwrap_or("").to_owned());
        }
        (run.code, files.join(" "))
    };
    let (a, b) = ("a/migrations/002_a.sql", "b/migrations/002_b.sql");
    assert_eq!(run(&[]), (1, format!("{a} {b}")));
    assert_eq!(run(&[("paths", "b")]), (1, b.to_owned()));
    assert_eq!(run(&[("paths", "\na\r\n\nb\n")]), (1, format!("{a} {b}")));
    assert_eq!(run(&[("fail-on", "error")]), (0, format!("{a} {b}")));
    assert_eq!(run(&[("base", "HEAD")]), (0, String::new()));
    // Named programs go first, and the PATH is not asked.
    let mut job = on_pull_request(&repo).with(&[("binary", GANDER)]);
    job.path.clear();
    assert_eq!(job.run().code, 1);
    let run = on_pull_request(&repo).with(&[("binary", "no/such/gander")]).run();
    assert!(run.code == 2 && run.err.contains("no/such/gander"), "{run:?}");
    let run = on_pull_request(&repo).with(&[("fail-on", "loud")]).run();
    assert!(run.code == 2 && run.out.contains("invalid value 'loud'"), "{run:?}");
    assert_eq!(
        Action::read(project()).inputs(),
        ["base", "binary", "fail-on", "paths"],
        "each is tried here"
    );
}

#[test]
fn what_inputs_say_is_no_code() {
    let repo = pull_request(&[("migrations/001_users.sql", GOOD)], &[("migrations/002_orders.sql", BAD)], 2);
    let nasty = [
        "$(touch pwned)",
        "`touch pwned`",
        "; touch pwned",
        "' ; touch pwned ; '",
        "\"; touch pwned; \"",
        "--output=json=pwned",
        "--config=pwned",
        "x\n::add-mask::pwned\n##[add-mask]pwned",
        "a[$(touch pwned)]",
    ];
    for input in ["paths", "base", "fail-on", "binary"] {
        for value in nasty {
            let run = on_pull_request(&repo).with(&[(input, value)]).run();
            assert_eq!(run.code, 2, "{input}={value}: {run:?}");
            let (out, listens, _) = obey(&run.out);
            let (err, ..) = obey(&run.err);
            assert!(
                listens && out.iter().chain(&err).all(|command| command.name == "error"),
                "{input}={value}: {run:?}"
            );
        }
    }
    for directory in [repo.root(), &repo.root().join("../checkout"), &repo.home(), project()] {
        assert!(!directory.join("pwned").exists(), "{}", directory.display());
    }
}

/// Whoever opens a pull request writes its SQL and its file names.
#[test]
fn what_the_change_says_is_obeyed_by_nobody() {
    let nasty = "\
::error file=x::pwned
 ::add-mask::pwned
##[add-mask]pwned
::stop-commands::pwned
::set-output name=x::pwned
CREATE TABLE \"::add-mask::a ##[error]b\" (
::add-mask::pwned
    id int -- ##[group]pwned
);
CREATE TABLE \"line
::add-mask::broken
##[add-mask]broken\" (id int PRIMARY KEY);
";
    let path = "migrations/002_a::b,c%0A5 ##[error]x.sql";
    let repo = pull_request(&[("migrations/001_users.sql", GOOD)], &[(path, nasty)], 2);
    let run = on_pull_request(&repo).run();
    assert_eq!(run.code, 1, "{run:?}");
    let (obeyed, listens, tokens) = obey(&run.out);
    assert!(listens, "{}", run.out);
    assert!(!obeyed.is_empty());
    for command in &obeyed {
        assert!(["error", "warning", "notice"].contains(&command.name.as_str()), "{command:?}");
        assert_eq!(command.properties["file"], path);
        assert!(
            command.properties["title"].bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()),
            "{command:?}"
        );
    }
    // Without the part that is switched off, the runner would have obeyed.
    let shown = run.out.split(&tokens[0]).nth(1).expect("a part between two tokens");
    assert!(!obey(shown).0.is_empty(), "the test would notice: {shown}");
    assert_eq!(obey(&run.err).0, []);
}

#[test]
fn nobody_can_guess_the_word_that_ends_the_text() {
    let repo = pull_request(&[("migrations/001_users.sql", GOOD)], &[("app/x", "")], 2);
    let token = || obey(&on_pull_request(&repo).run().out).2.remove(0);
    let (one, other) = (token(), token());
    assert_ne!(one, other);
    assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
}

#[test]
fn where_gander_is_missing_it_is_built_from_the_actions_own_source() {
    let repo = pull_request(&[("migrations/001_users.sql", GOOD)], &[("migrations/002_orders.sql", BAD)], 2);
    let tools = repo.home().join("tools");
    fs::create_dir_all(&tools).expect("made");
    for name in ["bash", "git", "mktemp", "cat", "rm", "od", "tr", "mkdir", "ln", "pwd", "dirname"] {
        let found =
            std::env::split_paths(&search_path(&[])).map(|path| path.join(name)).find(|path| path.is_file());
        symlink(found.unwrap_or_else(|| panic!("no {name}")), tools.join(name)).expect("linked");
    }
    let mut job = on_pull_request(&repo);
    job.path.clear();
    let without = |job: &Job| {
        let mut job = Job { environment: job.environment.clone(), ..Job::new(job.repo, "../checkout") };
        job.path.clear();
        job.environment.push(("PATH", tools.display().to_string()));
        job.run()
    };
    let run = without(&job);
    assert!(run.code == 2 && run.err.contains("there is no cargo"), "{run:?}");

    // A cargo that notes how it was called, and installs the gander that is there.
    let cargo = format!(
        "#!/bin/bash\nprintf '%s\\n' \"$PWD\" \"$@\" >\"$HOME/called\"\nmkdir -p \"${{@: -1}}/bin\"\nln -sf {GANDER} \"${{@: -1}}/bin/gander\"\necho noise\n"
    );
    fs::write(tools.join("cargo"), cargo).expect("written");
    fs::set_permissions(tools.join("cargo"), fs::Permissions::from_mode(0o755)).expect("set");
    let run = without(&job);
    assert_eq!((run.code, annotations(&run).len()), (1, 1), "{run:?}");
    let root = repo.home().join("runner/gander-install");
    let called = fs::read_to_string(repo.home().join("called")).expect("cargo was called");
    let expected =
        format!("{}\ninstall\n--locked\n--path\n.\n--root\n{}\n", project().display(), root.display());
    assert_eq!(called, expected);
}
