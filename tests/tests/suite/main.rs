//! The suite: behaviours by topic, on real nodes, real sockets and both databases.

mod accounts;
mod alerts;
mod authority;
mod bad_reports;
mod behind_proxies;
mod browser;
mod catch_up;
mod certificate_end;
mod claims;
mod completions;
mod configuration;
mod confirmed;
mod copies;
mod crash;
mod database_access;
mod database_disk;
mod database_file;
mod database_server;
mod database_session;
mod database_standby;
mod doors;
mod epochs;
mod exchange;
mod figures;
mod floods;
mod forks;
mod full_disk;
mod handshakes;
mod health;
mod holders;
mod house;
mod import;
mod limits;
mod location_data;
mod log_lines;
mod migration;
mod outcome;
mod over_limits;
mod pages;
mod partner_view;
mod peer_check;
mod public_api;
mod public_requests;
mod questions;
mod receipts;
mod recount;
mod refusals;
mod resolvers;
mod restore;
mod revocation;
mod rotation;
mod secrets;
mod shown;
mod silence;
mod stop_pages;
mod storm;
mod tables;
mod times;
mod unending;
mod urls;
mod volumes;
mod walk_through;
mod web_certificates;
mod witnesses;
mod zone;

use std::process::ExitCode;

use hotline_tests::become_node;
use hotline_tests::database::{Store, WithoutPostgres};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if let Some(code) = become_node::if_asked() {
        return code;
    }
    let arguments = Arguments::from_args();
    // A list needs no server.
    let stores = if arguments.list { Ok(vec![Store::Sqlite]) } else { Store::all(WithoutPostgres::of_environment()) };
    let stores = match stores {
        Ok(stores) => stores,
        Err(error) => {
            eprintln!("the suite needs PostgreSQL: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut trials = house::trials();
    trials.extend(walk_through::trials());
    trials.extend(browser::trials());
    trials.extend(completions::trials());
    trials.extend(authority::trials_without_store());
    trials.extend(stores.iter().flat_map(on_store));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn on_store(store: &Store) -> Vec<Trial> {
    [
        accounts::trials(store),
        exchange::trials(store),
        figures::trials(store),
        floods::trials(store),
        holders::trials(store),
        recount::trials(store),
        zone::trials(store),
        silence::trials(store),
        alerts::trials(store),
        health::trials(store),
        full_disk::trials(store),
        receipts::trials(store),
        bad_reports::trials(store),
        crash::trials(store),
        confirmed::trials(store),
        copies::trials(store),
        questions::trials(store),
        catch_up::trials(store),
        peer_check::trials(store),
        refusals::trials(store),
        certificate_end::trials(store),
        resolvers::trials(store),
        stop_pages::trials(store),
        storm::trials(store),
        restore::trials(store),
        epochs::trials(store),
        forks::trials(store),
        claims::trials(store),
        authority::trials(store),
        revocation::trials(store),
        handshakes::trials(store),
        rotation::trials(store),
        secrets::trials(store),
        import::trials(store),
        tables::trials(store),
        times::trials(store),
        urls::trials(store),
        shown::trials(store),
        public_api::trials(store),
        public_requests::trials(store),
        migration::trials(store),
        outcome::trials(store),
        pages::trials(store),
        partner_view::trials(store),
        location_data::trials(store),
        log_lines::trials(store),
        witnesses::trials(store),
        configuration::trials(store),
        database_access::trials(store),
        database_disk::trials(store),
        database_file::trials(store),
        database_server::trials(store),
        database_session::trials(store),
        database_standby::trials(store),
        doors::trials(store),
        limits::trials(store),
        over_limits::trials(store),
        unending::trials(store),
        behind_proxies::trials(store),
        web_certificates::trials(store),
    ]
    .into_iter()
    .flatten()
    .collect()
}
