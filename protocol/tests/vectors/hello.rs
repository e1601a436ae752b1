//! Hello, as `xq-example` hears it from `fr-example` in the network `practice`.

use hotline_protocol::hello::Hello;
use serde_json::{Value, json};

use crate::file::{read, text};
use crate::headers::ZERO;
use crate::pen::{LOG, network, node};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn good() -> String {
    format!(
        r#"{{"net":"practice","id":"fr-example","software":"other/1","versions":[1],"features":["gzip"],"limits":{{"run_entries":1024,"run_bytes":4194304}},"clock":1767225605,"boot":"019b76da-a800-7000-8000-0000000000b0","accept":"automatic","heads":{{"fr-example":"a.b.c"}},"cursor":{{"ep":1,"seq":0,"hash":"{ZERO}"}},"wants":[],"digest_keys":[{{"key":"{KEY}"}}]}}"#
    )
}

/// Rule, a part, its replacement, whether it is taken then.
fn changes() -> Vec<(&'static str, String, String, bool)> {
    let change = |rule, good: &str, other: &str, taken| (rule, good.to_owned(), other.to_owned(), taken);
    vec![
        change("a hello", "", "", true),
        change("a further member", "{\"net\"", "{\"later\":null,\"net\"", true),
        change("further versions", "[1]", "[1,2]", true),
        change("features, wants and digest keys may lack", r#""features":["gzip"],"#, "", true),
        change("wants may lack", r#","wants":[]"#, "", true),
        change("digest keys may lack", &format!(r#","digest_keys":[{{"key":"{KEY}"}}]"#), "", true),
        change("a log of a seat that is not known", r#""heads":{"fr-"#, r#""heads":{"xq-"#, true),
        change("a name in heads that is no node id", r#""heads":{"fr-example""#, r#""heads":{"FR Example""#, true),
        change("a clock before 1970", "1767225605", "-1", true),
        change("a check", r#""accept""#, r#""check":true,"accept""#, true),
        change("manual", "automatic", "manual", true),
        change("white space", ",", ",\n ", true),
        change("limits of 0", "1024", "0", true),
        change(
            "1,025 wants",
            "\"wants\":[]",
            &format!("\"wants\":[{}]", vec![format!("\"{ZERO}\""); 1_025].join(",")),
            true,
        ),
        change(
            "a fifth digest key is not read",
            &format!(r#"[{{"key":"{KEY}"}}]"#),
            &format!(r#"[{}{{"key":"a"}}]"#, format!(r#"{{"key":"{KEY}"}},"#).repeat(4)),
            true,
        ),
        change("not a check", r#""accept""#, r#""check":false,"accept""#, true),
        change("a member that is not of the table twice", "{\"net\"", "{\"a\":1,\"a\":1,\"net\"", true),
        change(
            "forks",
            r#""cursor""#,
            r#""forks":{"nl-example":{"ep":1,"seq":7},"NL":{"ep":0,"seq":0}},"cursor""#,
            true,
        ),
        change("a place 0 in the cursor", r#"{"ep":1,"seq":0"#, r#"{"ep":0,"seq":0"#, true),
        change("a fork as a list", r#""cursor""#, r#""forks":{"nl-example":[1,7]},"cursor""#, false),
        change("a fork of another name is none", r#""cursor""#, r#""forks":{"NL":1},"cursor""#, false),
        change("a head of another name is no text", r#""fr-example":"a.b.c""#, r#""FR":1"#, false),
        change("null for what may lack", "\"wants\":[]", "\"wants\":null", false),
        change("an exponent", "1767225605", "1e9", false),
        change("a negative limit", "1024", "-1", false),
        change("a version beyond 32 bits", "[1]", "[1,4294967296]", false),
        change("a number below 0 in the cursor", r#""seq":0"#, r#""seq":-1"#, false),
        change("a member of the cursor twice", r#"{"ep":1,"seq":0"#, r#"{"ep":1,"ep":1,"seq":0"#, false),
        change(
            "a want beyond the 1,024th is no hash",
            "\"wants\":[]",
            &format!("\"wants\":[{},\"a\"]", vec![format!("\"{ZERO}\""); 1_024].join(",")),
            false,
        ),
        change(
            "a fifth digest key is no object",
            &format!(r#"[{{"key":"{KEY}"}}]"#),
            &format!("[{}1]", format!(r#"{{"key":"{KEY}"}},"#).repeat(4)),
            false,
        ),
        change("another network", "practice", "production", false),
        change("another node", "\"fr-example\",\"software\"", "\"nl-example\",\"software\"", false),
        change("not version 1", "[1]", "[2]", false),
        change("no version", "[1]", "[]", false),
        change("net lacks", r#""net":"practice","#, "", false),
        change("software lacks", r#""software":"other/1","#, "", false),
        change("limits lack", r#""limits":{"run_entries":1024,"run_bytes":4194304},"#, "", false),
        change("a limit lacks", r#","run_bytes":4194304"#, "", false),
        change("clock lacks", r#""clock":1767225605,"#, "", false),
        change("clock is no integer", "1767225605", "1.5", false),
        change("boot lacks", r#""boot":"019b76da-a800-7000-8000-0000000000b0","#, "", false),
        change("boot in capitals", "00b0", "00B0", false),
        change("boot of another version", "-7000-", "-4000-", false),
        change(
            "boot in braces",
            "\"019b76da-a800-7000-8000-0000000000b0\"",
            "\"{019b76da-a800-7000-8000-0000000000b0}\"",
            false,
        ),
        change(
            "boot without hyphens",
            "019b76da-a800-7000-8000-0000000000b0",
            "019b76daa800700080000000000000b0",
            false,
        ),
        change("boot is no UUID", "019b76da-a800-7000-8000-0000000000b0", "boot", false),
        change("another accept", "automatic", "perhaps", false),
        change("heads lack", r#""heads":{"fr-example":"a.b.c"},"#, "", false),
        change("a head is no text", "\"a.b.c\"", "1", false),
        change("cursor lacks", &format!(r#""cursor":{{"ep":1,"seq":0,"hash":"{ZERO}"}},"#), "", false),
        change(
            "a cursor as a list",
            &format!(r#"{{"ep":1,"seq":0,"hash":"{ZERO}"}}"#),
            &format!(r#"[1,0,"{ZERO}"]"#),
            false,
        ),
        change("a want is no hash", "\"wants\":[]", "\"wants\":[\"a\"]", false),
        change("a digest key of 31 bytes", KEY, &KEY[..42], false),
        change("a member of the table twice", "\"versions\":[1]", "\"versions\":[1],\"versions\":[1]", false),
        change("no JSON", "}]}", "}]", false),
        change("no object", "{\"net\"", "[{\"net\"", false),
    ]
}

pub(crate) fn vectors() -> Vec<Value> {
    let vector = |(rule, from, to, taken): (&str, String, String, bool)| {
        let body = good().replacen(&from, &to, 1);
        assert!(body != good() || from.is_empty(), "{rule}");
        if taken {
            json!({"rule": rule, "body": body, "heads": heads(&body).unwrap_or_else(|| panic!("{rule}: {body}"))})
        } else {
            json!({"rule": rule, "body": body, "refused": "malformed", "mended": good()})
        }
    };
    changes().into_iter().map(vector).collect()
}

/// The logs with a head that is read.
fn heads(body: &str) -> Option<Vec<String>> {
    let told = Hello::read(body.as_bytes(), &network(), &node(LOG)).ok()?;
    Some(told.heads.keys().map(ToString::to_string).collect())
}

#[test]
fn every_hello_is_taken_or_refused_and_taken_where_its_fault_is_mended() {
    for vector in read("hello.json") {
        let found = heads(text(&vector, "body"));
        if vector.get("refused").is_some() {
            assert_eq!(found, None, "{vector}");
            assert!(heads(text(&vector, "mended")).is_some(), "{vector}");
        } else {
            assert_eq!(json!(found), vector["heads"], "{vector}");
        }
    }
}
