//! `gander config`: the settings in force and where each came from, and what was recognised.

use std::fmt::Write;

use super::args::{Config as Arguments, Global};
use super::{Exit, in_work_tree, print};
use crate::project::UserError;

/// Prints them.
///
/// # Errors
/// When the project or its configuration cannot be read.
pub fn run(global: &Global, arguments: &Arguments) -> Result<Exit, UserError> {
    let project = in_work_tree(global, &arguments.target, &[])?;
    let mut text = String::new();
    let rows = project.config.settings();
    let key_width = rows.iter().map(|(key, ..)| key.chars().count()).max().unwrap_or(0);
    for (key, value, origin) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{key:key_width$} = {value}  # {origin}");
    }
    for one in project.histories()? {
        let sequence = &one.sequence;
        let place = if sequence.directory.is_empty() { "." } else { &sequence.directory };
        let _ = writeln!(
            text,
            "\n[[history]]  # {}",
            if project.config.histories.is_empty() { "found" } else { "configured" }
        );
        let _ = writeln!(text, "path = \"{place}\"");
        let _ = writeln!(text, "tool = \"{}\"", sequence.tool.name);
        let _ = writeln!(text, "engine = \"{}\"  # {}", sequence.engine, engine_from(sequence.engine_from));
        let canonical: Vec<String> = one
            .canonical
            .iter()
            .map(|file| format!("\"{}\"", project.files.sources.get(file.file).path))
            .collect();
        let _ = writeln!(text, "canonical = [{}]", canonical.join(", "));
        let _ = writeln!(text, "# {} migrations", sequence.migrations.len());
    }
    print(&text)?;
    Ok(Exit::Clean)
}

const fn engine_from(from: crate::history::EngineFrom) -> &'static str {
    use crate::history::EngineFrom as From;
    match from {
        From::Asked => "asked for",
        From::Comment => "said in the files",
        From::Registry => "said in the README's table",
        From::Directory => "the directory's name",
        From::Tool => "the tool's settings",
        From::Text => "what the files say",
        From::Project => "what the other histories are written for",
        From::Assumed => "assumed: nothing says otherwise",
    }
}
