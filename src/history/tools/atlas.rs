//! Atlas: `20240101000000_name.sql` beside an `atlas.sum`.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::golang_migrate::down_path;
use super::{Downs, Found, Order, Piece, Reach, Tool, is_companion, is_slip_of_extension, lines, whole};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "atlas",
    title: "Atlas",
    down: Downs::Files { name: |up, _| down_path(up) },
    records: true,
    unique_versions: true,
    gaps: false,
    switch: Some(
        "make `-- atlas:txmode none` the first line, an empty line the second, and put nothing else into the file",
    ),
    // A file alone is not enough: it stands in a list, or under a checksum.
    fresh: None,
    detects_concurrently: false,
    order: Order::Text,
    reach: Reach::Flat,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises: |_, folder| folder.file("atlas.sum").is_some() && folder.sql().next().is_some(),
    read,
};

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return match is_slip_of_extension(file.name) {
            true => vec![Found::Stray(Reason::UnknownExtension)],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    // Every SQL file is run: the version is what stands before the first `_`.
    let (stem, forward) = match stem.strip_suffix(".down") {
        Some(stem) => (stem, false),
        None => (stem, true),
    };
    let (version, name) = stem.split_once('_').unwrap_or((stem, ""));
    let switched_off = head(file)
        .find(|(_, line)| line.split_once("atlas:txmode").is_some_and(|(_, mode)| mode.trim() == "none"))
        .map(|(span, _)| Switch { file: file.id, span });
    let piece = Piece {
        version: version.to_owned(),
        name: name.to_owned(),
        span: whole(file),
        switched_off,
        ..Piece::default()
    };
    vec![if forward { Found::Up(piece) } else { Found::Down(piece) }]
}

/// The comments that a file begins with.
fn head<'a>(file: &File<'a>) -> impl Iterator<Item = (crate::text::Span, &'a str)> {
    lines(file).take_while(|(_, line)| line.starts_with("--") || line.starts_with('#'))
}
