//! Opens the project: the repository around it, its settings, its files, its histories.

use std::path::{Path, PathBuf};

use super::config::{self, Choice, CommandLine, Config};
use super::error::UserError;
use super::files::{self, Files, Request, State};
use super::histories::{self, Planned};
use super::relative_to;
use crate::git::Repo;
use crate::text::Source;

/// A project, opened.
pub struct Project {
    /// The directory that its paths count from, absolute.
    pub root: PathBuf,
    /// The current directory, absolute.
    pub current: PathBuf,
    /// The repository around it.
    pub repo: Option<Repo>,
    /// Its settings.
    pub config: Config,
    /// Its files.
    pub files: Files,
}

/// How to open it.
pub struct Opening<'a> {
    /// Which configuration file to take.
    pub choice: Choice,
    /// What the command line says about settings.
    pub line: CommandLine,
    /// Where files are taken from.
    pub state: State,
    /// The PATH arguments.
    pub paths: &'a [PathBuf],
    /// `--stdin-filename`, with what standard input gave.
    pub instead: Option<(&'a Path, Vec<u8>)>,
}

/// Opens it.
///
/// # Errors
/// When the repository, the configuration or the index cannot be read.
pub fn open(opening: Opening<'_>) -> Result<Project, UserError> {
    let current = std::env::current_dir()
        .map_err(|error| UserError::new("cannot tell the current directory").source(error))?;
    let repo = Repo::open(&current)?;
    let mut config = config::load(&opening.choice, &current, repo.as_ref().map(Repo::root))?;
    config.apply(opening.line);
    let root = files::project_root(&config, repo.as_ref(), &current);
    let named: Vec<String> = config.paths().into_iter().map(|path| path.value).collect();
    let mut files = files::read(&Request {
        root: &root,
        current: &current,
        repo: repo.as_ref(),
        state: opening.state,
        paths: opening.paths,
        named: &named,
        instead: opening.instead,
    })?;
    // What is wrong with the settings is shown in their own text.
    if let Some(file) = &config.file {
        files.sources.add(Source::new(relative_to(&file.path, &root), file.source.bytes().to_vec()));
    }
    Ok(Project { root, current, repo, config, files })
}

impl Project {
    /// Its histories, by directory.
    ///
    /// # Errors
    /// When gander.toml names what is not there.
    pub fn histories(&self) -> Result<Vec<Planned>, UserError> {
        histories::find(&self.files, &self.config)
    }

    /// A path of the project as seen from the current directory.
    pub fn display(&self, path: &str) -> String {
        relative_to(&self.root.join(path), &self.current)
    }

    /// A path of the project as seen from the repository's root.
    pub fn in_repository(&self, path: &str) -> String {
        match &self.repo {
            Some(repo) => relative_to(&self.root.join(path), repo.root()),
            None => path.to_owned(),
        }
    }
}
