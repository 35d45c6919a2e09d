//! Front ends: text to statements and back. Each knows one language and nothing of rules.

pub mod sql;
