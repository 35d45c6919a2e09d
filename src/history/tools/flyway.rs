//! Flyway: `V1__name.sql`, `U1__name.sql` back, `R__name.sql` again and again, in a folder and all below it.

use super::super::engine::named;
use super::super::tree::{File, Folder, Tree, split};
use super::super::{Reason, Switch, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, lines, statement_beginnings, whole,
};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "flyway",
    title: "Flyway",
    down: Downs::Files { name: |up, _| down_path(up) },
    records: true,
    unique_versions: true,
    gaps: true,
    switch: Some("put `executeInTransaction=false` into a file of the same name with `.conf` after it"),
    fresh: Some(Fresh {
        up: "",
        alone: Alone::Beside { path: |up| format!("{up}.conf"), text: "executeInTransaction=false\n" },
        block: None,
    }),
    detects_concurrently: true,
    order: Order::Numbers,
    reach: Reach::Deep,
    engine: |_, _| None,
    wraps: |_| Wrap::Tool,
    recognises,
    read,
};

fn recognises(tree: &Tree, folder: &Folder) -> bool {
    has_versions(folder) || is_location(tree, folder)
}

/// A folder whose folders hold the files: `migration/2.30/V2_30_1__x.sql`. Not where those are one for each
/// database, nor where they count each for itself.
pub(super) fn is_location(tree: &Tree, folder: &Folder) -> bool {
    if !matches!(folder.name(), "migration" | "migrations") {
        return false;
    }
    let mut versions: Vec<&str> = Vec::new();
    for below in tree.below(folder.path).filter(|below| has_versions(below)) {
        let between = below.path.get(folder.path.len()..).unwrap_or("");
        if between.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| named(word).is_some()) {
            return false;
        }
        versions.extend(
            below
                .sql()
                .filter_map(|file| parse(file.stem()?))
                .filter(|name| name.kind == 'V')
                .map(|name| name.version),
        );
    }
    let all = versions.len();
    versions.sort_unstable();
    versions.dedup();
    all > 0 && versions.len() == all
}

pub(super) fn has_versions(folder: &Folder) -> bool {
    folder.sql().filter_map(|file| parse(file.stem()?)).any(|name| name.kind == 'V' && name.separated)
}

fn read(tree: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    if let Some(stem) = file.name.strip_suffix(".java").or_else(|| file.name.strip_suffix(".kt")) {
        return match parse(stem) {
            Some(Name { kind: 'V', version, separated: true, .. }) => {
                vec![Found::Unread { version: version.to_owned() }]
            }
            _ => Vec::new(),
        };
    }
    let Some(stem) = file.stem() else {
        return if is_companion(file.name) { vec![Found::Companion] } else { Vec::new() };
    };
    let Some(name) = parse(stem).filter(|name| name.separated) else {
        return match looks_meant(stem) {
            true => vec![Found::Stray(Reason::WrongName)],
            // Callbacks, and files that a placeholder or a Java migration reads.
            false => vec![Found::Companion],
        };
    };
    let piece = Piece {
        version: name.version.to_owned(),
        name: name.name.to_owned(),
        span: whole(file),
        switched_off: switch(tree, file),
        detected: refuses_transaction(file.source.text()),
        repeatable: name.kind == 'R',
        ..Piece::default()
    };
    match name.kind {
        'U' => vec![Found::Down(piece)],
        // What stands in a baseline stands in the versions before it too.
        'B' => vec![Found::Companion],
        _ => vec![Found::Up(piece)],
    }
}

/// A name taken apart.
pub(super) struct Name<'a> {
    pub(super) kind: char,
    pub(super) version: &'a str,
    pub(super) name: &'a str,
    pub(super) separated: bool,
}

pub(super) fn parse(stem: &str) -> Option<Name<'_>> {
    let kind = stem.chars().next().filter(|kind| matches!(kind, 'V' | 'U' | 'R' | 'B'))?;
    let rest = &stem[1..];
    let (version, name) = rest.split_once("__").unwrap_or((rest, ""));
    let is_version = !version.is_empty()
        && version.split(['.', '_']).all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let separated = rest.contains("__");
    let fits = if kind == 'R' { version.is_empty() } else { is_version };
    fits.then_some(Name { kind, version, name, separated })
}

/// `v1__x`, `V1_x`, `V1-x`: near enough to have been meant, and passed over without a word.
fn looks_meant(stem: &str) -> bool {
    let mut chars = stem.chars();
    let first = chars.next().unwrap_or(' ');
    matches!(first, 'V' | 'v' | 'U' | 'u') && chars.next().is_some_and(|c| c.is_ascii_digit())
        || stem.starts_with("r__")
}

fn switch(tree: &Tree, file: &File) -> Option<Switch> {
    let folder = tree.get(file.folder())?;
    let conf = folder.file(&format!("{}.conf", file.name))?;
    lines(conf).find_map(|(span, line)| {
        let (key, value) = line.split_once('=')?;
        let off = key.trim() == "executeInTransaction" && value.trim().eq_ignore_ascii_case("false");
        off.then_some(Switch { file: conf.id, span })
    })
}

/// What Flyway's own parsers look for. REINDEX TABLE CONCURRENTLY and DETACH … CONCURRENTLY are not among it.
fn refuses_transaction(text: &str) -> bool {
    statement_beginnings(text).iter().any(|words| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        matches!(
            words.as_slice(),
            ["CREATE" | "DROP", "DATABASE" | "TABLESPACE" | "SUBSCRIPTION", ..]
                | ["ALTER", "SYSTEM", ..]
                | ["CREATE" | "DROP", "INDEX", "CONCURRENTLY", ..]
                | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..]
                | ["REINDEX", "SCHEMA" | "DATABASE" | "SYSTEM", ..]
                | ["REINDEX", "VERBOSE", "SCHEMA" | "DATABASE" | "SYSTEM", ..]
                | ["VACUUM", ..]
                | ["DISCARD", "ALL", ..]
                | ["PRAGMA", "FOREIGN_KEYS", ..]
        )
    })
}

fn down_path(up: &str) -> String {
    let (folder, name) = split(up);
    let down = format!("U{}", name.get(1..).unwrap_or(""));
    if folder.is_empty() { down } else { format!("{folder}/{down}") }
}
