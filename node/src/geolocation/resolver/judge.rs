//! The worth of name servers' answers: pure.
//!
//! An address that the server made up (DNS64) is read back; one that leads to no server of the name makes the answer a
//! blocked one. Addresses that cannot be told apart say nothing.

use std::net::{IpAddr, Ipv4Addr};

use super::nature::Nature;
use super::reply::Reply;
use super::server::Host;
use super::testimony::{Answer, BlockedWhy, DECIDING, SAMPLE};
use super::translation::embeds;
use crate::geolocation::special::{has_a_place, unwrapped};
use crate::geolocation::stop_page::StopPages;

/// Judges a server's replies about a host. `hosts` are the IPv4 addresses that any server gave for it.
pub(super) fn judge(host: &Host, nature: &Nature, stop: &StopPages, hosts: &[Ipv4Addr]) -> Answer {
    let mut found = Vec::new();
    let mut unsure = false;
    for address in host.addresses() {
        match read_back(address, nature, hosts) {
            Some(address) => found.push(address),
            None => unsure = true,
        }
    }
    found.sort_unstable();
    found.dedup();
    if host.is_withheld() {
        return blocked(found, BlockedWhy::Told);
    }
    if found.is_empty() {
        return if host.denies() && !unsure { Answer::NoAddress } else { Answer::Silent };
    }
    if let Some(why) = why_blocked(&found, nature, stop) {
        return blocked(found, why);
    }
    if !host.has_said_v4() {
        return Answer::Silent;
    }
    found.retain(|address| has_a_place(*address));
    let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
    Answer::Addresses { sample: spread(found, DECIDING), count }
}

/// Returns the address behind the given one; `None` where it may have been made up from an unknown address.
fn read_back(address: IpAddr, nature: &Nature, hosts: &[Ipv4Addr]) -> Option<IpAddr> {
    let address = match unwrapped(address) {
        IpAddr::V6(address) => address,
        IpAddr::V4(address) => return Some(address.into()),
    };
    if let Some(inside) = nature.prefixes.iter().flatten().find_map(|prefix| prefix.unwrap(address)) {
        return Some(inside.into());
    }
    if let Some(host) = embeds(address, hosts) {
        return Some(host.into());
    }
    nature.prefixes.is_some().then_some(address.into())
}

fn why_blocked(found: &[IpAddr], nature: &Nature, stop: &StopPages) -> Option<BlockedWhy> {
    let any = |is: &dyn Fn(&IpAddr) -> bool| found.iter().any(is);
    if any(&|address| stop.contains(*address)) {
        Some(BlockedWhy::StopPage)
    } else if any(&|address| address.is_unspecified()) || !any(&|address| has_a_place(*address)) {
        Some(BlockedWhy::NoPlace)
    } else if any(&|address| nature.false_addresses.contains(address)) {
        Some(BlockedWhy::FalseAnswer)
    } else {
        None
    }
}

/// A blocked answer.
pub(super) fn blocked(found: Vec<IpAddr>, why: BlockedWhy) -> Answer {
    Answer::Blocked { sample: spread(found, SAMPLE), why }
}

/// At most `most` of ascending addresses, the first and the last among them, evenly spread in between.
pub(crate) fn spread(addresses: Vec<IpAddr>, most: usize) -> Vec<IpAddr> {
    let (count, last) = (addresses.len(), most.saturating_sub(1).max(1));
    if count <= most {
        return addresses;
    }
    (0..most).map(|at| addresses[at * (count - 1) / last]).collect()
}

impl Host {
    fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        let of = |reply: &Reply| match reply {
            Reply::Said(said) => said.addresses.clone(),
            Reply::Failed | Reply::Silence => Vec::new(),
        };
        of(&self.v4).into_iter().chain(of(&self.v6))
    }

    fn is_withheld(&self) -> bool {
        [&self.v4, &self.v6].into_iter().any(|reply| matches!(reply, Reply::Said(said) if said.withheld))
    }

    /// Whether the IPv4 half came: most hosts stand there. IPv6 addresses alone are no answer while it is missing: the
    /// host may stand elsewhere. A missing IPv6 half is another thing, since many load balancers never answer for it.
    const fn has_said_v4(&self) -> bool {
        matches!(self.v4, Reply::Said(_))
    }

    /// Whether it is certain that there is no address.
    fn denies(&self) -> bool {
        let replies = [&self.v4, &self.v6];
        let no_such_name = |reply: &&Reply| matches!(reply, Reply::Said(said) if said.no_such_name);
        replies.iter().any(no_such_name) || replies.iter().all(|reply| matches!(reply, Reply::Said(_)))
    }

    /// The IPv4 addresses that the server gave as such.
    pub(super) fn ipv4(&self) -> impl Iterator<Item = Ipv4Addr> {
        let given = match &self.v4 {
            Reply::Said(said) => &said.addresses[..],
            Reply::Failed | Reply::Silence => &[],
        };
        given.iter().filter_map(|address| match address {
            IpAddr::V4(address) => Some(*address),
            IpAddr::V6(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geolocation::resolver::reply::Said;
    use crate::geolocation::resolver::translation::Prefix;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("a test's address")
    }

    fn ips(texts: &str) -> Vec<IpAddr> {
        texts.split_whitespace().map(ip).collect()
    }

    /// `-` for no address, `x` for no such name, `!` for silence, `?` for a failure, else addresses.
    fn reply(text: &str) -> Reply {
        let said = |said| Reply::Said(said);
        match text {
            "!" => Reply::Silence,
            "?" => Reply::Failed,
            "-" => said(Said::default()),
            "x" => said(Said { no_such_name: true, ..Said::default() }),
            addresses => said(Said { addresses: ips(addresses), ..Said::default() }),
        }
    }

    fn plain() -> Nature {
        Nature { prefixes: Some(vec![]), lives: true, ..Nature::default() }
    }

    fn judged(v4: &str, v6: &str, nature: &Nature) -> Answer {
        let host = Host { v4: reply(v4), v6: reply(v6) };
        let stop = StopPages::new(["203.0.113.66".parse().expect("one"), "2001:db8:66::/48".parse().expect("many")]);
        let hosts: Vec<Ipv4Addr> = host.ipv4().collect();
        judge(&host, nature, &stop, &hosts)
    }

    fn found(texts: &str) -> Answer {
        let sample = ips(texts);
        Answer::Addresses { count: u32::try_from(sample.len()).expect("is small"), sample }
    }

    #[test]
    fn what_a_server_without_translation_says_is_taken_by_the_table() {
        for (v4, v6, expected) in [
            ("192.0.2.9 192.0.2.1", "2001:db8::1", found("192.0.2.1 192.0.2.9 2001:db8::1")),
            ("192.0.2.1", "!", found("192.0.2.1")),
            ("-", "2001:db8::1", found("2001:db8::1")),
            // The host may stand elsewhere by the half that did not come.
            ("!", "2001:db8::1", Answer::Silent),
            ("?", "2001:db8::1", Answer::Silent),
            ("192.0.2.1", "2001:db8::192.0.2.1", found("192.0.2.1")),
            ("192.0.2.1", "2001:db8:c000:201::", found("192.0.2.1")),
            ("192.0.2.1", "2002:c000:201::5 ::ffff:192.0.2.7", found("192.0.2.1 192.0.2.7")),
            ("192.0.2.1 10.0.0.1", "fe80::1", found("192.0.2.1")),
            ("-", "-", Answer::NoAddress),
            ("x", "!", Answer::NoAddress),
            ("-", "!", Answer::Silent),
            ("?", "-", Answer::Silent),
        ] {
            assert_eq!(judged(v4, v6, &plain()), expected, "{v4} and {v6}");
        }
    }

    #[test]
    fn blocked_and_internal_answers_are_recognised_by_the_table() {
        let liar = Nature { false_addresses: ips("198.51.100.9"), lies: true, ..plain() };
        for (v4, v6, why) in [
            ("0.0.0.0", "-", BlockedWhy::NoPlace),
            ("-", "::", BlockedWhy::NoPlace),
            ("0.0.0.0", "2001:db8::1", BlockedWhy::NoPlace),
            ("127.0.0.1", "::1", BlockedWhy::NoPlace),
            ("10.1.2.3 192.168.1.1", "!", BlockedWhy::NoPlace),
            ("169.254.1.1", "fe80::1", BlockedWhy::NoPlace),
            ("203.0.113.66", "-", BlockedWhy::StopPage),
            ("192.0.2.1", "2001:db8:66::9", BlockedWhy::StopPage),
            ("198.51.100.9", "-", BlockedWhy::FalseAnswer),
        ] {
            let Answer::Blocked { why: judged, .. } = judged(v4, v6, &liar) else { panic!("{v4} and {v6}") };
            assert_eq!(judged, why, "{v4} and {v6}");
        }
        let told = Host { v4: Reply::Said(Said { withheld: true, ..Said::default() }), v6: reply("-") };
        let answer = judge(&told, &plain(), &StopPages::default(), &[]);
        assert_eq!(answer, Answer::Blocked { sample: vec![], why: BlockedWhy::Told });
    }

    #[test]
    fn a_translated_address_is_read_back_and_under_an_unknown_prefix_it_says_nothing() {
        let known = Nature { prefixes: Some(Prefix::learnt(&ips("2001:db8:64::192.0.0.170"))), ..plain() };
        assert_eq!(judged("192.0.2.1", "2001:db8:64::c000:201", &known), found("192.0.2.1"));
        assert_eq!(judged("-", "2001:db8:64::c000:201", &known), found("192.0.2.1"));
        assert_eq!(judged("-", "2001:db8:64::203.0.113.66", &known).why(), Some(BlockedWhy::StopPage));
        let unknown = Nature { prefixes: None, ..plain() };
        assert_eq!(judged("192.0.2.1", "2001:db8:65::1", &unknown), found("192.0.2.1"));
        assert_eq!(judged("-", "2001:db8:65::1", &unknown), Answer::Silent);
        // Another server's address for the host shows the source of this made-up one.
        let host = Host { v4: reply("-"), v6: reply("2001:db8:65::192.0.2.1") };
        let answer = judge(&host, &unknown, &StopPages::default(), &[Ipv4Addr::new(192, 0, 2, 1)]);
        assert_eq!(answer, found("192.0.2.1"));
    }

    #[test]
    fn of_thousands_of_addresses_all_count_and_an_even_spread_is_kept() {
        let many: Vec<IpAddr> = (0..10_000_u32).map(|number| Ipv4Addr::from(0x0800_0000 + number).into()).collect();
        let kept = spread(many.clone(), SAMPLE);
        assert_eq!((kept.len(), kept[0], kept[15]), (SAMPLE, many[0], many[9_999]));
        assert!(kept.windows(2).all(|pair| pair[0] < pair[1]), "{kept:?}");
        let host = Host { v4: Reply::Said(Said { addresses: many, ..Said::default() }), v6: reply("-") };
        let Answer::Addresses { sample, count } = judge(&host, &plain(), &StopPages::default(), &[]) else {
            panic!("has addresses");
        };
        assert_eq!((sample.len(), count), (DECIDING, 10_000));
    }

    impl Answer {
        fn why(&self) -> Option<BlockedWhy> {
            if let Self::Blocked { why, .. } = self { Some(*why) } else { None }
        }
    }
}
