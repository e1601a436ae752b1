//! Tests of the rows taken and of those refused, and that a refusal repeats nothing.

use std::io::{self, BufReader, Read};

use chrono::{DateTime, Utc};
use hotline_protocol::url::UrlRefused;
use hotline_protocol::vocabulary::{
    Age, Assessment, Channel, Offence, PaymentMethod, Reason, SiteType, Source, State, Urgency,
};
use secrecy::ExposeSecret as _;

use super::file::{Column, ImportReader, NotRead, Reading, RowRefused, Scope};
use super::row::ImportRow;
use super::{Fault, FaultKind};
use crate::intake::reading::UrlNotRead;
use crate::written::TimeRefused;

const LEAST: &str = "reference,received_at,url\n";

/// By a clock that is later than every row here.
pub(super) fn reading(scope: Scope) -> Reading {
    let now: DateTime<Utc> = "2026-11-05T10:00:00Z".parse().expect("a time");
    Reading::new(scope, now)
}

pub(super) fn rows(text: &[u8], scope: Scope) -> Vec<Result<ImportRow, Vec<Fault>>> {
    read(text, reading(scope))
}

pub(super) fn read(text: &[u8], reading: Reading) -> Vec<Result<ImportRow, Vec<Fault>>> {
    ImportReader::open(text, reading)
        .expect("the header is right")
        .map(|row| {
            row.map_err(|refused| match refused {
                RowRefused::Faulty(faults) => faults,
                RowRefused::Unreadable(error) => panic!("a slice is read: {error}"),
            })
        })
        .collect()
}

fn only(text: &str, scope: Scope) -> Result<ImportRow, Vec<Fault>> {
    let mut rows = rows(text.as_bytes(), scope);
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// The row of one cell more than the mandatory ones.
fn with(column: Column, cell: &str) -> Result<ImportRow, Vec<Fault>> {
    let (name, scope) = (column.name(), if column.is_historical() { Scope::Historical } else { Scope::Present });
    only(
        &format!("reference,received_at,url,{name}\nR-1,2018-05-04T09:30:00Z,https://host.example/,\"{cell}\"\n"),
        scope,
    )
}

fn fault(column: Column, cell: &str) -> FaultKind {
    let mut faults = with(column, cell).expect_err("the cell is faulty");
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = faults.remove(0);
    assert_eq!((fault.line, fault.column.as_deref()), (2, Some(column.name())));
    assert!(cell.trim().is_empty() || !fault.kind.to_string().contains(cell));
    fault.kind
}

fn header_faults(text: &str, scope: Scope) -> Vec<(Option<String>, FaultKind)> {
    match ImportReader::open(text.as_bytes(), reading(scope)) {
        Err(NotRead::Header(faults)) => faults.into_iter().map(|fault| (fault.column, fault.kind)).collect(),
        other => panic!("the header is faulty: {other:?}"),
    }
}

#[test]
fn the_least_row_has_the_defaults() {
    let row = only(
        &format!("\u{feff}{LEAST}R-1,2018-05-04T11:30:00.1234567+02:00,https://host.example/item/1\r\n"),
        Scope::Present,
    )
    .expect("taken");
    assert_eq!((row.line, row.reference.as_str(), row.url.as_given()), (2, "R-1", "https://host.example/item/1"));
    assert_eq!(row.received_at.to_rfc3339(), "2018-05-04T09:30:00.123456+00:00");
    assert_eq!((row.source, row.channel, row.urgency), (Source::Public, Channel::Import, Urgency::Routine));
    assert_eq!((row.offence, row.finding.offence), (Offence::Csam, Offence::Csam));
    assert_eq!((row.finding.assessment, row.finding.site_type), (Assessment::Unassessed, SiteType::NotDetermined));
    assert_eq!(row.past, None);
}

#[test]
fn every_cell_of_a_full_row_is_read() {
    let text = "url,reference,received_at,assessment,offence,assessed_offence,reason,assessed_at,payment_methods,age,virtual,memo,reporter_email,group,page_url\n\
        http://host.example:8080/a?b=%20c,R-1,2018-05-04T09:30:00Z,not_illegal,incitement,terrorism,requalified,2018-05-05T00:00:00Z,\
        visa| bitcoin |visa,infant|pubescent,true,\"two\nlines, \"\"quoted\"\"\",reporter@mail.example,G,https://host.example/page\n";
    let row = only(text, Scope::Present).expect("taken");
    assert_eq!((row.offence, row.finding.offence), (Offence::Incitement, Offence::Terrorism));
    assert_eq!((row.finding.assessment, row.finding.reason), (Assessment::NotIllegal, Some(Reason::Requalified)));
    assert_eq!(row.finding.payment_methods, [PaymentMethod::Visa, PaymentMethod::Bitcoin]);
    assert_eq!(row.finding.ages, [Age::Infant, Age::Pubescent]);
    assert!(row.finding.is_virtual && !row.finding.self_generated);
    assert_eq!(row.memo.expect("a memo").expose_secret(), "two\nlines, \"quoted\"");
    assert_eq!(row.reporter_email.expect("an address").expose_secret(), "reporter@mail.example");
    assert_eq!(row.page_url.expect("a page").as_given(), "https://host.example/page");
    assert_eq!(row.group.as_deref(), Some("G"));
}

#[test]
fn what_was_done_in_the_past_is_read_from_a_historical_file_alone() {
    let text = "reference,received_at,url,hosting_country,hosting_ip,sent_to_country,lea_at,outcome,outcome_at\n\
        R-1,2018-05-04T09:30:00Z,https://host.example/,EU,192.0.2.1,NL,2018-05-05T00:00:00Z,removed,2018-05-06T00:00:00Z\n";
    let past = only(text, Scope::Historical).expect("taken").past.expect("historical");
    assert_eq!(past.hosting_country, None);
    assert_eq!(past.sent_to_country.expect("a country").as_str(), "NL");
    assert_eq!(past.outcome, Some(State::Removed));
    let refused = header_faults(text, Scope::Present);
    assert_eq!(refused.len(), 6);
    assert!(refused.iter().all(|(_, kind)| *kind == FaultKind::ColumnHistorical));
    assert!(
        only(&format!("{LEAST}R-1,2018-05-04T09:30:00Z,https://host.example/\n"), Scope::Historical)
            .expect("taken")
            .past
            .is_some()
    );
}

#[test]
fn a_faulty_header_names_its_columns() {
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(
        header_faults("reference,url,colour,url\n", Scope::Present),
        [
            (named("colour"), FaultKind::ColumnUnknown),
            (named("url"), FaultKind::ColumnTwice),
            (named("received_at"), FaultKind::ColumnMissing),
        ]
    );
    assert_eq!(header_faults("", Scope::Present), [(None, FaultKind::HeaderMissing)]);
    let cells_in_its_place = header_faults("R-1,2018-05-04T09:30:00Z,https://host.example/\n", Scope::Present);
    assert!(!format!("{cells_in_its_place:?}").contains("host.example"));
    assert!(cells_in_its_place.contains(&(named("number 3"), FaultKind::ColumnUnknown)));
}

#[test]
fn every_kind_of_faulty_cell_is_named() {
    use Column as C;
    use FaultKind as F;
    for (column, cell, kind) in [
        (C::AssessedAt, "04/05/2018", F::Time(TimeRefused::DayOrMonth)),
        (C::AssessedAt, "2018-05-04", F::Time(TimeRefused::HourMissing)),
        (C::AssessedAt, "2018-05-04T09:30:00Z", F::AssessmentMissing),
        (C::Assessment, "illegal", F::Finding(crate::report::lifecycle::FindingRefused::NotForCsam)),
        (C::Virtual, "perhaps", F::FlagMalformed),
        (C::ReporterEmail, "nobody", F::EmailMalformed),
        (C::PageUrl, "/item/1", F::UrlNotRead(UrlRefused::NoScheme.into())),
        (C::PageUrl, "ftp://host.example/item", F::UrlNotRead(UrlRefused::SchemeFtp.into())),
        (C::PageUrl, "magnet:?xt=urn:btih:0", F::UrlNotRead(UrlRefused::SchemeMagnet.into())),
        (C::PageUrl, "gopher://host.example/", F::UrlNotRead(UrlRefused::SchemeOther.into())),
        (C::PageUrl, "https://localhost/", F::UrlNotRead(UrlNotRead::HostWithoutDot)),
        (C::Referrer, "https://host.example/ or so", F::UrlNotRead(UrlNotRead::Apart)),
        (C::Referrer, "https://a.example/|https://b.example/", F::UrlsSeveral(UrlNotRead::Several { count: 2 })),
        (C::Group, "two\nlines", F::ControlCharacter),
        (C::Memo, "a\0b", F::ControlCharacter),
        (C::HostingCountry, "France", F::CountryUnknown),
        (C::HostingIp, "192.0.2", F::IpMalformed),
        (C::OutcomeAt, "2018-05-04T09:30:00Z", F::OutcomeMissing),
    ] {
        let expected = if column == C::OutcomeAt { C::Outcome } else { column };
        let expected = if kind == F::AssessmentMissing { C::Assessment } else { expected };
        let faults = with(column, cell).expect_err(column.name());
        assert_eq!((faults[0].column.as_deref(), &faults[0].kind), (Some(expected.name()), &kind), "{cell}");
    }
    assert_eq!(fault(C::Group, &"g".repeat(201)), F::LongerThan { limit_bytes: 200, length_bytes: 201 });
    assert_eq!(fault(C::Memo, &"m".repeat(8_193)), F::TooLong);
    assert!(with(C::Memo, &"m".repeat(8_192)).is_ok());
    assert!(matches!(fault(C::Outcome, "received"), F::OutcomeUnknown { .. }));
    for column in [C::Offence, C::Source, C::Channel, C::Urgency, C::SiteType, C::Media, C::Age, C::Sex, C::Production]
    {
        assert!(matches!(fault(column, "no_such_code"), F::CodeUnknown(_)), "{column:?}");
    }
}

#[test]
fn a_finding_must_fit_its_offence() {
    let finding = |offence: &str, assessment: &str| {
        only(
            &format!(
                "{},assessed_offence,assessment\nR-1,2018-05-04T09:30:00Z,https://host.example/,{offence},{assessment}\n",
                LEAST.trim()
            ),
            Scope::Present,
        )
    };
    for (offence, assessment, taken) in [
        ("csam", "baseline", true),
        ("csam", "national", true),
        ("csam", "illegal", false),
        ("terrorism", "illegal", true),
        ("terrorism", "not_illegal", true),
        ("terrorism", "baseline", false),
    ] {
        assert_eq!(finding(offence, assessment).is_ok(), taken, "{offence} {assessment}");
    }
}

#[test]
fn ftp_and_magnet_are_refused_and_the_refusal_says_so() {
    for (url, word) in [("ftp://host.example/", "ftp"), ("magnet:?xt=urn:btih:0", "magnet")] {
        let faults = only(&format!("{LEAST}R-1,2018-05-04T09:30:00Z,{url}\n"), Scope::Present).expect_err("refused");
        assert_eq!(faults[0].column.as_deref(), Some("url"));
        assert!(faults[0].kind.to_string().contains(word));
        assert!(!format!("{faults:?}").contains("host.example"));
    }
}

#[test]
fn several_urls_in_one_cell_are_refused_with_the_way_to_give_them() {
    for between in ["\n", " ", ",", ";", "|"] {
        let kind = fault(Column::PageUrl, &format!("https://a.example/1{between}https://b.example/2"));
        assert_eq!(kind, FaultKind::UrlsSeveral(UrlNotRead::Several { count: 2 }), "{between:?}");
        assert!(kind.to_string().ends_with("give each a row of its own"), "{kind}");
    }
}

#[test]
fn an_address_is_read_as_everywhere_else_and_what_was_done_is_told_by_its_column() {
    let text = "reference,received_at,url,page_url,referrer\nR-1,2018-05-04T09:30:00Z,hxxps[://]host[.]example/a[.]b,\
        https://page.example/x[.]y,<https://from.example/>\n";
    let row = only(text, Scope::Present).expect("taken");
    assert_eq!(row.url.as_given(), "https://host.example/a.b");
    assert_eq!(row.page_url.expect("a page").as_given(), "https://page.example/x[.]y");
    assert_eq!(row.referrer.expect("a referrer").expose(), "https://from.example/");
    let columns: Vec<Column> = row.read.iter().map(|(column, _)| *column).collect();
    assert_eq!(columns, [Column::Url, Column::Referrer]);
    assert_eq!(row.read[0].1.read_as.as_deref(), Some("hxxps://host[.]example/a.b"));
}

#[test]
fn every_kind_of_host_is_taken() {
    for host in
        ["a_b.example", "192.0.2.1:8080", "[2001:db8::1]", "0x7f.1", "bücher.example", "user:pw@host.test", "a.onion"]
    {
        only(&format!("{LEAST}R-1,2018-05-04T09:30:00Z,https://{host}/item\n"), Scope::Present).expect(host);
    }
}

#[test]
fn good_rows_go_on_behind_faulty_ones_and_lines_are_those_of_the_file() {
    let mut text = LEAST.as_bytes().to_vec();
    text.extend_from_slice(b"\nR-1,yesterday,ftp://host.example/\n");
    text.extend_from_slice(b"R-2,2018-05-04T09:30:00Z,https://host.example/\xff\n");
    text.extend_from_slice(b"R-3,2018-05-04T09:30:00Z\n,,\n");
    text.extend_from_slice(
        b"\"R-\n4\",2018-05-04T09:30:00Z,https://host.example/\nR-5,2018-05-04T09:30:00Z,https://host.example/\n",
    );
    let rows = rows(&text, Scope::Present);
    let faults: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).flatten().collect();
    let seen: Vec<_> = faults.iter().map(|fault| (fault.line, fault.column.as_deref())).collect();
    let column = Some;
    assert_eq!(
        seen,
        [(3, column("received_at")), (3, column("url")), (4, column("url")), (5, None), (7, column("reference")),]
    );
    assert_eq!(rows.last().and_then(|row| row.as_ref().ok()).map(|row| row.line), Some(9));
    let document = serde_json::to_value(faults[3]).expect("a fault is JSON");
    assert_eq!(document["column"], serde_json::Value::Null);
    assert_eq!(document["fault"], "2 fields, where the header line has 3");
}

#[test]
fn content_is_the_same_in_another_order_and_differs_in_any_cell() {
    let content = |text: &str| only(text, Scope::Present).expect("taken").content;
    let row = content(&format!("{LEAST}R-1,2018-05-04T09:30:00Z,https://host.example/\n"));
    let turned = "url,memo,received_at,reference\nhttps://host.example/,,2018-05-04T09:30:00Z,R-1\n";
    assert_eq!(content(turned), row);
    assert_ne!(content(&turned.replace(",,", ",m,")), row);
    assert_ne!(content(&turned.replace("example/", "example/2")), row);
}

#[test]
fn nothing_of_a_row_is_shown_by_debug() {
    let row = only(&format!("{LEAST}R-1,2018-05-04T09:30:00Z,https://host.example/item\n"), Scope::Present);
    assert!(!format!("{row:?}").contains("host.example"));
}

/// Gives the same row for ever, cut after so many bytes.
struct Endless {
    left: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const ROW: &[u8] = b"R-1,2018-05-04T09:30:00Z,https://host.example/item\n";
        let length = self.left.min(ROW.len()).min(buffer.len());
        buffer[..length].copy_from_slice(&ROW[..length]);
        self.left -= length;
        Ok(length)
    }
}

#[test]
fn rows_are_given_while_the_file_is_read() {
    let endless = LEAST.as_bytes().chain(Endless { left: usize::MAX });
    let reader = ImportReader::open(BufReader::new(endless), reading(Scope::Present)).expect("the header is right");
    assert_eq!(reader.take(1_000).filter_map(Result::ok).map(|row| row.line).last(), Some(1_001));
}

#[test]
fn the_columns_are_those_of_the_documentation() {
    assert_eq!(Column::ALL.len(), 30 + 9);
    assert_eq!(Column::ALL.iter().filter(|column| column.is_historical()).count(), 9);
    for column in Column::ALL {
        assert_eq!(Column::named(column.name()), Some(*column));
    }
}
