//! Schemas that must be there, and extensions, which bring objects that no statement makes.

use super::{Outcome, Step};
use crate::ops::{Conflict, Guard};
use crate::schema::{
    Detail, Extension, Ident, Lookup, Name, ObjectKind, ObjectRef, Other, Slot, TypeEntry, TypeKind,
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

/// Functions that well-known extensions bring and tables call, but for those that the server has itself by now.
const FUNCTIONS: &[(&str, &[&str])] = &[
    (
        "uuid-ossp",
        &[
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "uuid_generate_v3",
            "uuid_generate_v4",
            "uuid_generate_v5",
            "uuid_nil",
            "uuid_ns_dns",
            "uuid_ns_oid",
            "uuid_ns_url",
            "uuid_ns_x500",
        ],
    ),
    ("pgcrypto", &["crypt", "digest", "gen_random_bytes", "gen_salt", "hmac"]),
    ("unaccent", &["unaccent"]),
    ("pg_trgm", &["similarity", "word_similarity", "strict_word_similarity"]),
];

/// Operator classes of theirs that an index has to name.
const OPERATOR_CLASSES: &[(&str, &[&str])] = &[
    ("pg_trgm", &["gin_trgm_ops", "gist_trgm_ops"]),
    ("citext", &["citext_pattern_ops"]),
    ("hstore", &["gin_hstore_ops", "gist_hstore_ops"]),
    ("intarray", &["gin__int_ops", "gist__intbig_ops"]),
    (
        "btree_gist",
        &[
            "gist_text_ops",
            "gist_int4_ops",
            "gist_int8_ops",
            "gist_int2_ops",
            "gist_uuid_ops",
            "gist_date_ops",
        ],
    ),
    (
        "vector",
        &[
            "vector_l2_ops",
            "vector_ip_ops",
            "vector_cosine_ops",
            "vector_l1_ops",
            "halfvec_l2_ops",
            "halfvec_cosine_ops",
        ],
    ),
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

/// Well-known extensions that bring neither tables nor views (source: the same scripts).
const WITHOUT_TABLES: &[&str] = &[
    "autoinc",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dict_int",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "insert_username",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "moddatetime",
    "pg_trgm",
    "pgcrypto",
    "plpgsql",
    "refint",
    "seg",
    "sslinfo",
    "tablefunc",
    "tsm_system_rows",
    "unaccent",
    "uuid-ossp",
    "vector",
];

/// Whether it is an extension that may bring tables or views.
pub(super) fn brings_tables(object: &ObjectRef) -> bool {
    object.kind == ObjectKind::Extension && !WITHOUT_TABLES.contains(&object.name.ident.key())
}

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

    /// Whether PostgreSQL keeps the name of a schema for itself.
    pub(super) fn is_reserved(&self, schema: &Ident) -> bool {
        self.postgres() && schema.text().starts_with("pg_")
    }

    pub(super) fn reserved(&self, schema: &Ident) -> Outcome {
        let sentence = format!("schema `{schema}`: the server keeps names that begin with pg_ for itself");
        Outcome::Refused(Conflict::Other("42939", sentence))
    }

    /// Why a relation of the server's own catalogs cannot be made, altered or dropped.
    pub(super) fn is_own(&self, name: &Name) -> Option<Conflict> {
        let own = self.postgres() && name.schema.as_ref().is_some_and(|schema| *schema == "pg_catalog");
        own.then(|| {
            Conflict::Other("42501", format!("`{name}` is the server's own: it cannot be made or altered"))
        })
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
                let kind = TypeKind::Other(mark(name));
                let entry = TypeEntry::unknown(full.clone(), kind);
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

    /// The types that an extension brought.
    pub(super) fn brought_types(&self, extension: &Ident) -> Vec<TypeEntry> {
        let mark = mark(extension);
        let own = |entry: &&TypeEntry| matches!(&entry.kind, TypeKind::Other(text) if *text == mark);
        self.catalog.types().filter(own).cloned().collect()
    }

    /// ALTER EXTENSION … SET SCHEMA takes along what the extension brought.
    pub(super) fn move_extension(&mut self, extension: &Ident, schema: &Ident) {
        let object = ObjectRef { kind: ObjectKind::Extension, name: Name::bare(extension.clone()), on: None };
        if let Lookup::Found(other) = self.catalog.other(&object) {
            let detail = Detail::Extension(Extension { schema: Some(schema.clone()) });
            let moved = Other { detail, ..(**other).clone() };
            self.catalog.put_other(object, Slot::Present(moved));
        }
        for entry in self.brought_types(extension) {
            let name = Name::qualified(schema.clone(), entry.name.ident.clone());
            self.rename_in_columns(&entry.name, &name);
            self.catalog.put_type(entry.name.clone(), Slot::Gone);
            self.catalog.put_type(name.clone(), Slot::Present(TypeEntry { name, ..entry }));
        }
    }

    /// What an extension brought goes with it.
    pub(super) fn drop_brought(&mut self, extension: &Ident) {
        for entry in self.brought_types(extension) {
            self.catalog.put_type(entry.name, Slot::Gone);
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

/// By what its types are known as an extension's.
fn mark(extension: &Ident) -> String {
    format!("extension {extension}")
}

/// The functions that an extension brings.
pub(super) fn functions(extension: &Ident) -> &'static [&'static str] {
    brought(FUNCTIONS, extension)
}

/// The operator classes that an extension brings.
pub(super) fn operator_classes(extension: &Ident) -> &'static [&'static str] {
    brought(OPERATOR_CLASSES, extension)
}

fn brought<'t>(all: &'t [(&str, &'t [&'t str])], extension: &Ident) -> &'t [&'t str] {
    all.iter().find(|(name, _)| *extension == **name).map_or(&[], |(_, brought)| brought)
}
