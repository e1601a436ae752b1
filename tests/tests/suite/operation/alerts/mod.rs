//! An alert is told by mail and to a webhook until somebody acknowledges it, and holds nothing that was reported. Days
//! pass by moving the clock.

mod ending;
mod suspended;
mod way_out;

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use ending::an_alert_ends_by_itself_is_told_so_once_and_the_next_outage_is_a_new_one;
use hotline_node::clock::Clock;
use hotline_tests::leak::{none_in, text_needles, url_needles};
use hotline_tests::node::cli::{done, run};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::ports::free_address;
use hotline_tests::refusal::{CONFIGURATION, FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::mail_server::{MailProgram, MailServer, Security, USER};
use hotline_tests::service::webhook_server::{Posted, WebhookServer};
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use suspended::being_suspended_by_a_peer_is_an_alert_that_is_told_and_ends_when_the_peer_resumes;
use way_out::{
    a_person_whose_server_defers_is_told_again_within_a_minute_and_nobody_twice,
    a_server_is_greeted_by_the_machine_s_name_or_the_one_that_is_configured,
    both_ways_lead_through_a_proxy_whose_login_is_shown_nowhere,
};

/// An alert is raised within five seconds, and sent within two more.
const SOON: Duration = Duration::from_secs(40);
const A_DAY: Duration = Duration::from_hours(24);
const THREE_DAYS: Duration = Duration::from_hours(72);

const HOST: &str = "canary-host.test";
const URL: &str = "https://canary-host.test/canary-path/item?canary-query=1";
const PASSWORD: &str = "canary-password";
const TOKEN: &str = "canary-token";

/// Columns are alike on both databases once the first sentence holds.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    let mut trials = sentences!(
        "alerts",
        store,
        [
            an_alert_is_sent_by_mail_and_to_a_webhook_again_and_again_until_acknowledged,
            being_suspended_by_a_peer_is_an_alert_that_is_told_and_ends_when_the_peer_resumes,
        ]
    );
    if matches!(store, Store::Sqlite) {
        trials.extend(sentences!(
            "alerts",
            store,
            [
                an_alert_ends_by_itself_is_told_so_once_and_the_next_outage_is_a_new_one,
                a_person_whose_server_defers_is_told_again_within_a_minute_and_nobody_twice,
                a_server_is_greeted_by_the_machine_s_name_or_the_one_that_is_configured,
                both_ways_lead_through_a_proxy_whose_login_is_shown_nowhere,
                who_is_away_is_told_when_it_is_back,
                a_test_says_what_failed_on_which_channel,
                mail_goes_only_where_the_certificate_is_trusted,
                passwords_and_tokens_and_addresses_stand_in_no_log_and_no_error,
                a_configuration_of_alerts_that_cannot_work_is_refused_by_its_keys,
            ]
        ));
    }
    trials
}

/// A node that will have something to tell: its report is for a hotline that does not serve.
struct House {
    federation: Federation,
    mail: SocketAddr,
    webhook: SocketAddr,
}

impl House {
    /// The node is told to send to two addresses where nobody listens yet.
    async fn new(store: &Store) -> anyhow::Result<Self> {
        let house = Self {
            federation: Federation::new(store, &THREE[..2]).await?,
            mail: free_address(),
            webhook: free_address(),
        };
        house.federation.name_hosts(&[(HOST, "NL")])?;
        house.alerts(&[
            ("mail_server", format!("smtp://{}", house.mail).into()),
            ("mail_from", "node@hotline.example".into()),
            ("mail_to", vec!["duty@hotline.example"].into()),
            ("webhook_url", format!("http://{}/canary-hook", house.webhook).into()),
        ])?;
        Ok(house)
    }

    fn alerts(&self, keys: &[(&str, toml::Value)]) -> anyhow::Result<()> {
        let values: Vec<_> = keys.iter().map(|(key, value)| ("alerts", *key, value.clone())).collect();
        self.federation[0].configure(&values)
    }

    /// A file that only the node's user may read.
    fn secret(&self, name: &str, secret: &str) -> anyhow::Result<toml::Value> {
        let file = self.federation[0].folder().join(name);
        std::fs::write(&file, format!("{secret}\n"))?;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
        Ok(file.to_string_lossy().into_owned().into())
    }

    /// Serves it and reports the canary: this cannot be delivered.
    async fn serve(&self, clock: Clock) -> anyhow::Result<TestNode> {
        let node = TestNode::serve(&self.federation[0].cli.config_file, clock).await?;
        self.federation[0].cli.submit(URL).await?;
        Ok(node)
    }

    /// Waits until an alert of this kind is open, while the time goes on.
    async fn until_raised(&self, clock: &Clock, kind: &str) -> anyhow::Result<()> {
        until(format!("{kind} is raised"), SOON, async || {
            clock.advance(Duration::from_secs(30));
            let open = self.federation[0].cli.json(&["alert", "list"]).await?;
            Ok(open.to_string().contains(kind).then_some(()))
        })
        .await
        .map(drop)
    }

    /// Returns `doctor`'s finding of a check.
    async fn examined(&self, check: &str) -> anyhow::Result<Value> {
        let output = self.federation[0].cli.output(&["doctor"], None).await?;
        let checks: Value = serde_json::from_slice(&output.stdout)?;
        let found = checks.as_array().and_then(|checks| checks.iter().find(|found| found["name"] == check));
        found.cloned().with_context(|| format!("{check} is not in {checks}"))
    }

    async fn test(&self) -> anyhow::Result<Output> {
        self.federation[0].cli.output(&["alert", "test"], None).await
    }

    async fn acknowledge_all(&self) -> anyhow::Result<()> {
        let cli = &self.federation[0].cli;
        for alert in cli.json(&["alert", "list"]).await?.as_array().context("a list")? {
            cli.json(&["alert", "acknowledge", &alert["id"].to_string()]).await?;
        }
        Ok(())
    }
}

/// Waits for mail number `count`, the first being 1.
async fn mail_number(server: &MailServer, count: usize) -> anyhow::Result<String> {
    let (mail, _) =
        until(format!("mail {count} arrives"), SOON, async || Ok(server.mails()?.into_iter().nth(count - 1))).await?;
    Ok(mail)
}

/// Waits for a document of this kind behind the first `seen`.
async fn document(server: &WebhookServer, seen: usize, kind: &str) -> anyhow::Result<Posted> {
    let (posted, _) = until(format!("the webhook is told of {kind}"), SOON, async || {
        Ok(server.posted().into_iter().skip(seen).find(|posted| posted.document["kind"] == kind))
    })
    .await?;
    Ok(posted)
}

/// The text of a mail without the breaks of its transfer encoding.
fn plain(mail: &str) -> String {
    mail.replace("=\n", "").replace("=\r\n", "")
}

fn holds_nothing_reported(place: &str, text: &str) -> anyhow::Result<()> {
    none_in(place, text.as_bytes(), &url_needles(URL)?)
}

async fn an_alert_is_sent_by_mail_and_to_a_webhook_again_and_again_until_acknowledged(
    store: Store,
) -> anyhow::Result<()> {
    let Some(program) = MailProgram::find().await? else { return Ok(()) };
    let house = House::new(&store).await?;
    let mail = program.start_at(house.mail, Security::Plain, None).await?;
    let webhook = WebhookServer::start_at(house.webhook, 204).await?;
    house.alerts(&[("webhook_token_file", house.secret("token", TOKEN)?)])?;
    let clock = Clock::set_at(Clock::system().now());
    let node = house.serve(clock.clone()).await?;
    house.until_raised(&clock, "peer_behind").await?;

    let first = mail_number(&mail, 1).await?;
    for part in [
        "Subject: [hotline-node] fr-alder: 1 alert needs a person: peer_behind",
        "To: duty@hotline.example",
        "MIME-Version: 1.0",
        "Date: ",
        "Message-ID: <",
        "Auto-Submitted: auto",
        "\n\nThe node fr-alder says:",
    ] {
        ensure!(plain(&first).replace('\r', "").contains(part), "{part}: {first}");
    }
    let posted = document(&webhook, 0, "peer_behind").await?;
    let Value::Object(told) = &posted.document else { anyhow::bail!("{posted:?}") };
    let names: Vec<&str> = told.keys().map(String::as_str).collect();
    let keys = ["alert", "kind", "node", "raised_at", "resolved_at", "state", "subject", "text"];
    ensure!(names == keys, "{names:?}");
    ensure!(told["state"] == "open" && told["resolved_at"].is_null(), "{told:?}");
    ensure!(told["node"] == "fr-alder" && told["subject"] == "nl-birch", "{told:?}");
    ensure!(posted.authorization.as_deref() == Some("Bearer canary-token"), "{posted:?}");

    clock.advance(A_DAY);
    mail_number(&mail, 2).await?;
    document(&webhook, 1, "peer_behind").await?;

    // An acknowledged alert is not sent again with later ones.
    house.acknowledge_all().await?;
    let (mails, documents) = (mail.mails()?.len(), webhook.posted().len());
    clock.advance(THREE_DAYS);
    let later = mail_number(&mail, mails + 1).await?;
    ensure!(plain(&later).contains("offer_unanswered") && !plain(&later).contains("peer_behind"), "{later}");
    document(&webhook, documents, "offer_unanswered").await?;
    node.stop().await?;

    for mail in mail.mails()? {
        holds_nothing_reported("a mail", &plain(&mail))?;
    }
    let posted = webhook.posted();
    ensure!(posted.iter().skip(documents).all(|posted| posted.document["kind"] != "peer_behind"), "{posted:?}");
    posted.iter().try_for_each(|posted| holds_nothing_reported("a document", &posted.document.to_string()))
}

async fn who_is_away_is_told_when_it_is_back(store: Store) -> anyhow::Result<()> {
    let Some(program) = MailProgram::find().await? else { return Ok(()) };
    let house = House::new(&store).await?;
    let clock = Clock::set_at(Clock::system().now());
    let node = house.serve(clock.clone()).await?;
    house.until_raised(&clock, "peer_behind").await?;
    for check in ["alert mail", "alert webhook"] {
        until(format!("{check} is known to fail"), SOON, async || {
            Ok((house.examined(check).await?["status"] == "warning").then_some(()))
        })
        .await?;
    }
    let mail = program.start_at(house.mail, Security::Plain, None).await?;
    let webhook = WebhookServer::start_at(house.webhook, 200).await?;
    clock.advance(Duration::from_hours(1));
    mail_number(&mail, 1).await?;
    document(&webhook, 0, "peer_behind").await?;
    for check in ["alert mail", "alert webhook"] {
        until(format!("{check} is well"), SOON, async || {
            Ok((house.examined(check).await?["status"] == "ok").then_some(()))
        })
        .await?;
    }
    node.stop().await
}

async fn a_test_says_what_failed_on_which_channel(store: Store) -> anyhow::Result<()> {
    let Some(program) = MailProgram::find().await? else { return Ok(()) };
    let house = House::new(&store).await?;
    let shown = |output: &Output| -> anyhow::Result<Value> { Ok(serde_json::from_slice(&output.stdout)?) };

    // Nobody listens.
    let output = house.test().await?;
    refused_with(&output, FAILED, &["2 of 2 channels"])?;
    let fault = |key: &str| format!("it is not reachable; look at alerts.{key}");
    let expected = json!({ "ok": false, "channels": [
        { "channel": "mail", "taken": false, "fault": fault("mail_server") },
        { "channel": "webhook", "taken": false, "fault": fault("webhook_url") },
    ]});
    ensure!(shown(&output)? == expected, "{}", shown(&output)?);

    // A wrong password, and a webhook that refuses the token, leads elsewhere, or is ill.
    let mail = program.start_at(house.mail, Security::Plain, Some(PASSWORD)).await?;
    house.alerts(&[("mail_user", USER.into()), ("mail_password_file", house.secret("password", "wrong")?)])?;
    for (status, words) in [
        (401, "it refuses the login (401); look at alerts.webhook_token_file"),
        (302, "it answers 302; look at alerts.webhook_url"),
        (500, "it answers 500; look at alerts.webhook_url"),
    ] {
        let webhook = WebhookServer::start_at(house.webhook, status).await?;
        let output = house.test().await?;
        refused_with(&output, FAILED, &["2 of 2 channels"])?;
        let channels = &shown(&output)?["channels"];
        let login = "it refuses the login (535); look at alerts.mail_user and alerts.mail_password_file";
        ensure!(channels[0]["fault"] == login && channels[1]["fault"] == words, "{channels}");
        let paths: Vec<String> = webhook.posted().into_iter().map(|posted| posted.path).collect();
        ensure!(paths == ["/canary-hook"], "a redirect is not followed: {paths:?}");
        webhook.stop().await;
    }

    // An address that is refused, beside one that is taken.
    house.secret("password", PASSWORD)?;
    house.alerts(&[("mail_to", vec!["nobody@hotline.example", "duty@hotline.example"].into())])?;
    let webhook = WebhookServer::start_at(house.webhook, 200).await?;
    let output = house.test().await?;
    refused_with(&output, FAILED, &["1 of 2 channels"])?;
    let refused = "it answers 550; look at alerts.mail_from and alerts.mail_to";
    ensure!(shown(&output)?["channels"][0]["fault"] == refused, "{}", shown(&output)?);
    ensure!(mail.mails()?.len() == 1, "the other address has its mail");

    house.alerts(&[("mail_to", vec!["duty@hotline.example"].into())])?;
    let output = house.test().await?;
    done(&output)?;
    ensure!(shown(&output)?["ok"] == true, "{}", shown(&output)?);
    let test = mail.mails()?.pop().context("a mail")?;
    ensure!(
        test.contains("Subject: [hotline-node] fr-alder: test") && test.contains("nothing is to be done"),
        "{test}"
    );
    ensure!(webhook.posted().iter().all(|posted| posted.document["kind"] == "test"), "{:?}", webhook.posted());
    let acts = house.federation[0].cli.json(&["audit", "list"]).await?;
    ensure!(acts[0]["act"] == "test_alerts" && acts[0]["what"] == "mail taken, webhook taken", "{acts}");
    let people = house.federation[0].cli.call(&["alert", "test"]).await?;
    done(&people)?;

    // A node without channels.
    let advice = ["alerts.mail_server", "alerts.webhook_url"];
    refused_with(&house.federation[1].cli.output(&["alert", "test"], None).await?, FAILED, &advice)?;
    let doctor = house.federation[1].cli.output(&["doctor"], None).await?;
    ensure!(String::from_utf8(doctor.stdout)?.contains("nobody is told of alerts"), "the doctor says so");
    Ok(())
}

/// `alert test` of a house that trusts this certificate beside none of the system's.
async fn test_trusting(house: &House, certificate: &Path) -> anyhow::Result<Output> {
    let mut command = house.federation[0].cli.command();
    command.args(["--json", "alert", "test"]).env("SSL_CERT_FILE", certificate).env_remove("SSL_CERT_DIR");
    run(&mut command, None).await
}

async fn mail_goes_only_where_the_certificate_is_trusted(store: Store) -> anyhow::Result<()> {
    let Some(program) = MailProgram::find().await? else { return Ok(()) };
    let house = House::new(&store).await?;
    let _webhook = WebhookServer::start_at(house.webhook, 200).await?;
    house.alerts(&[("mail_user", USER.into()), ("mail_password_file", house.secret("password", PASSWORD)?)])?;
    let another = program.start(Security::Tls, None).await?;
    for security in [Security::Tls, Security::StartTls] {
        let server = program.start(security, Some(PASSWORD)).await?;
        house.alerts(&[("mail_server", server.url.as_str().into())])?;
        done(&test_trusting(&house, &server.certificate()).await?)?;
        ensure!(server.mails()?.len() == 1, "{security:?}: the test arrives");
        let output = test_trusting(&house, &another.certificate()).await?;
        refused_with(&output, FAILED, &["1 of 2 channels"])?;
        let said = String::from_utf8(output.stdout)?;
        ensure!(said.contains("TLS with it failed"), "{security:?}: {said}");
        ensure!(server.mails()?.len() == 1, "{security:?}: nothing more arrives");
    }
    // A server that offers no STARTTLS is sent nothing, even if somebody in between took the offer away.
    let server = program.start(Security::Plain, Some(PASSWORD)).await?;
    house.alerts(&[("mail_server", server.url.replace("smtp:", "smtp+starttls:").into())])?;
    refused_with(&test_trusting(&house, &server.certificate()).await?, FAILED, &["1 of 2 channels"])?;
    ensure!(server.mails()?.is_empty(), "nothing arrives");
    Ok(())
}

async fn passwords_and_tokens_and_addresses_stand_in_no_log_and_no_error(store: Store) -> anyhow::Result<()> {
    let Some(program) = MailProgram::find().await? else { return Ok(()) };
    let mut house = House::new(&store).await?;
    let mail = program.start_at(house.mail, Security::Plain, Some(PASSWORD)).await?;
    let webhook = WebhookServer::start_at(house.webhook, 500).await?;
    let both = vec!["nobody@canary-mail.example", "duty@canary-mail.example"];
    // The alert is raised in the past, by a node that shows no password: no server takes it.
    let clock = Clock::set_at(Clock::system().now() - THREE_DAYS);
    let node = house.serve(clock.clone()).await?;
    house.until_raised(&clock, "peer_behind").await?;
    node.stop().await?;
    house.alerts(&[
        ("mail_user", USER.into()),
        ("mail_password_file", house.secret("password", PASSWORD)?),
        ("mail_to", both.into()),
        ("webhook_token_file", house.secret("token", TOKEN)?),
    ])?;
    house.federation[0].configure(&[("log", "level", "trace".into())])?;
    house.federation[0].start().await?;
    mail_number(&mail, 1).await?;
    document(&webhook, 0, "peer_behind").await?;
    until("both are noted", SOON, async || {
        let log = house.federation[0].log()?;
        Ok((log.contains("channel=\"mail\"") && log.contains("channel=\"webhook\"")).then_some(()))
    })
    .await?;
    house.federation[0].stop().await?;

    let cli = &house.federation[0].cli;
    house.secret("password", "canary-wrong-password")?;
    let output = house.test().await?;
    refused_with(&output, FAILED, &["2 of 2 channels"])?;
    let needles = text_needles("canary");
    none_in("the log", house.federation[0].log()?.as_bytes(), &needles)?;
    none_in("what alert test shows", &output.stdout, &needles)?;
    none_in("what alert test says", &output.stderr, &needles)?;
    for arguments in [&["doctor"][..], &["audit", "list"], &["alert", "list"]] {
        let output = cli.output(arguments, None).await?;
        none_in(&arguments.join(" "), &[output.stdout, output.stderr].concat(), &needles)?;
    }
    // A reader of the configuration may see the recipients, but no secret.
    let shown = cli.json(&["config", "show"]).await?.to_string();
    ensure!(shown.contains("duty@canary-mail.example") && shown.contains("/hidden"), "{shown}");
    for secret in [PASSWORD, TOKEN, "canary-hook", "canary-wrong-password"] {
        none_in("config show", shown.as_bytes(), &text_needles(secret))?;
    }
    Ok(())
}

async fn a_configuration_of_alerts_that_cannot_work_is_refused_by_its_keys(store: Store) -> anyhow::Result<()> {
    let house = House::new(&store).await?;
    let check = async |words: &[&str]| {
        let output = house.federation[0].cli.output(&["config", "check"], None).await?;
        refused_with(&output, CONFIGURATION, words)
    };
    house.alerts(&[("mail_server", "smtp://mail.example".into()), ("webhook_url", "http://hooks.example/".into())])?;
    check(&["alerts.mail_server", "alerts.webhook_url", "on this machine"]).await?;
    house.alerts(&[("mail_server", "smtps://mail.example".into()), ("webhook_url", "https://hooks.example".into())])?;
    house.alerts(&[
        ("mail_to", toml::Value::Array(Vec::new())),
        ("mail_user", "ada".into()),
        ("repeat_hours", 0.into()),
    ])?;
    check(&["alerts.mail_to", "alerts.mail_password_file", "alerts.repeat_hours"]).await?;
    let password = house.secret("password", PASSWORD)?;
    let file = house.federation[0].folder().join("password");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644))?;
    house.alerts(&[
        ("mail_to", vec!["duty@hotline.example"].into()),
        ("repeat_hours", 1.into()),
        ("mail_password_file", password),
        ("webhook_token_file", house.secret("token", "two\nlines")?),
    ])?;
    check(&["alerts.mail_password_file", "chmod 600", "alerts.webhook_token_file", "one line"]).await
}
