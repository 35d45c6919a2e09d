//! What depends on a column, a table or a type in PostgreSQL: it keeps the server from dropping or changing them. Where that is not
//! certain, nothing depends.

use super::{Outcome, Step};
use crate::ops::Conflict;
use crate::schema::{
    ConstraintKind, Dialect, Expr, Ident, Index, Lookup, Name, ObjectKind, PartitionKind, Relation, Table,
    Type, TypeKind,
};

impl Step<'_> {
    fn postgres(&self) -> bool {
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

    /// A view, policy or trigger that certainly reads a column.
    fn reads_column(&self, table: &Table, column: &Ident) -> Option<String> {
        let others = |name: &Name| match self.catalog.table(name) {
            Lookup::Found(other) => other.column(column.key()).is_absent(),
            Lookup::Absent | Lookup::Unknown => false,
        };
        let view = self.catalog.views().find(|view| {
            view.reads.contains(&table.name)
                && view.words.iter().any(|word| column == word.as_str())
                && view.reads.iter().all(|read| *read == table.name || others(read))
                && plainly_reads(&view.query, column, true)
        });
        if let Some(view) = view {
            return Some(format!("view `{}`", view.name));
        }
        let on_it = self.catalog.others().filter(|(object, _)| object.on.as_ref() == Some(&table.name));
        on_it.into_iter().find_map(|(object, other)| {
            let named = other.words.iter().any(|word| column == word.as_str());
            let reads = match object.kind {
                ObjectKind::Trigger => named,
                ObjectKind::Policy => named && plainly_reads(&other.definition, column, false),
                _ => false,
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
        } else if table.partition_key.contains(column) {
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
        let legacy = self.session.settings.get("pragma legacy_alter_table");
        let is_on = legacy.is_some_and(|(value, _)| matches!(value.as_str(), "on" | "1" | "true" | "yes"));
        if self.catalog.dialect != Dialect::Sqlite || is_on {
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

    /// A table that inherits from this one, or a partition of it.
    pub(super) fn child(&self, parent: &Name) -> Option<&Name> {
        self.catalog.tables().find(|table| table.parents.contains(parent)).map(|table| &table.name)
    }

    /// A table that inherits from this one and is no partition: it keeps the parent from being dropped.
    pub(super) fn heir(&self, parent: &Name) -> Option<&Name> {
        let heirs = self.catalog.tables().filter(|table| table.parents.contains(parent));
        heirs.into_iter().find(|table| table.partition != PartitionKind::Partition).map(|table| &table.name)
    }

    /// A column that has the type.
    pub(super) fn has_type(&self, ty: &Name) -> Option<String> {
        if !self.postgres() {
            return None;
        }
        let is_it = |known: &Type| {
            known.name == ty.text()
                && match &known.schema {
                    Some(schema) => ty.schema.as_ref().is_some_and(|own| own.text() == schema),
                    None => ty.schema.as_ref().is_none_or(|own| self.session.search_path.contains(own)),
                }
        };
        let in_table = self.catalog.tables().find_map(|table| {
            let member = table.columns.iter().find(|member| member.column.ty.as_ref().is_some_and(is_it))?;
            Some(format!("column `{}` of `{}`", member.column.name, table.name))
        });
        in_table.or_else(|| {
            self.catalog
                .types()
                .find(|entry| matches!(&entry.kind, TypeKind::Domain { ty, .. } if is_it(ty)))
                .map(|entry| format!("domain `{}`", entry.name))
        })
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
        let same = |index: &Index| {
            index.unique
                && index.predicate.is_none()
                && index.keys.len() == columns.len()
                && index
                    .keys
                    .iter()
                    .all(|key| key.column().is_some_and(|known| columns.iter().any(|one| *one == *known)))
        };
        if self.catalog.indexes_of(&table.name).any(same) {
            return Some(true);
        }
        (!table.open && !self.catalog.unclear && table.parents.is_empty()).then_some(false)
    }

    /// Why rows of a table cannot be referred to by these columns.
    pub(super) fn cannot_refer(&self, key: &crate::schema::ForeignKey) -> Option<Conflict> {
        let table = self.catalog.table(&key.table).found().filter(|_| self.postgres())?;
        if key.referenced.is_empty() {
            let none = table.primary_key().is_none()
                && !table.open
                && !self.catalog.unclear
                && table.parents.is_empty();
            return none.then(|| {
                Conflict::Other("42704", format!("`{}` has no primary key to refer to", table.name))
            });
        }
        if let Some(column) = self.missing_column(table, &key.referenced) {
            return Some(Conflict::Missing(super::tables::column_ref(&table.name, column)));
        }
        (self.is_unique(table, &key.referenced) == Some(false)).then(|| {
            let columns: Vec<&str> = key.referenced.iter().map(Ident::text).collect();
            let sentence = format!("`{}` ({}) is not unique", table.name, columns.join(", "));
            Conflict::Other("42830", sentence)
        })
    }

    /// The first of these columns that a table is known not to have.
    pub(super) fn missing_column<'c>(&self, table: &Table, columns: &'c [Ident]) -> Option<&'c Ident> {
        // What a parent got later is not followed into its children.
        if !table.parents.is_empty() || self.catalog.unclear || !self.postgres() {
            return None;
        }
        columns
            .iter()
            .find(|column| table.column(column.key()).is_absent() && !SYSTEM_COLUMNS.contains(&column.key()))
    }

    /// Whether a foreign key leans on the index of a key.
    pub(super) fn leaning_on(&self, table: &Table, kind: &ConstraintKind) -> Option<(Name, Ident)> {
        let (columns, primary) = match kind {
            ConstraintKind::PrimaryKey { columns, .. } => (columns, true),
            ConstraintKind::Unique { columns, .. } => (columns, false),
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => return None,
        };
        // With two keys over the same columns it cannot be told which one the server chose.
        let same = |index: &&Index| {
            index.unique
                && index.keys.len() == columns.len()
                && index
                    .keys
                    .iter()
                    .all(|key| key.column().is_some_and(|known| columns.iter().any(|one| *one == *known)))
        };
        if !self.postgres() || self.catalog.indexes_of(&table.name).filter(same).count() != 1 {
            return None;
        }
        self.foreign_keys_to(&table.name, None).into_iter().find(|(owner, constraint)| {
            let found = self.catalog.table(owner).and_then(|owner| owner.constraint(constraint.key()));
            match found.found().map(|constraint| &constraint.kind) {
                Some(ConstraintKind::ForeignKey(key)) if key.referenced.is_empty() => primary,
                Some(ConstraintKind::ForeignKey(key)) => {
                    key.referenced.len() == columns.len()
                        && key.referenced.iter().all(|column| columns.contains(column))
                }
                Some(_) | None => false,
            }
        })
    }

    /// A trigger that calls a function.
    pub(super) fn calls(&self, function: &Name) -> Option<String> {
        let called = self.catalog.others().find(|(object, other)| {
            let definition = object.kind == ObjectKind::Trigger && self.postgres();
            definition && {
                let words: Vec<&str> = other
                    .definition
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .filter(|word| !word.is_empty())
                    .collect();
                let at = words.windows(2).position(|pair| {
                    pair[0].eq_ignore_ascii_case("EXECUTE")
                        && (pair[1].eq_ignore_ascii_case("FUNCTION")
                            || pair[1].eq_ignore_ascii_case("PROCEDURE"))
                });
                // With its schema before it, or without and found where the function is.
                at.is_some_and(|at| match (words.get(at + 2), words.get(at + 3)) {
                    (Some(schema), Some(name))
                        if function.schema.as_ref().is_some_and(|own| own.text() == *schema) =>
                    {
                        function.text() == *name
                    }
                    (Some(name), _) => {
                        function.text() == *name
                            && function
                                .schema
                                .as_ref()
                                .is_none_or(|own| self.session.search_path.contains(own))
                    }
                    (None, _) => false,
                })
            }
        });
        called.map(|(object, _)| format!("{object}"))
    }

    /// Whether a relation is a table that is partitioned.
    pub(super) fn is_partitioned(&self, name: &Name) -> bool {
        matches!(
            self.catalog.relation(name),
            Lookup::Found(Relation::Table(table)) if table.partition == PartitionKind::Parent
        )
    }
}

const SYSTEM_COLUMNS: &[&str] = &["ctid", "oid", "tableoid", "xmin", "xmax", "cmin", "cmax"];

/// A generated column that reads another column of its table.
fn generated_from(table: &Table, column: &Ident) -> Option<String> {
    let reads = |expr: &Expr| {
        let mut found = false;
        expr.walk(&mut |part| {
            found |=
                matches!(part, Expr::Column(parts) if parts.last().is_some_and(|last| *column == **last));
        });
        found
    };
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

/// Words, quoted names and symbols; strings are left out.
fn tokens(text: &str) -> Vec<&str> {
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
        found.push(&text[start..end]);
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
            ("FOR SELECT TO a USING (b > 0)", false, false),
            ("USING (a > 0)", false, true),
            ("FOR SELECT TO b USING (a > 0)", false, true),
            ("USING (b IN (SELECT a FROM u))", false, false),
        ] {
            assert_eq!(plainly_reads(text, &a, query), reads, "{text}");
        }
    }
}
