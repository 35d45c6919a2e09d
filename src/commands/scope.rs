//! What of a project a command is about: the flags of [`Scope`], and the PATHs.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::args::Scope;
use crate::project::files::State;
use crate::project::judged::{Narrowing, Selection, Trees};
use crate::project::{Project, UserError};

/// Which state of the files is read.
pub fn state(scope: &Scope) -> State {
    if scope.staged { State::Index } else { State::WorkTree }
}

/// The file that comes from standard input, with its bytes.
///
/// # Errors
/// When standard input cannot be read.
pub fn instead(scope: &Scope) -> Result<Option<(&Path, Vec<u8>)>, UserError> {
    let Some(path) = &scope.stdin_filename else { return Ok(None) };
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| UserError::new("cannot read standard input").source(error))?;
    Ok(Some((path, bytes)))
}

/// What stands on the base branch, and what changed since.
///
/// # Errors
/// When git cannot be read, or does not know a revision.
pub fn trees(project: &Project, scope: &Scope) -> Result<Trees, UserError> {
    let narrowing = match (&scope.since, scope.staged) {
        (Some(revision), _) => Narrowing::Since(revision),
        (None, true) => Narrowing::Staged,
        (None, false) => Narrowing::Nothing,
    };
    let named: Vec<String> = project.config.paths().into_iter().map(|path| path.value).collect();
    let base = project.config.base.value.as_deref();
    Trees::read(&project.files, project.repo.as_ref(), &project.root, base, narrowing, &named)
}

/// Which of the migrations are asked about.
pub fn wanted(project: &Project, scope: &Scope, paths: &[PathBuf]) -> Selection {
    Selection {
        all: scope.all,
        targets: project.files.targets.clone(),
        narrowed: !paths.is_empty(),
        start_after: project.config.start_after.value.clone(),
    }
}
