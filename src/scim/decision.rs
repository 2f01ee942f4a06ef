//! The next step for a user or a group at an endpoint.

use super::ProvisionedBody;
use crate::crypto::Digest;

/// The smallest number of deletions that may be too many at once.
const MANY: usize = 10;

/// The resource at the endpoint that has the id of a user or a group of ours as its `externalId`.
#[derive(Debug, Clone)]
pub struct RemoteState {
    /// Its id there.
    pub id: String,
    /// Whether its username and its flag `active` are as they should be. They may have been changed
    /// there.
    pub is_as_sent: bool,
}

/// The last version that was sent.
#[derive(Debug, Clone, Copy)]
pub struct SentState<'a> {
    /// The id there.
    pub id: &'a str,
    /// The digest of the resource.
    pub digest: &'a Digest,
}

/// The next step for a user or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProvisioningStep {
    /// Create it.
    Create,
    /// Leave it: the endpoint has it as it is.
    Keep,
    /// Replace the resource with this id.
    Replace(String),
}

/// Decides the next step for a user or a group that the endpoint should have.
///
/// A resource that was sent before is sent again only when it has changed here, or when its username or its
/// activity differs there: endpoints leave out, add and normalise other attributes, so that a
/// comparison of all of them would never find them equal.
pub fn next_step(
    body: &ProvisionedBody,
    remote: Option<&RemoteState>,
    sent: Option<SentState<'_>>,
) -> ProvisioningStep {
    let Some(remote) = remote else { return ProvisioningStep::Create };
    let is_sent =
        sent.is_some_and(|sent| sent.id == remote.id && sent.digest.constant_time_eq(&body.digest));
    if is_sent && remote.is_as_sent {
        ProvisioningStep::Keep
    } else {
        ProvisioningStep::Replace(remote.id.clone())
    }
}

/// How many of our users or groups an endpoint has, and how many of them should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeletionCount {
    /// Those that the endpoint has.
    pub there: usize,
    /// Those of them that should not be there.
    pub gone: usize,
}

/// A synchronisation would delete so much that a mistake is more likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it would delete {} of the {} accounts and groups that the application has from here", .0.gone, .0.there)]
pub struct TooManyDeletions(pub DeletionCount);

/// Refuses to delete everything, and more than half of many: an empty directory, or a restriction to
/// the wrong group, must not empty an application.
pub fn check_deletions(count: DeletionCount) -> Result<(), TooManyDeletions> {
    let DeletionCount { there, gone } = count;
    let is_all = gone > 1 && gone == there;
    let is_most = gone > MANY && gone > there / 2;
    if is_all || is_most { Err(TooManyDeletions(count)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(json: &str) -> ProvisionedBody {
        ProvisionedBody { json: json.to_owned(), digest: Digest::of(json) }
    }

    #[test]
    fn a_resource_is_sent_when_it_is_missing_or_other_than_before() {
        let (now, before) = (body("now"), body("before"));
        let there = |is_as_sent| RemoteState { id: "r1".to_owned(), is_as_sent };
        let sent = |id, body| Some(SentState { id, digest: body });
        let replace = ProvisioningStep::Replace("r1".to_owned());
        for (remote, sent, step) in [
            (None, None, ProvisioningStep::Create),
            // It was deleted there.
            (None, sent("r1", &now.digest), ProvisioningStep::Create),
            (Some(there(true)), sent("r1", &now.digest), ProvisioningStep::Keep),
            (Some(there(true)), sent("r1", &before.digest), replace.clone()),
            // It was changed there.
            (Some(there(false)), sent("r1", &now.digest), replace.clone()),
            // It was made anew there.
            (Some(there(true)), sent("r0", &now.digest), replace.clone()),
            // Another installation sent it, such as the Pocket ID before.
            (Some(there(true)), None, replace),
        ] {
            assert_eq!(next_step(&now, remote.as_ref(), sent), step);
        }
    }

    #[test]
    fn an_application_is_not_emptied_by_mistake() {
        let is_fine = |there, gone| check_deletions(DeletionCount { there, gone }).is_ok();
        for (there, gone) in [(0, 0), (1, 1), (5, 4), (20, 10), (22, 11), (1_000, 500)] {
            assert!(is_fine(there, gone), "{gone} of {there}");
        }
        for (there, gone) in [(2, 2), (5, 5), (20, 11), (1_000, 501), (1_000, 1_000)] {
            assert!(!is_fine(there, gone), "{gone} of {there}");
        }
    }
}
