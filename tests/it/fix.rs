//! What `--fix` and `--diff` write, and that they write nothing else.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::cli::{BAD, GOOD};
use crate::support::pages::project;
use crate::support::repo::{GANDER, Repo, Run};

const FIXED: &str = "CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY);\n";
/// Safe fixes of several kinds, and one unsafe.
const MUCH: &str = "\
CREATE TABLE notes (id bigint PRIMARY KEY, text text);
create index notes_text on notes (text);
INSERT INTO notes (id, text) VALUES (1, 'one');
CREATE VIEW texts AS SELECT text FROM notes;
";
const MUCH_FIXED: &str = "\
BEGIN;

CREATE TABLE IF NOT EXISTS notes (id bigint PRIMARY KEY, text text);
create index if not exists notes_text on notes (text);
INSERT INTO notes (id, text) VALUES (1, 'one') ON CONFLICT (id) DO NOTHING;
CREATE VIEW texts AS SELECT text FROM notes;

COMMIT;
";

/// A file on its own, before and after `--fix`.
fn fixed(before: &str) -> String {
    let repo = Repo::files(&[("migrations/001_x.sql", before)]);
    repo.gander("lint --fix --engine postgres");
    repo.text("migrations/001_x.sql")
}

#[test]
fn safe_fixes_are_written_and_unsafe_ones_only_when_asked_for() {
    let repo = Repo::files(&[("migrations/001_x.sql", MUCH)]);
    for (line, after) in [
        ("lint", MUCH),
        ("lint --unsafe-fixes", MUCH),
        ("lint --diff --unsafe-fixes", MUCH),
        ("lint --fix", MUCH_FIXED),
        ("lint --fix --unsafe-fixes", &MUCH_FIXED.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")),
    ] {
        repo.gander(line);
        assert_eq!(repo.text("migrations/001_x.sql"), after, "{line}");
    }
}

#[test]
fn the_exit_code_is_about_what_is_left() {
    let repo = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
    let run = repo.gander("lint --fix");
    assert_eq!((run.code, run.out.as_str()), (0, "No findings in 2 migrations; 1 fixed\n"));
    repo.write("migrations/003_x.sql", MUCH);
    let run = repo.gander("lint --fix --output-format json");
    assert_eq!((run.code, run.found()), (1, vec!["migrations/003_x.sql missing-or-replace".to_owned()]));
    assert_eq!(run.json()["summary"]["fixed"], 4);
    assert_eq!(repo.gander("lint --fix --exit-zero").code, 0);
}

#[test]
fn a_second_run_changes_nothing() {
    for name in ["trading", "orders"] {
        for flags in ["--fix", "--fix --unsafe-fixes"] {
            let repo = Repo::outside();
            repo.copy(&project().join("fixtures").join(name));
            let before = repo.snapshot();
            repo.gander(&format!("lint {flags}"));
            let once = repo.snapshot();
            assert!(before != once, "{name}: there is something to fix");
            let run = repo.gander(&format!("lint {flags} --output-format json"));
            assert_eq!(run.json()["summary"]["fixed"], 0, "{name} {flags}");
            assert!(repo.snapshot() == once, "{name} {flags}");
        }
    }
}

#[test]
fn not_a_byte_changes_outside_the_edits() {
    let cases: &[&[u8]] = &[
        b"-- h\xe9ader\r\nCREATE TABLE |orders (id int PRIMARY KEY);\r\n",
        b"\xef\xbb\xbfCREATE TABLE |orders (id int PRIMARY KEY);  \t \n\n\n",
        b"/* a /* nested */ one */\n\tCREATE \t TABLE -- why\n  |orders\n( id int ) ; -- after\n  ",
        b"CREATE TABLE |orders (id int PRIMARY KEY)",
        b"CREATE TABLE |orders (\r\n\tid int PRIMARY KEY,\n  note text DEFAULT ';--'\r\n);\n-- \xff\xfe \xf0\x9f\x98\x80\n",
        b"create table |orders (id int PRIMARY KEY);\r\n",
    ];
    for case in cases {
        let at = case.iter().position(|byte| *byte == b'|').expect("a mark");
        let (before, after) = (&case[..at], &case[at + 1..]);
        let guard: &[u8] = if case.starts_with(b"create") { b"if not exists " } else { b"IF NOT EXISTS " };
        let repo = Repo::outside();
        repo.write("migrations/001_x.sql", [before, after].concat());
        let run = repo.gander("lint --fix");
        assert_eq!(repo.read("migrations/001_x.sql"), [before, guard, after].concat(), "{run:?}");
    }
}

#[test]
fn what_is_added_ends_its_lines_as_the_file_does() {
    let dos = MUCH.replace('\n', "\r\n");
    assert_eq!(fixed(&dos), MUCH_FIXED.replace('\n', "\r\n"));
    let marked = format!("\u{feff}-- why\n\n{MUCH}");
    assert_eq!(fixed(&marked), format!("\u{feff}-- why\n\n{MUCH_FIXED}"));
}

#[test]
fn modes_and_links_stay() {
    for mode in [0o755, 0o640, 0o600, 0o666] {
        let repo = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
        let path = repo.root().join("migrations/002_orders.sql");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
        repo.gander("lint --fix");
        assert_eq!(repo.text("migrations/002_orders.sql"), FIXED);
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o7777, mode);
        assert_eq!(repo.snapshot().len(), 2, "nothing is left beside");
    }

    let repo = Repo::files(&[("real/x.sql", BAD), ("migrations/001_users.sql", GOOD)]);
    let link = repo.root().join("migrations/002_orders.sql");
    symlink("../real/x.sql", &link).expect("linked");
    repo.gander("lint --fix migrations/002_orders.sql");
    assert!(link.is_symlink());
    assert_eq!(repo.text("real/x.sql"), FIXED);
}

#[test]
fn a_diff_applies_and_gives_what_fix_writes() {
    let dos = MUCH.replace('\n', "\r\n");
    let unended = BAD.trim_end();
    for flags in ["", "--unsafe-fixes"] {
        let repo = Repo::on_branch(&[("db/migrations/001_users.sql", GOOD)]);
        repo.write_all(&[
            ("db/migrations/002_orders.sql", unended),
            ("db/migrations/003_dos.sql", &dos),
            ("db/migrations/004_größe a.sql", "\u{feff}CREATE TABLE  größe (id int PRIMARY KEY);\t \n\n"),
        ]);
        let before = repo.snapshot();
        let run = repo.gander(&format!("lint --diff {flags}"));
        assert_eq!((run.code, repo.snapshot() == before), (1, true), "{run:?}");
        repo.write("../fix.patch", &run.out);
        let below = repo.gander_in("db", &format!("lint --diff {flags}"));
        repo.write("../below.patch", &below.out);
        assert!(below.out.contains("a/migrations/002_orders.sql"), "{}", below.out);

        repo.gander(&format!("lint --fix {flags}"));
        let fixed = repo.snapshot();
        let changed = before.iter().zip(&fixed).filter(|(one, other)| one != other).count();
        assert_eq!(changed, 3, "each new file");
        for apply in ["apply ../fix.patch", "apply --directory=db ../below.patch"] {
            for (path, bytes) in &before {
                repo.write(path, bytes);
            }
            repo.git(apply);
            assert!(repo.snapshot() == fixed, "{apply}\n{}", run.out);
        }
        let run = repo.gander(&format!("lint --diff {flags}"));
        assert_eq!(run.out, "", "nothing is left to show");
    }
}

#[test]
fn a_diff_of_nothing_is_0() {
    let run = Repo::files(&[("migrations/001_users.sql", GOOD)]).gander("lint --diff");
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    let repo = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
    assert_eq!(repo.gander("lint --diff --exit-zero").code, 0);
}

#[test]
fn a_diff_is_1_only_where_it_would_change_something() {
    let unfixable = "ALTER TABLE users ADD COLUMN IF NOT EXISTS mail text NOT NULL;\n";
    let repo = Repo::on_branch(&[("migrations/001_users.sql", GOOD)]);
    repo.write("migrations/002_mail.sql", unfixable);
    assert_eq!(repo.gander("lint").code, 1);
    let run = repo.gander("lint --diff");
    assert_eq!((run.code, run.out.as_str()), (0, ""));
}

#[test]
fn an_edited_applied_migration_is_judged_and_left_alone() {
    let repo = Repo::on_branch(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
    let edited = format!("{BAD}-- edited\n");
    repo.write("migrations/002_orders.sql", &edited);
    let run = repo.gander("lint --fix --output-format json");
    assert_eq!(repo.text("migrations/002_orders.sql"), edited);
    assert_eq!((run.code, run.json()["summary"]["left_in_applied"].as_u64()), (1, Some(1)));
}

#[test]
fn applied_migrations_are_left_alone_and_counted() {
    let repo = Repo::on_branch(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    for line in ["lint --fix --all", "lint --fix migrations/002_orders.sql migrations/003_items.sql"] {
        let run = repo.gander(&format!("{line} --output-format json"));
        assert_eq!(repo.text("migrations/002_orders.sql"), BAD, "{line}");
        assert_eq!(run.json()["summary"]["left_in_applied"], 1, "{line}");
        assert_eq!((run.code, run.found().len()), (1, 1), "what is left is told");
    }
    assert_eq!(
        repo.text("migrations/003_items.sql"),
        "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n"
    );
    assert_eq!(repo.gander("lint --all --diff").out, "");
    let run = repo.gander("lint --fix --all --output-format concise");
    assert!(
        run.out.contains("1 fix left in applied migrations (--fix-applied writes there too)"),
        "{}",
        run.out
    );

    let run = repo.gander("lint --fix --all --fix-applied");
    assert_eq!((run.code, repo.text("migrations/002_orders.sql").as_str()), (0, FIXED));
}

#[test]
fn fixing_what_is_staged_stops_the_commit_and_leaves_the_index_alone() {
    let repo = Repo::on_branch(&[("migrations/001_users.sql", GOOD)]);
    repo.write("migrations/002_orders.sql", BAD);
    repo.git("add -A");
    let run = repo.gander("lint --staged --fix");
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(repo.text("migrations/002_orders.sql"), FIXED);
    assert_eq!(format!("{}\n", repo.git("show :migrations/002_orders.sql")), BAD);
    repo.git("add -A");
    assert_eq!(repo.gander("lint --staged --fix").code, 0);
    assert_eq!(repo.git("status --porcelain"), "A  migrations/002_orders.sql");
}

#[test]
fn a_checkout_that_ends_its_lines_in_its_own_way_keeps_them() {
    let repo = Repo::on_branch(&[("migrations/001_users.sql", GOOD)]);
    repo.git("config core.autocrlf true");
    repo.write("migrations/002_orders.sql", BAD.replace('\n', "\r\n"));
    repo.git("add -A");
    assert_eq!(repo.git("show :migrations/002_orders.sql") + "\n", BAD, "the index has its own");
    let run = repo.gander("lint --staged --fix");
    assert_eq!(repo.text("migrations/002_orders.sql"), FIXED.replace('\n', "\r\n"), "{run:?}");
    assert_eq!(run.code, 1);
}

#[test]
fn what_differs_from_the_index_is_not_fixed_under_staged() {
    let repo = Repo::on_branch(&[("migrations/001_users.sql", GOOD)]);
    repo.write("migrations/002_orders.sql", BAD);
    repo.write("migrations/003_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    repo.git("add -A");
    let edited = format!("{BAD}-- not staged\n");
    repo.write("migrations/002_orders.sql", &edited);
    let run = repo.gander("lint --staged --fix --output-format json");
    assert_eq!(repo.text("migrations/002_orders.sql"), edited);
    assert_eq!(
        repo.text("migrations/003_items.sql"),
        "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n",
        "the others are"
    );
    assert!(
        run.err.contains("002_orders.sql was not fixed") && run.err.contains("not staged"),
        "{}",
        run.err
    );
    assert_eq!(run.code, 2);
    assert_eq!(run.found(), ["migrations/002_orders.sql missing-if-not-exists"]);
    assert_eq!(run.json()["summary"]["fixed"], 1);
}

#[test]
fn what_cannot_be_written_is_2_and_stays_whole() {
    // Read-only; and a name so long that no other fits beside it.
    let long = format!("migrations/003_{}.sql", "x".repeat(236));
    let repo = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
    repo.write(&long, "CREATE TABLE x (id int PRIMARY KEY);\n");
    repo.write("migrations/004_items.sql", "CREATE TABLE items (id int PRIMARY KEY);\n");
    let path = repo.root().join("migrations/002_orders.sql");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("set");
    let mut expected = repo.snapshot();
    let run = repo.gander("lint --fix --output-format json");
    expected.last_mut().expect("a file").1 =
        b"CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY);\n".to_vec();
    assert!(repo.snapshot() == expected, "the other file is fixed, and nothing is left beside");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("002_orders.sql was not fixed: it is read-only"), "{}", run.err);
    assert!(run.err.contains("cannot write"), "{}", run.err);
    let left = [
        "migrations/002_orders.sql missing-if-not-exists".to_owned(),
        format!("{long} missing-if-not-exists"),
    ];
    assert_eq!(run.found(), left);
    assert_eq!(run.json()["summary"]["fixed"], 1);
}

/// Where the disk is full in the middle of the file, the old one stands, and nothing is left of the new one.
#[test]
fn what_cannot_be_written_to_its_end_is_not_begun() {
    let repo = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_orders.sql", BAD)]);
    let before = repo.snapshot();
    let script = format!("trap '' XFSZ; ulimit -f 0; exec {GANDER} lint --fix");
    let run = Run::of(&mut repo.command("bash", &["--norc", "-c", &script]));
    assert!(repo.snapshot() == before, "{run:?}");
    assert!(
        run.code == 2 && run.err.contains("cannot write") && run.out.contains("missing-if-not-exists"),
        "{run:?}"
    );
}

/// What the fixes must not put together.
#[test]
fn a_fix_makes_no_new_hazard() {
    let old = "ALTER TABLE users ADD COLUMN IF NOT EXISTS age int;\n";
    for (engine, text) in [
        (
            "sqlite",
            "PRAGMA foreign_keys = OFF;\nUPDATE users SET email = 'x';\nDELETE FROM users;\nPRAGMA foreign_keys = ON;\n",
        ),
        (
            "postgres",
            &format!(
                "{old}ALTER TABLE users VALIDATE CONSTRAINT age_is_positive;\nUPDATE users SET age = 1;\n"
            ),
        ),
        (
            "postgres",
            &format!("{old}CREATE INDEX CONCURRENTLY users_age ON users (age);\nUPDATE users SET age = 1;\n"),
        ),
        ("postgres", &format!("{old}VACUUM users;\nUPDATE users SET age = 1;\n")),
        (
            "postgres",
            "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'bored';\nALTER TABLE users ALTER COLUMN mood SET DEFAULT 'bored';\n",
        ),
        ("postgres", &format!("{old}\\connect other\nUPDATE users SET age = 1;\n")),
    ] {
        for flags in ["--fix", "--fix --unsafe-fixes"] {
            let repo = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_x.sql", text)]);
            let run = repo.gander(&format!("lint {flags} --engine {engine}"));
            assert!(run.code < 2 && run.out.contains("in 2 migrations"), "{flags}: {}{}", run.out, run.err);
            let after = repo.text("migrations/002_x.sql");
            assert!(!after.contains("BEGIN;"), "{flags}: {after}");
            assert!(!after.contains("CONCURRENTLY IF NOT EXISTS"), "{flags}: {after}");
        }
    }
}

#[test]
fn after_fixing_no_rule_speaks_that_was_silent() {
    for name in ["trading", "orders"] {
        let repo = Repo::outside();
        repo.copy(&project().join("fixtures").join(name));
        let before = repo.lint("--all");
        repo.gander("lint --all --fix --unsafe-fixes");
        let after = repo.lint("--all");
        assert!(after.len() < before.len(), "{name}");
        let new: Vec<&String> = after.iter().filter(|finding| !before.contains(finding)).collect();
        assert!(new.is_empty(), "{name}: {new:?}");
    }
}

/// CONCURRENTLY cannot stand between BEGIN and COMMIT, and takes no IF NOT EXISTS: of these fixes some get in the way of others.
#[test]
fn a_fix_that_makes_it_worse_is_refused_and_the_others_are_taken() {
    let index = "CREATE INDEX users_email ON users (email);\n";
    let concurrently = "CREATE INDEX CONCURRENTLY users_email ON users (email);\n";
    let drop = "DROP INDEX CONCURRENTLY IF EXISTS users_email;\n";
    let rest = "UPDATE users SET email = lower(email) WHERE true;\nDROP TABLE orders;\n";
    let fixed_rest = "UPDATE users SET email = lower(email) WHERE true;\nDROP TABLE IF EXISTS orders;\n";
    for (flags, before, after) in [
        ("--fix", index.to_owned(), concurrently.to_owned()),
        ("--fix --unsafe-fixes", index.to_owned(), format!("{drop}{concurrently}")),
        (
            "--fix",
            format!("{index}{rest}"),
            format!(
                "BEGIN;\n\nCREATE INDEX IF NOT EXISTS users_email ON users (email);\n{fixed_rest}\nCOMMIT;\n"
            ),
        ),
        ("--fix --unsafe-fixes", format!("{index}{rest}"), format!("{drop}{concurrently}{fixed_rest}")),
    ] {
        let repo = Repo::files(&[("migrations/001_users.sql", GOOD), ("migrations/002_x.sql", &before)]);
        repo.write("migrations/003_orders.sql", BAD);
        repo.gander(&format!("lint {flags}"));
        assert_eq!(repo.text("migrations/002_x.sql"), after, "{flags} {before}");
        assert_eq!(repo.text("migrations/003_orders.sql"), FIXED, "another file is fixed all the same");
    }
}

#[test]
fn standard_input_is_not_written_anywhere() {
    let repo = Repo::files(&[("migrations/001_users.sql", GOOD)]);
    let before = repo.snapshot();
    let run: Run = repo.gander_with("lint --fix --stdin-filename migrations/002_orders.sql", BAD);
    assert!(repo.snapshot() == before, "{run:?}");
    assert_eq!(run.out, FIXED, "the fixed text goes to standard output");
    repo.write("migrations/002_orders.sql", "-- another text\n");
    let before = repo.snapshot();
    repo.gander_with("lint --fix --stdin-filename migrations/002_orders.sql", BAD);
    assert!(repo.snapshot() == before);
}
