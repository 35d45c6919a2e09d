//! Unified diffs of whole files, as `git apply` takes them: bytes as they are, line ends too.

use super::plain::{Ink, harmless, paint};
use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};
use std::io::{self, Write};

/// Lines around a change.
const CONTEXT: usize = 3;

/// A file before and after. Paths are relative to where the diff will be applied, with forward slashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change<'a> {
    /// Its path before; `None` for a new file.
    pub from: Option<&'a str>,
    /// Its path after.
    pub to: &'a str,
    /// Its bytes before; empty for a new file.
    pub before: &'a [u8],
    /// Its bytes after.
    pub after: &'a [u8],
}

/// Whom a diff is written for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// A file or a program: every byte as it is.
    Program,
    /// A person at a terminal: without control characters, and in colour where wanted.
    Person {
        /// Colours, as escape sequences.
        color: bool,
    },
}

/// Writes the changes, one after the other.
///
/// # Errors
/// When `out` cannot be written to, or its reader went away.
pub fn write(changes: &[Change], reader: Reader, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    changes.iter().try_for_each(|change| write_change(change, reader, &mut out)).and_then(|()| out.flush())
}

fn write_change(change: &Change, reader: Reader, out: &mut impl Write) -> io::Result<()> {
    let from = change.from.unwrap_or(change.to);
    if change.from == Some(change.to) && change.before == change.after {
        return Ok(());
    }
    let mut header = vec![format!("diff --git {} {}", quoted("a/", from), quoted("b/", change.to))];
    if change.from.is_none() {
        header.push("new file mode 100644".to_owned());
    } else if from != change.to {
        if change.before == change.after {
            header.push("similarity index 100%".to_owned());
        }
        header.push(format!("rename from {}", quoted("", from)));
        header.push(format!("rename to {}", quoted("", change.to)));
    }
    if change.before != change.after {
        header.push(match change.from {
            Some(from) => format!("--- {}", ended(quoted("a/", from))),
            None => "--- /dev/null".to_owned(),
        });
        header.push(format!("+++ {}", ended(quoted("b/", change.to))));
    }
    for line in header {
        write_line(out, reader, Some(Ink::Bold), line.as_bytes())?;
    }

    let old = lines(change.before);
    let new = lines(change.after);
    for group in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT) {
        write_hunk(&group, &old, &new, reader, out)?;
    }
    Ok(())
}

fn write_hunk(
    ops: &[DiffOp],
    old: &[&[u8]],
    new: &[&[u8]],
    reader: Reader,
    out: &mut impl Write,
) -> io::Result<()> {
    let (Some(first), Some(last)) = (ops.first(), ops.last()) else { return Ok(()) };
    let old_range = first.old_range().start..last.old_range().end;
    let new_range = first.new_range().start..last.new_range().end;
    let header = format!("@@ -{} +{} @@", range(&old_range), range(&new_range));
    write_line(out, reader, Some(Ink::Cyan), header.as_bytes())?;
    for op in ops {
        let (gone, come) = match op {
            DiffOp::Equal { .. } => {
                for line in &old[op.old_range()] {
                    write_text_line(out, reader, b' ', line)?;
                }
                continue;
            }
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                (&old[op.old_range()], &new[op.new_range()])
            }
        };
        for line in gone {
            write_text_line(out, reader, b'-', line)?;
        }
        for line in come {
            write_text_line(out, reader, b'+', line)?;
        }
    }
    Ok(())
}

/// A range as hunk headers have it: `line,count` from 1; an empty one names the line before.
fn range(range: &std::ops::Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        len => format!("{},{len}", range.start + 1),
    }
}

fn write_text_line(out: &mut impl Write, reader: Reader, sign: u8, line: &[u8]) -> io::Result<()> {
    let ink = match sign {
        b'-' => Some(Ink::Red),
        b'+' => Some(Ink::Green),
        _ => None,
    };
    let (text, ended) = match line.strip_suffix(b"\n") {
        Some(text) => (text, true),
        None => (line, false),
    };
    let mut whole = Vec::with_capacity(text.len() + 1);
    whole.push(sign);
    whole.extend_from_slice(text);
    write_line(out, reader, ink, &whole)?;
    if !ended {
        write_line(out, reader, None, b"\\ No newline at end of file")?;
    }
    Ok(())
}

fn write_line(out: &mut impl Write, reader: Reader, ink: Option<Ink>, line: &[u8]) -> io::Result<()> {
    match reader {
        Reader::Program => out.write_all(line)?,
        Reader::Person { color } => {
            let text = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
            let text = harmless(&text);
            match ink {
                Some(ink) => out.write_all(paint(color, ink, &text).as_bytes())?,
                None => out.write_all(text.as_bytes())?,
            }
        }
    }
    out.write_all(b"\n")
}

/// Lines with their ends. Only `\n` ends one, as for git: a lone `\r` does not.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// A path as git writes it: in quotes, with escapes, where it has characters that would end or change a header line.
fn quoted(prefix: &str, path: &str) -> String {
    let plain = path.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\' && byte != 0x7f);
    if plain {
        return format!("{prefix}{path}");
    }
    let mut out = format!("\"{prefix}");
    for c in path.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\{:03o}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A path with blanks ends with a tab in `---` and `+++` lines, as git writes it: else a date could be read into it.
fn ended(path: String) -> String {
    if path.contains(' ') { path + "\t" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use std::path::Path;
    use std::process::Command;

    fn change<'a>(path: &'a str, before: &'a [u8], after: &'a [u8]) -> Change<'a> {
        Change { from: Some(path), to: path, before, after }
    }

    fn bytes(changes: &[Change]) -> Vec<u8> {
        let mut out = Vec::new();
        write(changes, Reader::Program, &mut out).expect("a vector can be written to");
        out
    }

    /// Lets git apply the changes in a directory that holds the files as they were, and looks at what became of them.
    fn git_applies(changes: &[Change]) {
        let dir = tempfile::tempdir().expect("a directory can be made");
        let put = |path: &str, bytes: &[u8]| {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))
                .expect("a directory can be made");
            std::fs::write(path, bytes).expect("a file can be written");
        };
        for change in changes {
            if let Some(from) = change.from {
                put(from, change.before);
            }
        }
        put("patch", &bytes(changes));
        let git = Command::new("git")
            .args(["-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "patch"])
            .current_dir(dir.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", dir.path().parent().unwrap_or(Path::new("/")))
            .output()
            .expect("git runs");
        let patch = String::from_utf8_lossy(&bytes(changes)).into_owned();
        assert!(git.status.success(), "{}\n{patch}", String::from_utf8_lossy(&git.stderr));
        for change in changes {
            let now = std::fs::read(dir.path().join(change.to)).expect("the file is there");
            assert_eq!(now, change.after, "{}\n{patch}", change.to);
            if let Some(from) = change.from.filter(|from| *from != change.to) {
                assert!(!dir.path().join(from).exists(), "{from} is gone");
            }
        }
    }

    #[test]
    fn the_shape_of_a_diff() {
        let before = b"1\n2\n3\n4\n5\n6\n7\n";
        let after = b"1\n2\n3\n4\nfive\n6\n7\n";
        assert_eq!(
            String::from_utf8_lossy(&bytes(&[change("a.sql", before, after)])),
            "diff --git a/a.sql b/a.sql\n--- a/a.sql\n+++ b/a.sql\n@@ -2,6 +2,6 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n"
        );
        assert_eq!(bytes(&[change("a.sql", before, before)]), b"");
    }

    #[test]
    fn what_git_would_forgive_is_right_all_the_same() {
        let new = Change { from: None, to: "my \"new\".sql", before: b"", after: b"x" };
        assert_eq!(
            String::from_utf8_lossy(&bytes(&[new, change("with blank.sql", b"a\n", b"")])),
            "diff --git \"a/my \\\"new\\\".sql\" \"b/my \\\"new\\\".sql\"\nnew file mode 100644\n--- /dev/null\n\
             +++ \"b/my \\\"new\\\".sql\"\t\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n\
             diff --git a/with blank.sql b/with blank.sql\n--- a/with blank.sql\t\n+++ b/with blank.sql\t\n@@ -1 +0,0 @@\n-a\n"
        );
    }

    #[test]
    fn git_applies_changes_far_apart() {
        let before: String = (1..60).map(|i| format!("line {i}\n")).collect();
        let after = format!("BEGIN;\n{}COMMIT;\n", before.replace("line 30\n", ""));
        git_applies(&[
            change("dir/a.sql", before.as_bytes(), after.as_bytes()),
            change("b.sql", b"x\n", b""),
        ]);
    }

    #[test]
    fn git_applies_where_the_last_line_has_no_end() {
        git_applies(&[
            change("kept.sql", b"a\nb", b"A\nb"),
            change("added.sql", b"a\nb", b"a\nb\n"),
            change("taken.sql", b"a\nb\n", b"a\nb"),
            change("grown.sql", b"a", b"a;\nCOMMIT;"),
            change("filled.sql", b"", b"a"),
        ]);
    }

    #[test]
    fn git_applies_and_keeps_odd_bytes() {
        git_applies(&[
            change("crlf.sql", b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
            change("cr.sql", b"a\rb\nc\r", b"a\rb\nC\r"),
            change("latin.sql", b"caf\xe9\n\xff\n", b"caf\xe9;\n\xff\n"),
            change("bom.sql", b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfBEGIN;\na\n"),
            change("dashes.sql", b"-- a\n-- b\n", b"-- a\n++ b\n"),
        ]);
    }

    #[test]
    fn git_applies_new_files_and_renames() {
        git_applies(&[
            Change { from: None, to: "new/down.sql", before: b"", after: b"DROP TABLE a;\n" },
            Change { from: None, to: "unended.sql", before: b"", after: b"x" },
            Change { from: None, to: "empty.sql", before: b"", after: b"" },
            Change { from: Some("1.sql"), to: "001.sql", before: b"a\n", after: b"a\n" },
            Change {
                from: Some("2.sql"),
                to: "sub/002.sql",
                before: b"a\nb\nc\nd\n",
                after: b"a\nb\nC\nd\n",
            },
        ]);
    }

    #[test]
    fn git_applies_to_paths_with_odd_names() {
        for path in [
            "with blank.sql",
            "quo\"te.sql",
            "back\\slash.sql",
            "tab\tnew\nline.sql",
            "bell\u{7}.sql",
            "größe.sql",
        ] {
            git_applies(&[change(path, b"a\n", b"b\n")]);
            git_applies(&[Change { from: None, to: path, before: b"", after: b"b\n" }]);
            git_applies(&[Change { from: Some(path), to: "plain.sql", before: b"a\n", after: b"a\n" }]);
        }
    }

    #[test]
    fn a_person_sees_no_control_characters() {
        let changes = [change("a.sql", b"a\x1b[2J\r\n", b"b\r\n")];
        assert_eq!(
            sample::text(|out| write(&changes, Reader::Person { color: false }, out)),
            "diff --git a/a.sql b/a.sql\n--- a/a.sql\n+++ b/a.sql\n@@ -1 +1 @@\n-a?[2J\n+b\n"
        );
        let colored = sample::text(|out| write(&changes, Reader::Person { color: true }, out));
        assert!(colored.ends_with("\u{1b}[31m-a?[2J\u{1b}[0m\n\u{1b}[32m+b\u{1b}[0m\n"), "{colored:?}");
    }
}
