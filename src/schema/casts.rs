//! The types that PostgreSQL has by itself, which of them become which without a word, which can be compared as keys, and which of its
//! functions are not immutable (sources: `pg_type`, `pg_cast`, `pg_amop`, `pg_opclass` and `pg_proc` of PostgreSQL 15, against which a
//! test holds them; for the names, the types of other versions too).

/// Whether PostgreSQL has a type of that name by itself.
pub fn is_own(name: &str) -> bool {
    TYPES.binary_search(&name).is_ok()
}

/// Whether a value of one of PostgreSQL's own types becomes one of another where it is assigned to a column: by a cast for that, or,
/// for what is a string, by being written out.
pub fn is_assigned(from: &str, to: &str) -> bool {
    let (from, to) = (named(from), named(to));
    is_implicit(from, to)
        || STRINGS.contains(&to)
        || targets(from).is_some_and(|(_, more)| more.contains(&to))
}

/// Whether everything can be written out as that type.
pub fn is_string(name: &str) -> bool {
    STRINGS.contains(&named(name))
}

/// The SQLSTATE with which an empty string is refused as a value of a type, where it is.
pub fn refuses_empty(name: &str) -> Option<&'static str> {
    match named(name) {
        "bigint" | "boolean" | "double precision" | "inet" | "integer" | "json" | "jsonb" | "numeric"
        | "oid" | "real" | "smallint" | "uuid" => Some("22P02"),
        "date"
        | "interval"
        | "time with time zone"
        | "time without time zone"
        | "timestamp with time zone"
        | "timestamp without time zone" => Some("22007"),
        _ => None,
    }
}

/// Whether a foreign key of the one type can refer to a key of the other (source: `ATAddForeignKeyConstraint` in PostgreSQL's
/// tablecmds.c); None where the other is not known to be a key's.
pub fn refers(from: &str, key: &str) -> Option<bool> {
    let (from, key) = (named(from), named(key));
    let compared = match key {
        "character varying" => "text",
        "cidr" => "inet",
        _ => KEYS.contains(&key).then_some(key)?,
    };
    let family = |family: &&&[&str]| family.contains(&compared);
    let together = FAMILIES.iter().find(family).is_some_and(|family| family.contains(&from));
    Some(together || is_implicit(from, compared))
}

/// Whether every function of that name that PostgreSQL has by itself is stable or volatile.
pub fn is_changing(function: &str) -> bool {
    CHANGING.binary_search(&function).is_ok()
}

/// Whether a cast between two of PostgreSQL's own types, which it has, is not immutable: it goes by the time zone, by the style of
/// dates, or by the names of objects.
pub fn is_cast_changing(from: &str, to: &str) -> bool {
    let (from, to) = (named(from), named(to));
    let zoned = |name: &str| name == "timestamp with time zone" || name == "time with time zone";
    match (STRINGS.contains(&from), STRINGS.contains(&to)) {
        (true, true) => false,
        (true, false) => READ_BY_SETTINGS.contains(&to),
        (false, true) => WRITTEN_BY_SETTINGS.contains(&from),
        (false, false) if from == to => false,
        (false, false) => match (from, to) {
            ("time with time zone", _) => false,
            (from, to) => DAYS.contains(&from) && DAYS.contains(&to) && (zoned(from) || zoned(to)),
        },
    }
}

fn is_implicit(from: &str, to: &str) -> bool {
    from == to || targets(from).is_some_and(|(implicit, _)| implicit.contains(&to))
}

fn targets(from: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    let cast = CASTS.binary_search_by(|(known, _, _)| (*known).cmp(from)).ok()?;
    CASTS.get(cast).map(|(_, implicit, assigned)| (*implicit, *assigned))
}

/// A type under the name under which it stands here.
fn named(name: &str) -> &str {
    match name {
        "bpchar" => "character",
        "char" => "\"char\"",
        name => name,
    }
}

/// What one reads out of a string goes by settings, or by what has which name.
const READ_BY_SETTINGS: &[&str] = &[
    "date",
    "interval",
    "money",
    "regclass",
    "regproc",
    "regtype",
    "time with time zone",
    "time without time zone",
    "timestamp with time zone",
    "timestamp without time zone",
];

/// So does how it is written.
const WRITTEN_BY_SETTINGS: &[&str] = &[
    "date",
    "interval",
    "money",
    "regclass",
    "regproc",
    "regtype",
    "timestamp with time zone",
    "timestamp without time zone",
];

const DAYS: &[&str] = &[
    "date",
    "time with time zone",
    "time without time zone",
    "timestamp with time zone",
    "timestamp without time zone",
];

/// What everything can be written out as.
const STRINGS: &[&str] = &["character", "character varying", "name", "text"];

/// The types of which there is an index that a key can have, and that are compared as themselves.
const KEYS: &[&str] = &[
    "\"char\"",
    "bigint",
    "bit",
    "bit varying",
    "boolean",
    "bytea",
    "character",
    "date",
    "double precision",
    "inet",
    "integer",
    "interval",
    "jsonb",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "oid",
    "real",
    "smallint",
    "text",
    "time with time zone",
    "time without time zone",
    "timestamp with time zone",
    "timestamp without time zone",
    "uuid",
];

/// Those that are compared with each other.
const FAMILIES: &[&[&str]] = &[
    &["bigint", "integer", "smallint"],
    &["date", "timestamp with time zone", "timestamp without time zone"],
    &["double precision", "real"],
    &["name", "text"],
];

/// What each becomes anywhere, and what besides in an assignment, but for strings.
const CASTS: &[(&str, &[&str], &[&str])] = &[
    ("\"char\"", &["text"], &[]),
    (
        "bigint",
        &[
            "double precision",
            "numeric",
            "oid",
            "real",
            "regclass",
            "regcollation",
            "regconfig",
            "regdictionary",
            "regnamespace",
            "regoper",
            "regoperator",
            "regproc",
            "regprocedure",
            "regrole",
            "regtype",
        ],
        &["integer", "money", "smallint"],
    ),
    ("bit", &["bit varying"], &[]),
    ("bit varying", &["bit"], &[]),
    ("box", &[], &["polygon"]),
    ("character", &["character varying", "name", "text"], &["\"char\""]),
    ("character varying", &["character", "name", "regclass", "text"], &["\"char\""]),
    ("cidr", &["inet"], &[]),
    ("date", &["timestamp with time zone", "timestamp without time zone"], &[]),
    ("double precision", &[], &["bigint", "integer", "numeric", "real", "smallint"]),
    ("inet", &[], &["cidr"]),
    (
        "integer",
        &[
            "bigint",
            "double precision",
            "numeric",
            "oid",
            "real",
            "regclass",
            "regcollation",
            "regconfig",
            "regdictionary",
            "regnamespace",
            "regoper",
            "regoperator",
            "regproc",
            "regprocedure",
            "regrole",
            "regtype",
        ],
        &["money", "smallint"],
    ),
    ("interval", &[], &["time without time zone"]),
    ("json", &[], &["jsonb"]),
    ("jsonb", &[], &["json"]),
    ("macaddr", &["macaddr8"], &[]),
    ("macaddr8", &["macaddr"], &[]),
    ("money", &[], &["numeric"]),
    ("name", &["text"], &[]),
    ("numeric", &["double precision", "real"], &["bigint", "integer", "money", "smallint"]),
    (
        "oid",
        &[
            "regclass",
            "regcollation",
            "regconfig",
            "regdictionary",
            "regnamespace",
            "regoper",
            "regoperator",
            "regproc",
            "regprocedure",
            "regrole",
            "regtype",
        ],
        &["bigint", "integer"],
    ),
    ("path", &[], &["polygon"]),
    ("point", &[], &["box"]),
    ("polygon", &[], &["path"]),
    ("real", &["double precision"], &["bigint", "integer", "numeric", "smallint"]),
    ("regclass", &["oid"], &["bigint", "integer"]),
    ("regcollation", &["oid"], &["bigint", "integer"]),
    ("regconfig", &["oid"], &["bigint", "integer"]),
    ("regdictionary", &["oid"], &["bigint", "integer"]),
    ("regnamespace", &["oid"], &["bigint", "integer"]),
    ("regoper", &["oid", "regoperator"], &["bigint", "integer"]),
    ("regoperator", &["oid", "regoper"], &["bigint", "integer"]),
    ("regproc", &["oid", "regprocedure"], &["bigint", "integer"]),
    ("regprocedure", &["oid", "regproc"], &["bigint", "integer"]),
    ("regrole", &["oid"], &["bigint", "integer"]),
    ("regtype", &["oid"], &["bigint", "integer"]),
    (
        "smallint",
        &[
            "bigint",
            "double precision",
            "integer",
            "numeric",
            "oid",
            "real",
            "regclass",
            "regcollation",
            "regconfig",
            "regdictionary",
            "regnamespace",
            "regoper",
            "regoperator",
            "regproc",
            "regprocedure",
            "regrole",
            "regtype",
        ],
        &[],
    ),
    ("text", &["character", "character varying", "name", "regclass"], &["\"char\""]),
    ("time with time zone", &[], &["time without time zone"]),
    ("time without time zone", &["interval", "time with time zone"], &[]),
    (
        "timestamp with time zone",
        &[],
        &["date", "time with time zone", "time without time zone", "timestamp without time zone"],
    ),
    ("timestamp without time zone", &["timestamp with time zone"], &["date", "time without time zone"]),
];

/// In the order of their bytes: every type, under the name that the server keeps and the one that it prints.
const TYPES: &[&str] = &[
    "\"any\"",
    "\"char\"",
    "abstime",
    "aclitem",
    "any",
    "anyarray",
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblemultirange",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anyelement",
    "anyenum",
    "anymultirange",
    "anynonarray",
    "anyrange",
    "bigint",
    "bit",
    "bit varying",
    "bool",
    "boolean",
    "box",
    "bpchar",
    "bytea",
    "char",
    "character",
    "character varying",
    "cid",
    "cidr",
    "circle",
    "cstring",
    "date",
    "datemultirange",
    "daterange",
    "double precision",
    "event_trigger",
    "fdw_handler",
    "float4",
    "float8",
    "gtsvector",
    "index_am_handler",
    "inet",
    "int2",
    "int2vector",
    "int4",
    "int4multirange",
    "int4range",
    "int8",
    "int8multirange",
    "int8range",
    "integer",
    "internal",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "language_handler",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "oid8",
    "oidvector",
    "opaque",
    "path",
    "pg_brin_bloom_summary",
    "pg_brin_minmax_multi_summary",
    "pg_ddl_command",
    "pg_dependencies",
    "pg_lsn",
    "pg_mcv_list",
    "pg_ndistinct",
    "pg_node_tree",
    "pg_snapshot",
    "point",
    "polygon",
    "real",
    "record",
    "refcursor",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "reltime",
    "smallint",
    "smgr",
    "table_am_handler",
    "text",
    "tid",
    "time",
    "time with time zone",
    "time without time zone",
    "timestamp",
    "timestamp with time zone",
    "timestamp without time zone",
    "timestamptz",
    "timetz",
    "tinterval",
    "trigger",
    "tsm_handler",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "unknown",
    "uuid",
    "varbit",
    "varchar",
    "void",
    "xid",
    "xid8",
    "xml",
];

/// In the order of their bytes: functions of which there is no immutable one.
const CHANGING: &[&str] = &[
    "array_to_json",
    "array_to_string",
    "clock_timestamp",
    "col_description",
    "concat",
    "concat_ws",
    "current_catalog",
    "current_database",
    "current_date",
    "current_query",
    "current_role",
    "current_schema",
    "current_schemas",
    "current_setting",
    "current_time",
    "current_timestamp",
    "current_user",
    "currval",
    "enum_first",
    "enum_last",
    "enum_range",
    "format",
    "gen_random_uuid",
    "inet_client_addr",
    "inet_client_port",
    "inet_server_addr",
    "inet_server_port",
    "json_build_array",
    "json_build_object",
    "json_populate_record",
    "json_populate_recordset",
    "json_to_record",
    "json_to_recordset",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_populate_record",
    "jsonb_populate_recordset",
    "jsonb_to_record",
    "jsonb_to_recordset",
    "lastval",
    "localtime",
    "localtimestamp",
    "make_timestamptz",
    "nextval",
    "now",
    "obj_description",
    "pg_backend_pid",
    "pg_sleep",
    "random",
    "row_to_json",
    "session_user",
    "set_config",
    "setseed",
    "setval",
    "statement_timestamp",
    "timeofday",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_number",
    "transaction_timestamp",
    "txid_current",
    "txid_current_snapshot",
    "user",
    "version",
];
