#!/usr/bin/env bash
# lettre 0.11.23: a message with a body and a content type, but without parts, has no MIME-Version, which RFC 2045 (section 4)
# wants wherever a content type stands: a reader that keeps to it may take the text for US-ASCII. A message of parts has one.
# What helps: `.header(header::MIME_VERSION_1_0)`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "shown"
version = "0.1.0"
edition = "2024"

[dependencies]
lettre = { version = "=0.11.23", default-features = false, features = ["builder"] }
TOML
cat >src/main.rs <<'RUST'
use lettre::Message;
use lettre::message::{SinglePart, header::ContentType};

fn says_version(message: &Message) -> bool {
    String::from_utf8_lossy(&message.formatted()).contains("MIME-Version: 1.0")
}

fn main() {
    let new = || {
        let (from, to) = ("node@hotline.example", "desk@hotline.example");
        Message::builder().from(from.parse().expect("from")).to(to.parse().expect("to")).subject("An alert")
    };
    let plain = new().header(ContentType::TEXT_PLAIN).body("Une réponse".to_owned()).expect("built");
    let part = new().singlepart(SinglePart::plain("Une réponse".to_owned())).expect("built");
    println!("a body: {}, a single part: {}", says_version(&plain), says_version(&part));
}
RUST
seen=$(CARGO_TARGET_DIR="$folder/target" cargo run --quiet)
echo "lettre 0.11.23 writes MIME-Version: $seen"
[[ $seen == "a body: false, a single part: true" ]] || { echo "it behaves otherwise now"; exit 1; }
