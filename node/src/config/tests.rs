//! Refused values, the start of relative paths, and hidden secrets.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use secrecy::ExposeSecret as _;

use super::section::DatabaseLocation;
use super::{Config, ConfigFaults, Environment, Initial};

const LEAST: &str = "[node]\nid = \"fr-example\"\ncountry = [\"FR\", \"GP\"]\nname = \"Example\"\n";

fn parse(text: &str) -> Result<Config, ConfigFaults> {
    Config::parse(text, Path::new("/srv/node"), &Environment::default())
}

fn faults(text: &str) -> Vec<String> {
    parse(text).expect_err("is faulty").faults().iter().map(|fault| fault.key.clone()).collect()
}

fn initial() -> Initial {
    Initial {
        id: "nl-example".parse().expect("an id"),
        country: vec!["NL".parse().expect("a country")],
        name: "A \"quoted\" name".into(),
        network: "practice".parse().expect("a network"),
        time_zone: crate::zone::Zone::UTC,
        exchange_listen: Some("127.0.0.1:17443".parse().expect("an address")),
        exchange_url: Some("https://nl.example:17443".parse().expect("a URL")),
        office_listen: None,
        public_listen: Some("127.0.0.1:0".parse().expect("an address")),
        operations_listen: None,
        database_url: Some("postgres://node:secret@db.example/node".to_owned().into()),
        geolocation: super::section::geolocation::GeolocationSection::default(),
    }
}

#[test]
fn all_faults_are_named_at_once_each_with_its_key() {
    let text = r#"
        shape = 1
        [node]
        country = ["FR", "XX"]
        colour = "red"
        "dotted.key" = 1
        [exchange]
        listen = "nowhere"
        accept = "perhaps"
        url = "http://fr.example"
        [database]
        url = "mysql://db.example/node"
        [routing.hotlines]
        FR = ["fr-one", "FR-two"]
        [log]
        format = "xml"
    "#;
    assert_eq!(
        faults(text),
        [
            "node.id",
            "node.name",
            "node.colour",
            "node.country[1]",
            "node.dotted.key",
            "database.url",
            "exchange.accept",
            "exchange.listen",
            "exchange.url",
            "routing.hotlines.FR[1]",
            "log.format",
            "shape",
        ]
    );
}

#[test]
fn what_only_several_keys_show_is_refused_too() {
    let text = r#"
        [node]
        id = "fr-example"
        country = ["BE", "FR", "FR"]
        name = " "
        [database]
        password_file = "password"
        [exchange]
        hello_seconds = 0
        run_maximum_entries = 1025
        [office]
        listen = "127.0.0.1:7443"
        [public]
        listen = "0.0.0.0:7445"
        requests_per_minute_per_address = 0
        [routing]
        legal_block = ["FR", "FR"]
        [log]
        level = "info,hotline_node=loud"
    "#;
    assert_eq!(
        faults(text),
        [
            "node.country",
            "node.country",
            "node.name",
            "database.password_file",
            "exchange.hello_seconds",
            "exchange.run_maximum_entries",
            "public.listen",
            "public.requests_per_minute_per_address",
            "office.listen",
            "routing.legal_block",
            "log.level",
        ]
    );
}

#[test]
fn a_wrong_type_hides_no_other_fault_in_any_section() {
    let text = r#"
        [node]
        id = 7
        country = ["FR", "XX", 3, "GP", "ZZ"]
        name = " "
        [exchange]
        listen = 7443
        hello_seconds = 0
        accept = ["manual"]
        [public]
        requests_per_minute_per_address = 0
        request_timeout_seconds = "ten"
        [authority]
        revocation_lists = "one.crl"
        [routing]
        legal_block = ["FR", "FR", "U"]
        [routing.hotlines]
        FR = ["fr-one", "FR-two", "fr-one", "three"]
        DE = 5
        [alerts]
        repeat_hours = 0
        mail_to = ["nobody", "also nobody"]
        [log]
        level = "info,hotline_node=loud"
    "#;
    let found: std::collections::BTreeSet<String> = faults(text).into_iter().collect();
    for key in [
        "node.id",
        "node.country[1]",
        "node.country[2]",
        "node.country[4]",
        "node.name",
        "exchange.listen",
        "exchange.hello_seconds",
        "exchange.accept",
        "public.requests_per_minute_per_address",
        "public.request_timeout_seconds",
        "authority.revocation_lists",
        "routing.legal_block[2]",
        "routing.hotlines.FR[1]",
        "routing.hotlines.FR[3]",
        "routing.hotlines.DE",
        "alerts.repeat_hours",
        "alerts.mail_to[0]",
        "alerts.mail_to[1]",
        "log.level",
    ] {
        assert!(found.contains(key), "{key} is not in {found:?}");
    }
    // A default that stands in for a faulty value is not judged.
    for key in ["node.country", "office.listen", "exchange.run_maximum_entries"] {
        assert!(!found.contains(key), "{key} is in {found:?}");
    }
}

#[test]
fn a_section_that_is_none_and_every_line_that_cannot_be_read_are_named() {
    assert_eq!(faults("node = 5\nlog = \"info\"\n"), ["node", "log"]);
    let lines = faults("[node]\nid = fr example\nname = \"a\"\n[log\nlevel = ,\n");
    assert_eq!(lines[0], "line 2");
    assert!(lines.len() > 1 && lines.iter().any(|line| line == "line 5"), "{lines:?}");
}

#[test]
fn a_fault_of_syntax_names_its_line_and_does_not_quote_it() {
    let fault = parse("[database]\nurl = postgres://node:secret@db.example/node\n").expect_err("is faulty");
    assert_eq!(fault.faults()[0].key, "line 2");
    assert!(!fault.to_string().contains("secret"));
}

#[test]
fn relative_paths_count_from_the_files_folder() {
    let text = format!("{LEAST}[geolocation]\nhosts_file = \"hosts\"\ncountry_database = \"/data/country.mmdb\"\n");
    let config = parse(&text).expect("loads");
    assert_eq!(config.keys.seal_key(), Path::new("/srv/node/keys/seal.key"));
    assert_eq!(config.geolocation.hosts_file.as_deref(), Some(Path::new("/srv/node/hosts")));
    assert_eq!(config.geolocation.country_database.as_deref(), Some(Path::new("/data/country.mmdb")));
    assert!(matches!(config.database.url.location(),
        DatabaseLocation::Sqlite(file) if file == Path::new("/srv/node/node.sqlite")));
    assert_eq!(config.database.url.connection_url().expose_secret(), "sqlite:///srv/node/node.sqlite?mode=rwc");
}

#[test]
fn the_environment_wins_over_the_databases_address() {
    let environment = |url: &str| Environment { database_url: Some(url.to_owned().into()) };
    let config = Config::parse(LEAST, Path::new("."), &environment("postgres://node@db.example/node")).expect("loads");
    assert!(matches!(config.database.url.location(), DatabaseLocation::Postgres(_)));
    let fault = Config::parse(LEAST, Path::new("."), &environment("sqlite::memory:")).expect_err("is faulty");
    assert_eq!(fault.faults()[0].key, "HOTLINE_DATABASE_URL");
}

#[test]
fn a_password_is_neither_shown_nor_debugged() {
    for url in ["postgres://node:secret@db.example/node", "postgres://db.example/node?password=secret&sslmode=require"]
    {
        let config = parse(&format!("{LEAST}[database]\nurl = \"{url}\"\n")).expect("loads");
        assert!(!config.show().to_string().contains("secret"));
        assert!(!format!("{config:?}").contains("secret"));
        assert_eq!(config.database.url.connection_url().expose_secret(), url);
    }
}

#[test]
fn a_password_file_is_put_into_the_address_and_must_be_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, password) = (folder.path().join("config.toml"), folder.path().join("password"));
    let text = format!("{LEAST}[database]\nurl = \"postgres://node@db.example/node\"\npassword_file = \"password\"\n");
    std::fs::write(&file, text).expect("written");
    std::fs::write(&password, "s:cret\n").expect("written");
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o644)).expect("set");
    let fault = Config::load_with(&file, &Environment::default()).expect_err("others may read it");
    assert_eq!(fault.faults()[0].key, "database.password_file");
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).expect("set");
    let config = Config::load_with(&file, &Environment::default()).expect("loads");
    let url = config.database.url.connection_url();
    assert_eq!(url.expose_secret(), "postgres://node:s%3Acret@db.example/node");
}

#[test]
fn a_missing_file_is_a_fault_with_its_name() {
    let fault = Config::load_with(Path::new("/nowhere/config.toml"), &Environment::default()).expect_err("is missing");
    assert_eq!(fault.faults()[0].key, "/nowhere/config.toml");
}

#[test]
fn what_init_writes_is_what_it_was_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    let written = Config::write_initial(&file, &initial()).expect("written");
    let config = Config::load_with(&file, &Environment::default()).expect("loads");
    assert_eq!(config.show(), written.show());
    assert_eq!(config.node.id, initial().id);
    assert_eq!(config.node.country, initial().country);
    assert_eq!(config.node.name, initial().name);
    assert_eq!(config.node.network, initial().network);
    assert_eq!(Some(config.exchange.listen), initial().exchange_listen);
    assert_eq!(config.exchange.url, initial().exchange_url);
    assert_eq!(config.office.listen.port(), 7444);
    assert_eq!(config.public.listen.port(), 0);
    let url = config.database.url.connection_url();
    assert_eq!(url.expose_secret(), initial().database_url.expect("given").expose_secret());
}

#[test]
fn a_name_or_an_address_that_no_card_can_hold_is_refused() {
    let named = |name: String| Initial { name, ..initial() };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    for name in ["a".repeat(101), "é".repeat(150), " a".into(), "a\u{202e}b".into(), "a\nb".into(), String::new()] {
        let refused = Config::write_initial(&file, &named(name.clone())).expect_err("no card holds it");
        assert!(refused.to_string().contains("node.name") && !file.exists(), "{name:?}: {refused}");
    }
    Config::write_initial(&file, &named("é".repeat(100))).expect("a card holds it");
    let long = format!("https://{}.example", "a.".repeat(140).trim_end_matches('.'));
    assert_eq!(faults(&format!("{LEAST}[exchange]\nurl = \"{long}\"\n")), ["exchange.url"]);
}

#[test]
fn what_init_cannot_use_is_not_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    let wrong_seat = Initial { country: vec!["FR".parse().expect("a country")], ..initial() };
    Config::write_initial(&file, &wrong_seat).expect_err("the seat is not the id's");
    assert!(!file.exists());
}

#[test]
fn the_exchanges_address_defaults_to_https_with_its_listener() {
    assert_eq!(parse(LEAST).expect("loads").exchange_url().to_string(), "https://127.0.0.1:7443");
}

#[test]
fn an_authority_is_its_certificates_with_or_without_lists() {
    let config = parse(&format!("{LEAST}[authority]\ncertificates = [\"ca/root.pem\", \"/etc/ca.pem\"]\n"));
    let authority = config.expect("loads").authority;
    assert_eq!(authority.certificates, [Path::new("/srv/node/ca/root.pem"), Path::new("/etc/ca.pem")]);
    let list = "[authority]\nrevocation_lists = [\"crl.pem\"]\n";
    assert_eq!(faults(&format!("{LEAST}{list}")), ["authority.certificates"]);
    let twice = "[authority]\ncertificates = [\"a\"]\nrevocation_lists = [\"b\", \"c\", \"b\"]\n";
    assert_eq!(faults(&format!("{LEAST}{twice}")), ["authority.revocation_lists[2]"]);
    let unknown = "[authority]\nstale_revocation_list = \"perhaps\"\ncertificates = [7]\n";
    assert_eq!(faults(&format!("{LEAST}{unknown}")), ["authority.certificates[0]", "authority.stale_revocation_list"]);
}
