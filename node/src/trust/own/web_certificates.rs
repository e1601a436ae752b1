//! Certificates of the listeners for people, the office's and the public one's.

use std::sync::Arc;

use super::web_certificate::{WebCertificate, WebCertificateRefused, WebCertificateWarning};
use crate::config::Config;

/// The certificates of the listeners for people.
#[derive(Debug)]
pub struct WebCertificates {
    /// The office's.
    pub office: Arc<WebCertificate>,
    /// The public listener's, where the configuration names one; else a proxy stands before it.
    pub public: Option<Arc<WebCertificate>>,
}

impl WebCertificates {
    /// Reads the files that the configuration names.
    pub fn open(config: &Config) -> Result<Self, WebCertificateRefused> {
        let office = WebCertificate::open("office", &config.keys.office_certificate(), &config.keys.office_key())?;
        let public = match (&config.public.certificate_file, &config.public.key_file) {
            (Some(certificate), Some(key)) => Some(Arc::new(WebCertificate::open("public", certificate, key)?)),
            _ => None,
        };
        Ok(Self { office: Arc::new(office), public })
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<WebCertificate>> {
        [Some(&self.office), self.public.as_ref()].into_iter().flatten()
    }

    /// Reads the changed files. Blocks while it reads. `now` in seconds since 1970.
    pub fn refresh(&self, now: i64) {
        self.iter().for_each(|shown| shown.refresh(now));
    }

    /// Returns the matters that want attention at `now` (seconds since 1970).
    #[must_use]
    pub fn warnings(&self, now: i64) -> Vec<WebCertificateWarning> {
        self.iter().flat_map(|shown| shown.warnings(now)).collect()
    }
}
