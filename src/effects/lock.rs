//! The modes of PostgreSQL's table locks.

use std::fmt;

/// A mode, the weaker before the stronger (source: the PostgreSQL manual, 13.3.1). Two modes that are next to each other are not always
/// comparable; of two that one statement takes on one table, the greater is what other sessions meet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "each is the mode of the same name")]
pub enum LockMode {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

impl LockMode {
    /// Every mode.
    pub const ALL: [Self; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// As the manual spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// What MySQL's LOCK= calls a lock that keeps the same others out.
    pub const fn in_mysql(self) -> &'static str {
        match (self.blocks_reads(), self.blocks_writes()) {
            (true, _) => "EXCLUSIVE",
            (false, true) => "SHARED",
            (false, false) => "NONE",
        }
    }

    /// Reads [`LockMode::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Whether INSERT, UPDATE and DELETE (ROW EXCLUSIVE) wait for it.
    pub const fn blocks_writes(self) -> bool {
        match self {
            Self::AccessShare | Self::RowShare | Self::RowExclusive | Self::ShareUpdateExclusive => false,
            Self::Share | Self::ShareRowExclusive | Self::Exclusive | Self::AccessExclusive => true,
        }
    }

    /// Whether SELECT (ACCESS SHARE) waits for it.
    pub const fn blocks_reads(self) -> bool {
        matches!(self, Self::AccessExclusive)
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
