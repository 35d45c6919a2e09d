//! The hook stops a commit that brings a bad migration, as git really runs it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::cli::{BAD, GOOD};
use crate::support::pages::project;
use crate::support::repo::{GANDER, Repo, Run, search_path};

const PATH: &str = "migrations/002_orders.sql";
const FINE: &str = "CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY);\n";

/// A repository with a history, and the hook where git looks for it.
fn hooked() -> Repo {
    let repo = Repo::new();
    repo.write_all(&[("migrations/001_users.sql", GOOD), ("app/x", "x\n"), (PATH, FINE)]);
    repo.commit();
    repo.git("checkout -q -b change");
    install(&repo);
    repo
}

fn install(repo: &Repo) {
    let hook = repo.root().join(repo.git("rev-parse --git-path hooks")).join("pre-commit");
    fs::create_dir_all(hook.parent().expect("a directory")).expect("made");
    fs::copy(project().join("hooks/pre-commit"), &hook).expect("copied");
    assert!(fs::metadata(&hook).expect("there").permissions().mode() & 0o111 == 0o111, "it can be run");
}

fn git(repo: &Repo, directory: &str, arguments: &[&str], path: impl AsRef<OsStr>) -> Run {
    let mut command = repo.command("git", arguments);
    Run::of(command.current_dir(repo.root().join(directory)).env("PATH", path))
}

/// `git commit` with gander on the PATH. Whether a commit was made, and what was said.
fn commit(repo: &Repo, directory: &str, arguments: &[&str]) -> (bool, String) {
    let head = || repo.try_git("rev-parse -q --verify HEAD").out;
    let before = head();
    let directory_of_gander = Path::new(GANDER).parent().expect("a directory");
    let run = git(
        repo,
        directory,
        &[&["commit", "-m", "a commit"], arguments].concat(),
        search_path(&[directory_of_gander]),
    );
    let done = head() != before;
    assert_eq!(done, run.code == 0, "{run:?}");
    (done, run.out + &run.err)
}

fn passes(repo: &Repo, directory: &str, arguments: &[&str]) {
    let (done, said) = commit(repo, directory, arguments);
    assert!(done, "{arguments:?}: {said}");
}

/// It is stopped, because of this file, as it is called from there.
fn is_stopped(repo: &Repo, directory: &str, arguments: &[&str], path: &str) {
    let (done, said) = commit(repo, directory, arguments);
    assert!(!done, "{arguments:?}: {said}");
    assert!(said.contains(&format!("{path}:1:1")) && said.contains("missing-if-not-exists"), "{said}");
}

#[test]
fn a_bad_migration_stops_the_commit_and_a_good_one_passes() {
    let repo = hooked();
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.git("add -A");
    is_stopped(&repo, "", &[], "migrations/003_items.sql");
    repo.write("migrations/003_items.sql", "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n");
    repo.git("add -A");
    passes(&repo, "", &[]);
}

#[test]
fn a_commit_without_migrations_passes() {
    let repo = hooked();
    repo.write("app/x", "y\n");
    // What is not staged is nobody's business.
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.git("add app");
    passes(&repo, "", &[]);
}

#[test]
fn the_first_commit_is_judged() {
    let repo = Repo::new();
    install(&repo);
    repo.write_all(&[("migrations/001_users.sql", GOOD), (PATH, BAD)]);
    repo.git("add -A");
    is_stopped(&repo, "", &[], PATH);
}

#[test]
fn commit_all_is_judged_by_what_it_will_commit() {
    let repo = hooked();
    repo.write(PATH, BAD);
    is_stopped(&repo, "", &["-a"], PATH);
    repo.write(PATH, format!("{FINE}-- more\n"));
    passes(&repo, "", &["-a"]);
}

#[test]
fn commit_of_paths_is_judged_by_those_paths() {
    let repo = hooked();
    repo.write(PATH, BAD);
    is_stopped(&repo, "", &[PATH], PATH);
    is_stopped(&repo, "migrations", &["002_orders.sql"], "002_orders.sql");
    // The bad one is staged, and stays so; this commit brings another.
    repo.git("add -A");
    repo.write("app/x", "y\n");
    passes(&repo, "", &["app/x"]);
    is_stopped(&repo, "", &[], PATH);
}

#[test]
fn the_index_counts_and_not_the_work_tree() {
    let repo = hooked();
    repo.write(PATH, BAD);
    repo.git("add -A");
    repo.write(PATH, FINE);
    is_stopped(&repo, "", &[], PATH);
    repo.write(PATH, format!("{FINE}-- more\n"));
    repo.git("add -A");
    repo.write(PATH, BAD);
    passes(&repo, "", &[]);
    assert_eq!(repo.text(PATH), BAD, "the work tree is left alone");
}

#[test]
fn it_is_all_the_same_from_a_directory_below() {
    let repo = hooked();
    repo.write(PATH, BAD);
    // Git runs the hook at the root, wherever the commit was asked for.
    is_stopped(&repo, "app", &["-a"], PATH);
    repo.git("add -A");
    is_stopped(&repo, "app", &[], PATH);
    repo.write(PATH, format!("{FINE}-- more\n"));
    repo.git("add -A");
    passes(&repo, "app", &[]);
}

#[test]
fn a_linked_work_tree_has_its_own_index() {
    let repo = hooked();
    repo.git("worktree add -q -b other ../linked");
    fs::write(repo.root().join("../linked").join(PATH), BAD).expect("written");
    let linked = "../linked";
    let gander = Path::new(GANDER).parent().expect("a directory");
    let run = git(&repo, linked, &["commit", "-a", "-m", "a commit"], search_path(&[gander]));
    assert!(run.code != 0 && run.err.contains(PATH), "{run:?}");
    passes(&repo, "", &["--allow-empty"]);
}

#[test]
fn without_gander_the_commit_is_stopped_with_a_word() {
    let repo = hooked();
    repo.write("app/x", "y\n");
    let run = git(&repo, "", &["commit", "-a", "-m", "a commit"], search_path(&[]));
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.err.contains("gander is not on the PATH") && run.err.contains("commit stopped"),
        "{}",
        run.err
    );
}

#[test]
fn what_gander_cannot_judge_stops_the_commit_too() {
    let repo = hooked();
    repo.write("gander.toml", "nonesuch = 1\n");
    repo.git("add -A");
    let (done, said) = commit(&repo, "", &[]);
    assert!(!done && said.contains("gander.toml:1:1"), "{said}");
}

#[test]
fn advice_does_not_stop_a_commit() {
    let repo = hooked();
    repo.write("gander.toml", "[lint.severity]\nmissing-if-not-exists = \"advice\"\n");
    repo.write(PATH, BAD);
    repo.git("add -A");
    let (done, said) = commit(&repo, "", &[]);
    assert!(done && said.contains("advice[missing-if-not-exists]"), "{said}");
}
