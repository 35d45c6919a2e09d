//! golang-migrate: `001_name.up.sql` and `001_name.down.sql`.

use super::super::tree::{File, Folder, Tree, split};
use super::super::{Reason, Wrap};
use super::{Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, number_and_name, whole};
use crate::schema::Dialect;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "golang-migrate",
    title: "golang-migrate",
    down: Downs::Files { name: |up, _| down_path(up) },
    records: true,
    unique_versions: true,
    gaps: true,
    switch: Some(
        "give the statement a migration of its own: a file with one statement runs outside a transaction",
    ),
    fresh: Some(Fresh { up: "", alone: Alone::OneStatement, block: None }),
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine: |_, _| None,
    wraps,
    recognises,
    read,
};

/// Names like golang-migrate's, but there are migrations in Go beside: golang-migrate runs none. Who does is not known.
pub const APPLICATION: Tool = Tool {
    name: super::APPLICATION.name,
    title: super::APPLICATION.title,
    records: false,
    switch: None,
    fresh: super::APPLICATION.fresh,
    wraps: super::APPLICATION.wraps,
    recognises: |tree, folder| {
        let in_go = |file: &File| file.name.ends_with(".up.go") && parse(file.name).is_some();
        recognises(tree, folder) && folder.files.iter().any(in_go)
    },
    ..TOOL
};

// On PostgreSQL the file goes as one query; the SQLite driver opens a transaction; the MySQL driver sends
// several statements, each of which commits by itself.
fn wraps(dialect: Dialect) -> Wrap {
    match dialect {
        Dialect::Postgres => Wrap::Implicit,
        Dialect::Sqlite => Wrap::Tool,
        Dialect::Mysql => Wrap::Nobody,
    }
}

fn recognises(_: &Tree, folder: &Folder) -> bool {
    folder.files.iter().any(|file| parse(file.name).is_some_and(|name| name.forward && name.is_sql))
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    match parse(file.name) {
        Some(Name { version, name, forward, is_sql: true }) => {
            let piece = Piece {
                version: version.to_owned(),
                name: name.to_owned(),
                span: whole(file),
                ..Piece::default()
            };
            vec![if forward { Found::Up(piece) } else { Found::Down(piece) }]
        }
        Some(Name { forward: false, .. }) => Vec::new(),
        Some(Name { version, .. }) => vec![Found::Unread { version: version.to_owned() }],
        None => match file.stem() {
            // Only what was meant as a migration: a schema dump or a query may lie beside.
            Some(stem) if looks_meant(stem) => vec![Found::Stray(Reason::WrongName)],
            Some(_) => vec![Found::Companion],
            None if is_slip(file.name) => vec![Found::Stray(Reason::UnknownExtension)],
            None if is_companion(file.name) => vec![Found::Companion],
            None => Vec::new(),
        },
    }
}

/// What golang-migrate's own pattern, `^([0-9]+)_(.*)\.(down|up)\.(.*)$`, takes from a name.
pub(super) struct Name<'a> {
    pub(super) version: &'a str,
    pub(super) name: &'a str,
    pub(super) forward: bool,
    pub(super) is_sql: bool,
}

/// Whether a name without its `.up.sql` is of the form.
pub(super) fn is_name(name: &str) -> bool {
    number_and_name(name, &['_']).is_some_and(|(version, _)| name.len() > version.len())
}

pub(super) fn parse(file_name: &str) -> Option<Name<'_>> {
    let (version, rest) =
        number_and_name(file_name, &['_']).filter(|(version, _)| file_name.len() > version.len())?;
    let (up, down) = (rest.rfind(".up."), rest.rfind(".down."));
    let (at, length, forward) = match (up, down) {
        (Some(up), Some(down)) if down > up => (down, 6, false),
        (Some(up), _) => (up, 4, true),
        (None, Some(down)) => (down, 6, false),
        (None, None) => return None,
    };
    // The pattern takes anything behind the direction: `30_x.up..sql` runs.
    let extension = &rest[at + length..];
    let is_sql = extension == "sql" || extension.ends_with(".sql");
    Some(Name { version, name: &rest[..at], forward, is_sql })
}

fn looks_meant(stem: &str) -> bool {
    let lower = stem.to_ascii_lowercase();
    number_and_name(stem, &['_', '-', '.']).is_some()
        || [".up", ".down", "_up", "_down"].iter().any(|suffix| lower.ends_with(suffix))
}

// `001_x.up.slq` fits the pattern, so that it would be run; `001_x.up` does not.
fn is_slip(file_name: &str) -> bool {
    let begins_with_number = file_name.starts_with(|c: char| c.is_ascii_digit());
    begins_with_number
        && [".up", ".down"].iter().any(|suffix| file_name.to_ascii_lowercase().ends_with(suffix))
}

/// The down file of an up file. Shared with the tools that name files the same way.
pub(super) fn down_path(up: &str) -> String {
    let (folder, name) = split(up);
    let stem = name.strip_suffix(".up.sql").or_else(|| name.strip_suffix(".sql")).unwrap_or(name);
    if folder.is_empty() { format!("{stem}.down.sql") } else { format!("{folder}/{stem}.down.sql") }
}
