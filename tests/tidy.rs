//! What must be true of the project's own files, and no compiler checks.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gander::rules::RULES;
use support::pages::{Kind, NOT_YET, all, markdown, project};

#[test]
fn rules_are_listed_by_id_and_stand_in_files_of_their_names() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted_by(|one, next| one < next), "RULES of src/rules/mod.rs is not in order: {ids:?}");
    for rule in RULES {
        let file = format!("src/rules/{}.rs", rule.id.replace('-', "_"));
        assert!(project().join(&file).is_file(), "{}: there is no {file}", rule.id);
        assert_eq!(
            rule.page,
            read(&project().join(format!("rules/{}.md", rule.id))),
            "{}: the page of another rule",
            rule.id
        );
    }
}

/// The list of rules is plain text, so that it can be read; GANDER_BLESS=1 writes it.
#[test]
fn the_list_of_rules_has_every_rule() {
    let path = project().join("src/rules/mod.rs");
    let text = read(&path);
    let mut names: Vec<String> = fs::read_dir(project().join("src/rules"))
        .expect("the rules are there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs") && stem(path) != "mod")
        .filter(|path| read(path).contains("pub const RULE: Rule"))
        .map(|path| stem(&path))
        .collect();
    names.sort();
    let list: String = names.iter().map(|name| format!("    &{name}::RULE,\n")).collect();
    let begin = "pub const RULES: &[&Rule] = &[\n";
    let start = text.find(begin).expect("the list is there") + begin.len();
    let end = start + text[start..].find("];").expect("the list ends");
    if text[start..end] == list {
        return;
    }
    assert!(
        std::env::var_os("GANDER_BLESS").is_some(),
        "RULES in src/rules/mod.rs should be\n{list}(`just bless` writes it)"
    );
    let mut mods: Vec<&str> = text.lines().filter(|line| line.starts_with("mod ")).collect();
    let first = text.find(mods[0]).expect("there are modules");
    let last = text.find(mods[mods.len() - 1]).expect("there are modules") + mods[mods.len() - 1].len();
    let new: Vec<String> = names.iter().map(|name| format!("mod {name};")).collect();
    mods.extend(new.iter().map(String::as_str));
    mods.sort_unstable();
    mods.dedup();
    let blessed =
        format!("{}{}{}{list}{}", &text[..first], mods.join("\n"), &text[last..start], &text[end..]);
    fs::write(&path, blessed).expect("the list can be written");
}

#[test]
fn every_page_has_a_rule_or_is_not_yet() {
    let pages: BTreeSet<String> = markdown("rules").iter().map(|path| stem(path)).collect();
    let rules: BTreeSet<String> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    let without: Vec<&String> = pages.difference(&rules).collect();
    assert_eq!(without, NOT_YET, "pages without a rule, and the list NOT_YET of tests/support/pages.rs");
    let odd: Vec<String> =
        markdown("tests/rules").iter().map(|path| stem(path)).filter(|id| !pages.contains(id)).collect();
    assert!(odd.is_empty(), "cases in tests/rules for rules without a page: {odd:?}");
}

#[test]
fn front_matter_is_complete() {
    let mut complaints = Vec::new();
    let allowed: &[(&str, &[&str])] = &[
        ("summary", &[]),
        (
            "category",
            &[
                "idempotency",
                "transaction",
                "backfill",
                "locking",
                "data-loss",
                "compatibility",
                "correctness",
                "sqlite",
                "rollback",
                "sequence",
                "canonical",
                "convention",
                "design",
                "python",
                "gander",
            ],
        ),
        ("severity", &["error", "warning", "advice"]),
        ("engines", &["postgres", "sqlite", "mysql"]),
        ("on", &["default", "practice", "strict"]),
        ("fix", &["safe", "unsafe", "show", "none"]),
        ("hazards", &[]),
        (
            "claims",
            &[
                "second-run",
                "rows",
                "transaction",
                "refused",
                "runs",
                "blocks-reads",
                "blocks-writes",
                "scans",
                "rewrites",
                "builds",
                "held",
            ],
        ),
        ("yields-to", &[]),
    ];
    for path in markdown("rules") {
        let (id, text) = (stem(&path), read(&path));
        let mut say = |what: String| complaints.push(format!("rules/{id}.md: {what}"));
        let Some((front, body)) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"))
        else {
            say("it has no front matter".to_owned());
            continue;
        };
        if !body.starts_with(&format!("# {id}\n")) {
            say(format!("it does not begin with `# {id}`"));
        }
        let mut keys = Vec::new();
        for line in front.lines() {
            let (key, value) = line.split_once(": ").unwrap_or((line, ""));
            keys.push(key);
            let Some((_, values)) = allowed.iter().find(|(known, _)| *known == key) else {
                say(format!("`{key}` is no key of the front matter"));
                continue;
            };
            let given: Vec<&str> = value.trim_matches(['[', ']']).split(", ").collect();
            if !values.is_empty() && given.iter().any(|one| !values.contains(one)) {
                say(format!("`{key}` cannot be `{value}`"));
            }
            if key == "yields-to" && given.iter().any(|one| gander::rules::by_id(one).is_none()) {
                say(format!("`{key}` names a rule that does not exist: `{value}`"));
            }
        }
        let missing = allowed
            .iter()
            .map(|(key, _)| *key)
            .filter(|key| !matches!(*key, "claims" | "yields-to") && !keys.contains(key));
        missing.for_each(|key| say(format!("`{key}` is missing")));
        let summary = front.lines().find_map(|line| line.strip_prefix("summary: ")).unwrap_or("");
        if summary.is_empty() || summary.ends_with('.') {
            say("the summary is a sentence without a full stop".to_owned());
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// A rule whose fix is written shows what it writes; one whose fix is not shows nothing of the kind.
#[test]
fn fixes_are_shown_where_there_are_fixes() {
    let mut complaints = Vec::new();
    for page in all() {
        let written = matches!(
            page.page.fix,
            Some(gander::diagnostic::Safety::Safe | gander::diagnostic::Safety::Unsafe)
        );
        let fences = || page.cases.iter().flat_map(|case| &case.fences);
        let shown = fences().find(|fence| matches!(fence.kind, Kind::Fixed | Kind::CanonicalFixed));
        match (written, shown) {
            (true, None) if page.path.starts_with("rules/") => {
                complaints.push(format!("{}: no fence shows the fix", page.path))
            }
            (false, Some(fence)) => {
                complaints.push(format!("{}:{}: the rule has no fix that is written", page.path, fence.line))
            }
            (true, None | Some(_)) | (false, None) => {}
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn sources_say_what_they_are_for_and_leave_nothing_open() {
    let mut complaints = Vec::new();
    for path in sources() {
        let (shown, text) = (shown(&path), read(&path));
        if !text.starts_with("//! ") {
            complaints.push(format!("{shown}: it does not begin with `//!`"));
        }
        // Put together, so that this file does not find itself.
        for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")] {
            let lines = text.lines().enumerate().filter(|(_, line)| line.contains(word));
            complaints.extend(lines.map(|(at, _)| format!("{shown}:{}: {word}", at + 1)));
        }
        if text.lines().count() > 700 {
            println!("{shown} is long: {} lines", text.lines().count());
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// A new operation must be thought about where operations are applied: there every variant is named.
#[test]
fn operations_are_matched_one_by_one() {
    let mut complaints = Vec::new();
    for path in sources().into_iter().filter(|path| shown(path).starts_with("src/ops/apply/")) {
        let text = read(&path);
        // From `match` over an operation to the brace that closes it, by its indentation.
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| is_match_over_operations(line)) {
            let indent = line.len() - line.trim_start().len();
            let close = format!("{}}}", " ".repeat(indent));
            let arm = format!("{}_ =>", " ".repeat(indent + 4));
            let body = lines[at + 1..].iter().take_while(|line| !line.starts_with(&close));
            let caught = body.enumerate().find(|(_, line)| line.starts_with(&arm));
            complaints
                .extend(caught.map(|(below, _)| {
                    format!("{}:{}: `_ =>` over operations", shown(&path), at + below + 2)
                }));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn is_match_over_operations(line: &str) -> bool {
    let line = line.trim_end();
    ["match operation {", "match kind {", "match &op.kind {", "match op.kind {", "match &kind {"]
        .iter()
        .any(|end| line.ends_with(end))
}

/// Every Rust file of the project, by path.
fn sources() -> Vec<PathBuf> {
    let mut open: Vec<PathBuf> =
        ["src", "tests", "benches", "examples"].iter().map(|name| project().join(name)).collect();
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            open.extend(entries.flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn shown(path: &Path) -> String {
    path.strip_prefix(project()).unwrap_or(path).display().to_string()
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The README's table of rules says what the pages say; GANDER_BLESS=1 writes it.
#[test]
fn the_readme_lists_every_rule() {
    let path = project().join("README.md");
    let readme = read(&path);
    let rows: String = RULES.iter().map(|rule| row(rule)).collect();
    let is_row = |line: &&str| line.starts_with("| [") && line.contains("](rules/");
    let shown: String = readme.split_inclusive('\n').filter(|line| is_row(&line.trim_end())).collect();
    if shown == rows {
        return;
    }
    assert!(
        std::env::var_os("GANDER_BLESS").is_some(),
        "the table of rules in README.md should be\n{rows}(`just bless` writes it)"
    );
    let mut written = false;
    let mut blessed = String::new();
    for line in readme.split_inclusive('\n') {
        if !is_row(&line.trim_end()) {
            blessed.push_str(line);
        } else if !std::mem::replace(&mut written, true) {
            blessed.push_str(&rows);
        }
    }
    fs::write(&path, blessed).expect("the README can be written");
}

fn row(rule: &gander::rules::Rule) -> String {
    use gander::rules::page::On;
    let page = rule.page();
    let on = match page.on {
        On::Default => "default",
        On::Practice => "practice",
        On::Strict => "strict",
    };
    let fix = page.fix.map_or("-", gander::diagnostic::Safety::name);
    format!(
        "| [{0}](rules/{0}.md) | {1} | {on} | {fix} | {2} |\n",
        rule.id,
        page.severity.name(),
        page.summary
    )
}

/// What the README shows of a run is what a run prints.
#[test]
fn the_readme_shows_what_gander_prints() {
    let readme = read(&project().join("README.md"));
    let shown = readme.split("```").nth(1).expect("the first block of the README is the output");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gander"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["lint", "--all", "fixtures/trading", "--color", "never"])
        .env_remove("FORCE_COLOR")
        .env_remove("COLUMNS")
        .output()
        .expect("gander runs");
    let printed = String::from_utf8(output.stdout).expect("text");
    let (findings, summary) = shown.trim().rsplit_once("\n\n").expect("findings and a summary");
    for finding in findings.split("\n\nerror").chain([summary]).map(str::trim) {
        let finding = finding.strip_prefix("error").unwrap_or(finding);
        assert!(printed.contains(finding), "the README shows\n{finding}\nand gander prints\n{printed}");
    }
}
