//! Counted groups of reports: each function is one statement.

use std::str::FromStr;

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Assessment, Offence};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use super::illegal::ILLEGAL;
use crate::statistics::period::Period;
use crate::storage::StorageError;
use crate::storage::entity::report::row::{Column, Entity};
use crate::zone::Zone;

const WRONG: StorageError = StorageError::Inconsistent("report");

/// A choice of reports, and their period.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// This node.
    pub(super) own: NodeId,
    /// Only reports exchanged with this hotline.
    pub(super) peer: Option<NodeId>,
    /// When they were received; whenever if absent.
    pub(super) period: Option<Period>,
    /// The zone of its days.
    pub(super) zone: Zone,
}

/// Reports that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) reported_offence: Option<Offence>,
    pub(super) offence: Option<Offence>,
    pub(super) assessment: Option<Assessment>,
    /// Closed in the house.
    pub(super) closed: bool,
    pub(super) n: u64,
}

/// Reports of this hotline that stand alike with another.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) holder: NodeId,
    pub(super) offered_to: Option<NodeId>,
    pub(super) refused: bool,
    pub(super) state: String,
    pub(super) n: u64,
}

impl Scope {
    /// All reports of the period, of any hotline.
    fn everything(&self) -> Select<Entity> {
        let mut query = Entity::find().select_only();
        if let Some(period) = self.period {
            let (from, to) = period.micros(self.zone);
            query = query.filter(Column::ReceivedAt.gte(from)).filter(Column::ReceivedAt.lt(to));
        }
        match &self.peer {
            Some(peer) => query.filter(
                Condition::any()
                    .add(Column::Origin.eq(peer.as_str()))
                    .add(Column::Holder.eq(peer.as_str()))
                    .add(Column::OfferTarget.eq(peer.as_str())),
            ),
            None => query,
        }
    }

    /// The reports of this hotline: those that have its own number.
    fn ours(&self) -> Select<Entity> {
        self.everything().filter(Column::Number.is_not_null())
    }

    /// Those of ours that somebody assessed.
    fn assessed(&self) -> Select<Entity> {
        self.ours().filter(Column::Assessment.ne(Assessment::Unassessed.code()))
    }
}

/// Reports by offence, finding and whether they are closed.
pub(super) async fn groups<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<Vec<Group>, StorageError> {
    type Row = (Option<String>, Option<String>, Option<String>, Option<String>, i64);
    let columns = [Column::ReportedOffence, Column::Offence, Column::Assessment, Column::House];
    let mut query = scope.ours().columns(columns).column_as(Column::Id.count(), "n");
    for column in columns {
        query = query.group_by(column);
    }
    let rows: Vec<Row> = query.into_tuple().all(connection).await?;
    rows.into_iter()
        .map(|(reported, offence, assessment, house, n)| group((reported, offence, assessment), house.as_deref(), n))
        .collect()
}

/// The time of receipt of this hotline's first report at or after a time, regardless of the period: microseconds since
/// 1970.
pub(super) async fn first_after<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    from: i64,
) -> Result<Option<i64>, StorageError> {
    let scope = Scope { period: None, ..scope.clone() };
    let query = scope.ours().column(Column::ReceivedAt).filter(Column::ReceivedAt.gte(from));
    Ok(query.order_by_asc(Column::ReceivedAt).limit(1).into_tuple().one(connection).await?)
}

/// By kind of reporter.
pub(super) async fn sources<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(Option<String>, u64)>, StorageError> {
    grouped(connection, scope.ours(), Column::Source).await
}

/// By channel of receipt.
pub(super) async fn channels<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(Option<String>, u64)>, StorageError> {
    grouped(connection, scope.ours(), Column::Channel).await
}

/// Reports that are not illegal, by reason.
pub(super) async fn reasons<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(Option<String>, u64)>, StorageError> {
    let query = scope.ours().filter(Column::Assessment.eq(Assessment::NotIllegal.code()));
    grouped(connection, query, Column::Reason).await
}

/// How many different URLs there are, and how many reports have one that is here.
pub(super) async fn urls<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<(u64, u64), StorageError> {
    let row: Option<(i64, i64)> = scope
        .ours()
        .column_as(Expr::cust("COUNT(DISTINCT url_digest)"), "urls")
        .column_as(Column::UrlDigest.count(), "n")
        .into_tuple()
        .one(connection)
        .await?;
    let (urls, n) = row.unwrap_or_default();
    Ok((count(urls)?, count(n)?))
}

/// Assessed reports by offence and hosting country.
pub(super) async fn hosting<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(Option<Offence>, Option<Country>, u64)>, StorageError> {
    let rows: Vec<(Option<String>, Option<String>, i64)> = scope
        .assessed()
        .columns([Column::Offence, Column::Country])
        .column_as(Column::Id.count(), "n")
        .group_by(Column::Offence)
        .group_by(Column::Country)
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter().map(|(offence, country, n)| Ok((parsed(offence), parsed(country), count(n)?))).collect()
}

/// Everything published by anybody, by hosting country.
pub(super) async fn federation<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(Option<Country>, u64)>, StorageError> {
    let published = scope.everything().filter(Column::Tenure.gt(0));
    let rows = grouped(connection, published, Column::Country).await?;
    Ok(rows.into_iter().map(|(country, n)| (parsed(country), n)).collect())
}

/// Illegal csam by top-level domain.
pub(super) async fn top_level_domains<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(Option<String>, u64)>, StorageError> {
    let query = csam(scope.ours()).filter(Column::Assessment.is_in(ILLEGAL.map(Assessment::code)));
    grouped(connection, query, Column::Tld).await
}

/// Assessed csam on onion services.
pub(super) async fn onion<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<u64, StorageError> {
    let query = csam(scope.assessed()).filter(Column::Tld.eq("onion"));
    let n: Option<i64> = query.column_as(Column::Id.count(), "n").into_tuple().one(connection).await?;
    count(n.unwrap_or(0))
}

/// Our published reports, by holder, by target of the offer, and by the offer's state.
pub(super) async fn sent<C: ConnectionTrait>(connection: &C, scope: &Scope) -> Result<Vec<Standing>, StorageError> {
    type Row = (String, Option<String>, Option<String>, String, i64);
    let columns = [Column::Holder, Column::OfferTarget, Column::Refused, Column::State];
    let mut query = scope.ours().filter(Column::Origin.eq(scope.own.as_str())).filter(Column::Tenure.gt(0));
    query = query.columns(columns).column_as(Column::Id.count(), "n");
    for column in columns {
        query = query.group_by(column);
    }
    let rows: Vec<Row> = query.into_tuple().all(connection).await?;
    let standing = |(holder, offered_to, refused, state, n): Row| {
        let (holder, offered_to) = (holder.parse().ok()?, parsed(offered_to));
        Some(count(n).map(|n| Standing { holder, offered_to, refused: refused.is_some(), state, n }))
    };
    rows.into_iter().filter_map(standing).collect()
}

/// Reports that peers offered us, by origin.
pub(super) async fn received<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
) -> Result<Vec<(NodeId, u64)>, StorageError> {
    let theirs = scope.ours().filter(Column::Origin.ne(scope.own.as_str()));
    let rows = grouped(connection, theirs, Column::Origin).await?;
    Ok(rows.into_iter().filter_map(|(origin, n)| Some((parsed(origin)?, n))).collect())
}

fn csam(query: Select<Entity>) -> Select<Entity> {
    query.filter(Column::Offence.eq(Offence::Csam.code()))
}

async fn grouped<C: ConnectionTrait>(
    connection: &C,
    query: Select<Entity>,
    column: Column,
) -> Result<Vec<(Option<String>, u64)>, StorageError> {
    let query = query.column(column).column_as(Column::Id.count(), "n").group_by(column);
    let rows: Vec<(Option<String>, i64)> = query.into_tuple().all(connection).await?;
    rows.into_iter().map(|(code, n)| Ok((code, count(n)?))).collect()
}

fn group(
    (reported, offence, assessment): (Option<String>, Option<String>, Option<String>),
    house: Option<&str>,
    n: i64,
) -> Result<Group, StorageError> {
    Ok(Group {
        reported_offence: parsed(reported),
        offence: parsed(offence),
        assessment: parsed(assessment),
        closed: house == Some("closed"),
        n: count(n)?,
    })
}

/// A code that no list here has counts as unknown: one report must not take everybody's figures.
fn parsed<T: FromStr>(text: Option<String>) -> Option<T> {
    text.and_then(|text| text.parse().ok())
}

fn count(n: i64) -> Result<u64, StorageError> {
    u64::try_from(n).map_err(|_| WRONG)
}
