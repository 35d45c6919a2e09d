//! ALTER COLUMN … TYPE on a table with rows and readers, and what becomes of its values.

use super::{StepFacts, words};
use crate::effects;
use crate::ops::{AlterColumn, Operation, Outcome};
use crate::schema::Family;
use crate::schema::{Dialect, Expr, Ident, Name, Type, TypeKind, builtin};
use crate::text::Place;

/// A column that is given another type.
pub struct Retype<'a> {
    /// Which operation of the statement does it.
    pub op: usize,
    /// Where.
    pub place: Place,
    /// The table, with its schema.
    pub table: Name,
    /// The column.
    pub column: &'a Ident,
    /// The type that it had; None where the history does not show it.
    pub old: Option<&'a Type>,
    /// The type that it gets.
    pub new: &'a Type,
    /// USING.
    pub using: Option<&'a Expr>,
    /// The column stood before the change, so that somebody may know it.
    pub is_known: bool,
}

/// The columns that a statement gives another type, of tables with rows and readers.
pub fn retypes<'a>(step: &StepFacts<'a>) -> Vec<Retype<'a>> {
    if step.part.dialect() != Dialect::Postgres || effects::is_refused(&step.step().outcomes) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (at, (op, outcome)) in step.statement().ops.iter().zip(&step.step().outcomes).enumerate() {
        let Operation::AlterColumn { table, column, change: AlterColumn::Type { ty, using, .. } } = &op.kind
        else {
            continue;
        };
        let name = step.resolve(&table.name);
        if *outcome != Outcome::Done || step.with_rows(std::iter::once(&name)).is_empty() {
            continue;
        }
        let member = step.before().table(&name).found().and_then(|table| table.column(column.key()).found());
        let part = step.part;
        let is_new = member
            .and_then(|member| member.made)
            .is_some_and(|made| made.file == part.run.part.file || part.new_files.contains(&made.file));
        all.push(Retype {
            op: at,
            place: step.place(op.span),
            table: name,
            column,
            old: member.and_then(|member| member.column.ty.as_ref()),
            new: ty,
            using: using.as_ref(),
            is_known: !is_new,
        });
    }
    all
}

/// What a change of type means to the values and to those who read them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Every old value stands as it was, in a type of the same kind.
    Keeps,
    /// Not every old value fits. What happens to one that does not.
    Narrows(Misfit),
    /// The values are of another kind.
    Differs,
}

/// What becomes of a value that does not fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Misfit {
    /// The change fails at it: at which.
    Fails(String),
    /// It is made to fit in silence: what it loses.
    Loses(String),
}

/// What a change of type means; None where that is not known.
pub fn change(retype: &Retype<'_>, step: &StepFacts<'_>) -> Option<Change> {
    let (old, new) = (base(retype.old?, step)?, base(retype.new, step)?);
    if old == new {
        return Some(Change::Keeps);
    }
    if old.dimensions != new.dimensions {
        return Some(Change::Differs);
    }
    if let (Some(TypeKind::Enum(had)), Some(TypeKind::Enum(has))) = (kind(&old, step), kind(&new, step)) {
        // One enum in the place of another, which often gets its name afterwards.
        if had.open || has.open {
            return None;
        }
        let gone: Vec<String> = had
            .labels
            .iter()
            .filter(|label| !has.labels.contains(label))
            .map(|label| format!("'{label}'"))
            .collect();
        return Some(match gone.as_slice() {
            [] => Change::Keeps,
            gone => Change::Narrows(Misfit::Fails(format!("a value of {}", words::listed(gone)))),
        });
    }
    if old.dimensions > 0 {
        return None;
    }
    if let Some(misfit) = misfit(&old, &new, retype.using.is_some()) {
        return Some(Change::Narrows(misfit));
    }
    let (from, to) = (family(&old), family(&new));
    let zoned = |ty: &Type| ty.name.ends_with("with time zone");
    if from != to || matches!(from, Family::Timestamp | Family::Time) && zoned(&old) != zoned(&new) {
        return Some(Change::Differs);
    }
    if from != Family::Other {
        return Some(Change::Keeps);
    }
    let is_bits = |ty: &Type| matches!(ty.name.as_str(), "bit" | "bit varying");
    if old.name == new.name && old.schema == new.schema || is_bits(&old) && is_bits(&new) {
        return None;
    }
    Some(Change::Differs)
}

/// What is known of a type that the server does not have by itself.
fn kind<'a>(ty: &Type, step: &StepFacts<'a>) -> Option<&'a TypeKind> {
    let name = Name { schema: ty.schema.as_deref().map(Ident::exact), ident: Ident::exact(ty.name.as_str()) };
    step.before().type_entry(&step.resolve(&name)).found().map(|entry| &entry.kind)
}

/// The type below the domains; None where a type is not known.
fn base(ty: &Type, step: &StepFacts<'_>) -> Option<Type> {
    let mut ty = ty.clone();
    // A domain cannot stand on itself; a limit all the same.
    for _ in 0..32 {
        let plain = match ty.name.as_str() {
            "smallserial" | "serial2" => Some("smallint"),
            "serial" | "serial4" => Some("integer"),
            "bigserial" | "serial8" => Some("bigint"),
            _ => None,
        };
        if let Some(plain) = plain {
            return Some(Type::plain(plain));
        }
        if ty.schema.is_none() && builtin::is_type(&ty.name) {
            return Some(ty);
        }
        match kind(&ty, step)? {
            TypeKind::Domain { ty: below, .. } if ty.dimensions == 0 => ty = below.clone(),
            TypeKind::Domain { .. } | TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Other(_) => {
                return Some(ty);
            }
        }
    }
    None
}

fn family(ty: &Type) -> Family {
    match ty.name.as_str() {
        // An enum or a type of that name is none of the server's.
        _ if ty.schema.is_some() => Family::Other,
        "bpchar" => Family::Text,
        _ => ty.family(),
    }
}

/// The value of the old type that the new one cannot hold. `converts`: with USING a text is cut in silence, which else fails.
fn misfit(old: &Type, new: &Type, converts: bool) -> Option<Misfit> {
    use Misfit::{Fails, Loses};
    let loses = |what: &str| Some(Loses(what.to_owned()));
    let number = |ty: &Type, at: usize| ty.arguments.get(at).and_then(|text| text.trim().parse::<i64>().ok());
    match (family(old), family(new)) {
        (Family::Integer, Family::Integer) => {
            let (from, to) = (digits(old)?, digits(new)?);
            (to.0 < from.0).then(|| Fails(format!("a value above {}", to.1)))
        }
        (Family::Decimal | Family::Float, Family::Integer) => loses("its fraction"),
        (Family::Integer, Family::Decimal) => {
            let room = number(new, 0)? - number(new, 1).unwrap_or(0);
            let (needed, _) = digits(old)?;
            (room < needed).then(|| Fails(format!("a value of more than {room} digits")))
        }
        (Family::Decimal, Family::Decimal) if old.name == new.name => {
            let precision = number(new, 0)?;
            let scale = number(new, 1).unwrap_or(0);
            let (room, had) = (
                precision - scale,
                number(old, 0).map(|old_precision| old_precision - number(old, 1).unwrap_or(0)),
            );
            if had.is_none_or(|had| room < had) {
                return Some(Fails(format!("a value of more than {room} digits before the point")));
            }
            let had_scale = number(old, 1).unwrap_or(0);
            (scale < had_scale).then(|| Loses(format!("its digits after the {}", ordinal(scale))))
        }
        (Family::Decimal, Family::Float) => loses("its last digits where there are more than 15"),
        (Family::Integer, Family::Float) => match (old.name.as_str(), new.name.as_str()) {
            ("bigint", "double precision") => loses("its last digits above 9007199254740992"),
            ("bigint" | "integer", "real") => loses("its last digits above 16777216"),
            _ => None,
        },
        (Family::Float, Family::Float) if new.name == "real" && old.name != "real" => {
            loses("its digits after the sixth")
        }
        (Family::Text, Family::Text) => {
            let limit = |ty: &Type| match ty.name.as_str() {
                "character" => Some(number(ty, 0).unwrap_or(1)),
                "character varying" | "bpchar" => number(ty, 0),
                _ => None,
            };
            let to = limit(new)?;
            if limit(old).is_some_and(|from| from <= to) {
                return None;
            }
            Some(if converts {
                Loses(format!("what stands behind its first {to} characters"))
            } else {
                Fails(format!("a value of more than {to} characters"))
            })
        }
        (Family::Timestamp, Family::Date) => loses("its time of day"),
        (Family::Timestamp, Family::Time) => loses("its day"),
        (Family::Timestamp, Family::Timestamp) | (Family::Time, Family::Time) => {
            let to = number(new, 0)?;
            let zoned = |ty: &Type| ty.name.ends_with("with time zone");
            (zoned(old) == zoned(new) && to < number(old, 0).unwrap_or(6))
                .then(|| Loses("the end of its fraction of a second".to_owned()))
        }
        (Family::Network, Family::Network) if (old.name.as_str(), new.name.as_str()) == ("inet", "cidr") => {
            loses("the bits of its host")
        }
        _ => None,
    }
}

/// How many digits the integers of a type have at most, and the greatest.
fn digits(ty: &Type) -> Option<(i64, &'static str)> {
    match ty.name.as_str() {
        "smallint" => Some((5, "32767")),
        "integer" => Some((10, "2147483647")),
        "bigint" => Some((19, "9223372036854775807")),
        _ => None,
    }
}

fn ordinal(scale: i64) -> String {
    match scale {
        0 => "point".to_owned(),
        1 => "first behind the point".to_owned(),
        2 => "second behind the point".to_owned(),
        3 => "third behind the point".to_owned(),
        many => format!("{many}th behind the point"),
    }
}
