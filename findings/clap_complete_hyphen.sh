#!/usr/bin/env bash
# clap_complete 4.6.11: bash completes nothing below the first level of a program whose name has a hyphen.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "shown"
version = "0.1.0"
edition = "2021"

[dependencies]
clap = "=4.6.9"
clap_complete = "=4.6.11"
TOML
cat > src/main.rs <<'RUST'
use clap::Command;

fn main() {
    let name: &'static str = Box::leak(std::env::args().nth(1).expect("a name").into_boxed_str());
    let below = Command::new("outer").subcommand(Command::new("inner"));
    let mut command = Command::new(name).subcommand(below);
    clap_complete::generate(clap_complete::Shell::Bash, &mut command, name, &mut std::io::stdout());
}
RUST
CARGO_TARGET_DIR="$folder/target" cargo build --quiet

# What bash offers behind `NAME outer`.
offers() {
    target/debug/shown "$1" > script
    bash --norc -c 'source ./script
        function=$(complete -p "$1" | sed "s/.*-F \([^ ]*\).*/\1/")
        COMP_WORDS=("$1" outer ""); COMP_CWORD=2
        "$function" "$1" "" outer
        echo "${COMPREPLY[*]}"' ask "$1"
}

echo "clap_complete 4.6.11"
plain=$(offers plainname)
hyphen=$(offers hyphen-name)
echo "plainname outer <TAB>: '$plain'"
echo "hyphen-name outer <TAB>: '$hyphen'"
grep -n 'cmd="hyphen__name__subcmd__outer"' script
grep -n 'hyphen__subcmd__name__subcmd__outer)' script
# A word leads to one name, and what it offers stands under another.
[[ "$plain" == *inner* && "$hyphen" != *inner* ]]
