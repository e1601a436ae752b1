//! The federation before it serves: five nodes, each with its folder, keys and database, and everybody's cards.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hotline_protocol::card::VerifiedCard;
use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;

use super::nation::{NATIONS, Nation};
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::console::acting_user;
use crate::cli::console::exit::CliError;
use crate::cli::init::create_node;
use crate::clock::Clock;
use crate::config::section::geolocation::GeolocationSection;
use crate::config::{Config, Environment, Initial};
use crate::context::Context;
use crate::geolocation::{Geolocator, Settings, fixture};
use crate::randomness::Randomness;
use crate::trust::own::Identity;
use crate::trust::peer::{add_peer, own_card};
use crate::zone::Zone;

/// Practice never meets production.
const NETWORK: &str = "demo";

/// One hotline, opened as a command opens it.
pub(super) struct Member {
    pub nation: &'static Nation,
    pub id: NodeId,
    pub country: Country,
    pub folder: PathBuf,
    pub config: Config,
    pub context: Context,
    pub geolocator: Arc<Geolocator>,
}

impl Member {
    pub(super) fn config_file(&self) -> PathBuf {
        self.folder.join("config.toml")
    }
}

/// Makes every node under `folder`, and gives each the cards of all others.
pub(super) async fn make_federation(folder: &Path) -> Result<Vec<Member>, CliError> {
    // All are held until all are known, so that no two listeners get the same port.
    let mut held = Vec::new();
    let mut members = Vec::with_capacity(NATIONS.len());
    for nation in &NATIONS {
        members.push(make_member(&folder.join(nation.id), nation, &mut held).await?);
    }
    let mut cards = Vec::with_capacity(members.len());
    for member in &members {
        cards.push(make_card(member).await?);
    }
    for member in &members {
        take_cards(member, &cards).await?;
    }
    Ok(members)
}

async fn make_member(folder: &Path, nation: &'static Nation, held: &mut Vec<TcpListener>) -> Result<Member, CliError> {
    let (id, country) = names(nation);
    let initial = Initial {
        id: id.clone(),
        country: vec![country],
        name: nation.name.to_owned(),
        network: NETWORK.parse().expect("a network's name"),
        time_zone: Zone::UTC,
        exchange_listen: Some(free_port(held)?),
        exchange_url: None,
        office_listen: Some(free_port(held)?),
        public_listen: Some(free_port(held)?),
        operations_listen: Some(free_port(held)?),
        database_url: None,
        geolocation: GeolocationSection {
            additional_country_databases: vec!["geolocation/documentation.mmdb".into()],
            network_database: Some("geolocation/network.mmdb".into()),
            hosts_file: Some("geolocation/hosts".into()),
            ..GeolocationSection::default()
        },
    };
    create_node(folder, &initial).await?;
    write_location_data(&folder.join("geolocation"), nation)?;
    // Without the environment: a database that it names would be every node's.
    let config = Config::load_with(&folder.join("config.toml"), &Environment::default())?;
    let context = Context::open(&config, Clock::system(), Randomness).await?;
    let geolocator = Geolocator::open(&Settings::from(&config.geolocation))
        .map_err(|refused| CliError::refused(refused.to_string()))?;
    Ok(Member { nation, id, country, folder: folder.to_owned(), config, context, geolocator: Arc::new(geolocator) })
}

fn names(nation: &Nation) -> (NodeId, Country) {
    (nation.id.parse().expect("a node's id"), nation.country.parse().expect("a country's code"))
}

fn free_port(held: &mut Vec<TcpListener>) -> Result<SocketAddr, CliError> {
    let failed = |cause| CliError::file("a free port", cause);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    held.push(listener);
    Ok(address)
}

fn write_location_data(folder: &Path, nation: &Nation) -> Result<(), CliError> {
    let failed = |cause| CliError::file(folder.display(), cause);
    fs::create_dir_all(folder).map_err(failed)?;
    for (name, content) in [
        ("documentation.mmdb", nation.corrections),
        ("network.mmdb", fixture::NETWORK),
        ("hosts", fixture::HOSTS.as_bytes()),
    ] {
        fs::write(folder.join(name), content).map_err(failed)?;
    }
    Ok(())
}

async fn make_card(member: &Member) -> Result<VerifiedCard, CliError> {
    let identity =
        Identity::load(&member.config.keys, &member.id).map_err(|refused| CliError::refused(refused.to_string()))?;
    let write = member.context.database.write("make_card").await?;
    let card = own_card(&member.context, &member.config, &identity, &write).await?;
    write.commit().await?;
    Ok(card)
}

/// Here nobody needs to telephone: the fingerprints come from the very process that made the keys.
async fn take_cards(member: &Member, cards: &[VerifiedCard]) -> Result<(), CliError> {
    let context = &member.context;
    let who = acting_user();
    let write = context.database.write("add_peer").await?;
    for card in cards.iter().filter(|card| *card.id() != member.id) {
        add_peer(context, &write, card, Some(&card.fingerprint()), false).await?;
        let act = Act { who: &who, act: "add_peer", what: card.id().to_string(), origin: ActOrigin::Cli };
        record_act(&write, &context.clock, act).await?;
    }
    write.commit().await?;
    Ok(())
}
