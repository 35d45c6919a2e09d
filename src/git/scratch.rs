//! Real repositories for the tests, made by the `git` program in temporary directories.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A directory that goes away with the test.
pub(crate) struct Scratch {
    directory: TempDir,
}

impl Scratch {
    /// An empty repository on a branch `main`.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// An empty repository, made with these options of `git init`.
    pub(crate) fn with(options: &[&str]) -> Self {
        let scratch = Self::bare_directory();
        scratch.git(&[&["init", "-q", "-b", "main"], options].concat());
        scratch
    }

    /// A directory that is no repository.
    pub(crate) fn bare_directory() -> Self {
        Self { directory: tempfile::tempdir().expect("a temporary directory") }
    }

    /// Its path, as the system spells it.
    pub(crate) fn root(&self) -> PathBuf {
        self.directory.path().canonicalize().expect("it is there")
    }

    /// Runs git in it, and gives what it printed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git_in(self.directory.path(), arguments)
    }

    /// Runs git in it, however it ends.
    pub(crate) fn try_git(&self, arguments: &[&str]) -> Output {
        command(self.directory.path(), arguments).output().expect("git runs")
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.directory.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a parent")).expect("directories are made");
        std::fs::write(path, text).expect("the file is written");
    }

    /// Commits everything that the work tree holds.
    pub(crate) fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--no-verify", "--allow-empty", "-m", "a commit"]);
    }
}

/// Runs git in a directory, and gives what it printed.
pub(crate) fn git_in(directory: &Path, arguments: &[&str]) -> String {
    let output = command(directory, arguments).output().expect("git runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Git as on a fresh machine: without the user's settings, nor those of a hook that runs the tests.
pub(crate) fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for settings in ["user.name=Tester", "user.email=tester@example.com", "protocol.file.allow=always"] {
        command.args(["-c", settings]);
    }
    command.current_dir(directory).args(arguments);
    command
}
