//! The access of clients to APIs.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit, names, refuse_unknown, require};
use crate::{
    model::{Api, ApiGrant, ApiId, Client, ClientType, EventKind, ScopeName, SubjectType},
    store::apis,
};

/// The access of a client to an API, per subject type. `None` is no access; an empty set is access
/// without any permission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessDraft {
    /// Access for the client itself.
    pub client: Option<BTreeSet<ScopeName>>,
    /// Access on behalf of its users.
    pub user: Option<BTreeSet<ScopeName>>,
}

impl AccessDraft {
    /// Converts the stored grants.
    fn of(grants: Vec<ApiGrant>) -> Self {
        let mut draft = Self::default();
        for grant in grants {
            *draft.on_behalf_of(grant.subject_type) = Some(grant.permissions.into_iter().collect());
        }
        draft
    }

    /// The access for one subject type.
    pub fn on_behalf_of(&mut self, subject: SubjectType) -> &mut Option<BTreeSet<ScopeName>> {
        match subject {
            SubjectType::Client => &mut self.client,
            SubjectType::User => &mut self.user,
        }
    }
}

/// Sets the access of a client to an API, and removes any other. Refused when a public client would
/// act for itself, since its identity cannot be verified.
pub fn set_access(
    act: &mut Act<'_, '_>,
    id: ApiId,
    client: &Client,
    wanted: &AccessDraft,
) -> Result<Api, Refusal> {
    let api = require(act, id)?;
    refuse_unknown(&api, wanted.client.iter().chain(&wanted.user).flatten())?;
    if wanted.client.is_some() && client.client_type == ClientType::Public {
        return Err(Refusal::PublicClientForItself(client.id.clone()));
    }
    let mut old = AccessDraft::of(apis::list_grants_of(act, id, &client.id)?);
    let mut wanted = wanted.clone();
    for subject in SubjectType::ALL {
        let (before, after) = (old.on_behalf_of(subject), wanted.on_behalf_of(subject));
        if before == after {
            continue;
        }
        apis::delete_grant(act, id, &client.id, subject)?;
        let kind = match after {
            Some(keys) => {
                let grant = ApiGrant {
                    client_id: client.id.clone(),
                    subject_type: subject,
                    permissions: keys.iter().cloned().collect(),
                };
                apis::insert_grant(act, id, &grant)?;
                EventKind::ApiGranted
            }
            None => EventKind::ApiRevoked,
        };
        let keys = after.iter().flatten();
        let data = [
            ("client", client.id.to_string()),
            ("clientName", client.name.to_string()),
            ("for", subject.as_str().to_owned()),
            ("permissions", names(keys)),
        ];
        audit(act, kind, &api, data)?;
    }
    Ok(api)
}

/// Adds to the access that a client has to an API.
pub fn grant(
    act: &mut Act<'_, '_>,
    id: ApiId,
    client: &Client,
    added: &AccessDraft,
) -> Result<Api, Refusal> {
    let mut wanted = AccessDraft::of(apis::list_grants_of(act, id, &client.id)?);
    let mut added = added.clone();
    for subject in SubjectType::ALL {
        if let Some(keys) = added.on_behalf_of(subject).take() {
            wanted.on_behalf_of(subject).get_or_insert_default().extend(keys);
        }
    }
    set_access(act, id, client, &wanted)
}

/// Removes the access of a client to an API. `false` when it had none.
pub fn revoke(act: &mut Act<'_, '_>, id: ApiId, client: &Client) -> Result<bool, Refusal> {
    let had_it = !apis::list_grants_of(act, id, &client.id)?.is_empty();
    set_access(act, id, client, &AccessDraft::default())?;
    Ok(had_it)
}
