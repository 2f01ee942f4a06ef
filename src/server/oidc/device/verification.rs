//! `/api/oidc/device/…`: a user enters the code that a device shows (RFC 8628 §3.3)

use std::{collections::BTreeMap, sync::Arc};

use hyper::StatusCode;
use serde::Serialize;

use super::is_allowed;
use crate::{
    crypto::{BearerToken, CodeDigest},
    model::{
        Amr, AuditEvent, Client, DeviceCode, DeviceCodeStatus, EventKind, Grant, Logos,
        RequestedClaims, Session, Timestamp, UserCode, text::TextError, view::ClientMetaView,
    },
    oidc::{
        Params,
        interaction::{auth_time, is_too_old},
    },
    operations::clients::may_use,
    server::{
        App,
        client_metadata::is_let_in,
        http::{ApiError, Authorised, Request, Response, cookies::CookieKind, request::SignedIn},
        limiter::{BucketKey, Guess, Guessed},
        oidc::api_access::{ScopeInfo, scope_info},
        refusal::RequestRefusal,
    },
    store::{
        StoreError, Tx, audit_events, clients, device_codes, grants, images, reauthentications,
        sessions, sign_out,
    },
};

/// The request that a typed code belongs to.
#[derive(Debug)]
pub(in crate::server) enum FoundDevice {
    /// It has expired.
    Expired,
    /// A waiting request.
    Pending(Box<AskedDevice>),
    /// No request, or one that is answered already.
    Unknown,
}

/// A device's request, with its client.
#[derive(Debug)]
pub(in crate::server) struct AskedDevice {
    /// The request.
    pub(in crate::server) code: DeviceCode,
    /// The client.
    pub(in crate::server) client: Client,
    /// Which logos the client has.
    pub(in crate::server) logos: Logos,
}

/// Finds the request that a code belongs to.
pub(in crate::server) fn find(
    tx: &mut Tx<'_>,
    app: &App,
    code: CodeDigest,
    now: Timestamp,
) -> Result<FoundDevice, StoreError> {
    let Some(code) = device_codes::find_by_user_code(tx, code)? else {
        return Ok(FoundDevice::Unknown);
    };
    if code.status != DeviceCodeStatus::Pending {
        return Ok(FoundDevice::Unknown);
    }
    if code.expires_at <= now {
        return Ok(FoundDevice::Expired);
    }
    let client = clients::find(tx, &code.client_id)?;
    let client = client.filter(|client| !client.is_pending() && is_allowed(app, client));
    let Some(client) = client else { return Ok(FoundDevice::Unknown) };
    let logos = images::logos_of_client(tx, &client.id)?;
    Ok(FoundDevice::Pending(Box::new(AskedDevice { code, client, logos })))
}

impl AskedDevice {
    /// Whether the user must use a passkey to approve the device. If the client does not require
    /// it, a recent sign-in is enough. The device's tokens may outlive the session, so a stolen
    /// cookie must not be enough.
    pub(in crate::server) fn needs_passkey(&self, session: &Session, now: Timestamp) -> bool {
        self.client.requires_reauthentication
            || !session.is_recent(now)
            || is_too_old(&self.client, session.authenticated_at, now)
    }
}

impl FoundDevice {
    /// The request, if it is waiting.
    fn pending(self) -> Result<AskedDevice, ApiError> {
        match self {
            Self::Expired => {
                let (code, message) = ("oidc_device_code_expired", "Device code has expired");
                Err(ApiError::new(StatusCode::BAD_REQUEST, code, message))
            }
            Self::Pending(asked) => Ok(*asked),
            Self::Unknown => Err(invalid()),
        }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(in crate::server::oidc) struct InfoView {
    scope: Vec<String>,
    scope_info: Vec<ScopeInfo>,
    // RFC 8628 §5.4: a device always needs approval, regardless of earlier consents.
    authorization_required: bool,
    reauthentication_required: bool,
    client: ClientMetaView,
}

/// `GET .../info?code=`: the details of the request.
pub(in crate::server) async fn info(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (typed, now) = (TypedCode::read(&req)?, req.head.now);
    let code = typed.digest;
    let app = Arc::clone(&req.app);
    let found = req.app.store().read(move |tx| {
        let asked = find(tx, &app, code, now)?.pending()?;
        let info = scope_info(tx, asked.code.resource.as_ref(), &asked.code.scope)?;
        Ok::<_, ApiError>((asked, info))
    });
    let (asked, scope_info) = found.await?;
    req.app.limiter().was_right(typed.guess);
    Ok(Response::json(&InfoView {
        scope: asked.code.scope.names(),
        scope_info,
        authorization_required: true,
        reauthentication_required: asked.needs_passkey(&req.who.session, req.head.now),
        client: ClientMetaView::of(&asked.client, asked.logos),
    }))
}

/// `POST .../verify?code=`: the user approves the device.
pub(in crate::server) async fn verify(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let typed = TypedCode::read(&req)?;
    let approval = Approval::new(&req, typed.digest);
    // A refusal writes to the audit log, so the transaction is committed.
    let app = Arc::clone(&req.app);
    let is_allowed = req.app.store().write(move |tx| approval.run(tx, &app)).await?;
    req.app.limiter().was_right(typed.guess);
    if !is_allowed {
        let message = "You're not allowed to access this service";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "oidc_access_denied", message));
    }
    let cookies = req.app.cookies();
    Ok(match cookies.read(&req.head.headers, CookieKind::Reauthentication) {
        // The reauthentication is used up, or useless here.
        Some(_) => Response::no_content().cookie(&cookies.remove(CookieKind::Reauthentication)),
        None => Response::no_content(),
    })
}

/// `POST .../deny?code=`: the user refuses, and the device is told. Pocket ID does not have it.
pub(in crate::server) async fn deny(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (typed, now) = (TypedCode::read(&req)?, req.head.now);
    let code = typed.digest;
    let app = Arc::clone(&req.app);
    let denied = req.app.store().write(move |tx| {
        let asked = find(tx, &app, code, now)?.pending()?;
        let (from, to) = (DeviceCodeStatus::Pending, DeviceCodeStatus::Denied);
        Ok::<_, ApiError>(device_codes::move_on(tx, asked.code.id, from, to)?)
    });
    denied.await?;
    req.app.limiter().was_right(typed.guess);
    Ok(Response::no_content())
}

/// The data needed to approve a device.
#[derive(Debug)]
struct Approval {
    code: CodeDigest,
    who: SignedIn,
    reauthentication: Option<BearerToken>,
    event: AuditEvent,
    now: Timestamp,
}

impl Approval {
    fn new(req: &Authorised<SignedIn>, code: CodeDigest) -> Self {
        let cookie = req.app.cookies().read(&req.head.headers, CookieKind::Reauthentication);
        let (kind, user_id) = (EventKind::DeviceCodeAuthorization, req.who.user.id);
        Self {
            code,
            who: req.who.clone(),
            reauthentication: cookie.and_then(|cookie| BearerToken::parse("", &cookie)),
            event: req.app.audit_event(kind, Some(user_id), req.head.actor(&req.app), req.head.now),
            now: req.head.now,
        }
    }

    /// Returns `false` if the user may not use the client.
    fn run(&self, tx: &mut Tx<'_>, app: &App) -> Result<bool, ApiError> {
        // The session may have ended a moment ago, which also revoked its grants.
        let session = sessions::find_open(tx, self.who.session.id)?;
        let session = session.ok_or_else(ApiError::not_signed_in)?;
        let asked = find(tx, app, self.code, self.now)?.pending()?;
        if !is_let_in(tx, app, &asked.client)? {
            return Err(invalid());
        }
        let mut event = self.event.clone();
        event.data = BTreeMap::from([("clientName", asked.client.name.to_string())]);
        if !may_use(tx, &asked.client, self.who.user.id, self.now)? {
            event.kind = EventKind::DeviceCodeAuthorizationRefused;
            audit_events::insert(tx, &event)?;
            return Ok(false);
        }
        let grant = self.grant(tx, &asked)?;
        grants::insert(tx, &grant, &session)?;
        let (from, to) = (DeviceCodeStatus::Pending, DeviceCodeStatus::Approved);
        device_codes::move_on(tx, asked.code.id, from, to)?;
        if sign_out::record_consent(
            tx,
            grant.user_id,
            &grant.client_id,
            &grant.consent_scope(),
            self.now,
        )? {
            event.kind = EventKind::NewDeviceCodeAuthorization;
        }
        audit_events::insert(tx, &event)?;
        Ok(true)
    }

    fn grant(&self, tx: &mut Tx<'_>, asked: &AskedDevice) -> Result<Grant, ApiError> {
        let SignedIn { user, session } = &self.who;
        let reauthenticated_at = if asked.needs_passkey(session, self.now) {
            Some(self.reauthenticate(tx, asked)?)
        } else {
            None
        };
        Ok(Grant {
            id: asked.code.id,
            client_id: asked.client.id.clone(),
            user_id: user.id,
            session_id: session.id,
            scope: asked.code.scope.clone(),
            resource: asked.code.resource.clone(),
            claims: RequestedClaims::default(),
            auth_time: auth_time(session, reauthenticated_at),
            amr: reauthenticated_at.map_or(session.latest_amr(), |_| Amr::Passkey),
            requested_at: asked.code.requested_at,
            created_at: self.now,
            // The grant expires with its code. The tokens issued for the code extend it.
            expires_at: asked.code.expires_at,
            revoked_at: None,
        })
    }

    fn reauthenticate(&self, tx: &mut Tx<'_>, asked: &AskedDevice) -> Result<Timestamp, ApiError> {
        let missing = ApiError::reauthentication_required;
        let token = self.reauthentication.as_ref().ok_or_else(missing)?;
        let used_at = reauthentications::consume(tx, token, &self.who.session, self.now)?;
        // A reauthentication from before the device's request does not count for it.
        used_at.filter(|used_at| *used_at >= asked.code.requested_at).ok_or_else(missing)
    }
}

/// The code in the query. It counts as a wrong guess until it turns out right.
struct TypedCode {
    digest: CodeDigest,
    guess: Guess,
}

impl TypedCode {
    /// Reads the code. Malformed text gets the same error as an unknown code.
    fn read(req: &Authorised<SignedIn>) -> Result<Self, ApiError> {
        let query = Params::parse(req.head.query.as_bytes()).unwrap_or_default();
        let typed =
            query.value("code").ok_or_else(|| ApiError::field("code", TextError::required()))?;
        let code = UserCode::from_typed(typed).ok_or_else(invalid)?;
        let guess = guess(&req.app, &req.who)?;
        Ok(Self { digest: code.digest(req.app.codes()), guess })
    }
}

/// Allows a user to try a code.
pub(in crate::server) fn guess(app: &App, who: &SignedIn) -> Result<Guess, RequestRefusal> {
    let guess = app.limiter().guess(Guessed::UserCode, BucketKey::User(who.user.id));
    guess.map_err(RequestRefusal::TooMany)
}

fn invalid() -> ApiError {
    let message = "Device code is invalid";
    ApiError::new(StatusCode::BAD_REQUEST, "oidc_invalid_device_code", message)
}
