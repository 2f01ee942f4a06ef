//! `/api/api-keys`: the keys with which somebody's programs use the API (Pocket ID 2.14)

use std::cmp::Ordering;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{
    crypto::Digest,
    model::{
        ApiKey, ApiKeyDescription, ApiKeyId, AuditEvent, EventKind, Timestamp, UserId,
        text::TextError, view::ApiKeyView,
    },
    server::{
        App,
        account::fresh_passkey::{AccountChange, Asker, InPerson},
        http::{
            ApiError, Authorised, Request, Response, api_error::FieldError, listing::Listing,
            request::SignedIn,
        },
    },
    store::{api_keys, audit_events, sessions::OnWordOf},
};

/// `GET`: one's own, expired ones among them.
pub(in crate::server) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let user_id = req.who.user.id;
    let mut keys = req.app.store().read(move |tx| api_keys::list_of_user(tx, user_id)).await?;
    let listing = Listing::parse(&req.head.query);
    listing.sort(&mut keys, column);
    let views: Vec<_> = keys.iter().map(ApiKeyView::of).collect();
    Ok(listing.respond(&views))
}

fn column(name: &str) -> Option<fn(&ApiKey, &ApiKey) -> Ordering> {
    Some(match name {
        "name" => |one, other| one.name.cmp(&other.name),
        "createdAt" => |one, other| one.created_at.cmp(&other.created_at),
        "expiresAt" => |one, other| one.expires_at.cmp(&other.expires_at),
        "lastUsedAt" => |one, other| one.last_used_at.cmp(&other.last_used_at),
        _ => return None,
    })
}

/// The body of `POST`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewKey {
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    expires_at: Option<String>,
}

/// A new key, for the one time that it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    api_key: ApiKeyView,
    token: &'a str,
}

/// `POST`: only from a browser, so that a key that leaked cannot make others that outlive it.
pub(in crate::server) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?.json::<NewKey>().await?;
    let (key, who) = (check(&req)?, InPerson::of(&req));
    let secret = ApiKey::draw(req.app.rng());
    let digest = Digest::of(secret.expose());
    let event = event(&req.app, EventKind::ApiKeyCreated, key.user_id, &req.head);
    let event = with_key(event, &key);
    let new = key.clone();
    let stored = req.app.store().write(move |tx| {
        if api_keys::list_of_user(tx, new.user_id)?.len() >= ApiKey::MAX_PER_USER {
            let message = format!("There are {} API keys already", ApiKey::MAX_PER_USER);
            return Err(ApiError::new(StatusCode::CONFLICT, "too_many_api_keys", message));
        }
        let session = AccountChange::CreateApiKey.allow_in_person(tx, &who)?;
        api_keys::insert(tx, &new, digest, OnWordOf::Owner(&session))?;
        Ok(audit_events::insert(tx, &event)?)
    });
    stored.await?;
    let created = Created { api_key: ApiKeyView::of(&key), token: secret.expose() };
    Ok(Response::json(&created).status(StatusCode::CREATED))
}

fn check(req: &Authorised<SignedIn, NewKey>) -> Result<ApiKey, ApiError> {
    let (body, now) = (&req.body, req.head.now);
    let name = body.name.parse().map_err(|error| ApiError::field("name", error))?;
    let description = body.description.as_deref().filter(|text| !text.trim().is_empty());
    let description: Option<ApiKeyDescription> = description
        .map(str::parse)
        .transpose()
        .map_err(|error| ApiError::field("description", error))?;
    let expires_at = expiry(body.expires_at.as_deref(), now)?;
    Ok(ApiKey {
        id: ApiKeyId(req.app.new_id(now)),
        user_id: req.who.user.id,
        name,
        description,
        created_at: now,
        expires_at,
        last_used_at: None,
        is_expiry_told: false,
    })
}

fn expiry(text: Option<&str>, now: Timestamp) -> Result<Timestamp, ApiError> {
    let text = text.ok_or_else(|| ApiError::field("expiresAt", TextError::required()))?;
    let moment: Timestamp = text.parse().map_err(ApiError::invalid_body)?;
    if moment > now {
        return Ok(moment);
    }
    let message = "must be in the future".to_owned();
    let field = FieldError::new("expiresAt", TextError { code: "invalid_value", message });
    let message = "API key expiration time must be in the future";
    Err(ApiError::new(StatusCode::BAD_REQUEST, "invalid_api_key_expiration", message).about(field))
}

fn missing() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "api_key_not_found", "API key not found")
}

/// The body of `POST .../renew`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Renewal {
    #[serde(default)]
    expires_at: Option<String>,
}

/// `POST .../{id}/renew`: a new key under the name and the id of one that has expired.
pub(in crate::server) async fn renew(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_user().await?.json::<Renewal>().await?;
    let who = InPerson::of(&req);
    let id: ApiKeyId = id.parse().map_err(|_| missing())?;
    let now = req.head.now;
    let expires_at = expiry(req.body.expires_at.as_deref(), now)?;
    let user_id = req.who.user.id;
    let secret = ApiKey::draw(req.app.rng());
    let digest = Digest::of(secret.expose());
    let event = event(&req.app, EventKind::ApiKeyCreated, user_id, &req.head);
    let renewed = req.app.store().write(move |tx| {
        let session = AccountChange::RenewApiKey.allow_in_person(tx, &who)?;
        let keys = api_keys::list_of_user(tx, user_id)?;
        let key = keys.into_iter().find(|key| key.id == id).ok_or_else(missing)?;
        if key.is_live(now) {
            let message = "API key is not expired yet";
            return Err(ApiError::new(StatusCode::CONFLICT, "api_key_not_expired", message));
        }
        let key = ApiKey { expires_at, ..key };
        api_keys::renew(tx, &key, digest, OnWordOf::Owner(&session))?;
        audit_events::insert(tx, &with_key(event.clone(), &key))?;
        Ok(key)
    });
    let key = renewed.await?;
    let created = Created { api_key: ApiKeyView::of(&key), token: secret.expose() };
    Ok(Response::json(&created))
}

/// `DELETE .../{id}`: one's own.
pub(in crate::server) async fn delete(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let asker = Asker::of(&req);
    let id: ApiKeyId = id.parse().map_err(|_| missing())?;
    let user_id = req.who.user.id;
    let event = event(&req.app, EventKind::ApiKeyDeleted, user_id, &req.head);
    let deleted = req.app.store().write(move |tx| {
        AccountChange::DeleteApiKey.allow(tx, &asker)?;
        let keys = api_keys::list_of_user(tx, user_id)?;
        let Some(key) = keys.iter().find(|key| key.id == id) else { return Ok(false) };
        audit_events::insert(tx, &with_key(event.clone(), key))?;
        Ok::<_, ApiError>(api_keys::delete(tx, id, user_id)?)
    });
    match deleted.await? {
        true => Ok(Response::no_content()),
        false => Err(missing()),
    }
}

fn event(
    app: &App,
    kind: EventKind,
    user_id: UserId,
    head: &crate::server::http::Head,
) -> AuditEvent {
    app.audit_event(kind, Some(user_id), head.actor(), head.now)
}

fn with_key(event: AuditEvent, key: &ApiKey) -> AuditEvent {
    AuditEvent { data: [("apiKeyName", key.name.to_string())].into(), ..event }
}
