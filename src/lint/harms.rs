//! One harm, one finding: where several rules speak of the same effect, the most specific speaks and the others become what it is
//! related to.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Related};
use crate::rules;
use crate::text::Place;

/// Takes the findings of rules that yield to another at the same place, and tells them there.
pub fn merge(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut yields: HashMap<&'static str, Vec<String>> = HashMap::new();
    let mut places: HashMap<(Place, &'static str), usize> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        let stronger = || rules::by_id(finding.rule).map_or_else(Vec::new, |rule| rule.page().yields_to);
        yields.entry(finding.rule).or_insert_with(stronger);
        places.entry((finding.place, finding.rule)).or_insert(at);
    }
    let stronger = |own: usize| {
        let finding = &findings[own];
        let rules = yields.get(finding.rule)?;
        rules.iter().find_map(|rule| places.get(&(finding.place, rule.as_str())).copied())
    };
    // A rule may yield to one that yields itself: the last of the chain speaks.
    let speaks: Vec<usize> = (0..findings.len())
        .map(|own| {
            std::iter::successors(Some(own), |at| stronger(*at))
                .take(rules::RULES.len())
                .last()
                .unwrap_or(own)
        })
        .collect();
    for (own, to) in speaks.iter().enumerate().filter(|(own, to)| own != *to) {
        let (place, severity) = (findings[own].place, findings[own].severity);
        let message = std::mem::take(&mut findings[own].message);
        let related = std::mem::take(&mut findings[own].related);
        let speaker = &mut findings[*to];
        speaker.severity = speaker.severity.max(severity);
        speaker.related.push(Related { place, message });
        speaker.related.extend(related);
    }
    let mut keep = speaks.iter().enumerate().map(|(own, to)| own == *to);
    findings.retain(|_| keep.next().unwrap_or(true));
    findings
}
