//! In the sample projects gander finds what their READMEs say, and nothing else.

use std::fs;

use serde_json::Value;

use crate::support::pages::project;
use crate::support::repo::{GANDER, Repo, Run};

/// A finding, as a README has it: file and rule.
type Finding = (String, String);

#[test]
fn the_sample_projects_have_the_faults_that_their_readmes_say() {
    let mut complaints = Vec::new();
    for name in names() {
        let promised = promised(&name);
        let repo = Repo::outside();
        repo.copy(&project().join("fixtures").join(&name));
        let run = repo.gander("lint --all --output-format json");
        let found = found(&run, "");
        let missing = difference(&promised, &found);
        complaints.extend(missing.iter().map(|(file, rule)| format!("{name}: no {rule} in {file}")));
        let extra = difference(&found, &promised);
        complaints.extend(
            extra
                .iter()
                .map(|(file, rule)| format!("{name}: {rule} in {file}, which the README does not say")),
        );
        assert_eq!(run.code, i32::from(!found.is_empty()), "{name}: {}", run.err);
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// As the README of gander itself runs it: from the root of the repository that they are part of.
#[test]
fn in_place_they_have_the_same_faults() {
    for name in names() {
        let copy = Repo::outside();
        copy.copy(&project().join("fixtures").join(&name));
        let alone = found(&copy.gander("lint --all --output-format json"), "");
        let directory = format!("fixtures/{name}");
        let mut command = copy.command(GANDER, &["lint", "--all", "--output-format", "json", &directory]);
        // The checkout may belong to somebody else than who runs the tests, which git does not like.
        fs::write(copy.home().join(".gitconfig"), "[safe]\n\tdirectory = *\n").expect("written");
        let run = Run::of(command.current_dir(project()));
        assert_eq!(found(&run, &format!("{directory}/")), alone, "{name}: {}", run.err);
    }
}

#[test]
fn files_that_a_readme_names_are_there() {
    for name in names() {
        for (file, _) in promised(&name) {
            assert!(
                project().join("fixtures").join(&name).join(&file).is_file(),
                "{name}: there is no {file}"
            );
        }
    }
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(project().join("fixtures")).expect("fixtures are there");
    let directories =
        entries.map(|entry| entry.expect("an entry can be read")).filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> =
        directories.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert!(names.contains(&"trading".to_owned()), "{names:?}");
    names
}

/// The rows of the table under "What is wrong here".
fn promised(name: &str) -> Vec<Finding> {
    let path = project().join("fixtures").join(name).join("README.md");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (_, table) =
        text.split_once("| file | rule | why |\n|---|---|---|").expect("a table of what is wrong");
    let mut rows = Vec::new();
    for line in table.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        rows.push((cells[1].to_owned(), cells[2].to_owned()));
    }
    rows.sort();
    rows
}

/// What was found, advice left out; paths without what they begin with.
fn found(run: &Run, prefix: &str) -> Vec<Finding> {
    let report = run.json();
    let findings = report["findings"].as_array().expect("findings").iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("a text").to_owned();
    let mut rows: Vec<Finding> = findings
        .filter(|finding| finding["severity"] != "advice")
        .map(|finding| {
            let path = text(finding, "path");
            let path = path.strip_prefix(prefix).unwrap_or_else(|| panic!("{path} lies elsewhere"));
            (path.to_owned(), text(finding, "rule"))
        })
        .collect();
    rows.sort();
    rows
}

/// What the first has and the second has not, as often as it is so.
fn difference(one: &[Finding], other: &[Finding]) -> Vec<Finding> {
    let mut rest = other.to_vec();
    let mut more: Vec<Finding> = Vec::new();
    for finding in one {
        match rest.iter().position(|candidate| candidate == finding) {
            Some(at) => drop(rest.remove(at)),
            None => more.push(finding.clone()),
        }
    }
    more
}
