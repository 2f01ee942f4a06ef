//! Authorization requests (RFC 6749 §4.1.1, OIDC Core §3.1.2.1).
//!
//! This is the second of two steps, which fail differently. Until the redirect URI is verified
//! (`reply_to.rs`) the browser must not be redirected. From then on every error goes back to the
//! client.

use std::collections::BTreeMap;

use super::{
    IdTokenHint, OAuthError, OAuthErrorCode, Params, ReplyTo,
    claims_request::{self, ClaimsRequest, same_subject},
    id_token_hint::MAX_ID_TOKEN_HINT,
    reply_to::MAX_STATE,
};
use crate::model::{
    Client, GrantType, RequestedClaims, Resource, Scope, ScopeToken, UserId,
    pkce::{CodeChallenge, CodeChallengeMethod},
};

/// The supported parameters. Their length is limited.
pub const KEPT: &[&str] = &[
    "acr_values",
    "claims",
    "client_id",
    "code_challenge",
    "code_challenge_method",
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

type Check = fn(&Params) -> Result<(), OAuthError>;

/// The checks that need only the parameters, in order.
const CHECKS: [Check; 3] = [check_response_type, check_response_mode, check_opaque];

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
}

impl AuthorizationRequest {
    /// Validates all parameters except the redirect URI, in a fixed order. `read_hint` recognises
    /// ID tokens of this server.
    pub fn parse(
        params: &Params,
        client: &Client,
        reply_to: ReplyTo,
        read_hint: impl Fn(&str) -> Option<IdTokenHint>,
    ) -> Result<Self, OAuthError> {
        for check in CHECKS {
            check(params)?;
        }
        check_grant_type(client)?;
        let scope = Scope::requested(params.value("scope").unwrap_or_default(), |name| {
            client.has_scope(name)
        });
        let ClaimsRequest { claims, subject } = if scope.contains(&ScopeToken::Openid) {
            claims_request::parse(params)?
        } else {
            ClaimsRequest::default()
        };
        let hinted = parse_hint(params, client, read_hint)?.or_else(|| kept_subject(params));
        Ok(Self {
            reply_to,
            scope,
            resource: None,
            claims,
            nonce: params.value("nonce").map(str::to_owned),
            prompts: parse_prompts(params)?,
            max_age: parse_max_age(params)?,
            subject: same_subject(subject, hinted)?,
            login_hint: params.value("login_hint").map(str::to_owned),
            ui_locales: params.value("ui_locales").map(str::to_owned),
            code_challenge: parse_code_challenge(params, client)?,
        })
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

fn check_response_type(params: &Params) -> Result<(), OAuthError> {
    match params.required("response_type")? {
        "code" => Ok(()),
        _ => Err(OAuthError::new(OAuthErrorCode::UnsupportedResponseType, "not code")),
    }
}

/// RFC 6749 §4.1.2.1: the client is not authorized to use this method.
fn check_grant_type(client: &Client) -> Result<(), OAuthError> {
    let detail = "its metadata does not list the grant type authorization_code";
    client
        .may_use(GrantType::AuthorizationCode)
        .then_some(())
        .ok_or_else(|| OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail))
}

fn check_response_mode(params: &Params) -> Result<(), OAuthError> {
    match params.value("response_mode") {
        None | Some("query" | "fragment" | "form_post") => Ok(()),
        Some(_) => Err(OAuthError::invalid_request(
            "The parameter response_mode must be query, fragment or form_post.",
        )),
    }
}

fn check_opaque(params: &Params) -> Result<(), OAuthError> {
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

/// OIDC Core §3.1.2.1: `none` with any other value is an error.
fn parse_prompts(params: &Params) -> Result<Prompts, OAuthError> {
    let mut prompts = Prompts::default();
    let words =
        params.value("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty());
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
        Ok(prompts)
    }
}

fn parse_max_age(params: &Params) -> Result<Option<i64>, OAuthError> {
    let Some(text) = params.value("max_age") else { return Ok(None) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits);
    seconds.map(Some).ok_or_else(|| {
        OAuthError::invalid_request("The parameter max_age is not a whole number of seconds.")
    })
}

/// Reads the user from `id_token_hint` (OIDC Core §3.1.2.1): an ID token issued by this server,
/// expired or not. It must have been issued to this client.
fn parse_hint(
    params: &Params,
    client: &Client,
    read_hint: impl Fn(&str) -> Option<IdTokenHint>,
) -> Result<Option<UserId>, OAuthError> {
    let Some(text) = params.value("id_token_hint") else { return Ok(None) };
    let hint = read_hint(text).filter(|hint| hint.client_id().as_ref() == Some(&client.id));
    hint.map(|hint| Some(hint.user_id())).ok_or_else(|| {
        OAuthError::invalid_request(
            "The parameter id_token_hint is not an ID token that this server issued to this \
             client.",
        )
    })
}

/// Reads the user from a stored `id_token_hint`. A client that sends this parameter itself gains no
/// more than with the `claims` parameter.
fn kept_subject(params: &Params) -> Option<UserId> {
    params.value(SUBJECT)?.parse().ok()
}

/// Reads the code challenge (RFC 7636 §4.3 and §4.4.1), required for public clients by RFC 9700
/// §2.1.1.
fn parse_code_challenge(
    params: &Params,
    client: &Client,
) -> Result<Option<CodeChallenge>, OAuthError> {
    let method = params.value("code_challenge_method");
    let Some(value) = params.value("code_challenge") else {
        return match (client.must_use_pkce(), method) {
            (true, _) => Err(OAuthError::invalid_request(
                "This client requires PKCE, but the parameter code_challenge is missing.",
            )),
            (false, Some(_)) => Err(OAuthError::invalid_request(
                "The parameter code_challenge_method requires code_challenge.",
            )),
            (false, None) => Ok(None),
        };
    };
    let method: CodeChallengeMethod = method.unwrap_or("plain").parse().map_err(|_| {
        OAuthError::invalid_request("The parameter code_challenge_method must be plain or S256.")
    })?;
    CodeChallenge::new(method, value).map(Some).map_err(|_| {
        OAuthError::invalid_request(
            "The parameter code_challenge is not 43 to 128 characters of letters, digits and -._~.",
        )
    })
}
