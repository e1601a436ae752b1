//! Values as an operator writes them: addresses, origins, proxies, mail.

mod address_range;
mod mail;
mod origin;
mod own_url;
mod proxies;
mod proxy;
mod webhook;

pub use address_range::{AddressRange, AddressRangeRefused};
pub use mail::{MailAddress, MailAddressMalformed, MailSecurity, MailServer, MailServerMalformed};
pub use origin::{Origin, OriginMalformed};
pub use own_url::{OwnUrl, OwnUrlMalformed};
pub use proxies::{Proxies, ProxyMalformed};
pub use proxy::{MachineName, MachineNameMalformed, ProxyKind, ProxyUrl, ProxyUrlMalformed, machine_name};
pub use webhook::{WebhookUrl, WebhookUrlMalformed};
