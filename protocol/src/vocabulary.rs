//! The code lists of the field, as they stand in bodies, files, JSON and CSV.
//!
//! One macro makes every list as an enum, together with its `ALL`. Tables and round-trip tests run over `ALL`, so a
//! code cannot be written but not read. Sources: ICCAM's lists (site type, payment, age, sex, action reasons) and the
//! yearly report of Point de Contact (offences, behaviours, production).

use thiserror::Error;

/// A code that this version's list does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{list}' has no code like this; it has: {known}")]
pub struct CodeUnknown {
    /// The list's name, such as `site_type`.
    pub list: &'static str,
    /// The codes that it has, separated by commas.
    pub known: String,
}

/// Reads a code as people and their programs write it: capitals or not, its words joined by `_`, `-` or a space. In headers
/// and bodies codes are written exactly, and another writing is an unknown code there.
pub fn read_code<T: std::str::FromStr<Err = CodeUnknown>>(text: &str) -> Result<T, CodeUnknown> {
    let exact = text.parse();
    if exact.is_ok() {
        return exact;
    }
    let small = text.trim().to_lowercase();
    let joined = [small.replace(['-', ' '], "_"), small.replace(['_', ' '], "-")];
    joined.iter().find_map(|form| form.parse().ok()).map_or(exact, Ok)
}

macro_rules! code_lists {
    ($($(#[$doc:meta])* $name:ident = $list:literal { $($variant:ident = $code:literal),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[expect(missing_docs, reason = "each variant is its code, and the code is the field's own word")]
            pub enum $name { $($variant),+ }

            impl $name {
                /// Every code of the list, in its order.
                pub const ALL: &'static [Self] = &[$(Self::$variant),+];
                /// The list's name.
                pub const LIST: &'static str = $list;

                /// The code as it is written.
                #[must_use]
                pub const fn code(self) -> &'static str {
                    match self { $(Self::$variant => $code),+ }
                }
            }

            impl std::str::FromStr for $name {
                type Err = CodeUnknown;

                fn from_str(text: &str) -> Result<Self, CodeUnknown> {
                    match text {
                        $($code => Ok(Self::$variant),)+
                        _ => Err(CodeUnknown { list: $list, known: [$($code),+].join(", ") }),
                    }
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(self.code())
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.code())
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    super::from_text::deserialize_from_str(deserializer)
                }
            }
        )+

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn every_code_of_every_list_is_read_back_as_itself() {
                $(for value in $name::ALL {
                    assert_eq!(value.code().parse::<$name>().as_ref(), Ok(value), "{}", $list);
                })+
            }

            #[test]
            fn every_code_is_read_however_its_words_are_joined() {
                $(for value in $name::ALL {
                    let code = value.code();
                    for form in [code.replace('_', "-"), code.replace('-', "_"), code.replace(['_', '-'], " "), code.to_uppercase()] {
                        assert_eq!(read_code::<$name>(&form).as_ref(), Ok(value), "{form}");
                    }
                    assert!(read_code::<$name>(&format!("{code}x")).is_err() && read_code::<$name>("").is_err());
                })+
            }

            #[test]
            fn an_unknown_code_is_refused_with_the_codes_that_the_list_has() {
                $({
                    let fault = "no_such_code".parse::<$name>().expect_err($list);
                    assert_eq!(fault.list, $list);
                    assert!(fault.known.contains($name::ALL[0].code()));
                })+
            }
        }
    };
}

code_lists! {
    /// The offence that a report is about.
    Offence = "offence" {
        Csam = "csam", Terrorism = "terrorism", Incitement = "incitement",
        HarmfulToMinors = "harmful_to_minors", Other = "other",
    }
    /// Conduct towards minors that a report shows.
    Behaviour = "behaviour" {
        Grooming = "grooming", Sextortion = "sextortion", CorruptionOfMinors = "corruption_of_minors",
    }
    /// The kind of terrorist content.
    TerrorismType = "terrorism_type" {
        WarGlorification = "war_glorification", Training = "training", TortureBarbarity = "torture_barbarity",
    }
    /// The source of the report.
    Source = "source" {
        Public = "public", PartnerHotline = "partner_hotline", Police = "police", TrustedFlagger = "trusted_flagger",
        ServiceProvider = "service_provider", Proactive = "proactive", Derived = "derived", Helpline = "helpline",
    }
    /// How soon somebody must act.
    Urgency = "urgency" {
        Routine = "routine", NewVictim = "new_victim", ImmediateDanger = "immediate_danger",
    }
    /// The channel of the report.
    Channel = "channel" {
        Computer = "computer", Mobile = "mobile", Extension = "extension", Api = "api",
        Email = "email", Phone = "phone", Import = "import", Exchange = "exchange",
    }
    /// An analyst's finding under the law.
    Assessment = "assessment" {
        Unassessed = "unassessed", Baseline = "baseline", National = "national",
        Illegal = "illegal", NotIllegal = "not_illegal",
    }
    /// Why a report is not illegal, not removed, or not ours: the 21 action reasons of ICCAM v3, and two of the house.
    Reason = "reason" {
        Other = "other", ContentNotFound = "content_not_found",
        ReferrerNotKnownOrIncorrect = "referrer_not_known_or_incorrect", UnableToAccess = "unable_to_access",
        PasswordProtected = "password_protected", AccountDisabled = "account_disabled",
        LegallyUnableToAccess = "legally_unable_to_access", LinkExpired = "link_expired",
        Error404NotFoundOrSiteDown = "error_404_not_found_or_site_down",
        Error503OrContentTemporarilyUnavailable = "error_503_or_content_temporarily_unavailable",
        PremiumAccountNecessary = "premium_account_necessary", MissingPartsToOpenFile = "missing_parts_to_open_file",
        ContentRemovedBeforeAssessment = "content_removed_before_assessment", AdultPornography = "adult_pornography",
        NudismOrNotSexualized = "nudism_or_not_sexualized",
        DoesNotMeetThresholdForIllegality = "does_not_meet_threshold_for_illegality",
        ImagesTooSmall = "images_too_small", VirtualMaterial = "virtual_material",
        LinkingOrLinklistsNotIllegal = "linking_or_linklists_not_illegal",
        AgeUnclearOrNotAssessable = "age_unclear_or_not_assessable",
        AgeOverNationalThreshold = "age_over_national_threshold",
        OutOfRemit = "out_of_remit", Requalified = "requalified",
    }
    /// The kind of site that the content stands on.
    SiteType = "site_type" {
        NotDetermined = "not_determined", Website = "website", FileHost = "file_host", ImageStore = "image_store",
        ImageBoard = "image_board", Forum = "forum", BannerSite = "banner_site", LinkSite = "link_site",
        SocialNetwork = "social_network", Redirector = "redirector", WebArchive = "web_archive",
        SearchProvider = "search_provider", ImageHost = "image_host", Blog = "blog", Webpage = "webpage",
        NotApplicable = "not_applicable",
    }
    /// Whether somebody earns by it.
    Commerciality = "commerciality" {
        NotDetermined = "not_determined", Commercial = "commercial", NonCommercial = "non_commercial",
    }
    /// How it is paid for.
    PaymentMethod = "payment_method" {
        NotDetermined = "not_determined", Amex = "amex", Diners = "diners", Mastercard = "mastercard",
        Paypal = "paypal", Visa = "visa", WesternUnion = "western_union", Other = "other", None = "none",
        Sms = "sms", Email = "email", LibertyReserve = "liberty_reserve", Bitcoin = "bitcoin",
    }
    /// The kind of thing behind the URL.
    Media = "media" {
        Image = "image", Video = "video", Text = "text", Page = "page", Other = "other",
    }
    /// The age group of a person concerned, youngest first after the unknown; the youngest counts.
    Age = "age" {
        NotCategorised = "not_categorised", Infant = "infant", PrePubescent = "pre_pubescent", Pubescent = "pubescent",
    }
    /// The sex of the persons concerned.
    Sex = "sex" {
        NotDetermined = "not_determined", Female = "female", Male = "male", Both = "both",
    }
    /// The circumstances of its production.
    Production = "production" {
        FamilialOrExtrafamilial = "familial_or_extrafamilial", Exploitation = "exploitation",
        SelfProduced = "self_produced",
    }
    /// Why the target of an offer refuses it.
    RefuseReason = "refuse_reason" {
        NotHostedHere = "not_hosted_here", OutOfRemit = "out_of_remit", LegalBlock = "legal_block",
        Unreadable = "unreadable", UnknownVocabulary = "unknown_vocabulary", Other = "other",
    }
    /// Why an entry cannot be applied.
    RejectReason = "reject_reason" {
        NotUnderstood = "not_understood", UnknownStatus = "unknown_status", NotHolder = "not_holder",
        NotTarget = "not_target", NotOrigin = "not_origin", LegalBlock = "legal_block", SecondCreate = "second_create",
        TooManyEntries = "too_many_entries",
    }
    /// Why a report goes where it goes.
    RouteReason = "route_reason" {
        HostedHere = "hosted_here", HostedThere = "hosted_there", NoPeer = "no_peer", NoHotline = "no_hotline",
        Untraceable = "untraceable", LegalBlock = "legal_block", OutOfRemit = "out_of_remit", Held = "held",
        Disputed = "disputed", OriginHidden = "origin_hidden", BlockedAnswer = "blocked_answer",
        UnknownCode = "unknown_code", UnknownCountry = "unknown_country",
        Unreadable = "unreadable", SetAside = "set_aside",
    }
    /// The joint statement of several witnesses on a server's place.
    LocationDecision = "location_decision" {
        Agreed = "agreed", Majority = "majority", Corrected = "corrected", Disputed = "disputed",
        OriginHidden = "origin_hidden", BlockedAnswer = "blocked_answer", UnknownCode = "unknown_code",
        UnknownCountry = "unknown_country", Untraceable = "untraceable",
    }
    /// One witness's statement on a server's place: a database's about an address, or a name server's about a name.
    WitnessAnswer = "witness_answer" {
        Country = "country", NoCountry = "no_country", UnknownCode = "unknown_code", NotKnown = "not_known",
        HidesOrigin = "hides_origin", Addresses = "addresses", NoAddress = "no_address", Blocked = "blocked", Silent = "silent",
    }
    /// An action that a holder reports as done, on the command line and in bodies.
    Action = "action" {
        LeaInformed = "lea-informed", IspInformed = "isp-informed", Removed = "removed",
        Unavailable = "unavailable", NotIllegal = "not-illegal", Reopen = "reopen",
    }
    /// A report's state, as people and programs see it.
    State = "state" {
        Received = "received", Assessed = "assessed", Offered = "offered", Accepted = "accepted",
        LeaInformed = "lea_informed", IspInformed = "isp_informed", Removed = "removed", Unavailable = "unavailable",
        NotIllegal = "not_illegal", Moved = "moved", Refused = "refused", Held = "held",
        Withdrawn = "withdrawn", Reopened = "reopened", Closed = "closed",
    }
}
