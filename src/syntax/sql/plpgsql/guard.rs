//! Conditions of a DO block that ask the catalog whether something is there.

use std::collections::BTreeMap;

use super::super::cursor::{Cursor, string_value};
use super::super::lex::{Lexer, TokenKind};
use super::super::query;
use crate::ops::{Condition, Operation, Statement};
use crate::schema::{ConstraintKind, Dialect, Ident, Name, ObjectKind, ObjectRef};
use crate::text::{Map, Span};

/// Longer conditions are not looked into: brackets in brackets are walked again and again.
const LONGEST: usize = 1_000;

/// What a condition asks, joined by AND.
#[derive(Clone)]
pub struct Test {
    parts: Vec<Part>,
}

/// One term of a condition.
#[derive(Clone)]
struct Part {
    condition: Condition,
    /// Whether the name may belong to several kinds: a relation is a table, an index or a view, a type may be a domain.
    loose: bool,
}

impl Test {
    /// One that cannot be told.
    fn unknown() -> Self {
        Self { parts: vec![Part { condition: Condition::Unknown, loose: false }] }
    }

    /// Whether it asks for one object.
    pub fn is_known(&self) -> bool {
        self.parts.len() == 1 && self.parts[0].condition != Condition::Unknown
    }

    /// What holds where the condition is true.
    pub fn holds(&self) -> Vec<Condition> {
        self.parts.iter().map(|part| part.condition.clone()).collect()
    }

    /// What holds where the condition is false.
    pub fn fails(&self) -> Condition {
        match self.parts.as_slice() {
            [Part { condition: Condition::IfAbsent(object, at), .. }] => {
                Condition::IfExists(object.clone(), *at)
            }
            [Part { condition: Condition::IfExists(object, at), .. }] => {
                Condition::IfAbsent(object.clone(), *at)
            }
            _ => Condition::Unknown,
        }
    }

    /// Where the name may belong to several kinds, or stand in any schema, the statements that it guards tell which. Says
    /// whether that changed something.
    pub fn name_kind(&mut self, statements: &[Statement]) -> bool {
        let mut changed = false;
        for part in &mut self.parts {
            let (Condition::IfAbsent(object, _) | Condition::IfExists(object, _)) = &mut part.condition
            else {
                continue;
            };
            let name = match (&mut object.on, object.kind) {
                (Some(on), _) => on,
                (None, ObjectKind::Table | ObjectKind::Type) => &mut object.name,
                (None, _) => continue,
            };
            if name.schema.is_some() {
                continue;
            }
            let ops = statements.iter().flat_map(|statement| &statement.ops);
            let guarded = ops.filter_map(|op| relation_or_type(&op.kind)).find(|own| own.ident == name.ident);
            if let Some(schema) = guarded.and_then(|own| own.schema.clone()) {
                name.schema = Some(schema);
                changed = true;
            }
        }
        for part in self.parts.iter_mut().filter(|part| part.loose) {
            let (Condition::IfAbsent(object, _) | Condition::IfExists(object, _)) = &mut part.condition
            else {
                continue;
            };
            let ops = statements.iter().flat_map(|statement| &statement.ops);
            let Some(kind) = ops.filter_map(|op| kind_of(&op.kind, &object.name.ident)).next() else {
                continue;
            };
            changed |= object.kind != kind;
            object.kind = kind;
        }
        changed
    }
}

/// The table or the type that an operation makes or changes.
fn relation_or_type(operation: &Operation) -> Option<&Name> {
    match operation {
        Operation::CreateTable(create) => Some(&create.name),
        Operation::CreateType(create) => Some(&create.name),
        Operation::CreateDomain(create) => Some(&create.name),
        Operation::AlterType { name, .. } => Some(name),
        Operation::CreateIndex(create) => Some(&create.table),
        Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::RenameColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::RenameConstraint { table, .. } => Some(&table.name),
        Operation::Rename { object, .. } if object.kind == ObjectKind::Table => Some(&object.name),
        _ => None,
    }
}

/// The kind of the object that an operation makes, drops, renames or uses under this name.
fn kind_of(operation: &Operation, name: &Ident) -> Option<ObjectKind> {
    let (own, kind) = match operation {
        Operation::CreateIndex(index) => (&index.name.as_ref()?.ident, ObjectKind::Index),
        Operation::CreateView(view) if view.materialized => (&view.name.ident, ObjectKind::MaterializedView),
        Operation::CreateView(view) => (&view.name.ident, ObjectKind::View),
        Operation::CreateSequence(sequence) => (&sequence.name.ident, ObjectKind::Sequence),
        Operation::CreateTable(table) => (&table.name.ident, ObjectKind::Table),
        Operation::CreateDomain(domain) => (&domain.name.ident, ObjectKind::Domain),
        Operation::CreateFunction(function) => (&function.name.ident, function.kind),
        Operation::CreatePublication { name, .. } | Operation::AlterPublication { name, .. } => {
            (name, ObjectKind::Publication)
        }
        Operation::CreateOther { object, .. }
        | Operation::AlterFunction { object, .. }
        | Operation::Rename { object, .. }
        | Operation::AlterOther { object, .. } => (&object.name.ident, object.kind),
        Operation::Drop(drop) => {
            (&drop.objects.iter().find(|object| object.name.ident == *name)?.name.ident, drop.kind)
        }
        Operation::AddConstraint { constraint, .. } => match &constraint.kind {
            ConstraintKind::PrimaryKey { using_index: Some(index), .. }
            | ConstraintKind::Unique { using_index: Some(index), .. } => (index, ObjectKind::Index),
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check(_)
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Exclude(_)
            | ConstraintKind::NotNull(_) => return None,
        },
        // No other operation says what kind a name is of.
        _ => return None,
    };
    (own == name).then_some(kind)
}

/// What tokens `first..last` ask; `known` are the variables that say whether something is there.
pub fn test(cursor: &Cursor<'_>, first: usize, last: usize, known: &BTreeMap<String, Test>) -> Test {
    if last - first > LONGEST {
        return Test::unknown();
    }
    let unknown = || Part { condition: Condition::Unknown, loose: false };
    let (first, last) = unbracket(cursor, first, last);
    if !split(cursor, first, last, "OR").1.is_empty() {
        return Test::unknown();
    }
    let (head, rest) = split(cursor, first, last, "AND");
    let mut parts: Vec<Part> = std::iter::once(head)
        .chain(rest)
        .map(|(from, to)| part(cursor, from, to, known).unwrap_or_else(unknown))
        .collect();
    // One Unknown says as much as many.
    if let Some(known) = parts.iter().position(|part| part.condition == Condition::Unknown) {
        let mut at = 0;
        parts.retain(|part| {
            at += 1;
            part.condition != Condition::Unknown || at == known + 1
        });
    }
    Test { parts }
}

/// The tokens inside of brackets that are around all of them.
fn unbracket(cursor: &Cursor<'_>, mut first: usize, mut last: usize) -> (usize, usize) {
    let mut walk = cursor.clone();
    loop {
        walk.at = first;
        if !(walk.is_symbol("(") && walk.group().is_ok_and(|(_, end)| end + 1 == last)) {
            return (first, last);
        }
        (first, last) = (first + 1, last - 1);
    }
}

type Tokens = (usize, usize);

/// The terms between `word`, outside of brackets; the AND of a BETWEEN does not count.
fn split(cursor: &Cursor<'_>, first: usize, last: usize, word: &str) -> (Tokens, Vec<Tokens>) {
    let mut walk = cursor.inside(first, last);
    let mut all = Vec::new();
    let mut from = first;
    let (mut depth, mut between) = (0u32, false);
    while !walk.is_end() {
        if walk.is_symbol("(") {
            depth += 1;
        } else if walk.is_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && walk.is("BETWEEN") {
            between = true;
        } else if depth == 0 && walk.is(word) {
            if between && word == "AND" {
                between = false;
            } else {
                all.push((from, walk.at));
                from = walk.at + 1;
            }
        }
        walk.at += 1;
    }
    all.push((from, last));
    let head = all.remove(0);
    (head, all)
}

fn part(cursor: &Cursor<'_>, first: usize, last: usize, known: &BTreeMap<String, Test>) -> Option<Part> {
    let (mut first, mut last) = unbracket(cursor, first, last);
    let mut there = true;
    let mut walk = cursor.clone();
    loop {
        walk.at = first;
        if walk.is("NOT") {
            there = !there;
            first += 1;
        } else if walk.is("SELECT") && (walk.nth_is(1, "EXISTS") || walk.nth_is(1, "NOT")) {
            // `(SELECT EXISTS (…))`
            first += 1;
        } else {
            let inner = unbracket(cursor, first, last);
            if inner == (first, last) {
                break;
            }
            (first, last) = inner;
        }
    }
    let mut walk = cursor.inside(first, last);
    if let Some(test) = variable(&walk, known) {
        let mut part = test.parts.first()?.clone();
        if !there {
            part.condition = test.fails();
        }
        return Some(part);
    }
    let (object, loose) = if walk.eat("EXISTS") {
        let (from, to) = walk.group().ok()?;
        walk.expect_end().ok()?;
        looked_for(cursor, from, to, true)?
    } else if walk.is_symbol("(") {
        // `(SELECT count(*) …) = 0`, `(SELECT 1 …) IS NULL`
        let (from, to) = walk.group().ok()?;
        let counts = cursor
            .tokens
            .get(from + 1)
            .is_some_and(|token| cursor.text_of(*token).eq_ignore_ascii_case("count"));
        let end = walk.text_between(walk.at, last).to_ascii_uppercase().replace(' ', "");
        match (counts, end.as_str()) {
            (true, "=0" | "<1") | (false, "ISNULL") => there = !there,
            (true, ">0" | "<>0" | "!=0" | ">=1" | "=1") | (false, "ISNOTNULL") => {}
            _ => return None,
        }
        looked_for(cursor, from, to, true)?
    } else {
        if walk.is("PG_CATALOG") && walk.nth_is_symbol(1, ".") {
            walk.at += 2;
        }
        let kind = match walk.eat_any(&[
            "to_regclass",
            "to_regtype",
            "to_regnamespace",
            "to_regproc",
            "to_regrole",
        ])? {
            "to_regclass" => ObjectKind::Table,
            "to_regtype" => ObjectKind::Type,
            "to_regnamespace" => ObjectKind::Schema,
            "to_regrole" => ObjectKind::Role,
            _ => ObjectKind::Function,
        };
        walk.expect_symbol("(").ok()?;
        let name = name_in(&walk.string().ok()?)?;
        cast(&mut walk);
        walk.expect_symbol(")").ok()?;
        if walk.eat_all(&["IS", "NULL"]) {
            there = !there;
        } else if !walk.eat_all(&["IS", "NOT", "NULL"]) {
            return None;
        }
        walk.expect_end().ok()?;
        (ObjectRef { kind, name, on: None }, true)
    };
    let at = cursor.map.at(cursor.tokens.get(first)?.span.start);
    let condition = if there { Condition::IfExists(object, at) } else { Condition::IfAbsent(object, at) };
    Some(Part { condition, loose })
}

/// What the variable that is the whole condition says: `v`, `v = true`, `v IS TRUE`.
fn variable<'k>(walk: &Cursor<'_>, known: &'k BTreeMap<String, Test>) -> Option<&'k Test> {
    let mut walk = walk.clone();
    let test = known.get(walk.any_word("a variable").ok()?.key())?;
    if walk.eat_symbol("=") || walk.eat("IS") {
        walk.expect("TRUE").ok()?;
    }
    walk.is_end().then_some(test)
}

/// A name inside of a string, as `regclass` reads it.
fn name_in(text: &str) -> Option<Name> {
    let map = Map::Offset(0);
    let tokens: Vec<_> = Lexer::new(text, Span::new(0, text.len() as u32), Dialect::Postgres).collect();
    let mut walk = Cursor::new(text, &tokens, Dialect::Postgres, &map);
    let name = walk.name("a name").ok()?;
    walk.is_end().then_some(name)
}

fn cast(walk: &mut Cursor<'_>) {
    while walk.eat_symbol("::") {
        if walk.data_type().is_err() {
            return;
        }
    }
}

/// Which catalog columns name which kind of object. The first that is asked for decides; the rest qualify it.
const NAMES: &[(&str, ObjectKind)] = &[
    ("column_name", ObjectKind::Column),
    ("attname", ObjectKind::Column),
    ("constraint_name", ObjectKind::Constraint),
    ("conname", ObjectKind::Constraint),
    ("trigger_name", ObjectKind::Trigger),
    ("tgname", ObjectKind::Trigger),
    ("policyname", ObjectKind::Policy),
    ("polname", ObjectKind::Policy),
    ("enumlabel", ObjectKind::Type),
    ("indexname", ObjectKind::Index),
    ("rulename", ObjectKind::Rule),
    ("evtname", ObjectKind::EventTrigger),
    ("pubname", ObjectKind::Publication),
    ("subname", ObjectKind::Subscription),
    ("extname", ObjectKind::Extension),
    ("rolname", ObjectKind::Role),
    ("usename", ObjectKind::Role),
    ("role_name", ObjectKind::Role),
    ("groname", ObjectKind::Role),
    ("datname", ObjectKind::Database),
    ("proname", ObjectKind::Function),
    ("routine_name", ObjectKind::Function),
    ("collname", ObjectKind::Collation),
    ("lanname", ObjectKind::Language),
    ("srvname", ObjectKind::Server),
    ("fdwname", ObjectKind::ForeignDataWrapper),
    ("stxname", ObjectKind::Statistics),
    ("cfgname", ObjectKind::TextSearchConfiguration),
    ("dictname", ObjectKind::TextSearchDictionary),
    ("amname", ObjectKind::AccessMethod),
    ("spcname", ObjectKind::Tablespace),
    ("domain_name", ObjectKind::Domain),
    ("typname", ObjectKind::Type),
    ("user_defined_type_name", ObjectKind::Type),
    ("udt_name", ObjectKind::Type),
    ("sequence_name", ObjectKind::Sequence),
    ("sequencename", ObjectKind::Sequence),
    ("viewname", ObjectKind::View),
    ("matviewname", ObjectKind::MaterializedView),
    ("relname", ObjectKind::Table),
    ("table_name", ObjectKind::Table),
    ("tablename", ObjectKind::Table),
    ("schema_name", ObjectKind::Schema),
    ("nspname", ObjectKind::Schema),
];

/// What a query of the catalog pins down.
#[derive(Default)]
struct Pins {
    /// Columns that must equal a constant.
    equal: Vec<(String, String)>,
    /// The table of a `…relid = 'x'::regclass`, the type of an `enumtypid = 'x'::regtype`.
    of: Option<Name>,
    /// The schema of a `…namespace = 'x'::regnamespace`.
    schema: Option<Ident>,
}

/// The object that the query `first..last` looks for in the catalog; and whether its kind is only likely.
/// Only the outermost query (`outer`) may have another inside.
fn looked_for(cursor: &Cursor<'_>, first: usize, last: usize, outer: bool) -> Option<(ObjectRef, bool)> {
    let tables = query::reads(cursor, first, last);
    let catalogs = !tables.is_empty()
        && tables.iter().all(|table| {
            let schema = table.schema.as_ref().map(Ident::key);
            matches!(schema, Some("information_schema" | "pg_catalog"))
                || table.ident.key().starts_with("pg_")
        });
    if !catalogs {
        return None;
    }
    let mut pins = Pins::default();
    pin_query(cursor, first, last, outer, &mut pins)?;
    let reads = |name: &str| tables.iter().any(|table| table.ident.key() == name);
    let mut of = pins.of.take();
    let mut value = |column: &str| {
        let at = pins.equal.iter().position(|(own, _)| own == column)?;
        Some(pins.equal.swap_remove(at).1)
    };
    let (column, mut kind, text) =
        NAMES.iter().find_map(|(column, kind)| value(column).map(|text| (*column, *kind, text)))?;
    let mut loose =
        matches!(kind, ObjectKind::Type | ObjectKind::Function | ObjectKind::Role) && column != "enumlabel";
    match column {
        "relname" => {
            let relkind = value("relkind");
            kind = match relkind.as_deref() {
                Some("i" | "I") => ObjectKind::Index,
                Some("v") => ObjectKind::View,
                Some("m") => ObjectKind::MaterializedView,
                Some("S") => ObjectKind::Sequence,
                Some("f") => ObjectKind::ForeignTable,
                Some(_) => ObjectKind::Table,
                None if reads("pg_index") => ObjectKind::Index,
                None => {
                    loose = true;
                    ObjectKind::Table
                }
            };
        }
        "table_name" => {
            let view = reads("views") || value("table_type").is_some_and(|table_type| table_type == "VIEW");
            if view {
                kind = ObjectKind::View;
            } else if !reads("tables") {
                return None;
            }
        }
        "tablename" if !reads("pg_tables") => return None,
        "column_name" if !reads("columns") => return None,
        "udt_name" => return None,
        _ => {}
    }
    let mut schema = pins.schema.clone();
    if of.is_none() && column != "relname" {
        let names: &[&str] = match kind {
            ObjectKind::Column
            | ObjectKind::Constraint
            | ObjectKind::Policy
            | ObjectKind::Rule
            | ObjectKind::Index => &["table_name", "tablename", "relname"],
            ObjectKind::Trigger => &["event_object_table", "relname"],
            ObjectKind::Type if column == "enumlabel" => &["typname"],
            _ => &[],
        };
        of = names.iter().find_map(|name| value(name)).map(|text| Name::bare(Ident::exact(text)));
    }
    let schemas = [
        "table_schema",
        "schemaname",
        "nspname",
        "constraint_schema",
        "trigger_schema",
        "event_object_schema",
        "sequence_schema",
        "routine_schema",
        "domain_schema",
        "user_defined_type_schema",
    ];
    for name in schemas {
        if let Some(text) = value(name) {
            schema = Some(Ident::exact(text));
        }
    }
    // These narrow the kind, not the object.
    for name in [
        "table_catalog",
        "constraint_catalog",
        "contype",
        "constraint_type",
        "typtype",
        "prokind",
        "table_type",
        "routine_type",
        "relkind",
        "lanname",
    ] {
        value(name);
    }
    if !pins.equal.is_empty() {
        return None;
    }
    let belongs = matches!(
        kind,
        ObjectKind::Column
            | ObjectKind::Constraint
            | ObjectKind::Policy
            | ObjectKind::Rule
            | ObjectKind::Trigger
    ) || column == "enumlabel";
    if kind == ObjectKind::Column && of.is_none() {
        return None;
    }
    let mut name = Name::bare(Ident::exact(text));
    if belongs {
        if let Some(of) = &mut of {
            of.schema = of.schema.take().or(schema);
        }
    } else {
        name.schema = schema.filter(|_| kind != ObjectKind::Schema);
        of = None;
    }
    Some((ObjectRef { kind, name, on: of }, loose))
}

/// Collects what the conditions of a query pin down; None when one of them asks something else.
fn pin_query(cursor: &Cursor<'_>, first: usize, last: usize, outer: bool, pins: &mut Pins) -> Option<()> {
    const CLAUSES: &[&str] = &[
        "FROM",
        "JOIN",
        "INNER",
        "LEFT",
        "RIGHT",
        "FULL",
        "CROSS",
        "NATURAL",
        "WHERE",
        "ON",
        "GROUP",
        "ORDER",
        "LIMIT",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "HAVING",
    ];
    let mut walk = cursor.inside(first, last);
    while !walk.is_end() {
        if walk.is_any(&["UNION", "EXCEPT", "INTERSECT", "HAVING", "GROUP"]) {
            return None;
        }
        if walk.eat("WHERE") || walk.eat("ON") {
            let from = walk.at;
            let mut depth = 0u32;
            while !walk.is_end() && (depth > 0 || !walk.is_any(CLAUSES)) {
                if walk.is_symbol("(") {
                    depth += 1;
                } else if walk.is_symbol(")") {
                    depth = depth.saturating_sub(1);
                }
                walk.at += 1;
            }
            pin_terms(cursor, from, walk.at, outer, pins)?;
        } else if walk.is_symbol("(") {
            walk.group().ok()?;
        } else {
            walk.at += 1;
        }
    }
    Some(())
}

fn pin_terms(cursor: &Cursor<'_>, first: usize, last: usize, outer: bool, pins: &mut Pins) -> Option<()> {
    let (first, last) = unbracket(cursor, first, last);
    if !split(cursor, first, last, "OR").1.is_empty() {
        return None;
    }
    let (head, rest) = split(cursor, first, last, "AND");
    if rest.is_empty() {
        return pin(cursor, first, last, outer, pins);
    }
    std::iter::once(head).chain(rest).try_for_each(|(from, to)| {
        let (from, to) = unbracket(cursor, from, to);
        if split(cursor, from, to, "AND").1.is_empty() && split(cursor, from, to, "OR").1.is_empty() {
            pin(cursor, from, to, outer, pins)
        } else {
            pin_terms(cursor, from, to, outer, pins)
        }
    })
}

/// One term: `column = 'constant'`, a join, or one of those that say nothing about which object it is.
fn pin(cursor: &Cursor<'_>, first: usize, last: usize, outer: bool, pins: &mut Pins) -> Option<()> {
    let (first, last) = unbracket(cursor, first, last);
    let mut walk = cursor.inside(first, last);
    let text = walk.text_between(first, last).to_ascii_lowercase();
    let neutral = text.contains("_is_visible")
        || text.contains("attisdropped")
        || text.contains("tgisinternal")
        || text.replace(' ', "").ends_with("attnum>0");
    if neutral {
        return Some(());
    }
    if walk.is_string() {
        // `'constant' = column`
        let text = walk.string().ok()?;
        cast(&mut walk);
        walk.expect_symbol("=").ok()?;
        let column = column(&mut walk)?;
        walk.expect_end().ok()?;
        pins.equal.push((column, text));
        return Some(());
    }
    let column = column(&mut walk)?;
    if walk.eat("IN") {
        let (from, to) = walk.group().ok()?;
        walk.expect_end().ok()?;
        let token = *cursor.tokens.get(from)?;
        if matches!(column.as_str(), "relkind" | "typtype" | "contype" | "prokind" | "table_type") {
            return Some(());
        }
        if to != from + 1 {
            return None;
        }
        pins.equal.push((column, string_value(token.kind, cursor.text_of(token))?));
        return Some(());
    }
    let other = walk.is_symbol("<>") || walk.is_symbol("!=");
    if other && is_schema(&column) {
        return Some(());
    }
    if walk.is_all(&["NOT", "IN"]) && is_schema(&column) {
        return Some(());
    }
    walk.expect_symbol("=").ok()?;
    if walk.is_string() {
        let text = walk.string().ok()?;
        let type_of = if walk.eat_symbol("::") { walk.data_type().ok() } else { None };
        walk.expect_end().ok()?;
        match type_of.as_ref().map(|ty| ty.name.as_str()) {
            Some("regclass" | "regtype") => pins.of = Some(name_in(&text)?),
            Some("regnamespace") => pins.schema = Some(name_in(&text)?.ident),
            Some("regrole" | "regproc" | "regprocedure") => return None,
            _ => pins.equal.push((column, text)),
        }
        return Some(());
    }
    if walk.is_any(&["current_schema", "current_database", "current_catalog"]) {
        return Some(());
    }
    if walk.is("ANY") && is_schema(&column) {
        return Some(());
    }
    if walk.eat("to_regclass") || walk.eat("to_regtype") {
        walk.expect_symbol("(").ok()?;
        pins.of = Some(name_in(&walk.string().ok()?)?);
        return Some(());
    }
    if outer && walk.is_symbol("(") {
        // `conrelid = (SELECT oid FROM pg_class WHERE relname = 't')`
        let (from, to) = walk.group().ok()?;
        walk.expect_end().ok()?;
        let (object, _) = looked_for(cursor, from, to, false)?;
        match object.kind {
            ObjectKind::Schema => pins.schema = Some(object.name.ident),
            _ => pins.of = Some(object.name),
        }
        return Some(());
    }
    // A join of two catalogs.
    let joined = walk.nth(0).is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted));
    walk.name("a column").ok()?;
    (joined && walk.is_end()).then_some(())
}

fn is_schema(column: &str) -> bool {
    column.ends_with("schema")
        || column.ends_with("schemaname")
        || column == "nspname"
        || column.ends_with("namespace")
}

/// `a`, `t.a`, `a::text`, `lower(a)`: the column.
fn column(walk: &mut Cursor<'_>) -> Option<String> {
    let name = walk.name("a column").ok()?;
    cast(walk);
    Some(name.ident.key().to_owned())
}
