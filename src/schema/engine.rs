//! Which database a migration is written for: its dialect and version.

use std::fmt;

/// The language that a file is written in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
    /// MySQL and MariaDB.
    Mysql,
}

impl Dialect {
    /// As written in gander.toml and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
            Self::Mysql => "mysql",
        }
    }

    /// As people write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
            Self::Mysql => "MySQL",
        }
    }
}

/// A server version: `15` is (15, 0), `3.40` is (3, 40).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number, 0 where none is given.
    pub minor: u32,
}

/// A dialect and, where somebody said it, a version.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Engine {
    /// The dialect.
    pub dialect: Dialect,
    /// The version that the user named. `None`: our default is assumed, and nothing is called too new.
    pub version: Option<Version>,
}

impl Engine {
    /// The dialect at our default version.
    pub const fn of(dialect: Dialect) -> Self {
        Self { dialect, version: None }
    }

    /// The version to reckon with: the named one, else PostgreSQL 15, SQLite 3.40, MySQL 8.0.
    pub const fn version(self) -> Version {
        match (self.version, self.dialect) {
            (Some(version), _) => version,
            (None, Dialect::Postgres) => Version { major: 15, minor: 0 },
            (None, Dialect::Sqlite) => Version { major: 3, minor: 40 },
            (None, Dialect::Mysql) => Version { major: 8, minor: 0 },
        }
    }

    /// Whether the server is at least this new.
    pub fn at_least(self, major: u32, minor: u32) -> bool {
        self.version() >= Version { major, minor }
    }

    /// Whether the user named a version and it is older than this.
    pub fn known_older_than(self, major: u32, minor: u32) -> bool {
        self.version.is_some_and(|version| version < Version { major, minor })
    }

    /// Reads `postgres`, `postgres@15`, `sqlite@3.40`, `mariadb@10.6`, …
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let dialect = match name.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" | "pg" => Dialect::Postgres,
            "sqlite" | "sqlite3" => Dialect::Sqlite,
            "mysql" | "mariadb" => Dialect::Mysql,
            _ => {
                return Err(format!(
                    "unknown engine `{name}`: gander knows postgres, sqlite, mysql and mariadb, each with an optional version as in postgres@15"
                ));
            }
        };
        let version = match version {
            None => None,
            Some(version) => {
                let mut parts = version.split('.');
                let number = |part: Option<&str>| part.map_or(Some(0), |part| part.parse::<u32>().ok());
                match (number(parts.next()), number(parts.next())) {
                    (Some(major), Some(minor)) if major > 0 => Some(Version { major, minor }),
                    _ => return Err(format!("`{version}` is no version: write {name}@15 or {name}@3.40")),
                }
            }
        };
        Ok(Self { dialect, version })
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dialect.name())?;
        match self.version {
            None => Ok(()),
            Some(Version { major, minor: 0 }) => write!(f, "@{major}"),
            Some(Version { major, minor }) => write!(f, "@{major}.{minor}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_read_with_and_without_version() {
        assert_eq!(Engine::parse("postgres@14").map(|e| e.to_string()), Ok("postgres@14".into()));
        assert_eq!(Engine::parse("sqlite@3.35").map(|e| e.version()), Ok(Version { major: 3, minor: 35 }));
        assert!(Engine::parse("postgres@x").is_err());
        assert!(Engine::parse("oracle").is_err());
        assert!(!Engine::of(Dialect::Postgres).known_older_than(16, 0));
        assert!(Engine::parse("postgres@11").is_ok_and(|e| e.known_older_than(12, 0)));
    }
}
