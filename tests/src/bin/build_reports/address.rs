//! Addresses that lead nowhere, in all the forms that real ones have.

use crate::chance::Chance;

/// Names under top-level domains that nobody can register (RFC 2606), in no hosts file.
const UNRESOLVED: [&str; 4] = ["gone.invalid", "moved-away.invalid", "unknown-host.test", "no-such-name.example"];

/// The alphabet of an onion name (RFC 4648).
const BASE32: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Where the address leads.
#[derive(Clone, Copy)]
enum Place {
    Known,
    Unresolved,
    Onion,
}

/// A scheme, a host and perhaps a port.
pub(crate) fn origin(chance: &mut Chance, names: &[&str]) -> String {
    match chance.weighted(&[(Place::Known, 95), (Place::Unresolved, 3), (Place::Onion, 2)]) {
        Place::Known => with_scheme(chance, chance_name(names)),
        Place::Unresolved => with_scheme(chance, |chance| (*chance.one(&UNRESOLVED)).to_owned()),
        Place::Onion => format!("http://{}", onion(chance)),
    }
}

fn chance_name<'a>(names: &'a [&'a str]) -> impl FnOnce(&mut Chance) -> String + 'a {
    move |chance| (*chance.one(names)).to_owned()
}

fn with_scheme(chance: &mut Chance, host: impl FnOnce(&mut Chance) -> String) -> String {
    let host = host(chance);
    let (scheme, port) =
        chance.weighted(&[(("https", ""), 70), (("http", ""), 22), (("https", ":8443"), 4), (("http", ":8080"), 4)]);
    format!("{scheme}://{host}{port}")
}

/// A name of the right length that no service can have: the last letter of a real one is always `d`, the version.
fn onion(chance: &mut Chance) -> String {
    let number = chance.below(20);
    let mut letters = Chance::seeded(number);
    let middle: String = (0..41).map(|_| char::from(*letters.one(BASE32))).collect();
    format!("hotlinefixture{middle}a.onion")
}

/// A path, perhaps with a query; neutral words only.
pub(crate) fn path(chance: &mut Chance) -> String {
    let number = 1 + chance.below(90_000);
    match chance.below(20) {
        0..8 => format!("/item/{number}"),
        8..11 => format!("/page/{number}.html"),
        11..13 => format!("/list?id={number}&page={}", 1 + chance.below(9)),
        13 => format!("/Item/{number}?q=a+b&sort=new"),
        14 => format!("/%C3%A9tag%C3%A8re/{number}"),
        15 => format!("/a%20b/{number}"),
        16 => format!("/%7Euser{number}/index.html"),
        17 => format!("/files/{number}/part-{}.bin#top", 1 + chance.below(30)),
        18 => format!("/entry;v={}/{number}/", 1 + chance.below(3)),
        _ => format!("/?entry={number}"),
    }
}
