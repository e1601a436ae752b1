//! The hotlines of all countries, as this hotline knows the federation.

use std::collections::BTreeSet;

use hotline_protocol::country::Country;

use super::rollup_repository::mark_counted;
use crate::context::Context;
use crate::report::projection::Counted;
use crate::storage::{ConnectionTrait, StorageError, leave_setting, read_setting};
use crate::trust::peer::{PeerStanding, peers};

/// The setting with the countries of this hotline and of its peers when years were last marked by them.
const SETTING: &str = "counted-areas";

/// Countries by the hotlines that answer for them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Areas {
    pub(crate) own: BTreeSet<Country>,
    pub(crate) members: BTreeSet<Country>,
}

impl Areas {
    /// Those of this hotline, and those of its peers.
    pub(crate) async fn load<C: ConnectionTrait>(context: &Context, connection: &C) -> Result<Self, StorageError> {
        let known = peers(connection).await?.into_iter().filter(|peer| peer.standing != PeerStanding::Removed);
        let members = known.flat_map(|peer| peer.answers_for().collect::<Vec<_>>()).collect();
        Ok(Self { own: context.countries.iter().copied().collect(), members })
    }

    /// Where something is that is hosted there.
    pub(crate) fn of(&self, country: Option<Country>) -> &'static str {
        match country {
            None => "unknown",
            Some(country) if self.own.contains(&country) => "here",
            Some(country) if self.members.contains(&country) => "member",
            Some(_) => "non_member",
        }
    }

    fn text(&self) -> String {
        let [own, members] = [&self.own, &self.members]
            .map(|countries| countries.iter().map(Country::as_str).collect::<Vec<_>>().join(","));
        format!("{own};{members}")
    }
}

/// Marks all counted years where a country has become a peer's since, or no longer belongs to any peer: a year's
/// figures divide content by the hotline of its hosting country.
pub(super) async fn mark_where_changed(context: &Context, now: &Areas) -> Result<(), StorageError> {
    let now = now.text();
    if read_setting(context.database.read(), SETTING).await?.as_ref() == Some(&now) {
        return Ok(());
    }
    let write = context.database.write("mark_years").await?;
    mark_counted(&write, Counted::Years).await?;
    leave_setting(&write, SETTING, &now).await?;
    write.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_here_a_members_or_nobodys() {
        let country = |code: &str| code.parse::<Country>().expect("a country");
        let areas = Areas { own: [country("FR")].into(), members: [country("FR"), country("NL")].into() };
        let found = ["FR", "NL", "BR"].map(|code| areas.of(Some(country(code))));
        assert_eq!(found, ["here", "member", "non_member"]);
        assert_eq!((areas.of(None), areas.text()), ("unknown", "FR;FR,NL".to_owned()));
    }
}
