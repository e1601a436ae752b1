//! The order of steps that a report takes: read this file first.
