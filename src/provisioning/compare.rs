//! A whole synchronisation.

use super::{
    DeletionPolicy, ProvisioningError, ProvisioningReport, groups,
    leftovers::{self, RemoteIndexes},
    listing,
    run::ProvisioningRun,
    users,
};
use crate::model::ProvisionedKind;

/// Makes the endpoint have the users and groups that it should have. Deletions come first, since
/// they free names.
pub(super) async fn complete(
    mut run: ProvisioningRun<'_>,
    policy: DeletionPolicy,
) -> Result<ProvisioningReport, ProvisioningError> {
    let mut remote = RemoteIndexes {
        users: listing::read(&run.service, ProvisionedKind::User).await?,
        groups: listing::read(&run.service, ProvisionedKind::Group).await?,
    };
    leftovers::delete(&mut run, &mut remote, policy).await?;
    users::provision(&mut run, &remote.users).await?;
    groups::provision(&mut run, &remote.groups).await?;
    leftovers::forget_gone(&mut run, &remote).await?;
    run.end()
}
