//! The project: its settings, its files, and which of its migrations are history and which are judged.

pub mod canonical;
pub mod config;
pub mod error;
pub mod files;
pub mod histories;
pub mod judged;
pub mod open;
pub mod schemas;
pub mod selection;
pub mod write;

use std::path::{Component, Path, PathBuf};

pub use error::UserError;
pub use open::{Opening, Project, open};

/// `path` as seen from the directory `base`, with forward slashes: `sql/a.sql`, `../a.sql`, `.` for `base`
/// itself. Both are absolute; `.` and `..` in them are taken literally away.
pub fn relative_to(path: &Path, base: &Path) -> String {
    let (path, base) = (normal(path), normal(base));
    let shared = path.components().zip(base.components()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return path.to_string_lossy().replace('\\', "/");
    }
    let up = base.components().skip(shared).map(|_| "..".into());
    let down = path.components().skip(shared).map(|part| part.as_os_str().to_string_lossy());
    let parts: Vec<_> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// Takes `.` and `..` out of a path without asking the file system.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => drop(out.pop()),
                Some(Component::RootDir | Component::Prefix(_)) => {}
                Some(Component::ParentDir | Component::CurDir) | None => out.push(".."),
            },
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_current_directory() {
        let see = |path: &str, base: &str| relative_to(Path::new(path), Path::new(base));
        assert_eq!(see("/a/b/c.sql", "/a"), "b/c.sql");
        assert_eq!(see("/a/c.sql", "/a/b/d"), "../../c.sql");
        assert_eq!(see("/a/./b/../c.sql", "/a/b"), "../c.sql");
        assert_eq!(see("/a", "/a"), ".");
    }
}
