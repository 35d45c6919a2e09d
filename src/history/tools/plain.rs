//! Plain SQL files that are run by hand or by a script: `001_name.sql`, `2024-01-15-name.sql`, `1.2.0_name.sql`.

use super::super::tree::{File, Folder, Tree, split, stem};
use super::super::{Reason, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, is_slip_of_extension, whole,
};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "plain",
    title: "plain SQL",
    down: Downs::Files { name: down_path },
    records: false,
    unique_versions: true,
    gaps: false,
    switch: Some("leave BEGIN and COMMIT out of the file"),
    fresh: Some(Fresh { up: "", alone: Alone::Always, block: None }),
    detects_concurrently: false,
    order: Order::Numbers,
    reach: Reach::WithDowns,
    engine: |_, _| None,
    wraps: |_| Wrap::Nobody,
    recognises,
    read,
};

/// Folders that count up, with files in them: `0.10/00__name.sql`, `v2/001_name.sql`, `2024/0115_name.sql`.
pub const VERSION_FOLDERS: Tool = Tool {
    reach: Reach::FolderEach,
    recognises: recognises_version_folders,
    read: read_in_version_folder,
    ..TOOL
};

fn recognises_version_folders(tree: &Tree, folder: &Folder) -> bool {
    if tree.relative(folder.path).split('/').any(says_otherwise) || recognises(tree, folder) {
        return false;
    }
    let versions: Vec<&Folder> = tree
        .children(folder)
        .filter(|child| is_version(child.name()) && child.sql().next().is_some())
        .collect();
    versions.len() >= 2
        && (says_migrations(folder.path)
            || versions.iter().flat_map(|child| child.sql()).any(|file| changes_schema(file.source.text())))
}

/// `0.10`, `v2`, `2024`, `3.0.1`.
fn is_version(name: &str) -> bool {
    let digits = name.strip_prefix(['v', 'V']).unwrap_or(name);
    !digits.is_empty()
        && digits.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn read_in_version_folder(tree: &Tree, folder: &Folder, file: &File) -> Vec<Found> {
    let own = file.folder();
    if own == folder.path || !is_version(split(own).1) {
        return vec![Found::Companion];
    }
    let Some(home) = tree.get(own) else { return Vec::new() };
    let (_, version) = split(own);
    // One file for a version needs no number of its own.
    let is_numbered = |file: &File| file.stem().and_then(parse).is_some();
    if let Some(stem) = file.stem().filter(|_| !home.sql().any(is_numbered)) {
        let (version, name) = (version.to_owned(), stem.to_owned());
        return vec![Found::Up(Piece { version, name, span: whole(file), ..Piece::default() })];
    }
    let mut found = read(tree, home, file);
    for one in &mut found {
        match one {
            Found::Up(piece) | Found::Down(piece) => piece.version = format!("{version}/{}", piece.version),
            Found::Stray(_) | Found::Unread { .. } | Found::Companion => {}
        }
    }
    found
}

/// A folder of files that count up. Where its name does not say that it holds migrations, there must be two of
/// them, and one must change a schema: lists of queries are numbered too.
fn recognises(tree: &Tree, folder: &Folder) -> bool {
    if tree.relative(folder.path).split('/').any(says_otherwise) || is_downs(folder.name()) {
        return false;
    }
    let mut numbered = folder.sql().filter(|file| file.stem().is_some_and(|stem| parse(stem).is_some()));
    // graphile-migrate's workbench.
    let is_draft = folder.name() == "current"
        && tree
            .upwards(folder.path)
            .nth(1)
            .is_some_and(|parent| tree.children(parent).any(|sibling| sibling.name() == "committed"));
    if is_draft {
        return false;
    }
    if says_migrations(folder.path) {
        return numbered.next().is_some();
    }
    // Whole databases, one for each version of the server or of the application, are no steps.
    let numbered: Vec<&File> = numbered.filter(|file| !is_dump(file.source.text())).collect();
    let sql = folder.sql().count();
    numbered.len() >= 2
        && numbered.len() * 2 >= sql
        && counts_up(&numbered)
        && numbered.iter().any(|file| changes_schema(file.source.text()))
}

fn read(_: &Tree, folder: &Folder, file: &File) -> Vec<Found> {
    let in_downs = file.folder() != folder.path;
    let Some(stem) = file.stem() else {
        return match is_slip_of_extension(file.name) {
            true => vec![Found::Stray(Reason::UnknownExtension)],
            false if is_companion(file.name) => vec![Found::Companion],
            false => Vec::new(),
        };
    };
    let Some(name) = parse(stem) else {
        return match is_helper(stem) || in_downs {
            true => vec![Found::Companion],
            false => vec![Found::Stray(Reason::WrongName)],
        };
    };
    let piece = Piece {
        version: name.version.to_owned(),
        name: name.name.to_owned(),
        span: whole(file),
        ..Piece::default()
    };
    vec![if name.forward && !in_downs { Found::Up(piece) } else { Found::Down(piece) }]
}

/// Whether a name is that of a step forward.
pub(super) fn is_forward(stem: &str) -> bool {
    parse(stem).is_some_and(|name| name.forward)
}

/// A name taken apart.
struct Name<'a> {
    version: &'a str,
    name: &'a str,
    forward: bool,
}

const DOWN_SUFFIXES: &[&str] = &[
    "_rollback",
    "-rollback",
    ".rollback",
    "_down",
    "-down",
    ".down",
    "_revert",
    "-revert",
    ".revert",
    "_undo",
    "-undo",
    ".undo",
];
const DOWN_PREFIXES: &[&str] = &["rollback_", "rollback-", "revert_", "undo_", "down_"];
const UP_PREFIXES: &[&str] = &[
    "migration_",
    "migration-",
    "migrate_",
    "migrate-",
    "patch_",
    "patch-",
    "update_",
    "update-",
    "upgrade_",
    "upgrade-",
    "v",
    "m",
];

fn parse(stem: &str) -> Option<Name<'_>> {
    let lower = stem.to_ascii_lowercase();
    let (mut rest, mut forward) = (stem, true);
    if let Some(suffix) = DOWN_SUFFIXES.iter().find(|suffix| lower.ends_with(*suffix)) {
        rest = &rest[..rest.len() - suffix.len()];
        forward = false;
    } else if let Some(suffix) = [".up", "_up"].iter().find(|suffix| lower.ends_with(*suffix)) {
        rest = &rest[..rest.len() - suffix.len()];
    }
    if let Some(prefix) = DOWN_PREFIXES.iter().find(|prefix| lower.starts_with(*prefix)) {
        rest = rest.get(prefix.len()..)?;
        forward = false;
    }
    if let Some(prefix) = UP_PREFIXES.iter().find(|prefix| lower.starts_with(*prefix)) {
        // `v1.2`, `m001`, but not `vacuum`.
        rest = rest.get(prefix.len()..)?;
    }
    let length = version_length(rest);
    let length = length + letter_length(&rest[length..]);
    let (version, name) = rest.split_at(length);
    if version.is_empty() {
        return None;
    }
    let name = match name.chars().next() {
        None => "",
        Some('_' | '-' | '.' | ' ' | '#') => name.trim_start_matches(['_', '-', '.', ' ', '#']),
        Some(_) => return None,
    };
    Some(Name { version, name, forward })
}

/// `a_` of `002a_name`, `_a` of `002_a_name`: steps of one version, in the order of their letters.
fn letter_length(after_number: &str) -> usize {
    let bytes = after_number.as_bytes();
    match bytes {
        [b'_' | b'-', letter, b'_' | b'-', ..] if letter.is_ascii_lowercase() => 2,
        [letter, b'_' | b'-', ..] if letter.is_ascii_lowercase() => 1,
        _ => 0,
    }
}

/// Digits, or a date, or a dotted version, at the beginning.
fn version_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    let is_year = end == 4 && (text.starts_with("19") || text.starts_with("20"));
    if is_year {
        // 2024-01-15, 2024_01_15_120000, 2024-01-15T12-00
        let separator = bytes.get(end).copied();
        if let Some(separator) = separator.filter(|b| matches!(b, b'-' | b'_' | b'.'))
            && digits(5) == 2
            && bytes.get(7) == Some(&separator)
            && digits(8) == 2
        {
            end = 10;
            while let Some(b'-' | b'_' | b'.' | b':' | b'T') = bytes.get(end)
                && matches!(digits(end + 1), 2 | 4 | 6)
            {
                end += 1 + digits(end + 1);
            }
            return end;
        }
        return end;
    }
    if end == 8 {
        // 20240115_093000
        if let Some(b'_' | b'-' | b'T') = bytes.get(end)
            && matches!(digits(end + 1), 4 | 6)
        {
            return end + 1 + digits(end + 1);
        }
        return end;
    }
    while end > 0 && bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    end
}

/// Whether the numbers are those of steps: as many different ones as there are files, or nearly.
fn counts_up(files: &[&File]) -> bool {
    let mut versions: Vec<&str> = files
        .iter()
        .filter_map(|file| parse(file.stem()?))
        .filter(|name| name.forward)
        .map(|name| name.version)
        .collect();
    let all = versions.len();
    versions.sort_unstable();
    versions.dedup();
    all >= 2 && versions.len() * 4 >= all * 3
}

/// Whether a text begins as pg_dump and mysqldump begin theirs.
fn is_dump(text: &str) -> bool {
    text.lines().take(5).any(|line| {
        let comment = line.trim_start_matches('-').trim_start();
        ["PostgreSQL database dump", "MySQL dump", "MariaDB dump"]
            .iter()
            .any(|start| comment.starts_with(start))
    })
}

fn changes_schema(text: &str) -> bool {
    let mut before = "";
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty()) {
        if word.eq_ignore_ascii_case("table")
            && ["create", "alter", "drop"].iter().any(|v| before.eq_ignore_ascii_case(v))
        {
            return true;
        }
        before = word;
    }
    false
}

fn says_migrations(path: &str) -> bool {
    path.rsplit('/').take(3).any(|part| {
        part.to_ascii_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
            word.starts_with("migrat") || matches!(word, "upgrades" | "patches" | "changesets" | "deltas")
        })
    })
}

/// Folders whose numbered files are no migrations, wherever they lie.
fn says_otherwise(part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    part.contains("initdb")
        || part.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
            matches!(
                word,
                "seed"
                    | "seeds"
                    | "seeders"
                    | "fixture"
                    | "fixtures"
                    | "testdata"
                    | "test"
                    | "tests"
                    | "queries"
                    | "query"
                    | "examples"
                    | "example"
                    | "sample"
                    | "samples"
                    | "dashboards"
                    | "dashboard"
                    | "reports"
                    | "docs"
                    | "doc"
                    | "backup"
                    | "backups"
                    | "archive"
                    | "archived"
                    | "snippets"
                    | "benchmark"
                    | "benchmarks"
            )
        })
}

/// Files that help with migrations and are none: dumps, seeds, checks, scripts that include the others.
fn is_helper(stem: &str) -> bool {
    stem.to_ascii_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        matches!(
            word,
            "schema"
                | "dump"
                | "structure"
                | "latest"
                | "baseline"
                | "base"
                | "seed"
                | "seeds"
                | "sample"
                | "demo"
                | "fixture"
                | "fixtures"
                | "test"
                | "tests"
                | "verify"
                | "verification"
                | "check"
                | "validate"
                | "diagnostic"
                | "diagnose"
                | "debug"
                | "run"
                | "all"
                | "complete"
                | "combined"
                | "consolidated"
                | "master"
                | "main"
                | "reset"
                | "clean"
                | "cleanup"
                | "template"
                | "example"
                | "init"
                | "initial"
                | "initialize"
                | "setup"
                | "rollback"
                | "query"
                | "queries"
                | "backup"
                | "helper"
                | "helpers"
                | "utils"
                | "functions"
                | "snapshot"
                | "report"
                | "status"
                | "data"
        )
    })
}

/// Folders that hold the downs of the folder above.
pub(super) fn is_downs(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "rollback" | "rollbacks" | "down" | "downs" | "revert" | "reverts" | "undo"
    )
}

/// As the others of the history are named; `_rollback.sql` where none is.
fn down_path(up: &str, pair: Option<(&str, &str)>) -> String {
    let (folder, file) = split(up);
    let base = stem(file).unwrap_or(file);
    let join = |folder: &str, name: &str| match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    };
    let plain =
        |base: &str| base.strip_suffix(".up").or_else(|| base.strip_suffix("_up")).unwrap_or(base).to_owned();
    let Some((pair_up, pair_down)) = pair else {
        return join(folder, &format!("{}_rollback.sql", plain(base)));
    };
    let ((up_folder, up_name), (down_folder, down_name)) = (split(pair_up), split(pair_down));
    let to_folder = match down_folder.strip_prefix(up_folder).map(|below| below.trim_start_matches('/')) {
        Some("") | None => folder.to_owned(),
        Some(below) => join(folder, below),
    };
    let (pair_base, down_base) =
        (plain(stem(up_name).unwrap_or(up_name)), stem(down_name).unwrap_or(down_name));
    let name = match (down_base.strip_prefix(&pair_base), down_base.strip_suffix(&pair_base)) {
        (Some(suffix), _) => format!("{}{suffix}.sql", plain(base)),
        (None, Some(prefix)) => format!("{prefix}{}.sql", plain(base)),
        (None, None) if to_folder == folder => format!("{}_rollback.sql", plain(base)),
        (None, None) => format!("{base}.sql"),
    };
    join(&to_folder, &name)
}
