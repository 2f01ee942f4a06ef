//! SCIM providers of clients.

use super::{Act, Noun, Refusal, clients, provisioning};
use crate::{
    crypto::{MasterKey, SealedPlace, Secret},
    model::{ClientId, Concerned, EventKind, ScimEndpoint, ScimProvider, ScimProviderId},
    store::{StoreError, Tx, scim_providers, scim_resources, sealed},
};

/// The settings of a provider that an administrator chooses.
#[derive(Debug)]
pub struct ScimProviderDraft {
    /// The client whose users and groups it gets.
    pub client_id: ClientId,
    /// Its base URL.
    pub endpoint: ScimEndpoint,
    /// The bearer token for it. Empty for an endpoint that takes none.
    pub token: Secret,
    /// The encryption key that seals the token.
    pub master_key: MasterKey,
}

/// Finds a provider that a verb is about.
pub fn require(tx: &mut Tx<'_>, id: ScimProviderId) -> Result<ScimProvider, Refusal> {
    scim_providers::find(tx, id)?.ok_or(Refusal::NotFound(Noun::ScimProvider))
}

/// Creates a provider for a client.
pub fn create(act: &mut Act<'_, '_>, draft: &ScimProviderDraft) -> Result<ScimProvider, Refusal> {
    clients::require(act, &draft.client_id)?;
    let id = ScimProviderId(act.new_id());
    let provider = ScimProvider {
        id,
        client_id: draft.client_id.clone(),
        endpoint: draft.endpoint.clone(),
        sealed_token: seal(act, id, draft)?,
        last_synced_at: None,
        created_at: act.now(),
        last_attempted_at: None,
        last_error: None,
    };
    scim_providers::insert(act, &provider)?;
    provisioning::note_change(act)?;
    audit(act, EventKind::ScimProviderCreated, &provider)?;
    Ok(provider)
}

/// Sets the client, the endpoint and the token of a provider.
pub fn update(
    act: &mut Act<'_, '_>,
    id: ScimProviderId,
    draft: &ScimProviderDraft,
) -> Result<ScimProvider, Refusal> {
    let mut provider = require(act, id)?;
    clients::require(act, &draft.client_id)?;
    if provider.endpoint != draft.endpoint {
        // Another endpoint has nothing of ours yet.
        scim_resources::delete_of_provider(act, id)?;
    }
    provider.client_id = draft.client_id.clone();
    provider.endpoint = draft.endpoint.clone();
    provider.sealed_token = seal(act, id, draft)?;
    scim_providers::update(act, &provider)?;
    provisioning::note_change(act)?;
    audit(act, EventKind::ScimProviderChanged, &provider)?;
    Ok(provider)
}

/// Deletes a provider. The accounts at its endpoint stay.
pub fn delete(act: &mut Act<'_, '_>, id: ScimProviderId) -> Result<(), Refusal> {
    let provider = require(act, id)?;
    if !scim_providers::delete(act, id)? {
        return Err(Refusal::NotFound(Noun::ScimProvider));
    }
    audit(act, EventKind::ScimProviderDeleted, &provider)
}

/// Stores imported providers, whose tokens are sealed under `master_key`. The caller writes one audit
/// entry for the whole import.
pub fn adopt(
    tx: &mut Tx<'_>,
    providers: &[ScimProvider],
    master_key: &MasterKey,
) -> Result<(), StoreError> {
    for provider in providers {
        if provider.sealed_token.is_some() {
            sealed::require(tx, master_key)?;
        }
        scim_providers::insert(tx, provider)?;
    }
    Ok(())
}

/// Decrypts the bearer token of a provider. `None` without a token, and when it was sealed under
/// another key.
pub fn open_token(provider: &ScimProvider, master_key: &MasterKey) -> Option<Secret> {
    let id = provider.id.to_string();
    master_key.open_text(SealedPlace::ScimProvider.of(&id), provider.sealed_token.as_ref()?)
}

fn seal(
    act: &mut Act<'_, '_>,
    id: ScimProviderId,
    draft: &ScimProviderDraft,
) -> Result<Option<Vec<u8>>, Refusal> {
    let token = draft.token.expose();
    if token.is_empty() {
        return Ok(None);
    }
    ScimProvider::check_token(token).map_err(|error| Refusal::Field { field: "token", error })?;
    sealed::require(act, &draft.master_key)?;
    let id = id.to_string();
    let at = SealedPlace::ScimProvider.of(&id);
    Ok(Some(draft.master_key.seal(at, token.as_bytes(), act.rng())))
}

fn audit(act: &mut Act<'_, '_>, kind: EventKind, provider: &ScimProvider) -> Result<(), Refusal> {
    let data = [
        ("clientId", provider.client_id.to_string()),
        ("endpoint", provider.endpoint.as_str().to_owned()),
    ];
    Ok(act.audit(kind, Concerned::from(provider.id), data)?)
}
