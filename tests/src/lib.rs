//! The suite's harness: real nodes in processes of their own or in this one, databases, certificates, and what is
//! needed to look at them from outside.
//!
//! Names are synthetic and reserved; nothing leaves the loopback interface.

pub mod authenticator;
pub mod authority;
pub mod become_node;
pub mod browser;
pub mod by_hand;
pub mod chance;
pub mod cli;
pub mod connections;
pub mod database;
pub mod federation;
pub mod forged_certificate;
pub mod forged_run;
pub mod historical;
pub mod hostile;
pub mod html;
pub mod impostor;
pub mod independent_verifier;
pub mod kind;
pub mod leak;
pub mod location_data;
pub mod mail_server;
pub mod mark;
pub mod marked_federation;
pub mod name_server;
pub mod node_process;
pub mod office;
pub mod openssl;
pub mod outsider;
pub mod pgbouncer;
pub mod places;
pub mod ports;
pub mod postgres;
pub mod postgres_way;
pub mod program;
pub mod proxy;
pub mod proxy_server;
pub mod raw_request;
pub mod refusal;
pub mod small_disk;
pub mod storm;
pub mod test_node;
pub mod trial;
pub mod volume;
pub mod wait;
pub mod webhook_server;
