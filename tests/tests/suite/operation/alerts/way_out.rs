//! Each person is told by itself, by a server that is greeted properly, through a proxy where one is named.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_tests::leak::{none_in, text_needles};
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::refusal::{CONFIGURATION, FAILED, refused_with};
use hotline_tests::service::mail_server::{MailProgram, Security};
use hotline_tests::service::proxy::{Proxy, ProxyKind};
use hotline_tests::service::webhook_server::WebhookServer;
use hotline_tests::wait::until;

use super::{House, PASSWORD, SOON, mail_number, test_trusting};

/// Counts the mails to this recipient.
fn receivers(mails: &[String], name: &str) -> usize {
    mails.iter().filter(|mail| mail.contains(&format!("X-RcptTo: {name}"))).count()
}

pub(super) async fn a_person_whose_server_defers_is_told_again_within_a_minute_and_nobody_twice(
    store: Store,
) -> anyhow::Result<()> {
    let Some(program) = MailProgram::find().await? else { return Ok(()) };
    let house = House::new(&store).await?;
    let mail = program.start_at(house.mail, Security::Plain, None).await?;
    let both = vec!["later@hotline.example", "duty@hotline.example"];
    house.alerts(&[("mail_to", both.into())])?;
    let clock = Clock::set_at(Clock::system().now());
    let node = house.serve(clock.clone()).await?;
    house.until_raised(&clock, "peer_behind").await?;
    mail_number(&mail, 1).await?;
    until("that one was deferred is known", SOON, async || {
        Ok((house.examined("alert mail").await?["status"] == "warning").then_some(()))
    })
    .await?;
    ensure!(receivers(&mail.mails()?, "later@hotline.example") == 0, "it was deferred: {:?}", mail.mails()?);
    clock.advance(Duration::from_secs(61));
    let second = mail_number(&mail, 2).await?;
    ensure!(second.contains("X-RcptTo: later@hotline.example") && second.contains("peer_behind"), "{second}");
    until("all is well", SOON, async || Ok((house.examined("alert mail").await?["status"] == "ok").then_some(())))
        .await?;
    let mails = mail.mails()?;
    ensure!(receivers(&mails, "duty@hotline.example") == 1, "{mails:?}");
    node.stop().await
}

pub(super) async fn a_server_is_greeted_by_the_machine_s_name_or_the_one_that_is_configured(
    store: Store,
) -> anyhow::Result<()> {
    let Some(program) = MailProgram::find().await? else { return Ok(()) };
    let house = House::new(&store).await?;
    let mail = program.start_at(house.mail, Security::Plain, None).await?;
    house.alerts(&[("mail_hello", "node.hotline.example".into()), ("webhook_url", "http://127.0.0.1:1/".into())])?;
    house.test().await?;
    let named = mail_number(&mail, 1).await?;
    ensure!(named.contains("X-Hello: node.hotline.example"), "{named}");
    let config = &house.federation[0].cli.config_file;
    let text = std::fs::read_to_string(config)?;
    std::fs::write(config, text.replace("mail_hello = \"node.hotline.example\"", ""))?;
    house.test().await?;
    let own = mail_number(&mail, 2).await?;
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname")?;
    let short = name.trim().split('.').next().unwrap_or_default();
    ensure!(own.contains(&format!("X-Hello: {short}")) || own.contains("X-Hello: localhost"), "{short}: {own}");
    house.alerts(&[("mail_hello", "node hotline".into()), ("proxy", "https://proxy.example".into())])?;
    let output = house.federation[0].cli.output(&["config", "check"], None).await?;
    refused_with(&output, CONFIGURATION, &["alerts.mail_hello", "alerts.proxy", "socks5://host:port"])
}

pub(super) async fn both_ways_lead_through_a_proxy_whose_login_is_shown_nowhere(store: Store) -> anyhow::Result<()> {
    let Some(program) = MailProgram::find().await? else { return Ok(()) };
    let house = House::new(&store).await?;
    let webhook = WebhookServer::start_at(house.webhook, 200).await?;
    let mail = program.start(Security::StartTls, None).await?;
    house.alerts(&[("mail_server", mail.url.as_str().into())])?;
    for kind in [ProxyKind::Http, ProxyKind::Socks5] {
        let proxy = Proxy::start(kind).await?;
        house.alerts(&[("proxy", proxy.url("ada", PASSWORD).into())])?;
        let output = test_trusting(&house, &mail.certificate()).await?;
        done(&output).with_context(|| format!("{kind:?}: {}", String::from_utf8_lossy(&output.stdout)))?;
        let mut led = proxy.led();
        led.sort();
        let mail_at = mail.url.rsplit('/').next().context("an address")?.to_owned();
        let mut expected = vec![house.webhook.to_string(), mail_at];
        expected.sort();
        ensure!(led == expected, "{kind:?}: {led:?}, not {expected:?}");
        let shown = house.federation[0].cli.json(&["config", "show"]).await?.to_string();
        none_in("config show", shown.as_bytes(), &text_needles(PASSWORD))?;
        ensure!(shown.contains("hidden@127.0.0.1"), "{shown}");

        house.alerts(&[("proxy", proxy.url("ada", "canary-wrong-password").into())])?;
        let output = test_trusting(&house, &mail.certificate()).await?;
        refused_with(&output, FAILED, &["2 of 2 channels"])?;
        let said = [output.stdout, output.stderr].concat();
        none_in("alert test", &said, &text_needles("canary"))?;
        ensure!(String::from_utf8(said)?.contains("alerts.proxy"), "{kind:?}: the proxy is named");
    }
    ensure!(mail.mails()?.len() == 2 && webhook.posted().len() == 2, "each came once through each proxy");
    Ok(())
}
