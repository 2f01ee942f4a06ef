//! Writes an import in one transaction.

use super::super::error::CliError;
use crate::{
    crypto::{MasterKey, Rng, SealedPlace, Secret},
    model::{ApiGrant, AuditEvent, ConfigKey, ScimProvider, Timestamp},
    operations::{self, app_config, scim_providers},
    pocket_id::{Contents, ImportedClient},
    store::{
        StoreError, Tx, api_keys, apis,
        app_config::ConfigEntry,
        audit_events, client_metadata_documents, clients, consents, custom_claims, groups, images,
        passkeys,
        sessions::OnWordOf,
        setup,
        signing_keys::{self, SealedKey},
        signup_tokens, users,
    },
};

/// Names the first kind of data in the installation that an import would mix with.
fn in_use(tx: &mut Tx<'_>) -> Result<Option<&'static str>, StoreError> {
    Ok(match () {
        () if users::anybody_exists(tx)? => Some("accounts"),
        () if !clients::names(tx)?.is_empty() => Some("clients"),
        () if !groups::names(tx)?.is_empty() => Some("groups"),
        () if !apis::list(tx)?.is_empty() => Some("APIs"),
        () => None,
    })
}

/// Whether an installation has data.
pub fn is_in_use(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    in_use(tx).map(|what| what.is_some())
}

/// Refuses to import into an installation that has data.
pub fn refuse_if_in_use(tx: &mut Tx<'_>) -> Result<(), CliError> {
    let Some(what) = in_use(tx)? else { return Ok(()) };
    Err(CliError::refused(format!("the database already contains {what}"))
        .hint("import into an empty database: set DB_CONNECTION_STRING"))
}

/// The imported secrets, sealed under this installation's encryption key.
#[derive(Debug)]
pub struct Sealed {
    master_key: MasterKey,
    signing_key: Option<SealedKey>,
    app_config: Vec<ConfigEntry>,
    scim_providers: Vec<ScimProvider>,
}

impl Sealed {
    /// Seals the imported signing key, settings and tokens of SCIM providers.
    pub fn of(contents: &Contents, master_key: MasterKey, rng: &dyn Rng, now: Timestamp) -> Self {
        let signing_key = contents.signing_key.as_ref().map(|key| SealedKey {
            kid: key.kid.clone(),
            algorithm: key.algorithm,
            sealed_pkcs8: master_key.seal(SealedPlace::SigningKey.of(&key.kid), &key.pkcs8, rng),
            created_at: now,
            published_until: None,
        });
        let entry = |(key, value): &(ConfigKey, Secret)| {
            ConfigEntry::new(*key, value, Some(&master_key), rng).expect("the key is there")
        };
        let app_config = contents.settings.iter().map(entry).collect();
        let provider = |(provider, token): &(ScimProvider, Option<Secret>)| {
            let (id, mut provider) = (provider.id.to_string(), provider.clone());
            let at = SealedPlace::ScimProvider.of(&id);
            let token = token.as_ref().map(Secret::expose);
            provider.sealed_token = token.map(|token| master_key.seal(at, token.as_bytes(), rng));
            provider
        };
        let scim_providers = contents.scim_providers.iter().map(provider).collect();
        Self { signing_key, app_config, scim_providers, master_key }
    }
}

/// Writes the whole import.
pub fn write(
    tx: &mut Tx<'_>,
    contents: &Contents,
    sealed: &Sealed,
    event: &AuditEvent,
) -> Result<(), CliError> {
    refuse_if_in_use(tx)?;
    write_accounts(tx, contents)?;
    for client in &contents.clients {
        write_client(tx, client)?;
    }
    write_apis(tx, contents)?;
    for (user, client, scope, last_used_at) in &contents.consents {
        consents::record(tx, *user, client, scope, *last_used_at)?;
    }
    scim_providers::adopt(tx, &sealed.scim_providers, &sealed.master_key)?;
    for (token, digest, groups) in &contents.invitations {
        signup_tokens::insert(tx, token, *digest, groups)?;
    }
    operations::images::adopt(tx, &contents.application_images)?;
    for entry in &contents.audit_log {
        audit_events::insert_logged(tx, entry)?;
    }
    app_config::adopt(tx, &sealed.app_config, &sealed.master_key, event.created_at)?;
    if let Some(key) = &sealed.signing_key {
        // Replaces this installation's own signing key: no token signed by it is in use yet.
        signing_keys::delete_of_algorithm(tx, key.algorithm)?;
        signing_keys::insert(tx, key, &sealed.master_key)?;
    }
    setup::note_import(tx, event.created_at)?;
    Ok(audit_events::insert(tx, event)?)
}

fn write_accounts(tx: &mut Tx<'_>, contents: &Contents) -> Result<(), StoreError> {
    for user in &contents.users {
        users::insert(tx, user)?;
    }
    for group in &contents.groups {
        groups::insert(tx, group)?;
    }
    for (group, user) in &contents.members {
        groups::insert_member(tx, *group, *user)?;
    }
    for (owner, claim) in &contents.claims {
        custom_claims::set(tx, *owner, claim)?;
    }
    for passkey in &contents.passkeys {
        passkeys::insert(tx, passkey, OnWordOf::Operator)?;
    }
    for (key, digest) in &contents.api_keys {
        api_keys::insert(tx, key, *digest, OnWordOf::Operator)?;
    }
    for (user, image) in &contents.profile_pictures {
        images::set_profile_picture(tx, *user, image)?;
    }
    Ok(())
}

fn write_client(tx: &mut Tx<'_>, imported: &ImportedClient) -> Result<(), CliError> {
    let client = &imported.client;
    match imported.document_expires_at {
        None => clients::insert(tx, client)?,
        Some(expires_at) if client_metadata_documents::save(tx, client, expires_at)? => {}
        Some(_) => {
            let message = "there are too many clients with a metadata document";
            return Err(CliError::refused(message)
                .hint("delete unused ones in Pocket ID, and export again"));
        }
    }
    for (secret, hash) in &imported.secrets {
        clients::insert_secret_hash(tx, &client.id, secret, hash)?;
    }
    for group in &imported.groups {
        clients::insert_group(tx, &client.id, *group)?;
    }
    for (theme, logo) in &imported.logos {
        images::set_client_logo(tx, &client.id, *theme, logo)?;
    }
    Ok(())
}

fn write_apis(tx: &mut Tx<'_>, contents: &Contents) -> Result<(), StoreError> {
    for api in &contents.apis {
        apis::insert(tx, api)?;
        for permission in &api.permissions {
            apis::insert_permission(tx, api.id, permission)?;
        }
    }
    for (api, client, subject, permissions) in &contents.api_grants {
        let grant = ApiGrant {
            client_id: client.clone(),
            subject_type: *subject,
            permissions: permissions.clone(),
        };
        apis::insert_grant(tx, *api, &grant)?;
    }
    Ok(())
}
