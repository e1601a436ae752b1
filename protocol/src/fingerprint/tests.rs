use proptest::prelude::*;

use super::*;

fn fingerprint(key: [u8; 32]) -> Fingerprint {
    let id = "fr-example".parse().expect("a node id");
    Fingerprint::of(&Network::default(), &id, &PublicKey::from_bytes(key))
}

fn group_of(text: &str) -> usize {
    match text.parse::<Fingerprint>() {
        Err(FingerprintMalformed::Group { group, .. }) => group,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_fingerprint_has_one_written_form() {
    // Computed apart from this code, from the definition.
    assert_eq!(fingerprint([7; 32]).to_string(), "MAGKD-S7C23-BAJBX-WNBY3-WW278-Y32VF");
}

#[test]
fn a_fingerprint_covers_network_id_and_key() {
    let (net, id, key) = (Network::default(), "fr-example", [7; 32]);
    let of =
        |net: &Network, id: &str, key| Fingerprint::of(net, &id.parse().expect("an id"), &PublicKey::from_bytes(key));
    let practice: Network = "practice".parse().expect("a network");
    for other in [of(&practice, id, key), of(&net, "fr-other", key), of(&net, id, [8; 32])] {
        assert_ne!(other, of(&net, id, key));
    }
}

#[test]
fn a_fingerprint_is_read_as_people_type_it() {
    let expected = fingerprint([7; 32]);
    let text = expected.to_string();
    for typed in [
        text.to_lowercase(),
        text.replace('-', ""),
        text.replace('-', "  "),
        format!(" {text}\n"),
        text.replace('-', " - "),
        text.replace('0', "O").replace('1', "l"),
        text.replace('0', "o").replace('1', "I"),
    ] {
        assert_eq!(typed.parse(), Ok(expected), "{typed}");
    }
}

#[test]
fn a_lost_symbol_is_named_by_its_group() {
    let text = fingerprint([7; 32]).to_string();
    let (start, rest) = text.split_at(13);
    assert_eq!(group_of(&format!("{start}{}", &rest[1..])), 3);
    assert_eq!(
        format!("{start}Z{rest}").parse::<Fingerprint>().map_err(|fault| fault.to_string()).err().as_deref(),
        Some(format!("the 3rd group ({}Z{}) is mistyped", &start[12..], &rest[..4]).as_str())
    );
}

#[test]
fn what_has_another_length_is_refused() {
    let text = fingerprint([7; 32]).to_string();
    for typed in ["", "-", &text[..29], &format!("{text}-00000"), &"0".repeat(100_000)] {
        assert_eq!(typed.parse::<Fingerprint>(), Err(FingerprintMalformed::Length));
    }
}

#[test]
fn a_difference_is_named_by_its_first_group() {
    let one = fingerprint([7; 32]);
    assert_eq!(one.compare(&one), Ok(()));
    let mut other = one;
    other.0[3][2] ^= 1;
    other.0[5][0] ^= 1;
    assert_eq!(one.compare(&other), Err(FingerprintMismatch { group: 4 }));
    assert_eq!(FingerprintMismatch { group: 4 }.to_string(), "the fingerprints differ, first in the 4th group");
}

proptest! {
    #[test]
    fn every_fingerprint_is_read_back(key in any::<[u8; 32]>()) {
        prop_assert_eq!(fingerprint(key).to_string().parse(), Ok(fingerprint(key)));
    }

    #[test]
    fn one_wrong_symbol_is_always_found_where_it_is(key in any::<[u8; 32]>()) {
        let text = fingerprint(key).to_string().into_bytes();
        for at in (0..text.len()).filter(|at| text[*at] != b'-') {
            for wrong in ALPHABET.iter().filter(|symbol| **symbol != text[at]) {
                let mut typed = text.clone();
                typed[at] = *wrong;
                prop_assert_eq!(group_of(&String::from_utf8(typed).expect("ASCII")), at / 6 + 1);
            }
        }
    }

    #[test]
    fn two_exchanged_symbols_of_a_group_are_always_found(key in any::<[u8; 32]>()) {
        let text = fingerprint(key).to_string().into_bytes();
        for (one, two) in (0..text.len()).flat_map(|one| (one + 1..text.len()).map(move |two| (one, two))) {
            if one / 6 == two / 6 && text[two] != b'-' && text[one] != text[two] {
                let mut typed = text.clone();
                typed.swap(one, two);
                prop_assert_eq!(group_of(&String::from_utf8(typed).expect("ASCII")), one / 6 + 1);
            }
        }
    }

    #[test]
    fn two_exchanged_groups_are_always_found(key in any::<[u8; 32]>(), one in 0_usize..6, two in 0_usize..6) {
        prop_assume!(one < two);
        let text = fingerprint(key).to_string();
        let mut groups: Vec<&str> = text.split('-').collect();
        groups.swap(one, two);
        prop_assert_eq!(group_of(&groups.join("-")), one + 1);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Ok(read) = text.parse::<Fingerprint>() {
            prop_assert_eq!(read.to_string().parse(), Ok(read));
        }
    }
}
