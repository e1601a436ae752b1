//! What says where servers stand: whether it can be used, and how old it is.

use crate::geolocation::{Geolocator, Settings, Warning};
use crate::health::check::{Check, CheckName};
use crate::health::examine::House;

const NAME: CheckName = CheckName::Geolocation;

/// A node that serves goes on with what it opened; from outside, the files are opened as at a start.
pub(in crate::health) fn check(house: &House<'_>) -> Vec<Check> {
    if let Some(running) = house.running {
        return found(&running.geolocator.warnings(house.clock.now()));
    }
    match Geolocator::open(&Settings::from(&house.config.geolocation)) {
        Ok(geolocator) => found(&geolocator.warnings(house.clock.now())),
        Err(fault) => {
            vec![Check::fault(NAME, format!("geolocation: {fault}"), "correct the section [geolocation]")]
        }
    }
}

fn found(warnings: &[Warning]) -> Vec<Check> {
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
