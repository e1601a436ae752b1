//! `GET /exchange/{figure}.csv` and `.json`: exactly a figure of the page, by the same filter.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::partner_scope::Shown;
use crate::access::account::{Entitled, right};
use crate::web::figure::{file, is_file_of};
use crate::web::page::figure_query::Asked;
use crate::web::shell::{Language, Office, PageError};

/// Every figure that somebody may be shown. A name that is none of them costs nothing.
const FIGURES: [&str; 13] = [
    "exchanged",
    "sent-answers",
    "received-answers",
    "time-to-accept",
    "time-to-removal",
    "open-ages",
    "in-hand-ages",
    "by-peer",
    "federation",
    "federation-countries",
    "world",
    "hosters",
    "networks",
];

/// Answers.
pub(crate) async fn download(
    who: Entitled<right::SeeExchange>,
    State(office): State<Arc<Office>>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    if !is_file_of(&name, &FIGURES) {
        return Err(PageError::NOT_FOUND);
    }
    let filter = asked.filter(who.viewer(), office.context.today())?;
    let shown = Shown::load(&office, who.viewer(), &filter).await?;
    file(&name, "", Language::of_request(&headers), shown.figures())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hotline_protocol::id::NodeId;

    use super::*;
    use crate::statistics::Step;
    use crate::statistics::volume::{Federation, Flow, Fresh, Hosted, Published, Volumes, World};

    #[test]
    fn every_figure_of_the_page_is_known_by_its_name_and_no_other() {
        let fresh = Fresh { counted_at: None, waiting: 0 };
        let peer = |id: &str| -> (NodeId, (Flow, Flow)) {
            (id.parse().expect("a node id"), (Flow::default(), Flow::default()))
        };
        let volumes = Volumes {
            fresh,
            sent: Flow::default(),
            received: Flow::default(),
            steps: Vec::new(),
            peers: BTreeMap::from([peer("nl-example"), peer("de-example")]),
        };
        let federation = Federation { fresh, steps: Vec::new(), countries: BTreeMap::new(), all: Published::default() };
        let world = World {
            fresh,
            all: Hosted::default(),
            countries: BTreeMap::new(),
            organisations: Vec::new(),
            networks: Vec::new(),
        };
        let figures = [volumes.figures(Step::Month), federation.figures(Step::Month), world.figures()].concat();
        assert_eq!(figures.iter().map(|figure| figure.name).collect::<Vec<_>>(), FIGURES);
    }

    #[test]
    fn a_name_is_that_of_a_figure_and_a_kind_of_file() {
        for (name, expected) in [
            ("exchanged.csv", true),
            ("networks.json", true),
            ("exchanged", false),
            ("exchanged.xml", false),
            ("exchanged.csv.json", false),
            (".csv", false),
            ("totals.csv", false),
        ] {
            assert_eq!(is_file_of(name, &FIGURES), expected, "{name}");
        }
    }
}
