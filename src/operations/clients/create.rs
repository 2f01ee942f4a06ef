//! Creating clients.

use super::{
    Act, Refusal, audit,
    change::ClientChange,
    claims::refuse_too_many,
    groups::replace_groups,
    identity_assertions::replace_identity_assertions,
    logos::replace_logos,
    secrets::{NewClientSecret, SecretDraft, draw},
    ssh_client::refuse_other_settings,
    token_exchanges::refuse_unknown_permissions,
};
use crate::{
    crypto::Digest,
    model::{Client, ClientId, ClientName, ClientType, EventKind},
    operations::Change,
    store::clients,
};

/// A client to create.
#[derive(Debug, Clone)]
pub struct ClientDraft {
    /// Its id; generated when absent.
    pub id: Option<ClientId>,
    /// The name shown to people.
    pub name: ClientName,
    /// Whether it gets a secret, provided that it is confidential, and has neither keys nor a
    /// profile that demands some.
    pub has_secret: bool,
    /// The settings that differ from the defaults.
    pub settings: ClientChange,
}

/// A client that was created.
#[derive(Debug)]
pub struct NewClient {
    /// The client.
    pub client: Client,
    /// Its secret, to be shown once.
    pub secret: Option<NewClientSecret>,
}

/// Creates a client. Refused when its id is taken, and when it cannot be public or keep to
/// its profile with these settings.
pub fn create(act: &mut Act<'_, '_>, draft: &ClientDraft) -> Result<NewClient, Refusal> {
    let id = match &draft.id {
        Some(id) => id.clone(),
        None => act.new_id().to_string().parse().expect("a UUID is a client id"),
    };
    if let Some(owner) = clients::find(act, &id)? {
        return Err(Refusal::ClientIdInUse(Box::new(owner)));
    }
    let empty = Client::new(id, draft.name.clone(), ClientType::Confidential, act.now());
    let mut client = empty.clone();
    draft.settings.refuse_old_authorities(act.now())?;
    draft.settings.apply(&empty, &mut client)?;
    if !draft.settings.is_before_apis {
        refuse_unknown_permissions(act, &[], &client.token_exchanges)?;
    }
    refuse_other_settings(&client)?;
    if let Change::Set(rules) = &draft.settings.claim_rules {
        refuse_too_many(rules)?;
        client.claim_rules.clone_from(rules);
    }
    clients::insert(act, &client)?;
    if let Change::Set(groups) = &draft.settings.groups {
        replace_groups(act, &client, groups)?;
    }
    replace_identity_assertions(act, &client, &draft.settings.identity_assertions)?;
    replace_logos(act, &client.id, &draft.settings)?;
    let can_use_secret = client.client_type == ClientType::Confidential
        && client.security_profile.is_none()
        && client.keys.is_empty();
    let secret = (draft.has_secret && can_use_secret).then(|| draw(act, &SecretDraft::default()));
    if let Some(secret) = &secret {
        let digest = Digest::of(secret.secret.expose());
        clients::insert_secret(act, &client.id, &secret.row, digest)?;
    }
    audit(act, EventKind::ClientCreated, &client, [])?;
    Ok(NewClient { client, secret })
}
