//! The list: every check, in the order of display.

use std::fmt::Display;
use std::time::Duration;

use super::check::{Check, CheckName, worse_of_both};
use super::troubles::Troubles;
use super::{identity, machine, work};
use crate::clock::Clock;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::Hub;
use crate::exchange::log::LogError;
use crate::geolocation::Geolocator;
use crate::storage::StorageError;
use crate::trust::own::WebCertificates;

/// A caller for readiness waits for some seconds; a database that takes longer is not ready.
const DATABASE_ANSWERS: Duration = Duration::from_secs(2);

/// The object of all checks.
#[derive(Clone, Copy)]
pub struct House<'a> {
    /// The configuration, as it is in use.
    pub config: &'a Config,
    /// The time.
    pub clock: &'a Clock,
    /// Knowledge of a node that serves in this process, beside its files; `None` when looked at from outside.
    pub running: Option<Running<'a>>,
}

/// Knowledge that only a serving node has.
#[derive(Clone, Copy)]
pub struct Running<'a> {
    /// The exchange.
    pub hub: &'a Hub,
    /// Where servers stand.
    pub geolocator: &'a Geolocator,
    /// The findings of its loops.
    pub troubles: &'a Troubles,
    /// The certificates shown by the listeners for people.
    pub web: &'a WebCertificates,
}

/// Makes the checks that need no database: files, disks, location data, certificates. Reads files, so it blocks for
/// moments.
///
/// A node that serves works on with the files as once read, and is looked at twice: as it works, and as it would start.
#[must_use]
pub fn examine_files(house: &House<'_>) -> Vec<Check> {
    let mut checks = machine::files(house.config);
    checks.extend(machine::disks(house.config));
    checks.extend(house.running.map(|_| machine::file_handles(house.config)));
    checks.extend(machine::location(house));
    let identity = |house: &House<'_>| {
        let mut checks = vec![identity::certificate(house)];
        checks.extend(identity::authority(house));
        checks.extend(identity::web_certificates(house));
        checks
    };
    let at_a_start = identity(&House { running: None, ..*house });
    checks.extend(match house.running {
        Some(_) => worse_of_both(identity(house), at_a_start),
        None => at_a_start,
    });
    checks
}

/// Makes the checks that need the network: the name servers. A node that serves tells its last findings.
pub async fn examine_network(house: &House<'_>) -> Vec<Check> {
    machine::name_servers(house).await
}

/// Makes the checks that need the database and are asked for often. A failure to read to the end ends the list with a
/// fault.
pub async fn examine_node(house: &House<'_>, context: &Context) -> Vec<Check> {
    let troubles = house.running.map(|running| running.troubles.checks()).unwrap_or_default();
    worse_of_both(examine_database(house, context).await, troubles)
}

async fn examine_database(house: &House<'_>, context: &Context) -> Vec<Check> {
    let vital = identity::sealing(house, context);
    let mut checks = match tokio::time::timeout(DATABASE_ANSWERS, vital).await {
        Ok(Ok(sealing)) => vec![Check::ok(CheckName::Database, machine::engine(context)), sealing],
        Ok(Err(error)) => return vec![stopped(house, &error)],
        Err(_) => return vec![stopped(house, &StorageError::Busy("it does not answer"))],
    };
    if let Err(error) = add_checks(house, context, &mut checks).await {
        checks.retain(|check| check.check != CheckName::Database);
        checks.push(unreadable(&error));
    }
    checks
}

async fn add_checks(house: &House<'_>, context: &Context, checks: &mut Vec<Check>) -> Result<(), LogError> {
    checks.push(identity::high_water(house.config, context).await?);
    checks.push(machine::clock(house.clock, &context.database).await?);
    checks.extend(identity::own_keys(house.config, context).await?);
    checks.extend(work::alerts(house.config, context).await?);
    checks.extend(work::reports(context).await?);
    let links = work::links(house, context).await?;
    checks.extend(work::offers(house, context, &links).await?);
    checks.extend(work::holders(house, context, &links).await?);
    checks.extend(work::peers(house, context, &links).await?);
    Ok(())
}

/// Makes the checks that read the whole database: seldom, and where nobody waits.
pub async fn examine_closely(context: &Context) -> Vec<Check> {
    match machine::examine_database(context).await {
        Ok(checks) => checks,
        Err(error) => vec![unreadable(&error)],
    }
}

/// A database that cannot be read to its end, damaged for instance, is a fault like any other.
#[must_use]
pub fn unreadable(error: &impl Display) -> Check {
    Check::fault(CheckName::Database, error.to_string(), "put this right first, then run again")
}

/// A node that serves and cannot ask its database does nothing.
fn stopped(house: &House<'_>, error: &impl Display) -> Check {
    Check { stops: house.running.is_some(), ..unreadable(error) }
}
