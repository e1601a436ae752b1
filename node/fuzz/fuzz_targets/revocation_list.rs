//! A revocation list, as whoever fetches lists has put it down.
#![no_main]

use hotline_node::trust::RevocationList;

libfuzzer_sys::fuzz_target!(|der: &[u8]| {
    if let Ok(list) = RevocationList::read(der) {
        assert!(list.this_update() <= list.next_update());
        assert!(list.is_stale(list.next_update()) && !list.is_stale(list.next_update() - 1));
    }
});
