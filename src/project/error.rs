//! What a user did or has that gander cannot work with: what is wrong, why, and what to do. Printed in one
//! place.

use std::fmt;

/// An error of usage, configuration, git or the file system. It makes the exit code 2.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserError {
    /// What is wrong, with its place where there is one: `gander.toml:3:1: unknown key "bas"`.
    pub what: String,
    /// What to do, in the imperative.
    pub help: Option<String>,
    /// What the system or a library said.
    pub source: Option<String>,
}

impl UserError {
    /// An error with nothing but its sentence.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None, source: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what the system or a library said.
    #[must_use]
    pub fn source(mut self, source: impl fmt::Display) -> Self {
        self.source = Some(source.to_string());
        self
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(source) = &self.source {
            write!(f, "\n  cause: {source}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UserError {}

impl From<crate::git::Error> for UserError {
    fn from(error: crate::git::Error) -> Self {
        Self { what: error.what, help: error.help, source: error.source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cause_and_help_stand_on_lines_of_their_own() {
        let error = UserError::new("cannot read a.sql").source("permission denied").help("make it readable");
        assert_eq!(
            error.to_string(),
            "cannot read a.sql\n  cause: permission denied\n  help: make it readable"
        );
        assert_eq!(UserError::new("no").to_string(), "no");
    }
}
