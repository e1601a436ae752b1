//! Body lines against the headers that commit to them.

use hotline_protocol::entry::{BodyCommitment, BodyLine, BodyRefused};
use serde_json::{Value, json};

use crate::file::{code_of, read, refused, taken, text_of};

const SALT: &str = r#""salt":"00112233445566778899aabbccddeeff""#;

fn why(refusal: &BodyRefused) -> String {
    match refusal {
        BodyRefused::Json(fault) => format!("json_{}", code_of(fault)),
        other => code_of(other),
    }
}

/// A header's commitment to this line, be the line valid or not.
fn commitment(line: &str) -> BodyCommitment {
    let hash = hotline_protocol::bytes::Hash::of(&[b"hxp/body/1\0", line.as_bytes()]);
    BodyCommitment { hash, size: (line.len() as u64).next_power_of_two() }
}

fn with(more: &str) -> String {
    format!("{{{SALT}{more}}}")
}

fn assessed(law: &str) -> String {
    with(&format!(
        r#","assessments":[{{"by":"xq-example","law":"{law}","at":1767225600,"assessment":"baseline","offence":"csam"}}]"#
    ))
}

/// A line that is too long for a file to hold: its begin, a letter so many times, and its end.
fn long(times: usize) -> Value {
    json!({"begin": format!("{{{SALT},\"memo\":\""), "fill": "a", "times": times, "end": "\"}"})
}

/// Lines that are taken with their run, and whether they are read when they are used.
fn taken_lines() -> Vec<(&'static str, String, bool)> {
    vec![
        ("a salt is enough", with(""), true),
        ("fields and codes that are not known are kept", with(r#","urgency":"later","more":[{"a":1}]"#), true),
        ("a URL has a canonical form", with(r#","url":"HTTP://Example.test/a""#), true),
        ("a law of a country that is not known is kept", assessed("XQ"), true),
        (
            "a finding's country that is not known is read as absent",
            with(
                r#","hosting":[{"ip":"192.0.2.1","country":"XQ","method":"resolver","database":"d","database_age_days":1,"at":1}]"#,
            ),
            true,
        ),
        ("a group is any text", with(r#","group":"found together""#), true),
        ("a referrer is any text", with(r#","referrer":"a search""#), true),
        ("white space around a URL is dropped", with(r#","url":" https://example.test/a ""#), true),
        ("texts and lists may be empty", with(r#","memo":"","assessments":[],"access":{}"#), true),
        (
            "an act has an author, a code and a time",
            with(r#","actions":[{"by":"fr-example","action":"later","at":1}]"#),
            true,
        ),
        ("a decision has a time and a code", with(r#","location":[{"at":1,"decision":"later"}]"#), true),
        ("a page without a canonical form: taken, and not read", with(r#","page":"a page""#), false),
        ("a time that is no integer: taken, and not read", with(r#","received_at":"1""#), false),
        (
            "an assessment without an offence: taken, and not read",
            with(r#","assessments":[{"by":"fr-example","law":"FR","at":1,"assessment":"baseline"}]"#),
            false,
        ),
        (
            "a finding without a database: taken, and not read",
            with(r#","hosting":[{"method":"literal","database_age_days":1,"at":1}]"#),
            false,
        ),
        (
            "a finding of an address that is none: taken, and not read",
            with(r#","hosting":[{"ip":"192.0.2.256","method":"literal","database":"d","database_age_days":1,"at":1}]"#),
            false,
        ),
        (
            "a witness without an answer: taken, and not read",
            with(r#","location":[{"at":1,"decision":"agreed","witnesses":[{"database":"d"}]}]"#),
            false,
        ),
        (
            "an act without a time: taken, and not read",
            with(r#","actions":[{"by":"fr-example","action":"removed"}]"#),
            false,
        ),
        ("16 levels", with(&format!(r#","a":{}1{}"#, "[".repeat(15), "]".repeat(15))), true),
        ("no salt: taken, and not read", r#"{"memo":"a"}"#.to_owned(), false),
        ("a short salt: taken, and not read", with("").replace("eeff", "ee"), false),
        ("a salt in capitals: taken, and not read", with("").replace("eeff", "EEFF"), false),
        ("a memo that is no text: taken, and not read", with(r#","memo":5"#), false),
        ("a URL without a canonical form: taken, and not read", with(r#","url":"ftp://example.test/a""#), false),
        ("a law that is not two capitals: taken, and not read", assessed("xq"), false),
    ]
}

pub(crate) fn vectors() -> Vec<Value> {
    let said = |line: &str, more: Value| {
        let BodyCommitment { hash, size } = commitment(line);
        let mut said = json!({"bh": hash.to_string(), "bs": size});
        said.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        said
    };
    let mut vectors: Vec<Value> = taken_lines()
        .into_iter()
        .map(|(rule, line, reads)| {
            let more = said(&line, json!({"reads": reads}));
            taken(rule, "line", line, more)
        })
        .collect();
    let longer = format!("{{{SALT},\"memo\":\"{}\"}}", "a".repeat(300));
    let mut other = refused(
        "another body than the header commits to",
        "line",
        with(r#","memo":"b""#),
        "not_committed",
        with(r#","memo":"a""#),
    );
    other
        .as_object_mut()
        .expect("an object")
        .extend(said(&with(r#","memo":"a""#), json!({})).as_object().expect("an object").clone());
    let mut size = refused("longer than bs", "line", longer.clone(), "size", longer.clone());
    let BodyCommitment { hash, size: fitting } = commitment(&longer);
    size.as_object_mut().expect("an object").extend(
        json!({"bh": hash.to_string(), "bs": fitting / 2, "mended_bs": fitting})
            .as_object()
            .expect("an object")
            .clone(),
    );
    vectors.extend([other, size]);
    for (rule, line, mended, why) in [
        (
            "17 levels",
            with(&format!(r#","a":{}1{}"#, "[".repeat(16), "]".repeat(16))),
            with(r#","a":1"#),
            "json_too_deep",
        ),
        ("a key twice", with(r#","memo":"a","memo":"b""#), with(r#","memo":"a""#), "json_duplicate_key"),
        ("a null", with(r#","memo":null"#), with(""), "json_null"),
        ("a fraction", with(r#","received_at":1.5"#), with(r#","received_at":1"#), "json_number"),
        ("white space after it", format!("{} ", with("")), with(""), "json_trailing"),
        ("no object", "[]".to_owned(), with(""), "json_not_an_object"),
    ] {
        let mut vector = refused(rule, "line", line.clone(), why, mended.clone());
        let more = said(
            &line,
            json!({"mended_bh": commitment(&mended).hash.to_string(), "mended_bs": commitment(&mended).size}),
        );
        vector.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        vectors.push(vector);
    }
    let times = 262_144 - text_of(&long(0)).len();
    let (fits, exceeds) = (long(times), long(times + 1));
    let more = said(&text_of(&fits), json!({"reads": true}));
    vectors.push(taken("262,144 bytes", "line", fits.clone(), more));
    let mended = commitment(&text_of(&fits));
    let more = json!({"mended_bh": mended.hash.to_string(), "mended_bs": mended.size, "refused": "json_too_long", "mended": fits});
    let more = said(&text_of(&exceeds), more);
    vectors.push(taken("262,145 bytes", "line", exceeds, more));
    vectors
}

/// The commitment of a vector's header: that of the mended line, where the vector gives another one for it.
fn committed(vector: &Value, mended: bool) -> BodyCommitment {
    let member = |name: &str| {
        let of_mended = vector.get(format!("mended_{name}")).filter(|_| mended);
        of_mended.unwrap_or(&vector[name]).clone()
    };
    let hash = member("bh").as_str().expect("a hash").parse().expect("a hash");
    BodyCommitment { hash, size: member("bs").as_u64().expect("a size") }
}

#[test]
fn every_body_is_taken_or_refused_for_its_reason_and_taken_where_that_is_mended() {
    for vector in read("bodies.json") {
        let taken = BodyLine::verify(&text_of(&vector["line"]), &committed(&vector, false));
        if let Some(reason) = vector["refused"].as_str() {
            assert_eq!(why(&taken.expect_err("it is refused")), reason);
            let mended = BodyLine::verify(&text_of(&vector["mended"]), &committed(&vector, true));
            assert!(mended.is_ok(), "{}", vector["rule"]);
        } else {
            let body = taken.unwrap_or_else(|why| panic!("{why}: {}", vector["rule"]));
            assert_eq!(body.body().is_ok(), vector["reads"] == true, "{}", vector["rule"]);
        }
    }
}
