//! A real browser, Debian's `chromium`, before a real node: the office as people see it.
//!
//! It takes its commands over a pipe, in the language of its developer tools, so that neither a driver nor an open port
//! stands between. Every page begins with empty cookies and without script, since the office wants none. The node's
//! certificate is trusted by its key, and no other is; no name but the loopback's is resolved. Every message of a page
//! to the console and every breach of its own policy fails the act that caused it.
//!
//! ```no_run
//! # use hotline_tests::browser::{BrowserProgram, Look};
//! # async fn example(office: std::net::SocketAddr, key: &std::path::Path) -> anyhow::Result<()> {
//! let Some(program) = BrowserProgram::find()? else { return Ok(()) };
//! let browser = program.start(&[key]).await?;
//! let mut page = browser.page(office).await?;
//! page.look(Look::Phone).await?;
//! page.open("/sign-in").await?;
//! page.fill("Name", "ada").await?;
//! page.follow("Sign in").await?;
//! page.is_accessible().await?;
//! # Ok(())
//! # }
//! ```

mod accessibility;
pub mod authenticator;
mod complaint;
mod door;
mod hand;
pub mod html;
pub mod kind;
mod look;
pub mod office;
mod page;
mod pipe;
mod program;
mod tour;
mod vanished;

pub use hand::{Key, Named};
pub use look::Look;
pub use page::Page;
pub use program::{Browser, BrowserProgram};
