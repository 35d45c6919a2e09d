//! The listing of a project as folders with their files, so that a tool can look at what lies around.

use std::collections::BTreeMap;

use crate::text::{FileId, Source, Sources};

/// All folders of a listing by their path; the root is the empty path.
pub struct Tree<'a> {
    folders: BTreeMap<&'a str, Folder<'a>>,
    root: &'a str,
}

/// One folder.
#[derive(Debug)]
pub struct Folder<'a> {
    /// Relative to the project's root, with forward slashes; empty for the root itself.
    pub path: &'a str,
    /// The files that lie directly in it, by name.
    pub files: Vec<File<'a>>,
    /// The paths of the folders that lie directly in it, by name.
    pub folders: Vec<&'a str>,
}

/// One file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Relative to the project's root, with forward slashes.
    pub path: &'a str,
    /// The last part of the path.
    pub name: &'a str,
    /// Its name in the sources.
    pub id: FileId,
    /// Its text.
    pub source: &'a Source,
}

impl<'a> Tree<'a> {
    /// Sorts a listing into folders. Below `root`, the place that was asked for, other people's code and what a
    /// build left behind are passed over.
    pub fn new(listing: &'a [(String, FileId)], sources: &'a Sources, root: &'a str) -> Self {
        let mut tree = Self { folders: BTreeMap::new(), root };
        for (path, id) in listing {
            let path = path.strip_prefix("./").unwrap_or(path);
            if below(path, root).split('/').any(is_skipped) {
                continue;
            }
            let (parent, name) = split(path);
            tree.folder(parent).files.push(File { path, name, id: *id, source: sources.get(*id) });
        }
        for folder in tree.folders.values_mut() {
            folder.files.sort_by_key(|file| file.name);
            folder.files.dedup_by_key(|file| file.path);
            folder.folders.sort_unstable();
        }
        tree
    }

    fn folder(&mut self, path: &'a str) -> &mut Folder<'a> {
        if !self.folders.contains_key(path) {
            if !path.is_empty() {
                self.folder(split(path).0).folders.push(path);
            }
            self.folders.insert(path, Folder { path, files: Vec::new(), folders: Vec::new() });
        }
        self.folders.entry(path).or_insert_with(|| Folder { path, files: Vec::new(), folders: Vec::new() })
    }

    /// The path as seen from the place that was asked for: what stands above it says nothing about the folder.
    pub fn relative<'p>(&self, path: &'p str) -> &'p str {
        below(path, self.root)
    }

    /// Every folder, parents first.
    pub fn folders(&self) -> impl Iterator<Item = &Folder<'a>> {
        self.folders.values()
    }

    /// The folder at `path`.
    pub fn get(&self, path: &str) -> Option<&Folder<'a>> {
        self.folders.get(path)
    }

    /// The folders directly in `folder`.
    pub fn children<'t>(&'t self, folder: &'t Folder<'a>) -> impl Iterator<Item = &'t Folder<'a>> {
        folder.folders.iter().filter_map(|path| self.folders.get(path))
    }

    /// The folder itself, then the one that it lies in, up to the root.
    pub fn upwards<'t>(&'t self, path: &'t str) -> impl Iterator<Item = &'t Folder<'a>> {
        std::iter::successors(Some(path), |path| (!path.is_empty()).then(|| split(path).0))
            .filter_map(|path| self.folders.get(path))
    }

    /// Every folder at or below `path`, parents first.
    pub fn below<'t>(&'t self, path: &'t str) -> impl Iterator<Item = &'t Folder<'a>> {
        self.folders.values().filter(move |folder| is_at_or_below(folder.path, path))
    }
}

impl<'a> Folder<'a> {
    /// The last part of its path.
    pub fn name(&self) -> &'a str {
        split(self.path).1
    }

    /// The file of that name.
    pub fn file(&self, name: &str) -> Option<&File<'a>> {
        self.files.iter().find(|file| file.name == name)
    }

    /// The SQL files that lie directly in it.
    pub fn sql(&self) -> impl Iterator<Item = &File<'a>> {
        self.files.iter().filter(|file| file.is_sql())
    }
}

impl<'a> File<'a> {
    /// The name without `.sql`, where that is its extension.
    pub fn stem(&self) -> Option<&'a str> {
        stem(self.name)
    }

    /// Whether its extension is `.sql`.
    pub fn is_sql(&self) -> bool {
        self.stem().is_some()
    }

    /// The path of the folder that it lies in.
    pub fn folder(&self) -> &'a str {
        split(self.path).0
    }
}

/// The name without `.sql`. Hidden files have none.
pub fn stem(name: &str) -> Option<&str> {
    let at = name.len().checked_sub(4)?;
    let extension = name.get(at..)?;
    (at > 0 && extension.eq_ignore_ascii_case(".sql") && !name.starts_with('.')).then(|| &name[..at])
}

/// The folder and the name of a path.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether `path` is `folder` or lies somewhere in it.
pub fn is_at_or_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn below<'p>(path: &'p str, root: &str) -> &'p str {
    match path.strip_prefix(root) {
        Some(rest) if root.is_empty() || rest.is_empty() || rest.starts_with('/') => {
            rest.trim_start_matches('/')
        }
        Some(_) | None => path,
    }
}

/// Whether a folder of this name holds other people's code, or what a build left behind.
pub fn is_skipped(name: &str) -> bool {
    matches!(
        name,
        "vendor" | "node_modules" | ".git" | "target" | ".venv" | "venv" | "site-packages" | "__pycache__"
    )
}
