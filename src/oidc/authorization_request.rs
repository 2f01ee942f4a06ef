//! Authorization requests (RFC 6749 §4.1.1, OIDC Core §3.1.2.1).
//!
//! Two steps, since they fail differently: until the redirect URI is proven nothing may be
//! redirected; from then on every error goes back to the client.

use super::{OAuthError, OAuthErrorCode, Params};
use crate::model::{
    Client, ClientType, GrantType, Scope, ScopeToken,
    pkce::{CodeChallenge, CodeChallengeMethod},
    redirect_uri::{RedirectUri, VerifiedRedirect},
};

/// The parameters that an interaction keeps.
pub const KEPT: &[&str] = &[
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "login_hint",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
];

/// Longest value in bytes of a parameter that is stored.
const MAX_OPAQUE: usize = 2_048;

/// How the answer travels (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// A form that submits itself.
    FormPost,
    /// Behind a `#`.
    Fragment,
    /// Behind a `?`.
    Query,
}

type Check = fn(&Params) -> Result<(), OAuthError>;

/// The checks that need no more than the parameters, in their order.
const CHECKS: [Check; 3] = [check_response_type, check_response_mode, check_opaque];

/// Where the answer goes.
#[derive(Debug, Clone)]
pub struct ReplyTo {
    /// The proven address.
    pub redirect: VerifiedRedirect,
    /// Whether it becomes the client's own, since the client has none yet.
    pub is_first_use: bool,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// Echoed to the client.
    pub state: Option<String>,
}

/// Why there is nowhere to answer to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyToError {
    /// The request does not say where.
    #[error("the parameter redirect_uri is missing")]
    Missing,
    /// What it says is no redirect URI.
    #[error("the {0}")]
    Malformed(String),
    /// It is not one of the client's.
    #[error("the redirect URI {0} is not registered for this client")]
    NotRegistered(String),
    /// It would travel in the clear, and that is not allowed here.
    #[error("the redirect URI {0} uses http, and ALLOW_INSECURE_CALLBACK_URLS is false")]
    Insecure(String),
}

impl ReplyToError {
    /// The broken rule, without the address: that may hold what is nobody's business in a log.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Insecure(_) => "the redirect URI uses http",
            Self::Malformed(_) => "the redirect URI is malformed",
            Self::Missing => "the redirect URI is missing",
            Self::NotRegistered(_) => "the redirect URI is not registered for this client",
        }
    }
}

impl ReplyTo {
    /// Proves the redirect URI (RFC 9700 §2.1).
    pub fn verify(
        params: &Params,
        client: &Client,
        allow_insecure: bool,
    ) -> Result<Self, ReplyToError> {
        let uri = params.value("redirect_uri").ok_or(ReplyToError::Missing)?;
        let uri: RedirectUri =
            uri.parse().map_err(|fault| ReplyToError::Malformed(format!("{fault}")))?;
        if !allow_insecure && uri.is_insecure_http() {
            return Err(ReplyToError::Insecure(uri.as_str().to_owned()));
        }
        // Only a client that will prove itself with a secret may bring its address along.
        let is_first_use =
            client.redirect_uris.is_empty() && client.client_type == ClientType::Confidential;
        let not_registered = ReplyToError::NotRegistered(uri.as_str().to_owned());
        let redirect = match is_first_use {
            true => VerifiedRedirect::first_use(uri),
            false => VerifiedRedirect::verify(uri, &client.redirect_uris),
        }
        .map_err(|_| not_registered)?;
        Ok(Self {
            redirect,
            is_first_use,
            response_mode: match params.value("response_mode") {
                Some("form_post") => ResponseMode::FormPost,
                Some("fragment") => ResponseMode::Fragment,
                // An unknown mode is refused in the default one, later.
                _ => ResponseMode::Query,
            },
            state: params.value("state").map(str::to_owned),
        })
    }
}

/// The values of `prompt`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prompts {
    /// Show no page.
    pub none: bool,
    /// Use the passkey again.
    pub login: bool,
    /// Ask for consent again.
    pub consent: bool,
    /// Say which account.
    pub select_account: bool,
}

/// An authorization request, checked.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    /// Where the answer goes.
    pub reply_to: ReplyTo,
    /// What is asked for.
    pub scope: Scope,
    /// Bound into the ID token.
    pub nonce: Option<String>,
    /// Which pages are wanted.
    pub prompts: Prompts,
    /// How many seconds ago the user may have signed in.
    pub max_age: Option<i64>,
    /// What the token request has to answer (RFC 7636).
    pub code_challenge: Option<CodeChallenge>,
}

impl AuthorizationRequest {
    /// Checks everything but the redirect URI, in this order.
    pub fn parse(params: &Params, client: &Client, reply_to: ReplyTo) -> Result<Self, OAuthError> {
        for check in CHECKS {
            check(params)?;
        }
        check_grant_type(client)?;
        Ok(Self {
            reply_to,
            scope: Scope::requested(params.value("scope").unwrap_or_default(), |_| false),
            nonce: params.value("nonce").map(str::to_owned),
            prompts: parse_prompts(params)?,
            max_age: parse_max_age(params)?,
            code_challenge: parse_code_challenge(params, client)?,
        })
    }

    /// Whether it is a request of OpenID Connect, which gets an ID token.
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
            "The parameter response_mode is none of query, fragment and form_post.",
        )),
    }
}

fn check_opaque(params: &Params) -> Result<(), OAuthError> {
    let long =
        KEPT.iter().find(|name| params.value(name).is_some_and(|value| value.len() > MAX_OPAQUE));
    match long {
        Some(name) => {
            let message = format!("The parameter {name} is longer than {MAX_OPAQUE} bytes.");
            Err(OAuthError::invalid_request(message))
        }
        None => Ok(()),
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
    match prompts.none && count > 1 {
        true => Err(OAuthError::invalid_request("The prompt none stands alone.")),
        false => Ok(prompts),
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

/// RFC 7636 §4.3 and §4.4.1; demanded of public clients by RFC 9700 §2.1.1.
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
                "The parameter code_challenge_method stands without code_challenge.",
            )),
            (false, None) => Ok(None),
        };
    };
    let method: CodeChallengeMethod = method.unwrap_or("plain").parse().map_err(|_| {
        OAuthError::invalid_request(
            "The parameter code_challenge_method is neither plain nor S256.",
        )
    })?;
    CodeChallenge::new(method, value).map(Some).map_err(|_| {
        OAuthError::invalid_request(
            "The parameter code_challenge is not 43 to 128 characters of letters, digits and -._~.",
        )
    })
}
