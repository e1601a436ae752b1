//! The metadata of an MMDB file, read tolerantly: makers leave fields empty or out as far as the format lets them.
//!
//! The reader wants all of it. So the fields for the tree are taken from the file, and written anew behind its records.
//! Fields that only label the file are kept beside it.

use std::borrow::Cow;

use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;

use super::scalar::Number;

/// Stands before the metadata (MaxMind DB format, "Database Metadata").
const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";

/// Most bytes of metadata, by the same page.
const METADATA_BYTES: usize = 128 * 1024;

/// A file's statements about itself.
#[derive(Debug, Default, Deserialize)]
struct Said {
    binary_format_major_version: Number,
    node_count: Number,
    record_size: Number,
    ip_version: Number,
    #[serde(default)]
    build_epoch: Option<Number>,
    #[serde(default)]
    database_type: Option<String>,
}

/// The fields that only label a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Label {
    /// The kind of database, in its maker's words; empty where the file says nothing.
    pub(super) kind: String,
    /// When it was built, seconds since 1970; none where the file says nothing.
    pub(super) build_epoch: Option<u64>,
}

/// The file with metadata that the reader takes, and the file's own label.
pub(super) fn relabelled(mut bytes: Vec<u8>) -> Result<(Vec<u8>, Label), MaxMindDbError> {
    let tail = bytes.len().saturating_sub(METADATA_BYTES + MARKER.len());
    let found = bytes[tail..].windows(MARKER.len()).rposition(|window| window == MARKER);
    let Some(marker) = found.map(|place| tail + place) else {
        return Err(MaxMindDbError::invalid_database("could not find MaxMind DB metadata in file"));
    };
    let said = read(&bytes[marker + MARKER.len()..])?;
    let label = Label {
        kind: said.database_type.as_deref().unwrap_or_default().trim().to_owned(),
        build_epoch: said.build_epoch.map(|epoch| epoch.0),
    };
    bytes.truncate(marker);
    bytes.extend_from_slice(MARKER);
    write(&said, &mut bytes);
    Ok((bytes, label))
}

/// Metadata is one value of the format, and its pointers count from its beginning: so it can be read as the only record
/// of a database of one node.
fn read(metadata: &[u8]) -> Result<Said, MaxMindDbError> {
    let only = Said {
        binary_format_major_version: Number(2),
        node_count: Number(1),
        record_size: Number(24),
        ip_version: Number(4),
        ..Said::default()
    };
    // Node 0: both halves lead to the first byte behind the separator: 1 (the nodes) + 16.
    let mut bytes = vec![0, 0, 17, 0, 0, 17];
    bytes.extend_from_slice(&[0; 16]);
    bytes.extend_from_slice(metadata);
    bytes.extend_from_slice(MARKER);
    write(&only, &mut bytes);
    let reader = Reader::from_source(Cow::<[u8]>::Owned(bytes))?;
    let first = std::net::IpAddr::from([0, 0, 0, 0]);
    let said = reader.lookup(first)?.decode()?;
    said.ok_or_else(|| MaxMindDbError::invalid_database("the metadata is empty"))
}

/// Appends metadata with everything that the reader wants.
fn write(said: &Said, bytes: &mut Vec<u8>) {
    const MAP: u8 = 7 << 5;
    const UINT16: u8 = 5 << 5;
    const UINT32: u8 = 6 << 5;
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.push(2 << 5 | u8::try_from(text.len()).expect("a name of less than 29 bytes"));
        bytes.extend_from_slice(text.as_bytes());
    };
    let short = |bytes: &mut Vec<u8>, name: &str, number: &Number| {
        text(bytes, name);
        bytes.push(UINT16 | 2);
        bytes.extend_from_slice(&u16::try_from(number.0).unwrap_or(u16::MAX).to_be_bytes());
    };
    bytes.push(MAP | 9);
    short(bytes, "binary_format_major_version", &said.binary_format_major_version);
    short(bytes, "binary_format_minor_version", &Number(0));
    short(bytes, "ip_version", &said.ip_version);
    short(bytes, "record_size", &said.record_size);
    text(bytes, "node_count");
    bytes.push(UINT32 | 4);
    bytes.extend_from_slice(&u32::try_from(said.node_count.0).unwrap_or(u32::MAX).to_be_bytes());
    text(bytes, "build_epoch");
    // Extended type 9 (uint64) and 11 (array): the type less 7 stands in the second byte.
    bytes.extend_from_slice(&[8, 2]);
    bytes.extend_from_slice(&[0; 8]);
    text(bytes, "database_type");
    text(bytes, "-");
    text(bytes, "description");
    bytes.push(MAP | 1);
    text(bytes, "en");
    text(bytes, "-");
    text(bytes, "languages");
    bytes.extend_from_slice(&[0, 4]);
}
