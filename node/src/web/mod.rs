//! The office: pages for the hotline's own people and its partners'.
//!
//! Pages are made by the server and want no script. A handler asks a service for what it shows, puts it into a view
//! (one struct a page, its template under `node/templates`), and answers. Texts stand under `node/locales`, in English
//! and French. What somebody may see is decided by the type of the handler's first argument
//! ([`Entitled`](crate::access::account::Entitled)). No address and no title of a page holds a URL or a host.

mod accounts;
mod asked;
mod asset;
mod choice;
mod error;
mod exchange;
mod fault;
mod figure;
mod figures_page;
mod frame;
mod guard;
mod headers;
mod invitation;
mod language;
mod local_path;
mod office;
mod operation;
mod origin;
mod own_account;
mod reports;
mod route;
mod session;
mod shown;
mod sign_in;
#[cfg(test)]
mod tests;
mod trail;

pub use office::Checks;
pub use office::{FORM_LIMIT_BYTES, Office, ROUTES, router};
pub use route::{Audience, Route};
use shown::Shown;
