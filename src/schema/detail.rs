//! What functions, triggers, policies and the rarer kinds of object are made of.

use std::collections::BTreeMap;

use super::{Expr, Ident, Name, Type};

/// What an object that is no relation, type or function is made of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    /// Only its name is known.
    #[default]
    None,
    /// A trigger.
    Trigger(Box<Trigger>),
    /// A policy.
    Policy(Box<Policy>),
    /// A rule.
    Rule(Box<Rule>),
    /// An extension.
    Extension(Extension),
    /// Extended statistics.
    Statistics(Box<Statistics>),
    /// A publication.
    Publication(Box<Publication>),
    /// Anything else, as text in single spaces.
    Text(String),
}

impl Detail {
    /// The expressions in it that the server keeps parsed.
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            Self::Trigger(trigger) => trigger.when.iter().collect(),
            Self::Policy(policy) => policy.using.iter().chain(&policy.check).collect(),
            Self::Rule(rule) => rule.when.iter().collect(),
            Self::Statistics(statistics) => statistics.keys.iter().collect(),
            Self::Publication(publication) => {
                publication.members.iter().filter_map(Published::filter).collect()
            }
            Self::None | Self::Extension(_) | Self::Text(_) => Vec::new(),
        }
    }

    /// The same, to change them.
    pub fn exprs_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Trigger(trigger) => trigger.when.iter_mut().collect(),
            Self::Policy(policy) => policy.using.iter_mut().chain(&mut policy.check).collect(),
            Self::Rule(rule) => rule.when.iter_mut().collect(),
            Self::Statistics(statistics) => statistics.keys.iter_mut().collect(),
            Self::Publication(publication) => {
                publication.members.iter_mut().filter_map(Published::filter_mut).collect()
            }
            Self::None | Self::Extension(_) | Self::Text(_) => Vec::new(),
        }
    }
}

/// When a trigger fires, before or after what it waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[expect(missing_docs, reason = "each is the SQL keyword of the same name")]
pub enum Timing {
    #[default]
    Before,
    After,
    InsteadOf,
}

impl Timing {
    /// The SQL keywords, in capitals.
    pub const fn keywords(self) -> &'static str {
        match self {
            Self::Before => "BEFORE",
            Self::After => "AFTER",
            Self::InsteadOf => "INSTEAD OF",
        }
    }
}

/// What a trigger waits for, in the order in which the server prints them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "each is the SQL keyword of the same name")]
pub enum Event {
    Insert,
    Delete,
    Update,
    Truncate,
}

impl Event {
    /// The SQL keyword, in capitals.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Delete => "DELETE",
            Self::Update => "UPDATE",
            Self::Truncate => "TRUNCATE",
        }
    }
}

/// A trigger.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trigger {
    /// BEFORE, AFTER, INSTEAD OF.
    pub timing: Timing,
    /// INSERT, UPDATE, …: sorted, each once.
    pub events: Vec<Event>,
    /// UPDATE OF these columns.
    pub update_of: Vec<Ident>,
    /// FOR EACH ROW.
    pub each_row: bool,
    /// WHEN.
    pub when: Option<Expr>,
    /// REFERENCING OLD TABLE AS, NEW TABLE AS.
    pub transition: (Option<Ident>, Option<Ident>),
    /// The function that it calls (PostgreSQL).
    pub function: Option<Name>,
    /// What it hands to it.
    pub arguments: Vec<String>,
    /// CONSTRAINT TRIGGER: `DEFERRABLE`, `INITIALLY DEFERRED`, in capitals.
    pub constraint: Option<Vec<String>>,
    /// FROM: the table that a constraint trigger refers to.
    pub from: Option<Name>,
    /// SQLite: its table. Its name is one of the whole database's there.
    pub table: Option<Name>,
    /// SQLite: the statements that it runs, as text in single spaces.
    pub body: Option<String>,
    /// `DISABLE`, `ENABLE ALWAYS` or `ENABLE REPLICA`, where ALTER TABLE said so.
    pub switch: Option<String>,
    /// The parent of the partition has it.
    pub inherited: bool,
}

/// A policy of row security.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    /// AS RESTRICTIVE.
    pub restrictive: bool,
    /// `ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub command: String,
    /// TO; `public` where nothing is said. Sorted.
    pub roles: Vec<String>,
    /// USING.
    pub using: Option<Expr>,
    /// WITH CHECK.
    pub check: Option<Expr>,
}

/// A rule.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rule {
    /// `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
    pub event: String,
    /// WHERE.
    pub when: Option<Expr>,
    /// INSTEAD.
    pub instead: bool,
    /// What it does, as text in single spaces; `NOTHING`.
    pub action: String,
    /// Switched by ALTER TABLE, as of a trigger.
    pub switch: Option<String>,
}

/// An extension.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Extension {
    /// SCHEMA.
    pub schema: Option<Ident>,
}

/// Extended statistics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statistics {
    /// `ndistinct`, `dependencies`, `mcv`; empty: all.
    pub kinds: Vec<String>,
    /// What they are about.
    pub keys: Vec<Expr>,
    /// FROM.
    pub table: Name,
}

/// What a publication publishes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Published {
    /// A table, with its columns (empty: all) and its WHERE.
    Table(Name, Vec<Ident>, Option<Expr>),
    /// TABLES IN SCHEMA; None for CURRENT_SCHEMA.
    Schema(Option<Ident>),
}

impl Published {
    const fn filter(&self) -> Option<&Expr> {
        match self {
            Self::Table(_, _, filter) => filter.as_ref(),
            Self::Schema(_) => None,
        }
    }

    const fn filter_mut(&mut self) -> Option<&mut Expr> {
        match self {
            Self::Table(_, _, filter) => filter.as_mut(),
            Self::Schema(_) => None,
        }
    }
}

/// A publication.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Publication {
    /// FOR ALL TABLES.
    pub all_tables: bool,
    /// What it publishes.
    pub members: Vec<Published>,
    /// WITH: the values without their quotes, in lower case.
    pub options: BTreeMap<String, String>,
}

/// IN, OUT, INOUT, VARIADIC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[expect(missing_docs, reason = "each is the SQL keyword of the same name")]
pub enum ArgumentMode {
    #[default]
    In,
    Out,
    InOut,
    Variadic,
}

impl ArgumentMode {
    /// Whether the argument is part of the function's identity.
    pub const fn is_input(self) -> bool {
        !matches!(self, Self::Out)
    }

    /// The SQL keyword, in capitals.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::In => "IN",
            Self::Out => "OUT",
            Self::InOut => "INOUT",
            Self::Variadic => "VARIADIC",
        }
    }
}

/// One argument of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Argument {
    /// IN, OUT, INOUT, VARIADIC.
    pub mode: ArgumentMode,
    /// Its name.
    pub name: Option<Ident>,
    /// Its type.
    pub ty: Type,
    /// DEFAULT.
    pub default: Option<Expr>,
}

/// What a function returns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Returns {
    /// A type; `set`: SETOF.
    Type {
        /// The type.
        ty: Type,
        /// SETOF.
        set: bool,
    },
    /// TABLE (…).
    Table(Vec<(Ident, Type)>),
}

/// What is said of a function besides its arguments, its result and its body.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FunctionOptions {
    /// LANGUAGE, in lower case.
    pub language: Option<String>,
    /// IMMUTABLE, STABLE, VOLATILE, in capitals; None: volatile by default.
    pub volatility: Option<String>,
    /// STRICT, RETURNS NULL ON NULL INPUT.
    pub strict: Option<bool>,
    /// SECURITY DEFINER.
    pub security_definer: Option<bool>,
    /// LEAKPROOF.
    pub leakproof: Option<bool>,
    /// PARALLEL, in capitals.
    pub parallel: Option<String>,
    /// WINDOW.
    pub window: bool,
    /// COST.
    pub cost: Option<String>,
    /// ROWS.
    pub rows: Option<String>,
    /// SET: the value as text in single spaces without quotes; None for RESET.
    pub settings: BTreeMap<String, Option<String>>,
    /// RESET ALL.
    pub reset_all: bool,
}

impl FunctionOptions {
    /// What ALTER FUNCTION makes of it: what it says replaces what was said.
    pub fn alter(&mut self, change: &Self) {
        let Self {
            language,
            volatility,
            strict,
            security_definer,
            leakproof,
            parallel,
            window,
            cost,
            rows,
            settings,
            reset_all,
        } = change.clone();
        self.language = language.or(self.language.take());
        self.volatility = volatility.or(self.volatility.take());
        self.strict = strict.or(self.strict);
        self.security_definer = security_definer.or(self.security_definer);
        self.leakproof = leakproof.or(self.leakproof);
        self.parallel = parallel.or(self.parallel.take());
        self.window |= window;
        self.cost = cost.or(self.cost.take());
        self.rows = rows.or(self.rows.take());
        if reset_all {
            self.settings.clear();
        }
        for (name, value) in settings {
            match value {
                Some(value) => {
                    self.settings.insert(name, Some(value));
                }
                None => {
                    self.settings.remove(&name);
                }
            }
        }
    }
}
