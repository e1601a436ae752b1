//! A run's text, up to where its keys are needed.
#![no_main]

use hotline_protocol::log::{KeyHistory, UnverifiedRun};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(run) = UnverifiedRun::parse(text.into()) {
        let log = "fr-example".parse().expect("an id");
        assert!(run.verify(&Default::default(), &log, &KeyHistory::default()).is_err(), "no key is known");
    }
});
