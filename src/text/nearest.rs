//! What a misspelt name may have been meant for.

/// The one of `known` that is most like `name`, when one is like enough to be meant: what `name` begins, else what a few
/// letters put in, taken out, replaced or swapped make of it. Case and `_` for `-` do not count.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace('_', "-");
    let name = fold(name);
    let allowed = (name.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|candidate| {
            let folded = fold(candidate);
            let begun = name.len() >= 3 && folded.starts_with(&name);
            (if begun { 1 } else { strsim::osa_distance(&name, &folded) }, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_seen_and_another_word_is_not() {
        let known = ["missing-if-not-exists", "missing-if-exists", "object-exists"];
        assert_eq!(nearest("missing-if-not-exist", known), Some("missing-if-not-exists"));
        assert_eq!(nearest("Object_exsits", known), Some("object-exists"));
        assert_eq!(nearest("obj", known), Some("object-exists"));
        assert_eq!(nearest("prefer-robust-stmts", known), None);
        assert_eq!(nearest("", known), None);
    }
}
