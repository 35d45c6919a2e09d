//! Where `sqlparser` joins operands in another order than the server does.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};

use crate::schema::Dialect;

/// The same operands joined as the server joins them; None where that is how they are joined.
pub fn regrouped(dialect: Dialect, expr: &Expr) -> Option<Expr> {
    match (dialect, expr) {
        // A sign holds tighter than `^` (source: the precedences in PostgreSQL's gram.y).
        (
            Dialect::Postgres,
            Expr::UnaryOp { op: op @ (UnaryOperator::Minus | UnaryOperator::Plus), expr: inner },
        ) if is_power(inner) => Some(signed(*op, inner)),
        // Any other operator before its operand holds looser than `+` (source: the same).
        (Dialect::Postgres, Expr::BinaryOp { op: BinaryOperator::Plus | BinaryOperator::Minus, .. }) => {
            let (op, inner) = under_prefix(expr)?;
            Some(Expr::UnaryOp { op, expr: Box::new(inner) })
        }
        // `||` holds tighter than `*` (source: sqlite.org/lang_expr.html).
        (Dialect::Sqlite, Expr::BinaryOp { .. }) => concatenated_first(expr),
        _ => None,
    }
}

fn is_power(expr: &Expr) -> bool {
    matches!(expr, Expr::BinaryOp { op: BinaryOperator::PGExp | BinaryOperator::BitwiseXor, .. })
}

/// The sign before the first operand of a chain of powers.
fn signed(op: UnaryOperator, expr: &Expr) -> Expr {
    match expr {
        Expr::BinaryOp { left, op: power, right } if is_power(expr) => {
            Expr::BinaryOp { left: Box::new(signed(op, left)), op: power.clone(), right: right.clone() }
        }
        other => Expr::UnaryOp { op, expr: Box::new(other.clone()) },
    }
}

/// The operator before the first operand of a sum, and the sum without it.
fn under_prefix(expr: &Expr) -> Option<(UnaryOperator, Expr)> {
    match expr {
        Expr::BinaryOp { left, op: op @ (BinaryOperator::Plus | BinaryOperator::Minus), right } => {
            let (prefix, left) = under_prefix(left)?;
            let sum = Expr::BinaryOp { left: Box::new(left), op: op.clone(), right: right.clone() };
            Some((prefix, sum))
        }
        Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus | UnaryOperator::Not, .. } => None,
        Expr::UnaryOp { op, expr } => Some((*op, (**expr).clone())),
        _ => None,
    }
}

/// A chain of `*`, `/`, `%` and `||` with what `||` joins put together first.
fn concatenated_first(expr: &Expr) -> Option<Expr> {
    let mut behind: Vec<(&BinaryOperator, &Expr)> = Vec::new();
    let mut rest = expr;
    while let Expr::BinaryOp {
        left,
        op:
            op @ (BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo
            | BinaryOperator::StringConcat),
        right,
    } = rest
    {
        behind.push((op, right));
        rest = left;
    }
    let concat = |op: &BinaryOperator| *op == BinaryOperator::StringConcat;
    // Only behind another operator does it make a difference.
    let other = behind.iter().rposition(|(op, _)| !concat(op))?;
    if !behind[..other].iter().any(|(op, _)| concat(op)) {
        return None;
    }
    let join = |left: Expr, op: &BinaryOperator, right: &Expr| Expr::BinaryOp {
        left: Box::new(left),
        op: op.clone(),
        right: Box::new(right.clone()),
    };
    let mut operands: Vec<(Option<&BinaryOperator>, Expr)> = vec![(None, rest.clone())];
    for (op, right) in behind.into_iter().rev() {
        match operands.pop() {
            Some((before, left)) if concat(op) => operands.push((before, join(left, op, right))),
            Some(kept) => operands.extend([kept, (Some(op), right.clone())]),
            None => return None,
        }
    }
    let mut operands = operands.into_iter();
    let (_, first) = operands.next()?;
    Some(operands.fold(first, |left, (op, right)| match op {
        Some(op) => join(left, op, &right),
        None => left,
    }))
}
