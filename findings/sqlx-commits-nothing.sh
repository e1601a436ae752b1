#!/usr/bin/env bash
# After SQLite ended a transaction by itself, sqlx says "committed" of transactions that nobody commits.
#
# Seen with sqlx 0.9.0 (Rust), feature `sqlite`. A statement that meets a full database makes SQLite roll the whole
# transaction back. The connection still counts itself inside one: its own ROLLBACK is refused, and the next `begin` is
# a savepoint. Once such a "transaction" is undone in the ordinary way, the savepoint stays open. From then on every
# `begin` and `commit` answers Ok within it, and no other connection ever sees what was committed.
#
# A good engineer expects a connection to know after a failed statement whether a transaction is still open, or to be
# closed, as `commit` is the promise that a row is on disk. What helps: close every connection whose
# `is_in_transaction()` is true when it goes back to the pool.
#
# The full database is made by `PRAGMA max_page_count`. Needs cargo and a C compiler.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cat >"$folder/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["runtime-tokio", "sqlite"] }
tokio = { version = "1", features = ["rt", "macros"] }

[workspace]
TOML
cat >"$folder/src/main.rs" <<'RUST'
use sqlx::{Connection, Row, SqliteConnection};

async fn run(connection: &mut SqliteConnection, sql: &'static str) {
    sqlx::query(sql).execute(connection).await.expect(sql);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = format!("sqlite://{}/rows.sqlite?mode=rwc", std::env::args().nth(1).expect("a folder"));
    let mut one = SqliteConnection::connect(&url).await.expect("opened");
    run(&mut one, "CREATE TABLE row (data BLOB)").await;

    run(&mut one, "PRAGMA max_page_count = 4").await;
    let mut full = one.begin().await.expect("begun");
    let refused = sqlx::query("INSERT INTO row VALUES (zeroblob(100000))").execute(&mut *full).await.is_err();
    println!("insert into a full database refused: {refused}");
    println!("rollback of that transaction succeeds: {}", full.rollback().await.is_ok());
    run(&mut one, "PRAGMA max_page_count = 100000").await;

    let mut undone = one.begin().await.expect("begun");
    run(&mut undone, "INSERT INTO row VALUES (zeroblob(1))").await;
    println!("rollback of the next transaction succeeds: {}", undone.rollback().await.is_ok());

    let mut kept = one.begin().await.expect("begun");
    run(&mut kept, "INSERT INTO row VALUES (zeroblob(1))").await;
    println!("commit of the one after it succeeds: {}", kept.commit().await.is_ok());
    println!("the connection says that it is in a transaction: {}", one.is_in_transaction());

    let mut two = SqliteConnection::connect(&url).await.expect("opened");
    let seen: i64 = sqlx::query("SELECT COUNT(*) FROM row").fetch_one(&mut two).await.expect("counted").get(0);
    println!("rows that another connection sees: {seen}");
}
RUST
cd "$folder"
echo "sqlx 0.9.0"
CARGO_TARGET_DIR="$folder/target" cargo build --quiet
seen=$("$folder/target/debug/finding" "$folder")
echo "$seen"
[[ $seen == *"commit of the one after it succeeds: true"* ]]
[[ $seen == *"rows that another connection sees: 0"* ]]
