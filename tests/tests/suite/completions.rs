//! What shells offer when somebody presses the tabulator: asked of the shells themselves.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, ensure};
use hotline_tests::cli::{done, program_as_node};
use hotline_tests::trial::plain;
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![plain("completions", "bash_offers_what_comes_next_at_every_level", bash)]
}

/// What was typed, the last word as far as it was, and what must be among the offers.
const TYPED: [(&[&str], &[&str]); 8] = [
    (&["hotline-node", ""], &["report", "peer", "statistics"]),
    (&["hotline-node", "rep"], &["report"]),
    (&["hotline-node", "report", ""], &["submit", "import", "show", "withdraw"]),
    (&["hotline-node", "report", "sh"], &["show"]),
    (&["hotline-node", "report", "show", "--"], &["--reveal", "--json", "--config"]),
    (&["hotline-node", "peer", "certificate", ""], &["list", "show", "add", "revoke"]),
    (&["hotline-node", "identity", "rotate-certificate", "--"], &["--overlap"]),
    (&["hotline-node", "--json", "log", "o"], &["open-epoch"]),
];

fn bash() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("completions.bash");
    let written = program_as_node().as_std_mut().args(["completions", "bash"]).output()?;
    done(&written)?;
    std::fs::write(&script, written.stdout)?;
    for (words, expected) in TYPED {
        let offered = offers(&script, words)?;
        for offer in expected {
            ensure!(offered.iter().any(|it| it == offer), "{words:?}: {offer} is not among {offered:?}");
        }
        let last = words.last().copied().unwrap_or_default();
        ensure!(offered.iter().all(|it| it.starts_with(last)), "{words:?}: {offered:?}");
    }
    Ok(())
}

/// What bash's own completion function gives for words, of which the last is being typed.
fn offers(script: &Path, words: &[&str]) -> anyhow::Result<Vec<String>> {
    let ask = "source \"$1\"; shift
        function=$(complete -p hotline-node | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMP_LINE=\"$*\"; COMP_POINT=${#COMP_LINE}
        \"$function\" \"$1\" \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let output: Output = Command::new("bash")
        .args(["--norc", "-c", ask, "ask"])
        .arg(script)
        .args(words)
        .output()
        .context("bash is installed wherever a hotline works at a terminal")?;
    done(&output)?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
