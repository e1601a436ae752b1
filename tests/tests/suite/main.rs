//! The suite: behaviours by topic, on real nodes, real sockets and both databases.

mod exchange;
mod house;
mod intake;
mod limits;
mod office;
mod operation;
mod storage;
mod trust;

use std::process::ExitCode;

use hotline_tests::node::become_node;
use hotline_tests::node::database::{Store, WithoutPostgres};
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
    trials.extend(operation::walk_through::trials());
    trials.extend(office::browser::trials());
    trials.extend(operation::completions::trials());
    trials.extend(trust::authority::trials_without_store());
    trials.extend(stores.iter().flat_map(on_store));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn on_store(store: &Store) -> Vec<Trial> {
    [
        office::accounts::trials(store),
        exchange::between_hotlines::trials(store),
        office::figures::trials(store),
        limits::floods::trials(store),
        exchange::holders::trials(store),
        office::recount::trials(store),
        office::zone::trials(store),
        exchange::silence::trials(store),
        operation::alerts::trials(store),
        operation::health::trials(store),
        operation::full_disk::trials(store),
        exchange::receipts::trials(store),
        exchange::bad_reports::trials(store),
        exchange::crash::trials(store),
        storage::confirmed::trials(store),
        exchange::copies::trials(store),
        operation::questions::trials(store),
        exchange::catch_up::trials(store),
        trust::peer_check::trials(store),
        exchange::refusals::trials(store),
        trust::certificate_end::trials(store),
        intake::resolvers::trials(store),
        intake::stop_pages::trials(store),
        exchange::storm::trials(store),
        exchange::restore::trials(store),
        exchange::epochs::trials(store),
        exchange::forks::trials(store),
        exchange::claims::trials(store),
        trust::authority::trials(store),
        trust::revocation::trials(store),
        trust::handshakes::trials(store),
        trust::rotation::trials(store),
        trust::secrets::trials(store),
        intake::import::trials(store),
        intake::tables::trials(store),
        intake::times::trials(store),
        intake::urls::trials(store),
        office::shown::trials(store),
        intake::public_api::trials(store),
        intake::public_requests::trials(store),
        operation::migration::trials(store),
        storage::outcome::trials(store),
        office::pages::trials(store),
        office::partner_view::trials(store),
        intake::location_data::trials(store),
        operation::log_lines::trials(store),
        intake::witnesses::trials(store),
        operation::configuration::trials(store),
        storage::database_access::trials(store),
        storage::database_disk::trials(store),
        storage::database_file::trials(store),
        storage::database_server::trials(store),
        storage::database_session::trials(store),
        storage::database_standby::trials(store),
        limits::doors::trials(store),
        limits::bounds::trials(store),
        limits::over_limits::trials(store),
        limits::unending::trials(store),
        limits::behind_proxies::trials(store),
        trust::web_certificates::trials(store),
    ]
    .into_iter()
    .flatten()
    .collect()
}
