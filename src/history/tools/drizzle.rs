//! drizzle: `0000_name.sql` on the list in `meta/_journal.json`, or a folder with `migration.sql` and `snapshot.json`.

use serde_json::Value;

use super::super::engine::{Named, named};
use super::super::tree::{File, Folder, Tree, split};
use super::super::{Reason, Wrap};
use super::{Downs, Found, Order, Piece, Reach, Tool, is_companion, split_digits, whole};

/// The tool, with a journal.
pub const TOOL: Tool = Tool {
    name: "drizzle",
    title: "drizzle",
    down: Downs::None,
    records: true,
    unique_versions: false,
    gaps: true,
    // Every pending file runs in one transaction, and no file can leave it.
    switch: None,
    // A file alone is not enough: it stands in a list, or under a checksum.
    fresh: None,
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine,
    wraps: |_| Wrap::Tool,
    recognises: |tree, folder| journal(tree, folder).is_some(),
    read,
};

/// The tool, with a folder for each migration.
pub const FOLDERS: Tool = Tool {
    reach: Reach::FolderEach,
    order: Order::Text,
    recognises: has_snapshots,
    read: read_folder,
    ..TOOL
};

fn read(tree: &Tree, folder: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return if is_companion(file.name) { vec![Found::Companion] } else { Vec::new() };
    };
    let (version, rest) = split_digits(stem);
    let rank = rank(tree, folder, stem);
    // Where somebody says that it is drizzle's and there is no journal, the numbers say the order.
    let unjournalled = journal(tree, folder).is_none() && !version.is_empty();
    if rank.is_some() || unjournalled {
        return vec![Found::Up(Piece {
            version: version.to_owned(),
            name: rest.trim_start_matches('_').to_owned(),
            span: whole(file),
            rank,
            ..Piece::default()
        })];
    }
    if version.is_empty() { vec![Found::Companion] } else { vec![Found::Stray(Reason::Unlisted)] }
}

fn journal<'t>(tree: &'t Tree, folder: &'t Folder) -> Option<&'t File<'t>> {
    let meta = tree.children(folder).find(|child| child.name() == "meta")?;
    meta.file("_journal.json")
}

fn journal_value(tree: &Tree, folder: &Folder) -> Option<Value> {
    let text = journal(tree, folder)?.source.text();
    serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()
}

/// Where a file stands on the list. The order there is the order in which they run.
fn rank(tree: &Tree, folder: &Folder, stem: &str) -> Option<usize> {
    journal(tree, folder)?.source.text().find(&format!("\"{stem}\""))
}

fn has_snapshots(tree: &Tree, folder: &Folder) -> bool {
    tree.children(folder)
        .any(|child| child.file("migration.sql").is_some() && child.file("snapshot.json").is_some())
}

fn read_folder(_: &Tree, folder: &Folder, file: &File) -> Vec<Found> {
    if file.folder() == folder.path || file.name != "migration.sql" {
        return vec![Found::Companion];
    }
    let (_, name) = split(file.folder());
    let (version, rest) = split_digits(name);
    vec![Found::Up(Piece {
        version: version.to_owned(),
        name: rest.trim_start_matches('_').to_owned(),
        span: whole(file),
        ..Piece::default()
    })]
}

/// The journal or a snapshot says it, and else drizzle.config.
fn engine(tree: &Tree, folder: &Folder) -> Option<Named> {
    let said = journal_value(tree, folder).and_then(|journal| named(journal.get("dialect")?.as_str()?));
    let in_snapshot = || {
        tree.children(folder).filter_map(|child| child.file("snapshot.json")).find_map(|file| {
            // The dialect stands near the top; the rest may be megabytes.
            let (_, after) = file.source.text().split_once("\"dialect\"")?;
            named(after.split('"').nth(1)?)
        })
    };
    let in_config = || {
        tree.upwards(folder.path)
            .flat_map(|above| &above.files)
            .filter(|file| file.name.starts_with("drizzle.config."))
            .find_map(|file| {
                let (_, after) = file.source.text().split_once("dialect:")?;
                named(after.split(['"', '\'', '`']).nth(1)?)
            })
    };
    said.or_else(in_snapshot).or_else(in_config)
}
