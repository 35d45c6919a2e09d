//! Diesel: a folder `2024-01-01-000000_name` for each migration, with `up.sql`, `down.sql` and perhaps a `metadata.toml`.

use super::super::engine::Named;
use super::super::tree::{File, Folder, Tree, split};
use super::super::{Reason, Switch, Wrap};
use super::{Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, cargo, is_companion, lines, whole};
use crate::schema::Dialect;
use crate::text::Span;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "diesel",
    title: "Diesel",
    down: Downs::Files { name: |up, _| down_path(up) },
    records: true,
    unique_versions: true,
    gaps: true,
    switch: Some(
        "put a `metadata.toml` with `run_in_transaction = false` beside it, and nothing else into the file",
    ),
    fresh: Some(Fresh {
        up: "",
        alone: Alone::Beside {
            path: |up| split(up).0.to_owned() + "/metadata.toml",
            text: "run_in_transaction = false\n",
        },
        block: None,
    }),
    detects_concurrently: false,
    order: Order::Text,
    reach: Reach::FolderEach,
    engine: |tree, folder| cargo::engine(tree, folder, "diesel"),
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

/// Hasura: the same folders, told by the settings above them.
pub const HASURA: Tool = Tool {
    name: "hasura",
    title: "Hasura",
    switch: None,
    fresh: Some(Fresh { up: "", alone: Alone::Never, block: None }),
    engine: |_, _| Some(Named::Known(Dialect::Postgres)),
    recognises: |tree, folder| {
        let settings = tree.upwards(folder.path).find_map(|above| above.file("config.yaml"));
        recognises(tree, folder)
            && settings.is_some_and(|file| file.source.text().contains("metadata_directory"))
    },
    ..TOOL
};

fn recognises(tree: &Tree, folder: &Folder) -> bool {
    tree.children(folder).any(|child| child.file("up.sql").is_some() && starts_with_digit(child.name()))
}

fn read(tree: &Tree, folder: &Folder, file: &File) -> Vec<Found> {
    if file.folder() == folder.path {
        return match file.is_sql() {
            // Named like a migration's folder, and never run.
            true if starts_with_digit(file.name) => vec![Found::Stray(Reason::WrongName)],
            false if !is_companion(file.name) => Vec::new(),
            true | false => vec![Found::Companion],
        };
    }
    let (version, name) = version_and_name(file.folder());
    let forward = match file.name {
        "up.sql" => true,
        "down.sql" => false,
        "up.rs" => return vec![Found::Unread { version }],
        // Diesel refuses to run while a folder without an up.sql lies there.
        _ if file.is_sql() && tree.get(file.folder()).is_some_and(|own| own.file("up.sql").is_none()) => {
            return vec![Found::Stray(Reason::WrongName)];
        }
        _ => return vec![Found::Companion],
    };
    let piece = Piece {
        version,
        name,
        span: whole(file),
        switched_off: tree.get(file.folder()).and_then(switch),
        ..Piece::default()
    };
    vec![if forward { Found::Up(piece) } else { Found::Down(piece) }]
}

/// A metadata.toml that does not say `run_in_transaction = true` switches the transaction off, even an empty one.
fn switch(folder: &Folder) -> Option<Switch> {
    let file = folder.file("metadata.toml")?;
    let setting = lines(file).find_map(|(span, line)| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "run_in_transaction").then(|| (span, value.split('#').next().unwrap_or("").trim()))
    });
    match setting {
        Some((_, "true")) => None,
        Some((span, _)) => Some(Switch { file: file.id, span }),
        None => Some(Switch { file: file.id, span: Span::at(file.source.start()) }),
    }
}

/// The folder's name up to the first `_`, without `-`: that is what Diesel records.
fn version_and_name(folder: &str) -> (String, String) {
    let (_, folder) = split(folder);
    let (version, name) = folder.split_once('_').unwrap_or((folder, ""));
    (version.replace('-', ""), name.to_owned())
}

fn starts_with_digit(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit())
}

fn down_path(up: &str) -> String {
    let (folder, _) = split(up);
    format!("{folder}/down.sql")
}
