//! The counts of a run, and the line that tells them to people.

use super::plain::counted;
use crate::diagnostic::{Diagnostic, Safety, Severity};

/// The counts of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Migrations known: judged ones and history.
    pub migrations: usize,
    /// Migrations judged by all rules that are on.
    pub judged: usize,
    /// Migrations taken for applied: replayed, not judged.
    pub history: usize,
    /// Statements in the judged migrations.
    pub statements: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are advice.
    pub advice: usize,
    /// Findings that `--fix` would mend.
    pub fixable: usize,
    /// Findings that only `--unsafe-fixes` would mend.
    pub unsafe_fixable: usize,
    /// Findings that were mended in this run.
    pub fixed: usize,
    /// Findings that a comment allows.
    pub suppressed: usize,
    /// Fixes that were left alone because their migration is applied.
    pub left_in_applied: usize,
}

impl Summary {
    /// The counts that can be read off the findings; the others are 0.
    pub fn count(findings: &[Diagnostic]) -> Self {
        let mut summary = Self::default();
        for finding in findings {
            match finding.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Advice => summary.advice += 1,
            }
            match finding.fix.as_ref().map(|fix| fix.safety) {
                Some(Safety::Safe) => summary.fixable += 1,
                Some(Safety::Unsafe) => summary.unsafe_fixable += 1,
                Some(Safety::Show) | None => {}
            }
        }
        summary
    }

    /// One line for people: what was found where, and what can be done about it.
    pub fn line(&self) -> String {
        let mut line = self.found();
        line.push_str(&self.place());
        for part in self.outlook() {
            line.push_str("; ");
            line.push_str(&part);
        }
        line
    }

    fn found(&self) -> String {
        let found = [
            (self.errors, "error", "errors"),
            (self.warnings, "warning", "warnings"),
            (self.advice, "advice", "advice"),
        ];
        let found: Vec<String> = found
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(n, one, many)| counted(n, one, many))
            .collect();
        if found.is_empty() { "No findings".to_owned() } else { found.join(", ") }
    }

    /// Where it was looked for. That most of a project was not judged must not pass for "all is well".
    fn place(&self) -> String {
        let migrations = |count| counted(count, "migration", "migrations");
        if self.migrations == 0 {
            return ": there are no migrations".to_owned();
        }
        if self.history == 0 {
            return match self.migrations - self.judged.min(self.migrations) {
                0 => format!(" in {}", migrations(self.judged)),
                _ => format!(" in {} of {}", self.judged, migrations(self.migrations)),
            };
        }
        let are = if self.history == 1 { "is" } else { "are" };
        if self.judged == 0 {
            let all = if self.history == self.migrations { "all " } else { "" };
            return format!(
                ": no migration is new ({all}{} {are} history: --all judges them too)",
                self.history
            );
        }
        let judged = if self.errors + self.warnings + self.advice == 0 {
            migrations(self.judged)
        } else {
            format!("{} of {}", self.judged, migrations(self.migrations))
        };
        format!(" in {judged} ({} {are} history: --all judges them too)", self.history)
    }

    fn outlook(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if self.fixed > 0 {
            parts.push(format!("{} fixed", self.fixed));
        }
        match (self.fixable, self.unsafe_fixable) {
            (0, 0) => {}
            (safe, 0) => parts.push(format!("{safe} fixable with --fix")),
            (0, unsafe_) => parts.push(format!("{unsafe_} fixable with --fix --unsafe-fixes")),
            (safe, unsafe_) => {
                parts.push(format!("{safe} fixable with --fix, {unsafe_} more with --unsafe-fixes"));
            }
        }
        if self.left_in_applied > 0 {
            let fixes = counted(self.left_in_applied, "fix", "fixes");
            parts.push(format!("{fixes} left in applied migrations (--fix-applied writes there too)"));
        }
        if self.suppressed > 0 {
            parts.push(format!("{} suppressed", self.suppressed));
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_in_some_of_the_migrations() {
        let summary = Summary {
            migrations: 12,
            judged: 3,
            history: 9,
            errors: 2,
            warnings: 1,
            fixable: 1,
            unsafe_fixable: 1,
            ..Summary::default()
        };
        assert_eq!(
            summary.line(),
            "2 errors, 1 warning in 3 of 12 migrations (9 are history: --all judges them too); \
             1 fixable with --fix, 1 more with --unsafe-fixes"
        );
    }

    #[test]
    fn nothing_found() {
        let summary = Summary { migrations: 12, judged: 3, history: 9, ..Summary::default() };
        assert_eq!(summary.line(), "No findings in 3 migrations (9 are history: --all judges them too)");
        let summary = Summary { migrations: 1, judged: 1, ..Summary::default() };
        assert_eq!(summary.line(), "No findings in 1 migration");
    }

    #[test]
    fn nothing_judged_is_said() {
        let summary = Summary { migrations: 12, history: 12, ..Summary::default() };
        assert_eq!(
            summary.line(),
            "No findings: no migration is new (all 12 are history: --all judges them too)"
        );
        assert_eq!(Summary::default().line(), "No findings: there are no migrations");
        let two = Summary { migrations: 2, judged: 1, history: 1, ..Summary::default() };
        assert_eq!(two.line(), "No findings in 1 migration (1 is history: --all judges them too)");
    }

    #[test]
    fn what_was_fixed_left_and_suppressed() {
        let summary = Summary {
            migrations: 2,
            judged: 2,
            advice: 1,
            unsafe_fixable: 1,
            fixed: 3,
            left_in_applied: 1,
            suppressed: 2,
            ..Summary::default()
        };
        assert_eq!(
            summary.line(),
            "1 advice in 2 migrations; 3 fixed; 1 fixable with --fix --unsafe-fixes; \
             1 fix left in applied migrations (--fix-applied writes there too); 2 suppressed"
        );
    }
}
