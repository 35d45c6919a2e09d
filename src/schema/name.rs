//! Names of objects, as the server keeps and compares them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What PostgreSQL keeps of a name, in bytes (NAMEDATALEN less one).
pub const LONGEST: usize = 63;

/// At most `length` bytes, without half a character at the end.
pub fn clip(text: &str, length: usize) -> &str {
    let mut end = length.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// One part of a name. Compared as the server compares it: PostgreSQL by the text that it keeps
/// (folded to lower case unless quoted), SQLite and MySQL without regard to case.
#[derive(Clone)]
pub struct Ident {
    text: Arc<str>,
    /// What is compared, where that is something else: without case, or cut.
    key: Option<Arc<str>>,
}

impl Ident {
    /// A name that is compared exactly as it stands (PostgreSQL, after folding).
    pub fn exact(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), key: None }
    }

    /// A name as PostgreSQL keeps what was written: its first 63 bytes, without half a character at the end (source: its
    /// `truncate_identifier`).
    pub fn cut(text: String) -> Self {
        if text.len() <= LONGEST {
            return Self::exact(text);
        }
        Self { key: Some(Arc::from(clip(&text, LONGEST))), text: text.into() }
    }

    /// A name that is compared without regard to (ASCII) case.
    pub fn caseless(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let key = text.bytes().any(|b| b.is_ascii_uppercase()).then(|| Arc::from(text.to_ascii_lowercase()));
        Self { text, key }
    }

    /// The name as somebody wrote it, which may be longer than what the server keeps.
    pub fn written(&self) -> &str {
        &self.text
    }

    /// The name as the server keeps it, for messages.
    pub fn text(&self) -> &str {
        match &self.key {
            Some(cut) if cut.len() < self.text.len() => cut,
            Some(_) | None => &self.text,
        }
    }

    /// What is compared.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.text)
    }
}

impl PartialEq for Ident {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Ident {}

impl PartialEq<str> for Ident {
    fn eq(&self, other: &str) -> bool {
        self.key() == other
    }
}

impl PartialEq<&str> for Ident {
    fn eq(&self, other: &&str) -> bool {
        self.key() == *other
    }
}

impl PartialOrd for Ident {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ident {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(other.key())
    }
}

impl Hash for Ident {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.text(), f)
    }
}

/// A name with, perhaps, the schema that it was written with (SQLite: the attached database).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The schema, where one was written or resolved.
    pub schema: Option<Ident>,
    /// The name itself.
    pub ident: Ident,
}

impl Name {
    /// The name of a function as [`super::Expr::Call`] has it, with its schema if one was written.
    pub fn of_call(text: &str) -> Self {
        match text.rsplit_once('.') {
            Some((schema, name)) => Self::qualified(Ident::exact(schema), Ident::exact(name)),
            None => Self::bare(Ident::exact(text)),
        }
    }

    /// A name without a schema.
    pub const fn bare(ident: Ident) -> Self {
        Self { schema: None, ident }
    }

    /// A name in a schema.
    pub const fn qualified(schema: Ident, ident: Ident) -> Self {
        Self { schema: Some(schema), ident }
    }

    /// The name without its schema, as text.
    pub fn text(&self) -> &str {
        self.ident.text()
    }
}

impl Name {
    /// The name that PostgreSQL reads in a string that is cast to `regclass`: folded but for what stands in quotes.
    pub fn of_regclass(text: &str) -> Self {
        let (mut parts, mut quoted) = (vec![String::new()], false);
        for c in text.trim().chars() {
            match c {
                '"' => quoted = !quoted,
                '.' if !quoted => parts.push(String::new()),
                c => {
                    let last = parts
                        .last_mut()
                        .map(|part| part.push(if quoted { c } else { c.to_ascii_lowercase() }));
                    debug_assert!(last.is_some(), "there is always a part");
                }
            }
        }
        let ident = Ident::exact(parts.pop().unwrap_or_default());
        Self { schema: parts.pop().map(Ident::exact), ident }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            // What stands in the default schema is called by its plain name: that is how people know it.
            Some(schema) if schema.text() != "public" && schema.text() != "main" => {
                write!(f, "{schema}.{}", self.ident)
            }
            _ => write!(f, "{}", self.ident),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.ident),
            None => write!(f, "{}", self.ident),
        }
    }
}

macro_rules! object_kinds {
    ($($variant:ident $words:literal),* $(,)?) => {
        /// What kind of object a name names.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[expect(missing_docs, reason = "each is the SQL keyword of the same name")]
        pub enum ObjectKind { $($variant),* }

        impl ObjectKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The SQL keywords, in capitals: `MATERIALIZED VIEW`.
            pub const fn keywords(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }
        }
    };
}

object_kinds! {
    Table "TABLE", ForeignTable "FOREIGN TABLE", Index "INDEX", View "VIEW", MaterializedView "MATERIALIZED VIEW", Sequence "SEQUENCE",
    Type "TYPE", Domain "DOMAIN", Function "FUNCTION", Procedure "PROCEDURE", Routine "ROUTINE", Aggregate "AGGREGATE",
    Trigger "TRIGGER", Policy "POLICY", Rule "RULE", Column "COLUMN", Constraint "CONSTRAINT", Schema "SCHEMA",
    Extension "EXTENSION", Statistics "STATISTICS", Publication "PUBLICATION", Subscription "SUBSCRIPTION", Role "ROLE",
    Database "DATABASE", Tablespace "TABLESPACE", Cast "CAST", Operator "OPERATOR", OperatorClass "OPERATOR CLASS",
    OperatorFamily "OPERATOR FAMILY", Collation "COLLATION", Conversion "CONVERSION", EventTrigger "EVENT TRIGGER",
    Server "SERVER", ForeignDataWrapper "FOREIGN DATA WRAPPER", UserMapping "USER MAPPING", Language "LANGUAGE",
    AccessMethod "ACCESS METHOD", Transform "TRANSFORM", TextSearchConfiguration "TEXT SEARCH CONFIGURATION",
    TextSearchDictionary "TEXT SEARCH DICTIONARY", TextSearchParser "TEXT SEARCH PARSER",
    TextSearchTemplate "TEXT SEARCH TEMPLATE", LargeObject "LARGE OBJECT", Event "EVENT", User "USER",
}

impl ObjectKind {
    /// As a word in a sentence: `materialized view`.
    pub fn noun(self) -> String {
        self.keywords().to_ascii_lowercase()
    }

    /// Whether it is one of those that share the names of a schema: tables, indexes, views and sequences.
    pub const fn is_relation(self) -> bool {
        matches!(
            self,
            Self::Table
                | Self::ForeignTable
                | Self::Index
                | Self::View
                | Self::MaterializedView
                | Self::Sequence
        )
    }
}

/// A named object of a kind; triggers, policies, rules, columns and constraints belong to a table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectRef {
    /// The kind.
    pub kind: ObjectKind,
    /// Its name.
    pub name: Name,
    /// The table that it belongs to, for the kinds that belong to one.
    pub on: Option<Name>,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind.noun(), self.name)?;
        match &self.on {
            Some(table) => write!(f, " of `{table}`"),
            None => Ok(()),
        }
    }
}
