//! Everything that is no table: schemas, types, functions, sequences, views, triggers, policies, comments.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::super::write::quote;
use super::super::write_query;
use super::tables::{default_text, sequence_options};
use super::{Writer, expr_text, quoted, shown, string, type_text};
use crate::ops::object_name;
use crate::schema::{
    Argument, ArgumentMode, Body, Column, ConstraintKind, Detail, Dialect, Event, Function, Ident, Name,
    ObjectKind, ObjectRef, Other, Published, Relation, Returns, Sequence, Table, Type, TypeEntry, TypeKind,
    View,
};

impl Writer<'_> {
    pub(super) fn schemas(self, out: &mut Vec<String>) {
        for (object, other) in self.catalog.others() {
            if object.kind == ObjectKind::Schema && other.made.is_some() && object.name.ident != "public" {
                out.push(format!("CREATE SCHEMA {}", quote(&object.name.ident, self.catalog.dialect)));
            }
        }
    }

    pub(super) fn extensions(self, out: &mut Vec<String>) {
        for (object, other) in self.catalog.others() {
            if object.kind == ObjectKind::Extension && object.name.ident != "plpgsql" && other.made.is_some()
            {
                out.push(self.extension(object, other));
            }
        }
    }

    pub(super) fn extension(self, object: &ObjectRef, other: &Other) -> String {
        let dialect = self.catalog.dialect;
        let mut text = format!("CREATE EXTENSION {}", quote(&object.name.ident, dialect));
        if let Detail::Extension(extension) = &other.detail
            && let Some(schema) = &extension.schema
        {
            let _ = write!(text, " WITH SCHEMA {}", quote(schema, dialect));
        }
        text
    }

    pub(super) fn type_entry(self, entry: &TypeEntry) -> Vec<String> {
        let dialect = self.catalog.dialect;
        let name = shown(&entry.name, dialect);
        let mut out = Vec::new();
        out.push(match &entry.kind {
            TypeKind::Enum(labels) => {
                let labels: Vec<String> = labels.labels.iter().map(|label| string(label)).collect();
                format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
            }
            TypeKind::Composite(attributes) => {
                let all: Vec<String> = attributes
                    .iter()
                    .map(|(attribute, ty)| {
                        format!("{} {}", quote(attribute, dialect), type_text(ty, dialect))
                    })
                    .collect();
                format!("CREATE TYPE {name} AS (\n    {}\n)", all.join(",\n    "))
            }
            TypeKind::Domain { ty, collation, default, not_null, constraints } => {
                let mut text = format!("CREATE DOMAIN {name} AS {}", type_text(ty, dialect));
                if let Some(collation) = collation {
                    let _ = write!(text, " COLLATE {}", quote(&Ident::exact(collation.as_str()), dialect));
                }
                if let Some(default) = default {
                    let _ = write!(text, " DEFAULT {}", default_text(default, dialect));
                }
                if *not_null {
                    text.push_str(" NOT NULL");
                }
                for (ident, constraint) in constraints {
                    let written = self.constraint(ident, constraint);
                    if constraint.not_valid {
                        out.push(format!("ALTER DOMAIN {name} ADD {written}"));
                    } else if matches!(constraint.kind, ConstraintKind::Check(_)) {
                        let _ = write!(text, " {written}");
                    }
                }
                out.insert(0, text);
                return out;
            }
            TypeKind::Other(text) if text.is_empty() => format!("CREATE TYPE {name}"),
            TypeKind::Other(text) if text.to_ascii_lowercase().contains("subtype") => {
                format!("CREATE TYPE {name} AS RANGE {text}")
            }
            TypeKind::Other(text) => format!("CREATE TYPE {name} {text}"),
        });
        out
    }

    /// CREATE FUNCTION, CREATE PROCEDURE, CREATE AGGREGATE.
    pub(super) fn function(self, name: &Name, function: &Function) -> Option<String> {
        function.made?;
        Some(self.function_text(name, function, false))
    }

    pub(super) fn function_text(self, name: &Name, function: &Function, replace: bool) -> String {
        let dialect = self.catalog.dialect;
        let kind = function.kind.keywords();
        let create = if replace { "CREATE OR REPLACE" } else { "CREATE" };
        let arguments: Vec<String> =
            function.arguments.iter().map(|argument| argument_text(argument, dialect)).collect();
        let head = format!("{create} {kind} {}", shown(name, dialect));
        let body = function.body.as_ref();
        if function.kind == ObjectKind::Aggregate {
            let arguments = if arguments.is_empty() { "*".to_owned() } else { arguments.join(", ") };
            return format!("{head}({arguments}) {}", body.map_or("", Body::text));
        }
        let mut out = format!("{head}({})", arguments.join(", "));
        match &function.returns {
            Some(Returns::Type { ty, set }) => {
                let set = if *set { "SETOF " } else { "" };
                let _ = write!(out, " RETURNS {set}{}", type_text(ty, dialect));
            }
            Some(Returns::Table(columns)) => {
                let all: Vec<String> = columns
                    .iter()
                    .map(|(column, ty)| format!("{} {}", quote(column, dialect), type_text(ty, dialect)))
                    .collect();
                let _ = write!(out, " RETURNS TABLE ({})", all.join(", "));
            }
            None => {}
        }
        let options = &function.options;
        if let Some(language) = &options.language {
            let _ = write!(out, "\n    LANGUAGE {}", quote(&Ident::exact(language.as_str()), dialect));
        }
        let words = [
            (options.window, "WINDOW"),
            (options.strict == Some(true), "STRICT"),
            (options.security_definer == Some(true), "SECURITY DEFINER"),
            (options.leakproof == Some(true), "LEAKPROOF"),
        ];
        if let Some(volatility) = &options.volatility {
            let _ = write!(out, " {volatility}");
        }
        for (_, word) in words.iter().filter(|(said, _)| *said) {
            let _ = write!(out, " {word}");
        }
        if let Some(parallel) = &options.parallel {
            let _ = write!(out, " PARALLEL {parallel}");
        }
        if let Some(cost) = &options.cost {
            let _ = write!(out, " COST {cost}");
        }
        if let Some(rows) = &options.rows {
            let _ = write!(out, " ROWS {rows}");
        }
        for (setting, value) in &options.settings {
            match value {
                Some(value) => {
                    let _ = write!(out, "\n    SET {setting} TO {}", setting_value(setting, value));
                }
                None => {
                    let _ = write!(out, "\n    SET {setting} FROM CURRENT");
                }
            }
        }
        match body {
            Some(Body::Text(text)) if options.language.as_deref() == Some("c") => {
                let (object, symbol) = text.split_once(", ").unwrap_or((text, ""));
                let symbol = if symbol.is_empty() { String::new() } else { format!(", {}", string(symbol)) };
                let _ = write!(out, "\n    AS {}{symbol}", string(object));
            }
            Some(Body::Text(text)) => {
                let _ = write!(out, "\n    AS {}", dollar_quoted(text));
            }
            // The statements of BEGIN ATOMIC end in semicolons, an expression of RETURN does not.
            Some(Body::Parsed(text)) if text.trim_end().ends_with(';') => {
                let _ = write!(out, "\nBEGIN ATOMIC {text} END");
            }
            Some(Body::Parsed(text)) => {
                let _ = write!(out, "\n    RETURN {text}");
            }
            None => {}
        }
        out
    }

    /// Whether a sequence is made by the word `serial` or IDENTITY of its column.
    pub(super) fn comes_with_column(self, sequence: &Sequence) -> bool {
        let Some((table, column)) = &sequence.owned_by else { return false };
        if sequence.identity {
            return true;
        }
        let Some(table) = self.catalog.table(table).found() else { return false };
        let column = table.column(column.key()).found();
        column.is_some_and(|member| self.serial(table, &member.column).is_some())
    }

    pub(super) fn sequence(self, sequence: &Sequence) -> String {
        let unlogged = if sequence.unlogged { "UNLOGGED " } else { "" };
        let mut out = format!("CREATE {unlogged}SEQUENCE {}", shown(&sequence.name, self.catalog.dialect));
        let unowned =
            Column { ty: Some(Type::plain("bigint")), ..Column::unknown(sequence.name.ident.clone()) };
        for option in sequence_options(&sequence.options, &unowned) {
            let _ = write!(out, " {option}");
        }
        out
    }

    /// Gives a sequence, under the name that it has, every option that another one has.
    pub(super) fn alter_sequence(self, name: &Name, wanted: &Sequence) -> String {
        let shape = wanted.options.shape();
        let cycle = if shape.cycle { "CYCLE" } else { "NO CYCLE" };
        format!(
            "ALTER SEQUENCE {} AS {} INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {} {cycle}",
            shown(name, self.catalog.dialect),
            shape.ty,
            shape.increment,
            shape.min,
            shape.max,
            shape.start,
            shape.cache
        )
    }

    pub(super) fn owners_of_sequences(self, out: &mut Vec<String>) {
        for (_, relation) in self.catalog.relations() {
            if let Relation::Sequence(sequence) = relation
                && sequence.made.is_some()
                && !self.comes_with_column(sequence)
            {
                out.extend(self.owner_of_sequence(sequence));
            }
        }
    }

    pub(super) fn owner_of_sequence(self, sequence: &Sequence) -> Option<String> {
        let dialect = self.catalog.dialect;
        let (table, column) = sequence.owned_by.as_ref()?;
        Some(format!(
            "ALTER SEQUENCE {} OWNED BY {}.{}",
            shown(&sequence.name, dialect),
            shown(table, dialect),
            quote(column, dialect)
        ))
    }

    pub(super) fn create_view(self, view: &View) -> String {
        let dialect = self.catalog.dialect;
        let kind = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let mut out = format!("CREATE {kind} {}", shown(&view.name, dialect));
        if !view.columns.is_empty() {
            let _ = write!(out, " ({})", quoted(&view.columns, dialect));
        }
        let (check, with): (BTreeMap<_, _>, BTreeMap<_, _>) =
            view.parameters.clone().into_iter().partition(|(name, _)| name == "check_option");
        if !with.is_empty() {
            let _ = write!(out, " WITH ({})", parameters(&with));
        }
        let _ = write!(out, " AS\n{}", write_query::view_query_in(view, self.catalog));
        if let Some(check) = check.get("check_option") {
            let _ = write!(out, "\nWITH {} CHECK OPTION", check.to_ascii_uppercase());
        }
        if view.no_data {
            out.push_str("\nWITH NO DATA");
        }
        out
    }

    /// Statistics, triggers, policies, rules, publications and the rarer kinds.
    pub(super) fn others(self, out: &mut Vec<String>) {
        const ORDER: &[ObjectKind] = &[
            ObjectKind::Collation,
            ObjectKind::Statistics,
            ObjectKind::Rule,
            ObjectKind::Trigger,
            ObjectKind::Policy,
            ObjectKind::EventTrigger,
            ObjectKind::Publication,
        ];
        for kind in ORDER {
            for (object, other) in self.catalog.others() {
                let foreign = object.on.as_ref().is_some_and(|table| {
                    self.catalog
                        .table(table)
                        .found()
                        .is_some_and(|table| table.foreign || table.made.is_none())
                });
                if object.kind == *kind && other.made.is_some() && !foreign {
                    out.extend(self.other(object, other));
                    out.extend(self.switched(object, other));
                }
            }
        }
    }

    /// The statement that makes an object of the rarer kinds; None where it is not known well enough, or comes with another one.
    pub(super) fn other(self, object: &ObjectRef, other: &Other) -> Option<String> {
        let dialect = self.catalog.dialect;
        let name = quote(&object.name.ident, dialect);
        let on = object.on.as_ref().map(|table| shown(table, dialect));
        Some(match &other.detail {
            Detail::Trigger(trigger) => {
                if trigger.inherited {
                    return None;
                }
                let on = on.or_else(|| trigger.table.as_ref().map(|table| shown(table, dialect)))?;
                let constraint = if trigger.constraint.is_some() { "CONSTRAINT " } else { "" };
                let mut out = format!("CREATE {constraint}TRIGGER {name} {} ", trigger.timing.keywords());
                let events: Vec<String> = trigger
                    .events
                    .iter()
                    .map(|event| match event {
                        Event::Update if !trigger.update_of.is_empty() => {
                            format!("UPDATE OF {}", quoted(&trigger.update_of, dialect))
                        }
                        Event::Insert | Event::Delete | Event::Update | Event::Truncate => {
                            event.keyword().to_owned()
                        }
                    })
                    .collect();
                let _ = write!(out, "{} ON {on}", events.join(" OR "));
                if let Some(from) = &trigger.from {
                    let _ = write!(out, " FROM {}", shown(from, dialect));
                }
                for word in trigger.constraint.iter().flatten() {
                    let _ = write!(out, " {word}");
                }
                if trigger.transition.0.is_some() || trigger.transition.1.is_some() {
                    out.push_str(" REFERENCING");
                    for (word, table) in [("OLD", &trigger.transition.0), ("NEW", &trigger.transition.1)] {
                        if let Some(table) = table {
                            let _ = write!(out, " {word} TABLE AS {}", quote(table, dialect));
                        }
                    }
                }
                out.push_str(if trigger.each_row { " FOR EACH ROW" } else { " FOR EACH STATEMENT" });
                if let Some(when) = &trigger.when {
                    let _ = write!(out, " WHEN ({})", expr_text(when, dialect));
                }
                if let Some(function) = &trigger.function {
                    let arguments: Vec<String> = trigger.arguments.iter().map(|text| string(text)).collect();
                    let _ = write!(
                        out,
                        " EXECUTE FUNCTION {}({})",
                        shown(function, dialect),
                        arguments.join(", ")
                    );
                }
                if let Some(body) = &trigger.body {
                    let _ = write!(out, "\nBEGIN\n    {body}\nEND");
                }
                out
            }
            Detail::Policy(policy) => {
                let mut out = format!("CREATE POLICY {name} ON {}", on?);
                if policy.restrictive {
                    out.push_str(" AS RESTRICTIVE");
                }
                if policy.command != "ALL" {
                    let _ = write!(out, " FOR {}", policy.command);
                }
                if policy.roles != ["public"] {
                    let roles: Vec<String> =
                        policy.roles.iter().map(|role| role_text(role, dialect)).collect();
                    let _ = write!(out, " TO {}", roles.join(", "));
                }
                if let Some(using) = &policy.using {
                    let _ = write!(out, " USING ({})", expr_text(using, dialect));
                }
                if let Some(check) = &policy.check {
                    let _ = write!(out, " WITH CHECK ({})", expr_text(check, dialect));
                }
                out
            }
            Detail::Rule(rule) => {
                let mut out = format!("CREATE RULE {name} AS ON {} TO {}", rule.event, on?);
                if let Some(when) = &rule.when {
                    let _ = write!(out, " WHERE {}", expr_text(when, dialect));
                }
                let instead = if rule.instead { "INSTEAD " } else { "" };
                let action = if rule.action.contains(';') {
                    format!("({})", rule.action)
                } else {
                    rule.action.clone()
                };
                let _ = write!(out, " DO {instead}{action}");
                out
            }
            Detail::Statistics(statistics) => {
                let keys: Vec<String> = statistics
                    .keys
                    .iter()
                    .map(|key| match key {
                        crate::schema::Expr::Column(_) => expr_text(key, dialect),
                        _ => format!("({})", expr_text(key, dialect)),
                    })
                    .collect();
                let kinds = if statistics.kinds.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", statistics.kinds.join(", "))
                };
                format!(
                    "CREATE STATISTICS {}{kinds} ON {} FROM {}",
                    shown(&object.name, dialect),
                    keys.join(", "),
                    shown(&statistics.table, dialect)
                )
            }
            Detail::Publication(publication) => {
                let mut out = format!("CREATE PUBLICATION {name}");
                if publication.all_tables {
                    out.push_str(" FOR ALL TABLES");
                } else if !publication.members.is_empty() {
                    let all: Vec<String> =
                        publication.members.iter().map(|member| self.published(member)).collect();
                    let _ = write!(out, " FOR {}", all.join(", "));
                }
                if !publication.options.is_empty() {
                    let all: Vec<String> = publication
                        .options
                        .iter()
                        .map(|(option, value)| format!("{option} = {}", string(value)))
                        .collect();
                    let _ = write!(out, " WITH ({})", all.join(", "));
                }
                out
            }
            Detail::Text(text) if object.kind == ObjectKind::EventTrigger => {
                format!("CREATE EVENT TRIGGER {name} {text}")
            }
            Detail::Extension(_) => self.extension(object, other),
            Detail::None if object.kind == ObjectKind::Schema => format!("CREATE SCHEMA {name}"),
            Detail::None | Detail::Text(_) => return None,
        })
    }

    pub(super) fn published(self, member: &Published) -> String {
        let dialect = self.catalog.dialect;
        match member {
            Published::Table(name, columns, filter) => {
                let mut out = format!("TABLE {}", shown(name, dialect));
                if !columns.is_empty() {
                    let _ = write!(out, " ({})", quoted(columns, dialect));
                }
                if let Some(filter) = filter {
                    let _ = write!(out, " WHERE ({})", expr_text(filter, dialect));
                }
                out
            }
            Published::Schema(Some(schema)) => format!("TABLES IN SCHEMA {}", quote(schema, dialect)),
            Published::Schema(None) => "TABLES IN SCHEMA CURRENT_SCHEMA".to_owned(),
        }
    }

    /// A trigger or rule that was switched.
    pub(super) fn switched(self, object: &ObjectRef, other: &Other) -> Option<String> {
        let (switch, word) = match &other.detail {
            Detail::Trigger(trigger) => (trigger.switch.as_ref()?, "TRIGGER"),
            Detail::Rule(rule) => (rule.switch.as_ref()?, "RULE"),
            Detail::None
            | Detail::Policy(_)
            | Detail::Extension(_)
            | Detail::Statistics(_)
            | Detail::Publication(_)
            | Detail::Text(_) => return None,
        };
        let dialect = self.catalog.dialect;
        let table = shown(object.on.as_ref()?, dialect);
        Some(format!("ALTER TABLE {table} {switch} {word} {}", quote(&object.name.ident, dialect)))
    }

    /// Every comment, with the object that it is on.
    pub(super) fn comments(self) -> Vec<(ObjectRef, Arc<str>)> {
        let mut out = Vec::new();
        let mut say = |object: &ObjectRef, text: Option<&Arc<str>>| {
            if let Some(text) = text {
                out.push((object.clone(), Arc::clone(text)));
            }
        };
        let at = |kind: ObjectKind, name: &Name, on: Option<&Name>| ObjectRef {
            kind,
            name: name.clone(),
            on: on.cloned(),
        };
        for (name, relation) in self.catalog.relations() {
            if relation.made().is_none() {
                continue;
            }
            match relation {
                Relation::Table(table) => {
                    say(&at(relation.kind(), name, None), table.notes.comment.as_ref());
                    for member in &table.columns {
                        let column = Name::bare(member.column.name.clone());
                        say(&at(ObjectKind::Column, &column, Some(name)), member.comment.as_ref());
                    }
                    for (ident, constraint) in &table.constraints {
                        let ident = Name::bare(ident.clone());
                        say(&at(ObjectKind::Constraint, &ident, Some(name)), constraint.comment.as_ref());
                    }
                }
                Relation::View(view) => {
                    say(&at(relation.kind(), name, None), view.notes.comment.as_ref());
                    for (column, text) in &view.column_comments {
                        let column = Name::bare(column.clone());
                        say(&at(ObjectKind::Column, &column, Some(name)), Some(text));
                    }
                }
                Relation::Index(index) => {
                    say(&at(ObjectKind::Index, name, None), index.notes.comment.as_ref())
                }
                Relation::Sequence(sequence) => {
                    say(&at(ObjectKind::Sequence, name, None), sequence.notes.comment.as_ref());
                }
            }
        }
        for entry in self.catalog.types() {
            let domain = matches!(entry.kind, TypeKind::Domain { .. });
            let kind = if domain { ObjectKind::Domain } else { ObjectKind::Type };
            say(&at(kind, &entry.name, None), entry.notes.comment.as_ref());
            for (attribute, text) in &entry.attribute_comments {
                let attribute = Name::bare(attribute.clone());
                say(&at(ObjectKind::Column, &attribute, Some(&entry.name)), Some(text));
            }
        }
        for (name, function) in self.catalog.all_functions() {
            let object = crate::schema::function_ref(name, function);
            say(&object, function.notes.comment.as_ref());
        }
        for (object, other) in self.catalog.others() {
            if object.kind != ObjectKind::Extension {
                say(object, other.notes.comment.as_ref());
            }
        }
        out
    }

    /// COMMENT ON an object; None takes the comment away.
    pub(super) fn comment(self, object: &ObjectRef, text: Option<&str>) -> String {
        let what = object_name(object, |name| shown(name, self.catalog.dialect));
        format!("COMMENT ON {what} IS {}", text.map_or_else(|| "NULL".to_owned(), string))
    }
}

/// A role; the words that stand for one stay words.
fn role_text(role: &str, dialect: Dialect) -> String {
    match role {
        "CURRENT_USER" | "CURRENT_ROLE" | "SESSION_USER" | "public" => role.to_owned(),
        _ => quote(&Ident::exact(role), dialect),
    }
}

/// `a = 1, b`: storage parameters.
pub(super) fn parameters(parameters: &BTreeMap<String, String>) -> String {
    let one = |(name, value): (&String, &String)| {
        let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
        if plain { format!("{name} = {value}") } else { format!("{name} = {}", string(value)) }
    };
    parameters.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What a serial or identity column's sequence is called when the name is free.
pub(super) fn usual_sequence(table: &Table, column: &Column) -> Ident {
    Ident::exact(crate::ops::generated_name(table.name.text(), Some(column.name.text()), "seq"))
}

fn argument_text(argument: &Argument, dialect: Dialect) -> String {
    let mut out = String::new();
    if argument.mode != ArgumentMode::In {
        out.push_str(argument.mode.keyword());
        out.push(' ');
    }
    if let Some(name) = &argument.name {
        out.push_str(&quote(name, dialect));
        out.push(' ');
    }
    out.push_str(&type_text(&argument.ty, dialect));
    if let Some(default) = &argument.default {
        let _ = write!(out, " DEFAULT {}", expr_text(default, dialect));
    }
    out
}

/// A setting's value: a list of names for search_path, else one string.
fn setting_value(setting: &str, value: &str) -> String {
    if setting == "search_path" {
        let all: Vec<String> = value.split(", ").map(string).collect();
        return all.join(", ");
    }
    string(value)
}

/// A text between dollars, with a tag that does not occur in it.
fn dollar_quoted(text: &str) -> String {
    let mut tag = "$$".to_owned();
    let mut number = 0;
    while text.contains(&tag) || text.ends_with('$') && tag == "$$" {
        tag = if number == 0 { "$_$".to_owned() } else { format!("$_{number}$") };
        number += 1;
    }
    format!("{tag}{text}{tag}")
}
