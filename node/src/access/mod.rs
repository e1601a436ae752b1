//! The record of acts, and the matters that wait for a person.
//!
//! An *act* is a deed of a person (or of the node itself) that somebody must answer for. Hashes chain the trail of
//! acts, so that a changed or removed row is noticed. An *alert* needs a person. It stays open until its cause ends or
//! somebody acknowledges it, and is told on a *channel* until then. Neither ever holds a URL.

pub mod account;
pub mod act;
pub mod alert;
pub mod audit;
mod repository;
