//! The second factor: codes by time (RFC 6238), each good once.

use data_encoding::BASE32_NOPAD;
use hotline_protocol::id::NodeId;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::access::account::error::AccountError;
use crate::access::account::name::AccountName;
use crate::context::Context;

/// 160 bits, as RFC 4226 recommends and every authenticator takes.
const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP: u64 = 30;
/// The step before and the one after count too: clocks differ, and people type slowly.
const SKEW: u16 = 1;

/// The secret that an account shares with its owner's authenticator.
pub struct SecondFactor(Totp);

impl SecondFactor {
    /// A new secret.
    pub(crate) fn new(context: &Context, name: &AccountName) -> Self {
        Self::of(&context.own, name, &context.randomness.bytes::<SECRET_BYTES>())
    }

    /// Opens the secret from an account's row.
    pub(crate) fn open(context: &Context, name: &AccountName, sealed: &[u8]) -> Result<Self, AccountError> {
        Ok(Self::of(&context.own, name, &context.seal.open(&place(name), sealed)?))
    }

    /// For an account's row.
    pub(crate) fn seal(&self, context: &Context, name: &AccountName) -> Vec<u8> {
        context.seal.seal(&place(name), self.0.secret().as_bytes())
    }

    fn of(node: &NodeId, name: &AccountName, secret: &[u8]) -> Self {
        // SHA-1 and six digits: every authenticator supports them, and some ignore another choice without a word.
        let builder = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(SKEW)
            .with_step_duration(STEP)
            .with_secret(Secret::from(secret))
            .with_issuer(Some(format!("hotline-node {node}")))
            .with_account_name(name.as_str());
        Self(builder.build_noncompliant())
    }

    /// Returns the step of a code that is right now, and newer than the newest accepted one: an onlooker cannot use it
    /// again.
    #[must_use]
    pub(crate) fn step_of(&self, code: &str, now_seconds: i64, newest: i64) -> Option<i64> {
        let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
        let step = self.0.check(&digits, u64::try_from(now_seconds).ok()?)?;
        i64::try_from(step).ok().filter(|step| *step > newest)
    }

    /// Returns the content of the QR code.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "neither a node's id nor a name holds a colon")]
    pub fn uri(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_url().expect("neither a node's id nor a name holds a colon"))
    }

    /// Returns the secret in groups of four, for people that cannot scan.
    #[must_use]
    pub fn in_groups(&self) -> Zeroizing<String> {
        let text = Zeroizing::new(BASE32_NOPAD.encode(self.0.secret().as_bytes()));
        let groups = text.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap_or_default());
        Zeroizing::new(groups.collect::<Vec<_>>().join(" "))
    }
}

/// Returns the associated data for sealing an account's secret.
fn place(name: &AccountName) -> Vec<u8> {
    format!("account-totp/{name}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's examples.
    fn example() -> SecondFactor {
        let node = "fr-example".parse().expect("an id");
        SecondFactor::of(&node, &"ada".parse().expect("a name"), b"12345678901234567890")
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, the last six of eight digits.
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(example().step_of(code, time, 0), Some(time / 30), "{time}");
        }
    }

    #[test]
    fn a_code_counts_around_its_time_and_once() {
        let (factor, code, step) = (example(), "081804", 1_111_111_109 / 30);
        let at = |step: i64| step * 30;
        for (time, counts) in [(at(step - 1) - 1, false), (at(step - 1), true), (at(step + 2) - 1, true)] {
            assert_eq!(factor.step_of(code, time, 0).is_some(), counts, "{time}");
        }
        assert_eq!(factor.step_of(code, at(step + 2), 0), None);
        assert_eq!(factor.step_of("081 804", at(step), step - 1), Some(step));
        assert_eq!(factor.step_of(code, at(step), step), None, "it was used");
        assert_eq!(factor.step_of(code, at(step), step + 1), None, "a newer one was used");
        for wrong in ["", "081805", "81804", "0818040", "abcdef"] {
            assert_eq!(factor.step_of(wrong, at(step), 0), None, "{wrong}");
        }
    }

    #[test]
    fn the_uri_and_the_groups_say_the_same_secret() {
        let factor = example();
        let groups = factor.in_groups();
        assert_eq!(groups.as_str(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let uri = factor.uri();
        assert!(uri.starts_with("otpauth://totp/"), "{}", *uri);
        assert!(uri.contains(&groups.replace(' ', "")), "{}", *uri);
    }
}
