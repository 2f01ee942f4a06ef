//! Creates, replaces and adopts resources.

use uuid::Uuid;

use super::{
    ProvisioningError, error::RefusedRequest, run::ProvisioningRun, service::ChangeAnswer,
};
use crate::{
    model::ProvisionedKind,
    scim::{ProvisionedBody, RemoteResource, is_usable_id, same_name},
    store::scim_resources::SentResource,
};

/// A user or a group to send.
#[derive(Clone, Copy)]
pub(super) struct Outgoing<'a> {
    pub(super) kind: ProvisionedKind,
    pub(super) local_id: Uuid,
    pub(super) name: &'a str,
    pub(super) body: &'a ProvisionedBody,
    /// The last version that was sent.
    pub(super) sent: Option<&'a SentResource>,
}

/// The outcome of a resource that was sent.
pub(super) enum SendResult {
    /// It was created.
    Created,
    /// It was replaced.
    Changed,
    /// Another resource has its name.
    Conflict(RefusedRequest),
    /// The endpoint refused it.
    Refused(RefusedRequest),
    /// A resource of no directory has its name, and is not to be taken over.
    Unowned,
    /// It was created, but its id is unknown.
    WithoutId,
}

impl ProvisioningRun<'_> {
    /// Creates a resource.
    pub(super) async fn create(
        &mut self,
        one: Outgoing<'_>,
    ) -> Result<SendResult, ProvisioningError> {
        let id = match self.service.create(one.kind, &one.body.json).await? {
            ChangeAnswer::Done(id) => id,
            ChangeAnswer::Conflict(refused) => return Ok(SendResult::Conflict(refused)),
            ChangeAnswer::Missing(refused) | ChangeAnswer::Refused(refused) => {
                return Ok(SendResult::Refused(refused));
            }
        };
        // An endpoint may answer without the resource.
        let id = match id.filter(|id| is_usable_id(id)) {
            None => self.find_ours(one).await?,
            id => id,
        };
        let Some(id) = id else { return Ok(SendResult::WithoutId) };
        self.note(one, id, false);
        Ok(SendResult::Created)
    }

    /// Replaces a resource. Creates it when it has disappeared since the endpoint was read.
    pub(super) async fn replace(
        &mut self,
        one: Outgoing<'_>,
        id: &str,
    ) -> Result<SendResult, ProvisioningError> {
        let is_adopted = one.sent.is_some_and(|sent| sent.is_adopted && sent.remote_id == id);
        self.replace_as(one, id, is_adopted).await
    }

    async fn replace_as(
        &mut self,
        one: Outgoing<'_>,
        id: &str,
        is_adopted: bool,
    ) -> Result<SendResult, ProvisioningError> {
        Ok(match self.service.replace(one.kind, id, &one.body.json).await? {
            ChangeAnswer::Done(_) => {
                self.note(one, id.to_owned(), is_adopted);
                SendResult::Changed
            }
            ChangeAnswer::Missing(_) => self.create(one).await?,
            ChangeAnswer::Conflict(refused) => SendResult::Conflict(refused),
            ChangeAnswer::Refused(refused) => SendResult::Refused(refused),
        })
    }

    /// Resolves that a new resource has a name that is taken. The resource in its way may be ours, if the list of
    /// the endpoint lacked it. Another one that belongs to no directory is taken over only on request: people may
    /// choose their usernames here, and would get the accounts of others there.
    pub(super) async fn resolve_conflict(
        &mut self,
        one: Outgoing<'_>,
        refused: RefusedRequest,
    ) -> Result<SendResult, ProvisioningError> {
        if let Some(id) = self.find_ours(one).await? {
            return self.replace(one, &id).await;
        }
        let Some(id) = self.find_unowned(one).await? else {
            return Ok(SendResult::Conflict(refused));
        };
        // An endpoint may not keep an `externalId`.
        if one.sent.is_some_and(|sent| sent.remote_id == id) {
            return self.replace(one, &id).await;
        }
        if !self.policy.adopt {
            return Ok(SendResult::Unowned);
        }
        self.replace_as(one, &id, true).await
    }

    /// Counts a resource that was sent. Whether the endpoint has it now.
    pub(super) async fn settle(
        &mut self,
        kind: ProvisionedKind,
        name: &str,
        done: SendResult,
    ) -> Result<bool, ProvisioningError> {
        match done {
            SendResult::Changed => self.count(kind).changed += 1,
            SendResult::Created => self.count(kind).created += 1,
            SendResult::Conflict(refused) | SendResult::Refused(refused) => {
                return self.fail_refused(kind, name, &refused).map(|()| false);
            }
            SendResult::Unowned => {
                self.fail_unowned(kind, name);
                return Ok(false);
            }
            SendResult::WithoutId => {
                self.fail(kind, name, &"the answer of the endpoint has no usable id");
                return Ok(false);
            }
        }
        self.note_success();
        self.store_many().await.map(|()| true)
    }

    fn fail_unowned(&mut self, kind: ProvisionedKind, name: &str) {
        let what = match kind {
            ProvisionedKind::Group => "a group",
            ProvisionedKind::User => "an account",
        };
        let cause = format_args!(
            "{what} of this name exists there; scim sync CLIENT --adopt takes it over"
        );
        self.fail(kind, name, &cause);
    }

    async fn find_ours(&self, one: Outgoing<'_>) -> Result<Option<String>, ProvisioningError> {
        let local_id = one.local_id.to_string();
        let is_ours = |one: &RemoteResource| one.external_id.as_deref() == Some(&*local_id);
        self.find_only(one.kind, "externalId", &local_id, is_ours).await
    }

    async fn find_unowned(&self, one: Outgoing<'_>) -> Result<Option<String>, ProvisioningError> {
        let Outgoing { kind, name, .. } = one;
        let attribute = match kind {
            ProvisionedKind::Group => "displayName",
            ProvisionedKind::User => "userName",
        };
        let is_unowned = |one: &RemoteResource| {
            let named = match kind {
                ProvisionedKind::Group => &one.display_name,
                ProvisionedKind::User => &one.user_name,
            };
            let is_named = named.as_deref().is_some_and(|named| same_name(named, name));
            one.external_id.is_none() && is_named
        };
        self.find_only(kind, attribute, name, is_unowned).await
    }

    /// Finds the only resource that fits. An endpoint may ignore a filter, or not know it.
    async fn find_only(
        &self,
        kind: ProvisionedKind,
        attribute: &str,
        value: &str,
        fits: impl Fn(&RemoteResource) -> bool,
    ) -> Result<Option<String>, ProvisioningError> {
        let found = match self.service.find(kind, attribute, value).await {
            Err(ProvisioningError::Answer(refused)) if !refused.is_about_everything() => {
                return Ok(None);
            }
            found => found?,
        };
        let mut fitting = found.into_iter().filter(fits).filter_map(|one| one.id);
        let first = fitting.next().filter(|id| is_usable_id(id));
        Ok(first.filter(|_| fitting.next().is_none()))
    }

    fn note(&mut self, one: Outgoing<'_>, remote_id: String, is_adopted: bool) {
        let (local_id, digest) = (one.local_id, one.body.digest);
        self.note_sent(one.kind, SentResource { local_id, remote_id, digest, is_adopted });
    }
}
