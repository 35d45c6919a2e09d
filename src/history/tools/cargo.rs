//! What the Cargo.toml around a folder says: which crates a Rust project uses, and with which features.

use super::super::engine::{Named, named};
use super::super::tree::{Folder, Tree};
use crate::text::Source;

/// Whether the package that the folder belongs to uses a crate. Where the nearest manifest is a workspace's,
/// any member may use it.
pub fn uses(tree: &Tree, folder: &Folder, krate: &str) -> bool {
    !manifests(tree, folder, krate).is_empty()
}

/// The database that the crate's features name, where they name one only.
pub fn engine(tree: &Tree, folder: &Folder, krate: &str) -> Option<Named> {
    let mut engines: Vec<Named> = Vec::new();
    for manifest in manifests(tree, folder, krate) {
        let text = manifest.text();
        let Some(at) = line_of(text, krate) else { continue };
        // A dependency may run over several lines; the next one begins at a line with an `=` outside brackets.
        let rest = &text[at..];
        let end = rest.find(']').unwrap_or_else(|| rest.find('\n').unwrap_or(rest.len()));
        let features = rest[..end].split(|c: char| !c.is_ascii_alphanumeric()).filter_map(named);
        for engine in features {
            if !engines.contains(&engine) {
                engines.push(engine);
            }
        }
    }
    (engines.len() == 1).then(|| engines[0])
}

fn manifests<'t>(tree: &'t Tree, folder: &'t Folder, krate: &str) -> Vec<&'t Source> {
    let Some((home, manifest)) =
        tree.upwards(folder.path).find_map(|above| Some((above, above.file("Cargo.toml")?)))
    else {
        return Vec::new();
    };
    if line_of(manifest.source.text(), krate).is_some() {
        return vec![manifest.source];
    }
    if !manifest.source.text().contains("[workspace") {
        return Vec::new();
    }
    tree.below(home.path)
        .filter_map(|below| below.file("Cargo.toml"))
        .map(|file| file.source)
        .filter(|source| line_of(source.text(), krate).is_some())
        .collect()
}

/// Where the line that asks for the crate begins: `sqlx = …`, `sqlx.workspace = …`, `[dependencies.sqlx]`.
fn line_of(text: &str, krate: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let name = trimmed.split(['=', '.', ' ']).next().unwrap_or("");
        let in_header = trimmed.starts_with('[')
            && trimmed.trim_end_matches(']').ends_with(&format!("dependencies.{krate}"));
        // `diesel` and `diesel_migrations` come together, and so do `refinery` and `refinery-core`.
        if name == krate
            || name.strip_prefix(krate).is_some_and(|rest| rest.starts_with(['-', '_']))
            || in_header
        {
            return Some(at);
        }
        at += line.len();
    }
    None
}
