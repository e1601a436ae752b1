//! Everything that a hostile member does, each in a file of its own, in a folder for each kind.

macro_rules! attacks {
    ($($kind:ident { $($file:ident $variant:ident $name:literal),+ $(,)? })+) => {
        $(mod $kind;)+

        /// One thing that a hostile member does to a node.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Attack {
            $($(#[doc = $name] $variant,)+)+
        }

        impl Attack {
            /// Every one.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// Its name in a table.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name,)+)+ }
            }

            pub(super) async fn strike(self, by: &mut super::Attacker, node: usize) -> anyhow::Result<()> {
                match self { $($(Self::$variant => $kind::$file::strike(by, node).await,)+)+ }
            }
        }
    };
}

pub(crate) use content::many_addresses::HOST as HOST_OF_THOUSANDS;

attacks! {
    flood {
        one_report OneReport "flood about one report",
        many_reports ManyReports "flood of reports",
        unknown_types UnknownTypes "flood of unknown types",
        hosted_elsewhere HostedElsewhere "offers hosted elsewhere",
        digest_keys DigestKeys "new digest keys",
        epochs Epochs "new epochs",
    }
    content {
        unreadable_bodies UnreadableBodies "unreadable bodies",
        many_addresses ManyAddresses "hosts with thousands of addresses",
        crafted_urls CraftedUrls "crafted URLs",
        origins_country OriginsCountry "refusals with the origin's country",
        others_reports OthersReports "acts on others' reports",
    }
    claim {
        false_heads FalseHeads "false heads and cursors",
        unknown_keys UnknownKeys "unknown keys",
        clock_lies ClockLies "clock lies",
        others_logs OthersLogs "pushes of others' logs",
        replays Replays "replays",
        equivocation Equivocation "two entries under one place",
    }
    keys {
        announcements Announcements "announced keys that never come",
        early_use EarlyUse "keys before their time and after",
        old_pen OldPen "two signing keys at once",
        certificates Certificates "certificates that never come",
        cards Cards "other cards each time",
        replacement Replacement "cards with new keys",
    }
    wire {
        slow_bodies SlowBodies "big bodies slowly",
        unread_answers UnreadAnswers "answers not read",
        idle Idle "idle connections",
        malformed Malformed "malformed documents",
        bombs Bombs "oversized and compressed bombs",
    }
}

impl Attack {
    /// Whether its log is worth little afterwards, so that it comes late.
    #[must_use]
    pub const fn is_late(self) -> bool {
        matches!(self, Self::Equivocation | Self::Epochs | Self::OldPen | Self::Replacement)
    }
}
