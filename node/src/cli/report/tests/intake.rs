//! Reports on their way in: submitted, imported, assessed, found.

use hotline_protocol::vocabulary::{Assessment, Offence, Reason, RouteReason, State};

use super::House;
use crate::cli::console::exit::CliError;
use crate::intake::Question;
use crate::report::query::Filter;
use crate::report::{Report, detail_of, list_reports};
use crate::statistics::count::statistics;
use crate::statistics::{OffenceCount, Period};

const FILE: &str = "reference,received_at,url,offence,assessment,assessed_offence,reason\n\
    a-1,2025-03-01T08:00:00Z,https://a.example/1,csam,baseline,,\n\
    a-2,2025-03-01T08:00:00Z,https://a.example/2,csam,not_illegal,,content_not_found\n\
    a-3,2025-03-01T08:00:00Z,https://a.example/1,csam,illegal,terrorism,requalified\n\
    a-4,2025-03-01T08:00:00Z,https://a.example/4,,,,\n";
const PAST: &str = "reference,received_at,url,assessment,hosting_country,outcome,lea_at\n\
    p-1,2019-05-01T08:00:00Z,https://p.example/1,baseline,NL,removed,2019-05-02T08:00:00Z\n\
    p-2,2019-05-01T08:00:00Z,https://p.example/2,,,,\n";

impl House {
    /// Writes a file into the node's folder, and gives its path with `prefix` before it.
    fn file(&self, prefix: &str, content: &str) -> String {
        let path = self.folder.path().join("input");
        std::fs::write(&path, content).expect("written");
        format!("{prefix}{}", path.display())
    }

    async fn submit(&mut self, url: &str, arguments: &[&str]) -> Report {
        let url = self.file("@", url);
        self.call(&[&["report", "submit", &url], arguments].concat()).await.expect("taken");
        let report = self.reports().await.remove(0);
        self.id = report.id.to_string();
        report
    }

    async fn import(&self, content: &str, arguments: &[&str]) -> Result<(), CliError> {
        let file = self.file("", content);
        self.call(&[&["report", "import", &file], arguments].concat()).await
    }

    /// Newest first.
    async fn reports(&self) -> Vec<Report> {
        let filter = Filter { limit: 100, ..Filter::default() };
        list_reports(self.context.database.read(), &filter).await.expect("readable")
    }

    async fn states(&self) -> Vec<State> {
        self.reports().await.iter().rev().map(Report::shown_state).collect()
    }
}

#[tokio::test]
async fn what_is_assessed_goes_its_way_and_what_is_not_waits() {
    let mut house = House::empty().await;
    assert_eq!(house.submit("https://192.0.2.1/a", &[]).await.shown_state(), State::Received);
    let published = house.submit("https://a.example/b", &["--assessment", "national"]).await;
    assert_eq!((published.shown_state(), published.tenure), (State::Assessed, 1));
    assert_eq!(published.route.map(|route| route.reason), Some(RouteReason::Untraceable));
    let closed = house.submit("https://a.example/c", &["--offence", "terrorism", "--assessment", "illegal"]).await;
    assert_eq!((closed.shown_state(), closed.tenure), (State::Closed, 0));
    assert_eq!(closed.route.map(|route| route.reason), Some(RouteReason::OutOfRemit));
    assert_eq!(house.newest_act().await, ("submit_report".into(), house.id.clone()));
    let url = house.file("@", "https://a.example/d");
    let refused = house.call(&["report", "submit", &url, "--assessment", "illegal"]).await.expect_err("csam");
    assert_eq!(refused.exit_code(), 2);
}

#[tokio::test]
async fn what_waits_is_assessed_once() {
    let mut house = House::empty().await;
    house.submit("https://a.example/b", &[]).await;
    let arguments = ["report", "assess", "ID", "--assessment", "not_illegal", "--reason", "content_not_found"];
    house.call(&arguments).await.expect("recorded");
    let report = house.report().await;
    assert_eq!((report.shown_state(), report.tenure), (State::Closed, 0));
    assert_eq!((report.assessment, report.reason), (Some(Assessment::NotIllegal), Some(Reason::ContentNotFound)));
    assert!(house.call(&arguments).await.is_err(), "it is closed");
    house.submit("https://a.example/c", &[]).await;
    let arguments = ["report", "assess", "ID", "--assessment", "baseline", "--site-type", "forum", "--age", "infant"];
    house.call(&arguments).await.expect("recorded");
    let report = house.report().await;
    assert_eq!((report.shown_state(), report.tenure), (State::Assessed, 1));
    let known = detail_of(&house.context, house.context.database.read(), &report).await.expect("readable").known;
    assert_eq!(known.assessments.len(), 1);
    assert_eq!(known.assessments[0].age.len(), 1);
    assert!(house.call(&arguments).await.is_err(), "it is published");
    assert_eq!(house.newest_act().await, ("assess_report".into(), format!("{} baseline", house.id)));
}

#[tokio::test]
async fn a_file_is_taken_once_and_a_faulty_row_costs_itself() {
    let house = House::empty().await;
    house.import(FILE, &[]).await.expect("taken");
    assert_eq!(house.states().await, [State::Assessed, State::Closed, State::Closed, State::Received]);
    house.import(FILE, &[]).await.expect("all known");
    let changed = FILE.replace("a.example/4", "a.example/5") + "a-5,yesterday,https://a.example/5,,,,\na-6,";
    assert!(house.import(&changed, &[]).await.is_err());
    assert_eq!(house.reports().await.len(), 4);
    let act = house.newest_act().await;
    assert_eq!(act, ("import_reports".into(), "6 rows: 0 taken, 3 known".into()));
    assert!(house.import("reference,url\n", &[]).await.is_err(), "a column is missing");
}

#[tokio::test]
async fn cases_of_the_past_are_counted_and_never_sent() {
    let house = House::empty().await;
    assert!(house.import(PAST, &[]).await.is_err(), "only with --historical");
    house.import(PAST, &["--historical"]).await.expect("taken");
    for report in house.reports().await {
        assert_eq!((report.shown_state(), report.tenure, &report.route), (State::Closed, 0, &None));
    }
    let figures = statistics(&house.context, Period::year(2019).expect("a year"), None).await.expect("counted");
    assert_eq!((figures.reported, figures.illegal, figures.pending), (2, 1, 0));
    assert_eq!(figures.hosting[0].country.map(|country| country.to_string()).as_deref(), Some("NL"));
    assert_eq!((figures.series.len(), figures.series[0].year), (1, 2019));
}

#[tokio::test]
async fn figures_count_what_was_reported_and_what_was_found() {
    let house = House::empty().await;
    house.import(FILE, &[]).await.expect("taken");
    let figures = statistics(&house.context, Period::year(2025).expect("a year"), None).await.expect("counted");
    assert_eq!((figures.reported, figures.illegal, figures.pending), (4, 2, 1));
    assert_eq!((figures.unique_urls, figures.duplicates), (3, 1));
    assert_eq!(figures.by_offence[Offence::Csam.code()], OffenceCount { reported: 4, illegal: 1 });
    assert_eq!(figures.by_offence[Offence::Terrorism.code()], OffenceCount { reported: 0, illegal: 1 });
    assert_eq!(figures.not_illegal[Reason::ContentNotFound.code()], 1);
    assert_eq!((figures.federation_hosting.len(), figures.tlds.len(), figures.tlds[0].n), (1, 1, 1));
    let before = statistics(&house.context, Period::year(2026).expect("a year"), None).await.expect("counted");
    assert_eq!(before.change.and_then(|change| change.reported), Some(-1.0));
}

#[tokio::test]
async fn a_url_is_found_published_or_not_and_a_row_by_its_reference() {
    let house = House::empty().await;
    house.import(FILE, &[]).await.expect("taken");
    let found = async |text: &str| Question::of_text(text).expect(text).find(&house.context).await.expect("readable");
    let count = async |url: &str| found(url).await.len();
    assert_eq!(count("HTTPS://a.example:443/1#part").await, 2);
    assert_eq!(count("https://a.example/4").await, 1);
    assert_eq!(count("https://a.example/9").await, 0);
    let imported = found("a-4").await;
    assert_eq!(imported.iter().map(Report::shown_state).collect::<Vec<_>>(), [State::Received]);
    assert_eq!(found("a-9").await, []);
    let question = house.file("@", "https://a.example/1");
    house.call(&["report", "find", &question]).await.expect("shown");
    assert_eq!(house.newest_act().await.0, "import_reports", "nothing of the question is kept");
}
