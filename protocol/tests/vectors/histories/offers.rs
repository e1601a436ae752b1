//! Histories of offers: made, answered, resumed, and passed on.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{EntryType, Status};

use super::Told;
use crate::pen::node;
use crate::tale::{B, C, ORIGIN, Tale, X, accepted};

#[expect(clippy::too_many_lines, reason = "a list of histories")]
pub(super) fn of_offers() -> Vec<Told> {
    vec![
        tale!("an offer", Tale::new(Some(B)), |tale, create| {
            let _ = (&mut tale, create);
        }),
        tale!("hosted at home", Tale::with(|content| content.status = Some(Status::Accepted)), |tale, create| {
            let _ = (&mut tale, create);
        }),
        tale!(
            "nobody to offer it to",
            Tale::with(|content| content.status = Some(Status::Assessed)),
            |tale, create| {
                let _ = (&mut tale, create);
            }
        ),
        tale!("an offer to oneself is none", Tale::new(Some(ORIGIN)), |tale, create| {
            let _ = (&mut tale, create);
        }),
        tale!("accepted", accepted(), |tale, create, accept| {
            let _ = (&mut tale, create, accept);
        }),
        tale!("refused, with a country", Tale::new(Some(B)), |tale, create| {
            tale.write(B, EntryType::Refuse, |content| {
                (content.reference, content.of, content.hold) = (Some(create), Some(create), None);
                (content.why, content.country) = (Some("not_hosted_here".into()), "DE".parse().ok());
            });
        }),
        tale!("a receipt by the target is a refusal", Tale::new(Some(B)), |tale, create| {
            tale.answer(B, EntryType::Reject, create);
        }),
        tale!("the first answer counts", Tale::new(Some(B)), |tale, create| {
            tale.answer(B, EntryType::Refuse, create);
            tale.accept(B, create);
        }),
        tale!("an answer by another than the target", Tale::new(Some(B)), |tale, create| {
            tale.accept(C, create);
        }),
        tale!("refused, resumed, and offered on", Tale::new(Some(B)), |tale, create| {
            tale.answer(B, EntryType::Refuse, create);
            tale.resume(ORIGIN, create);
            let offer = tale.transfer(ORIGIN, C, |_| ());
            tale.accept(C, offer);
        }),
        tale!("refused, and offered on without a resume", Tale::new(Some(B)), |tale, create| {
            tale.answer(B, EntryType::Refuse, create);
            let second = tale.transfer(ORIGIN, C, |_| ());
            tale.accept(C, second);
        }),
        tale!("resumed twice, and offered to nobody", Tale::new(Some(B)), |tale, create| {
            tale.resume(ORIGIN, create);
            tale.resume(ORIGIN, create);
            tale.write(ORIGIN, EntryType::Transfer, |_| ());
        }),
        tale!("another holder takes back what was accepted, and did not see it", accepted(), |tale, create, accept| {
            let _ = create;
            let offer = tale.transfer(B, C, |_| ());
            tale.accept(C, offer);
            tale.write(B, EntryType::Resume, |content| {
                (content.reference, content.hold, content.of) = (Some(offer), Some(accept), Some(offer));
                content.tenure = Some(2);
            });
        }),
        tale!("the origin as a later holder takes back what it saw accepted", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            let back = tale.transfer(B, ORIGIN, |_| ());
            let hold = tale.accept(ORIGIN, back);
            let offer = tale.transfer(ORIGIN, C, |_| ());
            tale.accept(C, offer);
            tale.status(C, "lea_informed");
            tale.write(ORIGIN, EntryType::Resume, |content| (content.hold, content.of) = (Some(hold), Some(offer)));
        }),
        tale!("another holder does not, however deep the accept lies", accepted(), |tale, create, accept| {
            let _ = create;
            let offer = tale.transfer(B, C, |_| ());
            tale.accept(C, offer);
            tale.status(C, "lea_informed");
            tale.write(B, EntryType::Resume, |content| (content.hold, content.of) = (Some(accept), Some(offer)));
        }),
        tale!("an answer that waits is none", Tale::new(Some(B)), |tale, create| {
            tale.write(B, EntryType::Accept, |content| {
                (content.reference, content.of) = (Some(Hash::of(&[b"not here"])), Some(create));
            });
        }),
        tale!(
            "the target is named in to of what it is offered",
            Tale::with(|content| {
                (content.target, content.to) = (Some(node(B)), vec![node(B)]);
            }),
            |tale, create| {
                tale.accept(B, create);
                tale.status(B, "lea_informed");
                tale.transfer(B, C, |content| content.to = vec![node(C)]);
            }
        ),
        tale!("times order nothing", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            for (status, later) in [("removed", 9), ("reopened", 5), ("isp_informed", 1)] {
                tale.write(B, EntryType::Status, |content| {
                    (content.status, content.ts) = (Some(Status::of_code(status)), content.ts + later);
                });
            }
        }),
        tale!("entries about another report are none of this one's", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(B, EntryType::Status, |content| {
                content.rid = Some("019b76da-a800-7000-8000-000000000002".parse().expect("a UUID"));
                content.status = Some(Status::Removed);
            });
        }),
        tale!("an offer beside an open one", Tale::new(Some(B)), |tale, create| {
            let _ = create;
            let second = tale.transfer(ORIGIN, C, |_| ());
            tale.accept(C, second);
        }),
        tale!("a resume wins against an accept that it did not see", Tale::new(Some(B)), |tale, create| {
            tale.resume(ORIGIN, create);
            tale.accept(B, create);
        }),
        tale!("the origin takes its report back after it saw the accept", accepted(), |tale, create, accept| {
            let _ = accept;
            tale.write(ORIGIN, EntryType::Resume, |content| {
                (content.hold, content.of, content.tenure) = (Some(create), Some(create), Some(1));
            });
        }),
        tale!("another holder does not, once it saw the accept", accepted(), |tale, create, accept| {
            let _ = create;
            let offer = tale.transfer(B, C, |_| ());
            tale.accept(C, offer);
            tale.write(B, EntryType::Resume, |content| (content.hold, content.of) = (Some(accept), Some(offer)));
        }),
        tale!("it comes back to a former holder", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            let offer = tale.transfer(B, C, |_| ());
            tale.accept(C, offer);
            let back = tale.transfer(C, B, |_| ());
            tale.accept(B, back);
        }),
        tale!("a former holder does not seize it", accepted(), |tale, create, accept| {
            let _ = create;
            let offer = tale.transfer(B, C, |_| ());
            tale.accept(C, offer);
            tale.write(B, EntryType::Status, |content| {
                (content.hold, content.status) = (Some(accept), Some(Status::Removed));
            });
        }),
        tale!("a target in a country that is not known", Tale::new(Some(X)), |tale, create| {
            tale.accept(X, create);
            tale.status(X, "removed");
        }),
    ]
}
