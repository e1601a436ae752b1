//! A proxy that leads out of the house, and the name that this machine gives itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

/// The text is no address of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected http://host:port or socks5://host:port, with user:password@ where the proxy wants a login")]
pub struct ProxyUrlMalformed;

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP, with CONNECT.
    Http,
    /// SOCKS 5; the proxy resolves names.
    Socks5,
}

/// A proxy. Its login is shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(Url);

impl ProxyUrl {
    /// The whole address, as a client takes it: names are resolved by the proxy.
    #[must_use]
    pub const fn as_url(&self) -> &Url {
        &self.0
    }

    /// How it is spoken to.
    #[must_use]
    pub fn kind(&self) -> ProxyKind {
        if self.0.scheme() == "http" { ProxyKind::Http } else { ProxyKind::Socks5 }
    }

    /// Host (an IPv6 address without brackets) and port.
    #[must_use]
    pub fn place(&self) -> (String, u16) {
        let host = match self.0.host() {
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            Some(Host::Domain(name)) => name.to_owned(),
            None => String::new(),
        };
        (host, self.0.port().unwrap_or(if self.kind() == ProxyKind::Http { 80 } else { 1_080 }))
    }

    /// User and password, where it wants a login.
    #[must_use]
    pub fn login(&self) -> Option<(String, String)> {
        let decoded = |text: &str| {
            url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
                .next()
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let user = self.0.username();
        (!user.is_empty()).then(|| (decoded(user), decoded(self.0.password().unwrap_or_default())))
    }
}

impl FromStr for ProxyUrl {
    type Err = ProxyUrlMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = match text.strip_prefix("socks5://") {
            Some(rest) => format!("socks5h://{rest}"),
            None => text.to_owned(),
        };
        let url = Url::parse(&text).map_err(|_| ProxyUrlMalformed)?;
        let is_known =
            matches!(url.scheme(), "http" | "socks5h") && url.host_str().is_some_and(|host| !host.is_empty());
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if is_known && is_bare && url.port() != Some(0) { Ok(Self(url)) } else { Err(ProxyUrlMalformed) }
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.kind() == ProxyKind::Http { "http" } else { "socks5" };
        let login = if self.0.username().is_empty() { "" } else { "hidden@" };
        let (host, port) = self.place();
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        write!(f, "{scheme}://{login}{host}:{port}")
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ProxyUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProxyUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The text is no name of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected the name of this machine, such as node.hotline.example, or its address")]
pub struct MachineNameMalformed;

/// The name of a machine, or its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineName(String);

impl FromStr for MachineName {
    type Err = MachineNameMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.parse::<std::net::IpAddr>().is_ok() || is_host_name(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MachineNameMalformed)
        }
    }
}

impl fmt::Display for MachineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for MachineName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MachineName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// RFC 1123, section 2.1.
fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// The name that this machine gives itself: its full one, where it has one; `localhost` where it has none at all.
#[must_use]
pub fn machine_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    full_name(name.trim(), &hosts)
}

/// The full name that the hosts file gives to a machine: `127.0.1.1 node.hotline.example node`.
fn full_name(name: &str, hosts: &str) -> String {
    if !is_host_name(name) {
        return "localhost".to_owned();
    }
    let full = hosts.lines().filter_map(|line| {
        let mut names = line.split('#').next().unwrap_or_default().split_whitespace().skip(1);
        let names: Vec<&str> = names.by_ref().collect();
        let is_full = |full: &&&str| full.split('.').next() == Some(name) && full.contains('.') && is_host_name(full);
        names.iter().find(is_full).map(|full| (*full).to_owned())
    });
    if name.contains('.') { name.to_owned() } else { full.into_iter().next().unwrap_or_else(|| name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_has_a_kind_a_place_and_a_login_that_is_hidden() {
        for (text, shown, kind, port) in [
            ("http://proxy.example:3128", "http://proxy.example:3128", ProxyKind::Http, 3128),
            ("http://ada:sec%40ret@192.0.2.1/", "http://hidden@192.0.2.1:80", ProxyKind::Http, 80),
            ("socks5://[::1]:9050", "socks5://[::1]:9050", ProxyKind::Socks5, 9050),
            ("socks5h://ada:sec+ret@proxy.example", "socks5://hidden@proxy.example:1080", ProxyKind::Socks5, 1_080),
        ] {
            let proxy: ProxyUrl = text.parse().expect("a proxy");
            assert_eq!((proxy.to_string().as_str(), format!("{proxy:?}").as_str()), (shown, shown));
            assert_eq!((proxy.kind(), proxy.place().1), (kind, port));
        }
        let login = |text: &str| text.parse::<ProxyUrl>().expect("a proxy").login();
        assert_eq!(login("http://ada:sec%40ret@proxy.example"), Some(("ada".into(), "sec@ret".into())));
        assert_eq!(login("socks5://ada:sec+ret@proxy.example"), Some(("ada".into(), "sec+ret".into())));
        assert_eq!(login("http://proxy.example"), None);
        for text in ["proxy.example:3128", "https://proxy.example", "socks4://proxy.example", "http://proxy.example/x"]
        {
            assert_eq!(text.parse::<ProxyUrl>(), Err(ProxyUrlMalformed), "{text}");
        }
    }

    #[test]
    fn a_machine_has_its_full_name_where_it_has_one() {
        let hosts =
            "127.0.0.1 localhost\n127.0.1.1 node.hotline.example node # this one\n192.0.2.1 other.example other\n";
        for (name, full) in [
            ("node", "node.hotline.example"),
            ("node.example", "node.example"),
            ("lonely", "lonely"),
            ("no_name", "localhost"),
            ("", "localhost"),
        ] {
            assert_eq!(full_name(name, hosts), full);
        }
        for (text, good) in [
            ("node.hotline.example", true),
            ("node", true),
            ("192.0.2.1", true),
            ("2001:db8::1", true),
            ("node..example", false),
            ("node example", false),
            ("node\r\nQUIT", false),
            ("-node", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<MachineName>().is_ok(), good, "{text}");
        }
    }
}
