//! Sessions: signed cookies that name the account and the time of its sign-in. The account's row tells each time
//! whether the owner may still enter.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::Account;
use super::name::AccountName;
use crate::context::Context;
use crate::randomness::Randomness;

/// A session that is idle for so long ends; seconds.
const IDLE: i64 = 15 * 60;
/// So long after a sign-in, the owner must sign in again; seconds.
const LONGEST: i64 = 12 * 3_600;
/// Longer ones are not ours.
const TOKEN_LIMIT_BYTES: usize = 1_024;

/// The content of a session's token. Times in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The account's name.
    sub: String,
    /// The account's generation at the sign-in.
    generation: i64,
    /// The session's id.
    sid: Uuid,
    /// When this token was made.
    iat: i64,
    /// When it ends.
    exp: i64,
    /// When its owner signed in.
    auth_time: i64,
}

impl Session {
    /// Begins now.
    pub(super) fn begin(context: &Context, account: &Account) -> Self {
        let now = context.clock.now();
        Self {
            sub: account.name.to_string(),
            generation: account.generation,
            sid: context.randomness.uuid_v7(now),
            iat: now.timestamp(),
            exp: now.timestamp() + IDLE,
            auth_time: now.timestamp(),
        }
    }

    /// Goes on, since its owner did something; never beyond its longest time.
    #[must_use]
    pub(super) fn renewed(&self, now: i64) -> Self {
        Self { iat: now, exp: (now + IDLE).min(self.longest()), ..self.clone() }
    }

    const fn longest(&self) -> i64 {
        self.auth_time.saturating_add(LONGEST)
    }

    /// Whether its time is not over.
    const fn is_at(&self, now: i64) -> bool {
        now < self.exp && now < self.longest()
    }

    /// Returns the account's name.
    pub(super) fn name(&self) -> Option<AccountName> {
        self.sub.parse().ok()
    }

    /// Whether it is one of this account as it is now.
    pub(super) fn is_of(&self, account: &Account) -> bool {
        self.sub == account.name.as_str() && self.generation == account.generation
    }
}

/// Signs and reads tokens. The key is made anew at each start and never leaves the memory, so a token of another start,
/// or from a backup, opens nothing.
pub(super) struct Sessions {
    signs: EncodingKey,
    verifies: DecodingKey,
    /// Sessions that were signed out, each until no token of it can count any more.
    ended: Mutex<HashMap<Uuid, i64>>,
}

impl Sessions {
    /// With a new key.
    pub(super) fn new(randomness: Randomness) -> Self {
        let seed = zeroize::Zeroizing::new(randomness.bytes::<32>());
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).expect("every 32 bytes are a seed");
        let pkcs8 = pair.to_pkcs8v1().expect("a key that was made can be written");
        Self {
            signs: EncodingKey::from_ed_der(pkcs8.as_ref()),
            verifies: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            ended: Mutex::default(),
        }
    }

    /// The token of a session.
    pub(super) fn sign(&self, session: &Session) -> String {
        encode(&Header::new(Algorithm::EdDSA), session, &self.signs).expect("an Ed25519 key signs every message")
    }

    /// Returns the content of a token, where this node made it and its time is not over. The token does not choose its
    /// algorithm.
    pub(super) fn read(&self, token: &str, now: i64) -> Option<Session> {
        if token.len() > TOKEN_LIMIT_BYTES {
            return None;
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        // By our own clock, below: the library would ask the system's.
        validation.validate_exp = false;
        let session = decode::<Session>(token, &self.verifies, &validation).ok()?.claims;
        let is_ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&session.sid);
        (session.is_at(now) && !is_ended).then_some(session)
    }

    /// Ends a session, all its tokens, for good.
    pub(super) fn end(&self, session: &Session, now: i64) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|_, until| *until > now);
        // A request that is under way may still renew it: only its longest time is safe.
        ended.insert(session.sid, session.longest());
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_764_000_000;

    fn session() -> Session {
        Session {
            sub: "ada".into(),
            generation: 7,
            sid: Uuid::from_bytes([1; 16]),
            iat: NOW,
            exp: NOW + IDLE,
            auth_time: NOW,
        }
    }

    #[test]
    fn a_token_counts_for_a_quarter_of_an_hour_and_is_renewed_for_half_a_day() {
        let sessions = Sessions::new(Randomness);
        let token = sessions.sign(&session());
        assert_eq!(sessions.read(&token, NOW), Some(session()));
        assert_eq!(sessions.read(&token, NOW + IDLE - 1), Some(session()));
        assert_eq!(sessions.read(&token, NOW + IDLE), None);
        let later = session().renewed(NOW + IDLE - 1);
        assert_eq!(later.exp, NOW + 2 * IDLE - 1);
        assert_eq!(sessions.read(&sessions.sign(&later), NOW + IDLE), Some(later));
        let last = session().renewed(NOW + LONGEST - 10);
        assert_eq!(last.exp, NOW + LONGEST);
        let forged = Session { exp: NOW + 10 * LONGEST, ..session() };
        assert_eq!(sessions.read(&sessions.sign(&forged), NOW + LONGEST), None);
    }

    #[test]
    fn a_session_that_ended_stays_so_also_where_it_was_renewed() {
        let sessions = Sessions::new(Randomness);
        let other = Session { sid: Uuid::from_bytes([2; 16]), ..session() };
        sessions.end(&session(), NOW);
        assert_eq!(sessions.read(&sessions.sign(&session()), NOW), None);
        assert_eq!(sessions.read(&sessions.sign(&session().renewed(NOW + LONGEST - 1)), NOW + LONGEST - 1), None);
        assert_eq!(sessions.read(&sessions.sign(&other), NOW), Some(other.clone()));
        sessions.end(&other, NOW + LONGEST);
        assert_eq!(sessions.ended.lock().expect("whole").len(), 1, "what is over is not kept");
    }

    #[test]
    fn a_token_of_another_key_or_another_algorithm_or_with_a_changed_letter_counts_nothing() {
        let sessions = Sessions::new(Randomness);
        let good = sessions.sign(&session());
        let read = |token: &str| sessions.read(token, NOW);
        assert!(read(&good).is_some());
        assert_eq!(read(&Sessions::new(Randomness).sign(&session())), None);
        let claims = serde_json::to_value(session()).expect("claims");
        let part = |value: &serde_json::Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let none = format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(&claims));
        assert_eq!(read(&none), None);
        // The public key as a secret: the oldest trick.
        let public = sessions.verifies.try_get_as_bytes().expect("an Ed25519 key").to_vec();
        let hs256 = encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(&public));
        assert_eq!(read(&hs256.expect("signed")), None);
        let mut parts: Vec<String> = good.split('.').map(str::to_owned).collect();
        parts[1] = part(&serde_json::to_value(Session { sub: "bob".into(), ..session() }).expect("claims"));
        assert_eq!(read(&parts.join(".")), None);
        for (place, letter) in good.char_indices().filter(|(_, letter)| *letter != '.') {
            let mut changed = good.clone();
            changed.replace_range(place..=place, if letter == 'A' { "B" } else { "A" });
            assert_eq!(read(&changed), None, "letter {place}");
        }
        assert_eq!(read(&format!("{good}{}", " ".repeat(1_024))), None);
        assert_eq!(read(""), None);
    }
}
