//! `config.example.toml` and the code name the same keys with the same defaults.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserializer;
use serde::de::value::Error as Refused;
use serde::de::{Error as _, Visitor};
use toml::Table;

use super::section::geolocation::GeolocationSection;
use super::section::{
    AlertsSection, AuthoritySection, DatabaseSection, ExchangeSection, KeysSection, LogSection, NodeSection,
    OfficeSection, OperationsSection, PublicSection, RoutingSection, Section,
};
use super::{Config, Environment};

const EXAMPLE: &str = include_str!("../../../config.example.toml");

#[test]
fn the_example_loads_and_its_values_are_the_defaults() {
    let example = Config::parse(EXAMPLE, Path::new("folder"), &Environment::default()).expect("loads");
    let least = r#"node = { id = "fr-example", country = ["FR"], name = "Example hotline" }"#;
    let defaults = Config::parse(least, Path::new("folder"), &Environment::default()).expect("loads");
    assert_eq!(example.show(), defaults.show());
    let spelled_out = toml::from_str::<Table>(EXAMPLE).expect("the example is TOML");
    for (section, shown) in defaults.show() {
        let shown: BTreeSet<_> = shown.as_table().expect("a section").keys().cloned().collect();
        let written: BTreeSet<_> = spelled_out[&section].as_table().expect("a section").keys().cloned().collect();
        assert_eq!(written, shown, "[{section}] spells out what has a default, and nothing else");
    }
}

#[test]
fn the_example_has_every_key_of_the_code_and_no_other() {
    let uncommented: String = EXAMPLE.lines().map(uncomment).collect::<Vec<_>>().join("\n");
    let example: Table = toml::from_str(&uncommented).expect("the example is TOML with its optional keys too");
    let written: BTreeSet<String> = example
        .iter()
        .flat_map(|(section, keys)| {
            keys.as_table().expect("a section").keys().map(move |key| format!("{section}.{key}"))
        })
        .collect();
    let mut known = BTreeSet::new();
    keys_of::<NodeSection>(&mut known);
    keys_of::<DatabaseSection>(&mut known);
    keys_of::<ExchangeSection>(&mut known);
    keys_of::<AuthoritySection>(&mut known);
    keys_of::<OfficeSection>(&mut known);
    keys_of::<PublicSection>(&mut known);
    keys_of::<OperationsSection>(&mut known);
    keys_of::<GeolocationSection>(&mut known);
    keys_of::<RoutingSection>(&mut known);
    keys_of::<AlertsSection>(&mut known);
    keys_of::<LogSection>(&mut known);
    keys_of::<KeysSection>(&mut known);
    assert_eq!(written, known);
    Config::parse(
        &uncommented.replace("sqlite:node.sqlite", "postgres://node@db.example/node"),
        Path::new("."),
        &Environment::default(),
    )
    .expect("the optional keys load too");
}

/// A key without a default stands behind a `#` alone; a comment has a space after it.
fn uncomment(line: &str) -> &str {
    match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_lowercase()) => rest,
        _ => line,
    }
}

fn keys_of<S: Section>(known: &mut BTreeSet<String>) {
    let mut fields: &[&str] = &[];
    // The struct is never made: only the names that it asks for are wanted.
    S::deserialize(FieldNames(&mut fields)).err().expect("nothing was given");
    known.extend(fields.iter().map(|field| format!("{}.{field}", S::NAME)));
}

/// Notes the names of a struct's fields, and refuses to give them.
struct FieldNames<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Refused> {
        Err(Refused::custom("only the names are wanted"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Refused> {
        *self.0 = fields;
        Err(Refused::custom("only the names are wanted"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
