//! A member that writes for ever about one report.

use std::time::{Duration, Instant};

use anyhow::Result;
use hotline_tests::hostile::{LongReport, Member};
use hotline_tests::node::federation::{Federation, THREE};

use crate::Arguments;
use crate::bystanders::Bystanders;

/// Entries in a push: as many as a run may have.
const RUN: usize = 1_024;

/// Measures its pushes, and the delays of others meanwhile.
pub(crate) async fn measure(arguments: &Arguments) -> Result<()> {
    let mut federation = Federation::new(&arguments.database.store()?, &THREE).await?;
    federation[0].start().await?;
    let (node, hostile) = (&federation[0], Member::of(&federation[2])?);
    let readers: &[&str] = if arguments.bodies { &["fr-alder"] } else { &[] };
    let mut report = LongReport::of(&hostile, readers)?;
    let bystanders = Bystanders::begin(node.public_address(), &federation[0], &Member::of(&federation[1])?)?;
    let (begin, mut pushes, mut written) = (Instant::now(), Vec::new(), 0);
    while written < arguments.entries && begin.elapsed() < Duration::from_secs(arguments.longest) {
        let count = RUN.min(arguments.entries - written);
        let run = report.write(&hostile, count)?;
        let before = Instant::now();
        let answer = hostile.push(node, &run).await;
        let took = before.elapsed();
        pushes.push((count, took));
        match answer {
            Ok(answer) if answer.status == 200 => written += count,
            Ok(answer) => {
                println!("push {} after {took:.2?}: {} {}", pushes.len(), answer.status, answer.text);
                break;
            }
            Err(error) => {
                println!("push {} after {took:.2?}: {error:#}", pushes.len());
                break;
            }
        }
    }
    let full: Vec<f64> = pushes.iter().filter(|(count, _)| *count == RUN).map(|(_, took)| took.as_secs_f64()).collect();
    let shown: Vec<String> = full.iter().map(|took| format!("{took:.3}")).collect();
    println!("{written} entries in {:.1?}, bodies: {}, {:?}", begin.elapsed(), arguments.bodies, arguments.database);
    println!("  seconds for each push of {RUN}: {}", shown.join(" "));
    for (what, times) in bystanders.end().await {
        println!("  {what}: {times}");
    }
    Ok(())
}
