//! Bodies with a right hash and a content that nobody can read.

use super::body_lines::body_line;
use crate::hostile::Attacker;

/// Members of a body that break the specification.
const UNREADABLE: [&str; 9] = [
    r#","memo":5"#,
    r#","url":7"#,
    r#","url":"""#,
    r#","assessments":"none""#,
    r#","assessments":[{}]"#,
    r#","hosting":[{"ip":"not an address","method":"literal","database":"","database_age_days":0,"at":0}]"#,
    r#","received_at":9007199254740991"#,
    r#","urgency":["routine"]"#,
    r#","access":[]"#,
];

pub(in super::super) async fn strike(by: &mut Attacker, node: usize) -> anyhow::Result<()> {
    let (target, first) = (by.id_of(node), by.pick(UNREADABLE.len()));
    for member in UNREADABLE.iter().cycle().skip(first).take(3) {
        let content = by.member.offer(target)?;
        by.publish(node, 1, |_| Ok((content.clone(), Some(body_line(member))))).await?;
    }
    Ok(())
}
