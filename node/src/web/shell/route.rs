//! What a route is.

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodRouter;

use super::state::Office;
use crate::access::account::{Right, RoleName};

/// Who has a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Also who is not signed in.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// Who has this right. The handler asks for it by its first argument; that both say the same is tested.
    With(Right),
}

impl Audience {
    /// Whether a role has it; `None` is who is not signed in.
    #[must_use]
    pub fn has(self, role: Option<RoleName>) -> bool {
        match (self, role) {
            (Self::Everybody, _) | (Self::SignedIn, Some(_)) => true,
            (Self::SignedIn | Self::With(_), None) => false,
            (Self::With(right), Some(role)) => right.roles().contains(&role),
        }
    }
}

/// A path, who has it, and what answers there.
pub struct Route {
    /// As `/reports/{id}`.
    pub path: &'static str,
    /// Who has it.
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
