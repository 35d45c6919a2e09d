//! Supabase: `supabase/migrations/20240101000000_name.sql`.

use super::super::engine::Named;
use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, is_slip_of_extension,
    number_and_name, statement_beginnings, whole,
};
use crate::schema::Dialect;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "supabase",
    title: "Supabase",
    down: Downs::None,
    records: true,
    unique_versions: true,
    gaps: true,
    switch: Some(
        "give the statement a migration of its own: the first statement of a file runs outside a transaction",
    ),
    // Since version 2.109 of its command line.
    fresh: Some(Fresh { up: "", alone: Alone::OneStatement, block: None }),
    detects_concurrently: true,
    order: Order::Text,
    reach: Reach::Flat,
    engine: |_, _| Some(Named::Known(Dialect::Postgres)),
    // The statements go to the server in one pipeline, which is one transaction unless a statement ends it.
    wraps: |_| Wrap::Implicit,
    recognises,
    read,
};

fn recognises(tree: &Tree, folder: &Folder) -> bool {
    let is_named_so = format!("/{}", folder.path).ends_with("/supabase/migrations");
    let lies_beside_settings = folder.name() == "migrations"
        && tree.upwards(folder.path).nth(1).is_some_and(|parent| {
            parent.file("config.toml").is_some_and(|file| {
                file.source.text().contains("[api]") && file.source.text().contains("[db]")
            })
        });
    (is_named_so || lies_beside_settings)
        && folder.sql().any(|file| file.stem().is_some_and(|stem| number_and_name(stem, &['_']).is_some()))
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return match is_slip_of_extension(file.name) {
            true => vec![Found::Stray(Reason::UnknownExtension)],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    match number_and_name(stem, &['_']) {
        Some((version, name)) if stem.len() > version.len() => vec![Found::Up(Piece {
            version: version.to_owned(),
            name: name.to_owned(),
            span: whole(file),
            detected: refuses_pipeline(file.source.text()),
            ..Piece::default()
        })],
        _ => vec![Found::Stray(Reason::WrongName)],
    }
}

/// What Supabase runs by itself, apart from the rest of the file.
fn refuses_pipeline(text: &str) -> bool {
    statement_beginnings(text).iter().any(|words| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        matches!(
            words.as_slice(),
            ["CREATE" | "DROP", "INDEX", "CONCURRENTLY", ..]
                | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..]
                | ["REINDEX", _, "CONCURRENTLY", ..]
                | ["VACUUM", ..]
                | ["ALTER", "SYSTEM", ..]
                | ["CLUSTER", ..]
        )
    })
}
