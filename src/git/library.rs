//! Reading a repository through libgit2.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode, ObjectType, Oid, Repository, TreeWalkMode, TreeWalkResult};
use rayon::prelude::*;

use super::{
    Content, Entry, Environment, Error, Index, IndexEntry, Listing, ObjectId, Stat, WorkFile, is_regular,
    too_large, unreadable, with_lf,
};

/// An open repository.
pub(super) struct Library {
    repository: Repository,
}

/// Why a repository that is there could not be opened.
pub(super) enum OpenError {
    /// It belongs to somebody whom git was not told to trust.
    Owner(git2::Error),
    /// Anything else.
    Other(git2::Error),
}

const INTENT_TO_ADD: u16 = 1 << 13;
const SKIP_WORKTREE: u16 = 1 << 14;

impl Library {
    pub(super) fn open(
        start: &Path,
        environment: &Environment,
    ) -> Result<Option<(Self, PathBuf)>, OpenError> {
        let opened =
            if environment.git_dir { Repository::open_from_env() } else { Repository::discover(start) };
        let repository = match opened {
            Ok(repository) => repository,
            Err(error) if error.code() == ErrorCode::NotFound && !environment.git_dir => return Ok(None),
            Err(error) if error.code() == ErrorCode::Owner => return Err(OpenError::Owner(error)),
            Err(error) => return Err(OpenError::Other(error)),
        };
        // Git itself does not hash what it reads either.
        git2::opts::strict_hash_verification(false);
        let Some(root) = repository.workdir().map(Path::to_path_buf) else { return Ok(None) };
        // Without its trailing slash, so that it compares and prints like other paths.
        let root = root.components().collect();
        Ok(Some((Self { repository }, root)))
    }

    pub(super) fn head(&self) -> Result<Option<ObjectId>, git2::Error> {
        match self.repository.head() {
            Ok(head) => Ok(Some(id_of(head.peel_to_commit()?.id()))),
            Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn resolve(&self, rev: &str) -> Result<Option<ObjectId>, git2::Error> {
        let object = match self.repository.revparse_single(rev) {
            Ok(object) => object,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(id_of(object.peel_to_commit()?.id())))
    }

    /// The name of the reference that `name` points to, or its own.
    pub(super) fn target(&self, name: &str) -> Result<String, git2::Error> {
        let reference = self.repository.find_reference(name)?;
        Ok(reference.symbolic_target()?.unwrap_or(name).to_owned())
    }

    pub(super) fn common(&self, one: ObjectId, two: ObjectId) -> Result<Option<ObjectId>, git2::Error> {
        match self.repository.merge_base(oid_of(one)?, oid_of(two)?) {
            Ok(id) => Ok(Some(id_of(id))),
            Err(error) if error.code() == ErrorCode::NotFound && error.class() == ErrorClass::Merge => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn is_ignored(&self, path: &str) -> Result<bool, git2::Error> {
        self.repository.is_path_ignored(path)
    }

    pub(super) fn is_shallow(&self) -> bool {
        self.repository.is_shallow()
    }

    pub(super) fn index(&self, file: Option<&Path>) -> Result<Index, git2::Error> {
        let opened = match file {
            Some(file) => git2::Index::open(file)?,
            None => self.repository.index()?,
        };
        let path = file.or(opened.path()).map(Path::to_path_buf).unwrap_or_default();
        let metadata = std::fs::metadata(&path);
        let mut index = Index {
            missing: metadata.is_err().then_some(path),
            written: metadata.ok().as_ref().and_then(times).map(|(modified, _)| modified),
            ..Index::default()
        };
        for raw in opened.iter() {
            let stage = (raw.flags >> 12) & 3;
            let path = match String::from_utf8(raw.path) {
                Ok(path) => path,
                Err(error) => {
                    index.unreadable_names.push(String::from_utf8_lossy(error.as_bytes()).into_owned());
                    continue;
                }
            };
            if stage != 0 {
                index.conflicts.push(path);
                continue;
            }
            if !is_regular(raw.mode) {
                continue;
            }
            let size = raw.file_size;
            index.entries.push(IndexEntry {
                entry: Entry { path, id: id_of(raw.id), surely_small: size > 0 && size < 1024 * 1024 },
                intent_to_add: raw.flags_extended & INTENT_TO_ADD != 0,
                skipped: raw.flags_extended & SKIP_WORKTREE != 0,
                stat: Some(Stat {
                    modified: (i64::from(raw.mtime.seconds()), raw.mtime.nanoseconds()),
                    changed: (i64::from(raw.ctime.seconds()), raw.ctime.nanoseconds()),
                    size,
                }),
            });
        }
        Ok(index)
    }

    pub(super) fn list(&self, commit: ObjectId) -> Result<Listing, git2::Error> {
        let tree = self.repository.find_commit(oid_of(commit)?)?.tree()?;
        let mut listing = Listing::default();
        tree.walk(TreeWalkMode::PreOrder, |directory, entry| {
            if entry.kind() == Some(ObjectType::Blob) && is_regular(entry.filemode_raw().cast_unsigned()) {
                match std::str::from_utf8(entry.name_bytes()) {
                    Ok(name) => listing.entries.push(Entry {
                        path: format!("{directory}{name}"),
                        id: id_of(entry.id()),
                        surely_small: false,
                    }),
                    Err(_) => {
                        let name = String::from_utf8_lossy(entry.name_bytes());
                        listing.unreadable_names.push(format!("{directory}{name}"));
                    }
                }
            }
            TreeWalkResult::Ok
        })?;
        Ok(listing)
    }

    /// The bytes of each entry; `None` where the object is not in this clone.
    pub(super) fn read(
        &self,
        entries: &[&Entry],
        limit: u64,
        root: &Path,
    ) -> Vec<Result<Option<Vec<u8>>, Error>> {
        let from_work_tree: Vec<Option<Vec<u8>>> =
            entries.par_iter().map(|entry| file_with_bytes_of(entry, limit, root)).collect();
        let odb = self.repository.odb();
        let read = |(entry, bytes): (&&Entry, Option<Vec<u8>>)| match (bytes, &odb) {
            (Some(bytes), _) => Ok(Some(bytes)),
            (None, Ok(odb)) => read_blob(odb, entry, limit),
            (None, Err(error)) => Err(unreadable(&entry.path).source(error.message())),
        };
        entries.iter().zip(from_work_tree).map(read).collect()
    }
}

/// The bytes of the file that stands at the entry's path, if they are exactly the blob's. The hash proves it,
/// whatever filters or line endings are in force.
fn file_with_bytes_of(entry: &Entry, limit: u64, root: &Path) -> Option<Vec<u8>> {
    let path = root.join(&entry.path);
    let metadata = std::fs::symlink_metadata(&path).ok()?;
    if !metadata.is_file() || metadata.len() > limit {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(metadata.len()).ok()?];
    File::open(&path).ok()?.read_exact(&mut bytes).ok()?;
    (ObjectId::of_blob(&bytes)? == entry.id).then_some(bytes)
}

fn read_blob(odb: &git2::Odb, entry: &Entry, limit: u64) -> Result<Option<Vec<u8>>, Error> {
    let refused = |error: git2::Error| match error.code() {
        ErrorCode::NotFound => Ok(None),
        _ => Err(unreadable(&entry.path).source(error.message())),
    };
    let id = match oid_of(entry.id) {
        Ok(id) => id,
        Err(error) => return refused(error),
    };
    if !entry.surely_small {
        match odb.read_header(id) {
            Ok((size, _)) if size as u64 > limit => return Err(too_large(&entry.path, limit)),
            Ok(_) => {}
            Err(error) => return refused(error),
        }
    }
    match odb.read(id) {
        Ok(object) if object.len() as u64 > limit => Err(too_large(&entry.path, limit)),
        Ok(object) => Ok(Some(object.data().to_vec())),
        Err(error) => refused(error),
    }
}

/// What a file of the work tree holds: the index's blob where nothing about the file changed since git
/// looked.
pub(super) fn identify(
    file: &WorkFile,
    index: &HashMap<&str, &IndexEntry>,
    written: Option<(i64, u32)>,
) -> Result<Content, Error> {
    if let (Some(known), Some(metadata)) = (index.get(file.path), file.metadata)
        && !known.intent_to_add
        && known.stat.is_some_and(|stat| is_unchanged(stat, metadata, written))
    {
        return Ok(Content::of(known.entry.id));
    }
    let hash = |bytes: &[u8]| {
        ObjectId::of_blob(bytes).ok_or_else(|| Error::new(format!("cannot hash {}", file.path)))
    };
    Ok(Content { id: hash(file.bytes)?, with_lf: with_lf(file.bytes).map(|bytes| hash(&bytes)).transpose()? })
}

/// As strict as git at its strictest: the same size and times, and older than the index, since a file that
/// was written in the same instant may have changed after git looked.
fn is_unchanged(stat: Stat, metadata: &std::fs::Metadata, written: Option<(i64, u32)>) -> bool {
    let (Some((modified, changed)), Some(written)) = (times(metadata), written) else { return false };
    u64::from(stat.size) == metadata.len()
        && stat.modified == modified
        && stat.changed == changed
        && modified < written
        && changed < written
}

/// When a file's content and its inode last changed.
#[cfg(unix)]
fn times(metadata: &std::fs::Metadata) -> Option<((i64, u32), (i64, u32))> {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |value: i64| u32::try_from(value).ok();
    let modified = (metadata.mtime(), nanoseconds(metadata.mtime_nsec())?);
    Some((modified, (metadata.ctime(), nanoseconds(metadata.ctime_nsec())?)))
}

/// Elsewhere nothing is taken on trust: every file is hashed.
#[cfg(not(unix))]
fn times(_: &std::fs::Metadata) -> Option<((i64, u32), (i64, u32))> {
    None
}

fn id_of(id: Oid) -> ObjectId {
    ObjectId::from_bytes(id.as_bytes())
}

fn oid_of(id: ObjectId) -> Result<Oid, git2::Error> {
    Oid::from_bytes(id.as_bytes())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_as_young_as_the_index_may_have_changed_since() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "SELECT 1;").expect("written");
        let metadata = std::fs::metadata(file.path()).expect("there");
        let (modified, changed) = times(&metadata).expect("known on this system");
        let stat = Stat { modified, changed, size: 9 };
        let later = |time: (i64, u32)| (time.0 + 1, time.1);
        assert!(is_unchanged(stat, &metadata, Some(later(changed))));
        assert!(!is_unchanged(stat, &metadata, Some(changed)), "git looked in the same instant");
        assert!(!is_unchanged(stat, &metadata, None));
        assert!(!is_unchanged(Stat { size: 8, ..stat }, &metadata, Some(later(changed))));
        let earlier = (modified.0 - 1, modified.1);
        assert!(!is_unchanged(Stat { modified: earlier, ..stat }, &metadata, Some(later(changed))));
        assert!(!is_unchanged(Stat { changed: earlier, ..stat }, &metadata, Some(later(changed))));
    }
}
