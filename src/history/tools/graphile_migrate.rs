//! graphile-migrate: `committed/000001.sql` with `--! Previous:` and `--! Hash:` at the top.

use super::super::engine::Named;
use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::{Downs, Found, Order, Piece, Reach, Tool, is_companion, lines, split_digits, whole};
use crate::schema::Dialect;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "graphile-migrate",
    title: "graphile-migrate",
    down: Downs::None,
    records: true,
    unique_versions: true,
    gaps: false,
    switch: Some("write `--! no-transaction` at the top, and put nothing else into the file"),
    // A file alone is not enough: it stands in a list, or under a checksum.
    fresh: None,
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine: |_, _| Some(Named::Known(Dialect::Postgres)),
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(_: &Tree, folder: &Folder) -> bool {
    folder.sql().any(|file| head(file).any(|(_, line)| line.starts_with("--! Previous:")))
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return if is_companion(file.name) { vec![Found::Companion] } else { Vec::new() };
    };
    let (version, rest) = split_digits(stem);
    if version.is_empty() {
        return vec![Found::Stray(Reason::WrongName)];
    }
    let switched_off = head(file)
        .find(|(_, line)| line.strip_prefix("--!").is_some_and(|rest| rest.trim() == "no-transaction"))
        .map(|(span, _)| Switch { file: file.id, span });
    vec![Found::Up(Piece {
        version: version.to_owned(),
        name: rest.trim_start_matches(['-', '_']).to_owned(),
        span: whole(file),
        switched_off,
        ..Piece::default()
    })]
}

/// The lines that a file begins with, as long as they are comments or empty.
fn head<'a>(file: &File<'a>) -> impl Iterator<Item = (crate::text::Span, &'a str)> {
    lines(file).take_while(|(_, line)| line.starts_with("--") || line.trim().is_empty())
}
