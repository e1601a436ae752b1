//! Closing every database that a process opened before the process ends.

use std::cell::RefCell;
use std::time::Duration;

use sea_orm::DatabaseConnection;

/// Time limit for connections still at work; the close waits no longer.
const DEADLINE: Duration = Duration::from_secs(5);

tokio::task_local! {
    static OPENED: RefCell<Vec<DatabaseConnection>>;
}

/// Does `work`, then closes every database that it opened. A dropped connection is closed by a thread of its own: a
/// process that ends meanwhile cuts off the move of SQLite's write-ahead log into the file. Nothing is lost by that, but
/// a copy of the file alone would be of an earlier time, or damaged.
pub async fn close_databases_after<T>(work: impl Future<Output = T>) -> T {
    let closing = async {
        let result = work.await;
        for connection in OPENED.with(RefCell::take) {
            // A late connection is cut off with the process, as before.
            let _ = tokio::time::timeout(DEADLINE, connection.close_by_ref()).await;
        }
        result
    };
    OPENED.scope(RefCell::default(), closing).await
}

/// Remembers a connection to close, where somebody closes it: [`close_databases_after`].
pub(super) fn remember(connection: &DatabaseConnection) {
    let _ = OPENED.try_with(|opened| opened.borrow_mut().push(connection.clone()));
}
