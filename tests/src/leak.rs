//! Search for forbidden contents: a reported URL in any of its forms, an e-mail address.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use anyhow::ensure;

/// One form of something secret.
#[derive(Debug, Clone)]
pub struct Needle {
    form: &'static str,
    text: String,
}

/// Where a secret was found.
#[derive(Debug)]
pub struct Leak {
    place: PathBuf,
    form: &'static str,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} holds it {}", self.place.display(), self.form)
    }
}

/// Every form of a URL: as given, defanged, percent-encoded, and its host and path alone. `url` must have a path that
/// stands nowhere by chance.
pub fn url_needles(url: &str) -> anyhow::Result<Vec<Needle>> {
    let parsed = url::Url::parse(url)?;
    let host = parsed.host_str().unwrap_or_default().to_owned();
    ensure!(!host.is_empty() && parsed.path().len() > 8, "a URL with a host and a telling path is expected");
    let defanged_host = host.replace('.', "[.]");
    let needle = |form, text: String| Needle { form, text };
    Ok(vec![
        needle("as given", url.to_owned()),
        needle("defanged", url.replacen("http", "hxxp", 1).replace(&host, &defanged_host)),
        needle("defanged by its host", defanged_host),
        needle("percent-encoded", url::form_urlencoded::byte_serialize(url.as_bytes()).collect()),
        needle(
            "with its path percent-encoded",
            url::form_urlencoded::byte_serialize(parsed.path().as_bytes()).collect(),
        ),
        needle("by its host", host),
        needle("by its path", parsed.path().trim_start_matches('/').to_owned()),
    ])
}

/// Anything else, as it is written and percent-encoded.
#[must_use]
pub fn text_needles(text: &str) -> Vec<Needle> {
    let encoded = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    vec![Needle { form: "as given", text: text.to_owned() }, Needle { form: "percent-encoded", text: encoded }]
}

/// Nothing of `needles` stands in `text`; `place` names the text where something does.
pub fn none_in(place: &str, text: &[u8], needles: &[Needle]) -> anyhow::Result<()> {
    let leaks: Vec<String> = found(Path::new(place), text, needles).iter().map(ToString::to_string).collect();
    ensure!(leaks.is_empty(), "{}", leaks.join("\n"));
    Ok(())
}

/// Nothing of `needles` stands in any file under `folder`.
pub fn none_under(folder: &Path, needles: &[Needle]) -> anyhow::Result<()> {
    let mut leaks = Vec::new();
    search(folder, needles, &mut leaks)?;
    let leaks: Vec<String> = leaks.iter().map(ToString::to_string).collect();
    ensure!(leaks.is_empty(), "{}", leaks.join("\n"));
    Ok(())
}

fn search(folder: &Path, needles: &[Needle], leaks: &mut Vec<Leak>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(metadata) = if_there(fs::symlink_metadata(&path))? else { continue };
        if metadata.is_dir() {
            if if_there(fs::read_dir(&path))?.is_some() {
                search(&path, needles, leaks)?;
            }
        } else if metadata.is_file()
            && let Some(content) = if_there(fs::read(&path))?
        {
            leaks.extend(found(&path, &content, needles));
        }
    }
    Ok(())
}

/// A database server removes files of its own during the search; a removed file holds nothing.
fn if_there<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

fn found(place: &Path, text: &[u8], needles: &[Needle]) -> Vec<Leak> {
    // Databases are not text: bytes outside UTF-8 are replaced, and cannot be part of a searched text.
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let is_there = |needle: &&Needle| text.contains(&needle.text.to_ascii_lowercase());
    needles.iter().filter(is_there).map(|needle| Leak { place: place.to_owned(), form: needle.form }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://canary-host.example/canary/path?x=1";

    #[test]
    fn every_form_is_found() {
        let needles = url_needles(URL).expect("a URL");
        for text in [
            "GET https://canary-host.example/canary/path?x=1",
            "hxxps://canary-host[.]example/canary/path",
            "u=https%3A%2F%2Fcanary-host.example%2Fcanary%2Fpath%3Fx%3D1",
            "Host: CANARY-HOST.example",
            "/canary/path",
        ] {
            assert!(none_in("a text", text.as_bytes(), &needles).is_err(), "{text}");
        }
        none_in("a text", b"https://another.example/item", &needles).expect("nothing is there");
    }
}
