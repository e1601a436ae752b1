//! Untrue statements: about heads, clocks, keys, and the author of a log.

pub(super) mod clock_lies;
pub(super) mod equivocation;
pub(super) mod false_heads;
pub(super) mod others_logs;
pub(super) mod replays;
pub(super) mod unknown_keys;
