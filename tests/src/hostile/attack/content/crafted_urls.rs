//! Offers of URLs that are hard to read.

use super::body_lines::report_line;
use crate::hostile::Attacker;

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let urls = [
        format!("https://nl.hosting.test/{}", "a/".repeat(2_040)),
        format!("https://{}test/", "a.".repeat(120)),
        format!("https://nl.hosting.test/?{}", "%25".repeat(1_000)),
        "https://[2001:db8::1%25eth0]/".to_owned(),
        "https://nl.hosting.test:0/".to_owned(),
        "https://nl.hosting.test@fr.hosting.test:443@de.hosting.test/".to_owned(),
        "https://nl\u{202e}.hosting.test/\u{202e}txt".to_owned(),
        "https://0x7f.1/".to_owned(),
        "https://xn--a.hosting.test/".to_owned(),
        "file:///nowhere".to_owned(),
        "https://nl.hosting.test/a\nb".to_owned(),
        "https://nl.hosting.test/%00%ff".to_owned(),
    ];
    let content = by.member.offer(by.id_of(node))?;
    let line = report_line(&urls[by.pick(urls.len())]);
    by.publish(node, 1, |_| Ok((content.clone(), Some(line.clone())))).await?;
    Ok(())
}
