//! The rights of each role: the one table.

use std::marker::PhantomData;

use super::role::RoleName::{self, Admin, Analyst, Auditor, Partner};
use super::viewer::Viewer;

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// See the exchange with one peer: a partner that of his own peer, the other roles that of each.
    SeeExchange,
    /// See this hotline's figures, of all peers and of the world.
    SeeFigures,
    /// See the list of reports and their history, without any URL.
    SeeReports,
    /// See URLs defanged, and reveal one.
    RevealUrl,
    /// See peers, their links, and stuck work with its reason.
    SeeOperation,
    /// Acknowledge alerts.
    AcknowledgeAlerts,
    /// See the audit trail.
    SeeTrail,
    /// Add, disable, enable and reset accounts.
    ManageAccounts,
}

impl Right {
    /// All of them, in the order of the table in `node/docs/office.md`.
    pub const ALL: [Self; 8] = [
        Self::SeeExchange,
        Self::SeeFigures,
        Self::SeeReports,
        Self::RevealUrl,
        Self::SeeOperation,
        Self::AcknowledgeAlerts,
        Self::SeeTrail,
        Self::ManageAccounts,
    ];

    /// Returns the roles that have it.
    #[must_use]
    pub const fn roles(self) -> &'static [RoleName] {
        match self {
            Self::SeeExchange => &[Admin, Analyst, Partner, Auditor],
            Self::SeeFigures => &[Admin, Analyst, Auditor],
            Self::SeeReports | Self::SeeOperation | Self::AcknowledgeAlerts => &[Admin, Analyst],
            Self::RevealUrl => &[Analyst],
            Self::SeeTrail => &[Admin, Auditor],
            Self::ManageAccounts => &[Admin],
        }
    }
}

/// A right as a type, so that a handler's arguments name the right that it needs.
pub trait RightOf: Send + Sync + 'static {
    /// The right.
    const RIGHT: Right;
}

/// The rights as types.
pub mod right {
    use super::{Right, RightOf};

    macro_rules! rights {
        ($($name:ident),*) => {$(
            #[doc = concat!("[`Right::", stringify!($name), "`].")]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
            impl RightOf for $name {
                const RIGHT: Right = Right::$name;
            }
        )*};
    }

    rights!(SeeExchange, SeeFigures, SeeReports, RevealUrl, SeeOperation, AcknowledgeAlerts, SeeTrail, ManageAccounts);
}

/// A viewer that has a right.
#[derive(Debug, Clone)]
pub struct Entitled<R> {
    viewer: Viewer,
    right: PhantomData<R>,
}

impl<R: RightOf> Entitled<R> {
    /// Asks the table; `None` where the role does not have it.
    #[must_use]
    pub fn of(viewer: Viewer) -> Option<Self> {
        viewer.may(R::RIGHT).then_some(Self { viewer, right: PhantomData })
    }

    /// Returns the viewer.
    #[must_use]
    pub const fn viewer(&self) -> &Viewer {
        &self.viewer
    }
}

impl Viewer {
    /// Whether the role has a right.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        right.roles().contains(&self.role.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: &str = include_str!("../../../docs/office.md");

    /// As the page says it.
    const fn words(right: Right) -> &'static str {
        match right {
            Right::SeeExchange => "see what was exchanged with a peer (a partner: with his own)",
            Right::SeeFigures => "see this hotline's figures, all peers and the world",
            Right::SeeReports => "see the reports and their history, without any URL",
            Right::RevealUrl => {
                "see URLs defanged, remarks and references, and reveal them with the reporter's words and access data, which is written to the audit trail"
            }
            Right::SeeOperation => "see peers, their links, and what is stuck",
            Right::AcknowledgeAlerts => "acknowledge alerts",
            Right::SeeTrail => "see the audit trail",
            Right::ManageAccounts => "manage accounts",
        }
    }

    #[test]
    fn the_table_on_the_page_is_the_one_that_counts() {
        let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
        let table = OFFICE.lines().skip_while(|line| !line.starts_with("| right |"));
        let mut rows = table.take_while(|line| line.starts_with('|')).map(cells);
        let heading = rows.next().expect("the page has the table");
        let roles: Vec<&str> = RoleName::ALL.iter().map(|role| role.code()).collect();
        assert_eq!(heading[1..], roles);
        let written: Vec<Vec<&str>> = rows.skip(1).collect();
        let counts: Vec<Vec<&str>> = Right::ALL
            .iter()
            .map(|right| {
                let has = |role: &RoleName| if right.roles().contains(role) { "yes" } else { "no" };
                std::iter::once(words(*right)).chain(RoleName::ALL.iter().map(has)).collect()
            })
            .collect();
        assert_eq!(written, counts);
    }

    #[test]
    fn an_admin_reveals_nothing_and_a_partner_sees_the_exchange_alone() {
        let rights = |role| Right::ALL.into_iter().filter(|right| right.roles().contains(&role)).collect::<Vec<_>>();
        assert_eq!(rights(Partner), [Right::SeeExchange]);
        assert!(!rights(Admin).contains(&Right::RevealUrl));
        assert_eq!(rights(Auditor), [Right::SeeExchange, Right::SeeFigures, Right::SeeTrail]);
    }
}
