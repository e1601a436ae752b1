//! Entries said again in a new epoch: the same bytes, with their earlier places (`was`).
//!
//! A new epoch leaves entries behind that count for nothing. Their author says them again, and other nodes' entries
//! name them by the hashes that they had. So the new line tells the earlier places; from these and its own bytes,
//! everybody computes those hashes. Nobody has to believe that it says the same, nor to have the earlier line.

use super::content::{Header, HeaderRefused};
use super::former_place::Former;
use super::place::write_place;
use crate::bytes::Hash;
use crate::id::NodeId;

/// Most earlier places of one entry: the number of epochs that said it again.
const FORMER_LIMIT: usize = 8;

/// The earlier places are few, and each of an earlier epoch than the next.
pub(super) fn check_former(header: &Header) -> Result<(), HeaderRefused> {
    let was = &header.content.was;
    if was.len() > FORMER_LIMIT {
        return Err(HeaderRefused::ListTooLong("was"));
    }
    let epochs = was.iter().map(|former| former.ep).chain([header.epoch]);
    let rises = epochs.clone().zip(epochs.skip(1)).all(|(before, after)| before < after);
    if rises && was.iter().all(|former| former.ep > 0 && former.seq > 0) { Ok(()) } else { Err(HeaderRefused::Former) }
}

/// Computes the hashes that the entry had at its earlier places.
pub(super) fn take_former_hashes(header: &mut Header, line: &str) -> Result<(), HeaderRefused> {
    if header.content.was.is_empty() {
        return Ok(());
    }
    let said = said(header, line).ok_or(HeaderRefused::Former)?.to_owned();
    let was = &mut header.content.was;
    for number in 0..was.len() {
        let Former { ep, seq, prev, .. } = was[number];
        let earlier = write_line(&header.log, (ep, seq, &prev), &said, &was[..number]);
        was[number].hash = Header::hash_line(earlier.as_bytes());
    }
    Ok(())
}

/// The content of a line, between its place and its earlier places; `None` where it is not written in that order.
fn said<'l>(header: &Header, line: &'l str) -> Option<&'l str> {
    let place = write_place(&header.log, header.epoch, header.seq, &header.prev, 0);
    let end = former_places(&header.content.was);
    line.strip_prefix(&*place)?.strip_suffix(&*end)
}

/// The end of a line, from the comma before its earlier places.
fn former_places(was: &[Former]) -> String {
    if was.is_empty() {
        return "}".to_owned();
    }
    let places = serde_json::to_string(was).expect("places are numbers and hashes");
    format!(r#","was":{places}}}"#)
}

fn write_line(log: &NodeId, (epoch, seq, prev): (u64, u64, &Hash), said: &str, was: &[Former]) -> String {
    let mut line = write_place(log, epoch, seq, prev, said.len());
    line.push_str(said);
    line.push_str(&former_places(was));
    line
}

impl Header {
    /// The line that says the content of `line` again, at a place of a later epoch. `line` was written by
    /// [`Header::write_line`] or by this. Refused where readers would refuse it: it was said again too often, or became
    /// too long.
    pub fn say_again(line: &str, epoch: u64, seq: u64, prev: &Hash) -> Result<String, HeaderRefused> {
        let header = Self::from_storage(line)?;
        let said = said(&header, line).ok_or(HeaderRefused::Former)?;
        let mut was = header.content.was.clone();
        was.push(Former {
            ep: header.epoch,
            seq: header.seq,
            prev: header.prev,
            hash: Self::hash_line(line.as_bytes()),
        });
        let again = write_line(&header.log, (epoch, seq, prev), said, &was);
        // A line that readers would refuse is not written.
        Self::parse(again.as_bytes())?;
        Ok(again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Content, EntryType};

    fn first() -> String {
        let mut content = Content::new(EntryType::Status, 5);
        content.of = Some(Hash::of(&[b"an offer"]));
        let log = "fr-example".parse().expect("an id");
        Header::write_line(&log, 1, 7, &Hash::of(&[b"before"]), &content.to_tail())
    }

    #[test]
    fn an_entry_said_again_and_again_tells_every_hash_that_it_had() {
        let first = first();
        let second = Header::say_again(&first, 2, 3, &Hash::of(&[b"b"])).expect("said again");
        let third = Header::say_again(&second, 5, 2, &Hash::of(&[b"c"])).expect("said again");
        let hashes: Vec<Hash> = [&first, &second].iter().map(|line| Header::hash_line(line.as_bytes())).collect();
        for read in [Header::parse(third.as_bytes()), Header::from_storage(&third)] {
            let read = read.expect("a header");
            assert_eq!(read.content.was.iter().map(|former| former.hash).collect::<Vec<_>>(), hashes);
            assert_eq!((read.epoch, read.seq, read.content.ts), (5, 2, 5));
            let mut content = read.content;
            content.was.clear();
            assert_eq!(content, Header::parse(first.as_bytes()).expect("a header").content);
        }
    }

    #[test]
    fn nothing_is_said_again_more_often_than_readers_take_it() {
        let mut line = first();
        for epoch in 2..=9 {
            line = Header::say_again(&line, epoch, 1, &Hash::ZERO).expect("said again");
        }
        assert_eq!(Header::say_again(&line, 10, 1, &Hash::ZERO), Err(HeaderRefused::ListTooLong("was")));
    }

    #[test]
    fn another_content_has_another_former_hash() {
        let again = Header::say_again(&first(), 2, 3, &Hash::ZERO).expect("said again");
        let changed = again.replace("\"ts\":5", "\"ts\":6");
        let read = Header::parse(changed.as_bytes()).expect("a header");
        assert_ne!(read.content.was[0].hash, Header::hash_line(first().as_bytes()));
    }

    #[test]
    fn earlier_places_stand_last_and_in_the_order_of_their_epochs() {
        let again = Header::say_again(&first(), 2, 3, &Hash::ZERO).expect("said again");
        let place = again.find(",\"was\"").expect("the places");
        let (said, places) = again.split_at(place);
        let places = places.trim_end_matches('}');
        let first_of_all = format!("{{{},{}", &places[1..], &said[1..]);
        for (line, refused) in [
            (format!("{first_of_all}}}"), HeaderRefused::Former),
            (again.replace("[{\"ep\":1,", "[{\"ep\":2,"), HeaderRefused::Former),
            (again.replace("[{\"ep\":1,", "[{\"ep\":0,"), HeaderRefused::Former),
            (again.replace("[{\"ep\":1,", "[ {\"ep\":1,"), HeaderRefused::Former),
            (again.replace("\"was\":[{", &format!("\"was\":[{}{{", r#"{"ep":1,"seq":1,"prev":"0000000000000000000000000000000000000000000000000000000000000000"},"#.repeat(8))), HeaderRefused::ListTooLong("was")),
        ] {
            assert_ne!(line, again);
            assert_eq!(Header::parse(line.as_bytes()), Err(refused), "{line}");
        }
    }
}
