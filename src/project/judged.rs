//! Which migrations are history and which are judged. What stands on the base branch is *applied*: for all we
//! know it has run. What is *judged* is the rest, narrowed by `--staged`, `--since` and PATHs.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::rc::Rc;

use super::error::UserError;
use super::files::{Files, Target, contents_of};
use crate::git::{Content, ObjectId, Repo, Tree};

/// The contents of the files of a tree, by path relative to the project's root.
pub type Contents = BTreeMap<String, Content>;

/// The trees that decide. Without a repository all but `now` are `None`.
#[derive(Clone, Default, Debug)]
pub struct Trees {
    /// The work tree or the index, as it was read. A file without a content counts as new.
    pub now: BTreeMap<String, Option<Content>>,
    /// What has run: the base branch.
    pub base: Option<Rc<Contents>>,
    /// Where HEAD and the base branch parted; `None` where a shallow clone ends before it.
    pub fork: Option<Rc<Contents>>,
    /// What HEAD holds.
    pub head: Option<Rc<Contents>>,
    /// What `--staged` (HEAD) or `--since` (the merge base) compares with; `None` without them.
    pub before: Option<Rc<Contents>>,
    /// What the base is called: `origin/main`.
    pub base_name: Option<String>,
}

/// By which flag less is judged than all that is not applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Narrowing<'a> {
    /// None.
    Nothing,
    /// `--staged`: what the index changes.
    Staged,
    /// `--since REV`: what changed since the merge base of REV and HEAD.
    Since(&'a str),
}

/// What the command line and gander.toml say about what is judged.
#[derive(Clone, Default, Debug)]
pub struct Selection {
    /// `--all`: the applied ones too.
    pub all: bool,
    /// What the PATH arguments name.
    pub targets: Vec<Target>,
    /// There are PATH arguments, though perhaps none that names anything; without any: the project.
    pub narrowed: bool,
    /// `start-after`.
    pub start_after: Option<String>,
}

/// How a migration stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// It has run, for all we know: it stands on the base branch, or `start-after` says so.
    pub applied: bool,
    /// It stands on the base branch with other content, and HEAD's side changed it.
    pub edited: bool,
    /// It differs from what `--staged` or `--since` compares with; without them: it is not applied, or
    /// edited.
    pub changed: bool,
    /// It is judged by all rules.
    pub judged: bool,
}

impl Trees {
    /// Reads the trees that stand for what has run and what is compared with. `base`: as configured; `named`:
    /// what gander.toml names.
    ///
    /// # Errors
    /// When the configured base or the revision of `--since` is not there, or a tree cannot be read.
    pub fn read(
        files: &Files,
        repo: Option<&Repo>,
        root: &Path,
        base: Option<&str>,
        narrowing: Narrowing,
        named: &[String],
    ) -> Result<Self, UserError> {
        let now = files.files.iter().map(|(path, file)| (path.clone(), file.content)).collect();
        let mut trees = Self { now, ..Self::default() };
        let Some(repo) = repo else {
            return match narrowing {
                Narrowing::Nothing => Ok(trees),
                Narrowing::Staged | Narrowing::Since(_) => Err(UserError::new("this is no git repository")
                    .help("run gander inside one, or without --staged and --since")),
            };
        };
        let mut read = HashMap::new();
        let mut contents = |commit: ObjectId| -> Result<Rc<Contents>, UserError> {
            if let Some(known) = read.get(&commit) {
                return Ok(Rc::clone(known));
            }
            let contents = Rc::new(contents_of(repo, Tree::Commit(commit), root, named)?);
            read.insert(commit, Rc::clone(&contents));
            Ok(contents)
        };
        let head = repo.head()?;
        let mut base = repo.base_commit(base)?;
        let mut fork = match (&base, head) {
            (Some(base), Some(head)) => repo.common(base.commit, head)?,
            (None, _) | (_, None) => None,
        };
        trees.head = head.map(&mut contents).transpose()?;
        trees.before = match narrowing {
            Narrowing::Nothing => None,
            Narrowing::Staged => Some(trees.head.clone().unwrap_or_default()),
            Narrowing::Since(rev) => {
                let since = repo.merge_base(rev)?;
                // On the base branch itself everything that is committed stands there; and a checkout for CI may
                // have no branch at all. Who asks for what came since a revision says that what was there before
                // has run, not what came since.
                if base.is_none() || (head.is_some() && fork == head) {
                    fork = Some(since);
                    let name = base.map_or_else(|| rev.to_owned(), |base| base.name);
                    base = Some(crate::git::Base { commit: since, name });
                }
                Some(contents(since)?)
            }
        };
        trees.fork = fork.map(&mut contents).transpose()?;
        trees.base = base.as_ref().map(|base| contents(base.commit)).transpose()?;
        trees.base_name = base.map(|base| base.name);
        Ok(trees)
    }

    /// How the migration at `path` stands. `version`: as the tool reads it, where it has one.
    pub fn standing(&self, path: &str, version: Option<&str>, selection: &Selection) -> Standing {
        let now = self.now.get(path).copied().flatten();
        let on_base = holds(self.base.as_deref(), path);
        let edited =
            on_base.is_some() && !is_same(now, on_base) && !is_same(now, holds(self.fork.as_deref(), path));
        let is_old = match (version, &selection.start_after) {
            (Some(version), Some(start)) => !version.is_empty() && compare_versions(version, start).is_le(),
            (_, None) | (None, _) => false,
        };
        let open = on_base.is_none() || edited;
        let changed = match &self.before {
            Some(before) => !is_same(now, holds(Some(before), path)),
            None => open,
        };
        let judged = !is_old
            && match selection.reach(path) {
                Reach::File => true,
                Reach::Inside => selection.all || (open && changed),
                Reach::Outside => false,
            };
        Standing { applied: on_base.is_some() || is_old, edited, changed, judged }
    }

    /// What a file held where HEAD's side parted from the base branch; where that is not known, what the base holds.
    pub fn on_base(&self, path: &str) -> Option<Content> {
        holds(self.fork.as_deref().or(self.base.as_deref()), path)
    }

    /// The files that stand on the base branch and were deleted on HEAD's side; with `--staged` or `--since`:
    /// deleted since then.
    pub fn deleted(&self, selection: &Selection) -> Vec<&str> {
        let Some(base) = &self.base else { return Vec::new() };
        // Without the place where both parted, what HEAD still holds is at least known to have been there.
        let ours = self.fork.as_ref().or(self.head.as_ref());
        let gone = base.keys().filter(|path| {
            !self.now.contains_key(*path)
                && ours.is_some_and(|ours| ours.contains_key(*path))
                && self.before.as_ref().is_none_or(|before| before.contains_key(*path))
                && selection.reach(path) != Reach::Outside
        });
        gone.map(String::as_str).collect()
    }

    /// The applied file that `path`, which is new, has the content of, and that is gone: it was renamed.
    pub fn renamed_from(&self, path: &str) -> Option<&str> {
        let base = self.base.as_ref()?;
        let now = self.now.get(path).copied().flatten()?;
        if base.contains_key(path) {
            return None;
        }
        let gone =
            |(old, content): &(&String, &Content)| !self.now.contains_key(*old) && now.same_as(content);
        base.iter().find(gone).map(|(old, _)| old.as_str())
    }

    /// The files that came to the base branch after HEAD's side parted from it: their versions are taken.
    pub fn only_on_base(&self) -> Vec<&str> {
        let Some(base) = &self.base else { return Vec::new() };
        let ours = self.fork.as_ref().or(self.head.as_ref());
        let new = base.keys().filter(|path| {
            !self.now.contains_key(*path) && ours.is_some_and(|ours| !ours.contains_key(*path))
        });
        new.map(String::as_str).collect()
    }
}

/// How PATH arguments reach a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// One names it.
    File,
    /// One names a directory above it, or there are none.
    Inside,
    /// There are some, and they are elsewhere.
    Outside,
}

impl Selection {
    /// How the PATH arguments reach `path`.
    pub fn reach(&self, path: &str) -> Reach {
        let below = |directory: &str| {
            directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
        };
        let mut reach =
            if self.targets.is_empty() && !self.narrowed { Reach::Inside } else { Reach::Outside };
        for target in &self.targets {
            match target {
                Target::File(file) if file == path => return Reach::File,
                Target::Directory(directory) if below(directory) => reach = Reach::Inside,
                Target::File(_) | Target::Directory(_) => {}
            }
        }
        reach
    }
}

fn holds(tree: Option<&Contents>, path: &str) -> Option<Content> {
    tree?.get(path).copied()
}

fn is_same(one: Option<Content>, other: Option<Content>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.same_as(&other))
}

/// Which of two versions comes first: number by number, and a timestamp cut short (`20240101`) as if zeros
/// followed.
pub fn compare_versions(one: &str, other: &str) -> Ordering {
    let (one_parts, other_parts) = (numbers(one), numbers(other));
    let (Some(a), Some(b)) = (one_parts, other_parts) else { return one.cmp(other) };
    let timestamp = |parts: &[&str]| parts.len() == 1 && (8..=17).contains(&parts[0].len());
    if timestamp(&a) && timestamp(&b) {
        let width = a[0].len().max(b[0].len());
        return format!("{:0<width$}", a[0]).cmp(&format!("{:0<width$}", b[0]));
    }
    for i in 0..a.len().max(b.len()) {
        let part = |parts: &[&str]| parts.get(i).map_or("", |part| part.trim_start_matches('0')).to_owned();
        let (a, b) = (part(&a), part(&b));
        let order = a.len().cmp(&b.len()).then_with(|| a.cmp(&b));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// The numbers of `1.2.10`, `0042`, `2024_01_01`, `v3`; `None` where letters stand among them.
fn numbers(version: &str) -> Option<Vec<&str>> {
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let parts: Vec<&str> = version.split(['.', '_', '-']).collect();
    let all = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    all.then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(text: &str) -> Content {
        let with_lf = text.contains("\r\n").then(|| text.replace("\r\n", "\n"));
        let id = |text: &str| ObjectId::of_blob(text.as_bytes()).expect("hashed");
        Content { id: id(text), with_lf: with_lf.as_deref().map(id) }
    }

    fn tree(files: &[(&str, &str)]) -> Option<Rc<Contents>> {
        Some(Rc::new(files.iter().map(|(path, text)| ((*path).to_owned(), blob(text))).collect()))
    }

    fn now(files: &[(&str, &str)]) -> BTreeMap<String, Option<Content>> {
        files.iter().map(|(path, text)| ((*path).to_owned(), Some(blob(text)))).collect()
    }

    fn targets(targets: &[Target]) -> Selection {
        Selection { targets: targets.to_vec(), narrowed: true, ..Selection::default() }
    }

    fn flags(standing: Standing) -> (bool, bool, bool) {
        (standing.applied, standing.edited, standing.judged)
    }

    const APPLIED: (bool, bool, bool) = (true, false, false);
    const NEW: (bool, bool, bool) = (false, false, true);
    const EDITED: (bool, bool, bool) = (true, true, true);

    #[test]
    fn what_stands_on_the_base_is_history_and_the_rest_is_judged() {
        let trees = Trees {
            now: now(&[("m/1.sql", "a"), ("m/2.sql", "changed"), ("m/3.sql", "new")]),
            base: tree(&[("m/1.sql", "a"), ("m/2.sql", "b")]),
            fork: tree(&[("m/1.sql", "a"), ("m/2.sql", "b")]),
            head: tree(&[("m/1.sql", "a"), ("m/2.sql", "b"), ("m/3.sql", "new")]),
            ..Trees::default()
        };
        let none = Selection::default();
        assert_eq!(flags(trees.standing("m/1.sql", None, &none)), APPLIED);
        assert_eq!(flags(trees.standing("m/2.sql", None, &none)), EDITED);
        assert_eq!(flags(trees.standing("m/3.sql", None, &none)), NEW);
        let all = Selection { all: true, ..Selection::default() };
        assert_eq!(flags(trees.standing("m/1.sql", None, &all)), (true, false, true));
    }

    #[test]
    fn outside_a_repository_nothing_is_applied() {
        let trees = Trees { now: BTreeMap::from([("1.sql".to_owned(), None)]), ..Trees::default() };
        assert_eq!(flags(trees.standing("1.sql", None, &Selection::default())), NEW);
        assert!(trees.deleted(&Selection::default()).is_empty());
    }

    #[test]
    fn what_the_base_branch_did_meanwhile_is_not_ours() {
        let trees = Trees {
            now: now(&[("1.sql", "old"), ("3.sql", "ours")]),
            base: tree(&[("1.sql", "edited there"), ("2.sql", "theirs")]),
            fork: tree(&[("1.sql", "old")]),
            head: tree(&[("1.sql", "old"), ("3.sql", "ours")]),
            ..Trees::default()
        };
        let none = Selection::default();
        assert_eq!(flags(trees.standing("1.sql", None, &none)), APPLIED);
        assert!(trees.deleted(&none).is_empty());
        assert_eq!(trees.only_on_base(), ["2.sql"]);
    }

    #[test]
    fn deleting_an_applied_migration_is_seen_and_deleting_our_own_is_not() {
        let mut trees = Trees {
            now: now(&[("m/1.sql", "a")]),
            base: tree(&[("m/1.sql", "a"), ("m/2.sql", "b"), ("n/4.sql", "d")]),
            fork: tree(&[("m/1.sql", "a"), ("m/2.sql", "b"), ("n/4.sql", "d")]),
            head: tree(&[("m/1.sql", "a"), ("m/3.sql", "our own"), ("n/4.sql", "d")]),
            ..Trees::default()
        };
        assert_eq!(trees.deleted(&Selection::default()), ["m/2.sql", "n/4.sql"]);
        assert_eq!(trees.deleted(&targets(&[Target::Directory("m".into())])), ["m/2.sql"]);
        // Staged: m/2.sql was deleted in an earlier commit, n/4.sql in this one.
        trees.before = trees.head.clone();
        assert_eq!(trees.deleted(&Selection::default()), ["n/4.sql"]);
        // In a shallow clone HEAD has to do.
        trees.fork = None;
        trees.before = None;
        assert_eq!(trees.deleted(&Selection::default()), ["n/4.sql"]);
    }

    #[test]
    fn a_renamed_file_is_known_by_its_content() {
        let trees = Trees {
            now: now(&[("m/2.sql", "a"), ("m/3.sql", "c"), ("m/4.sql", "d")]),
            base: tree(&[("m/1.sql", "a"), ("m/3.sql", "c")]),
            ..Trees::default()
        };
        assert_eq!(trees.renamed_from("m/2.sql"), Some("m/1.sql"));
        assert_eq!(trees.renamed_from("m/3.sql"), None, "it stands where it stood");
        assert_eq!(trees.renamed_from("m/4.sql"), None);
    }

    #[test]
    fn staged_and_since_narrow_what_is_judged() {
        let trees = Trees {
            now: now(&[("1.sql", "a"), ("2.sql", "b"), ("3.sql", "c"), ("4.sql", "d2")]),
            base: tree(&[("1.sql", "a"), ("4.sql", "d")]),
            fork: tree(&[("1.sql", "a"), ("4.sql", "d")]),
            before: tree(&[("1.sql", "other"), ("2.sql", "b"), ("4.sql", "d")]),
            ..Trees::default()
        };
        let none = Selection::default();
        // Changed since then, but only to become what the base has: a merge brought it.
        assert_eq!(flags(trees.standing("1.sql", None, &none)), APPLIED);
        let earlier = trees.standing("2.sql", None, &none);
        assert_eq!((earlier.applied, earlier.changed, earlier.judged), (false, false, false));
        assert_eq!(flags(trees.standing("3.sql", None, &none)), NEW);
        assert_eq!(flags(trees.standing("4.sql", None, &none)), EDITED);
    }

    #[test]
    fn a_named_file_is_judged_whatever_its_standing_and_a_directory_narrows() {
        let trees = Trees {
            now: now(&[("m/1.sql", "a"), ("m/2.sql", "b"), ("n/3.sql", "c"), ("mm/4.sql", "d")]),
            base: tree(&[("m/1.sql", "a")]),
            before: tree(&[]),
            ..Trees::default()
        };
        let judged = |path, selection: &Selection| trees.standing(path, None, selection).judged;
        let file = targets(&[Target::File("m/1.sql".into())]);
        assert!(judged("m/1.sql", &file) && !judged("m/2.sql", &file));
        let directory = targets(&[Target::Directory("m".into())]);
        assert!(!judged("m/1.sql", &directory) && judged("m/2.sql", &directory));
        assert!(!judged("n/3.sql", &directory) && !judged("mm/4.sql", &directory));
        let both = targets(&[Target::Directory("n".into()), Target::File("m/1.sql".into())]);
        assert!(judged("m/1.sql", &both) && judged("n/3.sql", &both) && !judged("m/2.sql", &both));
        let root = targets(&[Target::Directory(String::new())]);
        assert!(judged("n/3.sql", &root) && !judged("m/1.sql", &root));
        let all = Selection { all: true, ..directory };
        assert!(judged("m/1.sql", &all) && !judged("n/3.sql", &all));
        // A PATH that names nothing does not mean everything.
        assert!(!judged("m/2.sql", &targets(&[])) && judged("m/2.sql", &Selection::default()));
    }

    #[test]
    fn start_after_comes_before_everything() {
        let trees = Trees { now: now(&[("1.sql", "a")]), ..Trees::default() };
        let selection = Selection {
            all: true,
            targets: vec![Target::File("1.sql".into())],
            narrowed: true,
            start_after: Some("20240101".into()),
        };
        assert_eq!(flags(trees.standing("1.sql", Some("20231231235959"), &selection)), APPLIED);
        assert_eq!(flags(trees.standing("1.sql", Some("20240101000000"), &selection)), APPLIED);
        assert_eq!(flags(trees.standing("1.sql", Some("20240101000001"), &selection)), NEW);
        assert_eq!(
            flags(trees.standing("1.sql", Some(""), &selection)),
            NEW,
            "a repeatable one has no version"
        );
        assert_eq!(flags(trees.standing("1.sql", None, &selection)), NEW);
    }

    #[test]
    fn versions_compare_by_their_numbers() {
        assert_eq!(compare_versions("9", "10"), Ordering::Less);
        assert_eq!(compare_versions("010", "10"), Ordering::Equal);
        assert_eq!(compare_versions("1.10", "1.9"), Ordering::Greater);
        assert_eq!(compare_versions("1.2", "1.2.1"), Ordering::Less);
        assert_eq!(compare_versions("1.0", "1"), Ordering::Equal);
        assert_eq!(compare_versions("20231231", "20240101000000"), Ordering::Less);
        assert_eq!(compare_versions("20240101", "20240101000001"), Ordering::Less);
        assert_eq!(compare_versions("99999999999999999999999", "100000000000000000000000"), Ordering::Less);
        assert_eq!(compare_versions("a1", "b1"), Ordering::Less);
    }

    #[test]
    fn line_endings_that_checkout_made_are_no_edit() {
        let trees = Trees {
            now: now(&[("1.sql", "a;\r\nb;\r\n"), ("2.sql", "a;\r\nc;\r\n")]),
            base: tree(&[("1.sql", "a;\nb;\n"), ("2.sql", "a;\nb;\n")]),
            ..Trees::default()
        };
        assert_eq!(flags(trees.standing("1.sql", None, &Selection::default())), APPLIED);
        assert_eq!(flags(trees.standing("2.sql", None, &Selection::default())), EDITED);
    }
}
