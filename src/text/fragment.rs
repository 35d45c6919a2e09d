//! Decoded text that stands inside other text (a DO body, the string of an EXECUTE), with the way
//! back from its bytes to the bytes of the file.

use super::Span;

/// Where the bytes of a decoded text stand in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Map {
    /// Byte n of the text is byte n + offset of the file: the text is a slice of the file.
    Offset(u32),
    /// Pieces `(text offset, file offset)` in rising order; inside a piece bytes run in step.
    /// Where decoding shortened the file's text (`''` to `'`), a new piece begins.
    Pieces(Vec<(u32, u32)>),
}

impl Map {
    /// The place in the file of a byte of the text.
    pub fn at(&self, text_offset: u32) -> u32 {
        match self {
            Self::Offset(offset) => text_offset + offset,
            Self::Pieces(pieces) => {
                let next = pieces.partition_point(|(from, _)| *from <= text_offset);
                let (from, to) = pieces[next.saturating_sub(1)];
                to + (text_offset - from.min(text_offset))
            }
        }
    }

    /// The file's bytes that a span of the text was decoded from.
    pub fn span(&self, text: Span) -> Span {
        if text.is_empty() {
            return Span::at(self.at(text.start));
        }
        // The end is found from the last byte inside, so that it does not swallow what was skipped after it.
        Span::new(self.at(text.start), self.at(text.end - 1) + 1)
    }
}

/// A decoded text and its map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fragment {
    /// What the text says once decoded.
    pub text: String,
    /// From the text's bytes back to the file's.
    pub map: Map,
}

impl Fragment {
    /// Decodes the inside of a quoted SQL string: `''` is one quote; with `escapes`, `\n`, `\'` and their kin too.
    /// `inside` is the text between the quotes, which begins at byte `at` of the outer text; `outer` leads from
    /// there to the file.
    pub fn from_quoted(inside: &str, at: u32, outer: &Map, quote: u8, escapes: bool) -> Self {
        let bytes = inside.as_bytes();
        let mut text = String::with_capacity(inside.len());
        let mut pieces = vec![(0, outer.at(at))];
        let mut from = 0usize;
        let mut i = 0usize;
        while i < bytes.len() {
            let doubled = bytes[i] == quote && bytes.get(i + 1) == Some(&quote);
            let escaped = escapes && bytes[i] == b'\\' && i + 1 < bytes.len();
            if !doubled && !escaped {
                i += 1;
                continue;
            }
            text.push_str(&inside[from..i]);
            if doubled {
                from = i + 1;
            } else if let Some(c) = simple_escape(bytes[i + 1]) {
                text.push(c);
                from = i + 2;
            } else {
                from = i + 1;
            }
            let text_at = text.len() as u32 - u32::from(escaped && from == i + 2);
            let file_at = if from == i + 2 { i } else { from };
            pieces.push((text_at, outer.at(at + file_at as u32)));
            if from == i + 2 {
                pieces.push((text.len() as u32, outer.at(at + from as u32)));
            }
            // What follows the escape may be a character of several bytes: step over its first byte only.
            i += 2;
            while i < bytes.len() && !inside.is_char_boundary(i) {
                i += 1;
            }
        }
        text.push_str(&inside[from.min(inside.len())..]);
        Self { text, map: Map::Pieces(pieces) }
    }
}

const fn simple_escape(byte: u8) -> Option<char> {
    match byte {
        b'n' => Some('\n'),
        b't' => Some('\t'),
        b'r' => Some('\r'),
        b'b' => Some('\u{8}'),
        b'f' => Some('\u{c}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubled_quotes_lead_back_to_the_file() {
        let fragment = Fragment::from_quoted("it''s a", 10, &Map::Offset(0), b'\'', false);
        assert_eq!(fragment.text, "it's a");
        assert_eq!(fragment.map.at(0), 10);
        assert_eq!(fragment.map.at(2), 13, "the quote that stays is the second one");
        assert_eq!(fragment.map.span(Span::new(5, 6)), Span::new(16, 17));
    }

    #[test]
    fn escapes_shorten_the_text() {
        let fragment = Fragment::from_quoted(r"a\nb\'c", 0, &Map::Offset(5), b'\'', true);
        assert_eq!(fragment.text, "a\nb'c");
        assert_eq!(fragment.map.at(1), 6);
        assert_eq!(fragment.map.at(2), 8);
        assert_eq!(fragment.map.at(3), 10);
        assert_eq!(fragment.map.at(4), 11);
    }
}
