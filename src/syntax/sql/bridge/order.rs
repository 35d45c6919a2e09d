//! Where `sqlparser` joins operands in another order than the server does.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};

use super::DEEPEST;
use crate::schema::Dialect;

/// Longer chains are too deep to be trees.
const LONGEST: usize = 2 * DEEPEST as usize;

/// The same operands joined as the server joins them; None where that is how they are joined.
pub fn regrouped(dialect: Dialect, expr: &Expr) -> Option<Expr> {
    match expr {
        // A sign holds tighter than `^` (source: the precedences in PostgreSQL's gram.y).
        Expr::UnaryOp { op: op @ (UnaryOperator::Minus | UnaryOperator::Plus), expr: inner }
            if dialect == Dialect::Postgres && is_power(inner) =>
        {
            Some(signed(*op, inner))
        }
        Expr::BinaryOp { .. } => {
            // Any other operator before its operand holds looser than `+` (source: the same).
            let prefix = (dialect == Dialect::Postgres && is_sum(expr)).then(|| under_prefix(expr)).flatten();
            match prefix {
                Some((op, inner)) => Some(Expr::UnaryOp { op, expr: Box::new(inner) }),
                None => climbed(dialect, expr),
            }
        }
        _ => None,
    }
}

/// How tightly an operator holds its operands, among those that join from left to right; None for others.
fn level(dialect: Dialect, op: &BinaryOperator) -> Option<u8> {
    use BinaryOperator as B;
    match (dialect, op) {
        (Dialect::Mysql, _)
        | (
            _,
            B::And
            | B::Or
            | B::Xor
            | B::DuckIntegerDivide
            | B::MyIntegerDivide
            | B::Match
            | B::Regexp
            | B::Glob
            | B::Assignment
            | B::Overlaps,
        ) => None,
        (_, B::Eq | B::NotEq) => Some(0),
        // In SQLite they hold tighter than `=`.
        (Dialect::Postgres, B::Lt | B::Gt | B::LtEq | B::GtEq) => Some(0),
        (Dialect::Sqlite, B::Lt | B::Gt | B::LtEq | B::GtEq) => Some(1),
        (_, B::Plus | B::Minus) => Some(3),
        (_, B::Multiply | B::Divide | B::Modulo) => Some(4),
        (Dialect::Postgres, B::PGExp | B::BitwiseXor) => Some(5),
        (Dialect::Sqlite, B::StringConcat | B::Arrow | B::LongArrow) => Some(5),
        (Dialect::Postgres | Dialect::Sqlite, _) => Some(2),
    }
}

/// A chain of operators joined by how tightly they hold; None where it is joined so.
fn climbed(dialect: Dialect, expr: &Expr) -> Option<Expr> {
    let mut chain = Vec::new();
    flatten(dialect, expr, None, &mut chain);
    if chain.len() < 3 || chain.len() > LONGEST {
        return None;
    }
    // Operands, each with the operator before it that still waits for it.
    let mut waiting: Vec<(Option<&BinaryOperator>, Expr)> = Vec::new();
    let join = |waiting: &mut Vec<(Option<&BinaryOperator>, Expr)>| {
        if let (Some((Some(op), right)), Some((before, left))) = (waiting.pop(), waiting.pop()) {
            let joined = Expr::BinaryOp { left: Box::new(left), op: op.clone(), right: Box::new(right) };
            waiting.push((before, joined));
        }
    };
    for (op, operand) in chain {
        let own = op.and_then(|op| level(dialect, op));
        while waiting.len() > 1
            && waiting.last().and_then(|(op, _)| op.and_then(|op| level(dialect, op))) >= own
        {
            join(&mut waiting);
        }
        waiting.push((op, operand.clone()));
    }
    while waiting.len() > 1 {
        join(&mut waiting);
    }
    waiting.pop().map(|(_, whole)| whole).filter(|whole| whole != expr)
}

/// The operands of a chain in their order, each with the operator before it.
fn flatten<'e>(
    dialect: Dialect,
    expr: &'e Expr,
    before: Option<&'e BinaryOperator>,
    chain: &mut Vec<(Option<&'e BinaryOperator>, &'e Expr)>,
) {
    // A long chain is a deep tree to the left.
    let mut behind = Vec::new();
    let mut rest = expr;
    while let Expr::BinaryOp { left, op, right } = rest
        && level(dialect, op).is_some()
    {
        behind.push((op, right));
        rest = left;
    }
    chain.push((before, rest));
    for (op, right) in behind.into_iter().rev() {
        flatten(dialect, right, Some(op), chain);
    }
}

fn is_power(expr: &Expr) -> bool {
    matches!(expr, Expr::BinaryOp { op: BinaryOperator::PGExp | BinaryOperator::BitwiseXor, .. })
}

fn is_sum(expr: &Expr) -> bool {
    matches!(expr, Expr::BinaryOp { op: BinaryOperator::Plus | BinaryOperator::Minus, .. })
}

/// The first operand of a chain, and what is joined to it, last first.
fn chain_of(expr: &Expr, is_one: fn(&Expr) -> bool) -> (&Expr, Vec<(&BinaryOperator, &Expr)>) {
    let mut behind: Vec<(&BinaryOperator, &Expr)> = Vec::new();
    let mut rest = expr;
    while let Expr::BinaryOp { left, op, right } = rest
        && is_one(rest)
    {
        behind.push((op, right));
        rest = left;
    }
    (rest, behind)
}

/// The chain with another first operand.
fn chained(first: Expr, behind: Vec<(&BinaryOperator, &Expr)>) -> Expr {
    behind.into_iter().rev().fold(first, |left, (op, right)| Expr::BinaryOp {
        left: Box::new(left),
        op: op.clone(),
        right: Box::new(right.clone()),
    })
}

/// The sign before the first operand of a chain of powers.
fn signed(op: UnaryOperator, expr: &Expr) -> Expr {
    let (first, behind) = chain_of(expr, is_power);
    chained(Expr::UnaryOp { op, expr: Box::new(first.clone()) }, behind)
}

/// The operator before the first operand of a sum, and the sum without it.
fn under_prefix(expr: &Expr) -> Option<(UnaryOperator, Expr)> {
    let (first, behind) = chain_of(expr, is_sum);
    match first {
        Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus | UnaryOperator::Not, .. } => None,
        Expr::UnaryOp { op, expr } if behind.len() <= LONGEST => {
            Some((*op, chained((**expr).clone(), behind)))
        }
        _ => None,
    }
}
