//! Which relations may name a type, a function, a sequence or the table that owns them: whoever asks who uses one of them looks at
//! those alone.

use std::sync::Arc;

use rpds::{RedBlackTreeMapSync as Map, RedBlackTreeSetSync as Set};

use super::{Expr, Name, Relation, Type, builtin};

/// The relations that ever named something, by the last part of its name. What goes or names it no more stays: those that are found here
/// are still to be asked.
#[derive(Clone, Debug)]
pub struct Mentions(Map<Arc<str>, Set<Name>>);

/// It only says where to look: two catalogs that hold the same are the same.
impl PartialEq for Mentions {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Mentions {}

impl Mentions {
    pub(super) fn new() -> Self {
        Self(Map::new_sync())
    }

    /// Remembers what a relation names.
    pub(super) fn add(&mut self, name: &Name, relation: &Relation) {
        each_mention(relation, &mut |mentioned| {
            let mentioned = last_part(mentioned);
            let known = self.0.get(mentioned);
            if known.is_none_or(|known| !known.contains(name)) {
                let mut known = known.cloned().unwrap_or_else(Set::new_sync);
                known.insert_mut(name.clone());
                self.0.insert_mut(Arc::from(mentioned), known);
            }
        });
    }

    /// The relations that may name something, in their order.
    pub(super) fn of<'a>(&'a self, mentioned: &str) -> impl Iterator<Item = &'a Name> {
        self.0.get(last_part(mentioned)).into_iter().flat_map(|known| known.iter())
    }
}

/// The schema of what is named may be left out, and a name in a string has its quotes.
fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name).trim_matches('"')
}

fn each_mention(relation: &Relation, visit: &mut dyn FnMut(&str)) {
    match relation {
        Relation::Table(table) => {
            for column in table.columns.iter().map(|member| &member.column) {
                column.ty.iter().for_each(|ty| in_type(ty, visit));
                column.default.iter().for_each(|expr| in_expr(expr, visit));
                column.generated.iter().for_each(|generated| in_expr(&generated.expr, visit));
            }
            let keys = table.partition_by.iter().flat_map(|by| &by.keys).map(|key| &key.expr);
            let constraints = table.constraints.iter().flat_map(|(_, constraint)| constraint.kind.exprs());
            keys.chain(constraints).for_each(|expr| in_expr(expr, visit));
            table.of_type.iter().for_each(|of| visit(of.text()));
        }
        Relation::Index(index) => index.exprs().for_each(|expr| in_expr(expr, visit)),
        Relation::View(view) => {
            let Some(resolved) = &view.resolved else { return };
            let given = resolved.columns.iter().flatten().filter_map(|output| output.ty.as_ref());
            given.for_each(|ty| in_type(ty, visit));
            resolved.query.each_expr(&mut |expr| in_expr(expr, visit));
        }
        Relation::Sequence(sequence) => {
            sequence.owned_by.iter().for_each(|(table, _)| visit(table.text()));
        }
    }
}

/// Nobody asks who uses what the server has itself.
fn in_type(ty: &Type, visit: &mut dyn FnMut(&str)) {
    if ty.schema.is_some() || !builtin::is_type(&ty.name) {
        visit(&ty.name);
    }
}

fn in_expr(expr: &Expr, visit: &mut dyn FnMut(&str)) {
    expr.walk_all(&mut |part| match part {
        Expr::Cast { to, .. } => in_type(to, visit),
        Expr::Call { name, arguments } => {
            if !builtin::is_function(last_part(name)) {
                visit(name);
            }
            // `nextval('s')`: the name of a sequence is a string.
            if matches!(name.as_str(), "nextval" | "currval" | "setval")
                && let Some(sequence) = arguments.first().and_then(Expr::as_string)
            {
                visit(sequence);
            }
        }
        Expr::Column(_) | Expr::Literal(_) | Expr::Operator { .. } | Expr::Query(_) | Expr::Raw { .. } => {}
    });
}
