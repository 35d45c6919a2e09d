//! How the rows of a table are found by its columns: its indexes, and what its keys bring along.

use super::{
    Catalog, Constraint, ConstraintKind, Dialect, Expr, Ident, Index, IndexKey, Name, Table, canonical,
};

impl Catalog {
    /// Every index of a table, those of its keys too: SQLite makes one for each without showing it, or has the rows
    /// themselves in the key's order.
    pub fn indexes_and_keys(&self, table: &Table) -> Vec<Index> {
        let mut all: Vec<Index> = self.indexes_of(&table.name).cloned().collect();
        if self.dialect == Dialect::Sqlite {
            all.extend(
                table.constraints.iter().filter_map(|(name, constraint)| of_key(table, name, constraint)),
            );
        }
        all
    }

    /// The table that a table of an earlier moment has become: under its name, or under the one that it was given since.
    pub fn became(&self, earlier: &Table) -> Option<&Table> {
        let same = |table: &&Table| table.made == earlier.made;
        let there = self.table(&earlier.name).found().filter(same);
        there.or_else(|| self.tables().find(same).filter(|_| earlier.made.is_some()))
    }

    /// Whether a table has an index that leads to the rows with given values of all these columns. An index that holds at most
    /// one row for some of them does, too.
    pub fn finds_by(&self, table: &Table, columns: &[Ident]) -> bool {
        let parents = table.parents.iter().filter_map(|parent| self.table(parent).found());
        std::iter::once(table)
            .chain(parents)
            .any(|owner| self.indexes_and_keys(owner).iter().any(|index| leads_to(index, columns)))
    }
}

/// The index that a key of a SQLite table is. It is as old as the table: SQLite adds no key to one.
fn of_key(table: &Table, name: &Ident, constraint: &Constraint) -> Option<Index> {
    let columns = match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => columns,
        ConstraintKind::Check(_)
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Exclude(_)
        | ConstraintKind::NotNull(_) => return None,
    };
    let key = |column: &Ident| IndexKey {
        expr: Expr::Column(vec![column.key().to_owned()]),
        options: String::new(),
    };
    let name = Name { schema: table.name.schema.clone(), ident: name.clone() };
    Some(Index {
        unique: true,
        keys: columns.iter().map(key).collect(),
        constraint: Some(name.ident.clone()),
        generated_name: constraint.name.is_none(),
        made: constraint.made.or(table.made),
        ..Index::plain(name, table.name.clone())
    })
}

/// Whether the rows with given values of all these columns are found with an index: they are its first keys, in any order.
fn leads_to(index: &Index, columns: &[Ident]) -> bool {
    let is_asked =
        |key: &IndexKey| key.column().is_some_and(|key| columns.iter().any(|column| *column == *key));
    let has = |column: &Ident, keys: &[IndexKey]| {
        keys.iter().any(|key| key.column().is_some_and(|key| *column == *key))
    };
    // A partial index serves where its condition follows from the comparison, which no NULL passes.
    let serves = index.predicate.as_ref().is_none_or(|predicate| is_not_null_of(predicate, columns));
    let leading =
        index.keys.get(..columns.len()).is_some_and(|first| columns.iter().all(|column| has(column, first)));
    let one_row = index.unique && !index.keys.is_empty() && index.keys.iter().all(is_asked);
    serves && (leading || one_row)
}

/// Whether a condition says nothing but that some of these columns are not NULL.
fn is_not_null_of(predicate: &Expr, columns: &[Ident]) -> bool {
    match predicate {
        Expr::Operator { operator, operands } if operator == "AND" => {
            operands.iter().all(|operand| is_not_null_of(operand, columns))
        }
        Expr::Operator { .. } => columns.iter().any(|column| predicate.requires_not_null(column.key())),
        Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Call { .. }
        | Expr::Cast { .. }
        | Expr::Query(_)
        | Expr::Raw { .. } => false,
    }
}

impl Index {
    /// Whether another index of the same table does everything that this one does: it begins with the same keys, over the same
    /// rows, and where this one forbids duplicates, it forbids just these.
    pub fn is_served_by(&self, other: &Self, dialect: Dialect) -> bool {
        let keys = |index: &Self| -> Vec<IndexKey> {
            index.keys.iter().map(|key| canonical::key(key, dialect)).collect()
        };
        let predicate = |index: &Self| index.predicate.as_ref().map(|expr| canonical::simple(expr, dialect));
        let (own, others) = (keys(self), keys(other));
        let same_kind = self.method.eq_ignore_ascii_case(&other.method)
            && !own.is_empty()
            && predicate(self) == predicate(other);
        let equal = own == others;
        let includes = |column: &Ident| {
            other.include.contains(column)
                || others.iter().any(|key| key.column().is_some_and(|key| *column == *key))
        };
        let covers = self.include.iter().all(includes);
        let finds = equal || (self.method.eq_ignore_ascii_case("btree") && others.starts_with(&own));
        let forbids =
            !self.unique || (equal && other.unique && self.nulls_not_distinct == other.nulls_not_distinct);
        same_kind && covers && finds && forbids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(keys: &[&str]) -> Index {
        let key =
            |name: &&str| IndexKey { expr: Expr::Column(vec![(*name).to_owned()]), options: String::new() };
        let name = |text: &str| Name::bare(Ident::exact(text));
        Index { keys: keys.iter().map(key).collect(), ..Index::plain(name("i"), name("t")) }
    }

    fn idents(names: &[&str]) -> Vec<Ident> {
        names.iter().map(|name| Ident::exact(*name)).collect()
    }

    #[test]
    fn an_index_leads_to_its_first_keys_in_any_order() {
        assert!(leads_to(&index(&["a"]), &idents(&["a"])));
        assert!(leads_to(&index(&["b", "a", "c"]), &idents(&["a", "b"])));
        assert!(!leads_to(&index(&["b", "a"]), &idents(&["a"])));
        assert!(!leads_to(&index(&["a"]), &idents(&["a", "b"])));
        let unique = Index { unique: true, ..index(&["a"]) };
        assert!(leads_to(&unique, &idents(&["b", "a"])), "there is one such row at most");
        assert!(!leads_to(&Index { unique: true, ..index(&["a", "c"]) }, &idents(&["b", "a"])));
    }

    #[test]
    fn a_partial_index_leads_to_what_is_not_null() {
        let column = |name: &str| Expr::Column(vec![name.to_owned()]);
        let not_null =
            |name: &str| Expr::Operator { operator: "IS NOT NULL".to_owned(), operands: vec![column(name)] };
        let partial = |predicate| Index { predicate: Some(predicate), ..index(&["a"]) };
        assert!(leads_to(&partial(not_null("a")), &idents(&["a"])));
        assert!(!leads_to(&partial(not_null("b")), &idents(&["a"])));
        let both =
            Expr::Operator { operator: "AND".to_owned(), operands: vec![not_null("a"), column("live")] };
        assert!(!leads_to(&partial(both), &idents(&["a"])));
    }

    #[test]
    fn an_index_is_served_by_one_that_does_all_that_it_does() {
        let served = |one: &Index, other: &Index| one.is_served_by(other, Dialect::Postgres);
        let unique = |keys: &[&str]| Index { unique: true, ..index(keys) };
        assert!(served(&index(&["a"]), &index(&["a", "b"])));
        assert!(!served(&index(&["a", "b"]), &index(&["a"])));
        assert!(!served(&index(&["b"]), &index(&["a", "b"])));
        assert!(served(&index(&["a"]), &unique(&["a"])));
        assert!(!served(&unique(&["a"]), &index(&["a"])));
        assert!(!served(&unique(&["a"]), &unique(&["a", "b"])), "it forbids more");
        let hash = |keys: &[&str]| Index { method: "hash".to_owned(), ..index(keys) };
        assert!(!served(&hash(&["a"]), &index(&["a"])));
        let gin = |keys: &[&str]| Index { method: "gin".to_owned(), ..index(keys) };
        assert!(!served(&gin(&["a"]), &gin(&["a", "b"])), "nothing is said of the other kinds");
        let including = |columns: &[&str]| Index { include: idents(columns), ..index(&["a"]) };
        assert!(!served(&including(&["c"]), &index(&["a"])));
        assert!(served(&including(&["c"]), &including(&["c", "d"])));
        assert!(served(&including(&["b"]), &index(&["a", "b"])));
    }
}
