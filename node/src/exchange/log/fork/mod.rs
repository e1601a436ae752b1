//! Two entries under one place of a log: the proof, kept and passed on.

mod fork_repository;
mod proof;

pub use fork_repository::{KeptFork, kept_fork, kept_forks};
pub(crate) use proof::fork_in_the_way;
pub use proof::{
    contradicted_by, contradiction, ended_fork, is_contradicted, is_wanted_fork, keep_fork, proven_entries,
    standing_forks,
};
