//! The first tables.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, blob, blob_null, boolean, integer, small_integer, text, text_null, uuid,
};
use sea_orm_migration::sea_orm::DbBackend;

/// Makes the tables of the first version.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(manager.get_database_backend()) {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn tables(backend: DbBackend) -> Vec<TableCreateStatement> {
    vec![
        account(),
        alert(),
        audit(),
        counter(),
        digest(backend),
        digest_key(),
        entry(),
        epoch(),
        link(),
        log(),
        offer(backend),
        opened(),
        peer(),
        peer_certificate(),
        peer_key(),
        report(backend),
        rollup(),
        run(),
        setting(),
        stale(),
        want(),
    ]
}

fn account() -> TableCreateStatement {
    Table::create()
        .table("account")
        .col(text("name"))
        .col(text("role"))
        .col(text_null("peer"))
        .col(text("state"))
        .col(big_integer("generation"))
        .col(text_null("password"))
        .col(blob("totp_secret"))
        .col(big_integer("totp_step"))
        .col(blob_null("invitation"))
        .col(big_integer("invited_at"))
        .col(integer("failures"))
        .col(big_integer("failed_at"))
        .col(big_integer_null("signed_in_at"))
        .col(big_integer("added_at"))
        .primary_key(Index::create().col("name"))
        .take()
}

fn alert() -> TableCreateStatement {
    Table::create()
        .table("alert")
        .col(big_pk_auto("id"))
        .col(big_integer("raised_at"))
        .col(text("kind"))
        .col(text("subject"))
        .col(text("text"))
        .col(big_integer_null("acknowledged_at"))
        .col(text_null("acknowledged_by"))
        .col(big_integer_null("mail_tried_at"))
        .col(integer("mail_failures"))
        .col(big_integer_null("webhook_tried_at"))
        .col(integer("webhook_failures"))
        .take()
}

fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(big_integer("id"))
        .col(big_integer("at"))
        .col(text("who"))
        .col(text("act"))
        .col(text("what"))
        .col(text("origin"))
        .col(blob("hash"))
        .primary_key(Index::create().col("id"))
        .take()
}

fn counter() -> TableCreateStatement {
    Table::create()
        .table("counter")
        .col(text("name"))
        .col(big_integer("taken"))
        .primary_key(Index::create().col("name"))
        .take()
}

/// In SQLite the table is its index: else every row would be written twice.
fn digest(backend: DbBackend) -> TableCreateStatement {
    let mut table = Table::create();
    if backend == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
        .table("digest")
        .col(big_integer("prefix"))
        .col(big_integer("report"))
        .primary_key(Index::create().col("prefix").col("report"))
        .take()
}

fn digest_key() -> TableCreateStatement {
    Table::create()
        .table("digest_key")
        .col(text("node"))
        .col(blob("key_id"))
        .col(blob("sealed"))
        .col(big_integer("since"))
        .primary_key(Index::create().col("node").col("key_id"))
        .take()
}

fn entry() -> TableCreateStatement {
    Table::create()
        .table("entry")
        .col(text("log"))
        .col(big_integer("epoch"))
        .col(big_integer("seq"))
        .col(blob("hash"))
        .col(big_integer_null("report"))
        .col(text("header"))
        .col(blob_null("body"))
        .col(small_integer("body_state"))
        .primary_key(Index::create().col("log").col("epoch").col("seq"))
        .take()
}

fn epoch() -> TableCreateStatement {
    Table::create()
        .table("epoch")
        .col(text("log"))
        .col(big_integer("epoch"))
        .col(big_integer("from_epoch"))
        .col(big_integer("from_seq"))
        .primary_key(Index::create().col("log").col("epoch"))
        .take()
}

fn link() -> TableCreateStatement {
    Table::create()
        .table("link")
        .col(text("node"))
        .col(big_integer("ack_epoch"))
        .col(big_integer("ack_seq"))
        .col(blob("ack_hash"))
        .col(big_integer_null("last_contact_at"))
        .col(integer("failures"))
        .col(big_integer_null("next_try_at"))
        .col(text_null("fault"))
        .col(big_integer_null("behind_since"))
        .col(text_null("boot"))
        .col(big_integer_null("clock_skew_seconds"))
        .col(text_null("accept"))
        .col(boolean("head_shown"))
        .primary_key(Index::create().col("node"))
        .take()
}

fn log() -> TableCreateStatement {
    Table::create()
        .table("log")
        .col(text("node"))
        .col(big_integer("epoch"))
        .col(big_integer("seq"))
        .col(blob("hash"))
        .col(big_integer("moved_at"))
        .primary_key(Index::create().col("node"))
        .take()
}

/// Past offers between this hotline and others, from the logs: for open offers, the report's row tells. In SQLite the
/// table is its index.
fn offer(backend: DbBackend) -> TableCreateStatement {
    let mut table = Table::create();
    if backend == DbBackend::Sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
        .table("offer")
        .col(big_integer("at"))
        .col(big_integer("report"))
        .col(big_integer("place"))
        .col(text("peer"))
        .col(boolean("is_outgoing"))
        .col(text("stand"))
        .col(big_integer_null("answered_at"))
        .col(big_integer_null("acted_at"))
        .col(big_integer_null("gone_at"))
        .col(text_null("country"))
        .primary_key(Index::create().col("at").col("report").col("place"))
        .take()
}

fn opened() -> TableCreateStatement {
    Table::create()
        .table("opened")
        .col(text("log"))
        .col(big_integer("epoch"))
        .col(big_integer("seq"))
        .col(text("reader"))
        .primary_key(Index::create().col("log").col("epoch").col("seq").col("reader"))
        .take()
}

fn peer() -> TableCreateStatement {
    Table::create()
        .table("peer")
        .col(text("node"))
        .col(text("state"))
        .col(text("card"))
        .col(big_integer("card_number"))
        .col(text("name"))
        .col(text("countries"))
        .col(text("endpoint"))
        .col(big_integer("added_at"))
        .primary_key(Index::create().col("node"))
        .take()
}

fn peer_certificate() -> TableCreateStatement {
    Table::create()
        .table("peer_certificate")
        .col(text("node"))
        .col(blob("pin"))
        .col(blob("der"))
        .col(text("state"))
        .col(big_integer("not_before"))
        .col(big_integer("not_after"))
        .col(big_integer_null("announced_epoch"))
        .col(big_integer_null("announced_seq"))
        .col(big_integer_null("retire_at"))
        .primary_key(Index::create().col("node").col("pin"))
        .take()
}

fn peer_key() -> TableCreateStatement {
    Table::create()
        .table("peer_key")
        .col(text("node"))
        .col(blob("kid"))
        .col(blob("public_key"))
        .col(big_integer_null("from_epoch"))
        .col(big_integer_null("from_seq"))
        .col(big_integer_null("to_epoch"))
        .col(big_integer_null("to_seq"))
        .col(blob_null("to_hash"))
        .col(boolean("revoked"))
        .col(big_integer_null("announced_epoch"))
        .col(big_integer_null("announced_seq"))
        .primary_key(Index::create().col("node").col("kid"))
        .take()
}

/// SQLite's own row number is the key where the type has this very name, of 64 bits all the same.
fn row_number(backend: DbBackend, name: &'static str) -> ColumnDef {
    if backend == DbBackend::Sqlite { integer(name) } else { big_integer(name) }
}

/// Indexed columns stand first: PostgreSQL looks at them with every update, and reads a row from its beginning.
fn report(backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table("report")
        .col(row_number(backend, "id"))
        .col(uuid("rid"))
        .col(big_integer_null("number"))
        .col(big_integer("received_at"))
        .col(integer("tenure"))
        .col(big_integer_null("waits_since"))
        .col(big_integer_null("offer_at"))
        .col(big_integer_null("own_isp_at"))
        .col(big_integer_null("reference"))
        .col(text("state"))
        .col(text_null("house"))
        .col(text("origin"))
        .col(text_null("offer_target"))
        .col(text("holder"))
        .col(blob_null("url_digest"))
        .col(blob_null("offer_entry"))
        .col(text_null("offer_country"))
        .col(text_null("refused"))
        .col(text_null("refused_country"))
        .col(text_null("country"))
        .col(big_integer_null("asn"))
        .col(text_null("organisation"))
        .col(text_null("tld"))
        .col(text_null("destination"))
        .col(text_null("route_reason"))
        .col(text_null("reported_offence"))
        .col(text_null("offence"))
        .col(text_null("assessment"))
        .col(text_null("reason"))
        .col(text_null("urgency"))
        .col(text_null("source"))
        .col(text_null("channel"))
        .col(blob_null("reference_content"))
        .col(blob_null("content"))
        .col(blob_null("case_secret"))
        .col(big_integer("updated_at"))
        .col(boolean("alarmed"))
        // Counted values of its course.
        .col(big_integer("lea_count"))
        .col(boolean("is_gone"))
        .col(big_integer_null("offered_at"))
        .col(big_integer_null("accept_seconds"))
        .col(big_integer_null("assigned_at"))
        .col(boolean("at_home"))
        .col(big_integer_null("acted_at"))
        // Counted values from bodies; empty where they are none of this hotline's business.
        .col(big_integer_null("first_received_at"))
        .col(big_integer_null("assessed_at"))
        .col(big_integer_null("found_at"))
        .col(text_null("site_type"))
        .col(text_null("commerciality"))
        .col(text_null("media"))
        .col(text_null("age"))
        .col(text_null("sex"))
        .col(text_null("production"))
        .col(text_null("behaviours"))
        .col(text_null("terrorism_types"))
        .col(boolean("is_virtual"))
        .col(boolean("self_generated"))
        .col(boolean("child_modelling"))
        .col(big_integer_null("lea_at"))
        .col(big_integer_null("isp_at"))
        .col(big_integer_null("own_lea_at"))
        .col(big_integer_null("replied_at"))
        .col(big_integer_null("gone_said_at"))
        .col(big_integer_null("gone_at"))
        .col(text_null("sent_to"))
        .col(text_null("received_from"))
        .primary_key(Index::create().col("id"))
        .take()
}

/// The counts of a bucket, in the form that the reader adds up.
fn rollup() -> TableCreateStatement {
    Table::create()
        .table("rollup")
        .col(big_integer("bucket"))
        .col(big_integer("version"))
        .col(big_integer("made_at"))
        .col(blob("cells"))
        .primary_key(Index::create().col("bucket"))
        .take()
}

fn run() -> TableCreateStatement {
    Table::create()
        .table("run")
        .col(text("log"))
        .col(big_integer("epoch"))
        .col(big_integer("last_seq"))
        .col(big_integer("first_seq"))
        .col(text("checkpoint"))
        .primary_key(Index::create().col("log").col("epoch").col("last_seq"))
        .take()
}

fn setting() -> TableCreateStatement {
    Table::create()
        .table("setting")
        .col(text("name"))
        .col(text("value"))
        .primary_key(Index::create().col("name"))
        .take()
}

/// Buckets that must be counted anew, and how often something in them has changed since.
fn stale() -> TableCreateStatement {
    Table::create()
        .table("stale")
        .col(big_integer("bucket"))
        .col(big_integer("changes"))
        .primary_key(Index::create().col("bucket"))
        .take()
}

fn want() -> TableCreateStatement {
    Table::create()
        .table("want")
        .col(text("log"))
        .col(big_integer("epoch"))
        .col(big_integer("seq"))
        .col(blob("hash"))
        .col(big_integer("since"))
        .primary_key(Index::create().col("log").col("epoch").col("seq"))
        .take()
}

fn unique(name: &str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = plain(name, table, columns);
    index.unique().take()
}

fn plain(name: &str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index.take()
}

/// Leaves rows without a value in `column` out of an index: most rows, for a column that few kinds of rows have.
fn only_with(mut index: IndexCreateStatement, column: &'static str) -> IndexCreateStatement {
    index.cond_where(Expr::col(column).is_not_null()).take()
}

/// Alternatives, not a list: SQLite sees only in those that `state = 'refused'` is one of them.
fn is_rare() -> Expr {
    let states = ["received", "assessed", "refused", "withdrawn", "reopened", "unavailable", "not_illegal"];
    let any = states.iter().map(|state| format!("state = '{state}'")).collect::<Vec<_>>();
    Expr::cust(any.join(" OR "))
}

/// As [`is_rare`].
fn differs() -> Expr {
    Expr::cust("stand = 'over' OR stand = 'stray_offer' OR stand = 'stray_answer'")
}

/// Columns for questions about many open offers at once, so that their rows need not be read.
const OPEN_OFFER: [&str; 7] = ["offer_target", "id", "offer_at", "state", "house", "holder", "waits_since"];

/// Each index serves a question that the node asks; the question stands beside it.
fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        // Is this report here? The UUID first: it rises with time, so new rows stand at the end.
        unique("report_identity", "report", &["rid", "origin"]),
        // Finds a report by our number.
        only_with(unique("report_number", "report", &["number"]), "number"),
        // Was this row imported before?
        only_with(unique("report_reference", "report", &["reference"]), "reference"),
        // Finds by URL the reports that are not published. For published ones, `digest` tells.
        plain("report_url", "report", &["url_digest"]).cond_where(Expr::col("tenure").eq(0)).take(),
        // The figures of a period.
        plain("report_received", "report", &["received_at"]),
        // The notices of a period.
        only_with(plain("report_notice", "report", &["own_isp_at"]), "own_isp_at"),
        // Finds the waiting offers to this node, oldest first. Finds the offers of a day. Finds the newest offers of
        // all. Counts the waiting offers for each target, since when.
        only_with(plain("report_offer", "report", &OPEN_OFFER), "waits_since"),
        // `report list --state`, and the steps that look for a state: those that `report::repository` calls rare.
        plain("report_state", "report", &["state", "id"]).cond_where(is_rare()).take(),
        // Finds the reports that are held or closed in the house.
        only_with(plain("report_house", "report", &["house", "id"]), "house"),
        // Finds disagreements with this peer's log, besides open offers.
        plain("offer_differing", "offer", &["peer", "report", "place"]).cond_where(differs()).take(),
        // Finds the counts since a version.
        plain("rollup_version", "rollup", &["version"]),
        // All entries about this report.
        plain("entry_report", "entry", &["report"]),
        // Finds the account of an invitation.
        only_with(unique("account_invitation", "account", &["invitation"]), "invitation"),
        // Finds open alerts.
        plain("alert_open", "alert", &["acknowledged_at", "id"]),
    ]
}
