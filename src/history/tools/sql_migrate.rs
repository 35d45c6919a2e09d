//! sql-migrate: any `.sql` file with `-- +migrate Up` and `-- +migrate Down` in it.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, lines, sections, split_digits,
};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "sql-migrate",
    title: "sql-migrate",
    down: Downs::Sections { marker: "-- +migrate Down" },
    records: true,
    unique_versions: false,
    gaps: true,
    switch: Some("write `-- +migrate Up notransaction`, and put nothing else into the file"),
    fresh: Some(Fresh {
        up: "-- +migrate Up",
        alone: Alone::Lines { up: "-- +migrate Up notransaction", down: "-- +migrate Down notransaction" },
        block: Some(("-- +migrate StatementBegin", "-- +migrate StatementEnd")),
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
    folder.sql().any(|file| {
        let has_line = || lines(file).any(|(_, line)| marker(line).is_some_and(|(forward, _)| forward));
        file.source.text().contains("+migrate") && has_line()
    })
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return if is_companion(file.name) { vec![Found::Companion] } else { Vec::new() };
    };
    let sections = sections(file, |line| marker(line).map(|(forward, _)| forward));
    if !sections.iter().any(|section| section.forward) {
        return vec![Found::Stray(Reason::MissingUp)];
    }
    let (version, rest) = split_digits(stem);
    sections
        .iter()
        .map(|section| {
            let off = marker(file.source.slice(section.marker)).is_some_and(|(_, off)| off);
            let piece = Piece {
                version: version.to_owned(),
                name: rest.trim_start_matches(['_', '-', '.']).to_owned(),
                span: section.body,
                switched_off: off.then_some(Switch { file: file.id, span: section.marker }),
                ..Piece::default()
            };
            if section.forward { Found::Up(piece) } else { Found::Down(piece) }
        })
        .collect()
}

/// Which way the line leads, and whether it switches the transaction off.
fn marker(line: &str) -> Option<(bool, bool)> {
    let mut words = line.trim_end().strip_prefix("-- +migrate ")?.split_whitespace();
    let direction = words.next()?;
    let forward = direction.eq_ignore_ascii_case("up");
    (forward || direction.eq_ignore_ascii_case("down"))
        .then(|| (forward, words.any(|word| word == "notransaction")))
}
