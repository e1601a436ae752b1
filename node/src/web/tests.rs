//! Every page, asked for by every role.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::url::DigestKey;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::shell::{Language, Office, pages};
use crate::access::account::{Accounts, Right, Role, Viewer};
use crate::access::act::ActOrigin;
use crate::access::alert::{AlertKind, Cause, list_open, raise};
use crate::access::audit::list_acts;
use crate::clock::Clock;
use crate::config::value::OwnUrl;
use crate::context::Context;
use crate::health::{Check, CheckName};
use crate::randomness::Randomness;
use crate::report::lifecycle::{NewReport, create_reports, prepare_reports};
use crate::report::test_report::csam_report;
use crate::report::view::{Reveal, Told, Urls, test_fields};
use crate::secret::SealKey;
use crate::statistics::rollup::Rollups;
use crate::statistics::volume::DifferenceKind;
use crate::storage::Database;
use crate::zone::Zone;

const HOST: &str = "a[.]example";

/// An office with a report that was offered, one that waits, and an alert.
struct House {
    _folder: tempfile::TempDir,
    context: Context,
    router: Router,
}

/// The answer to a request.
struct Answer {
    status: StatusCode,
    text: String,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/node.sqlite", folder.path().display());
        let own: NodeId = "fr-example".parse().expect("a node id");
        let context = Context {
            countries: vec![own.seat().known().expect("a country")].into(),
            own,
            network: Network::default(),
            database: Database::create_or_migrate(&url).await.expect("a database"),
            day_budget: crate::config::section::DayBudget::default(),
            zone: Zone::UTC,
            seal: Arc::new(SealKey::from_bytes(&[1; 32])),
            digest_key: Arc::new(DigestKey::from_bytes([2; 32])),
            clock: Clock::set_at("2026-03-01T12:00:00Z".parse().expect("a time")),
            randomness: Randomness,
        };
        let mut waiting = csam_report(None);
        waiting.body.url = Some("https://a.example/waiting".parse().expect("a URL"));
        waiting.publication = None;
        let prepared = prepare_reports(&context, vec![csam_report(Some("nl-example")), waiting]).expect("prepared");
        let write = context.database.write("create").await.expect("a turn");
        create_reports(&context, &write, prepared).await.expect("created");
        raise(&write, &context.clock, peer_behind("nl-example")).await.expect("raised");
        write.commit().await.expect("committed");
        let router = pages(Arc::new(Office {
            accounts: Accounts::new(context.clone()),
            rollups: Rollups::new(context.clone()),
            url: OwnUrl::https(([127, 0, 0, 1], 7444).into()),
            hotline: "Example hotline".to_owned(),
            checks: Arc::new(|| {
                let late = Check::fault(CheckName::Peer, "late", "wait").about("nl-example");
                Box::pin(std::future::ready(vec![Check::ok(CheckName::Disk, "well"), late]))
            }),
            context: context.clone(),
        }));
        Self { _folder: folder, context, router }
    }

    async fn take_in(&self, reports: Vec<NewReport>) {
        let prepared = prepare_reports(&self.context, reports).expect("prepared");
        let write = self.context.database.write("create").await.expect("a turn");
        create_reports(&self.context, &write, prepared).await.expect("created");
        write.commit().await.expect("committed");
    }

    async fn ask(&self, role: Role, method: Method, path: &str, form: &str) -> Answer {
        let viewer = Viewer { name: "ada".to_owned(), role };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .extension(viewer)
            .body(Body::from(form.to_owned()))
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("it never fails");
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        Answer { status, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&self, role: Role, path: &str) -> Answer {
        self.ask(role, Method::GET, path, "").await
    }
}

fn peer_behind(peer: &str) -> Cause {
    Cause::new(AlertKind::PeerBehind, peer, "A sentence").with("peer", peer).with("minutes", 15)
}

fn roles() -> [Role; 4] {
    [Role::Admin, Role::Analyst, partner("nl-example"), Role::Auditor]
}

fn partner(peer: &str) -> Role {
    Role::Partner(peer.parse().expect("a node id"))
}

/// Returns the texts behind a mark, up to the end of the tag or of the attribute.
fn behind<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
    text.split(mark).skip(1).filter_map(|rest| rest.split(['"', '<']).next()).collect()
}

#[tokio::test]
async fn a_page_is_given_to_whom_the_table_gives_it_and_to_nobody_else() {
    let house = House::new().await;
    let number = "/reports/FR-2026-0000001";
    for (path, right) in [
        ("/", Right::SeeExchange),
        ("/reports", Right::SeeReports),
        ("/reports?state=offered&country=nl", Right::SeeReports),
        (number, Right::SeeReports),
        ("/figures", Right::SeeFigures),
        ("/figures?year=2018", Right::SeeFigures),
        ("/figures/published", Right::SeeFigures),
        ("/figures/hosting.csv", Right::SeeFigures),
        ("/figures/published/hosting.json?year=2018", Right::SeeFigures),
        ("/peers", Right::SeeOperation),
        ("/stuck", Right::SeeOperation),
        ("/trail", Right::SeeTrail),
        ("/trail?verify=true", Right::SeeTrail),
        ("/accounts", Right::ManageAccounts),
    ] {
        for role in roles() {
            let expected = if right.roles().contains(&role.name()) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            let answer = house.get(role.clone(), path).await;
            assert_eq!(answer.status, expected, "{path} for {role:?}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_url_is_shown_defanged_to_an_analyst_and_to_no_other() {
    let house = House::new().await;
    for path in ["/reports", "/reports/FR-2026-0000001"] {
        assert!(house.get(Role::Analyst, path).await.text.contains(HOST), "{path}");
        let answer = house.get(Role::Admin, path).await;
        assert!(answer.text.contains("FR-2026-0000001") && !answer.text.contains("a[.]"), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_reveal_is_recorded_and_an_admin_never_reveals() {
    let house = House::new().await;
    let path = "/reports/FR-2026-0000001/reveal";
    for role in roles().into_iter().filter(|role| *role != Role::Analyst) {
        let answer = house.ask(role, Method::POST, path, "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.text.contains("a.example"), "{}", answer.text);
    }
    assert_eq!(list_acts(&house.context.database, 9).await.expect("readable"), []);
    let answer = house.ask(Role::Analyst, Method::POST, path, "").await;
    assert!(answer.text.contains("https://a.example/b"), "{}", answer.text);
    assert!(answer.text.contains("name=\"here\" value=\"/reports/FR-2026-0000001\""), "{}", answer.text);
    let title = answer.text.split("</title>").next().unwrap_or_default();
    assert!(!title.contains("a.example"), "{title}");
    let acts = list_acts(&house.context.database, 9).await.expect("readable");
    assert_eq!((acts.len(), acts[0].act.as_str(), acts[0].who.as_str()), (1, "reveal_url", "ada"));
    assert!(acts[0].origin == "office" && acts[0].what.starts_with("fr-example/"), "{acts:?}");
}

#[tokio::test]
async fn the_page_on_which_something_was_found_is_a_url_and_its_reveal_is_recorded() {
    let house = House::new().await;
    let mut found = csam_report(None);
    (found.body.url, found.publication) = (None, None);
    found.body.page = Some("https://a.example/page".parse().expect("a URL"));
    house.take_in(vec![found]).await;
    let path = "/reports/FR-2026-0000003";
    let answer = house.get(Role::Analyst, path).await;
    assert!(answer.text.contains("hxxps://a[.]example/page"), "{}", answer.text);
    assert!(answer.text.contains(&format!("action=\"{path}/reveal\"")), "{}", answer.text);
    let answer = house.ask(Role::Analyst, Method::POST, &format!("{path}/reveal"), "").await;
    assert!(answer.text.contains("https://a.example/page"), "{}", answer.text);
    let acts = list_acts(&house.context.database, 9).await.expect("readable");
    assert_eq!(acts.iter().map(|act| act.act.as_str()).collect::<Vec<_>>(), ["reveal_url"]);
}

#[tokio::test]
async fn a_list_of_differences_goes_on_behind_a_report_and_tells_no_key_of_the_house() {
    let house = House::new().await;
    // Those of another pair come between.
    let pairs = (0..101).flat_map(|_| ["de-example", "nl-example"]);
    house.take_in(pairs.map(|peer| csam_report(Some(peer))).collect()).await;
    let get = async |address: &str| house.get(partner("nl-example"), address).await;
    let ids = |page: &Answer| -> Vec<String> {
        behind(&page.text, "<th scope=\"row\">fr-example/").into_iter().map(|rid| format!("fr-example/{rid}")).collect()
    };
    let first = get("/reconcile/nl-example").await;
    let shown = ids(&first);
    assert_eq!(
        behind(&first.text, "href=\"/reconcile/nl-example?"),
        [format!("after={}", shown[99])],
        "{}",
        first.text
    );
    let rest = get(&format!("/reconcile/nl-example?after={}", shown[99])).await;
    assert_eq!(behind(&rest.text, "href=\"/reconcile/nl-example?"), [""; 0]);
    let all: BTreeSet<String> = ids(&rest).into_iter().chain(shown).collect();
    assert_eq!((ids(&rest).len(), all.len()), (2, 102));

    let others = house.get(partner("de-example"), "/reconcile/de-example").await;
    let foreign = ids(&others).remove(0);
    for after in ["x", "1", "FR-2026-0000001", "fr-example/01890a5d-ac96-774b-bcce-b302099a8057", foreign.as_str()] {
        let answer = get(&format!("/reconcile/nl-example?after={after}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{after}");
        assert!(answer.text.contains("<h1>"), "{after}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_report_is_found_by_its_number_and_by_its_url_where_urls_are_seen() {
    let house = House::new().await;
    let find = async |role, question: &str| {
        house.ask(role, Method::POST, "/reports/find", &format!("question={question}")).await
    };
    for (role, question, status, found) in [
        (Role::Analyst, "hxxps%3A%2F%2Fa%5B.%5Dexample%2Fwaiting", StatusCode::OK, true),
        (Role::Analyst, "FR-2026-0000001", StatusCode::OK, true),
        (Role::Analyst, "https%3A%2F%2Fa.example%2Felse", StatusCode::OK, false),
        (Role::Analyst, "++", StatusCode::BAD_REQUEST, false),
        (Role::Admin, "FR-2026-0000001", StatusCode::OK, true),
        (Role::Admin, "https%3A%2F%2Fa.example%2Fwaiting", StatusCode::FORBIDDEN, false),
    ] {
        let answer = find(role.clone(), question).await;
        assert_eq!(answer.status, status, "{role:?} {question}");
        assert_eq!(answer.text.contains("FR-2026-000000"), found, "{role:?} {question}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_alert_is_acknowledged_once() {
    let house = House::new().await;
    let acknowledge = async |role| house.ask(role, Method::POST, "/alerts/1/acknowledge", "").await.status;
    assert!(house.get(Role::Admin, "/stuck").await.text.contains("A sentence"));
    assert_eq!(acknowledge(Role::Auditor).await, StatusCode::FORBIDDEN);
    assert_eq!(acknowledge(Role::Analyst).await, StatusCode::SEE_OTHER);
    assert_eq!(acknowledge(Role::Admin).await, StatusCode::NOT_FOUND);
    assert_eq!(list_open(&house.context.database).await.expect("readable"), []);
    assert!(!house.get(Role::Admin, "/stuck").await.text.contains("A sentence"));
}

#[tokio::test]
async fn several_alerts_are_acknowledged_at_once_by_ticks_or_by_their_kind() {
    let house = House::new().await;
    for (peers, form) in
        [(["be-example", "de-example"], "alert=2&alert=3"), (["it-example", "pt-example"], "kind=peer_behind")]
    {
        let write = house.context.database.write("raise").await.expect("a turn");
        for peer in peers {
            raise(&write, &house.context.clock, peer_behind(peer)).await.expect("raised");
        }
        write.commit().await.expect("committed");
        let page = house.get(Role::Admin, "/stuck").await.text;
        assert!(page.contains("type=\"checkbox\"") && page.contains("value=\"peer_behind\""), "{page}");
        let answer = house.ask(Role::Analyst, Method::POST, "/alerts/acknowledge", form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form}");
    }
    assert_eq!(list_open(&house.context.database).await.expect("readable"), []);
    for (form, status) in
        [("", StatusCode::SEE_OTHER), ("alert=x", StatusCode::BAD_REQUEST), ("alert=1", StatusCode::NOT_FOUND)]
    {
        assert_eq!(house.ask(Role::Admin, Method::POST, "/alerts/acknowledge", form).await.status, status, "{form}");
    }
    let forbidden = house.ask(Role::Auditor, Method::POST, "/alerts/acknowledge", "alert=1").await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn alerts_and_checks_are_told_in_the_reader_s_language() {
    let house = House::new().await;
    let english = house.get(Role::Admin, "/stuck").await.text;
    assert!(english.contains("A sentence") && english.contains("Nothing is delivered"), "{english}");
    assert!(english.contains(">Peer<") && english.contains("nl-example") && !english.contains(">Disk<"), "{english}");
    for language in Language::ALL {
        for kind in AlertKind::ALL {
            for list in ["kind", "text"] {
                let key = format!("alert-{list}-{}", kind.code()).replace('_', "-");
                let names = ["peer", "minutes", "seconds", "count", "report", "node", "until", "mebibytes", "percent"];
                let names =
                    names.into_iter().chain(["epoch", "left", "seq", "entries", "held", "epochs", "reports", "days"]);
                let values = names.map(|name| (name.to_owned(), "7".to_owned())).collect();
                assert!(language.text_of_values(&key, values).is_some(), "{language:?} {key}");
            }
        }
        for check in CheckName::ALL {
            let key = format!("check-{}", check.code()).replace('_', "-");
            assert!(language.has(&key), "{language:?} {key}");
        }
    }
    let details = peer_behind("nl-example").details;
    let values = details.into_iter().collect();
    let french = Language::French.text_of_values("alert-text-peer-behind", values).expect("a text");
    assert!(french.starts_with("Rien n’a été remis à nl-example depuis 15 minutes"), "{french}");
    assert_eq!(Language::French.text_of_values("alert-text-peer-behind", Vec::new()), None);
}

#[tokio::test]
async fn what_cannot_be_is_refused_as_a_page() {
    let house = House::new().await;
    for (path, status) in [
        ("/nothing", StatusCode::NOT_FOUND),
        ("/reports/FR-2026-0000009", StatusCode::NOT_FOUND),
        ("/reports/nonsense", StatusCode::NOT_FOUND),
        ("/reports?state=nonsense", StatusCode::BAD_REQUEST),
        ("/reports?country=fra", StatusCode::BAD_REQUEST),
        ("/reports?after=FR-2026-0000009", StatusCode::NOT_FOUND),
        ("/trail?before=x", StatusCode::BAD_REQUEST),
        ("/exchange/nothing.csv", StatusCode::NOT_FOUND),
        ("/exchange/nothing.csv?from=nonsense", StatusCode::NOT_FOUND),
        ("/exchange/exchanged.xml", StatusCode::NOT_FOUND),
        ("/exchange/exchanged.csv?from=nonsense", StatusCode::BAD_REQUEST),
    ] {
        for role in [Role::Admin, Role::Analyst] {
            let expected =
                if path.starts_with("/trail") && role == Role::Analyst { StatusCode::FORBIDDEN } else { status };
            let answer = house.get(role, path).await;
            assert_eq!(answer.status, expected, "{path}");
            assert!(answer.text.contains("<h1>"), "{path}: {}", answer.text);
        }
    }
}

/// A key stands where a text is missing.
#[tokio::test]
async fn no_page_shows_a_key_in_the_place_of_its_text() {
    let house = House::new().await;
    for path in ["/", "/?step=day&from=2026-02-20", "/?step=week&peer=nl-example", "/reconcile/nl-example", "/figures"]
    {
        let answer = house.get(Role::Analyst, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        for list in ["figure", "of", "column", "direction", "waiting", "step", "age", "label", "note", "country"] {
            let key = format!(">{list}-");
            assert!(!answer.text.contains(&key), "{path} shows a key of {list}");
        }
    }
    for kind in DifferenceKind::ALL {
        let key = format!("difference-{}", kind.code());
        assert!(Language::ALL.iter().all(|language| language.has(&key)), "{key}");
    }
}

#[tokio::test]
async fn a_page_of_what_was_counted_ahead_says_when() {
    let house = House::new().await;
    for path in ["/", "/reconcile/nl-example"] {
        let answer = house.get(partner("nl-example"), path).await;
        assert!(answer.text.contains(&Language::English.text("figures-counted")), "{path}: {}", answer.text);
    }
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files_under(&path) } else { vec![path] }).collect()
}

#[test]
fn every_text_of_a_template_stands_in_every_language() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut keys = BTreeSet::new();
    for file in files_under(&templates) {
        let text = std::fs::read_to_string(&file).expect("a template");
        for call in ["text(\"", "text_of(\"", "text_n(\""] {
            keys.extend(text.split(call).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
    assert!(keys.len() > 50, "{keys:?}");
    for language in Language::ALL {
        let missing: Vec<_> = keys.iter().filter(|key| !language.has(key)).collect();
        assert!(missing.is_empty(), "{language:?} lacks {missing:?}");
    }
}

#[test]
fn both_languages_have_the_same_texts() {
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let keys = |language: Language| -> BTreeSet<String> {
        let texts = files_under(&locales.join(language.tag()));
        let texts = texts.iter().map(|file| std::fs::read_to_string(file).expect("texts"));
        let key = |line: &str| line.split_once(" =").map(|(key, _)| key.to_owned());
        texts
            .flat_map(|text| {
                text.lines().filter(|line| !line.starts_with([' ', '#'])).filter_map(key).collect::<Vec<_>>()
            })
            .collect()
    };
    let (english, french) = (keys(Language::English), keys(Language::French));
    let differ: Vec<_> = english.symmetric_difference(&french).collect();
    assert!(differ.is_empty() && english.len() > 50, "{differ:?}");
}

#[test]
fn every_field_of_a_report_has_a_name_and_every_code_of_it_words_in_every_language() {
    let revealed = Urls::Revealed(Reveal { who: "ada", origin: ActOrigin::Office });
    let view = test_fields::view(revealed);
    assert!(view.sections().len() >= 8, "every section is there");
    for language in Language::ALL {
        for section in view.sections() {
            assert!(language.has(&format!("section-{}", section.heading)), "{language:?}: section {}", section.heading);
            for line in section.lines {
                let key = format!("field-{}", line.key.replace('_', "-"));
                assert!(language.has(&key), "{language:?}: {key}");
                if let Told::Codes(list, codes) = line.told {
                    for code in codes {
                        let key = format!("{list}-{code}").replace('_', "-");
                        assert!(language.has(&key), "{language:?}: {key}");
                    }
                }
            }
        }
    }
}
