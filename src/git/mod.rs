//! Git's trees: the index and commits, with their paths, blob ids and bytes; merge bases; which files of the
//! work tree git holds for unchanged. It knows nothing about migrations.

mod cli;
mod library;
#[cfg(test)]
pub(crate) mod scratch;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use cli::{Cli, Opened};
use library::{Library, OpenError};
use rayon::prelude::*;

/// A repository with a work tree.
///
/// It is read through libgit2, and through the `git` program where libgit2 cannot (SHA-256, reftable, split
/// and sparse indexes, objects that a partial clone has yet to fetch, an owner that only `git` was told to
/// trust).
pub struct Repo {
    root: PathBuf,
    environment: Environment,
    library: Option<Library>,
    cli: OnceCell<Result<Box<Cli>, Error>>,
    index: OnceCell<Result<Index, Error>>,
}

/// What git or the system refused: what is wrong, what to do, and what was said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: Option<String>,
    /// What libgit2, git or the system said.
    pub source: Option<String>,
}

impl Error {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None, source: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn source(mut self, source: impl fmt::Display) -> Self {
        self.source = Some(source.to_string());
        self
    }
}

/// The name of a commit or a blob: 20 bytes, or 32 in a SHA-256 repository.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    bytes: [u8; 32],
    length: u8,
}

impl ObjectId {
    fn from_bytes(from: &[u8]) -> Self {
        let length = from.len().min(32);
        let mut bytes = [0; 32];
        bytes[..length].copy_from_slice(&from[..length]);
        Self { bytes, length: length as u8 }
    }

    fn from_hex(hex: &str) -> Option<Self> {
        if !matches!(hex.len(), 40 | 64) {
            return None;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
        let pairs = hex.as_bytes().chunks_exact(2).map(|pair| Some(digit(pair[0])? * 16 + digit(pair[1])?));
        Some(Self::from_bytes(&pairs.collect::<Option<Vec<u8>>>()?))
    }

    /// The name that these bytes would have as a blob of a SHA-1 repository.
    pub fn of_blob(bytes: &[u8]) -> Option<Self> {
        let id = git2::Oid::hash_object(git2::ObjectType::Blob, bytes).ok()?;
        Some(Self::from_bytes(id.as_bytes()))
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Something that files can be listed of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tree {
    /// What is staged.
    Index,
    /// What a commit holds.
    Commit(ObjectId),
}

/// A file of a tree. Symbolic links and submodules are none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Relative to the repository's root, with forward slashes.
    pub path: String,
    /// Its content.
    pub id: ObjectId,
    /// Whether its size, as far as it is known, is no reason to ask before it is read.
    surely_small: bool,
}

/// The files of a tree, sorted by path.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Listing {
    /// Those whose names are UTF-8.
    pub entries: Vec<Entry>,
    /// Files whose names are not, as well as they can be written.
    pub unreadable_names: Vec<String>,
}

/// A file of the work tree: its path in the repository, its bytes, and what the system says about it.
pub struct WorkFile<'a> {
    /// Relative to the repository's root, with forward slashes.
    pub path: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// As told when it was read; `None` where the bytes are not those that stand at the path.
    pub metadata: Option<&'a std::fs::Metadata>,
}

/// The content of a file, so that it can be told from another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Content {
    /// The blob that holds it, or would.
    pub id: ObjectId,
    /// Where every line of it ends with CRLF: the blob that would hold it with LF.
    pub with_lf: Option<ObjectId>,
}

impl Content {
    /// The content of a blob.
    pub const fn of(id: ObjectId) -> Self {
        Self { id, with_lf: None }
    }

    /// Whether both are the same text, up to the line endings that git may have changed at checkout.
    pub fn same_as(&self, other: &Self) -> bool {
        self.id == other.id || self.with_lf == Some(other.id) || other.with_lf == Some(self.id)
    }
}

/// A commit that stands for "it has run".
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base {
    /// As people call it: `origin/main`.
    pub name: String,
    /// Where it is now.
    pub commit: ObjectId,
}

/// The variables by which git tells its hooks where things are.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Environment {
    /// `GIT_DIR` or `GIT_WORK_TREE` is set, so the repository is not looked for.
    pub git_dir: bool,
    /// `GIT_INDEX_FILE`: where to read the index. `git commit -a` and `git commit PATH` make one of their
    /// own.
    pub index_file: Option<OsString>,
}

impl Environment {
    /// As the process was started.
    pub fn of_process() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self { git_dir: set("GIT_DIR").or(set("GIT_WORK_TREE")).is_some(), index_file: set("GIT_INDEX_FILE") }
    }
}

/// Who reads the repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Via {
    /// libgit2, and `git` for what it cannot.
    Library,
    /// The `git` program alone.
    Cli,
}

/// What the index says.
#[derive(Clone, Default, Debug)]
struct Index {
    entries: Vec<IndexEntry>,
    conflicts: Vec<String>,
    unreadable_names: Vec<String>,
    /// There is no file; with a commit to stand on, that cannot be right.
    missing: Option<PathBuf>,
    /// When it was written, to tell entries that may have changed in the same instant.
    written: Option<(i64, u32)>,
}

#[derive(Clone, Debug)]
struct IndexEntry {
    entry: Entry,
    /// Announced by `git add -N`, its content not staged.
    intent_to_add: bool,
    /// Left out of the work tree by a sparse checkout.
    skipped: bool,
    stat: Option<Stat>,
}

/// What git noted about a file when it last held it for unchanged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stat {
    modified: (i64, u32),
    changed: (i64, u32),
    size: u32,
}

impl Repo {
    /// The repository around `start`, or the one that git's environment names. `None`: there is none, or it
    /// has no work tree.
    ///
    /// # Errors
    /// When there is one and it cannot be read.
    pub fn open(start: &Path) -> Result<Option<Self>, Error> {
        Self::open_with(start, Environment::of_process(), Via::Library)
    }

    /// [`Repo::open`] with the environment and the reader chosen.
    ///
    /// # Errors
    /// As [`Repo::open`].
    pub fn open_with(start: &Path, environment: Environment, via: Via) -> Result<Option<Self>, Error> {
        let refused = match via {
            Via::Cli => None,
            Via::Library => match Library::open(start, &environment) {
                Ok(None) => return Ok(None),
                Ok(Some((library, root))) => {
                    return Ok(Some(Self {
                        root,
                        environment,
                        library: Some(library),
                        cli: OnceCell::new(),
                        index: OnceCell::new(),
                    }));
                }
                Err(error) => Some(error),
            },
        };
        // Also when libgit2 refuses the owner: git reads safe.directory from more places, and is as strict.
        let from_git = match Cli::open(start, &environment) {
            Ok(Opened::Repository(cli, root)) => {
                return Ok(Some(Self {
                    root,
                    environment,
                    library: None,
                    cli: OnceCell::from(Ok(cli)),
                    index: OnceCell::new(),
                }));
            }
            Ok(Opened::Bare) => return Ok(None),
            Ok(Opened::Nothing) if refused.is_none() => return Ok(None),
            Ok(Opened::Nothing) => Error::new("git finds no repository here"),
            Err(error) => error,
        };
        Err(match refused {
            Some(refused) => open_error(start, refused, from_git),
            None => from_git,
        })
    }

    /// The work tree's root, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit that HEAD stands on; `None` before the first one.
    ///
    /// # Errors
    /// When HEAD cannot be read.
    pub fn head(&self) -> Result<Option<ObjectId>, Error> {
        self.either(Library::head, Cli::head)
    }

    /// The commit whose migrations count as run: `configured`, else `origin/HEAD`, else `main` or `master`.
    /// `None`: there is no such commit, or none at all.
    ///
    /// # Errors
    /// When the configured one is not there.
    pub fn base_commit(&self, configured: Option<&str>) -> Result<Option<Base>, Error> {
        let Some(name) = configured else {
            let mut names = vec!["refs/remotes/origin/HEAD"];
            names.extend(["refs/heads/main", "refs/heads/master"]);
            names.extend(["refs/remotes/origin/main", "refs/remotes/origin/master"]);
            for name in names {
                if let Some(commit) = self.resolve(name)? {
                    let name = self.either(|library| library.target(name), |cli| cli.target(name))?;
                    let short =
                        ["refs/heads/", "refs/remotes/"].iter().find_map(|head| name.strip_prefix(head));
                    return Ok(Some(Base { name: short.unwrap_or(&name).to_owned(), commit }));
                }
            }
            return Ok(None);
        };
        for candidate in [name.to_owned(), format!("refs/remotes/origin/{name}")] {
            if let Some(commit) = self.resolve(&candidate)? {
                let name = candidate.strip_prefix("refs/remotes/").unwrap_or(&candidate);
                return Ok(Some(Base { name: name.to_owned(), commit }));
            }
        }
        if self.head()?.is_none() {
            return Ok(None);
        }
        let error = Error::new(format!("the base `{name}` is not in this repository"));
        Err(error.help(if self.is_shallow() {
            SHALLOW_HELP.to_owned()
        } else {
            format!("fetch it, or name another one: base = \"main\" (`{name}` stands in gander.toml)")
        }))
    }

    /// The newest commit that both `rev` and HEAD grew from.
    ///
    /// # Errors
    /// When there is no such revision, no HEAD, or no common commit.
    pub fn merge_base(&self, rev: &str) -> Result<ObjectId, Error> {
        let Some(head) = self.head()? else {
            return Err(Error::new(format!("`{rev}` cannot be compared with HEAD: there is no commit yet")));
        };
        let shallow = self.is_shallow();
        let Some(commit) = self.resolve(rev)? else {
            let error = Error::new(format!("`{rev}` is no revision of this repository"));
            return Err(if shallow {
                error.source("the history is shallow: this clone ends before it").help(SHALLOW_HELP)
            } else {
                error.help("name a branch, a tag or a commit that is there, or fetch it")
            });
        };
        self.common(commit, head)?.ok_or_else(|| {
            let error = Error::new(format!("`{rev}` and HEAD have no common commit"));
            if shallow {
                error.source("the history is shallow: this clone ends before it").help(SHALLOW_HELP)
            } else {
                error.help("name a revision that HEAD grew from")
            }
        })
    }

    /// The newest commit that both grew from. `None`: there is none, or a shallow clone ends before it.
    ///
    /// # Errors
    /// When commits cannot be read.
    pub fn common(&self, one: ObjectId, two: ObjectId) -> Result<Option<ObjectId>, Error> {
        if one == two {
            return Ok(Some(one));
        }
        self.either(|library| library.common(one, two), |cli| cli.common(one, two))
    }

    /// The files of a tree.
    ///
    /// # Errors
    /// When it cannot be read. For the index also: it is missing, or holds conflicts.
    pub fn list(&self, tree: Tree) -> Result<Listing, Error> {
        match tree {
            Tree::Index => self.list_index(),
            Tree::Commit(commit) => {
                let mut listing = self.either(|library| library.list(commit), |cli| cli.list(commit))?;
                listing.entries.sort_by(|a, b| a.path.cmp(&b.path));
                Ok(listing)
            }
        }
    }

    /// The files that git keeps track of, whatever the work tree holds of them: those with conflicts and
    /// those that are only announced too. The second list: those that a sparse checkout leaves out of the
    /// work tree.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn tracked(&self) -> Result<(Vec<String>, Vec<Entry>), Error> {
        let index = self.index()?;
        let paths = index.entries.iter().map(|entry| entry.entry.path.clone());
        let skipped = index.entries.iter().filter(|entry| entry.skipped).map(|entry| entry.entry.clone());
        Ok((paths.chain(index.conflicts.iter().cloned()).collect(), skipped.collect()))
    }

    /// The bytes of each entry, in order. One of more than `limit` bytes is an error.
    ///
    /// A file of the work tree is read instead where its bytes are the blob's: that is faster than inflating.
    pub fn read(&self, entries: &[&Entry], limit: u64) -> Vec<Result<Vec<u8>, Error>> {
        let read = match &self.library {
            Some(library) => library.read(entries, limit, &self.root),
            None => entries.iter().map(|_| Ok(None)).collect(),
        };
        let absent: Vec<&Entry> = entries
            .iter()
            .zip(&read)
            .filter(|(_, read)| matches!(read, Ok(None)))
            .map(|(entry, _)| *entry)
            .collect();
        let mut fetched = if absent.is_empty() {
            Vec::new()
        } else {
            self.cli().and_then(|cli| cli.read(&absent, limit)).unwrap_or_else(|error| {
                absent.iter().map(|entry| Err(unreadable(&entry.path).source(&error.what))).collect()
            })
        }
        .into_iter();
        let fill = |(entry, read): (&&Entry, Result<Option<Vec<u8>>, Error>)| match read {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => fetched.next().unwrap_or_else(|| Err(unreadable(&entry.path))),
            Err(error) => Err(error),
        };
        entries.iter().zip(read).map(fill).collect()
    }

    /// The bytes of a blob, of at most `limit` bytes. `path`: where it stands, relative to the repository's root, for the
    /// message that it cannot be read.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn blob(&self, path: &str, id: ObjectId, limit: u64) -> Result<Vec<u8>, Error> {
        let entry = Entry { path: path.to_owned(), id, surely_small: false };
        self.read(&[&entry], limit).pop().unwrap_or_else(|| Err(unreadable(path)))
    }

    /// What each file of the work tree holds. Where git takes a file for unchanged, that is the index's blob,
    /// whatever checkout made of its bytes.
    ///
    /// # Errors
    /// When git cannot tell.
    pub fn identify(&self, files: &[WorkFile]) -> Result<Vec<Content>, Error> {
        let empty = Index::default();
        let index = self.index().unwrap_or(&empty);
        match &self.library {
            Some(_) => {
                let known: HashMap<&str, &IndexEntry> =
                    index.entries.iter().map(|entry| (entry.entry.path.as_str(), entry)).collect();
                let content = |file: &WorkFile| library::identify(file, &known, index.written);
                files.par_iter().map(content).collect()
            }
            None => self.cli()?.identify(files, &index.entries),
        }
    }

    /// Whether git ignores a path of the work tree.
    ///
    /// # Errors
    /// When git cannot tell.
    pub fn is_ignored(&self, path: &str) -> Result<bool, Error> {
        self.either(|library| library.is_ignored(path), |cli| cli.is_ignored(path))
    }

    /// Whether the history ends before its beginning.
    pub fn is_shallow(&self) -> bool {
        self.either(|library| Ok(library.is_shallow()), Cli::is_shallow).unwrap_or(false)
    }

    fn list_index(&self) -> Result<Listing, Error> {
        let index = self.index()?;
        if let Some(path) = index.conflicts.first() {
            let more = match index.conflicts.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            return Err(Error::new(format!("the index holds conflicts: {path}{more}"))
                .help("resolve them first, then `git add` the result"));
        }
        if let Some(path) = &index.missing
            && self.head()?.is_some()
        {
            return Err(Error::new(format!("there is no index at {}", path.display())).help(
                if self.environment.index_file.is_some() {
                    "GIT_INDEX_FILE names it: unset it, or let git set it"
                } else {
                    "make one with `git read-tree HEAD`"
                },
            ));
        }
        let staged = index.entries.iter().filter(|entry| !entry.intent_to_add);
        Ok(Listing {
            entries: staged.map(|entry| entry.entry.clone()).collect(),
            unreadable_names: index.unreadable_names.clone(),
        })
    }

    fn index(&self) -> Result<&Index, Error> {
        let read = || {
            let file = self.index_file();
            let mut index =
                self.either(|library| library.index(file.as_deref()), |cli| cli.index(file.as_deref()))?;
            index.entries.sort_by(|a, b| a.entry.path.cmp(&b.entry.path));
            index.conflicts.sort();
            index.conflicts.dedup();
            Ok(index)
        };
        self.index.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Git gives hooks a relative `GIT_INDEX_FILE`, and means: relative to the root of the work tree,
    /// wherever the hook went since. libgit2 would take it from the current directory, and find an empty
    /// index there.
    fn index_file(&self) -> Option<PathBuf> {
        self.environment.index_file.as_ref().map(|file| self.root.join(file))
    }

    fn resolve(&self, rev: &str) -> Result<Option<ObjectId>, Error> {
        self.either(|library| library.resolve(rev), |cli| cli.resolve(rev))
    }

    fn cli(&self) -> Result<&Cli, Error> {
        let open = || match Cli::open(&self.root, &self.environment) {
            Ok(Opened::Repository(cli, _)) => Ok(cli),
            Ok(Opened::Bare | Opened::Nothing) => Err(Error::new("git finds no repository here")),
            Err(error) => Err(error),
        };
        self.cli.get_or_init(open).as_deref().map_err(Clone::clone)
    }

    /// Asks libgit2, and git itself where libgit2 fails.
    fn either<T>(
        &self,
        library: impl FnOnce(&Library) -> Result<T, git2::Error>,
        cli: impl FnOnce(&Cli) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let refused = match self.library.as_ref().map(library) {
            Some(Ok(value)) => return Ok(value),
            Some(Err(error)) => Some(error),
            None => None,
        };
        self.cli().and_then(cli).map_err(|error| match (refused, &error.source) {
            (Some(refused), None) => error.source(refused.message()),
            (Some(_) | None, _) => error,
        })
    }
}

const SHALLOW_HELP: &str = "fetch more of it: `fetch-depth: 0` for actions/checkout (2 does for a pull request's \
     merge commit), or `git fetch --unshallow`";

fn unreadable(path: &str) -> Error {
    Error::new(format!("cannot read {path} from git"))
}

fn too_large(path: &str, limit: u64) -> Error {
    Error::new(format!("{path} is larger than {} MiB", limit / (1024 * 1024)))
}

fn open_error(start: &Path, refused: OpenError, from_git: Error) -> Error {
    match refused {
        OpenError::Owner(error) => {
            let repository =
                start.ancestors().find(|directory| directory.join(".git").exists()).unwrap_or(start);
            Error::new(format!("git does not trust {}: it belongs to another user", repository.display()))
                .help(format!("git config --global --add safe.directory {}", shell_word(repository)))
                .source(error.message())
        }
        OpenError::Other(error) => {
            let from_git = from_git.source.unwrap_or(from_git.what);
            Error::new("cannot open the git repository").source(format!("{}; {from_git}", error.message()))
        }
    }
}

fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+:@".contains(c));
    if plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// The blob that a text would make with LF, where it ends every line with CRLF.
fn with_lf(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut any = false;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line {
            [text @ .., b'\r', b'\n'] => {
                any = true;
                out.extend_from_slice(text);
                out.push(b'\n');
            }
            [.., b'\n'] => return None,
            last => out.extend_from_slice(last),
        }
    }
    any.then_some(out)
}

const REGULAR: u32 = 0o100_000;
const KIND: u32 = 0o170_000;

/// Whether a mode is a file's own, not a link's or a submodule's.
const fn is_regular(mode: u32) -> bool {
    mode & KIND == REGULAR
}
