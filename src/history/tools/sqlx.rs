//! sqlx: `20240101000000_name.sql`, or `….up.sql` with `….down.sql`, in a Rust project that uses it.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::golang_migrate::down_path;
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, cargo, is_companion, is_slip_of_extension, lines,
    number_and_name, whole,
};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "sqlx",
    title: "sqlx",
    down: Downs::Files { name: |up, _| down_path(up) },
    records: true,
    unique_versions: true,
    gaps: true,
    switch: Some("make `-- no-transaction` the first line of the file, and put nothing else into it"),
    fresh: Some(Fresh {
        up: "",
        alone: Alone::Lines { up: "-- no-transaction", down: "-- no-transaction" },
        block: None,
    }),
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine: |tree, folder| cargo::engine(tree, folder, "sqlx"),
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(tree: &Tree, folder: &Folder) -> bool {
    folder.sql().any(|file| file.stem().is_some_and(|stem| version_and_name(stem).is_some()))
        && cargo::uses(tree, folder, "sqlx")
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return match is_slip_of_extension(file.name) {
            true => vec![Found::Stray(Reason::UnknownExtension)],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    let Some((version, rest)) = version_and_name(stem) else {
        // sqlx passes over a name without `_`, and refuses to run at all where no number stands before it.
        let is_meant = stem.contains('_') || stem.starts_with(|c: char| c.is_ascii_digit());
        return vec![if is_meant { Found::Stray(Reason::WrongName) } else { Found::Companion }];
    };
    let (name, forward) = match (rest.strip_suffix(".up"), rest.strip_suffix(".down")) {
        (Some(name), _) => (name, true),
        (None, Some(name)) => (name, false),
        (None, None) => (rest, true),
    };
    // Only at the very beginning: not after a byte order mark, nor after another comment.
    let switched_off = file.source.text().starts_with("-- no-transaction");
    let first_line = lines(file).next().map(|(span, _)| span).filter(|_| switched_off);
    let piece = Piece {
        version: version.to_owned(),
        name: name.to_owned(),
        span: whole(file),
        switched_off: first_line.map(|span| Switch { file: file.id, span }),
        ..Piece::default()
    };
    vec![if forward { Found::Up(piece) } else { Found::Down(piece) }]
}

fn version_and_name(stem: &str) -> Option<(&str, &str)> {
    number_and_name(stem, &['_']).filter(|(version, rest)| stem.len() > version.len() && !rest.is_empty())
}
