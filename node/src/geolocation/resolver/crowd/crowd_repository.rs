//! Sightings in the database.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::shared_address::Sighting;
use crate::storage::batch::{Columns, Known, key_lists};
use crate::storage::entity::report::sighting::{Column, Entity, Model};
use crate::storage::{StorageError, Value, Write};

const COLUMNS: Columns = Columns { table: "sighting", names: &["address", "resolver", "name", "seen_at"] };

/// Returns the sightings of these addresses after a time (microseconds since 1970).
pub(super) async fn seen_since<C: ConnectionTrait>(
    connection: &C,
    addresses: &[IpAddr],
    since: i64,
) -> Result<Vec<Sighting>, StorageError> {
    let keys: Vec<Vec<u8>> = addresses.iter().map(bytes).collect();
    let mut seen = Vec::new();
    for keys in key_lists(&keys) {
        let found = Entity::find().filter(Column::Address.is_in(keys)).filter(Column::SeenAt.gt(since));
        for row in found.all(connection).await? {
            seen.push(read(&row).ok_or(StorageError::Inconsistent("sighting"))?);
        }
    }
    Ok(seen)
}

/// Writes sightings, over earlier sightings of the same names.
pub(super) async fn keep(write: &Write<'_>, sightings: &[Sighting]) -> Result<(), StorageError> {
    let values = sightings.iter().flat_map(|sighting| {
        let Sighting { address, resolver, name, seen_at } = sighting;
        [
            Value::from(bytes(address)),
            Value::from(resolver.to_string()),
            Value::from(name.to_vec()),
            Value::from(*seen_at),
        ]
    });
    COLUMNS.insert(write, Known::Replaced { keys: 3, left: 3 }, values.collect()).await
}

/// Removes a sighting.
pub(super) async fn forget(write: &Write<'_>, sighting: &Sighting) -> Result<(), StorageError> {
    let key = (bytes(&sighting.address), sighting.resolver.to_string(), sighting.name.to_vec());
    Entity::delete_by_id(key).exec(&**write).await?;
    Ok(())
}

/// Removes sightings of that time or earlier.
pub(super) async fn forget_until(write: &Write<'_>, until: i64) -> Result<(), StorageError> {
    Entity::delete_many().filter(Column::SeenAt.lte(until)).exec(&**write).await?;
    Ok(())
}

/// When the newest row was seen beyond the newest `most`; `None` where there are no more.
pub(super) async fn seen_beyond<C: ConnectionTrait>(connection: &C, most: u64) -> Result<Option<i64>, StorageError> {
    let rows = Entity::find().select_only().column(Column::SeenAt).order_by_desc(Column::SeenAt).offset(most).limit(1);
    Ok(rows.into_tuple().one(connection).await?)
}

/// Returns each address with so many unlike names or more after a time (microseconds since 1970), and its name server.
pub(super) async fn crowded_since<C: ConnectionTrait>(
    connection: &C,
    names: usize,
    since: i64,
) -> Result<Vec<(IpAddr, SocketAddr)>, StorageError> {
    let seen =
        Entity::find().select_only().columns([Column::Address, Column::Resolver]).filter(Column::SeenAt.gt(since));
    let crowded = seen.group_by(Column::Address).group_by(Column::Resolver);
    let crowded = crowded.having(Column::Name.count().gte(i64::try_from(names).unwrap_or(i64::MAX)));
    let rows: Vec<(Vec<u8>, String)> = crowded.into_tuple().all(connection).await?;
    let of = |(address, resolver): (Vec<u8>, String)| Some((ip(&address)?, resolver.parse().ok()?));
    rows.into_iter().map(|row| of(row).ok_or(StorageError::Inconsistent("sighting"))).collect()
}

fn bytes(address: &IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|octets| Ipv4Addr::from(octets).into());
    let v6 = || <[u8; 16]>::try_from(bytes).map(|octets| Ipv6Addr::from(octets).into());
    v4.or_else(|_| v6()).ok()
}

fn read(Model { address, resolver, name, seen_at }: &Model) -> Option<Sighting> {
    Some(Sighting {
        address: ip(address)?,
        resolver: resolver.parse().ok()?,
        name: name.as_slice().try_into().ok()?,
        seen_at: *seen_at,
    })
}
