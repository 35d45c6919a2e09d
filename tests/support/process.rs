//! Programs that are given a text and run to their end.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a command to its end with this text as standard input.
pub fn output_of(command: &mut Command, input: &str) -> Output {
    let program = Path::new(command.get_program()).display().to_string();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let text = input.to_owned();
    // On a thread of its own: who writes and reads by turns can wait for the other for ever.
    // A failed write means that the program stopped at an error, which it reports itself.
    let writer = std::thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
    let output = child.wait_with_output().unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
    writer.join().expect("the writing thread does not panic");
    output
}
