//! Counted groups of facts from the bodies of this hotline's reports: each function is one statement with as many rows
//! as groups. A length of time is a group of minutes, rounded up, and beyond two days of hours.

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use serde::de::DeserializeOwned;

use super::repository::Scope;
use crate::storage::batch::Field::Plain;
use crate::storage::batch::{Field, read_packed, read_packed_sound};
use crate::storage::{ConnectionTrait, StorageError, Value};

/// Minutes from one time to another; a time before the first is none at all, as the clocks of two houses differ.
macro_rules! minutes {
    ($from:expr, $to:expr) => {
        concat!(
            "CASE WHEN ",
            $to,
            " <= ",
            $from,
            " THEN 0 WHEN ",
            $to,
            " - ",
            $from,
            " <= 172800 THEN (",
            $to,
            " - ",
            $from,
            " + 59) / 60 ELSE (",
            $to,
            " - ",
            $from,
            " + 3599) / 3600 * 60 END"
        )
    };
}

/// [`minutes!`], and none where the other time is before the first: then nothing was measured.
macro_rules! minutes_after {
    ($from:expr, $to:expr) => {
        concat!("CASE WHEN ", $to, " >= ", $from, " THEN ", minutes!($from, $to), " END")
    };
}

const ILLEGAL: &str = "assessment IN ('baseline', 'national', 'illegal')";
const ILLEGAL_CSAM: &str = "offence = 'csam' AND assessment IN ('baseline', 'national', 'illegal')";

/// Reports with the same findings.
#[derive(Debug, Clone, serde::Deserialize)]
pub(super) struct Finding {
    pub(super) offence: String,
    pub(super) site_type: Option<String>,
    pub(super) commerciality: Option<String>,
    pub(super) media: Option<String>,
    pub(super) age: Option<String>,
    pub(super) sex: Option<String>,
    pub(super) production: Option<String>,
    pub(super) behaviours: Option<String>,
    pub(super) terrorism_types: Option<String>,
    pub(super) is_virtual: u8,
    pub(super) self_generated: u8,
    pub(super) child_modelling: u8,
    pub(super) n: u64,
}

/// Notices to hosters that are alike.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub(super) struct Notice {
    pub(super) asn: Option<u32>,
    pub(super) organisation: Option<String>,
    pub(super) offence: Option<String>,
    pub(super) is_gone: u8,
    pub(super) is_unavailable: u8,
    /// From the notice until it was gone.
    pub(super) minutes: Option<u64>,
    pub(super) n: u64,
}

/// Reports with at least one such act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Acts {
    pub(super) lea: u64,
    pub(super) lea_transmissions: u64,
    pub(super) isp: u64,
    pub(super) replies: u64,
    /// Cases of the past that were sent to another country's hotline.
    pub(super) sent: u64,
    /// Cases of the past that came from one.
    pub(super) received: u64,
}

/// The span between two moments of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handled {
    ReceivedToAssessed,
    AssessedToLea,
    AssessedToIsp,
    OfferedToFirstAction,
}

/// From when a removal is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    PublicReceipt,
    Notice,
    Police,
    Assigned,
    FirstSeen,
}

/// Illegal csam and terrorism by everything that was found.
pub(super) async fn findings<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<Vec<Finding>, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("offence"),
        Plain("site_type"),
        Plain("commerciality"),
        Plain("media"),
        Plain("age"),
        Plain("sex"),
        Plain("production"),
        Plain("behaviours"),
        Plain("terrorism_types"),
        Plain("CASE WHEN is_virtual THEN 1 ELSE 0 END"),
        Plain("CASE WHEN self_generated THEN 1 ELSE 0 END"),
        Plain("CASE WHEN child_modelling THEN 1 ELSE 0 END"),
        Plain("COUNT(*)"),
    ];
    let which = format!("{ILLEGAL} AND offence IN ('csam', 'terrorism')");
    grouped(connection, scope, FIELDS, &which, Vec::new()).await
}

/// Actions taken, and the statements of past cases on the exchange.
pub(super) async fn acts<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<Acts, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("COUNT(own_lea_at)"),
        Plain("COALESCE(SUM(lea_count), 0)"),
        Plain("COUNT(own_isp_at)"),
        Plain("COUNT(replied_at)"),
        Plain("COUNT(sent_to)"),
        Plain("COUNT(received_from)"),
    ];
    let (rows, values) = scope.own_rows("1 = 1");
    let counted: Vec<[u64; 6]> = read_packed(connection, "report", FIELDS, &rows, values).await?;
    let [lea, lea_transmissions, isp, replies, sent, received] = counted.into_iter().next().unwrap_or_default();
    Ok(Acts { lea, lea_transmissions, isp, replies, sent, received })
}

/// How many took so many minutes from one moment to another.
pub(super) async fn handled<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    handled: Handled,
) -> Result<Vec<(u64, u64)>, StorageError> {
    // A report that a peer assessed before its receipt here could not be acted on here before that receipt.
    const LEA: &[Field] = &[
        Plain(minutes!(
            "(CASE WHEN assessed_at * 1000000 < received_at THEN received_at / 1000000 \
            ELSE assessed_at END)",
            "own_lea_at"
        )),
        Plain("COUNT(*)"),
    ];
    const ISP: &[Field] = &[
        Plain(minutes!(
            "(CASE WHEN assessed_at * 1000000 < received_at THEN received_at / 1000000 \
            ELSE assessed_at END)",
            "own_isp_at"
        )),
        Plain("COUNT(*)"),
    ];
    const ASSESSED: &[Field] = &[Plain(minutes!("received_at / 1000000", "assessed_at")), Plain("COUNT(*)")];
    const ACTED: &[Field] = &[Plain(minutes!("offered_at", "acted_at")), Plain("COUNT(*)")];
    let own = || vec![Value::from(scope.own.as_str())];
    let (fields, which, values) = match handled {
        Handled::ReceivedToAssessed => (ASSESSED, "assessed_at IS NOT NULL AND origin = ?", own()),
        Handled::AssessedToLea => (LEA, "assessed_at IS NOT NULL AND own_lea_at IS NOT NULL", Vec::new()),
        Handled::AssessedToIsp => (ISP, "assessed_at IS NOT NULL AND own_isp_at IS NOT NULL", Vec::new()),
        Handled::OfferedToFirstAction => (ACTED, "offered_at IS NOT NULL AND acted_at IS NOT NULL", Vec::new()),
    };
    grouped(connection, scope, fields, which, values).await
}

/// When it was assigned.
macro_rules! assigned {
    () => {
        "(CASE WHEN at_home THEN first_received_at ELSE assigned_at END)"
    };
}

/// The fields read for a clock, made by `$fields` of the column with its start; and that column.
macro_rules! by_clock {
    ($clock:expr, $fields:ident) => {{
        const RECEIPT: &[Field] = $fields!("first_received_at");
        const NOTICE: &[Field] = $fields!("isp_at");
        const POLICE: &[Field] = $fields!("lea_at");
        const ASSIGNED: &[Field] = $fields!(assigned!());
        const SEEN: &[Field] = $fields!("assessed_at");
        match $clock {
            Clock::PublicReceipt => (RECEIPT, "first_received_at"),
            Clock::Notice => (NOTICE, "isp_at"),
            Clock::Police => (POLICE, "lea_at"),
            Clock::Assigned => (ASSIGNED, assigned!()),
            Clock::FirstSeen => (SEEN, "assessed_at"),
        }
    }};
}

/// Illegal csam with a started clock.
#[derive(Debug, Clone, serde::Deserialize)]
pub(super) struct Removed {
    /// Hosting country.
    pub(super) country: Option<Country>,
    /// Whether it is gone.
    pub(super) is_gone: u8,
    /// Whether it was gone before the clock started.
    pub(super) is_before: u8,
    /// The minutes that it took; none where that is unknown, or it was gone before.
    pub(super) minutes: Option<u64>,
    /// How many.
    pub(super) n: u64,
}

/// Illegal csam with a started clock, in groups.
pub(super) async fn removals<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    clock: Clock,
) -> Result<Vec<Removed>, StorageError> {
    macro_rules! fields {
        ($from:expr) => {
            &[
                Plain("country"),
                Plain("CASE WHEN is_gone THEN 1 ELSE 0 END"),
                Plain(concat!("CASE WHEN is_gone AND gone_at < ", $from, " THEN 1 ELSE 0 END")),
                Plain(concat!("CASE WHEN is_gone THEN ", minutes_after!($from, "gone_at"), " END")),
                Plain("COUNT(*)"),
            ]
        };
    }
    let (fields, from) = by_clock!(clock, fields);
    grouped(connection, scope, fields, &format!("{ILLEGAL_CSAM} AND {from} IS NOT NULL"), Vec::new()).await
}

/// Illegal csam with a started clock that is still online: the hour since 1970 when the clock started.
pub(super) async fn still_online<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    clock: Clock,
) -> Result<Vec<(u64, u64)>, StorageError> {
    macro_rules! fields {
        ($from:expr) => {
            // A time before 1970 (older versions took such times) counts as the first hour: hours are never negative.
            &[Plain(concat!("CASE WHEN ", $from, " < 0 THEN 0 ELSE ", $from, " / 3600 END")), Plain("COUNT(*)")]
        };
    }
    let (fields, from) = by_clock!(clock, fields);
    let which = format!("{ILLEGAL_CSAM} AND {from} IS NOT NULL AND NOT is_gone");
    grouped(connection, scope, fields, &which, Vec::new()).await
}

/// Reports with a notice to a hoster from a time on, and before another one.
const NOTICED: &str = "own_isp_at >= ? AND own_isp_at < ?";

/// This hotline's notices to hosters in the period, by hoster, offence and outcome: network, operator, offence, whether
/// it is gone, whether it is unavailable, the minutes that it took, how many.
pub(super) async fn notices<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<Vec<Notice>, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("asn"),
        Plain("organisation"),
        Plain("offence"),
        Plain("CASE WHEN is_gone THEN 1 ELSE 0 END"),
        Plain("CASE WHEN state = 'unavailable' THEN 1 ELSE 0 END"),
        Plain(concat!("CASE WHEN is_gone THEN ", minutes_after!("own_isp_at", "gone_at"), " END")),
        Plain("COUNT(*)"),
    ];
    let whenever = Scope { period: None, ..scope.clone() };
    let Some(period) = scope.period else {
        return grouped(connection, &whenever, FIELDS, "own_isp_at IS NOT NULL", Vec::new()).await;
    };
    let (from, to) = period.micros(scope.zone);
    let values = [from, to].map(|micros| Value::from(micros / 1_000_000));
    grouped(connection, &whenever, FIELDS, NOTICED, values.into()).await
}

/// Our own reports that another hotline holds: the holder, and the number of seconds until it accepted; beyond an hour
/// in minutes, rounded up.
pub(super) async fn acceptances<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(NodeId, u64, u64)>, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("holder"),
        Plain(
            "CASE WHEN accept_seconds <= 3600 THEN accept_seconds \
             ELSE (accept_seconds + 59) / 60 * 60 END",
        ),
        Plain("COUNT(*)"),
    ];
    let own = Value::from(scope.own.as_str());
    let which = "origin = ? AND holder <> ? AND accept_seconds IS NOT NULL";
    grouped(connection, scope, FIELDS, which, vec![own.clone(), own]).await
}

/// Groups by all fields but the last, the count. `which` is the condition on reports, its parameters written as
/// question marks.
async fn grouped<C: ConnectionTrait, T: DeserializeOwned>(
    connection: &C,
    scope: &Scope,
    fields: &[Field],
    which: &str,
    more: Vec<Value>,
) -> Result<Vec<T>, StorageError> {
    let (rows, mut values) = scope.own_rows(which);
    values.extend(more);
    let groups: Vec<String> = (0..fields.len() - 1).map(|place| format!("f{place}")).collect();
    read_packed_sound(connection, "report", fields, &format!("{rows} GROUP BY {}", groups.join(", ")), values).await
}

impl Scope {
    /// The reports of this hotline: the query's text after `FROM`.
    fn own_rows(&self, which: &str) -> (String, Vec<Value>) {
        let mut rows = "report WHERE number IS NOT NULL".to_owned();
        let mut values = Vec::new();
        if let Some(period) = self.period {
            let (from, to) = period.micros(self.zone);
            rows.push_str(" AND received_at >= ? AND received_at < ?");
            values.extend([Value::from(from), Value::from(to)]);
        }
        if let Some(peer) = &self.peer {
            rows.push_str(" AND (origin = ? OR holder = ? OR offer_target = ?)");
            values.extend([peer.as_str(); 3].map(Value::from));
        }
        rows.push_str(" AND ");
        rows.push_str(which);
        (rows, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Period;
    use crate::storage::plan;
    use crate::zone::Zone;

    #[tokio::test]
    async fn a_period_is_read_by_its_index() {
        let scope =
            Scope { own: "fr-a".parse().expect("an id"), peer: None, period: Period::year(2018), zone: Zone::UTC };
        let (rows, _) = scope.own_rows(ILLEGAL_CSAM);
        let plan = plan(&format!("sex AS f0, COUNT(*) FROM {rows} GROUP BY f0")).await;
        assert!(plan.starts_with("SEARCH report USING INDEX report_received"), "{plan}");
    }

    #[tokio::test]
    async fn notices_are_read_by_the_time_of_the_notice() {
        let scope = Scope { own: "fr-a".parse().expect("an id"), peer: None, period: None, zone: Zone::UTC };
        let (rows, _) = scope.own_rows(NOTICED);
        let plan = plan(&format!("sex AS f0, COUNT(*) FROM {rows} GROUP BY f0")).await;
        assert!(plan.starts_with("SEARCH report USING INDEX report_notice"), "{plan}");
    }
}
