//! A header line read in one pass: its place in the log, and its content.
//!
//! serde's own `flatten` would keep every value in between, and two passes would read every byte twice; headers are
//! read more often than anything else.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::content::{Content, Header, HeaderRefused};
use crate::bytes::Hash;
use crate::id::NodeId;
use crate::json::Key;

/// The fields that say where an entry stands.
#[derive(Default)]
struct Place {
    v: Option<u64>,
    log: Option<NodeId>,
    ep: Option<u64>,
    seq: Option<u64>,
    prev: Option<Hash>,
}

/// Reads the line's fields. A key that stands twice is not noticed here.
pub(super) fn read_line(line: &str) -> Result<Header, HeaderRefused> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let (place, content) = deserializer.deserialize_map(Line).map_err(|_| HeaderRefused::Fields)?;
    let Place { v: Some(v), log: Some(log), ep: Some(epoch), seq: Some(seq), prev: Some(prev) } = place else {
        return Err(HeaderRefused::Fields);
    };
    if v != 1 {
        return Err(HeaderRefused::Version);
    }
    if epoch == 0 || seq == 0 {
        return Err(HeaderRefused::Fields);
    }
    Ok(Header { log, epoch, seq, prev, content })
}

struct Line;

impl<'de> Visitor<'de> for Line {
    type Value = (Place, Content);

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a header")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mut place = Place::default();
        let rest = BesidePlace { map, place: &mut place };
        let content = Content::deserialize(MapAccessDeserializer::new(rest))?;
        Ok((place, content))
    }
}

/// The fields of a line but those of its place: the latter are taken out on the way.
struct BesidePlace<'p, A> {
    map: A,
    place: &'p mut Place,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for BesidePlace<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key_seed(Key)? {
            match &*key {
                "v" => self.place.v = Some(self.map.next_value()?),
                "log" => self.place.log = Some(self.map.next_value()?),
                "ep" => self.place.ep = Some(self.map.next_value()?),
                "seq" => self.place.seq = Some(self.map.next_value()?),
                "prev" => self.place.prev = Some(self.map.next_value()?),
                _ => {
                    return match key {
                        Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
                        Cow::Owned(key) => seed.deserialize(StringDeserializer::new(key)),
                    }
                    .map(Some);
                }
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}
