//! From what a tool found in each file to a sequence: pairs of up and down, running order, odd widths.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Choice;
use super::tools::{Found, Order, Piece, Reach, Read, Tool, split_digits};
use super::tree::{File, Folder, Tree};
use super::{Migration, Numbering, OrphanDown, Part, Reason, Sequence, Stray, Unread, Wrap};
use crate::schema::{Dialect, Engine};

/// Reads files of a folder as a history of `tool`, each file by `read`.
pub fn assemble(
    tree: &Tree,
    folder: &Folder,
    tool: &'static Tool,
    read: Read,
    files: &[File],
    choice: &Choice,
) -> Sequence {
    let found =
        files.iter().flat_map(|file| read(tree, folder, file).into_iter().map(move |one| (file, one)));
    let mut ups = Vec::new();
    let mut downs = Vec::new();
    let mut strays: Vec<(&File, Reason)> = Vec::new();
    let mut sequence = Sequence {
        tool,
        directory: folder.path.to_owned(),
        engine: choice.engine,
        engine_from: choice.from,
        foreign_database: choice.foreign,
        numbering: Numbering::Unnumbered,
        migrations: Vec::new(),
        unread: Vec::new(),
        strays: Vec::new(),
        orphan_downs: Vec::new(),
        companions: Vec::new(),
    };
    for (file, one) in found {
        match one {
            Found::Up(piece) => ups.push((file, piece)),
            Found::Down(piece) => downs.push((file, piece)),
            Found::Unread { version } => sequence.unread.push(Unread { version, file: file.id }),
            Found::Companion => sequence.companions.push(file.id),
            Found::Stray(reason) => strays.push((file, reason)),
        }
    }
    ups.sort_by(|(left_file, left), (right_file, right)| {
        let by_version = match tool.order {
            // Dashes do not count: Diesel takes them out of its versions, of which there are two kinds.
            Order::Text if tool.reach == Reach::FolderEach => {
                left_file.path.replace('-', "").cmp(&right_file.path.replace('-', ""))
            }
            Order::Text => left_file.name.cmp(right_file.name),
            Order::Number | Order::Numbers => tool.order.compare(&left.version, &right.version),
        };
        (left.repeatable.cmp(&right.repeatable))
            .then(left.rank.cmp(&right.rank))
            .then(by_version)
            .then_with(|| left.name.cmp(&right.name))
            .then_with(|| left_file.path.cmp(right_file.path))
    });
    sequence.unread.sort_by(|left, right| tool.order.compare(&left.version, &right.version));
    sequence.numbering = numbering(ups.iter().map(|(_, piece)| piece));
    strays.extend(odd_widths(sequence.numbering, &ups));
    strays.sort_by_key(|(file, _)| file.path);
    sequence.strays = strays
        .into_iter()
        .map(|(file, reason)| {
            let (version, _) = split_digits(file.name.trim_start_matches(['V', 'v']));
            Stray { file: file.id, version: version.to_owned(), reason }
        })
        .collect();

    let partner = partners(tool, &ups, &downs);
    let part = |file: &File, piece: &Piece, engine: Engine| Part {
        file: file.id,
        span: piece.span,
        wrap: if piece.switched_off.is_some() || piece.detected {
            Wrap::Nobody
        } else {
            (tool.wraps)(engine.dialect)
        },
        switched_off: piece.switched_off,
    };
    for (i, (file, piece)) in ups.iter().enumerate() {
        let engine = choice.of(file);
        let down =
            partner.iter().position(|up| *up == Some(i)).map(|at| part(downs[at].0, &downs[at].1, engine));
        let same = |other: &Piece| tool.order.compare(&other.version, &piece.version).is_eq();
        sequence.migrations.push(Migration {
            version: piece.version.clone(),
            name: piece.name.clone(),
            up: part(file, piece, engine),
            goes_back_with_others: down.is_none() && downs.iter().any(|(_, down)| down.shared && same(down)),
            down,
            repeatable: piece.repeatable,
            engine,
            also: Vec::new(),
        });
    }
    share(&mut sequence.migrations, &ups);
    for ((file, piece), up) in downs.iter().zip(&partner) {
        let same = |version: &str| tool.order.compare(version, &piece.version).is_eq();
        // Where one version may stand for several files, one of them may go back for all.
        let goes_back_for_another = (!tool.unique_versions && ups.iter().any(|(_, up)| same(&up.version)))
            || sequence.unread.iter().any(|unread| same(&unread.version));
        if up.is_none() && !goes_back_for_another {
            let engine = choice.of(file);
            sequence.orphan_downs.push(OrphanDown {
                version: piece.version.clone(),
                name: piece.name.clone(),
                part: part(file, piece, engine),
                engine,
            });
        }
    }
    sequence
}

/// Gives what is shared to every database of the history that has no file of its own for its version.
fn share(migrations: &mut [Migration], ups: &[(&File, Piece)]) {
    let mut own: BTreeMap<&str, BTreeSet<Dialect>> = BTreeMap::new();
    for ((_, piece), migration) in ups.iter().zip(&*migrations).filter(|((_, piece), _)| !piece.shared) {
        own.entry(&piece.version).or_default().insert(migration.engine.dialect);
    }
    let all: BTreeSet<Dialect> = own.values().flatten().copied().collect();
    for ((_, piece), migration) in ups.iter().zip(migrations).filter(|((_, piece), _)| piece.shared) {
        let taken = own.get(piece.version.as_str());
        let mut free: Vec<Dialect> = all
            .iter()
            .copied()
            .filter(|dialect| taken.is_none_or(|taken| !taken.contains(dialect)))
            .collect();
        // It is judged as what it was taken for, unless that database has another file.
        if let Some(at) = free.iter().position(|dialect| *dialect == migration.engine.dialect) {
            free.remove(at);
        } else if !free.is_empty() && all.contains(&migration.engine.dialect) {
            migration.engine = Engine::of(free.remove(0));
        }
        migration.also = free;
    }
}

/// For each down part the index of its up part. The name decides where a version stands for several; where the
/// names differ, a version that only one up part has is enough.
fn partners(tool: &Tool, ups: &[(&File, Piece)], downs: &[(&File, Piece)]) -> Vec<Option<usize>> {
    let mut taken = vec![false; ups.len()];
    let mut partners = vec![None; downs.len()];
    let mut by_version: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, (_, up)) in ups.iter().enumerate() {
        by_version.entry(key(tool.order, &up.version)).or_default().push(i);
    }
    for exact in [true, false] {
        for (at, (file, down)) in downs.iter().enumerate() {
            let same = by_version.get(&key(tool.order, &down.version)).map_or(&[][..], Vec::as_slice);
            if partners[at].is_some() {
                continue;
            }
            let fitting = |i: &&usize| {
                !taken[**i] && (!exact || ups[**i].0.path == file.path || ups[**i].1.name == down.name)
            };
            let found = match exact {
                true => same.iter().find(fitting).copied(),
                false if same.len() == 1 => same.iter().find(fitting).copied(),
                false => None,
            };
            if let Some(i) = found {
                taken[i] = true;
                partners[at] = Some(i);
            }
        }
    }
    partners
}

/// The same text for versions that are one version to the tool.
fn key(order: Order, version: &str) -> String {
    match order {
        Order::Text => version.to_owned(),
        Order::Number | Order::Numbers => {
            let mut numbers: Vec<&str> = version
                .split(|c: char| !c.is_ascii_digit())
                .filter(|part| !part.is_empty())
                .map(|part| part.trim_start_matches('0'))
                .collect();
            while numbers.len() > 1 && numbers.last().is_some_and(|last| last.is_empty()) {
                numbers.pop();
            }
            let letter = version.chars().next_back().filter(char::is_ascii_alphabetic).map(String::from);
            numbers.join(".") + &letter.unwrap_or_default()
        }
    }
}

fn numbering<'a>(ups: impl Iterator<Item = &'a Piece>) -> Numbering {
    let versions: Vec<&str> = ups.filter(|up| !up.repeatable).map(|up| up.version.as_str()).collect();
    let count = |is: fn(&str) -> bool| versions.iter().filter(|version| is(version)).count();
    if versions.is_empty() || count(str::is_empty) * 2 > versions.len() {
        return Numbering::Unnumbered;
    }
    if count(is_point_in_time) * 2 > versions.len() {
        return Numbering::Timestamp;
    }
    if count(is_dotted) * 10 > versions.len() {
        return Numbering::Dotted;
    }
    if leaves_room(&versions) { Numbering::Timestamp } else { Numbering::Sequential }
}

/// More than one number: `1.2`, `2_30_1`, `0.10/03`; not `002_a`.
fn is_dotted(version: &str) -> bool {
    version.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count() > 1
}

/// 10, 20, 30; or 1023, 1051, 1102, the numbers of tickets. Few numbers show no such habit.
fn leaves_room(versions: &[&str]) -> bool {
    let mut numbers: Vec<u64> = versions.iter().filter_map(|version| version.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let common = numbers.iter().copied().reduce(greatest_common_divisor).unwrap_or(1);
    let by_one = numbers.windows(2).filter(|pair| pair[1] - pair[0] == 1).count();
    (numbers.len() > 2 && common >= 5) || (numbers.len() > 6 && by_one * 2 < numbers.len() - 1)
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// A date, a date with a time, or seconds since 1970.
pub fn is_point_in_time(version: &str) -> bool {
    let digits: String = version.chars().filter(char::is_ascii_digit).collect();
    let year = digits.get(..4).and_then(|year| year.parse::<u32>().ok());
    let month = digits.get(4..6).and_then(|month| month.parse::<u32>().ok());
    let is_date =
        year.is_some_and(|y| (1970..2200).contains(&y)) && month.is_some_and(|m| (1..=12).contains(&m));
    (digits.len() >= 8 && is_date) || (digits.len() >= 10 && version.len() == digits.len())
}

/// `9_x` beside `010_y`. Versions that outgrew their width (`1000` after `999`) and histories that never pad are fine.
fn odd_widths<'f, 'a>(numbering: Numbering, ups: &[(&'f File<'a>, Piece)]) -> Vec<(&'f File<'a>, Reason)> {
    if numbering != Numbering::Sequential {
        return Vec::new();
    }
    let versions: Vec<(&File<'a>, &str)> = ups
        .iter()
        .filter(|(_, up)| {
            !up.repeatable && up.version.bytes().all(|b| b.is_ascii_digit()) && !is_point_in_time(&up.version)
        })
        .map(|(file, up)| (*file, up.version.as_str()))
        .collect();
    // Those that are padded show the width that was meant.
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, version) in versions.iter().filter(|(_, version)| version.len() > 1 && version.starts_with('0')) {
        *counts.entry(version.len()).or_default() += 1;
    }
    let Some(usual) = counts.iter().max_by_key(|(_, count)| **count).map(|(width, _)| *width) else {
        return Vec::new();
    };
    versions
        .into_iter()
        .filter(|(_, version)| version.len() != usual && (version.len() < usual || version.starts_with('0')))
        .map(|(file, version)| {
            (file, Reason::WidthDiffers { has: version.len() as u32, others: usual as u32 })
        })
        .collect()
}
