//! The end of a command that refuses its task: an exit code, and a sentence for the person.

use std::process::Output;

use anyhow::{Context as _, ensure};

/// Refused or failed.
pub const FAILED: i32 = 1;
/// Try again: a peer or the database is away.
pub const TRY_AGAIN: i32 = 75;
/// Faulty configuration.
pub const CONFIGURATION: i32 = 78;

/// Phrases that only a library or a crash would print.
const RAW: [&str; 8] =
    ["panicked", "RUST_BACKTRACE", "DbErr", "sqlx", "SQLITE_", "(code: ", "returned from database", "Error {"];

/// Returns the sentence of a command's refusal, without the program's name. An error where the command ended otherwise,
/// or printed a phrase that only a library would.
pub fn refusal(output: &Output, code: i32) -> anyhow::Result<String> {
    let said = String::from_utf8(output.stderr.clone())?;
    ensure!(output.status.code() == Some(code), "{code} is expected, it ended with {}: {said}", output.status);
    let is_raw = RAW.iter().find(|word| said.contains(**word));
    ensure!(is_raw.is_none(), "a person is told what only a library would say: {said}");
    let (_, sentence) = said.rsplit_once("hotline-node: ").with_context(|| format!("no sentence: {said}"))?;
    let sentence = sentence.trim();
    ensure!(!sentence.is_empty(), "the sentence is empty: {said}");
    Ok(sentence.to_owned())
}

/// [`refusal`] with a sentence that has all these words.
pub fn refused_with(output: &Output, code: i32, words: &[&str]) -> anyhow::Result<()> {
    let sentence = refusal(output, code)?;
    for word in words {
        ensure!(sentence.contains(word), "'{word}' is not in: {sentence}");
    }
    Ok(())
}
