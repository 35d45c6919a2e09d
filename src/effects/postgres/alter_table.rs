//! ALTER TABLE, which is priced as one statement: the strongest lock of its actions, and one pass over the rows for all of them.

use super::{AccessExclusive, AccessShare, Share, ShareRowExclusive, ShareUpdateExclusive, Work, volatile};
use crate::effects::{Around, Effects, LockMode};
use crate::ops::{AlterColumn, ColumnDef, Session, TableOption, TableTarget, resolve};
use crate::schema::{
    Catalog, Constraint, ConstraintKind, Expr, ForeignKey, GeneratedKind, Ident, Lookup, Name, ObjectKind,
    Table, TypeKind,
};

/// Why every old row is written anew when a column is added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Filled {
    /// A serial type.
    Serial,
    /// GENERATED … AS IDENTITY.
    Identity,
    /// GENERATED ALWAYS AS (…) STORED.
    Generated,
    /// Its type is a domain that has constraints.
    Domain,
    /// Its default may be another value in each row.
    Volatile {
        /// The function that makes it so.
        call: Option<String>,
        /// Else only how the function was declared is not known.
        sure: bool,
    },
    /// Any default, before PostgreSQL 11.
    Constant,
}

/// Why every old row is written anew when a column is added to a table that has rows; None where none is, or where that is not known.
pub fn filled(def: &ColumnDef, before: &Catalog, session: &Session) -> Option<Filled> {
    let around = Around { before, after: before, session, outcomes: &[], foreign_keys: false };
    let work = Work { around: &around, effects: Effects::default() };
    if let Some(known) = work.fills_rows(def) {
        return known;
    }
    // A function that is not known is volatile, unless somebody declared that it is not.
    let default = def.column.default.as_ref().filter(|_| def.column.generated.is_none())?;
    let call = volatile::call(default, before, session, None)?;
    if !before.functions(&resolve(before, session, &Name::of_call(&call))).is_empty() {
        // Its declaration is known, and does not settle it.
        return None;
    }
    Some(Filled::Volatile { call: Some(call), sure: false })
}

impl Work<'_> {
    /// The tables that an action works on: the table, and but for ONLY its partitions and heirs.
    fn reached(&self, table: &TableTarget) -> Vec<Name> {
        let name = self.resolve(&table.name);
        if table.only { vec![name] } else { self.family(&name) }
    }

    pub(super) fn add_column(&mut self, table: &TableTarget, def: &ColumnDef, skipped: bool) {
        let name = self.resolve(&table.name);
        if skipped {
            self.lock(&name, AccessExclusive);
            return;
        }
        let family = self.reached(table);
        self.lock_all(family.clone(), AccessExclusive);
        let constraints = || def.constraints.iter();
        let checks = constraints()
            .any(|constraint| matches!(constraint.kind, ConstraintKind::Check(_)) && is_enforced(constraint));
        let rewrites = self.fills_rows(def).map(|filled| filled.is_some());
        for member in &family {
            match rewrites {
                Some(true) => self.rewrite(member),
                Some(false) => {}
                None => self.effects.unknown.rewrites = true,
            }
            if checks || rewrites == Some(false) && self.is_checked_for_null(def) {
                self.scan(member);
            }
            self.build_new(member);
        }
        for constraint in constraints() {
            match &constraint.kind {
                ConstraintKind::ForeignKey(key) => {
                    // Where every old row has NULL there is nothing to look for.
                    let validates = is_enforced(constraint) && def.column.default.is_some();
                    self.refers(&name, key, validates);
                }
                ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } => {
                    self.key_on_partitions(&name)
                }
                ConstraintKind::Check(_) | ConstraintKind::Exclude(_) | ConstraintKind::NotNull(_) => {}
            }
        }
    }

    /// Why a new column is written into every row, if it is; None where that is not known. Since 11 a default that is the same for all of
    /// them stands in the catalog.
    fn fills_rows(&self, def: &ColumnDef) -> Option<Option<Filled>> {
        let column = &def.column;
        if column.ty.as_ref().is_some_and(crate::schema::Type::is_serial) {
            return Some(Some(Filled::Serial));
        }
        if column.identity.is_some() {
            return Some(Some(Filled::Identity));
        }
        if let Some(generated) = &column.generated {
            let stored = match generated.kind {
                GeneratedKind::Stored => true,
                GeneratedKind::Virtual => false,
                GeneratedKind::Unsaid => !self.at_least(18),
            };
            return Some(stored.then_some(Filled::Generated));
        }
        let (domain_default, constrained) = match column.ty.as_ref().map(|ty| self.domain(ty)) {
            Some(Some(domain)) => domain,
            // Where a type comes from elsewhere, it may be a domain.
            Some(None) => return None,
            None => (None, false),
        };
        if constrained {
            return Some(Some(Filled::Domain));
        }
        let default = column.default.clone().or(domain_default).filter(|default| !default.is_null());
        let Some(default) = default else { return Some(None) };
        if !self.at_least(11) {
            return Some(Some(Filled::Constant));
        }
        let (before, session) = (self.before(), self.around.session);
        match volatile::is_volatile(&default, before, session) {
            Some(true) => {
                let call = volatile::call(&default, before, session, Some(true));
                Some(Some(Filled::Volatile { call, sure: true }))
            }
            Some(false) => Some(None),
            None => None,
        }
    }

    /// The default of a type that may be a domain, and whether it has constraints; through all domains that it stands on. None where
    /// that is not known.
    fn domain(&self, ty: &crate::schema::Type) -> Option<(Option<Expr>, bool)> {
        let (mut default, mut constrained) = (None, false);
        let mut ty = ty.clone();
        // A domain cannot stand on itself; a limit all the same.
        for _ in 0..32 {
            if ty.dimensions > 0 {
                break;
            }
            let name = self.type_name(&ty);
            match self.before().type_entry(&name) {
                Lookup::Found(entry) => match &entry.kind {
                    TypeKind::Domain { ty: base, default: own, not_null, constraints, .. } => {
                        default = default.or_else(|| own.clone());
                        constrained |= *not_null || !constraints.is_empty();
                        ty = base.clone();
                    }
                    TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Other(_) => break,
                },
                Lookup::Absent => break,
                Lookup::Unknown if ty.schema.is_none() && super::retype::is_built_in(&ty) => break,
                Lookup::Unknown => return None,
            }
        }
        Some((default, constrained))
    }

    /// Whether the rows are read to see that none is NULL: where neither they nor the catalog were given a value.
    fn is_checked_for_null(&self, def: &ColumnDef) -> bool {
        if def.column.not_null != Some(true) {
            return false;
        }
        let computed = def.column.generated.is_some();
        computed || def.column.default.as_ref().is_none_or(Expr::is_null)
    }

    pub(super) fn alter_column(&mut self, table: &TableTarget, column: &Ident, change: &AlterColumn) {
        let name = self.resolve(&table.name);
        let family = self.reached(table);
        match change {
            AlterColumn::Type { ty, using, collation } => {
                self.lock_all(family.clone(), AccessExclusive);
                for member in family {
                    self.retype(&member, column, ty, using.as_ref(), collation.as_deref());
                }
            }
            AlterColumn::SetNotNull => {
                self.lock_all(family.clone(), AccessExclusive);
                for member in family {
                    self.refuse_null(&member, column);
                }
            }
            AlterColumn::SetDefault(_)
            | AlterColumn::DropDefault
            | AlterColumn::DropNotNull
            | AlterColumn::DropExpression(_) => self.lock_all(family, AccessExclusive),
            AlterColumn::AddIdentity { .. } => {
                let family = self.partitions(&name);
                self.lock_all(family, AccessExclusive);
            }
            AlterColumn::SetIdentity { .. } => {
                self.lock(&name, AccessExclusive);
                let sequences = self.sequences_of(&name, Some(column));
                self.lock_all(sequences, ShareRowExclusive);
            }
            AlterColumn::DropIdentity(_) => {
                self.lock(&name, AccessExclusive);
                let sequences = self.sequences_of(&name, Some(column));
                self.lock_all(sequences, AccessExclusive);
            }
            AlterColumn::SetExpression(_) => {
                self.lock_all(family.clone(), AccessExclusive);
                for member in family {
                    let stored = self.table(&member).and_then(|table| table.column(column.key()).found());
                    let generated = stored.and_then(|member| member.column.generated.as_ref());
                    let is_stored = generated.map(|generated| match generated.kind {
                        GeneratedKind::Stored => true,
                        GeneratedKind::Virtual => false,
                        GeneratedKind::Unsaid => !self.at_least(18),
                    });
                    match is_stored {
                        Some(true) => self.rewrite(&member),
                        Some(false) => {}
                        None => self.effects.unknown.rewrites = true,
                    }
                }
            }
            AlterColumn::Setting("statistics", _) => self.lock_all(family, ShareUpdateExclusive),
            AlterColumn::Setting(..) | AlterColumn::Redefine(_) => self.lock_all(family, AccessExclusive),
            AlterColumn::Option(_) => self.lock(&name, ShareUpdateExclusive),
        }
    }

    /// SET NOT NULL reads the table, unless it is known that no row has NULL.
    pub(super) fn refuse_null(&mut self, table: &Name, column: &Ident) {
        let known = self.table(table);
        let refuses = known
            .and_then(|table| table.column(column.key()).found())
            .is_some_and(|member| member.column.not_null == Some(true));
        let promised = || {
            let is_not_valid = |constraint: &Constraint| {
                constraint.not_valid
                    && matches!(&constraint.kind, ConstraintKind::NotNull(Some(known)) if known == column)
            };
            known
                .is_some_and(|table| table.constraints.iter().any(|(_, constraint)| is_not_valid(constraint)))
        };
        if refuses && !promised() {
            return;
        }
        if self.at_least(12) && known.is_some_and(|known| self.is_implied(known, column)) {
            return;
        }
        self.scan(table);
    }

    /// Whether a valid CHECK, which the statement does not drop, says that a column is not NULL.
    fn is_implied(&self, table: &Table, column: &Ident) -> bool {
        let stays = |name: &Ident| {
            self.after()
                .table(&table.name)
                .found()
                .is_none_or(|after| after.constraint(name.key()).found().is_some())
        };
        table.constraints.iter().any(|(name, constraint)| match &constraint.kind {
            ConstraintKind::Check(expr) => {
                !constraint.not_valid && is_enforced(constraint) && says_not_null(expr, column) && stays(name)
            }
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => false,
        })
    }

    pub(super) fn add_constraint(&mut self, table: &TableTarget, constraint: &Constraint, skipped: bool) {
        let name = self.resolve(&table.name);
        let looks = !skipped && !constraint.not_valid && is_enforced(constraint);
        match &constraint.kind {
            ConstraintKind::Check(_) => {
                let own = table.only || constraint.attributes.iter().any(|word| word == "NO INHERIT");
                let family = if own { vec![name] } else { self.family(&name) };
                self.lock_all(family.clone(), AccessExclusive);
                for member in family.iter().filter(|_| looks) {
                    self.scan(member);
                }
            }
            ConstraintKind::NotNull(column) => {
                let family = self.reached(table);
                self.lock_all(family.clone(), AccessExclusive);
                for member in family.iter().filter(|_| looks) {
                    if let Some(column) = column {
                        self.refuse_null(member, column);
                    }
                }
            }
            ConstraintKind::PrimaryKey { columns, using_index, .. } => {
                self.key(&name, constraint, using_index.as_ref());
                let columns = match using_index {
                    Some(index) => self.key_columns(&name, index),
                    None => columns.clone(),
                };
                for member in self.partitions(&name) {
                    for column in &columns {
                        self.refuse_null(&member, column);
                    }
                }
            }
            ConstraintKind::Unique { using_index, .. } => self.key(&name, constraint, using_index.as_ref()),
            ConstraintKind::Exclude(_) => self.key(&name, constraint, None),
            ConstraintKind::ForeignKey(key) => {
                let family = self.partitions(&name);
                let (held, asked): (Vec<&Name>, Vec<&Name>) = family
                    .iter()
                    .filter(|member| !self.is_partitioned(member))
                    .partition(|member| **member != name && self.at_least(12) && self.holds(member, key));
                let (is_taken, is_asked) = (!held.is_empty(), !asked.is_empty());
                if is_taken {
                    // The triggers of the partition's own go.
                    let parents = self.partitions(&self.resolve(&key.table));
                    self.lock_all(parents, AccessExclusive);
                }
                self.lock_all(family, ShareRowExclusive);
                self.refers(&name, key, looks && is_asked);
            }
        }
    }

    /// Whether a partition's rows were checked against a foreign key before its parent gets it: the partition's own becomes a part of the
    /// new one (source: `tryAttachPartitionForeignKey` in PostgreSQL's tablecmds.c).
    fn holds(&self, partition: &Name, key: &ForeignKey) -> bool {
        let parent = self.resolve(&key.table);
        let is_same = |own: &ForeignKey| {
            own.columns == key.columns
                && own.table == parent
                && (own.referenced == key.referenced
                    || own.referenced.is_empty()
                    || key.referenced.is_empty())
                && (own.on_delete, own.on_update) == (key.on_delete, key.on_update)
        };
        self.table(partition).is_some_and(|table| {
            let mut own = table.constraints.iter().filter(|(_, own)| !own.not_valid && is_enforced(own));
            own.any(|(_, own)| own.kind.foreign_key().is_some_and(is_same))
        })
    }

    /// A constraint that an index serves: a new one, or one that is there.
    fn key(&mut self, table: &Name, constraint: &Constraint, using: Option<&Ident>) {
        self.lock(table, AccessExclusive);
        match using {
            Some(index) => {
                let full = Name { schema: table.schema.clone(), ident: index.clone() };
                // The index takes the constraint's name.
                let mode = match &constraint.name {
                    Some(name) if name != index && self.at_least(12) => ShareUpdateExclusive,
                    Some(name) if name != index => AccessExclusive,
                    Some(_) | None => AccessShare,
                };
                self.lock(&full, mode);
            }
            None => {
                self.key_on_partitions(table);
                for member in self.family(table) {
                    self.build_new(&member);
                    self.lock_taken(&member, Share);
                }
            }
        }
    }

    /// A key of a partitioned table is one of each partition.
    fn key_on_partitions(&mut self, table: &Name) {
        let mode = if self.at_least(18) { AccessExclusive } else { Share };
        for member in self.partitions(table).into_iter().filter(|member| member != table) {
            self.lock(&member, mode);
        }
    }

    fn key_columns(&self, table: &Name, index: &Ident) -> Vec<Ident> {
        let full = Name { schema: table.schema.clone(), ident: index.clone() };
        let index = self.before().index(&full).found();
        index.map_or_else(Vec::new, |index| {
            index.keys.iter().filter_map(|key| key.column()).map(Ident::exact).collect()
        })
    }

    /// A foreign key is made: the table that it refers to is locked as well, and both are read where the rows are checked.
    pub(super) fn refers(&mut self, table: &Name, key: &ForeignKey, checks: bool) {
        let parent = self.resolve(&key.table);
        let family = self.partitions(&parent);
        self.lock_all(family, ShareRowExclusive);
        if checks {
            self.check_rows(table, &parent);
        }
    }

    /// Looks up every row of a table in the one that it refers to, by a query.
    pub(super) fn check_rows(&mut self, table: &Name, parent: &Name) {
        for name in [table, parent] {
            self.plan(name, AccessShare);
            for member in self.family(name) {
                self.scan(&member);
            }
        }
    }

    pub(super) fn drop_constraint(
        &mut self,
        table: &TableTarget,
        constraint: &Ident,
        cascade: bool,
        skipped: bool,
    ) {
        let name = self.resolve(&table.name);
        self.lock(&name, AccessExclusive);
        if skipped {
            return;
        }
        let known = self.table(&name).map(|table| table.constraint(constraint.key()));
        let Some(Lookup::Found(found)) = known else {
            self.effects.unknown.locks = true;
            return;
        };
        let has_heirs = match &found.kind {
            ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => !table.only,
            ConstraintKind::ForeignKey(_)
            | ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Exclude(_) => self.is_partitioned(&name),
        };
        let family = if has_heirs { self.family(&name) } else { vec![name.clone()] };
        self.lock_all(family.clone(), AccessExclusive);
        if let Some(key) = found.kind.foreign_key() {
            let parent = self.resolve(&key.table);
            let parents = self.partitions(&parent);
            self.lock_all(parents, AccessExclusive);
        }
        for member in family {
            let served: Vec<Name> = self
                .before()
                .indexes_of(&member)
                .filter(|index| index.constraint.as_ref() == Some(constraint) || self.is_part_of_gone(index))
                .map(|index| index.name.clone())
                .collect();
            self.lock_all(served, AccessExclusive);
        }
        if cascade {
            self.taken_along();
        }
    }

    /// Whether an index is there no more after the statement, with the one that it is a part of.
    fn is_part_of_gone(&self, index: &crate::schema::Index) -> bool {
        index.parent.is_some() && self.after().index(&index.name).found().is_none()
    }

    pub(super) fn validate(&mut self, table: &TableTarget, constraint: &Ident) {
        let name = self.resolve(&table.name);
        self.lock(&name, ShareUpdateExclusive);
        let Some(known) = self.table(&name) else { return };
        // One that the statement itself made is in the catalog after it only.
        let made = || self.after().table(&name).and_then(|after| after.constraint(constraint.key()));
        let found = match (known.constraint(constraint.key()), made()) {
            (Lookup::Found(found), _) if !found.not_valid => return,
            (Lookup::Found(found), _) | (Lookup::Absent, Lookup::Found(found)) => found,
            (Lookup::Absent | Lookup::Unknown, _) => {
                self.effects.unknown.scans = true;
                return;
            }
        };
        match &found.kind {
            ConstraintKind::ForeignKey(key) => {
                let parent = self.resolve(&key.table);
                self.lock(&parent, LockMode::RowShare);
                self.check_rows(&name, &parent);
            }
            ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => {
                let family = self.reached(table);
                self.lock_all(family.clone(), ShareUpdateExclusive);
                family.iter().for_each(|member| self.scan(member));
            }
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Exclude(_) => {}
        }
    }

    pub(super) fn alter_constraint(
        &mut self,
        table: &TableTarget,
        constraint: &Ident,
        attributes: &[String],
    ) {
        let name = self.resolve(&table.name);
        self.lock(&name, AccessExclusive);
        let key = self
            .table(&name)
            .and_then(|table| table.constraint(constraint.key()).found())
            .and_then(|found| Some((found.kind.foreign_key()?, is_enforced(found))));
        let enforces = attributes.iter().any(|word| word == "ENFORCED");
        let relaxes = attributes.iter().any(|word| word == "NOT ENFORCED");
        if let Some((key, was)) = key.filter(|_| enforces || relaxes) {
            let parent = self.resolve(&key.table);
            self.lock(&parent, AccessExclusive);
            if enforces && !was {
                self.check_rows(&name, &parent);
            }
        }
    }

    pub(super) fn rename_constraint(&mut self, table: &TableTarget, from: &Ident) {
        if !table.kind.is_relation() {
            return;
        }
        let name = self.resolve(&table.name);
        let found = self.table(&name).and_then(|table| table.constraint(from.key()).found());
        let inherits = found.is_some_and(|found| matches!(found.kind, ConstraintKind::Check(_)));
        let family = if inherits { self.reached(table) } else { vec![name.clone()] };
        self.lock_all(family, AccessExclusive);
        let mode = if self.at_least(12) { ShareUpdateExclusive } else { AccessExclusive };
        let served: Vec<Name> = self
            .before()
            .indexes_of(&name)
            .filter(|index| index.constraint.as_ref() == Some(from))
            .map(|index| index.name.clone())
            .collect();
        self.lock_all(served, mode);
    }

    pub(super) fn set_option(&mut self, table: &TableTarget, option: &TableOption) {
        let name = self.resolve(&table.name);
        match option {
            TableOption::Trigger { rule: false, .. } => {
                let family = if table.only { vec![name] } else { self.partitions(&name) };
                self.lock_all(family, ShareRowExclusive);
            }
            TableOption::Parameters(parameters) => {
                let weak = parameters.iter().all(|(parameter, _)| is_weak(parameter));
                let is_view = self.before().view(&name).found().is_some_and(|view| !view.materialized);
                let mode = if weak && !is_view { ShareUpdateExclusive } else { AccessExclusive };
                self.lock(&name, mode);
            }
            TableOption::ClusterOn(index) => {
                self.lock(&name, ShareUpdateExclusive);
                if let Some(index) = index {
                    let index = Name { schema: name.schema.clone(), ident: index.clone() };
                    self.lock(&index, ShareUpdateExclusive);
                }
            }
            TableOption::ReplicaIdentity(what) => {
                self.lock(&name, AccessExclusive);
                if let Some(index) = what.strip_prefix("USING INDEX ") {
                    let index =
                        Name { schema: name.schema.clone(), ident: Ident::exact(index.to_lowercase()) };
                    self.lock(&index, Share);
                }
            }
            TableOption::Logged(logged) => {
                self.lock(&name, AccessExclusive);
                if self.table(&name).is_none_or(|table| table.unlogged == *logged) {
                    self.rewrite(&name);
                    if self.at_least(15) {
                        let sequences = self.sequences_of(&name, None);
                        self.lock_all(sequences, AccessExclusive);
                    }
                }
            }
            TableOption::Tablespace(space) => {
                self.lock(&name, AccessExclusive);
                let is_table = matches!(table.kind, ObjectKind::Table | ObjectKind::MaterializedView);
                if !space.eq_ignore_ascii_case("pg_default") && is_table && !self.is_partitioned(&name) {
                    // Copied block by block: nothing looks at the rows.
                    self.effects.rewrites.insert(name.clone());
                    self.effects.moved.insert(name);
                }
            }
            TableOption::AccessMethod(method) => {
                self.lock(&name, AccessExclusive);
                if !matches!(method.to_ascii_lowercase().as_str(), "heap" | "default") {
                    self.rewrite(&name);
                }
            }
            TableOption::Inherit { parent, no } => {
                self.lock(&name, AccessExclusive);
                let parent = self.resolve(parent);
                self.lock(&parent, if *no { AccessShare } else { ShareUpdateExclusive });
            }
            TableOption::OfType(ty) => {
                self.lock(&name, AccessExclusive);
                if let Some(ty) = ty {
                    let ty = self.resolve(ty);
                    self.lock(&ty, AccessShare);
                }
            }
            TableOption::Trigger { rule: true, .. }
            | TableOption::RowSecurity(_)
            | TableOption::ForceRowSecurity(_)
            | TableOption::Other(_) => self.lock(&name, AccessExclusive),
        }
    }
}

/// Whether new rows are held to it.
pub(super) fn is_enforced(constraint: &Constraint) -> bool {
    !constraint.attributes.iter().any(|word| word == "NOT ENFORCED")
}

/// Whether a condition can only hold where a column is not NULL, as far as the server looks: `c IS NOT NULL`, alone or joined by AND
/// (source: `ConstraintImpliedByRelConstraint` in PostgreSQL's tablecmds.c).
fn says_not_null(expr: &Expr, column: &Ident) -> bool {
    match expr {
        Expr::Operator { operator, operands } if operator == "AND" => {
            operands.iter().any(|operand| says_not_null(operand, column))
        }
        Expr::Operator { operator, operands } if operator == "IS NOT NULL" => {
            matches!(operands.as_slice(), [Expr::Column(parts)] if parts.last().is_some_and(|part| part == column.key()))
        }
        Expr::Operator { .. }
        | Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => false,
    }
}

/// The storage parameters that are set without locking anybody out (source: `lockmode` in PostgreSQL's reloptions.c).
fn is_weak(parameter: &str) -> bool {
    let parameter = parameter.strip_prefix("toast.").unwrap_or(parameter);
    parameter.starts_with("autovacuum_")
        || matches!(
            parameter,
            "fillfactor"
                | "toast_tuple_target"
                | "parallel_workers"
                | "vacuum_index_cleanup"
                | "vacuum_truncate"
                | "vacuum_max_eager_freeze_failure_rate"
                | "log_autovacuum_min_duration"
                | "deduplicate_items"
                | "n_distinct"
                | "n_distinct_inherited"
        )
}
