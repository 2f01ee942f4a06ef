//! Requests that a client sends through the browser: `GET` with a query, or `POST` with a form.

use hyper::{Method, StatusCode, header::CONTENT_SECURITY_POLICY};

use crate::{
    model::redirect_uri::RedirectUri,
    oidc::{OAuthError, Params},
    server::{
        content_security_policy,
        failure::{AnsweredCaller, render},
        http::{Authorised, Request, Response, request::SignedIn},
        onward::MAX_LOCATION,
        pages::FormPostPage,
    },
};

/// A front-channel request, with the signed-in user.
pub(super) type Browser = Authorised<Option<SignedIn>, Params>;

/// Reads the parameters from the query or the form.
pub(super) async fn read_params(req: Request) -> Result<Request<Params>, OAuthError> {
    match salvage_params(req).await? {
        (req, None) => Ok(req),
        (_, Some(fault)) => Err(fault),
    }
}

/// Reads the parameters. Also returns the error if some are malformed.
pub(super) async fn salvage_params(
    req: Request,
) -> Result<(Request<Params>, Option<OAuthError>), OAuthError> {
    if req.head.method == Method::POST {
        let req = req.encoded_form().await?;
        let (params, fault) = Params::salvage(req.body());
        return Ok((req.with_body(params), fault));
    }
    let (params, fault) = Params::salvage(req.head.query.as_bytes());
    Ok((req.with_body(params), fault))
}

/// Marks a form that our own page sends.
const REPEATED: &str = "pocketid_repeated";

/// Repeats a `POST` without a session. Browsers do not send our cookie with a form of another site,
/// but send it with requests from our pages. So the request is repeated as a `GET`, or by a form of
/// ours if it is too long for a URL.
pub(super) fn repeat(req: &Browser, path: &str, status: StatusCode) -> Option<Response> {
    let is_repeated = req.body.value(REPEATED).is_some();
    if req.head.method != Method::POST || req.who.is_some() || is_repeated {
        return None;
    }
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(req.body.iter()).finish();
    let again = format!("{path}?{query}");
    if again.len() <= MAX_LOCATION {
        return Some(Response::redirect(status, &again).no_store());
    }
    let mut fields: Vec<_> =
        req.body.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    fields.push((REPEATED.to_owned(), "1".to_owned()));
    let layout = AnsweredCaller::of(&req.head).layout(&req.app, None);
    let page = FormPostPage { layout, action: path.to_owned(), fields };
    let policy = content_security_policy::with_form_action(&places_after(&req.body));
    Some(render(&page).no_store().header(CONTENT_SECURITY_POLICY, &policy))
}

/// The sites that the form may lead to. Browsers check the redirects that follow a form against the
/// `form-action` of the form's page.
fn places_after(params: &Params) -> String {
    let uris = ["redirect_uri", "post_logout_redirect_uri"].into_iter();
    let uri = uris
        .filter_map(|name| params.value(name))
        .find_map(|uri| RedirectUri::parse_post_logout(uri).ok());
    format!("http: {}", uri.map_or_else(|| "https:".to_owned(), |uri| uri.form_action_sources()))
}
