//! Documents that are none: cut off, changed by a byte, nested, of the wrong kind.

use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let client = by.client(node)?;
    let (run, _) = by.pen().run(&by.log_end(), 8)?;
    let (cut, turned) = (by.pick(run.len()), by.pick(run.len()));
    let mut changed = run.clone().into_bytes();
    changed[turned] ^= 1;
    let runs = [run[..cut].to_owned(), String::from_utf8_lossy(&changed).into_owned(), String::new(), "\n".repeat(5)];
    for run in runs {
        let answer = client.push(by.member.id.as_str(), run).await?;
        by.heard(&answer);
    }
    let hellos = ["{}".to_owned(), "[".repeat(100_000), "null".to_owned(), r#"{"net":"practice"}"#.to_owned()];
    for hello in hellos {
        let answer = client.hello(hello).await?;
        by.heard(&answer);
    }
    let paths = ["/logs/xx-none/runs", "/logs/fr-alder/runs?after=-1", "/bodies/zz", "/logs/../hello", "/bodies/%00"];
    let answer = client.get(paths[by.pick(paths.len())]).await?;
    by.heard(&answer);
    Ok(())
}
