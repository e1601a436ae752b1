//! Sessions: the cookie, the signed-in user, his rights, and from where his forms come.

mod cookie;
pub(crate) mod form_origin;
mod guard;
pub(crate) mod signed_in;

pub(crate) use cookie::cookie;
