//! What kind of object a name names, and which kinds a statement takes (source: PostgreSQL 15's answers; `ATSimplePermissions` and
//! `RangeVarCallbackForAlterRelation` in its tablecmds.c).

use super::{Outcome, Step};
use crate::ops::{AlterColumn, Conflict, TableOption};
use crate::schema::{Lookup, Name, ObjectKind, Relation, TypeEntry, TypeKind};

impl Step<'_> {
    /// A relation that the history made: what it is is certain.
    fn known_relation(&self, name: &Name) -> Option<&Relation> {
        self.catalog.relation(name).found().filter(|relation| self.postgres() && relation.made().is_some())
    }

    /// Why ALTER of this kind cannot be about what has the name. ALTER TABLE takes other relations too.
    pub(super) fn not_altered_as(&self, kind: ObjectKind, name: &Name) -> Option<Conflict> {
        if let Some(conflict) = self.is_composite(name) {
            return Some(conflict);
        }
        let there = self.known_relation(name)?.kind();
        let alone = [
            ObjectKind::View,
            ObjectKind::MaterializedView,
            ObjectKind::Sequence,
            ObjectKind::ForeignTable,
            ObjectKind::Index,
        ];
        let fits = !alone.contains(&kind) || there == kind;
        (!fits).then(|| wrong(name, kind, there))
    }

    /// Why ALTER … RENAME of this kind cannot: ALTER INDEX … RENAME takes every relation, RENAME COLUMN by ALTER VIEW too.
    pub(super) fn not_renamed_as(&self, kind: ObjectKind, name: &Name) -> Option<Conflict> {
        if kind == ObjectKind::Index { None } else { self.not_altered_as(kind, name) }
    }

    /// Why ALTER … SET SCHEMA of this kind cannot: an index is where its table is.
    pub(super) fn not_moved_as(&self, kind: ObjectKind, name: &Name) -> Option<Conflict> {
        let index = || {
            let there = self.known_relation(name)?.kind();
            let sentence = format!("`{name}` is an index: it is in the schema of its table");
            (there == ObjectKind::Index).then_some(Conflict::Other("42809", sentence))
        };
        self.not_altered_as(kind, name).or_else(index)
    }

    /// Why COMMENT ON this kind cannot be about what has the name.
    pub(super) fn not_commented_as(&self, kind: ObjectKind, name: &Name) -> Option<Conflict> {
        if let Some(conflict) = self.is_composite(name) {
            return Some(conflict);
        }
        let there = self.known_relation(name)?.kind();
        (there != kind).then(|| wrong(name, kind, there))
    }

    /// The name is a composite type's, which is no relation for those who alter tables.
    pub(super) fn is_composite(&self, name: &Name) -> Option<Conflict> {
        match self.catalog.type_entry(name) {
            Lookup::Found(TypeEntry { kind: TypeKind::Composite(_), made: Some(_), .. })
                if self.postgres() && self.catalog.relation(name).found().is_none() =>
            {
                Some(Conflict::Other(
                    "42809",
                    format!("`{name}` is a composite type: only statements about types change it"),
                ))
            }
            Lookup::Found(_) | Lookup::Absent | Lookup::Unknown => None,
        }
    }

    /// What ALTER TABLE says to a relation that is no table; those of these kinds it leaves alone.
    pub(super) fn only_tables(&self, name: &Name, besides: &[ObjectKind]) -> Outcome {
        match self.known_relation(name) {
            Some(Relation::Table(_)) | None => Outcome::Done,
            Some(other @ (Relation::View(_) | Relation::Index(_) | Relation::Sequence(_))) => {
                let kind = other.kind();
                if besides.contains(&kind) {
                    return Outcome::Done;
                }
                let sentence = format!("`{name}` is a {}: only a table can be altered so", kind.noun());
                Outcome::Refused(Conflict::Other("42809", sentence))
            }
        }
    }

    /// Why something on a table cannot be put on what has the name; relations of these kinds take it.
    pub(super) fn not_on(&self, name: &Name, what: &str, kinds: &[ObjectKind]) -> Option<Conflict> {
        let kind = self.known_relation(name)?.kind();
        (!kinds.contains(&kind)).then(|| {
            Conflict::Other("42809", format!("`{name}` is a {}: it cannot have {what}", kind.noun()))
        })
    }

    /// A table or view that has the name has a type of it too, which nobody alters or drops by itself.
    pub(super) fn is_row_type(&self, name: &Name, state: &'static str) -> Option<Conflict> {
        match self.known_relation(name)? {
            relation @ (Relation::Table(_) | Relation::View(_)) => {
                let noun = relation.kind().noun();
                Some(Conflict::Other(
                    state,
                    format!("`{name}` is the row type of a {noun}: it changes and goes with the {noun}"),
                ))
            }
            Relation::Index(_) | Relation::Sequence(_) => None,
        }
    }
}

fn wrong(name: &Name, wanted: ObjectKind, there: ObjectKind) -> Conflict {
    Conflict::Other("42809", format!("`{name}` is no {} but a {}", wanted.noun(), there.noun()))
}

/// Which relations besides tables take a change of a column.
pub(super) const fn altered_columns_of(change: &AlterColumn) -> &'static [ObjectKind] {
    match change {
        AlterColumn::SetDefault(_) | AlterColumn::DropDefault => &[ObjectKind::View],
        AlterColumn::Setting(..) | AlterColumn::Option(_) => {
            &[ObjectKind::MaterializedView, ObjectKind::Index]
        }
        AlterColumn::Type { .. }
        | AlterColumn::SetNotNull
        | AlterColumn::DropNotNull
        | AlterColumn::AddIdentity { .. }
        | AlterColumn::SetIdentity { .. }
        | AlterColumn::DropIdentity(_)
        | AlterColumn::SetExpression(_)
        | AlterColumn::DropExpression(_)
        | AlterColumn::Redefine(_) => &[],
    }
}

/// Which relations besides tables take an option.
pub(super) const fn options_of(option: &TableOption) -> &'static [ObjectKind] {
    match option {
        TableOption::Parameters(_) | TableOption::Other(_) => {
            &[ObjectKind::View, ObjectKind::MaterializedView, ObjectKind::Index, ObjectKind::Sequence]
        }
        TableOption::Tablespace(_) => &[ObjectKind::MaterializedView, ObjectKind::Index],
        TableOption::ReplicaIdentity(_) | TableOption::AccessMethod(_) | TableOption::ClusterOn(_) => {
            &[ObjectKind::MaterializedView]
        }
        TableOption::Logged(_) => &[ObjectKind::Sequence],
        TableOption::Trigger { .. }
        | TableOption::RowSecurity(_)
        | TableOption::ForceRowSecurity(_)
        | TableOption::Inherit { .. }
        | TableOption::OfType(_) => &[],
    }
}
