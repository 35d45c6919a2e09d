//! tern: `001_name.sql`, cut in two by `---- create above / drop below ----`.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, is_slip_of_extension, lines,
    number_and_name, whole,
};
use crate::text::Span;

const MARKER: &str = "---- create above / drop below ----";
const SWITCH: &str = "---- tern: disable-tx ----";

/// The tool.
pub const TOOL: Tool = Tool {
    name: "tern",
    title: "tern",
    down: Downs::Sections { marker: MARKER },
    records: true,
    unique_versions: true,
    gaps: false,
    switch: Some("put `---- tern: disable-tx ----` on a line of its own, and nothing else into the file"),
    fresh: Some(Fresh {
        up: "",
        alone: Alone::Lines { up: "---- tern: disable-tx ----", down: "---- create above / drop below ----" },
        block: None,
    }),
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(_: &Tree, folder: &Folder) -> bool {
    let has_line = |file: &File| lines(file).any(|(_, line)| line.trim() == MARKER || line.trim() == SWITCH);
    folder.file("tern.conf").is_some() && folder.sql().next().is_some()
        || folder.sql().any(|file| file.source.text().contains("---- ") && has_line(file))
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return match is_slip_of_extension(file.name) {
            true => vec![Found::Stray(Reason::UnknownExtension)],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    let Some((version, name)) = number_and_name(stem, &['_']).filter(|(_, name)| !name.is_empty()) else {
        return vec![if stem.starts_with(|c: char| c.is_ascii_digit()) {
            Found::Stray(Reason::WrongName)
        } else {
            Found::Companion
        }];
    };
    let piece = |span: Span| Piece {
        version: version.to_owned(),
        name: name.to_owned(),
        span,
        switched_off: lines(file)
            .find(|(at, line)| span.contains(*at) && *line == SWITCH)
            .map(|(span, _)| Switch { file: file.id, span }),
        ..Piece::default()
    };
    let all = whole(file);
    match lines(file).find(|(_, line)| line.contains(MARKER)) {
        Some((marker, _)) => {
            vec![
                Found::Up(piece(Span::new(all.start, marker.start))),
                Found::Down(piece(Span::new(marker.end, all.end))),
            ]
        }
        None => vec![Found::Up(piece(all))],
    }
}
