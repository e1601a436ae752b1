//! The columns of the file.

macro_rules! columns {
    ($($variant:ident = $name:literal $(: $past:ident)?),+ $(,)?) => {
        /// A column, by the name that stands in the header line.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each variant is the column's name")]
        pub enum Column { $($variant),+ }

        impl Column {
            /// Every column, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the header line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Whether it concerns work done in the past, and stands only in a historical file.
            #[must_use]
            pub const fn is_historical(self) -> bool {
                match self { $(Self::$variant => columns!(@ $($past)?)),+ }
            }
        }
    };
    (@ past) => { true };
    (@) => { false };
}

columns! {
    Reference = "reference", ReceivedAt = "received_at", Url = "url", PageUrl = "page_url", Group = "group",
    Source = "source", Channel = "channel", ReporterEmail = "reporter_email", Offence = "offence",
    AssessedOffence = "assessed_offence", Behaviour = "behaviour", TerrorismType = "terrorism_type",
    Urgency = "urgency", Assessment = "assessment", Reason = "reason", AssessedAt = "assessed_at",
    SiteType = "site_type", Commerciality = "commerciality", PaymentMethods = "payment_methods", Media = "media",
    Age = "age", Sex = "sex", Production = "production", Virtual = "virtual", SelfGenerated = "self_generated",
    ChildModelling = "child_modelling", Referrer = "referrer", AccessUsername = "access_username",
    AccessPassword = "access_password", Memo = "memo",
    HostingCountry = "hosting_country": past, HostingIp = "hosting_ip": past,
    SentToCountry = "sent_to_country": past, ReceivedFromCountry = "received_from_country": past,
    LeaAt = "lea_at": past, IspAt = "isp_at": past, Outcome = "outcome": past, OutcomeAt = "outcome_at": past,
    RepliedAt = "replied_at": past,
}

impl Column {
    /// The columns that every file has.
    pub const MANDATORY: &'static [Self] = &[Self::Reference, Self::ReceivedAt, Self::Url];

    /// The column of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.name() == name)
    }

    /// Returns the kind of content in its cells.
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::ReceivedAt | Self::AssessedAt | Self::LeaAt | Self::IspAt | Self::OutcomeAt | Self::RepliedAt => {
                Kind::Time
            }
            Self::Virtual | Self::SelfGenerated | Self::ChildModelling => Kind::Flag,
            Self::HostingCountry | Self::SentToCountry | Self::ReceivedFromCountry => Kind::Country,
            Self::HostingIp => Kind::Ip,
            Self::Url | Self::PageUrl | Self::Referrer => Kind::Address,
            Self::Behaviour
            | Self::TerrorismType
            | Self::PaymentMethods
            | Self::Media
            | Self::Age
            | Self::Production => Kind::Codes,
            Self::Source => Kind::Code("public"),
            Self::Channel => Kind::Code("import"),
            Self::Offence => Kind::Code("csam"),
            Self::Urgency => Kind::Code("routine"),
            Self::Assessment => Kind::Code("unassessed"),
            Self::SiteType | Self::Commerciality | Self::Sex => Kind::Code("not_determined"),
            Self::AssessedOffence | Self::Reason | Self::Outcome => Kind::Code(""),
            Self::Reference
            | Self::Group
            | Self::ReporterEmail
            | Self::AccessUsername
            | Self::AccessPassword
            | Self::Memo => Kind::Text,
        }
    }

    /// Whether its cells are addresses.
    pub(super) const fn is_address(self) -> bool {
        matches!(self.kind(), Kind::Address)
    }
}

/// The kind of content in the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A time.
    Time,
    /// True or false.
    Flag,
    /// A code of a list, and the list's default.
    Code(&'static str),
    /// Codes of a list.
    Codes,
    /// A country.
    Country,
    /// An IP address.
    Ip,
    /// A URL.
    Address,
    /// A person's or a program's words.
    Text,
}
