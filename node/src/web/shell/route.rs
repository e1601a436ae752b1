//! The parts of a route.

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodRouter;

use super::state::Office;
use crate::access::account::{Right, RoleName};

/// The users of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Also people that are not signed in.
    Everybody,
    /// Everybody that is signed in.
    SignedIn,
    /// Everybody with this right. The handler asks for it by its first argument; that both say the same is tested.
    With(Right),
}

impl Audience {
    /// Whether a role has it; `None` stands for people that are not signed in.
    #[must_use]
    pub fn has(self, role: Option<RoleName>) -> bool {
        match (self, role) {
            (Self::Everybody, _) | (Self::SignedIn, Some(_)) => true,
            (Self::SignedIn | Self::With(_), None) => false,
            (Self::With(right), Some(role)) => right.roles().contains(&role),
        }
    }
}

/// A path, its audience, and its handler.
pub struct Route {
    /// As `/reports/{id}`.
    pub path: &'static str,
    /// Its audience.
    pub audience: Audience,
    answers: fn() -> MethodRouter<Arc<Office>>,
}

impl Route {
    pub(super) const fn new(
        path: &'static str,
        audience: Audience,
        answers: fn() -> MethodRouter<Arc<Office>>,
    ) -> Self {
        Self { path, audience, answers }
    }
}

/// The routes of a list that are wanted.
pub(super) fn routes(list: &[Route], is_wanted: impl Fn(Audience) -> bool) -> Router<Arc<Office>> {
    let wanted = list.iter().filter(|route| is_wanted(route.audience));
    wanted.fold(Router::new(), |router, route| router.route(route.path, (route.answers)()))
}
