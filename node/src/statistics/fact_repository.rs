//! Counted groups of what bodies told of this hotline's reports: each function is one statement, whose rows are as many
//! as its groups. A length of time is a group of minutes, rounded up, and beyond two days of hours.

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use serde::de::DeserializeOwned;

use super::repository::Scope;
use crate::storage::Field::{self, Plain};
use crate::storage::{ConnectionTrait, StorageError, Value, read_packed};

/// Minutes from one time to another; a time before the first is none at all, as the clocks of two houses differ.
macro_rules! minutes {
    ($from:literal, $to:literal) => {
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

const ILLEGAL: &str = "report.assessment IN ('baseline', 'national', 'illegal')";
const ILLEGAL_CSAM: &str = "report.offence = 'csam' AND report.assessment IN ('baseline', 'national', 'illegal')";

/// Reports whose findings are alike.
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

/// What lies between two moments of a report.
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
        Plain("report.offence"),
        Plain("fact.site_type"),
        Plain("fact.commerciality"),
        Plain("fact.media"),
        Plain("fact.age"),
        Plain("fact.sex"),
        Plain("fact.production"),
        Plain("fact.behaviours"),
        Plain("fact.terrorism_types"),
        Plain("CASE WHEN fact.is_virtual THEN 1 ELSE 0 END"),
        Plain("CASE WHEN fact.self_generated THEN 1 ELSE 0 END"),
        Plain("CASE WHEN fact.child_modelling THEN 1 ELSE 0 END"),
        Plain("COUNT(*)"),
    ];
    let which = format!("{ILLEGAL} AND report.offence IN ('csam', 'terrorism')");
    grouped(connection, scope, FIELDS, &which, Vec::new()).await
}

/// What was done, and what past cases say of the exchange.
pub(super) async fn acts<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<Acts, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("COUNT(fact.own_lea_at)"),
        Plain("COALESCE(SUM(fact.lea_count), 0)"),
        Plain("COUNT(fact.own_isp_at)"),
        Plain("COUNT(fact.replied_at)"),
        Plain("COUNT(fact.sent_to)"),
        Plain("COUNT(fact.received_from)"),
    ];
    let (rows, values) = scope.fact_rows("1 = 1");
    let counted: Vec<[u64; 6]> = read_packed(connection, "fact", FIELDS, &rows, values).await?;
    let [lea, lea_transmissions, isp, replies, sent, received] = counted.into_iter().next().unwrap_or_default();
    Ok(Acts { lea, lea_transmissions, isp, replies, sent, received })
}

/// How many took so many minutes from one moment to another.
pub(super) async fn handled<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    handled: Handled,
) -> Result<Vec<(u64, u64)>, StorageError> {
    // What a peer assessed before it came here could not be acted on here before it came.
    const LEA: &[Field] = &[
        Plain(minutes!(
            "(CASE WHEN fact.assessed_at * 1000000 < report.received_at THEN report.received_at / 1000000 \
            ELSE fact.assessed_at END)",
            "fact.own_lea_at"
        )),
        Plain("COUNT(*)"),
    ];
    const ISP: &[Field] = &[
        Plain(minutes!(
            "(CASE WHEN fact.assessed_at * 1000000 < report.received_at THEN report.received_at / 1000000 \
            ELSE fact.assessed_at END)",
            "fact.own_isp_at"
        )),
        Plain("COUNT(*)"),
    ];
    const ASSESSED: &[Field] =
        &[Plain(minutes!("report.received_at / 1000000", "fact.assessed_at")), Plain("COUNT(*)")];
    const ACTED: &[Field] = &[Plain(minutes!("fact.offered_at", "fact.acted_at")), Plain("COUNT(*)")];
    let own = || vec![Value::from(scope.own.as_str())];
    let (fields, which, values) = match handled {
        Handled::ReceivedToAssessed => (ASSESSED, "fact.assessed_at IS NOT NULL AND report.origin = ?", own()),
        Handled::AssessedToLea => (LEA, "fact.assessed_at IS NOT NULL AND fact.own_lea_at IS NOT NULL", Vec::new()),
        Handled::AssessedToIsp => (ISP, "fact.assessed_at IS NOT NULL AND fact.own_isp_at IS NOT NULL", Vec::new()),
        Handled::OfferedToFirstAction => {
            (ACTED, "fact.offered_at IS NOT NULL AND fact.acted_at IS NOT NULL", Vec::new())
        }
    };
    grouped(connection, scope, fields, which, values).await
}

/// What is read for a clock, made by `$fields` of the column in which it starts; and that column.
macro_rules! by_clock {
    ($clock:expr, $fields:ident) => {{
        const RECEIPT: &[Field] = $fields!("fact.received_at");
        const NOTICE: &[Field] = $fields!("fact.isp_at");
        const POLICE: &[Field] = $fields!("fact.lea_at");
        const ASSIGNED: &[Field] = $fields!("fact.assigned_at");
        const SEEN: &[Field] = $fields!("fact.assessed_at");
        match $clock {
            Clock::PublicReceipt => (RECEIPT, "fact.received_at"),
            Clock::Notice => (NOTICE, "fact.isp_at"),
            Clock::Police => (POLICE, "fact.lea_at"),
            Clock::Assigned => (ASSIGNED, "fact.assigned_at"),
            Clock::FirstSeen => (SEEN, "fact.assessed_at"),
        }
    }};
}

/// Illegal csam whose clock has started: hosting country, whether it is gone, and the minutes that it took.
pub(super) async fn removals<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    clock: Clock,
) -> Result<Vec<(Option<Country>, u8, Option<u64>, u64)>, StorageError> {
    macro_rules! fields {
        ($from:literal) => {
            &[
                Plain("report.country"),
                Plain("CASE WHEN fact.is_gone THEN 1 ELSE 0 END"),
                Plain(concat!("CASE WHEN fact.is_gone THEN ", minutes!($from, "fact.gone_at"), " END")),
                Plain("COUNT(*)"),
            ]
        };
    }
    let (fields, from) = by_clock!(clock, fields);
    grouped(connection, scope, fields, &format!("{ILLEGAL_CSAM} AND {from} IS NOT NULL"), Vec::new()).await
}

/// Illegal csam whose clock has started and that is still online: in which hour since 1970 it started.
pub(super) async fn still_online<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    clock: Clock,
) -> Result<Vec<(u64, u64)>, StorageError> {
    macro_rules! fields {
        ($from:literal) => {
            &[Plain(concat!($from, " / 3600")), Plain("COUNT(*)")]
        };
    }
    let (fields, from) = by_clock!(clock, fields);
    let which = format!("{ILLEGAL_CSAM} AND {from} IS NOT NULL AND NOT fact.is_gone");
    grouped(connection, scope, fields, &which, Vec::new()).await
}

/// Of which a hoster was told from a time on, and before another one.
const NOTICED: &str = "fact.own_isp_at >= ? AND fact.own_isp_at < ?";

/// What this hotline told hosters of in the period, by hoster, offence and what was done: network, operator, offence,
/// whether it is gone, whether it is unavailable, the minutes that it took, how many.
pub(super) async fn notices<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<Vec<Notice>, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("report.asn"),
        Plain("report.organisation"),
        Plain("report.offence"),
        Plain("CASE WHEN fact.is_gone THEN 1 ELSE 0 END"),
        Plain("CASE WHEN report.state = 'unavailable' THEN 1 ELSE 0 END"),
        Plain(concat!("CASE WHEN fact.is_gone THEN ", minutes!("fact.own_isp_at", "fact.gone_at"), " END")),
        Plain("COUNT(*)"),
    ];
    let whenever = Scope { period: None, ..scope.clone() };
    let Some(period) = scope.period else {
        return grouped(connection, &whenever, FIELDS, "fact.own_isp_at IS NOT NULL", Vec::new()).await;
    };
    let (from, to) = period.micros();
    let values = [from, to].map(|micros| Value::from(micros / 1_000_000));
    grouped(connection, &whenever, FIELDS, NOTICED, values.into()).await
}

/// Our own reports that another hotline holds: who, and how many seconds it took to accept; beyond an hour in minutes,
/// rounded up.
pub(super) async fn acceptances<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(NodeId, u64, u64)>, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("report.holder"),
        Plain(
            "CASE WHEN fact.accept_seconds <= 3600 THEN fact.accept_seconds \
             ELSE (fact.accept_seconds + 59) / 60 * 60 END",
        ),
        Plain("COUNT(*)"),
    ];
    let own = Value::from(scope.own.as_str());
    let which = "report.origin = ? AND report.holder <> ? AND fact.accept_seconds IS NOT NULL";
    grouped(connection, scope, FIELDS, which, vec![own.clone(), own]).await
}

/// Groups by all fields but the last, which counts. `which` says which reports, its parameters written as question
/// marks.
async fn grouped<C: ConnectionTrait, T: DeserializeOwned>(
    connection: &C,
    scope: &Scope,
    fields: &[Field],
    which: &str,
    more: Vec<Value>,
) -> Result<Vec<T>, StorageError> {
    let (rows, mut values) = scope.fact_rows(which);
    values.extend(more);
    let groups: Vec<String> = (0..fields.len() - 1).map(|place| format!("f{place}")).collect();
    read_packed(connection, "fact", fields, &format!("{rows} GROUP BY {}", groups.join(", ")), values).await
}

impl Scope {
    /// The reports of this hotline with what is counted of them: what follows `FROM`.
    fn fact_rows(&self, which: &str) -> (String, Vec<Value>) {
        let mut rows = "report JOIN fact ON fact.report = report.id WHERE report.number IS NOT NULL".to_owned();
        let mut values = Vec::new();
        if let Some(period) = self.period {
            let (from, to) = period.micros();
            rows.push_str(" AND report.received_at >= ? AND report.received_at < ?");
            values.extend([Value::from(from), Value::from(to)]);
        }
        if let Some(peer) = &self.peer {
            rows.push_str(" AND (report.origin = ? OR report.holder = ? OR report.offer_target = ?)");
            values.extend([peer.as_str(); 3].map(Value::from));
        }
        rows.push_str(" AND ");
        rows.push_str(which);
        (rows, values)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait as _, Statement};

    use super::*;
    use crate::statistics::Period;
    use crate::storage::Database;

    /// How SQLite reads these rows, grouped: a step for each table.
    async fn plan((rows, values): (String, Vec<Value>)) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/node.sqlite", folder.path().display());
        let database = Database::create_or_migrate(&url).await.expect("a database");
        let connection = database.read();
        let sql = format!("EXPLAIN QUERY PLAN SELECT fact.sex AS f0, COUNT(*) FROM {rows} GROUP BY f0");
        let asked = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        let rows = connection.query_all_raw(asked).await.expect("a plan");
        rows.iter().map(|row| row.try_get("", "detail").expect("text")).collect()
    }

    #[tokio::test]
    async fn a_period_is_read_by_its_index_and_facts_by_their_key() {
        let scope = Scope { own: "fr-a".parse().expect("an id"), peer: None, period: Period::year(2018) };
        let plan = plan(scope.fact_rows(ILLEGAL_CSAM)).await;
        assert!(plan[0].contains("report_received"), "{plan:?}");
        assert!(plan[1].contains("SEARCH fact USING INTEGER PRIMARY KEY"), "{plan:?}");
    }

    #[tokio::test]
    async fn notices_are_read_by_the_time_of_the_notice() {
        let scope = Scope { own: "fr-a".parse().expect("an id"), peer: None, period: None };
        let (rows, mut values) = scope.fact_rows(NOTICED);
        values.extend([0_i64, 1].map(Value::from));
        let plan = plan((rows, values)).await;
        assert!(plan[0].contains("SEARCH fact USING INDEX fact_notice"), "{plan:?}");
        assert!(plan[1].contains("SEARCH report USING INTEGER PRIMARY KEY"), "{plan:?}");
    }
}
