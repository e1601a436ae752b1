//! The statement of an entry: its type, and the public status that a holder may give.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! open_codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A code that this version does not know: kept, shown as unknown, applied to nothing.
            Unknown(Box<str>),
        }

        impl $name {
            /// Every code that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it stands in a header.
            #[must_use]
            pub fn code(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Unknown(code) => code,
                }
            }

            /// Reads a code; one that is not known is kept as it is.
            #[must_use]
            pub fn of_code(code: &str) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    other => Self::Unknown(other.into()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct CodeVisitor;
                impl serde::de::Visitor<'_> for CodeVisitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a code")
                    }
                    fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<$name, E> {
                        Ok($name::of_code(code))
                    }
                }
                deserializer.deserialize_str(CodeVisitor)
            }
        }
    )+};
}

open_codes! {
    /// The type of an entry, with its version.
    EntryType {
        /// The origin publishes a report, and offers it to the hotline of the hosting country if there is one.
        Create = "report.create/1",
        /// The origin adds to its report.
        Amend = "report.amend/1",
        /// The origin takes its report back.
        Withdraw = "report.withdraw/1",
        /// The target of an offer takes the report over.
        Accept = "report.accept/1",
        /// The target of an offer does not take the report over, and says why.
        Refuse = "report.refuse/1",
        /// The holder names the action done.
        Status = "report.status/1",
        /// The holder offers the report to another hotline.
        Transfer = "report.transfer/1",
        /// The offerer takes an offer back.
        Resume = "report.resume/1",
        /// The addressed node says that an entry cannot be applied.
        Reject = "receipt.reject/1",
        /// A key or certificate is announced, switched to, retired or revoked.
        KeyAnnounce = "key.announce/1",
        /// The first entry of a further epoch.
        EpochOpen = "epoch.open/1",
    }
    /// A public status (`st`).
    Status {
        /// Law enforcement was informed.
        LeaInformed = "lea_informed",
        /// The hoster was informed.
        IspInformed = "isp_informed",
        /// The content was removed; terminal.
        Removed = "removed",
        /// The content cannot be reached; terminal.
        Unavailable = "unavailable",
        /// The holder finds nothing illegal; terminal.
        NotIllegal = "not_illegal",
        /// The holder takes the case up again.
        Reopened = "reopened",
        /// Of a create without target: hosted at home.
        Accepted = "accepted",
        /// Of a create without target: there is nobody to offer it to.
        Assessed = "assessed",
    }
}

impl EntryType {
    /// Whether entries of this type belong to a report, where they name one. A receipt does: of an offer it is a
    /// refusal.
    #[must_use]
    pub fn concerns_report(&self) -> bool {
        matches!(
            self,
            Self::Create
                | Self::Amend
                | Self::Withdraw
                | Self::Accept
                | Self::Refuse
                | Self::Status
                | Self::Transfer
                | Self::Resume
                | Self::Reject
        )
    }
}

impl Status {
    /// Whether nothing may follow but `reopened`.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Removed | Self::Unavailable | Self::NotIllegal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_code_is_read_back_as_itself_and_others_are_kept() {
        for entry_type in EntryType::ALL {
            assert_eq!(&EntryType::of_code(entry_type.code()), entry_type);
        }
        for status in Status::ALL {
            assert_eq!(&Status::of_code(status.code()), status);
        }
        assert_eq!(EntryType::of_code("report.join/1").code(), "report.join/1");
    }
}
