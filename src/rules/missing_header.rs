//! A migration that does not begin with the comment that the others begin with.

use super::header::{fold, keys, meaning};
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
    let own = keys(part.migration(), part.sources);
    let wanted = part.settings.header.clone().unwrap_or_else(|| of_the_others(part));
    // What gander.toml names it names word for word.
    let is_asked_for = part.settings.header.is_some();
    let has = |name: &str| {
        let wanted = fold(name);
        own.iter()
            .any(|key| key.folded == wanted || !is_asked_for && meaning(&key.folded) == meaning(&wanted))
    };
    let missing: Vec<&String> = wanted.iter().filter(|name| !has(name)).collect();
    if missing.is_empty() {
        return;
    }
    let who = if is_asked_for { "gander.toml asks for" } else { "the other migrations have" };
    let what = if missing.len() == wanted.len() { "there is no header" } else { "the header is incomplete" };
    let names: Vec<&str> = missing.iter().map(|name| name.as_str()).collect();
    let lines: Vec<String> = names.iter().map(|name| format!("`-- {name}: …`")).collect();
    let lines = list(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let message = format!("{what}: {who} {}", list(&names));
    match own.first().filter(|_| missing.len() < wanted.len()) {
        Some(first) => {
            cx.report(part.place(first.span), message).help(format!("Add to the header: {lines}."));
        }
        None => {
            cx.report(part.head(), message).help(format!("Begin the file with a comment that says {lines}."));
        }
    }
}

/// The keys that the migrations before this one have as a rule, as the latest of them writes them.
fn of_the_others(part: &PartFacts<'_>) -> Vec<String> {
    let earlier = part.earlier();
    let last: Vec<Vec<(String, &str)>> = earlier[earlier.len().saturating_sub(10)..]
        .iter()
        .map(|run| {
            let keys = keys(run, part.sources).into_iter();
            keys.map(|key| (meaning(&key.folded).to_owned(), key.name)).collect()
        })
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
