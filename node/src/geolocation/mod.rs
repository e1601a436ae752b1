//! Where a server stands.
