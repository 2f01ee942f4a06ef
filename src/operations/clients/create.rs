//! Registering a client.

use super::{
    Act, Refusal, audit,
    change::ClientChange,
    claims::refuse_too_many,
    groups::replace_groups,
    logos::replace_logos,
    secrets::{NewClientSecret, SecretDraft, draw},
};
use crate::{
    crypto::Digest,
    model::{Client, ClientId, ClientName, ClientType, EventKind},
    operations::Change,
    store::clients,
};

/// A client that does not exist yet.
#[derive(Debug, Clone)]
pub struct ClientDraft {
    /// The id that it has to have; a new one unless given.
    pub id: Option<ClientId>,
    /// What people see.
    pub name: ClientName,
    /// Whether it gets a secret, if it can keep one and has no keys.
    pub has_secret: bool,
    /// Everything that is to be another than the default.
    pub settings: ClientChange,
}

/// A client that was created.
#[derive(Debug)]
pub struct NewClient {
    /// The client.
    pub client: Client,
    /// Its secret, for the one time that it is shown.
    pub secret: Option<NewClientSecret>,
}

/// Creates a client. Refused when its id belongs to another one, and when it cannot be public as it is drafted.
pub fn create(act: &mut Act<'_, '_>, draft: &ClientDraft) -> Result<NewClient, Refusal> {
    let id = match &draft.id {
        Some(id) => id.clone(),
        None => act.new_id().to_string().parse().expect("a UUID is a client id"),
    };
    if let Some(owner) = clients::find(act, &id)? {
        return Err(Refusal::ClientIdInUse(Box::new(owner)));
    }
    let mut client = Client::new(id, draft.name.clone(), ClientType::Confidential, act.now());
    draft.settings.apply(&mut client)?;
    if let Change::Set(rules) = &draft.settings.claim_rules {
        refuse_too_many(rules)?;
        client.claim_rules.clone_from(rules);
    }
    clients::insert(act, &client)?;
    if let Change::Set(groups) = &draft.settings.groups {
        replace_groups(act, &client, groups)?;
    }
    replace_logos(act, &client.id, &draft.settings)?;
    let can_use_secret = client.client_type == ClientType::Confidential && client.keys.is_empty();
    let secret = (draft.has_secret && can_use_secret).then(|| draw(act, &SecretDraft::default()));
    if let Some(secret) = &secret {
        let digest = Digest::of(secret.secret.expose());
        clients::insert_secret(act, &client.id, &secret.row, digest)?;
    }
    audit(act, EventKind::ClientCreated, &client, [])?;
    Ok(NewClient { client, secret })
}
