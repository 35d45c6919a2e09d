//! goose: `001_name.sql` with `-- +goose Up` and `-- +goose Down` in one file, or a Go file.

use super::super::tree::{File, Folder, Tree};
use super::super::{Reason, Switch, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, half_have_line, is_companion,
    is_slip_of_extension, lines, number_and_name, sections,
};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "goose",
    title: "goose",
    down: Downs::Sections { marker: "-- +goose Down" },
    records: true,
    unique_versions: true,
    gaps: true,
    switch: Some(
        "put `-- +goose NO TRANSACTION` on a line of its own above `-- +goose Up`, and nothing else into the file",
    ),
    fresh: Some(Fresh {
        up: "-- +goose Up",
        alone: Alone::Lines { up: "-- +goose NO TRANSACTION\n-- +goose Up", down: "-- +goose Down" },
        block: Some(("-- +goose StatementBegin", "-- +goose StatementEnd")),
    }),
    detects_concurrently: false,
    order: Order::Number,
    reach: Reach::Flat,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(_: &Tree, folder: &Folder) -> bool {
    half_have_line(folder, "+goose", |line| annotation(line) == Some("up"))
}

fn read(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    if let Some(stem) = file.name.strip_suffix(".go") {
        return match number_and_name(stem, &['_']) {
            Some((version, name)) if !name.is_empty() && !name.ends_with("_test") => {
                vec![Found::Unread { version: version.to_owned() }]
            }
            _ => Vec::new(),
        };
    }
    let Some(stem) = file.stem() else {
        return match is_slip_of_extension(file.name) {
            true => vec![Found::Stray(Reason::UnknownExtension)],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    let sections = sections(file, |line| match annotation(line) {
        Some("up") => Some(true),
        Some("down") => Some(false),
        Some(_) | None => None,
    });
    let (version, name) = match number_and_name(stem, &['_']) {
        Some((version, name)) if !name.is_empty() => (version, name),
        // A file with sections was meant to run; one without (a seed, a query for sqlc) was not.
        _ if sections.is_empty() => return vec![Found::Companion],
        _ => return vec![Found::Stray(Reason::WrongName)],
    };
    // One switch holds for both directions, wherever it stands.
    let switched_off = lines(file)
        .find(|(_, line)| annotation(line) == Some("no transaction"))
        .map(|(span, _)| Switch { file: file.id, span });
    let mut found: Vec<Found> = sections
        .iter()
        .map(|section| {
            let piece = Piece {
                version: version.to_owned(),
                name: name.to_owned(),
                span: section.body,
                switched_off,
                ..Piece::default()
            };
            if section.forward { Found::Up(piece) } else { Found::Down(piece) }
        })
        .collect();
    if !sections.iter().any(|section| section.forward) {
        found.push(Found::Stray(Reason::MissingUp));
    }
    found
}

/// The annotation of a line in lower case. goose reads them in any case.
fn annotation(line: &str) -> Option<&'static str> {
    let rest = line.trim().strip_prefix("--")?.trim_start().strip_prefix("+goose")?.trim();
    ["up", "down", "no transaction", "statementbegin", "statementend"]
        .into_iter()
        .find(|known| rest.eq_ignore_ascii_case(known))
}
