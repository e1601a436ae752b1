//! Notes about addresses. Keys are made up, and every ordinary host is a reserved name.

use super::onion::label_of;
use super::*;

fn note(url: &str) -> Option<AddressNote> {
    AddressNote::of(&CanonicalUrl::parse(url).expect("a URL"))
}

#[test]
fn an_onion_address_is_good_if_its_checksum_holds() {
    let label = label_of(&[7; 32]);
    for host in [format!("{label}.onion"), format!("www.{}.ONION", label.to_uppercase()), format!("{label}.onion.")] {
        assert_eq!(note(&format!("http://{host}/item")), None, "{host}");
    }
}

#[test]
fn an_onion_address_with_any_letter_changed_left_out_or_swapped_is_mistyped() {
    let label = label_of(&[9; 32]);
    let mut wrong: Vec<String> = Vec::new();
    for place in 0..label.len() {
        let mut letters: Vec<char> = label.chars().collect();
        letters[place] = if letters[place] == 'a' { 'b' } else { 'a' };
        wrong.push(letters.iter().collect());
        wrong.push([&label[..place], &label[place + 1..]].concat());
    }
    wrong.extend([format!("{label}a"), label.replace('a', "1"), "a".to_owned(), "a".repeat(55)].map(String::from));
    for label in wrong.into_iter().filter(|wrong| *wrong != label) {
        assert_eq!(note(&format!("http://{label}.onion/")), Some(AddressNote::OnionMistyped), "{label}");
    }
    assert_eq!(note("http://onion/"), Some(AddressNote::OnionMistyped));
}

#[test]
fn an_onion_address_of_version_2_is_told_apart() {
    assert_eq!(note("http://abcdefghij234567.onion/"), Some(AddressNote::OnionRetired));
    assert_eq!(note("http://abcdefghij234568.onion/"), Some(AddressNote::OnionMistyped));
}

#[test]
fn gateways_are_known_by_the_form_of_their_addresses() {
    let label = label_of(&[1; 32]);
    let cid = format!("b{}", "afybei234567".repeat(5));
    let digest = format!("Qm{}", "a1B2".repeat(11));
    for (url, expected) in [
        (format!("https://{label}.onion.gateway.example/item"), Some(AddressNote::TorGateway)),
        (format!("https://www.{label}.gateway.test/"), Some(AddressNote::TorGateway)),
        ("https://abcdefghij234567.onion.example.com/".to_owned(), Some(AddressNote::TorGateway)),
        ("https://sweet.onion.example/".to_owned(), None),
        (format!("https://{cid}.ipfs.gateway.example/a"), Some(AddressNote::IpfsGateway)),
        ("https://docs-example.ipns.gateway.example/a".to_owned(), Some(AddressNote::IpfsGateway)),
        (format!("https://gateway.example/ipfs/{digest}/a.bin"), Some(AddressNote::IpfsGateway)),
        (format!("http://192.0.2.1:8080/ipfs/{digest}?filename=a"), Some(AddressNote::IpfsGateway)),
        ("https://host.example/ipfs/about".to_owned(), None),
        ("https://www.ipfs.example/".to_owned(), None),
        ("https://archive.example/web/20180504093000/https://host.test/a".to_owned(), Some(AddressNote::WebArchive)),
        ("https://archive.example/a/20180504093000id_/http:/host.test".to_owned(), Some(AddressNote::WebArchive)),
        ("https://archive.example/web/2018/https://host.test/a".to_owned(), Some(AddressNote::WebArchive)),
        ("https://archive.example/web/2018id_/http://host.test".to_owned(), Some(AddressNote::WebArchive)),
        ("https://archive.example/web/2018*/http://host.test".to_owned(), Some(AddressNote::WebArchive)),
        ("https://archive.example/web/*/http%3A//host.test".to_owned(), Some(AddressNote::WebArchive)),
        ("https://archive.example/web/http://host.test/".to_owned(), Some(AddressNote::WebArchive)),
        ("https://archive.example/web/2018/page/http:/a".to_owned(), None),
        ("https://archive.example/web/2018-05/http://host.test".to_owned(), None),
        ("https://archive.example/web/".to_owned(), None),
        ("https://web.archive.org/web/2020/host.example/a".to_owned(), Some(AddressNote::WebArchive)),
        ("https://web.archive.org/web/2*/host.example/a".to_owned(), Some(AddressNote::WebArchive)),
        ("https://web.archive.org/web/20200101id_/https://host.example/".to_owned(), Some(AddressNote::WebArchive)),
        ("https://host.example/20180504093000/page".to_owned(), None),
        ("https://host.example/".to_owned(), None),
    ] {
        assert_eq!(note(&url), expected, "{url}");
    }
}

#[test]
fn gateways_to_what_is_elsewhere_hide_its_origin_and_an_archive_does_not() {
    assert!(Gateway::Tor.hides_origin() && Gateway::Ipfs.hides_origin() && !Gateway::Archive.hides_origin());
}

#[test]
fn every_note_is_named_as_in_json() {
    for note in AddressNote::ALL {
        assert_eq!(serde_json::to_value(note).expect("a word"), note.code());
        assert!(!note.sentence().is_empty());
    }
}
