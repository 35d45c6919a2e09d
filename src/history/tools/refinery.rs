//! refinery: `V1__name.sql` in a Rust project that uses it. There is no way back, and no way out of the transaction.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Wrap};
use super::{Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, cargo, flyway, is_companion, whole};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "refinery",
    title: "refinery",
    down: Downs::None,
    records: true,
    unique_versions: true,
    gaps: false,
    switch: None,
    fresh: Some(Fresh { up: "", alone: Alone::Never, block: None }),
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Deep,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises: |tree, folder| {
        (flyway::has_versions(folder) || flyway::is_location(tree, folder))
            && cargo::uses(tree, folder, "refinery")
    },
    read,
};

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    if let Some(name) = file.name.strip_suffix(".rs").and_then(flyway::parse) {
        return vec![Found::Unread { version: name.version.to_owned() }];
    }
    let Some(stem) = file.stem() else {
        return if is_companion(file.name) { vec![Found::Companion] } else { Vec::new() };
    };
    // U stands for unversioned here: it runs forward, at any time.
    match flyway::parse(stem).filter(|name| name.separated && matches!(name.kind, 'V' | 'U')) {
        Some(name) => vec![Found::Up(Piece {
            version: name.version.to_owned(),
            name: name.name.to_owned(),
            span: whole(file),
            ..Piece::default()
        })],
        None => vec![Found::Stray(Reason::WrongName)],
    }
}
