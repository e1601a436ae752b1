//! The reports that are exchanged: rows of an import file, all synthetic, all hosted where node B answers.

use std::fmt::Write as _;

/// The country's address behind every name of the benchmark: k.root's. It is looked up and never contacted.
const ADDRESS: &str = "193.0.14.129";
/// Names that the reports are spread over.
const HOSTS: u32 = 200;
const HEADER: &str = "reference,received_at,url,source,channel,offence,urgency,assessment,assessed_at,site_type,\
                      commerciality,media,memo\n";

/// The hosts file that both nodes locate with.
pub(crate) fn hosts_file() -> String {
    (0..HOSTS).fold(String::new(), |mut text, host| {
        let _ = writeln!(text, "{ADDRESS} h{host:03}.bench.example");
        text
    })
}

/// An import file of `count` rows; `series` makes its references and URLs its own.
pub(crate) fn import_file(series: &str, count: u32) -> String {
    let mut text = HEADER.to_owned();
    for number in 0..count {
        let host = number % HOSTS;
        let _ = writeln!(
            text,
            "{series}-{number},2025-01-01T08:00:00Z,https://h{host:03}.bench.example/{series}/item/{number}.html,\
             public,computer,csam,routine,baseline,2025-01-01T09:00:00Z,forum,not_determined,image,Made for measuring."
        );
    }
    text
}
