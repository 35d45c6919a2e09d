//! What a GitHub Actions runner does: reads action.yml, runs a composite action's steps, obeys commands in what they print.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value};

use super::repo::Run;

/// A composite action, as its action.yml describes it.
pub struct Action {
    document: Value,
}

impl Action {
    /// Reads action.yml of a directory.
    pub fn read(directory: &Path) -> Self {
        let path = directory.join("action.yml");
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let document = yaml(&text);
        assert_eq!(document["runs"]["using"], "composite");
        Self { document }
    }

    /// The names of its inputs.
    pub fn inputs(&self) -> Vec<&str> {
        object(&self.document["inputs"]).keys().map(String::as_str).collect()
    }

    /// Its steps.
    pub fn steps(&self) -> Vec<Step> {
        let steps = self.document["runs"]["steps"].as_array().expect("steps");
        let step = |step: &Value| {
            let unknown: Vec<&String> = object(step)
                .keys()
                .filter(|key| !["run", "shell", "env", "name"].contains(&key.as_str()))
                .collect();
            assert!(unknown.is_empty(), "this runner does not know {unknown:?} of a step");
            assert_eq!(step["shell"], "bash");
            let environment = object(&step["env"]).iter();
            Step {
                run: text(&step["run"]).to_owned(),
                environment: environment
                    .map(|(name, value)| (name.clone(), text(value).to_owned()))
                    .collect(),
            }
        };
        steps.iter().map(step).collect()
    }

    /// The value of `${{ … }}`: an input, as it was given or by default; else something of the event, empty when it has none.
    pub fn value<'a>(
        &'a self,
        expression: &str,
        given: &BTreeMap<&str, &'a str>,
        event: &BTreeMap<&str, &'a str>,
    ) -> &'a str {
        match expression.strip_prefix("inputs.") {
            Some(input) => {
                let declared =
                    self.document["inputs"].get(input).unwrap_or_else(|| panic!("there is no input {input}"));
                given.get(input).copied().unwrap_or_else(|| text(&declared["default"]))
            }
            None => event.get(expression).copied().unwrap_or(""),
        }
    }
}

/// A step of a composite action.
pub struct Step {
    /// The script.
    pub run: String,
    /// What it finds in its environment, with `${{ … }}` in it.
    pub environment: Vec<(String, String)>,
}

/// Runs a script as `shell: bash` means it.
pub fn bash(mut command: Command, script: &str, directory: &Path) -> Run {
    let file = directory.join("step.sh");
    std::fs::write(&file, script).expect("written");
    Run::of(command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(file))
}

/// Puts values in the place of every `${{ … }}`.
pub fn expand<'a>(template: &str, value: impl Fn(&str) -> &'a str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").expect("an expression has an end");
        out.push_str(before);
        out.push_str(value(expression.trim()));
        rest = after;
    }
    out + rest
}

/// A command that the runner obeys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obeyed {
    /// Its name: `error`.
    pub name: String,
    /// `file`, `line` and so on.
    pub properties: BTreeMap<String, String>,
    /// What stands behind the second `::`.
    pub data: String,
}

const COMMANDS: &[&str] = &[
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

/// What the runner obeys of these lines. Also says whether it listens at the end; tokens are what it was told to wait for.
pub fn obey(printed: &str) -> (Vec<Obeyed>, bool, Vec<String>) {
    let mut obeyed = Vec::new();
    let mut tokens: Vec<String> = Vec::new();
    let mut stopped = false;
    for line in printed.lines() {
        if stopped {
            let token = tokens.last().map_or("", String::as_str);
            stopped = parse(line, &[token]).is_none();
        } else if let Some(command) = parse(line, COMMANDS) {
            if command.name.eq_ignore_ascii_case("stop-commands") {
                tokens.push(command.data);
                stopped = true;
            } else {
                obeyed.push(command);
            }
        }
    }
    (obeyed, !stopped, tokens)
}

/// The runner's `ActionCommand.TryParseV2`, and where that finds nothing its older `TryParse`.
fn parse(line: &str, known: &[&str]) -> Option<Obeyed> {
    newer(line, known).or_else(|| older(line, known))
}

fn newer(line: &str, known: &[&str]) -> Option<Obeyed> {
    let (info, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let data = unescaped(data, &[("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]);
    let escapes = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    command(name, properties.trim().split(','), &escapes, data, known)
}

fn older(line: &str, known: &[&str]) -> Option<Obeyed> {
    let (_, rest) = line.split_once("##[")?;
    let (info, data) = rest.split_once(']')?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let escapes = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%")];
    command(name, properties.trim().split(';'), &escapes, unescaped(data, &escapes), known)
}

fn command<'a>(
    name: &str,
    properties: impl Iterator<Item = &'a str>,
    escapes: &[(&str, &str)],
    data: String,
    known: &[&str],
) -> Option<Obeyed> {
    let properties = properties
        .filter_map(|property| property.split_once('='))
        .map(|(key, value)| (key.to_owned(), unescaped(value, escapes)))
        .collect();
    let name = known.iter().find(|known| known.eq_ignore_ascii_case(name) && !known.is_empty())?;
    Some(Obeyed { name: (*name).to_owned(), properties, data })
}

fn unescaped(text: &str, escapes: &[(&str, &str)]) -> String {
    escapes.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

/// The little of YAML that action.yml is written in: maps and lists by indentation, values on one line.
pub fn yaml(text: &str) -> Value {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .map(|line| (line.len() - line.trim_start().len(), line.trim()))
        .collect();
    let (value, rest) = block(&lines, 0);
    assert!(rest.is_empty(), "this is more YAML than is understood here: {rest:?}");
    value
}

fn block<'a, 'l>(mut lines: &'l [(usize, &'a str)], indent: usize) -> (Value, &'l [(usize, &'a str)]) {
    if lines.first().is_some_and(|(at, line)| *at == indent && line.starts_with("- ")) {
        let mut items = Vec::new();
        while let Some((at, line)) =
            lines.first().filter(|(at, line)| *at == indent && line.starts_with("- "))
        {
            // The first key stands behind the dash, as deep as those below it.
            let mut item = vec![(at + 2, &line[2..])];
            let more = lines[1..].iter().take_while(|(at, _)| *at > indent).count();
            item.extend_from_slice(&lines[1..=more]);
            let (value, rest) = block(&item, indent + 2);
            assert!(rest.is_empty(), "this is more YAML than is understood here: {rest:?}");
            items.push(value);
            lines = &lines[more + 1..];
        }
        return (Value::Array(items), lines);
    }
    let mut map = Map::new();
    while let Some((_, line)) = lines.first().filter(|(at, _)| *at == indent) {
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("no key: {line}"));
        lines = &lines[1..];
        let value = match value.trim() {
            "" => {
                let below = lines.first().map_or(0, |(at, _)| *at);
                assert!(below > indent, "{key} has no value");
                let (value, rest) = block(lines, below);
                lines = rest;
                value
            }
            value => {
                assert!(
                    !value.starts_with(['|', '>', '[', '{', '&', '\'']),
                    "this is more YAML than is understood here: {line}"
                );
                let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
                Value::String(quoted.unwrap_or(value).to_owned())
            }
        };
        assert!(map.insert(key.to_owned(), value).is_none(), "{key} stands there twice");
    }
    (Value::Object(map), lines)
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("no map: {value}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
