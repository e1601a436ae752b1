//! Counted things in English sentences, as commands, checks and the trail of acts have them.

/// So many of a thing: "1 alert", "2 entries". `one` is its name in the singular, and forms its plural by a rule.
#[must_use]
pub fn counted(n: impl TryInto<u64>, one: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    match (n, one.strip_suffix('y')) {
        (1, _) => format!("1 {one}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{n} {stem}ies"),
        _ => format!("{n} {one}s"),
    }
}

/// The verb's form for so many.
#[must_use]
pub fn verb(n: impl TryInto<u64>, one: &'static str, several: &'static str) -> &'static str {
    if matches!(n.try_into(), Ok(1)) { one } else { several }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_none_is_not() {
        let all = |one| [0_u64, 1, 2, 21].map(|n| counted(n, one)).join(", ");
        assert_eq!(all("alert"), "0 alerts, 1 alert, 2 alerts, 21 alerts");
        assert_eq!(all("entry"), "0 entries, 1 entry, 2 entries, 21 entries");
        assert_eq!(all("day"), "0 days, 1 day, 2 days, 21 days");
        assert_eq!([0_usize, 1, 2].map(|n| verb(n, "waits", "wait")), ["wait", "waits", "wait"]);
        assert_eq!(counted(1_i64, "minute"), "1 minute");
    }
}
