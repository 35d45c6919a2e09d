//! A migration that does not begin with the comment that the others begin with.

use super::header::{fold, keys};
use super::practice::is_practice;
use super::{Check, Cx, Direction, PartFacts, Rule};

/// `missing-header`.
pub const RULE: Rule = Rule {
    id: "missing-header",
    page: include_str!("../../rules/missing-header.md"),
    down: false,
    check: Check::Part(check),
};

fn check(part: &PartFacts<'_>, cx: &mut Cx<'_>) {
    if part.direction == Direction::Down {
        return;
    }
    let own: Vec<String> = keys(part.migration(), part.sources).into_iter().map(|key| key.folded).collect();
    let wanted = part.settings.header.clone().unwrap_or_else(|| of_the_others(part));
    let missing: Vec<&String> = wanted.iter().filter(|name| !own.contains(&fold(name))).collect();
    if missing.is_empty() {
        return;
    }
    let who =
        if part.settings.header.is_some() { "gander.toml asks for" } else { "the other migrations have" };
    let what = if missing.len() == wanted.len() { "there is no header" } else { "the header is incomplete" };
    let names: Vec<&str> = missing.iter().map(|name| name.as_str()).collect();
    let lines: Vec<String> = names.iter().map(|name| format!("`-- {name}: …`")).collect();
    cx.report(part.head(), format!("{what}: {who} {}", list(&names))).help(format!(
        "Begin the file with a comment that says {}.",
        list(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    ));
}

/// The keys that the migrations before this one have as a rule, as the latest of them writes them.
fn of_the_others(part: &PartFacts<'_>) -> Vec<String> {
    let earlier = part.earlier();
    let last: Vec<Vec<(String, &str)>> = earlier[earlier.len().saturating_sub(10)..]
        .iter()
        .map(|run| keys(run, part.sources).into_iter().map(|key| (key.folded, key.name)).collect())
        .collect();
    let mut wanted: Vec<(String, String)> = Vec::new();
    for (folded, name) in last.iter().rev().flatten() {
        let has = |keys: &Vec<(String, &str)>| keys.iter().any(|(other, _)| other == folded);
        if !folded.is_empty() && is_practice(&last, has) && wanted.iter().all(|(other, _)| other != folded) {
            let words = name.split_whitespace().filter(|word| !word.bytes().all(|b| b.is_ascii_digit()));
            wanted.push((folded.clone(), words.collect::<Vec<_>>().join(" ")));
        }
    }
    wanted.into_iter().map(|(_, name)| name).collect()
}

fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
