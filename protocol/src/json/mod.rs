//! Strict JSON: the form of a header line and a body line, checked before anything is read out of them.
//!
//! Two readers must never see two things in the same signed bytes. Plain JSON allows that: a key
//! given twice, a number that one reader rounds, half a surrogate pair. All of it is refused here,
//! at any depth, under keys that nobody knows too.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use thiserror::Error as ThisError;

/// The largest integer that every JSON reader holds exactly: 2^53 - 1 (RFC 8259, section 6).
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Limits of a header line: 8,192 bytes, 4 levels (specification, section 2).
pub const HEADER: Limits = Limits { max_bytes: 8 * 1024, max_depth: 4 };

/// Limits of a body line: 256 KiB, 16 levels (specification, section 8).
pub const BODY: Limits = Limits { max_bytes: 256 * 1024, max_depth: 16 };

/// How large and how deep a line may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the line, without its line feed.
    pub max_bytes: usize,
    /// Objects and arrays inside one another; the line's own object is level 1. At most 127.
    pub max_depth: usize,
}

/// Why a line is refused. No text repeats anything of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
pub enum JsonFault {
    /// More bytes than the limit.
    #[error("the line is longer than {0} bytes")]
    TooLong(usize),
    /// A line feed inside the line.
    #[error("the line has a line feed inside")]
    LineFeed,
    /// Not UTF-8.
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// The first byte begins no object.
    #[error("the line is not a JSON object")]
    NotAnObject,
    /// Not JSON, half a surrogate pair and a number beyond all range included.
    #[error("the line is not valid JSON")]
    NotJson,
    /// Something after the object, be it a space.
    #[error("the line goes on after its object")]
    Trailing,
    /// More levels than the limit.
    #[error("the line has more than {0} levels")]
    TooDeep(usize),
    /// A number that is not an integer from 0 to 2^53 - 1, written plainly.
    #[error("a number is not an integer from 0 to 2^53 - 1")]
    Number,
    /// A null.
    #[error("a value is null; what is absent is left out")]
    Null,
    /// A key given twice in one object, compared after escapes are resolved.
    #[error("a key stands twice in one object")]
    DuplicateKey,
    /// A key with a character outside ASCII.
    #[error("a key is not ASCII")]
    KeyNotAscii,
}

/// Accepts exactly one strict JSON object that fills the line from its first byte to its last.
///
/// `line` comes without its line feed. Builds nothing but the keys of the objects that are open.
pub fn check(line: &[u8], limits: Limits) -> Result<(), JsonFault> {
    if line.len() > limits.max_bytes {
        return Err(JsonFault::TooLong(limits.max_bytes));
    }
    if line.contains(&b'\n') {
        return Err(JsonFault::LineFeed);
    }
    let text = std::str::from_utf8(line).map_err(|_| JsonFault::NotUtf8)?;
    if !text.starts_with('{') {
        return Err(JsonFault::NotAnObject);
    }
    if plain::is_plain(text, limits) {
        return Ok(());
    }
    check_object(text, limits)?;
    // serde_json allows white space here. The hash covers it, so a reader that trims would disagree.
    if text.ends_with('}') { Ok(()) } else { Err(JsonFault::Trailing) }
}

fn check_object(text: &str, limits: Limits) -> Result<(), JsonFault> {
    let fault = Cell::new(None);
    let value = Value { level: 0, limits, fault: &fault };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    value.deserialize(&mut deserializer).map_err(|error| fault.get().unwrap_or(JsonFault::of(&error)))?;
    deserializer.end().map_err(|_| JsonFault::Trailing)
}

impl JsonFault {
    fn of(error: &serde_json::Error) -> Self {
        match error.classify() {
            Category::Data => Self::NotAnObject,
            Category::Io | Category::Syntax | Category::Eof => Self::NotJson,
        }
    }
}

/// A value to be judged. serde carries errors as text only, so the typed fault is left in `fault`.
#[derive(Clone, Copy)]
struct Value<'f> {
    /// Objects and arrays around this value.
    level: usize,
    limits: Limits,
    fault: &'f Cell<Option<JsonFault>>,
}

impl Value<'_> {
    fn refuse<T, E: Error>(self, fault: JsonFault) -> Result<T, E> {
        self.fault.set(Some(fault));
        Err(E::custom("refused"))
    }

    fn open<E: Error>(self) -> Result<Self, E> {
        if self.level >= self.limits.max_depth {
            return self.refuse(JsonFault::TooDeep(self.limits.max_depth));
        }
        Ok(Self { level: self.level + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of strict JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        if number <= MAX_INTEGER { Ok(()) } else { self.refuse(JsonFault::Number) }
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.refuse(JsonFault::Number)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.refuse(JsonFault::Number)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.refuse(JsonFault::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.open()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.open()?;
        let mut keys: Vec<Cow<'de, str>> = Vec::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            if !key.is_ascii() {
                return self.refuse(JsonFault::KeyNotAscii);
            }
            keys.push(key);
            entries.next_value_seed(inner)?;
        }
        if has_duplicate(&mut keys) { self.refuse(JsonFault::DuplicateKey) } else { Ok(()) }
    }
}

/// Sorting needs no hash that a hostile sender could make collide, and stays n log n.
fn has_duplicate(keys: &mut [Cow<'_, str>]) -> bool {
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

/// A key, borrowed from the line unless it has escapes.
pub(crate) struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// Reads and writes types as objects alone. serde's own reading takes a list of the members' values, too; no other
/// reader of the specification would.
macro_rules! only_as_object {
    ($($name:ident),*) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;
                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, members: A) -> Result<$name, A::Error> {
                        $name::deserialize(serde::de::value::MapAccessDeserializer::new(members))
                    }
                }
                deserializer.deserialize_map(Members)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $name::serialize(self, serializer)
            }
        }
    )*};
}
pub(crate) use only_as_object;

mod plain;
#[cfg(test)]
mod tests;
