//! Services beside a node: databases, mail, name servers, proxies, disks.

pub mod location_data;
pub mod mail_server;
pub mod name_server;
pub mod openssl;
pub mod pgbouncer;
pub mod postgres;
pub mod postgres_way;
pub mod proxy;
pub mod proxy_server;
pub mod small_disk;
pub mod webhook_server;
