//! Remedies in several migrations: the files that each tool wants, what `--fix --unsafe-fixes` writes of them, and what
//! `gander explain --for` prints.

use crate::support::repo::Repo;

/// A tool's repository: its flags, its first migration, the one with the bad statement, what becomes of that one, and the new files.
struct Layout {
    tool: &'static str,
    old: &'static [(&'static str, &'static str)],
    bad: &'static [(&'static str, &'static str)],
    left: &'static [(&'static str, &'static str)],
    new: &'static [(&'static str, &'static str)],
}

const LAYOUTS: &[Layout] = &[
    Layout {
        tool: "goose",
        old: &[(
            "m/001_users.sql",
            "-- +goose Up\nCREATE TABLE users (id bigint PRIMARY KEY, email text);\n\n-- +goose Down\nDROP TABLE users;\n",
        )],
        bad: &[(
            "m/002_email.sql",
            "-- +goose Up\nALTER TABLE users ADD COLUMN name text;\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\n\n-- +goose Down\nALTER TABLE users DROP CONSTRAINT users_email_key;\nALTER TABLE users DROP COLUMN name;\n",
        )],
        left: &[(
            "m/002_email.sql",
            "-- +goose Up\nALTER TABLE users ADD COLUMN name text;\n\n-- +goose Down\nALTER TABLE users DROP COLUMN name;\n",
        )],
        new: &[
            (
                "m/003_build_users_email_key.sql",
                "-- +goose NO TRANSACTION\n-- +goose Up\n-- Reads every row of users while writes go on. When it fails, it leaves an invalid index: run it again.\nDROP INDEX CONCURRENTLY IF EXISTS users_email_key;\nCREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n\n-- +goose Down\nDROP INDEX CONCURRENTLY IF EXISTS users_email_key;\n",
            ),
            (
                "m/004_add_users_email_key.sql",
                "-- +goose Up\n-- Takes a moment: the index is there. users is locked for it all the same, so run it with a lock_timeout.\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;\n\n-- +goose Down\nALTER TABLE users DROP CONSTRAINT IF EXISTS users_email_key;\n",
            ),
        ],
    },
    Layout {
        tool: "dbmate",
        old: &[(
            "m/20240101000000_users.sql",
            "-- migrate:up\nCREATE TABLE users (id bigint PRIMARY KEY, email text);\n\n-- migrate:down\nDROP TABLE users;\n",
        )],
        bad: &[(
            "m/20240105000000_email.sql",
            "-- migrate:up\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\n\n-- migrate:down\nALTER TABLE users DROP CONSTRAINT users_email_key;\n",
        )],
        // Nothing else stands in it: it stays where it is, and leaves the transaction.
        left: &[(
            "m/20240105000000_email.sql",
            "-- migrate:up transaction:false\nDROP INDEX CONCURRENTLY IF EXISTS users_email_key;\nCREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n\n-- migrate:down\nDROP INDEX IF EXISTS users_email_key;\n",
        )],
        new: &[(
            "m/20240105000001_add_users_email_key.sql",
            "-- migrate:up\n-- Takes a moment: the index is there. users is locked for it all the same, so run it with a lock_timeout.\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;\n\n-- migrate:down\nALTER TABLE users DROP CONSTRAINT IF EXISTS users_email_key;\n",
        )],
    },
    Layout {
        tool: "golang-migrate",
        old: &[
            ("m/000001_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n"),
            ("m/000001_users.down.sql", "DROP TABLE users;\n"),
        ],
        bad: &[
            (
                "m/000002_email.up.sql",
                "ALTER TABLE users ADD COLUMN name text;\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\n",
            ),
            (
                "m/000002_email.down.sql",
                "ALTER TABLE users DROP CONSTRAINT users_email_key;\nALTER TABLE users DROP COLUMN name;\n",
            ),
        ],
        left: &[
            ("m/000002_email.up.sql", "ALTER TABLE users ADD COLUMN name text;\n"),
            ("m/000002_email.down.sql", "ALTER TABLE users DROP COLUMN name;\n"),
        ],
        // One statement in a file: no precaution before it.
        new: &[
            (
                "m/000003_build_users_email_key.up.sql",
                "-- Reads every row of users while writes go on. When it fails, it leaves an invalid index: run it again.\nCREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n",
            ),
            (
                "m/000003_build_users_email_key.down.sql",
                "DROP INDEX CONCURRENTLY IF EXISTS users_email_key;\n",
            ),
            (
                "m/000004_add_users_email_key.up.sql",
                "-- Takes a moment: the index is there. users is locked for it all the same, so run it with a lock_timeout.\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;\n",
            ),
            (
                "m/000004_add_users_email_key.down.sql",
                "ALTER TABLE users DROP CONSTRAINT IF EXISTS users_email_key;\n",
            ),
        ],
    },
    Layout {
        tool: "sqlx",
        old: &[("m/20240101000000_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")],
        bad: &[(
            "m/20240105000000_email.sql",
            "ALTER TABLE users ADD COLUMN name text;\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\n",
        )],
        left: &[("m/20240105000000_email.sql", "ALTER TABLE users ADD COLUMN name text;\n")],
        new: &[
            (
                "m/20240105000001_build_users_email_key.sql",
                "-- no-transaction\n-- Reads every row of users while writes go on. When it fails, it leaves an invalid index: run it again.\nDROP INDEX CONCURRENTLY IF EXISTS users_email_key;\nCREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n",
            ),
            (
                "m/20240105000002_add_users_email_key.sql",
                "-- Takes a moment: the index is there. users is locked for it all the same, so run it with a lock_timeout.\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;\n",
            ),
        ],
    },
    Layout {
        tool: "flyway",
        old: &[("m/V1__users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")],
        bad: &[(
            "m/V2__email.sql",
            "ALTER TABLE users ADD COLUMN name text, ADD CONSTRAINT users_email_key UNIQUE (email);\n",
        )],
        left: &[("m/V2__email.sql", "ALTER TABLE users ADD COLUMN name text;\n")],
        new: &[
            (
                "m/V3__build_users_email_key.sql",
                "-- Reads every row of users while writes go on. When it fails, it leaves an invalid index: run it again.\nDROP INDEX CONCURRENTLY IF EXISTS users_email_key;\nCREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n",
            ),
            ("m/V3__build_users_email_key.sql.conf", "executeInTransaction=false\n"),
            (
                "m/V4__add_users_email_key.sql",
                "-- Takes a moment: the index is there. users is locked for it all the same, so run it with a lock_timeout.\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;\n",
            ),
        ],
    },
    Layout {
        tool: "diesel",
        old: &[
            ("m/2024-01-01-000000_users/up.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n"),
            ("m/2024-01-01-000000_users/down.sql", "DROP TABLE users;\n"),
        ],
        bad: &[
            (
                "m/2024-01-05-000000_email/up.sql",
                "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\n",
            ),
            ("m/2024-01-05-000000_email/down.sql", "ALTER TABLE users DROP CONSTRAINT users_email_key;\n"),
        ],
        left: &[
            (
                "m/2024-01-05-000000_email/up.sql",
                "DROP INDEX CONCURRENTLY IF EXISTS users_email_key;\nCREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n",
            ),
            ("m/2024-01-05-000000_email/down.sql", "DROP INDEX IF EXISTS users_email_key;\n"),
        ],
        new: &[
            ("m/2024-01-05-000000_email/metadata.toml", "run_in_transaction = false\n"),
            (
                "m/2024-01-05-000001_add_users_email_key/up.sql",
                "-- Takes a moment: the index is there. users is locked for it all the same, so run it with a lock_timeout.\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;\n",
            ),
            (
                "m/2024-01-05-000001_add_users_email_key/down.sql",
                "ALTER TABLE users DROP CONSTRAINT IF EXISTS users_email_key;\n",
            ),
        ],
    },
    Layout {
        tool: "plain",
        old: &[(
            "m/001_users.sql",
            "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, email text);\n",
        )],
        bad: &[(
            "m/002_email.sql",
            "BEGIN;\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\nCOMMIT;\n",
        )],
        left: &[(
            "m/002_email.sql",
            "DROP INDEX CONCURRENTLY IF EXISTS users_email_key;\nCREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n",
        )],
        new: &[(
            "m/003_add_users_email_key.sql",
            "-- Takes a moment: the index is there. users is locked for it all the same, so run it with a lock_timeout.\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;\n",
        )],
    },
];

#[test]
fn each_tool_gets_the_files_that_it_runs() {
    for layout in LAYOUTS {
        let all: Vec<(&str, &str)> = layout.old.iter().chain(layout.bad).copied().collect();
        let repo = Repo::files(&all);
        let line = format!("lint --tool {} --select unique-blocks --fix --unsafe-fixes", layout.tool);
        repo.gander(&line);
        let mut wanted: Vec<(String, String)> = layout
            .old
            .iter()
            .chain(layout.left)
            .chain(layout.new)
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        wanted.sort();
        let found: Vec<(String, String)> = repo
            .snapshot()
            .into_iter()
            .map(|(path, bytes)| (path, String::from_utf8(bytes).expect("text")))
            .collect();
        assert_eq!(found, wanted, "{}", layout.tool);
    }
}

#[test]
fn a_diff_shows_new_files_and_writes_nothing() {
    let layout = &LAYOUTS[0];
    let all: Vec<(&str, &str)> = layout.old.iter().chain(layout.bad).copied().collect();
    let repo = Repo::files(&all);
    let before = repo.snapshot();
    let run = repo.gander("lint --select unique-blocks --diff --unsafe-fixes");
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains("new file mode 100644\n--- /dev/null\n+++ b/m/003_build_users_email_key.sql\n"),
        "{}",
        run.out
    );
    assert_eq!(repo.snapshot(), before);
}

#[test]
fn explain_writes_the_remedy_out_for_a_line() {
    let layout = &LAYOUTS[0];
    let all: Vec<(&str, &str)> = layout.old.iter().chain(layout.bad).copied().collect();
    let repo = Repo::files(&all);
    let before = repo.snapshot();
    let run = repo.gander("explain unique-blocks --for m/002_email.sql:3");
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.starts_with("m/002_email.sql:3: reads and writes of `users` wait"), "{}", run.out);
    for (path, text) in layout.new {
        assert!(run.out.contains(&format!("New file {path}:\n{text}")), "{path}: {}", run.out);
    }
    assert_eq!(repo.snapshot(), before, "it writes nothing");
    let json = repo.gander("explain unique-blocks --for m/002_email.sql:3 --output-format json").json();
    assert_eq!(json["findings"][0]["fix"]["new_files"].as_array().map(Vec::len), Some(2));
    let run = repo.gander("explain unique-blocks --for m/002_email.sql:2");
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("unique-blocks reports nothing at m/002_email.sql:2")
            && run.err.contains("m/002_email.sql:3"),
        "{}",
        run.err
    );
    for wrong in ["m/002_email.sql", "m/002_email.sql:0", "m/002_email.sql:x", ":3"] {
        let run = repo.gander(&format!("explain unique-blocks --for {wrong}"));
        assert!(run.code == 2 && run.err.contains("FILE:LINE"), "{wrong}: {}", run.err);
    }
    assert_eq!(repo.gander("explain unique-blocks --for m/nonesuch.sql:1").code, 2);
}

#[test]
fn tools_that_keep_lists_get_no_files() {
    let repo = Repo::files(&[
        ("drizzle.config.ts", "export default { dialect: 'postgresql' };\n"),
        (
            "drizzle/meta/_journal.json",
            "{\"entries\":[{\"idx\":0,\"tag\":\"0000_users\"},{\"idx\":1,\"tag\":\"0001_email\"}]}\n",
        ),
        ("drizzle/0000_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n"),
        ("drizzle/0001_email.sql", "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\n"),
    ]);
    let before = repo.snapshot();
    let run = repo.gander("lint --select unique-blocks --fix --unsafe-fixes");
    assert_eq!((run.code, repo.snapshot()), (1, before));
}
