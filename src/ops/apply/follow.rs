//! Expressions go on meaning what they named when it is called something else: PostgreSQL keeps them parsed.

use std::sync::Arc;

use super::users::{has, takes};
use super::{Step, depends};
use crate::schema::{
    Detail, Expr, Function, Name, ObjectRef, Other, Query, Relation, Resolved, Slot, Source, Type, TypeEntry,
    TypeKind, View, builtin,
};

impl Step<'_> {
    /// Casts to a type that has another name now.
    pub(super) fn follow_type(&mut self, is_it: &dyn Fn(&Type) -> bool, follow: &dyn Fn(&mut Type)) {
        let is_cast = |part: &Expr| matches!(part, Expr::Cast { to, .. } if is_it(to));
        self.change_exprs(&is_cast, &|part| {
            if let Expr::Cast { to, .. } = part
                && is_it(to)
            {
                follow(to);
            }
        });
        self.follow_in_views(is_it, follow);
    }

    /// What views give and read has a type that has another name now.
    fn follow_in_views(&mut self, is_it: &dyn Fn(&Type) -> bool, follow: &dyn Fn(&mut Type)) {
        let types = |resolved: &Resolved| {
            let given = resolved.columns.iter().flatten().filter_map(|output| output.ty.as_ref());
            let read = resolved.entries.values().flat_map(|entry| &entry.columns);
            given.chain(read.filter_map(|(_, ty)| ty.as_ref())).any(is_it)
        };
        let having: Vec<Arc<View>> = self
            .catalog
            .relations()
            .filter_map(|(_, relation)| match relation {
                Relation::View(view) => {
                    view.resolved.as_deref().filter(|own| types(own)).map(|_| Arc::clone(view))
                }
                Relation::Table(_) | Relation::Index(_) | Relation::Sequence(_) => None,
            })
            .collect();
        for mut view in having {
            let own = Arc::make_mut(&mut view);
            if let Some(resolved) = own.resolved.as_mut().map(Arc::make_mut) {
                let given = resolved.columns.iter_mut().flatten().filter_map(|output| output.ty.as_mut());
                let read = resolved.entries.values_mut().flat_map(|entry| &mut entry.columns);
                let all = given.chain(read.filter_map(|(_, ty)| ty.as_mut()));
                all.filter(|ty| is_it(ty)).for_each(follow);
            }
            self.catalog.put_relation(own.name.clone(), Slot::Present(Relation::View(view)));
        }
    }

    /// Calls of a function that has another name now, where it is told that they mean it.
    pub(super) fn follow_function(&mut self, function: &Function, from: &Name, to: &Name) {
        if function.input_types().next().is_none() {
            self.follow_in_triggers(from, to);
        }
        if !self.postgres() || builtin::is_function(from.text()) || self.functions_named(from) > 1 {
            return;
        }
        let mut name = to.text().to_owned();
        if let Some(schema) =
            to.schema.as_ref().filter(|schema| from.schema != to.schema && **schema != "public")
        {
            name = format!("{schema}.{name}");
        }
        let calls = |part: &Expr| match part {
            Expr::Call { name, arguments } => {
                super::users::is_called(name, from) && takes(function, arguments.len())
            }
            Expr::Column(_)
            | Expr::Literal(_)
            | Expr::Operator { .. }
            | Expr::Cast { .. }
            | Expr::Query(_)
            | Expr::Raw { .. } => false,
        };
        self.change_exprs(&calls, &|part| {
            if calls(part)
                && let Expr::Call { name: called, .. } = part
            {
                called.clone_from(&name);
            }
        });
    }

    /// Triggers call a function under its new name.
    fn follow_in_triggers(&mut self, from: &Name, to: &Name) {
        let calling: Vec<(ObjectRef, Other)> = self
            .catalog
            .others()
            .filter(|(_, other)| {
                matches!(&other.detail, Detail::Trigger(trigger) if trigger.function.as_ref() == Some(from))
            })
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        for (object, mut other) in calling {
            if let Detail::Trigger(trigger) = &mut other.detail {
                trigger.function = Some(to.clone());
            }
            self.catalog.put_other(object, Slot::Present(other));
        }
    }

    /// Queries in policies, and the statements of rules, that read or change a relation that has another name now.
    pub(super) fn follow_relation(&mut self, from: &Name, to: &Name) {
        if !self.postgres() {
            return;
        }
        let naming: Vec<(ObjectRef, Other)> = self
            .catalog
            .others()
            .filter(|(_, other)| match &other.detail {
                Detail::Policy(policy) => {
                    policy.using.iter().chain(&policy.check).any(|expr| self.reads_relation(expr, from))
                }
                Detail::Rule(rule) => {
                    depends::changed_tables(&rule.action).iter().any(|(name, _)| self.means(name, from))
                }
                Detail::None
                | Detail::Trigger(_)
                | Detail::Extension(_)
                | Detail::Statistics(_)
                | Detail::Publication(_)
                | Detail::Text(_) => false,
            })
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        let written = match &to.schema {
            Some(schema) if *schema != "public" => to.clone(),
            Some(_) | None => Name::bare(to.ident.clone()),
        };
        for (object, mut other) in naming {
            match &mut other.detail {
                Detail::Policy(policy) => {
                    for expr in policy.using.iter_mut().chain(&mut policy.check) {
                        expr.each_part_mut(&mut |part| {
                            if let Expr::Query(inner) = part {
                                rename_in_query(&mut inner.query, from, &written);
                            }
                        });
                    }
                }
                Detail::Rule(rule) => {
                    let places = depends::changed_tables(&rule.action);
                    for (_, place) in places.iter().filter(|(name, _)| name.ident == from.ident).rev() {
                        rule.action.replace_range(place.clone(), &written.to_string());
                    }
                }
                Detail::None
                | Detail::Trigger(_)
                | Detail::Extension(_)
                | Detail::Statistics(_)
                | Detail::Publication(_)
                | Detail::Text(_) => {}
            }
            self.catalog.put_other(object, Slot::Present(other));
        }
    }

    /// Changes every part of every expression, where any of an object's is such.
    fn change_exprs(&mut self, is_such: &dyn Fn(&Expr) -> bool, change: &dyn Fn(&mut Expr)) {
        let such = |expr: &Expr| has(expr, is_such);
        let follow = |expr: &mut Expr| expr.each_part_mut(&mut |part| change(part));
        let relations: Vec<(Name, Relation)> = self
            .catalog
            .relations()
            .filter(|(_, relation)| names_such(relation, &such))
            .map(|(name, relation)| (name.clone(), relation.clone()))
            .collect();
        for (name, mut relation) in relations {
            follow_in_relation(&mut relation, &follow);
            self.catalog.put_relation(name, Slot::Present(relation));
        }
        let entries: Vec<TypeEntry> = self
            .catalog
            .types()
            .filter(|entry| match &entry.kind {
                TypeKind::Domain { default, constraints, .. } => {
                    default.as_ref().is_some_and(such)
                        || constraints.iter().any(|(_, known)| known.kind.exprs().any(such))
                }
                TypeKind::Enum(_) | TypeKind::Composite(_) | TypeKind::Other(_) => false,
            })
            .cloned()
            .collect();
        for mut entry in entries {
            if let TypeKind::Domain { default, constraints, .. } = &mut entry.kind {
                default.iter_mut().for_each(follow);
                for (_, known) in constraints {
                    known.kind.exprs_mut().for_each(follow);
                }
            }
            self.catalog.put_type(entry.name.clone(), Slot::Present(entry));
        }
        let defaults = |function: &Function| {
            function.arguments.iter().any(|argument| argument.default.as_ref().is_some_and(such))
        };
        let mut named: Vec<Name> = self
            .catalog
            .all_functions()
            .filter(|(_, function)| defaults(function))
            .map(|(name, _)| name.clone())
            .collect();
        named.dedup();
        for name in named {
            let mut all = self.catalog.functions(&name).to_vec();
            for argument in all.iter_mut().flat_map(|function| &mut function.arguments) {
                argument.default.iter_mut().for_each(follow);
            }
            self.catalog.put_functions(name, all);
        }
        let others: Vec<(ObjectRef, Other)> = self
            .catalog
            .others()
            .filter(|(_, other)| other.detail.exprs().into_iter().any(such))
            .map(|(object, other)| (object.clone(), other.clone()))
            .collect();
        for (object, mut other) in others {
            other.detail.exprs_mut().into_iter().for_each(follow);
            self.catalog.put_other(object, Slot::Present(other));
        }
    }
}

fn names_such(relation: &Relation, such: &dyn Fn(&Expr) -> bool) -> bool {
    match relation {
        Relation::Table(table) => {
            let columns = table.columns.iter().any(|member| {
                let generated = member.column.generated.as_ref().map(|generated| &generated.expr);
                member.column.default.iter().chain(generated).any(such)
            });
            let keys = table.partition_by.iter().flat_map(|by| &by.keys);
            columns
                || keys.into_iter().any(|key| such(&key.expr))
                || table.constraints.iter().any(|(_, constraint)| constraint.kind.exprs().any(such))
        }
        Relation::Index(index) => index.exprs().any(such),
        Relation::View(view) => view.resolved.as_ref().is_some_and(|resolved| {
            let mut found = false;
            resolved.query.each_expr(&mut |expr| found |= such(expr));
            found
        }),
        Relation::Sequence(_) => false,
    }
}

fn follow_in_relation(relation: &mut Relation, follow: &dyn Fn(&mut Expr)) {
    match relation {
        Relation::Table(table) => {
            let table = Arc::make_mut(table);
            for member in &mut table.columns {
                let column = &mut Arc::make_mut(member).column;
                column.default.iter_mut().for_each(follow);
                if let Some(generated) = &mut column.generated {
                    follow(&mut generated.expr);
                }
            }
            for key in table.partition_by.iter_mut().flat_map(|by| &mut by.keys) {
                follow(&mut key.expr);
            }
            for (_, constraint) in &mut table.constraints {
                constraint.kind.exprs_mut().for_each(follow);
            }
        }
        Relation::Index(index) => {
            let index = Arc::make_mut(index);
            index.keys.iter_mut().for_each(|key| follow(&mut key.expr));
            index.predicate.iter_mut().for_each(follow);
        }
        Relation::View(view) => {
            if let Some(resolved) = &mut Arc::make_mut(view).resolved {
                Arc::make_mut(resolved).query.each_expr_mut(&mut |expr| follow(expr));
            }
        }
        Relation::Sequence(_) => {}
    }
}

/// Makes a query that is not resolved read a relation under its new name. What stands before a column stays: it is an alias then.
fn rename_in_query(query: &mut Query, from: &Name, to: &Name) {
    let ctes = query.cte_names();
    query.each_source_mut(&mut |source| match source {
        Source::Relation { name, alias } => {
            let is_it = match &name.schema {
                Some(_) => name == from,
                None => name.ident == from.ident && !ctes.iter().any(|cte| cte == name.text()),
            };
            if is_it {
                alias.name.get_or_insert_with(|| from.ident.key().to_owned());
                *name = to.clone();
            }
        }
        Source::Cte { .. } | Source::Query { .. } | Source::Function { .. } | Source::Join { .. } => {}
    });
}
