//! Tables with their columns, constraints, indexes and sequences.

use std::fmt::Write as _;

use super::super::write::quote;
use super::super::write_query;
use super::{Writer, expr_text, quoted, shown, type_text};
use crate::schema::{
    Bound, Column, Constraint, ConstraintKind, Dialect, Exclusion, Expr, ForeignKey, GeneratedKind, Ident,
    Identity, Index, IndexKey, Member, Name, PartitionBy, ReferentialAction, Relation, Sequence,
    SequenceOptions, Table, canonical,
};

impl<'a> Writer<'a> {
    const fn dialect(self) -> Dialect {
        self.catalog.dialect
    }

    /// CREATE TABLE, with every constraint but foreign keys to other tables and what is not valid.
    pub(super) fn create_table(self, table: &Table) -> String {
        let dialect = self.dialect();
        if let Some(module) = &table.module {
            return format!("CREATE VIRTUAL TABLE {} USING {module}", shown(&table.name, dialect));
        }
        let mut head = "CREATE ".to_owned();
        if table.unlogged {
            head.push_str("UNLOGGED ");
        }
        let _ = write!(head, "TABLE {}", shown(&table.name, dialect));
        if self.is_plain_partition(table)
            && let (Some(parent), Some(bound)) = (table.parents.first(), &table.bound)
        {
            let _ = write!(head, " PARTITION OF {} {}", shown(parent, dialect), bound_text(bound, dialect));
            head.push_str(&self.tail(table));
            return head;
        }
        let partition = table.bound.is_some();
        let mut lines: Vec<String> = table
            .columns
            .iter()
            .filter(|member| member.local || partition || table.parents.is_empty())
            .map(|member| self.column(table, member))
            .collect();
        let own = table.constraints.iter().filter(|(_, constraint)| self.stands_inside(table, constraint));
        lines.extend(own.map(|(ident, constraint)| self.constraint(ident, constraint)));
        if let Some(of) = &table.of_type {
            let _ = write!(head, " OF {}", shown(of, dialect));
            lines.retain(|line| line.starts_with("CONSTRAINT"));
            let said = table.columns.iter().filter_map(|member| self.typed_column(member));
            lines.splice(0..0, said);
            if !lines.is_empty() {
                let _ = write!(head, " (\n    {}\n)", lines.join(",\n    "));
            }
        } else if lines.is_empty() {
            head.push_str(" ()");
        } else {
            let _ = write!(head, " (\n    {}\n)", lines.join(",\n    "));
        }
        if !partition && !table.parents.is_empty() {
            let parents: Vec<String> = table.parents.iter().map(|parent| shown(parent, dialect)).collect();
            let _ = write!(head, " INHERITS ({})", parents.join(", "));
        }
        head.push_str(&self.tail(table));
        head
    }

    /// What stands behind the columns: PARTITION BY, WITH, STRICT.
    fn tail(self, table: &Table) -> String {
        let mut out = String::new();
        if let Some(PartitionBy { strategy, keys }) = &table.partition_by {
            let keys: Vec<String> = keys.iter().map(|key| key_text(key, self.dialect())).collect();
            let _ = write!(out, " PARTITION BY {strategy} ({})", keys.join(", "));
        }
        if !table.parameters.is_empty() {
            let _ = write!(out, " WITH ({})", super::objects::parameters(&table.parameters));
        }
        let options: Vec<&str> = table
            .options
            .iter()
            .map(String::as_str)
            .filter(|option| matches!(*option, "STRICT" | "WITHOUT ROWID"))
            .collect();
        if !options.is_empty() {
            let _ = write!(out, " {}", options.join(", "));
        }
        out
    }

    /// Whether a partition is no more than its parent makes of it.
    fn is_plain_partition(self, table: &Table) -> bool {
        let [parent] = table.parents.as_slice() else { return false };
        let Some(parent) = self.catalog.table(parent).found().filter(|_| table.bound.is_some()) else {
            return false;
        };
        let same_column = |member: &Member| {
            let above = parent.column(member.column.name.key()).found();
            above.is_some_and(|above| {
                above.column.ty == member.column.ty
                    && above.column.default == member.column.default
                    && above.column.not_null == member.column.not_null
                    && above.column.generated == member.column.generated
                    && above.column.settings == member.column.settings
            })
        };
        table.columns.len() == parent.columns.len()
            && table.columns.iter().all(|member| same_column(member))
            && table
                .constraints
                .iter()
                .all(|(_, constraint)| constraint.inherited && constraint.name.is_none())
            && self
                .catalog
                .indexes_of(&table.name)
                .all(|index| index.parent.is_some() && index.generated_name)
    }

    /// Makes a table a partition of its parent, where CREATE TABLE did not say so.
    pub(super) fn attach(self, table: &Table, out: &mut Vec<String>) {
        let dialect = self.dialect();
        if let (Some(parent), Some(bound)) = (table.parents.first(), &table.bound)
            && !self.is_plain_partition(table)
        {
            out.push(format!(
                "ALTER TABLE {} ATTACH PARTITION {} {}",
                shown(parent, dialect),
                shown(&table.name, dialect),
                bound_text(bound, dialect)
            ));
        }
    }

    /// Whether a constraint is written inside of CREATE TABLE.
    fn stands_inside(self, table: &Table, constraint: &Constraint) -> bool {
        if self.dialect() != Dialect::Postgres {
            // A rowid that numbers itself is said at its column.
            return !(matches!(constraint.kind, ConstraintKind::PrimaryKey { .. })
                && autoincrement(table).is_some());
        }
        let inherited = constraint.inherited
            && (table.bound.is_none() || !matches!(constraint.kind, ConstraintKind::Check(_)));
        // It stands at its column: as a constraint of the table only PostgreSQL 18 takes it.
        if matches!(constraint.kind, ConstraintKind::NotNull(_)) {
            return false;
        }
        // A key of a partitioned table is made once its partitions are there, so that theirs are parts of it.
        let waits = table.partition_by.is_some() && is_key(&constraint.kind);
        let foreign = matches!(constraint.kind, ConstraintKind::ForeignKey(_));
        let doubles = is_double(table, constraint);
        !(constraint.not_valid || inherited || foreign || waits || doubles)
    }

    /// The constraints that CREATE TABLE does not have. `foreign`: the foreign keys, else the others.
    pub(super) fn late_constraints(self, table: &Table, foreign: bool, out: &mut Vec<String>) {
        if self.is_plain_partition(table) {
            return;
        }
        for (ident, constraint) in &table.constraints {
            let is_foreign = matches!(constraint.kind, ConstraintKind::ForeignKey(_));
            if matches!(constraint.kind, ConstraintKind::NotNull(_)) && !constraint.not_valid {
                continue;
            }
            if is_foreign != foreign || self.stands_inside(table, constraint) {
                continue;
            }
            let key_of_partition = is_key(&constraint.kind) && table.bound.is_some();
            if constraint.inherited && !key_of_partition {
                continue;
            }
            if constraint.inherited && self.comes_with_parent(table, ident) {
                continue;
            }
            out.push(self.add_constraint(&table.name, ident, constraint));
        }
    }

    /// Whether the key of a partition is made, under its name, when the parent's is.
    fn comes_with_parent(self, table: &Table, ident: &Ident) -> bool {
        let name = Name { schema: table.name.schema.clone(), ident: ident.clone() };
        self.catalog.index(&name).found().is_some_and(|index| index.parent.is_some() && index.generated_name)
    }

    pub(super) fn add_constraint(self, table: &Name, ident: &Ident, constraint: &Constraint) -> String {
        let index = Name { schema: table.schema.clone(), ident: ident.clone() };
        let is_only =
            is_key(&constraint.kind) && self.catalog.index(&index).found().is_some_and(|index| index.only);
        let only = if is_only { "ONLY " } else { "" };
        format!(
            "ALTER TABLE {only}{} ADD {}",
            shown(table, self.dialect()),
            self.constraint(ident, constraint)
        )
    }

    /// The parts of an index whose partitions do not all have one: each is said.
    pub(super) fn index_parts(self, table: &Table, out: &mut Vec<String>) {
        let dialect = self.dialect();
        for whole in self.catalog.indexes_of(&table.name).filter(|index| index.only) {
            for child in self.catalog.children(&table.name) {
                let parts =
                    self.catalog.indexes_of(&child).filter(|part| part.parent.as_ref() == Some(&whole.name));
                out.extend(parts.map(|part| {
                    let (whole, part) = (shown(&whole.name, dialect), shown(&part.name, dialect));
                    format!("ALTER INDEX {whole} ATTACH PARTITION {part}")
                }));
            }
        }
    }

    /// `CONSTRAINT name CHECK (…)`.
    pub(super) fn constraint(self, ident: &Ident, constraint: &Constraint) -> String {
        let dialect = self.dialect();
        let mut out = String::new();
        if dialect == Dialect::Postgres || constraint.name.is_some() {
            let _ = write!(out, "CONSTRAINT {} ", quote(ident, dialect));
        }
        let include = |columns: &[Ident]| {
            if columns.is_empty() {
                String::new()
            } else {
                format!(" INCLUDE ({})", quoted(columns, dialect))
            }
        };
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, include: included, .. } => {
                let _ = write!(out, "PRIMARY KEY ({}){}", quoted(columns, dialect), include(included));
            }
            ConstraintKind::Unique { columns, include: included, nulls_not_distinct, .. } => {
                let nulls = if *nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
                let _ = write!(out, "UNIQUE{nulls} ({}){}", quoted(columns, dialect), include(included));
            }
            ConstraintKind::Check(expr) => {
                let _ = write!(out, "CHECK ({})", expr_text(expr, dialect));
            }
            ConstraintKind::ForeignKey(key) => {
                let _ = write!(
                    out,
                    "FOREIGN KEY ({}) {}",
                    quoted(&key.columns, dialect),
                    references(key, dialect)
                );
            }
            ConstraintKind::Exclude(exclude) => out.push_str(&exclusion(exclude, dialect)),
            ConstraintKind::NotNull(column) => {
                let column = column.as_ref().map_or_else(String::new, |column| quote(column, dialect));
                let _ = write!(out, "NOT NULL {column}");
            }
        }
        out.push_str(&attributes(constraint));
        out
    }

    /// A column as CREATE TABLE and ADD COLUMN write it.
    pub(super) fn column(self, table: &Table, member: &Member) -> String {
        let dialect = self.dialect();
        let column = &member.column;
        let mut out = quote(&column.name, dialect);
        let serial = self.serial(table, column);
        match (&serial, &column.ty) {
            (Some(serial), _) => {
                let _ = write!(out, " {serial}");
            }
            (None, Some(ty)) => {
                let _ = write!(out, " {}", type_text(ty, dialect));
            }
            (None, None) => {}
        }
        if let Some(collation) = &column.collation {
            let _ = write!(out, " COLLATE {collation}");
        }
        let numbered = autoincrement(table).is_some_and(|name| *name == column.name);
        if numbered {
            out.push_str(" PRIMARY KEY AUTOINCREMENT");
        }
        if let Some(generated) = &column.generated {
            let kind = match (generated.kind, dialect) {
                (GeneratedKind::Stored, _) | (GeneratedKind::Unsaid, Dialect::Postgres) => "STORED",
                (GeneratedKind::Virtual, _) | (GeneratedKind::Unsaid, Dialect::Sqlite | Dialect::Mysql) => {
                    "VIRTUAL"
                }
            };
            let _ = write!(out, " GENERATED ALWAYS AS ({}) {kind}", expr_text(&generated.expr, dialect));
        }
        if serial.is_none()
            && let Some(default) = &column.default
        {
            let _ = write!(out, " DEFAULT {}", default_text(default, dialect));
        }
        if column.not_null == Some(true) && serial.is_none() {
            // Before 18 its name is read and forgotten.
            let named = table.constraints.iter().find(|(_, constraint)| {
                matches!(&constraint.kind, ConstraintKind::NotNull(Some(named)) if *named == column.name)
            });
            if let Some((ident, _)) = named {
                let _ = write!(out, " CONSTRAINT {}", quote(ident, dialect));
            }
            out.push_str(" NOT NULL");
        }
        match column.identity {
            Some(Identity::Always) => out.push_str(" GENERATED ALWAYS AS IDENTITY"),
            Some(Identity::ByDefault) => out.push_str(" GENERATED BY DEFAULT AS IDENTITY"),
            Some(Identity::AutoIncrement) | None => {}
        }
        if matches!(column.identity, Some(Identity::Always | Identity::ByDefault))
            && let Some(sequence) = self.sequence_of(&table.name, &column.name)
        {
            let usual = super::objects::usual_sequence(table, column);
            let mut options = sequence_options(&sequence.options, column);
            if sequence.name.ident != usual {
                options.insert(
                    0,
                    format!("SEQUENCE NAME {}", super::super::write::name(&sequence.name, dialect)),
                );
            }
            if !options.is_empty() {
                let _ = write!(out, " ({})", options.join(" "));
            }
        }
        out
    }

    /// What a typed table says of a column besides its type.
    fn typed_column(self, member: &Member) -> Option<String> {
        let column = &member.column;
        let mut out = String::new();
        if let Some(default) = &column.default {
            let _ = write!(out, " DEFAULT {}", default_text(default, self.dialect()));
        }
        if column.not_null == Some(true) {
            out.push_str(" NOT NULL");
        }
        (!out.is_empty()).then(|| format!("{} WITH OPTIONS{out}", quote(&column.name, self.dialect())))
    }

    /// The sequence that a column owns.
    pub(super) fn sequence_of(self, table: &Name, column: &Ident) -> Option<&'a Sequence> {
        self.catalog.relations().find_map(|(_, relation)| match relation {
            Relation::Sequence(sequence) => {
                let (owner, owning) = sequence.owned_by.as_ref()?;
                (owner == table && owning == column).then_some(&**sequence)
            }
            Relation::Table(_) | Relation::Index(_) | Relation::View(_) => None,
        })
    }

    /// `serial`, where the column is one: its default, NOT NULL and sequence are just what that word makes.
    pub(super) fn serial(self, table: &Table, column: &Column) -> Option<&'static str> {
        let word = match column.ty.as_ref()?.to_string().as_str() {
            "smallint" => "smallserial",
            "integer" => "serial",
            "bigint" => "bigserial",
            _ => return None,
        };
        let sequence = self.sequence_of(&table.name, &column.name).filter(|sequence| !sequence.identity)?;
        let default = column.default.as_ref()?;
        let takes = matches!(default, Expr::Call { name, arguments }
        if name == "nextval" && arguments.iter().any(|argument| argument.as_string().is_some_and(|text| {
            text.replace('"', "").rsplit('.').next() == Some(sequence.name.text())
        })));
        let plain = sequence_options(&sequence.options, column).is_empty()
            && sequence.name.ident == super::objects::usual_sequence(table, column)
            && sequence.name.schema == table.name.schema
            && !sequence.unlogged
            && sequence.notes.comment.is_none();
        (takes && plain && column.not_null == Some(true) && self.dialect() == Dialect::Postgres)
            .then_some(word)
    }

    /// The indexes of a table or materialized view that serve no constraint.
    pub(super) fn indexes(self, relation: &Name, out: &mut Vec<String>) {
        let table = self.catalog.table(relation).found();
        if table.is_some_and(|table| self.is_plain_partition(table)) {
            return;
        }
        for index in self.catalog.indexes_of(relation).filter(|index| index.constraint.is_none()) {
            if index.parent.is_some() && index.generated_name {
                continue;
            }
            if index.made.is_some() {
                out.push(self.index(index));
            }
        }
    }

    pub(super) fn index(self, index: &Index) -> String {
        let dialect = self.dialect();
        let unique = if index.unique { "UNIQUE " } else { "" };
        let only = if index.only { "ONLY " } else { "" };
        let table = index.table.as_ref().map_or_else(String::new, |table| shown(table, dialect));
        let mut out = format!("CREATE {unique}INDEX {} ON {only}{table}", quote(&index.name.ident, dialect));
        if index.method != "btree" {
            let _ = write!(out, " USING {}", index.method);
        }
        let keys: Vec<String> = index.keys.iter().map(|key| key_text(key, dialect)).collect();
        let _ = write!(out, " ({})", keys.join(", "));
        if !index.include.is_empty() {
            let _ = write!(out, " INCLUDE ({})", quoted(&index.include, dialect));
        }
        if index.nulls_not_distinct {
            out.push_str(" NULLS NOT DISTINCT");
        }
        if !index.parameters.is_empty() {
            let _ = write!(out, " WITH ({})", super::objects::parameters(&index.parameters));
        }
        if let Some(predicate) = &index.predicate {
            let _ = write!(out, " WHERE {}", expr_text(predicate, dialect));
        }
        out
    }

    /// STORAGE, COMPRESSION or STATISTICS of a column. (CREATE TABLE has a word for the first since 16 only.)
    pub(super) fn column_setting(self, table: &Name, column: &Ident, setting: &str, value: &str) -> String {
        let (table, column) = (shown(table, self.dialect()), quote(column, self.dialect()));
        let word = setting.to_ascii_uppercase();
        // The name of a compression is one of the server's, the others are words.
        let value = if setting == "compression" { value.to_owned() } else { value.to_ascii_uppercase() };
        format!("ALTER TABLE {table} ALTER COLUMN {column} SET {word} {value}")
    }

    /// The index in whose order a table is put.
    pub(super) fn clustered(self, table: &Name) -> Option<&'a Index> {
        self.catalog.indexes_of(table).find(|index| index.clustered)
    }

    /// What only ALTER TABLE can say of a table.
    pub(super) fn table_switches(self, table: &Table, out: &mut Vec<String>) {
        let dialect = self.dialect();
        let name = shown(&table.name, dialect);
        for member in &table.columns {
            for (setting, value) in &member.column.settings {
                out.push(self.column_setting(&table.name, &member.column.name, setting, value));
            }
        }
        if let Some(index) = self.clustered(&table.name) {
            out.push(format!("ALTER TABLE {name} CLUSTER ON {}", quote(&index.name.ident, dialect)));
        }
        if table.row_security {
            out.push(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"));
        }
        if table.force_row_security {
            out.push(format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"));
        }
        if let Some(identity) = &table.replica_identity {
            out.push(format!("ALTER TABLE {name} REPLICA IDENTITY {identity}"));
        }
    }
}

/// SQLite: the column that numbers rows and never uses a number twice.
fn autoincrement(table: &Table) -> Option<&Ident> {
    let numbered =
        table.columns.iter().find(|member| member.column.identity == Some(Identity::AutoIncrement));
    numbered.map(|member| &member.column.name)
}

pub(super) const fn is_key(kind: &ConstraintKind) -> bool {
    matches!(
        kind,
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclude(_)
    )
}

/// Whether CREATE TABLE would make nothing of a key, because another one is the same (source: `transformIndexConstraints` in
/// PostgreSQL's parse_utilcmd.c).
fn is_double(table: &Table, constraint: &Constraint) -> bool {
    let ConstraintKind::Unique { columns, include, .. } = &constraint.kind else { return false };
    let mut is_behind = false;
    table.constraints.iter().any(|(_, other)| {
        is_behind |= std::ptr::eq(other, constraint);
        match &other.kind {
            ConstraintKind::PrimaryKey { columns: own, include: more, .. } => {
                own == columns && more == include
            }
            ConstraintKind::Unique { columns: own, include: more, .. } => {
                !is_behind && own == columns && more == include
            }
            ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => false,
        }
    })
}

pub(super) fn references(key: &ForeignKey, dialect: Dialect) -> String {
    let mut out = format!("REFERENCES {}", shown(&key.table, dialect));
    if !key.referenced.is_empty() {
        let _ = write!(out, " ({})", quoted(&key.referenced, dialect));
    }
    for (word, action) in [("ON UPDATE", key.on_update), ("ON DELETE", key.on_delete)] {
        let action = match action {
            ReferentialAction::NoAction => continue,
            ReferentialAction::Restrict => "RESTRICT",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        };
        let _ = write!(out, " {word} {action}");
    }
    out
}

fn exclusion(exclude: &Exclusion, dialect: Dialect) -> String {
    let elements: Vec<String> = exclude
        .elements
        .iter()
        .map(|(key, operator)| format!("{} WITH {operator}", key_text(key, dialect)))
        .collect();
    let mut out = format!("EXCLUDE USING {} ({})", exclude.method, elements.join(", "));
    if !exclude.include.is_empty() {
        let _ = write!(out, " INCLUDE ({})", quoted(&exclude.include, dialect));
    }
    if let Some(predicate) = &exclude.predicate {
        let _ = write!(out, " WHERE ({})", expr_text(predicate, dialect));
    }
    out
}

/// What follows a constraint. Of a foreign key MATCH stands before the actions in the grammar, and both orders are read.
pub(super) fn attributes(constraint: &Constraint) -> String {
    let mut out = String::new();
    for attribute in &constraint.attributes {
        if !matches!(
            attribute.as_str(),
            "COLUMN" | "NOT DEFERRABLE" | "INITIALLY IMMEDIATE" | "ENFORCED" | "NOT VALID" | "DESC"
        ) {
            let _ = write!(out, " {attribute}");
        }
    }
    if constraint.not_valid {
        out.push_str(" NOT VALID");
    }
    out
}

/// A key of an index or a partitioned table.
pub(super) fn key_text(key: &IndexKey, dialect: Dialect) -> String {
    let shown = write_query::key(&key.expr, dialect)
        .unwrap_or_else(|| format!("({})", expr_text(&key.expr, dialect)));
    if key.options.is_empty() { shown } else { format!("{shown} {}", key.options) }
}

/// FOR VALUES …
pub(super) fn bound_text(bound: &Bound, dialect: Dialect) -> String {
    let all =
        |values: &[Expr]| values.iter().map(|value| expr_text(value, dialect)).collect::<Vec<_>>().join(", ");
    match bound {
        Bound::Default => "DEFAULT".to_owned(),
        Bound::In(values) => format!("FOR VALUES IN ({})", all(values)),
        Bound::Range(from, to) => format!("FOR VALUES FROM ({}) TO ({})", all(from), all(to)),
        Bound::Hash(modulus, remainder) => {
            format!("FOR VALUES WITH (MODULUS {modulus}, REMAINDER {remainder})")
        }
    }
}

/// A default, in brackets where the grammar wants them.
pub(super) fn default_text(expr: &Expr, dialect: Dialect) -> String {
    write_query::default(expr, dialect).unwrap_or_else(|| format!("({})", expr_text(expr, dialect)))
}

/// The options of a sequence that are not those that its column gives it anyway.
pub(super) fn sequence_options(options: &SequenceOptions, column: &Column) -> Vec<String> {
    let shape = options.shape();
    let usual = SequenceOptions {
        ty: column.ty.as_ref().map(canonical::without_serial),
        ..SequenceOptions::default()
    };
    let usual = usual.shape();
    let mut out = Vec::new();
    if shape.ty != usual.ty {
        out.push(format!("AS {}", shape.ty));
    }
    let step = SequenceOptions {
        increment: Some(shape.increment),
        ty: options.ty.clone(),
        ..SequenceOptions::default()
    };
    let step = step.shape();
    if shape.increment != 1 {
        out.push(format!("INCREMENT BY {}", shape.increment));
    }
    if shape.min != step.min {
        out.push(format!("MINVALUE {}", shape.min));
    }
    if shape.max != step.max {
        out.push(format!("MAXVALUE {}", shape.max));
    }
    let start = if shape.increment > 0 { shape.min } else { shape.max };
    if shape.start != start {
        out.push(format!("START WITH {}", shape.start));
    }
    if shape.cache != 1 {
        out.push(format!("CACHE {}", shape.cache));
    }
    if shape.cycle {
        out.push("CYCLE".to_owned());
    }
    out
}
