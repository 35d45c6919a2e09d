//! What two schemas differ in, for people, for programs, and as the SQL that makes one into the other.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::Terminal;
use super::note::Note;
use super::plain::{Ink, boundary_before, counted, one_line, paint};
use crate::schema::{Difference, DifferenceKind, ObjectKind, ObjectRef};
use crate::text::{Place, Sources};

/// Two schemas, compared.
pub struct Comparison {
    /// What people call the one on the left: what is to become like the other.
    pub left: String,
    /// What people call the one on the right.
    pub right: String,
    /// Whether both are known as a whole.
    pub complete: bool,
    /// In what they differ.
    pub differences: Vec<Told>,
    /// The statements that make the left one into the right one.
    pub statements: Vec<String>,
    /// Differences that the statements leave.
    pub left_over: Vec<Difference>,
}

/// A difference, and where each side comes from.
pub struct Told {
    /// The difference.
    pub difference: Difference,
    /// What it is told under: `table orders`.
    pub heading: String,
    /// Where the left side comes from; of what it lacks, where that would belong.
    pub left: Option<Place>,
    /// Where the right side does.
    pub right: Option<Place>,
}

/// Everything that is told.
pub struct Drift<'a> {
    /// The files that the places lie in.
    pub sources: &'a Sources,
    /// From a path relative to the project's root to one relative to the current directory.
    pub display_path: &'a dyn Fn(&str) -> String,
    /// The comparisons.
    pub comparisons: &'a [Comparison],
    /// What of them cannot be relied on.
    pub notes: &'a [Note],
    /// What the terminal can do.
    pub terminal: Terminal,
    /// Differences and nothing else.
    pub quiet: bool,
}

/// How differences are written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DriftFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object, for programs.
    Json,
    /// The statements that make the left schema into the right one.
    Sql,
}

impl DriftFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Text, Self::Json, Self::Sql];

    /// As on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sql => "sql",
        }
    }

    /// Reads [`DriftFormat::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Writes it.
///
/// # Errors
/// When `out` cannot be written to, or its reader went away.
pub fn write(drift: &Drift<'_>, format: DriftFormat, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let written = match format {
        DriftFormat::Text => text(drift, &mut out),
        DriftFormat::Json => json(drift, &mut out),
        DriftFormat::Sql => sql(drift, &mut out),
    };
    written.and_then(|()| out.flush())
}

fn text(drift: &Drift<'_>, out: &mut impl Write) -> io::Result<()> {
    let color = drift.terminal.color;
    for (at, comparison) in drift.comparisons.iter().enumerate() {
        let (left, right) = (one_line(&comparison.left), one_line(&comparison.right));
        if comparison.differences.is_empty() {
            if !drift.quiet {
                let but = if comparison.complete { "" } else { " in what is known of both" };
                writeln!(out, "{left} and {right}: nothing differs{but}")?;
            }
            continue;
        }
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", paint(color, Ink::Red, &format!("--- {left}")))?;
        writeln!(out, "{}", paint(color, Ink::Green, &format!("+++ {right}")))?;
        for (heading, group) in grouped(&comparison.differences) {
            writeln!(out, "\n{}", paint(color, Ink::Bold, &one_line(heading)))?;
            for told in group {
                difference(drift, told, heading, out)?;
            }
        }
        if !drift.quiet {
            let count = counted(comparison.differences.len(), "difference", "differences");
            writeln!(out, "\n{count} between {left} and {right}")?;
        }
    }
    Ok(())
}

/// The differences under their headings, in the order of the first of each.
fn grouped(differences: &[Told]) -> Vec<(&str, Vec<&Told>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<(&str, Vec<&Told>)> = Vec::new();
    for told in differences {
        let at = *places.entry(&told.heading).or_insert_with(|| {
            groups.push((&told.heading, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(told);
    }
    groups
}

fn difference(drift: &Drift<'_>, told: &Told, heading: &str, out: &mut impl Write) -> io::Result<()> {
    let Difference { kind, object, left, right, .. } = &told.difference;
    let noun = format!("{} {}", object.kind.noun(), object.name);
    let what = word(*kind);
    // What the heading names is not named again.
    if noun == heading {
        writeln!(out, "  {what}")?;
    } else {
        writeln!(out, "  {}: {what}", one_line(&noun))?;
    }
    let (left, right) = (left.as_deref().map(one_line), right.as_deref().map(one_line));
    let (left, right) = match (kind.is_missing(), kind.is_extra()) {
        (true, _) => (None, Some(shortened(&right.unwrap_or_default()))),
        (_, true) => (Some(shortened(&left.unwrap_or_default())), None),
        (false, false) => {
            let none = || nothing(*kind).to_owned();
            let (left, right) = apart(&left.unwrap_or_else(none), &right.unwrap_or_else(none));
            (Some(left), Some(right))
        }
    };
    let color = drift.terminal.color;
    for (sign, ink, side, place) in [("-", Ink::Red, left, told.left), ("+", Ink::Green, right, told.right)] {
        let Some(side) = side else { continue };
        let place = place.map(|place| format!("  ({})", line_of(drift, place))).unwrap_or_default();
        let shown = format!("{sign} {side}");
        writeln!(out, "    {}{}", paint(color, ink, shown.trim_end()), paint(color, Ink::Dim, &place))?;
    }
    Ok(())
}

const fn word(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Missing => "missing",
        DifferenceKind::Extra => "extra",
        DifferenceKind::Type => "type",
        DifferenceKind::Nullability => "nullability",
        DifferenceKind::Default => "default",
        DifferenceKind::Definition => "definition",
        DifferenceKind::Comment => "comment",
    }
}

/// What a side is said to have that has nothing of the kind.
const fn nothing(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Type => "no type",
        DifferenceKind::Nullability => "NULL",
        DifferenceKind::Default => "no default",
        DifferenceKind::Comment => "no comment",
        DifferenceKind::Definition | DifferenceKind::Missing | DifferenceKind::Extra => "nothing of it",
    }
}

/// The longest text that is shown as it is.
const LONGEST: usize = 160;
/// How much is shown of what both sides have before and behind the place where they part.
const AROUND: usize = 24;

fn shortened(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    format!("{}…", text[..boundary_before(text, LONGEST)].trim_end())
}

/// Two texts, of which, where they are long, only that is shown in which they differ.
fn apart(left: &str, right: &str) -> (String, String) {
    if left.len().max(right.len()) <= LONGEST {
        return (left.to_owned(), right.to_owned());
    }
    let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
    };
    let before = same(&mut left.chars().zip(right.chars()));
    let (left_rest, right_rest) = (&left[before..], &right[before..]);
    let behind = same(&mut left_rest.chars().rev().zip(right_rest.chars().rev()));
    let part = |text: &str| {
        let from = boundary_before(text, before.saturating_sub(AROUND));
        let to = boundary_before(text, (text.len() - behind + AROUND).min(text.len()));
        let middle = shortened(&text[from..to]);
        let (head, tail) = (if from > 0 { "…" } else { "" }, if to < text.len() { "…" } else { "" });
        format!("{head}{}{tail}", middle.trim_end_matches('…'))
    };
    (part(left), part(right))
}

fn line_of(drift: &Drift<'_>, place: Place) -> String {
    let (path, line) = located(drift, place);
    format!("{}:{line}", one_line(&path))
}

fn located(drift: &Drift<'_>, place: Place) -> (String, u32) {
    let source = drift.sources.get(place.file);
    ((drift.display_path)(&source.path), source.position(place.span.start).line)
}

#[derive(Serialize)]
struct Document {
    version: u32,
    comparisons: Vec<JsonComparison>,
    differences: Vec<JsonDifference>,
    notes: Vec<JsonNote>,
}

#[derive(Serialize)]
struct JsonComparison {
    left: String,
    right: String,
    complete: bool,
    differences: usize,
}

#[derive(Serialize)]
struct JsonDifference {
    kind: String,
    object: String,
    left: Option<String>,
    right: Option<String>,
    path: Option<String>,
    line: Option<u32>,
    left_source: String,
    left_path: Option<String>,
    left_line: Option<u32>,
    right_source: String,
    right_path: Option<String>,
    right_line: Option<u32>,
}

#[derive(Serialize)]
struct JsonNote {
    path: Option<String>,
    line: Option<u32>,
    message: String,
}

fn json(drift: &Drift<'_>, out: &mut impl Write) -> io::Result<()> {
    let comparisons = drift.comparisons.iter().map(|comparison| JsonComparison {
        left: comparison.left.clone(),
        right: comparison.right.clone(),
        complete: comparison.complete,
        differences: comparison.differences.len(),
    });
    let differences = drift.comparisons.iter().flat_map(|comparison| {
        comparison.differences.iter().map(|told| json_difference(drift, comparison, told))
    });
    let notes = drift.notes.iter().map(|note| JsonNote {
        path: note.path.clone(),
        line: note.position.map(|(line, _)| line),
        message: note.text.clone(),
    });
    let document = Document {
        version: 1,
        comparisons: comparisons.collect(),
        differences: differences.collect(),
        notes: notes.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn json_difference(drift: &Drift<'_>, comparison: &Comparison, told: &Told) -> JsonDifference {
    let difference = &told.difference;
    let (left, right) =
        (told.left.map(|place| located(drift, place)), told.right.map(|place| located(drift, place)));
    // Where the difference shows: the right side, unless it has nothing of the object.
    let shown = if difference.kind.is_extra() {
        left.clone().or(right.clone())
    } else {
        right.clone().or(left.clone())
    };
    let (path, line) = shown.unzip();
    let (left_path, left_line) = left.unzip();
    let (right_path, right_line) = right.unzip();
    JsonDifference {
        kind: difference.name(),
        object: object_text(&difference.object),
        left: difference.left.clone(),
        right: difference.right.clone(),
        path,
        line,
        left_source: comparison.left.clone(),
        left_path,
        left_line,
        right_source: comparison.right.clone(),
        right_path,
        right_line,
    }
}

/// An object for programs: `trades.is_paper_trade` for what belongs to a table and has a name there only, else its name.
fn object_text(object: &ObjectRef) -> String {
    match (object.kind, &object.on) {
        (
            ObjectKind::Column
            | ObjectKind::Constraint
            | ObjectKind::Trigger
            | ObjectKind::Policy
            | ObjectKind::Rule,
            Some(table),
        ) => format!("{table}.{}", object.name.text()),
        _ => object.name.to_string(),
    }
}

fn sql(drift: &Drift<'_>, out: &mut impl Write) -> io::Result<()> {
    for (at, comparison) in drift.comparisons.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let (left, right) = (one_line(&comparison.left), one_line(&comparison.right));
        if comparison.differences.is_empty() {
            writeln!(out, "-- {left} is {right} already")?;
            continue;
        }
        writeln!(out, "-- makes {left} into {right}")?;
        for statement in &comparison.statements {
            writeln!(out, "{statement};")?;
        }
        for difference in &comparison.left_over {
            writeln!(out, "-- not written: {}", one_line(&difference.to_string()))?;
        }
    }
    Ok(())
}
