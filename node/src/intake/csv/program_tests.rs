//! Tests with files of spreadsheets, pandas, R and databases: read with the same result, or the fault is named.

use super::file::{Encoding, ImportReader, ReadAs, Reading, Scope, Separator};
use super::row::ImportRow;
use super::tests::{read, reading, rows};
use super::{Fault, FaultKind};
use crate::written::TimeRefused;

const HEAD: &str = "reference,received_at,url";
const ROW: &str = "R-1,2018-05-04T09:30:00Z,https://host.example/";

fn only(text: &str, scope: Scope) -> Result<ImportRow, Vec<Fault>> {
    let mut rows = rows(text.as_bytes(), scope);
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// The faults of a file: column, kind.
fn faults(text: &str, reading: Reading) -> Vec<(String, FaultKind)> {
    let faults = read(text.as_bytes(), reading).into_iter().filter_map(Result::err).flatten();
    faults.map(|fault| (fault.column.unwrap_or_default(), fault.kind)).collect()
}

fn missing(scope: Scope, signs: &[&str]) -> Reading {
    Reading { missing: signs.iter().map(ToString::to_string).collect(), ..reading(scope) }
}

#[test]
fn a_row_is_the_same_row_whatever_program_wrote_it() {
    let cells = "assessed_at,assessment,virtual,self_generated,age,sex,memo,source";
    let row = |cells: &str, values: &str| {
        only(&format!("{HEAD},{cells}\n{values}\n"), Scope::Present)
            .unwrap_or_else(|faults| panic!("{faults:?}"))
            .content
    };
    let first = "R-1,2018-05-04T09:30:00Z,https://host.example/,2018-05-04T10:00:00Z,baseline,true,false,infant|pubescent,,\"a\nb\",";
    for same in [
        "R-1 ,2018-05-04 09:30:00+00,https://host.example/,2018-05-04T12:00:00+0200,baseline,1,0,pubescent|infant,,\"a\r\nb\",",
        "\"R-1\",\"2018-05-04 09:30:00 UTC\",https://host.example/,2018-05-04 10:00:00.000+00:00,baseline,TRUE,,infant| pubescent|infant,not_determined,\"a\nb\",public",
        "R-1,2018-05-04T09:30Z,https://host.example/,2018-05-04T10:00:00Z,baseline,t,f,infant|pubescent, ,\" a\nb \",public",
        "R-1,2018-05-04T09:30:00Z,https://host.example/,2018-05-04T10:00:00Z,Baseline,yes,no,Infant|PUBESCENT,not-determined,\"a\nb\",Public",
    ] {
        assert_eq!(row(cells, first), row(cells, same), "{same}");
    }
    for other in [
        "R-1,2018-05-04T09:30:01Z,https://host.example/,2018-05-04T10:00:00Z,baseline,true,false,infant|pubescent,,\"a\nb\",",
        "R-1,2018-05-04T09:30:00Z,https://host.example/,2018-05-04T10:00:00Z,baseline,false,false,infant|pubescent,,\"a\nb\",",
        "R-1,2018-05-04T09:30:00Z,https://host.example/,2018-05-04T10:00:00Z,baseline,true,false,infant,,\"a\nb\",",
        "R-1,2018-05-04T09:30:00Z,https://host.example/,2018-05-04T10:00:00Z,baseline,true,false,infant|pubescent,,\"a b\",",
        "R-1,2018-05-04T09:30:00Z,https://host.example/,2018-05-04T10:00:00Z,baseline,true,false,infant|pubescent,,\"a\nb\",police",
    ] {
        assert_ne!(row(cells, first), row(cells, other), "{other}");
    }
    let composed = row("memo", &format!("{ROW},caf\u{e9}"));
    assert_eq!(composed, row("memo", &format!("{ROW},cafe\u{301}")));
}

#[test]
fn times_that_cannot_be_are_named_at_their_columns_and_stop_no_neighbour() {
    let text = "reference,received_at,url,assessment,assessed_at,lea_at,isp_at,outcome,outcome_at,replied_at\n\
        a,1969-12-31T23:59:59Z,https://host.example/,,,,,,,\n\
        b,2027-01-01T00:00:00Z,https://host.example/,,,,,,,\n\
        c,2018-05-04T09:30:00Z,https://host.example/,baseline,2018-05-04T09:29:59Z,,,,,\n\
        d,2018-05-04T09:30:00Z,https://host.example/,,,2018-05-03T00:00:00Z,2018-05-03T00:00:00Z,,,2018-05-03T00:00:00Z\n\
        e,2018-05-04T09:30:00Z,https://host.example/,,,,2018-05-06T00:00:00Z,removed,2018-05-05T00:00:00Z,\n\
        f,2018-05-04T09:30:00Z,https://host.example/,,,2030-01-01T00:00:00Z,,closed,2018-05-04T00:00:00Z,\n\
        g,2018-05-04T09:30:00Z,https://host.example/,baseline,2018-05-04T09:30:00Z,2018-05-04T09:30:00Z,,,,\n";
    let rows = rows(text.as_bytes(), Scope::Historical);
    let found: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).flatten().collect();
    let shown: Vec<_> = found.iter().map(|it| (it.line, it.column.as_deref().unwrap_or(""), it.kind.clone())).collect();
    assert_eq!(
        shown,
        [
            (2, "received_at", FaultKind::Time(TimeRefused::Before1970)),
            (3, "received_at", FaultKind::Time(TimeRefused::Future)),
            (4, "assessed_at", FaultKind::BeforeReceived),
            (5, "lea_at", FaultKind::BeforeReceived),
            (5, "isp_at", FaultKind::BeforeReceived),
            (5, "replied_at", FaultKind::BeforeReceived),
            (6, "outcome_at", FaultKind::GoneBeforeNotice),
            (7, "lea_at", FaultKind::Time(TimeRefused::Future)),
            (7, "outcome_at", FaultKind::BeforeReceived),
        ]
    );
    assert!(rows.last().is_some_and(Result::is_ok));
    // A report from another hotline was assessed there before it came.
    let came = "reference,received_at,url,assessment,assessed_at,received_from_country\n\
        h,2018-05-04T09:30:00Z,https://host.example/,baseline,2018-05-02T00:00:00Z,NL\n";
    assert!(only(came, Scope::Historical).is_ok());
}

#[test]
fn na_in_a_column_of_countries_is_asked_about_and_never_counted_by_itself() {
    let text = |country: &str, ip: &str| format!("{HEAD},hosting_country,hosting_ip\n{ROW},{country},{ip}\n");
    let named = |text: &str| faults(text, reading(Scope::Historical));
    let is_asked = vec![("hosting_country".to_owned(), FaultKind::NamibiaOrMissing)];
    assert_eq!(named(&text("NA", "")), is_asked);
    assert_eq!(named(&text("NA", "192.0.2.1")), is_asked);
    let country = |text: &str, reading| {
        let mut rows = read(text.as_bytes(), reading);
        let past = rows.remove(0).unwrap_or_else(|faults| panic!("{faults:?}")).past.expect("historical");
        past.hosting_country.map(|country| country.as_str().to_owned())
    };
    // R's quotes stand around texts and not around its sign.
    let namibia = Some("NA".to_owned());
    assert_eq!(country(&text("\"NA\"", ""), reading(Scope::Historical)), namibia);
    assert_eq!(country(&text("\"NA\"", "NA"), missing(Scope::Historical, &["NA"])), namibia);
    assert_eq!(country(&text("NA", "NA"), missing(Scope::Historical, &["NA"])), None);
    assert_eq!(country(&text("NULL", ""), missing(Scope::Historical, &["NULL"])), None);
    let said = Reading { namibia: true, ..reading(Scope::Historical) };
    assert_eq!(country(&text("NA", ""), said.clone()), namibia);
    assert_eq!(faults(&text("NA", "NA"), said).len(), 1, "it is said of countries alone");
    // Where signs stand in quotes, too, nobody knows.
    assert_eq!(named(&text("\"NA\"", "\"NA\"")).len(), 2);
    assert_eq!(country(&text("\"NA\"", "\"NA\""), missing(Scope::Historical, &["NA"])), None);
    let later = format!("{}R-2,2018-05-04T09:30:00Z,https://host.example/,\"NA\",\n", text("NL", "\"NA\""));
    assert_eq!(named(&later).pop(), is_asked.clone().pop());
}

#[test]
fn a_sign_for_a_missing_value_is_named_or_passed_over_as_somebody_says() {
    for sign in ["NA", "NaN", "nan", "NULL", "None", "<NA>", "NaT", "\\N", "#N/A", "null"] {
        for column in ["assessed_at", "virtual", "sex", "age", "page_url", "referrer"] {
            let text = format!("{HEAD},{column}\n{ROW},{sign}\n");
            let named = faults(&text, reading(Scope::Present));
            assert_eq!(named.len(), 1, "{column} {sign}");
            assert!(matches!(named[0].1, FaultKind::MissingSign { .. }), "{column} {sign}: {named:?}");
            assert!(faults(&text, missing(Scope::Present, &["-", sign])).is_empty(), "{column} {sign}");
        }
        let memo = |cell: &str, reading: Reading| {
            let text = format!("{HEAD},memo\n{ROW},{cell}\n");
            read(text.as_bytes(), reading).remove(0).map(|row| row.memo.is_some())
        };
        assert!(memo(sign, reading(Scope::Present)).is_err(), "{sign}");
        assert_eq!(memo(sign, missing(Scope::Present, &[sign])), Ok(false));
        assert_eq!(memo(&format!("\"{sign}\""), missing(Scope::Present, &[sign])), Ok(true));
    }
    assert!(faults(&format!("{HEAD},sex\n{ROW},-\n"), missing(Scope::Present, &["-"])).is_empty());
}

#[test]
fn columns_without_a_name_and_rows_without_a_value_are_passed_over() {
    for text in [
        format!(",{HEAD}\n0,{ROW}\n"),
        format!("\"\",{HEAD}\n\"row one\",{ROW}\n"),
        format!("Unnamed: 0,{HEAD}\n17,{ROW}\n"),
        format!("{HEAD},,,\n{ROW},,,\n"),
        format!("{HEAD},,,\n{ROW}\n"),
        format!("{HEAD}\n{ROW},,\n"),
        format!("{HEAD}\n,,\n{ROW}\n , ,\n\n"),
        format!("{HEAD}{}\n{ROW}{}\n", ",".repeat(300), ",".repeat(300)),
        format!("\u{feff}sep=,\r\n{HEAD}\r\n{ROW}\r\n"),
    ] {
        assert!(only(&text, Scope::Present).is_ok_and(|row| row.reference == "R-1"), "{text}");
    }
    let named = |text: &str| faults(text, reading(Scope::Present));
    let unnamed = "reference,,received_at,url\nR-1,lost,2018-05-04T09:30:00Z,https://host.example/\n";
    assert_eq!(named(unnamed), [("number 2".to_owned(), FaultKind::ColumnUnnamed)]);
    let more = format!("{HEAD}\n{ROW},,more\n");
    assert_eq!(named(&more), [(String::new(), FaultKind::FieldCount { expected: 3, found: 5 })]);
    let far = format!("{HEAD}\n{ROW}{}more\n", ",".repeat(100));
    assert_eq!(named(&far), [(String::new(), FaultKind::FieldCount { expected: 3, found: 103 })]);
    let row_names = format!("{HEAD}\n\"1\",{ROW}\n");
    assert_eq!(named(&row_names), [(String::new(), FaultKind::RowNames)]);
}

#[test]
fn spreadsheets_of_other_countries_are_read_and_it_is_told_how() {
    let read = |bytes: &[u8]| {
        let mut reader = ImportReader::open(bytes, reading(Scope::Present)).expect("the header is right");
        let rows: Vec<_> = reader.by_ref().collect();
        (rows, reader.read_as())
    };
    let told = |separator, encoding| ReadAs { separator, encoding };
    let plain = format!("{HEAD},memo\n{ROW},\"déjà vu; – œuvre\"\n");
    let content = |bytes: &[u8]| {
        let (mut rows, read_as) = read(bytes);
        assert_eq!(rows.len(), 1);
        (rows.remove(0).unwrap_or_else(|refused| panic!("{refused:?}")).content, read_as)
    };
    let (expected, read_as) = content(plain.as_bytes());
    assert_eq!(read_as, ReadAs::default());
    let windows = |text: &str| -> Vec<u8> {
        let byte = |c: char| match c {
            '–' => 0x96,
            'œ' => 0x9C,
            c => u8::try_from(u32::from(c)).expect("Latin-1"),
        };
        text.chars().map(byte).collect()
    };
    for (separator, found) in [(",", Separator::Comma), (";", Separator::Semicolon), ("\t", Separator::Tab)] {
        let text = plain.replace(',', separator);
        assert_eq!(content(text.as_bytes()), (expected, told(found, Encoding::Utf8)));
        assert_eq!(content(&windows(&text)), (expected, told(found, Encoding::Windows1252)));
        let declared = format!("sep={separator}\r\n{text}");
        assert_eq!(content(declared.as_bytes()), (expected, told(found, Encoding::Utf8)));
    }
    // With a mark the file says that it is UTF-8.
    let (rows, _) = read(&[b"\xEF\xBB\xBF", &windows(&plain)[..]].concat());
    assert!(rows[0].is_err());
}

#[test]
fn letters_of_two_kinds_and_guessed_addresses_are_faults_of_their_rows_alone() {
    let mut text = format!("{HEAD},memo\n{ROW},caf").into_bytes();
    text.extend_from_slice(b"\xe9\nR-2,2018-05-04T09:30:00Z,https://host.example/\xe9,\n");
    text.extend_from_slice("R-3,2018-05-04T09:30:00Z,https://host.example/,é\n".as_bytes());
    text.extend_from_slice(
        b"R-4,2018-05-04T09:30:00Z,https://host.example/,\x81\nR-5,2018-05-04T09:30:00Z,https://host.example/,\xfc\n",
    );
    let rows = rows(&text, Scope::Present);
    let of = |row: &Result<ImportRow, Vec<Fault>>| match row {
        Ok(row) => (row.reference.clone(), String::new()),
        Err(faults) => (faults[0].line.to_string(), faults[0].column.clone().unwrap_or_default()),
    };
    let expected = [("R-1", ""), ("3", "url"), ("4", "memo"), ("5", "memo"), ("R-5", "")];
    assert_eq!(rows.iter().map(of).collect::<Vec<_>>(), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn a_databases_text_format_is_not_taken_for_a_table_with_tabs() {
    let tabs = |memo: &str| format!("{HEAD},memo\n{ROW},{memo}\n").replace(',', "\t");
    let memo = |memo: &str| faults(&tabs(memo), missing(Scope::Present, &["\\N"]));
    assert_eq!(memo("two\\nlines"), [("memo".to_owned(), FaultKind::Backslash)]);
    assert!(memo("\\N").is_empty() && memo("one line").is_empty());
}
