//! A schema as the statements that build it.

use std::io::{self, Write};

use super::{Schemas, Shown, title};
use crate::report::plain::one_line;
use crate::schema::Dialect;

/// Writes the schemas one below the other, each under the comments that say what it is.
pub fn write(schemas: &Schemas<'_>, out: &mut impl Write) -> io::Result<()> {
    for (at, shown) in schemas.all.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        // One file is for one database.
        if schemas.all.len() == 1 && shown.engine.dialect != Dialect::Postgres {
            writeln!(out, "-- gander: engine={}", shown.engine)?;
        }
        one(shown, out)?;
    }
    Ok(())
}

fn one(shown: &Shown, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "-- {}", one_line(&title(shown)))?;
    for note in &shown.notes {
        writeln!(out, "-- note: {}", one_line(&note.to_string()))?;
    }
    for difference in &shown.left_over {
        writeln!(out, "-- not written: {}", one_line(&difference.to_string()))?;
    }
    for statement in &shown.statements {
        writeln!(out, "\n{statement};")?;
    }
    Ok(())
}
