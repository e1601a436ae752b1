//! Reading a value from its text where JSON has a string.

use std::fmt;
use std::str::FromStr;

use serde::Deserializer;
use serde::de::{Error as _, Visitor};

/// Deserialises through `FromStr`, borrowing where the format can.
pub(crate) fn deserialize_from_str<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr,
    T::Err: fmt::Display,
    D: Deserializer<'de>,
{
    struct TextVisitor<T>(std::marker::PhantomData<T>);

    impl<T: FromStr> Visitor<'_> for TextVisitor<T>
    where
        T::Err: fmt::Display,
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(TextVisitor(std::marker::PhantomData)).map_err(D::Error::custom)
}
