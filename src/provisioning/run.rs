//! The state of a synchronisation.

use std::{
    fmt::Display,
    sync::atomic::{AtomicUsize, Ordering},
};

use uuid::Uuid;

use super::{
    ProvisioningError, ProvisioningMeans, ProvisioningPolicy, ProvisioningReport, ResourceCount,
    error::RefusedRequest, service::ScimService,
};
use crate::{
    model::ProvisionedKind,
    outbound::OutboundError,
    store::scim_resources::{self, ProvisioningScope, SentResource},
};

/// Faults of the endpoint in a row after which the others are not tried: it is out of order. A resource that it
/// refuses is no fault of the endpoint, and there may be any number of them.
const MAX_FAULTS: usize = 20;
/// The same, when it does not answer at all, which takes long.
const MAX_SILENCES: usize = 3;
/// The most changes at the endpoint that are not stored here yet.
const MAX_NOTED: usize = 25;

/// A synchronisation.
pub(super) struct ProvisioningRun<'a> {
    pub(super) means: ProvisioningMeans<'a>,
    pub(super) service: ScimService<'a>,
    pub(super) scope: ProvisioningScope,
    pub(super) policy: ProvisioningPolicy,
    pub(super) progress: &'a StepCount,
    noted: Vec<Noted>,
    report: ProvisioningReport,
    first_failure: Option<String>,
    faults_in_a_row: usize,
    silences_in_a_row: usize,
    has_changed: bool,
}

/// A change at the endpoint, to store.
#[derive(Clone)]
enum Noted {
    Gone(ProvisionedKind, Uuid),
    Sent(ProvisionedKind, SentResource),
}

/// Counts the steps of a synchronisation that the endpoint took.
#[derive(Debug, Default)]
pub(super) struct StepCount(AtomicUsize);

impl StepCount {
    pub(super) fn add(&self, steps: usize) {
        self.0.fetch_add(steps, Ordering::Relaxed);
    }

    pub(super) fn steps(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl<'a> ProvisioningRun<'a> {
    pub(super) fn new(
        means: ProvisioningMeans<'a>,
        service: ScimService<'a>,
        scope: ProvisioningScope,
        policy: ProvisioningPolicy,
        progress: &'a StepCount,
    ) -> Self {
        Self {
            means,
            service,
            scope,
            policy,
            progress,
            noted: Vec::new(),
            report: ProvisioningReport::default(),
            first_failure: None,
            faults_in_a_row: 0,
            silences_in_a_row: 0,
            has_changed: false,
        }
    }

    /// The users and groups that the provider gets now: a run may take hours, and memberships end meanwhile.
    pub(super) fn scope_now(&self) -> ProvisioningScope {
        ProvisioningScope { now: self.means.now(), ..self.scope.clone() }
    }

    /// The report, or an error that counts the failures.
    pub(super) fn end(&self) -> Result<ProvisioningReport, ProvisioningError> {
        match &self.first_failure {
            Some(_) => Err(self.partial()),
            None => Ok(self.report),
        }
    }

    fn partial(&self) -> ProvisioningError {
        let first = self.first_failure.clone().unwrap_or_default();
        ProvisioningError::Partial { report: Box::new(self.report), first }
    }

    /// The counts of a kind.
    pub(super) fn count(&mut self, kind: ProvisionedKind) -> &mut ResourceCount {
        match kind {
            ProvisionedKind::Group => &mut self.report.groups,
            ProvisionedKind::User => &mut self.report.users,
        }
    }

    /// Counts a resource that the endpoint has already.
    pub(super) fn keep(&mut self, kind: ProvisionedKind) {
        self.count(kind).unchanged += 1;
        self.progress.add(1);
    }

    /// Counts a failure of one resource.
    pub(super) fn fail(&mut self, kind: ProvisionedKind, name: &str, cause: &dyn Display) {
        self.count(kind).failed += 1;
        let what = kind.as_str();
        tracing::debug!(kind = what, name, %cause, "could not provision a resource");
        if self.first_failure.is_none() {
            self.first_failure = Some(format!("{what} {name}: {cause}"));
        }
    }

    /// Counts a resource that the endpoint refused. Fails after too many faults of the endpoint in a row.
    pub(super) fn fail_refused(
        &mut self,
        kind: ProvisionedKind,
        name: &str,
        refused: &RefusedRequest,
    ) -> Result<(), ProvisioningError> {
        self.fail(kind, name, refused);
        self.silences_in_a_row = 0;
        if refused.is_fault_of_endpoint(self.has_changed) {
            self.faults_in_a_row += 1;
        }
        if self.faults_in_a_row < MAX_FAULTS { Ok(()) } else { Err(self.partial()) }
    }

    /// Counts a resource for which the endpoint did not answer. Fails after some in a row, and with any other error,
    /// which is about all of them.
    pub(super) fn fail_silent(
        &mut self,
        kind: ProvisionedKind,
        name: &str,
        error: ProvisioningError,
    ) -> Result<(), ProvisioningError> {
        let ProvisioningError::Unreachable(silence) = &error else { return Err(error) };
        if !is_about_one(silence) {
            return Err(error);
        }
        self.fail(kind, name, silence);
        self.silences_in_a_row += 1;
        if self.silences_in_a_row < MAX_SILENCES { Ok(()) } else { Err(error) }
    }

    /// Notes that the endpoint took a change.
    pub(super) fn note_success(&mut self) {
        self.faults_in_a_row = 0;
        self.silences_in_a_row = 0;
        self.has_changed = true;
        self.progress.add(1);
    }

    /// Notes a resource that the endpoint has now.
    pub(super) fn note_sent(&mut self, kind: ProvisionedKind, sent: SentResource) {
        self.noted.push(Noted::Sent(kind, sent));
    }

    /// Notes a resource that the endpoint no longer has.
    pub(super) fn note_gone(&mut self, kind: ProvisionedKind, local_id: Uuid) {
        self.noted.push(Noted::Gone(kind, local_id));
    }

    /// Stores the noted changes when they are many. Only they are unknown after the process is killed.
    pub(super) async fn store_many(&mut self) -> Result<(), ProvisioningError> {
        if self.noted.len() < MAX_NOTED { Ok(()) } else { self.store_noted().await }
    }

    /// Stores the noted changes. They stay noted until they are stored.
    pub(super) async fn store_noted(&mut self) -> Result<(), ProvisioningError> {
        if self.noted.is_empty() {
            return Ok(());
        }
        let (provider_id, noted) = (self.scope.provider_id, self.noted.clone());
        let stored = self.means.store.write(move |tx| {
            noted.iter().try_for_each(|one| match one {
                Noted::Gone(kind, id) => scim_resources::delete(tx, provider_id, *kind, *id),
                Noted::Sent(kind, sent) => scim_resources::put(tx, provider_id, *kind, sent),
            })
        });
        stored.await?;
        self.noted.clear();
        Ok(())
    }
}

/// Whether the next resource may have an answer.
fn is_about_one(silence: &OutboundError) -> bool {
    matches!(
        silence,
        OutboundError::Late { .. } | OutboundError::Talk { .. } | OutboundError::TooLarge { .. }
    )
}
