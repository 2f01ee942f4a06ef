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
    /// It was created, but its id is unknown.
    WithoutId,
}

impl ProvisioningRun<'_> {
    /// Creates a resource.
    pub(super) async fn create(
        &mut self,
        kind: ProvisionedKind,
        local_id: Uuid,
        body: &ProvisionedBody,
    ) -> Result<SendResult, ProvisioningError> {
        let id = match self.service.create(kind, &body.json).await? {
            ChangeAnswer::Done(id) => id,
            ChangeAnswer::Conflict(refused) => return Ok(SendResult::Conflict(refused)),
            ChangeAnswer::Missing(refused) | ChangeAnswer::Refused(refused) => {
                return Ok(SendResult::Refused(refused));
            }
        };
        // An endpoint may answer without the resource.
        let id = match id.filter(|id| is_usable_id(id)) {
            None => self.find_ours(kind, local_id).await?,
            id => id,
        };
        let Some(id) = id else { return Ok(SendResult::WithoutId) };
        self.note(local_id, id, body);
        Ok(SendResult::Created)
    }

    /// Replaces a resource. Creates it when it has disappeared since the endpoint was read.
    pub(super) async fn replace(
        &mut self,
        kind: ProvisionedKind,
        local_id: Uuid,
        id: &str,
        body: &ProvisionedBody,
    ) -> Result<SendResult, ProvisioningError> {
        Ok(match self.service.replace(kind, id, &body.json).await? {
            ChangeAnswer::Done(_) => {
                self.note(local_id, id.to_owned(), body);
                SendResult::Changed
            }
            ChangeAnswer::Missing(_) => self.create(kind, local_id, body).await?,
            ChangeAnswer::Conflict(refused) => SendResult::Conflict(refused),
            ChangeAnswer::Refused(refused) => SendResult::Refused(refused),
        })
    }

    /// Takes over the resource that is in the way of a new one: ours, which the list of the endpoint
    /// lacked, or one of the same name that belongs to no other directory. `None` if there is neither.
    pub(super) async fn adopt(
        &mut self,
        kind: ProvisionedKind,
        local_id: Uuid,
        name: &str,
        body: &ProvisionedBody,
    ) -> Result<Option<SendResult>, ProvisioningError> {
        let found = match self.find_ours(kind, local_id).await? {
            None => self.find_unowned(kind, name).await?,
            found => found,
        };
        match found {
            Some(id) => self.replace(kind, local_id, &id, body).await.map(Some),
            None => Ok(None),
        }
    }

    /// Counts a resource that was sent.
    pub(super) fn settle(
        &mut self,
        kind: ProvisionedKind,
        name: &str,
        done: SendResult,
    ) -> Result<(), ProvisioningError> {
        match done {
            SendResult::Changed => self.count(kind).changed += 1,
            SendResult::Created => self.count(kind).created += 1,
            SendResult::Conflict(refused) | SendResult::Refused(refused) => {
                return self.fail(kind, name, &refused);
            }
            SendResult::WithoutId => {
                return self.fail(kind, name, &"the answer of the endpoint has no usable id");
            }
        }
        self.note_success();
        Ok(())
    }

    async fn find_ours(
        &self,
        kind: ProvisionedKind,
        local_id: Uuid,
    ) -> Result<Option<String>, ProvisioningError> {
        let local_id = local_id.to_string();
        let is_ours = |one: &RemoteResource| one.external_id.as_deref() == Some(&*local_id);
        self.find_only(kind, "externalId", &local_id, is_ours).await
    }

    async fn find_unowned(
        &self,
        kind: ProvisionedKind,
        name: &str,
    ) -> Result<Option<String>, ProvisioningError> {
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

    fn note(&mut self, local_id: Uuid, remote_id: String, body: &ProvisionedBody) {
        self.sent.push(SentResource { local_id, remote_id, digest: body.digest });
    }
}
