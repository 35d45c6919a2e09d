//! Text that came from files, made safe to show: no control characters, no more than fits; and the colours of our own words.

use std::borrow::Cow;

/// Replaces what a terminal would obey, or what would show text in another order than it is read in, by signs of the
/// same length in bytes. Line ends and tabs stay.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| stand_in(c).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| stand_in(c).unwrap_or(c)).collect())
}

/// The same on one line.
pub fn one_line(text: &str) -> String {
    let parts: Vec<_> =
        text.split(['\n', '\r', '\t']).map(str::trim).filter(|part| !part.is_empty()).collect();
    harmless(&parts.join(" ")).into_owned()
}

const fn stand_in(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => None,
        '\0'..='\u{1f}' | '\u{7f}' => Some('?'),
        '\u{80}'..='\u{9f}' | '\u{61c}' => Some('¿'),
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some('\u{fffd}'),
        _ => None,
    }
}

/// Breaks lines at blanks, so that none is longer than `width` unless one word is.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        // What was laid out by hand (SQL under a help) keeps its indentation.
        let indent = &paragraph[..paragraph.len() - paragraph.trim_start().len()];
        let mut line = indent.to_owned();
        let mut length = indent.chars().count();
        let mut words = 0;
        for word in paragraph.split_whitespace() {
            let more = word.chars().count();
            if words > 0 && length + 1 + more > width {
                lines.push(std::mem::replace(&mut line, indent.to_owned()));
                length = indent.chars().count();
                words = 0;
            }
            if words > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += more;
            words += 1;
        }
        lines.push(line);
    }
    lines
}

/// The bytes of `line` around `at` that are shown where the line is longer than `most` bytes; else the whole line.
/// Both ends lie between characters.
pub fn window(line: &str, at: usize, most: usize) -> std::ops::Range<usize> {
    if line.len() <= most {
        return 0..line.len();
    }
    let from = at.saturating_sub(most / 4).min(line.len() - most);
    let start = boundary_before(line, from);
    start..boundary_before(line, start + most)
}

/// The last place between two characters that is not after `at`.
pub fn boundary_before(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The colours of our own words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// Errors, and lines that go.
    Red,
    /// Warnings.
    Yellow,
    /// Lines that come.
    Green,
    /// Advice, and words that lead a line.
    Cyan,
    /// What matters most in a line.
    Bold,
    /// What matters least.
    Dim,
}

/// `text` in that colour, where there is colour.
pub fn paint(color: bool, ink: Ink, text: &str) -> Cow<'_, str> {
    if !color {
        return Cow::Borrowed(text);
    }
    let code = match ink {
        Ink::Red => 31,
        Ink::Yellow => 33,
        Ink::Green => 32,
        Ink::Cyan => 36,
        Ink::Bold => 1,
        Ink::Dim => 2,
    };
    Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
}

/// `1 error`, `2 errors`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_replaced_and_keeps_its_length() {
        let text = "a\u{1b}[31m\0\r\u{9b}2J\u{202e}é\t\n";
        let safe = harmless(text);
        assert_eq!(safe, "a?[31m??¿2J\u{fffd}é\t\n");
        assert_eq!(safe.len(), text.len());
        assert_eq!(one_line("a\n\u{7}b\tc\r\n"), "a ?b c");
    }

    #[test]
    fn lines_break_at_blanks_only() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a-very-long-identifier x", 5), ["a-very-long-identifier", "x"]);
        assert_eq!(wrap("first\n    BEGIN;", 80), ["first", "    BEGIN;"]);
    }

    #[test]
    fn a_window_keeps_the_place_in_view_and_cuts_no_character() {
        assert_eq!(window("short", 3, 10), 0..5);
        let line = "é".repeat(500);
        let shown = window(&line, 601, 100);
        assert_eq!(shown, 576..676);
        assert_eq!(window(&line, 999, 100), 900..1000);
        assert_eq!(window(&line, 0, 101), 0..100);
    }
}
