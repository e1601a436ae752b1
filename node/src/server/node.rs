//! A node, built from its configuration, its clock and its chance.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hotline_protocol::hello::AcceptMode;
use hotline_protocol::id::NodeId;
use secrecy::ExposeSecret as _;
use thiserror::Error;
use tokio::net::TcpListener;

use super::counted_metrics::Counted;
use super::http::listener::Listening;
use super::http::{Bounds, Budget, Limits, Patience, exchange_api, listener, operations, public_api};
use super::office_forms;
use super::shared::Shared;
use super::task::{Failing, background, serve_lock};
use crate::access::account::Accounts;
use crate::access::alert::Observer;
use crate::clock::Clock;
use crate::config::section::{Acceptance, DatabaseLocation};
use crate::config::value::Proxies;
use crate::config::{Config, ConfigFaults};
use crate::context::{Context, OpenError};
use crate::exchange::log::fork::proven_entries;
use crate::exchange::log::seal::{HighWater, SealGuard, Sealer};
use crate::exchange::log::{LogError, hash_at, own_log};
use crate::exchange::rotation::{Rotation, RotationError, put_keys_in_place, remember_certificate};
use crate::exchange::{Hub, HubSettings, Link, Links, Start, stored_links};
use crate::geolocation::{CrowdBook, GeolocationError, Geolocator, Settings};
use crate::health::{Examiner, Troubles, allot, raise_file_limit};
use crate::randomness::Randomness;
use crate::secret::SecretError;
use crate::shutdown::{Ended, Stop, Tasks};
use crate::statistics::rollup::{Rollups, count_anew_where_changed};
use crate::storage::{ServeLock, StorageError, leave_setting};
use crate::trust::Authority;
use crate::trust::handshake::{PeerDirectory, server_config, web_server_config};
use crate::trust::own::{Identity, IdentityError, OwnSigningKeys, WebCertificateRefused, WebCertificates};
use crate::web;

/// All running work must end within this time after a stop; the next start does the rest.
const STOP_DEADLINE: Duration = Duration::from_secs(7);

/// Time to note how the peers stand and to close the database after that, so that all is over within ten seconds.
const CLOSE_DEADLINE: Duration = Duration::from_secs(2);

/// Time that the handshake and the head of a request for a page may take, each.
const OFFICE_HEADER: Duration = Duration::from_secs(10);
/// Files of figures are long, and lines slow.
const OFFICE_ANSWER: Duration = Duration::from_mins(5);
/// Answers to the public are short.
const PUBLIC_ANSWER: Duration = Duration::from_secs(30);
/// The memory for peers is divided by this number: each peer gets one part of it, regardless of the others' use.
const PEERS: usize = 64;
/// For the machine's own supervisor.
const OPERATIONS_PATIENCE: Patience =
    Patience { head: Duration::from_secs(10), idle: Duration::from_mins(5), answer: Duration::from_mins(1) };

/// Why a node does not start.
#[derive(Debug, Error)]
pub enum NodeError {
    /// Its keys.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Its database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Its log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Its database or its sealing key.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its location data.
    #[error(transparent)]
    Geolocation(#[from] GeolocationError),
    /// Its keys.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// The values in `[authority]`.
    #[error(transparent)]
    Authority(#[from] ConfigFaults),
    /// The certificate of a listener for people.
    #[error(transparent)]
    WebCertificate(#[from] WebCertificateRefused),
    /// TLS.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// Another `serve` of this node runs.
    #[error("another serve of this node runs already: its lock file {} is held; stop it first", .0.display())]
    AlreadyServed(PathBuf),
    /// Another `serve` of this node works on the same database server.
    #[error("another serve works on this node's database; stop it first: two would both sign and send")]
    DatabaseServed,
    /// A listener.
    #[error("{what}: {address} cannot be listened on: {cause}")]
    Listen {
        /// The listener's name.
        what: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
}

/// Where the listeners are, once they listen.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// Peers.
    pub exchange: SocketAddr,
    /// Staff and partners.
    pub office: SocketAddr,
    /// The reporting API.
    pub public: SocketAddr,
    /// Health and metrics.
    pub operations: SocketAddr,
}

/// A node, ready to serve.
pub struct Node {
    shared: Arc<Shared>,
    tls: Arc<rustls::ServerConfig>,
    locks: Vec<std::fs::File>,
    serve_lock: Option<ServeLock>,
}

impl Node {
    /// Builds a node and runs the check at the start. Nothing listens and nothing is sealed yet.
    pub async fn build(config: Config, clock: Clock, randomness: Randomness) -> Result<Self, NodeError> {
        let locks = take_locks(&config)?;
        let serve_lock = take_serve_lock(&config).await?;
        let context = Context::open(&config, clock, randomness).await?;
        count_anew_where_changed(&context).await?;
        put_keys_in_place(&context, &config.keys).await?;
        let identity = Identity::load(&config.keys, &context.own)?;
        let web = WebCertificates::open(&config)?;
        let signing = Arc::new(OwnSigningKeys::new(config.keys.clone(), Arc::clone(&identity.signing)));
        let geolocator = Geolocator::open(&Settings::from(&config.geolocation))?;
        let geolocator = Arc::new(geolocator.with_book(CrowdBook::of(&context)));
        let directory = Arc::new(PeerDirectory::under(
            context.clock.clone(),
            Authority::open(&config.authority, context.clock.unix_seconds())?,
        ));
        directory.reload(context.database.read()).await?;
        let boot = randomness.uuid_v7(context.clock.now()).to_string();
        remember_start(&context, &boot, &identity).await?;
        let high_water = HighWater::in_folder(&config.folder);
        let stored = stored_links(context.database.read()).await?;
        let gate = start_check(&context, &high_water, &directory, &stored).await?;
        let sealer = Sealer::new(context.clone(), Arc::clone(&signing), boot.clone(), high_water).await?;
        let links = Links::new(stored.into_iter().map(|stored| {
            let link = Link { next_try: None, failures: 0, ..stored.link };
            (stored.peer, link)
        }));
        let tls = server_config(Arc::clone(&identity.shown), Arc::clone(&directory))?;
        let started_at = context.now_micros();
        let start = Start { boot, shown: Arc::clone(&identity.shown), sealer, gate };
        let hub = Hub::new(context, hub_settings(&config), directory, links, start);
        let bytes = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let all = bytes(config.exchange.bytes_under_way);
        let budget =
            Budget::new(Bounds { all, each: bytes(config.exchange.bytes_under_way_per_peer), always: all / PEERS });
        let shared = Arc::new(Shared {
            rollups: Rollups::new(hub.context.clone()),
            hub,
            geolocator,
            web,
            rotation: Rotation::new(config.keys.clone(), signing),
            config,
            examiner: Examiner::default(),
            troubles: Troubles::default(),
            failing: Failing::default(),
            counted: Counted::default(),
            observer: Observer::default(),
            budget,
            started_at,
            tasks: Tasks::new(),
            turns: exchange_api::Turns::default(),
        });
        Ok(Self { shared, tls: Arc::new(tls), locks, serve_lock })
    }

    /// Listens and works until `stop` is given; then ends within ten seconds. `tell_addresses` is told where.
    pub async fn serve(self, stop: Stop, tell_addresses: impl FnOnce(&Addresses) + Send) -> Result<Ended, NodeError> {
        let config = &self.shared.config;
        let (exchange, exchange_address) = listen("exchange.listen", config.exchange.listen).await?;
        let (office, office_address) = listen("office.listen", config.office.listen).await?;
        let (public, public_address) = listen("public.listen", config.public.listen).await?;
        let (operations, operations_address) = listen("operations.listen", config.operations.listen).await?;
        let tasks = self.shared.tasks.clone();
        let places = allot(config, raise_file_limit());
        let router = exchange_api::router(Arc::clone(&self.shared));
        let exchange = (exchange, places.exchange);
        listener::serve_exchange(&tasks, exchange, Arc::clone(&self.tls), Arc::clone(&self.shared), router);
        let office_tls = Arc::new(web_server_config(Arc::clone(&self.shared.web.office))?);
        let pages = web::shell::router(Arc::new(office_of(&self.shared)), office_forms::bounded);
        let seconds = |number: u32| Duration::from_secs(u64::from(number));
        let limits = |all, each| Limits { all, each: usize::try_from(each).unwrap_or(usize::MAX) };
        let listening = Listening {
            name: "office",
            listener: office,
            proxies: config.office.proxies.clone(),
            limits: limits(places.office, config.office.connections_per_address),
            patience: Patience {
                head: OFFICE_HEADER,
                idle: seconds(config.office.idle_seconds),
                answer: OFFICE_ANSWER,
            },
        };
        listener::serve_tls(&tasks, listening, office_tls, pages);
        let public_router = public_api::router(Arc::clone(&self.shared));
        let listening = Listening {
            name: "public",
            listener: public,
            proxies: config.public.proxies.clone(),
            limits: limits(places.public, config.public.connections_per_address),
            patience: Patience {
                head: seconds(config.public.request_timeout_seconds),
                idle: seconds(config.public.idle_seconds),
                answer: PUBLIC_ANSWER,
            },
        };
        match &self.shared.web.public {
            Some(shown) => {
                let tls = Arc::new(web_server_config(Arc::clone(shown))?);
                listener::serve_tls(&tasks, listening, tls, public_router);
            }
            None => listener::serve_plain(&tasks, listening, public_router),
        }
        let operations_router = operations::router(Arc::clone(&self.shared));
        let listening = Listening {
            name: "operations",
            listener: operations,
            proxies: Proxies::default(),
            limits: Limits { all: places.operations, each: places.operations },
            patience: OPERATIONS_PATIENCE,
        };
        listener::serve_plain(&tasks, listening, operations_router);
        background::start(&tasks, &self.shared);
        let taken_over = serve_lock::keep(&tasks, self.serve_lock);
        tell_addresses(&Addresses {
            exchange: exchange_address,
            office: office_address,
            public: public_address,
            operations: operations_address,
        });
        let own_stop = tasks.stop_signal();
        tokio::select! {
            () = stop.stopped() => {}
            () = own_stop.stopped() => {}
        }
        let ended = tasks.stop(STOP_DEADLINE).await;
        let context = &self.shared.hub.context;
        let closing = async {
            let stored = self.shared.hub.links.store(context).await;
            context.database.close().await.and(stored)
        };
        if let Ok(closed) = tokio::time::timeout(CLOSE_DEADLINE, closing).await {
            closed?;
        } else {
            tracing::warn!("the database was not closed in time; it is whole with the files beside it alone");
        }
        drop(self.locks);
        if taken_over.load(Ordering::Acquire) { Err(NodeError::DatabaseServed) } else { Ok(ended) }
    }
}

/// The context of the pages.
fn office_of(shared: &Arc<Shared>) -> web::shell::Office {
    let of_checks = Arc::clone(shared);
    let context = shared.hub.context.clone();
    web::shell::Office {
        accounts: Accounts::new(context.clone()),
        url: shared.config.office_url(),
        rollups: shared.rollups.clone(),
        hotline: shared.config.node.name.clone(),
        checks: Arc::new(move || {
            let shared = Arc::clone(&of_checks);
            Box::pin(async move { shared.examine().await.checks })
        }),
        context,
    }
}

/// One `serve` a node: locks that are held while the process lives. One lock stands in the node's folder, one beside a
/// SQLite file, since two folders may name the same file.
fn take_locks(config: &Config) -> Result<Vec<std::fs::File>, NodeError> {
    let mut paths = vec![config.folder.join("serve.lock")];
    // Under the file's own name, regardless of links that lead to it. Where there is no file, opening it says so.
    if let DatabaseLocation::Sqlite(file) = config.database.url.location()
        && let Ok(file) = file.canonicalize()
    {
        let mut name = file.into_os_string();
        name.push("-serve.lock");
        paths.push(name.into());
    }
    paths.into_iter().map(take_lock).collect()
}

fn take_lock(path: PathBuf) -> Result<std::fs::File, NodeError> {
    let opened = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = opened.map_err(|cause| SecretError::File { path: path.clone(), cause })?;
    file.try_lock().map_err(|_| NodeError::AlreadyServed(path))?;
    Ok(file)
}

/// The same lock for a database server, since nodes on several machines reach it.
async fn take_serve_lock(config: &Config) -> Result<Option<ServeLock>, NodeError> {
    match config.database.url.location() {
        DatabaseLocation::Sqlite(_) => Ok(None),
        DatabaseLocation::Postgres(url) => {
            let lock = ServeLock::take(url.expose_secret()).await?;
            Ok(Some(lock.ok_or(NodeError::DatabaseServed)?))
        }
    }
}

/// Holds database, high-water file and links against each other.
async fn start_check(
    context: &Context,
    high_water: &HighWater,
    directory: &PeerDirectory,
    stored: &[crate::exchange::StoredLink],
) -> Result<SealGuard, NodeError> {
    let connection = context.database.read();
    let own = own_log(connection, &context.own).await?;
    let file = match high_water.read()? {
        Some(file) => Some((file, hash_at(connection, &context.own, file.position()).await?)),
        None => None,
    };
    let active: BTreeSet<NodeId> = directory.active().into_iter().map(|peer| peer.id).collect();
    let acknowledged = stored.iter().any(|stored| stored.link.acknowledged.seq > 0 && active.contains(&stored.peer));
    let mut gate = SealGuard::at_start(&own, file, acknowledged, active);
    // A proven entry holds at every start, even if no peer is there to repeat the proof.
    for signed in proven_entries(context, &context.own).await? {
        let here = hash_at(connection, &context.own, signed.position()).await?;
        gate.proven(&signed, here, &own);
    }
    Ok(gate)
}

/// The setting in the database that identifies this start, for `peer check` from another process.
pub(crate) const BOOT_SETTING: &str = "boot";

async fn remember_start(context: &Context, boot: &str, identity: &Identity) -> Result<(), StorageError> {
    let write = context.database.write("remember_start").await?;
    leave_setting(&write, BOOT_SETTING, boot).await?;
    remember_certificate(&write, identity).await?;
    write.commit().await
}

/// The exchange settings from the configuration.
pub(crate) fn hub_settings(config: &Config) -> HubSettings {
    let section = &config.exchange;
    let seconds = |number: u32| Duration::from_secs(u64::from(number));
    HubSettings {
        accept: match section.accept {
            Acceptance::Automatic => AcceptMode::Automatic,
            Acceptance::Manual => AcceptMode::Manual,
        },
        hello: seconds(section.hello_seconds),
        poll_silence: seconds(section.poll_silence_seconds),
        retry_longest: seconds(section.retry_maximum_seconds),
        delivery_alarm: seconds(section.delivery_alarm_seconds),
        answer_alarm: seconds(section.answer_alarm_hours.saturating_mul(3_600)),
        run_entries: usize::try_from(section.run_maximum_entries).unwrap_or(usize::MAX),
        run_bytes: usize::try_from(section.run_maximum_bytes).unwrap_or(usize::MAX),
    }
}

async fn listen(what: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), NodeError> {
    let failed = |cause| NodeError::Listen { what, address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
