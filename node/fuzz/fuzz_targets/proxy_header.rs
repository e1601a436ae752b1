//! Whatever somebody writes before a connection's own bytes: a PROXY header is read within bounds, or refused.
#![no_main]

use hotline_node::server::http::door::proxy_header::ProxyHeader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| match ProxyHeader::read(bytes) {
    Ok(ProxyHeader::Whole { length, .. }) => assert!(length <= bytes.len()),
    Ok(ProxyHeader::Needs(more)) => assert!(more > 0 && bytes.len() + more <= 4_096),
    Err(_) => {}
});
