//! maragu.dev/migrate: any `name.up.sql` and `name.down.sql`, in name order: `0001.up.sql`, `1-accounts.up.sql`.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Wrap};
use super::golang_migrate::{self, down_path};
use super::{Downs, Found, Order, Piece, Reach, Tool, is_companion, split_digits, whole};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "maragu-migrate",
    title: "maragu.dev/migrate",
    down: Downs::Files { name: |up, _| down_path(up) },
    records: true,
    checksums: false,
    unique_versions: false,
    gaps: false,
    switch: None,
    detects_concurrently: false,
    batch: false,
    order: Order::Text,
    reach: Reach::Flat,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

/// Several pairs that golang-migrate, whose names look the same, would pass over. One may be a slip.
fn recognises(_: &Tree, folder: &Folder) -> bool {
    let ups = folder.sql().filter_map(|file| file.stem()?.strip_suffix(".up"));
    let (fitting, others): (Vec<&str>, Vec<&str>) = ups.partition(|name| golang_migrate::is_name(name));
    others.len() >= 3 && others.len() * 10 >= fitting.len() && others.iter().all(|name| fits(name))
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return if is_companion(file.name) { vec![Found::Companion] } else { Vec::new() };
    };
    let (name, forward) = match (stem.strip_suffix(".up"), stem.strip_suffix(".down")) {
        (Some(name), _) => (name, true),
        (None, Some(name)) => (name, false),
        (None, None) => {
            let is_meant = stem.starts_with(|c: char| c.is_ascii_digit());
            return vec![if is_meant { Found::Stray(Reason::WrongName) } else { Found::Companion }];
        }
    };
    if !fits(name) {
        return vec![Found::Stray(Reason::WrongName)];
    }
    let (version, rest) = split_digits(name);
    let piece = Piece {
        version: version.to_owned(),
        name: rest.trim_start_matches(['_', '-']).to_owned(),
        span: whole(file),
        ..Piece::default()
    };
    vec![if forward { Found::Up(piece) } else { Found::Down(piece) }]
}

fn fits(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}
