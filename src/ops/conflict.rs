//! What the server would say when it refuses.

use std::fmt;

use crate::schema::ObjectRef;

/// Why the server refuses a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Conflict {
    /// There is one already.
    Exists(ObjectRef),
    /// There is none.
    Missing(ObjectRef),
    /// Something else that the catalog shows: the SQLSTATE and a sentence.
    Other(&'static str, String),
}

impl Conflict {
    /// PostgreSQL's SQLSTATE for it (source: PostgreSQL manual, appendix A).
    pub fn sqlstate(&self) -> &'static str {
        use crate::schema::ObjectKind as K;
        let (object, exists) = match self {
            Self::Exists(object) => (object, true),
            Self::Missing(object) => (object, false),
            Self::Other(state, _) => return state,
        };
        match (object.kind, exists) {
            (K::Table | K::ForeignTable | K::Index | K::View | K::MaterializedView | K::Sequence, true) => {
                "42P07"
            }
            (K::Table | K::ForeignTable | K::View | K::MaterializedView | K::Sequence, false) => "42P01",
            (K::Column, true) => "42701",
            (K::Column, false) => "42703",
            (K::Function | K::Procedure | K::Routine | K::Aggregate, true) => "42723",
            (K::Function | K::Procedure | K::Routine | K::Aggregate, false) => "42883",
            (K::Schema, true) => "42P06",
            (K::Schema, false) => "3F000",
            // Nobody looks before the server's own index of them does.
            (
                K::TextSearchConfiguration
                | K::TextSearchDictionary
                | K::TextSearchParser
                | K::TextSearchTemplate,
                true,
            ) => "23505",
            (K::Database, true) => "42P04",
            (K::Database, false) => "3D000",
            (_, true) => "42710",
            (_, false) => "42704",
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(object) => write!(f, "{object} already exists"),
            Self::Missing(object) => write!(f, "{object} does not exist"),
            Self::Other(_, sentence) => f.write_str(sentence),
        }
    }
}
