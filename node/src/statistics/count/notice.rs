//! Notices to hosters by provider, offence and outcome: pure.

use std::collections::BTreeMap;

use hotline_protocol::vocabulary::Offence;

use super::duration::Spans;
use super::fact_repository::Notice;
use crate::statistics::model::{NoticeCount, NoticeFigures};

/// Notices that are being counted.
#[derive(Debug, Default)]
struct Counting {
    count: NoticeCount,
    took: Spans,
}

impl Counting {
    fn add(&mut self, notice: &Notice) {
        let n = notice.n;
        self.count.notices += n;
        match (notice.is_gone > 0, notice.is_unavailable > 0) {
            (true, true) => self.count.unavailable += n,
            (true, false) => self.count.removed += n,
            (false, _) => self.count.no_action += n,
        }
        if let Some(minutes) = notice.minutes {
            self.took.add(minutes, n);
        }
    }

    fn finish(self) -> NoticeCount {
        NoticeCount { median_hours: self.took.hours(50), ..self.count }
    }
}

/// The figures of each provider: most notices first, of equal ones by name.
pub(super) fn by_provider(notices: Vec<Notice>) -> Vec<NoticeFigures> {
    let mut providers: BTreeMap<Option<String>, (Counting, BTreeMap<&'static str, Counting>)> = BTreeMap::new();
    for notice in notices {
        let (all, by_offence) = providers.entry(provider(&notice)).or_default();
        all.add(&notice);
        by_offence.entry(offence(&notice)).or_default().add(&notice);
    }
    let mut figures: Vec<NoticeFigures> = providers
        .into_iter()
        .map(|(provider, (all, by_offence))| NoticeFigures {
            provider,
            all: all.finish(),
            by_offence: by_offence.into_iter().map(|(offence, counting)| (offence, counting.finish())).collect(),
        })
        .collect();
    figures.sort_by_key(|provider| std::cmp::Reverse(provider.all.notices));
    figures
}

/// One operator may have several networks, and is one provider.
fn provider(notice: &Notice) -> Option<String> {
    let named = notice.organisation.as_ref().filter(|name| !name.trim().is_empty()).cloned();
    named.or_else(|| notice.asn.map(|asn| format!("AS{asn}")))
}

fn offence(notice: &Notice) -> &'static str {
    let known = notice.offence.as_deref().and_then(|code| code.parse::<Offence>().ok());
    known.map_or("unknown", Offence::code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_its_name_and_what_is_done_is_told_apart() {
        let notice = |organisation: Option<&str>, asn, offence: &str, is_gone, is_unavailable, minutes, n| Notice {
            asn,
            organisation: organisation.map(str::to_owned),
            offence: Some(offence.to_owned()),
            is_gone,
            is_unavailable,
            minutes,
            n,
        };
        let figures = by_provider(vec![
            notice(None, None, "csam", 0, 0, None, 1),
            notice(None, Some(64_496), "csam", 0, 1, None, 2),
            notice(Some("Example Hosting"), Some(64_496), "csam", 1, 0, Some(60), 3),
            notice(Some("Example Hosting"), Some(64_497), "csam", 1, 1, Some(600), 2),
            notice(Some("Example Hosting"), None, "terrorism", 0, 0, None, 4),
            notice(Some("Example Hosting"), None, "of_later", 1, 0, None, 1),
        ]);
        let shown: Vec<_> = figures.iter().map(|it| (it.provider.as_deref(), it.all.notices)).collect();
        assert_eq!(shown, [(Some("Example Hosting"), 10), (Some("AS64496"), 2), (None, 1)]);
        let all = &figures[0].all;
        assert_eq!((all.removed, all.unavailable, all.no_action, all.median_hours), (4, 2, 4, Some(1.0)));
        let offences: Vec<_> = figures[0].by_offence.iter().map(|(code, count)| (*code, count.notices)).collect();
        assert_eq!(offences, [("csam", 5), ("terrorism", 4), ("unknown", 1)]);
        assert_eq!(figures[1].all.no_action, 2);
    }
}
