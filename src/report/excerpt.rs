//! The lines of a file that a drawing shows, as a source that miette reads fast: it is asked for a few lines, found by
//! binary search, instead of counting lines from the top of the file on every call.

use super::plain::{boundary_before, harmless, window};
use crate::text::{LineColumn, Source, Span};
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Lines longer than this many bytes are shown in part: dumps put a whole table on one line.
const LONG: usize = 500;
/// Of a statement on one line, this many bytes are underlined at most.
const HEAD: usize = 72;
const CUT: &str = "…";

/// Some lines of a file, without control characters, and the labels in them.
#[derive(Debug)]
pub struct Excerpt {
    name: String,
    text: String,
    lines: Vec<Line>,
    /// The label's place in `text`, and where the finding stands in the file.
    labels: Vec<(SourceSpan, LineColumn)>,
}

#[derive(Debug)]
struct Line {
    /// From 1.
    number: u32,
    /// Of its first byte in the excerpt's text.
    start: usize,
}

impl Excerpt {
    /// The lines around these heads (see [`head`]), the first of which matters most: it stays in view when its line is
    /// cut. `name` is shown as the file's.
    pub fn new(source: &Source, name: String, heads: &[(Span, LineColumn)]) -> Self {
        let at: Vec<LineColumn> = heads.iter().map(|(head, _)| source.position(head.start)).collect();
        let last = last_line(source);
        let mut numbers: Vec<u32> = Vec::with_capacity(3 * at.len());
        for LineColumn { line, .. } in &at {
            numbers.extend([line.saturating_sub(1).max(1), *line, (line + 1).min(last.max(*line))]);
        }
        numbers.sort_unstable();
        numbers.dedup();

        let mut excerpt = Self { name, text: String::new(), lines: Vec::new(), labels: Vec::new() };
        let mut labels = vec![SourceSpan::from((0, 0)); heads.len()];
        for number in numbers {
            let span = source.line_span(number);
            let line = source.slice(span).trim_end_matches(['\n', '\r']);
            let here = || heads.iter().enumerate().filter(|(i, _)| at[*i].line == number);
            let focus = here().next().map_or(0, |(_, (head, _))| (head.start - span.start) as usize);
            let shown = window(line, focus, LONG);
            let start = excerpt.text.len();
            excerpt.lines.push(Line { number, start });
            if shown.start > 0 {
                excerpt.text.push_str(CUT);
            }
            let text_start = excerpt.text.len();
            excerpt.text.push_str(&harmless(&line[shown.clone()]));
            let text_end = excerpt.text.len();
            for (i, (head, _)) in here() {
                let place = |at: u32| {
                    let in_line = ((at - span.start) as usize).clamp(shown.start, shown.end);
                    (text_start + in_line - shown.start).min(text_end)
                };
                labels[i] = (place(head.start), place(head.end) - place(head.start)).into();
            }
            if shown.end < line.len() {
                excerpt.text.push_str(CUT);
            }
            excerpt.text.push('\n');
        }
        excerpt.labels = labels.into_iter().zip(heads.iter().map(|(_, position)| *position)).collect();
        excerpt
    }

    /// Where the label of that head stands in the excerpt.
    pub fn label(&self, index: usize) -> SourceSpan {
        self.labels[index].0
    }

    fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start <= offset).saturating_sub(1)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if self.lines.is_empty() || span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let mut first = self.line_at(span.offset());
        let mut last = self.line_at((span.offset() + span.len()).saturating_sub(1)).max(first);
        for _ in 0..before {
            if first > 0 && self.lines[first - 1].number + 1 == self.lines[first].number {
                first -= 1;
            }
        }
        for _ in 0..after {
            if self.lines.get(last + 1).is_some_and(|next| next.number == self.lines[last].number + 1) {
                last += 1;
            }
        }
        let start = self.lines[first].start;
        let end = self.lines.get(last + 1).map_or(self.text.len(), |next| next.start);
        // Asked for a label without context, miette wants the place for its heading: the finding's, which a cut line
        // or a label that was moved into view would get wrong.
        let heading = self.labels.iter().find(|(label, _)| before == 0 && after == 0 && label == span);
        let (line, column) = match heading {
            Some((_, position)) => (position.line - 1, position.column - 1),
            None => (self.lines[first].number - 1, 0),
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[start..end],
            (start, end - start).into(),
            line as usize,
            column as usize,
            last - first + 1,
        )))
    }
}

/// The part of a span that is worth underlining: its first line, without the blanks around it, and not too much of it.
/// Past the end of the text it is the end of the last line that has some.
pub fn head(source: &Source, span: Span) -> Span {
    let text = source.text();
    let start = boundary_before(text, span.start as usize);
    let end = boundary_before(text, span.end as usize).max(start);
    let inside = &text[start..end];
    let trimmed = inside.trim_start();
    if trimmed.is_empty() {
        let at = if text[start..].is_empty() { text.trim_end_matches(['\n', '\r']).len() } else { start };
        return Span::at(at as u32);
    }
    let start = start + inside.len() - trimmed.len();
    let line = trimmed.lines().next().unwrap_or_default();
    let cut = boundary_before(line, HEAD);
    let blank = || line.as_bytes()[..=cut].iter().rposition(|byte| *byte == b' ');
    let cut = if cut < line.len() { blank().unwrap_or(cut) } else { cut };
    Span::new(start as u32, (start + line[..cut].trim_end().len()) as u32)
}

/// Whether the line at `offset` is shown whole.
pub fn is_shown_whole(source: &Source, offset: u32) -> bool {
    source.line_span(source.position(offset).line).len() as usize <= LONG
}

/// The last line that has text: what follows a final line end is no line.
fn last_line(source: &Source) -> u32 {
    let count = source.line_count();
    if count > 1 && source.line_span(count).is_empty() { count - 1 } else { count }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new("a.sql", text.as_bytes().to_vec())
    }

    fn excerpt(source: &Source, spans: &[Span]) -> Excerpt {
        let heads: Vec<_> =
            spans.iter().map(|span| (head(source, *span), source.position(span.start))).collect();
        Excerpt::new(source, "a.sql".to_owned(), &heads)
    }

    #[test]
    fn a_statement_is_underlined_on_its_first_line() {
        let source = source("\n  CREATE TABLE t (\n  id int\n);\n");
        assert_eq!(source.slice(head(&source, Span::new(0, 30))), "CREATE TABLE t (");
    }

    #[test]
    fn much_of_a_line_is_too_much_to_underline() {
        let text = format!("SELECT {}, b;", "a".repeat(64));
        let source = source(&text);
        assert_eq!(
            source.slice(head(&source, Span::new(0, text.len() as u32))),
            &text[..72],
            "up to the comma"
        );
    }

    #[test]
    fn the_end_of_the_file_is_the_end_of_its_last_line() {
        let source = source("a;\nb;\n\n");
        assert_eq!(head(&source, Span::at(7)), Span::at(5));
        assert_eq!(head(&source, Span::new(90, 95)), Span::at(5));
        assert_eq!(head(&self::source(""), Span::new(3, 4)), Span::at(0));
    }

    #[test]
    fn a_span_that_cuts_a_character_is_widened() {
        let source = source("éa");
        assert_eq!(head(&source, Span::new(1, 3)), Span::new(0, 3));
    }

    #[test]
    fn context_is_a_line_before_and_a_line_after() {
        let source = source("one\ntwo\r\nthree\nfour\n");
        let excerpt = excerpt(&source, &[Span::new(4, 7)]);
        let contents = excerpt.read_span(&excerpt.label(0), 1, 1).expect("the label lies inside");
        assert_eq!(contents.data(), b"one\ntwo\nthree\n");
        assert_eq!((contents.line(), contents.line_count()), (0, 3));
    }

    #[test]
    fn lines_that_do_not_follow_each_other_are_not_shown_as_if_they_did() {
        let source = source("1\n2\n3\n4\n5\n6\n7\n8\n");
        let excerpt = excerpt(&source, &[Span::new(14, 15), Span::new(2, 3)]);
        let contents = excerpt.read_span(&excerpt.label(0), 1, 1).expect("the label lies inside");
        assert_eq!((contents.data(), contents.line()), (b"7\n8\n".as_slice(), 6));
        let contents = excerpt.read_span(&excerpt.label(1), 1, 1).expect("the label lies inside");
        assert_eq!((contents.data(), contents.line()), (b"1\n2\n3\n".as_slice(), 0));
    }

    #[test]
    fn a_long_line_is_shown_around_its_label() {
        let text = format!("{}HERE{}\n", "a".repeat(70_000), "b".repeat(70_000));
        let source = source(&text);
        let excerpt = excerpt(&source, &[Span::new(70_000, 70_004)]);
        let label = excerpt.label(0);
        assert_eq!(&excerpt.text[label.offset()..label.offset() + label.len()], "HERE");
        assert_eq!(excerpt.text.len(), LONG + 2 * CUT.len() + 1);
        let heading = excerpt.read_span(&label, 0, 0).expect("the label lies inside");
        assert_eq!((heading.line(), heading.column()), (0, 70_000));
    }
}
