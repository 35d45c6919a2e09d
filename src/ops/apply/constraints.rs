//! Constraints, with the indexes behind them.

use std::sync::Arc;

use super::columns::{column_ref, member};
use super::expressions::Site;
use super::{Outcome, Step, names};
use crate::ops::{Conflict, Guard, TableTarget};
use crate::schema::{
    Constraint, ConstraintKind, Dialect, Expr, ForeignKey, Ident, Index, IndexKey, Lookup, Name, ObjectKind,
    ObjectRef, Relation, Slot, Table, canonical,
};

impl Step<'_> {
    /// SQLite drops a column's own constraints with it, and refuses where one of the table uses it. PostgreSQL before 18 forgets the
    /// name of a column's NOT NULL.
    pub(super) fn at_column(&self, constraint: &Constraint) -> Option<Constraint> {
        if matches!(constraint.kind, ConstraintKind::NotNull(_))
            && self.session.engine.known_older_than(18, 0)
        {
            return None;
        }
        let mut constraint = constraint.clone();
        if self.catalog.dialect == Dialect::Sqlite {
            constraint.attributes.push("COLUMN".to_owned());
        }
        Some(constraint)
    }

    /// Whether it is the NOT NULL of a column that only some versions give a name to, where nobody says which one it is.
    fn may_have_no_name(&self, constraint: &Constraint) -> bool {
        self.postgres()
            && matches!(constraint.kind, ConstraintKind::NotNull(_))
            && self.session.engine.version.is_none()
    }

    pub(super) fn add_constraint(&mut self, target: &TableTarget, constraint: &Constraint) -> Outcome {
        match self.target(target) {
            Ok(name) => {
                if self.catalog.table(&name).is_absent() {
                    return self.only_tables(&name, &[]);
                }
                let checks = matches!(constraint.kind, ConstraintKind::Check(_))
                    && !constraint.attributes.iter().any(|attribute| attribute == "NO INHERIT");
                if target.only
                    && checks
                    && self.postgres()
                    && let Some(child) = self.child(&name)
                {
                    let sentence = format!(
                        "a CHECK of `{name}` must hold in `{child}` too: leave out ONLY, or say NO INHERIT"
                    );
                    return Outcome::Refused(Conflict::Other("42P16", sentence));
                }
                self.put_constraint(&name, constraint, target.only)
            }
            Err(outcome) => *outcome,
        }
    }

    /// Puts a constraint into a table, with its index where it has one.
    ///
    /// `only`: not into its partitions and heirs.
    pub(super) fn put_constraint(&mut self, name: &Name, constraint: &Constraint, only: bool) -> Outcome {
        let outcome = self.put_constraint_here(name, constraint);
        if outcome != Outcome::Done || !self.catalog.has_inheritance() || !self.postgres() {
            return outcome;
        }
        if only {
            self.mark_only(name);
        } else {
            self.constrain_children(name, constraint);
        }
        outcome
    }

    /// The index of the constraint that a partitioned table was just given for itself: those of its partitions are still to be
    /// attached.
    fn mark_only(&mut self, name: &Name) {
        let last = self.catalog.table(name).found().and_then(|table| table.constraints.last());
        let Some(ident) = last.map(|(ident, _)| ident.clone()) else { return };
        if !self.is_partitioned(name) || self.catalog.children(name).is_empty() {
            return;
        }
        let index = Name { schema: name.schema.clone(), ident };
        if let Lookup::Found(known) = self.catalog.index(&index)
            && known.constraint.as_ref() == Some(&index.ident)
        {
            let known = Relation::Index(Arc::new(Index { only: true, ..known.clone() }));
            self.catalog.put_relation(index, Slot::Present(known));
        }
    }

    /// What a constraint of a parent does below it (source: PostgreSQL's manual, 5.9 and 5.10): a CHECK and a NOT NULL hold in all heirs, keys
    /// and foreign keys in the partitions.
    fn constrain_children(&mut self, name: &Name, constraint: &Constraint) {
        let last = self.catalog.table(name).found().and_then(|table| table.constraints.last().cloned());
        let Some((ident, made)) = last else { return };
        if constraint.attributes.iter().any(|attribute| attribute == "NO INHERIT") {
            return;
        }
        for child in self.catalog.children(name) {
            self.constrain_child(name, &child, &ident, &made);
        }
    }

    /// Gives a partition or heir what a constraint of its parent asks of it.
    pub(super) fn constrain_child(&mut self, parent: &Name, child: &Name, ident: &Ident, made: &Constraint) {
        let partition = self
            .catalog
            .table(child)
            .found()
            .is_some_and(|child| child.partition == crate::schema::PartitionKind::Partition);
        match &made.kind {
            ConstraintKind::Check(_) | ConstraintKind::NotNull(_) => {
                let there = self.catalog.table(child).and_then(|child| child.constraint(ident.key()));
                if there.found().is_some() {
                    return;
                }
                let inherited =
                    Constraint { name: Some(ident.clone()), inherited: true, comment: None, ..made.clone() };
                self.put_constraint(child, &inherited, false);
            }
            ConstraintKind::ForeignKey(key) if partition => {
                let Lookup::Found(table) = self.catalog.table(child) else { return };
                let same = |constraint: &Constraint| match &constraint.kind {
                    ConstraintKind::ForeignKey(own) => own == key,
                    ConstraintKind::PrimaryKey { .. }
                    | ConstraintKind::Unique { .. }
                    | ConstraintKind::Check(_)
                    | ConstraintKind::Exclude(_)
                    | ConstraintKind::NotNull(_) => false,
                };
                if table.constraints.iter().any(|(_, own)| same(own)) {
                    self.catalog.change_table(child, |table| {
                        if let Some((_, own)) = table.constraints.iter_mut().find(|(_, own)| same(own)) {
                            own.inherited = true;
                        }
                    });
                    return;
                }
                // Under the parent's name, unless the partition has a constraint of that name.
                let taken = table.constraint(ident.key()).found().is_some();
                let name = (!taken).then(|| ident.clone());
                let inherited = Constraint { name, inherited: true, comment: None, ..made.clone() };
                self.put_constraint(child, &inherited, false);
            }
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Exclude(_)
                if partition =>
            {
                let above = Name { schema: parent.schema.clone(), ident: ident.clone() };
                if self.attach_equal(&above, child) {
                    return;
                }
                let inherited = Constraint { name: None, inherited: true, comment: None, ..made.clone() };
                let before = self.catalog.table(child).found().map_or(0, |table| table.constraints.len());
                if self.put_constraint(child, &inherited, false) == Outcome::Done
                    && let Some((own, _)) =
                        self.catalog.table(child).found().and_then(|table| table.constraints.get(before))
                {
                    let index = Name { schema: child.schema.clone(), ident: own.clone() };
                    self.set_parent_index(&index, Some(above));
                }
            }
            ConstraintKind::ForeignKey(_)
            | ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Exclude(_) => {}
        }
    }

    fn put_constraint_here(&mut self, name: &Name, constraint: &Constraint) -> Outcome {
        let Some(mut table) = (match self.catalog.table(name) {
            Lookup::Found(table) => Some(table.clone()),
            Lookup::Unknown => Some(Table::unknown(name.clone())),
            Lookup::Absent => None,
        }) else {
            return Outcome::Done;
        };
        let mut constraint = Constraint { made: constraint.made.or(Some(self.place)), ..constraint.clone() };
        let postgres = self.catalog.dialect == Dialect::Postgres;
        if let Some(conflict) = self.unfit(&table, &constraint) {
            return Outcome::Refused(conflict);
        }
        if let ConstraintKind::Check(expr) = &mut constraint.kind {
            *expr = self.with_strings(&table, expr.clone());
        }
        let indexed = matches!(
            constraint.kind,
            ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclude(_)
        );
        // USING INDEX looks for its index first.
        let takes_gone = match &constraint.kind {
            ConstraintKind::PrimaryKey { using_index: Some(index), .. } => {
                let index = Name { schema: name.schema.clone(), ident: index.clone() };
                self.catalog.index(&index).is_absent()
            }
            ConstraintKind::PrimaryKey { using_index: None, .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => false,
        };
        if let ConstraintKind::PrimaryKey { .. } = constraint.kind
            && table.primary_key().is_some()
            // What could not be read may have taken it away.
            && !(table.open && self.catalog.unclear)
            && self.catalog.dialect != Dialect::Mysql
            && !takes_gone
        {
            let sentence = format!("table `{name}` has a primary key already");
            return Outcome::Refused(Conflict::Other("42P16", sentence));
        }
        // PostgreSQL looks for the index of a key first, and says that a relation exists. SQLite does not look.
        let looks = self.catalog.dialect != Dialect::Sqlite && !(postgres && indexed);
        if let Some(known) = constraint.name.as_ref().filter(|_| looks)
            && let Some(there) = table.constraint(known.key()).found()
        {
            if let ConstraintKind::NotNull(_) = constraint.kind
                && (there.kind == constraint.kind || !self.session.engine.at_least(18, 0))
            {
                return Outcome::Skipped { existing: None };
            }
            // A CHECK that came from a parent takes the same one of the table's own.
            if let (ConstraintKind::Check(there_is), ConstraintKind::Check(added)) =
                (&there.kind, &constraint.kind)
                && there.inherited
                && postgres
                && canonical::same(
                    &canonical::simple(there_is, Dialect::Postgres),
                    &canonical::simple(added, Dialect::Postgres),
                )
            {
                return Outcome::Done;
            }
            if !self.may_have_no_name(there) {
                return Outcome::Refused(Conflict::Exists(constraint_ref(name, known)));
            }
            table.constraints.retain(|(taken, _)| taken != known);
        }
        if let ConstraintKind::ForeignKey(key) = &mut constraint.kind {
            // SQLite looks in the database of the table alone.
            key.table = match (self.catalog.dialect, &key.table.schema) {
                (Dialect::Sqlite, None) => Name { schema: name.schema.clone(), ..key.table.clone() },
                (Dialect::Sqlite, Some(_)) | (Dialect::Postgres | Dialect::Mysql, _) => {
                    self.resolve(&key.table)
                }
            };
        }
        let using = match &constraint.kind {
            ConstraintKind::PrimaryKey { using_index, .. } | ConstraintKind::Unique { using_index, .. } => {
                using_index.clone()
            }
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => None,
        };
        let label = constraint.kind.label();
        let ident = match (&constraint.name, &using) {
            (Some(ident), _) => ident.clone(),
            (None, Some(index)) => index.clone(),
            (None, None) => {
                let columns = naming_columns(&constraint, &table);
                let second = (!columns.is_empty()).then(|| names::joined(columns.iter().map(String::as_str)));
                if indexed && postgres {
                    names::free_key(self.catalog, &table, second.as_deref(), label)
                } else {
                    names::free_constraint(self.catalog, &table, second.as_deref(), label, &[])
                }
            }
        };
        if let Some(known) = constraint.name.as_ref().filter(|_| postgres && indexed)
            && self
                .catalog
                .relation(&Name { schema: name.schema.clone(), ident: known.clone() })
                .found()
                .is_none()
            && let Some(there) = table.constraint(known.key()).found()
            && !matches!(there.kind, ConstraintKind::NotNull(_))
        {
            return Outcome::Refused(Conflict::Exists(constraint_ref(name, known)));
        }
        if postgres
            && indexed
            && let outcome @ Outcome::Refused(_) =
                self.constraint_index(name, &ident, &mut constraint, using.as_ref())
        {
            return outcome;
        }
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => {
                // SQLite lets NULLs into a primary key, unless the table is WITHOUT ROWID or STRICT.
                let refuses = self.catalog.dialect != Dialect::Sqlite
                    || table.options.iter().any(|option| option == "WITHOUT ROWID" || option == "STRICT");
                for column in columns.clone().iter().filter(|_| refuses) {
                    if let Some(member) = member(&mut table, column) {
                        member.column.not_null = Some(true);
                    }
                    self.not_null_below(name, column, &mut Vec::new());
                }
            }
            ConstraintKind::NotNull(Some(column)) => {
                let (valid, column) = (!constraint.not_valid, column.clone());
                if let Some(member) = member(&mut table, &column).filter(|_| valid) {
                    member.column.not_null = Some(true);
                }
            }
            ConstraintKind::NotNull(None)
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_) => {}
        }
        table.gone_constraints.retain(|gone| *gone != ident);
        table.constraints.push((ident, constraint));
        self.put_table(name.clone(), table)
    }

    /// A primary key refuses NULL in the heirs too, which have no such key.
    fn not_null_below(&mut self, name: &Name, column: &Ident, above: &mut Vec<Name>) {
        if above.contains(name) {
            return;
        }
        above.push(name.clone());
        for child in self.catalog.children(name) {
            self.catalog.change_table(&child, |child| {
                if let Some(member) = member(child, column) {
                    member.column.not_null = Some(true);
                }
            });
            self.not_null_below(&child, column, above);
        }
    }

    /// Why a constraint cannot be put into a table, whatever its name.
    pub(super) fn unfit(&self, table: &Table, constraint: &Constraint) -> Option<Conflict> {
        let columns = match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => columns,
            ConstraintKind::ForeignKey(key) => &key.columns,
            ConstraintKind::Check(expr) => return self.unfit_in(table, expr, Site::Check),
            ConstraintKind::Exclude(exclude) => {
                let keys = exclude.elements.iter().map(|(key, _)| &key.expr);
                let predicate = exclude.predicate.iter().map(|expr| (expr, Site::Predicate));
                let mut all = predicate.chain(keys.map(|key| (key, Site::Key)));
                return all.find_map(|(expr, place)| self.unfit_in(table, expr, place));
            }
            ConstraintKind::NotNull(_) => return None,
        };
        if let ConstraintKind::ForeignKey(key) = &constraint.kind
            && let Some(conflict) = self.cannot_point(table, &self.resolve(&key.table))
        {
            return Some(conflict);
        }
        let sqlite = || {
            let lacks = |column: &&Ident| table.column(column.key()).is_absent();
            columns.iter().find(lacks).filter(|_| self.catalog.dialect == Dialect::Sqlite)
        };
        if let Some(column) = self.missing_column(table, columns).or_else(sqlite) {
            return Some(Conflict::Missing(column_ref(&table.name, column)));
        }
        let is_key = !matches!(constraint.kind, ConstraintKind::ForeignKey(_)) && !columns.is_empty();
        if is_key && self.postgres() && table.is_parted_by_expression() {
            let sentence = format!("an expression partitions `{}`: it can have no key", table.name);
            return Some(Conflict::Other("0A000", sentence));
        }
        let partition_columns = table.partition_columns();
        if let Some(left_out) = partition_columns
            .iter()
            .find(|column| is_key && !columns.iter().any(|known| *known == *column.as_str()))
        {
            let sentence =
                format!("a key of `{}` must have `{left_out}` in it, which partitions it", table.name);
            return Some(Conflict::Other("0A000", sentence));
        }
        match &constraint.kind {
            ConstraintKind::ForeignKey(key) => {
                let key = ForeignKey { table: self.resolve(&key.table), ..key.clone() };
                self.cannot_refer(&key).or_else(|| self.unfit_key(table, &key))
            }
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => None,
        }
    }

    /// The index behind a PRIMARY KEY, UNIQUE or EXCLUDE: made, or taken over with USING INDEX.
    pub(super) fn constraint_index(
        &mut self,
        table: &Name,
        ident: &Ident,
        constraint: &mut Constraint,
        using: Option<&Ident>,
    ) -> Outcome {
        let name = Name { schema: table.schema.clone(), ident: ident.clone() };
        let (mut method, mut predicate) = ("btree".to_owned(), None);
        let mut exclusion = Vec::new();
        let (columns, include, nulls_not_distinct) = match &mut constraint.kind {
            ConstraintKind::PrimaryKey { columns, include, .. } => (columns, include.clone(), false),
            ConstraintKind::Unique { columns, include, nulls_not_distinct, .. } => {
                (columns, include.clone(), *nulls_not_distinct)
            }
            ConstraintKind::Exclude(exclude) => {
                method.clone_from(&exclude.method);
                predicate.clone_from(&exclude.predicate);
                exclusion = exclude.elements.iter().map(|(key, _)| key.clone()).collect();
                (&mut Vec::new(), exclude.include.clone(), false)
            }
            ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) | ConstraintKind::NotNull(_) => {
                (&mut Vec::new(), Vec::new(), false)
            }
        };
        if let Some(using) = using {
            let old = Name { schema: table.schema.clone(), ident: using.clone() };
            let index = match self.catalog.index(&old) {
                Lookup::Found(index) => index.clone(),
                Lookup::Unknown => return Outcome::Done,
                Lookup::Absent => {
                    return Outcome::Refused(Conflict::Missing(ObjectRef {
                        kind: ObjectKind::Index,
                        name: old,
                        on: None,
                    }));
                }
            };
            if index.table.as_ref().is_some_and(|owner| owner != table) {
                let sentence = format!("index `{old}` is no index of `{table}`");
                return Outcome::Refused(Conflict::Other("55000", sentence));
            }
            if let Some(served) = &index.constraint {
                let sentence = format!("index `{old}` belongs to constraint `{served}` already");
                return Outcome::Refused(Conflict::Other("55000", sentence));
            }
            if !index.unique
                || index.predicate.is_some()
                || index.keys.iter().any(|key| key.column().is_none())
            {
                let sentence = format!("index `{old}` is not a unique index of columns alone");
                return Outcome::Refused(Conflict::Other("42809", sentence));
            }
            *columns = index.keys.iter().filter_map(IndexKey::column).map(Ident::exact).collect();
            let included = index.include.clone();
            let distinct = index.nulls_not_distinct;
            match &mut constraint.kind {
                ConstraintKind::PrimaryKey { include, .. } => *include = included,
                ConstraintKind::Unique { include, nulls_not_distinct, .. } => {
                    (*include, *nulls_not_distinct) = (included, distinct);
                }
                ConstraintKind::Exclude(_)
                | ConstraintKind::Check(_)
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::NotNull(_) => {}
            }
            // The index takes the constraint's name.
            if let Lookup::Found(there) = self.catalog.relation(&name)
                && name != old
            {
                return Outcome::Refused(Conflict::Exists(ObjectRef { kind: there.kind(), name, on: None }));
            }
            self.catalog.put_relation(old, Slot::Gone);
            let index = Index { name: name.clone(), constraint: Some(ident.clone()), ..index };
            self.catalog.put_relation(name, Slot::Present(Relation::Index(Arc::new(index))));
            return Outcome::Done;
        }
        if let Lookup::Found(relation) = self.catalog.relation(&name) {
            return Outcome::Refused(Conflict::Exists(ObjectRef { kind: relation.kind(), name, on: None }));
        }
        let unique = exclusion.is_empty();
        let plain = |column: &Ident| IndexKey {
            expr: Expr::Column(vec![column.key().to_owned()]),
            options: String::new(),
        };
        let keys = columns.iter().map(plain).chain(exclusion).collect();
        let index = Index {
            unique,
            method,
            keys,
            include,
            nulls_not_distinct,
            predicate,
            constraint: Some(ident.clone()),
            generated_name: constraint.name.is_none(),
            made: Some(self.place),
            ..Index::plain(name.clone(), table.clone())
        };
        self.catalog.put_relation(name, Slot::Present(Relation::Index(Arc::new(index))));
        Outcome::Done
    }

    pub(super) fn drop_constraint(
        &mut self,
        target: &TableTarget,
        constraint: &Ident,
        guard: Guard,
        cascade: bool,
    ) -> Outcome {
        self.alter(target, |step, name, mut table| {
            // MySQL's DROP PRIMARY KEY.
            let is_primary =
                |(_, known): &&(Ident, Constraint)| matches!(known.kind, ConstraintKind::PrimaryKey { .. });
            let primary = (step.catalog.dialect == Dialect::Mysql
                && constraint.key().eq_ignore_ascii_case("primary"))
            .then(|| table.constraints.iter().find(is_primary).map(|(known, _)| known.clone()))
            .flatten();
            let constraint = primary.as_ref().unwrap_or(constraint);
            if table.constraint(constraint.key()).is_absent() {
                // Since 18 every NOT NULL is a constraint, and has a name that nobody wrote.
                let made_up = constraint.key().ends_with("_not_null")
                    && !table.gone_constraints.contains(constraint)
                    && !step.session.engine.known_older_than(18, 0);
                if made_up {
                    table.gone_constraints.push(constraint.clone());
                    return step.put_table(name, table);
                }
                return step.missing(constraint_ref(&name, constraint), guard);
            }
            let known = table.constraint(constraint.key()).found();
            let refused = known.filter(|_| !cascade).and_then(|known| {
                let (owner, leaning) = step.leaning_on(&table, &known.kind)?;
                let sentence =
                    format!("constraint `{leaning}` of `{owner}` depends on `{constraint}` of `{name}`");
                Some(Conflict::Other("2BP01", sentence))
            });
            let inherited = table.constraint(constraint.key()).found().filter(|known| known.inherited);
            if inherited.is_some() && step.postgres() {
                let sentence = format!("constraint `{constraint}` of `{name}` is inherited");
                return Outcome::Refused(Conflict::Other("42P16", sentence));
            }
            let known = table.constraints.iter().find(|(known, _)| known == constraint).cloned();
            // What leans on it is told by its index, which goes with it.
            let leaning = known.as_ref().filter(|_| cascade);
            let leaning =
                leaning.map_or_else(Vec::new, |(_, known)| step.all_leaning_on(&table, &known.kind));
            step.take_constraint(&name, constraint);
            step.drop_leaning(leaning);
            if let Some((_, known)) = &known {
                step.release_children(&name, constraint, known, target.only);
            }
            refused.map_or(Outcome::Done, Outcome::Refused)
        })
    }

    /// Takes a constraint out of a table, with its index.
    fn take_constraint(&mut self, name: &Name, constraint: &Ident) {
        self.catalog.change_table(name, |table| {
            table.constraints.retain(|(known, _)| known != constraint);
            table.gone_constraints.push(constraint.clone());
        });
        let index = self
            .catalog
            .indexes_of(name)
            .find(|index| index.constraint.as_ref() == Some(constraint))
            .map(|index| index.name.clone());
        if let Some(index) = index {
            self.catalog.put_relation(index, Slot::Gone);
        }
    }

    /// What became of a parent's constraint becomes of its children's: it goes, or with ONLY stays as their own.
    fn release_children(&mut self, name: &Name, ident: &Ident, gone: &Constraint, only: bool) {
        if !self.catalog.has_inheritance() {
            return;
        }
        let above = Name { schema: name.schema.clone(), ident: ident.clone() };
        for child in self.catalog.children(name) {
            let same = |(known, own): &(Ident, Constraint)| match (&own.kind, &gone.kind) {
                (ConstraintKind::Check(_), ConstraintKind::Check(_)) => known == ident,
                (ConstraintKind::ForeignKey(own), ConstraintKind::ForeignKey(gone)) => own == gone,
                _ => self
                    .catalog
                    .index(&Name { schema: child.schema.clone(), ident: known.clone() })
                    .found()
                    .is_some_and(|index| index.parent.as_ref() == Some(&above)),
            };
            let Lookup::Found(table) = self.catalog.table(&child) else { continue };
            let Some((own, constraint)) =
                table.constraints.iter().find(|one| one.1.inherited && same(one)).cloned()
            else {
                continue;
            };
            if only {
                self.catalog.change_table(&child, |table| {
                    if let Some((_, kept)) = table.constraints.iter_mut().find(|(known, _)| *known == own) {
                        kept.inherited = false;
                    }
                });
            } else {
                self.take_constraint(&child, &own);
                self.release_children(&child, &own, &constraint, false);
            }
        }
    }

    /// A CHECK has one name in a parent and its heirs.
    fn rename_inherited(&mut self, name: &Name, from: &Ident, to: &Ident) {
        if !self.catalog.has_inheritance() {
            return;
        }
        let mut below = self.catalog.children(name);
        let mut at = 0;
        while let Some(child) = below.get(at).cloned() {
            at += 1;
            self.catalog.change_table(&child, |table| {
                let inherited = |one: &(Ident, Constraint)| {
                    one.0 == *from && one.1.inherited && matches!(one.1.kind, ConstraintKind::Check(_))
                };
                if let Some((known, constraint)) = table.constraints.iter_mut().find(|one| inherited(one)) {
                    *known = to.clone();
                    constraint.name = Some(to.clone());
                }
            });
            for grandchild in self.catalog.children(&child) {
                if grandchild != *name && !below.contains(&grandchild) {
                    below.push(grandchild);
                }
            }
        }
    }

    /// CASCADE drops the foreign keys that lean on a key.
    pub(super) fn drop_leaning(&mut self, leaning: Vec<(Name, Ident)>) {
        for (owner, constraint) in leaning {
            self.catalog.change_table(&owner, |owner| {
                owner.constraints.retain(|(known, _)| *known != constraint);
                owner.gone_constraints.push(constraint);
            });
        }
    }

    pub(super) fn validate_constraint(&mut self, target: &TableTarget, constraint: &Ident) -> Outcome {
        self.with_constraint(target, constraint, |constraint| constraint.not_valid = false)
    }

    /// ALTER CONSTRAINT: what is said of DEFERRABLE replaces all that was said of it. Before 18 it is for foreign keys alone.
    pub(super) fn alter_constraint(
        &mut self,
        target: &TableTarget,
        constraint: &Ident,
        attributes: &[String],
    ) -> Outcome {
        let name = self.resolve(&target.name);
        let known = self.catalog.table(&name).and_then(|table| table.constraint(constraint.key()));
        let foreign = known.found().is_none_or(|known| matches!(known.kind, ConstraintKind::ForeignKey(_)));
        if !foreign && self.postgres() && self.session.engine.known_older_than(18, 0) {
            let sentence = format!("constraint `{constraint}` of `{name}` is no foreign key");
            return Outcome::Refused(Conflict::Other("42809", sentence));
        }
        let about_time = |word: &str| word.ends_with("DEFERRABLE") || word.starts_with("INITIALLY");
        let about_force = |word: &str| word.ends_with("ENFORCED");
        self.with_constraint(target, constraint, |known| {
            for about in [&about_time as &dyn Fn(&str) -> bool, &about_force] {
                if attributes.iter().any(|word| about(word)) {
                    known.attributes.retain(|word| !about(word));
                    known.attributes.extend(attributes.iter().filter(|word| about(word)).cloned());
                }
            }
            if attributes.iter().any(|word| word == "INHERIT") {
                known.attributes.retain(|word| word != "NO INHERIT");
            }
            if attributes.iter().any(|word| word == "NO INHERIT") {
                known.attributes.push("NO INHERIT".to_owned());
            }
        })
    }

    pub(super) fn with_constraint(
        &mut self,
        target: &TableTarget,
        constraint: &Ident,
        change: impl FnOnce(&mut Constraint),
    ) -> Outcome {
        self.alter(target, |step, name, mut table| {
            if table.constraint(constraint.key()).is_absent() {
                return step.missing(constraint_ref(&name, constraint), Guard::None);
            }
            if let Some((_, known)) = table.constraints.iter_mut().find(|(known, _)| known == constraint) {
                change(known);
            }
            step.put_table(name, table)
        })
    }

    pub(super) fn rename_constraint(&mut self, target: &TableTarget, from: &Ident, to: &Ident) -> Outcome {
        if target.kind == ObjectKind::Domain {
            return super::types::rename_constraint(self, &target.name, from, to);
        }
        self.alter(target, |step, name, mut table| {
            if table.constraint(from.key()).is_absent() {
                return step.missing(constraint_ref(&name, from), Guard::None);
            }
            if let Lookup::Found(there) = table.constraint(to.key())
                && !step.may_have_no_name(there)
            {
                return Outcome::Refused(Conflict::Exists(constraint_ref(&name, to)));
            }
            let inherited = table.constraint(from.key()).found().is_some_and(|known| known.inherited);
            if inherited && step.postgres() {
                let sentence = format!("constraint `{from}` of `{name}` is inherited");
                return Outcome::Refused(Conflict::Other("42P16", sentence));
            }
            let new_index = Name { schema: name.schema.clone(), ident: to.clone() };
            let served = step.catalog.indexes_of(&name).any(|index| index.constraint.as_ref() == Some(from));
            if served && let Lookup::Found(there) = step.catalog.relation(&new_index) {
                let kind = there.kind();
                return Outcome::Refused(Conflict::Exists(ObjectRef { kind, name: new_index, on: None }));
            }
            step.rename_inherited(&name, from, to);
            for (known, constraint) in table.constraints.iter_mut().filter(|(known, _)| known == from) {
                *known = to.clone();
                constraint.name = Some(to.clone());
            }
            table.gone_constraints.push(from.clone());
            step.put_table(name.clone(), table);
            let index =
                step.catalog.indexes_of(&name).find(|index| index.constraint.as_ref() == Some(from)).cloned();
            if let Some(index) = index {
                step.catalog.put_relation(index.name.clone(), Slot::Gone);
                let renamed = Name { schema: name.schema.clone(), ident: to.clone() };
                let index = Index {
                    name: renamed.clone(),
                    constraint: Some(to.clone()),
                    generated_name: false,
                    ..index
                };
                step.catalog.put_relation(renamed, Slot::Present(Relation::Index(Arc::new(index))));
            }
            Outcome::Done
        })
    }

    /// Drops the foreign keys of other tables to this one (or to this column of it).
    pub(super) fn drop_foreign_keys_to(&mut self, table: &Name, column: Option<&Ident>) {
        for (owner, constraint) in self.foreign_keys_to(table, column) {
            self.catalog.change_table(&owner, |owner| {
                owner.constraints.retain(|(known, _)| *known != constraint);
                owner.gone_constraints.push(constraint);
            });
        }
    }

    /// The foreign keys of other tables to this one (or to this column of it).
    pub(super) fn foreign_keys_to(&self, table: &Name, column: Option<&Ident>) -> Vec<(Name, Ident)> {
        let mut found = Vec::new();
        // Without columns a reference means the primary key.
        let key = self.catalog.table(table).found().and_then(Table::primary_key);
        let primary = |column: &Ident| key.is_some_and(|key| key.contains(column));
        for owner in self.catalog.tables().filter(|owner| owner.name != *table) {
            for (known, key) in owner.foreign_keys() {
                if key.table == *table
                    && column.is_none_or(|column| {
                        key.referenced.contains(column) || key.referenced.is_empty() && primary(column)
                    })
                {
                    found.push((owner.name.clone(), known.clone()));
                }
            }
        }
        found
    }
}

pub(super) fn constraint_ref(table: &Name, constraint: &Ident) -> ObjectRef {
    ObjectRef { kind: ObjectKind::Constraint, name: Name::bare(constraint.clone()), on: Some(table.clone()) }
}

/// In one CREATE TABLE, PostgreSQL makes one index of two keys over the same columns, under the first name that was written
/// (source: `transformIndexConstraints` in its parse_utilcmd.c). The primary key stands first.
pub(super) fn one_index_each(constraints: &mut Vec<Constraint>) {
    let columns = |constraint: &Constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } => Some((columns.clone(), false)),
        ConstraintKind::Unique { columns, nulls_not_distinct, .. } => {
            Some((columns.clone(), *nulls_not_distinct))
        }
        ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => None,
    };
    let mut kept: Vec<Constraint> = Vec::with_capacity(constraints.len());
    for constraint in constraints.drain(..) {
        let same = columns(&constraint).and_then(|own| {
            kept.iter_mut().find(|first| {
                !matches!(constraint.kind, ConstraintKind::PrimaryKey { .. })
                    && columns(first).as_ref() == Some(&own)
                    && first.attributes == constraint.attributes
            })
        });
        match same {
            Some(first) if first.name.is_none() => first.name = constraint.name,
            Some(_) => {}
            None => kept.push(constraint),
        }
    }
    *constraints = kept;
}

/// The columns that go into a constraint's generated name.
pub(super) fn naming_columns(constraint: &Constraint, table: &Table) -> Vec<String> {
    let texts = |columns: &[Ident]| columns.iter().map(|column| column.text().to_owned()).collect();
    match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => Vec::new(),
        ConstraintKind::Unique { columns, include, .. } => {
            columns.iter().chain(include).map(|column| column.text().to_owned()).collect()
        }
        ConstraintKind::ForeignKey(key) => texts(&key.columns),
        // A CHECK is named for its column when it reads exactly one.
        ConstraintKind::Check(expr) => {
            let mut columns = expr.columns();
            columns.retain(|column| table.column(column).found().is_some());
            columns.sort();
            columns.dedup();
            if columns.len() == 1 { columns } else { Vec::new() }
        }
        ConstraintKind::NotNull(column) => column.iter().map(|column| column.text().to_owned()).collect(),
        ConstraintKind::Exclude(exclude) => {
            let keys: Vec<IndexKey> = exclude.elements.iter().map(|(key, _)| key.clone()).collect();
            names::index_columns(&keys, &exclude.include)
        }
    }
}
