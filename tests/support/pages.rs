//! The pages of the rules, `rules/*.md` and `tests/rules/*.md`, read as test cases.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use gander::diagnostic::Severity;
use gander::rules::Page;
use gander::schema::Engine;

/// Rules that have a page already and are not written yet. A test keeps the list right.
pub const NOT_YET: &[&str] = &[];

/// A file of cases about one rule.
#[derive(Debug)]
pub struct RulePage {
    /// The rule: the file's name.
    pub id: String,
    /// Relative to the project: `rules/sequence-gap.md`.
    pub path: String,
    /// The front matter. That of `rules/<id>.md` for a file of `tests/rules`.
    pub page: Page,
    /// In the order of the file.
    pub cases: Vec<Case>,
}

/// What stands between one heading and the next, with at least one migration in it.
#[derive(Debug)]
pub struct Case {
    /// The heading.
    pub heading: String,
    /// Its line.
    pub line: usize,
    /// `tool=`; `plain` where none is said.
    pub tool: String,
    /// `engine=`; None where none is said: as gander recognises it, which is PostgreSQL unless a file says otherwise.
    pub engine: Option<Engine>,
    /// In the order of the page.
    pub fences: Vec<Fence>,
}

/// One fence.
#[derive(Debug)]
pub struct Fence {
    /// Its line.
    pub line: usize,
    /// What it is.
    pub kind: Kind,
    /// The path of its file in the case's tree; of the file before it for `fixed` and `canonical-fixed`.
    pub path: String,
    /// What stands in it.
    pub text: String,
    /// What gander must find in it.
    pub expect: Expect,
    /// Whether a `bad` fence must prove the page's claims on a server.
    pub claims: bool,
    /// `claim=blocks-writes+scans`: what is measured of it instead of what the page claims.
    pub instead: Option<Vec<String>>,
    /// `claim=42P07`: the SQLSTATE with which PostgreSQL refuses it, which the finding must name too.
    pub state: Option<String>,
}

/// What a fence is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An older migration: replayed, not judged.
    Applied,
    /// A migration with a finding.
    Bad,
    /// A migration without.
    Good,
    /// What the fix makes of the `bad` fence before it.
    Fixed,
    /// A schema file.
    Canonical,
    /// What the fixes of the case make of the schema file.
    CanonicalFixed,
    /// Any other file of the tree.
    File,
    /// What gander prints for the `bad` fence before it.
    Output,
    /// What the server takes before the `bad` fence before it ran, and refuses afterwards.
    ThenFails,
}

/// How many findings of the rule a file has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expect {
    /// None.
    Nothing,
    /// Exactly one, of this severity; None: the page's.
    One(Option<Severity>),
}

/// The root of the project.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page, by path, those of `rules/` first.
///
/// # Panics
/// When one cannot be read, or is not written as the others are: with all complaints at once.
pub fn all() -> Vec<RulePage> {
    let mut pages = Vec::new();
    let mut complaints = Vec::new();
    for path in markdown("rules").into_iter().chain(markdown("tests/rules")) {
        let text = read(&path);
        let id = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let front = read(&project().join("rules").join(format!("{id}.md")));
        let shown = path.strip_prefix(project()).unwrap_or(&path).display().to_string();
        match cases(&text) {
            Ok(cases) => pages.push(RulePage { id, path: shown, page: Page::parse(&front), cases }),
            Err(errors) => {
                complaints.extend(errors.iter().map(|(line, what)| format!("{shown}:{line}: {what}")))
            }
        }
    }
    assert!(complaints.is_empty(), "pages that cannot be read:\n{}", complaints.join("\n"));
    pages
}

/// The Markdown files of a directory of the project.
pub fn markdown(directory: &str) -> Vec<PathBuf> {
    let directory = project().join(directory);
    let entries = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cases of a page; or what is wrong with it, with line numbers.
pub fn cases(text: &str) -> Result<Vec<Case>, Vec<(usize, String)>> {
    let mut errors = Vec::new();
    let mut cases = vec![Case::new("", 1)];
    let mut name: Option<(usize, String)> = None;
    let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line));
    while let Some((at, line)) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            cases.push(Case::new(heading, at));
        } else if let Some(file) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'))
            && !file.contains('`')
            && !file.contains(' ')
        {
            if let Some((line, file)) = name.replace((at, file.to_owned())) {
                errors.push((line, format!("`{file}` names no fence")));
            }
        } else if let Some(info) = line.strip_prefix("```") {
            let mut body = String::new();
            let closed = lines.by_ref().take_while(|(_, line)| *line != "```").fold(0, |_, (at, line)| {
                body.push_str(line);
                body.push('\n');
                at
            });
            if closed == text.lines().count() {
                errors.push((at, "the fence is never closed".to_owned()));
            }
            let name = name.take().map(|(_, name)| name);
            let case = cases.last_mut().expect("there is always one");
            if let Err(what) = case.add(at, info, name, body) {
                errors.push((at, what));
            }
        }
    }
    if let Some((line, file)) = name {
        errors.push((line, format!("`{file}` names no fence")));
    }
    cases.retain(|case| case.fences.iter().any(|fence| fence.kind.is_migration()));
    for case in &cases {
        let judged = |fence: &Fence| {
            matches!(fence.kind, Kind::Bad | Kind::Good | Kind::Canonical) || fence.expect != Expect::Nothing
        };
        if !case.fences.iter().any(judged) {
            errors.push((case.line, format!("`{}` judges nothing", case.heading)));
        }
    }
    if errors.is_empty() { Ok(cases) } else { Err(errors) }
}

impl Case {
    fn new(heading: &str, line: usize) -> Self {
        Self { heading: heading.to_owned(), line, tool: "plain".to_owned(), engine: None, fences: Vec::new() }
    }

    /// The fence that says what becomes of this one, where there is one.
    pub fn fixed(&self, index: usize) -> Option<&Fence> {
        let path = &self.fences.get(index)?.path;
        let mut fixes =
            self.fences.iter().filter(|fence| matches!(fence.kind, Kind::Fixed | Kind::CanonicalFixed));
        fixes.find(|fence| fence.path == *path)
    }

    /// The fence that says what gander prints for this one, where there is one.
    pub fn output(&self, index: usize) -> Option<&Fence> {
        let path = &self.fences.get(index)?.path;
        self.fences.iter().find(|fence| fence.kind == Kind::Output && fence.path == *path)
    }

    /// The fence that says what fails after this one, where there is one.
    pub fn then_fails(&self, index: usize) -> Option<&Fence> {
        let path = &self.fences.get(index)?.path;
        self.fences.iter().find(|fence| fence.kind == Kind::ThenFails && fence.path == *path)
    }

    fn add(&mut self, line: usize, info: &str, name: Option<String>, text: String) -> Result<(), String> {
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or("");
        let Some(word) = words.next() else {
            // A fence in the prose.
            return if language == "output" { self.follow(line, Kind::Output, text) } else { Ok(()) };
        };
        let kind = match word {
            "applied" => Kind::Applied,
            "bad" => Kind::Bad,
            "good" => Kind::Good,
            "fixed" => return self.follow(line, Kind::Fixed, text),
            "then-fails" => return self.follow(line, Kind::ThenFails, text),
            "canonical" => Kind::Canonical,
            "canonical-fixed" => return self.follow(line, Kind::CanonicalFixed, text),
            file if file.contains('.') => Kind::File,
            _ => return Err(format!("`{word}` is no kind of fence")),
        };
        let mut expect = if kind == Kind::Bad { Expect::One(None) } else { Expect::Nothing };
        let mut claims = matches!(kind, Kind::Bad | Kind::Good);
        let mut instead = None;
        let mut state = None;
        for word in words {
            match word.split_once('=') {
                None if word == "bad" => expect = Expect::One(None),
                Some(("bad", "0")) => expect = Expect::Nothing,
                Some(("bad", name)) => {
                    let severity =
                        Severity::from_name(name).ok_or_else(|| format!("`{name}` is no severity"))?;
                    expect = Expect::One(Some(severity));
                }
                Some(("engine", name)) => self.engine = Some(Engine::parse(name)?),
                Some(("tool", name)) => name.clone_into(&mut self.tool),
                Some(("claim", "none")) => claims = false,
                Some(("claim", list)) if list.contains('-') || list.ends_with('s') => {
                    instead = Some(list.split('+').map(str::to_owned).collect());
                }
                Some(("claim", code)) if code.len() == 5 => state = Some(code.to_owned()),
                Some(_) | None => return Err(format!("`{word}` means nothing here")),
            }
        }
        let path = match (kind, name) {
            (Kind::File, None) => word.to_owned(),
            (Kind::File, Some(_)) => return Err("the name stands in the fence's own line already".to_owned()),
            (Kind::Canonical, name) => name.ok_or("a schema file needs a name")?,
            (_, Some(name)) => format!("migrations/{name}"),
            (_, None) => {
                let number = self.fences.iter().filter(|fence| fence.kind.is_migration()).count() + 1;
                format!("migrations/{number:03}_case.sql")
            }
        };
        if self.fences.iter().any(|fence| fence.path == path) {
            return Err(format!("{path} stands in this case twice"));
        }
        self.fences.push(Fence { line, kind, path, text, expect, claims, instead, state });
        Ok(())
    }

    /// A fence that says something about the one before it.
    fn follow(&mut self, line: usize, kind: Kind, text: String) -> Result<(), String> {
        let wanted = if kind == Kind::CanonicalFixed { Kind::Canonical } else { Kind::Bad };
        let is_told = |fence: &Fence| kind == Kind::Output && fence.expect != Expect::Nothing;
        let before = self.fences.iter().rev().find(|fence| fence.kind == wanted || is_told(fence));
        let path = before.ok_or("it follows nothing that could be fixed")?.path.clone();
        let expect = Expect::Nothing;
        self.fences.push(Fence { line, kind, path, text, expect, claims: false, instead: None, state: None });
        Ok(())
    }
}

impl Kind {
    /// Whether it is a migration of the case's history.
    pub const fn is_migration(self) -> bool {
        matches!(self, Self::Applied | Self::Bad | Self::Good)
    }

    /// Whether it is a file of the case's tree.
    pub const fn is_file(self) -> bool {
        self.is_migration() || matches!(self, Self::Canonical | Self::File)
    }
}

/// Where a complaint comes from: `rules/x.md:12 (A heading)`.
pub struct At<'a>(pub &'a RulePage, pub &'a Case, pub usize);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} ({})", self.0.path, self.2, self.1.heading)
    }
}
