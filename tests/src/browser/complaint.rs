//! Messages that a page should not have caused.

use serde_json::Value;

use super::pipe::Event;

/// Returns the complaint of an event: a console message, a breach of the page's own policy, something missing, or a
/// browser's note to developers. That the page itself (at `address`) is a refusal is none.
pub(super) fn of_event(event: &Event, address: &str) -> Option<String> {
    match event.method.as_str() {
        "Log.entryAdded" => of_entry(&event.params["entry"], address),
        "Runtime.consoleAPICalled" => Some(format!("the page writes to the console: {}", event.params["args"])),
        "Runtime.exceptionThrown" => Some(format!("the page throws: {}", event.params["exceptionDetails"])),
        "Network.loadingFailed" => of_failure(&event.params),
        "Audits.issueAdded" => Some(format!("the browser advises: {}", event.params["issue"])),
        _ => None,
    }
}

fn of_entry(entry: &Value, address: &str) -> Option<String> {
    let is_refusal = entry["source"] == "network" && entry["url"] == address;
    (!is_refusal).then(|| format!("the browser says ({}): {} {}", entry["source"], entry["text"], entry["url"]))
}

/// A download is no page, and its navigation ends.
fn of_failure(params: &Value) -> Option<String> {
    let is_download = params["type"] == "Document" && params["canceled"] == true;
    (!is_download).then(|| format!("a {} is not loaded: {}", params["type"], params["errorText"]))
}
