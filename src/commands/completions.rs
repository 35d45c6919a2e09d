//! `gander completions`: the script that makes a shell complete gander's words.

use super::Exit;
use super::args::{Cli, Completions};
use crate::project::UserError;
use crate::report::unless_closed;
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::{self, Write};

/// Prints the script.
///
/// # Errors
/// When standard output cannot be written to.
pub fn run(completions: &Completions) -> Result<Exit, UserError> {
    write(completions.shell, &mut io::stdout().lock())
        .map(|()| Exit::Clean)
        .map_err(|error| UserError::new("cannot write to standard output").source(error))
}

/// Writes the script for `shell`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    // clap_complete panics where it cannot write, so it writes where it always can.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "gander", &mut script);
    unless_closed(out.write_all(&script).and_then(|()| out.flush()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_learns_commands_and_flags() {
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            write(*shell, &mut script).expect("a vector can be written to");
            let script = String::from_utf8(script).expect("scripts are UTF-8");
            for word in ["lint", "explain", "staged", "output-format"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
        }
    }

    #[test]
    fn a_shell_that_went_away_is_no_error() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert!(write(Shell::Bash, &mut Closed).is_ok());
    }
}
