//! A report as people and programs are shown it: as a row of a list, whole, with its history, and with its URLs where they are revealed.

mod dossier;
mod history;
mod listed;
mod report;
mod shown;
mod urls;

pub(crate) use dossier::SaidBody;
pub use dossier::{Dossier, Informed, PrivateContent, Replaced, keep_informed, keep_location};
pub use history::HistoryView;
pub use listed::{ListedReport, load_listed};
pub use report::{HostingView, ReportView, RouteView, WitnessView, load_views};
#[cfg(test)]
pub(crate) use shown::test_fields;
pub use shown::{AccessView, ContentView, Line, ReplacedView, ReporterView, Section, Told};
pub use urls::{Reveal, Urls};
