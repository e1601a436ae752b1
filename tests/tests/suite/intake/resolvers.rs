//! Name servers as there are: honest ones, such that block, translate, lie or are silent, in every combination. No
//! report is routed by a liar's word, a slow host delays nobody else, and a host with thousands of addresses harms
//! nobody.

use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_node::geolocation::{Geolocator, Place, Settings};
use hotline_protocol::country::Country;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::sentences;
use hotline_tests::service::name_server::{NameServer, RecordType, Says};
use libtest_mimic::Trial;
use mmdb_writer::{Value, Writer};
use tokio::time::Instant;

/// The answers of name servers are the same for every database.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "resolvers",
            store,
            [
                name_servers_in_no_order_place_a_host_where_it_is_not,
                five_hundred_reports_go_where_the_honest_name_server_says_or_are_held,
                slow_and_silent_names_delay_an_import_by_seconds,
                a_host_with_thousands_of_addresses_harms_nobody,
                doctor_says_how_each_name_server_is,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

/// Where the stop page stands: at home.
const STOP_PAGE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 254);
/// The provider's prefix: at home, too.
const PREFIX: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x64, 0, 0, 0, 0, 0);
const COUNTRIES: [(&str, [u8; 3], u16); 3] =
    [("FR", [192, 0, 2], 0x100), ("NL", [198, 51, 100], 0x200), ("DE", [203, 0, 113], 0x300)];

/// The numbered host of a name such as `site-7.test`.
fn number(name: &str) -> Option<usize> {
    name.strip_prefix("site-")?.strip_suffix(".test")?.parse().ok()
}

pub(crate) fn host(number: usize) -> String {
    format!("site-{number}.test")
}

fn country_of(number: usize) -> &'static str {
    COUNTRIES[number % 3].0
}

fn v4_of(number: usize) -> Ipv4Addr {
    let [a, b, c] = COUNTRIES[number % 3].1;
    Ipv4Addr::new(a, b, c, u8::try_from(1 + number / 3 % 250).unwrap_or(1))
}

/// Some hosts have an address of their own in IPv6.
fn v6_of(number: usize) -> Option<Ipv6Addr> {
    let last = u16::try_from(1 + number).ok()?;
    number.is_multiple_of(7).then(|| Ipv6Addr::new(0x2001, 0xdb8, COUNTRIES[number % 3].2, 0, 0, 0, 0, last))
}

fn is_blocked(number: usize) -> bool {
    number.is_multiple_of(4)
}

fn honest(name: &str, kind: RecordType) -> Says {
    let addresses = match (name, number(name)) {
        ("ipv4only.arpa", _) => vec![[192, 0, 0, 170].into(), [192, 0, 0, 171].into()],
        (_, Some(number)) if kind == RecordType::A => vec![v4_of(number).into()],
        (_, Some(number)) => v6_of(number).map(IpAddr::from).into_iter().collect(),
        _ => return Says::NoSuchName,
    };
    Says::Addresses(addresses)
}

/// Blocks some names, and is honest about all others, those that do not exist among them.
pub(crate) fn stopping(name: &str, kind: RecordType) -> Says {
    match number(name) {
        Some(number) if is_blocked(number) && kind == RecordType::A => Says::Addresses(vec![STOP_PAGE.into()]),
        Some(number) if is_blocked(number) => Says::Addresses(vec![]),
        _ => honest(name, kind),
    }
}

/// Makes up IPv6 addresses for hosts without any; of some hosts it tells nothing else.
fn translating(name: &str, kind: RecordType) -> Says {
    let made_of = |v4: Ipv4Addr| {
        let [.., a, b, c, d] = [v4.octets()].concat()[..] else { return PREFIX };
        let [high, low] = [[a, b], [c, d]].map(u16::from_be_bytes);
        Ipv6Addr::new(0x2001, 0xdb8, 0x64, 0, 0, 0, high, low)
    };
    match (honest(name, RecordType::A), honest(name, kind), kind, number(name)) {
        (Says::Addresses(v4), Says::Addresses(v6), RecordType::AAAA, _) if v6.iter().all(IpAddr::is_ipv4) => {
            let v4 = v4.into_iter().filter_map(|ip| if let IpAddr::V4(ip) = ip { Some(ip) } else { None });
            Says::Addresses(v4.map(|ip| made_of(ip).into()).collect())
        }
        (_, _, RecordType::A, Some(number)) if number.is_multiple_of(10) && v6_of(number).is_none() => {
            Says::Addresses(vec![])
        }
        (_, said, ..) => said,
    }
}

fn unspecified(name: &str, kind: RecordType) -> Says {
    match number(name) {
        Some(_) => Says::Addresses(vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]),
        None => honest(name, kind),
    }
}

type Rule = fn(&str, RecordType) -> Says;

/// One name server of each kind.
struct Farm {
    servers: Vec<(&'static str, NameServer)>,
}

impl Farm {
    async fn start() -> anyhow::Result<Self> {
        let mut servers = Vec::new();
        let rules: [(&str, Rule); 5] = [
            ("honest", honest),
            ("stopping", stopping),
            ("translating", translating),
            ("silent", |_, _| Says::Silence),
            ("unspecified", unspecified),
        ];
        for (kind, rule) in rules {
            servers.push((kind, NameServer::start(Duration::ZERO, rule).await?));
        }
        Ok(Self { servers })
    }

    fn of(&self, kinds: &[&str]) -> Vec<std::net::SocketAddr> {
        let address =
            |kind: &&str| self.servers.iter().find(|(name, _)| name == kind).map(|(_, server)| server.address);
        kinds.iter().filter_map(address).collect()
    }

    fn place_of(&self, kind: &str) -> Option<usize> {
        self.servers.iter().position(|(name, _)| *name == kind)
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.servers.iter().map(|(kind, _)| *kind).collect()
    }
}

/// A database with one country for each documentation range, and FR for the rest of IPv6.
pub(crate) fn database(folder: &Path) -> anyhow::Result<PathBuf> {
    let mut writer =
        Writer::builder("Country").description(&[("en", "The farm's")]).build_epoch(SystemTime::UNIX_EPOCH).build();
    let country = |code: &str| Value::map([("country", Value::map([("iso_code", code)]))]);
    let v6 = |part: u16, rest: u16| IpAddr::from([0x2001, 0xdb8, part, rest, rest, rest, rest, rest]);
    writer.insert_range(v6(0x64, 0), v6(0x64, 0xffff), &country("FR"))?;
    for (code, [a, b, c], part) in COUNTRIES {
        writer.insert_range([a, b, c, 0].into(), [a, b, c, 255].into(), &country(code))?;
        writer.insert_range(v6(part, 0), v6(part, 0xffff), &country(code))?;
    }
    let file = folder.join("farm.mmdb");
    fs::write(&file, writer.to_bytes()?)?;
    Ok(file)
}

/// The required result for a host, asked of these servers: its country, or nothing certain.
fn expected(kinds: &[&str], number: usize) -> Option<&'static str> {
    let says_otherwise = kinds.contains(&"unspecified") || (kinds.contains(&"stopping") && is_blocked(number));
    let is_answered = kinds.iter().any(|kind| *kind != "silent");
    (is_answered && !says_otherwise).then(|| country_of(number))
}

async fn name_servers_in_no_order_place_a_host_where_it_is_not(_store: Store) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (farm, country_databases) = (Farm::start().await?, vec![database(folder.path())?]);
    let orders = orders(&farm.kinds());
    ensure!(orders.len() == 325, "{} orders", orders.len());
    let (first, others): (Vec<_>, Vec<_>) =
        orders.into_iter().partition(|kinds| kinds.is_sorted_by_key(|kind| farm.place_of(kind)));
    // The first order of a combination is asked of all hosts, every other one of some.
    for (orders, hosts, at_once) in [(first, 500, 8), (others, 60, 42)] {
        let hosts: Vec<String> = (0..hosts).map(host).collect();
        for some in orders.chunks(at_once) {
            places_are_right(&farm, &country_databases, some, &hosts).await?;
        }
    }
    Ok(())
}

/// Every host is placed as these orders of name servers allow, all of them asked at once.
async fn places_are_right(
    farm: &Farm,
    country_databases: &[PathBuf],
    orders: &[Vec<&str>],
    hosts: &[String],
) -> anyhow::Result<()> {
    let own: Vec<Country> = vec!["FR".parse()?];
    let places: Vec<Place<'_>> = hosts.iter().map(|name| Place::Domain(name)).collect();
    let now = Clock::system().now();
    let locate = orders.iter().map(async |kinds| {
        let country_databases = country_databases.to_vec();
        let settings = Settings { country_databases, resolver: farm.of(kinds), ..Settings::default() };
        anyhow::Ok(Geolocator::open(&settings)?.locate_many(&places, now).all().await)
    });
    for (kinds, located) in orders.iter().zip(futures_util::future::join_all(locate).await) {
        for (number, location) in located?.iter().enumerate() {
            let found = location.decide(&own).verdict.country().map(|country| country.to_string());
            ensure!(
                found.as_deref() == expected(kinds, number),
                "{} at {kinds:?}: {found:?}, {:?}",
                host(number),
                location.testimonies()
            );
        }
    }
    Ok(())
}

/// Every choice of one or more of these, in every order.
fn orders<'k>(kinds: &[&'k str]) -> Vec<Vec<&'k str>> {
    let mut all: Vec<Vec<&str>> = Vec::new();
    let mut longest = vec![Vec::new()];
    for _ in kinds {
        let longer = longest.iter().flat_map(|begun: &Vec<&str>| {
            let left = kinds.iter().filter(|kind| !begun.contains(kind));
            left.map(|kind| [begun.as_slice(), &[*kind]].concat()).collect::<Vec<_>>()
        });
        longest = longer.collect();
        all.extend(longest.iter().cloned());
    }
    all
}

/// A federation with a first house that asks these name servers.
pub(crate) async fn house(
    store: &Store,
    resolver: &[std::net::SocketAddr],
    peers: usize,
) -> anyhow::Result<Federation> {
    let federation = Federation::new(store, &THREE[..=peers]).await?;
    let file = database(federation.folder())?.to_string_lossy().into_owned();
    let resolver: Vec<toml::Value> = resolver.iter().map(|address| address.to_string().into()).collect();
    federation[0]
        .configure(&[("geolocation", "country_database", file.into()), ("geolocation", "resolver", resolver.into())])?;
    Ok(federation)
}

async fn import(
    federation: &Federation,
    rows: impl Iterator<Item = (String, String)>,
) -> anyhow::Result<serde_json::Value> {
    let rows: Vec<(String, String)> = rows.collect();
    let count = rows.len();
    let told = federation[0].cli.import(&rows).await?;
    ensure!(told["taken"] == count, "{told}");
    Ok(told)
}

async fn five_hundred_reports_go_where_the_honest_name_server_says_or_are_held(store: Store) -> anyhow::Result<()> {
    let farm = Farm::start().await?;
    let federation = house(&store, &[], 2).await?;
    let cli = &federation[0].cli;
    let doubt = |reason: &str| ["held", "disputed", "blocked_answer"].contains(&reason);
    for (turn, kinds) in [
        &["translating", "honest"][..],
        &["stopping", "unspecified", "honest"],
        &["stopping"],
        &["silent", "honest", "stopping"],
    ]
    .into_iter()
    .enumerate()
    {
        let resolver: Vec<toml::Value> = farm.of(kinds).iter().map(|address| address.to_string().into()).collect();
        let stop_pages = vec![toml::Value::from(STOP_PAGE.to_string())];
        federation[0].configure(&[
            ("geolocation", "resolver", resolver.into()),
            ("geolocation", "stop_page_addresses", stop_pages.into()),
        ])?;
        let url = |number: usize| format!("https://{}/of-{turn}", host(number));
        import(&federation, (0..500).map(|number| (format!("R-{turn}-{number}"), url(number)))).await?;
        for number in [4, 5] {
            cli.submit(&format!("{}/single", url(number))).await?;
        }
        let listed = cli.json(&["report", "list", "--limit", "502"]).await?;
        let listed = listed.as_array().context("a list")?;
        ensure!(listed.len() == 502, "{} reports are shown", listed.len());
        for report in listed {
            let shown = report["url"].as_str().context("a URL")?.replace("[.]", ".");
            let name = shown.split('/').nth(2).context("a host")?;
            let number = number(name).context("one of ours")?;
            let reason = report["route"]["reason"].as_str().context("a reason")?;
            let at = || format!("{shown} by {kinds:?}: {report}");
            match expected(kinds, number) {
                Some("FR") => ensure!(reason == "hosted_here" && report["route"]["destination"] == "fr-alder", at()),
                Some(country) => {
                    let peer = if country == "NL" { "nl-birch" } else { "de-cedar" };
                    ensure!(reason == "hosted_there" && report["route"]["destination"] == peer, at());
                }
                None => ensure!(doubt(reason) && report["route"]["destination"].is_null(), at()),
            }
        }
    }
    Ok(())
}

async fn slow_and_silent_names_delay_an_import_by_seconds(store: Store) -> anyhow::Result<()> {
    let (rows, names, delay) = (10_000, 2_000, Duration::from_millis(50));
    let federation = house(&store, &[], 0).await?;
    for (silent, most_time) in [(false, Duration::from_secs(30)), (true, Duration::from_mins(1))] {
        let is_silent = move |number: usize| silent && number % 20 == 7;
        let server = NameServer::start(delay, move |name, kind| match number(name) {
            Some(number) if is_silent(number) => Says::Silence,
            _ => honest(name, kind),
        });
        let server = server.await?;
        let resolver = vec![toml::Value::from(server.address.to_string())];
        federation[0].configure(&[("geolocation", "resolver", resolver.into())])?;
        let began = Instant::now();
        let row = |row: usize| (format!("{silent}-{row}"), format!("https://{}/{silent}/{row}", host(row % names)));
        import(&federation, (0..rows).map(row)).await?;
        let took = began.elapsed();
        eprintln!("{rows} rows over {names} names, some silent: {silent}: {took:?}");
        ensure!(took < most_time, "it took {took:?}");
        for name in server.names().iter().filter(|name| number(name).is_some()) {
            let most = if number(name).is_some_and(is_silent) { 4 } else { 2 };
            ensure!(server.asked(name) <= most, "{name} was asked {} times", server.asked(name));
        }
    }
    Ok(())
}

async fn a_host_with_thousands_of_addresses_harms_nobody(store: Store) -> anyhow::Result<()> {
    let many = || (0..2_000_u32).map(|number| Ipv4Addr::from(0xc633_6400 + number));
    let server = NameServer::start(Duration::ZERO, move |name, kind| match name {
        "many.test" => Says::Addresses(many().map(IpAddr::from).collect()),
        _ => honest(name, kind),
    });
    let server = server.await?;
    let federation = house(&store, &[server.address], 1).await?;
    let mut hosts = String::new();
    for address in many() {
        writeln!(hosts, "{address} many.file.test")?;
    }
    fs::write(federation.folder().join("hosts"), hosts)?;
    let cli = &federation[0].cli;
    let rows = ["many.test", "site-0.test", "many.file.test", "site-1.test"];
    import(&federation, rows.iter().map(|name| ((*name).to_owned(), format!("https://{name}/a")))).await?;
    for name in ["many.test", "many.file.test"] {
        let url = format!("https://{name}/b");
        let located = cli.json_of(&["locate", "-"], Some(&url)).await?;
        ensure!(located["addresses"] == 2_000 && located["country"] == "NL", "{located}");
        let ips = located["ips"].as_array().context("addresses")?;
        ensure!(ips.len() == 16 && ips[0] == "198.51.100.0", "{ips:?}");
        cli.submit(&url).await?;
    }
    let listed = cli.json(&["report", "list"]).await?;
    let places: Vec<_> =
        listed.as_array().context("a list")?.iter().map(|report| &report["hosting"]["country"]).collect();
    ensure!(places.len() == 6 && places.iter().filter(|country| **country == "NL").count() == 5, "{listed}");
    Ok(())
}

async fn doctor_says_how_each_name_server_is(store: Store) -> anyhow::Result<()> {
    let farm = Farm::start().await?;
    let lying = NameServer::start(Duration::ZERO, |_, _| Says::Addresses(vec![STOP_PAGE.into()])).await?;
    let mut servers = farm.of(&["honest", "translating", "silent"]);
    servers.push(lying.address);
    let federation = house(&store, &servers, 0).await?;
    let output = federation[0].cli.output(&["doctor"], None).await?;
    let checks: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let of = |server: std::net::SocketAddr| -> anyhow::Result<(String, String)> {
        let subject = server.to_string();
        let checks = checks.as_array().context("checks")?.iter();
        let mut checks = checks.filter(|check| check["check"] == "name_server" && check["subject"] == subject.as_str());
        let check = checks.next().with_context(|| format!("{subject} is examined"))?;
        let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
        Ok((text("status"), text("text")))
    };
    for (server, status, part) in [
        (servers[0], "ok", "answers as it should"),
        (servers[1], "ok", "2001:db8:64::/96"),
        (servers[2], "warning", "does not answer"),
        (servers[3], "warning", "lies: it gives 192.0.2.254"),
    ] {
        let found = of(server)?;
        ensure!(found.0 == status && found.1.contains(part), "{found:?}");
    }
    for (_, server) in &farm.servers {
        let tells = |name: &String| name != "ipv4only.arpa" && !name.ends_with(".invalid");
        ensure!(!server.names().iter().any(tells), "{:?}", server.names());
    }
    Ok(())
}
