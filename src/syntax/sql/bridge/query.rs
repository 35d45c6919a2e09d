//! Their tree of a query as ours.

use sqlparser::ast;

use super::{Given, Lowering, arguments, ident, operator, order_key, sub, type_of, window};
use crate::schema::{
    Alias, Cte, Dialect, Distinct, Expr, Ident, JoinKind, JoinOn, Lock, Name, Query, QueryBody, Select,
    SetOperator, Source, Target, Type,
};
use crate::syntax::sql::cursor::Cursor;
use crate::syntax::sql::lex::{Token, TokenKind};

/// Tokens `first..last`, in spellings that `sqlparser` knows: `TABLE t` is `SELECT * FROM t`, `a ISNULL` is `a IS NULL`,
/// `OPERATOR(pg_catalog.+)` is `+`, and `ARRAY[[1], [2]]` is `ARRAY[ARRAY[1], ARRAY[2]]`.
pub fn given(cursor: &Cursor<'_>, first: usize, last: usize) -> Vec<Given> {
    let mut walk = cursor.inside(first, last);
    let mut out: Vec<Given> = Vec::with_capacity(last.saturating_sub(first));
    let starts = ["(", "UNION", "ALL", "INTERSECT", "EXCEPT", "DISTINCT"];
    while let Some(token) = walk.nth(0) {
        let before = out.last().map(|given| given.token);
        let mut instead: &[&'static str] = &[];
        if token.kind == TokenKind::Word && walk.dialect == Dialect::Postgres {
            let opens = before.is_none_or(|before| {
                starts.iter().any(|word| walk.text_of(before).eq_ignore_ascii_case(word))
            });
            if walk.is("TABLE") && opens && !walk.nth_is_symbol(1, "(") {
                instead = &["SELECT", "*", "FROM"];
            } else if walk.is("ISNULL") {
                instead = &["IS", "NULL"];
            } else if walk.is("NOTNULL") {
                instead = &["IS", "NOT", "NULL"];
            } else if let Some(symbol) = plain_operator(&walk) {
                out.push(Given { token: symbol, instead: None });
                walk.at += 6;
                continue;
            } else if walk.is("FROM") && follows(&walk, before, &["BOTH", "LEADING", "TRAILING"]) {
                walk.at += 1;
                continue;
            }
        }
        if is_bound_cast(&walk, before) || is_fetch_bracket(&walk, before) {
            walk.at += if walk.is_symbol("::") { 2 } else { 1 };
            continue;
        }
        // Nothing else has this bracket there.
        let is_row = walk.dialect == Dialect::Postgres
            && walk.is_symbol("[")
            && before.is_some_and(|before| matches!(walk.text_of(before), "[" | ","));
        if is_row {
            out.push(Given { token, instead: Some("ARRAY") });
        }
        if instead.is_empty() {
            out.push(Given { token, instead: None });
        }
        out.extend(instead.iter().map(|text| Given { token, instead: Some(text) }));
        walk.at += 1;
    }
    out
}

fn follows(walk: &Cursor<'_>, before: Option<Token>, words: &[&str]) -> bool {
    before.is_some_and(|before| words.iter().any(|word| walk.text_of(before).eq_ignore_ascii_case(word)))
}

/// The cast of `'1 day'::interval PRECEDING`.
fn is_bound_cast(walk: &Cursor<'_>, before: Option<Token>) -> bool {
    walk.is_symbol("::")
        && walk.nth_is(1, "interval")
        && (walk.nth_is(2, "PRECEDING") || walk.nth_is(2, "FOLLOWING"))
        && before.is_some_and(|before| before.kind == TokenKind::String)
}

/// The brackets of `FETCH FIRST (3) ROWS`.
fn is_fetch_bracket(walk: &Cursor<'_>, before: Option<Token>) -> bool {
    let rows = |ahead: usize| walk.nth_is(ahead, "ROW") || walk.nth_is(ahead, "ROWS");
    let number = |token: Option<Token>| token.is_some_and(|token| token.kind == TokenKind::Number);
    (walk.is_symbol("(") && follows(walk, before, &["FIRST", "NEXT"]) && number(walk.nth(1)) && rows(3))
        || (walk.is_symbol(")") && number(before) && rows(1))
}

/// The operator of `OPERATOR(pg_catalog.+)`: a dump names the schema of every operator that an extension brought.
fn plain_operator(walk: &Cursor<'_>) -> Option<Token> {
    let symbols = walk.nth_is_symbol(1, "(") && walk.nth_is_symbol(3, ".") && walk.nth_is_symbol(5, ")");
    let schema = walk.nth(2).is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted));
    walk.nth(4).filter(|_| walk.is("OPERATOR") && symbols && schema)
}

/// A query; None where something in it has no place in our tree.
pub fn lower(at: &Lowering, query: &ast::Query) -> Option<Query> {
    at.level(|| lower_here(at, query))
}

fn lower_here(at: &Lowering, query: &ast::Query) -> Option<Query> {
    let other = query.for_clause.is_some()
        || query.settings.is_some()
        || query.format_clause.is_some()
        || !query.pipe_operators.is_empty();
    if other {
        return None;
    }
    let with = match &query.with {
        Some(with) => with.cte_tables.iter().map(|table| cte(at, table)).collect::<Option<Vec<_>>>()?,
        None => Vec::new(),
    };
    let order = match &query.order_by {
        None => Vec::new(),
        Some(ast::OrderBy { kind: ast::OrderByKind::Expressions(keys), interpolate: None }) => {
            keys.iter().map(|key| order_key(at, key)).collect::<Option<Vec<_>>>()?
        }
        Some(_) => return None,
    };
    let (mut limit, offset) = match &query.limit_clause {
        None => (None, None),
        Some(ast::LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
            let offset = offset.as_ref().map(|offset| sub(at, &offset.value));
            (limit.as_ref().map(|limit| sub(at, limit)), offset)
        }
        Some(ast::LimitClause::OffsetCommaLimit { offset, limit }) => {
            (Some(sub(at, limit)), Some(sub(at, offset)))
        }
        Some(ast::LimitClause::LimitOffset { .. }) => return None,
    };
    let mut with_ties = false;
    if let Some(fetch) = &query.fetch {
        if fetch.percent || limit.is_some() {
            return None;
        }
        with_ties = fetch.with_ties;
        let one = Expr::Literal(crate::schema::Literal::Number("1".to_owned()));
        limit = Some(fetch.quantity.as_ref().map_or(one, |quantity| sub(at, quantity)));
    }
    // `LIMIT NULL` limits nothing.
    limit = limit.filter(|limit| !limit.is_null());
    let recursive = query.with.as_ref().is_some_and(|with| with.recursive);
    let locks = query.locks.iter().map(|clause| lock(at, clause)).collect::<Option<Vec<_>>>()?;
    // `WITH … (SELECT … ORDER BY a) LIMIT 1`: what stands around the brackets belongs to the query inside.
    let mut whole = set(at, &query.body)?;
    let doubled = (!whole.with.is_empty() && !with.is_empty())
        || (!whole.order.is_empty() && !order.is_empty())
        || (whole.limit.is_some() && (limit.is_some() || !order.is_empty()))
        || (whole.offset.is_some() && offset.is_some());
    if doubled {
        return None;
    }
    if !with.is_empty() {
        whole.with = with;
        whole.recursive = recursive;
    }
    if !order.is_empty() {
        whole.order = order;
    }
    if limit.is_some() {
        whole.limit = limit;
        whole.with_ties = with_ties;
    }
    whole.offset = offset.or(whole.offset);
    whole.locks.extend(locks);
    Some(whole)
}

/// SELECT, VALUES, a set operation, or any of them in brackets.
fn set(at: &Lowering, set: &ast::SetExpr) -> Option<Query> {
    // A UNION of many is a deep tree to the left.
    let mut rest = set;
    let mut behind = Vec::new();
    while let ast::SetExpr::SetOperation { left, op, set_quantifier, right } = rest {
        let operator = match op {
            ast::SetOperator::Union => SetOperator::Union,
            ast::SetOperator::Intersect => SetOperator::Intersect,
            ast::SetOperator::Except => SetOperator::Except,
            ast::SetOperator::Minus => return None,
        };
        let all = match set_quantifier {
            ast::SetQuantifier::All => true,
            ast::SetQuantifier::Distinct | ast::SetQuantifier::None => false,
            _ => return None,
        };
        behind.push((operator, all, at.level(|| self::set(at, right))?));
        rest = left;
    }
    if behind.len() > usize::from(super::DEEPEST) {
        at.too_deep.set(true);
        return None;
    }
    let mut whole = match rest {
        ast::SetExpr::Select(own) => Query::plain(QueryBody::Select(Box::new(select(at, own)?))),
        ast::SetExpr::Values(values) => {
            let row = |row: &Vec<ast::Expr>| row.iter().map(|value| sub(at, value)).collect();
            Query::plain(QueryBody::Values(values.rows.iter().map(|one| row(&one.content)).collect()))
        }
        ast::SetExpr::Query(query) => lower(at, query)?,
        _ => return None,
    };
    while let Some((operator, all, right)) = behind.pop() {
        let (left, right) = (Box::new(whole), Box::new(right));
        whole = Query::plain(QueryBody::Set { operator, all, left, right });
    }
    Some(whole)
}

fn cte(at: &Lowering, cte: &ast::Cte) -> Option<Cte> {
    if cte.from.is_some() || cte.alias.at.is_some() {
        return None;
    }
    Some(Cte {
        name: word(at, &cte.alias.name)?,
        columns: cte.alias.columns.iter().map(|column| word(at, &column.name)).collect::<Option<_>>()?,
        query: lower(at, &cte.query)?,
        materialized: cte
            .materialized
            .as_ref()
            .map(|how| matches!(how, ast::CteAsMaterialized::Materialized)),
    })
}

fn select(at: &Lowering, select: &ast::Select) -> Option<Select> {
    let other = select.select_modifiers.as_ref().is_some_and(ast::SelectModifiers::is_any_set)
        || select.top.is_some()
        || select.exclude.is_some()
        || select.into.is_some()
        || !select.lateral_views.is_empty()
        || select.prewhere.is_some()
        || !select.connect_by.is_empty()
        || !select.cluster_by.is_empty()
        || !select.distribute_by.is_empty()
        || !select.sort_by.is_empty()
        || select.qualify.is_some()
        || select.value_table_mode.is_some()
        || select.flavor != ast::SelectFlavor::Standard;
    if other {
        return None;
    }
    let all = |exprs: &[ast::Expr]| exprs.iter().map(|expr| sub(at, expr)).collect::<Vec<_>>();
    let distinct = match &select.distinct {
        None | Some(ast::Distinct::All) => Distinct::No,
        Some(ast::Distinct::Distinct) => Distinct::Yes,
        Some(ast::Distinct::On(keys)) => Distinct::On(all(keys)),
    };
    let group = match &select.group_by {
        ast::GroupByExpr::Expressions(keys, modifiers) if modifiers.is_empty() => all(keys),
        ast::GroupByExpr::Expressions(..) | ast::GroupByExpr::All(_) => return None,
    };
    let mut windows = Vec::new();
    for ast::NamedWindowDefinition(name, definition) in &select.named_window {
        let ast::NamedWindowExpr::WindowSpec(spec) = definition else { return None };
        windows.push((word(at, name)?, operator("OVER", window(at, spec)?)));
    }
    Some(Select {
        distinct,
        targets: select.projection.iter().map(|item| target(at, item)).collect::<Option<_>>()?,
        from: select.from.iter().map(|tables| joined(at, tables)).collect::<Option<_>>()?,
        filter: select.selection.as_ref().map(|filter| sub(at, filter)),
        group,
        having: select.having.as_ref().map(|having| sub(at, having)),
        windows,
    })
}

fn target(at: &Lowering, item: &ast::SelectItem) -> Option<Target> {
    let plain = |options: &ast::WildcardAdditionalOptions| {
        options.opt_ilike.is_none()
            && options.opt_exclude.is_none()
            && options.opt_except.is_none()
            && options.opt_replace.is_none()
            && options.opt_rename.is_none()
            && options.opt_alias.is_none()
    };
    match item {
        ast::SelectItem::UnnamedExpr(expr) => Some(Target::Expr { expr: sub(at, expr), name: None }),
        ast::SelectItem::ExprWithAlias { expr, alias } => {
            Some(Target::Expr { expr: sub(at, expr), name: Some(word(at, alias)?) })
        }
        ast::SelectItem::Wildcard(options) if plain(options) => Some(Target::Star(Vec::new())),
        ast::SelectItem::QualifiedWildcard(
            ast::SelectItemQualifiedWildcardKind::ObjectName(name),
            options,
        ) if plain(options) => Some(Target::Star(words(at, name)?)),
        _ => None,
    }
}

/// A table with what is joined to it.
fn joined(at: &Lowering, tables: &ast::TableWithJoins) -> Option<Source> {
    if tables.joins.len() > usize::from(super::DEEPEST) {
        at.too_deep.set(true);
        return None;
    }
    let mut left = source(at, &tables.relation)?;
    for join in &tables.joins {
        use ast::JoinOperator as J;
        let (kind, constraint) = match &join.join_operator {
            J::Join(on) | J::Inner(on) => (JoinKind::Inner, on),
            J::CrossJoin(on @ ast::JoinConstraint::None) => (JoinKind::Inner, on),
            J::Left(on) | J::LeftOuter(on) => (JoinKind::Left, on),
            J::Right(on) | J::RightOuter(on) => (JoinKind::Right, on),
            J::FullOuter(on) => (JoinKind::Full, on),
            _ => return None,
        };
        let on = match constraint {
            ast::JoinConstraint::On(expr) => JoinOn::On(sub(at, expr)),
            ast::JoinConstraint::Using(columns) => {
                let column = |name: &ast::ObjectName| words(at, name).filter(|parts| parts.len() == 1);
                JoinOn::Using(columns.iter().map(column).collect::<Option<Vec<_>>>()?.concat())
            }
            ast::JoinConstraint::Natural => JoinOn::Natural,
            ast::JoinConstraint::None => JoinOn::Nothing,
        };
        let right = Box::new(source(at, &join.relation)?);
        left = Source::Join { kind, left: Box::new(left), right, on, alias: None };
    }
    Some(left)
}

fn source(at: &Lowering, factor: &ast::TableFactor) -> Option<Source> {
    at.level(|| source_here(at, factor))
}

fn source_here(at: &Lowering, factor: &ast::TableFactor) -> Option<Source> {
    use ast::TableFactor as F;
    match factor {
        F::Table {
            name,
            alias: own,
            args,
            with_hints,
            version: None,
            with_ordinality,
            partitions,
            json_path: None,
            sample: None,
            index_hints,
        } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
            let parts = words(at, name)?;
            // `FROM ONLY t` looks like a table of that name.
            let word = name.0.first().and_then(ast::ObjectNamePart::as_ident);
            let keyword = word.is_some_and(|word| {
                word.quote_style.is_none()
                    && ["only", "lateral", "rows", "table"]
                        .iter()
                        .any(|one| word.value.eq_ignore_ascii_case(one))
            });
            if keyword && at.dialect == Dialect::Postgres {
                return None;
            }
            let (types, alias) = alias(at, own.as_ref())?;
            if let Some(args) = args {
                return function(at, &parts, &args.args, *with_ordinality, types, alias);
            }
            if *with_ordinality || !types.is_empty() {
                return None;
            }
            Some(Source::Relation { name: relation(at, name)?, alias })
        }
        F::Derived { lateral, subquery, alias: own, sample: None } => {
            let (types, alias) = alias(at, own.as_ref())?;
            let query = Box::new(lower(at, subquery)?);
            types.is_empty().then_some(Source::Query { query, lateral: *lateral, alias })
        }
        F::Function { name, args, with_ordinality, alias: own, .. } => {
            let (types, alias) = alias(at, own.as_ref())?;
            function(at, &words(at, name)?, args, *with_ordinality, types, alias)
        }
        F::UNNEST { alias: own, array_exprs, with_offset: false, with_ordinality, .. } => {
            let (types, alias) = alias(at, own.as_ref())?;
            let arguments = array_exprs.iter().map(|expr| sub(at, expr)).collect();
            let call = Expr::Call { name: "unnest".to_owned(), arguments };
            Some(Source::Function { call, ordinality: *with_ordinality, types, alias })
        }
        F::NestedJoin { table_with_joins, alias: own } => {
            let inner = joined(at, table_with_joins)?;
            match (own, inner) {
                (None, inner) => Some(inner),
                (Some(_), Source::Join { kind, left, right, on, alias: None }) => {
                    let (types, alias) = alias(at, own.as_ref())?;
                    types.is_empty().then_some(Source::Join { kind, left, right, on, alias: Some(alias) })
                }
                (Some(_), _) => None,
            }
        }
        _ => None,
    }
}

fn function(
    at: &Lowering,
    name: &[String],
    args: &[ast::FunctionArg],
    ordinality: bool,
    types: Vec<Type>,
    alias: Alias,
) -> Option<Source> {
    let list =
        ast::FunctionArgumentList { duplicate_treatment: None, args: args.to_vec(), clauses: Vec::new() };
    let name = match name {
        [schema, rest @ ..] if schema == "pg_catalog" && !rest.is_empty() => rest.join("."),
        _ => name.join("."),
    };
    let call = Expr::Call { name, arguments: arguments(at, &list)? };
    Some(Source::Function { call, ordinality, types, alias })
}

/// An alias, with the types that are written with the names of its columns.
fn alias(at: &Lowering, alias: Option<&ast::TableAlias>) -> Option<(Vec<Type>, Alias)> {
    let Some(alias) = alias else { return Some((Vec::new(), Alias::default())) };
    if alias.at.is_some() {
        return None;
    }
    let types: Vec<Type> = alias
        .columns
        .iter()
        .filter_map(|column| column.data_type.as_ref())
        .map(|ty| type_of(at.dialect, &ty.to_string()))
        .collect();
    let columns: Option<Vec<String>> = alias.columns.iter().map(|column| word(at, &column.name)).collect();
    let own = Alias { name: Some(word(at, &alias.name)?), columns: columns? };
    (types.is_empty() || types.len() == own.columns.len()).then_some((types, own))
}

fn lock(at: &Lowering, clause: &ast::LockClause) -> Option<Lock> {
    Some(Lock {
        strength: match clause.lock_type {
            ast::LockType::Share => "SHARE",
            ast::LockType::Update => "UPDATE",
        },
        of: match &clause.of {
            Some(name) => words(at, name).filter(|parts| parts.len() == 1)?,
            None => Vec::new(),
        },
        wait: match clause.nonblock {
            None => "",
            Some(ast::NonBlock::Nowait) => "NOWAIT",
            Some(ast::NonBlock::SkipLocked) => "SKIP LOCKED",
        },
    })
}

/// A name that a tool or psql fills in later is none.
fn word(at: &Lowering, name: &ast::Ident) -> Option<String> {
    let filled_in = ["${", "{{", ":"].iter().any(|start| name.value.starts_with(start));
    (!filled_in).then(|| ident(at.dialect, name))
}

fn words(at: &Lowering, name: &ast::ObjectName) -> Option<Vec<String>> {
    name.0.iter().map(|part| part.as_ident().and_then(|name| word(at, name))).collect()
}

/// The name of a table; a database before its schema is dropped.
fn relation(at: &Lowering, name: &ast::ObjectName) -> Option<Name> {
    let part = |part: &ast::ObjectNamePart| {
        let own = part.as_ident()?;
        Some(match at.dialect {
            Dialect::Postgres => Ident::exact(word(at, own)?),
            Dialect::Sqlite | Dialect::Mysql => Ident::caseless(word(at, own).map(|_| own.value.clone())?),
        })
    };
    let mut parts: Vec<Ident> = name.0.iter().map(part).collect::<Option<_>>()?;
    let ident = parts.pop()?;
    Some(Name { schema: parts.pop(), ident })
}
