//! A way within the office, as a form or an address names it.

use axum::http::uri::PathAndQuery;

/// A path of this office, with its query. Never leads elsewhere. Otherwise somebody could send a link to the sign-in
/// with another site in it. A page of his own would then follow a real sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalPath(String);

impl LocalPath {
    /// Returns the named path, where it is one; else the first page.
    pub(crate) fn parse(text: &str) -> Self {
        // Browsers read two slashes, and a backslash for a slash, as the beginning of a host.
        let is_local = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
        let is_path = is_local && text.parse::<PathAndQuery>().is_ok_and(|path| path.as_str() == text);
        Self(if is_path { text.to_owned() } else { "/".to_owned() })
    }

    /// As it was named.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The sign-in that leads here.
    pub(crate) fn by_sign_in(&self) -> String {
        if self.0 == "/" {
            return "/sign-in".to_owned();
        }
        let to: String = url::form_urlencoded::byte_serialize(self.0.as_bytes()).collect();
        format!("/sign-in?to={to}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_office_is_kept_and_everything_else_leads_to_the_first_page() {
        for kept in ["/", "/accounts", "/exchange?peer=nl-example&from=2026-01-01", "/a//b", "/a?b=%2F%2Fc"] {
            assert_eq!(LocalPath::parse(kept).as_str(), kept);
        }
        for other in [
            "",
            "accounts",
            "//attacker.example",
            "/\\attacker.example",
            "/a\\b",
            "\\\\attacker.example",
            "https://attacker.example/",
            "///attacker.example",
            "/\t/attacker.example",
            "/\n/attacker.example",
            " /accounts",
            "javascript:alert(1)",
            "/a#b",
            "/é\u{0}",
        ] {
            assert_eq!(LocalPath::parse(other).as_str(), "/", "{other:?}");
        }
    }

    #[test]
    fn the_sign_in_is_told_where_to_lead() {
        assert_eq!(LocalPath::parse("/").by_sign_in(), "/sign-in");
        assert_eq!(LocalPath::parse("/a?b=c&d").by_sign_in(), "/sign-in?to=%2Fa%3Fb%3Dc%26d");
    }
}
