//! Questions to a person at a terminal, and all other writers meanwhile.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use libtest_mimic::Trial;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// A question is asked within this time.
const ASKED: Duration = Duration::from_secs(30);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("questions", store, [nobody_waits_for_the_answer_to_a_question])
}

/// Reads a terminal's output until these words are in it.
async fn shown(terminal: &mut (impl tokio::io::AsyncRead + Unpin), words: &str) -> anyhow::Result<()> {
    let mut text = String::new();
    let read = async {
        let mut piece = [0; 1_024];
        while !text.contains(words) {
            let length = terminal.read(&mut piece).await?;
            ensure!(length > 0, "it ended without '{words}': {text}");
            text.push_str(&String::from_utf8_lossy(&piece[..length]));
        }
        Ok(())
    };
    tokio::time::timeout(ASKED, read).await.with_context(|| format!("'{words}' is not asked"))?
}

async fn nobody_waits_for_the_answer_to_a_question(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..2]).await?;
    federation[0].start().await?;
    // A peer that is to be known anew, and one that is to be removed.
    let card = federation[1].cli.json(&["identity", "card"]).await?;
    let text = |key: &str| card[key].as_str().map(str::to_owned).with_context(|| format!("a card has its {key}"));
    let file = federation.folder().join("nl.card");
    fs::write(&file, text("card")?)?;
    let file = file.to_string_lossy().into_owned();
    let fingerprint = text("fingerprint")?;
    let mut number = 0;
    for (arguments, asks, answers) in [
        (vec!["peer", "remove", "nl-birch"], "Go on?", vec!["yes"]),
        (vec!["peer", "add", &file], "type the fingerprint", vec![fingerprint.as_str()]),
        (vec!["peer", "add", &file, "--replace"], "type the fingerprint", vec![fingerprint.as_str(), "yes"]),
    ] {
        let mut command = federation[0].cli.command();
        command.args(&arguments);
        let line = std::iter::once(command.as_std().get_program()).chain(command.as_std().get_args());
        let line: Vec<String> = line.map(|word| format!("'{}'", word.to_string_lossy())).collect();
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
        let mut terminal = hotline_tests::node::cli::with_environment(script, &command);
        let mut child = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let (mut keys, mut screen) = (child.stdin.take().context("piped")?, child.stdout.take().context("piped")?);
        shown(&mut screen, asks).await?;
        number += 1;
        federation[0].cli.submit(&url_in("FR", number)).await?;
        let report = json!({ "urls": [format!("https://asked-{number}.example/")] }).to_string();
        let (status, said) = federation[0].report_publicly(&report).await?;
        ensure!(status == 201, "{arguments:?}: {status} {said}");
        for answer in answers {
            keys.write_all(format!("{answer}\n").as_bytes()).await?;
        }
        keys.flush().await?;
        let mut rest = String::new();
        tokio::time::timeout(ASKED, screen.read_to_string(&mut rest)).await.context("it does not end")??;
        let status = child.wait().await?;
        ensure!(status.success(), "{arguments:?}: {status}: {rest}");
    }
    Ok(())
}
