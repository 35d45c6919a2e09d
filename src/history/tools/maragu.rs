//! maragu.dev/migrate: any `name.up.sql` and `name.down.sql`, in name order: `0001.up.sql`, `1-accounts.up.sql`. The points
//! of its patterns stand for any character, so that it runs `0002_add_notes_up.sql` too.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Wrap};
use super::golang_migrate::{self, down_path};
use super::{Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, split_digits, whole};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "maragu-migrate",
    title: "maragu.dev/migrate",
    down: Downs::Files { name: |up, _| down_path(up) },
    records: true,
    unique_versions: false,
    gaps: false,
    switch: None,
    fresh: Some(Fresh { up: "", alone: Alone::Never, block: None }),
    detects_concurrently: false,
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
    let (name, forward) = match (before(stem, "up"), before(stem, "down")) {
        (Some(name), _) => (name, true),
        (None, Some(name)) => (name, false),
        (None, None) => {
            let is_meant = stem.starts_with(|c: char| c.is_ascii_digit());
            return vec![if is_meant { Found::Stray(Reason::WrongName) } else { Found::Companion }];
        }
    };
    let (version, rest) = split_digits(name);
    let piece = Piece {
        version: version.to_owned(),
        name: rest.trim_start_matches(['_', '-']).to_owned(),
        span: whole(file),
        ..Piece::default()
    };
    vec![if forward { Found::Up(piece) } else { Found::Down(piece) }]
}

/// What stands before the direction and the character that leads to it.
fn before<'a>(stem: &'a str, direction: &str) -> Option<&'a str> {
    let mut rest = stem.strip_suffix(direction)?.chars();
    rest.next_back()?;
    Some(rest.as_str()).filter(|name| fits(name))
}

fn fits(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}
