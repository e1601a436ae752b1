//! Calling a person where the federation's authority wants attention: its revocation lists, its certificates, or what of
//! it this node shows.

use std::collections::BTreeSet;

use crate::access::alert;
use crate::context::Context;
use crate::storage::StorageError;
use crate::trust::AuthorityWarning;

/// The alert's kind.
const KIND: &str = "authority";

/// What this start of the node has told, and what stands still.
#[derive(Debug, Default)]
pub struct ToldWarnings(BTreeSet<String>);

/// Tells what is new among `warnings`, in the log and as alerts; gives the number of alerts that were written. What is over
/// and comes again is told again.
pub async fn tell_authority_warnings(
    context: &Context,
    warnings: &[AuthorityWarning],
    told: &mut ToldWarnings,
) -> Result<usize, StorageError> {
    let new: Vec<_> = warnings.iter().filter(|warning| !told.0.contains(&warning.subject())).collect();
    let mut raised = 0;
    if !new.is_empty() {
        let write = context.database.write("tell_authority_warnings").await?;
        for warning in &new {
            let text = format!("{warning}; {}", warning.advice());
            raised += usize::from(alert::raise(&write, &context.clock, KIND, &warning.subject(), &text).await?);
        }
        write.commit().await?;
    }
    for warning in new {
        if warning.is_fault() {
            tracing::error!("{warning}");
        } else {
            tracing::warn!("{warning}");
        }
    }
    told.0 = warnings.iter().map(AuthorityWarning::subject).collect();
    Ok(raised)
}

#[cfg(test)]
mod tests {
    use super::super::test_house::new_context;
    use super::*;
    use crate::access::alert::list_open;
    use crate::access::audit::ActOrigin;

    #[tokio::test]
    async fn a_person_is_told_once_while_it_lasts_and_again_when_it_comes_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let context = new_context(folder.path()).await;
        let faulty = [AuthorityWarning::FileFaulty { fault: "list.pem: it holds no revocation list".to_owned() }];
        let mut told = ToldWarnings::default();
        for (warnings, raised) in [(&faulty[..], 1), (&faulty[..], 0), (&[], 0)] {
            assert_eq!(tell_authority_warnings(&context, warnings, &mut told).await.expect("told"), raised);
        }
        let open = list_open(&context.database).await.expect("readable");
        assert!(open[0].kind == KIND && open[0].text.contains("list.pem"), "{open:?}");
        alert::acknowledge(&context.database, &context.clock, open[0].id, ("ada", ActOrigin::Cli))
            .await
            .expect("written");
        assert_eq!(tell_authority_warnings(&context, &faulty, &mut told).await.expect("told"), 1);
    }
}
