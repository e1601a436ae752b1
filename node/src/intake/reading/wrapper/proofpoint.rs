//! Proofpoint's URL Defense, as its maker's own decoder reads it (`URLDefenseDecode.py`, version 3).

use data_encoding::BASE64URL_NOPAD;
use url::Url;

use super::{base64, decoded, parameter};

/// The meaning of the letter behind `**`: a number of characters, from 2.
const RUN_LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The address in a link of any of the three forms.
pub(super) fn address_in(url: &Url) -> Option<String> {
    match url.path().split('/').nth(1)? {
        "v1" => parameter(url, "u").map(|address| without_entities(&address)),
        "v2" => {
            let value = parameter(url, "u")?;
            decoded(&value.replace('-', "%").replace('_', "/")).map(|address| without_entities(&address))
        }
        "v3" => third(url),
        _ => None,
    }
}

/// `/v3/__ADDRESS__;BASE64!…`: characters that do not survive are `*`, runs of them `**` and a letter; they stand in base64.
fn third(url: &Url) -> Option<String> {
    // The address may hold characters that end a path.
    let (_, rest) = url.as_str().split_once("/v3/__")?;
    let (address, rest) = rest.rsplit_once("__;")?;
    let hidden = rest.split('!').next()?;
    let hidden = String::from_utf8(base64(&BASE64URL_NOPAD, hidden)?).ok()?;
    let mut hidden = hidden.chars();
    let mut address =
        decoded(&with_two_slashes(address)).map(|address| address.chars().collect::<Vec<_>>())?.into_iter();
    let mut text = String::new();
    while let Some(letter) = address.next() {
        if letter != '*' {
            text.push(letter);
        } else if address.as_slice().first() == Some(&'*') {
            address.next();
            let run =
                address.next().and_then(|letter| RUN_LETTERS.iter().position(|run| char::from(*run) == letter))?;
            for _ in 0..run + 2 {
                text.push(hidden.next()?);
            }
        } else {
            text.push(hidden.next()?);
        }
    }
    hidden.next().is_none().then_some(text)
}

/// Some programs on the way make one slash of two.
fn with_two_slashes(address: &str) -> String {
    match address.split_once(":/") {
        Some((scheme, rest)) if !rest.starts_with('/') => format!("{scheme}://{rest}"),
        _ => address.to_owned(),
    }
}

/// The two first forms are written of HTML.
fn without_entities(address: &str) -> String {
    address.replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'")
}
