//! In which order types, functions, sequences, tables and views are made: each behind what it needs.

use std::collections::{BTreeMap, BTreeSet};

use super::{Writer, signature};
use crate::schema::{
    Body, ConstraintKind, Expr, Function, Name, ObjectKind, Relation, Sequence, Table, Type, TypeEntry,
    TypeKind, View,
};

/// Something that others need.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Type(&'a TypeEntry),
    Function(&'a Name, &'a Function),
    Sequence(&'a Sequence),
    Table(&'a Table),
    View(&'a View),
}

impl<'a> Item<'a> {
    fn name(self) -> &'a Name {
        match self {
            Self::Type(entry) => &entry.name,
            Self::Function(name, _) => name,
            Self::Sequence(sequence) => &sequence.name,
            Self::Table(table) => &table.name,
            Self::View(view) => &view.name,
        }
    }

    const fn is_view(self) -> bool {
        match self {
            Self::View(_) => true,
            Self::Type(_) | Self::Function(..) | Self::Sequence(_) | Self::Table(_) => false,
        }
    }
}

/// The items of a catalog in an order in which they can be made: kind by kind, as far as what they need allows it.
pub(super) struct Order<'a> {
    /// The items, first ones first.
    pub(super) items: Vec<Item<'a>>,
    /// What each of them needs, directly or not, as places in the list.
    needs: Vec<BTreeSet<usize>>,
}

impl<'a> Order<'a> {
    pub(super) fn of(writer: Writer<'a>) -> Self {
        let mut all: Vec<Item<'a>> =
            writer.catalog.types().filter(|entry| entry.made.is_some()).map(Item::Type).collect();
        let functions = writer.catalog.all_functions().filter(|(_, function)| function.made.is_some());
        all.extend(functions.map(|(name, function)| Item::Function(name, function)));
        all.extend(writer.catalog.relations().filter_map(|(_, relation)| match relation {
            Relation::Sequence(sequence) if sequence.made.is_some() => Some(Item::Sequence(sequence)),
            Relation::Sequence(_) | Relation::Table(_) | Relation::View(_) | Relation::Index(_) => None,
        }));
        all.extend(writer.tables_in_order().into_iter().map(Item::Table));
        all.extend(writer.views_in_order().into_iter().map(Item::View));
        let named = Named::of(&all);
        let needs: Vec<BTreeSet<usize>> = all.iter().map(|item| named.needs(*item)).collect();
        let mut places: Vec<usize> = Vec::with_capacity(all.len());
        let mut waiting: BTreeSet<usize> = (0..all.len()).collect();
        while let Some(first) = waiting.first().copied() {
            let is_ready = |at: usize| needs[at].iter().all(|other| *other == at || !waiting.contains(other));
            // In a circle the first one goes first.
            let next = waiting.iter().copied().find(|at| is_ready(*at)).unwrap_or(first);
            waiting.remove(&next);
            places.push(next);
        }
        let now: BTreeMap<usize, usize> = places.iter().enumerate().map(|(now, was)| (*was, now)).collect();
        let mut whole: Vec<BTreeSet<usize>> = Vec::with_capacity(all.len());
        for was in &places {
            let direct: BTreeSet<usize> =
                needs[*was].iter().filter_map(|other| now.get(other).copied()).collect();
            let further = direct.iter().filter_map(|other| whole.get(*other)).flatten().copied().collect();
            whole.push(direct.union(&further).copied().collect());
        }
        Self { items: places.into_iter().map(|at| all[at]).collect(), needs: whole }
    }

    /// What of an item `is_it` finds among what it needs.
    pub(super) fn needs(&self, at: usize, is_it: impl Fn(Item<'a>) -> bool) -> bool {
        self.needed(at).any(is_it)
    }

    /// What an item needs, directly or not.
    pub(super) fn needed(&self, at: usize) -> impl Iterator<Item = Item<'a>> {
        self.needs.get(at).into_iter().flatten().map(|other| self.items[*other])
    }

    /// Whether an item is a view, or needs one.
    pub(super) fn is_late(&self, at: usize) -> bool {
        self.items[at].is_view() || self.needs(at, Item::is_view)
    }

    /// The place of a type, relation or function.
    pub(super) fn place(&self, is_it: impl Fn(Item<'a>) -> bool) -> usize {
        self.items.iter().position(|item| is_it(*item)).unwrap_or(self.items.len())
    }
}

/// The items under what others call them: without their schemas, which a search path may have given.
struct Named {
    types: BTreeMap<String, Vec<usize>>,
    functions: BTreeMap<String, Vec<usize>>,
    relations: BTreeMap<String, Vec<usize>>,
}

impl Named {
    fn of(items: &[Item<'_>]) -> Self {
        let mut named =
            Self { types: BTreeMap::new(), functions: BTreeMap::new(), relations: BTreeMap::new() };
        for (at, item) in items.iter().enumerate() {
            let map = match item {
                Item::Type(_) => &mut named.types,
                Item::Function(..) => &mut named.functions,
                Item::Sequence(_) | Item::Table(_) | Item::View(_) => &mut named.relations,
            };
            map.entry(item.name().text().to_owned()).or_default().push(at);
        }
        named
    }

    fn needs(&self, item: Item<'_>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        match item {
            Item::Type(entry) => match &entry.kind {
                TypeKind::Composite(attributes) => {
                    attributes.iter().for_each(|(_, ty)| self.ty(ty, &mut found));
                }
                TypeKind::Domain { ty, default, constraints, .. } => {
                    self.ty(ty, &mut found);
                    default.iter().for_each(|expr| self.expr(expr, &mut found));
                    constraints.iter().for_each(|(_, one)| self.constraint(&one.kind, &mut found));
                }
                TypeKind::Enum(_) => {}
                // The subtype of a range is one of its words.
                TypeKind::Other(text) => self.words(text, &mut found),
            },
            Item::Function(_, function) => {
                signature(function).for_each(|ty| self.ty(ty, &mut found));
                let defaults = function.arguments.iter().filter_map(|argument| argument.default.as_ref());
                defaults.for_each(|expr| self.expr(expr, &mut found));
                match &function.body {
                    // The server parses it when the function is made.
                    Some(Body::Parsed(text)) => self.words(text, &mut found),
                    Some(Body::Text(text)) if function.kind == ObjectKind::Aggregate => {
                        self.words(text, &mut found);
                    }
                    Some(Body::Text(_)) | None => {}
                }
            }
            Item::Sequence(_) => {}
            Item::Table(table) => self.table(table, &mut found),
            Item::View(view) => {
                let reads = view.reads.iter().filter_map(|read| self.relations.get(read.text()));
                found.extend(reads.flatten());
                self.words(&view.query, &mut found);
            }
        }
        found
    }

    fn table(&self, table: &Table, found: &mut BTreeSet<usize>) {
        let parents = table.parents.iter().filter_map(|parent| self.relations.get(parent.text()));
        found.extend(parents.flatten());
        found.extend(table.of_type.iter().filter_map(|of| self.types.get(of.text())).flatten());
        for column in table.columns.iter().map(|member| &member.column) {
            column.ty.iter().for_each(|ty| self.ty(ty, found));
            column.default.iter().for_each(|expr| self.expr(expr, found));
            column.generated.iter().for_each(|generated| self.expr(&generated.expr, found));
        }
        table.constraints.iter().for_each(|(_, one)| self.constraint(&one.kind, found));
        let keys = table.partition_by.iter().flat_map(|by| &by.keys);
        keys.for_each(|key| self.expr(&key.expr, found));
    }

    fn constraint(&self, kind: &ConstraintKind, found: &mut BTreeSet<usize>) {
        // Other tables are referred to once all are there.
        kind.exprs().for_each(|expr| self.expr(expr, found));
    }

    fn ty(&self, ty: &Type, found: &mut BTreeSet<usize>) {
        // `t.a%type` is the type of a column.
        for part in ty.name.trim_end_matches("%type").split('.').chain([ty.name.as_str()]) {
            let known = self.types.get(part).into_iter().chain(self.relations.get(part));
            found.extend(known.flatten());
        }
    }

    fn expr(&self, expr: &Expr, found: &mut BTreeSet<usize>) {
        expr.walk_all(&mut |part| match part {
            Expr::Call { name, arguments } => {
                let last = name.rsplit('.').next().unwrap_or(name);
                found.extend(self.functions.get(last.trim_matches('"')).into_iter().flatten());
                // `nextval('s')`: the name is a string.
                let strings = arguments.iter().filter_map(Expr::as_string);
                let last = |text: &str| text.rsplit('.').next().unwrap_or(text).trim_matches('"').to_owned();
                let relations = strings.filter_map(|text| self.relations.get(&last(text)));
                found.extend(relations.flatten());
            }
            Expr::Cast { to, .. } => self.ty(to, found),
            Expr::Raw { text, .. } => self.words(text, found),
            Expr::Column(_) | Expr::Literal(_) | Expr::Operator { .. } | Expr::Query(_) => {}
        });
    }

    /// Whatever is called like a word of a text.
    fn words(&self, text: &str, found: &mut BTreeSet<usize>) {
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$') {
            for map in [&self.types, &self.functions, &self.relations] {
                found.extend(map.get(word).into_iter().flatten());
            }
        }
    }
}
