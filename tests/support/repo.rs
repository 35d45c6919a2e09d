//! Real directories and git repositories, and gander run in them as on a machine where nothing is set up.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::process::output_of;

/// The gander that was built with these tests.
pub const GANDER: &str = env!("CARGO_BIN_EXE_gander");

/// A directory that goes away with the test, mostly a git repository.
pub struct Repo {
    directory: TempDir,
    root: PathBuf,
}

impl Repo {
    /// An empty repository on the branch `main`.
    pub fn new() -> Self {
        let repo = Self::outside();
        repo.git("init -q -b main");
        repo
    }

    /// A repository whose branch `main` has these files, looked at from a branch `change`.
    pub fn on_branch(files: &[(&str, &str)]) -> Self {
        let repo = Self::new();
        repo.write_all(files);
        repo.commit();
        repo.git("checkout -q -b change");
        repo
    }

    /// A directory that is no repository.
    pub fn outside() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path().canonicalize().expect("it is there").join("work");
        fs::create_dir(&root).expect("a directory is made");
        fs::create_dir(root.with_file_name("home")).expect("a directory is made");
        Self { directory, root }
    }

    /// A directory that is no repository, with these files.
    pub fn files(files: &[(&str, &str)]) -> Self {
        let repo = Self::outside();
        repo.write_all(files);
        repo
    }

    /// Its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The home directory of whoever works here. It lies outside the repository.
    pub fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Writes a file, and the directories above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a file has a parent")).expect("directories are made");
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Writes files.
    pub fn write_all(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
    }

    /// The bytes of a file.
    pub fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> String {
        String::from_utf8(self.read(path)).expect("it is UTF-8")
    }

    /// Every file but git's own, by path, with its bytes.
    pub fn snapshot(&self) -> Vec<(String, Vec<u8>)> {
        let mut open = vec![self.root.clone()];
        let mut files = Vec::new();
        while let Some(path) = open.pop() {
            if path.file_name().is_some_and(|name| name == ".git") {
                continue;
            }
            if path.is_dir() {
                let entries = fs::read_dir(&path).expect("a directory can be listed");
                open.extend(entries.map(|entry| entry.expect("an entry can be read").path()));
            } else {
                let name = path.strip_prefix(&self.root).expect("it lies below").display().to_string();
                files.push((name, fs::read(&path).expect("a file can be read")));
            }
        }
        files.sort();
        files
    }

    /// Copies what lies in a directory of the project.
    pub fn copy(&self, from: &Path) {
        for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
            copy(&entry.expect("an entry can be read").path(), &self.root);
        }
    }

    /// Runs git here with these words, and gives what it printed.
    pub fn git(&self, line: &str) -> String {
        let done = self.try_git(line);
        assert!(done.code == 0, "git {line}: {}", done.err);
        done.out.trim_end().to_owned()
    }

    /// Runs git here, however it ends.
    pub fn try_git(&self, line: &str) -> Run {
        Run::of(&mut self.command("git", &words(line)))
    }

    /// Commits everything that the work tree holds.
    pub fn commit(&self) {
        self.git("add -A");
        self.git("commit -q --no-verify --allow-empty -m a-commit");
    }

    /// Runs gander here with these words.
    pub fn gander(&self, line: &str) -> Run {
        self.gander_in("", line)
    }

    /// Runs gander in a directory below.
    pub fn gander_in(&self, directory: &str, line: &str) -> Run {
        let mut command = self.command(GANDER, &words(line));
        Run::of(command.current_dir(self.root.join(directory)))
    }

    /// Runs gander here with this as its standard input.
    pub fn gander_with(&self, line: &str, input: &str) -> Run {
        Run::from(output_of(&mut self.command(GANDER, &words(line)), input))
    }

    /// What `gander lint` finds here: `path rule`, in its order.
    pub fn lint(&self, line: &str) -> Vec<String> {
        self.gander(&format!("lint --output-format json {line}")).found()
    }

    /// A command that knows nothing of who runs the tests, nor of a hook that runs them.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", search_path(&[])).env("HOME", self.home()).env("LC_ALL", "C.UTF-8");
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Tester");
            command.env(format!("GIT_{who}_EMAIL"), "tester@example.com");
        }
        command.current_dir(&self.root).args(arguments);
        command
    }
}

/// The directories that programs are looked for in: these first, then those of the machine that hold no gander.
pub fn search_path(first: &[&Path]) -> OsString {
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let others = std::env::split_paths(&machine).filter(|directory| !directory.join("gander").exists());
    std::env::join_paths(first.iter().map(|path| path.to_path_buf()).chain(others))
        .expect("a path without colons")
}

/// How a program ended, and what it said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Run {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        Self::from(output_of(command, ""))
    }

    /// What was printed, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON: {error}\n{self:?}"))
    }

    /// The findings of a JSON report: `path rule`, in its order.
    pub fn found(&self) -> Vec<String> {
        let report = self.json();
        let findings = report["findings"].as_array().expect("a list of findings");
        let word = |finding: &Value, key: &str| finding[key].as_str().expect("a word").to_owned();
        findings
            .iter()
            .map(|finding| format!("{} {}", word(finding, "path"), word(finding, "rule")))
            .collect()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("what is printed is UTF-8");
        let code = output.status.code().expect("it was not killed");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

fn copy(from: &Path, into: &Path) {
    let to = into.join(from.file_name().expect("a name"));
    if from.is_dir() {
        fs::create_dir_all(&to).expect("a directory is made");
        for entry in fs::read_dir(from).expect("a directory can be listed") {
            copy(&entry.expect("an entry can be read").path(), &to);
        }
    } else {
        fs::copy(from, &to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
}
