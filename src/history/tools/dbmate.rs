//! dbmate: `20240101000000_name.sql` with `-- migrate:up` and `-- migrate:down` in one file.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, half_have_line, is_companion,
    is_slip_of_extension, sections, split_digits,
};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "dbmate",
    title: "dbmate",
    down: Downs::Sections { marker: "-- migrate:down" },
    records: true,
    unique_versions: true,
    gaps: true,
    switch: Some("write `-- migrate:up transaction:false`, and put nothing else into the file"),
    fresh: Some(Fresh {
        up: "-- migrate:up",
        alone: Alone::Lines {
            up: "-- migrate:up transaction:false",
            down: "-- migrate:down transaction:false",
        },
        block: None,
    }),
    detects_concurrently: false,
    order: Order::Text,
    reach: Reach::Flat,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(_: &Tree, folder: &Folder) -> bool {
    half_have_line(folder, "migrate:", |line| marker(line).is_some_and(|(forward, _)| forward))
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return match is_slip_of_extension(file.name) {
            true => vec![Found::Stray(Reason::UnknownExtension)],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    let sections = sections(file, |line| marker(line).map(|(forward, _)| forward));
    // Whatever begins with a digit is run, with or without a name.
    let (version, rest) = split_digits(stem);
    match (version.is_empty(), sections.iter().any(|section| section.forward)) {
        (true, false) => return vec![Found::Companion],
        (true, true) => return vec![Found::Stray(Reason::WrongName)],
        (false, false) => return vec![Found::Stray(Reason::MissingUp)],
        (false, true) => {}
    }
    sections
        .iter()
        .map(|section| {
            let off =
                marker(file.source.slice(section.marker)).is_some_and(|(_, options)| switches_off(options));
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

/// Which way a `-- migrate:up` line leads, and the options after it. dbmate wants it at the beginning of the line.
fn marker(line: &str) -> Option<(bool, &str)> {
    let rest = line.strip_prefix("--")?.trim_start().strip_prefix("migrate:")?;
    let (forward, options) = match rest.strip_prefix("up") {
        Some(options) => (true, options),
        None => (false, rest.strip_prefix("down")?),
    };
    (options.is_empty() || options.starts_with(char::is_whitespace)).then_some((forward, options))
}

fn switches_off(options: &str) -> bool {
    options.split_whitespace().any(|option| option == "transaction:false")
}
