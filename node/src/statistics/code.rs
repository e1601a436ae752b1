//! Codes of figures that were stored: only those that the lists have.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use hotline_protocol::vocabulary::{
    Age, Behaviour, Channel, Commerciality, Media, Offence, Production, Reason, Sex, SiteType, Source, TerrorismType,
};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// The names in figures besides the codes of the lists.
const OTHERS: [&str; 5] = ["unknown", "here", "member", "non_member", "none"];

/// A code that figures may name.
fn known(text: &str) -> Option<&'static str> {
    macro_rules! of_lists {
        ($($list:ident),+) => {
            None$(.or_else(|| text.parse::<$list>().ok().map(|code| code.code())))+
        };
    }
    let listed: Option<&'static str> = of_lists!(
        Offence,
        Source,
        Channel,
        Reason,
        SiteType,
        Sex,
        Age,
        Production,
        Behaviour,
        TerrorismType,
        Commerciality,
        Media
    );
    listed.or_else(|| OTHERS.into_iter().find(|other| *other == text))
}

/// A single code.
pub(super) fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    let text = String::deserialize(deserializer)?;
    known(&text).ok_or_else(|| Error::custom("a code that no list has"))
}

/// Something by code.
pub(super) fn by_code<'de, D, V>(deserializer: D) -> Result<BTreeMap<&'static str, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct ByCode<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for ByCode<V> {
        type Value = BTreeMap<&'static str, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("something by code")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut by_code = BTreeMap::new();
            while let Some((code, value)) = map.next_entry::<String, V>()? {
                by_code.insert(known(&code).ok_or_else(|| Error::custom("a code that no list has"))?, value);
            }
            Ok(by_code)
        }
    }
    deserializer.deserialize_map(ByCode(PhantomData))
}

/// Counts by number. A part of a larger document keeps its keys as texts.
pub(super) fn by_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<u32, u64>, D::Error> {
    let by_text = BTreeMap::<String, u64>::deserialize(deserializer)?;
    let number = |(text, n): (String, u64)| Ok((text.parse().map_err(D::Error::custom)?, n));
    by_text.into_iter().map(number).collect()
}
