//! Alerts with an end, and tries for each person by itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, integer, text};

/// Adds how an alert ended, and a table of its recipients.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Attempts on a channel for everybody together; each recipient of today goes on from there.
const TOLD: [(&str, &str); 2] = [
    (
        "mail",
        "INSERT INTO alert_telling (alert, channel, recipient, tried_at, failures, told_at) SELECT id, 'mail', '', \
         mail_tried_at, mail_failures, CASE WHEN mail_failures = 0 THEN mail_tried_at END FROM alert \
         WHERE mail_tried_at IS NOT NULL",
    ),
    (
        "webhook",
        "INSERT INTO alert_telling (alert, channel, recipient, tried_at, failures, told_at) SELECT id, 'webhook', '', \
         webhook_tried_at, webhook_failures, CASE WHEN webhook_failures = 0 THEN webhook_tried_at END FROM alert \
         WHERE webhook_tried_at IS NOT NULL",
    ),
];

/// Alerts of these kinds had subjects of another form. They give way, in silence, to those that the node opens at its
/// next start where their causes last.
const RENAMED: &str = "UPDATE alert SET resolved_at = raised_at, superseded = TRUE \
    WHERE kind IN ('certificate_ends', 'authority', 'nothing_is_sealed')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text("stage").default("").take(),
            text("details").default("{}").take(),
            big_integer_null("gone_since"),
            big_integer_null("resolved_at"),
            boolean("superseded").default(false).take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("alert").add_column(column).take()).await?;
        }
        manager.create_table(telling()).await?;
        let connection = manager.get_connection();
        for (channel, statement) in TOLD {
            connection.execute_unprepared(statement).await?;
            for column in ["tried_at", "failures"] {
                let column = format!("{channel}_{column}");
                manager.alter_table(Table::alter().table("alert").drop_column(column).take()).await?;
            }
        }
        connection.execute_unprepared(RENAMED).await?;
        Ok(())
    }
}

fn telling() -> TableCreateStatement {
    Table::create()
        .table("alert_telling")
        .col(big_integer("alert"))
        .col(text("channel"))
        .col(text("recipient"))
        .col(big_integer("tried_at"))
        .col(integer("failures"))
        .col(big_integer_null("told_at"))
        .col(big_integer_null("end_told_at"))
        .primary_key(Index::create().col("alert").col("channel").col("recipient"))
        .take()
}

#[cfg(test)]
mod tests {
    use sea_orm_migration::MigratorTrait as _;
    use sea_orm_migration::prelude::*;
    use sea_orm_migration::sea_orm::{EntityTrait as _, QueryOrder as _};

    use crate::storage::entity::person::{alert, alert_telling};
    use crate::storage::migration::Migrator;
    use crate::storage::migration::test_before::before;

    #[tokio::test]
    async fn alerts_of_the_first_version_stay_as_they_stood_and_whom_they_were_told_is_known() {
        let (_folder, connection) = before(&super::Migration).await;
        for row in [
            "(1, 'peer_behind', 'de-example', 'late', NULL, NULL, 5, 0, 6, 2)",
            "(2, 'offer_unanswered', 'de-example', 'late', 9, 'ada', NULL, 0, NULL, 0)",
            "(3, 'authority', 'revocation list of CN=X until T: over', 'late', NULL, NULL, NULL, 0, NULL, 0)",
        ] {
            let insert = format!(
                "INSERT INTO alert (raised_at, kind, subject, text, acknowledged_at, acknowledged_by, mail_tried_at, \
                 mail_failures, webhook_tried_at, webhook_failures) VALUES {row}"
            );
            connection.execute_unprepared(&insert).await.expect("a row");
        }
        Migrator::up(&connection, None).await.expect("migrated");
        let alerts = alert::Entity::find().order_by_asc(alert::Column::Id).all(&connection).await.expect("readable");
        let stand: Vec<_> =
            alerts.iter().map(|row| (row.acknowledged_at, row.resolved_at, row.superseded, &*row.details)).collect();
        let expected = [(None, None, false, "{}"), (Some(9), None, false, "{}"), (None, Some(3), true, "{}")];
        assert_eq!(stand, expected);
        let told = alert_telling::Entity::find().order_by_asc(alert_telling::Column::Channel);
        let told = told.all(&connection).await.expect("readable");
        let tries: Vec<_> = told.iter().map(|row| (row.alert, &*row.channel, row.failures, row.told_at)).collect();
        assert_eq!(tries, [(1, "mail", 0, Some(5)), (1, "webhook", 2, None)]);
    }
}
