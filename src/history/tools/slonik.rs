//! @slonik/migrator (npm): `2023-04-03T15-07.name.sql`, the way back under the same name in `down`. It runs every SQL file, by name.

use super::super::Wrap;
use super::super::engine::Named;
use super::super::tree::{File, Folder, Tree};
use super::{Alone, Found, Fresh, Order, Piece, Reach, Tool, needs_package, plain, whole};
use crate::schema::Dialect;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "slonik",
    title: "@slonik/migrator",
    down: plain::TOOL.down,
    records: true,
    unique_versions: false,
    gaps: true,
    switch: Some(
        "give the statement a migration of its own: a file with one statement runs outside a transaction",
    ),
    fresh: Some(Fresh { up: "", alone: Alone::OneStatement, block: None }),
    detects_concurrently: false,
    order: Order::Text,
    reach: Reach::WithDowns,
    engine: |_, _| Some(Named::Known(Dialect::Postgres)),
    // The file goes as one query.
    wraps: |_| Wrap::Implicit,
    recognises: |tree, folder| {
        (plain::TOOL.recognises)(tree, folder) && needs_package(tree, folder, "@slonik/migrator")
    },
    read,
};

fn read(tree: &Tree, folder: &Folder, file: &File) -> Vec<Found> {
    let mut found = (plain::TOOL.read)(tree, folder, file);
    for one in &mut found {
        if let (Found::Stray(_), Some(stem)) = (&*one, file.stem()) {
            *one = Found::Up(Piece { name: stem.to_owned(), span: whole(file), ..Piece::default() });
        }
    }
    found
}
