//! The certificates of the listeners for people: whether each belongs to its key, and how long it lasts.

use crate::access::alert::{AlertKind, Cause};
use crate::config::Config;
use crate::health::check::{Check, CheckName, Status};
use crate::health::examine::House;
use crate::trust::certificate::days_left;
use crate::trust::own::{WebCertificate, WebCertificateRefused};

const NAME: CheckName = CheckName::WebCertificate;

/// A node that serves goes on with the pair that it has; from outside, the files are read as at a start.
pub(in crate::health) fn check(house: &House<'_>) -> Vec<Check> {
    let now = house.clock.unix_seconds();
    match house.running {
        Some(running) => running.web.iter().flat_map(|shown| judge(shown, now)).collect(),
        None => at_a_start(house.config, now),
    }
}

fn at_a_start(config: &Config, now: i64) -> Vec<Check> {
    let opened = |listener, opened: Result<WebCertificate, WebCertificateRefused>| match opened {
        Ok(shown) => judge(&shown, now),
        Err(refused) => {
            let advice =
                "put a certificate and the key that belongs to it in their places; the node does not start without";
            // A renewal may be under way: a node that serves calls a person once it is not.
            vec![Check::fault(NAME, refused.to_string(), advice).about(listener).calling([])]
        }
    };
    let keys = &config.keys;
    let office = WebCertificate::open("office", &keys.office_certificate(), &keys.office_key());
    let mut checks = opened("office", office);
    if let (Some(certificate), Some(key)) = (&config.public.certificate_file, &config.public.key_file) {
        checks.extend(opened("public", WebCertificate::open("public", certificate, key)));
    }
    checks
}

fn judge(shown: &WebCertificate, now: i64) -> Vec<Check> {
    let warnings = shown.warnings(now);
    if warnings.is_empty() {
        let days = days_left(shown.not_after(), now);
        return vec![Check::ok(NAME, format!("{days} days are left")).about(shown.listener())];
    }
    let found = |warning: &crate::trust::own::WebCertificateWarning| {
        let status = if warning.is_fault() { Status::Fault } else { Status::Warning };
        let text = format!("{warning}; {}", warning.advice());
        let cause = Cause::new(AlertKind::WebCertificate, warning.subject(), text).at(warning.stage());
        Check::of(NAME, status, warning.to_string(), warning.advice()).about(shown.listener()).calling([cause])
    };
    warnings.iter().map(found).collect()
}
