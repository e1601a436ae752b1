//! Reasons why a message was not taken, by the remedy that a person has.

use std::error::Error;
use std::io;

use thiserror::Error as ThisError;

use crate::access::alert::delivery_log::Channel;

/// Why a message was not taken. Holds nothing that the other side said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
pub enum NotTaken {
    /// No connection, or it broke.
    #[error("it is not reachable")]
    Unreachable,
    /// No answer in time.
    #[error("it does not answer in time")]
    Late,
    /// TLS failed.
    #[error("TLS with it failed: its certificate is not trusted, or it speaks no TLS")]
    Tls,
    /// The password or the token was refused, or is wanted.
    #[error("it refuses the login ({0})")]
    Login(u16),
    /// The proxy on the way is away, or does not let this node through.
    #[error("the proxy on the way to it is not reachable, or refuses the way")]
    Proxy,
    /// It answered that it does not take the message.
    #[error("it answers {0}")]
    Answer(u16),
    /// Its answer does not follow the protocol, or it lacks a needed feature: a way to log in, say.
    #[error("it does not speak as expected")]
    Speech,
}

impl NotTaken {
    /// Returns the error and the keys of the configuration to look at, as one sentence without a full stop.
    #[must_use]
    pub fn sentence(self, channel: Channel) -> String {
        let keys = match (channel, self) {
            (_, Self::Proxy) => "alerts.proxy",
            (Channel::Mail, Self::Login(_)) => "alerts.mail_user and alerts.mail_password_file",
            (Channel::Mail, Self::Answer(_)) => "alerts.mail_from and alerts.mail_to",
            (Channel::Mail, _) => "alerts.mail_server",
            (Channel::Webhook, Self::Login(_)) => "alerts.webhook_token_file",
            (Channel::Webhook, _) => "alerts.webhook_url",
        };
        format!("{self}; look at {keys}")
    }
}

/// Whether TLS is beneath an error. An I/O error hides its wrapped error from `source`, so it is asked itself.
pub(super) fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return true;
        }
        cause = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    false
}
