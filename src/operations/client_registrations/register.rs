//! Registering a client by itself.

use super::{
    Act, Refusal,
    clients::{self, NewClientSecret, SecretDraft},
    unused_until,
};
use crate::{
    crypto::{BearerToken, Digest},
    model::{
        Client, ClientId, EventKind, RegisteredMetadata, RegistrationState, RegistrationToken,
    },
    store::{
        client_registrations::{self, ClientRegistration},
        clients as client_rows, registration_tokens,
    },
};

/// The most clients of one network that wait for an administrator.
const MAX_PENDING_OF_NETWORK: usize = 5;
/// The most unused clients of one initial access token, which may have leaked.
const MAX_UNUSED_OF_TOKEN: i64 = 100;
/// The most clients that wait or are unused.
const MAX_UNUSED: i64 = 1_000;
/// Shows the kind of a leaked registration access token.
const PREFIX: &str = "pocket_id_rat_";

/// A client that registers itself.
#[derive(Debug, Clone)]
pub struct RegistrationDraft {
    /// Its metadata.
    pub metadata: RegisteredMetadata,
    /// The initial access token that was presented.
    pub token: Option<BearerToken>,
    /// The address that it comes from.
    pub ip_address: String,
    /// The network of that address.
    pub network: String,
    /// The name of this installation.
    pub app_name: String,
}

/// A client that registered itself.
#[derive(Debug)]
pub struct RegisteredClient {
    /// The client.
    pub client: Client,
    /// The facts of its registration.
    pub registration: ClientRegistration,
    /// Its secret, to be shown once.
    pub secret: Option<NewClientSecret>,
    /// The token with which it reads and changes its registration (RFC 7592), to be shown once.
    pub access_token: BearerToken,
}

/// Reads a presented registration access token; `None` when it cannot be one of ours.
pub fn parse_access_token(text: &str) -> Option<BearerToken> {
    BearerToken::parse(PREFIX, text)
}

/// Registers a client that describes itself. With an initial access token it may sign people in at once;
/// without one it waits for an administrator.
pub fn register(
    act: &mut Act<'_, '_>,
    draft: &RegistrationDraft,
) -> Result<RegisteredClient, Refusal> {
    let token = draft.token.as_ref().map(|token| use_token(act, token)).transpose()?;
    if clients::imitates(act, &draft.metadata.name, &draft.app_name)? {
        return Err(Refusal::ClientNameImitates(draft.metadata.name.clone()));
    }
    let is_pending = token.is_none();
    check_unused_of_token(act, token.as_ref())?;
    make_room(act, is_pending, &draft.network)?;
    let id = act.new_id();
    let client_id: ClientId = id.to_string().parse().expect("a UUID is a client id");
    let metadata = &draft.metadata;
    let client_type = metadata.client_type();
    let mut client = Client::new(client_id, metadata.name.clone(), client_type, act.now());
    metadata.apply(&mut client);
    client.registration =
        Some(if is_pending { RegistrationState::Pending } else { RegistrationState::Approved });
    let registration = ClientRegistration {
        grant_types: metadata.grant_types.clone(),
        auth_method: metadata.auth_method,
        application_type: metadata.application_type,
        scope: metadata.scope.clone(),
        ip_address: draft.ip_address.clone(),
        network: draft.network.clone(),
        token_name: token.map(|token| token.name),
        unused_until: unused_until(act, is_pending),
        requested_at: act.now(),
        id_token_signed_response_alg: metadata.id_token_signed_response_alg,
        approved_at: (!is_pending).then(|| act.now()),
    };
    let access_token = BearerToken::generate(PREFIX, id, act.rng());
    client_registrations::insert(act, &client, &registration, access_token.digest())?;
    let secret =
        metadata.auth_method.has_secret().then(|| clients::draw(act, &SecretDraft::default()));
    if let Some(secret) = &secret {
        let digest = Digest::of(secret.secret.expose());
        client_rows::insert_secret(act, &client.id, &secret.row, digest)?;
    }
    let kind = if is_pending { EventKind::ClientRequested } else { EventKind::ClientCreated };
    let named =
        registration.token_name.as_ref().map(|name| ("registrationTokenName", name.to_string()));
    clients::audit(act, kind, &client, named)?;
    Ok(RegisteredClient { client, registration, secret, access_token })
}

fn use_token(act: &mut Act<'_, '_>, presented: &BearerToken) -> Result<RegistrationToken, Refusal> {
    let now = act.now();
    let token = registration_tokens::find_presented(act, presented, now)?;
    let token = token.ok_or(Refusal::RegistrationTokenInvalid)?;
    registration_tokens::record_use(act, token.id, now)?;
    Ok(token)
}

/// Refuses a token with too many unused clients, so that it fills the table for no one else.
fn check_unused_of_token(
    act: &mut Act<'_, '_>,
    token: Option<&RegistrationToken>,
) -> Result<(), Refusal> {
    let Some(token) = token else { return Ok(()) };
    if client_registrations::count_unused_of(act, &token.name)? >= MAX_UNUSED_OF_TOKEN {
        return Err(Refusal::TooManyRegistrations);
    }
    Ok(())
}

/// Refuses a network with too many clients that wait. When there are too many in all, the newest of the network with
/// most of them makes room, so that a flood of one neither keeps others out nor drives them out. Without such a network
/// the oldest does. Those that were registered with an initial access token or approved make room for none.
fn make_room(act: &mut Act<'_, '_>, is_pending: bool, network: &str) -> Result<(), Refusal> {
    if is_pending && client_registrations::count_pending_of(act, network)? >= MAX_PENDING_OF_NETWORK
    {
        return Err(Refusal::TooManyPendingOfNetwork(MAX_PENDING_OF_NETWORK));
    }
    if client_registrations::count_unused(act)? >= MAX_UNUSED {
        let evicted = client_registrations::find_to_evict(act)?;
        client_rows::delete(act, &evicted.ok_or(Refusal::TooManyRegistrations)?)?;
    }
    Ok(())
}
