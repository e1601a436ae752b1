//! A partner sees nothing of another pair. That holds on every page and in every download that lead on from the first.
//! It holds on every route of the office with any value changed by hand, and for all spellings of an address.
//!
//! The requests come from the office's own list of routes and from its pages, so that a new page is asked for, too.

mod by_hand;
mod crawl;

use std::time::Duration;

use anyhow::{Context as _, ensure};
use by_hand::{addresses_of, tricks};
use crawl::{Crawl, ENDS_THE_SESSION, crawl};
use hotline_node::access::account::{Right, RoleName};
use hotline_node::web::shell::{Audience, ROUTES};
use hotline_tests::browser::office::{Door, Office, Page};
use hotline_tests::node::database::Store;
use hotline_tests::node::marked_federation::MarkedFederation;
use hotline_tests::peer::raw_request;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;

/// Everything is counted ahead within this time.
const COUNTED: Duration = Duration::from_mins(1);

/// Users with names that only the staff sees.
const STAFF: [&str; 2] = ["staff-analyst", "staff-admin"];

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    // Thousands of questions, and none of them is put another way to another database.
    if matches!(store, Store::Postgres(_)) {
        return Vec::new();
    }
    sentences!("partner_view", store, [a_partner_sees_nothing_of_another_pair_and_no_page_of_the_staff])
}

/// The house's office with a partner in it.
struct House {
    marked: MarkedFederation,
    partner: Office,
    staff: Vec<Office>,
}

impl House {
    async fn open(store: &Store) -> anyhow::Result<Self> {
        let mut marked = MarkedFederation::started(store).await?;
        let door = Door::of_process(&marked.federation[0]);
        let mut staff = Vec::new();
        for (name, role) in STAFF.into_iter().zip(["analyst", "admin"]) {
            staff.push(Office::signed_in_as(&door, name, role, None).await?);
        }
        let partner = Office::signed_in_as(&door, "guest", "partner", Some(MarkedFederation::PARTNER)).await?;
        for name in STAFF {
            marked.foreign.word(name, "somebody of the staff");
        }
        Ok(Self { marked, partner, staff })
    }

    /// Checks that nothing marked stands in the answer to `asked`.
    fn nothing_foreign(&self, asked: &str, answer: &str) -> anyhow::Result<()> {
        let mut found = self.marked.foreign.in_text(answer);
        // An error may repeat the question: that is no news to the asker.
        let known = self.marked.foreign.in_text(asked);
        found.retain(|mark| !known.contains(mark));
        ensure!(found.is_empty(), "the answer to {asked} tells a partner of another pair: {}", found.join(", "));
        Ok(())
    }
}

async fn a_partner_sees_nothing_of_another_pair_and_no_page_of_the_staff(store: Store) -> anyhow::Result<()> {
    let house = House::open(&store).await?;
    the_staff_sees_what_is_marked(&house).await?;
    the_partner_sees_exactly_his_own_pair(&house).await?;
    let crawled = what_leads_on_from_the_first_page(&house).await?;
    every_route_with_whatever_is_changed_by_hand(&house, &crawled).await?;
    every_page_of_the_staff_is_refused(&house).await?;
    no_way_of_writing_an_address_leads_past(&house).await?;
    // It was the same session to the end: it is not its end that was refused.
    house.partner.get("/").await?.is(200)
}

/// Otherwise it would be no wonder that a partner does not.
async fn the_staff_sees_what_is_marked(house: &House) -> anyhow::Result<()> {
    let mut seen = Vec::new();
    for office in &house.staff {
        for (_, page) in crawl(office).await?.pages {
            seen.extend(house.marked.foreign.in_text(&page.text));
        }
    }
    let has = |right| ROUTES.iter().any(|route| route.audience == Audience::With(right));
    for (mark, right) in [
        (MarkedFederation::OTHERS[0], Right::SeeOperation),
        (MarkedFederation::OTHERS[1], Right::SeeOperation),
        ("1129", Right::SeeFigures),
        ("1031", Right::SeeFigures),
    ] {
        let is_seen = seen.iter().any(|found| found.starts_with(mark));
        ensure!(is_seen || !has(right), "nobody of the staff sees {mark} on any page");
    }
    Ok(())
}

/// Otherwise empty pages would pass: once all is counted, the download has the exchange of the two, and nothing else.
async fn the_partner_sees_exactly_his_own_pair(house: &House) -> anyhow::Result<()> {
    until("what the pair exchanged is counted", COUNTED, async || {
        let file = house.partner.get("/exchange/exchanged.json").await?;
        let figure: Value = serde_json::from_str(&file.text)?;
        let rows = figure["rows"].as_array().context("rows")?;
        let sum = |column| rows.iter().filter_map(|row| row[column].as_u64()).sum::<u64>();
        let counted = ["sent", "received"].map(sum);
        Ok((counted == MarkedFederation::between_the_pair()).then_some(()))
    })
    .await
    .map(drop)
}

async fn what_leads_on_from_the_first_page(house: &House) -> anyhow::Result<Crawl> {
    let crawled = crawl(&house.partner).await?;
    for (address, page) in &crawled.pages {
        ensure!(page.status < 400, "a partner is led to {address}, which answers {}", page.status);
        house.nothing_foreign(address, &whole(page))?;
    }
    for (address, fields) in &crawled.posts {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let page = house.partner.post(address, &fields).await?;
        house.nothing_foreign(address, &whole(&page))?;
    }
    Ok(crawled)
}

async fn every_route_with_whatever_is_changed_by_hand(house: &House, crawled: &Crawl) -> anyhow::Result<()> {
    let mut asked = 0_u32;
    for route in ROUTES {
        for address in addresses_of(route.path, &house.marked.foreign_reports[0], &crawled.names) {
            let page = house.partner.get(&address).await?;
            house.nothing_foreign(&address, &whole(&page))?;
            asked += 1;
        }
        for form in by_hand::forms(&house.marked.foreign_reports[0], &crawled.names) {
            if ENDS_THE_SESSION.contains(&route.path) {
                continue;
            }
            let address = by_hand::filled(route.path, MarkedFederation::OTHERS[0]);
            let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let page = house.partner.post(&address, &form).await?;
            house.nothing_foreign(&format!("{address} {form:?}"), &whole(&page))?;
            asked += 1;
        }
    }
    println!("{asked} requests with something changed by hand");
    Ok(())
}

async fn every_page_of_the_staff_is_refused(house: &House) -> anyhow::Result<()> {
    for route in ROUTES.iter().filter(|route| staff_only(route.audience)) {
        for value in [&house.marked.foreign_reports[0], MarkedFederation::OTHERS[0], MarkedFederation::PARTNER] {
            let address = by_hand::filled(route.path, value);
            let (got, posted) = (house.partner.get(&address).await?, house.partner.post(&address, &[]).await?);
            for (page, method) in [(&got, "GET"), (&posted, "POST")] {
                let refused = [403, 404, 405].contains(&page.status);
                ensure!(refused, "{method} {address} is the staff's, and answers a partner {}", page.status);
            }
            ensure!((got.status, posted.status) != (405, 405), "{address} is asked for by another method");
        }
    }
    Ok(())
}

/// The client of the other tests tidies an address before it sends it.
async fn no_way_of_writing_an_address_leads_past(house: &House) -> anyhow::Result<()> {
    let cookies: Vec<_> = house.partner.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cookies = cookies.join("; ");
    let office = house.marked.federation[0].office_address();
    for route in ROUTES.iter().filter(|route| staff_only(route.audience)) {
        let path = by_hand::filled(route.path, MarkedFederation::OTHERS[0]);
        for (address, header) in tricks(&path) {
            let headers = [("cookie", cookies.as_str()), header];
            let (status, text) = raw_request::get(office, &address, &headers).await?;
            let refused = status >= 300 || address.starts_with("/?") || address == "/";
            ensure!(refused, "{address} ({header:?}) answers a partner {status}");
            house.nothing_foreign(&address, &text)?;
        }
    }
    Ok(())
}

/// Head and body; how long it is may be any number.
fn whole(page: &Page) -> String {
    let mut headers = page.headers.clone();
    headers.remove("content-length");
    format!("{headers:?}\n{}", page.text)
}

fn staff_only(audience: Audience) -> bool {
    !audience.has(Some(RoleName::Partner))
}
