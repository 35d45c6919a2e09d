//! Reads the project's files, from the work tree or the index, into one `Sources`: every `.sql` file, and
//! what stands beside migrations and tells about them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::Metadata;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};
use rayon::prelude::*;

use super::config::Config;
use super::error::UserError;
use super::{normal, relative_to};
use crate::git::{Content, Entry, Repo, Tree, WorkFile};
use crate::text::{FileId, Source, Sources};

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// Where the files of the project are taken from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// As they stand in the directories: those that git tracks, and those that it does not ignore.
    WorkTree,
    /// As they are staged.
    Index,
}

/// Which project, and what of it.
pub struct Request<'a> {
    /// The project's root, absolute: see [`project_root`].
    pub root: &'a Path,
    /// The current directory, from which `paths` count.
    pub current: &'a Path,
    /// The repository around the root.
    pub repo: Option<&'a Repo>,
    /// Where files are taken from.
    pub state: State,
    /// The PATH arguments. What they name is read even when it is hidden, ignored, or outside the root.
    pub paths: &'a [PathBuf],
    /// What gander.toml names, relative to the root, files and directories: read like `paths`.
    pub named: &'a [String],
    /// `--stdin-filename`: these bytes stand in the place of that path, which counts from the current
    /// directory.
    pub instead: Option<(&'a Path, Vec<u8>)>,
}

/// What was read.
#[derive(Clone, Default, Debug)]
pub struct Files {
    /// The texts, sorted by path.
    pub sources: Sources,
    /// Each file by its path, relative to the project's root.
    pub files: BTreeMap<String, File>,
    /// What the PATH arguments name, in order; those that name nothing are among the problems.
    pub targets: Vec<Target>,
    /// What could not be read, sorted by path. The rest was read all the same.
    pub problems: Vec<UserError>,
}

/// A file that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct File {
    /// Its text.
    pub id: FileId,
    /// Its content as git would name it; `None` outside a repository.
    pub content: Option<Content>,
}

/// What a PATH argument names, relative to the project's root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A file.
    File(String),
    /// A directory; empty for the root itself.
    Directory(String),
}

/// The directory that the project's paths count from: where gander.toml stands, else the repository's root,
/// else the current directory. A configuration from somewhere else (`--config`) does not move it.
pub fn project_root(config: &Config, repo: Option<&Repo>, current: &Path) -> PathBuf {
    let configured = config.file.as_ref().and_then(|file| file.path.parent()).map(normal);
    let around = |directory: &PathBuf| {
        current.starts_with(directory) || repo.is_some_and(|repo| directory.starts_with(repo.root()))
    };
    match (configured.filter(around), repo) {
        (Some(directory), _) => directory,
        (None, Some(repo)) => repo.root().to_path_buf(),
        (None, None) => current.to_path_buf(),
    }
}

/// Reads the project.
///
/// # Errors
/// When the index is to be read and cannot be. A single file that cannot be read is among the problems.
pub fn read(request: &Request) -> Result<Files, UserError> {
    let place = Place::new(request.root, request.repo);
    let mut found = match request.state {
        State::WorkTree => find_in_work_tree(request, &place),
        State::Index => find_in_index(request, &place)?,
    };
    keep_companions_of_sql(&mut found.files);
    if let Some((path, bytes)) = &request.instead {
        let path = place.in_project(&request.current.join(path));
        found.targets.push(Target::File(path.clone()));
        found.files.insert(path, (Why::Named, Where::Given(bytes.clone())));
    }
    Ok(read_found(request, &place, found))
}

/// The files of a commit or of the index that belong to the project, with their contents. `named`: see
/// [`Request`].
///
/// # Errors
/// When the tree cannot be read.
pub fn contents_of(
    repo: &Repo,
    tree: Tree,
    root: &Path,
    named: &[String],
) -> Result<BTreeMap<String, Content>, UserError> {
    let place = Place::new(root, Some(repo));
    let wanted = Wanted { named };
    let inside = |entry: Entry| {
        let path = place.inside(&entry.path)?;
        wanted.why(&path).filter(|why| *why != Why::Code).map(|_| (path, Content::of(entry.id)))
    };
    Ok(repo.list(tree)?.entries.into_iter().filter_map(inside).collect())
}

/// Where the project lies on the disk and in the repository.
struct Place {
    root: PathBuf,
    /// The root with links resolved, to recognise paths that lead here another way.
    real_root: PathBuf,
    /// The root relative to the repository's; `None` outside one.
    in_repository: Option<PathBuf>,
}

impl Place {
    fn new(root: &Path, repo: Option<&Repo>) -> Self {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let real_root = real(root);
        let in_repository =
            repo.and_then(|repo| real_root.strip_prefix(real(repo.root())).map(Path::to_path_buf).ok());
        Self { root: normal(root), real_root, in_repository }
    }

    /// A path relative to the root: empty for the root itself, with `..` for what is outside.
    fn in_project(&self, absolute: &Path) -> String {
        let absolute = normal(absolute);
        let real = || absolute.canonicalize().ok().filter(|path| path.starts_with(&self.real_root));
        let path = match absolute.starts_with(&self.root) {
            true => relative_to(&absolute, &self.root),
            false => match real() {
                Some(real) => relative_to(&real, &self.real_root),
                None => relative_to(&absolute, &self.root),
            },
        };
        if path == "." { String::new() } else { path }
    }

    fn on_disk(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn in_repository(&self, path: &str) -> Option<String> {
        let path = normal(&self.in_repository.as_ref()?.join(path));
        if path.starts_with("..") || path.is_absolute() {
            return None;
        }
        Some(path.to_str()?.replace('\\', "/"))
    }

    /// A path of the repository, relative to the project's root.
    fn inside(&self, path: &str) -> Option<String> {
        let root = self.in_repository.as_ref()?;
        let from = if root.as_os_str().is_empty() { 0 } else { root.as_os_str().len() + 1 };
        if Path::new(path).starts_with(root) {
            return path.get(from..).map(str::to_owned);
        }
        Some(relative_to(&Path::new("/").join(path), &Path::new("/").join(root)))
    }
}

/// Which files are read, by their paths.
struct Wanted<'a> {
    /// Files, and directories whose files are looked at although the directory is hidden or outside.
    named: &'a [String],
}

/// Why a file is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Why {
    Sql,
    Companion,
    /// Code that may run migrations: only what is near some.
    Code,
    Named,
}

impl Why {
    /// The largest such file that is read, in bytes.
    const fn largest(self) -> u64 {
        match self {
            Self::Code => crate::history::tools::LARGEST_SOURCE,
            Self::Sql | Self::Companion | Self::Named => LARGEST,
        }
    }
}

impl Wanted<'_> {
    fn why(&self, path: &str) -> Option<Why> {
        if self.named.iter().any(|named| named == path) {
            return Some(Why::Named);
        }
        let below = |named: &&String| !named.is_empty() && rest_below(path, named).is_some_and(is_in_sight);
        if (!path.starts_with("../") && is_in_sight(path)) || self.named.iter().any(|named| below(&named)) {
            kind_of(path)
        } else {
            None
        }
    }
}

/// What of `path` follows `directory`.
fn rest_below<'p>(path: &'p str, directory: &str) -> Option<&'p str> {
    if directory.is_empty() { Some(path) } else { path.strip_prefix(directory)?.strip_prefix('/') }
}

/// Whether no directory on the way is hidden or a heap of other people's packages.
fn is_in_sight(path: &str) -> bool {
    let Some((directories, _)) = path.rsplit_once('/') else { return true };
    directories.split('/').all(|name| !is_passed_over(name) || name == "..")
}

fn is_passed_over(directory: &str) -> bool {
    directory.starts_with('.') || directory == "node_modules"
}

fn kind_of(path: &str) -> Option<Why> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".sql") && !lower.starts_with('.') {
        return Some(Why::Sql);
    }
    // What the histories are told by, and what the registries stand in.
    let companion = (!lower.starts_with('.') && crate::history::is_wanted(path))
        || matches!(lower.as_str(), "package.json" | "sqitch.plan" | ".env")
        || lower.starts_with(".env.");
    match companion {
        true => Some(Why::Companion),
        false => crate::history::tools::is_source(name).then_some(Why::Code),
    }
}

#[derive(Default)]
struct Found {
    files: BTreeMap<String, (Why, Where)>,
    targets: Vec<Target>,
    problems: Vec<(String, UserError)>,
}

/// Where the bytes of a file are.
enum Where {
    Disk(PathBuf),
    Blob(Entry),
    Given(Vec<u8>),
}

fn find_in_work_tree(request: &Request, place: &Place) -> Found {
    let mut found = Found::default();
    walk(&place.root, "", request, &mut found);
    if let Some(repo) = request.repo {
        match repo.tracked() {
            Ok((tracked, skipped)) => add_tracked(&tracked, skipped, request, place, &mut found),
            Err(error) => found.problems.push((String::new(), error.into())),
        }
    }
    for path in request.named {
        if let Some(Target::File(file)) = look_at(place.on_disk(path), path.clone(), request, &mut found) {
            found.files.entry(file).or_insert_with(|| (Why::Named, Where::Disk(place.on_disk(path)))).0 =
                Why::Named;
        }
    }
    for argument in request.paths {
        let absolute = request.current.join(argument);
        let path = place.in_project(&absolute);
        match look_at(absolute.clone(), path.clone(), request, &mut found) {
            Some(Target::File(file)) => {
                found.files.entry(file.clone()).or_insert((Why::Named, Where::Disk(absolute))).0 = Why::Named;
                found.targets.push(Target::File(file));
            }
            Some(Target::Directory(directory)) => found.targets.push(Target::Directory(directory)),
            None => found.problems.push((path, not_found(argument, &absolute))),
        }
    }
    found
}

fn not_found(argument: &Path, absolute: &Path) -> UserError {
    let name = argument.display();
    match std::fs::metadata(absolute) {
        Ok(_) => UserError::new(format!("{name} is neither a file nor a directory"))
            .help("give the text on standard input, with --stdin-filename"),
        Err(error) => UserError::new(format!("cannot find {name}")).source(error),
    }
}

/// What stands at a path; a directory is walked.
fn look_at(absolute: PathBuf, path: String, request: &Request, found: &mut Found) -> Option<Target> {
    let metadata = std::fs::metadata(&absolute).ok()?;
    if metadata.is_file() {
        return Some(Target::File(path));
    }
    if !metadata.is_dir() {
        return None;
    }
    if !path.is_empty() {
        // A link that is named is followed; those inside are not, so there are no loops.
        let directory = absolute.canonicalize().unwrap_or(absolute);
        walk(&directory, &path, request, found);
    }
    Some(Target::Directory(path))
}

/// Files that git tracks although it would ignore them, and those that a sparse checkout left out.
fn add_tracked(tracked: &[String], skipped: Vec<Entry>, request: &Request, place: &Place, found: &mut Found) {
    let wanted = Wanted { named: request.named };
    for path in tracked {
        let Some(path) = place.inside(path) else { continue };
        let Some(why) = wanted.why(&path) else { continue };
        let absolute = place.on_disk(&path);
        let is_file = || std::fs::symlink_metadata(&absolute).is_ok_and(|metadata| metadata.is_file());
        if !found.files.contains_key(&path) && is_file() {
            found.files.insert(path, (why, Where::Disk(absolute)));
        }
    }
    for entry in skipped {
        let Some(path) = place.inside(&entry.path) else { continue };
        if let Some(why) = wanted.why(&path)
            && !place.on_disk(&path).exists()
        {
            found.files.entry(path).or_insert((why, Where::Blob(entry)));
        }
    }
}

/// Adds the files below `directory`, whose paths begin with `at`.
fn walk(directory: &Path, at: &str, request: &Request, found: &mut Found) {
    let in_repository = request.repo.is_some();
    let mut builder = WalkBuilder::new(directory);
    builder
        .hidden(false)
        .ignore(false)
        .require_git(!in_repository)
        .follow_links(false)
        .filter_entry(move |entry| entry.depth() == 0 || is_walked(entry, in_repository));
    let seen = Mutex::new((Vec::new(), Vec::new()));
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    seen.0.push(entry.into_path());
                }
                Ok(_) => {}
                Err(error) => seen.1.push(error),
            }
            WalkState::Continue
        })
    });
    let (files, errors) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    for file in files {
        let below = file.strip_prefix(directory).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if let Some(why) = kind_of(&below) {
            let path = if at.is_empty() { below } else { format!("{at}/{below}") };
            found.files.entry(path).or_insert((why, Where::Disk(file)));
        }
    }
    for error in errors {
        let problem = UserError::new("cannot look into a directory").source(error);
        found.problems.push((at.to_owned(), problem));
    }
}

fn is_walked(entry: &DirEntry, in_repository: bool) -> bool {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    // What stands in a repository inside the repository is not this one's: git does not list it either.
    let is_repository = in_repository && entry.path().join(".git").exists();
    !is_repository && !is_passed_over(&entry.file_name().to_string_lossy())
}

fn find_in_index(request: &Request, place: &Place) -> Result<Found, UserError> {
    let mut found = Found::default();
    let Some(repo) = request.repo else {
        return Err(UserError::new("there is no index outside a git repository")
            .help("run gander inside one, or without --staged"));
    };
    let arguments: Vec<PathBuf> = request.paths.iter().map(|path| request.current.join(path)).collect();
    let asked: Vec<String> = arguments.iter().map(|path| place.in_project(path)).collect();
    let named: Vec<String> = request.named.iter().chain(&asked).cloned().collect();
    let wanted = Wanted { named: &named };
    let listing = repo.list(Tree::Index)?;
    for entry in listing.entries {
        if let Some(path) = place.inside(&entry.path)
            && let Some(why) = wanted.why(&path)
        {
            found.files.insert(path, (why, Where::Blob(entry)));
        }
    }
    for name in listing.unreadable_names {
        if let Some(path) = place.inside(&name)
            && wanted.why(&path).is_some()
        {
            let problem = UserError::new(format!("the name of {path} is not UTF-8")).help("rename it");
            found.problems.push((path, problem));
        }
    }
    for path in request.named {
        // An ignored file, as .env mostly is, has no other text than the one on the disk.
        let ignored =
            || place.in_repository(path).is_some_and(|path| repo.is_ignored(&path).unwrap_or(false));
        let on_disk = place.on_disk(path);
        if !found.files.contains_key(path) && on_disk.is_file() && ignored() {
            found.files.insert(path.clone(), (Why::Named, Where::Disk(on_disk)));
        }
    }
    for (path, absolute) in asked.into_iter().zip(arguments) {
        let staged_below = found.files.range(format!("{path}/")..).next();
        if found.files.contains_key(&path) {
            found.targets.push(Target::File(path));
        } else if staged_below.is_some_and(|(file, _)| rest_below(file, &path).is_some()) || absolute.is_dir()
        {
            found.targets.push(Target::Directory(path));
        } else if absolute.is_file() {
            let name = relative_to(&absolute, request.current);
            let problem = UserError::new(format!("{name} is not in the index"));
            found
                .problems
                .push((path, problem.help("`git add` it, or judge the work tree without --staged")));
        } else {
            let name = relative_to(&absolute, request.current);
            found
                .problems
                .push((path, UserError::new(format!("cannot find {name}, neither staged nor on the disk"))));
        }
    }
    Ok(found)
}

/// A README or a package.json tells about migrations only where some lie beside, below, or right above it.
fn keep_companions_of_sql(files: &mut BTreeMap<String, (Why, Where)>) {
    let parent = |path: &str| path.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
    let sql = files.iter().filter(|(_, (why, _))| *why == Why::Sql);
    let direct: BTreeSet<String> = sql.map(|(path, _)| parent(path)).collect();
    let mut around: HashSet<String> = HashSet::new();
    for directory in &direct {
        let mut directory = directory.clone();
        while around.insert(directory.clone()) && !directory.is_empty() {
            directory = parent(&directory);
        }
    }
    // Where a history looks for the code that runs it.
    let mut near: HashSet<String> = HashSet::new();
    for directory in &direct {
        let mut level = directory.clone();
        for _ in 0..crate::history::tools::LEVELS {
            near.insert(if level.is_empty() { "src".to_owned() } else { format!("{level}/src") });
            near.insert(level.clone());
            if level.is_empty() {
                break;
            }
            level = parent(&level);
        }
    }
    files.retain(|path, (why, _)| {
        let directory = parent(path);
        match why {
            Why::Sql | Why::Named => true,
            Why::Code => near.contains(&directory),
            Why::Companion => around.contains(&directory) || direct.contains(&parent(&directory)),
        }
    });
}

fn read_found(request: &Request, place: &Place, found: Found) -> Files {
    let mut problems = found.problems;
    let show = |path: &str| relative_to(&place.on_disk(path), request.current);
    let mut blobs: Vec<&Entry> = Vec::new();
    for (_, from) in found.files.values() {
        match from {
            Where::Blob(entry) => blobs.push(entry),
            Where::Disk(_) | Where::Given(_) => {}
        }
    }
    let mut blobs = request.repo.map(|repo| repo.read(&blobs, LARGEST)).unwrap_or_default().into_iter();
    let on_disk: Vec<_> = found
        .files
        .par_iter()
        .map(|(path, (why, from))| match from {
            Where::Disk(file) => Some(read_file(file, &show(path), why.largest())),
            Where::Blob(_) | Where::Given(_) => None,
        })
        .collect();
    let mut read: Vec<(String, Vec<u8>, Whence)> = Vec::with_capacity(found.files.len());
    for ((path, (why, from)), on_disk) in found.files.into_iter().zip(on_disk) {
        let bytes = match (from, on_disk) {
            (Where::Disk(_), Some(result)) => result.map(|(bytes, metadata)| (bytes, Whence::Disk(metadata))),
            (Where::Blob(entry), _) => match blobs.next() {
                Some(result) => {
                    result.map(|bytes| (bytes, Whence::Blob(Content::of(entry.id)))).map_err(UserError::from)
                }
                None => Err(UserError::new(format!("cannot read {}", show(&path)))),
            },
            (Where::Given(bytes), _) => Ok((bytes, Whence::Given)),
            (Where::Disk(_), None) => Err(UserError::new(format!("cannot read {}", show(&path)))),
        };
        match bytes.and_then(|(bytes, whence)| refuse_utf16(&bytes, &show(&path)).map(|()| (bytes, whence))) {
            Ok((bytes, _)) if bytes.len() as u64 > why.largest() => {}
            Ok((bytes, whence)) => read.push((path, bytes, whence)),
            // Nobody asked about it.
            Err(_) if why == Why::Code => {}
            Err(problem) => problems.push((path, problem)),
        }
    }
    let contents = contents_of_read(request, place, &read).unwrap_or_else(|problem| {
        problems.push((String::new(), problem));
        vec![None; read.len()]
    });
    let mut files = Files { targets: found.targets, ..Files::default() };
    for ((path, bytes, _), content) in read.into_iter().zip(contents) {
        let id = files.sources.add(Source::new(path.clone(), bytes));
        files.files.insert(path, File { id, content });
    }
    problems.sort_by(|(a, _), (b, _)| a.cmp(b));
    files.problems = problems.into_iter().map(|(_, problem)| problem).collect();
    files
}

/// What is known about bytes that were read.
enum Whence {
    Disk(Metadata),
    Blob(Content),
    Given,
}

fn contents_of_read(
    request: &Request,
    place: &Place,
    read: &[(String, Vec<u8>, Whence)],
) -> Result<Vec<Option<Content>>, UserError> {
    let Some(repo) = request.repo else { return Ok(vec![None; read.len()]) };
    let in_repository: Vec<Option<String>> = read
        .iter()
        .map(|(path, _, whence)| match whence {
            Whence::Disk(_) | Whence::Given => place.in_repository(path),
            Whence::Blob(_) => None,
        })
        .collect();
    let files: Vec<WorkFile> = read
        .iter()
        .zip(&in_repository)
        .filter_map(|((_, bytes, whence), path)| {
            let metadata = match whence {
                Whence::Disk(metadata) => Some(metadata),
                Whence::Blob(_) | Whence::Given => None,
            };
            path.as_ref().map(|path| WorkFile { path, bytes, metadata })
        })
        .collect();
    let mut identified = repo.identify(&files)?.into_iter();
    let content = |((_, _, whence), path): (&(String, Vec<u8>, Whence), &Option<String>)| match (whence, path)
    {
        (Whence::Blob(content), _) => Some(*content),
        (Whence::Disk(_) | Whence::Given, Some(_)) => identified.next(),
        (Whence::Disk(_) | Whence::Given, None) => None,
    };
    Ok(read.iter().zip(&in_repository).map(content).collect())
}

fn read_file(path: &Path, shown: &str, largest: u64) -> Result<(Vec<u8>, Metadata), UserError> {
    let refused = |error: std::io::Error| UserError::new(format!("cannot read {shown}")).source(error);
    let file = std::fs::File::open(path).map_err(refused)?;
    let metadata = file.metadata().map_err(refused)?;
    let too_large = || UserError::new(format!("{shown} is larger than {} MiB", largest / (1024 * 1024)));
    if metadata.len() > largest {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    // It may grow while it is read.
    file.take(largest + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > largest { Err(too_large()) } else { Ok((bytes, metadata)) }
}

fn refuse_utf16(bytes: &[u8], shown: &str) -> Result<(), UserError> {
    let marked = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let alternating = match bytes {
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] => a.is_ascii() && b.is_ascii() && *a != 0 && *b != 0,
        _ => false,
    };
    if !marked && !alternating {
        return Ok(());
    }
    Err(UserError::new(format!("{shown} is UTF-16"))
        .help(format!("save it as UTF-8: iconv -f UTF-16 -t UTF-8 {shown}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::{Environment, Via, scratch::Scratch};
    use crate::project::judged::{Narrowing, Selection, Trees};

    fn repo_at(root: &Path) -> Repo {
        Repo::open_with(root, Environment::default(), Via::Library).expect("it opens").expect("it is one")
    }

    /// What a test asks for; the root is the scratch directory's.
    #[derive(Clone, Copy, Default)]
    struct Ask<'a> {
        index: bool,
        current: &'a str,
        paths: &'a [&'a str],
        named: &'a [&'a str],
        instead: Option<(&'a str, &'a [u8])>,
    }

    fn read_with(scratch: &Scratch, ask: Ask) -> Files {
        let root = scratch.root();
        let repo = root.join(".git").exists().then(|| repo_at(&root));
        let paths: Vec<PathBuf> = ask.paths.iter().map(PathBuf::from).collect();
        let named: Vec<String> = ask.named.iter().copied().map(str::to_owned).collect();
        let request = Request {
            root: &root,
            current: &root.join(ask.current),
            repo: repo.as_ref(),
            state: if ask.index { State::Index } else { State::WorkTree },
            paths: &paths,
            named: &named,
            instead: ask.instead.map(|(path, bytes)| (Path::new(path), bytes.to_vec())),
        };
        read(&request).expect("it is read")
    }

    fn paths(files: &Files) -> Vec<&str> {
        files.files.keys().map(String::as_str).collect()
    }

    fn text<'f>(files: &'f Files, path: &str) -> &'f str {
        files.sources.get(files.files[path].id).text()
    }

    fn problems(files: &Files) -> Vec<&str> {
        files.problems.iter().map(|problem| problem.what.as_str()).collect()
    }

    #[test]
    fn tracked_files_and_those_not_ignored_are_the_work_tree() {
        let scratch = Scratch::new();
        scratch.write(".gitignore", "*.sql\n!new.sql\n/out/\n");
        scratch.write("m/1.sql", "tracked though ignored");
        scratch.write("m/gone.sql", "");
        scratch.git(&["add", "-f", "m/1.sql", "m/gone.sql"]);
        scratch.commit();
        std::fs::remove_file(scratch.root().join("m/gone.sql")).expect("removed");
        scratch.write("m/new.sql", "not ignored");
        scratch.write("m/scratch.sql", "ignored");
        scratch.write("out/2.SQL", "ignored");
        scratch.write("nested/.git/HEAD", "ref: refs/heads/main\n");
        scratch.write("nested/m/new.sql", "of another repository");
        let files = read_with(&scratch, Ask::default());
        assert_eq!(paths(&files), ["m/1.sql", "m/new.sql"]);
        assert_eq!(text(&files, "m/1.sql"), "tracked though ignored");
        assert!(problems(&files).is_empty());
        let named = ["m/scratch.sql", "out"];
        let files = read_with(&scratch, Ask { paths: &named, ..Ask::default() });
        assert_eq!(paths(&files), ["m/1.sql", "m/new.sql", "m/scratch.sql", "out/2.SQL"]);
        assert_eq!(files.targets, [Target::File("m/scratch.sql".into()), Target::Directory("out".into())]);
    }

    #[test]
    fn hidden_directories_are_passed_over_unless_named() {
        let scratch = Scratch::bare_directory();
        for path in
            ["m/1.sql", ".db/m/2.sql", ".db/.old/3.sql", "node_modules/p/4.sql", "m/.5.sql", "x/6.txt"]
        {
            scratch.write(path, "");
        }
        assert_eq!(paths(&read_with(&scratch, Ask::default())), ["m/1.sql"]);
        let named = [".db/m", "x/6.txt", "none.sql"];
        let files = read_with(&scratch, Ask { named: &named, ..Ask::default() });
        assert_eq!(paths(&files), [".db/m/2.sql", "m/1.sql", "x/6.txt"]);
        assert!(files.files["m/1.sql"].content.is_none(), "outside git nothing is hashed");
        let files = read_with(&scratch, Ask { paths: &[".db"], ..Ask::default() });
        assert_eq!(paths(&files), [".db/m/2.sql", "m/1.sql"]);
    }

    #[test]
    fn hidden_files_are_the_same_in_the_index() {
        let scratch = Scratch::new();
        for path in ["m/1.sql", ".db/m/2.sql", ".db/.old/3.sql", "node_modules/p/4.sql", ".env", "x/6.txt"] {
            scratch.write(path, "");
        }
        scratch.git(&["add", "-A"]);
        for named in [&[".db/m", "x/6.txt"][..], &[]] {
            let work_tree = read_with(&scratch, Ask { named, ..Ask::default() });
            let index = read_with(&scratch, Ask { named, index: true, ..Ask::default() });
            assert_eq!(paths(&work_tree), paths(&index));
            let named: Vec<String> = named.iter().copied().map(str::to_owned).collect();
            let contents = contents_of(&repo_at(&scratch.root()), Tree::Index, &scratch.root(), &named);
            let contents: Vec<String> = contents.expect("listed").into_keys().collect();
            assert_eq!(paths(&index), contents);
        }
    }

    #[test]
    fn companions_come_along_where_migrations_are_near() {
        let scratch = Scratch::bare_directory();
        for path in [
            "package.json",
            ".env",
            "README.md",
            "diesel.toml",
            "web/package.json",
            "web/README.md",
            "db/m/0000_a.sql",
            "db/m/meta/_journal.json",
            "db/m/readme.de.md",
            "db/m/V1__a.sql.conf",
            "db/m/V2__b.java",
            "db/m/003_c.slq",
            "db/atlas.sum",
            "db/notes.md",
        ] {
            scratch.write(path, "");
        }
        let wanted = [
            ".env",
            "README.md",
            "db/atlas.sum",
            "db/m/0000_a.sql",
            "db/m/003_c.slq",
            "db/m/V1__a.sql.conf",
            "db/m/V2__b.java",
            "db/m/meta/_journal.json",
            "db/m/readme.de.md",
            "diesel.toml",
            "package.json",
        ];
        assert_eq!(paths(&read_with(&scratch, Ask::default())), wanted);
    }

    #[test]
    fn code_comes_along_where_it_may_run_migrations() {
        let scratch = Scratch::new();
        for path in ["a/db/m/1.sql", "a/store.go", "a/src/lib.rs", "a/db/m/up.ts", "a/db/m/up.test.ts"] {
            scratch.write(path, "");
        }
        for path in ["main.go", "a/src/deep/lib.rs", "a/other/x.go", "a/db/m/meta/x.js", "src/x.rs"] {
            scratch.write(path, "");
        }
        // Of code that is none of ours to judge nothing is told.
        scratch.write("a/utf16.py", b"S\0E\0L\0");
        let large = std::fs::File::create(scratch.root().join("a/large.go")).expect("made");
        large.set_len(crate::history::tools::LARGEST_SOURCE + 1).expect("grown");
        scratch.git(&["add", "-A"]);
        for index in [false, true] {
            let files = read_with(&scratch, Ask { index, ..Ask::default() });
            assert_eq!(paths(&files), ["a/db/m/1.sql", "a/db/m/up.ts", "a/src/lib.rs", "a/store.go"]);
            assert_eq!(problems(&files), [""; 0]);
        }
        let contents = contents_of(&repo_at(&scratch.root()), Tree::Index, &scratch.root(), &[]);
        assert_eq!(contents.expect("read").keys().collect::<Vec<_>>(), ["a/db/m/1.sql"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_unless_named_and_never_for_ever() {
        use std::os::unix::fs::symlink;
        let scratch = Scratch::bare_directory();
        let root = scratch.root();
        scratch.write("real/1.sql", "one");
        symlink("real", root.join("linked")).expect("linked");
        symlink("..", root.join("real/up")).expect("linked");
        symlink("real/1.sql", root.join("2.sql")).expect("linked");
        assert_eq!(paths(&read_with(&scratch, Ask::default())), ["real/1.sql"]);
        let files = read_with(&scratch, Ask { paths: &["linked", "2.sql"], ..Ask::default() });
        assert_eq!(paths(&files), ["2.sql", "linked/1.sql", "real/1.sql"]);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_is_read() {
        let scratch = Scratch::new();
        scratch.write("m/1.sql", "fine");
        scratch.write("m/2.sql", b"\xff\xfeS\0E\0");
        scratch.write("m/3.sql", b"S\0E\0L\0");
        scratch.write("m/4.sql", b"caf\xe9 \0");
        scratch.write("sub/x", "");
        scratch.git(&["add", "-A"]);
        let large = std::fs::File::create(scratch.root().join("m/5.sql")).expect("made");
        large.set_len(LARGEST + 1).expect("grown");
        let ask = Ask { current: "sub", paths: &["../m", "none.sql"], ..Ask::default() };
        let files = read_with(&scratch, ask);
        assert_eq!(paths(&files), ["m/1.sql", "m/4.sql"]);
        let told = [
            "../m/2.sql is UTF-16",
            "../m/3.sql is UTF-16",
            "../m/5.sql is larger than 64 MiB",
            "cannot find none.sql",
        ];
        assert_eq!(problems(&files), told);
        assert_eq!(files.targets, [Target::Directory("m".into())]);
        let files = read_with(&scratch, Ask { index: true, ..ask });
        assert_eq!(paths(&files), ["m/1.sql", "m/4.sql"]);
        let missing = "cannot find none.sql, neither staged nor on the disk";
        assert_eq!(problems(&files), ["../m/2.sql is UTF-16", "../m/3.sql is UTF-16", missing]);
    }

    #[test]
    fn staged_texts_come_from_the_index_and_ignored_ones_that_are_named_from_the_disk() {
        let scratch = Scratch::new();
        scratch.write(".gitignore", ".env\n");
        scratch.write("backend/m/1.sql", "staged");
        scratch.write("frontend/9.sql", "elsewhere");
        scratch.git(&["add", "-A"]);
        scratch.write("backend/m/1.sql", "not staged");
        scratch.write("backend/m/2.sql", "not staged");
        scratch.write("backend/.env", "SCHEMA_VERSION=1");
        let root = scratch.root().join("backend");
        let repo = repo_at(&root);
        let named = [".env".to_owned(), "m/2.sql".to_owned()];
        let arguments = [PathBuf::from("m"), PathBuf::from("m/1.sql"), PathBuf::from("m/2.sql")];
        let mut request = Request {
            root: &root,
            current: &root,
            repo: Some(&repo),
            state: State::Index,
            paths: &arguments,
            named: &named,
            instead: None,
        };
        let files = read(&request).expect("read");
        assert_eq!(paths(&files), [".env", "m/1.sql"]);
        assert_eq!(text(&files, "m/1.sql"), "staged");
        assert_eq!(files.targets, [Target::Directory("m".into()), Target::File("m/1.sql".into())]);
        assert_eq!(problems(&files), ["m/2.sql is not in the index"]);
        let shared = [PathBuf::from("../frontend/9.sql")];
        request.paths = &shared;
        let files = read(&request).expect("read");
        assert_eq!(text(&files, "../frontend/9.sql"), "elsewhere");
        request.state = State::WorkTree;
        let files = read(&request).expect("read");
        assert_eq!(paths(&files), ["../frontend/9.sql", ".env", "m/1.sql", "m/2.sql"]);
        let blob = crate::git::ObjectId::of_blob(b"elsewhere").expect("hashed");
        assert_eq!(files.files["../frontend/9.sql"].content, Some(Content::of(blob)));
    }

    #[test]
    fn text_can_stand_in_the_place_of_a_file() {
        let scratch = Scratch::new();
        scratch.write("m/1.sql", "one");
        scratch.commit();
        for name in ["m/1.sql", "m/2.sql"] {
            let files = read_with(&scratch, Ask { instead: Some((name, b"given")), ..Ask::default() });
            assert_eq!(text(&files, name), "given");
            assert_eq!(files.targets, [Target::File(name.into())]);
            let blob = crate::git::ObjectId::of_blob(b"given").expect("hashed");
            assert_eq!(files.files[name].content, Some(Content::of(blob)));
        }
    }

    #[test]
    fn what_a_sparse_checkout_leaves_out_is_history_all_the_same() {
        let scratch = Scratch::new();
        scratch.write("in/1.sql", "one");
        scratch.write("out/2.sql", "two");
        scratch.commit();
        scratch.git(&["sparse-checkout", "set", "--cone", "in"]);
        let files = read_with(&scratch, Ask::default());
        assert_eq!(paths(&files), ["in/1.sql", "out/2.sql"]);
        assert_eq!(text(&files, "out/2.sql"), "two");
    }

    #[test]
    fn the_root_is_where_the_configuration_stands() {
        let scratch = Scratch::new();
        scratch.write("backend/gander.toml", "");
        let root = scratch.root();
        let repo = repo_at(&root);
        let config = |current: &Path, path: &str| {
            let choice = super::super::config::Choice::File(path.into());
            super::super::config::load(&choice, current, None).expect("read")
        };
        let backend = root.join("backend");
        assert_eq!(project_root(&Config::default(), Some(&repo), &backend), root);
        assert_eq!(project_root(&Config::default(), None, &backend), backend);
        assert_eq!(project_root(&config(&backend, "gander.toml"), Some(&repo), &backend.join("m")), backend);
        assert_eq!(project_root(&config(&root, "backend/gander.toml"), Some(&repo), &root), backend);
        let elsewhere = Scratch::bare_directory();
        elsewhere.write("gander.toml", "");
        let far = config(&elsewhere.root(), "gander.toml");
        assert_eq!(project_root(&far, Some(&repo), &backend), root);
    }

    /// For each path: applied, edited, judged.
    fn standings(scratch: &Scratch, state: State, base: Option<&str>, narrowing: Narrowing) -> Vec<String> {
        let files = read_with(scratch, Ask { index: state == State::Index, ..Ask::default() });
        let root = scratch.root();
        let repo = repo_at(&root);
        let trees = Trees::read(&files, Some(&repo), &root, base, narrowing, &[]).expect("trees");
        let selection = Selection::default();
        let mut out: Vec<String> = paths(&files)
            .into_iter()
            .map(|path| {
                let standing = trees.standing(path, None, &selection);
                let word = |is: bool, word: &'static str| if is { word } else { "" };
                let words = [
                    word(standing.applied, " applied"),
                    word(standing.edited, " edited"),
                    word(standing.judged, " judged"),
                ];
                format!("{path}{}", words.concat())
            })
            .collect();
        out.extend(trees.deleted(&selection).into_iter().map(|path| format!("{path} deleted")));
        out
    }

    #[test]
    fn a_branch_is_judged_against_the_branch_it_left() {
        let scratch = Scratch::new();
        for path in ["1.sql", "2.sql", "3.sql"] {
            scratch.write(path, "old;\n");
        }
        scratch.commit();
        scratch.git(&["switch", "-q", "-c", "work"]);
        scratch.write("2.sql", "edited;\n");
        scratch.git(&["rm", "-q", "3.sql"]);
        scratch.write("4.sql", "committed;\n");
        scratch.commit();
        scratch.git(&["switch", "-q", "main"]);
        scratch.write("1.sql", "edited on main;\n");
        scratch.write("9.sql", "new on main;\n");
        scratch.commit();
        scratch.git(&["switch", "-q", "work"]);
        scratch.write("5.sql", "staged;\n");
        scratch.git(&["add", "5.sql"]);
        scratch.write("6.sql", "not staged;\n");

        let state = State::WorkTree;
        let whole =
            ["1.sql applied", "2.sql applied edited judged", "4.sql judged", "5.sql judged", "6.sql judged"];
        let deleted = ["3.sql deleted"];
        let wanted = [&whole[..], &deleted].concat();
        assert_eq!(standings(&scratch, state, None, Narrowing::Nothing), wanted);
        assert_eq!(standings(&scratch, state, Some("main"), Narrowing::Since("main")), wanted);
        let staged = ["1.sql applied", "2.sql applied edited", "4.sql", "5.sql judged"];
        assert_eq!(standings(&scratch, State::Index, None, Narrowing::Staged), staged);
        let since = ["1.sql applied", "2.sql applied edited", "4.sql", "5.sql judged", "6.sql judged"];
        assert_eq!(standings(&scratch, state, None, Narrowing::Since("HEAD")), since);
    }

    #[test]
    fn on_the_base_branch_itself_what_is_not_committed_is_judged_or_what_came_since() {
        let scratch = Scratch::new();
        scratch.write("1.sql", "a");
        scratch.write("2.sql", "a");
        scratch.commit();
        scratch.write("2.sql", "edited");
        scratch.write("3.sql", "a");
        scratch.commit();
        scratch.write("4.sql", "a");
        let state = State::WorkTree;
        let plain = ["1.sql applied", "2.sql applied", "3.sql applied", "4.sql judged"];
        assert_eq!(standings(&scratch, state, None, Narrowing::Nothing), plain);
        let since = ["1.sql applied", "2.sql applied edited judged", "3.sql judged", "4.sql judged"];
        assert_eq!(standings(&scratch, state, None, Narrowing::Since("HEAD~1")), since);
    }

    #[test]
    fn before_the_first_commit_all_that_is_staged_is_judged() {
        let scratch = Scratch::new();
        scratch.write("1.sql", "a");
        scratch.git(&["add", "1.sql"]);
        assert_eq!(standings(&scratch, State::Index, None, Narrowing::Staged), ["1.sql judged"]);
    }

    #[test]
    fn line_endings_of_a_checkout_are_no_edit() {
        let scratch = Scratch::new();
        scratch.write("1.sql", "a;\nb;\n");
        scratch.write("2.sql", "a;\nb;\n");
        scratch.commit();
        scratch.write("1.sql", "a;\r\nb;\r\n");
        scratch.write("2.sql", "a;\r\nc;\r\n");
        let standings = standings(&scratch, State::WorkTree, None, Narrowing::Nothing);
        assert_eq!(standings, ["1.sql applied", "2.sql applied edited judged"]);
    }

    #[test]
    fn without_a_repository_git_flags_are_refused() {
        let root = Scratch::bare_directory().root();
        let files = Files::default();
        let trees = |narrowing| Trees::read(&files, None, &root, None, narrowing, &[]);
        assert!(trees(Narrowing::Nothing).is_ok());
        assert!(trees(Narrowing::Staged).is_err() && trees(Narrowing::Since("main")).is_err());
        let request = Request {
            root: &root,
            current: &root,
            repo: None,
            state: State::Index,
            paths: &[],
            named: &[],
            instead: None,
        };
        assert!(read(&request).is_err());
    }
}
