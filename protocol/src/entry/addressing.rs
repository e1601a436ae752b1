//! The receivers of a kept header's body: the part of each header that is read when a run is sent.

use serde::Deserialize;

use super::content::{BodyCommitment, HeaderRefused};
use crate::bytes::Hash;
use crate::id::NodeId;

/// The part of a header that names the readers of its body, and the body.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Addressing {
    /// Nodes entitled to the body.
    #[serde(default)]
    pub to: Vec<NodeId>,
    #[serde(rename = "bh", default)]
    body_hash: Option<Hash>,
    #[serde(rename = "bs", default)]
    body_size: Option<u64>,
}

impl Addressing {
    /// Reads a line that was parsed or written here before, and is kept.
    pub fn from_storage(line: &str) -> Result<Self, HeaderRefused> {
        serde_json::from_str(line).map_err(|_| HeaderRefused::Fields)
    }

    /// The body that the header commits to.
    #[must_use]
    pub fn body(&self) -> Option<BodyCommitment> {
        Some(BodyCommitment { hash: self.body_hash?, size: self.body_size? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Content, EntryType, Header};

    #[test]
    fn it_is_what_the_whole_header_says() {
        let mut content = Content::new(EntryType::Create, 1);
        for to in [Vec::new(), vec!["nl-b".parse().expect("an id"), "de-c".parse().expect("an id")]] {
            for body in [None, Some(BodyCommitment { hash: Hash::of(&[b"a body"]), size: 512 })] {
                content.to.clone_from(&to);
                if let Some(body) = body {
                    content.commit(body);
                }
                let log = "fr-a".parse().expect("an id");
                let line = Header::write_line(&log, 1, 1, &Hash::ZERO, &content.to_tail());
                let whole = Header::from_storage(&line).expect("a header").content;
                let read = Addressing::from_storage(&line).expect("a header");
                assert_eq!((read.to.clone(), read.body()), (whole.to.clone(), whole.body()));
            }
        }
        assert!(Addressing::from_storage("{").is_err());
    }
}
