//! A node card, as a stranger gives it.
#![no_main]

use hotline_protocol::card::VerifiedCard;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(card) = VerifiedCard::verify(text) {
        assert_eq!(VerifiedCard::verify(card.token()).as_ref(), Ok(&card));
    }
});
