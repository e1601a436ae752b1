//! Faults that only several keys together, or a look at a value, can show.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use hotline_protocol::card::{CardFault, Endpoint, is_card_name};

use super::Config;
use super::fault::ConfigFault;
use super::section::{DatabaseLocation, ExchangeSection, NodeSection, OfficeSection, PublicSection, RoutingSection};
use crate::telemetry;

/// Every such fault, in the order of the sections.
pub(super) fn faults(config: &Config) -> Vec<ConfigFault> {
    let mut faults = node(&config.node);
    faults.extend(database(config));
    faults.extend(exchange(&config.exchange));
    // So does the address.
    let address = config.exchange_url().to_string().parse::<Endpoint>();
    faults.extend(address.err().map(|fault| ConfigFault::new("exchange.url", fault)));
    faults.extend(config.authority.faults());
    faults.extend(office(&config.office));
    faults.extend(public(&config.public));
    faults.extend(listeners(config));
    faults.extend(config.geolocation.faults());
    faults.extend(routing(&config.routing));
    faults.extend(config.alerts.faults());
    faults.extend(telemetry::check_level(&config.log.level).err().map(|fault| ConfigFault::new("log.level", fault)));
    faults
}

fn node(node: &NodeSection) -> Vec<ConfigFault> {
    let mut faults = Vec::new();
    if node.country.first().is_none_or(|first| node.id.seat() != *first) {
        faults.push(ConfigFault::new(
            "node.country",
            format!("the first country is the seat, and the id says that it is {}", node.id.seat()),
        ));
    }
    if has_duplicates(&node.country) {
        faults.push(ConfigFault::new("node.country", "a country stands there twice"));
    }
    // It stands in the node's card.
    if !is_card_name(&node.name) {
        faults.push(ConfigFault::new("node.name", CardFault::Name));
    }
    faults
}

fn database(config: &Config) -> Option<ConfigFault> {
    let on_sqlite = matches!(config.database.url.location(), DatabaseLocation::Sqlite(_));
    (on_sqlite && config.database.password_file.is_some())
        .then(|| ConfigFault::new("database.password_file", "a SQLite database has no password"))
}

/// The protocol's limits: a node may set lower ones only.
fn exchange(exchange: &ExchangeSection) -> Vec<ConfigFault> {
    let ours = ExchangeSection::default();
    let within = |key, value, lowest, highest| within(&format!("exchange.{key}"), value, (lowest, highest));
    let limits = [
        within("hello_seconds", exchange.hello_seconds, 1, 3_600),
        within("poll_silence_seconds", exchange.poll_silence_seconds, 1, 3_600),
        within("retry_maximum_seconds", exchange.retry_maximum_seconds, 1, 3_600),
        within("delivery_alarm_seconds", exchange.delivery_alarm_seconds, 60, 86_400),
        within("answer_alarm_hours", exchange.answer_alarm_hours, 1, 720),
        within("holder_silence_days", exchange.holder_silence_days, 7, 365),
        within("handshake_timeout_seconds", exchange.handshake_timeout_seconds, 1, 300),
        within("header_timeout_seconds", exchange.header_timeout_seconds, 1, 300),
        within("body_timeout_seconds", exchange.body_timeout_seconds, 1, 3_600),
        within("unfinished_handshakes_per_address", exchange.unfinished_handshakes_per_address, 1, 10_000),
        within("run_maximum_entries", exchange.run_maximum_entries, 1, ours.run_maximum_entries),
        within("run_maximum_bytes", exchange.run_maximum_bytes, 64 * 1_024, ours.run_maximum_bytes),
        within("day_maximum_entries", exchange.day_maximum_entries, 1, u32::MAX),
        within("day_maximum_mebibytes", exchange.day_maximum_mebibytes, 1, 16 * 1_024 * 1_024),
        within("day_maximum_epochs", exchange.day_maximum_epochs, 1, 1_000),
        within("hour_maximum_refusals", exchange.hour_maximum_refusals, 1, 1_000_000),
        within("connections", exchange.connections, 16, CONNECTIONS),
        within("connections_per_peer", exchange.connections_per_peer, 16, CONNECTIONS),
        within("idle_seconds", exchange.idle_seconds, 60, 3_600),
        within("answer_timeout_seconds", exchange.answer_timeout_seconds, 1, 3_600),
        within("bytes_under_way_per_peer", exchange.bytes_under_way_per_peer, ROOM_FOR_ONE, exchange.bytes_under_way),
    ];
    limits.into_iter().flatten().collect()
}

/// Most connections that a listener can be told to have: their file handles are the whole node's.
const CONNECTIONS: u32 = 100_000;
/// The largest request that the protocol knows, as sent and decompressed.
const ROOM_FOR_ONE: u32 = 2 * 16 * 1_024 * 1_024;

fn within(key: &str, value: u32, (lowest, highest): (u32, u32)) -> Option<ConfigFault> {
    let fault = || ConfigFault::new(key, format!("{lowest} to {highest} is expected"));
    (!(lowest..=highest).contains(&value)).then(fault)
}

fn office(office: &OfficeSection) -> Vec<ConfigFault> {
    let limits = [
        within("office.connections", office.connections, (8, CONNECTIONS)),
        within("office.connections_per_address", office.connections_per_address, (1, CONNECTIONS)),
        within("office.idle_seconds", office.idle_seconds, (1, 3_600)),
    ];
    limits.into_iter().flatten().collect()
}

fn public(public: &PublicSection) -> Vec<ConfigFault> {
    let mut faults = Vec::new();
    let with_tls = match (&public.certificate_file, &public.key_file) {
        (Some(_), Some(_)) => true,
        (None, None) => false,
        (Some(_), None) => {
            faults.push(ConfigFault::new("public.key_file", "a certificate needs its key"));
            true
        }
        (None, Some(_)) => {
            faults.push(ConfigFault::new("public.certificate_file", "a key needs its certificate"));
            true
        }
    };
    if !with_tls && !public.listen.ip().is_loopback() {
        let fault = "without certificate_file and key_file it listens on loopback only, behind a proxy";
        faults.push(ConfigFault::new("public.listen", fault));
    }
    let requests = public.requests_per_minute_per_address;
    let limits = [
        within("public.requests_per_minute_per_address", requests, (1, 1_000_000)),
        within("public.connections", public.connections, (8, CONNECTIONS)),
        within("public.connections_per_address", public.connections_per_address, (1, CONNECTIONS)),
        within("public.idle_seconds", public.idle_seconds, (1, 3_600)),
        within("public.request_timeout_seconds", public.request_timeout_seconds, (1, 300)),
    ];
    faults.extend(limits.into_iter().flatten());
    faults
}

fn listeners(config: &Config) -> Vec<ConfigFault> {
    let mut taken: BTreeSet<SocketAddr> = BTreeSet::new();
    [
        ("exchange.listen", config.exchange.listen),
        ("office.listen", config.office.listen),
        ("public.listen", config.public.listen),
        ("operations.listen", config.operations.listen),
    ]
    .into_iter()
    // Port 0 lets the system choose another port each time.
    .filter(|(_, listen)| listen.port() != 0 && !taken.insert(*listen))
    .map(|(key, _)| ConfigFault::new(key, "another listener has this address"))
    .collect()
}

fn routing(routing: &RoutingSection) -> Vec<ConfigFault> {
    let twice = |key: String| ConfigFault::new(key, "an element stands there twice");
    let orders = routing.hotlines.iter().filter(|(_, hotlines)| has_duplicates(hotlines));
    let blocked = has_duplicates(&routing.legal_block).then(|| twice("routing.legal_block".into()));
    orders.map(|(country, _)| twice(format!("routing.hotlines.{country}"))).chain(blocked).collect()
}

fn has_duplicates<T: Ord>(list: &[T]) -> bool {
    let mut seen = BTreeSet::new();
    !list.iter().all(|element| seen.insert(element))
}
