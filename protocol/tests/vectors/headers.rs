//! Header lines: strict JSON, then every field.

use hotline_protocol::entry::{Header, HeaderRefused};
use serde_json::{Value, json};

use crate::file::{code_of, read, refused, taken, text};

pub(crate) const ZERO: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const HASH: &str = "d132a2b830195b8252f9870cf0c0560526b56997d5726ef31e5735647507a34d";
const RID: &str = "019b76da-a800-7000-8000-000000000001";

/// How a refusal is called: a fault of the JSON by its own name.
fn why(refusal: &HeaderRefused) -> String {
    match refusal {
        HeaderRefused::Json(fault) => format!("json_{}", code_of(fault)),
        other => code_of(other),
    }
}

/// A header with these members after its type.
fn with(more: &str) -> String {
    format!(
        r#"{{"v":1,"log":"fr-example","ep":1,"seq":1,"prev":"{ZERO}","ts":1767225600,"type":"report.create/1"{more}}}"#
    )
}

/// In the second epoch, said before in the first.
fn again(was: &str) -> String {
    let place = format!(r#""ep":2,"seq":2,"prev":"{HASH}""#);
    with(&format!(r#","ten":1,"was":{was}"#)).replacen(&format!(r#""ep":1,"seq":1,"prev":"{ZERO}""#), &place, 1)
}

fn place(ep: u64, seq: u64) -> String {
    format!(r#"{{"ep":{ep},"seq":{seq},"prev":"{ZERO}"}}"#)
}

fn nodes(count: usize) -> String {
    (0..count).map(|number| format!(r#""nl-{number}""#)).collect::<Vec<_>>().join(",")
}

fn digests(count: usize) -> String {
    vec![format!(r#"{{"k":"630dcd2966c43366","c":1,"h":"{HASH}"}}"#); count].join(",")
}

fn padded(bytes: usize) -> String {
    with(&format!(r#","more":"{}""#, "a".repeat(bytes - with(r#","more":"""#).len())))
}

fn taken_lines() -> Vec<(&'static str, String)> {
    let report = |more: &str| with(&format!(r#","org":"fr-example","rid":"{RID}"{more}"#));
    vec![
        ("the fields that must be there are enough, whatever the type", with("")),
        ("a field that is not known is ignored", with(r#","later":{"a":[1,true,"b"]}"#)),
        ("a type that is not known is taken", with("").replace("report.create/1", "report.later/9")),
        ("a status that is not known is taken", report(r#","st":"later""#)),
        (
            "a reason that is not known is taken",
            with("").replace("report.create/1\"", "report.refuse/1\",\"why\":\"later\""),
        ),
        ("a country that is not known stands in cc", report(r#","cc":"XQ""#)),
        ("a country that is not known stands in not", report(r#","not":["XQ","DE"]"#)),
        ("a seat that is not known stands in tgt and to", report(r#","tgt":"xq-example","to":["xq-example"]"#)),
        ("a seat that is not known stands in org", report("").replace(r#""org":"fr-"#, r#""org":"zz-"#)),
        ("a tgt need not stand in to", report(r#","tgt":"nl-example""#)),
        ("the variant of a rid is not looked at", report("").replace("-8000-", "-0000-")),
        (
            "a digest of another version is taken: 0",
            with(&format!(r#","dg":[{}]"#, digests(1))).replace(r#""c":1"#, r#""c":0"#),
        ),
        (
            "a digest of another version is taken: 2^53 - 1",
            with(&format!(r#","dg":[{}]"#, digests(1))).replace(r#""c":1"#, r#""c":9007199254740991"#),
        ),
        ("eight digests", with(&format!(r#","dg":[{}]"#, digests(8)))),
        ("eight nodes", with(&format!(r#","to":[{}]"#, nodes(8)))),
        (
            "a key that is no base64url is taken with its run",
            with(r#","use":"sign","act":"announce","key":"=","pop":"=""#),
        ),
        ("from is looked into in an opening alone", with(&format!(r#","from":{{"ep":0,"seq":0,"hash":"{HASH}"}}"#))),
        ("an empty list is as none", with(r#","to":[],"not":[],"dg":[],"crit":[],"was":[]"#)),
        ("said again", again(&format!("[{}]", place(1, 1)))),
        (
            "said again for the eighth time",
            again(&format!("[{}]", (1..=8).map(|epoch| place(epoch, 1)).collect::<Vec<_>>().join(","))).replacen(
                r#""ep":2"#,
                r#""ep":9"#,
                1,
            ),
        ),
        (
            "earlier places in an opening mean nothing",
            again(&format!("[{}]", place(1, 1))).replacen("report.create/1", "epoch.open/1", 1),
        ),
        ("a place is not held against its prev", again(&format!("[{}]", place(1, 2)))),
        (
            "what was said need not begin with ts",
            again(&format!("[{}]", place(1, 1))).replacen(
                r#""ts":1767225600,"type":"report.create/1""#,
                r#""type":"report.create/1","ts":1767225600"#,
                1,
            ),
        ),
        ("crit is taken with its run", with(r#","crit":["later"]"#)),
        ("white space between tokens, but no line feed", with("").replace(',', " ,\t").replace(':', ":\r ")),
        (
            "escapes in names and values are resolved",
            with("").replace("\"log\"", "\"l\\u006fg\"").replace("fr-example", "fr\\u002dexample"),
        ),
        ("nine countries", with(&format!(r#","not":[{}]"#, ["\"NL\""; 9].join(",")))),
        ("nine names in crit", with(&format!(r#","crit":[{}]"#, ["\"a\""; 9].join(",")))),
        ("tenure 0", with(r#","ten":0"#)),
        ("a body's size beyond the limit of a body", with(&format!(r#","bh":"{HASH}","bs":1048576"#))),
        ("a number beyond 2^32", with("").replacen(r#""seq":1,"prev":""#, r#""seq":4294967297,"prev":""#, 1)),
        ("the largest integer", with("").replace("1767225600", "9007199254740991")),
        ("the largest tenure", with(r#","ten":4294967295"#)),
        ("four levels", with(r#","a":[[[]]]"#)),
        ("8,192 bytes", padded(8_192)),
        ("a body's size may be 1", with(&format!(r#","bh":"{HASH}","bs":1"#))),
    ]
}

/// Rule, a line that is taken, a part of it, the replacement, and the reason of the refusal then.
type Fault = (&'static str, String, String, String, &'static str);

fn fault(rule: &'static str, line: &str, good: &str, bad: &str, why: &'static str) -> Fault {
    (rule, line.to_owned(), good.to_owned(), bad.to_owned(), why)
}

/// Lines that are no strict JSON.
fn json_faults() -> Vec<Fault> {
    let plain = with("");
    vec![
        fault("8,193 bytes", &padded(8_192), "\"more\":\"a", "\"more\":\"aa", "json_too_long"),
        fault("a line feed inside", &with(r#","a":1"#), r#","a":1"#, ",\n\"a\":1", "json_line_feed"),
        fault("white space before it", &plain, r#"{"v""#, r#" {"v""#, "json_not_an_object"),
        fault("white space after it", &plain, "/1\"}", "/1\"} ", "json_trailing"),
        fault("two objects", &plain, "/1\"}", "/1\"}{}", "json_trailing"),
        fault("an array", &plain, r#"{"v""#, r#"[{"v""#, "json_not_an_object"),
        fault("no JSON", &plain, r#""ep":1"#, r#""ep":"#, "json_not_json"),
        fault("half a surrogate pair", &with(r#","a":"\ud83d\ude00""#), r"\ud83d\ude00", r"\ud83d", "json_not_json"),
        fault("five levels", &with(r#","a":[[[]]]"#), "[[[]]]", "[[[[]]]]", "json_too_deep"),
        fault(
            "five levels of objects",
            &with(r#","a":{"b":{"c":{}}}"#),
            r#""c":{}"#,
            r#""c":{"d":{}}"#,
            "json_too_deep",
        ),
        fault("a control character in a text", &with(r#","a":"b""#), r#""b""#, "\"\u{1}\"", "json_not_json"),
        fault("a number with a zero in front", &plain, r#""ep":1"#, r#""ep":01"#, "json_not_json"),
        fault("a low surrogate alone", &with(r#","a":"b""#), r#""b""#, r#""\ude00""#, "json_not_json"),
        fault(
            "a high surrogate before another escape",
            &with(r#","a":"b""#),
            r#""b""#,
            r#""\ud83d\u0041""#,
            "json_not_json",
        ),
        fault("a comma before the end", &plain, "/1\"}", "/1\",}", "json_not_json"),
        fault("a byte order mark", &plain, r#"{"v""#, "\u{feff}{\"v\"", "json_not_an_object"),
        fault("a form feed between tokens", &plain, r#","ep""#, ",\u{c}\"ep\"", "json_not_json"),
        fault("a number above 2^53 - 1", &plain, "1767225600", "9007199254740992", "json_number"),
        fault("a fraction", &plain, "1767225600", "1767225600.0", "json_number"),
        fault("an exponent", &plain, "1767225600", "1e9", "json_number"),
        fault("a negative number", &plain, "1767225600", "-1", "json_number"),
        fault("minus zero", &with(r#","a":0"#), r#""a":0"#, r#""a":-0"#, "json_number"),
        fault("a null", &with(r#","a":0"#), r#""a":0"#, r#""a":null"#, "json_null"),
        fault("a key twice", &with(r#","a":0"#), r#""a":0"#, r#""a":0,"a":0"#, "json_duplicate_key"),
        fault("a key twice, once escaped", &plain, r#""v":1"#, r#""v":1,"\u0076":1"#, "json_duplicate_key"),
        fault(
            "a key twice in an object that is not known",
            &with(r#","a":{"b":1}"#),
            r#""b":1"#,
            r#""b":1,"b":2"#,
            "json_duplicate_key",
        ),
        fault(
            "a key twice at the third level",
            &with(r#","a":{"b":{"c":1}}"#),
            r#""c":1"#,
            r#""c":1,"c":1"#,
            "json_duplicate_key",
        ),
        fault("a key that is not ASCII below", &with(r#","a":{"b":1}"#), r#""b""#, "\"\u{e9}\"", "json_key_not_ascii"),
        fault("a key that is not ASCII", &with(r#","a":0"#), r#""a":0"#, "\"\u{e9}\":0", "json_key_not_ascii"),
    ]
}

/// Lines that break the form of a field.
#[expect(clippy::too_many_lines, reason = "a list of faults")]
fn field_faults() -> Vec<Fault> {
    let plain = with("");
    let report = with(&format!(r#","org":"fr-example","rid":"{RID}""#));
    let body = with(&format!(r#","bh":"{HASH}","bs":512"#));
    let digest = with(&format!(r#","dg":[{}]"#, digests(1)));
    let opening = with(&format!(r#","from":{{"ep":1,"seq":1,"hash":"{HASH}"}}"#));
    let said = again(&format!("[{}]", place(1, 1)));
    let mut faults = vec![
        fault("another version", &plain, r#""v":1"#, r#""v":2"#, "version"),
        fault("log is no node id", &plain, "fr-example", "fr_example", "fields"),
        fault("epoch 0", &plain, r#""ep":1"#, r#""ep":0"#, "fields"),
        fault("number 0", &plain, r#""seq":1"#, r#""seq":0"#, "fields"),
        fault("true for an integer", &plain, r#""ep":1"#, r#""ep":true"#, "fields"),
        fault("prev is no hash", &plain, ZERO, "", "fields"),
        fault("prev lacks", &plain, &format!(r#""prev":"{ZERO}","#), "", "fields"),
        fault("bh is no hash", &body, HASH, "", "fields"),
        fault("a digest is no hash", &digest, HASH, "", "fields"),
        fault("a digest's version is a text", &digest, r#""c":1"#, r#""c":"1""#, "fields"),
        fault("a digest's key id in capitals", &digest, "630dcd2966c43366", "630DCD2966C43366", "fields"),
        fault(
            "an earlier place's prev is no hash",
            &said,
            &format!(r#"[{{"ep":1,"seq":1,"prev":"{ZERO}""#),
            r#"[{"ep":1,"seq":1,"prev":"a""#,
            "fields",
        ),
        fault("ts is no integer", &plain, "1767225600", "\"1767225600\"", "fields"),
        fault("type is no text", &plain, "\"report.create/1\"", "1", "fields"),
        fault("a hash in capitals", &with(&format!(r#","ref":"{HASH}""#)), HASH, &HASH.to_uppercase(), "fields"),
        fault("a short hash", &with(&format!(r#","hold":"{HASH}""#)), HASH, &HASH[1..], "fields"),
        fault("of is no hash", &with(&format!(r#","of":"{HASH}""#)), HASH, "", "fields"),
        fault("org without rid", &report, &format!(r#","rid":"{RID}""#), "", "half_pair"),
        fault("rid without org", &report, r#","org":"fr-example""#, "", "half_pair"),
        fault("rid in capitals", &report, RID, &RID.to_uppercase(), "fields"),
        fault("rid of another version", &report, "-7000-", "-4000-", "fields"),
        fault("rid without hyphens", &report, RID, &RID.replace('-', ""), "fields"),
        fault("org is no node id", &report, r#""org":"fr-"#, r#""org":"f-"#, "fields"),
        fault("tgt is no node id", &with(r#","tgt":"nl-example""#), "nl-example", "nl", "fields"),
        fault("to has what is no node id", &with(r#","to":["nl-example"]"#), "nl-example", "NL-example", "fields"),
        fault(
            "nine nodes",
            &with(&format!(r#","to":[{}]"#, nodes(8))),
            r#""nl-0""#,
            r#""nl-0","nl-9""#,
            "list_too_long",
        ),
        fault("cc is not two capitals", &with(r#","cc":"NL""#), "NL", "nl", "fields"),
        fault("not has what is not two capitals", &with(r#","not":["NL"]"#), "NL", "N1", "fields"),
        fault("tenure 2^32", &with(r#","ten":1"#), r#""ten":1"#, r#""ten":4294967296"#, "fields"),
        fault(
            "nine digests",
            &with(&format!(r#","dg":[{}]"#, digests(8))),
            r#""dg":["#,
            &format!(r#""dg":[{},"#, digests(1)),
            "list_too_long",
        ),
        fault("a digest's key id is short", &digest, "630dcd2966c43366", "630dcd2966c4336", "fields"),
        fault("a digest without version", &digest, r#""c":1,"#, "", "fields"),
        fault("a digest as a list", &digest, &digests(1), &format!(r#"["630dcd2966c43366",1,"{HASH}"]"#), "fields"),
        fault("st is no text", &with(r#","st":"removed""#), "\"removed\"", "1", "fields"),
        fault("why is no text", &with(r#","why":"other""#), "\"other\"", "[]", "fields"),
        fault("crit has what is no text", &with(r#","crit":["a"]"#), "\"a\"", "1", "fields"),
        fault("bh without bs", &body, r#","bs":512"#, "", "half_pair"),
        fault("bs without bh", &body, &format!(r#","bh":"{HASH}""#), "", "half_pair"),
        fault("bs is no power of two", &body, r#""bs":512"#, r#""bs":511"#, "body_size"),
        fault("bs is 0", &body, r#""bs":512"#, r#""bs":0"#, "body_size"),
        fault("another use", &with(r#","use":"sign""#), "sign", "seal", "fields"),
        fault("another act", &with(r#","act":"switch""#), "switch", "forget", "fields"),
        fault("key is no text", &with(r#","key":"a""#), "\"a\"", "1", "fields"),
        fault("pop is no text", &with(r#","pop":"a""#), "\"a\"", "1", "fields"),
        fault("from without a hash", &opening, &format!(r#","hash":"{HASH}""#), "", "fields"),
        fault(
            "from as a list",
            &opening,
            &format!(r#"{{"ep":1,"seq":1,"hash":"{HASH}"}}"#),
            &format!(r#"[1,1,"{HASH}"]"#),
            "fields",
        ),
        fault("an earlier place in the entry's own epoch", &said, r#"[{"ep":1"#, r#"[{"ep":2"#, "former"),
        fault("an earlier place in epoch 0", &said, r#"[{"ep":1"#, r#"[{"ep":0"#, "former"),
        fault("an earlier place with number 0", &said, r#"[{"ep":1,"seq":1"#, r#"[{"ep":1,"seq":0"#, "former"),
        fault("white space among the earlier places", &said, r#"[{"ep":1"#, r#"[ {"ep":1"#, "former"),
        fault("white space in the place", &said, r#"{"v":1,"log""#, r#"{"v":1, "log""#, "former"),
        fault("was does not stand last", &said, "}]}", r#"}],"a":1}"#, "former"),
        fault(
            "the place does not stand first",
            &said,
            r#"{"v":1,"log":"fr-example","#,
            r#"{"log":"fr-example","v":1,"#,
            "former",
        ),
        fault(
            "an earlier place with a further member",
            &said,
            r#"{"ep":1,"seq":1,"#,
            r#"{"ep":1,"seq":1,"a":1,"#,
            "former",
        ),
    ];
    let nine = (1..=8).map(|epoch| place(epoch, 1)).collect::<Vec<_>>().join(",");
    let eight = again(&format!("[{nine}]")).replacen(r#""ep":2"#, r#""ep":20"#, 1);
    faults.push(("nine earlier places", eight, "}]}".to_owned(), format!("}},{}]}}", place(9, 1)), "list_too_long"));
    for field in [
        r#""v":1,"#,
        r#""log":"fr-example","#,
        r#""ep":1,"#,
        r#""seq":1,"#,
        r#""ts":1767225600,"#,
        r#","type":"report.create/1""#,
    ] {
        faults.push(("a field that must be there lacks", plain.clone(), field.to_owned(), String::new(), "fields"));
    }
    faults
}

pub(crate) fn vectors() -> Vec<Value> {
    let taken = taken_lines().into_iter().map(|(rule, line)| {
        let header = Header::parse(line.as_bytes()).unwrap_or_else(|why| panic!("{rule}: {why}: {line}"));
        let former: Vec<String> = header.content.was.iter().map(|former| former.hash.to_string()).collect();
        let hash = Header::hash_line(line.as_bytes()).to_string();
        let more = if former.is_empty() { json!({"hash": hash}) } else { json!({"hash": hash, "former": former}) };
        taken(rule, "line", line, more)
    });
    let refused = json_faults().into_iter().chain(field_faults()).map(|(rule, mended, good, bad, why)| {
        let line = mended.replacen(&good, &bad, 1);
        assert_ne!(line, mended, "{rule}");
        refused(rule, "line", line, why, mended)
    });
    let not_utf8 = json!({"rule": "not UTF-8", "line_hex": "7bff7d", "refused": "json_not_utf8", "mended": with("")});
    taken.chain(refused).chain([not_utf8]).collect()
}

#[test]
fn every_header_is_taken_or_refused_for_its_reason_and_taken_where_that_is_mended() {
    for vector in read("headers.json") {
        let line = match vector["line_hex"].as_str() {
            Some(hex) => data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("hex"),
            None => text(&vector, "line").as_bytes().to_vec(),
        };
        let read = Header::parse(&line);
        if let Some(reason) = vector["refused"].as_str() {
            assert_eq!(why(&read.expect_err("it is refused")), reason, "{vector}");
            assert!(Header::parse(text(&vector, "mended").as_bytes()).is_ok(), "{vector}");
        } else {
            let header = read.unwrap_or_else(|why| panic!("{why}: {vector}"));
            assert_eq!(Header::hash_line(&line).to_string(), text(&vector, "hash"));
            let former: Vec<Value> = header.content.was.iter().map(|it| it.hash.to_string().into()).collect();
            assert_eq!(vector["former"].as_array().cloned().unwrap_or_default(), former, "{vector}");
        }
    }
}
