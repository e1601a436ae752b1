//! Contents of single entries and bodies: unreadable, crafted, or about others' reports.

pub(super) mod body_lines;
pub(super) mod crafted_urls;
pub(super) mod many_addresses;
pub(super) mod origins_country;
pub(super) mod others_reports;
pub(super) mod unreadable_bodies;
