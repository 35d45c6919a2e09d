//! Whole-process times and peak memory over a tree of 5,000 migrations, against squawk on the same files in the same run, and of
//! `--staged` with one file in a history of 5,000. Prints figures; judges nothing. `cargo bench`.
//!
//! squawk is taken from GANDER_BENCH_SQUAWK, else from the PATH (`pip install squawk-cli`); without it gander is measured alone.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const FILES: usize = 5_000;
const TABLES: usize = 400;
const ROUNDS: usize = 9;

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let root = directory.path();
    write_tree(root);
    let gander = PathBuf::from(env!("CARGO_BIN_EXE_gander"));
    let lint = |extra: &[&str]| {
        let mut command = Command::new(&gander);
        command.current_dir(root).args(["lint", "--no-config", "--output-format", "concise"]).args(extra);
        command
    };
    println!("{FILES} files, {ROUNDS} rounds after one to warm up; median (least – most)");
    let files: Vec<PathBuf> = (1..=FILES).map(|number| root.join(path_of(number))).collect();
    let squawk = find_squawk();
    let squawk_command = |program: &Path| {
        let mut command = Command::new(program);
        command.current_dir(root).args(&files);
        command
    };
    // In turn, so that a machine that slows down slows down both.
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for round in 0..=ROUNDS {
        let one = time(lint(&["."]));
        let other = squawk.as_deref().map(|program| time(squawk_command(program)));
        if round > 0 {
            ours.push(one);
            theirs.extend(other);
        }
    }
    show("gander lint", &mut ours);
    show_memory("gander lint", lint(&["."]));
    if let Some(program) = &squawk {
        show("squawk", &mut theirs);
        show_memory("squawk", squawk_command(program));
        let ratio = median(&ours).as_secs_f64() / median(&theirs).as_secs_f64();
        println!("gander / squawk, wall time of the medians: {:.0} %", ratio * 100.0);
    } else {
        println!("squawk is not on the PATH: nothing to compare with");
    }
    stage_one(root);
    let mut staged: Vec<Duration> = (0..=ROUNDS).map(|_| time(lint(&["--staged"]))).skip(1).collect();
    show("gander lint --staged, one file", &mut staged);
}

fn path_of(number: usize) -> String {
    format!("migrations/{number:04}_step.sql")
}

/// Four hundred tables, and then change upon change of them, in the style of a team that keeps a header.
fn write_tree(root: &Path) {
    std::fs::create_dir_all(root.join("migrations")).expect("a directory");
    for number in 1..=FILES {
        let table = format!("table_{:03}", number % TABLES);
        let mut text = format!(
            "-- Migration: {table}, step {number}\n-- Date: 2024-01-{:02}\n-- Reason: the next step\n\nBEGIN;\n\n",
            number % 28 + 1
        );
        let body = match (number <= TABLES, number % 5) {
            (true, _) => format!(
                "CREATE TABLE IF NOT EXISTS {table} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    \
                 name text NOT NULL,\n    amount numeric(12, 2) NOT NULL DEFAULT 0,\n    \
                 status varchar(20) NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),\n    \
                 created_at timestamptz NOT NULL DEFAULT now()\n);\n\
                 CREATE INDEX IF NOT EXISTS {table}_name_idx ON {table} (name);\n"
            ),
            (false, 0) => format!("CREATE INDEX idx_{number} ON {table} (name, status);\n"),
            (false, 1) => format!(
                "ALTER TABLE {table} ADD COLUMN c{number} integer;\nUPDATE {table} SET c{number} = 0 WHERE c{number} IS NULL;\n\
                 ALTER TABLE {table} ALTER COLUMN c{number} SET NOT NULL;\n"
            ),
            (false, 2) => format!(
                "CREATE OR REPLACE VIEW view_{number} AS\nSELECT id, name, amount FROM {table} WHERE status = 'open' AND amount > {number};\n"
            ),
            (false, 3) => format!(
                "ALTER TABLE {table} ADD CONSTRAINT check_{number} CHECK (amount <> {number}) NOT VALID;\n\
                 COMMENT ON TABLE {table} IS 'step {number}';\n"
            ),
            (false, _) => format!(
                "INSERT INTO {table} (name, amount) VALUES ('a', 1), ('b', 2), ('c', {number});\n\
                 DELETE FROM {table} WHERE name = 'x' AND created_at < now() - interval '1 year';\n"
            ),
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{body}\nCOMMIT;\n");
        std::fs::write(root.join(path_of(number)), text).expect("a file");
    }
}

/// Commits the tree and stages one migration more.
fn stage_one(root: &Path) {
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .current_dir(root)
            .args([
                "-c",
                "user.name=bench",
                "-c",
                "user.email=bench@example.org",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(arguments)
            .stdout(Stdio::null())
            .status();
        assert!(done.is_ok_and(|status| status.success()), "git {arguments:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "history"]);
    git(&["gc", "-q"]);
    let text = "BEGIN;\nALTER TABLE table_001 ADD COLUMN IF NOT EXISTS note text;\nCOMMIT;\n";
    std::fs::write(root.join(path_of(FILES + 1)), text).expect("a file");
    git(&["add", "."]);
}

fn find_squawk() -> Option<PathBuf> {
    let named = std::env::var_os("GANDER_BENCH_SQUAWK").map(PathBuf::from);
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .map(|directory| directory.join("squawk"))
            .find(|program| program.is_file())
    };
    named.or_else(on_path)
}

fn time(mut command: Command) -> Duration {
    let begun = Instant::now();
    let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let took = begun.elapsed();
    assert!(done.is_ok_and(|status| status.code().is_some_and(|code| code < 2)), "{command:?} failed");
    took
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

fn show(what: &str, times: &mut [Duration]) {
    times.sort();
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    println!(
        "{what}: {:.0} ms ({:.0} – {:.0})",
        ms(Some(&median(times))),
        ms(times.first()),
        ms(times.last())
    );
}

/// Peak memory as GNU time reports it, where there is one.
fn show_memory(what: &str, command: Command) {
    let measured = Command::new("/usr/bin/time")
        .args(["-f", "%M"])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(command.get_current_dir().unwrap_or(Path::new(".")))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output();
    let kilobytes = measured.ok().and_then(|output| {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        text.lines().rev().find_map(|line| line.trim().parse::<u64>().ok())
    });
    match kilobytes {
        Some(kilobytes) => println!("{what}: peak memory {} MB", kilobytes / 1024),
        None => println!("{what}: no GNU time here, so no peak memory"),
    }
}
