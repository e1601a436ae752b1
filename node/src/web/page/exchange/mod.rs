//! What was exchanged: the first page of everybody. A partner is shown what concerns his hotline and this one, and the
//! federation as totals; staff are shown every pair of theirs.

mod download;
mod link;
mod partner_scope;
mod reconcile;
mod volumes;

pub(crate) use download::download;
pub(super) use link::LinkView;
pub(crate) use reconcile::reconcile;
pub(crate) use volumes::volumes;
