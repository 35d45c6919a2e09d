//! What an object is, apart from its name: a list of parts, each of which two catalogs can be compared in and people can read.

use std::sync::Arc;

use super::super::query::Resolved;
use super::super::{
    Argument, ArgumentMode, Bound, Catalog, Column, Constraint, ConstraintKind, Detail, Dialect, Expr,
    Function, Ident, Identity, Index, IndexKey, Lookup, Name, ObjectKind, ObjectRef, Other, PartitionBy,
    Published, ReferentialAction, Returns, Sequence, Table, Type, TypeEntry, TypeKind, View, canonical,
};

/// One part of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// It is this, word for word.
    Text(String),
    /// It is this expression, in one form.
    Expr(Expr),
    /// It is this query, with its names resolved; as text for people.
    Query(Arc<Resolved>, Dialect, String),
    /// It is there, and cannot be told: the same as anything.
    Unknown(String),
}

/// What an object is: parts in the order in which people write them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shape {
    /// Each part under the name by which it is compared.
    pub parts: Vec<(&'static str, Part)>,
}

impl Shape {
    fn text(&mut self, name: &'static str, text: impl Into<String>) -> &mut Self {
        self.parts.push((name, Part::Text(text.into())));
        self
    }

    fn word(&mut self, name: &'static str, there: bool) -> &mut Self {
        if there {
            self.text(name, name);
        }
        self
    }

    fn expr(&mut self, name: &'static str, expr: Expr) -> &mut Self {
        self.parts.push((name, Part::Expr(expr)));
        self
    }

    /// Whether two are the same, as far as both are understood.
    pub fn same(&self, other: &Self) -> bool {
        let of = |shape: &Self, name: &str| -> Vec<Part> {
            shape.parts.iter().filter(|(known, _)| *known == name).map(|(_, part)| part.clone()).collect()
        };
        let names = self.parts.iter().chain(&other.parts).map(|(name, _)| *name);
        names.into_iter().all(|name| {
            let (one, two) = (of(self, name), of(other, name));
            let unknown = |part: &Part| matches!(part, Part::Unknown(_));
            if one.iter().chain(&two).any(unknown) {
                return true;
            }
            one.len() == two.len() && one.iter().zip(&two).all(|(one, two)| same_part(one, two))
        })
    }

    /// The parts as people read them.
    pub fn shown(&self) -> String {
        let parts = self.parts.iter().map(|(name, part)| match part {
            Part::Text(text) | Part::Unknown(text) | Part::Query(_, _, text) => text.clone(),
            Part::Expr(expr) if name.is_empty() => canonical::text(expr),
            Part::Expr(expr) => format!("{name} ({})", canonical::text(expr)),
        });
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

fn same_part(one: &Part, other: &Part) -> bool {
    match (one, other) {
        (Part::Text(one), Part::Text(other)) => one == other,
        (Part::Expr(one), Part::Expr(other)) => canonical::same(one, other),
        (Part::Query(one, dialect, _), Part::Query(other, _, _)) => {
            canonical::same_query(one, other, *dialect)
        }
        (Part::Unknown(_), _) | (_, Part::Unknown(_)) => true,
        (Part::Text(_) | Part::Expr(_) | Part::Query(..), _) => false,
    }
}

/// A name as both catalogs would write it.
fn named(name: &Name) -> String {
    name.to_string()
}

fn listed(columns: &[Ident]) -> String {
    columns.iter().map(Ident::text).collect::<Vec<_>>().join(", ")
}

/// A table, apart from its columns, constraints and indexes. `catalog`: where its indexes are.
pub fn table(table: &Table, catalog: &Catalog) -> Shape {
    let dialect = catalog.dialect;
    let mut shape = Shape::default();
    shape.word("UNLOGGED", table.unlogged);
    shape.word("FOREIGN", table.foreign);
    for option in table.options.iter().filter(|option| matches!(option.as_str(), "STRICT" | "WITHOUT ROWID"))
    {
        shape.text("option", option.clone());
    }
    let numbered = |column: &Column| column.identity == Some(Identity::AutoIncrement);
    let autoincrement = table.columns.iter().any(|member| numbered(&member.column));
    shape.word("AUTOINCREMENT", dialect == Dialect::Sqlite && autoincrement);
    if let Some(module) = &table.module {
        shape.text("USING", format!("USING {}", squeezed(module)));
    }
    if let Some(of) = &table.of_type {
        shape.text("OF", format!("OF {}", named(of)));
    }
    let mut parents: Vec<String> = table.parents.iter().map(named).collect();
    parents.sort();
    if !parents.is_empty() {
        let word = if table.bound.is_some() { "PARTITION OF" } else { "INHERITS" };
        shape.text("parents", format!("{word} {}", parents.join(", ")));
    }
    match &table.bound {
        Some(Bound::Default) => {
            shape.text("bound", "DEFAULT");
        }
        Some(Bound::In(values)) => {
            let mut values: Vec<String> = values.iter().map(|value| bound_value(value, dialect)).collect();
            values.sort();
            shape.text("bound", format!("FOR VALUES IN ({})", values.join(", ")));
        }
        Some(Bound::Range(from, to)) => {
            let all = |values: &[Expr]| {
                values.iter().map(|value| bound_value(value, dialect)).collect::<Vec<_>>().join(", ")
            };
            shape.text("bound", format!("FOR VALUES FROM ({}) TO ({})", all(from), all(to)));
        }
        Some(Bound::Hash(modulus, remainder)) => {
            shape.text("bound", format!("FOR VALUES WITH (MODULUS {modulus}, REMAINDER {remainder})"));
        }
        None => {}
    }
    if let Some(text) = partition_by(table, dialect) {
        shape.text("PARTITION BY", text);
    }
    parameters(&mut shape, &table.parameters);
    if let Some(index) = catalog.indexes_of(&table.name).find(|index| index.clustered) {
        // Its name may have been made up.
        shape.text("CLUSTER ON", format!("CLUSTER ON {}", self::index(index, dialect).shown()));
    }
    shape.word("ROW LEVEL SECURITY", table.row_security);
    shape.word("FORCE ROW LEVEL SECURITY", table.force_row_security);
    if let Some(identity) = &table.replica_identity {
        shape.text("REPLICA IDENTITY", format!("REPLICA IDENTITY {identity}"));
    }
    shape
}

/// How a table is split into partitions.
pub fn partition_by(table: &Table, dialect: Dialect) -> Option<String> {
    let PartitionBy { strategy, keys } = table.partition_by.as_ref()?;
    let keys: Vec<String> = keys.iter().map(|key| canonical::key_text(key, dialect)).collect();
    Some(format!("PARTITION BY {strategy} ({})", keys.join(", ")))
}

/// A bound's value: a string and a number that say the same are the same, since the key's type decides.
fn bound_value(value: &Expr, dialect: Dialect) -> String {
    match canonical::simple(value, dialect) {
        Expr::Literal(super::super::Literal::String(text)) => canonical::moment(&text).to_ascii_lowercase(),
        Expr::Cast { operand, .. } => bound_value(&operand, dialect),
        Expr::Column(parts) => parts.concat().to_ascii_uppercase(),
        other => canonical::text(&other).to_ascii_lowercase(),
    }
}

fn parameters(shape: &mut Shape, parameters: &std::collections::BTreeMap<String, String>) {
    if !parameters.is_empty() {
        let all: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        shape.text("WITH", format!("WITH ({})", all.join(", ")));
    }
}

/// A constraint, whatever its name. `catalog`: where the primary key that a reference means can be looked up.
pub fn constraint(constraint: &Constraint, catalog: &Catalog) -> Shape {
    let dialect = catalog.dialect;
    let mut shape = Shape::default();
    let include = |shape: &mut Shape, include: &[Ident]| {
        if !include.is_empty() {
            shape.text("INCLUDE", format!("INCLUDE ({})", listed(include)));
        }
    };
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, include: included, .. } => {
            shape.text("", format!("PRIMARY KEY ({})", listed(columns)));
            include(&mut shape, included);
        }
        ConstraintKind::Unique { columns, include: included, nulls_not_distinct, .. } => {
            let nulls = if *nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
            shape.text("", format!("UNIQUE{nulls} ({})", listed(columns)));
            include(&mut shape, included);
        }
        ConstraintKind::Check(expr) => {
            shape.expr("CHECK", canonical::simple(expr, dialect));
        }
        ConstraintKind::ForeignKey(key) => {
            let own = || match catalog.table(&key.table) {
                Lookup::Found(table) => table.primary_key().map(<[Ident]>::to_vec),
                Lookup::Absent | Lookup::Unknown => None,
            };
            let referenced = if key.referenced.is_empty() { own() } else { Some(key.referenced.clone()) };
            shape
                .text("", format!("FOREIGN KEY ({}) REFERENCES {}", listed(&key.columns), named(&key.table)));
            match referenced {
                Some(columns) => shape.text("referenced", format!("({})", listed(&columns))),
                None => {
                    shape.parts.push(("referenced", Part::Unknown(String::new())));
                    &mut shape
                }
            };
            for (word, action) in [("ON UPDATE", key.on_update), ("ON DELETE", key.on_delete)] {
                if action != ReferentialAction::NoAction {
                    shape.text(word, format!("{word} {}", action_words(action)));
                }
            }
        }
        ConstraintKind::Exclude(exclude) => {
            let elements: Vec<String> = exclude
                .elements
                .iter()
                .map(|(key, operator)| {
                    let operator = operator.rsplit('.').next().unwrap_or(operator).trim_end_matches(')');
                    format!("{} WITH {operator}", canonical::key_text(key, dialect))
                })
                .collect();
            shape.text("", format!("EXCLUDE USING {} ({})", exclude.method, elements.join(", ")));
            include(&mut shape, &exclude.include);
            if let Some(predicate) = &exclude.predicate {
                shape.expr("WHERE", canonical::simple(predicate, dialect));
            }
        }
        ConstraintKind::NotNull(column) => {
            shape.text("", format!("NOT NULL {}", column.as_ref().map_or("", Ident::text)));
        }
    }
    let said = |word: &str| constraint.attributes.iter().any(|attribute| attribute == word);
    let deferred = said("INITIALLY DEFERRED");
    shape.word("DEFERRABLE", (said("DEFERRABLE") || deferred) && !said("NOT DEFERRABLE"));
    shape.word("INITIALLY DEFERRED", deferred);
    const HOLD_ANYWAY: &[&str] = &[
        "DEFERRABLE",
        "NOT DEFERRABLE",
        "INITIALLY DEFERRED",
        "INITIALLY IMMEDIATE",
        "ENFORCED",
        "MATCH SIMPLE",
        "COLUMN",
        "NOT VALID",
        "DESC",
        "ON CONFLICT ABORT",
    ];
    for attribute in constraint.attributes.iter().filter(|word| !HOLD_ANYWAY.contains(&word.as_str())) {
        shape.text("attribute", attribute.clone());
    }
    shape.word("NOT VALID", constraint.not_valid);
    shape
}

const fn action_words(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}

/// An index, whatever its name and table.
pub fn index(index: &Index, dialect: Dialect) -> Shape {
    let mut shape = Shape::default();
    shape.word("UNIQUE", index.unique);
    shape.text("method", index.method.to_ascii_lowercase());
    let unclear = |key: &IndexKey| canonical::is_unclear(&canonical::simple(&key.expr, dialect));
    let keys: Vec<String> = index.keys.iter().map(|key| canonical::key_text(key, dialect)).collect();
    let keys = format!("({})", keys.join(", "));
    let part = if index.keys.iter().any(unclear) { Part::Unknown(keys) } else { Part::Text(keys) };
    shape.parts.push(("keys", part));
    if !index.include.is_empty() {
        shape.text("INCLUDE", format!("INCLUDE ({})", listed(&index.include)));
    }
    shape.word("NULLS NOT DISTINCT", index.nulls_not_distinct);
    if let Some(predicate) = &index.predicate {
        shape.expr("WHERE", canonical::simple(predicate, dialect));
    }
    parameters(&mut shape, &index.parameters);
    shape
}

/// Whether two indexes are the same to a partitioned table, whatever their names and storage parameters, as far as both are
/// understood (source: `CompareIndexInfo` in PostgreSQL's index.c).
pub fn same_index(one: &Index, other: &Index, dialect: Dialect) -> bool {
    let bare = |index: &Index| {
        let mut shape = self::index(index, dialect);
        shape.parts.retain(|(name, _)| *name != "WITH");
        shape
    };
    bare(one).same(&bare(other))
}

/// A view.
pub fn view(view: &View, dialect: Dialect) -> Shape {
    let mut shape = Shape::default();
    shape.word("MATERIALIZED", view.materialized);
    parameters(&mut shape, &view.parameters);
    let text = format!("AS {}", squeezed(&view.query));
    let query = match &view.resolved {
        Some(resolved) => Part::Query(Arc::clone(resolved), dialect, text),
        None => Part::Unknown(text),
    };
    shape.parts.push(("AS", query));
    shape
}

/// A sequence.
pub fn sequence(sequence: &Sequence) -> Shape {
    let mut shape = Shape::default();
    let options = sequence.options.shape();
    let text = format!(
        "AS {} START {} INCREMENT {} MINVALUE {} MAXVALUE {} CACHE {}{}",
        options.ty,
        options.start,
        options.increment,
        options.min,
        options.max,
        options.cache,
        if options.cycle { " CYCLE" } else { "" }
    );
    let part = if sequence.options.unclear { Part::Unknown(text) } else { Part::Text(text) };
    shape.parts.push(("options", part));
    shape.word("UNLOGGED", sequence.unlogged);
    if let Some((table, column)) = &sequence.owned_by {
        shape.text("OWNED BY", format!("OWNED BY {}.{column}", named(table)));
    }
    shape
}

/// A type or domain.
pub fn type_entry(entry: &TypeEntry, dialect: Dialect) -> Shape {
    let mut shape = Shape::default();
    match &entry.kind {
        TypeKind::Enum(labels) => {
            let all: Vec<String> =
                labels.labels.iter().map(|label| format!("'{}'", label.replace('\'', "''"))).collect();
            let text = format!("ENUM ({})", all.join(", "));
            shape.parts.push(("", if labels.open { Part::Unknown(text) } else { Part::Text(text) }));
        }
        TypeKind::Composite(attributes) => {
            let all: Vec<String> =
                attributes.iter().map(|(name, ty)| format!("{name} {}", type_text(ty, dialect))).collect();
            shape.text("", format!("({})", all.join(", ")));
        }
        TypeKind::Domain { ty, collation, default, not_null, constraints } => {
            shape.text("", type_text(ty, dialect));
            if let Some(collation) = collation {
                shape.text("COLLATE", format!("COLLATE {}", collation.trim_start_matches("pg_catalog.")));
            }
            if let Some(default) =
                default.as_ref().and_then(|expr| canonical::default(expr, Some(ty), dialect))
            {
                shape.expr("DEFAULT", default);
            }
            shape.word("NOT NULL", *not_null);
            let mut checks: Vec<(&Ident, &Constraint)> =
                constraints.iter().map(|(name, constraint)| (name, constraint)).collect();
            checks.sort_by_key(|(name, _)| (*name).clone());
            for (_, constraint) in checks {
                if let ConstraintKind::Check(expr) = &constraint.kind {
                    shape.expr("CHECK", canonical::simple(expr, dialect));
                    shape.word("NOT VALID", constraint.not_valid);
                }
            }
        }
        // Of a range its subtype decides; of a base type only that it is there.
        TypeKind::Other(text) => {
            let lower = text.to_ascii_lowercase();
            let subtype = lower.split(['(', ',']).find_map(|part| {
                let (name, value) = part.split_once('=')?;
                (name.trim() == "subtype").then(|| value.trim().trim_end_matches(')').trim().to_owned())
            });
            match subtype {
                Some(subtype) => {
                    shape.parts.push(("", Part::Unknown(format!("RANGE (subtype = {subtype})"))))
                }
                None => shape.parts.push(("", Part::Unknown(squeezed(text)))),
            }
        }
    }
    shape
}

/// A type as it is compared: without the schema that everybody leaves out.
pub fn type_text(ty: &Type, dialect: Dialect) -> String {
    canonical::type_text(ty, dialect)
}

/// A function, whatever its name and input types.
pub fn function(function: &Function, dialect: Dialect) -> Shape {
    let mut shape = Shape::default();
    shape.text("kind", function.kind.keywords());
    let is_aggregate = function.kind == ObjectKind::Aggregate;
    let arguments: Vec<String> =
        function.arguments.iter().map(|argument| argument_text(argument, dialect)).collect();
    if is_aggregate {
        shape.parts.push(("definition", Part::Unknown(body_text(function))));
        return shape;
    }
    shape.text("arguments", format!("({})", arguments.join(", ")));
    for argument in function.arguments.iter() {
        if let Some(default) = &argument.default {
            let default = canonical::default(default, Some(&argument.ty), dialect);
            shape.expr("DEFAULT", default.unwrap_or(Expr::Literal(super::super::Literal::Null)));
        }
    }
    match &function.returns {
        Some(Returns::Type { ty, set }) => {
            let set = if *set { "SETOF " } else { "" };
            shape.text("RETURNS", format!("RETURNS {set}{}", base_text(ty, dialect)));
        }
        Some(Returns::Table(columns)) => {
            let all: Vec<String> =
                columns.iter().map(|(name, ty)| format!("{name} {}", base_text(ty, dialect))).collect();
            shape.text("RETURNS", format!("RETURNS TABLE ({})", all.join(", ")));
        }
        // Of OUT arguments the server makes a result of its own.
        None => shape.parts.push(("RETURNS", Part::Unknown(String::new()))),
    }
    let options = &function.options;
    let language = options.language.clone().unwrap_or_else(|| "sql".to_owned());
    shape.text("LANGUAGE", format!("LANGUAGE {language}"));
    let volatility = options.volatility.as_deref().filter(|volatility| *volatility != "VOLATILE");
    if let Some(volatility) = volatility {
        shape.text("volatility", volatility);
    }
    shape.word("STRICT", options.strict == Some(true));
    shape.word("SECURITY DEFINER", options.security_definer == Some(true));
    shape.word("LEAKPROOF", options.leakproof == Some(true));
    if let Some(parallel) = options.parallel.as_deref().filter(|parallel| *parallel != "UNSAFE") {
        shape.text("PARALLEL", format!("PARALLEL {parallel}"));
    }
    shape.word("WINDOW", options.window);
    let usual = if matches!(language.as_str(), "c" | "internal") { "1" } else { "100" };
    if let Some(cost) = options.cost.as_deref().filter(|cost| *cost != usual) {
        shape.text("COST", format!("COST {cost}"));
    }
    if let Some(rows) = options.rows.as_deref().filter(|rows| *rows != "1000") {
        shape.text("ROWS", format!("ROWS {rows}"));
    }
    for (name, value) in &options.settings {
        let text =
            format!("SET {name} TO {}", value.as_deref().unwrap_or("CURRENT").replace(['"', '\''], ""));
        let part = if value.is_some() { Part::Text(text) } else { Part::Unknown(text) };
        shape.parts.push(("SET", part));
    }
    match &function.body {
        Some(super::super::Body::Text(text)) => {
            shape.text("AS", format!("AS {}", &**text));
        }
        Some(super::super::Body::Parsed(_)) | None => {
            shape.parts.push(("AS", Part::Unknown(body_text(function))));
        }
    }
    shape
}

fn body_text(function: &Function) -> String {
    function.body.as_ref().map_or_else(String::new, |body| squeezed(body.text()))
}

fn base_text(ty: &Type, dialect: Dialect) -> String {
    type_text(&Type { arguments: Vec::new(), ..ty.clone() }, dialect)
}

fn argument_text(argument: &Argument, dialect: Dialect) -> String {
    let mut out = String::new();
    if argument.mode != ArgumentMode::In {
        out.push_str(argument.mode.keyword());
        out.push(' ');
    }
    if let Some(name) = &argument.name {
        out.push_str(name.text());
        out.push(' ');
    }
    out.push_str(&base_text(&argument.ty, dialect));
    out
}

/// A trigger, policy, rule, extension, …: what it is made of.
pub fn other(object: &ObjectRef, other: &Other, dialect: Dialect) -> Shape {
    let mut shape = Shape::default();
    match &other.detail {
        Detail::None => {}
        Detail::Text(text) => shape.parts.push(("", Part::Unknown(text.clone()))),
        Detail::Trigger(trigger) => {
            let events: Vec<String> = trigger
                .events
                .iter()
                .map(|event| match event {
                    super::super::Event::Update if !trigger.update_of.is_empty() => {
                        let mut columns: Vec<&str> = trigger.update_of.iter().map(Ident::text).collect();
                        columns.sort_unstable();
                        format!("UPDATE OF {}", columns.join(", "))
                    }
                    event => event.keyword().to_owned(),
                })
                .collect();
            let on = trigger.table.as_ref().or(object.on.as_ref()).map_or_else(String::new, named);
            shape.text("", format!("{} {} ON {on}", trigger.timing.keywords(), events.join(" OR ")));
            shape.word("FOR EACH ROW", trigger.each_row);
            if let (Some(old), _) = &trigger.transition {
                shape.text("OLD TABLE", format!("OLD TABLE AS {old}"));
            }
            if let (_, Some(new)) = &trigger.transition {
                shape.text("NEW TABLE", format!("NEW TABLE AS {new}"));
            }
            if let Some(when) = &trigger.when {
                shape.expr("WHEN", canonical::simple_with(when, dialect, true));
            }
            if let Some(function) = &trigger.function {
                let arguments: Vec<String> =
                    trigger.arguments.iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect();
                shape.text(
                    "EXECUTE",
                    format!("EXECUTE FUNCTION {}({})", named(function), arguments.join(", ")),
                );
            }
            if let Some(words) = &trigger.constraint {
                shape.text("CONSTRAINT", format!("CONSTRAINT {}", words.join(" ")).trim_end());
            }
            if let Some(body) = &trigger.body {
                shape.text("BEGIN", format!("BEGIN {} END", squeezed(body)));
            }
            if let Some(switch) = &trigger.switch {
                shape.text("switch", switch.clone());
            }
        }
        Detail::Policy(policy) => {
            shape.text("", if policy.restrictive { "RESTRICTIVE" } else { "PERMISSIVE" });
            shape.text("FOR", format!("FOR {}", policy.command));
            shape.text("TO", format!("TO {}", policy.roles.join(", ")));
            if let Some(using) = &policy.using {
                shape.expr("USING", canonical::simple(using, dialect));
            }
            if let Some(check) = &policy.check {
                shape.expr("WITH CHECK", canonical::simple(check, dialect));
            }
        }
        Detail::Rule(rule) => {
            shape.text("", format!("ON {}", rule.event));
            shape.word("INSTEAD", rule.instead);
            if let Some(when) = &rule.when {
                shape.parts.push(("WHERE", Part::Unknown(canonical::text(when))));
            }
            let action = format!("DO {}", squeezed(&rule.action));
            let nothing = rule.action == "NOTHING";
            shape.parts.push(("DO", if nothing { Part::Text(action) } else { Part::Unknown(action) }));
            if let Some(switch) = &rule.switch {
                shape.text("switch", switch.clone());
            }
        }
        Detail::Extension(extension) => {
            // Where it was put is said only where somebody said so.
            let schema = extension
                .schema
                .as_ref()
                .map_or_else(|| "public".to_owned(), |schema| schema.text().to_owned());
            let part = if extension.schema.is_some() { Part::Text(schema) } else { Part::Unknown(schema) };
            shape.parts.push(("SCHEMA", part));
        }
        Detail::Statistics(statistics) => {
            let all = ["dependencies", "mcv", "ndistinct"];
            let kinds =
                if statistics.kinds.len() == all.len() { Vec::new() } else { statistics.kinds.clone() };
            shape.text("kinds", kinds.join(", "));
            let mut keys: Vec<String> =
                statistics.keys.iter().map(|key| canonical::text(&canonical::simple(key, dialect))).collect();
            keys.sort();
            shape.text("ON", format!("ON {} FROM {}", keys.join(", "), named(&statistics.table)));
        }
        Detail::Publication(publication) => {
            shape.word("FOR ALL TABLES", publication.all_tables);
            let mut members: Vec<String> = publication
                .members
                .iter()
                .map(|member| match member {
                    Published::Table(name, columns, filter) => {
                        let columns = if columns.is_empty() {
                            String::new()
                        } else {
                            format!(" ({})", listed(columns))
                        };
                        let filter = filter.as_ref().map_or_else(String::new, |filter| {
                            format!(" WHERE {}", canonical::text(&canonical::simple(filter, dialect)))
                        });
                        format!("TABLE {}{columns}{filter}", named(name))
                    }
                    Published::Schema(schema) => {
                        format!("TABLES IN SCHEMA {}", schema.as_ref().map_or("", Ident::text))
                    }
                })
                .collect();
            members.sort();
            for member in members {
                shape.text("member", member);
            }
            for (name, value) in &publication.options {
                let mut words: Vec<&str> = value.split(',').map(str::trim).collect();
                words.sort_unstable();
                let usual = [
                    ("publish", "delete, insert, truncate, update"),
                    ("publish_via_partition_root", "false"),
                ];
                let value = words.join(", ");
                if !usual.contains(&(name.as_str(), value.as_str())) {
                    shape.text("WITH", format!("{name} = {value}"));
                }
            }
        }
    }
    shape
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
