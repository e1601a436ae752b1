//! Changes of its own keys, certificates and cards, in any order.

mod card;

pub(super) mod announcements;
pub(super) mod cards;
pub(super) mod certificates;
pub(super) mod early_use;
pub(super) mod old_pen;
pub(super) mod replacement;
