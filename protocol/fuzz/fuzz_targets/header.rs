//! A header line, and what it says about a key.
#![no_main]

use hotline_protocol::entry::Header;
use hotline_protocol::log::KeyChange;

libfuzzer_sys::fuzz_target!(|line: &[u8]| {
    if let Ok(header) = Header::parse(line) {
        let text = std::str::from_utf8(line).expect("a header is text");
        assert_eq!(Header::from_storage(text).as_ref(), Ok(&header));
        let _ = KeyChange::read(&header.content);
    }
});
