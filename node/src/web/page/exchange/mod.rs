//! The figures of the exchange: the first page of everybody. A partner is shown figures of his hotline with this one,
//! and the federation as totals; staff are shown every pair of theirs.

mod download;
mod link;
mod partner_scope;
mod reconcile;
mod volumes;

pub(crate) use download::download;
pub(super) use link::LinkView;
pub(crate) use reconcile::reconcile;
pub(crate) use volumes::volumes;
