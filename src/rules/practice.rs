//! What a repository practises: most of its latest migrations do it.

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
