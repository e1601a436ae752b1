//! `peer list` and `peer show`.

use hotline_protocol::country::CountryCode;
use hotline_protocol::id::NodeId;
use serde::Serialize;

use super::PeerArgs;
use super::certificate::CertificateView;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{fields, or_dash, show, table};
use crate::cli::identity::KeyView;
use crate::cli::open::open;
use crate::clock::{time_of_micros, time_of_seconds};
use crate::context::Context;
use crate::exchange::log::{DayGrant, DayTaken, LogDay};
use crate::exchange::{Standing, load_standings};
use crate::plural::counted;
use crate::trust::TrustError;
use crate::trust::certificate::{days_left, ending_certificates, says_days_left};
use crate::trust::peer::{PeerStanding, StoredCertificate, load_keys};

/// A peer, as JSON shows it.
#[derive(Debug, Serialize)]
pub(super) struct PeerView {
    id: NodeId,
    country: CountryCode,
    countries: Vec<CountryCode>,
    name: String,
    state: &'static str,
    exchange_url: String,
    last_contact: Option<String>,
    behind_entries: u64,
    oldest_unacknowledged_seconds: Option<i64>,
    failures: u32,
    fault: Option<String>,
    clock_skew_seconds: Option<i64>,
    /// The part of its log taken today.
    today: TakenView,
    certificates: Vec<CertificateView>,
    signing_keys: Vec<KeyView>,
    /// Tasks that a person should do soon.
    #[serde(skip)]
    hints: Vec<String>,
}

/// A country of a card, as people read it. Nothing is offered for one that this version does not know.
fn for_people(code: CountryCode) -> String {
    if code.known().is_some() { code.to_string() } else { format!("{code} (not known to this version)") }
}

/// The part of a peer's log taken today (UTC).
#[derive(Debug, Serialize)]
struct TakenView {
    entries: u64,
    bytes: u64,
    epochs: u64,
    /// Nothing more is taken before tomorrow.
    used_up: bool,
    /// The rest of a grant, beside the day.
    granted: Option<GrantView>,
}

/// An operator's grant of a peer's log beside its days, as far as it was not taken.
#[derive(Debug, Serialize)]
struct GrantView {
    entries: u64,
    bytes: u64,
    epochs: u64,
    /// When it ends.
    until: Option<String>,
}

impl GrantView {
    fn of(grant: DayGrant) -> Option<Self> {
        let DayGrant { until, entries, bytes, epochs } = grant;
        let until = time_of_seconds(until.saturating_mul(86_400));
        (grant != DayGrant::default()).then_some(Self { entries, bytes, epochs, until })
    }
}

impl TakenView {
    fn of(context: &Context, day: LogDay) -> Self {
        let day = day.on_day_of(context.clock.unix_seconds());
        let DayTaken { day: _, entries, bytes, epochs } = day.taken;
        let used_up = day.is_met(&context.day_budget);
        Self { entries, bytes, epochs, used_up, granted: GrantView::of(day.grant) }
    }

    fn for_people(&self) -> String {
        let rest = if self.used_up { "; the rest is taken from tomorrow (UTC) on" } else { "" };
        let granted = self.granted.as_ref().map_or_else(String::new, |granted| {
            let until = or_dash(granted.until.as_ref());
            format!("; granted beside it until {until}: {}", counted(granted.entries, "entry"))
        });
        let (entries, epochs) = (counted(self.entries, "entry"), counted(self.epochs, "epoch"));
        format!("{entries}, {} bytes, {epochs}{rest}{granted}", self.bytes)
    }
}

impl PeerView {
    async fn load_all(context: &Context) -> Result<Vec<Self>, CliError> {
        let mut views = Vec::new();
        for standing in load_standings(context).await? {
            let keys = load_keys(context.database.read(), &standing.peer.id).await?;
            let signing_keys = keys.keys().iter().filter(|bound| !bound.revoked).map(KeyView::of).collect();
            views.push(Self::new(context, standing, signing_keys));
        }
        Ok(views)
    }

    pub(super) async fn load_one(context: &Context, id: &NodeId) -> Result<Self, CliError> {
        let all = Self::load_all(context).await?;
        let found = all.into_iter().find(|view| view.id == *id);
        found.ok_or_else(|| TrustError::PeerUnknown(id.clone()).into())
    }

    fn new(context: &Context, standing: Standing, signing_keys: Vec<KeyView>) -> Self {
        let Standing { peer, link, behind_entries, day, certificates } = standing;
        let pinned: Vec<&StoredCertificate> = certificates.iter().collect();
        let now = context.now_micros();
        let is_active = peer.standing == PeerStanding::Active;
        let hints = if is_active { hints(&pinned, &peer.id, now / 1_000_000) } else { Vec::new() };
        Self {
            country: peer.id.seat(),
            id: peer.id,
            countries: peer.countries,
            name: peer.name,
            state: peer.standing.code(),
            exchange_url: peer.endpoint,
            last_contact: link.last_contact.and_then(time_of_micros),
            behind_entries,
            oldest_unacknowledged_seconds: link.behind_since.map(|since| (now - since) / 1_000_000),
            failures: link.failures,
            fault: link.fault,
            clock_skew_seconds: link.clock_skew_seconds,
            hints,
            today: TakenView::of(context, day),
            certificates: pinned
                .into_iter()
                .map(|certificate| CertificateView::of(certificate, now / 1_000_000))
                .collect(),
            signing_keys,
        }
    }

    fn row(&self) -> Vec<String> {
        let countries: Vec<String> = self.countries.iter().copied().map(for_people).collect();
        let days = self.certificates.iter().filter(|it| it.counts).map(|it| it.days_left).max();
        vec![
            self.id.to_string(),
            countries.join(" "),
            self.name.clone(),
            self.state.to_owned(),
            or_dash(self.last_contact.as_ref()),
            self.behind_entries.to_string(),
            or_dash(days),
            or_dash(self.fault.as_ref()),
        ]
    }

    /// For people.
    pub(super) fn for_people(&self) -> String {
        let countries: Vec<String> = self.countries.iter().copied().map(for_people).collect();
        let mut rows = vec![
            ("id", self.id.to_string()),
            ("name", self.name.clone()),
            ("countries", countries.join(", ")),
            ("state", self.state.to_owned()),
            ("exchange URL", self.exchange_url.clone()),
            ("last contact", or_dash(self.last_contact.as_ref())),
            ("entries behind", self.behind_entries.to_string()),
            ("clock skew", self.clock_skew_seconds.map_or_else(|| "-".to_owned(), |skew| format!("{skew} s"))),
            ("fault", or_dash(self.fault.as_ref())),
            ("taken today", self.today.for_people()),
        ];
        for certificate in &self.certificates {
            let text =
                format!("{} {}, {} days left", certificate.fingerprint, certificate.state, certificate.days_left);
            rows.push(("certificate", text));
        }
        rows.extend(self.hints.iter().map(|hint| ("hint", hint.clone())));
        fields(&rows)
    }
}

/// A sentence for each certificate of an active peer that ends soon, or for the lack of one that counts.
fn hints(pinned: &[&StoredCertificate], id: &NodeId, now: i64) -> Vec<String> {
    let ask = "ask that hotline for a card with a new one: hotline-node peer add CARD_FILE";
    if !pinned.iter().any(|certificate| certificate.counts()) {
        return vec![format!("No certificate of {id} counts; {ask}")];
    }
    let near = ending_certificates(pinned.iter().copied(), now);
    near.into_iter()
        .map(|(certificate, _)| {
            let days = says_days_left(days_left(certificate.not_after, now));
            format!("The certificate {} of {id} {days}; {ask}", certificate.pin)
        })
        .collect()
}

pub(super) async fn list(globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let views = PeerView::load_all(&context).await?;
    show(globals, &views, |views| {
        let heading =
            ["id", "countries", "name", "state", "last contact", "entries behind", "certificate days", "fault"];
        let nothing = "No peers yet. Add one with: hotline-node peer add CARD_FILE --fingerprint F";
        let mut text = table(&heading, views.iter().map(PeerView::row), nothing);
        for hint in views.iter().flat_map(|view| &view.hints) {
            text = format!("{text}\n{hint}");
        }
        text
    })
}

pub(super) async fn show_one(args: PeerArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let view = PeerView::load_one(&context, &args.id).await?;
    show(globals, &view, PeerView::for_people)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::handshake::test_certificate::{TestCertificate, node};

    #[test]
    fn a_peer_s_certificate_is_hinted_at_at_each_threshold() {
        let peer = node("de-example");
        let certificate = TestCertificate::of("de-example").stored("de-example", "active");
        let at = |days: i64| hints(&[&certificate], &peer, certificate.not_after - days * 86_400);
        assert_eq!(at(61), Vec::<String>::new());
        for (days, text) in [
            (60, "ends in 60 days"),
            (30, "ends in 30 days"),
            (14, "ends in 14 days"),
            (7, "ends in 7 days"),
            (1, "ends in 1 day"),
            (-1, "ended a day ago"),
        ] {
            let hints = at(days);
            let is_told = hints.len() == 1 && hints[0].contains(&format!("of de-example {text}"));
            assert!(is_told && hints[0].contains(&certificate.pin.to_string()), "{hints:?}");
        }
        let revoked = StoredCertificate { state: "revoked".to_owned(), ..certificate };
        let hints = hints(&[&revoked], &peer, 0);
        assert!(hints[0].contains("No certificate of de-example counts"), "{hints:?}");
    }
}
