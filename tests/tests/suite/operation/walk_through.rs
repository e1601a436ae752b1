//! README's walk-through, line by line as it stands there. A comment of README says the preconditions of a line.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hotline_tests::node::become_node::{BECOME_NODE, program};
use hotline_tests::places::repository;
use hotline_tests::trial;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use tokio::process::{Child, Command};

/// Longest time that a line marked `again` may take to come true, and a node to end after SIGTERM.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial::plain("walk_through", "every_line_of_the_readme_does_what_it_says", || {
        tokio::runtime::Runtime::new()?.block_on(every_line_of_the_readme_does_what_it_says())
    })]
}

/// One fenced block.
struct Block<'a> {
    terminal: &'a str,
    again: bool,
    lines: Vec<&'a str>,
}

async fn every_line_of_the_readme_does_what_it_says() -> anyhow::Result<()> {
    let readme = fs::read_to_string(repository().join("README.md"))?;
    let blocks = blocks(&readme)?;
    ensure!(blocks.len() > 5, "README has lost its walk-through");
    let folder = tempfile::tempdir()?;
    symlink(repository().join("fixtures"), folder.path().join("fixtures"))?;
    put_program_on_path(folder.path())?;

    let mut nodes: Vec<Child> = Vec::new();
    for block in &blocks {
        for line in &block.lines {
            match block.terminal {
                "main" if block.again => again(folder.path(), line).await?,
                "main" => once(folder.path(), line).await?,
                _ => nodes.push(shell(folder.path(), &format!("exec {line}")).spawn()?),
            }
        }
    }
    for mut node in nodes {
        stop(&mut node).await?;
    }
    Ok(())
}

fn blocks(readme: &str) -> anyhow::Result<Vec<Block<'_>>> {
    let mut blocks = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        let Some(words) = line.strip_prefix("```sh walk-through ") else { continue };
        let terminal = words.split(' ').find_map(|word| word.strip_prefix("terminal="));
        blocks.push(Block {
            terminal: terminal.context("a block of the walk-through names its terminal")?,
            again: words.split(' ').any(|word| word == "again"),
            lines: lines.by_ref().take_while(|line| *line != "```").filter(|line| !line.is_empty()).collect(),
        });
    }
    Ok(blocks)
}

/// `hotline-node` on the path is this very program, become a node.
fn put_program_on_path(folder: &Path) -> anyhow::Result<()> {
    let script = folder.join("bin/hotline-node");
    fs::create_dir(folder.join("bin"))?;
    fs::write(&script, format!("#!/bin/sh\n{BECOME_NODE}=1 exec '{}' \"$@\"\n", program().display()))?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

fn shell(folder: &Path, line: &str) -> Command {
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", folder.join("bin").display());
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("PATH", path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn once(folder: &Path, line: &str) -> anyhow::Result<()> {
    let output = shell(folder, line).output().await?;
    if !output.status.success() {
        bail!("{line}\n{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

async fn again(folder: &Path, line: &str) -> anyhow::Result<()> {
    until(format!("this ends with 0: {line}"), PATIENCE, async || Ok(once(folder, line).await.ok())).await?;
    Ok(())
}

async fn stop(node: &mut Child) -> anyhow::Result<()> {
    let id = node.id().context("the node of a terminal ended by itself")?;
    let asked = Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
    ensure!(asked.success(), "a node could not be told to stop");
    let ended = tokio::time::timeout(PATIENCE, node.wait()).await.context("a node did not end after SIGTERM")??;
    ensure!(ended.success(), "a node ended with {ended}");
    Ok(())
}
