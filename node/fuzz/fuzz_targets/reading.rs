//! A text of URLs, as a stranger pastes it: what is read is read as itself again, and so is what is shown of it.
#![no_main]

use hotline_node::intake::reading::Reader;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let readings = Reader::default().all(text).unwrap_or_default();
    let plain = Reader::knowing(&[]);
    for reading in readings {
        let again = plain.one(reading.url.as_given()).expect("what was read is a URL");
        assert!(again.done.is_empty() && again.url == reading.url);
        let shown = plain.one(&reading.url.defanged()).expect("what is shown can be read");
        assert_eq!(shown.url.canonical(), reading.url.canonical());
    }
});
