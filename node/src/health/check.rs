//! One check, and how it ended.

use serde::{Deserialize, Serialize};

use crate::access::alert::{AlertKind, Cause};

macro_rules! names {
    ($($(#[$doc:meta])+ $variant:ident = $code:literal;)+) => {
        /// The object of a check. Its code never changes: supervisors know it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum CheckName {
            $($(#[$doc])+ #[serde(rename = $code)] $variant),+
        }

        impl CheckName {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code: `a_z`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

names! {
    /// The node's folder is there, and the node's user's alone.
    Folder = "folder";
    /// So is the folder of the keys.
    Keys = "keys";
    /// So is the configuration.
    Configuration = "configuration";
    /// A key file can be read, and by nobody else.
    KeyFile = "key_file";
    /// The node's files belong to the node's own user.
    Owner = "owner";
    /// The node's folders can be written to.
    Writing = "writing";
    /// There is room on the disk of the node's folder and of its database.
    Disk = "disk";
    /// There are file handles for all connections that the configuration allows.
    FileHandles = "file_handles";
    /// The clock can be right.
    Clock = "clock";
    /// The sources for where servers stand can be used, and are fresh.
    Geolocation = "geolocation";
    /// A name server answers, and as it should.
    NameServer = "name_server";
    /// This node's own certificate can be used, and does not end soon.
    Certificate = "certificate";
    /// The certificate of a listener for people belongs to its key, and does not end soon.
    WebCertificate = "web_certificate";
    /// The federation's authority: its files, its lists, and whether it answers for this node's certificate.
    Authority = "authority";
    /// The database answers, and is whole.
    Database = "database";
    /// The trail of acts is whole.
    Audit = "audit";
    /// The signed entries are still in the database.
    HighWater = "high_water";
    /// Reports are sealed and sent.
    Sealing = "sealing";
    /// A key that was announced can be switched to.
    AnnouncedKey = "announced_key";
    /// Alerts that wait for a person.
    Alerts = "alerts";
    /// A channel that tells people of alerts.
    AlertChannel = "alert";
    /// Reports at work here.
    Reports = "reports";
    /// Reports that wait for a decision.
    ReportsHeld = "reports_held";
    /// Reports that are offered to nobody.
    ReportsPlaced = "reports_placed";
    /// Offers that a hotline leaves without an answer.
    Offers = "offers";
    /// A hotline that accepted reports of ours and says nothing of them.
    Holders = "holders";
    /// There are peers.
    Peers = "peers";
    /// A peer gets our entries, is heard from, and shows a certificate that will hold.
    Peer = "peer";
    /// A node serves, and tells how it is doing.
    Serve = "serve";
}

/// How a check ended, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Ok,
    /// Wants attention; the node works.
    Warning,
    /// Must be put right.
    Fault,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The object of the check.
    pub check: CheckName,
    /// The one meant, where there are several: a node's id, a file's name.
    pub subject: Option<String>,
    /// Both in words, for people.
    pub name: String,
    /// How it ended.
    pub status: Status,
    /// Whether the node takes, seals or sends nothing while this lasts. Only a fault can stop it.
    pub stops: bool,
    /// The finding.
    pub text: String,
    /// The advice; null where there is nothing to do.
    pub advice: Option<String>,
    /// The causes for calling people; where nothing is said, they are called for a fault.
    #[serde(skip)]
    pub causes: Option<Vec<Cause>>,
}

impl Check {
    /// Nothing to do.
    #[must_use]
    pub fn ok(check: CheckName, text: impl Into<String>) -> Self {
        Self::ended(check, Status::Ok, text, None)
    }

    /// Wants attention.
    #[must_use]
    pub fn warning(check: CheckName, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::ended(check, Status::Warning, text, Some(advice.into()))
    }

    /// Must be put right.
    #[must_use]
    pub fn fault(check: CheckName, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::ended(check, Status::Fault, text, Some(advice.into()))
    }

    /// Must be put right before the node goes on.
    #[must_use]
    pub fn stop(check: CheckName, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { stops: true, ..Self::fault(check, text, advice) }
    }

    /// With this status, and advice where it is not well.
    #[must_use]
    pub fn of(check: CheckName, status: Status, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::ended(check, status, text, (status != Status::Ok).then(|| advice.into()))
    }

    fn ended(check: CheckName, status: Status, text: impl Into<String>, advice: Option<String>) -> Self {
        let name = check.code().replace('_', " ");
        Self { check, subject: None, name, status, stops: false, text: text.into(), advice, causes: None }
    }

    /// The same, of one of several.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        let subject = subject.into();
        self.name = format!("{} {subject}", self.check.code().replace('_', " "));
        self.subject = Some(subject);
        self
    }

    /// The same check, but it calls people in these words, or not at all where there are none.
    #[must_use]
    pub fn calling(self, causes: impl IntoIterator<Item = Cause>) -> Self {
        Self { causes: Some(causes.into_iter().collect()), ..self }
    }

    /// Returns the causes for calling people, at the node `own`.
    #[must_use]
    pub fn causes(&self, own: &str) -> Vec<Cause> {
        if let Some(causes) = &self.causes {
            return causes.clone();
        }
        if self.status != Status::Fault {
            return Vec::new();
        }
        let (kind, subject) = match self.check {
            CheckName::Sealing => (AlertKind::NothingIsSealed, own.to_owned()),
            CheckName::Database => (AlertKind::Database, own.to_owned()),
            CheckName::AnnouncedKey => (AlertKind::OwnKeys, self.subject.clone().unwrap_or_else(|| own.to_owned())),
            _ => (AlertKind::Health, self.name.clone()),
        };
        let text = match &self.advice {
            Some(advice) => format!("{}; {advice}", self.text),
            None => self.text.clone(),
        };
        vec![Cause::new(kind, subject, text).with("check", self.check.code())]
    }

    /// Returns the reason for the status, for `readyz` and for anybody asking why; `None` where nothing is wrong.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        (self.status != Status::Ok).then(|| format!("{}: {}", self.name, self.text))
    }
}

/// Whether reports are taken, sealed and sent.
#[must_use]
pub fn is_ready(checks: &[Check]) -> bool {
    !checks.iter().any(|check| check.stops)
}

/// Merges two lists: an object in both stands once, with the worse of the two findings. Where one name has several
/// findings in a list, each that says something of its own stays.
#[must_use]
pub fn worse_of_both(mut one: Vec<Check>, other: Vec<Check>) -> Vec<Check> {
    for there in other {
        let same = |check: &&mut Check| (check.check, &check.subject) == (there.check, &there.subject);
        let mut here: Vec<&mut Check> = one.iter_mut().filter(same).collect();
        match here.as_mut_slice() {
            [] => one.push(there),
            [check]
                if (check.status == Status::Ok || check.text == there.text)
                    && (check.status, check.stops) < (there.status, there.stops) =>
            {
                **check = there;
            }
            several if several.iter().all(|check| check.text != there.text) && there.status != Status::Ok => {
                one.push(there);
            }
            _ => {}
        }
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_codes_that_differ_and_are_read_back() {
        for (place, name) in CheckName::ALL.iter().enumerate() {
            assert!(name.code().chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'), "{name:?}");
            assert_eq!(CheckName::ALL.iter().position(|other| other.code() == name.code()), Some(place));
            let text = serde_json::to_string(name).expect("serialises");
            assert_eq!(text, format!("\"{}\"", name.code()));
            assert_eq!(serde_json::from_str::<CheckName>(&text).ok(), Some(*name));
        }
    }

    #[test]
    fn what_is_not_well_has_a_reason_and_advice_and_only_a_fault_stops_the_node() {
        let name = CheckName::Peer;
        let checks = [
            Check::ok(name, "well"),
            Check::warning(name, "late", "wait"),
            Check::fault(name, "wrong", "mend").about("de-example"),
            Check::stop(name, "broken", "mend"),
        ];
        let reasons: Vec<_> = checks.iter().map(|check| check.reason().is_some()).collect();
        let advice: Vec<_> = checks.iter().map(|check| check.advice.is_some()).collect();
        assert_eq!((reasons, advice), (vec![false, true, true, true], vec![false, true, true, true]));
        assert_eq!(checks[2].reason().as_deref(), Some("peer de-example: wrong"));
        assert!(is_ready(&checks[..3]) && !is_ready(&checks));
        assert!(checks.iter().all(|check| !check.stops || check.status == Status::Fault));
    }

    #[test]
    fn what_both_looked_at_stands_once_and_the_worse_counts() {
        let ok = |name| Check::ok(name, "well");
        let late = || Check::warning(CheckName::Authority, "late", "wait");
        let one = vec![ok(CheckName::Disk), Check::fault(CheckName::Clock, "past", "set it"), late()];
        let other = vec![
            Check::stop(CheckName::Disk, "full", "make room"),
            ok(CheckName::Clock),
            late(),
            Check::fault(CheckName::Authority, "gone", "fetch it"),
            ok(CheckName::Peers),
        ];
        let both = worse_of_both(one, other);
        let found: Vec<_> = both.iter().map(|check| (check.check, check.stops, check.text.as_str())).collect();
        let expected = [
            (CheckName::Disk, true, "full"),
            (CheckName::Clock, false, "past"),
            (CheckName::Authority, false, "late"),
            (CheckName::Authority, false, "gone"),
            (CheckName::Peers, false, "well"),
        ];
        assert_eq!(found, expected);
    }
}
