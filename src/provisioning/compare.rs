//! A whole synchronisation.

use super::{
    ProvisioningError, ProvisioningReport, groups,
    leftovers::{self, RemoteIndexes},
    listing,
    run::ProvisioningRun,
    users,
};
use crate::model::ProvisionedKind;

/// Makes the endpoint have the users and groups that it should have. Deletions come first, since
/// they free names.
pub(super) async fn complete(
    run: &mut ProvisioningRun<'_>,
) -> Result<ProvisioningReport, ProvisioningError> {
    let mut remote = RemoteIndexes {
        users: listing::read(run, ProvisionedKind::User).await?,
        groups: listing::read(run, ProvisionedKind::Group).await?,
    };
    leftovers::delete(run, &mut remote).await?;
    users::provision(run, &remote.users).await?;
    // The members of groups are known by the ids of the users that were sent.
    run.store_noted().await?;
    groups::provision(run, &remote).await?;
    run.store_noted().await?;
    run.end()
}
