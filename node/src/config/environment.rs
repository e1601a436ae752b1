//! The environment: the one place that reads `std::env` (`HOTLINE_CONFIG` is read by the command line's parser).

use std::io;
use std::path::PathBuf;

use secrecy::SecretString;

/// The values that the environment may set in the configuration.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `HOTLINE_DATABASE_URL`; it wins over `database.url`.
    pub database_url: Option<SecretString>,
}

impl Environment {
    /// Reads the process's environment.
    #[must_use]
    pub fn read() -> Self {
        Self { database_url: std::env::var("HOTLINE_DATABASE_URL").ok().map(SecretString::from) }
    }
}

/// This very program, for processes that are to run it again.
pub(crate) fn own_program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// Returns the user that called `sudo`, where the program runs behind it.
pub(crate) fn user_behind_sudo() -> Option<String> {
    std::env::var("SUDO_USER").ok().filter(|user| !user.is_empty())
}
