//! What uses a type, a function, a sequence or a relation in PostgreSQL besides its own: it keeps the server from dropping them, and goes
//! along with CASCADE. Where that is not certain, nothing uses it.

use std::fmt;

use super::tables::whole;
use super::{Step, depends, extensions};
use crate::ops::{Conflict, Guard};
use crate::schema::{
    Argument, Body, ConstraintKind, Detail, Expr, Function, Ident, IndexKey, Lookup, Name, ObjectKind,
    ObjectRef, PartitionKind, Relation, Returns, Slot, Type, TypeKind, builtin,
};

/// Something that uses another thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum User {
    /// A column, by its type or because it is computed.
    Column(Name, Ident),
    /// The default of a column.
    Default(Name, Ident),
    /// A constraint of a table.
    Constraint(Name, Ident),
    /// A view, an index, or a table as a whole.
    Relation(ObjectKind, Name),
    /// A domain.
    Type(Name),
    /// An attribute of a composite type.
    Attribute(Name, Ident),
    /// The default of a domain.
    DomainDefault(Name),
    /// A CHECK of a domain.
    DomainConstraint(Name, Ident),
    /// A function, by its name and the types of its arguments.
    Function(ObjectKind, Name, Vec<Type>),
    /// A trigger, a policy, a rule, …
    Other(ObjectRef),
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(table, column) => write!(f, "column `{column}` of `{table}`"),
            Self::Default(table, column) => write!(f, "the default of column `{column}` of `{table}`"),
            Self::Constraint(table, constraint) => write!(f, "constraint `{constraint}` of `{table}`"),
            Self::Relation(kind, name) => write!(f, "{} `{name}`", kind.noun()),
            Self::Type(name) => write!(f, "type `{name}`"),
            Self::Attribute(name, attribute) => write!(f, "attribute `{attribute}` of type `{name}`"),
            Self::DomainDefault(name) => write!(f, "the default of domain `{name}`"),
            Self::DomainConstraint(name, constraint) => {
                write!(f, "constraint `{constraint}` of domain `{name}`")
            }
            Self::Function(kind, name, _) => write!(f, "{} `{name}`", kind.noun()),
            Self::Other(object) => write!(f, "{object}"),
        }
    }
}

impl User {
    /// Whether it goes anyway when these do.
    fn goes_with(&self, together: &[Name]) -> bool {
        match self {
            Self::Column(name, _)
            | Self::Default(name, _)
            | Self::Constraint(name, _)
            | Self::Relation(_, name)
            | Self::Type(name)
            | Self::Attribute(name, _)
            | Self::DomainDefault(name)
            | Self::DomainConstraint(name, _)
            | Self::Function(_, name, _) => together.contains(name),
            Self::Other(object) => object.on.as_ref().is_some_and(|table| together.contains(table)),
        }
    }
}

/// How something is used: as a type, in an expression, or in the text of what the server keeps parsed.
struct Use<'u> {
    /// What it is called, without its schema.
    name: &'u str,
    as_type: &'u dyn Fn(&Type) -> bool,
    in_expr: &'u dyn Fn(&Expr) -> bool,
    in_text: &'u dyn Fn(&str) -> bool,
}

fn never_type(_: &Type) -> bool {
    false
}

fn never_text(_: &str) -> bool {
    false
}

impl Step<'_> {
    /// What uses a type.
    pub(super) fn users_of_type(&self, ty: &Name) -> Vec<User> {
        let multirange = self.catalog.type_entry(ty).found().and_then(super::types::multirange);
        let is_it = |known: &Type| {
            self.is_type(known, ty) || multirange.as_ref().is_some_and(|ty| self.is_type(known, ty))
        };
        let mut users = self.users(&Use {
            name: ty.text(),
            as_type: &is_it,
            in_expr: &|part| matches!(part, Expr::Cast { to, .. } if is_it(to)),
            in_text: &never_text,
        });
        if self.postgres() {
            let of_it = self.catalog.mentioning(ty.text()).filter(|(_, relation)| match relation {
                Relation::Table(table) => table.of_type.as_ref() == Some(ty),
                Relation::Index(_) | Relation::View(_) | Relation::Sequence(_) => false,
            });
            users.extend(of_it.map(|(table, _)| User::Relation(ObjectKind::Table, table.clone())));
        }
        users
    }

    /// What uses a function.
    pub(super) fn users_of_function(&self, name: &Name, function: &Function) -> Vec<User> {
        let calls = |part: &Expr| match part {
            Expr::Call { name: called, arguments } => {
                is_called(called, name) && takes(function, arguments.len())
            }
            Expr::Column(_)
            | Expr::Literal(_)
            | Expr::Operator { .. }
            | Expr::Cast { .. }
            | Expr::Query(_)
            | Expr::Raw { .. } => false,
        };
        let alone = self.functions_named(name) == 1 && !builtin::is_function(name.text());
        let called = |part: &Expr| alone && calls(part);
        let in_text = |text: &str| alone && depends::calls(text, name);
        let mut users =
            self.users(&Use { name: name.text(), as_type: &never_type, in_expr: &called, in_text: &in_text });
        if self.postgres() && function.input_types().next().is_none() {
            let fires = self.catalog.others().filter(|(_, other)| match &other.detail {
                Detail::Trigger(trigger) => !trigger.inherited && trigger.function.as_ref() == Some(name),
                Detail::None
                | Detail::Policy(_)
                | Detail::Rule(_)
                | Detail::Extension(_)
                | Detail::Statistics(_)
                | Detail::Publication(_)
                | Detail::Text(_) => false,
            });
            users.extend(fires.map(|(object, _)| User::Other(object.clone())));
        }
        users
    }

    /// What uses a sequence, besides the column that it belongs to.
    pub(super) fn users_of_sequence(&self, sequence: &Name) -> Vec<User> {
        let takes = |part: &Expr| self.takes_from(part, sequence);
        self.users(&Use {
            name: sequence.text(),
            as_type: &never_type,
            in_expr: &takes,
            in_text: &never_text,
        })
    }

    /// What else uses the sequences that a table, or one of its columns, owns.
    pub(super) fn users_of_owned(&self, table: &Name, column: Option<&Ident>) -> Vec<User> {
        if !self.postgres() {
            return Vec::new();
        }
        let owned = self.catalog.sequences_of(table, column);
        let mut users: Vec<User> =
            owned.flat_map(|sequence| self.users_of_sequence(&sequence.name)).collect();
        // Its partitions go along, and a column goes from all heirs; they have its default.
        let family = self.family(table, column.is_none());
        users.retain(|user| match (user, column) {
            (User::Default(known, of), Some(column)) => !(family.contains(known) && of == column),
            (user, _) => !user.goes_with(&family),
        });
        users
    }

    /// A table with those below it: its partitions alone, or all heirs.
    pub(super) fn family(&self, table: &Name, partitions: bool) -> Vec<Name> {
        let mut family = vec![table.clone()];
        let mut at = 0;
        while let Some(name) = family.get(at).cloned() {
            at += 1;
            for child in self.catalog.children(&name) {
                let known = self.catalog.table(&child).found();
                let fits =
                    known.is_some_and(|child| !partitions || child.partition == PartitionKind::Partition);
                if fits && !family.contains(&child) {
                    family.push(child);
                }
            }
        }
        family
    }

    /// The foreign keys of others to a table of which this one is a partition.
    pub(super) fn keys_through_parents(&self, partition: &Name) -> Vec<User> {
        let mut family = vec![partition.clone()];
        let mut at = 0;
        while let Some(name) = family.get(at).cloned() {
            at += 1;
            if let Lookup::Found(table) = self.catalog.table(&name)
                && table.partition == PartitionKind::Partition
            {
                family.extend(
                    table
                        .parents
                        .iter()
                        .filter(|parent| !family.contains(parent))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
            }
        }
        let above = family.iter().skip(1).filter(|_| self.postgres());
        let mut keys: Vec<(Name, Ident)> =
            above.flat_map(|parent| self.foreign_keys_to(parent, None)).collect();
        keys.retain(|(owner, _)| {
            let owner = self.catalog.table(owner).found();
            owner.is_some_and(|owner| owner.parents.is_empty() && !family.contains(&owner.name))
        });
        keys.into_iter().map(|(owner, constraint)| User::Constraint(owner, constraint)).collect()
    }

    /// What uses an object of the rarer kinds.
    pub(super) fn users_of_other(&self, object: &ObjectRef) -> Vec<User> {
        if !self.postgres() {
            return Vec::new();
        }
        let ident = &object.name.ident;
        match object.kind {
            ObjectKind::Extension => self.users_of_extension(ident),
            ObjectKind::Server => {
                let of_it = |option: &String| {
                    option.strip_prefix("SERVER ").is_some_and(|server| *ident == *server.to_lowercase())
                };
                let tables =
                    self.catalog.tables().filter(|table| table.foreign && table.options.iter().any(of_it));
                let tables = tables.map(|table| User::Relation(ObjectKind::ForeignTable, table.name.clone()));
                let mappings = self.catalog.others().filter(|(other, _)| {
                    other.kind == ObjectKind::UserMapping
                        && other
                            .name
                            .text()
                            .rsplit_once(" SERVER ")
                            .is_some_and(|(_, server)| *ident == *server)
                });
                tables.chain(mappings.map(|(other, _)| User::Other(other.clone()))).collect()
            }
            ObjectKind::ForeignDataWrapper => {
                let servers = self.catalog.others().filter(|(other, server)| {
                    other.kind == ObjectKind::Server
                        && matches!(&server.detail, Detail::Text(wrapper) if *ident == *wrapper.as_str())
                });
                servers.map(|(other, _)| User::Other(other.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What uses the types, functions and operator classes that an extension brought.
    fn users_of_extension(&self, extension: &Ident) -> Vec<User> {
        let types = self.brought_types(extension);
        let mut users: Vec<User> = types.iter().flat_map(|entry| self.users_of_type(&entry.name)).collect();
        for brought in extensions::functions(extension) {
            if self.catalog.all_functions().any(|(name, _)| name.text() == *brought) {
                continue;
            }
            let called = |part: &Expr| matches!(part, Expr::Call { name, .. } if name.rsplit('.').next() == Some(*brought));
            let found = self.users(&Use {
                name: brought,
                as_type: &never_type,
                in_expr: &called,
                in_text: &never_text,
            });
            // One that calls several of them uses the extension once.
            let new: Vec<User> = found.into_iter().filter(|user| !users.contains(user)).collect();
            users.extend(new);
        }
        let classes = extensions::operator_classes(extension);
        let has_class = |key: &IndexKey| {
            let words = key.options.split([' ', '.', '(', ')']);
            words.into_iter().any(|word| classes.contains(&word))
        };
        for index in self.catalog.indexes().filter(|index| index.parent.is_none()) {
            if index.constraint.is_none() && index.keys.iter().any(has_class) {
                users.push(User::Relation(ObjectKind::Index, index.name.clone()));
            }
        }
        for table in self.catalog.tables() {
            for (ident, constraint) in &table.constraints {
                if let ConstraintKind::Exclude(exclude) = &constraint.kind
                    && exclude.elements.iter().any(|(key, _)| has_class(key))
                {
                    users.push(User::Constraint(table.name.clone(), ident.clone()));
                }
            }
        }
        users
    }

    /// CASCADE takes whatever is in a schema, with what uses it.
    pub(super) fn take_inhabitants(&mut self, in_it: &dyn Fn(&Name) -> bool) {
        let names = |all: &mut dyn Iterator<Item = &Name>| all.filter(|name| in_it(name)).cloned().collect();
        let relations: Vec<Name> = names(&mut self.catalog.relations().map(|(name, _)| name));
        for name in relations {
            if let Lookup::Found(Relation::Table(_) | Relation::View(_) | Relation::Sequence(_)) =
                self.catalog.relation(&name)
            {
                self.drop_relation(&name, true, &[]);
            }
        }
        let types: Vec<Name> = names(&mut self.catalog.types().map(|entry| &entry.name));
        for name in types {
            self.take_type(&name);
        }
        let functions: Vec<(Name, Vec<Type>)> = self
            .catalog
            .all_functions()
            .filter(|(name, _)| in_it(name))
            .map(|(name, function)| (name.clone(), function.input_types().cloned().collect()))
            .collect();
        for (name, types) in functions {
            self.take_function(&name, &types);
        }
    }

    /// What uses a table or view besides foreign keys, heirs and views: its row type, queries in policies, rules.
    pub(super) fn users_of_relation(&self, relation: &Name) -> Vec<User> {
        let is_it = |known: &Type| self.is_type(known, relation);
        let in_expr = |part: &Expr| matches!(part, Expr::Cast { to, .. } if is_it(to));
        let in_text = |text: &str| {
            depends::changed_tables(text).iter().any(|(written, _)| self.means(written, relation))
        };
        let mut users =
            self.users(&Use { name: relation.text(), as_type: &is_it, in_expr: &in_expr, in_text: &in_text });
        if self.postgres() {
            let reads = |expr: &Option<Expr>| expr.iter().any(|expr| self.reads_relation(expr, relation));
            let refers = self.catalog.others().filter(|(_, other)| match &other.detail {
                Detail::Trigger(trigger) => trigger.from.as_ref() == Some(relation),
                Detail::Policy(policy) => reads(&policy.using) || reads(&policy.check),
                Detail::None
                | Detail::Rule(_)
                | Detail::Extension(_)
                | Detail::Statistics(_)
                | Detail::Publication(_)
                | Detail::Text(_) => false,
            });
            users.extend(refers.map(|(object, _)| User::Other(object.clone())));
        }
        users.retain(|user| !user.goes_with(std::slice::from_ref(relation)));
        users
    }

    fn users(&self, used: &Use<'_>) -> Vec<User> {
        let mut users = Vec::new();
        if !self.postgres() {
            return users;
        }
        let in_expr = |expr: &Expr| has(expr, used.in_expr);
        for (name, relation) in self.catalog.mentioning(used.name) {
            match relation {
                Relation::Table(table) => {
                    for member in &table.columns {
                        let column = &member.column;
                        let own = || (name.clone(), column.name.clone());
                        let computed = column.generated.as_ref().map(|generated| &generated.expr);
                        if column.ty.as_ref().is_some_and(used.as_type) || computed.is_some_and(in_expr) {
                            users.push(User::Column(own().0, own().1));
                        } else if column.default.as_ref().is_some_and(in_expr) {
                            users.push(User::Default(own().0, own().1));
                        }
                    }
                    for (ident, constraint) in &table.constraints {
                        if !constraint.inherited && constraint.kind.exprs().any(in_expr) {
                            users.push(User::Constraint(name.clone(), ident.clone()));
                        }
                    }
                    let mut keys = table.partition_by.iter().flat_map(|by| &by.keys);
                    if keys.any(|key| in_expr(&key.expr)) {
                        users.push(User::Relation(ObjectKind::Table, name.clone()));
                    }
                }
                Relation::Index(index) => {
                    if index.constraint.is_none() && index.parent.is_none() && index.exprs().any(in_expr) {
                        users.push(User::Relation(ObjectKind::Index, name.clone()));
                    }
                }
                Relation::View(view) => {
                    let Some(resolved) = &view.resolved else { continue };
                    let mut uses = resolved
                        .columns
                        .iter()
                        .flatten()
                        .any(|output| output.ty.as_ref().is_some_and(used.as_type));
                    resolved.query.each_expr(&mut |expr| uses |= in_expr(expr));
                    if uses {
                        users.push(User::Relation(relation.kind(), name.clone()));
                    }
                }
                Relation::Sequence(_) => {}
            }
        }
        self.users_among_types(used, &mut users);
        for (name, function) in self.catalog.all_functions() {
            let has_type = |argument: &Argument| (used.as_type)(&argument.ty);
            let returns = match &function.returns {
                Some(Returns::Type { ty, .. }) => (used.as_type)(ty),
                Some(Returns::Table(columns)) => columns.iter().any(|(_, ty)| (used.as_type)(ty)),
                None => false,
            };
            let defaults = function.arguments.iter().filter_map(|argument| argument.default.as_ref());
            let body = match &function.body {
                Some(Body::Parsed(text)) => (used.in_text)(text),
                Some(Body::Text(text)) if function.kind == ObjectKind::Aggregate => (used.in_text)(text),
                Some(Body::Text(_)) | None => false,
            };
            if returns || body || function.arguments.iter().any(has_type) || defaults.into_iter().any(in_expr)
            {
                let types = function.input_types().cloned().collect();
                users.push(User::Function(function.kind, name.clone(), types));
            }
        }
        for (object, other) in self.catalog.others() {
            let text = match &other.detail {
                // It goes with the one of the partitioned table.
                Detail::Trigger(trigger) if trigger.inherited => continue,
                Detail::Rule(rule) => Some(&rule.action),
                Detail::Text(text) if object.kind == ObjectKind::EventTrigger => Some(text),
                Detail::None
                | Detail::Trigger(_)
                | Detail::Policy(_)
                | Detail::Extension(_)
                | Detail::Statistics(_)
                | Detail::Publication(_)
                | Detail::Text(_) => None,
            };
            let in_text = text.is_some_and(|text| (used.in_text)(text));
            let uses = in_text || other.detail.exprs().into_iter().any(in_expr);
            if uses {
                users.push(User::Other(object.clone()));
            }
        }
        users
    }

    fn users_among_types(&self, used: &Use<'_>, users: &mut Vec<User>) {
        for entry in self.catalog.types() {
            match &entry.kind {
                TypeKind::Domain { ty, default, constraints, .. } => {
                    if (used.as_type)(ty) {
                        users.push(User::Type(entry.name.clone()));
                        continue;
                    }
                    if default.as_ref().is_some_and(|default| has(default, used.in_expr)) {
                        users.push(User::DomainDefault(entry.name.clone()));
                    }
                    let in_expr = |expr: &Expr| has(expr, used.in_expr);
                    let checks =
                        constraints.iter().filter(|(_, constraint)| constraint.kind.exprs().any(in_expr));
                    users.extend(
                        checks.map(|(ident, _)| User::DomainConstraint(entry.name.clone(), ident.clone())),
                    );
                }
                TypeKind::Composite(attributes) => {
                    let having = attributes.iter().filter(|(_, ty)| (used.as_type)(ty));
                    users.extend(having.map(|(ident, _)| User::Attribute(entry.name.clone(), ident.clone())));
                }
                TypeKind::Enum(_) | TypeKind::Other(_) => {}
            }
        }
    }

    /// Why something cannot be dropped without CASCADE: the first of its users that does not go anyway. A statement that we could not
    /// read may have dropped any of them.
    pub(super) fn keeps(&self, users: &[User], what: &str, together: &[Name]) -> Option<Conflict> {
        let user = users.iter().filter(|_| !self.catalog.unclear).find(|user| !user.goes_with(together))?;
        Some(Conflict::Other("2BP01", format!("{user} depends on {what}")))
    }

    /// CASCADE: they go along, with what uses them.
    pub(super) fn take_users(&mut self, users: Vec<User>) {
        for user in users {
            self.take_user(user);
        }
    }

    fn take_user(&mut self, user: User) {
        match user {
            User::Column(table, column) => {
                let there = self.catalog.table(&table).and_then(|table| table.column(column.key()));
                if there.found().is_some() && !self.inherits_column(&table, &column) {
                    self.drop_column(&whole(table), &column, Guard::IfExists, true);
                }
            }
            User::Default(table, column) => self.take_default(&table, &column),
            User::Constraint(table, constraint) => {
                if self.catalog.table(&table).found().is_some() {
                    self.drop_constraint(&whole(table), &constraint, Guard::IfExists, true);
                }
            }
            User::Relation(_, name) => {
                if self.catalog.relation(&name).found().is_some() {
                    self.drop_relation(&name, true, &[]);
                }
            }
            User::Type(name) => self.take_type(&name),
            User::Attribute(name, attribute) => self.change_type(&name, |kind| {
                if let TypeKind::Composite(attributes) = kind {
                    attributes.retain(|(known, _)| *known != attribute);
                }
            }),
            User::DomainDefault(name) => self.change_type(&name, |kind| {
                if let TypeKind::Domain { default, .. } = kind {
                    *default = None;
                }
            }),
            User::DomainConstraint(name, constraint) => self.change_type(&name, |kind| {
                if let TypeKind::Domain { constraints, .. } = kind {
                    constraints.retain(|(known, _)| *known != constraint);
                }
            }),
            User::Function(_, name, types) => self.take_function(&name, &types),
            User::Other(object) => {
                let users = self.users_of_other(&object);
                self.catalog.put_other(object.clone(), Slot::Gone);
                self.take_users(users);
                if let (ObjectKind::Trigger, Some(table)) = (object.kind, &object.on) {
                    self.drop_inherited_trigger(&object, table);
                }
            }
        }
    }

    /// A type goes, with what has it.
    pub(super) fn take_type(&mut self, name: &Name) {
        if self.catalog.type_entry(name).found().is_none() {
            return;
        }
        let users = self.users_of_type(name);
        self.catalog.put_type(name.clone(), Slot::Gone);
        self.take_users(users);
    }

    fn change_type(&mut self, name: &Name, change: impl FnOnce(&mut TypeKind)) {
        if let Lookup::Found(entry) = self.catalog.type_entry(name) {
            let mut entry = entry.clone();
            change(&mut entry.kind);
            self.catalog.put_type(name.clone(), Slot::Present(entry));
        }
    }

    /// A function goes, with what calls it.
    pub(super) fn take_function(&mut self, name: &Name, types: &[Type]) {
        let mut all = self.catalog.functions(name).to_vec();
        let Some(at) = all.iter().position(|function| function.input_types().eq(types)) else { return };
        let users = self.users_of_function(name, &all[at]);
        all.remove(at);
        let object = ObjectRef { kind: ObjectKind::Function, name: name.clone(), on: None };
        let types = types.iter().map(ToString::to_string).collect();
        self.catalog.put_other(super::drop::gone_function(&object, Some(&types)), Slot::Gone);
        self.catalog.put_functions(name.clone(), all);
        self.take_users(users);
    }

    fn take_default(&mut self, table: &Name, column: &Ident) {
        self.catalog.change_table(table, |table| {
            if let Some(member) = super::columns::member(table, column) {
                member.column.default = None;
                member.defaulted = false;
            }
        });
    }

    /// Whether a name that was written once means a relation: with its schema, or because no other one is called so.
    pub(super) fn means(&self, written: &Name, relation: &Name) -> bool {
        if written.schema.is_some() {
            return written == relation;
        }
        let alike = || self.catalog.relations().filter(|(name, _)| name.ident == relation.ident).count();
        written.ident == relation.ident && alike() <= 1
    }

    /// How many functions there are of a name, in any schema: with one, it is told which a call means.
    pub(super) fn functions_named(&self, name: &Name) -> usize {
        self.catalog.all_functions().filter(|(known, _)| known.ident == name.ident).count()
    }

    /// Whether the queries inside of an expression certainly read a relation.
    pub(super) fn reads_relation(&self, expr: &Expr, relation: &Name) -> bool {
        let mut reads = false;
        expr.walk(&mut |part| {
            let Expr::Query(inner) = part else { return };
            let ctes = inner.query.cte_names();
            inner.query.each_relation(&mut |name| {
                let is_cte = name.schema.is_none() && ctes.iter().any(|cte| cte == name.text());
                reads |= !is_cte && self.means(name, relation);
            });
        });
        reads
    }
}

/// Whether the name of a call is a function's.
pub(super) fn is_called(called: &str, function: &Name) -> bool {
    match called.rsplit_once('.') {
        Some((schema, ident)) => {
            ident == function.text() && function.schema.as_ref().is_some_and(|own| own.text() == schema)
        }
        None => called == function.text(),
    }
}

/// Whether a function can be called with so many arguments.
pub(super) fn takes(function: &Function, count: usize) -> bool {
    let variadic =
        function.arguments.iter().any(|argument| argument.mode == crate::schema::ArgumentMode::Variadic);
    let inputs = || function.arguments.iter().filter(|argument| argument.mode.is_input());
    let needed = inputs().filter(|argument| argument.default.is_none()).count();
    // The star of an aggregate counts for nothing.
    function.kind == ObjectKind::Aggregate || variadic || (needed..=inputs().count()).contains(&count)
}

/// Whether any part of an expression is such.
pub(super) fn has(expr: &Expr, is_such: &dyn Fn(&Expr) -> bool) -> bool {
    let mut found = false;
    expr.walk_all(&mut |part| found |= is_such(part));
    found
}
