//! Edits to a file's bytes. Everything outside an edit stays as it was, byte for byte.

use super::Span;

/// Replaces the bytes of `span` by `insert`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Edit {
    /// What is replaced, in bytes; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub insert: String,
}

impl Edit {
    /// Inserts `text` before byte `at`.
    pub fn insert(at: u32, text: impl Into<String>) -> Self {
        Self { span: Span::at(at), insert: text.into() }
    }

    /// Removes the bytes of `span`.
    pub fn delete(span: Span) -> Self {
        Self { span, insert: String::new() }
    }

    /// Replaces the bytes of `span` by `text`.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, insert: text.into() }
    }
}

/// Two edits want the same bytes, or one lies outside the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overlap(pub Span);

/// Applies `edits` to `bytes`. Insertions at one place keep the order in which they are given.
///
/// # Errors
/// When two edits overlap or one reaches beyond the end, nothing is applied.
pub fn apply_edits(bytes: &[u8], edits: &[Edit]) -> Result<Vec<u8>, Overlap> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0usize;
    for edit in sorted {
        let range = edit.span.range();
        if range.start < at || range.end < range.start || range.end > bytes.len() {
            return Err(Overlap(edit.span));
        }
        out.extend_from_slice(&bytes[at..range.start]);
        out.extend_from_slice(edit.insert.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(&bytes[at..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_leave_every_other_byte_alone() {
        let edits = [Edit::insert(6, "IF NOT EXISTS "), Edit::delete(Span::new(0, 1))];
        assert_eq!(apply_edits(b"xTABLEt\r\n", &edits), Ok(b"TABLEIF NOT EXISTS t\r\n".to_vec()));
    }

    #[test]
    fn overlapping_edits_are_refused() {
        let edits = [Edit::delete(Span::new(0, 3)), Edit::insert(2, "x")];
        assert_eq!(apply_edits(b"abcdef", &edits), Err(Overlap(Span::at(2))));
        assert!(apply_edits(b"ab", &[Edit::delete(Span::new(1, 3))]).is_err());
    }

    #[test]
    fn insertions_at_one_place_keep_their_order() {
        let edits = [Edit::insert(1, "1"), Edit::insert(1, "2")];
        assert_eq!(apply_edits(b"ab", &edits), Ok(b"a12b".to_vec()));
    }
}
