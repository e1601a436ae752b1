//! Places in a log as rows are compared with them.

use hotline_protocol::log::Position;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait as _};

use crate::report::signed;

/// Condition for places after `place`: a row value, so that an index finds the first one.
pub(crate) fn stands_after<T: ColumnTrait>(epoch: T, seq: T, place: Position) -> Expr {
    pair(epoch, seq).gt(values(place))
}

/// Up to a place.
pub(crate) fn stands_up_to<T: ColumnTrait>(epoch: T, seq: T, place: Position) -> Expr {
    pair(epoch, seq).lte(values(place))
}

fn pair<T: ColumnTrait>(epoch: T, seq: T) -> Expr {
    Expr::tuple([Expr::col(epoch), Expr::col(seq)])
}

fn values(place: Position) -> Expr {
    Expr::tuple([Expr::val(signed(place.epoch)), Expr::val(signed(place.seq))])
}
