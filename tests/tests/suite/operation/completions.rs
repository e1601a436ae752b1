//! Shells' offers at a press of the tabulator: asked of the shells themselves.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::{done, program_as_node};
use hotline_tests::trial::plain;
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |sentence: &str, shell: Shell| plain("completions", sentence, move || offers_what_comes_next(&shell));
    vec![
        trial("bash_offers_what_comes_next_at_every_level", BASH),
        trial("zsh_offers_what_comes_next_at_every_level", ZSH),
        trial("fish_offers_what_comes_next_at_every_level", FISH),
    ]
}

/// A shell, and how it is asked.
struct Shell {
    name: &'static str,
    /// The required name of its completion of a command.
    script: &'static str,
    ask: fn(&Path, &[&str]) -> anyhow::Result<Output>,
}

const BASH: Shell = Shell { name: "bash", script: "hotline-node.bash", ask: ask_bash };
const ZSH: Shell = Shell { name: "zsh", script: "_hotline-node", ask: ask_zsh };
const FISH: Shell = Shell { name: "fish", script: "hotline-node.fish", ask: ask_fish };

/// The typed words, the last one as far as typed, and the words that must be among the offers.
const TYPED: [(&[&str], &[&str]); 12] = [
    (&["hotline-node", ""], &["report", "peer", "statistics"]),
    (&["hotline-node", "rep"], &["report"]),
    (&["hotline-node", "report", ""], &["submit", "import", "show", "withdraw"]),
    (&["hotline-node", "report", "sh"], &["show"]),
    (&["hotline-node", "report", "show", "--"], &["--reveal", "--json", "--config"]),
    (&["hotline-node", "peer", "certificate", ""], &["list", "show", "add", "revoke"]),
    (&["hotline-node", "identity", "rotate-certificate", "--"], &["--overlap"]),
    (&["hotline-node", "--json", "log", "o"], &["open-epoch"]),
    // Values that there is a list of.
    (&["hotline-node", "report", "list", "--state", ""], &["received", "offered", "accepted", "removed"]),
    (&["hotline-node", "report", "submit", "--assessment", "ba"], &["baseline"]),
    (&["hotline-node", "report", "assess", "--site-type", "image_"], &["image_board", "image_host"]),
    (&["hotline-node", "report", "refuse", "--reason", "not_"], &["not_hosted_here"]),
];

/// Whether the shell is here. Where it must be (`HOTLINE_REQUIRE_SHELLS=1`), an error if it is not.
fn is_here(shell: &str) -> anyhow::Result<bool> {
    let tried = Command::new(shell).arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).status();
    if tried.is_ok_and(|status| status.success()) {
        return Ok(true);
    }
    ensure!(std::env::var("HOTLINE_REQUIRE_SHELLS").is_err(), "the suite needs the shell {shell}");
    eprintln!("\n*** SKIPPED: NOTHING IS SHOWN OF COMPLETIONS IN {shell}: it is not installed ***\n");
    Ok(false)
}

fn offers_what_comes_next(shell: &Shell) -> anyhow::Result<()> {
    if !is_here(shell.name)? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let script = folder.path().join(shell.script);
    let written = program_as_node().as_std_mut().args(["completions", shell.name]).output()?;
    done(&written)?;
    fs::write(&script, written.stdout)?;
    for (words, expected) in TYPED {
        let output = (shell.ask)(&script, words)?;
        done(&output)?;
        let text = String::from_utf8(output.stdout)?;
        // fish describes an offer behind a tabulator.
        let lines = text.lines().filter_map(|line| line.split('\t').next()).filter(|line| !line.is_empty());
        let offered: BTreeSet<String> = lines.map(str::to_owned).collect();
        for offer in expected {
            ensure!(offered.contains(*offer), "{words:?}: {offer} is not among {offered:?}");
        }
        let last = words.last().copied().unwrap_or_default();
        ensure!(offered.iter().all(|it| it.starts_with(last)), "{words:?}: {offered:?}");
    }
    Ok(())
}

/// Asks bash's own completion function for words, the last one being typed.
fn ask_bash(script: &Path, words: &[&str]) -> anyhow::Result<Output> {
    let ask = "source \"$1\"; shift
        function=$(complete -p hotline-node | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMP_LINE=\"$*\"; COMP_POINT=${#COMP_LINE}
        \"$function\" \"$1\" \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", ask, "ask"]).arg(script).args(words).output().context("bash does not run")
}

/// Asks fish for its own offers.
fn ask_fish(script: &Path, words: &[&str]) -> anyhow::Result<Output> {
    let ask = "source $argv[1]; complete --do-complete $argv[2]";
    let mut fish = Command::new("fish");
    let folder = script.parent().context("a folder")?;
    let asked = fish.args(["--no-config", "--command", ask]).arg(script).arg(words.join(" ")).env("HOME", folder);
    asked.output().context("fish does not run")
}

/// Asks for the additions of zsh's completion, at a terminal of its own: it completes nowhere else.
fn ask_zsh(script: &Path, words: &[&str]) -> anyhow::Result<Output> {
    let settings = "fpath=($ASKED_FOLDER $fpath)
        autoload -Uz compinit; compinit -D -u
        compadd() {
            if [[ ${argv[1,(i)(-|--)]} != *(-O|-A|-D)* ]]; then
                local -a found; builtin compadd -O found \"$@\"
                (( $#found )) && print -rl -- '' offer:${^found}
            fi
            builtin compadd \"$@\"
        }
        ask() { zle complete-word; print -rl -- '' 'the end' }
        zle -N ask; bindkey '^T' ask";
    let ask = "zmodload zsh/zpty; zpty asked zsh -d -i; zpty -w -n asked \"$1\"$'\\C-t'
        while zpty -r asked line; do
            line=${line//$'\\r'/}
            [[ $line == offer:* ]] && print -rn -- \"${line#offer:}\"
            [[ $line == *'the end'* ]] && break
        done
        zpty -d asked";
    let folder = script.parent().context("a folder")?;
    fs::write(folder.join(".zshrc"), settings)?;
    let mut zsh = Command::new("zsh");
    let asked = zsh.args(["-f", "-c", ask, "ask"]).arg(words.join(" "));
    asked.env("ZDOTDIR", folder).env("ASKED_FOLDER", folder).env("TERM", "dumb").output().context("zsh does not run")
}
