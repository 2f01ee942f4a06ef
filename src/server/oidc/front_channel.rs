//! Requests that a client sends through the browser: `GET` with a query, or `POST` with a form.

use hyper::{Method, StatusCode};

use crate::{
    oidc::{OAuthError, Params},
    server::{
        http::{Authorised, Request, Response, request::SignedIn},
        limits,
    },
};

/// Such a request, with who is signed in.
pub(super) type Browser = Authorised<Option<SignedIn>, Params>;

/// Reads the parameters, wherever they are.
pub(super) async fn read_params(req: Request) -> Result<Request<Params>, OAuthError> {
    match salvage_params(req).await? {
        (req, None) => Ok(req),
        (_, Some(fault)) => Err(fault),
    }
}

/// Reads the parameters, and what is wrong with them.
pub(super) async fn salvage_params(
    req: Request,
) -> Result<(Request<Params>, Option<OAuthError>), OAuthError> {
    if req.head.method == Method::POST {
        let req = req.encoded_form(limits::AUTHORIZE).await?;
        let (params, fault) = Params::salvage(req.body());
        return Ok((req.with_body(params), fault));
    }
    let (params, fault) = Params::salvage(req.head.query.as_bytes());
    Ok((req.with_body(params), fault))
}

/// Browsers keep our cookie from a form of another site, and send it with the redirect that follows:
/// a `POST` from nobody is asked for once more as a `GET`.
pub(super) fn repeat_as_get(req: &Browser, path: &str) -> Option<Response> {
    if req.head.method != Method::POST || req.who.is_some() {
        return None;
    }
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(req.body.iter()).finish();
    Some(Response::redirect(StatusCode::SEE_OTHER, &format!("{path}?{query}")).no_store())
}
