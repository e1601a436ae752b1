//! Passwords: the rules for a new one, and its storage.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::normal_form::{earlier_forms, normal_form};
use super::password_refused::{LONGEST, PasswordRefused, SHORTEST};
use crate::access::account::error::AccountError;
use crate::access::account::name::AccountName;
use crate::randomness::Randomness;

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// So many are worked on at once: a flood of sign-ins takes neither the memory nor all cores.
const AT_ONCE: usize = 2;
/// So many wait for it; the rest is told to come again.
const WAITING: usize = 64;

/// A password that may be taken.
pub(crate) struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// Checks it against the rules, in its normal form. Any characters may stand in it.
    pub(crate) fn parse(typed: &str, name: &AccountName) -> Result<Self, PasswordRefused> {
        let text = normal_form(typed);
        if !(SHORTEST..=LONGEST).contains(&text.chars().count()) {
            return Err(PasswordRefused::Length);
        }
        if text.trim().eq_ignore_ascii_case(name.as_str()) {
            return Err(PasswordRefused::Name);
        }
        Ok(Self(text))
    }
}

/// Result of verifying a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verified {
    /// Another one, or nobody's.
    Wrong,
    /// The one that is kept.
    Right,
    /// The one that is kept, in a form of before: its hash in the normal form, to be kept from now on.
    RightAsBefore(String),
}

impl Verified {
    /// Whether it is the right one.
    pub(crate) fn is_right(&self) -> bool {
        *self != Self::Wrong
    }
}

/// Hashes passwords, a few at once.
pub(crate) struct Passwords {
    work: Arc<Semaphore>,
    queue: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { work: Arc::new(Semaphore::new(AT_ONCE)), queue: Semaphore::new(WAITING) }
    }
}

impl Passwords {
    /// The PHC string of a password.
    pub(crate) async fn hash(&self, password: NewPassword) -> Result<String, AccountError> {
        self.run(move || hash(&password.0)).await
    }

    /// Whether a password is the one of this PHC string, in its normal form or as an earlier version kept it. Without a
    /// string the same work is done, so that the time does not reveal whether there is an account. The amount of work
    /// depends on the typed text alone.
    pub(crate) async fn verify(
        &self,
        password: Zeroizing<String>,
        kept: Option<String>,
    ) -> Result<Verified, AccountError> {
        self.run(move || verify(&password, kept.as_deref())).await
    }

    /// A caller that goes away gives back its place in the queue at once, but its place at work only when the work is
    /// done.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AccountError> {
        let _waits = self.queue.try_acquire().map_err(|_| AccountError::Busy)?;
        let permit = Arc::clone(&self.work).acquire_owned().await.map_err(|_| AccountError::Busy)?;
        let worked = tokio::task::spawn_blocking(move || {
            let _works = permit;
            work()
        });
        worked.await.map_err(|_| AccountError::Inconsistent)
    }
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the parameters are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> String {
    let salt: [u8; 16] = Randomness.unique_bytes();
    let hash = hasher().hash_password_with_salt(password.as_bytes(), &salt);
    hash.expect("a password and a salt of this length are within argon2's limits").to_string()
}

/// No step is left out where the answer is known already: the time would reveal the form that is kept.
fn verify(typed: &str, kept: Option<&str>) -> Verified {
    let normal = normal_form(typed);
    let is_right = is_it(&normal, kept);
    let earlier = earlier_forms(typed);
    if earlier.is_empty() {
        return if is_right { Verified::Right } else { Verified::Wrong };
    }
    let tried: Vec<bool> = earlier.iter().map(|form| is_it(form, kept)).collect();
    let anew = hash(&normal);
    match (is_right, tried.contains(&true)) {
        (true, _) => Verified::Right,
        (false, true) => Verified::RightAsBefore(anew),
        (false, false) => Verified::Wrong,
    }
}

fn is_it(password: &str, kept: Option<&str>) -> bool {
    /// Of no account.
    static NOBODYS: LazyLock<String> = LazyLock::new(|| hash("nobody's password"));
    let is_it = PasswordHash::new(kept.unwrap_or(&NOBODYS))
        .is_ok_and(|kept| hasher().verify_password(password.as_bytes(), &kept).is_ok());
    kept.is_some() && is_it
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_not_too_long_and_not_the_name() {
        let name: AccountName = "ada.of-the-hotline".parse().expect("a name");
        let parse = |text: &str| NewPassword::parse(text, &name).err();
        assert_eq!(parse(&"a".repeat(11)), Some(PasswordRefused::Length));
        assert_eq!(parse(&"é".repeat(11)), Some(PasswordRefused::Length));
        assert_eq!(parse(&"a".repeat(257)), Some(PasswordRefused::Length));
        assert_eq!(parse("Ada.of-the-HOTLINE "), Some(PasswordRefused::Name));
        for good in ["a".repeat(12), "é".repeat(256), "three words here".to_owned()] {
            assert_eq!(parse(&good), None, "{good}");
        }
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_nothing_else_is() {
        let passwords = Passwords::default();
        let name = "ada".parse().expect("a name");
        let kept = passwords.hash(NewPassword::parse("three words here", &name).expect("good")).await.expect("hashed");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let verify = async |text: &str, kept: Option<&str>| {
            let text = Zeroizing::new(text.to_owned());
            passwords.verify(text, kept.map(str::to_owned)).await.expect("verified")
        };
        assert_eq!(verify("three words here", Some(&kept)).await, Verified::Right);
        assert_eq!(verify("three words herE", Some(&kept)).await, Verified::Wrong);
        assert_eq!(verify("three words here", Some("not a hash")).await, Verified::Wrong);
        assert_eq!(verify("nobody's password", None).await, Verified::Wrong);
    }

    #[tokio::test]
    async fn an_accented_password_is_right_however_it_is_typed_and_one_of_before_is_kept_anew() {
        let passwords = Passwords::default();
        let name = "ada".parse().expect("a name");
        let (composed, apart) = ("\u{e9}t\u{e9} \u{e0} la mer", "e\u{301}te\u{301} a\u{300} la mer");
        let new = NewPassword::parse(apart, &name).expect("good");
        let kept = passwords.hash(new).await.expect("hashed");
        let verify = async |text: &str, kept: &str| {
            let text = Zeroizing::new(text.to_owned());
            passwords.verify(text, Some(kept.to_owned())).await.expect("verified")
        };
        for typed in [composed, apart] {
            assert_eq!(verify(typed, &kept).await, Verified::Right);
        }
        // An earlier version kept it as it was typed.
        for before in [composed, apart] {
            let kept = hash(before);
            for typed in [composed, apart] {
                match verify(typed, &kept).await {
                    Verified::Right => assert_eq!(before, composed),
                    Verified::RightAsBefore(anew) => assert_eq!(verify(composed, &anew).await, Verified::Right),
                    Verified::Wrong => panic!("{before} as {typed}"),
                }
            }
        }
        assert_eq!(verify("ete a la mer", &kept).await, Verified::Wrong);
        assert_eq!(verify("\u{e9}t\u{e9} \u{e0} la mar", &hash(apart)).await, Verified::Wrong);
    }
}
