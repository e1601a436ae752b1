//! Paths that are none of this version's.

use axum::http::Uri;
use hotline_protocol::problem::Problem;

use super::ExchangeProblem;

/// Tells whether it is the major version that is not spoken here, or the path that is none of the protocol's.
pub(super) fn answer(uri: &Uri) -> ExchangeProblem {
    problem_of(uri.path()).into()
}

/// The major version stands in `/hxp/v<number>/`.
fn problem_of(path: &str) -> Problem {
    let version = path.strip_prefix("/hxp/v").map(|rest| rest.split('/').next().unwrap_or(rest));
    let is_number = |version: &&str| {
        !version.is_empty() && !version.starts_with('0') && version.bytes().all(|byte| byte.is_ascii_digit())
    };
    match version.filter(is_number) {
        Some("1") | None => Problem::Malformed,
        Some(_) => Problem::UnsupportedVersion,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_major_version_is_told_from_a_path_that_is_none() {
        for path in ["/hxp/v2/hello", "/hxp/v2", "/hxp/v10/logs/fr-a/runs", "/hxp/v99999999999999999999/x"] {
            assert_eq!(problem_of(path), Problem::UnsupportedVersion, "{path}");
        }
        for path in ["/", "/hxp", "/hxp/v1/other", "/hxp/v1", "/hxp/v/hello", "/hxp/v02/hello", "/hxp/v2a/hello", "/v2"]
        {
            assert_eq!(problem_of(path), Problem::Malformed, "{path}");
        }
    }
}
