//! The office: pages for the hotline's own people and its partners'.
//!
//! Pages are made by the server and want no script. A handler asks a service for the page's content, puts it into a
//! view (one struct a page, its template under `node/templates`), and answers. Texts stand under `node/locales`, in
//! English and French. The type of the handler's first argument decides the right to see a page
//! ([`Entitled`](super::access::account::Entitled)). No address and no title of a page holds a URL or a host.

mod figure;
pub mod page;
pub mod shell;
#[cfg(test)]
mod tests;
