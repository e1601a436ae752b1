//! The lock that gives writers their turns on a PostgreSQL server.

/// PostgreSQL's advisory lock that makes writers take turns as SQLite's do: "hotline" in ASCII.
pub(super) const WRITER_LOCK: i64 = 0x0068_6f74_6c69_6e65;
