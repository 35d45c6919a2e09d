//! node-pg-migrate: `1700000000000_name.sql` with `-- Up Migration` and `-- Down Migration` in one file.

use super::super::engine::Named;
use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, half_have_line, is_companion, sections,
    split_digits,
};
use crate::schema::Dialect;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "node-pg-migrate",
    title: "node-pg-migrate",
    down: Downs::Sections { marker: "-- Down Migration" },
    records: true,
    unique_versions: false,
    gaps: true,
    switch: Some("write the migration in JavaScript, with `pgm.noTransaction()`"),
    fresh: Some(Fresh { up: "", alone: Alone::Never, block: None }),
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine: |_, _| Some(Named::Known(Dialect::Postgres)),
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(_: &Tree, folder: &Folder) -> bool {
    half_have_line(folder, "igration", |line| marker(line) == Some(true))
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let (stem, is_sql) = match file.stem() {
        Some(stem) => (stem, true),
        None => (file.name.rsplit_once('.').map_or("", |(stem, _)| stem), false),
    };
    let (version, rest) = split_digits(stem);
    if !is_sql {
        let is_script = [".js", ".ts", ".mjs", ".cjs"].iter().any(|extension| file.name.ends_with(extension));
        return match is_script && !version.is_empty() {
            true => vec![Found::Unread { version: version.to_owned() }],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    }
    let sections = sections(file, marker);
    match (version.is_empty(), sections.iter().any(|section| section.forward)) {
        (true, _) => return vec![Found::Stray(Reason::WrongName)],
        (false, false) => return vec![Found::Stray(Reason::MissingUp)],
        (false, true) => {}
    }
    sections
        .iter()
        .map(|section| {
            let piece = Piece {
                version: version.to_owned(),
                name: rest.trim_start_matches(['_', '-']).to_owned(),
                span: section.body,
                ..Piece::default()
            };
            if section.forward { Found::Up(piece) } else { Found::Down(piece) }
        })
        .collect()
}

/// node-pg-migrate's own pattern: `^\s*--[\s-]*up\s+migration`, in any case.
fn marker(line: &str) -> Option<bool> {
    let rest = line.trim_start().strip_prefix("--")?;
    let mut words = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '-').split_whitespace();
    let (direction, migration) = (words.next()?, words.next()?);
    let is_marker =
        migration.get(.."migration".len()).is_some_and(|word| word.eq_ignore_ascii_case("migration"));
    match (is_marker, direction.to_ascii_lowercase().as_str()) {
        (true, "up") => Some(true),
        (true, "down") => Some(false),
        _ => None,
    }
}
