//! The telephone with somebody's authenticator: it shows the codes of the second factor.

use anyhow::Context as _;
use data_encoding::BASE32_NOPAD;
use totp_rs::{Algorithm, Builder};

/// An authenticator with its secret.
#[derive(Clone)]
pub struct Authenticator {
    secret: Vec<u8>,
}

impl Authenticator {
    /// Takes a secret over as a page shows it: Base32 in groups.
    pub fn of_groups(groups: &str) -> anyhow::Result<Self> {
        let letters: String = groups.split_whitespace().collect();
        Ok(Self { secret: BASE32_NOPAD.decode(letters.as_bytes()).context("a secret is Base32")? })
    }

    /// The secret, as one types it.
    #[must_use]
    pub fn secret_in_base32(&self) -> String {
        BASE32_NOPAD.encode(&self.secret)
    }

    /// Returns the code shown at a time (seconds since 1970).
    pub fn code(&self, unix_seconds: i64) -> anyhow::Result<String> {
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30);
        let totp = builder.with_secret(self.secret.clone()).build()?;
        Ok(totp.generate(u64::try_from(unix_seconds)?).to_string())
    }
}
