//! Changes registered clients: `clients` and dependent tables.

use super::{
    StoreError, Tx,
    clients::{INSERT_GROUP, replace_redirect_uris, settings, to_json},
    groups,
    value::params,
};
use crate::{
    crypto::Algorithm,
    model::{Client, ClientId, ClientSecretId, GroupId, RegistrationState, SecurityProfile},
};

const UPDATE: &str = "
    UPDATE clients
       SET name = ?2, client_type = ?3, requires_pkce = ?4,
           requires_pushed_authorization_requests = ?5, requires_reauthentication = ?6,
           skips_consent = ?7, is_group_restricted = ?8, id_token_signed_response_alg = ?9,
           launch_url = ?10, backchannel_logout_uri = ?11, jwks = ?12, federated_identities = ?13,
           access_token_seconds = ?14, refresh_token_seconds = ?15, description = ?16,
           requires_dpop = ?17, security_profile = ?18,
           userinfo_signed_response_alg = ?19,
           registration = ?20, max_session_age_seconds = ?21, requires_mtls = ?22,
           tls_client_auth = ?23, token_exchanges = ?24, trusted_issuers = ?25
     WHERE id = ?1";

const DELETE_GROUPS: &str = "DELETE FROM client_groups WHERE client_id = ?1";

const DELETE_SECRET: &str = "DELETE FROM client_secrets WHERE id = ?1 AND client_id = ?2";

const DELETE_SECRETS: &str = "DELETE FROM client_secrets WHERE client_id = ?1";

/// Updates a client, with its redirect URIs.
pub fn update(tx: &mut Tx<'_>, client: &Client) -> Result<(), StoreError> {
    tx.execute(UPDATE, settings!(client))?.expect_rows(1)?;
    replace_redirect_uris(tx, client)
}

/// Replaces the groups that may use a client.
pub fn replace_groups(
    tx: &mut Tx<'_>,
    id: &ClientId,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<(), StoreError> {
    groups::replace_links(tx, [DELETE_GROUPS, INSERT_GROUP], id, groups)
}

/// Deletes a secret of this client. `false` when it has no such secret.
pub fn delete_secret(
    tx: &mut Tx<'_>,
    id: ClientSecretId,
    client_id: &ClientId,
) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_SECRET, params![id, client_id])?.rows() == 1)
}

/// Deletes every secret of a client. Returns their number.
pub fn delete_secrets(tx: &mut Tx<'_>, id: &ClientId) -> Result<usize, StoreError> {
    Ok(tx.execute(DELETE_SECRETS, params![id])?.rows())
}
