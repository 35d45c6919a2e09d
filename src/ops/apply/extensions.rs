//! Schemas that must be there, and extensions, which bring objects that no statement makes.

use super::{Outcome, Step};
use crate::ops::{Conflict, Guard};
use crate::schema::{
    Detail, Extension, Ident, Lookup, Name, Notes, ObjectKind, ObjectRef, Slot, TypeEntry, TypeKind,
};

/// The types that well-known extensions bring (source: their scripts in PostgreSQL 15's contrib, PostGIS 3 and pgvector 0.5).
const TYPES: &[(&str, &[&str])] = &[
    ("citext", &["citext"]),
    ("cube", &["cube"]),
    ("hstore", &["hstore", "ghstore"]),
    ("isn", &["ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"]),
    ("lo", &["lo"]),
    ("ltree", &["ltree", "lquery", "ltxtquery", "ltree_gist"]),
    ("pg_trgm", &["gtrgm"]),
    ("seg", &["seg"]),
    ("intarray", &["query_int", "intbig_gkey"]),
    ("vector", &["vector", "halfvec", "sparsevec"]),
    ("postgis", &["geometry", "geography", "box2d", "box3d", "geometry_dump", "spheroid", "valid_detail"]),
];

/// Well-known extensions that bring no types (source: the same scripts).
const WITHOUT_TYPES: &[&str] = &[
    "adminpack",
    "amcheck",
    "autoinc",
    "bloom",
    "btree_gin",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "insert_username",
    "moddatetime",
    "pageinspect",
    "pg_buffercache",
    "pg_cron",
    "pg_prewarm",
    "pg_stat_statements",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "plpgsql",
    "postgres_fdw",
    "refint",
    "sslinfo",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "xml2",
];

/// Whether an extension may bring types that stand in no list here.
pub(super) fn brings_types(extension: &Ident) -> bool {
    !WITHOUT_TYPES.contains(&extension.key()) && brought(TYPES, extension).is_empty()
}

/// Whether a well-known extension brings a type of that name.
pub(super) fn is_brought(ty: &str) -> bool {
    TYPES.iter().any(|(_, brought)| brought.contains(&ty))
}

/// The relations that well-known extensions bring.
const VIEWS: &[(&str, &[&str])] = &[
    ("pg_stat_statements", &["pg_stat_statements", "pg_stat_statements_info"]),
    ("pg_buffercache", &["pg_buffercache"]),
];

impl Step<'_> {
    /// The answer where a name's schema is known not to be there (PostgreSQL).
    pub(super) fn missing_schema(&self, name: &Name) -> Option<Outcome> {
        if !self.postgres() {
            return None;
        }
        let Some(schema) = &name.schema else {
            // "$user" is the schema of whoever runs it, if there is one.
            let path = self.session.settings.get("search_path");
            let known = path.is_some_and(|(path, _)| !path.contains("$user"));
            let sentence = "the search path names no schema to make it in".to_owned();
            return known.then_some(Outcome::Refused(Conflict::Other("3F000", sentence)));
        };
        let object = ObjectRef { kind: ObjectKind::Schema, name: Name::bare(schema.clone()), on: None };
        let own = ["public", "pg_temp", "pg_catalog", "information_schema", "pg_toast"];
        // Only where it was seen to go: nobody has to make a schema in a migration.
        let gone = self.catalog.other(&object).is_absent() && !own.contains(&schema.text());
        gone.then_some(Outcome::Refused(Conflict::Missing(object)))
    }

    /// The schema in which an unqualified name is made: the first of the search path that may be there.
    pub(super) fn home_schema(&self) -> Option<Ident> {
        let may_be = |schema: &&Ident| {
            let name = Name::qualified((*schema).clone(), (*schema).clone());
            self.missing_schema(&name).is_none()
        };
        self.session.search_path.iter().find(may_be).cloned()
    }

    pub(super) fn create_extension(&mut self, name: &Ident, guard: Guard, schema: Option<&Ident>) -> Outcome {
        let object = ObjectRef { kind: ObjectKind::Extension, name: Name::bare(name.clone()), on: None };
        let detail = Detail::Extension(Extension { schema: schema.cloned() });
        let outcome = self.create_other(object, guard, detail);
        if outcome != Outcome::Done {
            return outcome;
        }
        let home = schema.cloned().or_else(|| self.home_schema());
        for ty in brought(TYPES, name) {
            let full = Name { schema: home.clone(), ident: Ident::exact(*ty) };
            if self.catalog.type_entry(&full).found().is_none() {
                let kind = TypeKind::Other(format!("extension {name}"));
                let entry = TypeEntry { name: full.clone(), kind, notes: Notes::default(), made: None };
                self.catalog.put_type(full, Slot::Present(entry));
            }
        }
        for view in brought(VIEWS, name) {
            let full = Name { schema: home.clone(), ident: Ident::exact(*view) };
            if self.catalog.relation(&full).found().is_none() {
                self.catalog.put_relation(full, Slot::Unclear);
            }
        }
        Outcome::Done
    }

    /// What an extension brought goes with it.
    pub(super) fn drop_brought(&mut self, extension: &Ident) {
        let mark = format!("extension {extension}");
        let types: Vec<Name> = self
            .catalog
            .types()
            .filter(|entry| matches!(&entry.kind, TypeKind::Other(text) if *text == mark))
            .map(|entry| entry.name.clone())
            .collect();
        for name in types {
            self.catalog.put_type(name, Slot::Gone);
        }
        let views: Vec<Name> = brought(VIEWS, extension)
            .iter()
            .map(|view| self.resolve(&Name::bare(Ident::exact(*view))))
            .filter(|name| matches!(self.catalog.relation(name), Lookup::Unknown))
            .collect();
        for name in views {
            self.catalog.put_relation(name, Slot::Gone);
        }
    }
}

fn brought<'t>(all: &'t [(&str, &'t [&'t str])], extension: &Ident) -> &'t [&'t str] {
    all.iter().find(|(name, _)| *extension == **name).map_or(&[], |(_, brought)| brought)
}
