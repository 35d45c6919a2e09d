//! `gander lint`: judges migrations, and writes fixes.

use std::collections::BTreeSet;

use super::args::{FailOn, Global, Lint, Output};
use super::recognised::{Note, recognised};
use super::{Exit, choice, complain, is_read, scope, stdout_terminal};
use crate::diagnostic::Diagnostic;
use crate::history::replay;
use crate::lint::{self, History, Input};
use crate::project::config::{self, CommandLine};
use crate::project::judged::{Reach, Trees};
use crate::project::{Opening, Project, UserError, canonical, open, selection};
use crate::report::{self, Format, Report, Summary};

/// What a run found.
pub(super) struct Judged {
    /// The findings, sorted.
    pub findings: Vec<Diagnostic>,
    /// The counts.
    pub summary: Summary,
    /// Files that stand on the base branch as they are: fixes leave them alone.
    pub applied: BTreeSet<crate::text::FileId>,
    /// Notes for people: what was recognised, what could not be judged.
    pub notes: Vec<Note>,
}

/// Runs it.
///
/// # Errors
/// When the project, the configuration or git cannot be read.
pub fn run(global: &Global, lint: &Lint) -> Result<Exit, UserError> {
    let mut project = open(Opening {
        choice: choice(global),
        line: command_line(lint),
        state: scope::state(&lint.scope),
        paths: &lint.paths,
        instead: scope::instead(&lint.scope)?,
    })?;
    selection::check_flags(&project.config)?;
    let trees = scope::trees(&project, &lint.scope)?;
    let mut judged = judge(&project, &trees, lint)?;
    let mut exit = Exit::Clean;
    for problem in &project.files.problems {
        complain(problem);
        exit = Exit::Error;
    }
    if lint.fixing.diff || lint.fixing.fix {
        exit = exit.max(super::fixing::run(&mut project, &trees, global, lint, &mut judged)?);
    }
    // What a diff shows is whether there is something to change; what is left is asked for without it.
    if !lint.fixing.diff && say(&project, global, lint, &judged)? && fails(&project, &judged) {
        exit = exit.max(Exit::Findings);
    }
    Ok(if lint.rules.exit_zero && exit == Exit::Findings { Exit::Clean } else { exit })
}

/// Judges the project as its files stand.
pub(super) fn judge(project: &Project, trees: &Trees, lint: &Lint) -> Result<Judged, UserError> {
    let planned = project.histories()?;
    let sources = &project.files.sources;
    let wanted = scope::wanted(project, &lint.scope, &lint.paths);
    let mut notes = Vec::new();
    let mut histories = Vec::new();
    let mut summary = Summary { files: sources.len(), ..Summary::default() };
    let mut everything_applied = BTreeSet::new();
    for one in &planned {
        let sequence = &one.sequence;
        notes.extend(recognised(sequence, "judged"));
        if sequence.foreign_database.is_some() {
            continue;
        }
        let mut applied = BTreeSet::new();
        // What ran and was changed since is judged, but the tool's checksum of it is not ours to break further.
        let mut edited = BTreeSet::new();
        let mut judged = BTreeSet::new();
        let mut stand = |file: crate::text::FileId, version: Option<&str>| {
            let standing = trees.standing(&sources.get(file).path, version, &wanted);
            if standing.applied {
                if standing.edited {
                    edited.insert(file)
                } else {
                    applied.insert(file)
                };
            }
            if standing.judged {
                judged.insert(file);
            }
            standing.judged
        };
        for migration in &sequence.migrations {
            let up = stand(migration.up.file, Some(&migration.version));
            let down = migration.down.is_some_and(|down| stand(down.file, Some(&migration.version)));
            summary.migrations += 1;
            if up || down { summary.judged += 1 } else { summary.history += 1 }
        }
        for orphan in &sequence.orphan_downs {
            stand(orphan.part.file, Some(&orphan.version));
        }
        for stray in &sequence.strays {
            stand(stray.file, None);
        }
        for file in one.canonical.iter().chain(&one.dumps) {
            stand(file.file, None);
        }
        // A schema file runs nowhere: it may be written whatever stands on the base branch.
        let is_schema = |file: &&crate::text::FileId| {
            one.canonical.iter().chain(&one.dumps).any(|schema| schema.file == **file)
        };
        everything_applied.extend(applied.iter().chain(&edited).filter(|file| !is_schema(file)).copied());
        let replay = replay::replay_on(sequence, sources, &one.baseline);
        let is_judged = |part: &replay::PartRun| judged.contains(&part.part.file);
        summary.statements += replay
            .runs
            .iter()
            .flat_map(|run| std::iter::once(&run.up).chain(&run.down))
            .filter(|part| is_judged(part))
            .map(|part| part.script.statements.len())
            .sum::<usize>();
        // Who asks for all rules on all migrations asks for what differs since ever.
        let base = (!lint.scope.all).then_some(trees);
        let canonical = canonical::read(project, base, one, &one.canonical)?;
        let dumps = canonical::read(project, base, one, &one.dumps)?;
        histories.push(History {
            replay,
            applied,
            judged,
            base_known: trees.base.is_some(),
            own_objects_only: lint.scope.all,
            canonical,
            dumps,
            settings: one.settings.clone(),
        });
    }
    for (file, directory) in lint::take_unrelated_schemas(&mut histories, sources) {
        let place = if directory.is_empty() { "." } else { &directory };
        let text = format!(
            "{} is not taken for the schema of {place}: too much in it differs",
            sources.get(file).path
        );
        notes.push(Note { text, verbose: true });
    }
    let on = selection::selection(&project.config, sources);
    let verdict = lint::lint(&Input { sources, histories: &histories, selection: &on });
    let mut findings = verdict.findings;
    // Rules about a whole history speak of all of it; somebody who names a PATH asks about that.
    findings.retain(|finding| wanted.reach(&sources.get(finding.place.file).path) != Reach::Outside);
    findings.extend(selection::unmatched(&project.config, &project.files, &project.root, &on));
    lint::sort(&mut findings, sources);
    crate::fix::write_out(&mut findings, sources, &histories);
    let counted = Summary::count(&findings);
    let summary = Summary {
        errors: counted.errors,
        warnings: counted.warnings,
        advice: counted.advice,
        fixable: counted.fixable,
        unsafe_fixable: counted.unsafe_fixable,
        suppressed: verdict.suppressed,
        ..summary
    };
    if !lint.fixing.fix && !lint.fixing.diff {
        // The process ends after this: taking a long history apart, object by object, would be a tenth of the run.
        std::mem::forget(histories);
    }
    Ok(Judged { findings, summary, applied: everything_applied, notes })
}

fn command_line(lint: &Lint) -> CommandLine {
    let given = |names: &Vec<String>| {
        (!names.is_empty()).then(|| names.iter().map(|name| name.trim().to_owned()).collect())
    };
    CommandLine {
        select: given(&lint.rules.select),
        extend_select: given(&lint.rules.extend_select),
        ignore: given(&lint.rules.ignore),
        fail_on: lint.rules.fail_on.map(|fail_on| match fail_on {
            FailOn::AtLeast(severity) => config::FailOn::Severity(severity),
            FailOn::Never => config::FailOn::Never,
        }),
        engine: lint.target.engine,
        tool: lint.target.tool.clone(),
    }
}

fn fails(project: &Project, judged: &Judged) -> bool {
    match project.config.lint.fail_on.value {
        config::FailOn::Never => false,
        config::FailOn::Severity(least) => judged.findings.iter().any(|finding| finding.severity >= least),
    }
}

/// Writes the reports: one to standard output, the others where `--output` says. False when nobody wanted to read the first to
/// its end.
fn say(project: &Project, global: &Global, lint: &Lint, judged: &Judged) -> Result<bool, UserError> {
    for note in judged.notes.iter().filter(|note| !global.quiet && (global.verbose || !note.verbose)) {
        super::note(&note.text);
    }
    let display = |path: &str| project.display(path);
    let root = |path: &str| project.in_repository(path);
    let mut report = Report {
        sources: &project.files.sources,
        findings: &judged.findings,
        summary: judged.summary,
        display_path: &display,
        root_path: &root,
        rule_url: crate::rules::url,
        rule_category: crate::rules::category,
        terminal: stdout_terminal(global),
        quiet: global.quiet,
    };
    let Output { output_format, output, statistics } = &lint.output;
    let mut out = std::io::stdout().lock();
    let written = if lint.fixing.fix && lint.scope.stdin_filename.is_some() {
        // Standard output is the fixed text's.
        report::write(&report, Format::Concise, &mut std::io::stderr().lock())
    } else if *statistics {
        report::write_statistics(&report, &mut out)
    } else {
        report::write(&report, *output_format, &mut out)
    };
    let read = is_read(written)?;
    report.terminal.color = false;
    report.terminal.hyperlinks = false;
    for file in output {
        let cannot = |error: std::io::Error| {
            UserError::new(format!("cannot write {}", file.path.display())).source(error)
        };
        let mut out = std::fs::File::create(&file.path).map_err(cannot)?;
        report::write(&report, file.format, &mut out).map_err(cannot)?;
    }
    Ok(read)
}
