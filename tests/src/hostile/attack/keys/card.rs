//! How an operator takes a card that a hotline sends by mail.

use crate::hostile::Attacker;

/// An operator of a node is given a card, and takes it if the node does.
pub(super) async fn give(by: &Attacker, node: usize, token: &str, more: &[&str]) -> anyhow::Result<()> {
    let command: Vec<&str> = ["peer", "add", "-"].iter().chain(more).copied().collect();
    let output = by.node(node).cli.output(&command, Some(token)).await?;
    by.note(if output.status.success() { "taken" } else { "refused" });
    Ok(())
}
