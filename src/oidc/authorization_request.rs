//! Authorization requests (RFC 6749 §4.1.1, OIDC Core §3.1.2.1).
//!
//! This is the second of two steps, which fail differently. Until the redirect URI is verified
//! (`reply_to.rs`) the browser must not be redirected. From then on every error goes back to the
//! client.

use std::collections::BTreeMap;

use super::{
    IdTokenHint, OAuthError, OAuthErrorCode, Params, ReplyTo,
    claims_request::{self, ClaimsRequest, same_subject},
    dpop,
    id_token_hint::MAX_ID_TOKEN_HINT,
    jarm::RESPONSE_MODES,
    reply_to::MAX_STATE,
};
use crate::{
    crypto::Thumbprint,
    model::{
        Client, GrantType, RequestedClaims, Resource, Scope, ScopeToken, UserId,
        pkce::{CodeChallenge, CodeChallengeMethod},
    },
};

/// The supported parameters. Their length is limited.
pub const KEPT: &[&str] = &[
    "acr_values",
    "claims",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "id_token_hint",
    "login_hint",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "ui_locales",
];

/// Stored in place of `id_token_hint`: the id of the user that it names. The ID token is long, and
/// its signing key may be gone when the stored request is read.
const SUBJECT: &str = "pocketid_subject";

/// Maximum length of `nonce` in bytes. It is stored with the code. Applications send 20 to 300
/// bytes; the conformance suite tries 384.
const MAX_NONCE: usize = 512;

/// Maximum total length of the stored values of one request, in bytes.
const MOST: usize = 16 * 1_024;

/// Maximum length of a stored value in bytes.
fn longest(name: &str) -> usize {
    match name {
        "claims" => 4 * 1_024,
        "id_token_hint" => MAX_ID_TOKEN_HINT,
        "nonce" => MAX_NONCE,
        "state" => MAX_STATE,
        _ => 2_048,
    }
}

/// One check: it refuses the request, or adds the parameters that it has read.
type Check = fn(&mut Draft, &Asked<'_>) -> Result<(), OAuthError>;

/// The checks, in their order: the client learns of the first fault only.
const CHECKS: &[Check] = &[
    check_response_type,
    check_response_mode,
    check_lengths,
    check_grant_type,
    read_scope,
    read_claims,
    read_hint,
    read_prompts,
    read_max_age,
    check_same_subject,
    read_code_challenge,
    read_dpop_jkt,
];

/// The request under check.
struct Asked<'a> {
    params: &'a Params,
    client: &'a Client,
    /// Recognises ID tokens of this server.
    recognise: &'a dyn Fn(&str) -> Option<IdTokenHint>,
}

/// The values read so far.
struct Draft {
    request: AuthorizationRequest,
    /// The user whom `id_token_hint` names.
    hinted: Option<UserId>,
}

/// The values of `prompt`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prompts {
    /// Show no page.
    pub none: bool,
    /// Ask for the passkey again.
    pub login: bool,
    /// Ask for consent again.
    pub consent: bool,
    /// Ask which account to use.
    pub select_account: bool,
}

/// A validated authorization request.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    /// Where to send the response.
    pub reply_to: ReplyTo,
    /// The requested scope.
    pub scope: Scope,
    /// The API for which the access tokens are requested (RFC 8707).
    pub resource: Option<Resource>,
    /// The claims requested by name, beside the scope.
    pub claims: RequestedClaims,
    /// Copied into the ID token.
    pub nonce: Option<String>,
    /// The requested pages.
    pub prompts: Prompts,
    /// Maximum age of the sign-in in seconds.
    pub max_age: Option<i64>,
    /// The required user, if the client names one (OIDC Core §3.1.2.2).
    pub subject: Option<UserId>,
    /// The account that the client suggests. It is untrusted: only shown to the user.
    pub login_hint: Option<String>,
    /// Preferred languages of the pages, separated by spaces, best first.
    pub ui_locales: Option<String>,
    /// The challenge that the token request must answer (RFC 7636).
    pub code_challenge: Option<CodeChallenge>,
    /// The only key that the code can be exchanged with (RFC 9449 §10).
    pub dpop_jkt: Option<Thumbprint>,
}

impl AuthorizationRequest {
    /// Validates all parameters except the redirect URI. `recognise` finds ID tokens of this server.
    pub fn parse(
        params: &Params,
        client: &Client,
        reply_to: ReplyTo,
        recognise: impl Fn(&str) -> Option<IdTokenHint>,
    ) -> Result<Self, OAuthError> {
        let asked = Asked { params, client, recognise: &recognise };
        let text = |name| params.value(name).map(str::to_owned);
        let request = Self {
            reply_to,
            scope: Scope::default(),
            resource: None,
            claims: RequestedClaims::default(),
            nonce: text("nonce"),
            prompts: Prompts::default(),
            max_age: None,
            subject: None,
            login_hint: text("login_hint"),
            ui_locales: text("ui_locales"),
            code_challenge: None,
            dpop_jkt: None,
        };
        let mut draft = Draft { request, hinted: None };
        for check in CHECKS {
            check(&mut draft, &asked)?;
        }
        Ok(draft.request)
    }

    /// The parameters to store, from which the request can be parsed again.
    pub fn to_keep(&self, params: &Params) -> BTreeMap<String, String> {
        let mut kept = params.only(KEPT);
        kept.remove("id_token_hint");
        kept.extend(self.subject.map(|subject| (SUBJECT.to_owned(), subject.to_string())));
        kept
    }

    /// The scope to store in a consent.
    pub fn consent_scope(&self) -> Scope {
        self.claims.to_be_consented(&self.scope, self.resource.as_ref())
    }

    /// The scopes to show on the consent page.
    pub fn shown_scopes(&self) -> Vec<String> {
        self.scope.union(&self.claims.scope()).names()
    }

    /// Whether it is an OpenID Connect request, whose response includes an ID token.
    pub fn is_openid(&self) -> bool {
        self.scope.contains(&ScopeToken::Openid)
    }
}

fn check_response_type(_: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    match asked.params.required("response_type")? {
        "code" => Ok(()),
        _ => Err(OAuthError::new(OAuthErrorCode::UnsupportedResponseType, "not code")),
    }
}

/// RFC 6749 §4.1.2.1: the client is not authorized to use this method.
fn check_grant_type(_: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    let detail = "its metadata does not list the grant type authorization_code";
    asked
        .client
        .may_use(GrantType::AuthorizationCode)
        .then_some(())
        .ok_or_else(|| OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail))
}

fn check_response_mode(_: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    match asked.params.value("response_mode") {
        None | Some("query" | "fragment" | "form_post") => Ok(()),
        Some(mode) if RESPONSE_MODES.contains(&mode) => Ok(()),
        Some(_) => Err(OAuthError::invalid_request(
            "The parameter response_mode must be query, fragment or form_post, which .jwt may \
             follow, or jwt.",
        )),
    }
}

fn check_lengths(_: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    let params = asked.params;
    let is_long = |name: &str| params.value(name).is_some_and(|value| value.len() > longest(name));
    if let Some(name) = KEPT.iter().find(|name| is_long(name)) {
        let message = format!("The parameter {name} is longer than {} bytes.", longest(name));
        return Err(OAuthError::invalid_request(message));
    }
    let stored = KEPT.iter().filter(|name| **name != "id_token_hint");
    match stored.filter_map(|name| params.value(name)).map(str::len).sum::<usize>() {
        0..=MOST => Ok(()),
        _ => Err(OAuthError::invalid_request(format!(
            "The parameters together are longer than {MOST} bytes."
        ))),
    }
}

fn read_scope(draft: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    let scope = asked.params.value("scope").unwrap_or_default();
    let scope = Scope::requested(scope, |name| asked.client.has_scope(name));
    draft.request.scope = asked.client.allowed_scope(scope);
    Ok(())
}

/// The parameter `claims` belongs to OpenID Connect (OIDC Core §5.5).
fn read_claims(draft: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    if draft.request.is_openid() {
        let ClaimsRequest { claims, subject } = claims_request::parse(asked.params)?;
        draft.request.claims = asked.client.allowed_claims(claims);
        draft.request.subject = subject;
    }
    Ok(())
}

/// OIDC Core §3.1.2.1: `none` with any other value is an error.
fn read_prompts(draft: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    let prompts = &mut draft.request.prompts;
    let words =
        asked.params.value("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let mut count = 0;
    for word in words {
        count += 1;
        match word {
            "none" => prompts.none = true,
            "login" => prompts.login = true,
            "consent" => prompts.consent = true,
            "select_account" => prompts.select_account = true,
            _ => {
                return Err(OAuthError::invalid_request(
                    "The parameter prompt has a value other than none, login, consent and \
                     select_account.",
                ));
            }
        }
    }
    if prompts.none && count > 1 {
        Err(OAuthError::invalid_request("The prompt none cannot be combined with other values."))
    } else {
        Ok(())
    }
}

fn read_max_age(draft: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    let Some(text) = asked.params.value("max_age") else { return Ok(()) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits);
    let fault = "The parameter max_age is not a whole number of seconds.";
    draft.request.max_age = Some(seconds.ok_or_else(|| OAuthError::invalid_request(fault))?);
    Ok(())
}

/// Reads the user from `id_token_hint` (OIDC Core §3.1.2.1): an ID token issued by this server,
/// expired or not. It must have been issued to this client.
fn read_hint(draft: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    let Asked { params, client, recognise } = asked;
    draft.hinted = match params.value("id_token_hint") {
        None => kept_subject(params),
        Some(text) => {
            let hint = recognise(text);
            let hint = hint.filter(|hint| hint.client_id().as_ref() == Some(&client.id));
            let refusal = || {
                OAuthError::invalid_request(
                    "The parameter id_token_hint is not an ID token that this server issued to \
                     this client.",
                )
            };
            Some(hint.ok_or_else(refusal)?.user_id())
        }
    };
    Ok(())
}

fn check_same_subject(draft: &mut Draft, _: &Asked<'_>) -> Result<(), OAuthError> {
    draft.request.subject = same_subject(draft.request.subject, draft.hinted)?;
    Ok(())
}

/// Reads the user from a stored `id_token_hint`. A client that sends this parameter itself gains no
/// more than with the `claims` parameter.
fn kept_subject(params: &Params) -> Option<UserId> {
    params.value(SUBJECT)?.parse().ok()
}

/// Reads the code challenge (RFC 7636 §4.3 and §4.4.1), required for public clients by RFC 9700
/// §2.1.1.
fn read_code_challenge(draft: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    let Asked { params, client, .. } = asked;
    let method = params.value("code_challenge_method");
    let Some(value) = params.value("code_challenge") else {
        return match (client.must_use_pkce(), method) {
            (true, _) => Err(OAuthError::invalid_request(
                "This client requires PKCE, but the parameter code_challenge is missing.",
            )),
            (false, Some(_)) => Err(OAuthError::invalid_request(
                "The parameter code_challenge_method requires code_challenge.",
            )),
            (false, None) => Ok(()),
        };
    };
    let method: CodeChallengeMethod = method.unwrap_or("plain").parse().map_err(|_| {
        OAuthError::invalid_request("The parameter code_challenge_method must be plain or S256.")
    })?;
    // FAPI 2.0 §5.3.2.2.
    if client.security_profile.is_some() && method != CodeChallengeMethod::S256 {
        let fault = "The parameter code_challenge_method must be S256 for this client.";
        return Err(OAuthError::invalid_request(fault));
    }
    let challenge = CodeChallenge::new(method, value).map_err(|_| {
        OAuthError::invalid_request(
            "The parameter code_challenge is not 43 to 128 characters of letters, digits and -._~.",
        )
    })?;
    draft.request.code_challenge = Some(challenge);
    Ok(())
}

fn read_dpop_jkt(draft: &mut Draft, asked: &Asked<'_>) -> Result<(), OAuthError> {
    draft.request.dpop_jkt = dpop::read_jkt(asked.params.value("dpop_jkt"))?;
    Ok(())
}
