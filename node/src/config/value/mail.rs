//! Where mail is given to be sent, and addresses of mail.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use lettre::Address;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

/// How the way to a mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Not at all: on this machine only.
    Plain,
    /// TLS from the first byte.
    Tls,
    /// TLS that begins with `STARTTLS`; without it nothing is sent.
    StartTls,
}

impl MailSecurity {
    const ALL: [Self; 3] = [Self::Plain, Self::Tls, Self::StartTls];

    const fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "smtp",
            Self::Tls => "smtps",
            Self::StartTls => "smtp+starttls",
        }
    }

    /// The port where none is given (RFC 5321, RFC 8314, RFC 6409).
    const fn port(self) -> u16 {
        match self {
            Self::Plain => 25,
            Self::Tls => 465,
            Self::StartTls => 587,
        }
    }
}

/// The text is no address of a mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "expected smtps://host, smtp+starttls://host, or on this machine smtp://127.0.0.1, with :port where it is another; \
     the user stands in mail_user"
)]
pub struct MailServerMalformed;

/// A server that takes mail. Plain text towards another machine is refused: an eavesdropper on the way would read the
/// alerts and the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// How the way to it is kept from others.
    pub security: MailSecurity,
    /// Its name, used to check its certificate, or its address, an IPv6 one without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
}

impl FromStr for MailServer {
    type Err = MailServerMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| MailServerMalformed)?;
        let security = MailSecurity::ALL.into_iter().find(|security| security.scheme() == url.scheme());
        let security = security.ok_or(MailServerMalformed)?;
        let host = url.host_str().and_then(|host| Host::parse(host).ok()).ok_or(MailServerMalformed)?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        let port = url.port().unwrap_or(security.port());
        if !bare || !nobody || port == 0 || (security == MailSecurity::Plain && !is_loopback(&host)) {
            return Err(MailServerMalformed);
        }
        let host = match host {
            Host::Domain(name) => name,
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        Ok(Self { security, host, port })
    }
}

/// Whether a host is this machine. Of names only `localhost` is: another one may lead anywhere tomorrow.
pub(super) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { security, host, port } = self;
        match host.parse() {
            Ok(IpAddr::V6(address)) => write!(f, "{}://[{address}]:{port}", security.scheme()),
            _ => write!(f, "{}://{host}:{port}", security.scheme()),
        }
    }
}

impl Serialize for MailServer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MailServer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The text is no address of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected an e-mail address alone, such as duty@hotline.example")]
pub struct MailAddressMalformed;

/// An address of somebody of this hotline.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailAddress(Address);

impl MailAddress {
    /// The address.
    #[must_use]
    pub const fn as_address(&self) -> &Address {
        &self.0
    }
}

impl FromStr for MailAddress {
    type Err = MailAddressMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| MailAddressMalformed)
    }
}

impl Serialize for MailAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_of_mail_has_tls_or_is_this_machine() {
        for (text, shown) in [
            ("smtps://mail.example", "smtps://mail.example:465"),
            ("smtps://mail.example:443/", "smtps://mail.example:443"),
            ("smtp+starttls://MAIL.example", "smtp+starttls://mail.example:587"),
            ("smtp://localhost", "smtp://localhost:25"),
            ("smtp://127.0.0.2:2525", "smtp://127.0.0.2:2525"),
            ("smtp://[::1]", "smtp://[::1]:25"),
        ] {
            assert_eq!(text.parse::<MailServer>().map(|server| server.to_string()).as_deref(), Ok(shown), "{text}");
        }
        for text in [
            "mail.example",
            "https://mail.example",
            "smtp://mail.example",
            "smtp://localhost.example",
            "smtp://192.0.2.1",
            "smtps://",
            "smtps://ada:secret@mail.example",
            "smtps://mail.example/path",
            "smtps://mail.example?tls=no",
            "smtps://mail.example:0",
        ] {
            assert_eq!(text.parse::<MailServer>(), Err(MailServerMalformed), "{text}");
        }
    }

    #[test]
    fn an_address_of_mail_stands_alone() {
        for (text, good) in [
            ("duty@hotline.example", true),
            ("Duty <duty@hotline.example>", false),
            ("duty@hotline.example, ada@hotline.example", false),
            ("duty@hotline.example\r\nBcc: ada@hotline.example", false),
            ("duty", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<MailAddress>().is_ok(), good, "{text}");
        }
    }
}
