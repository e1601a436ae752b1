//! `[authority]`: the federation's own certificate authority, where it has one.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::section_reader::Section;
use crate::config::fault::ConfigFault;

/// The federation's own certificate authority. Without `certificates` there is none, and trust comes from pins alone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthoritySection {
    /// The authority's certificates (PEM): its roots, and the intermediates between them and the nodes.
    pub certificates: Vec<PathBuf>,
    /// Its revocation lists (PEM or DER). Empty: nothing is checked against one.
    pub revocation_lists: Vec<PathBuf>,
    /// Treatment of a certificate with a revocation list that is beyond its date.
    pub stale_revocation_list: StaleList,
    /// The certificates of a chain that are checked against lists.
    pub revocation: Revocation,
}

/// The certificates of a chain that need a list of their issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Revocation {
    /// All up to the root: an issuer that was revoked lets nobody in.
    #[default]
    Chain,
    /// The node's own: for authorities with a root that makes no list.
    Leaf,
}

/// Treatment of a certificate with a revocation list that is beyond its date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaleList {
    /// It is refused: holding back a newer list keeps nobody in.
    #[default]
    Refuse,
    /// The list counts on, and an operator is told.
    Warn,
}

impl Section for AuthoritySection {
    const NAME: &'static str = "authority";
}

impl AuthoritySection {
    /// Whether the federation has an authority.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        !self.certificates.is_empty()
    }

    /// The key of one file of a list.
    #[must_use]
    pub fn key(list: &str, place: usize) -> String {
        format!("{}.{list}[{place}]", Self::NAME)
    }

    /// Returns the faults that only several keys together can show.
    pub(crate) fn faults(&self) -> Vec<ConfigFault> {
        let mut faults = Vec::new();
        if !self.is_there() && !self.revocation_lists.is_empty() {
            let fault = "a revocation list needs the certificates of its authority";
            faults.push(ConfigFault::new("authority.certificates", fault));
        }
        for (list, files) in [("certificates", &self.certificates), ("revocation_lists", &self.revocation_lists)] {
            let mut seen = BTreeSet::new();
            let twice = files.iter().enumerate().filter(|(_, file)| !seen.insert(*file));
            faults
                .extend(twice.map(|(place, _)| ConfigFault::new(Self::key(list, place), "a file stands there twice")));
        }
        faults
    }
}
