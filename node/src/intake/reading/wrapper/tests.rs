//! Forwarding links, of services under reserved names.

use super::*;
use crate::intake::reading::{Done, MOST_WRAPPERS, Reader, UrlNotRead};

const INVENTED: &[Wrapper] = &[
    Wrapper { name: "Post", hosts: Hosts::Below(&["links.example.net"]), path: "/", form: Form::Parameter(&["url"]) },
    Wrapper { name: "Shield", hosts: Hosts::Names(&["shield.example"]), path: "/v", form: Form::Proofpoint },
    Wrapper { name: "Finder", hosts: Hosts::Brand("finder"), path: "/url", form: Form::Parameter(&["q", "url"]) },
    Wrapper { name: "Seeker", hosts: Hosts::Names(&["seeker.test"]), path: "/ck/a", form: Form::Base64("u") },
    Wrapper { name: "Looker", hosts: Hosts::Names(&["looker.test"]), path: "/", form: Form::Path("/RU=") },
];

fn read(text: &str) -> Result<(String, Vec<Done>), UrlNotRead> {
    Reader::knowing(INVENTED).one(text).map(|reading| (reading.url.as_given().to_owned(), reading.done))
}

#[test]
fn the_address_in_a_forwarding_link_is_what_was_reported() {
    for (link, address) in [
        (
            "https://eur01.links.example.net/?url=https%3A%2F%2Fchalk.example.com%2Fa%2Bb%3Fc%3D1%26d%3D%2541&data=05%7C01&reserved=0",
            "https://chalk.example.com/a+b?c=1&d=%41",
        ),
        ("https://a.links.example.net/?ver=2&amp;url=http%3A%2F%2Falder.test%2F&amp;sdata=x", "http://alder.test/"),
        ("https://www.finder.example/url?sa=t&q=https://alder.test/a%3Fb%3Dc&usg=x", "https://alder.test/a?b=c"),
        ("https://finder.test/url?url=https%3A%2F%2Falder.test", "https://alder.test"),
        ("https://www.seeker.test/ck/a?!&&p=x&u=a1aHR0cHM6Ly9hbGRlci50ZXN0L2E_Yj1j&ntb=1", "https://alder.test/a?b=c"),
        (
            "https://looker.test/_ylt=A/RV=2/RE=1/RO=10/RU=https%3a%2f%2falder.test%2fa/RK=2/RS=x-",
            "https://alder.test/a",
        ),
        (
            "https://shield.example/v1/url?u=http://alder.test/a%3Fb%3D1%26amp%3Bc%3D2&k=x",
            "http://alder.test/a?b=1&c=2",
        ),
        ("https://shield.example/v2/url?u=https-3A__alder.test_a-5Fb-3Fc-3D1&d=DwMF&c=x", "https://alder.test/a_b?c=1"),
        ("https://shield.example/v3/__https://alder.test/a?b=c__;!!x!y$", "https://alder.test/a?b=c"),
        ("https://shield.example/v3/__https://alder.test/a*b__;Iw!!x!y$", "https://alder.test/a#b"),
        ("https://shield.example/v3/__https:/alder.test/a**Ab__;W10!!x!y$", "https://alder.test/a[]b"),
    ] {
        let (url, done) = read(link).expect(link);
        assert_eq!(url, address, "{link}");
        assert!(matches!(done[..], [Done::Unwrapped(_)]), "{done:?}");
    }
}

#[test]
fn an_address_that_was_defanged_within_a_link_is_undone_whatever_the_link_looks_like() {
    for link in [
        "https://a.links.example.net/?url=hxxps%3A%2F%2Fchalk%5B.%5Dexample%5B.%5Dcom%2Fa",
        "https://a[.]links[.]example[.]net/?url=hxxps%3A%2F%2Fchalk[.]example[.]com%2Fa",
        "https://www.finder.example/url?q=hxxps://chalk[.]example[.]com/a",
        "https://shield.example/v3/__hxxps://chalk[.]example[.]com/a__;!!x!y$",
    ] {
        let (url, done) = read(link).expect(link);
        assert_eq!(url, "https://chalk.example.com/a", "{link}");
        assert!(done.contains(&Done::Refanged), "{link}: {done:?}");
    }
}

#[test]
fn a_link_that_holds_no_whole_address_stays_what_it_is() {
    for link in [
        "https://a.links.example.net/?url=",
        "https://a.links.example.net/?url=%2Fpage&next=1",
        "https://a.links.example.net/?url=ftp%3A%2F%2Falder.test",
        "https://a.links.example.net/?url=https%3A%2F%2Flocalhost%2F",
        "https://a.links.example.net/?url=https%3A%2F%2Fa%20b.test%2F",
        "https://links.example.net/?url=https%3A%2F%2Falder.test",
        "https://other.example/url?q=https%3A%2F%2Falder.test",
        "https://finder.evil.example/url?q=https%3A%2F%2Falder.test",
        "https://finder.example/search?q=https%3A%2F%2Falder.test",
        "https://www.seeker.test/ck/a?u=a1%ff",
        "https://www.seeker.test/ck/a?u=%C3%A9a",
        "https://shield.example/v3/__https://alder.test/a*b__;!!x!y$",
        "https://shield.example/v3/__https://alder.test/a**",
        "https://shield.example/v9/url?u=https%3A%2F%2Falder.test",
    ] {
        assert_eq!(read(link), Ok((link.to_owned(), Vec::new())), "{link}");
    }
}

#[test]
fn links_in_links_are_followed_a_few_times_and_then_refused() {
    let mut link = "https://alder.test/".to_owned();
    for depth in 1..=MOST_WRAPPERS + 1 {
        let inner: String = form_urlencoded::byte_serialize(link.as_bytes()).collect();
        link = format!("https://a.links.example.net/?url={inner}");
        match read(&link) {
            Ok((url, done)) => {
                assert!(depth <= MOST_WRAPPERS, "{depth}");
                assert_eq!((url.as_str(), done.len()), ("https://alder.test/", depth));
            }
            Err(refused) => assert_eq!((depth, refused), (MOST_WRAPPERS + 1, UrlNotRead::WrappedTooOften)),
        }
    }
}

#[test]
fn a_defanged_link_in_quotes_is_read_to_its_address() {
    let text = "<hxxps[://]a[.]links[.]example[.]net/?url=https%3A%2F%2Falder[.]test%2Fa[.]b>";
    let (url, done) = read(text).expect("a URL");
    assert_eq!(url, "https://alder.test/a.b");
    assert_eq!(done, [Done::Unquoted, Done::Refanged, Done::Unwrapped("Post")]);
}

#[test]
fn every_known_service_has_a_name_and_hosts_in_lower_case() {
    for wrapper in WRAPPERS {
        let hosts = match wrapper.hosts {
            Hosts::Names(names) | Hosts::Below(names) => names,
            Hosts::Brand(brand) => &[brand],
        };
        assert!(!wrapper.name.is_empty() && !hosts.is_empty() && wrapper.path.starts_with('/'), "{wrapper:?}");
        assert!(hosts.iter().all(|host| *host == host.to_lowercase() && !host.starts_with("www.")), "{wrapper:?}");
    }
}
