//! New migrations: where the next one stands, and its text with all that its tool wants around it.

use super::tools::{Alone, Downs, Fresh};
use super::{Migration, Sequence, Wrap};
use crate::text::{Edit, Sources, Span};

/// A file that is not there yet: its path from the project's root, and its text.
pub type NewFile = (String, String);

/// A migration that is not written yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// What it is called, behind its version: `validate_orders_customer_id_fkey`.
    pub name: String,
    /// Lines of comment above it.
    pub comment: Vec<String>,
    /// Whether it must run outside a transaction.
    pub alone: bool,
    /// Its statements, with their semicolons.
    pub up: Vec<String>,
    /// Its way back, likewise; or why there is none.
    pub down: Result<Vec<String>, String>,
}

impl Sequence {
    /// Where the next migration of that name would stand, by the habit of the last one. None where there is none to follow.
    pub fn next_path(&self, name: &str, sources: &Sources) -> Option<String> {
        self.path_after(name, 1, sources)
    }

    /// The files of new migrations, in running order, by the habits of the last one. None where there is none to follow, where a file
    /// alone is not enough for the tool, or where one must run outside a transaction and cannot.
    pub fn write(&self, drafts: &[Draft], sources: &Sources) -> Option<Vec<NewFile>> {
        let fresh = self.tool.fresh?;
        let mut files = Vec::new();
        let mut number = 0;
        for draft in drafts {
            let lonely = draft.alone && matches!(fresh.alone, Alone::OneStatement);
            if draft.alone && (matches!(fresh.alone, Alone::Never) || lonely && draft.up.len() != 1) {
                return None;
            }
            number += 1;
            let path = self.path_after(&draft.name, number, sources)?;
            files.extend(self.files_of(draft, fresh, path, sources)?);
        }
        Some(files)
    }

    /// What takes a migration out of the tool's transaction: edits of its file, and files beside it. None where the tool cannot, or does not
    /// do it this way.
    pub fn switch_off(&self, migration: &Migration, sources: &Sources) -> Option<(Vec<Edit>, Vec<NewFile>)> {
        let fresh = self.tool.fresh?;
        let source = sources.get(migration.up.file);
        match fresh.alone {
            Alone::Always | Alone::OneStatement => Some((Vec::new(), Vec::new())),
            Alone::Lines { up, .. } if fresh.up.is_empty() => Some((
                vec![Edit::insert(source.start(), format!("{up}{}", source.line_ending()))],
                Vec::new(),
            )),
            Alone::Lines { up, .. } => {
                let at = source.text().find(fresh.up)? as u32;
                let span = Span::new(at, at + fresh.up.len() as u32);
                Some((vec![Edit::replace(span, up.replace('\n', source.line_ending()))], Vec::new()))
            }
            Alone::Beside { path, text } => {
                let beside = path(&source.path);
                sources.find(&beside).is_none().then(|| (Vec::new(), vec![(beside, text.to_owned())]))
            }
            Alone::Never => None,
        }
    }

    fn files_of(&self, draft: &Draft, fresh: Fresh, path: String, sources: &Sources) -> Option<Vec<NewFile>> {
        let last = self.last()?;
        let wraps = last.up.wrap != Wrap::Nobody || last.up.switched_off.is_some();
        let (above_up, above_down) = match fresh.alone {
            Alone::Lines { up, down } if draft.alone => (up, Some(down)),
            _ => (fresh.up, None),
        };
        let mut text = String::new();
        let mut line = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        if !above_up.is_empty() {
            line(above_up);
        }
        draft.comment.iter().for_each(|comment| line(&format!("-- {comment}")));
        body(&draft.up, fresh, draft.alone || wraps).iter().for_each(|statement| line(statement));
        let way_back: Vec<String> = match &draft.down {
            Ok(statements) => body(statements, fresh, draft.alone || wraps),
            Err(why) => vec![format!("-- irreversible: {why}")],
        };
        let mut files = Vec::new();
        match (self.tool.down, &last.down) {
            (Downs::Sections { marker }, Some(_)) => {
                let marker =
                    above_down.filter(|_| !matches!(fresh.alone, Alone::Beside { .. })).unwrap_or(marker);
                line("");
                line(marker);
                way_back.iter().for_each(|statement| line(statement));
                files.push((path.clone(), text));
            }
            (Downs::Files { name }, Some(down)) => {
                let of = |file| sources.get(file).path.as_str();
                let beside = name(&path, Some((of(last.up.file), of(down.file))));
                let head = above_down.filter(|head| !head.is_empty()).map(|head| format!("{head}\n"));
                let back = way_back.iter().map(|statement| format!("{statement}\n"));
                files.push((path.clone(), text));
                files.push((beside, head.into_iter().chain(back).collect()));
            }
            (Downs::None | Downs::Sections { .. } | Downs::Files { .. }, _) => {
                files.push((path.clone(), text))
            }
        }
        if let Alone::Beside { path: beside, text } = fresh.alone
            && draft.alone
        {
            files.push((beside(&path), text.to_owned()));
        }
        Some(files)
    }

    fn last(&self) -> Option<&Migration> {
        let mut last = self.migrations.iter().rev();
        last.find(|migration| !migration.repeatable && !migration.version.is_empty())
    }

    /// The path of the migration that comes `nth` after the last one.
    fn path_after(&self, name: &str, nth: u64, sources: &Sources) -> Option<String> {
        let last = self.last()?;
        let path = &sources.get(last.up.file).path;
        let (start, end) = version_in(path, &last.version)?;
        let rest = &path[end..];
        let rest = if last.name.is_empty() { rest.to_owned() } else { rest.replacen(&last.name, name, 1) };
        Some(format!("{}{}{rest}", &path[..start], counted_on(&path[start..end], nth)?))
    }
}

/// Statements as a file holds them: several between BEGIN and COMMIT where nobody else opens a transaction.
fn body(statements: &[String], fresh: Fresh, has_transaction: bool) -> Vec<String> {
    let one = |statement: &String| match fresh.block.filter(|_| statement.contains("$$")) {
        Some((begin, end)) => format!("{begin}\n{statement}\n{end}"),
        None => statement.clone(),
    };
    let own = statements.iter().map(one);
    let wrap = statements.len() > 1 && !has_transaction;
    let (begin, commit) = (wrap.then(|| "BEGIN;".to_owned()), wrap.then(|| "COMMIT;".to_owned()));
    begin.into_iter().chain(own).chain(commit).collect()
}

/// Where a version stands in a path for the last time; tools leave out the dashes that the path has.
fn version_in(path: &str, version: &str) -> Option<(usize, usize)> {
    if let Some(start) = path.rfind(version) {
        return Some((start, start + version.len()));
    }
    let starts = path.char_indices().rev().map(|(start, _)| start);
    starts.filter(|start| path.as_bytes()[*start] != b'-').find_map(|start| {
        let mut wanted = version.chars();
        let mut end = start;
        for c in path[start..].chars().filter(|c| *c != '/') {
            match wanted.clone().next() {
                None => break,
                Some(next) if next == c => drop(wanted.next()),
                Some(_) if c == '-' => {}
                Some(_) => return None,
            }
            end += c.len_utf8();
        }
        wanted.next().is_none().then_some((start, end))
    })
}

/// A version counted on, with its zeros and dashes: `2024-01-01-000009` and 1 give `2024-01-01-000010`.
fn counted_on(version: &str, by: u64) -> Option<String> {
    let tail = version.rfind(|c: char| !c.is_ascii_digit() && c != '-').map_or(0, |at| at + 1);
    let (kept, numbers) = version.split_at(tail);
    let digits: String = numbers.chars().filter(char::is_ascii_digit).collect();
    let next = digits.parse::<u64>().ok()?.checked_add(by)?;
    let width = digits.len();
    let mut next = format!("{next:0width$}");
    // One more digit than there were stands in front.
    let more: String = next.drain(..next.len() - width).collect();
    let mut next = next.chars();
    let counted: String =
        numbers.chars().filter_map(|c| if c == '-' { Some(c) } else { next.next() }).collect();
    Some(format!("{kept}{more}{counted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_counted_on_as_they_are_written() {
        for (version, by, wanted) in [
            ("009", 1, "010"),
            ("0042", 3, "0045"),
            ("99", 1, "100"),
            ("1.9", 1, "1.10"),
            ("20240101000000", 2, "20240101000002"),
            ("2024-01-01-000009", 1, "2024-01-01-000010"),
        ] {
            assert_eq!(counted_on(version, by).as_deref(), Some(wanted), "{version} and {by}");
        }
        assert_eq!(counted_on("abc", 1), None);
    }

    #[test]
    fn a_version_is_found_without_its_dashes() {
        let path = "migrations/2024-01-01-000000_create_users/up.sql";
        let (start, end) = version_in(path, "20240101000000").expect("it is there");
        assert_eq!(&path[start..end], "2024-01-01-000000");
    }
}
