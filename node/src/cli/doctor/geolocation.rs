//! What says where servers stand: whether it can be used, and how old it is.

use super::Check;
use crate::cli::locate::open_geolocator;
use crate::clock::Clock;
use crate::config::Config;

const NAME: &str = "geolocation";

pub(super) fn check(config: &Config, clock: &Clock) -> Vec<Check> {
    let warnings = match open_geolocator(config) {
        Err(faults) => return vec![Check::fault(NAME, faults.to_string(), "correct the section [geolocation]")],
        Ok(geolocator) => geolocator.warnings(clock.now()),
    };
    if warnings.is_empty() {
        return vec![Check::ok(NAME, "the databases are fresh")];
    }
    let advice = "without current data reports go to the wrong hotline";
    warnings.iter().map(|warning| Check::warning(NAME, warning.to_string(), advice)).collect()
}
