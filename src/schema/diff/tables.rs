//! Tables compared: themselves, their columns, constraints and indexes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    Column, Constraint, ConstraintKind, Dialect, Difference, DifferenceKind, Ident, Index, Lookup, Member,
    Name, ObjectKind, ObjectRef, Relation, Table, Type, canonical,
};
use super::shape::{self, Shape};
use super::{Diff, Given, Side, column_text, comments, details, differing, shown_nullability, shown_type};

impl Diff<'_> {
    pub(super) fn table(&self, name: &Name, found: &mut Vec<Difference>) {
        if self.left.catalog.is_shadow(name) || self.right.catalog.is_shadow(name) {
            return;
        }
        let object = ObjectRef { kind: ObjectKind::Table, name: name.clone(), on: None };
        match (self.left.catalog.table(name), self.right.catalog.table(name)) {
            (Lookup::Found(left), Lookup::Found(right)) => {
                if counts(left) && counts(right) {
                    self.table_itself(&object, left, right, found);
                    self.columns(left, right, found);
                    self.constraints(left, right, found);
                }
            }
            (Lookup::Found(left), Lookup::Absent) if counts(left) && left.made.is_some() => {
                found.push(Difference {
                    kind: DifferenceKind::Extra,
                    object,
                    left: Some(table_text(left, self.dialect)),
                    right: None,
                    left_made: left.made,
                    right_made: None,
                })
            }
            (Lookup::Absent, Lookup::Found(right)) if counts(right) && right.made.is_some() => {
                found.push(Difference {
                    kind: DifferenceKind::Missing,
                    object,
                    left: None,
                    right: Some(table_text(right, self.dialect)),
                    left_made: None,
                    right_made: right.made,
                })
            }
            (Lookup::Found(_) | Lookup::Absent | Lookup::Unknown, _) => {}
        }
    }

    fn table_itself(&self, object: &ObjectRef, left: &Table, right: &Table, found: &mut Vec<Difference>) {
        // Of what is older than the history only its columns are known.
        if left.made.is_none() || right.made.is_none() || left.open || right.open {
            return;
        }
        let (one, other) = (shape::table(left, self.left.catalog), shape::table(right, self.right.catalog));
        let made = (left.made, right.made);
        if !one.same(&other) {
            found.push(differing(DifferenceKind::Definition, object, one.shown(), other.shown(), made));
        }
        comments(object, (left.notes.comment.as_ref(), right.notes.comment.as_ref()), made, found);
    }

    fn constraints(&self, left: &Table, right: &Table, found: &mut Vec<Difference>) {
        if left.made.is_none() || right.made.is_none() || self.dialect == Dialect::Mysql {
            return;
        }
        let all = |table: &Table, side: &Side<'_>| -> Vec<Named> {
            let counted = table.constraints.iter().filter(|(_, constraint)| {
                // Before PostgreSQL 18 a NOT NULL has no name; it is told with its column.
                !matches!(constraint.kind, ConstraintKind::NotNull(_))
            });
            counted
                .map(|(ident, constraint)| Named {
                    ident: ident.clone(),
                    generated: self.is_generated(ident, constraint),
                    shape: shape::constraint(constraint, side.catalog),
                    constraint: constraint.clone(),
                })
                .collect()
        };
        let (mut ours, mut theirs) = (all(left, &self.left), all(right, &self.right));
        let mut pairs = Vec::new();
        let same_name = |one: &Named, other: &Named| one.ident == other.ident;
        let alike = |one: &Named, other: &Named| one.shape.same(&other.shape);
        let either = |one: &Named, other: &Named| {
            alike(one, other) && ((one.generated && other.generated) || self.dialect == Dialect::Sqlite)
        };
        take_pairs(&mut ours, &mut theirs, &mut pairs, |one, other| {
            same_name(one, other) && alike(one, other)
        });
        take_pairs(&mut ours, &mut theirs, &mut pairs, either);
        take_pairs(&mut ours, &mut theirs, &mut pairs, same_name);
        for (one, other) in &pairs {
            let object = constraint_ref(&right.name, &other.ident);
            let made = (one.constraint.made, other.constraint.made);
            if !alike(one, other) {
                let (left_text, right_text) = (one.shape.shown(), other.shape.shown());
                found.push(differing(DifferenceKind::Definition, &object, left_text, right_text, made));
            }
            let said = (one.constraint.comment.as_ref(), other.constraint.comment.as_ref());
            comments(&object, said, made, found);
        }
        let whole = |table: &Table, side: &Side<'_>| !table.open && !side.catalog.unclear;
        for one in ours.iter().filter(|one| one.constraint.made.is_some()) {
            if whole(right, &self.right) || right.gone_constraints.contains(&one.ident) {
                let object = constraint_ref(&left.name, &one.ident);
                found.push(Difference {
                    kind: DifferenceKind::Extra,
                    object,
                    left: Some(one.shape.shown()),
                    right: None,
                    left_made: one.constraint.made,
                    right_made: right.made,
                });
            }
        }
        for other in theirs.iter().filter(|other| other.constraint.made.is_some()) {
            if whole(left, &self.left) || left.gone_constraints.contains(&other.ident) {
                let object = constraint_ref(&right.name, &other.ident);
                found.push(Difference {
                    kind: DifferenceKind::Missing,
                    object,
                    left: None,
                    right: Some(other.shape.shown()),
                    left_made: left.made,
                    right_made: other.constraint.made,
                });
            }
        }
    }

    /// Whether the server made a constraint's name up, or could have.
    fn is_generated(&self, ident: &Ident, constraint: &Constraint) -> bool {
        constraint.name.is_none() || ends_with_label(ident.key(), constraint.kind.label())
    }

    fn columns(&self, left: &Table, right: &Table, found: &mut Vec<Difference>) {
        let mut seen = BTreeSet::new();
        for name in left.columns.iter().chain(&right.columns).map(|member| &member.column.name) {
            if !seen.insert(name) {
                continue;
            }
            let object = ObjectRef {
                kind: ObjectKind::Column,
                name: Name::bare(name.clone()),
                on: Some(left.name.clone()),
            };
            match (left.column(name.key()), right.column(name.key())) {
                (Lookup::Found(one), Lookup::Found(other)) => {
                    self.column(&object, (left, one), (right, other), found)
                }
                (Lookup::Found(one), Lookup::Absent)
                    if one.made.is_some() && self.right.lacks_column(right, name) =>
                {
                    found.push(Difference {
                        kind: DifferenceKind::Extra,
                        object,
                        left: Some(column_text(&one.column, self.dialect)),
                        right: None,
                        left_made: one.made,
                        right_made: right.made,
                    })
                }
                (Lookup::Absent, Lookup::Found(other))
                    if other.made.is_some() && self.left.lacks_column(left, name) =>
                {
                    found.push(Difference {
                        kind: DifferenceKind::Missing,
                        object,
                        left: None,
                        right: Some(column_text(&other.column, self.dialect)),
                        left_made: left.made,
                        right_made: other.made,
                    })
                }
                (Lookup::Found(_) | Lookup::Absent | Lookup::Unknown, _) => {}
            }
        }
    }

    fn column(
        &self,
        object: &ObjectRef,
        left: (&Table, &Member),
        right: (&Table, &Member),
        found: &mut Vec<Difference>,
    ) {
        let (one, other) = (&left.1.column, &right.1.column);
        let mut push = |kind, left_text: String, right_text: String| {
            let some = |text: String| (!text.is_empty()).then_some(text);
            found.push(Difference {
                kind,
                object: object.clone(),
                left: some(left_text),
                right: some(right_text),
                left_made: left.1.made,
                right_made: right.1.made,
            });
        };
        if !self.same_type(one, other) {
            push(DifferenceKind::Type, shown_type(one, self.dialect), shown_type(other, self.dialect));
        }
        let nullable = |known: Option<bool>, table: &Table| match known {
            Some(false) if self.dialect == Dialect::Sqlite && is_rowid(table, object.name.ident.key()) => {
                Some(true)
            }
            known => known,
        };
        if let (Some(refuses), Some(other_refuses)) =
            (nullable(one.not_null, left.0), nullable(other.not_null, right.0))
            && refuses != other_refuses
        {
            push(DifferenceKind::Nullability, shown_nullability(one), shown_nullability(other));
        }
        let known = |column: &Column| column.not_null.is_some();
        let (from, other_from) = (Given::of(one, self.dialect), Given::of(other, self.dialect));
        if known(one) && known(other) && !self.same_given(object, &from, &other_from) {
            push(
                DifferenceKind::Default,
                from.text().unwrap_or_default(),
                other_from.text().unwrap_or_default(),
            );
        } else if known(one)
            && known(other)
            && let Some((ours, theirs)) = self.sequences(object)
        {
            push(DifferenceKind::Default, ours, theirs);
        }
        let (ours, theirs) = (details(one), details(other));
        if known(one) && known(other) && ours != theirs {
            push(DifferenceKind::Definition, ours, theirs);
        }
        let made = (left.1.made, right.1.made);
        if left.1.made.is_some() && right.1.made.is_some() {
            comments(object, (left.1.comment.as_ref(), right.1.comment.as_ref()), made, found);
        }
    }

    /// The options of the sequence that a column owns.
    fn sequences(&self, object: &ObjectRef) -> Option<(String, String)> {
        let table = object.on.as_ref()?;
        let of = |side: &Side<'_>| {
            side.owners.get(&(table, &object.name.ident)).map(|sequence| shape::sequence(sequence))
        };
        let (one, other) = (of(&self.left)?, of(&self.right)?);
        (!one.same(&other)).then(|| (one.shown(), other.shown()))
    }

    fn same_type(&self, left: &Column, right: &Column) -> bool {
        let same = |one: &Type, other: &Type| {
            canonical::same_type(
                &canonical::without_serial(one),
                &canonical::without_serial(other),
                self.dialect,
            )
        };
        match (&left.ty, &right.ty) {
            (Some(one), Some(other)) => same(one, other),
            (None, None) => true,
            // SQLite takes columns without a type; elsewhere it is not known.
            (Some(_), None) | (None, Some(_)) => {
                self.dialect != Dialect::Sqlite || left.not_null.is_none() || right.not_null.is_none()
            }
        }
    }

    fn same_given(&self, object: &ObjectRef, left: &Given, right: &Given) -> bool {
        // What a sequence is called that belongs to the column makes no difference.
        let owns = |side: &Side<'_>| {
            object.on.as_ref().is_some_and(|table| side.owners.contains_key(&(table, &object.name.ident)))
        };
        if left.is_nextval() && right.is_nextval() && owns(&self.left) && owns(&self.right) {
            return true;
        }
        match (left, right) {
            (Given::Default(one), Given::Default(other)) => canonical::same(one, other),
            (Given::Computed(one, stored), Given::Computed(other, other_stored)) => {
                stored == other_stored && canonical::same(one, other)
            }
            (Given::Nowhere | Given::Default(_) | Given::Identity(_) | Given::Computed(..), _) => {
                left == right
            }
        }
    }

    pub(super) fn indexes(&self, found: &mut Vec<Difference>) {
        // In MySQL they are not followed.
        if self.dialect == Dialect::Mysql {
            return;
        }
        let own = |side: &Side<'_>| -> BTreeMap<Name, Index> {
            let indexes =
                side.catalog.indexes().filter(|index| index.constraint.is_none() && index.made.is_some());
            indexes
                .filter(|index| self.is_compared(index))
                .map(|index| (index.name.clone(), index.clone()))
                .collect()
        };
        let (mut left, mut right) = (own(&self.left), own(&self.right));
        self.pair_generated(&mut left, &mut right);
        let names: BTreeSet<Name> = left.keys().chain(right.keys()).cloned().collect();
        for name in names {
            let difference = match (left.get(&name), right.get(&name)) {
                (Some(one), Some(other)) => {
                    let said = (one.notes.comment.as_ref(), other.notes.comment.as_ref());
                    comments(&index_ref(other), said, (one.made, other.made), found);
                    self.index(one, other)
                }
                (Some(one), None) => self.only(one, &self.right).then(|| only_left(one, self.dialect)),
                (None, Some(other)) => self.only(other, &self.left).then(|| only_right(other, self.dialect)),
                (None, None) => None,
            };
            found.extend(difference);
        }
    }

    /// Whether the table of an index is known to both sides: where one lacks it, that says everything.
    fn is_compared(&self, index: &Index) -> bool {
        let both = [&self.left, &self.right];
        index.table.as_ref().is_some_and(|name| {
            both.iter().all(|side| match side.catalog.relation(name) {
                Lookup::Found(Relation::Table(table)) => counts(table),
                Lookup::Found(Relation::View(_)) => true,
                Lookup::Found(Relation::Index(_) | Relation::Sequence(_))
                | Lookup::Absent
                | Lookup::Unknown => false,
            })
        })
    }

    fn only(&self, index: &Index, lacking: &Side<'_>) -> bool {
        index.table.as_ref().is_some_and(|table| lacking.lacks_index(&index.name, table))
    }

    /// Takes away, pair by pair, indexes that are the same but for names that the server made up on both sides.
    fn pair_generated(&self, left: &mut BTreeMap<Name, Index>, right: &mut BTreeMap<Name, Index>) {
        let unmatched: Vec<Name> = left
            .iter()
            .filter(|(name, index)| is_generated_index(index) && !right.contains_key(name))
            .map(|(name, _)| name.clone())
            .collect();
        for name in unmatched {
            let Some(one) = left.get(&name) else { continue };
            let twin = right.iter().find(|(other_name, other)| {
                is_generated_index(other)
                    && !left.contains_key(*other_name)
                    && other.table == one.table
                    && shape::index(one, self.dialect).same(&shape::index(other, self.dialect))
            });
            if let Some(twin) = twin.map(|(name, _)| name.clone()) {
                left.remove(&name);
                right.remove(&twin);
            }
        }
    }

    fn index(&self, left: &Index, right: &Index) -> Option<Difference> {
        let shape = |side: &Side<'_>, index: &Index| shape::index(&side.plain(index), self.dialect);
        let same = || shape(&self.left, left).same(&shape(&self.right, right));
        if left.table == right.table && same() {
            return None;
        }
        Some(Difference {
            kind: DifferenceKind::Definition,
            object: index_ref(right),
            left: Some(on_table(left, right, self.dialect)),
            right: Some(on_table(right, left, self.dialect)),
            left_made: left.made,
            right_made: right.made,
        })
    }
}

/// A constraint with its name.
struct Named {
    ident: Ident,
    generated: bool,
    shape: Shape,
    constraint: Constraint,
}

/// Takes from both lists those that belong together.
fn take_pairs(
    left: &mut Vec<Named>,
    right: &mut Vec<Named>,
    pairs: &mut Vec<(Named, Named)>,
    together: impl Fn(&Named, &Named) -> bool,
) {
    let mut at = 0;
    while at < left.len() {
        match right.iter().position(|other| together(&left[at], other)) {
            Some(twin) => pairs.push((left.remove(at), right.remove(twin))),
            None => at += 1,
        }
    }
}

fn constraint_ref(table: &Name, ident: &Ident) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Constraint, name: Name::bare(ident.clone()), on: Some(table.clone()) }
}

/// `t_a_key`, `t_a_key1`: what the server makes up ends so.
fn ends_with_label(name: &str, label: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.strip_suffix(label).is_some_and(|rest| rest.ends_with('_'))
}

fn is_generated_index(index: &Index) -> bool {
    index.generated_name || ends_with_label(index.name.ident.key(), "idx")
}

/// Temporary tables are nobody's schema.
fn counts(table: &Table) -> bool {
    !table.temporary
}

/// SQLite: whether a column is the table's rowid, which is never NULL whatever is written.
fn is_rowid(table: &Table, column: &str) -> bool {
    let integer = table
        .column(column)
        .found()
        .and_then(|member| member.column.ty.as_ref())
        .is_some_and(|ty| ty.name == "integer");
    integer && table.primary_key().is_some_and(|key| matches!(key, [only] if *only == *column))
}

fn table_text(table: &Table, dialect: Dialect) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|member| {
            format!("{} {}", member.column.name, column_text(&member.column, dialect)).trim_end().to_owned()
        })
        .collect();
    format!("({})", columns.join(", "))
}

fn index_ref(index: &Index) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Index, name: index.name.clone(), on: index.table.clone() }
}

/// What an index is, with its table where that is another one than on the other side.
fn on_table(index: &Index, other: &Index, dialect: Dialect) -> String {
    let text = shape::index(index, dialect).shown();
    match &index.table {
        Some(table) if index.table != other.table => format!("ON {table} {text}"),
        Some(_) | None => text,
    }
}

fn only_left(index: &Index, dialect: Dialect) -> Difference {
    Difference {
        kind: DifferenceKind::Extra,
        object: index_ref(index),
        left: Some(shape::index(index, dialect).shown()),
        right: None,
        left_made: index.made,
        right_made: None,
    }
}

fn only_right(index: &Index, dialect: Dialect) -> Difference {
    Difference {
        kind: DifferenceKind::Missing,
        object: index_ref(index),
        left: None,
        right: Some(shape::index(index, dialect).shown()),
        left_made: None,
        right_made: index.made,
    }
}
