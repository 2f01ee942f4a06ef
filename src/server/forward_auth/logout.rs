//! `GET /.pocketid/logout` on a protected host: ends the sign-in there, and asks here about the rest.

use hyper::StatusCode;

use super::{
    asked::AskedRequest,
    cookies::{HostCookie, HostCookies},
    words::told,
};
use crate::{
    crypto::BearerToken,
    server::{
        failure::PageError,
        http::{Authorised, Request, Response, request::Public},
    },
    store::{host_sessions, protected_hosts},
};

/// `GET /.pocketid/logout`, handed on by a proxy.
pub(super) async fn logout(req: Request) -> Result<Response, PageError> {
    let req = req.public();
    match AskedRequest::handed_on(&req.app, &req.head) {
        Ok(asked) => sign_out(&req, &asked).await,
        Err(fault) => Ok(fault.into_response()),
    }
}

/// Ends the sign-in at the host. Then the page to sign out here is shown: without that, the next page of the host would sign
/// its user in again.
pub(super) async fn sign_out(
    req: &Authorised<Public>,
    asked: &AskedRequest,
) -> Result<Response, PageError> {
    // A picture on a page of somebody else must not sign anybody out.
    if !AskedRequest::is_opened(&req.head) {
        return Ok(told(
            403,
            format!("Open this page to sign out: {}{}", asked.origin(), asked.path()),
        ));
    }
    let cookies = HostCookies::of(asked);
    let cookie = cookies.read(&req.head.headers, HostCookie::Session);
    if let Some(token) = cookie.and_then(|cookie| BearerToken::parse("", &cookie)) {
        let (address, now) = (asked.host.clone(), req.head.now);
        let lookup = token.clone();
        let found =
            req.app.store().read(move |tx| match protected_hosts::find_by_host(tx, &address)? {
                Some(host) => host_sessions::find(tx, &lookup, host.id, now),
                None => Ok(None),
            });
        if found.await?.is_some() {
            req.app.store().write(move |tx| host_sessions::delete(tx, &token)).await?;
        }
    }
    let location = req.app.settings().app_url.join("/logout");
    Ok(Response::redirect(StatusCode::FOUND, &location)
        .no_store()
        .cookie(&cookies.remove(HostCookie::Session)))
}
