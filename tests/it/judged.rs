//! Which migrations are judged and which are history.

use crate::cli::{BAD, GOOD, WORSE};
use crate::support::repo::{GANDER, Repo, Run};

const NOTHING: [&str; 0] = [];

/// On `main`: one good migration and one with a warning.
const APPLIED: &[(&str, &str)] = &[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)];
const OLD: &str = "migrations/002_orders.sql missing-if-not-exists";

fn counts(run: &Run) -> [u64; 3] {
    let report = run.json();
    ["migrations", "judged", "history"].map(|key| report["summary"][key].as_u64().expect("a number"))
}

#[test]
fn what_stands_on_the_base_branch_is_history() {
    let repo = Repo::on_branch(APPLIED);
    for branch in ["change", "main"] {
        repo.git(&format!("checkout -q {branch}"));
        let run = repo.gander("lint --output-format json");
        assert_eq!((run.code, run.found().len(), counts(&run)), (0, 0, [2, 0, 2]), "{branch}");
        let said = repo.gander("lint").out;
        assert_eq!(
            said, "No findings: no migration is new (all 2 are history: --all judges them too)\n",
            "{branch}"
        );
    }
}

#[test]
fn what_is_new_is_judged_committed_staged_or_untracked() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/003_committed.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
    repo.commit();
    repo.write("migrations/004_staged.sql", "CREATE TABLE b (id int PRIMARY KEY);\n");
    repo.git("add migrations/004_staged.sql");
    repo.write("migrations/005_untracked.sql", "CREATE TABLE c (id int PRIMARY KEY);\n");
    let run = repo.gander("lint --output-format json");
    let new = [
        "migrations/003_committed.sql missing-if-not-exists",
        "migrations/004_staged.sql missing-if-not-exists",
        "migrations/005_untracked.sql missing-if-not-exists",
    ];
    assert_eq!((run.found(), counts(&run)), (new.map(str::to_owned).to_vec(), [5, 3, 2]));
    assert!(
        repo.gander("lint")
            .out
            .contains("3 warnings in 3 of 5 migrations (2 are history: --all judges them too)")
    );
}

#[test]
fn on_the_base_branch_itself_what_is_not_committed_is_judged() {
    let repo = Repo::on_branch(APPLIED);
    repo.git("checkout -q main");
    repo.write("migrations/003_more.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
    assert_eq!(repo.lint(""), ["migrations/003_more.sql missing-if-not-exists"]);
    repo.commit();
    assert_eq!(repo.lint(""), NOTHING);
}

#[test]
fn all_judges_history_too() {
    let repo = Repo::on_branch(APPLIED);
    let run = repo.gander("lint --all --output-format json");
    assert_eq!((run.found(), counts(&run)), (vec![OLD.to_owned()], [2, 2, 0]));
}

#[test]
fn an_applied_migration_that_was_edited_is_judged_as_new() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/002_orders.sql", format!("{BAD}-- edited\n"));
    assert!(repo.lint("").contains(&OLD.to_owned()));
    repo.commit();
    assert!(repo.lint("").contains(&OLD.to_owned()));
}

#[test]
fn editing_ones_own_unmerged_migration_is_no_offence() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.commit();
    repo.write("migrations/003_items.sql", "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n");
    assert_eq!(repo.lint(""), NOTHING);
}

#[test]
fn what_the_base_branch_did_meanwhile_is_not_ours() {
    let repo = Repo::on_branch(APPLIED);
    repo.git("checkout -q main");
    repo.write("migrations/002_orders.sql", format!("{BAD}-- edited there\n"));
    repo.commit();
    repo.git("checkout -q change");
    assert_eq!(repo.lint(""), NOTHING);
}

#[test]
fn history_is_context_for_what_is_judged() {
    // The table stands in an older migration, so that its rows are in the way of the new column.
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/003_age.sql", WORSE);
    assert_eq!(repo.lint(""), ["migrations/003_age.sql not-null-without-backfill"]);
    // Made by the same change, it has no rows.
    let repo = Repo::on_branch(&[("README.md", "")]);
    repo.write_all(APPLIED);
    repo.write("migrations/003_age.sql", WORSE);
    assert_eq!(repo.lint("--ignore idempotency"), NOTHING);
    // For `--all` each migration stands alone, since nobody knows when they ran.
    assert_eq!(repo.lint("--all --ignore idempotency"), ["migrations/003_age.sql not-null-without-backfill"]);
}

#[test]
fn applied_migrations_are_judged_by_their_place_in_the_sequence() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/002_items.sql", "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n");
    // Whichever comes first by name: the new one is to move.
    assert_eq!(repo.lint(""), ["migrations/002_items.sql duplicate-version"]);
    repo.git("checkout -q main");
    repo.commit();
    assert_eq!(repo.lint("").len(), 1, "both have run, and one version stands for both all the same");
    assert_eq!(repo.lint("--ignore sequence"), NOTHING);
}

#[test]
fn the_base_can_be_configured() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.commit();
    assert_eq!(repo.lint("").len(), 1);
    repo.write("gander.toml", "base = \"change\"\n");
    assert_eq!(repo.lint(""), NOTHING);
    repo.write("gander.toml", "base = \"nonesuch\"\n");
    let run = repo.gander("lint");
    assert!(run.code == 2 && run.err.contains("nonesuch"), "{run:?}");
}

#[test]
fn the_base_is_what_the_remote_calls_its_head() {
    let repo = Repo::on_branch(APPLIED);
    repo.git("checkout -q main");
    repo.git("clone -q . ../clone");
    // The local main is ahead of what has run.
    let run = |line: &str| {
        Run::of(
            repo.command(GANDER, &line.split(' ').collect::<Vec<_>>())
                .current_dir(repo.root().join("../clone")),
        )
    };
    repo.git("-C ../clone config commit.gpgsign false");
    std::fs::write(
        repo.root().join("../clone/migrations/003_items.sql"),
        "CREATE TABLE items (id int PRIMARY KEY);\n",
    )
    .expect("written");
    repo.git("-C ../clone add -A");
    repo.git("-C ../clone commit -q -m ahead");
    let found = run("lint --output-format json").found();
    assert_eq!(found, ["migrations/003_items.sql missing-if-not-exists"]);
}

#[test]
fn a_branch_without_any_base_judges_everything() {
    let repo = Repo::new();
    repo.git("checkout -q -b trunk");
    repo.write_all(APPLIED);
    repo.commit();
    assert_eq!(repo.lint(""), [OLD]);
}

#[test]
fn before_the_first_commit_everything_is_judged() {
    let repo = Repo::new();
    repo.write_all(APPLIED);
    assert_eq!(repo.lint(""), [OLD]);
    assert_eq!(repo.lint("--staged"), NOTHING);
    repo.git("add -A");
    assert_eq!(repo.lint("--staged"), [OLD]);
}

#[test]
fn outside_git_nothing_is_applied() {
    let repo = Repo::files(APPLIED);
    let run = repo.gander("lint --output-format json");
    assert_eq!((run.found(), counts(&run)), (vec![OLD.to_owned()], [2, 2, 0]));
}

#[test]
fn a_file_that_is_named_is_judged_whatever_its_standing() {
    let repo = Repo::on_branch(APPLIED);
    let run = repo.gander("lint --output-format json migrations/002_orders.sql");
    assert_eq!((run.found(), counts(&run)), (vec![OLD.to_owned()], [2, 1, 1]));
    let absolute = repo.root().join("migrations/002_orders.sql");
    assert_eq!(repo.lint(&absolute.display().to_string()), [OLD]);
    assert_eq!(repo.lint("migrations/001_users.sql"), NOTHING);
    // Also when it is ignored.
    repo.write(".gitignore", "migrations/009*\n");
    repo.write("migrations/009_scratch.sql", "CREATE TABLE scratch (id int PRIMARY KEY);\n");
    assert_eq!(repo.lint(""), NOTHING);
    assert_eq!(
        repo.lint("migrations/009_scratch.sql --ignore sequence"),
        ["migrations/009_scratch.sql missing-if-not-exists"]
    );
}

#[test]
fn a_directory_narrows_what_is_judged() {
    let table = |name: &str| format!("CREATE TABLE {name} (id int PRIMARY KEY);\n");
    let repo =
        Repo::on_branch(&[("a/migrations/001_x.sql", &table("x")), ("b/migrations/001_y.sql", &table("y"))]);
    repo.write("a/migrations/002_new.sql", table("a2"));
    repo.write("b/migrations/002_new.sql", table("b2"));
    let new =
        ["a/migrations/002_new.sql missing-if-not-exists", "b/migrations/002_new.sql missing-if-not-exists"];
    assert_eq!(repo.lint(""), new);
    assert_eq!(repo.lint("a"), new[..1], "and what is applied there stays history");
    assert_eq!(repo.lint("b/migrations/"), new[1..]);
    assert_eq!(repo.lint("a b"), new);
    assert_eq!(repo.lint("--since main b"), new[1..]);
    repo.git("add -A");
    assert_eq!(repo.lint("--staged a"), new[..1]);
    assert_eq!(repo.lint("--all a").len(), 2);
    let inside = repo.gander_in("b", "lint --output-format json .").found();
    assert_eq!(
        inside,
        ["migrations/002_new.sql missing-if-not-exists"],
        "a PATH counts from where gander runs"
    );
}

#[test]
fn a_path_limits_what_is_said_about_whole_histories() {
    let repo = Repo::files(&[
        ("a/migrations/001_x.sql", GOOD),
        ("a/migrations/003_y.sql", GOOD),
        ("b/migrations/001_x.sql", GOOD),
        ("b/migrations/003_y.sql", GOOD),
    ]);
    let gaps = ["a/migrations/003_y.sql sequence-gap", "b/migrations/003_y.sql sequence-gap"];
    assert_eq!(repo.lint(""), gaps);
    assert_eq!(repo.lint("a"), gaps[..1]);
    assert_eq!(repo.lint("b/migrations/003_y.sql"), gaps[1..]);
    assert_eq!(repo.lint("b/migrations/001_x.sql"), NOTHING);
}

#[test]
fn since_judges_what_came_after_the_revision() {
    let repo = Repo::on_branch(APPLIED);
    for (number, name) in [(3, "a"), (4, "b")] {
        repo.write(
            &format!("migrations/{number:03}_{name}.sql"),
            format!("CREATE TABLE {name} (id int PRIMARY KEY);\n"),
        );
        repo.commit();
        repo.git(&format!("tag {name}"));
    }
    let both = ["migrations/003_a.sql missing-if-not-exists", "migrations/004_b.sql missing-if-not-exists"];
    assert_eq!(repo.lint("--since main"), both);
    assert_eq!(repo.lint("--since a"), both[1..]);
    assert_eq!(repo.lint("--since b"), NOTHING);
    repo.write("migrations/005_c.sql", "CREATE TABLE c (id int PRIMARY KEY);\n");
    assert_eq!(
        repo.lint("--since b"),
        ["migrations/005_c.sql missing-if-not-exists"],
        "the work tree is judged"
    );
    let run = repo.gander("lint --since nonesuch");
    assert!(run.code == 2 && run.err.contains("nonesuch"), "{run:?}");
}

#[test]
fn since_counts_from_where_both_sides_parted() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/003_ours.sql", "CREATE TABLE ours (id int PRIMARY KEY);\n");
    repo.commit();
    repo.git("checkout -q main");
    repo.write("migrations/004_theirs.sql", "CREATE TABLE theirs (id int PRIMARY KEY);\n");
    repo.commit();
    repo.git("checkout -q change");
    assert_eq!(repo.lint("--since main"), ["migrations/003_ours.sql missing-if-not-exists"]);
}

#[test]
fn since_on_the_base_branch_judges_what_came_there() {
    let repo = Repo::on_branch(APPLIED);
    repo.git("checkout -q main");
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.commit();
    assert_eq!(repo.lint(""), NOTHING);
    assert_eq!(repo.lint("--since HEAD~1"), ["migrations/003_items.sql missing-if-not-exists"]);
}

#[test]
fn a_history_that_is_too_short_is_said_and_never_taken_for_no_change() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.commit();
    let from = format!("file://{}", repo.root().display());
    repo.git(&format!("clone -q --depth 1 --no-single-branch {from} ../shallow"));
    let run = Run::of(
        repo.command(GANDER, &["lint", "--since", "origin/main"]).current_dir(repo.root().join("../shallow")),
    );
    assert!(run.code == 2 && run.err.contains("shallow"), "{run:?}");
}

#[test]
fn staged_judges_the_index_and_not_the_work_tree() {
    let repo = Repo::on_branch(APPLIED);
    let path = "migrations/003_items.sql";
    let (bad, good) = (
        "CREATE TABLE items (id int PRIMARY KEY);\n",
        "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n",
    );
    let found = [format!("{path} missing-if-not-exists")];
    repo.write(path, bad);
    assert_eq!(repo.lint("--staged"), NOTHING, "it is not staged");
    repo.git("add -A");
    assert_eq!(repo.lint("--staged"), found);
    repo.write(path, good);
    assert_eq!(repo.lint("--staged"), found, "the index still holds it");
    assert_eq!(repo.lint(""), NOTHING);
    repo.git("add -A");
    repo.write(path, bad);
    assert_eq!(repo.lint("--staged"), NOTHING);
    assert_eq!(repo.lint(""), found);
    std::fs::remove_file(repo.root().join(path)).expect("removed");
    repo.write("migrations/004_unstaged.sql", bad);
    assert_eq!(repo.lint("--staged"), NOTHING);
}

#[test]
fn staged_takes_what_the_branch_committed_for_history() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.commit();
    assert_eq!(repo.lint("--staged"), NOTHING);
    assert_eq!(repo.lint("").len(), 1);
    repo.write("migrations/004_more.sql", "CREATE TABLE more (id int PRIMARY KEY);\n");
    repo.git("add -A");
    let run = repo.gander("lint --staged --output-format json");
    assert_eq!(run.found(), ["migrations/004_more.sql missing-if-not-exists"]);
    assert_eq!(counts(&run)[..2], [4, 1]);
}

#[test]
fn staged_sees_what_a_migration_stands_on_in_the_index() {
    let repo = Repo::on_branch(APPLIED);
    repo.write("migrations/003_age.sql", WORSE);
    repo.git("add -A");
    // In the work tree the table is gone; what will be committed still has it.
    std::fs::remove_file(repo.root().join("migrations/001_users.sql")).expect("removed");
    assert_eq!(repo.lint("--staged"), ["migrations/003_age.sql not-null-without-backfill"]);
}

#[test]
fn start_after_makes_older_migrations_history() {
    let repo = Repo::files(APPLIED);
    repo.write("migrations/010_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    assert_eq!(repo.lint("--ignore sequence").len(), 2);
    for (start, left) in [("001", 2), ("002", 1), ("9", 1), ("010", 0), ("20240101", 0)] {
        repo.write("gander.toml", format!("start-after = \"{start}\"\n"));
        assert_eq!(repo.lint("--ignore sequence").len(), left, "{start}");
        assert_eq!(repo.lint("--all --ignore sequence").len(), left, "{start}: --all does not lift it");
    }
}

#[test]
fn standard_input_stands_in_the_place_of_a_file() {
    let repo = Repo::on_branch(APPLIED);
    let lint = |path: &str, text: &str| {
        let line = format!("lint --output-format json --stdin-filename {path}");
        let run = repo.gander_with(&line, text);
        (run.code, run.found())
    };
    let one = |path: &str, rule: &str| (1, vec![format!("{path} {rule}")]);
    // A new file, with the others before it.
    assert_eq!(
        lint("migrations/003_age.sql", WORSE),
        one("migrations/003_age.sql", "not-null-without-backfill")
    );
    // In the place of one that is there, and applied.
    let text = "CREATE TABLE other (id int PRIMARY KEY);\n";
    assert_eq!(
        lint("migrations/001_users.sql", text),
        one("migrations/001_users.sql", "missing-if-not-exists")
    );
    assert_eq!(
        lint("migrations/002_orders.sql", "CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY);\n").1,
        NOTHING
    );
    // Other new files are not judged along.
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    assert_eq!(
        lint("migrations/004_good.sql", "CREATE TABLE IF NOT EXISTS good (id int PRIMARY KEY);\n").1,
        NOTHING
    );
    assert_eq!(repo.text("migrations/001_users.sql"), GOOD);
    // As seen from below.
    let mut command =
        repo.command(GANDER, &["lint", "--output-format", "json", "--stdin-filename", "004_x.sql"]);
    command
        .current_dir(repo.root().join("migrations"))
        .stdin(std::fs::File::open("/dev/null").expect("open"));
    let output = command.output().expect("gander runs");
    assert_eq!(output.status.code(), Some(0), "an empty file has nothing wrong: {output:?}");
}
