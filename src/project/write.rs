//! Writes a file so that nobody ever sees half of it: to a temporary file beside it, then renamed over it.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::UserError;

/// Replaces the content of a file, which must still be `before`. Its mode stays.
///
/// # Errors
/// When it was changed meanwhile, is read-only, or cannot be written; the old content stands then.
pub fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), UserError> {
    let cannot =
        |error: std::io::Error| UserError::new(format!("cannot write {}", path.display())).source(error);
    // A symbolic link stays one: what it points to is replaced.
    let path = fs::canonicalize(path).map_err(cannot)?;
    let stands = fs::read(&path).map_err(cannot)?;
    // A checkout may end its lines otherwise than the index does; what is written there does, too.
    let in_crlf = stands != before && stands == with_crlf(before);
    let after = if in_crlf { &with_crlf(after) } else { after };
    if stands != before && !in_crlf {
        return Err(UserError::new(format!("{} was not fixed: it is not what was judged", path.display()))
            .help("it has changes that are not staged, or somebody wrote it meanwhile; run gander again without --staged"));
    }
    let mode = fs::metadata(&path).map_err(cannot)?.permissions();
    // Renaming over it would work all the same, and nobody who protects a file wants that.
    if mode.readonly() {
        return Err(UserError::new(format!("{} was not fixed: it is read-only", path.display()))
            .help("make it writable"));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.gander-{}", std::process::id()));
    let written = fs::File::create_new(&beside)
        .and_then(|mut file| {
            file.write_all(after)?;
            file.sync_all()
        })
        .and_then(|()| fs::set_permissions(&beside, mode))
        .and_then(|()| fs::rename(&beside, &path));
    written.map_err(|error| {
        // What could not be written whole is taken away again; if even that fails, the first error says why.
        let _ = fs::remove_file(&beside);
        cannot(error)
    })
}

/// Makes a file that is not there yet, with its directory.
///
/// # Errors
/// When there is one already, or it cannot be written; nothing stands there then that did not before.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), UserError> {
    let cannot =
        |error: std::io::Error| UserError::new(format!("cannot write {}", path.display())).source(error);
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(cannot)?;
    }
    let mut file = fs::File::create_new(path).map_err(cannot)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        // What could not be written whole is taken away again; if even that fails, the first error says why.
        let _ = fs::remove_file(path);
        cannot(error)
    })
}

/// Every line that ends in LF ends in CRLF.
fn with_crlf(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 16);
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'\n' && (at == 0 || text[at - 1] != b'\r') {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_mode_stays_and_nothing_is_left_beside() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.sql");
        fs::write(&path, "old").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("mode set");
        replace(&path, b"old", b"new").expect("replaced");
        assert_eq!(fs::read(&path).expect("read"), b"new");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(directory.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_file_whose_lines_end_otherwise_keeps_them() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.sql");
        fs::write(&path, "one\r\ntwo\r\n").expect("written");
        replace(&path, b"one\ntwo\n", b"one\nnew\r\ntwo").expect("replaced");
        assert_eq!(fs::read(&path).expect("read"), b"one\r\nnew\r\ntwo");
        fs::write(&path, "one\r\ntwo\n").expect("written");
        assert!(replace(&path, b"one\ntwo\n", b"").is_err(), "nobody knows which lines are meant");
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.sql");
        fs::write(&path, "other").expect("written");
        assert!(replace(&path, b"old", b"new").is_err());
        assert_eq!(fs::read(&path).expect("read"), b"other");
    }
}
