//! Whether a certificate's chain leads to the federation's authority, and nothing on the way was revoked.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::{Cert, EndEntityCert, Error, ExpirationPolicy, RevocationOptionsBuilder, VerifiedPath};

use super::error::AuthorityRefused;
use super::issuers::{Issuers, may_issue, parse};
use super::newest::NewestLists;
use super::purpose::BothSides;
use crate::trust::validity::Validity;

/// Most certificates between a node's and a root: more than this no chain has, and more would only cost time.
const INTERMEDIATES_LIMIT: usize = 6;

/// What a certificate is held against.
pub(super) struct Judge<'a> {
    pub(super) issuers: &'a Issuers,
    pub(super) lists: &'a NewestLists,
    pub(super) refuse_stale: bool,
    pub(super) algorithms: &'a [&'a dyn SignatureVerificationAlgorithm],
}

impl Judge<'_> {
    pub(super) fn check(
        &self,
        leaf: &[u8],
        validity: Validity,
        shown: &[CertificateDer<'_>],
        now: i64,
    ) -> Result<(), AuthorityRefused> {
        if shown.len() > INTERMEDIATES_LIMIT {
            return Err(AuthorityRefused::TooLong);
        }
        // A node's certificate counts a day outside its validity, and that was judged before. The chain is then judged
        // at the nearest time at which the certificate is valid: its issuers grant no day of their own.
        let time = now.clamp(validity.not_before, validity.not_after.max(validity.not_before));
        let leaf = CertificateDer::from(leaf);
        let leaf = EndEntityCert::try_from(&leaf)?;
        let shown = self.of_distinct_names(shown);
        let intermediates: Vec<CertificateDer<'_>> =
            shown.into_iter().chain(self.issuers.intermediates()).map(|der| CertificateDer::from(&**der)).collect();
        let lists = self.lists.for_chain();
        // Every step up to the root needs its list. A list's date is judged below, by the time that it is.
        let revocation = RevocationOptionsBuilder::new(&lists)
            .ok()
            .map(|options| options.with_expiration_policy(ExpirationPolicy::Ignore).build());
        let accept = |path: &VerifiedPath<'_>| self.accept(path, time, now);
        leaf.verify_for_usage(
            self.algorithms,
            self.issuers.anchors(),
            &intermediates,
            unix_time(time),
            BothSides,
            revocation,
            Some(&accept),
        )?;
        Ok(())
    }

    /// What was shown besides, each name once and no root's: whoever shows many of one name makes the library try each of
    /// them at every step, and nobody has proved yet that the key is his.
    fn of_distinct_names<'s, 'd>(&self, shown: &'s [CertificateDer<'d>]) -> Vec<&'s CertificateDer<'d>> {
        let mut names: Vec<Vec<u8>> = Vec::new();
        let is_new = |der: &&CertificateDer<'_>| {
            let Some(name) = parse(der).map(|certificate| certificate.subject().as_raw().to_vec()) else {
                return false;
            };
            let is_new = !names.contains(&name) && !self.issuers.names_root(&name);
            names.push(name);
            is_new
        };
        shown.iter().filter(is_new).collect()
    }

    /// What the library leaves to us: the root's own validity, who may issue certificates, and the dates of lists.
    fn accept(&self, path: &VerifiedPath<'_>, time: i64, now: i64) -> Result<(), Error> {
        self.issuers.check_root(path.anchor(), time)?;
        if path.intermediate_certificates().any(|issuer| !may_issue(&issuer.der())) {
            return Err(Error::EndEntityUsedAsCa);
        }
        if !self.refuse_stale {
            return Ok(());
        }
        let issuers = path.intermediate_certificates().map(Cert::issuer);
        let issuers: Vec<&[u8]> = issuers.chain([path.end_entity().issuer()]).collect();
        match self.lists.stale(now).find(|list| issuers.contains(&list.issuer())) {
            Some(list) => Err(Error::CrlExpired { time: unix_time(now), next_update: unix_time(list.next_update()) }),
            None => Ok(()),
        }
    }
}

pub(super) fn unix_time(seconds: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}
