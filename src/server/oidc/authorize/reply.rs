//! The answers of the authorization endpoint: to the client, or, until its redirect URI is
//! verified, on a page (RFC 6749 §4.1.2, §4.1.2.1; RFC 9207).

use std::sync::Arc;

use hyper::{StatusCode, header::CONTENT_SECURITY_POLICY};

use crate::{
    oidc::{OAuthError, OAuthErrorCode, ReplyTo, ReplyToError, ResponseMode, jarm::SignedResponse},
    server::{
        App,
        audience::Audience,
        content_security_policy,
        failure::{AnsweredCaller, Failure, PageError, render},
        http::Response,
        oidc::signing::{Seal, sign},
        onward::send_on,
        pages::{FormPostPage, PageProblem},
    },
    store::StoreError,
};

/// Why an authorization request ends without a code.
#[derive(Debug)]
pub(in crate::server) enum AuthorizeFailure {
    /// The client gets the error.
    Client(Box<ReplyTo>, OAuthError),
    /// The user sees the error, since no redirect URI is verified.
    Page(PageError),
}

impl AuthorizeFailure {
    /// An error for the client, or for the user if the redirect URI is not recorded for the client
    /// yet.
    pub(super) fn to_client(reply_to: &ReplyTo, error: OAuthError) -> Self {
        if reply_to.is_first_use {
            Self::from(error)
        } else {
            Self::Client(Box::new(reply_to.clone()), error)
        }
    }

    /// An error of the redirect URI.
    pub(super) fn reply_to(error: ReplyToError, client_id: &str) -> Self {
        let detail = error.rule();
        let problem = match error {
            ReplyToError::NotRegistered(redirect_uri) => {
                PageProblem::RedirectUriNotRegistered { redirect_uri, client: client_id.to_owned() }
            }
            error => PageProblem::Other { status: 400, message: format!("{error}.") },
        };
        Self::Page(PageError::from(problem).because(detail))
    }
}

impl From<StoreError> for AuthorizeFailure {
    fn from(error: StoreError) -> Self {
        Self::Page(error.into())
    }
}

impl From<PageError> for AuthorizeFailure {
    fn from(error: PageError) -> Self {
        Self::Page(error)
    }
}

impl From<PageProblem> for AuthorizeFailure {
    fn from(problem: PageProblem) -> Self {
        Self::Page(problem.into())
    }
}

/// An error before the redirect URI is verified.
impl From<OAuthError> for AuthorizeFailure {
    fn from(error: OAuthError) -> Self {
        let problem = PageProblem::Other { status: 400, message: error.description };
        Self::Page(PageError::from(problem).because(error.detail))
    }
}

impl Failure for AuthorizeFailure {
    const AUDIENCE: Audience = Audience::Person;

    fn into_response(self, app: &App, caller: &AnsweredCaller) -> Response {
        match self {
            Self::Page(error) => error.into_response(app, caller),
            // `authorize` has answered those that are signed.
            Self::Client(reply_to, error) => {
                let code: OAuthErrorCode = error.code;
                let params = [("error", code.as_str()), ("error_description", &error.description)];
                plain_reply(app, caller, &reply_to, &params).log_error(code.as_str(), error.detail)
            }
        }
    }
}

/// Answers the client, signed if it requested that.
pub(super) async fn reply(
    app: &Arc<App>,
    caller: &AnsweredCaller,
    reply_to: &ReplyTo,
    params: &[(&str, &str)],
) -> Result<Response, AuthorizeFailure> {
    let Some(signature) = &reply_to.signature else {
        return Ok(plain_reply(app, caller, reply_to, params));
    };
    let now = app.now();
    let claims =
        SignedResponse::new(app.issuer(), signature, reply_to.state.as_deref(), params, now);
    let seal = Seal { algorithm: signature.algorithm, typ: "JWT", now };
    let failed = |error: OAuthError| {
        let problem = PageProblem::Other { status: error.status(), message: error.description };
        PageError::from(problem).because(error.detail)
    };
    let response = sign(app, seal, claims).await.map_err(failed)?;
    Ok(send(app, caller, reply_to, &[("response", &response)]))
}

/// Tells the client of an error, signed if it requested that.
pub(super) async fn reply_error(
    app: &Arc<App>,
    caller: &AnsweredCaller,
    reply_to: &ReplyTo,
    error: OAuthError,
) -> Result<Response, AuthorizeFailure> {
    let code = error.code.as_str();
    let params = [("error", code), ("error_description", error.description.as_str())];
    let response = reply(app, caller, reply_to, &params).await?;
    Ok(response.log_error(code, error.detail))
}

fn plain_reply(
    app: &App,
    caller: &AnsweredCaller,
    reply_to: &ReplyTo,
    params: &[(&str, &str)],
) -> Response {
    let mut params = params.to_vec();
    params.extend(reply_to.state.as_deref().map(|state| ("state", state)));
    params.push(("iss", app.issuer()));
    send(app, caller, reply_to, &params)
}

/// Sends the parameters in the response mode that the client requested.
fn send(
    app: &App,
    caller: &AnsweredCaller,
    reply_to: &ReplyTo,
    params: &[(&str, &str)],
) -> Response {
    let redirect = &reply_to.redirect;
    // With `303` a POST to us does not become a POST there (RFC 9700 §4.12).
    let send_on = |url: String| send_on(app, caller, StatusCode::SEE_OTHER, &url);
    match reply_to.response_mode {
        ResponseMode::Fragment => send_on(redirect.with_fragment(params)),
        ResponseMode::Query => send_on(redirect.with_query(params)),
        ResponseMode::FormPost => {
            let fields = params.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            let page = FormPostPage {
                layout: caller.layout(app, None),
                action: redirect.as_str().to_owned(),
                fields: fields.collect(),
            };
            let policy = content_security_policy::with_form_action(&redirect.form_action_sources());
            render(&page).no_store().header(CONTENT_SECURITY_POLICY, &policy)
        }
    }
}
