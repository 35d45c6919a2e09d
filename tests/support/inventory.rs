//! What a schema holds, as lines that can be compared: asked of a server's own catalog, and told by ours.
//!
//! A second opinion beside `Catalog::diff`: it knows nothing of what is the same by meaning, and it takes nothing on trust. Expressions
//! are told by whether they are there.

use std::collections::BTreeSet;

use gander::schema::{
    Catalog, Column, Constraint, ConstraintKind, Dialect, GeneratedKind, Ident, Identity, Index, Lookup,
    Member, Name, ObjectKind, PartitionKind, ReferentialAction, Relation, Table, Type, TypeKind,
};

/// One line for each thing that is there.
pub type Inventory = BTreeSet<String>;

/// What asks a PostgreSQL server for its lines. Whatever an extension brought is left out, and so are temporary objects.
pub const POSTGRES: &str = include_str!("inventory.postgres.sql");

/// What asks SQLite.
pub const SQLITE: &str = include_str!("inventory.sqlite.sql");

/// The lines of our catalog.
pub fn of(catalog: &Catalog) -> Inventory {
    let mut lines = Inventory::new();
    if catalog.unclear {
        lines.insert("unclear: a statement may have made or dropped anything".to_owned());
    }
    for (name, relation) in catalog.relations().filter(|(name, _)| !is_temporary(name)) {
        match relation {
            Relation::Table(table) => of_table(catalog, table, &mut lines),
            Relation::Index(index) => {
                if let Some(line) = of_index(catalog, index) {
                    lines.insert(line);
                }
            }
            Relation::View(view) if view.materialized => {
                lines.insert(format!("materialized view {}", shown(name)));
            }
            Relation::View(_) => {
                lines.insert(format!("view {}", shown(name)));
            }
            Relation::Sequence(sequence) => {
                let owner = sequence.owned_by.as_ref();
                let owner = owner.map_or_else(String::new, |(table, column)| {
                    format!(" owned by {}.{column}", shown(table))
                });
                lines.insert(format!("sequence {}{owner}", shown(name)));
            }
        }
    }
    of_types(catalog, &mut lines);
    for (name, function) in catalog.all_functions() {
        let arguments: Vec<String> = function.input_types().map(type_text).collect();
        lines.insert(format!("{} {}({})", function.kind.noun(), shown(name), arguments.join(", ")));
    }
    for (object, _) in catalog.others() {
        let ident = &object.name.ident;
        match (object.kind, &object.on) {
            // Rights and settings of a whole server are nobody's schema.
            (ObjectKind::Role | ObjectKind::User | ObjectKind::Database | ObjectKind::Tablespace, _) => {}
            (ObjectKind::Schema, _) if *ident == *"public" => {}
            (ObjectKind::Extension, _) if *ident == *"plpgsql" => {}
            (kind, Some(table)) => {
                if !is_temporary(table) {
                    lines.insert(format!("{} {ident} on {}", kind.noun(), shown(table)));
                }
            }
            (kind, None) => {
                lines.insert(format!("{} {ident}", kind.noun()));
            }
        }
    }
    lines
}

fn of_table(catalog: &Catalog, table: &Table, lines: &mut Inventory) {
    let name = shown(&table.name);
    if table.open {
        lines.insert(format!("open: table {name} may have more"));
    }
    let noun = if table.foreign { "foreign table" } else { "table" };
    let mut line = format!("{noun} {name}");
    let partitioned = match table.partition {
        PartitionKind::Parent => true,
        PartitionKind::None | PartitionKind::Partition => false,
    };
    let marks = [
        (table.unlogged, " unlogged"),
        (partitioned, " partitioned"),
        (table.row_security, " row security"),
        (table.options.iter().any(|option| option == "WITHOUT ROWID"), " without rowid"),
        (table.options.iter().any(|option| option == "STRICT"), " strict"),
    ];
    marks.iter().filter(|(is_so, _)| *is_so).for_each(|(_, mark)| line.push_str(mark));
    lines.insert(line);
    for parent in &table.parents {
        lines.insert(format!("{name} is a child of {}", shown(parent)));
    }
    let key = table.primary_key().unwrap_or_default();
    for Member { column, .. } in table.columns.iter().map(|member| &**member) {
        lines.insert(of_column(catalog, table, column, key));
    }
    for (ident, constraint) in &table.constraints {
        if let Some(line) = of_constraint(catalog, table, ident, constraint) {
            lines.insert(line);
        }
    }
}

fn of_column(catalog: &Catalog, table: &Table, column: &Column, key: &[Ident]) -> String {
    let mut line = format!("column {}.{}", shown(&table.name), column.name);
    if let Some(ty) = &column.ty {
        line.push(' ');
        line.push_str(&type_text(ty));
    }
    let sqlite = catalog.dialect == Dialect::Sqlite;
    let rowid = sqlite
        && matches!(key, [only] if *only == column.name)
        && column.ty.as_ref().is_some_and(|ty| ty.name == "integer")
        && !table.options.iter().any(|option| option == "WITHOUT ROWID");
    if column.not_null == Some(true) || rowid {
        line.push_str(" not null");
    }
    match column.identity {
        Some(Identity::Always) => line.push_str(" identity always"),
        Some(Identity::ByDefault) => line.push_str(" identity by default"),
        Some(Identity::AutoIncrement) | None => {}
    }
    if let Some(generated) = &column.generated {
        line.push_str(match generated.kind {
            GeneratedKind::Stored => " generated stored",
            GeneratedKind::Virtual | GeneratedKind::Unsaid => " generated",
        });
    } else if column.default.as_ref().is_some_and(|default| sqlite || !default.is_null()) {
        line.push_str(" default");
    }
    if sqlite && key.contains(&column.name) {
        line.push_str(" key");
    }
    if let Some(collation) = column.collation.as_ref().filter(|_| !sqlite) {
        let bare = collation.rsplit('.').next().unwrap_or(collation);
        line.push_str(&format!(" collate {}", bare.trim_matches('"')));
    }
    line
}

fn of_constraint(catalog: &Catalog, table: &Table, ident: &Ident, constraint: &Constraint) -> Option<String> {
    let sqlite = catalog.dialect == Dialect::Sqlite;
    let what = match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } => format!("primary key ({})", idents(columns)),
        ConstraintKind::Unique { columns, .. } => format!("unique ({})", idents(columns)),
        ConstraintKind::Check(_) => "check".to_owned(),
        ConstraintKind::Exclude(_) => "exclude".to_owned(),
        // Before 18 a NOT NULL has no name.
        ConstraintKind::NotNull(_) => return None,
        ConstraintKind::ForeignKey(key) => {
            let referenced = if key.referenced.is_empty() {
                catalog.table(&key.table).found().and_then(Table::primary_key).unwrap_or_default()
            } else {
                &key.referenced
            };
            let mut line = format!(
                "foreign key ({}) to {} ({})",
                idents(&key.columns),
                shown(&key.table),
                idents(if sqlite { &key.referenced } else { referenced })
            );
            for (when, action) in [("delete", key.on_delete), ("update", key.on_update)] {
                line.push_str(&match action {
                    ReferentialAction::NoAction => continue,
                    ReferentialAction::Restrict => format!(" on {when} restrict"),
                    ReferentialAction::Cascade => format!(" on {when} cascade"),
                    ReferentialAction::SetNull => format!(" on {when} set null"),
                    ReferentialAction::SetDefault => format!(" on {when} set default"),
                });
            }
            line
        }
    };
    if sqlite {
        // Constraints have no names that could be asked for, and the key stands with its columns.
        return matches!(constraint.kind, ConstraintKind::ForeignKey(_))
            .then(|| format!("{} {what}", shown(&table.name)));
    }
    let has = |word: &str| constraint.attributes.iter().any(|attribute| attribute == word);
    let deferred = has("INITIALLY DEFERRED");
    let marks = [
        (constraint.not_valid, " not valid"),
        (has("DEFERRABLE") || deferred, " deferrable"),
        (deferred, " initially deferred"),
    ];
    let marks: String = marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| *mark).collect();
    Some(format!("constraint {}.{ident} {what}{marks}", shown(&table.name)))
}

fn of_index(catalog: &Catalog, index: &Index) -> Option<String> {
    // SQLite's own are called sqlite_autoindex_… and stand for a constraint.
    if catalog.dialect == Dialect::Sqlite && index.constraint.is_some() {
        return None;
    }
    let table = index.table.as_ref().map_or_else(|| "nothing".to_owned(), shown);
    let keys: Vec<&str> = index.keys.iter().map(|key| key.column().unwrap_or("(…)")).collect();
    let mut line = format!("index {} on {table} {} ({})", shown(&index.name), index.method, keys.join(", "));
    if index.unique {
        line.push_str(" unique");
    }
    if !index.include.is_empty() {
        line.push_str(&format!(" include ({})", idents(&index.include)));
    }
    if index.nulls_not_distinct {
        line.push_str(" nulls not distinct");
    }
    if index.predicate.is_some() {
        line.push_str(" where");
    }
    // The operators of an EXCLUDE are not taken apart: its index is known by name.
    let exclude = index.constraint.as_ref().zip(index.table.as_ref()).is_some_and(|(constraint, table)| {
        let Lookup::Found(table) = catalog.table(table) else { return false };
        let Lookup::Found(constraint) = table.constraint(constraint.key()) else { return false };
        matches!(constraint.kind, ConstraintKind::Exclude(_))
    });
    Some(if exclude { format!("index {} on {table} of an exclude", shown(&index.name)) } else { line })
}

fn of_types(catalog: &Catalog, lines: &mut Inventory) {
    for entry in catalog.types() {
        let name = shown(&entry.name);
        let line = match &entry.kind {
            TypeKind::Enum(labels) => format!("enum {name} ({})", labels.labels.join(", ")),
            TypeKind::Composite(attributes) => {
                let attributes: Vec<String> =
                    attributes.iter().map(|(ident, ty)| format!("{ident} {}", type_text(ty))).collect();
                format!("composite {name} ({})", attributes.join(", "))
            }
            TypeKind::Domain { ty, default, not_null, constraints, .. } => {
                for (ident, _) in constraints {
                    lines.insert(format!("constraint {name}.{ident} of a domain"));
                }
                let default = if default.is_some() { " default" } else { "" };
                let not_null = if *not_null { " not null" } else { "" };
                format!("domain {name} {}{not_null}{default}", type_text(ty))
            }
            // What an extension brings is the extension's.
            TypeKind::Other(text) if text.starts_with("extension ") => continue,
            TypeKind::Other(_) => format!("other type {name}"),
        };
        lines.insert(line);
    }
}

fn is_temporary(name: &Name) -> bool {
    name.schema.as_ref().is_some_and(|schema| *schema == *"pg_temp" || *schema == *"temp")
}

/// With its schema, which SQLite's one does not have.
fn shown(name: &Name) -> String {
    match &name.schema {
        Some(schema) if *schema != *"main" => format!("{schema}.{}", name.ident),
        Some(_) | None => name.ident.to_string(),
    }
}

fn idents(list: &[Ident]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Without the schema and the quotes: the same type is written with and without.
fn type_text(ty: &Type) -> String {
    Type { schema: None, ..ty.clone() }.to_string().replace('"', "")
}
