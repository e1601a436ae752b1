//! Sessions: the cookie, who is signed in, what he may, and from where his forms come.

mod cookie;
pub(crate) mod form_origin;
mod guard;
pub(crate) mod signed_in;

pub(crate) use cookie::cookie;
