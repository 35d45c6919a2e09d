//! Liquibase: SQL files that begin with `--liquibase formatted sql`. A file is read as one migration, though each
//! changeset in it is a transaction of its own; its rollbacks are comments and are not read.

use super::super::tree::{File, Folder, Tree};
use super::super::{Switch, Wrap};
use super::{Downs, Found, Order, Piece, Reach, Tool, is_companion, lines, split_digits, whole};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "liquibase",
    title: "Liquibase",
    down: Downs::None,
    records: true,
    unique_versions: false,
    gaps: true,
    switch: Some(
        "write `runInTransaction:false` after the changeset's name, and put nothing else into the changeset",
    ),
    // A file alone is not enough: it stands in a list, or under a checksum.
    fresh: None,
    detects_concurrently: false,
    order: Order::Numbers,
    reach: Reach::Flat,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises: |_, folder| folder.sql().any(is_formatted),
    read,
};

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    let Some(stem) = file.stem() else {
        return if is_companion(file.name) { vec![Found::Companion] } else { Vec::new() };
    };
    if !is_formatted(file) {
        return vec![Found::Companion];
    }
    let (version, rest) = split_digits(stem);
    let switched_off = lines(file)
        .find(|(_, line)| {
            line.contains("changeset") && line.to_ascii_lowercase().contains("runintransaction:false")
        })
        .map(|(span, _)| Switch { file: file.id, span });
    vec![Found::Up(Piece {
        version: version.to_owned(),
        name: rest.trim_start_matches(['_', '-', '.']).to_owned(),
        span: whole(file),
        switched_off,
        ..Piece::default()
    })]
}

fn is_formatted(file: &File) -> bool {
    lines(file).find(|(_, line)| !line.trim().is_empty()).is_some_and(|(_, line)| {
        let words: Vec<String> =
            line.trim_start_matches(['-', ' ']).split_whitespace().map(str::to_ascii_lowercase).collect();
        line.starts_with("--")
            && words.starts_with(&["liquibase".to_owned(), "formatted".to_owned(), "sql".to_owned()])
    })
}
