//! Who acts: the user behind `sudo`, else the host's user.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use crate::config::user_behind_sudo;

/// The acting user's name; a number where the host has no name for it.
#[must_use]
pub fn acting_user() -> String {
    user_behind_sudo().unwrap_or_else(host_user)
}

/// By the process's own user id: `USER` and `LOGNAME` can be set to anything.
fn host_user() -> String {
    let Ok(own) = fs::metadata("/proc/self") else { return "unknown".into() };
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(own.uid(), &accounts).map_or_else(|| format!("uid {}", own.uid()), str::to_owned)
}

/// The name in `passwd`(5)'s form: `name:password:uid:…`.
fn name_of(uid: u32, accounts: &str) -> Option<&str> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\n\nbroken\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(name_of(0, accounts), Some("root"));
        assert_eq!(name_of(1000, accounts), Some("ada"));
        assert_eq!(name_of(7, accounts), None);
    }
}
