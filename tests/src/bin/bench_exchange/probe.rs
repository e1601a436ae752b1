//! Resources of a process and a folder: read from the system, not from the measured program.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// The kernel counts a process's time in hundredths of a second (`USER_HZ`, the same on every Linux).
const TICKS_PER_SECOND: f64 = 100.0;

/// The most memory that a process had so far (`VmHWM`), in MiB.
pub(crate) fn peak_rss_mib(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

/// The processor time that a process took so far, its own and the system's for it, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field is the program's name in brackets, and may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let ticks = |place: usize| -> Result<f64> { Ok(fields.get(place).context("stat is too short")?.parse()?) };
    // utime and stime are fields 14 and 15 of the whole line.
    Ok((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

/// The bytes of all files in a folder and its folders.
pub(crate) fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { folder_bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_time() {
        let own = std::process::id();
        assert!(peak_rss_mib(own).expect("is told") > 1.0);
        assert!(cpu_seconds(own).expect("is told") >= 0.0);
    }
}
