//! Clients, with their secrets, groups and logos.

use std::collections::BTreeSet;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};

use super::{
    tools::Tools,
    values::{allowed_groups, checked, flag, jwks, optional, parse, required, seconds, unchecked},
};
use crate::{
    configuration::{
        document::{
            Entity, EntityKind, name_of,
            secret::{parse_secret_hash, secret_hash_text},
            sorted,
        },
        error::Error,
        step::{Action, PlanStep},
    },
    crypto::{Algorithm, SecretHash},
    model::{
        Client, ClientId, ClientSecretId, ClientType, Image, SecurityProfile, Theme, UserId,
        redirect_uri::RedirectUriPattern,
    },
    operations::{
        Act, Change, Refusal,
        clients::{
            self, AssertionsDraft, ClientChange, ClientDraft, StoredSecret, TrustDraft,
            WithoutCallback,
        },
        services,
    },
    store::{self, StoreError, Tx, groups, images},
};

const LOGOS: [(&str, Theme); 2] = [("logo", Theme::Light), ("darkLogo", Theme::Dark)];

pub fn read(tx: &mut Tx<'_>, tools: &Tools<'_>) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    // Unregistered clients, whose ID is the address of a metadata document, cannot be configured
    // here.
    for client in store::clients::list(tx)?
        .into_iter()
        .filter(|client| !client.id.is_url() && !client.is_self_registered())
    {
        let groups = groups::list_of_client(tx, &client.id)?;
        let groups = groups.iter().map(|group| group.name.as_str().into()).collect();
        let mut thing = of(&client)
            .with("allowedUserGroups", sorted(groups, None))
            .with("services", services_of(tx, &client)?)
            .with("identityAssertions", identity_assertions(tx, &client)?)
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

/// The fields from the client's own row.
fn of(client: &Client) -> Entity {
    let json = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let keys = &client.keys;
    let issuers = json(serde_json::to_value(&keys.federated_identities));
    let patterns = |list: &[crate::model::redirect_uri::RedirectUriPattern]| -> Value {
        list.iter().map(|pattern| pattern.as_str()).collect()
    };
    let exchanges = client.token_exchanges.iter().map(|rule| json(serde_json::to_value(rule)));
    let trusted = client.trusted_issuers.iter().map(|one| json(serde_json::to_value(one)));
    let claims = client.claim_rules.iter().map(|rule| json(serde_json::to_value(rule)));
    Entity::new(EntityKind::Client, client.id.as_str())
        .with("id", client.id.as_str())
        .with("name", client.name.as_str())
        .with("isPublic", client.client_type == ClientType::Public)
        .with("callbackURLs", patterns(&client.redirect_uris))
        .with("logoutCallbackURLs", patterns(&client.post_logout_redirect_uris))
        .with("backchannelLogoutUri", client.backchannel_logout_uri.clone())
        .with("launchURL", client.launch_url.clone())
        .with("pkceEnabled", client.must_use_pkce())
        .with("requiresPushedAuthorizationRequests", client.requires_pushed_authorization_requests)
        .with("dpopBoundAccessTokens", client.requires_dpop)
        .with("tlsClientCertificateBoundAccessTokens", client.requires_mtls)
        .with("securityProfile", client.security_profile.map(SecurityProfile::as_str))
        .with("requiresReauthentication", client.requires_reauthentication)
        .with("skipConsent", client.skips_consent)
        .with("isGroupRestricted", client.is_group_restricted)
        .with("idTokenSignedResponseAlg", client.id_token_signed_response_alg.as_str())
        .with(
            "userinfoSignedResponseAlg",
            client.userinfo_signed_response_alg.map(Algorithm::as_str),
        )
        .with("accessTokenDurationMinutes", client.access_token_seconds / 60)
        .with("refreshTokenDurationMinutes", client.refresh_token_seconds / 60)
        .with("maxSessionAgeMinutes", client.max_session_age_seconds.map(|seconds| seconds / 60))
        .with("jwks", keys.jwks.as_ref().map(|set| json(serde_json::to_value(set))))
        .with("federatedIdentities", issuers)
        .with(
            "tlsClientAuth",
            keys.tls_client_auth.as_ref().map(|it| json(serde_json::to_value(it))),
        )
        .with("tokenExchanges", sorted(exchanges.collect(), None))
        .with("trustedIssuers", sorted(trusted.collect(), None))
        .with("claims", sorted(claims.collect(), Some("name")))
}

/// The servers elsewhere for which the client gets assertions.
fn identity_assertions(tx: &mut Tx<'_>, client: &Client) -> Result<Vec<Value>, StoreError> {
    let rules = store::identity_assertions::list_of_client(tx, &client.id)?;
    let rules = rules.iter().map(|rule| serde_json::to_value(rule).unwrap_or_default());
    Ok(sorted(rules.collect(), None))
}

/// The usernames of the services that get tokens through the client.
fn services_of(tx: &mut Tx<'_>, client: &Client) -> Result<Vec<Value>, StoreError> {
    let services = store::services::list_of_client(tx, &client.id)?;
    let names = services.iter().map(|user| user.username.folded().into()).collect();
    Ok(sorted(names, None))
}

/// The stored form of the client's unexpired secrets.
fn secrets(tx: &mut Tx<'_>, tools: &Tools<'_>, client: &Client) -> Result<Vec<Value>, StoreError> {
    let known = store::clients::list_secrets(tx, &client.id)?;
    let live = store::clients::list_live_secrets(tx, &client.id, tools.now)?;
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

pub fn remove(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    clients::delete(act, &parse(step.key())?)?;
    Ok(())
}

pub fn set(act: &mut Act<'_, '_>, tools: &Tools<'_>, step: &PlanStep) -> Result<(), Error> {
    let id: ClientId = parse(&step.new.key)?;
    let change = change(act, tools, step)?;
    let in_file = |refusal| match refusal {
        Refusal::PublicClient(fault) => Error::PublicClient(id.clone(), fault),
        refusal => refusal.into(),
    };
    let client = match step.action {
        Action::Create => {
            let name = parse(step.new.text("name").unwrap_or_default())?;
            let draft =
                ClientDraft { id: Some(id.clone()), name, has_secret: false, settings: change };
            clients::create(act, &draft).map_err(in_file)?.client
        }
        Action::Change | Action::Remove => clients::update(act, &id, &change).map_err(in_file)?,
    };
    if step.changes("services") {
        let ids = service_ids(act, &step.new)?;
        services::set_of_client(act, &client.id, &ids)?;
    }
    set_secrets(act, tools, step, &client)
}

/// The ids of the services that an entry names.
fn service_ids(tx: &mut Tx<'_>, entry: &Entity) -> Result<BTreeSet<UserId>, StoreError> {
    let mut ids = BTreeSet::new();
    for name in entry.list("services").iter().filter_map(Value::as_str) {
        ids.extend(store::users::username_owner(tx, &parse(name)?)?);
    }
    Ok(ids)
}

/// Converts a file entry to a change of the client.
fn change(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &PlanStep) -> Result<ClientChange, Error> {
    let entry = &step.new;
    Ok(ClientChange {
        name: required(entry, "name")?,
        description: Change::Keep,
        client_type: client_type(entry),
        redirect_uris: patterns(entry, "callbackURLs")?,
        post_logout_redirect_uris: patterns(entry, "logoutCallbackURLs")?,
        backchannel_logout_uri: optional(entry, "backchannelLogoutUri")?,
        launch_url: optional(entry, "launchURL")?,
        requires_pkce: flag(entry, "pkceEnabled").into(),
        requires_pushed_authorization_requests: flag(entry, "requiresPushedAuthorizationRequests")
            .into(),
        requires_dpop: flag(entry, "dpopBoundAccessTokens").into(),
        requires_mtls: flag(entry, "tlsClientCertificateBoundAccessTokens").into(),
        security_profile: optional(entry, "securityProfile")?,
        requires_reauthentication: flag(entry, "requiresReauthentication").into(),
        skips_consent: flag(entry, "skipConsent").into(),
        is_group_restricted: flag(entry, "isGroupRestricted").into(),
        id_token_signed_response_alg: algorithm(entry)?,
        userinfo_signed_response_alg: optional(entry, "userinfoSignedResponseAlg")?,
        jwks: jwks(entry)?,
        federated_identities: checked(entry, "federatedIdentities")?,
        tls_client_auth: checked(entry, "tlsClientAuth")?,
        claim_rules: checked(entry, "claims")?,
        token_exchanges: checked(entry, "tokenExchanges")?,
        is_before_apis: true,
        trusted_issuers: trust(tools, entry)?,
        identity_assertions: assertions(tools, entry)?,
        access_token_seconds: seconds(step, "accessTokenDurationMinutes"),
        refresh_token_seconds: seconds(step, "refreshTokenDurationMinutes"),
        max_session_age_seconds: session_age(step),
        groups: allowed_groups(tx, entry)?,
        logo: logo(entry, "logo")?,
        dark_logo: logo(entry, "darkLogo")?,
        without_callback: WithoutCallback::Refused,
    })
}

fn assertions(tools: &Tools<'_>, entry: &Entity) -> Result<Change<AssertionsDraft>, Error> {
    let issuer = tools.issuer.to_owned();
    Ok(checked(entry, "identityAssertions")?.map(|rules| AssertionsDraft { rules, issuer }))
}

fn trust(tools: &Tools<'_>, entry: &Entity) -> Result<Change<TrustDraft>, Error> {
    let issuer = tools.issuer.to_owned();
    Ok(checked(entry, "trustedIssuers")?.map(|issuers| TrustDraft { issuers, issuer }))
}

/// Keeps an age that is no whole number of minutes, unless the file names another one.
fn session_age(step: &PlanStep) -> Change<Option<i64>> {
    let given =
        step.new.get("maxSessionAgeMinutes").filter(|_| step.changes("maxSessionAgeMinutes"));
    given.map(|minutes| minutes.as_i64().map(|minutes| minutes * 60)).into()
}

fn client_type(entry: &Entity) -> Change<ClientType> {
    match flag(entry, "isPublic") {
        None => Change::Keep,
        Some(true) => Change::Set(ClientType::Public),
        Some(false) => Change::Set(ClientType::Confidential),
    }
}

fn patterns(entry: &Entity, name: &str) -> Result<Change<Vec<RedirectUriPattern>>, StoreError> {
    if entry.get(name).is_none() {
        return Ok(Change::Keep);
    }
    let texts = entry.list(name).iter().filter_map(Value::as_str);
    Ok(Change::Set(texts.map(parse).collect::<Result<_, _>>()?))
}

fn algorithm(entry: &Entity) -> Result<Change<Algorithm>, StoreError> {
    let algorithm = entry
        .text("idTokenSignedResponseAlg")
        .map(|name| Algorithm::parse(name).ok_or_else(|| unchecked("checked algorithm")));
    Ok(algorithm.transpose()?.into())
}

fn logo(entry: &Entity, name: &str) -> Result<Change<Option<Image>>, StoreError> {
    let decode = |text: &str| {
        let bytes = BASE64_STANDARD.decode(text).ok();
        bytes.and_then(Image::recognise).ok_or_else(|| unchecked("checked image"))
    };
    match entry.get(name) {
        None => Ok(Change::Keep),
        Some(value) => Ok(Change::Set(value.as_str().map(decode).transpose()?)),
    }
}

/// Makes these the client's only unexpired secrets.
fn set_secrets(
    act: &mut Act<'_, '_>,
    tools: &Tools<'_>,
    step: &PlanStep,
    client: &Client,
) -> Result<(), Error> {
    if !step.changes("secrets") || client.client_type == ClientType::Public {
        return Ok(());
    }
    let wanted = step.new.list("secrets");
    let wanted_names: Vec<_> = wanted.iter().map(|one| name_of(one, Some("digest"))).collect();
    let live: Vec<(ClientSecretId, SecretHash)> =
        store::clients::list_live_secrets(act, &client.id, tools.now)?;
    for (id, hash) in &live {
        if !wanted_names.contains(&secret_hash_text(hash)) {
            clients::delete_secret(act, client, *id)?;
        }
    }
    let has = |name: &String| live.iter().any(|(_, hash)| secret_hash_text(hash) == *name);
    for (name, one) in wanted_names.iter().zip(wanted).filter(|(name, _)| !has(name)) {
        let hash = parse_secret_hash(name).ok_or_else(|| unchecked("checked hash of a secret"))?;
        let expires_at = one.get("expiresAt").and_then(Value::as_str);
        let stored = StoredSecret {
            hash,
            prefix: one["prefix"].as_str().unwrap_or_default().to_owned(),
            expires_at: expires_at.map(parse).transpose()?,
        };
        clients::add_stored_secret(act, client, &stored)?;
    }
    Ok(())
}
