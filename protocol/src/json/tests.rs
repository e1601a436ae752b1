use proptest::prelude::*;

use super::*;

const VALID: &str = r#"{"v":1,"log":"fr-example","to":["de-example"],"dg":[{"k":"00","c":1}],"held":false}"#;

fn header(line: &str) -> Result<(), JsonFault> {
    check(line.as_bytes(), HEADER)
}

/// The valid line with one more entry.
fn with(entry: &str) -> String {
    VALID.replacen('{', &format!("{{{entry},"), 1)
}

#[test]
fn a_valid_line_is_accepted() {
    assert_eq!(header(VALID), Ok(()));
    for entry in [
        r#""n":0"#,
        r#""n":9007199254740991"#,
        r#""t":"é \u00e9 \ud83d\ude00 \u0000""#,
        r#""":{}"#,
        r#""a":[],"b":[[[]]]"#,
        r#""x":{"v":1}"#,
        "\"spaced\" :\t[ 1 , 2 ]",
    ] {
        assert_eq!(header(&with(entry)), Ok(()), "{entry}");
    }
    assert_eq!(header("{}"), Ok(()));
}

#[test]
fn one_wrong_entry_is_refused_for_what_it_is() {
    for (entry, fault) in [
        (r#""n":1.0"#, JsonFault::Number),
        (r#""n":1e2"#, JsonFault::Number),
        (r#""n":-0"#, JsonFault::Number),
        (r#""n":-1"#, JsonFault::Number),
        (r#""n":9007199254740992"#, JsonFault::Number),
        (r#""n":18446744073709551616"#, JsonFault::Number),
        (r#""n":[{"m":0.5}]"#, JsonFault::Number),
        (r#""n":1e999"#, JsonFault::NotJson),
        (r#""n":01"#, JsonFault::NotJson),
        (r#""n":NaN"#, JsonFault::NotJson),
        (r#""n":null"#, JsonFault::Null),
        (r#""n":[null]"#, JsonFault::Null),
        (r#""v":1"#, JsonFault::DuplicateKey),
        (r#""\u0076":1"#, JsonFault::DuplicateKey),
        (r#""n":[{"unknown":1,"unknown":1}]"#, JsonFault::DuplicateKey),
        (r#""é":1"#, JsonFault::KeyNotAscii),
        (r#""\u00e9":1"#, JsonFault::KeyNotAscii),
        (r#""n":"\ud800""#, JsonFault::NotJson),
        (r#""n":"\udc00""#, JsonFault::NotJson),
        (r#""\ud800":1"#, JsonFault::NotJson),
        (r#""n":[[[[]]]]"#, JsonFault::TooDeep(4)),
        (r#""n":{"a":{"a":{"a":{}}}}"#, JsonFault::TooDeep(4)),
        ("\"n\":\"\t\"", JsonFault::NotJson),
        ("\"n\":\n1", JsonFault::LineFeed),
        (r#""n":1,"#, JsonFault::NotJson),
        ("n:1", JsonFault::NotJson),
        ("1:1", JsonFault::NotJson),
    ] {
        assert_eq!(header(&with(entry)), Err(fault), "{entry}");
    }
}

#[test]
fn what_is_not_exactly_one_object_is_refused() {
    for (line, fault) in [
        (String::new(), JsonFault::NotAnObject),
        ("[]".to_owned(), JsonFault::NotAnObject),
        ("1".to_owned(), JsonFault::NotAnObject),
        (format!(" {VALID}"), JsonFault::NotAnObject),
        (format!("\u{feff}{VALID}"), JsonFault::NotAnObject),
        (format!("{VALID} "), JsonFault::Trailing),
        (format!("{VALID}\r"), JsonFault::Trailing),
        (format!("{VALID}{VALID}"), JsonFault::Trailing),
        (format!("{VALID}}}"), JsonFault::Trailing),
        (format!("{VALID}\n"), JsonFault::LineFeed),
        (VALID[..VALID.len() - 1].to_owned(), JsonFault::NotJson),
    ] {
        assert_eq!(header(&line), Err(fault), "{line}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    for bytes in [&b"{\"a\":\"\xff\"}"[..], b"{\"a\":\"\xed\xa0\x80\"}", b"{\"a\":\"\xc0\xaf\"}"] {
        assert_eq!(check(bytes, HEADER), Err(JsonFault::NotUtf8));
    }
}

#[test]
fn a_line_may_be_as_long_as_its_limit_and_no_longer() {
    for limits in [HEADER, BODY] {
        let frame = r#"{"t":""}"#.len();
        let fitting = format!(r#"{{"t":"{}"}}"#, "a".repeat(limits.max_bytes - frame));
        assert_eq!(fitting.len(), limits.max_bytes);
        assert_eq!(check(fitting.as_bytes(), limits), Ok(()));
        let longer = format!(r#"{{"t":"{}"}}"#, "a".repeat(limits.max_bytes - frame + 1));
        assert_eq!(check(longer.as_bytes(), limits), Err(JsonFault::TooLong(limits.max_bytes)));
    }
}

#[test]
fn a_body_may_be_sixteen_levels_deep_and_no_deeper() {
    let nested = |levels: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1));
    assert_eq!(check(nested(16).as_bytes(), BODY), Ok(()));
    assert_eq!(check(nested(17).as_bytes(), BODY), Err(JsonFault::TooDeep(16)));
    assert_eq!(check(nested(100_000).as_bytes(), BODY), Err(JsonFault::TooDeep(16)));
}

#[test]
fn many_keys_are_compared_with_every_other() {
    let keys = |last: &str| {
        let entries: Vec<String> = (0..20_000).map(|key| format!(r#""{key}":1"#)).collect();
        format!(r#"{{{},"{last}":1}}"#, entries.join(","))
    };
    assert_eq!(check(keys("20000").as_bytes(), BODY), Ok(()));
    assert_eq!(check(keys("777").as_bytes(), BODY), Err(JsonFault::DuplicateKey));
}

#[test]
fn no_fault_repeats_the_line() {
    for entry in [r#""secret":"\ud800secret""#, r#""secret":1.5"#, r#""secret":1,"secret":1"#, "secret"] {
        let fault = header(&with(entry)).expect_err("a wrong entry");
        assert!(!fault.to_string().contains("secret"), "{fault}");
        assert!(!format!("{fault:?}").contains("secret"), "{fault:?}");
    }
}

/// Values of the strict kind, nested a little.
fn strict_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        (0..=MAX_INTEGER).prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(2, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::hash_map("[ -~]{0,6}", inner, 0..4)
                .prop_map(|entries| entries.into_iter().collect::<serde_json::Value>()),
        ]
    })
}

#[test]
fn what_writers_write_is_plain() {
    for (line, is_plain) in [
        (VALID, true),
        ("{}", true),
        (r#"{"t":"é \" \\ \/ \n","a":[],"b":[[1,true],{"c":{}}],"n":9007199254740991,"z":0}"#, true),
        (r#"{"t":"\u00e9"}"#, false),
        (r#"{"t": 1}"#, false),
        (r#"{"n":9007199254740992}"#, false),
        (r#"{"n":01}"#, false),
        (r#"{"n":1.0}"#, false),
        (r#"{"n":null}"#, false),
        (r#"{"v":1,"v":1}"#, false),
        (r#"{"n":[[[[]]]]}"#, false),
        (r#"{"n":1}}"#, false),
        (r#"{"n":1"#, false),
        (r#"{"n":"a"#, false),
        (r#"{"n":"\"#, false),
        (r#"{"n":1,}"#, false),
        (r#"{"n":tru}"#, false),
    ] {
        assert_eq!(plain::is_plain(line, HEADER), is_plain, "{line}");
    }
}

proptest! {
    #[test]
    fn what_is_plain_is_strict(
        value in strict_value(),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(&b"{}[]\",:\\0.e-ntu \x01"[..]),
    ) {
        let line = serde_json::json!({ "value": value, "b": 1 }).to_string();
        let mut changed = line.clone().into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        for line in [Ok(line), String::from_utf8(changed)].into_iter().flatten() {
            if plain::is_plain(&line, HEADER) {
                prop_assert_eq!(check_object(&line, HEADER), Ok(()), "{}", line);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(line in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = check(&line, HEADER);
    }

    #[test]
    fn strict_values_are_accepted(value in strict_value()) {
        let line = serde_json::json!({ "value": value }).to_string();
        prop_assert_eq!(check(line.as_bytes(), HEADER), Ok(()));
    }

    #[test]
    fn what_is_accepted_is_json(
        value in strict_value(),
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(&b"{}[]\",:\\0.e- \n"[..])],
    ) {
        let mut line = serde_json::json!({ "value": value }).to_string().into_bytes();
        let at = at.index(line.len());
        line[at] = byte;
        if check(&line, HEADER).is_ok() {
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&line).is_ok_and(|value| value.is_object()));
        }
    }
}
