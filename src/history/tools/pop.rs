//! pop: `20240101000000_name.up.sql`, or `….postgres.up.sql`, `….mysql.up.sql` where the databases differ.

use super::super::engine::{Named, named};
use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::golang_migrate::{down_path, parse};
use super::{Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, whole};
use crate::text::Span;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "pop",
    title: "pop",
    down: Downs::Files { name: |up, _| down_path(up) },
    records: true,
    // One for each database.
    unique_versions: false,
    gaps: true,
    // Ory's popx reads it.
    switch: Some("Ory's popx: name the file `….postgres.autocommit.up.sql`"),
    fresh: Some(Fresh { up: "", alone: Alone::Never, block: None }),
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(_: &Tree, folder: &Folder) -> bool {
    let names =
        folder.files.iter().filter_map(|file| parse(file.name)).filter(|name| name.forward && name.is_sql);
    names.filter(|name| database(name.name).is_some()).count() >= 2
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(name) = parse(file.name).filter(|name| name.is_sql) else {
        return match file.is_sql() {
            true if file.name.starts_with(|c: char| c.is_ascii_digit()) => {
                vec![Found::Stray(Reason::WrongName)]
            }
            true => vec![Found::Companion],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    // CockroachDB has a file of its own where it differs from PostgreSQL: the same step twice, in one language.
    if name.name.split('.').any(|word| word == "cockroach") {
        return vec![Found::Companion];
    }
    let autocommit = name.name.split('.').any(|word| word == "autocommit");
    let piece = Piece {
        version: name.version.to_owned(),
        name: name.name.to_owned(),
        span: whole(file),
        shared: database(name.name).is_none(),
        switched_off: autocommit.then(|| Switch { file: file.id, span: Span::at(file.source.start()) }),
        ..Piece::default()
    };
    vec![if name.forward { Found::Up(piece) } else { Found::Down(piece) }]
}

fn database(name: &str) -> Option<Named> {
    name.split('.').skip(1).find_map(named)
}
