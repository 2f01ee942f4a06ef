//! The resources at an endpoint.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use uuid::Uuid;

use super::{ProvisioningError, run::ProvisioningRun};
use crate::{
    model::{ProvisionedKind, User},
    outbound::OutboundError,
    scim::{RemoteResource, RemoteState, is_usable_id},
};

/// Resources read at a time (Pocket ID 2.14).
const PAGE: u64 = 1_000;
/// The same, from an endpoint whose resources are large.
const SMALL_PAGE: u64 = 50;
/// The most resources of a kind that an endpoint may have; their ids are kept in memory meanwhile.
const MAX_RESOURCES: usize = 200_000;

/// A resource that has an id like ours as its `externalId`. A hundred thousand of them take some 15
/// MiB, so that the username is kept as a number.
#[derive(Debug)]
pub(super) struct RemoteEntry {
    /// Its id there.
    pub(super) id: Box<str>,
    /// Whether it is active, if the endpoint says so.
    active: Option<bool>,
    /// Stands for its folded username, if the endpoint says it.
    name: Option<u64>,
}

/// The resources of a kind at an endpoint.
#[derive(Debug, Default)]
pub(super) struct RemoteIndex {
    /// The resources whose `externalId` is a UUID, as ours are.
    pub(super) entries: BTreeMap<Uuid, RemoteEntry>,
    /// The number of the others.
    pub(super) foreign: usize,
}

impl RemoteEntry {
    /// The state of the resource of a user.
    pub(super) fn of_user(&self, user: &User) -> RemoteState {
        let is_named = self.name.is_none_or(|name| name == number_of(user.username.as_str()));
        let is_as_active = self.active.is_none_or(|active| active != user.disabled);
        RemoteState { id: self.id.to_string(), is_as_sent: is_named && is_as_active }
    }

    /// The state of the resource of a group.
    pub(super) fn of_group(&self) -> RemoteState {
        RemoteState { id: self.id.to_string(), is_as_sent: true }
    }
}

/// A number that stands for a username. Two names of one number would only hide a change that was
/// made at the endpoint.
fn number_of(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.to_lowercase().hash(&mut hasher);
    hasher.finish()
}

impl RemoteIndex {
    /// Adds a resource. Those without a usable id are left alone, as is the second one with the same
    /// `externalId`.
    fn add(&mut self, resource: RemoteResource) {
        let RemoteResource { id, external_id, user_name, active, .. } = resource;
        let local = external_id.as_deref().and_then(|text| Uuid::try_parse(text).ok());
        let (Some(local), Some(id)) = (local, id.filter(|id| is_usable_id(id))) else {
            self.foreign += 1;
            return;
        };
        if self.entries.contains_key(&local) {
            self.foreign += 1;
            return;
        }
        let name = user_name.as_deref().map(number_of);
        self.entries.insert(local, RemoteEntry { id: id.into(), active, name });
    }

    fn len(&self) -> usize {
        self.entries.len() + self.foreign
    }
}

/// Reads the resources of a kind.
pub(super) async fn read(
    run: &ProvisioningRun<'_>,
    kind: ProvisionedKind,
) -> Result<RemoteIndex, ProvisioningError> {
    let mut index = RemoteIndex::default();
    let mut size = PAGE;
    // RFC 7644 §3.4.2.4: the first resource has the number 1.
    let mut start = 1;
    let mut last_page = BTreeSet::new();
    loop {
        let page = match run.service.list(kind, start, size).await {
            Err(ProvisioningError::Unreachable(OutboundError::TooLarge { .. }))
                if size > SMALL_PAGE =>
            {
                size = SMALL_PAGE;
                continue;
            }
            page => page?,
        };
        let ids: BTreeSet<_> = page.resources.iter().filter_map(|one| one.id.clone()).collect();
        if !ids.is_empty() && ids == last_page {
            return Err(ProvisioningError::Malformed("each page of its list is the same"));
        }
        last_page = ids;
        run.progress.add(page.resources.len().max(1));
        let count = u64::try_from(page.resources.len()).unwrap_or(u64::MAX);
        page.resources.into_iter().for_each(|resource| index.add(resource));
        if index.len() > MAX_RESOURCES {
            return Err(ProvisioningError::Malformed("its list has more than 200,000 resources"));
        }
        start = start.saturating_add(count);
        if count == 0 || start > page.total {
            return Ok(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_resources_with_an_id_like_ours_are_kept() {
        let mut index = RemoteIndex::default();
        let resource = |id: &str, external: Option<&str>| RemoteResource {
            id: Some(id.to_owned()),
            external_id: external.map(str::to_owned),
            ..RemoteResource::default()
        };
        let ours = "018f0000-0000-7000-8000-000000000001";
        index.add(resource("a", Some(ours)));
        index.add(resource("b", Some(ours)));
        index.add(resource("c", Some("employee-7")));
        index.add(resource("d", None));
        index.add(resource("..", Some("018f0000-0000-7000-8000-000000000002")));
        let kept: Vec<_> = index.entries.values().map(|entry| &*entry.id).collect();
        assert_eq!((kept, index.foreign), (vec!["a"], 4));
    }
}
