//! Runs a synchronisation in the server.

use std::sync::Arc;

use crate::{
    model::ScimProviderId,
    provisioning::{
        self, ProvisioningError, ProvisioningMeans, ProvisioningPolicy, ProvisioningReport,
    },
    server::App,
};

/// Synchronises a provider, and logs the result. Runs to its end even if the caller does not wait.
pub(in crate::server) async fn synchronise(
    app: &Arc<App>,
    id: ScimProviderId,
    policy: ProvisioningPolicy,
) -> Result<ProvisioningReport, ProvisioningError> {
    let app = Arc::clone(app);
    let task = tokio::spawn(async move {
        let holder = app.new_request_id();
        let means = ProvisioningMeans {
            store: app.store(),
            outbound: app.outbound(),
            master_key: app.key_store().master_key,
            clock: app.clock(),
            holder: &holder,
        };
        let done = provisioning::synchronise(means, id, policy).await;
        if let Ok(report) = &done {
            tracing::info!(provider = %id, %report, "synchronised over SCIM");
        }
        done
    });
    task.await.unwrap_or(Err(ProvisioningError::Store(crate::store::StoreError::Stopped)))
}
