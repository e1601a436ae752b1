//! Actions of a person with his own account: sign in, stay in, sign out.

use zeroize::Zeroizing;

use super::credential::{Failures, NewPassword, Outcome, Passwords, SecondFactor, Verified, count, ends_at, hash_of};
use super::error::AccountError;
use super::model::Account;
use super::name::AccountName;
use super::repository::{self, AtTheDoor};
use super::session::{Session, Sessions};
use super::viewer::Viewer;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::context::Context;
use crate::storage::{StorageError, Write, leave_setting, read_setting};

/// Refused sign-ins under names that nobody has, as two numbers: how many, and when the last one was.
const STRANGERS: &str = "strangers";
/// The name of such strangers in the trail: the typed text may be a password.
const STRANGER: &str = "unknown account";

/// The accounts of a node that serves.
pub struct Accounts {
    context: Context,
    passwords: Passwords,
    sessions: Sessions,
}

/// Input of a sign-in.
pub struct Attempt {
    /// The account's name.
    pub name: String,
    /// The password.
    pub password: Zeroizing<String>,
    /// The authenticator's code.
    pub code: String,
}

/// A request of a signed-in person.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The person.
    pub viewer: Viewer,
    /// The session.
    pub session: Session,
    /// The token that continues the session.
    pub token: String,
}

/// The fault found at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guess {
    /// Nobody has the name.
    Stranger,
    /// The account waits after failures.
    Delayed,
    /// Something else.
    Wrong,
}

/// An invitation that may be accepted.
pub struct Invitation {
    /// The invited account.
    pub name: AccountName,
    /// For the authenticator.
    pub factor: SecondFactor,
}

impl Accounts {
    /// With a new key for sessions: those of an earlier start are over.
    #[must_use]
    pub fn new(context: Context) -> Self {
        let sessions = Sessions::new(context.randomness);
        Self { context, passwords: Passwords::default(), sessions }
    }

    /// Lets somebody in; gives his session's token. Returns `None` for every fault alike: name, password, code, an
    /// account that is not active, one that waits after failures. All cases take the same work, so that the time
    /// reveals no existing name. Where nobody has the name, another account stands in.
    pub async fn sign_in(&self, attempt: Attempt) -> Result<Option<String>, AccountError> {
        let name: Option<AccountName> = attempt.name.trim().to_lowercase().parse().ok();
        let kept = match repository::at_the_door(self.context.database.read(), name.as_ref()).await? {
            AtTheDoor::Known(account) => account.password,
            AtTheDoor::Unknown(_) => None,
        };
        let verified = self.passwords.verify(attempt.password, kept.clone()).await?;

        let write = self.context.database.write("sign_in").await?;
        let (mut account, is_known) = match repository::at_the_door(&*write, name.as_ref()).await? {
            AtTheDoor::Known(account) => (account, true),
            AtTheDoor::Unknown(Some(stands_in)) => (stands_in, false),
            // Of a house without accounts there is nothing to learn.
            AtTheDoor::Unknown(None) => return self.refuse(write, None, Guess::Stranger).await,
        };
        let now = self.context.now_micros();
        let factor = SecondFactor::open(&self.context, &account.name, &account.totp_secret)?;
        let step = factor.step_of(&attempt.code, now.div_euclid(1_000_000), account.totp_step);
        let guess = match (is_known, now < account.failures.next_try_at()) {
            (false, _) => Guess::Stranger,
            (true, true) => Guess::Delayed,
            (true, false) => Guess::Wrong,
        };
        // The row may have changed while the password was verified.
        let knows = verified.is_right() && account.password == kept && account.is_open();
        let Some(step) = step.filter(|_| knows && guess == Guess::Wrong) else {
            return self.refuse(write, Some(account), guess).await;
        };
        account.let_in(step, now);
        if let Verified::RightAsBefore(anew) = verified {
            account.password = Some(anew);
        }
        repository::save(&write, &account).await?;
        self.record(&write, &account.name, "sign_in", String::new()).await?;
        write.commit().await?;
        count(Outcome::Accepted);
        Ok(Some(self.sessions.sign(&Session::begin(&self.context, &account))))
    }

    /// Returns the visit of this token's owner, with the token to go on with; `None` where the token lets nobody in.
    pub async fn visit(&self, token: &str) -> Result<Option<Visit>, AccountError> {
        let now = self.context.clock.unix_seconds();
        let Some(session) = self.sessions.read(token, now) else { return Ok(None) };
        let account = self.find(session.name().as_ref()).await?;
        let Some(account) = account.filter(|account| account.is_open() && session.is_of(account)) else {
            return Ok(None);
        };
        let session = session.renewed(now);
        let token = self.sessions.sign(&session);
        Ok(Some(Visit { viewer: account.viewer(), session, token }))
    }

    /// Ends a session. Others of the same account, at another desk, go on.
    pub async fn sign_out(&self, session: &Session) -> Result<(), AccountError> {
        self.sessions.end(session, self.context.clock.unix_seconds());
        let Some(name) = session.name() else { return Ok(()) };
        let write = self.context.database.write("sign_out").await?;
        self.record(&write, &name, "sign_out", String::new()).await?;
        Ok(write.commit().await?)
    }

    /// Ends every session of the account, this one too.
    pub async fn sign_out_everywhere(&self, session: &Session) -> Result<(), AccountError> {
        let write = self.context.database.write("sign_out_everywhere").await?;
        let mut account = self.owner(&write, session).await?;
        account.end_sessions();
        repository::save(&write, &account).await?;
        self.record(&write, &account.name, "sign_out_everywhere", String::new()).await?;
        Ok(write.commit().await?)
    }

    /// Changes the password; every other session of the account ends. Gives the token to go on with.
    pub async fn change_password(
        &self,
        session: &Session,
        old: Zeroizing<String>,
        new: &str,
    ) -> Result<String, AccountError> {
        let name = session.name().ok_or(AccountError::Inconsistent)?;
        let kept = self.find(Some(&name)).await?.and_then(|account| account.password);
        let is_right = self.passwords.verify(old, kept.clone()).await?.is_right();
        let new = match NewPassword::parse(new, &name) {
            Ok(new) if is_right => Some(self.passwords.hash(new).await?),
            Ok(_) => None,
            Err(refused) => return Err(refused.into()),
        };
        let write = self.context.database.write("change_password").await?;
        let mut account = self.owner(&write, session).await?;
        // A person that sits down at an open session must not guess faster than at the door.
        let may_try = self.context.now_micros() >= account.failures.next_try_at();
        let Some(new) = new.filter(|_| may_try && account.password == kept) else {
            if may_try {
                self.note_failure(&write, &mut account, "refuse_password_change").await?;
            }
            write.commit().await?;
            return Err(AccountError::PasswordWrong);
        };
        account.password = Some(new);
        account.failures = Failures::default();
        account.end_sessions();
        repository::save(&write, &account).await?;
        self.record(&write, &account.name, "change_password", String::new()).await?;
        write.commit().await?;
        Ok(self.sessions.sign(&Session::begin(&self.context, &account)))
    }

    /// The invitation of a one-time link.
    pub async fn invitation(&self, token: &str) -> Result<Invitation, AccountError> {
        let found = repository::find_invited(self.context.database.read(), hash_of(token)).await?;
        let account = self.still_invited(found)?;
        let factor = SecondFactor::open(&self.context, &account.name, &account.totp_secret)?;
        Ok(Invitation { name: account.name, factor })
    }

    /// Accepts an invitation, once, and lets its owner in; gives his session's token.
    pub async fn accept(&self, token: &str, password: &str, code: &str) -> Result<String, AccountError> {
        let name = self.invitation(token).await?.name;
        let hash = self.passwords.hash(NewPassword::parse(password, &name)?).await?;
        let write = self.context.database.write("accept_invitation").await?;
        // Somebody may have been faster.
        let mut account = self.still_invited(repository::find_invited(&*write, hash_of(token)).await?)?;
        let now = self.context.now_micros();
        let factor = SecondFactor::open(&self.context, &account.name, &account.totp_secret)?;
        let step = factor.step_of(code, now.div_euclid(1_000_000), account.totp_step);
        account.accept(hash, step.ok_or(AccountError::CodeRefused)?, now);
        repository::save(&write, &account).await?;
        self.record(&write, &account.name, "accept_invitation", String::new()).await?;
        write.commit().await?;
        Ok(self.sessions.sign(&Session::begin(&self.context, &account)))
    }

    fn still_invited(&self, found: Option<Account>) -> Result<Account, AccountError> {
        let now = self.context.now_micros();
        let open = found.filter(|account| account.peer_is_here && now < ends_at(account.invited_at));
        open.ok_or(AccountError::InvitationOver)
    }

    async fn find(&self, name: Option<&AccountName>) -> Result<Option<Account>, AccountError> {
        match name {
            Some(name) => Ok(repository::find(self.context.database.read(), name).await?),
            None => Ok(None),
        }
    }

    /// The account of a session that was checked before: it may have ended since.
    async fn owner(&self, write: &Write<'_>, session: &Session) -> Result<Account, AccountError> {
        let name = session.name().ok_or(AccountError::Inconsistent)?;
        let account = repository::find(&**write, &name).await?;
        account.filter(|account| account.is_open() && session.is_of(account)).ok_or(AccountError::Unknown(name))
    }

    /// Refuses, and writes down the facts to be remembered. The same rows are written in every case: the account's, the
    /// count of strangers, and an act. The act is taken back where it belongs into no trail.
    async fn refuse(
        &self,
        write: Write<'_>,
        account: Option<Account>,
        guess: Guess,
    ) -> Result<Option<String>, AccountError> {
        let now = self.context.now_micros();
        let known = read_setting(&*write, STRANGERS).await?;
        let mut strangers = known.as_deref().and_then(Failures::of_text).unwrap_or_default();
        // Guessing names fills no trail: all that nobody has are counted as one, begun anew each day.
        let before = match guess {
            Guess::Stranger => strangers.of_today(now),
            Guess::Wrong | Guess::Delayed => account.as_ref().map(|account| account.failures).unwrap_or_default(),
        };
        let after = before.and_one(now);
        let is_told = before.is_told(now) && guess != Guess::Delayed;
        let (mut who, mut what) = (STRANGER.to_owned(), format!("attempt {} of today", after.count));
        if guess == Guess::Stranger {
            strangers = after;
        }
        if let Some(mut account) = account {
            if guess != Guess::Stranger {
                (who, what) = (account.name.to_string(), after.in_words());
            }
            if guess == Guess::Wrong {
                account.failures = after;
            }
            repository::save(&write, &account).await?;
        }
        leave_setting(&write, STRANGERS, &strangers.to_text()).await?;
        repository::begin_trial(&write).await?;
        let act = Act { who: &who, act: "refuse_sign_in", what, origin: ActOrigin::Office };
        record_act(&write, &self.context.clock, act).await?;
        repository::end_trial(&write, is_told).await?;
        write.commit().await?;
        count(if guess == Guess::Delayed { Outcome::Delayed } else { Outcome::Refused });
        Ok(None)
    }

    async fn note_failure(
        &self,
        write: &Write<'_>,
        account: &mut Account,
        act: &'static str,
    ) -> Result<(), StorageError> {
        let now = self.context.now_micros();
        let before = account.failures;
        account.failures = before.and_one(now);
        repository::save(write, account).await?;
        if before.is_told(now) {
            self.record(write, &account.name, act, account.failures.in_words()).await?;
        }
        Ok(())
    }

    async fn record(
        &self,
        write: &Write<'_>,
        name: &AccountName,
        act: &'static str,
        what: String,
    ) -> Result<(), StorageError> {
        let act = Act { who: name.as_str(), act, what, origin: ActOrigin::Office };
        record_act(write, &self.context.clock, act).await
    }
}
