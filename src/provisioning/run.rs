//! The state of a synchronisation.

use std::fmt::Display;

use uuid::Uuid;

use super::{
    ProvisioningError, ProvisioningMeans, ProvisioningReport, ResourceCount, service::ScimService,
};
use crate::{
    model::ProvisionedKind,
    store::scim_resources::{self, ProvisioningScope, SentResource},
};

/// Failures in a row after which the others are not tried: the endpoint is out of order.
const MAX_FAILURES: usize = 20;

/// A synchronisation.
pub(super) struct ProvisioningRun<'a> {
    pub(super) means: ProvisioningMeans<'a>,
    pub(super) service: ScimService<'a>,
    pub(super) scope: ProvisioningScope,
    /// The resources that were sent and are not stored yet.
    pub(super) sent: Vec<SentResource>,
    report: ProvisioningReport,
    first_failure: Option<String>,
    failures_in_a_row: usize,
}

impl<'a> ProvisioningRun<'a> {
    pub(super) fn new(
        means: ProvisioningMeans<'a>,
        service: ScimService<'a>,
        scope: ProvisioningScope,
    ) -> Self {
        Self {
            means,
            service,
            scope,
            sent: Vec::new(),
            report: ProvisioningReport::default(),
            first_failure: None,
            failures_in_a_row: 0,
        }
    }

    /// The report, or an error that counts the failures.
    pub(super) fn end(self) -> Result<ProvisioningReport, ProvisioningError> {
        match self.first_failure {
            Some(first) => Err(ProvisioningError::Partial { report: Box::new(self.report), first }),
            None => Ok(self.report),
        }
    }

    /// The counts of a kind.
    pub(super) fn count(&mut self, kind: ProvisionedKind) -> &mut ResourceCount {
        match kind {
            ProvisionedKind::Group => &mut self.report.groups,
            ProvisionedKind::User => &mut self.report.users,
        }
    }

    /// Counts a failure. Fails when there are too many in a row.
    pub(super) fn fail(
        &mut self,
        kind: ProvisionedKind,
        name: &str,
        cause: &dyn Display,
    ) -> Result<(), ProvisioningError> {
        self.count(kind).failed += 1;
        let what = kind.as_str();
        tracing::debug!(kind = what, name, %cause, "could not provision a resource");
        if self.first_failure.is_none() {
            self.first_failure = Some(format!("{what} {name}: {cause}"));
        }
        self.failures_in_a_row += 1;
        if self.failures_in_a_row < MAX_FAILURES {
            return Ok(());
        }
        let first = self.first_failure.clone().unwrap_or_default();
        Err(ProvisioningError::Partial { report: Box::new(self.report), first })
    }

    /// Notes that the endpoint took a resource.
    pub(super) fn note_success(&mut self) {
        self.failures_in_a_row = 0;
    }

    /// Stores the resources that were sent.
    pub(super) async fn store_sent(
        &mut self,
        kind: ProvisionedKind,
    ) -> Result<(), ProvisioningError> {
        if self.sent.is_empty() {
            return Ok(());
        }
        let (provider_id, sent) = (self.scope.provider_id, std::mem::take(&mut self.sent));
        let stored =
            self.means.store.write(move |tx| scim_resources::put(tx, provider_id, kind, &sent));
        Ok(stored.await?)
    }

    /// Forgets resources that the endpoint no longer has.
    pub(super) async fn forget(
        &mut self,
        kind: ProvisionedKind,
        ids: Vec<Uuid>,
    ) -> Result<(), ProvisioningError> {
        if ids.is_empty() {
            return Ok(());
        }
        let provider_id = self.scope.provider_id;
        let stored =
            self.means.store.write(move |tx| scim_resources::delete(tx, provider_id, kind, &ids));
        Ok(stored.await?)
    }
}
