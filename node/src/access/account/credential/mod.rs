//! Proofs of identity: a password, a second factor, a link for one time.

mod attempt;
mod delay;
mod invitation;
mod normal_form;
mod password;
mod password_refused;
mod second_factor;

pub use attempt::show_sign_ins;
pub(crate) use attempt::{Outcome, count};
pub(crate) use delay::Failures;
pub use invitation::InvitationToken;
pub(crate) use invitation::{ends_at, hash_of};
pub(crate) use password::{NewPassword, Passwords, Verified};
pub use password_refused::PasswordRefused;
pub use second_factor::SecondFactor;
