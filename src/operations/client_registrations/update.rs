//! Changing a registration.

use super::{
    Act, Refusal,
    clients::{self, NewClientSecret, SecretDraft, becomes_public},
    unused_until,
};
use crate::{
    crypto::{BearerToken, Digest},
    model::{Client, ClientType, EventKind, RegisteredMetadata, RegistrationState},
    operations::Noun,
    store::{
        client_changes,
        client_registrations::{self, ClientRegistration},
        clients as client_rows, consents, grants, registration_tokens,
    },
};

/// A change of a registration (RFC 7592 §2.2): it replaces all metadata of before.
#[derive(Debug, Clone)]
pub struct RegistrationUpdate {
    /// The registration access token of the client.
    pub access_token: BearerToken,
    /// Its new metadata.
    pub metadata: RegisteredMetadata,
    /// The address that it comes from.
    pub ip_address: String,
    /// The name of this installation.
    pub app_name: String,
}

/// Changes the registration of a client. A client that an administrator approved waits again, since they approved
/// something else, and so does one whose initial access token is not good any more. It loses its access, as does one
/// that becomes public; consents that were given to other terms end.
pub fn update(
    act: &mut Act<'_, '_>,
    update: &RegistrationUpdate,
) -> Result<(Client, ClientRegistration, Option<NewClientSecret>), Refusal> {
    let found = client_registrations::find_presented(act, &update.access_token)?;
    let (old, mut registration) = found.ok_or(Refusal::NotFound(Noun::Client))?;
    let metadata = &update.metadata;
    let mut client = old.clone();
    metadata.apply(&mut client);
    keep_settings(&old, &registration, &mut client);
    clients::refuse_misfits(&client)?;
    becomes_public::refuse_what_needs_authentication(act, &old, &client)?;
    let is_renamed = old.name != client.name;
    let asks_for_more = !asks_for_the_same(&old, &client);
    if is_renamed && clients::imitates(act, &client.name, &update.app_name)? {
        return Err(Refusal::ClientNameImitates(client.name));
    }
    let was_pending = old.is_pending();
    if (is_renamed || asks_for_more) && !is_vouched_for(act, &old, &registration)? {
        client.registration = Some(RegistrationState::Pending);
    }
    if asks_for_more {
        consents::delete_of_client(act, &client.id)?;
    }
    let secret = replace_secret(act, &client, metadata, registration.auth_method.has_secret())?;
    registration.grant_types.clone_from(&metadata.grant_types);
    registration.auth_method = metadata.auth_method;
    registration.id_token_signed_response_alg = metadata.id_token_signed_response_alg;
    registration.application_type = metadata.application_type;
    registration.scope.clone_from(&metadata.scope);
    if client.is_pending() {
        registration.ip_address.clone_from(&update.ip_address);
        registration.requested_at = act.now();
    }
    becomes_public::revoke_grants(act, &old, &client)?;
    if client.is_pending() && !was_pending {
        let now = act.now();
        grants::revoke_every_of_client(act, &client.id, now)?;
    }
    if client.is_pending() != was_pending {
        registration.unused_until = unused_until(act, client.is_pending());
    }
    client_changes::update(act, &client)?;
    client_registrations::update(act, &client.id, &registration)?;
    let asks_again = client.is_pending() && !was_pending;
    let kind = if asks_again { EventKind::ClientRequested } else { EventKind::ClientChanged };
    clients::audit(act, kind, &client, [("changed", "registration".to_owned())])?;
    Ok((client, registration, secret))
}

/// Whether the initial access token of a client is still good. Another one may have got its name.
fn is_vouched_for(
    act: &mut Act<'_, '_>,
    client: &Client,
    registration: &ClientRegistration,
) -> Result<bool, Refusal> {
    let Some(name) = &registration.token_name else { return Ok(false) };
    let now = act.now();
    let token = registration_tokens::find_by_name(act, name)?;
    Ok(token.is_some_and(|token| token.is_live(now) && token.created_at <= client.created_at))
}

/// Keeps the decisions of an administrator: that requests have to be pushed and tokens have to be bound,
/// and another algorithm than the client asked for before.
fn keep_settings(old: &Client, registration: &ClientRegistration, client: &mut Client) {
    client.requires_pushed_authorization_requests |= old.requires_pushed_authorization_requests;
    client.requires_dpop |= old.requires_dpop;
    client.requires_mtls |= old.requires_mtls;
    if old.id_token_signed_response_alg != registration.id_token_signed_response_alg {
        client.id_token_signed_response_alg = old.id_token_signed_response_alg;
    }
}

/// A client that is public now, or has keys, loses its secrets. One that has none yet gets one.
fn replace_secret(
    act: &mut Act<'_, '_>,
    client: &Client,
    metadata: &RegisteredMetadata,
    had_secret: bool,
) -> Result<Option<NewClientSecret>, Refusal> {
    if !metadata.auth_method.has_secret() {
        client_changes::delete_secrets(act, &client.id)?;
        return Ok(None);
    }
    if had_secret {
        return Ok(None);
    }
    let secret = clients::draw(act, &SecretDraft::default());
    let digest = Digest::of(secret.secret.expose());
    client_rows::insert_secret(act, &client.id, &secret.row, digest)?;
    Ok(Some(secret))
}

fn asks_for_the_same(old: &Client, new: &Client) -> bool {
    let is_public = |client: &Client| client.client_type == ClientType::Public;
    old.redirect_uris == new.redirect_uris
        && old.post_logout_redirect_uris == new.post_logout_redirect_uris
        && old.grant_types == new.grant_types
        && old.keys == new.keys
        && is_public(old) == is_public(new)
}
