//! Tests of the content that a fact takes, in any order.

use hotline_protocol::entry::{Code, Salt};
use hotline_protocol::vocabulary::{Age, Offence, SiteType};

use super::*;

fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

fn fact() -> Fact {
    let id = "fr-a/01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
    Fact::new(&Report::unknown(7, id, 1_000_000_000))
}

fn body(change: impl FnOnce(&mut Body)) -> Body {
    let mut body = Body::new(Salt::from_bytes([0; 16]));
    change(&mut body);
    body
}

fn found(at: i64, site: Code<SiteType>) -> Body {
    let mut record = AssessmentRecord::new(node("fr-a"), at, Assessment::Baseline, Offence::Csam);
    record.site_type = Some(site);
    record.age = vec![Age::NotCategorised.into(), Age::Pubescent.into(), Age::Infant.into()];
    body(|body| body.assessments = vec![record])
}

fn did(by: &str, action: Action, at: i64, first_seen_offline: Option<i64>) -> Body {
    let (by, action) = (node(by), action.into());
    let record = ActionRecord { by, action, at, reason: None, last_seen_online: None, first_seen_offline };
    body(|body| body.actions = vec![record])
}

#[test]
fn the_same_is_known_in_whatever_order_and_however_often_it_is_said() {
    let own = node("fr-a");
    let said = [
        found(500, SiteType::Blog.into()),
        found(700, SiteType::Forum.into()),
        did("nl-b", Action::LeaInformed, 900, None),
        did("fr-a", Action::LeaInformed, 950, None),
        did("fr-a", Action::IspInformed, 960, None),
        did("nl-b", Action::Removed, 2_000, Some(1_900)),
        did("nl-b", Action::Unavailable, 1_500, None),
        body(|body| body.received_at = Some(400)),
    ];
    let take = |order: &mut dyn Iterator<Item = &Body>| {
        let mut fact = fact();
        order.for_each(|body| fact.take_said(&own, &own, body.into()));
        fact
    };
    let fact = take(&mut said.iter());
    assert_eq!(take(&mut said.iter().rev()), fact);
    assert_eq!(take(&mut said.iter().chain(&said)), fact);
    assert_eq!((fact.first_received_at, fact.assessed_at, fact.site_type.as_deref()), (400, Some(500), Some("forum")));
    assert_eq!((fact.lea_at, fact.own_lea_at, fact.own_isp_at), (Some(900), Some(950), Some(960)));
    assert_eq!((fact.gone_at, fact.age.as_deref()), (Some(1_900), Some("infant")));
}

#[test]
fn what_another_writes_of_our_acts_does_not_count_as_ours() {
    let mut fact = fact();
    fact.take_said(&node("fr-a"), &node("nl-b"), (&did("fr-a", Action::LeaInformed, 900, None)).into());
    assert_eq!((fact.lea_at, fact.own_lea_at), (Some(900), None));
}

#[test]
fn neither_a_foreign_code_nor_an_impossible_time_stands_in_plain() {
    let own = node("fr-a");
    let mut fact = fact();
    fact.take_said(&own, &own, (&found(10, Code::Unknown("https://a.example/".into()))).into());
    assert_eq!(fact.site_type.as_deref(), Some("unknown"));
    let before = fact.clone();
    for at in [-1, i64::MAX] {
        fact.take_said(&own, &own, (&found(at, SiteType::Blog.into())).into());
        fact.take_said(&own, &own, (&did("fr-a", Action::Removed, at, None)).into());
        fact.take_said(&own, &own, (&body(|body| body.received_at = Some(at))).into());
    }
    assert_eq!(fact, before);
}

#[test]
fn several_codes_stand_once_each_in_the_order_of_the_alphabet() {
    use hotline_protocol::vocabulary::Media;
    let codes = [Media::Video.into(), Media::Image.into(), Media::Video.into()];
    assert_eq!(several(&codes).as_deref(), Some("image|video"));
    assert_eq!(several::<Media>(&[]), None);
}
