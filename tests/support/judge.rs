//! A case of a page, judged by its rule.

use std::collections::BTreeSet;
use std::path::Path;

use gander::diagnostic::Diagnostic;
use gander::fix;
use gander::history::replay::replay_on;
use gander::lint::{History, Input, Selection, lint};
use gander::project::canonical::replayed;
use gander::project::config::Origin;
use gander::project::histories::{CanonicalFile, Planned};
use gander::project::selection::{selection, unmatched};
use gander::rules::by_id;
use gander::rules::facts::Canonical;
use gander::text::FileId;

use super::pages::{Case, Fence, Kind, RulePage};
use super::tree::{Tree, is_seen};

/// What gander says about a case.
pub struct Judged {
    /// The case's files.
    pub tree: Tree,
    /// What it finds.
    pub findings: Vec<Finding>,
    /// Lines of fences whose files it passes over.
    pub unseen: Vec<usize>,
}

/// A finding with the path of its file.
pub struct Finding {
    /// As in the case.
    pub path: String,
    /// What was found.
    pub diagnostic: Diagnostic,
    /// For people.
    pub shown: String,
}

/// Judges a case as the command does: `applied` fences stand on the base branch, `bad` and `good` ones are the change.
pub fn judge(page: &RulePage, case: &Case, text: impl Fn(usize, &Fence) -> String) -> Result<Judged, String> {
    let tree = Tree::of(case, text)?;
    let planned = tree.histories()?;
    let files = |kinds: &[Kind]| -> BTreeSet<FileId> {
        let fences = case.fences.iter().filter(|fence| kinds.contains(&fence.kind));
        fences.filter_map(|fence| tree.files.sources.find(&fence.path)).collect()
    };
    let (applied, judged) = (files(&[Kind::Applied]), files(&[Kind::Bad, Kind::Good, Kind::Canonical]));
    let histories: Vec<History<'_>> = planned
        .iter()
        .map(|planned| History {
            replay: replay_on(&planned.sequence, &tree.files.sources, &planned.baseline),
            applied: applied.clone(),
            judged: judged.clone(),
            base_known: true,
            own_objects_only: false,
            canonical: planned.canonical.iter().map(|file| canonical(&tree, planned, file)).collect(),
            dumps: planned.dumps.iter().map(|file| canonical(&tree, planned, file)).collect(),
            settings: planned.settings.clone(),
        })
        .collect();
    let rule = by_id(&page.id).ok_or("there is no such rule")?;
    let selection = if tree.config.lint.select.origin == Origin::Default {
        let mut only = Selection::none();
        only.turn_on(rule, false);
        only
    } else {
        selection(&tree.config, &tree.files.sources)
    };
    let sources = &tree.files.sources;
    let mut diagnostics = lint(&Input { sources, histories: &histories, selection: &selection }).findings;
    diagnostics.extend(unmatched(&tree.config, &tree.files, Path::new(""), &selection));
    fix::write_out(&mut diagnostics, sources, &histories);
    let findings = diagnostics.into_iter().map(|diagnostic| {
        let source = tree.files.sources.get(diagnostic.place.file);
        let at = source.position(diagnostic.place.span.start);
        let (rule, severity) = (diagnostic.rule, diagnostic.severity.name());
        let shown =
            format!("{}:{}:{} {severity}[{rule}] {}", source.path, at.line, at.column, diagnostic.message);
        Finding { path: source.path.clone(), diagnostic, shown }
    });
    let findings = findings.collect();
    let is_unseen = |fence: &&Fence| {
        let file = tree.files.sources.find(&fence.path);
        fence.kind.is_migration() && !file.is_some_and(|file| is_seen(&planned, file))
    };
    let unseen = case.fences.iter().filter(is_unseen).map(|fence| fence.line).collect();
    drop(histories);
    drop(planned);
    Ok(Judged { tree, findings, unseen })
}

/// A schema file, which is new where it is judged.
fn canonical(tree: &Tree, planned: &Planned, file: &CanonicalFile) -> Canonical {
    let run = replayed(file.file, tree.files.sources.get(file.file), planned.sequence.engine);
    Canonical { file: file.file, run, configured: file.configured, base: None }
}
