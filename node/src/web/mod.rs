//! The office: pages for the hotline's own people and its partners'.
//!
//! Pages are made by the server and want no script. A handler asks a service for what it shows, puts it into a view
//! (one struct a page, its template under `node/templates`), and answers. Texts stand under `node/locales`, in English
//! and French. What somebody may see is decided by the type of the handler's first argument
//! ([`Entitled`](super::access::account::Entitled)). No address and no title of a page holds a URL or a host.

mod figure;
pub mod page;
pub mod shell;
#[cfg(test)]
mod tests;
