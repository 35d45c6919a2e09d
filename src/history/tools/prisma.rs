//! Prisma: a folder `20240101000000_name` with a `migration.sql` for each migration, and a `migration_lock.toml`.

use super::super::engine::{Named, named};
use super::super::tree::{File, Folder, Tree, split};
use super::super::{Reason, Wrap};
use super::{
    Alone, Downs, Found, Fresh, Order, Piece, Reach, Tool, is_companion, lines, split_digits, whole,
};
use crate::schema::Dialect;

/// The tool.
pub const TOOL: Tool = Tool {
    name: "prisma",
    title: "Prisma",
    down: Downs::None,
    records: true,
    unique_versions: false,
    gaps: true,
    switch: Some(
        "give the statement a migration of its own: a file with one statement runs outside a transaction",
    ),
    fresh: Some(Fresh { up: "", alone: Alone::OneStatement, block: None }),
    detects_concurrently: false,
    order: Order::Text,
    reach: Reach::FolderEach,
    engine,
    wraps,
    recognises,
    read,
};

// The file goes to the server as it is: PostgreSQL makes one transaction of it, the others make none.
fn wraps(dialect: Dialect) -> Wrap {
    match dialect {
        Dialect::Postgres => Wrap::Implicit,
        Dialect::Sqlite | Dialect::Mysql => Wrap::Nobody,
    }
}

// drizzle makes folders of this form too, and puts a snapshot.json into each.
fn recognises(tree: &Tree, folder: &Folder) -> bool {
    tree.children(folder).any(|child| {
        child.file("migration.sql").is_some()
            && child.file("snapshot.json").is_none()
            && child.name().starts_with(|c: char| c.is_ascii_digit())
    })
}

fn read(tree: &Tree, folder: &Folder, file: &File) -> Vec<Found> {
    if file.folder() == folder.path {
        return if file.is_sql() || is_companion(file.name) { vec![Found::Companion] } else { Vec::new() };
    }
    if file.name != "migration.sql" {
        let has_migration = tree.get(file.folder()).is_some_and(|own| own.file("migration.sql").is_some());
        // What it does to the rows nobody reads.
        if !has_migration && is_code(file.name) {
            let (version, _) = split_digits(split(file.folder()).1);
            return vec![Found::Unread { version: version.to_owned() }];
        }
        return vec![match file.is_sql() && !has_migration {
            true => Found::Stray(Reason::WrongName),
            false => Found::Companion,
        }];
    }
    let (_, name) = split(file.folder());
    let (version, rest) = split_digits(name);
    vec![Found::Up(Piece {
        version: version.to_owned(),
        name: rest.trim_start_matches(['_', '-']).to_owned(),
        span: whole(file),
        ..Piece::default()
    })]
}

fn engine(tree: &Tree, folder: &Folder) -> Option<Named> {
    let lock = folder.file("migration_lock.toml").and_then(|lock| setting(lock, "provider"));
    // schema.prisma lies beside the folder, or in one beside it.
    let schemas = || {
        let parent = tree.upwards(folder.path).nth(1)?;
        let files = parent.files.iter().chain(tree.children(parent).flat_map(|child| child.files.iter()));
        files.filter(|file| file.name.ends_with(".prisma")).find_map(|file| setting(file, "provider"))
    };
    lock.or_else(schemas)
}

/// `provider = "postgresql"`. Generators have a provider too, which is no database.
fn setting(file: &File, key: &str) -> Option<Named> {
    lines(file).find_map(|(_, line)| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| named(value.trim().trim_matches('"')))?
    })
}

/// A migration in TypeScript or JavaScript, which something beside Prisma runs.
fn is_code(name: &str) -> bool {
    matches!(name.rsplit_once('.'), Some((_, "ts" | "js" | "mjs" | "cjs")))
}
