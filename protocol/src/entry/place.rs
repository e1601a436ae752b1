//! How a header line begins: the place of its entry.

use crate::bytes::Hash;
use crate::id::NodeId;

/// A line's first fields: its place in its author's log. With room for `more` bytes.
pub(super) fn write_place(log: &NodeId, epoch: u64, seq: u64, prev: &Hash, more: usize) -> String {
    use std::fmt::Write as _;
    let mut line = String::with_capacity(more + 160);
    write!(line, r#"{{"v":1,"log":"{log}","ep":{epoch},"seq":{seq},"prev":"{prev}","#)
        .expect("writing to a string does not fail");
    line
}
