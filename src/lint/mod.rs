//! Rules × steps → diagnostics: which rules are on where, suppression comments, one harm one finding.

mod harms;
mod suppress;

pub use suppress::nearest;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Severity};
use crate::history::cost;
use crate::history::replay::Replay;
use crate::rules::drift;
use crate::rules::facts::Canonical;
use crate::rules::page::On;
use crate::rules::rerun::Habits;
use crate::rules::{Check, Cx, Direction, HistoryFacts, PartFacts, RULES, Rule, Settings};
use crate::schema::Dialect;
use crate::text::{FileId, Sources};

/// Everything that is judged.
pub struct Input<'a> {
    /// Every file.
    pub sources: &'a Sources,
    /// Every sequence, replayed, with what else belongs to it.
    pub histories: &'a [History<'a>],
    /// Which rules are on.
    pub selection: &'a Selection,
}

/// A sequence with its standing.
pub struct History<'a> {
    /// It, replayed.
    pub replay: Replay<'a>,
    /// Migration files that stand on the base branch.
    pub applied: BTreeSet<FileId>,
    /// Migration files that are judged by all rules.
    pub judged: BTreeSet<FileId>,
    /// Whether a base branch is known. Without one, only a migration's own objects are new to it.
    pub base_known: bool,
    /// `--all`, or a PATH that names an applied file: other files of the change do not make objects new.
    pub own_objects_only: bool,
    /// Its canonical schema files.
    pub canonical: Vec<Canonical>,
    /// Dumps of a running database.
    pub dumps: Vec<Canonical>,
    /// What gander.toml says.
    pub settings: Settings,
}

/// Which rules are on.
#[derive(Clone, Debug)]
pub struct Selection {
    on: BTreeMap<&'static str, Choice>,
    /// Per file: rules that are off there.
    off_in: BTreeMap<FileId, BTreeSet<&'static str>>,
}

#[derive(Clone, Debug)]
struct Choice {
    severity: Severity,
    /// gander.toml set the severity: whatever the rule thinks of the case.
    is_set: bool,
    asked_for: bool,
    engines: Vec<Dialect>,
    idempotency: bool,
}

impl Selection {
    /// The rules that are on without being asked for.
    pub fn by_default() -> Self {
        let mut selection = Self { on: BTreeMap::new(), off_in: BTreeMap::new() };
        for rule in RULES {
            if rule.page().on != On::Strict {
                selection.turn_on(rule, false);
            }
        }
        selection
    }

    /// None at all.
    pub const fn none() -> Self {
        Self { on: BTreeMap::new(), off_in: BTreeMap::new() }
    }

    /// Turns a rule on. `asked_for`: by its own name.
    pub fn turn_on(&mut self, rule: &'static Rule, asked_for: bool) {
        let page = rule.page();
        let idempotency = page.category == "idempotency";
        let choice = self.on.entry(rule.id).or_insert(Choice {
            severity: page.severity,
            is_set: false,
            asked_for,
            engines: page.engines,
            idempotency,
        });
        choice.asked_for |= asked_for;
    }

    /// Turns a rule off.
    pub fn turn_off(&mut self, id: &str) {
        self.on.remove(id);
    }

    /// Gives a rule another severity.
    pub fn set_severity(&mut self, id: &str, severity: Severity) {
        if let Some(choice) = self.on.get_mut(id) {
            choice.severity = severity;
            choice.is_set = true;
        }
    }

    /// The severity of a rule that is on.
    pub fn severity(&self, id: &str) -> Option<Severity> {
        self.on.get(id).map(|choice| choice.severity)
    }

    /// Turns a rule off in a file.
    pub fn turn_off_in(&mut self, file: FileId, id: &str) {
        if let Some(rule) = crate::rules::by_id(id) {
            self.off_in.entry(file).or_default().insert(rule.id);
        }
    }

    /// Whether a rule is on.
    pub fn is_on(&self, id: &str) -> bool {
        self.on.contains_key(id)
    }

    /// The severity that gander.toml gives a rule.
    fn set_severity_of(&self, id: &str) -> Option<Severity> {
        self.on.get(id).filter(|choice| choice.is_set).map(|choice| choice.severity)
    }

    fn is_off_in(&self, file: FileId, id: &str) -> bool {
        self.off_in.get(&file).is_some_and(|off| off.contains(id))
    }
}

/// What the rules had to say.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The findings, by path, place and rule.
    pub findings: Vec<Diagnostic>,
    /// How many were suppressed by comments.
    pub suppressed: usize,
}

/// Shows everything to the rules that are on.
pub fn lint(input: &Input<'_>) -> Verdict {
    let mut all: Vec<Diagnostic> =
        input.histories.par_iter().flat_map(|history| judge(input, history)).collect();
    all.retain(|finding| !input.selection.is_off_in(finding.place.file, finding.rule));
    let (findings, suppressed) = suppress::apply(input, all);
    let mut findings = harms::merge(findings);
    for finding in &mut findings {
        finding.severity = input.selection.set_severity_of(finding.rule).unwrap_or(finding.severity);
    }
    sort(&mut findings, input.sources);
    Verdict { findings, suppressed }
}

/// Brings findings into the order in which they are told: by path, place and rule, none twice.
pub fn sort(findings: &mut Vec<Diagnostic>, sources: &Sources) {
    findings.sort_by(|a, b| {
        let path = |finding: &Diagnostic| sources.get(finding.place.file).path.as_str();
        let key = |finding: &Diagnostic| (finding.place.span, finding.rule);
        path(a).cmp(path(b)).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
    });
    findings.dedup();
}

fn judge(input: &Input<'_>, history: &History<'_>) -> Vec<Diagnostic> {
    let change: BTreeSet<FileId> = if history.base_known && !history.own_objects_only {
        history
            .replay
            .runs
            .iter()
            .map(|run| run.up.part.file)
            .filter(|file| !history.applied.contains(file))
            .collect()
    } else {
        BTreeSet::new()
    };
    let habits = Habits::before_each(&history.replay.runs);
    let complete = history.replay.complete_before_each();
    let begins: BTreeMap<Dialect, bool> =
        history.replay.end.keys().map(|dialect| (*dialect, history.replay.begins(*dialect))).collect();
    let mut findings: Vec<Diagnostic> = (0..history.replay.runs.len())
        .into_par_iter()
        .flat_map_iter(|index| {
            let run = &history.replay.runs[index];
            let begins = begins.get(&run.up.engine.dialect).is_some_and(|begins| *begins);
            judge_migration(input, history, index, (habits[index], complete[index], begins), &change)
        })
        .collect();
    findings
        .extend(history.canonical.iter().flat_map(|canonical| judge_canonical(input, history, canonical)));
    let sharing = sharing(input.histories, history);
    let others = others(input.histories, history);
    let facts = HistoryFacts { others: &others, ..facts_of(history, input.sources, &sharing) };
    for (rule, choice) in rules_on(input.selection) {
        if let Check::History(check) = rule.check {
            check(&facts, &mut Cx::new(rule, choice.severity, choice.asked_for, &mut findings));
        }
    }
    findings
}

fn facts_of<'a>(
    history: &'a History<'a>,
    sources: &'a Sources,
    sharing: &'a [&'a Replay<'a>],
) -> HistoryFacts<'a> {
    HistoryFacts {
        sources,
        replay: &history.replay,
        applied: &history.applied,
        judged: &history.judged,
        base_known: history.base_known,
        canonical: &history.canonical,
        dumps: &history.dumps,
        sharing,
        others: &[],
        settings: &history.settings,
    }
}

/// Takes away the schema files that nobody called canonical and that describe something else. Says which, with the directory of
/// the migrations that they do not belong to.
pub fn take_unrelated_schemas(histories: &mut [History<'_>], sources: &Sources) -> Vec<(FileId, String)> {
    let mut unrelated = Vec::new();
    for history in &*histories {
        let sharing = sharing(histories, history);
        let facts = facts_of(history, sources, &sharing);
        let canonical =
            history.canonical.iter().filter(|canonical| drift::is_no_schema_of(&facts, canonical));
        unrelated
            .extend(canonical.map(|canonical| (canonical.file, history.replay.sequence.directory.clone())));
    }
    for history in histories {
        let directory = &history.replay.sequence.directory;
        history.canonical.retain(|canonical| {
            !unrelated.iter().any(|(file, of)| *file == canonical.file && of == directory)
        });
    }
    unrelated
}

/// The other histories that share a schema file with one.
fn sharing<'a, 'r>(histories: &'a [History<'r>], history: &History<'_>) -> Vec<&'a Replay<'r>> {
    let shares = |other: &&History<'_>| {
        !std::ptr::addr_eq(*other, history)
            && other.canonical.iter().any(|one| history.canonical.iter().any(|own| own.file == one.file))
    };
    histories.iter().filter(shares).map(|other| &other.replay).collect()
}

/// The other histories of the project.
fn others<'a, 'r>(histories: &'a [History<'r>], history: &History<'_>) -> Vec<&'a Replay<'r>> {
    histories.iter().filter(|other| !std::ptr::addr_eq(*other, history)).map(|other| &other.replay).collect()
}

fn rules_on(selection: &Selection) -> impl Iterator<Item = (&'static Rule, &Choice)> {
    RULES.iter().filter_map(|rule| selection.on.get(rule.id).map(|choice| (*rule, choice)))
}

fn judge_migration(
    input: &Input<'_>,
    history: &History<'_>,
    index: usize,
    (habits, complete, begins): (Habits, bool, bool),
    change: &BTreeSet<FileId>,
) -> Vec<Diagnostic> {
    let run = &history.replay.runs[index];
    let mut findings = Vec::new();
    let parts = [(Direction::Up, Some(&run.up)), (Direction::Down, run.down.as_ref())];
    for (direction, part) in parts {
        let Some(part) = part.filter(|part| history.judged.contains(&part.part.file)) else { continue };
        let again = part.again();
        let effects = cost::effects(part, begins, history.settings.foreign_keys);
        let facts = PartFacts {
            sources: input.sources,
            replay: &history.replay,
            index,
            direction,
            run: part,
            again: &again,
            effects: &effects,
            new_files: change,
            habits,
            complete,
            begins,
            canonical: false,
            settings: &history.settings,
        };
        show(
            &facts,
            rules_on(input.selection).filter(|(rule, _)| direction == Direction::Up || rule.down),
            &mut findings,
        );
    }
    findings
}

/// Canonical schema files are judged by what cannot be read in them, and by idempotency where they practise it.
fn judge_canonical(input: &Input<'_>, history: &History<'_>, canonical: &Canonical) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if !history.judged.contains(&canonical.file) {
        return findings;
    }
    let new_files = BTreeSet::new();
    let again = canonical.run.again();
    let effects = cost::effects(&canonical.run, true, history.settings.foreign_keys);
    let facts = PartFacts {
        sources: input.sources,
        replay: &history.replay,
        index: 0,
        direction: Direction::Up,
        run: &canonical.run,
        again: &again,
        effects: &effects,
        new_files: &new_files,
        habits: Habits::default(),
        complete: false,
        begins: true,
        canonical: true,
        settings: &history.settings,
    };
    let guarded = canonical.is_guarded();
    let concerned =
        |rule: &Rule, choice: &Choice| rule.id == "unreadable-statement" || (choice.idempotency && guarded);
    show(&facts, rules_on(input.selection).filter(|(rule, choice)| concerned(rule, choice)), &mut findings);
    findings
}

fn show<'a>(
    facts: &PartFacts<'_>,
    rules: impl Iterator<Item = (&'static Rule, &'a Choice)>,
    findings: &mut Vec<Diagnostic>,
) {
    for (rule, choice) in rules.filter(|(_, choice)| choice.engines.contains(&facts.dialect())) {
        let mut cx = Cx::new(rule, choice.severity, choice.asked_for, findings);
        match rule.check {
            Check::Step(check) => {
                for step in facts.steps() {
                    check(&step, &mut cx);
                }
            }
            Check::Part(check) => check(facts, &mut cx),
            Check::History(_) | Check::Engine => {}
        }
    }
}
