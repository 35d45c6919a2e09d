//! The canonical schema files of a history, read and replayed.

use super::histories::Planned;
use super::judged::Trees;
use super::{Project, UserError};
use crate::history::replay;
use crate::history::{Part, Wrap};
use crate::rules::facts::Canonical;
use crate::schema::Catalog;
use crate::syntax::sql;
use crate::text::Span;

/// Reads them.
///
/// # Errors
/// When git cannot give the file as it stands on the base branch.
pub fn read(project: &Project, _trees: &Trees, planned: &Planned) -> Result<Vec<Canonical>, UserError> {
    let engine = planned.sequence.engine;
    let one = |file: &super::histories::CanonicalFile| {
        let source = project.files.sources.get(file.file);
        let span = Span::new(source.start(), source.text().len() as u32);
        let script = sql::read(source.text(), span, engine.dialect);
        let part = Part { file: file.file, span, wrap: Wrap::Nobody, switched_off: None };
        let run = replay::run(part, engine, script, &Catalog::new(engine.dialect, false));
        Canonical { file: file.file, run, configured: file.configured, base: None }
    };
    Ok(planned.canonical.iter().map(one).collect())
}
