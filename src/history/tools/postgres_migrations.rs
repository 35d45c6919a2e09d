//! postgres-migrations (npm): `1_name.sql` or `0001-name.js`, one number after the other.

use super::super::engine::Named;
use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, is_slip_of_extension, needs_package,
    plain, split_digits, whole,
};
use crate::schema::Dialect;
use crate::text::Span;

/// What it looks for anywhere in the text.
const SWITCH: &str = "-- postgres-migrations disable-transaction";

/// The tool.
pub const TOOL: Tool = Tool {
    name: "postgres-migrations",
    title: "postgres-migrations",
    down: Downs::None,
    records: true,
    unique_versions: true,
    gaps: false,
    switch: Some("put `-- postgres-migrations disable-transaction` into the file, and nothing else"),
    fresh: Some(Fresh { up: "", alone: Alone::Lines { up: SWITCH, down: "" }, block: None }),
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine: |_, _| Some(Named::Known(Dialect::Postgres)),
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(tree: &Tree, folder: &Folder) -> bool {
    (plain::TOOL.recognises)(tree, folder)
        && folder.sql().all(|file| file.name.starts_with(|c: char| c.is_ascii_digit()))
        && needs_package(tree, folder, "postgres-migrations")
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        let (version, _) = split_digits(file.name);
        return match !version.is_empty() && file.name.ends_with(".js") {
            true => vec![Found::Unread { version: version.to_owned() }],
            false if is_slip_of_extension(file.name) => vec![Found::Stray(Reason::UnknownExtension)],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    let (version, rest) = split_digits(stem);
    if version.is_empty() {
        return vec![Found::Stray(Reason::WrongName)];
    }
    let switched_off = file.source.text().find(SWITCH).map(|at| {
        let start = at as u32;
        Switch { file: file.id, span: Span::new(start, start + SWITCH.len() as u32) }
    });
    vec![Found::Up(Piece {
        version: version.to_owned(),
        name: rest.strip_prefix(['-', '_']).unwrap_or(rest).to_owned(),
        span: whole(file),
        switched_off,
        ..Piece::default()
    })]
}
