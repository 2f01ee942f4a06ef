//! Which clients may use an API, and for whom.

use std::collections::BTreeSet;

use super::{Act, Refusal, audit, names, refuse_unknown, require};
use crate::{
    model::{Api, ApiGrant, ApiId, Client, ClientType, EventKind, ScopeName, SubjectType},
    store::apis,
};

/// What a client may do with an API: nothing on a behalf that has no set, and use it without any permission where
/// the set is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessDraft {
    /// For itself.
    pub client: Option<BTreeSet<ScopeName>>,
    /// For its users.
    pub user: Option<BTreeSet<ScopeName>>,
}

impl AccessDraft {
    /// What a client may do, as it is stored.
    fn of(grants: Vec<ApiGrant>) -> Self {
        let mut draft = Self::default();
        for grant in grants {
            *draft.on_behalf_of(grant.subject_type) = Some(grant.permissions.into_iter().collect());
        }
        draft
    }

    /// What it may do on one behalf.
    pub fn on_behalf_of(&mut self, subject: SubjectType) -> &mut Option<BTreeSet<ScopeName>> {
        match subject {
            SubjectType::Client => &mut self.client,
            SubjectType::User => &mut self.user,
        }
    }
}

/// Lets a client do this with an API, and nothing else. Refused for a public client that would act for itself:
/// anybody can claim to be it.
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

/// Lets a client do this with an API beside what it may do already.
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

/// Takes an API from a client. `false` when it might not use it.
pub fn revoke(act: &mut Act<'_, '_>, id: ApiId, client: &Client) -> Result<bool, Refusal> {
    let had_it = !apis::list_grants_of(act, id, &client.id)?.is_empty();
    set_access(act, id, client, &AccessDraft::default())?;
    Ok(had_it)
}
