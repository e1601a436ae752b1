//! A SQLite file on a full disk: a sentence, nothing half done, and the work goes on when there is room.

use std::fs;
use std::ops::Range;
use std::process::Output;
use std::time::Duration;

use anyhow::ensure;
use hotline_node::intake::BATCH_ROWS;
use hotline_tests::node::cli::{done, run, run_by};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::Federation;
use hotline_tests::places::url_in;
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::small_disk::SmallDisk;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::database_access::{file, house, house_at_rest};

/// A batch of rows is taken within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server's disk is its own matter.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "database_disk",
            store,
            [
                a_full_disk_takes_nothing_and_goes_on_when_there_is_room,
                an_import_that_stops_on_the_way_tells_what_was_taken,
                a_limit_on_files_takes_nothing_and_goes_on_without_it,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

/// A node with its database on a small disk.
struct Cramped {
    disk: SmallDisk,
    federation: Federation,
}

impl Cramped {
    /// `None` where nobody may mount one.
    async fn new(store: &Store) -> anyhow::Result<Option<Self>> {
        let Some(disk) = SmallDisk::new(8).await else { return Ok(None) };
        let federation = house_at_rest(store).await?;
        let database = disk.path().join("node.sqlite");
        let mut copy = Command::new("cp");
        done(&run(&mut disk.command(copy.arg(file(&federation)).arg(&database))?, None).await?)?;
        federation[0].configure(&[("database", "url", format!("sqlite:{}", database.display()).into())])?;
        Ok(Some(Self { disk, federation }))
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = self.federation[0].cli.command();
        self.disk.command(command.arg("--json").args(arguments))
    }

    async fn output(&self, arguments: &[&str], input: Option<&str>) -> anyhow::Result<Output> {
        run(&mut self.command(arguments)?, input).await
    }

    async fn json(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = self.output(arguments, None).await?;
        done(&output)?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

async fn a_full_disk_takes_nothing_and_goes_on_when_there_is_room(store: Store) -> anyhow::Result<()> {
    let Some(node) = Cramped::new(&store).await? else { return Ok(()) };
    let url = url_in("FR", 1);
    let submit = ["report", "submit", "-", "--assessment", "baseline"];
    node.disk.fill()?;
    refused_with(&node.output(&submit, Some(&url)).await?, FAILED, &["full", "make room"])?;
    node.disk.make_room()?;
    done(&node.output(&submit, Some(&url)).await?)?;
    let trail = node.json(&["audit", "verify"]).await?;
    ensure!(trail["ok"] == true && trail["entries"] == 2, "init and one report: {trail}");
    Ok(())
}

fn rows(numbers: Range<u32>) -> String {
    let row = |number| format!("row-{number},2026-01-02T03:04:05Z,{}\n", url_in("FR", number));
    numbers.map(row).collect::<Vec<_>>().concat()
}

async fn an_import_that_stops_on_the_way_tells_what_was_taken(store: Store) -> anyhow::Result<()> {
    let Some(node) = Cramped::new(&store).await? else { return Ok(()) };
    let batch = u32::try_from(BATCH_ROWS)?;
    let (pipe, file) = (node.federation.folder().join("pipe"), node.federation.folder().join("rows.csv"));
    let header = "reference,received_at,url\n";
    fs::write(&file, format!("{header}{}", rows(0..2 * batch)))?;
    let mut mkfifo = Command::new("mkfifo");
    done(&run(mkfifo.arg(&pipe), None).await?)?;
    let path = pipe.to_string_lossy().into_owned();
    let arguments = ["report", "import", &path];
    let import = node.output(&arguments, None);
    // The disk is full when one batch is taken, and before there is another.
    let feed = async {
        let mut pipe = tokio::fs::File::options().write(true).open(&pipe).await?;
        pipe.write_all(format!("{header}{}", rows(0..batch)).as_bytes()).await?;
        pipe.flush().await?;
        until("the first batch is taken", PATIENCE, async || {
            let list = node.json(&["report", "list", "--limit", "1"]).await?;
            Ok(list.as_array().is_some_and(|list| !list.is_empty()).then_some(()))
        })
        .await?;
        node.disk.fill()?;
        pipe.write_all(rows(batch..2 * batch).as_bytes()).await?;
        Ok(pipe.flush().await?)
    };
    let (output, ()) = tokio::try_join!(import, feed)?;
    refused_with(&output, FAILED, &["full", "make room"])?;
    let told = String::from_utf8(output.stderr)?;
    ensure!(told.contains(&format!("{batch} rows were taken before this; import the same file again")), "{told}");
    node.disk.make_room()?;
    let result = node.json(&["report", "import", &file.to_string_lossy()]).await?;
    for (key, expected) in [("rows", json!(2 * batch)), ("taken", json!(batch)), ("known", json!(batch))] {
        ensure!(result[key] == expected, "{key}: {result}");
    }
    ensure!(result["faulty"] == json!([]), "{result}");
    Ok(())
}

async fn a_limit_on_files_takes_nothing_and_goes_on_without_it(store: Store) -> anyhow::Result<()> {
    let federation = house(&store).await?;
    let cli = &federation[0].cli;
    let csv = federation.folder().join("rows.csv");
    fs::write(&csv, format!("reference,received_at,url\n{}", rows(0..2_000)))?;
    let csv = csv.to_string_lossy().into_owned();
    let mut import = cli.command();
    import.args(["report", "import", &csv]);
    // The limit's signal would end the process; without it the system refuses to write.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 600; exec \"$@\"", "sh"]);
    let mut limited = run_by(shell, &import);
    refused_with(&run(&mut limited, None).await?, FAILED, &["disk", "nothing was half done"])?;
    let result = cli.json(&["report", "import", &csv]).await?;
    let sum = result["taken"].as_u64().zip(result["known"].as_u64()).map(|(taken, known)| taken + known);
    ensure!(sum == Some(2_000) && result["faulty"].as_array().is_some_and(Vec::is_empty), "{result}");
    ensure!(cli.json(&["audit", "verify"]).await?["ok"] == true, "the audit trail is whole");
    Ok(())
}
