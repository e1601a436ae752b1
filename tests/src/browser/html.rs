//! The links and forms of a page of HTML: enough to follow every way that is in it.

/// An element's tag, its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// A form as it stands in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Whether it is posted; else its fields go into the address.
    pub is_posted: bool,
    /// Where it is sent; `None`: to the page's own address.
    pub action: Option<String>,
    /// Names and values of its fields and buttons, as they stand there.
    pub fields: Vec<(String, String)>,
}

/// Every address that the page names: links, pictures, styles, downloads.
#[must_use]
pub fn addresses(page: &str) -> Vec<String> {
    let named = |tag: Tag| ["href", "src"].iter().find_map(|name| tag.attribute(name).map(str::to_owned));
    tags(page).into_iter().filter_map(named).collect()
}

/// Every form of the page.
#[must_use]
pub fn forms(page: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for tag in tags(page) {
        match (tag.name.as_str(), forms.last_mut()) {
            ("form", _) => forms.push(Form {
                is_posted: tag.attribute("method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
                action: tag.attribute("action").map(str::to_owned),
                fields: Vec::new(),
            }),
            ("input" | "button" | "select" | "textarea", Some(form)) => {
                if let Some(name) = tag.attribute("name") {
                    form.fields.push((name.to_owned(), tag.attribute("value").unwrap_or_default().to_owned()));
                }
            }
            _ => {}
        }
    }
    forms
}

fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    for part in page.split('<').skip(1) {
        if part.starts_with(|first: char| first.is_ascii_alphabetic()) {
            tags.push(tag(part));
        }
    }
    tags
}

/// Reads a tag from behind its `<`. Templates write values in double quotes.
fn tag(part: &str) -> Tag {
    let end = part.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(part.len());
    let (name, mut rest) = part.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '=').unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        let (key, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"").and_then(|quoted| quoted.split_once('"')) {
            Some((value, after)) => (value, after),
            None => ("", after.trim_start_matches('=')),
        };
        attributes.push((key.to_ascii_lowercase(), plain(value)));
        rest = after;
    }
    Tag { name: name.to_ascii_lowercase(), attributes }
}

/// A value without HTML's way of writing.
fn plain(value: &str) -> String {
    let named = [("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(value.to_owned(), |value, (written, meant)| value.replace(written, meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><link rel="stylesheet" href="/a.css"><a class="x"
        href="/b?c=1&#38;d=2">b</a><img src="data:,"><form method="post" action="/e"><input type="hidden" name="f"
        value="g &#34;h&#34;"><input disabled><button name="i" value="j">k</button></form><form><select name="l"></select></form>"#;

    #[test]
    fn every_address_of_a_page_is_found() {
        assert_eq!(addresses(PAGE), ["/a.css", "/b?c=1&d=2", "data:,"]);
    }

    #[test]
    fn forms_have_their_fields() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let first =
            Form { is_posted: true, action: Some("/e".to_owned()), fields: vec![pair("f", "g \"h\""), pair("i", "j")] };
        let second = Form { is_posted: false, action: None, fields: vec![pair("l", "")] };
        assert_eq!(forms(PAGE), [first, second]);
    }
}
