//! `[alerts]`: how people are told that something needs a person.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::section_reader::Section;
use crate::config::fault::ConfigFault;
use crate::config::value::{MachineName, MailAddress, MailServer, ProxyUrl, WebhookUrl};
use crate::secret::read_secret_file;

/// Most addresses that one mail goes to; more belong into a list at the mail server.
const ADDRESSES_LIMIT: usize = 20;

/// How people are told that something needs a person. Without `mail_server` and `webhook_url` nobody is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlertsSection {
    /// The server that takes the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_server: Option<MailServer>,
    /// The user there, where it wants a login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_user: Option<String>,
    /// A file (0600) with the user's password, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_password_file: Option<PathBuf>,
    /// The mail's sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<MailAddress>,
    /// The mail's recipients.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mail_to: Vec<MailAddress>,
    /// This machine's name in the greeting to the server; its own name where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_hello: Option<MachineName>,
    /// The proxy on the way to webhook and mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyUrl>,
    /// Where a JSON document is posted for each alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<WebhookUrl>,
    /// A file (0600) with the token that is shown there, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_token_file: Option<PathBuf>,
    /// Time until an alert that nobody acknowledged is sent again.
    pub repeat_hours: u32,
    /// The content of `mail_password_file`.
    #[serde(skip)]
    pub mail_password: Option<SecretString>,
    /// The content of `webhook_token_file`.
    #[serde(skip)]
    pub webhook_token: Option<SecretString>,
}

impl Default for AlertsSection {
    fn default() -> Self {
        Self {
            mail_server: None,
            mail_user: None,
            mail_password_file: None,
            mail_from: None,
            mail_to: Vec::new(),
            mail_hello: None,
            proxy: None,
            webhook_url: None,
            webhook_token_file: None,
            repeat_hours: 24,
            mail_password: None,
            webhook_token: None,
        }
    }
}

impl Section for AlertsSection {
    const NAME: &'static str = "alerts";
}

impl AlertsSection {
    /// Returns the faults that only several keys together can show.
    pub(crate) fn faults(&self) -> Vec<ConfigFault> {
        let (mail, login) = (self.mail_server.is_some(), self.mail_user.is_some());
        let for_mail = self.mail_from.is_some() || !self.mail_to.is_empty() || login || self.mail_hello.is_some();
        let twice = self.mail_to.iter().collect::<BTreeSet<_>>().len() < self.mail_to.len();
        let rules = [
            (!mail && for_mail, "mail_server", "mail needs the server that takes it"),
            (mail && self.mail_from.is_none(), "mail_from", "mail needs the address that it is from"),
            (mail && self.mail_to.is_empty(), "mail_to", "mail needs an address that it is for"),
            (self.mail_to.len() > ADDRESSES_LIMIT, "mail_to", "at most 20 addresses are expected"),
            (twice, "mail_to", "an address stands there twice"),
            (login && self.mail_password_file.is_none(), "mail_password_file", "a user needs a password"),
            (!login && self.mail_password_file.is_some(), "mail_user", "a password needs its user"),
            (!mail && self.webhook_url.is_none() && self.proxy.is_some(), "proxy", "a proxy needs somebody to reach"),
            (self.webhook_url.is_none() && self.webhook_token_file.is_some(), "webhook_url", "a token needs its URL"),
            (!(1..=720).contains(&self.repeat_hours), "repeat_hours", "1 to 720 is expected"),
        ];
        rules.iter().filter(|(broken, ..)| *broken).map(|(_, key, text)| fault(key, text)).collect()
    }

    /// Reads the password and the token from their files.
    pub(crate) fn read_secrets(&mut self) -> Vec<ConfigFault> {
        let mut faults = Vec::new();
        self.mail_password = read("mail_password_file", self.mail_password_file.as_ref(), &mut faults);
        self.webhook_token = read("webhook_token_file", self.webhook_token_file.as_ref(), &mut faults);
        faults
    }
}

fn fault(key: &str, text: impl fmt::Display) -> ConfigFault {
    ConfigFault::new(format!("{}.{key}", AlertsSection::NAME), text)
}

fn read(key: &str, file: Option<&PathBuf>, faults: &mut Vec<ConfigFault>) -> Option<SecretString> {
    match one_line(file?) {
        Ok(secret) => Some(secret),
        Err(text) => {
            faults.push(fault(key, text));
            None
        }
    }
}

/// Takes printable ASCII only: a token goes into a header, and other characters in a password are mostly a mistake.
fn one_line(file: &Path) -> Result<SecretString, String> {
    let content = read_secret_file(file).map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(&content).unwrap_or_default().trim_end_matches(['\r', '\n']);
    let is_one = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_graphic() || letter == ' ');
    if is_one { Ok(text.into()) } else { Err("one line of printable ASCII is expected in the file".into()) }
}
