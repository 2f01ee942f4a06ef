//! `POST /api/device-login/verification`, and its `/decision`: a user looks up the code of a
//! device, and approves or denies its sign-in.

use serde::{Deserialize, Serialize};

use super::expired;
use crate::{
    crypto::{BearerToken, CodeDigest},
    model::{DeviceLogin, DeviceLoginCode, DeviceLoginStatus, Timestamp, text::TextError},
    server::{
        http::{
            ApiError, Authorised, Request, Response, api_error::FieldError, cookies::CookieKind,
            request::SignedIn,
        },
        limiter::{BucketKey, Guess, Guessed},
        messages::{Locale, Messages},
        pages::known_browser,
        refusal::RequestRefusal,
    },
    store::{StoreError, Tx, device_logins, reauthentications, sessions},
};

/// The maximum age of the passkey check with which a user approves a device, in seconds.
const PROOF_SECONDS: i64 = 60;

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["code"])))]
pub(super) struct DeviceLoginCodeBody {
    #[serde(default)]
    code: String,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["code", "decision"])))]
pub(super) struct Decided {
    #[serde(default)]
    code: String,
    #[serde(default)]
    decision: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct WaitingDeviceView<'a> {
    user_code: &'a str,
    device: String,
    ip_address: String,
    country: String,
    city: String,
    expires_at: Timestamp,
}

/// Shows which device asks to be signed in.
pub(super) async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?.json::<DeviceLoginCodeBody>().await?;
    if req.body.code.is_empty() {
        return Err(ApiError::validation(vec![FieldError::required("code")]));
    }
    let typed = TypedCode::read(&req, &req.body.code)?;
    let (code, now) = (typed.digest, req.head.now);
    let found = req.app.store().read(move |tx| find_waiting(tx, code, now)).await?;
    let login = found.ok_or_else(expired)?;
    req.app.limiter().was_right(typed.guess);
    let location = login.ip_address.parse().map(|ip| req.app.locate(ip)).unwrap_or_default();
    Ok(Response::json(&WaitingDeviceView {
        user_code: typed.code.expose(),
        device: device(&login.user_agent),
        ip_address: login.ip_address,
        country: location.country,
        city: location.city,
        expires_at: login.expires_at,
    }))
}

/// The name of a device. A text that is not known is not shown: a stranger may have written it to be believed.
fn device(user_agent: &str) -> String {
    let messages = Messages::of(Locale::En);
    let unknown = || messages.get("account.sessions.unknown_device").to_owned();
    known_browser(user_agent, messages).unwrap_or_else(unknown)
}

/// Approves or denies the device.
pub(super) async fn decide(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?.json::<Decided>().await?;
    let is_approved = req.body.check()?;
    let typed = TypedCode::read(&req, &req.body.code)?;
    let cookies = req.app.cookies();
    let proof = cookies.read(&req.head.headers, CookieKind::Reauthentication);
    let decision = Decision {
        code: typed.digest,
        who: req.who.clone(),
        is_approved,
        proof: proof.and_then(|cookie| BearerToken::parse("", &cookie)),
        now: req.head.now,
    };
    req.app.store().write(move |tx| decision.run(tx)).await?;
    req.app.limiter().was_right(typed.guess);
    let response = Response::no_content();
    if is_approved {
        // The proof was consumed.
        return Ok(response.cookie(&cookies.remove(CookieKind::Reauthentication)));
    }
    Ok(response)
}

impl Decided {
    /// Returns whether the device is approved.
    fn check(&self) -> Result<bool, ApiError> {
        let mut faults = Vec::new();
        if self.code.is_empty() {
            faults.push(FieldError::required("code"));
        }
        match self.decision.as_str() {
            "approve" | "deny" => {}
            "" => faults.push(FieldError::required("decision")),
            _ => {
                let error = TextError { code: "oneof", message: "is invalid".to_owned() };
                faults.push(FieldError::new("decision", error));
            }
        }
        if faults.is_empty() {
            Ok(self.decision == "approve")
        } else {
            Err(ApiError::validation(faults))
        }
    }
}

/// The user's decision on the request of a device.
#[derive(Debug)]
struct Decision {
    code: CodeDigest,
    who: SignedIn,
    is_approved: bool,
    proof: Option<BearerToken>,
    now: Timestamp,
}

impl Decision {
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), ApiError> {
        // The session may have just ended, together with the devices it approved.
        let session = sessions::find_open(tx, self.who.session.id)?;
        let session = session.ok_or_else(ApiError::not_signed_in)?;
        let login = find_waiting(tx, self.code, self.now)?.ok_or_else(expired)?;
        if !self.is_approved {
            return Ok(device_logins::deny(tx, login.id)?);
        }
        self.require_passkey(tx, &login)?;
        Ok(device_logins::approve(tx, login.id, self.who.user.id, &session)?)
    }

    /// Requires a recent passkey check: the device gets its own session, which outlives the
    /// approving one. So a stolen session cookie is not enough.
    fn require_passkey(&self, tx: &mut Tx<'_>, login: &DeviceLogin) -> Result<(), ApiError> {
        let missing = ApiError::reauthentication_required;
        let token = self.proof.as_ref().ok_or_else(missing)?;
        let used_at = reauthentications::consume(tx, token, &self.who.session, self.now)?;
        let used_at = used_at.ok_or_else(missing)?;
        // A passkey check from before the device asked proves nothing about this request.
        let is_fresh =
            used_at >= login.requested_at && self.now.seconds_since(used_at) <= PROOF_SECONDS;
        if is_fresh { Ok(()) } else { Err(missing()) }
    }
}

/// Finds a request that is still pending.
fn find_waiting(
    tx: &mut Tx<'_>,
    code: CodeDigest,
    now: Timestamp,
) -> Result<Option<DeviceLogin>, StoreError> {
    let found = device_logins::find_by_code(tx, code)?;
    Ok(found.filter(|login| login.status == DeviceLoginStatus::Pending && login.expires_at > now))
}

/// A code that a user typed. It counts as a wrong guess until it proves right: by guessing another
/// person's code, an attacker could sign that device in to an account of their own.
struct TypedCode {
    code: DeviceLoginCode,
    digest: CodeDigest,
    guess: Guess,
}

impl TypedCode {
    fn read<B>(req: &Authorised<SignedIn, B>, typed: &str) -> Result<Self, ApiError> {
        let code = DeviceLoginCode::from_typed(typed).ok_or_else(expired)?;
        let guess = req.app.limiter().guess(Guessed::UserCode, BucketKey::User(req.who.user.id));
        let guess = guess.map_err(RequestRefusal::TooMany)?;
        Ok(Self { digest: code.digest(req.app.codes()), code, guess })
    }
}
