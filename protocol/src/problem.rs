//! Problem documents (RFC 9457): how a node refuses a request of another node.
//!
//! Clients decide on `type` and `retry`, never on text. No URL, host or body text ever stands in a document.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The beginning of `type`.
const TYPE_PREFIX: &str = "urn:hxp:p:";

/// The next step allowed to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same request will be refused again.
    Never,
    /// The same request, after a pause.
    Backoff,
    /// Another request, from the cursor that the document or a hello gives.
    Rewind,
    /// A smaller request.
    Smaller,
}

macro_rules! problems {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $status:literal, $retry:ident, $title:literal;)+) => {
        /// Every problem of the protocol (HXP/1, section 8).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Problem { $($(#[$doc])+ $variant),+ }

        impl Problem {
            /// Every problem, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, at the end of `type`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// The next step allowed to the client.
            #[must_use]
            pub const fn retry(self) -> Retry {
                match self { $(Self::$variant => Retry::$retry),+ }
            }

            /// One sentence for people.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

problems! {
    /// The request breaks the specification.
    Malformed = "malformed", 400, Never, "The request breaks the specification.";
    /// The path's major version is not spoken here.
    UnsupportedVersion = "unsupported-version", 400, Never, "This major version is not spoken here.";
    /// The client is suspended here.
    Suspended = "suspended", 403, Backoff, "You are suspended here.";
    /// The client may not have this body, or the answerer does not know yet that it may.
    NotEntitled = "not-entitled", 403, Backoff, "You are not known to be entitled to this.";
    /// The log is not one of a known member.
    UnknownLog = "unknown-log", 404, Never, "This log is not taken here.";
    /// It was here and is erased.
    Gone = "gone", 410, Never, "This was here and is erased.";
    /// The run begins beyond the receiver's cursor.
    Gap = "gap", 409, Rewind, "The run begins beyond the cursor.";
    /// Another hash stands at the position asked for.
    CursorDiverged = "cursor-diverged", 409, Rewind, "Another hash stands at this position.";
    /// The log goes on in a later epoch.
    EpochClosed = "epoch-closed", 409, Rewind, "The log goes on in a later epoch.";
    /// Its author has signed two entries under one place of the log; a new epoch from before it is needed.
    LogForked = "log-forked", 409, Never, "Two entries were signed under one place of this log.";
    /// An older start of the same node said hello after a newer one.
    CloneSuspected = "clone-suspected", 409, Rewind, "Two machines seem to run as this node.";
    /// The request is over a limit.
    TooLarge = "too-large", 413, Smaller, "The request is over a limit.";
    /// A signature does not verify.
    BadSignature = "bad-signature", 422, Never, "A signature does not verify.";
    /// An entry does not follow the one before it.
    BrokenChain = "broken-chain", 422, Never, "The entries are not a chain.";
    /// The key does not sign at this position.
    KeyNotValid = "key-not-valid", 422, Never, "This key does not sign at this position.";
    /// The client asks too often.
    RateLimited = "rate-limited", 429, Backoff, "You ask too often.";
    /// The node has no room for the request now.
    Busy = "busy", 503, Backoff, "There is no room for this request now.";
    /// A fault of the answerer; its nature stands in the answerer's own log alone.
    Internal = "internal", 500, Backoff, "Something went wrong here.";
}

/// A problem as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    problem: Problem,
    detail: Option<&'static str>,
    members: Map<String, Value>,
}

impl Document {
    /// A document without detail.
    #[must_use]
    pub fn new(problem: Problem) -> Self {
        Self { problem, detail: None, members: Map::new() }
    }

    /// Adds a sentence of the program; a text that came from outside cannot stand here. A fault of ours (5xx)
    /// takes none.
    #[must_use]
    pub fn with_detail(mut self, detail: &'static str) -> Self {
        self.detail = (self.problem.status() < 500).then_some(detail);
        self
    }

    /// Adds a member, such as `cursor` or `heads`. `type`, `title`, `status`, `detail`, `instance` and `retry`
    /// are the document's own and are left as they are.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: Value) -> Self {
        if !OWN_MEMBERS.contains(&name) {
            self.members.insert(name.to_owned(), value);
        }
        self
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.problem
    }
}

const OWN_MEMBERS: [&str; 6] = ["type", "title", "status", "detail", "instance", "retry"];

impl From<Problem> for Document {
    fn from(problem: Problem) -> Self {
        Self::new(problem)
    }
}

impl Serialize for Document {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            r#type: String,
            title: &'a str,
            status: u16,
            retry: Retry,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
            #[serde(flatten)]
            members: &'a Map<String, Value>,
        }
        let problem = self.problem;
        Written {
            r#type: format!("{TYPE_PREFIX}{}", problem.name()),
            title: problem.title(),
            status: problem.status(),
            retry: problem.retry(),
            detail: self.detail,
            members: &self.members,
        }
        .serialize(serializer)
    }
}

/// The text is no problem document of this protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the answer is no problem document of HXP")]
pub struct DocumentMalformed;

/// A problem as a client reads it: the parts that it decides on, and nothing that is only text.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The problem; `None` for one that this version does not know.
    pub problem: Option<Problem>,
    /// The next step allowed to the client, in the sender's words.
    pub retry: Retry,
    /// Further members, such as `cursor` or `heads`; unverified.
    pub members: Map<String, Value>,
}

impl Received {
    /// Reads an answer's body. An unknown problem is read where its `type` and `retry` have the right form.
    pub fn parse(body: &[u8]) -> Result<Self, DocumentMalformed> {
        #[derive(Deserialize)]
        struct Read {
            r#type: String,
            retry: Retry,
            #[serde(flatten)]
            members: Map<String, Value>,
        }
        let mut read: Read = serde_json::from_slice(body).map_err(|_| DocumentMalformed)?;
        let name = read.r#type.strip_prefix(TYPE_PREFIX).ok_or(DocumentMalformed)?;
        let problem = Problem::ALL.iter().copied().find(|problem| problem.name() == name);
        read.members.retain(|member, _| !OWN_MEMBERS.contains(&member.as_str()));
        Ok(Self { problem, retry: read.retry, members: read.members })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_problem_is_read_back_as_itself() {
        for &problem in Problem::ALL {
            let document = Document::new(problem).with_detail("a detail").with_member("cursor", json!({"seq": 3}));
            let body = serde_json::to_vec(&document).expect("a document is JSON");
            let received = Received::parse(&body).expect("a document");
            assert_eq!(received.problem, Some(problem));
            assert_eq!(received.retry, problem.retry());
            assert_eq!(received.members, json!({"cursor": {"seq": 3}}).as_object().expect("an object").clone());
        }
    }

    #[test]
    fn a_document_has_the_form_of_the_specification() {
        let document =
            Document::new(Problem::Gap).with_member("cursor", json!({"seq": 3})).with_member("type", json!(1));
        let expected = json!({
            "type": "urn:hxp:p:gap", "title": "The run begins beyond the cursor.", "status": 409, "retry": "rewind",
            "cursor": {"seq": 3},
        });
        assert_eq!(serde_json::to_value(&document).expect("a document is JSON"), expected);
    }

    #[test]
    fn names_are_unique() {
        for (position, problem) in Problem::ALL.iter().enumerate() {
            assert!(Problem::ALL[..position].iter().all(|other| other.name() != problem.name()));
        }
    }

    #[test]
    fn a_fault_of_ours_has_no_detail() {
        for &problem in Problem::ALL.iter().filter(|problem| problem.status() >= 500) {
            let document = Document::new(problem).with_detail("a detail");
            assert!(serde_json::to_value(&document).expect("a document is JSON").get("detail").is_none());
        }
    }

    #[test]
    fn an_unknown_problem_is_read_by_its_retry() {
        let received = Received::parse(br#"{"type":"urn:hxp:p:tired","status":503,"retry":"backoff"}"#);
        let expected = Received { problem: None, retry: Retry::Backoff, members: Map::new() };
        assert_eq!(received, Ok(expected));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for body in [
            &b""[..],
            b"[]",
            b"<html>",
            br#"{"type":"about:blank","status":404}"#,
            br#"{"type":"urn:hxp:p:gap","status":409}"#,
            br#"{"type":"urn:hxp:p:gap","status":409,"retry":"perhaps"}"#,
            br#"{"type":"urn:other:gap","status":409,"retry":"rewind"}"#,
        ] {
            assert_eq!(Received::parse(body), Err(DocumentMalformed));
        }
    }
}
