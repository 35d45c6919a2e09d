//! Reading a repository through the `git` program: for what libgit2 cannot read, and to hold libgit2 against.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Output, Stdio};

use super::{
    Content, Entry, Environment, Error, Index, IndexEntry, Listing, ObjectId, WorkFile, is_regular,
    too_large, unreadable, with_lf,
};

/// A repository that `git` could open.
pub(super) struct Cli {
    /// Where commands run: the root of the work tree.
    root: PathBuf,
    git_dir: PathBuf,
    /// Whether the repository was named by the environment, and must be for every command.
    named: bool,
    index_file: Option<PathBuf>,
    default_index: PathBuf,
    sha256: bool,
}

/// What `git` says about a directory.
pub(super) enum Opened {
    /// It belongs to a repository with this work tree.
    Repository(Box<Cli>, PathBuf),
    /// It belongs to one without a work tree.
    Bare,
    /// It belongs to none.
    Nothing,
}

const EMPTY_BLOBS: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

impl Cli {
    pub(super) fn open(start: &Path, environment: &Environment) -> Result<Opened, Error> {
        let mut command = git();
        if environment.git_dir {
            // A relative GIT_DIR counts from the current directory, which is left as it is.
        } else {
            command.current_dir(start).env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
        }
        command.env_remove("GIT_INDEX_FILE");
        command.args(["rev-parse", "--show-toplevel", "--absolute-git-dir", "--show-object-format"]);
        command.args(["--path-format=absolute", "--git-path", "index"]);
        let output = command.stdin(Stdio::null()).output().map_err(no_program)?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if !output.status.success() {
            return if said.contains("must be run in a work tree") {
                Ok(Opened::Bare)
            } else if said.contains("not a git repository") && !environment.git_dir {
                Ok(Opened::Nothing)
            } else {
                Err(Error::new("git cannot read the repository").source(said))
            };
        }
        let lines = String::from_utf8(output.stdout)
            .map_err(|error| Error::new("git names a path that is not UTF-8").source(error))?;
        let mut lines = lines.lines();
        let (Some(root), Some(git_dir), Some(format), Some(index)) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(Error::new("git does not say where the repository is"));
        };
        let git_dir = PathBuf::from(git_dir);
        let root = match named_work_tree(&git_dir) {
            Some(root) if environment.git_dir => root,
            Some(_) | None => PathBuf::from(root),
        };
        let cli = Self {
            git_dir,
            named: environment.git_dir,
            index_file: environment.index_file.as_ref().map(|file| root.join(file)),
            default_index: index.into(),
            sha256: format == "sha256",
            root: root.clone(),
        };
        Ok(Opened::Repository(Box::new(cli), root))
    }

    pub(super) fn head(&self) -> Result<Option<ObjectId>, Error> {
        if let Some(id) = self.resolve("HEAD")? {
            return Ok(Some(id));
        }
        // A HEAD that names a branch without commits is unborn; any other that leads nowhere is broken.
        let branch = self.run(&["symbolic-ref", "-q", "HEAD"])?;
        let branch = String::from_utf8_lossy(&branch.stdout).trim().to_owned();
        if branch.is_empty() || self.run(&["show-ref", "--verify", "-q", &branch])?.status.success() {
            return Err(Error::new("HEAD cannot be read"));
        }
        Ok(None)
    }

    pub(super) fn resolve(&self, rev: &str) -> Result<Option<ObjectId>, Error> {
        let commit = format!("{rev}^{{commit}}");
        let output = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        Ok(ObjectId::from_hex(String::from_utf8_lossy(&output.stdout).trim()))
    }

    /// The name of the reference that `name` points to, or its own.
    pub(super) fn target(&self, name: &str) -> Result<String, Error> {
        let output = self.run(&["symbolic-ref", "-q", name])?;
        let target = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(if target.is_empty() { name.to_owned() } else { target })
    }

    pub(super) fn common(&self, one: ObjectId, two: ObjectId) -> Result<Option<ObjectId>, Error> {
        let output = self.run(&["merge-base", &one.to_string(), &two.to_string()])?;
        match output.status.code() {
            Some(0) => Ok(ObjectId::from_hex(String::from_utf8_lossy(&output.stdout).trim())),
            Some(1) => Ok(None),
            Some(_) | None => Err(failed("merge-base", &output)),
        }
    }

    pub(super) fn is_ignored(&self, path: &str) -> Result<bool, Error> {
        let output = self.run(&["check-ignore", "-q", "--", path])?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            Some(_) | None => Err(failed("check-ignore", &output)),
        }
    }

    pub(super) fn is_shallow(&self) -> Result<bool, Error> {
        let output = self.run(&["rev-parse", "--is-shallow-repository"])?;
        Ok(output.stdout.starts_with(b"true"))
    }

    pub(super) fn index(&self, file: Option<&Path>) -> Result<Index, Error> {
        let file = file.unwrap_or(&self.default_index);
        let output = self.successful(&["ls-files", "-s", "-t", "-z"])?;
        let mut index = Index { missing: (!file.exists()).then(|| file.to_path_buf()), ..Index::default() };
        let mut may_be_announced = false;
        for (head, path) in records(&output) {
            let fields: Vec<&str> = head.split(' ').collect();
            let [tag, mode, id, stage] = fields[..] else { return Err(strange("ls-files", head)) };
            let (Ok(mode), Some(id)) = (u32::from_str_radix(mode, 8), ObjectId::from_hex(id)) else {
                return Err(strange("ls-files", head));
            };
            let path = match path {
                Ok(path) => path,
                Err(name) => {
                    index.unreadable_names.push(name);
                    continue;
                }
            };
            if stage != "0" {
                index.conflicts.push(path);
            } else if is_regular(mode) {
                may_be_announced |= EMPTY_BLOBS.contains(&id.to_string().as_str());
                index.entries.push(IndexEntry {
                    entry: Entry { path, id, surely_small: false },
                    intent_to_add: false,
                    skipped: tag == "S" || tag == "s",
                    stat: None,
                });
            }
        }
        if may_be_announced {
            let announced = self.announced()?;
            for entry in &mut index.entries {
                entry.intent_to_add = announced.contains(&entry.entry.path);
            }
        }
        Ok(index)
    }

    /// The paths that `git add -N` announced. Only the flags of the debugging output tell them from empty
    /// files.
    fn announced(&self) -> Result<HashSet<String>, Error> {
        const INTENT_TO_ADD: u32 = 1 << 29;
        let output = self.successful(&["ls-files", "--debug", "-z"])?;
        let mut out = HashSet::new();
        let mut path = String::new();
        for piece in output.split(|byte| *byte == 0) {
            let piece = String::from_utf8_lossy(piece);
            let Some((_, rest)) = piece.split_once("\tflags: ") else {
                path = piece.into_owned();
                continue;
            };
            let (flags, next) = rest.split_once('\n').unwrap_or((rest, ""));
            if u32::from_str_radix(flags.trim(), 16).is_ok_and(|flags| flags & INTENT_TO_ADD != 0) {
                out.insert(path);
            }
            path = next.to_owned();
        }
        Ok(out)
    }

    pub(super) fn list(&self, commit: ObjectId) -> Result<Listing, Error> {
        let output = self.successful(&["ls-tree", "-r", "-z", "--full-tree", &commit.to_string()])?;
        let mut listing = Listing::default();
        for (head, path) in records(&output) {
            let fields: Vec<&str> = head.split(' ').collect();
            let [mode, _, id] = fields[..] else { return Err(strange("ls-tree", head)) };
            let (Ok(mode), Some(id)) = (u32::from_str_radix(mode, 8), ObjectId::from_hex(id)) else {
                return Err(strange("ls-tree", head));
            };
            if !is_regular(mode) {
                continue;
            }
            match path {
                Ok(path) => listing.entries.push(Entry { path, id, surely_small: false }),
                Err(name) => listing.unreadable_names.push(name),
            }
        }
        Ok(listing)
    }

    /// The bytes of each entry, in order.
    pub(super) fn read(&self, entries: &[&Entry], limit: u64) -> Result<Vec<Result<Vec<u8>, Error>>, Error> {
        let ids: String = entries.iter().map(|entry| format!("{}\n", entry.id)).collect();
        self.talk(&["cat-file", "--batch"], ids.into_bytes(), |answers| {
            entries.iter().map(|entry| read_answer(answers, entry, limit)).collect()
        })
    }

    /// What each file of the work tree holds.
    pub(super) fn identify(&self, files: &[WorkFile], index: &[IndexEntry]) -> Result<Vec<Content>, Error> {
        let output = self.successful(&["ls-files", "-m", "-z"])?;
        let changed: HashSet<&[u8]> = output.split(|byte| *byte == 0).collect();
        let unchanged: HashMap<&str, ObjectId> = index
            .iter()
            .filter(|entry| !entry.intent_to_add && !changed.contains(entry.entry.path.as_bytes()))
            .map(|entry| (entry.entry.path.as_str(), entry.entry.id))
            .collect();
        let known = |file: &WorkFile| file.metadata.and_then(|_| unchanged.get(file.path));
        let asked: Vec<&WorkFile> = files.iter().filter(|file| known(file).is_none()).collect();
        let mut hashed = self.hash(&asked)?.into_iter();
        let content = |file: &WorkFile| match known(file) {
            Some(id) => Some(Content::of(*id)),
            None => hashed.next(),
        };
        let contents: Option<Vec<Content>> = files.iter().map(content).collect();
        contents.ok_or_else(|| Error::new("git did not hash every file"))
    }

    fn hash(&self, files: &[&WorkFile]) -> Result<Vec<Content>, Error> {
        let hash = |bytes: &[u8]| {
            let id = if self.sha256 { self.hash_alone(bytes)? } else { ObjectId::of_blob(bytes) };
            id.ok_or_else(|| Error::new("git did not hash a file"))
        };
        // Bytes that do not stand at the path, and a path that would have to be quoted, go through a pipe of
        // their own.
        let by_path = |file: &WorkFile| {
            self.sha256 && file.metadata.is_some() && !file.path.starts_with('"') && !file.path.contains('\n')
        };
        let listed: Vec<&WorkFile> = files.iter().copied().filter(|file| by_path(file)).collect();
        let mut ids = self.hash_paths(&listed)?.into_iter();
        let content = |file: &&WorkFile| {
            let id = if by_path(file) {
                ids.next().ok_or_else(|| Error::new("git did not hash every file"))?
            } else {
                hash(file.bytes)?
            };
            Ok(Content { id, with_lf: with_lf(file.bytes).map(|bytes| hash(&bytes)).transpose()? })
        };
        files.iter().map(content).collect()
    }

    fn hash_paths(&self, files: &[&WorkFile]) -> Result<Vec<ObjectId>, Error> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let paths: String = files.iter().map(|file| format!("{}\n", file.path)).collect();
        self.talk(&["hash-object", "--no-filters", "--stdin-paths"], paths.into_bytes(), |answers| {
            answers.lines().map_while(Result::ok).filter_map(|line| ObjectId::from_hex(line.trim())).collect()
        })
    }

    fn hash_alone(&self, bytes: &[u8]) -> Result<Option<ObjectId>, Error> {
        self.talk(&["hash-object", "--stdin"], bytes.to_vec(), |answers| {
            answers.lines().next().and_then(Result::ok).and_then(|line| ObjectId::from_hex(line.trim()))
        })
    }

    fn command(&self) -> Command {
        let mut command = git();
        command.current_dir(&self.root);
        if self.named {
            command.env("GIT_DIR", &self.git_dir).env("GIT_WORK_TREE", &self.root);
        } else {
            command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
        }
        match &self.index_file {
            Some(file) => command.env("GIT_INDEX_FILE", file),
            None => command.env_remove("GIT_INDEX_FILE"),
        };
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, Error> {
        self.command().args(arguments).stdin(Stdio::null()).output().map_err(no_program)
    }

    fn successful(&self, arguments: &[&str]) -> Result<Vec<u8>, Error> {
        let output = self.run(arguments)?;
        if output.status.success() { Ok(output.stdout) } else { Err(failed(arguments[0], &output)) }
    }

    /// Runs a command with this standard input, and reads its answers while it runs.
    fn talk<T>(
        &self,
        arguments: &[&str],
        input: Vec<u8>,
        read: impl FnOnce(&mut dyn BufRead) -> T,
    ) -> Result<T, Error> {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(no_program)?;
        // On a thread of its own: who first writes everything and then reads waits for ever once both pipes
        // are full.
        let writer = child.stdin.take().map(|stdin| std::thread::spawn(move || write_all(stdin, &input)));
        let mut answers: Box<dyn BufRead> = match child.stdout.take() {
            Some(stdout) => Box::new(BufReader::new(stdout)),
            None => Box::new(io::empty()),
        };
        let value = read(&mut *answers);
        drop(answers);
        if let Some(writer) = writer {
            // It fails when git stopped early, which the missing answers tell.
            drop(writer.join());
        }
        child.wait().map_err(no_program)?;
        Ok(value)
    }
}

/// In a linked work tree git gives its hooks `GIT_DIR` alone, and takes the current directory for the root
/// then, which is wrong once the hook went elsewhere. The repository knows better.
fn named_work_tree(git_dir: &Path) -> Option<PathBuf> {
    if std::env::var_os("GIT_WORK_TREE").is_some() {
        return None;
    }
    let link = std::fs::read_to_string(git_dir.join("gitdir")).ok()?;
    let link = git_dir.join(link.trim_end());
    link.parent()?.canonicalize().ok()
}

fn write_all(mut stdin: ChildStdin, input: &[u8]) -> io::Result<()> {
    stdin.write_all(input)
}

/// Nothing here may run a program that the repository names, nor write into the repository.
fn git() -> Command {
    let mut command = Command::new("git");
    command.args(["-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "--no-optional-locks"]);
    command.env("LC_ALL", "C").env_remove("GIT_PREFIX");
    command
}

fn read_answer(answers: &mut dyn BufRead, entry: &Entry, limit: u64) -> Result<Vec<u8>, Error> {
    let broken = |error: io::Error| unreadable(&entry.path).source(error);
    let mut head = String::new();
    answers.read_line(&mut head).map_err(broken)?;
    let fields: Vec<&str> = head.split_whitespace().collect();
    let [_, "blob", size] = fields[..] else {
        let why = if head.is_empty() { "git ended early" } else { head.trim() };
        return Err(unreadable(&entry.path).source(why));
    };
    let size: u64 = size.parse().map_err(|_| strange("cat-file", &head))?;
    let mut rest = answers.take(size + 1);
    if size > limit {
        io::copy(&mut rest, &mut io::sink()).map_err(broken)?;
        return Err(too_large(&entry.path, limit));
    }
    let mut bytes = Vec::new();
    rest.read_to_end(&mut bytes).map_err(broken)?;
    if bytes.len() as u64 != size + 1 {
        return Err(unreadable(&entry.path).source("git ended early"));
    }
    bytes.pop();
    Ok(bytes)
}

/// The records `head TAB path NUL` of an output. A path that is not UTF-8 is an error that holds it as well
/// as it can be written.
fn records(output: &[u8]) -> impl Iterator<Item = (&str, Result<String, String>)> {
    output.split(|byte| *byte == 0).filter(|record| !record.is_empty()).map(|record| {
        let tab = record.iter().position(|byte| *byte == b'\t').unwrap_or(record.len());
        let path = record.get(tab + 1..).unwrap_or_default();
        let name = String::from_utf8(path.to_vec())
            .map_err(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        (std::str::from_utf8(&record[..tab]).unwrap_or_default(), name)
    })
}

fn no_program(error: io::Error) -> Error {
    Error::new("cannot run git").source(error).help("install git, and put it on the PATH")
}

fn failed(command: &str, output: &Output) -> Error {
    Error::new(format!("git {command} failed")).source(String::from_utf8_lossy(&output.stderr).trim())
}

fn strange(command: &str, line: &str) -> Error {
    Error::new(format!("git {command} answered what gander does not understand")).source(line.trim())
}
