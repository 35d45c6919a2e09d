//! The items of FROM: what each gives to be named.

use super::super::resolve;
use super::scope::{Field, Range, Scope, Visible, side_by_side, system_columns, under_one_name};
use super::{Known, Outputs, Resolver, free, named, renamed};
use crate::schema::{
    Alias, Dialect, Entry, Expr, Ident, JoinKind, JoinOn, Lookup, Name, Relation, Returns, Source, Type,
    canonical, typing,
};

impl Resolver<'_> {
    /// An item of FROM. `before`: those before it, which LATERAL and functions may name.
    pub(super) fn source(&mut self, source: &Source, before: &[Range], known: &Known<'_>) -> (Source, Range) {
        match source {
            Source::Relation { name, alias } => {
                let key = name.ident.key();
                let cte = known.ctes.iter().rev().find(|cte| name.schema.is_none() && cte.written == key);
                match cte {
                    Some(cte) => {
                        let written = alias.name.clone().unwrap_or_else(|| cte.written.clone());
                        let (entry, range) = self.derived(&written, alias, cte.outputs.clone());
                        (
                            Source::Cte {
                                name: cte.name.clone(),
                                alias: Alias { columns: alias.columns.clone(), ..named(entry) },
                            },
                            range,
                        )
                    }
                    None => self.relation(name, alias),
                }
            }
            // Only what is resolved has one.
            Source::Cte { .. } => (source.clone(), Range { unknown: true, ..Range::default() }),
            Source::Query { query, lateral, alias } => {
                let scope = Scope {
                    ranges: before.to_vec(),
                    outer: known.scope,
                    system: system_columns(self.catalog.dialect),
                };
                let scope = if *lateral { Some(&scope) } else { known.scope };
                let (query, outputs) = self.query(query, &Known { ctes: known.ctes.clone(), scope });
                let written = alias.name.clone().unwrap_or_default();
                let (entry, range) = self.derived(&written, alias, outputs);
                let alias = Alias { columns: alias.columns.clone(), ..named(entry) };
                (Source::Query { query: Box::new(query), lateral: *lateral, alias }, range)
            }
            Source::Function { call, ordinality, types, alias } => {
                let scope = Scope {
                    ranges: before.to_vec(),
                    outer: known.scope,
                    system: system_columns(self.catalog.dialect),
                };
                let call = self.expr(call, &Known { ctes: known.ctes.clone(), scope: Some(&scope) });
                let (entry, range) = self.function(&call, *ordinality, types, alias);
                let types = types.clone();
                (Source::Function { call, ordinality: *ordinality, types, alias: named(entry) }, range)
            }
            Source::Join { kind, left, right, on, alias } => {
                let (left, one) = self.source(left, before, known);
                let mut seen = before.to_vec();
                seen.push(one.clone());
                let (right, other) = self.source(right, &seen, known);
                let (on, range) = self.joined(*kind, on, one, other, known);
                let range = match alias {
                    Some(alias) => under_one_name(range, alias),
                    None => range,
                };
                let (left, right) = (Box::new(left), Box::new(right));
                (Source::Join { kind: *kind, left, right, on, alias: None }, range)
            }
        }
    }

    pub(super) fn relation(&mut self, name: &Name, alias: &Alias) -> (Source, Range) {
        let mut full = resolve(self.catalog, self.session, name);
        // The server's own tables need no schema before them.
        if name.schema.is_none()
            && self.catalog.dialect == Dialect::Postgres
            && name.ident.key().starts_with("pg_")
            && self.catalog.relation(&full).found().is_none()
        {
            full.schema = Some(Ident::exact("pg_catalog"));
        }
        let (columns, open): (Outputs, bool) = match self.catalog.relation(&full) {
            Lookup::Found(Relation::Table(table)) => {
                let each = table.columns.iter().map(|member| {
                    let ty = member.column.ty.as_ref().map(canonical::without_serial);
                    (member.column.name.key().to_owned(), ty)
                });
                (each.collect(), table.open)
            }
            Lookup::Found(Relation::View(view)) => match view.outputs() {
                Some(outputs) => {
                    let each = outputs.iter().map(|output| (output.name.key().to_owned(), output.ty.clone()));
                    (each.collect(), false)
                }
                None => (Vec::new(), true),
            },
            Lookup::Found(Relation::Index(_) | Relation::Sequence(_)) | Lookup::Unknown => (Vec::new(), true),
            Lookup::Absent => {
                self.miss_relation(&full);
                (Vec::new(), true)
            }
        };
        let written = alias.name.clone().unwrap_or_else(|| name.ident.key().to_owned());
        let entry = self.entry(&written, Entry { relation: Some(full.clone()), columns: columns.clone() });
        let fields = columns
            .into_iter()
            .enumerate()
            .map(|(at, (name, ty))| Field {
                name: alias.columns.get(at).unwrap_or(&name).clone(),
                expr: Expr::Column(vec![entry.clone(), name]),
                ty,
            })
            .collect();
        if open && !alias.columns.is_empty() {
            self.clear = false;
        }
        let mut range = self.range(&written, &entry, fields, open);
        range.visible.iter_mut().for_each(|visible| visible.is_relation = true);
        // With an alias its own name says nothing any more.
        if alias.name.is_none() {
            let schema = full.schema.as_ref().map(|schema| schema.key().to_owned());
            range.visible.iter_mut().for_each(|visible| visible.schema.clone_from(&schema));
        }
        (Source::Relation { name: full, alias: named(entry) }, range)
    }

    /// What a query in FROM, or a CTE, gives: its columns have numbers.
    fn derived(&mut self, written: &str, alias: &Alias, outputs: Option<Outputs>) -> (String, Range) {
        let outputs = outputs.and_then(|outputs| renamed(outputs, &alias.columns));
        let open = outputs.is_none();
        let outputs = outputs.unwrap_or_default();
        let numbered = |at: usize| (at + 1).to_string();
        let columns = outputs.iter().enumerate().map(|(at, (_, ty))| (numbered(at), ty.clone())).collect();
        let entry = self.entry(written, Entry { relation: None, columns });
        let fields = outputs
            .into_iter()
            .enumerate()
            .map(|(at, (name, ty))| Field { name, expr: Expr::Column(vec![entry.clone(), numbered(at)]), ty })
            .collect();
        if open && !alias.columns.is_empty() {
            self.clear = false;
        }
        let range = self.range(written, &entry, fields, open);
        (entry, range)
    }

    fn function(&mut self, call: &Expr, ordinality: bool, types: &[Type], alias: &Alias) -> (String, Range) {
        let (name, arguments) = match call {
            Expr::Call { name, arguments } => (name.rsplit('.').next().unwrap_or(name).to_owned(), arguments),
            Expr::Column(_)
            | Expr::Literal(_)
            | Expr::Operator { .. }
            | Expr::Cast { .. }
            | Expr::Query(_)
            | Expr::Raw { .. } => (String::new(), &Vec::new()),
        };
        let written = alias.name.clone().unwrap_or_else(|| name.clone());
        let element = || typing::type_of(call, &self.entries).filter(|ty| typing::is_builtin(&ty.name));
        let (mut outputs, scalar) = match function_outputs(&name, arguments.len()) {
            _ if !types.is_empty() => {
                (Some(alias.columns.iter().cloned().zip(types.iter().cloned().map(Some)).collect()), false)
            }
            Some(FunctionOutputs::Scalar) => {
                (Some(vec![(written.clone(), typing::type_of(call, &self.entries))]), true)
            }
            Some(FunctionOutputs::Named(columns)) => {
                let each = columns.iter().map(|(name, ty)| ((*name).to_owned(), Some(Type::plain(*ty))));
                (Some(each.collect::<Outputs>()), columns.len() == 1)
            }
            Some(FunctionOutputs::Lists) => {
                let each = arguments.iter().map(|list| {
                    let ty = typing::type_of(list, &self.entries).filter(|ty| ty.dimensions == 1);
                    (name.clone(), ty.map(|ty| Type { dimensions: 0, ..ty }))
                });
                (Some(each.collect()), false)
            }
            // Rows of a list are rows, but most lists are of something else.
            None if name == "unnest" && element().is_some() => {
                (Some(vec![(written.clone(), element())]), true)
            }
            None => (self.returned(call), false),
        };
        if let Some(outputs) = outputs.as_mut().filter(|_| ordinality) {
            outputs.push(("ordinality".to_owned(), Some(Type::plain("bigint"))));
        }
        let outputs = outputs.and_then(|outputs| renamed(outputs, &alias.columns));
        let open = outputs.is_none();
        // Of a function that is not known at least these are there.
        let outputs =
            outputs.unwrap_or_else(|| alias.columns.iter().map(|column| (column.clone(), None)).collect());
        let entry = self.entry(&written, Entry { relation: None, columns: outputs.clone() });
        let fields: Vec<Field> = outputs
            .into_iter()
            .map(|(name, ty)| Field { expr: Expr::Column(vec![entry.clone(), name.clone()]), name, ty })
            .collect();
        let row = fields.first().filter(|_| scalar && !ordinality).map(|field| field.expr.clone());
        let mut range = self.range(&written, &entry, fields, open);
        if let (Some(row), Some(visible)) = (row, range.visible.first_mut()) {
            visible.row = Some(row);
        }
        (entry, range)
    }

    /// The columns that a function of the user's own gives.
    fn returned(&self, call: &Expr) -> Option<Outputs> {
        let Expr::Call { name, arguments } = call else { return None };
        let ident = |text: &str| Ident::exact(text);
        let name = resolve(self.catalog, self.session, &Name::of_call(name));
        let functions = self.catalog.functions(&name);
        let [function] = functions else { return None };
        if function.arguments.len() < arguments.len() {
            return None;
        }
        let row = match function.returns.as_ref()? {
            Returns::Table(columns) => {
                return Some(
                    columns.iter().map(|(name, ty)| (name.key().to_owned(), Some(ty.clone()))).collect(),
                );
            }
            Returns::Type { ty, .. } if ty.dimensions > 0 => return None,
            Returns::Type { ty, .. } => {
                Name { schema: ty.schema.as_deref().map(ident), ident: ident(&ty.name) }
            }
        };
        let table = self.catalog.table(&resolve(self.catalog, self.session, &row)).found()?;
        let each = table.columns.iter().map(|member| {
            let ty = member.column.ty.as_ref().map(canonical::without_serial);
            (member.column.name.key().to_owned(), ty)
        });
        (!table.open).then(|| each.collect())
    }

    /// Takes a name for an item of FROM that no other one of the whole query has.
    fn entry(&mut self, written: &str, entry: Entry) -> String {
        let base = if written.is_empty() { "query" } else { written };
        let name = free(base, |name| self.entries.contains_key(name));
        self.entries.insert(name.clone(), entry);
        name
    }

    fn range(&self, written: &str, entry: &str, fields: Vec<Field>, open: bool) -> Range {
        let visible = Visible {
            name: written.to_owned(),
            schema: None,
            columns: fields.clone(),
            row: Some(Expr::Column(vec![entry.to_owned(), "*".to_owned()])),
            entry: Some(entry.to_owned()),
            is_relation: false,
            open,
        };
        let open = if open { vec![entry.to_owned()] } else { Vec::new() };
        Range { visible: vec![visible], columns: fields, open, unknown: false }
    }

    fn joined(
        &mut self,
        kind: JoinKind,
        on: &JoinOn,
        left: Range,
        right: Range,
        known: &Known<'_>,
    ) -> (JoinOn, Range) {
        let columns = match on {
            JoinOn::Nothing => Vec::new(),
            JoinOn::On(expr) => {
                let scope = Scope {
                    ranges: vec![left.clone(), right.clone()],
                    outer: known.scope,
                    system: system_columns(self.catalog.dialect),
                };
                let expr = self.expr(expr, &Known { ctes: known.ctes.clone(), scope: Some(&scope) });
                return (JoinOn::On(expr), side_by_side(left, right, Vec::new()));
            }
            JoinOn::Using(columns) => columns.clone(),
            JoinOn::Natural => {
                if left.is_open() || right.is_open() {
                    self.clear = false;
                    return (
                        JoinOn::Natural,
                        Range { unknown: true, ..side_by_side(left, right, Vec::new()) },
                    );
                }
                let both = left
                    .columns
                    .iter()
                    .filter(|one| right.columns.iter().any(|other| other.name == one.name));
                both.map(|field| field.name.clone()).collect()
            }
        };
        let (mut merged, mut equal) = (Vec::new(), Vec::new());
        for name in columns {
            let (Some(one), Some(other)) = (left.sole(&name), right.sole(&name)) else {
                self.clear = false;
                continue;
            };
            let operands = vec![one.expr.clone(), other.expr.clone()];
            equal.push(Expr::Operator { operator: "=".to_owned(), operands: operands.clone() });
            let expr = match kind {
                JoinKind::Inner | JoinKind::Left => one.expr,
                JoinKind::Right => other.expr,
                JoinKind::Full => Expr::Call { name: "coalesce".to_owned(), arguments: operands },
            };
            let ty = typing::common_type(&[(one.ty, false), (other.ty, false)]);
            merged.push(Field { name, expr, ty });
        }
        let on = match (equal.len(), on) {
            (0, JoinOn::Natural | JoinOn::Nothing) => JoinOn::Nothing,
            (0, JoinOn::Using(_) | JoinOn::On(_)) => on.clone(),
            (1, _) => JoinOn::On(equal.remove(0)),
            (_, _) => JoinOn::On(Expr::Operator { operator: "AND".to_owned(), operands: equal }),
        };
        (on, side_by_side(left, right, merged))
    }
}

/// What a function of the server's own gives in FROM.
enum FunctionOutputs {
    /// One column, which is called as the function is in this place.
    Scalar,
    /// Columns with names of their own, each with its type.
    Named(&'static [(&'static str, &'static str)]),
    /// A column for each of its arguments.
    Lists,
}

/// Source: `proargnames` and `prorettype` in PostgreSQL's `pg_proc`.
fn function_outputs(name: &str, arguments: usize) -> Option<FunctionOutputs> {
    Some(match name {
        "unnest" if arguments > 1 => FunctionOutputs::Lists,
        "json_array_elements" => FunctionOutputs::Named(&[("value", "json")]),
        "jsonb_array_elements" => FunctionOutputs::Named(&[("value", "jsonb")]),
        "json_array_elements_text" | "jsonb_array_elements_text" => {
            FunctionOutputs::Named(&[("value", "text")])
        }
        "json_each" => FunctionOutputs::Named(&[("key", "text"), ("value", "json")]),
        "jsonb_each" => FunctionOutputs::Named(&[("key", "text"), ("value", "jsonb")]),
        "json_each_text" | "jsonb_each_text" => FunctionOutputs::Named(&[("key", "text"), ("value", "text")]),
        "generate_series"
        | "generate_subscripts"
        | "json_object_keys"
        | "jsonb_object_keys"
        | "jsonb_path_query"
        | "regexp_matches"
        | "regexp_split_to_table"
        | "string_to_table"
        | "now"
        | "current_date"
        | "current_timestamp"
        | "current_setting"
        | "length"
        | "lower"
        | "upper" => FunctionOutputs::Scalar,
        _ => return None,
    })
}
