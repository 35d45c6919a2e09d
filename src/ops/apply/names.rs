//! The names that PostgreSQL makes up (source: `makeObjectName`, `ChooseRelationName`, `ChooseIndexName`,
//! `ChooseConstraintName` and `ChooseIndexNameAddition` in its indexcmds.c and pg_constraint.c).

use std::borrow::Cow;

use crate::schema::{Catalog, Dialect, Expr, Ident, IndexKey, LONGEST, Name, Table, clip};

/// `first_second_label`, the two names cut so that it fits, the longer one first.
pub fn object_name(first: &str, second: Option<&str>, label: &str) -> String {
    let overhead = 1 + label.len() + usize::from(second.is_some());
    let available = LONGEST.saturating_sub(overhead);
    let mut first_length = first.len();
    let mut second_length = second.map_or(0, str::len);
    while first_length + second_length > available {
        if first_length > second_length {
            first_length -= 1;
        } else {
            second_length -= 1;
        }
    }
    let mut name = clip(first, first_length).to_owned();
    if let Some(second) = second {
        name.push('_');
        name.push_str(clip(second, second_length));
    }
    name.push('_');
    name.push_str(label);
    name
}

/// A name as the server keeps it: PostgreSQL cuts what is too long.
pub fn kept(dialect: Dialect, name: &Name) -> Cow<'_, Name> {
    let text = name.ident.text();
    if dialect != Dialect::Postgres || text.len() <= LONGEST {
        return Cow::Borrowed(name);
    }
    Cow::Owned(Name { schema: name.schema.clone(), ident: Ident::exact(clip(text, LONGEST)) })
}

/// The first of `name`, `name1`, `name2`, … that no relation of the schema has. The number goes behind the label, which is cut for it.
pub fn free_relation(
    catalog: &Catalog,
    schema: Option<&Ident>,
    first: &str,
    second: Option<&str>,
    label: &str,
) -> Ident {
    free(first, second, label, |name| {
        catalog.relation(&Name { schema: schema.cloned(), ident: Ident::exact(name) }).found().is_none()
    })
}

/// The same for a constraint of a table: PostgreSQL takes no name that another constraint of the schema has, though it would
/// let one be written.
pub fn free_constraint(
    catalog: &Catalog,
    table: &Table,
    second: Option<&str>,
    label: &str,
    taken: &[Ident],
) -> Ident {
    let first = table.name.text();
    // Only tables whose names begin alike, or once did, can have come to the same name by themselves.
    let stem = if catalog.renamed { "" } else { first.split('_').next().unwrap_or(first) };
    let elsewhere = |name: &str| {
        let alike = catalog.relations_from(table.name.schema.as_ref(), stem);
        alike.into_iter().any(|(_, relation)| match relation {
            crate::schema::Relation::Table(other) => {
                other.name != table.name && other.constraint(name).found().is_some()
            }
            crate::schema::Relation::Index(_)
            | crate::schema::Relation::View(_)
            | crate::schema::Relation::Sequence(_) => false,
        })
    };
    free(first, second, label, |name| {
        table.constraint(name).found().is_none()
            && !taken.iter().any(|known| *known == *name)
            && !(catalog.dialect == Dialect::Postgres && elsewhere(name))
    })
}

/// The same for a key, which is an index too.
pub fn free_key(catalog: &Catalog, table: &Table, second: Option<&str>, label: &str) -> Ident {
    let schema = table.name.schema.as_ref();
    free(table.name.text(), second, label, |name| {
        let full = Name { schema: schema.cloned(), ident: Ident::exact(name) };
        catalog.relation(&full).found().is_none() && table.constraint(name).found().is_none()
    })
}

/// The first of `name`, `name1`, … that is free.
pub fn free(first: &str, second: Option<&str>, label: &str, is_free: impl Fn(&str) -> bool) -> Ident {
    let mut pass = 0u32;
    loop {
        let label = if pass == 0 { label.to_owned() } else { format!("{label}{pass}") };
        let name = object_name(first, second, &label);
        if is_free(&name) {
            return Ident::exact(name);
        }
        pass += 1;
    }
}

/// The columns of a name: `a_b_c`, up to the longest name.
pub fn joined<'a>(columns: impl Iterator<Item = &'a str>) -> String {
    let mut name = String::new();
    for column in columns {
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(clip(column, LONGEST));
        if name.len() > LONGEST {
            break;
        }
    }
    name
}

/// What the columns of an index, those of INCLUDE too, give to its name: each its own name, numbered where it was there before.
pub fn index_columns(keys: &[IndexKey], include: &[Ident]) -> Vec<String> {
    let bases = keys.iter().map(|key| figured(&key.expr).map_or_else(|| "expr".to_owned(), |(name, _)| name));
    let mut names: Vec<String> = Vec::new();
    for base in bases.chain(include.iter().map(|column| column.text().to_owned())) {
        let mut name = base.clone();
        let mut number = 1;
        while names.contains(&name) {
            name = format!("{base}{number}");
            number += 1;
        }
        names.push(name);
    }
    names
}

/// The name that PostgreSQL gives to an expression, and whether it is one of its own: a column's, a function's. A cast or a CASE around
/// anything else gives its own instead (source: `FigureColnameInternal` in its parse_target.c).
fn figured(expr: &Expr) -> Option<(String, bool)> {
    match expr {
        Expr::Column(parts) => Some((parts.last()?.clone(), true)),
        Expr::Call { name, .. } => Some((name.rsplit('.').next().unwrap_or(name).to_owned(), true)),
        Expr::Cast { operand, to } => {
            figured(operand).filter(|(_, own)| *own).or_else(|| Some((internal(&to.name).to_owned(), false)))
        }
        Expr::Operator { operator, operands } => match operator.as_str() {
            "CASE" => {
                let otherwise = operands.last().and_then(|last| {
                    let Expr::Operator { operator, operands } = last else { return None };
                    operands.first().filter(|_| operator == "ELSE")
                });
                let own = otherwise.and_then(figured).filter(|(_, own)| *own);
                own.or_else(|| Some(("case".to_owned(), false)))
            }
            "ARRAY" => Some(("array".to_owned(), true)),
            "ROW" => Some(("row".to_owned(), true)),
            "AT TIME ZONE" => Some(("timezone".to_owned(), true)),
            "[]" => figured(operands.first()?),
            collate if collate.starts_with("COLLATE") => figured(operands.first()?),
            _ => None,
        },
        Expr::Raw { text, .. } => {
            let (function, _) = text.split_once('(')?;
            let function = function.trim().to_ascii_lowercase();
            ["substring", "position", "overlay", "extract"]
                .contains(&function.as_str())
                .then_some((function, true))
        }
        Expr::Literal(_) | Expr::Query(_) => None,
    }
}

/// The name of a type in PostgreSQL's own catalog.
fn internal(name: &str) -> &str {
    match name {
        "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "boolean" => "bool",
        "real" => "float4",
        "double precision" => "float8",
        "character varying" => "varchar",
        "character" => "bpchar",
        "bit varying" => "varbit",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: PostgreSQL 15's own, for tables of these names.
    #[test]
    fn names_are_cut_as_postgres_cuts_them() {
        assert_eq!(object_name("t", Some("a_b"), "fkey"), "t_a_b_fkey");
        assert_eq!(object_name("orders", None, "pkey"), "orders_pkey");
        let long = "a".repeat(63);
        assert_eq!(object_name(&long, Some("b"), "idx"), format!("{}_b_idx", "a".repeat(57)));
        assert_eq!(
            object_name(&long, Some(&"b".repeat(63)), "key"),
            format!("{}_{}_key", "a".repeat(29), "b".repeat(29))
        );
    }
}
