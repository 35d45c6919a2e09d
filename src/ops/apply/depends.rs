//! What depends on a column, a table or a type in PostgreSQL: it keeps the server from dropping or changing them. Where that is not
//! certain, nothing depends.

use std::ops::Range;

use super::{Outcome, Step};
use crate::ops::Conflict;
use crate::schema::{
    ConstraintKind, Detail, Dialect, Expr, Ident, Identity, Index, IndexKey, Lookup, Name, ObjectKind,
    ObjectRef, PartitionKind, Relation, Sequence, Slot, Table, Type, TypeEntry, builtin,
};

impl Step<'_> {
    pub(super) fn postgres(&self) -> bool {
        self.catalog.dialect == Dialect::Postgres
    }

    /// Why a column cannot be dropped.
    pub(super) fn keeps_column(&self, table: &Table, column: &Ident, cascade: bool) -> Option<Conflict> {
        if !self.postgres() {
            return None;
        }
        if let Some(conflict) = self.rooted(table, column) {
            return Some(conflict);
        }
        if cascade {
            return None;
        }
        let what = self
            .reads_column(table, column)
            .or_else(|| {
                let users = self.users_of_owned(&table.name, Some(column));
                users.first().filter(|_| !self.catalog.unclear).map(ToString::to_string)
            })
            .or_else(|| {
                let (owner, constraint) =
                    self.foreign_keys_to(&table.name, Some(column)).into_iter().next()?;
                Some(format!("constraint `{constraint}` of `{owner}`"))
            })
            // Before 15 the generated column goes with the column that it reads.
            .or_else(|| self.session.engine.at_least(15, 0).then(|| generated_from(table, column))?);
        what.map(|what| {
            Conflict::Other("2BP01", format!("{what} depends on column `{column}` of `{}`", table.name))
        })
    }

    /// Why the type of a column cannot be changed.
    pub(super) fn keeps_type(&self, table: &Table, column: &Ident, only: bool) -> Option<Conflict> {
        if !self.postgres() {
            return None;
        }
        if let Some(conflict) = self.rooted(table, column) {
            return Some(conflict);
        }
        if only && let Some(child) = self.child(&table.name) {
            let sentence = format!("column `{column}` of `{child}` must have the same type");
            return Some(Conflict::Other("42P16", sentence));
        }
        let what = self.reads_column(table, column).or_else(|| generated_from(table, column));
        what.map(|what| {
            Conflict::Other("0A000", format!("{what} reads column `{column}` of `{}`", table.name))
        })
    }

    /// A view that certainly reads a column of a table: where its query is not understood, by the words in it.
    fn view_reading(&self, table: &Name, column: &Ident) -> Option<Name> {
        let others = |name: &Name| match self.catalog.table(name) {
            Lookup::Found(other) => other.column(column.key()).is_absent(),
            Lookup::Absent | Lookup::Unknown => false,
        };
        let view = self.catalog.views().find(|view| {
            let words = || {
                view.words.iter().any(|word| column == word.as_str())
                    && view.reads.iter().all(|read| read == table || others(read))
                    && plainly_reads(&view.query, column, true)
            };
            view.reads.contains(table) && view.uses(table, column.key()).unwrap_or_else(words)
        });
        view.map(|view| view.name.clone())
    }

    /// A view, policy or trigger that certainly reads a column.
    fn reads_column(&self, table: &Table, column: &Ident) -> Option<String> {
        if let Some(view) = self.view_reading(&table.name, column) {
            return Some(format!("view `{view}`"));
        }
        let on_it = self.catalog.others().filter(|(object, _)| object.on.as_ref() == Some(&table.name));
        on_it.into_iter().find_map(|(object, other)| {
            let surely =
                |expr: &Option<Expr>| expr.as_ref().is_some_and(|expr| expr.surely_reads(column.key()));
            let reads = match &other.detail {
                Detail::Trigger(trigger) => {
                    !trigger.inherited && (trigger.update_of.contains(column) || surely(&trigger.when))
                }
                Detail::Policy(policy) => surely(&policy.using) || surely(&policy.check),
                Detail::Rule(rule) => surely(&rule.when),
                Detail::None
                | Detail::Extension(_)
                | Detail::Statistics(_)
                | Detail::Publication(_)
                | Detail::Text(_) => false,
            };
            reads.then(|| format!("{object}"))
        })
    }

    /// Why nobody, not even with CASCADE, takes a column away or changes its type: it belongs to a parent of the table too, or decides
    /// into which partition a row goes.
    fn rooted(&self, table: &Table, column: &Ident) -> Option<Conflict> {
        let inherited = table.parents.iter().any(|parent| {
            self.catalog.table(parent).and_then(|parent| parent.column(column.key())).found().is_some()
        });
        let why = if inherited {
            "is inherited"
        } else if table.partition_columns().iter().any(|key| column == key.as_str()) {
            "is part of the partition key"
        } else {
            return None;
        };
        Some(Conflict::Other("42P16", format!("column `{column}` of `{}` {why}", table.name)))
    }

    /// SQLite: ALTER TABLE of what is no table.
    pub(super) fn no_table(&self, name: Name) -> Outcome {
        match self.catalog.view(&name) {
            Lookup::Found(_) if self.catalog.dialect == Dialect::Sqlite => Outcome::Refused(Conflict::Other(
                "42809",
                format!("`{name}` is a view: ALTER TABLE cannot change it"),
            )),
            Lookup::Found(_) | Lookup::Absent | Lookup::Unknown => Outcome::Done,
        }
    }

    /// SQLite: a view that reads what is not there any more keeps it from renaming anything.
    pub(super) fn broken_view(&self) -> Option<Conflict> {
        if self.catalog.dialect != Dialect::Sqlite || self.renames_the_old_way() {
            return None;
        }
        // Tables that SQLite itself brings along are in no catalog.
        let own = |name: &Name| {
            ["sqlite_", "pragma_", "json_", "dbstat"]
                .iter()
                .any(|prefix| name.ident.key().starts_with(prefix))
        };
        self.catalog.views().find_map(|view| {
            let gone =
                view.reads.iter().find(|read| self.catalog.relation(read).is_absent() && !own(read))?;
            let sentence = format!("view `{}` reads `{gone}`, which does not exist", view.name);
            Some(Conflict::Other("42P01", sentence))
        })
    }

    /// SQLite: PRAGMA legacy_alter_table = ON, in this session.
    pub(super) fn renames_the_old_way(&self) -> bool {
        self.is_pragma("legacy_alter_table", &["on", "1", "true", "yes"])
    }

    /// Whether the session set a pragma to one of these values.
    pub(super) fn is_pragma(&self, name: &str, values: &[&str]) -> bool {
        let set = self.session.settings.get(&format!("pragma {name}"));
        set.is_some_and(|(value, _)| values.contains(&value.as_str()))
    }

    /// A table that inherits from this one, or a partition of it.
    pub(super) fn child(&self, parent: &Name) -> Option<&Name> {
        self.catalog.tables().find(|table| table.parents.contains(parent)).map(|table| &table.name)
    }

    /// A table that inherits from this one and is no partition: it keeps the parent from being dropped.
    pub(super) fn heir(&self, parent: &Name) -> Option<&Name> {
        let heirs = self.catalog.tables().filter(|table| table.parents.contains(parent));
        heirs.into_iter().find(|table| table.partition != PartitionKind::Partition).map(|table| &table.name)
    }

    /// Whether a written type is this one, or the row type of this relation.
    pub(super) fn is_type(&self, known: &Type, ty: &Name) -> bool {
        if known.name != ty.text() {
            return false;
        }
        if let Some(schema) = &known.schema {
            return ty.schema.as_ref().is_some_and(|own| own.text() == schema);
        }
        // Where the search path was another one when the name was written, it may mean another type of that name.
        let settled = self.session.search_path.as_slice() == [Ident::exact("public")];
        let namesake = |entry: &TypeEntry| entry.name.ident == ty.ident && entry.name != *ty;
        !builtin::is_type(ty.text())
            && (settled || !self.catalog.types().any(namesake))
            && ty.schema.as_ref().is_none_or(|own| self.session.search_path.contains(own))
    }

    /// The columns that have a type.
    pub(super) fn columns_of_type(&self, ty: &Name) -> Vec<(Name, Ident)> {
        let mut found = Vec::new();
        for table in self.catalog.tables() {
            let having = table
                .columns
                .iter()
                .filter(|member| member.column.ty.as_ref().is_some_and(|known| self.is_type(known, ty)));
            found.extend(having.map(|member| (table.name.clone(), member.column.name.clone())));
        }
        found
    }

    /// What has a type: a column, a domain, an attribute, a function, …
    pub(super) fn has_type(&self, ty: &Name) -> Option<String> {
        self.users_of_type(ty).first().map(ToString::to_string)
    }

    /// Why a column cannot lose its NOT NULL.
    pub(super) fn keeps_not_null(&self, table: &Table, column: &Ident) -> Option<Conflict> {
        if !self.postgres() {
            return None;
        }
        let member = table.column(column.key()).found();
        if member.is_some_and(|member| member.column.identity.is_some()) {
            let sentence = format!("column `{column}` of `{}` is an identity column", table.name);
            return Some(Conflict::Other("42601", sentence));
        }
        if table.primary_key().is_some_and(|key| key.contains(column)) {
            let sentence = format!("column `{column}` of `{}` is in the primary key", table.name);
            return Some(Conflict::Other("42P16", sentence));
        }
        let demanded = table.parents.iter().any(|parent| {
            let above = self.catalog.table(parent).and_then(|parent| parent.column(column.key())).found();
            above.is_some_and(|above| above.column.not_null == Some(true))
        });
        (demanded && table.partition == PartitionKind::Partition).then(|| {
            let sentence = format!("column `{column}` is NOT NULL in the parent of `{}`", table.name);
            Conflict::Other("42P16", sentence)
        })
    }

    /// Why a column takes no default: it is computed, or numbered by a sequence of its own.
    pub(super) fn computes(&self, table: &Table, column: &Ident) -> Option<Conflict> {
        let member = table.column(column.key()).found().filter(|_| self.postgres())?;
        let what = if member.column.generated.is_some() {
            "a generated column"
        } else if matches!(member.column.identity, Some(Identity::Always | Identity::ByDefault)) {
            "an identity column"
        } else {
            return None;
        };
        Some(Conflict::Other("42601", format!("column `{column}` of `{}` is {what}", table.name)))
    }

    /// Why a sequence cannot be dropped: an identity column has it, or a default takes from it.
    pub(super) fn keeps_sequence(
        &self,
        sequence: &Sequence,
        cascade: bool,
        together: &[Name],
    ) -> Option<Conflict> {
        if let Some((table, column)) = sequence.owned_by.as_ref().filter(|_| sequence.identity) {
            let sentence = format!("column `{column}` of `{table}` requires sequence `{}`", sequence.name);
            return Some(Conflict::Other("2BP01", sentence));
        }
        if cascade {
            return None;
        }
        let users = self.users_of_sequence(&sequence.name);
        self.keeps(&users, &format!("sequence `{}`", sequence.name), together)
    }

    /// A sequence that an expression takes from, and that is known not to be there.
    pub(super) fn lacks_sequence(&self, expr: &Expr) -> Option<Conflict> {
        let mut missing = None;
        expr.walk(&mut |part| {
            let Expr::Call { name, arguments } = part else { return };
            let Some(first) = arguments.first().filter(|_| name == "nextval" && self.postgres()) else {
                return;
            };
            let Some(text) = first.as_string() else { return };
            let as_text = matches!(first, Expr::Cast { to, .. } if to.name != "regclass");
            let parts: Vec<&str> = text.split('.').collect();
            // A dot in quotes, or the name of a database.
            if as_text || parts.len() > 2 || (parts.len() == 2 && text.contains('"')) {
                return;
            }
            let ident = |part: &str| Ident::exact(folded(part.trim()));
            let written = match parts.as_slice() {
                [schema, sequence] => Name::qualified(ident(schema), ident(sequence)),
                _ => Name::bare(ident(text)),
            };
            let full = self.resolve(&written);
            if self.catalog.relation(&full).is_absent() {
                missing =
                    Some(Conflict::Missing(ObjectRef { kind: ObjectKind::Sequence, name: full, on: None }));
            }
        });
        missing
    }

    /// Whether a call takes from a sequence. One that is named by a text is looked up when it is asked for.
    pub(super) fn takes_from(&self, part: &Expr, sequence: &Name) -> bool {
        let is_it = |text: &str| {
            let text = text.replace('"', "");
            text == sequence.to_string()
                || sequence
                    .schema
                    .as_ref()
                    .is_some_and(|schema| text == format!("{schema}.{}", sequence.ident))
        };
        let Expr::Call { name, arguments } = part else { return false };
        matches!(name.as_str(), "nextval" | "currval" | "setval")
            && arguments.first().is_some_and(|argument| {
                !matches!(argument, Expr::Cast { to, .. } if to.name == "text")
                    && argument.as_string().is_some_and(is_it)
            })
    }

    /// What reads a column and goes with it: views, policies, triggers and rules with CASCADE, statistics always.
    pub(super) fn drop_readers(&mut self, table: &Name, column: &Ident, cascade: bool) {
        let gone: Vec<ObjectRef> = self
            .catalog
            .others()
            .filter(|(object, other)| {
                let surely =
                    |expr: &Option<Expr>| expr.as_ref().is_some_and(|expr| expr.surely_reads(column.key()));
                let on_it = object.on.as_ref() == Some(table);
                match &other.detail {
                    Detail::Statistics(statistics) => {
                        statistics.table == *table
                            && statistics.keys.iter().any(|key| key.reads(column.key()))
                    }
                    Detail::Trigger(trigger) => {
                        on_it && cascade && (trigger.update_of.contains(column) || surely(&trigger.when))
                    }
                    Detail::Policy(policy) => {
                        on_it && cascade && (surely(&policy.using) || surely(&policy.check))
                    }
                    Detail::Rule(rule) => on_it && cascade && surely(&rule.when),
                    Detail::None | Detail::Extension(_) | Detail::Publication(_) | Detail::Text(_) => false,
                }
            })
            .map(|(object, _)| object.clone())
            .collect();
        for object in gone {
            self.catalog.put_other(object, Slot::Gone);
        }
        if !cascade || !self.postgres() {
            return;
        }
        while let Some(view) = self.view_reading(table, column) {
            self.drop_relation(&view, true, &[]);
        }
    }

    /// Something in a schema.
    pub(super) fn inhabitant(&self, schema: &Ident) -> Option<String> {
        let in_it = |name: &Name| name.schema.as_ref() == Some(schema);
        let relation = self.catalog.relations().find(|(name, _)| in_it(name));
        relation
            .map(|(name, relation)| format!("{} `{name}`", relation.kind().noun()))
            .or_else(|| {
                let entry = self.catalog.types().find(|entry| in_it(&entry.name))?;
                Some(format!("type `{}`", entry.name))
            })
            .or_else(|| {
                let (name, function) = self.catalog.all_functions().find(|(name, _)| in_it(name))?;
                Some(format!("{} `{name}`", function.kind.noun()))
            })
    }

    /// Whether the columns of a table are known to be unique together: a key, or a unique index of nothing else. None where
    /// it cannot be told.
    pub(super) fn is_unique(&self, table: &Table, columns: &[Ident]) -> Option<bool> {
        if self.catalog.indexes_of(&table.name).any(|index| index.keeps_unique(columns)) {
            return Some(true);
        }
        (!table.open && !self.catalog.unclear).then_some(false)
    }

    /// Why a foreign key of a table cannot point to a relation, whatever its columns.
    pub(super) fn cannot_point(&self, table: &Table, to: &Name) -> Option<Conflict> {
        if !self.postgres() || table.name == *to {
            return None;
        }
        if let Some(Outcome::Refused(conflict)) = self.missing_schema(to) {
            return Some(conflict);
        }
        let target = match self.catalog.relation(to) {
            Lookup::Found(Relation::Table(target)) => target,
            Lookup::Found(other @ (Relation::View(_) | Relation::Sequence(_) | Relation::Index(_))) => {
                let sentence = format!("`{to}` is a {}: it cannot be referred to", other.kind().noun());
                return Some(Conflict::Other("42809", sentence));
            }
            Lookup::Absent => {
                let object = ObjectRef { kind: ObjectKind::Table, name: to.clone(), on: None };
                return Some(Conflict::Missing(object));
            }
            Lookup::Unknown => return None,
        };
        let lives_longer = |one: &Table, other: &Table| {
            one.temporary != other.temporary || (!one.temporary && !one.unlogged && other.unlogged)
        };
        (lives_longer(table, target) && !table.open && !target.open).then(|| {
            let sentence = format!("`{}` would live longer than `{to}`, to which it refers", table.name);
            Conflict::Other("42P16", sentence)
        })
    }

    /// Why rows of a table cannot be referred to by these columns.
    pub(super) fn cannot_refer(&self, key: &crate::schema::ForeignKey) -> Option<Conflict> {
        let table = self.catalog.table(&key.table).found().filter(|_| self.postgres())?;
        if key.referenced.is_empty() {
            let none = table.primary_key().is_none() && !table.open && !self.catalog.unclear;
            return none.then(|| {
                Conflict::Other("42704", format!("`{}` has no primary key to refer to", table.name))
            });
        }
        if let Some(column) = self.missing_column(table, &key.referenced) {
            return Some(Conflict::Missing(super::columns::column_ref(&table.name, column)));
        }
        (self.is_unique(table, &key.referenced) == Some(false)).then(|| {
            let columns: Vec<&str> = key.referenced.iter().map(Ident::text).collect();
            let sentence = format!("`{}` ({}) is not unique", table.name, columns.join(", "));
            Conflict::Other("42830", sentence)
        })
    }

    /// The first of these columns that a table is known not to have.
    pub(super) fn missing_column<'c>(&self, table: &Table, columns: &'c [Ident]) -> Option<&'c Ident> {
        if self.catalog.unclear || !self.postgres() {
            return None;
        }
        columns
            .iter()
            // Before 12 a table could have `oid` too.
            .find(|column| {
                table.column(column.key()).is_absent()
                    && !builtin::is_system_column(column)
                    && **column != "oid"
            })
    }

    /// A foreign key that leans on the index of a key.
    pub(super) fn leaning_on(&self, table: &Table, kind: &ConstraintKind) -> Option<(Name, Ident)> {
        self.all_leaning_on(table, kind).into_iter().next()
    }

    /// The foreign keys that lean on an index that is no key's.
    pub(super) fn leaning_on_index(&self, index: &Name) -> Vec<(Name, Ident)> {
        let Lookup::Found(index) = self.catalog.index(index) else { return Vec::new() };
        let columns: Vec<Ident> = index.keys.iter().filter_map(IndexKey::column).map(Ident::exact).collect();
        let table = index.table.as_ref().and_then(|table| self.catalog.table(table).found());
        match table.filter(|_| index.constraint.is_none() && index.keeps_unique(&columns)) {
            Some(table) => self.leaning_on_columns(table, &columns, false),
            None => Vec::new(),
        }
    }

    /// The foreign keys that lean on the index of a key.
    pub(super) fn all_leaning_on(&self, table: &Table, kind: &ConstraintKind) -> Vec<(Name, Ident)> {
        let (columns, primary) = match kind {
            ConstraintKind::PrimaryKey { columns, .. } => (columns, true),
            ConstraintKind::Unique { columns, .. } => (columns, false),
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => return Vec::new(),
        };
        self.leaning_on_columns(table, columns, primary)
    }

    fn leaning_on_columns(&self, table: &Table, columns: &[Ident], primary: bool) -> Vec<(Name, Ident)> {
        // With two keys over the same columns it cannot be told which one the server chose.
        let same = |index: &&Index| index.keeps_unique(columns);
        if !self.postgres() || self.catalog.indexes_of(&table.name).filter(same).count() != 1 {
            return Vec::new();
        }
        let mut all = self.foreign_keys_to(&table.name, None);
        let own = table.foreign_keys().filter(|(_, key)| key.table == table.name);
        all.extend(own.map(|(ident, _)| (table.name.clone(), ident.clone())));
        all.retain(|(owner, constraint)| {
            let found = self.catalog.table(owner).and_then(|owner| owner.constraint(constraint.key()));
            match found.found().map(|constraint| &constraint.kind) {
                Some(ConstraintKind::ForeignKey(key)) if key.referenced.is_empty() => primary,
                Some(ConstraintKind::ForeignKey(key)) => {
                    key.referenced.len() == columns.len()
                        && key.referenced.iter().all(|column| columns.contains(column))
                }
                Some(_) | None => false,
            }
        });
        all
    }

    /// Whether a relation is a table that is partitioned.
    pub(super) fn is_partitioned(&self, name: &Name) -> bool {
        matches!(
            self.catalog.relation(name),
            Lookup::Found(Relation::Table(table)) if table.partition == PartitionKind::Parent || table.partition_by.is_some()
        )
    }
}

/// A generated column that reads another column of its table.
fn generated_from(table: &Table, column: &Ident) -> Option<String> {
    let reads = |expr: &Expr| expr.surely_reads(column.key());
    let member = table.columns.iter().find(|member| {
        member.column.name != *column
            && member.column.generated.as_ref().is_some_and(|generated| reads(&generated.expr))
    })?;
    Some(format!("generated column `{}`", member.column.name))
}

/// Whether a simple text (one SELECT at most, without aliases of that name) says a column's name where only a column can stand.
/// `query`: it is a query; else the expressions of a policy.
fn plainly_reads(text: &str, column: &Ident, query: bool) -> bool {
    let tokens = tokens(text);
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.eq_ignore_ascii_case(word));
    let start = if query { 0 } else { (0..tokens.len()).find(|at| is(*at, "(")).unwrap_or(tokens.len()) };
    let selects = (start..tokens.len()).filter(|at| is(*at, "SELECT")).count();
    if selects != usize::from(query) || (0..tokens.len()).any(|at| is(at, "WITH") && query) {
        return false;
    }
    let names_it = |token: &str| match token.strip_prefix('"') {
        Some(quoted) => *column == *quoted.trim_end_matches('"'),
        None => *column == *token.to_lowercase(),
    };
    let from = (0..tokens.len()).find(|at| is(*at, "FROM")).unwrap_or(tokens.len());
    let places: Vec<usize> = (start..tokens.len()).filter(|at| names_it(tokens[*at])).collect();
    let alone = |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| tokens[before]);
        let opens =
            ["SELECT", "DISTINCT", "WHERE", "AND", "OR", "NOT", "ON", "BY", "WHEN", "THEN", "ELSE", "CASE"]
                .iter()
                .any(|word| before.eq_ignore_ascii_case(word))
                || matches!(before, "," | "(" | "=" | "<" | ">" | "+" | "-" | "*" | "/" | "|");
        opens && !is(at + 1, "(") && !is(at + 1, ".")
    };
    // Behind AS, or behind another name, it may be an alias; then nothing is certain.
    let qualified = |at: usize| at > 0 && is(at - 1, ".");
    let aliased = places.iter().any(|at| !(alone(*at) || qualified(*at)));
    !aliased && places.iter().any(|at| alone(*at) && (!query || *at < from || !is(*at - 1, ",")))
}

/// Whether a text calls a function where nothing but a call can stand: `f (` behind no word that takes a name and columns, `SFUNC = f`,
/// `EXECUTE FUNCTION f (`.
pub(super) fn calls(text: &str, function: &Name) -> bool {
    let tokens = tokens(text);
    let is = |at: usize, words: &[&str]| {
        tokens.get(at).is_some_and(|token| words.iter().any(|word| token.eq_ignore_ascii_case(word)))
    };
    if (0..tokens.len()).any(|at| is(at, &["WITH", "INTO", "AS"]) && is(at + 2, &["("])) {
        return false;
    }
    (0..tokens.len()).any(|at| {
        let (schema, start) = match at.checked_sub(2) {
            Some(before) if tokens[at - 1] == "." => (Some(folded(tokens[before])), before),
            Some(_) | None => (None, at),
        };
        let named = folded(tokens[at]) == function.text()
            && schema.is_none_or(|schema| function.schema.as_ref().is_some_and(|own| own.text() == schema));
        let defines = start >= 2
            && tokens[start - 1] == "="
            && is(start - 2, &["SFUNC", "FINALFUNC", "COMBINEFUNC", "SERIALFUNC", "DESERIALFUNC", "MSFUNC"]);
        let other =
            start.checked_sub(1).is_some_and(|before| is(before, &["INTO", "FROM", "JOIN", "AS", "."]));
        named && (defines || (is(at + 1, &["("]) && !other))
    })
}

/// The tables that the statements in a text certainly change, and where their names stand.
pub(super) fn changed_tables(text: &str) -> Vec<(Name, Range<usize>)> {
    let (starts, tokens): (Vec<usize>, Vec<&str>) = tokens_at(text).into_iter().unzip();
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.eq_ignore_ascii_case(word));
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let opens = at == 0 || matches!(tokens[at - 1], ";" | "(");
        let start = match () {
            () if !opens => continue,
            () if is(at, "INSERT") && is(at + 1, "INTO") => at + 2,
            () if is(at, "DELETE") && is(at + 1, "FROM") => at + 2,
            () if is(at, "UPDATE") => at + 1,
            () => continue,
        };
        let start = start + usize::from(is(start, "ONLY"));
        let Some(first) = tokens.get(start) else { continue };
        let last = if is(start + 1, ".") { start + 2 } else { start };
        let second = tokens.get(last).filter(|_| last > start);
        let name = match second {
            Some(second) => Name::qualified(Ident::exact(folded(first)), Ident::exact(folded(second))),
            None => Name::bare(Ident::exact(folded(first))),
        };
        let Some((from, token)) = starts.get(last).zip(tokens.get(last)) else { continue };
        found.push((name, starts[start]..from + token.len()));
    }
    found
}

/// A name as the server reads it.
fn folded(token: &str) -> String {
    match token.strip_prefix('"') {
        Some(quoted) => quoted.trim_end_matches('"').to_owned(),
        None => token.to_lowercase(),
    }
}

/// Words, quoted names and symbols; strings are left out.
fn tokens(text: &str) -> Vec<&str> {
    tokens_at(text).into_iter().map(|(_, token)| token).collect()
}

/// The same, each with where it begins.
fn tokens_at(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        if first == '\'' || first == '"' {
            for (at, next) in rest.by_ref() {
                end = at + next.len_utf8();
                if next == first {
                    break;
                }
            }
            if first == '\'' {
                continue;
            }
        } else if first.is_alphanumeric() || first == '_' {
            while let Some((at, next)) = rest.next_if(|(_, c)| c.is_alphanumeric() || *c == '_') {
                end = at + next.len_utf8();
            }
        }
        found.push((start, &text[start..end]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    // What depends on t.a: PostgreSQL 15's answers to DROP COLUMN; where it needs more than the text, no.
    #[test]
    fn a_column_is_read_where_only_a_column_can_stand() {
        let a = Ident::exact("a");
        for (text, query, reads) in [
            ("SELECT a FROM t", true, true),
            ("SELECT x.a, b FROM t x", true, false),
            ("SELECT b AS a FROM t", true, false),
            ("SELECT b a FROM t", true, false),
            ("SELECT lower(a) FROM t", true, true),
            ("SELECT a(b) FROM t", true, false),
            ("SELECT b FROM t WHERE a = 1", true, true),
            ("SELECT b FROM t, a", true, false),
            ("SELECT b FROM t WHERE b = 'a'", true, false),
            ("SELECT b, 'it''s a' FROM t", true, false),
            ("WITH a AS (SELECT 1) SELECT a FROM t", true, false),
            ("SELECT \"A\" FROM t", true, false),
        ] {
            assert_eq!(plainly_reads(text, &a, query), reads, "{text}");
        }
    }
}
