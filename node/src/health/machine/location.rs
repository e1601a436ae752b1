//! The sources for where servers stand: whether they can be used, their age, and each database's knowledge.

use crate::geolocation::database::{Examined, Role};
use crate::geolocation::{Geolocator, Settings, Warning};
use crate::health::check::{Check, CheckName};
use crate::health::examine::House;

const NAME: CheckName = CheckName::Geolocation;

/// A node that serves goes on with the files as it opened them; from outside, the files are opened as at a start.
pub(in crate::health) fn check(house: &House<'_>) -> Vec<Check> {
    if let Some(running) = house.running {
        return found(running.geolocator, house);
    }
    match Geolocator::open(&Settings::from(&house.config.geolocation)) {
        Ok(geolocator) => found(&geolocator, house),
        Err(fault) => {
            vec![Check::fault(NAME, format!("geolocation: {fault}"), "correct the section [geolocation]")]
        }
    }
}

fn found(geolocator: &Geolocator, house: &House<'_>) -> Vec<Check> {
    let now = house.clock.now();
    let mut checks = warned(&geolocator.warnings(now));
    let examined = geolocator.examine(now);
    checks.extend(examined.iter().map(|database| Check::ok(NAME, told(database)).about(&database.name)));
    checks.push(delivery(geolocator.delivery_networks(), &examined));
    checks
}

fn warned(warnings: &[Warning]) -> Vec<Check> {
    if warnings.is_empty() {
        return vec![Check::ok(NAME, "the databases are fresh")];
    }
    let advice = "without current data reports go to the wrong hotline";
    let check = |warning: &Warning| match warning {
        // The next start is refused.
        Warning::FileFaulty { .. } => Check::fault(NAME, warning.to_string(), "put a whole file in its place"),
        _ => Check::warning(NAME, warning.to_string(), advice),
    };
    warnings.iter().map(check).collect()
}

/// Such as `countries, kind GeoLite2-Country, 3 days old, 612 IPv4 and 33 IPv6 networks, without numbers of autonomous
/// systems`.
fn told(database: &Examined) -> String {
    let role = match database.role {
        Role::Country => "countries",
        Role::Correction => "corrections of this house",
        Role::Network => "networks",
    };
    let kind = if database.kind.is_empty() { String::new() } else { format!(", kind {}", database.kind) };
    let age = database.age_days.map_or_else(|| "of an unknown age".to_owned(), |days| format!("{days} days old"));
    let extent = format!("{} IPv4 and {} IPv6 networks", database.extent.ipv4, database.extent.ipv6);
    let numbers = if database.has_networks { "with" } else { "without" };
    format!("{role}{kind}, {age}, {extent}, {numbers} numbers of autonomous systems")
}

/// A delivery network is recognised by its number, so some database must have numbers.
fn delivery(known: usize, examined: &[Examined]) -> Check {
    let text = if examined.iter().any(|database| database.has_networks) {
        format!("{known} are known; a report about an address of one is held for a person")
    } else {
        "not recognised by their numbers, for no database has any: geolocation.network_database names one".to_owned()
    };
    Check::ok(NAME, text).about("delivery networks")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geolocation::database::Extent;

    #[test]
    fn what_a_database_knows_is_one_line() {
        let mut database = Examined {
            name: "a.mmdb".into(),
            role: Role::Country,
            kind: "Test-Country".into(),
            age_days: Some(3),
            extent: Extent { ipv4: 5, ipv6: 0 },
            has_networks: false,
        };
        let line = "countries, kind Test-Country, 3 days old, 5 IPv4 and 0 IPv6 networks, without numbers of autonomous \
            systems";
        assert_eq!(told(&database), line);
        (database.kind, database.age_days, database.role) = (String::new(), None, Role::Network);
        database.has_networks = true;
        let line = "networks, of an unknown age, 5 IPv4 and 0 IPv6 networks, with numbers of autonomous systems";
        assert_eq!(told(&database), line);
    }
}
