//! Clients, with their secrets, groups and logos.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};

use super::{Tools, changed, parse};
use crate::{
    cli::{
        apply::{
            document::{
                Entity, Kind, name_of,
                secret::{parse_secret_hash, secret_hash_text},
                sorted,
            },
            plan::{Action, Step},
        },
        client::parse_jwks,
        error::CliError,
    },
    crypto::{Algorithm, SecretHash},
    model::{
        ClaimRule, Client, ClientId, ClientSecret, ClientSecretId, ClientType, EventKind,
        FederatedIdentity, Image, Theme,
    },
    store::{StoreError, Tx, client_changes, clients, groups, images},
};

const LOGOS: [(&str, Theme); 2] = [("logo", Theme::Light), ("darkLogo", Theme::Dark)];

pub fn read(tx: &mut Tx<'_>, tools: &Tools<'_>) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    // Clients that describe themselves at their address are nobody's to configure.
    for client in clients::list(tx)?.into_iter().filter(|client| !client.id.is_url()) {
        let groups = groups::list_of_client(tx, &client.id)?;
        let groups = groups.iter().map(|group| group.name.as_str().into()).collect();
        let mut thing = of(&client)
            .with("allowedUserGroups", sorted(groups, None))
            .with("secrets", secrets(tx, tools, &client)?);
        for (field, theme) in LOGOS {
            if let Some(logo) = images::find_client_logo(tx, &client.id, theme)? {
                thing = thing.with(field, BASE64_STANDARD.encode(logo.bytes));
            }
        }
        things.push(thing);
    }
    Ok(things)
}

/// What its own row says.
fn of(client: &Client) -> Entity {
    let json = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let keys = &client.keys;
    let issuers = json(serde_json::to_value(&keys.federated_identities));
    let patterns = |list: &[crate::model::redirect_uri::RedirectUriPattern]| -> Value {
        list.iter().map(|pattern| pattern.as_str()).collect()
    };
    let claims = client.claim_rules.iter().map(|rule| json(serde_json::to_value(rule)));
    Entity::new(Kind::Client, client.id.as_str())
        .with("id", client.id.as_str())
        .with("name", client.name.as_str())
        .with("isPublic", client.client_type == ClientType::Public)
        .with("callbackURLs", patterns(&client.redirect_uris))
        .with("logoutCallbackURLs", patterns(&client.post_logout_redirect_uris))
        .with("backchannelLogoutUri", client.backchannel_logout_uri.clone())
        .with("launchURL", client.launch_url.clone())
        .with("pkceEnabled", client.must_use_pkce())
        .with("requiresPushedAuthorizationRequests", client.requires_pushed_authorization_requests)
        .with("requiresReauthentication", client.requires_reauthentication)
        .with("skipConsent", client.skips_consent)
        .with("isGroupRestricted", client.is_group_restricted)
        .with("idTokenSignedResponseAlg", client.id_token_signed_response_alg.as_str())
        .with("accessTokenDurationMinutes", client.access_token_seconds / 60)
        .with("refreshTokenDurationMinutes", client.refresh_token_seconds / 60)
        .with("jwks", keys.jwks.as_ref().map(|set| json(serde_json::to_value(set))))
        .with("federatedIdentities", issuers)
        .with("claims", sorted(claims.collect(), Some("name")))
}

/// What is stored of the secrets that are good now.
fn secrets(tx: &mut Tx<'_>, tools: &Tools<'_>, client: &Client) -> Result<Vec<Value>, StoreError> {
    let known = clients::list_secrets(tx, &client.id)?;
    let live = clients::list_live_secrets(tx, &client.id, tools.now)?;
    let secrets = live.iter().filter_map(|(id, hash)| {
        let secret = known.iter().find(|secret| secret.id == *id)?;
        let mut stored = Map::new();
        stored.insert("digest".into(), secret_hash_text(hash).into());
        stored.insert("prefix".into(), secret.prefix.as_str().into());
        if let Some(end) = secret.expires_at {
            stored.insert("expiresAt".into(), end.to_string().into());
        }
        Some(Value::Object(stored))
    });
    Ok(sorted(secrets.collect(), Some("digest")))
}

pub fn remove(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    let id: ClientId = parse(step.key())?;
    clients::delete(tx, &id)?;
    let name = step.new.text("name").unwrap_or_default().to_owned();
    let data = [("clientId", id.to_string()), ("clientName", name)];
    Ok(tools.note(tx, (EventKind::ClientDeleted, None), data)?)
}

pub fn set(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    let id: ClientId = parse(&step.new.key)?;
    let old = clients::find(tx, &id)?;
    let is_new = old.is_none();
    let name = step.new.text("name").unwrap_or_default();
    let client = match old {
        Some(client) => client,
        None => Client::new(id, parse(name)?, ClientType::Confidential, tools.now),
    };
    let client = fill(step, client)?;
    refuse_contradictions(&client)?;
    match is_new {
        true => clients::insert(tx, &client)?,
        false => {
            client_changes::update(tx, &client)?;
            clients::update_claim_rules(tx, &client.id, &client.claim_rules)?;
        }
    }
    if client.client_type == ClientType::Public && !is_new {
        client_changes::delete_secrets(tx, &client.id)?;
    }
    set_groups(tx, step, &client)?;
    set_logos(tx, step, &client)?;
    let data = [("clientId", client.id.to_string()), ("clientName", client.name.to_string())];
    match step.action {
        Action::Create => tools.note(tx, (EventKind::ClientCreated, None), data)?,
        _ => {
            let [id, name] = data;
            let data = [id, name, ("changed", changed(step))];
            tools.note(tx, (EventKind::ClientChanged, None), data)?;
        }
    }
    set_secrets(tx, tools, step, &client)
}

/// Puts what the file says into a client.
fn fill(step: &Step, mut client: Client) -> Result<Client, StoreError> {
    for (field, (value, _)) in &step.new.fields {
        let (text, flag) = (value.as_str(), value == &Value::Bool(true));
        let texts = || value.as_array().into_iter().flatten().filter_map(Value::as_str);
        match *field {
            "name" => client.name = parse(text.unwrap_or_default())?,
            "isPublic" if flag => client.client_type = ClientType::Public,
            "isPublic" => client.client_type = ClientType::Confidential,
            "callbackURLs" => {
                client.redirect_uris = texts().map(parse).collect::<Result<_, _>>()?;
            }
            "logoutCallbackURLs" => {
                client.post_logout_redirect_uris = texts().map(parse).collect::<Result<_, _>>()?;
            }
            "backchannelLogoutUri" => client.backchannel_logout_uri = text.map(str::to_owned),
            "launchURL" => client.launch_url = text.map(str::to_owned),
            "pkceEnabled" => client.requires_pkce = flag,
            "requiresPushedAuthorizationRequests" => {
                client.requires_pushed_authorization_requests = flag;
            }
            "requiresReauthentication" => client.requires_reauthentication = flag,
            "skipConsent" => client.skips_consent = flag,
            "isGroupRestricted" => client.is_group_restricted = flag,
            "idTokenSignedResponseAlg" => {
                let algorithm = text.and_then(Algorithm::parse);
                client.id_token_signed_response_alg = algorithm.unwrap_or(Algorithm::Rs256);
            }
            "accessTokenDurationMinutes" if step.changes(field) => {
                client.access_token_seconds = value.as_i64().unwrap_or_default() * 60;
            }
            "refreshTokenDurationMinutes" if step.changes(field) => {
                client.refresh_token_seconds = value.as_i64().unwrap_or_default() * 60;
            }
            "jwks" => client.keys.jwks = parse_jwks(value).ok(),
            "federatedIdentities" => {
                let issuers: Vec<FederatedIdentity> = checked(value)?;
                client.keys.federated_identities = issuers;
            }
            "claims" => {
                let rules: Vec<ClaimRule> = checked(value)?;
                client.claim_rules = rules;
            }
            _ => {}
        }
    }
    client.requires_pkce |= client.client_type == ClientType::Public;
    Ok(client)
}

/// A tree that the document has checked.
fn checked<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, StoreError> {
    let fault = |_| StoreError::Corrupt { column: 0, expected: "checked tree" };
    serde_json::from_value(value.clone()).map_err(fault)
}

/// What `client create` and `client update` refuse, too.
fn refuse_contradictions(client: &Client) -> Result<(), CliError> {
    if client.client_type != ClientType::Public {
        return Ok(());
    }
    if !client.keys.is_empty() {
        return Err(CliError::refused(format!(
            "the public client {} has nothing to prove itself with",
            client.id
        ))
        .hint("take jwks and federatedIdentities from it, or isPublic"));
    }
    if client.redirect_uris.is_empty() {
        return Err(CliError::refused(format!(
            "the public client {} needs callbackURLs",
            client.id
        ))
        .hint("anybody can claim to be a public client, so it must not choose its own"));
    }
    Ok(())
}

fn set_groups(tx: &mut Tx<'_>, step: &Step, client: &Client) -> Result<(), StoreError> {
    if !step.changes("allowedUserGroups") {
        return Ok(());
    }
    let mut ids = Vec::new();
    for name in step.new.list("allowedUserGroups").iter().filter_map(Value::as_str) {
        ids.extend(groups::find_by_name(tx, &parse(name)?)?.map(|group| group.id));
    }
    client_changes::replace_groups(tx, &client.id, ids)
}

fn set_logos(tx: &mut Tx<'_>, step: &Step, client: &Client) -> Result<(), StoreError> {
    if !LOGOS.iter().any(|(field, _)| step.changes(field)) {
        return Ok(());
    }
    let mut logos = Vec::new();
    for (field, theme) in LOGOS {
        let kept = images::find_client_logo(tx, &client.id, theme)?;
        let logo = match step.new.get(field) {
            None => kept,
            Some(value) => {
                let bytes = value.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok());
                bytes.and_then(Image::recognise)
            }
        };
        logos.extend(logo.map(|logo| (theme, logo)));
    }
    images::delete_client_logos(tx, &client.id)?;
    logos
        .iter()
        .try_for_each(|(theme, logo)| images::insert_client_logo(tx, &client.id, (*theme, logo)))
}

/// These secrets are good, and no others.
fn set_secrets(
    tx: &mut Tx<'_>,
    tools: &Tools<'_>,
    step: &Step,
    client: &Client,
) -> Result<(), CliError> {
    if !step.changes("secrets") || client.client_type == ClientType::Public {
        return Ok(());
    }
    let wanted = step.new.list("secrets");
    let wanted_names: Vec<_> = wanted.iter().map(|one| name_of(one, Some("digest"))).collect();
    let live: Vec<(ClientSecretId, SecretHash)> =
        clients::list_live_secrets(tx, &client.id, tools.now)?;
    for (id, hash) in &live {
        if !wanted_names.contains(&secret_hash_text(hash)) {
            client_changes::delete_secret(tx, *id, &client.id)?;
            note_secret(tx, tools, EventKind::ClientSecretDeleted, client)?;
        }
    }
    let has = |name: &String| live.iter().any(|(_, hash)| secret_hash_text(hash) == *name);
    for (name, one) in wanted_names.iter().zip(wanted).filter(|(name, _)| !has(name)) {
        let Some(hash) = parse_secret_hash(name) else { continue };
        let expires_at = one.get("expiresAt").and_then(Value::as_str);
        let secret = ClientSecret {
            id: ClientSecretId(tools.new_id()),
            prefix: one["prefix"].as_str().unwrap_or_default().to_owned(),
            created_at: tools.now,
            expires_at: expires_at.map(parse).transpose()?,
        };
        clients::insert_secret_hash(tx, &client.id, &secret, &hash)?;
        note_secret(tx, tools, EventKind::ClientSecretCreated, client)?;
    }
    Ok(())
}

fn note_secret(
    tx: &mut Tx<'_>,
    tools: &Tools<'_>,
    kind: EventKind,
    client: &Client,
) -> Result<(), StoreError> {
    let data = [("clientId", client.id.to_string()), ("clientName", client.name.to_string())];
    tools.note(tx, (kind, None), data)
}
