//! What gander offers in the place of a bad statement, in stages: each stage runs on the server as its tool would run it, none of them does
//! what the page claims of the bad one, and the last leaves the schema, and the rows, that the bad one would have left.

use std::collections::BTreeSet;

use gander::diagnostic::{Fix, Remedy};
use gander::schema::Dialect;
use gander::text::{Span, apply_edits};

use crate::servers::{self, MEASURED, after_applied, files};
use crate::support::judge::judge;
use crate::support::pages::{At, Case, Expect, Fence, Kind, RulePage, all};
use crate::support::postgres;
use crate::support::workers::in_parallel;

/// `GANDER_PAGE=check-blocks` runs the cases of one rule.
#[test]
fn recipes_end_where_the_bad_statement_would_have() {
    let only = std::env::var("GANDER_PAGE").ok();
    let pages = all();
    let chosen = pages.iter().filter(|page| only.as_ref().is_none_or(|only| *only == page.id));
    let cases: Vec<(&RulePage, &Case)> =
        chosen.flat_map(|page| page.cases.iter().map(move |case| (page, case))).collect();
    let run = in_parallel(&cases, |_: &mut (), (page, case)| check(page, case));
    let tried: usize = run.iter().map(|(tried, _)| tried).sum();
    let mut complaints: Vec<String> = run.into_iter().flat_map(|(_, complaints)| complaints).collect();
    complaints.sort();
    assert!(only.is_some() || tried > 0, "no recipe was tried");
    assert!(
        complaints.is_empty(),
        "{} complaints about {tried} recipes:\n\n{}\n",
        complaints.len(),
        complaints.join("\n")
    );
    println!("{tried} recipes were tried");
}

/// How many recipes a case has, and what is wrong with them.
fn check(page: &RulePage, case: &Case) -> (usize, Vec<String>) {
    let judged = match judge(page, case, |_, fence| fence.text.clone()) {
        Ok(judged) => judged,
        Err(what) => return (0, vec![format!("{}: {what}", At(page, case, case.line))]),
    };
    let (mut tried, mut complaints) = (0, Vec::new());
    for (index, fence) in case.fences.iter().enumerate().filter(|(_, fence)| fence.kind == Kind::Bad) {
        let Some(finding) = judged.findings.iter().find(|finding| finding.path == fence.path) else {
            continue;
        };
        let staged = matches!(finding.diagnostic.remedy, Some((_, Remedy::Stages(_))));
        let Some(fix) = finding.diagnostic.fix.as_ref().filter(|_| staged) else { continue };
        let edited = |path: &str| -> Option<String> {
            let sources = &judged.tree.files.sources;
            let id = sources.find(path)?;
            let edits: Vec<_> =
                fix.edits.iter().filter(|(file, _)| *file == id).map(|(_, edit)| edit.clone()).collect();
            String::from_utf8(apply_edits(sources.get(id).bytes(), &edits).ok()?).ok()
        };
        tried += 1;
        if let Err(what) = try_out(page, case, index, fix, finding.diagnostic.place.span, &edited) {
            complaints.push(format!("{}: {what}", At(page, case, fence.line)));
        }
    }
    (tried, complaints)
}

fn try_out(
    page: &RulePage,
    case: &Case,
    index: usize,
    fix: &Fix,
    span: Span,
    edited: &dyn Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let bad = files(case)?;
    let path = &case.fences[index].path;
    let at = bad.iter().position(|file| file.fence.path == *path).ok_or("it is no migration")?;
    if bad[at].dialect != Dialect::Postgres || !bad[at].fence.claims {
        return Ok(());
    }
    let left = |index: usize| -> Result<(String, String), String> {
        let mut databases = after_applied(&bad[..index])?;
        databases
            .run_text(bad[index].dialect, bad[index].wrap_unfixed, &bad[index].unfixed)
            .map_err(|error| format!("the bad one does not run: {error}"))?;
        state(&databases.postgres.ok_or("nothing ran")?)
    };
    let (wanted, rows) = left(at)?;
    let steady = left(at)?.1 == rows;

    let mut staged = Case {
        heading: case.heading.clone(),
        line: case.line,
        tool: case.tool.clone(),
        engine: case.engine,
        fences: Vec::new(),
    };
    let fence = |path: &str, text: String, kind: Kind| Fence {
        line: case.fences[index].line,
        kind,
        path: path.to_owned(),
        text,
        expect: Expect::Nothing,
        claims: true,
        instead: None,
        state: None,
    };
    for (own, one) in case.fences.iter().enumerate() {
        let text = edited(&one.path).ok_or("the edits overlap")?;
        match one.kind {
            Kind::Applied if own < index => staged.fences.push(fence(&one.path, text, Kind::Applied)),
            Kind::File | Kind::Canonical => staged.fences.push(fence(&one.path, text, one.kind)),
            Kind::Bad | Kind::Good if own == index => staged.fences.push(fence(&one.path, text, Kind::Good)),
            // Its way back may be a file of its own.
            Kind::Good if one.path.contains(".down.") => {
                staged.fences.push(fence(&one.path, text, Kind::Good))
            }
            Kind::Applied
            | Kind::Bad
            | Kind::Good
            | Kind::Fixed
            | Kind::Output
            | Kind::ThenFails
            | Kind::CanonicalFixed => {}
        }
    }
    for (path, text) in &fix.new_files {
        let kind = if path.ends_with(".sql") { Kind::Good } else { Kind::File };
        staged.fences.push(fence(path, text.clone(), kind));
    }
    let stages = files(&staged)?;
    let mut databases = after_applied(&stages)?;
    for stage in stages.iter().filter(|stage| stage.fence.kind == Kind::Good && stage.forward) {
        databases
            .run(stage)
            .map_err(|error| format!("{} does not run: {error}\n{}", stage.fence.path, stage.sql))?;
    }
    let (found, found_rows) = state(&databases.postgres.ok_or("nothing ran")?)?;
    if found != wanted {
        return Err(format!("the schema differs:\n{}", difference(&wanted, &found)));
    }
    if steady && found_rows != rows {
        return Err(format!("the rows differ:\n{}", difference(&rows, &found_rows)));
    }
    let claims: Vec<&str> =
        page.page.claims.iter().map(String::as_str).filter(|claim| MEASURED.contains(claim)).collect();
    let mut stood: Vec<&str> = bad[at].statements.iter().map(|statement| statement.text.as_str()).collect();
    // What is left of a statement of several actions is the author's, too.
    let own = bad[at].statements.iter().position(|statement| statement.span.contains(span));
    let left = stages.iter().find(|stage| stage.fence.path == *path).zip(own);
    stood.extend(
        left.and_then(|(stage, own)| stage.statements.get(own))
            .filter(|_| own.is_some_and(|own| bad[at].statements[own].span != span))
            .map(|left| left.text.as_str()),
    );
    let is_only_taken_out = fix.edits.iter().all(|(_, edit)| edit.insert.is_empty());
    for (index, stage) in stages.iter().enumerate().filter(|(_, stage)| stage.fence.kind == Kind::Good) {
        // What the author wrote beside it is not the recipe's.
        if stage.fence.path == *path && is_only_taken_out {
            continue;
        }
        servers::disprove_claims(&claims, &stages[..index], stage, &stood)?;
    }
    Ok(())
}

/// The schema, without the order of columns, and the rows of all tables.
fn state(database: &postgres::Database) -> Result<(String, String), String> {
    let dump = database.dump_schema();
    let mut lines: Vec<&str> = dump
        .lines()
        .map(|line| line.trim().trim_end_matches(','))
        .filter(|line| !line.starts_with("--"))
        .collect();
    lines.sort_unstable();
    let tables = database
        .query(
            "SELECT format('SELECT %L || to_jsonb(t)::text FROM ONLY %s t', c.oid::regclass::text || ' ', c.oid::regclass)
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'
             AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY c.oid::regclass::text",
        )
        .map_err(|error| error.to_string())?;
    let all = tables.lines().collect::<Vec<_>>().join(" UNION ALL ");
    let rows = if all.is_empty() {
        String::new()
    } else {
        database.query(&all).map_err(|error| error.to_string())?
    };
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.sort_unstable();
    Ok((lines.join("\n"), rows.join("\n")))
}

fn difference(wanted: &str, found: &str) -> String {
    let (wanted, found): (BTreeSet<&str>, BTreeSet<&str>) =
        (wanted.lines().collect(), found.lines().collect());
    let gone = wanted.difference(&found).map(|line| format!("    - {line}"));
    let come = found.difference(&wanted).map(|line| format!("    + {line}"));
    gone.chain(come).collect::<Vec<_>>().join("\n")
}
