//! A report as people and programs are shown it: as a row of a list, whole, with its history, and with its URLs where they are revealed.

mod detail;
mod fields;
mod history;
mod list_row;
mod report;
mod reveal;

pub(crate) use detail::SaidBody;
pub use detail::{Informed, PrivateContent, Replaced, ReportDetail, keep_informed, keep_location};
#[cfg(test)]
pub(crate) use fields::test_fields;
pub use fields::{AccessView, ContentView, Line, ReplacedView, ReporterView, Section, Told};
pub use history::HistoryView;
pub use list_row::{ListedReport, load_listed};
pub use report::{HostingView, ReportView, RouteView, WitnessView, load_views};
pub use reveal::{Reveal, Urls};
