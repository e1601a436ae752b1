//! The verdict from the answers of several name servers.

use hotline_protocol::country::Country;

use super::host::{Decided, decide_host};
use super::verdict::{Certainty, Doubt, Untraceable, Verdict};
use crate::geolocation::evidence::Evidence;
use crate::geolocation::resolver::testimony::{Answer, Testimony};

/// Returns the verdict from one name server's answer; `evidence` holds the evidence about each of its addresses.
pub(in crate::geolocation) fn verdict_of<'a>(
    answer: &Answer,
    evidence: &'a [Evidence],
    own: &[Country],
) -> Decided<'a> {
    let nothing = |verdict| Decided { verdict, by: None };
    match answer {
        Answer::Addresses { sample, .. } => {
            let of_answer: Vec<&Evidence> =
                evidence.iter().filter(|one| sample.binary_search(&one.ip).is_ok()).collect();
            decide_host(&of_answer, own)
        }
        Answer::NoAddress => nothing(Verdict::Untraceable(Untraceable::Unresolved)),
        Answer::Blocked { .. } => nothing(Verdict::Unsure(Doubt::BlockedAnswer)),
        Answer::Silent => nothing(Verdict::NotYet),
    }
}

/// Returns the verdict from all answers, for a hotline of the countries `own`. Those that answered must lead to the
/// same: different addresses in one country do; another country, no address, a stop page do not. One that is silent
/// while another answered stops nothing.
pub(in crate::geolocation) fn decide_testimonies<'a>(
    testimonies: &[Testimony],
    evidence: &'a [Evidence],
    own: &[Country],
) -> Decided<'a> {
    let heard: Vec<Decided<'a>> = testimonies
        .iter()
        .filter(|testimony| testimony.answer != Answer::Silent)
        .map(|testimony| verdict_of(&testimony.answer, evidence, own))
        .collect();
    let Some(first) = heard.first() else { return Decided { verdict: Verdict::NotYet, by: None } };
    let by = heard.iter().filter_map(|decided| decided.by).min_by_key(|by| by.ip);
    if heard.iter().any(|decided| decided.verdict == Verdict::Unsure(Doubt::BlockedAnswer)) {
        return Decided { verdict: Verdict::Unsure(Doubt::BlockedAnswer), by };
    }
    if let Some(country) =
        first.verdict.country().filter(|_| heard.iter().all(|it| it.verdict.country() == first.verdict.country()))
    {
        let how = heard.iter().filter_map(|it| if let Verdict::In(_, how) = it.verdict { Some(how) } else { None });
        return Decided { verdict: Verdict::In(country, how.max().unwrap_or(Certainty::Agreed)), by };
    }
    if heard.iter().all(|decided| decided.verdict == first.verdict) {
        return Decided { verdict: first.verdict, by };
    }
    Decided { verdict: Verdict::Unsure(Doubt::Disputed), by }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::geolocation::resolver::testimony::BlockedWhy;
    use crate::geolocation::witness::host::tests::evidence;
    use crate::geolocation::witness::statement::tests::shown;

    /// `192.0.2.1,192.0.2.2`: addresses; `none`; `blocked`; `silent`.
    fn testimony(text: &str) -> Testimony {
        let answer = match text {
            "none" => Answer::NoAddress,
            "blocked" => Answer::Blocked { sample: vec![[0, 0, 0, 0].into()], why: BlockedWhy::NoPlace },
            "silent" => Answer::Silent,
            addresses => {
                let sample: Vec<_> = addresses.split(',').map(|ip| ip.parse().expect("an address")).collect();
                Answer::Addresses { count: u32::try_from(sample.len()).expect("few"), sample }
            }
        };
        Testimony { resolver: SocketAddr::from(([127, 0, 0, 1], 53)), answer }
    }

    #[test]
    fn name_servers_are_compared_by_the_table() {
        let evidence: Vec<Evidence> = [
            "192.0.2.1=NL",
            "192.0.2.2=NL",
            "192.0.2.3=FR",
            "192.0.2.4=DE",
            "192.0.2.5=NL!",
            "192.0.2.6=NL/DE",
            "192.0.2.7=",
            "192.0.2.8=NL/NL/DE",
        ]
        .map(evidence)
        .into();
        let own = ["FR".parse().expect("a country")];
        for (answers, verdict) in [
            ("192.0.2.1", "NL agreed"),
            ("192.0.2.3", "FR agreed"),
            ("192.0.2.1 192.0.2.1", "NL agreed"),
            // Round-robin within one country.
            ("192.0.2.1 192.0.2.2", "NL agreed"),
            ("192.0.2.1 192.0.2.8", "NL majority"),
            ("192.0.2.3 192.0.2.1,192.0.2.3", "FR agreed"),
            // Another country, by chance or by a stop page at home.
            ("192.0.2.1 192.0.2.3", "disputed"),
            ("192.0.2.1 192.0.2.4", "disputed"),
            ("192.0.2.1 192.0.2.1 192.0.2.4", "disputed"),
            ("192.0.2.1,192.0.2.4 192.0.2.4", "disputed"),
            // No such name, blocked, hidden, unknown.
            ("192.0.2.1 none", "disputed"),
            ("none none", "untraceable"),
            ("192.0.2.1 blocked", "blocked_answer"),
            ("192.0.2.3 blocked", "blocked_answer"),
            ("none blocked", "blocked_answer"),
            ("blocked", "blocked_answer"),
            ("192.0.2.1 192.0.2.4 blocked", "blocked_answer"),
            ("192.0.2.5 192.0.2.5", "origin_hidden"),
            ("192.0.2.5 192.0.2.1", "disputed"),
            ("192.0.2.6 192.0.2.1", "disputed"),
            ("192.0.2.6", "disputed"),
            ("192.0.2.7 192.0.2.1", "disputed"),
            ("192.0.2.7", "unknown_country"),
            // Silence stops nobody but itself.
            ("192.0.2.1 silent", "NL agreed"),
            ("none silent", "untraceable"),
            ("blocked silent", "blocked_answer"),
            ("192.0.2.1 192.0.2.4 silent", "disputed"),
            ("silent silent", "not yet"),
            ("", "not yet"),
        ] {
            let mut all: Vec<Testimony> = answers.split_whitespace().map(testimony).collect();
            for _ in 0..all.len().max(1) {
                let turn = usize::from(!all.is_empty());
                all.rotate_left(turn);
                assert_eq!(shown(decide_testimonies(&all, &evidence, &own).verdict), verdict, "{answers:?}");
            }
        }
    }
}
