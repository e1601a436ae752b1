//! Whether a certificate's chain leads to the federation's authority, and nothing on the way was revoked.

use std::cell::RefCell;
use std::iter;

use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use webpki::{
    Cert, EndEntityCert, Error, ExpirationPolicy, RevocationCheckDepth, RevocationOptionsBuilder, VerifiedPath,
};

use super::error::AuthorityRefused;
use super::issuers::{Issuers, may_issue, parse};
use super::newest_list::NewestLists;
use super::purpose::BothSides;
use super::revocation_list::RevocationList;
use super::unix_time::unix_time;
use crate::config::section::Revocation;
use crate::trust::certificate::Validity;

/// Most certificates between a node's and a root: more than this no chain has, and more would only cost time.
const INTERMEDIATES_LIMIT: usize = 6;

/// The rules and lists for judging a certificate.
pub(super) struct Judge<'a> {
    pub(super) issuers: &'a Issuers,
    pub(super) lists: &'a NewestLists,
    /// Whether there are lists at all: then a certificate without one is refused, also where none of them counts yet.
    pub(super) wants_lists: bool,
    pub(super) refuse_stale: bool,
    pub(super) depth: Revocation,
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
        // at the nearest time within the certificate's validity: its issuers grant no day of their own.
        let time = now.clamp(validity.not_before, validity.not_after.max(validity.not_before));
        let leaf = CertificateDer::from(leaf);
        let leaf = EndEntityCert::try_from(&leaf)?;
        let shown = self.of_distinct_names(shown);
        let intermediates: Vec<CertificateDer<'_>> =
            shown.into_iter().chain(self.issuers.intermediates()).map(|der| CertificateDer::from(&**der)).collect();
        let lists = self.lists.for_chain();
        let depth = match self.depth {
            Revocation::Chain => RevocationCheckDepth::Chain,
            Revocation::Leaf => RevocationCheckDepth::EndEntity,
        };
        // A list's date is judged below, by the time that it is.
        let revocation = RevocationOptionsBuilder::new(&lists)
            .ok()
            .map(|options| options.with_depth(depth).with_expiration_policy(ExpirationPolicy::Ignore).build());
        // A place for the name that the library's errors cannot hold.
        let stale = RefCell::new(None);
        let accept = |path: &VerifiedPath<'_>| self.accept(path, (time, now), &stale);
        let verify = |revocation, accept: &dyn Fn(&VerifiedPath<'_>) -> Result<(), Error>| {
            let (algorithms, anchors) = (self.algorithms, self.issuers.anchors());
            leaf.verify_for_usage(
                algorithms,
                anchors,
                &intermediates,
                unix_time(time),
                BothSides,
                revocation,
                Some(accept),
            )
            .map(drop)
        };
        // The library takes no lists at all for "nothing is revoked".
        let no_list_counts = self.wants_lists && revocation.is_none();
        let judged = verify(revocation, &accept);
        match if no_list_counts { judged.and(Err(Error::UnknownRevocationStatus)) } else { judged } {
            Ok(()) => Ok(()),
            Err(Error::UnknownRevocationStatus) => {
                let lacking = RefCell::new(None);
                let look = |path: &VerifiedPath<'_>| {
                    *lacking.borrow_mut() = Some(self.lacking(path));
                    Ok(())
                };
                // The same way again without lists, to find the issuer of the missing one.
                let _ = verify(None, &look);
                Err(lacking.into_inner().unwrap_or_else(|| Error::UnknownRevocationStatus.into()))
            }
            Err(error @ Error::CrlExpired { .. }) => {
                Err(stale.into_inner().map_or_else(|| error.into(), |issuer| AuthorityRefused::ListStale { issuer }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the refusal for the list that a chain lacks.
    fn lacking(&self, path: &VerifiedPath<'_>) -> AuthorityRefused {
        let held: Vec<&[u8]> = self.lists.iter().map(RevocationList::issuer).collect();
        let needed = self.needed(path);
        match needed.iter().find(|certificate| !held.contains(&certificate.issuer())) {
            Some(certificate) => AuthorityRefused::ListMissing { issuer: issuer_name(certificate) },
            None => AuthorityRefused::ListPartial {
                issuer: needed.first().map(|certificate| issuer_name(certificate)).unwrap_or_default(),
            },
        }
    }

    /// The certificates of a chain that need a list of their issuer.
    fn needed<'p>(&self, path: &'p VerifiedPath<'p>) -> Vec<&'p Cert<'p>> {
        let leaf: &Cert<'p> = path.end_entity();
        let above = path.intermediate_certificates().filter(|_| self.depth == Revocation::Chain);
        iter::once(leaf).chain(above).collect()
    }

    /// Returns the other shown certificates, each name once and no root's. A peer that shows many of one name makes the
    /// library try each of them at every step. It has not proved yet that the key is its own.
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

    /// Checks the parts that the library leaves to us: the root's own validity, the right to issue certificates, and
    /// the dates of lists. `times` are that of the chain and the present one; `stale` is told the issuer of a list that
    /// is over.
    fn accept(&self, path: &VerifiedPath<'_>, times: (i64, i64), stale: &RefCell<Option<String>>) -> Result<(), Error> {
        let (time, now) = times;
        self.issuers.check_root(path.anchor(), time)?;
        if path.intermediate_certificates().any(|issuer| !may_issue(&issuer.der())) {
            return Err(Error::EndEntityUsedAsCa);
        }
        if !self.refuse_stale {
            return Ok(());
        }
        let needed = self.needed(path);
        let is_needed = |list: &&RevocationList| needed.iter().any(|certificate| certificate.issuer() == list.issuer());
        match self.lists.stale(now).find(is_needed) {
            Some(list) => {
                *stale.borrow_mut() = Some(list.issuer_name().to_owned());
                Err(Error::CrlExpired { time: unix_time(now), next_update: unix_time(list.next_update()) })
            }
            None => Ok(()),
        }
    }
}

/// Returns a certificate's issuer, for people.
fn issuer_name(certificate: &Cert<'_>) -> String {
    parse(&certificate.der()).map(|certificate| certificate.issuer().to_string()).unwrap_or_default()
}
