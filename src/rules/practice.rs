//! What a repository practises: most of its latest migrations do it.

use crate::history::replay::MigrationRun;

/// Whether the migrations before the judged one do something as a rule: at least six of the last ten, or all of them when there
/// are three to five. Fewer than three make no practice. (With six to nine, at least six.)
pub fn is_practice<T>(earlier: &[T], does: impl Fn(&T) -> bool) -> bool {
    let last = &earlier[earlier.len().saturating_sub(10)..];
    let count = last.iter().filter(|one| does(one)).count();
    match last.len() {
        0..3 => false,
        3..6 => count == last.len(),
        _ => count >= 6,
    }
}

/// The latest ten of the migrations before one, repeatable ones left out: those that [`is_practice`] looks at. Looking at all of
/// them for each of them would cost the square of a long history.
pub fn latest<'a>(earlier: &'a [MigrationRun<'a>]) -> Vec<&'a MigrationRun<'a>> {
    let mut latest: Vec<&MigrationRun<'_>> =
        earlier.iter().rev().filter(|run| !run.migration.repeatable).take(10).collect();
    latest.reverse();
    latest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn practice_is_what_most_of_the_latest_do() {
        let yes = |n: usize| vec![true; n];
        assert!(!is_practice(&yes(2), |b| *b));
        assert!(is_practice(&yes(3), |b| *b));
        assert!(!is_practice(&[true, true, true, false], |b| *b));
        assert!(is_practice(&[true, true, true, false, true, true, true], |b| *b));
        assert!(!is_practice(&[true, true, true, false, false, false, true, true], |b| *b));
        let mut long = yes(20);
        long.extend([false; 5]);
        assert!(!is_practice(&long, |b| *b), "only the last ten count");
    }
}
