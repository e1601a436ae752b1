//! `locate`: where a server stands. Connects to no host, and writes nothing down.

use std::net::IpAddr;
use std::sync::Arc;

use clap::Args;
use hotline_protocol::url::Host;
use serde::Serialize;

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{fields, or_dash, show, table, tell};
use super::console::{not_read, read_argument, tell_read};
use super::open::open;
use super::report::print::witness_table;
use crate::clock::Clock;
use crate::config::{Config, ConfigFault, ConfigFaults};
use crate::context::Context;
use crate::geolocation::{
    CrowdBook, Evidence, Gateway, GeolocationError, Geolocator, Location, Place, Settings, Summary, Verdict, gateway_of,
};
use crate::intake::reading::{Reader, UrlReadAs, UrlReading, read_address};
use crate::report::view::{RouteView, Urls, WitnessView};
use crate::routing::{Locator, RoutingTable, Traced};

/// The target to locate.
#[derive(Args, Debug)]
#[command(after_help = "A name is looked up in geolocation.hosts_file; a name server is asked only where \
    geolocation.resolver names one, for asking tells its owner.\n  \
    hotline-node locate - < url.txt\n  hotline-node locate 192.0.2.1")]
pub struct LocateArgs {
    /// A URL or an address: - for standard input, @FILE for a file
    #[arg(value_name = "URL_OR_IP|-|@FILE")]
    target: String,
    /// Ask no name server
    #[arg(long)]
    offline: bool,
}

/// `locate`, as JSON shows it.
#[derive(Serialize)]
struct LocateView<'a> {
    #[serde(flatten)]
    summary: Summary<'a>,
    witnesses: Vec<WitnessView>,
    route: RouteView,
    /// How the URL was read.
    #[serde(flatten)]
    read: UrlReadAs,
}

pub(super) async fn run(args: LocateArgs, globals: &Globals) -> Result<(), CliError> {
    let config = Config::load(&globals.config)?;
    let context = open(&globals.config).await.map(|(_, context)| context);
    let geolocator = open_geolocator(&config)?;
    let geolocator = match &context {
        Ok(context) => geolocator.with_book(CrowdBook::of(context).read_only()),
        Err(_) => geolocator,
    };
    let clock = Clock::system();
    for warning in geolocator.warnings(clock.now()) {
        tell(&format!("warning: {warning}"));
    }
    let target = Target::parse(&args.target)?;
    let read = target.read();
    tell_read(&read);
    let location = if args.offline {
        geolocator.locate_offline(target.place(), clock.now()).ok_or_else(|| {
            CliError::refused("no file knows this name; without --offline the configured name server is asked")
        })?
    } else {
        geolocator.locate(target.place(), clock.now()).await
    };
    let location = location.behind(target.gateway());
    if location.decide(&config.node.country).verdict == Verdict::NotYet {
        return Err(CliError::TryAgain("the name servers did not answer; try again".into()));
    }
    let own = &config.node.country;
    let summary = location.summary(own);
    let route = route(&config, context, &location).await;
    let shown = |witness| WitnessView::new(witness, Urls::Defanged);
    let witnesses = summary.witnesses.iter().map(shown).collect();
    show(globals, &LocateView { summary, witnesses, route, read }, for_people)
}

/// Opens the sources that `[geolocation]` names.
pub(super) fn open_geolocator(config: &Config) -> Result<Geolocator, ConfigFaults> {
    Geolocator::open(&Settings::from(&config.geolocation)).map_err(|error| geolocation_fault(&error))
}

/// Anything that `[geolocation]` names and that cannot be used is a fault of the configuration.
pub(super) fn geolocation_fault(error: &GeolocationError) -> ConfigFaults {
    ConfigFaults::from(vec![ConfigFault::new("geolocation", error)])
}

/// [`open_geolocator`], and the peers as they are now.
pub(super) async fn open_placer(config: &Config, context: &Context) -> Result<Locator, CliError> {
    let geolocator = Arc::new(open_geolocator(config)?.with_book(CrowdBook::of(context)));
    Ok(Locator::new(context, geolocator, &config.routing).await?)
}

/// The given target.
enum Target {
    Address(IpAddr),
    Url(Box<UrlReading>),
}

impl Target {
    fn parse(argument: &str) -> Result<Self, CliError> {
        // An address is no URL: typing one earns no warning.
        if let Ok(ip) = argument.parse() {
            return Ok(Self::Address(ip));
        }
        let text = read_argument(argument)?;
        if let Some(ip) = read_address(&text) {
            return Ok(Self::Address(ip));
        }
        Ok(Self::Url(Box::new(Reader::default().one(&text).map_err(not_read)?)))
    }

    fn read(&self) -> UrlReadAs {
        match self {
            Self::Address(_) => UrlReadAs::default(),
            Self::Url(reading) => reading.shown(),
        }
    }

    fn gateway(&self) -> Option<Gateway> {
        match self {
            Self::Address(_) => None,
            Self::Url(reading) => gateway_of(reading.url.canonical()),
        }
    }

    fn place(&self) -> Place<'_> {
        match self {
            Self::Address(ip) => Place::Address(*ip),
            Self::Url(reading) => match reading.url.canonical().host() {
                Host::Domain(name) => Place::Domain(name),
                Host::Ipv4(ip) => Place::Address(ip.into()),
                Host::Ipv6(ip) => Place::Address(ip.into()),
            },
        }
    }
}

/// Where a report of it would go. Reads the peers from the database; without it, returns no route.
async fn route(config: &Config, context: Result<Context, CliError>, location: &Location) -> RouteView {
    let routing_table = async { Ok::<_, CliError>(RoutingTable::load(&context?, &config.routing).await?) };
    match routing_table.await {
        Ok(routing_table) => {
            let route = routing_table.route(Traced::from(location.decide(&config.node.country).verdict), &[], &[]);
            RouteView { destination: route.destination, reason: Some(route.reason) }
        }
        Err(error) => {
            tell(&format!("warning: the route is unknown: {error}"));
            RouteView::default()
        }
    }
}

fn for_people(view: &LocateView<'_>) -> String {
    let summary = &view.summary;
    let head = fields(&[
        ("country", or_dash(summary.country.map(|country| format!("{country} ({})", country.name())))),
        ("decision", or_dash(summary.decision)),
        ("addresses", summary.addresses.to_string()),
        ("network", or_dash(summary.asn.map(|asn| format!("AS{asn}")))),
        ("organisation", or_dash(summary.organisation)),
        ("route", or_dash(view.route.reason)),
    ]);
    let rows = summary.evidence.iter().map(|evidence| row(evidence));
    let addresses = table(&["address", "country", "decision", "network", "hidden by"], rows, "No address is known.");
    let witnesses = witness_table(&view.witnesses);
    format!("{head}\n{addresses}\n{witnesses}")
}

fn row(evidence: &Evidence) -> Vec<String> {
    vec![
        evidence.ip.to_string(),
        or_dash(evidence.country),
        or_dash(evidence.verdict.decision()),
        or_dash(evidence.asn),
        or_dash(evidence.hidden_by.as_ref()),
    ]
}
