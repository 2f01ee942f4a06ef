//! `GET /.well-known/openid-configuration` (OIDC Discovery §4), `/.well-known/jwks.json` (RFC
//! 7517).

use hyper::header::CACHE_CONTROL;

use crate::{
    oidc::OAuthError,
    server::http::{Request, Response},
};

/// How long a response may be cached.
const CACHE: &str = "public, max-age=300";

/// The metadata of the provider.
pub(in crate::server) async fn discovery(req: Request) -> Result<Response, OAuthError> {
    let req = req.public();
    let body = Response::bytes("application/json; charset=utf-8", req.app.metadata());
    Ok(body.header(CACHE_CONTROL, CACHE))
}

/// The JWK Set.
pub(in crate::server) async fn jwks(req: Request) -> Result<Response, OAuthError> {
    let req = req.public();
    let body = Response::bytes("application/json; charset=utf-8", req.app.keys().jwk_set());
    // With a cached copy from before a rotation, valid tokens would look forged.
    Ok(body.header(CACHE_CONTROL, "no-cache"))
}
