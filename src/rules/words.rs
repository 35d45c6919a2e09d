//! Words that many rules share: lists of names, and where a statement has to go that needs its own transaction.

use super::StepFacts;
use crate::history::Wrap;
use crate::history::tools::Alone;
use crate::ops::Transaction;
use crate::schema::{Ident, Name};
use crate::syntax::sql::{write, write_catalog};

/// `a`, `b` and `c`.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [names @ .., last] => {
            let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", names.join(", "), last.as_ref())
        }
    }
}

/// A name for SQL in a help: in quotes where it must be.
pub fn sql(step: &StepFacts<'_>, table: &Name) -> String {
    write_catalog::shown(table, step.part.dialect())
}

/// The same of a column or a constraint.
pub fn sql_ident(step: &StepFacts<'_>, ident: &Ident) -> String {
    write::quote(ident, step.part.dialect())
}

/// A number for a sentence: in letters up to twelve.
pub fn count(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// Tables for a sentence, each in backticks; of a partitioned one with how many partitions it has.
pub fn tables(step: &StepFacts<'_>, names: &[Name]) -> String {
    let one = |name: &Name| {
        let partitions = step.before().tables().filter(|table| table.parents.contains(name)).count();
        match partitions {
            0 => format!("`{name}`"),
            1 => format!("`{name}` and its partition"),
            many => format!("`{name}` and its {many} partitions"),
        }
    };
    listed(&names.iter().map(one).collect::<Vec<_>>())
}

/// Whether the file runs on other databases too, which do not have all that this one has.
pub fn serves_others(step: &StepFacts<'_>) -> bool {
    !step.part.migration().migration.also.is_empty()
}

/// Where a statement has to stand that must not share a transaction, as the end of a sentence: "in a migration of its own that runs
/// outside a transaction (goose: `-- +goose NO TRANSACTION`)".
pub fn outside_a_transaction(step: &StepFacts<'_>) -> String {
    let tool = step.part.tool();
    if serves_others(step) {
        return "in a file of its own for PostgreSQL: this one runs on other databases too".to_owned();
    }
    let lonely = tool.fresh.is_some_and(|fresh| matches!(fresh.alone, Alone::OneStatement));
    match (step.transaction(), tool.switch) {
        // It runs outside only because it is alone: so must the other.
        (Transaction::None, Some(_)) if lonely && step.part.run.part.wrap != Wrap::Nobody => {
            format!("as the only statement of a migration: {} runs that outside a transaction", tool.title)
        }
        (Transaction::None | Transaction::Unknown, _) => "outside a transaction".to_owned(),
        (Transaction::Explicit(_), _) if !tool.records => "outside BEGIN … COMMIT".to_owned(),
        (_, Some(_)) if lonely => {
            format!("as the only statement of a migration: {} runs that outside a transaction", tool.title)
        }
        (_, Some(switch)) => {
            format!("in a migration of its own that runs outside a transaction ({switch})")
        }
        (_, None) => format!("by hand: {} runs every migration in a transaction", tool.title),
    }
}
