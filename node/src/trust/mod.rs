//! Whom this node trusts: its own keys, its peers, and their certificates.
