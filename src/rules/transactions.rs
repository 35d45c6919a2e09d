//! Which statements of a part are committed together.

use super::{PartFacts, StepFacts};
use crate::ops::Operation;

/// The statements of a part in the transactions that they run in, one after the other. What runs outside of any is alone; what stands in
/// a DO block is with it.
pub fn transactions<'a>(part: &PartFacts<'a>) -> Vec<Vec<StepFacts<'a>>> {
    let mut all: Vec<Vec<StepFacts<'a>>> = Vec::new();
    let mut goes_on = false;
    for step in part.steps() {
        let ops = || step.statement().ops.iter();
        let ends = ops().any(|op| matches!(op.kind, Operation::Commit { .. } | Operation::Rollback { .. }));
        let opens_block = ops().any(|op| matches!(op.kind, Operation::Do));
        let inside = step.statement().within.is_some();
        let joined = goes_on && (step.in_transaction() || inside);
        match all.last_mut().filter(|_| joined) {
            Some(last) => last.push(step),
            None => all.push(vec![step]),
        }
        goes_on = !ends && (step.in_transaction() || inside || opens_block);
    }
    all
}
