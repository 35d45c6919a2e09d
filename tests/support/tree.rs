//! The files of a page's case as gander sees them.

use std::path::PathBuf;

use gander::history::Migration;
use gander::project::config::{CommandLine, Config, parse};
use gander::project::files::{File, Files};
use gander::project::histories::{Planned, find};
use gander::text::{FileId, Source};

use super::pages::{Case, Fence};

/// The files of a case, and what its gander.toml and its `tool=` and `engine=` say.
pub struct Tree {
    /// Every file.
    pub files: Files,
    /// The settings.
    pub config: Config,
}

impl Tree {
    /// The tree of a case; `text` gives what stands in the file of a fence.
    pub fn of(case: &Case, text: impl Fn(usize, &Fence) -> String) -> Result<Self, String> {
        let mut files = Files::default();
        let mut toml = String::new();
        for (index, fence) in case.fences.iter().enumerate().filter(|(_, fence)| fence.kind.is_file()) {
            let text = text(index, fence);
            if fence.path == "gander.toml" {
                toml.clone_from(&text);
            }
            let id = files.sources.add(Source::new(&fence.path, text.into_bytes()));
            files.files.insert(fence.path.clone(), File { id, content: None });
        }
        if !toml.contains("[[history]]") {
            toml.push_str("\n[[history]]\npath = \"migrations\"\n");
        }
        let parsed = parse(PathBuf::from("gander.toml"), "gander.toml", toml.into_bytes());
        let mut config = parsed.map_err(|error| error.to_string())?;
        let tool = Some(case.tool.clone());
        config.apply(CommandLine { tool, engine: case.engine, ..CommandLine::default() });
        Ok(Self { files, config })
    }

    /// Its histories.
    pub fn histories(&self) -> Result<Vec<Planned>, String> {
        find(&self.files, &self.config).map_err(|error| error.to_string())
    }
}

/// The migration that a file holds the way up of, or the way down, or both.
pub fn migration_of(planned: &[Planned], file: FileId) -> Option<&Migration> {
    let mut all = planned.iter().flat_map(|planned| &planned.sequence.migrations);
    all.find(|migration| migration.up.file == file || migration.down.is_some_and(|down| down.file == file))
}

/// Whether gander takes any notice of a file.
pub fn is_seen(planned: &[Planned], file: FileId) -> bool {
    migration_of(planned, file).is_some()
        || planned.iter().map(|planned| &planned.sequence).any(|sequence| {
            sequence.orphan_downs.iter().any(|orphan| orphan.part.file == file)
                || sequence.strays.iter().any(|stray| stray.file == file)
                || sequence.unread.iter().any(|unread| unread.file == file)
                || sequence.companions.contains(&file)
        })
}
