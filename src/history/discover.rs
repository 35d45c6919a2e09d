//! Finds the histories of a project without configuration, and reads the folder that somebody named.

use super::assemble::assemble;
use super::engine::choose;
use super::tools::{self, Found, Piece, Reach, Tool};
use super::tree::{File, Folder, Tree, is_at_or_below, is_skipped, split};
use super::{EngineFrom, Numbering, Sequence};
use crate::schema::Engine;
use crate::text::{FileId, Sources};

/// What the caller decides instead of the recognition.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The tool of every history.
    pub tool: Option<&'static Tool>,
    /// The engine of a file, by its path; it goes before what the file itself says.
    pub engine: &'a dyn Fn(&str) -> Option<Engine>,
    /// The engine of the files that do not say one themselves.
    pub otherwise: Option<Engine>,
}

impl Asked<'_> {
    /// Nothing: everything is recognised.
    pub const NOTHING: Asked<'static> = Asked { tool: None, engine: &|_| None, otherwise: None };
}

/// Whether a file can tell anything about a history, so that it should be in the listing with its text.
pub fn is_wanted(path: &str) -> bool {
    let (folder, name) = split(path);
    if folder.split('/').any(is_skipped) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
    let begins_like_one = lower.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'v' | 'r' | 'u'));
    matches!(extension, "sql" | "conf" | "sum")
        || matches!(
            lower.as_str(),
            "cargo.toml"
                | "diesel.toml"
                | "metadata.toml"
                | "migration_lock.toml"
                | "refinery.toml"
                | "_journal.json"
                | "snapshot.json"
                | "dbconfig.yml"
                | "config.yaml"
                | "config.toml"
                | "atlas.hcl"
                | "flyway.toml"
                | "up.rs"
                | "migration.ts"
                | "migration.js"
        )
        || lower.starts_with("drizzle.config.")
        || lower.starts_with("readme")
        || (extension == "prisma")
        || (begins_like_one && matches!(extension, "go" | "java" | "kt" | "tmpl"))
        || tools::is_slip_of_extension(name)
}

/// The histories of a project, by directory.
pub fn discover(listing: &[(String, FileId)], sources: &Sources, asked: &Asked) -> Vec<Sequence> {
    let tree = Tree::new(listing, sources, "");
    histories(&tree, "", asked)
}

/// The histories at and below a path that somebody named. There even one file counts; where no tool recognises
/// anything, every SQL file of the folder is a plain migration, in name order. The path may be one file.
pub fn read_directory(
    path: &str,
    listing: &[(String, FileId)],
    sources: &Sources,
    asked: &Asked,
) -> Vec<Sequence> {
    let path = path.trim_end_matches('/').trim_start_matches("./");
    let path = if path == "." { "" } else { path };
    if listing.iter().any(|(other, _)| other == path) {
        let (folder, _) = split(path);
        let tree = Tree::new(listing, sources, folder);
        return tree
            .get(folder)
            .and_then(|folder| one_file(&tree, folder, path, asked))
            .into_iter()
            .collect();
    }
    let tree = Tree::new(listing, sources, path);
    let Some(folder) = tree.get(path) else { return Vec::new() };
    let found = histories(&tree, path, asked);
    if found.iter().any(|sequence| sequence.directory == path) {
        return found;
    }
    // A configured tool, or a folder whose one file is numbered, needs no sign that it is a history.
    match asked.tool {
        Some(tool) if found.is_empty() => vec![read(&tree, folder, tool, asked)],
        Some(_) => found,
        None if found.is_empty() && folder.sql().next().is_some() => {
            vec![read_unrecognised(&tree, folder, asked)]
        }
        None => found,
    }
}

fn histories(tree: &Tree, below: &str, asked: &Asked) -> Vec<Sequence> {
    let mut sequences: Vec<Sequence> = Vec::new();
    let mut taken: Vec<(&str, Reach)> = Vec::new();
    for folder in tree.below(below) {
        let is_taken = taken.iter().any(|(other, reach)| reaches(*reach, other, folder));
        if is_taken || tree.relative(folder.path).split('/').any(is_test_data) {
            continue;
        }
        let Some(recognised) = tools::TOOLS.iter().find(|tool| (tool.recognises)(tree, folder)) else {
            continue;
        };
        let tool = asked.tool.filter(|tool| tool != recognised).unwrap_or(recognised);
        taken.push((folder.path, tool.reach));
        let sequence = read(tree, folder, tool, asked);
        if !sequence.migrations.is_empty() || !sequence.unread.is_empty() {
            sequences.push(sequence);
        }
    }
    assume_like_the_others(tree, &mut sequences, asked);
    sequences
}

/// Where nothing tells the engine of a history, but the project's others agree, it is theirs.
fn assume_like_the_others(tree: &Tree, sequences: &mut [Sequence], asked: &Asked) {
    let mut known = sequences
        .iter()
        .filter(|sequence| sequence.engine_from != EngineFrom::Assumed)
        .map(|sequence| sequence.engine);
    let Some(engine) = known.next() else { return };
    if known.any(|other| other != engine) {
        return;
    }
    let asked = Asked { engine: &|path| (asked.engine)(path).or(Some(engine)), ..*asked };
    for sequence in sequences.iter_mut().filter(|sequence| sequence.engine_from == EngineFrom::Assumed) {
        if let Some(folder) = tree.get(&sequence.directory) {
            *sequence =
                Sequence { engine_from: EngineFrom::Project, ..read(tree, folder, sequence.tool, &asked) };
        }
    }
}

/// Folders whose histories are there for tests. The one that was asked for may lie in such a folder.
fn is_test_data(part: &str) -> bool {
    matches!(part, "testdata" | "fixtures" | "__fixtures__" | "__tests__")
}

/// Whether the history in `other` has already taken `folder`.
fn reaches(reach: Reach, other: &str, folder: &Folder) -> bool {
    if folder.path == other || !is_at_or_below(folder.path, other) {
        return false;
    }
    match reach {
        Reach::Flat => false,
        Reach::WithDowns => {
            let (parent, name) = split(folder.path);
            parent == other && tools::is_downs_folder(name)
        }
        Reach::FolderEach => split(folder.path).0 == other,
        Reach::Deep => true,
    }
}

fn read(tree: &Tree, folder: &Folder, tool: &'static Tool, asked: &Asked) -> Sequence {
    let files = files_of(tree, folder, tool.reach);
    let choice = choose(tree, folder, tool, &files, asked);
    assemble(tree, folder, tool, tool.read, &files, &choice)
}

fn files_of<'a>(tree: &Tree<'a>, folder: &Folder<'a>, reach: Reach) -> Vec<File<'a>> {
    let mut files = folder.files.clone();
    match reach {
        Reach::Flat => {}
        Reach::WithDowns => {
            // Below it, or beside it: sql/migrations and sql/rollbacks.
            let beside = tree.upwards(folder.path).nth(1).filter(|_| folder.name().starts_with("migrat"));
            let around =
                tree.children(folder).chain(beside.into_iter().flat_map(|parent| tree.children(parent)));
            let downs = around.filter(|folder| tools::is_downs_folder(folder.name()));
            files.extend(downs.flat_map(|child| child.files.iter().copied()));
        }
        Reach::FolderEach => {
            files.extend(tree.children(folder).flat_map(|child| child.files.iter().copied()))
        }
        Reach::Deep => {
            files = tree.below(folder.path).flat_map(|child| child.files.iter().copied()).collect();
            // Migrations in Java and Kotlin lie in the same package, but among the sources.
            if let Some((before, package)) = folder.path.split_once("/resources/") {
                for language in ["java", "kotlin"] {
                    let sources = format!("{before}/{language}/{package}");
                    files.extend(tree.below(&sources).flat_map(|child| child.files.iter().copied()));
                }
            }
        }
    }
    files
}

/// Numbered as far as possible, and else by name.
fn read_unrecognised(tree: &Tree, folder: &Folder, asked: &Asked) -> Sequence {
    let tool = if tools::is_run_by_application(tree, folder) { tools::APPLICATION } else { tools::PLAIN };
    let numbered = read(tree, folder, tool, asked);
    if !numbered.migrations.is_empty() {
        return numbered;
    }
    let files = files_of(tree, folder, Reach::Flat);
    let choice = choose(tree, folder, tool, &files, asked);
    let mut sequence = assemble(tree, folder, tool, by_name, &files, &choice);
    sequence.numbering = Numbering::Unnumbered;
    sequence
}

fn by_name(_: &Tree, _: &Folder, file: &File) -> Vec<Found> {
    match file.stem() {
        Some(stem) => {
            vec![Found::Up(Piece { name: stem.to_owned(), span: tools::whole(file), ..Piece::default() })]
        }
        None if tools::is_companion(file.name) => vec![Found::Companion],
        None => Vec::new(),
    }
}

/// One file, read by the tool whose history it would be part of; a plain migration where it would be part of none.
fn one_file(tree: &Tree, folder: &Folder, path: &str, asked: &Asked) -> Option<Sequence> {
    let file = folder.files.iter().find(|file| file.path == path)?;
    let holders = tree.upwards(folder.path).map(|holder| {
        let recognised = tools::TOOLS.iter().copied().find(|tool| (tool.recognises)(tree, holder));
        (holder, asked.tool.or(recognised))
    });
    for (holder, tool) in holders {
        let Some(tool) = tool else { continue };
        if holder.path != folder.path && !reaches(tool.reach, holder.path, folder) {
            continue;
        }
        let mut sequence = read(tree, holder, tool, asked);
        sequence.migrations.retain(|migration| {
            migration.up.file == file.id || migration.down.is_some_and(|down| down.file == file.id)
        });
        sequence.orphan_downs.retain(|orphan| orphan.part.file == file.id);
        sequence.strays.retain(|stray| stray.file == file.id);
        sequence.unread.clear();
        if !sequence.migrations.is_empty() || !sequence.orphan_downs.is_empty() {
            return Some(sequence);
        }
    }
    let files = [*file];
    let choice = choose(tree, folder, tools::PLAIN, &files, asked);
    let numbered = assemble(tree, folder, tools::PLAIN, tools::PLAIN.read, &files, &choice);
    if !numbered.migrations.is_empty() || !numbered.orphan_downs.is_empty() {
        return Some(numbered);
    }
    file.is_sql().then(|| assemble(tree, folder, tools::PLAIN, by_name, &files, &choice))
}
