//! What was recognised of a project, told to people: its histories, and what of them is left out.

use crate::history::Sequence;

/// A line for people.
pub(super) struct Note {
    pub text: String,
    /// Only with `--verbose`.
    pub verbose: bool,
}

/// What a history is, and what of it was not `done` ("judged", "shown").
pub(super) fn recognised(sequence: &Sequence, done: &str) -> Vec<Note> {
    let place = if sequence.directory.is_empty() { "." } else { &sequence.directory };
    let mut notes = Vec::new();
    if let Some(database) = sequence.foreign_database {
        let text = format!(
            "{place}: these migrations are for {database}, which gander does not know; they were not {done}"
        );
        notes.push(Note { text, verbose: false });
        return notes;
    }
    notes.push(Note {
        text: format!(
            "{place}: {} migrations of {} for {}",
            sequence.migrations.len(),
            sequence.tool.title,
            sequence.engine
        ),
        verbose: true,
    });
    if !sequence.unread.is_empty() {
        let text = format!("{place}: {} migrations are no SQL and were not read", sequence.unread.len());
        notes.push(Note { text, verbose: false });
    }
    notes
}
