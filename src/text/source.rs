//! Source files: their bytes, a text of the same length that is safe to read, and their lines.

use super::{FileId, Span};

/// One file. Offsets are bytes and the same in `bytes` and `text`.
#[derive(Clone, Debug)]
pub struct Source {
    /// Relative to the project's root, with forward slashes.
    pub path: String,
    text: String,
    raw: Option<Vec<u8>>,
    lines: Vec<u32>,
    /// Then columns are bytes, and a line of a megabyte costs nothing to count in.
    ascii: bool,
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Source {
    /// Takes the bytes of a file. Bytes that are no UTF-8 are read as `?`, one each, so that offsets stay.
    pub fn new(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let (text, raw) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let bytes = error.into_bytes();
                (same_length_text(&bytes), Some(bytes))
            }
        };
        let mut lines = vec![0];
        lines.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        let ascii = text.is_ascii();
        Self { path: path.into(), text, raw, lines, ascii }
    }

    /// The text. As long as the bytes; what is no UTF-8 stands as `?`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes as they are in the file.
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The text of a span; empty where the span leaves the file or cuts a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The line and column of a byte. Past the end: the place after the last character.
    pub fn position(&self, offset: u32) -> LineColumn {
        let offset = offset.min(self.text.len() as u32);
        let line = self.lines.partition_point(|start| *start <= offset);
        // A byte order mark is no character of the first line.
        let start = (self.lines[line - 1].max(self.start()) as usize).min(offset as usize);
        if self.ascii {
            return LineColumn { line: line as u32, column: offset - start as u32 + 1 };
        }
        let column =
            self.text.as_bytes()[start..offset as usize].iter().filter(|b| (**b & 0xC0) != 0x80).count();
        LineColumn { line: line as u32, column: column as u32 + 1 }
    }

    /// The bytes of a line (from 1), its line ending included.
    pub fn line_span(&self, line: u32) -> Span {
        let index = (line.max(1) as usize - 1).min(self.lines.len() - 1);
        let end = self.lines.get(index + 1).copied().unwrap_or(self.text.len() as u32);
        Span::new(self.lines[index], end)
    }

    /// How many lines there are; one for an empty file.
    pub fn line_count(&self) -> u32 {
        self.lines.len() as u32
    }

    /// Where the text begins: after a byte order mark.
    pub fn start(&self) -> u32 {
        if self.text.starts_with('\u{feff}') { 3 } else { 0 }
    }

    /// The line ending of the file, judged by its first line.
    pub fn line_ending(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if at > 0 && self.text.as_bytes()[at - 1] == b'\r' => "\r\n",
            _ => "\n",
        }
    }
}

fn same_length_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    text
}

/// All files that were read.
#[derive(Clone, Default, Debug)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and names it.
    pub fn add(&mut self, source: Source) -> FileId {
        self.files.push(source);
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of that name.
    ///
    /// # Panics
    /// When `id` was given by another `Sources`.
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Every file with its id, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(i, source)| (FileId(i as u32), source))
    }

    /// The id of the file at `path`.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.files.iter().position(|source| source.path == path).map(|i| FileId(i as u32))
    }

    /// Gives a file other bytes; gives back what it was.
    pub fn replace(&mut self, id: FileId, bytes: Vec<u8>) -> Source {
        let path = self.get(id).path.clone();
        std::mem::replace(&mut self.files[id.0 as usize], Source::new(path, bytes))
    }

    /// Puts back what [`Sources::replace`] gave.
    pub fn put_back(&mut self, id: FileId, source: Source) {
        self.files[id.0 as usize] = source;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_offsets_bytes() {
        let source = Source::new("a.sql", "é x\r\nyü".as_bytes().to_vec());
        assert_eq!(source.position(0), LineColumn { line: 1, column: 1 });
        assert_eq!(source.position(3), LineColumn { line: 1, column: 3 });
        assert_eq!(source.position(6), LineColumn { line: 2, column: 1 });
        assert_eq!(source.position(99), LineColumn { line: 2, column: 3 });
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let source = Source::new("a.sql", "\u{feff}SELECT".as_bytes().to_vec());
        assert_eq!(source.position(0), LineColumn { line: 1, column: 1 });
        assert_eq!(source.position(3), LineColumn { line: 1, column: 1 });
        assert_eq!(source.position(5), LineColumn { line: 1, column: 3 });
    }

    #[test]
    fn bytes_that_are_no_text_keep_their_places() {
        let source = Source::new("a.sql", b"a\xff\xfeb\0c".to_vec());
        assert_eq!(source.text(), "a??b\0c");
        assert_eq!(source.bytes(), b"a\xff\xfeb\0c");
    }
}
