//! Changing a registration.

use super::{
    Act, Refusal,
    clients::{self, NewClientSecret, SecretDraft},
    names::refuse_imitation,
    unused_until,
};
use crate::{
    crypto::{BearerToken, Digest},
    model::{Client, ClientType, EventKind, RegisteredMetadata, RegistrationState},
    operations::Noun,
    store::{
        client_changes,
        client_registrations::{self, ClientRegistration},
        clients as client_rows, consents,
    },
};

/// A change of a registration (RFC 7592 §2.2): it replaces all metadata of before.
#[derive(Debug, Clone)]
pub struct RegistrationUpdate {
    /// The registration access token of the client.
    pub access_token: BearerToken,
    /// Its new metadata.
    pub metadata: RegisteredMetadata,
    /// The name of this installation.
    pub app_name: String,
}

/// Changes the registration of a client. A client that an administrator approved waits again, since
/// they approved something else; consents that were given to other terms end.
pub fn update(
    act: &mut Act<'_, '_>,
    update: &RegistrationUpdate,
) -> Result<(Client, ClientRegistration, Option<NewClientSecret>), Refusal> {
    let found = client_registrations::find_presented(act, &update.access_token)?;
    let (old, mut registration) = found.ok_or(Refusal::NotFound(Noun::Client))?;
    let metadata = &update.metadata;
    let mut client = old.clone();
    metadata.apply(&mut client);
    let is_renamed = old.name != client.name;
    let asks_for_more = !asks_for_the_same(&old, &client);
    if is_renamed {
        refuse_imitation(act, &client.name, &update.app_name)?;
    }
    let was_pending = old.is_pending();
    if (is_renamed || asks_for_more) && registration.token_name.is_none() {
        client.registration = Some(RegistrationState::Pending);
    }
    if asks_for_more {
        consents::delete_of_client(act, &client.id)?;
    }
    let secret = replace_secret(act, &client, metadata, registration.auth_method.has_secret())?;
    registration.grant_types.clone_from(&metadata.grant_types);
    registration.auth_method = metadata.auth_method;
    registration.application_type = metadata.application_type;
    registration.scope.clone_from(&metadata.scope);
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
