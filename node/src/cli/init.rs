//! `init`: makes a new node's folder, configuration, keys and database.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use clap::Args;
use hotline_protocol::country::Country;
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{BoundKey, Cursor, Position};
use hotline_protocol::url::DigestKey;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{show, tell};
use super::console::{acting_user, country};
use super::identity::{IdentityView, KeyFacts};
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::clock::Clock;
use crate::config::section::geolocation::GeolocationSection;
use crate::config::value::OwnUrl;
use crate::config::{Config, Initial};
use crate::exchange::log::seal::HighWater;
use crate::exchange::rotation::remember_certificate;
use crate::randomness::Randomness;
use crate::secret::{SealKey, write_secret_file};
use crate::storage::Database;
use crate::storage::digest_key::{insert_digest_key, newest_digest_key};
use crate::trust::own::{Identity, make_key_files};
use crate::trust::peer::save_key;
use crate::zone::Zone;

/// The first settings of a new node.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  hotline-node init --dir /var/lib/hotline --id fr-example --country FR,GP,MQ \\\n    \
    --name \"Example hotline\" --exchange-listen 0.0.0.0:7443 --exchange-url https://node.hotline.example:7443"
)]
pub struct InitArgs {
    /// The node's folder; made where it is missing, refused where it holds a node
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The node's id: the seat's country and a name, such as fr-example; never changes
    #[arg(long)]
    id: NodeId,
    /// The countries that the hotline answers for, the seat first
    #[arg(long, value_name = "CC", required = true, value_delimiter = ',', value_parser = country)]
    country: Vec<Country>,
    /// The hotline's name, as people read it
    #[arg(long)]
    name: String,
    /// The federation; a name of your own for practice
    #[arg(long, default_value = "production")]
    network: Network,
    /// The zone for the days and years of figures and for the times on pages, such as Europe/Paris
    #[arg(long, value_name = "ZONE", default_value_t)]
    time_zone: Zone,
    /// Where it listens for other nodes [default: 127.0.0.1:7443]
    #[arg(long, value_name = "HOST:PORT")]
    exchange_listen: Option<SocketAddr>,
    /// Where other nodes reach it [default: https with the exchange listener]
    #[arg(long, value_name = "URL")]
    exchange_url: Option<OwnUrl>,
    /// Where it listens for staff and partners [default: 127.0.0.1:7444]
    #[arg(long, value_name = "HOST:PORT")]
    office_listen: Option<SocketAddr>,
    /// Where it listens for the public [default: 127.0.0.1:7445]
    #[arg(long, value_name = "HOST:PORT")]
    public_listen: Option<SocketAddr>,
    /// Where it listens for health checks and metrics [default: 127.0.0.1:7446]
    #[arg(long, value_name = "HOST:PORT")]
    operations_listen: Option<SocketAddr>,
    #[arg(
        long,
        value_name = "URL",
        help = "The database [default: sqlite:node.sqlite in the folder]; a password belongs into database.password_file"
    )]
    database_url: Option<SecretString>,
}

pub(super) async fn run(args: InitArgs, globals: &Globals) -> Result<(), CliError> {
    let dir = args.dir.clone();
    let view = create_node(&dir, &initial(args)).await?;
    show(globals, &view, IdentityView::for_people)?;
    tell(&format!("Next: hotline-node --config {} serve", dir.join("config.toml").display()));
    Ok(())
}

/// Makes a node in `dir`: makes the folder if it is missing, and refuses it if it holds a node. Leaves nothing behind
/// where it fails, unless nobody can tell whether the database has the node: then its keys must not be lost.
pub(super) async fn create_node(dir: &Path, initial: &Initial) -> Result<IdentityView, CliError> {
    let was_there = dir.exists();
    refuse_known_folder(dir)?;
    make_folder(dir)?;
    match make_node(dir, initial).await {
        Err(error) if error.is_outcome_unknown() => Err(kept(dir, &initial.id)),
        Err(error) => {
            undo(dir, was_there);
            Err(error)
        }
        made => made,
    }
}

/// The facts known after the database's last answer was lost.
fn kept(dir: &Path, id: &NodeId) -> CliError {
    let dir = dir.display();
    CliError::refused(format!(
        "it is not known whether the database has the new node: it went away while that was written, so {dir} is kept as \
         it is; look with hotline-node --config {dir}/config.toml identity show: it shows the node where it is made; where \
         the database holds no digest key of {id}, remove {dir} and call init again"
    ))
}

/// Names that show a node, or a part of one, in a folder.
const TRACES: [&str; 4] = ["config.toml", "node.sqlite", "high-water", "keys"];

fn refuse_known_folder(dir: &Path) -> Result<(), CliError> {
    match TRACES.iter().find(|name| dir.join(name).exists()) {
        Some(trace) => Err(CliError::refused(format!(
            "{} holds a node already ({trace} is there); choose another folder with --dir",
            dir.display()
        ))),
        None => Ok(()),
    }
}

fn make_folder(dir: &Path) -> Result<(), CliError> {
    for folder in [dir.to_owned(), dir.join("keys")] {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .and_then(|()| fs::set_permissions(&folder, Permissions::from_mode(0o700)))
            .map_err(|cause| CliError::file(folder.display(), cause))?;
    }
    Ok(())
}

/// Leaves nothing of a node that could not be made, so that `init` can be called again.
fn undo(dir: &Path, was_there: bool) {
    let all = TRACES.iter().copied().chain(["node.sqlite-wal", "node.sqlite-shm"]);
    let removed: io::Result<()> = if was_there {
        all.map(|name| dir.join(name))
            .filter(|path| path.exists())
            .try_for_each(|path| if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) })
    } else {
        fs::remove_dir_all(dir)
    };
    if let Err(cause) = removed {
        tell(&format!("{} could not be emptied again: {cause}", dir.display()));
    }
}

async fn make_node(dir: &Path, initial: &Initial) -> Result<IdentityView, CliError> {
    let config = Config::write_initial(&dir.join("config.toml"), initial)?;
    let seal = make_seal_key(&config)?;
    let identity = make_keys(&config)?;
    // The database comes last: after any earlier failure, it does not have the node.
    HighWater::in_folder(dir).write(&Cursor::START)?;
    make_database(&config, &seal, &identity).await?;
    Ok(IdentityView::new(&config, KeyFacts::of(&config, &identity)))
}

fn initial(args: InitArgs) -> Initial {
    Initial {
        id: args.id,
        country: args.country,
        name: args.name,
        network: args.network,
        time_zone: args.time_zone,
        exchange_listen: args.exchange_listen,
        exchange_url: args.exchange_url,
        office_listen: args.office_listen,
        public_listen: args.public_listen,
        operations_listen: args.operations_listen,
        database_url: args.database_url,
        geolocation: GeolocationSection::default(),
    }
}

fn make_seal_key(config: &Config) -> Result<SealKey, CliError> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(Randomness.bytes());
    write_secret_file(&config.keys.seal_key(), &*bytes)?;
    Ok(SealKey::from_bytes(&bytes))
}

/// Makes the keys and certificates of the exchange and the office under `keys/`.
fn make_keys(config: &Config) -> Result<Identity, CliError> {
    let refused = |error: String| CliError::refused(error);
    make_key_files(&config.keys, &config.node.id, Clock::system().now()).map_err(|error| refused(error.to_string()))?;
    Identity::load(&config.keys, &config.node.id).map_err(|error| refused(error.to_string()))
}

async fn make_database(config: &Config, seal: &SealKey, identity: &Identity) -> Result<(), CliError> {
    let url = config.database.url.connection_url();
    let database = Database::create_or_migrate(url.expose_secret()).await?;
    let (id, clock) = (&config.node.id, Clock::system());
    let write = database.write("init").await?;
    if newest_digest_key(&*write, id).await?.is_some() {
        return Err(CliError::refused(format!("the database holds a node {id} already; name another --database-url")));
    }
    let key = DigestKey::from_bytes(Randomness.bytes());
    insert_digest_key(&write, seal, id, &key, clock.now().timestamp_micros()).await?;
    let whole_log = BoundKey {
        key: identity.signing.public(),
        from: Position { epoch: Cursor::START.epoch, seq: 1 },
        to: None,
        revoked: false,
    };
    save_key(&*write, id, &whole_log).await?;
    remember_certificate(&write, identity).await?;
    let who = acting_user();
    record_act(&write, &clock, Act { who: &who, act: "init", what: id.to_string(), origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    Ok(())
}
