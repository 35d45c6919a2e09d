//! Data types, under the name that the server gives them.

use std::fmt;

/// A data type: `character varying(20)[]` has the name `character varying`, one argument and one dimension.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Type {
    /// The schema that it was written with, if it is none of the server's own.
    pub schema: Option<String>,
    /// The name: for PostgreSQL as `format_type` prints it (`integer`, `character varying`,
    /// `timestamp with time zone`); else in lower case as written. Quoted names keep their case.
    pub name: String,
    /// What stands in parentheses: `numeric(10,2)` has `10` and `2`. The fields of an interval come first: `interval day to second(3)` has
    /// `day to second` and `3`.
    pub arguments: Vec<String>,
    /// How many `[]` follow.
    pub dimensions: u8,
}

/// What values of a type look like to a reader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Family {
    Integer,
    Decimal,
    Float,
    Text,
    Boolean,
    Timestamp,
    Date,
    Time,
    Interval,
    Json,
    Uuid,
    Bytes,
    Network,
    Other,
}

impl Type {
    /// A type without arguments.
    pub fn plain(name: impl Into<String>) -> Self {
        Self { schema: None, name: name.into(), arguments: Vec::new(), dimensions: 0 }
    }

    /// The family of a PostgreSQL type; `Other` for arrays and what is not the server's own.
    pub fn family(&self) -> Family {
        if self.dimensions > 0 {
            return Family::Other;
        }
        match self.name.as_str() {
            "smallint" | "integer" | "bigint" | "oid" => Family::Integer,
            "numeric" | "money" => Family::Decimal,
            "real" | "double precision" => Family::Float,
            "text" | "character varying" | "character" | "citext" | "name" | "xml" => Family::Text,
            "boolean" => Family::Boolean,
            "timestamp without time zone" | "timestamp with time zone" => Family::Timestamp,
            "date" => Family::Date,
            "time without time zone" | "time with time zone" => Family::Time,
            "interval" => Family::Interval,
            "json" | "jsonb" => Family::Json,
            "uuid" => Family::Uuid,
            "bytea" => Family::Bytes,
            "inet" | "cidr" | "macaddr" | "macaddr8" => Family::Network,
            _ => Family::Other,
        }
    }

    fn brackets(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.dimensions).try_for_each(|_| f.write_str("[]"))
    }

    /// Whether it is one of PostgreSQL's `serial` pseudo types.
    pub fn is_serial(&self) -> bool {
        matches!(
            self.name.as_str(),
            "serial" | "bigserial" | "smallserial" | "serial2" | "serial4" | "serial8"
        ) && self.dimensions == 0
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        let fields = self
            .arguments
            .first()
            .filter(|first| self.name == "interval" && first.starts_with(|c: char| c.is_ascii_alphabetic()));
        if let Some(fields) = fields {
            write!(f, "interval {fields}")?;
            if let Some(precision) = self.arguments.get(1) {
                write!(f, "({precision})")?;
            }
            return self.brackets(f);
        }
        let arguments = self.arguments.join(",");
        // PostgreSQL prints the precision inside: timestamp(3) with time zone.
        match (self.name.split_once(' '), arguments.is_empty()) {
            (_, true) => f.write_str(&self.name)?,
            (Some((head, rest)), false) if matches!(head, "timestamp" | "time") => {
                write!(f, "{head}({arguments}) {rest}")?
            }
            (_, false) => write!(f, "{}({arguments})", self.name)?,
        }
        self.brackets(f)
    }
}
