//! Roles.

use hotline_protocol::id::NodeId;

/// The name of a role, without a partner's peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleName {
    /// Runs the node: accounts, peers, stuck work. Never sees a URL.
    Admin,
    /// Works on reports.
    Analyst,
    /// A peer's person.
    Partner,
    /// Sees the trail and the figures.
    Auditor,
}

impl RoleName {
    /// All of them, in the order of the table in `node/docs/office.md`.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Analyst, Self::Partner, Self::Auditor];

    /// As it is stored, shown, and typed.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Analyst => "analyst",
            Self::Partner => "partner",
            Self::Auditor => "auditor",
        }
    }

    /// Of a code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The key of its text in the pages.
    #[must_use]
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Admin => "role-admin",
            Self::Analyst => "role-analyst",
            Self::Partner => "role-partner",
            Self::Auditor => "role-auditor",
        }
    }
}

/// The role of a person here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// [`RoleName::Admin`].
    Admin,
    /// [`RoleName::Analyst`].
    Analyst,
    /// [`RoleName::Partner`] of this peer, and of no other.
    Partner(NodeId),
    /// [`RoleName::Auditor`].
    Auditor,
}

impl Role {
    /// A partner's names a peer, and no other's does.
    #[must_use]
    pub fn new(name: RoleName, peer: Option<NodeId>) -> Option<Self> {
        match (name, peer) {
            (RoleName::Admin, None) => Some(Self::Admin),
            (RoleName::Analyst, None) => Some(Self::Analyst),
            (RoleName::Partner, Some(peer)) => Some(Self::Partner(peer)),
            (RoleName::Auditor, None) => Some(Self::Auditor),
            _ => None,
        }
    }

    /// Returns the peer of a partner.
    #[must_use]
    pub const fn peer(&self) -> Option<&NodeId> {
        match self {
            Self::Partner(peer) => Some(peer),
            _ => None,
        }
    }

    /// Returns the role's name, without a partner's peer.
    #[must_use]
    pub const fn name(&self) -> RoleName {
        match self {
            Self::Admin => RoleName::Admin,
            Self::Analyst => RoleName::Analyst,
            Self::Partner(_) => RoleName::Partner,
            Self::Auditor => RoleName::Auditor,
        }
    }
}
