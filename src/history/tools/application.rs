//! Files that the application runs itself: named and numbered like plain ones, and a source file beside or above embeds them, lists them or
//! looks for them. Who opens a transaction and whether anybody records what ran stands in that code, which is not read: nothing is promised.

use super::super::Wrap;
use super::super::tree::{File, Folder, Tree, split};
use super::{Alone, Fresh, Tool, plain};

/// The tool.
pub const TOOL: Tool = Tool {
    name: "application",
    title: "the application's own runner",
    switch: None,
    fresh: Some(Fresh { up: "", alone: Alone::Never, block: None }),
    wraps: |_| Wrap::Unknown,
    recognises: |tree, folder| (plain::TOOL.recognises)(tree, folder) && is_run(tree, folder),
    ..plain::TOOL
};

/// The same where folders count up.
pub const VERSION_FOLDERS: Tool = Tool {
    reach: plain::VERSION_FOLDERS.reach,
    recognises: |tree, folder| (plain::VERSION_FOLDERS.recognises)(tree, folder) && is_run(tree, folder),
    read: plain::VERSION_FOLDERS.read,
    ..TOOL
};

/// How far above the migrations an application's code is looked for: beside them, above them, and above that; and in the `src` of each, since
/// what a Rust crate includes lies beside its `src`.
pub const LEVELS: usize = 3;

/// The largest source file that is looked at, in bytes.
pub const LARGEST_SOURCE: u64 = 512 * 1024;

/// Whether a file is source code that may run migrations. Tests run them on databases of their own.
pub fn is_source(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let is_test = ["_test", ".test", ".spec", "_spec", ".d"].iter().any(|end| stem.ends_with(end))
        || ["Test", "Tests", "tests"].iter().any(|end| stem.ends_with(end))
        || stem.starts_with("test_")
        || matches!(stem, "conftest" | "test");
    !is_test
        && matches!(
            extension,
            "go" | "rs" | "ts" | "js" | "mjs" | "cjs" | "clj" | "kt" | "java" | "py" | "rb" | "ex" | "php"
        )
}

/// Whether code near a folder runs the files in it.
pub(super) fn is_run(tree: &Tree, folder: &Folder) -> bool {
    let files: Vec<&File> = tree
        .below(folder.path)
        .filter(|below| below.path == folder.path || split(below.path).0 == folder.path)
        .flat_map(Folder::sql)
        .filter(|file| file.stem().is_some_and(plain::is_forward))
        .collect();
    if files.is_empty() {
        return false;
    }
    let above: Vec<&Folder> = tree.upwards(folder.path).take(LEVELS).collect();
    let beside = above.iter().flat_map(|above| tree.children(above)).filter(|child| child.name() == "src");
    above
        .iter()
        .copied()
        .chain(beside)
        .flat_map(|near| &near.files)
        .any(|source| is_source(source.name) && runs(source, folder, &files))
}

fn runs(source: &File, folder: &Folder, files: &[&File]) -> bool {
    let text = source.source.text();
    embeds(source, files)
        || includes(text, folder)
        || lists(text, files)
        || looks_for(source, folder)
        || generates(source, folder)
}

/// Go's `//go:embed migrations/*.sql`: files, or a directory with all that is in it.
fn embeds(source: &File, files: &[&File]) -> bool {
    let patterns = source
        .source
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("//go:embed "))
        .flat_map(|patterns| patterns.split_whitespace().map(|pattern| pattern.trim_matches(['"', '`'])));
    source.name.ends_with(".go")
        && patterns.map(|pattern| pattern.strip_prefix("all:").unwrap_or(pattern)).any(|pattern| {
            files.iter().any(|file| {
                let below = match source.folder() {
                    "" => Some(file.path),
                    folder => file.path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
                };
                below.is_some_and(|path| covers(pattern, path))
            })
        })
}

fn covers(pattern: &str, path: &str) -> bool {
    if pattern == "." {
        return true;
    }
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    patterns.by_ref().all(|pattern| parts.next().is_some_and(|part| fits(pattern, part)))
}

/// Whether a name is of a pattern with stars.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(name) = name.strip_prefix(before) else { return false };
    (0..=name.len()).filter_map(|at| name.get(at..)).any(|name| fits(rest, name))
}

/// Rust's `include_dir!("$CARGO_MANIFEST_DIR/migrations")`, and `#[folder = "migrations/"]` of rust-embed.
fn includes(text: &str, folder: &Folder) -> bool {
    ["include_dir!(", "#[folder = "].iter().any(|start| {
        text.match_indices(start).any(|(at, _)| {
            let rest = text[at + start.len()..].trim_start();
            let written = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).map(plainly);
            let around = format!("/{}/", folder.path);
            written.is_some_and(|path| !path.is_empty() && around.contains(&format!("/{path}/")))
        })
    })
}

/// A list with at least half of the files in it, each as a string that ends with its name.
fn lists(text: &str, files: &[&File]) -> bool {
    let named = files
        .iter()
        .filter(|file| literals(text, file.name).any(|literal| is_end_of(plainly(literal), file.path)))
        .count();
    named > 0 && named * 2 >= files.len() && (named > 1 || files.len() == 1)
}

/// Code that reads a directory, asks for `.sql`, and says which directory.
fn looks_for(source: &File, folder: &Folder) -> bool {
    const READERS: &[&str] = &[
        "readdir",
        "ReadDir",
        "glob",
        "Glob",
        "GLOB",
        "WalkDir",
        "walkdir",
        "os.walk",
        "listdir",
        "scandir",
        "iterdir",
        "file-seq",
        "listFiles",
        "read_dir",
        "Dir[",
        "Dir.entries",
        "Dir.children",
        "Path.wildcard",
        "File.ls",
        "newDirectoryStream",
        "Files.list",
        "Files.walk",
        "getResources",
    ];
    let text = source.source.text();
    if !text.contains(".sql") || !READERS.iter().any(|reader| text.contains(reader)) {
        return false;
    }
    let here = ["__dirname", "__file__", "import.meta", "__DIR__", "__dir__"];
    (source.folder() == folder.path && here.iter().any(|here| text.contains(here)))
        || (!folder.name().is_empty()
            && literals(text, folder.name()).any(|literal| is_end_of(plainly(literal), folder.path)))
}

/// `//go:generate togo ddl` turns the statements in `files` into code.
fn generates(source: &File, folder: &Folder) -> bool {
    folder.name() == "files"
        && source.folder() == split(folder.path).0
        && source.source.text().lines().any(|line| line.starts_with("//go:generate togo ddl"))
}

/// The paths in quotes that hold `name`, up to and with it. What follows it is the quote, or what of it is asked for.
fn literals<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    const QUOTES: [char; 3] = ['"', '\'', '`'];
    text.match_indices(name).filter_map(move |(at, _)| {
        let end = at + name.len();
        let follows = text[end..].starts_with(QUOTES) || text[end..].starts_with('/');
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-./$#@{}:".contains(c);
        let start = text[..at].trim_end_matches(is_part).len();
        (follows && text[..start].ends_with(QUOTES)).then(|| &text[start..end])
    })
}

/// A path without what leads to where it begins.
fn plainly(path: &str) -> &str {
    let mut path = path.trim_end_matches('/');
    while let Some(rest) =
        ["./", "../", "/", "$CARGO_MANIFEST_DIR/"].iter().find_map(|lead| path.strip_prefix(lead))
    {
        path = rest;
    }
    path
}

fn is_end_of(end: &str, path: &str) -> bool {
    !end.is_empty() && path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}
