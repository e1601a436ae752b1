//! Rows as they stand in a statement: its text and its parameters.

use sea_orm::Value;

/// Rows as a statement names them, each database in its own way.
pub(super) struct Form {
    /// From where each column comes.
    pub(super) sources: Vec<String>,
    /// The rows of the values that are not shared: the text after `FROM`.
    pub(super) rows: String,
    /// All parameters, in their order.
    pub(super) parameters: Vec<Value>,
}
