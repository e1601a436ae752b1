//! A name server's answer to one question, read from its message: pure.

use std::net::IpAddr;

use hickory_resolver::proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_resolver::proto::rr::{Name, RData, RecordType};

/// The option of extended errors, and those that say that the answer was withheld or made up (RFC 8914): Forged
/// Answer, Blocked, Censored, Filtered. Prohibited (18) means that the server does not answer this client.
const EXTENDED_ERROR: u16 = 15;
const WITHHELD: [u16; 4] = [4, 15, 16, 17];

/// Most aliases that are followed within one message.
const MOST_ALIASES: usize = 16;

/// How a server replied to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// It said something.
    Said(Said),
    /// It lives, but could not or would not answer.
    Failed,
    /// Nothing came back in time.
    Silence,
}

/// A server's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The addresses, in the message's order.
    pub(super) addresses: Vec<IpAddr>,
    /// It said that it withheld or forged the answer.
    pub(super) withheld: bool,
    /// It said that the name does not exist, so there is no other record either.
    pub(super) no_such_name: bool,
    /// Seconds for remembering it.
    pub(super) seconds: u32,
    /// The alias that the server leaves to be asked for.
    pub(super) alias: Option<Name>,
}

/// Seconds for remembering a denial that names no time.
const DENIAL_SECONDS: u32 = 30;

/// Whether a message is the answer to this very question: an attacker must not slip in another's.
pub(super) fn answers(message: &Message, id: u16, query: &Query) -> bool {
    let metadata = &message.metadata;
    let same = |other: &Query| {
        other.query_type() == query.query_type()
            && other.query_class() == query.query_class()
            && *other.name() == *query.name()
    };
    // A server that does not understand the message may not repeat the question.
    let repeated = match &message.queries[..] {
        [] => matches!(metadata.response_code, ResponseCode::FormErr | ResponseCode::NotImp),
        [other] => same(other),
        _ => false,
    };
    metadata.id == id && metadata.message_type == MessageType::Response && repeated
}

/// Reads the answer to a question for addresses.
pub(super) fn read(message: &Message, query: &Query) -> Reply {
    let withheld = is_withheld(message);
    let no_such_name = message.metadata.response_code == ResponseCode::NXDomain;
    if !withheld && !no_such_name && message.metadata.response_code != ResponseCode::NoError {
        return Reply::Failed;
    }
    let (names, mut seconds) = chain(message, query.name());
    let last = names.last().cloned().unwrap_or_else(|| query.name().clone());
    let mut addresses = Vec::new();
    for record in message.answers.iter().filter(|record| names.contains(&record.name)) {
        let address = match &record.data {
            RData::A(address) if query.query_type() == RecordType::A => IpAddr::V4(address.0),
            RData::AAAA(address) if query.query_type() == RecordType::AAAA => IpAddr::V6(address.0),
            _ => continue,
        };
        seconds = seconds.min(record.ttl);
        addresses.push(address);
    }
    let soa = message.authorities.iter().find_map(|record| match &record.data {
        RData::SOA(soa) => Some(record.ttl.min(soa.minimum)),
        _ => None,
    });
    let is_left_open = addresses.is_empty() && names.len() > 1 && soa.is_none() && !no_such_name && !withheld;
    if addresses.is_empty() {
        seconds = seconds.min(soa.unwrap_or(DENIAL_SECONDS));
    }
    Reply::Said(Said { addresses, withheld, no_such_name, seconds, alias: is_left_open.then_some(last) })
}

/// Returns the asked name and its aliases in their order, and the shortest time that an alias holds.
fn chain(message: &Message, asked: &Name) -> (Vec<Name>, u32) {
    let (mut names, mut seconds) = (vec![asked.clone()], u32::MAX);
    while names.len() <= MOST_ALIASES {
        let last = &names[names.len() - 1];
        let alias = message.answers.iter().find_map(|record| match &record.data {
            RData::CNAME(alias) if record.name == *last => Some((alias.0.clone(), record.ttl)),
            _ => None,
        });
        let Some((alias, ttl)) = alias.filter(|(alias, _)| !names.contains(alias)) else { break };
        seconds = seconds.min(ttl);
        names.push(alias);
    }
    (names, seconds)
}

fn is_withheld(message: &Message) -> bool {
    let Some(edns) = &message.edns else { return false };
    edns.options().get_all(EdnsCode::Unknown(EXTENDED_ERROR)).into_iter().any(|option| match option {
        EdnsOption::Unknown(_, bytes) => {
            matches!(bytes[..], [high, low, ..] if WITHHELD.contains(&u16::from_be_bytes([high, low])))
        }
        _ => false,
    })
}
