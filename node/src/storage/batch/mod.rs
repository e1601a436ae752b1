//! Many rows at once: written by few statements, read as one value.

mod bulk;
mod form;
mod packed;
mod row_arrays;
mod row_values;

pub use bulk::{Columns, Known, key_lists};
pub use packed::{
    Field, Long, Packed, list, read_packed, read_packed_and_long, read_packed_each, read_packed_sound, statement,
};
