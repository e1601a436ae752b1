//! The kind of page behind a link of the office: its route.

use hotline_node::web::shell::ROUTES;

/// Returns the route of a link; `None` for a download, a place of the same page, and a link out of the office.
#[must_use]
pub fn kind(link: &str) -> Option<&'static str> {
    let path = link.split(['?', '#']).next().filter(|path| path.starts_with('/') && !path.contains('.'))?;
    // A route written out goes before a route with placeholders.
    let is_written = |route: &&&str| **route == path;
    let paths: Vec<&'static str> = ROUTES.iter().map(|route| route.path).collect();
    paths.iter().find(is_written).or_else(|| paths.iter().find(|route| fits(route, path))).copied()
}

fn fits(route: &str, path: &str) -> bool {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    let is_same = |(wanted, found): (&&str, &&str)| wanted.starts_with('{') || wanted == found;
    route.len() == path.len() && route.iter().zip(&path).all(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_of_the_kind_of_its_route() {
        for (link, expected) in [
            ("/", Some("/")),
            ("/reports?state=offered", Some("/reports")),
            ("/reports/FR-2026-0000001", Some("/reports/{number}")),
            ("/account", Some("/account")),
            ("/reports/find", Some("/reports/find")),
            ("/nowhere", None),
            ("/a/b.csv", None),
            ("#main", None),
            ("https://elsewhere.example/", None),
        ] {
            assert_eq!(kind(link), expected, "{link}");
        }
    }
}
